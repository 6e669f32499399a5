//! Layers as they are met in the wild and worse: every file ends in time with
//! the verdict that was written down for it, and real layers keep every feature.

// Helpers outside of #[test] functions fail the test that calls them.
#![allow(clippy::unwrap_used, clippy::panic)]

use durand::io::{Feature, ReadError, Shape, read_areas, read_border, read_features, read_geojson};
use durand::model::Level;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

/// A folder outside the project that a developer may or may not have.
fn folder(name: &str) -> Option<PathBuf> {
    let path = Path::new(SHARED).join(name);
    if path.is_dir() {
        Some(path)
    } else {
        println!("skipped: {name} is not there");
        None
    }
}

/// Used and rejected records, or the error's message.
fn counts(path: &Path) -> Result<(usize, usize), String> {
    let start = Instant::now();
    let outcome = read_features(path);
    assert!(start.elapsed() < Duration::from_secs(5), "{}: too slow", path.display());
    match outcome {
        Ok(layer) => Ok((layer.features.len(), layer.rejected.len())),
        Err(error) => {
            assert!(!error.message.is_empty());
            let text = error.to_string();
            assert!(!text.contains('\n'), "{text}");
            Err(text)
        }
    }
}

#[test]
fn every_odd_file_ends_as_its_index_says() {
    let Some(root) = folder("badinput") else { return };
    let index = std::fs::read_to_string(root.join("INDEX.tsv")).unwrap();
    let expected: BTreeMap<&str, (usize, usize)> = [
        ("geojson/own/gj_bad_middle.geojson", (4, 1)),
        ("geojson/own/gj_bbox_first.geojson", (5, 0)),
        ("geojson/own/gj_foreign_features_lookalike.geojson", (5, 0)),
        ("shp/own/deleted_dbf_record.shp", (5, 0)),
        ("shp/own/poly_ccw_exterior.shp", (1, 0)),
        ("shp/own/shx_out_of_order.shp", (6, 0)),
        ("geojson/own/gj_empty_features.geojson", (0, 0)),
        ("geojson/own/gj_poly_empty_hole.geojson", (1, 0)),
        ("geojson/geojsonhint/bad-polygonloop.geojson", (0, 1)),
    ]
    .into();
    let mut checked = 0;
    for row in index.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let (file, format, verdict) = (cells[0], cells[1], cells[5]);
        if !matches!(format, "geojson" | "json" | "shp" | "dbf") || file.ends_with(".fpt") {
            continue;
        }
        if format == "dbf" {
            // A table alone is no layer: give it the shapes that it needs.
            let table = std::fs::read(root.join(file)).unwrap();
            let layer = with_points(&table, "indexed").unwrap();
            assert_eq!(layer.len(), 1, "{file}");
            assert!(layer[0].properties.is_empty(), "{file}: {:?}", layer[0].properties);
            checked += 1;
            continue;
        }
        let found = counts(&root.join(file));
        match verdict {
            "ERROR" => assert!(found.is_err(), "{file}: {found:?}"),
            "ROWS" | "ACCEPT_WARN" | "ACCEPT" => {
                let main =
                    Path::new(file).with_extension(if format == "shp" { "shp" } else { format });
                let key = main.to_str().unwrap();
                assert_eq!(found.as_ref().ok(), expected.get(key), "{file}: {found:?}");
            }
            _ => {}
        }
        if verdict == "ACCEPT_WARN" {
            assert!(!read_features(&root.join(file)).unwrap().notices.is_empty(), "{file}");
        }
        checked += 1;
    }
    assert_eq!(checked, 26);
}

#[test]
fn real_layers_keep_every_feature() {
    let Some(root) = folder("geodata-raw") else { return };
    let layers = [
        ("geoboundaries-afg/geoBoundaries-AFG-ADM2.geojson", Level::District, 398, "Afghanistan"),
        ("geoboundaries-afg/geoBoundaries-AFG-ADM2.shp", Level::District, 398, "Afghanistan"),
        ("wfp-afg-adm1/geoBoundaries-AFG-ADM1-extended.json", Level::Province, 34, "Afghanistan"),
        ("cod-ab-pak/pak_admbnda_adm2_wfp_20220909.shp", Level::District, 160, "Pakistan"),
        ("cod-ab-pak/pak_admbnda_adm1_wfp_20220909.shp", Level::Province, 7, "Pakistan"),
    ];
    for (file, level, count, country) in layers {
        let start = Instant::now();
        let features = read_features(&root.join(file)).unwrap();
        let read = start.elapsed();
        let layer = read_areas(features, level).unwrap();
        println!("{file}: {count} in {read:?}; {:?}", layer.notices);
        assert_eq!((layer.items.len(), layer.rejected.len()), (count, 0), "{file}");
        assert!(layer.items.iter().all(|a| a.country == country && !a.name().is_empty()));
        assert!(read < Duration::from_secs(5), "{file}: {read:?}");
    }
}

