//! Polygons as a shapefile (Esri white paper, July 1998): the same five files as
//! of points. Exteriors run clockwise there and holes counter-clockwise.

use super::dbf_out::{DbfOut, Survey, short_names, text_of};
use super::encode::EncodeError;
use super::polygon_table::{PolygonTable, Polygons, bounds};
use super::shapefile_out::{WGS84, header, notices, too_large};

/// The shape types of a polygon and of nothing.
const POLYGON: u32 = 5;
const NULL: u32 = 0;

/// The bytes of the five files, in the order of
/// [`SHAPEFILE_PARTS`](super::SHAPEFILE_PARTS), and what the user should know. A row
/// that covers nothing has a null shape.
///
/// # Errors
/// When it is larger than a shapefile can be.
pub fn shapefile_polygons(
    table: &PolygonTable,
) -> Result<([Vec<u8>; 5], Vec<String>), EncodeError> {
    let short = short_names(&table.short);
    let named = table.columns.iter().cloned().zip(short.iter().cloned()).collect::<Vec<_>>();
    let texts: Vec<Vec<Option<String>>> =
        table.rows.iter().map(|row| row.cells.iter().map(text_of).collect()).collect();
    let mut surveys = vec![Survey::new(); short.len()];
    for (row, texts) in table.rows.iter().zip(&texts) {
        for (survey, (cell, text)) in surveys.iter_mut().zip(row.cells.iter().zip(texts)) {
            if let Some(text) = text {
                survey.add(cell, text);
            }
        }
    }
    let mut attributes = DbfOut::new(short, &surveys);
    let count = u32::try_from(table.rows.len()).map_err(|_| too_large("rows"))?;
    let mut cells = attributes.header(count);
    let (mut shapes, mut index) = (Vec::new(), Vec::new());
    for (number, (row, texts)) in (1_u32..).zip(table.rows.iter().zip(&texts)) {
        let content = content(&row.polygons);
        let begins = 50 + words(shapes.len())?;
        let length = words(content.len())?;
        index.extend(begins.to_be_bytes());
        index.extend(length.to_be_bytes());
        shapes.extend(number.to_be_bytes());
        shapes.extend(length.to_be_bytes());
        shapes.extend(content);
        attributes.push(&mut cells, texts);
    }
    cells.push(0x1a);
    let all = table.rows.iter().flat_map(|row| row.polygons.iter().flatten().flatten());
    let all = bounds(all);
    let mut main = header(POLYGON, 50 + words(shapes.len())?, all);
    main.extend(shapes);
    let mut listed = header(POLYGON, 50 + words(index.len())?, all);
    listed.extend(index);
    let files = [main, listed, cells, WGS84.as_bytes().to_vec(), b"UTF-8".to_vec()];
    Ok((files, notices(&named, attributes.cut)))
}

/// A length in words of 16 bits.
fn words(bytes: usize) -> Result<u32, EncodeError> {
    let most = i32::MAX as usize - 50;
    u32::try_from(bytes / 2).ok().filter(|_| bytes / 2 < most).ok_or_else(|| too_large("polygons"))
}

/// The content of a record.
fn content(polygons: &Polygons) -> Vec<u8> {
    let rings: Vec<&Vec<[f64; 2]>> = polygons.iter().flatten().collect();
    let positions = || rings.iter().copied().flatten();
    let Some(bounds) = bounds(positions()) else { return NULL.to_le_bytes().to_vec() };
    let mut bytes = POLYGON.to_le_bytes().to_vec();
    bytes.extend(bounds.iter().flat_map(|bound| bound.to_le_bytes()));
    bytes.extend((rings.len() as u32).to_le_bytes());
    bytes.extend((positions().count() as u32).to_le_bytes());
    let mut start = 0_u32;
    for ring in &rings {
        bytes.extend(start.to_le_bytes());
        start += ring.len() as u32;
    }
    // The other way round than in GeoJSON.
    let turned = rings.iter().flat_map(|ring| ring.iter().rev()).flatten();
    bytes.extend(turned.flat_map(|number| number.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::{ColumnKind, PolygonRow, SHAPEFILE_PARTS, Shape, read_features};
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_is_written_is_read_back() {
        let shell = vec![[70.0, 30.0], [74.0, 30.0], [74.0, 34.0], [70.0, 34.0], [70.0, 30.0]];
        let hole = vec![[71.0, 31.0], [71.0, 32.0], [72.0, 32.0], [71.0, 31.0]];
        let row = |title: &str, polygons, area: Value| PolygonRow {
            title: title.to_owned(),
            polygons,
            cells: vec![json!(title), area],
        };
        let table = PolygonTable {
            name: "zones".into(),
            columns: vec!["side".into(), "area_error_km2".into()],
            short: vec!["side".into(), "area_error".into()],
            kinds: vec![ColumnKind::Text, ColumnKind::Number],
            rows: vec![
                row("A", vec![vec![shell, hole]], json!(0.25)),
                row("B", Vec::new(), Value::Null),
            ],
        };
        let (files, said) = shapefile_polygons(&table).unwrap();
        assert!(said[0].contains("area_error_km2 as area_error"));
        let folder = tempfile::tempdir().unwrap();
        for (extension, bytes) in SHAPEFILE_PARTS.iter().zip(&files) {
            std::fs::write(folder.path().join("z").with_extension(extension), bytes).unwrap();
        }
        let layer = read_features(&folder.path().join("z.shp")).unwrap();
        assert_eq!(layer.notices, Vec::<String>::new());
        assert_eq!((layer.features.len(), layer.rejected.len()), (1, 1));
        assert_eq!(layer.features[0].properties["area_error"], "0.25");
        let Shape::Polygons(polygons) = &layer.features[0].shape else { panic!("no polygons") };
        assert_eq!((polygons.0.len(), polygons.0[0].interiors().len()), (1, 1));
        assert!(layer.rejected[0].reason.contains("null shape"));
        // The first edge of the file runs north: clockwise.
        let y = |at: usize| f64::from_le_bytes(files[0][at..at + 8].try_into().unwrap());
        let first = 100 + 8 + 4 + 32 + 8 + 8;
        assert!(y(first + 8) == 30.0 && y(first + 24) == 34.0);
    }
}
