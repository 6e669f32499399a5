//! Every number of an incident derives from one record per incident: where it
//! lies relative to the border, and in which areas.

use crate::geodesy::LonLat;
use crate::index::{BorderPosition, Claims, Held, StudyIndex, turns};
use crate::model::{Incident, Side};
use rayon::prelude::*;

/// How the district was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DistrictHow {
    /// A polygon on the incident's side holds the point.
    Inside,
    /// None does; the nearest within 5 km was taken.
    Snapped,
    /// No district.
    None,
}

impl DistrictHow {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            DistrictHow::Inside => "inside",
            DistrictHow::Snapped => "snapped",
            DistrictHow::None => "none",
        }
    }
}

/// The areas a point was put into: indices into the layers that were searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Index of the district in the district layer.
    pub district: Option<usize>,
    /// Index of the province in the province layer.
    pub province: Option<usize>,
    /// How the district was found.
    pub how: DistrictHow,
}

/// An incident's place relative to the border and the areas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    /// Geodesic distance to the nearest place on the line, metres.
    pub distance_m: f64,
    /// Side; `None` on the line itself.
    pub side: Option<Side>,
    /// Distance along the line from its start to the foot, metres.
    pub chainage_m: f64,
    /// The nearest place on the line.
    pub foot: LonLat,
    /// The areas that hold it.
    pub placement: Placement,
}

impl Located {
    /// What stands for a place that is not looked for.
    pub(crate) fn nowhere(index: &StudyIndex) -> Located {
        Located {
            distance_m: 0.0,
            side: None,
            chainage_m: 0.0,
            foot: index.line.at(0.0),
            placement: Placement { district: None, province: None, how: DistrictHow::None },
        }
    }
}

/// Names of the areas that hold a point; empty where none does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct AreaNames<'a> {
    /// Country.
    pub country: &'a str,
    /// Province.
    pub province: &'a str,
    /// District.
    pub district: &'a str,
}

/// The place of one position; `named` is the side of the country that its
/// record names, which decides where both countries' layers claim it.
pub fn locate_one(p: LonLat, named: Option<Side>, index: &StudyIndex) -> Located {
    let position = index.line.locate(p);
    let district = index.held(&index.districts, p, &position, named);
    Located {
        distance_m: position.distance_m,
        side: position.side,
        chainage_m: position.chainage_m,
        foot: position.foot,
        placement: placement(p, named, &position, district, index),
    }
}

/// The areas of a point whose position by the line and district are known.
fn placement(
    p: LonLat,
    named: Option<Side>,
    position: &BorderPosition,
    district: Option<Held>,
    index: &StudyIndex,
) -> Placement {
    let province = district
        .and_then(|held| index.province_of[held.area])
        .or_else(|| index.held(&index.provinces, p, position, named).map(|held| held.area));
    let how = match district {
        None => DistrictHow::None,
        Some(held) if held.snapped => DistrictHow::Snapped,
        Some(_) => DistrictHow::Inside,
    };
    Placement { district: district.map(|held| held.area), province, how }
}

/// Incidents that one task takes, neighbours after neighbours.
const CHUNK: usize = 1 << 14;

/// The place of every incident, in their order.
pub fn locate(incidents: &[Incident], index: &StudyIndex) -> Vec<Located> {
    let mut located = vec![Located::nowhere(index); incidents.len()];
    located
        .par_chunks_mut(CHUNK)
        .zip(incidents.par_chunks(CHUNK))
        .for_each(|(located, incidents)| locate_chunk(incidents, index, located));
    located
}

fn locate_chunk(incidents: &[Incident], index: &StudyIndex, located: &mut [Located]) {
    let points: Vec<LonLat> = incidents.iter().map(|incident| incident.at).collect();
    let order: Vec<usize> = turns(&points).collect();
    let mut locator = index.line.locator();
    let positions: Vec<BorderPosition> = order.iter().map(|&i| locator.locate(points[i])).collect();
    // In a loop of their own, so that the processor looks into many cells at a time.
    let claims: Vec<Claims> = order.iter().map(|&i| index.districts.claims(points[i])).collect();
    for ((&i, &claims), position) in order.iter().zip(&claims).zip(&positions) {
        let named = index.border.side_named(&incidents[i].country);
        let district = index.held_of(&index.districts, points[i], claims, position, named);
        located[i] = Located {
            distance_m: position.distance_m,
            side: position.side,
            chainage_m: position.chainage_m,
            foot: position.foot,
            placement: placement(points[i], named, position, district, index),
        };
    }
}

impl Placement {
    /// The names, from the district where it has them, else from the province.
    pub fn names<'a>(&self, index: &'a StudyIndex) -> AreaNames<'a> {
        let district = self.district.map(|i| &index.districts.areas[i]);
        let province = self.province.map(|i| &index.provinces.areas[i]);
        let first = |a: &'a str, b: &'a str| if a.is_empty() { b } else { a };
        let of = |area: Option<&'a crate::model::Area>| {
            area.map_or(("", ""), |a| (a.country.as_str(), a.province.as_str()))
        };
        let ((country, name), (country_2, name_2)) = (of(district), of(province));
        AreaNames {
            country: first(country, country_2),
            province: first(name, name_2),
            district: district.map_or("", |a| a.name()),
        }
    }
}
