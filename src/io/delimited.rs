//! A delimited table: its delimiter, its header, its decimal mark, its records.

use super::columns::{self, Header, Role};
use super::gather::{Gather, Part, Refusal, Rules};
use super::incidents::{Format, ReadOptions};
use super::number::{self, DecimalMark};
use super::records::{MAX_COLUMNS, QuoteFault, Reader, Record, Shape};
use super::rows::{SourceRow, TextBlock, may_stand};
use super::schema::{self, Row, Schema};
use super::{ReadError, gdelt, ucdp};
use std::sync::Arc;

/// A table whose header is understood.
pub(super) struct Table {
    pub(super) header: Header,
    pub(super) schema: Box<dyn Schema>,
    pub(super) delimiter: u8,
    pub(super) quoting: bool,
    shape: Shape,
    /// Where the records begin: bytes and lines before them.
    pub(super) body: (usize, u64),
    /// Lines without content before the header.
    pub(super) blank_lines: u64,
    /// For the user.
    pub(super) notices: Vec<String>,
}

impl Table {
    /// Understands the beginning of a table, which may be all of it.
    ///
    /// # Errors
    /// When no columns of coordinates are found.
    pub(super) fn open(file: &str, text: &str, options: &ReadOptions) -> Result<Table, ReadError> {
        let Opened { reader, header, mut notices, quoting } = open(file, text, options)?;
        let schema = schema_of(file, &header, options)?;
        let [lon, lat] = [Role::Lon, Role::Lat].map(|role| schema.columns().get(role));
        let (Some(lon), Some(lat)) = (lon, lat) else {
            return Err(no_coordinates(file, &header, reader));
        };
        for column in [lon, lat] {
            let name = header.name(column).trim();
            if header.names.iter().filter(|n| n.trim().eq_ignore_ascii_case(name)).count() > 1 {
                return Err(ReadError::new(file, format!("has two columns named `{name}`"))
                    .hint("rename one of them"));
            }
        }
        let mark = decimal_mark(&reader, [lon, lat]);
        if mark == DecimalMark::Comma {
            notices.push("decimal comma".into());
        }
        Ok(Table {
            delimiter: reader.delimiter(),
            quoting,
            shape: Shape { columns: header.len(), numbers: [lon, lat], mark },
            body: (reader.at(), reader.lines()),
            blank_lines: reader.blank_lines,
            header,
            schema,
            notices,
        })
    }

    /// What to do when the two numbers are exchanged all through the file.
    pub(super) fn advice_on_exchange(&self) -> String {
        let [lon, lat] = self.shape.numbers.map(|column| self.header.name(column).trim());
        format!("if so, name the columns: --column lon={lat} --column lat={lon}")
    }

    /// Reads the records of a block; `first` when it is the one after the
    /// header. Lines and records count from the start of the block.
    ///
    /// # Errors
    /// When quoting makes the number of records uncertain.
    pub(super) fn read(
        &self,
        block: &Arc<TextBlock>,
        rules: &Rules<'_>,
        first: bool,
    ) -> Result<Part, QuoteFault> {
        let [lon, lat] = self.shape.numbers.map(Some);
        let mut reader = Reader::new(&block.text, self.delimiter, self.quoting);
        reader.expect(self.shape);
        let mut record = reader.record();
        let mut gather = Gather::new(rules);
        let mut before_any = first;
        let (mut tags, mut misshapen, mut shaped) = (None, None, 0_u64);
        let mut first_bare_quote = None;
        let mut count = 0_u64;
        while reader.next(&mut record)? {
            if count == 0 {
                first_bare_quote = record.bare_quote;
            }
            count += 1;
            if std::mem::take(&mut before_any) && is_hxl(&record) {
                tags = Some(record.line);
                continue;
            }
            let spot = gather.begin(record.line);
            if let Some(reason) = wrong_length(&record, &self.header) {
                misshapen.get_or_insert((record.line, record.len()));
                let value = record.raw().to_owned();
                gather.refuse(spot, Refusal { field: String::new(), value, reason });
                continue;
            }
            shaped += 1;
            let row = Row::new(&record, self.shape.mark);
            let placed = row.numbers([lon, lat]).and_then(|at| gather.place(at, [lon, lat]));
            match placed {
                Err(fault) => gather.refuse_cell(spot, &row, fault),
                Ok(at) => gather.take(spot, &row, at, "", || {
                    let as_is = may_stand(&record, block, self.header.len());
                    SourceRow::of_text(block, record.span(), as_is)
                }),
            }
        }
        Ok(Part {
            gathered: gather.finish(),
            lines: reader.lines(),
            blank_lines: reader.blank_lines,
            shaped,
            misshapen,
            tags,
            first_bare_quote,
            last_span: reader.latest_span(),
            damaged: 0,
        })
    }

