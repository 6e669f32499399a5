//! Crowds, cells with many points, in sums of polynomials along rows: one
//! polynomial for all of a crowd, from its moments, in the cells that lie within
//! the discs of all its points, and kernel values of each point in the few
//! cells about the discs' edges.

use super::lattice::{Crowd, Point};
use super::row_events::{COUNT, Eight, Events, Tiles, add_interval};
use pulp::Simd;
use std::ops::Range;

/// Sums over the points of a crowd, about the centre of its cell: all that a
/// polynomial kernel of degree four needs.
pub struct Moments {
    w: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
    /// With r = x² + y².
    xr: f64,
    yr: f64,
    rr: f64,
}

impl Moments {
    /// Of the points of a crowd.
    pub fn new(points: &[Point], crowd: &Crowd) -> Moments {
        let [mut w0, mut x1, mut y1, mut xx, mut xy, mut yy, mut xr, mut yr, mut rr] = [0.0; 9];
        for [x, y, w] in points {
            let (x, y) = crowd.centred(*x, *y);
            let (wx, wy, r) = (w * x, w * y, x * x + y * y);
            w0 += w;
            x1 += wx;
            y1 += wy;
            xx += wx * x;
            xy += wx * y;
            yy += wy * y;
            xr += wx * r;
            yr += wy * r;
            rr += w * r * r;
        }
        Moments { w: w0, x: x1, y: y1, xx, xy, yy, xr, yr, rr }
    }

    /// About a place `by` further west.
    #[inline(always)]
    fn moved(&self, by: f64) -> Moments {
        let Moments { w, x, y, xx, xy, yy, xr, yr, rr } = *self;
        let (by_2, twice) = (by * by, 2.0 * by);
        let r = xx + yy;
        // The sum of the new r, and of the old x times the new r.
        let r_moved = r + twice * x + by_2 * w;
        let xr_moved = xr + twice * xx + by_2 * x;
        Moments {
            w,
            x: x + by * w,
            y,
            xx: xx + twice * x + by_2 * w,
            xy: xy + by * y,
            yy,
            xr: xr_moved + by * r_moved,
            yr: yr + twice * xy + by_2 * y,
            rr: rr + 2.0 * twice * xr + by_2 * (2.0 * r + 4.0 * xx + 2.0 * twice * x + by_2 * w),
        }
    }

    /// The sum of (a − (x − dx)² − (y − dy)²)^D, a polynomial in dx: its
    /// coefficients as polynomials in dy.
    #[inline(always)]
    fn by_row<const D: usize>(&self, a: f64) -> [Eight; 5] {
        let Moments { w, x, y, xx, xy, yy, xr, yr, rr } = *self;
        let r = xx + yy;
        let mut c = [Eight::NONE; 5];
        let [zeroth, first, second, third, fourth] = &mut c;
        if D == 1 {
            zeroth.0[..3].copy_from_slice(&[a * w - r, 2.0 * x, -w]);
            first.0[0] = 2.0 * y;
            second.0[0] = -w;
        } else {
            let middle = 2.0 * (r - a * w);
            zeroth.0[0] = a * (a * w - 2.0 * r) + rr;
            zeroth.0[1] = 4.0 * (a * x - xr);
            zeroth.0[2] = middle + 4.0 * xx;
            zeroth.0[3] = -4.0 * x;
            zeroth.0[4] = w;
            first.0[..3].copy_from_slice(&[4.0 * (a * y - yr), 8.0 * xy, -4.0 * y]);
            second.0[..3].copy_from_slice(&[middle + 4.0 * yy, -4.0 * x, 2.0 * w]);
            third.0[0] = -4.0 * y;
            fourth.0[0] = w;
        }
        zeroth.0[COUNT] = 1.0;
        c
    }
}

/// What a disc about any point of a cell covers, row by row.
pub struct Rims {
    /// For rows from `reach` above the cell to `reach` below it, and one more.
    rims: Vec<Rim>,
    reach: i64,
    radius_2: f64,
    /// The cells of all rims, row by row: r² − x² − y², 2 x and 2 y, x and y
    /// being their place from the crowd's cell. Eight more stand at the end.
    rest: Vec<f64>,
    twice_x: Vec<f64>,
    twice_y: Vec<f64>,
    /// How far those cells are on from the crowd's, in a lattice row by row.
    places: Vec<i64>,
    /// Columns of that lattice.
    columns: usize,
}

