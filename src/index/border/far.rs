//! The pieces that can be nearest to a point far off, told from Karney's
//! solution at a few places.

use super::strips::{LANES, Row, Strips};
use crate::geodesy::{LonLat, Vector, ahead, convexity, dot, greatest_geodesic, inverse, position};

/// A stretch of the line, bounded from a place on it.
struct Stretch {
    level: u32,
    number: u32,
    least_m: f64,
}

impl Strips {
    /// The pieces that can be nearest to a point at any distance, each with a
    /// lower bound of its geodesic distance, the least first.
    ///
    /// # Why no piece is lost
    /// Each capsule starts at a place C of the line, at a distance s and in a
    /// direction u that Karney's solution tells. No place farther than ρ from
    /// C along the ellipsoid is nearer than s − ρ. And by the second
    /// derivative of the distance along a geodesic from C, which is at least
    /// k·cot(ks) with k² the largest curvature of the ellipsoid (Hessian
    /// comparison) and so at least −κ ([`convexity`]) within ρ, no place X is
    /// nearer than s − u·(X − C) − κρ²/2 − ρ³/(5R²), the last for u·(X − C)
    /// standing for the way along the geodesic from C to X. Both bounds are
    /// taken over the capsule. C itself is a place on the line, so the least s
    /// is an upper bound, and what has its lower bound beyond it is left out.
    pub fn search_far(&self, point: LonLat) -> Vec<(u32, f64)> {
        let mut most_m = f64::INFINITY;
        let mut found: Vec<(u32, f64)> = Vec::new();
        let top = self.levels.len() as u32 - 1;
        let mut stack = vec![Stretch { level: top, number: 0, least_m: 0.0 }];
        while let Some(stretch) = stack.pop() {
            if stretch.least_m > most_m {
                continue;
            }
            let row = &self.levels[stretch.level as usize][stretch.number as usize];
            let mut below: Vec<Stretch> = Vec::with_capacity(LANES);
            for lane in 0..LANES {
                if row.is_filled(lane) {
                    let (at_start_m, least_m) = row.bounds(lane, point);
                    most_m = most_m.min(at_start_m);
                    let number = stretch.number * LANES as u32 + lane as u32;
                    below.push(Stretch { level: stretch.level, number, least_m });
                }
            }
            below.retain(|s| s.least_m <= most_m);
            if stretch.level == 0 {
                found.extend(below.into_iter().map(|s| (s.number, s.least_m)));
            } else {
                // The nearest comes to lie on top.
                below.sort_by(|a, b| b.least_m.total_cmp(&a.least_m));
                let level = stretch.level - 1;
                stack.extend(below.into_iter().map(|s| Stretch { level, ..s }));
            }
        }
        found.retain(|(_, least_m)| *least_m <= most_m);
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found
    }
}

impl Row {
    /// The geodesic distance from a point to where a capsule starts, and a
    /// lower bound of that to any place in it, metres.
    fn bounds(&self, lane: usize, point: LonLat) -> (f64, f64) {
        let start: Vector = [0, 1, 2].map(|k| self.start[k][lane]);
        let along: Vector = [0, 1, 2].map(|k| self.along[k][lane]);
        let (length_m, radius_m) = (self.length_m[lane], self.radius_m[lane]);
        let place = position(&start);
        let seen = inverse(place, point);
        let s = seen.distance_m;
        let reach_m = greatest_geodesic(length_m + radius_m);
        let plain_m = s - reach_m;
        if reach_m > 1e6 {
            return (s, plain_m);
        }
        let towards = ahead(place, seen.azimuth_start);
        let nearer_m = (length_m * dot(&towards, &along)).max(0.0) + radius_m;
        let bent_m = 0.5 * convexity(s + reach_m) * reach_m * reach_m;
        let cubed_m = reach_m * reach_m * reach_m / (5.0 * 6.3e6 * 6.3e6);
        (s, plain_m.max(s - nearer_m - bent_m - cubed_m) - 1e-5)
    }
}
