//! Test helper: the bundled layers, made-up incidents, and files beside the project.

use super::Base;
use crate::bundled;
use crate::geodesy::LonLat;
use crate::model::{
    Area, Border, Fatalities, Incident, Kind, LocalNames, Place, PlaceKind, Precision,
};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The bundled layers, parsed.
pub(crate) struct Layers {
    pub border: Border,
    pub provinces: Vec<Area>,
    pub districts: Vec<Area>,
    pub places: Vec<Place>,
    pub names: LocalNames,
}

impl Layers {
    pub fn base(&self) -> Base<'_> {
        Base {
            border: &self.border,
            provinces: &self.provinces,
            districts: &self.districts,
            places: &self.places,
            names: &self.names,
            near_radius_m: 25_000.0,
        }
    }

    /// Those of the binary.
    pub fn bundled() -> Layers {
        let read = |text: &str| -> Vec<Value> {
            let all: Value = serde_json::from_str(text).unwrap();
            all["features"].as_array().unwrap().clone()
        };
        let text = |f: &Value, key: &str| f["properties"][key].as_str().map(str::to_owned);
        let area = |f: Value| {
            let polygons = match f["geometry"]["type"].as_str().unwrap() {
                "Polygon" => vec![polygon(&f["geometry"]["coordinates"])],
                _ => list(&f["geometry"]["coordinates"]).iter().map(polygon).collect(),
            };
            Area {
                country: text(&f, "country").unwrap(),
                province: text(&f, "province").unwrap(),
                district: text(&f, "district"),
                code: text(&f, "code"),
                shape: MultiPolygon(polygons),
            }
        };
        let position = |v: &Value| LonLat::new(number(&v[0]), number(&v[1])).unwrap();
        let line = read(bundled::LINE).remove(0);
        let coordinates = &line["geometry"]["coordinates"];
        let parts = match line["geometry"]["type"].as_str().unwrap() {
            "LineString" => vec![list(coordinates).iter().map(position).collect()],
            _ => list(coordinates).iter().map(|l| list(l).iter().map(position).collect()).collect(),
        };
        let places = read(bundled::PLACES)
            .into_iter()
            .map(|f| Place {
                name: text(&f, "name").unwrap(),
                country: text(&f, "country").unwrap(),
                kind: match text(&f, "kind").unwrap().as_str() {
                    "capital" => PlaceKind::Capital,
                    "crossing" => PlaceKind::Crossing,
                    _ => PlaceKind::Town,
                },
                rank: f["properties"]["rank"].as_u64().unwrap() as u8,
                at: position(&f["geometry"]["coordinates"]),
            })
            .collect();
        Layers {
            border: Border::new("Durand Line", "Afghanistan", "Pakistan", parts).unwrap(),
            provinces: read(bundled::PROVINCES).into_iter().map(area).collect(),
            districts: read(bundled::DISTRICTS).into_iter().map(area).collect(),
            places,
            names: LocalNames::default(),
        }
    }
}

fn list(v: &Value) -> &[Value] {
    v.as_array().unwrap()
}

fn number(v: &Value) -> f64 {
    v.as_f64().unwrap()
}

fn polygon(rings: &Value) -> Polygon<f64> {
    let mut rings = list(rings).iter().map(|ring| {
        LineString::new(
            list(ring).iter().map(|c| Coord { x: number(&c[0]), y: number(&c[1]) }).collect(),
        )
    });
    let exterior = rings.next().unwrap();
    Polygon::new(exterior, rings.collect())
}

/// Files that lie beside the project where it is built, and not elsewhere.
pub(crate) fn beside(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if !path.exists() {
        println!("skipped: {name} is not there");
        return None;
    }
    Some(path)
}

/// Whether somebody looks: then the tests draw every page.
pub(crate) fn somebody_looks() -> bool {
    std::env::var_os("DURAND_LOOK").is_some()
}

/// Incidents of all kinds and precisions along the line, several at some places.
pub(crate) fn made_up(border: &Border) -> Vec<Incident> {
    let line: Vec<LonLat> = border.parts().iter().flatten().copied().collect();
    let mut out = Vec::new();
    for i in 0..60_usize {
        let foot = line[(i * 977 + 400) % line.len()];
        let off = |k: usize| 0.25 * (((i * k) % 13) as f64 / 13.0 - 0.5);
        let at = LonLat::new(foot.lon() + off(5), foot.lat() + off(7)).unwrap();
        // The place of the one before, once in three; thirteen at the last.
        let at = match out.last() {
            Some(Incident { at, .. }) if i % 3 == 0 || i > 47 => *at,
            _ => at,
        };
        let best = (i % 4 > 0).then_some((i * i * 7 % 90) as u32);
        out.push(Incident {
            id: format!("M{i}").into(),
            kind: Kind::ALL[i * 5 % 7],
            fatalities: Fatalities { best, ..Fatalities::default() },
            precision: if i > 46 {
                Some(Precision::Exact)
            } else {
                [Some(Precision::Exact), Some(Precision::Near), Some(Precision::District), None]
                    [i % 4]
            },
            ..Incident::at(at.lon(), at.lat())
        });
    }
    out
}
