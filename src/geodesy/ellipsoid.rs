//! The direct and inverse geodesic problems and areas on WGS 84, wrapping the
//! Rust port of GeographicLib in named structs.
//!
//! Source: C. F. F. Karney (2013), Algorithms for geodesics, J. Geodesy 87,
//! 43–55, <https://doi.org/10.1007/s00190-012-0578-z>. Accuracy of the port:
//! about 15 nm (tests/distance.rs checks twenty cases of GeodTest).

use super::LonLat;
use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic, PolygonArea, Winding};
use std::sync::LazyLock;

/// WGS 84: equatorial radius in metres.
pub(crate) const EQUATORIAL_RADIUS_M: f64 = 6_378_137.0;
/// WGS 84: flattening.
pub(crate) const FLATTENING: f64 = 1.0 / 298.257_223_563;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

pub(crate) fn wgs84() -> &'static Geodesic {
    &WGS84
}

/// The solution of the inverse problem.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inverse {
    /// Length of the shortest geodesic, metres.
    pub distance_m: f64,
    /// Azimuth at the first position, degrees.
    pub azimuth_start: f64,
    /// Forward azimuth at the second position, degrees.
    pub azimuth_end: f64,
}

/// The shortest geodesic between two positions.
pub fn inverse(from: LonLat, to: LonLat) -> Inverse {
    let (distance_m, azimuth_start, azimuth_end, _): (f64, f64, f64, f64) =
        wgs84().inverse(from.lat(), from.lon(), to.lat(), to.lon());
    Inverse { distance_m, azimuth_start, azimuth_end }
}

/// The position reached from `from` along `azimuth` (degrees) after
/// `distance_m` metres.
pub fn direct(from: LonLat, azimuth: f64, distance_m: f64) -> LonLat {
    let (lat, lon): (f64, f64) = wgs84().direct(from.lat(), from.lon(), azimuth, distance_m);
    LonLat::folded(lon, lat)
}

/// As [`direct`], with the azimuth at the end.
pub(crate) fn direct_azimuth(from: LonLat, azimuth: f64, distance_m: f64) -> (LonLat, f64) {
    let (lat, lon, azimuth_end): (f64, f64, f64) =
        wgs84().direct(from.lat(), from.lon(), azimuth, distance_m);
    (LonLat::folded(lon, lat), azimuth_end)
}

/// Signed area of a ring whose edges are geodesics, m²; counter-clockwise is
/// positive. The ring may be closed or open.
///
/// # Accuracy
/// About 0.1 m² for a ring of the size of a country (Karney 2013, §6).
pub fn ring_area_m2(ring: impl IntoIterator<Item = LonLat>) -> f64 {
    let mut area = PolygonArea::new(wgs84(), Winding::CounterClockwise);
    let mut previous = None;
    for p in ring {
        if previous != Some(p) {
            area.add_point(p.lat(), p.lon());
            previous = Some(p);
        }
    }
    let (_, area_m2, count) = area.compute(true);
    if count < 3 { 0.0 } else { area_m2 }
}

/// Area between two meridians and two parallels, m²: exact, in closed form
/// through the authalic latitude (Snyder 1987, eq. 3-12).
pub fn cell_area_m2(west: f64, south: f64, east: f64, north: f64) -> f64 {
    let sine = |lat: f64| authalic_sine(lat.to_radians().sin());
    SQUARE_M2 * (east - west).to_radians() * (sine(north) - sine(south))
}

/// Half the square of the equatorial radius.
const SQUARE_M2: f64 = 0.5 * EQUATORIAL_RADIUS_M * EQUATORIAL_RADIUS_M;

/// Snyder's q (3-12): in proportion to the sine of the authalic latitude.
fn authalic_sine(sin_lat: f64) -> f64 {
    let e2 = FLATTENING * (2.0 - FLATTENING);
    let e = e2.sqrt();
    (1.0 - e2) * (sin_lat / (1.0 - e2 * sin_lat * sin_lat) + (e * sin_lat).atanh() / e)
}

/// Signed area of an open ring of longitudes and latitudes (degrees) whose edges
/// are straight in longitude and latitude, m²; counter-clockwise is positive.
/// No edge may run over the date line.
///
/// # Accuracy
/// The integral of the area south of each edge by Simpson's rule: below a square
/// millimetre for edges of half a degree, by the fifth power of their height in
/// latitude more for longer ones.
pub fn planar_ring_area_m2(ring: &[[f64; 2]]) -> f64 {
    let sine = |lat: f64| authalic_sine(lat.to_radians().sin());
    let Some(&[mut lon, mut lat]) = ring.last() else { return 0.0 };
    let (base, mut at) = (sine(lat), 0.0);
    let mut sum = 0.0;
    for &[next_lon, next_lat] in ring {
        let next = if next_lat == lat { at } else { sine(next_lat) - base };
        let middle = if next_lat == lat { at } else { sine(0.5 * (lat + next_lat)) - base };
        sum -= (next_lon - lon).to_radians() * (at + 4.0 * middle + next) / 6.0;
        (lon, lat, at) = (next_lon, next_lat, next);
    }
    SQUARE_M2 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn direct_undoes_inverse() {
        let (a, b) = (at(66.4447, 30.9222), at(71.0931, 34.1217));
        let solved = inverse(a, b);
        let back = direct(a, solved.azimuth_start, solved.distance_m);
        assert!(inverse(back, b).distance_m < 1e-7);
    }

    #[test]
    fn the_whole_globe_has_the_published_area() {
        // Karney (2013): 510 065 621.724 km² for WGS 84.
        let km2 = cell_area_m2(-180.0, -90.0, 180.0, 90.0) / 1e6;
        assert!((km2 - 510_065_621.724).abs() < 1e-3, "{km2}");
    }

    #[test]
    fn a_ring_that_is_straight_in_degrees_has_the_area_of_its_cells() {
        let cell = [[70.0, 34.0], [70.3, 34.0], [70.3, 34.4], [70.0, 34.4]];
        let exact = cell_area_m2(70.0, 34.0, 70.3, 34.4);
        assert!((planar_ring_area_m2(&cell) - exact).abs() < 1e-3);
        // Two triangles, whichever way the diagonal runs and the rings turn.
        let halves = [[cell[0], cell[1], cell[2]], [cell[2], cell[3], cell[0]]];
        let sum: f64 = halves.iter().map(|half| planar_ring_area_m2(half)).sum();
        assert!((sum - exact).abs() < 1e-3);
        let turned: Vec<[f64; 2]> = cell.into_iter().rev().collect();
        assert!((planar_ring_area_m2(&turned) + exact).abs() < 1e-3);
    }

    #[test]
    fn counter_clockwise_is_positive_and_small_cells_agree() {
        let (w, s, e, n) = (70.0, 34.0, 70.001, 34.001);
        let ring = [at(w, s), at(e, s), at(e, n), at(w, n)];
        let area = ring_area_m2(ring);
        assert!((area / cell_area_m2(w, s, e, n) - 1.0).abs() < 1e-6);
        assert!((ring_area_m2(ring.into_iter().rev()) + area).abs() < 1e-3);
    }
}
