//! [`Coverage`]: areas that share edges, each edge once.
//!
//! Two neighbours hold the same vertices along their common edge. Drawn ring by
//! ring that edge would be stroked twice and thinned in two ways; here rings
//! are cut into arcs at the vertices where more than two edges meet (as in
//! TopoJSON), and an arc knows which areas it bounds.

use super::scene::{Pt, pt};
use std::collections::HashMap;

/// A stretch of edge between two junctions, or a whole ring without any.
#[derive(Clone, Debug, PartialEq)]
pub struct Arc {
    /// Its vertices; the first and last are equal for a whole ring.
    pub points: Vec<Pt>,
    /// The areas it bounds, ascending: one at the outer edge, two inside.
    pub owners: Vec<usize>,
}

/// Areas cut into arcs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Every edge once, in the order in which the rings bring them.
    pub arcs: Vec<Arc>,
}

/// A vertex's own identity: equal coordinates to the bit. Neighbours come from
/// one layer, so their common vertices are equal so.
type Key = (u64, u64);

fn key(p: Pt) -> Key {
    // Adding zero makes −0 and 0 one.
    ((p.x + 0.0).to_bits(), (p.y + 0.0).to_bits())
}

impl Coverage {
    /// From rings (closed or open) with the index of the area each belongs to.
    /// The coordinates may be degrees or points of a page.
    pub fn new(rings: &[(usize, Vec<Pt>)]) -> Coverage {
        let rings: Vec<(usize, Vec<Pt>)> = rings
            .iter()
            .map(|(owner, ring)| (*owner, open(ring)))
            .filter(|(_, r)| r.len() > 2)
            .collect();
        let junction = junctions(&rings);
        let mut arcs: Vec<Arc> = Vec::new();
        let mut known: HashMap<(Key, Key, Key, usize), usize> = HashMap::new();
        for (owner, ring) in &rings {
            for points in cut(ring, &junction) {
                let points = canonical(points);
                // Two arcs between the same junctions differ in their second vertex.
                let name =
                    (key(points[0]), key(points[1]), key(points[points.len() - 1]), points.len());
                let at = *known.entry(name).or_insert_with(|| {
                    arcs.push(Arc { points, owners: Vec::new() });
                    arcs.len() - 1
                });
                if !arcs[at].owners.contains(owner) {
                    arcs[at].owners.push(*owner);
                }
            }
        }
        for arc in &mut arcs {
            arc.owners.sort_unstable();
        }
        Coverage { arcs }
    }

    /// The outline of a union of areas as open rings, for the even-odd rule:
    /// arcs that bound an odd number of them, chained. How arcs are chained
    /// where outlines touch does not matter to that rule.
    pub fn outline(&self, of: impl Fn(usize) -> bool) -> Vec<Vec<Pt>> {
        let edge: Vec<&Arc> = self
            .arcs
            .iter()
            .filter(|arc| arc.owners.iter().filter(|o| of(**o)).count() % 2 == 1)
            .collect();
        let mut at: HashMap<Key, Vec<usize>> = HashMap::new();
        for (i, arc) in edge.iter().enumerate() {
            at.entry(key(arc.points[0])).or_default().push(i);
            at.entry(key(arc.points[arc.points.len() - 1])).or_default().push(i);
        }
        let mut used = vec![false; edge.len()];
        let mut rings = Vec::new();
        for first in 0..edge.len() {
            if used[first] {
                continue;
            }
            used[first] = true;
            let mut ring = edge[first].points.clone();
            while key(ring[0]) != key(ring[ring.len() - 1]) {
                let end = key(ring[ring.len() - 1]);
                let next = at.get(&end).and_then(|list| list.iter().copied().find(|i| !used[*i]));
                let Some(next) = next else { break };
                used[next] = true;
                let points = &edge[next].points;
                if key(points[0]) == end {
                    ring.extend_from_slice(&points[1..]);
                } else {
                    ring.extend(points.iter().rev().skip(1));
                }
            }
            ring = open(&ring);
            if ring.len() > 2 {
                rings.push(ring);
            }
        }
        rings
    }
}

