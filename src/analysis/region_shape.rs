//! [`RegionShape`]: the ground an incident may lie on, and how the distance to
//! the line is distributed over it.

use super::cell::Cell;
use super::disc_cells::{COARSE, DiscCells, FINE, Spread};
use super::disc_quantiles::disc_quantiles;
use super::law::Law;
use super::named::{AreaId, NamedAreas};
use super::refine::{Fineness, Ground, Ring, cut_by, refine, shoelace};
use super::region::RegionSettings;
use super::region_grounds::{Degrees, FarPlane, NearPlane};
use super::zone_sums::ZoneSums;
use crate::analysis::Located;
use crate::geodesy::{Extent, LonLat, dot, minus, spot};
use crate::index::{BorderIndex, LocalLine, StudyIndex, signed_m};
use crate::model::{Incident, Level, Precision, Side};
use std::cell::RefCell;
use std::f64::consts::PI;

/// Where a region lies before it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Base {
    /// A disc: longitude, latitude and radius in metres, by their bits.
    Disc([u64; 3]),
    /// A district or a province.
    Area(AreaId),
}

/// A region: incidents with the same one share what is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RegionShape {
    pub base: Base,
    /// The area that a disc is cut to.
    pub within: Option<AreaId>,
    /// The side that it is cut to.
    pub side: Option<Side>,
}

/// The regions of records, told from their precision and their names.
pub(super) struct RegionFinder<'a> {
    names: NamedAreas<'a>,
    settings: RegionSettings,
    index: &'a StudyIndex,
}

impl<'a> RegionFinder<'a> {
    pub fn new(index: &'a StudyIndex, settings: &RegionSettings) -> RegionFinder<'a> {
        RegionFinder { names: NamedAreas::new(index), settings: *settings, index }
    }

    /// The region of a record, and whether a name of it matches no area;
    /// `None` when its source states no precision or none better than the
    /// country.
    pub fn of(&mut self, incident: &Incident, place: &Located) -> Option<(RegionShape, bool)> {
        let precision = incident.precision.filter(|&p| p != Precision::Unlocated)?;
        let named = self.names.of(incident, &place.placement);
        let at_level = |level: Level, number: Option<usize>| {
            let held = number.map(|number| AreaId { level, number: number as u32 });
            named.within.filter(|area| area.level == level).or(held)
        };
        let area = match precision {
            Precision::District => at_level(Level::District, place.placement.district),
            Precision::Province => {
                let of_district =
                    named.within.filter(|a| a.level == Level::District).and_then(|a| {
                        let of = &self.index.districts.areas[a.number as usize];
                        self.index
                            .provinces
                            .areas
                            .iter()
                            .position(|p| p.province == of.province && p.country == of.country)
                    });
                at_level(Level::Province, of_district.or(place.placement.province))
            }
            _ => None,
        };
        let radius_m = match precision {
            Precision::Exact => self.settings.exact_radius_m,
            // A district or province that no polygon holds: the wider disc.
            _ => self.settings.near_radius_m,
        };
        let (base, within) = match area {
            // A polygon does not depend on where in it the coordinate stands.
            Some(area) => (Base::Area(area), None),
            None => {
                let at = [incident.at.lon(), incident.at.lat(), radius_m].map(f64::to_bits);
                (Base::Disc(at), named.within)
            }
        };
        let of_area = area.and_then(|a| a.layer(self.index).sides[a.number as usize]);
        Some((RegionShape { base, within, side: named.side.or(of_area) }, named.unmatched))
    }
}

/// What became of a region whose record names a country, district or province.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It names none that is known, or the region lies in it whole.
    Whole,
    /// The region was cut to what is named.
    Cut,
    /// Nothing would be left: the region stays whole. The record's coordinate
    /// contradicts its names.
    Nothing,
}

/// Where an incident may lie by the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// The distance that 5 % of the region lies nearer than, metres.
    pub low_m: f64,
    /// The distance that 95 % of the region lies nearer than, metres.
    pub high_m: f64,
    /// Share of the region that lies left of the line.
    pub left: f64,
    /// What its names did to the region.
    pub cut: Cut,
    /// The record names a district or province that the layers do not have, or
    /// have several times.
    pub unmatched: bool,
}

/// What working a region out needs room for.
#[derive(Default)]
pub(super) struct Room {
    line: LocalLine,
    law: Law,
}

