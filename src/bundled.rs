//! The files of `geodata/`, inside the binary.

/// The Durand Line, Afghanistan on its left.
pub const LINE: &str = include_str!("../geodata/durand_line.geojson");
/// Provinces of both countries.
pub const PROVINCES: &str = include_str!("../geodata/provinces.geojson");
/// Districts of both countries.
pub const DISTRICTS: &str = include_str!("../geodata/districts.geojson");
/// Towns and crossings.
pub const PLACES: &str = include_str!("../geodata/places.geojson");
/// The table that the places are made from.
pub const PLACES_TABLE: &str = include_str!("../geodata/places.csv");
/// The border as the edge of COD-AB Pakistan.
pub const BORDER_COD_AB_PAK: &str = include_str!("../geodata/border_cod_ab_pak.geojson");
/// The border as Natural Earth draws it at 1:10 million.
pub const BORDER_NATURAL_EARTH: &str = include_str!("../geodata/border_natural_earth.geojson");
