//! Sums of the Gaussian kernel at all cells of a lattice, by Hermite expansion
//! about the centres of boxes: the fast Gauss transform of L. Greengard and
//! J. Strain (1991), SIAM J. Sci. Stat. Comput. 12, 79–94, arranged by rows.
//!
//! With t the place of a cell and δ that of a point from the centre of the
//! point's box, in standard deviations,
//! exp(−(t − δ)²/2) = Σ ψₖ(t) δᵏ/√k!, ψₖ(t) = Heₖ(t) exp(−t²/2)/√k!.
//! So a box needs only the sums of δxᵃ δyᵇ/√(a! b!) over its points, and a row
//! of cells first sums over boxes above and below, then along itself. Work
//! grows with points plus cells, not with their product.
//!
//! # Accuracy
//! Boxes are at most one deviation wide, r ≤ 1. |ψₖ(t)| < 1.0865 exp(−t²/4)
//! (Cramér's inequality), and terms with a + b ≥ p are left out, so a point at
//! distance d errs by less than ε exp(−d²/4) of its own peak, where
//! ε = 1.19 Σ_{k≥p} (r/√2)ᵏ √((k + 1)/k!). Summed over points: exp(−d²/4)
//! is twice the surface's kernel smoothed once more, so the error is below 2ε
//! times the highest value of the surface in the plane. p is taken so that
//! [`Boxes::bound`], 2ε, is below 5·10⁻¹¹; the errors seen are below 10⁻¹².
//! [`Rows::trusted`] is false when the lattice lies so far from the points that
//! its own peak is far below the plane's; then the caller sums plainly.

use super::exact_rows::Rows;
use super::kernel::Kernel;
use super::lattice::{Lattice, Mass};
use rayon::prelude::*;
use std::collections::VecDeque;

/// Box rows that are worked on at a time.
const GROUP: usize = 8;

/// The error of the sums, as a share of the plane's peak, stays below this.
const BOUND: f64 = 5e-11;

/// How the plane is cut into boxes.
pub struct Boxes {
    /// Columns (and rows) of cells in a box.
    side: usize,
    /// Standard deviation in cells.
    deviation: f64,
    /// Terms have order below this.
    order: usize,
    /// Boxes looked at on either side.
    around: usize,
    /// Boxes across and down the lattice.
    across: usize,
    down: usize,
    /// The proven bound of the error, as a share of the plane's peak.
    pub bound: f64,
}

impl Boxes {
    /// Boxes for a lattice; `None` for a deviation of less than a cell, for
    /// which plain sums are faster.
    pub fn new(lattice: &Lattice, bandwidth_m: f64) -> Option<Boxes> {
        let deviation = bandwidth_m / lattice.cell_m;
        if deviation < 1.0 {
            return None;
        }
        let most = lattice.columns.max(lattice.rows) as f64;
        let side = deviation.min(most) as usize;
        let half = side as f64 / deviation * std::f64::consts::FRAC_1_SQRT_2;
        let tail = |p: usize| {
            let (mut term, mut sum) = (1.0, 0.0);
            for k in 0..p + 40 {
                if k >= p {
                    sum += term * ((k + 1) as f64).sqrt();
                }
                term *= half / ((k + 1) as f64).sqrt();
            }
            2.0 * 1.19 * sum
        };
        let order = (4..40).find(|p| p % 2 == 0 && tail(*p) < BOUND)?;
        Some(Boxes {
            side,
            deviation,
            order,
            around: (Kernel::Gaussian.reach() * deviation / side as f64).ceil() as usize,
            across: lattice.columns.div_ceil(side),
            down: lattice.rows.div_ceil(side),
            bound: tail(order),
        })
    }

    /// What the sums cost, in multiplications.
    pub fn cost(&self, points: usize) -> f64 {
        let terms = (self.order * (self.order + 2) / 2) as f64;
        let rows = (self.down * self.side) as f64;
        let near = (2 * self.around + 1) as f64;
        points as f64 * terms
            + rows * (self.across + 2 * self.around) as f64 * near * terms
            + rows * (self.across * self.side) as f64 * near * self.order as f64
    }

