//! The emptiest place of a map for its furniture, found from what lies there.

use super::clip::{Rect, clip_line, inside};
use super::scene::{Pt, pt};

/// Weights on a grid over a rectangle of the page, with their sums from the top
/// left corner (a summed-area table, Crow 1984, SIGGRAPH 18, 207–212).
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    rect: Rect,
    cell: f64,
    columns: usize,
    rows: usize,
    weights: Vec<f64>,
    sums: Vec<f64>,
}

impl Field {
    /// Empty, with square cells of about `cell` points.
    pub fn new(rect: Rect, cell: f64) -> Field {
        let columns = (rect.width() / cell).ceil().max(1.0) as usize;
        let rows = (rect.height() / cell).ceil().max(1.0) as usize;
        Field { rect, cell, columns, rows, weights: vec![0.0; columns * rows], sums: Vec::new() }
    }

    fn centre(&self, column: usize, row: usize) -> Pt {
        pt(
            self.rect.x0 + (column as f64 + 0.5) * self.cell,
            self.rect.y0 + (row as f64 + 0.5) * self.cell,
        )
    }

    /// Adds the value of a function at each cell's centre.
    pub fn add(&mut self, weight: impl Fn(Pt) -> f64) {
        for row in 0..self.rows {
            for column in 0..self.columns {
                let w = weight(self.centre(column, row));
                self.weights[row * self.columns + column] += w;
            }
        }
        self.sums.clear();
    }

    /// Adds a weight to each cell whose centre lies in a disc, and to the cell
    /// of its centre.
    pub fn add_disc(&mut self, centre: Pt, radius: f64, weight: f64) {
        let reach = radius.max(0.71 * self.cell);
        let of = |v: f64, from: f64, n: usize| {
            (((v - from) / self.cell).floor().max(0.0) as usize).min(n - 1)
        };
        let box_ = Rect::around(centre, reach, reach);
        if !box_.overlaps(self.rect) {
            return;
        }
        for row in of(box_.y0, self.rect.y0, self.rows)..=of(box_.y1, self.rect.y0, self.rows) {
            for column in
                of(box_.x0, self.rect.x0, self.columns)..=of(box_.x1, self.rect.x0, self.columns)
            {
                let p = self.centre(column, row);
                if (p.x - centre.x).hypot(p.y - centre.y) <= reach {
                    self.weights[row * self.columns + column] += weight;
                }
            }
        }
        self.sums.clear();
    }

    /// Adds a weight to cells within `reach` points of a line.
    pub fn add_line(&mut self, line: &[Pt], reach: f64, weight: f64) {
        for part in clip_line(line, self.rect) {
            for p in super::clip::resample(&part, self.cell) {
                self.add_disc(p, reach, weight);
            }
        }
    }

    /// Adds a weight to cells inside rings (even-odd).
    pub fn add_rings(&mut self, rings: &[Vec<Pt>], weight: f64) {
        let rings: Vec<Vec<Pt>> = rings
            .iter()
            .map(|ring| super::clip::clip_ring(&super::clip::thin(ring, 1.0), self.rect))
            .collect();
        self.add(|p| if inside(&rings, p) { weight } else { 0.0 });
    }

    /// Makes the sums; call after the last addition.
    pub fn finish(&mut self) {
        let wide = self.columns + 1;
        self.sums = vec![0.0; wide * (self.rows + 1)];
        for row in 0..self.rows {
            let mut across = 0.0;
            for column in 0..self.columns {
                across += self.weights[row * self.columns + column];
                self.sums[(row + 1) * wide + column + 1] =
                    self.sums[row * wide + column + 1] + across;
            }
        }
    }

    /// The sum of weights of all cells that a rectangle touches; zero before
    /// [`Field::finish`].
    pub fn sum(&self, over: Rect) -> f64 {
        if self.sums.is_empty() || !over.overlaps(self.rect) {
            return 0.0;
        }
        let index = |v: f64, from: f64, n: usize, up: bool| {
            let cells = (v - from) / self.cell;
            (if up { cells.ceil() } else { cells.floor() }).clamp(0.0, n as f64) as usize
        };
        let (c0, c1) = (
            index(over.x0, self.rect.x0, self.columns, false),
            index(over.x1, self.rect.x0, self.columns, true),
        );
        let (r0, r1) = (
            index(over.y0, self.rect.y0, self.rows, false),
            index(over.y1, self.rect.y0, self.rows, true),
        );
        let at = |c: usize, r: usize| self.sums[r * (self.columns + 1) + c];
        at(c1, r1) - at(c0, r1) - at(c1, r0) + at(c0, r0)
    }

