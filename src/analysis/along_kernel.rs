//! The quartic kernel along a line.

/// The quartic kernel on a line: 15/(16 h) (1 − u²)².
pub(super) fn quartic(distance_m: f64, bandwidth_m: f64) -> f64 {
    let u2 = (distance_m / bandwidth_m).powi(2);
    if u2 >= 1.0 { 0.0 } else { 15.0 / (16.0 * bandwidth_m) * (1.0 - u2) * (1.0 - u2) }
}

/// How much of a kernel at chainage `c` lies between the ends of the line.
pub(super) fn mass_on_line(c: f64, length_m: f64, bandwidth_m: f64) -> f64 {
    // Integral of the quartic from −1 to u: ½ + 15/16 (u − 2u³/3 + u⁵/5).
    let below = |u: f64| {
        let u = u.clamp(-1.0, 1.0);
        0.5 + 15.0 / 16.0 * (u - 2.0 * u.powi(3) / 3.0 + u.powi(5) / 5.0)
    };
    (below((length_m - c) / bandwidth_m) - below(-c / bandwidth_m)).max(1e-9)
}

/// The places of a curve: every step from the start of a line to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    pub length_m: f64,
    pub step_m: f64,
    pub bandwidth_m: f64,
}

impl Curve {
    /// How many places there are.
    pub fn places(&self) -> usize {
        (self.length_m / self.step_m).ceil().max(1.0) as usize + 1
    }

    /// Adds the kernel of a mass at a chainage, rescaled near the ends of the
    /// line to what of it lies on the line, so that no mass is lost.
    pub fn add(&self, values: &mut [f64], chainage_m: f64, mass: f64) {
        let h = self.bandwidth_m;
        let scale = mass / mass_on_line(chainage_m, self.length_m, h);
        let first = ((chainage_m - h) / self.step_m).floor().max(0.0) as usize;
        let last = ((chainage_m + h) / self.step_m).ceil().max(0.0) as usize;
        // The last place is the end of the line, which may come early.
        let last = if last + 2 >= values.len() { values.len() } else { last + 1 };
        for (i, value) in values.iter_mut().enumerate().take(last).skip(first) {
            let at = (i as f64 * self.step_m).min(self.length_m);
            *value += scale * quartic(at - chainage_m, h);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_on_a_line_has_mass_one() {
        let sum: f64 = (-2500..=2500).map(|i| quartic(f64::from(i) * 10.0, 25_000.0) * 10.0).sum();
        assert!((sum - 1.0).abs() < 1e-5);
        assert!((mass_on_line(1e6, 2e6, 25_000.0) - 1.0).abs() < 1e-12);
        assert!((mass_on_line(0.0, 2e6, 25_000.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn only_places_in_reach_are_visited_and_none_is_missed() {
        let curve = Curve { length_m: 100_700.0, step_m: 2_000.0, bandwidth_m: 9_000.0 };
        for c in [0.0, 1.0, 8_999.0, 50_000.0, 91_800.0, 99_999.0, 100_700.0] {
            let mut values = vec![0.0; curve.places()];
            curve.add(&mut values, c, 2.0);
            for (i, value) in values.iter().enumerate() {
                let at = (i as f64 * 2_000.0).min(100_700.0);
                let scale = 2.0 / mass_on_line(c, 100_700.0, 9_000.0);
                assert_eq!(*value, scale * quartic(at - c, 9_000.0), "{c} {i}");
            }
        }
    }
}
