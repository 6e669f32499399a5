//! Districts that have, with their neighbours, more incidents than chance puts there.

use super::area_shares::area_km2;
use super::contiguity::{among, join_across, queen};
use super::false_discovery::benjamini_hochberg;
use super::group_counts::Members;
use super::local_statistics::{gi_star, local_moran, permuted};
use crate::analysis::{Located, Regions};
use crate::index::StudyIndex;
use crate::model::{Incident, Precision, Side};

/// What the statistics are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateScale {
    /// The logarithm of one plus the rate per 1,000 km². Rates are skewed: of the
    /// districts a few cities have a hundred times the others' rates, and by the
    /// rates themselves they alone decide what is much.
    Log,
    /// The rate itself.
    Rate,
}

impl RateScale {
    /// The word in options and files.
    pub fn word(self) -> &'static str {
        match self {
            RateScale::Log => "log",
            RateScale::Rate => "rate",
        }
    }

    fn of(self, rate: f64) -> f64 {
        match self {
            RateScale::Log => rate.ln_1p(),
            RateScale::Rate => rate,
        }
    }
}

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HotspotSettings {
    /// What the statistics are made of.
    pub scale: RateScale,
    /// Random permutations for each district, at most.
    pub permutations: u32,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Share of false discoveries that is put up with.
    pub false_discovery: f64,
    /// Whether districts that face each other across the line are neighbours.
    pub across_line: bool,
}

impl Default for HotspotSettings {
    fn default() -> HotspotSettings {
        HotspotSettings {
            scale: RateScale::Log,
            permutations: 99_999,
            seed: 1,
            false_discovery: 0.05,
            across_line: true,
        }
    }
}

/// What a district is, with its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// More than the mean, among neighbours with more than chance explains.
    Hot,
    /// No more than the mean, among neighbours with more than chance explains.
    QuietAmongBusy,
    /// More than the mean, among neighbours with fewer than chance explains.
    BusyAmongQuiet,
    /// No more than the mean, among neighbours with fewer than chance explains.
    Cold,
    /// What chance explains.
    Neither,
}

/// A district's statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Hotspot {
    /// Number in the district layer.
    pub district: usize,
    /// Incidents in it by coordinate, known to the district or better.
    pub incidents: usize,
    /// Expected number given the geocoding precision.
    pub expected: f64,
    /// 95 % interval of the number.
    pub interval: (usize, usize),
    /// Its area on the ellipsoid, km².
    pub area_km2: f64,
    /// Expected incidents per 1,000 km².
    pub per_1000km2: f64,
    /// Number of its neighbours.
    pub neighbours: usize,
    /// Standardised Gi*; `None` without neighbours or differences.
    pub gi_star: Option<f64>,
    /// Local Moran's I.
    pub moran: Option<f64>,
    /// Two-sided pseudo p-value of both, by conditional permutation.
    pub p: Option<f64>,
    /// The same adjusted for all districts (Benjamini–Hochberg).
    pub q: Option<f64>,
    /// What that makes it.
    pub spot: Spot,
    /// What the counts by coordinate would make it.
    pub plain_spot: Spot,
}

/// Hot spots by district.
#[derive(Clone, Debug, PartialEq)]
pub struct Hotspots {
    /// What was computed.
    pub settings: HotspotSettings,
    /// Whether incidents are spread over the regions they may lie in.
    pub spread: bool,
    /// Every district that was looked at, in the order of the layer.
    pub rows: Vec<Hotspot>,
    /// The side alone that was looked at; `None` for the whole layer.
    pub side: Option<Side>,
    /// Mean of the districts' rates, per 1,000 km².
    pub mean: f64,
    /// Incidents with their coordinate in a district that was looked at.
    pub counted: usize,
    /// Incidents that are expected in one.
    pub expected: f64,
    /// Of the incidents expected in any district of the layer, those known to
    /// their province alone and shared out among its districts.
    pub of_provinces: f64,
    /// Known to the province or worse: by coordinate in no number.
    pub coarse: usize,
    /// Of these worse than the province: in no number at all.
    pub unlocated: usize,
    /// By coordinate in no district, or in one that was not looked at.
    pub elsewhere: usize,
}

