//! Areas of the buffer zones, by side, inside the window, on the ellipsoid.
//!
//! A quadtree over longitude and latitude. A cell whose distances to the line
//! all lie in one zone, and that the window's edge does not cross, counts
//! whole, with its exact ellipsoidal area. Cells that are not so are split; the
//! smallest are divided by the signed distances at their corners, taken as
//! linear over each half of the cell. No buffer polygon is involved.

use super::zone_sums::ZoneSums;
use crate::geodesy::{LonLat, cell_area_m2};
use crate::index::{BorderPosition, SNAP_REACH_M, StudyIndex, signed_m};
use crate::model::Side;
use rayon::prelude::*;
use rstar::{AABB, RTree};
use std::collections::BTreeMap;

/// Which ground counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Window {
    /// The districts of the two countries and the gaps between their layers.
    #[default]
    Countries,
    /// Everywhere within the outermost break.
    Everywhere,
}

impl Window {
    /// The word in options and provenance.
    pub fn word(self) -> &'static str {
        match self {
            Window::Countries => "countries",
            Window::Everywhere => "none",
        }
    }
}

/// Areas by side, km².
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneAreas {
    /// For left and right: the area of each zone, from the line outwards.
    pub zones_km2: [Vec<f64>; 2],
    /// For left and right: the whole side; `None` where the window has no end.
    pub whole_km2: Option<[f64; 2]>,
}

/// Side of the root cells, degrees.
const ROOT_DEG: f64 = 0.5;
/// How often a root cell may be halved: 0.5°/2⁷ is about 430 m.
const DEPTH: u32 = 7;

/// The areas of the zones between the breaks (metres, ascending, above zero).
///
/// # Accuracy
/// The whole sides add up to the districts' own areas to a few parts in 10⁵
/// and single zones agree with a run on cells half as wide to 2 parts in 10⁴
/// (tests/zones.rs).
pub fn zone_areas(index: &StudyIndex, breaks_m: &[f64], window: Window) -> ZoneAreas {
    zone_areas_to_depth(index, breaks_m, window, DEPTH)
}

/// As [`zone_areas`], with root cells halved so many times.
pub fn zone_areas_to_depth(
    index: &StudyIndex,
    breaks_m: &[f64],
    window: Window,
    depth: u32,
) -> ZoneAreas {
    let outline = match window {
        Window::Countries => RTree::bulk_load(outline(index)),
        Window::Everywhere => RTree::new(),
    };
    let task = Task { index, breaks_m, window, outline: &outline };
    let sums: Vec<ZoneSums> = task
        .roots()
        .into_par_iter()
        .map(|cell| {
            let mut sums = ZoneSums::new(breaks_m.len());
            task.add(cell, depth, &mut sums);
            sums
        })
        .collect();
    // One after the other in the order of the cells: the same on any number of threads.
    let mut total = ZoneSums::new(breaks_m.len());
    for sums in &sums {
        total.add(sums);
    }
    let km2 = |side: usize| total.m2[side][..breaks_m.len()].iter().map(|m2| m2 / 1e6).collect();
    let whole = |side: usize| total.m2[side].iter().sum::<f64>() / 1e6;
    ZoneAreas {
        zones_km2: [km2(0), km2(1)],
        whole_km2: (window == Window::Countries).then(|| [whole(0), whole(1)]),
    }
}

#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl Cell {
    pub fn point(&self, x: f64, y: f64) -> LonLat {
        LonLat::folded(
            self.west + x * (self.east - self.west),
            self.south + y * (self.north - self.south),
        )
    }

    pub fn quarters(&self) -> [Cell; 4] {
        let (x, y) = (0.5 * (self.west + self.east), 0.5 * (self.south + self.north));
        [
            Cell { east: x, north: y, ..*self },
            Cell { west: x, north: y, ..*self },
            Cell { east: x, south: y, ..*self },
            Cell { west: x, south: y, ..*self },
        ]
    }

    pub fn area_m2(&self) -> f64 {
        cell_area_m2(self.west, self.south, self.east, self.north)
    }

    fn box_of(&self) -> AABB<[f64; 2]> {
        AABB::from_corners([self.west, self.south], [self.east, self.north])
    }

    /// No place of the cell is farther from its centre: half the diagonal, with
    /// the longest degrees there are, 111.7 km of latitude (at the poles) and
    /// 111.33 km times the cosine, 1.0034 for the flattening, of longitude.
    pub fn radius_m(&self) -> f64 {
        let equatorward = if self.south > 0.0 { self.south } else { -self.north }.max(0.0);
        let height = (self.north - self.south) * 111_700.0;
        let width = (self.east - self.west) * 111_330.0 * 1.0034 * equatorward.to_radians().cos();
        0.5 * height.hypot(width)
    }
}

