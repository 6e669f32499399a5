//! Where along the line incidents lie, by side: the feet of each, or of all
//! the places it may lie at.

use super::poisson_binomial::{Count, distribution};
use super::region::likely_places;
use super::region_shape::{Base, RegionShape};
use crate::analysis::{Located, RegionTally, Regions};
use crate::index::StudyIndex;
use crate::model::{Incident, Level, Precision, Side};

/// What some incidents have in common: the feet of the places they may lie at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Feet {
    /// How many incidents these are.
    pub incidents: usize,
    /// For the left and the right: chainages of equally likely feet, metres,
    /// ascending.
    pub chainages_m: [Vec<f64>; 2],
    /// The probability that one of the incidents lies within the limit on the
    /// left and on the right.
    pub mass: [f64; 2],
}

impl Feet {
    fn at(place: &Located, side: Side) -> Feet {
        let (mut chainages_m, mut mass) = ([Vec::new(), Vec::new()], [0.0; 2]);
        chainages_m[number(side)].push(place.chainage_m);
        mass[number(side)] = 1.0;
        Feet { incidents: 1, chainages_m, mass }
    }

    /// The probability that one of them has its foot on a stretch of a side;
    /// its end belongs to it when it is `closed`.
    fn probability(&self, side: usize, from_m: f64, to_m: f64, closed: bool) -> f64 {
        let feet = &self.chainages_m[side];
        let (Some(first), Some(last)) = (feet.first(), feet.last()) else { return 0.0 };
        if *last < from_m || *first > to_m {
            return 0.0;
        }
        let low = feet.partition_point(|&c| c < from_m);
        let high = feet.partition_point(|&c| if closed { c <= to_m } else { c < to_m });
        if high - low == feet.len() {
            return self.mass[side];
        }
        self.mass[side] * (high - low) as f64 / feet.len() as f64
    }
}

/// Left is 0, right is 1.
pub(super) fn number(side: Side) -> usize {
    usize::from(side == Side::Right)
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
    /// Chainages of the coordinates' feet within the limit, left and right, ascending.
    pub(super) plain_m: [Vec<f64>; 2],
    pub(super) feet: Vec<Feet>,
}

/// A number of incidents on one side of a stretch of the line.
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

/// How many places stand for a region. A smooth curve hardly needs more of a
/// disc; a province has most of its places far from the line.
fn places_of(shape: &RegionShape) -> usize {
    match shape.base {
        Base::Disc(bits) if f64::from_bits(bits[2]) < 5_000.0 => 100,
        Base::Disc(_) => 400,
        Base::Area(area) if area.level == Level::District => 2_000,
        Base::Area(_) => 10_000,
    }
}

/// The feet of all incidents within a distance of the line. With `regions` each
/// incident may lie anywhere in its own, and part of its probability may
/// lie on either side or beyond the limit; without, where its coordinate stands.
///
/// # Accuracy
/// The probability of a side within the limit is exact to 0.1 %; how it is
/// shared out along the line is that of some 100 places of a disc of 2 km, 400
/// of one of 25 km, 2,000 of a district and 10,000 of a province. Sums over many
/// incidents are held against random draws in tests/precision.rs.
pub fn footing(
    incidents: &[Incident],
    located: &[Located],
    regions: Option<&Regions>,
    index: &StudyIndex,
    within_m: f64,
) -> Footing {
    let mut footing = Footing {
        names: [index.border.left.clone(), index.border.right.clone()],
        length_m: index.line.length_m(),
        within_m,
        spread: regions.is_some(),
        counted: 0,
        unlocated: 0,
        unstated: 0,
        on_line: 0,
        tally: RegionTally::default(),
        plain_m: [Vec::new(), Vec::new()],
        feet: Vec::new(),
    };
    let shares = regions.map(|r| r.zone_shares(&[within_m])).unwrap_or_default();
    let mut feet: Vec<Feet> = regions.map_or_else(Vec::new, |regions| {
        regions.told_of_each(|number, shape, place| {
            let sides = &shares[number].0.m2;
            feet_of(shape, place, [sides[0][0], sides[1][0]], within_m, index)
        })
    });
    for (i, (incident, place)) in incidents.iter().zip(located).enumerate() {
        footing.counted += 1;
        if incident.precision == Some(Precision::Unlocated) {
            footing.unlocated += 1;
            continue;
        }
        footing.unstated += usize::from(incident.precision.is_none());
        footing.on_line += usize::from(place.side.is_none());
        let near = place.side.filter(|_| place.distance_m <= within_m);
        if let Some(side) = near {
            footing.plain_m[number(side)].push(place.chainage_m);
        }
        match regions.and_then(|r| Some((r, r.number(i)?))) {
            Some((regions, region)) => {
                feet[region].incidents += 1;
                footing.tally.count(shares[region].1, regions.is_unmatched(i));
            }
            None => footing.feet.extend(near.map(|side| Feet::at(place, side))),
        }
    }
    footing.feet.append(&mut feet);
    footing.feet.retain(|f| f.incidents > 0 && f.mass != [0.0; 2]);
    footing.plain_m.iter_mut().for_each(|plain| plain.sort_by(f64::total_cmp));
    footing
}

