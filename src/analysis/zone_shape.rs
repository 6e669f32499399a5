//! The buffer zones as polygons, by side: for drawing and for other programs.
//! Nothing is counted with them; incidents are counted by their distance
//! ([`zones`](super::zones())) and areas by [`zone_areas`](super::zone_areas).

use super::window::Window;
use super::zone_contour::{between, contours, off_edge_m};
use super::zone_ground::{clip, countries};
use super::zone_seam::{Chain, Knot, chains};
use crate::geodesy::{Extent, LonLat};
use crate::index::{BorderIndex, SNAP_REACH_M, StudyIndex};
use crate::model::Side;
use geo::{Coord, LineString, MultiPolygon, Polygon, unary_union};
use std::collections::BTreeMap;

/// Polygons of the zones.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneShapes {
    /// For left and right: the polygon of each zone, from the line outwards, in
    /// degrees on WGS 84. Rings are closed, exteriors counter-clockwise.
    pub zones: [Vec<MultiPolygon<f64>>; 2],
    /// What they are cut to: [`Window::word`].
    pub window: String,
}

/// Why there are no polygons.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ZoneShapeError {
    /// A break, or the room between two, is too small.
    #[error("zone polygons need zones that are at least {LEAST_BREAK_M} m wide")]
    Narrow,
    /// The line comes in too many parts.
    #[error("zone polygons need a line of at most 500 parts; this one has {0}")]
    Parts(usize),
    /// The sides cannot be parted by curves from end to end.
    #[error(
        "the two sides of this line are not parted by one curve, so their zones have no polygons"
    )]
    Sides,
    /// The zones would run over the date line or a pole.
    #[error("the zones run over the 180th meridian or near a pole, where polygons are not made")]
    Edge,
    /// Rings did not close or the overlay failed.
    #[error("the zone polygons could not be closed")]
    Open,
}

/// Narrower zones are finer than the line, metres.
const LEAST_BREAK_M: f64 = 100.0;
/// A seam meets a contour within this, metres.
const MEETING_M: f64 = 40.0;

/// Polygons of the zones between the breaks (metres, ascending).
///
/// The inner edge of the first zone is the line itself, vertex by vertex;
/// beyond its ends the sides are parted where the line's index parts them.
///
/// # Accuracy
/// Edges between zones are within 10 m of the true distance, edges taken as
/// straight in degrees (tests/zone_shapes.rs). Bays of the outer side that are narrower
/// than 2 km, or a third of the break, may be left out.
///
/// # Errors
/// [`ZoneShapeError`] when the breaks are too narrow or the line is such that
/// its sides are not parted by curves.
pub fn zone_shapes(
    index: &StudyIndex,
    breaks_m: &[f64],
    window: &Window,
) -> Result<ZoneShapes, ZoneShapeError> {
    let from = |i: usize| if i == 0 { 0.0 } else { breaks_m[i - 1] };
    if (0..breaks_m.len()).any(|i| breaks_m[i] - from(i) < LEAST_BREAK_M) {
        return Err(ZoneShapeError::Narrow);
    }
    let widest = breaks_m.iter().copied().fold(SNAP_REACH_M, f64::max);
    let mut levels = breaks_m.to_vec();
    if window.is_countries() && !levels.contains(&SNAP_REACH_M) {
        levels.push(SNAP_REACH_M);
    }
    let outlines = Outlines::new(index, &levels, widest)?;
    let both = Side::BOTH.map(|side| {
        let zone = |i: usize| outlines.region(from(i), breaks_m[i], side);
        (0..breaks_m.len()).map(zone).collect::<Result<Vec<_>, _>>()
    });
    let [left, right] = both;
    let mut zones = [left?, right?];
    match window {
        Window::Everywhere => {}
        Window::Countries => {
            let beside = [
                outlines.region(0.0, SNAP_REACH_M, Side::Left)?,
                outlines.region(0.0, SNAP_REACH_M, Side::Right)?,
            ];
            zones = clip(zones, || countries(index, &beside)).ok_or(ZoneShapeError::Open)?;
        }
        Window::Polygons(polygons) => {
            let shapes = || unary_union(polygons.areas.iter().flat_map(|area| &area.shape));
            zones = clip(zones, shapes).ok_or(ZoneShapeError::Open)?;
        }
    }
    Ok(ZoneShapes { zones, window: window.word().to_owned() })
}

/// Contours and chains, and where they cross.
struct Outlines<'a> {
    line: &'a BorderIndex,
    /// For each level its distance and rings; vertices with the number of the
    /// crossing they are.
    levels: Vec<(f64, Vec<Vec<Mark>>)>,
    /// Chains with the crossings among their knots.
    chains: Vec<Vec<(Knot, Option<usize>)>>,
}

/// A vertex, and which crossing it is.
type Mark = (LonLat, Option<usize>);

