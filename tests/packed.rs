//! Tables as they come: packed, in a second download, mistyped or told twice.
#![cfg(feature = "archives")]
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use program::Folder;
use serde_json::Value;
use std::fs;
use std::io::Write;

const OLD: &str = "id,date,lon,lat,category,fatalities,place\n\
    a,2020-01-01,70.0,34.0,raid,1,One\n\
    b,2020-01-02,70.0,33.5,raid,,Two\n\
    c,2020-01-03,69.5,33.0,shelling,3,Three\n";
const NEW: &str = "id,date,lon,lat,category,fatalities,place\n\
    c,2020-01-03,69.5,33.0,shelling,3,Three\n\
    b,2020-01-02,71.5,33.5,raid,2,Two\n\
    d,2020-01-04,70.0,34.0,=raid,1,Four\n";

#[test]
fn two_downloads_are_held_against_each_other() {
    let folder = Folder::new("diff").with("old.csv", OLD).with("new.csv", NEW);
    let text = folder.good("diff old.csv new.csv").out;
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "old.csv has 3 incidents and new.csv has 3: 1 added, 1 removed, 1 changed, 1 the same."
    );
    assert!(text.contains("1 with another toll") && text.contains("1 incident changes side"));
    assert!(text.contains("in no sum of them: 1 before, 0 after"), "{text}");

    folder.good("diff old.csv new.csv -o c.csv -o c.json");
    let lines = fs::read_to_string(folder.0.join("c.csv")).unwrap();
    let changes: Vec<&str> = lines.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
    assert_eq!(changes, ["removed", "changed", "added"]);
    let json: Value = serde_json::from_slice(&fs::read(folder.0.join("c.json")).unwrap()).unwrap();
    assert_eq!(json["changes"][1]["what"], "position, toll");
    // What is not known is not nought.
    assert_eq!(json["changes"][1]["fatalities_best_old"], Value::Null);
    assert_eq!(json["changes"][1]["fatalities_best_new"], 2);
    let sum = |key: &str| -> i64 {
        json["zones"].as_array().unwrap().iter().map(|row| row[key].as_i64().unwrap()).sum()
    };
    assert_eq!((sum("incidents_old"), sum("incidents_new"), sum("incidents_change")), (3, 3, 0));
    let roles: Vec<&str> = json["provenance"]["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input["role"].as_str().unwrap())
        .collect();
    assert_eq!(&roles[..2], ["incidents before", "incidents"]);
}

#[test]
fn a_packed_table_gives_the_same_bytes() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(OLD.as_bytes()).unwrap();
    let packed = gzip.finish().unwrap();
    let folder = Folder::new("packed").with("old.csv", OLD).with("old.csv.gz", packed);
    for name in ["old.csv", "old.csv.gz"] {
        folder.good(&format!("distance {name} -o {name}.out.csv"));
    }
    let read = |name: &str| fs::read(folder.0.join(name)).unwrap();
    assert_eq!(read("old.csv.out.csv"), read("old.csv.gz.out.csv"));
    folder.bad("distance old.csv.gz -o x.csv --sheet Events", 1, "no workbook");
    folder.bad("diff old.csv old.csv -o old.csv", 2, "is an input");
}

/// What is only likely is proposed: nothing is merged and nothing changed.
#[test]
fn doubles_and_slips_are_proposed() {
    let table = "id,date,lon,lat,fatalities,country,province\n\
        a,2020-01-01,70.00,34.00,3,Afghanistan,Nangarhar\n\
        b,2020-01-01,70.01,34.00,3,Afghanistan,Nangarhar\n\
        c,2020-01-02,70.10,3.42,1,Afghanistan,Nangarhar\n\
        d,2100-01-02,7.010,34.20,1,Afghanistan,Nangarhar\n\
        e,2020-01-03,65.70,31.60,1,Afghanistan,Hilmand\n";
    let folder = Folder::new("doubts").with("e.csv", table);
    let found: Value = serde_json::from_str(&folder.good("check e.csv --json").out).unwrap();
    assert_eq!(found["counts"]["used"], 5);
    assert_eq!(found["likely_doubles"][0]["ids"], serde_json::json!(["a", "b"]));
    assert_eq!(found["likely_doubles_count"], serde_json::json!([1, 0]));
    assert_eq!(found["future"], 1);
    let repairs = found["likely_repairs"].as_array().unwrap();
    let how: Vec<&str> = repairs.iter().map(|r| r["how"].as_str().unwrap()).collect();
    assert_eq!(
        how,
        [
            "the latitude's decimal point is a place too far left",
            "the longitude's decimal point is a place too far left"
        ]
    );
    assert_eq!(repairs[0]["repaired"], serde_json::json!([70.1, 34.2]));
    assert!(repairs[0]["lands_in"].as_str().unwrap().starts_with("Nangarhar"));
    // Kandahar lies 90 km beyond the border of Hilmand.
    let away = found["wrong_province"].as_array().unwrap();
    let kandahar = away.iter().find(|one| one["id"] == "e").unwrap();
    assert_eq!(kandahar["found"], "Kandahar");
    assert!((30.0..150.0).contains(&kandahar["away_km"].as_f64().unwrap()), "{kandahar}");
}
