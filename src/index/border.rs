//! [`BorderIndex`]: the nearest place on the border, exact.

use crate::geodesy::{LonLat, Segment, ecef, turn};
use crate::model::{Border, Side};
use rstar::{AABB, PointDistance, RTree, RTreeObject};

/// A position told by the border: how far along, how far off, on which side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BorderPosition {
    /// Geodesic distance to the foot, metres.
    pub distance_m: f64,
    /// Side; `None` within half a millimetre of the line.
    pub side: Option<Side>,
    /// Distance along the border from its start to the foot, metres.
    pub chainage_m: f64,
    /// The nearest place on the border.
    pub foot: LonLat,
}

/// Closer than this a point counts as on the line: distances are written to
/// the millimetre.
const ON_LINE_M: f64 = 0.0005;

/// Feet closer than this to a vertex are that vertex when the side is decided.
const AT_VERTEX_M: f64 = 1e-4;

/// The border's edges in a tree over Earth-centred boxes.
///
/// # Why no edge is lost
/// A straight line in space is never longer than the geodesic between its
/// ends. Every place X on an edge from A to B of length L has
/// |AX| + |XB| ≤ L in straight lines, so the edge lies in the ellipsoid of
/// revolution with foci A and B and major axis L. That ellipsoid lies in the
/// tree's box (its exact extent along each axis) and within the capsule of
/// radius `b` = √(L² − |AB|²)/2 round the chord AB (at the tips the reach
/// beyond a focus is the semi-latus rectum b²/a ≤ b). So the distance from a
/// point to the box, and to the chord less `b`, never exceed the geodesic
/// distance from the point to the edge. Edges come in the order of that bound
/// and the search ends when the bound passes the best geodesic distance found.
pub struct BorderIndex {
    tree: RTree<Edge>,
    segments: Vec<Segment>,
    /// Chainage of each segment's start.
    starts_m: Vec<f64>,
    /// Whether a segment continues the one before it.
    continues: Vec<bool>,
    length_m: f64,
}

struct Edge {
    number: usize,
    start: [f64; 3],
    end: [f64; 3],
    /// Radius of the capsule that holds the edge.
    bulge_m: f64,
    envelope: AABB<[f64; 3]>,
}

/// Rounding of Earth-centred coordinates is below a nanometre a term; a
/// micrometre covers every sum made of them.
const ROUNDING_M: f64 = 1e-6;

impl Edge {
    fn new(number: usize, segment: &Segment) -> Edge {
        let (start, end) = (ecef(segment.start), ecef(segment.end));
        let chord = distance_2(&start, &end).sqrt();
        let length = segment.length_m.max(chord);
        let bulge_m = 0.5 * (length * length - chord * chord).max(0.0).sqrt() + ROUNDING_M;
        let (a2, b2) = (0.25 * length * length, bulge_m * bulge_m);
        let (mut lower, mut upper) = ([0.0; 3], [0.0; 3]);
        for k in 0..3 {
            let along = if chord > 0.0 { (end[k] - start[k]) / chord } else { 0.0 };
            let reach = (a2 * along * along + b2 * (1.0 - along * along)).sqrt() + ROUNDING_M;
            let middle = 0.5 * (start[k] + end[k]);
            lower[k] = middle - reach;
            upper[k] = middle + reach;
        }
        Edge { number, start, end, bulge_m, envelope: AABB::from_corners(lower, upper) }
    }
}

impl RTreeObject for Edge {
    type Envelope = AABB<[f64; 3]>;

    fn envelope(&self) -> AABB<[f64; 3]> {
        self.envelope
    }
}

