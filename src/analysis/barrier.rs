//! A kernel that does not smooth across the line: which side each cell lies
//! on, and how much of a kernel falls on the side of its point.

use super::kernel::Kernel;
use super::lattice::Lattice;
use crate::geodesy::LonLat;
use crate::index::BorderIndex;
use crate::model::Side;
use rayon::prelude::*;
use std::ops::Range;

/// Cells across the largest block that is asked about as a whole.
const BLOCK: usize = 64;

/// The sides of the cells of a lattice and of some more around it.
///
/// A cell lies on the side of its centre; on the line itself it counts to the
/// left. Kept row by row as the columns where the side changes.
pub struct Sides {
    lattice: Lattice,
    /// Rows and columns around the lattice.
    margin: usize,
    rows: Vec<Row>,
}

/// One row of cells: the side of its first, and where it changes.
struct Row {
    first: Side,
    changes: Vec<u32>,
}

/// Parts of a kernel's mass, sums over cells.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// On its point's own side, inside the lattice and outside.
    pub own: f64,
    /// On its point's own side inside the lattice.
    pub own_inside: f64,
    /// Everywhere.
    pub all: f64,
}

/// Of a kernel that does not reach the lattice.
const OUTSIDE: Parts = Parts { own: 1.0, own_inside: 0.0, all: 1.0 };

impl Sides {
    /// Asks the line about cells, by blocks: a block that is further from the
    /// line than its half diagonal, and whose corners agree, lies on one side.
    ///
    /// `place` gives the position of a point in metres; `stretch` is the most
    /// that a distance on the ground may exceed its length in the plane, 0.01
    /// for one per cent.
    pub fn new(
        lattice: &Lattice,
        margin: usize,
        line: &BorderIndex,
        stretch: f64,
        place: impl Fn(f64, f64) -> Option<LonLat> + Sync,
    ) -> Sides {
        let (columns, rows) = (lattice.columns + 2 * margin, lattice.rows + 2 * margin);
        let ask = |column: f64, row: f64| {
            let x = lattice.west_m + (column - margin as f64) * lattice.cell_m;
            let y = lattice.north_m - (row - margin as f64) * lattice.cell_m;
            place(x, y).map_or((Side::Left, 0.0), |at| {
                let found = line.locate(at);
                (found.side.unwrap_or(Side::Left), found.distance_m)
            })
        };
        let asked = Asked { ask, reach: lattice.cell_m * (1.0 + stretch) };
        let of_rows: Vec<Row> = (0..rows.div_ceil(BLOCK))
            .into_par_iter()
            .flat_map_iter(|band| {
                let high = BLOCK.min(rows - band * BLOCK);
                let mut cells = vec![Side::Left; high * columns];
                for column in (0..columns).step_by(BLOCK) {
                    let wide = BLOCK.min(columns - column);
                    let block = [column, band * BLOCK, wide, high];
                    asked.fill(block, &mut |column, row, side| {
                        cells[(row - band * BLOCK) * columns + column] = side;
                    });
                }
                cells.chunks(columns).map(Row::of).collect::<Vec<_>>()
            })
            .collect();
        Sides { lattice: *lattice, margin, rows: of_rows }
    }

    /// The side of a cell of the lattice.
    pub fn of(&self, column: usize, row: usize) -> Side {
        let row = &self.rows[row + self.margin];
        row.at((column + self.margin) as u32)
    }

    /// The sides of a row of the lattice, cell by cell.
    pub fn of_row(&self, row: usize) -> impl Iterator<Item = Side> {
        let row = &self.rows[row + self.margin];
        let mut next = row.changes.iter().peekable();
        let mut side = row.first;
        let (from, to) = (self.margin, self.margin + self.lattice.columns);
        (0..to)
            .map(move |column| {
                if next.next_if(|change| **change as usize == column).is_some() {
                    side = side.other();
                }
                side
            })
            .skip(from)
    }

    /// Adds the stretches of each side in a row of the lattice, longer by `by` cells
    /// at both ends, to the list of that side: the left's first.
    pub(super) fn add_grown(&self, row: usize, by: u32, of_side: &mut [Vec<Range<u32>>; 2]) {
        if row >= self.lattice.rows {
            return;
        }
        let of_row = &self.rows[row + self.margin];
        let (margin, columns) = (self.margin as u32, self.lattice.columns as u32);
        let (mut from, end) = (margin, margin + columns);
        let mut side = of_row.at(from);
        while from < end {
            let to = of_row.next_change(from).min(end);
            let grown = (from - margin).saturating_sub(by)..(to - margin + by).min(columns);
            of_side[usize::from(side == Side::Right)].push(grown);
            (from, side) = (to, side.other());
        }
    }

