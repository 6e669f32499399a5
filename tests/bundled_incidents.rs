//! The hand-kept incidents are complete, consistent and where they say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use durand::bundled;
use durand::io::Shape;
use geo::{Contains, Point};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn incidents_are_complete_and_in_the_region() {
    let mut reader = csv::Reader::from_reader(bundled::INCIDENTS.as_bytes());
    let mut ids = BTreeSet::new();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 70);
    for row in &rows {
        assert!(ids.insert(&row["id"]), "{row:?}");
        assert!(row["date"].parse::<durand::model::Date>().is_ok(), "{row:?}");
        assert!(row["precision"].parse::<durand::model::Precision>().is_ok(), "{row:?}");
        assert_ne!(durand::model::Kind::from_words(&row["category"]), durand::model::Kind::Other);
        let (lon, lat): (f64, f64) = (row["lon"].parse().unwrap(), row["lat"].parse().unwrap());
        assert!((60.5..75.5).contains(&lon) && (28.5..37.5).contains(&lat), "{row:?}");
        let counts: Vec<u32> = ["fatalities_low", "fatalities_best", "fatalities_high"]
            .iter()
            .filter_map(|&column| Some(&row[column]).filter(|cell| !cell.is_empty()))
            .map(|cell| cell.parse().unwrap())
            .collect();
        assert!(counts.is_sorted(), "{row:?}");
        assert!(["High", "Medium", "Low"].contains(&row["confidence"].as_str()), "{row:?}");
        assert!(row["source"].contains("http"), "{row:?}");
        assert!(!row["coordinate_source"].is_empty(), "{row:?}");
    }
    assert!(!bundled::INCIDENTS.contains('\r'));
}

/// But for one whose point is known to be some 5 km off.
#[test]
fn incidents_lie_in_the_provinces_they_name() {
    let layer = durand::io::read_geojson("provinces", bundled::PROVINCES.as_bytes()).unwrap();
    let mut reader = csv::Reader::from_reader(bundled::INCIDENTS.as_bytes());
    for row in reader.deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let point = Point::new(row["lon"].parse::<f64>().unwrap(), row["lat"].parse().unwrap());
        let found = layer.features.iter().any(|province| match &province.shape {
            Shape::Polygons(shape) => {
                province.properties["province"] == row["province"] && shape.contains(&point)
            }
            _ => false,
        });
        assert!(found || row["place"] == "Bahram Chah", "{row:?}");
    }
}
