//! What incidents add to a density, batch by batch.

use super::density::{
    Contributor, DensityError, DensityGrid, DensitySettings, DensitySum, LikelyPlace, Sources,
};
use super::named::AreaId;
use super::region::{PLACES, holds_places, likely_places};
use super::region_shape::{Base, RegionShape};
use super::sums::{Gathered, InRegion, RegionFinders, Sums};
use crate::analysis::{Located, RegionSettings};
use crate::geodesy::LonLat;
use crate::index::StudyIndex;
use crate::model::{Incident, Precision, Side};
use rayon::prelude::*;
use std::collections::HashMap;

/// What an incident adds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// 1 for an incident, its toll when weighted by fatalities.
    pub weight: f64,
    /// Whether it is of the first of two groups.
    pub case: bool,
}

/// Tells what an incident adds; `None` when it is left out.
pub type ShareOf<'a> = &'a (dyn Fn(&Incident, &Located) -> Option<Share> + Sync);

/// An incident that adds to a density.
pub struct Contribution {
    at: LonLat,
    share: Share,
    side: Option<Side>,
    /// What it is spread over, and its place; `None` when it lies at its coordinate.
    /// Most do: the others are held apart.
    region: Option<Box<(RegionShape, Located)>>,
}

/// Tells what incidents add to a density. With settings of regions, those known to 25
/// km, the district or the province are spread over them.
pub struct Contributions<'a> {
    index: &'a StudyIndex,
    finders: Option<RegionFinders<'a>>,
    share: ShareOf<'a>,
}

impl<'a> Contributions<'a> {
    /// Spread over regions where settings of those are given.
    pub fn new(
        index: &'a StudyIndex,
        regions: Option<&RegionSettings>,
        share: ShareOf<'a>,
    ) -> Contributions<'a> {
        let finders = regions.map(|settings| RegionFinders::new(index, settings));
        Contributions { index, finders, share }
    }

    fn of(&self, incidents: &[Incident], located: &[Located]) -> Vec<Contribution> {
        let regions = match &self.finders {
            Some(finders) => finders.of(incidents, located),
            None => vec![None; incidents.len()],
        };
        let each = incidents.iter().zip(located).zip(regions);
        let adds = each.filter_map(|((incident, place), region)| {
            let share = (self.share)(incident, place)?;
            let region = region.filter(|_| is_coarse(incident));
            let region = region.map(|(shape, _)| Box::new((shape, *place)));
            Some(Contribution { at: incident.at, share, side: place.side, region })
        });
        adds.collect()
    }

    /// The equally likely places of regions.
    fn places<'s>(
        &self,
        shapes: impl IndexedParallelIterator<Item = &'s RegionShape>,
    ) -> Vec<Vec<LikelyPlace>> {
        let places = shapes.map(|shape| {
            let likely = likely_places(shape, self.index, PLACES).into_iter();
            likely.map(|place| LikelyPlace { at: place.at, side: place.side }).collect()
        });
        places.collect()
    }
}

fn is_coarse(incident: &Incident) -> bool {
    matches!(incident.precision, Some(Precision::Near | Precision::District | Precision::Province))
}

impl Contribution {
    fn contributor(&self, region: Option<u32>) -> Contributor {
        Contributor { at: self.at, weight: self.share.weight, side: self.side, region }
    }
}

/// Holds what a density is made from, for those that look at all incidents more
/// than once: some fifty bytes for each, and the places of each region.
pub struct HeldSources<'a> {
    /// What incidents add.
    pub from: Contributions<'a>,
    /// Whether nothing is smoothed across the line.
    pub barrier: bool,
}

/// What a density is made from, and for each incident whether it is of the first of
/// two groups.
#[derive(Default)]
pub struct HeldSum {
    incidents: Vec<Contributor>,
    cases: Vec<bool>,
    numbers: HashMap<RegionShape, u32>,
    shapes: Vec<RegionShape>,
}

impl<'a> HeldSources<'a> {
    /// What was held.
    pub fn finish(&self, sum: HeldSum) -> (Sources<'a>, Vec<bool>) {
        let regions = self.from.places(sum.shapes.par_iter());
        let mut incidents = sum.incidents;
        stay(&mut incidents, &regions);
        let line = self.barrier.then_some(&self.from.index.line);
        (Sources { incidents, regions, line }, sum.cases)
    }
}

/// Incidents of a region too odd to hold any place stay where they are.
fn stay(incidents: &mut [Contributor], regions: &[Vec<LikelyPlace>]) {
    for incident in incidents {
        incident.region = incident.region.filter(|region| !regions[*region as usize].is_empty());
    }
}

impl Sums for HeldSources<'_> {
    type Part = Vec<Contribution>;
    type Sum = HeldSum;

    fn part(&self, incidents: &[Incident], located: &[Located]) -> Vec<Contribution> {
        self.from.of(incidents, located)
    }

    fn start(&self) -> HeldSum {
        HeldSum::default()
    }

    fn add(&self, sum: &mut HeldSum, part: Vec<Contribution>) {
        for contribution in part {
            // Incidents that share a region share its places.
            let region = contribution.region.as_ref().map(|region| {
                let (shape, _) = **region;
                *sum.numbers.entry(shape).or_insert_with(|| {
                    sum.shapes.push(shape);
                    sum.shapes.len() as u32 - 1
                })
            });
            sum.incidents.push(contribution.contributor(region));
            sum.cases.push(contribution.share.case);
        }
    }
}

