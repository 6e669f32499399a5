//! A density surface as GeoTIFF, ASCII grid, CSV and isolines, and the JSON
//! beside them.

use super::{Provenance, fixed};
use crate::analysis::DensityGrid;
use serde_json::{Value, json};
use std::fmt::Write;
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

/// One band of float64, deflate, cell = area, in the grid's Albers projection
/// (GeoTIFF 1.1, OGC 19-008r4; keys of a user-defined projected CRS). There is
/// no no-data value, since every cell has one.
///
/// # Errors
/// When the encoder refuses.
pub fn geotiff(grid: &DensityGrid, provenance: &Provenance) -> Result<Vec<u8>, RasterError> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    {
        let mut encoder = TiffEncoder::new(&mut bytes)?
            .with_compression(Compression::Deflate(Default::default()));
        let mut image = encoder.new_image::<Gray64Float>(grid.columns as u32, grid.rows as u32)?;
        let albers = grid.projection.parameters();
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
        tags.write_tag(Tag::ModelPixelScaleTag, &[grid.cell_m, grid.cell_m, 0.0][..])?;
        tags.write_tag(
            Tag::ModelTiepointTag,
            &[0.0, 0.0, 0.0, grid.west_m, grid.north_m, 0.0][..],
        )?;
        tags.write_tag(Tag::GeoKeyDirectoryTag, keys.as_flattened())?;
        tags.write_tag(Tag::GeoDoubleParamsTag, &doubles[..])?;
        tags.write_tag(Tag::GeoAsciiParamsTag, citation)?;
        // GDAL reads band units and metadata from its own tag.
        let metadata = format!(
            "<GDALMetadata>\n  <Item name=\"DESCRIPTION\" sample=\"0\" role=\"description\">intensity</Item>\n  \
             <Item name=\"UNITTYPE\" sample=\"0\" role=\"unittype\">{} per km2</Item>\n  \
             <Item name=\"PROVENANCE\">{}</Item>\n</GDALMetadata>",
            grid.counted,
            xml_text(&provenance.line())
        );
        tags.write_tag(Tag::Unknown(42112), metadata.as_str())?;
        image.write_data(&grid.per_km2)?;
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

/// Esri ASCII grid, incidents per km²; the CRS is in the JSON
/// and in [`projection_file`] beside it.
pub fn ascii_grid(grid: &DensityGrid) -> String {
    let south_m = grid.north_m - grid.rows as f64 * grid.cell_m;
    let mut text = format!(
        "ncols {}\nnrows {}\nxllcorner {}\nyllcorner {}\ncellsize {}\nNODATA_value -9999\n",
        grid.columns, grid.rows, grid.west_m, south_m, grid.cell_m
    );
    for row in grid.per_km2.chunks(grid.columns) {
        let cells: Vec<String> = row.iter().map(|v| number(*v)).collect();
        text.push_str(&cells.join(" "));
        text.push('\n');
    }
    text
}

/// The coordinate system of a grid as Esri's projection file, for an `.asc`.
pub fn projection_file(grid: &DensityGrid) -> String {
    let albers = grid.projection.parameters();
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
fn number(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value:e}") }
}

/// Cell centres: `x_m, y_m, lon, lat, per_km2`.
pub fn density_csv(grid: &DensityGrid) -> String {
    let mut text = String::from("x_m,y_m,lon,lat,per_km2\n");
    for row in 0..grid.rows {
        for column in 0..grid.columns {
            let (x, y) = grid.centre(column, row);
            let Some(at) = grid.projection.inverse(x, y) else { continue };
            let value = grid.per_km2[row * grid.columns + column];
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
    }
    text
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
/// outermost centres.
///
/// # Errors
/// When the lines cannot be traced.
pub fn isolines(grid: &DensityGrid, provenance: &Provenance) -> Result<String, RasterError> {
    let levels = levels(grid);
    let traced = contour::ContourBuilder::new(grid.columns, grid.rows, true)
        .lines(&grid.per_km2, &levels)?;
    let mut features = Vec::new();
    for (line, level) in traced.iter().zip(&levels) {
        let parts: Vec<Vec<[f64; 2]>> = line
            .geometry()
            .iter()
            .flat_map(|part| {
                let ring: Vec<(f64, f64)> = part.coords().map(|c| (c.x, c.y)).collect();
                within_centres(&ring, grid)
            })
            .map(|part| {
                part.iter()
                    .filter_map(|&(x, y)| {
                        // The tracer's unit is a cell, the value of a cell at its middle.
                        let x_m = grid.west_m + x * grid.cell_m;
                        let y_m = grid.north_m - y * grid.cell_m;
                        let p = grid.projection.inverse(x_m, y_m)?;
                        let round = |v: f64| (v * 1e6).round() / 1e6;
                        Some([round(p.lon()), round(p.lat())])
                    })
                    .collect()
            })
            .filter(|part: &Vec<[f64; 2]>| part.len() > 1)
            .collect();
        features.push(json!({
            "type": "Feature",
            "properties": { "per_km2": level, "per_1000km2": level * 1000.0 },
            "geometry": { "type": "MultiLineString", "coordinates": parts },
        }));
    }
    let mut text = String::from("{\"type\":\"FeatureCollection\",\"provenance\":");
    text.push_str(&provenance.line());
    text.push_str(",\"features\":[\n");
    let lines: Vec<String> = features.iter().map(Value::to_string).collect();
    text.push_str(&lines.join(",\n"));
    text.push_str("\n]}\n");
    Ok(text)
}

/// The parts of a ring that lie between centres of cells. The tracer closes
/// every ring, along the grid's edge if need be; what runs there is no isoline.
fn within_centres(ring: &[(f64, f64)], grid: &DensityGrid) -> Vec<Vec<(f64, f64)>> {
    let (columns, rows) = (grid.columns as f64, grid.rows as f64);
    let hair = 1e-9;
    let inside = |&(x, y): &(f64, f64)| {
        x > 0.5 - hair && y > 0.5 - hair && x < columns - 0.5 + hair && y < rows - 0.5 + hair
    };
    let Some(outside) = ring.iter().position(|p| !inside(p)) else { return vec![ring.to_vec()] };
    // The last place repeats the first; start outside, so that no part is cut in two.
    let open = &ring[..ring.len() - 1];
    let turned: Vec<(f64, f64)> =
        open.iter().cycle().skip(outside).take(open.len()).copied().collect();
    turned.split(|p| !inside(p)).filter(|part| part.len() > 1).map(<[_]>::to_vec).collect()
}

/// The JSON beside a raster or table of cells.
pub fn sidecar(grid: &DensityGrid, provenance: &Provenance) -> String {
    let document = json!({
        "crs": grid.projection.definition(),
        "transform": [grid.cell_m, 0.0, grid.west_m, 0.0, -grid.cell_m, grid.north_m],
        "columns": grid.columns,
        "rows": grid.rows,
        "cell_m": grid.cell_m,
        "unit": format!("{} per km²", grid.counted),
        "kernel": grid.kernel.word(),
        "bandwidth_m": grid.bandwidth_m,
        "bandwidth_rule": grid.bandwidth_rule,
        "n": grid.n,
        "share_spread_over_regions": (grid.spread_share * 1e6).round() / 1e6,
        "weight": grid.weight,
        "share_inside_extent": (grid.share_inside * 1e6).round() / 1e6,
        "peak_per_km2": grid.peak(),
        "summation": grid.method,
        "error_bound_of_peak": grid.error_bound,
        "largest_distance_distortion": (grid.distortion * 1e6).round() / 1e6,
        "provenance": provenance.json(),
    });
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Bandwidth, Contributor, DensitySettings, Kernel, density};
    use crate::geodesy::{Extent, LonLat, inverse};
    use crate::report::Tally;

    fn grid() -> DensityGrid {
        let one = [Contributor { at: LonLat::new(70.5, 33.8).unwrap(), weight: 1.0 }];
        density(
            &one,
            &DensitySettings {
                kernel: Kernel::Quartic,
                bandwidth: Bandwidth::Fixed(25_000.0),
                cell_m: 1_000.0,
                extent: Extent { west: 70.0, south: 33.4, east: 71.0, north: 34.2 },
                counted: "incidents",
            },
        )
        .unwrap()
    }

    fn provenance() -> Provenance {
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
        let text = isolines(&grid, &provenance()).unwrap();
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
        let at =
            |lon: f64, lat: f64| Contributor { at: LonLat::new(lon, lat).unwrap(), weight: 1.0 };
        let grid = density(
            &[at(70.4, 33.8), at(70.6, 33.75), at(70.98, 33.9)],
            &DensitySettings {
                kernel: Kernel::Quartic,
                bandwidth: Bandwidth::Fixed(25_000.0),
                cell_m: 1_000.0,
                extent: Extent { west: 70.0, south: 33.4, east: 71.0, north: 34.2 },
                counted: "incidents",
            },
        )
        .unwrap();
        let value: Value = serde_json::from_str(&isolines(&grid, &provenance()).unwrap()).unwrap();
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
                        let (x, y) = grid.projection.forward(p.unwrap());
                        (
                            (x - grid.west_m) / grid.cell_m - 0.5,
                            (grid.north_m - y) / grid.cell_m - 0.5,
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
                    let (w, h) = ((grid.columns - 1) as f64, (grid.rows - 1) as f64);
                    for (x, y) in [first, last] {
                        let edge = x.min(y).min(w - x).min(h - y);
                        assert!(edge < 1e-3, "an open end at {x} {y} of {w} {h}");
                    }
                }
                for (x, y) in cells {
                    let at = |i: f64, j: f64| {
                        let column = (i.max(0.0) as usize).min(grid.columns - 1);
                        let row = (j.max(0.0) as usize).min(grid.rows - 1);
                        grid.per_km2[row * grid.columns + column]
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
    fn the_projection_file_says_what_the_proj_string_says() {
        let grid = grid();
        let text = projection_file(&grid);
        let albers = grid.projection.parameters();
        assert!(text.contains(&format!("\"Standard_Parallel_1\",{}]", albers.lat_1)));
        assert!(text.contains(&format!("\"Central_Meridian\",{}]", albers.lon_0)));
        assert_eq!(text.matches('[').count(), text.matches(']').count());
    }

    #[test]
    fn the_geotiff_holds_the_numbers_and_the_place() {
        let grid = grid();
        let bytes = geotiff(&grid, &provenance()).unwrap();
        let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(&bytes)).unwrap();
        assert_eq!(decoder.dimensions().unwrap(), (grid.columns as u32, grid.rows as u32));
        let tiepoint = decoder.get_tag_f64_vec(Tag::ModelTiepointTag).unwrap();
        assert_eq!(tiepoint[3..5], [grid.west_m, grid.north_m]);
        match decoder.read_image().unwrap() {
            tiff::decoder::DecodingResult::F64(values) => assert_eq!(values, grid.per_km2),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn levels_are_round_and_below_the_peak() {
        let levels = levels(&grid());
        assert_eq!(levels, [0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001]);
    }
}
