//! Intervals of rates that carry both chance and what is not known of places.

/// With fewer incidents expected nothing is said of a place: no change is tested, no
/// rate coloured, no stretch called hot. What a wide region leaves everywhere would
/// count as tests and hide where incidents are.
pub const LEAST_EXPECTED: f64 = 0.5;

/// A Poisson rate's 95 % interval (F. Garwood 1936, Fiducial limits for the
/// Poisson distribution, Biometrika 28, 437–442), the number of events itself
/// being uncertain: `mass[k]` is the probability that it is `first + k`.
///
/// Garwood's limits solve P(X ≥ k | μ) = 2.5 % and P(X ≤ k | μ) = 2.5 %. Here
/// both probabilities are averaged over the number k, so that they are those of
/// a Poisson number X against an independent number drawn from `mass`; with a
/// certain number the limits are Garwood's.
///
/// # Accuracy
/// 1e-8 of the limit against R's `poisson.test` (the tests below).
pub fn garwood(mass: &[f64], first: usize, level: f64) -> (f64, f64) {
    let tail = 0.5 * (1.0 - level);
    let total: f64 = mass.iter().sum();
    // P(number ≤ first + i), and its complement before it.
    let mut up_to = Vec::with_capacity(mass.len());
    let mut sum = 0.0;
    for m in mass {
        sum += m / total;
        up_to.push(sum.min(1.0));
    }
    let at_most = |j: usize| match j.checked_sub(first) {
        None => 0.0,
        Some(i) => up_to.get(i).copied().unwrap_or(1.0),
    };
    let last = first + mass.len().saturating_sub(1);
    // P(X ≥ K) = Σ P(X = j) P(K ≤ j), and P(X ≤ K) = Σ P(X = j) P(K ≥ j).
    let reaches = |mu: f64| poisson_mean(mu, at_most);
    let stays = |mu: f64| poisson_mean(mu, |j| if j == 0 { 1.0 } else { 1.0 - at_most(j - 1) });
    let most = last as f64 + 20.0 + 12.0 * (last as f64 + 1.0).sqrt();
    let low = if reaches(0.0) >= tail { 0.0 } else { solve(most, |mu| reaches(mu) < tail) };
    let high = solve(most, |mu| stays(mu) > tail);
    (low, high)
}

/// Where a condition ceases to hold between 0 and `most`.
fn solve(most: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, most);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high || high - low < 1e-11 * high {
            break;
        }
        if holds(middle) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The mean of a function between 0 and 1 of a Poisson number: summed outwards
/// from the mode until terms are below 1e-18 of it, and divided by the sum of
/// the probabilities.
fn poisson_mean(mu: f64, of: impl Fn(usize) -> f64) -> f64 {
    let mode = mu.floor() as usize;
    let (mut weights, mut sum) = (1.0, of(mode));
    let mut term = 1.0;
    for j in (1..=mode).rev() {
        term *= j as f64 / mu;
        if term < 1e-18 {
            break;
        }
        weights += term;
        sum += term * of(j - 1);
    }
    term = 1.0;
    for j in mode + 1.. {
        term *= mu / j as f64;
        if term < 1e-18 {
            break;
        }
        weights += term;
        sum += term * of(j);
    }
    sum / weights
}

/// A rate and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// The estimate.
    pub rate: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

impl Rate {
    /// The same in other units.
    pub fn times(&self, factor: f64) -> Rate {
        Rate { rate: self.rate * factor, low: self.low * factor, high: self.high * factor }
    }

    /// This rate over another with a 95 % interval, both seen independently; `None`
    /// where the other is 0. The upper end may be infinite.
    ///
    /// The distances from each rate to its own limits are put together on the
    /// logarithmic scale (G. Y. Zou and A. Donner 2008, Construction of
    /// confidence limits about effect measures, Stat. Med. 27, 1693–1702).
    pub fn over(&self, other: &Rate) -> Option<Rate> {
        if other.rate <= 0.0 {
            return None;
        }
        let ratio = self.rate / other.rate;
        let way = |a: f64, b: f64| (a / b).ln().powi(2);
        if self.rate <= 0.0 {
            // Nothing seen here: the upper limits alone tell.
            let high = self.high / other.rate * way(other.rate, other.low).sqrt().exp();
            return Some(Rate { rate: 0.0, low: 0.0, high });
        }
        let low = ratio / (way(self.rate, self.low) + way(other.high, other.rate)).sqrt().exp();
        let high = ratio * (way(self.high, self.rate) + way(other.rate, other.low)).sqrt().exp();
        Some(Rate { rate: ratio, low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::poisson_binomial::distribution;

    /// tests/reference/rates.R: `poisson.test(k)$conf.int`.
    #[test]
    fn a_certain_number_has_garwoods_interval() {
        for (k, low, high) in [
            (0, 0.0, 3.688_879_454_113_935),
            (1, 0.025_317_807_984_289_9, 5.571_643_390_938_899),
            (5, 1.623_486_390_118_421, 11.668_332_079_322_67),
            (20, 12.216_519_585_403_94, 30.888_377_902_674_59),
            (137, 115.020_534_433_798_5, 161.956_404_688_073_2),
        ] {
            let (a, b) = garwood(&[1.0], k, 0.95);
            assert!((a - low).abs() < 1e-8 * (1.0 + low), "{k} {a} {low}");
            assert!((b - high).abs() < 1e-8 * high, "{k} {b} {high}");
        }
    }

    #[test]
    fn an_uncertain_number_widens_it() {
        let certain = garwood(&[1.0], 10, 0.95);
        let mass = distribution([0.5; 20]).mass;
        let uncertain = garwood(&mass, 0, 0.95);
        assert!(uncertain.0 < certain.0 && uncertain.1 > certain.1, "{uncertain:?} {certain:?}");
        // tests/reference/rates.R: mixed(10, 20, 0.5), mixed(0, 7, 0.8).
        let (low, high) = garwood(&mass, 10, 0.95);
        assert!((low - 11.288_489_280_7).abs() < 1e-6 && (high - 31.986_543_325_9).abs() < 1e-6);
        let (low, high) = garwood(&distribution([0.8; 7]).mass, 0, 0.95);
        assert!((low - 1.565_327_099_17).abs() < 1e-6 && (high - 12.945_791_509_2).abs() < 1e-6);
    }

    #[test]
    fn a_ratio_turned_round_is_its_inverse() {
        let a = Rate { rate: 4.0, low: 2.0, high: 7.0 };
        let b = Rate { rate: 1.0, low: 0.4, high: 2.0 };
        let (one, other) = (a.over(&b).unwrap(), b.over(&a).unwrap());
        assert!((one.low * other.high - 1.0).abs() < 1e-12);
        assert!(one.low < 4.0 && one.high > 4.0);
        // tests/reference/rates.R: 12 over 4.
        let of = |k: usize| {
            let (low, high) = garwood(&[1.0], k, 0.95);
            Rate { rate: k as f64, low, high }
        };
        let ratio = of(12).over(&of(4)).unwrap();
        assert!((ratio.low - 0.951_004).abs() < 1e-5 && (ratio.high - 12.347_38).abs() < 1e-4);
        let none = Rate { rate: 0.0, low: 0.0, high: 1.0 };
        assert_eq!(a.over(&none), None);
        assert_eq!(none.over(&a).unwrap().low, 0.0);
        let rare = Rate { rate: 1.0, low: 0.0, high: 3.0 };
        assert_eq!(a.over(&rare).unwrap().high, f64::INFINITY);
    }
}
