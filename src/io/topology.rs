//! TopoJSON (format specification of Mike Bostock, version 1) as GeoJSON, so
//! that one reader of features serves both.
//!
//! Arcs are put together here and not by the crate `topojson`, which panics on
//! an index out of range, an empty position or an empty transform.

use super::ReadError;
use super::gate::Raw;
use super::geojson_document::Document;
use super::json_text::{self, Elements, Member};
use super::points_walk::refused;
use super::strict_json;
use serde_json::{Map, Value, json};
use std::ops::Range;

/// Arcs are shared by two areas, seldom by more: how many times as many
/// positions as there are in the arcs a file may come to.
const MOST_USES: usize = 16;
/// More positions that it may come to whatever its arcs.
const FEW: usize = 100_000;

/// The type of such a document.
pub(super) const TOPOLOGY: &str = "Topology";

/// What a topology is made GeoJSON for.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// Incidents, from the object of this name or the only one with points.
    Points(Option<&'a str>),
    /// A layer, from the object of this name or the only one.
    Layer(Option<&'a str>),
}

/// The features of one of its objects as a GeoJSON FeatureCollection, a feature
/// a line. What cannot be put together stands there as refused.
///
/// # Errors
/// When it is damaged, has several objects to choose from or not the one asked
/// for.
pub(super) fn to_geojson(
    document: &Document<'_>,
    purpose: Purpose<'_>,
) -> Result<String, ReadError> {
    document.crs()?;
    let mut topology = Topology::open(document)?;
    let object = topology.choose(purpose)?;
    let mut out = String::from("{\"type\":\"FeatureCollection\",\n\"features\":[\n");
    for (i, range) in topology.geometries(&object)?.into_iter().enumerate() {
        let parsed: Value = strict_json::parse(&topology.text[range.clone()])
            .map_err(|broken| document.broken(range.start, broken))?;
        if i > 0 {
            out.push_str(",\n");
        }
        out.push_str(&topology.feature(parsed).to_string());
    }
    out.push_str("\n]}\n");
    Ok(out)
}

struct Topology<'a> {
    document: &'a Document<'a>,
    text: &'a [u8],
    /// An arc that cannot be read is `None`.
    arcs: Vec<Option<Vec<Raw>>>,
    transform: Option<[Raw; 2]>,
    /// How many positions may still be written.
    room: usize,
}

