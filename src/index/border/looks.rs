//! How stretches of the line look over a disc: what can be said of the distance
//! and the side for all places of it at once.

use super::local::{LocalLine, Nearby, Stretch};

/// Corners closer together than this are one place of the plane, metres.
const SAME_PLACE_M: f64 = 1e-5;

/// Which part of a stretch is nearest to the places of a disc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Regime {
    /// Its inside, for every place: the distance is linear.
    Inside,
    /// One end of it, for every place: the distance is that from a point.
    Tip([f64; 2]),
    /// Now the one, now the other.
    Mixed,
}

/// A stretch as it looks over a disc.
///
/// # Units
/// Metres east and north of the centre of the [`LocalLine`].
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Distance from the disc's centre.
    pub distance_m: f64,
    /// How it grows there: the unit vector away from the foot. Nowhere does the
    /// distance lie below what this tangent says, a stretch being convex.
    pub away: [f64; 2],
    /// What is nearest.
    pub regime: Regime,
    /// 1 where all places that are nearest to it lie left of the line, −1 right, 0
    /// where another stretch tells; `None` where that changes over the disc.
    pub side: Option<f64>,
    /// How far left of the straight line that it is part of the centre lies.
    pub left_m: f64,
    /// Where the stretch starts.
    pub start: [f64; 2],
    /// The unit vector along it.
    pub along: [f64; 2],
    /// Its length.
    pub length_m: f64,
}

impl Look {
    /// Where the stretch ends.
    pub fn end(&self) -> [f64; 2] {
        [0, 1].map(|k| self.start[k] + self.length_m * self.along[k])
    }

    /// How far along the stretch a place lies.
    pub fn along_m(&self, p: [f64; 2]) -> f64 {
        (p[0] - self.start[0]) * self.along[0] + (p[1] - self.start[1]) * self.along[1]
    }

    /// As seen by places whose nearest place is inside the stretch.
    pub fn inside(&self) -> Look {
        let sign = if self.left_m < 0.0 { -1.0 } else { 1.0 };
        let away = [-sign * self.along[1], sign * self.along[0]];
        Look { distance_m: self.left_m.abs(), away, regime: Regime::Inside, ..*self }
    }
}

/// The line within a disc, as straight lines from places along unit vectors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parting {
    /// One straight line: what lies left of it is left.
    Straight([f64; 2], [f64; 2]),
    /// Two, where the line turns to the left: what lies left of both is left.
    Left([([f64; 2], [f64; 2]); 2]),
    /// Two, where it turns to the right: what lies right of both is right.
    Right([([f64; 2], [f64; 2]); 2]),
}

impl Stretch {
    fn look(&self, [x_m, y_m]: [f64; 2], radius_m: f64) -> Look {
        let (x, y) = (x_m - self.start[0], y_m - self.start[1]);
        let t = x * self.along[0] + y * self.along[1];
        let cross = self.along[0] * y - self.along[1] * x;
        let foot = t.clamp(0.0, self.length_m);
        let off = [x - foot * self.along[0], y - foot * self.along[1]];
        let distance_m = (off[0] * off[0] + off[1] * off[1]).sqrt();
        let away = if distance_m > 0.0 { off.map(|x| x / distance_m) } else { [0.0; 2] };
        let (low, high) = (t - radius_m, t + radius_m);
        let regime = if low >= 0.0 && high <= self.length_m {
            Regime::Inside
        } else if high <= 0.0 {
            Regime::Tip(self.start)
        } else if low >= self.length_m {
            Regime::Tip(self.end())
        } else {
            Regime::Mixed
        };
        let own = (cross.abs() > radius_m).then_some(if cross < 0.0 { -1.0 } else { 1.0 });
        // Places that see the tip of a corner from the stretch's inner side lie on
        // the other stretch's side, or nearer to it: that one tells.
        let of = |beyond: f64| match own {
            Some(own) if beyond != 0.0 && own != beyond => Some(0.0),
            None if beyond != 0.0 => Some(beyond),
            own => own,
        };
        let parts = [
            (low <= 0.0, of(self.beyond[0])),
            (high > 0.0 && low < self.length_m, own),
            (high >= self.length_m, of(self.beyond[1])),
        ];
        let reached = parts.into_iter().filter(|(reached, _)| *reached);
        let side = agreed(reached.map(|(_, side)| side));
        let (start, along, length_m) = (self.start, self.along, self.length_m);
        Look { distance_m, away, regime, side, left_m: cross, start, along, length_m }
    }

