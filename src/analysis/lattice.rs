//! The cells that a surface is evaluated on, and the points that
//! reach it, sorted by the cell they lie in.

use super::kernel::Kernel;
use std::ops::Range;

/// Marks the place of a crowded cell.
const CROWDED: u32 = 1 << 31;

/// Square cells in a plane, row by row from the north-western corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    /// Western edge, metres.
    pub west_m: f64,
    /// Northern edge, metres.
    pub north_m: f64,
    /// Side of a cell, metres.
    pub cell_m: f64,
    /// Cells across.
    pub columns: usize,
    /// Cells down.
    pub rows: usize,
}

impl Lattice {
    /// The centre of a cell, metres.
    pub fn centre(&self, column: usize, row: usize) -> (f64, f64) {
        (
            self.west_m + (column as f64 + 0.5) * self.cell_m,
            self.north_m - (row as f64 + 0.5) * self.cell_m,
        )
    }
}

/// A weight at a place of the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mass {
    /// East, metres.
    pub x_m: f64,
    /// North, metres.
    pub y_m: f64,
    /// How much.
    pub weight: f64,
}

/// From so many points on, a cell is treated as one.
pub const CROWD: u32 = 4;

/// The points that reach a lattice, in units of cells: the centre of the cell
/// in column i and row j lies at (i, j). Points in crowded cells stand apart
/// from the others; both are sorted by row, then by column.
pub struct Sorted {
    /// Points that stand for themselves.
    pub single: Points,
    /// Where those of each row begin, the first row being `margin` rows above
    /// the lattice; one more for the end.
    starts: Vec<usize>,
    margin: usize,
    /// Points in crowded cells, a run for each; runs are made even with points
    /// of no weight. Coordinates are from the centre of their cell.
    pub crowded: Points,
    /// The crowded cells.
    pub crowds: Vec<Crowd>,
    /// Where those of each row of the lattice begin; one more for the end.
    crowd_starts: Vec<usize>,
}

/// Places and weights, in columns.
#[derive(Default)]
pub struct Points {
    /// Column coordinate.
    pub x: Vec<f64>,
    /// Row coordinate, growing to the south.
    pub y: Vec<f64>,
    /// Weight.
    pub w: Vec<f64>,
}

/// A cell with many points.
pub struct Crowd {
    /// Column of the cell.
    pub column: usize,
    /// Row of the cell.
    pub row: usize,
    /// Its points among the crowded.
    pub points: Range<usize>,
}

impl Points {
    /// Room for more, without weight.
    fn grow(&mut self, by: usize) {
        for column in [&mut self.x, &mut self.y, &mut self.w] {
            column.resize(column.len() + by, 0.0);
        }
    }

    fn set(&mut self, i: usize, x: f64, y: f64, w: f64) {
        self.x[i] = x;
        self.y[i] = y;
        self.w[i] = w;
    }
}

