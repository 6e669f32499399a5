//! Delimited text to records, with nothing lost between stray quotes.
//!
//! RFC 4180 with any delimiter and any line ends, read byte by byte. The usual
//! readers forgive quotes: two stray ones in a hundred rows make fifty rows one
//! cell, without an error. Here a quote opens a cell only at its start, only a
//! delimiter or a line end may follow the closing one, and a cell that runs over
//! line ends must not hold lines that read as records of their own.

use super::number::{self, DecimalMark};
use super::stops::Stops;

/// A quoting fault that makes the number of records uncertain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QuoteFault {
    /// Physical line of the fault, from 1.
    pub(super) line: u64,
    /// What is wrong.
    pub(super) message: String,
}

impl QuoteFault {
    /// A quote amid text in or right after a record over several lines.
    pub(super) fn amid_text(line: u64, (from, to): (u64, u64)) -> QuoteFault {
        let message =
            format!("a quote stands amid text, and a quoted cell runs over lines {from} to {to}");
        QuoteFault { line, message }
    }
}

/// Where one cell lies: in the text, or unescaped in the record's own store.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    stored: bool,
}

/// Limit `columns`: cells beyond it are counted and not kept, so that a line of
/// delimiters alone does not fill the memory.
pub(super) const MAX_COLUMNS: usize = 10_000;

/// One record; reused from one to the next.
#[derive(Debug, Default)]
pub(super) struct Record<'a> {
    text: &'a str,
    cells: Vec<Span>,
    count: usize,
    store: String,
    /// First physical line, from 1.
    pub(super) line: u64,
    /// Last physical line.
    pub(super) last_line: u64,
    bytes: (usize, usize),
    /// Line of a quote amid text.
    pub(super) bare_quote: Option<u64>,
    /// Whether a cell begins with a sign that spreadsheets take for a formula's.
    pub(super) odd_start: bool,
}

impl Record<'_> {
    /// Number of cells in the text, also of those beyond [`MAX_COLUMNS`].
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// A cell's text, unescaped; empty when there is no such cell.
    pub(super) fn cell(&self, column: usize) -> &str {
        let Some(span) = self.cells.get(column) else { return "" };
        let from = if span.stored { &self.store } else { self.text };
        from.get(span.start..span.end).unwrap_or_default()
    }

    /// Where the record stands in the text, without its line end.
    pub(super) fn span(&self) -> std::ops::Range<usize> {
        self.bytes.0..self.bytes.1
    }

    /// The record as it stands in the text, quotes and all.
    pub(super) fn raw(&self) -> &str {
        self.text.get(self.bytes.0..self.bytes.1).unwrap_or_default()
    }

    /// All cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.cells.len()).map(|i| self.cell(i))
    }
}

/// Whether spreadsheets take a cell that begins so for a formula.
fn is_odd(first: u8) -> bool {
    matches!(first, b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | 0)
}

/// What a record of the file looks like, to recognise one inside a quoted cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Number of columns.
    pub(super) columns: usize,
    /// Columns of longitude and latitude.
    pub(super) numbers: [usize; 2],
    /// Decimal mark of the file.
    pub(super) mark: DecimalMark,
}

/// Reads records from text.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    text: &'a str,
    delimiter: u8,
    quoting: bool,
    stops: Stops,
    at: usize,
    line: u64,
    shape: Option<Shape>,
    /// First and last line of the latest record, when it ran over line ends.
    span_before: Option<(u64, u64)>,
    /// Lines without anything but spaces.
    pub(super) blank_lines: u64,
}

impl<'a> Reader<'a> {
    /// A reader of a text. Without `quoting` (GDELT) a quote is a character
    /// like any other.
    pub(super) fn new(text: &'a str, delimiter: u8, quoting: bool) -> Reader<'a> {
        Reader {
            text,
            delimiter,
            quoting,
            stops: Stops::new([delimiter, b'\n', b'\r', b'"']),
            at: 0,
            line: 1,
            shape: None,
            span_before: None,
            blank_lines: 0,
        }
    }

    /// The same for a text that begins at a line of its file.
    pub(super) fn at_line(mut self, line: u64) -> Reader<'a> {
        self.line = line;
        self
    }

