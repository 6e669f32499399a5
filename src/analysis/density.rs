//! Kernel density on an equal-area grid: the plain sum over all incidents,
//! evaluated at the centre of every cell.

use super::bandwidth::Bandwidth;
use super::barrier::Sides;
use super::edge::Edge;
use super::grid_frame::GridFrame;
use super::kernel::Kernel;
use super::rim::Rim;
use super::site_sums::Summed;
use super::sites::{Sites, checked};
use crate::geodesy::{Extent, LonLat};
use crate::index::BorderIndex;
use crate::model::Side;

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DensitySettings {
    /// Kernel.
    pub kernel: Kernel,
    /// Bandwidth.
    pub bandwidth: Bandwidth,
    /// Whether bandwidths grow where incidents are sparse (Abramson 1982).
    pub adaptive: bool,
    /// Correction at the edge of the grid.
    pub edge: Edge,
    /// Side of a cell, metres.
    pub cell_m: f64,
    /// What the grid covers.
    pub extent: Extent,
    /// What the weights count: `incidents`, or people killed.
    pub counted: &'static str,
}

impl DensitySettings {
    /// Whether a surface can be made of any incidents.
    ///
    /// # Errors
    /// [`DensityError`] when the grid would be too large, or the settings exclude each
    /// other.
    pub fn check(&self, barrier: bool) -> Result<(), DensityError> {
        checked(&GridFrame::fit(self.extent, self.cell_m).lattice)?;
        self.refused(barrier).map_or(Ok(()), |why| Err(DensityError::NotTogether(why)))
    }

    /// Whether a surface needs to know all incidents before any is summed.
    pub fn looks_at_all(&self) -> bool {
        self.adaptive || !matches!(self.bandwidth, Bandwidth::Fixed(_))
    }

    /// Why settings exclude each other, where they do; `barrier` tells whether
    /// the line parts the surface.
    pub fn refused(&self, barrier: bool) -> Option<&'static str> {
        match self.edge {
            Edge::Uniform if barrier => Some(
                "the uniform edge correction does not keep the mass of each incident on its side \
                 of the line",
            ),
            Edge::Uniform if self.adaptive => Some(
                "the uniform edge correction needs one bandwidth for all incidents, and an \
                 adaptive bandwidth has many",
            ),
            _ => None,
        }
    }
}

/// An incident as the surface sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contributor {
    /// Where its coordinate lies: it is counted there, and rules for the
    /// bandwidth look at it.
    pub at: LonLat,
    /// How much: 1 for an incident, its toll when weighted by fatalities.
    pub weight: f64,
    /// Its side of the line; only a barrier asks.
    pub side: Option<Side>,
    /// The region of [`Sources::regions`] that it is spread over; `None` when
    /// it lies at its coordinate.
    pub region: Option<u32>,
}

impl Contributor {
    /// One that lies at its coordinate.
    pub fn at(at: LonLat, weight: f64) -> Contributor {
        Contributor { at, weight, side: None, region: None }
    }
}

/// One of the equally likely places of a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LikelyPlace {
    /// Where.
    pub at: LonLat,
    /// Its side of the line; only a barrier asks.
    pub side: Option<Side>,
}

/// What a surface is made from.
#[derive(Clone, Default)]
pub struct Sources<'a> {
    /// The incidents.
    pub incidents: Vec<Contributor>,
    /// Regions that incidents are spread over, each as equally likely places.
    pub regions: Vec<Vec<LikelyPlace>>,
    /// The line, when nothing is smoothed across it: an incident adds only to
    /// cells on its own side, and its kernel is scaled up by what it would have
    /// put on the other. One on the line itself adds to both.
    pub line: Option<&'a BorderIndex>,
}

impl Sources<'_> {
    /// Incidents at their coordinates.
    pub fn of(incidents: impl IntoIterator<Item = Contributor>) -> Sources<'static> {
        Sources { incidents: incidents.into_iter().collect(), ..Sources::default() }
    }
}

/// A surface that breaks at the line.
pub struct Barrier {
    /// On which side each cell lies.
    pub sides: Sides,
    /// So many per km² at each cell near the line if it lay on the other side:
    /// what a figure needs to draw the break along the line and not along cells.
    pub across_per_km2: Rim,
}

