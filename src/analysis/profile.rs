//! Incidents along the line: numbers per stretch and a smoothed curve with its
//! envelope, by side.

use super::along_kernel::Curve;
use super::envelope::envelope;
use super::footing::number;
use crate::analysis::{Footing, Located, StretchCount};
use crate::model::Side;

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProfileSettings {
    /// Length of a stretch, metres.
    pub bin_m: f64,
    /// Bandwidth of the quartic kernel along the line, metres.
    pub bandwidth_m: f64,
    /// Spacing of the curve, metres.
    pub step_m: f64,
    /// Only incidents within this distance of the line count, metres.
    pub within_m: f64,
    /// Draws of the bootstrap that the envelope is made of.
    pub draws: u32,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl Default for ProfileSettings {
    fn default() -> ProfileSettings {
        ProfileSettings {
            bin_m: 10_000.0,
            bandwidth_m: 25_000.0,
            step_m: 2_000.0,
            within_m: 50_000.0,
            draws: 999,
            seed: 1,
        }
    }
}

impl ProfileSettings {
    /// The spacing of a curve of a bandwidth: 2 km, and a quarter of a narrow
    /// bandwidth down to 250 m.
    #[must_use]
    pub fn with_bandwidth(self, bandwidth_m: f64) -> ProfileSettings {
        let step_m = (0.25 * bandwidth_m).clamp(250.0, 2_000.0);
        ProfileSettings { bandwidth_m, step_m, ..self }
    }
}

/// One side's incidents along the line.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileSide {
    /// Incidents by coordinate in each stretch of [`ProfileSettings::bin_m`].
    pub counts: Vec<u32>,
    /// Expected number in each stretch given the geocoding precision.
    pub expected: Vec<f64>,
    /// Smoothed expected intensity in incidents per [`ProfileSettings::bin_m`],
    /// at every [`ProfileSettings::step_m`] from 0 to the end of the line.
    pub curve: Vec<f64>,
    /// The lower edge of the pointwise 95 % envelope of the curve.
    pub low: Vec<f64>,
    /// Its upper edge.
    pub high: Vec<f64>,
    /// Incidents on this side within the limit.
    pub total: StretchCount,
}

/// Intensity against chainage.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Name of the country on the left and on the right.
    pub names: [String; 2],
    /// Length of the line, metres.
    pub length_m: f64,
    /// What was computed; the last stretch may be shorter than the others.
    pub settings: ProfileSettings,
    /// Whether incidents are spread over the regions they may lie in.
    pub spread: bool,
    /// Left and right.
    pub sides: [ProfileSide; 2],
}

/// Counts and smooths incidents along the line. Near the ends of the line the
/// kernel is rescaled to what of it lies on the line, so that no mass is lost.
///
/// # Accuracy
/// The curve is the sum of the kernel over all feet, without a grid; for the
/// feet of spread incidents see [`footing`](crate::analysis::footing()), for the
/// envelope its own statement.
pub fn profile(footing: &Footing, settings: &ProfileSettings) -> Profile {
    let length_m = footing.length_m;
    let curve = Curve { length_m, step_m: settings.step_m, bandwidth_m: settings.bandwidth_m };
    let bins = (length_m / settings.bin_m).ceil().max(1.0) as usize;
    let bin_of = |chainage_m: f64| ((chainage_m / settings.bin_m) as usize).min(bins - 1);
    let side_of = |side: Side| {
        let mut counts = vec![0u32; bins];
        for &c in &footing.plain_m[number(side)] {
            counts[bin_of(c)] += 1;
        }
        let mut expected = vec![0.0; bins];
        let mut values = vec![0.0; curve.places()];
        for (feet, mass) in footing.masses(side) {
            for &c in feet {
                expected[bin_of(c)] += mass;
                curve.add(&mut values, c, mass * settings.bin_m);
            }
        }
        let masses =
            footing.masses(side).flat_map(|(feet, mass)| feet.iter().map(move |&c| (c, mass)));
        // The two sides are drawn apart.
        let seed = settings.seed.wrapping_mul(2).wrapping_add(number(side) as u64);
        let [low, high] = envelope(masses, settings.bin_m, &curve, settings.draws, seed);
        let total = footing.count(Some(side), 0.0, length_m);
        ProfileSide { counts, expected, curve: values, low, high, total }
    };
    Profile {
        names: footing.names.clone(),
        length_m,
        settings: *settings,
        spread: footing.spread,
        sides: [side_of(Side::Left), side_of(Side::Right)],
    }
}

/// The stretch of the line of a given length that has the most incidents
/// within a distance: its start and end, metres of chainage, and how many. Of
/// several, the first; `None` without any incident so near.
pub fn busiest_stretch(
    located: &[Located],
    stretch_m: f64,
    within_m: f64,
) -> Option<(f64, f64, usize)> {
    let mut chainages: Vec<f64> =
        located.iter().filter(|l| l.distance_m <= within_m).map(|l| l.chainage_m).collect();
    chainages.sort_by(f64::total_cmp);
    let mut best: Option<(f64, f64, usize)> = None;
    let mut first = 0;
    for (last, &end) in chainages.iter().enumerate() {
        while end - chainages[first] > stretch_m {
            first += 1;
        }
        let count = last - first + 1;
        if best.is_none_or(|(_, _, most)| count > most) {
            best = Some((chainages[first], end, count));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_stretch_is_the_one_a_plain_count_finds() {
        use crate::analysis::{DistrictHow, Placement};
        let foot = crate::geodesy::LonLat::new(70.0, 34.0).unwrap();
        let placement = Placement { district: None, province: None, how: DistrictHow::None };
        let at = |chainage_m: f64, distance_m: f64| Located {
            distance_m,
            side: None,
            chainage_m,
            foot,
            placement,
        };
        let located = [at(500.0, 1.0), at(10.0, 1.0), at(60.0, 1.0), at(90.0, 1.0), at(480.0, 9.0)];
        assert_eq!(busiest_stretch(&located, 100.0, 5.0), Some((10.0, 90.0, 3)));
        assert_eq!(busiest_stretch(&located, 30.0, 10.0), Some((60.0, 90.0, 2)));
        assert_eq!(busiest_stretch(&located, 30.0, 0.5), None);
    }
}
