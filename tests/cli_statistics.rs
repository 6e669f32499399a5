//! The commands that compare and test, as their users run them.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use program::{Folder, GOOD, rows};

#[test]
fn two_periods_are_compared_and_every_incident_is_accounted_for() {
    let table = "lon,lat,date\n70.5,34.5,2020-01-01\n70.5,34.5,2021-06-01\n70.5,34.5,\n\
                 69.5,33.5,2022-01-01\n69.5,33.5,2023-12-31\n";
    let folder = Folder::new("compare").with("in.csv", table);
    folder.good("compare in.csv --at 2022-01-01 -o c.csv -o c.json -o c.svg");
    let changes = rows(&folder.read("c.csv"));
    assert_eq!((changes[0]["before"].as_str(), changes[0]["after"].as_str()), ("2", "2"));
    // 731 days before, 730 after: not quite the same rate.
    assert_eq!(changes[0]["ratio"], "1.00137");
    assert!(changes.iter().any(|c| c["level"] == "district"));
    let json: serde_json::Value = serde_json::from_str(&folder.read("c.json")).unwrap();
    let notes = json["notes"].to_string();
    assert!(notes.contains("1 without a date"), "{notes}");
    assert!(json["findings"].to_string().contains("one of coverage"));
    // Periods of the user's own.
    folder.good(
        "compare in.csv --before 2020-01-01..2020-12-31 --after 2022-01-01..2023-12-31 -o d.csv",
    );
    let whole = rows(&folder.read("d.csv")).remove(0);
    assert_eq!((whole["before"].as_str(), whole["after"].as_str()), ("1", "2"));
    let run = folder.good("compare in.csv --at 2022-01-01 -o -");
    assert_eq!(run.out, folder.read("c.csv"));
    folder.bad("compare in.csv --at 2022-01-01 -o e.csv --to 2021-12-31", 2, "leaves nothing");
    let undated = Folder::new("undated").with("in.csv", GOOD);
    undated.bad("compare in.csv --at 2022-01-01 -o e.csv", 2, "--column date=COLUMN");
}

#[test]
fn hot_spots_are_told_by_district_and_the_seed_decides() {
    // Many in one corner, few elsewhere, all on one side.
    let mut table = String::from("lon,lat,country\n");
    for i in 0..160 {
        let (x, y) = (f64::from(i % 13) / 13.0, f64::from(i % 11) / 11.0);
        table.push_str(&format!("{},{},Pakistan\n", 70.2 + 1.4 * x, 33.2 + 1.2 * y));
    }
    let folder = Folder::new("hotspots").with("in.csv", &table);
    let run = "hotspots in.csv --permutations 9999 -o";
    folder.good(&format!("{run} a.csv -o a.json -o a.geojson --threads 1"));
    folder.good(&format!("{run} b.csv -o b.json -o b.geojson --threads 2"));
    folder.good(&format!("{run} c.csv --seed 2"));
    for format in ["csv", "json", "geojson"] {
        let [a, b] = ["a", "b"].map(|name| folder.read(&format!("{name}.{format}")));
        assert!(a == b, "{format}");
    }
    assert_ne!(folder.read("a.csv"), folder.read("c.csv"));
    let districts = rows(&folder.read("a.csv"));
    assert!(districts.len() == 160 && districts.iter().all(|d| d["country"] == "Pakistan"));
    let hot: Vec<&str> = districts
        .iter()
        .filter(|d| d["spot"] == "hot spot")
        .map(|d| d["province"].as_str())
        .collect();
    assert!(!hot.is_empty() && hot.iter().all(|p| *p == "Khyber Pakhtunkhwa"), "{hot:?}");
    let json: serde_json::Value = serde_json::from_str(&folder.read("a.json")).unwrap();
    assert!(json["notes"].to_string().contains("not empty"));
    let map: serde_json::Value = serde_json::from_str(&folder.read("a.geojson")).unwrap();
    assert_eq!(map["features"].as_array().unwrap().len(), 160);
    assert_eq!(map["features"][0]["properties"]["spot"], "hot spot");
}

#[test]
fn lines_are_compared_with_and_without_incidents() {
    let folder = Folder::new("borders").with("a.geojson", durand::bundled::LINE);
    let run = folder.good("borders -o b.csv -o b.json -o b.tex");
    assert!(!run.err.contains("read "), "{}", run.err);
    let lines = rows(&folder.read("b.csv"));
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|l| l["incidents_compared"].is_empty() && !l["mean_m"].is_empty()));
    assert_eq!(folder.names(), ["a.geojson", "b.along.csv", "b.csv", "b.json", "b.tex"]);
    let json: serde_json::Value = serde_json::from_str(&folder.read("b.json")).unwrap();
    assert!(json["findings"][0].as_str().unwrap().starts_with("COD-AB Pakistan: "));
    assert_eq!(json["provenance"]["inputs"].as_array().unwrap().len(), 6);

    // A line from itself: nothing moves, and nothing lies between.
    folder.good("borders bundled -o s.csv -o s.svg --against a.geojson");
    let same = rows(&folder.read("s.csv")).remove(0);
    assert_eq!((same["incidents_change_side"].as_str(), same["mean_m"].as_str()), ("0", "0"));
    assert_eq!(rows(&folder.read("s.moved.csv")).len(), 0);
    folder.bad("borders -o a.geojson.csv --against missing.geojson", 1, "missing.geojson");
    folder.bad("borders --against a.geojson -o a.geojson", 2, "does not write");
}
