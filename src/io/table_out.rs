//! Writing tables: CSV (RFC 4180) and GeoJSON points (RFC 7946).

use super::number;
use crate::geodesy::LonLat;
use pulp::{Arch, Simd, WithSimd};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A cell of a table. Cells of a delimited file are strings, properties of
/// GeoJSON keep their types, a property that a feature does not have is null.
pub type Cell = Value;

/// A table of a workbook: its name, its columns and its rows.
pub type Sheet = (String, Vec<String>, Vec<Vec<Cell>>);

/// A table as CSV: a header, lines that end with LF, quotes where needed.
///
/// Text is kept from being taken for a formula ([`guard_formula`]), and
/// control characters other than tabs and line ends become U+FFFD. A missing
/// value is an empty cell. Numbers are written as they are.
pub fn csv(header: &[String], rows: impl Iterator<Item = Vec<Cell>>) -> Vec<u8> {
    let mut out = csv_header(header);
    for row in rows {
        push_csv_line(&mut out, &row);
    }
    out.into_bytes()
}

/// The first line of a CSV table.
pub fn csv_header(names: &[String]) -> String {
    let mut out = String::new();
    for (i, name) in names.iter().enumerate() {
        separate(&mut out, i);
        push_text(&mut out, name);
    }
    out.push('\n');
    out
}

/// One line of a CSV table.
pub fn push_csv_line(out: &mut String, row: &[Cell]) {
    let start = out.len();
    for (i, cell) in row.iter().enumerate() {
        separate(out, i);
        push_cell(out, cell);
    }
    // A single empty cell would be a blank line, which is no record.
    if out.len() == start {
        out.push_str("\"\"");
    }
    out.push('\n');
}

/// Writes one cell.
pub(super) fn push_cell(out: &mut String, cell: &Cell) {
    match cell {
        Value::Null => {}
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => out.push_str(&value.to_string()),
        Value::String(text) => push_text(out, text),
        other => push_text(out, &other.to_string()),
    }
}

/// Writes what stands between cells.
pub(super) fn separate(out: &mut String, column: usize) {
    if column > 0 {
        out.push(',');
    }
}

/// Writes one cell of text.
pub fn push_text(out: &mut String, text: &str) {
    let text = guard_formula(text);
    let text = printable(&text);
    let edges = text.starts_with(' ') || text.ends_with(' ');
    if edges || text.contains([',', '"', '\n', '\r']) {
        out.push('"');
        for part in text.split_inclusive('"') {
            out.push_str(part);
            if part.ends_with('"') {
                out.push('"');
            }
        }
        out.push('"');
    } else {
        out.push_str(&text);
    }
}

/// Text that a spreadsheet would run as a formula gets an apostrophe before
/// it: what starts with `=`, `+`, `-`, `@`, a tab, a carriage return or NUL
/// (OWASP ASVS 5.0, 1.2.10). Quoting is no defence. Plain numbers stay.
pub fn guard_formula(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) && !number::is_plain(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a character may stand in a table: no control character but tabs and
/// line ends, and no non-character.
fn is_fine(c: char) -> bool {
    (!c.is_control() || matches!(c, '\t' | '\n' | '\r')) && !matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// Whether all characters may stand in a table.
pub(super) fn is_printable(text: &str) -> bool {
    is_plain_ascii(text.as_bytes()) || text.chars().all(is_fine)
}

/// Whether all bytes are ASCII that may stand in a table, as most are.
pub(super) fn is_plain_ascii(bytes: &[u8]) -> bool {
    Arch::new().dispatch(IsPlainAscii(bytes))
}

struct IsPlainAscii<'a>(&'a [u8]);

impl WithSimd for IsPlainAscii<'_> {
    type Output = bool;

    // In pieces, each without a way out, which compilers turn into vector
    // instructions; closures would not be compiled for the machine.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> bool {
        for piece in self.0.chunks(4096) {
            let mut plain = true;
            for &b in piece {
                plain &= (b' '..0x7F).contains(&b) | (b == b'\t') | (b == b'\n') | (b == b'\r');
            }
            if !plain {
                return false;
            }
        }
        true
    }
}

/// Replaces what no table may hold.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if is_printable(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace(|c| !is_fine(c), "\u{FFFD}"))
    }
}

/// How a GeoJSON FeatureCollection (RFC 7946) begins; [`push_feature`] and
/// [`geojson_end`] write the rest.
pub const GEOJSON_START: &str = "{\"type\":\"FeatureCollection\",\n\"features\":[\n";

/// How it ends. `foreign` are further members of the collection (provenance).
pub fn geojson_end(foreign: &[(String, Value)]) -> String {
    let mut out = String::from("\n]");
    for (key, value) in foreign.iter().filter(|(key, _)| key != "type" && key != "features") {
        out.push_str(&format!(",\n{}:{value}", Value::from(key.as_str())));
    }
    out.push_str("}\n");
    out
}

