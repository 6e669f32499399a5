//! Relative risk: the ratio of the densities of two groups of incidents, and
//! where it is further from one than chance would put it.
//!
//! The logarithm of the ratio of two kernel densities with a common bandwidth
//! (J. E. Kelsall and P. J. Diggle 1995, Statistics in Medicine 14, 2335–2342;
//! the R package sparr: T. M. Davies, J. C. Marshall, M. L. Hazelton 2018,
//! Statistics in Medicine 37, 1191–1221). Each density integrates to one, so a
//! ratio of two says that twice as large a share of the first group lies here
//! as of the second, whatever their numbers.
//!
//! To both densities a constant is added, one incident's kernel at its centre
//! among all of both groups (A. W. Bowman and A. Azzalini 1997, Applied
//! Smoothing Techniques, §8.5; sparr's `epsilon`): the ratio is finite and
//! tends to one where there is little.

use super::Sides;
use super::density::{DensityError, DensitySettings, Sources};
use super::grid_frame::GridFrame;
use super::random::Random;
use super::rim::Rim;
use super::site_sums::Summed;
use super::sites::Sites;

/// Cells where fewer incidents than this lie, of both groups together, are
/// masked: a ratio of less says nothing.
pub const LEAST_INCIDENTS: f64 = 5.0;

/// What the first group is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The other incidents.
    Rest,
    /// All incidents, the first group's included.
    All,
}

/// How chance is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// How often the groups are drawn anew.
    pub simulations: u16,
    /// What the draws begin with.
    pub seed: u64,
}

/// The ratio on a grid.
pub struct RelativeGrid {
    /// Where the cells lie.
    pub frame: GridFrame,
    /// Natural logarithm of the ratio at the centre of each cell, row by row
    /// from the north-western corner; in masked cells too.
    pub log_ratio: Vec<f64>,
    /// So many incidents of both groups right here would give the intensity of
    /// both together; below [`LEAST_INCIDENTS`] a cell is masked.
    pub incidents_here: Vec<f64>,
    /// How many draws of the groups, the one seen included, give a ratio at
    /// least as high, and at least as low.
    draws: [Vec<u16>; 2],
    /// The break at the line, where there is one: sides, and near it logarithm and
    /// incidents as they would be on the other side.
    pub across: Option<(Sides, Rim, Rim)>,
    /// Incidents in the first group.
    pub cases: usize,
    /// Incidents in both groups.
    pub all: usize,
    /// Incidents outside the grid, left out where its edge is corrected for.
    pub n_outside: usize,
    /// What the first group is compared with.
    pub against: Against,
    /// How chance was told.
    pub tolerance: Tolerance,
    /// Settings of the two surfaces.
    pub settings: DensitySettings,
    /// Bandwidth, metres, found from both groups together.
    pub bandwidth_m: f64,
    /// The narrowest and the widest bandwidth, where it is adaptive.
    pub bandwidth_range_m: Option<[f64; 2]>,
}

/// A tail of the draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Ratios at least as high as the one seen.
    Higher,
    /// Ratios at least as low.
    Lower,
}

impl RelativeGrid {
    /// The logarithm of the ratio at a cell, NaN where masked.
    pub fn shown(&self, cell: usize) -> f64 {
        if self.incidents_here[cell] < LEAST_INCIDENTS { f64::NAN } else { self.log_ratio[cell] }
    }

    /// The grid with the logarithm of the ratio of every cell as
    /// [`shown`](Self::shown), in the memory of the surface.
    pub fn into_shown(self) -> (GridFrame, Vec<f64>) {
        let mut shown = self.log_ratio;
        for (log, here) in shown.iter_mut().zip(&self.incidents_here) {
            if *here < LEAST_INCIDENTS {
                *log = f64::NAN;
            }
        }
        (self.frame, shown)
    }

    /// Share of random draws of the groups, the one seen included, whose ratio
    /// lies in a tail at a cell; one in masked cells.
    pub fn p(&self, tail: Tail, cell: usize) -> f64 {
        if self.incidents_here[cell] < LEAST_INCIDENTS {
            return 1.0;
        }
        let [higher, lower] = &self.draws;
        let draws = if tail == Tail::Higher { higher[cell] } else { lower[cell] };
        f64::from(draws) / (f64::from(self.tolerance.simulations) + 1.0)
    }

