//! Surfaces of [`Sites`], made by bands of rows where one surface is put together
//! from several: of the two sides of a barrier, or of sums and what a
//! correction divides them by. So only the result takes the memory of a grid.

use super::barrier::Sides;
use super::edge::Edge;
use super::kernel_sums::{KernelSums, kernel_sums, peak_of_rims};
use super::lattice::{Lattice, Mass};
use super::rim::Rim;
use super::sites::Sites;
use super::varied_sums::varied_sums;
use super::window_mass::{Gauss, Rectangle};
use crate::model::Side;
use rayon::prelude::*;

/// A band has at least so many rows, and four times the reach of a kernel: points
/// within its reach are sorted and summed for more than one band.
const LEAST_ROWS: usize = 128;

/// A summed surface.
pub struct Summed {
    pub per_m2: Vec<f64>,
    /// With a barrier: what the surface of the other side would be near the line.
    pub across: Option<Rim>,
    pub method: &'static str,
    /// As of [`KernelSums`].
    pub error_bound: f64,
    pub error_per_m2: f64,
}

/// Some rows of a surface.
pub struct Band {
    pub first_row: usize,
    pub per_m2: Vec<f64>,
    /// With a barrier what the surface of the other side would be, else nothing.
    pub across: Vec<f64>,
    method: &'static str,
    error_bound: f64,
    error_per_m2: f64,
}

impl Band {
    /// Adds what the other side would hold near the line, where there is a barrier.
    pub fn add_rim(&self, sites: &Sites, rim: &mut Rim) {
        let Some(sides) = &sites.sides else { return };
        for (row, values) in self.across.chunks(sites.lattice.columns).enumerate() {
            rim.push_row(&sides.rim(self.first_row + row), values);
        }
    }
}

impl Sites {
    /// The surface, when incidents have these weights.
    pub fn sum(&self, of_incident: impl Fn(usize) -> f64) -> Summed {
        self.gathered(&self.weights(of_incident))
    }

    /// As [`Sites::sum`], each kernel divided by its peak: how many incidents
    /// right here would give as much.
    pub fn sum_of_shapes(&self, of_incident: impl Fn(usize) -> f64) -> Summed {
        let mut weights = self.weights(of_incident);
        for (i, weight) in weights.iter_mut().enumerate() {
            *weight /= self.kernel.peak(self.width(i));
        }
        self.gathered(&weights)
    }

    /// The bands of [`Sites::sum`] one after the other, northernmost first.
    pub fn sum_by_bands(&self, of_incident: impl Fn(usize) -> f64, each: impl FnMut(Band)) {
        self.bands(&self.weights(of_incident), each);
    }

    fn gathered(&self, weights: &[f64]) -> Summed {
        let columns = self.lattice.columns;
        let mut summed = Summed::of(Vec::new());
        self.bands(weights, |band| {
            if self.sides.is_some() {
                band.add_rim(self, summed.across.get_or_insert_default());
            }
            // A band without points is summed plainly, and no news.
            if summed.method.is_empty() || band.error_bound > summed.error_bound {
                summed.method = band.method;
            }
            summed.error_bound = summed.error_bound.max(band.error_bound);
            summed.error_per_m2 = summed.error_per_m2.max(band.error_per_m2);
            if band.per_m2.len() == columns * self.lattice.rows {
                summed.per_m2 = band.per_m2;
                return;
            }
            if summed.per_m2.is_empty() {
                summed.per_m2 = self.lattice.zeros();
            }
            let from = band.first_row * columns;
            summed.per_m2[from..from + band.per_m2.len()].copy_from_slice(&band.per_m2);
        });
        summed
    }

    fn bands(&self, weights: &[f64], mut each: impl FnMut(Band)) {
        let rows = self.lattice.rows;
        let whole = self.sides.is_none() && self.edge != Edge::Uniform;
        let high = if whole { rows } else { self.band_rows() };
        for first_row in (0..rows).step_by(high.max(1)) {
            let lattice = Lattice {
                north_m: self.lattice.north_m - first_row as f64 * self.lattice.cell_m,
                rows: high.min(rows - first_row),
                ..self.lattice
            };
            each(match &self.sides {
                Some(sides) => self.broken(weights, &lattice, first_row, sides),
                None => self.unbroken(weights, &lattice, first_row),
            });
        }
    }

    fn band_rows(&self) -> usize {
        let widest = self.widths_m.iter().copied().fold(self.bandwidth_m, f64::max);
        let reach = (self.kernel.reach() * widest / self.lattice.cell_m).ceil();
        LEAST_ROWS.max((4.0 * reach).min(self.lattice.rows as f64) as usize)
    }

    fn unbroken(&self, weights: &[f64], lattice: &Lattice, first_row: usize) -> Band {
        let KernelSums { mut per_m2, method, error_bound, mut error_per_m2 } =
            self.sum_some(weights, lattice, |_| true);
        if self.edge == Edge::Uniform {
            let rows = first_row..first_row + lattice.rows;
            let gauss = Gauss::rule();
            let masses = gauss.of_rows(self.kernel, self.bandwidth_m, &self.lattice, rows);
            let mut least = 1.0f64;
            for (sum, mass) in per_m2.iter_mut().zip(masses) {
                *sum /= mass;
                least = least.min(mass);
            }
            error_per_m2 /= least;
        }
        Band { first_row, per_m2, across: Vec::new(), method, error_bound, error_per_m2 }
    }

