//! [`BorderIndex`]: the nearest place on the border, exact.

mod beginnings;
mod edges;
mod far;
mod local;
mod looks;
mod piece;
mod side;
mod strips;

use crate::geodesy::{
    Intercept, LonLat, Measure, NEAR_M, Segment, Spot, arc_error_m, dot, minus, position, spot,
};
use crate::model::{Border, Side};
use beginnings::{Beginnings, Round};
use edges::Edges;
use local::Corner;
pub(crate) use local::signed_m;
pub use local::{LocalLine, Nearby};
pub use looks::{Look, Parting, Regime};
pub(crate) use looks::{is_same, side_of};
use piece::{Foot, Piece};
use rayon::prelude::*;
use strips::{Begin, Candidate, Disc, Room, Strips};

/// A position told by the border: how far along, how far off, on which side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BorderPosition {
    /// Geodesic distance to the foot, metres.
    pub distance_m: f64,
    /// Side; `None` within half a millimetre of the line.
    pub side: Option<Side>,
    /// Distance along the border from its start to the foot, metres.
    pub chainage_m: f64,
    /// The nearest place on the border.
    pub foot: LonLat,
}

/// Closer than this a point counts as on the line: distances are written to
/// the millimetre.
const ON_LINE_M: f64 = 0.0005;

/// Feet closer together than this are one place.
const SAME_PLACE_M: f64 = 1e-3;

/// Points that one task takes, neighbours after neighbours.
const CHUNK: usize = 1 << 16;

/// The border's edges, searched two ways.
///
/// # The fast way, for points within 500 km
/// Edges are cut into pieces of at most 16 km, each a cubic in Earth-centred
/// space that is within a micrometre of the geodesic. A tree of capsules finds
/// the pieces that can be nearest, from its top or from where the place's cell
/// of the map lets searches begin (`Beginnings`); on each the foot is found by
/// Newton's method on the geodesic distance as told from the chord and the
/// normals at its ends, whose error is below 10 µm at 500 km and falls with the
/// fifth power of the distance. Karney's solution is not called.
///
/// # The exact ways
/// What is as near to two places as the fast way can tell is left to Karney's
/// solution on whole edges in an `rstar` tree. For what is farther off the tree
/// of capsules is searched by Karney's solution.
///
/// # Why no edge is lost
/// A straight line in space is never longer than the geodesic between its
/// ends. Every place X on an edge or piece from A to B of length L has
/// |AX| + |XB| ≤ L in straight lines, so it lies within b = √(L² − |AB|²)/2 of
/// the chord AB (an ellipsoid of revolution with foci A and B, minor half axis
/// b). From there on each search has its own bound, proved where it is made:
/// `Strips` for capsules round capsules and the most that two geodesics over
/// equal chords can differ, for discs round cells of the map, and again for far
/// points; `Edges` for boxes. All are held against a scan of every edge in
/// tests/nearest.rs.
pub struct BorderIndex {
    edges: Edges,
    strips: Strips,
    /// The top of the tree.
    top: Begin,
    beginnings: Beginnings,
    pieces: Vec<Piece>,
    segments: Vec<Segment>,
    /// Chainage of each segment's start.
    starts_m: Vec<f64>,
    /// Whether a segment continues the one before it.
    continues: Vec<bool>,
    /// How the line goes on at the start of each piece.
    corners: Vec<Corner>,
    length_m: f64,
}

impl BorderIndex {
    /// Indexes every edge of the border.
    ///
    /// # Complexity
    /// O(n log n) for n edges; a few microseconds an edge and half a kilobyte. What
    /// searches then find out about the map takes up to 80 kB for each block of four
    /// degrees near the line.
    pub fn new(border: &Border) -> BorderIndex {
        let (mut segments, mut starts_m, mut continues) = (Vec::new(), Vec::new(), Vec::new());
        let mut length_m = 0.0;
        let mut parts = Vec::new();
        for part in border.parts() {
            parts.push((order(part[0]), segments.len()..segments.len() + part.len() - 1));
            for (i, pair) in part.windows(2).enumerate() {
                let [start, end] = [pair[0], pair[1]];
                let segment = Segment::new(start, end);
                starts_m.push(length_m);
                continues.push(i > 0);
                length_m += segment.length_m;
                segments.push(segment);
            }
        }
        // Parts that are neighbours in space become neighbours in the tree.
        parts.sort_by_key(|(order, edges)| (*order, edges.start));
        let mut pieces = Vec::new();
        for number in parts.into_iter().flat_map(|(_, edges)| edges) {
            Piece::cut(number as u32, &segments[number], |piece| pieces.push(piece));
        }
        let strips = Strips::new(&pieces);
        BorderIndex {
            edges: Edges::new(&segments),
            top: strips.top(),
            strips,
            beginnings: Beginnings::new(),
            corners: BorderIndex::corners_of(&pieces, &continues),
            pieces,
            segments,
            starts_m,
            continues,
            length_m,
        }
    }

