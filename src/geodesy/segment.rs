//! [`Segment`]: one geodesic between two positions, and the nearest place on it.

use super::ellipsoid::{direct_azimuth, wgs84};
use super::space::{dot, minus, spot};
use super::{LonLat, inverse};
use geographiclib_rs::InverseGeodesic;

/// A geodesic edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Where it starts.
    pub start: LonLat,
    /// Where it ends.
    pub end: LonLat,
    /// Azimuth at the start, degrees.
    pub azimuth: f64,
    /// Azimuth at the end, degrees.
    pub azimuth_end: f64,
    /// Length, metres.
    pub length_m: f64,
}

/// The nearest place on a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intercept {
    /// The foot.
    pub foot: LonLat,
    /// Distance from the segment's start to the foot, metres, 0 to its length.
    pub along_m: f64,
    /// Geodesic distance from the point to the foot, metres.
    pub distance_m: f64,
    /// Azimuth at the foot towards the point, degrees.
    pub azimuth_to_point: f64,
    /// Azimuth of the segment at the foot, degrees.
    pub azimuth_along: f64,
}

/// Mean radius (2a + b)/3; a scale for the spherical step, not a result.
const MEAN_RADIUS_M: f64 = 6_371_008.8;

/// Steps shorter than this change nothing.
const NO_STEP_M: f64 = 1e-7;

/// Nearer than this the distance along a geodesic has one minimum: a little
/// less than π/(2√K) = πb²/(2a) = 9,951 km.
const CONVEX_M: f64 = 9.9e6;

/// Farther off, a segment is looked at from places so far apart.
const LOOK_M: f64 = 50_000.0;

/// A stretch so short that a minimum hidden in it is no nearer than its ends
/// by a tenth of a millimetre.
const SHORT_M: f64 = 500.0;

/// Whether the place a step leads to can be taken without looking from there.
///
/// The step is exact on a plane; on the ellipsoid its error is the step times
/// the square of the arc times a number of the order of the flattening, for
/// which 0.05 is generous below 5,000 km. The rest must be below 10 µm, and the step short
/// against the distance, so that the distance there follows from Pythagoras.
fn is_last(step_m: f64, distance_m: f64) -> bool {
    let arc = distance_m / MEAN_RADIUS_M;
    arc < 0.8 && step_m * arc * arc * 0.05 < 1e-5 && step_m < 1e-3 * distance_m && step_m < 10.0
}

/// How far apart the two azimuths are: `to` minus `from` in −180..180, so
/// that left is negative.
pub(crate) fn turn(from: f64, to: f64) -> f64 {
    (to - from + 180.0).rem_euclid(360.0) - 180.0
}

impl Intercept {
    /// How fast the distance grows along the segment.
    fn slope(&self) -> f64 {
        -(self.azimuth_to_point - self.azimuth_along).to_radians().cos()
    }
}

impl Segment {
    /// The geodesic from `start` to `end`.
    pub fn new(start: LonLat, end: LonLat) -> Segment {
        let solved = inverse(start, end);
        Segment {
            start,
            end,
            azimuth: solved.azimuth_start,
            azimuth_end: solved.azimuth_end,
            length_m: solved.distance_m,
        }
    }

    /// The place so many metres from the start, and the azimuth there.
    pub fn at(&self, along_m: f64) -> (LonLat, f64) {
        if along_m <= 0.0 {
            (self.start, self.azimuth)
        } else if along_m >= self.length_m {
            (self.end, self.azimuth_end)
        } else {
            direct_azimuth(self.start, self.azimuth, along_m)
        }
    }

