//! Incidents from GeoJSON points (RFC 7946).
//!
//! The features are walked twice, one at a time: for the names of the
//! properties, and for the records. Only the top-level key `features` counts;
//! arrays of features under other keys are foreign members and are skipped.

use super::ReadError;
use super::columns::{self, Header, Role};
use super::gather::{Gather, Gathered, Refusal, Rules};
use super::geojson_document::Document;
use super::incidents::ReadOptions;
use super::number::DecimalMark;
use super::points_walk::{Feature, REFUSED, walk};
use super::position::position;
use super::records::MAX_COLUMNS;
use super::rows::SourceRow;
use super::schema::{self, Row, Schema};
use crate::geodesy::LonLat;
use serde_json::Value;
use std::collections::BTreeSet;

/// What to do when the two numbers are exchanged all through a file.
pub(super) const ADVICE_ON_EXCHANGE: &str =
    "if so, exchange them in the file: GeoJSON has the longitude first (RFC 7946 §3.1.1)";

/// The names of all properties, in the order of their first occurrence.
#[derive(Default)]
pub(super) struct Names {
    seen: BTreeSet<String>,
    pub(super) in_order: Vec<String>,
}

impl Names {
    /// Takes note of a name.
    pub(super) fn add(&mut self, name: &str) {
        if !self.seen.contains(name) {
            self.seen.insert(name.to_owned());
            self.in_order.push(name.to_owned());
        }
    }
}

/// What the properties of points mean.
pub(super) struct Points {
    pub(super) header: Header,
    pub(super) schema: Box<dyn Schema>,
}

impl Points {
    /// Understands the names of the properties.
    ///
    /// # Errors
    /// When there are too many, or not those that the options ask for.
    pub(super) fn of(file: &str, names: Names, options: &ReadOptions) -> Result<Points, ReadError> {
        if names.in_order.len() > MAX_COLUMNS {
            let message = format!("has more properties than the limit `columns` of {MAX_COLUMNS}");
            return Err(ReadError::new(file, message));
        }
        let header = Header::new(names.in_order);
        let mut schema = schema::recognise(&header, options.format).ok_or_else(|| {
            ReadError::new(file, "the properties of the features are not those of this --format")
        })?;
        for (role, column) in columns::overrides(file, &header, &options.columns)? {
            if matches!(role, Role::Lon | Role::Lat) {
                return Err(ReadError::new(
                    file,
                    "a GeoJSON point has its coordinates in its geometry",
                )
                .at(format!("--column {role}"))
                .hint("leave lon and lat out, or export the properties as CSV"));
            }
            schema.columns_mut().set(role, Some(column));
        }
        Ok(Points { header, schema })
    }

    /// What a file of such points is called in a sentence; `form` is the word
    /// for its format.
    pub(super) fn label(&self, form: &str) -> String {
        match self.schema.format() {
            super::Format::Generic => form.to_owned(),
            _ => format!("{form} ({})", self.schema.label()),
        }
    }

    /// Uses a feature or rejects it.
    pub(super) fn gather(&self, gather: &mut Gather<'_>, feature: Feature) {
        let spot = gather.begin(feature.line);
        let spare_id = feature.id.as_ref().map(text_of).unwrap_or_default();
        match point_of(&feature) {
            Err((refusal, exchanged)) => {
                if exchanged {
                    gather.count_exchanged();
                }
                gather.refuse(spot, refusal);
            }
            Ok(at) => {
                let mut values: Vec<Value> = vec![Value::Null; self.header.len()];
                for (name, value) in feature.properties {
                    let slot = self.header.names.iter().position(|n| *n == name);
                    if let Some(slot) = slot.and_then(|i| values.get_mut(i)) {
                        *slot = value;
                    }
                }
                let cells: Vec<String> = values.iter().map(text_of).collect();
                let row = Row::new(&cells, DecimalMark::Point);
                gather.take(spot, &row, at, &spare_id, || SourceRow::of_cells(values));
            }
        }
    }
}

