//! Layers from GeoPackages.

use super::ReadError;
use super::features::{Feature, Features, Intake, damaged_texts};
use super::gate::{Gate, Refusal};
use super::geopackage::{GeoPackage, bytes_notice};
use super::points_geojson::text_of;
use super::sqlite::{Database, torn};
use crate::caught::caught;
use std::collections::BTreeMap;

/// Reads a layer, the one asked for or the only one; its `sha256` is left to the
/// caller, who has the file.
///
/// # Errors
/// When the bytes are no GeoPackage that can be understood, or it has several
/// layers.
pub(super) fn read(name: &str, bytes: &[u8], asked: Option<&str>) -> Result<Features, ReadError> {
    let gave_up = || Err(torn(name, "its decoder gave up"));
    caught(|| read_layer(name, bytes, asked)).unwrap_or_else(gave_up)
}

fn read_layer(name: &str, bytes: &[u8], asked: Option<&str>) -> Result<Features, ReadError> {
    let package = GeoPackage::open(Database::of_bytes(name, bytes)?)?;
    let mut table = package.layer(asked)?;
    let mut intake = Intake::new(name);
    let mut gate = Gate::default();
    let mut damaged = 0;
    let left_out = package.rows(&table, |row| {
        let found = row.geometry.unwrap_or_else(|| Err(Refusal::new("", "no geometry")));
        match found.and_then(|foreign| gate.admit(foreign)) {
            Ok(shape) => {
                let cells = table.columns.iter().cloned().zip(row.cells.iter().map(text_of));
                let properties: BTreeMap<String, String> =
                    cells.filter(|(_, text)| !text.is_empty()).collect();
                damaged += properties.values().filter(|text| text.contains('\u{FFFD}')).count();
                intake.features.push(Feature { record: row.number, properties, shape });
                Ok(())
            }
            Err(refusal) => intake.reject(row.number, 0, "geometry", refusal),
        }
    })?;
    let mut notices = std::mem::take(&mut table.notices);
    notices.extend(bytes_notice(left_out));
    notices.extend(damaged_texts(damaged as u64));
    intake.finish(&gate, notices)
}
