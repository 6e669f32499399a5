//! Generalising the arcs of a [`Topology`] without changing how they lie to each other.
//!
//! Each arc is simplified once by the method of D. H. Douglas & T. K. Peucker
//! (1973), Algorithms for the reduction of the number of points required to
//! represent a digitized line or its caricature, Cartographica 10(2), 112–122,
//! <https://doi.org/10.3138/FM57-6770-U75U-7727>, with distances on the
//! ellipsoid. Then faults are looked for among all arcs together (`faults`), and
//! the arcs involved get vertices back until there are none: the idea of
//! A. Saalfeld (1999), Topologically consistent line simplification with the
//! Douglas–Peucker algorithm, Cartography and Geographic Information Science
//! 26(1), 7–18, <https://doi.org/10.1559/152304099782424901>. Rounding happens
//! before the search, so what is written is what was checked.

use super::earth::{self, Centred};
use super::faults::{Chord, faults};
use super::grid::{FINEST, GridPoint};
use super::topology::Topology;

/// How far an arc may move and how it is rounded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerance {
    /// Largest distance of an original vertex from the edge that replaces it, metres.
    pub(super) distance_m: f64,
    /// Decimals of a degree that its vertices are rounded to.
    pub(super) decimals: u8,
}

/// An edge drawn straight in degrees leaves the geodesic by L² tan(φ) / 8R,
/// 1.5 m at 10 km and 37° N. No edge is made longer than this, so that it does
/// not matter which of the two a reader takes.
const LONGEST_EDGE_M: f64 = 10_000.0;

/// A generalised topology: the vertices that each arc keeps, and where they are
/// after rounding.
pub(super) struct Generalised<'a> {
    pub(super) topology: &'a Topology,
    /// For each arc the kept places in its list of vertices, ascending.
    kept: Vec<Vec<usize>>,
    decimals: Vec<u8>,
    centred: Vec<Centred>,
    limits_m: Vec<f64>,
    /// Vertices given back to undo faults.
    pub(super) returned: usize,
}

/// Arcs that meet already in the original, where nothing is left to give back.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("two edges of the original cross or touch at {lon:.7}, {lat:.7}")]
pub(crate) struct NotSimple {
    lon: f64,
    lat: f64,
}

