//! Readers of the line and the areas.

use super::{files, folder};
use durand::index::BorderIndex;
use durand::io::{
    Features, ReadError, Shape, read_areas, read_border, read_features, read_geojson, read_window,
};
use durand::model::Level;
use std::cell::OnceCell;

thread_local! {
    static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
}

/// A GeoJSON layer.
pub fn geojson(data: &[u8]) {
    holds(read_geojson("t.geojson", data));
}

/// A shapefile: `.shp`, `.dbf`, `.shx`, `.prj` and `.cpg`; those that are empty are not there.
pub fn shapefile(data: &[u8]) {
    let parts: [&[u8]; 5] = files(data);
    let folder = FOLDER.with(|cell| cell.get_or_init(folder).path().to_owned());
    for (extension, bytes) in ["shp", "dbf", "shx", "prj", "cpg"].into_iter().zip(parts) {
        let path = folder.join("t").with_extension(extension);
        if bytes.is_empty() && extension != "shp" {
            let _ = std::fs::remove_file(path);
        } else {
            std::fs::write(path, bytes).unwrap();
        }
    }
    holds(read_features(&folder.join("t.shp")));
}

/// A layer of a GeoPackage.
pub fn geopackage(data: &[u8]) {
    let folder = FOLDER.with(|cell| cell.get_or_init(folder).path().to_owned());
    let path = folder.join("t.gpkg");
    std::fs::write(&path, data).unwrap();
    holds(read_features(&path));
}

/// Every record is a feature or a reject, every shape can be used as it is, and
/// what is made of it ends.
fn holds(layer: Result<Features, ReadError>) {
    let layer = match layer {
        Ok(layer) => layer,
        Err(error) => return in_words(&error),
    };
    for feature in &layer.features {
        match &feature.shape {
            Shape::Points(points) => assert!(!points.is_empty()),
            Shape::Lines(lines) => assert!(lines.iter().all(|line| line.len() > 1)),
            Shape::Polygons(polygons) => {
                for ring in
                    polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
                {
                    assert!(ring.0.len() >= 4 && ring.is_closed());
                    assert!(ring.0.iter().all(|c| c.x.abs() <= 180.0 && c.y.abs() <= 90.0));
                }
            }
        }
    }
    let mut numbers: Vec<u64> = layer.features.iter().map(|f| f.record).collect();
    numbers.extend(layer.rejected.iter().map(|r| r.record));
    let all = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), all, "a record stands twice");
    let border = read_border(layer.clone(), "line", "left", "right");
    if let Ok(border) = said(border) {
        let index = BorderIndex::new(&border.items);
        assert!(index.length_m().is_finite() && index.length_m() > 0.0);
    }
    let _ = said(read_areas(layer.clone(), Level::District));
    let _ = said(read_areas(layer.clone(), Level::Province));
    let _ = said(read_window(layer));
}

fn said<T>(outcome: Result<T, ReadError>) -> Result<T, ()> {
    outcome.map_err(|error| in_words(&error))
}

fn in_words(error: &ReadError) {
    let text = error.to_string();
    assert!(!error.message.is_empty() && !text.contains('\n'), "{text}");
}
