//! Areas of zones against closed rings of geodesics, dense grids, the layers' own
//! areas, and each other; every difference within the bound that is given.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use durand::analysis::{Window, WindowPolygons, ZoneAreas, zone_areas, zone_areas_by};
use durand::geodesy::{LonLat, Segment, cell_area_m2, direct, ring_area_m2};
use durand::index::StudyIndex;
use durand::model::{Area, Border, Side};
use geo::{LineString, MultiPolygon, Polygon};
use rayon::prelude::*;
use std::sync::Arc;

const BREAKS_M: [f64; 5] = [5_000.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0];

fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).unwrap()
}

fn index_of(parts: &[Vec<LonLat>]) -> StudyIndex {
    let border = Border::new("line", "L", "R", parts.to_vec()).unwrap();
    StudyIndex::new(border, Vec::new(), Vec::new())
}

/// The ground within `off_m` of one geodesic on one side, km²: a ring of places
/// that far off it, found by Karney's direct problem, dense enough to be within a
/// millimetre of the curve.
fn beside_km2(line: &Segment, off_m: f64, left: bool) -> f64 {
    let turn = if left { -90.0 } else { 90.0 };
    let mut ring = vec![line.start];
    let steps = (line.length_m / 200.0).ceil().max(1.0) as usize;
    ring.extend((1..=steps).map(|i| line.at(line.length_m * i as f64 / steps as f64).0));
    let quarter = 2_000;
    let arc = |i: usize| turn * i as f64 / f64::from(quarter);
    ring.extend((0..quarter as usize).map(|i| direct(line.end, line.azimuth_end + arc(i), off_m)));
    ring.extend((0..=steps).rev().map(|i| {
        let (place, azimuth) = line.at(line.length_m * i as f64 / steps as f64);
        direct(place, azimuth + turn, off_m)
    }));
    let back = line.azimuth + 180.0;
    ring.extend((0..quarter as usize).rev().map(|i| direct(line.start, back - arc(i), off_m)));
    ring_area_m2(ring).abs() / 1e6
}

/// One geodesic: a meridian, the equator, an oblique one, and one so short that
/// its zones are caps.
#[test]
fn zones_of_one_geodesic_have_the_areas_of_their_rings() {
    for (start, end) in [
        (at(70.0, 30.0), at(70.0, 34.0)),
        (at(70.0, 0.0), at(73.0, 0.0)),
        (at(66.0, 30.0), at(71.0, 33.5)),
        (at(70.0, 60.0), at(70.0, 60.000_01)),
    ] {
        let line = Segment::new(start, end);
        let breaks_m = [5_000.0, 20_000.0, 100_000.0];
        let areas = zone_areas(&index_of(&[vec![start, end]]), &breaks_m, &Window::Everywhere);
        for (side, left) in [(0, true), (1, false)] {
            let mut within = 0.0;
            for (zone, &break_m) in breaks_m.iter().enumerate() {
                let known = beside_km2(&line, break_m, left);
                within += areas.zones_km2[side][zone];
                let bound: f64 = areas.zone_errors_km2[side][..=zone].iter().sum();
                let off = within - known;
                println!(
                    "{start} {end} {side} {break_m}: {known:.6} off {off:.2e} bound {bound:.2e}"
                );
                assert!(off.abs() <= bound + 1e-6, "{start} {end} {side} {break_m} {off} {bound}");
                assert!(bound / known < 2e-5, "{bound} {known}");
            }
        }
    }
}

fn default_areas(index: &StudyIndex) -> ZoneAreas {
    zone_areas(index, &BREAKS_M, &Window::Countries)
}

#[test]
fn the_bound_is_small_and_whole_sides_are_the_two_countries() {
    let index = common::bundled_index();
    let areas = default_areas(&index);
    assert!(areas.relative_error_max() < 1e-5, "{}", areas.relative_error_max());
    let mut km2 = std::collections::BTreeMap::new();
    for area in &index.districts.areas {
        let rings =
            area.shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let sum: f64 = rings.map(|ring| ring_area_m2(ring.coords().map(|c| at(c.x, c.y)))).sum();
        *km2.entry(area.country.clone()).or_insert(0.0) += sum / 1e6;
    }
    let [left, right] = areas.whole_km2.unwrap();
    // Afghanistan's edge along the line is the line, so its side is its polygons.
    assert!((left / km2["Afghanistan"] - 1.0).abs() < 1e-4, "{left} {km2:?}");
    // Pakistan's side gains the gaps and loses the overlaps: about 300 km² of 876,000.
    assert!((right / km2["Pakistan"] - 1.0).abs() < 1e-3, "{right} {km2:?}");
    // One zone of 100 km has the area of the five together.
    let one = zone_areas(&index, &[100_000.0], &Window::Countries);
    for side in 0..2 {
        let sum: f64 = areas.zones_km2[side].iter().sum();
        let bound: f64 =
            areas.zone_errors_km2[side].iter().sum::<f64>() + one.zone_errors_km2[side][0];
        assert!((one.zones_km2[side][0] - sum).abs() <= bound, "{sum} {one:?} {bound}");
    }
}

