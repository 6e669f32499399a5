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
    fn of(len: usize) -> Points {
        Points { x: vec![0.0; len], y: vec![0.0; len], w: vec![0.0; len] }
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
        let place = |x: f64, y: f64| {
            let row = (y + 0.5 + margin as f64).clamp(0.0, down as f64 - 1.0) as usize;
            let column = (x + 1.5).clamp(0.0, columns + 1.0) as usize;
            row * across + column
        };
        let near = |x: f64, y: f64, w: f64| {
            w != 0.0
                && x > -reach
                && y > -reach
                && x < columns - 1.0 + reach
                && y < rows - 1.0 + reach
        };
        let mut next = vec![0u32; down * across];
        for p in points {
            let (x, y) = at(p);
            if near(x, y, p.weight) {
                next[place(x, y)] += 1;
            }
        }
        // From counts to where the next point of each cell goes.
        let (mut singles, mut crowded) = (0u32, 0u32);
        let mut starts = Vec::with_capacity(down + 1);
        let mut crowd_starts = Vec::with_capacity(lattice.rows + 1);
        let mut cells = Vec::new();
        for (row, counts) in next.chunks_mut(across).enumerate() {
            starts.push(singles as usize);
            let inside = row >= margin && row < margin + lattice.rows;
            if inside {
                crowd_starts.push(cells.len());
            }
            for (column, count) in counts.iter_mut().enumerate() {
                let here = *count;
                let crowd =
                    crowds && here >= CROWD && inside && (1..=lattice.columns).contains(&column);
                if crowd {
                    *count = crowded | CROWDED;
                    let even = here.next_multiple_of(2);
                    cells.push(Crowd {
                        column: column - 1,
                        row: row - margin,
                        points: crowded as usize..(crowded + even) as usize,
                    });
                    crowded += even;
                } else {
                    *count = singles;
                    singles += here;
                }
            }
        }
        starts.push(singles as usize);
        crowd_starts.push(cells.len());
        let mut sorted = Sorted {
            single: Points::of(singles as usize),
            starts,
            margin,
            crowded: Points::of(crowded as usize),
            crowds: cells,
            crowd_starts,
        };
        for p in points {
            let (x, y) = at(p);
            if near(x, y, p.weight) {
                let slot = &mut next[place(x, y)];
                let to = (*slot & !CROWDED) as usize;
                if *slot & CROWDED == 0 {
                    sorted.single.set(to, x, y, p.weight);
                } else {
                    let (column, row) = ((x + 0.5).floor(), (y + 0.5).floor());
                    sorted.crowded.set(to, x - column, y - row, p.weight);
                }
                *slot += 1;
            }
        }
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
