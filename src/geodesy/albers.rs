//! Albers' equal-area conic in closed form, for many points and for its scale:
//! J. P. Snyder (1987), Map Projections, USGS Professional Paper 1395, pp.
//! 101–102. Agrees with [`super::EqualArea`] to a tenth of a micrometre.

use super::{Albers, Extent, LonLat};

/// WGS 84.
const EQUATORIAL_M: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_223_563;
const E2: f64 = FLATTENING * (2.0 - FLATTENING);

/// The projection with its constants worked out.
#[derive(Clone, Copy, Debug)]
pub struct Cone {
    n: f64,
    c: f64,
    rho_0: f64,
    lon_0: f64,
}

/// Snyder's m (14-15): the radius of a parallel, in equatorial radii.
fn m(sin_lat: f64) -> f64 {
    ((1.0 - sin_lat * sin_lat) / (1.0 - E2 * sin_lat * sin_lat)).sqrt()
}

/// Snyder's q (3-12). Its logarithm, 1/(2e) ln((1 + z)/(1 − z)) with
/// z = e sin φ, is sin φ (1 + z²/3 + z⁴/5 + …); z² < 0.0067, so seven terms do.
fn q(sin_lat: f64) -> f64 {
    let z2 = E2 * sin_lat * sin_lat;
    let series = 1.0
        + z2 * (1.0 / 3.0
            + z2 * (1.0 / 5.0
                + z2 * (1.0 / 7.0 + z2 * (1.0 / 9.0 + z2 * (1.0 / 11.0 + z2 / 13.0)))));
    (1.0 - E2) * sin_lat * (1.0 / (1.0 - z2) + series)
}

impl Cone {
    /// Works out the constants.
    pub fn new(albers: Albers) -> Cone {
        let (sin_1, sin_2) = (albers.lat_1.to_radians().sin(), albers.lat_2.to_radians().sin());
        let (m_1, m_2, q_1, q_2) = (m(sin_1), m(sin_2), q(sin_1), q(sin_2));
        let n = if (albers.lat_1 - albers.lat_2).abs() < 1e-9 {
            sin_1
        } else {
            (m_1 * m_1 - m_2 * m_2) / (q_2 - q_1)
        };
        let c = m_1 * m_1 + n * q_1;
        let cone = Cone { n, c, rho_0: 0.0, lon_0: albers.lon_0 };
        Cone { rho_0: cone.rho(albers.lat_0.to_radians().sin()), ..cone }
    }

    /// Metres from the apex of the cone.
    fn rho(&self, sin_lat: f64) -> f64 {
        EQUATORIAL_M * (self.c - self.n * q(sin_lat)).max(0.0).sqrt() / self.n
    }

    /// Metres from a position, x to the east and y to the north.
    pub fn forward(&self, p: LonLat) -> (f64, f64) {
        let rho = self.rho(p.lat().to_radians().sin());
        let mut lon = p.lon() - self.lon_0;
        if lon > 180.0 {
            lon -= 360.0;
        } else if lon < -180.0 {
            lon += 360.0;
        }
        let (sin, cos) = (self.n * lon.to_radians()).sin_cos();
        (rho * sin, self.rho_0 - rho * cos)
    }

    /// The scale along the parallel of a latitude (Snyder's k, 14-16); that
    /// along the meridian, h, is its reciprocal.
    pub fn scale(&self, lat_deg: f64) -> f64 {
        let sin_lat = lat_deg.to_radians().sin();
        self.n * self.rho(sin_lat) / (EQUATORIAL_M * m(sin_lat))
    }

    /// The largest distortion of short distances on an extent: the greatest
    /// |k − 1| or |h − 1|, 0.01 for one per cent. On an equal-area map no
    /// direction is stretched more than these two.
    pub fn largest_distortion(&self, extent: Extent) -> f64 {
        const STEPS: u32 = 256;
        (0..=STEPS)
            .map(|i| {
                let t = f64::from(i) / f64::from(STEPS);
                let k = self.scale(extent.south + t * (extent.north - extent.south));
                (k - 1.0).abs().max((1.0 / k - 1.0).abs())
            })
            .fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::super::EqualArea;
    use super::*;

    /// Snyder's example for the Clarke 1866 ellipsoid has no place here; PROJ's
    /// port does, which `EqualArea` is checked against PROJ itself.
    #[test]
    fn the_closed_form_is_the_projection() {
        for extent in [
            Extent { west: 60.0, south: 24.0, east: 77.0, north: 39.0 },
            Extent { west: 69.0, south: 33.0, east: 69.5, north: 33.2 },
            Extent { west: -60.0, south: -50.0, east: -20.0, north: -10.0 },
        ] {
            let projection = EqualArea::fit(extent);
            let cone = Cone::new(projection.parameters());
            for i in 0..=10 {
                for j in 0..=10 {
                    let t = |k: i32| f64::from(k) / 10.0;
                    let p = LonLat::new(
                        extent.west + t(i) * (extent.east - extent.west),
                        extent.south + t(j) * (extent.north - extent.south),
                    )
                    .unwrap();
                    let ((x, y), (px, py)) = (cone.forward(p), projection.forward(p));
                    assert!((x - px).abs() < 1e-7 && (y - py).abs() < 1e-7, "{x} {px} {y} {py}");
                }
            }
        }
    }

    #[test]
    fn scale_is_true_on_the_standard_parallels_and_that_of_the_map_elsewhere() {
        let extent = Extent { west: 60.0, south: 24.0, east: 77.0, north: 39.0 };
        let projection = EqualArea::fit(extent);
        let cone = Cone::new(projection.parameters());
        let albers = projection.parameters();
        assert!((cone.scale(albers.lat_1) - 1.0).abs() < 1e-12);
        assert!((cone.scale(albers.lat_2) - 1.0).abs() < 1e-12);
        for lat in [24.0, 31.0, 39.0] {
            // A short step along the parallel, on the map and on the ellipsoid.
            let step = 1e-4;
            let a = LonLat::new(70.0, lat).unwrap();
            let b = LonLat::new(70.0 + step, lat).unwrap();
            let ((ax, ay), (bx, by)) = (cone.forward(a), cone.forward(b));
            let ground = m(lat.to_radians().sin()) * EQUATORIAL_M * step.to_radians();
            let k = (bx - ax).hypot(by - ay) / ground;
            assert!((k - cone.scale(lat)).abs() < 1e-8, "{lat} {k}");
        }
        let worst = cone.largest_distortion(extent);
        assert!((0.005..0.02).contains(&worst), "{worst}");
        assert!(worst >= (cone.scale(24.0) - 1.0).abs());
    }
}
