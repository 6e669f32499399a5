//! How far one drawing of a border lies from another.
//!
//! The largest deviation of a line from another is the directed Hausdorff
//! distance; that of the other from it is a different number, and both are told.

use super::line_area::{AreaBetween, Run, area_between};
use super::line_walk::{self, Node};
use crate::geodesy::LonLat;
use crate::index::{BorderIndex, BorderPosition};
use crate::model::{Border, Side};

/// The largest deviation is found to this, metres.
const SURE_M: f64 = 0.5;

/// A line walked from end to end, and how far each place lies from another line.
///
/// A place whose nearest place on the other line is an end of it counts as not
/// compared: the other line says nothing there.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// Length of the line walked, metres.
    pub length_m: f64,
    /// How much of it could be compared, metres.
    pub compared_m: f64,
    /// What could be compared, from it; `None` when nothing could.
    pub found: Option<Found>,
}

/// Deviations over what could be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Mean over the length, metres; within 12.5 m whatever the lines, within
    /// 0.5 m on the bundled ones (tests/borders.rs).
    pub mean_m: f64,
    /// 95 % of the length lie no farther off, metres; within 25 m whatever the
    /// lines, within 5 m on the bundled ones.
    pub p95_m: f64,
    /// The largest, metres, to half a metre.
    pub largest_m: f64,
    /// Where on the line walked.
    pub at: LonLat,
    /// The nearest place on the other line.
    pub foot: LonLat,
}

/// A stretch of the first line and where the second one lies there.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Start, metres of chainage of the first line.
    pub from_m: f64,
    /// End.
    pub to_m: f64,
    /// How much of it could be compared, metres.
    pub compared_m: f64,
    /// Mean deviation, metres; `None` where nothing could be compared.
    pub mean_m: Option<f64>,
    /// The farthest that the second line lies left and right of the first,
    /// metres; zero where it never does.
    pub largest_m: [f64; 2],
}

/// Two drawings of one border held against each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Name of the second line.
    pub name: String,
    /// The first line from the second.
    pub first: Deviation,
    /// The second line from the first.
    pub second: Deviation,
    /// The first line in stretches of equal length.
    pub stretches: Vec<Stretch>,
    /// Ground that the two lines give to different sides.
    pub area: AreaBetween,
}

/// Compares two lines; `first_index` is the first one's index. Stretches are
/// `stretch_m` metres long, the last may be shorter.
///
/// # Method
/// Both lines are walked in steps of at most 50 m, every vertex among them, and
/// every place is located on the other line. A distance changes by no more than
/// the way walked, which bounds the errors told with [`Found`]; the largest is
/// searched for by halving every step that may hold a larger one.
pub fn compare_lines(
    first: &Border,
    first_index: &BorderIndex,
    second: &Border,
    stretch_m: f64,
) -> Comparison {
    let second_index = BorderIndex::new(second);
    let (one, two) = (line_walk::walk(first), line_walk::walk(second));
    let (ends_one, ends_two) = (line_walk::ends(&one), line_walk::ends(&two));
    let forth = Walked::new(&one, &second_index, &ends_two);
    let back = Walked::new(&two, first_index, &ends_one);
    let stretches = stretches(&one, &forth, first_index, stretch_m);
    let runs = runs(&one, &forth);
    let area = area_between(&runs, &two, &second_index);
    Comparison {
        name: second.name.clone(),
        first: forth.deviation(&one, first_index, &second_index, &ends_two),
        second: back.deviation(&two, &second_index, first_index, &ends_one),
        stretches,
        area,
    }
}

/// A line in the direction of another, and whether it had to be turned: so that
/// left and right mean the same on both.
pub fn in_direction_of(first: &BorderIndex, second: Border) -> (Border, bool) {
    let mut onward_m = 0.0;
    for part in second.parts() {
        let chainages: Vec<f64> =
            first.locate_all(part).into_iter().map(|p| p.chainage_m).collect();
        onward_m += chainages.windows(2).map(|w| w[1] - w[0]).sum::<f64>();
    }
    if onward_m >= 0.0 {
        return (second, false);
    }
    let turned = |part: &Vec<LonLat>| part.iter().rev().copied().collect::<Vec<_>>();
    let parts = second.parts().iter().rev().map(turned).collect();
    let Border { name, left, right, .. } = &second;
    match Border::new(name, left, right, parts) {
        Ok(border) => (border, true),
        // The turned parts have the edges that the given ones had.
        Err(_) => (second, false),
    }
}

/// For every place of a walk its position by the other line, and the part of
/// it that the foot lies inside; `None` at an end.
struct Walked {
    found: Vec<Vec<(BorderPosition, Option<usize>)>>,
}

/// Two neighbouring places of a walk that can both be compared.
struct Step {
    nodes: [Node; 2],
    distances_m: [f64; 2],
    length_m: f64,
}

