//! Equal-area map projections on WGS 84, fitted to an extent.

use super::LonLat;
use proj4rs::Proj;
use proj4rs::transform::{Transform, TransformClosure, transform};

/// A rectangle in degrees. West is less than east: extents across the
/// antimeridian are not needed at this border and not supported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Western edge, degrees.
    pub west: f64,
    /// Southern edge, degrees.
    pub south: f64,
    /// Eastern edge, degrees.
    pub east: f64,
    /// Northern edge, degrees.
    pub north: f64,
}

impl Extent {
    /// The smallest extent that holds all positions; `None` without any.
    pub fn around(points: impl IntoIterator<Item = LonLat>) -> Option<Extent> {
        points.into_iter().fold(None, |extent: Option<Extent>, p| {
            let (lon, lat) = (p.lon(), p.lat());
            Some(match extent {
                None => Extent { west: lon, south: lat, east: lon, north: lat },
                Some(e) => Extent {
                    west: e.west.min(lon),
                    south: e.south.min(lat),
                    east: e.east.max(lon),
                    north: e.north.max(lat),
                },
            })
        })
    }

    /// Grown by so many degrees on every side, kept on the globe.
    pub fn grown(self, lon_deg: f64, lat_deg: f64) -> Extent {
        Extent {
            west: (self.west - lon_deg).max(-180.0),
            south: (self.south - lat_deg).max(-90.0),
            east: (self.east + lon_deg).min(180.0),
            north: (self.north + lat_deg).min(90.0),
        }
    }

    /// Widened to both sides until its height is at most `aspect` times its
    /// width on the ground at its middle.
    pub fn at_least_as_wide(self, aspect: f64) -> Extent {
        let cos = (0.5 * (self.south + self.north)).to_radians().cos().max(0.01);
        let wanted_deg = (self.north - self.south) / (aspect * cos);
        self.grown((0.5 * (wanted_deg - (self.east - self.west))).max(0.0), 0.0)
    }

    /// Whether a position lies inside or on the edge.
    pub fn contains(self, p: LonLat) -> bool {
        (self.west..=self.east).contains(&p.lon()) && (self.south..=self.north).contains(&p.lat())
    }
}

/// Albers' equal-area conic on WGS 84 (Snyder 1987, USGS Professional Paper
/// 1395, p. 98), computed by `proj4rs`.
///
/// # Units
/// Metres, x to the east and y to the north of the extent's centre.
pub struct EqualArea {
    geographic: Proj,
    projected: Proj,
    definition: String,
    parameters: Albers,
}

/// The parameters of an Albers projection, degrees. False easting and northing
/// are 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Albers {
    /// First standard parallel.
    pub lat_1: f64,
    /// Second standard parallel.
    pub lat_2: f64,
    /// Latitude of the origin.
    pub lat_0: f64,
    /// Longitude of the origin.
    pub lon_0: f64,
}

/// Two coordinates on their way through `proj4rs`.
pub(super) struct Pair(pub(super) f64, pub(super) f64);

impl Transform for Pair {
    fn transform_coordinates<F: TransformClosure>(
        &mut self,
        f: &mut F,
    ) -> proj4rs::errors::Result<()> {
        let (x, y, _) = f(self.0, self.1, 0.0)?;
        (self.0, self.1) = (x, y);
        Ok(())
    }
}

impl EqualArea {
    /// The projection fitted to an extent: standard parallels one sixth inside
    /// its northern and southern edges, central meridian in the middle.
    pub fn fit(extent: Extent) -> EqualArea {
        let height = extent.north - extent.south;
        let round = |x: f64| (x * 100.0).round() / 100.0;
        let lat_0 = round(0.5 * (extent.north + extent.south));
        let lon_0 = round(0.5 * (extent.east + extent.west));
        let mut lat_1 = round(extent.south + height / 6.0);
        let mut lat_2 = round(extent.north - height / 6.0);
        // A cone needs parallels that are not opposite each other.
        if (lat_1 + lat_2).abs() < 0.1 {
            lat_1 += 0.1;
            lat_2 += 0.1;
        }
        EqualArea::albers(Albers { lat_1, lat_2, lat_0, lon_0 })
    }

    fn albers(parameters: Albers) -> EqualArea {
        let Albers { lat_1, lat_2, lat_0, lon_0 } = parameters;
        let definition = format!(
            "+proj=aea +lat_1={lat_1} +lat_2={lat_2} +lat_0={lat_0} +lon_0={lon_0} \
             +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
        );
        #[allow(clippy::expect_used)] // the strings are ours, from finite numbers
        let (projected, geographic) = (
            Proj::from_proj_string(&definition).expect("a valid Albers definition"),
            Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").expect("WGS 84"),
        );
        EqualArea { geographic, projected, definition, parameters }
    }

    /// Metres from a position.
    pub fn forward(&self, p: LonLat) -> (f64, f64) {
        let mut pair = Pair(p.lon().to_radians(), p.lat().to_radians());
        match transform(&self.geographic, &self.projected, &mut pair) {
            Ok(()) => (pair.0, pair.1),
            // Not reachable for a valid position; NaN never leaves the map layer's clip.
            Err(_) => (f64::NAN, f64::NAN),
        }
    }

    /// The position of a point in metres; `None` off the map.
    pub fn inverse(&self, x_m: f64, y_m: f64) -> Option<LonLat> {
        let mut pair = Pair(x_m, y_m);
        transform(&self.projected, &self.geographic, &mut pair).ok()?;
        LonLat::new(pair.0.to_degrees(), pair.1.to_degrees()).ok()
    }

    /// The parameters.
    pub fn parameters(&self) -> Albers {
        self.parameters
    }

    /// The PROJ string.
    pub fn definition(&self) -> &str {
        &self.definition
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region() -> Extent {
        Extent { west: 60.0, south: 24.0, east: 77.0, north: 39.0 }
    }

    #[test]
    fn inverse_undoes_forward() {
        let projection = EqualArea::fit(region());
        for (lon, lat) in [(60.9, 29.9), (71.1, 34.1), (74.5, 37.0), (66.4, 31.0)] {
            let p = LonLat::new(lon, lat).unwrap();
            let (x, y) = projection.forward(p);
            let back = projection.inverse(x, y).unwrap();
            assert!((back.lon() - lon).abs() < 1e-11 && (back.lat() - lat).abs() < 1e-11);
        }
    }

    /// Values of PROJ 9.5.1 for the same definition (pyproj `Transformer`).
    #[test]
    fn agrees_with_proj() {
        let projection =
            EqualArea::albers(Albers { lat_1: 27.0, lat_2: 36.0, lat_0: 31.5, lon_0: 68.5 });
        for (lon, lat, x, y) in [
            (71.1, 34.12, 239_339.155_001, 294_193.188_174),
            (60.9, 29.9, -731_513.862_532, -152_618.769_140),
            (74.5, 37.0, 534_668.318_750, 625_642.366_707),
        ] {
            let (got_x, got_y) = projection.forward(LonLat::new(lon, lat).unwrap());
            assert!((got_x - x).abs() < 1e-5 && (got_y - y).abs() < 1e-5, "{got_x} {got_y}");
        }
    }
}
