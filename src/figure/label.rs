//! Where names go: candidates with costs, chosen so that no two overlap.
//!
//! Greedy by importance, then improved by moves that may push others aside or
//! out (a seeded local search over the candidates, after Christensen, Marks and
//! Shieber 1995, ACM Transactions on Graphics 14, 203–232).

use super::clip::{Rect, clip_segment, cross, distance_to_segment};
use super::corner::Field;
use super::joined;
use super::scene::{Anchor, Pt, TextStyle, pt};
use super::text;

/// One line of a label.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelLine {
    /// The words.
    pub text: String,
    /// The anchor on the baseline.
    pub at: Pt,
    /// Where the anchor lies in the text.
    pub anchor: Anchor,
}

/// One way to set a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its lines.
    pub lines: Vec<LabelLine>,
    /// Its looks.
    pub style: TextStyle,
    /// What it covers, with a little air.
    pub boxes: Vec<Rect>,
    /// From the label to its place, when it stands off.
    pub leader: Option<(Pt, Pt)>,
    /// How much worse it is than the best, before what it covers is known.
    pub cost: f64,
}

/// A name that wants a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// For the list of what was dropped.
    pub name: String,
    /// Higher goes first, and is what dropping it costs.
    pub importance: f64,
    /// The ways to set it.
    pub candidates: Vec<Candidate>,
}

/// What labels should keep off.
#[derive(Clone, Debug, Default)]
pub struct Obstacles {
    /// Never covered.
    pub solid: Vec<Rect>,
    /// Discs that may be covered at a cost: centre, radius, cost.
    pub discs: Vec<(Pt, f64, f64)>,
    /// Lines that may be covered at a cost per point of length.
    pub lines: Vec<(Vec<Vec<Pt>>, f64)>,
    /// Ground that may be covered at a cost per cell.
    pub field: Option<Field>,
}

/// Air round a label, points.
const AIR: f64 = 0.7;

/// A candidate of a few lines centred on a point.
pub fn centred(lines: &[String], style: &TextStyle, centre: Pt, cost: f64) -> Candidate {
    let measure = text::metrics(style);
    let leading = style.size * 1.15;
    let height = measure.cap_height + leading * (lines.len().max(1) - 1) as f64;
    let first = centre.y - 0.5 * height + measure.cap_height;
    let set: Vec<LabelLine> = lines
        .iter()
        .enumerate()
        .map(|(i, line)| LabelLine {
            text: line.clone(),
            at: pt(centre.x, first + leading * i as f64),
            anchor: Anchor::Middle,
        })
        .collect();
    finish(set, style, None, cost)
}

/// The eight positions round a symbol of that radius, at each of some distances
/// off it, points; far ones get a leader line.
pub fn around(name: &str, style: &TextStyle, at: Pt, radius: f64, off: &[f64]) -> Vec<Candidate> {
    let measure = text::metrics(style);
    // Right, left, above and below in the order in which they read best
    // (Imhof 1975, The American Cartographer 2, 128–144).
    let places: [(f64, f64, f64); 8] = [
        (1.0, 0.0, 0.0),
        (-1.0, 0.0, 0.9),
        (0.8, -0.8, 0.5),
        (0.8, 0.8, 0.7),
        (-0.8, -0.8, 1.2),
        (-0.8, 0.8, 1.4),
        (0.0, -1.0, 1.6),
        (0.0, 1.0, 1.8),
    ];
    let mut out = Vec::new();
    for &off in off {
        let reach = radius + 1.1 + off;
        for (ux, uy, cost) in places {
            let middle = at.y + 0.5 * measure.x_height + 0.12 * style.size;
            let (x, y) = (at.x + ux * reach, at.y + uy * reach);
            let (anchor, baseline) = if uy == 0.0 {
                (if ux > 0.0 { Anchor::Start } else { Anchor::End }, middle)
            } else if ux == 0.0 {
                let drop = if uy < 0.0 { -0.4 } else { measure.cap_height + 0.4 };
                (Anchor::Middle, y + drop)
            } else {
                let drop = if uy < 0.0 { 0.25 } else { 0.75 } * measure.cap_height;
                (if ux > 0.0 { Anchor::Start } else { Anchor::End }, y + drop)
            };
            let line = LabelLine { text: name.to_owned(), at: pt(x, baseline), anchor };
            let leader = (off > 3.5).then(|| {
                let length = ux.hypot(uy) * (reach - 1.0);
                let (dx, dy) = (ux / ux.hypot(uy), uy / ux.hypot(uy));
                (
                    pt(at.x + dx * (radius + 0.3), at.y + dy * (radius + 0.3)),
                    pt(at.x + dx * length, at.y + dy * length),
                )
            });
            let cost = cost + if off > 0.0 { 2.0 + 0.45 * off } else { 0.0 };
            out.push(finish(vec![line], style, leader, cost));
        }
    }
    out
}