/// Writes a point as a GeoJSON feature, without a line end. No name may occur
/// twice ([`free_names`]): a repeated key would hide one of the values.
pub fn push_feature(out: &mut String, at: LonLat, names: &[String], values: Vec<Cell>) {
    let map: Map<String, Value> = names.iter().cloned().zip(values).collect();
    let feature = json!({
        "type": "Feature",
        "geometry": { "type": "Point", "coordinates": [at.lon(), at.lat()] },
        "properties": map,
    });
    out.push_str(&feature.to_string());
}

/// Names of which no two are the same: one that is taken gets `_2`, `_3`, …
pub fn free_names(names: impl Iterator<Item = String>) -> Vec<String> {
    free_names_by(names, str::to_owned)
}

/// The same where names of the same key count as the same.
pub(super) fn free_names_by(
    names: impl Iterator<Item = String>,
    key: impl Fn(&str) -> String,
) -> Vec<String> {
    let mut taken = BTreeSet::new();
    names
        .map(|name| {
            let mut free = name.clone();
            let mut number = 2_u32;
            while !taken.insert(key(&free)) {
                free = format!("{name}_{number}");
                number += 1;
            }
            free
        })
        .collect()
}

/// What the cells of a column are, where a format has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, and what has no kind of its own.
    Text,
    /// Numbers.
    Number,
    /// Whole numbers.
    Whole,
    /// True or false.
    Truth,
}

impl ColumnKind {
    /// What a column holds that is of one kind in one file and of another in
    /// another.
    #[must_use]
    pub fn or(self, other: ColumnKind) -> ColumnKind {
        use ColumnKind::{Number, Whole};
        match (self, other) {
            (a, b) if a == b => a,
            (Number, Whole) | (Whole, Number) => Number,
            _ => ColumnKind::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[Value]) -> String {
        let text = csv(&["h".to_owned()], std::iter::once(cells.to_vec()));
        String::from_utf8(text).unwrap().strip_prefix("h\n").unwrap().to_owned()
    }

    #[test]
    fn cells_are_quoted_where_needed() {
        assert_eq!(
            line(&[json!("a"), json!("b,c"), json!("d \"e\""), json!("f\ng"), json!(" h")]),
            "a,\"b,c\",\"d \"\"e\"\"\",\"f\ng\",\" h\"\n"
        );
        assert_eq!(
            line(&[json!(1.5), json!(-2), Value::Null, json!(true), json!([1])]),
            "1.5,-2,,true,[1]\n"
        );
        assert_eq!(line(&[json!("")]), "\"\"\n");
    }

    /// What the reader reads back is what was written.
    #[test]
    fn round_trip_through_our_reader() {
        let hostile = ["\"", "\"\"", ",\"\n\"", "a\r\nb", "پشاور", "x,y", " ", ""];
        let cells: Vec<Value> = hostile.iter().map(|t| json!(t)).collect();
        let text = csv(&vec!["h".to_owned(); hostile.len()], std::iter::once(cells));
        let text = String::from_utf8(text).unwrap();
        let mut reader = super::super::records::Reader::new(&text, b',', true);
        let mut record = reader.record();
        reader.next(&mut record).unwrap();
        reader.next(&mut record).unwrap();
        assert_eq!(record.cells().collect::<Vec<_>>(), hostile);
    }

    #[test]
    fn text_that_would_be_a_formula() {
        for text in ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "-", "+92 300"] {
            assert_eq!(guard_formula(text), format!("'{text}"), "{text:?}");
        }
        for text in ["-1.5", "+34", "-4,4", "1=1", "Spin Boldak", ""] {
            assert_eq!(guard_formula(text), text);
        }
        assert_eq!(line(&[json!("=1,2")]), "\"'=1,2\"\n");
        assert_eq!(line(&[json!("a\u{0}b\u{b}\u{FFFE}")]), "a\u{FFFD}b\u{FFFD}\u{FFFD}\n");
    }

    #[test]
    fn points_as_geojson() {
        let at = LonLat::new(70.5, 34.25).unwrap();
        let rows = [
            (vec!["place", "n"], vec![json!("</script>\u{0}\""), json!(3)]),
            (vec!["a", "a"], vec![json!(1), Value::Null]),
        ];
        let foreign =
            [("durand".to_owned(), json!({"version": "1"})), ("type".to_owned(), json!("x"))];
        let mut text = GEOJSON_START.to_owned();
        for (i, (names, values)) in rows.into_iter().enumerate() {
            text.push_str(if i > 0 { ",\n" } else { "" });
            push_feature(&mut text, at, &free_names(names.into_iter().map(str::to_owned)), values);
        }
        text.push_str(&geojson_end(&foreign));
        assert_eq!(text.lines().count(), 6);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["type"], "FeatureCollection");
        assert_eq!(value["durand"]["version"], "1");
        assert_eq!(value["features"][0]["geometry"]["coordinates"], json!([70.5, 34.25]));
        assert_eq!(value["features"][0]["properties"]["place"], "</script>\u{0}\"");
        assert_eq!(value["features"][1]["properties"], json!({"a": 1, "a_2": null}));
        let none = format!("{GEOJSON_START}{}", geojson_end(&[]));
        assert!(serde_json::from_str::<Value>(&none).is_ok());
    }
}
