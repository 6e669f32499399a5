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
//! one polynomial wherever the discs of all of them hold: [`super::crowds`].
//!
//! # Accuracy
//! A polynomial in absolute columns would lose everything to cancellation:
//! (x − p)⁴ at column 1,000 is a difference of numbers of 10¹². So columns come
//! in tiles of eight radii (three for the triweight), coefficients are about the
//! middle of a tile, and sums begin anew in each. A term then rounds by at most
//! 2⁻⁵³ (1 + 81)² = 7·10⁻¹³ of the kernel's peak K(0) (quartic; triweight
//! 2⁻⁵³ (1 + 16)³ = 6·10⁻¹³), and a sum over weights A by about as much of
//! A K(0). Since it rounds once a column, tiles are of six radii from a radius of
//! 32 cells on and of four from 100 on: there (1 + 25)² stands for (1 + 81)².
//! Where no interval holds (counted in whole numbers, which do not
//! round) the sum is nothing. [`Rows::trusted`] says that A K(0) is nowhere
//! above 50 peaks of the surface, so that 10⁻¹⁰ of the peak is more than twice
//! the larger of these. It is so unless all points only graze the
//! lattice: points within a disc lie in nine discs of half its radius, one of
//! which has a ninth of them, and half its peak and more at its centre. Else
//! the caller sums plainly. Seen: 5·10⁻¹² of the peak and less, up to ten million
//! points.

use super::crowds::{Moments, Rims};
use super::kernel::Kernel;
use super::lattice::{Lattice, Point, Sorted};
use super::row_events::{BAND, COUNT, Eight, Events, Tiles, add_interval};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use std::ops::Range;

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

/// The sums of a kernel of bounded reach over sorted points.
pub fn exact_rows(
    points: &Sorted,
    lattice: &Lattice,
    kernel: Kernel,
    bandwidth_m: f64,
) -> Option<Rows> {
    sums_on(Arch::new(), points, lattice, kernel, bandwidth_m)
}

/// With the instructions of a machine; the sums are the same on all.
fn sums_on(
    machine: Arch,
    points: &Sorted,
    lattice: &Lattice,
    kernel: Kernel,
    bandwidth_m: f64,
) -> Option<Rows> {
    let sweep = Sweep::new(points, lattice, kernel, bandwidth_m);
    match kernel {
        Kernel::Uniform => Some(sweep.run::<0>(machine)),
        Kernel::Epanechnikov => Some(sweep.run::<1>(machine)),
        Kernel::Quartic => Some(sweep.run::<2>(machine)),
        Kernel::Triweight => Some(sweep.run::<3>(machine)),
        Kernel::Gaussian => None,
    }
}

/// (e + f t − t²)^D as a polynomial in t, whose coefficients are polynomials in
/// e and f: the factors of eⁱ fʲ in row i and column j.
struct Form([[Eight; 4]; 4]);

impl Form {
    fn new(d: usize) -> Form {
        let choose =
            |n: usize, k: usize| (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64);
        let mut form = [[Eight::NONE; 4]; 4];
        for (i, of_e) in form.iter_mut().enumerate().take(d + 1) {
            for (j, of_f) in of_e.iter_mut().enumerate().take(d - i + 1) {
                // What is left of the power falls to −t².
                let k = d - i - j;
                let sign = if k % 2 == 1 { -1.0 } else { 1.0 };
                of_f.0[j + 2 * k] = sign * choose(d, i) * choose(d - i, j);
            }
        }
        Form(form)
    }

    /// For a weight and an f: the coefficients as polynomials in e.
    #[inline(always)]
    fn of<S: Simd, const D: usize>(&self, simd: S, w: f64, f: f64) -> [Eight; 4] {
        let mut terms = [Eight::NONE; 4];
        for (i, (term, of_e)) in terms.iter_mut().zip(&self.0).enumerate().take(D + 1) {
            *term = Eight::scaled(simd, of_e, D - i + 1, f, w);
        }
        let mut one = Eight::NONE;
        one.0[COUNT] = 1.0;
        terms[0].add(simd, &one);
        terms
    }
}

