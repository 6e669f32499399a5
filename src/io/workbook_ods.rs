//! OpenDocument spreadsheets (OASIS OpenDocument 1.3, part 3, chapter 9).
//!
//! The content is read as a stream, twice: for the names of the sheets, and for
//! the rows of one. `calamine` would hold a cell for each that is repeated, of
//! which a file of a kilobyte can ask for a hundred million.

use super::ReadError;
use super::source::ReadSeek;
use super::unpack::unzip;
use super::workbook::{Book, FilledRow, MOST_COLUMNS, MOST_ROWS, Take, damaged};
use super::xml_pieces::{LONGEST, Pieces};
use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, BufReader};

/// Bytes that repeated rows and cells may add.
const MOST_REPEATED: u64 = 256 << 20;
/// Deepest nesting of elements.
const DEEPEST: usize = 256;

struct OdsBook<'a, O> {
    name: &'a str,
    open: O,
    content: usize,
    names: Vec<String>,
}

/// Opens a spreadsheet; `open` gives its bytes, `content` is the number of its
/// content in the archive.
///
/// # Errors
/// When it is damaged or encrypted.
#[allow(clippy::needless_lifetimes)] // what `open` gives may live as long
pub(super) fn open<'a, O>(name: &'a str, open: O, content: usize) -> Result<impl Book, ReadError>
where
    O: Fn() -> Result<Box<dyn ReadSeek + Send + 'a>, ReadError>,
{
    let mut book = OdsBook { name, open, content, names: Vec::new() };
    let mut names = Vec::new();
    book.walk(None, &mut |sheet| names.push(sheet.to_owned()), &mut |_| Ok(true))?;
    book.names = names;
    Ok(book)
}

impl<'a, O> Book for OdsBook<'a, O>
where
    O: Fn() -> Result<Box<dyn ReadSeek + Send + 'a>, ReadError>,
{
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn rows(&mut self, sheet: &str, take: &mut Take<'_>) -> Result<(), ReadError> {
        self.walk(Some(sheet), &mut |_| {}, take)
    }
}

impl<'a, O> OdsBook<'a, O>
where
    O: Fn() -> Result<Box<dyn ReadSeek + Send + 'a>, ReadError>,
{
    /// Goes through the content: tells the sheets, and the rows of one of them.
    fn walk(
        &self,
        sheet: Option<&str>,
        tell: &mut dyn FnMut(&str),
        take: &mut Take<'_>,
    ) -> Result<(), ReadError> {
        unzip(self.name, (self.open)()?, self.content, |from| {
            let reader = Reader::from_reader(Pieces::new(BufReader::new(from)));
            Walk { name: self.name, reader, buffer: Vec::new(), depth: 0 }.all(sheet, tell, take)
        })
    }
}

/// A walk through the content.
struct Walk<'a, R: BufRead> {
    name: &'a str,
    reader: Reader<Pieces<R>>,
    buffer: Vec<u8>,
    depth: usize,
}

/// What the walk met.
enum Met {
    /// An element begins: its name without prefix, and what its attributes say.
    Begin(String, Attributes),
    End(String),
    Text(String),
    Eof,
    Other,
}

/// The attributes that matter.
#[derive(Default)]
struct Attributes {
    /// Of a table.
    name: String,
    /// Of a cell or a row: how often it stands there; of spaces: how many.
    times: u64,
    /// What a cell says it holds.
    kind: String,
    value: String,
}

/// The row that is being read.
#[derive(Default)]
struct Row {
    cells: Vec<String>,
    /// Empty cells since the last filled one.
    empty: u64,
    times: u64,
}