/// The expected number of incidents in every district of the layer, its 95 %
/// interval, and how many of all come from incidents known to their province.
fn expected(
    incidents: &[Incident],
    located: &[Located],
    regions: &Regions,
    index: &StudyIndex,
) -> (Vec<Members>, f64) {
    let shares = regions.area_shares();
    let mut districts = vec![Members::default(); index.districts.areas.len()];
    let mut of_region = vec![0; shares.len()];
    let mut of_provinces = 0.0;
    for (i, (incident, place)) in incidents.iter().zip(located).enumerate() {
        match (incident.precision, regions.number(i)) {
            (Some(Precision::Unlocated), _) => {}
            (precision, Some(region)) => {
                of_region[region] += 1;
                if precision == Some(Precision::Province) {
                    of_provinces += shares[region].districts.iter().map(|d| d.1).sum::<f64>();
                }
            }
            (_, None) => {
                if let Some(district) = place.placement.district {
                    districts[district].add(0, 1.0, 1);
                }
            }
        }
    }
    for (shares, count) in shares.iter().zip(of_region).filter(|(_, count)| *count > 0) {
        for &(district, p) in &shares.districts {
            districts[district].add(0, p, count);
        }
    }
    (districts, of_provinces)
}

/// Fewer expected count as none in the statistics: what wide regions leave
/// everywhere must not tell empty districts apart.
const LEAST_EXPECTED: f64 = 0.05;

/// What is computed of the districts' rates.
struct Called {
    gi_star: Vec<Option<f64>>,
    moran: Vec<Option<f64>>,
    p: Vec<Option<f64>>,
    q: Vec<Option<f64>>,
    spots: Vec<Spot>,
}

impl Called {
    fn of(rates: &[f64], neighbours: &[Vec<usize>], settings: &HotspotSettings) -> Called {
        let values: Vec<f64> = rates.iter().map(|&rate| settings.scale.of(rate)).collect();
        let middle = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let drawn = permuted(&values, neighbours, settings.permutations, settings.seed);
        let p: Vec<Option<f64>> = drawn.into_iter().map(|found| found.map(|f| f.p())).collect();
        let tested: Vec<f64> = p.iter().copied().flatten().collect();
        let mut adjusted = benjamini_hochberg(&tested).into_iter();
        let q: Vec<Option<f64>> = p.iter().map(|p| p.and_then(|_| adjusted.next())).collect();
        let spots = neighbours.iter().enumerate().map(|(k, list)| {
            let around = list.iter().map(|&j| values[j]).sum::<f64>() / list.len().max(1) as f64;
            spot(q[k], settings.false_discovery, values[k] > middle, around > middle)
        });
        Called {
            spots: spots.collect(),
            gi_star: gi_star(&values, neighbours),
            moran: local_moran(&values, neighbours),
            p,
            q,
        }
    }
}

