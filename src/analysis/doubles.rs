//! Pairs of records that may tell of one event.

use crate::geodesy::inverse;
use crate::model::{Incident, Kind, Precision};
use std::collections::{BTreeMap, BinaryHeap};

/// How far apart two coordinates of one event may lie, metres: the larger of
/// what their precisions stand for. One whose precision is not known counts as
/// a town's.
fn reach_m(a: &Incident, b: &Incident) -> f64 {
    let of = |incident: &Incident| -> f64 {
        match incident.precision {
            None | Some(Precision::Exact) => 2_000.0,
            // Coordinates of a district or province are one and the same point of
            // it in one source, and another point of it in another.
            Some(_) => 25_000.0,
        }
    };
    of(a).max(of(b))
}

/// Two records that may tell of one event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Double {
    /// Number of the earlier record in the list.
    pub first: usize,
    /// Number of the later one.
    pub second: usize,
    /// How far apart their coordinates are, metres.
    pub apart_m: f64,
}

/// Pairs of records that may tell of one event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Doubles {
    /// How many there are of one source.
    pub of_one_source: usize,
    /// How many there are of two.
    pub of_two: usize,
    /// The first of them in the order of the list, as many as were asked for.
    pub first: Vec<Double>,
    /// Days with so many records that not all could be compared.
    pub days_left_out: usize,
    /// Records of those days.
    pub records_left_out: usize,
}

/// Comparisons that are made at most: some seconds.
const MOST_COMPARED: usize = 1 << 30;
/// Records farther apart in latitude are no pair: a degree is at least 110.5 km.
const REACH_DEG: f64 = 0.25;

/// Pairs that may tell of one event: of the same day, of kinds that do not
/// exclude each other, within the larger radius that their precisions stand
/// for (2 or 25 km), and with the same toll above nought, or one of them
/// without any. Records of one identifier are versions of one event and no
/// pair. A proposal to look at, never a reason to merge: two roadside bombs on
/// one day look the same. The first `most` of them are kept.
///
/// # Complexity
/// For each record those of its day within a quarter of a degree of latitude, a
/// few nanoseconds each. Days that would take more than some seconds, all together,
/// are left out and counted.
pub fn doubles(incidents: &[Incident], most: usize) -> Doubles {
    let mut by_day: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (number, incident) in incidents.iter().enumerate() {
        if let Some(day) = incident.date
            && incident.precision != Some(Precision::Unlocated)
        {
            by_day.entry(day).or_default().push(number);
        }
    }
    let mut found = Doubles::default();
    let mut first = BinaryHeap::new();
    let mut left = MOST_COMPARED;
    for mut day in by_day.into_values() {
        let lat = |number: usize| incidents[number].at.lat();
        day.sort_by(|&a, &b| lat(a).total_cmp(&lat(b)).then(a.cmp(&b)));
        // How many of those that follow lie within reach of each.
        let mut end = 0;
        let reaches: Vec<usize> = (0..day.len())
            .map(|i| {
                while end < day.len() && lat(day[end]) - lat(day[i]) <= REACH_DEG {
                    end += 1;
                }
                end
            })
            .collect();
        let compared: usize = reaches.iter().enumerate().map(|(i, end)| end - i).sum();
        if compared > left {
            found.days_left_out += 1;
            found.records_left_out += day.len();
            continue;
        }
        left -= compared;
        for (i, &end) in reaches.iter().enumerate() {
            for &other in &day[i + 1..end] {
                let (one, other) = (day[i].min(other), day[i].max(other));
                let (a, b) = (&incidents[one], &incidents[other]);
                if !alike(a, b) || surely_apart(a, b) {
                    continue;
                }
                let apart_m = if a.at == b.at { 0.0 } else { inverse(a.at, b.at).distance_m };
                if apart_m > reach_m(a, b) {
                    continue;
                }
                let of =
                    if a.source == b.source { &mut found.of_one_source } else { &mut found.of_two };
                *of += 1;
                first.push((one, other, apart_m.to_bits()));
                if first.len() > most {
                    first.pop();
                }
            }
        }
    }
    let pair = |(first, second, apart)| Double { first, second, apart_m: f64::from_bits(apart) };
    found.first = first.into_sorted_vec().into_iter().map(pair).collect();
    found
}

