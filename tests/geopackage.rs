//! GeoPackages: what is written is read, no row is lost, and nothing that a file
//! claims is believed.
#![cfg(all(feature = "gpkg", feature = "cli"))]
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

#[path = "common/packages.rs"]
mod packages;
// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use durand::io::{
    IncidentFile, Input, ReadError, ReadOptions, Shape, read_features, read_incidents,
};
use packages::{blob, layer, package, point, polygon};
use program::{Folder, rows, tally};
use rusqlite::{Connection, params};
use std::path::Path;

fn read(path: &Path, layer: Option<&str>) -> Result<IncidentFile, ReadError> {
    let layer = layer.map(str::to_owned);
    let options = ReadOptions { layer, keep_rows: true, ..ReadOptions::default() };
    let file = read_incidents(&Input::Path(path.to_owned()), ("", ""), &options, 0)?;
    assert_eq!(file.summary.read, (file.incidents.len() + file.rejected.len()) as u64);
    Ok(file)
}

fn events(file: &Connection, count: u32) {
    layer(file, "events", "POINT", 4326, ", id TEXT, date DATE, fatalities INTEGER");
    let mut insert = file
        .prepare("INSERT INTO events(geom, id, date, fatalities) VALUES (?1, ?2, '2022-03-04', 2)")
        .unwrap();
    for i in 0..count {
        let at = point(4326, 70.0 + f64::from(i % 300) / 100.0, 33.0 + f64::from(i % 170) / 100.0);
        insert.execute(params![at, format!("e{i}")]).unwrap();
    }
}

#[test]
fn what_is_written_is_read_and_the_same_bytes_come_on_any_number_of_threads() {
    let folder = Folder::new("gpkg-round");
    folder.good("distance bundled -o a.gpkg -o a.csv --threads 1");
    folder.good("distance bundled -o b.gpkg --threads 4");
    let bytes = |name: &str| std::fs::read(folder.0.join(name)).unwrap();
    assert!(bytes("a.gpkg") == bytes("b.gpkg"));
    let back = folder.good("distance a.gpkg -o back.csv");
    let [read, used, ..] = tally(&back.err);
    let (wanted, found) = (rows(&folder.read("a.csv")), rows(&folder.read("back.csv")));
    assert_eq!((read, used), (wanted.len() as u64, wanted.len() as u64));
    for (wanted, found) in wanted.iter().zip(&found) {
        for column in ["id", "date", "place", "border_distance_m", "fatalities_best"] {
            assert_eq!(found[column], wanted[column], "{column}");
        }
    }
    // From a pipe and from an archive as from a file.
    let piped = folder
        .command("distance - -o piped.csv")
        .stdin(std::fs::File::open(folder.0.join("a.gpkg")).unwrap())
        .output()
        .unwrap();
    assert!(piped.status.success());
    assert_eq!(folder.read("piped.csv"), folder.read("back.csv"));
    // Columns stay what they were.
    folder.good("distance a.gpkg -o again.gpkg");
    let file = Connection::open(folder.0.join("again.gpkg")).unwrap();
    let of = |query: &str| file.query_row(query, [], |row| row.get::<_, String>(0)).unwrap();
    for column in ["border_distance_m", "input_border_distance_m"] {
        assert_eq!(of(&format!("SELECT typeof({column}) FROM incidents")), "real", "{column}");
    }
    assert!(of("SELECT metadata FROM gpkg_metadata").contains("sha256"));
    assert!(of("SELECT last_change FROM gpkg_contents").starts_with("2000-01-01"));
}

