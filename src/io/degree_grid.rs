//! Rasters in degrees: GeoTIFF of one band, and ESRI's ASCII grid.

use super::open::{Limit, read_file};
use super::reject::ReadError;
use super::shapefile_files::file_name;
use crate::caught::caught;
use crate::digest::sha256_hex;
use crate::model::DegreeGrid;
use std::io::Cursor;
use std::path::Path;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

/// Cells of a raster, at most: 400 MB while it is used.
const MOST_CELLS: usize = 100_000_000;
const LIMIT: Limit = Limit {
    name: "raster size",
    bytes: 1 << 30,
    hint: "cut it to the region first: gdalwarp -te 60 23 78 39 large.tif small.tif",
};
const WARP: &str = "gdalwarp -t_srs EPSG:4326 in.tif out.tif makes it one";

/// A raster and its sha256.
///
/// GeoTIFF: the first image, one band of any kind of number, in WGS 84 degrees
/// with its rows running east. ASCII grid: degrees too. Cells without data, and
/// those that hold less than nothing, are NaN.
///
/// # Errors
/// When it cannot be read, has more than a hundred million cells, or lies on
/// anything but degrees.
pub fn read_degree_grid(path: &Path) -> Result<(DegreeGrid, String), ReadError> {
    let name = path.display().to_string();
    let bytes = read_file(&name, path, &LIMIT)?;
    let sha256 = sha256_hex(&bytes);
    let tiff = bytes.starts_with(b"II") || bytes.starts_with(b"MM");
    let raster = if tiff { geotiff(&bytes) } else { ascii(&bytes) };
    let grid = raster.map_err(|wrong| ReadError::new(&name, wrong.message).hint(wrong.hint))?;
    Ok((DegreeGrid { name: file_name(path), ..grid }, sha256))
}

/// What is wrong with a raster, and what to do.
struct Wrong {
    message: String,
    hint: &'static str,
}

fn wrong<T>(message: impl Into<String>, hint: &'static str) -> Result<T, Wrong> {
    Err(Wrong { message: message.into(), hint })
}

/// A grid without values, when its place and size can be.
fn blank(
    [west, north]: [f64; 2],
    cell: [f64; 2],
    [columns, rows]: [usize; 2],
) -> Result<DegreeGrid, Wrong> {
    if columns == 0 || rows == 0 {
        return wrong("has no cell", "");
    }
    if columns.saturating_mul(rows) > MOST_CELLS {
        let message = format!("has {columns} × {rows} cells, over the limit of 100 million");
        return wrong(message, LIMIT.hint);
    }
    let (east, south) = (west + cell[0] * columns as f64, north - cell[1] * rows as f64);
    let on_earth = cell[0] > 0.0
        && cell[1] > 0.0
        && west >= -180.001
        && east <= 360.001
        && south >= -90.001
        && north <= 90.001;
    if !on_earth {
        let message = format!("spans {west} to {east} by {south} to {north}: these are no degrees");
        return wrong(message, WARP);
    }
    Ok(DegreeGrid { name: String::new(), west, north, cell, columns, values: Vec::new() })
}

fn geotiff(bytes: &[u8]) -> Result<DegreeGrid, Wrong> {
    // The decoder has met no byte here that it could not refuse, but it is not ours.
    caught(|| decoded(bytes))
        .unwrap_or_else(|| wrong("is damaged", "gdalinfo tells what is wrong with it"))
}

