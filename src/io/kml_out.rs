//! Points as KML (OGC 12-007r2): a placemark each, its values under a schema.

use super::table_out::{Cell, ColumnKind, printable};
use crate::geodesy::LonLat;
use crate::model::Incident;
use serde_json::Value;
use std::fmt::Write;

/// How a document begins that has such columns; [`push_placemark`] and
/// [`KML_END`] write the rest. No name may occur twice.
pub fn kml_start(names: &[String], kinds: &[ColumnKind]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document id=\"document\">\n\
         <Schema name=\"incidents\" id=\"incidents\">\n",
    );
    for (name, kind) in names.iter().zip(kinds) {
        let word = match kind {
            ColumnKind::Text => "string",
            // KML's whole numbers have 32 bits.
            ColumnKind::Number | ColumnKind::Whole => "double",
            ColumnKind::Truth => "bool",
        };
        out.push_str("<SimpleField name=\"");
        push_escaped(&mut out, name);
        let _ = writeln!(out, "\" type=\"{word}\"></SimpleField>");
    }
    out.push_str("</Schema>\n");
    out
}

/// How it ends.
pub const KML_END: &str = "</Document>\n</kml>\n";

/// Writes an incident: its place or else its identifier for a name, its day,
/// and the values of its columns that are known.
pub fn push_placemark(out: &mut String, incident: &Incident, names: &[String], values: &[Cell]) {
    out.push_str("<Placemark>");
    let name = if incident.place.is_empty() { &incident.id } else { &incident.place };
    push_element(out, "name", name);
    if let Some(date) = incident.date {
        let _ = write!(out, "<TimeStamp><when>{date}</when></TimeStamp>");
    }
    out.push_str("<ExtendedData><SchemaData schemaUrl=\"#incidents\">");
    for (name, value) in names.iter().zip(values) {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        out.push_str("<SimpleData name=\"");
        push_escaped(out, name);
        out.push_str("\">");
        push_escaped(out, &text);
        out.push_str("</SimpleData>");
    }
    out.push_str("</SchemaData></ExtendedData>");
    push_point(out, incident.at);
    out.push_str("</Placemark>\n");
}

fn push_point(out: &mut String, at: LonLat) {
    let _ = write!(out, "<Point><coordinates>{},{}</coordinates></Point>", at.lon(), at.lat());
}

fn push_element(out: &mut String, tag: &str, text: &str) {
    if !text.is_empty() {
        let _ = write!(out, "<{tag}>");
        push_escaped(out, text);
        let _ = write!(out, "</{tag}>");
    }
}

/// Text as XML has it; what XML cannot hold becomes U+FFFD. A carriage return
/// would be read as a line feed.
fn push_escaped(out: &mut String, text: &str) {
    for letter in printable(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fatalities, Kind, RowId};
    use serde_json::json;

    #[test]
    fn text_stays_text() {
        let hostile = "</SimpleData><script>&\"'\u{0}\u{FFFE}]]>\r\nپشاور";
        let incident = Incident {
            id: "7".into(),
            date: Some(jiff::civil::date(2023, 5, 1)),
            category: Default::default(),
            kind: Kind::Other,
            fatalities: Fatalities { low: None, best: None, high: None },
            at: LonLat::new(70.5, 34.25).unwrap(),
            precision: None,
            place: hostile.into(),
            district: Default::default(),
            province: Default::default(),
            country: Default::default(),
            source: Default::default(),
            row: RowId { file: 0, record: 1, line: 2 },
        };
        let names = ["a\"<b".to_owned(), "n".to_owned(), "none".to_owned()];
        let kinds = [ColumnKind::Text, ColumnKind::Number, ColumnKind::Text];
        let mut text = kml_start(&names, &kinds);
        push_placemark(&mut text, &incident, &names, &[json!(hostile), json!(1.5), Value::Null]);
        text.push_str(KML_END);
        let document = roxmltree::Document::parse(&text).unwrap();
        let data: Vec<(&str, &str)> = document
            .descendants()
            .filter(|node| node.has_tag_name(("http://www.opengis.net/kml/2.2", "SimpleData")))
            .map(|node| (node.attribute("name").unwrap(), node.text().unwrap()))
            .collect();
        let mended = hostile.replace(['\u{0}', '\u{FFFE}'], "\u{FFFD}");
        assert_eq!(data, [("a\"<b", mended.as_str()), ("n", "1.5")]);
        assert!(text.contains("<when>2023-05-01</when>"));
        assert!(text.contains("<coordinates>70.5,34.25</coordinates>"));
    }
}