/// Rows broken in every way that a point can be are told one by one.
#[test]
fn no_row_is_lost() {
    let folder = Folder::new("gpkg-rows");
    let (path, file) = package(&folder.0, "r.gpkg");
    layer(&file, "events", "GEOMETRY", 4326, ", id TEXT, date TEXT, fatalities INTEGER");
    let several = |points: &[Vec<u8>]| {
        let parts: Vec<u8> = points.iter().flat_map(|p| p[8..].to_vec()).collect();
        blob(4326, 4, &[(points.len() as u32).to_le_bytes().to_vec(), parts].concat())
    };
    let good = point(4326, 70.5, 34.5);
    let far = |x, y| Some(point(4326, x, y));
    let places: Vec<(Option<Vec<u8>>, &str)> = vec![
        (None, "no geometry"),
        (far(f64::NAN, f64::NAN), "an empty point"),
        (far(f64::INFINITY, 34.0), "two or three numbers"),
        (far(181.0, 34.0), "outside"),
        (far(70.0, 91.0), "outside"),
        (far(34.5, 70.5), "exchanged"),
        (far(0.0, 0.0), "null island"),
        (Some(several(&[good.clone(), far(71.0, 34.0).unwrap()])), "several points"),
        (Some(several(&[])), "an empty point"),
        (Some(polygon(&[70.0, 34.0, 71.0, 34.0, 71.0, 35.0, 70.0, 34.0])), "is not a Point"),
        (Some(blob(4326, 7, &[0; 4])), "collection"),
        (Some(point(32642, 70.5, 34.5)), "not that of its layer"),
        (Some(good[..20].to_vec()), "cut off"),
        (Some(b"GQ\0\x01".to_vec()), "no header"),
        (Some(Vec::new()), "no header"),
        (Some([&good[..3], &[0x0f], &good[4..]].concat()), "header of the geometry is damaged"),
        (Some(blob(4326, 4, &[0xff; 4])), "cut off"),
    ];
    let (mut wanted, mut number) = (Vec::new(), 0_u64);
    let mut insert =
        file.prepare("INSERT INTO events(geom, id, date, fatalities) VALUES (?, ?, ?, ?)").unwrap();
    let mut add = |place: Option<&[u8]>, date: &str, toll: i32| {
        number += 1;
        insert.execute(params![place, format!("e{number}"), date, toll]).unwrap();
        number
    };
    for _ in 0..40 {
        for (place, reason) in &places {
            add(Some(&good), "2022-03-04T10:00:00.000Z", 1);
            add(Some(&several(std::slice::from_ref(&good))), "2022-03-04", 1);
            wanted.push((add(place.as_deref(), "2022-03-04", 1), *reason));
        }
        wanted.push((add(Some(&good), "2022-02-30", 1), ""));
        wanted.push((add(Some(&good), "2022-03-04", -7), ""));
    }
    file.execute_batch("INSERT INTO events(geom) VALUES ('POINT(70 34)')").unwrap();
    wanted.push((number + 1, "is no geometry"));
    let found = read(&path, None).unwrap();
    assert_eq!(found.summary.read, number + 1);
    let records: Vec<u64> = found.rejected.iter().map(|reject| reject.record).collect();
    assert_eq!(records, wanted.iter().map(|(record, _)| *record).collect::<Vec<_>>());
    for (reject, (_, reason)) in found.rejected.iter().zip(&wanted) {
        assert!(reject.reason.contains(reason), "{reject:?}, wanted {reason}");
    }
    assert_eq!(found.incidents[0].date.unwrap().to_string(), "2022-03-04");
}

