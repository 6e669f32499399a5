//! Incidents from Parquet, and from GeoParquet 1.x with points as WKB
//! (geoparquet.org). Read a row group at a time; nested columns are left out.

use super::ReadError;
use super::columns::{self, Header, Role};
use super::gather::{Gather, Gathered, Refusal, Rules};
use super::incidents::ReadOptions;
use super::number::DecimalMark;
use super::parquet_guard::{Beyond, GuardedFile};
use super::points_geojson::text_of;
use super::rows::SourceRow;
use super::schema::{self, Row, Schema};
use super::source::Source;
use super::table_out::{Cell, ColumnKind};
use super::wkb;
use crate::caught::caught;
use jiff::civil::{Date, DateTime};
use parquet::basic::{LogicalType, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row as Record};
use parquet::schema::types::Type;
use serde_json::{Number, Value};
use std::sync::Arc;

/// Rows that are handed on together, and bytes of their texts: a dictionary may
/// give one long text to many rows.
const BATCH: usize = 4096;
const BATCH_BYTES: usize = 16 << 20;
/// Bytes of a decimal and its digits after the point, beyond which it is left as bytes.
const LONGEST_DECIMAL: usize = 1024;

/// A Parquet file whose columns are known.
pub(super) struct ParquetTable {
    pub(super) header: Header,
    pub(super) schema: Box<dyn Schema>,
    /// What the columns hold.
    pub(super) kinds: Vec<ColumnKind>,
    /// For the user.
    pub(super) notices: Vec<String>,
    /// Columns that are read, those of `header` and perhaps the geometry.
    projection: Type,
    /// Place of the geometry among the columns read.
    geometry: Option<usize>,
    /// Which of the columns read count nanoseconds.
    nanoseconds: Vec<bool>,
}

/// A row as it was read.
pub(super) struct RawRow {
    values: Vec<Value>,
    /// Bytes of the geometry, where points are read from one.
    geometry: Option<Vec<u8>>,
}

/// What the metadata of a GeoParquet file say.
struct Geometry {
    column: String,
}

impl ParquetTable {
    /// Understands the columns.
    ///
    /// # Errors
    /// When the file is damaged, its geometries are not WKB points on WGS 84,
    /// or it has no coordinates.
    pub(super) fn open(source: &Source, options: &ReadOptions) -> Result<ParquetTable, ReadError> {
        let name = &source.name;
        let reader = reader(source)?;
        let file = reader.metadata().file_metadata();
        let geometry = match geo_metadata(file.key_value_metadata()) {
            Some(text) => Some(Geometry::of(name, text)?),
            None => None,
        };
        let mut notices = Vec::new();
        let (mut fields, mut names, mut kinds, mut nanoseconds) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut place = None;
        for field in file.schema().get_fields() {
            let column = field.name();
            if !field.is_primitive() {
                notices.push(format!("column `{column}` is nested and left out"));
                continue;
            }
            let is_geometry = geometry.as_ref().is_some_and(|g| g.column == column);
            if is_geometry && field.get_physical_type() == Physical::BYTE_ARRAY {
                place = Some(fields.len());
            } else {
                names.push(column.to_owned());
                kinds.push(kind(field));
            }
            nanoseconds.push(counts_nanoseconds(field));
            fields.push(Arc::clone(field));
        }
        let projection = Type::group_type_builder(file.schema().name())
            .with_fields(fields)
            .build()
            .map_err(|e| damaged(name, &e.to_string()))?;
        let header = Header::new(names);
        let mut schema = schema::recognise(&header, options.format).ok_or_else(|| {
            ReadError::new(name, "the columns are not those of this --format")
                .hint(format!("the columns are {}", header.listed()))
        })?;
        for (role, column) in columns::overrides(name, &header, &options.columns)? {
            schema.columns_mut().set(role, Some(column));
        }
        let numbers =
            [Role::Lon, Role::Lat].iter().all(|&role| schema.columns().get(role).is_some());
        if header.names.is_empty() && place.is_none() {
            return Err(ReadError::new(name, "has no columns but nested ones")
                .hint("unnest them, or write longitude and latitude as columns of numbers"));
        }
        if place.is_none() && !numbers {
            return Err(ReadError::new(
                name,
                format!(
                    "no columns for longitude and latitude; the columns are {}",
                    header.listed()
                ),
            )
            .hint("name them: --column lon=NAME --column lat=NAME"));
        }
        Ok(ParquetTable {
            header,
            schema,
            kinds,
            notices,
            projection,
            geometry: place,
            nanoseconds,
        })
    }

