//! Looking for what simplifying and rounding broke: edges that now cross,
//! touch or coincide, and vertices that changed sides.
//!
//! All arcs are tested together against an R*-tree of their edges; predicates
//! are exact on the grid.

use super::grid::{self, GridPoint};
use super::topology::{ArcUse, Topology};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::BTreeMap;

/// An edge of a generalised arc, and the run of original vertices it replaces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chord {
    pub(super) arc: usize,
    /// Places in the arc's list of vertices.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Vertices at the ends, and where they are after rounding.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) a: GridPoint,
    pub(super) b: GridPoint,
}

impl Chord {
    /// Its share of twice the area of a ring that it belongs to.
    fn moment(&self) -> i128 {
        i128::from(self.a.x) * i128::from(self.b.y) - i128::from(self.b.x) * i128::from(self.a.y)
    }
}

/// A fault, by places in the list of chords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Two edges have more in common than an end.
    Meet([usize; 2]),
    /// A vertex of the result lies between an edge and the run it replaces.
    SideChange(usize),
    /// A ring of an area is flat or inside out: these are its edges.
    Inverted(Vec<usize>),
}

impl Fault {
    /// The chords at fault.
    pub(super) fn chords(&self) -> &[usize] {
        match self {
            Fault::Meet(pair) => pair,
            Fault::SideChange(chord) => std::slice::from_ref(chord),
            Fault::Inverted(ring) => ring,
        }
    }
}

/// All faults, in the order of the chords.
pub(super) fn faults(topology: &Topology, chords: &[Chord]) -> Vec<Fault> {
    let mut found = meetings(chords);
    found.extend(side_changes(topology, chords));
    found.extend(inversions(topology, chords));
    found
}

fn rectangle(points: impl IntoIterator<Item = GridPoint>) -> AABB<[f64; 2]> {
    // Whole numbers below 2^53 are exact in f64, so boxes are exact too.
    let corners: Vec<[f64; 2]> = points.into_iter().map(|p| [p.x as f64, p.y as f64]).collect();
    AABB::from_points(corners.iter())
}

fn meetings(chords: &[Chord]) -> Vec<Fault> {
    let boxes = chords.iter().enumerate().map(|(i, c)| {
        let corner = |p: GridPoint| [p.x as f64, p.y as f64];
        GeomWithData::new(Rectangle::from_corners(corner(c.a), corner(c.b)), i)
    });
    let tree = RTree::bulk_load(boxes.collect());
    let mut found = Vec::new();
    for (i, chord) in chords.iter().enumerate() {
        let mut partners: Vec<usize> = tree
            .locate_in_envelope_intersecting(rectangle([chord.a, chord.b]))
            .map(|other| other.data)
            .filter(|&j| j > i && meet_wrongly(chord, &chords[j]))
            .collect();
        if chord.a == chord.b {
            partners.push(i);
        }
        partners.sort_unstable();
        found.extend(partners.into_iter().map(|j| Fault::Meet([i, j])));
    }
    found
}

/// Whether two edges have more in common than an end that is one vertex.
fn meet_wrongly(c: &Chord, d: &Chord) -> bool {
    let shared = [(c.start, c.a, c.b), (c.end, c.b, c.a)].into_iter().flat_map(|(v, at, far)| {
        [(d.start, d.b), (d.end, d.a)]
            .into_iter()
            .filter(move |&(w, _)| w == v)
            .map(move |(_, other)| (at, far, other))
    });
    let mut count = 0;
    for (at, far, other) in shared {
        count += 1;
        if grid::same_direction(at, far, other) {
            return true;
        }
    }
    match count {
        0 => grid::meet(c.a, c.b, d.a, d.b),
        1 => false,
        _ => true,
    }
}

fn side_changes(topology: &Topology, chords: &[Chord]) -> Vec<Fault> {
    let mut kept: BTreeMap<usize, ()> = BTreeMap::new();
    for chord in chords {
        kept.insert(chord.start, ());
        kept.insert(chord.end, ());
    }
    let points = kept.keys().map(|&v| {
        let p = topology.points[v];
        GeomWithData::new([p.x as f64, p.y as f64], v)
    });
    let tree = RTree::bulk_load(points.collect());
    let mut found = Vec::new();
    for (i, chord) in chords.iter().enumerate() {
        if chord.to - chord.from < 2 {
            continue;
        }
        let run = &topology.arcs[chord.arc].vertices[chord.from..=chord.to];
        let ring: Vec<GridPoint> = run.iter().map(|&v| topology.points[v]).collect();
        let caught = tree
            .locate_in_envelope(rectangle(ring.iter().copied()))
            .any(|p| !run.contains(&p.data) && grid::inside(&ring, topology.points[p.data]));
        if caught {
            found.push(Fault::SideChange(i));
        }
    }
    found
}

/// Rings whose area has the wrong sign. Rounding can turn a sliver inside out
/// without any two of its edges crossing.
fn inversions(topology: &Topology, chords: &[Chord]) -> Vec<Fault> {
    let mut of_arc: Vec<Vec<usize>> = vec![Vec::new(); topology.arcs.len()];
    for (i, chord) in chords.iter().enumerate() {
        of_arc[chord.arc].push(i);
    }
    let mut found = Vec::new();
    for rings in topology.faces.iter().flatten() {
        for (place, ring) in rings.iter().enumerate() {
            let edge_sum = |step: &ArcUse| -> i128 {
                let sum: i128 = of_arc[step.arc].iter().map(|&i| chords[i].moment()).sum();
                if step.backwards { -sum } else { sum }
            };
            let doubled: i128 = ring.iter().map(edge_sum).sum();
            let is_outer = place == 0;
            if doubled == 0 || (doubled > 0) != is_outer {
                let involved = ring.iter().flat_map(|step| of_arc[step.arc].iter().copied());
                found.push(Fault::Inverted(involved.collect()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord(start: usize, end: usize, a: (i64, i64), b: (i64, i64)) -> Chord {
        let p = |(x, y)| GridPoint { x, y };
        Chord { arc: 0, from: 0, to: 1, start, end, a: p(a), b: p(b) }
    }

    #[test]
    fn edges_may_share_an_end_and_nothing_else() {
        let base = chord(0, 1, (0, 0), (10, 0));
        assert!(!meet_wrongly(&base, &chord(1, 2, (10, 0), (20, 0))));
        assert!(meet_wrongly(&base, &chord(1, 2, (10, 0), (5, 0))));
        assert!(meet_wrongly(&base, &chord(1, 0, (10, 0), (0, 0))));
        assert!(meet_wrongly(&base, &chord(2, 3, (10, 0), (20, 5))));
        assert!(meet_wrongly(&base, &chord(2, 3, (5, -5), (5, 5))));
        assert!(!meet_wrongly(&base, &chord(2, 3, (5, 1), (5, 5))));
    }
}
