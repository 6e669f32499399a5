//! A name set along a calm stretch of a line, off it by its own height.

use super::clip::resample;
use super::clip::{Rect, distance_to_segment};
use super::joined;
use super::label::Obstacles;
use super::scene::{Anchor, Item, Path, Pt, Step, TextStyle, pt};
use super::text;

/// A name along a line.
#[derive(Clone, Debug, PartialEq)]
pub struct AlongLine {
    /// The baseline, left to right as read.
    pub baseline: Path,
    /// What the letters cover.
    pub boxes: Vec<Rect>,
}

impl AlongLine {
    /// The name as an item: joined letters, whose baseline is straight, as a
    /// turned text, which every viewer keeps joined.
    pub fn text(&self, name: &str, style: &TextStyle) -> Item {
        let (text, style) = (name.to_owned(), style.clone());
        let [Step::Move(a), Step::Cubic(_, _, b)] = self.baseline.0[..] else {
            return Item::TextAlong { text, path: self.baseline.clone(), style };
        };
        if !joined::is_joined(name) {
            return Item::TextAlong { text, path: self.baseline.clone(), style };
        }
        Item::Text {
            text,
            at: pt(0.5 * (a.x + b.x), 0.5 * (a.y + b.y)),
            anchor: Anchor::Middle,
            rotation: (b.y - a.y).atan2(b.x - a.x).to_degrees(),
            style,
        }
    }
}

/// Spacing at which the line is looked at, points.
const STEP: f64 = 2.0;

/// Finds where a name goes along one of some lines: the stretch that a parabola
/// follows best, where the letters cover least, on either side and rather in
/// the middle of the frame than at its edge. `gap` is the
/// free space between the line and the letters, points. `None` when no stretch
/// is long enough or all are taken. Joined letters get a straight baseline.
pub fn along(
    name: &str,
    style: &TextStyle,
    lines: &[Vec<Pt>],
    gap: f64,
    obstacles: &Obstacles,
    frame: Rect,
) -> Option<AlongLine> {
    let length = text::width(name, style) + style.size;
    let straight = joined::is_joined(name);
    let (rise, drop) = rise_and_drop(name, style);
    let mut best: Option<(f64, AlongLine)> = None;
    for line in lines {
        let points = resample(line, STEP);
        let apart =
            |i: usize, k: usize| (points[k].x - points[i].x).hypot(points[k].y - points[i].y);
        let window = (length / STEP).ceil() as usize;
        for start in (0..points.len().saturating_sub(window)).step_by(2) {
            // As much of the line as the letters are long from end to end; where
            // that takes much more, it winds too much for a name.
            let ends = start + window..points.len().min(start + 2 * window);
            let Some(end) = ends.into_iter().find(|end| apart(start, *end) >= length) else {
                continue;
            };
            let stretch = &points[start..=end];
            let Some(fit) = Parabola::through(stretch, straight) else { continue };
            if fit.steepness() > 65.0 || fit.bend() > 0.5 {
                continue;
            }
            for above in [true, false] {
                let residual = fit.residual(stretch, above);
                let roughness = fit.residual(stretch, true) + fit.residual(stretch, false);
                let off = if above { -(residual + gap + drop) } else { residual + gap + rise };
                let baseline = fit.offset(off);
                // On the inside of a bend the baseline is shorter than the line.
                let run: f64 =
                    baseline.windows(2).map(|w| (w[1].x - w[0].x).hypot(w[1].y - w[0].y)).sum();
                if run < text::width(name, style) + 0.3 * style.size {
                    continue;
                }
                let boxes = boxes_along(&baseline, length, rise, drop);
                if boxes.iter().any(|b| !frame.grown(-2.0).holds(*b)) {
                    continue;
                }
                let Some(covered) = cost(&boxes, obstacles, line) else { continue };
                let steep = (fit.steepness() / 30.0).powi(2);
                let (c, m) = (fit.origin, frame.centre());
                let away =
                    (c.x - m.x).hypot(c.y - m.y) / (0.5 * frame.width().hypot(frame.height()));
                let total =
                    1.6 * roughness + 30.0 * fit.bend() + 2.0 * steep + 16.0 * away + covered;
                if best.as_ref().is_none_or(|(least, _)| total < *least) {
                    best = Some((total, AlongLine { baseline: cubic(&baseline), boxes }));
                }
            }
        }
    }
    best.map(|(_, found)| found)
}

