//! Pairs of records that may tell of one event.

use crate::geodesy::{LonLat, inverse};
use crate::model::{Date, Incident, Kind, Precision, text_key};
use std::collections::BinaryHeap;

/// What a record says of an event, as far as it tells it from others: some fifty
/// bytes, so that the records of many days can be held.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    /// Number of the record; a later one's is larger.
    pub number: u64,
    at: LonLat,
    /// Stand for the identifier (0 for none) and the source.
    id: u64,
    source: u64,
    best: Option<u32>,
    kind: Kind,
    /// The coordinate stands for more than a town.
    wide: bool,
}

impl Telling {
    /// What an incident with this number says, and its day; `None` when its day or
    /// its place is not known.
    pub fn of(incident: &Incident, number: u64) -> Option<(Date, Telling)> {
        let day = day_told(incident)?;
        let id = if incident.id.is_empty() { 0 } else { text_key(&incident.id) };
        // Coordinates of a district or province are one and the same point of
        // it in one source, and another point of it in another.
        let wide = !matches!(incident.precision, None | Some(Precision::Exact));
        let (at, kind, best) = (incident.at, incident.kind, incident.fatalities.best);
        Some((
            day,
            Telling { number, at, id, source: text_key(&incident.source), best, kind, wide },
        ))
    }
}

/// The day of an incident that can be held against others of that day.
pub fn day_told(incident: &Incident) -> Option<Date> {
    incident.date.filter(|_| incident.precision != Some(Precision::Unlocated))
}

/// How far apart two coordinates of one event may lie, metres: the larger of
/// what their precisions stand for. One whose precision is not known counts as
/// a town's.
fn reach_m(a: &Telling, b: &Telling) -> f64 {
    if a.wide || b.wide { 25_000.0 } else { 2_000.0 }
}

/// Two records that may tell of one event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Double {
    /// Number of the earlier record.
    pub first: u64,
    /// Number of the later one.
    pub second: u64,
    /// How far apart their coordinates are, metres.
    pub apart_m: f64,
}

/// Comparisons that are made at most: some seconds.
const MOST_COMPARED: usize = 1 << 30;
/// Records farther apart in latitude are no pair: a degree is at least 110.5 km.
const REACH_DEG: f64 = 0.25;

/// A day of more records is left out unseen: in 720 stretches of a quarter of a
/// degree, so many make more pairs than are compared (2³⁰) wherever they lie.
pub const MOST_OF_A_DAY: usize = 3 << 19;

/// Pairs of records that may tell of one event: of the same day, of kinds that do not
/// exclude each other, within the larger radius that their precisions stand
/// for (2 or 25 km), and with the same toll above nought, or one of them
/// without any. Records of one identifier are versions of one event and no
/// pair. A proposal to look at, never a reason to merge: two roadside bombs on
/// one day look the same.
///
/// # Complexity
/// For each record those of its day within a quarter of a degree of latitude, a
/// few nanoseconds each. Days that would take more than some seconds, all together,
/// are left out and counted.
#[derive(Clone, Debug)]
pub struct Doubles {
    /// How many there are of one source.
    pub of_one_source: usize,
    /// How many there are of two.
    pub of_two: usize,
    /// Days with so many records that not all could be compared.
    pub days_left_out: usize,
    /// Records of those days.
    pub records_left_out: usize,
    first: BinaryHeap<(u64, u64, u64)>,
    most: usize,
    /// Comparisons that may still be made.
    left: usize,
}

impl Doubles {
    /// None so far; the first `most` pairs in the order of the records will be kept.
    pub fn new(most: usize) -> Doubles {
        Doubles {
            of_one_source: 0,
            of_two: 0,
            days_left_out: 0,
            records_left_out: 0,
            first: BinaryHeap::new(),
            most,
            left: MOST_COMPARED,
        }
    }

    /// The first pairs, in order.
    pub fn first(&self) -> Vec<Double> {
        let pair = |&(first, second, apart): &(u64, u64, u64)| Double {
            first,
            second,
            apart_m: f64::from_bits(apart),
        };
        let mut first: Vec<_> = self.first.iter().collect();
        first.sort_unstable();
        first.into_iter().map(pair).collect()
    }

    /// Counts a day whose records are too many.
    pub fn leave_out(&mut self, records: usize) {
        self.days_left_out += 1;
        self.records_left_out += records;
    }

