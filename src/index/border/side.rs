//! On which side of the line a point lies, told at its foot.

use super::BorderIndex;
use super::piece::Foot;
use crate::geodesy::{Intercept, LonLat, Spot, cross, dot, inverse, minus, turn};
use crate::model::Side;

/// Feet closer than this to a vertex are that vertex when the side is decided.
const AT_VERTEX_M: f64 = 1e-4;

impl BorderIndex {
    /// As [`side`](Self::side), from directions in space; `None` where they
    /// are too near each other to tell.
    pub(super) fn side_fast(&self, number: usize, foot: &Foot, point: &Spot) -> Option<Side> {
        let piece = &self.pieces[number];
        let edge = piece.edge as usize;
        let at_start = piece.first && foot.along_m < AT_VERTEX_M;
        let at_end = piece.last && foot.along_m > piece.length_m - AT_VERTEX_M;
        let (before, after) = if at_start && self.continues[edge] {
            (number - 1, number)
        } else if at_end && self.after(edge) != edge {
            (number, number + 1)
        } else {
            let left_m = foot.left_m(point);
            // A tenth of a millimetre is far above what the cubic and the
            // rounding can be wrong by.
            let clear = left_m.abs() > 1e-4;
            return clear.then_some(if left_m > 0.0 { Side::Left } else { Side::Right });
        };
        let up = &foot.spot.up;
        let out = self.pieces[after].tangent(0.0);
        let back = self.pieces[before].tangent(self.pieces[before].length_m).map(|x| -x);
        let to = minus(&point.place, &foot.spot.place);
        // Sine of the turn from one direction to the other, positive to the left.
        let turn = |from: &[f64; 3], to: &[f64; 3]| dot(up, &cross(from, to));
        let (to_back, to_point) = (turn(&out, &back), turn(&out, &to));
        let from_back = turn(&back, &to);
        // The geodesic leaves at another angle than the straight line, by less
        // than 1e-5 within 500 km.
        let near_ray = 1e-5 * dot(&to, &to).sqrt();
        let folded = to_back.abs() < 1e-6 && dot(&out, &back) > 0.0;
        if folded || to_point.abs() < near_ray || from_back.abs() < near_ray {
            return None;
        }
        // Left is what is passed turning left from the way out to the way back.
        let left = if to_back >= 0.0 {
            to_point > 0.0 && from_back < 0.0
        } else {
            to_point > 0.0 || from_back < 0.0
        };
        Some(if left { Side::Left } else { Side::Right })
    }

    /// On an edge the side is the sign of the turn towards the point. At a
    /// vertex between two edges it is left when the point is seen within the
    /// angle left of the line there, which the sign of neither edge tells. At
    /// an end of the line the last edge is thought to go on.
    pub(super) fn side(&self, number: usize, found: &Intercept, point: LonLat) -> Side {
        let segment = &self.segments[number];
        let (before, after) = if found.along_m < AT_VERTEX_M {
            (self.before(number), number)
        } else if found.along_m > segment.length_m - AT_VERTEX_M {
            (number, self.after(number))
        } else {
            (number, number)
        };
        if before == after {
            let left = turn(found.azimuth_along, found.azimuth_to_point) < 0.0;
            return if left { Side::Left } else { Side::Right };
        }
        let vertex = self.segments[after].start;
        let to_point = inverse(vertex, point).azimuth_start;
        let out = self.segments[after].azimuth;
        let back = self.segments[before].azimuth_end + 180.0;
        // Clockwise from the way out, the right side comes first and ends at the way back.
        let right_angle = (back - out).rem_euclid(360.0);
        if (to_point - out).rem_euclid(360.0) < right_angle { Side::Right } else { Side::Left }
    }

    fn before(&self, number: usize) -> usize {
        if self.continues[number] { number - 1 } else { number }
    }

    fn after(&self, number: usize) -> usize {
        match self.continues.get(number + 1) {
            Some(true) => number + 1,
            _ => number,
        }
    }
}
