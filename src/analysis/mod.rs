//! The statistics, in reading order: [`locate`] places every incident once;
//! zones, density and profile count those records.

mod abramson;
mod bandwidth;
mod barrier;
mod density;
mod disc_cells;
mod disc_quantiles;
mod exact_rows;
mod filter;
mod gauss_boxes;
mod grid_frame;
mod isolines;
mod kernel;
mod kernel_sums;
mod lattice;
mod law;
mod locate;
mod named;
mod near_line;
mod plain_sums;
pub mod poisson_binomial;
mod profile;
mod random;
mod rates;
#[cfg(test)]
mod reference;
mod refine;
mod region;
mod region_cache;
mod region_shape;
mod relative;
mod sites;
mod varied_sums;
mod window_mass;
mod zone_area;
mod zone_contour;
mod zone_ground;
mod zone_seam;
mod zone_shape;
mod zone_sums;
mod zones;

pub use bandwidth::Bandwidth;
pub use barrier::Sides;
pub use density::{
    Barrier, Contributor, DensityError, DensityGrid, DensitySettings, Edge, Sources, Spot, density,
};
pub use filter::{Categories, Filter, UnknownName};
pub use grid_frame::GridFrame;
pub use isolines::isolines;
pub use kernel::{Kernel, UnknownKernel};
pub use kernel_sums::{KernelSums, kernel_sums};
pub use lattice::{Lattice, Mass};
pub use locate::{AreaNames, DistrictHow, Located, Placement, locate, locate_one};
pub use near_line::{GroundByDistance, NearLine, Within, ground_by_distance, near_line};
pub use profile::{
    Profile, ProfileSettings, ProfileSide, Strip, StripSegment, busiest_stretch, profile, strip,
};
pub use rates::{Rate, garwood};
pub use region::{Likely, Places, RegionSettings, Regions};
pub use region_cache::{RegionCache, RegionTally};
pub use region_shape::{Cut, Outlook};
pub use relative::{Against, LEAST_INCIDENTS, RelativeGrid, Tolerance, relative_risk};
pub use window_mass::{Gauss, Rectangle};
pub use zone_area::{Window, ZoneAreas, zone_areas, zone_areas_to_depth};
pub use zone_shape::{ZoneShapeError, ZoneShapes, zone_shapes};
pub use zones::{InvalidBreaks, Zone, ZoneBreaks, Zones, zones};
