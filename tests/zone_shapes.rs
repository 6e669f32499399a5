//! Zone polygons against the distances and areas that they stand for.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use durand::analysis::{Window, ZoneShapeError, ZoneShapes, zone_areas, zone_shapes};
use durand::geodesy::{LonLat, direct, ring_area_m2};
use durand::index::StudyIndex;
use durand::model::{Border, Side};
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Contains, Coord, LineString, MultiPolygon, Point};
use rstar::{AABB, RTree, RTreeObject};

const BREAKS_M: [f64; 5] = [5_000.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0];

fn at(c: Coord<f64>) -> LonLat {
    LonLat::new(c.x, c.y).unwrap()
}

fn rings(shape: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
}

fn area_km2(shape: &MultiPolygon<f64>) -> f64 {
    let area = |ring: &LineString<f64>| ring_area_m2(ring.coords().map(|c| at(*c)));
    rings(shape).map(area).sum::<f64>() / 1e6
}

fn all(shapes: &ZoneShapes) -> impl Iterator<Item = (Side, usize, &MultiPolygon<f64>)> {
    let side =
        |s: usize| shapes.zones[s].iter().enumerate().map(move |(z, m)| (Side::BOTH[s], z, m));
    side(0).chain(side(1))
}

struct Piece([f64; 2], [f64; 2], usize);

impl RTreeObject for Piece {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> AABB<[f64; 2]> {
        AABB::from_points([&self.0, &self.1])
    }
}

/// Edges that cross or touch other than at a vertex they share.
fn crossings(shape: &MultiPolygon<f64>) -> Vec<[f64; 2]> {
    let mut pieces = Vec::new();
    for ring in rings(shape) {
        for l in ring.lines() {
            let number = pieces.len();
            pieces.push(Piece([l.start.x, l.start.y], [l.end.x, l.end.y], number));
        }
    }
    let tree = RTree::bulk_load(pieces);
    let turn = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
        (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    };
    let mut found = Vec::new();
    for one in &tree {
        for other in tree.locate_in_envelope_intersecting(one.envelope()) {
            let ends = [one.0 == other.0, one.0 == other.1, one.1 == other.0, one.1 == other.1];
            if other.2 <= one.2 || ends.contains(&true) {
                continue;
            }
            let apart = |a, b, c, d| turn(a, b, c) * turn(a, b, d) > 0.0;
            if !apart(one.0, one.1, other.0, other.1) && !apart(other.0, other.1, one.0, one.1) {
                found.push(one.0);
            }
        }
    }
    found
}

/// How far vertices and middles of edges lie from the breaks; edges along the
/// line and the seams beyond its ends are not looked at.
fn worst_off_m(index: &StudyIndex, shapes: &ZoneShapes, breaks_m: &[f64]) -> (f64, usize) {
    let (mut worst, mut looked_at) = (0.0_f64, 0);
    let off = |z: usize, p: LonLat| {
        let d = index.line.locate(p).distance_m;
        let from = if z == 0 { f64::INFINITY } else { breaks_m[z - 1] };
        (d - breaks_m[z]).abs().min((d - from).abs())
    };
    for (_, z, shape) in all(shapes) {
        for l in rings(shape).flat_map(LineString::lines) {
            let (a, b) = (off(z, at(l.start)), off(z, at(l.end)));
            if a.max(b) > 60.0 {
                continue;
            }
            let middle = |t: f64| at(l.start + (l.end - l.start) * t);
            // The step along a seam from one contour to the next is none of theirs.
            let m = off(z, middle(0.5));
            if m > 0.2 * (breaks_m[z] - if z == 0 { 0.0 } else { breaks_m[z - 1] }) {
                continue;
            }
            looked_at += 1;
            worst = worst.max(a).max(b).max(m);
        }
    }
    (worst, looked_at)
}

fn check(name: &str, index: &StudyIndex, breaks_m: &[f64]) -> ZoneShapes {
    let shapes = zone_shapes(index, breaks_m, &Window::Everywhere).unwrap();
    let (worst, looked_at) = worst_off_m(index, &shapes, breaks_m);
    println!("{name}: {looked_at} edges, off by at most {worst:.2} m");
    assert!(worst < 10.0 && looked_at > 100, "{name}: {worst} {looked_at}");
    for (side, z, shape) in all(&shapes) {
        let crossed = crossings(shape);
        assert!(crossed.is_empty(), "{name}: {side:?} {z} {crossed:?}");
    }
    let areas = zone_areas(index, breaks_m, &Window::Everywhere);
    for (side, z, shape) in all(&shapes) {
        let (drawn, counted) =
            (area_km2(shape), areas.zones_km2[usize::from(side == Side::Right)][z]);
        println!("{name}: {side:?} {z} {drawn:.3} {counted:.3} {:.2e}", drawn / counted - 1.0);
        assert!((drawn / counted - 1.0).abs() < 1e-3, "{name}: {side:?} {z} {drawn} {counted}");
    }
    shapes
}

