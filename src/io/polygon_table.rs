//! [`PolygonTable`]: polygons with a row each, for the formats of layers.

use super::encode::holding;
use super::table_out::{Cell, ColumnKind};

/// Polygons of one row: of each its exterior, which runs counter-clockwise and is
/// closed, and its holes after it; degrees.
pub type Polygons = Vec<Vec<Vec<[f64; 2]>>>;

/// A layer of polygons on its way out.
#[derive(Clone, Debug, Default)]
pub struct PolygonTable {
    /// Its name in formats that have one.
    pub name: String,
    /// Names of the columns; none occurs twice.
    pub columns: Vec<String>,
    /// The same in ten letters or fewer, for formats that have no more.
    pub short: Vec<String>,
    /// What the columns hold.
    pub kinds: Vec<ColumnKind>,
    /// The rows in their order.
    pub rows: Vec<PolygonRow>,
}

/// One of its rows.
#[derive(Clone, Debug)]
pub struct PolygonRow {
    /// What a map calls it.
    pub title: String,
    /// What it covers; empty for nothing.
    pub polygons: Polygons,
    /// Its cells by column.
    pub cells: Vec<Cell>,
}

/// West, south, east and north of positions; `None` of none.
pub(super) fn bounds<'a>(positions: impl Iterator<Item = &'a [f64; 2]>) -> Option<[f64; 4]> {
    positions.fold(None, |bounds, position| Some(holding(bounds, *position)))
}
