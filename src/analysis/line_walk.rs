//! A border walked in short steps: the places that two lines are compared at.

use crate::geodesy::{LonLat, Segment};
use crate::model::Border;

/// Longest step of a walk, metres.
pub(super) const STEP_M: f64 = 50.0;

/// A place on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Node {
    /// Where.
    pub at: LonLat,
    /// Distance along the line from its start, metres.
    pub chainage_m: f64,
}

/// Every vertex of a border, and places between them no farther apart than
/// [`STEP_M`], part by part.
pub(super) fn walk(border: &Border) -> Vec<Vec<Node>> {
    let mut start_m = 0.0;
    let mut parts = Vec::new();
    for part in border.parts() {
        let mut nodes = vec![Node { at: part[0], chainage_m: start_m }];
        for pair in part.windows(2) {
            let segment = Segment::new(pair[0], pair[1]);
            let steps = (segment.length_m / STEP_M).ceil().max(1.0) as usize;
            for step in 1..=steps {
                let along_m = segment.length_m * (step as f64 / steps as f64);
                let at = if step == steps { segment.end } else { segment.at(along_m).0 };
                nodes.push(Node { at, chainage_m: start_m + along_m });
            }
            start_m += segment.length_m;
        }
        parts.push(nodes);
    }
    parts
}

/// Chainages of the first and last place of every part, metres.
pub(super) fn ends(parts: &[Vec<Node>]) -> Vec<[f64; 2]> {
    let ends = parts.iter().filter_map(|nodes| Some((nodes.first()?, nodes.last()?)));
    ends.map(|(first, last)| [first.chainage_m, last.chainage_m]).collect()
}

/// The part of a line in whose inside a foot lies; `None` for the end of a
/// part: beyond it the line has nothing to be compared with.
pub(super) fn part_of(ends: &[[f64; 2]], chainage_m: f64) -> Option<usize> {
    /// Nearer than this to an end a foot is that end, metres.
    const SAME_M: f64 = 0.01;
    ends.iter().position(|[from, to]| from + SAME_M < chainage_m && chainage_m < to - SAME_M)
}

/// The places of a walk between two chainages, both left out, in the order of
/// the chainages given.
pub(super) fn between(nodes: &[Node], from_m: f64, to_m: f64) -> Vec<LonLat> {
    let (low, high) = (from_m.min(to_m), from_m.max(to_m));
    let first = nodes.partition_point(|n| n.chainage_m <= low);
    let last = nodes.partition_point(|n| n.chainage_m < high).max(first);
    let mut places: Vec<LonLat> = nodes[first..last].iter().map(|n| n.at).collect();
    if from_m > to_m {
        places.reverse();
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::BorderIndex;

    #[test]
    fn a_walk_meets_every_vertex_and_keeps_the_chainage() {
        let at = |lon, lat| LonLat::new(lon, lat).unwrap();
        let parts = vec![
            vec![at(70.0, 34.0), at(70.01, 34.0), at(70.01, 34.02)],
            vec![at(70.02, 34.03), at(70.02, 34.031)],
        ];
        let border = Border::new("l", "L", "R", parts).unwrap();
        let index = BorderIndex::new(&border);
        let walked = walk(&border);
        for (part, nodes) in border.parts().iter().zip(&walked) {
            assert!(part.iter().all(|v| nodes.iter().any(|n| n.at == *v)));
            assert!(nodes.windows(2).all(|w| w[1].chainage_m - w[0].chainage_m <= STEP_M + 1e-6));
            for node in nodes {
                let found = index.locate(node.at);
                assert!(found.distance_m < 1e-5);
                assert!((found.chainage_m - node.chainage_m).abs() < 1e-4);
            }
        }
        let ends = ends(&walked);
        assert!((ends[1][1] - index.length_m()).abs() < 1e-6);
        assert_eq!(ends[0][1], ends[1][0]);
        assert_eq!(part_of(&ends, ends[0][1]), None);
        assert_eq!(part_of(&ends, 1.0), Some(0));
        assert_eq!(part_of(&ends, ends[1][0] + 1.0), Some(1));
        let there = between(&walked[0], 10.0, 190.0);
        let mut back = between(&walked[0], 190.0, 10.0);
        back.reverse();
        assert!(there.len() >= 3 && there == back);
    }
}
