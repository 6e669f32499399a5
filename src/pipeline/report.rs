//! `durand report`: every figure and table of a study, and the page that shows them.

use super::borders::{ComparedLines, borders_plate, borders_tables, compared_lines};
use super::compare::{Compared, change_plate, compare_plate, compared};
use super::density::{
    Relative, density_of, density_plate, pair_plate, relative_of, relative_plate,
};
use super::distance_rows::distance_csv;
use super::figures::{base, export_plate, facts, finish_words};
use super::hotspots::{FoundSpots, found_spots, hotspots_plate};
use super::map::{map_plate, multiples_plate};
use super::outputs::{document_output, rejected_list};
use super::page::{Results, page};
use super::profile::{AlongLine, along_line, profile_plate};
use super::series::{InTime, in_time, series_plate};
use super::zones::{areas_by, beside, nearness_plate, zones_map_plate, zones_of, zones_plate};
use super::{PipelineError, Study};
use crate::analysis::{
    DensityGrid, ZoneShapeError, ZoneShapes, Zones, busiest_stretch, zone_shapes,
};
use crate::atlas::{Plate, Words, distance_chart, incident_map};
use crate::digest::sha256_hex;
use crate::geodesy::Extent;
use crate::io::Output;
use crate::project::{DistrictFigure, FigureFormat, PLATES, Plan, ProfileTable};
use crate::report::{Provenance, zones_csv, zones_json, zones_latex, zones_markdown};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::Path;

/// What is computed, before anything is drawn.
struct Computed {
    provenance: Provenance,
    zones: Zones,
    shapes: Result<ZoneShapes, ZoneShapeError>,
    density: DensityGrid,
    relative: Option<Relative>,
    along: AlongLine,
    in_time: Option<InTime>,
    lines: ComparedLines,
    spots: FoundSpots,
    periods: Option<Compared>,
}

impl Computed {
    /// Every result of a study; what does not rest on each other side by side.
    fn new(plan: &Plan, study: &Study) -> Result<Computed, PipelineError> {
        let sections = ["regions", "zones", "density", "profile", "time", "figures"];
        let mut provenance = study.provenance("report", plan, &sections);
        let asked = plan.compare.as_ref();
        let regions = &study.regions(plan);
        regions.work_out(asked.map(|_| plan.breaks.metres()));
        let surfaces = || {
            let pair = plan.report.wants("density-pair");
            let (mut held, mut held_too) = (study, study);
            rayon::join(|| density_of(plan, &mut held), || relative_of(plan, &mut held_too, pair))
        };
        let zones = || {
            let shapes =
                || zone_shapes(&study.layers.index, plan.breaks.metres(), &study.layers.window);
            let mut held = study;
            rayon::join(|| zones_of(plan, &mut held), shapes)
        };
        let others = || {
            rayon::join(
                || {
                    let spots = || found_spots(plan, study, regions);
                    rayon::join(|| compared_lines(plan, study), spots)
                },
                || {
                    let periods = || asked.map(|asked| compared(plan, study, asked, regions));
                    let mut held = study;
                    rayon::join(|| along_line(plan, &mut held), periods)
                },
            )
        };
        let ((density, relative), ((zones, shapes), others)) =
            rayon::join(surfaces, || rayon::join(zones, others));
        let ((lines, spots), (along, periods)) = others;
        let (zones, other_lines) = zones?;
        // What is said of other lines stands with their comparison.
        provenance.inputs.extend(other_lines.inputs);
        Ok(Computed {
            provenance,
            zones,
            shapes,
            density: density?,
            relative: relative?,
            along: along?,
            in_time: in_time(plan, study),
            lines: lines?,
            spots,
            periods: periods.transpose()?,
        })
    }