impl<R: BufRead> Walk<'_, R> {
    fn all(
        &mut self,
        wanted: Option<&str>,
        tell: &mut dyn FnMut(&str),
        take: &mut Take<'_>,
    ) -> Result<(), ReadError> {
        loop {
            match self.next()? {
                Met::Begin(tag, attributes) if tag == "table" => {
                    tell(&attributes.name);
                    if wanted == Some(&attributes.name) {
                        return self.sheet(take);
                    }
                }
                Met::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// The rows of a sheet that has begun.
    fn sheet(&mut self, take: &mut Take<'_>) -> Result<(), ReadError> {
        let (mut number, mut repeated) = (0_u64, 0_u64);
        let mut row = Row::default();
        let level = self.depth;
        loop {
            match self.next()? {
                Met::Begin(tag, attributes) => match tag.as_str() {
                    "table-row" => row = Row { times: attributes.times, ..Row::default() },
                    "table-cell" | "covered-table-cell" => {
                        let text = self.cell(&attributes)?;
                        if text.is_empty() {
                            row.empty = row.empty.saturating_add(attributes.times);
                            continue;
                        }
                        repeated += row
                            .push(&text, attributes.times)
                            .ok_or_else(|| self.beyond(&format!("`columns` of {MOST_COLUMNS}")))?;
                        if repeated > MOST_REPEATED {
                            return Err(self.beyond("`repeated cells` of 256 MiB"));
                        }
                    }
                    // Another table inside a cell's drawing, and what people
                    // wrote about the sheet.
                    "table" | "annotation" | "shapes" => self.skip()?,
                    _ => {}
                },
                Met::End(tag) if tag == "table-row" => {
                    let done = std::mem::take(&mut row);
                    let times = done.times.max(1);
                    if !done.cells.is_empty() {
                        let bytes: usize = done.cells.iter().map(|cell| cell.len() + 1).sum();
                        repeated =
                            repeated.saturating_add((times - 1).saturating_mul(bytes as u64));
                        if repeated > MOST_REPEATED || number.saturating_add(times) > MOST_ROWS {
                            return Err(self.beyond(&format!(
                                "`repeated cells` of 256 MiB or `rows` of {MOST_ROWS}"
                            )));
                        }
                        for i in number..number + times {
                            let cells = done.cells.clone();
                            // At most MOST_ROWS by the test above.
                            if !take(FilledRow { number: i as u32, cells })? {
                                return Ok(());
                            }
                        }
                    }
                    number = number.saturating_add(times);
                }
                Met::End(_) if self.depth < level => return Ok(()),
                Met::Eof => return Err(damaged(self.name, "it ends too early")),
                _ => {}
            }
        }
    }

    /// The text of a cell that has begun: the value it states, else its
    /// paragraphs.
    fn cell(&mut self, attributes: &Attributes) -> Result<String, ReadError> {
        let level = self.depth;
        let (mut text, mut paragraphs) = (String::new(), 0);
        while self.depth >= level {
            match self.next()? {
                Met::Begin(tag, inner) => match tag.as_str() {
                    "p" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "s" => text.extend(std::iter::repeat_n(' ', inner.times.min(1024) as usize)),
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    "annotation" | "table" => self.skip()?,
                    _ => {}
                },
                // Between paragraphs stands only what indents the XML.
                Met::Text(more) if paragraphs > 0 && self.depth > level => text.push_str(&more),
                Met::Eof => return Err(damaged(self.name, "it ends too early")),
                _ => {}
            }
            if text.len() > LONGEST {
                return Err(self.beyond("`field length` of 16 MiB"));
            }
        }
        Ok(match attributes.kind.as_str() {
            "float" | "percentage" | "currency" | "date" | "time" => attributes.value.clone(),
            "boolean" => attributes.value.to_uppercase(),
            _ if paragraphs == 0 => attributes.value.clone(),
            _ => text,
        })
    }

    /// Passes over the element that has begun.
    fn skip(&mut self) -> Result<(), ReadError> {
        let level = self.depth;
        while self.depth >= level {
            if let Met::Eof = self.next()? {
                return Err(damaged(self.name, "it ends too early"));
            }
        }
        Ok(())
    }

    /// The next thing; an element without content begins and ends.
    fn next(&mut self) -> Result<Met, ReadError> {
        self.buffer.clear();
        self.reader.get_mut().begin();
        self.reader.config_mut().expand_empty_elements = true;
        let met = match self.reader.read_event_into(&mut self.buffer) {
            Ok(Event::Start(element)) => {
                self.depth += 1;
                Met::Begin(element.local_name().as_ref().to_owned(), Attributes::of(&element))
            }
            Ok(Event::End(element)) => {
                self.depth = self.depth.saturating_sub(1);
                Met::End(element.local_name().as_ref().to_owned())
            }
            Ok(Event::Text(text)) => Met::Text(text.xml10_content().into_owned()),
            Ok(Event::CData(text)) => Met::Text(text.xml10_content().into_owned()),
            Ok(Event::GeneralRef(entity)) => Met::Text(match entity.resolve_char_ref() {
                Ok(Some(character)) => character.to_string(),
                _ => resolve_predefined_entity(&entity).unwrap_or_default().to_owned(),
            }),
            Ok(Event::Eof) if self.depth > 0 => {
                return Err(damaged(self.name, "it ends too early"));
            }
            Ok(Event::Eof) => Met::Eof,
            Ok(_) => Met::Other,
            Err(error) => {
                let error = damaged(self.name, &error.to_string());
                return Err(error.hint("is it encrypted? save it again without a password"));
            }
        };
        if self.depth > DEEPEST {
            return Err(self.beyond(&format!("`depth` of {DEEPEST}")));
        }
        Ok(met)
    }

    fn beyond(&self, limit: &str) -> ReadError {
        ReadError::new(self.name, format!("is beyond the limit {limit}"))
            .hint("export the sheet as CSV (UTF-8)")
    }
}

impl Row {
    /// Adds a filled cell so many times and returns the bytes that repeating
    /// it added; `None` when the row grows too wide.
    fn push(&mut self, text: &str, times: u64) -> Option<u64> {
        let wide = (self.cells.len() as u64).checked_add(self.empty)?.checked_add(times)?;
        if wide > MOST_COLUMNS as u64 {
            return None;
        }
        self.cells.resize(self.cells.len() + self.empty as usize, String::new());
        self.empty = 0;
        self.cells.extend(std::iter::repeat_n(text.to_owned(), times as usize));
        Some((times - 1) * text.len() as u64)
    }
}

impl Attributes {
    fn of(element: &BytesStart<'_>) -> Attributes {
        let mut found = Attributes { times: 1, ..Attributes::default() };
        for attribute in element.attributes().flatten() {
            let text = || unescape(&attribute.value).map(|v| v.into_owned()).unwrap_or_default();
            match attribute.key.local_name().as_ref() {
                "name" => found.name = text(),
                "number-rows-repeated" | "number-columns-repeated" | "c" => {
                    found.times = text().parse().unwrap_or(1).max(1);
                }
                // `calcext:value-type` says the same again.
                "value-type" => found.kind = text(),
                "value" | "date-value" | "time-value" | "boolean-value" | "string-value" => {
                    found.value = text();
                }
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IncidentFile, Input, ReadError, ReadOptions, read_incidents};
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn ods(tables: &str) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let content = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
        );
        let files = [("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned())];
        for (name, text) in files.into_iter().chain([("content.xml", content)]) {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn read(tables: &str) -> Result<IncidentFile, ReadError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.ods");
        std::fs::write(&path, ods(tables)).unwrap();
        read_incidents(&Input::Path(path), ("", ""), &ReadOptions::default(), 0)
    }

    fn text(text: &str) -> String {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    }

    fn number(value: &str) -> String {
        format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>shown</text:p></table:table-cell>"
        )
    }

    fn row(cells: &[String]) -> String {
        format!("<table:table-row>{}</table:table-row>", cells.concat())
    }

    #[test]
    fn a_sheet_is_read_like_a_table() {
        let header = row(&["id", "lon", "lat", "date", "x", "place"].map(text));
        let day = "<table:table-cell office:value-type=\"date\" office:date-value=\"2023-08-16\"><text:p>16.08.23</text:p></table:table-cell>";
        let gap = "<table:table-cell table:number-columns-repeated=\"1\"/>";
        let noted = "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>a note</text:p></office:annotation><text:p>Angur<text:s text:c=\"2\"/>Ada &amp; <text:span>gate</text:span></text:p><text:p>two</text:p></table:table-cell>";
        let tables = [
            "<table:table table:name=\"About\"><table:table-row><table:table-cell/></table:table-row></table:table>",
            "<table:table table:name=\"Events\">",
            &header,
            &row(&[number("7"), number("69.9"), number("33.25"), day.into(), gap.into(), noted.into()]),
            "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>",
            "<table:table-row table:number-rows-repeated=\"2\">",
            &[text("b"), text(" 70 "), number("34"), text(""), gap.into(), text("c")].concat(),
            "</table:table-row>",
            "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
            "</table:table>",
        ]
        .concat();
        let file = read(&tables).unwrap();
        assert!(file.summary.notices[0].starts_with("sheet `Events` of `About`, `Events`"));
        assert_eq!((file.summary.read, file.summary.blank_lines), (3, 2));
        let first = &file.incidents[0];
        assert_eq!((first.id.as_str(), first.place.as_str()), ("7", "Angur  Ada & gate two"));
        assert_eq!(first.date.unwrap().to_string(), "2023-08-16");
        assert_eq!((file.incidents[1].at.lon(), file.incidents[2].row.line), (70.0, 6));
    }

    #[test]
    fn repetition_ends_at_the_limits() {
        let head = format!("<table:table table:name=\"a\">{}", row(&["lon", "lat"].map(text)));
        let long = "x".repeat(1000);
        let wide = format!(
            "<table:table-row><table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"99999\"><text:p>{long}</text:p></table:table-cell></table:table-row>"
        );
        let tall = format!(
            "<table:table-row table:number-rows-repeated=\"999999\">{}</table:table-row>",
            text(&long)
        );
        let far = format!(
            "<table:table-row table:number-rows-repeated=\"99999999999\"><table:table-cell/></table:table-row>{}",
            row(&[number("1")])
        );
        let deep = "<text:span>".repeat(500);
        for (rows, limit) in [
            (wide, "`columns`"),
            (tall, "`repeated cells`"),
            (far, "`rows`"),
            (format!("<table:table-row><table:table-cell><text:p>{deep}"), "`depth`"),
        ] {
            let error = read(&format!("{head}{rows}</table:table>")).unwrap_err();
            assert!(error.message.contains(limit), "{error}");
        }
        let cut = read(&head).unwrap_err();
        assert!(cut.message.contains("cannot be read as a workbook"), "{cut}");
    }
}