/// Intensity on a grid of square cells in an equal-area projection.
pub struct DensityGrid {
    /// Where the cells lie.
    pub frame: GridFrame,
    /// What is counted: incidents, or people killed.
    pub counted: &'static str,
    /// So many per km² at the centre of each cell; row by row from the
    /// north-western corner.
    pub per_km2: Vec<f64>,
    /// The break at the line, where there is one.
    pub barrier: Option<Barrier>,
    /// Kernel.
    pub kernel: Kernel,
    /// Bandwidth, metres; where it is adaptive, that at the geometric mean of
    /// the intensity.
    pub bandwidth_m: f64,
    /// The narrowest and the widest bandwidth, where it is adaptive.
    pub bandwidth_range_m: Option<[f64; 2]>,
    /// How the bandwidth was found, in words.
    pub bandwidth_rule: String,
    /// Correction at the edge.
    pub edge: Edge,
    /// Incidents summed, those outside the extent that reach in included.
    pub n: usize,
    /// Incidents left out because they lie outside the grid and its edge is
    /// corrected for.
    pub n_outside: usize,
    /// Sum of the weights of those summed.
    pub weight: f64,
    /// Share of the weight that the kernels put on the grid, before any
    /// correction at its edge: the rest lies outside.
    pub share_inside: f64,
    /// How the sums were made.
    pub method: &'static str,
    /// Share of the weight that was spread over the regions of incidents whose
    /// places are not known exactly.
    pub spread_share: f64,
    /// No cell is further from the plain double sum than this share of the peak.
    pub error_bound: f64,
}

impl DensityGrid {
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
    /// Settings exclude each other.
    #[error("{0}")]
    NotTogether(&'static str),
    /// A ratio needs incidents of both kinds.
    #[error("a ratio needs two groups of incidents: {cases} of {all} are in the first")]
    OneGroup {
        /// Incidents in the first.
        cases: usize,
        /// Incidents in all.
        all: usize,
    },
}

/// The surface: at the centre of every cell the sum of the kernel over all
/// incidents, by [`super::kernel_sums`]; the result does not depend on the
/// number of threads.
///
/// # Errors
/// [`DensityError`] when the grid is too large, no bandwidth can be found or
/// settings exclude each other.
pub fn density(sources: &Sources, settings: &DensitySettings) -> Result<DensityGrid, DensityError> {
    let mut sum = DensitySum::new(settings);
    sum.add(sources, |_| 1)?;
    Ok(sum.finish())
}

/// A surface on its way: of one given bandwidth it is a sum over incidents, and
/// they may come in parts.
pub(super) struct DensitySum {
    settings: DensitySettings,
    frame: GridFrame,
    /// So far.
    summed: Option<Summed>,
    sides: Option<Sides>,
    parts: usize,
    /// Incidents.
    n: usize,
    n_outside: usize,
    /// Sum of the weights, and of those that were spread.
    weight: f64,
    spread: f64,
    /// Weight inside the window and all, where asked for.
    inside: Option<[f64; 2]>,
    bandwidth_m: f64,
    bandwidth_range_m: Option<[f64; 2]>,
}

impl DensitySum {
    /// Nothing yet.
    pub fn new(settings: &DensitySettings) -> DensitySum {
        DensitySum {
            settings: *settings,
            frame: GridFrame::fit(settings.extent, settings.cell_m),
            summed: None,
            sides: None,
            parts: 0,
            n: 0,
            n_outside: 0,
            weight: 0.0,
            spread: 0.0,
            inside: None,
            bandwidth_m: f64::NAN,
            bandwidth_range_m: None,
        }
    }

    /// Whether nothing was added, not even no incidents.
    pub fn is_empty(&self) -> bool {
        self.parts == 0
    }

