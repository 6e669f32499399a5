//! The records of some days, gathered so that they can be held against each other.

use super::records::place_key;
use super::{STACKS, Stack};
use crate::analysis::{MOST_OF_A_DAY, Telling};
use crate::io::Repeats;
use crate::model::{Date, Incident, RowId, text_key};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Days whose records are gathered in one reading of the file.
#[derive(Default)]
pub(super) struct Round {
    /// With how many records there are.
    days: BTreeMap<Date, usize>,
    /// How many incidents share a coordinate, where many do; `None` where this round
    /// has no eye for identifiers and coordinates.
    crowded: Option<HashMap<u64, usize>>,
}

impl Round {
    /// The rounds in which all days are gathered, at least one, in the order of the
    /// days, each of at most so many records but for a day that has more by itself. A day
    /// with more than can be compared is left out.
    pub fn plan(
        days: &BTreeMap<Date, usize>,
        most: usize,
        mut leave_out: impl FnMut(usize),
    ) -> Vec<Round> {
        let mut rounds = vec![Round::default()];
        let mut held = 0;
        for (&day, &records) in days {
            if records > MOST_OF_A_DAY {
                leave_out(records);
                continue;
            }
            if held > 0 && held + records > most {
                rounds.push(Round::default());
                held = 0;
            }
            held += records;
            if let Some(round) = rounds.last_mut() {
                round.days.insert(day, records);
            }
        }
        rounds
    }

    /// Has it look for identifiers that repeat and for the places of coordinates that
    /// so many share.
    pub fn with_identifiers(&mut self, crowded: Vec<(u64, usize)>) {
        self.crowded = Some(crowded.into_iter().collect());
    }

    /// Whether it does.
    pub fn has_identifiers(&self) -> bool {
        self.crowded.is_some()
    }

    /// What it takes from some records.
    pub fn part(&self, incidents: &[Incident]) -> Part {
        let told = incidents.iter().filter_map(|i| Telling::of(i, number(&i.row)));
        let told = told.filter(|(day, _)| self.days.contains_key(day)).collect();
        let (mut ids, mut stacks) = (Vec::new(), Vec::new());
        if let Some(crowded) = &self.crowded {
            ids.extend(incidents.iter().filter(|i| !i.id.is_empty()).map(|i| text_key(&i.id)));
            let mut seen = HashSet::new();
            for incident in incidents {
                let key = place_key(incident.at);
                if let Some(&count) = crowded.get(&key)
                    && seen.insert(key)
                {
                    stacks.push(Stack {
                        lon: incident.at.lon(),
                        lat: incident.at.lat(),
                        incidents: count,
                        place: incident.place.to_string(),
                        stands_for: String::new(),
                    });
                }
            }
            keep_most(&mut stacks);
        }
        Part { told, ids, stacks }
    }
}

/// A number for the place of a record in the input.
pub(super) fn number(row: &RowId) -> u64 {
    (u64::from(row.file) << 44) | row.record
}

/// What a round takes from some records.
pub(super) struct Part {
    told: Vec<(Date, Telling)>,
    ids: Vec<u64>,
    stacks: Vec<Stack>,
}

/// What it takes from all.
pub(super) struct Days {
    pub by_day: BTreeMap<Date, Vec<Telling>>,
    /// The identifiers.
    pub ids: Repeats,
    pub stacks: Vec<Stack>,
}

impl Days {
    /// With room for what will come.
    pub fn of(round: &Round) -> Days {
        let room = |(&day, &records): (&Date, &usize)| (day, Vec::with_capacity(records));
        let by_day = round.days.iter().map(room).collect();
        Days { by_day, ids: Repeats::new(), stacks: Vec::new() }
    }

    /// Adds the records that come next.
    pub fn add(&mut self, part: Part) {
        for (day, told) in part.told {
            self.by_day.entry(day).or_default().push(told);
        }
        self.ids.add(&part.ids);
        // The first at a coordinate tells its name.
        for stack in part.stacks {
            let known = |s: &Stack| (s.lon, s.lat) == (stack.lon, stack.lat);
            if !self.stacks.iter().any(known) {
                self.stacks.push(stack);
            }
        }
        keep_most(&mut self.stacks);
    }
}

/// Those with most incidents, as many as are told.
fn keep_most(stacks: &mut Vec<Stack>) {
    stacks.sort_by(|a, b| {
        let place = a.lon.total_cmp(&b.lon).then(a.lat.total_cmp(&b.lat));
        b.incidents.cmp(&a.incidents).then(place)
    });
    stacks.truncate(STACKS);
}