    /// A figure by its name; `None` when the study gives nothing to draw.
    fn plate(&self, name: &str, plan: &Plan, study: &Study) -> Option<Plate> {
        let from = &self.provenance;
        let spots = |show| hotspots_plate(plan, study, &self.spots, show);
        match name {
            "incident-map" => Some(map_plate(plan, study, from)),
            "incident-maps" => multiples_plate(plan, study, from),
            "incident-map-detail" => stretch_plate(plan, study, from.line()),
            "density-map" => density_plate(plan, study, &self.density, from),
            "relative-map" => relative_plate(plan, study, self.relative.as_ref()?, from),
            "density-pair" => pair_plate(plan, study, self.relative.as_ref()?, from),
            "zones-chart" => Some(zones_plate(plan, study, &self.zones, from)),
            // The report is whole without it: the table and the chart tell the same.
            "zones-map" => {
                let shapes = self.shapes.as_ref().ok()?;
                Some(zones_map_plate(plan, study, &self.zones, shapes, from))
            }
            "nearness-chart" => nearness_plate(plan, study, &self.zones, from),
            "profile-chart" => Some(profile_plate(plan, study, &self.along)),
            "time-chart" => Some(series_plate(plan, study, self.in_time.as_ref()?, from)),
            "distance-chart" => Some(distance_plate(plan, study, from.line())),
            "borders-chart" => Some(borders_plate(plan, study, &self.lines)),
            "hotspot-map" => Some(spots(DistrictFigure::Spots)),
            "rate-map" => Some(spots(DistrictFigure::Rate)),
            "gi-map" => Some(spots(DistrictFigure::Gi)),
            "compare-map" => Some(change_plate(plan, study, self.periods.as_ref()?)),
            "compare-chart" => Some(compare_plate(plan, study, self.periods.as_ref()?)),
            _ => None,
        }
    }
}

/// A figure with its files.
struct Drawn {
    name: String,
    plate: Plate,
    files: Vec<Output>,
    /// Whether it is the first width of its kind, which the page shows.
    first: bool,
}

/// Every figure that is wanted, in every width that is wanted, side by side.
fn draw(plan: &Plan, study: &Study, computed: &Computed) -> Result<Vec<Drawn>, PipelineError> {
    let common_mm = plan.figures.page.width_mm;
    let wanted = PLATES.iter().filter(|name| plan.report.wants(name));
    let sized: Vec<(&str, usize, f64)> = wanted
        .flat_map(|name| {
            let widths = plan.report.widths(name, common_mm).into_iter().enumerate();
            widths.map(move |(i, width_mm)| (*name, i, width_mm))
        })
        .collect();
    let drawn = sized.par_iter().map(|&(plate_name, i, width_mm)| {
        let mut plan = plan.clone();
        plan.figures.page.width_mm = width_mm;
        let Some(plate) = computed.plate(plate_name, &plan, study) else { return Ok(None) };
        let name =
            if i == 0 { plate_name.to_owned() } else { format!("{plate_name}-{width_mm}mm") };
        let named = |&format: &FigureFormat| {
            (plan.output.join(format!("{name}.{}", format.extension())), format)
        };
        let targets: Vec<_> = plan.figures.formats.iter().map(named).collect();
        let files = export_plate(&plate, &targets, &plan.figures)?;
        Ok(Some(Drawn { name, plate, files, first: i == 0 }))
    });
    // Collected in their order.
    let drawn: Vec<Option<Drawn>> = drawn.collect::<Result<_, PipelineError>>()?;
    Ok(drawn.into_iter().flatten().collect())
}

/// Every file of the report, `report.json` last: it lists the others with
/// their sha256.
///
/// # Errors
/// When a surface or a figure cannot be made.
pub fn report_outputs(plan: &Plan, study: &Study) -> Result<Vec<Output>, PipelineError> {
    let at = |name: &str| plan.output.join(name);
    let computed = Computed::new(plan, study)?;
    let mut drawn = draw(plan, study, &computed)?;
    let mut files = tables(plan, study, &computed);
    let rejected = rejected_list(study, at("rejected.csv"));
    if !study.rejected.is_empty() {
        files.extend(rejected.clone());
    }
    let names: Vec<Vec<String>> =
        drawn.iter().map(|d| d.files.iter().map(|f| file_name(&f.path)).collect()).collect();
    files.extend(drawn.iter_mut().flat_map(|d| std::mem::take(&mut d.files)));
    if plan.report.page {
        let plates: Vec<(String, &Plate, Vec<String>)> = drawn
            .iter()
            .zip(names)
            .filter(|(d, _)| d.first)
            .map(|(d, names)| (d.name.clone(), &d.plate, names))
            .collect();
        let results = Results {
            zones: &computed.zones,
            along: &computed.along,
            in_time: computed.in_time.as_ref().map(|t| &t.document),
            borders: &computed.lines.document,
            hotspots: &computed.spots.document,
            compare: computed.periods.as_ref(),
            plates: &plates,
            provenance: &computed.provenance,
        };
        let bytes = page(plan, study, &results).into_bytes();
        files.push(Output { path: at("index.html"), bytes });
    }
    let mut remarks = serde_json::Map::new();
    if let Err(error) = &computed.shapes {
        remarks.insert("zones-map".to_owned(), json!([format!("left out: {error}")]));
    }
    for figure in drawn.iter().filter(|d| !d.plate.remarks.is_empty()) {
        remarks.insert(figure.name.clone(), json!(figure.plate.remarks));
    }
    let listed: Vec<Value> = files.iter().map(listing).collect();
    let summary = json!({
        "provenance": computed.provenance.json(),
        "notices": study.notices,
        "remarks": remarks,
        "outputs": listed,
    });
    files.push(Output { path: at("report.json"), bytes: format!("{summary:#}\n").into_bytes() });
    if study.rejected.is_empty() {
        // An older list is emptied; what this run says does not depend on it.
        files.extend(rejected);
    }
    Ok(files)
}

