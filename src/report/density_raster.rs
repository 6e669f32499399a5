//! A density surface as CSV and isolines, and the JSON beside them.

use super::raster::{RasterError, frame_json, lines_geojson, millionths, number};
use super::{Provenance, fixed};
use crate::analysis::{DensityGrid, isolines};
use serde_json::{Value, json};
use std::fmt::Write;

/// Cell centres: `x_m, y_m, lon, lat, per_km2`, handed on row by row: the text
/// is several times as large as the grid.
///
/// # Errors
/// Those of `out`.
pub fn density_csv<E>(
    grid: &DensityGrid,
    mut out: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut text = String::from("x_m,y_m,lon,lat,per_km2\n");
    let lattice = &grid.frame.lattice;
    for row in 0..lattice.rows {
        for column in 0..lattice.columns {
            let (x, y) = lattice.centre(column, row);
            let Some(at) = grid.frame.position(column, row) else { continue };
            let value = grid.per_km2[row * lattice.columns + column];
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{},{},{},{},{}",
                fixed(x, 3),
                fixed(y, 3),
                fixed(at.lon(), 8),
                fixed(at.lat(), 8),
                number(value)
            );
        }
        out(&text)?;
        text.clear();
    }
    Ok(())
}

/// Round levels, 1–2–5 to the decade, per km²: the five or six below the peak.
pub fn levels(grid: &DensityGrid) -> Vec<f64> {
    let peak = grid.peak();
    if !(peak.is_finite() && peak > 0.0) {
        return Vec::new();
    }
    let top = peak.log10().floor() as i32;
    let mut levels: Vec<f64> = (top - 2..=top)
        .flat_map(|decade| [1.0, 2.0, 5.0].map(|m| (m, decade)))
        // Through text, so that 5·10⁻³ is the number a reader would write.
        .filter_map(|(m, decade)| format!("{m}e{decade}").parse::<f64>().ok())
        .filter(|&level| level < peak)
        .collect();
    let extra = levels.len().saturating_sub(6);
    levels.drain(..extra);
    levels
}

/// Isolines at [`levels`] as GeoJSON, each with `per_km2` and `per_1000km2`,
/// traced by marching squares between cell centres: closed, or ending at the
/// outermost centres. Where nothing is smoothed across the line they end there.
///
/// # Errors
/// When the lines cannot be traced.
pub fn density_isolines(
    grid: &DensityGrid,
    provenance: &Provenance,
) -> Result<String, RasterError> {
    let levels = levels(grid);
    let traced = isolines(&grid.frame, &grid.per_km2, &levels)?;
    let features = traced
        .into_iter()
        .zip(&levels)
        .map(|(lines, level)| (json!({ "per_km2": level, "per_1000km2": level * 1000.0 }), lines));
    Ok(lines_geojson(features, provenance))
}

