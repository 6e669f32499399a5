//! Whether incidents lie nearer to the line than places of the window do.

use super::random::Random;
use super::window::Window;
use super::window_claims::Ground;
use super::zone_area::{Fineness, zone_shares};
use crate::geodesy::Extent;
use crate::index::StudyIndex;
use crate::model::DegreeGrid;
use rayon::prelude::*;

/// How far from the line the window's ground lies, both sides together.
#[derive(Clone, Debug, PartialEq)]
pub struct GroundByDistance {
    /// Distances, metres, ascending and evenly spaced.
    pub distances_m: Vec<f64>,
    /// Share of the ground within the last distance that lies within each.
    pub shares: Vec<f64>,
}

/// Distances looked at.
const STEPS: usize = 100;

/// The distances looked at, metres.
fn steps(within_m: f64) -> Vec<f64> {
    (1..=STEPS).map(|i| within_m * i as f64 / STEPS as f64).collect()
}

/// Cells of 3.5 km, and a contour may be off by half of the room between two.
const COARSE: Fineness = Fineness { depth: 4, tolerance: 0.2, least_m: 200.0 };

/// The ground within `within_m` of the line by its distance, from areas and not
/// from drawn places.
///
/// # Accuracy
/// Shares to 0.1 % (tests/near_line.rs).
pub fn ground_by_distance(index: &StudyIndex, within_m: f64, window: &Window) -> GroundByDistance {
    let distances_m = steps(within_m);
    let areas = zone_shares(index, &distances_m, &Ground::new(index, window, None), COARSE);
    let mut sum = 0.0;
    let both = areas[0].m2[0].iter().zip(&areas[0].m2[1]).take(STEPS);
    let sums: Vec<f64> = both
        .map(|(left, right)| {
            sum += left + right;
            sum
        })
        .collect();
    let shares = sums.iter().map(|s| if sum > 0.0 { s / sum } else { 0.0 }).collect();
    GroundByDistance { distances_m, shares }
}

/// The people within `within_m` of the line by their distance. A cell of the
/// raster counts where its middle lies, so cells should be smaller than a
/// hundredth of that distance. `None` when no people live there.
pub fn people_by_distance(
    index: &StudyIndex,
    within_m: f64,
    window: &Window,
    people: &DegreeGrid,
) -> Option<GroundByDistance> {
    let distances_m = steps(within_m);
    let line = index.border.parts().iter().flatten().copied();
    let reach_deg = within_m / 110_500.0;
    let extent = Extent::around(line)?;
    let cos = (extent.north.abs().max(extent.south.abs()) + reach_deg).to_radians().cos().max(0.05);
    let extent = extent.grown(reach_deg / cos, reach_deg);
    let of_rows: Vec<Vec<f64>> = (0..people.rows())
        .into_par_iter()
        .map(|row| {
            let mut steps = vec![0.0; STEPS];
            let mut locator = index.line.locator();
            for column in 0..people.columns {
                let count = f64::from(people.values[row * people.columns + column]);
                let at = people.centre(column, row);
                // Neither nothing nor unknown.
                if !(count > 0.0 && extent.contains(at)) {
                    continue;
                }
                let found = locator.locate(at);
                let step = distances_m.partition_point(|&d| d < found.distance_m);
                if step < STEPS && window.holds(index, at, &found) {
                    steps[step] += count;
                }
            }
            steps
        })
        .collect();
    // In the order of the rows: the same on any number of threads.
    let mut sums = vec![0.0; STEPS];
    for steps in &of_rows {
        sums.iter_mut().zip(steps).for_each(|(sum, more)| *sum += more);
    }
    let all: f64 = sums.iter().sum();
    let mut below = 0.0;
    let shares = sums.iter().map(|here| {
        below += here;
        below / all
    });
    let shares = shares.collect();
    (all > 0.0).then_some(GroundByDistance { distances_m, shares })
}

/// The incidents within one distance, against as many evenly spread ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Within {
    /// The distance, metres.
    pub distance_m: f64,
    /// Share of the ground within it.
    pub ground: f64,
    /// Share of the incidents.
    pub incidents: f64,
    /// Lower end of what 95 % of the simulations have.
    pub low: f64,
    /// Upper end of that.
    pub high: f64,
}

/// Incidents by their distance, against places that are spread evenly over the
/// ground within the same distance of the line.
#[derive(Clone, Debug, PartialEq)]
pub struct NearLine {
    /// Incidents within the last distance.
    pub count: usize,
    /// The largest surplus of the incidents' share over the ground's
    /// (Kolmogorov and Smirnov's one-sided statistic, at the distances looked at).
    pub statistic: f64,
    /// The distance where it is reached, metres.
    pub at_m: f64,
    /// Share of simulations, the incidents among them, with as large a surplus.
    pub p_value: f64,
    /// Number of simulations.
    pub simulations: usize,
    /// What their chance was drawn from.
    pub seed: u64,
    /// At every distance looked at.
    pub curve: Vec<Within>,
}

/// Numbers of incidents by their distance from the line, coordinates taken at their
/// word, at the distances that [`near_line`] looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct NearCounts {
    distances_m: Vec<f64>,
    counts: Vec<u64>,
}

impl NearCounts {
    /// None yet, up to a distance in metres.
    pub fn new(within_m: f64) -> NearCounts {
        let distances_m = steps(within_m);
        NearCounts { counts: vec![0; distances_m.len()], distances_m }
    }

