//! Two periods compared, as a table with a sentence for every finding.

use super::borders_table::zone_words;
use super::compare_words::{
    called, called_by_coordinate, figures, group_words, is_finding, level_words, period_words,
    sentence,
};
use super::table::{numbers, words};
use super::{Datum, Document, Provenance, Table};
use crate::analysis::{Change, Comparisons, Group, ZoneBreaks};
use crate::index::StudyIndex;

/// Findings that are told in sentences above the table, at most, beside the
/// whole and the sides.
const MOST_SENTENCES: usize = 12;

/// What the table is made from.
pub struct CompareResult<'a> {
    /// The line and the areas.
    pub index: &'a StudyIndex,
    /// Zones by distance.
    pub breaks: &'a ZoneBreaks,
    /// Counts and tests.
    pub found: &'a Comparisons,
    /// What to beware of in the sources, a sentence each.
    pub caveats: Vec<String>,
}

/// The table `changes`.
pub fn compare_document(result: &CompareResult<'_>, provenance: Provenance) -> Document {
    Document {
        findings: findings(result),
        tables: vec![changes(result)],
        notes: notes(result),
        provenance,
    }
}

fn findings(result: &CompareResult<'_>) -> Vec<String> {
    let found = result.found;
    let [before, after] = &found.periods;
    let mut findings = vec![format!(
        "Before: {} ({} years). After: {} ({} years).",
        period_words(before),
        Datum::number(before.years(), 2).shown,
        period_words(after),
        Datum::number(after.years(), 2).shown
    )];
    // What may make a change of nothing stands before it.
    findings.extend(result.caveats.iter().cloned());
    let name = |change: &Change| group_words(result.index, result.breaks, &change.group);
    let told = |change: &Change| format!("{}: {}", name(change), sentence(change));
    findings.extend(found.changes.iter().filter(|c| c.group.level() < 2).map(told));
    for (level, what) in [(2, "Zones"), (3, "Provinces"), (4, "Districts")] {
        findings.push(level_words(found, level, what));
    }
    // The surest first; equals in the order of the table.
    let mut surest: Vec<&Change> =
        found.changes.iter().filter(|c| c.group.level() >= 2 && is_finding(c)).collect();
    surest.sort_by(|a, b| a.ratio.p.total_cmp(&b.ratio.p));
    findings.extend(surest.into_iter().take(MOST_SENTENCES).map(told));
    findings
}

fn notes(result: &CompareResult<'_>) -> Vec<String> {
    let found = result.found;
    let mut notes = vec![
        format!(
            "Rates: incidents per year of 365.25 days, so that periods may differ in length. \
             Ratio: the rate after over the rate before, with the {}conditional 95 % interval \
             (mid-p). q: the p-value adjusted for all rows of its level (Benjamini–Hochberg); at \
             most 0.05 is called a finding. Rows without half an incident are not tested.",
            if found.spread { "" } else { "exact " }
        ),
        if found.spread {
            "Before, after: by coordinate. Expected, and all that follows from it: given how \
             precisely each incident was geocoded, it may lie anywhere in its region and belongs \
             to each side, zone, province and district with a probability. The intervals and p of \
             the ratio carry that too: they are averaged over the numbers that may be true."
                .to_owned()
        } else {
            "By coordinate: how precisely incidents were geocoded is ignored.".to_owned()
        },
        "The test takes incidents as independent. Incidents come in spells, so true intervals are \
         wider."
            .to_owned(),
    ];
    for (count, words) in [
        (found.undated, "without a date: in no count"),
        (found.outside, "dated outside of both periods: in no count"),
        (found.on_line, "on the line itself: on no side"),
        (found.unlocated, "located worse than the province: in the row of all incidents alone"),
        (
            found.to_province,
            if found.spread {
                "known to the province: by coordinate in no district's count, expected in each by \
                 its area"
            } else {
                "known to the province: in no district's count"
            },
        ),
    ] {
        if count > 0 {
            notes.push(format!("{count} {words}."));
        }
    }
    if !found.empty_years.is_empty() {
        let years: Vec<String> = found.empty_years.iter().map(i16::to_string).collect();
        notes.push(format!(
            "No incident is dated in {}: whether nothing happened or nothing was recorded, the \
             file does not say.",
            years.join(", ")
        ));
    }
    let totals = found.changes.iter().find(|c| c.group == Group::Whole).map(|c| c.counts);
    if let Some([before, after]) = totals
        && found.coarse != [0, 0]
        && before > 0
        && after > 0
    {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole as f64;
        notes.push(format!(
            "Known to the district or worse: {} % before, {} % after{}.",
            Datum::number(share(found.coarse[0], before), 0).shown,
            Datum::number(share(found.coarse[1], after), 0).shown,
            if found.spread { "" } else { "; counted where their coordinate lies" }
        ));
    }
    notes.extend(found.tally.notices().into_iter().map(|notice| format!("{notice}.")));
    notes
}

