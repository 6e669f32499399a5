//! Numbers of incidents on stretches of the line, by side: by the feet of their
//! coordinates, and by those of all the places they may lie at.

use super::feet::{Feet, feet_of};
use super::poisson_binomial::{Count, Events};
use super::region_shape::{Cut, RegionShape, Room};
use super::sums::{Gathered, InRegion, RegionFinders, Sums, sum_up};
use crate::analysis::{Located, RegionSettings, RegionTally};
use crate::index::StudyIndex;
use crate::model::{Incident, Precision, Side};
use rayon::prelude::*;

/// Left is 0, right is 1.
pub(super) fn number(side: Side) -> usize {
    usize::from(side == Side::Right)
}

/// A stretch of the line. It holds its start and not its end, but for the end of
/// the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineSpan {
    /// The side of the line; both without one.
    pub side: Option<Side>,
    /// Start, metres of chainage.
    pub from_m: f64,
    /// End, metres of chainage.
    pub to_m: f64,
}

/// The incidents along a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Footing {
    /// Name of the country on the left and on the right.
    pub names: [String; 2],
    /// Length of the line, metres.
    pub length_m: f64,
    /// Only what lies within this distance of the line counts, metres.
    pub within_m: f64,
    /// Whether incidents are spread over the regions they may lie in.
    pub spread: bool,
    /// Incidents looked at.
    pub counted: usize,
    /// Located worse than the province: in no number.
    pub unlocated: usize,
    /// Whose source states no precision: taken as exact points.
    pub unstated: usize,
    /// With their coordinate on the line itself: on no side by coordinate.
    pub on_line: usize,
    /// Records whose names could not be used as they stand.
    pub tally: RegionTally,
    /// The number on the left and on the right of the whole line.
    pub sides: [StretchCount; 2],
    /// The number on each stretch that was asked for, in their order.
    pub counts: Vec<StretchCount>,
}

/// A number of incidents on a stretch of the line.
///
/// Each incident lies on the stretch with its own probability; their number
/// is then distributed as the Poisson-binomial.
#[derive(Clone, Debug, PartialEq)]
pub struct StretchCount {
    /// Incidents by coordinate.
    pub incidents: usize,
    /// Expected number given the geocoding precision.
    pub expected: f64,
    /// Lower end of the 95 % interval of the number.
    pub low: usize,
    /// Upper end of the 95 % interval of the number.
    pub high: usize,
    /// The distribution of the number.
    pub number: Count,
}

/// Shares that add up to 1 do so but for rounding.
const CERTAIN: f64 = 1.0 - 1e-9;

/// Regions whose feet are held at a time.
const AT_ONCE: usize = 1 << 11;

/// How incidents are counted on stretches of the line. With regions each incident
/// may lie anywhere in its own, and part of its probability may lie on either
/// side or beyond the limit; without, where its coordinate stands.
///
/// # Memory
/// Of an incident nothing is kept but what it adds to the sums. Regions that
/// incidents may lie in are gathered, 131,072 at a time unless
/// [fewer are asked for](Self::with_regions_at_a_time).
pub struct FootingCounter<'a> {
    index: &'a StudyIndex,
    within_m: f64,
    finders: Option<RegionFinders<'a>>,
    stretches: Vec<LineSpan>,
}

/// What a batch comes to.
pub struct FootingPart {
    seen: Seen,
    /// By coordinate, on the whole sides and then on each stretch.
    here: Vec<Plain>,
    /// The feet of coordinates within the limit.
    pub(super) feet: Vec<PlainFoot>,
    in_regions: Vec<(RegionShape, bool, Located)>,
}

/// What was looked at.
#[derive(Clone, Copy, Default)]
struct Seen {
    counted: usize,
    unlocated: usize,
    unstated: usize,
    on_line: usize,
}

/// Incidents by coordinate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Plain {
    incidents: usize,
    /// Those of them whose place is taken for certain.
    pub certain: usize,
}

/// The foot of a coordinate.
#[derive(Clone, Copy)]
pub(super) struct PlainFoot {
    pub side: Side,
    pub chainage_m: f64,
    /// Whether the place is taken for certain.
    pub certain: bool,
}

/// The incidents of a region.
#[derive(Default)]
struct Members {
    incidents: usize,
    unmatched: u64,
}

/// What batches come to.
pub struct FootingSum {
    seen: Seen,
    tally: RegionTally,
    regions: Gathered<Members>,
    sides: [StretchSum; 2],
    stretches: Vec<StretchSum>,
}

