//! [`Sums`]: results that incidents add up to, batch by batch, so that a file of
//! any size can be counted without holding it.

use super::Located;
use super::region_shape::{RegionFinder, RegionShape};
use crate::analysis::RegionSettings;
use crate::index::StudyIndex;
use crate::model::Incident;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What some incidents add up to.
///
/// Batches come in the order of the incidents; a sum must not depend on how they
/// were cut.
pub trait Sums: Sync {
    /// What a batch comes to.
    type Part: Send;
    /// What all batches come to.
    type Sum: Send;

    /// What a batch comes to; several are worked out at the same time.
    fn part(&self, incidents: &[Incident], located: &[Located]) -> Self::Part;

    /// The sum of no incidents.
    fn start(&self) -> Self::Sum;

    /// Adds the batch that comes next.
    fn add(&self, sum: &mut Self::Sum, part: Self::Part);
}

impl<S: Sums> Sums for &S {
    type Part = S::Part;
    type Sum = S::Sum;

    fn part(&self, incidents: &[Incident], located: &[Located]) -> S::Part {
        (**self).part(incidents, located)
    }

    fn start(&self) -> S::Sum {
        (**self).start()
    }

    fn add(&self, sum: &mut S::Sum, part: S::Part) {
        (**self).add(sum, part);
    }
}

/// Two sums of the same incidents.
impl<A: Sums, B: Sums> Sums for (A, B) {
    type Part = (A::Part, B::Part);
    type Sum = (A::Sum, B::Sum);

    fn part(&self, incidents: &[Incident], located: &[Located]) -> Self::Part {
        (self.0.part(incidents, located), self.1.part(incidents, located))
    }

    fn start(&self) -> Self::Sum {
        (self.0.start(), self.1.start())
    }

    fn add(&self, sum: &mut Self::Sum, part: Self::Part) {
        self.0.add(&mut sum.0, part.0);
        self.1.add(&mut sum.1, part.1);
    }
}

/// Incidents in a batch of those that are held in memory.
const BATCH: usize = 8192;

/// What incidents that are held in memory add up to.
pub fn sum_up<S: Sums>(sums: &S, incidents: &[Incident], located: &[Located]) -> S::Sum {
    let batches = incidents.par_chunks(BATCH).zip(located.par_chunks(BATCH));
    let parts: Vec<S::Part> =
        batches.map(|(incidents, located)| sums.part(incidents, located)).collect();
    let mut sum = sums.start();
    parts.into_iter().for_each(|part| sums.add(&mut sum, part));
    sum
}

/// Tells the regions of incidents on several threads.
pub(super) struct RegionFinders<'a> {
    index: &'a StudyIndex,
    settings: RegionSettings,
    /// Regions that are gathered before they are worked out.
    pub most: usize,
    /// Those at rest: what a finder remembers of names is worth keeping.
    resting: Mutex<Vec<RegionFinder<'a>>>,
}

impl<'a> RegionFinders<'a> {
    pub fn new(index: &'a StudyIndex, settings: &RegionSettings) -> RegionFinders<'a> {
        let (settings, most, resting) = (*settings, MOST_REGIONS, Mutex::default());
        RegionFinders { index, settings, most, resting }
    }

    fn resting<T>(&self, look: impl FnOnce(&mut Vec<RegionFinder<'a>>) -> T) -> T {
        look(&mut self.resting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// As [`RegionFinder::of`], for each incident.
    pub fn of(
        &self,
        incidents: &[Incident],
        located: &[Located],
    ) -> Vec<Option<(RegionShape, bool)>> {
        let rested = self.resting(Vec::pop);
        let mut finder = rested.unwrap_or_else(|| RegionFinder::new(self.index, &self.settings));
        let found = incidents.iter().zip(located).map(|(i, place)| finder.of(i, place)).collect();
        self.resting(|resting| resting.push(finder));
        found
    }
}

/// Regions that are gathered before they are worked out, unless fewer are asked for:
/// 200 bytes each.
const MOST_REGIONS: usize = 1 << 17;

/// Incidents by the region they may lie in, so that each region is worked out once
/// for all of them: up to a number of regions, when all are handed over and
/// gathering begins anew.
pub(super) struct Gathered<M> {
    numbers: HashMap<RegionShape, usize>,
    regions: Vec<InRegion<M>>,
    most: usize,
}

/// The incidents of a region.
pub(super) struct InRegion<M> {
    pub shape: RegionShape,
    /// Where the first of them lies.
    pub place: Located,
    /// What they add up to.
    pub members: M,
}

impl<M: Default> Gathered<M> {
    /// None so far, with room for as many as the finders say; without finders there
    /// are no regions.
    pub fn new(finders: Option<&RegionFinders<'_>>) -> Gathered<M> {
        let most = finders.map_or(MOST_REGIONS, |finders| finders.most).max(1);
        Gathered { numbers: HashMap::new(), regions: Vec::new(), most }
    }

    /// The incidents of a region, to add one to.
    ///
    /// # Errors
    /// Without room for another region, those gathered: to be worked out before
    /// asking again.
    pub fn of(&mut self, shape: RegionShape, place: &Located) -> Result<&mut M, Vec<InRegion<M>>> {
        if self.regions.len() == self.most && !self.numbers.contains_key(&shape) {
            return Err(self.take());
        }
        let number = *self.numbers.entry(shape).or_insert_with(|| {
            self.regions.push(InRegion { shape, place: *place, members: M::default() });
            self.regions.len() - 1
        });
        Ok(&mut self.regions[number].members)
    }

    /// Those gathered, in the order of their first incidents.
    pub fn take(&mut self) -> Vec<InRegion<M>> {
        self.numbers.clear();
        std::mem::take(&mut self.regions)
    }
}
