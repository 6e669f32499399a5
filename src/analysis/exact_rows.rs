//! Sums of a polynomial kernel at all cells of a lattice, exactly, by adding
//! polynomials instead of values.
//!
//! On one row of cells, a kernel (1 − u²)^d over a disc is a polynomial of
//! degree 2d in the column, over the interval of columns that the disc covers.
//! So a point adds the coefficients of its polynomial where its interval begins
//! and takes them away where it ends; one sweep along the row keeps the sum of
//! the polynomials that hold and evaluates it (the sweep line of T. N. Chan,
//! L. H. U, B. Choi, J. Xu 2022, SLAM: Efficient sweep line algorithms for
//! kernel density visualization, SIGMOD; here with differences at columns in
//! place of a sorted queue of ends). A point costs its rows, not its cells.
//!
//! In a cell with many points ([`super::lattice::CROWD`] or more) their sum is
//! one polynomial, from moments, wherever the discs of all of them hold; only
//! in the cells about the discs' edges is each point looked at by itself.
//!
//! # Accuracy
//! A polynomial in absolute columns would lose everything to cancellation:
//! (x − p)⁴ at column 1,000 is a difference of numbers of 10¹². So columns come
//! in tiles of four radii (three for the triweight), coefficients are about the
//! middle of a tile, and sums begin anew in each. A term then rounds by at most
//! 2⁻⁵³ (1 + 25)² = 8·10⁻¹⁴ of the kernel's peak K(0) (quartic; triweight
//! 2⁻⁵³ (1 + 16)³ = 6·10⁻¹³), and a sum over weights A by about as much of
//! A K(0). Where no interval holds (counted in whole numbers, which do not
//! round) the sum is nothing. [`Rows::trusted`] says that A K(0) is nowhere
//! above 50 peaks of the surface, so that 10⁻¹⁰ of the peak is more than three
//! times the larger of these. It is so unless all points only graze the
//! lattice: points within a disc lie in nine discs of half its radius, one of
//! which has a ninth of them, and half its peak and more at its centre. Else
//! the caller sums plainly. Seen against the plain sum: 5·10⁻¹³ of the peak and
//! less, up to ten million points.

use super::kernel::Kernel;
use super::lattice::{Lattice, Points, Sorted};
use rayon::prelude::*;
use std::ops::Range;

/// Points whose intervals are found together.
const BATCH: usize = 64;

/// Rows of a task.
const BAND: usize = 4;

/// 1.5·2⁵²: added to it, a number of 0 to 2³¹ is rounded to a whole one, which
/// then stands in the lowest bits.
const WHOLE: f64 = 6_755_399_441_055_744.0;

/// The sums, and whether they are good to 10⁻¹⁰ of their peak.
pub struct Rows {
    /// Per m², row by row.
    pub sums: Vec<f64>,
    /// See the module's words on accuracy.
    pub trusted: bool,
}

/// A power of (1 − u²).
trait Power<const N: usize> {
    /// Coefficients of `w (e + f t − t²)^d`, constant term first, then a one:
    /// the count of intervals.
    fn coefficients(w: f64, e: f64, f: f64) -> [f64; N];

    /// The same summed over a crowd, about its cell; `a` is r² − dy², dy the
    /// row of the sum from that of the cell. `None` when its moments do not
    /// suffice.
    fn of_crowd(_: &Moments, _a: f64, _dy: f64) -> Option<[f64; N]> {
        None
    }

    /// The kernel where it is `v = 1 − u²` (in cells), above zero.
    fn value(v: f64) -> f64;
}

struct Zeroth;
struct First;
struct Second;
struct Third;

impl Power<2> for Zeroth {
    #[inline(always)]
    fn coefficients(w: f64, _: f64, _: f64) -> [f64; 2] {
        [w, 1.0]
    }

    #[inline(always)]
    fn of_crowd(m: &Moments, _: f64, _: f64) -> Option<[f64; 2]> {
        Some([m.w, 1.0])
    }

    #[inline(always)]
    fn value(v: f64) -> f64 {
        if v > 0.0 { 1.0 } else { 0.0 }
    }
}

impl Power<4> for First {
    #[inline(always)]
    fn coefficients(w: f64, e: f64, f: f64) -> [f64; 4] {
        [w * e, w * f, -w, 1.0]
    }

