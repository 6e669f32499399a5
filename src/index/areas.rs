//! [`AreaIndex`]: the areas that hold a position, and the nearest when none does.

use super::cells::Cells;
use crate::geodesy::{Extent, LonLat, Segment};
use crate::model::Area;
use geo::BoundingRect;
use rayon::prelude::*;
use rstar::{AABB, RTree, RTreeObject};

/// An area found for a position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Index of the area in the layer.
    pub area: usize,
    /// Geodesic distance to its edge when the position lies outside, metres; 0 inside.
    pub distance_m: f64,
}

/// Areas on a grid of cells that know which areas hold them whole and which
/// edges cross them, and in a tree over their boxes in degrees.
///
/// A position on an edge belongs to no area by the polygons alone; the nearest
/// within reach is then found at distance 0.
pub struct AreaIndex {
    tree: RTree<Boxed>,
    cells: Cells,
    outlines: Vec<Vec<Vec<LonLat>>>,
}

struct Boxed {
    area: usize,
    envelope: AABB<[f64; 2]>,
}

impl RTreeObject for Boxed {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> AABB<[f64; 2]> {
        self.envelope
    }
}

impl AreaIndex {
    /// Indexes a layer.
    pub fn new(areas: &[Area]) -> AreaIndex {
        let boxes = areas
            .iter()
            .enumerate()
            .filter_map(|(area, a)| {
                let r = a.shape.bounding_rect()?;
                let envelope = AABB::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y]);
                Some(Boxed { area, envelope })
            })
            .collect();
        let outline = |ring: &geo::LineString<f64>| -> Vec<LonLat> {
            ring.coords().map(|c| LonLat::folded(c.x, c.y)).collect()
        };
        AreaIndex {
            tree: RTree::bulk_load(boxes),
            cells: Cells::new(areas),
            outlines: areas
                .iter()
                .map(|a| {
                    a.shape
                        .iter()
                        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
                        .map(outline)
                        .collect()
                })
                .collect(),
        }
    }

    /// Every area that holds the position, in the order of the layer. Edges are
    /// straight in longitude and latitude, and a position on an edge or a
    /// vertex lies in neither of the areas beside it.
    ///
    /// # Accuracy
    /// Exact: the orientation of a position to an edge is never rounded
    /// (J. R. Shewchuk 1997, Adaptive precision floating-point arithmetic and
    /// fast robust geometric predicates, Discrete Comput. Geom. 18, 305–363).
    ///
    /// # Complexity
    /// One look into a cell, and where edges cross it, at those edges.
    pub fn containing(&self, p: LonLat) -> Vec<usize> {
        let mut found = Vec::new();
        self.cells.each(p, |area| found.push(area));
        found.sort_unstable();
        found
    }

    /// Hands over every area that holds the position, in no order; nothing is
    /// allocated.
    pub fn each_containing(&self, p: LonLat, each: impl FnMut(usize)) {
        self.cells.each(p, each);
    }

    /// The first area in the layer that holds each position, on all threads.
    ///
    /// Accuracy and complexity are those of [`containing`](Self::containing);
    /// nothing is allocated for a position.
    pub fn first_containing(&self, points: &[LonLat]) -> Vec<Option<usize>> {
        let first = |p: &LonLat| {
            let mut first: Option<usize> = None;
            self.cells.each(*p, |area| first = Some(first.map_or(area, |held| held.min(area))));
            first
        };
        points.par_iter().with_min_len(1 << 12).map(first).collect()
    }

    /// Whether an area surely holds every place of an extent; `false`
    /// where its edges are near.
    pub fn holds_box(&self, area: usize, extent: &Extent) -> bool {
        self.cells.holds_box(area, extent)
    }

    /// The nearest of the areas that `wanted` accepts, within `reach_m` metres.
    ///
    /// # Accuracy
    /// Geodesic to a micrometre, edges taken as geodesics.
    pub fn nearest(
        &self,
        p: LonLat,
        reach_m: f64,
        wanted: impl Fn(usize) -> bool,
    ) -> Option<Found> {
        // 110.5 km is the shortest degree of latitude (at the equator), so the
        // box in degrees is never smaller than the reach.
        let lat_deg = reach_m / 110_500.0;
        let lon_deg = lat_deg / p.lat().to_radians().cos().abs().max(1e-3);
        let within = AABB::from_corners(
            [p.lon() - lon_deg, p.lat() - lat_deg],
            [p.lon() + lon_deg, p.lat() + lat_deg],
        );
        let mut candidates: Vec<usize> = self
            .tree
            .locate_in_envelope_intersecting(within)
            .map(|boxed| boxed.area)
            .filter(|&area| wanted(area))
            .collect();
        candidates.sort_unstable();
        let mut best: Option<Found> = None;
        for area in candidates {
            for ring in &self.outlines[area] {
                for pair in ring.windows(2) {
                    let (a, b) = (pair[0], pair[1]);
                    let misses = a.lon().min(b.lon()) > p.lon() + lon_deg
                        || a.lon().max(b.lon()) < p.lon() - lon_deg
                        || a.lat().min(b.lat()) > p.lat() + lat_deg
                        || a.lat().max(b.lat()) < p.lat() - lat_deg;
                    if misses {
                        continue;
                    }
                    let distance_m = Segment::new(a, b).intercept(p).distance_m;
                    if distance_m <= reach_m && best.is_none_or(|f| distance_m < f.distance_m) {
                        best = Some(Found { area, distance_m });
                    }
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{LineString, MultiPolygon, Polygon};

    fn square(name: &str, west: f64) -> Area {
        let ring =
            vec![(west, 34.0), (west + 1.0, 34.0), (west + 1.0, 35.0), (west, 35.0), (west, 34.0)];
        Area {
            country: "X".into(),
            province: name.into(),
            district: None,
            code: None,
            shape: MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])]),
        }
    }

    #[test]
    fn overlaps_give_both_and_gaps_the_nearest() {
        let areas = [square("a", 70.0), square("b", 70.9), square("c", 71.95)];
        let index = AreaIndex::new(&areas);
        let at = |lon| LonLat::new(lon, 34.5).unwrap();
        assert_eq!(index.containing(at(70.95)), [0, 1]);
        assert!(index.containing(at(71.93)).is_empty());
        let found = index.nearest(at(71.93), 5_000.0, |_| true).unwrap();
        assert_eq!(found.area, 2);
        assert!((found.distance_m - 1837.0).abs() < 5.0, "{}", found.distance_m);
        assert_eq!(index.nearest(at(71.93), 5_000.0, |i| i == 1).unwrap().area, 1);
        assert!(index.nearest(at(71.93), 1_000.0, |_| true).is_none());
    }
}
