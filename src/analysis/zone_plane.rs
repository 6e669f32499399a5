//! Ground on a small plane shared out by side and distance from the line, with
//! bounds: what is left to do where a contour, or the line, runs through a cell.
//!
//! On the plane the line is straight stretches. What is nearest to a square is
//! told for all its places together ([`Look`]): where that is the inside of
//! stretches, or one end, areas follow exactly from half planes and a circle.
//! Where it is several things at once, the distance lies between its tangents
//! and the tangents raised by what its curvature allows, r²/2(d − r), and the
//! square is cut into four until the ground between the two is little.

use super::ring_clip::{Ring, area_in_circle, flat_areas, kept_all};
use crate::index::{LocalLine, Look, Nearby, Parting, Regime, is_same, side_of};

/// Ground by side and zone with what it may be wrong by, m².
#[derive(Clone, Debug)]
pub(super) struct Shares {
    pub m2: [Vec<f64>; 2],
    pub error_m2: [Vec<f64>; 2],
}

impl Shares {
    pub fn new(zones: usize) -> Shares {
        let none = || [vec![0.0; zones], vec![0.0; zones]];
        Shares { m2: none(), error_m2: none() }
    }

    pub fn add(&mut self, side: usize, zone: usize, m2: f64, error_m2: f64) {
        self.m2[side][zone] += m2;
        self.error_m2[side][zone] += error_m2;
    }

    /// Adds another so many times; what it may be wrong by counts either way.
    pub fn add_all(&mut self, other: &Shares, times: f64) {
        for side in 0..2 {
            for zone in 0..self.m2[side].len() {
                let error_m2 = other.error_m2[side][zone] * times.abs();
                self.add(side, zone, other.m2[side][zone] * times, error_m2);
            }
        }
    }
}

/// Distances where the ground passes from one sum to another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Levels {
    /// Ascending, metres.
    pub edges_m: Vec<f64>,
    /// The zone before each edge and after the last; `None` for ground that is
    /// not asked for.
    pub zones: Vec<Option<usize>>,
}

impl Levels {
    /// The zones between breaks, and what is beyond as the last.
    pub fn new(breaks_m: &[f64]) -> Levels {
        Levels { edges_m: breaks_m.to_vec(), zones: (0..=breaks_m.len()).map(Some).collect() }
    }

    /// Only what is nearer than a distance, or only what is not.
    pub fn parted(&self, at_m: f64, nearer: bool) -> Levels {
        let place = self.edges_m.partition_point(|&edge| edge < at_m);
        let mut parted = self.clone();
        if self.edges_m.get(place) != Some(&at_m) {
            parted.edges_m.insert(place, at_m);
            parted.zones.insert(place, self.zones[place]);
        }
        for (number, zone) in parted.zones.iter_mut().enumerate() {
            if (number <= place) != nearer {
                *zone = None;
            }
        }
        parted
    }

    /// The zone of a distance.
    pub fn zone(&self, distance_m: f64) -> Option<usize> {
        self.zones[self.edges_m.partition_point(|&edge| edge <= distance_m)]
    }
}

/// A square with its sides along the axes.
#[derive(Clone, Copy)]
pub(super) struct Square {
    pub middle: [f64; 2],
    pub half_m: f64,
}

impl Square {
    /// The smallest round some rings.
    pub fn round(rings: &[Ring]) -> Square {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for corner in rings.iter().flatten() {
            for k in 0..2 {
                low[k] = low[k].min(corner[k]);
                high[k] = high[k].max(corner[k]);
            }
        }
        let half_m = 0.5 * (high[0] - low[0]).max(high[1] - low[1]).max(0.0);
        Square { middle: [0, 1].map(|k| 0.5 * (low[k] + high[k])), half_m }
    }

    fn radius_m(&self) -> f64 {
        self.half_m * std::f64::consts::SQRT_2
    }
}

/// The plane and what is asked of it.
pub(super) struct Plane<'a> {
    pub line: &'a LocalLine,
    pub levels: &'a Levels,
    /// How far the plane's distances may be off, metres.
    pub slack_m: f64,
    /// Ground in doubt, per metre of a contour, that is put up with.
    pub tolerance_m: f64,
    /// Half the side of squares that are not cut again.
    pub least_m: f64,
    /// The side that is asked for; both where `None`.
    pub only: Option<usize>,
}

/// Ground of a zone and what it may be wrong by, m².
type Part = (Option<usize>, f64, f64);