/// Incidents at their coordinates that are summed at a time, unless fewer are asked for.
const AT_ONCE: usize = 1 << 18;
/// Regions whose places are summed at a time, unless fewer are asked for.
const REGIONS_AT_ONCE: usize = 1 << 11;

/// Adds up a surface of one given bandwidth: some hundred thousand incidents at a
/// time, whatever their number.
pub struct SurfaceCounter<'a> {
    from: Contributions<'a>,
    barrier: bool,
    settings: DensitySettings,
    at_once: usize,
    regions_at_once: usize,
}

/// What batches come to.
pub struct SurfaceSum {
    /// Incidents at their coordinates that are not summed yet.
    plain: Vec<Contributor>,
    regions: Gathered<Members>,
    /// Areas that were met, and whether they hold any place.
    areas: HashMap<AreaId, bool>,
    sum: Result<DensitySum, DensityError>,
}

/// The incidents of a region.
#[derive(Default)]
struct Members {
    weight: f64,
    incidents: usize,
    /// The first of them.
    first: Option<Contributor>,
}

impl<'a> SurfaceCounter<'a> {
    /// For settings that need not look at all incidents first.
    ///
    /// # Errors
    /// Gives the contributions back when the bandwidth is to be found from the
    /// incidents or adapts to them: then they have to be held.
    pub fn new(
        from: Contributions<'a>,
        barrier: bool,
        settings: &DensitySettings,
    ) -> Result<SurfaceCounter<'a>, HeldSources<'a>> {
        if settings.looks_at_all() {
            return Err(HeldSources { from, barrier });
        }
        let (at_once, regions_at_once) = (AT_ONCE, REGIONS_AT_ONCE);
        Ok(SurfaceCounter { from, barrier, settings: *settings, at_once, regions_at_once })
    }

    /// Sums as soon as so many incidents lie at their coordinates, and so many regions
    /// are gathered, for less memory; each sum takes a surface's time.
    #[must_use]
    pub fn with_at_a_time(mut self, incidents: usize, regions: usize) -> SurfaceCounter<'a> {
        (self.at_once, self.regions_at_once) = (incidents.max(1), regions.max(1));
        if let Some(finders) = &mut self.from.finders {
            finders.most = regions;
        }
        self
    }

    /// The surface.
    ///
    /// # Errors
    /// As [`density`](super::density()).
    pub fn finish(&self, mut sum: SurfaceSum) -> Result<DensityGrid, DensityError> {
        let regions = sum.regions.take();
        self.sum_regions(&mut sum, &regions);
        if !sum.plain.is_empty() || sum.sum.as_ref().is_ok_and(DensitySum::is_empty) {
            self.sum_some(&mut sum, &[]);
        }
        sum.sum.map(DensitySum::finish)
    }

    /// Whether a region holds any place: the incidents of one that does not stay where
    /// they are, each at its own coordinate.
    fn holds_places(&self, sum: &mut SurfaceSum, shape: &RegionShape) -> bool {
        let Base::Area(area) = shape.base else { return true };
        *sum.areas.entry(area).or_insert_with(|| holds_places(area, self.from.index, PLACES))
    }

    fn sum_regions(&self, sum: &mut SurfaceSum, regions: &[InRegion<Members>]) {
        regions.chunks(self.regions_at_once).for_each(|some| self.sum_some(sum, some));
    }

    /// Sums what is at hand, and some regions.
    fn sum_some(&self, sum: &mut SurfaceSum, regions: &[InRegion<Members>]) {
        let mut sources = Sources {
            incidents: std::mem::take(&mut sum.plain),
            regions: self.from.places(regions.par_iter().map(|region| &region.shape)),
            line: self.barrier.then_some(&self.from.index.line),
        };
        let mut members = vec![1; sources.incidents.len()];
        for (number, region) in regions.iter().enumerate() {
            let Members { weight, incidents, first } = &region.members;
            let all = |first: Contributor| Contributor {
                weight: *weight,
                region: Some(number as u32),
                ..first
            };
            sources.incidents.extend(first.map(all));
            members.push(*incidents);
        }
        if let Ok(so_far) = &mut sum.sum
            && let Err(error) = so_far.add(&sources, |i| members[i])
        {
            sum.sum = Err(error);
        }
    }
}

impl Sums for SurfaceCounter<'_> {
    type Part = Vec<Contribution>;
    type Sum = SurfaceSum;

    fn part(&self, incidents: &[Incident], located: &[Located]) -> Vec<Contribution> {
        self.from.of(incidents, located)
    }

    fn start(&self) -> SurfaceSum {
        let sum = Ok(DensitySum::new(&self.settings));
        let regions = Gathered::new(self.from.finders.as_ref());
        SurfaceSum { plain: Vec::new(), regions, areas: HashMap::new(), sum }
    }

    fn add(&self, sum: &mut SurfaceSum, part: Vec<Contribution>) {
        for contribution in part {
            let region = contribution.region.as_deref();
            let region = region.filter(|(shape, _)| self.holds_places(sum, shape));
            let Some(&(shape, place)) = region else {
                sum.plain.push(contribution.contributor(None));
                if sum.plain.len() == self.at_once {
                    self.sum_some(sum, &[]);
                }
                continue;
            };
            let members = loop {
                match sum.regions.of(shape, &place) {
                    Ok(members) => break members,
                    Err(full) => self.sum_regions(sum, &full),
                }
            };
            members.weight += contribution.share.weight;
            members.incidents += 1;
            members.first.get_or_insert(contribution.contributor(None));
        }
    }
}
