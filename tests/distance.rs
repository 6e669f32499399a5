//! The distance to the Durand Line against the plain way, its sides, and the
//! inverse problem against GeographicLib's own numbers. tests/nearest.rs has
//! every other kind of line.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
// Only a part of it is used here.
#[allow(dead_code)]
#[path = "common/plain.rs"]
mod plain;

use durand::geodesy::{LonLat, direct, inverse};
use durand::model::Side;
use plain::{Random, on_line};

#[test]
fn agrees_with_the_plain_way_on_the_durand_line() {
    let index = common::bundled_index();
    let mut random = Random(7);
    for _ in 0..40 {
        let point = LonLat::new(random.between(61.0, 74.5), random.between(29.0, 37.0)).unwrap();
        let found = index.line.locate(point);
        let (distance, _) = on_line(&index.border, point);
        assert!((found.distance_m - distance).abs() < 1e-4, "{point}");
    }
}

#[test]
fn the_side_is_that_of_a_step_off_the_line() {
    let index = common::bundled_index();
    let mut random = Random(3);
    let mut tried = 0;
    while tried < 400 {
        let chainage = random.between(1000.0, index.line.length_m() - 1000.0);
        let (here, ahead) = (index.line.at(chainage), index.line.at(chainage + 1.0));
        let along = inverse(here, ahead);
        if along.distance_m < 0.99 {
            continue; // a bend between the two
        }
        for (turn, side) in [(-90.0, Side::Left), (90.0, Side::Right)] {
            let off = direct(here, along.azimuth_start + turn, 2.0);
            let found = index.line.locate(off);
            // Beside a sharp bend the nearest place may be another edge.
            if (found.distance_m - 2.0).abs() < 1e-3 {
                assert_eq!(found.side, Some(side), "at {chainage} m");
                tried += 1;
            }
        }
    }
}

/// GeographicLib's own test line (GeodTest.dat, C. Karney 2010,
/// doi:10.5281/zenodo.32156): the first rows of the short version.
#[test]
fn the_inverse_problem_is_geographiclibs() {
    // lat1 lon1 azi1 lat2 lon2 azi2 s12
    let rows = include_str!("reference/geodtest.csv");
    let mut n = 0;
    for row in rows.lines().filter(|l| !l.starts_with('#')) {
        let v: Vec<f64> = row.split(',').map(|x| x.parse().unwrap()).collect();
        let at = |lon: f64, lat| LonLat::new((lon + 180.0).rem_euclid(360.0) - 180.0, lat).unwrap();
        let (a, b) = (at(v[1], v[0]), at(v[4], v[3]));
        let solved = inverse(a, b);
        assert!((solved.distance_m - v[6]).abs() < 15e-9 + 1e-15 * v[6], "{row}");
        assert!(inverse(direct(a, v[2], v[6]), b).distance_m < 20e-9, "{row}");
        n += 1;
    }
    assert!(n >= 10);
}
