//! Point shapefiles as incidents: each record as a GeoJSON feature on a line of
//! its own, which is then read like any other sequence of features.

use super::ReadError;
use super::code_pages::CodePage;
use super::gate::{Foreign, Raw};
use super::open::unpacked;
use super::points_walk::refused;
use super::shapefile_files::Found;
use super::shapefile_records::Records;
use super::table_out::free_names;
use serde_json::{Map, Number, Value, json};
use std::io::Write;

/// Writes a line for each record and returns what the user should know. Cells
/// of number columns are numbers. What is no single point is rejected later, by
/// the reader of the lines. `asked` is the code page that the user names.
///
/// # Errors
/// When the files are no shapefile that can be understood, and when the lines
/// cannot be written.
pub(super) fn write_points(
    found: &Found,
    asked: Option<CodePage>,
    out: &mut dyn Write,
) -> Result<Vec<String>, ReadError> {
    let mut records = Records::open(&found.name, &found.files, asked)?;
    let columns: Vec<Option<(String, bool)>> = records.table.as_ref().map_or_else(Vec::new, |t| {
        t.columns().map(|c| c.map(|(name, numbers)| (name.to_owned(), numbers))).collect()
    });
    let names = free_names(columns.iter().flatten().map(|(name, _)| name.clone()));
    while let Some(record) = records.next() {
        let cells = columns.iter().zip(record.cells).filter_map(|(column, cell)| {
            let (_, numbers) = column.as_ref()?;
            Some(cell.map_or(Value::Null, |text| value(text, *numbers)))
        });
        let properties: Map<String, Value> = names.iter().cloned().zip(cells).collect();
        let geometry = match record.geometry {
            Ok(foreign) => geometry(foreign),
            Err(refusal) => refused(&refusal.value, &refusal.reason),
        };
        let feature = json!({ "type": "Feature", "geometry": geometry, "properties": properties });
        writeln!(out, "{feature}").map_err(|e| unpacked(&found.name, &e))?;
    }
    Ok(records.notices())
}

/// A cell; a whole number beyond 64 bits stays text, so that it keeps its digits.
fn value(text: String, numbers: bool) -> Value {
    let number = || serde_json::from_str::<Number>(&text).ok();
    let whole = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    match number().filter(|n| numbers && (!whole || !n.is_f64())) {
        Some(number) => Value::Number(number),
        None => Value::String(text),
    }
}

/// A geometry as GeoJSON has it; of what is no point only its kind is told.
pub(super) fn geometry(foreign: Foreign) -> Value {
    let several = |kind: &str| json!({ "type": kind, "coordinates": [] });
    match foreign {
        Foreign::Points(points) => match points.as_slice() {
            [[x, y]] => json!({ "type": "Point", "coordinates": [x, y] }),
            many => {
                let many: Vec<&Raw> = many.iter().collect();
                json!({ "type": "MultiPoint", "coordinates": many })
            }
        },
        Foreign::Lines(_) => several("LineString"),
        Foreign::Polygons(_) | Foreign::Rings(_) => several("Polygon"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(value("7".into(), true), json!(7));
        assert_eq!(value("-1.5".into(), true), json!(-1.5));
        assert_eq!(value("7".into(), false), json!("7"));
        let long = "98765432109876543210987";
        assert_eq!(value(long.into(), true), json!(long));
    }
}
