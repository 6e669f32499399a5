//! Where the cells of a surface lie on the ground.

use super::lattice::Lattice;
use crate::geodesy::{Cone, EqualArea, Extent, LonLat};

/// Square cells in the equal-area projection fitted to an extent.
pub struct GridFrame {
    /// The projection of the cells.
    pub projection: EqualArea,
    /// The cells.
    pub lattice: Lattice,
    /// The largest distortion of short distances on the extent: 0.01 where a
    /// kilometre may be drawn 10 m too long or too short.
    pub distortion: f64,
}

impl GridFrame {
    /// Cells of a side in metres that cover an extent.
    pub fn fit(extent: Extent, cell_m: f64) -> GridFrame {
        let projection = EqualArea::fit(extent);
        let cone = Cone::new(projection.parameters());
        let [west_m, south_m, east_m, north_m] = bounds(&cone, extent);
        let columns = ((east_m - west_m) / cell_m).ceil().max(1.0) as usize;
        let rows = ((north_m - south_m) / cell_m).ceil().max(1.0) as usize;
        GridFrame {
            distortion: cone.largest_distortion(extent),
            projection,
            lattice: Lattice { west_m, north_m, cell_m, columns, rows },
        }
    }

    /// The position of the centre of a cell; `None` off the map.
    pub fn position(&self, column: usize, row: usize) -> Option<LonLat> {
        let (x, y) = self.lattice.centre(column, row);
        self.projection.inverse(x, y)
    }

    /// Columns and rows of a position, whole at the centres of cells.
    pub fn cell_of(&self, at: LonLat) -> (f64, f64) {
        let (x, y) = self.projection.forward(at);
        let l = &self.lattice;
        ((x - l.west_m) / l.cell_m - 0.5, (l.north_m - y) / l.cell_m - 0.5)
    }
}

/// West, south, east and north of an extent in the projection, metres: its
/// edges are curves there, so they are followed.
fn bounds(cone: &Cone, extent: Extent) -> [f64; 4] {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    const STEPS: u32 = 64;
    for i in 0..=STEPS {
        let t = f64::from(i) / f64::from(STEPS);
        let lon = extent.west + t * (extent.east - extent.west);
        let lat = extent.south + t * (extent.north - extent.south);
        for (lon, lat) in
            [(lon, extent.south), (lon, extent.north), (extent.west, lat), (extent.east, lat)]
        {
            let (x, y) = cone.forward(LonLat::folded(lon, lat));
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        }
    }
    bounds
}
