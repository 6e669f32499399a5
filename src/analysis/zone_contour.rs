//! Contours of the distance from the line: closed curves on which it is a given
//! number of metres.
//!
//! Marching squares (Lorensen and Cline 1987, SIGGRAPH 21, 163–169, in two
//! dimensions) on the leaves of a quadtree that the contour runs through. The
//! leaves tell how the curve is connected; where it runs is solved on each of
//! their edges and again wherever a chord strays from it.

use super::cell::Cell;
use crate::geodesy::{Extent, LonLat, direct, inverse};
use crate::index::BorderIndex;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Side of the root cells, degrees: halving it is exact.
const ROOT_DEG: f64 = 0.5;
/// Leaves are no larger, degrees.
const LARGEST_LEAF_DEG: f64 = 0.02;
/// A place that is this near to the contour is on it, metres.
const ON_CONTOUR_M: f64 = 0.5;
/// The middle of an edge may be off by this much before vertices are thinned.
const CHORD_M: f64 = 3.0;
/// Chords that are longer are looked at in more than their middle, metres.
const WINDING_M: f64 = 400.0;
/// How far thinning may move the curve, metres.
const THINNING_M: f64 = 2.5;

/// No edge is longer, so that it hardly matters whether a reader takes it as
/// straight in degrees or as a geodesic (1.5 m at 10 km and 37°), metres.
pub(super) const LONGEST_EDGE_M: f64 = 8_000.0;

/// A corner of the lattice, in leaves from 0°, 0°.
type Node = (i64, i64);
/// An edge of the lattice by its western or southern corner, and whether it
/// runs east.
type Edge = (Node, bool);

/// The closed curves at `at_m` metres (above zero) from the line, as open
/// rings; nearer places are on their left. `None` when the lattice does not
/// close a curve, which a distance that is continuous does not let happen.
pub(super) fn contours(line: &BorderIndex, bounds: Extent, at_m: f64) -> Option<Vec<Vec<LonLat>>> {
    let mut leaf_deg = ROOT_DEG;
    while leaf_deg > LARGEST_LEAF_DEG.min(at_m / 3.0 / 111_000.0) {
        leaf_deg *= 0.5;
    }
    let mut halvings_left = 3;
    loop {
        let lattice = Lattice { line, at_m, leaf_deg };
        let rings = lattice.rings(bounds)?;
        let refined: Vec<(Vec<LonLat>, bool)> =
            rings.iter().map(|ring| lattice.refined(ring)).collect();
        // A chord that leads to no place of the contour closes a channel which
        // is narrower than a leaf: smaller leaves see it.
        if halvings_left == 0 || refined.iter().all(|(_, solved)| *solved) {
            return Some(refined.iter().map(|(ring, _)| thinned(ring)).collect());
        }
        leaf_deg *= 0.5;
        halvings_left -= 1;
    }
}

struct Lattice<'a> {
    line: &'a BorderIndex,
    at_m: f64,
    leaf_deg: f64,
}

