//! `durand zones`, as its users run it.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use program::{Folder, rows};
use serde_json::Value;

/// Incidents on a lattice round Parachinar, those near the line three times.
fn table() -> String {
    let mut table = "lon,lat,date\n".to_owned();
    for i in 0..15 {
        for k in 0..15 {
            let (lon, lat) = (69.3 + 0.1 * f64::from(i), 33.1 + 0.1 * f64::from(k));
            let times = if lat < 33.3 || (33.9..34.1).contains(&lat) { 3 } else { 1 };
            for _ in 0..times {
                table.push_str(&format!("{lon:.3},{lat:.3},2020-01-01\n"));
            }
        }
    }
    table
}

const SQUARE: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},
"geometry":{"type":"Polygon","coordinates":[[[69.95,33.55],[70.65,33.55],[70.65,34.05],[69.95,34.05],[69.95,33.55]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[70.0,34.0]}}]}"#;

fn number(row: &std::collections::BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

#[test]
fn a_window_of_polygons_counts_ground_and_incidents_alike() {
    let folder = Folder::new("window").with("in.csv", table()).with("w/square.geojson", SQUARE);
    let run = folder.good(
        "zones in.csv --window w/square.geojson -o z.csv -o z.json -o z.geojson -o z.md -o z.svg",
    );
    assert!(
        run.err.contains("lie outside the window square.geojson and are filtered"),
        "{}",
        run.err
    );
    assert!(run.err.contains("a window is made of polygons"), "{}", run.err);
    let zones = rows(&folder.read("z.csv"));
    let whole: Vec<_> = zones.iter().filter(|row| row["to_km"].is_empty()).collect();
    let km2: f64 = whole.iter().map(|row| number(row, "area_km2")).sum();
    // 0.7° by 0.5° at 33.8°.
    let square = durand::geodesy::cell_area_m2(69.95, 33.55, 70.65, 34.05) / 1e6;
    assert!((km2 - square).abs() < 0.2, "{km2} {square}");
    let counted: f64 = whole.iter().map(|row| number(row, "incidents")).sum();
    let json: Value = serde_json::from_str(&folder.read("z.json")).unwrap();
    let counts = &json["provenance"]["counts"];
    let of = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!(of("read"), of("used") + of("rejected") + of("filtered"));
    assert!(of("filtered") > 0 && counted == of("used") as f64, "{counts} {counted}");
    assert!(json["area_relative_error_max"].as_f64().unwrap() < 1e-4);
    assert!(json["provenance"].to_string().contains("\"window\":\"square.geojson\""));
    assert!(!json.to_string().contains("w/square"));
    assert!(folder.read("z.md").contains("no zone's is wrong by more than"));
    let map: Value = serde_json::from_str(&folder.read("z.geojson")).unwrap();
    assert_eq!(map["window"], "square.geojson");
    for feature in map["features"].as_array().unwrap() {
        let Some(polygons) = feature["geometry"]["coordinates"].as_array() else { continue };
        let text = serde_json::to_string(polygons).unwrap();
        let numbers = text.split(['[', ']', ',']).filter_map(|n| n.parse::<f64>().ok());
        assert!(
            numbers
                .into_iter()
                .all(|n| (33.549..34.051).contains(&n) || (69.949..70.651).contains(&n))
        );
    }
    folder.bad("zones in.csv --window w/none.geojson -o a.csv", 1, "none.geojson");
    folder.bad("zones in.csv --window w/square.geojson -o w/square.geojson", 2, "is an input");
    folder.bad(
        "zones in.csv --window w/square.geojson --areas-by country -o a.csv",
        2,
        "window of the two countries",
    );
}

#[test]
fn areas_by_country_stand_beside_the_table() {
    let folder = Folder::new("areas-by").with("in.csv", table());
    folder.good("zones in.csv --breaks-km 10,50 --areas-by country -o z.csv -o z.md");
    assert_eq!(folder.names(), ["in.csv", "z.areas.csv", "z.areas.md", "z.csv", "z.md"]);
    let (zones, parts) = (rows(&folder.read("z.csv")), rows(&folder.read("z.areas.csv")));
    for zone in &zones {
        let same =
            |row: &&_| ["side", "from_km", "to_km"].iter().all(|c| zone[*c] == row_of(row, c));
        let of: Vec<_> = parts.iter().filter(same).collect();
        let sum: f64 = of.iter().map(|row| number(row, "area_km2")).sum();
        assert!((sum - number(zone, "area_km2")).abs() < 1.0, "{zone:?} {sum}");
    }
    folder.bad("zones in.csv --areas-by district -o z.csv", 2, "expected country or province");
    folder.bad("zones in.csv --areas-by country -o z.svg", 2, "stand beside a table");
}

fn row_of(row: &std::collections::BTreeMap<String, String>, column: &str) -> String {
    row[column].clone()
}

#[test]
fn other_lines_give_every_zone_a_lowest_and_a_highest_count() {
    let folder = Folder::new("zone-lines").with("in.csv", table()).with("w.geojson", SQUARE);
    folder.good(
        "zones in.csv --window w.geojson --border-sources all -o z.csv -o z.json -o z.md -o z.tex",
    );
    let zones = rows(&folder.read("z.csv"));
    let mut moved = 0.0;
    for zone in &zones {
        let [low, high] =
            ["low", "high"].map(|end| number(zone, &format!("incidents_lines_{end}")));
        let own = number(zone, "incidents");
        assert!(low <= own && own <= high, "{zone:?}");
        let expected = number(zone, "incidents_expected");
        assert!(number(zone, "incidents_expected_lines_low") <= expected + 0.01);
        assert!(number(zone, "incidents_expected_lines_high") >= expected - 0.01);
        moved += high - low;
    }
    assert!(moved > 0.0);
    let json: Value = serde_json::from_str(&folder.read("z.json")).unwrap();
    assert_eq!(json["other_lines"].as_array().unwrap().len(), 2);
    assert!(json["provenance"]["inputs"].to_string().contains("border_natural_earth.geojson"));
    assert!(folder.read("z.md").contains("depends on who drew the line"));
    folder.good("zones in.csv --window w.geojson -o own.csv");
    assert!(!folder.read("own.csv").contains("incidents_lines_low"));
    folder.bad("zones in.csv --border-sources every -o z.csv", 2, "expected own or all");
}

#[test]
fn nearness_is_drawn_and_its_seed_decides() {
    let folder = Folder::new("nearness").with("in.csv", table()).with("w.geojson", SQUARE);
    folder.good("zones in.csv --window w.geojson --as nearness -o n.svg -o n.json --seed 1");
    folder.good("zones in.csv --window w.geojson --as nearness -o m.svg -o m.json --threads 1");
    folder.good("zones in.csv --window w.geojson -o o.json --seed 2");
    assert_eq!(folder.read("n.svg"), folder.read("m.svg"));
    let curve = |name: &str| {
        let json: Value = serde_json::from_str(&folder.read(name)).unwrap();
        assert!(json["near_the_line"]["p_value"].as_f64().unwrap() > 0.0);
        json["near_the_line"].to_string()
    };
    assert_eq!(curve("n.json"), curve("m.json"));
    assert_ne!(curve("n.json"), curve("o.json"));
    assert!(folder.read("o.json").contains("\"seed\": 2"));
    folder.bad("zones bundled --window w.geojson --as nearness -o n.svg", 2, "chosen for the line");
}

/// People who live as evenly as the ground make the ground's curve; where all live
/// by the line, incidents are no nearer than they.
#[test]
fn nearness_is_tested_against_people_too() {
    let grid = |people: &dyn Fn(f64, f64) -> f64| {
        let cell = 0.05;
        let mut text =
            "ncols 360\nnrows 220\nxllcorner 60\nyllcorner 28\ncellsize 0.05\n".to_owned();
        for row in 0..220 {
            for column in 0..360 {
                let (lon, lat) =
                    (60.0 + cell * f64::from(column), 39.0 - cell * f64::from(row + 1));
                let km2 = durand::geodesy::cell_area_m2(lon, lat, lon + cell, lat + cell) / 1e6;
                text.push_str(&format!("{:.4} ", km2 * people(lon, lat)));
            }
            text.push('\n');
        }
        text
    };
    let by_the_pass = |lon: f64, lat: f64| f64::from((lon - 71.1).hypot(lat - 34.1) < 0.15);
    let folder = Folder::new("people")
        .with("in.csv", table())
        .with("even.asc", grid(&|_, _| 2.0))
        .with("pass.asc", grid(&by_the_pass))
        .with("far.asc", grid(&|lon, _| f64::from(lon > 77.0)));
    let json = |people: &str| -> Value {
        folder.good(&format!(
            "zones in.csv --population {people} --as nearness -o n.json -o n.svg -o n.md"
        ));
        serde_json::from_str(&folder.read("n.json")).unwrap()
    };
    let found = json("even.asc");
    let shares = |of: &str| -> Vec<f64> {
        let curve = found[of]["curve"].as_array().unwrap();
        curve.iter().map(|w| w["ground_share"].as_f64().unwrap()).collect()
    };
    let (ground, people) = (shares("near_the_line"), shares("near_the_line_by_people"));
    assert_eq!(ground.len(), people.len());
    for (ground, people) in ground.iter().zip(&people) {
        assert!((ground - people).abs() < 0.005, "{ground} {people}");
    }
    assert!(found["provenance"].to_string().contains("\"role\":\"people\""));
    assert!(folder.read("n.svg").contains("People: even.asc"));
    let found = json("pass.asc");
    let p = |of: &str| found[of]["p_value"].as_f64().unwrap();
    assert!(p("near_the_line") < 0.05 && p("near_the_line_by_people") > 0.5, "{found}");
    assert!(folder.read("n.md").contains("of the people live"), "{}", folder.read("n.md"));
    folder.bad("zones in.csv --population far.asc -o n.json", 2, "nobody lives within 100 km");
    folder.bad("zones in.csv --population in.csv -o n.json", 1, "ASCII grid");
    folder.bad("zones bundled --population even.asc -o n.json", 2, "chosen for the line");
}
