//! Results as files: tables, rasters, isolines, and the record of where each
//! came from.

mod density_raster;
mod distances;
mod profile_table;
mod provenance;
mod raster;
mod relative_raster;
mod zone_polygons;
mod zones_table;

pub use density_raster::{density_csv, density_isolines, levels, sidecar};
pub use distances::{COLUMNS, Numbers, PRECISION_COLUMNS, distance_table};
pub use profile_table::profile_csv;
pub use provenance::{InputFile, Provenance, Tally};
pub use raster::{Band, RasterError, ascii_grid, geotiff, projection_file};
pub use relative_raster::{relative_contours, relative_csv, relative_sidecar};
pub use zone_polygons::zones_geojson;
pub use zones_table::{zones_csv, zones_json, zones_latex, zones_markdown};

/// Writes a number with so many decimals, a minus sign never before a zero.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.starts_with('-') && text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.')) {
        text[1..].to_owned()
    } else {
        text
    }
}
