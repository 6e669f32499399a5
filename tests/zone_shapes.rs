//! Zone polygons against the distances and areas that they stand for.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use durand::analysis::{Window, ZoneShapes, zone_areas, zone_shapes};
use durand::geodesy::{LonLat, inverse, ring_area_m2};
use durand::index::StudyIndex;
use durand::model::{Border, Side};
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
    let begun = std::time::Instant::now();
    let shapes = zone_shapes(index, breaks_m, Window::Everywhere).unwrap();
    println!("{name}: {:?}", begun.elapsed());
    let (worst, looked_at) = worst_off_m(index, &shapes, breaks_m);
    println!("{name}: {looked_at} edges, off by at most {worst:.2} m");
    assert!(worst < 10.0 && looked_at > 100, "{name}: {worst} {looked_at}");
    for (side, z, shape) in all(&shapes) {
        let crossed = crossings(shape);
        assert!(crossed.is_empty(), "{name}: {side:?} {z} {crossed:?}");
    }
    let areas = zone_areas(index, breaks_m, Window::Everywhere);
    for (side, z, shape) in all(&shapes) {
        let (drawn, counted) =
            (area_km2(shape), areas.zones_km2[usize::from(side == Side::Right)][z]);
        println!("{name}: {side:?} {z} {drawn:.3} {counted:.3} {:.2e}", drawn / counted - 1.0);
        assert!((drawn / counted - 1.0).abs() < 1e-3, "{name}: {side:?} {z} {drawn} {counted}");
    }
    shapes
}

#[test]
fn along_the_durand_line() {
    let index = common::bundled_index();
    let shapes = check("bundled", &index, &BREAKS_M);
    for (side, z, shape) in all(&shapes) {
        assert_eq!(shape.0.len(), 1, "{side:?} {z}");
    }
}
