//! Points and polygons as KML (OGC 12-007r2): a placemark each, its values under a
//! schema.

use super::polygon_table::PolygonTable;
use super::table_out::{Cell, ColumnKind, printable};
use crate::geodesy::LonLat;
use crate::model::Incident;
use serde_json::Value;
use std::fmt::Write;

/// How a document of points begins that has such columns; [`push_placemark`] and
/// [`KML_END`] write the rest. No name may occur twice.
pub fn kml_start(names: &[String], kinds: &[ColumnKind]) -> String {
    start(INCIDENTS, names, kinds)
}

/// What the schema of a document of points is called.
const INCIDENTS: &str = "incidents";
/// How polygons look: a thin line, and a fill that lets the ground through.
const STYLE: &str = "<Style id=\"area\"><LineStyle><color>ff7a4b1f</color><width>1.5</width></LineStyle>\
                     <PolyStyle><color>407a4b1f</color></PolyStyle></Style>\n";

/// How a document begins whose schema has a name, one that stands for itself in XML.
fn start(schema: &str, names: &[String], kinds: &[ColumnKind]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document id=\"document\">\n\
         <Schema name=\"{schema}\" id=\"{schema}\">\n",
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
    push_data(out, INCIDENTS, names, values);
    push_point(out, incident.at);
    out.push_str("</Placemark>\n");
}

/// A layer of polygons as a document.
pub fn kml_polygons(table: &PolygonTable) -> String {
    const AREAS: &str = "areas";
    let mut out = start(AREAS, &table.columns, &table.kinds);
    out.push_str(STYLE);
    for row in &table.rows {
        out.push_str("<Placemark>");
        push_element(&mut out, "name", &row.title);
        out.push_str("<styleUrl>#area</styleUrl>");
        push_data(&mut out, AREAS, &table.columns, &row.cells);
        if !row.polygons.is_empty() {
            out.push_str("<MultiGeometry>");
            row.polygons.iter().for_each(|polygon| push_polygon(&mut out, polygon));
            out.push_str("</MultiGeometry>");
        }
        out.push_str("</Placemark>\n");
    }
    out.push_str(KML_END);
    out
}

/// The exterior and the holes of a polygon.
fn push_polygon(out: &mut String, rings: &[Vec<[f64; 2]>]) {
    out.push_str("<Polygon>");
    for (i, ring) in rings.iter().enumerate() {
        let tag = if i == 0 { "outerBoundaryIs" } else { "innerBoundaryIs" };
        let positions: Vec<String> = ring.iter().map(|[x, y]| format!("{x},{y}")).collect();
        let _ = write!(
            out,
            "<{tag}><LinearRing><coordinates>{}</coordinates></LinearRing></{tag}>",
            positions.join(" ")
        );
    }
    out.push_str("</Polygon>");
}

/// The values that are known, under a schema.
fn push_data(out: &mut String, schema: &str, names: &[String], values: &[Cell]) {
    let _ = write!(out, "<ExtendedData><SchemaData schemaUrl=\"#{schema}\">");
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
    use super::super::PolygonRow;
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

    #[test]
    fn polygons_have_their_holes_and_values() {
        let ring = |x: f64| vec![[x, 30.0], [x + 1.0, 30.0], [x + 1.0, 31.0], [x, 30.0]];
        let row = |title: &str, polygons| PolygonRow {
            title: title.into(),
            polygons,
            cells: vec![json!(7), Value::Null],
        };
        let table = PolygonTable {
            columns: vec!["n".into(), "none".into()],
            kinds: vec![ColumnKind::Whole; 2],
            rows: vec![
                row("A < B", vec![vec![ring(60.0), ring(61.0)], vec![ring(70.0)]]),
                row("nothing", Vec::new()),
            ],
            ..PolygonTable::default()
        };
        let text = kml_polygons(&table);
        let document = roxmltree::Document::parse(&text).unwrap();
        let count =
            |tag: &str| document.descendants().filter(|n| n.tag_name().name() == tag).count();
        assert_eq!([count("Placemark"), count("Polygon"), count("innerBoundaryIs")], [2, 2, 1]);
        assert_eq!((count("SimpleData"), count("MultiGeometry")), (2, 1));
        assert!(text.contains("<coordinates>70,30 71,30 71,31 70,30</coordinates>"));
    }
}
