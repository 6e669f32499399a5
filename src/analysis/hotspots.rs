//! Districts that have, with their neighbours, more incidents than chance puts there.

use super::contiguity::{among, join_across, queen};
use super::false_discovery::benjamini_hochberg;
use super::local_statistics::{gi_star, local_moran, permuted};
use crate::analysis::Located;
use crate::geodesy::{LonLat, ring_area_m2};
use crate::index::StudyIndex;
use crate::model::{Area, Incident, Precision, Side};

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
    /// Incidents in it.
    pub incidents: usize,
    /// Its area on the ellipsoid, km².
    pub area_km2: f64,
    /// Incidents per 1,000 km².
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
}

/// Hot spots by district.
#[derive(Clone, Debug, PartialEq)]
pub struct Hotspots {
    /// What was computed.
    pub settings: HotspotSettings,
    /// Every district that was looked at, in the order of the layer.
    pub rows: Vec<Hotspot>,
    /// The side alone that was looked at; `None` for the whole layer.
    pub side: Option<Side>,
    /// Mean of the districts' rates, per 1,000 km².
    pub mean: f64,
    /// Incidents in a district that was looked at.
    pub counted: usize,
    /// Left out: known to the province or worse.
    pub coarse: usize,
    /// Left out: in no district, or in one that was not looked at.
    pub elsewhere: usize,
}

/// Area of a district on the ellipsoid, km²; edges taken as geodesics, which on
/// edges of a few kilometres differs by less than 1e-6 of the area from edges
/// straight in longitude and latitude.
fn area_km2(area: &Area) -> f64 {
    let ring =
        |r: &geo::LineString<f64>| ring_area_m2(r.coords().map(|c| LonLat::folded(c.x, c.y)));
    let parts = area.shape.iter();
    // Holes run clockwise: their area is negative.
    let sum: f64 =
        parts.map(|p| ring(p.exterior()) + p.interiors().iter().map(ring).sum::<f64>()).sum();
    sum.abs() / 1e6
}

/// Rates per 1,000 km² of every district and their local statistics. `side`
/// takes the districts of one side alone, for a source that covers no other.
///
/// Incidents known to the province or worse are in no district's count.
pub fn hotspots(
    incidents: &[Incident],
    located: &[Located],
    index: &StudyIndex,
    side: Option<Side>,
    settings: &HotspotSettings,
) -> Hotspots {
    let layer = &index.districts;
    let chosen: Vec<usize> =
        (0..layer.areas.len()).filter(|&i| side.is_none() || layer.sides[i] == side).collect();
    let mut counts = vec![0usize; layer.areas.len()];
    let (mut coarse, mut elsewhere) = (0, 0);
    for (incident, place) in incidents.iter().zip(located) {
        let known = incident.precision.unwrap_or(Precision::Exact) <= Precision::District;
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
    let rate = |(&i, area): (&usize, &f64)| 1000.0 * counts[i] as f64 / area.max(f64::MIN_POSITIVE);
    let rates: Vec<f64> = chosen.iter().zip(&areas).map(rate).collect();
    let mean = rates.iter().sum::<f64>() / rates.len().max(1) as f64;

    let values: Vec<f64> = rates.iter().map(|&rate| settings.scale.of(rate)).collect();
    let middle = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (gi, moran) = (gi_star(&values, &neighbours), local_moran(&values, &neighbours));
    let p: Vec<Option<f64>> = permuted(&values, &neighbours, settings.permutations, settings.seed)
        .into_iter()
        .map(|found| found.map(|f| f.p()))
        .collect();
    let tested: Vec<f64> = p.iter().copied().flatten().collect();
    let mut adjusted = benjamini_hochberg(&tested).into_iter();
    let q: Vec<Option<f64>> = p.iter().map(|p| p.and_then(|_| adjusted.next())).collect();
    let rows = (0..chosen.len())
        .map(|k| {
            let list = &neighbours[k];
            let around = list.iter().map(|&j| values[j]).sum::<f64>() / list.len().max(1) as f64;
            Hotspot {
                district: chosen[k],
                incidents: counts[chosen[k]],
                area_km2: areas[k],
                per_1000km2: rates[k],
                neighbours: list.len(),
                gi_star: gi[k],
                moran: moran[k],
                p: p[k],
                q: q[k],
                spot: spot(q[k], settings.false_discovery, values[k] > middle, around > middle),
            }
        })
        .collect();
    let counted = chosen.iter().map(|&i| counts[i]).sum();
    Hotspots { settings: *settings, rows, side, mean, counted, coarse, elsewhere }
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