impl Plane<'_> {
    /// Shares out the ground that rings go round. `wider` was gathered for a
    /// disc that holds the square.
    pub fn share_out(&self, rings: Vec<Ring>, square: Square, wider: &Nearby, sums: &mut Shares) {
        if rings.is_empty() {
            return;
        }
        let radius_m = square.radius_m();
        let (mut near, mut looks) = (Nearby::default(), Vec::new());
        self.line.gather(square.middle, radius_m, wider, &mut near);
        self.line.looks(square.middle, radius_m, &near, &mut looks);
        let least = square.half_m <= self.least_m;
        let view = View { looks: &looks, near: &near, square, least };
        if let Some(parts) = self.sides(&rings, &view) {
            let solve = |(side, rings, doubt_m2): &(usize, Vec<Ring>, f64)| {
                Some((*side, self.zones(rings, &view)?, *doubt_m2))
            };
            if let Some(solved) = parts.iter().map(solve).collect::<Option<Vec<_>>>() {
                for (side, zones, doubt_m2) in solved {
                    for (zone, m2, error_m2) in zones {
                        if let Some(zone) = zone {
                            sums.add(side, zone, m2, error_m2 + doubt_m2);
                        }
                    }
                }
                return;
            }
        }
        let half_m = 0.5 * square.half_m;
        for (up, right) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
            let [x, y] = square.middle;
            let quarter = kept_all(&rings, |p| right * (p[0] - x));
            let quarter = kept_all(&quarter, |p| up * (p[1] - y));
            let middle = [x + right * half_m, y + up * half_m];
            self.share_out(quarter, Square { middle, half_m }, &near, sums);
        }
    }

    /// The ground on each side that is asked for, with what its area may be
    /// wrong by; `None` where the square has to be cut.
    fn sides(&self, rings: &[Ring], view: &View) -> Option<Vec<(usize, Vec<Ring>, f64)>> {
        let asked = |side: usize| self.only.is_none_or(|only| only == side);
        let keep = |parts: Vec<(usize, Vec<Ring>, f64)>| {
            parts.into_iter().filter(|(side, ..)| asked(*side)).collect()
        };
        if let Some(side) = side_of(view.looks) {
            return Some(keep(vec![(number(side), rings.to_vec(), 0.0)]));
        }
        let radius_m = view.square.radius_m();
        let slack_m2 = self.slack_m * 6.0 * radius_m;
        let left_of = |rings: &[Ring], (from, along): ([f64; 2], [f64; 2]), sign: f64| {
            kept_all(rings, |p| sign * (along[0] * (p[1] - from[1]) - along[1] * (p[0] - from[0])))
        };
        match self.line.parting(view.square.middle, radius_m, view.near) {
            Some(Parting::Straight(from, along)) => {
                let [left, right] = [1.0, -1.0].map(|sign| left_of(rings, (from, along), sign));
                return Some(keep(vec![(0, left, slack_m2), (1, right, slack_m2)]));
            }
            Some(Parting::Left(lines)) => {
                return Some(keep(wedge(rings, lines, 0, slack_m2, left_of)));
            }
            Some(Parting::Right(lines)) => {
                return Some(keep(wedge(rings, lines, 1, slack_m2, left_of)));
            }
            None => {}
        }
        if let Some(parts) = self.seam(rings, view) {
            return Some(keep(parts));
        }
        if !view.least {
            return None;
        }
        // Smaller than matters: the middle stands for all of it.
        let all_m2 = flat_areas(rings);
        let signed =
            self.line.signed_among(view.square.middle[0], view.square.middle[1], view.near);
        let side = usize::from(signed < 0.0);
        Some(keep(vec![(side, rings.to_vec(), all_m2), (1 - side, Vec::new(), all_m2)]))
    }

    /// The ground on each side where the sides meet halfway between parts of the
    /// line, one of them alone on its side; `None` where the square has to be cut.
    fn seam(&self, rings: &[Ring], view: &View) -> Option<Vec<(usize, Vec<Ring>, f64)>> {
        let radius_m = view.square.radius_m();
        let mut of: [Vec<&Look>; 2] = [Vec::new(), Vec::new()];
        for look in view.looks {
            let own = &mut of[number(look.side?)];
            // Two stretches that meet are one tip.
            let same = |held: &&Look| match (held.regime, look.regime) {
                (Regime::Tip(a), Regime::Tip(b)) => is_same(a, b),
                _ => false,
            };
            if look.side != Some(0.0) && !own.iter().any(same) {
                own.push(look);
            }
        }
        let side = usize::from(of[0].len() != 1);
        let ([one], others) = (&of[side][..], &of[1 - side]) else { return None };
        let off = |look: &Look, p: [f64; 2]| tangent(look, view.square.middle, p);
        if of.iter().flatten().any(|look| !look.raised_m(radius_m).is_finite()) {
            return None;
        }
        let nearer = |less: f64, more: f64| {
            others.iter().fold(rings.to_vec(), |rest, other| {
                let moved = more * other.raised_m(radius_m) - less * one.raised_m(radius_m);
                kept_all(&rest, |p| off(other, p) - off(one, p) + moved)
            })
        };
        let (ground, least, most) = (nearer(0.0, 0.0), nearer(1.0, 0.0), nearer(0.0, 1.0));
        let gap_m2 = flat_areas(&most) - flat_areas(&least);
        if !view.least && gap_m2 > self.tolerance_m * radius_m {
            return None;
        }
        // The rest is what each cut took away.
        let mut rest = Vec::new();
        let mut left = rings.to_vec();
        for other in others {
            rest.extend(kept_all(&left, |p| off(one, p) - off(other, p)));
            left = kept_all(&left, |p| off(other, p) - off(one, p));
        }
        let doubt_m2 = gap_m2 + self.slack_m * 6.0 * radius_m;
        Some(vec![(side, ground, doubt_m2), (1 - side, rest, doubt_m2)])
    }

    /// The ground by zone; `None` where the square has to be cut.
    fn zones(&self, rings: &[Ring], view: &View) -> Option<Vec<Part>> {
        let radius_m = view.square.radius_m();
        let distance_m = view.looks.iter().map(|l| l.distance_m).fold(f64::INFINITY, f64::min);
        let edges = &self.levels.edges_m;
        let reach_m = radius_m + self.slack_m;
        let from = edges.partition_point(|&edge| edge < distance_m - reach_m);
        let to = edges.partition_point(|&edge| edge <= distance_m + reach_m);
        let all_m2 = flat_areas(rings);
        let mut parts: Vec<Part> = Vec::with_capacity(to - from + 1);
        let (mut below, mut below_error) = (0.0, 0.0);
        for (&edge_m, &zone) in edges[from..to].iter().zip(&self.levels.zones[from..to]) {
            let (m2, error_m2) = self.below(rings, all_m2, edge_m, distance_m, view)?;
            parts.push((zone, m2 - below, error_m2 + below_error));
            (below, below_error) = (m2, error_m2);
        }
        parts.push((self.levels.zones[to], all_m2 - below, below_error));
        Some(parts)
    }

    /// The ground nearer than a distance, and what it may be wrong by.
    fn below(
        &self,
        rings: &[Ring],
        all_m2: f64,
        edge_m: f64,
        distance_m: f64,
        view: &View,
    ) -> Option<(f64, f64)> {
        let View { looks, square, .. } = *view;
        let radius_m = square.radius_m();
        // The farther ground is convex but for the slack: its edge in the square
        // is not longer than that of the disc round it, nor than a diameter for
        // each stretch.
        let long_m = (2.5 * looks.len() as f64).min(7.0) * radius_m;
        let slack_m2 = self.slack_m * long_m;
        if looks.len() <= MOST_EXACT
            && let Some(m2) = exactly_below(rings, looks.to_vec(), edge_m, square)
        {
            return Some((m2, slack_m2));
        }
        let farther = |raised: bool| {
            let mut rest = rings.to_vec();
            for look in looks {
                let more_m = if raised { look.raised_m(radius_m) } else { 0.0 };
                rest = kept_all(&rest, |p| tangent(look, square.middle, p) + more_m - edge_m);
            }
            flat_areas(&rest)
        };
        if looks.iter().all(|look| look.raised_m(radius_m).is_finite()) {
            let (least_m2, most_m2) = (farther(false), farther(true));
            let gap_m2 = most_m2 - least_m2;
            if view.least || gap_m2 <= self.tolerance_m * radius_m {
                let middle_m2 = 0.5 * (least_m2 + most_m2);
                return Some((all_m2 - middle_m2, 0.5 * gap_m2 + slack_m2));
            }
        }
        view.least.then_some((if distance_m < edge_m { all_m2 } else { 0.0 }, all_m2))
    }
}