fn decoded(bytes: &[u8]) -> Result<DegreeGrid, Wrong> {
    let damaged = |error: tiff::TiffError| Wrong {
        message: format!("is no GeoTIFF that can be read: {error}"),
        hint: "gdal_translate in.tif out.tif writes a plain one",
    };
    let mut limits = Limits::default();
    limits.decoding_buffer_size = 64 << 20;
    limits.intermediate_buffer_size = 64 << 20;
    limits.ifd_value_size = 16 << 20;
    let mut file = Decoder::new(Cursor::new(bytes)).map_err(damaged)?.with_limits(limits);
    let (columns, rows) = file.dimensions().map_err(damaged)?;
    let bands = file.get_tag_u32(Tag::SamplesPerPixel).unwrap_or(1);
    if bands != 1 {
        return wrong(
            format!("has {bands} bands, and one is wanted"),
            "gdal_translate -b 1 in.tif out.tif takes the first",
        );
    }
    let keys = file.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default();
    let key = |id: u16| keys.chunks_exact(4).skip(1).find(|k| k[0] == id).map(|k| k[3]);
    // GTModelTypeGeoKey and GeographicTypeGeoKey of OGC 19-008r4.
    match (key(1024), key(2048)) {
        (Some(2), Some(4326)) | (Some(2), None) => {}
        (None, None) => return wrong("does not say where on Earth it lies", WARP),
        (_, Some(other)) if key(1024) == Some(2) => {
            return wrong(format!("is in the degrees of EPSG:{other}, not of WGS 84"), WARP);
        }
        _ => return wrong("is not in degrees of WGS 84", WARP),
    }
    let scale = file.get_tag_f64_vec(Tag::ModelPixelScaleTag).unwrap_or_default();
    let tie = file.get_tag_f64_vec(Tag::ModelTiepointTag).unwrap_or_default();
    let (&[wide, high, ..], &[i, k, _, x, y, ..]) = (&scale[..], &tie[..]) else {
        return wrong("does not say where its cells lie, or lies askew", WARP);
    };
    // GTRasterTypeGeoKey: the tie point is the middle of its cell.
    let half = if key(1025) == Some(2) { 0.5 } else { 0.0 };
    let corner = [x - (i + half) * wide, y + (k + half) * high];
    let mut grid = blank(corner, [wide, high], [columns as usize, rows as usize])?;
    let nodata = file.get_tag_ascii_string(Tag::GdalNodata).ok();
    let nodata = nodata.and_then(|text| text.trim_matches(['\0', ' ']).parse::<f64>().ok());
    grid.values = vec![f32::NAN; grid.columns * rows as usize];
    let (wide, high) = file.chunk_dimensions();
    let (across, down) = (columns.div_ceil(wide.max(1)), rows.div_ceil(high.max(1)));
    for chunk in 0..across * down {
        let (kept, _) = file.chunk_data_dimensions(chunk);
        let values = numbers(file.read_chunk(chunk).map_err(damaged)?);
        let first = [(chunk % across * wide) as usize, (chunk / across * high) as usize];
        for (row, values) in values.chunks(kept.max(1) as usize).enumerate() {
            let from = (first[1] + row) * grid.columns + first[0];
            let Some(cells) = grid.values.get_mut(from..from + values.len()) else { break };
            for (cell, value) in cells.iter_mut().zip(values) {
                *cell = known(*value, nodata);
            }
        }
    }
    Ok(grid)
}

