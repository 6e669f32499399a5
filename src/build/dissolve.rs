//! From arcs back to areas, and several areas to one.

use super::generalise::Generalised;
use super::grid::{GridPoint, doubled_area, inside};
use super::topology::{ArcUse, Face, Ring};
use std::collections::{BTreeMap, BTreeSet};

/// A ring as positions, closed.
pub(super) type ClosedRing = Vec<GridPoint>;
/// An outer ring and its holes.
pub(super) type PolygonRings = Vec<ClosedRing>;

/// The positions along a ring of arcs, closed.
pub(super) fn walk(generalised: &Generalised, ring: &[ArcUse]) -> ClosedRing {
    let mut positions: ClosedRing = Vec::new();
    for step in ring {
        positions.pop();
        if step.backwards {
            positions.extend(generalised.positions(step.arc).rev());
        } else {
            positions.extend(generalised.positions(step.arc));
        }
    }
    positions
}

/// The polygons of one area.
pub(super) fn polygons(generalised: &Generalised, face: &Face) -> Vec<PolygonRings> {
    face.iter().map(|rings| rings.iter().map(|ring| walk(generalised, ring)).collect()).collect()
}

/// The union of areas: arcs with a member on either side fall out, the rest is
/// linked to rings again. Parts come in order of area, largest first.
pub(super) fn dissolve(generalised: &Generalised, members: &BTreeSet<usize>) -> Vec<PolygonRings> {
    let is_member = |face: Option<usize>| face.is_some_and(|f| members.contains(&f));
    let mut steps: Vec<ArcUse> = Vec::new();
    for (arc, known) in generalised.topology.arcs.iter().enumerate() {
        match (is_member(known.left), is_member(known.right)) {
            (true, false) => steps.push(ArcUse { arc, backwards: false }),
            (false, true) => steps.push(ArcUse { arc, backwards: true }),
            _ => {}
        }
    }
    let rings = link(generalised, &steps);
    nest(rings.iter().map(|ring| walk(generalised, ring)).collect())
}

fn ends(generalised: &Generalised, step: ArcUse) -> (usize, usize) {
    let vertices = &generalised.topology.arcs[step.arc].vertices;
    let (first, last) = (vertices[0], vertices[vertices.len() - 1]);
    if step.backwards { (last, first) } else { (first, last) }
}

/// Links steps to rings. Where several leave a node, the one next in clockwise
/// order after the way back bounds the same wedge of the interior; a ring that
/// comes through a node again is split there.
fn link(generalised: &Generalised, steps: &[ArcUse]) -> Vec<Ring> {
    let mut leaving: BTreeMap<usize, Vec<ArcUse>> = BTreeMap::new();
    for &step in steps {
        leaving.entry(ends(generalised, step).0).or_default().push(step);
    }
    let mut rings = Vec::new();
    for &first in steps {
        let mut path: Vec<ArcUse> = Vec::new();
        let mut next = take(&mut leaving, ends(generalised, first).0, |s| s == first);
        while let Some(step) = next {
            path.push(step);
            let node = ends(generalised, step).1;
            if let Some(at) = path.iter().position(|&s| ends(generalised, s).0 == node) {
                rings.push(path.split_off(at));
                if path.is_empty() {
                    break;
                }
            }
            next = clockwise_after(generalised, step, leaving.get(&node))
                .and_then(|chosen| take(&mut leaving, node, |s| s == chosen));
        }
    }
    rings
}

fn take(
    leaving: &mut BTreeMap<usize, Vec<ArcUse>>,
    node: usize,
    wanted: impl Fn(ArcUse) -> bool,
) -> Option<ArcUse> {
    let steps = leaving.get_mut(&node)?;
    let at = steps.iter().position(|&s| wanted(s))?;
    Some(steps.remove(at))
}

fn clockwise_after(
    generalised: &Generalised,
    step: ArcUse,
    leaving: Option<&Vec<ArcUse>>,
) -> Option<ArcUse> {
    let leaving = leaving?;
    if leaving.len() < 2 {
        return leaving.first().copied();
    }
    let back = heading(generalised, ArcUse { backwards: !step.backwards, ..step });
    let turn = |s: &ArcUse| {
        let clockwise = back - heading(generalised, *s);
        clockwise.rem_euclid(std::f64::consts::TAU)
    };
    leaving.iter().copied().min_by(|s, t| turn(s).total_cmp(&turn(t)))
}

