//! Layers from GeoJSON (RFC 7946, and the `crs` member of its 2008 forerunner).
//!
//! The file is scanned for its top-level members and each feature is parsed
//! alone: a broken feature spoils no other, and an array that looks like the
//! features is not taken for them.

use super::ReadError;
use super::features::{Feature, Features, Intake, damaged_texts};
use super::gate::{Foreign, Gate, Raw, Refusal};
use super::geojson_document::{Crs, Document, Element, text_of, wgs84};
use super::layer_name::none_to_name;
use super::points_walk::REFUSED;
use super::strict_json::{self, Broken};
use super::topology::{Purpose, TOPOLOGY, to_geojson};
use geojson::{Geometry, GeometryValue, JsonObject, Position};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a layer, of a TopoJSON the one asked for. Its `sha256` is left to the
/// caller, who has the file.
pub(super) fn read(name: &str, bytes: &[u8], asked: Option<&str>) -> Result<Features, ReadError> {
    let text = text_of(name, bytes)?;
    let document = Document::open(name, &text)?;
    let mut reader =
        Reader { intake: Intake::new(name), gate: Gate::default(), tally: Tally::default() };
    if let Some(layer) = asked.filter(|_| document.kind != TOPOLOGY) {
        return Err(none_to_name(name, layer).hint("leave out `|layername=`"));
    }
    let mut notices = Vec::new();
    if let Crs::Unsaid = document.crs()? {
        notices.push("its `crs` is null and was taken as WGS 84".to_owned());
    }
    match document.kind.as_str() {
        "FeatureCollection" => {
            for element in document.features()? {
                let element = element?;
                let feature = strict_json::parse(element.text);
                reader.feature(&document, &element, feature)?;
            }
        }
        "Feature" => {
            let element = document.alone();
            reader.feature(&document, &element, strict_json::parse(element.text))?;
        }
        TOPOLOGY => {
            let text = to_geojson(&document, Purpose::Layer(asked))?;
            let mut features = read(name, text.as_bytes(), None)?;
            // The lines are ours.
            features.rejected.iter_mut().for_each(|reject| reject.line = 0);
            return Ok(features);
        }
        "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon"
        | "GeometryCollection" => {
            let element = document.alone();
            let geometry = strict_json::parse::<Geometry>(element.text);
            reader.feature(&document, &element, geometry.map(geojson::Feature::from))?;
        }
        other => {
            let why = format!("its type is \"{}\"", super::Reject::cut(other));
            return Err(document.not_geojson(&why));
        }
    }
    notices.extend(reader.tally.notices());
    reader.intake.finish(&reader.gate, notices)
}

/// What a reader of another format says against a geometry.
fn refusal(feature: &[u8]) -> Option<Refusal> {
    let feature: Value = serde_json::from_slice(feature).ok()?;
    let geometry = &feature["geometry"];
    let told = |i: usize| geometry["coordinates"][i].as_str();
    (geometry["type"] == REFUSED).then_some(Refusal::new(told(0)?, told(1)?))
}

struct Reader<'a> {
    intake: Intake<'a>,
    gate: Gate,
    tally: Tally,
}

impl Reader<'_> {
    /// Takes one feature in, or rejects it.
    fn feature(
        &mut self,
        document: &Document<'_>,
        element: &Element<'_>,
        feature: Result<geojson::Feature, Broken>,
    ) -> Result<(), ReadError> {
        let outcome = match feature {
            Ok(feature) => self.convert(element.record, feature),
            Err(Broken::Unfit { message }) => Err(refusal(element.text).unwrap_or_else(|| {
                Refusal::new("", format!("is not a GeoJSON feature: {message}"))
            })),
            // Python and others write NaN for a missing number: the file as a
            // whole is still understood.
            Err(Broken::NotANumber { literal }) => {
                Err(Refusal::new(literal, "not a number in JSON; write null instead"))
            }
            Err(broken) => return Err(document.broken(element.start, broken)),
        };
        match outcome {
            Ok(feature) => {
                self.intake.features.push(feature);
                Ok(())
            }
            Err(refusal) => self.intake.reject(element.record, element.line, "geometry", refusal),
        }
    }

    fn convert(&mut self, record: u64, mut feature: geojson::Feature) -> Result<Feature, Refusal> {
        own_crs(feature.foreign_members.as_ref())?;
        let geometry =
            feature.geometry.take().ok_or_else(|| Refusal::new("", "it has no geometry"))?;
        own_crs(geometry.foreign_members.as_ref())?;
        let mut heights = 0;
        let shape = self.gate.admit(foreign(geometry, &mut heights)?)?;
        self.tally.heights += heights;
        if let Some(id) = &feature.id {
            let id = match id {
                geojson::feature::Id::String(text) => text.clone(),
                geojson::feature::Id::Number(number) => number.to_string(),
            };
            self.tally.repeated_ids += u64::from(!self.tally.ids.insert(id));
        }
        let properties = feature.properties.take().map_or_else(BTreeMap::new, |p| self.texts(p));
        Ok(Feature { record, properties, shape })
    }

    fn texts(&mut self, properties: JsonObject) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        for (key, value) in properties {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text,
                Value::Number(number) => plain(&number),
                other => other.to_string(),
            };
            if !text.trim().is_empty() {
                self.tally.unreadable += u64::from(text.contains('\u{fffd}'));
                texts.insert(key, text);
            }
        }
        texts
    }
}

