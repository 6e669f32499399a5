//! Parallel lines that fill an area: a second way to tell classes apart, which
//! print in grey keeps.

use super::scene::{Pt, pt};

/// Which way the lines lean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lean {
    /// Up to the right.
    Forward,
    /// Down to the right.
    Back,
}

/// Lines at 45° inside rings (even-odd rule), `spacing` points apart. They lie on one
/// lattice for the whole page, so that the hatching of neighbours meets.
pub fn hatch(rings: &[Vec<Pt>], spacing: f64, lean: Lean) -> Vec<Vec<Pt>> {
    let sign = if lean == Lean::Forward { 1.0 } else { -1.0 };
    // A line holds all points of one height above the diagonal, y being downward.
    let step = spacing * std::f64::consts::SQRT_2;
    let height = |p: Pt| (p.y + sign * p.x) / step;
    let mut crossings: Vec<(i64, f64)> = Vec::new();
    for ring in rings {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let (from, to) = (height(*a), height(*b));
            // Each end belongs to one of the two edges that meet there.
            for line in from.min(to).ceil() as i64..from.max(to).ceil() as i64 {
                let share = (line as f64 - from) / (to - from);
                crossings.push((line, a.x + share * (b.x - a.x)));
            }
        }
    }
    crossings.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut lines = Vec::new();
    for pair in crossings.chunks_exact(2) {
        let [(line, from), (other, to)] = [pair[0], pair[1]];
        // Closed rings cross every line an even number of times.
        debug_assert_eq!(line, other);
        let at = |x: f64| pt(x, line as f64 * step - sign * x);
        if to - from > 0.05 {
            lines.push(vec![at(from), at(to)]);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::clip::{area, inside};

    #[test]
    fn lines_fill_the_area_and_nothing_else() {
        let ring =
            vec![pt(0.0, 0.0), pt(40.0, 3.0), pt(33.0, 41.0), pt(12.0, 30.0), pt(-5.0, 38.0)];
        let hole = vec![pt(10.0, 10.0), pt(20.0, 10.0), pt(20.0, 20.0), pt(10.0, 20.0)];
        let rings = [ring, hole];
        for lean in [Lean::Forward, Lean::Back] {
            let lines = hatch(&rings, 0.5, lean);
            let mut length = 0.0;
            for line in &lines {
                let (a, b) = (line[0], line[1]);
                assert!(inside(&rings, pt(0.5 * (a.x + b.x), 0.5 * (a.y + b.y))));
                length += (b.x - a.x).hypot(b.y - a.y);
                assert_eq!(b.y < a.y, lean == Lean::Forward);
            }
            // Lines of a spacing cover so much ground per length.
            let ground = area(&rings[0]) - area(&rings[1]);
            assert!((0.5 * length / ground - 1.0).abs() < 0.02, "{} {ground}", 0.5 * length);
        }
    }
}
