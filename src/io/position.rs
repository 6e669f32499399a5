//! A longitude and a latitude from a table, or why they are none that can be used.

use crate::geodesy::LonLat;

/// Which of the two numbers is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// The longitude.
    Lon,
    /// The latitude.
    Lat,
}

impl Axis {
    /// The field's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Axis::Lon => "longitude",
            Axis::Lat => "latitude",
        }
    }
}

/// Why two numbers are not the place of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadPosition {
    /// The number at fault.
    pub(super) axis: Axis,
    /// What is wrong, in words.
    pub(super) reason: String,
    /// Whether the two numbers look exchanged.
    pub(super) exchanged: bool,
}

/// Longitudes and latitudes between which the border and both countries lie.
/// They do not overlap, so an exchanged pair is always recognised here.
const REGION: (std::ops::RangeInclusive<f64>, std::ops::RangeInclusive<f64>) =
    (60.0..=78.0, 23.0..=39.0);

fn in_region(lon: f64, lat: f64) -> bool {
    REGION.0.contains(&lon) && REGION.1.contains(&lat)
}

/// The position that two numbers are.
///
/// # Errors
/// When a number is out of range, when both are zero (what geocoders give when
/// they find nothing), and when the pair fits this border only after an
/// exchange. Nothing is mended: the user names the columns instead.
pub(super) fn position(lon: f64, lat: f64) -> Result<LonLat, BadPosition> {
    if lon == 0.0 && lat == 0.0 {
        let reason = "0, 0 is what geocoders give when they find nothing (null island)".into();
        return Err(BadPosition { axis: Axis::Lat, reason, exchanged: false });
    }
    if lat.abs() >= 60.0 && !in_region(lon, lat) && in_region(lat, lon) {
        let reason = "latitude and longitude look exchanged".into();
        return Err(BadPosition { axis: Axis::Lat, reason, exchanged: true });
    }
    LonLat::new(lon, lat).map_err(|_| {
        let (axis, value, limit) =
            if lat.abs() <= 90.0 { (Axis::Lon, lon, 180) } else { (Axis::Lat, lat, 90) };
        let hint = if value.abs() > 1000.0 {
            ": a lost decimal point, or metres of a projection?"
        } else if axis == Axis::Lat && lat.abs() <= 180.0 && lon.abs() <= 90.0 {
            ": were latitude and longitude exchanged?"
        } else {
            ""
        };
        let reason = format!("is outside -{limit}..{limit}{hint}");
        BadPosition { axis, reason, exchanged: false }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(lon: f64, lat: f64) -> String {
        position(lon, lat).unwrap_err().reason
    }

    #[test]
    fn good_pairs_pass() {
        // Torkham, and a place elsewhere that would be fine when exchanged too.
        assert!(position(71.09, 34.12).is_ok());
        assert!(position(34.5, 48.1).is_ok());
        // Northern Norway is no exchanged Afghanistan.
        assert!(position(20.0, 69.6).is_ok());
    }

    #[test]
    fn bad_pairs_say_why() {
        assert!(reason(34.12, 71.09).contains("exchanged"));
        assert!(position(34.12, 71.09).unwrap_err().exchanged);
        assert!(reason(0.0, 0.0).contains("null island"));
        assert!(reason(71.0, 171.5).contains("outside -90..90: were latitude"));
        // A longitude of the GTD that lost its decimal point.
        assert!(reason(-86_185_896.0, 12.0).contains("lost decimal point"));
        assert_eq!(position(181.0, 12.0).unwrap_err().axis, Axis::Lon);
    }
}
