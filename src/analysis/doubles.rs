//! Pairs of records that may tell of one event.

use crate::geodesy::inverse;
use crate::model::{Incident, Kind, Precision};
use std::collections::BTreeMap;

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

/// Pairs that may tell of one event: of the same day, of kinds that do not
/// exclude each other, within the larger radius that their precisions stand
/// for (2 or 25 km), and with the same toll above nought, or one of them
/// without any. Records of one identifier are versions of one event and no
/// pair. A proposal to look at, never a reason to merge: two roadside bombs on
/// one day look the same.
///
/// # Complexity
/// The square of the number of incidents on a day, a few nanoseconds a pair.
pub fn doubles(incidents: &[Incident]) -> Vec<Double> {
    let mut by_day: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (number, incident) in incidents.iter().enumerate() {
        if let Some(day) = incident.date
            && incident.precision != Some(Precision::Unlocated)
        {
            by_day.entry(day).or_default().push(number);
        }
    }
    let mut found = Vec::new();
    for day in by_day.values() {
        for (i, &first) in day.iter().enumerate() {
            for &second in &day[i + 1..] {
                let (a, b) = (&incidents[first], &incidents[second]);
                // A degree of latitude is 110 km: most pairs end here.
                if (a.at.lat() - b.at.lat()).abs() > 0.25 || !alike(a, b) {
                    continue;
                }
                let apart_m = if a.at == b.at { 0.0 } else { inverse(a.at, b.at).distance_m };
                if apart_m <= reach_m(a, b) {
                    found.push(Double { first, second, apart_m });
                }
            }
        }
    }
    found.sort_by_key(|double| (double.first, double.second));
    found
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
    use super::*;
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
            doubles(list).into_iter().map(|d| (d.first, d.second)).collect()
        };
        assert_eq!(pairs(&list), [(0, 1), (0, 5), (1, 5), (1, 7), (4, 5), (5, 7)]);
        // Known to 25 km only, the third may be the first.
        list[2].precision = Some(Precision::Near);
        assert!(pairs(&list).contains(&(0, 2)));
        list[2].precision = Some(Precision::Unlocated);
        assert!(!pairs(&list).contains(&(0, 2)));
    }
}