    /// The error of a quoting fault, told again with lines of the file.
    pub(super) fn fault(&self, file: &str, text: &str, lines_before: u64) -> ReadError {
        let mut reader = Reader::new(text, self.delimiter, self.quoting).at_line(lines_before + 1);
        reader.expect(self.shape);
        let mut record = reader.record();
        loop {
            match reader.next(&mut record) {
                Ok(true) => {}
                Ok(false) => return ReadError::new(file, "cannot be read twice alike"),
                Err(fault) => return uncertain(file, &fault),
            }
        }
    }

    /// The error of a file without one record of the right length.
    pub(super) fn misshapen(&self, file: &str, line: u64, cells: usize) -> ReadError {
        ReadError::new(
            file,
            format!(
                "no record has the {} cells of the header; the first has {cells}",
                self.header.len()
            ),
        )
        .at(format!("line {line}"))
        .hint("is a decimal comma also the delimiter? export with another delimiter or with points")
    }
}

/// A reader that stands after the header.
struct Opened<'a> {
    reader: Reader<'a>,
    header: Header,
    notices: Vec<String>,
    quoting: bool,
}

/// Finds the delimiter and reads the header, or supplies GDELT's or UCDP's.
fn open<'a>(file: &str, text: &'a str, options: &ReadOptions) -> Result<Opened<'a>, ReadError> {
    let first_line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if options.format.is_none_or(|f| f == Format::Gdelt)
        && let Some(header) = gdelt::header_for(first_line)
    {
        let reader = Reader::new(text, b'\t', false);
        let notices = vec!["no header: read as GDELT events by the number of columns".into()];
        return Ok(Opened { reader, header, notices, quoting: false });
    }
    if options.format.is_none_or(|f| f == Format::UcdpGed) {
        let reader = Reader::new(text, b',', true);
        let mut first = reader.record();
        if matches!(reader.clone().next(&mut first), Ok(true))
            && let Some(header) = ucdp::header_for(&first)
        {
            let notices = vec!["no header: read as UCDP GED by its 49 columns".into()];
            return Ok(Opened { reader, header, notices, quoting: true });
        }
    }
    // Excel's way of naming the delimiter, as a line before the header.
    let named = match first_line.trim().as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
        _ => None,
    };
    let delimiter = named.unwrap_or_else(|| sniff(text, options));
    let mut reader = Reader::new(text, delimiter, true);
    let mut record = reader.record();
    let uncertain = |fault| uncertain(file, &fault);
    if named.is_some() {
        reader.next(&mut record).map_err(uncertain)?;
    }
    if !reader.next(&mut record).map_err(uncertain)? {
        return Err(ReadError::new(file, "has no header and no records"));
    }
    if record.len() > MAX_COLUMNS {
        let message = format!("has more columns than the limit `columns` of {MAX_COLUMNS}");
        return Err(ReadError::new(file, message).at(format!("line {}", record.line)));
    }
    let header = Header::new(record.cells().map(str::to_owned).collect());
    let mut notices = Vec::new();
    match delimiter {
        b';' => notices.push("semicolon as delimiter".into()),
        b'|' => notices.push("vertical bar as delimiter".into()),
        _ => {}
    }
    Ok(Opened { reader, header, notices, quoting: true })
}

