//! Workbooks of Excel 5 to 2003 (MS-XLS), through `calamine`.
//!
//! It believes what a workbook says of its size: a record of the dimensions
//! makes it reserve memory, a far cell makes it fill the rectangle up to it, and
//! chains of sectors may run for ever. So the one stream that matters is taken
//! out by us, its records are walked and held against limits, the dimensions are
//! blanked, and `calamine` gets a sound file with that stream in it.

use super::ReadError;
use super::open::{Limit, read_stream};
use super::source::ReadSeek;
use super::workbook::{Book, FilledRow, Take, damaged};
use super::{compound, workbook};
use calamine::{Data, Reader, Xls};
use std::io::Cursor;

/// The largest workbook; all of it is held in memory.
const LARGEST: Limit = Limit {
    name: "workbook size",
    bytes: 256 << 20,
    hint: "save it as .xlsx or CSV (UTF-8), which are read piece by piece",
};
/// Most sheets.
const MOST_SHEETS: usize = 256;
/// Most records that are looked at, over all sheets.
const MOST_RECORDS: u64 = 50_000_000;
/// A rectangle of so many cells is held whatever is in it; a larger one must
/// have a filled cell in `SPARSEST` of them.
const SMALL_CELLS: u64 = 1 << 20;
const SPARSEST: u64 = 8;

struct XlsBook<'a> {
    name: &'a str,
    book: Xls<Cursor<Vec<u8>>>,
}

/// Opens a workbook.
///
/// # Errors
/// When it is damaged, encrypted or beyond a limit.
pub(super) fn open<'a>(
    name: &'a str,
    file: Box<dyn ReadSeek + Send + 'a>,
) -> Result<impl Book + 'a, ReadError> {
    let bytes = read_stream(name, file, 0, &LARGEST)?;
    let mut stream = compound::stream(&bytes, &["Workbook", "Book"]).map_err(|what| {
        let error = damaged(name, &what);
        if what.contains("no workbook") {
            return error.hint("an encrypted .xlsx looks like this too: remove its password");
        }
        error
    })?;
    drop(bytes);
    Walk { name, stream: &mut stream, records: 0 }.all()?;
    let file = compound::wrap("Workbook", &stream);
    drop(stream);
    let book = Xls::new(Cursor::new(file)).map_err(|e| damaged(name, &e.to_string()))?;
    Ok(XlsBook { name, book })
}

impl Book for XlsBook<'_> {
    fn names(&self) -> Vec<String> {
        self.book.sheet_names()
    }

    fn rows(&mut self, sheet: &str, take: &mut Take<'_>) -> Result<(), ReadError> {
        let range =
            self.book.worksheet_range(sheet).map_err(|e| damaged(self.name, &e.to_string()))?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (i, row) in range.rows().enumerate() {
            let Some(last) = row.iter().rposition(|cell| *cell != Data::Empty) else { continue };
            let mut cells = vec![String::new(); first_column as usize];
            cells.extend(row[..=last].iter().map(workbook::text));
            if !take(FilledRow { number: first_row + i as u32, cells })? {
                break;
            }
        }
        Ok(())
    }
}

/// A walk over the records of a workbook stream.
struct Walk<'a> {
    name: &'a str,
    stream: &'a mut [u8],
    records: u64,
}

/// A record: its kind, and where its data lie.
type Record = (u16, std::ops::Range<usize>);