/// How far letters rise above their baseline and drop below it, points.
fn rise_and_drop(name: &str, style: &TextStyle) -> (f64, f64) {
    match text::ink(name, style) {
        Some([_, top, _, bottom]) if joined::is_joined(name) => (-top, bottom.max(0.0)),
        _ => (text::metrics(style).cap_height, 0.22 * style.size),
    }
}

/// y = a + b x + c x² in the frame of a chord that is read left to right.
struct Parabola {
    origin: Pt,
    /// Unit vector along the chord, to the right.
    u: Pt,
    half: f64,
    a: f64,
    b: f64,
    c: f64,
}

impl Parabola {
    /// Least squares through points in order; a line along the chord where it
    /// must be `straight`.
    fn through(points: &[Pt], straight: bool) -> Option<Parabola> {
        let (mut first, mut last) = (*points.first()?, *points.last()?);
        if last.x < first.x {
            (first, last) = (last, first);
        }
        let chord = (last.x - first.x).hypot(last.y - first.y);
        if chord < STEP {
            return None;
        }
        let u = pt((last.x - first.x) / chord, (last.y - first.y) / chord);
        let origin = pt(0.5 * (first.x + last.x), 0.5 * (first.y + last.y));
        let mut fit = Parabola { origin, u, half: 0.5 * chord, a: 0.0, b: 0.0, c: 0.0 };
        if straight {
            fit.a = points.iter().map(|p| fit.local(*p).1).sum::<f64>() / points.len() as f64;
            return Some(fit);
        }
        // Normal equations for 1, x, x².
        let (mut s, mut t) = ([0.0; 5], [0.0; 3]);
        for p in points {
            let (x, y) = fit.local(*p);
            let x = x / fit.half;
            for (k, sum) in s.iter_mut().enumerate() {
                *sum += x.powi(k as i32);
            }
            for (k, sum) in t.iter_mut().enumerate() {
                *sum += y * x.powi(k as i32);
            }
        }
        let det = |m: [[f64; 3]; 3]| {
            m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
                - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
                + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
        };
        let m = [[s[0], s[1], s[2]], [s[1], s[2], s[3]], [s[2], s[3], s[4]]];
        let whole = det(m);
        if whole.abs() < 1e-12 {
            return None;
        }
        let solve = |k: usize| {
            let mut n = m;
            for row in 0..3 {
                n[row][k] = t[row];
            }
            det(n) / whole
        };
        (fit.a, fit.b, fit.c) = (solve(0), solve(1), solve(2));
        Some(fit)
    }

    /// Along the chord from its middle, and down from it.
    fn local(&self, p: Pt) -> (f64, f64) {
        let (dx, dy) = (p.x - self.origin.x, p.y - self.origin.y);
        (dx * self.u.x + dy * self.u.y, -dx * self.u.y + dy * self.u.x)
    }

    fn y(&self, x: f64) -> f64 {
        let t = x / self.half;
        self.a + self.b * t + self.c * t * t
    }

    /// Degrees from the horizontal.
    fn steepness(&self) -> f64 {
        self.u.y.abs().atan2(self.u.x).to_degrees()
    }

    /// How far the middle stands off the chord, per half chord.
    fn bend(&self) -> f64 {
        self.c.abs() / self.half
    }

    /// How far the line strays from the curve on one side.
    fn residual(&self, points: &[Pt], above: bool) -> f64 {
        points
            .iter()
            .map(|p| {
                let (x, y) = self.local(*p);
                if above { self.y(x) - y } else { y - self.y(x) }
            })
            .fold(0.0, f64::max)
    }

    /// Nine points of the curve, moved down by `by`.
    fn offset(&self, by: f64) -> Vec<Pt> {
        (0..=8)
            .map(|i| {
                let x = self.half * (f64::from(i) / 4.0 - 1.0);
                let y = self.y(x) + by;
                pt(
                    self.origin.x + x * self.u.x - y * self.u.y,
                    self.origin.y + x * self.u.y + y * self.u.x,
                )
            })
            .collect()
    }
}

