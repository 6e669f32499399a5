//! Cutting lines and rings to a rectangle, and thinning them for the page.

use super::scene::{Path, Pt, pt};

/// An upright rectangle on the page, points; y runs down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x0: f64,
    /// Top edge.
    pub y0: f64,
    /// Right edge.
    pub x1: f64,
    /// Bottom edge.
    pub y1: f64,
}

impl Rect {
    /// From a corner and a size.
    pub fn new(x: f64, y: f64, width: f64, height: f64) -> Rect {
        Rect { x0: x, y0: y, x1: x + width, y1: y + height }
    }

    /// Around a point.
    pub fn around(centre: Pt, half_width: f64, half_height: f64) -> Rect {
        Rect {
            x0: centre.x - half_width,
            y0: centre.y - half_height,
            x1: centre.x + half_width,
            y1: centre.y + half_height,
        }
    }

    /// The smallest that holds all points; `None` without any.
    pub fn of(points: impl IntoIterator<Item = Pt>) -> Option<Rect> {
        points.into_iter().fold(None, |all: Option<Rect>, p| {
            Some(match all {
                None => Rect { x0: p.x, y0: p.y, x1: p.x, y1: p.y },
                Some(r) => Rect {
                    x0: r.x0.min(p.x),
                    y0: r.y0.min(p.y),
                    x1: r.x1.max(p.x),
                    y1: r.y1.max(p.y),
                },
            })
        })
    }

    /// Width, points.
    pub fn width(self) -> f64 {
        self.x1 - self.x0
    }

    /// Height, points.
    pub fn height(self) -> f64 {
        self.y1 - self.y0
    }

    /// Middle.
    pub fn centre(self) -> Pt {
        pt(0.5 * (self.x0 + self.x1), 0.5 * (self.y0 + self.y1))
    }

    /// Grown on every side; a negative number shrinks.
    #[must_use]
    pub fn grown(self, by: f64) -> Rect {
        Rect { x0: self.x0 - by, y0: self.y0 - by, x1: self.x1 + by, y1: self.y1 + by }
    }

    /// The same rectangle so much farther right and down.
    #[must_use]
    pub fn moved(self, by: Pt) -> Rect {
        Rect { x0: self.x0 + by.x, y0: self.y0 + by.y, x1: self.x1 + by.x, y1: self.y1 + by.y }
    }

    /// Whether a point lies inside or on the edge.
    pub fn contains(self, p: Pt) -> bool {
        (self.x0..=self.x1).contains(&p.x) && (self.y0..=self.y1).contains(&p.y)
    }

    /// Whether another rectangle lies wholly inside.
    pub fn holds(self, other: Rect) -> bool {
        other.x0 >= self.x0 && other.x1 <= self.x1 && other.y0 >= self.y0 && other.y1 <= self.y1
    }

    /// Whether the insides meet; touching edges do not count.
    pub fn overlaps(self, other: Rect) -> bool {
        self.x0 < other.x1 && other.x0 < self.x1 && self.y0 < other.y1 && other.y0 < self.y1
    }

    /// Whether a place is surely farther off than a radius: most are, and it costs
    /// little to tell.
    pub fn is_beyond(self, p: Pt, radius: f64) -> bool {
        p.x < self.x0 - radius
            || p.x > self.x1 + radius
            || p.y < self.y0 - radius
            || p.y > self.y1 + radius
    }

    /// Distance from a point to the rectangle, zero inside.
    pub fn distance(self, p: Pt) -> f64 {
        let dx = (self.x0 - p.x).max(p.x - self.x1).max(0.0);
        let dy = (self.y0 - p.y).max(p.y - self.y1).max(0.0);
        dx.hypot(dy)
    }

    /// As a path.
    pub fn path(self) -> Path {
        Path::rect(self.x0, self.y0, self.width(), self.height())
    }
}

/// The part of a segment inside a rectangle (Liang and Barsky 1984, ACM
/// Transactions on Graphics 3, 1–22); `None` when it stays outside.
pub fn clip_segment(a: Pt, b: Pt, to: Rect) -> Option<(Pt, Pt)> {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let (mut from, mut until) = (0.0_f64, 1.0_f64);
    for (p, q) in [(-dx, a.x - to.x0), (dx, to.x1 - a.x), (-dy, a.y - to.y0), (dy, to.y1 - a.y)] {
        if p == 0.0 {
            if q < 0.0 {
                return None;
            }
        } else if p < 0.0 {
            from = from.max(q / p);
        } else {
            until = until.min(q / p);
        }
    }
    let at = |t: f64| pt(a.x + t * dx, a.y + t * dy);
    // An end that is inside is kept to the bit, so that pieces join exactly.
    (from <= until)
        .then(|| (if from == 0.0 { a } else { at(from) }, if until == 1.0 { b } else { at(until) }))
}