impl PointDistance for Edge {
    /// Square of a distance that never exceeds the geodesic one.
    fn distance_2(&self, point: &[f64; 3]) -> f64 {
        let chord = minus(&self.end, &self.start);
        let norm = dot(&chord, &chord);
        let to_point = minus(point, &self.start);
        let t = if norm > 0.0 { (dot(&to_point, &chord) / norm).clamp(0.0, 1.0) } else { 0.0 };
        let on_chord = [0, 1, 2].map(|k| self.start[k] + t * chord[k]);
        let bound = (distance_2(point, &on_chord).sqrt() - self.bulge_m - ROUNDING_M).max(0.0);
        // Both bounds hold; the tree needs the box's not to be the larger.
        (bound * bound).max(rstar::Envelope::distance_2(&self.envelope, point))
    }
}

fn minus(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn distance_2(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let between = minus(a, b);
    dot(&between, &between)
}

impl BorderIndex {
    /// Indexes every edge of the border.
    pub fn new(border: &Border) -> BorderIndex {
        let (mut segments, mut starts_m, mut continues) = (Vec::new(), Vec::new(), Vec::new());
        let mut length_m = 0.0;
        for part in border.parts() {
            for (i, pair) in part.windows(2).enumerate() {
                let [start, end] = [pair[0], pair[1]];
                let segment = Segment::new(start, end);
                starts_m.push(length_m);
                continues.push(i > 0);
                length_m += segment.length_m;
                segments.push(segment);
            }
        }
        let edges = segments.iter().enumerate().map(|(i, s)| Edge::new(i, s)).collect();
        BorderIndex { tree: RTree::bulk_load(edges), segments, starts_m, continues, length_m }
    }

    /// Length of the border, metres.
    pub fn length_m(&self) -> f64 {
        self.length_m
    }

    /// The place at a chainage in metres, kept on the line.
    pub fn at(&self, chainage_m: f64) -> LonLat {
        let after = self.starts_m.partition_point(|&start| start <= chainage_m);
        let number = after.saturating_sub(1);
        self.segments[number].at(chainage_m - self.starts_m[number]).0
    }

    /// The nearest place on the border. Of several equally near, the one of
    /// the smallest chainage; a vertex belongs to either edge, which is the
    /// same chainage.
    ///
    /// # Accuracy
    /// The distance is within 1 µm of Karney's solution minimised over all
    /// edges for points within 5,000 km (tests/distance.rs).
    pub fn locate(&self, point: LonLat) -> BorderPosition {
        let origin = ecef(point);
        let mut best: Option<(usize, crate::geodesy::Intercept)> = None;
        for (edge, bound_2) in self.tree.nearest_neighbor_iter_with_distance_2(origin) {
            if let Some((number, found)) = &best {
                if bound_2.sqrt() > found.distance_m + ROUNDING_M {
                    break;
                }
                if self.leads_away(edge.number, found) {
                    continue;
                }
                let other = self.segments[edge.number].intercept(point);
                // Neighbours share a vertex: a rounding error must not decide.
                let nearer = other.distance_m < found.distance_m - 1e-9;
                let tied = (other.distance_m - found.distance_m).abs() <= 1e-9;
                if nearer || (tied && edge.number < *number) {
                    best = Some((edge.number, other));
                }
            } else {
                best = Some((edge.number, self.segments[edge.number].intercept(point)));
            }
        }
        #[allow(clippy::expect_used)] // a border has an edge: Border::new refuses others
        let (number, found) = best.expect("a border has at least one edge");
        let side = (found.distance_m >= ON_LINE_M).then(|| self.side(number, &found, point));
        BorderPosition {
            distance_m: found.distance_m,
            side,
            chainage_m: self.starts_m[number] + found.along_m,
            foot: found.foot,
        }
    }

    /// Whether an edge starts or ends at the foot found and leads away from the
    /// point: then nothing on it is nearer than the vertex they share.
    fn leads_away(&self, number: usize, found: &crate::geodesy::Intercept) -> bool {
        let edge = &self.segments[number];
        let away = if edge.start == found.foot {
            edge.azimuth
        } else if edge.end == found.foot {
            edge.azimuth_end + 180.0
        } else {
            return false;
        };
        // A quarter turn and a little: beyond it the edge cannot come back
        // within an edge's length, near as the point is.
        found.distance_m < 1e6 && turn(away, found.azimuth_to_point).abs() > 91.0
    }

    /// On an edge the side is the sign of the turn towards the point. At a
    /// vertex between two edges it is left when the point is seen within the
    /// angle left of the line there, which the sign of neither edge tells. At
    /// an end of the line the last edge is thought to go on.
    fn side(&self, number: usize, found: &crate::geodesy::Intercept, point: LonLat) -> Side {
        let segment = &self.segments[number];
        let (before, after) = if found.along_m < AT_VERTEX_M {
            (self.before(number), number)
        } else if found.along_m > segment.length_m - AT_VERTEX_M {
            (number, self.after(number))
        } else {
            (number, number)
        };
        if before == after {
            let left = turn(found.azimuth_along, found.azimuth_to_point) < 0.0;
            return if left { Side::Left } else { Side::Right };
        }
        let vertex = self.segments[after].start;
        let to_point = crate::geodesy::inverse(vertex, point).azimuth_start;
        let out = self.segments[after].azimuth;
        let back = self.segments[before].azimuth_end + 180.0;
        // Clockwise from the way out, the right side comes first and ends at the way back.
        let right_angle = (back - out).rem_euclid(360.0);
        if (to_point - out).rem_euclid(360.0) < right_angle { Side::Right } else { Side::Left }
    }

    fn before(&self, number: usize) -> usize {
        if self.continues[number] { number - 1 } else { number }
    }

    fn after(&self, number: usize) -> usize {
        match self.continues.get(number + 1) {
            Some(true) => number + 1,
            _ => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    fn border(points: &[(f64, f64)]) -> Border {
        let part = points.iter().map(|&(lon, lat)| at(lon, lat)).collect();
        Border::new("line", "L", "R", vec![part]).unwrap()
    }

    #[test]
    fn side_at_a_sharp_vertex_is_told_by_both_edges() {
        // A spike to the north: the line goes up and comes back beside itself.
        let index = BorderIndex::new(&border(&[
            (70.0, 34.0),
            (70.5, 34.0),
            (70.5005, 34.2),
            (70.501, 34.0),
            (71.0, 34.0),
        ]));
        // Beyond the tip the foot is the vertex; travelling east, north is left.
        for (lon, lat) in [(70.5005, 34.3), (70.48, 34.22), (70.52, 34.22)] {
            let found = index.locate(at(lon, lat));
            assert_eq!(found.side, Some(Side::Left), "{lon} {lat}");
            assert!((found.foot.lat() - 34.2).abs() < 1e-6);
        }
        assert_eq!(index.locate(at(70.5005, 34.1)).side, Some(Side::Right));
        assert_eq!(index.locate(at(70.3, 33.9)).side, Some(Side::Right));
    }

    #[test]
    fn reversing_the_line_swaps_sides_and_keeps_distances() {
        let mut points = vec![(70.0, 34.0), (70.4, 34.3), (70.5, 33.9), (71.2, 34.4)];
        let forward = BorderIndex::new(&border(&points));
        points.reverse();
        let backward = BorderIndex::new(&border(&points));
        for i in 0..200 {
            let p = at(69.5 + f64::from(i % 20) * 0.11, 33.5 + f64::from(i / 20) * 0.13);
            let (a, b) = (forward.locate(p), backward.locate(p));
            assert!((a.distance_m - b.distance_m).abs() < 1e-8);
            assert_eq!(a.side, b.side.map(Side::other));
            assert!((a.chainage_m + b.chainage_m - forward.length_m()).abs() < 1e-3);
        }
    }

    #[test]
    fn a_point_on_the_line_has_no_side() {
        let index = BorderIndex::new(&border(&[(70.0, 34.0), (71.0, 34.5)]));
        let on = index.at(40_000.0);
        let found = index.locate(on);
        assert_eq!(found.side, None);
        assert!((found.chainage_m - 40_000.0).abs() < 1e-3);
    }
}
