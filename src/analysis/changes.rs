//! What changed between two downloads of a data set.

use crate::geodesy::inverse;
use crate::model::Incident;
use std::collections::{BTreeMap, VecDeque};

/// What became of an incident that both downloads have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Changed {
    /// Its number in the old list.
    pub old: usize,
    /// Its number in the new list.
    pub new: usize,
    /// How far it has moved, metres; 0 when it has not.
    pub moved_m: f64,
    /// Whether the day is another.
    pub date: bool,
    /// Whether the category is.
    pub category: bool,
    /// Whether the precision is.
    pub precision: bool,
    /// Whether one of the counts of people killed is.
    pub toll: bool,
    /// Whether the place, district, province or country has another name.
    pub names: bool,
}

impl Changed {
    /// Whether anything is another.
    pub fn any(&self) -> bool {
        self.moved_m > 0.0
            || self.date
            || self.category
            || self.precision
            || self.toll
            || self.names
    }
}

/// How two lists of incidents differ. Every old incident is removed, changed or
/// unchanged, and every new one added, changed or unchanged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Numbers in the new list of what the old one does not have.
    pub added: Vec<usize>,
    /// Numbers in the old list of what the new one does not have.
    pub removed: Vec<usize>,
    /// In both, and not the same; in the order of the new list.
    pub changed: Vec<Changed>,
    /// How many are the same in both.
    pub unchanged: usize,
    /// How many of the pairs have no identifier and were told by day, place and
    /// category, so that they can only be the same.
    pub without_id: usize,
}

/// What an incident is recognised by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Id(&'a str),
    /// Day, coordinates, category and place of one without an identifier.
    Facts(Option<crate::model::Date>, u64, u64, &'a str, &'a str),
}

/// Compares two lists. Incidents are the same by their identifier; the first,
/// second, … of those that share one (a monadic export names an event once for
/// each actor) are paired in the order of the lists. Without an identifier,
/// day, coordinates, category and place have to agree.
///
/// # Complexity
/// O(n log n) for n incidents.
pub fn differences(old: &[Incident], new: &[Incident]) -> Difference {
    let mut waiting: BTreeMap<Key<'_>, VecDeque<usize>> = BTreeMap::new();
    for (number, incident) in old.iter().enumerate() {
        waiting.entry(key(incident)).or_default().push_back(number);
    }
    let mut found = Difference::default();
    for (number, incident) in new.iter().enumerate() {
        let Some(before) = waiting.get_mut(&key(incident)).and_then(VecDeque::pop_front) else {
            found.added.push(number);
            continue;
        };
        found.without_id += usize::from(incident.id.is_empty());
        let pair = pair(before, &old[before], number, incident);
        if pair.any() {
            found.changed.push(pair);
        } else {
            found.unchanged += 1;
        }
    }
    found.removed = waiting.into_values().flatten().collect();
    found.removed.sort_unstable();
    found
}

fn key(incident: &Incident) -> Key<'_> {
    if !incident.id.is_empty() {
        return Key::Id(&incident.id);
    }
    let [lon, lat] = [incident.at.lon(), incident.at.lat()].map(f64::to_bits);
    Key::Facts(incident.date, lon, lat, &incident.category, &incident.place)
}

fn pair(old: usize, before: &Incident, new: usize, after: &Incident) -> Changed {
    let names = |i: &Incident| {
        [&i.place, &i.district, &i.province, &i.country].map(|name| name.trim().to_owned())
    };
    let moved_m = if before.at == after.at { 0.0 } else { inverse(before.at, after.at).distance_m };
    Changed {
        old,
        new,
        moved_m,
        date: before.date != after.date,
        category: before.category != after.category,
        precision: before.precision != after.precision,
        toll: before.fatalities != after.fatalities,
        names: names(before) != names(after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Precision;

    fn incident(id: &str, lon: f64, category: &str) -> Incident {
        Incident { id: id.into(), category: category.into(), ..Incident::at(lon, 34.0) }
    }

    #[test]
    fn every_incident_is_counted_once() {
        let old = [incident("a", 70.0, "x"), incident("b", 70.0, "x"), incident("c", 70.0, "x")];
        let mut new =
            [incident("c", 70.0, "x"), incident("d", 70.0, "x"), incident("b", 71.0, "y")];
        new[0].precision = Some(Precision::Near);
        let found = differences(&old, &new);
        assert_eq!((found.added.as_slice(), found.removed.as_slice()), (&[1][..], &[0][..]));
        assert_eq!((found.changed.len(), found.unchanged), (2, 0));
        let (first, second) = (found.changed[0], found.changed[1]);
        assert_eq!((first.old, first.new, first.precision, first.moved_m), (2, 0, true, 0.0));
        // A degree of longitude at 34° N by GeographicLib's GeodSolve -i.
        assert!((second.moved_m - 92_384.0).abs() < 1.0, "{}", second.moved_m);
        assert!(second.category && !second.date && !second.toll && !second.names);
        assert_eq!(old.len(), found.removed.len() + found.changed.len() + found.unchanged);
        assert_eq!(new.len(), found.added.len() + found.changed.len() + found.unchanged);
    }

    #[test]
    fn repeated_ids_are_paired_in_order() {
        let old = [incident("a", 70.0, "x"), incident("a", 71.0, "x")];
        let new = [old[0].clone(), old[1].clone(), incident("a", 72.0, "x")];
        let found = differences(&old, &new);
        assert_eq!((found.unchanged, found.added.as_slice()), (2, &[2][..]));
    }

    #[test]
    fn without_an_identifier_all_facts_have_to_agree() {
        let old = [incident("", 70.0, "x"), incident("", 70.0, "x"), incident("", 71.0, "x")];
        let new = [incident("", 70.0, "x"), incident("", 71.0, "y")];
        let found = differences(&old, &new);
        assert_eq!((found.unchanged, found.without_id), (1, 1));
        assert_eq!((found.added.len(), found.removed.as_slice()), (1, &[1, 2][..]));
    }
}
