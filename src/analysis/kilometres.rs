//! [`Kilometres`]: incidents by kilometre of the line, and the stretches with most.

use super::feet::Feet;
use super::footing::{Plain, PlainFoot, StretchSum, number};
use super::rates::{LEAST_EXPECTED, Rate};
use super::sectors::rate_of;
use crate::analysis::{LineSpan, StretchCount, Strip};
use crate::model::Side;
use rayon::prelude::*;

/// A stretch with more incidents than elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct HotStretch {
    /// Start, metres of chainage.
    pub from_m: f64,
    /// End, metres of chainage.
    pub to_m: f64,
    /// What lies along it on the left and on the right.
    pub beside: [String; 2],
    /// Incidents on the left and on the right.
    pub sides: [StretchCount; 2],
    /// Incidents on both.
    pub both: StretchCount,
    /// Expected incidents per 100 km of line on both sides, with its interval.
    pub per_100km: Rate,
    /// Its part of all incidents within the limit, by expected numbers.
    pub share: f64,
    /// That part over its part of the length of the line: 1 on an even spread.
    pub times_even: f64,
}

/// Starts of stretches that are looked at lie so far apart, metres.
const START_M: f64 = 1_000.0;
/// Kilometres of regions that are kept: twelve bytes each.
const MOST_KEPT: usize = 1 << 21;

/// Incidents on every kilometre of the line.
#[derive(Clone, Debug)]
pub struct Kilometres {
    length_m: f64,
    /// Expected numbers in regions, both sides together.
    likely: Vec<f64>,
    /// By coordinate, left and right.
    plain: [Vec<Plain>; 2],
    /// The regions that incidents may lie in, while there are not too many.
    regions: Option<Vec<OnKilometres>>,
    /// Kilometres of all of them.
    kept: usize,
}

/// Where the incidents of a region may lie.
#[derive(Clone, Debug)]
struct OnKilometres {
    incidents: usize,
    /// As [`Feet::mass`].
    mass: [f64; 2],
    /// Feet on the left and on the right.
    feet: [u32; 2],
    /// Kilometres with feet: number, left and right.
    on: Box<[(u32, [u32; 2])]>,
}

impl Kilometres {
    pub(super) fn new(length_m: f64) -> Kilometres {
        let cells = (length_m / START_M).ceil().max(1.0) as usize;
        Kilometres {
            length_m,
            likely: vec![0.0; cells],
            plain: [vec![Plain::default(); cells], vec![Plain::default(); cells]],
            regions: Some(Vec::new()),
            kept: 0,
        }
    }

    fn cell(&self, chainage_m: f64) -> usize {
        ((chainage_m / START_M) as usize).min(self.likely.len() - 1)
    }

    /// Adds the foot of a coordinate.
    pub(super) fn add_plain(&mut self, foot: &PlainFoot) {
        let cell = self.cell(foot.chainage_m);
        self.plain[number(foot.side)][cell].add(foot.certain);
    }

    /// Expected numbers, both sides together.
    fn mass(&self) -> Vec<f64> {
        let [left, right] = &self.plain;
        let certain = left.iter().zip(right).map(|(left, right)| left.certain + right.certain);
        self.likely.iter().zip(certain).map(|(likely, certain)| likely + certain as f64).collect()
    }

    /// Adds the feet of a region.
    pub(super) fn add(&mut self, region: &Feet) {
        for (feet, mass) in [0, 1].map(|side| region.masses(side)) {
            for &c in feet {
                let cell = self.cell(c);
                self.likely[cell] += mass;
            }
        }
        if self.regions.is_none() {
            return;
        }
        let on = self.on(region);
        self.kept += on.len();
        if self.kept > MOST_KEPT {
            self.regions = None;
        }
        let Feet { incidents, mass, .. } = *region;
        let feet = region.chainages_m.each_ref().map(|feet| feet.len() as u32);
        if let Some(kept) = &mut self.regions {
            kept.push(OnKilometres { incidents, mass, feet, on });
        }
    }

    /// The kilometres with feet of a region.
    fn on(&self, region: &Feet) -> Box<[(u32, [u32; 2])]> {
        let mut on: Vec<(u32, [u32; 2])> = Vec::new();
        for (side, feet) in region.chainages_m.iter().enumerate() {
            let mut at = 0;
            // Ascending, as the kilometres are.
            for &c in feet {
                let cell = self.cell(c) as u32;
                at += on[at..].iter().take_while(|(known, _)| *known < cell).count();
                if on.get(at).is_none_or(|(known, _)| *known != cell) {
                    on.insert(at, (cell, [0; 2]));
                }
                on[at].1[side] += 1;
            }
        }
        on.into_boxed_slice()
    }

