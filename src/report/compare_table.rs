//! Two periods compared, as a table with a sentence for every finding.

use super::borders_table::zone_words;
use super::table::{numbers, words};
use super::{Datum, Document, Provenance, Table};
use crate::analysis::{Change, Comparisons, Group, Period, RateRatio, ZoneBreaks};
use crate::index::StudyIndex;

/// A finding may be chance with this share of all called findings.
pub const FALSE_DISCOVERY: f64 = 0.05;

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

/// The words for a group: "Pakistan side", "Pakistan side, 5–10 km", a
/// province, a district with its province.
pub fn group_words(index: &StudyIndex, breaks: &ZoneBreaks, group: &Group) -> String {
    let side = |side| format!("{} side", index.border.country(side));
    match group {
        Group::Whole => "All incidents".to_owned(),
        Group::Side(s) => side(*s),
        Group::Zone(s, zone) => format!("{}, {} km", side(*s), zone_words(breaks, *zone)),
        Group::Province(area) => index.provinces.areas[*area].name().to_owned(),
        Group::District(area) => {
            let of = &index.districts.areas[*area];
            if of.province.is_empty() {
                of.name().to_owned()
            } else {
                format!("{} ({})", of.name(), of.province)
            }
        }
    }
}

/// "1 January 2014" is written 2014-01-01, as in the tables.
fn period_words(period: &Period) -> String {
    format!("{} to {}", period.from, period.to)
}

/// Whether a change is called a finding.
pub fn is_finding(change: &Change) -> bool {
    change.q <= FALSE_DISCOVERY
}

/// Two figures, plain.
fn figures(value: f64) -> String {
    if !value.is_finite() {
        return "n/a".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let power = value.abs().log10().floor() as i32;
    Datum::number(value, usize::try_from(1 - power).unwrap_or(0)).shown
}

/// A count in brackets: "9", or "9.4 expected, 11 by coordinate" where the two differ.
fn count_words(change: &Change, period: usize) -> String {
    let (expected, plain) = (change.expected[period], change.counts[period]);
    let count = Datum::count(plain).shown;
    if (expected - plain as f64).abs() < 0.05 {
        return count;
    }
    let expected = Datum::number(expected, usize::from(expected < 99.95)).shown;
    format!("{expected} expected, {count} by coordinate")
}

/// The word for what a change is called: more, fewer or nothing.
fn called(is_finding: bool, ratio: &RateRatio) -> &'static str {
    match (is_finding, ratio.low >= 1.0) {
        (false, _) => "",
        (true, true) => "more",
        (true, false) => "fewer",
    }
}

/// What coordinates alone would be called.
fn called_by_coordinate(change: &Change) -> &'static str {
    let (ratio, q) = &change.plain;
    called(*q <= FALSE_DISCOVERY, ratio)
}

/// What a change means, in a sentence.
fn sentence(change: &Change) -> String {
    let told = told(change);
    let by_coordinate = called_by_coordinate(change);
    if by_coordinate == called(is_finding(change), &change.ratio) {
        return told;
    }
    let by_coordinate = match by_coordinate {
        "" => "no finding".to_owned(),
        word => format!("a finding ({word})"),
    };
    format!("{told} By coordinate alone it would be {by_coordinate}.")
}

fn told(change: &Change) -> String {
    let [before, after] = change.expected;
    let ratio = &change.ratio;
    let [was, is] = [0, 1].map(|period| count_words(change, period));
    let rates = format!(
        "{} a year before ({was}), {} after ({is})",
        figures(change.per_year[0]),
        figures(change.per_year[1])
    );
    match (before <= 0.0, after <= 0.0) {
        (true, true) if change.counts == [0; 2] => "No incident in either period.".to_owned(),
        (true, false) if is_finding(change) => format!(
            "None before, {} a year after ({is}): at least {} times as many.",
            figures(change.per_year[1]),
            figures(ratio.low)
        ),
        (false, true) if is_finding(change) => format!(
            "{} a year before ({was}), none after: at most {} times as many.",
            figures(change.per_year[0]),
            figures(ratio.high)
        ),
        (true, _) | (_, true) => format!("{rates}: too few to tell a change."),
        _ if is_finding(change) => format!("{rates}: {}.", factor_words(ratio)),
        _ if !change.tested() => format!("{rates}: too few to tell a change."),
        _ => {
            let estimate = figures(ratio.estimate.unwrap_or(f64::NAN));
            let interval = match ratio.high.is_finite() {
                true => format!("{} to {}", figures(ratio.low), figures(ratio.high)),
                false => format!("{} or more", figures(ratio.low)),
            };
            format!("{rates}: no change can be told (ratio {estimate}, 95 % interval {interval}).")
        }
    }
}

