//! From degrees onto the plane of a [`LocalLine`], and how far its distances may
//! be off.
//!
//! [`LocalLine`]: crate::index::LocalLine

use super::ring_clip::Ring;
use crate::geodesy::{LonLat, Spot, Vector, dot, minus, spot};

/// Edges of rings are cut to this on the plane, metres.
pub(super) const STEP_M: f64 = 200.0;

/// Mean radius, for bounds.
const RADIUS_M: f64 = 6_371_000.0;

/// How far distances on a [`LocalLine`]'s plane may be off for places within
/// `radius_m` of its centre, `distance_m` from the line: the curvature of circles
/// and of lines at a distance from a geodesic, what chords are off their
/// geodesics, the measure of distances, the plane's own distances, the direction
/// of a chord against that of the geodesic, and what places are rounded to.
pub(super) fn slack_m(distance_m: f64, radius_m: f64, longest_m: f64) -> f64 {
    let arc = distance_m / RADIUS_M;
    let circles = 0.6 * arc * radius_m * radius_m / RADIUS_M;
    let chords = 0.13 * arc * longest_m * longest_m / RADIUS_M;
    let measure = 0.032 * (distance_m / 4e5).powi(4);
    let plane = radius_m.powi(3) / (2.0 * RADIUS_M * RADIUS_M);
    let directions = 6e-4 * arc * arc * radius_m;
    circles + chords + measure + plane + directions + 3e-5
}

/// Degrees onto a plane round a place.
pub(super) struct OntoPlane {
    spot: Spot,
    east: Vector,
    north: Vector,
    /// A straight edge in degrees lies within this of the edge on the plane.
    pub bulge_m: f64,
}

impl OntoPlane {
    pub fn new(centre: LonLat) -> OntoPlane {
        let spot = spot(centre);
        let (east, north) = spot.compass();
        let steep = centre.lat().to_radians().tan().abs() + 0.01;
        OntoPlane { spot, east, north, bulge_m: steep * STEP_M * STEP_M / (8.0 * RADIUS_M) }
    }

    fn place(&self, p: [f64; 2]) -> [f64; 2] {
        self.flat(&spot(LonLat::folded(p[0], p[1])).place)
    }

    /// A place in space.
    pub fn flat(&self, place: &Vector) -> [f64; 2] {
        let off = minus(place, &self.spot.place);
        [dot(&off, &self.east), dot(&off, &self.north)]
    }

    /// A ring, its edges cut so that they may be straight.
    pub fn ring(&self, ring: &[[f64; 2]]) -> Ring {
        let mut onto = Ring::with_capacity(2 * ring.len());
        let Some(&last) = ring.last() else { return onto };
        let mut before = last;
        for &corner in ring {
            let long = (corner[0] - before[0]).abs().max((corner[1] - before[1]).abs());
            let steps = (long * 111_700.0 / STEP_M).ceil().max(1.0);
            for step in 1..=steps as u32 {
                let share = f64::from(step) / steps;
                onto.push(self.place([0, 1].map(|k| before[k] + share * (corner[k] - before[k]))));
            }
            before = corner;
        }
        onto
    }
}
