//! The ground by its distance from the line against the areas of zones.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use durand::analysis::{Window, ground_by_distance, zone_areas};

#[test]
fn the_ground_by_distance_is_that_of_the_zones() {
    let index = common::bundled_index();
    let breaks_m = [5_000.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0];
    let areas = zone_areas(&index, &breaks_m, &Window::Countries);
    let ground = ground_by_distance(&index, 100_000.0, &Window::Countries);
    let both: Vec<f64> = (0..5).map(|i| areas.zones_km2[0][i] + areas.zones_km2[1][i]).collect();
    let all: f64 = both.iter().sum();
    let mut sum = 0.0;
    for (break_m, km2) in breaks_m.iter().zip(&both) {
        sum += km2;
        let at = ground.distances_m.iter().position(|d| (d - break_m).abs() < 1.0).unwrap();
        let off = ground.shares[at] - sum / all;
        println!("{break_m} {off}");
        assert!(off.abs() < 1e-3, "{break_m} {off}");
    }
}
