//! `durand compare`: before and after a date, or two periods.

use super::figures::{base, coverage, export_plate, facts, figure_targets, finish_words};
use super::hotspots::side_alone;
use super::outputs::{check_outputs, document_output, workbook_outputs};
use super::{PipelineError, Study};
use crate::analysis::{Change, Comparisons, Group, Period, Regions, compare};
use crate::atlas::{
    ChangeKey, DistrictChange, Plate, RatioRow, RatioSection, change_map, compare_chart,
};
use crate::io::Output;
use crate::model::Side;
use crate::project::{CompareFigure, Periods, Plan};
use crate::report::{
    CompareResult, Document, compare_document, compare_headlines, group_words, is_finding,
};
use std::path::PathBuf;

/// Provinces and districts in the chart, at most.
const MOST_PROVINCES: usize = 12;
const MOST_DISTRICTS: usize = 10;

/// The two periods of a study. A date alone parts the time from the first to
/// the last incident, or from `--from` to `--to` where these are given.
fn periods(plan: &Plan, study: &Study, asked: &Periods) -> Result<[Period; 2], PipelineError> {
    let at = match asked {
        Periods::Two(periods) => return Ok(*periods),
        Periods::At(day) => *day,
    };
    let Some((first, last)) = study.period else {
        return Err(PipelineError::asked(
            "no incident has a date",
            "name the column of dates with --column date=COLUMN",
        ));
    };
    let (from, to) = (plan.filter.from.unwrap_or(first), plan.filter.to.unwrap_or(last));
    let eve = at.yesterday().ok().filter(|eve| from <= *eve && at <= to);
    match eve {
        Some(eve) => Ok([Period { from, to: eve }, Period { from: at, to }]),
        None => Err(PipelineError::asked(
            format!(
                "--at: {at} leaves nothing on one side of it: the incidents run from {from} to {to}"
            ),
            "choose a day between them, or give two periods with --before and --after",
        )),
    }
}

/// The comparison of a study, as a document and as what the chart draws.
pub(super) struct Compared {
    pub document: Document,
    /// What the page tells first.
    pub headlines: Vec<String>,
    found: Comparisons,
}

/// Counts, tests and words.
pub(super) fn compared(
    plan: &Plan,
    study: &Study,
    asked: &Periods,
    regions: &Regions,
) -> Result<Compared, PipelineError> {
    let index = &study.layers.index;
    let periods = periods(plan, study, asked)?;
    let regions = plan.compare_spread.then_some(regions);
    let (incidents, located) = (&study.incidents, &study.located);
    let found = compare(incidents, located, regions, index, &plan.breaks, periods);
    let mut caveats = coverage(study);
    if matches!(asked, Periods::At(_)) && (plan.filter.from.is_none() || plan.filter.to.is_none()) {
        caveats.push(
            "The periods run from the first to the last incident of the file. If the source \
             covers a longer time, give it with --from and --to: the rates fall accordingly."
                .to_owned(),
        );
    }
    let result = CompareResult { index, breaks: &plan.breaks, found: &found, caveats };
    let provenance = study.provenance("compare", plan, &["regions", "zones", "compare"]);
    let document = compare_document(&result, provenance);
    let headlines = compare_headlines(&result);
    Ok(Compared { document, headlines, found })
}