impl Walked {
    fn new(parts: &[Vec<Node>], other: &BorderIndex, ends: &[[f64; 2]]) -> Walked {
        let found = parts.iter().map(|nodes| {
            let places: Vec<LonLat> = nodes.iter().map(|n| n.at).collect();
            let located = other.locate_all(&places).into_iter();
            located.map(|p| (p, line_walk::part_of(ends, p.chainage_m))).collect()
        });
        Walked { found: found.collect() }
    }

    fn steps<'a>(&'a self, parts: &'a [Vec<Node>]) -> impl Iterator<Item = Step> + 'a {
        parts.iter().zip(&self.found).flat_map(|(nodes, found)| {
            nodes.windows(2).zip(found.windows(2)).filter_map(|(nodes, found)| {
                let compared = found.iter().all(|(_, part)| part.is_some());
                compared.then(|| Step {
                    nodes: [nodes[0], nodes[1]],
                    distances_m: [found[0].0.distance_m, found[1].0.distance_m],
                    length_m: nodes[1].chainage_m - nodes[0].chainage_m,
                })
            })
        })
    }

    fn deviation(
        &self,
        parts: &[Vec<Node>],
        own: &BorderIndex,
        other: &BorderIndex,
        ends: &[[f64; 2]],
    ) -> Deviation {
        let steps: Vec<Step> = self.steps(parts).collect();
        let compared_m: f64 = steps.iter().map(|s| s.length_m).sum();
        let middle = |s: &Step| 0.5 * (s.distances_m[0] + s.distances_m[1]);
        let found = (compared_m > 0.0).then(|| {
            let sum: f64 = steps.iter().map(|s| s.length_m * middle(s)).sum();
            let weighed = steps.iter().map(|s| (middle(s), s.length_m)).collect();
            let (largest_m, at, foot) = largest(&steps, own, other, ends);
            let p95_m = weighted_quantile(weighed, 0.95);
            Found { mean_m: sum / compared_m, p95_m, largest_m, at, foot }
        });
        Deviation { length_m: own.length_m(), compared_m, found }
    }
}

/// The value below which a share of the weight lies.
fn weighted_quantile(mut weighed: Vec<(f64, f64)>, share: f64) -> f64 {
    weighed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: f64 = weighed.iter().map(|(_, weight)| weight).sum();
    let mut below = 0.0;
    for (value, weight) in &weighed {
        below += weight;
        if below >= share * all {
            return *value;
        }
    }
    weighed.last().map_or(0.0, |(value, _)| *value)
}

/// The largest distance over some steps, where, and the foot there.
fn largest(
    steps: &[Step],
    own: &BorderIndex,
    other: &BorderIndex,
    ends: &[[f64; 2]],
) -> (f64, LonLat, LonLat) {
    let mut best = (-1.0, own.at(0.0));
    for step in steps {
        for (node, distance_m) in step.nodes.iter().zip(step.distances_m) {
            if distance_m > best.0 {
                best = (distance_m, node.at);
            }
        }
    }
    // No place of a step is farther off than half of what its ends and length add up to.
    let most = |d: [f64; 2], length_m: f64| 0.5 * (d[0] + d[1] + length_m);
    for step in steps {
        let [from, to] = step.nodes.map(|n| n.chainage_m);
        let mut waiting = vec![([from, to], step.distances_m)];
        while let Some(([from, to], d)) = waiting.pop() {
            if most(d, to - from) <= best.0 + SURE_M {
                continue;
            }
            let middle = 0.5 * (from + to);
            let at = own.at(middle);
            let found = other.locate(at);
            if line_walk::part_of(ends, found.chainage_m).is_none() {
                continue;
            }
            if found.distance_m > best.0 {
                best = (found.distance_m, at);
            }
            waiting.push(([middle, to], [found.distance_m, d[1]]));
            waiting.push(([from, middle], [d[0], found.distance_m]));
        }
    }
    (best.0, best.1, other.locate(best.1).foot)
}