    /// Of incidents at some distances in metres.
    pub fn of(within_m: f64, distances_m: impl IntoIterator<Item = f64>) -> NearCounts {
        let mut counts = NearCounts::new(within_m);
        distances_m.into_iter().for_each(|distance_m| counts.add(distance_m));
        counts
    }

    /// Adds an incident at a distance in metres; farther ones do not count.
    pub fn add(&mut self, distance_m: f64) {
        let step = self.distances_m.partition_point(|&d| d < distance_m);
        if let Some(count) = self.counts.get_mut(step) {
            *count += 1;
        }
    }

    /// Adds what another holds.
    pub fn add_all(&mut self, other: &NearCounts) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
    }
}

/// Compares incidents with as many places drawn evenly from the ground within the
/// same distance; `None` without an incident that is near enough.
///
/// Under that null the numbers between the distances are multinomial, the shares
/// being the ground's, so the simulations are of the exact null and the p-value is
/// that of a Monte Carlo test (G. A. Barnard 1963, J. R. Stat. Soc. B 25, 294).
pub fn near_line(
    incidents: &NearCounts,
    ground: &GroundByDistance,
    simulations: usize,
    seed: u64,
) -> Option<NearLine> {
    let steps = ground.distances_m.len();
    let count: u64 = incidents.counts.iter().sum();
    if count == 0 {
        return None;
    }
    let seen = shares(&incidents.counts, count);
    let (statistic, at) = surplus(&seen, &ground.shares);
    let drawn: Vec<Vec<f64>> = (0..simulations)
        .into_par_iter()
        .map(|simulation| {
            let mut random = Random::stream(seed, simulation as u64);
            shares(&random.spread(count, &ground.shares), count)
        })
        .collect();
    let as_large =
        drawn.iter().filter(|s| surplus(s, &ground.shares).0 >= statistic - 1e-12).count();
    let curve = (0..steps).map(|step| {
        let mut there: Vec<f64> = drawn.iter().map(|shares| shares[step]).collect();
        there.sort_by(f64::total_cmp);
        let quantile = |q: f64| {
            let number = (q * there.len() as f64) as usize;
            there.get(number.min(there.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
        };
        Within {
            distance_m: ground.distances_m[step],
            ground: ground.shares[step],
            incidents: seen[step],
            low: quantile(0.025),
            high: quantile(0.975),
        }
    });
    Some(NearLine {
        count: count as usize,
        statistic,
        at_m: ground.distances_m[at],
        p_value: (as_large + 1) as f64 / (simulations + 1) as f64,
        simulations,
        seed,
        curve: curve.collect(),
    })
}

fn shares(counts: &[u64], count: u64) -> Vec<f64> {
    let mut sum = 0;
    let share = |&c: &u64| {
        sum += c;
        sum as f64 / count as f64
    };
    counts.iter().map(share).collect()
}

/// The largest surplus and where it is.
fn surplus(seen: &[f64], ground: &[f64]) -> (f64, usize) {
    let mut best = (0.0, 0);
    for (step, (seen, ground)) in seen.iter().zip(ground).enumerate() {
        if seen - ground > best.0 {
            best = (seen - ground, step);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even() -> GroundByDistance {
        let distances_m: Vec<f64> = (1..=100).map(|i| f64::from(i) * 1000.0).collect();
        let shares = distances_m.iter().map(|d| d / 100_000.0).collect();
        GroundByDistance { distances_m, shares }
    }

    fn counts(distances_m: impl IntoIterator<Item = f64>) -> NearCounts {
        NearCounts::of(100_000.0, distances_m)
    }

    #[test]
    fn incidents_as_even_as_the_ground_are_no_surplus() {
        let evenly = (0..500).map(|i| (f64::from(i) + 0.5) * 200.0);
        let found = near_line(&counts(evenly), &even(), 199, 1).unwrap();
        assert_eq!(found.count, 500);
        assert!(found.statistic < 0.01 && found.p_value > 0.5, "{found:?}");
        assert!(found.curve.iter().all(|w| w.low <= w.ground && w.ground <= w.high));
    }

    #[test]
    fn a_gathering_at_the_line_is_found_and_the_same_each_time() {
        let near = |i: u32| 100_000.0 * (f64::from(i) / 200.0).powi(2);
        let found = near_line(&counts((1..200).map(near)), &even(), 199, 1).unwrap();
        // √x − x is largest at a quarter.
        assert!((found.statistic - 0.25).abs() < 0.02 && (found.at_m - 25_000.0).abs() < 3_000.0);
        assert_eq!(found.p_value, 1.0 / 200.0);
        assert_eq!(near_line(&counts((1..200).map(near)), &even(), 199, 1).unwrap(), found);
        assert_eq!(near_line(&counts([200_000.0]), &even(), 9, 1), None);
    }

    /// The share of false alarms of the test at 5 % is 5 %.
    #[test]
    fn the_test_keeps_its_level() {
        let mut random = Random::new(7);
        let mut alarms = 0;
        for round in 0..400 {
            let distances: Vec<f64> = (0..40).map(|_| 100_000.0 * random.share()).collect();
            let found = near_line(&counts(distances), &even(), 99, round).unwrap();
            alarms += u32::from(found.p_value <= 0.05);
        }
        // 20 of 400, and three standard errors.
        assert!((8..=33).contains(&alarms), "{alarms}");
    }
}