    /// The nearest place on the segment to a point, wherever on Earth.
    ///
    /// From a place on the segment the inverse problem gives the distance and
    /// the angle at which the point is seen; a right spherical triangle with
    /// that hypotenuse and angle tells how far along the foot should be
    /// (Baselga and Martínez-Llario 2018, Intersection and point-to-line
    /// solutions for geodesics on the ellipsoid, Stud. Geophys. Geod. 62,
    /// 353–363, <https://doi.org/10.1007/s11200-017-1020-z>). The error of a
    /// step is of the order of the flattening, so three or four suffice.
    ///
    /// Within π/(2√K) of the point, K = a²/b⁴ being the largest curvature of
    /// the ellipsoid, the distance is a convex function along a geodesic
    /// (comparison with the sphere of curvature K; do Carmo 1992, Riemannian
    /// Geometry, ch. 10): the place where the walk comes to rest is then the
    /// only minimum. Farther off there may be several, and the segment is
    /// looked through from end to end.
    ///
    /// # Accuracy
    /// The distance is within 1 µm of a dense search over Karney's solution,
    /// out to the antipodes (tests/distance.rs).
    pub fn intercept(&self, point: LonLat) -> Intercept {
        match self.walk(point) {
            Some(found) if found.distance_m < CONVEX_M => found,
            _ => self.look_through(point),
        }
    }

    /// Walks to where the segment is perpendicular to the way to the point, or
    /// to an end; `None` when it does not come to rest.
    fn walk(&self, point: LonLat) -> Option<Intercept> {
        let mut along_m = self.first_guess(point);
        let mut best = self.seen_from(along_m, point);
        for _ in 0..40 {
            let angle = turn(best.azimuth_along, best.azimuth_to_point).to_radians();
            let arc = best.distance_m / MEAN_RADIUS_M;
            let step_m = MEAN_RADIUS_M * (arc.sin() * angle.cos()).atan2(arc.cos());
            let next_m = (along_m + step_m).clamp(0.0, self.length_m);
            let moved_m = (next_m - along_m).abs();
            if moved_m < NO_STEP_M {
                return Some(best);
            }
            along_m = next_m;
            if is_last(moved_m, best.distance_m) {
                let (foot, azimuth_along) = self.at(along_m);
                // The way walked is the short leg where the foot lies inside;
                // at an end it is cut short, and must be seen from there.
                if along_m > 0.0 && along_m < self.length_m {
                    let distance_m =
                        ((best.distance_m - moved_m) * (best.distance_m + moved_m)).sqrt();
                    let square = if angle < 0.0 { -90.0 } else { 90.0 };
                    let azimuth_to_point = azimuth_along + square;
                    return Some(Intercept {
                        foot,
                        along_m,
                        distance_m,
                        azimuth_to_point,
                        azimuth_along,
                    });
                }
            }
            best = self.seen_from(along_m, point);
        }
        None
    }

    /// The nearest place when the distance may have several minima along the
    /// segment: looks from places [`LOOK_M`] apart and between any two where a
    /// minimum can hide.
    fn look_through(&self, point: LonLat) -> Intercept {
        let stretches = (self.length_m / LOOK_M).ceil().max(1.0);
        let mut before = self.seen_from(0.0, point);
        let mut best = before;
        for i in 1..=stretches as u32 {
            let along_m = self.length_m * (f64::from(i) / stretches).min(1.0);
            let after = self.seen_from(along_m, point);
            if after.distance_m < best.distance_m {
                best = after;
            }
            self.look_between(&before, &after, point, &mut best);
            before = after;
        }
        best
    }

    /// Improves `best` by a minimum between two places.
    ///
    /// The slope of the distance is minus the cosine of the angle at which the
    /// point is seen. Where it turns from falling to rising there is a minimum.
    /// Two turns can hide between places where it does not, if the slope there
    /// is smaller than what the second derivative, cot(arc)/R and a share of
    /// the order of the flattening, can change it by; such stretches are
    /// halved. On the cut locus, opposite the point, the distance is the
    /// smaller of two smooth ones and has a ridge, never a trough.
    fn look_between(&self, a: &Intercept, b: &Intercept, point: LonLat, best: &mut Intercept) {
        let length_m = b.along_m - a.along_m;
        // No place between is nearer than the way there and back allows.
        if 0.5 * (a.distance_m + b.distance_m - length_m) >= best.distance_m {
            return;
        }
        let (slope_a, slope_b) = (a.slope(), b.slope());
        if slope_a < 0.0 && slope_b > 0.0 {
            let found = self.between(*a, *b, point);
            if found.distance_m < best.distance_m {
                *best = found;
            }
            return;
        }
        let arc = 0.5 * (a.distance_m + b.distance_m) / MEAN_RADIUS_M;
        let bend = ((arc.cos() / arc.sin()).abs() + 0.02) / MEAN_RADIUS_M;
        if length_m > SHORT_M && slope_a.abs().min(slope_b.abs()) < bend * length_m {
            let middle = self.seen_from(a.along_m + 0.5 * length_m, point);
            if middle.distance_m < best.distance_m {
                *best = middle;
            }
            self.look_between(a, &middle, point, best);
            self.look_between(&middle, b, point, best);
        }
    }