struct Sweep<'a> {
    points: &'a Sorted,
    lattice: &'a Lattice,
    kernel: Kernel,
    bandwidth_m: f64,
    /// Radius in cells.
    radius: f64,
    tiles: Tiles,
    form: Form,
    moments: Vec<Moments>,
    rims: Rims,
}

impl<'a> Sweep<'a> {
    fn new(
        points: &'a Sorted,
        lattice: &'a Lattice,
        kernel: Kernel,
        bandwidth_m: f64,
    ) -> Sweep<'a> {
        let radius = bandwidth_m / lattice.cell_m;
        let degree = match kernel {
            Kernel::Uniform => 0,
            Kernel::Epanechnikov => 1,
            Kernel::Quartic | Kernel::Gaussian => 2,
            Kernel::Triweight => 3,
        };
        let radii = match radius {
            _ if kernel == Kernel::Triweight => 3.0,
            ..32.0 => 8.0,
            ..100.0 => 6.0,
            _ => 4.0,
        };
        let tile = (radii * radius).ceil().min(lattice.columns as f64) as usize;
        let moments =
            points.crowds.par_iter().map(|crowd| Moments::new(points.of(crowd), crowd)).collect();
        Sweep {
            points,
            lattice,
            kernel,
            bandwidth_m,
            radius,
            tiles: Tiles::new(tile, radius, lattice.columns),
            form: Form::new(degree),
            moments,
            rims: Rims::new(radius, lattice.columns),
        }
    }

    fn run<const D: usize>(&self, machine: Arch) -> Rows {
        let columns = self.lattice.columns;
        let mut sums = self.lattice.zeros();
        // One band of rows per task; a row's sums do not depend on its band.
        let mass: Vec<f64> = sums
            .par_chunks_mut(columns * BAND)
            .enumerate()
            .map_init(
                || (Events::new(self.tiles.section()), Vec::new()),
                |(events, room), (band, cells)| {
                    let first = band * BAND;
                    machine.dispatch(Band::<D> { sweep: self, first, cells, events, room })
                },
            )
            .collect();
        let most = mass.into_iter().fold(0.0, f64::max);
        let peak = sums.iter().copied().fold(0.0, f64::max);
        let trusted = most * self.kernel.peak(self.bandwidth_m) <= 50.0 * peak;
        Rows { sums, trusted }
    }
}

/// A band of rows and room to work in.
struct Band<'a, const D: usize> {
    sweep: &'a Sweep<'a>,
    first: usize,
    cells: &'a mut [f64],
    events: &'a mut Events,
    room: &'a mut Vec<f64>,
}

impl<const D: usize> WithSimd for Band<'_, D> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) -> f64 {
        let columns = self.sweep.lattice.columns;
        self.edges_of_crowds(simd);
        let mut most = 0.0f64;
        for first in (0..columns).step_by(self.sweep.tiles.section()) {
            let section = first..(first + self.sweep.tiles.section()).min(columns);
            self.singles(simd, &section);
            self.crowds(simd, &section);
            most = most.max(self.evaluate(simd, &section));
        }
        most
    }
}

