//! [`Strips`]: stretches of the line in capsules, and those of them in larger
//! ones; which pieces can be nearest to a point.

use super::piece::Piece;
use crate::geodesy::{Measure, Vector, dot, minus};
use pulp::{Arch, Simd, WithSimd};

/// All places within a radius of a straight line in space.
#[derive(Clone, Copy)]
struct Capsule {
    start: Vector,
    /// Unit vector, or nought where the capsule is a ball.
    along: Vector,
    length_m: f64,
    radius_m: f64,
}

/// Fills the tree up where there is no piece.
const NOWHERE: Capsule =
    Capsule { start: [1e15; 3], along: [0.0; 3], length_m: 0.0, radius_m: 0.0 };

/// Rounding of Earth-centred coordinates is below a nanometre a term.
const ROUNDING_M: f64 = 1e-6;

impl Capsule {
    fn between(start: Vector, end: Vector, radius_m: f64) -> Capsule {
        let chord = minus(&end, &start);
        let length_m = dot(&chord, &chord).sqrt();
        let along = if length_m > 0.0 { chord.map(|x| x / length_m) } else { [0.0; 3] };
        Capsule { start, along, length_m, radius_m }
    }

    fn end(&self) -> Vector {
        [0, 1, 2].map(|k| self.start[k] + self.length_m * self.along[k])
    }

    fn off_axis_m(&self, point: &Vector) -> f64 {
        let v = minus(point, &self.start);
        let t = dot(&v, &self.along).clamp(0.0, self.length_m);
        let off = [0, 1, 2].map(|k| v[k] - t * self.along[k]);
        dot(&off, &off).sqrt()
    }
}

/// A piece that may hold the nearest place.
pub(super) struct Candidate {
    pub piece: u32,
    /// No place on it is of a smaller measure, metres.
    least_m: f64,
    /// Where along the piece to start looking, metres.
    pub guess_m: f64,
}

/// What a search needs room for, kept from one point to the next.
#[derive(Default)]
pub(super) struct Room {
    stack: Vec<Waiting>,
    pub candidates: Vec<Candidate>,
}

/// A capsule that is still to be looked into.
#[derive(Clone, Copy)]
struct Waiting {
    level: u32,
    number: u32,
    measured_2: f64,
    radius_m: f64,
}

/// So many capsules are measured together: as many numbers as the widest
/// instructions take.
pub(super) const LANES: usize = 8;

/// Capsules side by side, coordinate by coordinate.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub start: [[f64; LANES]; 3],
    pub along: [[f64; LANES]; 3],
    pub length_m: [f64; LANES],
    pub radius_m: [f64; LANES],
}

impl Row {
    /// Whether there is a capsule in a lane.
    pub fn is_filled(&self, lane: usize) -> bool {
        self.start[0][lane] < NOWHERE.start[0]
    }

    /// As many capsules as there are lanes, or fewer; the rest is near nothing.
    fn of(capsules: &[Capsule]) -> Row {
        let get = |i: usize| capsules.get(i).unwrap_or(&NOWHERE);
        let lanes = |f: &dyn Fn(&Capsule) -> f64| std::array::from_fn(|i| f(get(i)));
        Row {
            start: [0, 1, 2].map(|k| lanes(&|c| c.start[k])),
            along: [0, 1, 2].map(|k| lanes(&|c| c.along[k])),
            length_m: lanes(&|c| c.length_m),
            radius_m: lanes(&|c| Measure::slack(c.radius_m, c.length_m)),
        }
    }
}