impl Walk<'_> {
    /// The globals and all sheets.
    fn all(&mut self) -> Result<(), ReadError> {
        let (mut at, mut sheets) = (0, Vec::new());
        while let Some((kind, data)) = self.record(&mut at)? {
            match kind {
                // EOF.
                0x000A => break,
                // BoundSheet8: the place of a sheet.
                0x0085 => sheets.push(self.u32_at(data.start)),
                _ => {}
            }
        }
        if sheets.len() > MOST_SHEETS {
            return Err(self.beyond(&format!("`sheets` of {MOST_SHEETS}")));
        }
        let mut empty_cells = 0;
        for start in sheets {
            empty_cells += self.sheet(start as usize)?;
            if empty_cells > SMALL_CELLS {
                let sentence = "`sparse cells`: a cell far from the others makes a rectangle of a \
                                million empty ones";
                return Err(self.beyond(sentence));
            }
        }
        Ok(())
    }

    /// One sheet: blanks its dimensions and tells how many cells too many its
    /// rectangle has for what is in it.
    fn sheet(&mut self, start: usize) -> Result<u64, ReadError> {
        let (mut at, mut depth, mut cells) = (start, 0_u32, 0_u64);
        let mut bounds: Option<[u64; 4]> = None;
        while let Some((kind, data)) = self.record(&mut at)? {
            match kind {
                // BOF and EOF; charts are nested.
                0x0809 => depth += 1,
                0x000A if depth <= 1 => break,
                0x000A => depth -= 1,
                // Dimensions become a record that means nothing.
                0x0200 => {
                    let header = data.start - 4;
                    self.stream[header..header + 2].copy_from_slice(&[0xFF, 0x7F]);
                }
                // Formula, Number, Label, RString, BoolErr, String, Rk, LabelSst, MulRk.
                0x0006 | 0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x0207 | 0x027E | 0x00FD | 0x00BD
                    if depth <= 1 && kind != 0x0207 =>
                {
                    let (row, column) = (
                        u64::from(self.u16_at(data.start)),
                        u64::from(self.u16_at(data.start + 2)),
                    );
                    let run =
                        if kind == 0x00BD { data.len().saturating_sub(6) as u64 / 6 } else { 1 };
                    let last = column + run.max(1) - 1;
                    let [top, left, bottom, right] = bounds.unwrap_or([row, column, row, last]);
                    bounds =
                        Some([top.min(row), left.min(column), bottom.max(row), right.max(last)]);
                    cells += run.max(1);
                }
                _ => {}
            }
        }
        let area =
            bounds.map_or(0, |[top, left, bottom, right]| (bottom - top + 1) * (right - left + 1));
        Ok(area.saturating_sub(cells * SPARSEST))
    }

    /// The next record; `None` at the end of the stream.
    fn record(&mut self, at: &mut usize) -> Result<Option<Record>, ReadError> {
        self.records += 1;
        if self.records > MOST_RECORDS {
            return Err(self.beyond(&format!("`records` of {MOST_RECORDS}")));
        }
        let Some(data) = at.checked_add(4).filter(|data| *data <= self.stream.len()) else {
            return Ok(None);
        };
        let (kind, length) = (self.u16_at(*at), usize::from(self.u16_at(*at + 2)));
        let end = data + length;
        if end > self.stream.len() {
            return Ok(None);
        }
        *at = end;
        Ok(Some((kind, data..end)))
    }

    fn u16_at(&self, at: usize) -> u16 {
        self.stream.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
    }

    fn u32_at(&self, at: usize) -> u32 {
        u32::from(self.u16_at(at)) | u32::from(self.u16_at(at + 2)) << 16
    }

    fn beyond(&self, limit: &str) -> ReadError {
        ReadError::new(self.name, format!("is beyond the limit {limit}"))
            .hint("save it as .xlsx or CSV (UTF-8), which are read piece by piece")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IncidentFile, Input, ReadOptions, read_incidents};
    use super::*;

    /// Records of a workbook (BIFF8) and where its one sheet begins.
    struct Workbook {
        stream: Vec<u8>,
    }

    impl Workbook {
        fn record(&mut self, kind: u16, data: &[u8]) {
            self.stream.extend(kind.to_le_bytes());
            self.stream.extend((data.len() as u16).to_le_bytes());
            self.stream.extend(data);
        }

        /// A sheet `Events` with the dimensions that a record of it states;
        /// `fill` writes its cells. Style 1 is a date.
        fn new(words: &[&str], dimensions: [u32; 4], fill: impl Fn(&mut Workbook)) -> Workbook {
            let mut book = Workbook { stream: Vec::new() };
            let bof = |kind: u8| [0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            book.record(0x0809, &bof(5));
            for format in [0, 14] {
                let mut style = [0; 20];
                style[2] = format;
                book.record(0x00E0, &style);
            }
            let bound = book.stream.len() + 4;
            book.record(0x0085, b"\0\0\0\0\0\0\x06\0Events");
            let mut strings = [(words.len() as u32).to_le_bytes(); 2].concat();
            for word in words {
                let units: Vec<u16> = word.encode_utf16().collect();
                strings.extend((units.len() as u16).to_le_bytes());
                strings.push(1);
                strings.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
            }
            book.record(0x00FC, &strings);
            book.record(0x000A, &[]);
            let start = (book.stream.len() as u32).to_le_bytes();
            book.stream[bound..bound + 4].copy_from_slice(&start);
            book.record(0x0809, &bof(0x10));
            let [top, bottom, left, right] = dimensions;
            let mut extent = [top.to_le_bytes(), bottom.to_le_bytes()].concat();
            extent.extend([left as u16, right as u16, 0].iter().flat_map(|n| n.to_le_bytes()));
            book.record(0x0200, &extent);
            fill(&mut book);
            book.record(0x000A, &[]);
            book
        }

        fn cell(&mut self, kind: u16, [row, column, style]: [u16; 3], value: &[u8]) {
            let mut data: Vec<u8> =
                [row, column, style].iter().flat_map(|n| n.to_le_bytes()).collect();
            data.extend(value);
            self.record(kind, &data);
        }

        fn word(&mut self, row: u16, column: u16, index: u32) {
            self.cell(0x00FD, [row, column, 0], &index.to_le_bytes());
        }

        fn number(&mut self, row: u16, column: u16, style: u16, value: f64) {
            self.cell(0x0203, [row, column, style], &value.to_le_bytes());
        }

        fn file(&self) -> Vec<u8> {
            compound::wrap("Workbook", &self.stream)
        }
    }

    const WORDS: [&str; 5] = ["longitude", "latitude", "date", "place", "Angur Ada, پشاور"];

    fn events(book: &mut Workbook) {
        (0..4).for_each(|column| book.word(0, column, u32::from(column)));
        book.number(1, 0, 0, 69.9);
        book.number(1, 1, 0, 33.25);
        // Day 45,154 of Excel's 1900 system.
        book.number(1, 2, 1, 45_154.0);
        book.word(1, 3, 4);
        // Row 3 is empty; MulRk: 70 and 34 as whole numbers.
        let run: Vec<u8> = [70_u32, 34]
            .iter()
            .flat_map(|n| [vec![0, 0], (n << 2 | 2).to_le_bytes().into()].concat())
            .collect();
        let mut data = vec![3, 0, 0, 0];
        data.extend(run);
        data.extend([1, 0]);
        book.record(0x00BD, &data);
    }

    fn read(bytes: &[u8]) -> Result<IncidentFile, ReadError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.xls");
        std::fs::write(&path, bytes).unwrap();
        read_incidents(&Input::Path(path), ("", ""), &ReadOptions::default(), 0)
    }

    #[test]
    fn an_old_workbook_is_read_like_a_table() {
        // Dimensions of which the product alone would fill the memory.
        let book = Workbook::new(&WORDS, [0, u32::MAX, 0, 255], events);
        let file = read(&book.file()).unwrap();
        assert_eq!((file.summary.read, file.summary.blank_lines), (2, 1));
        let first = &file.incidents[0];
        assert_eq!((first.at.lon(), first.at.lat(), first.place.as_str()), (69.9, 33.25, WORDS[4]));
        assert_eq!(first.date.unwrap().to_string(), "2023-08-16");
        assert_eq!((file.incidents[1].at.lon(), file.incidents[1].row.line), (70.0, 4));
    }

    #[test]
    fn a_far_cell_does_not_fill_the_memory() {
        let far = Workbook::new(&WORDS, [0, 4, 0, 4], |book| {
            events(book);
            book.number(65_535, 255, 0, 1.0);
        });
        let error = read(&far.file()).unwrap_err();
        assert!(error.message.contains("limit `sparse cells`"), "{error}");
        let sheets = Workbook::new(&WORDS, [0, 4, 0, 4], events);
        let mut stream = Vec::new();
        let bound = [&[0x85, 0, 14, 0][..], b"\0\0\0\0\0\0\x06\0Events"].concat();
        (0..300).for_each(|_| stream.extend(&bound));
        stream.extend(&sheets.stream);
        let error = read(&compound::wrap("Workbook", &stream)).unwrap_err();
        assert!(error.message.contains("limit `sheets`"), "{error}");
    }

    #[test]
    fn any_changed_byte_ends() {
        let book = Workbook::new(&WORDS, [0, 4, 0, 4], events);
        for at in 0..book.stream.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut stream = book.stream.clone();
                stream[at] = byte;
                let _ = read(&compound::wrap("Workbook", &stream));
            }
        }
        let file = book.file();
        // What is cut from its end is padding.
        for cut in (0..1600).step_by(37) {
            assert!(read(&file[..cut]).is_err(), "{cut}");
        }
        let document = compound::wrap("WordDocument", b"text");
        assert!(read(&document).unwrap_err().hint.contains("password"));
    }
}
