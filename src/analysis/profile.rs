//! Incidents along the line: numbers per stretch and a smoothed curve with its
//! envelope, by side.

use super::along_kernel::Curve;
use super::envelope::{Means, envelope};
use super::feet::Feet;
use super::footing::{FootingSum, PlainFoot, number};
use super::sums::{Sums, sum_up};
use crate::analysis::{
    Footing, FootingCounter, FootingPart, Kilometres, LineSpan, Located, RegionSettings,
    StretchCount,
};
use crate::index::StudyIndex;
use crate::model::{Incident, Side};

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

/// How incidents are counted and smoothed along the line. Near the ends of the line
/// the kernel is rescaled to what of it lies on the line, so that no mass is lost.
///
/// # Accuracy
/// The curve is the sum of the kernel over all feet, without a grid; for the
/// feet of spread incidents see `feet`, for the envelope its own statement.
///
/// # Memory
/// As for [`FootingCounter`].
pub struct ProfileCounter<'a> {
    footing: FootingCounter<'a>,
    settings: ProfileSettings,
    curve: Curve,
    bins: usize,
}

/// The profile of incidents that are held in memory; [`ProfileCounter`] counts
/// them batch by batch.
pub fn profile(
    incidents: &[Incident],
    located: &[Located],
    index: &StudyIndex,
    regions: Option<&RegionSettings>,
    settings: &ProfileSettings,
) -> Profile {
    let counter = ProfileCounter::new(index, regions, settings, &[]);
    counter.finish(sum_up(&counter, incidents, located)).0
}

/// What batches come to.
pub struct ProfileSum {
    footing: FootingSum,
    sides: [SideSum; 2],
    kilometres: Kilometres,
}

/// What the incidents of a side come to.
struct SideSum {
    counts: Vec<u32>,
    /// Of coordinates that are taken for certain. They come between those of regions
    /// where batches end, so each have sums of their own: rounding knows no batches.
    certain: Laid,
    /// Of regions.
    likely: Laid,
}

/// Feet that were laid along the line.
struct Laid {
    expected: Vec<f64>,
    curve: Vec<f64>,
    means: Means,
}

impl Laid {
    /// All of two.
    fn and(mut self, other: &Laid) -> Laid {
        let add = |sums: &mut [f64], more: &[f64]| {
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        };
        add(&mut self.expected, &other.expected);
        add(&mut self.curve, &other.curve);
        self.means.add_all(&other.means);
        self
    }
}

impl<'a> ProfileCounter<'a> {
    /// Counts by these settings, spread over regions where settings of those are
    /// given, and on stretches of the line besides.
    pub fn new(
        index: &'a StudyIndex,
        regions: Option<&RegionSettings>,
        settings: &ProfileSettings,
        stretches: &[LineSpan],
    ) -> ProfileCounter<'a> {
        let length_m = index.line.length_m();
        let ProfileSettings { step_m, bandwidth_m, .. } = *settings;
        ProfileCounter {
            footing: FootingCounter::new(index, regions, settings.within_m, stretches.to_vec()),
            settings: *settings,
            curve: Curve { length_m, step_m, bandwidth_m },
            bins: (length_m / settings.bin_m).ceil().max(1.0) as usize,
        }
    }

    /// As [`FootingCounter::with_regions_at_a_time`].
    #[must_use]
    pub fn with_regions_at_a_time(mut self, most: usize) -> ProfileCounter<'a> {
        self.footing = self.footing.with_regions_at_a_time(most);
        self
    }

    /// The profile, the numbers on the stretches, and those on every kilometre.
    pub fn finish(&self, sum: ProfileSum) -> (Profile, Footing, Kilometres) {
        let ProfileSum { footing, mut sides, mut kilometres } = sum;
        let lay = |feet: &[Feet]| self.lay(&mut sides, &mut kilometres, feet);
        let footing = self.footing.finish_with(footing, lay);
        let (curve, settings) = (&self.curve, &self.settings);
        let finish = |side: Side, sums: SideSum| {
            // The two sides are drawn apart.
            let seed = settings.seed.wrapping_mul(2).wrapping_add(number(side) as u64);
            let SideSum { counts, certain, likely } = sums;
            let Laid { expected, curve: values, means } = certain.and(&likely);
            let [low, high] = envelope(&means, settings.bin_m, curve, settings.draws, seed);
            let total = footing.sides[number(side)].clone();
            ProfileSide { counts, expected, curve: values, low, high, total }
        };
        let [left, right] = sides;
        let profile = Profile {
            names: footing.names.clone(),
            length_m: footing.length_m,
            settings: *settings,
            spread: footing.spread,
            sides: [finish(Side::Left, left), finish(Side::Right, right)],
        };
        (profile, footing, kilometres)
    }

    fn bin_of(&self, chainage_m: f64) -> usize {
        ((chainage_m / self.settings.bin_m) as usize).min(self.bins - 1)
    }

    /// Adds the feet of regions, the two sides at a time.
    fn lay(&self, sides: &mut [SideSum; 2], kilometres: &mut Kilometres, feet: &[Feet]) {
        let [left, right] = sides;
        let of_side = |side: usize, sums: &mut SideSum| {
            for (feet, mass) in feet.iter().map(|feet| feet.masses(side)) {
                feet.iter().for_each(|&c| self.add_foot(&mut sums.likely, c, mass));
            }
        };
        rayon::join(|| of_side(0, left), || of_side(1, right));
        feet.iter().for_each(|feet| kilometres.add(feet));
    }

    fn add_foot(&self, sums: &mut Laid, chainage_m: f64, mass: f64) {
        sums.expected[self.bin_of(chainage_m)] += mass;
        sums.means.add(chainage_m, mass);
        self.curve.add(&mut sums.curve, chainage_m, mass * self.settings.bin_m);
    }
}

impl Sums for ProfileCounter<'_> {
    type Part = FootingPart;
    type Sum = ProfileSum;

    fn part(&self, incidents: &[Incident], located: &[Located]) -> FootingPart {
        self.footing.part(incidents, located)
    }

    fn start(&self) -> ProfileSum {
        let laid = || Laid {
            expected: vec![0.0; self.bins],
            curve: vec![0.0; self.curve.places()],
            means: Means::new(&self.curve),
        };
        let side = || SideSum { counts: vec![0; self.bins], certain: laid(), likely: laid() };
        ProfileSum {
            footing: self.footing.start(),
            sides: [side(), side()],
            kilometres: Kilometres::new(self.curve.length_m),
        }
    }

    fn add(&self, sum: &mut ProfileSum, part: FootingPart) {
        let ProfileSum { footing, sides, kilometres } = sum;
        for foot in &part.feet {
            let PlainFoot { side, chainage_m, certain } = *foot;
            kilometres.add_plain(foot);
            let sums = &mut sides[number(side)];
            sums.counts[self.bin_of(chainage_m)] += 1;
            if certain {
                self.add_foot(&mut sums.certain, chainage_m, 1.0);
            }
        }
        self.footing.add_with(footing, part, |feet| self.lay(sides, kilometres, feet));
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