fn changes(result: &CompareResult<'_>) -> Table {
    let expected = if result.found.spread { "Expected" } else { "" };
    let columns = vec![
        words("level", ""),
        words("name", "Where"),
        words("side", ""),
        words("zone_km", ""),
        words("province", ""),
        words("district", ""),
        numbers("before", "Before"),
        numbers("before_expected", expected),
        numbers("before_low", ""),
        numbers("before_high", ""),
        numbers("after", "After"),
        numbers("after_expected", expected),
        numbers("after_low", ""),
        numbers("after_high", ""),
        numbers("before_per_year", "per year"),
        numbers("after_per_year", "per year"),
        numbers("ratio", "Ratio"),
        numbers("ratio_low", ""),
        numbers("ratio_high", "95 % interval"),
        numbers("p", ""),
        numbers("q", "q"),
        words("called", ""),
        words("called_ignoring_precision", ""),
        words("finding", "Meaning"),
    ];
    let rows = result.found.changes.iter().map(|change| row(result, change)).collect();
    let [before, after] = &result.found.periods;
    Table {
        name: "changes",
        caption: format!(
            "Incidents per year, {} and {}",
            period_words(before),
            period_words(after)
        ),
        columns,
        rows,
    }
}

fn row(result: &CompareResult<'_>, change: &Change) -> Vec<Datum> {
    let index = result.index;
    let known =
        |text: &str| if text.is_empty() { Datum::unknown().shown("") } else { Datum::text(text) };
    let (mut side, mut zone, mut province, mut district) =
        (String::new(), String::new(), String::new(), String::new());
    let country = |layer: &crate::index::SidedAreas, area: usize| layer.areas[area].country.clone();
    let level = match &change.group {
        Group::Whole => "whole",
        Group::Side(s) => {
            side = index.border.country(*s).to_owned();
            "side"
        }
        Group::Zone(s, z) => {
            side = index.border.country(*s).to_owned();
            zone = zone_words(result.breaks, *z);
            "zone"
        }
        Group::Province(area) => {
            side = country(&index.provinces, *area);
            province = index.provinces.areas[*area].province.clone();
            "province"
        }
        Group::District(area) => {
            side = country(&index.districts, *area);
            province = index.districts.areas[*area].province.clone();
            district = index.districts.areas[*area].name().to_owned();
            "district"
        }
    };
    let ratio = &change.ratio;
    let tested = change.tested();
    let number = |value: f64| {
        let shown = figures(value);
        let exact = (value.is_finite() && tested).then_some(value);
        Datum::number(exact, 6).shown(if tested { shown } else { "n/a".to_owned() })
    };
    let interval = match (tested, ratio.high.is_finite()) {
        (false, _) => "n/a".to_owned(),
        (true, true) => format!("{}–{}", figures(ratio.low), figures(ratio.high)),
        (true, false) => format!("at least {}", figures(ratio.low)),
    };
    let probability = |p: f64| {
        let shown = if p < 0.001 { "< 0.001".to_owned() } else { Datum::number(p, 3).shown };
        // Small ones keep their figures in print for programs.
        let value = serde_json::Number::from_f64(p).filter(|_| tested);
        let value = value.map_or(serde_json::Value::Null, serde_json::Value::Number);
        Datum { value, shown: if tested { shown } else { "n/a".to_owned() } }
    };
    let counts = [0, 1].map(|period| {
        let (low, high) = change.intervals[period];
        let expected = change.expected[period];
        [
            Datum::count(change.counts[period]),
            Datum::number(expected, 2).shown(Datum::number(expected, 1).shown),
            Datum::count(low),
            Datum::count(high),
        ]
    });
    let mut row = vec![
        Datum::text(level),
        Datum::text(group_words(index, result.breaks, &change.group)),
        known(&side),
        known(&zone),
        known(&province),
        known(&district),
    ];
    row.extend(counts.into_iter().flatten());
    row.extend([
        Datum::number(change.per_year[0], 4).shown(figures(change.per_year[0])),
        Datum::number(change.per_year[1], 4).shown(figures(change.per_year[1])),
        number(ratio.estimate.unwrap_or(f64::NAN)),
        number(ratio.low),
        number(ratio.high).shown(interval),
        probability(ratio.p),
        probability(change.q),
        known(called(is_finding(change), ratio)),
        known(called_by_coordinate(change)),
        Datum::text(sentence(change)),
    ]);
    row
}
