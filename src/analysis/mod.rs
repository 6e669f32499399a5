//! The statistics, in reading order: [`locate`](Located) places every incident
//! once; zones, density and profile count those records.

mod density;
mod locate;
mod profile;
mod zones;

pub use density::{DensityGrid, Kernel};
pub use locate::{DistrictHow, Located, Placement};
pub use profile::{Profile, ProfileSide, Strip, StripSegment};
pub use zones::{Zone, Zones};
