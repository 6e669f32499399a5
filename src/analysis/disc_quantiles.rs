//! The 5 % and 95 % quantiles of the distance to the line over a disc, cheaply.

use crate::analysis::Located;
use crate::index::LocalLine;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// Beyond this share of the radius from the centre lies 5 % of a disc: the
/// root of arccos z − z√(1 − z²) = 0.05 π.
const TAIL: f64 = 0.805_383_636_520_119_7;

/// Widest turn of the direction to the line for a look along few lines, and
/// along many; radians.
const CALM: f64 = 0.085;
const STEADY: f64 = 0.6;
const FEW: usize = 12;
const MANY: usize = 32;

/// The two quantiles over a disc that the line does not reach, metres; `None`
/// where the direction to the line turns too much over the disc.
///
/// On a disc where the line lies in one direction u the distance falls evenly
/// along u, so its law is the semicircle's and the quantiles cut off caps of 5 %
/// of the disc, d ∓ 0.805 r. Elsewhere the caps are bounded by level curves
/// of the distance. Along a straight line parallel to u the distance f changes
/// by between −1 and −cos α a metre, α being the widest turn of its gradient, so
/// from a look near the bound the crossing of a level t follows to a share
/// 1 − cos α of the way there, and from a second look to a share of that. The
/// level is found by which the cap has its 5 %. What the rule of rectangles
/// across the lines is off for the circle is taken off by the same rule on a
/// cap whose size is known.
///
/// # Accuracy
/// 0.5 % of the radius. Lines lie Δ = πr/n apart or nearer, so the mean of f over
/// the cap, and with it t, is off by at most Δ²V/8 over its width of 1.19 r, V
/// being the total variation of the slope of f across the lines: no more than
/// 8 α when f has no more than four creases there. For 12 lines and α ≤ 0.085,
/// and for 32 and α ≤ 0.6, that is below 0.49 %.
/// Looks are repeated until what they miss is below 0.1 %. Creases are fewer
/// than that in truth: the largest error found is 0.3 % (tests/regions.rs).
pub(super) fn disc_quantiles(
    line: &LocalLine,
    place: &Located,
    radius_m: f64,
) -> Option<(f64, f64)> {
    let u = line.toward();
    let turn = line.widest_turn(u, radius_m);
    let disc = Disc { line, u, radius_m, slack: 1.0 - turn.cos() };
    // The plane is exact where distances differ, not where they begin.
    let off_m = place.distance_m - line.distance_m(0.0, 0.0);
    let (low_m, high_m) = if turn <= CALM {
        (disc.tail(1.0, &FEW_LINES), disc.tail(-1.0, &FEW_LINES))
    } else if turn <= STEADY {
        (disc.tail(1.0, &MANY_LINES), disc.tail(-1.0, &MANY_LINES))
    } else {
        return None;
    };
    Some((off_m + low_m, off_m + high_m))
}

static FEW_LINES: LazyLock<Lines<FEW>> = LazyLock::new(Lines::new);
static MANY_LINES: LazyLock<Lines<MANY>> = LazyLock::new(Lines::new);

/// Lines across the unit disc, at the sines of evenly spaced angles.
struct Lines<const N: usize> {
    /// How far from the centre.
    across: [f64; N],
    /// Half of their lengths.
    half: [f64; N],
    /// Size of the cap beyond [`TAIL`] by these lines, each as wide as it is long.
    cap: f64,
}

impl<const N: usize> Lines<N> {
    fn new() -> Lines<N> {
        let (mut across, mut half) = ([0.0; N], [0.0; N]);
        for i in 0..N {
            (across[i], half[i]) = (PI * ((i as f64 + 0.5) / N as f64 - 0.5)).sin_cos();
        }
        let cap = half.iter().map(|h| h * (h - TAIL).max(0.0)).sum();
        Lines { across, half, cap }
    }
}

struct Disc<'a> {
    line: &'a LocalLine,
    /// Towards the line.
    u: [f64; 2],
    radius_m: f64,
    /// 1 − cos α.
    slack: f64,
}

impl Disc<'_> {
    /// Distance at a place `ahead` towards the line and `aside` to its left.
    fn distance_m(&self, ahead: f64, aside: f64) -> f64 {
        let [x, y] = self.u;
        self.line.distance_m(ahead * x - aside * y, ahead * y + aside * x)
    }

    /// The distance that bounds the cap nearest to the line (`way` 1) or
    /// farthest from it (−1).
    fn tail<const N: usize>(&self, way: f64, lines: &Lines<N>) -> f64 {
        let r = self.radius_m;
        // In radii: where lines are looked at, and where they enter the cap of
        // level t: `base − way·t` out.
        let mut out = [TAIL; N];
        let mut base = [0.0; N];
        let mut t = 0.0;
        for look in 0..6 {
            let mut moved: f64 = 0.0;
            if look > 0 {
                for ((out, base), half) in out.iter_mut().zip(base).zip(lines.half) {
                    let next = (base - way * t).clamp(-half, half);
                    moved = moved.max((next - *out).abs());
                    *out = next;
                }
            }
            if look > 0 && self.slack * moved < 1e-3 {
                break;
            }
            for ((base, out), across) in base.iter_mut().zip(out).zip(lines.across) {
                *base = out + way * self.distance_m(way * out * r, across * r) / r;
            }
            if look == 0 {
                t = way * (base.iter().sum::<f64>() / N as f64 - TAIL);
            }
            t = lines.level(&base, way, t);
        }
        t * r
    }
}

impl<const N: usize> Lines<N> {
    /// The level by which the cap has its size: Newton's method on a convex
    /// function.
    fn level(&self, base: &[f64; N], way: f64, mut t: f64) -> f64 {
        for _ in 0..20 {
            let (mut sum, mut slope) = (0.0, 0.0);
            for (half, base) in self.half.iter().zip(base) {
                let length = half - base + way * t;
                let inside = if length > 0.0 { *half } else { 0.0 };
                sum += inside * length;
                slope += inside;
            }
            let step = if slope > 0.0 { (self.cap - sum) / slope } else { 0.25 };
            t += way * step;
            if step.abs() < 1e-6 {
                break;
            }
        }
        t
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_a_twentieth_of_a_disc() {
        let cap = TAIL.acos() - TAIL * (1.0 - TAIL * TAIL).sqrt();
        assert!((cap / std::f64::consts::PI - 0.05).abs() < 1e-12);
    }
}
