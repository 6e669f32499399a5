//! Which areas are neighbours: queen contiguity, and across the line.

use super::strip::area_beside;
use crate::index::{SidedAreas, StudyIndex};
use crate::model::{Area, Side};
use std::collections::BTreeMap;

/// How closely the line is walked for areas that face each other, metres.
const WALK_M: f64 = 1_000.0;

/// For every area the others that share a vertex with it, ascending.
///
/// Vertices are shared when their coordinates are equal to the bit, as in a
/// topological layer: PySAL's `Queen` on the same layer gives the same
/// (tests/hotspots.rs).
pub fn queen(areas: &[Area]) -> Vec<Vec<usize>> {
    // Adding zero makes −0 and 0 one.
    let key = |v: f64| (v + 0.0).to_bits();
    let mut owners: BTreeMap<(u64, u64), Vec<usize>> = BTreeMap::new();
    for (number, area) in areas.iter().enumerate() {
        let rings =
            area.shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        for c in rings.flat_map(|ring| ring.coords()) {
            let owners = owners.entry((key(c.x), key(c.y))).or_default();
            if owners.last() != Some(&number) {
                owners.push(number);
            }
        }
    }
    let mut neighbours = vec![Vec::new(); areas.len()];
    for owners in owners.values().filter(|owners| owners.len() > 1) {
        for &one in owners {
            neighbours[one].extend(owners.iter().copied().filter(|&other| other != one));
        }
    }
    ascending(&mut neighbours);
    neighbours
}

/// Adds areas that face each other across the line, place by place along it:
/// layers of different publishers share no vertices there.
pub fn join_across(neighbours: &mut [Vec<usize>], layer: &SidedAreas, index: &StudyIndex) {
    let steps = (index.line.length_m() / WALK_M) as usize;
    let mut last = None;
    for step in 0..steps {
        let chainage_m = (step as f64 + 0.5) * WALK_M;
        let [left, right] = Side::BOTH.map(|side| area_beside(index, layer, chainage_m, side));
        let (Some(left), Some(right)) = (left, right) else { continue };
        // Where layers overlap both may be the same.
        if left != right && last != Some((left, right)) {
            neighbours[left].push(right);
            neighbours[right].push(left);
            last = Some((left, right));
        }
    }
    ascending(neighbours);
}

/// The same lists over a choice of areas, each by its place in the choice.
pub fn among(neighbours: &[Vec<usize>], chosen: &[usize]) -> Vec<Vec<usize>> {
    let mut place = vec![None; neighbours.len()];
    for (number, &area) in chosen.iter().enumerate() {
        place[area] = Some(number);
    }
    let of = |&area: &usize| neighbours[area].iter().filter_map(|&n| place[n]).collect();
    chosen.iter().map(of).collect()
}

fn ascending(lists: &mut [Vec<usize>]) {
    for list in lists {
        list.sort_unstable();
        list.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{LineString, MultiPolygon, Polygon};

    fn square(x: f64, y: f64) -> Area {
        let ring = vec![(x, y), (x + 1.0, y), (x + 1.0, y + 1.0), (x, y + 1.0), (x, y)];
        Area {
            country: "X".into(),
            province: "P".into(),
            district: Some(format!("{x} {y}")),
            code: None,
            shape: MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])]),
        }
    }

    #[test]
    fn a_corner_is_enough_and_an_island_has_none() {
        let areas = [square(0.0, 0.0), square(1.0, 0.0), square(1.0, 1.0), square(9.0, 9.0)];
        let found = queen(&areas);
        assert_eq!(found, [vec![1, 2], vec![0, 2], vec![0, 1], vec![]]);
        assert_eq!(among(&found, &[3, 2, 0]), [vec![], vec![2], vec![1]]);
    }
}
