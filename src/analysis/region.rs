//! The regions that incidents may lie in, given how precisely they were
//! geocoded.
//!
//! exact: a disc of 2 km; near: a disc of 25 km (UCDP's codebook for its second
//! class); district, province: the polygon that the record names, else the one
//! that holds the coordinate. A disc is cut to the district or province that
//! the record names, and every region to the side of the country named (of
//! its own district or province, when none is); if nothing is left, it stays
//! whole. Names that match no area do not cut.

use super::area_shares::{AreaShares, area_shares};
use super::disc_places::{FOUR_HUNDRED, HUNDRED, disc_places, likely};
use super::named::AreaId;
use super::region_shape::{Base, Cut, RegionFinder, RegionShape, Room};
use super::zone_sums::ZoneSums;
use crate::analysis::Located;
use crate::geodesy::LonLat;
use crate::index::{AreaIndex, StudyIndex};
use crate::model::{Area, Incident, Side};
use geo::BoundingRect;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

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
pub(super) const PLACES: usize = 400;

/// One of the equally likely places of a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likely {
    /// Where it is.
    pub at: LonLat,
    /// Geodesic distance to the line, metres.
    pub distance_m: f64,
    /// Its side.
    pub side: Option<Side>,
    /// Distance along the line from its start to the nearest place, metres.
    pub chainage_m: f64,
}

/// The equally likely places of one region, by ascending distance.
pub type Places = Vec<Likely>;

/// The regions of many incidents; incidents with one coordinate, precision and
/// named area share one, and all incidents of a district or province do.
pub struct Regions<'a> {
    index: &'a StudyIndex,
    /// Each region, and where its first incident lies.
    regions: Vec<(RegionShape, Located)>,
    of: Vec<Option<usize>>,
    /// Whether a name of an incident matches no area.
    unmatched: Vec<bool>,
    shared: Mutex<Shared>,
}

/// What several statistics ask of every region.
#[derive(Default)]
struct Shared {
    /// By the edges of the zones.
    zones: Vec<(Vec<f64>, ZoneShares)>,
    areas: Option<Arc<Vec<AreaShares>>>,
}

/// Each region's part in every zone, by side, adding up to 1, and what its names
/// did to it.
pub(super) type ZoneShares = Arc<Vec<(ZoneSums, Cut)>>;