/// The parabola through nine points of it as one cubic: its end tangents meet
/// over the middle, and a cubic's controls lie two thirds of the way there.
fn cubic(points: &[Pt]) -> Path {
    let (a, m, b) = (points[0], points[4], points[8]);
    let control = pt(2.0 * m.x - 0.5 * (a.x + b.x), 2.0 * m.y - 0.5 * (a.y + b.y));
    let near = |end: Pt| pt(end.x + (control.x - end.x) / 1.5, end.y + (control.y - end.y) / 1.5);
    Path(vec![Step::Move(a), Step::Cubic(near(a), near(b), b)])
}

/// Rectangles that hold letters along a baseline.
fn boxes_along(baseline: &[Pt], length: f64, rise: f64, drop: f64) -> Vec<Rect> {
    let points = resample(baseline, 2.0);
    let total = 2.0 * (points.len().max(1) - 1) as f64;
    let skip = (0.5 * (total - length) / 2.0).max(0.0) as usize;
    let inner = &points[skip.min(points.len())..points.len().saturating_sub(skip)];
    inner
        .windows(2)
        .filter_map(|w| {
            let (dx, dy) = ((w[1].x - w[0].x) / 2.0, (w[1].y - w[0].y) / 2.0);
            let corner = |p: Pt, up: f64| pt(p.x + up * dy, p.y - up * dx);
            let down = -1.1 * drop;
            Rect::of([
                corner(w[0], rise),
                corner(w[1], rise),
                corner(w[0], down),
                corner(w[1], down),
            ])
        })
        .collect()
}

/// What the letters cover; `None` when that is forbidden. The line itself is
/// kept clear of, wherever it turns back.
fn cost(boxes: &[Rect], obstacles: &Obstacles, line: &[Pt]) -> Option<f64> {
    let mut total = 0.0;
    for b in boxes {
        if obstacles.solid.iter().any(|s| s.overlaps(*b)) {
            return None;
        }
        let reach = 0.5 * b.height().max(b.width());
        if line.windows(2).any(|w| distance_to_segment(b.centre(), w[0], w[1]) < 0.75 * reach) {
            return None;
        }
        total += obstacles.field.as_ref().map_or(0.0, |field| field.sum(*b));
        for (centre, radius, each) in &obstacles.discs {
            if !b.is_beyond(*centre, *radius) && b.distance(*centre) < *radius {
                total += each;
            }
        }
        for (lines, per_point) in &obstacles.lines {
            for w in lines.iter().flat_map(|l| l.windows(2)) {
                if w[0].x.max(w[1].x) < b.x0 || w[0].x.min(w[1].x) > b.x1 {
                    continue;
                }
                if let Some((s, t)) = super::clip::clip_segment(w[0], w[1], *b) {
                    total += per_point * (t.x - s.x).hypot(t.y - s.y);
                }
            }
        }
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::scene::{Colour, Face};

    #[test]
    fn the_name_takes_the_calm_stretch_and_keeps_off_the_line() {
        // Wild on the left, calm on the right.
        let line: Vec<Pt> = (0..400)
            .map(|i| {
                let x = f64::from(i);
                let wild = if x < 200.0 { 12.0 * (x * 0.4).sin() } else { 3.0 * (x * 0.012).sin() };
                pt(x, 100.0 + wild)
            })
            .collect();
        let style = TextStyle {
            size: 7.0,
            face: Face { bold: false, italic: true },
            colour: Colour::hex(0),
            letter_spacing: 1.0,
            halo: None,
            opacity: 1.0,
        };
        let frame = Rect::new(0.0, 0.0, 400.0, 200.0);
        let found = along(
            "Durand Line",
            &style,
            std::slice::from_ref(&line),
            3.0,
            &Obstacles::default(),
            frame,
        )
        .unwrap();
        let Step::Move(start) = found.baseline.0[0] else { panic!("a path starts with a move") };
        assert!(start.x > 195.0, "{start:?}");
        for b in &found.boxes {
            assert!(!line.iter().any(|p| b.grown(1.0).contains(*p)));
        }
        // Above is taken: it goes below.
        let above =
            Obstacles { solid: vec![Rect::new(0.0, 0.0, 400.0, 97.0)], ..Obstacles::default() };
        let found = along("Durand Line", &style, &[line], 3.0, &above, frame).unwrap();
        assert!(found.boxes.iter().all(|b| b.y0 > 100.0));
    }
}
