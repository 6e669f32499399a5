//! The border out of its sources: the part of a country's outline between the
//! two tripoints, or the parts of a line layer merged.

use super::earth;
use super::grid::GridPoint;
use super::topology::Topology;
use crate::geodesy::LonLat;
use crate::io::{Feature, Shape};
use geo::{Coord, LineString, MultiPolygon};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where Afghanistan, Iran and Pakistan meet, as a position to look near.
const IRANIAN_END: Coord<f64> = Coord { x: 60.8733, y: 29.8586 };
/// Where Afghanistan, China and Pakistan meet.
const WAKHAN_END: Coord<f64> = Coord { x: 74.5642, y: 37.0310 };

/// Which way an outline runs along the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outline {
    /// Counter-clockwise round Afghanistan, so with Afghanistan on the left.
    Afghan,
    /// Counter-clockwise round Pakistan.
    Pakistani,
}

fn squared(p: GridPoint, c: Coord<f64>) -> f64 {
    // Degrees of longitude are shorter; which vertex is nearest is what counts.
    let [lon, lat] = p.degrees();
    ((lon - c.x) * c.y.to_radians().cos()).powi(2) + (lat - c.y).powi(2)
}

fn nearest(ring: &[GridPoint], c: Coord<f64>) -> Option<usize> {
    (0..ring.len()).min_by(|&i, &j| squared(ring[i], c).total_cmp(&squared(ring[j], c)))
}

/// The longest ring, by vertices, of those edges that only one area has:
/// the outline of the areas together, closed. Empty without areas.
pub(super) fn outline(areas: &[MultiPolygon<f64>]) -> Vec<GridPoint> {
    let rings =
        areas.iter().flatten().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let mut edges: BTreeSet<(GridPoint, GridPoint)> = BTreeSet::new();
    for ring in rings {
        for edge in grid_points(ring).windows(2) {
            if !edges.remove(&(edge[1], edge[0])) {
                edges.insert((edge[0], edge[1]));
            }
        }
    }
    let mut next: BTreeMap<GridPoint, GridPoint> = edges.into_iter().collect();
    let mut longest = Vec::new();
    while let Some((start, _)) = next.first_key_value().map(|(&a, &b)| (a, b)) {
        let mut ring = vec![start];
        while let Some(p) = ring.last().and_then(|p| next.remove(p)) {
            ring.push(p);
        }
        if ring.len() > longest.len() {
            longest = ring;
        }
    }
    longest
}

/// The vertices of a line or ring on the grid.
fn grid_points(line: &LineString<f64>) -> Vec<GridPoint> {
    let mut points: Vec<GridPoint> = line.0.iter().map(|&c| GridPoint::of(c)).collect();
    points.dedup();
    points
}

/// The part of a closed counter-clockwise ring between the vertices nearest to
/// the tripoints, from the Iranian end, Afghanistan on its left.
pub(super) fn edge(ring: &[GridPoint], outline: Outline) -> Vec<GridPoint> {
    let open = &ring[..ring.len().saturating_sub(1)];
    let (Some(iran), Some(wakhan)) = (nearest(open, IRANIAN_END), nearest(open, WAKHAN_END)) else {
        return Vec::new();
    };
    let (from, to) = match outline {
        Outline::Afghan => (iran, wakhan),
        Outline::Pakistani => (wakhan, iran),
    };
    let steps = (to + open.len() - from) % open.len();
    let mut edge: Vec<GridPoint> = (0..=steps).map(|k| open[(from + k) % open.len()]).collect();
    if outline == Outline::Pakistani {
        edge.reverse();
    }
    edge
}

/// Whether two lines have the same vertices to within a metre: the publisher's
/// levels agree to nine decimals at most vertices and to 0.3 m at the worst.
pub(super) fn agree(a: &[GridPoint], b: &[GridPoint]) -> bool {
    let near =
        |p: GridPoint, q: GridPoint| earth::distance_m(earth::centred(p), earth::centred(q)) < 1.0;
    a.len() == b.len() && a.iter().zip(b).all(|(&p, &q)| near(p, q))
}

