//! A ratio of densities as CSV and tolerance contours, and the JSON beside them.

use super::raster::{RasterError, frame_json, lines_geojson, millionths, number};
use super::{Provenance, fixed};
use crate::analysis::{Against, LEAST_INCIDENTS, RelativeGrid, Tail, isolines};
use serde_json::{Value, json};
use std::fmt::Write;

/// Contours are drawn where fewer draws than this are as extreme.
const LEVEL: f64 = 0.05;

/// Cell centres: `x_m, y_m, lon, lat, ratio, log_ratio, p_higher, p_lower,
/// incidents_here`; the four before the last are empty where masked. Handed on
/// row by row.
///
/// # Errors
/// Those of `out`.
pub fn relative_csv<E>(
    grid: &RelativeGrid,
    mut out: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut text =
        String::from("x_m,y_m,lon,lat,ratio,log_ratio,p_higher,p_lower,incidents_here\n");
    let lattice = &grid.frame.lattice;
    for row in 0..lattice.rows {
        for column in 0..lattice.columns {
            let (x, y) = lattice.centre(column, row);
            let Some(at) = grid.frame.position(column, row) else { continue };
            let i = row * lattice.columns + column;
            let here = grid.incidents_here[i];
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "{},{},{},{},",
                fixed(x, 3),
                fixed(y, 3),
                fixed(at.lon(), 8),
                fixed(at.lat(), 8)
            );
            let _ = if here < LEAST_INCIDENTS {
                writeln!(text, ",,,,{}", number(here))
            } else {
                let log = grid.log_ratio[i];
                writeln!(
                    text,
                    "{},{},{},{},{}",
                    number(log.exp()),
                    number(log),
                    number(grid.p(Tail::Higher, i)),
                    number(grid.p(Tail::Lower, i)),
                    number(here)
                )
            };
        }
        out(&text)?;
        text.clear();
    }
    Ok(())
}

/// Tolerance contours as GeoJSON: `ratio` is `higher` or `lower`, and `p` the
/// share of draws that are as extreme on the line.
///
/// # Errors
/// When the lines cannot be traced.
pub fn relative_contours(
    grid: &RelativeGrid,
    provenance: &Provenance,
) -> Result<String, RasterError> {
    let mut features = Vec::new();
    for (name, tail) in [("higher", Tail::Higher), ("lower", Tail::Lower)] {
        let lines =
            isolines(&grid.frame, &grid.p_values(tail), &[LEVEL])?.into_iter().flatten().collect();
        features.push((json!({ "ratio": name, "p": LEVEL }), lines));
    }
    Ok(lines_geojson(features.into_iter(), provenance))
}

/// The JSON beside a raster or table of cells.
pub fn relative_sidecar(grid: &RelativeGrid, provenance: &Provenance) -> String {
    let mut document = frame_json(&grid.frame);
    let shown = grid.incidents_here.iter().filter(|n| **n >= LEAST_INCIDENTS).count();
    let own = json!({
        "unit": "natural logarithm of the ratio of two densities",
        "against": match grid.against {
            Against::All => "all incidents",
            Against::Rest => "the other incidents",
        },
        "kernel": grid.settings.kernel.word(),
        "bandwidth_m": grid.bandwidth_m,
        "bandwidth_rule": grid.settings.bandwidth.rule(),
        "adaptive_bandwidth_m": grid.bandwidth_range_m,
        "edge": grid.settings.edge.word(),
        "barrier": if grid.across.is_some() { "border" } else { "none" },
        "n": grid.all,
        "n_first_group": grid.cases,
        "left_out_outside_extent": grid.n_outside,
        "simulations": grid.tolerance.simulations,
        "seed": grid.tolerance.seed,
        "masked_below_incidents": LEAST_INCIDENTS,
        "share_of_cells_masked":
            millionths(1.0 - shown as f64 / grid.incidents_here.len().max(1) as f64),
        "provenance": provenance.json(),
    });
    if let (Some(document), Value::Object(own)) = (document.as_object_mut(), own) {
        document.extend(own);
    }
    format!("{document:#}\n")
}
