//! [`Beginnings`]: where searches of the line begin, remembered by cells of the map.

use super::strips::Begin;
use crate::geodesy::{LonLat, inverse};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Cells of a block along each axis; a cell is a tenth of a degree wide.
const CELLS: usize = 40;
const CELL_DEG: f64 = 0.1;
const BLOCK_DEG: f64 = CELL_DEG * CELLS as f64;
const BLOCKS: (usize, usize) = (90, 45);

/// For each cell that places fall into the rows of the tree at which a search
/// begins, so that it need not come down from the top.
///
/// A cell is worked out when a second place falls into it, which takes as long as
/// some ten searches; that decides how long a search takes and no result.
/// Cells farther off than places are searched for in the tree are not kept:
/// 80 kB for each block of four degrees within some 800 km of the line into which
/// places fall, at most.
pub(super) struct Beginnings {
    blocks: Box<[OnceLock<Block>]>,
}

/// Its cells, row by row, where it is near enough.
type Block = Option<Box<[Cell]>>;

#[derive(Default)]
struct Cell {
    seen: AtomicBool,
    begin: OnceLock<Option<Begin>>,
}

/// A middle, and how far a place of a cell or block lies from it at most, metres.
pub(super) type Round = (LonLat, f64);

impl Beginnings {
    pub fn new() -> Beginnings {
        Beginnings { blocks: (0..BLOCKS.0 * BLOCKS.1).map(|_| OnceLock::new()).collect() }
    }

    /// Where the search for a place begins, once its cell has seen another.
    /// `is_near` tells whether a block may hold places that are searched for in the
    /// tree, `begin` works out a cell.
    #[inline]
    pub fn of(
        &self,
        p: LonLat,
        is_near: impl FnOnce(Round) -> bool,
        begin: impl FnOnce(Round) -> Option<Begin>,
    ) -> Option<&Begin> {
        let (x, y) = ((p.lon() + 180.0) / CELL_DEG, (p.lat() + 90.0) / CELL_DEG);
        let most = (BLOCKS.0 * CELLS - 1, BLOCKS.1 * CELLS - 1);
        let (x, y) = ((x as usize).min(most.0), (y as usize).min(most.1));
        let (column, row) = (x / CELLS, y / CELLS);
        let block = self.blocks[row * BLOCKS.0 + column].get_or_init(|| {
            let cells = || (0..CELLS * CELLS).map(|_| Cell::default()).collect();
            is_near(round(column, row, BLOCK_DEG)).then(cells)
        });
        let cell = &block.as_ref()?[y % CELLS * CELLS + x % CELLS];
        if let Some(begin) = cell.begin.get() {
            return begin.as_ref();
        }
        if !cell.seen.swap(true, Ordering::Relaxed) {
            return None;
        }
        cell.begin.get_or_init(|| begin(round(x, y, CELL_DEG))).as_ref()
    }
}

/// The middle of a square of degrees and the distance of its farthest corner, a
/// little more for the rounding of its edges.
fn round(column: usize, row: usize, deg: f64) -> Round {
    let at = |x: f64, y: f64| {
        LonLat::folded((column as f64 + x) * deg - 180.0, (row as f64 + y) * deg - 90.0)
    };
    let middle = at(0.5, 0.5);
    let farthest = [at(0.0, 0.0), at(0.0, 1.0)]
        .map(|corner| inverse(middle, corner).distance_m)
        .into_iter()
        .fold(0.0, f64::max);
    (middle, 1.01 * farthest + 1.0)
}
