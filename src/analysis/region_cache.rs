//! [`RegionCache`]: where incidents may lie by the line, batch after batch.

use super::region_shape::{Base, Cut, Outlook, RegionFinder, RegionShape, Room};
use crate::analysis::{Located, RegionSettings};
use crate::index::StudyIndex;
use crate::model::{Incident, Side};
use rayon::prelude::*;
use std::collections::HashMap;

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
/// provinces, and discs seen lately, are worked out once.
///
/// # Complexity
/// About a microsecond for a disc of 2 km, more where the line is nearer than
/// four times its radius. Memory: 80 bytes for each of at most 65,536 regions.
pub struct RegionCache<'a> {
    finder: RegionFinder<'a>,
    index: &'a StudyIndex,
    areas: HashMap<RegionShape, Outlook>,
    discs: HashMap<RegionShape, Outlook>,
    tally: RegionTally,
}

/// Discs remembered, at most.
const MOST_DISCS: usize = 1 << 16;
/// Incidents that one task takes.
const CHUNK: usize = 512;

impl<'a> RegionCache<'a> {
    /// Nothing worked out yet.
    pub fn new(index: &'a StudyIndex, settings: &RegionSettings) -> RegionCache<'a> {
        RegionCache {
            finder: RegionFinder::new(index, settings),
            index,
            areas: HashMap::new(),
            discs: HashMap::new(),
            tally: RegionTally::default(),
        }
    }

    /// Where each incident may lie, in their order; `None` when its source
    /// states no precision or none better than the country. The same on any
    /// number of threads and however the incidents are cut into batches.
    ///
    /// # Units and accuracy
    /// Metres, to 0.5 % of the radius of a disc, or of √(area/π) of a district
    /// or province; shares to 0.5 %.
    pub fn outlooks(
        &mut self,
        incidents: &[Incident],
        located: &[Located],
    ) -> Vec<Option<Outlook>> {
        // Which of the regions to be worked out is each incident's, or what is known.
        enum Source {
            None,
            Known(Outlook, bool),
            New(usize, bool),
        }
        let mut wanted: Vec<(RegionShape, &Located)> = Vec::new();
        let mut numbers: HashMap<RegionShape, usize> = HashMap::new();
        let mut sources = Vec::with_capacity(incidents.len());
        for (incident, place) in incidents.iter().zip(located) {
            let Some((shape, unmatched)) = self.finder.of(incident, place) else {
                sources.push(Source::None);
                continue;
            };
            let known = match shape.base {
                Base::Area(_) => self.areas.get(&shape),
                Base::Disc(_) => self.discs.get(&shape),
            };
            sources.push(match known {
                Some(outlook) => Source::Known(*outlook, unmatched),
                None => {
                    let number = *numbers.entry(shape).or_insert_with(|| {
                        wanted.push((shape, place));
                        wanted.len() - 1
                    });
                    Source::New(number, unmatched)
                }
            });
        }
        let index = self.index;
        let worked_out = |room: &mut Room, (shape, place): &(RegionShape, &Located)| {
            shape.outlook(place, index, room)
        };
        let found: Vec<Outlook> = wanted
            .par_iter()
            .with_min_len(if wanted.len() > CHUNK { CHUNK } else { 1 })
            .map_init(Room::default, worked_out)
            .collect();
        if self.discs.len() + wanted.len() > MOST_DISCS {
            self.discs.clear();
        }
        for ((shape, _), outlook) in wanted.iter().zip(&found) {
            match shape.base {
                Base::Area(_) => self.areas.insert(*shape, *outlook),
                Base::Disc(_) if self.discs.len() < MOST_DISCS => {
                    self.discs.insert(*shape, *outlook)
                }
                Base::Disc(_) => None,
            };
        }
        let outlooks = sources.into_iter().map(|source| match source {
            Source::None => None,
            Source::Known(outlook, unmatched) => Some((outlook, unmatched)),
            Source::New(number, unmatched) => Some((found[number], unmatched)),
        });
        let tally = &mut self.tally;
        outlooks
            .map(|told| {
                let (outlook, unmatched) = told?;
                tally.count(outlook.cut, unmatched);
                Some(outlook)
            })
            .collect()
    }

    /// The 5 % and 95 % quantiles of each incident's distance, metres; as
    /// [`outlooks`](Self::outlooks).
    pub fn quantiles(
        &mut self,
        incidents: &[Incident],
        located: &[Located],
    ) -> Vec<Option<(f64, f64)>> {
        let outlooks = self.outlooks(incidents, located);
        outlooks.into_iter().map(|told| told.map(|o| (o.low_m, o.high_m))).collect()
    }

    /// What was counted so far.
    pub fn tally(&self) -> RegionTally {
        self.tally
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