/// A number without exponent and without a needless decimal point.
fn plain(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() => value.to_string(),
        _ => number.to_string(),
    }
}

#[derive(Default)]
struct Tally {
    heights: u64,
    unreadable: u64,
    ids: BTreeSet<String>,
    repeated_ids: u64,
}

impl Tally {
    fn notices(&self) -> Vec<String> {
        let mut notices = Vec::new();
        if self.heights > 0 {
            notices.push(format!("{} positions carry a height, which is not used", self.heights));
        }
        notices.extend(damaged_texts(self.unreadable));
        if self.repeated_ids > 0 {
            notices.push(format!("{} feature ids repeat; all are kept", self.repeated_ids));
        }
        notices
    }
}

/// A GeoJSON geometry with every position checked for its length, for which the
/// specification leaves room (§3.1.1) and a lost decimal comma makes four.
fn foreign(geometry: Geometry, heights: &mut u64) -> Result<Foreign, Refusal> {
    let mut position = |p: Position| match p.as_slice() {
        &[lon, lat] => Ok([lon, lat]),
        &[lon, lat, _] => {
            *heights += 1;
            Ok([lon, lat])
        }
        other => Err(Refusal::new(
            format!("{other:?}"),
            format!(
                "a position has {} numbers instead of two or three{}",
                other.len(),
                if other.len() == 4 { "; are its decimals written with commas?" } else { "" }
            ),
        )),
    };
    let mut line = |points: Vec<Position>| -> Result<Vec<Raw>, Refusal> {
        points.into_iter().map(&mut position).collect()
    };
    match geometry.value {
        GeometryValue::Point { coordinates } => Ok(Foreign::Points(line(vec![coordinates])?)),
        GeometryValue::MultiPoint { coordinates } => Ok(Foreign::Points(line(coordinates)?)),
        GeometryValue::LineString { coordinates } => Ok(Foreign::Lines(vec![line(coordinates)?])),
        GeometryValue::MultiLineString { coordinates } => {
            Ok(Foreign::Lines(coordinates.into_iter().map(line).collect::<Result<_, _>>()?))
        }
        GeometryValue::Polygon { coordinates } => {
            let rings = coordinates.into_iter().map(line).collect::<Result<_, _>>()?;
            Ok(Foreign::Polygons(vec![rings]))
        }
        GeometryValue::MultiPolygon { coordinates } => Ok(Foreign::Polygons(
            coordinates
                .into_iter()
                .map(|rings| rings.into_iter().map(&mut line).collect())
                .collect::<Result<_, _>>()?,
        )),
        GeometryValue::GeometryCollection { geometries } => {
            // Recursion ends: the limit on JSON levels leaves room for fewer than 64.
            let mut all: Option<Foreign> = None;
            for geometry in geometries {
                let next = foreign(geometry, heights)?;
                all = Some(match all {
                    None => next,
                    Some(so_far) => join(so_far, next)?,
                });
            }
            all.ok_or_else(|| Refusal::new("", "the geometry collection is empty"))
        }
    }
}

/// Members of a collection become one geometry when they are of one kind.
fn join(one: Foreign, other: Foreign) -> Result<Foreign, Refusal> {
    match (one, other) {
        (Foreign::Points(mut a), Foreign::Points(b)) => {
            a.extend(b);
            Ok(Foreign::Points(a))
        }
        (Foreign::Lines(mut a), Foreign::Lines(b)) => {
            a.extend(b);
            Ok(Foreign::Lines(a))
        }
        (Foreign::Polygons(mut a), Foreign::Polygons(b)) => {
            a.extend(b);
            Ok(Foreign::Polygons(a))
        }
        _ => Err(Refusal::new("", "a geometry collection mixes points, lines or polygons")),
    }
}

