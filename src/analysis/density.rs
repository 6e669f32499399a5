//! Kernel density on an equal-area grid: the plain sum over all incidents,
//! evaluated at the centre of every cell.

use super::bandwidth::Bandwidth;
use super::kernel::Kernel;
use super::kernel_sums::kernel_sums;
use super::lattice::{Lattice, Mass};
use crate::geodesy::{Cone, EqualArea, Extent, LonLat};
use rayon::prelude::*;

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
    /// What the weights count: `incidents`, or people killed.
    pub counted: &'static str,
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
    /// What is counted: incidents, or people killed.
    pub counted: &'static str,
    /// So many per km² at the centre of each cell; row by row from the
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
    /// The largest distortion of short distances on the extent: 0.01 where a
    /// kilometre may be drawn 10 m too long or too short.
    pub distortion: f64,
    /// How the sums were made.
    pub method: &'static str,
    /// Share of the weight that was spread over the regions of incidents whose
    /// places are not known exactly.
    pub spread_share: f64,
    /// No cell is further from the plain double sum than this share of the peak.
    pub error_bound: f64,
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
/// incidents, by [`kernel_sums`]; the result does not depend on the number of
/// threads.
///
/// # Errors
/// [`DensityError`] when the grid is too large or no bandwidth can be found.
pub fn density(
    incidents: &[Contributor],
    settings: &DensitySettings,
) -> Result<DensityGrid, DensityError> {
    density_spread(incidents, &Spread::default(), settings)
}

/// Incidents whose places are not known, each as the equally likely places of
/// its region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    /// The incidents' own coordinates and weights: they are counted, and rules
    /// for the bandwidth look at them.
    pub incidents: Vec<Contributor>,
    /// Where their weight is summed instead; of the same weight in all.
    pub places: Vec<Contributor>,
}

/// The surface of [`density`] where some incidents are spread over regions.
///
/// # Errors
/// As for [`density`].
pub fn density_spread(
    incidents: &[Contributor],
    spread: &Spread,
    settings: &DensitySettings,
) -> Result<DensityGrid, DensityError> {
    let projection = EqualArea::fit(settings.extent);
    let cone = Cone::new(projection.parameters());
    let (kernel, cell_m) = (settings.kernel, settings.cell_m);
    let mass = |incident: &Contributor| {
        let (x_m, y_m) = cone.forward(incident.at);
        Mass { x_m, y_m, weight: incident.weight }
    };
    let mut points: Vec<Mass> = incidents.par_iter().chain(&spread.incidents).map(mass).collect();
    let [west_m, south_m, east_m, north_m] = bounds(&cone, settings.extent);
    let columns = ((east_m - west_m) / cell_m).ceil().max(1.0) as usize;
    let rows = ((north_m - south_m) / cell_m).ceil().max(1.0) as usize;
    if columns.saturating_mul(rows) > 100_000_000 {
        return Err(DensityError::TooManyCells { columns, rows });
    }
    let lattice = Lattice { west_m, north_m, cell_m, columns, rows };
    let bandwidth_m = settings.bandwidth.metres(&points, &lattice, kernel).unwrap_or(f64::NAN);
    if !(bandwidth_m.is_finite() && bandwidth_m > 0.0) {
        return Err(DensityError::NoBandwidth(bandwidth_m));
    }
    let weigh = |points: &[Mass]| points.iter().map(|p| p.weight).sum::<f64>();
    let n = points.len();
    let weight = weigh(&points);
    let spread_weight = weigh(&points[incidents.len()..]);
    points.truncate(incidents.len());
    points.par_extend(spread.places.par_iter().map(mass));
    let sums = kernel_sums(&points, &lattice, kernel, bandwidth_m);
    let mut per_km2 = sums.per_m2;
    for value in &mut per_km2 {
        *value *= 1e6;
    }
    let held: f64 = per_km2.iter().sum::<f64>() * cell_m * cell_m / 1e6;
    Ok(DensityGrid {
        distortion: cone.largest_distortion(settings.extent),
        projection,
        west_m,
        north_m,
        cell_m,
        columns,
        rows,
        counted: settings.counted,
        per_km2,
        kernel,
        bandwidth_m,
        bandwidth_rule: settings.bandwidth.rule().to_owned(),
        n,
        weight,
        // Cells stand for their middles, so the sum may exceed the mass by a hair.
        share_inside: if weight > 0.0 { (held / weight).min(1.0) } else { 1.0 },
        spread_share: if weight > 0.0 { spread_weight / weight } else { 0.0 },
        method: sums.method,
        error_bound: sums.error_bound,
    })
}

/// West, south, east and north of an extent in the projection, metres: its
/// edges are curves there, so they are followed.
fn bounds(cone: &Cone, extent: Extent) -> [f64; 4] {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    const STEPS: u32 = 64;
    for i in 0..=STEPS {
        let t = f64::from(i) / f64::from(STEPS);
        let lon = extent.west + t * (extent.east - extent.west);
        let lat = extent.south + t * (extent.north - extent.south);
        for (lon, lat) in
            [(lon, extent.south), (lon, extent.north), (extent.west, lat), (extent.east, lat)]
        {
            let (x, y) = cone.forward(LonLat::folded(lon, lat));
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        }
    }
    bounds
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
            counted: "incidents",
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
                    assert!((got - plain).abs() <= 1e-11 * peak, "{kernel} {got} {plain}");
                }
            }
        }
    }

    #[test]
    fn spread_incidents_are_counted_and_lie_elsewhere() {
        let at = |lon: f64| LonLat::new(lon, 33.8).unwrap();
        let exact = [Contributor { at: at(70.2), weight: 1.0 }];
        let spread = Spread {
            incidents: vec![Contributor { at: at(70.5), weight: 3.0 }],
            places: (0..3)
                .map(|i| Contributor { at: at(71.0 + 0.1 * f64::from(i)), weight: 1.0 })
                .collect(),
        };
        let grid = density_spread(&exact, &spread, &settings(Kernel::Quartic)).unwrap();
        assert_eq!((grid.n, grid.weight, grid.spread_share), (2, 4.0, 0.75));
        let all: Vec<Contributor> = exact.iter().chain(&spread.places).copied().collect();
        assert_eq!(grid.per_km2, density(&all, &settings(Kernel::Quartic)).unwrap().per_km2);
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
}
