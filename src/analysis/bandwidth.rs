//! How wide to smooth: a given bandwidth, or one found from the points.
//!
//! The rules give the standard deviation σ of a kernel, as spatstat states
//! bandwidths; [`Kernel::bandwidth_per_deviation`] turns it into the radius h of
//! a kernel of bounded reach (h = √8 σ for the quartic). They look at points
//! inside the window only, each once whatever its weight, and the window is the
//! grid's rectangle.

use super::kernel::Kernel;
use super::lattice::{Lattice, Mass};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::{PI, SQRT_2, TAU};

/// How wide the kernel is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bandwidth {
    /// Given, metres.
    Fixed(f64),
    /// Diggle's rule: the least mean square error of the intensity if the
    /// points are those of a Cox process (P. J. Diggle 1985, Applied Statistics
    /// 34, 138–147; M. Berman and P. Diggle 1989, JRSS B 51, 81–92), as
    /// spatstat's `bw.diggle` with translation correction.
    Diggle,
    /// The greatest likelihood of every point under the surface of the others,
    /// Gaussian, corrected at the edges (C. Loader 1999, Local Regression and
    /// Likelihood, §5.3), as spatstat's `bw.ppl` with `shortcut = TRUE`.
    Likelihood,
    /// Scott's rule: n^(−1/6) times the geometric mean of the standard
    /// deviations along both axes (D. W. Scott 1992, Multivariate Density
    /// Estimation, p. 152), as spatstat's `bw.scott.iso`.
    Scott,
}

impl Bandwidth {
    /// What a word asks for; `auto` is Diggle's rule.
    pub fn of_word(word: &str) -> Option<Bandwidth> {
        match word {
            "auto" | "diggle" => Some(Bandwidth::Diggle),
            "ppl" => Some(Bandwidth::Likelihood),
            "scott" => Some(Bandwidth::Scott),
            _ => None,
        }
    }

    /// The rule in words, for captions and records.
    pub fn rule(self) -> &'static str {
        match self {
            Bandwidth::Fixed(_) => "given",
            Bandwidth::Diggle => "Diggle's rule",
            Bandwidth::Likelihood => "likelihood cross-validation",
            Bandwidth::Scott => "Scott's rule",
        }
    }

    /// Metres, for points on a lattice; `None` when the points do not tell:
    /// fewer than two places, say.
    pub fn metres(self, points: &[Mass], lattice: &Lattice, kernel: Kernel) -> Option<f64> {
        let deviation = match self {
            Bandwidth::Fixed(h) => return Some(h),
            Bandwidth::Scott => scott(points),
            Bandwidth::Diggle => diggle(&Pattern::new(points, lattice)),
            Bandwidth::Likelihood => likelihood(&Pattern::new(points, lattice)),
        };
        deviation
            .filter(|d| d.is_finite() && *d > 0.0)
            .map(|d| kernel.bandwidth_per_deviation() * d)
    }
}

/// Points in a rectangle; those at one place are counted there.
struct Pattern {
    /// East and south of the window's corner, metres, and how many; by x.
    places: Vec<(f64, f64, f64)>,
    n: f64,
    width: f64,
    height: f64,
}

impl Pattern {
    fn new(points: &[Mass], lattice: &Lattice) -> Pattern {
        let width = lattice.columns as f64 * lattice.cell_m;
        let height = lattice.rows as f64 * lattice.cell_m;
        let mut counts: BTreeMap<(u64, u64), f64> = BTreeMap::new();
        for p in points {
            let (x, y) = (p.x_m - lattice.west_m, lattice.north_m - p.y_m);
            if (0.0..=width).contains(&x) && (0.0..=height).contains(&y) {
                // Numbers that are not negative sort like their bits.
                *counts.entry((x.to_bits(), y.to_bits())).or_default() += 1.0;
            }
        }
        let places: Vec<_> = counts
            .into_iter()
            .map(|((x, y), n)| (f64::from_bits(x), f64::from_bits(y), n))
            .collect();
        let n = places.iter().map(|p| p.2).sum();
        Pattern { places, n, width, height }
    }

    fn area(&self) -> f64 {
        self.width * self.height
    }