    /// Length of the border, metres.
    pub fn length_m(&self) -> f64 {
        self.length_m
    }

    /// The place at a chainage in metres, kept on the line.
    pub fn at(&self, chainage_m: f64) -> LonLat {
        let after = self.starts_m.partition_point(|&start| start <= chainage_m);
        let number = after.saturating_sub(1);
        self.segments[number].at(chainage_m - self.starts_m[number]).0
    }

    /// The nearest place on the border. Of several equally near, the one of
    /// the smallest chainage; a vertex belongs to either edge, which is the
    /// same chainage.
    ///
    /// # Accuracy
    /// Against Karney's solution minimised over all edges: the distance is
    /// within 3 µm for points within 300 km, 20 µm within 500 km and 1 µm
    /// farther off; the foot is within 3 µm of the line, and within 0.1 mm
    /// along it of the nearest place (tests/nearest.rs, benches/distance.md).
    ///
    /// # Complexity
    /// About O(log n) for n edges, some 0.5 to 2 µs.
    ///
    /// ```
    /// use durand::geodesy::LonLat;
    /// use durand::index::BorderIndex;
    /// use durand::model::{Border, Side};
    ///
    /// let at = |lon, lat| LonLat::new(lon, lat);
    /// let line = vec![at(69.0, 32.0)?, at(70.0, 32.0)?];
    /// let index = BorderIndex::new(&Border::new("line", "north", "south", vec![line])?);
    /// let found = index.locate(at(70.2, 32.5)?);
    /// // To the end of the line, by GeographicLib 2.1.
    /// assert!((found.distance_m - 58_561.294).abs() < 1e-3);
    /// assert_eq!(found.side, Some(Side::Left));
    /// assert_eq!((found.foot, found.chainage_m), (at(70.0, 32.0)?, index.length_m()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn locate(&self, point: LonLat) -> BorderPosition {
        self.locator().locate(point)
    }

    /// [`locate`](Self::locate) for many points, in their order, on all threads:
    /// the same bits at any number of them, and those of each point alone.
    ///
    /// # Units and accuracy
    /// Metres and degrees, as [`locate`](Self::locate).
    ///
    /// # Complexity
    /// About O(log n) a point for n edges: the points of a chunk are taken
    /// along a space-filling curve, so that what neighbours need is at hand. Memory
    /// is 40 bytes a point for the result and half a megabyte a thread.
    ///
    /// ```
    /// use durand::geodesy::LonLat;
    /// use durand::index::BorderIndex;
    /// use durand::model::{Border, Side};
    ///
    /// let at = |lon, lat| LonLat::new(lon, lat);
    /// let line = vec![at(66.0, 30.0)?, at(67.0, 31.0)?, at(69.0, 32.0)?];
    /// let border = Border::new("line", "north", "south", vec![line])?;
    /// let index = BorderIndex::new(&border);
    /// let found = index.locate_all(&[at(67.0, 31.5)?, at(68.0, 31.0)?]);
    /// assert_eq!(found[0].side, Some(Side::Left));
    /// assert_eq!(found[1], index.locate(at(68.0, 31.0)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn locate_all(&self, points: &[LonLat]) -> Vec<BorderPosition> {
        let nowhere = self.segments[0].start;
        let blank = BorderPosition { distance_m: 0.0, side: None, chainage_m: 0.0, foot: nowhere };
        let mut found = vec![blank; points.len()];
        points.par_chunks(CHUNK).zip(found.par_chunks_mut(CHUNK)).for_each(|(points, found)| {
            let mut locator = self.locator();
            for i in turns(points) {
                found[i] = locator.locate(points[i]);
            }
        });
        found
    }

    /// Locates places that come one after the other.
    pub fn locator(&self) -> Locator<'_> {
        Locator { index: self, room: Room::default(), feet: Vec::new() }
    }

    /// Whether a place as far from a middle as is said may be searched for in the tree.
    fn is_near(&self, (middle, radius_m): Round, room: &mut Room) -> bool {
        let within_m = NEAR_M + radius_m;
        let most_m =
            self.strips.search(&Measure::from(&spot(middle)), &self.top, 2.0 * within_m, room);
        most_m < 1.1 * within_m
    }

    /// Where searches begin for places as far from a middle as is said; `None`
    /// for the top.
    fn begin(&self, (middle, radius_m): Round) -> Option<Begin> {
        let from = spot(middle);
        let mut room = Room::default();
        let most_m = self.strips.search(&Measure::from(&from), &self.top, NEAR_M, &mut room);
        let guess = room.candidates.iter().map(|candidate| {
            (candidate.piece, self.pieces[candidate.piece as usize].foot(&from, candidate.guess_m))
        });
        let (piece, foot) = guess.min_by(|a, b| a.1.distance_2.total_cmp(&b.1.distance_2))?;
        let toward = minus(&foot.spot.place, &from.place);
        let disc = Disc::new(from.place, toward, radius_m);
        (most_m < NEAR_M).then(|| self.strips.begin(&disc, piece))
    }

    /// The nearest of the pieces that a search has found; `None` when two places
    /// are as near as can be told, or the side is in doubt. The order of the
    /// candidates decides nothing.
    fn locate_fast(
        &self,
        point: &Spot,
        candidates: &[Candidate],
        feet: &mut Vec<(u32, Foot)>,
    ) -> Option<BorderPosition> {
        feet.clear();
        feet.extend(candidates.iter().map(|candidate| {
            (candidate.piece, self.pieces[candidate.piece as usize].foot(point, candidate.guess_m))
        }));
        let nearer = |a: &&(u32, Foot), b: &&(u32, Foot)| {
            a.1.distance_2.total_cmp(&b.1.distance_2).then(a.0.cmp(&b.0))
        };
        let &(number, foot) = feet.iter().min_by(nearer)?;
        let distance_m = foot.distance_2.sqrt();
        let in_doubt_m = distance_m + 2.0 * arc_error_m(distance_m);
        let rivals = feet.iter().any(|(other, rival)| {
            *other != number
                && rival.distance_2.sqrt() <= in_doubt_m
                && !self.one_place((number, &foot), (*other, rival))
        });
        if rivals {
            return None;
        }
        let piece = &self.pieces[number as usize];
        let segment = &self.segments[piece.edge as usize];
        let (along_m, place) = if piece.first && foot.along_m <= 0.0 {
            (0.0, segment.start)
        } else if piece.last && foot.along_m >= piece.length_m {
            (segment.length_m, segment.end)
        } else {
            (piece.along_m + foot.along_m, position(&foot.spot.place))
        };
        let side = if distance_m < ON_LINE_M {
            None
        } else {
            Some(self.side_fast(number as usize, &foot, point)?)
        };
        let chainage_m = self.starts_m[piece.edge as usize] + along_m;
        Some(BorderPosition { distance_m, side, chainage_m, foot: place })
    }

    /// Whether two feet are the vertex or the cut that two pieces share.
    fn one_place(&self, a: (u32, &Foot), b: (u32, &Foot)) -> bool {
        let (low, high) = (a.0.min(b.0) as usize, a.0.max(b.0) as usize);
        let edge = self.pieces[high].edge as usize;
        let joined = self.pieces[low].edge as usize == edge || self.continues[edge];
        let between = minus(&a.1.spot.place, &b.1.spot.place);
        high - low <= 1 && joined && dot(&between, &between) < SAME_PLACE_M * SAME_PLACE_M
    }

    /// The nearest edge to a point far off and the place on it, by Karney's
    /// solution.
    fn nearest_far(&self, point: LonLat) -> Option<(usize, Intercept)> {
        let mut best: Option<(usize, Intercept)> = None;
        let mut seen: Vec<u32> = Vec::new();
        for (piece, least_m) in self.strips.search_far(point) {
            if best.as_ref().is_some_and(|(_, found)| least_m > found.distance_m) {
                break;
            }
            let edge = self.pieces[piece as usize].edge;
            if seen.contains(&edge) {
                continue;
            }
            seen.push(edge);
            edges::take_nearer(&mut best, &self.segments, edge as usize, point);
        }
        best
    }

    /// What Karney's solution has found, as a place by the border.
    fn described(&self, point: LonLat, nearest: Option<(usize, Intercept)>) -> BorderPosition {
        #[allow(clippy::expect_used)] // a border has an edge: Border::new refuses others
        let (number, found) = nearest.expect("a border has at least one edge");
        let side = (found.distance_m >= ON_LINE_M).then(|| self.side(number, &found, point));
        BorderPosition {
            distance_m: found.distance_m,
            side,
            chainage_m: self.starts_m[number] + found.along_m,
            foot: found.foot,
        }
    }
}

