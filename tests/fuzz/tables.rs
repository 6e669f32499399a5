//! Readers of incidents.

use super::packing::{archive, workbook_of};
use super::{files, folder};
use durand::io::{
    IncidentFile, Input, ReadError, ReadOptions, csv as table, push_feature, read_incidents,
    reject_csv,
};
use std::cell::OnceCell;

thread_local! {
    static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
}

/// Reads bytes under a file name and checks what holds of any file.
fn read(name: &str, data: &[u8], options: &ReadOptions) -> Option<IncidentFile> {
    let path = FOLDER.with(|cell| cell.get_or_init(folder).path().join(name));
    std::fs::write(&path, data).unwrap();
    let outcome = read_incidents(&Input::Path(path), ("", ""), options, 0);
    match outcome {
        Ok(file) => {
            holds(&file);
            Some(file)
        }
        Err(error) => {
            in_words(&error);
            None
        }
    }
}

/// Reads what is found, with every cell kept.
fn read_any(name: &str, data: &[u8]) -> Option<IncidentFile> {
    read(name, data, &ReadOptions { keep_rows: true, ..ReadOptions::default() })
}

fn in_words(error: &ReadError) {
    assert!(!error.message.is_empty());
    let text = error.to_string();
    assert!(!text.contains("os error"), "{text}");
    assert!(!text.contains('\n') && text.chars().count() < 4_000, "{text}");
}

/// Nothing is lost, everything has its place, and what is written is read again.
fn holds(file: &IncidentFile) {
    let summary = &file.summary;
    assert_eq!(summary.read, (file.incidents.len() + file.rejected.len()) as u64);
    assert_eq!(summary.rejected, file.rejected.len() as u64);
    let mut records: Vec<u64> = file.incidents.iter().map(|i| i.row.record).collect();
    assert!(records.windows(2).all(|pair| pair[0] < pair[1]), "incidents in order");
    records.extend(file.rejected.iter().map(|r| r.record));
    records.sort_unstable();
    assert!(records.iter().zip(1..).all(|(found, number)| *found == number), "{records:?}");
    for reject in &file.rejected {
        assert!(!reject.reason.is_empty() && reject.value.chars().count() <= 80);
    }
    for notice in &summary.notices {
        assert!(!notice.is_empty() && !notice.contains('\n'), "{notice}");
    }
    let listed = reject_csv(&file.rejected);
    assert_eq!(rows(&listed, 6), file.rejected.len());
    // Rows are kept where they were asked for; a feature may have no property. A
    // lone cell that is empty would be a blank line: every table of ours has more.
    if file.rows.is_empty() || file.header.len() < 2 {
        return;
    }
    let columns = file.header.len();
    let cells = || file.rows.iter().map(|row| row.cells(columns));
    assert_eq!(rows(&table(&file.header, cells()), columns), file.rows.len());
    if let (Some(incident), Some(cells)) = (file.incidents.first(), cells().next()) {
        let mut feature = String::new();
        push_feature(&mut feature, incident.at, &file.header, cells);
        let read: serde_json::Value = serde_json::from_str(&feature).unwrap();
        // serde_json may miss the last digit of a number.
        let (lon, at) = (&read["geometry"]["coordinates"][0], incident.at.lon());
        let bound = at.abs() * 1e-15 + f64::MIN_POSITIVE;
        assert!((lon.as_f64().unwrap() - at).abs() <= bound, "{lon} {at}");
    }
}

/// Records of a CSV of ours, each with the cells of the header.
fn rows(text: &[u8], columns: usize) -> usize {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let width = reader.headers().unwrap().len();
    assert!(width == columns || columns == 0, "{width} columns, not {columns}");
    reader.into_byte_records().map(|row| assert_eq!(row.unwrap().len(), width)).count()
}

/// Delimited text. The first byte says whether a format or an encoding is named.
pub fn delimited(data: &[u8]) {
    let (choice, text) = data.split_first().unwrap_or((&b' ', data));
    let mut options = ReadOptions { keep_rows: true, ..ReadOptions::default() };
    let formats = ["acled", "ucdp", "gtd", "gdelt", "generic"];
    if let Some(word) = formats.get(usize::from(choice.wrapping_sub(b'1'))) {
        options.format = word.parse().ok();
    }
    match choice {
        b'a' => options.encoding = Some("windows-1252".to_owned()),
        b'b' => options.encoding = Some("windows-1256".to_owned()),
        b'c' => options.columns = vec![("lon".to_owned(), "a".to_owned())],
        _ => {}
    }
    let Some(file) = read("t.csv", text, &options) else { return };
    // Where no cell can be quoted, every line is a record or is told. Features, also
    // those after a separator (RFC 8142), are no table: CR ends no line there.
    let first = text.iter().find(|byte| !matches!(byte, 9..=13 | b' '));
    let table = !matches!(first, Some(b'{' | 0x1E));
    if table && text.is_ascii() && !text.contains(&b'"') {
        let lines = lines(text);
        let told = file.summary.read + file.summary.blank_lines;
        // A line for the separator, one of names and one of tags are no records.
        assert!(told <= lines && lines <= told + 3, "{lines} lines, {told} told");
        let last = file.rejected.iter().map(|r| r.line).max();
        assert!(last.is_none_or(|line| line <= lines));
    }
}

/// Lines that end with LF, CR or both.
fn lines(text: &[u8]) -> u64 {
    let mut count = 0;
    let mut open = false;
    let mut after_cr = false;
    for &byte in text {
        match byte {
            b'\n' if after_cr => {}
            b'\n' | b'\r' => {
                count += 1;
                open = false;
            }
            _ => open = true,
        }
        after_cr = byte == b'\r';
    }
    count + u64::from(open)
}

/// A collection of points.
pub fn geojson_points(data: &[u8]) {
    read_any("t.geojson", data);
}

/// A feature a line.
pub fn geojson_sequence(data: &[u8]) {
    read_any("t.geojsonl", data);
}

/// The rows of a GeoPackage.
pub fn geopackage(data: &[u8]) {
    read_any("t.gpkg", data);
}

/// Keyhole Markup Language, plain and in an archive.
pub fn kml(data: &[u8]) {
    let plain = read_any("t.kml", data);
    if data.windows(4).any(|w| w.eq_ignore_ascii_case(b"<kml")) {
        let packed = read_any("t.kmz", &archive(&[("doc.kml", data)]));
        let count = |file: &Option<IncidentFile>| file.as_ref().map(|f| f.summary.read);
        assert_eq!(count(&packed), count(&plain));
    }
}

/// Archives and streams, whatever is in them.
pub fn packed(data: &[u8]) {
    read_any("t.csv.gz", data);
}

/// Parquet.
pub fn parquet(data: &[u8]) {
    read_any("t.parquet", data);
}

/// An Excel workbook: its sheet, its shared strings, its styles and its list of sheets.
pub fn workbook(data: &[u8]) {
    let [sheet, strings, styles, book] = files(data);
    read_any("t.xlsx", &workbook_of(sheet, strings, styles, book));
}