impl Outlines<'_> {
    fn new<'a>(
        index: &'a StudyIndex,
        levels: &[f64],
        widest_m: f64,
    ) -> Result<Outlines<'a>, ZoneShapeError> {
        let bounds = bounds(index, widest_m)?;
        let line = &index.line;
        let mut rings: Vec<(f64, Vec<Vec<Mark>>)> = Vec::new();
        for &level in levels {
            let unmarked = contours(line, bounds, level).ok_or(ZoneShapeError::Open)?;
            let marks = |ring: Vec<LonLat>| ring.into_iter().map(|p| (p, None)).collect();
            rings.push((level, unmarked.into_iter().map(marks).collect()));
        }
        let mut count = 0;
        let mut marked = Vec::new();
        for chain in chains(&index.border, line, widest_m + 1.0)? {
            marked.push(crossed(&chain, line, &mut rings, &mut count)?);
        }
        Ok(Outlines { line, levels: rings, chains: marked })
    }

    /// Where the distance is in `from_m..to_m` on a side. Its boundary runs
    /// along contours and chains, the region on its left: where a chain leaves
    /// the region, a contour leads on to where one enters it again.
    fn region(
        &self,
        from_m: f64,
        to_m: f64,
        side: Side,
    ) -> Result<MultiPolygon<f64>, ZoneShapeError> {
        let mut rings: Vec<Vec<Mark>> = Vec::new();
        for (level, all) in &self.levels {
            if *level == to_m {
                rings.extend(all.iter().cloned());
            } else if *level == from_m {
                rings.extend(all.iter().map(|ring| ring.iter().rev().copied().collect()));
            }
        }
        let mut crossing_at: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (r, ring) in rings.iter().enumerate() {
            for (place, mark) in ring.iter().enumerate() {
                crossing_at.extend(mark.1.map(|crossing| (crossing, (r, place))));
            }
        }
        let mut closed: Vec<Vec<LonLat>> = Vec::new();
        let mut pieces: BTreeMap<usize, (Vec<LonLat>, usize)> = BTreeMap::new();
        for chain in &self.chains {
            for mut piece in inside(chain, from_m, to_m) {
                if side == Side::Right {
                    piece.reverse();
                }
                let places: Vec<LonLat> = piece.iter().map(|mark| mark.0).collect();
                match (piece.first().and_then(|m| m.1), piece.last().and_then(|m| m.1)) {
                    (Some(first), Some(last)) => {
                        pieces.insert(first, (places, last));
                    }
                    (None, None) if places.first() == places.last() => closed.push(places),
                    _ => return Err(ZoneShapeError::Sides),
                }
            }
        }
        while let Some((&start, _)) = pieces.first_key_value() {
            let (mut ring, mut at) = (Vec::new(), start);
            loop {
                let (places, end) = pieces.remove(&at).ok_or(ZoneShapeError::Sides)?;
                ring.extend(places);
                let &(r, place) = crossing_at.get(&end).ok_or(ZoneShapeError::Sides)?;
                let onward = rings[r].iter().cycle().skip(place + 1).take(rings[r].len());
                let mut next = None;
                for mark in onward {
                    if mark.1.is_some() {
                        next = mark.1;
                        break;
                    }
                    ring.push(mark.0);
                }
                at = next.ok_or(ZoneShapeError::Sides)?;
                if at == start {
                    break;
                }
            }
            closed.push(ring);
        }
        // Contours that no chain crosses lie on one side as a whole.
        for ring in rings.iter().filter(|ring| ring.iter().all(|mark| mark.1.is_none())) {
            if ring.first().is_some_and(|mark| self.line.locate(mark.0).side == Some(side)) {
                closed.push(ring.iter().map(|mark| mark.0).collect());
            }
        }
        polygons(closed).ok_or(ZoneShapeError::Open)
    }
}

/// The line's extent and the outermost break round it.
fn bounds(index: &StudyIndex, reach_m: f64) -> Result<Extent, ZoneShapeError> {
    let line = index.border.parts().iter().flatten().copied();
    let line = Extent::around(line).ok_or(ZoneShapeError::Sides)?;
    let lat_deg = reach_m / 110_500.0 + 0.1;
    let farthest = line.north.abs().max(line.south.abs()) + lat_deg;
    let lon_deg = reach_m / 110_500.0 / farthest.to_radians().cos().max(1e-3) + 0.1;
    let bounds = Extent {
        west: line.west - lon_deg,
        south: line.south - lat_deg,
        east: line.east + lon_deg,
        north: line.north + lat_deg,
    };
    let fits = bounds.west > -179.0 && bounds.east < 179.0 && farthest < 85.0;
    fits.then_some(bounds).ok_or(ZoneShapeError::Edge)
}

