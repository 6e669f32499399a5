//! A sheet of a workbook (Excel's .xlsx and .xls, OpenDocument's .ods) as a
//! delimited table.
//!
//! The sheet is written out once as RFC 4180 text, a line for each of its rows,
//! so that lines in messages are rows of the sheet, and is then read like any
//! other table: numbers and dates by the same rules, whatever the cells say
//! they hold.

use super::ReadError;
use super::columns::{Header, Role};
use super::open::unpacked;
use super::source::ReadSeek;
use super::{schema, workbook_ods, workbook_xls, workbook_xlsx};
use crate::caught::caught;
use calamine::Data;
use std::io::Write;

/// Kinds of workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Office Open XML.
    Xlsx,
    /// Excel 5 to 2003.
    Xls,
    /// OpenDocument; the number of its content in the archive.
    Ods { content: usize },
}

/// A row with at least one cell that holds something.
pub(super) struct FilledRow {
    /// From 0.
    pub(super) number: u32,
    /// Its cells as text.
    pub(super) cells: Vec<String>,
}

/// Gets the rows of a sheet; `false` ends the reading.
pub(super) type Take<'t> = dyn FnMut(FilledRow) -> Result<bool, ReadError> + 't;

/// A workbook of any kind.
pub(super) trait Book {
    /// Names of its sheets in their order.
    fn names(&self) -> Vec<String>;

    /// Hands over the filled rows of a sheet in their order.
    ///
    /// # Errors
    /// When the sheet is damaged or beyond a limit, and what `take` says.
    fn rows(&mut self, sheet: &str, take: &mut Take<'_>) -> Result<(), ReadError>;
}

/// A sheet that was written out.
pub(super) struct Sheet {
    /// What the user should know of it.
    pub(super) notices: Vec<String>,
}

/// Writes the sheet that is asked for as comma-separated text: by its name, or
/// the first that has columns of coordinates, or the first with anything in it.
/// `open` gives the workbook's bytes.
///
/// # Errors
/// When the workbook is damaged or empty or has no such sheet, and when the
/// text cannot be written.
pub(super) fn write_sheet<'a>(
    name: &'a str,
    kind: Kind,
    open: impl Fn() -> Result<Box<dyn ReadSeek + Send + 'a>, ReadError> + 'a,
    asked: Option<&str>,
    out: &mut dyn Write,
) -> Result<Sheet, ReadError> {
    // A decoder that gives up in other ways is taken to say the same.
    caught(|| {
        let mut book: Box<dyn Book + 'a> = match kind {
            Kind::Xlsx => Box::new(workbook_xlsx::open(name, open()?)?),
            Kind::Xls => Box::new(workbook_xls::open(name, open()?)?),
            Kind::Ods { content } => Box::new(workbook_ods::open(name, open, content)?),
        };
        let names = book.names();
        let (sheet, chosen) = match asked {
            Some(asked) => {
                let same = |sheet: &&String| sheet.trim().eq_ignore_ascii_case(asked.trim());
                let found = names.iter().find(same).cloned();
                let listed = || format!("its sheets are {}", names.join(", "));
                let missing =
                    || ReadError::new(name, format!("has no sheet `{asked}`")).hint(listed());
                (found.ok_or_else(missing)?, true)
            }
            None => (likely(name, book.as_mut(), &names)?, false),
        };
        let mut notices = Vec::new();
        if names.len() > 1 && !chosen {
            notices.push(format!(
                "sheet `{sheet}` of {}; --sheet names another",
                names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
            ));
        }
        let broken = write_rows(name, book.as_mut(), &sheet, out)?;
        if broken > 0 {
            let s = if broken == 1 { "" } else { "s" };
            notices.push(format!("line breaks in {broken} cell{s} read as spaces"));
        }
        Ok(Sheet { notices })
    })
    .unwrap_or_else(|| Err(damaged(name, "its decoder gave up")))
}

/// Rows and columns of the largest sheets (ECMA-376, part 1, 18.3.1.13 and
/// 18.3.1.73).
pub(super) const MOST_ROWS: u64 = 1 << 20;
pub(super) const MOST_COLUMNS: usize = 1 << 14;

/// The first sheet whose first row names columns of coordinates, else the first
/// with anything in it.
fn likely(name: &str, book: &mut dyn Book, names: &[String]) -> Result<String, ReadError> {
    let mut filled = None;
    for sheet in names {
        let (mut placed, mut any) = (false, false);
        book.rows(sheet, &mut |row| {
            any = true;
            let header = Header::new(row.cells);
            placed = schema::recognise(&header, None).is_some_and(|schema| {
                [Role::Lon, Role::Lat].iter().all(|role| schema.columns().get(*role).is_some())
            });
            Ok(false)
        })?;
        if placed {
            return Ok(sheet.clone());
        }
        if any {
            filled.get_or_insert(sheet);
        }
    }
    filled.cloned().ok_or_else(|| ReadError::new(name, "is a workbook without a filled cell"))
}

