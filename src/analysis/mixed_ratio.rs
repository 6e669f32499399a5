//! The ratio of two Poisson rates whose counts are themselves uncertain.

use super::beta::{incomplete_beta, ln_gamma};
use super::poisson_binomial::Count;
use super::rate_ratio::{RateRatio, TAIL, rate_ratio};

/// The ratio of the rate of `after` events in `after_time` to that of `before`
/// in `before_time`, as [`rate_ratio`], both numbers of events being uncertain
/// and independent of each other.
///
/// # Method
/// The tails of [`rate_ratio`] are those of a binomial number against the
/// observed count, given the total. Here they are averaged over the
/// distributions of both counts, each pair of counts with its own total, and
/// the interval holds the ratios at which neither averaged tail is below 2.5 %;
/// the p-value is twice the smaller averaged tail at a ratio of one. Put
/// another way, each possible pair of counts has a mid-p confidence
/// distribution of the ratio, and these are mixed by how likely the pair is: what
/// [`garwood`](crate::analysis::garwood()) does with one rate. With counts that
/// are certain all is that of [`rate_ratio`]; doubt about them adds to the
/// variance that chance gives the logarithm of the ratio. The estimate is the
/// ratio of the mean rates.
///
/// # Accuracy
/// Tails to 1e-9 of themselves, but for counts whose probability is below 1e-13;
/// limits to 1e-9 (the tests below hold them against the double sum).
pub fn mixed_rate_ratio(
    before: &Count,
    before_time: f64,
    after: &Count,
    after_time: f64,
) -> RateRatio {
    if let ([_], [_]) = (&before.mass[..], &after.mass[..]) {
        return rate_ratio(before.first as u64, before_time, after.first as u64, after_time);
    }
    let means = [before.mean(), after.mean()];
    let odds_at_one = after_time / before_time;
    let (before, after) = (Trimmed::of(before), Trimmed::of(after));
    let tails = [upper(&after, &before, odds_at_one), upper(&before, &after, 1.0 / odds_at_one)];
    let p = (2.0 * tails[0].min(tails[1])).min(1.0);
    let low = least_odds(&after, &before) / odds_at_one;
    let high = 1.0 / (least_odds(&before, &after) * odds_at_one);
    let estimate =
        (means[0] + means[1] > 0.0).then(|| (means[1] / after_time) / (means[0] / before_time));
    RateRatio { estimate, low, high, p }
}

/// A distribution without what is all but impossible.
struct Trimmed {
    first: usize,
    mass: Vec<f64>,
}

/// Ends of so small a probability are left off.
const NOTHING: f64 = 1e-13;

impl Trimmed {
    fn of(count: &Count) -> Trimmed {
        let ends = |mut mass: std::slice::Iter<f64>, back: bool| {
            let (mut sum, mut left_off) = (0.0, 0);
            while let Some(m) = if back { mass.next_back() } else { mass.next() } {
                sum += m;
                if sum > NOTHING {
                    break;
                }
                left_off += 1;
            }
            left_off
        };
        let (low, high) = (ends(count.mass.iter(), false), ends(count.mass.iter(), true));
        let kept = &count.mass[low..count.mass.len().max(low + high + 1) - high];
        let whole: f64 = kept.iter().sum();
        Trimmed { first: count.first + low, mass: kept.iter().map(|m| m / whole).collect() }
    }

    fn mean(&self) -> f64 {
        let numbers = self.mass.iter().enumerate();
        numbers.map(|(k, m)| (self.first + k) as f64 * m).sum()
    }

    fn variance(&self) -> f64 {
        let mean = self.mean();
        let numbers = self.mass.iter().enumerate();
        numbers.map(|(k, m)| ((self.first + k) as f64 - mean).powi(2) * m).sum()
    }

    /// The probability of no event at all.
    fn of_none(&self) -> f64 {
        if self.first == 0 { self.mass[0] } else { 0.0 }
    }
}

/// The mean of P(X > k) + P(X = k)/2, X ~ Binomial(k + m, odds/(1 + odds)), over
/// the numbers k and m.
///
/// P(X ≥ k) is the probability R(k, m + 1) that of independent trials k succeed
/// before m + 1 fail, which is an incomplete beta function; and R(i, j) is that of
/// R(i − 1, j) after a success and of R(i, j − 1) after a failure. The edges of
/// the table of all R are worked out, the rest follows by adding terms of one sign.
fn upper(k: &Trimmed, m: &Trimmed, odds: f64) -> f64 {
    let (x, y) = (1.0 / (1.0 + 1.0 / odds), 1.0 / (1.0 + odds));
    let mut row = along_failures(k.first, m.first, m.mass.len(), (x, y));
    let column = along_successes(k.first, k.mass.len(), m.first, (x, y));
    let after_failure =
        |row: &[f64]| -> f64 { m.mass.iter().zip(&row[1..]).map(|(p, r)| p * r).sum() };
    let after_success = |row: &[f64]| -> f64 { m.mass.iter().zip(row).map(|(p, r)| p * r).sum() };
    let mut sum = 0.0;
    for (i, p) in k.mass.iter().enumerate() {
        sum += p * after_failure(&row);
        let mut before = column[i + 1];
        row[0] = before;
        for r in &mut row[1..] {
            before = x * *r + y * before;
            *r = before;
        }
        sum += p * after_success(&row);
    }
    0.5 * sum
}