/// Sides of the polygon that stands for a disc.
const DISC_SIDES: usize = 64;
/// Less of a region than this is nothing.
const NOTHING: f64 = 1e-6;

impl RegionShape {
    /// Centre and radius of a disc.
    fn disc(&self) -> Option<(LonLat, f64)> {
        match self.base {
            Base::Disc(bits) => {
                let [lon, lat, radius_m] = bits.map(f64::from_bits);
                Some((LonLat::folded(lon, lat), radius_m))
            }
            Base::Area(_) => None,
        }
    }

    /// The region's part in every zone, by side, adding up to 1. `place` is
    /// where its centre lies.
    ///
    /// # Accuracy
    /// 0.1 % of the region; see [`ZONE_FINENESS`].
    pub fn zone_shares(
        &self,
        place: &Located,
        breaks_m: &[f64],
        index: &StudyIndex,
        room: &mut Room,
    ) -> (ZoneSums, Cut) {
        let mut sums = ZoneSums::new(breaks_m.len());
        let held = self.held(index);
        if let Some((_, radius_m)) = self.disc()
            && let Some(side) = uniform_side(place, radius_m, index)
            && !breaks_m.iter().any(|b| (place.distance_m - b).abs() <= 1.001 * radius_m)
        {
            // What is cut off is cut off this one zone.
            let signed = signed_m(place.distance_m, Some(side));
            sums.add_part(([signed; 3], 1.0), breaks_m);
            let against = self.side.is_some_and(|named| named != side);
            return (sums, if against { Cut::Nothing } else { held.cut() });
        }
        let mut cut = held.cut();
        match self.disc_spread(&FINE, place, &held, index, room) {
            Some(spread) => spread.add_to(&mut sums, breaks_m),
            None => {
                let mut take = |part| sums.add_part(part, breaks_m);
                self.each_part(place, held, Some(breaks_m), index, room, &mut take);
            }
        }
        let sides = sums.m2.each_ref().map(|zones| zones.iter().sum::<f64>());
        let whole = sides[0] + sides[1];
        if let Some(side) = self.side {
            let (held, other) = match side {
                Side::Left => (sides[0], 1),
                Side::Right => (sides[1], 0),
            };
            if held <= NOTHING * whole {
                cut = Cut::Nothing;
            } else if held < whole {
                sums.m2[other].fill(0.0);
                cut = if cut == Cut::Whole { Cut::Cut } else { cut };
            }
        }
        let left_over: f64 = sums.m2.iter().flatten().sum();
        sums.m2.iter_mut().flatten().for_each(|m2| *m2 = (*m2 / left_over).clamp(0.0, 1.0));
        (sums, cut)
    }

    /// The quantiles of the distance over the region.
    ///
    /// # Accuracy
    /// 0.5 % of the radius of a disc, or of the root of an area over π.
    pub fn outlook(&self, place: &Located, index: &StudyIndex, room: &mut Room) -> Outlook {
        let disc = self.disc();
        let held = self.held(index);
        let mut against = false;
        if let Some((at, radius_m)) = disc
            && let Some(side) = uniform_side(place, radius_m, index)
        {
            against = self.side.is_some_and(|named| named != side);
            let seen = (place.foot, place.distance_m);
            if !matches!(held, Held::Part(_))
                && index.line.around(at, seen, radius_m, &mut room.line)
                && let Some((low_m, high_m)) = disc_quantiles(&room.line, place, radius_m)
            {
                let cut = if against { Cut::Nothing } else { held.cut() };
                let left = f64::from(u8::from(side == Side::Left));
                return Outlook { low_m, high_m, left, cut, unmatched: false };
            }
        }
        let mut cut = held.cut();
        let spread = self.disc_spread(&COARSE, place, &held, index, room);
        let mut law = std::mem::take(&mut room.law);
        law.clear();
        if spread.is_none() {
            self.each_part(place, held, None, index, room, &mut |part| law.push(part));
        }
        let (left, whole) = match &spread {
            Some(spread) => (spread.left(), 1.0),
            None => {
                let [left, right] = law.sides_m2();
                (left / (left + right), left + right)
            }
        };
        let mut side = self.side;
        if let Some(named) = side {
            let held = if named == Side::Left { left } else { 1.0 - left };
            if against || held <= NOTHING {
                (side, cut) = (None, Cut::Nothing);
            } else if held >= 1.0 - NOTHING {
                side = None;
            } else if cut == Cut::Whole {
                cut = Cut::Cut;
            }
        }
        let radius_m = disc.map_or_else(|| (whole / PI).sqrt(), |(_, radius_m)| radius_m);
        let quantile = |q| match &spread {
            Some(spread) => spread.quantile_m(q, side),
            None => law.quantile_m(q, side, (2e-4 * radius_m).max(1e-3)),
        };
        let (low_m, high_m) = (quantile(0.05), quantile(0.95));
        let left = match side {
            Some(Side::Left) => 1.0,
            Some(Side::Right) => 0.0,
            None => left.clamp(0.0, 1.0),
        };
        room.law = law;
        Outlook { low_m, high_m, left, cut, unmatched: false }
    }