#[test]
fn reversing_the_line_swaps_the_sides() {
    let index = common::bundled_index();
    let places: Vec<LonLat> = index.border.parts()[0].iter().copied().step_by(7).collect();
    let turned: Vec<LonLat> = places.iter().rev().copied().collect();
    let [one, other] =
        [places, turned].map(|part| zone_areas(&index_of(&[part]), &BREAKS_M, &Window::Everywhere));
    for side in 0..2 {
        for zone in 0..BREAKS_M.len() {
            let off = one.zones_km2[side][zone] - other.zones_km2[1 - side][zone];
            let bound = one.zone_errors_km2[side][zone] + other.zone_errors_km2[1 - side][zone];
            assert!(off.abs() <= bound, "{side} {zone} {off} {bound}");
        }
    }
}

/// By province, every sum is that of the zones: nothing is lost in gaps between
/// the layers and nothing counts twice where they overlap.
#[test]
fn provinces_add_up_to_the_zones() {
    let index = common::bundled_index();
    let districts = &index.districts.areas;
    let mut names: Vec<_> = districts.iter().map(|d| (&d.country, &d.province)).collect();
    names.sort();
    names.dedup();
    let labels: Vec<usize> = districts
        .iter()
        .map(|d| names.binary_search(&(&d.country, &d.province)).unwrap())
        .collect();
    let parts = zone_areas_by(&index, &BREAKS_M, &labels, names.len());
    let areas = default_areas(&index);
    for side in 0..2 {
        for zone in 0..BREAKS_M.len() {
            let sum: f64 = parts.iter().map(|p| p.zones_km2[side][zone]).sum();
            let bound: f64 = parts.iter().map(|p| p.zone_errors_km2[side][zone]).sum::<f64>()
                + areas.zone_errors_km2[side][zone];
            let off = sum - areas.zones_km2[side][zone];
            println!("{side} {zone}: {off:.4} km², bound {bound:.4}");
            assert!(off.abs() <= bound, "{side} {zone} {off} {bound}");
            assert!(bound < 1e-4 * sum, "{bound} {sum}");
        }
        // Near the line a side is its country's.
        let other = index.border.country(Side::BOTH[1 - side]);
        let foreign = parts.iter().zip(&names).filter(|(_, name)| name.0 == other);
        let km2: f64 = foreign.map(|(part, _)| part.zones_km2[side][0]).sum();
        assert!(km2 < 5.0, "{km2}");
    }
}

fn window(rings: &[&[(f64, f64)]]) -> Window {
    let areas = rings.iter().map(|ring| Area {
        country: String::new(),
        province: String::new(),
        district: None,
        code: None,
        shape: MultiPolygon(vec![Polygon::new(LineString::from(ring.to_vec()), vec![])]),
    });
    Window::Polygons(Arc::new(WindowPolygons::new("w.geojson".into(), areas.collect())))
}

/// A window of overlapping polygons across the line and two contours, against a
/// grid of two million places.
#[test]
fn a_window_of_polygons_agrees_with_a_dense_grid() {
    let index = common::bundled_index();
    let breaks_m = [5_000.0, 20_000.0];
    let window = window(&[
        &[(70.0, 33.6), (70.5, 33.62), (70.46, 34.0), (70.2, 33.9), (70.03, 34.0), (70.0, 33.6)],
        &[(70.3, 33.7), (70.62, 33.71), (70.6, 34.03), (70.3, 33.7)],
    ]);
    let areas = zone_areas(&index, &breaks_m, &window);
    let (west, south, columns, rows) = (69.98, 33.58, 1_400, 1_000);
    let step = 0.000_48;
    let rows: Vec<[[f64; 3]; 2]> = (0..rows)
        .into_par_iter()
        .map(|row| {
            let mut sums = [[0.0; 3]; 2];
            let lat = south + (f64::from(row) + 0.5) * step;
            let m2 = cell_area_m2(0.0, lat - 0.5 * step, step, lat + 0.5 * step);
            for column in 0..columns {
                let p = at(west + (f64::from(column) + 0.5) * step, lat);
                let found = index.line.locate(p);
                if window.holds(&index, p, &found) {
                    let zone = breaks_m.iter().take_while(|b| **b <= found.distance_m).count();
                    sums[usize::from(found.side == Some(Side::Right))][zone] += m2;
                }
            }
            sums
        })
        .collect();
    let whole = areas.whole_km2.unwrap();
    for side in 0..2 {
        let seen = |zone: usize| rows.iter().map(|row| row[side][zone]).sum::<f64>() / 1e6;
        for zone in 0..2 {
            let off = areas.zones_km2[side][zone] - seen(zone);
            println!("{side} {zone} {} off {off:.4}", areas.zones_km2[side][zone]);
            assert!(off.abs() < 0.08, "{side} {zone} {off}");
        }
        assert!((whole[side] - (seen(0) + seen(1) + seen(2))).abs() < 0.08, "{whole:?}");
    }
    assert!(whole[0] > 100.0 && whole[1] > 100.0, "{whole:?}");
    assert!(areas.relative_error_max() < 1e-4);
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
        let found = durand::analysis::locate_one(at(lon, lat), None, &index);
        let side = found.side.unwrap();
        assert_eq!(index.border.country(side), country, "{lon} {lat}");
        assert_eq!(found.placement.names(&index).country, country, "{lon} {lat}");
    }
}