    /// Compares the records of a day. Which days are left out depends on the order of
    /// the days.
    pub fn take_day(&mut self, mut day: Vec<Telling>) {
        let by_lat = |a: &Telling, b: &Telling| a.at.lat().total_cmp(&b.at.lat());
        day.sort_unstable_by(|a, b| by_lat(a, b).then(a.number.cmp(&b.number)));
        // How many of those that follow lie within reach of each.
        let mut end = 0;
        let reaches: Vec<usize> = day
            .iter()
            .map(|one| {
                while day.get(end).is_some_and(|o| o.at.lat() - one.at.lat() <= REACH_DEG) {
                    end += 1;
                }
                end
            })
            .collect();
        let compared: usize = reaches.iter().enumerate().map(|(i, end)| end - i).sum();
        if compared > self.left {
            return self.leave_out(day.len());
        }
        self.left -= compared;
        for (i, &end) in reaches.iter().enumerate() {
            for other in &day[i + 1..end] {
                let pair = [&day[i], other];
                let [a, b] = if pair[0].number < other.number { pair } else { [other, pair[0]] };
                if !alike(a, b) || surely_apart(a, b) {
                    continue;
                }
                let apart_m = if a.at == b.at { 0.0 } else { inverse(a.at, b.at).distance_m };
                if apart_m <= reach_m(a, b) {
                    self.count(a, b, apart_m);
                }
            }
        }
    }

    fn count(&mut self, a: &Telling, b: &Telling, apart_m: f64) {
        *(if a.source == b.source { &mut self.of_one_source } else { &mut self.of_two }) += 1;
        self.first.push((a.number, b.number, apart_m.to_bits()));
        if self.first.len() > self.most {
            self.first.pop();
        }
    }
}

/// Whether two records lie more than 25 km apart by their longitudes alone: most do.
fn surely_apart(a: &Telling, b: &Telling) -> bool {
    let apart = (a.at.lon() - b.at.lon()).abs();
    // A degree along a parallel is at least 110 km times the cosine of its latitude, and a
    // quarter of a degree farther from the equator it is not a tenth shorter up to 65°.
    let lat = a.at.lat().abs();
    lat < 65.0 && apart.min(360.0 - apart) * 110.0 * 0.9 * lat.to_radians().cos() > 26.0
}

/// Whether two records of a day may tell of one event by what they say of it.
fn alike(a: &Telling, b: &Telling) -> bool {
    let kinds = a.kind == b.kind || a.kind == Kind::Other || b.kind == Kind::Other;
    let one_id = a.id != 0 && a.id == b.id;
    let toll = match (a.best, b.best) {
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
    use crate::model::Fatalities;
    use std::collections::BTreeMap;

    /// What a list tells, day by day.
    fn days(list: &[Incident]) -> BTreeMap<Date, Vec<Telling>> {
        let mut days: BTreeMap<Date, Vec<Telling>> = BTreeMap::new();
        for (day, telling) in list.iter().zip(0..).filter_map(|(one, i)| Telling::of(one, i)) {
            days.entry(day).or_default().push(telling);
        }
        days
    }

    fn doubles(list: &[Incident], most: usize) -> Doubles {
        let mut doubles = Doubles::new(most);
        days(list).into_values().for_each(|day| doubles.take_day(day));
        doubles
    }

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
        let pairs = |list: &[Incident]| -> Vec<(u64, u64)> {
            doubles(list, 9).first().into_iter().map(|d| (d.first, d.second)).collect()
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
        let told: Vec<(Date, Telling)> =
            list.iter().zip(0..).filter_map(|(one, i)| Telling::of(one, i)).collect();
        let plainly: Vec<(u64, u64)> = (0..told.len())
            .flat_map(|i| (i + 1..told.len()).map(move |j| (i, j)))
            .filter(|&(i, j)| {
                let ((day, a), (day_2, b)) = (&told[i], &told[j]);
                let apart_m = inverse(a.at, b.at).distance_m;
                day == day_2 && alike(a, b) && apart_m <= reach_m(a, b)
            })
            .map(|(i, j)| (i as u64, j as u64))
            .collect();
        let found = doubles(&list, 50);
        assert_eq!((found.of_one_source, found.of_two), (plainly.len(), 0));
        let first: Vec<_> = found.first().iter().map(|d| (d.first, d.second)).collect();
        assert!(plainly.len() > 50 && first == plainly[..50]);

        assert_eq!(std::mem::size_of::<Telling>(), 56);
        let most = MOST_OF_A_DAY as u64;
        assert!(most * most / (2 * 720) > MOST_COMPARED as u64);
        let many = vec![incident("", 1, 70.0, Some(1)); 50_000];
        let found = doubles(&many, 5);
        assert_eq!((found.days_left_out, found.records_left_out), (1, 50_000));
    }
}