impl Lattice<'_> {
    /// How much farther than the contour a place lies, metres.
    fn beyond(&self, p: LonLat) -> f64 {
        self.line.locate(p).distance_m - self.at_m
    }

    fn position(&self, (i, k): Node) -> LonLat {
        LonLat::folded(i as f64 * self.leaf_deg, k as f64 * self.leaf_deg)
    }

    fn rings(&self, bounds: Extent) -> Option<Vec<Vec<LonLat>>> {
        let leaves = self.leaves(bounds);
        let corners: BTreeSet<Node> = leaves.iter().flat_map(|&leaf| corners(leaf)).collect();
        let corners: Vec<Node> = corners.into_iter().collect();
        let beyond: Vec<f64> =
            corners.par_iter().map(|&node| self.beyond(self.position(node))).collect();
        let at: BTreeMap<Node, f64> = corners.into_iter().zip(beyond).collect();
        let mut next: BTreeMap<Edge, Edge> = BTreeMap::new();
        for leaf in leaves {
            self.cross(leaf, &at, &mut next);
        }
        let edges: Vec<Edge> = next.keys().copied().collect();
        let places: Vec<LonLat> = edges.par_iter().map(|&edge| self.solve(edge, &at)).collect();
        let places: BTreeMap<Edge, LonLat> = edges.into_iter().zip(places).collect();
        let mut rings = Vec::new();
        while let Some((&start, _)) = next.first_key_value() {
            let (mut ring, mut edge) = (Vec::new(), start);
            loop {
                ring.push(*places.get(&edge)?);
                edge = next.remove(&edge)?;
                if edge == start {
                    break;
                }
            }
            ring.dedup();
            rings.push(ring);
        }
        Some(rings)
    }

    /// The leaves that the contour may run through, by their south-western corners.
    fn leaves(&self, bounds: Extent) -> Vec<Node> {
        let number = |x: f64| (x / ROOT_DEG).floor() as i64;
        let rows = number(bounds.south)..=number(bounds.north);
        let roots: Vec<Cell> = rows
            .flat_map(|row| {
                (number(bounds.west)..=number(bounds.east)).map(move |column| {
                    let (west, south) = (column as f64 * ROOT_DEG, row as f64 * ROOT_DEG);
                    Cell { west, south, east: west + ROOT_DEG, north: south + ROOT_DEG }
                })
            })
            .collect();
        roots
            .into_par_iter()
            .flat_map_iter(|cell| {
                let mut leaves = Vec::new();
                self.search(cell, &mut leaves);
                leaves
            })
            .collect()
    }

    fn search(&self, cell: Cell, leaves: &mut Vec<Node>) {
        // No distance in the cell differs by more than its radius from the one
        // at its centre.
        if self.beyond(cell.point(0.5, 0.5)).abs() > cell.radius_m() {
            return;
        }
        if cell.east - cell.west <= self.leaf_deg {
            let number = |x: f64| (x / self.leaf_deg).round() as i64;
            leaves.push((number(cell.west), number(cell.south)));
        } else {
            cell.quarters().into_iter().for_each(|quarter| self.search(quarter, leaves));
        }
    }

    /// Where the contour enters and leaves a leaf.
    fn cross(&self, leaf: Node, at: &BTreeMap<Node, f64>, next: &mut BTreeMap<Edge, Edge>) {
        let corners = corners(leaf);
        let near = corners.map(|node| at.get(&node).is_some_and(|&beyond| beyond < 0.0));
        let (i, k) = leaf;
        let edges = [(leaf, true), ((i + 1, k), false), ((i, k + 1), true), (leaf, false)];
        let leaving: Vec<usize> = (0..4).filter(|&e| near[e] && !near[(e + 1) % 4]).collect();
        let entering = |e: usize| !near[e] && near[(e + 1) % 4];
        // Two opposite corners are near: the centre tells whether they hang together.
        let together = leaving.len() < 2 || {
            let (a, b) = (self.position(corners[0]), self.position(corners[2]));
            self.beyond(between(a, b, 0.5)) < 0.0
        };
        for e in leaving {
            let turn = |step: usize| if together { (e + step) % 4 } else { (e + 4 - step) % 4 };
            if let Some(other) = (1..4).map(turn).find(|&other| entering(other)) {
                next.insert(edges[e], edges[other]);
            }
        }
    }

    /// Where the contour crosses an edge of the lattice: false position with
    /// halving of the stale end (Illinois; Dowell and Jarratt 1971, BIT 11, 168–174).
    fn solve(&self, ((i, k), east): Edge, at: &BTreeMap<Node, f64>) -> LonLat {
        let ends = [(i, k), if east { (i + 1, k) } else { (i, k + 1) }];
        let [a, b] = ends.map(|node| self.position(node));
        let [mut low, mut high] = [0.0, 1.0];
        let [mut at_low, mut at_high] = ends.map(|node| at.get(&node).copied().unwrap_or(0.0));
        for _ in 0..60 {
            let share = (low * at_high - high * at_low) / (at_high - at_low);
            let place = between(a, b, share.clamp(low, high));
            let beyond = self.beyond(place);
            if beyond.abs() < ON_CONTOUR_M || high - low < 1e-9 {
                return place;
            }
            if (beyond < 0.0) == (at_low < 0.0) {
                (low, at_low, at_high) = (share, beyond, 0.5 * at_high);
            } else {
                (high, at_high, at_low) = (share, beyond, 0.5 * at_low);
            }
        }
        between(a, b, 0.5 * (low + high))
    }

    /// The ring with more vertices where an edge is off the contour, and
    /// whether there are enough.
    fn refined(&self, ring: &[LonLat]) -> (Vec<LonLat>, bool) {
        let parts: Vec<(Vec<LonLat>, bool)> = (0..ring.len())
            .into_par_iter()
            .map(|i| {
                let mut part = vec![ring[i]];
                let solved = self.refine(ring[i], ring[(i + 1) % ring.len()], 12, &mut part);
                (part, solved)
            })
            .collect();
        let solved = parts.iter().all(|(_, solved)| *solved);
        (parts.into_iter().flat_map(|(part, _)| part).collect(), solved)
    }

    fn refine(&self, a: LonLat, b: LonLat, splits_left: u32, part: &mut Vec<LonLat>) -> bool {
        let [x, y] = offset_m(a, b);
        // A short chord is farthest off in its middle; a long one may wind.
        let shares: &[f64] = if x.hypot(y) < WINDING_M { &[0.5] } else { &[0.5, 0.25, 0.75] };
        let worst = shares
            .iter()
            .map(|&share| between(a, b, share))
            .map(|p| (self.beyond(p), p))
            .max_by(|one, other| one.0.abs().total_cmp(&other.0.abs()));
        let Some((beyond, p)) = worst.filter(|(beyond, _)| beyond.abs() > CHORD_M) else {
            return true;
        };
        let place = if beyond > 0.0 { self.towards_tip(p, a, b) } else { None };
        match place.or_else(|| self.onto_contour(p)).filter(|_| splits_left > 0) {
            Some(place) => {
                let before = self.refine(a, place, splits_left - 1, part);
                part.push(place);
                self.refine(place, b, splits_left - 1, part) && before
            }
            None => false,
        }
    }

    /// From a chord across a notch of the contour towards its tip: halfway
    /// between the ways to the feet of the chord's ends, where the distance
    /// falls by the cosine of half the angle between them.
    fn towards_tip(&self, from: LonLat, a: LonLat, b: LonLat) -> Option<LonLat> {
        let way = |end: LonLat| {
            let azimuth = inverse(from, self.line.locate(end).foot).azimuth_start.to_radians();
            [azimuth.sin(), azimuth.cos()]
        };
        let ([ax, ay], [bx, by]) = (way(a), way(b));
        let (x, y) = (0.5 * (ax + bx), 0.5 * (ay + by));
        let cosine = x.hypot(y);
        if cosine < 0.02 {
            return None;
        }
        let (azimuth, mut along_m) = (x.atan2(y).to_degrees(), 0.0);
        for _ in 0..12 {
            let place = direct(from, azimuth, along_m);
            let beyond = self.beyond(place);
            if beyond.abs() < ON_CONTOUR_M {
                return Some(place);
            }
            along_m += beyond / cosine;
        }
        None
    }

    /// The place on the contour straight across the line's from `p`. Towards the
    /// line one step leads there; away from it another foot may become the
    /// nearer one, which is then stepped from.
    fn onto_contour(&self, mut p: LonLat) -> Option<LonLat> {
        for _ in 0..12 {
            let found = self.line.locate(p);
            if (found.distance_m - self.at_m).abs() < ON_CONTOUR_M {
                return Some(p);
            }
            if found.distance_m < 0.1 * self.at_m {
                return None;
            }
            p = direct(found.foot, inverse(found.foot, p).azimuth_start, self.at_m);
        }
        None
    }
}

