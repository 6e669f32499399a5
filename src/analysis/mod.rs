//! The statistics, in reading order: [`locate`] places every incident once;
//! zones, density, profile, the comparison of periods and hot spots count those
//! records, and other drawings of the line are held against them.

mod bandwidth;
mod beta;
mod compare;
pub mod contiguity;
mod density;
mod exact_rows;
mod false_discovery;
mod filter;
mod gauss_boxes;
mod hotspots;
mod kernel;
mod kernel_sums;
mod lattice;
mod line_area;
mod line_deviation;
mod line_walk;
pub mod local_statistics;
mod locate;
mod moved;
mod plain_sums;
pub mod poisson_binomial;
mod profile;
mod random;
mod rate_ratio;
mod region;
mod whereabouts;
mod zone_area;
mod zone_contour;
mod zone_ground;
mod zone_seam;
mod zone_shape;
mod zones;

pub use bandwidth::Bandwidth;
pub use compare::{Change, Comparisons, Group, Period, compare};
pub use density::{
    Contributor, DensityError, DensityGrid, DensitySettings, Spread, density, density_spread,
};
pub use false_discovery::benjamini_hochberg;
pub use filter::{Filter, UnknownName};
pub use hotspots::{Hotspot, HotspotSettings, Hotspots, RateScale, Spot, hotspots};
pub use kernel::{Kernel, UnknownKernel};
pub use kernel_sums::{KernelSums, kernel_sums};
pub use lattice::{Lattice, Mass};
pub use line_area::AreaBetween;
pub use line_deviation::{Comparison, Deviation, Found, Stretch, compare_lines, in_direction_of};
pub use locate::{AreaNames, DistrictHow, Located, Placement, locate, locate_one};
pub use moved::{Move, Moves, moves};
pub use profile::{
    Profile, ProfileSettings, ProfileSide, Strip, StripSegment, busiest_stretch, profile, strip,
};
pub use rate_ratio::{RateRatio, rate_ratio};
pub use region::{Likely, Places, RegionSettings, Regions};
pub use whereabouts::{Whereabouts, whereabouts};
pub use zone_area::{Window, ZoneAreas, zone_areas, zone_areas_to_depth};
pub use zone_shape::{ZoneShapeError, ZoneShapes, zone_shapes};
pub use zones::{InvalidBreaks, Zone, ZoneBreaks, Zones, zones};
