//! The distribution of a binomial count, through the incomplete beta function.

/// Natural logarithm of Γ(x) for x > 0.
///
/// Stirling's series (Abramowitz and Stegun 1964, 6.1.41) above 10, the
/// recurrence below. Relative error below 1e-14.
pub(super) fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x, 1.0);
    while x < 10.0 {
        product *= x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = 1.0 / 12.0
        - y * (1.0 / 360.0
            - y * (1.0 / 1260.0
                - y * (1.0 / 1680.0 - y * (1.0 / 1188.0 - y * (691.0 / 360_360.0 - y / 156.0)))));
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series / x - product.ln()
}

/// The regularised incomplete beta function I_x(a, b), where y = 1 − x is given
/// beside x so that neither loses digits. a, b > 0.
///
/// The continued fraction 8.17.22 of the NIST Digital Library of Mathematical
/// Functions by Lentz's method (Press et al. 2007, Numerical Recipes, 6.4).
/// Relative error about 1e-16 (a + b), below 1e-9 up to a million.
pub(super) fn incomplete_beta(x: f64, y: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * y.ln()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(y, b, a) / b
    }
}

fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let kept = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / kept(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..100_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / kept(1.0 + even * d);
        c = kept(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / kept(1.0 + odd * d);
        c = kept(1.0 + odd / c);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    h
}

/// P(X ≤ k) for X ~ Binomial(n, p), q = 1 − p; 0 for k below zero (`None`).
pub(super) fn binomial_at_most(k: Option<u64>, n: u64, p: f64, q: f64) -> f64 {
    match k {
        None => 0.0,
        Some(k) if k >= n => 1.0,
        Some(k) => incomplete_beta(q, p, (n - k) as f64, (k + 1) as f64),
    }
}

/// P(X ≥ k), without the loss of digits of one minus the rest.
pub(super) fn binomial_at_least(k: u64, n: u64, p: f64, q: f64) -> f64 {
    match k {
        0 => 1.0,
        k if k > n => 0.0,
        k => incomplete_beta(p, q, k as f64, (n - k + 1) as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gamma_function_of_whole_numbers_is_a_factorial() {
        let mut ln_factorial: f64 = 0.0;
        for n in 1..60 {
            let x = f64::from(n);
            assert!((ln_gamma(x) - ln_factorial).abs() <= 1e-13 * (1.0 + ln_factorial), "{n}");
            ln_factorial += x.ln();
        }
        assert!((ln_gamma(0.5) - 0.5 * std::f64::consts::PI.ln()).abs() < 1e-14);
    }

    /// Against the sum of the probabilities themselves.
    #[test]
    fn tails_are_sums_of_probabilities() {
        for (n, p) in [(1u64, 0.3), (7, 0.02), (40, 0.5), (200, 0.91)] {
            let q = 1.0 - p;
            let mass = |k: u64| {
                let ln = ln_gamma((n + 1) as f64)
                    - ln_gamma((k + 1) as f64)
                    - ln_gamma((n - k + 1) as f64);
                (ln + k as f64 * f64::ln(p) + (n - k) as f64 * q.ln()).exp()
            };
            for k in 0..=n {
                let below: f64 = (0..=k).map(mass).sum();
                let above: f64 = (k..=n).map(mass).sum();
                let (at_most, at_least) =
                    (binomial_at_most(Some(k), n, p, q), binomial_at_least(k, n, p, q));
                assert!((at_most / below - 1.0).abs() < 1e-10, "{n} {p} {k}: {at_most} {below}");
                assert!((at_least / above - 1.0).abs() < 1e-10, "{n} {p} {k}: {at_least} {above}");
            }
        }
    }
}
