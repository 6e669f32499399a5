//! Symbols that would lie on one another are set beside one another: those at
//! one place in a ring or a spiral, places too close by a small relaxation.

use super::scene::{Pt, pt};

/// A disc that wants to be somewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disc {
    /// Where it belongs.
    pub home: Pt,
    /// Its radius, points.
    pub radius: f64,
}

/// Places discs round the origin: one at the centre, up to six in a ring, more
/// in a spiral with the first at the centre. Discs keep `gap` points apart.
/// Returns the centres and the radius that holds all discs.
pub fn pack(radii: &[f64], gap: f64) -> (Vec<Pt>, f64) {
    let centres = match radii.len() {
        0 => return (Vec::new(), 0.0),
        1 => vec![pt(0.0, 0.0)],
        2..=6 => ring(radii, gap),
        _ => spiral(radii, gap),
    };
    let outer = centres.iter().zip(radii).map(|(c, r)| c.x.hypot(c.y) + r).fold(0.0_f64, f64::max);
    (centres, outer)
}

/// A ring just wide enough: neighbours touch but for the gap.
fn ring(radii: &[f64], gap: f64) -> Vec<Pt> {
    let n = radii.len();
    let chord = |i: usize| radii[i] + radii[(i + 1) % n] + gap;
    let widest = (0..n).map(chord).fold(0.0, f64::max);
    // The angle all chords need falls as the ring grows: bisect.
    let needed = |r: f64| (0..n).map(|i| 2.0 * (chord(i) / (2.0 * r)).min(1.0).asin()).sum::<f64>();
    let (mut low, mut high) = (0.5 * widest, 0.5 * widest * n as f64 + 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if needed(middle) > std::f64::consts::TAU {
            low = middle;
        } else {
            high = middle;
        }
    }
    let spare = (std::f64::consts::TAU - needed(high)).max(0.0) / n as f64;
    // Two stand side by side, more begin at the top.
    let mut angle = if n == 2 { -std::f64::consts::PI } else { -0.5 * std::f64::consts::PI };
    (0..n)
        .map(|i| {
            let at = pt(high * angle.cos(), high * angle.sin());
            angle += 2.0 * (chord(i) / (2.0 * high)).min(1.0).asin() + spare;
            at
        })
        .collect()
}

/// Each disc goes to the first free place on a spiral from the centre.
fn spiral(radii: &[f64], gap: f64) -> Vec<Pt> {
    let mut placed: Vec<(Pt, f64)> = Vec::new();
    let step = 0.35 * radii.iter().copied().fold(f64::INFINITY, f64::min).max(0.1);
    for &r in radii {
        let mut along = 0.0_f64;
        let at = loop {
            // Archimedes' spiral with turns `step` apart, walked in steps of `step`.
            let angle = (2.0 * along * std::f64::consts::TAU / step).sqrt();
            let distance = step * angle / std::f64::consts::TAU;
            let at = pt(distance * angle.cos(), distance * angle.sin());
            if placed.iter().all(|(p, q)| (p.x - at.x).hypot(p.y - at.y) >= q + r + gap) {
                break at;
            }
            along += step;
        };
        placed.push((at, r));
    }
    placed.into_iter().map(|(p, _)| p).collect()
}

/// Rounds after which discs may go anywhere: that none overlap comes first.
const FREE_AFTER: u32 = 900;

