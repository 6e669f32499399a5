//! Values on a grid as GeoTIFF and ASCII grid, lines on it as GeoJSON.

use super::Provenance;
use crate::analysis::GridFrame;
use crate::geodesy::LonLat;
use serde_json::{Value, json};
use tiff::encoder::{Compression, TiffEncoder, colortype::Gray64Float};
use tiff::tags::Tag;

/// Why a raster could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RasterError {
    /// The encoder refused.
    #[error("the GeoTIFF could not be encoded: {0}")]
    Tiff(#[from] tiff::TiffError),
    /// The isolines could not be traced.
    #[error("the isolines could not be traced: {0}")]
    Contour(#[from] contour::Error),
}

/// What a band holds, in words.
pub struct Band<'a> {
    /// "intensity".
    pub description: &'a str,
    /// "incidents per km2".
    pub unit: &'a str,
    /// Whether cells may hold no value: NaN.
    pub gaps: bool,
}

/// One band of float64, deflate, cell = area, in the grid's Albers projection
/// (GeoTIFF 1.1, OGC 19-008r4; keys of a user-defined projected CRS). The
/// no-data value is NaN, and there is none where every cell has a value.
///
/// # Errors
/// When the encoder refuses.
pub fn geotiff(
    frame: &GridFrame,
    values: &[f64],
    band: &Band,
    provenance: &Provenance,
) -> Result<Vec<u8>, RasterError> {
    let lattice = &frame.lattice;
    let mut bytes = std::io::Cursor::new(Vec::new());
    {
        let mut encoder = TiffEncoder::new(&mut bytes)?
            .with_compression(Compression::Deflate(Default::default()));
        let mut image =
            encoder.new_image::<Gray64Float>(lattice.columns as u32, lattice.rows as u32)?;
        let albers = frame.projection.parameters();
        let doubles = [albers.lat_1, albers.lat_2, albers.lon_0, albers.lat_0, 0.0, 0.0];
        let citation = "durand Albers equal-area|";
        // Header, then key, where its value lies (0: here; 34736: doubles; 34737: text), count, value.
        let keys: [[u16; 4]; 15] = [
            [1, 1, 1, 14],
            [1024, 0, 1, 1], // model: projected
            [1025, 0, 1, 1], // raster: pixel is area
            [1026, 34737, citation.len() as u16, 0],
            [2048, 0, 1, 4326],  // geographic: WGS 84
            [3072, 0, 1, 32767], // projected: user-defined
            [3074, 0, 1, 32767], // projection: user-defined
            [3075, 0, 1, 11],    // Albers equal-area
            [3076, 0, 1, 9001],  // metre
            [3078, 34736, 1, 0], // first standard parallel
            [3079, 34736, 1, 1], // second standard parallel
            [3080, 34736, 1, 2], // longitude of origin
            [3081, 34736, 1, 3], // latitude of origin
            [3082, 34736, 1, 4], // false easting
            [3083, 34736, 1, 5], // false northing
        ];
        let tags = image.encoder();
        tags.write_tag(Tag::ModelPixelScaleTag, &[lattice.cell_m, lattice.cell_m, 0.0][..])?;
        tags.write_tag(
            Tag::ModelTiepointTag,
            &[0.0, 0.0, 0.0, lattice.west_m, lattice.north_m, 0.0][..],
        )?;
        tags.write_tag(Tag::GeoKeyDirectoryTag, keys.as_flattened())?;
        tags.write_tag(Tag::GeoDoubleParamsTag, &doubles[..])?;
        tags.write_tag(Tag::GeoAsciiParamsTag, citation)?;
        // GDAL reads band units and metadata from its own tag.
        let metadata = format!(
            "<GDALMetadata>\n  <Item name=\"DESCRIPTION\" sample=\"0\" role=\"description\">{}</Item>\n  \
             <Item name=\"UNITTYPE\" sample=\"0\" role=\"unittype\">{}</Item>\n  \
             <Item name=\"PROVENANCE\">{}</Item>\n</GDALMetadata>",
            xml_text(band.description),
            xml_text(band.unit),
            xml_text(&provenance.line())
        );
        tags.write_tag(Tag::Unknown(42112), metadata.as_str())?;
        if band.gaps {
            tags.write_tag(Tag::GdalNodata, "nan")?;
        }
        // Not strip by strip: the encoder compresses only what it is given whole.
        image.write_data(values)?;
    }
    Ok(bytes.into_inner())
}

/// ASCII only: the tag holds no other characters.
fn xml_text(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            c if c.is_ascii() && !c.is_ascii_control() => c.to_string(),
            c if c.is_control() => " ".to_owned(),
            c => format!("&#{};", c as u32),
        })
        .collect()
}