    #[inline(always)]
    fn of_crowd(m: &Moments, a: f64, dy: f64) -> Option<[f64; 4]> {
        Some([a * m.w + 2.0 * dy * m.y - (m.xx + m.yy), 2.0 * m.x, -m.w, 1.0])
    }

    #[inline(always)]
    fn value(v: f64) -> f64 {
        v
    }
}

impl Power<6> for Second {
    #[inline(always)]
    fn coefficients(w: f64, e: f64, f: f64) -> [f64; 6] {
        let (we, wf) = (w * e, w * f);
        [we * e, 2.0 * we * f, wf * f - 2.0 * we, -2.0 * wf, w, 1.0]
    }

    #[inline(always)]
    fn of_crowd(m: &Moments, a: f64, dy: f64) -> Option<[f64; 6]> {
        // Sums of w e² and so on, e = a + 2 dy y − r and f = 2 x.
        let r = m.xx + m.yy;
        let b = 2.0 * dy;
        let e = a * m.w + b * m.y - r;
        let ee = a * (e + b * m.y - r) + b * (b * m.yy - 2.0 * m.yr) + m.rr;
        let ex = a * m.x + b * m.xy - m.xr;
        Some([ee, 4.0 * ex, 4.0 * m.xx - 2.0 * e, -4.0 * m.x, m.w, 1.0])
    }

    #[inline(always)]
    fn value(v: f64) -> f64 {
        v * v
    }
}

impl Power<8> for Third {
    #[inline(always)]
    fn coefficients(w: f64, e: f64, f: f64) -> [f64; 8] {
        let [q0, q1, q2, q3, q4, one] = Second::coefficients(w, e, f);
        [
            q0 * e,
            q0 * f + q1 * e,
            q1 * f + q2 * e - q0,
            q2 * f + q3 * e - q1,
            q3 * f + q4 * e - q2,
            q4 * f - q3,
            -q4,
            one,
        ]
    }

    #[inline(always)]
    fn value(v: f64) -> f64 {
        v * v * v
    }
}

/// The sums of a kernel of bounded reach over sorted points.
pub fn exact_rows(
    points: &Sorted,
    lattice: &Lattice,
    kernel: Kernel,
    bandwidth_m: f64,
) -> Option<Rows> {
    let sweep = Sweep::new(points, lattice, kernel, bandwidth_m);
    match kernel {
        Kernel::Uniform => Some(sweep.run::<2, Zeroth>()),
        Kernel::Epanechnikov => Some(sweep.run::<4, First>()),
        Kernel::Quartic => Some(sweep.run::<6, Second>()),
        Kernel::Triweight => Some(sweep.run::<8, Third>()),
        Kernel::Gaussian => None,
    }
}

struct Sweep<'a> {
    points: &'a Sorted,
    lattice: &'a Lattice,
    kernel: Kernel,
    bandwidth_m: f64,
    /// Radius in cells.
    radius: f64,
    /// Columns of a tile.
    tile: usize,
    /// For each column, one past the last included, the middle of its tile.
    middles: Vec<f64>,
    moments: Vec<Moments>,
    rings: Vec<Ring>,
}

/// What a disc about any point of a cell covers so many rows away, in columns
/// from the cell.
#[derive(Clone, Copy)]
struct Ring {
    /// Columns up to this far are covered, wherever in the cell the point is;
    /// negative when none is.
    surely: i64,
    /// Columns further than this are not.
    perhaps: i64,
}

impl Ring {
    fn new(rows_away: usize, radius: f64) -> Ring {
        let half = |dy: f64| (radius * radius - dy * dy).max(0.0).sqrt();
        let dy = rows_away as f64;
        // A hair of doubt goes to the cells that are looked at one by one.
        let surely = (half(dy + 0.5) - 0.5 - 1e-6).floor() as i64;
        let perhaps = (half((dy - 0.5).max(0.0)) + 0.5 + 1e-6).floor() as i64;
        let some = dy - 0.5 < radius;
        Ring { surely, perhaps: if some { perhaps } else { -1 } }
    }
}

