//! Reference values of `tests/reference`, for tests.

use super::bandwidth::Bandwidth;
use super::density::{Contributor, DensitySettings};
use super::edge::Edge;
use super::grid_frame::GridFrame;
use super::kernel::Kernel;
use super::lattice::Lattice;
use crate::geodesy::{EqualArea, Extent, LonLat};

const EXTENT: Extent = Extent { west: 68.0, south: 32.0, east: 72.0, north: 35.0 };

/// Points in a window of 400 km by 250 km, metres.
pub fn points() -> Vec<(f64, f64)> {
    let text = include_str!("../../tests/reference/density_points.csv");
    let point = |line: &str| {
        let (x, y) = line.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    text.lines().skip(1).map(point).collect()
}

/// Values by R: x and y in metres, and the value there.
pub fn reference(what: &str) -> Vec<(f64, f64, f64)> {
    let text = include_str!("../../tests/reference/density_surface.csv");
    text.lines()
        .filter_map(|line| line.strip_prefix(what)?.strip_prefix(','))
        .map(|line| {
            let cells: Vec<f64> = line.split(',').map(|c| c.parse().unwrap()).collect();
            (cells[0], cells[1], cells[2])
        })
        .collect()
}

/// The window in cells of 1 km; the projection has no part in it.
pub fn frame() -> GridFrame {
    GridFrame {
        projection: EqualArea::fit(EXTENT),
        lattice: Lattice {
            west_m: 0.0,
            north_m: 250_000.0,
            cell_m: 1_000.0,
            columns: 400,
            rows: 250,
        },
        distortion: 0.0,
    }
}

/// A Gaussian of 10 km.
pub fn settings() -> DensitySettings {
    DensitySettings {
        kernel: Kernel::Gaussian,
        bandwidth: Bandwidth::Fixed(10_000.0),
        adaptive: false,
        edge: Edge::None,
        cell_m: 1_000.0,
        extent: EXTENT,
        counted: "incidents",
    }
}

/// An incident whose place is given in the plane.
pub fn nobody() -> Contributor {
    Contributor::at(LonLat::folded(0.0, 0.0), 1.0)
}
