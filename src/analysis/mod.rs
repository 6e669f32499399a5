//! The statistics, in reading order: [`locate`] places every incident once;
//! zones, density and profile count those records.

mod density;
mod filter;
mod locate;
pub mod poisson_binomial;
mod profile;
mod region;
mod zone_area;
mod zone_contour;
mod zone_ground;
mod zone_seam;
mod zone_shape;
mod zones;

pub use density::{
    Bandwidth, Contributor, DensityError, DensityGrid, DensitySettings, Kernel, UnknownKernel,
    density,
};
pub use filter::{Filter, UnknownName};
pub use locate::{AreaNames, DistrictHow, Located, Placement, locate, locate_one};
pub use profile::{
    Profile, ProfileSettings, ProfileSide, Strip, StripSegment, busiest_stretch, profile, strip,
};
pub use region::{Likely, Places, RegionSettings, Regions};
pub use zone_area::{Window, ZoneAreas, zone_areas, zone_areas_to_depth};
pub use zone_shape::{ZoneShapeError, ZoneShapes, zone_shapes};
pub use zones::{InvalidBreaks, Zone, ZoneBreaks, Zones, zones};
