//! The buffer zones as GeoJSON: one feature a side and zone.

use super::Provenance;
use super::zones_table::zone_json;
use crate::analysis::{ZoneShapes, Zones};
use crate::model::Side;
use geo::{LineString, MultiPolygon};
use serde_json::{Value, json};

/// Polygons of the zones with the table's columns as properties, in the table's
/// order; what is not known is `null`, as is the geometry of a zone that the
/// window leaves nothing of.
///
/// Rings run as RFC 7946 asks, coordinates have six decimals (a tenth of a
/// metre). The members `window` and `provenance` of the collection tell what
/// the polygons are cut to and where they came from.
pub fn zones_geojson(zones: &Zones, shapes: &ZoneShapes, provenance: &Provenance) -> String {
    let mut features = Vec::new();
    for (side, polygons) in Side::BOTH.iter().zip(&shapes.zones) {
        let rows = zones.rows.iter().filter(|row| row.side == *side && row.to_m.is_finite());
        for (row, shape) in rows.zip(polygons) {
            let coordinates = coordinates(shape);
            let geometry = if coordinates.is_empty() {
                Value::Null
            } else {
                json!({ "type": "MultiPolygon", "coordinates": coordinates })
            };
            let properties = zone_json(zones, row);
            let feature =
                json!({ "type": "Feature", "properties": properties, "geometry": geometry });
            features.push(feature.to_string());
        }
    }
    format!(
        "{{\"type\":\"FeatureCollection\",\"window\":{},\"provenance\":{},\"features\":[\n{}\n]}}\n",
        json!(shapes.window),
        provenance.line(),
        features.join(",\n")
    )
}

pub(super) fn coordinates(shape: &MultiPolygon<f64>) -> Vec<Vec<Vec<[f64; 2]>>> {
    let polygons = shape.iter().map(|polygon| {
        let mut rings = vec![ring(polygon.exterior())];
        // Without its exterior a polygon has no holes either.
        if rings[0].len() > 3 {
            rings.extend(polygon.interiors().iter().map(ring).filter(|r| r.len() > 3));
        }
        rings
    });
    polygons.filter(|rings| rings[0].len() > 3).collect()
}

fn ring(line: &LineString<f64>) -> Vec<[f64; 2]> {
    let round = |v: f64| (v * 1e6).round() / 1e6;
    let mut ring: Vec<[f64; 2]> = line.coords().map(|c| [round(c.x), round(c.y)]).collect();
    ring.dedup();
    ring
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Zone;
    use crate::report::Tally;
    use geo::polygon;

    #[test]
    fn features_carry_the_table_and_an_empty_zone_no_geometry() {
        let row = |side, from_m, to_m, rate| Zone {
            side,
            from_m,
            to_m,
            area_km2: Some(1200.04),
            incidents: 3,
            expected: 2.5,
            low: 1,
            high: 4,
            share: 0.75,
            per_1000km2: rate,
            fatalities_best: None,
            fatalities_low: None,
            fatalities_high: Some(9),
            fatalities_expected: None,
            rate: None,
            ratio_next: None,
            ratio_across: None,
            area_error_km2: None,
            lines: None,
        };
        let zones = Zones {
            names: ["L".into(), "R".into()],
            breaks_m: vec![5_000.0],
            rows: vec![
                row(Side::Left, 0.0, 5_000.0, Some(2.5)),
                row(Side::Right, 0.0, 5_000.0, None),
                row(Side::Left, 0.0, f64::INFINITY, None),
            ],
            within: Vec::new(),
            years: None,
            counted: 4,
            on_line: 0,
            unlocated: 0,
            unstated: 0,
            unknown_toll: 0,
            tally: crate::analysis::RegionTally::default(),
            near: None,
            near_people: None,
            lines: Vec::new(),
        };
        let square = polygon![(x: 70.0, y: 34.0), (x: 70.12345678, y: 34.0), (x: 70.0, y: 34.1)];
        let nothing = MultiPolygon::new(Vec::new());
        let shapes = ZoneShapes {
            zones: [vec![MultiPolygon::new(vec![square])], vec![nothing]],
            window: "none".into(),
        };
        let provenance = Provenance {
            command: "zones".into(),
            settings: serde_json::Map::new(),
            tally: Tally::default(),
            inputs: Vec::new(),
        };
        let text = zones_geojson(&zones, &shapes, &provenance);
        let value: Value = serde_json::from_str(&text).unwrap();
        let features = value["features"].as_array().unwrap();
        assert_eq!((features.len(), &value["window"]), (2, &json!("none")));
        assert_eq!(value["provenance"]["command"], "zones");
        let properties = &features[0]["properties"];
        assert_eq!(properties["side"], "L");
        assert_eq!((&properties["to_km"], &properties["area_km2"]), (&json!(5), &json!(1200.0)));
        assert_eq!(properties["fatalities_best"], Value::Null);
        assert_eq!(
            features[0]["geometry"]["coordinates"],
            json!([[[[70.0, 34.0], [70.123457, 34.0], [70.0, 34.1], [70.0, 34.0]]]])
        );
        assert_eq!(features[1]["geometry"], Value::Null);
    }
}
