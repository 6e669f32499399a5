//! The bundled files as text: compact GeoJSON (RFC 7946), one feature a line.

use super::dissolve::PolygonRings;
use super::grid::GridPoint;
use super::names::Names;
use serde_json::{Map, Value};
use std::fmt::Write;

/// A feature collection under construction, and what it holds.
#[derive(Default)]
pub(super) struct Collection {
    text: String,
    pub(super) features: usize,
    pub(super) vertices: usize,
}

impl Collection {
    /// Adds a line.
    pub(super) fn line(&mut self, properties: &[(&str, &str)], line: &[GridPoint]) {
        self.begin(properties.iter().map(|&(k, v)| (k, v.into())), "LineString");
        self.positions(line);
        self.end();
    }

    /// Adds a point.
    pub(super) fn point(&mut self, properties: Vec<(&str, Value)>, at: GridPoint) {
        self.begin(properties.into_iter(), "Point");
        self.position(at);
        self.vertices += 1;
        self.end();
    }

    /// Adds an area.
    pub(super) fn area(&mut self, names: &Names, polygons: &[PolygonRings]) {
        let mut properties: Vec<(&str, Value)> =
            vec![("country", names.country.into()), ("province", names.province.as_str().into())];
        if let Some(district) = &names.district {
            properties.push(("district", district.as_str().into()));
        }
        if let Some(code) = &names.code {
            properties.push(("code", code.as_str().into()));
        }
        match polygons {
            [polygon] => {
                self.begin(properties.into_iter(), "Polygon");
                self.polygon(polygon);
            }
            _ => {
                self.begin(properties.into_iter(), "MultiPolygon");
                self.list(polygons, Collection::polygon);
            }
        }
        self.end();
    }

    /// The finished file.
    pub(super) fn finish(self) -> Vec<u8> {
        let features = self.text;
        format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{features}\n]}}\n").into_bytes()
    }

    fn begin<'a>(&mut self, properties: impl Iterator<Item = (&'a str, Value)>, kind: &str) {
        if self.features > 0 {
            self.text.push_str(",\n");
        }
        self.features += 1;
        let properties: Map<String, Value> =
            properties.map(|(name, value)| (name.to_owned(), value)).collect();
        let properties = Value::Object(properties);
        self.text.push_str("{\"type\":\"Feature\",\"properties\":");
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{properties}");
        let _ = write!(self.text, ",\"geometry\":{{\"type\":\"{kind}\",\"coordinates\":");
    }

    fn end(&mut self) {
        self.text.push_str("}}");
    }

    fn polygon(&mut self, rings: &PolygonRings) {
        self.list(rings, |collection, ring| collection.positions(ring));
    }

    fn positions(&mut self, positions: &[GridPoint]) {
        self.vertices += positions.len();
        self.list(positions, |collection, &p| collection.position(p));
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Collection, &T)) {
        self.text.push('[');
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            write(self, item);
        }
        self.text.push(']');
    }

    fn position(&mut self, p: GridPoint) {
        self.text.push('[');
        self.number(p.x);
        self.text.push(',');
        self.number(p.y);
        self.text.push(']');
    }

    /// Grid steps as degrees, exactly, without idle zeros.
    fn number(&mut self, steps: i64) {
        if steps < 0 {
            self.text.push('-');
        }
        let (whole, rest) =
            (steps.unsigned_abs() / 1_000_000_000, steps.unsigned_abs() % 1_000_000_000);
        let _ = write!(self.text, "{whole}");
        if rest > 0 {
            let digits = format!("{rest:09}");
            let _ = write!(self.text, ".{}", digits.trim_end_matches('0'));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_short() {
        let mut collection = Collection::default();
        collection.line(
            &[("name", "a \"b\"")],
            &[GridPoint { x: 60_873_292_000, y: 30_000_000_000 }, GridPoint { x: -500_000, y: 7 }],
        );
        let text = String::from_utf8(collection.finish()).unwrap();
        assert!(text.contains("[[60.873292,30],[-0.0005,0.000000007]]"), "{text}");
        assert!(serde_json::from_str::<Value>(&text).is_ok());
    }
}
