//! The grid of positions that the originals lie on after reading, 1e-9 degree,
//! on which equality is exact and orientation can be decided without error.

use geo::Coord;

/// Grid steps in a degree.
const STEPS: f64 = 1e9;

/// Decimals of a degree that the grid resolves.
pub(super) const FINEST: u8 = 9;

/// A position in grid steps: longitude, latitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct GridPoint {
    pub(super) x: i64,
    pub(super) y: i64,
}

impl GridPoint {
    /// The grid point nearest to a coordinate in degrees.
    pub(super) fn of(c: Coord<f64>) -> GridPoint {
        GridPoint { x: (c.x * STEPS).round() as i64, y: (c.y * STEPS).round() as i64 }
    }

    /// Degrees.
    pub(super) fn degrees(self) -> [f64; 2] {
        [self.x as f64 / STEPS, self.y as f64 / STEPS]
    }

    /// Rounded to so many decimals of a degree, half away from zero.
    pub(super) fn rounded(self, decimals: u8) -> GridPoint {
        let step = 10_i64.pow(u32::from(FINEST.saturating_sub(decimals)));
        let round = |v: i64| {
            let half = step / 2 * v.signum();
            (v + half) / step * step
        };
        GridPoint { x: round(self.x), y: round(self.y) }
    }
}

/// Twice the signed area of the triangle a, b, c in grid steps: positive when c
/// lies left of a → b. Exact.
pub(super) fn orientation(a: GridPoint, b: GridPoint, c: GridPoint) -> i128 {
    let (abx, aby) = (i128::from(b.x - a.x), i128::from(b.y - a.y));
    let (acx, acy) = (i128::from(c.x - a.x), i128::from(c.y - a.y));
    abx * acy - aby * acx
}

/// Whether c, known to be collinear with a and b, lies between them or on one.
fn between(a: GridPoint, b: GridPoint, c: GridPoint) -> bool {
    (a.x.min(b.x)..=a.x.max(b.x)).contains(&c.x) && (a.y.min(b.y)..=a.y.max(b.y)).contains(&c.y)
}

/// Whether two closed segments have a point in common. Exact.
pub(super) fn meet(a: GridPoint, b: GridPoint, c: GridPoint, d: GridPoint) -> bool {
    let (c_of_ab, d_of_ab) = (orientation(a, b, c).signum(), orientation(a, b, d).signum());
    let (a_of_cd, b_of_cd) = (orientation(c, d, a).signum(), orientation(c, d, b).signum());
    if c_of_ab * d_of_ab < 0 && a_of_cd * b_of_cd < 0 {
        return true;
    }
    (c_of_ab == 0 && between(a, b, c))
        || (d_of_ab == 0 && between(a, b, d))
        || (a_of_cd == 0 && between(c, d, a))
        || (b_of_cd == 0 && between(c, d, b))
}

/// Whether b and c leave the common end point a in the same direction, so that
/// the segments a–b and a–c share more than a. Exact.
pub(super) fn same_direction(a: GridPoint, b: GridPoint, c: GridPoint) -> bool {
    let dot = i128::from(b.x - a.x) * i128::from(c.x - a.x)
        + i128::from(b.y - a.y) * i128::from(c.y - a.y);
    orientation(a, b, c) == 0 && dot > 0
}

/// Whether a point lies inside a ring by the even-odd rule. The ring may be
/// open or closed; points on it may go either way.
pub(super) fn inside(ring: &[GridPoint], p: GridPoint) -> bool {
    let mut odd = false;
    let mut previous = match ring.last() {
        Some(&last) => last,
        None => return false,
    };
    for &q in ring {
        if (previous.y > p.y) != (q.y > p.y) {
            let side = orientation(previous, q, p);
            if (side > 0) == (q.y > previous.y) && side != 0 {
                odd = !odd;
            }
        }
        previous = q;
    }
    odd
}

/// Twice the signed area of a ring in square grid steps, positive when
/// counter-clockwise. Exact.
pub(super) fn doubled_area(ring: &[GridPoint]) -> i128 {
    let Some(&origin) = ring.first() else { return 0 };
    ring.windows(2).map(|pair| orientation(origin, pair[0], pair[1])).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(x: i64, y: i64) -> GridPoint {
        GridPoint { x, y }
    }

    #[test]
    fn rounds_half_away_from_zero_on_both_sides() {
        assert_eq!(p(1_500, -1_500).rounded(6), p(2_000, -2_000));
        assert_eq!(p(1_499, -1_499).rounded(6), p(1_000, -1_000));
        assert_eq!(p(7, -7).rounded(9), p(7, -7));
    }

    #[test]
    fn segments_meet_where_they_cross_touch_or_overlap() {
        assert!(meet(p(0, 0), p(4, 4), p(0, 4), p(4, 0)));
        assert!(meet(p(0, 0), p(4, 0), p(2, 0), p(2, 5)));
        assert!(meet(p(0, 0), p(4, 0), p(3, 0), p(9, 0)));
        assert!(!meet(p(0, 0), p(4, 0), p(5, 0), p(9, 0)));
        assert!(!meet(p(0, 0), p(4, 4), p(1, 0), p(5, 4)));
    }

    #[test]
    fn the_even_odd_rule_and_the_area_agree_with_a_square_with_a_notch() {
        let ring = [p(0, 0), p(10, 0), p(10, 10), p(5, 4), p(0, 10)];
        assert!(inside(&ring, p(5, 3)) && !inside(&ring, p(5, 6)) && !inside(&ring, p(11, 3)));
        assert!(inside(&ring, p(1, 5)) && inside(&ring, p(9, 5)));
        assert_eq!(doubled_area(&ring), 200 - 60);
    }
}
