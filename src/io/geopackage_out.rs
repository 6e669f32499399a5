//! Tables as GeoPackages (OGC 12-128r18, version 1.3): points or polygons in
//! degrees of WGS 84, and tables without geometry.
//!
//! SQLite writes to a temporary file, which is then handed over. Nothing in it
//! depends on the day or the machine: the same rows give the same bytes.

use super::encode::{EncodeError, Parts, PointEncoder, holding};
use super::polygon_table::{PolygonTable, Polygons, bounds};
use super::sqlite::{quoted, without_name};
use super::table_out::{Cell, ColumnKind, free_names_by, printable};
use crate::geodesy::LonLat;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params, params_from_iter};
use serde_json::Value;
use std::fs::File;
use std::io::Read;
use tempfile::NamedTempFile;

/// The day of the last change that the file gives: the same on every run.
const DAY: &str = "2000-01-01T00:00:00.000Z";
/// Columns of a table, SQLite's limit, with the identifier and the geometry.
const MOST_COLUMNS: usize = 2000;
/// Whose structure the metadata have, as a URI (clause F.8, `md_standard_uri`): that of
/// JSON. What the members mean stands in them.
const JSON_STANDARD: &str = "urn:ietf:rfc:8259";
/// Bytes that are handed over at a time.
const PIECE: usize = 1 << 20;

/// The tables that every GeoPackage has, with the coordinate systems that must
/// stand in them, and those of the extension for metadata.
const BEGIN: &str = r#"
PRAGMA page_size = 4096;
PRAGMA encoding = 'UTF-8';
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
BEGIN;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
 ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
 ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
 ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]', 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"#;

/// The tables of the extension `gpkg_metadata` (clause F.8).
const METADATA: &str = r#"
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT INTO gpkg_extensions VALUES
 ('gpkg_metadata', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec130/#extension_metadata', 'read-write'),
 ('gpkg_metadata_reference', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec130/#extension_metadata', 'read-write');
CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL, md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id), CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
"#;

impl From<rusqlite::Error> for EncodeError {
    fn from(error: rusqlite::Error) -> EncodeError {
        EncodeError::new(
            format!("the table cannot be written as a GeoPackage: {error}"),
            "set TMPDIR to a folder with space, or write it as .csv or .parquet",
        )
    }
}

/// Writes a table of points as a GeoPackage of one layer.
pub struct GeoPackageWriter {
    file: NewFile,
    layer: NewTable,
    bounds: Option<[f64; 4]>,
}

impl GeoPackageWriter {
    /// A layer `incidents` of columns with what they hold.
    ///
    /// # Errors
    /// When there are too many columns, or no temporary file can be made.
    pub fn new(names: &[String], kinds: &[ColumnKind]) -> Result<GeoPackageWriter, EncodeError> {
        let file = NewFile::new()?;
        let layer = file.table("incidents", names, kinds, Some("POINT"))?;
        Ok(GeoPackageWriter { file, layer, bounds: None })
    }
}

impl PointEncoder for GeoPackageWriter {
    fn push(&mut self, rows: Vec<(LonLat, Vec<Cell>)>) -> Result<Vec<u8>, EncodeError> {
        let mut statement = self.file.connection.prepare(&self.layer.insert)?;
        for (at, cells) in rows {
            let (x, y) = (at.lon(), at.lat());
            self.bounds = Some(holding(self.bounds, [x, y]));
            let place = Sql::Blob(point(x, y));
            let cells = self.layer.kinds.iter().zip(&cells).map(|(kind, cell)| sql(*kind, cell));
            statement.execute(params_from_iter(std::iter::once(place).chain(cells)))?;
        }
        Ok(Vec::new())
    }

    fn finish(
        self: Box<Self>,
        metadata: &[(String, String)],
        parts: &mut Parts<'_>,
    ) -> Result<Vec<String>, EncodeError> {
        let GeoPackageWriter { file, layer, bounds } = *self;
        file.bound(&layer, bounds)?;
        file.finish(metadata, &mut |bytes| Ok(parts(0, bytes)?))?;
        Ok(Vec::new())
    }
}

/// A layer of polygons as a GeoPackage, and beside it a table without geometry of the
/// same columns: its name and its rows. `metadata` tell where they came from.
///
/// # Errors
/// When there are too many columns, or no temporary file can be made.
pub fn geopackage_polygons(
    layer: &PolygonTable,
    (name, rows): (&str, &[Vec<Cell>]),
    metadata: &[(String, String)],
) -> Result<Vec<u8>, EncodeError> {
    let file = NewFile::new()?;
    let made = file.table(&layer.name, &layer.columns, &layer.kinds, Some("MULTIPOLYGON"))?;
    let mut statement = file.connection.prepare(&made.insert)?;
    for row in &layer.rows {
        let covers = multipolygon(&row.polygons).map_or(Sql::Null, Sql::Blob);
        let cells = layer.kinds.iter().zip(&row.cells).map(|(kind, cell)| sql(*kind, cell));
        statement.execute(params_from_iter(std::iter::once(covers).chain(cells)))?;
    }
    drop(statement);
    file.bound(
        &made,
        bounds(layer.rows.iter().flat_map(|r| r.polygons.iter().flatten().flatten())),
    )?;
    let made = file.table(name, &layer.columns, &layer.kinds, None)?;
    let mut statement = file.connection.prepare(&made.insert)?;
    for row in rows {
        let cells = layer.kinds.iter().zip(row).map(|(kind, cell)| sql(*kind, cell));
        statement.execute(params_from_iter(cells))?;
    }
    drop(statement);
    let mut bytes = Vec::new();
    file.finish(metadata, &mut |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    })?;
    Ok(bytes)
}

