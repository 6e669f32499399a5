//! [`RegionCache`]: where incidents may lie by the line, batch after batch.

use super::region_shape::{Base, Cut, Outlook, RegionFinder, RegionShape, Room};
use crate::analysis::{Located, RegionSettings};
use crate::index::StudyIndex;
use crate::model::{Incident, Side};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many records were not taken at their word, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegionTally {
    /// Records whose region lies outside the country, district or province
    /// that they name: it was not cut.
    pub contradicted: u64,
    /// Records that name a district or province which the layers do not have, or
    /// have several times: the name did not cut.
    pub unmatched: u64,
}

impl RegionTally {
    /// Counts a record.
    pub(super) fn count(&mut self, cut: Cut, unmatched: bool) {
        self.contradicted += u64::from(cut == Cut::Nothing);
        self.unmatched += u64::from(unmatched);
    }

    /// What some outlooks add up to.
    pub fn of(outlooks: &[Option<Outlook>]) -> RegionTally {
        let mut tally = RegionTally::default();
        for outlook in outlooks.iter().flatten() {
            tally.count(outlook.cut, outlook.unmatched);
        }
        tally
    }

    /// Adds what another holds.
    pub fn add(&mut self, other: RegionTally) {
        self.contradicted += other.contradicted;
        self.unmatched += other.unmatched;
    }

    /// The sentences for a user; none when nothing is to be said.
    pub fn notices(&self) -> Vec<String> {
        let records = |n: u64| if n == 1 { "1 record".to_owned() } else { format!("{n} records") };
        let mut said = Vec::new();
        if self.contradicted > 0 {
            said.push(format!(
                "{} may lie nowhere in the country, district or province named: the coordinate \
                 was believed",
                records(self.contradicted)
            ));
        }
        if self.unmatched > 0 {
            said.push(format!(
                "{} name a district or province that the layers do not have: the region was not \
                 cut to it",
                records(self.unmatched)
            ));
        }
        said
    }
}

/// Works out the regions of incidents that come in batches. Districts and
/// provinces, and discs seen lately, are worked out once. Several threads may
/// ask at a time.
///
/// # Complexity
/// A microsecond or two for a disc that the line is farther from than some four
/// radii, ten to eighty where it is nearer (benches/zones.md). Memory: 150 bytes
/// for each of at most 65,536 discs, and for each area.
pub struct RegionCache<'a> {
    index: &'a StudyIndex,
    state: Mutex<State<'a>>,
}

struct State<'a> {
    finder: RegionFinder<'a>,
    areas: HashMap<RegionShape, Outlook>,
    discs: HashMap<RegionShape, Outlook>,
}

/// Discs remembered, at most.
const MOST_DISCS: usize = 1 << 16;
/// Discs that one task takes at least.
const CHUNK: usize = 64;

/// Where an incident's outlook is found.
#[derive(Clone, Copy)]
enum Source {
    None,
    Known(Outlook, bool),
    /// Among those to be worked out: whether it is an area, its number, and
    /// whether a name matches no area.
    New(bool, usize, bool),
}

impl<'a> RegionCache<'a> {
    /// Nothing worked out yet.
    pub fn new(index: &'a StudyIndex, settings: &RegionSettings) -> RegionCache<'a> {
        let state = State {
            finder: RegionFinder::new(index, settings),
            areas: HashMap::new(),
            discs: HashMap::new(),
        };
        RegionCache { index, state: Mutex::new(state) }
    }

    /// A thread that stops half-way leaves whole entries behind.
    fn state(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where each incident may lie, in their order; `None` when its source
    /// states no precision or none better than the country. The same on any
    /// number of threads and however the incidents are cut into batches.
    ///
    /// # Units and accuracy
    /// Metres, to 0.5 % of the radius of a disc, or of √(area/π) of a district
    /// or province; shares to 0.5 %.
    pub fn outlooks(&self, incidents: &[Incident], located: &[Located]) -> Vec<Option<Outlook>> {
        let mut new: [Vec<(RegionShape, &Located)>; 2] = [Vec::new(), Vec::new()];
        let sources = self.state().sources(incidents, located, &mut new);
        let work_out = |new: &[(RegionShape, &Located)], at_once: usize| -> Vec<Outlook> {
            let tasks = new.par_iter().with_min_len(at_once);
            let told = |room: &mut Room, (shape, place): &(RegionShape, &Located)| {
                shape.outlook(place, self.index, room)
            };
            tasks.map_init(Room::default, told).collect()
        };
        let [discs, areas] = [work_out(&new[0], CHUNK), work_out(&new[1], 1)];
        let mut state = self.state();
        state.areas.extend(new[1].iter().map(|(shape, _)| *shape).zip(areas.iter().copied()));
        if state.discs.len() + discs.len() > MOST_DISCS {
            state.discs.clear();
        }
        let kept = new[0].iter().map(|(shape, _)| *shape).zip(discs.iter().copied());
        state.discs.extend(kept.take(MOST_DISCS));
        let told = sources.into_iter().map(|source| {
            let (outlook, unmatched) = match source {
                Source::None => return None,
                Source::Known(outlook, unmatched) => (outlook, unmatched),
                Source::New(true, number, unmatched) => (areas[number], unmatched),
                Source::New(false, number, unmatched) => (discs[number], unmatched),
            };
            Some(Outlook { unmatched, ..outlook })
        });
        told.collect()
    }

    /// The 5 % and 95 % quantiles of each incident's distance, metres; as
    /// [`outlooks`](Self::outlooks).
    pub fn quantiles(
        &self,
        incidents: &[Incident],
        located: &[Located],
    ) -> Vec<Option<(f64, f64)>> {
        let outlooks = self.outlooks(incidents, located);
        outlooks.into_iter().map(|told| told.map(|o| (o.low_m, o.high_m))).collect()
    }
}

impl State<'_> {
    /// Where each incident's outlook is found; fills `new` with the discs and
    /// the areas that are to be worked out.
    fn sources<'l>(
        &mut self,
        incidents: &[Incident],
        located: &'l [Located],
        new: &mut [Vec<(RegionShape, &'l Located)>; 2],
    ) -> Vec<Source> {
        let mut numbers: HashMap<RegionShape, usize> = HashMap::new();
        let mut source = |(incident, place): (&Incident, &'l Located)| {
            let Some((shape, unmatched)) = self.finder.of(incident, place) else {
                return Source::None;
            };
            let is_area = matches!(shape.base, Base::Area(_));
            let known = if is_area { &self.areas } else { &self.discs };
            if let Some(outlook) = known.get(&shape) {
                return Source::Known(*outlook, unmatched);
            }
            let new = &mut new[usize::from(is_area)];
            let number = *numbers.entry(shape).or_insert_with(|| {
                new.push((shape, place));
                new.len() - 1
            });
            Source::New(is_area, number, unmatched)
        };
        incidents.iter().zip(located).map(&mut source).collect()
    }
}

impl Outlook {
    /// The probability that the incident lies on a side.
    pub fn probability(&self, side: Side) -> f64 {
        match side {
            Side::Left => self.left,
            Side::Right => 1.0 - self.left,
        }
    }
}