    /// What such a file is called in a sentence.
    pub(super) fn label(&self) -> String {
        let form = if self.geometry.is_some() { "GeoParquet points" } else { "Parquet table" };
        match self.schema.format() {
            super::Format::Generic => form.to_owned(),
            _ => format!("{form} ({})", self.schema.label()),
        }
    }

    /// What to do when the two numbers are exchanged all through the file.
    pub(super) fn advice_on_exchange(&self) -> String {
        let name = |role| self.schema.columns().get(role).map_or("", |c| self.header.name(c));
        if self.geometry.is_some() {
            return "if so, exchange them in the file: points have the longitude first".to_owned();
        }
        let (lon, lat) = (name(Role::Lon), name(Role::Lat));
        format!("if so, name the columns: --column lon={lat} --column lat={lon}")
    }

    /// The rows of the file, from its start.
    ///
    /// # Errors
    /// When the file is damaged.
    pub(super) fn rows(&self, source: &Source) -> Result<ParquetRows, ReadError> {
        let name = source.name.clone();
        let rows = RowIter::from_file_into(Box::new(reader(source)?))
            .project(Some(self.projection.clone()))
            .map_err(|e| unread(&name, &e))?;
        let (geometry, nanoseconds) = (self.geometry, self.nanoseconds.clone());
        let of = reader(source)?.metadata().file_metadata().num_rows();
        Ok(ParquetRows { name, rows, geometry, nanoseconds, given: 0, of: of.max(1) as u64 })
    }

    /// Uses rows or rejects them.
    pub(super) fn gather(&self, rows: Vec<RawRow>, rules: &Rules<'_>) -> Gathered {
        let mut gather = Gather::new(rules);
        let [lon, lat] = [Role::Lon, Role::Lat].map(|role| self.schema.columns().get(role));
        for raw in rows {
            let spot = gather.begin(0);
            let cells: Vec<String> = raw.values.iter().map(text_of).collect();
            let row = Row::new(&cells, DecimalMark::Point);
            let pair = match &raw.geometry {
                Some(bytes) => match wkb::place(bytes) {
                    Ok(numbers) => Ok(numbers),
                    Err(reason) => {
                        let (field, value) = ("geometry".to_owned(), String::new());
                        gather.refuse(spot, Refusal { field, value, reason: reason.to_owned() });
                        continue;
                    }
                },
                None => row.numbers([lon, lat]),
            };
            let placed = pair.and_then(|numbers| gather.place(numbers, [lon, lat]));
            match placed {
                Err(fault) => gather.refuse_cell(spot, &row, fault),
                Ok(at) => gather.take(spot, &row, at, "", || SourceRow::of_cells(raw.values)),
            }
        }
        gather.finish()
    }
}

/// Rows of a file in their order.
pub(super) struct ParquetRows {
    name: String,
    rows: RowIter<'static>,
    geometry: Option<usize>,
    nanoseconds: Vec<bool>,
    given: u64,
    of: u64,
}