/// Finds what [`BorderIndex::locate`] finds, one place after the other in the same
/// room of memory.
pub struct Locator<'a> {
    index: &'a BorderIndex,
    room: Room,
    feet: Vec<(u32, Foot)>,
}

impl Locator<'_> {
    /// As [`BorderIndex::locate`].
    pub fn locate(&mut self, point: LonLat) -> BorderPosition {
        let index = self.index;
        let from = spot(point);
        let begin = index.beginnings.of(
            point,
            |round| index.is_near(round, &mut self.room),
            |round| index.begin(round),
        );
        let begin = begin.unwrap_or(&index.top);
        let most_m = index.strips.search(&Measure::from(&from), begin, NEAR_M, &mut self.room);
        if most_m >= NEAR_M {
            return index.described(point, index.nearest_far(point));
        }
        index
            .locate_fast(&from, &self.room.candidates, &mut self.feet)
            .unwrap_or_else(|| index.described(point, index.edges.nearest(&index.segments, point)))
    }
}

/// Numbers of points (at most 2³²) so that neighbours come after neighbours. The
/// order decides how fast a search over them is and no result.
pub fn turns(points: &[LonLat]) -> impl Iterator<Item = usize> + use<> {
    let mut turns: Vec<u64> =
        points.iter().enumerate().map(|(i, &p)| (u64::from(order(p)) << 32) | i as u64).collect();
    turns.sort_unstable();
    turns.into_iter().map(|turn| (turn & 0xFFFF_FFFF) as usize)
}

