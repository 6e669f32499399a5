//! Workbooks of Office Open XML (ECMA-376), read cell by cell through `calamine`.

use super::ReadError;
use super::source::ReadSeek;
use super::workbook::{Book, FilledRow, MOST_COLUMNS, MOST_ROWS, Take, damaged, disordered, text};
use calamine::{Data, DataRef, Reader, Xlsx};
use std::io::BufReader;

type File<'a> = BufReader<Box<dyn ReadSeek + Send + 'a>>;

/// A workbook that is open.
struct XlsxBook<'a> {
    name: &'a str,
    book: Xlsx<File<'a>>,
}

/// Opens a workbook.
///
/// # Errors
/// When it is damaged.
pub(super) fn open<'a>(
    name: &'a str,
    file: Box<dyn ReadSeek + Send + 'a>,
) -> Result<impl Book + 'a, ReadError> {
    let book = Xlsx::new(BufReader::new(file)).map_err(|e| damaged(name, &e.to_string()))?;
    Ok(XlsxBook { name, book })
}

impl Book for XlsxBook<'_> {
    fn names(&self) -> Vec<String> {
        self.book.sheet_names()
    }

    fn rows(&mut self, sheet: &str, take: &mut Take<'_>) -> Result<(), ReadError> {
        let name = self.name;
        // Charts are sheets without cells.
        let Ok(mut cells) = self.book.worksheet_cells_reader(sheet) else { return Ok(()) };
        let mut row: Option<FilledRow> = None;
        while let Some(cell) = cells.next_cell().map_err(|e| damaged(name, &e.to_string()))? {
            if matches!(cell.get_value(), DataRef::Empty) {
                continue;
            }
            let (number, column) = cell.get_position();
            let column = column as usize;
            // The decoder takes any reference, of billions of columns too.
            if u64::from(number) >= MOST_ROWS || column >= MOST_COLUMNS {
                let limit = format!(
                    "a cell beyond the limits `rows` of {MOST_ROWS} and `columns` of {MOST_COLUMNS}"
                );
                return Err(damaged(name, &limit));
            }
            if let Some(done) = row.take_if(|row| number > row.number)
                && !take(done)?
            {
                return Ok(());
            }
            let current = row.get_or_insert_with(|| FilledRow { number, cells: Vec::new() });
            if number < current.number || column < current.cells.len() {
                return Err(disordered(name, number));
            }
            current.cells.resize(column, String::new());
            current.cells.push(text(&Data::from(cell.get_value().clone())));
        }
        row.map_or(Ok(()), |row| take(row).map(drop))
    }
}
