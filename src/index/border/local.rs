//! [`LocalLine`]: the line as a disc sees it, on a plane.

use super::BorderIndex;
use super::piece::Piece;
use super::strips::Disc;
use crate::geodesy::{LonLat, Measure, Spot, cross, dot, minus, spot};
use crate::model::Side;

/// Farther off than this a disc sees no [`LocalLine`], metres.
const FARTHEST_M: f64 = 1_500_000.0;
/// Nor does a disc wider than this.
const WIDEST_M: f64 = 60_000.0;

/// A straight stretch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// Where it starts, metres east and north.
    pub start: [f64; 2],
    /// Unit vector along it, or nought.
    pub along: [f64; 2],
    pub length_m: f64,
    /// What lies nearest to its start and to its end lies on this side: 1 left,
    /// −1 right, 0 as the stretch itself tells.
    pub beyond: [f64; 2],
    /// The line goes straight on there: nothing is nearest to that end alone.
    goes_on: [bool; 2],
    /// Distance along the line from its start to where this starts, metres.
    chainage_m: f64,
    /// Metres of the line for each metre of the plane along it.
    stretched: f64,
}

/// All stretches of a line that are nearest to some place of a disc, on the
/// plane that keeps distances and azimuths from its centre.
///
/// # Units
/// Metres east (x) and north (y) of the centre.
///
/// # Accuracy
/// For a disc of radius r at a distance d, how the distance changes over the
/// disc is true to a share r²/6R² + d²/12R² of r and what a chord of 16 km is
/// off its geodesic: 0.1 m for 2 km at 100 km and for 25 km at 50 km; below
/// 0.1 % of r within the limits ([`BorderIndex::around`]). The tests hold it
/// against [`BorderIndex::locate`].
#[derive(Clone, Debug, Default)]
pub struct LocalLine {
    pub(super) stretches: Vec<Stretch>,
    /// All of them.
    pub(super) all: Nearby,
    /// From the centre to its foot, a unit vector.
    toward: [f64; 2],
}

/// Some stretches of a [`LocalLine`], side by side so that they are measured
/// together.
#[derive(Clone, Debug, Default)]
pub struct Nearby {
    lanes: Vec<Lanes>,
    /// Numbers of the stretches, lane after lane.
    pub(super) numbers: Vec<u32>,
    /// Room for the squares of distances while it is gathered.
    distances_2: Vec<[f64; 4]>,
}

/// Four stretches, coordinate by coordinate.
#[derive(Clone, Copy, Debug)]
struct Lanes {
    start: [[f64; 4]; 2],
    along: [[f64; 4]; 2],
    length_m: [f64; 4],
}

impl Lanes {
    /// Near nothing.
    const NOWHERE: Lanes =
        Lanes { start: [[1e15; 4]; 2], along: [[0.0; 4]; 2], length_m: [0.0; 4] };

    /// Squares of the distances to the four.
    #[inline]
    fn distances_2(&self, x_m: f64, y_m: f64) -> [f64; 4] {
        let mut d_2 = [0.0; 4];
        for (i, d_2) in d_2.iter_mut().enumerate() {
            let (x, y) = (x_m - self.start[0][i], y_m - self.start[1][i]);
            let (u, v) = (self.along[0][i], self.along[1][i]);
            let t = x * u + y * v;
            // Not `clamp`, which also asks whether 0 <= length.
            let t = if t < self.length_m[i] { t } else { self.length_m[i] };
            let t = if t > 0.0 { t } else { 0.0 };
            let (x, y) = (x - t * u, y - t * v);
            *d_2 = x * x + y * y;
        }
        d_2
    }
}

impl Nearby {
    fn clear(&mut self) {
        self.lanes.clear();
        self.numbers.clear();
    }

    fn push(&mut self, number: u32, stretch: &Stretch) {
        let lane = self.numbers.len() % 4;
        if lane == 0 {
            self.lanes.push(Lanes::NOWHERE);
        }
        self.numbers.push(number);
        if let Some(lanes) = self.lanes.last_mut() {
            for k in 0..2 {
                lanes.start[k][lane] = stretch.start[k];
                lanes.along[k][lane] = stretch.along[k];
            }
            lanes.length_m[lane] = stretch.length_m;
        }
    }