    fn end(&self) -> [f64; 2] {
        [0, 1].map(|k| self.start[k] + self.length_m * self.along[k])
    }
}

/// The side that several agree on; those of 0 do not mind.
fn agreed(sides: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let mut found = 0.0;
    for side in sides {
        let side = side?;
        if found == 0.0 {
            found = side;
        } else if side != 0.0 && side != found {
            return None;
        }
    }
    Some(found)
}

/// The side of a disc, 1 left and −1 right, where all that is near it agrees.
pub(crate) fn side_of(looks: &[Look]) -> Option<f64> {
    agreed(looks.iter().map(|look| look.side)).filter(|side| *side != 0.0)
}

/// Whether two places are one.
pub(crate) fn is_same(a: [f64; 2], b: [f64; 2]) -> bool {
    (a[0] - b[0]).abs() < SAME_PLACE_M && (a[1] - b[1]).abs() < SAME_PLACE_M
}

impl LocalLine {
    /// How each of some stretches looks over a disc.
    pub fn looks(&self, at: [f64; 2], radius_m: f64, near: &Nearby, looks: &mut Vec<Look>) {
        looks.clear();
        let stretches = near.numbers.iter().filter_map(|&n| self.stretches.get(n as usize));
        looks.extend(stretches.map(|stretch| stretch.look(at, radius_m)));
    }

    /// The line within a disc where one stretch alone is near, or two that meet;
    /// `None` where there is more to it.
    pub fn parting(&self, at: [f64; 2], radius_m: f64, near: &Nearby) -> Option<Parting> {
        let stretch = |i: usize| self.stretches.get(*near.numbers.get(i)? as usize);
        let reach = |s: &Stretch| {
            let t = (at[0] - s.start[0]) * s.along[0] + (at[1] - s.start[1]) * s.along[1];
            (t - radius_m, t + radius_m)
        };
        let line = |s: &Stretch| (s.start, s.along);
        match near.numbers.len() {
            1 => {
                let one = stretch(0)?;
                // Beyond an end that the line turns at, its sides are not the
                // stretch's own.
                let (low, high) = reach(one);
                let plain = (low >= 0.0 || one.beyond[0] == 0.0)
                    && (high <= one.length_m || one.beyond[1] == 0.0);
                plain.then_some(Parting::Straight(one.start, one.along))
            }
            2 => {
                let (a, b) = (stretch(0)?, stretch(1)?);
                let (a, b) = if is_same(a.end(), b.start) { (a, b) } else { (b, a) };
                let long = reach(a).0 > 0.0 && reach(b).1 < b.length_m;
                if !is_same(a.end(), b.start) || !long {
                    return None;
                }
                let turn = a.along[0] * b.along[1] - a.along[1] * b.along[0];
                // A line that turns back on itself has no wedge.
                if turn.abs() < 1e-9 && a.along[0] * b.along[0] + a.along[1] * b.along[1] < 0.0 {
                    return None;
                }
                let both = [line(a), line(b)];
                Some(if turn >= 0.0 { Parting::Left(both) } else { Parting::Right(both) })
            }
            _ => None,
        }
    }

    /// The longest stretch, metres.
    pub fn longest_m(&self) -> f64 {
        self.stretches.iter().map(|s| s.length_m).fold(0.0, f64::max)
    }

    /// All that was gathered.
    pub fn all(&self) -> &Nearby {
        &self.all
    }
}