/// Twice the area of a layer in square degrees, and its vertices.
fn measure(features: &[Feature]) -> (f64, usize) {
    let mut total = (0.0, 0);
    for feature in features {
        let Shape::Polygons(polygons) = &feature.shape else { panic!("not a polygon") };
        for polygon in &polygons.0 {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                let first = ring.0[0];
                total.1 += ring.0.len();
                for l in ring.lines() {
                    let (a, b) = (l.start - first, l.end - first);
                    total.0 += a.x * b.y - b.x * a.y;
                }
            }
        }
    }
    total
}

#[test]
fn shapefile_and_geojson_of_one_layer_agree() {
    let Some(root) = folder("geodata-raw/geoboundaries-afg") else { return };
    let json = read_features(&root.join("geoBoundaries-AFG-ADM2.geojson")).unwrap();
    let shp = read_features(&root.join("geoBoundaries-AFG-ADM2.shp")).unwrap();
    for (a, b) in json.features.iter().zip(&shp.features) {
        for (field, value) in &a.properties {
            assert_eq!(b.properties.get(field).map(|v| v.trim()), Some(value.trim()), "{field}");
        }
    }
    let ((area, vertices), other) = (measure(&json.features), measure(&shp.features));
    assert_eq!((vertices, other.1), (181_611, 181_611));
    assert!((area - other.0).abs() < 1e-6, "{area} {}", other.0);
    assert!(area > 0.0);
    assert_eq!(shp.sha256.len(), 4);
}

#[test]
fn natural_earth_merges_to_one_line() {
    let Some(root) = folder("geodata-raw") else { return };
    let world = read_features(&root.join("natural-earth/ne_10m_admin_0_boundary_lines_land.json"));
    let layer = read_border(world.unwrap(), "Durand Line", "Afghanistan", "Pakistan").unwrap();
    println!("{:?}", layer.notices);
    let parts = layer.items.parts();
    assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [585]);
    let merged = read_features(&root.join("derived/durand-line-natural-earth-10m.geojson"));
    let merged = read_border(merged.unwrap(), "Durand Line", "Afghanistan", "Pakistan").unwrap();
    let mut same = merged.items.parts()[0].clone();
    if same[0] != parts[0][0] {
        same.reverse();
    }
    assert_eq!(parts[0], same);
}