/// The chart: the whole and the sides, the zones, the provinces with most
/// incidents and the districts whose change is surest.
pub(super) fn compare_plate(plan: &Plan, study: &Study, compared: &Compared) -> Plate {
    let index = &study.layers.index;
    let found = &compared.found;
    let row = |change: &Change| RatioRow {
        label: match &change.group {
            Group::Zone(_, zone) => zone_label(plan.breaks.metres(), *zone),
            Group::District(area) => index.districts.areas[*area].name().to_owned(),
            group => group_words(index, &plan.breaks, group),
        },
        side: match &change.group {
            Group::Whole => None,
            Group::Side(side) | Group::Zone(side, _) => Some(number(*side)),
            Group::Province(area) => index.provinces.sides[*area].map(number),
            Group::District(area) => index.districts.sides[*area].map(number),
        },
        per_year: change.per_year,
        ratio: change.ratio.estimate,
        interval: [change.ratio.low, change.ratio.high],
        finding: is_finding(change),
    };
    let of = |level: usize| found.changes.iter().filter(move |c| c.group.level() == level);
    let mut sections =
        vec![RatioSection { heading: String::new(), rows: of(0).chain(of(1)).map(row).collect() }];
    for side in Side::BOTH {
        let here =
            of(2).filter(|c| matches!(c.group, Group::Zone(s, _) if s == side) && c.tested());
        sections.push(RatioSection {
            heading: format!("{} side, by distance", index.border.country(side)),
            rows: here.map(row).collect(),
        });
    }
    // Those with most incidents, then in the order of the table.
    let mut provinces: Vec<(usize, &Change)> = of(3).filter(|c| c.tested()).enumerate().collect();
    let all = |c: &Change| c.expected[0] + c.expected[1];
    provinces.sort_by(|(i, a), (j, b)| all(b).total_cmp(&all(a)).then(i.cmp(j)));
    provinces.truncate(MOST_PROVINCES);
    provinces.sort_by_key(|(i, _)| *i);
    sections.push(RatioSection {
        heading: "Provinces with most incidents".to_owned(),
        rows: provinces.into_iter().map(|(_, c)| row(c)).collect(),
    });
    let mut districts: Vec<&Change> = of(4).filter(|c| is_finding(c)).collect();
    districts.sort_by(|a, b| a.ratio.p.total_cmp(&b.ratio.p));
    districts.truncate(MOST_DISTRICTS);
    sections.push(RatioSection {
        heading: "Districts of the surest changes".to_owned(),
        rows: districts.into_iter().map(row).collect(),
    });
    let line = compared.document.provenance.line();
    let words = finish_words(facts(study).compare_chart(found), &plan.figures, line);
    compare_chart(&sections, &words, &plan.figures.page)
}

/// The map: every district that there is something to test in.
pub(super) fn change_plate(plan: &Plan, study: &Study, compared: &Compared) -> Plate {
    let found = &compared.found;
    let row = |change: &Change| {
        let Group::District(district) = change.group else { return None };
        let ratio = change.ratio.estimate.filter(|_| change.tested())?;
        let certain = change.ratio.low > 1.0 || change.ratio.high < 1.0;
        Some(DistrictChange { district, ratio, certain, finding: is_finding(change) })
    };
    let changes: Vec<DistrictChange> = found.changes.iter().filter_map(row).collect();
    let unseen = side_alone(plan, study).0.map(|s| study.layers.index.border.country(s.other()));
    let key = ChangeKey { spread: found.spread, unseen };
    let words = facts(study).change_map(found, &changes);
    let words = finish_words(words, &plan.figures, compared.document.provenance.line());
    let (base, figures) = (base(study, plan), &plan.figures);
    change_map(&base, &changes, figures.extent, key, &words, &figures.page)
}

fn number(side: Side) -> usize {
    usize::from(side == Side::Right)
}

/// "5–10 km", "beyond 100 km".
fn zone_label(breaks_m: &[f64], zone: usize) -> String {
    let km = |m: f64| format!("{}", m / 1000.0);
    let from = if zone == 0 { 0.0 } else { breaks_m[zone - 1] };
    match breaks_m.get(zone) {
        Some(&to) => format!("{}–{}\u{202f}km", km(from), km(to)),
        None => format!("beyond {}\u{202f}km", km(from)),
    }
}

/// `durand compare`: the table, and the chart or the map.
///
/// # Errors
/// When an output's format is one it does not write, no incident is dated, the
/// date leaves a period empty, or a figure cannot be exported.
pub fn compare_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("compare", outputs)?;
    let asked = plan.compare.as_ref().ok_or_else(|| {
        PipelineError::asked(
            "no date and no periods to compare",
            "give --at DATE, or --before FROM..TO and --after FROM..TO",
        )
    })?;
    let compared = compared(plan, study, asked, &study.regions(plan))?;
    let mut files: Vec<Output> = outputs
        .iter()
        .filter_map(|path| document_output(&compared.document, "changes", path))
        .collect();
    files.extend(workbook_outputs(&compared.document, outputs)?);
    let targets = figure_targets(outputs);
    if !targets.is_empty() {
        let plate = match plan.compare_figure {
            CompareFigure::Chart => compare_plate(plan, study, &compared),
            CompareFigure::Map => change_plate(plan, study, &compared),
        };
        files.extend(export_plate(&plate, &targets, &plan.figures)?);
    }
    Ok(files)
}
