//! The distance to the line against the plain way: every edge, and on each a
//! golden-section search over Karney's solution.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use durand::geodesy::{LonLat, Segment, direct, inverse};
use durand::index::BorderIndex;
use durand::model::{Border, Side};

/// Deterministic numbers in 0..1 (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.next() * (high - low)
    }
}

/// The least distance over one edge, without the code under test.
fn golden_section(segment: &Segment, point: LonLat) -> (f64, f64) {
    let at = |s: f64| inverse(direct(segment.start, segment.azimuth, s), point).distance_m;
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut a, mut b) = (0.0, segment.length_m);
    while b - a > 1e-3 {
        let (c, d) = (b - ratio * (b - a), a + ratio * (b - a));
        if at(c) < at(d) {
            b = d;
        } else {
            a = c;
        }
    }
    let middle = 0.5 * (a + b);
    let ends = [(at(0.0), 0.0), (at(segment.length_m), segment.length_m), (at(middle), middle)];
    ends.into_iter().min_by(|x, y| x.0.total_cmp(&y.0)).unwrap()
}

fn plainly(border: &Border, point: LonLat) -> (f64, f64) {
    let mut best = (f64::INFINITY, 0.0);
    let mut chainage = 0.0;
    for part in border.parts() {
        for pair in part.windows(2) {
            let segment = Segment::new(pair[0], pair[1]);
            let (distance, along) = golden_section(&segment, point);
            if distance < best.0 {
                best = (distance, chainage + along);
            }
            chainage += segment.length_m;
        }
    }
    best
}

#[test]
fn agrees_with_the_plain_way_on_lines_of_all_sizes() {
    let mut random = Random(1);
    for round in 0..60 {
        // Edges from metres to hundreds of kilometres, points from near to far.
        let scale = 10f64.powf(random.between(-4.0, 0.7));
        let mut at = (random.between(55.0, 80.0), random.between(-60.0, 70.0));
        let mut part = Vec::new();
        for _ in 0..12 {
            part.push(LonLat::new(at.0, at.1).unwrap());
            at.0 += random.between(-0.4, 1.0) * scale;
            at.1 = (at.1 + random.between(-0.8, 0.8) * scale).clamp(-85.0, 85.0);
        }
        let border = Border::new("", "L", "R", vec![part.clone()]).unwrap();
        let index = BorderIndex::new(&border);
        for _ in 0..12 {
            let reach = scale * 10f64.powf(random.between(-1.0, 1.0));
            let near = part[(random.next() * 12.0) as usize];
            let point = LonLat::new(
                (near.lon() + random.between(-reach, reach)).clamp(-179.0, 179.0),
                (near.lat() + random.between(-reach, reach)).clamp(-89.0, 89.0),
            )
            .unwrap();
            let found = index.locate(point);
            let (distance, chainage) = plainly(&border, point);
            assert!(
                (found.distance_m - distance).abs() < 1e-4,
                "round {round}: {} against {distance}",
                found.distance_m
            );
            // Two places equally near may lie far apart: only then may chainage differ.
            let apart = (found.chainage_m - chainage).abs();
            if apart > 1.0 {
                let there = index.at(chainage);
                assert!((inverse(there, point).distance_m - found.distance_m).abs() < 1e-3);
            }
            let seen = inverse(found.foot, point);
            assert!((seen.distance_m - found.distance_m).abs() < 1e-6);
            // A foot between vertices sees the point at a right angle: what is
            // left of the way along the line is the foot's own error.
            if found.distance_m < 5e5 && part.iter().all(|v| *v != found.foot) {
                let ahead = inverse(found.foot, index.at(found.chainage_m + 1.0));
                if (ahead.distance_m - 1.0).abs() < 1e-6 {
                    let angle = (seen.azimuth_start - ahead.azimuth_start).to_radians();
                    let rest = seen.distance_m * angle.cos();
                    assert!(rest.abs() < 1e-3 + 1e-8 * seen.distance_m, "{rest} m");
                }
            }
            assert!(inverse(index.at(found.chainage_m), found.foot).distance_m < 1e-3);
        }
    }
}

#[test]
fn agrees_with_the_plain_way_on_the_durand_line() {
    let index = common::bundled_index();
    let mut random = Random(7);
    for _ in 0..12 {
        let point = LonLat::new(random.between(61.0, 74.5), random.between(29.0, 37.0)).unwrap();
        let found = index.line.locate(point);
        let (distance, _) = plainly(&index.border, point);
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