/// More looks are not taken apart.
const MOST_EXACT: usize = 6;

/// The ground nearer than a distance to what is seen of some stretches, where
/// half planes and circles tell it: cut along the normals at the ends of
/// stretches, so that each is seen as its inside or as one end; insides together
/// leave a convex ground, ends each have what is nearest to them.
fn exactly_below(rings: &[Ring], mut looks: Vec<Look>, edge_m: f64, square: Square) -> Option<f64> {
    if rings.is_empty() {
        return Some(0.0);
    }
    if let Some(mixed) = looks.iter().position(|look| look.regime == Regime::Mixed) {
        let look = looks[mixed];
        if look.left_m.abs() <= square.radius_m() {
            return None;
        }
        let mut seen_as = |look: Look, part: Vec<Ring>| {
            looks[mixed] = look;
            exactly_below(&part, looks.clone(), edge_m, square)
        };
        let tip = |tip: [f64; 2]| Look { regime: Regime::Tip(tip), ..look };
        let before = kept_all(rings, |p| -look.along_m(p));
        let rest = kept_all(rings, |p| look.along_m(p));
        let after = kept_all(&rest, |p| look.along_m(p) - look.length_m);
        let inside = kept_all(&rest, |p| look.length_m - look.along_m(p));
        return Some(
            seen_as(tip(look.start), before)?
                + seen_as(look.inside(), inside)?
                + seen_as(tip(look.end()), after)?,
        );
    }
    // The end of a stretch is no nearer than its inside.
    let ends: Vec<[f64; 2]> = looks
        .iter()
        .filter(|look| look.regime == Regime::Inside)
        .flat_map(|look| [look.start, look.end()])
        .collect();
    let mut tips: Vec<[f64; 2]> = Vec::new();
    for look in &looks {
        if let Regime::Tip(tip) = look.regime
            && !ends.iter().chain(&tips).any(|&end| is_same(end, tip))
        {
            tips.push(tip);
        }
    }
    looks.retain(|look| look.regime == Regime::Inside);
    if tips.is_empty() {
        let beyond = looks.iter().fold(rings.to_vec(), |rest, look| {
            kept_all(&rest, |p| tangent(look, square.middle, p) - edge_m)
        });
        return Some(flat_areas(rings) - flat_areas(&beyond));
    }
    if !looks.is_empty() {
        return None;
    }
    let below = |tip: &[f64; 2]| {
        let own = tips.iter().filter(|other| *other != tip).fold(rings.to_vec(), |own, other| {
            let (x, y) = (tip[0] - other[0], tip[1] - other[1]);
            let middle = [0.5 * (tip[0] + other[0]), 0.5 * (tip[1] + other[1])];
            kept_all(&own, |p| x * (p[0] - middle[0]) + y * (p[1] - middle[1]))
        });
        own.iter().map(|ring| area_in_circle(ring, *tip, edge_m)).sum::<f64>()
    };
    Some(tips.iter().map(below).sum())
}

