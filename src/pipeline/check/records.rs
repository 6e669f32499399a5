//! What `durand check` tells of each record by itself.

use super::super::stream::Batch;
use super::{Elsewhere, LISTED, LikelyRepair, Misplaced, in_km};
use crate::analysis::{Located, day_told, repairs};
use crate::geodesy::LonLat;
use crate::index::StudyIndex;
use crate::io::Repeats;
use crate::model::{Date, Incident, same_name};
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A number of findings, some of which are listed.
pub(super) struct Listed<T> {
    pub count: usize,
    pub first: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Listed<T> {
        Listed { count: 0, first: Vec::new() }
    }
}

impl<T> Listed<T> {
    fn push(&mut self, one: T) {
        self.count += 1;
        if self.first.len() < LISTED {
            self.first.push(one);
        }
    }

    /// Adds those of later records.
    fn add(&mut self, later: Listed<T>) {
        self.count += later.count;
        self.first.extend(later.first);
        self.first.truncate(LISTED);
    }
}

/// What adds up over all records.
#[derive(Default)]
pub(super) struct Sums {
    pub categories: BTreeMap<SmolStr, usize>,
    pub unknown_toll: usize,
    pub toll_out_of_order: usize,
    /// In neither country.
    pub outside: usize,
    pub future: usize,
    pub wrong_country: Listed<Elsewhere>,
    /// Those that lie farthest from it are listed.
    pub wrong_province: Listed<Misplaced>,
    pub repairs: Listed<LikelyRepair>,
}

/// What was found in some records.
pub(super) struct Part {
    sums: Sums,
    /// Stand for the coordinates.
    places: Vec<u64>,
    days: BTreeMap<Date, usize>,
}

/// What was found in all.
pub(super) struct Found {
    pub all: Sums,
    /// The coordinates.
    pub places: Repeats,
    /// How many records of each day can be held against each other.
    pub days: BTreeMap<Date, usize>,
}

impl Default for Found {
    fn default() -> Found {
        Found { all: Sums::default(), places: Repeats::new(), days: BTreeMap::new() }
    }
}

impl Found {
    /// Adds what was found in the records that come next.
    pub fn add(&mut self, part: Part) {
        let (all, sums) = (&mut self.all, part.sums);
        sums.categories.into_iter().for_each(|(c, n)| *all.categories.entry(c).or_default() += n);
        all.unknown_toll += sums.unknown_toll;
        all.toll_out_of_order += sums.toll_out_of_order;
        all.outside += sums.outside;
        all.future += sums.future;
        all.wrong_country.add(sums.wrong_country);
        all.repairs.add(sums.repairs);
        all.wrong_province.count += sums.wrong_province.count;
        all.wrong_province.first.extend(sums.wrong_province.first);
        keep_farthest(&mut all.wrong_province.first);
        self.places.add(&part.places);
        part.days.into_iter().for_each(|(day, n)| *self.days.entry(day).or_default() += n);
    }
}

/// The farthest that are listed; of those as far the earlier.
fn keep_farthest(list: &mut Vec<Misplaced>) {
    list.sort_by(|a, b| b.away_km.total_cmp(&a.away_km));
    list.truncate(LISTED);
}

impl Part {
    /// Of some records.
    pub fn of(batch: &Batch, index: &StudyIndex, today: Date) -> Part {
        let Batch { incidents, located, .. } = batch;
        let mut sums = Sums::default();
        let mut days = BTreeMap::new();
        // Whether there is a province of a name.
        let mut known: HashMap<&str, bool> = HashMap::new();
        for (incident, place) in incidents.iter().zip(located) {
            let category = match incident.category.as_str() {
                "" => SmolStr::new_static("not stated"),
                _ => incident.category.clone(),
            };
            *sums.categories.entry(category).or_default() += 1;
            sums.unknown_toll += usize::from(unknown_toll(incident));
            sums.toll_out_of_order += usize::from(toll_out_of_order(incident));
            sums.future += usize::from(incident.date.is_some_and(|date| date > today));
            if let Some(day) = day_told(incident) {
                *days.entry(day).or_default() += 1;
            }
            let names = place.placement.names(index);
            sums.outside += usize::from(names.country.is_empty());
            let named = index.border.side_named(&incident.country);
            let found = index.border.side_named(names.country);
            if named.is_some() && found.is_some() && named != found {
                sums.wrong_country.push(elsewhere(incident, place, names.country));
            }
            let known = *known.entry(incident.province.as_str()).or_insert_with(|| {
                index.provinces.areas.iter().any(|a| same_name(&a.province, &incident.province))
            });
            if known && !same_name(&incident.province, names.province) {
                sums.wrong_province.count += 1;
                sums.wrong_province.first.push(misplaced(incident, place, index));
            }
        }
        keep_farthest(&mut sums.wrong_province.first);
        for repair in repairs(incidents, located, index) {
            let incident = &incidents[repair.incident];
            sums.repairs.push(LikelyRepair {
                id: incident.id.to_string(),
                line: incident.row.line,
                given: [incident.at.lon(), incident.at.lat()],
                how: repair.how.to_owned(),
                repaired: [repair.at.lon(), repair.at.lat()],
                lands_in: repair.lands_in,
            });
        }
        let places = incidents.iter().map(|incident| place_key(incident.at)).collect();
        Part { sums, places, days }
    }
}

/// Stands for a coordinate, as `text_key` does for a word.
pub(super) fn place_key(at: LonLat) -> u64 {
    let mut hasher = DefaultHasher::new();
    (at.lon().to_bits(), at.lat().to_bits()).hash(&mut hasher);
    hasher.finish()
}

/// An incident in the other country than the one it names.
fn elsewhere(incident: &Incident, place: &Located, found: &str) -> Elsewhere {
    Elsewhere {
        id: incident.id.to_string(),
        line: incident.row.line,
        named: incident.country.to_string(),
        found: found.to_owned(),
        border_distance_km: in_km(place.distance_m),
    }
}

/// An incident outside the province it names, and how far.
fn misplaced(incident: &Incident, place: &Located, index: &StudyIndex) -> Misplaced {
    let provinces = &index.provinces;
    let named = |area: usize| same_name(&provinces.areas[area].province, &incident.province);
    // Most lie just outside, and looking far takes long.
    let reaches_m = [3e3, 3e4, 3e5, 3e6, 2e7];
    let away_m = reaches_m
        .into_iter()
        .find_map(|reach_m| provinces.index.nearest(incident.at, reach_m, named))
        .map_or(f64::NAN, |found| found.distance_m);
    Misplaced {
        id: incident.id.to_string(),
        line: incident.row.line,
        named: incident.province.to_string(),
        found: place.placement.names(index).province.to_owned(),
        away_km: in_km(away_m),
    }
}

fn unknown_toll(incident: &Incident) -> bool {
    let f = &incident.fatalities;
    f.low.is_none() && f.best.is_none() && f.high.is_none()
}

fn toll_out_of_order(incident: &Incident) -> bool {
    let f = &incident.fatalities;
    let known: Vec<u32> = [f.low, f.best, f.high].into_iter().flatten().collect();
    !known.is_sorted()
}
