//! Coasts without their creeks: at the scale of a page both banks of one would be a
//! single thick smudge.

use super::scene::{Pt, pt};
use std::collections::HashMap;

/// A short piece of a line: which, how far along, its ends.
struct Piece {
    line: usize,
    along: f64,
    ends: [Pt; 2],
}

/// Farther along a line than so many times the distance two pieces are two banks, and
/// not a bend.
const BANKS: f64 = 4.0;

/// Lines without the stretches that come within `apart` points of another stretch of
/// their own, or of a ring (an island).
pub fn without_creases(lines: &[Vec<Pt>], apart: f64) -> Vec<Vec<Pt>> {
    let pieces = pieces(lines, 0.5 * apart);
    let middle = |piece: &Piece| {
        let [a, b] = piece.ends;
        pt(0.5 * (a.x + b.x), 0.5 * (a.y + b.y))
    };
    let cell = |p: Pt| ((p.x / apart).floor() as i64, (p.y / apart).floor() as i64);
    let mut cells: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for (i, piece) in pieces.iter().enumerate() {
        cells.entry(cell(middle(piece))).or_default().push(i);
    }
    let closed: Vec<bool> = lines.iter().map(|line| line.first() == line.last()).collect();
    let lengths: Vec<f64> = lines.iter().map(|line| length(line)).collect();
    let banks = |a: &Piece, b: &Piece| {
        let off = (a.along - b.along).abs();
        let round = if closed[a.line] { off.min(lengths[a.line] - off) } else { off };
        let elsewhere = match a.line == b.line {
            true => round > BANKS * apart,
            false => closed[a.line] || closed[b.line],
        };
        let (p, q) = (middle(a), middle(b));
        elsewhere && (p.x - q.x).hypot(p.y - q.y) < apart
    };
    let creased = |piece: &Piece| {
        let (column, row) = cell(middle(piece));
        let round = (-1..=1).flat_map(|i| (-1..=1).map(move |k| (column + i, row + k)));
        let mut near = round.filter_map(|key| cells.get(&key)).flatten();
        near.any(|&other| banks(piece, &pieces[other]))
    };
    let mut kept: Vec<(usize, Vec<Pt>)> = Vec::new();
    for piece in pieces.iter().filter(|piece| !creased(piece)) {
        match kept.last_mut() {
            Some((line, run)) if *line == piece.line && run.last() == Some(&piece.ends[0]) => {
                run.push(piece.ends[1]);
            }
            _ => kept.push((piece.line, piece.ends.into())),
        }
    }
    // The head of a creek is a bend by itself: what is left of it goes too.
    let stub = (BANKS + 1.5) * apart;
    kept.retain(|(line, run)| length(run) > stub.min(0.999 * lengths[*line]));
    kept.into_iter().map(|(_, run)| straightened(run)).collect()
}

fn length(line: &[Pt]) -> f64 {
    line.windows(2).map(|w| (w[1].x - w[0].x).hypot(w[1].y - w[0].y)).sum()
}

/// Every line in pieces of at most a length.
fn pieces(lines: &[Vec<Pt>], most: f64) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (line, points) in lines.iter().enumerate() {
        let mut along = 0.0;
        for pair in points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let long = (b.x - a.x).hypot(b.y - a.y);
            let count = (long / most).ceil().max(1.0) as usize;
            let at = |i: usize| match i {
                i if i == count => b,
                i => {
                    let t = i as f64 / count as f64;
                    pt(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y))
                }
            };
            pieces.extend((0..count).map(|i| {
                let along = along + long * (i as f64 + 0.5) / count as f64;
                Piece { line, along, ends: [at(i), at(i + 1)] }
            }));
            along += long;
        }
    }
    pieces
}

/// Without the points that lie on the straight way between their neighbours.
fn straightened(run: Vec<Pt>) -> Vec<Pt> {
    super::clip::thin(&run, 1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creeks_go_and_bends_stay() {
        // A coast with a creek half a point wide and 20 deep, and a bay of 6 points.
        let coast: Vec<Pt> = [
            (0.0, 0.0),
            (20.0, 0.0),
            (20.0, 20.0),
            (20.5, 20.0),
            (20.5, 0.0),
            (40.0, 0.0),
            (40.0, 20.0),
            (46.0, 20.0),
            (46.0, 0.0),
            (60.0, 0.0),
        ]
        .map(|(x, y)| pt(x, y))
        .into();
        let whole = length(&coast);
        let kept = without_creases(std::slice::from_ref(&coast), 1.0);
        assert_eq!(kept.len(), 2);
        let left: f64 = kept.iter().map(|line| length(line)).sum();
        assert!((whole - left - 40.5).abs() < 3.0, "{whole} {left}");
        assert_eq!(kept[0][0], coast[0]);
        assert_eq!(kept[1].last(), coast.last());
        // No more points than there were, but for the cut.
        assert!(kept.iter().map(Vec::len).sum::<usize>() <= coast.len());
        let bay = &coast[5..];
        assert_eq!(without_creases(&[bay.to_vec()], 1.0), [bay.to_vec()]);
    }

    #[test]
    fn an_island_parts_from_the_coast_where_there_is_no_room() {
        let ring = |x: f64, y: f64| -> Vec<Pt> {
            [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 0.0)]
                .map(|(dx, dy)| pt(x + dx, y + dy))
                .into()
        };
        let far = [ring(0.0, 0.0), ring(12.0, 0.0)];
        assert_eq!(without_creases(&far, 1.0), far);
        let near = without_creases(&[ring(0.0, 0.0), ring(9.4, 0.0)], 1.0);
        let left: f64 = near.iter().map(|line| length(line)).sum();
        assert!((72.0 - 18.0 - left).abs() < 4.0, "{left}");
    }
}