    /// Up to `most` stretches of one length that do not overlap, the one with most
    /// expected incidents on both sides first, then the one with most among those
    /// left. Of several, the first along the line. They start at whole kilometres.
    /// Of each the left, the right and both.
    pub fn hottest(&self, length_m: f64, most: usize) -> Vec<LineSpan> {
        let mass = self.mass();
        let wide = ((length_m / START_M).round().max(1.0) as usize).min(mass.len());
        let mut sums: Vec<f64> = mass.windows(wide).map(|cells| cells.iter().sum()).collect();
        let mut found = Vec::new();
        for _ in 0..most {
            let first_best = |best: (usize, f64), (i, &sum): (usize, &f64)| {
                // A rounding error makes no difference between two.
                if sum > best.1 * (1.0 + 1e-12) { (i, sum) } else { best }
            };
            let (start, sum) = sums.iter().enumerate().fold((0, 0.0), first_best);
            if sum < LEAST_EXPECTED {
                break;
            }
            for (i, sum) in sums.iter_mut().enumerate() {
                if i + wide > start && i < start + wide {
                    *sum = 0.0;
                }
            }
            let from_m = start as f64 * START_M;
            let to_m = ((start + wide) as f64 * START_M).min(self.length_m);
            let sides = [Some(Side::Left), Some(Side::Right), None];
            found.extend(sides.map(|side| LineSpan { side, from_m, to_m }));
        }
        found
    }

    /// The numbers on stretches that start and end at whole kilometres; `None` when
    /// incidents may lie in too many regions to keep: then a
    /// [`FootingCounter`](crate::analysis::FootingCounter) tells the same.
    pub fn counts(&self, spans: &[LineSpan]) -> Option<Vec<StretchCount>> {
        let regions = self.regions.as_ref()?;
        let count = |span: &LineSpan| {
            let cells = self.cell(span.from_m)..(span.to_m / START_M).ceil() as usize;
            let sides = span.side.map_or(0..2, |side| number(side)..number(side) + 1);
            let mut sum = StretchSum::default();
            for plain in &self.plain[sides.clone()] {
                plain[cells.clone()].iter().for_each(|here| sum.add_plain(here));
            }
            for region in regions {
                let first = region.on.partition_point(|(cell, _)| (*cell as usize) < cells.start);
                let here = region.on[first..].iter();
                let here = here.take_while(|(cell, _)| (*cell as usize) < cells.end);
                let mut feet = [0; 2];
                here.for_each(|(_, n)| feet.iter_mut().zip(n).for_each(|(sum, n)| *sum += n));
                let p = sides.clone().map(|side| region.probability(side, feet[side])).sum();
                sum.add(p, region.incidents);
            }
            sum.count()
        };
        Some(spans.par_iter().map(count).collect())
    }

    /// The stretches of [`hottest`](Self::hottest) with the number on each.
    pub fn hot_stretches(
        &self,
        strip: &Strip,
        spans: &[LineSpan],
        counts: &[StretchCount],
    ) -> Vec<HotStretch> {
        let total: f64 = self.mass().iter().sum();
        let three = spans.chunks_exact(3).zip(counts.chunks_exact(3));
        let hot = three.filter_map(|(spans, counts)| {
            let ([LineSpan { from_m, to_m, .. }, ..], [left, right, both]) = (spans, counts) else {
                return None;
            };
            let share = if total > 0.0 { both.expected / total } else { 0.0 };
            Some(HotStretch {
                from_m: *from_m,
                to_m: *to_m,
                beside: strip.beside(*from_m, *to_m),
                sides: [left.clone(), right.clone()],
                both: both.clone(),
                per_100km: rate_of(both, to_m - from_m),
                share,
                times_even: share * self.length_m / (to_m - from_m),
            })
        });
        hot.collect()
    }
}

impl OnKilometres {
    /// As [`Feet::probability`], of so many of the feet on a side.
    fn probability(&self, side: usize, feet: u32) -> f64 {
        if feet == self.feet[side] {
            return if feet == 0 { 0.0 } else { self.mass[side] };
        }
        self.mass[side] * f64::from(feet) / f64::from(self.feet[side])
    }
}