impl Sorted {
    /// Sorts points; those further from the lattice than the kernel reaches
    /// are left out, as are those without weight. Crowds are told apart only
    /// if asked for.
    pub fn new(
        points: &[Mass],
        lattice: &Lattice,
        kernel: Kernel,
        bandwidth_m: f64,
        crowds: bool,
    ) -> Sorted {
        let reach = kernel.reach() * bandwidth_m / lattice.cell_m;
        let (columns, rows) = (lattice.columns as f64, lattice.rows as f64);
        let at = |p: &Mass| {
            (
                (p.x_m - lattice.west_m) / lattice.cell_m - 0.5,
                (lattice.north_m - p.y_m) / lattice.cell_m - 0.5,
            )
        };
        // Rows above and below that hold points; beyond the size of a lattice
        // they are many and share one place.
        let margin = reach.ceil().min(rows) as usize + 1;
        // One more column on either side for points beyond.
        let across = lattice.columns + 2;
        let down = lattice.rows + 2 * margin;
        let row_of = |y: f64| (y + 0.5 + margin as f64).clamp(0.0, down as f64 - 1.0) as usize;
        let column_of = |x: f64| (x + 1.5).clamp(0.0, columns + 1.0) as usize;
        let near = |x: f64, y: f64, w: f64| {
            w != 0.0
                && x > -reach
                && y > -reach
                && x < columns - 1.0 + reach
                && y < rows - 1.0 + reach
        };
        // First by row, then by column within it: counters for all cells at
        // once would not fit the processor's caches.
        let mut starts = vec![0usize; down + 1];
        for p in points {
            let (x, y) = at(p);
            if near(x, y, p.weight) {
                starts[row_of(y) + 1] += 1;
            }
        }
        for row in 0..down {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut by_row = vec![[0.0; 3]; starts[down]];
        for p in points {
            let (x, y) = at(p);
            if near(x, y, p.weight) {
                let slot = &mut next[row_of(y)];
                by_row[*slot] = [x, y, p.weight];
                *slot += 1;
            }
        }
        let mut sorted = Sorted {
            single: Points::default(),
            starts: Vec::with_capacity(down + 1),
            margin,
            crowded: Points::default(),
            crowds: Vec::new(),
            crowd_starts: Vec::with_capacity(lattice.rows + 1),
        };
        let mut slots = vec![0u32; across];
        for row in 0..down {
            let inside = row >= margin && row < margin + lattice.rows;
            sorted.starts.push(sorted.single.x.len());
            if inside {
                sorted.crowd_starts.push(sorted.crowds.len());
            }
            let points = &by_row[starts[row]..starts[row + 1]];
            if points.is_empty() {
                continue;
            }
            slots.fill(0);
            for [x, _, _] in points {
                slots[column_of(*x)] += 1;
            }
            // From counts to where the next point of each cell goes.
            let (first_single, first_crowded) = (sorted.single.x.len(), sorted.crowded.x.len());
            let (mut singles, mut crowded) = (0u32, 0u32);
            for (column, count) in slots.iter_mut().enumerate() {
                let here = *count;
                let crowd =
                    crowds && here >= CROWD && inside && (1..=lattice.columns).contains(&column);
                if crowd {
                    *count = crowded | CROWDED;
                    let even = here.next_multiple_of(2);
                    let from = first_crowded + crowded as usize;
                    sorted.crowds.push(Crowd {
                        column: column - 1,
                        row: row - margin,
                        points: from..from + even as usize,
                    });
                    crowded += even;
                } else {
                    *count = singles;
                    singles += here;
                }
            }
            sorted.single.grow(singles as usize);
            sorted.crowded.grow(crowded as usize);
            for [x, y, w] in points {
                let slot = &mut slots[column_of(*x)];
                let to = (*slot & !CROWDED) as usize;
                if *slot & CROWDED == 0 {
                    sorted.single.set(first_single + to, *x, *y, *w);
                } else {
                    let (column, row) = ((x + 0.5).floor(), (y + 0.5).floor());
                    sorted.crowded.set(first_crowded + to, x - column, y - row, *w);
                }
                *slot += 1;
            }
        }
        sorted.starts.push(sorted.single.x.len());
        sorted.crowd_starts.push(sorted.crowds.len());
        sorted
    }

    /// The single points that may lie within `reach` cells of a row.
    pub fn near_row(&self, row: usize, reach: f64) -> Range<usize> {
        self.near_rows(row, row, reach)
    }

    /// The single points that may lie within `reach` cells of some rows.
    pub fn near_rows(&self, first: usize, last: usize, reach: f64) -> Range<usize> {
        let rows = self.starts.len() - 1;
        let reach = (reach + 0.5).ceil().min(rows as f64) as usize;
        let from = (first + self.margin).saturating_sub(reach);
        let to = (last + self.margin + reach + 1).min(rows);
        // The outermost rows stand for all beyond them.
        self.starts[from]..self.starts[to]
    }

    /// The crowds that may lie within `reach` cells of a row.
    pub fn crowds_near(&self, row: usize, reach: f64) -> Range<usize> {
        let rows = self.crowd_starts.len() - 1;
        let reach = (reach + 0.5).ceil().min(rows as f64) as usize;
        let from = row.saturating_sub(reach);
        let to = (row + reach + 1).min(rows);
        self.crowd_starts[from]..self.crowd_starts[to]
    }
}
