//! Buffer-zone statistics: counts, areas and rates by distance and side.

use crate::model::Side;

/// One side × one range of distances.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Which side.
    pub side: Side,
    /// Nearer edge, metres, included.
    pub from_m: f64,
    /// Farther edge, metres, excluded; infinite for a whole side.
    pub to_m: f64,
    /// Area inside the window, km²; `None` where the window has no end.
    pub area_km2: Option<f64>,
    /// Incidents whose coordinate lies here.
    pub incidents: usize,
    /// Expected number given the geocoding precision.
    pub expected: f64,
    /// Lower end of the 95 % interval of the number.
    pub low: usize,
    /// Upper end of the 95 % interval of the number.
    pub high: usize,
    /// Share of all counted incidents whose coordinate lies here.
    pub share: f64,
    /// Incidents (by coordinate) per 1,000 km².
    pub per_1000km2: Option<f64>,
    /// Sum of best estimates of people killed, where known.
    pub fatalities_best: Option<u64>,
    /// Sum of lowest counts.
    pub fatalities_low: Option<u64>,
    /// Sum of highest counts.
    pub fatalities_high: Option<u64>,
}

/// The table: for each side its zones from the line outwards, then one row
/// for each whole side.
#[derive(Clone, Debug, PartialEq)]
pub struct Zones {
    /// Name of the country on the left and on the right.
    pub names: [String; 2],
    /// Outer edges of the zones, metres, ascending.
    pub breaks_m: Vec<f64>,
    /// Rows: left zones, right zones, left whole, right whole.
    pub rows: Vec<Zone>,
    /// Incidents counted.
    pub counted: usize,
    /// Incidents exactly on the line, which belong to no side.
    pub on_line: usize,
    /// Incidents located worse than the province: in `incidents`, not in `expected`.
    pub unlocated: usize,
    /// Incidents whose source does not state a precision: taken as exact points.
    pub unstated: usize,
}
