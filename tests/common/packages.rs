//! GeoPackages made for tests, by SQLite itself.

use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// The tables that every GeoPackage has, with the systems that are used here.
const BEGIN: &str = "PRAGMA application_id = 1196444487;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
  organization_coordsys_id INTEGER, definition TEXT, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, '', ''),
  ('WGS 84 / UTM zone 42N', 32642, 'EPSG', 32642, '', ''),
  ('Web Mercator', 3857, 'EPSG', 3857, 'PROJCS[\"Web Mercator\"]', '');
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT,
  description TEXT, last_change DATETIME, min_x, min_y, max_x, max_y, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,
  srs_id INTEGER, z TINYINT, m TINYINT);";

/// A GeoPackage without a layer.
pub fn package(folder: &Path, name: &str) -> (PathBuf, Connection) {
    let path = folder.join(name);
    let file = Connection::open(&path).unwrap();
    file.execute_batch(
        "PRAGMA page_size = 1024; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;",
    )
    .unwrap();
    file.execute_batch(BEGIN).unwrap();
    (path, file)
}

/// Adds a layer with such columns besides its geometry.
pub fn layer(file: &Connection, name: &str, kind: &str, system: i32, columns: &str) {
    file.execute_batch(&format!(
        "CREATE TABLE \"{name}\" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {kind}{columns});
         INSERT INTO gpkg_contents(table_name, data_type, srs_id) VALUES ('{name}', 'features', {system});
         INSERT INTO gpkg_geometry_columns VALUES ('{name}', 'geom', '{kind}', {system}, 0, 0);"
    ))
    .unwrap();
}

/// A geometry with its header: a type, and what follows it.
pub fn blob(system: i32, kind: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = b"GP\0\x01".to_vec();
    bytes.extend(system.to_le_bytes());
    bytes.push(1);
    bytes.extend(kind.to_le_bytes());
    bytes.extend(content);
    bytes
}

/// A point.
pub fn point(system: i32, x: f64, y: f64) -> Vec<u8> {
    blob(system, 1, &numbers(&[x, y]))
}

/// Numbers as they stand in well-known binary.
pub fn numbers(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A polygon of one ring.
pub fn polygon(ring: &[f64]) -> Vec<u8> {
    let counts = [1_u32, ring.len() as u32 / 2];
    let counts: Vec<u8> = counts.iter().flat_map(|count| count.to_le_bytes()).collect();
    blob(4326, 3, &[counts, numbers(ring)].concat())
}