/// Without the repeated last vertex and without repeats in a row.
fn open(ring: &[Pt]) -> Vec<Pt> {
    let mut ring: Vec<Pt> = ring.to_vec();
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

/// Whether a vertex has more than two different neighbours over all rings.
fn junctions(rings: &[(usize, Vec<Pt>)]) -> HashMap<Key, bool> {
    // At most two neighbours are remembered; a third makes a junction.
    let mut seen: HashMap<Key, (Key, Key, bool)> = HashMap::new();
    for (_, ring) in rings {
        let n = ring.len();
        for i in 0..n {
            let (a, b) = (key(ring[(i + n - 1) % n]), key(ring[(i + 1) % n]));
            seen.entry(key(ring[i]))
                .and_modify(|(p, q, junction)| {
                    let same = (a == *p && b == *q) || (a == *q && b == *p);
                    *junction |= !same;
                })
                .or_insert((a, b, false));
        }
    }
    seen.into_iter().map(|(k, v)| (k, v.2)).collect()
}

fn cut(ring: &[Pt], junction: &HashMap<Key, bool>) -> Vec<Vec<Pt>> {
    let n = ring.len();
    let is = |i: usize| junction.get(&key(ring[i % n])).copied().unwrap_or(false);
    let Some(start) = (0..n).find(|i| is(*i)) else {
        // No junction: the whole ring, begun at its smallest vertex so that an
        // enclave and the hole round it give the same arc.
        let first = (0..n)
            .min_by(|a, b| {
                ring[*a].x.total_cmp(&ring[*b].x).then(ring[*a].y.total_cmp(&ring[*b].y))
            })
            .unwrap_or(0);
        return vec![(0..=n).map(|i| ring[(first + i) % n]).collect()];
    };
    let mut arcs = Vec::new();
    let mut arc = vec![ring[start]];
    for i in start + 1..=start + n {
        arc.push(ring[i % n]);
        if is(i) {
            arcs.push(std::mem::replace(&mut arc, vec![ring[i % n]]));
        }
    }
    arcs
}

/// The one of the two directions that comes first in coordinate order.
fn canonical(mut points: Vec<Pt>) -> Vec<Pt> {
    let backwards = points
        .iter()
        .zip(points.iter().rev())
        .map(|(a, b)| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)))
        .find(|order| order.is_ne())
        .is_some_and(std::cmp::Ordering::is_gt);
    if backwards {
        points.reverse();
    }
    points
}

/// The parts of a line that are farther than `reach` from the lines of another
/// kind: an area's outer edge is not drawn beside the border that stands for it.
pub fn apart_from(points: &[Pt], near: &Nearness) -> Vec<Vec<Pt>> {
    let mut parts: Vec<Vec<Pt>> = Vec::new();
    let mut part: Vec<Pt> = Vec::new();
    for pair in points.windows(2) {
        let middle = pt(0.5 * (pair[0].x + pair[1].x), 0.5 * (pair[0].y + pair[1].y));
        if near.is_near(middle) || (near.is_near(pair[0]) && near.is_near(pair[1])) {
            if part.len() > 1 {
                parts.push(std::mem::take(&mut part));
            }
            part.clear();
        } else {
            if part.is_empty() {
                part.push(pair[0]);
            }
            part.push(pair[1]);
        }
    }
    if part.len() > 1 {
        parts.push(part);
    }
    parts
}

/// Answers whether a point lies within a distance of some lines, on a grid of
/// cells of that size.
#[derive(Clone, Debug)]
pub struct Nearness {
    reach: f64,
    cells: HashMap<(i64, i64), Vec<(Pt, Pt)>>,
}

