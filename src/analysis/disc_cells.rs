//! A disc in cells of equal area, and how the distance to the line is
//! distributed over them.

use super::region_grounds::Plane;
use super::zone_sums::ZoneSums;
use crate::index::Nearby;
use crate::model::Side;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// The unit disc in `n` × `n` cells of equal area: those of a square, mapped by
/// P. Shirley and K. Chiu (1997), A low distortion map between disk and square,
/// J. Graphics Tools 2, 45–52.
pub(super) struct DiscCells {
    /// Their centroids, block after block.
    centroids: Vec<[f64; 2]>,
    /// Discs round their centroids, group after group.
    blocks: Vec<Round>,
    /// Discs round groups of so many blocks.
    groups: Vec<Round>,
    group: usize,
    /// Width of a strip that spreads values as a cell does, n being even.
    width: f64,
}

/// The centre and the radius of a disc round some places.
pub(super) type Round = ([f64; 2], f64);

/// Cells of a block, along and across.
const BLOCK: usize = 4;

/// For quantiles.
pub(super) static COARSE: LazyLock<DiscCells> = LazyLock::new(|| DiscCells::new(5 * BLOCK));
/// For the shares of zones.
pub(super) static FINE: LazyLock<DiscCells> = LazyLock::new(|| DiscCells::new(12 * BLOCK));

impl DiscCells {
    fn new(n: usize) -> DiscCells {
        const FINER: usize = 8;
        let at = |i: usize, k: usize| {
            2.0 * (i as f64 + (k as f64 + 0.5) / FINER as f64) / n as f64 - 1.0
        };
        let wide = n / BLOCK;
        // Blocks of a group, along and across: all, or four.
        let side = if wide.is_multiple_of(4) { 4 } else { wide };
        let (mut centroids, mut blocks, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        let mut spread = 0.0;
        for group in 0..(wide / side) * (wide / side) {
            let (down, along) = (side * (group / (wide / side)), side * (group % (wide / side)));
            let of_group = centroids.len();
            for block in 0..side * side {
                let of_block = centroids.len();
                let (rows, columns) = (down + block / side, along + block % side);
                for cell in 0..BLOCK * BLOCK {
                    let (row, column) =
                        (rows * BLOCK + cell / BLOCK, columns * BLOCK + cell % BLOCK);
                    let places = (0..FINER * FINER)
                        .map(|k| on_disc(at(column, k % FINER), at(row, k / FINER)))
                        .collect::<Vec<_>>();
                    let mean = middle(&places);
                    let off = |p: &[f64; 2]| (p[0] - mean[0]).powi(2) + (p[1] - mean[1]).powi(2);
                    spread += 0.5 * places.iter().map(off).sum::<f64>() / places.len() as f64;
                    centroids.push(mean);
                }
                blocks.push(round(&centroids[of_block..]));
            }
            groups.push(round(&centroids[of_group..]));
        }
        // The variance over a strip of width w is w²/12.
        let width = (12.0 * spread / (n * n) as f64).sqrt();
        DiscCells { centroids, blocks, groups, group: side * side, width }
    }

    /// Signed distances to the line at the centroids on a disc of a radius.
    pub fn signed(&self, plane: &impl Plane, radius_m: f64) -> Spread {
        let mut signed = Vec::with_capacity(self.centroids.len());
        let (mut wide, mut room) = (Nearby::default(), Nearby::default());
        let prepare = |(centre, reach): &Round, wider: &Nearby, room: &mut Nearby| {
            plane.prepare(centre.map(|x| x * radius_m), 1.001 * reach * radius_m, wider, room);
        };
        let mut places = self.centroids.chunks(BLOCK * BLOCK);
        for (group, blocks) in self.groups.iter().zip(self.blocks.chunks(self.group)) {
            prepare(group, &Nearby::default(), &mut wide);
            for (block, places) in blocks.iter().zip(&mut places) {
                prepare(block, &wide, &mut room);
                signed.extend(
                    places.iter().map(|p| plane.signed_m(p[0] * radius_m, p[1] * radius_m, &room)),
                );
            }
        }
        Spread { signed, width_m: self.width * radius_m }
    }
}

fn middle(places: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|k| places.iter().map(|p| p[k]).sum::<f64>() / places.len() as f64)
}

/// A disc round places: their middle and the farthest.
pub(super) fn round(places: &[[f64; 2]]) -> Round {
    let centre = middle(places);
    let reach = |p: &[f64; 2]| (p[0] - centre[0]).hypot(p[1] - centre[1]);
    (centre, places.iter().map(reach).fold(0.0, f64::max))
}

/// From the square −1..1 to the unit disc.
fn on_disc(a: f64, b: f64) -> [f64; 2] {
    if a == 0.0 && b == 0.0 {
        return [0.0; 2];
    }
    let (r, angle) =
        if a.abs() > b.abs() { (a, 0.25 * PI * b / a) } else { (b, 0.5 * PI - 0.25 * PI * a / b) };
    [r * angle.cos(), r * angle.sin()]
}

/// The signed distances of the cells of a disc.
///
/// The distance to a line changes by a metre a metre in the direction of its
/// foot. On a cell its values spread as on a strip of the cell's width lying
/// across that direction, so the share of a cell below t is that of a strip.
pub(super) struct Spread {
    signed: Vec<f64>,
    width_m: f64,
}

impl Spread {
    /// Cells below a signed distance.
    fn below(&self, t: f64) -> f64 {
        let (shift, scale) = (t / self.width_m + 0.5, 1.0 / self.width_m);
        self.signed.iter().map(|s| (shift - s * scale).clamp(0.0, 1.0)).sum()
    }