/// Directions of [`spokes`].
const SPOKES: u32 = 16;

/// Positions at the ends of leader lines from a point, in sixteen directions at each of
/// some distances; for names in capitals.
pub fn spokes(name: &str, style: &TextStyle, at: Pt, off: &[f64]) -> Vec<Candidate> {
    let capital = text::metrics(style).cap_height;
    let spoke = |off: f64, k: u32| {
        let (uy, ux) = (f64::from(k) / f64::from(SPOKES) * std::f64::consts::TAU).sin_cos();
        let end = |reach: f64| pt(at.x + ux * reach, at.y + uy * reach);
        let tip = end(off + 1.4);
        let (anchor, drop) = match (ux, uy) {
            _ if ux > 0.5 => (Anchor::Start, 0.5 * capital),
            _ if ux < -0.5 => (Anchor::End, 0.5 * capital),
            (_, up) if up < 0.0 => (Anchor::Middle, -0.6),
            _ => (Anchor::Middle, capital + 0.6),
        };
        let line = LabelLine { text: name.to_owned(), at: pt(tip.x, tip.y + drop), anchor };
        let leader = Some((end(0.9), end(off)));
        finish(vec![line], style, leader, 2.0 + 0.45 * off + 1.2 * uy.abs())
    };
    off.iter().flat_map(|&off| (0..SPOKES).map(move |k| spoke(off, k))).collect()
}

fn finish(
    lines: Vec<LabelLine>,
    style: &TextStyle,
    leader: Option<(Pt, Pt)>,
    cost: f64,
) -> Candidate {
    let measure = text::metrics(style);
    let boxes = lines
        .iter()
        .map(|line| {
            let width = text::width(&line.text, style);
            let x = match line.anchor {
                Anchor::Start => line.at.x,
                Anchor::Middle => line.at.x - 0.5 * width,
                Anchor::End => line.at.x - width,
            };
            let joined = joined::is_joined(&line.text);
            let ink = if joined { text::ink(&line.text, style) } else { None };
            let (rise, below) = match ink {
                Some([_, top, _, bottom]) => (-top, bottom.max(0.0)),
                // Capitals need no room below the baseline.
                _ if !line.text.chars().any(char::is_lowercase) => {
                    (measure.cap_height + 0.05 * style.size, 0.1 * style.size)
                }
                _ => (measure.cap_height + 0.05 * style.size, 0.24 * style.size),
            };
            let top = line.at.y - rise;
            Rect { x0: x, y0: top, x1: x + width, y1: line.at.y + below }.grown(AIR)
        })
        .collect();
    Candidate { lines, style: style.clone(), boxes, leader, cost }
}

/// Chooses a candidate for each label, or none: no two overlap, none covers
/// what is solid, none leaves the frame. The same input and seed give the same
/// answer.
pub fn place(
    labels: &[Label],
    obstacles: &Obstacles,
    frame: Rect,
    seed: u64,
) -> Vec<Option<usize>> {
    let costs: Vec<Vec<Option<f64>>> = labels
        .iter()
        .map(|label| label.candidates.iter().map(|c| standing_cost(c, obstacles, frame)).collect())
        .collect();
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|a, b| labels[*b].importance.total_cmp(&labels[*a].importance).then(a.cmp(b)));
    let mut state = State { labels, costs, chosen: vec![None; labels.len()] };
    for i in order {
        state.chosen[i] = state.best_free(i, None);
    }
    state.improve(seed);
    state.chosen
}

