//! Bandwidths that grow where incidents are sparse: I. S. Abramson (1982), On
//! bandwidth variation in kernel estimates — a square root law, Annals of
//! Statistics 10, 1217–1223.
//!
//! hᵢ = h₀ (f(xᵢ)/g)^(−1/2), with f a pilot surface of bandwidth h₀ and g the
//! geometric mean of f over the incidents, so that h₀ stays what it was at the
//! mean intensity; none is wider than [`WIDEST`] h₀ (B. W. Silverman 1986,
//! §5.3; trimming as sparr's `trim = 5`).

/// No bandwidth is wider than this many times the one given.
pub const WIDEST: f64 = 5.0;

/// Bandwidths of places of these weights, metres; `pilot` gives the pilot
/// surface at each, `None` for places too far off to count.
///
/// # Accuracy
/// That of the pilot: bilinear between the centres of cells, a bandwidth errs
/// by half of the pilot's relative error, which is below (cell/h₀)²/2 where the
/// surface is smooth.
pub fn abramson(
    weights: &[f64],
    bandwidth_m: f64,
    pilot: impl Fn(usize) -> Option<f64>,
) -> Vec<f64> {
    let logs: Vec<Option<f64>> = weights
        .iter()
        .enumerate()
        .map(|(i, w)| if *w > 0.0 { pilot(i).filter(|f| *f > 0.0).map(f64::ln) } else { None })
        .collect();
    let (mut sum, mut all) = (0.0, 0.0);
    for (log, w) in logs.iter().zip(weights) {
        if let Some(log) = log {
            sum += w * log;
            all += w;
        }
    }
    let mean = if all > 0.0 { sum / all } else { 0.0 };
    logs.into_iter()
        .map(|log| match log {
            Some(log) => bandwidth_m * (0.5 * (mean - log)).exp().min(WIDEST),
            None => bandwidth_m,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundredth_of_the_intensity_is_ten_times_as_wide_up_to_the_limit() {
        let pilot = [4.0, 1.0, 0.25, 1e-9, 0.0];
        // The geometric mean of the first three is one.
        let widths = abramson(&[1.0, 1.0, 1.0, 0.0, 0.0], 10.0, |i| Some(pilot[i]));
        assert_eq!(widths, [5.0, 10.0, 20.0, 10.0, 10.0]);
        let wide = abramson(&[1e9, 1.0], 10.0, |i| Some([1.0, 1e-4][i]));
        assert!((wide[0] - 10.0).abs() < 1e-6 && wide[1] == 50.0, "{wide:?}");
        assert_eq!(abramson(&[1.0], 3.0, |_| None), [3.0]);
    }
}
