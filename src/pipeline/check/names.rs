//! The names of what was found by number.

use super::days::number;
use crate::analysis::Double;
use crate::model::{Date, Incident, text_key};
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashSet};

/// What is to be named.
pub(super) struct Wanted {
    /// Stand for identifiers.
    ids: HashSet<u64>,
    /// Numbers of records.
    records: HashSet<u64>,
}

/// A record of a pair.
#[derive(Clone)]
pub(super) struct Named {
    pub id: SmolStr,
    pub line: u64,
    pub source: SmolStr,
    pub date: Option<Date>,
}

/// The names.
#[derive(Default)]
pub(super) struct Names {
    /// How often each identifier occurs.
    pub ids: BTreeMap<SmolStr, usize>,
    /// By number.
    pub records: BTreeMap<u64, Named>,
}

impl Wanted {
    /// Of identifiers that repeat, and the records of pairs.
    pub fn of(repeated: &[(u64, usize)], doubles: &[Double]) -> Wanted {
        let records = doubles.iter().flat_map(|double| [double.first, double.second]);
        Wanted { ids: repeated.iter().map(|(key, _)| *key).collect(), records: records.collect() }
    }

    pub fn is_nothing(&self) -> bool {
        self.ids.is_empty() && self.records.is_empty()
    }

    /// The names that some records have.
    pub fn part(&self, incidents: &[Incident]) -> Names {
        let mut names = Names::default();
        for incident in incidents {
            if !incident.id.is_empty() && self.ids.contains(&text_key(&incident.id)) {
                *names.ids.entry(incident.id.clone()).or_default() += 1;
            }
            let number = number(&incident.row);
            if self.records.contains(&number) {
                let Incident { id, source, date, .. } = incident.clone();
                names.records.insert(number, Named { id, line: incident.row.line, source, date });
            }
        }
        names
    }
}

impl Names {
    /// Adds those of the records that come next.
    pub fn add(&mut self, part: Names) {
        part.ids.into_iter().for_each(|(id, n)| *self.ids.entry(id).or_default() += n);
        self.records.extend(part.records);
    }
}