/// What a candidate costs whatever the others do; `None` when it is forbidden.
fn standing_cost(candidate: &Candidate, obstacles: &Obstacles, frame: Rect) -> Option<f64> {
    let mut cost = candidate.cost;
    for b in &candidate.boxes {
        if !frame.holds(*b) || obstacles.solid.iter().any(|s| s.overlaps(*b)) {
            return None;
        }
        cost += obstacles.field.as_ref().map_or(0.0, |field| field.sum(*b));
        for (centre, radius, each) in &obstacles.discs {
            if b.is_beyond(*centre, *radius) {
                continue;
            }
            let near = b.distance(*centre);
            if near < *radius {
                cost += each * (1.0 - 0.5 * near / radius);
            }
        }
        for (lines, per_point) in &obstacles.lines {
            for pair in lines.iter().flat_map(|l| l.windows(2)) {
                let (p, q) = (pair[0], pair[1]);
                let apart = p.x.max(q.x) < b.x0
                    || p.x.min(q.x) > b.x1
                    || p.y.max(q.y) < b.y0
                    || p.y.min(q.y) > b.y1;
                if apart {
                    continue;
                }
                if let Some((s, t)) = clip_segment(p, q, *b) {
                    cost += per_point * (t.x - s.x).hypot(t.y - s.y).max(0.2);
                }
            }
        }
    }
    match candidate.leader {
        Some(leader) => Some(cost + leader_cost(leader, obstacles)?),
        None => Some(cost),
    }
}

/// What a leader line crosses on its way from a symbol; `None` when that is
/// solid. What it starts in does not count.
fn leader_cost((a, b): (Pt, Pt), obstacles: &Obstacles) -> Option<f64> {
    let crosses = |s: &&Rect| s.distance(a) > 1.0 && clip_segment(a, b, **s).is_some();
    if obstacles.solid.iter().any(|s| crosses(&s)) {
        return None;
    }
    let all = Rect { x0: a.x.min(b.x), y0: a.y.min(b.y), x1: a.x.max(b.x), y1: a.y.max(b.y) };
    let discs = obstacles.discs.iter().filter(|(c, r, _)| {
        !all.is_beyond(*c, *r)
            && (a.x - c.x).hypot(a.y - c.y) > *r
            && distance_to_segment(*c, a, b) < 0.9 * r
    });
    let mut cost: f64 = discs.map(|(_, _, each)| 0.6 * each).sum();
    for (lines, per_point) in &obstacles.lines {
        let crossings =
            lines.iter().flat_map(|l| l.windows(2)).filter(|w| cross(a, b, w[0], w[1])).count();
        cost += 1.5 * per_point * crossings as f64;
    }
    Some(cost)
}

struct State<'a> {
    labels: &'a [Label],
    costs: Vec<Vec<Option<f64>>>,
    chosen: Vec<Option<usize>>,
}