    /// Distance to the nearest, metres.
    pub fn distance_m(&self, x_m: f64, y_m: f64) -> f64 {
        self.distance_2(x_m, y_m).sqrt()
    }

    /// Square of the distance to the nearest.
    #[inline]
    fn distance_2(&self, x_m: f64, y_m: f64) -> f64 {
        let mut best = [f64::INFINITY; 4];
        for lanes in &self.lanes {
            let d_2 = lanes.distances_2(x_m, y_m);
            for (best, d_2) in best.iter_mut().zip(d_2) {
                *best = if d_2 < *best { d_2 } else { *best };
            }
        }
        best.into_iter().fold(f64::INFINITY, f64::min)
    }

    /// The same, and the number of the nearest.
    #[inline]
    fn nearest(&self, x_m: f64, y_m: f64) -> (f64, usize) {
        let (mut best, mut at) = ([f64::INFINITY; 4], [0.0; 4]);
        let mut place = 0.0;
        for lanes in &self.lanes {
            let d_2 = lanes.distances_2(x_m, y_m);
            for i in 0..4 {
                let nearer = d_2[i] < best[i];
                best[i] = if nearer { d_2[i] } else { best[i] };
                at[i] = if nearer { place } else { at[i] };
            }
            place += 1.0;
        }
        let lane = (1..4).fold(0, |lane, i| if best[i] < best[lane] { i } else { lane });
        let number = self.numbers.get(4 * at[lane] as usize + lane).copied();
        (best[lane], number.map_or(usize::MAX, |number| number as usize))
    }
}

impl LocalLine {
    /// Gathers what is nearest to some place within `radius_m` of a place.
    /// `wider`, when there is anything in it, was gathered for a disc that holds
    /// this one.
    ///
    /// # Why nothing is lost
    /// Let c be the place, d₀ its distance to the nearest foot f and u₀ the unit
    /// vector from f to c; d and u the same of a stretch. A distance to a
    /// stretch is convex and so nowhere less than its tangent: d + u·δ at c + δ. The
    /// line is no farther from there than f, |c + δ − f| ≤ d₀ + u₀·δ + δ²/2d₀.
    /// A stretch with d − d₀ > r |u − u₀| + r²/2d₀ is therefore nowhere nearest;
    /// nor is one with d − d₀ > 2r.
    pub fn gather(&self, [x_m, y_m]: [f64; 2], radius_m: f64, wider: &Nearby, near: &mut Nearby) {
        near.clear();
        let all = if wider.numbers.is_empty() { &self.all } else { wider };
        let mut distances_2 = std::mem::take(&mut near.distances_2);
        distances_2.clear();
        distances_2.extend(all.lanes.iter().map(|lanes| lanes.distances_2(x_m, y_m)));
        let (mut least_2, mut nearest) = (f64::INFINITY, 0);
        for (at, d_2) in distances_2.as_flattened().iter().enumerate() {
            if *d_2 < least_2 {
                (least_2, nearest) = (*d_2, at);
            }
        }
        let least_m = least_2.sqrt();
        let reach_m = least_m + 2.0 * radius_m;
        let away = |at: usize| {
            let stretch = &self.stretches[all.numbers[at] as usize];
            let from = stretch.nearest_to(x_m, y_m);
            [x_m - from[0], y_m - from[1]]
        };
        // Closer than this the tangents tell no more than the distances.
        let first = (least_m > radius_m).then(|| away(nearest).map(|x| x / least_m));
        for (at, &number) in all.numbers.iter().enumerate() {
            let d_2 = distances_2[at / 4][at % 4];
            if d_2 > reach_m * reach_m {
                continue;
            }
            if let Some(first) = first {
                let d_m = d_2.sqrt();
                let off = away(at);
                let (x, y) = (off[0] / d_m - first[0], off[1] / d_m - first[1]);
                let bound_m = radius_m * (x * x + y * y).sqrt();
                if d_m - least_m > bound_m + 0.5 * radius_m * radius_m / least_m {
                    continue;
                }
            }
            near.push(number, &self.stretches[number as usize]);
        }
        near.distances_2 = distances_2;
    }

    /// Distance to the line, negative on its right, metres, where the nearest
    /// stretch is one of some.
    pub fn signed_among(&self, x_m: f64, y_m: f64, near: &Nearby) -> f64 {
        let (d_2, number) = near.nearest(x_m, y_m);
        let Some(stretch) = self.stretches.get(number) else { return f64::INFINITY };
        d_2.sqrt() * stretch.side(x_m, y_m)
    }