/// What the incidents on a stretch come to.
#[derive(Clone, Default)]
pub(super) struct StretchSum {
    here: Plain,
    /// Expected number of those that lie in regions.
    likely: f64,
    events: Events,
}

/// The numbers of incidents on stretches of the line; [`FootingCounter`] counts
/// them batch by batch.
pub fn footing(
    incidents: &[Incident],
    located: &[Located],
    index: &StudyIndex,
    regions: Option<&RegionSettings>,
    within_m: f64,
    stretches: &[LineSpan],
) -> Footing {
    let counter = FootingCounter::new(index, regions, within_m, stretches.to_vec());
    counter.finish(sum_up(&counter, incidents, located))
}

impl<'a> FootingCounter<'a> {
    /// Counts what lies within a distance of the line, metres.
    pub fn new(
        index: &'a StudyIndex,
        regions: Option<&RegionSettings>,
        within_m: f64,
        stretches: Vec<LineSpan>,
    ) -> FootingCounter<'a> {
        let finders = regions.map(|settings| RegionFinders::new(index, settings));
        FootingCounter { index, within_m, finders, stretches }
    }

    /// Works regions out as soon as so many are gathered, for less memory.
    #[must_use]
    pub fn with_regions_at_a_time(mut self, most: usize) -> FootingCounter<'a> {
        if let Some(finders) = &mut self.finders {
            finders.most = most;
        }
        self
    }

    /// The whole sides, and the stretches.
    fn all(&self) -> impl Iterator<Item = LineSpan> {
        let to_m = self.index.line.length_m();
        let whole = Side::BOTH.map(|side| LineSpan { side: Some(side), from_m: 0.0, to_m });
        whole.into_iter().chain(self.stretches.iter().copied())
    }

    /// The numbers that were counted.
    pub fn finish(&self, sum: FootingSum) -> Footing {
        self.finish_with(sum, |_| ())
    }

    /// As [`finish`](Self::finish); `lay` is handed the feet of the last regions.
    pub(super) fn finish_with(&self, mut sum: FootingSum, lay: impl FnMut(&[Feet])) -> Footing {
        let rest = sum.regions.take();
        self.lay_out(&mut sum, &rest, lay);
        let Seen { counted, unlocated, unstated, on_line } = sum.seen;
        Footing {
            names: [self.index.border.left.clone(), self.index.border.right.clone()],
            length_m: self.index.line.length_m(),
            within_m: self.within_m,
            spread: self.finders.is_some(),
            counted,
            unlocated,
            unstated,
            on_line,
            tally: sum.tally,
            sides: sum.sides.map(StretchSum::count),
            counts: sum.stretches.into_par_iter().map(StretchSum::count).collect(),
        }
    }

    /// Adds a batch; `lay` is handed the feet of regions whenever some are worked
    /// out.
    pub(super) fn add_with(
        &self,
        sum: &mut FootingSum,
        part: FootingPart,
        mut lay: impl FnMut(&[Feet]),
    ) {
        let Seen { counted, unlocated, unstated, on_line } = part.seen;
        sum.seen.counted += counted;
        sum.seen.unlocated += unlocated;
        sum.seen.unstated += unstated;
        sum.seen.on_line += on_line;
        for (stretch, here) in sum.all().zip(&part.here) {
            stretch.add_plain(here);
        }
        for (shape, unmatched, place) in part.in_regions {
            let members = loop {
                match sum.regions.of(shape, &place) {
                    Ok(members) => break members,
                    Err(full) => self.lay_out(sum, &full, &mut lay),
                }
            };
            members.incidents += 1;
            members.unmatched += u64::from(unmatched);
        }
    }

    /// Works out the feet of regions and adds them to the stretches.
    fn lay_out(
        &self,
        sum: &mut FootingSum,
        regions: &[InRegion<Members>],
        mut lay: impl FnMut(&[Feet]),
    ) {
        let length_m = self.index.line.length_m();
        for regions in regions.chunks(AT_ONCE) {
            let worked_out = regions.par_iter().map_init(Room::default, |room, region| {
                let incidents = region.members.incidents;
                feet_of((&region.shape, &region.place), incidents, self.within_m, self.index, room)
            });
            let (mut feet, cuts): (Vec<Feet>, Vec<Cut>) = worked_out.unzip();
            for (cut, region) in cuts.into_iter().zip(regions) {
                sum.tally.unmatched += region.members.unmatched;
                if cut == Cut::Nothing {
                    sum.tally.contradicted += region.members.incidents as u64;
                }
            }
            feet.retain(|f| f.mass != [0.0; 2]);
            let stretches: Vec<(&mut StretchSum, LineSpan)> = sum.all().zip(self.all()).collect();
            let add = |(sum, stretch): (&mut StretchSum, LineSpan)| {
                sum.add_feet(&stretch, &feet, length_m)
            };
            stretches.into_par_iter().for_each(add);
            lay(&feet);
        }
    }
}

