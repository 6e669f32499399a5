//! How likely an incident lies in each district and province.

use super::region::likely_places;
use super::region_shape::{Base, RegionShape, extent_of};
use crate::analysis::{Located, Regions};
use crate::geodesy::{LonLat, ring_area_m2};
use crate::index::{BorderPosition, StudyIndex};
use crate::model::{Area, Level, Precision};

/// The probabilities that an incident lies in areas: number in the layer and
/// share, ascending by number. What no area holds is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct AreaShares {
    pub districts: Vec<(usize, f64)>,
    pub provinces: Vec<(usize, f64)>,
}

/// Places that stand for a disc, and for a small one.
const PLACES: usize = 400;
const FEW_PLACES: usize = 100;
/// A small disc is narrower, metres.
const SMALL_M: f64 = 5_000.0;

/// The size of an area on the ellipsoid, km²; edges taken as geodesics, which on
/// edges of a few kilometres differs by less than 1e-6 of the area from edges
/// straight in longitude and latitude.
pub(super) fn area_km2(area: &Area) -> f64 {
    let ring =
        |r: &geo::LineString<f64>| ring_area_m2(r.coords().map(|c| LonLat::folded(c.x, c.y)));
    let parts = area.shape.iter();
    // Holes run clockwise: their area is negative.
    let sum: f64 =
        parts.map(|p| ring(p.exterior()) + p.interiors().iter().map(ring).sum::<f64>()).sum();
    sum.abs() / 1e6
}

/// The shares of every region.
///
/// A district is itself and in the province it names. A province is shared out
/// among the districts that name it, by area. A disc is shared out by where its
/// places would be put ([`StudyIndex::held`]), but for one that a district
/// holds whole; one that is cut to a named district is that district.
///
/// # Accuracy
/// Areas: exact but for rounding. Discs: those of some 400 places, 100 of a small
/// one. Sums over many incidents are held against random draws in
/// tests/precision.rs.
pub(super) fn area_shares(regions: &Regions, index: &StudyIndex) -> Vec<AreaShares> {
    let sizes: Vec<f64> = index.districts.areas.iter().map(area_km2).collect();
    regions.told_of_each(|_, shape, place| shares_of(shape, place, index, &sizes))
}

/// The shares of an incident whose coordinate is taken at its word.
pub(super) fn shares_at(place: &Located, precision: Option<Precision>) -> AreaShares {
    let certain = |area: Option<usize>| area.map(|number| (number, 1.0)).into_iter().collect();
    // The districts of one that is known to its province are not known.
    let district = place.placement.district.filter(|_| precision < Some(Precision::Province));
    AreaShares { districts: certain(district), provinces: certain(place.placement.province) }
}

fn shares_of(
    shape: &RegionShape,
    place: &Located,
    index: &StudyIndex,
    sizes: &[f64],
) -> AreaShares {
    let of_district = |district: usize| AreaShares {
        districts: vec![(district, 1.0)],
        provinces: index.province_of[district].map(|p| (p, 1.0)).into_iter().collect(),
    };
    match shape.base {
        Base::Area(area) if area.level == Level::District => of_district(area.number as usize),
        Base::Area(area) => of_province(area.number as usize, index, sizes),
        Base::Disc(bits) => {
            let [lon, lat, radius_m] = bits.map(f64::from_bits);
            let named = shape.within.filter(|area| area.level == Level::District);
            let named = named.map(|area| area.number as usize);
            let whole = || whole_in(LonLat::folded(lon, lat), radius_m, place, index);
            // A name that the coordinate contradicts may not have cut the disc.
            match named.filter(|_| named == place.placement.district).or_else(whole) {
                Some(district) => of_district(district),
                None => of_disc(shape, if radius_m < SMALL_M { FEW_PLACES } else { PLACES }, index),
            }
        }
    }
}

fn of_province(province: usize, index: &StudyIndex, sizes: &[f64]) -> AreaShares {
    let own = (0..sizes.len()).filter(|&d| index.province_of[d] == Some(province));
    let whole: f64 = own.clone().map(|d| sizes[d]).sum();
    let districts = own.map(|d| (d, sizes[d] / whole)).filter(|(_, share)| share.is_finite());
    AreaShares { districts: districts.collect(), provinces: vec![(province, 1.0)] }
}

/// The district that holds a disc whole, where that is told at once and the line
/// is too far off to put a part of it elsewhere.
fn whole_in(at: LonLat, radius_m: f64, place: &Located, index: &StudyIndex) -> Option<usize> {
    let district = place.placement.district?;
    let far = place.distance_m > 1.001 * radius_m;
    (far && index.districts.index.holds_box(district, &extent_of(at, radius_m))).then_some(district)
}

fn of_disc(shape: &RegionShape, wanted: usize, index: &StudyIndex) -> AreaShares {
    let places = likely_places(shape, index, wanted);
    let each = 1.0 / places.len().max(1) as f64;
    let mut shares = AreaShares::default();
    for likely in &places {
        let position = BorderPosition {
            distance_m: likely.distance_m,
            side: likely.side,
            chainage_m: likely.chainage_m,
            // Where exactly the foot is decides nothing here.
            foot: likely.at,
        };
        let district = index.held(&index.districts, likely.at, &position, shape.side);
        let district = district.map(|held| held.area);
        let province = district.and_then(|d| index.province_of[d]).or_else(|| {
            let held = index.held(&index.provinces, likely.at, &position, shape.side);
            held.map(|held| held.area)
        });
        for (areas, found) in [(&mut shares.districts, district), (&mut shares.provinces, province)]
        {
            let Some(number) = found else { continue };
            match areas.binary_search_by_key(&number, |(known, _)| *known) {
                Ok(at) => areas[at].1 += each,
                Err(at) => areas.insert(at, (number, each)),
            }
        }
    }
    shares
}