    /// Distance to the line, negative on its right, and distance along the line
    /// from its start to the nearest place, metres.
    /// The nearest stretch is one of some.
    pub fn signed_and_chainage_m(&self, x_m: f64, y_m: f64, near: &Nearby) -> Option<(f64, f64)> {
        let (d_2, number) = near.nearest(x_m, y_m);
        let stretch = self.stretches.get(number)?;
        let foot = stretch.nearest_to(x_m, y_m);
        let t = (foot[0] - stretch.start[0]).hypot(foot[1] - stretch.start[1]);
        let signed = d_2.sqrt() * stretch.side(x_m, y_m);
        Some((signed, stretch.chainage_m + t * stretch.stretched))
    }

    /// Distance to the line, negative on its right, metres.
    pub fn signed_m(&self, x_m: f64, y_m: f64) -> f64 {
        self.signed_among(x_m, y_m, &self.all)
    }

    /// From the centre to its foot, east and north: a unit vector.
    pub fn toward(&self) -> [f64; 2] {
        self.toward
    }

    /// Distance to the line, metres.
    #[inline]
    pub fn distance_m(&self, x_m: f64, y_m: f64) -> f64 {
        self.all.distance_2(x_m, y_m).sqrt()
    }

    /// How far, at most, the direction to the nearest place turns away from
    /// the unit vector `to` anywhere in a disc of a radius round the centre,
    /// radians; more than a quarter turn is not told apart.
    ///
    /// Seen from places of the disc only so much of a stretch can be nearest
    /// as the disc covers when it is projected on it. Inside that the way is at a
    /// right angle to the stretch; to an end of the stretch it runs within the
    /// angle at which the disc is seen from there.
    pub fn widest_turn(&self, to: [f64; 2], radius_m: f64) -> f64 {
        let mut sine: f64 = 0.0;
        for stretch in &self.stretches {
            sine = sine.max(stretch.widest_turn(to, radius_m));
        }
        if sine < 1.0 { sine.asin() } else { std::f64::consts::FRAC_PI_2 }
    }
}

impl Stretch {
    /// Its nearest place.
    fn nearest_to(&self, x_m: f64, y_m: f64) -> [f64; 2] {
        let (x, y) = (x_m - self.start[0], y_m - self.start[1]);
        let t = (x * self.along[0] + y * self.along[1]).clamp(0.0, self.length_m);
        [self.start[0] + t * self.along[0], self.start[1] + t * self.along[1]]
    }

    /// 1 on the left, −1 on the right.
    fn side(&self, x_m: f64, y_m: f64) -> f64 {
        let (x, y) = (x_m - self.start[0], y_m - self.start[1]);
        let t = x * self.along[0] + y * self.along[1];
        let beyond = if t <= 0.0 {
            self.beyond[0]
        } else if t >= self.length_m {
            self.beyond[1]
        } else {
            0.0
        };
        if beyond != 0.0 {
            beyond
        } else if self.along[0] * y - self.along[1] * x < 0.0 {
            -1.0
        } else {
            1.0
        }
    }

    /// Sine of the angle of [`LocalLine::widest_turn`] for one stretch; 1 for
    /// whatever is wider than a quarter turn.
    fn widest_turn(&self, to: [f64; 2], radius_m: f64) -> f64 {
        // The foot of the centre along the stretch, and what the disc covers.
        let t = -(self.start[0] * self.along[0] + self.start[1] * self.along[1]);
        let (low, high) = (t - radius_m, t + radius_m);
        let mut sine: f64 = 0.0;
        if high > 0.0 && low < self.length_m {
            // The way at a right angle is the same from everywhere.
            let off = self.along[0] * to[0] + self.along[1] * to[1];
            sine = sine.max(off.abs());
        }
        let ends = [(0.0, low < 0.0), (self.length_m, high > self.length_m)];
        for ((end, reached), goes_on) in ends.into_iter().zip(self.goes_on) {
            if !reached || goes_on {
                continue;
            }
            let x = self.start[0] + end * self.along[0];
            let y = self.start[1] + end * self.along[1];
            let far = (x * x + y * y).sqrt();
            let (ahead, aside) = (x * to[0] + y * to[1], (x * to[1] - y * to[0]).abs());
            if far <= radius_m || ahead <= 0.0 {
                return 1.0;
            }
            let (a, b) = ((aside / far).min(1.0), radius_m / far);
            // asin a + asin b, as a sine; wider than a quarter turn is 1.
            if a * a + b * b >= 1.0 {
                return 1.0;
            }
            sine = sine.max(a * (1.0 - b * b).sqrt() + b * (1.0 - a * a).sqrt());
        }
        sine
    }
}