    /// For every place, `sum` of the others closer than `reach`, in fixed order.
    fn for_each_place<T: Send>(
        &self,
        reach: f64,
        sum: impl Fn(usize, &mut dyn Iterator<Item = &(f64, f64, f64)>) -> T + Sync,
    ) -> Vec<T> {
        (0..self.places.len())
            .into_par_iter()
            .map(|i| {
                let (x, y, _) = self.places[i];
                let first = self.places.partition_point(|p| p.0 < x - reach);
                let last = self.places.partition_point(|p| p.0 <= x + reach);
                let mut others = self.places[first..last]
                    .iter()
                    .enumerate()
                    .filter(move |(k, p)| first + k != i && (p.1 - y).abs() <= reach)
                    .map(|(_, p)| p);
                sum(i, &mut others)
            })
            .collect()
    }
}

/// Distances are counted in so many steps up to the longest looked at.
const STEPS: usize = 4096;

/// The standard deviation that minimises Berman and Diggle's estimate of the
/// mean square error, up to a quarter of the longest distance that K is
/// estimated at: a quarter of the window's shorter side, or the radius in which
/// 1,000 points lie on average if that is less (spatstat's `rmax.rule`).
fn diggle(pattern: &Pattern) -> Option<f64> {
    if pattern.places.len() < 2 {
        return None;
    }
    let lambda = pattern.n / pattern.area();
    let longest = (0.25 * pattern.width.min(pattern.height)).min((1000.0 / (PI * lambda)).sqrt());
    let step = longest / (STEPS - 1) as f64;
    // Chunks of places, so that memory stays small and the order fixed.
    let chunk = pattern.places.len().div_ceil(64).max(1);
    let histograms: Vec<Vec<f64>> = (0..pattern.places.len().div_ceil(chunk))
        .into_par_iter()
        .map(|c| pattern.pairs(c * chunk, chunk, longest, step))
        .collect();
    let mut pairs = vec![0.0; STEPS];
    for histogram in histograms {
        for (sum, part) in pairs.iter_mut().zip(histogram) {
            *sum += part;
        }
    }
    // K with translation correction; pairs[k] are those with distances in
    // ((k − 1) step, k step].
    let scale = pattern.area() / (pattern.n * (pattern.n - 1.0));
    let increments: Vec<f64> = pairs.iter().map(|p| p * scale).collect();
    let mut k_of_r = 0.0;
    let mut best: Option<(f64, f64)> = None;
    for i in 0..STEPS / 2 {
        k_of_r += increments[i];
        let h = i as f64 * step;
        if i == 0 {
            continue;
        }
        // ∫ φ(x, h) dK(x), the area that two discs of radius h share.
        let mut j = increments[0] * PI;
        for (k, d) in increments.iter().enumerate().take(2 * i + 1).skip(1) {
            let t = ((k as f64 - 0.5) * step / (2.0 * h)).min(1.0);
            j += d * 2.0 * (t.acos() - t * (1.0 - t * t).sqrt());
        }
        let j = j * h * h;
        let disc = PI * h * h;
        let error = (1.0 / lambda - 2.0 * k_of_r) / disc + j / (disc * disc);
        if best.is_none_or(|(least, _)| error < least) {
            best = Some((error, h));
        }
    }
    // The rule is for a disc of radius h; its standard deviation is h/2.
    best.map(|(_, h)| 0.5 * h)
}

impl Pattern {
    /// Pairs whose first place is among `count` from `first`, by distance, with
    /// the weights of translation correction; first those at one place.
    fn pairs(&self, first: usize, count: usize, longest: f64, step: f64) -> Vec<f64> {
        let mut pairs = vec![0.0; STEPS];
        for (i, &(x, y, n)) in self.places.iter().enumerate().skip(first).take(count) {
            pairs[0] += n * (n - 1.0);
            for &(px, py, pn) in &self.places[i + 1..] {
                let (dx, dy) = (px - x, py - y);
                if dx > longest {
                    break;
                }
                let distance_2 = dx * dx + dy * dy;
                if distance_2 > longest * longest {
                    continue;
                }
                let shared = (self.width - dx) * (self.height - dy.abs());
                let bin = (distance_2.sqrt() / step).ceil() as usize;
                if let Some(pair) = pairs.get_mut(bin) {
                    *pair += 2.0 * n * pn * self.area() / shared;
                }
            }
        }
        pairs
    }
}