#[test]
fn a_million_vertices_end_in_time() {
    let ring: Vec<String> = (0..1_000_000)
        .map(|i| {
            let turn = f64::from(i) / 1e6 * std::f64::consts::TAU;
            let radius = 1.0 + 0.1 * f64::from(i % 2);
            format!("[{:.7},{:.7}]", 66.0 + radius * turn.cos(), 33.0 + radius * turn.sin())
        })
        .collect();
    let text = format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, ring.join(","));
    let start = Instant::now();
    assert_eq!(read_geojson("ring", text.as_bytes()).unwrap().features.len(), 1);
    println!("a ring of a million vertices: {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn rings_within_rings_end_in_time() {
    for (count, polygons) in [(3_000_usize, Some(1_500)), (12_000, None)] {
        let ring = |i: usize| {
            let (w, e) = (60.0 + i as f64 * 1e-5, 64.0 - i as f64 * 1e-5);
            format!(
                "[[{w:.6},{w:.6}],[{e:.6},{w:.6}],[{e:.6},{e:.6}],[{w:.6},{e:.6}],[{w:.6},{w:.6}]]"
            )
        };
        let rings: Vec<String> = (0..count).map(ring).collect();
        let text = format!(r#"{{"type":"Polygon","coordinates":[{}]}}"#, rings.join(","));
        let start = Instant::now();
        let layer = read_geojson("rings", text.as_bytes()).unwrap();
        println!("{count} rings: {:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        match polygons {
            Some(polygons) => {
                let Shape::Polygons(shape) = &layer.features[0].shape else { panic!() };
                assert_eq!(shape.0.len(), polygons);
            }
            None => assert!(layer.rejected[0].reason.contains("limit"), "{:?}", layer.rejected),
        }
    }
}

/// An own folder for a test, removed by [`Scratch::drop`].
struct Scratch(PathBuf);

impl Scratch {
    fn new(case: &str) -> Scratch {
        let folder = std::env::temp_dir().join(format!("durand-{}-{case}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Scratch(folder)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_that_are_no_layer_are_named_and_advised() {
    let scratch = Scratch::new("kinds");
    let kinds: [(&str, &[u8], &str); 7] = [
        ("a.zip", b"PK\x03\x04rest", if cfg!(feature = "archives") { "unpacked" } else { "zip" }),
        (
            "a.gpkg",
            b"SQLite format 3\0rest",
            if cfg!(feature = "gpkg") { "SQLite" } else { "GeoPackage" },
        ),
        ("a.kml", b"<?xml version=\"1.0\"?>", "XML"),
        ("a.geojson", b"", "empty"),
        ("a.csv", b"lon,lat\n1,2\n", "not GeoJSON"),
        ("a.shp", b"short", "not a shapefile"),
        ("b.dbf", b"\x03", "no .shp"),
    ];
    for (name, bytes, said) in kinds {
        let error = read_features(&scratch.file(name, bytes)).unwrap_err();
        assert!(error.message.contains(said), "{name}: {error}");
    }
    let text = br#"{"type":"FeatureCollection","features":[]}"#;
    scratch.file("plain.geojson", text);
    let error = read_features(&scratch.0.join("plain.geojson|layername=a")).unwrap_err();
    assert!(error.message.contains("has no layers"), "{error}");
    assert!(read_features(&scratch.0).unwrap_err().message.contains("folder"));
    assert!(read_features(&scratch.0.join("missing.shp")).is_err());
}

#[test]
fn names_are_without_folders_and_hashes_are_those_of_the_files() {
    let scratch = Scratch::new("names");
    let text = br#"{"type":"FeatureCollection","features":[null]}"#;
    let path = scratch.file("line.json", text);
    let layer = read_features(&path).unwrap();
    assert_eq!((layer.name.as_str(), layer.rejected[0].file.as_str()), ("line.json", "line.json"));
    // sha256sum of the text above.
    let hash = "7765f5d5945bc4985874e5f182563dadd97ccb33280c496d322ee1af97722cba";
    assert_eq!(layer.sha256, [("line.json".to_owned(), hash.to_owned())]);
    assert_eq!(read_geojson("x", text).unwrap().sha256[0].1, hash);
}

/// What every reader must survive, kept here so that it is tested everywhere.
#[test]
fn inline_geojson_ends_as_expected() {
    let collection =
        |features: &str| format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    let point = r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[66.4,30.9]}}"#;
    let with = |geometry: &str| {
        let bad = format!(r#"{{"type":"Feature","properties":{{}},"geometry":{geometry}}}"#);
        collection(&format!("{point},{bad},{point}"))
    };
    let rows: [(String, usize, usize); 12] = [
        (with(r#"{"type":"Point","coordinates":"34.5,48.1"}"#), 2, 1),
        (with(r#"{"type":"LineString","coordinates":[[60,30],[]]}"#), 2, 1),
        (with(r#"{"type":"MultiPoint","coordinates":[[60,30],[]]}"#), 2, 1),
        (with(r#"{"type":"Point","coordinates":[34,5,48,1]}"#), 2, 1),
        (with(r#"{"type":"Point","coordinates":[NaN,30]}"#), 2, 1),
        (with(r#"{"type":"Point","coordinates":[1e999,30]}"#), 2, 1),
        (with(r#"{"type":"LineString","coordinates":[[34.52,30],[34530000,30]]}"#), 2, 1),
        (with(r#"{"type":"LineString","coordinates":[[179,30],[-179,30]]}"#), 2, 1),
        (with(r#"{"type":"Polygon","coordinates":[]}"#), 2, 1),
        (with("null"), 2, 1),
        (collection(&format!("{point},7,null,[],{point}")), 2, 3),
        (collection(""), 0, 0),
    ];
    for (text, used, rejected) in rows {
        let layer = read_geojson("inline", text.as_bytes()).unwrap();
        assert_eq!((layer.features.len(), layer.rejected.len()), (used, rejected), "{text}");
    }
    let nested = format!(
        "{}{}",
        r#"{"type":"GeometryCollection","geometries":["#.repeat(70),
        "]}".repeat(70)
    );
    let errors: Vec<Vec<u8>> = vec![
        b"{}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"[NaN]".to_vec(),
        b"[\"\\\xe5\"]".to_vec(),
        vec![b'['; 100_000],
        b"[{\"\":".repeat(50_000),
        collection(&format!("{point},{point}")).replace("},{", "}{").into_bytes(),
        collection(point).trim_end_matches('}').as_bytes().to_vec(),
        br#"{"type":"FeatureCollection","features":[],"features":[]}"#.to_vec(),
        br#"{"type":"Point","type":"Point","coordinates":[1,2]}"#.to_vec(),
        br#"{"type":"Topology","objects":{},"arcs":[]}"#.to_vec(),
        br#"{"type":"FeatureCollection","features":{}}"#.to_vec(),
        br#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:32642"}},"features":[]}"#.to_vec(),
        nested.into_bytes(),
        b"".to_vec(),
    ];
    for text in errors {
        let found = read_geojson("inline", &text);
        assert!(found.is_err(), "{:?}", String::from_utf8_lossy(&text[..text.len().min(90)]));
    }
}

#[test]
fn every_cut_of_a_good_file_ends() {
    let good = br#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a\"b"},"geometry":{"type":"Polygon","coordinates":[[[60,30],[61,30],[61,31],[60,30]]]}}]}"#;
    for cut in 0..good.len() {
        assert!(read_geojson("cut", &good[..cut]).is_err(), "{cut}");
        for byte in [0, b'"', b'[', b'}', b'9', 0xff] {
            let mut changed = good.to_vec();
            changed[cut] = byte;
            let _ = read_geojson("changed", &changed);
        }
    }
}

/// Writes a shapefile of points, one for each row of the table, and reads it.
fn with_points(table: &[u8], case: &str) -> Result<Vec<Feature>, ReadError> {
    let rows = u32::from_le_bytes(table[4..8].try_into().unwrap()).min(1000);
    let mut shp = vec![0, 0, 0x27, 0x0a];
    shp.extend([0; 20]);
    shp.extend((50 + 14 * rows).to_be_bytes());
    shp.extend(1000_u32.to_le_bytes());
    shp.extend(1_u32.to_le_bytes());
    shp.extend([0; 64]);
    for row in 0..rows {
        shp.extend((row + 1).to_be_bytes());
        shp.extend(10_u32.to_be_bytes());
        shp.extend(1_u32.to_le_bytes());
        shp.extend((60.0 + f64::from(row)).to_le_bytes());
        shp.extend(34_f64.to_le_bytes());
    }
    let scratch = Scratch::new(case);
    // Names in capitals, as DOS programs wrote them.
    scratch.file("T.SHP", &shp);
    let layer = read_features(&scratch.file("T.DBF", table));
    layer.map(|l| l.features)
}

#[test]
fn capitals_in_file_names_do_not_lose_the_attributes() {
    let mut table = vec![0x03, 122, 3, 1, 2, 0, 0, 0, 65, 0, 3, 0];
    table.extend([0; 20]);
    table.extend(b"NAME\0\0\0\0\0\0\0C\0\0\0\0\x02");
    table.extend([0; 15]);
    table.extend(b"\x0d ab cd");
    let features = with_points(&table, "capitals").unwrap();
    let names: Vec<&str> = features.iter().map(|f| f.properties["NAME"].as_str()).collect();
    assert_eq!(names, ["ab", "cd"]);
}

#[test]
fn bundled_layers_keep_every_feature() {
    let read = |name, text: &str| read_geojson(name, text.as_bytes()).unwrap();
    let line = read("line", durand::bundled::LINE);
    let border = read_border(line, "Durand Line", "Afghanistan", "Pakistan").unwrap();
    assert_eq!(border.items.parts().len(), 1);
    assert!(border.rejected.is_empty() && border.notices.is_empty(), "{:?}", border.notices);
    let provinces = read_areas(read("p", durand::bundled::PROVINCES), Level::Province).unwrap();
    let districts = read_areas(read("d", durand::bundled::DISTRICTS), Level::District).unwrap();
    assert_eq!((provinces.items.len(), districts.items.len()), (41, 558));
    for layer in [&provinces, &districts] {
        assert!(layer.rejected.is_empty(), "{:?}", layer.rejected);
        assert!(layer.items.iter().all(|a| !a.country.is_empty() && !a.province.is_empty()));
    }
}
