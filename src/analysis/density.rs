//! Kernel density on an equal-area grid: the plain sum over all incidents,
//! evaluated at the centre of every cell.

use crate::geodesy::{EqualArea, Extent, LonLat};
use rayon::prelude::*;
use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

/// Shape of the kernel; `h` is the bandwidth, `u = r / h`. Forms and constants
/// of B. W. Silverman (1986), Density Estimation, §4.2, in two dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kernel {
    /// 3/(π h²) (1 − u²)², zero beyond h.
    #[default]
    Quartic,
    /// 2/(π h²) (1 − u²), zero beyond h.
    Epanechnikov,
    /// 4/(π h²) (1 − u²)³, zero beyond h.
    Triweight,
    /// 1/(π h²), zero beyond h.
    Uniform,
    /// 1/(2π h²) exp(−u²/2); h is the standard deviation. Cut at 8 h, where it
    /// is below 2·10⁻¹⁴ of its peak.
    Gaussian,
}

impl Kernel {
    /// All kernels.
    pub const ALL: [Kernel; 5] = [
        Kernel::Quartic,
        Kernel::Epanechnikov,
        Kernel::Triweight,
        Kernel::Uniform,
        Kernel::Gaussian,
    ];

    /// The word in options and provenance.
    pub fn word(self) -> &'static str {
        match self {
            Kernel::Quartic => "quartic",
            Kernel::Epanechnikov => "epanechnikov",
            Kernel::Triweight => "triweight",
            Kernel::Uniform => "uniform",
            Kernel::Gaussian => "gaussian",
        }
    }

    /// Value at a squared distance (m²), per m²; integrates to one over the plane.
    pub fn value(self, distance_2_m2: f64, bandwidth_m: f64) -> f64 {
        let h2 = bandwidth_m * bandwidth_m;
        let u2 = distance_2_m2 / h2;
        if u2 >= self.reach() * self.reach() {
            return 0.0;
        }
        let v = 1.0 - u2;
        match self {
            Kernel::Quartic => 3.0 / (PI * h2) * v * v,
            Kernel::Epanechnikov => 2.0 / (PI * h2) * v,
            Kernel::Triweight => 4.0 / (PI * h2) * v * v * v,
            Kernel::Uniform => 1.0 / (PI * h2),
            Kernel::Gaussian => (-0.5 * u2).exp() / (2.0 * PI * h2),
        }
    }

    /// Where the kernel ends, in bandwidths.
    pub fn reach(self) -> f64 {
        if self == Kernel::Gaussian { 8.0 } else { 1.0 }
    }

    /// Bandwidth whose kernel has a standard deviation of one along each axis.
    fn bandwidth_of_unit_deviation(self) -> f64 {
        match self {
            Kernel::Quartic => 8f64.sqrt(),
            Kernel::Epanechnikov => 6f64.sqrt(),
            Kernel::Triweight => 10f64.sqrt(),
            Kernel::Uniform => 2.0,
            Kernel::Gaussian => 1.0,
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The word is no kernel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a kernel; expected quartic, epanechnikov, triweight, uniform or gaussian")]
pub struct UnknownKernel(String);

impl FromStr for Kernel {
    type Err = UnknownKernel;

    fn from_str(text: &str) -> Result<Kernel, UnknownKernel> {
        Kernel::ALL
            .into_iter()
            .find(|k| k.word().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| UnknownKernel(text.to_owned()))
    }
}

/// How wide the kernel is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bandwidth {
    /// Given, metres.
    Fixed(f64),
    /// Scott's rule: n^(−1/6) times the standard deviation, pooled over both
    /// axes, matched to the kernel (D. W. Scott 1992, Multivariate Density
    /// Estimation, p. 152).
    Scott,
}

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DensitySettings {
    /// Kernel.
    pub kernel: Kernel,
    /// Bandwidth.
    pub bandwidth: Bandwidth,
    /// Side of a cell, metres.
    pub cell_m: f64,
    /// What the grid covers.
    pub extent: Extent,
}

/// An incident as the surface sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contributor {
    /// Where.
    pub at: LonLat,
    /// How much: 1 for an incident, its toll when weighted by fatalities.
    pub weight: f64,
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
    /// How the bandwidth was found, in words.
    pub bandwidth_rule: String,
    /// Incidents summed, those outside the extent that reach in included.
    pub n: usize,
    /// Sum of their weights.
    pub weight: f64,
    /// Share of the weight that the grid holds: the rest lies outside the extent.
    pub share_inside: f64,
}