/// The first line cut into stretches of a length.
fn stretches(
    parts: &[Vec<Node>],
    walked: &Walked,
    own: &BorderIndex,
    stretch_m: f64,
) -> Vec<Stretch> {
    let length_m = own.length_m();
    let count = (length_m / stretch_m).ceil().max(1.0) as usize;
    let bin = |chainage_m: f64| ((chainage_m / stretch_m) as usize).min(count - 1);
    let mut stretches: Vec<Stretch> = (0..count)
        .map(|i| Stretch {
            from_m: i as f64 * stretch_m,
            to_m: ((i + 1) as f64 * stretch_m).min(length_m),
            compared_m: 0.0,
            mean_m: None,
            largest_m: [0.0; 2],
        })
        .collect();
    for step in walked.steps(parts) {
        let middle_m = 0.5 * (step.nodes[0].chainage_m + step.nodes[1].chainage_m);
        let stretch = &mut stretches[bin(middle_m)];
        stretch.compared_m += step.length_m;
        let sum = 0.5 * step.length_m * (step.distances_m[0] + step.distances_m[1]);
        stretch.mean_m = Some(stretch.mean_m.unwrap_or(0.0) + sum);
    }
    for stretch in &mut stretches {
        stretch.mean_m = stretch.mean_m.map(|sum| sum / stretch.compared_m);
    }
    for (nodes, found) in parts.iter().zip(&walked.found) {
        let feet: Vec<LonLat> = found.iter().map(|(p, _)| p.foot).collect();
        // On which side of the first line the second one lies is told by the first.
        let sides = own.locate_all(&feet).into_iter().map(|p| p.side);
        for ((node, (position, part)), side) in nodes.iter().zip(found).zip(sides) {
            if let (Some(_), Some(side)) = (part, side) {
                let largest = &mut stretches[bin(node.chainage_m)].largest_m;
                let largest = &mut largest[usize::from(side == Side::Right)];
                *largest = largest.max(position.distance_m);
            }
        }
    }
    stretches
}

/// Stretches of the first line whose feet lie in one part of the second.
fn runs(parts: &[Vec<Node>], walked: &Walked) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (nodes, found) in parts.iter().zip(&walked.found) {
        let mut open = false;
        for (node, (position, part)) in nodes.iter().zip(found) {
            let Some(part) = *part else {
                open = false;
                continue;
            };
            match runs.last_mut() {
                Some(run) if open && run.part == part => {
                    run.places.push(node.at);
                    run.feet_m[1] = position.chainage_m;
                }
                _ => {
                    runs.push(Run { places: vec![node.at], part, feet_m: [position.chainage_m; 2] })
                }
            }
            open = true;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::super::line_walk::STEP_M;
    use super::*;

    #[test]
    fn a_quantile_weighs_by_length() {
        let values = vec![(5.0, 1.0), (1.0, 18.0), (9.0, 1.0)];
        assert_eq!(weighted_quantile(values.clone(), 0.9), 1.0);
        assert_eq!(weighted_quantile(values.clone(), 0.95), 5.0);
        assert_eq!(weighted_quantile(values, 0.96), 9.0);
    }

    fn border(places: &[(f64, f64)]) -> Border {
        let part = places.iter().map(|&(lon, lat)| LonLat::new(lon, lat).unwrap()).collect();
        Border::new("b", "L", "R", vec![part]).unwrap()
    }

    #[test]
    fn a_line_from_itself_deviates_by_nothing() {
        let line = border(&[(70.0, 34.0), (70.2, 34.1), (70.3, 34.4)]);
        let found = compare_lines(&line, &BorderIndex::new(&line), &line, 5_000.0);
        let first = found.first.found.unwrap();
        assert!(first.largest_m < 1e-3 && first.mean_m < 1e-3, "{first:?}");
        assert!(found.area.left_only_km2 < 1e-3 && found.area.right_only_km2 < 1e-3);
        // The first and the last place are ends and cannot be compared.
        assert!(found.first.length_m - found.first.compared_m <= 2.0 * STEP_M);
    }

    #[test]
    fn a_spur_is_far_from_the_line_and_the_line_is_not_far_from_it() {
        let straight = border(&[(70.0, 34.0), (71.0, 34.0)]);
        let spur =
            border(&[(70.0, 34.0), (70.5, 34.0), (70.5, 34.1), (70.5001, 34.0), (71.0, 34.0)]);
        let found = compare_lines(&straight, &BorderIndex::new(&straight), &spur, 10_000.0);
        let (one, two) = (found.first.found.unwrap(), found.second.found.unwrap());
        assert!(two.largest_m > 10_500.0 && one.largest_m < 200.0, "{one:?} {two:?}");
        // The spur lies to the north, left of a line to the east.
        assert_eq!(two.at, LonLat::new(70.5, 34.1).unwrap());
    }

    #[test]
    fn what_lies_beyond_the_other_lines_ends_is_not_compared() {
        let long = border(&[(70.0, 34.0), (72.0, 34.0)]);
        let short = border(&[(70.5, 34.01), (71.0, 34.01)]);
        let found = compare_lines(&long, &BorderIndex::new(&long), &short, 10_000.0);
        let share = found.first.compared_m / found.first.length_m;
        assert!((share - 0.25).abs() < 0.002, "{share}");
        assert!(found.second.compared_m > 0.99 * found.second.length_m);
        let largest = found.first.found.unwrap().largest_m;
        assert!(largest < 1_400.0, "{largest}");
        let stretch = &found.stretches[0];
        assert_eq!((stretch.mean_m, stretch.compared_m), (None, 0.0));
    }
}
