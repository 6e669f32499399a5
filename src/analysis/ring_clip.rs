//! Rings cut by straight lines, and their areas within a circle.
//!
//! A ring that a line cuts into several parts comes back as one whose parts hang
//! together along the line (Sutherland and Hodgman 1974, Commun. ACM 17, 32–42):
//! signed areas, and the sums made from them, are the same.

/// Corners of an open ring; counter-clockwise ones go round ground, clockwise
/// ones round holes in it.
pub(super) type Ring = Vec<[f64; 2]>;

/// The part of a ring where a linear function is not below nought.
pub(super) fn kept(ring: &[[f64; 2]], height: impl Fn([f64; 2]) -> f64) -> Ring {
    let mut part = Ring::with_capacity(ring.len() + 4);
    let Some(&last) = ring.last() else { return part };
    let (mut before, mut at_before) = (last, height(last));
    for &corner in ring {
        let at = height(corner);
        if (at >= 0.0) != (at_before >= 0.0) {
            // From the same end whichever way the edge runs, so that rings that
            // share an edge are cut at the same place.
            let (a, b, low, high) = if before <= corner {
                (before, corner, at_before, at)
            } else {
                (corner, before, at, at_before)
            };
            let share = low / (low - high);
            part.push([0, 1].map(|k| a[k] + share * (b[k] - a[k])));
        }
        if at >= 0.0 {
            part.push(corner);
        }
        (before, at_before) = (corner, at);
    }
    part
}

/// As [`kept`], for several rings; empty ones are left out.
pub(super) fn kept_all(rings: &[Ring], height: impl Fn([f64; 2]) -> f64) -> Vec<Ring> {
    let parts = rings.iter().map(|ring| kept(ring, &height));
    parts.filter(|part| part.len() > 2).collect()
}

/// Signed area on the plane.
pub(super) fn flat_area(ring: &[[f64; 2]]) -> f64 {
    let Some((&first, rest)) = ring.split_first() else { return 0.0 };
    let off = |p: [f64; 2]| [p[0] - first[0], p[1] - first[1]];
    let pairs = rest.windows(2).map(|pair| (off(pair[0]), off(pair[1])));
    0.5 * pairs.map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>()
}

/// Signed area of several rings on the plane.
pub(super) fn flat_areas(rings: &[Ring]) -> f64 {
    rings.iter().map(|ring| flat_area(ring)).sum()
}

/// Signed area of the part of a ring within a circle: over its edges, the
/// triangle with the circle's centre where the edge is inside, the sector where
/// it is outside.
pub(super) fn area_in_circle(ring: &[[f64; 2]], centre: [f64; 2], radius: f64) -> f64 {
    let off = |p: [f64; 2]| [p[0] - centre[0], p[1] - centre[1]];
    let Some(&last) = ring.last() else { return 0.0 };
    let mut before = off(last);
    let mut sum = 0.0;
    for &corner in ring {
        let next = off(corner);
        sum += edge_in_circle(before, next, radius);
        before = next;
    }
    sum
}

fn edge_in_circle(a: [f64; 2], b: [f64; 2], radius: f64) -> f64 {
    let cross = |p: [f64; 2], q: [f64; 2]| p[0] * q[1] - p[1] * q[0];
    let dot = |p: [f64; 2], q: [f64; 2]| p[0] * q[0] + p[1] * q[1];
    let sector = |p, q| 0.5 * radius * radius * cross(p, q).atan2(dot(p, q));
    let way = [b[0] - a[0], b[1] - a[1]];
    let (aa, bb, r2) = (dot(a, a), dot(b, b), radius * radius);
    if aa <= r2 && bb <= r2 {
        return 0.5 * cross(a, b);
    }
    // Where |a + t·way| is the radius.
    let (length_2, half, rest) = (dot(way, way), dot(a, way), aa - r2);
    let room = half * half - length_2 * rest;
    if room <= 0.0 || length_2 <= 0.0 {
        return sector(a, b);
    }
    let root = room.sqrt();
    // Without the difference of what is nearly the same.
    let q = if half > 0.0 { -half - root } else { -half + root };
    let (one, two) = (q / length_2, rest / q);
    let (enter, leave) = if one < two { (one, two) } else { (two, one) };
    if leave <= 0.0 || enter >= 1.0 {
        return sector(a, b);
    }
    let at = |t: f64| [a[0] + t * way[0], a[1] + t * way[1]];
    let (from, to) = (at(enter.max(0.0)), at(leave.min(1.0)));
    let before = if enter > 0.0 { sector(a, from) } else { 0.0 };
    let after = if leave < 1.0 { sector(to, b) } else { 0.0 };
    before + 0.5 * cross(from, to) + after
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [[f64; 2]; 4] = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]];

    #[test]
    fn a_line_cuts_a_ring_in_two_that_add_up() {
        // A ring with a bay, so that the line cuts it into three.
        let ring =
            [[0.0, 0.0], [6.0, 0.0], [6.0, 4.0], [4.0, 4.0], [3.0, 1.0], [2.0, 4.0], [0.0, 4.0]];
        let above = kept(&ring, |p| p[1] - 2.0);
        let below = kept(&ring, |p| 2.0 - p[1]);
        assert!((flat_area(&above) + flat_area(&below) - flat_area(&ring)).abs() < 1e-12);
        let bay = 0.5 * (2.0 + 2.0 / 3.0) * 2.0;
        assert!((flat_area(&above) - (12.0 - bay)).abs() < 1e-12);
    }

    #[test]
    fn a_circle_cuts_what_it_cuts() {
        let pi = std::f64::consts::PI;
        let area = |centre, radius| area_in_circle(&SQUARE, centre, radius);
        assert!((area([1.0, 1.0], 5.0) - 4.0).abs() < 1e-12);
        assert!((area([1.0, 1.0], 0.5) - 0.25 * pi).abs() < 1e-12);
        assert!((area([0.0, 0.0], 1.0) - 0.25 * pi).abs() < 1e-12);
        assert!((area([0.0, 1.0], 1.0) - 0.5 * pi).abs() < 1e-12);
        assert!(area([5.0, 5.0], 1.0).abs() < 1e-12);
        // All but the corners.
        let r = 1.2_f64;
        let angle = (1.0 / r).acos();
        let cap = r * r * (angle - angle.sin() * angle.cos());
        assert!((area([1.0, 1.0], r) - (pi * r * r - 4.0 * cap)).abs() < 1e-12);
        // A far centre, where terms of 10¹⁰ cancel.
        let far = [-1e5, 1.0];
        let part = area(far, 1e5 + 1.0);
        assert!((part - (2.0 - 1.0 / 3.0 / 1e5)).abs() < 1e-7, "{part}");
        let turned: Ring = SQUARE.into_iter().rev().collect();
        assert!((area_in_circle(&turned, [0.0, 0.0], 1.0) + 0.25 * pi).abs() < 1e-12);
    }
}
