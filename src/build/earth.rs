//! Distances from vertices to edges in Earth-centred coordinates.
//!
//! An edge is taken as the arc of the great ellipse through its ends, which for
//! edges of this data (under 60 km) stays within a millimetre of the geodesic;
//! the distance of a point to the plane of that ellipse is its distance to the
//! edge to within some 1e-5 of itself. The test below holds it against geodesics.

use super::grid::GridPoint;

/// Metres from the Earth's centre.
pub(super) type Centred = [f64; 3];

const EQUATORIAL_RADIUS_M: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_223_563;

/// The Earth-centred coordinates of a position on WGS 84.
pub(super) fn centred(p: GridPoint) -> Centred {
    let [lon, lat] = p.degrees();
    let (lon, lat) = (lon.to_radians(), lat.to_radians());
    let e2 = FLATTENING * (2.0 - FLATTENING);
    let normal = EQUATORIAL_RADIUS_M / (1.0 - e2 * lat.sin() * lat.sin()).sqrt();
    [
        normal * lat.cos() * lon.cos(),
        normal * lat.cos() * lon.sin(),
        normal * (1.0 - e2) * lat.sin(),
    ]
}

fn cross(a: Centred, b: Centred) -> Centred {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: Centred, b: Centred) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Straight-line distance, metres; short of the geodesic by 1e-6 of it at 30 km.
pub(super) fn distance_m(a: Centred, b: Centred) -> f64 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    dot(d, d).sqrt()
}

/// Distance of p to the edge from a to b, metres.
pub(super) fn to_edge_m(p: Centred, a: Centred, b: Centred) -> f64 {
    let normal = cross(a, b);
    let length = dot(normal, normal).sqrt();
    let beside = length > 0.0 && dot(cross(normal, a), p) >= 0.0 && dot(cross(b, normal), p) >= 0.0;
    if beside { dot(normal, p).abs() / length } else { distance_m(p, a).min(distance_m(p, b)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::{LonLat, direct, inverse};

    fn grid(p: LonLat) -> GridPoint {
        GridPoint::of(geo::Coord { x: p.lon(), y: p.lat() })
    }

    /// Against the nearest of 40,001 positions along the geodesic.
    #[test]
    fn agrees_with_the_nearest_position_on_the_geodesic() {
        let a = LonLat::new(62.5, 29.4).unwrap();
        for (azimuth, length_m, off_m) in [(88.0, 60_000.0, 150.0), (40.0, 8_000.0, 49.0)] {
            let b = direct(a, azimuth, length_m);
            for (along, off) in [(0.3, off_m), (0.7, -off_m), (1.02, off_m), (-0.01, 5.0)] {
                let course = inverse(a, b).azimuth_start;
                let foot = direct(a, course, along * length_m);
                let p = direct(foot, course + 90.0, off);
                let nearest = (0..=40_000)
                    .map(|i| direct(a, course, length_m * f64::from(i) / 40_000.0))
                    .map(|q| inverse(p, q).distance_m)
                    .fold(f64::INFINITY, f64::min);
                let got = to_edge_m(centred(grid(p)), centred(grid(a)), centred(grid(b)));
                assert!((got - nearest).abs() < 2e-3 + 1e-4 * nearest, "{got} {nearest}");
            }
        }
    }
}