/// A tree of capsules over the pieces in their order along the line, eight in
/// one: neighbours on a line are neighbours in space, and a stretch of a line
/// is long and thin.
///
/// # Why no piece is lost
/// A capsule holds every capsule below it: its radius is the largest distance
/// of their ends from its axis plus their own radius, and the distance from a
/// straight line is a convex function along another. The capsule of a piece
/// holds the piece (see [`BorderIndex`](super::BorderIndex)), and has a place
/// of it within its radius of every place on its axis. So the measure of its
/// axis less [`Measure::slack`] is never above, and plus it never below, the
/// least measure of the piece. A piece is left out only when its lower bound is
/// beyond [`Measure::limit`] of the least upper bound of all.
pub(super) struct Strips {
    /// Level 0 holds the pieces; place `k` of a level above holds the `k`-th
    /// row of the one below. The last level is one row.
    pub(super) levels: Vec<Vec<Row>>,
}

impl Strips {
    pub fn new(pieces: &[Piece]) -> Strips {
        let leaves: Vec<Capsule> = pieces
            .iter()
            .map(|piece| {
                let [start, end] = piece.ends();
                let mut leaf = Capsule::between(start, end, 0.0);
                let (length, chord) = (piece.length_m.max(leaf.length_m), leaf.length_m);
                leaf.radius_m =
                    0.5 * (length * length - chord * chord).max(0.0).sqrt() + ROUNDING_M;
                leaf
            })
            .collect();
        let rows = |capsules: &[Capsule]| capsules.chunks(LANES).map(Row::of).collect();
        let mut levels: Vec<Vec<Row>> = vec![rows(&leaves)];
        let mut width = 1;
        while levels[levels.len() - 1].len() > 1 {
            width *= LANES;
            let above: Vec<Capsule> = leaves.chunks(width).map(round).collect();
            levels.push(rows(&above));
        }
        Strips { levels }
    }

    /// Collects in `room` the pieces that may be nearest and returns an upper
    /// bound of the least measure, metres; looks no farther than `within_m`.
    /// The rows at which it begins must lead to all pieces that can be nearest.
    pub fn search(&self, from: &Measure, begin: &Begin, within_m: f64, room: &mut Room) -> f64 {
        Arch::new().dispatch(Search { levels: &self.levels, from, begin, within_m, room })
    }

    /// At the top.
    pub fn top(&self) -> Begin {
        Begin { level: self.levels.len() as u32 - 1, rows: [0].into(), near: None }
    }

    /// The rows through which all pieces are reached that can be nearest to a
    /// place of the disc: so few that none above them would be looked into first.
    pub fn begin(&self, disc: &Disc, near: u32) -> Begin {
        let (mut level, mut rows) = (0, Vec::new());
        self.around(disc, |piece| rows.push(piece / LANES as u32));
        rows.dedup();
        while rows.len() > MOST_ROWS {
            rows.iter_mut().for_each(|row| *row /= LANES as u32);
            rows.dedup();
            level += 1;
        }
        Begin { level, rows: rows.into(), near: Some(near) }
    }
}

/// Where a search begins.
pub(super) struct Begin {
    level: u32,
    rows: Box<[u32]>,
    /// A piece that is probably not far off, if one is known.
    near: Option<u32>,
}

/// 1/2R², with the mean radius of the Earth.
const FARTHER: f64 = 0.5 / (6_371_000.0 * 6_371_000.0);

/// A search that begins at more rows than this begins higher up.
const MOST_ROWS: usize = 12;

/// [`Strips::search`] with the instructions of a machine, which finds the same
/// on all.
struct Search<'a> {
    levels: &'a [Vec<Row>],
    from: &'a Measure,
    begin: &'a Begin,
    within_m: f64,
    room: &'a mut Room,
}

