//! [`Topology`]: areas cut into arcs, each shared edge once.
//!
//! Follows the extraction of TopoJSON: a vertex where rings part is a node, the
//! runs of vertices between nodes are arcs, and a ring is a list of arcs, each
//! forwards or backwards (M. Bostock, How to infer topology, 2013,
//! <https://bost.ocks.org/mike/topology/>). Vertices are the same when their
//! coordinates are the same on the grid; nothing is snapped.

use super::grid::GridPoint;
use geo::MultiPolygon;
use std::collections::{BTreeSet, HashMap};

/// An arc as a ring walks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ArcUse {
    pub(super) arc: usize,
    pub(super) backwards: bool,
}

/// A closed walk over arcs.
pub(super) type Ring = Vec<ArcUse>;
/// An outer ring and its holes.
pub(super) type Rings = Vec<Ring>;
/// All polygons of one area.
pub(super) type Face = Vec<Rings>;

/// Vertices from node to node; in a closed arc the first is repeated at the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Arc {
    pub(super) vertices: Vec<usize>,
    /// The area left of the arc, walked forwards.
    pub(super) left: Option<usize>,
    /// The area right of it.
    pub(super) right: Option<usize>,
}

impl Arc {
    pub(super) fn is_closed(&self) -> bool {
        self.vertices.first() == self.vertices.last()
    }
}

/// Areas that share their edges.
#[derive(Clone, Debug, Default)]
pub(super) struct Topology {
    pub(super) points: Vec<GridPoint>,
    pub(super) arcs: Vec<Arc>,
    pub(super) faces: Vec<Face>,
}

/// Two areas lie on the same side of one edge.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "areas {first} and {second} (from 0) both lie on one side of the edge at {lon:.6}, {lat:.6}"
)]
pub(crate) struct Overlap {
    first: usize,
    second: usize,
    lon: f64,
    lat: f64,
}

/// Vertices numbered by coordinate, in order of first appearance.
#[derive(Default)]
struct Vertices {
    points: Vec<GridPoint>,
    number: HashMap<GridPoint, usize>,
}

impl Vertices {
    fn intern(&mut self, p: GridPoint) -> usize {
        *self.number.entry(p).or_insert_with(|| {
            self.points.push(p);
            self.points.len() - 1
        })
    }
}

impl Topology {
    /// Cuts areas into arcs. Vertices in `anchors` become nodes whatever meets there.
    ///
    /// # Errors
    /// [`Overlap`] when an edge is walked twice in the same direction.
    pub(super) fn of_areas(
        areas: &[MultiPolygon<f64>],
        anchors: &[GridPoint],
    ) -> Result<Topology, Overlap> {
        let mut vertices = Vertices::default();
        let rings: Vec<Vec<Vec<Vec<usize>>>> = areas
            .iter()
            .map(|area| {
                let polygon = |p: &geo::Polygon<f64>| {
                    std::iter::once(p.exterior())
                        .chain(p.interiors())
                        .map(|ring| open_ring(&ring.0, &mut vertices))
                        .collect()
                };
                area.0.iter().map(polygon).collect()
            })
            .collect();
        let all = || rings.iter().flatten().flatten();
        let mut is_node = nodes(vertices.points.len(), all());
        for anchor in anchors {
            if let Some(&v) = vertices.number.get(anchor) {
                is_node[v] = true;
            }
        }

        let mut topology = Topology { points: vertices.points, ..Topology::default() };
        // An arc is known by its first step in either direction.
        let mut known: HashMap<(usize, usize), ArcUse> = HashMap::new();
        for (face, polygons) in rings.iter().enumerate() {
            let mut cut_polygons = Vec::with_capacity(polygons.len());
            for polygon in polygons {
                let mut cut_rings = Vec::with_capacity(polygon.len());
                for ring in polygon {
                    cut_rings.push(topology.cut(ring, &is_node, &mut known, face)?);
                }
                cut_polygons.push(cut_rings);
            }
            topology.faces.push(cut_polygons);
        }
        Ok(topology)
    }

    /// One open arc without areas: for a line that is no edge of an area.
    pub(super) fn of_line(line: &[GridPoint]) -> Topology {
        let mut vertices = Vertices::default();
        let arc = line.iter().map(|&p| vertices.intern(p)).collect();
        Topology {
            points: vertices.points,
            arcs: vec![Arc { vertices: arc, left: None, right: None }],
            faces: Vec::new(),
        }
    }