    /// Coefficients of a box: for each b those of a < order − b, evenly padded.
    fn length(&self) -> usize {
        (0..self.order).map(|b| self.width(b)).sum()
    }

    fn width(&self, b: usize) -> usize {
        (self.order - b).next_multiple_of(2)
    }
}

/// Points by box: places from the box's centre, in deviations.
struct Boxed {
    points: Vec<[f64; 3]>,
    /// Where the points of each box begin, and one more.
    starts: Vec<u32>,
}

fn boxed(points: &[Mass], lattice: &Lattice, boxes: &Boxes) -> Boxed {
    let side = boxes.side as f64;
    let reach = boxes.around as f64;
    let (wide, high) = (boxes.across + 2 * boxes.around, boxes.down + 2 * boxes.around);
    // Box coordinates; whole numbers are the corners.
    let at = |p: &Mass| {
        let x = (p.x_m - lattice.west_m) / lattice.cell_m / side + reach;
        let y = (lattice.north_m - p.y_m) / lattice.cell_m / side + reach;
        let near = p.weight != 0.0 && x >= 0.0 && y >= 0.0 && x < wide as f64 && y < high as f64;
        near.then_some((x, y))
    };
    let mut next = vec![0u32; wide * high + 1];
    for (x, y) in points.iter().filter_map(at) {
        next[y as usize * wide + x as usize + 1] += 1;
    }
    for i in 1..next.len() {
        next[i] += next[i - 1];
    }
    let starts = next.clone();
    let mut sorted = vec![[0.0; 3]; starts.last().map_or(0, |&n| n as usize)];
    let scale = side / boxes.deviation;
    for p in points {
        if let Some((x, y)) = at(p) {
            let slot = &mut next[y as usize * wide + x as usize];
            sorted[*slot as usize] =
                [(x - x.floor() - 0.5) * scale, (y - y.floor() - 0.5) * scale, p.weight];
            *slot += 1;
        }
    }
    Boxed { points: sorted, starts }
}

/// Sums of the Gaussian kernel over all points.
pub fn gauss_boxes(points: &[Mass], lattice: &Lattice, bandwidth_m: f64, boxes: &Boxes) -> Rows {
    let boxed = boxed(points, lattice, boxes);
    let (wide, high) = (boxes.across + 2 * boxes.around, boxes.down + 2 * boxes.around);
    let near = 2 * boxes.around + 1;
    let table = table(boxes);
    let scale = Kernel::Gaussian.peak(bandwidth_m);
    let columns = lattice.columns;
    let mut sums = lattice.zeros();
    let mut heaviest = 0.0f64;
    let mut held: VecDeque<Vec<f64>> = VecDeque::new();
    let mut made = 0;
    for (group, cells) in sums.chunks_mut(columns * boxes.side * GROUP).enumerate() {
        let first = group * GROUP;
        let wanted = (first + GROUP + near - 1).min(high);
        while made - held.len() < first {
            held.pop_front();
        }
        let rows: Vec<(Vec<f64>, f64)> = (made..wanted)
            .into_par_iter()
            .map(|row| coefficients(&boxed, boxes, row * wide, wide))
            .collect();
        for (row, weight) in rows {
            heaviest = heaviest.max(weight);
            held.push_back(row);
        }
        made = made.max(wanted);
        cells.par_chunks_mut(columns).enumerate().for_each(|(i, row)| {
            let (down, within) = (i / boxes.side, i % boxes.side);
            let above = held.range(down..(down + near).min(held.len()));
            let along = along(boxes, &table, above, within, wide);
            spread(boxes, &table, &along, row);
            for cell in row {
                *cell = (*cell * scale).max(0.0);
            }
        });
    }
    let peak = sums.iter().copied().fold(0.0, f64::max);
    // The surface anywhere is below 64 times the heaviest box's weight.
    let trusted = boxes.bound * 64.0 * heaviest * scale <= 1e-8 * peak;
    Rows { sums, trusted }
}

