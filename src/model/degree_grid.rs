//! [`DegreeGrid`]: numbers on cells of longitude and latitude.

use crate::geodesy::LonLat;

/// Numbers on the cells of a raster in degrees: people, for one.
#[derive(Clone, Debug, PartialEq)]
pub struct DegreeGrid {
    /// What it is called: the name of its file.
    pub name: String,
    /// Western edge of the first column, degrees.
    pub west: f64,
    /// Northern edge of the first row, degrees.
    pub north: f64,
    /// Width and height of a cell, degrees.
    pub cell: [f64; 2],
    /// Cells across.
    pub columns: usize,
    /// Row by row from the north-western corner; NaN where nothing is known.
    pub values: Vec<f32>,
}

impl DegreeGrid {
    /// Cells down.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns.max(1)
    }

    /// The middle of a cell.
    pub fn centre(&self, column: usize, row: usize) -> LonLat {
        LonLat::folded(
            self.west + (column as f64 + 0.5) * self.cell[0],
            self.north - (row as f64 + 0.5) * self.cell[1],
        )
    }
}
