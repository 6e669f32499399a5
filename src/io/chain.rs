//! Joining the parts of a line that meet end to end, and ordering the rest.

use crate::geodesy::{self, LonLat};
use std::collections::BTreeMap;

/// Ends closer than this are one place, metres.
const SAME_PLACE_M: f64 = 1.0;

/// Parts beyond which they are left in file order: ordering compares all pairs.
const MAX_ORDERED: usize = 5_000;

/// Parts joined into longer ones.
pub(super) struct Chained {
    /// In the order in which they follow each other along the line.
    pub(super) parts: Vec<Vec<LonLat>>,
    /// Parts that ran against their neighbours and were turned.
    pub(super) turned: usize,
    /// Places where three or more ends meet; nothing was joined there.
    pub(super) forks: usize,
}

/// Joins parts whose ends meet, directions kept; where two parts meet head to
/// head, the shorter one is turned. Expects parts of at least two points.
pub(super) fn chain(parts: Vec<Vec<LonLat>>) -> Chained {
    let (parts, mut forks) = join(parts);
    let (parts, turned) = turn(parts);
    let parts = if turned > 0 {
        let (parts, again) = join(parts);
        forks = again;
        parts
    } else {
        parts
    };
    Chained { parts: in_order(parts), turned, forks }
}

/// The two ends of a part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum End {
    Start,
    Finish,
}

/// The ends of all parts, gathered by place.
struct Ends {
    /// For each part its place at the start and at the finish.
    place: Vec<[usize; 2]>,
    /// For each place the ends that meet there, in order of parts.
    meeting: Vec<Vec<(usize, End)>>,
}

impl Ends {
    fn of(parts: &[Vec<LonLat>]) -> Ends {
        // A cell is a little over a metre high, so a place within a metre is
        // in the same cell or one next to it (meridians converge: look further).
        let cell = |p: LonLat| ((p.lon() * 9e4).floor() as i64, (p.lat() * 9e4).floor() as i64);
        let mut known: BTreeMap<(i64, i64), Vec<(LonLat, usize)>> = BTreeMap::new();
        let mut ends = Ends { place: Vec::with_capacity(parts.len()), meeting: Vec::new() };
        for (index, part) in parts.iter().enumerate() {
            let mut places = [0, 0];
            for (slot, end) in [(0, End::Start), (1, End::Finish)] {
                let Some(at) = end_of(part, end) else { continue };
                let (x, y) = cell(at);
                let reach = (1.0 / at.lat().to_radians().cos().max(0.05)).ceil() as i64;
                let near = (y - 1..=y + 1)
                    .flat_map(|y| (x - reach..=x + reach).map(move |x| (x, y)))
                    .filter_map(|cell| known.get(&cell))
                    .flatten()
                    .find(|(other, _)| {
                        *other == at || geodesy::inverse(*other, at).distance_m <= SAME_PLACE_M
                    })
                    .map(|(_, place)| *place);
                let place = near.unwrap_or_else(|| {
                    ends.meeting.push(Vec::new());
                    known.entry((x, y)).or_default().push((at, ends.meeting.len() - 1));
                    ends.meeting.len() - 1
                });
                ends.meeting[place].push((index, end));
                places[slot] = place;
            }
            ends.place.push(places);
        }
        ends
    }
}

fn end_of(part: &[LonLat], end: End) -> Option<LonLat> {
    match end {
        End::Start => part.first().copied(),
        End::Finish => part.last().copied(),
    }
}