#[test]
fn the_layer_is_found_or_named_and_its_system_is_looked_at() {
    let folder = Folder::new("gpkg-layers");
    let (path, file) = package(&folder.0, "l.gpkg");
    events(&file, 3);
    layer(&file, "areas", "POLYGON", 4326, "");
    file.execute_batch(
        "CREATE TABLE list (fid INTEGER PRIMARY KEY, lon REAL, lat REAL, place TEXT);
         INSERT INTO list(lon, lat, place) VALUES (70.5, 34.5, 'a, \"b\"' || char(10) || '=1'), (71, NULL, NULL);
         INSERT INTO gpkg_contents(table_name, data_type) VALUES ('list', 'attributes');",
    )
    .unwrap();
    let found = read(&path, None).unwrap();
    assert_eq!((found.incidents.len(), found.format_label.as_str()), (3, "GeoPackage points"));
    assert!(found.summary.notices[0].contains("layer `events` of `events`, `areas`, `list`"));
    let listed = read(&path, Some("LIST")).unwrap();
    assert_eq!((listed.incidents.len(), listed.rejected.len()), (1, 1));
    assert_eq!(listed.incidents[0].place, "a, \"b\"\n=1");
    assert!(read(&path, Some("none")).unwrap_err().hint.contains("`events`"));
    layer(&file, "metres", "POINT", 32642, "");
    // The middle of the zone's equator, and a place of PROJ's (see geodesy::Utm).
    file.execute("INSERT INTO metres(geom) VALUES (?)", [point(32642, 150_000.0, 3_300_000.0)])
        .unwrap();
    let error = read(&path, None).unwrap_err();
    assert!(error.message.contains("several layers") && error.hint.contains("--layer"), "{error}");
    let metres = read(&path, Some("metres")).unwrap();
    let at = metres.incidents[0].at;
    assert!((at.lon() - 65.380_247_431_238).abs() < 1e-9, "{at}");
    assert!((at.lat() - 29.780_867_274_464).abs() < 1e-9, "{at}");
    layer(&file, "web", "POINT", 3857, "");
    assert!(read(&path, Some("web")).unwrap_err().message.contains("Web Mercator"));
    file.execute_batch("CREATE VIEW seen AS SELECT * FROM events; INSERT INTO gpkg_contents(table_name, data_type) VALUES ('seen', 'attributes')").unwrap();
    assert!(read(&path, Some("seen")).unwrap_err().message.contains("not run"));
    file.execute_batch(
        "CREATE TABLE made (fid INTEGER PRIMARY KEY, n INTEGER, \"a\nb\" AS (zeroblob(n)), geom AS (zeroblob(n)));
         INSERT INTO made(n) VALUES (60000000);
         INSERT INTO gpkg_contents(table_name, data_type) VALUES ('made', 'features');
         INSERT INTO gpkg_geometry_columns VALUES ('made', 'geom', 'POINT', 4326, 0, 0);",
    )
    .unwrap();
    assert!(read(&path, Some("made")).unwrap_err().message.contains("formula not run"));
    // A number where the column is of text, as a change of the column's type leaves it.
    layer(&file, "retyped", "POINT", 4326, ", code INTEGER");
    file.execute("INSERT INTO retyped(geom, code) VALUES (?, 5)", [point(4326, 70.5, 34.5)])
        .unwrap();
    file.execute_batch(
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = replace(sql, 'code INTEGER', 'code TEXT') WHERE name = 'retyped';
         PRAGMA writable_schema = OFF;",
    )
    .unwrap();
    assert_eq!(read(&path, Some("retyped")).unwrap().incidents.len(), 1);
    // Boundaries: the layer stands after the file.
    file.execute(
        "INSERT INTO areas(geom) VALUES (?)",
        [polygon(&[70.0, 34.0, 71.0, 34.0, 71.0, 35.0, 70.0, 34.0])],
    )
    .unwrap();
    let error = read_features(&path).unwrap_err();
    assert!(error.hint.contains("|layername=NAME"), "{error}");
    file.execute_batch("DELETE FROM gpkg_contents WHERE table_name = 'made'").unwrap();
    let areas = read_features(&folder.0.join("l.gpkg|layername=areas")).unwrap();
    assert!(matches!(&areas.features[0].shape, Shape::Polygons(found) if found.0.len() == 1));
    assert_eq!(areas.name, "l.gpkg");
    let run = folder.run("zones bundled --window l.gpkg|layername=areas -o l.gpkg");
    assert!(run.code == 2 || run.code == 1, "{}", run.err);
    assert!(run.err.contains("is an input of this run"), "{}", run.err);
}

/// Results tell which layer of a file they rest on, and text that is none is counted.
#[test]
fn the_layer_and_what_is_not_utf_8_are_told() {
    let folder = Folder::new("gpkg-told");
    let (_, file) = package(&folder.0, "l.gpkg");
    events(&file, 3);
    layer(&file, "areas", "POLYGON", 4326, ", name TEXT");
    file.execute(
        "INSERT INTO areas(geom, name) VALUES (?, CAST(x'4be4' AS TEXT))",
        [polygon(&[69.0, 32.0, 75.0, 32.0, 75.0, 37.0, 69.0, 37.0, 69.0, 32.0])],
    )
    .unwrap();
    file.execute_batch("UPDATE events SET id = CAST(x'e9' AS TEXT) WHERE fid = 2").unwrap();
    drop(file);
    let command = "zones l.gpkg --window l.gpkg|layername=areas -o z.json -o z.svg -o z.gpkg";
    let run = folder.good(command);
    assert!(run.err.contains("l.gpkg: 1 damaged character in the text"), "{}", run.err);
    assert!(run.err.contains("1 text holds the replacement character"), "{}", run.err);
    for name in ["z.json", "z.svg"] {
        let text = folder.read(name);
        for layer in ["events", "areas"] {
            assert!(text.contains(&format!("l.gpkg|layername={layer}")), "{name}: {layer}");
        }
    }
    assert!(folder.read("z.caption.md").contains("l.gpkg\\|layername=events"));
    let file = Connection::open(folder.0.join("z.gpkg")).unwrap();
    let of = |query: &str| file.query_row(query, [], |row| row.get::<_, String>(0)).unwrap();
    // A name that is registered, as the column for a URI asks.
    assert_eq!(of("SELECT md_standard_uri FROM gpkg_metadata"), "urn:ietf:rfc:8259");
}