/// A position's place along a space-filling curve (Morton's order), in 65,536
/// steps of longitude and of latitude. It decides the order of work and no
/// result.
fn order(p: LonLat) -> u32 {
    let spread = |share: f64| -> u32 {
        let mut x = (share * 65_535.0) as u32;
        x = (x | (x << 8)) & 0x00FF_00FF;
        x = (x | (x << 4)) & 0x0F0F_0F0F;
        x = (x | (x << 2)) & 0x3333_3333;
        (x | (x << 1)) & 0x5555_5555
    };
    spread((p.lon() + 180.0) / 360.0) | (spread((p.lat() + 90.0) / 180.0) << 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    fn border(points: &[(f64, f64)]) -> Border {
        let part = points.iter().map(|&(lon, lat)| at(lon, lat)).collect();
        Border::new("line", "L", "R", vec![part]).unwrap()
    }

    #[test]
    fn side_at_a_sharp_vertex_is_told_by_both_edges() {
        // A spike to the north: the line goes up and comes back beside itself.
        let index = BorderIndex::new(&border(&[
            (70.0, 34.0),
            (70.5, 34.0),
            (70.5005, 34.2),
            (70.501, 34.0),
            (71.0, 34.0),
        ]));
        // Beyond the tip the foot is the vertex; travelling east, north is left.
        for (lon, lat) in [(70.5005, 34.3), (70.48, 34.22), (70.52, 34.22)] {
            let found = index.locate(at(lon, lat));
            assert_eq!(found.side, Some(Side::Left), "{lon} {lat}");
            assert!((found.foot.lat() - 34.2).abs() < 1e-6);
        }
        assert_eq!(index.locate(at(70.5005, 34.1)).side, Some(Side::Right));
        assert_eq!(index.locate(at(70.3, 33.9)).side, Some(Side::Right));
    }

    #[test]
    fn reversing_the_line_swaps_sides_and_keeps_distances() {
        let mut points = vec![(70.0, 34.0), (70.4, 34.3), (70.5, 33.9), (71.2, 34.4)];
        let forward = BorderIndex::new(&border(&points));
        points.reverse();
        let backward = BorderIndex::new(&border(&points));
        for i in 0..200 {
            let p = at(69.5 + f64::from(i % 20) * 0.11, 33.5 + f64::from(i / 20) * 0.13);
            let (a, b) = (forward.locate(p), backward.locate(p));
            assert!((a.distance_m - b.distance_m).abs() < 1e-8);
            assert_eq!(a.side, b.side.map(Side::other));
            assert!((a.chainage_m + b.chainage_m - forward.length_m()).abs() < 1e-3);
        }
    }

    #[test]
    fn a_point_on_the_line_has_no_side() {
        let index = BorderIndex::new(&border(&[(70.0, 34.0), (71.0, 34.5)]));
        let on = index.at(40_000.0);
        let found = index.locate(on);
        assert_eq!(found.side, None);
        assert!((found.chainage_m - 40_000.0).abs() < 1e-3);
    }
}