/// Joins where exactly one part finishes and one other starts; counts the forks.
fn join(parts: Vec<Vec<LonLat>>) -> (Vec<Vec<LonLat>>, usize) {
    let ends = Ends::of(&parts);
    let forks = ends.meeting.iter().filter(|m| m.len() > 2).count();
    let mut next: Vec<Option<usize>> = vec![None; parts.len()];
    let mut has_previous = vec![false; parts.len()];
    for meeting in &ends.meeting {
        if let &[(a, end_a), (b, end_b)] = meeting.as_slice()
            && a != b
            && end_a != end_b
        {
            let (before, after) = if end_a == End::Finish { (a, b) } else { (b, a) };
            next[before] = Some(after);
            has_previous[after] = true;
        }
    }
    let mut parts: Vec<Option<Vec<LonLat>>> = parts.into_iter().map(Some).collect();
    let mut joined = Vec::new();
    // First the chains with a beginning, then the closed ones.
    let beginnings = (0..parts.len()).filter(|&i| !has_previous[i]);
    for first in beginnings.chain(0..parts.len()) {
        let Some(mut whole) = parts[first].take() else { continue };
        let mut last = first;
        while let Some(part) = next[last].and_then(|n| parts[n].take()) {
            whole.extend(part.into_iter().skip(1));
            last = next[last].unwrap_or(last);
        }
        joined.push(whole);
    }
    (joined, forks)
}

/// Turns parts so that none meets another head to head or tail to tail: in
/// every group that hangs together, the direction that has the greater length
/// stays.
fn turn(mut parts: Vec<Vec<LonLat>>) -> (Vec<Vec<LonLat>>, usize) {
    let ends = Ends::of(&parts);
    let mut flipped: Vec<Option<bool>> = vec![None; parts.len()];
    let mut turned = 0;
    for seed in 0..parts.len() {
        if flipped[seed].is_some() {
            continue;
        }
        flipped[seed] = Some(false);
        let mut group = vec![seed];
        let mut at = 0;
        while let Some(&part) = group.get(at) {
            at += 1;
            let own = flipped[part] == Some(true);
            for (slot, end) in [(0, End::Start), (1, End::Finish)] {
                let meeting = &ends.meeting[ends.place[part][slot]];
                let &[a, b] = meeting.as_slice() else { continue };
                let (other, other_end) = if a == (part, end) { b } else { a };
                if other != part && flipped[other].is_none() {
                    flipped[other] = Some(if other_end == end { !own } else { own });
                    group.push(other);
                }
            }
        }
        let length = |flip: bool| -> f64 {
            group.iter().filter(|&&i| flipped[i] == Some(flip)).map(|&i| length_m(&parts[i])).sum()
        };
        let against = length(true) <= length(false);
        let to_turn: Vec<usize> =
            group.iter().copied().filter(|&i| flipped[i] == Some(against)).collect();
        for i in to_turn {
            parts[i].reverse();
            turned += 1;
        }
    }
    (parts, turned)
}

fn length_m(part: &[LonLat]) -> f64 {
    part.windows(2).map(|w| geodesy::inverse(w[0], w[1]).distance_m).sum()
}

/// Orders separate parts along the line: first comes the part whose start is
/// farthest from every other finish, then always the one that starts nearest.
fn in_order(parts: Vec<Vec<LonLat>>) -> Vec<Vec<LonLat>> {
    if parts.len() < 2 || parts.len() > MAX_ORDERED {
        return parts;
    }
    let gap_before = |i: usize| {
        let gaps = (0..parts.len()).filter(|&j| j != i).map(|j| gap(&parts[j], &parts[i]));
        gaps.fold(f64::INFINITY, f64::min)
    };
    let gaps: Vec<f64> = (0..parts.len()).map(gap_before).collect();
    let mut current =
        (0..parts.len()).fold(0, |best, i| if gaps[i] > gaps[best] { i } else { best });
    let mut left: Vec<usize> = (0..parts.len()).filter(|&i| i != current).collect();
    let mut order = vec![current];
    while !left.is_empty() {
        let nearest = (0..left.len()).fold(0, |best, i| {
            let nearer =
                gap(&parts[current], &parts[left[i]]) < gap(&parts[current], &parts[left[best]]);
            if nearer { i } else { best }
        });
        current = left.remove(nearest);
        order.push(current);
    }
    let mut parts: Vec<Option<Vec<LonLat>>> = parts.into_iter().map(Some).collect();
    order.into_iter().filter_map(|i| parts[i].take()).collect()
}

