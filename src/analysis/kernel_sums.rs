//! A kernel summed over points at every cell of a lattice, by whichever of
//! three ways is fastest for the case: [`super::exact_rows`] for kernels of
//! bounded reach, [`super::gauss_boxes`] for the Gaussian, and the plain double
//! sum where there is little to do or the others cannot promise their error.

use super::exact_rows::exact_rows;
use super::gauss_boxes::{Boxes, gauss_boxes};
use super::kernel::Kernel;
use super::lattice::{Lattice, Mass, Sorted};
use super::plain_sums::plain_sums;

/// The sums, and how they were made.
pub struct KernelSums {
    /// Per m², row by row from the north-western corner.
    pub per_m2: Vec<f64>,
    /// How: for the record beside a raster.
    pub method: &'static str,
    /// No cell is further from the plain double sum than this share of the peak.
    pub error_bound: f64,
}

/// Cells of radius up to which plain sums are the fastest.
const SMALL_RADIUS: f64 = 6.0;

/// At the centre of every cell the sum of the kernel over all points, times
/// their weights (not negative).
///
/// # Accuracy
/// Within 10⁻¹⁰ of the peak of the plain double sum; the tests see 10⁻¹². Where
/// the lattice holds no more than the rim of kernels whose points lie outside
/// it, of the peak that the heaviest of them has alone.
/// The same bytes at any number of threads.
pub fn kernel_sums(
    points: &[Mass],
    lattice: &Lattice,
    kernel: Kernel,
    bandwidth_m: f64,
) -> KernelSums {
    let radius = bandwidth_m / lattice.cell_m;
    if kernel == Kernel::Gaussian {
        let reach = 2.0 * kernel.reach() * radius;
        let cells =
            reach.min(lattice.columns as f64).max(1.0) * reach.min(lattice.rows as f64).max(1.0);
        let plain = cells * points.len() as f64;
        if let Some(boxes) = Boxes::new(lattice, bandwidth_m)
            && boxes.cost(points.len()) < plain
        {
            let rows = gauss_boxes(points, lattice, bandwidth_m, &boxes);
            if rows.trusted {
                return KernelSums {
                    per_m2: rows.sums,
                    method: "Hermite expansion about boxes (Greengard & Strain 1991)",
                    error_bound: 1e-10,
                };
            }
        }
    } else if radius > SMALL_RADIUS {
        let crowds = matches!(kernel, Kernel::Epanechnikov | Kernel::Quartic);
        let sorted = Sorted::new(points, lattice, kernel, bandwidth_m, crowds);
        if let Some(rows) = exact_rows(&sorted, lattice, kernel, bandwidth_m)
            && rows.trusted
        {
            return KernelSums {
                per_m2: rows.sums,
                method: "sums of polynomials along rows (after Chan et al. 2022)",
                error_bound: 1e-10,
            };
        }
    }
    let sorted = Sorted::new(points, lattice, kernel, bandwidth_m, false);
    KernelSums {
        per_m2: plain_sums(&sorted, lattice, kernel, bandwidth_m),
        method: "plain double sum",
        error_bound: 1e-12,
    }
}