/// Moves discs apart until none overlap, each as near its home as that allows:
/// overlapping pairs are pushed apart evenly, and a weak pull home acts while
/// there is room. The order of the discs decides nothing but ties. A disc does
/// not go where it `may` not stand, as long as there is another way.
///
/// # Accuracy
/// No two discs are nearer than their radii and `gap` to 0.01 points, unless
/// 2000 rounds were not enough (thousands of discs on one spot).
pub fn relax(discs: &[Disc], gap: f64, may: impl Fn(usize, Pt) -> bool) -> Vec<Pt> {
    let mut at: Vec<Pt> = discs.iter().map(|d| d.home).collect();
    for round in 0..2000_u32 {
        let before = at.clone();
        let pull = if round < 150 { 0.06 * (1.0 - f64::from(round) / 150.0) } else { 0.0 };
        for (p, d) in at.iter_mut().zip(discs) {
            *p = pt(p.x + pull * (d.home.x - p.x), p.y + pull * (d.home.y - p.y));
        }
        let mut worst = 0.0_f64;
        for i in 0..discs.len() {
            for k in i + 1..discs.len() {
                let need = discs[i].radius + discs[k].radius + gap;
                let (dx, dy) = (at[k].x - at[i].x, at[k].y - at[i].y);
                if dx.abs() >= need || dy.abs() >= need {
                    continue;
                }
                let distance = dx.hypot(dy);
                let over = need - distance;
                if over <= 0.0 {
                    continue;
                }
                worst = worst.max(over);
                let (ux, uy) = if distance > 1e-9 {
                    (dx / distance, dy / distance)
                } else {
                    // On one spot: a direction of its own for each pair.
                    let angle = 2.399_963 * (i + 3 * k) as f64;
                    (angle.cos(), angle.sin())
                };
                // The larger disc gives way less.
                let (mi, mk) = (discs[i].radius.powi(2), discs[k].radius.powi(2));
                let share = mk / (mi + mk);
                let push = over + 0.002;
                at[i] = pt(at[i].x - share * push * ux, at[i].y - share * push * uy);
                at[k] =
                    pt(at[k].x + (1.0 - share) * push * ux, at[k].y + (1.0 - share) * push * uy);
            }
        }
        for (i, old) in before.into_iter().enumerate().filter(|_| round < FREE_AFTER) {
            let new = at[i];
            // The way there, else along one axis, else stay: others will move.
            let ways = [new, pt(new.x, old.y), pt(old.x, new.y)];
            if old != new {
                at[i] = ways.into_iter().find(|p| may(i, *p)).unwrap_or(old);
            }
        }
        if pull == 0.0 && worst < 0.01 {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_discs_keep_apart() {
        for n in 1..14 {
            let radii: Vec<f64> = (0..n).map(|i| 2.0 + f64::from(i * 7 % 5)).collect();
            let (centres, outer) = pack(&radii, 0.5);
            for i in 0..radii.len() {
                assert!(centres[i].x.hypot(centres[i].y) + radii[i] <= outer + 1e-9);
                for k in 0..i {
                    let d = (centres[i].x - centres[k].x).hypot(centres[i].y - centres[k].y);
                    assert!(d >= radii[i] + radii[k] + 0.5 - 1e-6, "{n}: {d}");
                }
            }
        }
    }

    #[test]
    fn relaxed_discs_do_not_overlap_and_stay_near_home() {
        let discs: Vec<Disc> = (0..90)
            .map(|i| {
                let t = f64::from(i);
                Disc {
                    home: pt(100.0 + 40.0 * (0.7 * t).sin(), 100.0 + 30.0 * (1.3 * t).cos()),
                    radius: 2.0 + (t * 0.37).sin().abs() * 3.0,
                }
            })
            .collect();
        let at = relax(&discs, 0.6, |_, _| true);
        for i in 0..discs.len() {
            for k in 0..i {
                let d = (at[i].x - at[k].x).hypot(at[i].y - at[k].y);
                assert!(d >= discs[i].radius + discs[k].radius + 0.6 - 0.011, "{i} {k} {d}");
            }
            assert!((at[i].x - discs[i].home.x).hypot(at[i].y - discs[i].home.y) < 60.0);
        }
        assert_eq!(at, relax(&discs, 0.6, |_, _| true));
        let lone =
            [Disc { home: pt(1.0, 2.0), radius: 3.0 }, Disc { home: pt(9.0, 2.0), radius: 3.0 }];
        assert_eq!(relax(&lone, 0.5, |_, _| true), vec![pt(1.0, 2.0), pt(9.0, 2.0)]);
    }

    #[test]
    fn discs_stay_on_their_side_where_there_is_room() {
        let discs: Vec<Disc> = (0..24)
            .map(|i| {
                let t = f64::from(i);
                let x = 100.0 + if i % 2 == 0 { 3.0 } else { -3.0 };
                Disc { home: pt(x, 100.0 + 3.0 * (1.1 * t).sin()), radius: 3.0 }
            })
            .collect();
        let side = |p: Pt| p.x > 100.0;
        let may = |i: usize, p: Pt| side(p) == side(discs[i].home);
        let at = relax(&discs, 0.5, may);
        for (i, p) in at.iter().enumerate() {
            assert!(may(i, *p), "{i} {p:?}");
            for (k, q) in at[..i].iter().enumerate() {
                assert!((p.x - q.x).hypot(p.y - q.y) >= 6.48, "{i} {k}");
            }
        }
    }
}