    /// Adds some incidents; each of the sources stands for a number of them.
    pub fn add(
        &mut self,
        sources: &Sources,
        incidents: impl Fn(usize) -> usize,
    ) -> Result<(), DensityError> {
        // One bandwidth serves all parts, where there are several, and so do sides.
        let sides = self.sides.take();
        let sites = Sites::new(sources, &self.settings, &self.frame, sides)?;
        let weight_of = |i: usize| sources.incidents[i].weight;
        let part = sites.sum(weight_of);
        for (i, contributor) in sources.incidents.iter().enumerate() {
            if !sites.counts(i) {
                self.n_outside += incidents(i);
                continue;
            }
            self.n += incidents(i);
            self.weight += contributor.weight;
            self.spread += if contributor.region.is_some() { contributor.weight } else { 0.0 };
        }
        if let Some([inside, all]) = sites.inside(weight_of) {
            let [sum, whole] = self.inside.get_or_insert_default();
            *sum += inside;
            *whole += all;
        }
        self.bandwidth_range_m = sites.range_m(weight_of);
        self.bandwidth_m = sites.bandwidth_m;
        self.sides = sites.sides;
        self.parts += 1;
        match &mut self.summed {
            Some(summed) => summed.add(&part),
            None => self.summed = Some(part),
        }
        Ok(())
    }