impl WithSimd for Search<'_> {
    type Output = f64;

    // No closures on a row: they would not be compiled for the machine.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let Search { levels, from, begin, within_m, room } = self;
        let mut most_m = within_m;
        if let Some(near) = begin.near {
            let (row, lane) = (&levels[0][near as usize / LANES], near as usize % LANES);
            let (measured_2, _) = from.of_each_2(&row.start, &row.along, &row.length_m);
            most_m = most_m.min(measured_2[lane].sqrt() + row.radius_m[lane]);
        }
        let mut limit_m = Measure::limit(most_m);
        let Room { stack, candidates } = room;
        candidates.clear();
        stack.clear();
        for &number in &begin.rows {
            stack.push(Waiting { level: begin.level, number, measured_2: 0.0, radius_m: 0.0 });
        }
        while let Some(waiting) = stack.pop() {
            if is_beyond(waiting.measured_2, limit_m + waiting.radius_m) {
                continue;
            }
            let row = &levels[waiting.level as usize][waiting.number as usize];
            let (measured_2, along_m) = from.of_each_2(&row.start, &row.along, &row.length_m);
            let mut beyond = [false; LANES];
            for lane in 0..LANES {
                beyond[lane] = is_beyond(measured_2[lane], limit_m + row.radius_m[lane]);
            }
            let mut within = 0_u32;
            for (lane, beyond) in beyond.into_iter().enumerate() {
                within |= u32::from(!beyond) << lane;
            }
            let bottom = stack.len();
            while within != 0 {
                let lane = within.trailing_zeros() as usize % LANES;
                within &= within - 1;
                let (measured_2, radius_m) = (measured_2[lane], row.radius_m[lane]);
                let number = waiting.number * LANES as u32 + lane as u32;
                if waiting.level > 0 {
                    stack.push(Waiting { level: waiting.level - 1, number, measured_2, radius_m });
                    // The nearest comes to lie on top.
                    let last = stack.len() - 1;
                    if last > bottom && stack[last].measured_2 > stack[last - 1].measured_2 {
                        stack.swap(last, last - 1);
                    }
                    continue;
                }
                let measured_m = measured_2.sqrt();
                let least_m = measured_m - radius_m;
                // Seen from a distance d the geodesic's foot lies farther from the middle of
                // the chord than the straight line's: on a sphere by 1/cos(d/R).
                let half_m = 0.5 * row.length_m[lane];
                let off_m = (along_m[lane] - half_m) * (1.0 + measured_2 * FARTHER);
                let guess_m = half_m + off_m.min(half_m).max(-half_m);
                candidates.push(Candidate { piece: number, least_m, guess_m });
                if measured_m + radius_m < most_m {
                    most_m = measured_m + radius_m;
                    limit_m = Measure::limit(most_m);
                }
            }
        }
        candidates.retain(|c| c.least_m <= limit_m);
        most_m
    }
}

/// A disc that looks for the line.
pub(super) struct Disc {
    centre: Vector,
    /// From the centre to its foot: a unit vector, and how far in a straight line.
    toward: Vector,
    distance_m: f64,
    radius_m: f64,
    /// What the nearest place to any place of the disc is at most farther off
    /// than a plane wave from the foot tells; see [`Strips::around`].
    slack_m: f64,
    /// The centre is so near that the foot tells no direction: what is less
    /// than 2r farther off than the foot may then be nearest.
    close: bool,
    reach_2: f64,
}

impl Disc {
    /// A disc round a centre; `toward` leads from there to the nearest place.
    pub fn new(centre: Vector, toward: Vector, radius_m: f64) -> Disc {
        let distance_m = dot(&toward, &toward).sqrt();
        let close = distance_m < 1.5 * radius_m;
        let bend_m = 0.5 * radius_m * radius_m / (distance_m - radius_m).max(radius_m);
        // Chords and geodesics are not quite in one order: the curvature of
        // the ellipsoid changes by 1 % with the direction.
        let uneven_m = 1.1e-17 * distance_m * distance_m * distance_m;
        let slack_m = bend_m + uneven_m + 1e-3 * radius_m;
        let toward = toward.map(|x| x / distance_m.max(1e-9));
        let reach_2 = 4.0 * radius_m * radius_m;
        Disc { centre, toward, distance_m, radius_m, slack_m, close, reach_2 }
    }
}