fn corners((i, k): Node) -> [Node; 4] {
    [(i, k), (i + 1, k), (i + 1, k + 1), (i, k + 1)]
}

/// The place a share of the way from one to another, straight in degrees.
pub(super) fn between(a: LonLat, b: LonLat, share: f64) -> LonLat {
    let mix = |a: f64, b: f64| a + share * (b - a);
    LonLat::folded(mix(a.lon(), b.lon()), mix(a.lat(), b.lat()))
}

/// Metres east and north of `from`, on the sphere; for lengths of a few
/// kilometres.
pub(super) fn offset_m(from: LonLat, to: LonLat) -> [f64; 2] {
    let cos = from.lat().to_radians().cos();
    [(to.lon() - from.lon()) * cos * 111_320.0, (to.lat() - from.lat()) * 111_000.0]
}

/// How far `p` is from the straight edge `a` to `b`, metres, and the share of
/// the edge where it is nearest.
pub(super) fn off_edge_m(p: LonLat, a: LonLat, b: LonLat) -> (f64, f64) {
    let ([bx, by], [px, py]) = (offset_m(a, b), offset_m(a, p));
    let norm = bx * bx + by * by;
    let share = if norm > 0.0 { ((px * bx + py * by) / norm).clamp(0.0, 1.0) } else { 0.0 };
    ((px - share * bx).hypot(py - share * by), share)
}

/// A ring without the vertices that it can spare (Douglas and Peucker 1973,
/// Cartographica 10, 112–122), each half between the first vertex and the
/// farthest from it on its own.
fn thinned(ring: &[LonLat]) -> Vec<LonLat> {
    let Some(&first) = ring.first() else { return Vec::new() };
    let far = |p: &LonLat| {
        let [x, y] = offset_m(first, *p);
        x.hypot(y)
    };
    let opposite = (0..ring.len()).max_by(|&a, &b| far(&ring[a]).total_cmp(&far(&ring[b])));
    let opposite = opposite.unwrap_or(0);
    let closed: Vec<LonLat> = ring.iter().copied().chain([first]).collect();
    let mut kept = vec![false; closed.len()];
    let mut spans = vec![(0, opposite), (opposite, ring.len())];
    while let Some((from, to)) = spans.pop() {
        (kept[from], kept[to]) = (true, true);
        let off = |i: usize| off_edge_m(closed[i], closed[from], closed[to]).0;
        let worst = (from + 1..to).map(|i| (off(i), i)).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, i)) = worst.filter(|(off, _)| *off > THINNING_M) {
            spans.extend([(from, i), (i, to)]);
        }
    }
    let mut rest: Vec<LonLat> = Vec::new();
    for (i, &p) in ring.iter().enumerate() {
        let long = rest.last().is_some_and(|&last| {
            let [x, y] = offset_m(last, p);
            x.hypot(y) > LONGEST_EDGE_M
        });
        if kept[i] || long {
            rest.push(p);
        }
    }
    rest
}
