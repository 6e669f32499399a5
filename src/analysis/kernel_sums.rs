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
    /// No cell is further from the plain double sum than this share of the peak, if
    /// the lattice holds more than the rims of kernels.
    pub error_bound: f64,
    /// No cell is further from it than this, per m², whatever the lattice holds.
    pub error_per_m2: f64,
}

impl KernelSums {
    /// Sums that are off by a share of their peak, or of the peak of kernels of which
    /// they hold the rims alone, where that is more.
    pub(super) fn new(
        per_m2: Vec<f64>,
        method: &'static str,
        error_bound: f64,
        of_rims: f64,
    ) -> KernelSums {
        let peak = per_m2.iter().copied().fold(of_rims, f64::max);
        KernelSums { per_m2, method, error_bound, error_per_m2: error_bound * peak }
    }
}

/// A kernel of which no cell sees this share of its peak shows the lattice its rim.
const RIM: f64 = 0.05;

/// The peak of all kernels of which the lattice holds the rims alone, as if they lay on
/// each other: what those are computed from, and round as a share of.
pub(super) fn peak_of_rims(
    points: &[Mass],
    lattice: &Lattice,
    kernel: Kernel,
    bandwidth_m: impl Fn(usize) -> f64,
) -> f64 {
    let nearest = |metres: f64, cells: usize| {
        (metres / lattice.cell_m - 0.5).round().clamp(0.0, (cells - 1) as f64) as usize
    };
    let peak = |(i, p): (usize, &Mass)| {
        let (h_m, peak) = (bandwidth_m(i), kernel.peak(bandwidth_m(i)));
        let column = nearest(p.x_m - lattice.west_m, lattice.columns);
        let row = nearest(lattice.north_m - p.y_m, lattice.rows);
        let (x, y) = lattice.centre(column, row);
        let seen = kernel.value((p.x_m - x).powi(2) + (p.y_m - y).powi(2), h_m);
        if seen > 0.0 && seen < RIM * peak { p.weight * peak } else { 0.0 }
    };
    points.iter().enumerate().map(peak).sum()
}

/// Cells of radius up to which plain sums are the fastest.
const SMALL_RADIUS: f64 = 6.0;

/// At the centre of every cell the sum of the kernel over all points, times
/// their weights (not negative).
///
/// # Accuracy
/// Within 10⁻¹⁰ of the peak of the plain double sum; the tests see 10⁻¹². Where
/// the lattice holds no more than the rims of kernels whose points lie outside
/// it, of the peak that these would have if they lay on each other.
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
                let method = "Hermite expansion about boxes (Greengard & Strain 1991)";
                return KernelSums::new(rows.sums, method, 1e-10, 0.0);
            }
        }
    } else if radius > SMALL_RADIUS {
        let crowds = matches!(kernel, Kernel::Epanechnikov | Kernel::Quartic);
        let sorted = Sorted::new(points, lattice, kernel, bandwidth_m, crowds);
        if let Some(rows) = exact_rows(&sorted, lattice, kernel, bandwidth_m)
            && rows.trusted
        {
            let method = "sums of polynomials along rows (after Chan et al. 2022)";
            return KernelSums::new(rows.sums, method, 1e-10, 0.0);
        }
    }
    let sorted = Sorted::new(points, lattice, kernel, bandwidth_m, false);
    let sums = plain_sums(&sorted, lattice, kernel, bandwidth_m);
    let of_rims = peak_of_rims(points, lattice, kernel, |_| bandwidth_m);
    KernelSums::new(sums, "plain double sum", 1e-12, of_rims)
}
