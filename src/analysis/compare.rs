//! Before and after: incidents per year in two periods, by side, zone, province
//! and district.

use super::false_discovery::benjamini_hochberg;
use super::group_counts::{Grouped, Members};
use super::mixed_ratio::mixed_rate_ratio;
use super::rate_ratio::{RateRatio, rate_ratio};
use super::rates::LEAST_EXPECTED;
use crate::analysis::{Located, RegionTally, Regions, ZoneBreaks};
use crate::index::StudyIndex;
use crate::model::{Date, Incident, Precision, Side};
use rayon::prelude::*;

/// A run of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Period {
    /// Days in it; none when it ends before it begins.
    pub fn days(&self) -> u32 {
        let days = self.from.until(self.to).map_or(-1, |span| i64::from(span.get_days()));
        u32::try_from(days + 1).unwrap_or(0)
    }

    /// Years of 365.25 days in it.
    pub fn years(&self) -> f64 {
        f64::from(self.days()) / 365.25
    }

    /// Whether a day lies in it.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// What a row counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// All incidents of the periods.
    Whole,
    /// A side of the line.
    Side(Side),
    /// A range of distances on a side.
    Zone(Side, usize),
    /// A province: number in the province layer.
    Province(usize),
    /// A district: number in the district layer.
    District(usize),
}

impl Group {
    /// Rows that are tested together: 0 for the whole to 4 for districts.
    pub fn level(&self) -> usize {
        match self {
            Group::Whole => 0,
            Group::Side(_) => 1,
            Group::Zone(..) => 2,
            Group::Province(_) => 3,
            Group::District(_) => 4,
        }
    }
}

/// A group's change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is counted.
    pub group: Group,
    /// Incidents in the first and the second period, by coordinate.
    pub counts: [usize; 2],
    /// Expected numbers given the geocoding precision.
    pub expected: [f64; 2],
    /// The 95 % intervals of the numbers.
    pub intervals: [(usize, usize); 2],
    /// Expected incidents per year in either.
    pub per_year: [f64; 2],
    /// The second rate over the first.
    pub ratio: RateRatio,
    /// Its p-value adjusted for all tests of its level (Benjamini–Hochberg).
    pub q: f64,
    /// The ratio of the counts by coordinate, and its adjusted p-value.
    pub plain: (RateRatio, f64),
}

impl Change {
    /// Whether there is anything to test.
    pub fn tested(&self) -> bool {
        self.expected[0] + self.expected[1] >= LEAST_EXPECTED
    }
}

/// Two periods compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparisons {
    /// The periods.
    pub periods: [Period; 2],
    /// Whether incidents are spread over the regions they may lie in.
    pub spread: bool,
    /// Groups with an incident in either period or a twentieth of one expected,
    /// in order; every side and zone.
    pub changes: Vec<Change>,
    /// Incidents without a date: in no count.
    pub undated: usize,
    /// Incidents dated outside of both periods: in no count.
    pub outside: usize,
    /// Located worse than the province, in either period: in the whole alone.
    pub unlocated: usize,
    /// Known to the province, in either period: by coordinate in no district.
    pub to_province: usize,
    /// In either period and on the line itself: on no side.
    pub on_line: usize,
    /// Incidents known to the district or worse in the first and the second period.
    pub coarse: [usize; 2],
    /// Records whose names could not be used as they stand.
    pub tally: RegionTally,
    /// Calendar years wholly inside a period without any incident.
    pub empty_years: Vec<i16>,
}

/// Counts both periods and tests every group's change.
///
/// With `regions` each incident may lie anywhere in its own: it belongs to a side,
/// a zone, a province or a district with a probability, the number of a group is
/// distributed as the Poisson-binomial, and rates, ratios and tests carry that
/// ([`mixed_rate_ratio`]). An incident known to its province is shared out
/// among its districts by area. Without regions each coordinate is taken at its
/// word, and an incident known to the province is in no district's count.
pub fn compare(
    incidents: &[Incident],
    located: &[Located],
    regions: Option<&Regions>,
    index: &StudyIndex,
    breaks: &ZoneBreaks,
    periods: [Period; 2],
) -> Comparisons {
    let mut grouped = Grouped::new(breaks, regions);
    let mut found = Comparisons {
        periods,
        spread: regions.is_some(),
        changes: Vec::new(),
        undated: 0,
        outside: 0,
        unlocated: 0,
        to_province: 0,
        on_line: 0,
        coarse: [0; 2],
        tally: RegionTally::default(),
        empty_years: empty_years(incidents, periods),
    };
    for (i, (incident, place)) in incidents.iter().zip(located).enumerate() {
        let Some(day) = incident.date else {
            found.undated += 1;
            continue;
        };
        let Some(period) = periods.iter().position(|p| p.holds(day)) else {
            found.outside += 1;
            continue;
        };
        let known = incident.precision.unwrap_or(Precision::Exact);
        found.coarse[period] += usize::from(known >= Precision::District);
        if known == Precision::Unlocated {
            found.unlocated += 1;
            grouped.add_unlocated(period);
            continue;
        }
        found.on_line += usize::from(place.side.is_none());
        let district = place.placement.district;
        found.to_province += usize::from(known == Precision::Province && district.is_some());
        grouped.add_incident(i, incident, place, period);
    }
    grouped.share_out();
    found.tally = grouped.tally;
    found.changes = changes(&grouped, periods);
    sort_areas(&mut found.changes, index);
    found
}