impl<'a> Regions<'a> {
    /// The regions of incidents that have been located.
    pub fn new(
        incidents: &[Incident],
        located: &[Located],
        index: &'a StudyIndex,
        settings: &RegionSettings,
    ) -> Regions<'a> {
        let mut finder = RegionFinder::new(index, settings);
        let mut numbers: BTreeMap<RegionShape, usize> = BTreeMap::new();
        let mut regions = Vec::new();
        let mut of = Vec::with_capacity(incidents.len());
        let mut unmatched = Vec::with_capacity(incidents.len());
        for (incident, place) in incidents.iter().zip(located) {
            let found = finder.of(incident, place);
            unmatched.push(found.is_some_and(|(_, unmatched)| unmatched));
            of.push(found.map(|(shape, _)| {
                *numbers.entry(shape).or_insert_with(|| {
                    regions.push((shape, *place));
                    regions.len() - 1
                })
            }));
        }
        Regions { index, regions, of, unmatched, shared: Mutex::default() }
    }

    /// The number of an incident's region, shared by those whose region is the
    /// same; `None` when its source states no precision or none better than the
    /// country.
    pub fn number(&self, incident: usize) -> Option<usize> {
        self.of[incident]
    }

    /// Works out what the statistics of areas, and of zones where there are such,
    /// share. They do so themselves; those that run at the same time would each do
    /// it.
    pub fn work_out(&self, breaks_m: Option<&[f64]>) {
        if let Some(breaks_m) = breaks_m {
            self.zone_shares(breaks_m);
        }
        self.area_shares();
    }

    /// What a function tells of every region, in their order. It is handed the
    /// region's number and shape and where its first incident lies.
    pub(super) fn told_of_each<T: Send>(
        &self,
        tell: impl Fn(usize, &RegionShape, &Located) -> T + Sync,
    ) -> Vec<T> {
        let numbered = self.regions.par_iter().enumerate();
        numbered.map(|(number, (shape, place))| tell(number, shape, place)).collect()
    }

    /// The parts of all regions in the zones between breaks, worked out once.
    ///
    /// # Accuracy
    /// 0.1 % of the region (tests/regions.rs).
    pub(super) fn zone_shares(&self, breaks_m: &[f64]) -> ZoneShares {
        let known = |shared: &mut Shared| {
            let found = shared.zones.iter().find(|(of, _)| of == breaks_m);
            found.map(|(_, shares)| shares.clone())
        };
        if let Some(shares) = self.shared(known) {
            return shares;
        }
        let regions = self.regions.par_iter();
        let shares: Vec<(ZoneSums, Cut)> = regions
            .map_init(Room::default, |room, (shape, place)| {
                shape.zone_shares(place, breaks_m, self.index, room)
            })
            .collect();
        let shares = Arc::new(shares);
        self.shared(|shared| shared.zones.push((breaks_m.to_vec(), shares.clone())));
        shares
    }

    /// How likely an incident of each region lies in each district and province,
    /// worked out once.
    pub(super) fn area_shares(&self) -> Arc<Vec<AreaShares>> {
        if let Some(shares) = self.shared(|shared| shared.areas.clone()) {
            return shares;
        }
        let shares = Arc::new(area_shares(self, self.index));
        self.shared(|shared| shared.areas = Some(shares.clone()));
        shares
    }

    /// Never held while anything is worked out: that is shared out among
    /// threads, which may take up whatever else waits for it.
    fn shared<T>(&self, look: impl FnOnce(&mut Shared) -> T) -> T {
        look(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether an incident names a district or province that matches no area.
    pub(super) fn is_unmatched(&self, incident: usize) -> bool {
        self.unmatched[incident]
    }
}

/// About `wanted` equally likely places of an area, or 400 of a disc (100 where no
/// more are wanted), and fewer of a disc that is cut; by ascending distance.
pub(super) fn likely_places(shape: &RegionShape, index: &StudyIndex, wanted: usize) -> Places {
    let whole: Places = match shape.base {
        Base::Area(area) => {
            let layer = area.layer(index);
            let number = area.number as usize;
            likely(inside(&layer.areas[number], number, &layer.index, wanted), &index.line)
        }
        Base::Disc(bits) => {
            let [lon, lat, radius_m] = bits.map(f64::from_bits);
            let centre = LonLat::folded(lon, lat);
            let sunflower = if wanted <= 100 { &HUNDRED } else { &FOUR_HUNDRED };
            let all = || disc_places(centre, radius_m, sunflower, &index.line, |_| true);
            match shape.within {
                None => all(),
                Some(area) => {
                    let layer = &area.layer(index).index;
                    let within = |p: &LonLat| holds(layer, area.number as usize, *p);
                    let some = disc_places(centre, radius_m, sunflower, &index.line, within);
                    if some.is_empty() { all() } else { some }
                }
            }
        }
    };
    let mut kept: Places = match shape.side {
        Some(side) => whole.iter().copied().filter(|p| p.side == Some(side)).collect(),
        None => Vec::new(),
    };
    if kept.is_empty() {
        kept = whole;
    }
    kept.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
    kept
}

/// Whether an area has any of the places that [`likely_places`] tells.
pub(super) fn holds_places(area: AreaId, index: &StudyIndex, wanted: usize) -> bool {
    let (layer, number) = (area.layer(index), area.number as usize);
    lattices(&layer.areas[number], wanted)
        .any(|lattice| lattice.into_iter().any(|p| holds(&layer.index, number, p)))
}

/// Places of a lattice of equal areas that lie in an area.
fn inside(area: &Area, number: usize, index: &AreaIndex, wanted: usize) -> Vec<LonLat> {
    let mut held = Vec::new();
    for mut lattice in lattices(area, wanted) {
        lattice.retain(|&p| holds(index, number, p));
        if !lattice.is_empty() {
            held = lattice;
        }
        if held.len() >= wanted / 2 {
            break;
        }
    }
    held
}

/// Lattices of the box round an area, of about `wanted` places and ever finer: a
/// winding area fills little of its box.
fn lattices(area: &Area, wanted: usize) -> impl Iterator<Item = Vec<LonLat>> {
    let bounds = area.shape.bounding_rect();
    let finer = (0..8).map(move |doubled| wanted << doubled);
    bounds.into_iter().flat_map(move |bounds| finer.clone().map(move |n| lattice(&bounds, n)))
}

fn holds(index: &AreaIndex, number: usize, p: LonLat) -> bool {
    let mut held = false;
    index.each_containing(p, |area| held |= area == number);
    held
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