/// Why a geometry cannot be put together: the value at fault, and the reason.
type Fault = (String, &'static str);

impl<'a> Topology<'a> {
    fn open(document: &'a Document<'a>) -> Result<Topology<'a>, ReadError> {
        let text = document.text();
        let transform = match document.member("transform")? {
            None | Some(Value::Null) => None,
            Some(value) => {
                let pair = |key: &str| numbers(&value[key]);
                let (Some(scale), Some(translate)) = (pair("scale"), pair("translate")) else {
                    return Err(document.error("its `transform` has no scale and translate"));
                };
                Some([scale, translate])
            }
        };
        let mut topology = Topology { document, text, arcs: Vec::new(), transform, room: FEW };
        if let Some(range) = document.members.get("arcs") {
            let elements = Elements::of(text, range.clone())
                .ok_or_else(|| document.error("its `arcs` are no array"))?;
            for range in elements {
                let range = range.map_err(|fault| document.fault(fault))?;
                let arc = strict_json::parse::<Vec<Vec<f64>>>(&text[range]).ok();
                let arc = arc.and_then(|arc| topology.arc(&arc));
                topology.room += MOST_USES * arc.as_ref().map_or(0, Vec::len);
                topology.arcs.push(arc);
            }
        }
        Ok(topology)
    }

    /// The positions of an arc; those of a quantised one are steps from the
    /// one before.
    fn arc(&self, steps: &[Vec<f64>]) -> Option<Vec<Raw>> {
        let mut at = [0.0, 0.0];
        steps
            .iter()
            .map(|step| {
                let &[x, y] = step.first_chunk::<2>()?;
                at = if self.transform.is_some() { [at[0] + x, at[1] + y] } else { [x, y] };
                Some(self.unscaled(at))
            })
            .collect()
    }

    fn unscaled(&self, [x, y]: Raw) -> Raw {
        self.transform.map_or([x, y], |[scale, translate]| {
            [x * scale[0] + translate[0], y * scale[1] + translate[1]]
        })
    }

    /// The members of an object that lies at a place of the text.
    fn members(&self, range: &Range<usize>) -> Result<Vec<(String, Range<usize>)>, ReadError> {
        let found = json_text::members(&self.text[range.clone()]).map_err(|mut fault| {
            fault.at += range.start;
            self.document.fault(fault)
        })?;
        let moved = |r: Range<usize>| r.start + range.start..r.end + range.start;
        let named = |Member { key, value }| {
            let key = strict_json::parse::<String>(&self.text[moved(key)]).unwrap_or_default();
            (key, moved(value))
        };
        Ok(found.into_iter().map(named).collect())
    }

    /// The place of the object that is meant.
    fn choose(&self, purpose: Purpose<'_>) -> Result<Range<usize>, ReadError> {
        let range = self.document.members.get("objects");
        let range = range.ok_or_else(|| self.document.error("has no `objects`"))?;
        let objects = self.members(range)?;
        let listed =
            || objects.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        if let Purpose::Points(Some(asked)) | Purpose::Layer(Some(asked)) = purpose {
            let found = objects.iter().find(|(name, _)| name == asked);
            return found.map(|(_, range)| range.clone()).ok_or_else(|| {
                self.document
                    .error(format!("has no layer `{asked}`"))
                    .hint(format!("its layers are {}", listed()))
            });
        }
        let meant: Vec<&Range<usize>> = match (objects.as_slice(), purpose) {
            ([(_, only)], _) => vec![only],
            (several, Purpose::Layer(_)) => several.iter().map(|(_, range)| range).collect(),
            (several, Purpose::Points(_)) => {
                let point = |range: &Range<usize>| {
                    let text = &self.text[range.clone()];
                    memchr::memmem::find(text, b"\"Point\"").is_some()
                        || memchr::memmem::find(text, b"\"MultiPoint\"").is_some()
                };
                several.iter().map(|(_, range)| range).filter(|range| point(range)).collect()
            }
        };
        match (meant.as_slice(), purpose) {
            ([one], _) => Ok((*one).clone()),
            ([], _) => Err(self
                .document
                .error(format!("has no layer of points; its layers are: {}", listed()))
                .hint("incidents are points")),
            (_, Purpose::Points(_)) => Err(self
                .document
                .error(format!("has several layers: {}", listed()))
                .hint("name the one you want: --layer NAME")),
            (_, Purpose::Layer(_)) => Err(self
                .document
                .error(format!("has several layers: {}", listed()))
                .hint("name the one you want after the file: 'FILE|layername=NAME'")),
        }
    }

    /// The places of the geometries of an object, which are its features.
    fn geometries(&self, object: &Range<usize>) -> Result<Vec<Range<usize>>, ReadError> {
        let members = self.members(object)?;
        let Some((_, range)) = members.iter().find(|(key, _)| key == "geometries") else {
            return Ok(vec![object.clone()]);
        };
        let elements = Elements::of(self.text, range.clone())
            .ok_or_else(|| self.document.error("its `geometries` are no array"))?;
        elements.map(|range| range.map_err(|fault| self.document.fault(fault))).collect()
    }

    fn feature(&mut self, mut object: Value) -> Value {
        let geometry = match self.geometry(&object) {
            Ok(geometry) => geometry,
            Err((value, reason)) => refused(&value, reason),
        };
        let mut feature = Map::new();
        feature.insert("type".into(), "Feature".into());
        if let Some(id) = object.get_mut("id").filter(|id| id.is_string() || id.is_number()) {
            feature.insert("id".into(), id.take());
        }
        feature.insert("geometry".into(), geometry);
        let properties = object.get_mut("properties").map_or(Value::Null, Value::take);
        feature.insert("properties".into(), properties);
        Value::Object(feature)
    }

    /// A geometry with its positions. Its nesting was counted before.
    fn geometry(&mut self, object: &Value) -> Result<Value, Fault> {
        let kind = object["type"].as_str().unwrap_or_default();
        let (coordinates, arcs) = (&object["coordinates"], &object["arcs"]);
        let coordinates = match kind {
            "" if object["type"].is_null() => return Ok(Value::Null),
            "Point" => self.place(coordinates),
            "MultiPoint" => each(coordinates, |at| Ok(self.place(at)))?,
            "LineString" => self.line(arcs)?,
            "MultiLineString" | "Polygon" => each(arcs, |line| self.line(line))?,
            "MultiPolygon" => each(arcs, |rings| each(rings, |line| self.line(line)))?,
            "GeometryCollection" => {
                let geometries = each(&object["geometries"], |inner| self.geometry(inner))?;
                return Ok(json!({ "type": kind, "geometries": geometries }));
            }
            other => return Err((other.to_owned(), "is no type of geometry")),
        };
        Ok(json!({ "type": kind, "coordinates": coordinates }))
    }

    /// A position; one that is none stays as it is, for the reader to refuse.
    fn place(&mut self, at: &Value) -> Value {
        self.room = self.room.saturating_sub(1);
        match (numbers(at), at.as_array().map_or(0, Vec::len)) {
            (Some(pair), 2 | 3) => json!(self.unscaled(pair)),
            _ => at.clone(),
        }
    }

    /// The positions of arcs one after another; the first of each repeats the
    /// last of the one before.
    fn line(&mut self, arcs: &Value) -> Result<Value, Fault> {
        let mut line: Vec<Value> = Vec::new();
        for index in arcs.as_array().ok_or((String::new(), "has no arcs"))? {
            let number = index.as_i64().ok_or_else(|| (index.to_string(), "is no arc's number"))?;
            let backward = number < 0;
            let place = usize::try_from(if backward { !number } else { number }).ok();
            let arc = place.and_then(|place| self.arcs.get(place)).and_then(Option::as_ref);
            let arc = arc.ok_or_else(|| (index.to_string(), "an arc is missing or damaged"))?;
            let skip = usize::from(!line.is_empty());
            let left = self.room.checked_sub(arc.len());
            self.room = left.ok_or((String::new(), "its arcs are used too often"))?;
            if backward {
                line.extend(arc.iter().rev().skip(skip).map(|at| json!(at)));
            } else {
                line.extend(arc.iter().skip(skip).map(|at| json!(at)));
            }
        }
        Ok(Value::Array(line))
    }
}

