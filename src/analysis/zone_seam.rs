//! Chains: the line with what parts the sides beyond its ends.
//!
//! Beyond an end the last edge is thought to go on, until another part of the
//! line is nearer; the seam follows the place where [`BorderIndex::locate`]
//! changes its answer. It runs out of reach or into the next part's end.

use super::zone_contour::{LONGEST_EDGE_M, between, offset_m};
use super::zone_shape::ZoneShapeError;
use crate::geodesy::{LonLat, Segment, direct, inverse, turn};
use crate::index::BorderIndex;
use crate::model::{Border, Side};

/// A place of a chain and its distance from the line, metres.
pub(super) type Knot = (LonLat, f64);

/// Parts of the line joined by seams, from out of reach to out of reach in the
/// direction of the line; or closed, when the first knot is the last.
pub(super) type Chain = Vec<Knot>;

/// Ends closer than this are one place, metres.
const SAME_PLACE_M: f64 = 1.0;
/// Longest and shortest step along a seam, metres.
const STEP_M: [f64; 2] = [5.0, 2_000.0];
/// Steps that turn more are tried again at half the length, degrees.
const BEND_DEG: f64 = 8.0;
/// Places of a seam are solved across to this, metres.
const ACROSS_M: f64 = 0.1;
/// Steps after which a seam is given up.
const MOST_STEPS: usize = 20_000;
/// Parts beyond which lines are refused: each is compared with all others.
const MOST_PARTS: usize = 500;

/// The chains of a border; seams end `reach_m` from the line.
pub(super) fn chains(
    border: &Border,
    line: &BorderIndex,
    reach_m: f64,
) -> Result<Vec<Chain>, ZoneShapeError> {
    let parts: Vec<Chain> = border.parts().iter().map(|part| knots(part)).collect();
    if parts.len() > MOST_PARTS {
        return Err(ZoneShapeError::Parts(parts.len()));
    }
    let starts: Vec<LonLat> = border.parts().iter().map(|part| part[0]).collect();
    let mut onward = Vec::new();
    let mut entered = vec![false; parts.len()];
    for part in border.parts() {
        let [.., before, end] = part[..] else { return Err(ZoneShapeError::Sides) };
        let heading = Segment::new(before, end).azimuth_end;
        let seam = Seam { line, ahead: &starts, left: Side::Left, reach_m };
        let (knots, into) = seam.follow(end, heading)?;
        if into.is_some_and(|next| std::mem::replace(&mut entered[next], true)) {
            return Err(ZoneShapeError::Sides);
        }
        onward.push((knots, into));
    }
    let mut chains = Vec::new();
    let mut used = vec![false; parts.len()];
    // Chains that come from afar first; what then is left goes round.
    let order = (0..parts.len()).filter(|&i| !entered[i]).chain(0..parts.len());
    for first in order {
        if used[first] {
            continue;
        }
        let mut chain = Chain::new();
        if !entered[first] {
            let seam = Seam { line, ahead: &[], left: Side::Right, reach_m };
            let [start, after, ..] = border.parts()[first][..] else {
                return Err(ZoneShapeError::Sides);
            };
            let heading = Segment::new(start, after).azimuth + 180.0;
            chain.extend(seam.follow(start, heading)?.0.into_iter().rev());
        }
        let mut next = Some(first);
        while let Some(part) = next.filter(|&part| !used[part]) {
            used[part] = true;
            chain.extend(&parts[part]);
            chain.extend(&onward[part].0);
            next = onward[part].1;
        }
        if next.is_some() {
            chain.extend(chain.first().copied());
        }
        chain.dedup_by_key(|knot| knot.0);
        chains.push(chain);
    }
    Ok(chains)
}

/// The vertices of a part, with more of them on long edges.
fn knots(part: &[LonLat]) -> Chain {
    let mut chain = Chain::new();
    for pair in part.windows(2) {
        let edge = Segment::new(pair[0], pair[1]);
        let pieces = (edge.length_m / LONGEST_EDGE_M).ceil().max(1.0);
        let along = |i: usize| edge.at(edge.length_m * i as f64 / pieces).0;
        chain.extend((0..pieces as usize).map(|i| (along(i), 0.0)));
    }
    chain.extend(part.last().map(|&end| (end, 0.0)));
    chain
}

