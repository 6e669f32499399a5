//! The report as one page that can be clicked through.

use super::Study;
use super::compare::Compared;
use super::figures::{coverage, facts};
use super::page_data::{is_grouped, page_data};
use super::profile::AlongLine;
use crate::analysis::{RegionCache, Zones};
use crate::atlas::Plate;
use crate::figure::export::svg_in_page;
use crate::model::Precision;
use crate::project::Plan;
use crate::report::{
    Document, Page, PageFigure, PageTable, Provenance, Sides, key_findings, rejected_rows,
    zones_rows,
};

/// Rejected records that the page lists; the rest stand in the CSV file.
const MOST_REJECTED: usize = 500;

/// What the page is made from, besides the study.
pub(super) struct Results<'a> {
    pub zones: &'a Zones,
    pub along: &'a AlongLine,
    pub in_time: Option<&'a Document>,
    pub borders: &'a Document,
    pub hotspots: &'a Document,
    pub compare: Option<&'a Compared>,
    /// Figures, each with its name and its files.
    pub plates: &'a [(String, &'a Plate, Vec<String>)],
    pub provenance: &'a Provenance,
}

/// The page as HTML.
pub(super) fn page(plan: &Plan, study: &Study, results: &Results<'_>) -> String {
    let index = &study.layers.index;
    let outlooks = if study.states_precision {
        RegionCache::new(index, &plan.regions).outlooks(&study.incidents, &study.located)
    } else {
        vec![None; study.incidents.len()]
    };
    let facts = facts(study);
    let (title, standfirst) = facts.page();
    let sides = Sides::count(&study.located, &outlooks);
    let (mut findings, chief) = key_findings(
        &facts.the_line(),
        &study.incidents,
        &study.located,
        results.zones,
        &sides,
        &results.along.profile,
        &results.along.strip,
    );
    findings.extend(results.compare.iter().flat_map(|c| c.headlines.iter().cloned()));
    // The first sentence of a document tells the whole of it.
    findings.extend(results.hotspots.findings.first().map(|f| format!("By district: {f}")));
    let lines = results.borders.findings.iter();
    findings.extend(lines.map(|f| format!("Another drawing of the line, {f}")));
    Page {
        title: plan.report.title.clone().unwrap_or(title),
        standfirst,
        findings,
        chief,
        figures: results.plates.iter().map(figure).collect(),
        tables: tables(plan, study, results),
        data: page_data(plan, study, &outlooks),
        methods: methods(plan),
        left_out: left_out(plan, study, results),
        credits: facts.page_credits(),
        provenance: results.provenance.clone(),
    }
    .html()
}

fn figure((name, plate, files): &(String, &Plate, Vec<String>)) -> PageFigure {
    PageFigure {
        name: name.clone(),
        title: plate.scene.title.clone(),
        svg: svg_in_page(&plate.scene, name),
        remarks: plate.remarks.clone(),
        files: files.clone(),
    }
}

fn tables(plan: &Plan, study: &Study, results: &Results<'_>) -> Vec<PageTable> {
    let made = |name: &str, table: crate::report::Table, notes: Vec<String>| PageTable {
        name: name.to_owned(),
        title: table.caption.clone(),
        notes,
        table: Some(table),
    };
    let mut incidents = PageTable {
        name: "incidents".to_owned(),
        title: "Incidents on the map".to_owned(),
        notes: vec!["The rows are those that the filters beside the map let through.".to_owned()],
        table: None,
    };
    if is_grouped(plan, study) {
        incidents.notes.push(
            "The source's terms do not allow its records to be passed on: incidents are counted by \
             month, district, category, side and zone."
                .to_owned(),
        );
    }
    let mut tables = vec![
        incidents,
        made(
            "zones",
            zones_rows(results.zones),
            vec![
                "Incidents: by coordinate. Expected and 95 % interval: given how precisely each \
                 was geocoded."
                    .to_owned(),
            ],
        ),
    ];
    let documents = [
        ("profile", Some(&results.along.document)),
        ("time", results.in_time),
        ("compare", results.compare.map(|c| &c.document)),
        ("hotspots", Some(results.hotspots)),
        ("borders", Some(results.borders)),
    ];
    for (name, document) in documents {
        let Some(document) = document else { continue };
        // What is for programs alone has no headings.
        let readable = |t: &&crate::report::Table| t.columns.iter().any(|c| !c.heading.is_empty());
        for table in document.tables.iter().filter(readable) {
            // Its rows are records.
            if table.name == "moved" && is_grouped(plan, study) {
                continue;
            }
            let name = match table.name {
                "moved" => "borders.moved",
                "hottest" => "profile-hottest",
                "sectors" => "profile-sectors",
                "districts" if name == "profile" => "profile-districts",
                _ => name,
            };
            tables.push(made(name, table.clone(), document.notes.clone()));
        }
    }
    if !study.rejected.is_empty() {
        let more = study.rejected.len().saturating_sub(MOST_REJECTED);
        let notes =
            if more > 0 { vec![format!("{more} more stand in rejected.csv.")] } else { Vec::new() };
        tables.push(made("rejected", rejected_rows(&study.rejected, MOST_REJECTED), notes));
    }
    tables
}

