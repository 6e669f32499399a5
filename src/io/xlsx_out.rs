//! Tables as Excel workbooks, through `rust_xlsxwriter`. Text is written as text
//! whatever it begins with, so that nothing becomes a formula or a link.
//!
//! A cell of text that is a plain number or an ISO day is stored as that number
//! or day; `007`, `+92`, `1e5` and what has more than 15 digits stay text.
//! Whole numbers beyond 2⁵³ do too: Excel would round them.

use super::encode::{EncodeError, Parts, PointEncoder};
use super::number::plain_number;
use super::table_out::{Cell, Sheet, printable};
use crate::geodesy::LonLat;
use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde_json::Value;

/// Rows and columns of a sheet, and letters of a cell (Excel's limits).
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: usize = 1 << 14;
const MOST_LETTERS: usize = 32_767;
/// Whole numbers beyond it are not exact.
const EXACT: i64 = 1 << 53;

/// Writes a table of points as a sheet, row after row to a temporary file.
pub struct XlsxWriter {
    book: Workbook,
    days: Format,
    rows: u32,
    cut: u64,
}

impl From<XlsxError> for EncodeError {
    fn from(error: XlsxError) -> EncodeError {
        EncodeError::new(format!("the table cannot be written as a workbook: {error}"), "")
    }
}

impl XlsxWriter {
    /// A sheet with such columns.
    ///
    /// # Errors
    /// When there are too many.
    pub fn new(names: &[String]) -> Result<XlsxWriter, EncodeError> {
        let mut book = book()?;
        let sheet = book.add_worksheet_with_constant_memory()?;
        begin(sheet, "incidents", names)?;
        let days = Format::new().set_num_format("yyyy-mm-dd");
        Ok(XlsxWriter { book, days, rows: 1, cut: 0 })
    }
}

impl PointEncoder for XlsxWriter {
    fn push(&mut self, rows: Vec<(LonLat, Vec<Cell>)>) -> Result<Vec<u8>, EncodeError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for (_, cells) in rows {
            self.cut += write_row(sheet, self.rows, &cells, &self.days)?;
            self.rows += 1;
        }
        Ok(Vec::new())
    }

    fn finish(
        mut self: Box<Self>,
        metadata: &[(String, String)],
        parts: &mut Parts<'_>,
    ) -> Result<Vec<String>, EncodeError> {
        describe(&mut self.book, metadata)?;
        parts(0, &self.book.save_to_buffer()?)?;
        Ok(cut_notice(self.cut).into_iter().collect())
    }
}

/// Tables as the sheets of a workbook. `metadata` tell where they came from.
///
/// # Errors
/// When a table is larger than a sheet.
pub fn xlsx_tables(
    tables: &[Sheet],
    metadata: &[(String, String)],
) -> Result<Vec<u8>, EncodeError> {
    let mut book = book()?;
    let days = Format::new().set_num_format("yyyy-mm-dd");
    for (name, header, rows) in tables {
        let sheet = book.add_worksheet();
        begin(sheet, name, header)?;
        for (i, row) in rows.iter().enumerate() {
            let number = u32::try_from(i + 1).unwrap_or(MOST_ROWS);
            write_row(sheet, number, row, &days)?;
        }
    }
    describe(&mut book, metadata)?;
    Ok(book.save_to_buffer()?)
}

/// A workbook that tells no day on which it was made.
fn book() -> Result<Workbook, EncodeError> {
    let mut book = Workbook::new();
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    Ok(book)
}

/// The name and the first row of a sheet.
fn begin(sheet: &mut Worksheet, name: &str, columns: &[String]) -> Result<(), EncodeError> {
    if columns.len() > MOST_COLUMNS {
        let message =
            format!("a sheet holds {MOST_COLUMNS} columns, the table has {}", columns.len());
        return Err(EncodeError::new(message, "write it as .csv or .parquet"));
    }
    let short: String = name.chars().filter(|c| !"[]:*?/\\".contains(*c)).take(31).collect();
    sheet.set_name(short)?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in columns.iter().enumerate() {
        // At most MOST_COLUMNS by the test above.
        sheet.write_string(0, column as u16, text(name).0)?;
    }
    Ok(())
}

