//! Tables as the sheets of a workbook.

use super::Document;
use super::zones_table::zone_json;
use crate::analysis::Zones;
use crate::io::Sheet;
use serde_json::Value;

/// The tables of a document, and what it says besides, by kind.
pub fn document_sheets(document: &Document) -> (Vec<Sheet>, Vec<(String, String)>) {
    let sheets = document
        .tables
        .iter()
        .map(|table| (table.name.to_string(), table.header(), table.values().collect()))
        .collect();
    let said = |kind: &str, texts: &[String]| -> Vec<(String, String)> {
        texts.iter().map(|text| (kind.to_owned(), text.clone())).collect()
    };
    let mut about = said("finding", &document.findings);
    about.extend(said("note", &document.notes));
    about.push(("provenance".to_owned(), document.provenance.line()));
    (sheets, about)
}

/// The zones as the rows of their table.
pub fn zones_sheet(zones: &Zones) -> Sheet {
    let objects: Vec<Value> = zones.rows.iter().map(|row| zone_json(zones, row)).collect();
    let columns: Vec<String> = objects
        .first()
        .and_then(Value::as_object)
        .map(|object| object.keys().cloned().collect())
        .unwrap_or_default();
    let row = |object: &Value| columns.iter().map(|column| object[column].clone()).collect();
    let rows = objects.iter().map(row).collect();
    ("zones".to_owned(), columns, rows)
}