fn numbers(chunk: DecodingResult) -> Vec<f64> {
    match chunk {
        DecodingResult::U8(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::U16(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::U32(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::U64(v) => v.into_iter().map(|x| x as f64).collect(),
        DecodingResult::I8(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::I16(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::I32(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::I64(v) => v.into_iter().map(|x| x as f64).collect(),
        DecodingResult::F16(v) => v.into_iter().map(|x| f64::from(x.to_f32())).collect(),
        DecodingResult::F32(v) => v.into_iter().map(f64::from).collect(),
        DecodingResult::F64(v) => v,
    }
}

/// A cell's number; NaN where it is none.
fn known(value: f64, nodata: Option<f64>) -> f32 {
    let none = nodata.is_some_and(|none| value == none || value as f32 == none as f32);
    if none || !value.is_finite() || value < 0.0 { f32::NAN } else { value as f32 }
}

fn ascii(bytes: &[u8]) -> Result<DegreeGrid, Wrong> {
    const HINT: &str = "a GeoTIFF, or an ASCII grid that begins with `ncols`, is read";
    let Ok(text) = std::str::from_utf8(bytes) else {
        return wrong("is neither a GeoTIFF nor an ASCII grid", HINT);
    };
    let mut words = text.split_ascii_whitespace().peekable();
    let mut header: Vec<(String, f64)> = Vec::new();
    while let Some(word) = words.next_if(|w| w.starts_with(|c: char| c.is_ascii_alphabetic())) {
        let Some(number) = words.next().and_then(|w| w.parse().ok()) else {
            return wrong(format!("`{word}` has no number in its header"), HINT);
        };
        header.push((word.to_ascii_lowercase(), number));
    }
    let of = |name: &str| header.iter().find(|(word, _)| word == name).map(|(_, number)| *number);
    let (Some(columns), Some(rows), Some(cell)) = (of("ncols"), of("nrows"), of("cellsize")) else {
        return wrong("is neither a GeoTIFF nor an ASCII grid", HINT);
    };
    let corner = |edge: &str, middle: &str| of(edge).or(of(middle).map(|x| x - 0.5 * cell));
    let (Some(west), Some(south)) =
        (corner("xllcorner", "xllcenter"), corner("yllcorner", "yllcenter"))
    else {
        return wrong("does not say where its corner lies", "xllcorner and yllcorner do");
    };
    let size = [columns as usize, rows as usize];
    let mut grid = blank([west, south + cell * rows.trunc()], [cell, cell], size)?;
    let nodata = of("nodata_value");
    for word in words {
        let Ok(value) = word.parse::<f64>() else {
            let number = grid.values.len() + 1;
            return wrong(format!("cell {number} holds `{word}`, which is no number"), "");
        };
        grid.values.push(known(value, nodata));
    }
    let wanted = size[0] * size[1];
    if grid.values.len() != wanted {
        let message = format!("holds {} cells of {wanted}", grid.values.len());
        return wrong(message, "was the download cut off?");
    }
    Ok(grid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ascii_grid_lies_where_its_header_says() {
        let text = "ncols 3\nnrows 2\nxllcorner 70\nyllcorner 33\ncellsize 0.5\n\
                    NODATA_value -9999\n1 2 3\n4 -9999 -1\n";
        let Ok(grid) = ascii(text.as_bytes()) else { panic!("refused") };
        assert_eq!((grid.columns, grid.rows(), grid.north), (3, 2, 34.0));
        let middle = grid.centre(2, 0);
        assert_eq!((middle.lon(), middle.lat()), (71.25, 33.75));
        assert_eq!(grid.values[..4], [1.0, 2.0, 3.0, 4.0]);
        assert!(grid.values[4].is_nan() && grid.values[5].is_nan());
    }

    #[test]
    fn what_is_no_grid_in_degrees_is_refused_in_words() {
        let told = |text: &str| ascii(text.as_bytes()).err().map(|w| w.message).unwrap_or_default();
        let head = "ncols 2\nnrows 2\nxllcorner 70\nyllcorner 33\ncellsize";
        assert_eq!(told(&format!("{head} 0.5\n1 2 3")), "holds 3 cells of 4");
        assert!(told(&format!("{head} 0.5\n1 x 3 4")).contains("cell 2 holds `x`"));
        assert!(told(&format!("{head} 1000\n1 2 3 4")).contains("no degrees"));
        assert!(
            told("ncols 1e9\nnrows 1e9\nxllcorner 0\nyllcorner 0\ncellsize 1e-9").contains("limit")
        );
        assert!(told("a table, of words").contains("header"));
        for cut in 0..40 {
            assert!(
                geotiff(
                    &b"II*\0\x08\0\0\0\x05\0\0\x01\x03\0\x01\0\0\0\xff\xff\xff\xff"[..cut.min(22)]
                )
                .is_err()
            );
        }
    }
}