/// R(i, j), the probability that i succeed before j fail.
fn race(i: usize, j: usize, (x, y): (f64, f64)) -> f64 {
    match (i, j) {
        (0, _) => 1.0,
        (_, 0) => 0.0,
        (i, j) => incomplete_beta(x, y, i as f64, j as f64),
    }
}

/// x^i y^j Γ(i + j) / (Γ(a) Γ(b)).
fn term((i, j): (usize, usize), (a, b): (usize, usize), (x, y): (f64, f64)) -> f64 {
    let ln = |n: usize| ln_gamma(n as f64);
    (ln(i + j) - ln(a) - ln(b) + i as f64 * x.ln() + j as f64 * y.ln()).exp()
}

/// R(i, j) for `first` and so many j after it, by R(i, j + 1) = R(i, j) +
/// x^i y^j Γ(i + j) / (Γ(i) Γ(j + 1)).
fn along_failures(i: usize, first: usize, more: usize, trial: (f64, f64)) -> Vec<f64> {
    let mut step = if i == 0 { 0.0 } else { term((i, first), (i, first + 1), trial) };
    if step <= 0.0 {
        // One always, or too small to go on from.
        return (first..=first + more).map(|j| race(i, j, trial)).collect();
    }
    let mut found = vec![race(i, first, trial)];
    for j in first..first + more {
        found.push(found[j - first] + step);
        step *= trial.1 * (i + j) as f64 / (j + 1) as f64;
    }
    found
}

/// R(i, j) for `first` and so many i after it, from the last to the first by
/// R(i, j) = R(i + 1, j) + x^i y^j Γ(i + j) / (Γ(i + 1) Γ(j)).
fn along_successes(first: usize, more: usize, j: usize, trial: (f64, f64)) -> Vec<f64> {
    let last = first + more;
    let mut step = if j == 0 || more == 0 { 0.0 } else { term((last - 1, j), (last, j), trial) };
    if step <= 0.0 {
        return (first..=last).map(|i| race(i, j, trial)).collect();
    }
    let mut found = vec![race(last, j, trial); more + 1];
    for i in (first..last).rev() {
        found[i - first] = found[i - first + 1] + step;
        step *= i as f64 / ((i + j).max(2) as f64 - 1.0) / trial.0;
    }
    found
}

/// The odds at which the upper tail is [`TAIL`]; it rises with them. Nought
/// where it is never smaller.
fn least_odds(k: &Trimmed, m: &Trimmed) -> f64 {
    if 0.5 * k.of_none() >= TAIL {
        return 0.0;
    }
    let tail = |log_odds: f64| upper(k, m, log_odds.exp()).max(1e-300).ln() - TAIL.ln();
    // The logarithm of a ratio of counts is about so uncertain.
    let part = |n: &Trimmed| {
        let mean = n.mean().max(0.25);
        (mean + n.variance()) / (mean * mean)
    };
    let step = (part(k) + part(m)).sqrt();
    let mut high = (k.mean().max(0.25) / m.mean().max(0.25)).ln() - step;
    let mut at_high = tail(high);
    while at_high < 0.0 && high < 80.0 {
        high += step;
        at_high = tail(high);
    }
    let mut low = high - step;
    let mut at_low = tail(low);
    while at_low >= 0.0 {
        if low < -80.0 {
            return 0.0;
        }
        (high, at_high) = (low, at_low);
        low -= step;
        at_low = tail(low);
    }
    // The Illinois variant of the regula falsi (M. Dowell and P. Jarratt 1971,
    // BIT 11, 168–174).
    let mut stayed = 0;
    while high - low > 1e-10 {
        let guess = (low * at_high - high * at_low) / (at_high - at_low);
        let middle = if guess > low && guess < high { guess } else { 0.5 * (low + high) };
        let here = tail(middle);
        if here.abs() < 1e-11 {
            return middle.exp();
        }
        if here < 0.0 {
            (low, at_low) = (middle, here);
            at_high *= if stayed == 1 { 0.5 } else { 1.0 };
            stayed = 1;
        } else {
            (high, at_high) = (middle, here);
            at_low *= if stayed == 2 { 0.5 } else { 1.0 };
            stayed = 2;
        }
    }
    (0.5 * (low + high)).exp()
}

#[cfg(test)]
mod tests {
    use super::super::beta::{binomial_at_least, binomial_at_most};
    use super::*;
    use crate::analysis::poisson_binomial::distribution;

