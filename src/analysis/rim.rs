//! What a surface that breaks at the line would hold on the other side, at the
//! cells near enough to the line for a value between cells to need it.

use super::barrier::Sides;
use std::ops::Range;

/// Values at the cells of a [`Sides::rim`], row by row.
#[derive(Default)]
pub struct Rim {
    /// Stretches of columns of every row, and where the first one's value stands.
    rows: Vec<Vec<(Range<u32>, usize)>>,
    values: Vec<f64>,
}

impl Rim {
    /// Adds the next row: its stretches, and a value for any of its columns.
    pub fn push_row(&mut self, stretches: &[Range<u32>], row: &[f64]) {
        let mut placed = Vec::with_capacity(stretches.len());
        for stretch in stretches {
            placed.push((stretch.clone(), self.values.len()));
            self.values.extend_from_slice(&row[stretch.start as usize..stretch.end as usize]);
        }
        self.rows.push(placed);
    }

    /// The value at a cell; `None` where the line is not near.
    pub fn at(&self, column: usize, row: usize) -> Option<f64> {
        let (row, column) = (self.rows.get(row)?, u32::try_from(column).ok()?);
        let after = row.partition_point(|(stretch, _)| stretch.end <= column);
        let (stretch, first) = row.get(after).filter(|(stretch, _)| stretch.start <= column)?;
        self.values.get(first + (column - stretch.start) as usize).copied()
    }

    /// Changes every value.
    pub fn for_each(&mut self, change: impl FnMut(&mut f64)) {
        self.values.iter_mut().for_each(change);
    }

    /// Changes every value by that of the same cell of a rim of the same sides.
    pub fn zip(&mut self, other: &Rim, mut change: impl FnMut(&mut f64, f64)) {
        for (value, other) in self.values.iter_mut().zip(&other.values) {
            change(value, *other);
        }
    }
}

/// How many cells away the other side may lie: values between cells are cubic,
/// of four cells along and four down.
const NEAR: usize = 3;

impl Sides {
    /// The stretches of a row of the lattice from where a cell of the other side
    /// lies no more than three columns and three rows away.
    pub fn rim(&self, row: usize) -> Vec<Range<u32>> {
        let mut of_side = [Vec::new(), Vec::new()];
        for near in row.saturating_sub(NEAR)..=row + NEAR {
            self.add_grown(near, NEAR as u32, &mut of_side);
        }
        let [left, right] = of_side.map(joined);
        common(&left, &right)
    }
}

/// Stretches that overlap or touch as one, in order.
fn joined(mut stretches: Vec<Range<u32>>) -> Vec<Range<u32>> {
    stretches.sort_unstable_by_key(|s| s.start);
    let mut joined: Vec<Range<u32>> = Vec::new();
    for next in stretches {
        match joined.last_mut() {
            Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
            _ => joined.push(next),
        }
    }
    joined
}

/// What two lists of stretches in order have in common.
fn common(one: &[Range<u32>], other: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut common = Vec::new();
    let (mut i, mut k) = (0, 0);
    while let (Some(a), Some(b)) = (one.get(i), other.get(k)) {
        let both = a.start.max(b.start)..a.end.min(b.end);
        if both.start < both.end {
            common.push(both);
        }
        if a.end < b.end {
            i += 1;
        } else {
            k += 1;
        }
    }
    common
}