    /// Cells between two signed distances.
    fn between(&self, low: f64, high: f64) -> f64 {
        let scale = 1.0 / self.width_m;
        let (low, high) = (low * scale + 0.5, high * scale + 0.5);
        let held = |s: &f64| {
            let s = s * scale;
            (high - s).clamp(0.0, 1.0) - (low - s).clamp(0.0, 1.0)
        };
        self.signed.iter().map(held).sum()
    }

    /// Share on the left.
    pub fn left(&self) -> f64 {
        1.0 - self.below(0.0) / self.signed.len() as f64
    }

    /// The distance that a share `q` lies nearer than, on a side if one is
    /// given, metres.
    pub fn quantile_m(&self, q: f64, side: Option<Side>) -> f64 {
        let nearer = |t: f64| match side {
            None => self.between(-t, t),
            Some(Side::Left) => self.between(0.0, t),
            Some(Side::Right) => self.between(-t, 0.0),
        };
        let far = self.signed.iter().fold(0.0, |far: f64, s| far.max(s.abs())) + self.width_m;
        let (mut low, mut high) = (0.0, far);
        let (mut at_low, mut at_high) = (0.0, nearer(far));
        let wanted = q * at_high;
        let mut t = self.guess_m(q, side);
        for round in 0..40 {
            let here = nearer(t);
            if here < wanted {
                (low, at_low) = (t, here)
            } else {
                (high, at_high) = (t, here)
            }
            if high - low < 1e-4 * self.width_m || (here - wanted).abs() < 1e-5 * wanted {
                break;
            }
            // A step to either side first, so that the bracket is narrow.
            let step = if here < wanted { 0.25 } else { -0.25 } * self.width_m;
            let stepped = t + step * f64::from(1 << round.min(8));
            t = if round < 4 && stepped > low && stepped < high && high - low > self.width_m {
                stepped
            } else if round % 3 == 2 || at_high <= at_low {
                0.5 * (low + high)
            } else {
                low + (wanted - at_low) / (at_high - at_low) * (high - low)
            };
        }
        t
    }

    /// About the quantile: that of the cells' middles.
    fn guess_m(&self, q: f64, side: Option<Side>) -> f64 {
        let on_side = |s: &&f64| match side {
            None => true,
            Some(side) => (side == Side::Left) == (**s >= 0.0),
        };
        let mut values: Vec<f64> = self.signed.iter().filter(on_side).map(|s| s.abs()).collect();
        if values.is_empty() {
            return 0.5 * self.width_m;
        }
        let number = ((q * values.len() as f64) as usize).min(values.len() - 1);
        *values.select_nth_unstable_by(number, f64::total_cmp).1
    }

    /// Adds the shares of every zone, 1 in all.
    pub fn add_to(&self, sums: &mut ZoneSums, breaks_m: &[f64]) {
        let cells = self.signed.len() as f64;
        let nought = self.below(0.0);
        let (mut before, mut below) = (nought, nought);
        let zones = breaks_m.len();
        for zone in 0..=zones {
            let upper = breaks_m.get(zone).map_or(cells, |&edge| self.below(edge));
            sums.m2[0][zone] += (upper - before) / cells;
            before = upper;
            let lower = breaks_m.get(zone).map_or(0.0, |&edge| self.below(-edge));
            sums.m2[1][zone] += (below - lower) / cells;
            below = lower;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line through the plane, `0` being how far its foot is north.
    struct Straight(f64);

    impl Plane for Straight {
        fn prepare(&self, _: [f64; 2], _: f64, _: &Nearby, _: &mut Nearby) {}

        fn signed_m(&self, x: f64, y: f64, _: &Nearby) -> f64 {
            // Turned a little, so that no row of cells is parallel to it.
            self.0 - (0.3 * x + 0.91f64.sqrt() * y)
        }
    }

    /// Share of the unit disc beyond z.
    fn cap(z: f64) -> f64 {
        (z.acos() - z * (1.0 - z * z).sqrt()) / PI
    }

    #[test]
    fn over_a_disc_beside_a_straight_line_the_law_is_the_semicircles() {
        for (cells, bound, share) in [(&*COARSE, 1.5e-3, 1.5e-3), (&*FINE, 3e-4, 3e-4)] {
            for d in [0.0, 0.3, 0.9, 1.7, 20.0] {
                let spread = cells.signed(&Straight(d * 1000.0), 1000.0);
                assert!((spread.left() - (1.0 - cap(d.min(1.0)))).abs() < share, "{d}");
                if d > 1.0 {
                    let off = spread.quantile_m(0.05, None) / 1000.0 - (d - 0.805_383_636_5);
                    assert!(off.abs() < bound, "{d} {off}");
                    let off = spread.quantile_m(0.95, None) / 1000.0 - (d + 0.805_383_636_5);
                    assert!(off.abs() < bound, "{d} {off}");
                }
                let mut sums = ZoneSums::new(1);
                spread.add_to(&mut sums, &[500.0]);
                let all: f64 = sums.m2.iter().flatten().sum();
                assert!((all - 1.0).abs() < 1e-12);
                let beyond =
                    |z: f64| if z < 0.0 { 1.0 - cap((-z).min(1.0)) } else { cap(z.min(1.0)) };
                let held = beyond(d - 0.5) - beyond(d);
                assert!((sums.m2[0][0] - held).abs() < share, "{d} {} {held}", sums.m2[0][0]);
            }
        }
    }
}
