//! Tables with points as GeoParquet 1.1 (geoparquet.org): columns of text and
//! numbers and a column of points as WKB, which GeoPandas, GDAL, DuckDB and
//! QGIS open with their coordinate system.

use super::encode::{EncodeError, Parts, PointEncoder, holding};
use super::table_out::{Cell, ColumnKind, free_names};
use crate::geodesy::LonLat;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// Rows of a row group, which is held in memory until it is full.
const GROUP: usize = 16_384;

impl From<ParquetError> for EncodeError {
    fn from(error: ParquetError) -> EncodeError {
        EncodeError::new(format!("the table cannot be written as Parquet: {error}"), "")
    }
}

/// Bytes on their way from the encoder to the file.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Writes rows, a row group at a time.
pub struct ParquetWriter {
    file: SerializedFileWriter<Pipe>,
    pipe: Pipe,
    kinds: Vec<ColumnKind>,
    rows: Vec<(LonLat, Vec<Cell>)>,
    /// West, south, east, north.
    bounds: Option<[f64; 4]>,
    geometry: String,
}

impl ParquetWriter {
    /// A table of columns with what they hold; a column of points follows.
    ///
    /// # Errors
    /// When the encoder refuses the columns.
    pub fn new(names: &[String], kinds: &[ColumnKind]) -> Result<ParquetWriter, EncodeError> {
        let names = free_names(names.iter().cloned().chain(["geometry".to_owned()]));
        let mut fields = Vec::with_capacity(names.len());
        for (name, kind) in names.iter().zip(kinds) {
            let (physical, logical) = match kind {
                ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                ColumnKind::Number => (Physical::DOUBLE, None),
                ColumnKind::Whole => (Physical::INT64, None),
                ColumnKind::Truth => (Physical::BOOLEAN, None),
            };
            let field = Type::primitive_type_builder(name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .build()?;
            fields.push(Arc::new(field));
        }
        let geometry = names[names.len() - 1].clone();
        let points = Type::primitive_type_builder(&geometry, Physical::BYTE_ARRAY)
            .with_repetition(Repetition::OPTIONAL)
            .build()?;
        fields.push(Arc::new(points));
        let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("durand ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let pipe = Pipe::default();
        let file = SerializedFileWriter::new(pipe.clone(), Arc::new(schema), Arc::new(properties))?;
        let (kinds, rows) = (kinds.to_vec(), Vec::new());
        Ok(ParquetWriter { file, pipe, kinds, rows, bounds: None, geometry })
    }
}

impl PointEncoder for ParquetWriter {
    fn push(&mut self, rows: Vec<(LonLat, Vec<Cell>)>) -> Result<Vec<u8>, EncodeError> {
        for row in rows {
            self.rows.push(row);
            if self.rows.len() == GROUP {
                self.write_group()?;
            }
        }
        Ok(self.ready())
    }

    fn finish(
        mut self: Box<Self>,
        metadata: &[(String, String)],
        parts: &mut Parts<'_>,
    ) -> Result<Vec<String>, EncodeError> {
        if !self.rows.is_empty() {
            self.write_group()?;
        }
        let mut column = json!({ "encoding": "WKB", "geometry_types": ["Point"] });
        if let Some(bounds) = self.bounds {
            column["bbox"] = json!(bounds);
        }
        let mut columns = serde_json::Map::new();
        columns.insert(self.geometry.clone(), column);
        let geo =
            json!({ "version": "1.1.0", "primary_column": self.geometry, "columns": columns });
        self.file.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo.to_string()));
        for (key, value) in metadata {
            self.file.append_key_value_metadata(KeyValue::new(key.clone(), value.clone()));
        }
        self.file.finish()?;
        self.file.flush().map_err(ParquetError::from)?;
        parts(0, &self.ready())?;
        Ok(Vec::new())
    }
}

impl ParquetWriter {
    fn ready(&self) -> Vec<u8> {
        std::mem::take(&mut *self.pipe.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn write_group(&mut self) -> Result<(), EncodeError> {
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.file.next_row_group()?;
        let mut number = 0;
        while let Some(mut column) = group.next_column()? {
            let cells = || rows.iter().map(|(_, cells)| cells.get(number).unwrap_or(&Value::Null));
            match self.kinds.get(number) {
                None => {
                    let points: Vec<ByteArray> = rows.iter().map(|(at, _)| wkb(*at)).collect();
                    let levels = vec![1; points.len()];
                    column.typed::<ByteArrayType>().write_batch(&points, Some(&levels), None)?;
                }
                Some(ColumnKind::Text) => {
                    let text = |cell: &Value| match cell {
                        Value::Null => None,
                        Value::String(text) => Some(ByteArray::from(text.as_str())),
                        other => Some(ByteArray::from(other.to_string().as_str())),
                    };
                    let (values, levels) = present(cells().map(text));
                    column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
                }
                Some(ColumnKind::Number) => {
                    let (values, levels) = present(cells().map(Value::as_f64));
                    column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
                }
                Some(ColumnKind::Whole) => {
                    let (values, levels) = present(cells().map(Value::as_i64));
                    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
                }
                Some(ColumnKind::Truth) => {
                    let (values, levels) = present(cells().map(Value::as_bool));
                    column.typed::<BoolType>().write_batch(&values, Some(&levels), None)?;
                }
            }
            column.close()?;
            number += 1;
        }
        group.close()?;
        for (at, _) in &rows {
            let (x, y) = (at.lon(), at.lat());
            self.bounds = Some(holding(self.bounds, [x, y]));
        }
        Ok(())
    }
}

/// The values that there are, and for each row whether there is one.
fn present<T>(cells: impl Iterator<Item = Option<T>>) -> (Vec<T>, Vec<i16>) {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    (values, levels)
}

/// A point in well-known binary, little-endian.
fn wkb(at: LonLat) -> ByteArray {
    let mut bytes = vec![1, 1, 0, 0, 0];
    bytes.extend(at.lon().to_le_bytes());
    bytes.extend(at.lat().to_le_bytes());
    ByteArray::from(bytes)
}
