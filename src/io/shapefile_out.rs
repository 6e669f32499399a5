//! Points as a shapefile (Esri white paper, July 1998): `.shp`, `.shx`, `.dbf`,
//! `.prj` and `.cpg`.
//!
//! Types and widths of the columns are known when all rows are: the rows wait in
//! a temporary file until then.

use super::dbf_out::{DbfOut, MOST_BYTES, MOST_RECORD, Survey, short_names, text_of};
use super::encode::{EncodeError, Parts, PointEncoder, holding};
use super::shapefile_records::FILE_CODE;
use super::table_out::Cell;
use crate::geodesy::LonLat;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use tempfile::SpooledTempFile;

/// Extensions of the files, in the order of their parts.
pub const SHAPEFILE_PARTS: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

/// WGS 84 in degrees as Esri writes it, which all programs know.
pub(super) const WGS84: &str = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,\
                     298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";

/// So much of the waiting rows is held in memory.
const HELD_BYTES: usize = 16 << 20;
/// Bytes that are handed over at a time.
const PIECE: usize = 1 << 20;
/// A record of a point: header, type, two numbers; in words of 16 bits.
const RECORD_WORDS: u32 = 14;
/// The shape type of a point.
const POINT: u32 = 1;
/// The mark of a cell that holds nothing.
const NOTHING: u32 = u32::MAX;

/// Writes a table of points as a shapefile.
pub struct ShapefileWriter {
    /// The columns' own names, and those that fit.
    names: Vec<(String, String)>,
    surveys: Vec<Survey>,
    rows: u32,
    /// West, south, east, north.
    bounds: Option<[f64; 4]>,
    waiting: BufWriter<SpooledTempFile>,
}

impl ShapefileWriter {
    /// A shapefile with such columns; `fitting` are names of ten letters for
    /// them, cut further and told apart here where they have to be.
    pub fn new(names: &[String], fitting: &[String]) -> ShapefileWriter {
        let names: Vec<(String, String)> =
            names.iter().cloned().zip(short_names(fitting)).collect();
        let surveys = vec![Survey::new(); names.len()];
        let waiting = BufWriter::new(SpooledTempFile::new(HELD_BYTES));
        ShapefileWriter { names, surveys, rows: 0, bounds: None, waiting }
    }

