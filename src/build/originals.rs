//! Reading the originals: sha256 first, then features.

use super::BuildError;
use geo::{LineString, MultiPolygon};
use std::collections::BTreeMap;
use std::path::Path;

pub(super) struct Original {
    pub(super) properties: BTreeMap<String, String>,
    pub(super) areas: MultiPolygon<f64>,
    pub(super) lines: Vec<LineString<f64>>,
}

fn ring(line: &LineString<f64>, ccw: bool) -> LineString<f64> {
    let doubled: f64 = line
        .0
        .windows(2)
        .map(|w| {
            (w[0].x - line.0[0].x) * (w[1].y - line.0[0].y)
                - (w[1].x - line.0[0].x) * (w[0].y - line.0[0].y)
        })
        .sum();
    let mut out = line.clone();
    if (doubled > 0.0) != ccw {
        out.0.reverse();
    }
    out
}

fn orient(areas: MultiPolygon<f64>) -> MultiPolygon<f64> {
    MultiPolygon(
        areas
            .0
            .iter()
            .map(|p| {
                geo::Polygon::new(
                    ring(p.exterior(), true),
                    p.interiors().iter().map(|r| ring(r, false)).collect(),
                )
            })
            .collect(),
    )
}

pub(super) fn read(path: &Path) -> Result<Vec<Original>, BuildError> {
    let bad = |e: String| BuildError::Original { file: path.display().to_string(), message: e };
    let mut out = Vec::new();
    if path.extension().is_some_and(|e| e == "shp") {
        let mut reader = shapefile::Reader::from_path(path).map_err(|e| bad(e.to_string()))?;
        for pair in reader.iter_shapes_and_records() {
            let (shape, record) = pair.map_err(|e| bad(e.to_string()))?;
            let geometry =
                geo::Geometry::<f64>::try_from(shape).map_err(|e| bad(format!("{e:?}")))?;
            let mut properties = BTreeMap::new();
            for (k, v) in record.into_iter() {
                if let shapefile::dbase::FieldValue::Character(Some(s)) = v {
                    properties.insert(k, s);
                }
            }
            out.push(original(properties, geometry));
        }
    } else {
        let text = std::fs::read_to_string(path).map_err(|e| bad(e.to_string()))?;
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
        for feature in value["features"].as_array().into_iter().flatten() {
            let mut properties = BTreeMap::new();
            for (k, v) in feature["properties"].as_object().into_iter().flatten() {
                if let Some(s) = v.as_str() {
                    properties.insert(k.clone(), s.to_owned());
                }
            }
            let c = &feature["geometry"]["coordinates"];
            let geometry = match feature["geometry"]["type"].as_str() {
                Some("Polygon") => geo::Geometry::Polygon(polygon(c)),
                Some("MultiPolygon") => {
                    geo::Geometry::MultiPolygon(MultiPolygon(items(c).map(polygon).collect()))
                }
                Some("LineString") => geo::Geometry::LineString(line(c)),
                Some("MultiLineString") => geo::Geometry::MultiLineString(geo::MultiLineString(
                    items(c).map(line).collect(),
                )),
                _ => continue,
            };
            out.push(original(properties, geometry));
        }
    }
    Ok(out)
}

fn original(properties: BTreeMap<String, String>, geometry: geo::Geometry<f64>) -> Original {
    let (mut areas, mut lines) = (MultiPolygon(vec![]), vec![]);
    match geometry {
        geo::Geometry::Polygon(p) => areas = p.into(),
        geo::Geometry::MultiPolygon(p) => areas = p,
        geo::Geometry::LineString(l) => lines.push(l),
        geo::Geometry::MultiLineString(l) => lines = l.0,
        _ => {}
    }
    Original { properties, areas: orient(areas), lines }
}

fn items(v: &serde_json::Value) -> impl Iterator<Item = &serde_json::Value> {
    v.as_array().into_iter().flatten()
}

fn line(v: &serde_json::Value) -> LineString<f64> {
    LineString(
        items(v)
            .map(|p| geo::Coord {
                x: p[0].as_f64().unwrap_or(f64::NAN),
                y: p[1].as_f64().unwrap_or(f64::NAN),
            })
            .collect(),
    )
}

fn polygon(v: &serde_json::Value) -> geo::Polygon<f64> {
    let mut rings: Vec<_> = items(v).map(line).collect();
    let outer = rings.remove(0);
    geo::Polygon::new(outer, rings)
}