/// A file on its way.
struct NewFile {
    connection: Connection,
    /// The same file, to be read at the end.
    written: File,
    /// Where it goes with its name.
    _named: Option<NamedTempFile>,
}

/// A table of it.
struct NewTable {
    name: String,
    kinds: Vec<ColumnKind>,
    /// The statement that adds a row.
    insert: String,
}

impl NewFile {
    fn new() -> Result<NewFile, EncodeError> {
        let file = NamedTempFile::new().map_err(|e| EncodeError::spool(&e))?;
        let written = file.reopen().map_err(|e| EncodeError::spool(&e))?;
        let connection = Connection::open(file.path())?;
        connection.execute_batch(BEGIN)?;
        Ok(NewFile { connection, written, _named: without_name(file) })
    }

    /// Makes a table; with `shapes` it is a layer of such geometries.
    fn table(
        &self,
        name: &str,
        columns: &[String],
        kinds: &[ColumnKind],
        shapes: Option<&str>,
    ) -> Result<NewTable, EncodeError> {
        if columns.len() + 2 > MOST_COLUMNS {
            let message = format!(
                "a GeoPackage holds {} columns, the table has {}",
                MOST_COLUMNS - 2,
                columns.len()
            );
            return Err(EncodeError::new(message, "write it as .csv or .parquet"));
        }
        // The columns of the input keep their names before ours, whatever the case.
        let own = columns.iter().map(|name| {
            let name = printable(name);
            if name.trim().is_empty() { "column".to_owned() } else { name.into_owned() }
        });
        let names = own.chain(["fid".to_owned(), "geom".to_owned()]);
        let mut names: Vec<String> = free_names_by(names, str::to_ascii_lowercase);
        let geometry = names.pop().unwrap_or_default();
        let identifier = names.pop().unwrap_or_default();
        let types = kinds.iter().map(|kind| match kind {
            ColumnKind::Text => "TEXT",
            ColumnKind::Number => "DOUBLE",
            ColumnKind::Whole => "INTEGER",
            ColumnKind::Truth => "BOOLEAN",
        });
        let places = shapes.iter().map(|shapes| (&geometry, *shapes));
        let described: Vec<(&String, &str)> = places.chain(names.iter().zip(types)).collect();
        let listed = |one: fn(&(&String, &str)) -> String| {
            described.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let table = quoted(name);
        self.connection.execute_batch(&format!(
            "CREATE TABLE {table} ({} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {});",
            quoted(&identifier),
            listed(|(name, kind)| format!("{} {kind}", quoted(name)))
        ))?;
        let (data, system) = match shapes {
            Some(_) => ("features", Some(4326)),
            None => ("attributes", None),
        };
        self.connection.execute(
            "INSERT INTO gpkg_contents VALUES (?1, ?2, ?1, '', ?3, NULL, NULL, NULL, NULL, ?4)",
            params![name, data, DAY, system],
        )?;
        if let Some(shapes) = shapes {
            self.connection.execute(
                "INSERT INTO gpkg_geometry_columns VALUES (?1, ?2, ?3, 4326, 0, 0)",
                params![name, geometry, shapes],
            )?;
        }
        let insert = format!(
            "INSERT INTO {table} ({}) VALUES ({})",
            listed(|(name, _)| quoted(name)),
            listed(|_| "?".to_owned())
        );
        Ok(NewTable { name: name.to_owned(), kinds: kinds.to_vec(), insert })
    }

    /// Says where a layer lies: west, south, east, north.
    fn bound(&self, table: &NewTable, bounds: Option<[f64; 4]>) -> Result<(), EncodeError> {
        let Some([w, s, e, n]) = bounds else { return Ok(()) };
        self.connection.execute(
            "UPDATE gpkg_contents SET min_x = ?2, min_y = ?3, max_x = ?4, max_y = ?5 \
             WHERE table_name = ?1",
            params![table.name, w, s, e, n],
        )?;
        Ok(())
    }

    /// Ends the file and hands over its bytes.
    fn finish(
        self,
        metadata: &[(String, String)],
        take: &mut dyn FnMut(&[u8]) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let NewFile { connection, written: mut from, .. } = self;
        if !metadata.is_empty() {
            connection.execute_batch(METADATA)?;
        }
        for (_, text) in metadata {
            connection.execute(
                "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) \
                 VALUES ('dataset', ?1, 'application/json', ?2)",
                params![JSON_STANDARD, text],
            )?;
            connection.execute(
                "INSERT INTO gpkg_metadata_reference VALUES \
                 ('geopackage', NULL, NULL, NULL, ?1, ?2, NULL)",
                params![DAY, connection.last_insert_rowid()],
            )?;
        }
        connection.execute_batch("COMMIT")?;
        connection.close().map_err(|(_, error)| error)?;
        let failed = |e: std::io::Error| EncodeError::spool(&e);
        let mut piece = vec![0; PIECE];
        loop {
            match from.read(&mut piece).map_err(failed)? {
                0 => return Ok(()),
                read => take(&piece[..read])?,
            }
        }
    }
}

/// A cell as a value of its column.
fn sql(kind: ColumnKind, cell: &Cell) -> Sql {
    let known = |value: Option<Sql>| value.unwrap_or(Sql::Null);
    match (kind, cell) {
        (_, Value::Null) => Sql::Null,
        (ColumnKind::Text, Value::String(text)) => Sql::Text(printable(text).into_owned()),
        (ColumnKind::Text, other) => Sql::Text(other.to_string()),
        (ColumnKind::Number, cell) => known(cell.as_f64().map(Sql::Real)),
        (ColumnKind::Whole, cell) => known(cell.as_i64().map(Sql::Integer)),
        (ColumnKind::Truth, cell) => known(cell.as_bool().map(|truth| Sql::Integer(truth.into()))),
    }
}

/// What stands before a geometry (clause 2.1.3): little-endian, of EPSG:4326, with
/// these flags for its envelope.
fn head(envelope: u8) -> Vec<u8> {
    let mut bytes = vec![b'G', b'P', 0, 1 | envelope << 1];
    bytes.extend(4326_i32.to_le_bytes());
    bytes
}

/// A point with its header.
fn point(x: f64, y: f64) -> Vec<u8> {
    let mut bytes = head(0);
    bytes.extend([1, 1, 0, 0, 0]);
    bytes.extend([x, y].iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

/// Polygons with their header and envelope; `None` of none.
fn multipolygon(polygons: &Polygons) -> Option<Vec<u8>> {
    let [w, s, e, n] = bounds(polygons.iter().flatten().flatten())?;
    let mut bytes = head(1);
    bytes.extend([w, e, s, n].iter().flat_map(|number| number.to_le_bytes()));
    let count = |bytes: &mut Vec<u8>, count: usize| bytes.extend((count as u32).to_le_bytes());
    bytes.extend([1, 6, 0, 0, 0]);
    count(&mut bytes, polygons.len());
    for rings in polygons {
        bytes.extend([1, 3, 0, 0, 0]);
        count(&mut bytes, rings.len());
        for ring in rings {
            count(&mut bytes, ring.len());
            bytes.extend(ring.iter().flatten().flat_map(|number| number.to_le_bytes()));
        }
    }
    Some(bytes)
}
