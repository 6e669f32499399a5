//! The plain double sum: at every cell the kernel over all points in reach.

use super::kernel::Kernel;
use super::lattice::{Lattice, Sorted};
use rayon::prelude::*;

/// Rows that share the columns' factors of a Gaussian.
const BAND: usize = 8;

/// Sums of any kernel over sorted points, per m².
pub fn plain_sums(
    points: &Sorted,
    lattice: &Lattice,
    kernel: Kernel,
    bandwidth_m: f64,
) -> Vec<f64> {
    let columns = lattice.columns;
    let mut sums = lattice.zeros();
    let radius = bandwidth_m / lattice.cell_m;
    let scale = kernel.peak(bandwidth_m);
    sums.par_chunks_mut(columns * BAND).enumerate().for_each(|(band, cells)| {
        let first = band * BAND;
        match kernel {
            Kernel::Gaussian => gaussian(points, first, radius, cells, columns),
            _ => {
                for (i, row) in cells.chunks_mut(columns).enumerate() {
                    compact(points, kernel, first + i, radius, row);
                }
            }
        }
        for cell in cells {
            *cell *= scale;
        }
    });
    sums
}

fn compact(points: &Sorted, kernel: Kernel, row: usize, radius: f64, cells: &mut [f64]) {
    match kernel {
        Kernel::Uniform => each(points, row, radius, cells, |v| if v > 0.0 { 1.0 } else { 0.0 }),
        Kernel::Epanechnikov => each(points, row, radius, cells, |v| v),
        Kernel::Quartic => each(points, row, radius, cells, |v| v * v),
        Kernel::Triweight => each(points, row, radius, cells, |v| v * v * v),
        Kernel::Gaussian => {}
    }
}

fn each(points: &Sorted, row: usize, radius: f64, cells: &mut [f64], shape: impl Fn(f64) -> f64) {
    let radius_2 = radius * radius;
    let per_radius_2 = 1.0 / radius_2;
    for [x, y, w] in points.near_rows(row, row, radius).flatten() {
        let dy = y - row as f64;
        let rest = radius_2 - dy * dy;
        if rest <= 0.0 {
            continue;
        }
        // A column more on either side: the shape itself says where it ends.
        let (from, to) = columns(*x, rest.sqrt(), cells.len());
        let mut column = from as f64;
        for cell in cells.get_mut(from..to).unwrap_or_default() {
            let dx = column - x;
            let v = rest - dx * dx;
            *cell += w * shape(if v > 0.0 { v } else { 0.0 } * per_radius_2);
            column += 1.0;
        }
    }
}

/// The columns within `half` of a place, and one more on either side.
fn columns(x: f64, half: f64, columns: usize) -> (usize, usize) {
    let from = (x - half - 0.5).max(0.0) as usize;
    let to = ((x + half + 2.0).max(0.0) as usize).min(columns);
    (from, to)
}

/// A band of rows of Gaussians: exp(−dx²/2) once for all its rows.
fn gaussian(points: &Sorted, first: usize, deviation: f64, cells: &mut [f64], width: usize) {
    let rows = cells.len() / width;
    let reach = Kernel::Gaussian.reach() * deviation;
    let per = -0.5 / (deviation * deviation);
    let mut factors: Vec<f64> = Vec::new();
    for [x, y, w] in points.near_rows(first, first + rows - 1, reach).flatten() {
        let (from, to) = columns(*x, reach, width);
        if from >= to {
            continue;
        }
        factors.clear();
        factors.extend((from..to).map(|column| {
            let dx = column as f64 - x;
            (per * dx * dx).exp()
        }));
        for (k, row) in cells.chunks_mut(width).enumerate() {
            let dy = (first + k) as f64 - y;
            if dy.abs() >= reach {
                continue;
            }
            let factor = w * (per * dy * dy).exp();
            for (cell, f) in row[from..to].iter_mut().zip(&factors) {
                *cell += factor * f;
            }
        }
    }
}