impl State<'_> {
    fn candidate(&self, label: usize, which: usize) -> &Candidate {
        &self.labels[label].candidates[which]
    }

    /// The cost of a label as it stands; dropping costs its importance.
    fn cost(&self, label: usize, which: Option<usize>) -> f64 {
        which.and_then(|c| self.costs[label][c]).unwrap_or(self.labels[label].importance)
    }

    fn clash(a: &Candidate, b: &Candidate) -> bool {
        let over = |x: &Candidate, y: &Candidate| {
            x.leader.is_some_and(|(p, q)| y.boxes.iter().any(|r| clip_segment(p, q, *r).is_some()))
        };
        let crossed = || match (a.leader, b.leader) {
            (Some((p, q)), Some((r, s))) => cross(p, q, r, s),
            _ => false,
        };
        let boxes = || a.boxes.iter().any(|x| b.boxes.iter().any(|y| x.overlaps(*y)));
        boxes() || over(a, b) || over(b, a) || crossed()
    }

    /// Labels that stand in the way of a candidate.
    fn in_the_way(&self, label: usize, which: usize) -> Vec<usize> {
        let wanted = self.candidate(label, which);
        (0..self.labels.len())
            .filter(|other| *other != label)
            .filter(|other| {
                self.chosen[*other].is_some_and(|c| Self::clash(wanted, self.candidate(*other, c)))
            })
            .collect()
    }

    /// The cheapest candidate that nothing stands in the way of, if it costs
    /// less than dropping the label.
    fn best_free(&self, label: usize, not: Option<usize>) -> Option<usize> {
        let mut best: Option<(f64, usize)> = None;
        for (c, cost) in self.costs[label].iter().enumerate() {
            let Some(cost) = *cost else { continue };
            let better = best.is_none_or(|(least, _)| cost < least);
            if better
                && Some(c) != not
                && cost < self.labels[label].importance
                && self.in_the_way(label, c).is_empty()
            {
                best = Some((cost, c));
            }
        }
        best.map(|(_, c)| c)
    }

    /// Tries candidates at random; what is in the way moves elsewhere or goes.
    /// A change stays when it lowers the sum of costs.
    fn improve(&mut self, seed: u64) {
        let open: Vec<usize> =
            (0..self.labels.len()).filter(|i| self.costs[*i].iter().any(Option::is_some)).collect();
        if open.is_empty() {
            return;
        }
        let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            ((random >> 33) % below.max(1) as u64) as usize
        };
        for _ in 0..60 * open.len().max(20) {
            let label = open[next(open.len())];
            let which = next(self.labels[label].candidates.len());
            if self.costs[label][which].is_none() || self.chosen[label] == Some(which) {
                continue;
            }
            let others = self.in_the_way(label, which);
            let before: f64 = self.cost(label, self.chosen[label])
                + others.iter().map(|o| self.cost(*o, self.chosen[*o])).sum::<f64>();
            let kept: Vec<(usize, Option<usize>)> =
                others.iter().chain([&label]).map(|i| (*i, self.chosen[*i])).collect();
            others.iter().for_each(|o| self.chosen[*o] = None);
            self.chosen[label] = Some(which);
            for o in &others {
                self.chosen[*o] = self.best_free(*o, None);
            }
            let after: f64 = self.cost(label, self.chosen[label])
                + others.iter().map(|o| self.cost(*o, self.chosen[*o])).sum::<f64>();
            if after >= before - 1e-9 {
                kept.into_iter().for_each(|(i, c)| self.chosen[i] = c);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::scene::{Colour, Face};

    fn style() -> TextStyle {
        TextStyle {
            size: 6.0,
            face: Face { bold: false, italic: false },
            colour: Colour::hex(0),
            letter_spacing: 0.0,
            halo: None,
            opacity: 1.0,
        }
    }

    fn crowd() -> (Vec<Label>, Obstacles, Rect) {
        let frame = Rect::new(0.0, 0.0, 220.0, 160.0);
        let labels: Vec<Label> = (0..45)
            .map(|i| {
                let t = f64::from(i);
                let at = pt(110.0 + 100.0 * (1.7 * t).sin(), 80.0 + 72.0 * (2.3 * t).cos());
                Label {
                    name: format!("Town {i}"),
                    importance: 40.0 - 0.5 * t,
                    candidates: around(
                        &format!("Town {i}"),
                        &style(),
                        at,
                        1.8,
                        if i % 3 == 0 { &[0.0, 7.0, 13.0] } else { &[0.0] },
                    ),
                }
            })
            .collect();
        let line: Vec<Pt> = (0..100).map(|i| pt(2.2 * f64::from(i), 80.0)).collect();
        let obstacles = Obstacles {
            solid: vec![Rect::new(150.0, 110.0, 65.0, 45.0)],
            discs: vec![(pt(60.0, 60.0), 15.0, 5.0)],
            lines: vec![(vec![line], 2.0)],
            field: None,
        };
        (labels, obstacles, frame)
    }

    #[test]
    fn no_two_overlap_and_none_leaves_the_frame() {
        let (labels, obstacles, frame) = crowd();
        let chosen = place(&labels, &obstacles, frame, 7);
        let set: Vec<&Candidate> =
            chosen.iter().zip(&labels).filter_map(|(c, l)| c.map(|c| &l.candidates[c])).collect();
        assert!(set.len() > 25, "{}", set.len());
        for (i, a) in set.iter().enumerate() {
            for b in &a.boxes {
                assert!(frame.holds(*b));
                assert!(!obstacles.solid[0].overlaps(*b));
            }
            for other in &set[..i] {
                assert!(!State::clash(a, other), "{:?} {:?}", a.lines, other.lines);
            }
        }
        assert_eq!(chosen, place(&labels, &obstacles, frame, 7));
    }

    #[test]
    fn the_search_is_no_worse_than_greedy() {
        let (labels, obstacles, frame) = crowd();
        let sum = |chosen: &[Option<usize>]| -> f64 {
            chosen
                .iter()
                .zip(&labels)
                .map(|(c, l)| match c {
                    Some(c) => standing_cost(&l.candidates[*c], &obstacles, frame).unwrap(),
                    None => l.importance,
                })
                .sum()
        };
        let searched = sum(&place(&labels, &obstacles, frame, 1));
        let mut greedy: Vec<Option<usize>> = vec![None; labels.len()];
        for i in 0..labels.len() {
            greedy[i] = (0..labels[i].candidates.len())
                .filter(|c| standing_cost(&labels[i].candidates[*c], &obstacles, frame).is_some())
                .find(|c| {
                    (0..i).all(|k| {
                        greedy[k].is_none_or(|g| {
                            !State::clash(&labels[i].candidates[*c], &labels[k].candidates[g])
                        })
                    })
                });
        }
        assert!(searched < sum(&greedy), "{searched} {}", sum(&greedy));
    }
}
