//! [`Cells`]: which areas hold a position, by a grid whose cells know the
//! answer but for the edges that cross them.

mod fill;

use crate::geodesy::{Extent, LonLat};
use fill::MARGIN;
use geo::Coord;
use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};

/// A straight edge in degrees.
#[derive(Clone, Copy)]
struct Edge {
    from: Coord<f64>,
    to: Coord<f64>,
}

/// An area whose edges cross a cell.
struct Crossed {
    area: u32,
    /// Winding number of the area's rings round the cell's middle.
    winding: i32,
    /// Its edges there: a range of `Cells::edges`.
    edges: (u32, u32),
}

/// What a cell holds: areas that hold it whole, areas that cross it, as ranges
/// of `Cells::whole` and `Cells::crossed`.
#[derive(Clone, Copy, PartialEq)]
struct Cell {
    whole: (u32, u32),
    crossed: (u32, u32),
}

const EMPTY: Cell = Cell { whole: (0, 0), crossed: (0, 0) };

/// A regular grid over the layer.
///
/// # Why it is exact
/// An area holds a position when its rings wind round it, all rings together,
/// and no edge runs through it. From the middle of the position's cell, whose
/// winding number is known, the way leads up or down and then along the
/// parallel to the position. Both stretches lie in the cell, so only edges that
/// cross the cell cross them, and each adds what it changes. Whether a place
/// lies left of an edge is told exactly; places on an edge count as moved a
/// hair to the east and a smaller one to the north, so that every edge is
/// crossed or not and never touched.
pub(super) struct Cells {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    /// Cells a degree, along each axis.
    per_degree: (f64, f64),
    columns: u32,
    rows: u32,
    /// Number of each cell's content, row by row from the south-west.
    numbers: Vec<u32>,
    contents: Vec<Cell>,
    whole: Vec<u32>,
    crossed: Vec<Crossed>,
    edges: Vec<Edge>,
}

impl Edge {
    /// Whether a place, moved a hair to the east and a smaller one to the
    /// north, lies left of the edge.
    fn has_left(&self, p: Coord<f64>) -> bool {
        match RobustKernel::orient2d(self.from, self.to, p) {
            Orientation::CounterClockwise => true,
            Orientation::Clockwise => false,
            Orientation::Collinear if self.to.y != self.from.y => self.to.y < self.from.y,
            Orientation::Collinear => self.to.x > self.from.x,
        }
    }

    fn runs_through(&self, p: Coord<f64>) -> bool {
        let between = |a: f64, b: f64, x: f64| (a <= x && x <= b) || (b <= x && x <= a);
        between(self.from.y, self.to.y, p.y)
            && between(self.from.x, self.to.x, p.x)
            && RobustKernel::orient2d(self.from, self.to, p) == Orientation::Collinear
    }

    /// Whether the edge has ends on both sides of the parallel a hair north.
    fn passes_parallel(&self, y: f64) -> bool {
        (self.from.y > y) != (self.to.y > y)
    }

    /// Whether the edge has ends on both sides of the meridian a hair east.
    fn passes_meridian(&self, x: f64) -> bool {
        (self.from.x > x) != (self.to.x > x)
    }
}

impl Cells {
    /// A place in cells from the south-west corner.
    fn in_cells(&self, p: Coord<f64>) -> (f64, f64) {
        ((p.x - self.west) * self.per_degree.0, (p.y - self.south) * self.per_degree.1)
    }

    fn middle(&self, column: u32, row: u32) -> Coord<f64> {
        Coord {
            x: self.west + (f64::from(column) + 0.5) / self.per_degree.0,
            y: self.south + (f64::from(row) + 0.5) / self.per_degree.1,
        }
    }

    /// Hands on every area that holds a position, in no order.
    #[inline]
    pub fn each(&self, p: LonLat, mut take: impl FnMut(usize)) {
        let p = Coord { x: p.lon(), y: p.lat() };
        if !(p.x >= self.west && p.x <= self.east && p.y >= self.south && p.y <= self.north) {
            return;
        }
        let (x, y) = self.in_cells(p);
        let column = (x as u32).min(self.columns - 1);
        let row = (y as u32).min(self.rows - 1);
        let cell = self.contents[self.numbers[(row * self.columns + column) as usize] as usize];
        for area in &self.whole[cell.whole.0 as usize..cell.whole.1 as usize] {
            take(*area as usize);
        }
        for crossed in &self.crossed[cell.crossed.0 as usize..cell.crossed.1 as usize] {
            if self.holds(crossed, p, self.middle(column, row)) {
                take(crossed.area as usize);
            }
        }
    }

