//! Outlines for a page of HTML: relative steps in hundredths of a point, with
//! every character left out that SVG can do without.

use crate::figure::scene::{Path, Pt, Step};

/// A point in hundredths. Steps are differences of such points, so that
/// rounding does not add up along a path.
fn hundredths(p: Pt) -> (i64, i64) {
    // What is not finite becomes 0, as in the master.
    ((p.x * 100.0).round() as i64, (p.y * 100.0).round() as i64)
}

/// The `d` attribute of a path.
pub(super) fn outline(path: &Path) -> String {
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
    fn rounding_does_not_add_up() {
        let line: Vec<_> = (0..1000).map(|i| pt(f64::from(i) * 0.333_3, 0.0)).collect();
        let d = outline(&Path::open(line));
        let steps: f64 = d.split('l').nth(1).map_or(0.0, |steps| {
            let numbers = steps.split(' ').filter_map(|n| n.parse::<f64>().ok());
            numbers.step_by(2).sum()
        });
        assert!((steps - 999.0 * 0.333_3).abs() < 0.006, "{steps}");
    }
}
