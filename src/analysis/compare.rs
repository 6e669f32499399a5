//! Before and after: incidents per year in two periods, by side, zone, province
//! and district.

use super::false_discovery::benjamini_hochberg;
use super::rate_ratio::{RateRatio, rate_ratio};
use crate::analysis::{Located, ZoneBreaks};
use crate::index::StudyIndex;
use crate::model::{Date, Incident, Precision, Side};
use std::collections::BTreeMap;

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
    /// Incidents in the first and the second period.
    pub counts: [usize; 2],
    /// Incidents per year in either.
    pub per_year: [f64; 2],
    /// The second rate over the first.
    pub ratio: RateRatio,
    /// Its p-value adjusted for all tests of its level (Benjamini–Hochberg).
    pub q: f64,
}

/// Two periods compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparisons {
    /// The periods.
    pub periods: [Period; 2],
    /// Groups with an incident in either period, in order; every side and zone.
    pub changes: Vec<Change>,
    /// Incidents without a date: in no count.
    pub undated: usize,
    /// Incidents dated outside of both periods: in no count.
    pub outside: usize,
    /// Located worse than the province, in either period: in the whole alone.
    pub unlocated: usize,
    /// Known to the province, in either period: in no district.
    pub to_province: usize,
    /// In either period and on the line itself: on no side.
    pub on_line: usize,
    /// Incidents known to the district or worse in the first and the second period.
    pub coarse: [usize; 2],
    /// Calendar years wholly inside a period without any incident.
    pub empty_years: Vec<i16>,
}

/// Counts both periods and tests every group's change.
///
/// Coordinates are taken at their word for side and zone; an incident known to
/// the province is in no district's count.
pub fn compare(
    incidents: &[Incident],
    located: &[Located],
    index: &StudyIndex,
    breaks: &ZoneBreaks,
    periods: [Period; 2],
) -> Comparisons {
    let mut counts: BTreeMap<Group, [usize; 2]> = BTreeMap::new();
    counts.insert(Group::Whole, [0; 2]);
    for side in Side::BOTH {
        counts.insert(Group::Side(side), [0; 2]);
        for zone in 0..=breaks.metres().len() {
            counts.insert(Group::Zone(side, zone), [0; 2]);
        }
    }
    let mut found = Comparisons {
        periods,
        changes: Vec::new(),
        undated: 0,
        outside: 0,
        unlocated: 0,
        to_province: 0,
        on_line: 0,
        coarse: [0; 2],
        empty_years: empty_years(incidents, periods),
    };
    for (incident, place) in incidents.iter().zip(located) {
        let Some(day) = incident.date else {
            found.undated += 1;
            continue;
        };
        let Some(period) = periods.iter().position(|p| p.holds(day)) else {
            found.outside += 1;
            continue;
        };
        let mut add = |group: Group| counts.entry(group).or_default()[period] += 1;
        add(Group::Whole);
        let known = incident.precision.unwrap_or(Precision::Exact);
        found.coarse[period] += usize::from(known >= Precision::District);
        if known == Precision::Unlocated {
            found.unlocated += 1;
            continue;
        }
        match place.side {
            Some(side) => {
                add(Group::Side(side));
                add(Group::Zone(side, breaks.zone(place.distance_m)));
            }
            None => found.on_line += 1,
        }
        if let Some(province) = place.placement.province {
            add(Group::Province(province));
        }
        match place.placement.district {
            Some(_) if known == Precision::Province => found.to_province += 1,
            Some(district) => add(Group::District(district)),
            None => {}
        }
    }
    found.changes = changes(counts, periods);
    sort_areas(&mut found.changes, index);
    found
}

fn changes(counts: BTreeMap<Group, [usize; 2]>, periods: [Period; 2]) -> Vec<Change> {
    let years = periods.map(|p| p.years());
    let mut changes: Vec<Change> = counts
        .into_iter()
        .map(|(group, counts)| {
            let [before, after] = counts.map(|n| n as u64);
            Change {
                group,
                counts,
                per_year: [counts[0] as f64 / years[0], counts[1] as f64 / years[1]],
                ratio: rate_ratio(before, years[0], after, years[1]),
                q: 1.0,
            }
        })
        .collect();
    for level in 0..=4 {
        // Where nothing happened nothing is tested.
        let tested: Vec<usize> = (0..changes.len())
            .filter(|&i| changes[i].group.level() == level && changes[i].counts != [0; 2])
            .collect();
        let p: Vec<f64> = tested.iter().map(|&i| changes[i].ratio.p).collect();
        for (&i, q) in tested.iter().zip(benjamini_hochberg(&p)) {
            changes[i].q = q;
        }
    }
    changes
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