struct Seam<'a> {
    line: &'a BorderIndex,
    /// Ends of other parts that it may run into.
    ahead: &'a [LonLat],
    /// The side on its left, seen outwards.
    left: Side,
    reach_m: f64,
}

impl Seam<'_> {
    /// From an end outwards: the places after it, and the part it runs into.
    fn follow(
        &self,
        end: LonLat,
        mut heading: f64,
    ) -> Result<(Chain, Option<usize>), ZoneShapeError> {
        let mut knots = Chain::new();
        let (mut at, mut step_m) = (end, 100.0_f64);
        for _ in 0..MOST_STEPS {
            let nearest = self.nearest_ahead(at);
            if let Some((part, apart_m)) = nearest
                && apart_m < 2.0 * STEP_M[0]
            {
                if apart_m > SAME_PLACE_M {
                    knots.push((self.ahead[part], 0.0));
                }
                return Ok((straightened(knots), Some(part)));
            }
            let room_m = nearest.map_or(STEP_M[1], |(_, apart_m)| 0.5 * apart_m);
            step_m = step_m.min(room_m).clamp(STEP_M[0], STEP_M[1]);
            let found = self.across(at, heading, step_m);
            let bends = |azimuth| turn(heading, azimuth).abs() > BEND_DEG;
            match found {
                Some(azimuth) if step_m <= STEP_M[0] || !bends(azimuth) => {
                    at = direct(at, azimuth, step_m);
                    heading = azimuth;
                    let distance_m = self.line.locate(at).distance_m;
                    knots.push((at, distance_m));
                    if distance_m > self.reach_m {
                        return Ok((straightened(knots), None));
                    }
                    step_m *= 1.5;
                }
                None if step_m <= STEP_M[0] => return Err(ZoneShapeError::Sides),
                _ => step_m *= 0.5,
            }
        }
        Err(ZoneShapeError::Sides)
    }

    fn nearest_ahead(&self, at: LonLat) -> Option<(usize, f64)> {
        let apart = |end: &LonLat| inverse(at, *end).distance_m;
        let all = self.ahead.iter().map(apart).enumerate();
        all.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The azimuth near `heading` in which the side changes a step away.
    fn across(&self, at: LonLat, heading: f64, step_m: f64) -> Option<f64> {
        let is_left = |off: f64| {
            let side = self.line.locate(direct(at, heading + off, step_m)).side;
            side.map(|side| side == self.left)
        };
        for wide in [10.0, 30.0, 60.0, 90.0, 120.0, 150.0, 172.0] {
            if is_left(-wide) == Some(true) && is_left(wide) == Some(false) {
                let (mut left, mut right) = (-wide, wide);
                while (right - left).to_radians() * step_m > ACROSS_M {
                    let middle = 0.5 * (left + right);
                    match is_left(middle) {
                        Some(true) => left = middle,
                        Some(false) => right = middle,
                        // The line itself: what was followed is no seam.
                        None => return None,
                    }
                }
                return Some(heading + 0.5 * (left + right));
            }
        }
        None
    }
}

/// Without the places between which the seam is straight to half a metre.
fn straightened(knots: Chain) -> Chain {
    let mut kept: Chain = Vec::new();
    for (i, &knot) in knots.iter().enumerate() {
        let needed = match (kept.last(), knots.get(i + 1)) {
            (Some(&last), Some(&next)) => {
                let [x, y] = offset_m(last.0, next.0);
                let share = (knot.1 - last.1) / (next.1 - last.1);
                let [dx, dy] = offset_m(between(last.0, next.0, share.clamp(0.0, 1.0)), knot.0);
                x.hypot(y) > LONGEST_EDGE_M || dx.hypot(dy) > 0.5
            }
            _ => true,
        };
        if needed {
            kept.push(knot);
        }
    }
    kept
}
