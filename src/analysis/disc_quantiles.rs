//! The 5 % and 95 % quantiles of the distance to the line over a disc, cheaply.

use super::region_shape::toward;
use crate::analysis::Located;
use crate::geodesy::LonLat;
use crate::index::LocalLine;

/// Beyond this share of the radius from the centre lies 5 % of a disc: the
/// root of arccos z − z√(1 − z²) = 0.05 π.
const TAIL: f64 = 0.805_383_636_520_119_7;

/// Half of how wide the caps are looked at, as a share of the radius. They are
/// 0.593 wide, and turn by less than 0.3 where the directions do.
const WIDTH: f64 = 0.9;

/// Widest turn of the direction to the line for one look at few places, and
/// for two at many; radians.
const CALM: f64 = 0.08;
const STEADY: f64 = 0.26;

/// The two quantiles over a disc that the line does not reach, metres; `None`
/// where the direction to the line turns too much over the disc.
///
/// On a disc where the line lies in one direction u the distance falls evenly
/// along u, so its law is the semicircle's and the quantiles cut off caps of 5 %
/// of the disc, d ∓ 0.805 r. Elsewhere the caps are bounded by level curves
/// of the distance. Along straight lines parallel to u the distance f changes by
/// −1 a metre, to 1 − cos α when α is the widest turn of its gradient, so from
/// one look near the bound each line's crossing of a level t follows; the level
/// is found by which the cap has its 5 %. What the rule of rectangles across
/// the lines is off for the circle is taken off by the same rule on a cap
/// whose size is known.
///
/// # Accuracy
/// Across the lines f changes by at most sin α a metre; with a spacing Δ the
/// mean over the cap, and with it t, is off by at most αΔ/4. Few places: 8, one
/// look, α ≤ 0.08: 0.0045 r + α³r/2. Many: 24, two looks, α ≤ 0.26:
/// 0.0049 r + α⁵r/4. Together below 0.5 % of the radius; tests find a tenth of it.
pub(super) fn disc_quantiles(
    line: &LocalLine,
    place: &Located,
    at: LonLat,
    radius_m: f64,
) -> Option<(f64, f64)> {
    let u = toward(at, place.foot);
    let turn = line.widest_turn(u, radius_m);
    let disc = Disc { line, u, radius_m };
    // The plane is exact where distances differ, not where they begin.
    let off_m = place.distance_m - line.distance_m(0.0, 0.0);
    if turn <= CALM {
        Some((off_m + disc.tail::<8>(1.0, false), off_m + disc.tail::<8>(-1.0, false)))
    } else if turn <= STEADY {
        Some((off_m + disc.tail::<24>(1.0, true), off_m + disc.tail::<24>(-1.0, true)))
    } else {
        None
    }
}

struct Disc<'a> {
    line: &'a LocalLine,
    /// Towards the line.
    u: [f64; 2],
    radius_m: f64,
}

impl Disc<'_> {
    /// Distance at a place `ahead` towards the line and `aside` to its left.
    fn distance_m(&self, ahead: f64, aside: f64) -> f64 {
        let [x, y] = self.u;
        self.line.distance_m(ahead * x - aside * y, ahead * y + aside * x)
    }

    /// The distance that bounds the cap nearest to the line (`way` 1) or
    /// farthest from it (−1).
    fn tail<const N: usize>(&self, way: f64, twice: bool) -> f64 {
        let r = self.radius_m;
        let across = |i: usize| WIDTH * r * ((2 * i + 1) as f64 / N as f64 - 1.0);
        let half = |i: usize| (r * r - across(i) * across(i)).sqrt();
        // Σ of the cap's lengths along the lines, for the known cap.
        let wanted: f64 = (0..N).map(|i| (half(i) - TAIL * r).max(0.0)).sum();
        // A line enters the cap at level t where it is `base − way·t` out.
        let look = |out: f64, i: usize| out + way * self.distance_m(way * out, across(i));
        let mut base = [0.0; N];
        for (i, base) in base.iter_mut().enumerate() {
            *base = look(TAIL * r, i);
        }
        let level = |base: &[f64; N]| {
            let mut t = way * (base.iter().sum::<f64>() / N as f64 - TAIL * r);
            for _ in 0..12 {
                let (mut sum, mut lines) = (0.0, 0.0);
                for (i, base) in base.iter().enumerate() {
                    let length = half(i) - base + way * t;
                    if length > 0.0 {
                        sum += length;
                        lines += 1.0;
                    }
                }
                let step = if lines > 0.0 { (wanted - sum) / lines } else { 0.5 * r };
                t += way * step;
                if step.abs() < 1e-5 * r {
                    break;
                }
            }
            t
        };
        let t = level(&base);
        if !twice {
            return t;
        }
        for (i, base) in base.iter_mut().enumerate() {
            let out = (*base - way * t).clamp(-half(i), half(i));
            *base = look(out, i);
        }
        level(&base)
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