    /// The area of a cell, square points.
    pub fn cell_area(&self) -> f64 {
        self.cell * self.cell
    }
}

/// What lies on a map, for furniture that must not cover it.
#[derive(Clone, Debug)]
pub struct Occupied {
    /// Cells that must stay free: data and the line.
    pub blocked: Field,
    /// Cells that better stay free: land, places.
    pub weight: Field,
}

/// The place for a rectangle of a size inside a frame where it covers least: the
/// corners first, then along the edges. `lean` is the price of a place beside
/// what it covers, from its share of the way to the right and down. Returns the
/// mean weight that it covers, too; `None` when every place would cover what is
/// blocked or taken.
pub fn emptiest(
    size: (f64, f64),
    frame: Rect,
    margin: f64,
    occupied: &Occupied,
    taken: &[Rect],
    lean: impl Fn(f64, f64) -> f64,
) -> Option<(Rect, f64)> {
    let room = frame.grown(-margin);
    let (w, h) = size;
    let (free_x, free_y) = (room.width() - w, room.height() - h);
    if free_x < 0.0 || free_y < 0.0 {
        return None;
    }
    let mut places: Vec<(f64, f64, f64)> =
        vec![(1.0, 1.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0)];
    let steps = 24;
    for i in 1..steps {
        let t = f64::from(i) / f64::from(steps);
        // Off the corner by a little is worse than by much is not: one price.
        for (x, y) in [(t, 1.0), (t, 0.0), (0.0, t), (1.0, t)] {
            places.push((x, y, 0.08));
        }
    }
    let mut best: Option<(f64, f64, Rect)> = None;
    for (tx, ty, price) in places {
        let rect = Rect::new(room.x0 + tx * free_x, room.y0 + ty * free_y, w, h);
        let air = rect.grown(2.0);
        if occupied.blocked.sum(air) > 1e-9 || taken.iter().any(|t| t.overlaps(rect.grown(4.0))) {
            continue;
        }
        let cells = (w * h / occupied.weight.cell_area()).max(1.0);
        let covered = occupied.weight.sum(rect) / cells;
        let cost = covered + price + lean(tx, ty);
        if best.is_none_or(|(least, ..)| cost < least - 1e-9) {
            best = Some((cost, covered, rect));
        }
    }
    best.map(|(_, covered, rect)| (rect, covered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_agree_with_a_scan() {
        let mut field = Field::new(Rect::new(10.0, 20.0, 90.0, 60.0), 3.0);
        field.add(|p| (p.x * 0.13).sin() + p.y * 0.01);
        field.finish();
        let over = Rect::new(31.0, 44.0, 21.0, 12.0);
        let mut scan = 0.0;
        for row in 0..20 {
            for column in 0..30 {
                let p = pt(11.5 + 3.0 * f64::from(column), 21.5 + 3.0 * f64::from(row));
                if Rect::around(p, 1.5, 1.5).overlaps(over) {
                    scan += (p.x * 0.13).sin() + p.y * 0.01;
                }
            }
        }
        assert!((field.sum(over) - scan).abs() < 1e-9, "{} {scan}", field.sum(over));
    }

    #[test]
    fn furniture_goes_where_nothing_is_and_nowhere_when_all_is_full() {
        let frame = Rect::new(0.0, 0.0, 200.0, 150.0);
        let mut occupied =
            Occupied { blocked: Field::new(frame, 3.0), weight: Field::new(frame, 3.0) };
        occupied.blocked.add_line(&[pt(0.0, 150.0), pt(200.0, 0.0)], 2.0, 1.0);
        occupied.blocked.add_disc(pt(190.0, 140.0), 5.0, 1.0);
        occupied.blocked.finish();
        occupied.weight.finish();
        let flat = |_: f64, _: f64| 0.0;
        let (found, covered) = emptiest((50.0, 40.0), frame, 4.0, &occupied, &[], flat).unwrap();
        assert_eq!(covered, 0.0);
        assert_eq!((found.x0, found.y0), (4.0, 4.0));
        let (next, _) = emptiest((50.0, 40.0), frame, 4.0, &occupied, &[found], flat).unwrap();
        assert!(!next.overlaps(found));
        occupied.blocked.add(|_| 1.0);
        occupied.blocked.finish();
        assert_eq!(emptiest((50.0, 40.0), frame, 4.0, &occupied, &[], flat), None);
    }
}
