//! The zone polygons cut to the window, and the window of the two countries: their
//! areas and what lies between their layers along the line.

use crate::caught::caught;
use crate::geodesy::{LonLat, Segment, direct, ring_area_m2};
use crate::index::{SNAP_REACH_M, StudyIndex};
use geo::{
    BooleanOps, Coord, LineString, MultiPolygon, Orient, Polygon, orient::Direction, unary_union,
};

/// Pieces below a hectare are left over where two layers draw one edge.
const SLIVER_M2: f64 = 10_000.0;

/// The zones within some ground. `None` when the overlay fails.
pub(super) fn clip(
    zones: [Vec<MultiPolygon<f64>>; 2],
    ground: impl Fn() -> MultiPolygon<f64>,
) -> Option<[Vec<MultiPolygon<f64>>; 2]> {
    // The overlay has panicked on rings that cross themselves: a layer of
    // somebody's may hold such.
    caught(|| {
        let ground = ground();
        let whole = |polygon: &Polygon<f64>| {
            let ring = polygon.exterior().coords().map(|c| LonLat::folded(c.x, c.y));
            ring_area_m2(ring).abs() > SLIVER_M2
        };
        let cut = |zone: MultiPolygon<f64>| {
            let mut cut = zone.intersection(&ground).orient(Direction::Default);
            cut.0.retain(whole);
            cut
        };
        zones.map(|side| side.into_iter().map(cut).collect())
    })
}

/// The first-level areas, or the second-level ones where there are none, and
/// the gaps along the line; `beside` is what lies within the snapping reach of
/// the line on its left and right.
pub(super) fn countries(index: &StudyIndex, beside: &[MultiPolygon<f64>; 2]) -> MultiPolygon<f64> {
    let layer = if index.provinces.areas.is_empty() { &index.districts } else { &index.provinces };
    let mut caps = MultiPolygon::new(Vec::new());
    for part in index.border.parts() {
        if let ([start, after, ..], [.., before, end]) = (&part[..], &part[..]) {
            caps.0.push(cap(*start, Segment::new(*start, *after).azimuth + 180.0));
            caps.0.push(cap(*end, Segment::new(*before, *end).azimuth_end));
        }
    }
    let gaps = beside[0].union(&beside[1]).difference(&unary_union(caps.iter()));
    let areas = layer.areas.iter().flat_map(|area| area.shape.iter());
    unary_union(areas.chain(gaps.iter()))
}

/// The half disc beyond an end of the line: there is a third country.
fn cap(end: LonLat, heading: f64) -> Polygon<f64> {
    let ring = (0..=36).map(|i| {
        let p = direct(end, heading + 90.0 - 5.0 * f64::from(i), 1.05 * SNAP_REACH_M);
        Coord { x: p.lon(), y: p.lat() }
    });
    let mut ring: LineString<f64> = ring.collect();
    ring.close();
    Polygon::new(ring, Vec::new())
}