/// Esri ASCII grid, −9999 where there is no value, handed on row by row; the
/// CRS is in the JSON and in [`projection_file`] beside it. `value` tells
/// that of a cell, counted row by row.
///
/// # Errors
/// Those of `out`.
pub fn ascii_grid<E>(
    frame: &GridFrame,
    value: impl Fn(usize) -> f64,
    mut out: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let lattice = &frame.lattice;
    let south_m = lattice.north_m - lattice.rows as f64 * lattice.cell_m;
    let mut text = format!(
        "ncols {}\nnrows {}\nxllcorner {}\nyllcorner {}\ncellsize {}\nNODATA_value -9999\n",
        lattice.columns, lattice.rows, lattice.west_m, south_m, lattice.cell_m
    );
    for row in 0..lattice.rows {
        for column in 0..lattice.columns {
            if column > 0 {
                text.push(' ');
            }
            let value = value(row * lattice.columns + column);
            if value.is_nan() { text.push_str("-9999") } else { text.push_str(&number(value)) }
        }
        text.push('\n');
        out(&text)?;
        text.clear();
    }
    Ok(())
}

/// The coordinate system of a grid as Esri's projection file, for an `.asc`.
pub fn projection_file(frame: &GridFrame) -> String {
    let albers = frame.projection.parameters();
    format!(
        "PROJCS[\"Albers equal-area\",GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",\
         SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],\
         UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Albers\"],\
         PARAMETER[\"False_Easting\",0.0],PARAMETER[\"False_Northing\",0.0],\
         PARAMETER[\"Central_Meridian\",{}],PARAMETER[\"Standard_Parallel_1\",{}],\
         PARAMETER[\"Standard_Parallel_2\",{}],PARAMETER[\"Latitude_Of_Origin\",{}],\
         UNIT[\"Meter\",1.0]]\n",
        albers.lon_0, albers.lat_1, albers.lat_2, albers.lat_0
    )
}

/// Shortest text that reads back as the same number.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value:e}") }
}

/// A share in millionths: enough to read, and the same on every machine.
pub(super) fn millionths(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

/// What the JSON beside any raster says of its cells.
pub(super) fn frame_json(frame: &GridFrame) -> Value {
    let lattice = &frame.lattice;
    json!({
        "crs": frame.projection.definition(),
        "transform": [lattice.cell_m, 0.0, lattice.west_m, 0.0, -lattice.cell_m, lattice.north_m],
        "columns": lattice.columns,
        "rows": lattice.rows,
        "cell_m": lattice.cell_m,
        "largest_distance_distortion": millionths(frame.distortion),
    })
}

/// Lines with properties as GeoJSON, in degrees to six decimals.
pub(super) fn lines_geojson(
    features: impl Iterator<Item = (Value, Vec<Vec<LonLat>>)>,
    provenance: &Provenance,
) -> String {
    let round = |v: f64| (v * 1e6).round() / 1e6;
    let features: Vec<String> = features
        .map(|(properties, lines)| {
            let parts: Vec<Vec<[f64; 2]>> = lines
                .iter()
                .map(|line| line.iter().map(|p| [round(p.lon()), round(p.lat())]).collect())
                .collect();
            json!({
                "type": "Feature",
                "properties": properties,
                "geometry": { "type": "MultiLineString", "coordinates": parts },
            })
            .to_string()
        })
        .collect();
    format!(
        "{{\"type\":\"FeatureCollection\",\"provenance\":{},\"features\":[\n{}\n]}}\n",
        provenance.line(),
        features.join(",\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::density_raster::tests::{grid, provenance};

    #[test]
    fn the_projection_file_says_what_the_proj_string_says() {
        let grid = grid();
        let text = projection_file(&grid.frame);
        let albers = grid.frame.projection.parameters();
        assert!(text.contains(&format!("\"Standard_Parallel_1\",{}]", albers.lat_1)));
        assert!(text.contains(&format!("\"Central_Meridian\",{}]", albers.lon_0)));
        assert_eq!(text.matches('[').count(), text.matches(']').count());
    }

    #[test]
    fn the_geotiff_holds_the_numbers_and_the_place() {
        let grid = grid();
        let band = Band { description: "intensity", unit: "incidents per km2", gaps: false };
        let bytes = geotiff(&grid.frame, &grid.per_km2, &band, &provenance()).unwrap();
        let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(&bytes)).unwrap();
        assert_eq!(
            decoder.dimensions().unwrap(),
            (grid.frame.lattice.columns as u32, grid.frame.lattice.rows as u32)
        );
        let tiepoint = decoder.get_tag_f64_vec(Tag::ModelTiepointTag).unwrap();
        assert_eq!(tiepoint[3..5], [grid.frame.lattice.west_m, grid.frame.lattice.north_m]);
        match decoder.read_image().unwrap() {
            tiff::decoder::DecodingResult::F64(values) => assert_eq!(values, grid.per_km2),
            other => panic!("{other:?}"),
        }
    }
}
