//! What may have gone wrong with a coordinate that lies in neither country.

use super::Located;
use crate::geodesy::LonLat;
use crate::index::StudyIndex;
use crate::model::{Incident, same_name};

/// A change that puts a coordinate where its record says, or into one of the
/// countries.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// Number of the incident in the list.
    pub incident: usize,
    /// In words: "exchange longitude and latitude".
    pub how: &'static str,
    /// The coordinate it gives.
    pub at: LonLat,
    /// The country and province it lies in then.
    pub lands_in: String,
}

type Change = (&'static str, fn(f64, f64) -> (f64, f64));

/// What people and programs do to coordinates, the usual first. Exchanged ones
/// of Afghanistan and Pakistan were refused when they were read; those of other
/// layers come here.
const CHANGES: [Change; 7] = [
    ("exchange longitude and latitude", |x, y| (y, x)),
    ("a minus before the longitude is too much", |x, y| (-x, y)),
    ("a minus before the latitude is too much", |x, y| (x, -y)),
    ("the longitude's decimal point is a place too far left", |x, y| (10.0 * x, y)),
    ("the latitude's decimal point is a place too far left", |x, y| (x, 10.0 * y)),
    ("the longitude's decimal point is a place too far right", |x, y| (x / 10.0, y)),
    ("the latitude's decimal point is a place too far right", |x, y| (x, y / 10.0)),
];

/// The likely repair of every incident that lies in neither country and more
/// than 100 km from the line: the first change that puts it into the province
/// it names, else into the country it names, else into either. None is made.
pub fn repairs(incidents: &[Incident], located: &[Located], index: &StudyIndex) -> Vec<Repair> {
    let mut found = Vec::new();
    for (number, (incident, place)) in incidents.iter().zip(located).enumerate() {
        let inside = place.placement.province.is_some() || place.placement.district.is_some();
        if inside || place.distance_m < 100_000.0 {
            continue;
        }
        // How well each change fits, and its number, the better the less.
        let mut best: Option<(u8, Repair)> = None;
        for (how, change) in CHANGES {
            let (x, y) = change(incident.at.lon(), incident.at.lat());
            let Ok(at) = LonLat::new(x, y) else { continue };
            let Some(&area) = index.provinces.index.containing(at).first() else { continue };
            let area = &index.provinces.areas[area];
            let fit = if same_name(&area.province, &incident.province) {
                0
            } else if same_name(&area.country, &incident.country) {
                1
            } else {
                2
            };
            if best.as_ref().is_none_or(|(held, _)| fit < *held) {
                let lands_in = format!("{}, {}", area.name(), area.country);
                best = Some((fit, Repair { incident: number, how, at, lands_in }));
            }
        }
        found.extend(best.map(|(_, repair)| repair));
    }
    found
}
