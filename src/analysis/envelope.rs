//! How far a smoothed profile may be off by chance and by what is not known of
//! places: a bootstrap.

use super::along_kernel::Curve;
use super::random::Random;
use rayon::prelude::*;

/// Share of the draws outside of the envelope, on either side.
const TAIL: f64 = 0.025;
/// Cells to a bandwidth, at least.
const CELLS: f64 = 50.0;

/// Expected numbers of incidents on the cells of a fine grid along a line.
#[derive(Clone, Debug)]
pub(super) struct Means {
    cell_m: f64,
    of_cell: Vec<f64>,
}

impl Means {
    /// None yet, on the grid for a curve.
    pub fn new(curve: &Curve) -> Means {
        let cell_m = (curve.bandwidth_m / CELLS).min(curve.step_m);
        let cells = (curve.length_m / cell_m).ceil().max(1.0) as usize;
        Means { cell_m, of_cell: vec![0.0; cells] }
    }

    /// Adds an expected number at a chainage in metres.
    pub fn add(&mut self, chainage_m: f64, mass: f64) {
        let last = self.of_cell.len() - 1;
        self.of_cell[((chainage_m / self.cell_m).max(0.0) as usize).min(last)] += mass;
    }

    /// Adds those of others, for the same curve.
    pub fn add_all(&mut self, other: &Means) {
        self.of_cell.iter_mut().zip(&other.of_cell).for_each(|(sum, more)| *sum += more);
    }
}

/// The pointwise 95 % envelope of a curve, by resampling: its lower and its
/// upper edge at every place.
///
/// Each draw takes a Poisson number of incidents with replacement, as many as
/// there are on average, and puts each at one of the places that it may lie at
/// (A. Cowling, P. Hall and M. J. Phillips 1996, Bootstrap confidence regions
/// for the intensity of a Poisson point process, J. Am. Stat. Assoc. 91,
/// 1516–1524, their second method). The numbers that a draw puts on the cells of
/// a fine grid are then independent Poisson numbers with the expected ones for
/// means, and are drawn as such. Sorted, the draws at (B + 1) × 2.5 % and
/// 97.5 % are the edges.
///
/// The edges are numbers per `unit_m` metres.
///
/// # Accuracy
/// Of the curve that is expected, bias of the smoothing and all: the band holds
/// it in about 95 % of cases where some ten incidents are in reach of the kernel,
/// and in fewer where there are hardly any (the tests below). Where there is no
/// incident the band has no width, which does not mean that none could have been.
/// Each draw has its own stream of random numbers: the same bytes on any number
/// of threads.
pub(super) fn envelope(
    means: &Means,
    unit_m: f64,
    curve: &Curve,
    draws: u32,
    seed: u64,
) -> [Vec<f64>; 2] {
    let Means { cell_m, of_cell: means } = means;
    let cells = means.len();
    let taken: Vec<(f64, f64)> = (0..cells)
        .filter(|&i| means[i] > 0.0)
        .map(|i| (((i as f64 + 0.5) * cell_m).min(curve.length_m), means[i]))
        .collect();
    let places = curve.places();
    let drawn: Vec<Vec<f64>> = (0..u64::from(draws))
        .into_par_iter()
        .map(|draw| {
            let mut random = Random::stream(seed, draw);
            let mut values = vec![0.0; places];
            for &(chainage_m, mean) in &taken {
                match random.poisson(mean) {
                    0 => {}
                    count => curve.add(&mut values, chainage_m, count as f64 * unit_m),
                }
            }
            values
        })
        .collect();
    let rank = |q: f64| {
        let place = (q * (f64::from(draws) + 1.0)).round() as usize;
        place.saturating_sub(1).min(drawn.len().saturating_sub(1))
    };
    let (low, high) = (rank(TAIL), rank(1.0 - TAIL));
    let edges: Vec<[f64; 2]> = (0..places)
        .into_par_iter()
        .map(|i| {
            let mut here: Vec<f64> = drawn.iter().map(|values| values[i]).collect();
            here.sort_by(f64::total_cmp);
            [low, high].map(|rank| here.get(rank).copied().unwrap_or(0.0))
        })
        .collect();
    [0, 1].map(|edge| edges.iter().map(|e| e[edge]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(
        masses: impl Iterator<Item = (f64, f64)>,
        unit_m: f64,
        curve: &Curve,
        draws: u32,
        seed: u64,
    ) -> [Vec<f64>; 2] {
        let mut means = Means::new(curve);
        masses.for_each(|(chainage_m, mass)| means.add(chainage_m, mass));
        super::envelope(&means, unit_m, curve, draws, seed)
    }

    /// Over many incidents the envelope is that of a normal number: the mean ∓
    /// 1.96 √(Σ k²), k being the kernel at each incident.
    #[test]
    fn many_incidents_have_the_envelope_of_a_normal_number() {
        let curve = Curve { length_m: 400_000.0, step_m: 2_000.0, bandwidth_m: 25_000.0 };
        let masses = || (0..4_000).map(|i| (f64::from(i) * 100.0 + 50.0, 1.0));
        let [low, high] = envelope(masses(), 1.0, &curve, 1_999, 3);
        let mean = 0.01;
        // ∫ k² of the quartic is 5/(7 h).
        let deviation = (0.01 * 5.0 / (7.0 * 25_000.0f64)).sqrt();
        let (mut below, mut above) = (0.0, 0.0);
        for i in 20..180 {
            below += (low[i] - mean) / deviation / 160.0;
            above += (high[i] - mean) / deviation / 160.0;
        }
        assert!((below + 1.96).abs() < 0.1 && (above - 1.96).abs() < 0.1, "{below} {above}");
        assert_eq!(envelope(masses(), 1.0, &curve, 99, 3), envelope(masses(), 1.0, &curve, 99, 3));
        assert_ne!(envelope(masses(), 1.0, &curve, 99, 3), envelope(masses(), 1.0, &curve, 99, 4));
    }

    /// Simulated processes: how often the envelope holds what is expected there.
    #[test]
    fn the_envelope_holds_the_truth_as_often_as_it_says() {
        let curve = Curve { length_m: 500_000.0, step_m: 10_000.0, bandwidth_m: 25_000.0 };
        // 20 incidents by 25 km and more: an intensity that rises along the line.
        let rate = |c: f64| 8e-4 * (1.0 + c / 500_000.0);
        let cells: Vec<(f64, f64)> = (0..2_500)
            .map(|i| (f64::from(i) * 200.0 + 100.0, 200.0 * rate(f64::from(i) * 200.0)))
            .collect();
        let mut truth = vec![0.0; curve.places()];
        for &(c, mean) in &cells {
            curve.add(&mut truth, c, mean);
        }
        let (mut held, mut all) = (0.0, 0.0);
        for round in 0..120 {
            let mut random = Random::stream(99, round);
            let process: Vec<(f64, f64)> = cells
                .iter()
                .map(|&(c, mean)| (c, random.poisson(mean) as f64))
                .filter(|m| m.1 > 0.0)
                .collect();
            let [low, high] = envelope(process.into_iter(), 1.0, &curve, 199, round);
            for i in 3..truth.len() - 3 {
                held += f64::from(u8::from(low[i] <= truth[i] && truth[i] <= high[i]));
                all += 1.0;
            }
        }
        let share = held / all;
        assert!((0.91..0.98).contains(&share), "{share}");
    }
}