    /// The tails averaged over every pair of counts, one by one.
    fn plain_tails(before: &Count, after: &Count, odds: f64) -> [f64; 2] {
        let (x, y) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
        let mut tails = [0.0; 2];
        for (i, p) in before.mass.iter().enumerate() {
            for (j, q) in after.mass.iter().enumerate() {
                let (m, k) = ((before.first + i) as u64, (after.first + j) as u64);
                let n = m + k;
                let lower = binomial_at_most(Some(k), n, x, y)
                    + binomial_at_most(k.checked_sub(1), n, x, y);
                let upper = binomial_at_least(k, n, x, y) + binomial_at_least(k + 1, n, x, y);
                tails[0] += 0.5 * p * q * lower;
                tails[1] += 0.5 * p * q * upper;
            }
        }
        tails
    }

    fn cases() -> Vec<(Count, Count)> {
        let spread = |sure: usize, p: f64, count: usize| {
            let events = std::iter::repeat_n(1.0, sure).chain(std::iter::repeat_n(p, count));
            distribution(events)
        };
        vec![
            (spread(3, 0.4, 9), spread(10, 0.5, 4)),
            (spread(0, 0.05, 30), spread(4, 0.3, 12)),
            (spread(40, 0.2, 60), spread(9, 0.7, 90)),
            (spread(0, 0.01, 5), spread(0, 0.6, 20)),
            (spread(6, 0.0, 0), spread(0, 0.5, 24)),
        ]
    }

    #[test]
    fn limits_and_p_values_are_those_of_the_double_sum() {
        for (before, after) in cases() {
            let (t_before, t_after) = (4.0, 2.5);
            let found = mixed_rate_ratio(&before, t_before, &after, t_after);
            let at = |ratio: f64| plain_tails(&before, &after, ratio * t_after / t_before);
            let [lower, upper] = at(1.0);
            assert!((found.p / (2.0 * lower.min(upper)).min(1.0) - 1.0).abs() < 1e-8, "{found:?}");
            if found.low > 0.0 {
                assert!((at(found.low)[1] / TAIL - 1.0).abs() < 1e-8, "{found:?}");
            } else {
                assert!(at(1e-12)[1] >= TAIL);
            }
            if found.high.is_finite() {
                assert!((at(found.high)[0] / TAIL - 1.0).abs() < 1e-8, "{found:?}");
            } else {
                assert!(at(1e12)[0] >= TAIL);
            }
            let ratio = (after.mean() / t_after) / (before.mean() / t_before);
            assert!((found.estimate.unwrap() / ratio - 1.0).abs() < 1e-12);
            assert!(found.low < ratio && ratio < found.high);
        }
    }

    #[test]
    fn exchanging_the_periods_inverts_the_ratio() {
        for (before, after) in cases() {
            let there = mixed_rate_ratio(&before, 4.0, &after, 2.5);
            let back = mixed_rate_ratio(&after, 2.5, &before, 4.0);
            assert!((there.low * back.high - 1.0).abs() < 1e-8 || back.high.is_infinite());
            assert!((there.p / back.p - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn certain_counts_have_the_exact_interval_and_doubt_of_the_same_mean_widens_it() {
        let sure = |n: usize| distribution(std::iter::repeat_n(1.0, n));
        let exact = mixed_rate_ratio(&sure(12), 3.0, &sure(30), 2.0);
        assert_eq!(exact, rate_ratio(12, 3.0, 30, 2.0));
        let mut before = exact;
        // 30 is expected each time, ever less surely.
        for p in [0.75, 0.5, 0.25, 0.1f64] {
            let events = std::iter::repeat_n(p, (30.0 / p).round() as usize);
            let found = mixed_rate_ratio(&sure(12), 3.0, &distribution(events), 2.0);
            assert!(found.low < before.low + 1e-3 && found.high > before.high - 1e-3, "{p}");
            before = found;
        }
        // √((1/12 + 1/30 + 27/900) / (1/12 + 1/30)) times as wide, by the normal approximation.
        let wide = (before.high / before.low).ln() / (exact.high / exact.low).ln();
        assert!((wide - 1.121).abs() < 0.02, "{wide}");
        // The double sum over both counts in Python, limits by halving.
        assert!((before.low / 1.715_034_968_3 - 1.0).abs() < 1e-8, "{before:?}");
        assert!((before.high / 7.989_800_531_9 - 1.0).abs() < 1e-8, "{before:?}");
    }

    #[test]
    fn many_incidents_take_no_longer_than_they_may() {
        let before = distribution((0..8_000).map(|i| f64::from(i % 97) / 97.0));
        let after = distribution((0..9_000).map(|i| f64::from(i % 89) / 89.0));
        let found = mixed_rate_ratio(&before, 1.0, &after, 1.0);
        // The normal approximation: variances of chance and of place add.
        let part = |n: &Count| {
            let mean = n.mean();
            let squares = n.mass.iter().enumerate();
            let spread: f64 = squares.map(|(k, m)| m * ((n.first + k) as f64 - mean).powi(2)).sum();
            (mean + spread) / (mean * mean)
        };
        let error = (part(&before) + part(&after)).sqrt();
        let centre = found.estimate.unwrap().ln();
        assert!(((centre - found.low.ln()) / error - 1.96).abs() < 0.02, "{found:?}");
        assert!(((found.high.ln() - centre) / error - 1.96).abs() < 0.02, "{found:?}");
    }
}
