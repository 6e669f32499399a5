//! [`Edges`]: the nearest place by Karney's solution, for the points that the
//! fast way leaves in doubt.

use crate::geodesy::{
    Intercept, LonLat, Segment, Vector, dot, inverse, least_geodesic, minus, spot, turn,
};
use rstar::{AABB, PointDistance, RTree, RTreeObject};

/// Whole edges in a tree over Earth-centred boxes.
///
/// # Why no edge is lost
/// A straight line in space is never longer than the geodesic between its
/// ends. Every place X on an edge from A to B of length L has
/// |AX| + |XB| ≤ L in straight lines, so the edge lies in the ellipsoid of
/// revolution with foci A and B and major axis L. That ellipsoid lies in the
/// tree's box (its exact extent along each axis) and within the capsule of
/// radius `b` = √(L² − |AB|²)/2 round the chord AB (at the tips the reach
/// beyond a focus is the semi-latus rectum b²/a ≤ b). So the distance from a
/// point to the box, and to the chord less `b`, never exceed the straight
/// distance from the point to the edge, and [`least_geodesic`] of it never the
/// geodesic one. Edges come in the order of that bound and the search ends
/// when the bound passes the best geodesic distance found. An edge in between
/// is left out when its start is farther than its length and that distance.
pub(super) struct Edges {
    tree: RTree<Edge>,
}

struct Edge {
    number: usize,
    start: Vector,
    end: Vector,
    /// Radius of the capsule that holds the edge.
    bulge_m: f64,
    envelope: AABB<Vector>,
}

/// Rounding of Earth-centred coordinates is below a nanometre a term; a
/// micrometre covers every sum made of them.
const ROUNDING_M: f64 = 1e-6;

impl Edge {
    fn new(number: usize, segment: &Segment) -> Edge {
        let (start, end) = (spot(segment.start).place, spot(segment.end).place);
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
    type Envelope = AABB<Vector>;

    fn envelope(&self) -> AABB<Vector> {
        self.envelope
    }
}

impl PointDistance for Edge {
    /// Square of a distance that never exceeds the straight one.
    fn distance_2(&self, point: &Vector) -> f64 {
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

fn distance_2(a: &Vector, b: &Vector) -> f64 {
    let between = minus(a, b);
    dot(&between, &between)
}

impl Edges {
    pub fn new(segments: &[Segment]) -> Edges {
        let edges = segments.iter().enumerate().map(|(i, s)| Edge::new(i, s)).collect();
        Edges { tree: RTree::bulk_load(edges) }
    }

    /// The nearest edge and the place on it. Of several equally near, the one
    /// of the smallest number.
    pub fn nearest(&self, segments: &[Segment], point: LonLat) -> Option<(usize, Intercept)> {
        let origin = spot(point).place;
        let mut best: Option<(usize, Intercept)> = None;
        for (edge, bound_2) in self.tree.nearest_neighbor_iter_with_distance_2(origin) {
            let segment = &segments[edge.number];
            if let Some((_, found)) = &best {
                if least_geodesic(bound_2.sqrt()) > found.distance_m + ROUNDING_M {
                    break;
                }
                if leads_away(segment, found) || out_of_reach(segment, point, found.distance_m) {
                    continue;
                }
            }
            take_nearer(&mut best, segments, edge.number, point);
        }
        best
    }
}

/// Looks at one more edge. Neighbours share a vertex: a rounding error must
/// not decide between them.
pub(super) fn take_nearer(
    best: &mut Option<(usize, Intercept)>,
    segments: &[Segment],
    edge: usize,
    point: LonLat,
) {
    let other = segments[edge].intercept(point);
    let taken = best.as_ref().is_none_or(|(number, found)| {
        let nearer_m = found.distance_m - other.distance_m;
        nearer_m > 1e-9 || (nearer_m >= -1e-9 && edge < *number)
    });
    if taken {
        *best = Some((edge, other));
    }
}

/// Whether an edge is so short that its start, seen from the point, tells that
/// nothing on it is nearer.
fn out_of_reach(segment: &Segment, point: LonLat, distance_m: f64) -> bool {
    segment.length_m < 0.1 * distance_m
        && inverse(point, segment.start).distance_m - segment.length_m > distance_m + ROUNDING_M
}

/// Whether an edge starts or ends at the foot found and leads away from the
/// point: then nothing on it is nearer than the vertex they share.
fn leads_away(edge: &Segment, found: &Intercept) -> bool {
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
