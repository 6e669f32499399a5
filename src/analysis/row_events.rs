//! Polynomials that begin and end along rows of cells.
//!
//! Eight numbers stand together everywhere, so that a processor with vectors of
//! two, four or eight of them does the same sums in the same order: the result
//! is the same on every machine. Multiplications and additions are never fused.
//! What computes with vectors must be inlined into the one function that the
//! processor's instructions are chosen for, hence `inline(always)` and no
//! closures, which cannot promise it.

use pulp::Simd;
use std::slice::ChunksExactMut;

/// Coefficients of a polynomial in the column, constant term first, and in
/// place [`COUNT`] of how many intervals they are the sum.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub struct Eight(pub [f64; 8]);

/// Place of the number of intervals.
pub const COUNT: usize = 7;

/// Rows that are worked on together.
pub const BAND: usize = 16;

impl Eight {
    /// All zero.
    pub const NONE: Eight = Eight([0.0; 8]);

    /// Adds each number to that of another.
    #[inline(always)]
    pub fn add<S: Simd>(&mut self, simd: S, other: &Eight) {
        let (mine, others) = (S::as_mut_simd_f64s(&mut self.0).0, S::as_simd_f64s(&other.0).0);
        for (a, b) in mine.iter_mut().zip(others) {
            *a = simd.add_f64s(*a, *b);
        }
    }

    #[inline(always)]
    fn subtract<S: Simd>(&mut self, simd: S, other: &Eight) {
        let (mine, others) = (S::as_mut_simd_f64s(&mut self.0).0, S::as_simd_f64s(&other.0).0);
        for (a, b) in mine.iter_mut().zip(others) {
            *a = simd.sub_f64s(*a, *b);
        }
    }

    #[inline(always)]
    fn multiply<S: Simd>(&mut self, simd: S, by: f64) {
        let by = simd.splat_f64s(by);
        for a in S::as_mut_simd_f64s(&mut self.0).0 {
            *a = simd.mul_f64s(*a, by);
        }
    }

    /// Σ termsᵢ tⁱ over the first `count` terms, by Horner's scheme.
    #[inline(always)]
    pub fn horner<S: Simd>(simd: S, terms: &[Eight], count: usize, t: f64) -> Eight {
        let mut sum = terms[count - 1];
        for term in terms[..count - 1].iter().rev() {
            sum.multiply(simd, t);
            sum.add(simd, term);
        }
        sum
    }

    /// The same, times a factor.
    #[inline(always)]
    pub fn scaled<S: Simd>(simd: S, terms: &[Eight], count: usize, t: f64, by: f64) -> Eight {
        let mut sum = Eight::horner(simd, terms, count, t);
        sum.multiply(simd, by);
        sum
    }
}

/// Columns that are worked on together, about: their events stay in the
/// processor's cache.
pub const SECTION: usize = 1_000;

/// What begins and ends at each column of a section of a band of rows.
pub struct Events {
    events: Vec<Eight>,
    /// Columns, and one more for what ends at the eastern edge.
    stride: usize,
}

impl Events {
    /// Nothing yet, in rows of so many columns.
    pub fn new(columns: usize) -> Events {
        Events { events: vec![Eight::NONE; (columns + 1) * BAND], stride: columns + 1 }
    }

    /// The rows of the band.
    #[inline(always)]
    pub fn rows(&mut self) -> ChunksExactMut<'_, Eight> {
        self.events.chunks_exact_mut(self.stride)
    }
}

/// A polynomial holds from this column on.
#[inline(always)]
pub fn begin<S: Simd>(simd: S, row: &mut [Eight], column: usize, c: &Eight) {
    if let Some(event) = row.get_mut(column) {
        event.add(simd, c);
    }
}

/// A polynomial holds no more from this column on.
#[inline(always)]
pub fn end<S: Simd>(simd: S, row: &mut [Eight], column: usize, c: &Eight) {
    if let Some(event) = row.get_mut(column) {
        event.subtract(simd, c);
    }
}

/// The tiles of a section. A polynomial is about the middle of its tile, and sums
/// begin anew in each, so that no number grows large enough to lose its digits.
pub struct Tiles {
    /// Columns of a tile.
    pub width: usize,
    /// For each column, one past the last included, the middle of its tile;
    /// counted from the section's first.
    middles: Vec<f64>,
}

/// The tiles under a disc, which are two at most: its western and eastern end
/// lie in tiles with these middles, the second of which begins at a column that
/// no interval of the first goes beyond.
#[derive(Clone, Copy)]
pub struct Under {
    /// Middle of the first.
    pub west: f64,
    /// Middle of the second, or of the first when there is but one.
    pub east: f64,
    /// Where the second begins.
    pub border: usize,
}

impl Tiles {
    /// Tiles of so many columns each, in rows of `columns`: those of a section.
    /// It is wide beside a disc, as those at its ends are looked at twice.
    pub fn new(width: usize, radius: f64, columns: usize) -> Tiles {
        let least = SECTION.max((12.0 * radius).min(columns as f64) as usize);
        let section = ((least / width).max(1) * width).min(columns);
        let middle = |c: usize| ((c / width * width) as f64) + 0.5 * (width as f64 - 1.0);
        Tiles { width, middles: (0..=section).map(middle).collect() }
    }

    /// Columns of a section.
    pub fn section(&self) -> usize {
        self.middles.len() - 1
    }

    /// The tiles of columns `from` to `to`, which is included.
    #[inline(always)]
    pub fn under(&self, from: usize, to: usize) -> Under {
        let last = self.middles.len() - 1;
        let (from, to) = (from.min(last), to.min(last));
        let (west, east) = (self.middles[from], self.middles[to]);
        let border = if west == east { usize::MAX } else { to / self.width * self.width };
        Under { west, east, border }
    }
}

/// A polynomial whose coefficients are polynomials in something: their `count`
/// terms, and its value.
pub type Terms<'a> = (&'a [Eight], usize, f64);

/// Adds an interval of columns, `to` excluded, to a row: its polynomial about
/// the middle of the western and of the eastern tile.
#[inline(always)]
pub fn add_interval<S: Simd>(
    simd: S,
    row: &mut [Eight],
    (from, to): (usize, usize),
    border: usize,
    (west, east): (Terms<'_>, Terms<'_>),
) {
    if from < border {
        let c = Eight::horner(simd, west.0, west.1, west.2);
        begin(simd, row, from, &c);
        if to < border {
            end(simd, row, to, &c);
            return;
        }
    }
    if to > border {
        let c = Eight::horner(simd, east.0, east.1, east.2);
        begin(simd, row, from.max(border), &c);
        end(simd, row, to, &c);
    }
}
