//! [`ZoneAreas`]: the areas of zones with what they may be wrong by.

use super::zone_plane::Shares;

/// Areas by side, km².
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneAreas {
    /// For left and right: the area of each zone, from the line outwards.
    pub zones_km2: [Vec<f64>; 2],
    /// What each of these is wrong by at most.
    pub zone_errors_km2: [Vec<f64>; 2],
    /// For left and right: the whole side; `None` where the window has no end.
    pub whole_km2: Option<[f64; 2]>,
    /// What each of these is wrong by at most.
    pub whole_errors_km2: Option<[f64; 2]>,
}

impl ZoneAreas {
    /// No area is known.
    pub fn unknown() -> ZoneAreas {
        ZoneAreas {
            zones_km2: [Vec::new(), Vec::new()],
            zone_errors_km2: [Vec::new(), Vec::new()],
            whole_km2: None,
            whole_errors_km2: None,
        }
    }

    /// From sums by zone; the last is what lies beyond.
    pub(super) fn new(shares: &Shares, endless: bool) -> ZoneAreas {
        let zones = shares.m2[0].len() - 1;
        let km2 = |m2: &[f64]| m2[..zones].iter().map(|m2| m2 / 1e6).collect::<Vec<f64>>();
        let error = |side: usize| {
            // What the plane's own areas are off by.
            let of = |z: usize| (shares.error_m2[side][z] + 1e-8 * shares.m2[side][z]) / 1e6;
            (0..=zones).map(of).collect::<Vec<f64>>()
        };
        let errors = [error(0), error(1)];
        let sum = |side: usize| shares.m2[side].iter().sum::<f64>() / 1e6;
        ZoneAreas {
            zones_km2: [km2(&shares.m2[0]), km2(&shares.m2[1])],
            whole_km2: (!endless).then(|| [sum(0), sum(1)]),
            whole_errors_km2: (!endless).then(|| [0, 1].map(|s| errors[s].iter().sum())),
            zone_errors_km2: errors.map(|mut side| {
                side.truncate(zones);
                side
            }),
        }
    }

    /// The largest share of its area that the area of a zone is wrong by.
    pub fn relative_error_max(&self) -> f64 {
        let zones = self.zones_km2.iter().flatten().zip(self.zone_errors_km2.iter().flatten());
        let largest = zones.filter(|(area, _)| **area > 0.0).map(|(area, error)| error / area);
        largest.fold(0.0, f64::max)
    }
}