impl DensityGrid {
    /// The centre of a cell, metres.
    pub fn centre(&self, column: usize, row: usize) -> (f64, f64) {
        (
            self.west_m + (column as f64 + 0.5) * self.cell_m,
            self.north_m - (row as f64 + 0.5) * self.cell_m,
        )
    }

    /// The greatest intensity, per km².
    pub fn peak(&self) -> f64 {
        self.per_km2.iter().copied().fold(0.0, f64::max)
    }
}

/// Why a surface cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DensityError {
    /// The grid would be larger than memory allows for.
    #[error(
        "a grid of {columns} × {rows} cells is over the limit of 100 million; choose a larger cell or a smaller extent"
    )]
    TooManyCells {
        /// Cells across.
        columns: usize,
        /// Cells down.
        rows: usize,
    },
    /// The bandwidth is zero or not finite: all incidents at one place, say.
    #[error("the bandwidth comes to {0} m; give one with --bandwidth-km")]
    NoBandwidth(f64),
}

/// The surface: at the centre of every cell the sum of the kernel over all
/// incidents. Rows are computed side by side, each cell in the order of the
/// incidents, so the result does not depend on the number of threads.
///
/// # Errors
/// [`DensityError`] when the grid is too large or no bandwidth can be found.
pub fn density(
    incidents: &[Contributor],
    settings: &DensitySettings,
) -> Result<DensityGrid, DensityError> {
    let projection = EqualArea::fit(settings.extent);
    let (kernel, cell_m) = (settings.kernel, settings.cell_m);
    let points: Vec<(f64, f64, f64)> = incidents
        .iter()
        .map(|incident| {
            let (x, y) = projection.forward(incident.at);
            (x, y, incident.weight)
        })
        .collect();
    let (bandwidth_m, bandwidth_rule) = match settings.bandwidth {
        Bandwidth::Fixed(h) => (h, "given".to_owned()),
        Bandwidth::Scott => (scott(&points, kernel), "Scott's rule".to_owned()),
    };
    if !(bandwidth_m.is_finite() && bandwidth_m > 0.0) {
        return Err(DensityError::NoBandwidth(bandwidth_m));
    }
    let [west_m, south_m, east_m, north_m] = bounds(&projection, settings.extent);
    let columns = ((east_m - west_m) / cell_m).ceil().max(1.0) as usize;
    let rows = ((north_m - south_m) / cell_m).ceil().max(1.0) as usize;
    if columns.saturating_mul(rows) > 100_000_000 {
        return Err(DensityError::TooManyCells { columns, rows });
    }

    let reach_m = kernel.reach() * bandwidth_m;
    let per_km2: Vec<f64> = (0..rows)
        .into_par_iter()
        .flat_map_iter(|row| {
            let y = north_m - (row as f64 + 0.5) * cell_m;
            let mut sums = vec![0.0; columns];
            for &(px, py, weight) in &points {
                let dy = py - y;
                if dy.abs() >= reach_m {
                    continue;
                }
                let half = (reach_m * reach_m - dy * dy).sqrt();
                // One cell more on either side: the kernel itself says where it ends.
                let first = (((px - half - west_m) / cell_m - 1.5).max(0.0)) as usize;
                let last = ((px + half - west_m) / cell_m + 0.5).max(0.0) as usize;
                for (column, sum) in sums.iter_mut().enumerate().take(last + 1).skip(first) {
                    let dx = west_m + (column as f64 + 0.5) * cell_m - px;
                    *sum += weight * kernel.value(dx * dx + dy * dy, bandwidth_m);
                }
            }
            sums.into_iter().map(|per_m2| per_m2 * 1e6)
        })
        .collect();
    let weight: f64 = points.iter().map(|p| p.2).sum();
    let held: f64 = per_km2.iter().sum::<f64>() * cell_m * cell_m / 1e6;
    Ok(DensityGrid {
        projection,
        west_m,
        north_m,
        cell_m,
        columns,
        rows,
        per_km2,
        kernel,
        bandwidth_m,
        bandwidth_rule,
        n: incidents.len(),
        weight,
        share_inside: if weight > 0.0 { held / weight } else { 1.0 },
    })
}

/// West, south, east and north of an extent in the projection, metres: its
/// edges are curves there, so they are followed.
fn bounds(projection: &EqualArea, extent: Extent) -> [f64; 4] {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    const STEPS: u32 = 64;
    for i in 0..=STEPS {
        let t = f64::from(i) / f64::from(STEPS);
        let lon = extent.west + t * (extent.east - extent.west);
        let lat = extent.south + t * (extent.north - extent.south);
        for (lon, lat) in
            [(lon, extent.south), (lon, extent.north), (extent.west, lat), (extent.east, lat)]
        {
            let (x, y) = projection.forward(LonLat::folded(lon, lat));
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        }
    }
    bounds
}

