//! The law of the distance to the line over a region.

use super::refine::Part;
use super::zone_sums::share_below;
use crate::model::Side;

/// How the distance to the line is distributed over a region: triangles with
/// the signed distance at their corners.
#[derive(Clone, Debug, Default)]
pub(super) struct Law {
    parts: Vec<Part>,
}

impl Law {
    pub fn clear(&mut self) {
        self.parts.clear();
    }

    pub fn push(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// Area on the left and on the right, m².
    pub fn sides_m2(&self) -> [f64; 2] {
        let (mut left, mut right) = (0.0, 0.0);
        for &(values, m2) in &self.parts {
            let below = share_below(values, 0.0);
            right += m2 * below;
            left += m2 * (1.0 - below);
        }
        [left, right]
    }

    /// The distance that a share `q` of the region (of its part on `side`, when
    /// one is given) lies nearer than, to `accuracy_m` metres.
    pub fn quantile_m(&self, q: f64, side: Option<Side>, accuracy_m: f64) -> f64 {
        let mut waiting: Vec<Piece> =
            self.parts.iter().filter_map(|part| Piece::of(part, side)).collect();
        let whole: f64 = waiting.iter().map(|piece| piece.m2).sum();
        let wanted = q * whole;
        let mut low = waiting.iter().map(|piece| piece.near).fold(f64::INFINITY, f64::min);
        let mut high = waiting.iter().map(|piece| piece.far).fold(0.0, f64::max);
        let mut settled = 0.0;
        while high - low > accuracy_m {
            let t = 0.5 * (low + high);
            let nearer: f64 = waiting.iter().map(|piece| piece.nearer_m2(t, side)).sum();
            if settled + nearer < wanted {
                low = t
            } else {
                high = t
            }
            waiting.retain(|piece| {
                if piece.far <= low {
                    settled += piece.m2;
                }
                piece.far > low && piece.near < high
            });
        }
        0.5 * (low + high)
    }
}

/// A triangle's part on the side asked for.
struct Piece {
    values: [f64; 3],
    /// Area of the whole triangle.
    triangle_m2: f64,
    m2: f64,
    near: f64,
    far: f64,
}

impl Piece {
    fn of(&(values, triangle_m2): &Part, side: Option<Side>) -> Option<Piece> {
        let [low, high] = [f64::min, f64::max].map(|f| f(f(values[0], values[1]), values[2]));
        let below = share_below(values, 0.0);
        let (share, far) = match side {
            None => (1.0, high.max(-low)),
            Some(Side::Left) => (1.0 - below, high),
            Some(Side::Right) => (below, -low),
        };
        let near = if low < 0.0 && high > 0.0 { 0.0 } else { low.abs().min(high.abs()) };
        // A triangle of one distance must still have a near and a far end.
        let far = far.max(near + 1e-9);
        let m2 = share * triangle_m2;
        (m2 != 0.0).then_some(Piece { values, triangle_m2, m2, near, far })
    }

    /// What of it lies nearer than `t`, m².
    fn nearer_m2(&self, t: f64, side: Option<Side>) -> f64 {
        if t >= self.far {
            return self.m2;
        }
        if t <= self.near {
            return 0.0;
        }
        let upper = if side == Some(Side::Right) { 0.0 } else { t };
        let lower = if side == Some(Side::Left) { 0.0 } else { -t };
        self.triangle_m2 * (share_below(self.values, upper) - share_below(self.values, lower))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_a_strip_over_the_line() {
        // Signed distances −10 to 30, evenly: two halves of a rectangle.
        let mut law = Law::default();
        law.push(([-10.0, 30.0, -10.0], 1.0));
        law.push(([30.0, 30.0, -10.0], 1.0));
        let [left, right] = law.sides_m2();
        assert!((left - 1.5).abs() < 1e-12 && (right - 0.5).abs() < 1e-12);
        // |s| < 10 is half of it, evenly too.
        assert!((law.quantile_m(0.25, None, 1e-6) - 5.0).abs() < 1e-5);
        assert!((law.quantile_m(0.75, None, 1e-6) - 20.0).abs() < 1e-5);
        assert!((law.quantile_m(0.5, Some(Side::Left), 1e-6) - 15.0).abs() < 1e-5);
        assert!((law.quantile_m(0.1, Some(Side::Right), 1e-6) - 1.0).abs() < 1e-5);
    }
}