/// Writes a row and returns how many of its texts were cut.
fn write_row(
    sheet: &mut Worksheet,
    row: u32,
    cells: &[Cell],
    days: &Format,
) -> Result<u64, EncodeError> {
    if row >= MOST_ROWS {
        let message = format!("a sheet holds {MOST_ROWS} rows, the table has more");
        return Err(EncodeError::new(message, "write it as .csv or .parquet"));
    }
    let mut cut = 0;
    for (column, cell) in cells.iter().enumerate() {
        let column = column as u16;
        match cell {
            Value::Null => {}
            Value::Bool(truth) => drop(sheet.write_boolean(row, column, *truth)?),
            Value::Number(number) => match number.as_i64() {
                Some(whole) if whole.abs() > EXACT => {
                    sheet.write_string(row, column, whole.to_string())?;
                }
                _ => match number.as_f64() {
                    Some(value) => drop(sheet.write_number(row, column, value)?),
                    None => drop(sheet.write_string(row, column, number.to_string())?),
                },
            },
            Value::String(words) if words.is_empty() => {}
            Value::String(words) => match (plain_number(words), day(words)) {
                (Some(value), _) => drop(sheet.write_number(row, column, value)?),
                (None, Some(day)) => {
                    sheet.write_datetime_with_format(row, column, &day, days)?;
                }
                (None, None) => {
                    let (words, shortened) = text(words);
                    cut += u64::from(shortened);
                    sheet.write_string(row, column, words)?;
                }
            },
            other => drop(sheet.write_string(row, column, text(&other.to_string()).0)?),
        }
    }
    Ok(cut)
}

/// A day that Excel counts as others do: it has a 29 February 1900.
fn day(text: &str) -> Option<ExcelDateTime> {
    let date: Date = (text.len() == 10).then(|| text.parse().ok()).flatten()?;
    if date.to_string() != text || date < jiff::civil::date(1900, 3, 1) {
        return None;
    }
    let [year, month, day] =
        [u16::try_from(date.year()).ok()?, date.month() as u16, date.day() as u16];
    ExcelDateTime::from_ymd(year, month as u8, day as u8).ok()
}

/// A text that a cell can hold, and whether it had to be cut.
fn text(words: &str) -> (String, bool) {
    let words = printable(words);
    match words.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => (words[..end].to_owned(), true),
        None => (words.into_owned(), false),
    }
}

fn cut_notice(cut: u64) -> Option<String> {
    let s = if cut == 1 { "" } else { "s" };
    (cut > 0).then(|| format!("{cut} text{s} cut to the {MOST_LETTERS} letters of a cell in .xlsx"))
}

/// A sheet that tells where the others came from.
fn describe(book: &mut Workbook, metadata: &[(String, String)]) -> Result<(), EncodeError> {
    if metadata.is_empty() {
        return Ok(());
    }
    let sheet = book.add_worksheet();
    sheet.set_name("provenance")?;
    for (row, (key, value)) in metadata.iter().enumerate() {
        let row = row as u32;
        sheet.write_string(row, 0, text(key).0)?;
        sheet.write_string(row, 1, text(value).0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};
    use serde_json::json;
    use std::io::Cursor;

    fn cells(bytes: &[u8]) -> Vec<Vec<Data>> {
        let mut book = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let range = book.worksheet_range("incidents").unwrap();
        range.rows().map(<[Data]>::to_vec).collect()
    }

    fn write(rows: &[Vec<Cell>]) -> Vec<u8> {
        let names = ["a", "=b", "c"].map(str::to_owned);
        let mut writer = XlsxWriter::new(&names).unwrap();
        let at = LonLat::new(70.0, 34.0).unwrap();
        for row in rows {
            assert!(writer.push(vec![(at, row.clone())]).unwrap().is_empty());
        }
        let mut bytes = Vec::new();
        let mut parts = |_, more: &[u8]| {
            bytes.extend(more);
            Ok(())
        };
        Box::new(writer).finish(&[("durand".into(), "{}".into())], &mut parts).unwrap();
        bytes
    }

    #[test]
    fn cells_are_what_they_are_and_no_formula() {
        let rows = [
            vec![json!("=1+1"), json!("007"), json!("-12.5")],
            vec![json!("2023-05-01"), json!(7), json!("a\u{0}b\u{FFFE}")],
            vec![json!("1e5"), json!(true), json!(9_007_199_254_740_993_i64)],
            vec![Value::Null, json!("پشاور\n\"x\""), json!("12345678901234567890")],
        ];
        let found = cells(&write(&rows));
        let text = |words: &str| Data::String(words.to_owned());
        assert_eq!(found[0], [text("a"), text("=b"), text("c")]);
        assert_eq!(found[1], [text("=1+1"), text("007"), Data::Float(-12.5)]);
        assert_eq!(super::super::workbook::text(&found[2][0]), "2023-05-01");
        assert_eq!(found[2][1..], [Data::Float(7.0), text("a\u{FFFD}b\u{FFFD}")]);
        assert_eq!(found[3], [text("1e5"), Data::Bool(true), text("9007199254740993")]);
        assert_eq!(found[4][1..], [text("پشاور\n\"x\""), text("12345678901234567890")]);
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        let rows = vec![vec![json!("a"), json!(1.5), json!("2020-02-29")]; 3];
        assert_eq!(write(&rows), write(&rows));
        let table = ("t/a:b".to_owned(), vec!["x".to_owned()], vec![vec![json!(1)]]);
        assert!(xlsx_tables(&[table], &[]).is_ok());
    }
}
