//! The distribution of a number of events that happen independently, each with
//! its own probability.

/// Probabilities of 0, 1, 2, … events, by adding one event after the other
/// (Y. Hong 2013, On computing the distribution function for the Poisson
/// binomial distribution, Comput. Stat. Data Anal. 59, 41–51, §2.2). Exact but
/// for rounding, which only adds terms of one sign.
pub fn distribution(probabilities: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut mass = vec![1.0];
    for p in probabilities {
        mass.push(0.0);
        for k in (1..mass.len()).rev() {
            mass[k] = mass[k] * (1.0 - p) + mass[k - 1] * p;
        }
        mass[0] *= 1.0 - p;
    }
    mass
}

/// The smallest central interval of numbers that holds at least the share
/// `level`: the quantiles at (1 ∓ level)/2.
pub fn interval(mass: &[f64], level: f64) -> (usize, usize) {
    let tail = 0.5 * (1.0 - level);
    let quantile = |q: f64| {
        let mut sum = 0.0;
        for (k, p) in mass.iter().enumerate() {
            sum += p;
            // 1e-12: the sum of all masses may end a rounding error below 1.
            if sum >= q - 1e-12 {
                return k;
            }
        }
        mass.len() - 1
    };
    (quantile(tail), quantile(1.0 - tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_probabilities_give_the_binomial() {
        let mass = distribution([0.3; 5]);
        // R: dbinom(0:5, 5, 0.3)
        let want = [0.16807, 0.36015, 0.3087, 0.1323, 0.02835, 0.00243];
        for (got, want) in mass.iter().zip(want) {
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
        for (got, want) in distribution(p).iter().zip(want) {
            assert!((got - want).abs() < 1e-15);
        }
    }

    #[test]
    fn certain_events_have_no_spread() {
        assert_eq!(interval(&distribution([1.0, 1.0, 0.0]), 0.95), (2, 2));
        // R: qbinom(c(.025, .975), 20, 0.5) is 6 and 14.
        assert_eq!(interval(&distribution([0.5; 20]), 0.95), (6, 14));
    }
}