/// A place is in the polygon that its distance and side name, and in no other.
fn places_lie_where_they_are_counted(index: &StudyIndex, shapes: &ZoneShapes, breaks_m: &[f64]) {
    let trees: Vec<Vec<IntervalTreeMultiPolygon<f64>>> = shapes
        .zones
        .iter()
        .map(|side| side.iter().map(IntervalTreeMultiPolygon::new).collect())
        .collect();
    let line = &index.line;
    let mut inside = 0;
    for i in 0..4_000_u32 {
        // Along the line and off it, without a pattern.
        let share = |k: f64| (f64::from(i) * k).fract();
        let foot = line.at(share(0.618_034) * line.length_m());
        let off_m = 1.3 * breaks_m[breaks_m.len() - 1] * share(0.754_878);
        let p = direct(foot, 360.0 * share(0.569_840), off_m);
        let found = line.locate(p);
        let near_an_edge = breaks_m.iter().any(|b| (b - found.distance_m).abs() < 10.0);
        if near_an_edge || found.distance_m < 5.0 {
            continue;
        }
        let zone = breaks_m.iter().position(|b| found.distance_m < *b);
        for (s, side) in Side::BOTH.into_iter().enumerate() {
            for (z, tree) in trees[s].iter().enumerate() {
                let held = tree.contains(&Point::new(p.lon(), p.lat()));
                let meant = found.side == Some(side) && zone == Some(z);
                if held != meant {
                    // A seam is solved to a few metres.
                    let circle = (0..12).map(|k| direct(p, 30.0 * f64::from(k), 20.0));
                    let mut sides = circle.map(|q| line.locate(q).side);
                    assert!(sides.any(|s| s != found.side), "{p} {found:?} {side:?} {z}");
                }
                inside += usize::from(held);
            }
        }
    }
    assert!(inside > 2_000, "{inside}");
}

#[test]
fn along_the_durand_line() {
    let index = common::bundled_index();
    let shapes = check("bundled", &index, &BREAKS_M);
    for (side, z, shape) in all(&shapes) {
        assert_eq!(shape.0.len(), 1, "{side:?} {z}");
    }
    places_lie_where_they_are_counted(&index, &shapes, &BREAKS_M);
}

#[test]
fn within_the_countries_they_have_the_areas_of_the_table() {
    let index = common::bundled_index();
    let breaks_m = [20_000.0, 100_000.0];
    let shapes = zone_shapes(&index, &breaks_m, &Window::Countries).unwrap();
    let areas = zone_areas(&index, &breaks_m, &Window::Countries);
    for (side, z, shape) in all(&shapes) {
        let (drawn, counted) =
            (area_km2(shape), areas.zones_km2[usize::from(side == Side::Right)][z]);
        println!("countries: {side:?} {z} {drawn:.3} {counted:.3} {:.2e}", drawn / counted - 1.0);
        assert!((drawn / counted - 1.0).abs() < 1e-3, "{side:?} {z} {drawn} {counted}");
        assert!(rings(shape).all(LineString::is_closed));
        assert!(crossings(shape).is_empty(), "{side:?} {z}");
        assert!(shape.iter().all(|p| ring_area_m2(p.exterior().coords().map(|c| at(*c))) > 0.0));
    }
}

fn index_of(parts: &[&[(f64, f64)]]) -> StudyIndex {
    let place = |&(lon, lat): &(f64, f64)| LonLat::new(lon, lat).unwrap();
    let parts = parts.iter().map(|part| part.iter().map(place).collect()).collect();
    let border = Border::new("line", "L", "R", parts).unwrap();
    StudyIndex::new(border, Vec::new(), Vec::new())
}

/// A horseshoe, in whose bay the outermost zone leaves a hole or a pocket.
#[test]
fn round_a_bay() {
    let turn = |i: u32| {
        let angle = (f64::from(i) * 3.0 - 60.0).to_radians();
        (70.0 + 0.5 * angle.cos(), 34.0 + 0.4 * angle.sin())
    };
    let arc: Vec<(f64, f64)> = (0..=100).map(turn).collect();
    let index = index_of(&[&arc]);
    let breaks_m = [4_000.0, 15_000.0];
    let shapes = check("bay", &index, &breaks_m);
    places_lie_where_they_are_counted(&index, &shapes, &breaks_m);
}

/// Parts with a gap that the zones close or leave open.
#[test]
fn across_a_gap() {
    let index = index_of(&[
        &[(70.0, 34.0), (70.4, 34.05), (70.6, 34.3)],
        &[(70.68, 34.36), (71.0, 34.3), (71.3, 34.6)],
    ]);
    let breaks_m = [2_000.0, 20_000.0];
    let shapes = check("gap", &index, &breaks_m);
    assert_eq!(shapes.zones[0][0].0.len(), 2);
    assert_eq!(shapes.zones[0][1].0.len(), 1);
    places_lie_where_they_are_counted(&index, &shapes, &breaks_m);
}

/// A last edge that points back along the line: the sides are then parted
/// where two parts of the line are equally near.
#[test]
fn beyond_an_end_that_turns_back() {
    let index = index_of(&[&[(70.0, 34.0), (70.5, 34.0), (70.53, 34.04), (70.5, 34.07)]]);
    let breaks_m = [10_000.0, 30_000.0];
    let shapes = check("hook", &index, &breaks_m);
    places_lie_where_they_are_counted(&index, &shapes, &breaks_m);
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let index = index_of(&[&[(179.5, 10.0), (179.9, 10.0)]]);
    let wide = zone_shapes(&index, &[50_000.0], &Window::Everywhere);
    assert_eq!(wide, Err(ZoneShapeError::Edge));
    let narrow = zone_shapes(&index, &[50.0], &Window::Everywhere);
    assert_eq!(narrow, Err(ZoneShapeError::Narrow));
}