/// The direction in which a step leaves its first vertex, radians from east.
fn heading(generalised: &Generalised, step: ArcUse) -> f64 {
    let positions: Vec<GridPoint> = if step.backwards {
        generalised.positions(step.arc).rev().take(2).collect()
    } else {
        generalised.positions(step.arc).take(2).collect()
    };
    match positions[..] {
        [a, b] => ((b.y - a.y) as f64).atan2((b.x - a.x) as f64),
        _ => 0.0,
    }
}

/// Puts holes (clockwise) into the smallest outer ring around them.
fn nest(rings: Vec<ClosedRing>) -> Vec<PolygonRings> {
    let (mut outer, mut holes): (Vec<_>, Vec<_>) =
        rings.into_iter().partition(|ring| doubled_area(ring) > 0);
    outer.sort_by_key(|ring| std::cmp::Reverse(doubled_area(ring)));
    holes.sort_by_key(|ring| doubled_area(ring));
    let mut polygons: Vec<PolygonRings> = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in holes {
        // A hole may touch its outer ring at a vertex, which the even-odd rule
        // leaves open; most of its vertices decide.
        let home = polygons.iter_mut().rev().find(|polygon| {
            let within = hole.iter().filter(|&&p| inside(&polygon[0], p)).count();
            2 * within > hole.len()
        });
        if let Some(polygon) = home {
            polygon.push(hole);
        }
    }
    polygons
}

#[cfg(test)]
mod tests {
    use super::super::generalise::Tolerance;
    use super::super::topology::Topology;
    use super::*;
    use geo::{LineString, MultiPolygon, Polygon};

    const EXACT: Tolerance = Tolerance { distance_m: 0.0, decimals: 9 };

    fn square(west: f64, south: f64, size: f64) -> MultiPolygon<f64> {
        let (e, n) = (west + size, south + size);
        let ring = vec![(west, south), (e, south), (e, n), (west, n), (west, south)];
        MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])])
    }

    fn united(areas: &[MultiPolygon<f64>], members: &[usize]) -> Vec<PolygonRings> {
        let topology = Topology::of_areas(areas, &[]).unwrap();
        let generalised = Generalised::new(&topology, |_| EXACT).unwrap();
        dissolve(&generalised, &members.iter().copied().collect())
    }

    #[test]
    fn neighbours_become_one_and_what_they_enclose_a_hole() {
        // Eight squares round a ninth.
        let cells: Vec<MultiPolygon<f64>> = (0..9)
            .map(|i| square(70.0 + 0.01 * f64::from(i % 3), 34.0 + 0.01 * f64::from(i / 3), 0.01))
            .collect();
        let all = united(&cells, &[0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [1]);
        let around = united(&cells, &[0, 1, 2, 3, 5, 6, 7, 8]);
        assert_eq!(around.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
        let sum: i128 = around[0].iter().map(|ring| doubled_area(ring)).sum();
        assert_eq!(sum, 8 * doubled_area(&united(&cells, &[4])[0][0]));
    }

    #[test]
    fn areas_that_touch_at_a_corner_stay_apart_and_do_not_cross() {
        let cells: Vec<MultiPolygon<f64>> = [(0, 0), (1, 0), (0, 1), (1, 1)]
            .iter()
            .map(|&(i, j)| square(70.0 + 0.01 * f64::from(i), 34.0 + 0.01 * f64::from(j), 0.01))
            .collect();
        let corners = united(&cells, &[0, 3]);
        assert_eq!(corners.len(), 2);
        assert!(corners.iter().all(|p| p.len() == 1 && p[0].len() == 5));
    }

    #[test]
    fn a_hole_that_touches_its_outer_ring_is_a_hole_all_the_same() {
        // Three by three without the middle and one corner: ring and hole
        // share a vertex.
        let cells: Vec<MultiPolygon<f64>> = (0..9)
            .map(|i| square(70.0 + 0.01 * f64::from(i % 3), 34.0 + 0.01 * f64::from(i / 3), 0.01))
            .collect();
        let shape = united(&cells, &[1, 2, 3, 5, 6, 7, 8]);
        assert_eq!(shape.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
        let sum: i128 = shape[0].iter().map(|ring| doubled_area(ring)).sum();
        assert_eq!(sum, 7 * doubled_area(&united(&cells, &[4])[0][0]));
    }
}
