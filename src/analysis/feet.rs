//! [`Feet`]: where along the line the incidents of a region may lie.

use super::footing::number;
use super::region::likely_places;
use super::region_shape::{Base, Cut, RegionShape, Room};
use crate::analysis::Located;
use crate::index::StudyIndex;
use crate::model::Level;

/// What the incidents of a region have in common: the feet of the places they may
/// lie at.
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
    /// The probability that one of them has its foot on a stretch of a side;
    /// its end belongs to it when it is `closed`.
    pub fn probability(&self, side: usize, from_m: f64, to_m: f64, closed: bool) -> f64 {
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

    /// The feet on a side, and the number of incidents that each stands for.
    pub fn masses(&self, side: usize) -> (&[f64], f64) {
        let feet = self.chainages_m[side].as_slice();
        (feet, self.incidents as f64 * self.mass[side] / feet.len().max(1) as f64)
    }
}

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

/// The feet of some incidents of a region within a distance of the line, and what
/// their names did to the region; `place` is where its first incident lies.
///
/// # Accuracy
/// The probability of a side within the limit is exact to 0.1 %; how it is
/// shared out along the line is that of some 100 places of a disc of 2 km, 400
/// of one of 25 km, 2,000 of a district and 10,000 of a province. Sums over many
/// incidents are held against random draws in tests/precision.rs.
pub(super) fn feet_of(
    (shape, place): (&RegionShape, &Located),
    incidents: usize,
    within_m: f64,
    index: &StudyIndex,
    room: &mut Room,
) -> (Feet, Cut) {
    let (shares, cut) = shape.zone_shares(place, &[within_m], index, room);
    let mass = shares.m2.map(|zones| zones[0]);
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
    (Feet { incidents, chainages_m, mass }, cut)
}