/// A chain with a knot wherever it crosses a contour; the same place becomes a
/// vertex of the contour.
fn crossed(
    chain: &Chain,
    line: &BorderIndex,
    levels: &mut [(f64, Vec<Vec<Mark>>)],
    count: &mut usize,
) -> Result<Vec<(Knot, Option<usize>)>, ZoneShapeError> {
    let mut marked = Vec::new();
    for pair in chain.windows(2) {
        marked.push((pair[0], None));
        let (low, high) = (pair[0].1.min(pair[1].1), pair[0].1.max(pair[1].1));
        let mut here: Vec<usize> =
            (0..levels.len()).filter(|&i| low < levels[i].0 && levels[i].0 <= high).collect();
        here.sort_by(|&a, &b| levels[a].0.total_cmp(&levels[b].0));
        if pair[0].1 > pair[1].1 {
            here.reverse();
        }
        for level in here {
            let at_m = levels[level].0;
            let place = meeting(line, *pair.first().unwrap_or(&pair[1]), pair[1], at_m);
            join(&mut levels[level].1, place, *count)?;
            marked.push(((place, at_m), Some(*count)));
            *count += 1;
        }
    }
    marked.extend(chain.last().map(|&knot| (knot, None)));
    Ok(marked)
}

/// Where the distance is `at_m` between two places of a seam.
fn meeting(line: &BorderIndex, from: Knot, to: Knot, at_m: f64) -> LonLat {
    let outwards = from.1 < to.1;
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        let below = line.locate(between(from.0, to.0, middle)).distance_m < at_m;
        if below == outwards { low = middle } else { high = middle }
    }
    between(from.0, to.0, high)
}

/// Makes a place a vertex of the ring it lies on.
fn join(rings: &mut [Vec<Mark>], place: LonLat, crossing: usize) -> Result<(), ZoneShapeError> {
    let mut best: Option<(f64, usize, usize)> = None;
    for (r, ring) in rings.iter().enumerate() {
        for i in 0..ring.len() {
            let (off, _) = off_edge_m(place, ring[i].0, ring[(i + 1) % ring.len()].0);
            if best.is_none_or(|(least, ..)| off < least) {
                best = Some((off, r, i));
            }
        }
    }
    match best.filter(|(off, ..)| *off < MEETING_M) {
        Some((_, r, i)) => {
            rings[r].insert(i + 1, (place, Some(crossing)));
            Ok(())
        }
        None => Err(ZoneShapeError::Sides),
    }
}

/// The parts of a chain at distances in `from_m..to_m`, each from crossing to
/// crossing.
fn inside(chain: &[(Knot, Option<usize>)], from_m: f64, to_m: f64) -> Vec<Vec<Mark>> {
    let mut pieces: Vec<Vec<Mark>> = Vec::new();
    let mut open = false;
    for pair in chain.windows(2) {
        let ([a, b], middle) = ([&pair[0], &pair[1]], 0.5 * (pair[0].0.1 + pair[1].0.1));
        let here = (middle > from_m || (from_m == 0.0 && middle >= 0.0)) && middle < to_m;
        if here {
            // A crossing of another level is a vertex like any.
            let mark = |knot: &(Knot, Option<usize>)| {
                (knot.0.0, knot.1.filter(|_| knot.0.1 == from_m || knot.0.1 == to_m))
            };
            if !open {
                pieces.push(vec![mark(a)]);
            }
            if let Some(piece) = pieces.last_mut() {
                piece.push(mark(b));
            }
        }
        open = here;
    }
    pieces
}

/// Rings as polygons: counter-clockwise ones are exteriors, the others are
/// holes of the smallest exterior round them.
fn polygons(rings: Vec<Vec<LonLat>>) -> Option<MultiPolygon<f64>> {
    let mut exteriors: Vec<(f64, LineString<f64>, Vec<LineString<f64>>)> = Vec::new();
    let mut holes = Vec::new();
    for mut ring in rings {
        ring.dedup();
        if ring.first() == ring.last() {
            ring.pop();
        }
        if ring.len() < 3 {
            continue;
        }
        let mut line: LineString<f64> =
            ring.iter().map(|p| Coord { x: p.lon(), y: p.lat() }).collect();
        line.close();
        let area = twice_area(&line);
        if area > 0.0 {
            exteriors.push((area, line, Vec::new()));
        } else {
            holes.push(line);
        }
    }
    for hole in holes {
        let place = *hole.0.first()?;
        let (.., own) = exteriors
            .iter_mut()
            .filter(|(_, ring, _)| holds(ring, place))
            .min_by(|a, b| a.0.total_cmp(&b.0))?;
        own.push(hole);
    }
    let polygon = |(_, ring, holes)| Polygon::new(ring, holes);
    Some(MultiPolygon(exteriors.into_iter().map(polygon).collect()))
}

fn twice_area(ring: &LineString<f64>) -> f64 {
    ring.lines().map(|l| l.start.x * l.end.y - l.end.x * l.start.y).sum()
}

/// Whether a ring goes round a place (crossings of a ray to the east).
fn holds(ring: &LineString<f64>, p: Coord<f64>) -> bool {
    let crosses = |l: &geo::Line<f64>| {
        (l.start.y > p.y) != (l.end.y > p.y)
            && p.x < l.start.x + (p.y - l.start.y) / (l.end.y - l.start.y) * (l.end.x - l.start.x)
    };
    ring.lines().filter(crosses).count() % 2 == 1
}