    /// How a kernel about a point of one side falls on the cells, in shares of
    /// nothing but each other.
    ///
    /// Sums over the centres of cells, as the surface itself is made, so that
    /// the surface keeps the sum it has without a barrier.
    pub fn parts(&self, kernel: Kernel, h_m: f64, at: (f64, f64), side: Side) -> Parts {
        let cell = self.lattice.cell_m;
        let margin = self.margin as f64;
        let x = (at.0 - self.lattice.west_m) / cell - 0.5 + margin;
        let y = (self.lattice.north_m - at.1) / cell - 0.5 + margin;
        let h = h_m / cell;
        let reach = kernel.reach() * h;
        let (across, down) =
            ((self.lattice.columns + 2 * self.margin) as f64, self.rows.len() as f64);
        if x + reach < 0.0 || y + reach < 0.0 || x - reach > across || y - reach > down {
            return OUTSIDE;
        }
        let (top, bottom) = ((y - reach).ceil().max(0.0), (y + reach).floor().min(down - 1.0));
        let (west, east) = ((x - reach).ceil().max(0.0), (x + reach).floor().min(across - 1.0));
        if top > bottom || west > east {
            return OUTSIDE;
        }
        let inside = west >= margin
            && top >= margin
            && east < margin + self.lattice.columns as f64
            && bottom < margin + self.lattice.rows as f64;
        let (from, to) = (west as u32, east as u32 + 1);
        let rows = top as usize..bottom as usize + 1;
        let one_side = self.rows[rows.clone()]
            .iter()
            .all(|row| row.at(from) == side && row.next_change(from) >= to);
        if inside && one_side {
            return Parts { own_inside: 1.0, ..OUTSIDE };
        }
        // A Gaussian is a product: one table of running sums serves all rows.
        let per = -0.5 / (h * h);
        let running: Vec<f64> = match kernel {
            Kernel::Gaussian => std::iter::once(0.0)
                .chain((from..to).scan(0.0, |sum, column| {
                    let dx = f64::from(column) - x;
                    *sum += (per * dx * dx).exp();
                    Some(*sum)
                }))
                .collect(),
            _ => Vec::new(),
        };
        let mut parts = Parts::default();
        for row in rows {
            let dy = row as f64 - y;
            let here = (margin as usize..margin as usize + self.lattice.rows).contains(&row);
            let sum = |a: u32, b: u32| -> f64 {
                if a >= b {
                    0.0
                } else if kernel == Kernel::Gaussian {
                    (per * dy * dy).exp()
                        * (running[(b - from) as usize] - running[(a - from) as usize])
                } else {
                    let value = |column| {
                        let dx = f64::from(column) - x;
                        kernel.value(dx * dx + dy * dy, h)
                    };
                    (a..b).map(value).sum()
                }
            };
            let (edge_west, edge_east) =
                (self.margin as u32, (self.margin + self.lattice.columns) as u32);
            let (mut a, mut now) = (from, self.rows[row].at(from));
            while a < to {
                let b = self.rows[row].next_change(a).min(to);
                if now == side {
                    let own = sum(a, b);
                    parts.own += own;
                    parts.all += own;
                    if here {
                        let (a, b) = (a.clamp(edge_west, edge_east), b.clamp(edge_west, edge_east));
                        parts.own_inside += sum(a, b);
                    }
                } else {
                    parts.all += sum(a, b);
                }
                (a, now) = (b, now.other());
            }
        }
        parts
    }
}

impl Row {
    fn of(cells: &[Side]) -> Row {
        let changes = cells.windows(2).enumerate().filter(|(_, pair)| pair[0] != pair[1]);
        Row { first: cells[0], changes: changes.map(|(i, _)| i as u32 + 1).collect() }
    }

    fn at(&self, column: u32) -> Side {
        let before = self.changes.partition_point(|change| *change <= column);
        if before % 2 == 0 { self.first } else { self.first.other() }
    }

    fn next_change(&self, column: u32) -> u32 {
        let next = self.changes.partition_point(|change| *change <= column);
        self.changes.get(next).copied().unwrap_or(u32::MAX)
    }
}

/// Asks about blocks of cells and, where the answer differs within, about
/// their quarters.
struct Asked<F> {
    ask: F,
    /// The side of a cell on the ground at most, metres.
    reach: f64,
}

impl<F: Fn(f64, f64) -> (Side, f64)> Asked<F> {
    fn fill(
        &self,
        [column, row, wide, high]: [usize; 4],
        set: &mut impl FnMut(usize, usize, Side),
    ) {
        let (x, y) = (column as f64 + 0.5 * wide as f64, row as f64 + 0.5 * high as f64);
        let (side, distance) = (self.ask)(x, y);
        if wide == 1 && high == 1 {
            set(column, row, side);
            return;
        }
        let radius = 0.5 * (wide as f64).hypot(high as f64) * self.reach;
        let corner = |right: bool, below: bool| {
            (self.ask)(
                (column + if right { wide } else { 0 }) as f64,
                (row + if below { high } else { 0 }) as f64,
            )
            .0
        };
        // Beyond an end of the line the sides part at a ray that the distance
        // to the line does not tell of; it cuts off a corner of any block.
        let whole = distance > radius
            && [(false, false), (true, false), (false, true), (true, true)]
                .iter()
                .all(|(right, below)| corner(*right, *below) == side);
        if whole {
            for row in row..row + high {
                for column in column..column + wide {
                    set(column, row, side);
                }
            }
            return;
        }
        let (left, top) = (wide.div_ceil(2), high.div_ceil(2));
        for (row, high) in [(row, top), (row + top, high - top)] {
            for (column, wide) in [(column, left), (column + left, wide - left)] {
                if wide > 0 && high > 0 {
                    self.fill([column, row, wide, high], set);
                }
            }
        }
    }
}