/// The first two numbers of an array.
fn numbers(value: &Value) -> Option<Raw> {
    Some([value.get(0)?.as_f64()?, value.get(1)?.as_f64()?])
}

fn each(
    values: &Value,
    mut one: impl FnMut(&Value) -> Result<Value, Fault>,
) -> Result<Value, Fault> {
    let values = values.as_array().ok_or((String::new(), "has no coordinates"))?;
    values.iter().map(&mut one).collect::<Result<Vec<Value>, Fault>>().map(Value::Array)
}

#[cfg(test)]
mod tests {
    use super::super::{Shape, read_geojson};
    use super::*;

    /// Two squares that share an edge, quantised, and points beside them.
    const TWO: &str = r#"{"type":"Topology","transform":{"scale":[0.5,0.25],"translate":[60,30]},
"arcs":[[[2,0],[0,4]],[[2,4],[-2,0],[0,-4],[2,0]],[[2,0],[2,0],[0,4],[-2,0]]],
"objects":{"areas":{"type":"GeometryCollection","geometries":[
 {"type":"Polygon","id":1,"properties":{"name":"west"},"arcs":[[0,1]]},
 {"type":"MultiPolygon","properties":{"name":"east"},"arcs":[[[2,-1]]]},
 {"type":"Polygon","properties":{},"arcs":[[7]]},{"type":null}]}POINTS}}"#;
    const POINTS: &str = r#","towns":{"type":"GeometryCollection","geometries":[
 {"type":"Point","properties":{"id":"a"},"coordinates":[4,8]},
 {"type":"MultiPoint","coordinates":[[4,8]]},{"type":"Point","coordinates":["x"]}]}"#;

    fn geojson(text: &str, purpose: Purpose<'_>) -> Result<Value, ReadError> {
        let document = Document::open("t.topojson", text)?;
        Ok(serde_json::from_str(&to_geojson(&document, purpose)?).unwrap())
    }

    #[test]
    fn arcs_become_rings() {
        let layer = read_geojson("t", TWO.replace("POINTS", "").as_bytes()).unwrap();
        assert_eq!(layer.features.len(), 2);
        for (feature, west) in layer.features.iter().zip([60.0, 61.0]) {
            let Shape::Polygons(polygons) = &feature.shape else { panic!("no polygon") };
            let ring = polygons.0[0].exterior();
            assert_eq!(
                (ring.0.len(), ring.0.iter().map(|c| c.x).fold(f64::MAX, f64::min)),
                (5, west)
            );
        }
        let reasons: Vec<&str> = layer.rejected.iter().map(|r| r.reason.as_str()).collect();
        assert_eq!(reasons, ["an arc is missing or damaged", "it has no geometry"]);
        assert_eq!(layer.rejected[0].value, "7");
    }

    #[test]
    fn the_layer_of_points_is_found_or_named() {
        let both = TWO.replace("POINTS", POINTS);
        let found = geojson(&both, Purpose::Points(None)).unwrap();
        let at = |i: usize| found["features"][i]["geometry"]["coordinates"].clone();
        assert_eq!(
            [at(0), at(1), at(2)],
            [json!([62.0, 32.0]), json!([[62.0, 32.0]]), json!(["x"])]
        );
        for purpose in [Purpose::Points(Some("areas")), Purpose::Layer(Some("areas"))] {
            let areas = geojson(&both, purpose).unwrap();
            assert_eq!(areas["features"][0]["properties"]["name"], "west");
        }
        for (purpose, words) in [
            (Purpose::Layer(None), "several layers: areas, towns"),
            (Purpose::Points(Some("x")), "no layer `x`"),
        ] {
            let error = geojson(&both, purpose).unwrap_err();
            assert!(error.message.contains(words) && !error.hint.is_empty(), "{error}");
        }
        let twice = both.replace("\"areas\"", "\"Point\"");
        assert!(geojson(&twice, Purpose::Points(None)).is_ok());
    }

    #[test]
    fn what_is_damaged_says_so() {
        for (text, words) in [
            (r#"{"type":"Topology","arcs":[]}"#, "no `objects`"),
            (r#"{"type":"Topology","transform":{},"objects":{"a":{}}}"#, "`transform`"),
            (r#"{"type":"Topology","arcs":5,"objects":{"a":{}}}"#, "`arcs`"),
            (r#"{"type":"Topology","objects":{}}"#, "no layer of points"),
            (r#"{"type":"Topology","objects":[]}"#, "expected an object"),
        ] {
            let error = geojson(text, Purpose::Points(None)).unwrap_err();
            assert!(error.message.contains(words), "{error}");
        }
        // The numbers at which others panic or overflow.
        for arcs in ["[[-9223372036854775808]]", "[[1e99]]", "[[]]", "[]", "[null]", "\"x\""] {
            let text = format!(
                r#"{{"type":"Topology","arcs":[[]],"objects":{{"a":{{"type":"Polygon","arcs":{arcs}}}}}}}"#
            );
            assert!(geojson(&text, Purpose::Layer(None)).is_ok(), "{arcs}");
        }
    }

    /// A long arc that is used again and again would fill the memory.
    #[test]
    fn uses_of_arcs_end_at_the_limit() {
        let arc = vec!["[1,1]"; 20_000].join(",");
        let uses = vec!["0"; 1000].join(",");
        let text = format!(
            r#"{{"type":"Topology","arcs":[[{arc}]],"objects":{{"a":{{"type":"LineString","arcs":[{uses}]}}}}}}"#
        );
        let found = geojson(&text, Purpose::Layer(None)).unwrap();
        assert_eq!(
            found["features"][0]["geometry"]["coordinates"][1],
            "its arcs are used too often"
        );
    }
}