/// A province or a district that fewer are expected in is not told of.
const LEAST_TOLD: f64 = 0.05;

fn changes(grouped: &Grouped, periods: [Period; 2]) -> Vec<Change> {
    let years = periods.map(|p| p.years());
    let told = |group: &Group, members: &Members| {
        let expected: f64 = members.expected().iter().sum();
        group.level() < 3 || members.plain != [0; 2] || expected >= LEAST_TOLD
    };
    let groups: Vec<(&Group, &Members)> =
        grouped.groups.iter().filter(|(group, members)| told(group, members)).collect();
    let mut changes: Vec<Change> = groups
        .into_par_iter()
        .map(|(group, members)| {
            let numbers = members.numbers();
            let expected = members.expected();
            let [before, after] = members.plain.map(|n| n as u64);
            Change {
                group: group.clone(),
                counts: members.plain,
                expected,
                intervals: [numbers[0].interval(0.95), numbers[1].interval(0.95)],
                per_year: [expected[0] / years[0], expected[1] / years[1]],
                ratio: mixed_rate_ratio(&numbers[0], years[0], &numbers[1], years[1]),
                q: 1.0,
                plain: (rate_ratio(before, years[0], after, years[1]), 1.0),
            }
        })
        .collect();
    for level in 0..=4 {
        // Where nothing happened nothing is tested.
        let of_level = |c: &Change| c.group.level() == level;
        adjust(&mut changes, |c| of_level(c) && c.tested(), |c| (c.ratio.p, &mut c.q));
        let counted = |c: &Change| of_level(c) && c.counts != [0; 2];
        adjust(&mut changes, counted, |c| (c.plain.0.p, &mut c.plain.1));
    }
    changes
}

/// Adjusts the p-values of the tests of one family; `of` gives a p-value and
/// where its adjusted one goes.
fn adjust(
    changes: &mut [Change],
    tested: impl Fn(&Change) -> bool,
    of: impl Fn(&mut Change) -> (f64, &mut f64),
) {
    let mut family: Vec<&mut Change> = changes.iter_mut().filter(|c| tested(c)).collect();
    let p: Vec<f64> = family.iter_mut().map(|c| of(c).0).collect();
    for (change, adjusted) in family.into_iter().zip(benjamini_hochberg(&p)) {
        *of(change).1 = adjusted;
    }
}

/// Provinces and districts by name, left side first.
fn sort_areas(changes: &mut [Change], index: &StudyIndex) {
    let key = |change: &Change| {
        let (layer, area) = match change.group {
            Group::Province(area) => (&index.provinces, area),
            Group::District(area) => (&index.districts, area),
            _ => return None,
        };
        let area_of = &layer.areas[area];
        Some((layer.sides[area], area_of.province.clone(), area_of.district.clone(), area))
    };
    changes.sort_by(|a, b| {
        a.group.level().cmp(&b.group.level()).then_with(|| match (key(a), key(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.group.cmp(&b.group),
        })
    });
}

/// Calendar years wholly inside a period in which nothing is dated.
fn empty_years(incidents: &[Incident], periods: [Period; 2]) -> Vec<i16> {
    let mut dated: Vec<i16> = incidents.iter().filter_map(|i| Some(i.date?.year())).collect();
    dated.sort_unstable();
    dated.dedup();
    let whole = |p: &Period| {
        let first = p.from.year() + i16::from((p.from.month(), p.from.day()) > (1, 1));
        let last = p.to.year() - i16::from((p.to.month(), p.to.day()) < (12, 31));
        first..=last
    };
    let years = periods.iter().flat_map(whole);
    years.filter(|year| dated.binary_search(year).is_err()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_holds_both_its_ends() {
        let period = Period { from: day("2020-01-01"), to: day("2020-12-31") };
        assert_eq!(period.days(), 366);
        assert!(period.holds(day("2020-01-01")) && period.holds(day("2020-12-31")));
        assert!(!period.holds(day("2021-01-01")));
        assert_eq!(Period { from: period.to, to: period.from }.days(), 0);
    }

    #[test]
    fn years_without_an_incident_are_named_where_they_are_whole() {
        let periods = [
            Period { from: day("2014-03-01"), to: day("2017-12-31") },
            Period { from: day("2018-01-01"), to: day("2019-06-30") },
        ];
        assert_eq!(empty_years(&[], periods), [2015, 2016, 2017, 2018]);
    }
}