    /// Whether all cells that an extent touches lie wholly in an area.
    pub fn holds_box(&self, area: usize, extent: &Extent) -> bool {
        if extent.west < self.west
            || extent.east > self.east
            || extent.south < self.south
            || extent.north > self.north
        {
            return false;
        }
        let (west, south) = self.in_cells(Coord { x: extent.west, y: extent.south });
        let (east, north) = self.in_cells(Coord { x: extent.east, y: extent.north });
        // A hair wider, for the rounding of the cells' edges.
        let (first, last) = (|x: f64| (x - MARGIN).max(0.0) as u32, |x: f64| (x + MARGIN) as u32);
        let rows = first(south)..=last(north).min(self.rows - 1);
        rows.into_iter().all(|row| {
            (first(west)..=last(east).min(self.columns - 1)).all(|column| {
                let number = self.numbers[(row * self.columns + column) as usize];
                let whole = self.contents[number as usize].whole;
                self.whole[whole.0 as usize..whole.1 as usize].contains(&(area as u32))
            })
        })
    }

    /// Whether an area that crosses a cell holds a position in it.
    fn holds(&self, crossed: &Crossed, p: Coord<f64>, middle: Coord<f64>) -> bool {
        let corner = Coord { x: middle.x, y: p.y };
        let mut winding = crossed.winding;
        for edge in &self.edges[crossed.edges.0 as usize..crossed.edges.1 as usize] {
            if edge.runs_through(p) {
                return false;
            }
            if edge.passes_meridian(middle.x) {
                winding += i32::from(edge.has_left(corner)) - i32::from(edge.has_left(middle));
            }
            if edge.passes_parallel(p.y) {
                winding += i32::from(edge.has_left(p)) - i32::from(edge.has_left(corner));
            }
        }
        winding != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Area;
    use geo::algorithm::indexed::IntervalTreeMultiPolygon;
    use geo::{Contains, LineString, MultiPolygon, Polygon};

    fn area(shape: MultiPolygon<f64>) -> Area {
        Area { country: "X".into(), province: "p".into(), district: None, code: None, shape }
    }

    fn numbers(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    /// A star with a hole, its vertices on a coarse grid so that positions
    /// fall on edges, vertices and their extensions.
    fn star(next: &mut impl FnMut() -> f64) -> MultiPolygon<f64> {
        let middle = (next() * 8.0, next() * 8.0);
        let grid = |x: f64| (x * 16.0).round() / 16.0;
        let mut ring = |reach: f64, turn: f64| -> LineString<f64> {
            let count = 5 + (next() * 40.0) as usize;
            let corners: Vec<(f64, f64)> = (0..count)
                .map(|i| {
                    let angle = turn * i as f64 / count as f64 * std::f64::consts::TAU;
                    let r = reach * (0.6 + 0.4 * next());
                    (grid(middle.0 + r * angle.cos()), grid(middle.1 + r * angle.sin()))
                })
                .collect();
            LineString::from(corners)
        };
        let outer = ring(2.0, 1.0);
        let hole = ring(0.8, -1.0);
        MultiPolygon(vec![Polygon::new(outer, vec![hole])])
    }

    #[test]
    fn cells_agree_with_an_interval_tree_on_edges_and_off() {
        let mut next = numbers(3);
        for _ in 0..20 {
            let areas: Vec<Area> = (0..12).map(|_| area(star(&mut next))).collect();
            let trees: Vec<_> =
                areas.iter().map(|a| IntervalTreeMultiPolygon::new(&a.shape)).collect();
            let cells = Cells::new(&areas);
            for i in 0..3_000 {
                let (mut x, mut y) = (next() * 12.0 - 2.0, next() * 12.0 - 2.0);
                if i % 2 == 0 {
                    // The tree takes -0 for another latitude than 0.
                    (x, y) = ((x * 16.0).round() / 16.0 + 0.0, (y * 16.0).round() / 16.0 + 0.0);
                }
                let mut found = Vec::new();
                cells.each(LonLat::new(x, y).unwrap(), |area| found.push(area));
                found.sort_unstable();
                let point = geo::Point::new(x, y);
                let expected: Vec<usize> =
                    (0..areas.len()).filter(|&a| trees[a].contains(&point)).collect();
                assert_eq!(found, expected, "{x} {y}");
            }
        }
    }

    #[test]
    fn a_layer_without_areas_holds_nothing() {
        let cells = Cells::new(&[]);
        cells.each(LonLat::new(0.0, 0.0).unwrap(), |_| panic!("nothing is here"));
    }
}
