//! Incidents along the line: counts per stretch and a smoothed curve, by side.

use crate::analysis::Located;
use crate::geodesy::{direct, inverse};
use crate::index::{SidedAreas, StudyIndex};
use crate::model::{Place, PlaceKind, Side};

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
}

impl Default for ProfileSettings {
    fn default() -> ProfileSettings {
        ProfileSettings {
            bin_m: 10_000.0,
            bandwidth_m: 25_000.0,
            step_m: 2_000.0,
            within_m: 50_000.0,
        }
    }
}

/// One side's incidents along the line.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileSide {
    /// Incidents in each stretch of [`Profile::bin_m`].
    pub counts: Vec<u32>,
    /// Smoothed intensity in incidents per [`Profile::bin_m`], at every
    /// [`Profile::step_m`] from 0 to the end of the line.
    pub curve: Vec<f64>,
    /// Incidents on this side within the limit.
    pub total: usize,
}

/// Intensity against chainage.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Name of the country on the left and on the right.
    pub names: [String; 2],
    /// Length of the line, metres.
    pub length_m: f64,
    /// Length of a stretch, metres; the last may be shorter.
    pub bin_m: f64,
    /// Spacing of the curve, metres.
    pub step_m: f64,
    /// Bandwidth of the quartic kernel along the line, metres.
    pub bandwidth_m: f64,
    /// Only incidents within this distance of the line count, metres.
    pub within_m: f64,
    /// Left and right.
    pub sides: [ProfileSide; 2],
}

/// A run of one province along the line.
#[derive(Clone, Debug, PartialEq)]
pub struct StripSegment {
    /// Start, metres of chainage.
    pub from_m: f64,
    /// End, metres of chainage.
    pub to_m: f64,
    /// Province.
    pub name: String,
}

/// What lies along the line, for the strip under the profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// Provinces left and right of the line, from its start to its end.
    pub sides: [Vec<StripSegment>; 2],
    /// Crossings: chainage in metres and name, ascending.
    pub crossings: Vec<(f64, String)>,
}

/// Counts and smooths incidents along the line. Near the ends of the line the
/// kernel is rescaled to what of it lies on the line, so that no mass is lost.
pub fn profile(located: &[Located], index: &StudyIndex, settings: &ProfileSettings) -> Profile {
    let length_m = index.line.length_m();
    let side_of = |side: Side| {
        let chainages: Vec<f64> = located
            .iter()
            .filter(|l| l.side == Some(side) && l.distance_m <= settings.within_m)
            .map(|l| l.chainage_m)
            .collect();
        let bins = (length_m / settings.bin_m).ceil().max(1.0) as usize;
        let mut counts = vec![0u32; bins];
        for c in &chainages {
            let bin = ((c / settings.bin_m) as usize).min(bins - 1);
            counts[bin] += 1;
        }
        let steps = (length_m / settings.step_m).ceil().max(1.0) as usize;
        let mut curve = vec![0.0; steps + 1];
        for &c in &chainages {
            let scale = settings.bin_m / mass_on_line(c, length_m, settings.bandwidth_m);
            for (i, value) in curve.iter_mut().enumerate() {
                let at = (i as f64 * settings.step_m).min(length_m);
                *value += scale * quartic(at - c, settings.bandwidth_m);
            }
        }
        ProfileSide { counts, curve, total: chainages.len() }
    };
    Profile {
        names: [index.border.left.clone(), index.border.right.clone()],
        length_m,
        bin_m: settings.bin_m,
        step_m: settings.step_m,
        bandwidth_m: settings.bandwidth_m,
        within_m: settings.within_m,
        sides: [side_of(Side::Left), side_of(Side::Right)],
    }
}

/// The quartic kernel on a line: 15/(16 h) (1 − u²)².
fn quartic(distance_m: f64, bandwidth_m: f64) -> f64 {
    let u2 = (distance_m / bandwidth_m).powi(2);
    if u2 >= 1.0 { 0.0 } else { 15.0 / (16.0 * bandwidth_m) * (1.0 - u2) * (1.0 - u2) }
}