/// Sums over the points of a crowd, about the centre of its cell: all that a
/// polynomial kernel of degree four needs.
struct Moments {
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
    fn new(points: &Points, range: Range<usize>) -> Moments {
        let mut m = Moments {
            w: 0.0,
            x: 0.0,
            y: 0.0,
            xx: 0.0,
            xy: 0.0,
            yy: 0.0,
            xr: 0.0,
            yr: 0.0,
            rr: 0.0,
        };
        let (xs, ys, ws) = (&points.x[range.clone()], &points.y[range.clone()], &points.w[range]);
        for ((x, y), w) in xs.iter().zip(ys).zip(ws) {
            let (wx, wy, r) = (w * x, w * y, x * x + y * y);
            m.w += w;
            m.x += wx;
            m.y += wy;
            m.xx += wx * x;
            m.xy += wx * y;
            m.yy += wy * y;
            m.xr += wx * r;
            m.yr += wy * r;
            m.rr += w * r * r;
        }
        m
    }
}

impl<'a> Sweep<'a> {
    fn new(
        points: &'a Sorted,
        lattice: &'a Lattice,
        kernel: Kernel,
        bandwidth_m: f64,
    ) -> Sweep<'a> {
        let radius = bandwidth_m / lattice.cell_m;
        let radii = if kernel == Kernel::Triweight { 3.0 } else { 4.0 };
        let tile = (radii * radius).ceil().min(lattice.columns as f64) as usize;
        let middle = |column: usize| ((column / tile * tile) as f64) + 0.5 * (tile as f64 - 1.0);
        let middles = (0..=lattice.columns).map(middle).collect();
        let moments = points
            .crowds
            .par_iter()
            .map(|crowd| Moments::new(&points.crowded, crowd.points.clone()))
            .collect();
        let reached = (radius + 1.0).min(lattice.rows as f64) as usize;
        let rings = (0..=reached).map(|away| Ring::new(away, radius)).collect();
        Sweep { points, lattice, kernel, bandwidth_m, radius, tile, middles, moments, rings }
    }

    fn run<const N: usize, P: Power<N>>(&self) -> Rows {
        let columns = self.lattice.columns;
        let mut sums = vec![0.0; columns * self.lattice.rows];
        // One band of rows per task; a row's sums do not depend on its band.
        let mass: Vec<f64> = sums
            .par_chunks_mut(columns * BAND)
            .enumerate()
            .map(|(band, cells)| {
                let mut events = vec![[0.0; N]; columns + 1];
                let mut rests = Vec::new();
                let mut most = 0.0f64;
                for (i, row) in cells.chunks_mut(columns).enumerate() {
                    self.gather::<N, P>(band * BAND + i, &mut events);
                    self.gather_crowds::<N, P>(band * BAND + i, &mut events, row, &mut rests);
                    most = most.max(self.evaluate(&mut events, row));
                }
                most
            })
            .collect();
        let most = mass.into_iter().fold(0.0, f64::max);
        let peak = sums.iter().copied().fold(0.0, f64::max);
        let trusted = most * self.kernel.peak(self.bandwidth_m) <= 50.0 * peak;
        Rows { sums, trusted }
    }

    /// Adds the polynomials of all points to a row's events.
    fn gather<const N: usize, P: Power<N>>(&self, row: usize, events: &mut [[f64; N]]) {
        let radius = self.radius;
        let range = self.points.near_row(row, radius);
        let y = row as f64;
        let radius_2 = radius * radius;
        let width = self.lattice.columns as f64;
        let points = &self.points.single;
        let mut froms = [0u64; BATCH];
        let mut tos = [0u64; BATCH];
        let mut rests = [0.0; BATCH];
        let batches = points.x[range.clone()]
            .chunks(BATCH)
            .zip(points.y[range.clone()].chunks(BATCH))
            .zip(points.w[range].chunks(BATCH));
        for ((xs, ys), ws) in batches {
            let ends = froms.iter_mut().zip(&mut tos).zip(&mut rests);
            for ((x, py), ((from, to), left)) in xs.iter().zip(ys).zip(ends) {
                let dy = py - y;
                let rest = radius_2 - dy * dy;
                let half = if rest > 0.0 { rest } else { 0.0 }.sqrt();
                // The first column not left of x − half, the first right of
                // x + half: rounded up, except where the kernel is zero anyway.
                let (west, east) = (x - half + 0.5, x + half + 0.5);
                let west = if west > 0.0 { west } else { 0.0 };
                let east = if east < width { east } else { width };
                *from = (west + WHOLE).to_bits();
                *to = (east + WHOLE).to_bits();
                *left = rest;
            }
            for ((x, w), ((from, to), rest)) in
                xs.iter().zip(ws).zip(froms.iter().zip(&tos).zip(&rests))
            {
                let (mut from, mut to) = (*from as u32 as usize, *to as u32 as usize);
                let rest = *rest;
                if N == 2 && rest > 0.0 {
                    (from, to) = self.to_the_cell((from, to), *x, rest);
                }
                if rest <= 0.0 || from >= to {
                    continue;
                }
                let (Some(&first), Some(&last)) = (self.middles.get(from), self.middles.get(to))
                else {
                    continue;
                };
                let p = x - first;
                let mut c = P::coefficients(*w, rest - p * p, 2.0 * p);
                add(events, from, &c);
                if first != last {
                    c = self.cross::<N, P>(events, (*x, *w), rest, (from, to));
                }
                take(events, to, &c);
            }
        }
    }

    /// Begins an interval anew in every tile it enters; its coefficients in the
    /// last one.
    #[inline(always)]
    fn cross<const N: usize, P: Power<N>>(
        &self,
        events: &mut [[f64; N]],
        (x, w): (f64, f64),
        rest: f64,
        (from, to): (usize, usize),
    ) -> [f64; N] {
        let mut start = (from / self.tile + 1) * self.tile;
        let mut c = [0.0; N];
        while start <= to {
            let p = x - self.middles.get(start).copied().unwrap_or(0.0);
            c = P::coefficients(w, rest - p * p, 2.0 * p);
            add(events, start, &c);
            start += self.tile;
        }
        c
    }

    /// Adds the crowds to a row: one polynomial where the discs of all their
    /// points hold, and each point by itself in the cells about the discs'
    /// edges.
    fn gather_crowds<const N: usize, P: Power<N>>(
        &self,
        row: usize,
        events: &mut [[f64; N]],
        cells: &mut [f64],
        rests: &mut Vec<f64>,
    ) {
        let columns = self.lattice.columns as i64;
        let radius_2 = self.radius * self.radius;
        let crowded = &self.points.crowded;
        let range = self.points.crowds_near(row, self.radius);
        for (crowd, m) in self.points.crowds[range.clone()].iter().zip(&self.moments[range]) {
            let Some(ring) = self.rings.get(crowd.row.abs_diff(row)) else { continue };
            let dy = row as f64 - crowd.row as f64;
            let at = crowd.column as i64;
            let from = (at - ring.surely).max(0);
            let to = (at + ring.surely + 1).min(columns);
            if from < to
                && let Some(about_cell) = P::of_crowd(m, radius_2 - dy * dy, dy)
            {
                let (from, to) = (from as usize, to as usize);
                let mut middle = self.middles[from];
                let mut c = shifted(about_cell, middle - at as f64);
                add(events, from, &c);
                let mut start = (from / self.tile + 1) * self.tile;
                while start <= to {
                    middle = self.middles[start];
                    c = shifted(about_cell, middle - at as f64);
                    add(events, start, &c);
                    start += self.tile;
                }
                take(events, to, &c);
            }
            let points = crowd.points.clone();
            let (xs, ys, ws) =
                (&crowded.x[points.clone()], &crowded.y[points.clone()], &crowded.w[points]);
            rests.clear();
            rests.extend(ys.iter().map(|y| radius_2 - (y - dy) * (y - dy)));
            for away in (ring.surely + 1).max(0)..=ring.perhaps {
                let (west, east) = both::<N, P>(xs, rests, ws, away as f64);
                if (0..columns).contains(&(at - away)) {
                    cells[(at - away) as usize] += west;
                }
                if away > 0 && (0..columns).contains(&(at + away)) {
                    cells[(at + away) as usize] += east;
                }
            }
        }
    }

    /// The uniform kernel jumps at its edge, so its interval ends where the
    /// plain comparison of squares says.
    #[inline(always)]
    fn to_the_cell(&self, (from, to): (usize, usize), x: f64, rest: f64) -> (usize, usize) {
        let doubt = 1e-9 * self.radius * self.radius;
        let left = |column: f64| rest - (column - x) * (column - x);
        let (west, east) = (from as f64, to as f64);
        let near = left(west).abs().min(left(west - 1.0).abs());
        if near.min(left(east).abs()).min(left(east - 1.0).abs()) > doubt {
            return (from, to);
        }
        self.to_the_very_cell((from, to), left)
    }

    #[cold]
    fn to_the_very_cell(
        &self,
        (mut from, mut to): (usize, usize),
        left: impl Fn(f64) -> f64,
    ) -> (usize, usize) {
        let holds = |column: usize| left(column as f64) > 0.0;
        while from < to && !holds(from) {
            from += 1;
        }
        while from > 0 && holds(from - 1) {
            from -= 1;
        }
        to = to.max(from);
        while to > from && !holds(to - 1) {
            to -= 1;
        }
        while to < self.lattice.columns && holds(to) {
            to += 1;
        }
        (from, to)
    }

    /// Sweeps a row: its sums from its events, which are cleared. Returns the
    /// greatest weight under the kernel.
    fn evaluate<const N: usize>(&self, events: &mut [[f64; N]], row: &mut [f64]) -> f64 {
        let degree = N - 2;
        // (1 − u²)^d in cells, per m².
        let scale = self.kernel.peak(self.bandwidth_m) / self.radius.powi(degree as i32);
        let sign = if degree % 4 == 2 { -1.0 } else { 1.0 };
        let mut most = 0.0f64;
        for (cells, events) in row.chunks_mut(self.tile).zip(events.chunks_mut(self.tile)) {
            let mut sum = [0.0; N];
            let mut t = -0.5 * (self.tile as f64 - 1.0);
            for (cell, event) in cells.iter_mut().zip(events) {
                for (s, e) in sum.iter_mut().zip(event.iter_mut()) {
                    *s += *e;
                    *e = 0.0;
                }
                let single = *cell;
                if sum[N - 1] > 0.0 {
                    let mut value = sum[degree];
                    for k in (0..degree).rev() {
                        value = value * t + sum[k];
                    }
                    // A sum of parts that are not negative, but for rounding.
                    *cell = scale * (value.max(0.0) + single);
                    most = most.max(sign * sum[degree]);
                } else {
                    sum = [0.0; N];
                    *cell = scale * single;
                }
                t += 1.0;
            }
        }
        // What ended at the eastern edge.
        if let Some(event) = events.last_mut() {
            *event = [0.0; N];
        }
        most
    }
}

