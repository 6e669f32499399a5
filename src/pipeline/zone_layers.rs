//! The polygons of the zones in the formats of layers: files of their own.

use super::PipelineError;
use super::outputs::{ToldFiles, extension};
use crate::analysis::{ZoneShapes, Zones};
#[cfg(feature = "gpkg")]
use crate::io::geopackage_polygons;
use crate::io::{Output, SHAPEFILE_PARTS, kml_polygons, shapefile_polygons};
#[cfg(feature = "gpkg")]
use crate::report::zones_sheet;
use crate::report::{Provenance, zone_layer, zones_geojson};
use std::path::{Path, PathBuf};

/// Extensions of the formats that hold polygons.
const FORMATS: [&str; 4] = ["geojson", "gpkg", "kml", "shp"];

/// Whether a path is that of a layer of polygons.
pub(super) fn is_layer(path: &Path) -> bool {
    FORMATS.contains(&extension(path).as_str())
}

/// The layers among the outputs. A GeoPackage holds the whole table besides.
///
/// # Errors
/// When a format cannot hold the polygons.
pub(super) fn layer_outputs(
    zones: &Zones,
    shapes: &ZoneShapes,
    provenance: &Provenance,
    outputs: &[PathBuf],
) -> Result<ToldFiles, PipelineError> {
    let mut told = ToldFiles::default();
    for path in outputs.iter().filter(|path| is_layer(path)) {
        let bytes = match extension(path).as_str() {
            "kml" => kml_polygons(&zone_layer(zones, shapes)).into_bytes(),
            "shp" => {
                let (parts, notices) = shapefile_polygons(&zone_layer(zones, shapes))?;
                let paths = SHAPEFILE_PARTS.iter().map(|part| path.with_extension(part));
                let files = paths.zip(parts).map(|(path, bytes)| Output { path, bytes });
                told.files.extend(files);
                told.notices.extend(notices);
                continue;
            }
            #[cfg(feature = "gpkg")]
            "gpkg" => {
                let (_, _, rows) = zones_sheet(zones);
                let from = [("durand".to_owned(), provenance.line())];
                geopackage_polygons(&zone_layer(zones, shapes), ("zones_table", &rows), &from)?
            }
            _ => zones_geojson(zones, shapes, provenance).into_bytes(),
        };
        told.files.push(Output { path: path.clone(), bytes });
    }
    Ok(told)
}