    /// [`RelativeGrid::p`] at every cell.
    pub fn p_values(&self, tail: Tail) -> Vec<f64> {
        (0..self.log_ratio.len()).map(|cell| self.p(tail, cell)).collect()
    }
}

/// The ratio of the density of the incidents that are `cases` (one word for
/// each incident) to that of the others or of all, each counted once whatever
/// its weight.
///
/// # Accuracy
/// The surfaces are those of [`super::density`]. The shares of draws have a
/// standard error of √(p (1 − p)/simulations), 0.015 at p = 0.05 and 199 draws.
///
/// # Errors
/// As for [`super::density`], and when one of the groups is empty.
pub fn relative_risk(
    sources: &Sources,
    cases: &[bool],
    against: Against,
    settings: &DensitySettings,
    tolerance: Tolerance,
) -> Result<RelativeGrid, DensityError> {
    let frame = GridFrame::fit(settings.extent, settings.cell_m);
    let sites = Sites::new(sources, settings, &frame, None)?;
    of_sites(sites, frame, cases, against, settings, tolerance)
}

fn of_sites(
    sites: Sites,
    frame: GridFrame,
    cases: &[bool],
    against: Against,
    settings: &DensitySettings,
    tolerance: Tolerance,
) -> Result<RelativeGrid, DensityError> {
    let is_case = |i: usize| cases[i];
    let counted: Vec<usize> = (0..cases.len()).filter(|i| sites.counts(*i)).collect();
    let all = counted.len();
    let n = counted.iter().filter(|i| is_case(**i)).count();
    if n == 0 || n == all {
        return Err(DensityError::OneGroup { cases: n, all });
    }
    // One surface at a time beside those that are kept: a large grid is most of the memory.
    let seen = sites.sum(|i| f64::from(u8::from(is_case(i))));
    let draws = draws(&sites, &counted, n, &seen, tolerance);
    let shared = settings.kernel.peak(sites.bandwidth_m) / all as f64;
    let ratio = |case: &mut f64, both: f64| {
        let first = *case / n as f64;
        let second = match against {
            Against::All => both / all as f64,
            Against::Rest => (both - *case).max(0.0) / (all - n) as f64,
        };
        *case = ((first + shared) / (second + shared)).ln();
    };
    let Summed { per_m2: mut log_ratio, across: mut across_ratio, .. } = seen;
    let mut pooled_across = Rim::default();
    sites.sum_by_bands(
        |_| 1.0,
        |band| {
            let columns = frame.lattice.columns;
            for (case, both) in log_ratio[band.first_row * columns..].iter_mut().zip(&band.per_m2) {
                ratio(case, *both);
            }
            band.add_rim(&sites, &mut pooled_across);
        },
    );
    if let Some(across) = &mut across_ratio {
        across.zip(&pooled_across, ratio);
    }
    let here = sites.sum_of_shapes(|_| 1.0);
    let bandwidth_range_m = sites.range_m(|_| 1.0);
    let bandwidth_m = sites.bandwidth_m;
    let across = sites
        .sides
        .zip(across_ratio)
        .zip(here.across)
        .map(|((sides, ratio), here)| (sides, ratio, here));
    Ok(RelativeGrid {
        frame,
        log_ratio,
        incidents_here: here.per_m2,
        draws,
        across,
        cases: n,
        all,
        n_outside: cases.len() - all,
        against,
        tolerance,
        settings: *settings,
        bandwidth_m,
        bandwidth_range_m,
    })
}

/// How many draws are at least as high and at least as low as what is seen,
/// which counts itself: the first group drawn at random from all incidents
/// (random labelling). With both groups' sum fixed the ratio rises with the first
/// group's surface, so that alone is summed and compared.
fn draws(
    sites: &Sites,
    counted: &[usize],
    n: usize,
    seen: &Summed,
    tolerance: Tolerance,
) -> [Vec<u16>; 2] {
    let seen = &seen.per_m2;
    // Surfaces of the same incidents in another order differ by their rounding.
    let hair = 1e-9 * seen.iter().copied().fold(0.0, f64::max);
    let (mut higher, mut lower) = (vec![1u16; seen.len()], vec![1u16; seen.len()]);
    let mut random = Random::new(tolerance.seed);
    let mut drawn = counted.to_vec();
    let last = counted.iter().max().map_or(0, |i| i + 1);
    for _ in 0..tolerance.simulations {
        random.draw(&mut drawn, n);
        let mut weights = vec![0.0; last];
        for i in &drawn[..n] {
            weights[*i] = 1.0;
        }
        let weight = |i: usize| weights.get(i).copied().unwrap_or(0.0);
        sites.sum_by_bands(weight, |band| {
            let from = band.first_row * sites.lattice.columns;
            let counts = higher[from..].iter_mut().zip(&mut lower[from..]);
            for ((value, seen), (higher, lower)) in
                band.per_m2.iter().zip(&seen[from..]).zip(counts)
            {
                *higher = higher.saturating_add(u16::from(*value >= seen - hair));
                *lower = lower.saturating_add(u16::from(*value <= seen + hair));
            }
        });
    }
    [higher, lower]
}