/// The delimiter under which the header has columns of coordinates, else the
/// one under which records agree best in their number of cells.
fn sniff(text: &str, options: &ReadOptions) -> u8 {
    const SAMPLE: usize = 50;
    let score = |delimiter: u8| {
        let mut reader = Reader::new(text, delimiter, true);
        let mut record = reader.record();
        if !matches!(reader.next(&mut record), Ok(true)) {
            return (false, false, 0, 0);
        }
        if record.len() > MAX_COLUMNS {
            return (false, true, 0, record.len());
        }
        let header = Header::new(record.cells().map(str::to_owned).collect());
        let placed = schema_of("", &header, options).is_ok_and(|schema| {
            [Role::Lon, Role::Lat].iter().all(|role| schema.columns().get(*role).is_some())
        });
        let mut agree = 0;
        for _ in 0..SAMPLE {
            match reader.next(&mut record) {
                Ok(true) if record.len() == header.len() => agree += 1,
                Ok(true) => {}
                _ => break,
            }
        }
        (placed, header.len() > 1, agree, header.len())
    };
    // On a tie the later one wins, so the usual one stands last.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|d| score(*d)).unwrap_or(b',')
}

/// The schema of a header with the columns that the user names.
fn schema_of(
    file: &str,
    header: &Header,
    options: &ReadOptions,
) -> Result<Box<dyn Schema>, ReadError> {
    let mut schema = schema::recognise(header, options.format).ok_or_else(|| {
        let asked = options.format.unwrap_or(Format::Generic);
        ReadError::new(file, format!("does not have the columns of {asked}"))
            .hint(format!("leave out --format; the columns are {}", header.listed()))
    })?;
    for (role, column) in columns::overrides(file, header, &options.columns)? {
        schema.columns_mut().set(role, Some(column));
    }
    Ok(schema)
}

pub(super) fn uncertain(file: &str, fault: &QuoteFault) -> ReadError {
    ReadError::new(file, format!("{}, so records cannot be counted", fault.message))
        .at(format!("line {}", fault.line))
        .hint("remove the stray quote, or double the quotes inside a quoted cell")
}

/// No columns of coordinates were found: because of a stray quote, because the
/// first line is no header, or because they have other names.
fn no_coordinates(file: &str, header: &Header, mut rest: Reader<'_>) -> ReadError {
    let mut record = rest.record();
    loop {
        match rest.next(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(fault) => return uncertain(file, &fault),
        }
    }
    let numbers = header.names.iter().filter(|name| number::is_plain(name.trim())).count();
    if numbers >= 2 {
        return ReadError::new(file, "the first line looks like data, not like column names")
            .at("line 1")
            .hint("put a line of column names before it");
    }
    ReadError::new(
        file,
        format!("no columns for longitude and latitude; the columns are {}", header.listed()),
    )
    .hint("name them: --column lon=NAME --column lat=NAME")
}

/// The decimal mark that most coordinates of the text use. Where commas part
/// the cells, a comma is never one.
fn decimal_mark(reader: &Reader<'_>, numbers: [usize; 2]) -> DecimalMark {
    if reader.delimiter() == b',' {
        return DecimalMark::Point;
    }
    let mut reader = reader.clone();
    let mut record = reader.record();
    let (mut points, mut commas) = (0_u64, 0_u64);
    // A quoting fault ends this pass; the reading pass reports it.
    while let Ok(true) = reader.next(&mut record) {
        for column in numbers {
            let text = record.cell(column).trim();
            points += u64::from(text.contains('.') && number::is_plain(text));
            commas += u64::from(text.contains(',') && number::is_plain(text));
        }
    }
    if commas > points { DecimalMark::Comma } else { DecimalMark::Point }
}

/// Whether a record is a row of HXL tags: nothing but `#adm1+name` and blanks.
fn is_hxl(record: &Record<'_>) -> bool {
    let mut tags = record.cells().map(str::trim).filter(|cell| !cell.is_empty()).peekable();
    tags.peek().is_some()
        && tags.all(|cell| {
            cell.strip_prefix('#').is_some_and(|tag| tag.starts_with(|c: char| c.is_alphabetic()))
        })
}

/// Why a record's number of cells is not the header's, if it matters: cells
/// without content at the end, and columns without a name there, do not.
fn wrong_length(record: &Record<'_>, header: &Header) -> Option<String> {
    let (cells, columns) = (record.len(), header.len());
    let fits = if cells > MAX_COLUMNS {
        false
    } else if cells > columns {
        (columns..cells).all(|i| record.cell(i).trim().is_empty())
    } else {
        columns - cells <= header.unnamed_at_end()
    };
    (!fits).then(|| {
        let s = if cells == 1 { "" } else { "s" };
        format!("has {cells} cell{s} where the header has {columns}")
    })
}
