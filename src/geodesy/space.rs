//! Geodesic distances told from straight lines in Earth-centred space: no
//! inverse problem, and a bound on the error.

use super::LonLat;
use super::ellipsoid::{EQUATORIAL_RADIUS_M, FLATTENING};

/// Earth-centred, Earth-fixed coordinates or a direction in them.
pub(crate) type Vector = [f64; 3];

const POLAR_RADIUS_M: f64 = EQUATORIAL_RADIUS_M * (1.0 - FLATTENING);
const E2: f64 = FLATTENING * (2.0 - FLATTENING);
/// Square of the second eccentricity, a²/b² − 1.
const SECOND_E2: f64 = E2 / (1.0 - E2);

/// Chords up to this length are turned into geodesic distances by
/// [`way`].
pub(crate) const NEAR_M: f64 = 500_000.0;

/// A place on the ellipsoid in space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    /// Earth-centred coordinates, metres.
    pub place: Vector,
    /// The unit normal, outwards.
    pub up: Vector,
}

pub(crate) fn minus(a: &Vector, b: &Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(crate) fn dot(a: &Vector, b: &Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn cross(a: &Vector, b: &Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// A position in space.
pub(crate) fn spot(p: LonLat) -> Spot {
    let (sin_lat, cos_lat) = p.lat().to_radians().sin_cos();
    let (sin_lon, cos_lon) = p.lon().to_radians().sin_cos();
    let n = EQUATORIAL_RADIUS_M / (1.0 - E2 * sin_lat * sin_lat).sqrt();
    let up = [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat];
    Spot { place: [n * up[0], n * up[1], n * (1.0 - E2) * up[2]], up }
}

/// The position of a place on the ellipsoid.
pub(crate) fn position(place: &Vector) -> LonLat {
    let [x, y, z] = *place;
    let lat = z.atan2((1.0 - E2) * (x * x + y * y).sqrt());
    LonLat::folded(y.atan2(x).to_degrees(), lat.to_degrees())
}

/// The direction of an azimuth in degrees at a position, a unit vector.
pub(crate) fn ahead(p: LonLat, azimuth: f64) -> Vector {
    let (sin_lat, cos_lat) = p.lat().to_radians().sin_cos();
    let (sin_lon, cos_lon) = p.lon().to_radians().sin_cos();
    let (east, north) = azimuth.to_radians().sin_cos();
    [
        -sin_lon * east - sin_lat * cos_lon * north,
        cos_lon * east - sin_lat * sin_lon * north,
        cos_lat * north,
    ]
}

impl Spot {
    /// A place on the ellipsoid with its normal, from coordinates that fulfil
    /// its equation.
    pub(crate) fn on(place: Vector) -> Spot {
        let steep = [place[0], place[1], place[2] * (1.0 + SECOND_E2)];
        let inverse = 1.0 / dot(&steep, &steep).sqrt();
        Spot { place, up: [steep[0] * inverse, steep[1] * inverse, steep[2] * inverse] }
    }

    /// The directions east and north, unit vectors.
    pub(crate) fn compass(&self) -> (Vector, Vector) {
        let [x, y, _] = self.up;
        let flat = (x * x + y * y).sqrt();
        // At a pole any direction will do.
        let east = if flat > 0.0 { [-y / flat, x / flat, 0.0] } else { [0.0, 1.0, 0.0] };
        (east, cross(&self.up, &east))
    }

    /// How the normal turns along a direction in the tangent plane, per metre:
    /// the gradient of the ellipsoid's equation, its normal part left out.
    pub(crate) fn up_along(&self, direction: &Vector) -> Vector {
        // The gradient (x, y, z a²/b²) has the length a²/(place·up).
        let scale = dot(&self.place, &self.up) / (EQUATORIAL_RADIUS_M * EQUATORIAL_RADIUS_M);
        let (x, y) = (direction[0] * scale, direction[1] * scale);
        let z = direction[2] * scale * (1.0 + SECOND_E2);
        let normal = x * self.up[0] + y * self.up[1] + z * self.up[2];
        [x - normal * self.up[0], y - normal * self.up[1], z - normal * self.up[2]]
    }
}

/// The way from one place to another, straight and along the ellipsoid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// Square of the geodesic distance, m²; see [`way`].
    pub arc_2: f64,
    /// Square of the straight distance, m².
    pub chord_2: f64,
    /// Difference of the normals along the straight line, metres.
    pub lean: f64,
    /// Half of how `arc_2` grows for each metre that the end moves along the
    /// tangent given.
    pub slope: f64,
}

/// The way between places less than [`NEAR_M`] apart, and how it changes when
/// the end moves along a tangent there.
///
/// On a circle an arc over the chord c that meets it at the angle θ/2 has the
/// length c·(θ/2)/sin(θ/2), and both normals lean by sin(θ/2) = q/(2c) along
/// the chord. A geodesic's normal is the ellipsoid's, so the same formula, with
/// the mean of the two leans, holds for it up to the change of its curvature
/// κ on the way 2l. The odd part of that change cancels between the ends; the
/// second derivative κ₂ leaves −(2/45)κκ₂l⁵. To the first order in e² the
/// curvature is (1 + e²T_z² − e²n_z²/2)/a for the tangent T and the normal n,
/// both turning by 1/a a metre, so κ₂ = −3e²(T_z² − n_z²)/a³, taken in the
/// middle. Squared and expanded: arcsin²(x)/x² = 1 + x²/3 + 8x⁴/45 + 4x⁶/35 +
/// 128x⁸/1575 + …. What is left is below [`arc_error_m`].
pub(crate) fn way(from: &Spot, to: &Spot, tangent: &Vector) -> Way {
    let between = minus(&to.place, &from.place);
    let turned = minus(&to.up, &from.up);
    let chord_2 = dot(&between, &between);
    let q = dot(&turned, &between);
    let q_along = dot(&turned, tangent) + dot(&to.up_along(tangent), &between);
    // x² = (q/2c)².
    let x2 = if chord_2 > 0.0 { q * q / (4.0 * chord_2) } else { 0.0 };
    let series = 1.0 / 3.0 + x2 * (8.0 / 45.0 + x2 * (4.0 / 35.0 + x2 * (128.0 / 1575.0)));
    let middle = 0.5 * (from.up[2] + to.up[2]);
    let share = chord_2 / (EQUATORIAL_RADIUS_M * EQUATORIAL_RADIUS_M);
    let uneven = E2 / 120.0 * share * share;
    let arc_2 = chord_2 * (1.0 + x2 * series)
        + uneven * (between[2] * between[2] - chord_2 * middle * middle);
    // The terms of the series c², q²/12, q⁴/(90c²), q⁶/(560c⁴) one by one; of
    // the change of c only what the second and third leave at a right angle.
    let slope = dot(&between, tangent) * (1.0 - x2 * x2 * (8.0 / 45.0))
        + q * q_along * (1.0 / 12.0 + x2 * (4.0 / 45.0 + x2 * (3.0 / 35.0)))
        + uneven * tangent[2] * (between[2] - chord_2 * middle / (2.0 * EQUATORIAL_RADIUS_M));
    Way { arc_2, chord_2, lean: q, slope }
}

/// Largest error of the root of [`Way::arc_2`] for a chord up to [`NEAR_M`],
/// metres.
///
/// The next terms are of the orders e²c⁷/R⁶ and e⁴c⁵/R⁴. The constant is some
/// three times the largest error found against Karney's solution over random
/// pairs (the tests below); the rest is rounding of coordinates.
pub(crate) fn arc_error_m(chord_m: f64) -> f64 {
    let share = chord_m / NEAR_M;
    2e-8 + 5e-5 * share * share * share * share * share
}

/// Puts places less than [`NEAR_M`] off in the order of their geodesic
/// distance, nearly, at the price of a few products.
///
/// With S = diag(1, 1, a²/b²) the normal at X is S·X/N, N the radius of
/// curvature in the prime vertical, so that the difference of the normals
/// along d = X − P is q = dᵀSd/N(P) to a share of e²c/2R. The squared measure
/// is c² + q²/12: the first two terms of [`way`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    place: Vector,
    /// 1/(12 N²).
    bend: f64,
}

impl Measure {
    /// From a place.
    pub(crate) fn from(spot: &Spot) -> Measure {
        let normal_radius = EQUATORIAL_RADIUS_M / (1.0 - E2 * spot.up[2] * spot.up[2]).sqrt();
        Measure { place: spot.place, bend: 1.0 / (12.0 * normal_radius * normal_radius) }
    }

    /// Squares of the measures of the places nearest in a straight line on
    /// stretches, each from a start along a unit vector, and how far along
    /// they are. The coordinates of all come side by side.
    #[inline(always)]
    pub(crate) fn of_each_2<const N: usize>(
        &self,
        start: &[[f64; N]; 3],
        along: &[[f64; N]; 3],
        length_m: &[f64; N],
    ) -> ([f64; N], [f64; N]) {
        let (mut measured_2, mut along_m) = ([0.0; N], [0.0; N]);
        for i in 0..N {
            let x = self.place[0] - start[0][i];
            let y = self.place[1] - start[1][i];
            let z = self.place[2] - start[2][i];
            let t = x * along[0][i] + y * along[1][i] + z * along[2][i];
            // Not `clamp`, which also asks whether 0 <= length.
            let t = if t < length_m[i] { t } else { length_m[i] };
            let t = if t > 0.0 { t } else { 0.0 };
            let (x, y, z) = (x - t * along[0][i], y - t * along[1][i], z - t * along[2][i]);
            let chord_2 = x * x + y * y + z * z;
            let q = chord_2 + SECOND_E2 * (z * z);
            measured_2[i] = chord_2 + q * q * self.bend;
            along_m[i] = t;
        }
        (measured_2, along_m)
    }

    /// The measure of a place, metres: nearly its geodesic distance.
    pub(crate) fn of(&self, place: &Vector) -> f64 {
        let [x, y, z] = minus(place, &self.place);
        let chord_2 = x * x + y * y + z * z;
        let q = chord_2 + SECOND_E2 * (z * z);
        (chord_2 + q * q * self.bend).sqrt()
    }

    /// The measure of every place that is no farther along the ellipsoid than
    /// one of measure `m` is at most this.
    ///
    /// What [`way`] adds to the measure is, by share, what q leaves out,
    /// e²c/2R, in cθ²/24, and the change of the normal curvature with the
    /// direction, 2e², in 0.006·cθ⁴: together below 16 mm at 400 km, and of
    /// the fourth power of the distance. Twice that is taken.
    #[inline(always)]
    pub(crate) fn limit(m: f64) -> f64 {
        let share = (m / 4e5) * (m / 4e5);
        m + 0.032 * share * share + 1e-6
    }

    /// By how much the measure can change within a capsule of which a place is
    /// less than [`NEAR_M`] off: by a little more than its radius ρ, and along its
    /// axis, where the place of the least measure need not be that of the least
    /// chord, by the turn of the direction in the change of the normal curvature,
    /// θ²e²/12 a metre.
    ///
    /// From that place to the axis chords are up to NEAR + ρ, seen from the Earth's
    /// centre within θ, and the measure √(c² + q²/12N²) grows by
    /// (1 + θ²/6)/√(1 + θ²/12) < 1 + θ²/8 a metre. A stretch of a line half round the
    /// Earth has a ρ of thousands of kilometres.
    pub(crate) fn slack(radius_m: f64, length_m: f64) -> f64 {
        let theta = (NEAR_M + radius_m) / 6.3e6;
        let theta_2 = theta * theta;
        (1.0 + 0.13 * theta_2) * radius_m + (1e-5 + 6e-4 * theta_2) * length_m + 1e-6
    }
}

/// The greatest geodesic distance between places so far apart in a straight
/// line: as [`least_geodesic`], on the sphere of radius b pressed out to a.
pub(crate) fn greatest_geodesic(chord_m: f64) -> f64 {
    2.0 * EQUATORIAL_RADIUS_M * (0.5 * chord_m / POLAR_RADIUS_M).min(1.0).asin()
}

/// How negative, at most, the second derivative of the distance along a
/// geodesic is within `distance_m` of the point, per metre: −k·cot(ks) for the
/// largest curvature k² = a²/b⁴ of the ellipsoid (Hessian comparison), none
/// within a quarter turn, infinite from half a turn on.
pub(crate) fn convexity(distance_m: f64) -> f64 {
    const K: f64 = EQUATORIAL_RADIUS_M / (POLAR_RADIUS_M * POLAR_RADIUS_M);
    let arc = distance_m * K;
    if arc >= std::f64::consts::PI { f64::INFINITY } else { (-K / arc.tan()).max(0.0) }
}

/// The least geodesic distance between places so far apart in a straight line.
///
/// Drawn out along the axis by a/b the ellipsoid becomes a sphere of radius a.
/// Lengths grow by no more than a/b and chords do not shrink, so the geodesic
/// is at least b/a of the sphere's arc over the chord. And it is no shorter
/// than the chord.
pub(crate) fn least_geodesic(chord_m: f64) -> f64 {
    let arc = (0.5 * chord_m / EQUATORIAL_RADIUS_M).min(1.0).asin();
    chord_m.max(2.0 * POLAR_RADIUS_M * arc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::{direct, inverse};

    /// Deterministic numbers in 0..1 (a linear congruential generator).
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }

        fn place(&mut self) -> LonLat {
            let lat = (2.0 * self.next() - 1.0).asin().to_degrees();
            LonLat::new(360.0 * self.next() - 180.0, lat).unwrap()
        }
    }

    #[test]
    fn the_way_is_as_long_as_karney_says_within_its_bound() {
        let mut numbers = Numbers(1);
        let mut worst: f64 = 0.0;
        for i in 0..200_000 {
            let from = numbers.place();
            let reach = NEAR_M * if i % 4 == 0 { 1.0 } else { numbers.next() };
            let to = direct(from, 360.0 * numbers.next(), reach);
            let (a, b) = (spot(from), spot(to));
            let found = way(&a, &b, &ahead(to, 0.0));
            let error = (found.arc_2.max(0.0).sqrt() - inverse(from, to).distance_m).abs();
            worst = worst.max(error / arc_error_m(found.chord_2.sqrt()));
        }
        assert!(worst < 0.5, "{worst} of the bound");
    }

    #[test]
    fn the_slope_is_the_growth_of_the_way() {
        let mut numbers = Numbers(2);
        for _ in 0..2_000 {
            let from = numbers.place();
            let to = direct(from, 360.0 * numbers.next(), NEAR_M * numbers.next());
            let (seen, azimuth) = (inverse(to, from), 360.0 * numbers.next());
            let slope = way(&spot(from), &spot(to), &ahead(to, azimuth)).slope;
            let exact = -seen.distance_m * (azimuth - seen.azimuth_start).to_radians().cos();
            // Off a right angle the slope need only have the size of the way.
            let share = 1e-9 + 0.01 * (exact / seen.distance_m).abs();
            assert!((slope - exact).abs() < share * seen.distance_m + 1e-6, "{slope} {exact}");
        }
    }

    #[test]
    fn the_measure_puts_no_nearer_place_beyond_the_limit() {
        let mut numbers = Numbers(3);
        let measured = |from: &Spot, to: &Spot| Measure::from(from).of(&to.place);
        for _ in 0..50_000 {
            let from = numbers.place();
            let reach = NEAR_M * numbers.next();
            let there = |bearing: f64, reach| spot(direct(from, 360.0 * bearing, reach));
            let (near, far) = (there(numbers.next(), reach), there(numbers.next(), reach + 1e-3));
            let from = spot(from);
            assert!(measured(&from, &near) <= Measure::limit(measured(&from, &far)));
        }
    }

    #[test]
    fn geodesics_lie_between_their_bounds() {
        let mut numbers = Numbers(4);
        for _ in 0..50_000 {
            let (from, to) = (numbers.place(), numbers.place());
            let between = minus(&spot(from).place, &spot(to).place);
            let chord_m = dot(&between, &between).sqrt();
            let distance_m = inverse(from, to).distance_m;
            assert!(least_geodesic(chord_m) <= distance_m + 1e-6);
            assert!(greatest_geodesic(chord_m) >= distance_m - 1e-6);
        }
    }

    /// The bound that searches far off, seen from random places.
    #[test]
    fn the_distance_bends_no_more_than_the_bound() {
        let mut numbers = Numbers(5);
        for _ in 0..50_000 {
            let (point, here) = (numbers.place(), numbers.place());
            let reach = 10f64.powf(2.0 + 4.0 * numbers.next());
            let there = direct(here, 360.0 * numbers.next(), reach);
            let seen = inverse(here, point);
            let towards = ahead(here, seen.azimuth_start);
            let straight = minus(&spot(there).place, &spot(here).place);
            let bent = 0.5 * convexity(seen.distance_m + reach) * reach * reach;
            let cubed = reach * reach * reach / (5.0 * 6.3e6 * 6.3e6);
            let least = seen.distance_m - dot(&towards, &straight) - bent - cubed;
            assert!(inverse(there, point).distance_m >= least - 1e-6);
        }
    }
}
