//! What several tests need.

// Each test uses its own part.
#![allow(dead_code)]

use durand::bundled;
use durand::geodesy::LonLat;
use durand::index::StudyIndex;
use durand::io::{read_areas, read_border, read_geojson};
use durand::model::{Fatalities, Incident, Kind, Level, Precision, RowId};

/// An incident of which only the place, and how precisely it is known, is told.
pub fn incident(at: LonLat, precision: Precision) -> Incident {
    Incident {
        id: Default::default(),
        date: None,
        category: Default::default(),
        kind: Kind::Other,
        fatalities: Fatalities::default(),
        at,
        precision: Some(precision),
        place: Default::default(),
        district: Default::default(),
        province: Default::default(),
        country: Default::default(),
        source: Default::default(),
        row: RowId::default(),
    }
}

/// The bundled line and areas, indexed.
pub fn bundled_index() -> StudyIndex {
    let open = |name, text: &str| read_geojson(name, text.as_bytes()).unwrap();
    let line = open("line", bundled::LINE);
    let border = read_border(line, "Durand Line", "Afghanistan", "Pakistan").unwrap().items;
    let provinces = read_areas(open("provinces", bundled::PROVINCES), Level::Province).unwrap();
    let districts = read_areas(open("districts", bundled::DISTRICTS), Level::District).unwrap();
    StudyIndex::new(border, provinces.items, districts.items)
}