/// A row of it, in columns from the cell.
#[derive(Clone, Copy)]
struct Rim {
    /// Columns up to this far are covered, wherever in the cell the point is;
    /// negative when none is.
    surely: i64,
    /// Columns further than this are not.
    perhaps: i64,
    /// Where its cells begin.
    first: usize,
}

impl Rims {
    /// Of discs of a radius, in cells, on a lattice of so many columns.
    pub fn new(radius: f64, columns: usize) -> Rims {
        let half = |dy: f64| (radius * radius - dy * dy).max(0.0).sqrt();
        let reach = (radius + 0.5).ceil() as i64;
        let (mut rims, mut rest, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let (mut twice_x, mut twice_y) = (Vec::new(), Vec::new());
        for row in -reach..=reach {
            let dy = row.abs() as f64;
            // A hair of doubt goes to the cells that are looked at one by one.
            let surely = (half(dy + 0.5) - 0.5 - 1e-6).floor() as i64;
            let perhaps = (half((dy - 0.5).max(0.0)) + 0.5 + 1e-6).floor() as i64;
            let perhaps = if dy - 0.5 < radius { perhaps } else { -1 };
            rims.push(Rim { surely, perhaps, first: rest.len() });
            for column in (-perhaps..=perhaps).filter(|column| column.abs() > surely) {
                let (x, y) = (column as f64, row as f64);
                rest.push(radius * radius - x * x - y * y);
                twice_x.push(2.0 * x);
                twice_y.push(2.0 * y);
                places.push(row * columns as i64 + column);
            }
        }
        rims.push(Rim { surely: -1, perhaps: -1, first: rest.len() });
        for table in [&mut rest, &mut twice_x, &mut twice_y] {
            table.resize(table.len() + 8, 0.0);
        }
        let radius_2 = radius * radius;
        Rims { rims, reach, radius_2, rest, twice_x, twice_y, places, columns }
    }

    /// Where a crowd reaches some rows.
    fn near(&self, crowd: &Crowd, first: usize, rows: usize) -> Option<Near<'_>> {
        let from = first as i64 - crowd.row as i64;
        let (low, high) = (from.max(-self.reach), (from + rows as i64).min(self.reach + 1));
        let rims = (low < high)
            .then(|| &self.rims[(low + self.reach) as usize..=(high + self.reach) as usize])?;
        Some(Near { rims, skipped: (low - from) as usize, row: low })
    }

    /// Adds a crowd's polynomials where all its discs hold, to the events of the
    /// rows from `first` on; those are of some columns.
    #[inline(always)]
    pub fn inside<S: Simd, const D: usize>(
        &self,
        simd: S,
        (crowd, moments): (&Crowd, &Moments),
        (first, rows): (usize, usize),
        (columns, tiles): (&Range<usize>, &Tiles),
        events: &mut Events,
    ) {
        let Some(near) = self.near(crowd, first, rows) else { return };
        let at = crowd.column as i64 - columns.start as i64;
        let columns = columns.len() as i64;
        let span = |surely: i64| {
            ((at - surely).max(0) as usize, (at + surely + 1).clamp(0, columns) as usize)
        };
        let widest = span(self.rims[self.reach as usize].surely);
        if widest.0 >= widest.1 {
            return;
        }
        let under = tiles.under(widest.0, widest.1);
        let from_west = at as f64 - under.west;
        let west = moments.moved(from_west).by_row::<D>(self.radius_2);
        let mut east = west;
        if under.east != under.west {
            east = moments.moved(at as f64 - under.east).by_row::<D>(self.radius_2);
        }
        let rows = events.rows().skip(near.skipped).zip(near.rims).zip(near.row..);
        for ((row, rim), dy) in rows {
            let (from, to) = span(rim.surely);
            if from < to {
                let (count, dy) = (2 * D + 1, dy as f64);
                let terms = ((&west[..], count, dy), (&east[..], count, dy));
                add_interval(simd, row, (from, to), under.border, terms);
            }
        }
    }

