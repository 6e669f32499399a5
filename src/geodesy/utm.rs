//! The zones of UTM on WGS 84, from metres to degrees.

use super::projection::Pair;
use proj4rs::Proj;
use proj4rs::transform::transform;

/// A zone of the Universal Transverse Mercator system on WGS 84 (Snyder 1987,
/// USGS Professional Paper 1395, p. 57), computed by `proj4rs`.
///
/// # Units
/// Easting and northing in metres; degrees out.
///
/// # Accuracy
/// Within 1e-9 degree of GDAL's for places in the zone and the next ones
/// (`tests/gdal/run`).
pub struct Utm {
    projected: Proj,
    geographic: Proj,
    name: String,
}

impl Utm {
    /// A zone, 1 to 60, of the northern or the southern hemisphere; `None` for
    /// another number.
    pub fn new(zone: u8, northern: bool) -> Option<Utm> {
        if !(1..=60).contains(&zone) {
            return None;
        }
        let (south, letter) = if northern { ("", 'N') } else { (" +south", 'S') };
        let utm = format!("+proj=utm +zone={zone}{south} +datum=WGS84 +units=m +no_defs");
        Some(Utm {
            projected: Proj::from_proj_string(&utm).ok()?,
            geographic: Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").ok()?,
            name: format!("WGS 84 / UTM zone {zone}{letter}"),
        })
    }

    /// Its name: `WGS 84 / UTM zone 42N`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Longitude and latitude in degrees; `None` where the projection has none.
    pub fn degrees(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let mut pair = Pair(x, y);
        transform(&self.projected, &self.geographic, &mut pair).ok()?;
        let degrees = [pair.0.to_degrees(), pair.1.to_degrees()];
        degrees.iter().all(|d| d.is_finite()).then_some(degrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of PROJ 9.1.1 (GDAL 3.6.2, `gdaltransform -s_srs EPSG:326zz -t_srs OGC:CRS84`).
    #[test]
    fn agrees_with_proj() {
        for (zone, northern, metres, degrees) in [
            (41, true, [712_345.678, 3_765_432.1], [65.299_395_519_784_7, 34.008_046_469_826_9]),
            (42, true, [150_000.0, 3_300_000.0], [65.380_247_431_238, 29.780_867_274_464_1]),
            (43, true, [500_000.0, 3_800_000.0], [75.0, 34.341_302_722_679_5]),
            (42, false, [500_000.0, 8_800_000.0], [69.0, -10.855_481_221_619]),
        ] {
            let [lon, lat] = Utm::new(zone, northern).unwrap().degrees(metres).unwrap();
            let [x, y]: [f64; 2] = degrees;
            assert!((lon - x).abs() < 1e-9 && (lat - y).abs() < 1e-9, "{lon} {lat}");
        }
    }

    #[test]
    fn what_is_no_zone_and_no_place() {
        assert!(Utm::new(0, true).is_none() && Utm::new(61, true).is_none());
        let zone = Utm::new(42, true).unwrap();
        assert_eq!(zone.name(), "WGS 84 / UTM zone 42N");
        assert!(zone.degrees([f64::NAN, 0.0]).is_none());
        assert!(zone.degrees([1e300, 1e300]).is_none());
    }
}