/// Rates per 1,000 km² of every district and their local statistics. `side`
/// takes the districts of one side alone, for a source that covers no other.
///
/// With `regions` rates are of the numbers that are expected, each incident
/// lying anywhere in its region: one known to the district counts there, one
/// known to its province in the province's districts by area, one known to 25 km
/// in the districts that are so near. Without regions a coordinate is taken at
/// its word, and incidents known to the province or worse are in no number.
pub fn hotspots(
    incidents: &[Incident],
    located: &[Located],
    regions: Option<&Regions>,
    index: &StudyIndex,
    side: Option<Side>,
    settings: &HotspotSettings,
) -> Hotspots {
    let layer = &index.districts;
    let chosen: Vec<usize> =
        (0..layer.areas.len()).filter(|&i| side.is_none() || layer.sides[i] == side).collect();
    let mut counts = vec![0usize; layer.areas.len()];
    let (mut coarse, mut elsewhere, mut unlocated) = (0, 0, 0);
    for (incident, place) in incidents.iter().zip(located) {
        let known = incident.precision.unwrap_or(Precision::Exact) <= Precision::District;
        unlocated += usize::from(incident.precision == Some(Precision::Unlocated));
        match place.placement.district {
            _ if !known => coarse += 1,
            Some(i) if side.is_none() || layer.sides[i] == side => counts[i] += 1,
            _ => elsewhere += 1,
        }
    }
    let mut neighbours = queen(&layer.areas);
    if settings.across_line && side.is_none() {
        join_across(&mut neighbours, layer, index);
    }
    let neighbours = among(&neighbours, &chosen);
    let areas: Vec<f64> = chosen.iter().map(|&i| area_km2(&layer.areas[i])).collect();
    let rates_of = |counts: &[f64]| -> Vec<f64> {
        let rate = |(&i, area): (&usize, &f64)| 1000.0 * counts[i] / area.max(f64::MIN_POSITIVE);
        chosen.iter().zip(&areas).map(rate).collect()
    };
    let plain_rates = rates_of(&counts.iter().map(|&n| n as f64).collect::<Vec<f64>>());
    let plain = Called::of(&plain_rates, &neighbours, settings);
    let plain_spots = plain.spots.clone();
    let (members, of_provinces) = regions.map(|r| expected(incidents, located, r, index)).unzip();
    let (rates, called) = match &members {
        Some(members) => {
            let expected: Vec<f64> = members.iter().map(|m| m.expected()[0]).collect();
            let kept = |&n: &f64| if n < LEAST_EXPECTED { 0.0 } else { n };
            let kept: Vec<f64> = expected.iter().map(kept).collect();
            (rates_of(&expected), Called::of(&rates_of(&kept), &neighbours, settings))
        }
        None => (plain_rates, plain),
    };
    let mean = rates.iter().sum::<f64>() / rates.len().max(1) as f64;
    let rows: Vec<Hotspot> = (0..chosen.len())
        .map(|k| {
            let district = chosen[k];
            let incidents = counts[district];
            let (expected, interval) = match &members {
                Some(members) => {
                    let [number, _] = members[district].numbers();
                    (members[district].expected()[0], number.interval(0.95))
                }
                None => (incidents as f64, (incidents, incidents)),
            };
            Hotspot {
                district,
                incidents,
                expected,
                interval,
                area_km2: areas[k],
                per_1000km2: rates[k],
                neighbours: neighbours[k].len(),
                gi_star: called.gi_star[k],
                moran: called.moran[k],
                p: called.p[k],
                q: called.q[k],
                spot: called.spots[k],
                plain_spot: plain_spots[k],
            }
        })
        .collect();
    Hotspots {
        settings: *settings,
        spread: regions.is_some(),
        counted: rows.iter().map(|row| row.incidents).sum(),
        expected: rows.iter().map(|row| row.expected).sum(),
        of_provinces: of_provinces.unwrap_or(0.0),
        rows,
        side,
        mean,
        coarse,
        unlocated,
        elsewhere,
    }
}

fn spot(q: Option<f64>, most: f64, busy: bool, among_busy: bool) -> Spot {
    match (q.is_some_and(|q| q <= most), busy, among_busy) {
        (false, ..) => Spot::Neither,
        (_, true, true) => Spot::Hot,
        (_, false, true) => Spot::QuietAmongBusy,
        (_, true, false) => Spot::BusyAmongQuiet,
        (_, false, false) => Spot::Cold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_chance_does_not_explain_is_a_spot() {
        assert_eq!(spot(Some(0.06), 0.05, true, true), Spot::Neither);
        assert_eq!(spot(None, 0.05, true, true), Spot::Neither);
        assert_eq!(spot(Some(0.05), 0.05, true, true), Spot::Hot);
        assert_eq!(spot(Some(0.01), 0.05, false, true), Spot::QuietAmongBusy);
        assert_eq!(spot(Some(0.01), 0.05, true, false), Spot::BusyAmongQuiet);
        assert_eq!(spot(Some(0.01), 0.05, false, false), Spot::Cold);
    }
}
