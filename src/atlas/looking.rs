//! Test helper: the bundled layers, and pictures to look at when the variable
//! `DURAND_LOOK` is set.

use super::{Base, Plate};
use crate::bundled;
use crate::figure::export;
use crate::geodesy::LonLat;
use crate::model::{Area, Border, Place, PlaceKind};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The bundled layers, parsed.
pub(crate) struct Layers {
    pub border: Border,
    pub provinces: Vec<Area>,
    pub districts: Vec<Area>,
    pub places: Vec<Place>,
}

impl Layers {
    pub fn base(&self) -> Base<'_> {
        Base {
            border: &self.border,
            provinces: &self.provinces,
            districts: &self.districts,
            places: &self.places,
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

/// Writes a picture into the temporary folder when `DURAND_LOOK` is set.
pub(crate) fn look(plate: &Plate, name: &str) {
    if std::env::var_os("DURAND_LOOK").is_none() {
        return;
    }
    let svg = export::svg(&plate.scene);
    let file = |end: &str| std::env::temp_dir().join(format!("durand-{name}.{end}"));
    std::fs::write(file("svg"), &svg).unwrap();
    std::fs::write(file("png"), export::png(&svg, 200.0).unwrap()).unwrap();
    println!(
        "{name}: {} × {} pt, svg {} kB",
        plate.scene.width,
        plate.scene.height,
        svg.len() / 1000
    );
    plate.remarks.iter().for_each(|r| println!("  {r}"));
}