/// The standard deviation with the greatest sum of log λ₋ᵢ(xᵢ): sixteen to the
/// window's half diagonal from the least distance of two places, geometric,
/// then between the neighbours of the best by golden section.
fn likelihood(pattern: &Pattern) -> Option<f64> {
    if pattern.places.len() < 2 {
        return None;
    }
    let nearest = pattern.places.iter().enumerate().fold(f64::INFINITY, |least, (i, p)| {
        let mut least = least;
        for q in &pattern.places[i + 1..] {
            if q.0 - p.0 >= least {
                break;
            }
            least = least.min((q.0 - p.0).hypot(q.1 - p.1));
        }
        least
    });
    let widest = 0.5 * pattern.width.hypot(pattern.height);
    const TRIED: usize = 16;
    let ratio = (widest / nearest).powf(1.0 / (TRIED - 1) as f64);
    let tried: Vec<f64> = (0..TRIED).map(|i| nearest * ratio.powi(i as i32)).collect();
    let scores: Vec<f64> = tried.iter().map(|s| pattern.likelihood(*s)).collect();
    let best = (0..TRIED).max_by(|a, b| scores[*a].total_cmp(&scores[*b]))?;
    if !scores[best].is_finite() {
        return None;
    }
    let (mut low, mut high) =
        (tried[best.saturating_sub(1)].ln(), tried[(best + 1).min(TRIED - 1)].ln());
    let golden = 0.5 * (5f64.sqrt() - 1.0);
    let score = |log: f64| pattern.likelihood(log.exp());
    let (mut a, mut b) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_a, mut at_b) = (score(a), score(b));
    while high - low > 1e-4 {
        if at_a > at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - golden * (high - low);
            at_a = score(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + golden * (high - low);
            at_b = score(b);
        }
    }
    Some((0.5 * (low + high)).exp())
}

impl Pattern {
    /// Σ log λ₋ᵢ(xᵢ) for a Gaussian of this deviation.
    fn likelihood(&self, deviation: f64) -> f64 {
        let per = -0.5 / (deviation * deviation);
        let peak = 1.0 / (TAU * deviation * deviation);
        let logs = self.for_each_place(Kernel::Gaussian.reach() * deviation, |i, others| {
            let (x, y, n) = self.places[i];
            let mut sum = n - 1.0;
            for &(px, py, pn) in others {
                sum += pn * (per * ((px - x).powi(2) + (py - y).powi(2))).exp();
            }
            // The share of a kernel here that lies in the window.
            let within =
                |at: f64, length: f64| normal((length - at) / deviation) - normal(-at / deviation);
            let edge = within(x, self.width) * within(y, self.height);
            n * (peak * sum / edge).ln()
        });
        logs.into_iter().sum()
    }
}

/// The normal distribution function, by W. J. Cody's way through erfc; here
/// the continued fraction beyond 3 and the series below (Abramowitz & Stegun
/// 26.2.10, 26.2.14), good to 10⁻¹².
pub(super) fn normal(z: f64) -> f64 {
    let x = z.abs();
    let density = (-0.5 * x * x).exp() / (SQRT_2 * PI.sqrt());
    let upper = if x > 3.0 {
        let mut fraction = 0.0;
        for k in (1..=60).rev() {
            fraction = f64::from(k) / (x + fraction);
        }
        density / (x + fraction)
    } else {
        let (mut term, mut sum) = (x, x);
        for k in 1..60 {
            term *= x * x / f64::from(2 * k + 1);
            sum += term;
        }
        0.5 - density * sum
    };
    if z > 0.0 { 1.0 - upper } else { upper }
}

fn scott(points: &[Mass]) -> Option<f64> {
    let n = points.len() as f64;
    if n < 2.0 {
        return None;
    }
    let variance = |f: fn(&Mass) -> f64| {
        let mean = points.iter().map(f).sum::<f64>() / n;
        points.iter().map(|p| (f(p) - mean).powi(2)).sum::<f64>() / (n - 1.0)
    };
    // The fourth root of the product: the geometric mean of two deviations.
    Some((variance(|p| p.x_m) * variance(|p| p.y_m)).sqrt().sqrt() * n.powf(-1.0 / 6.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_is_that_of_the_tables() {
        // R: pnorm(c(-4, -3, -1, 0, 0.5, 2.9, 3.1, 6), ...), digits = 15.
        for (z, p) in [
            (-4.0, 3.167124183311998e-5),
            (-3.0, 0.001349898031630095),
            (-1.0, 0.158655253931457),
            (0.0, 0.5),
            (0.5, 0.691462461274013),
            (2.9, 0.998134186699616),
            (3.1, 0.999032396786782),
            (6.0, 0.999999999013412),
        ] {
            assert!((normal(z) - p).abs() < 1e-12, "{z} {} {p}", normal(z));
        }
    }
}
