//! Positions, distances, areas and projections on the WGS 84 ellipsoid.
//!
//! Conventions: degrees in and out, distances in metres, azimuths in degrees
//! clockwise from north, left of the direction of travel is positive.

mod albers;
mod ellipsoid;
mod planar_edge;
mod position;
mod projection;
mod segment;
mod space;
mod utm;

pub use albers::Cone;
pub use ellipsoid::{Inverse, cell_area_m2, direct, inverse, planar_ring_area_m2, ring_area_m2};
pub use planar_edge::planar_edge;
pub use position::{InvalidLonLat, LonLat};
pub use projection::{Albers, EqualArea, Extent};
pub(crate) use segment::turn;
pub use segment::{Intercept, Segment};
pub(crate) use space::{
    Measure, NEAR_M, Spot, Vector, ahead, arc_error_m, convexity, cross, dot, greatest_geodesic,
    least_geodesic, minus, position, spot, way,
};
pub use utm::Utm;
