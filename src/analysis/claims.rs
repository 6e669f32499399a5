//! Which polygons claim the ground of a cell, as rings cut to it.

use super::ring_clip::{Ring, kept_all};
use crate::caught::caught;
use crate::geodesy::planar_ring_area_m2;
use crate::model::Side;
use geo::algorithm::bool_ops::FillRule;
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Orient, Polygon, orient::Direction};

/// A polygon's ground in a cell, degrees.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// Which sum it counts for.
    pub label: usize,
    /// The side of the line that its country has.
    pub side: Option<Side>,
    /// Open rings, exteriors counter-clockwise and holes clockwise, edges
    /// straight in longitude and latitude.
    pub rings: Vec<Ring>,
}

impl Claim {
    /// The part where a linear function is not below nought; `None` when nothing
    /// is left.
    pub fn kept(&self, height: impl Fn([f64; 2]) -> f64) -> Option<Claim> {
        let rings = kept_all(&self.rings, height);
        (!rings.is_empty()).then_some(Claim { rings, ..*self })
    }

    pub fn area_m2(&self) -> f64 {
        self.rings.iter().map(|ring| planar_ring_area_m2(ring)).sum()
    }
}

/// The parts of claims on either side of a meridian (axis 0) or parallel.
pub(super) fn halved(claims: &[Claim], axis: usize, at: f64) -> [Vec<Claim>; 2] {
    let part =
        |sign: f64| claims.iter().filter_map(move |c| c.kept(|p| sign * (p[axis] - at))).collect();
    [part(-1.0), part(1.0)]
}

/// Open rings of a polygon.
pub(super) fn rings_of(shape: &MultiPolygon<f64>) -> Vec<Ring> {
    let rings = shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings
        .map(|ring| {
            let mut open: Ring = ring.coords().map(|c| [c.x, c.y]).collect();
            open.pop();
            open
        })
        .collect()
}

/// The ground of claims by their label, each place once: what several claim is
/// the first one's. `cell_m2` is the area of the cell that they lie in. `None`
/// when the overlay fails.
pub(super) fn each_once(claims: &[&Claim], cell_m2: f64) -> Option<Vec<(usize, Vec<Ring>)>> {
    let as_they_are = || claims.iter().map(|c| (c.label, c.rings.clone())).collect();
    if claims.len() < 2 || is_whole(claims, cell_m2) {
        return Some(as_they_are());
    }
    // The overlay has panicked on rings that cross themselves.
    caught(|| {
        let mut parts: Vec<(usize, Vec<Ring>)> = Vec::new();
        let mut taken = MultiPolygon::<f64>::new(Vec::new());
        let one_label = claims.iter().all(|c| c.label == claims[0].label);
        if one_label {
            let all = claims.iter().flat_map(|c| &c.rings);
            return vec![(claims[0].label, rings_of(&wound(all)))];
        }
        for claim in claims {
            let own = wound(claim.rings.iter());
            parts.push((claim.label, rings_of(&own.difference(&taken).orient(Direction::Default))));
            taken = taken.union(&own);
        }
        parts
    })
}

/// Whether claims fill a cell without a gap or an overlap: what both together
/// would leave of its area is not looked for.
pub(super) fn is_whole(claims: &[&Claim], cell_m2: f64) -> bool {
    let sum_m2: f64 = claims.iter().map(|c| c.area_m2()).sum();
    (sum_m2 - cell_m2).abs() <= 1e-9 * cell_m2
}

/// The ground that rings go round counter-clockwise.
fn wound<'a>(rings: impl Iterator<Item = &'a Ring>) -> MultiPolygon<f64> {
    let polygon = |ring: &Ring| {
        let mut ring: LineString<f64> = ring.iter().map(|p| Coord { x: p[0], y: p[1] }).collect();
        ring.close();
        Polygon::new(ring, Vec::new())
    };
    let all = MultiPolygon(rings.map(polygon).collect());
    let nothing = MultiPolygon::<f64>::new(Vec::new());
    all.union_with_fill_rule(&nothing, FillRule::Positive).orient(Direction::Default)
}