/// The tables as files.
fn tables(plan: &Plan, study: &Study, computed: &Computed) -> Vec<Output> {
    let at = |name: &str| plan.output.join(name);
    let (zones, from) = (&computed.zones, &computed.provenance);
    let mut files = vec![Output { path: at("distances.csv"), bytes: distance_csv(plan, study) }];
    for (name, text) in [
        ("zones.csv", zones_csv(zones)),
        ("zones.json", zones_json(zones, from)),
        ("zones.md", zones_markdown(zones, from)),
        ("zones.tex", zones_latex(zones, from)),
    ] {
        files.push(Output { path: at(name), bytes: text.into_bytes() });
    }
    let by = areas_by(plan, study, from);
    let along = &computed.along.document;
    for table in ProfileTable::ALL {
        let name = match table {
            ProfileTable::Stretches => "profile.csv".to_owned(),
            other => format!("profile-{}.csv", other.word()),
        };
        files.extend(document_output(along, table.word(), &at(&name)));
    }
    for format in ["csv", "json", "md", "tex"] {
        let named = |name: &str| at(&format!("{name}.{format}"));
        if let (Some(document), Some(path)) = (&by, beside(&named("zones"))) {
            files.extend(document_output(document, "areas", &path));
        }
        if format != "csv" {
            files.extend(document_output(along, "", &named("profile")));
        }
        let in_time = computed.in_time.as_ref();
        files.extend(in_time.and_then(|t| document_output(&t.document, "periods", &named("time"))));
        files.extend(borders_tables(&computed.lines, &named("borders")));
        files.extend(document_output(&computed.spots.document, "districts", &named("hotspots")));
        if let Some(periods) = &computed.periods {
            files.extend(document_output(&periods.document, "changes", &named("compare")));
        }
    }
    files
}

/// The share of the line that the map of the busiest stretch shows.
const STRETCH_SHARE: f64 = 0.3;

/// A map of the busiest stretch, when more than half of the incidents lie
/// there and the whole is too wide to tell them apart.
fn stretch_plate(plan: &Plan, study: &Study, provenance: String) -> Option<Plate> {
    if plan.figures.extent.is_some() {
        return None;
    }
    let index = &study.layers.index;
    let (from_m, to_m, there) = busiest_stretch(
        &study.located,
        STRETCH_SHARE * index.line.length_m(),
        plan.profile.settings.within_m,
    )?;
    if 2 * there < study.incidents.len() || to_m <= from_m {
        return None;
    }
    let shown = study.incidents.iter().zip(&study.located).filter(|(_, place)| {
        (from_m..=to_m).contains(&place.chainage_m)
            && place.distance_m <= plan.profile.settings.within_m
    });
    let extent = Extent::around(shown.map(|(incident, _)| incident.at))?.grown(0.25, 0.2);
    let words = facts(study).stretch_map(from_m, to_m, there);
    let words = Words { provenance, ..words };
    Some(incident_map(
        &base(study, plan),
        &study.incidents,
        &study.located,
        Some(extent.at_least_as_wide(STRETCH_ASPECT)),
        &words,
        &plan.figures.page,
    ))
}

/// The map of the stretch is at most so many times as high as wide.
const STRETCH_ASPECT: f64 = 1.15;

fn distance_plate(plan: &Plan, study: &Study, provenance: String) -> Plate {
    let border = &study.layers.index.border;
    let distances: Vec<_> =
        study.located.iter().filter_map(|l| Some((l.side?, l.distance_m))).collect();
    let words = finish_words(facts(study).distance_chart(), &plan.figures, provenance);
    let names = [border.left.clone(), border.right.clone()];
    distance_chart(&distances, &names, &words, &plan.figures.page)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn listing(file: &Output) -> Value {
    json!({
        "name": file_name(&file.path),
        "bytes": file.bytes.len(),
        "sha256": sha256_hex(&file.bytes),
    })
}