/// The parts of a line inside a rectangle, in order.
pub fn clip_line(points: &[Pt], to: Rect) -> Vec<Vec<Pt>> {
    let mut parts: Vec<Vec<Pt>> = Vec::new();
    for pair in points.windows(2) {
        let Some((a, b)) = clip_segment(pair[0], pair[1], to) else { continue };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&a) => part.push(b),
            _ => parts.push(vec![a, b]),
        }
    }
    parts.retain(|part| part.iter().any(|p| *p != part[0]));
    parts
}

/// A ring cut to a rectangle, one edge after the other (Sutherland and Hodgman
/// 1974, Communications of the ACM 17, 32–42). The ring is open: its last
/// vertex joins its first. Parts that fall apart stay joined along the
/// rectangle's edge, which an even-odd fill does not show.
pub fn clip_ring(ring: &[Pt], to: Rect) -> Vec<Pt> {
    let mut out = ring.to_vec();
    type Inside = fn(Pt, Rect) -> f64;
    let edges: [Inside; 4] =
        [|p, r| p.x - r.x0, |p, r| r.x1 - p.x, |p, r| p.y - r.y0, |p, r| r.y1 - p.y];
    for inside in edges {
        let input = std::mem::take(&mut out);
        let Some(mut a) = input.last().copied() else { return out };
        for b in input {
            let (da, db) = (inside(a, to), inside(b, to));
            if (da < 0.0) != (db < 0.0) {
                let t = da / (da - db);
                out.push(pt(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)));
            }
            if db >= 0.0 {
                out.push(b);
            }
            a = b;
        }
    }
    out
}

/// Whether two segments, from `a` to `b` and from `c` to `d`, cross in their insides.
pub fn cross(a: Pt, b: Pt, c: Pt, d: Pt) -> bool {
    let turn = |p: Pt, q: Pt, r: Pt| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    turn(a, b, c) * turn(a, b, d) < 0.0 && turn(c, d, a) * turn(c, d, b) < 0.0
}

/// Distance from a point to a segment.
pub fn distance_to_segment(p: Pt, a: Pt, b: Pt) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 {
        (((p.x - a.x) * dx + (p.y - a.y) * dy) / length2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    // Pages are small: squares of their coordinates neither overflow nor vanish,
    // so hypot's care would be paid for nothing, and this is asked most often.
    let (x, y) = (p.x - a.x - t * dx, p.y - a.y - t * dy);
    (x * x + y * y).sqrt()
}

/// Spans of more vertices than a line of the bundled layers has are parted near
/// their middle.
const LONG_SPAN: usize = 8_192;

/// Drops vertices that lie within `tolerance` points of the line through the
/// kept ones (Douglas and Peucker 1973, Cartographica 10, 112–122). Both ends
/// are kept. The result is the same whichever end the line is read from.
pub fn thin(points: &[Pt], tolerance: f64) -> Vec<Pt> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    let last = points.len() - 1;
    (keep[0], keep[last]) = (true, true);
    let mut spans = vec![(0, last)];
    while let Some((from, to)) = spans.pop() {
        let (a, b) = (points[from], points[to]);
        let (mut worst, mut amid) = ((tolerance, 0), (tolerance, 0));
        let middle = from + (to - from) / 4..to - (to - from) / 4;
        for (i, &p) in points.iter().enumerate().take(to).skip(from + 1) {
            let d = distance_to_segment(p, a, b);
            if d > worst.0 {
                worst = (d, i);
            }
            if d > amid.0 && middle.contains(&i) {
                amid = (d, i);
            }
        }
        // Any vertex that is too far off may part a span. Of a comb the farthest
        // are next to the ends, and parting there takes the square of its length.
        if to - from > LONG_SPAN && amid.1 > 0 {
            worst = amid;
        }
        if worst.1 > 0 {
            keep[worst.1] = true;
            spans.push((from, worst.1));
            spans.push((worst.1, to));
        }
    }
    points.iter().zip(keep).filter_map(|(p, kept)| kept.then_some(*p)).collect()
}

/// Whether a point lies in rings filled by the even-odd rule. The rings are open.
pub fn inside(rings: &[Vec<Pt>], p: Pt) -> bool {
    let mut odd = false;
    for ring in rings {
        let Some(mut a) = ring.last().copied() else { continue };
        for &b in ring {
            if (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x) {
                odd = !odd;
            }
            a = b;
        }
    }
    odd
}

