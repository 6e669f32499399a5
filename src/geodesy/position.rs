//! [`LonLat`]: a longitude and a latitude that are known to be valid.

use std::fmt;

/// A position on WGS 84 in decimal degrees: finite, longitude in −180..=180,
/// latitude in −90..=90.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

/// Why a pair of numbers is not a position.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum InvalidLonLat {
    /// The longitude is not a number, infinite or outside −180..=180.
    #[error("longitude {0} is outside -180..180")]
    Longitude(f64),
    /// The latitude is not a number, infinite or outside −90..=90.
    #[error("latitude {0} is outside -90..90")]
    Latitude(f64),
}

impl LonLat {
    /// A position from degrees.
    ///
    /// # Errors
    /// When either number is not finite or out of range.
    pub fn new(lon: f64, lat: f64) -> Result<LonLat, InvalidLonLat> {
        // NaN fails both comparisons, so one test covers all.
        if !(-180.0..=180.0).contains(&lon) {
            return Err(InvalidLonLat::Longitude(lon));
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(InvalidLonLat::Latitude(lat));
        }
        Ok(LonLat { lon, lat })
    }

    /// A position from degrees that arithmetic may have carried a hair out of
    /// range: the longitude is folded, the latitude clamped, NaN becomes 0.
    pub(crate) fn folded(lon: f64, lat: f64) -> LonLat {
        let lon = if (-180.0..=180.0).contains(&lon) {
            lon
        } else if lon.is_finite() {
            (lon + 180.0).rem_euclid(360.0) - 180.0
        } else {
            0.0
        };
        let lat = if lat.is_nan() { 0.0 } else { lat.clamp(-90.0, 90.0) };
        LonLat { lon, lat }
    }

    /// Longitude in degrees, east positive.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Latitude in degrees, north positive.
    pub fn lat(self) -> f64 {
        self.lat
    }
}

impl fmt::Display for LonLat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.5}, {:.5}", self.lon, self.lat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_a_position() {
        assert!(LonLat::new(f64::NAN, 0.0).is_err());
        assert!(LonLat::new(0.0, f64::INFINITY).is_err());
        assert_eq!(LonLat::new(180.5, 0.0), Err(InvalidLonLat::Longitude(180.5)));
        assert_eq!(LonLat::new(71.5, -90.1), Err(InvalidLonLat::Latitude(-90.1)));
        assert!(LonLat::new(-180.0, 90.0).is_ok());
    }

    #[test]
    fn folding_keeps_the_place() {
        assert!((LonLat::folded(190.0, 0.0).lon() + 170.0).abs() < 1e-12);
        assert_eq!(LonLat::folded(0.0, 90.000001).lat(), 90.0);
    }
}
