//! A GeoPackage as incidents: its points each as a GeoJSON feature on a line of
//! its own, or its table without geometries as delimited text, which is then
//! read like any other.

use super::ReadError;
use super::geopackage::{GeoPackage, bytes_notice};
use super::open::unpacked;
use super::points_geojson::text_of;
use super::points_walk::refused;
use super::shapefile_points::geometry;
use super::sqlite::Database;
use super::table_out::{ColumnKind, free_names};
use crate::caught::caught;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// What was written.
pub(super) struct Written {
    /// The table whose rows they are.
    pub(super) layer: String,
    /// Features a line, or else delimited text.
    pub(super) features: bool,
    /// What the properties of the features are, by their names.
    pub(super) kinds: BTreeMap<String, ColumnKind>,
    /// For the user.
    pub(super) notices: Vec<String>,
}

/// Writes a line for each row of the table asked for, or the likely one. What is
/// no single point is rejected later, by the reader of the lines.
///
/// # Errors
/// When the file is no GeoPackage that can be understood, and when the lines
/// cannot be written.
pub(super) fn write_rows(
    database: Database,
    asked: Option<&str>,
    out: &mut dyn Write,
) -> Result<Written, ReadError> {
    let name = database.name().to_owned();
    let gave_up = || Err(super::sqlite::torn(&name, "its decoder gave up"));
    caught(|| write(&name, database, asked, out)).unwrap_or_else(gave_up)
}

fn write(
    name: &str,
    database: Database,
    asked: Option<&str>,
    out: &mut dyn Write,
) -> Result<Written, ReadError> {
    let package = GeoPackage::open(database)?;
    let mut table = package.points(asked)?;
    let names = free_names(table.columns.iter().cloned());
    let failed = |e: std::io::Error| unpacked(name, &e);
    let features = table.has_geometries();
    if !features {
        let header: Vec<Value> = names.iter().map(|name| json!(name)).collect();
        out.write_all(line(&header).as_bytes()).map_err(failed)?;
    }
    let mut kinds: Vec<Option<ColumnKind>> = vec![None; names.len()];
    let bytes = package.rows(&table, |row| {
        for (kind, cell) in kinds.iter_mut().zip(&row.cells) {
            let known = kind_of(cell);
            *kind = kind.map_or(known, |kind| Some(known.map_or(kind, |known| kind.or(known))));
        }
        let Some(found) = row.geometry else {
            return out.write_all(line(&row.cells).as_bytes()).map_err(failed);
        };
        let geometry = match found {
            Ok(foreign) => geometry(foreign),
            Err(refusal) => refused(&refusal.value, &refusal.reason),
        };
        let properties: Map<String, Value> = names.iter().cloned().zip(row.cells).collect();
        let feature = json!({ "type": "Feature", "geometry": geometry, "properties": properties });
        writeln!(out, "{feature}").map_err(failed)
    })?;
    table.notices.extend(bytes_notice(bytes));
    let kinds = names.into_iter().zip(kinds).filter_map(|(name, kind)| Some((name, kind?)));
    Ok(Written { layer: table.name, features, kinds: kinds.collect(), notices: table.notices })
}

/// What a cell is, whatever its column claims; `None` where nothing is known.
fn kind_of(cell: &Value) -> Option<ColumnKind> {
    Some(match cell {
        Value::Null => return None,
        Value::Bool(_) => ColumnKind::Truth,
        Value::Number(number) if number.is_i64() => ColumnKind::Whole,
        Value::Number(_) => ColumnKind::Number,
        _ => ColumnKind::Text,
    })
}

/// A record of RFC 4180, as it is: what is dangerous is mended where the result
/// is written. Every cell is quoted, so that no row is a blank line.
fn line(cells: &[Value]) -> String {
    let quoted = |cell: &Value| format!("\"{}\"", text_of(cell).replace('"', "\"\""));
    let cells: Vec<String> = cells.iter().map(quoted).collect();
    // A NUL byte would end the reading of the whole table.
    format!("{}\n", cells.join(",")).replace('\0', "\u{FFFD}")
}
