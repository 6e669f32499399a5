//! [`Cell`]: a cell of a quadtree over longitude and latitude.

use super::ring_clip::Ring;
use crate::geodesy::{LonLat, cell_area_m2};

/// Between two meridians and two parallels, degrees.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl Cell {
    /// The place at shares of its width and height.
    pub fn point(&self, x: f64, y: f64) -> LonLat {
        LonLat::folded(
            self.west + x * (self.east - self.west),
            self.south + y * (self.north - self.south),
        )
    }

    /// South-west, south-east, north-west, north-east.
    pub fn quarters(&self) -> [Cell; 4] {
        let (x, y) = (0.5 * (self.west + self.east), 0.5 * (self.south + self.north));
        [
            Cell { east: x, north: y, ..*self },
            Cell { west: x, north: y, ..*self },
            Cell { east: x, south: y, ..*self },
            Cell { west: x, south: y, ..*self },
        ]
    }

    /// Its area on the ellipsoid.
    pub fn area_m2(&self) -> f64 {
        cell_area_m2(self.west, self.south, self.east, self.north)
    }

    /// Its corners.
    pub fn ring(&self) -> Ring {
        let Cell { west, south, east, north } = *self;
        vec![[west, south], [east, south], [east, north], [west, north]]
    }

    /// No place of the cell is farther from its centre: half the diagonal, with
    /// the longest degrees there are, 111.7 km of latitude (at the poles) and
    /// 111.33 km times the cosine, 1.0034 for the flattening, of longitude.
    pub fn radius_m(&self) -> f64 {
        let equatorward = if self.south > 0.0 { self.south } else { -self.north }.max(0.0);
        let height = (self.north - self.south) * 111_700.0;
        let width = (self.east - self.west) * 111_330.0 * 1.0034 * equatorward.to_radians().cos();
        0.5 * height.hypot(width)
    }
}
