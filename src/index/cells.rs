//! [`Cells`]: which areas hold a position, by a grid whose cells know the
//! answer but for the edges that cross them.

use crate::geodesy::LonLat;
use crate::model::Area;
use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, LinesIter};

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

/// Cells for each edge, and at most.
const CELLS_PER_EDGE: usize = 2;
const MOST_CELLS: usize = 1 << 20;

/// Positions in cells are good to 1e-11; an edge this near a cell, in cells,
/// counts as crossing it.
const MARGIN: f64 = 1e-6;

/// An edge in a cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Touch {
    cell: u32,
    area: u32,
    edge: u32,
}

/// Where, going east through the middles of a row, an area's winding number
/// changes: from column `column` on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    row: u32,
    area: u32,
    column: u32,
    change: i32,
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
    pub fn new(areas: &[Area]) -> Cells {
        let mut all: Vec<(u32, Edge)> = Vec::new();
        for (area, a) in areas.iter().enumerate() {
            let edges = a.shape.lines_iter().map(|l| Edge { from: l.start, to: l.end });
            all.extend(edges.map(|edge| (area as u32, edge)));
        }
        let mut cells = Cells::blank(&all);
        let (mut touches, mut steps) = (Vec::new(), Vec::new());
        for (number, (area, edge)) in all.iter().enumerate() {
            cells.touched(edge, |cell| {
                touches.push(Touch { cell, area: *area, edge: number as u32 });
            });
            cells.steps(edge, |row, column, change| {
                steps.push(Step { row, area: *area, column, change });
            });
        }
        touches.sort_unstable();
        steps.sort_unstable();
        cells.fill(&all, &touches, &steps);
        cells
    }

    /// The grid over some edges, nothing in it.
    fn blank(all: &[(u32, Edge)]) -> Cells {
        let (mut west, mut south) = (f64::INFINITY, f64::INFINITY);
        let (mut east, mut north) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
        for (_, edge) in all {
            west = west.min(edge.from.x);
            south = south.min(edge.from.y);
            east = east.max(edge.from.x);
            north = north.max(edge.from.y);
        }
        let (width, height) = ((east - west).max(1e-9), (north - south).max(1e-9));
        let count = (all.len() * CELLS_PER_EDGE).clamp(16, MOST_CELLS) as f64;
        let columns = (count * width / height).sqrt().clamp(1.0, count).ceil();
        let rows = (count / columns).ceil().max(1.0);
        let per_degree = (columns / width, rows / height);
        let (columns, rows) = (columns as u32, rows as u32);
        Cells {
            west,
            south,
            east,
            north,
            per_degree,
            columns,
            rows,
            numbers: Vec::new(),
            contents: vec![EMPTY],
            whole: Vec::new(),
            crossed: Vec::new(),
            edges: Vec::new(),
        }
    }

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

    /// Every cell that an edge crosses or comes within [`MARGIN`] of.
    fn touched(&self, edge: &Edge, mut take: impl FnMut(u32)) {
        let (a, b) = (self.in_cells(edge.from), self.in_cells(edge.to));
        let along = |low: f64, high: f64, count: u32| {
            let first = (low - MARGIN).max(0.0) as u32;
            let last = ((high + MARGIN).max(0.0) as u32).min(count - 1);
            first.min(count - 1)..=last
        };
        for row in along(a.1.min(b.1), a.1.max(b.1), self.rows) {
            // The stretch of the edge in this row, as shares of the edge.
            let rise = b.1 - a.1;
            let (mut x0, mut x1) = (a.0, b.0);
            if rise.abs() > MARGIN {
                let at = |y: f64| a.0 + (b.0 - a.0) * ((y - a.1) / rise).clamp(0.0, 1.0);
                x0 = at(f64::from(row) - MARGIN);
                x1 = at(f64::from(row + 1) + MARGIN);
            }
            for column in along(x0.min(x1), x0.max(x1), self.columns) {
                take(row * self.columns + column);
            }
        }
    }

    /// The rows whose middles an edge passes, the first column whose middle
    /// lies east of it, and what it changes the winding number there by.
    fn steps(&self, edge: &Edge, mut take: impl FnMut(u32, u32, i32)) {
        let (a, b) = (self.in_cells(edge.from), self.in_cells(edge.to));
        let first = (a.1.min(b.1) - 1.0).max(0.0) as u32;
        let last = (a.1.max(b.1).max(0.0) as u32).min(self.rows - 1);
        for row in first..=last {
            let y = self.middle(0, row).y;
            if !edge.passes_parallel(y) {
                continue;
            }
            let up = edge.to.y > edge.from.y;
            // Going east one leaves the left of an edge that runs north.
            let is_west = |column: u32| edge.has_left(self.middle(column, row)) == up;
            let share = (f64::from(row) + 0.5 - a.1) / (b.1 - a.1);
            let guess = (a.0 + (b.0 - a.0) * share.clamp(0.0, 1.0)).max(0.0) as u32;
            let mut column = guess.min(self.columns);
            while column > 0 && !is_west(column - 1) {
                column -= 1;
            }
            while column < self.columns && is_west(column) {
                column += 1;
            }
            if column < self.columns {
                take(row, column, if up { -1 } else { 1 });
            }
        }
    }

    /// Fills the cells row by row.
    fn fill(&mut self, all: &[(u32, Edge)], touches: &[Touch], steps: &[Step]) {
        self.numbers = vec![0; self.columns as usize * self.rows as usize];
        let (mut touches, mut steps) = (touches, steps);
        let mut windings: Vec<(u32, u32, u32, i32)> = Vec::new();
        for row in 0..self.rows {
            let count = steps.partition_point(|s| s.row <= row);
            let (here, rest) = steps.split_at(count);
            steps = rest;
            runs(here, self.columns, &mut windings);
            let end = (row + 1) * self.columns;
            let count = touches.partition_point(|t| t.cell < end);
            let (here, rest) = touches.split_at(count);
            touches = rest;
            self.fill_row(row, all, here, &windings);
        }
        self.whole.shrink_to_fit();
        self.edges.shrink_to_fit();
    }

    /// Fills one row from its edges and the runs of winding numbers, each as
    /// first column, area, column after the last, number.
    fn fill_row(
        &mut self,
        row: u32,
        all: &[(u32, Edge)],
        mut touches: &[Touch],
        runs: &[(u32, u32, u32, i32)],
    ) {
        let mut open: Vec<(u32, u32, i32)> = Vec::new();
        let mut next = 0;
        let mut last: (Vec<u32>, u32) = (Vec::new(), 0);
        let mut whole = Vec::new();
        for column in 0..self.columns {
            let opened = open.len();
            open.retain(|(_, end, _)| *end > column);
            let mut changed = open.len() != opened;
            while let Some((_, area, end, winding)) = runs.get(next).filter(|r| r.0 <= column) {
                open.push((*area, *end, *winding));
                next += 1;
                changed = true;
            }
            let cell = row * self.columns + column;
            let count = touches.partition_point(|t| t.cell == cell);
            let (here, rest) = touches.split_at(count);
            touches = rest;
            if here.is_empty() {
                if changed || column == 0 {
                    whole.clear();
                    whole.extend(open.iter().map(|(area, ..)| *area));
                }
                if whole != last.0 || column == 0 {
                    last = (whole.clone(), self.content(&whole, 0));
                }
                self.numbers[cell as usize] = last.1;
                continue;
            }
            let crossed = self.crossed.len() as u32;
            for of_area in here.chunk_by(|a, b| a.area == b.area) {
                let area = of_area[0].area;
                let winding = open.iter().filter(|o| o.0 == area).map(|o| o.2).sum();
                let start = self.edges.len() as u32;
                self.edges.extend(of_area.iter().map(|t| all[t.edge as usize].1));
                let edges = (start, self.edges.len() as u32);
                self.crossed.push(Crossed { area, winding, edges });
            }
            let held = |area: &u32| here.binary_search_by_key(area, |t| t.area).is_err();
            whole = open.iter().map(|o| o.0).filter(held).collect();
            self.numbers[cell as usize] = self.content(&whole, self.crossed.len() as u32 - crossed);
            // The next cell's list is another one.
            last.0 = vec![u32::MAX];
            whole.clear();
            whole.extend(open.iter().map(|(area, ..)| *area));
        }
    }

    /// The number of a content with these areas whole and the last so many
    /// crossed.
    fn content(&mut self, whole: &[u32], crossed: u32) -> u32 {
        if whole.is_empty() && crossed == 0 {
            return 0;
        }
        let start = self.whole.len() as u32;
        self.whole.extend_from_slice(whole);
        let end = self.crossed.len() as u32;
        self.contents
            .push(Cell { whole: (start, self.whole.len() as u32), crossed: (end - crossed, end) });
        self.contents.len() as u32 - 1
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

/// The runs of middles of a row that an area's rings wind round, from its
/// steps: first column, area, column after the last, winding number; sorted.
fn runs(steps: &[Step], columns: u32, runs: &mut Vec<(u32, u32, u32, i32)>) {
    runs.clear();
    for of_area in steps.chunk_by(|a, b| a.area == b.area) {
        let mut winding = 0;
        for (i, step) in of_area.iter().enumerate() {
            winding += step.change;
            let end = of_area.get(i + 1).map_or(columns, |next| next.column);
            if winding != 0 && end > step.column {
                runs.push((step.column, step.area, end, winding));
            }
        }
    }
    runs.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;
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