/// The feet of a region whose probability within the limit is known by side.
fn feet_of(
    shape: &RegionShape,
    place: &Located,
    mass: [f64; 2],
    within_m: f64,
    index: &StudyIndex,
) -> Feet {
    let mut chainages_m = [Vec::new(), Vec::new()];
    if mass != [0.0; 2] {
        // By ascending distance.
        for likely in likely_places(shape, index, places_of(shape)) {
            if likely.distance_m > within_m {
                break;
            }
            if let Some(side) = likely.side {
                chainages_m[number(side)].push(likely.chainage_m);
            }
        }
    }
    for (feet, mass) in chainages_m.iter_mut().zip(mass) {
        if mass <= 0.0 {
            feet.clear();
        } else if feet.is_empty() {
            // A corner too small for any of the places.
            feet.push(place.chainage_m);
        }
        feet.sort_by(f64::total_cmp);
    }
    Feet { incidents: 0, chainages_m, mass }
}

impl Footing {
    /// The number of incidents on a side of a stretch of the line, or on both
    /// sides; metres of chainage. A stretch holds its start and not its end, but for the end of
    /// the line.
    ///
    /// Each incident lies on the stretch with its own probability; their number
    /// is then distributed as the Poisson-binomial.
    pub fn count(&self, side: Option<Side>, from_m: f64, to_m: f64) -> StretchCount {
        let sides = side.map_or(0..2, |side| number(side)..number(side) + 1);
        let closed = to_m >= self.length_m;
        let mut incidents = 0;
        for plain in &self.plain_m[sides.clone()] {
            let below = plain.partition_point(|&c| c < from_m);
            let above = plain.partition_point(|&c| if closed { c <= to_m } else { c < to_m });
            incidents += above.saturating_sub(below);
        }
        let mut expected = 0.0;
        let mut probabilities = Vec::new();
        for feet in &self.feet {
            let p: f64 =
                sides.clone().map(|side| feet.probability(side, from_m, to_m, closed)).sum();
            if p > 0.0 {
                expected += p * feet.incidents as f64;
                let p = if p >= CERTAIN { 1.0 } else { p };
                probabilities.extend(std::iter::repeat_n(p, feet.incidents));
            }
        }
        let number = distribution(probabilities);
        let (low, high) = number.interval(0.95);
        StretchCount { incidents, expected, low, high, number }
    }

    /// Every foot on a side with the number of incidents it stands for: feet
    /// that stand for as many each, and how many that is.
    pub(super) fn masses(&self, side: Side) -> impl Iterator<Item = (&[f64], f64)> {
        let side = number(side);
        self.feet.iter().filter(move |f| !f.chainages_m[side].is_empty()).map(move |f| {
            let all = f.incidents as f64 * f.mass[side];
            (f.chainages_m[side].as_slice(), all / f.chainages_m[side].len() as f64)
        })
    }
}