/// "2.4 times as many (95 % interval 1.9 to 3.1)", "35 % more (…)", "60 % fewer (…)".
fn factor_words(ratio: &RateRatio) -> String {
    let estimate = ratio.estimate.unwrap_or(f64::NAN);
    let percent = |share: f64| {
        let percent = 100.0 * share;
        Datum::number(percent, usize::from(percent.abs() > 98.95)).shown
    };
    if !ratio.high.is_finite() {
        format!("at least {} times as many", figures(ratio.low))
    } else if estimate < 1.0 {
        let [most, least] = [1.0 - ratio.low, 1.0 - ratio.high].map(percent);
        format!("{} % fewer (95 % interval {least} to {most} %)", percent(1.0 - estimate))
    } else if estimate < 2.0 {
        let [least, most] =
            [ratio.low - 1.0, ratio.high - 1.0].map(|share| Datum::number(100.0 * share, 0).shown);
        let more = Datum::number(100.0 * (estimate - 1.0), 0).shown;
        format!("{more} % more (95 % interval {least} to {most} %)")
    } else {
        let [low, high] = [ratio.low, ratio.high].map(figures);
        format!("{} times as many (95 % interval {low} to {high})", figures(estimate))
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
        let tested: Vec<&Change> =
            found.changes.iter().filter(|c| c.group.level() == level && c.tested()).collect();
        let rose = |c: &&&Change| is_finding(c) && c.per_year[1] > c.per_year[0];
        let fell = |c: &&&Change| is_finding(c) && c.per_year[1] < c.per_year[0];
        findings.push(format!(
            "{what} with incidents: {}. More a year than chance explains: {}; fewer: {}.",
            tested.len(),
            tested.iter().filter(rose).count(),
            tested.iter().filter(fell).count()
        ));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::rate_ratio;

    fn change(before: usize, after: usize, q: f64) -> Change {
        let ratio = rate_ratio(before as u64, 4.0, after as u64, 2.0);
        Change {
            group: Group::Whole,
            counts: [before, after],
            expected: [before as f64, after as f64],
            intervals: [(before, before), (after, after)],
            per_year: [before as f64 / 4.0, after as f64 / 2.0],
            ratio,
            q,
            plain: (ratio, q),
        }
    }

    #[test]
    fn what_precision_changes_is_said() {
        let mut moved = change(10, 20, 0.001);
        moved.expected = [8.4, 20.0];
        let told = sentence(&moved);
        assert!(told.contains("(8.4 expected, 10 by coordinate), 10 after (20)"), "{told}");
        assert!(!told.contains("alone"), "{told}");
        moved.q = 0.2;
        let told = sentence(&moved);
        assert!(told.contains("no change can be told"), "{told}");
        assert!(told.ends_with("By coordinate alone it would be a finding (more)."), "{told}");
        (moved.q, moved.plain.1) = (0.01, 0.3);
        assert!(sentence(&moved).ends_with("it would be no finding."));
        moved.ratio.high = f64::INFINITY;
        assert!(sentence(&moved).contains("at least 1.9 times as many"), "{}", sentence(&moved));
        let mut faint = change(0, 0, 1.0);
        faint.expected = [0.1, 0.2];
        assert!(sentence(&faint).contains("too few to tell"), "{}", sentence(&faint));
    }

    #[test]
    fn every_change_is_told_in_a_sentence_that_claims_no_more_than_it_may() {
        for (before, after, q, words) in [
            (0, 0, 1.0, "No incident in either period."),
            (
                10,
                20,
                0.001,
                "2.5 a year before (10), 10 after (20): 4.0 times as many (95 % interval 1.9 to 8.9).",
            ),
            (10, 6, 0.9, "no change can be told (ratio 1.2"),
            (0, 9, 0.001, "None before, 4.5 a year after (9): at least"),
            (12, 0, 0.001, "3.0 a year before (12), none after: at most"),
            (10, 7, 0.02, "3.5 after (7): 40 % more (95 % interval"),
            (100, 10, 0.001, "5.0 after (10): 80 % fewer (95 % interval"),
            (0, 1, 0.6, "too few to tell a change"),
        ] {
            let told = sentence(&change(before, after, q));
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn figures_are_two() {
        assert_eq!(
            [0.0123, 0.5, 4.25, 17.0, 12_345.0].map(figures),
            ["0.012", "0.50", "4.2", "17", "12,345"]
        );
    }
}