/// The JSON beside a raster or table of cells.
pub fn sidecar(grid: &DensityGrid, provenance: &Provenance) -> String {
    let mut document = frame_json(&grid.frame);
    let own = json!({
        "unit": format!("{} per km²", grid.counted),
        "kernel": grid.kernel.word(),
        "bandwidth_m": grid.bandwidth_m,
        "bandwidth_rule": grid.bandwidth_rule,
        "adaptive_bandwidth_m": grid.bandwidth_range_m,
        "edge": grid.edge.word(),
        "barrier": if grid.barrier.is_some() { "border" } else { "none" },
        "n": grid.n,
        "left_out_outside_extent": grid.n_outside,
        "share_spread_over_regions": millionths(grid.spread_share),
        "weight": grid.weight,
        "share_inside_extent": millionths(grid.share_inside),
        "peak_per_km2": grid.peak(),
        "summation": grid.method,
        "error_bound_of_peak": grid.error_bound,
        "provenance": provenance.json(),
    });
    if let (Some(document), Value::Object(own)) = (document.as_object_mut(), own) {
        document.extend(own);
    }
    format!("{document:#}\n")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::analysis::{
        Bandwidth, Contributor, DensitySettings, Edge, Kernel, Sources, density,
    };
    use crate::geodesy::{Extent, LonLat, inverse};
    use crate::report::Tally;

    /// The surface of some incidents of weight one.
    fn surface(places: &[(f64, f64)]) -> DensityGrid {
        let at = |&(lon, lat): &(f64, f64)| Contributor::at(LonLat::new(lon, lat).unwrap(), 1.0);
        let settings = DensitySettings {
            kernel: Kernel::Quartic,
            bandwidth: Bandwidth::Fixed(25_000.0),
            adaptive: false,
            edge: Edge::None,
            cell_m: 1_000.0,
            extent: Extent { west: 70.0, south: 33.4, east: 71.0, north: 34.2 },
            counted: "incidents",
        };
        density(&Sources::of(places.iter().map(at)), &settings).unwrap()
    }

    /// The surface of one incident.
    pub(in crate::report) fn grid() -> DensityGrid {
        surface(&[(70.5, 33.8)])
    }

    pub(in crate::report) fn provenance() -> Provenance {
        Provenance {
            command: "density".into(),
            settings: serde_json::Map::new(),
            tally: Tally::default(),
            inputs: Vec::new(),
        }
    }

    #[test]
    fn isolines_run_round_the_incident_at_the_right_distance() {
        let grid = grid();
        let text = density_isolines(&grid, &provenance()).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let centre = LonLat::new(70.5, 33.8).unwrap();
        let features = value["features"].as_array().unwrap();
        assert!(features.len() >= 5);
        for feature in features {
            let level = feature["properties"]["per_km2"].as_f64().unwrap();
            // The kernel inverted: level = 3/(π h²) (1 − u²)², h in km.
            let peak = 3.0 / (std::f64::consts::PI * 625.0);
            let radius_m = 25_000.0 * (1.0 - (level / peak).sqrt()).sqrt();
            for part in feature["geometry"]["coordinates"].as_array().unwrap() {
                for c in part.as_array().unwrap() {
                    let p = LonLat::new(c[0].as_f64().unwrap(), c[1].as_f64().unwrap()).unwrap();
                    let d = inverse(centre, p).distance_m;
                    assert!((d - radius_m).abs() < 400.0, "{level}: {d} {radius_m}");
                }
            }
        }
    }

    #[test]
    fn isolines_close_unless_they_leave_the_grid_and_lie_on_their_level() {
        // Three incidents, one of them near the grid's edge.
        let grid = surface(&[(70.4, 33.8), (70.6, 33.75), (70.98, 33.9)]);
        let value: Value =
            serde_json::from_str(&density_isolines(&grid, &provenance()).unwrap()).unwrap();
        let peak = grid.peak();
        let (mut closed, mut open) = (0, 0);
        for feature in value["features"].as_array().unwrap() {
            let level = feature["properties"]["per_km2"].as_f64().unwrap();
            for part in feature["geometry"]["coordinates"].as_array().unwrap() {
                // In cells from the north-western cell's centre.
                let cells: Vec<(f64, f64)> = part
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|c| {
                        let p = LonLat::new(c[0].as_f64().unwrap(), c[1].as_f64().unwrap());
                        let (x, y) = grid.frame.projection.forward(p.unwrap());
                        (
                            (x - grid.frame.lattice.west_m) / grid.frame.lattice.cell_m - 0.5,
                            (grid.frame.lattice.north_m - y) / grid.frame.lattice.cell_m - 0.5,
                        )
                    })
                    .collect();
                assert!(cells.len() >= 2);
                let (first, last) = (cells[0], cells[cells.len() - 1]);
                if first == last {
                    assert!(cells.len() >= 4);
                    closed += 1;
                } else {
                    open += 1;
                    let (w, h) = (
                        (grid.frame.lattice.columns - 1) as f64,
                        (grid.frame.lattice.rows - 1) as f64,
                    );
                    for (x, y) in [first, last] {
                        let edge = x.min(y).min(w - x).min(h - y);
                        assert!(edge < 1e-3, "an open end at {x} {y} of {w} {h}");
                    }
                }
                for (x, y) in cells {
                    let at = |i: f64, j: f64| {
                        let column = (i.max(0.0) as usize).min(grid.frame.lattice.columns - 1);
                        let row = (j.max(0.0) as usize).min(grid.frame.lattice.rows - 1);
                        grid.per_km2[row * grid.frame.lattice.columns + column]
                    };
                    let (i, j) = ((x + 1e-3).floor(), (y + 1e-3).floor());
                    let (u, v) = ((x - i).max(0.0), (y - j).max(0.0));
                    let north = (1.0 - u) * at(i, j) + u * at(i + 1.0, j);
                    let south = (1.0 - u) * at(i, j + 1.0) + u * at(i + 1.0, j + 1.0);
                    let there = (1.0 - v) * north + v * south;
                    assert!((there - level).abs() < 1e-3 * peak, "{there} {level} at {x} {y}");
                }
            }
        }
        assert!(closed > 0 && open > 0, "{closed} {open}");
    }

    #[test]
    fn levels_are_round_and_below_the_peak() {
        let levels = levels(&grid());
        assert_eq!(levels, [0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001]);
    }
}