/// How much of a kernel at chainage `c` lies between the ends of the line.
fn mass_on_line(c: f64, length_m: f64, bandwidth_m: f64) -> f64 {
    // Integral of the quartic from −1 to u: ½ + 15/16 (u − 2u³/3 + u⁵/5).
    let below = |u: f64| {
        let u = u.clamp(-1.0, 1.0);
        0.5 + 15.0 / 16.0 * (u - 2.0 * u.powi(3) / 3.0 + u.powi(5) / 5.0)
    };
    (below((length_m - c) / bandwidth_m) - below(-c / bandwidth_m)).max(1e-9)
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

/// Shorter runs of a province are taken for noise of the edges, metres.
const SHORTEST_RUN_M: f64 = 4_000.0;
/// How closely the line is walked, metres.
const WALK_M: f64 = 1_000.0;

/// The provinces on both sides of the line and the crossings on it.
pub fn strip(index: &StudyIndex, places: &[Place]) -> Strip {
    let length_m = index.line.length_m();
    let steps = (length_m / WALK_M) as usize;
    let mut sides = [Vec::new(), Vec::new()];
    for (segments, side) in sides.iter_mut().zip(Side::BOTH) {
        let names: Vec<&str> = (0..steps)
            .map(|i| {
                let chainage = (i as f64 + 0.5) * WALK_M;
                province_beside(index, chainage, side)
            })
            .collect();
        *segments = runs(&names, length_m);
    }
    let mut crossings: Vec<(f64, String)> = places
        .iter()
        .filter(|p| p.kind == PlaceKind::Crossing)
        .map(|p| (index.line.locate(p.at), p))
        .filter(|(found, _)| found.distance_m < 10_000.0)
        .map(|(found, p)| (found.chainage_m, p.name.clone()))
        .collect();
    crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
    Strip { sides, crossings }
}

/// The province 500 m off the line at a chainage; empty where there is none.
fn province_beside(index: &StudyIndex, chainage_m: f64, side: Side) -> &str {
    let area = area_beside(index, &index.provinces, chainage_m, side);
    area.map_or("", |area| index.provinces.areas[area].province.as_str())
}

/// The area of a layer 500 m off the line at a chainage.
pub(super) fn area_beside(
    index: &StudyIndex,
    layer: &SidedAreas,
    chainage_m: f64,
    side: Side,
) -> Option<usize> {
    let here = index.line.at(chainage_m);
    let ahead = index.line.at(chainage_m + 200.0);
    let turn = if side == Side::Left { -90.0 } else { 90.0 };
    let beside = direct(here, inverse(here, ahead).azimuth_start + turn, 500.0);
    let mut position = index.line.locate(beside);
    position.side = Some(side);
    index.held(layer, beside, &position, None).map(|held| held.area)
}

/// Runs of equal names, short ones given to the run before them.
fn runs(names: &[&str], length_m: f64) -> Vec<StripSegment> {
    let mut runs: Vec<StripSegment> = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let to_m = if i + 1 == names.len() { length_m } else { (i + 1) as f64 * WALK_M };
        match runs.last_mut() {
            Some(run) if run.name == *name => run.to_m = to_m,
            _ => runs.push(StripSegment {
                from_m: i as f64 * WALK_M,
                to_m,
                name: (*name).to_owned(),
            }),
        }
    }
    let mut kept: Vec<StripSegment> = Vec::new();
    for run in runs {
        let short = run.to_m - run.from_m < SHORTEST_RUN_M;
        match kept.last_mut() {
            Some(last) if short || last.name == run.name => last.to_m = run.to_m,
            _ => kept.push(run),
        }
    }
    kept.retain(|run| !run.name.is_empty());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_on_a_line_has_mass_one() {
        let sum: f64 = (-2500..=2500).map(|i| quartic(f64::from(i) * 10.0, 25_000.0) * 10.0).sum();
        assert!((sum - 1.0).abs() < 1e-5);
        assert!((mass_on_line(1e6, 2e6, 25_000.0) - 1.0).abs() < 1e-12);
        assert!((mass_on_line(0.0, 2e6, 25_000.0) - 0.5).abs() < 1e-12);
    }

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

    #[test]
    fn short_runs_go_to_their_neighbour() {
        let names = ["a", "a", "a", "a", "a", "b", "a", "a", "c", "c", "c", "c", "c"];
        let found = runs(&names, 12_500.0);
        let short: Vec<_> = found.iter().map(|r| (r.name.as_str(), r.from_m, r.to_m)).collect();
        assert_eq!(short, [("a", 0.0, 8_000.0), ("c", 8_000.0, 12_500.0)]);
    }
}