struct Task<'a> {
    index: &'a StudyIndex,
    breaks_m: &'a [f64],
    window: Window,
    outline: &'a RTree<OutlineEdge>,
}

impl Task<'_> {
    /// Root cells over the window, or over the line and the outermost break.
    fn roots(&self) -> Vec<Cell> {
        let reach_deg = self.breaks_m.last().copied().unwrap_or(0.0) / 110_500.0;
        let line = self.index.border.parts().iter().flatten().copied();
        let mut bounds = crate::geodesy::Extent::around(line).map(|e| {
            let cos = e.north.abs().max(e.south.abs()).to_radians().cos().max(0.05);
            e.grown(reach_deg / cos + ROOT_DEG, reach_deg + ROOT_DEG)
        });
        if self.window == Window::Countries {
            let corners = self.outline.iter().flat_map(|e| e.corners());
            bounds = crate::geodesy::Extent::around(corners);
        }
        let Some(bounds) = bounds else { return Vec::new() };
        let first = |x: f64| (x / ROOT_DEG).floor() as i64;
        let last = |x: f64| (x / ROOT_DEG).ceil() as i64;
        let mut cells = Vec::new();
        for row in first(bounds.south)..last(bounds.north) {
            for column in first(bounds.west)..last(bounds.east) {
                let (west, south) = (column as f64 * ROOT_DEG, row as f64 * ROOT_DEG);
                cells.push(Cell { west, south, east: west + ROOT_DEG, north: south + ROOT_DEG });
            }
        }
        cells
    }

    fn add(&self, cell: Cell, splits_left: u32, sums: &mut ZoneSums) {
        let centre = cell.point(0.5, 0.5);
        let position = self.index.line.locate(centre);
        let crossed = self.crossed(&cell);
        if !crossed && !self.counts(centre, &position) {
            return;
        }
        let radius_m = cell.radius_m();
        let (near, far) = (position.distance_m - radius_m, position.distance_m + radius_m);
        let beyond = self.breaks_m.last().is_none_or(|&last| near > last);
        if beyond && self.window == Window::Everywhere {
            return;
        }
        let one_zone = near > 0.0 && !self.breaks_m.iter().any(|&b| (near..=far).contains(&b));
        if one_zone && splits_left > 0 && self.two_sided(&cell, &position) {
            for quarter in cell.quarters() {
                self.add(quarter, splits_left - 1, sums);
            }
        } else if one_zone && near > SNAP_REACH_M {
            // One side and one zone, and too far from the line for it to say
            // what belongs to the window: only the polygons do.
            let m2 = self.area_held(&cell, crossed, splits_left, &position);
            sums.m2[side_number(position.side)][self.zone(position.distance_m)] += m2;
        } else if one_zone && !crossed {
            sums.m2[side_number(position.side)][self.zone(position.distance_m)] += cell.area_m2();
        } else if splits_left > 1 {
            for quarter in cell.quarters() {
                self.add(quarter, splits_left - 1, sums);
            }
        } else {
            self.divide(&cell, sums);
        }
    }

    /// Whether a cell that the line does not cross has places on both sides.
    /// Beyond an end the line is thought to go on, and where it hooks back the
    /// sides meet halfway between two of its edges.
    fn two_sided(&self, cell: &Cell, position: &BorderPosition) -> bool {
        let side_of = |(x, y)| self.index.line.locate(cell.point(x, y)).side;
        let mut corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].into_iter();
        corners.any(|c| side_of(c) != position.side)
    }

    /// The part of a cell that the window holds, m², where every place of the
    /// cell lies as `position` does.
    fn area_held(
        &self,
        cell: &Cell,
        crossed: bool,
        splits_left: u32,
        position: &BorderPosition,
    ) -> f64 {
        if !crossed {
            let held = self.counts(cell.point(0.5, 0.5), position);
            return if held { cell.area_m2() } else { 0.0 };
        }
        if splits_left > 0 {
            let part = |quarter: Cell| {
                self.area_held(&quarter, self.crossed(&quarter), splits_left - 1, position)
            };
            return cell.quarters().map(part).iter().sum();
        }
        cell.area_m2() * share(cell, |p| self.counts(p, position))
    }

    fn crossed(&self, cell: &Cell) -> bool {
        self.outline.locate_in_envelope_intersecting(cell.box_of()).next().is_some()
    }

    fn zone(&self, distance_m: f64) -> usize {
        self.breaks_m.partition_point(|&b| b <= distance_m)
    }

    /// Whether a place that lies at `position` belongs to the window.
    fn counts(&self, p: LonLat, position: &BorderPosition) -> bool {
        self.window == Window::Everywhere
            || self.index.held(&self.index.districts, p, position, None).is_some()
    }

    /// As [`Task::counts`]; the line is asked only in gaps, where it matters.
    fn counts_somewhere(&self, p: LonLat) -> bool {
        self.window == Window::Everywhere
            || !self.index.districts.index.containing(p).is_empty()
            || self.counts(p, &self.index.line.locate(p))
    }

    /// Divides the quarters of a cell by the signed distances at their corners.
    fn divide(&self, cell: &Cell, sums: &mut ZoneSums) {
        let signed = |x, y| {
            let found = self.index.line.locate(cell.point(x, y));
            signed_m(found.distance_m, found.side)
        };
        let row = |y| [signed(0.0, y), signed(0.5, y), signed(1.0, y)];
        let at = [row(0.0), row(0.5), row(1.0)];
        for (number, quarter) in cell.quarters().iter().enumerate() {
            let held = if self.crossed(quarter) {
                share(quarter, |p| self.counts_somewhere(p))
            } else {
                f64::from(u8::from(self.counts_somewhere(quarter.point(0.5, 0.5))))
            };
            if held > 0.0 {
                let (x, y) = (number % 2, number / 2);
                let corners = [at[y][x], at[y][x + 1], at[y + 1][x + 1], at[y + 1][x]];
                self.divide_linearly(corners, held * quarter.area_m2(), sums);
            }
        }
    }

    /// Divides an area by the signed distances at the corners of its cell,
    /// counter-clockwise from the south-west, linear over each half of it.
    fn divide_linearly(&self, [a, b, c, d]: [f64; 4], m2: f64, sums: &mut ZoneSums) {
        for triangle in [[a, b, c], [a, c, d]] {
            sums.add_part((triangle, 0.5 * m2), self.breaks_m);
        }
    }
}