    /// The surface.
    pub fn finish(self) -> DensityGrid {
        let lattice = self.frame.lattice;
        let summed = self.summed.unwrap_or_else(|| Summed::of(lattice.zeros()));
        let error_bound = summed.error_share(self.parts);
        let Summed { per_m2: mut per_km2, across, method, .. } = summed;
        for value in &mut per_km2 {
            *value *= 1e6;
        }
        let weight = self.weight;
        let share = |part: f64| if weight > 0.0 { part / weight } else { 0.0 };
        // Cells stand for their middles, so the sum may exceed the mass by a hair.
        let held = || per_km2.iter().sum::<f64>() * lattice.cell_m * lattice.cell_m / 1e6;
        let share_inside = match self.inside {
            Some([inside, all]) if all > 0.0 => inside / all,
            None if weight > 0.0 => share(held()).min(1.0),
            _ => 1.0,
        };
        let barrier = self.sides.zip(across).map(|(sides, mut across)| {
            across.for_each(|value| *value *= 1e6);
            Barrier { sides, across_per_km2: across }
        });
        let settings = self.settings;
        DensityGrid {
            frame: self.frame,
            counted: settings.counted,
            per_km2,
            barrier,
            kernel: settings.kernel,
            bandwidth_m: self.bandwidth_m,
            bandwidth_range_m: self.bandwidth_range_m,
            bandwidth_rule: settings.bandwidth.rule().to_owned(),
            edge: settings.edge,
            n: self.n,
            n_outside: self.n_outside,
            weight,
            share_inside,
            spread_share: share(self.spread),
            method,
            error_bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(kernel: Kernel) -> DensitySettings {
        DensitySettings {
            kernel,
            bandwidth: Bandwidth::Fixed(20_000.0),
            adaptive: false,
            edge: Edge::None,
            cell_m: 2_500.0,
            extent: Extent { west: 69.0, south: 32.5, east: 72.0, north: 35.0 },
            counted: "incidents",
        }
    }

    fn some(n: u32) -> Vec<Contributor> {
        // A fixed scatter, some of it outside the extent but near enough to reach in.
        (0..n)
            .map(|i| {
                let at = LonLat::new(
                    68.8 + f64::from(i * 7919 % 1000) / 1000.0 * 3.4,
                    32.3 + f64::from(i * 104_729 % 1000) / 1000.0 * 2.9,
                );
                Contributor::at(at.unwrap(), 1.0 + f64::from(i % 3))
            })
            .collect()
    }

    /// The plain sum at a cell, per km².
    fn plainly(incidents: &[Contributor], grid: &DensityGrid, column: usize, row: usize) -> f64 {
        let (x, y) = grid.frame.lattice.centre(column, row);
        let each = incidents.iter().map(|i| {
            let (px, py) = grid.frame.projection.forward(i.at);
            let d2 = (px - x).powi(2) + (py - y).powi(2);
            i.weight * grid.kernel.value(d2, grid.bandwidth_m) * 1e6
        });
        each.sum()
    }

    #[test]
    fn every_cell_is_the_plain_double_sum() {
        for kernel in Kernel::ALL {
            let incidents = some(60);
            let grid = density(&Sources::of(incidents.clone()), &settings(kernel)).unwrap();
            let (peak, lattice) = (grid.peak(), grid.frame.lattice);
            for row in 0..lattice.rows {
                for column in 0..lattice.columns {
                    let plain = plainly(&incidents, &grid, column, row);
                    let got = grid.per_km2[row * lattice.columns + column];
                    assert!((got - plain).abs() <= 1e-11 * peak, "{kernel} {got} {plain}");
                }
            }
        }
    }

    /// Points beyond the grid of which it holds the rims alone, in parts: every cell
    /// keeps to the bound, which no part's own peak would give.
    #[test]
    fn rims_that_are_summed_in_parts_keep_to_the_bound() {
        for kernel in [Kernel::Quartic, Kernel::Epanechnikov, Kernel::Triweight] {
            let settings = settings(kernel);
            let frame = GridFrame::fit(settings.extent, settings.cell_m);
            let lattice = frame.lattice;
            let beyond: Vec<Contributor> = (0..12)
                .map(|i| {
                    let (x, y) = lattice.centre(0, 10 + 3 * i);
                    let rim = 1.0 - 1e-3 / f64::from(1 + i as u32);
                    let at = frame.projection.inverse(x - 20_000.0 * rim, y).unwrap();
                    Contributor::at(at, 1.0 + f64::from(i as u32))
                })
                .collect();
            let mut sum = DensitySum::new(&settings);
            for part in beyond.chunks(5) {
                sum.add(&Sources::of(part.iter().copied()), |_| 1).unwrap();
            }
            let grid = sum.finish();
            let (bound, peak) = (grid.error_bound, grid.peak());
            let whole = kernel.peak(20_000.0) * 1e6;
            assert!(peak < 0.03 * 12.0 * whole && bound > 1e-11, "{kernel} {peak} {bound}");
            assert!(bound * peak < 1e-10 * 78.0 * whole, "{kernel} {bound}");
            for row in 0..lattice.rows {
                for column in 0..lattice.columns {
                    let plain = plainly(&beyond, &grid, column, row);
                    let got = grid.per_km2[row * lattice.columns + column];
                    assert!((got - plain).abs() <= bound * peak, "{kernel} {got} {plain}");
                }
            }
        }
    }

    #[test]
    fn spread_incidents_are_counted_and_lie_elsewhere() {
        let at = |lon: f64| LonLat::new(lon, 33.8).unwrap();
        let places: Vec<LonLat> = (0..3).map(|i| at(71.0 + 0.1 * f64::from(i))).collect();
        let spread = Contributor { region: Some(0), ..Contributor::at(at(70.5), 1.5) };
        let sources = Sources {
            // Two share a region.
            incidents: vec![Contributor::at(at(70.2), 1.0), spread, spread],
            regions: vec![places.iter().map(|&at| LikelyPlace { at, side: None }).collect()],
            line: None,
        };
        let grid = density(&sources, &settings(Kernel::Quartic)).unwrap();
        assert_eq!((grid.n, grid.weight, grid.spread_share), (3, 4.0, 0.75));
        let all = std::iter::once(at(70.2)).chain(places).map(|at| Contributor::at(at, 1.0));
        let plain = density(&Sources::of(all), &settings(Kernel::Quartic)).unwrap();
        assert_eq!(grid.per_km2, plain.per_km2);
    }

    #[test]
    fn a_kernel_well_inside_keeps_all_its_mass() {
        for kernel in [Kernel::Quartic, Kernel::Epanechnikov, Kernel::Triweight] {
            let one = Sources::of([Contributor::at(LonLat::new(70.5, 33.8).unwrap(), 1.0)]);
            let grid = density(&one, &settings(kernel)).unwrap();
            assert!((grid.share_inside - 1.0).abs() < 5e-3, "{kernel} {}", grid.share_inside);
        }
    }

    #[test]
    fn scott_fails_on_one_place_and_says_what_to_do() {
        let one = Sources::of([Contributor::at(LonLat::new(70.5, 33.8).unwrap(), 1.0); 5]);
        let asked = DensitySettings { bandwidth: Bandwidth::Scott, ..settings(Kernel::Quartic) };
        let Err(error) = density(&one, &asked) else { panic!("no error") };
        assert!(error.to_string().contains("--bandwidth-km"));
    }
}
