//! The statistics, in reading order: [`locate`] places every incident once;
//! zones, density, profile, the comparison of periods and hot spots count those
//! records, and other drawings of the line are held against them. What adds up does
//! so batch by batch ([`Sums`]).

mod abramson;
mod along_kernel;
mod area_shares;
mod areas_by_zone;
mod bandwidth;
mod barrier;
mod beta;
mod cell;
mod changes;
mod claims;
mod compare;
pub mod contiguity;
mod contributions;
mod crowds;
mod density;
mod disc_cells;
mod disc_places;
mod disc_quantiles;
mod doubles;
mod edge;
mod envelope;
mod exact_rows;
mod false_discovery;
mod feet;
mod filter;
mod footing;
mod gauss_boxes;
mod grid_frame;
mod group_counts;
mod hotspots;
mod isolines;
mod kernel;
mod kernel_sums;
mod kilometres;
mod lattice;
mod law;
mod line_area;
mod line_deviation;
mod line_walk;
pub mod local_statistics;
mod locate;
mod mixed_ratio;
mod moved;
mod named;
mod near_line;
mod onto_plane;
mod plain_sums;
pub mod poisson_binomial;
mod profile;
mod random;
mod rate_ratio;
mod rates;
#[cfg(test)]
mod reference;
mod refine;
mod region;
mod region_cache;
mod region_grounds;
mod region_shape;
mod relative;
mod repairs;
mod rim;
mod ring_clip;
mod row_events;
mod sectors;
mod series;
mod site_sums;
mod sites;
mod strip;
mod sums;
mod tolls;
mod varied_sums;
mod whereabouts;
mod window;
mod window_claims;
mod window_mass;
mod zone_area;
mod zone_contour;
mod zone_counts;
mod zone_ground;
mod zone_lines;
mod zone_plane;
mod zone_seam;
mod zone_shape;
mod zone_sums;
mod zones;

pub use areas_by_zone::ZoneAreas;
pub use bandwidth::Bandwidth;
pub use barrier::Sides;
pub use changes::{Changed, Difference, differences};
pub use compare::{Change, Comparisons, Group, Period, compare};
pub use contributions::{
    Contribution, Contributions, HeldSources, HeldSum, Share, ShareOf, SurfaceCounter, SurfaceSum,
};
pub use density::{
    Barrier, Contributor, DensityError, DensityGrid, DensitySettings, LikelyPlace, Sources, density,
};
pub use doubles::{Double, Doubles, MOST_OF_A_DAY, Telling, day_told};
pub use edge::Edge;
pub use false_discovery::benjamini_hochberg;
pub use filter::{Categories, Filter, UnknownName};
pub use footing::{
    Footing, FootingCounter, FootingPart, FootingSum, LineSpan, StretchCount, footing,
};
pub use grid_frame::GridFrame;
pub use hotspots::{Hotspot, HotspotSettings, Hotspots, RateScale, Spot, hotspots};
pub use isolines::isolines;
pub use kernel::{Kernel, UnknownKernel};
pub use kernel_sums::{KernelSums, kernel_sums};
pub use kilometres::{HotStretch, Kilometres};
pub use lattice::{Lattice, Mass};
pub use line_area::AreaBetween;
pub use line_deviation::{Comparison, Deviation, Found, Stretch, compare_lines, in_direction_of};
pub use locate::{AreaNames, DistrictHow, Located, Placement, locate, locate_one};
pub use mixed_ratio::mixed_rate_ratio;
pub use moved::{Move, Moves, moves};
pub use near_line::{
    GroundByDistance, NearCounts, NearLine, Within, ground_by_distance, near_line,
    people_by_distance,
};
pub use profile::{
    Profile, ProfileCounter, ProfileSettings, ProfileSide, ProfileSum, busiest_stretch, profile,
};
pub use rate_ratio::{RateRatio, rate_ratio};
pub use rates::{LEAST_EXPECTED, Rate, garwood};
pub use region::{Likely, Places, RegionSettings, Regions};
pub use region_cache::{RegionCache, RegionTally};
pub use region_shape::{Cut, Outlook};
pub use relative::{Against, LEAST_INCIDENTS, RelativeGrid, Tail, Tolerance, relative_risk};
pub use repairs::{Repair, repairs};
pub use rim::Rim;
pub use sectors::{
    Sector, SectorLength, district_sectors, district_stretches, equal_sectors, equal_stretches,
};
pub use series::{Bin, Hole, Series, Step, days, series};
pub use strip::{BorderDistrict, Strip, StripSegment, strip};
pub use sums::{Sums, sum_up};
pub use whereabouts::{Whereabouts, whereabouts};
pub use window::{Window, WindowPolygons};
pub use window_mass::{Gauss, Rectangle};
pub use zone_area::{zone_areas, zone_areas_by};
pub use zone_counts::{ZoneCounter, ZoneCounts, ZonePart};
pub use zone_lines::{LineSpread, LinesCounter};
pub use zone_shape::{ZoneShapeError, ZoneShapes, zone_shapes};
pub use zones::{InvalidBreaks, Zone, ZoneBreaks, Zones, ZonesWithin, zones};