    /// The byte between cells.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Tells what records look like, once the header is understood.
    pub(super) fn expect(&mut self, shape: Shape) {
        self.shape = Some(shape);
    }

    /// Line ends passed so far.
    pub(super) fn lines(&self) -> u64 {
        self.line - 1
    }

    /// The place in the text after the latest record.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// First and last line of the latest record, when it ran over line ends.
    pub(super) fn latest_span(&self) -> Option<(u64, u64)> {
        self.span_before
    }

    /// A record to read into.
    pub(super) fn record(&self) -> Record<'a> {
        Record { text: self.text, ..Record::default() }
    }

    /// Reads the next record; `false` at the end.
    ///
    /// # Errors
    /// A [`QuoteFault`], after which the rest of the text means nothing.
    pub(super) fn next(&mut self, record: &mut Record<'a>) -> Result<bool, QuoteFault> {
        loop {
            if self.at >= self.text.len() {
                return Ok(false);
            }
            self.scan(record)?;
            if record.len() == 1 && record.raw().trim().is_empty() {
                self.blank_lines += record.last_line - record.line + 1;
                continue;
            }
            self.check_span(record)?;
            return Ok(true);
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Reads one record, up to and with its line end.
    fn scan(&mut self, record: &mut Record<'a>) -> Result<(), QuoteFault> {
        record.cells.clear();
        record.count = 0;
        record.store.clear();
        record.line = self.line;
        record.bare_quote = None;
        record.odd_start = false;
        let begin = self.at;
        loop {
            self.pass_plain(record);
            let begun = self.at;
            let quoted = self.quoting && self.byte(begun) == Some(b'"');
            let span = if quoted { self.quoted(record)? } else { self.unquoted(record) };
            record.count += 1;
            let first = if quoted { begun + 1 } else { begun };
            record.odd_start |= self.byte(first).is_some_and(is_odd);
            if record.count <= MAX_COLUMNS {
                record.cells.push(span);
            }
            // Here stands a delimiter, a line end or the end of the text.
            match self.byte(self.at) {
                Some(byte) if byte == self.delimiter => self.at += 1,
                end => {
                    record.bytes = (begin, self.at);
                    record.last_line = self.line;
                    if end.is_some() {
                        self.at = self.after_line_end(self.at);
                        self.line += 1;
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Reads cells as long as no quote stands in them and a delimiter ends
    /// them, which is nearly all.
    fn pass_plain(&mut self, record: &mut Record<'a>) {
        let text = self.text.as_bytes();
        let (mut at, mut count, mut odd) = (self.at, record.count, record.odd_start);
        while count < MAX_COLUMNS {
            let end = self.stops.next(text, at);
            if text.get(end) != Some(&self.delimiter) {
                break;
            }
            odd |= is_odd(text[at]);
            record.cells.push(Span { start: at, end, stored: false });
            at = end + 1;
            count += 1;
        }
        (self.at, record.count, record.odd_start) = (at, count, odd);
    }

    /// The place after the line end at `at`: CRLF is one, CR and LF are too.
    fn after_line_end(&self, at: usize) -> usize {
        let crlf = self.byte(at) == Some(b'\r') && self.byte(at + 1) == Some(b'\n');
        at + if crlf { 2 } else { 1 }
    }

    fn unquoted(&mut self, record: &mut Record<'a>) -> Span {
        let start = self.at;
        let text = self.text.as_bytes();
        self.at = self.stops.next(text, start);
        while text.get(self.at) == Some(&b'"') {
            if self.quoting {
                record.bare_quote.get_or_insert(self.line);
            }
            self.at = self.stops.next(text, self.at + 1);
        }
        Span { start, end: self.at, stored: false }
    }

    fn quoted(&mut self, record: &mut Record<'a>) -> Result<Span, QuoteFault> {
        let opened = self.line;
        let start = self.at + 1;
        let mut piece = start;
        let mut at = start;
        let stored_from = record.store.len();
        loop {
            at = self.stops.next(self.text.as_bytes(), at);
            match self.byte(at) {
                None => {
                    let message =
                        "a quote is opened here and not closed before the end of the file";
                    return Err(QuoteFault { line: opened, message: message.into() });
                }
                Some(b'"') if self.byte(at + 1) == Some(b'"') => {
                    // A doubled quote stands for one: keep the text up to it and it.
                    record.store.push_str(self.text.get(piece..=at).unwrap_or_default());
                    at += 2;
                    piece = at;
                }
                Some(b'"') => break,
                Some(b'\n' | b'\r') => {
                    at = self.after_line_end(at);
                    self.line += 1;
                }
                Some(_) => at += 1,
            }
        }
        let span = if record.store.len() == stored_from {
            Span { start, end: at, stored: false }
        } else {
            record.store.push_str(self.text.get(piece..at).unwrap_or_default());
            Span { start: stored_from, end: record.store.len(), stored: true }
        };
        self.at = at + 1;
        match self.byte(self.at) {
            None | Some(b'\n' | b'\r') => Ok(span),
            Some(byte) if byte == self.delimiter => Ok(span),
            Some(_) => {
                let message = if opened == self.line {
                    "text follows a closing quote".to_owned()
                } else {
                    format!("text follows a quote that closes the one opened on line {opened}")
                };
                Err(QuoteFault { line: self.line, message })
            }
        }
    }

    /// Refuses a record over several lines when one of them reads as a record
    /// of its own; a quote amid text in such a record or right after it; and a
    /// quote amid text in the rest of a cell that an earlier quote cut in two.
    fn check_span(&mut self, record: &Record<'a>) -> Result<(), QuoteFault> {
        let span = (record.last_line > record.line).then_some((record.line, record.last_line));
        let suspect = span.or(self.span_before);
        self.span_before = span;
        if let (Some(line), Some(span)) = (record.bare_quote, suspect) {
            return Err(QuoteFault::amid_text(line, span));
        }
        let Some(shape) = self.shape else { return Ok(()) };
        if let Some(line) = record.bare_quote
            && record.len() < shape.columns
        {
            let message = "a quote stands amid text in a record that is too short".into();
            return Err(QuoteFault { line, message });
        }
        let Some((from, to)) = span else { return Ok(()) };
        let text = self.text.get(record.bytes.0..record.bytes.1).unwrap_or_default();
        let mut line = from;
        let mut at = 0;
        while let Some(offset) = text.get(at..).and_then(|rest| rest.find(['\n', '\r'])) {
            let end = record.bytes.0 + at + offset;
            at = self.after_line_end(end) - record.bytes.0;
            line += 1;
            let inner = text.get(at..).unwrap_or_default();
            let inner = inner.split(['\n', '\r']).next().unwrap_or_default();
            if self.reads_as_record(inner, shape) {
                let message = format!(
                    "the quoted cell over lines {from} to {to} holds what reads as a record of its own"
                );
                return Err(QuoteFault { line, message });
            }
        }
        Ok(())
    }

    /// Whether a line by itself has the file's number of columns and numbers
    /// where the coordinates are. A line that ends inside quotes counts when
    /// its coordinates came before.
    fn reads_as_record(&self, line: &'a str, shape: Shape) -> bool {
        let mut alone = Reader::new(line, self.delimiter, true);
        let mut record = alone.record();
        let whole = alone.scan(&mut record).is_ok();
        // The stray quote may stand in one of the numbers.
        let [lon, lat] = shape.numbers.map(|column| record.cell(column).replace('"', ""));
        let (lon, lat) = (lon.trim(), lat.trim());
        let number = |text: &str| number::decimal(text, shape.mark).is_some();
        let fits = if whole {
            record.len() == shape.columns
        } else {
            shape.numbers.iter().all(|column| *column < record.len())
        };
        fits && ((number(lon) && (number(lat) || lat.is_empty()))
            || (lon.is_empty() && number(lat)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, delimiter: u8) -> Result<Vec<Vec<String>>, QuoteFault> {
        let mut reader = Reader::new(text, delimiter, true);
        let mut record = reader.record();
        let mut rows = Vec::new();
        while reader.next(&mut record)? {
            rows.push(record.cells().map(str::to_owned).collect());
        }
        Ok(rows)
    }

    #[test]
    fn csv_spectrum_cells() {
        assert_eq!(
            all("a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", b',').unwrap(),
            [["a", "b"], ["1", "ha \"ha\" ha"], ["3", "4"]]
        );
        assert_eq!(
            all("a,b,c\r\n1,2,3\r\n\"Once upon \r\na time\",5,6\r\n7,8,9\r\n", b',').unwrap(),
            [["a", "b", "c"], ["1", "2", "3"], ["Once upon \r\na time", "5", "6"], ["7", "8", "9"]]
        );
        assert_eq!(all("a,b\n\"\",\"x,y\"", b',').unwrap(), [["a", "b"], ["", "x,y"]]);
        assert_eq!(all("\"\"\"\",\"\"\"\"\n", b',').unwrap(), [["\"", "\""]]);
    }

    #[test]
    fn line_ends_of_all_kinds_and_blank_lines() {
        let mut reader = Reader::new("a;b\r\n\n1;2\r  \r\n3;4\n\n", b';', true);
        let mut record = reader.record();
        let mut lines = Vec::new();
        while reader.next(&mut record).unwrap() {
            lines.push((record.line, record.cell(1).to_owned()));
        }
        assert_eq!(lines, [(1, "b".to_owned()), (3, "2".into()), (5, "4".into())]);
        assert_eq!(reader.blank_lines, 3);
    }

    #[test]
    fn quotes_that_cannot_be() {
        let fault = |text| all(text, b',').unwrap_err();
        assert_eq!(fault("id,txt\n1,\"foo\"\"\n2,bar\n").line, 2);
        let stray = fault("a,b\n1,\"x\n2,y\n3,\"z\n");
        assert_eq!(stray.line, 4);
        assert!(stray.message.contains("opened on line 2"), "{}", stray.message);
        assert_eq!(fault("a,b\n1,\"x\" \n").line, 2);
        // A quote amid text is text, as long as no cell runs over lines.
        assert_eq!(all("a,b\n1,6\" gun\n", b',').unwrap()[1], ["1", "6\" gun"]);
        assert!(all("a,b\n1,\"x\ny\"\n1,6\" gun\n", b',').is_err());
    }

    #[test]
    fn without_quoting_a_quote_is_a_character() {
        let mut reader = Reader::new("1\t\"x\n2\ty\n", b'\t', false);
        let mut record = reader.record();
        assert!(reader.next(&mut record).unwrap());
        assert_eq!(record.cell(1), "\"x");
    }

    /// Two stray quotes that close each other leave well-formed quoting; the
    /// swallowed records are told by their shape.
    #[test]
    fn swallowed_records_are_found() {
        let shape = Shape { columns: 4, numbers: [1, 2], mark: DecimalMark::Point };
        let read = |text: &str| {
            let mut reader = Reader::new(text, b',', true);
            reader.expect(shape);
            let mut record = reader.record();
            let mut count = 0;
            while reader.next(&mut record)? {
                count += 1;
            }
            Ok::<_, QuoteFault>(count)
        };
        let fault = read("a,70,34,\"x\nb,70,34,y\nc,70,34,z\"\nd,70,34,w\n").unwrap_err();
        assert_eq!(fault.line, 2);
        assert!(fault.message.contains("lines 1 to 3"));
        // Only the two rows that the quotes stand in.
        assert!(read("a,70,34,\"x\nb,70,34,y\"\n").is_err());
        // The swallowed row has quoting of its own.
        assert!(read("a,70,34,\"x\nb,70,34,\",y\"\n").is_err());
        // Prose over several lines, with as many commas as a record, is fine.
        assert_eq!(
            read("a,70,34,\"on this day, in\none, two, three, and\nmore\"\nb,70,34,\n"),
            Ok(2)
        );
    }
}
