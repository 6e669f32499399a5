//! Fills the grid: edges into the cells they cross, and winding numbers of the
//! cells' middles, row by row.

use super::{Cell, Cells, Crossed, EMPTY, Edge};
use crate::model::Area;
use geo::LinesIter;

/// Cells for each edge, and at most.
const CELLS_PER_EDGE: usize = 2;
const MOST_CELLS: usize = 1 << 20;

/// Times that edges may lie in cells: so many, and for each edge so many more.
const MOST_TOUCHES: usize = 1 << 22;
const TOUCHES_PER_EDGE: usize = 8;

/// Positions in cells are good to 1e-11; an edge this near a cell, in cells,
/// counts as crossing it.
pub(super) const MARGIN: f64 = 1e-6;

/// An edge in a cell.
#[derive(Clone, Copy)]
struct Touch {
    cell: u32,
    area: u32,
    edge: u32,
}

/// Touches, those of a cell beside each other.
struct ByCell {
    /// Where each cell's touches begin; one more at the end.
    starts: Vec<u32>,
    touches: Vec<Touch>,
}

impl ByCell {
    fn of(&self, cell: u32) -> &[Touch] {
        let cell = cell as usize;
        &self.touches[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
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
        steps.sort_unstable();
        cells.fill(&all, &cells.by_cell(&touches), &steps);
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
        let mut count = (all.len() * CELLS_PER_EDGE).clamp(16, MOST_CELLS) as f64;
        let grid = |count: f64| {
            let columns = (count * width / height).sqrt().clamp(1.0, count).ceil();
            let rows = (count / columns).ceil().max(1.0);
            (columns, rows, (columns / width, rows / height))
        };
        // Where edges are long and many, each would lie in hundreds of cells.
        let touches = |(across, up): (f64, f64)| -> f64 {
            let crossed = |e: &Edge| {
                2.0 + (e.to.x - e.from.x).abs() * across + (e.to.y - e.from.y).abs() * up
            };
            all.iter().map(|(_, edge)| crossed(edge)).sum()
        };
        let most = (MOST_TOUCHES + all.len() * TOUCHES_PER_EDGE) as f64;
        while count > 16.0 && touches(grid(count).2) > most {
            count = (count / 4.0).max(16.0);
        }
        let (columns, rows, per_degree) = grid(count);
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

    /// Touches cell by cell, those of a cell in the order of areas and edges, in
    /// which they come.
    fn by_cell(&self, touches: &[Touch]) -> ByCell {
        let mut starts = vec![0_u32; self.columns as usize * self.rows as usize + 1];
        for touch in touches {
            starts[touch.cell as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut sorted = vec![Touch { cell: 0, area: 0, edge: 0 }; touches.len()];
        for touch in touches {
            let place = &mut next[touch.cell as usize];
            sorted[*place as usize] = *touch;
            *place += 1;
        }
        ByCell { starts, touches: sorted }
    }

    /// Fills the cells row by row.
    fn fill(&mut self, all: &[(u32, Edge)], touches: &ByCell, steps: &[Step]) {
        self.numbers = vec![0; self.columns as usize * self.rows as usize];
        let mut steps = steps;
        let mut windings: Vec<(u32, u32, u32, i32)> = Vec::new();
        for row in 0..self.rows {
            let count = steps.partition_point(|s| s.row <= row);
            let (here, rest) = steps.split_at(count);
            steps = rest;
            runs(here, self.columns, &mut windings);
            self.fill_row(row, all, touches, &windings);
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
        touches: &ByCell,
        runs: &[(u32, u32, u32, i32)],
    ) {
        let mut open: Vec<(u32, u32, i32)> = Vec::new();
        let mut next = 0;
        // The content of the cell before, if it holds as long as nothing changes.
        let mut last: Option<u32> = None;
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
            let here = touches.of(cell);
            if here.is_empty() {
                let number = match last {
                    Some(number) if !changed => number,
                    _ => {
                        whole.clear();
                        whole.extend(open.iter().map(|(area, ..)| *area));
                        self.content(&whole, 0)
                    }
                };
                last = Some(number);
                self.numbers[cell as usize] = number;
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
            whole.clear();
            whole.extend(open.iter().map(|o| o.0).filter(held));
            self.numbers[cell as usize] = self.content(&whole, self.crossed.len() as u32 - crossed);
            last = None;
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
