//! A delimited table: its delimiter, its header, its decimal mark, its records.

use super::columns::{self, Header, Role};
use super::gather::{Gather, Gathered, Refusal};
use super::incidents::{Cell, Format, ReadOptions};
use super::number::{self, DecimalMark};
use super::position::{Axis, position};
use super::records::{MAX_COLUMNS, QuoteFault, Reader, Record, Shape};
use super::schema::{self, Fault, Row, Schema};
use super::{ReadError, gdelt};

/// A table as it was read.
pub(super) struct Table {
    pub(super) header: Header,
    pub(super) schema: Box<dyn Schema>,
    pub(super) gathered: Gathered,
    pub(super) blank_lines: u64,
}

/// Reads a delimited table of incidents.
///
/// # Errors
/// When no columns of coordinates are found, quoting makes the number of
/// records uncertain, no record has the header's number of cells, or the
/// order of day and month cannot be known.
pub(super) fn read(
    file: &str,
    text: &str,
    options: &ReadOptions,
    file_index: u32,
) -> Result<Table, ReadError> {
    let Opened { mut reader, mut record, header, mut notices } = open(file, text, options)?;
    let schema = schema_of(file, &header, options)?;
    let [lon, lat] = [Role::Lon, Role::Lat].map(|role| schema.columns().get(role));
    let (Some(lon_column), Some(lat_column)) = (lon, lat) else {
        return Err(no_coordinates(file, &header, reader));
    };
    for column in [lon_column, lat_column] {
        let name = header.name(column).trim();
        if header.names.iter().filter(|n| n.trim().eq_ignore_ascii_case(name)).count() > 1 {
            return Err(ReadError::new(file, format!("has two columns named `{name}`"))
                .hint("rename one of them"));
        }
    }
    let mark = decimal_mark(&reader, [lon_column, lat_column]);
    if mark == DecimalMark::Comma {
        notices.push("decimal comma".into());
    }
    let numbers = [lon_column, lat_column];
    reader.expect(Shape { columns: header.len(), numbers, mark });

    let mut gather = Gather::new(file, file_index, &header, schema.as_ref(), options.keep_rows);
    let [lon_name, lat_name] = numbers.map(|column| header.name(column).trim());
    gather.advise_on_exchange(format!(
        "if so, name the columns: --column lon={lat_name} --column lat={lon_name}"
    ));
    let mut first = true;
    let mut misshapen: Option<(u64, usize)> = None;
    let mut shaped = 0_u64;
    while reader.next(&mut record).map_err(|fault| uncertain(file, &fault))? {
        if std::mem::take(&mut first) && is_hxl(&record) {
            notices.push(format!("HXL tag row skipped (line {})", record.line));
            continue;
        }
        let spot = gather.begin(record.line);
        if let Some(reason) = wrong_length(&record, &header) {
            misshapen.get_or_insert((record.line, record.len()));
            let value = record.raw().to_owned();
            gather.refuse(spot, Refusal { field: String::new(), value, reason });
            continue;
        }
        shaped += 1;
        let row = Row::new(&record, mark);
        let pair = row
            .coordinate(lat, Axis::Lat.word())
            .and_then(|lat_value| Ok((row.coordinate(lon, Axis::Lon.word())?, lat_value)));
        let placed = pair.and_then(|(lon_value, lat_value)| {
            position(lon_value, lat_value).map_err(|bad| {
                if bad.exchanged {
                    gather.count_exchanged();
                }
                let column = if bad.axis == Axis::Lon { lon } else { lat };
                Fault { column, reason: bad.reason }
            })
        });
        match placed {
            Err(fault) => gather.refuse_cell(spot, &row, fault),
            Ok(at) => gather.take(spot, &row, at, "", || {
                (0..header.len()).map(|i| Cell::String(record.cell(i).to_owned())).collect()
            }),
        }
    }
    if shaped == 0
        && let Some((line, cells)) = misshapen
    {
        return Err(ReadError::new(
            file,
            format!(
                "no record has the {} cells of the header; the first has {cells}",
                header.len()
            ),
        )
        .at(format!("line {line}"))
        .hint(
            "is a decimal comma also the delimiter? export with another delimiter or with points",
        ));
    }
    let mut gathered = gather.finish()?;
    notices.append(&mut gathered.notices);
    gathered.notices = notices;
    Ok(Table { header, schema, gathered, blank_lines: reader.blank_lines })
}

/// A reader that stands after the header.
struct Opened<'a> {
    reader: Reader<'a>,
    record: Record<'a>,
    header: Header,
    notices: Vec<String>,
}

/// Finds the delimiter and reads the header, or supplies GDELT's.
fn open<'a>(file: &str, text: &'a str, options: &ReadOptions) -> Result<Opened<'a>, ReadError> {
    let first_line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if options.format.is_none_or(|f| f == Format::Gdelt)
        && let Some(header) = gdelt::header_for(first_line)
    {
        let reader = Reader::new(text, b'\t', false);
        let record = reader.record();
        let notices = vec!["no header: read as GDELT events by the number of columns".into()];
        return Ok(Opened { reader, record, header, notices });
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
    Ok(Opened { reader, record, header, notices })
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

fn uncertain(file: &str, fault: &QuoteFault) -> ReadError {
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
            .hint(
                "put a line of column names before it (UCDP's candidate file v24.0.1 came without)",
            );
    }
    ReadError::new(
        file,
        format!("no columns for longitude and latitude; the columns are {}", header.listed()),
    )
    .hint("name them: --column lon=NAME --column lat=NAME")
}

/// The decimal mark that most coordinates of the file use. Where commas part
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