fn methods(plan: &Plan) -> Vec<String> {
    let km = |m: f64| m / 1000.0;
    vec![
        "Distances are geodesics on the WGS 84 ellipsoid to the nearest place on the line, whose \
         edges are geodesics between its vertices; the error of the solution is below 1 mm. The \
         side of an incident is told by the line, not by the polygons of the countries, which \
         overlap and leave gaps along it."
            .to_owned(),
        format!(
            "How well a place is known stands for a region: the place itself for a disc of {} km, \
             near it for a disc of {} km, district and province for their polygons, each cut to \
             what the record names. Expected numbers and 95 % intervals let an incident lie \
             anywhere in its region with equal probability; counts take coordinates at their word.",
            km(plan.regions.exact_radius_m),
            km(plan.regions.near_radius_m)
        ),
        format!(
            "Density is the exact sum of a {} kernel over all incidents on an Albers equal-area \
             grid with cells of {} km. The profile along the line counts incidents within {} km of \
             it by chainage, which runs from its first vertex.",
            plan.density.kernel.word(),
            km(plan.density.cell_m),
            km(plan.profile.settings.within_m)
        ),
        "Hot spots: Gi* and local Moran's I of the districts' rates with p-values by random \
         permutation, adjusted for the number of districts (Benjamini–Hochberg). Zone areas are \
         areas on the ellipsoid."
            .to_owned(),
        "The map on this page is drawn from outlines simplified to a few hundred metres; numbers \
         are computed from the full ones. Soft discs show imprecise places: about as much ground \
         as the incident may lie on. Hollow symbols: the toll is not known. Incidents too near to \
         each other for their symbols are drawn as one circle with their number, its rim shared out \
         among the categories."
            .to_owned(),
    ]
}

fn left_out(plan: &Plan, study: &Study, results: &Results<'_>) -> Vec<String> {
    let mut told = Vec::new();
    let mut tell = |n: usize, one: &str, many: &str| {
        if n > 0 {
            let noun = if n == 1 { one } else { many };
            told.push(format!("{n} {noun}"));
        }
    };
    let of = |p: Option<Precision>| study.incidents.iter().filter(|i| i.precision == p).count();
    tell(
        of(Some(Precision::Unlocated)),
        "incident is known only to the country or worse: in the counts and on no map.",
        "incidents are known only to the country or worse: in the counts and on no map.",
    );
    tell(
        of(None),
        "incident is without a stated precision: its coordinate was taken at its word.",
        "incidents are without a stated precision: their coordinates were taken at their word.",
    );
    tell(
        results.zones.unknown_toll,
        "incident is of unknown toll: in no sum of people killed.",
        "incidents are of unknown toll: in no sum of people killed.",
    );
    tell(
        study.incidents.iter().filter(|i| i.date.is_none()).count(),
        "incident has no date: it is left out wherever a period is chosen.",
        "incidents have no date: they are left out wherever a period is chosen.",
    );
    if is_grouped(plan, study) {
        told.push(
            "Single records are not on this page: the terms of their source do not allow it. \
             `incidents = \"each\"` under [report] puts them there."
                .to_owned(),
        );
    }
    told.extend(coverage(study));
    told.extend(study.notices.iter().cloned());
    told
}