/// Writes all rows and returns how many cells had line breaks.
fn write_rows(
    name: &str,
    book: &mut dyn Book,
    sheet: &str,
    out: &mut dyn Write,
) -> Result<u64, ReadError> {
    let (mut line, mut broken, mut written) = (String::new(), 0_u64, 0_u32);
    // Empty cells at the end of a row are not in the file either.
    let mut width = 0;
    book.rows(sheet, &mut |row| {
        line.clear();
        // Rows without a cell are not in the file; a blank line stands for each.
        (written..row.number).for_each(|_| line.push('\n'));
        for (i, text) in row.cells.iter().enumerate() {
            if i > 0 {
                line.push(',');
            }
            if text.contains(['\n', '\r']) {
                broken += 1;
                push_quoted(&mut line, &text.replace("\r\n", " ").replace(['\n', '\r'], " "));
            } else {
                push_quoted(&mut line, text);
            }
        }
        if width == 0 {
            width = row.cells.len();
        }
        (row.cells.len()..width).for_each(|_| line.push(','));
        line.push('\n');
        written = row.number + 1;
        out.write_all(line.as_bytes()).map_err(|e| unpacked(name, &e))?;
        Ok(true)
    })?;
    Ok(broken)
}

/// A cell as text: days and times as ISO 8601 has them.
pub(super) fn text(cell: &Data) -> String {
    match cell {
        Data::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            match (hour, minute, second) {
                (0, 0, 0) => date,
                _ => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
            }
        }
        Data::Bool(truth) => truth.to_string().to_uppercase(),
        other => other.to_string(),
    }
}