/// The arcs that make up a line on the outside of a topology, from its start,
/// each walked forwards; `None` when the line is not made of whole arcs.
pub(super) fn arcs(topology: &Topology, line: &[GridPoint]) -> Option<Vec<usize>> {
    let place: HashMap<GridPoint, usize> = line.iter().enumerate().map(|(i, &p)| (p, i)).collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (arc, known) in topology.arcs.iter().enumerate() {
        let [a, b] = [0, 1].map(|i| place.get(&topology.points[known.vertices[i]]).copied());
        if let (Some(a), Some(b), None) = (a, b, known.right)
            && b == a + 1
        {
            found.push((a, arc));
        }
    }
    found.sort_unstable();
    let arcs: Vec<usize> = found.into_iter().map(|(_, arc)| arc).collect();
    let mut walked: Vec<GridPoint> = Vec::new();
    for &arc in &arcs {
        walked.pop();
        walked.extend(topology.arcs[arc].vertices.iter().map(|&v| topology.points[v]));
    }
    (walked == line).then_some(arcs)
}

/// The border among Natural Earth's boundary lines.
pub(super) fn between_countries(features: &[Feature]) -> Option<Vec<GridPoint>> {
    let is =
        |f: &Feature, key: &str, value: &str| f.properties.get(key).is_some_and(|v| v == value);
    let parts: Vec<Vec<LonLat>> = features
        .iter()
        .filter(|f| is(f, "adm0_a3_l", "AFG") && is(f, "adm0_a3_r", "PAK"))
        .flat_map(|f| match &f.shape {
            Shape::Lines(lines) => lines.clone(),
            _ => Vec::new(),
        })
        .collect();
    merge(&parts)
}

/// Parts that continue each other end to end, merged to one line that starts
/// at its Iranian end; `None` when they do not make one line.
fn merge(parts: &[Vec<LonLat>]) -> Option<Vec<GridPoint>> {
    let parts: Vec<Vec<GridPoint>> = parts
        .iter()
        .map(|part| part.iter().map(|p| GridPoint::of(Coord { x: p.lon(), y: p.lat() })).collect())
        .collect();
    let starting: HashMap<GridPoint, usize> =
        parts.iter().enumerate().filter_map(|(i, p)| Some((*p.first()?, i))).collect();
    let mut followed = vec![false; parts.len()];
    for part in &parts {
        if let Some(&next) = part.last().and_then(|end| starting.get(end)) {
            followed[next] = true;
        }
    }
    let mut line: Vec<GridPoint> = Vec::new();
    let mut next = followed.iter().position(|&f| !f);
    let mut used = 0;
    while let Some(i) = next.filter(|_| used < parts.len()) {
        line.pop();
        line.extend(&parts[i]);
        used += 1;
        next = line.last().and_then(|end| starting.get(end)).copied();
    }
    if used != parts.len() {
        return None;
    }
    let (first, last) = (*line.first()?, *line.last()?);
    if squared(first, IRANIAN_END) > squared(last, IRANIAN_END) {
        line.reverse();
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A triangle with the two tripoints for corners and a third corner in the
    /// south-east: the short side is the border.
    fn ring(third: (f64, f64)) -> Vec<GridPoint> {
        let (i, w) = (IRANIAN_END, WAKHAN_END);
        let ring = vec![(i.x, i.y), (70.0, 33.0), (w.x, w.y), third, (i.x, i.y)];
        grid_points(&LineString::from(ring))
    }

    #[test]
    fn both_outlines_give_the_edge_in_the_same_direction() {
        let afghan = edge(&ring((63.0, 36.0)), Outline::Afghan);
        let mut clockwise = ring((70.0, 25.0));
        clockwise.reverse();
        let pakistani = edge(&clockwise, Outline::Pakistani);
        assert_eq!(afghan.len(), 3);
        assert_eq!(afghan, pakistani);
        assert_eq!(afghan[0], GridPoint::of(IRANIAN_END));
    }

    #[test]
    fn parts_in_any_order_become_one_line() {
        let at = |(lon, lat): (f64, f64)| LonLat::new(lon, lat).unwrap();
        let part = |a: (f64, f64), b: (f64, f64)| vec![at(a), at(b)];
        let (i, m, w) = ((60.8, 29.8), (70.0, 33.0), (74.5, 37.0));
        let line = merge(&[part(m, w), part(i, m)]).unwrap();
        assert_eq!(line.len(), 3);
        assert_eq!(line[0].degrees(), [60.8, 29.8]);
        assert!(merge(&[part(m, w), part(i, (1.0, 1.0))]).is_none());
    }
}
