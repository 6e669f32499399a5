//! Every number of an incident derives from one record per incident.

use crate::geodesy::LonLat;
use crate::model::Side;

/// How the district was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DistrictHow {
    /// A polygon on the incident's side holds the point.
    Inside,
    /// None does; the nearest within 5 km was taken.
    Snapped,
    /// No district.
    None,
}

impl DistrictHow {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            DistrictHow::Inside => "inside",
            DistrictHow::Snapped => "snapped",
            DistrictHow::None => "none",
        }
    }
}

/// The areas that hold a point: indices into the layers that were searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Index of the district in the district layer.
    pub district: Option<usize>,
    /// Index of the province in the province layer.
    pub province: Option<usize>,
    /// How the district was found.
    pub how: DistrictHow,
}

/// An incident's place relative to the border and the areas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    /// Geodesic distance to the nearest place on the line, metres.
    pub distance_m: f64,
    /// Side; `None` on the line itself.
    pub side: Option<Side>,
    /// Distance along the line from its start to the foot, metres.
    pub chainage_m: f64,
    /// The nearest place on the line.
    pub foot: LonLat,
    /// The areas that hold it.
    pub placement: Placement,
}