impl<const D: usize> Band<'_, D> {
    fn rows(&self) -> usize {
        self.cells.len() / self.sweep.lattice.columns
    }

    /// Adds the polynomials of all points that stand for themselves.
    #[inline(always)]
    fn singles<S: Simd>(&mut self, simd: S, section: &Range<usize>) {
        let rows = self.first..self.first + self.rows();
        for points in self.sweep.points.near(rows, section.clone(), self.sweep.radius) {
            for [x, y, w] in points {
                let place = [x - section.start as f64, y - self.first as f64, *w];
                self.single(simd, place, section.len());
            }
        }
    }

    /// One at a place of the section's.
    #[inline(always)]
    fn single<S: Simd>(&mut self, simd: S, [x, y, w]: Point, columns: usize) {
        let Sweep { radius, form, tiles, .. } = self.sweep;
        let low = (y - radius).max(0.0) as u32 as usize;
        let high = ((y + radius + 1.0).max(0.0) as u32 as usize).min(self.rows());
        if low >= high {
            return;
        }
        let intervals = Intervals::new(simd, (x, y), *radius, columns);
        let ends = [x - radius, x + radius + 1.0].map(|end| end.max(0.0) as u32 as usize);
        let under = tiles.under(ends[0], ends[1]);
        let (from_west, from_east) = (x - under.west, x - under.east);
        let west = form.of::<S, D>(simd, w, 2.0 * from_west);
        let mut east = west;
        if under.east != under.west {
            east = form.of::<S, D>(simd, w, 2.0 * from_east);
        }
        let (west_2, east_2) = (from_west * from_west, from_east * from_east);
        let Intervals { rests, froms, tos } = &intervals;
        let ends = froms.iter().zip(tos);
        for ((row, rest), (from, to)) in
            self.events.rows().zip(rests).zip(ends).take(high).skip(low)
        {
            let mut ends = (from.to_bits() as u32 as usize, to.to_bits() as u32 as usize);
            if D == 0 && *rest > 0.0 {
                ends = to_the_cell(ends, x, *rest, (*radius, columns));
            }
            if ends.0 < ends.1 {
                let terms = ((&west[..], D + 1, rest - west_2), (&east[..], D + 1, rest - east_2));
                add_interval(simd, row, ends, under.border, terms);
            }
        }
    }

    /// Adds the kernels of crowded points about the edges of their discs.
    #[inline(always)]
    fn edges_of_crowds<S: Simd>(&mut self, simd: S) {
        let Sweep { points, rims, .. } = self.sweep;
        if D == 1 || D == 2 {
            for crowd in &points.crowds[self.crowds_near()] {
                let crowd = (crowd, points.of(crowd));
                rims.edges::<S, D>(simd, crowd, self.first, self.cells, self.room);
            }
        }
    }

    /// Adds the polynomials of crowds.
    #[inline(always)]
    fn crowds<S: Simd>(&mut self, simd: S, section: &Range<usize>) {
        let Sweep { points, rims, moments, tiles, .. } = self.sweep;
        if D == 1 || D == 2 {
            let (rows, range) = ((self.first, self.rows()), self.crowds_near());
            for crowd in points.crowds[range.clone()].iter().zip(&moments[range]) {
                rims.inside::<S, D>(simd, crowd, rows, (section, tiles), self.events);
            }
        }
    }

    fn crowds_near(&self) -> Range<usize> {
        let last = self.first + self.rows() - 1;
        self.sweep.points.crowds_near(self.first, last, self.sweep.radius)
    }

    /// Sweeps the rows: their sums from their events, which are cleared. Returns
    /// the greatest weight under the kernel.
    #[inline(always)]
    fn evaluate<S: Simd>(&mut self, simd: S, section: &Range<usize>) -> f64 {
        let Sweep { lattice, tiles, kernel, bandwidth_m, radius, .. } = self.sweep;
        let degree = 2 * D;
        // (1 − u²)^d in cells, per m².
        let scale = kernel.peak(*bandwidth_m) / radius.powi(degree as i32);
        let sign = if D % 2 == 1 { -1.0 } else { 1.0 };
        let mut most = 0.0f64;
        for (row, events) in self.cells.chunks_exact_mut(lattice.columns).zip(self.events.rows()) {
            let tiled = row[section.clone()].chunks_mut(tiles.width);
            for (cells, events) in tiled.zip(events.chunks_mut(tiles.width)) {
                let (mut sum, mut holds) = (Eight::NONE, false);
                let mut t = -0.5 * (tiles.width as f64 - 1.0);
                for (cell, event) in cells.iter_mut().zip(events) {
                    if holds {
                        sum.add(simd, event);
                        holds = sum.0[COUNT] > 0.0;
                    } else if event.0[COUNT] > 0.0 {
                        (sum, holds) = (*event, true);
                    }
                    *event = Eight::NONE;
                    if holds {
                        let mut value = sum.0[degree];
                        for k in (0..degree).rev() {
                            value = value * t + sum.0[k];
                        }
                        // A sum of parts that are not negative, but for rounding.
                        *cell = scale * (value.max(0.0) + *cell);
                        most = most.max(sign * sum.0[degree]);
                    } else {
                        *cell *= scale;
                    }
                    t += 1.0;
                }
            }
            // What ended at the eastern edge.
            if let Some(event) = events.get_mut(section.len()) {
                *event = Eight::NONE;
            }
        }
        most
    }
}