/// Understands a FeatureCollection of points, or one such Feature.
///
/// # Errors
/// When the text is not JSON, nests too deep, repeats a key at the top, is no
/// collection of features, or is in another coordinate system than WGS 84.
pub(super) fn open(file: &str, text: &str, options: &ReadOptions) -> Result<Points, ReadError> {
    let document = Document::open(file, text)?;
    let mut names = Names::default();
    walk(file, &document, &mut |feature: Feature| {
        feature.properties.iter().for_each(|(name, _)| names.add(name));
    })?;
    Points::of(file, names, options)
}

/// Reads the records of such a text.
///
/// # Errors
/// As [`open`].
pub(super) fn read(text: &str, points: &Points, rules: &Rules<'_>) -> Result<Gathered, ReadError> {
    let document = Document::open(rules.file, text)?;
    let mut gather = Gather::new(rules);
    walk(rules.file, &document, &mut |feature: Feature| points.gather(&mut gather, feature))?;
    Ok(gather.finish())
}

/// A value as the text of a cell.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The point, or why there is none that can be used, and whether its two
/// numbers look exchanged.
fn point_of(feature: &Feature) -> Result<LonLat, (Refusal, bool)> {
    let refuse = |field: &str, value: String, reason: &str| {
        (Refusal { field: field.to_owned(), value, reason: reason.to_owned() }, false)
    };
    if let Some((field, reason)) = &feature.fault {
        return Err(refuse(field, String::new(), reason));
    }
    let geometry = match &feature.geometry {
        None | Some(Value::Null) => {
            return Err(refuse("geometry", String::new(), "no geometry"));
        }
        Some(geometry) => geometry,
    };
    let kind = geometry.get("type").and_then(Value::as_str).unwrap_or_default();
    let coordinates = geometry.get("coordinates").unwrap_or(&Value::Null);
    let at = match (kind, coordinates) {
        ("Point", at) => at,
        ("MultiPoint", Value::Array(points)) => match points.as_slice() {
            [at] => at,
            _ => {
                let reason = "a MultiPoint of several points is no one place; split it";
                return Err(refuse("geometry", format!("{} points", points.len()), reason));
            }
        },
        (REFUSED, Value::Array(told)) => {
            let text = |i: usize| told.get(i).map(text_of).unwrap_or_default();
            return Err(refuse("geometry", text(0), &text(1)));
        }
        _ => return Err(refuse("geometry", kind.to_owned(), "is not a Point")),
    };
    let shown = || at.to_string();
    let Value::Array(numbers) = at else {
        return Err(refuse("coordinates", shown(), "is not an array of two or three numbers"));
    };
    let (lon, lat) = match numbers.as_slice() {
        [lon, lat] => (lon, lat),
        [lon, lat, height] if height.is_number() || height.is_null() => (lon, lat),
        [] => return Err(refuse("coordinates", shown(), "an empty position")),
        [_, _, _, _, ..] => {
            let reason = "more than three numbers: decimal commas, or several points?";
            return Err(refuse("coordinates", shown(), reason));
        }
        _ => {
            return Err(refuse("coordinates", shown(), "is not an array of two or three numbers"));
        }
    };
    let (Some(lon), Some(lat)) = (lon.as_f64(), lat.as_f64()) else {
        return Err(refuse("coordinates", shown(), "is not an array of two or three numbers"));
    };
    position(lon, lat).map_err(|bad| {
        let reason = format!("{}: {}", bad.axis.word(), bad.reason);
        (refuse("coordinates", shown(), &reason).0, bad.exchanged)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was read, and what was found.
    struct Read {
        label: String,
        gathered: Gathered,
    }

    fn points(text: &str) -> Result<Read, ReadError> {
        let file = "f.geojson";
        let points = open(file, text, &ReadOptions::default())?;
        let rules = Rules {
            file,
            file_index: 0,
            header: &points.header,
            schema: points.schema.as_ref(),
            dates: super::super::gather::DateRule::Open,
            keep_rows: true,
            words: true,
            names: true,
            areas: true,
            repeats: true,
        };
        let gathered = read(text, &points, &rules)?;
        Ok(Read { label: points.schema.label(), gathered })
    }

    fn collection(features: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
    }

    fn feature(geometry: &str) -> String {
        format!(r#"{{"type":"Feature","geometry":{geometry},"properties":{{"id":1}}}}"#)
    }

    /// The reason why a geometry's feature is rejected; empty when it is used.
    fn reason(geometry: &str) -> String {
        let read = points(&collection(&feature(geometry))).unwrap().gathered;
        assert_eq!(read.read, 1);
        assert_eq!(read.incidents.len() + read.rejected.len(), 1);
        read.rejected.first().map(|r| r.reason.clone()).unwrap_or_default()
    }

    #[test]
    fn geometries_used_and_rejected() {
        assert_eq!(reason(r#"{"type":"Point","coordinates":[70.5,34.5]}"#), "");
        assert_eq!(reason(r#"{"type":"Point","coordinates":[70.5,34.5,1200]}"#), "");
        assert_eq!(reason(r#"{"type":"MultiPoint","coordinates":[[70.5,34.5]]}"#), "");
        for (geometry, words) in [
            (r#"{"type":"MultiPoint","coordinates":[[70,34],[71,34]]}"#, "several points"),
            (r#"{"type":"MultiPoint","coordinates":[]}"#, "several points"),
            (r#"{"type":"Point","coordinates":[34,5,48,1]}"#, "more than three numbers"),
            (r#"{"type":"Point","coordinates":["70.5","34.5"]}"#, "two or three numbers"),
            (r#"{"type":"Point","coordinates":"34.5,48.1"}"#, "two or three numbers"),
            (r#"{"type":"Point","coordinates":[70.5]}"#, "two or three numbers"),
            (r#"{"type":"Point","coordinates":[70,34,"f"]}"#, "two or three numbers"),
            (r#"{"type":"Point","coordinates":[null,34]}"#, "two or three numbers"),
            (r#"{"type":"Point","coordinates":[]}"#, "empty position"),
            (r#"{"type":"Point"}"#, "two or three numbers"),
            (r#"{"type":"Point","coordinates":[34.5,70.5]}"#, "exchanged"),
            (r#"{"type":"Point","coordinates":[0,0]}"#, "null island"),
            (r#"{"type":"Point","coordinates":[70,91]}"#, "outside -90..90"),
            (r#"{"type":"LineString","coordinates":[[70,34],[71,34]]}"#, "not a Point"),
            ("null", "no geometry"),
            ("5", "not a Point"),
        ] {
            let found = reason(geometry);
            assert!(found.contains(words), "{geometry}: {found}");
        }
    }

    #[test]
    fn elements_that_are_no_features_are_counted() {
        let good = feature(r#"{"type":"Point","coordinates":[70.5,34.5]}"#);
        let text = collection(&format!(
            r#"{good},null,5,"x",[1,[2]],true,{{}},{{"type":"Feature","type":"Feature"}},{good}"#
        ));
        let read = points(&text).unwrap().gathered;
        assert_eq!((read.read, read.incidents.len(), read.rejected.len()), (9, 2, 7));
        assert_eq!(read.rejected[0].record, 2);
        assert!(read.rejected[6].reason.contains("stands twice"));
        assert_eq!(read.ids.len(), 2);
    }

    /// Python writes NaN for a missing number, and some tools repeat keys.
    #[test]
    fn what_json_leaves_open_spoils_its_feature_only() {
        let good = feature(r#"{"type":"Point","coordinates":[70.5,34.5]}"#);
        for (odd, words) in [
            (good.replace("70.5", "NaN"), "NaN is not a number"),
            (good.replace(r#""id":1"#, r#""n":{"a":1,"a":2}"#), "key `a` stands twice"),
            (good.replacen('{', r#"{"crs":"EPSG:3857","#, 1), "EPSG:3857"),
            ("NaN".to_owned(), "NaN"),
        ] {
            let read = points(&collection(&format!("{good},{odd}"))).unwrap().gathered;
            assert_eq!((read.read, read.incidents.len()), (2, 1), "{odd}");
            assert!(read.rejected[0].reason.contains(words), "{:?}", read.rejected);
        }
    }

    #[test]
    fn only_the_top_level_features_count() {
        let good = feature(r#"{"type":"Point","coordinates":[70.5,34.5]}"#);
        let text = format!(
            r#"{{"type":"FeatureCollection","bbox":[1,2,3,4],"old":{{"features":[{good}]}},"x":[{good},{good}],
"features":[{good}]}}"#
        );
        let read = points(&text).unwrap().gathered;
        assert_eq!(read.read, 1);
        assert_eq!(read.incidents[0].row.line, 2);
    }

    #[test]
    fn what_is_not_a_collection() {
        for (text, words) in [
            ("[]", "begin with `{`"),
            ("{}", "no member `type`"),
            (r#"{"type":"FeatureCollection"}"#, "no array of features"),
            (r#"{"type":"Topology","objects":{}}"#, "this is a Topology"),
            (r#"{"type":"FeatureCollection","features":[],"features":[]}"#, "stands twice"),
            (r#"{"type":"FeatureCollection","features":{}}"#, "array of features"),
            (r#"{"type":"FeatureCollection","features":[]} x"#, "expected the end"),
            (r#"{"type":"FeatureCollection","features":[NaN}"#, "is not JSON"),
            (r#"{"type":"FeatureCollection","features":[{"a":1,}]}"#, "is not JSON"),
            (&format!("{{\"type\":{}", "[".repeat(100_000)), "JSON depth"),
        ] {
            let error = points(text).err().unwrap().to_string();
            assert!(error.contains(words), "{error}");
        }
        let crs = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32642"}},"features":[]}"#;
        assert!(points(crs).err().unwrap().to_string().contains("32642"));
        assert!(points(&crs.replace("EPSG::32642", "OGC:1.3:CRS84")).is_ok());
    }

    #[test]
    fn a_single_feature_and_its_id() {
        let text = r#"{"type":"Feature","id":"a7","geometry":{"type":"Point","coordinates":[70.5,34.5]},"properties":null}"#;
        let read = points(text).unwrap().gathered;
        assert_eq!(read.incidents[0].id, "a7");
    }

    /// EVENT_DATA quirk 11: through a shapefile, names are cut to ten letters
    /// and numbers become strings.
    #[test]
    fn ucdp_through_a_shapefile() {
        let text = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":"59553","type_of_vi":1,"where_prec":"3","where_coor":"Kurram agency","adm_1":"FATA","best":"2","high":3,"low":2,"date_start":"2021-12-29 00:00:00.000","side_a":"Government of Pakistan","side_b":"TTP"},"geometry":{"type":"Point","coordinates":[70.1,33.7]}}]}"#;
        let read = points(text).unwrap();
        let incident = &read.gathered.incidents[0];
        assert_eq!(read.label, "UCDP GED");
        assert_eq!(incident.precision, Some(crate::model::Precision::District));
        assert_eq!(incident.place, "Kurram agency");
        assert_eq!(incident.fatalities.high, Some(3));
        assert_eq!(incident.date, Some(jiff::civil::date(2021, 12, 29)));
        assert_eq!(incident.row.line, 2);
        // Rows keep the types of the properties.
        let cells = read.gathered.rows[0].cells(3);
        assert_eq!(cells[1..], [Value::from(1), Value::from("3")]);
    }
}