/// Whether two records lie more than 25 km apart by their longitudes alone: most do.
fn surely_apart(a: &Incident, b: &Incident) -> bool {
    let apart = (a.at.lon() - b.at.lon()).abs();
    // A degree along a parallel is at least 110 km times the cosine of its latitude, and a
    // quarter of a degree farther from the equator it is not a tenth shorter up to 65°.
    let lat = a.at.lat().abs();
    lat < 65.0 && apart.min(360.0 - apart) * 110.0 * 0.9 * lat.to_radians().cos() > 26.0
}

/// Whether two records of a day may tell of one event by what they say of it.
fn alike(a: &Incident, b: &Incident) -> bool {
    let kinds = a.kind == b.kind || a.kind == Kind::Other || b.kind == Kind::Other;
    let one_id = !a.id.is_empty() && a.id == b.id;
    let toll = match (a.fatalities.best, b.fatalities.best) {
        (Some(a), Some(b)) => a == b && a > 0,
        // The toll of one is all that tells them apart.
        (None, Some(n)) | (Some(n), None) => n > 0,
        (None, None) => false,
    };
    kinds && toll && !one_id
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;
    use crate::geodesy::LonLat;
    use crate::model::Fatalities;

    fn incident(id: &str, day: i8, lon: f64, best: Option<u32>) -> Incident {
        Incident {
            id: id.into(),
            date: Some(jiff::civil::date(2020, 1, day)),
            fatalities: Fatalities { best, ..Fatalities::default() },
            ..Incident::at(lon, 34.0)
        }
    }

    #[test]
    fn one_event_in_two_records_is_proposed() {
        let mut list = vec![
            incident("a", 1, 70.0, Some(3)),
            // A kilometre off, and 14 km.
            incident("b", 1, 70.011, Some(3)),
            incident("c", 1, 70.15, Some(3)),
            // Another day, another toll, no toll, nobody killed.
            incident("d", 2, 70.0, Some(3)),
            incident("e", 1, 70.0, Some(4)),
            incident("f", 1, 70.0, None),
            incident("g", 1, 70.0, Some(0)),
            // The same event once more.
            incident("a", 1, 70.0, Some(3)),
        ];
        let pairs = |list: &[Incident]| -> Vec<(usize, usize)> {
            doubles(list, 9).first.into_iter().map(|d| (d.first, d.second)).collect()
        };
        assert_eq!(pairs(&list), [(0, 1), (0, 5), (1, 5), (1, 7), (4, 5), (5, 7)]);
        // Known to 25 km only, the third may be the first.
        list[2].precision = Some(Precision::Near);
        assert!(pairs(&list).contains(&(0, 2)));
        list[2].precision = Some(Precision::Unlocated);
        assert!(!pairs(&list).contains(&(0, 2)));
    }

    /// Held against all pairs; the first are the first.
    #[test]
    fn pairs_are_those_of_the_plain_way_and_a_day_without_end_is_left_out() {
        let mut random = Random::new(4);
        let list: Vec<Incident> = (0..600)
            .map(|_| {
                let (day, toll) = (1 + random.below(3) as i8, random.below(3) as u32);
                let mut one = incident("", day, 70.0 + 0.1 * random.share(), Some(toll));
                one.at = LonLat::new(one.at.lon(), 33.5 + 2.0 * random.share()).unwrap();
                one.precision = [None, Some(Precision::Near)][random.below(2)];
                one
            })
            .collect();
        let plainly: Vec<(usize, usize)> = (0..list.len())
            .flat_map(|i| (i + 1..list.len()).map(move |j| (i, j)))
            .filter(|&(i, j)| {
                let (a, b) = (&list[i], &list[j]);
                let apart_m = inverse(a.at, b.at).distance_m;
                a.date == b.date && alike(a, b) && apart_m <= reach_m(a, b)
            })
            .collect();
        let found = doubles(&list, 50);
        assert_eq!((found.of_one_source, found.of_two), (plainly.len(), 0));
        let first: Vec<_> = found.first.iter().map(|d| (d.first, d.second)).collect();
        assert!(plainly.len() > 50 && first == plainly[..50]);

        let many = vec![incident("", 1, 70.0, Some(1)); 50_000];
        let found = doubles(&many, 5);
        assert_eq!((found.days_left_out, found.records_left_out), (1, 50_000));
    }
}