/// What the disc of a point covers in each row of a band.
struct Intervals {
    /// r² − dy².
    rests: [f64; BAND],
    /// The first column, in the lowest bits.
    froms: [f64; BAND],
    /// The first column beyond.
    tos: [f64; BAND],
}

impl Intervals {
    #[inline(always)]
    fn new<S: Simd>(simd: S, (x, y): (f64, f64), radius: f64, columns: usize) -> Intervals {
        let mut all = Intervals {
            rests: std::array::from_fn(|row| row as f64),
            froms: [0.0; BAND],
            tos: [0.0; BAND],
        };
        let (x, y) = (simd.splat_f64s(x), simd.splat_f64s(y));
        let (radius_2, width) = (simd.splat_f64s(radius * radius), simd.splat_f64s(columns as f64));
        let (zero, half) = (simd.splat_f64s(0.0), simd.splat_f64s(0.5));
        let whole = simd.splat_f64s(WHOLE);
        let froms = S::as_mut_simd_f64s(&mut all.froms).0;
        let tos = S::as_mut_simd_f64s(&mut all.tos).0;
        let rests = S::as_mut_simd_f64s(&mut all.rests).0;
        for ((from, to), rest) in froms.iter_mut().zip(tos).zip(rests) {
            let dy = simd.sub_f64s(y, *rest);
            *rest = simd.sub_f64s(radius_2, simd.mul_f64s(dy, dy));
            let reach = simd.sqrt_f64s(simd.max_f64s(*rest, zero));
            // The first column not left of x − reach, the first right of
            // x + reach: rounded up, except where the kernel is zero anyway.
            let west = simd.add_f64s(simd.sub_f64s(x, reach), half);
            let east = simd.add_f64s(simd.add_f64s(x, reach), half);
            *from = simd.add_f64s(simd.max_f64s(west, zero), whole);
            *to = simd.add_f64s(simd.max_f64s(simd.min_f64s(east, width), zero), whole);
        }
        all
    }
}

/// The uniform kernel jumps at its edge, so its interval ends where the plain
/// comparison of squares says.
#[inline(always)]
fn to_the_cell(
    (from, to): (usize, usize),
    x: f64,
    rest: f64,
    (radius, columns): (f64, usize),
) -> (usize, usize) {
    let doubt = 1e-9 * radius * radius;
    let left = |column: f64| rest - (column - x) * (column - x);
    let (west, east) = (from as f64, to as f64);
    let near = left(west).abs().min(left(west - 1.0).abs());
    if near.min(left(east).abs()).min(left(east - 1.0).abs()) > doubt {
        return (from, to);
    }
    to_the_very_cell((from, to), left, columns)
}

#[cold]
fn to_the_very_cell(
    (mut from, mut to): (usize, usize),
    left: impl Fn(f64) -> f64,
    columns: usize,
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
    while to < columns && holds(to) {
        to += 1;
    }
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::super::lattice::Mass;
    use super::super::random::Random;
    use super::*;

    #[test]
    fn the_same_bytes_with_and_without_vector_instructions() {
        // Several sections across, singles and crowds.
        let lattice = Lattice { west_m: 0.0, north_m: 0.0, cell_m: 1.0, columns: 1_150, rows: 40 };
        let mut random = Random::new(1);
        let mut uniform = || random.below(1 << 30) as f64 / f64::from(1 << 30);
        let points: Vec<Mass> = (0..3_000)
            .map(|i| {
                let spread = if i % 2 == 0 { 1.0 } else { 0.01 };
                Mass {
                    x_m: 1_200.0 * spread * uniform(),
                    y_m: -45.0 * spread * uniform(),
                    weight: 0.5 + uniform(),
                }
            })
            .collect();
        for kernel in [Kernel::Uniform, Kernel::Epanechnikov, Kernel::Quartic, Kernel::Triweight] {
            let sorted = Sorted::new(&points, &lattice, kernel, 9.7, true);
            let on = |machine: Arch| sums_on(machine, &sorted, &lattice, kernel, 9.7).unwrap().sums;
            assert_eq!(on(Arch::new()), on(Arch::Scalar), "{kernel}");
        }
    }
}