    fn cut(
        &mut self,
        ring: &[usize],
        is_node: &[bool],
        known: &mut HashMap<(usize, usize), ArcUse>,
        face: usize,
    ) -> Result<Ring, Overlap> {
        let n = ring.len();
        let mut starts: Vec<usize> = (0..n).filter(|&i| is_node[ring[i]]).collect();
        if starts.is_empty() {
            // A ring without nodes starts at its smallest vertex, so that both
            // areas beside it cut it alike.
            starts.extend((0..n).min_by_key(|&i| ring[i]));
        }
        let mut uses = Vec::with_capacity(starts.len());
        for (k, &start) in starts.iter().enumerate() {
            let end = starts.get(k + 1).copied().unwrap_or(starts[0] + n);
            let run: Vec<usize> = (start..=end).map(|i| ring[i % n]).collect();
            uses.push(self.arc_of(run, known, face)?);
        }
        Ok(uses)
    }

    fn arc_of(
        &mut self,
        run: Vec<usize>,
        known: &mut HashMap<(usize, usize), ArcUse>,
        face: usize,
    ) -> Result<ArcUse, Overlap> {
        let first_step = (run[0], run[1]);
        let last_step = (run[run.len() - 1], run[run.len() - 2]);
        let found = known.get(&first_step).copied();
        let arc_use = found.unwrap_or_else(|| {
            let arc = self.arcs.len();
            known.insert(first_step, ArcUse { arc, backwards: false });
            known.insert(last_step, ArcUse { arc, backwards: true });
            self.arcs.push(Arc { vertices: run, left: None, right: None });
            ArcUse { arc, backwards: false }
        });
        let arc = &mut self.arcs[arc_use.arc];
        let side = if arc_use.backwards { &mut arc.right } else { &mut arc.left };
        if let Some(first) = side.replace(face) {
            let [lon, lat] = self.points[first_step.0].degrees();
            return Err(Overlap { first, second: face, lon, lat });
        }
        Ok(arc_use)
    }
}

/// The vertices of a ring without the closing one.
fn open_ring(ring: &[geo::Coord<f64>], vertices: &mut Vertices) -> Vec<usize> {
    let mut numbers: Vec<usize> = ring.iter().map(|&c| vertices.intern(GridPoint::of(c))).collect();
    numbers.dedup();
    if numbers.len() > 1 && numbers.first() == numbers.last() {
        numbers.pop();
    }
    numbers
}

/// Which vertices have other than two neighbours.
fn nodes<'a>(count: usize, rings: impl Iterator<Item = &'a Vec<usize>>) -> Vec<bool> {
    let mut neighbours: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    for ring in rings {
        for (i, &v) in ring.iter().enumerate() {
            let next = ring[(i + 1) % ring.len()];
            neighbours[v].insert(next);
            neighbours[next].insert(v);
        }
    }
    neighbours.iter().map(|set| set.len() != 2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{LineString, Polygon};

    fn area(rings: &[&[(f64, f64)]]) -> MultiPolygon<f64> {
        let line = |r: &&[(f64, f64)]| LineString::from(r.to_vec());
        MultiPolygon(vec![Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect())])
    }

    #[test]
    fn two_squares_share_one_arc() {
        let west = area(&[&[(0., 0.), (1., 0.), (1., 1.), (0., 1.), (0., 0.)]]);
        let east = area(&[&[(1., 0.), (2., 0.), (2., 1.), (1., 1.), (1., 0.)]]);
        let topology = Topology::of_areas(&[west, east], &[]).unwrap();
        assert_eq!(topology.arcs.len(), 3);
        let shared: Vec<_> = topology.arcs.iter().filter(|a| a.right.is_some()).collect();
        assert_eq!(shared.len(), 1);
        assert_eq!((shared[0].left, shared[0].right), (Some(0), Some(1)));
        assert_eq!(shared[0].vertices.len(), 2);
    }

    #[test]
    fn an_island_in_a_hole_shares_a_closed_arc_wherever_the_rings_start() {
        let around = area(&[
            &[(0., 0.), (9., 0.), (9., 9.), (0., 9.), (0., 0.)],
            &[(3., 3.), (3., 6.), (6., 6.), (6., 3.), (3., 3.)],
        ]);
        let island = area(&[&[(6., 3.), (6., 6.), (3., 6.), (3., 3.), (6., 3.)]]);
        let topology = Topology::of_areas(&[around, island], &[]).unwrap();
        assert_eq!(topology.arcs.len(), 2);
        assert!(topology.arcs.iter().all(Arc::is_closed));
        assert_eq!((topology.arcs[1].left, topology.arcs[1].right), (Some(0), Some(1)));
    }

    #[test]
    fn anchors_cut_and_overlaps_are_refused() {
        let square = area(&[&[(0., 0.), (1., 0.), (1., 1.), (0., 1.), (0., 0.)]]);
        let at = |x, y| GridPoint::of(geo::Coord { x, y });
        let anchors = [at(0., 0.), at(1., 1.)];
        let topology = Topology::of_areas(std::slice::from_ref(&square), &anchors).unwrap();
        assert_eq!(topology.arcs.len(), 2);
        assert!(Topology::of_areas(&[square.clone(), square], &[]).is_err());
    }
}
