//! What several tests need.

use durand::bundled;
use durand::index::StudyIndex;
use durand::io::{read_areas, read_border, read_geojson};
use durand::model::Level;

/// The bundled line and areas, indexed.
pub fn bundled_index() -> StudyIndex {
    let open = |name, text: &str| read_geojson(name, text.as_bytes()).unwrap();
    let line = open("line", bundled::LINE);
    let border = read_border(line, "Durand Line", "Afghanistan", "Pakistan").unwrap().items;
    let provinces = read_areas(open("provinces", bundled::PROVINCES), Level::Province).unwrap();
    let districts = read_areas(open("districts", bundled::DISTRICTS), Level::District).unwrap();
    StudyIndex::new(border, provinces.items, districts.items)
}
