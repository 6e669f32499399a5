//! The distribution of a number of events that happen independently, each with
//! its own probability.

/// The probabilities of a number of events.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    /// The smallest number that is not all but impossible.
    pub first: usize,
    /// Probabilities of that number and those after it.
    pub mass: Vec<f64>,
}

/// Ends of a distribution below this are left off, event after event.
const NOTHING: f64 = 1e-22;

/// The distribution of the number of events, by adding one event after the
/// other (Y. Hong 2013, On computing the distribution function for the Poisson
/// binomial distribution, Comput. Stat. Data Anal. 59, 41–51, §2.2).
///
/// # Accuracy
/// Exact but for rounding, which only adds terms of one sign, and for ends whose
/// probability is below 1e-22 for each event: below 1e-16 for a million.
///
/// # Complexity
/// n times some twenty standard deviations of the number, for n events.
pub fn distribution(probabilities: impl IntoIterator<Item = f64>) -> Count {
    let (mut first, mut mass) = (0, vec![1.0]);
    for p in probabilities {
        if p <= 0.0 {
            continue;
        }
        if p >= 1.0 {
            first += 1;
            continue;
        }
        let q = 1.0 - p;
        let mut before = 0.0;
        for m in &mut mass {
            let here = *m;
            *m = here * q + before * p;
            before = here;
        }
        mass.push(before * p);
        while mass.len() > 1 && mass[mass.len() - 1] < NOTHING {
            mass.pop();
        }
        if mass[0] < NOTHING {
            let low = mass.iter().take_while(|m| **m < NOTHING).count().min(mass.len() - 1);
            mass.drain(..low);
            first += low;
        }
    }
    Count { first, mass }
}

impl Count {
    /// The smallest central interval of numbers that holds at least the share
    /// `level`: the quantiles at (1 ∓ level)/2.
    pub fn interval(&self, level: f64) -> (usize, usize) {
        let tail = 0.5 * (1.0 - level);
        let quantile = |q: f64| {
            let mut sum = 0.0;
            for (k, p) in self.mass.iter().enumerate() {
                sum += p;
                // 1e-12: the sum of all masses may end a rounding error below 1.
                if sum >= q - 1e-12 {
                    return self.first + k;
                }
            }
            self.first + self.mass.len() - 1
        };
        (quantile(tail), quantile(1.0 - tail))
    }

    /// The mean number.
    pub fn mean(&self) -> f64 {
        let numbers = self.mass.iter().enumerate();
        numbers.map(|(k, p)| (self.first + k) as f64 * p).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_probabilities_give_the_binomial() {
        let count = distribution([0.3; 5]);
        // R: dbinom(0:5, 5, 0.3)
        let want = [0.16807, 0.36015, 0.3087, 0.1323, 0.02835, 0.00243];
        for (got, want) in count.mass.iter().zip(want) {
            assert!((got - want).abs() < 1e-12);
        }
    }

    #[test]
    fn unequal_probabilities_agree_with_all_outcomes() {
        let p = [0.1, 0.5, 0.9, 0.25];
        let mut want = [0.0; 5];
        for outcome in 0..16u32 {
            let mut prob = 1.0;
            for (i, p) in p.iter().enumerate() {
                prob *= if outcome >> i & 1 == 1 { *p } else { 1.0 - p };
            }
            want[outcome.count_ones() as usize] += prob;
        }
        for (got, want) in distribution(p).mass.iter().zip(want) {
            assert!((got - want).abs() < 1e-15);
        }
    }

    #[test]
    fn certain_events_have_no_spread() {
        assert_eq!(distribution([1.0, 1.0, 0.0]).interval(0.95), (2, 2));
        // R: qbinom(c(.025, .975), 20, 0.5) is 6 and 14.
        assert_eq!(distribution([0.5; 20]).interval(0.95), (6, 14));
    }

    #[test]
    fn many_events_lose_nothing_that_counts() {
        // R: qbinom(c(.025, .975), 50000, 0.3) is 14799 and 15201.
        let count = distribution(vec![0.3; 50_000]);
        assert!((count.mass.iter().sum::<f64>() - 1.0).abs() < 1e-11);
        assert!((count.mean() - 15_000.0).abs() < 1e-6);
        assert_eq!(count.interval(0.95), (14_799, 15_201));
        assert!(count.mass.len() < 2_500, "{}", count.mass.len());
    }
}