fn scott(points: &[(f64, f64, f64)], kernel: Kernel) -> f64 {
    let n = points.len() as f64;
    if n < 2.0 {
        return f64::NAN;
    }
    let mean = |f: fn(&(f64, f64, f64)) -> f64| points.iter().map(f).sum::<f64>() / n;
    let (mean_x, mean_y) = (mean(|p| p.0), mean(|p| p.1));
    let sum_2: f64 = points.iter().map(|p| (p.0 - mean_x).powi(2) + (p.1 - mean_y).powi(2)).sum();
    let deviation = (sum_2 / (2.0 * (n - 1.0))).sqrt();
    kernel.bandwidth_of_unit_deviation() * deviation * n.powf(-1.0 / 6.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(kernel: Kernel) -> DensitySettings {
        DensitySettings {
            kernel,
            bandwidth: Bandwidth::Fixed(20_000.0),
            cell_m: 2_500.0,
            extent: Extent { west: 69.0, south: 32.5, east: 72.0, north: 35.0 },
        }
    }

    fn some(n: u32) -> Vec<Contributor> {
        // A fixed scatter, some of it outside the extent but near enough to reach in.
        (0..n)
            .map(|i| Contributor {
                at: LonLat::new(
                    68.8 + f64::from(i * 7919 % 1000) / 1000.0 * 3.4,
                    32.3 + f64::from(i * 104_729 % 1000) / 1000.0 * 2.9,
                )
                .unwrap(),
                weight: 1.0 + f64::from(i % 3),
            })
            .collect()
    }

    #[test]
    fn every_cell_is_the_plain_double_sum() {
        for kernel in Kernel::ALL {
            let incidents = some(60);
            let grid = density(&incidents, &settings(kernel)).unwrap();
            let peak = grid.peak();
            for row in 0..grid.rows {
                for column in 0..grid.columns {
                    let (x, y) = grid.centre(column, row);
                    let plain: f64 = incidents
                        .iter()
                        .map(|i| {
                            let (px, py) = grid.projection.forward(i.at);
                            let d2 = (px - x).powi(2) + (py - y).powi(2);
                            i.weight * kernel.value(d2, 20_000.0) * 1e6
                        })
                        .sum();
                    let got = grid.per_km2[row * grid.columns + column];
                    assert!((got - plain).abs() <= 1e-12 * peak, "{kernel} {got} {plain}");
                }
            }
        }
    }

    #[test]
    fn a_kernel_well_inside_keeps_all_its_mass() {
        for kernel in [Kernel::Quartic, Kernel::Epanechnikov, Kernel::Triweight] {
            let one = [Contributor { at: LonLat::new(70.5, 33.8).unwrap(), weight: 1.0 }];
            let grid = density(&one, &settings(kernel)).unwrap();
            assert!((grid.share_inside - 1.0).abs() < 5e-3, "{kernel} {}", grid.share_inside);
        }
    }

    #[test]
    fn scott_fails_on_one_place_and_says_what_to_do() {
        let one = [Contributor { at: LonLat::new(70.5, 33.8).unwrap(), weight: 1.0 }; 5];
        let asked = DensitySettings { bandwidth: Bandwidth::Scott, ..settings(Kernel::Quartic) };
        let Err(error) = density(&one, &asked) else { panic!("no error") };
        assert!(error.to_string().contains("--bandwidth-km"));
    }

    #[test]
    fn the_kernel_deviations_are_those_of_the_kernels() {
        // E[x²] by summation over a fine grid.
        for kernel in Kernel::ALL {
            let h = kernel.bandwidth_of_unit_deviation();
            let (mut mass, mut second) = (0.0, 0.0);
            let step = 0.02 * h.max(1.0);
            let n = (kernel.reach() * h / step) as i32 + 1;
            for i in -n..=n {
                for j in -n..=n {
                    let (x, y) = (f64::from(i) * step, f64::from(j) * step);
                    let k = kernel.value(x * x + y * y, h) * step * step;
                    mass += k;
                    second += k * x * x;
                }
            }
            assert!((mass - 1.0).abs() < 0.01 && (second - 1.0).abs() < 0.01, "{kernel} {second}");
        }
    }
}
