//! Results as files: tables, rasters, isolines, and the record of where each
//! came from.

mod borders_table;
mod compare_table;
mod distances;
mod hotspots_table;
mod profile_table;
mod provenance;
mod raster;
mod table;
mod zone_polygons;
mod zones_table;

pub use borders_table::{BordersResult, LineResult, borders_document};
pub use compare_table::{
    CompareResult, FALSE_DISCOVERY, compare_document, group_words, is_finding,
};
pub use distances::{COLUMNS, Numbers, PRECISION_COLUMNS, distance_table};
pub use hotspots_table::{hotspots_document, hotspots_geojson, spot_word};
pub use profile_table::profile_csv;
pub use provenance::{InputFile, Provenance, Tally};
pub use raster::{
    RasterError, ascii_grid, density_csv, geotiff, isolines, levels, projection_file, sidecar,
};
pub use table::{Column, Datum, Document, Table};
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