/// Square of the gap from the finish of one part to the start of another, in
/// degrees of latitude; good enough to tell near from far.
fn gap(before: &[LonLat], after: &[LonLat]) -> f64 {
    match (before.last(), after.first()) {
        (Some(a), Some(b)) => {
            let narrowing = ((a.lat() + b.lat()) / 2.0).to_radians().cos();
            ((a.lon() - b.lon()) * narrowing).powi(2) + (a.lat() - b.lat()).powi(2)
        }
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(places: &[(f64, f64)]) -> Vec<LonLat> {
        places.iter().map(|&(lon, lat)| LonLat::new(lon, lat).unwrap()).collect()
    }

    /// A line of `n` points from west to east.
    fn along(from: i32, to: i32) -> Vec<LonLat> {
        let step = if from < to { 1 } else { -1 };
        let count = (to - from).abs();
        line(&(0..=count).map(|k| (f64::from(from + step * k), 34.0)).collect::<Vec<_>>())
    }

    #[test]
    fn parts_in_any_order_make_one_line() {
        let chained = chain(vec![along(64, 66), along(60, 62), along(66, 70), along(62, 64)]);
        assert_eq!(chained.parts, vec![along(60, 70)]);
        assert_eq!((chained.turned, chained.forks), (0, 0));
    }

    #[test]
    fn ends_within_a_metre_meet_and_others_do_not() {
        let near = line(&[(62.000_008, 34.0), (63.0, 34.0)]);
        let far = line(&[(63.000_02, 34.0), (64.0, 34.0)]);
        let chained = chain(vec![along(60, 62), far.clone(), near]);
        assert_eq!(chained.parts.len(), 2);
        assert_eq!(chained.parts[0].len(), 4);
        assert_eq!(chained.parts[1], far);
    }

    #[test]
    fn the_shorter_part_that_runs_against_the_rest_is_turned() {
        let chained = chain(vec![along(64, 62), along(64, 70), along(60, 62)]);
        assert_eq!(chained.parts, vec![along(60, 70)]);
        assert_eq!(chained.turned, 1);
        // Direction is the file's, west or east.
        let chained = chain(vec![along(62, 60), along(62, 64), along(70, 64)]);
        assert_eq!(chained.parts, vec![along(70, 60)]);
    }

    #[test]
    fn nothing_is_joined_at_a_fork() {
        let branch = line(&[(62.0, 34.0), (62.0, 35.0)]);
        let chained = chain(vec![along(60, 62), along(62, 64), branch]);
        assert_eq!((chained.parts.len(), chained.forks), (3, 1));
    }

    #[test]
    fn separate_parts_follow_each_other_along_the_line() {
        let chained = chain(vec![along(70, 72), along(60, 62), along(65, 67)]);
        assert_eq!(chained.parts, vec![along(60, 62), along(65, 67), along(70, 72)]);
    }

    #[test]
    fn a_closed_line_ends() {
        let square = line(&[(60.0, 30.0), (61.0, 30.0), (61.0, 31.0), (60.0, 30.0)]);
        assert_eq!(chain(vec![square.clone()]).parts, vec![square.clone()]);
        let halves = vec![square[..2].to_vec(), square[1..].to_vec()];
        assert_eq!(chain(halves).parts, vec![square]);
    }

    #[test]
    fn many_parts_take_no_time() {
        let mut parts: Vec<_> = (0..20_000)
            .map(|i| {
                let x = f64::from(i) / 1000.0;
                line(&[(60.0 + x, 34.0), (60.0 + x + 0.001, 34.0)])
            })
            .collect();
        parts.reverse();
        assert_eq!(chain(parts).parts.len(), 1);
    }
}