    /// Adds the kernels of a crowd's points to the cells about the discs' edges;
    /// `sums` is room to work in.
    #[inline(always)]
    pub fn edges<S: Simd, const D: usize>(
        &self,
        simd: S,
        (crowd, points): (&Crowd, &[Point]),
        first: usize,
        cells: &mut [f64],
        sums: &mut Vec<f64>,
    ) {
        let Some(near) = self.near(crowd, first, cells.len() / self.columns) else { return };
        let (Some(from), Some(to)) = (near.rims.first(), near.rims.last()) else { return };
        let table = from.first..from.first + (to.first - from.first).next_multiple_of(8);
        sums.clear();
        sums.resize(table.len(), 0.0);
        let rest = S::as_simd_f64s(&self.rest[table.clone()]).0;
        let twice_x = S::as_simd_f64s(&self.twice_x[table.clone()]).0;
        let twice_y = S::as_simd_f64s(&self.twice_y[table]).0;
        let zero = simd.splat_f64s(0.0);
        // Two at a time: a last one alone stands with one of no weight.
        for pair in points.chunks(2) {
            let [one, two] = match pair {
                [one, two] => [*one, *two],
                [one] => [*one, [crowd.column as f64, crowd.row as f64, 0.0]],
                _ => continue,
            };
            let pair = [spread(simd, crowd, one), spread(simd, crowd, two)];
            let tables = rest.iter().zip(twice_x).zip(twice_y);
            for (sum, ((rest, twice_x), twice_y)) in
                S::as_mut_simd_f64s(sums).0.iter_mut().zip(tables)
            {
                for [x, y, r, w] in pair {
                    let along =
                        simd.add_f64s(simd.mul_f64s(*twice_x, x), simd.mul_f64s(*twice_y, y));
                    let v = simd.add_f64s(simd.sub_f64s(*rest, r), along);
                    let v = simd.max_f64s(v, zero);
                    let value = simd.mul_f64s(w, v);
                    let value = if D == 1 { value } else { simd.mul_f64s(value, v) };
                    *sum = simd.add_f64s(*sum, value);
                }
            }
        }
        let (at, columns) = (crowd.column as i64, self.columns as i64);
        let widest = (self.radius_2.sqrt() + 1.0) as i64;
        if at >= widest && at + widest < columns {
            // None lies outside.
            let base = (near.skipped as i64 - near.row) * columns + at;
            for (place, sum) in self.places[from.first..to.first].iter().zip(sums.iter()) {
                if let Some(cell) = cells.get_mut((base + place) as usize) {
                    *cell += sum;
                }
            }
            return;
        }
        let mut rest = &sums[..];
        for (row, rim) in cells.chunks_exact_mut(self.columns).skip(near.skipped).zip(near.rims) {
            // West and east of what is surely covered, or all at once.
            let runs = match (rim.surely, rim.perhaps) {
                (_, ..0) => continue,
                (..0, perhaps) => [(-perhaps, 2 * perhaps + 1), (0, 0)],
                (surely, perhaps) => [(-perhaps, perhaps - surely), (surely + 1, perhaps - surely)],
            };
            for (from, cells) in runs {
                let (run, further) = rest.split_at(cells as usize);
                lay(row, at + from, run);
                rest = further;
            }
        }
    }
}

/// A point from the centre of a crowd's cell: x, y, x² + y² and weight.
#[inline(always)]
fn spread<S: Simd>(simd: S, crowd: &Crowd, [x, y, w]: Point) -> [S::f64s; 4] {
    let (x, y) = crowd.centred(x, y);
    let r = simd.splat_f64s(x * x + y * y);
    [simd.splat_f64s(x), simd.splat_f64s(y), r, simd.splat_f64s(w)]
}

/// Rows near a crowd.
struct Near<'a> {
    rims: &'a [Rim],
    /// Rows left out before the first.
    skipped: usize,
    /// The first, from that of the crowd.
    row: i64,
}

/// Adds values to the cells of a row from a column on, which may lie outside.
#[inline(always)]
fn lay(row: &mut [f64], at: i64, run: &[f64]) {
    let cut = (-at).clamp(0, run.len() as i64);
    let Some(cells) = row.get_mut((at + cut) as usize..) else { return };
    for (cell, value) in cells.iter_mut().zip(&run[cut as usize..]) {
        *cell += value;
    }
}