impl Nearness {
    /// From lines and a distance, points.
    pub fn new(lines: &[Vec<Pt>], reach: f64) -> Nearness {
        let mut cells: HashMap<(i64, i64), Vec<(Pt, Pt)>> = HashMap::new();
        for pair in lines.iter().flat_map(|line| line.windows(2)) {
            let (a, b) = (pair[0], pair[1]);
            let steps = ((b.x - a.x).hypot(b.y - a.y) / reach).ceil().max(1.0) as usize;
            for i in 0..steps {
                let t = |k: usize| k as f64 / steps as f64;
                let at = |t: f64| pt(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
                let (p, q) = (at(t(i)), at(t(i + 1)));
                let middle = pt(0.5 * (p.x + q.x), 0.5 * (p.y + q.y));
                cells.entry(cell(middle, reach)).or_default().push((p, q));
            }
        }
        Nearness { reach, cells }
    }

    /// Whether a point lies within the distance.
    pub fn is_near(&self, p: Pt) -> bool {
        let (i, k) = cell(p, self.reach);
        // A piece is at most one cell long and filed under its middle: two
        // cells around reach all that can be near.
        (-2..=2).any(|di| {
            (-2..=2).any(|dk| {
                self.cells.get(&(i + di, k + dk)).is_some_and(|pieces| {
                    pieces
                        .iter()
                        .any(|(a, b)| super::clip::distance_to_segment(p, *a, *b) <= self.reach)
                })
            })
        })
    }
}

fn cell(p: Pt, size: f64) -> (i64, i64) {
    ((p.x / size).floor() as i64, (p.y / size).floor() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::clip::{area, inside};

    fn square(x: f64, y: f64, size: f64) -> Vec<Pt> {
        vec![pt(x, y), pt(x + size, y), pt(x + size, y + size), pt(x, y + size), pt(x, y)]
    }

    /// Two squares side by side, and an enclave in the first.
    fn plan() -> Vec<(usize, Vec<Pt>)> {
        let mut enclave = square(1.0, 1.0, 1.0);
        let hole = enclave.clone();
        enclave.reverse();
        vec![(0, square(0.0, 0.0, 4.0)), (0, hole), (1, square(4.0, 0.0, 4.0)), (2, enclave)]
    }

    #[test]
    fn a_shared_edge_is_there_once_and_knows_both_sides() {
        let coverage = Coverage::new(&plan());
        let length = |arc: &Arc| -> f64 {
            arc.points.windows(2).map(|w| (w[1].x - w[0].x).hypot(w[1].y - w[0].y)).sum()
        };
        let total: f64 = coverage.arcs.iter().map(length).sum();
        assert_eq!(total, 16.0 + 16.0 - 4.0 + 4.0);
        let shared: Vec<&Arc> = coverage.arcs.iter().filter(|a| a.owners.len() == 2).collect();
        assert_eq!(
            shared.iter().map(|a| a.owners.clone()).collect::<Vec<_>>(),
            [vec![0, 1], vec![0, 2]]
        );
        assert_eq!(length(shared[0]), 4.0);
    }

    #[test]
    fn the_outline_of_a_union_has_no_inner_edge() {
        let coverage = Coverage::new(&plan());
        let all = coverage.outline(|_| true);
        assert_eq!(all.iter().map(|r| area(r)).sum::<f64>(), 32.0);
        assert!(inside(&all, pt(1.5, 1.5)) && inside(&all, pt(7.0, 3.0)));
        let first = coverage.outline(|o| o == 0);
        assert!(!inside(&first, pt(1.5, 1.5)) && inside(&first, pt(3.0, 3.0)));
        assert!(!inside(&first, pt(5.0, 3.0)));
    }

    #[test]
    fn nearness_agrees_with_a_scan() {
        let line: Vec<Pt> =
            (0..60).map(|i| pt(f64::from(i) * 1.7, 20.0 * (f64::from(i) * 0.21).sin())).collect();
        let near = Nearness::new(std::slice::from_ref(&line), 2.5);
        for i in 0..3000 {
            let p = pt(f64::from(i % 100), f64::from(i / 100) * 1.6 - 24.0);
            let scan = line
                .windows(2)
                .any(|w| super::super::clip::distance_to_segment(p, w[0], w[1]) <= 2.5);
            assert_eq!(near.is_near(p), scan, "{p:?}");
        }
    }
}