#[cfg(test)]
mod tests {
    use super::super::reference::{frame, nobody, points, reference, settings};
    use super::*;

    fn grid(cases: impl Fn(usize) -> bool, seed: u64) -> RelativeGrid {
        let (frame, points) = (frame(), points());
        let sources = Sources::of(points.iter().map(|_| nobody()));
        let cases: Vec<bool> = (0..points.len()).map(cases).collect();
        let sites = Sites::placed(points, &sources, &settings(), &frame, None).unwrap();
        let tolerance = Tolerance { simulations: 39, seed };
        of_sites(sites, frame, &cases, Against::Rest, &settings(), tolerance).unwrap()
    }

    /// The plain sum in R to what interpolation between cells leaves; sparr
    /// bins points to pixels of 1 km by 625 m.
    #[test]
    fn the_logarithm_of_the_ratio_is_that_of_the_formula_and_of_sparr() {
        let grid = grid(|i| i < 180, 1);
        let surface = Summed::of(grid.log_ratio);
        for (what, tolerance) in [("logrisk-plain", 2e-3), ("logrisk", 0.03)] {
            let wanted = reference(what);
            assert_eq!(wanted.len(), 5);
            for (x, y, log) in wanted {
                let got = surface.at(&grid.frame.lattice, (x, y), None).unwrap();
                assert!((got - log).abs() < tolerance, "{what} {x} {y}: {got} {log}");
            }
        }
    }

    #[test]
    fn a_cluster_of_one_group_stands_out_and_a_random_group_does_not() {
        let all = points();
        let (x, y) = all[0];
        let near = |i: usize| (all[i].0 - x).hypot(all[i].1 - y) < 30_000.0;
        let grid = grid(near, 1);
        let cell = (250 - (y / 1000.0).ceil() as usize) * 400 + (x / 1000.0) as usize;
        assert!(grid.log_ratio[cell] > 1.0 && grid.p(Tail::Higher, cell) == 1.0 / 40.0);
        assert_eq!(grid.p(Tail::Lower, cell), 1.0);
        // By a rule that has nothing to do with the place.
        let random = super::tests::grid(|i| i * 7919 % 5 < 2, 1);
        let open: Vec<usize> =
            (0..100_000).filter(|i| random.incidents_here[*i] >= LEAST_INCIDENTS).collect();
        let low = open.iter().filter(|i| random.p(Tail::Higher, **i) <= 0.05).count();
        assert!(open.len() > 1_000 && (low as f64) < 0.25 * open.len() as f64, "{low}");
        assert!((0..100_000).filter(|i| !random.shown(*i).is_nan()).count() == open.len());
    }

    #[test]
    fn the_seed_decides_the_draws_and_nothing_else() {
        let [one, two, other] = [1, 1, 2].map(|seed| grid(|i| i % 3 == 0, seed));
        let p = |grid: &RelativeGrid| grid.p_values(Tail::Higher);
        assert_eq!(p(&one), p(&two));
        assert_ne!(p(&one), p(&other));
        assert_eq!(one.log_ratio, other.log_ratio);
    }

    #[test]
    fn one_group_is_no_ratio() {
        let (frame, points) = (frame(), points());
        let sources = Sources::of(points.iter().map(|_| nobody()));
        let sites = Sites::placed(points, &sources, &settings(), &frame, None).unwrap();
        let tolerance = Tolerance { simulations: 19, seed: 1 };
        let none = [false; 450];
        let got = of_sites(sites, frame, &none, Against::All, &settings(), tolerance);
        assert!(matches!(got, Err(DensityError::OneGroup { cases: 0, all: 450 })));
    }
}