    fn wait(&mut self, at: LonLat, cells: &[Cell]) -> std::io::Result<()> {
        self.waiting.write_all(&at.lon().to_le_bytes())?;
        self.waiting.write_all(&at.lat().to_le_bytes())?;
        for (i, survey) in self.surveys.iter_mut().enumerate() {
            let cell = cells.get(i).unwrap_or(&Cell::Null);
            let text = text_of(cell).filter(|text| text.len() < NOTHING as usize);
            let Some(text) = text else {
                self.waiting.write_all(&NOTHING.to_le_bytes())?;
                continue;
            };
            survey.add(cell, &text);
            self.waiting.write_all(&(text.len() as u32).to_le_bytes())?;
            self.waiting.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    fn main_header(&self, words: u32) -> Vec<u8> {
        header(POINT, words, self.bounds)
    }
}

/// The header of a `.shp` or `.shx` of so many words of 16 bits, with shapes of
/// one type inside bounds (west, south, east, north).
pub(super) fn header(shapes: u32, words: u32, bounds: Option<[f64; 4]>) -> Vec<u8> {
    let mut header = FILE_CODE.to_vec();
    header.extend([0; 20]);
    header.extend(words.to_be_bytes());
    header.extend(1000_u32.to_le_bytes());
    header.extend(shapes.to_le_bytes());
    header.extend(bounds.unwrap_or_default().iter().flat_map(|bound| bound.to_le_bytes()));
    header.extend([0; 32]);
    header
}

/// What the user should know of columns, by their own and their short names, and
/// of the number of texts that were cut.
pub(super) fn notices(names: &[(String, String)], cut: u64) -> Vec<String> {
    let renamed: Vec<String> = names
        .iter()
        .filter(|(own, short)| own != short)
        .map(|(own, short)| format!("{own} as {short}"))
        .collect();
    let mut notices = Vec::new();
    if !renamed.is_empty() {
        notices
            .push(format!("a shapefile has names of ten letters: columns {}", renamed.join(", ")));
    }
    if cut > 0 {
        let s = if cut == 1 { "" } else { "s" };
        notices.push(format!("{cut} text{s} cut to the 254 bytes of a cell in the .dbf"));
    }
    notices
}

impl PointEncoder for ShapefileWriter {
    fn push(&mut self, rows: Vec<(LonLat, Vec<Cell>)>) -> Result<Vec<u8>, EncodeError> {
        for (at, cells) in rows {
            let (x, y) = (at.lon(), at.lat());
            self.bounds = Some(holding(self.bounds, [x, y]));
            self.rows = self.rows.checked_add(1).ok_or_else(|| too_large("rows"))?;
            self.wait(at, &cells).map_err(|e| EncodeError::spool(&e))?;
        }
        Ok(Vec::new())
    }

    fn finish(
        mut self: Box<Self>,
        _: &[(String, String)],
        parts: &mut Parts<'_>,
    ) -> Result<Vec<String>, EncodeError> {
        let rows = self.rows;
        let words = rows.checked_mul(RECORD_WORDS).and_then(|words| words.checked_add(50));
        let words = words.filter(|words| i32::try_from(*words).is_ok());
        let words = words.ok_or_else(|| too_large("rows"))?;
        let short = self.names.iter().map(|(_, short)| short.clone()).collect();
        let mut table = DbfOut::new(short, &self.surveys);
        if table.record_length() > MOST_RECORD || self.names.len() > 2000 {
            return Err(too_large("columns"));
        }
        if u64::from(rows) * table.record_length() as u64 > MOST_BYTES {
            return Err(too_large("text"));
        }
        parts(0, &self.main_header(words))?;
        parts(1, &self.main_header(50 + 4 * rows))?;
        parts(2, &table.header(rows))?;
        parts(3, WGS84.as_bytes())?;
        parts(4, b"UTF-8")?;

        let failed = |e: std::io::Error| EncodeError::spool(&e);
        self.waiting.flush().map_err(failed)?;
        self.waiting.get_mut().rewind().map_err(failed)?;
        let mut waiting = BufReader::new(self.waiting.get_mut());
        let mut pieces = [const { Vec::new() }; 3];
        for row in 0..rows {
            let [points, index, cells] = &mut pieces;
            let mut at = [0; 16];
            waiting.read_exact(&mut at).map_err(failed)?;
            points.extend((row + 1).to_be_bytes());
            points.extend((RECORD_WORDS - 4).to_be_bytes());
            points.extend(1_u32.to_le_bytes());
            points.extend(at);
            index.extend((50 + RECORD_WORDS * row).to_be_bytes());
            index.extend((RECORD_WORDS - 4).to_be_bytes());
            let texts = texts(&mut waiting, self.surveys.len()).map_err(failed)?;
            table.push(cells, &texts);
            for (part, piece) in pieces.iter_mut().enumerate() {
                if piece.len() > PIECE {
                    parts(part, piece)?;
                    piece.clear();
                }
            }
        }
        for (part, piece) in pieces.iter().enumerate() {
            parts(part, piece)?;
        }
        parts(2, &[0x1a])?;
        Ok(notices(&self.names, table.cut))
    }
}

pub(super) fn too_large(what: &str) -> EncodeError {
    let message = format!("has more {what} than a shapefile can hold (2 GiB, records of 64 KiB)");
    EncodeError::new(message, "write it as .parquet, .geojsonl or .csv")
}

/// The cells of a row that waited.
fn texts(from: &mut impl Read, count: usize) -> std::io::Result<Vec<Option<String>>> {
    let mut texts = Vec::with_capacity(count);
    for _ in 0..count {
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        if length == NOTHING {
            texts.push(None);
            continue;
        }
        let mut bytes = vec![0; length as usize];
        from.read_exact(&mut bytes)?;
        texts.push(Some(String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::super::{Input, ReadOptions, read_incidents};
    use super::*;
    use serde_json::json;

    fn files(rows: &[(f64, Vec<Cell>)]) -> (Vec<Vec<u8>>, Vec<String>) {
        let names = ["id", "border_distance_m", "place"].map(str::to_owned);
        let fitting = ["id", "dist_m", "place"].map(str::to_owned);
        let mut writer = Box::new(ShapefileWriter::new(&names, &fitting));
        for (lon, cells) in rows {
            let at = LonLat::new(*lon, 34.25).unwrap();
            assert!(writer.push(vec![(at, cells.clone())]).unwrap().is_empty());
        }
        let mut files = vec![Vec::new(); 5];
        let notices = writer
            .finish(&[], &mut |part, bytes| {
                files[part].extend_from_slice(bytes);
                Ok(())
            })
            .unwrap();
        (files, notices)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let rows = [
            (70.5, vec![json!("7"), json!(1234.5), json!("پشاور, \"x\"\ny")]),
            (-1.0, vec![json!("8"), json!(0.125), Cell::Null]),
        ];
        let (files, notices) = files(&rows);
        assert_eq!(
            notices,
            ["a shapefile has names of ten letters: columns border_distance_m as dist_m"]
        );
        let folder = tempfile::tempdir().unwrap();
        for (extension, bytes) in SHAPEFILE_PARTS.iter().zip(&files) {
            std::fs::write(folder.path().join(format!("a.{extension}")), bytes).unwrap();
        }
        let path = folder.path().join("a.shp");
        let options = ReadOptions { keep_rows: true, ..ReadOptions::default() };
        let file = read_incidents(&Input::Path(path), ("", ""), &options, 0).unwrap();
        assert_eq!((file.format_label.as_str(), file.files.len()), ("Shapefile points", 5));
        assert_eq!(file.header, ["id", "dist_m", "place"]);
        assert_eq!(file.summary.notices, Vec::<String>::new());
        let first = &file.incidents[0];
        assert_eq!((first.at.lon(), first.at.lat(), first.id.as_str()), (70.5, 34.25, "7"));
        assert_eq!(file.rows[0].cells(3), [json!(7), json!(1234.5), json!("پشاور, \"x\"\ny")]);
        assert_eq!(file.rows[1].cells(3), [json!(8), json!(0.125), Cell::Null]);
    }

    #[test]
    fn no_rows_are_a_shapefile_too() {
        let (files, _) = files(&[]);
        assert_eq!((files[0].len(), files[1].len()), (100, 100));
        assert_eq!(files[2].last(), Some(&0x1a));
    }
}