/// Area of an open ring, square points.
pub fn area(ring: &[Pt]) -> f64 {
    let Some(mut a) = ring.last().copied() else { return 0.0 };
    let mut twice = 0.0;
    for &b in ring {
        twice += a.x * b.y - b.x * a.y;
        a = b;
    }
    0.5 * twice.abs()
}

/// Points at equal distances along a line.
pub fn resample(line: &[Pt], step: f64) -> Vec<Pt> {
    let Some(first) = line.first() else { return Vec::new() };
    let mut out = vec![*first];
    let mut left = step;
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = (b.x - a.x).hypot(b.y - a.y);
        let mut done = 0.0;
        while length - done >= left {
            done += left;
            let t = done / length;
            out.push(pt(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)));
            left = step;
        }
        left -= length - done;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect = Rect { x0: 10.0, y0: 20.0, x1: 60.0, y1: 50.0 };

    /// A repeatable wild ring: xorshift, so that the test has no dependency.
    fn wild(seed: u64, n: usize) -> Vec<Pt> {
        let mut s = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            s ^= s << 13;
            s ^= s >> 7;
            s ^= s << 17;
            (s >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..n).map(|_| pt(80.0 * next() - 5.0, 70.0 * next())).collect()
    }

    #[test]
    fn a_clipped_ring_fills_what_the_ring_fills_inside_the_frame() {
        for seed in 1..40 {
            let ring = vec![wild(seed, 3 + (seed % 9) as usize)];
            let cut = vec![clip_ring(&ring[0], FRAME)];
            for p in &cut[0] {
                assert!(FRAME.grown(1e-9).contains(*p), "{p:?}");
            }
            for i in 0..50 {
                for k in 0..30 {
                    let p = pt(10.37 + i as f64 * 0.99, 20.31 + k as f64 * 0.987);
                    assert_eq!(inside(&ring, p), inside(&cut, p), "seed {seed} at {p:?}");
                }
            }
        }
    }

    #[test]
    fn a_clipped_line_is_the_line_inside_the_frame() {
        let length = |parts: &[Vec<Pt>]| -> f64 {
            parts
                .iter()
                .flat_map(|l| l.windows(2))
                .map(|w| (w[1].x - w[0].x).hypot(w[1].y - w[0].y))
                .sum()
        };
        for seed in 1..40 {
            let line = wild(seed, 12);
            let parts = clip_line(&line, FRAME);
            // Brute force: walk the line in small steps and count those inside.
            let mut walked = 0.0;
            for w in line.windows(2) {
                let step = (w[1].x - w[0].x).hypot(w[1].y - w[0].y) / 2000.0;
                for i in 0..2000 {
                    let t = (i as f64 + 0.5) / 2000.0;
                    let p = pt(w[0].x + t * (w[1].x - w[0].x), w[0].y + t * (w[1].y - w[0].y));
                    walked += if FRAME.contains(p) { step } else { 0.0 };
                }
            }
            assert!((length(&parts) - walked).abs() < 0.3, "seed {seed}");
            for part in &parts {
                assert!(part.iter().all(|p| FRAME.grown(1e-9).contains(*p)));
            }
        }
    }

    /// A comb of as many teeth as a hostile layer may have.
    #[test]
    fn thinning_a_comb_ends() {
        let tooth = |i: u32| pt(f64::from(i) * 0.005, f64::from(i % 2) * 50.0);
        let comb: Vec<Pt> = (0..300_000).map(tooth).collect();
        // A tip here and there lies on its neighbour's tooth, within the tolerance.
        let kept = thin(&comb, 0.05).len();
        assert!((295_000..=comb.len()).contains(&kept), "{kept}");
    }

    #[test]
    fn thinning_keeps_within_its_tolerance_and_does_not_care_for_direction() {
        for seed in 1..20 {
            let line: Vec<Pt> = wild(seed, 60)
                .windows(2)
                .flat_map(|w| {
                    let (a, b) = (w[0], w[1]);
                    (0..20).map(move |i| {
                        let t = i as f64 / 20.0;
                        pt(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y) + 0.04 * (9.0 * t).sin())
                    })
                })
                .collect();
            let thinned = thin(&line, 0.05);
            assert!(thinned.len() < line.len() / 3);
            for p in &line {
                let d = thinned
                    .windows(2)
                    .map(|w| distance_to_segment(*p, w[0], w[1]))
                    .fold(f64::INFINITY, f64::min);
                assert!(d <= 0.05 + 1e-12, "{d}");
            }
            let mut back: Vec<Pt> = line.iter().rev().copied().collect();
            back = thin(&back, 0.05);
            back.reverse();
            assert_eq!(back, thinned);
        }
    }
}
