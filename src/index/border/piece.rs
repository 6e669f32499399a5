//! [`Piece`]: a stretch of an edge so short that a cubic in space is as good
//! as the geodesic.

use crate::geodesy::{Segment, Spot, Vector, ahead, cross, dot, minus, spot, way};

/// Longest piece, metres.
///
/// The cubic through both ends with their tangents is off by L⁴/384 of the
/// curve's fourth derivative, which is 1/R³: 0.7 µm.
pub(super) const LONGEST_M: f64 = 16_000.0;

/// A piece shorter than this, in metres, is straight: coordinates in space round to
/// a nanometre.
const SHORTEST_M: f64 = 1e-3;

/// A step shorter than this, in metres, is the last: it is made on the tangent.
const SETTLED_M: f64 = 1e-2;

/// A stretch of an edge.
pub(super) struct Piece {
    /// Coefficients of the place in space by powers of the metres from its start.
    curve: [Vector; 4],
    /// Length, metres.
    pub length_m: f64,
    /// Where on its edge it starts, metres.
    pub along_m: f64,
    /// Number of the edge.
    pub edge: u32,
    /// It starts where the edge starts.
    pub first: bool,
    /// It ends where the edge ends.
    pub last: bool,
}

/// The nearest place on a piece.
#[derive(Clone, Copy)]
pub(super) struct Foot {
    /// Metres from the piece's start.
    pub along_m: f64,
    /// Square of the geodesic distance ([`way`]), m².
    pub distance_2: f64,
    /// The place.
    pub spot: Spot,
    /// Tangent there.
    pub tangent: Vector,
}

impl Piece {
    /// Cuts an edge into pieces of equal length and hands them on in order.
    pub fn cut(edge: u32, segment: &Segment, mut take: impl FnMut(Piece)) {
        let count = (segment.length_m / LONGEST_M).ceil().max(1.0) as u32;
        let length_m = segment.length_m / f64::from(count);
        let there = |i: u32| {
            // The ends as given, not as the direct problem finds them again.
            let along_m = if i == count { segment.length_m } else { length_m * f64::from(i) };
            let (place, azimuth) = segment.at(along_m);
            (spot(place).place, ahead(place, azimuth))
        };
        let mut start = there(0);
        for i in 0..count {
            let end = there(i + 1);
            take(Piece {
                curve: cubic(start, end, length_m),
                length_m,
                along_m: length_m * f64::from(i),
                edge,
                first: i == 0,
                last: i + 1 == count,
            });
            start = end;
        }
    }

    /// The two ends.
    pub fn ends(&self) -> [Vector; 2] {
        [self.curve[0], self.place(self.length_m)]
    }

    fn place(&self, t: f64) -> Vector {
        let [c0, c1, c2, c3] = &self.curve;
        let at = |k: usize| c0[k] + t * (c1[k] + t * (c2[k] + t * c3[k]));
        [at(0), at(1), at(2)]
    }

    /// The tangent some way along, a unit vector to a share of 1e-12.
    pub fn tangent(&self, t: f64) -> Vector {
        let [_, c1, c2, c3] = &self.curve;
        let at = |k: usize| c1[k] + t * (2.0 * c2[k] + t * 3.0 * c3[k]);
        [at(0), at(1), at(2)]
    }

    /// The nearest place to a point less than [`NEAR_M`](crate::geodesy::NEAR_M)
    /// off; `t` is a first guess.
    ///
    /// Newton's method on the slope of the squared distance ([`way`]), whose
    /// own slope is the Hessian θ·cot θ for an arc θ seen at a right angle,
    /// 1 − θ²/3 with θ = q/c. What that leaves out is of the order θ⁴ and e²θ²,
    /// so each step gains four digits.
    pub fn foot(&self, from: &Spot, mut t: f64) -> Foot {
        for _ in 0..8 {
            let mut spot = Spot::on(self.place(t));
            let tangent = self.tangent(t);
            let way = way(from, &spot, &tangent);
            let theta_2 = if way.chord_2 > 0.0 { way.lean * way.lean / way.chord_2 } else { 0.0 };
            let next = t - way.slope / (1.0 - theta_2 / 3.0);
            let next = next.min(self.length_m).max(0.0);
            let step_m = next - t;
            if step_m.abs() < SETTLED_M {
                for (x, ahead) in spot.place.iter_mut().zip(&tangent) {
                    *x += step_m * ahead;
                }
                let distance_2 = (way.arc_2 + step_m * (2.0 * way.slope + step_m)).max(0.0);
                return Foot { along_m: next, distance_2, spot, tangent };
            }
            t = next;
        }
        let (spot, tangent) = (Spot::on(self.place(t)), self.tangent(t));
        Foot { along_m: t, distance_2: way(from, &spot, &tangent).arc_2, spot, tangent }
    }
}

impl Foot {
    /// How far left of the line through the foot a point lies, metres.
    pub fn left_m(&self, of: &Spot) -> f64 {
        let left = cross(&self.spot.up, &self.tangent);
        dot(&minus(&of.place, &self.spot.place), &left)
    }
}

/// The cubic from one place and tangent to another (Hermite's form).
fn cubic(start: (Vector, Vector), end: (Vector, Vector), length_m: f64) -> [Vector; 4] {
    let ((p, u), (q, v)) = (start, end);
    if length_m < SHORTEST_M {
        // As long as rounding, the chord would tell any slope.
        let along = if length_m > 0.0 { u } else { [0.0; 3] };
        return [p, along, [0.0; 3], [0.0; 3]];
    }
    let mut curve = [p, u, [0.0; 3], [0.0; 3]];
    for k in 0..3 {
        // Mean slope over the piece, and how far the tangents are off it.
        let mean = (q[k] - p[k]) / length_m;
        let (before, after) = (u[k] - mean, v[k] - mean);
        curve[2][k] = (-2.0 * before - after) / length_m;
        curve[3][k] = (before + after) / (length_m * length_m);
    }
    curve
}
