//! Outlines for a page of HTML: relative steps in hundredths of a point, long
//! lines thinned and in tenths, circles as arcs, with every character left out
//! that SVG can do without.

use crate::figure::clip::thin;
use crate::figure::scene::{Path, Pt, Step};

/// A path of more steps is a line of the ground and no symbol.
const LONG: usize = 24;
/// Vertices of long lines nearer than this to the drawn line are left out, points:
/// a fifth of a pixel where a page is as wide as a screen.
const THINNING_PT: f64 = 0.1;

/// A point in hundredths, rounded to so many of them. Steps are differences of
/// such points, so that rounding does not add up along a path.
fn hundredths(p: Pt, grid: f64) -> (i64, i64) {
    // What is not finite becomes 0, as in the master.
    let round = |value: f64| ((value * 100.0 / grid).round() * grid) as i64;
    (round(p.x), round(p.y))
}

/// The `d` attribute of a path.
pub(super) fn outline(path: &Path) -> String {
    if let Some(circle) = circle(path) {
        return circle;
    }
    if path.0.len() > LONG { steps(&thinned(path), 10.0) } else { steps(path, 1.0) }
}

/// A circle of four curves as two arcs; `None` for any other path.
fn circle(path: &Path) -> Option<String> {
    let [
        Step::Move(right),
        Step::Cubic(.., low),
        Step::Cubic(.., left),
        Step::Cubic(.., up),
        Step::Cubic(.., end),
        Step::Close,
    ] = path.0[..]
    else {
        return None;
    };
    let r = 0.5 * (right.x - left.x);
    let at = |p: Pt, x: f64, y: f64| (p.x - x).abs() < 1e-9 && (p.y - y).abs() < 1e-9;
    let (x, y) = (right.x - r, right.y);
    let round = r > 0.0 && at(low, x, y + r) && at(left, x - r, y) && at(up, x, y - r);
    if !round || !at(end, right.x, right.y) {
        return None;
    }
    let r = (100.0 * r).round().max(1.0) as i64;
    let (x, y) = hundredths(right, 1.0);
    let mut d = String::from("M");
    push(&mut d, x);
    push(&mut d, y);
    for across in [-2 * r, 2 * r] {
        d.push('a');
        push(&mut d, r);
        push(&mut d, r);
        d.push_str(" 0 1 1");
        push(&mut d, across);
        d.push_str(" 0");
    }
    d.push('z');
    Some(d)
}

/// The same path with the vertices of its straight runs thinned.
fn thinned(path: &Path) -> Path {
    let mut out = Vec::with_capacity(path.0.len());
    let mut run: Vec<Pt> = Vec::new();
    let end = |run: &mut Vec<Pt>, out: &mut Vec<Step>| {
        let kept = thin(run, THINNING_PT);
        out.extend(kept.into_iter().enumerate().map(|(i, p)| match i {
            0 => Step::Move(p),
            _ => Step::Line(p),
        }));
        run.clear();
    };
    for step in &path.0 {
        match *step {
            Step::Move(p) => {
                end(&mut run, &mut out);
                run.push(p);
            }
            Step::Line(p) if !run.is_empty() => run.push(p),
            other => {
                end(&mut run, &mut out);
                out.push(other);
            }
        }
    }
    end(&mut run, &mut out);
    Path(out)
}

fn steps(path: &Path, grid: f64) -> String {
    let hundredths = |p: Pt| hundredths(p, grid);
    let mut d = String::new();
    let (mut here, mut start) = ((0, 0), (0, 0));
    // The letter that the next numbers would be read under.
    let mut under = ' ';
    for step in &path.0 {
        match *step {
            Step::Move(p) => {
                let to = hundredths(p);
                d.push('M');
                push(&mut d, to.0);
                push(&mut d, to.1);
                // Pairs after a move are lines, absolute after M: so name them.
                (here, start, under) = (to, to, 'M');
            }
            Step::Line(p) => {
                let to = hundredths(p);
                if to != here {
                    letter(&mut d, &mut under, 'l');
                    push(&mut d, to.0 - here.0);
                    push(&mut d, to.1 - here.1);
                    here = to;
                } else if under == 'M' {
                    // A dot with round ends is a line of no length.
                    letter(&mut d, &mut under, 'l');
                    d.push_str("0 0");
                }
            }
            Step::Cubic(b, c, e) => {
                letter(&mut d, &mut under, 'c');
                for to in [hundredths(b), hundredths(c), hundredths(e)] {
                    push(&mut d, to.0 - here.0);
                    push(&mut d, to.1 - here.1);
                }
                here = hundredths(e);
            }
            Step::Close => {
                d.push('z');
                (here, under) = (start, ' ');
            }
        }
    }
    d
}

fn letter(d: &mut String, under: &mut char, wanted: char) {
    if *under != wanted {
        d.push(wanted);
        *under = wanted;
    }
}

/// A number of hundredths; a gap only where two numbers would run together.
fn push(d: &mut String, hundredths: i64) {
    if hundredths >= 0 && d.ends_with(|c: char| c.is_ascii_digit()) {
        d.push(' ');
    }
    if hundredths < 0 {
        d.push('-');
    }
    let (whole, rest) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    if whole > 0 || rest == 0 {
        d.push_str(&whole.to_string());
    }
    if rest > 0 {
        d.push('.');
        d.push(char::from(b'0' + (rest / 10) as u8));
        if rest % 10 > 0 {
            d.push(char::from(b'0' + (rest % 10) as u8));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::scene::pt;

    #[test]
    fn numbers_are_told_apart_with_as_little_as_can_be() {
        let mut path = Path::closed([pt(10.0, 0.5), pt(10.25, 0.0), pt(10.0, 0.0)]);
        path.extend_line([pt(-1.0, 2.004), pt(-1.001, 2.0), pt(5.0, 2.0)]);
        path.0.push(Step::Cubic(pt(6.0, 2.0), pt(7.0, 3.0), pt(8.0, 3.0)));
        // ".25-.5": a sign or a letter parts numbers, a dot does not.
        // A first step of no length stays: alone, it would be a dot.
        let expected = "M10 .5l.25-.5-.25 0zM-1 2l0 0 6 0c1 0 2 1 3 1";
        assert_eq!(outline(&path), expected);
    }

    #[test]
    fn circles_are_arcs_and_long_lines_are_thinned() {
        let circle = outline(&Path::circle(pt(10.0, 5.0), 1.5));
        assert_eq!(circle, "M11.5 5a1.5 1.5 0 1 1-3 0a1.5 1.5 0 1 1 3 0z");
        // Two thousand vertices on a gentle wave.
        let wave = (0..2000).map(|i| pt(f64::from(i) * 0.2, (f64::from(i) * 0.01).sin() * 9.0));
        let d = outline(&Path::open(wave));
        assert!(d.len() < 1_200 && d.starts_with("M0 0l"), "{} {d}", d.len());
    }

    #[test]
    fn rounding_does_not_add_up() {
        let line: Vec<_> = (0..1000).map(|i| pt(f64::from(i) * 0.333_3, 0.0)).collect();
        let d = outline(&Path::open(line));
        let steps: f64 = d.split('l').nth(1).map_or(0.0, |steps| {
            let numbers = steps.split(' ').filter_map(|n| n.parse::<f64>().ok());
            numbers.step_by(2).sum()
        });
        assert!((steps - 999.0 * 0.333_3).abs() < 0.06, "{steps}");
    }
}