/// The share of a cell's places, of a lattice of 16, that meet a condition.
fn share(cell: &Cell, meets: impl Fn(LonLat) -> bool) -> f64 {
    const N: usize = 4;
    let at = |k: usize| (k as f64 + 0.5) / N as f64;
    let met = (0..N * N).filter(|i| meets(cell.point(at(i % N), at(i / N)))).count();
    met as f64 / (N * N) as f64
}

fn side_number(side: Option<Side>) -> usize {
    match side {
        Some(Side::Right) => 1,
        _ => 0,
    }
}

/// An edge of the districts that has no neighbour: the window's own edge.
struct OutlineEdge([f64; 2], [f64; 2]);

impl rstar::RTreeObject for OutlineEdge {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> AABB<[f64; 2]> {
        AABB::from_points([&self.0, &self.1])
    }
}

impl OutlineEdge {
    fn corners(&self) -> [LonLat; 2] {
        [LonLat::folded(self.0[0], self.0[1]), LonLat::folded(self.1[0], self.1[1])]
    }
}

/// Edges that occur once among the districts. In a layer that is a coverage
/// these are its outline; in one that is not, more edges only mean more work.
fn outline(index: &StudyIndex) -> Vec<OutlineEdge> {
    let mut seen: BTreeMap<[u64; 4], u32> = BTreeMap::new();
    let each = |visit: &mut dyn FnMut([f64; 2], [f64; 2], [u64; 4])| {
        for area in &index.districts.areas {
            for polygon in &area.shape {
                for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                    for line in ring.lines() {
                        let (a, b) = ([line.start.x, line.start.y], [line.end.x, line.end.y]);
                        let (first, second) = if a <= b { (a, b) } else { (b, a) };
                        let key = [first[0], first[1], second[0], second[1]].map(f64::to_bits);
                        visit(a, b, key);
                    }
                }
            }
        }
    };
    each(&mut |_, _, key| *seen.entry(key).or_default() += 1);
    let mut edges = Vec::new();
    each(&mut |a, b, key| {
        if seen.get(&key) == Some(&1) {
            edges.push(OutlineEdge(a, b));
        }
    });
    edges
}
