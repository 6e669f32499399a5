//! The region an incident may lie in, given how precisely it was geocoded, as
//! a fixed set of equally likely places.
//!
//! exact: a disc of 2 km; near: a disc of 25 km (UCDP's codebook for its second
//! class); district, province: the polygon that holds the coordinate. Where the
//! record names a country on one side of the border, the region is cut to that
//! side; if nothing is left, it stays whole.

use crate::analysis::Located;
use crate::geodesy::{LonLat, direct};
use crate::index::{AreaIndex, StudyIndex};
use crate::model::{Area, Incident, Precision, Side};
use geo::BoundingRect;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Radii of the discs, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegionSettings {
    /// Radius of the disc of an exact coordinate, metres.
    pub exact_radius_m: f64,
    /// Radius of the disc of a place known to be near, metres.
    pub near_radius_m: f64,
}

impl Default for RegionSettings {
    fn default() -> RegionSettings {
        RegionSettings { exact_radius_m: 2_000.0, near_radius_m: 25_000.0 }
    }
}

/// Places a region stands for: about so many.
const PLACES: usize = 400;

/// One of the equally likely places of a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likely {
    /// Where it is.
    pub at: LonLat,
    /// Geodesic distance to the line, metres.
    pub distance_m: f64,
    /// Its side.
    pub side: Option<Side>,
}

/// The equally likely places of one region, by ascending distance.
pub type Places = Vec<Likely>;

/// The regions of many incidents; incidents with one coordinate, precision and
/// named country share one.
pub struct Regions {
    places: Vec<Places>,
    of: Vec<Option<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    lon: u64,
    lat: u64,
    precision: Precision,
    named: Option<Side>,
    area: Option<usize>,
}

impl Regions {
    /// Works out the regions of incidents that have been located.
    pub fn new(
        incidents: &[Incident],
        located: &[Located],
        index: &StudyIndex,
        settings: &RegionSettings,
    ) -> Regions {
        let mut numbers: BTreeMap<Key, usize> = BTreeMap::new();
        let mut seeds: Vec<(Key, LonLat)> = Vec::new();
        let mut of = Vec::with_capacity(incidents.len());
        for (incident, place) in incidents.iter().zip(located) {
            let Some(precision) = incident.precision.filter(|&p| p != Precision::Unlocated) else {
                of.push(None);
                continue;
            };
            let area = match precision {
                Precision::District => place.placement.district,
                Precision::Province => place.placement.province,
                _ => None,
            };
            // A polygon does not depend on where in it the coordinate stands.
            let (lon, lat) = match area {
                Some(_) => (0, 0),
                None => (incident.at.lon().to_bits(), incident.at.lat().to_bits()),
            };
            let named = index.border.side_named(&incident.country);
            let key = Key { lon, lat, precision, named, area };
            let number = *numbers.entry(key).or_insert_with(|| {
                seeds.push((key, incident.at));
                seeds.len() - 1
            });
            of.push(Some(number));
        }
        let places =
            seeds.par_iter().map(|(key, at)| likely_places(key, *at, index, settings)).collect();
        Regions { places, of }
    }

    /// The equally likely places of an incident; `None` when its source states
    /// no precision or none better than the country.
    pub fn of(&self, incident: usize) -> Option<&Places> {
        self.of[incident].map(|number| &self.places[number])
    }

    /// The number of an incident's region, shared by those whose region is the
    /// same; `None` as for [`Regions::of`].
    pub fn number(&self, incident: usize) -> Option<usize> {
        self.of[incident]
    }

    /// The equally likely places of the region with a number.
    pub fn places(&self, number: usize) -> &Places {
        &self.places[number]
    }

    /// The 5 % and 95 % quantiles of an incident's distance to the line, metres.
    pub fn distance_interval_m(&self, incident: usize) -> Option<(f64, f64)> {
        let places = self.of(incident)?;
        // Places are ascending by distance; each stands for 1/n of the region.
        let at = |q: f64| {
            let i = (q * places.len() as f64).floor() as usize;
            places.get(i.min(places.len().saturating_sub(1))).map(|p| p.distance_m)
        };
        Some((at(0.05)?, at(0.95)?))
    }
}