impl BorderIndex {
    /// Fills `line` with all that is nearest to some place of the disc round
    /// `centre`, of which the distance and the foot are known. `false` when the
    /// disc is too wide or too far off for a plane: more than 60 km, or 1,500.
    pub fn around(
        &self,
        centre: LonLat,
        (foot, distance_m): (LonLat, f64),
        radius_m: f64,
        line: &mut LocalLine,
    ) -> bool {
        line.stretches.clear();
        line.all.clear();
        if !(radius_m <= WIDEST_M && distance_m <= FARTHEST_M) {
            return false;
        }
        let from = spot(centre);
        let measure = Measure::from(&from);
        let (east, north) = from.compass();
        let on_plane = |place: &[f64; 3]| {
            let off = minus(place, &from.place);
            let (x, y) = (dot(&off, &east), dot(&off, &north));
            let flat = (x * x + y * y).sqrt();
            let scale = if flat > 0.0 { measure.of(place) / flat } else { 1.0 };
            [x * scale, y * scale]
        };
        let foot = spot(foot).place;
        line.toward = on_plane(&foot).map(|x| x / distance_m.max(1e-9));
        let toward = minus(&foot, &from.place);
        let disc = Disc::new(from.place, toward, radius_m);
        self.strips.around(&disc, |number| {
            let piece = &self.pieces[number as usize];
            let [start, end] = piece.ends();
            let (start, end) = (on_plane(&start), on_plane(&end));
            let (x, y) = (end[0] - start[0], end[1] - start[1]);
            let length_m = (x * x + y * y).sqrt();
            let along = if length_m > 0.0 { [x / length_m, y / length_m] } else { [0.0; 2] };
            let corner = |number: usize| self.corners.get(number).copied().unwrap_or_default();
            let corners = [corner(number as usize), corner(number as usize + 1)];
            let stretch = Stretch {
                start,
                along,
                length_m,
                beyond: corners.map(Corner::outer),
                goes_on: corners.map(|corner| corner == Corner::Straight),
                chainage_m: self.starts_m[piece.edge as usize] + piece.along_m,
                stretched: if length_m > 0.0 { piece.length_m / length_m } else { 0.0 },
            };
            line.all.push(line.stretches.len() as u32, &stretch);
            line.stretches.push(stretch);
        });
        true
    }

    /// How the line goes on at the start of every piece.
    pub(super) fn corners_of(pieces: &[Piece], continues: &[bool]) -> Vec<Corner> {
        let mut corners = vec![Corner::End; pieces.len()];
        for (number, corner) in corners.iter_mut().enumerate().skip(1) {
            let (before, after) = (&pieces[number - 1], &pieces[number]);
            if !after.first {
                *corner = Corner::Straight;
            } else if after.edge == before.edge + 1 && continues[after.edge as usize] {
                let (from, to) = (before.tangent(before.length_m), after.tangent(0.0));
                let turn = dot(&Spot::on(after.ends()[0]).up, &cross(&from, &to));
                *corner = match turn {
                    t if t > 1e-6 => Corner::Left,
                    t if t < -1e-6 => Corner::Right,
                    _ if dot(&from, &to) > 0.0 => Corner::Straight,
                    _ => Corner::End,
                };
            }
        }
        corners
    }
}

/// How the line goes on where a piece starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Corner {
    /// It does not, or it turns back on itself.
    #[default]
    End,
    /// It turns to the left.
    Left,
    /// It turns to the right.
    Right,
    /// It goes straight on.
    Straight,
}

impl Corner {
    /// The side of what is nearest to the corner: where the line turns left
    /// that is the right, −1.
    fn outer(self) -> f64 {
        match self {
            Corner::Left => -1.0,
            Corner::Right => 1.0,
            Corner::End | Corner::Straight => 0.0,
        }
    }
}