/// ψ at the cells of a box from the centre of a box `offset − around` further
/// on: `[offset][k][cell]`.
fn table(boxes: &Boxes) -> Vec<f64> {
    let (near, side) = (2 * boxes.around + 1, boxes.side);
    let mut table = vec![0.0; near * boxes.order * side];
    for (offset, block) in table.chunks_mut(boxes.order * side).enumerate() {
        for cell in 0..side {
            let cells = cell as f64
                - 0.5 * (side as f64 - 1.0)
                - (offset as f64 - boxes.around as f64) * side as f64;
            let t = cells / boxes.deviation;
            // Heₖ₊₁ = t Heₖ − k Heₖ₋₁, divided by √(k + 1)! on the way.
            let (mut before, mut now) = (0.0, (-0.5 * t * t).exp());
            for k in 0..boxes.order {
                block[k * side + cell] = now;
                let (k, next) = (k as f64, t * now);
                (before, now) = (now, (next - k.sqrt() * before) / (k + 1.0).sqrt());
            }
        }
    }
    table
}

/// The coefficients of a row of boxes, and the weight of its heaviest.
fn coefficients(boxed: &Boxed, boxes: &Boxes, from: usize, wide: usize) -> (Vec<f64>, f64) {
    let length = boxes.length();
    let mut row = vec![0.0; wide * length];
    let mut heaviest = 0.0f64;
    let roots: Vec<f64> = (0..=boxes.order).map(|k| 1.0 / (k.max(1) as f64).sqrt()).collect();
    let mut powers = vec![0.0; boxes.order];
    for (i, sums) in row.chunks_mut(length).enumerate() {
        let range = boxed.starts[from + i] as usize..boxed.starts[from + i + 1] as usize;
        let mut weight = 0.0;
        for [x, y, w] in &boxed.points[range] {
            weight += w;
            let mut power = 1.0;
            for (k, slot) in powers.iter_mut().enumerate() {
                *slot = power;
                power *= x * roots[k + 1];
            }
            let mut rest = &mut sums[..];
            let mut factor = *w;
            for b in 0..boxes.order {
                let (terms, further) = rest.split_at_mut(boxes.width(b));
                for (term, power) in terms.iter_mut().zip(&powers) {
                    *term += factor * power;
                }
                factor *= y * roots[b + 1];
                rest = further;
            }
        }
        heaviest = heaviest.max(weight);
    }
    (row, heaviest)
}

/// For one row of cells, what each column of boxes adds along it: `[box][a]`.
fn along<'a>(
    boxes: &Boxes,
    table: &[f64],
    above: impl Iterator<Item = &'a Vec<f64>>,
    within: usize,
    wide: usize,
) -> Vec<f64> {
    let (order, side) = (boxes.order, boxes.side);
    let length = boxes.length();
    let mut along = vec![0.0; wide * order];
    for (offset, row) in above.enumerate() {
        let psi = |b: usize| table[(offset * order + b) * side + within];
        let factors: Vec<f64> = (0..order).map(psi).collect();
        for (sums, terms) in along.chunks_mut(order).zip(row.chunks(length)) {
            // A box without weight adds nothing.
            if terms[0] == 0.0 {
                continue;
            }
            let mut rest = terms;
            for (b, factor) in factors.iter().enumerate() {
                let (terms, further) = rest.split_at(boxes.width(b));
                for (sum, term) in sums.iter_mut().zip(terms) {
                    *sum += factor * term;
                }
                rest = further;
            }
        }
    }
    along
}

/// Sums along a row of cells.
fn spread(boxes: &Boxes, table: &[f64], along: &[f64], row: &mut [f64]) {
    let (order, side) = (boxes.order, boxes.side);
    for (column, cells) in row.chunks_mut(side).enumerate() {
        for offset in 0..=2 * boxes.around {
            let terms = &along[(column + offset) * order..(column + offset + 1) * order];
            if terms[0] == 0.0 {
                continue;
            }
            let block = &table[offset * order * side..(offset + 1) * order * side];
            for (factor, psi) in terms.iter().zip(block.chunks(side)) {
                for (cell, psi) in cells.iter_mut().zip(psi) {
                    *cell += factor * psi;
                }
            }
        }
    }
}