/// A cell of RFC 4180, as it is: what is dangerous is mended where the result
/// is written.
pub(super) fn push_quoted(line: &mut String, text: &str) {
    if text.contains([',', '"']) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

/// The error about a workbook that is none.
pub(super) fn damaged(name: &str, what: &str) -> ReadError {
    let error = ReadError::new(name, format!("cannot be read as a workbook: {what}"));
    error.hint("save it again as .xlsx, or export the sheet as CSV (UTF-8)")
}

/// The error about cells that are not in their order.
pub(super) fn disordered(name: &str, row: u32) -> ReadError {
    let message = format!("the cells of row {} are not in order", row + 1);
    ReadError::new(name, message).hint("save it again with Excel")
}

#[cfg(test)]
mod tests {
    use super::super::{IncidentFile, Input, ReadOptions, read_incidents};
    use super::*;
    use std::io::Cursor;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const RELS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    /// A workbook (ECMA-376) of sheets given by name and rows in XML; cells of
    /// style 1 are dates.
    fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let mut put = |name: &str, text: String| {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        };
        let (mut listed, mut related) = (String::new(), String::new());
        for (i, (name, rows)) in sheets.iter().enumerate() {
            listed += &format!("<sheet name=\"{name}\" sheetId=\"{i}1\" r:id=\"r{i}\"/>");
            related += &format!(
                "<Relationship Id=\"r{i}\" Type=\"{RELS}/worksheet\" Target=\"worksheets/s{i}.xml\"/>"
            );
            put(
                &format!("xl/worksheets/s{i}.xml"),
                format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>"),
            );
        }
        put("[Content_Types].xml", "<Types/>".to_owned());
        put(
            "_rels/.rels",
            format!(
                "<Relationships><Relationship Id=\"r1\" Type=\"{RELS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        );
        put(
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELS}\"><sheets>{listed}</sheets></workbook>"
            ),
        );
        put("xl/_rels/workbook.xml.rels", format!("<Relationships>{related}</Relationships>"));
        put(
            "xl/sharedStrings.xml",
            format!("<sst xmlns=\"{MAIN}\"><si><t>Angur Ada, \"gate\"</t></si></sst>"),
        );
        put(
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        );
        archive.finish().unwrap().into_inner()
    }

    /// A row of cells, each as `type|content`; an empty one is left out.
    fn row(number: usize, cells: &[&str]) -> String {
        let mut xml = format!("<row r=\"{number}\">");
        for (i, cell) in cells.iter().enumerate() {
            let place = format!("{}{number}", (b'A' + i as u8) as char);
            match cell.split_once('|') {
                Some(("s", text)) => {
                    xml += &format!("<c r=\"{place}\" t=\"s\"><v>{text}</v></c>");
                }
                Some(("d", text)) => {
                    xml += &format!("<c r=\"{place}\" s=\"1\"><v>{text}</v></c>");
                }
                Some(("n", text)) => xml += &format!("<c r=\"{place}\"><v>{text}</v></c>"),
                Some((_, text)) => {
                    xml += &format!(
                        "<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
                    );
                }
                None => {}
            }
        }
        xml + "</row>"
    }

    fn read(bytes: &[u8], sheet: Option<&str>) -> Result<IncidentFile, ReadError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.xlsx");
        std::fs::write(&path, bytes).unwrap();
        let sheet = sheet.map(str::to_owned);
        let options = ReadOptions { sheet, keep_rows: true, ..ReadOptions::default() };
        read_incidents(&Input::Path(path), ("", ""), &options, 0)
    }

    fn events() -> String {
        [
            row(1, &["t|id", "t|longitude", "t|latitude", "t|date", "t|place", "t|fatalities"]),
            row(2, &["n|7", "n|69.9", "n|33.25", "d|45154", "s|0", "n|3"]),
            // Row 3 is not in the file. Dates and numbers may be text.
            row(4, &["t|b", "t|70", "t| 34.5 ", "t|2023-05-01", "t|two\nlines", ""]),
            row(5, &["t|c", "n|70", "t|north", "d|45154.5", "", "n|1"]),
            row(6, &["t|=1+1", "n|71", "n|34", "", "", ""]),
        ]
        .concat()
    }

    /// References of decoders have 32 bits; a row as wide would fill the memory.
    #[test]
    fn a_cell_that_no_sheet_has_is_refused() {
        for place in ["XFE2", "A1048577", "hzzzzB3"] {
            let far = format!("<row r=\"2\"><c r=\"{place}\"><v>1</v></c></row>");
            let names = row(1, &["t|longitude", "t|latitude"]);
            let fault = read(&workbook(&[("a", &(names + &far))]), None).unwrap_err().to_string();
            assert!(fault.contains("`columns` of 16384"), "{fault}");
        }
    }

    #[test]
    fn a_sheet_is_read_like_a_table() {
        let book = workbook(&[
            ("About", &row(1, &["t|Made by hand", ""])),
            ("Events", &events()),
            ("Empty", ""),
        ]);
        let file = read(&book, None).unwrap();
        assert_eq!(
            file.summary.notices[0],
            "sheet `Events` of `About`, `Events`, `Empty`; --sheet names another"
        );
        assert_eq!(file.summary.notices[1], "line breaks in 1 cell read as spaces");
        assert_eq!((file.summary.read, file.summary.blank_lines), (4, 1));
        let first = &file.incidents[0];
        assert_eq!((first.id.as_str(), first.place.as_str()), ("7", "Angur Ada, \"gate\""));
        // Day 45,154 of Excel's 1900 system.
        assert_eq!(first.date.unwrap().to_string(), "2023-08-16");
        assert_eq!((first.at.lon(), first.at.lat(), first.fatalities.best), (69.9, 33.25, Some(3)));
        assert_eq!(file.incidents[1].place, "two lines");
        assert_eq!(file.incidents[1].row.line, 4);
        let reject = &file.rejected[0];
        assert_eq!((reject.line, reject.field.as_str()), (5, "latitude"));
        assert_eq!(file.incidents[2].id, "=1+1");
        // Written again, it is no formula.
        let mut written = String::new();
        file.rows[2].push_csv(6, &mut written);
        assert!(written.starts_with("'=1+1,71,34"), "{written}");
    }

    #[test]
    fn a_sheet_can_be_named() {
        let other = [row(1, &["t|x", "t|y"]), row(2, &["n|70", "n|34"])].concat();
        let book = workbook(&[("Events", &events()), ("Other", &other)]);
        assert_eq!(read(&book, Some("other")).unwrap().incidents.len(), 1);
        let error = read(&book, Some("Third")).unwrap_err();
        assert_eq!(error.hint, "its sheets are Events, Other");
    }

    #[test]
    fn a_workbook_that_cannot_be_read_says_so() {
        let empty = workbook(&[("Nothing", "")]);
        assert!(read(&empty, None).unwrap_err().message.contains("without a filled cell"));
        let whole = workbook(&[("Events", &events())]);
        let cut = read(&whole[..whole.len() / 2], None).unwrap_err();
        assert!(cut.message.contains("cannot be unpacked"), "{cut}");
        let back = [row(3, &["t|lon"]), row(2, &["t|lat"])].concat();
        let error = read(&workbook(&[("Events", &back)]), None).unwrap_err();
        assert!(error.message.contains("row 2 are not in order"), "{error}");
    }
}
