//! Writing tables: CSV (RFC 4180) and GeoJSON points (RFC 7946).

use super::incidents::Cell;
use super::number;
use crate::geodesy::LonLat;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A table as CSV: a header, lines that end with LF, quotes where needed.
///
/// Text is kept from being taken for a formula ([`guard_formula`]), and
/// control characters other than tabs and line ends become U+FFFD. A missing
/// value is an empty cell. Numbers are written as they are.
pub fn csv(header: &[String], rows: impl Iterator<Item = Vec<Cell>>) -> Vec<u8> {
    let mut out = String::new();
    for (i, name) in header.iter().enumerate() {
        separate(&mut out, i);
        push_text(&mut out, name);
    }
    out.push('\n');
    for row in rows {
        let start = out.len();
        for (i, cell) in row.iter().enumerate() {
            separate(&mut out, i);
            match cell {
                Value::Null => {}
                Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
                Value::Number(value) => out.push_str(&value.to_string()),
                Value::String(text) => push_text(&mut out, text),
                other => push_text(&mut out, &other.to_string()),
            }
        }
        // A single empty cell would be a blank line, which is no record.
        if out.len() == start {
            out.push_str("\"\"");
        }
        out.push('\n');
    }
    out.into_bytes()
}

fn separate(out: &mut String, column: usize) {
    if column > 0 {
        out.push(',');
    }
}

/// Writes one cell of text.
fn push_text(out: &mut String, text: &str) {
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

/// Replaces what no table may hold: control characters and non-characters.
fn printable(text: &str) -> Cow<'_, str> {
    let bad = |c: char| {
        (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
    };
    if text.contains(bad) { Cow::Owned(text.replace(bad, "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// Points as a GeoJSON FeatureCollection, one feature a line. `foreign` are
/// further members of the collection (provenance), written before the
/// features. A property name that occurs twice in a feature gets `_2`, since a
/// repeated key would hide one of the values.
pub fn geojson_points(
    features: impl Iterator<Item = (LonLat, Vec<(String, Cell)>)>,
    foreign: &[(String, Value)],
) -> Vec<u8> {
    let mut out = String::from("{\"type\":\"FeatureCollection\"");
    for (key, value) in foreign.iter().filter(|(key, _)| key != "type" && key != "features") {
        out.push_str(&format!(",\n{}:{value}", Value::from(key.as_str())));
    }
    out.push_str(",\n\"features\":[");
    for (i, (at, properties)) in features.enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        let mut map = Map::with_capacity(properties.len());
        for (name, value) in properties {
            map.insert(free_name(&map, name), value);
        }
        let feature = json!({
            "type": "Feature",
            "geometry": { "type": "Point", "coordinates": [at.lon(), at.lat()] },
            "properties": map,
        });
        out.push_str(&feature.to_string());
    }
    out.push_str("\n]}\n");
    out.into_bytes()
}

/// A name that is not taken yet: itself, or with `_2`, `_3`, …
fn free_name(taken: &Map<String, Value>, name: String) -> String {
    if !taken.contains_key(&name) {
        return name;
    }
    (2_u32..).map(|n| format!("{name}_{n}")).find(|n| !taken.contains_key(n)).unwrap_or(name)
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
            vec![("place".to_owned(), json!("</script>\u{0}\"")), ("n".to_owned(), json!(3))],
            vec![("a".to_owned(), json!(1)), ("a".to_owned(), Value::Null)],
        ];
        let foreign =
            [("durand".to_owned(), json!({"version": "1"})), ("type".to_owned(), json!("x"))];
        let bytes = geojson_points(rows.into_iter().map(|r| (at, r)), &foreign);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count(), 6);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["type"], "FeatureCollection");
        assert_eq!(value["durand"]["version"], "1");
        assert_eq!(value["features"][0]["geometry"]["coordinates"], json!([70.5, 34.25]));
        assert_eq!(value["features"][0]["properties"]["place"], "</script>\u{0}\"");
        assert_eq!(value["features"][1]["properties"], json!({"a": 1, "a_2": null}));
        let none = geojson_points(std::iter::empty(), &[]);
        assert!(serde_json::from_slice::<Value>(&none).is_ok());
    }
}