impl ParquetRows {
    /// The share of the rows that was handed over.
    pub(super) fn share(&self) -> f64 {
        self.given as f64 / self.of as f64
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// When the file is damaged; a decoder that gives up in other ways is
    /// taken to say the same.
    pub(super) fn next(&mut self) -> Result<Option<Vec<RawRow>>, ReadError> {
        let (geometry, nanoseconds) = (self.geometry, &self.nanoseconds);
        let rows = &mut self.rows;
        let found = decoded(&self.name, || {
            let (mut found, mut bytes) = (Vec::new(), 0);
            while found.len() < BATCH && bytes < BATCH_BYTES {
                let Some(record) = rows.next() else { break };
                let row = raw(&record?, geometry, nanoseconds);
                bytes += row.bytes();
                found.push(row);
            }
            Ok(found)
        })?;
        self.given += found.len() as u64;
        Ok((!found.is_empty()).then_some(found))
    }
}

impl RawRow {
    /// Bytes of its texts and its geometry.
    fn bytes(&self) -> usize {
        let texts: usize = self.values.iter().filter_map(Value::as_str).map(str::len).sum();
        texts + self.geometry.as_ref().map_or(0, Vec::len)
    }
}

fn raw(record: &Record, geometry: Option<usize>, nanoseconds: &[bool]) -> RawRow {
    let mut values = Vec::with_capacity(record.len());
    let mut bytes = None;
    for (i, (_, field)) in record.get_column_iter().enumerate() {
        if geometry == Some(i) {
            bytes = Some(match field {
                Field::Bytes(bytes) => bytes.data().to_vec(),
                _ => Vec::new(),
            });
        } else {
            values.push(value(field, nanoseconds.get(i) == Some(&true)));
        }
    }
    RawRow { values, geometry: bytes }
}

fn reader(source: &Source) -> Result<GuardedFile, ReadError> {
    let (decoded_from, looked_at) = (source.chunk()?, source.chunk()?);
    decoded(&source.name, || GuardedFile::open(decoded_from, looked_at))
}

/// What the decoder makes of a file; one that gives up in other ways is taken
/// to say that the file is damaged.
fn decoded<T>(name: &str, work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ReadError> {
    match caught(work) {
        Some(done) => done.map_err(|error| unread(name, &error)),
        None => Err(damaged(name, "its decoder gave up")),
    }
}

fn unread(name: &str, error: &ParquetError) -> ReadError {
    match error {
        ParquetError::External(inner) if inner.is::<Beyond>() => {
            ReadError::new(name, inner.to_string())
                .hint("write it again with smaller pages and row groups, or as CSV")
        }
        ParquetError::General(what) => damaged(name, what),
        _ => damaged(name, &error.to_string()),
    }
}

fn damaged(name: &str, what: &str) -> ReadError {
    let error = ReadError::new(name, format!("cannot be read as Parquet: {what}"));
    if what.contains("isabled feature") || what.contains("compression") {
        return error.hint("write it again with compression=\"snappy\", \"gzip\", \"lz4\" or none");
    }
    error.hint("was the download cut off?")
}

/// The value of the key `geo` (GeoParquet 1.1, file metadata).
fn geo_metadata(pairs: Option<&Vec<parquet::file::metadata::KeyValue>>) -> Option<&str> {
    pairs?.iter().find(|pair| pair.key == "geo")?.value.as_deref()
}

impl Geometry {
    /// The primary column, which must be WKB on WGS 84.
    fn of(name: &str, text: &str) -> Result<Geometry, ReadError> {
        let geo: Value = serde_json::from_str(text)
            .map_err(|e| damaged(name, &format!("its `geo` metadata are not JSON: {e}")))?;
        let column = geo["primary_column"].as_str().unwrap_or("geometry").to_owned();
        let about = &geo["columns"][&column];
        let encoding = about["encoding"].as_str().unwrap_or("WKB");
        if !encoding.eq_ignore_ascii_case("WKB") {
            return Err(ReadError::new(name, format!("its geometries are encoded as {encoding}"))
                .hint("write them as WKB, the default of GeoPandas and GDAL"));
        }
        // Without a `crs` it is longitude and latitude on WGS 84.
        let crs = &about["crs"];
        let id = &crs["id"];
        let known = crs.is_null()
            || (id["authority"] == "OGC" && id["code"] == "CRS84")
            || (id["authority"] == "EPSG" && id["code"] == 4326);
        if !known {
            let what = crs["name"].as_str().unwrap_or("not named");
            return Err(ReadError::new(
                name,
                format!("its coordinate system is {what}, not WGS 84"),
            )
            .hint("reproject it to EPSG:4326: gdf.to_crs(4326)"));
        }
        Ok(Geometry { column })
    }
}

fn kind(field: &Type) -> ColumnKind {
    let time = matches!(
        field.get_basic_info().logical_type_ref(),
        Some(LogicalType::Date | LogicalType::Timestamp(_))
    );
    match field.get_physical_type() {
        _ if time => ColumnKind::Text,
        Physical::BOOLEAN => ColumnKind::Truth,
        Physical::INT32 | Physical::INT64 => ColumnKind::Whole,
        Physical::FLOAT | Physical::DOUBLE => ColumnKind::Number,
        _ => ColumnKind::Text,
    }
}

fn counts_nanoseconds(field: &Type) -> bool {
    match field.get_basic_info().logical_type_ref() {
        Some(LogicalType::Timestamp(time)) => time.unit == TimeUnit::NANOS,
        _ => false,
    }
}

/// A value as a cell. Dates and times become text in ISO 8601; bytes that are
/// no text, and decimals too long to be meant, become hexadecimal digits.
fn value(field: &Field, nanoseconds: bool) -> Cell {
    let real = |x: f64| Number::from_f64(x).map_or(Value::Null, Value::Number);
    match field {
        Field::Null => Value::Null,
        Field::Bool(x) => Value::from(*x),
        Field::Byte(x) => Value::from(*x),
        Field::Short(x) => Value::from(*x),
        Field::Int(x) => Value::from(*x),
        Field::Long(x) if nanoseconds => time(x.div_euclid(1_000_000)),
        Field::Long(x) => Value::from(*x),
        Field::UByte(x) => Value::from(*x),
        Field::UShort(x) => Value::from(*x),
        Field::UInt(x) => Value::from(*x),
        Field::ULong(x) => Value::from(*x),
        // By way of text, so that 34.1 does not become 34.099998.
        Field::Float(x) => x.to_string().parse().map_or(Value::Null, real),
        Field::Double(x) => real(*x),
        Field::Str(text) => Value::from(text.as_str()),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => Value::from(text),
            Err(_) => hexadecimal(bytes.data()),
        },
        // Written out in a time that grows with the square of the digits.
        Field::Decimal(x)
            if x.data().len() > LONGEST_DECIMAL || x.scale() > LONGEST_DECIMAL as i32 =>
        {
            hexadecimal(x.data())
        }
        Field::Date(days) => {
            let day = jiff::Span::new().try_days(*days).ok();
            let date = day.and_then(|days| Date::constant(1970, 1, 1).checked_add(days).ok());
            date.map_or(Value::Null, |date| Value::from(date.to_string()))
        }
        Field::TimestampMillis(ms) => time(*ms),
        Field::TimestampMicros(us) => time(us.div_euclid(1000)),
        other => Value::from(other.to_string()),
    }
}

fn hexadecimal(bytes: &[u8]) -> Value {
    Value::from(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())
}

/// Milliseconds since 1970 as text.
fn time(ms: i64) -> Value {
    let span = jiff::Span::new().try_milliseconds(ms).ok();
    let time = span.and_then(|s| DateTime::constant(1970, 1, 1, 0, 0, 0, 0).checked_add(s).ok());
    time.map_or(Value::Null, |time| Value::from(time.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::data_type::Decimal;

    #[test]
    fn values_as_cells() {
        assert_eq!(value(&Field::Float(34.1), false), Value::from(34.1));
        assert_eq!(value(&Field::Double(f64::NAN), false), Value::Null);
        assert_eq!(value(&Field::Date(19_404), false), Value::from("2023-02-16"));
        let noon = 1_676_548_800_000;
        assert_eq!(value(&Field::TimestampMillis(noon), false), Value::from("2023-02-16T12:00:00"));
        assert_eq!(value(&Field::Long(noon * 1_000_000), true), Value::from("2023-02-16T12:00:00"));
        let decimal = |bytes: &[u8], scale| {
            let digits = Decimal::from_bytes(bytes.to_vec().into(), i32::MAX, scale);
            value(&Field::Decimal(digits), false)
        };
        assert_eq!(decimal(&[0x0d, 0x52], 2), Value::from("34.10"));
        assert_eq!(decimal(&[0x0d, 0x52], i32::MAX - 1), Value::from("0d52"));
        assert_eq!(decimal(&[1; 2000], 2), Value::from("01".repeat(2000)));
    }

    #[test]
    fn the_coordinate_system_must_be_wgs84() {
        let of = |geo: &str| Geometry::of("f", geo).map(|g| g.column).map_err(|e| e.message);
        assert_eq!(
            of(r#"{"primary_column":"g","columns":{"g":{"encoding":"WKB"}}}"#),
            Ok("g".into())
        );
        let utm = r#"{"columns":{"geometry":{"encoding":"WKB","crs":{"name":"WGS 84 / UTM zone 42N","id":{"authority":"EPSG","code":32642}}}}}"#;
        assert!(of(utm).unwrap_err().contains("UTM zone 42N"));
        assert!(of(r#"{"columns":{"geometry":{"encoding":"point"}}}"#).is_err());
    }
}
