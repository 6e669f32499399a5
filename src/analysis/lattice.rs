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

    /// A zero for every cell.
    ///
    /// This thread asks the operating system for their memory, page by page:
    /// several that do so at once wait for each other, on a large grid for
    /// longer than its sums take.
    pub(super) fn zeros(&self) -> Vec<f64> {
        const PAGE: usize = 512;
        let mut zeros = vec![0.0; self.columns * self.rows];
        for page in zeros.chunks_mut(PAGE) {
            // A store that is not left out, though there is a zero already.
            page[0] = std::hint::black_box(0.0);
        }
        zeros
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

/// A place in units of cells, eastwards and southwards, and a weight.
pub type Point = [f64; 3];

/// The points that reach a lattice, in units of cells: the centre of the cell
/// in column i and row j lies at (i, j). They are sorted by row; in each row
/// come first those that stand for themselves, by column, then those in crowded
/// cells, cell by cell.
pub struct Sorted {
    points: Vec<Point>,
    /// Where those of each row begin, the first row being `margin` rows above
    /// the lattice; one more for the end.
    starts: Vec<usize>,
    /// Where those of each row that stand for themselves end.
    singles: Vec<usize>,
    margin: usize,
    /// Columns of the lattice.
    columns: usize,
    /// The crowded cells.
    pub crowds: Vec<Crowd>,
    /// Where those of each row of the lattice begin; one more for the end.
    crowd_starts: Vec<usize>,
}

/// A cell with many points.
pub struct Crowd {
    /// Column of the cell.
    pub column: usize,
    /// Row of the cell.
    pub row: usize,
    /// Its points.
    points: Range<usize>,
}

impl Crowd {
    /// A place from the centre of the cell.
    #[inline(always)]
    pub fn centred(&self, x: f64, y: f64) -> (f64, f64) {
        (x - self.column as f64, y - self.row as f64)
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
        let mut all = vec![[0.0; 3]; starts[down]];
        for p in points {
            let (x, y) = at(p);
            if near(x, y, p.weight) {
                let slot = &mut next[row_of(y)];
                all[*slot] = [x, y, p.weight];
                *slot += 1;
            }
        }
        let mut sorted = Sorted {
            points: all,
            singles: Vec::with_capacity(down),
            starts,
            margin,
            columns: lattice.columns,
            crowds: Vec::new(),
            crowd_starts: Vec::with_capacity(lattice.rows + 1),
        };
        let mut slots = vec![0u32; across];
        let mut unsorted = Vec::new();
        for row in 0..down {
            let inside = row >= margin && row < margin + lattice.rows;
            if inside {
                sorted.crowd_starts.push(sorted.crowds.len());
            }
            let first = sorted.starts[row];
            let points = &mut sorted.points[first..sorted.starts[row + 1]];
            if points.is_empty() {
                sorted.singles.push(first);
                continue;
            }
            slots.fill(0);
            for [x, _, _] in points.iter() {
                slots[column_of(*x)] += 1;
            }
            let crowd_at = |column: usize, count: u32| {
                crowds && count >= CROWD && inside && (1..=lattice.columns).contains(&column)
            };
            let is_single = |(column, count): (usize, &u32)| !crowd_at(column, *count);
            let singles: u32 =
                slots.iter().enumerate().filter(|c| is_single(*c)).map(|(_, count)| count).sum();
            sorted.singles.push(first + singles as usize);
            // From counts to where the next point of each cell goes.
            let (mut single, mut crowded) = (0, singles);
            for (column, count) in slots.iter_mut().enumerate() {
                let here = *count;
                if crowd_at(column, here) {
                    *count = crowded | CROWDED;
                    let from = first + crowded as usize;
                    sorted.crowds.push(Crowd {
                        column: column - 1,
                        row: row - margin,
                        points: from..from + here as usize,
                    });
                    crowded += here;
                } else {
                    *count = single;
                    single += here;
                }
            }
            unsorted.clear();
            unsorted.extend_from_slice(points);
            for point in &unsorted {
                let slot = &mut slots[column_of(point[0])];
                points[(*slot & !CROWDED) as usize] = *point;
                *slot += 1;
            }
        }
        sorted.crowd_starts.push(sorted.crowds.len());
        sorted
    }

    /// For each row that may lie within `reach` cells of some rows, the points
    /// that stand for themselves.
    pub fn near_rows(
        &self,
        first: usize,
        last: usize,
        reach: f64,
    ) -> impl Iterator<Item = &[Point]> {
        let rows = self.singles.len();
        let reach = (reach + 0.5).ceil().min(rows as f64) as usize;
        let from = (first + self.margin).saturating_sub(reach);
        let to = (last + self.margin + reach + 1).min(rows);
        // The outermost rows stand for all beyond them.
        let spans = self.starts[from..to].iter().zip(&self.singles[from..to]);
        spans.map(|(from, to)| &self.points[*from..*to])
    }

    /// The same, of points that may lie within `reach` cells of some columns.
    pub fn near(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        reach: f64,
    ) -> impl Iterator<Item = &[Point]> {
        // Points of a cell are in no order, and those beyond the lattice
        // neither: only whole cells of it are left out.
        let west = columns.start as f64 - reach.ceil() - 1.0;
        let east = columns.end as f64 + reach.ceil() + 1.0;
        let last = self.columns as f64;
        self.near_rows(rows.start, rows.end - 1, reach).map(move |points| {
            let before = |column: f64| points.partition_point(|[x, _, _]| x + 0.5 < column);
            let from = if west > 0.0 { before(west) } else { 0 };
            let to = if east < last { before(east) } else { points.len() };
            &points[from..to.max(from)]
        })
    }

    /// The points of a crowd.
    pub fn of(&self, crowd: &Crowd) -> &[Point] {
        &self.points[crowd.points.clone()]
    }

    /// The crowds that may lie within `reach` cells of some rows.
    pub fn crowds_near(&self, first: usize, last: usize, reach: f64) -> Range<usize> {
        let rows = self.crowd_starts.len() - 1;
        let reach = (reach + 0.5).ceil().min(rows as f64) as usize;
        let from = first.saturating_sub(reach);
        let to = (last + reach + 1).min(rows);
        self.crowd_starts[from]..self.crowd_starts[to]
    }
}