#[test]
fn files_that_are_damaged_end_with_a_sentence_or_all_their_rows() {
    const COUNT: u32 = 150;
    let folder = Folder::new("gpkg-damaged");
    let (path, file) = package(&folder.0, "d.gpkg");
    events(&file, COUNT);
    drop(file);
    let good = std::fs::read(&path).unwrap();
    let damaged = folder.0.join("x.gpkg");
    let ends = |bytes: &[u8], what: &str| {
        std::fs::write(&damaged, bytes).unwrap();
        match read(&damaged, None) {
            Ok(found) => assert_eq!(found.summary.read, u64::from(COUNT), "{what}"),
            Err(error) => {
                let text = error.to_string();
                assert!(!text.contains('\n') && !text.contains("os error"), "{what}: {text}");
            }
        }
        // Layers take the same way.
        let _ = read_features(&damaged);
    };
    for length in (0..good.len()).step_by(1021) {
        ends(&good[..length], &format!("cut to {length}"));
    }
    let mut state = 7_u64;
    for at in (0..good.len()).step_by(53) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (state >> 61);
        ends(&bytes, &format!("bit of byte {at}"));
    }
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 2);
    let (other, file) = (folder.0.join("other.gpkg"), "CREATE TABLE t(lon, lat)");
    Connection::open(&other).unwrap().execute_batch(file).unwrap();
    assert!(read(&other, None).unwrap_err().message.contains("no GeoPackage"));
    std::fs::write(&damaged, [b"SQLite format 3\0".as_slice(), &[b'x'; 200]].concat()).unwrap();
    assert!(read(&damaged, None).unwrap_err().message.contains("SQLite"));
    std::fs::write(folder.0.join("d.gpkg-wal"), "x").unwrap();
    assert!(read(&path, None).unwrap_err().message.contains("wait in a file beside it"));
    assert!(read_features(&path).unwrap_err().message.contains("wait in a file beside it"));
}

#[test]
fn zones_go_to_layers_of_every_kind() {
    let folder = Folder::new("gpkg-zones");
    let run =
        folder.good("zones bundled -o z.gpkg -o z.shp -o z.kml -o z.geojson --breaks-km 5,50");
    assert!(run.err.contains("names of ten letters"), "{}", run.err);
    folder.good("zones bundled -o y.gpkg --breaks-km 5,50");
    let bytes = |name: &str| std::fs::read(folder.0.join(name)).unwrap();
    assert!(bytes("z.gpkg") == bytes("y.gpkg"));
    let layer = |name: &str| read_features(&folder.0.join(name)).unwrap();
    let wanted = layer("z.geojson");
    for (name, error) in [("z.gpkg", "area_error_km2"), ("z.shp", "area_error")] {
        let found = layer(name);
        assert_eq!((found.features.len(), found.rejected.len()), (4, 0), "{name}");
        for (found, wanted) in found.features.iter().zip(&wanted.features) {
            // A shapefile's rings are sorted anew: the ground is what stays.
            let area = |shape: &Shape| match shape {
                Shape::Polygons(polygons) => {
                    use geo::Area;
                    polygons.signed_area()
                }
                _ => panic!("no polygons"),
            };
            assert!((area(&found.shape) - area(&wanted.shape)).abs() < 1e-9, "{name}");
            assert_eq!(found.properties["area_km2"], wanted.properties["area_km2"], "{name}");
            assert_eq!(found.properties[error], wanted.properties["area_error_km2"], "{name}");
        }
    }
    let kml = folder.read("z.kml");
    assert_eq!((kml.matches("<Placemark>").count(), kml.matches("km</name>").count()), (4, 4));
    let file = Connection::open(folder.0.join("z.gpkg")).unwrap();
    let query = "SELECT count(*) FROM zones_table WHERE typeof(incidents) = 'integer'";
    let rows: u32 = file.query_row(query, [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 6);
}