/// GeoJSON 2008 lets a feature or a geometry have a `crs` of its own.
fn own_crs(foreign: Option<&JsonObject>) -> Result<(), Refusal> {
    match foreign.and_then(|members| members.get("crs")).map(wgs84) {
        Some(Crs::Other(name)) => Err(Refusal::new(name, "its own `crs` is not WGS 84")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Shape;
    use super::*;

    fn read(text: &str) -> Result<Features, ReadError> {
        super::read("t.geojson", text.as_bytes(), None)
    }

    const POINT: &str = r#"{"type":"Feature","properties":{"n":1.0,"big":9007199254740993,"e":1e21,"s":" ","z":null,"b":true},"geometry":{"type":"Point","coordinates":[66.4,30.9,1200]}}"#;

    #[test]
    fn values_are_plain_text_and_heights_are_counted() {
        let layer = read(POINT).unwrap();
        let texts: Vec<(&str, &str)> =
            layer.features[0].properties.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let e21 = "1000000000000000000000";
        assert_eq!(texts, [("b", "true"), ("big", "9007199254740993"), ("e", e21), ("n", "1")]);
        assert_eq!(layer.notices, ["1 positions carry a height, which is not used"]);
    }

    #[test]
    fn a_rejected_feature_has_its_number_line_and_reason() {
        let text = format!(
            "{{\"features\": [\n{POINT},\n\n{{\"type\":\"Feature\",\"properties\":{{}},\n\"geometry\":{{\"type\":\"Point\",\"coordinates\":[34.1,171.5]}}}}\n],\n\"type\":\"FeatureCollection\"}}"
        );
        let layer = read(&text).unwrap();
        assert_eq!(layer.features.len(), 1);
        let reject = &layer.rejected[0];
        assert_eq!((reject.record, reject.line), (2, 4));
        assert_eq!(
            reject.reason,
            "latitude 171.5 is outside -90..90; were latitude and longitude exchanged?"
        );
    }

    #[test]
    fn utf_16_and_byte_order_marks_are_read() {
        for little in [true, false] {
            let mut bytes = if little { vec![0xff, 0xfe] } else { vec![0xfe, 0xff] };
            for unit in POINT.encode_utf16() {
                bytes.extend(if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
            }
            assert_eq!(super::read("t", &bytes, None).unwrap().features.len(), 1);
            bytes.pop();
            assert!(super::read("t", &bytes, None).is_err());
        }
        assert_eq!(read(&format!("\u{feff}{POINT}")).unwrap().features.len(), 1);
    }

    #[test]
    fn only_wgs_84_is_taken_and_others_are_refused_by_name() {
        let with = |crs: &str| {
            read(&format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":[{POINT}]}}"#))
        };
        let named =
            |name: &str| with(&format!(r#"{{"type":"name","properties":{{"name":"{name}"}}}}"#));
        for name in [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:EPSG::4326",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            "EPSG:4326",
            "epsg:4326",
            "WGS 84",
        ] {
            assert_eq!(named(name).unwrap().features.len(), 1, "{name}");
        }
        assert!(with(r#"{"type":"EPSG","properties":{"code":4326}}"#).is_ok());
        assert!(with("null").unwrap().notices[0].contains("taken as WGS 84"));
        for name in ["urn:ogc:def:crs:EPSG::3857", "EPSG:32642", "EPSG:14326", "urn:x:4326"] {
            let error = named(name).unwrap_err();
            assert!(error.message.contains(name) && error.hint.contains("EPSG:4326"), "{error}");
        }
        let own = POINT.replace("\"type\":\"Feature\"", r#""type":"Feature","crs":"EPSG:3857""#);
        let own = format!(r#"{{"type":"FeatureCollection","features":[{own}]}}"#);
        assert_eq!(read(&own).unwrap().rejected[0].value, "EPSG:3857");
    }

    #[test]
    fn projected_metres_are_told_from_one_bad_number() {
        let error =
            read(r#"{"type":"LineString","coordinates":[[512345.6,3812345.1],[512400,3812400]]}"#)
                .unwrap_err();
        assert!(error.message.contains("looks projected") && error.hint.contains("EPSG:4326"));
        let line =
            r#"{"type":"LineString","coordinates":[[34.52,48.15],[34.6,48.2],[34530000,48.16]]}"#;
        assert!(
            read(line).unwrap().rejected[0].reason.starts_with("longitude 34530000 is outside")
        );
    }

    #[test]
    fn a_collection_of_one_kind_is_one_feature() {
        let line =
            |from: u8| format!(r#"{{"type":"LineString","coordinates":[[{from},30],[70,31]]}}"#);
        let both = |second: &str| {
            read(&format!(
                r#"{{"type":"GeometryCollection","geometries":[{},{second}]}}"#,
                line(60)
            ))
        };
        let layer = both(&line(61)).unwrap();
        assert!(matches!(&layer.features[0].shape, Shape::Lines(parts) if parts.len() == 2));
        let mixed = both(r#"{"type":"Point","coordinates":[60,30]}"#).unwrap();
        assert!(mixed.rejected[0].reason.contains("mixes"));
    }

    #[test]
    fn errors_have_their_place() {
        let error =
            read("{\"type\": \"FeatureCollection\",\n\"features\": [\n{\"type\" 1}]}").unwrap_err();
        assert_eq!(error.place, "line 3, column 9");
        let error = read("{\"type\":\"FeatureCollection\",\"features\":[\n{\"a\":1,\"a\":2}]}")
            .unwrap_err();
        assert_eq!(
            (error.place.as_str(), error.message.as_str()),
            ("line 2, column 1", "the key \"a\" stands twice in one object")
        );
        assert!(read("{\"type\":\"Foo\"}").unwrap_err().message.contains("\"Foo\""));
    }

    #[test]
    fn repeated_ids_are_kept_and_said() {
        let one = POINT.replacen('{', r#"{"id":7,"#, 1);
        let layer =
            read(&format!(r#"{{"type":"FeatureCollection","features":[{one},{one}]}}"#)).unwrap();
        assert_eq!(layer.features.len(), 2);
        assert!(layer.notices.iter().any(|n| n.starts_with("1 feature ids repeat")));
    }
}