    /// The place where the slope passes nought between one where the distance
    /// falls and one where it rises: regula falsi, halved where it stalls.
    fn between(&self, mut a: Intercept, mut b: Intercept, point: LonLat) -> Intercept {
        for round in 0..100 {
            let (slope_a, slope_b) = (a.slope(), b.slope());
            let share = if round % 3 == 2 { 0.5 } else { slope_a / (slope_a - slope_b) };
            let along_m = a.along_m + share * (b.along_m - a.along_m);
            if !(along_m > a.along_m + NO_STEP_M && along_m < b.along_m - NO_STEP_M) {
                break;
            }
            let middle = self.seen_from(along_m, point);
            if middle.slope() < 0.0 { a = middle } else { b = middle }
        }
        if a.distance_m < b.distance_m { a } else { b }
    }

    fn seen_from(&self, along_m: f64, point: LonLat) -> Intercept {
        let (foot, azimuth_along) = self.at(along_m);
        let (distance_m, azimuth_to_point, _, _): (f64, f64, f64, f64) =
            wgs84().inverse(foot.lat(), foot.lon(), point.lat(), point.lon());
        Intercept { foot, along_m, distance_m, azimuth_to_point, azimuth_along }
    }

    /// Projection onto the chord in space: good to a small share of the
    /// length, and never needs an inverse problem.
    fn first_guess(&self, point: LonLat) -> f64 {
        let (a, b, p) = (spot(self.start).place, spot(self.end).place, spot(point).place);
        let chord = minus(&b, &a);
        let norm = dot(&chord, &chord);
        if norm > 0.0 {
            (dot(&minus(&p, &a), &chord) / norm).clamp(0.0, 1.0) * self.length_m
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn a_turn_to_the_left_is_negative() {
        assert_eq!(turn(10.0, 350.0), -20.0);
        assert_eq!(turn(350.0, 10.0), 20.0);
    }

    /// Baselga and Martínez-Llario (2018), the example with A = (52°N, 5°E),
    /// B = (51.4°N, 6°E), P = (52°N, 5.5°E): foot and distance as published,
    /// in the form that GeographicLib users cite (24 km and 42 m).
    #[test]
    fn foot_is_perpendicular_and_the_distance_minimal() {
        let segment = Segment::new(at(5.0, 52.0), at(6.0, 51.4));
        let point = at(5.5, 52.0);
        let found = segment.intercept(point);
        let angle = turn(found.azimuth_along, found.azimuth_to_point).abs();
        assert!((angle - 90.0).abs() < 1e-9, "{angle}");
        assert!((found.foot.lat() - 51.846089).abs() < 1e-6, "{}", found.foot.lat());
        assert!((found.foot.lon() - 5.260428).abs() < 1e-6, "{}", found.foot.lon());
        for shift in [-1.0, 1.0] {
            let beside = segment.at(found.along_m + shift).0;
            assert!(inverse(beside, point).distance_m > found.distance_m);
        }
    }

    #[test]
    fn beyond_an_end_the_foot_is_that_end() {
        let segment = Segment::new(at(70.0, 34.0), at(71.0, 34.0));
        let found = segment.intercept(at(69.0, 34.5));
        assert_eq!((found.foot, found.along_m), (segment.start, 0.0));
    }

    #[test]
    fn on_the_segment_the_distance_is_nothing() {
        let segment = Segment::new(at(70.0, 34.0), at(71.0, 35.0));
        let found = segment.intercept(segment.at(50_000.0).0);
        assert!(found.distance_m < 1e-6 && (found.along_m - 50_000.0).abs() < 1e-3);
    }
}