impl Strips {
    /// Hands on the pieces that can be nearest to a place of the disc, some
    /// others with them, in their order.
    ///
    /// # Why no piece is lost
    /// From the foot q of the centre, in the direction u and d off, the place
    /// p = c + v of the disc (|v| ≤ r) is at most |p − q| ≤ d − u·v + r²/2(d − r)
    /// away. A capsule is convex, so the distance to it is a convex function
    /// and lies above its tangent D − e·v at the centre, e pointing to the
    /// capsule's nearest place. The capsule can only be nearest somewhere when
    /// D − d ≤ r·|e − u| + r²/2(d − r).
    pub fn around(&self, disc: &Disc, mut take: impl FnMut(u32)) {
        let mut stack = [(0u32, 0u32); 128];
        let mut height = 1;
        stack[0] = (self.levels.len() as u32 - 1, 0);
        while height > 0 {
            height -= 1;
            let (level, number) = stack[height];
            let row = &self.levels[level as usize][number as usize];
            let seen = row.seen_from(disc);
            // The first comes to lie on top.
            for lane in (0..LANES).rev() {
                if !seen[lane] {
                    continue;
                }
                let below = number * LANES as u32 + lane as u32;
                if level > 0 {
                    stack[height] = (level - 1, below);
                    height += 1;
                }
            }
            if level == 0 {
                let first = number * LANES as u32;
                (0..LANES).filter(|&lane| seen[lane]).for_each(|lane| take(first + lane as u32));
            }
        }
    }
}

impl Row {
    /// Which of the capsules can be nearest to a place of the disc.
    #[inline]
    fn seen_from(&self, disc: &Disc) -> [bool; LANES] {
        let (mut off_m, mut along) = ([0.0; LANES], [0.0; LANES]);
        for i in 0..LANES {
            let x = disc.centre[0] - self.start[0][i];
            let y = disc.centre[1] - self.start[1][i];
            let z = disc.centre[2] - self.start[2][i];
            let (u, v, w) = (self.along[0][i], self.along[1][i], self.along[2][i]);
            let t = x * u + y * v + z * w;
            let t = if t < self.length_m[i] { t } else { self.length_m[i] };
            let t = if t > 0.0 { t } else { 0.0 };
            let (x, y, z) = (x - t * u, y - t * v, z - t * w);
            off_m[i] = (x * x + y * y + z * z).sqrt();
            along[i] = x * disc.toward[0] + y * disc.toward[1] + z * disc.toward[2];
        }
        let mut seen = [false; LANES];
        for (i, seen) in seen.iter_mut().enumerate() {
            let over_m = off_m[i] - self.radius_m[i] - disc.distance_m - disc.slack_m;
            // |e − u|² = 2 − 2 e·u, and e points against the way here.
            let apart_2 = 2.0 * (off_m[i] + along[i]) * disc.radius_m * disc.radius_m;
            let limit_2 = if disc.close { disc.reach_2 * off_m[i] } else { apart_2 };
            *seen = over_m <= 0.0 || over_m * over_m * off_m[i] <= limit_2;
        }
        seen
    }
}

#[inline(always)]
fn is_beyond(measured_2: f64, reach_m: f64) -> bool {
    measured_2 > reach_m * reach_m
}

/// A capsule round others: its axis runs from the first start to the end that
/// is farthest from it.
fn round(others: &[Capsule]) -> Capsule {
    let start = others[0].start;
    let mut farthest = (0.0, start);
    for other in others {
        for end in [other.start, other.end()] {
            let off = minus(&end, &start);
            let off_2 = dot(&off, &off);
            if off_2 > farthest.0 {
                farthest = (off_2, end);
            }
        }
    }
    let mut capsule = Capsule::between(start, farthest.1, 0.0);
    for other in others {
        for end in [other.start, other.end()] {
            let reach = capsule.off_axis_m(&end) + other.radius_m + ROUNDING_M;
            capsule.radius_m = capsule.radius_m.max(reach);
        }
    }
    capsule
}