fn likely_places(key: &Key, at: LonLat, index: &StudyIndex, settings: &RegionSettings) -> Places {
    let points = match (key.precision, key.area) {
        (Precision::District, Some(area)) => {
            inside(&index.districts.areas[area], area, &index.districts.index)
        }
        (Precision::Province, Some(area)) => {
            inside(&index.provinces.areas[area], area, &index.provinces.index)
        }
        (Precision::Exact, _) => disc(at, settings.exact_radius_m),
        // A district or province that no polygon holds: the wider disc.
        _ => disc(at, settings.near_radius_m),
    };
    let whole: Places = points
        .into_iter()
        .map(|p| {
            let found = index.line.locate(p);
            Likely { at: p, distance_m: found.distance_m, side: found.side }
        })
        .collect();
    let mut kept: Places = match key.named {
        Some(side) => whole.iter().copied().filter(|p| p.side == Some(side)).collect(),
        None => Vec::new(),
    };
    if kept.is_empty() {
        kept = whole;
    }
    kept.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
    kept
}

/// Places spread evenly over a disc: the sunflower lattice of H. Vogel (1979),
/// A better way to construct the sunflower head, Math. Biosciences 44, 179–189.
fn disc(centre: LonLat, radius_m: f64) -> Vec<LonLat> {
    let golden_deg = 180.0 * (3.0 - 5f64.sqrt());
    (0..PLACES)
        .map(|k| {
            let r = radius_m * ((k as f64 + 0.5) / PLACES as f64).sqrt();
            direct(centre, (k as f64 * golden_deg).rem_euclid(360.0), r)
        })
        .collect()
}

/// Places of a lattice of equal areas that lie in an area.
fn inside(area: &Area, number: usize, index: &AreaIndex) -> Vec<LonLat> {
    let Some(bounds) = area.shape.bounding_rect() else { return Vec::new() };
    let mut wanted = PLACES;
    loop {
        let points = lattice(&bounds, wanted)
            .into_iter()
            .filter(|&p| index.containing(p).contains(&number))
            .collect::<Vec<_>>();
        // A winding area fills little of its box: make the lattice finer.
        if points.len() >= PLACES / 2 || wanted > PLACES * 64 {
            return points;
        }
        wanted *= 2;
    }
}

/// About so many places in a box, rows evenly spaced in latitude and places in
/// a row spaced by the cosine, so that each stands for the same area.
fn lattice(bounds: &geo::Rect<f64>, wanted: usize) -> Vec<LonLat> {
    let (west, east) = (bounds.min().x, bounds.max().x);
    let (south, north) = (bounds.min().y, bounds.max().y);
    let middle = (0.5 * (south + north)).to_radians().cos().max(1e-3);
    let step = ((north - south) * (east - west) * middle / wanted as f64).sqrt().max(1e-9);
    let rows = ((north - south) / step).ceil().max(1.0) as usize;
    let mut points = Vec::new();
    for row in 0..rows {
        let lat = south + (row as f64 + 0.5) * (north - south) / rows as f64;
        let width = (east - west) * lat.to_radians().cos().max(1e-3);
        let columns = (width / step).round().max(1.0) as usize;
        for column in 0..columns {
            let lon = west + (column as f64 + 0.5) * (east - west) / columns as f64;
            points.push(LonLat::folded(lon, lat));
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::inverse;

    #[test]
    fn a_disc_is_filled_evenly() {
        let centre = LonLat::new(70.0, 34.0).unwrap();
        let points = disc(centre, 25_000.0);
        let within =
            |r: f64| points.iter().filter(|&&p| inverse(centre, p).distance_m < r).count() as f64;
        assert_eq!(within(25_000.0), PLACES as f64);
        for r in [5_000.0, 12_500.0, 20_000.0] {
            let share = within(r) / PLACES as f64;
            assert!((share - (r / 25_000.0f64).powi(2)).abs() < 0.005, "{r} {share}");
        }
        let east = points.iter().filter(|p| p.lon() > 70.0).count();
        assert!((190..=210).contains(&east));
    }
}