    /// The distances over a disc that is not cut to an area.
    fn disc_spread(
        &self,
        cells: &DiscCells,
        place: &Located,
        held: &Held,
        index: &StudyIndex,
        room: &mut Room,
    ) -> Option<Spread> {
        let (at, radius_m) = self.disc().filter(|_| !matches!(held, Held::Part(_)))?;
        let seen = (place.foot, place.distance_m);
        Some(if index.line.around(at, seen, radius_m, &mut room.line) {
            let side = uniform_side(place, radius_m, index);
            cells.signed(&NearPlane::new(&room.line, place, side), radius_m)
        } else {
            cells.signed(&FarPlane { at, index }, radius_m)
        })
    }

    /// Cuts the region into parts for zones with the given edges, or for
    /// quantiles. Cuts to an area are made, cuts to a side are not.
    fn each_part(
        &self,
        place: &Located,
        held: Held,
        edges_m: Option<&[f64]>,
        index: &StudyIndex,
        room: &mut Room,
        take: &mut impl FnMut(([f64; 3], f64)),
    ) {
        let (tolerance, finest) = if edges_m.is_some() { ZONE_FINENESS } else { QUANTILE_FINENESS };
        let fine = |radius_m: f64| Fineness {
            edges_m,
            tolerance_m: tolerance * radius_m,
            finest_m: finest * radius_m,
        };
        match self.base {
            Base::Area(area) => {
                let shape = &area.layer(index).areas[area.number as usize].shape;
                let ground = Degrees { locator: RefCell::new(index.line.locator()) };
                let rings = rings_of(shape);
                let m2 = bounds_m2(&ground, &rings);
                refine(&ground, rings, &fine((m2 / PI).sqrt()), take);
            }
            Base::Disc(bits) => {
                let [lon, lat, radius_m] = bits.map(f64::from_bits);
                let at = LonLat::folded(lon, lat);
                let rings = match held {
                    Held::Part(rings) => rings,
                    Held::Whole | Held::None => vec![disc_ring(radius_m)],
                };
                let seen = (place.foot, place.distance_m);
                if index.line.around(at, seen, radius_m, &mut room.line) {
                    let side = uniform_side(place, 1.001 * radius_m, index);
                    let ground = NearPlane::new(&room.line, place, side);
                    refine(&ground, rings, &fine(radius_m), take);
                } else {
                    refine(&FarPlane { at, index }, rings, &fine(radius_m), take);
                }
            }
        }
    }

    /// What of a disc the area holds that it is cut to, on the plane round its
    /// centre.
    fn held(&self, index: &StudyIndex) -> Held {
        let (Some((at, radius_m)), Some(area)) = (self.disc(), self.within) else {
            return Held::Whole;
        };
        if surely_holds(area, at, radius_m, index) {
            return Held::Whole;
        }
        let extent = extent_of(at, radius_m);
        let mut rings = rings_of(&area.layer(index).areas[area.number as usize].shape);
        for (normal, least) in [
            ([1.0, 0.0], extent.west),
            ([-1.0, 0.0], -extent.east),
            ([0.0, 1.0], extent.south),
            ([0.0, -1.0], -extent.north),
        ] {
            rings = cut_by(&rings, normal, least);
        }
        let from = spot(at);
        let (east, north) = from.compass();
        for p in rings.iter_mut().flatten() {
            let off = minus(&spot(LonLat::folded(p[0], p[1])).place, &from.place);
            *p = [dot(&off, &east), dot(&off, &north)];
        }
        let whole = [disc_ring(radius_m)];
        let [ring] = &whole;
        for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let (x, y) = (from[1] - to[1], to[0] - from[0]);
            rings = cut_by(&rings, [x, y], x * from[0] + y * from[1]);
        }
        match shoelace(&rings) / shoelace(&whole) {
            share if share <= NOTHING => Held::None,
            share if share >= 1.0 - NOTHING => Held::Whole,
            _ => Held::Part(rings),
        }
    }
}