/// The sign of a side: positive on the left.
pub(crate) fn signed_m(distance_m: f64, side: Option<Side>) -> f64 {
    if side == Some(Side::Right) { -distance_m } else { distance_m }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::direct;
    use crate::model::Border;

    /// Deterministic numbers in 0..1 (a linear congruential generator).
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    fn walk(numbers: &mut Numbers, edges: usize, longest_m: f64) -> Vec<LonLat> {
        let mut heading = 360.0 * numbers.next();
        let lat = 60.0 * (2.0 * numbers.next() - 1.0);
        let mut part = vec![LonLat::new(70.0, lat).unwrap()];
        for _ in 0..edges {
            heading += 160.0 * (numbers.next() - 0.5);
            let length_m = longest_m * (0.02 + 0.98 * numbers.next());
            part.push(direct(part[part.len() - 1], heading, length_m));
        }
        part
    }

    /// Over random lines and discs: no nearest piece is lost, distances agree
    /// to the accuracy stated, and so do sides wherever both can tell.
    #[test]
    fn the_plane_agrees_with_the_ellipsoid() {
        let mut numbers = Numbers(7);
        let mut worst: f64 = 0.0;
        for round in 0..300 {
            let longest_m = [800.0, 8_000.0, 60_000.0][round % 3];
            let part = walk(&mut numbers, 60, longest_m);
            let border = Border::new("line", "L", "R", vec![part.clone()]).unwrap();
            let index = BorderIndex::new(&border);
            for _ in 0..20 {
                let reach = 10f64.powf(2.0 + 4.0 * numbers.next());
                let near = part[(numbers.next() * 60.0) as usize];
                let centre = direct(near, 360.0 * numbers.next(), reach);
                let found = index.locate(centre);
                let radius_m = [2_000.0, 25_000.0][round % 2];
                let mut line = LocalLine::default();
                assert!(index.around(centre, (found.foot, found.distance_m), radius_m, &mut line));
                let here = line.signed_m(0.0, 0.0);
                // A geodesic of 16 km is 5 m above its chord.
                assert!((here.abs() - found.distance_m).abs() < 6.0, "{here} {found:?}");
                for _ in 0..10 {
                    let azimuth = 360.0 * numbers.next();
                    let off_m = radius_m * numbers.next().sqrt();
                    let (sin, cos) = azimuth.to_radians().sin_cos();
                    let place = direct(centre, azimuth, off_m);
                    let exact = index.locate(place);
                    let signed = line.signed_m(off_m * sin, off_m * cos);
                    let error = (signed.abs() - here.abs()) - (exact.distance_m - found.distance_m);
                    // 1,000 km off the bound is 0.2 % of the radius.
                    let bound = 1e-3 * (1.0 + (found.distance_m / 7e5).powi(2));
                    worst = worst.max((error.abs() - 6.0) / radius_m / bound);
                    let across = longest_m < 10_000.0 && exact.distance_m > 10.0;
                    if across && found.distance_m < 50_000.0 {
                        assert_eq!(
                            signed > 0.0,
                            exact.side == Some(Side::Left),
                            "{signed} {exact:?} {off_m}"
                        );
                    }
                }
            }
        }
        assert!(worst < 1.0, "{worst} of the bound");
    }

    #[test]
    fn a_straight_line_turns_nowhere_and_a_vertex_as_far_as_it_is_seen() {
        let border = |points: &[(f64, f64)]| {
            let part = points.iter().map(|&(x, y)| LonLat::new(x, y).unwrap()).collect();
            Border::new("line", "L", "R", vec![part]).unwrap()
        };
        let centre = LonLat::new(70.0, 0.2).unwrap();
        let turn = |points: &[(f64, f64)]| {
            let index = BorderIndex::new(&border(points));
            let found = index.locate(centre);
            let mut line = LocalLine::default();
            index.around(centre, (found.foot, found.distance_m), 2_000.0, &mut line);
            line.widest_turn([0.0, -1.0], 2_000.0)
        };
        assert!(turn(&[(69.0, 0.0), (71.0, 0.0)]) < 1e-3);
        // A tip 22.1 km off: the disc is seen within 2 / 22.1 there.
        let seen = turn(&[(69.0, -1.0), (70.0, 0.0), (71.0, -1.0)]);
        assert!((seen - 0.0905).abs() < 2e-3, "{seen}");
    }
}