impl<'a> Generalised<'a> {
    /// Simplifies every arc within its tolerance, then undoes all faults.
    ///
    /// # Errors
    /// [`NotSimple`] when the original itself has a fault.
    pub(super) fn new(
        topology: &'a Topology,
        tolerance: impl Fn(usize) -> Tolerance,
    ) -> Result<Generalised<'a>, NotSimple> {
        let tolerances: Vec<Tolerance> = (0..topology.arcs.len()).map(tolerance).collect();
        let mut decimals = vec![0; topology.points.len()];
        for (arc, tolerance) in topology.arcs.iter().zip(&tolerances) {
            for &v in &arc.vertices {
                decimals[v] = tolerance.decimals.max(decimals[v]);
            }
        }
        let mut result = Generalised {
            topology,
            kept: Vec::with_capacity(topology.arcs.len()),
            decimals,
            centred: topology.points.iter().map(|&p| earth::centred(p)).collect(),
            limits_m: tolerances.iter().map(|t| t.distance_m).collect(),
            returned: 0,
        };
        for arc in 0..topology.arcs.len() {
            let kept = result.simplified(arc);
            result.kept.push(kept);
        }
        result.undo_faults()?;
        Ok(result)
    }

    /// Where a vertex is after rounding.
    pub(super) fn rounded(&self, vertex: usize) -> GridPoint {
        self.topology.points[vertex].rounded(self.decimals[vertex])
    }

    /// The vertices that an arc keeps.
    pub(super) fn vertices(&self, arc: usize) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let all = &self.topology.arcs[arc].vertices;
        self.kept[arc].iter().map(move |&i| all[i])
    }

    /// The rounded positions along an arc.
    pub(super) fn positions(&self, arc: usize) -> impl DoubleEndedIterator<Item = GridPoint> + '_ {
        self.vertices(arc).map(|v| self.rounded(v))
    }

    /// The largest distance of an original vertex from the edge that replaces
    /// it, metres, rounding included. The distance to an edge is convex along
    /// another, so no place between vertices is farther: this bounds the
    /// one-way Hausdorff distance from the original.
    pub(super) fn deviation_m(&self, arc: usize) -> f64 {
        let all = &self.topology.arcs[arc].vertices;
        let mut largest = 0.0_f64;
        for chord in self.kept[arc].windows(2) {
            let [a, b] = [chord[0], chord[1]].map(|i| earth::centred(self.rounded(all[i])));
            for &v in &all[chord[0]..=chord[1]] {
                largest = largest.max(earth::to_edge_m(self.centred[v], a, b));
            }
        }
        largest
    }

    /// Douglas–Peucker over a whole arc. A closed arc is cut at the vertex
    /// farthest from its start and keeps at least three different vertices.
    fn simplified(&self, arc: usize) -> Vec<usize> {
        let last = self.topology.arcs[arc].vertices.len() - 1;
        let mut kept = vec![0, last];
        if self.topology.arcs[arc].is_closed() && last >= 3 {
            let middle = self.farthest(arc, 0, last).0;
            kept.push(middle);
            self.split(arc, 0, middle, &mut kept);
            self.split(arc, middle, last, &mut kept);
            if kept.len() == 3 {
                let candidates =
                    [(0, middle), (middle, last)].map(|(i, j)| self.farthest(arc, i, j));
                let [a, b] = candidates;
                kept.push(if a.1 >= b.1 { a.0 } else { b.0 });
            }
        } else {
            self.split(arc, 0, last, &mut kept);
        }
        kept.sort_unstable();
        kept
    }

    /// Adds what lies between two kept places and must be kept too.
    fn split(&self, arc: usize, from: usize, to: usize, kept: &mut Vec<usize>) {
        let mut open = vec![(from, to)];
        while let Some((i, j)) = open.pop() {
            if j - i < 2 {
                continue;
            }
            let (mut at, distance) = self.farthest(arc, i, j);
            let [a, b] = [i, j].map(|k| self.centred[self.topology.arcs[arc].vertices[k]]);
            if distance <= self.limits_m[arc] {
                if earth::distance_m(a, b) <= LONGEST_EDGE_M {
                    continue;
                }
                at = self.middle(arc, i, j);
            }
            kept.push(at);
            open.extend([(i, at), (at, j)]);
        }
    }

    /// The place strictly between two others that is farthest from the edge
    /// between them, and that distance; the first of equals.
    fn farthest(&self, arc: usize, i: usize, j: usize) -> (usize, f64) {
        let at = |k: usize| self.centred[self.topology.arcs[arc].vertices[k]];
        let (a, b) = (at(i), at(j));
        (i + 1..j).fold((i + 1, -1.0), |best, k| {
            let distance = earth::to_edge_m(at(k), a, b);
            if distance > best.1 { (k, distance) } else { best }
        })
    }

    /// The place strictly between two others that parts them most evenly.
    fn middle(&self, arc: usize, i: usize, j: usize) -> usize {
        let at = |k: usize| self.centred[self.topology.arcs[arc].vertices[k]];
        let (a, b) = (at(i), at(j));
        let uneven = |k: usize| (earth::distance_m(at(k), a) - earth::distance_m(at(k), b)).abs();
        (i + 1..j).min_by(|&k, &l| uneven(k).total_cmp(&uneven(l))).unwrap_or(i + 1)
    }

    fn chords(&self) -> Vec<Chord> {
        let mut chords = Vec::new();
        for (arc, kept) in self.kept.iter().enumerate() {
            let all = &self.topology.arcs[arc].vertices;
            chords.extend(kept.windows(2).map(|pair| Chord {
                arc,
                from: pair[0],
                to: pair[1],
                start: all[pair[0]],
                end: all[pair[1]],
                a: self.rounded(all[pair[0]]),
                b: self.rounded(all[pair[1]]),
            }));
        }
        chords
    }

    fn undo_faults(&mut self) -> Result<(), NotSimple> {
        loop {
            let chords = self.chords();
            let found = faults(self.topology, &chords);
            if found.is_empty() {
                return Ok(());
            }
            let mut back: Vec<(usize, usize, usize)> = Vec::new();
            let mut finer: Vec<usize> = Vec::new();
            for fault in &found {
                let involved = fault.chords().iter().map(|&c| &chords[c]);
                let before = back.len();
                back.extend(
                    involved.clone().filter(|c| c.to - c.from > 1).map(|c| (c.arc, c.from, c.to)),
                );
                if back.len() == before {
                    // Nothing lies between: it is the rounding that is at fault.
                    let ends: Vec<usize> = involved.flat_map(|c| [c.start, c.end]).collect();
                    let coarse = ends.iter().filter(|&&v| self.decimals[v] < FINEST);
                    let count = finer.len();
                    finer.extend(coarse);
                    if finer.len() == count {
                        let [lon, lat] = self.topology.points[ends[0]].degrees();
                        return Err(NotSimple { lon, lat });
                    }
                }
            }
            back.sort_unstable();
            back.dedup();
            finer.sort_unstable();
            finer.dedup();
            for (arc, from, to) in back {
                self.give_back(arc, from, to);
            }
            for vertex in finer {
                self.decimals[vertex] += 1;
            }
        }
    }

    /// Returns the farthest vertex between two kept places, and what the
    /// tolerance then asks for on either side of it.
    fn give_back(&mut self, arc: usize, from: usize, to: usize) {
        let (at, _) = self.farthest(arc, from, to);
        let mut added = vec![at];
        self.split(arc, from, at, &mut added);
        self.split(arc, at, to, &mut added);
        self.returned += added.len();
        self.kept[arc].extend(added);
        self.kept[arc].sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{doubled_area, meet, orientation};
    use super::*;
    use geo::{LineString, MultiPolygon, Polygon};

    const COARSE: Tolerance = Tolerance { distance_m: 2_000.0, decimals: 5 };

    fn line(points: &[(f64, f64)]) -> Vec<GridPoint> {
        points.iter().map(|&(x, y)| GridPoint::of(geo::Coord { x, y })).collect()
    }

    fn area(rings: &[&[(f64, f64)]]) -> MultiPolygon<f64> {
        let ring = |r: &&[(f64, f64)]| LineString::from(r.to_vec());
        MultiPolygon(vec![Polygon::new(ring(&rings[0]), rings[1..].iter().map(ring).collect())])
    }

    fn simple(positions: &[GridPoint]) -> bool {
        let edges: Vec<_> = positions.windows(2).collect();
        (0..edges.len()).all(|i| {
            (i + 2..edges.len()).all(|j| !meet(edges[i][0], edges[i][1], edges[j][0], edges[j][1]))
        })
    }

    /// A zigzag whose teeth are 1 km high goes at 2 km and stays at 0.5 km.
    #[test]
    fn keeps_what_the_tolerance_asks_for() {
        let points: Vec<(f64, f64)> =
            (0..9).map(|i| (70.0 + 0.01 * f64::from(i), 34.0 + 0.009 * f64::from(i % 2))).collect();
        let topology = Topology::of_line(&line(&points));
        let coarse = Generalised::new(&topology, |_| COARSE).unwrap();
        assert_eq!(coarse.positions(0).count(), 2);
        assert!((900.0..1_100.0).contains(&coarse.deviation_m(0)));
        let fine = Tolerance { distance_m: 500.0, decimals: 5 };
        let fine = Generalised::new(&topology, |_| fine).unwrap();
        assert_eq!(fine.positions(0).count(), 9);
        assert!(fine.deviation_m(0) < 1.0);
    }

    /// The chord over a bay cuts the tongue that reaches into it.
    #[test]
    fn gives_vertices_back_where_a_line_would_cross_itself() {
        let points = [
            (70.00, 34.000),
            (70.02, 34.012),
            (70.04, 34.000),
            (70.10, 34.000),
            (70.10, 33.900),
            (70.02, 33.900),
            (70.02, 34.008),
            (70.018, 33.900),
            (70.00, 33.900),
        ];
        let topology = Topology::of_line(&line(&points));
        let generalised = Generalised::new(&topology, |_| COARSE).unwrap();
        let positions: Vec<GridPoint> = generalised.positions(0).collect();
        assert!(generalised.returned > 0 && simple(&positions), "{positions:?}");
    }

    /// The chord over the bay would leave the islet on land: nothing crosses,
    /// and yet it would be on the wrong side.
    #[test]
    fn an_islet_stays_on_its_side_of_the_coast() {
        let bay = area(&[&[
            (70.0, 34.0),
            (70.0, 33.9),
            (70.04, 33.9),
            (70.04, 34.0),
            (70.02, 33.985),
            (70.0, 34.0),
        ]]);
        let islet = area(&[&[
            (70.019, 33.992),
            (70.021, 33.992),
            (70.021, 33.994),
            (70.019, 33.994),
            (70.019, 33.992),
        ]]);
        let topology = Topology::of_areas(&[bay, islet], &[]).unwrap();
        let generalised = Generalised::new(&topology, |_| COARSE).unwrap();
        let at = |x, y| GridPoint::of(geo::Coord { x, y });
        assert!(generalised.positions(0).any(|p| p == at(70.02, 33.985)));
        assert_eq!(generalised.positions(1).count(), 4, "the islet keeps three vertices");
    }

    /// Both long sides of a lens between two neighbours become the same chord.
    #[test]
    fn an_area_between_two_nodes_does_not_collapse() {
        let (a, b) = ((70.0, 34.0), (70.1, 34.0));
        let (above, below) = ((70.05, 34.001), (70.05, 33.999));
        let lens = area(&[&[a, below, b, above, a]]);
        let north = area(&[&[a, above, b, (70.1, 34.2), (70.0, 34.2), a]]);
        let south = area(&[&[a, (70.0, 33.8), (70.1, 33.8), b, below, a]]);
        let topology = Topology::of_areas(&[lens, north, south], &[]).unwrap();
        let generalised = Generalised::new(&topology, |_| COARSE).unwrap();
        let ring = super::super::dissolve::walk(&generalised, &topology.faces[0][0][0]);
        assert!(doubled_area(&ring) > 0, "{ring:?}");
    }

    /// At three decimals both prongs of the hairpin lie on one parallel.
    #[test]
    fn rounding_that_folds_a_line_is_made_finer() {
        let hairpin = line(&[(70.0, 34.0), (70.02, 34.000_4), (70.0, 34.000_2)]);
        let topology = Topology::of_line(&hairpin);
        let rough = Tolerance { distance_m: 1.0, decimals: 3 };
        let generalised = Generalised::new(&topology, |_| rough).unwrap();
        let [a, b, c] = [0, 1, 2].map(|v| generalised.rounded(v));
        assert_ne!(orientation(a, b, c), 0);
    }

    /// The second part of Ishkashiem in the original, 120 m long and a hand wide: at five
    /// decimals it would be inside out without any two edges crossing.
    #[test]
    fn slivers_keep_their_sign() {
        let sliver = area(&[&[
            (71.635_206_297, 36.690_106_778),
            (71.634_354_261, 36.690_733_623),
            (71.634_198_507, 36.690_847_361),
            (71.634_337_152, 36.690_745_991),
            (71.635_206_297, 36.690_106_778),
        ]]);
        let topology = Topology::of_areas(&[sliver], &[]).unwrap();
        let generalised = Generalised::new(&topology, |_| COARSE).unwrap();
        let ring: Vec<GridPoint> = generalised.positions(0).collect();
        assert!(doubled_area(&ring) > 0, "{ring:?}");
    }

    #[test]
    fn edges_stay_below_the_longest_and_faults_of_the_original_are_told() {
        let points: Vec<(f64, f64)> =
            (0..=40).map(|i| (70.0 + 0.01 * f64::from(i), 34.0)).collect();
        let topology = Topology::of_line(&line(&points));
        let generalised = Generalised::new(&topology, |_| COARSE).unwrap();
        let centred: Vec<Centred> = generalised.positions(0).map(earth::centred).collect();
        assert!(centred.len() > 3);
        assert!(centred.windows(2).all(|p| earth::distance_m(p[0], p[1]) <= LONGEST_EDGE_M + 2.0));

        let crossed = line(&[(70.0, 34.0), (70.1, 34.1), (70.1, 34.0), (70.0, 34.1)]);
        assert!(Generalised::new(&Topology::of_line(&crossed), |_| COARSE).is_err());
    }
}
