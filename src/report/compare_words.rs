//! Two periods compared, in words: what a change is called, and a sentence for it.

use super::Datum;
use super::borders_table::zone_words;
use super::compare_table::CompareResult;
use crate::analysis::{Change, Comparisons, Group, Period, RateRatio, ZoneBreaks};
use crate::index::StudyIndex;

/// A finding may be chance with this share of all called findings.
pub const FALSE_DISCOVERY: f64 = 0.05;

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
pub(super) fn period_words(period: &Period) -> String {
    format!("{} to {}", period.from, period.to)
}

/// Whether a change is called a finding.
pub fn is_finding(change: &Change) -> bool {
    change.q <= FALSE_DISCOVERY
}

/// Two figures, plain.
pub(super) fn figures(value: f64) -> String {
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
pub(super) fn called(is_finding: bool, ratio: &RateRatio) -> &'static str {
    match (is_finding, ratio.low >= 1.0) {
        (false, _) => "",
        (true, true) => "more",
        (true, false) => "fewer",
    }
}

/// What coordinates alone would be called.
pub(super) fn called_by_coordinate(change: &Change) -> &'static str {
    let (ratio, q) = &change.plain;
    called(*q <= FALSE_DISCOVERY, ratio)
}

/// What a change means, in a sentence.
pub(super) fn sentence(change: &Change) -> String {
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

/// What a page tells of a comparison: the whole, each side that there is something to
/// test on, and how many districts changed.
pub fn compare_headlines(result: &CompareResult<'_>) -> Vec<String> {
    let found = result.found;
    let [before, after] = &found.periods;
    let of =
        |level: usize| found.changes.iter().filter(move |c| c.group.level() == level && c.tested());
    let whole = of(0).map(|change| {
        format!(
            "Before ({}) and after ({}), all incidents: {} Whether the source covered both alike is \
             told under what to beware of.",
            period_words(before),
            period_words(after),
            sentence(change)
        )
    });
    let name = |change: &Change| group_words(result.index, result.breaks, &change.group);
    let sides = of(1).map(|change| format!("{}: {}", name(change), sentence(change)));
    let districts = level_words(found, 4, "Districts");
    whole.chain(sides).chain([districts]).collect()
}

/// How many of a level there are, and how many have more or fewer.
pub(super) fn level_words(found: &Comparisons, level: usize, what: &str) -> String {
    let tested = || found.changes.iter().filter(|c| c.group.level() == level && c.tested());
    let rose = |c: &&Change| is_finding(c) && c.per_year[1] > c.per_year[0];
    let fell = |c: &&Change| is_finding(c) && c.per_year[1] < c.per_year[0];
    format!(
        "{what} with incidents: {}. More a year than chance explains: {}; fewer: {}.",
        tested().count(),
        tested().filter(rose).count(),
        tested().filter(fell).count()
    )
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
