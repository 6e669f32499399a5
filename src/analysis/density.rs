//! Kernel density on an equal-area grid, exact.

use crate::geodesy::EqualArea;

/// Shape of the kernel; `h` is the bandwidth, `u = r / h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// 3/(π h²) (1 − u²)², zero beyond h.
    Quartic,
    /// 2/(π h²) (1 − u²), zero beyond h.
    Epanechnikov,
    /// 4/(π h²) (1 − u²)³, zero beyond h.
    Triweight,
    /// 1/(π h²), zero beyond h.
    Uniform,
    /// 1/(2π h²) exp(−u²/2); h is the standard deviation.
    Gaussian,
}

/// Intensity on a grid of square cells in an equal-area projection.
pub struct DensityGrid {
    /// The projection of the grid.
    pub projection: EqualArea,
    /// Western edge of the grid, metres.
    pub west_m: f64,
    /// Northern edge of the grid, metres.
    pub north_m: f64,
    /// Side of a cell, metres.
    pub cell_m: f64,
    /// Cells across.
    pub columns: usize,
    /// Cells down.
    pub rows: usize,
    /// Incidents per km² at the centre of each cell; row by row from the
    /// north-western corner.
    pub per_km2: Vec<f64>,
    /// Kernel.
    pub kernel: Kernel,
    /// Bandwidth, metres.
    pub bandwidth_m: f64,
    /// How the bandwidth was found, in words ("given", "Scott's rule").
    pub bandwidth_rule: String,
    /// Incidents summed.
    pub n: usize,
}