/// A square and what is near it.
struct View<'a> {
    looks: &'a [Look],
    near: &'a Nearby,
    square: Square,
    least: bool,
}

/// The distance from what a look is of, as its tangent in the middle says.
fn tangent(look: &Look, middle: [f64; 2], p: [f64; 2]) -> f64 {
    look.distance_m + look.away[0] * (p[0] - middle[0]) + look.away[1] * (p[1] - middle[1])
}

impl Look {
    /// How far the distance may lie above its tangent within the disc.
    fn raised_m(&self, radius_m: f64) -> f64 {
        match self.regime {
            Regime::Inside => 0.0,
            _ if self.distance_m > 2.0 * radius_m => {
                0.5 * radius_m * radius_m / (self.distance_m - radius_m)
            }
            _ => f64::INFINITY,
        }
    }
}

fn number(side: f64) -> usize {
    usize::from(side < 0.0)
}

/// A line, by a place and a unit vector.
type Line = ([f64; 2], [f64; 2]);

/// The ground within a wedge, which lies on one side, and the ground round it.
fn wedge(
    rings: &[Ring],
    [a, b]: [Line; 2],
    side: usize,
    doubt_m2: f64,
    left_of: impl Fn(&[Ring], Line, f64) -> Vec<Ring>,
) -> Vec<(usize, Vec<Ring>, f64)> {
    let sign = if side == 0 { 1.0 } else { -1.0 };
    let within_a = left_of(rings, a, sign);
    let within = left_of(&within_a, b, sign);
    let mut round = left_of(rings, a, -sign);
    round.extend(left_of(&within_a, b, -sign));
    vec![(side, within, doubt_m2), (1 - side, round, doubt_m2)]
}
