//! Zone areas against the areas of the layers themselves and a finer run.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use durand::analysis::{Window, zone_areas, zone_areas_to_depth};
use durand::geodesy::{LonLat, ring_area_m2};

const BREAKS_M: [f64; 5] = [5_000.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0];

#[test]
fn whole_sides_add_up_to_the_two_countries() {
    let index = common::bundled_index();
    let areas = zone_areas(&index, &BREAKS_M, &Window::Countries);
    let mut km2 = std::collections::BTreeMap::new();
    for area in &index.districts.areas {
        let sum: f64 = area
            .shape
            .iter()
            .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
            .map(|ring| ring_area_m2(ring.coords().map(|c| LonLat::new(c.x, c.y).unwrap())))
            .sum();
        *km2.entry(area.country.clone()).or_insert(0.0) += sum / 1e6;
    }
    let [left, right] = areas.whole_km2.unwrap();
    println!("{areas:?}\n{km2:?}");
    // Afghanistan's edge along the line is the line, so its side is its polygons.
    assert!((left / km2["Afghanistan"] - 1.0).abs() < 1e-4, "{left} {km2:?}");
    // Pakistan's side gains the gaps and loses the overlaps: about 300 km² of 876,000.
    assert!((right / km2["Pakistan"] - 1.0).abs() < 1e-3, "{right} {km2:?}");
}

#[test]
fn zones_agree_with_a_finer_run_and_nest() {
    let index = common::bundled_index();
    let coarse = zone_areas(&index, &BREAKS_M, &Window::Countries);
    let fine = zone_areas_to_depth(&index, &BREAKS_M, Window::Countries, 8);
    for side in 0..2 {
        for (a, b) in coarse.zones_km2[side].iter().zip(&fine.zones_km2[side]) {
            println!("{a} {b} {}", a / b - 1.0);
            assert!((a / b - 1.0).abs() < 2e-4, "{a} {b}");
        }
        // One zone of 100 km has the area of the five together.
        let one = zone_areas(&index, &[100_000.0], &Window::Countries);
        let sum: f64 = coarse.zones_km2[side].iter().sum();
        assert!((one.zones_km2[side][0] / sum - 1.0).abs() < 2e-4);
    }
}

#[test]
fn sides_hold_beyond_the_ends_of_the_line() {
    let index = common::bundled_index();
    for (lon, lat, country) in [
        (75.63, 35.30, "Pakistan"),   // Skardu
        (76.8, 35.5, "Pakistan"),     // Siachen
        (74.9, 36.8, "Pakistan"),     // north-eastern Hunza
        (62.33, 25.12, "Pakistan"),   // Gwadar
        (67.0, 24.86, "Pakistan"),    // Karachi
        (62.2, 34.35, "Afghanistan"), // Herat
        (73.5, 37.2, "Afghanistan"),  // Wakhan
        (62.2, 30.8, "Afghanistan"),  // Nimroz
    ] {
        let at = LonLat::new(lon, lat).unwrap();
        let found = durand::analysis::locate_one(at, None, &index);
        let side = found.side.unwrap();
        assert_eq!(index.border.country(side), country, "{lon} {lat}");
        assert_eq!(found.placement.names(&index).country, country, "{lon} {lat}");
    }
}