    fn broken(&self, weights: &[f64], lattice: &Lattice, first_row: usize, sides: &Sides) -> Band {
        let [left, right] = Side::BOTH.map(|side| {
            self.sum_some(weights, lattice, |i| self.side[i].is_none_or(|own| own == side))
        });
        let (mut per_m2, mut across) = (left.per_m2, right.per_m2);
        let columns = lattice.columns;
        let rows = per_m2.par_chunks_mut(columns).zip(across.par_chunks_mut(columns));
        rows.enumerate().for_each(|(row, (here, there))| {
            let sides = sides.of_row(first_row + row);
            for ((here, there), side) in here.iter_mut().zip(there).zip(sides) {
                if side == Side::Right {
                    std::mem::swap(here, there);
                }
            }
        });
        let method = if left.error_bound >= right.error_bound { left.method } else { right.method };
        let error_bound = left.error_bound.max(right.error_bound);
        let error_per_m2 = left.error_per_m2.max(right.error_per_m2);
        Band { first_row, per_m2, across, method, error_bound, error_per_m2 }
    }

    /// The sum over some places on some rows.
    fn sum_some(
        &self,
        weights: &[f64],
        lattice: &Lattice,
        which: impl Fn(usize) -> bool,
    ) -> KernelSums {
        let factor = |i: usize| self.factor.get(i).copied().unwrap_or(1.0);
        let ground = Rectangle::of(lattice);
        let reaches = |i: usize| {
            let reach = self.kernel.reach() * self.width(i) + lattice.cell_m;
            let y = self.at[i].1;
            y + reach >= ground.south_m && y - reach <= ground.north_m
        };
        let some = || (0..self.at.len()).filter(|&i| weights[i] != 0.0 && reaches(i) && which(i));
        let points: Vec<Mass> = some()
            .map(|i| {
                let (x_m, y_m) = self.at[i];
                Mass { x_m, y_m, weight: weights[i] * factor(i) }
            })
            .collect();
        if self.widths_m.is_empty() {
            return kernel_sums(&points, lattice, self.kernel, self.bandwidth_m);
        }
        let widths: Vec<f64> = some().map(|i| self.widths_m[i]).collect();
        let sums = varied_sums(&points, &widths, lattice, self.kernel);
        let of_rims = peak_of_rims(&points, lattice, self.kernel, |i| widths[i]);
        let method = "plain double sum, each incident with its own bandwidth";
        KernelSums::new(sums, method, 1e-12, of_rims)
    }
}

/// A bound with two figures: more of them would say nothing.
fn rounded_up(share: f64) -> f64 {
    let exponent = share.log10().floor() as i32 - 1;
    let figures = (share / 10f64.powi(exponent)).ceil();
    format!("{figures}e{exponent}").parse().unwrap_or(share)
}

impl Summed {
    /// A surface that is taken for exact.
    pub fn of(per_m2: Vec<f64>) -> Summed {
        Summed { per_m2, across: None, method: "", error_bound: 0.0, error_per_m2: 0.0 }
    }

    /// Adds the surface of other places on the same lattice, broken at the same line.
    pub fn add(&mut self, other: &Summed) {
        let rows = self.per_m2.par_chunks_mut(1 << 12).zip(other.per_m2.par_chunks(1 << 12));
        rows.for_each(|(sums, more)| sums.iter_mut().zip(more).for_each(|(sum, v)| *sum += v));
        if let (Some(across), Some(more)) = (&mut self.across, &other.across) {
            across.zip(more, |sum, v| *sum += v);
        }
        self.error_per_m2 += other.error_per_m2;
        if other.error_bound > self.error_bound {
            (self.method, self.error_bound) = (other.method, other.error_bound);
        }
    }

    /// No cell of a sum of so many parts is further from the plain double sum than this
    /// share of the peak. Peaks of parts may lie apart, and those of rims beyond the
    /// lattice: their errors weigh more in the sum.
    pub fn error_share(&self, parts: usize) -> f64 {
        let peak = self.per_m2.iter().copied().fold(0.0, f64::max);
        let added = 0.5 * f64::EPSILON * parts.saturating_sub(1) as f64;
        let share = self.error_per_m2 / peak + added;
        // Where there is no peak there is nothing to be off.
        let as_stated = peak == 0.0 || share <= self.error_bound * (1.0 + 1e-9);
        if as_stated { self.error_bound } else { rounded_up(share) }
    }

    /// The value at a point of a side: bilinear between the centres of cells,
    /// none of the other side's; `None` beyond the lattice.
    pub fn at(
        &self,
        lattice: &Lattice,
        at: (f64, f64),
        side: Option<(&Sides, Side)>,
    ) -> Option<f64> {
        if !Rectangle::of(lattice).holds(at.0, at.1) {
            return None;
        }
        let last = |cells: usize| (cells - 1) as f64;
        let x = ((at.0 - lattice.west_m) / lattice.cell_m - 0.5).clamp(0.0, last(lattice.columns));
        let y = ((lattice.north_m - at.1) / lattice.cell_m - 0.5).clamp(0.0, last(lattice.rows));
        let cell = |column: usize, row: usize| {
            let (column, row) = (column.min(lattice.columns - 1), row.min(lattice.rows - 1));
            let here = self.per_m2[row * lattice.columns + column];
            match (side, &self.across) {
                (Some((sides, side)), Some(across)) if sides.of(column, row) != side => {
                    across.at(column, row).unwrap_or(here)
                }
                _ => here,
            }
        };
        let (column, row) = (x as usize, y as usize);
        let (u, v) = (x - column as f64, y - row as f64);
        let north = (1.0 - u) * cell(column, row) + u * cell(column + 1, row);
        let south = (1.0 - u) * cell(column, row + 1) + u * cell(column + 1, row + 1);
        Some((1.0 - v) * north + v * south)
    }
}