/// The polygon that stands for a disc: of the same area, so that its corners
/// lie a little outside.
fn disc_ring(radius_m: f64) -> Ring {
    let angle = 2.0 * PI / DISC_SIDES as f64;
    let corner_m = radius_m * (angle / angle.sin()).sqrt();
    let corner = |i: usize| {
        let (sin, cos) = (i as f64 * angle).sin_cos();
        [corner_m * cos, corner_m * sin]
    };
    (0..DISC_SIDES).map(corner).collect()
}

/// For zones: what a distance may be off where it decides nothing, and the
/// radius of the smallest cells, as shares of the region's radius.
///
/// Where an edge of a zone runs through a region of radius r, over a length of
/// some 2r a zone, an error of 1e-4 r moves less than 2e-4 r² of πr². The sides
/// of the polygon that stands for a disc are off it by 4e-4 r in the mean of
/// their amount, to both sides.
const ZONE_FINENESS: (f64, f64) = (1e-4, 5e-4);

/// For quantiles: a distance that is off by so much everywhere moves a
/// quantile by no more.
const QUANTILE_FINENESS: (f64, f64) = (4e-3, 2e-2);

/// What of a disc an area holds.
enum Held {
    Whole,
    Part(Vec<Ring>),
    None,
}

impl Held {
    fn cut(&self) -> Cut {
        match self {
            Held::Whole => Cut::Whole,
            Held::Part(_) => Cut::Cut,
            Held::None => Cut::Nothing,
        }
    }
}

/// The side of a disc that the line does not reach. Beyond an end of the line
/// the sides meet off the line.
fn uniform_side(place: &Located, radius_m: f64, index: &StudyIndex) -> Option<Side> {
    side_of_all([place.distance_m, place.chainage_m], place.side, radius_m, &index.line)
}

/// As [`uniform_side`], of a centre whose distance from the line, chainage and
/// side are known.
pub(super) fn side_of_all(
    [distance_m, chainage_m]: [f64; 2],
    side: Option<Side>,
    radius_m: f64,
    line: &BorderIndex,
) -> Option<Side> {
    let inner = chainage_m > 0.0 && chainage_m < line.length_m();
    side.filter(|_| inner && distance_m > 1.001 * radius_m)
}

/// A box round a disc, a little wider.
pub(super) fn extent_of(at: LonLat, radius_m: f64) -> Extent {
    // The shortest degree of latitude is 110.5 km.
    let lat_deg = 1.01 * radius_m / 110_500.0;
    let cos = (at.lat().abs() + lat_deg).min(89.9).to_radians().cos();
    Extent { west: at.lon(), east: at.lon(), south: at.lat(), north: at.lat() }
        .grown(lat_deg / cos, lat_deg)
}

fn surely_holds(area: AreaId, at: LonLat, radius_m: f64, index: &StudyIndex) -> bool {
    area.layer(index).index.holds_box(area.number as usize, &extent_of(at, radius_m))
}

fn rings_of(shape: &geo::MultiPolygon<f64>) -> Vec<Ring> {
    let ring = |ring: &geo::LineString<f64>| {
        let mut points: Ring = ring.coords().map(|c| [c.x, c.y]).collect();
        // Closed rings repeat their first place.
        points.pop();
        points
    };
    shape
        .iter()
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
        .map(ring)
        .collect()
}

/// The area within rings in degrees, to a share of some 1e-3.
fn bounds_m2(ground: &Degrees, rings: &[Ring]) -> f64 {
    let squares = shoelace(rings);
    let lat = rings
        .iter()
        .flatten()
        .map(|p| p[1])
        .fold((90f64, -90f64), |(low, high), y| (low.min(y), high.max(y)));
    let south = 0.5 * (lat.0 + lat.1) - 0.5;
    squares * ground.area_m2(&Cell { west: 0.0, east: 1.0, south, north: south + 1.0 })
}