impl Sums for FootingCounter<'_> {
    type Part = FootingPart;
    type Sum = FootingSum;

    fn part(&self, incidents: &[Incident], located: &[Located]) -> FootingPart {
        let length_m = self.index.line.length_m();
        let mut part = FootingPart {
            seen: Seen { counted: incidents.len(), ..Seen::default() },
            here: vec![Plain::default(); self.all().count()],
            feet: Vec::new(),
            in_regions: Vec::new(),
        };
        let regions = match &self.finders {
            Some(finders) => finders.of(incidents, located),
            None => vec![None; incidents.len()],
        };
        for ((incident, place), region) in incidents.iter().zip(located).zip(regions) {
            if incident.precision == Some(Precision::Unlocated) {
                part.seen.unlocated += 1;
                continue;
            }
            part.seen.unstated += usize::from(incident.precision.is_none());
            part.seen.on_line += usize::from(place.side.is_none());
            if let Some(side) = place.side.filter(|_| place.distance_m <= self.within_m) {
                let (chainage_m, certain) = (place.chainage_m, region.is_none());
                part.feet.push(PlainFoot { side, chainage_m, certain });
            }
            part.in_regions.extend(region.map(|(shape, unmatched)| (shape, unmatched, *place)));
        }
        for (here, stretch) in part.here.iter_mut().zip(self.all()) {
            for foot in part.feet.iter().filter(|foot| stretch.holds(foot, length_m)) {
                here.add(foot.certain);
            }
        }
        part
    }

    fn start(&self) -> FootingSum {
        FootingSum {
            seen: Seen::default(),
            tally: RegionTally::default(),
            regions: Gathered::new(self.finders.as_ref()),
            sides: Default::default(),
            stretches: vec![StretchSum::default(); self.stretches.len()],
        }
    }

    fn add(&self, sum: &mut FootingSum, part: FootingPart) {
        self.add_with(sum, part, |_| ());
    }
}

impl FootingSum {
    /// The whole sides, and the stretches.
    fn all(&mut self) -> impl Iterator<Item = &mut StretchSum> {
        self.sides.iter_mut().chain(&mut self.stretches)
    }
}

impl LineSpan {
    fn holds(&self, foot: &PlainFoot, length_m: f64) -> bool {
        let c = foot.chainage_m;
        let before_end = c < self.to_m || (self.to_m >= length_m && c <= self.to_m);
        self.side.is_none_or(|side| side == foot.side) && c >= self.from_m && before_end
    }
}

impl Plain {
    /// Adds an incident.
    pub fn add(&mut self, certain: bool) {
        self.incidents += 1;
        self.certain += usize::from(certain);
    }
}

impl StretchSum {
    /// Adds the incidents of regions.
    fn add_feet(&mut self, stretch: &LineSpan, feet: &[Feet], length_m: f64) {
        let sides = stretch.side.map_or(0..2, |side| number(side)..number(side) + 1);
        let LineSpan { from_m, to_m, .. } = *stretch;
        let closed = to_m >= length_m;
        for feet in feet {
            let p = sides.clone().map(|side| feet.probability(side, from_m, to_m, closed)).sum();
            self.add(p, feet.incidents);
        }
    }

    /// Adds some incidents that lie here with a probability.
    pub fn add(&mut self, p: f64, incidents: usize) {
        if p > 0.0 {
            self.likely += p * incidents as f64;
            self.events.add(if p >= CERTAIN { 1.0 } else { p }, incidents);
        }
    }

    /// Adds incidents by coordinate.
    pub fn add_plain(&mut self, here: &Plain) {
        self.here.incidents += here.incidents;
        self.here.certain += here.certain;
    }

    /// The number of all.
    pub fn count(mut self) -> StretchCount {
        let Plain { incidents, certain } = self.here;
        self.events.add(1.0, certain);
        let number = self.events.count();
        let (low, high) = number.interval(0.95);
        StretchCount { incidents, expected: certain as f64 + self.likely, low, high, number }
    }
}