/// A polynomial about another place, `by` further east: Horner's scheme.
#[inline(always)]
fn shifted<const N: usize>(mut c: [f64; N], by: f64) -> [f64; N] {
    let degree = N - 2;
    for i in 0..degree {
        for k in (i..degree).rev() {
            c[k] += by * c[k + 1];
        }
    }
    c
}

/// The kernel summed over points so many columns west and east of their cell.
#[inline(always)]
fn both<const N: usize, P: Power<N>>(
    xs: &[f64],
    rests: &[f64],
    ws: &[f64],
    away: f64,
) -> (f64, f64) {
    let (mut west, mut east) = ([0.0; 2], [0.0; 2]);
    let pairs =
        xs.as_chunks::<2>().0.iter().zip(rests.as_chunks::<2>().0).zip(ws.as_chunks::<2>().0);
    for ((x, rest), w) in pairs {
        for i in 0..2 {
            let (to_west, to_east) = (x[i] + away, x[i] - away);
            let v = rest[i] - to_west * to_west;
            west[i] += w[i] * P::value(if v > 0.0 { v } else { 0.0 });
            let v = rest[i] - to_east * to_east;
            east[i] += w[i] * P::value(if v > 0.0 { v } else { 0.0 });
        }
    }
    (west[0] + west[1], east[0] + east[1])
}

#[inline(always)]
fn add<const N: usize>(events: &mut [[f64; N]], column: usize, c: &[f64; N]) {
    if let Some(event) = events.get_mut(column) {
        for (e, c) in event.iter_mut().zip(c) {
            *e += c;
        }
    }
}

#[inline(always)]
fn take<const N: usize>(events: &mut [[f64; N]], column: usize, c: &[f64; N]) {
    if let Some(event) = events.get_mut(column) {
        for (e, c) in event.iter_mut().zip(c) {
            *e -= c;
        }
    }
}
