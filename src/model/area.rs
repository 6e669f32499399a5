//! [`Area`]: a province or a district with its names and geometry.

use geo::MultiPolygon;

/// First or second administrative level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// First administrative level.
    Province,
    /// Second administrative level.
    District,
}

/// A province or a district.
///
/// Exterior rings run counter-clockwise and holes clockwise (RFC 7946 §3.1.6),
/// all are closed, finite and free of repeated vertices: the gate in `io`
/// makes it so and what comes after relies on it.
#[derive(Clone, Debug)]
pub struct Area {
    /// Country as the layer names it.
    pub country: String,
    /// Province; for a province its own name.
    pub province: String,
    /// District; `None` for a province.
    pub district: Option<String>,
    /// The publisher's code, where there is one (P-code).
    pub code: Option<String>,
    /// The ground it covers, WGS 84 degrees.
    pub shape: MultiPolygon<f64>,
}

impl Area {
    /// The area's own name: the district's, else the province's.
    pub fn name(&self) -> &str {
        self.district.as_deref().unwrap_or(&self.province)
    }

    /// Whether this is a province or a district.
    pub fn level(&self) -> Level {
        if self.district.is_some() { Level::District } else { Level::Province }
    }
}
