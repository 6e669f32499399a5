//! `durand distance` as its users run it: columns, edges, formats.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use program::{Folder, rows, tally};
use std::fs;

#[test]
fn distance_keeps_the_columns_of_the_input_and_appends_its_own() {
    let folder = Folder::new("columns")
        .with("a.csv", "id,lon,lat,x,country,x,input_country\n007,70.50,34.5,=1+1,c,2,d\n")
        .with("b.csv", "y,lat,lon,precision\n-1.50,33.5,69.5,exact\n")
        .with("c.csv", "lon,lat\n69.6,33.6\n");
    let own = "border_distance_m,border_side,border_chainage_m,border_lon,border_lat,\
               country,province,district,district_how";
    let out = folder.good("distance a.csv -o -").out;
    let header = out.lines().next().unwrap();
    assert_eq!(header, format!("id,lon,lat,x,input_input_country,x,input_country,{own}"));
    let row = out.lines().nth(1).unwrap();
    assert!(row.starts_with("007,70.50,34.5,'=1+1,c,2,d,46304.7"), "{row}");
    let cells: Vec<&str> = row.split(',').collect();
    for (cell, decimals) in [(7, 3), (9, 3), (10, 8), (11, 8)] {
        assert_eq!(cells[cell].split('.').nth(1).unwrap().len(), decimals, "{row}");
    }

    // Several files: each cell under its name, empty where a file has none.
    let out = folder.good("distance a.csv b.csv c.csv -o d.csv -o d.geojson -o -").out;
    let header = out.lines().next().unwrap();
    assert!(header.ends_with(
        "district_how,border_distance_low_m,border_distance_high_m,border_side_probability,\
         border_side_called"
    ));
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 3);
    let place = |name: &str| header.split(',').position(|h| h == name).unwrap();
    assert_eq!(&records[1][place("y")], "-1.50");
    assert_eq!((&records[1][place("lon")], &records[2][place("lon")]), ("69.5", "69.6"));
    assert_eq!((&records[0][place("y")], &records[2][place("y")]), ("", ""));
    for record in &records {
        assert!(record[place("border_distance_m")].parse::<f64>().unwrap() > 0.0);
    }

    // GeoJSON has the same names, and numbers for numbers.
    let json: serde_json::Value = serde_json::from_str(&folder.read("d.geojson")).unwrap();
    let features = json["features"].as_array().unwrap();
    assert_eq!(features.len(), 3);
    for (feature, record) in features.iter().zip(&records) {
        let properties = &feature["properties"];
        for name in own.split(',') {
            assert!(properties.get(name).is_some(), "{name}");
        }
        let metres = properties["border_distance_m"].as_f64().unwrap();
        assert!((metres - record[place("border_distance_m")].parse::<f64>().unwrap()).abs() < 1e-3);
    }
    assert_eq!(folder.read("d.csv"), out);
}

/// On a parallel the straight edge passes through the point and the geodesic
/// far north of it: 113 m at the middle of a degree at 34° (L² tan φ / 8R).
#[test]
fn edges_may_be_straight_in_degrees() {
    let line = r#"{"type":"LineString","coordinates":[[70,34],[71,34]]}"#;
    let folder =
        Folder::new("edges").with("line.geojson", line).with("p.csv", "lon,lat\n70.5,34\n");
    let off = |arguments: &str| -> f64 {
        folder.good(&format!("distance p.csv -o o.csv --border line.geojson {arguments}"));
        rows(&folder.read("o.csv"))[0]["border_distance_m"].parse().unwrap()
    };
    assert!((off("") - 113.0).abs() < 1.0);
    assert!(off("--planar-edges") <= 0.001);
    let run = folder.good("distance p.csv -o o.geojson --border line.geojson --planar-edges");
    assert!(run.err.contains("vertices added"), "{}", run.err);
    assert!(folder.read("o.geojson").contains("straight in longitude and latitude"));
}

/// What is written as GeoParquet is read again as the same places and numbers,
/// by its geometry, and a damaged file is refused.
#[cfg(feature = "parquet")]
#[test]
fn geoparquet_there_and_back() {
    let folder = Folder::new("parquet");
    folder.good("distance bundled -o a.parquet -o a.csv");
    let run = folder.good("distance a.parquet -o b.csv -o b.parquet");
    assert_eq!(tally(&run.err), [70, 70, 0, 0]);
    let (first, second) = (rows(&folder.read("a.csv")), rows(&folder.read("b.csv")));
    for (a, b) in first.iter().zip(&second) {
        for name in ["id", "border_distance_m", "border_side", "district", "place"] {
            assert_eq!(a[name], b[name], "{name}");
        }
        let read: f64 = b["input_border_distance_m"].parse().unwrap();
        assert_eq!(read, a["border_distance_m"].parse::<f64>().unwrap());
    }
    // Types of the columns are kept on the way.
    folder.good("distance b.parquet -o c.geojsonl");
    let line = folder.read("c.geojsonl").lines().next().unwrap().to_owned();
    let feature: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(feature["properties"]["input_border_distance_m"].is_f64());
    assert!(feature["properties"]["id"].is_string());

    let whole = fs::read(folder.0.join("a.parquet")).unwrap();
    for cut in [4, 100, whole.len() / 2, whole.len() - 1] {
        fs::write(folder.0.join("cut.parquet"), &whole[..cut]).unwrap();
        folder.bad("distance cut.parquet -o x.csv", 1, "cannot be read as Parquet");
    }
    let mut damaged = whole.clone();
    for i in (8..whole.len() / 2).step_by(97) {
        damaged[i] ^= 0x5A;
    }
    fs::write(folder.0.join("damaged.parquet"), &damaged).unwrap();
    let run = folder.run("distance damaged.parquet -o x.csv");
    assert!(run.code == 0 || run.err.contains("cannot be read as Parquet"), "{}", run.err);
}
