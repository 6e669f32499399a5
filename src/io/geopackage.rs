//! The tables of a GeoPackage (OGC 12-128r18) and their rows.

use super::gate::{Foreign, Refusal};
use super::prj::{self, Prj};
use super::sqlite::{Database, quoted, torn};
use super::{ReadError, Reject, on_one_line, wkb};
use super::{sqlite, zone_metres};
use crate::geodesy::Utm;
use rusqlite::types::ValueRef;
use serde_json::{Number, Value};

/// What reads like incidents or a layer, by what it holds.
pub(super) struct GeoPackage {
    database: Database,
    tables: Vec<Entry>,
}

/// A table as the file lists it.
#[derive(Clone)]
struct Entry {
    name: String,
    /// `None` without geometries.
    geometry: Option<GeometryColumn>,
}

#[derive(Clone)]
struct GeometryColumn {
    name: String,
    /// `POINT`, …
    kind: String,
    system: i64,
}

/// A table that is read.
pub(super) struct Table {
    pub(super) name: String,
    /// Names of its columns but the geometry.
    pub(super) columns: Vec<String>,
    /// Which of them are true or false.
    truths: Vec<bool>,
    geometry: Option<GeometryColumn>,
    zone: Option<Utm>,
    /// For the user.
    pub(super) notices: Vec<String>,
}

/// A row: its cells, and what it covers where the table has geometries.
pub(super) struct Row {
    /// From 1.
    pub(super) number: u64,
    pub(super) geometry: Option<Result<Foreign, Refusal>>,
    pub(super) cells: Vec<Value>,
}

impl Table {
    /// Whether it is a table of features.
    pub(super) fn has_geometries(&self) -> bool {
        self.geometry.is_some()
    }
}

impl GeoPackage {
    /// Looks which tables there are.
    ///
    /// # Errors
    /// When it is a database of another kind, or damaged.
    pub(super) fn open(database: Database) -> Result<GeoPackage, ReadError> {
        if !database.has_table("gpkg_contents")? {
            let message = "is an SQLite database, but no GeoPackage (no table gpkg_contents)";
            return Err(ReadError::new(database.name(), message)
                .hint("convert it: ogr2ogr OUT.gpkg THIS_FILE"));
        }
        let query = "SELECT table_name, data_type FROM gpkg_contents \
                     WHERE data_type IN ('features', 'attributes', 'aspatial') ORDER BY rowid";
        let listed = database.texts::<2>(query, [])?;
        let geometries = if database.has_table("gpkg_geometry_columns")? {
            let query = "SELECT table_name, column_name, upper(geometry_type_name), srs_id \
                         FROM gpkg_geometry_columns";
            database.texts::<4>(query, [])?
        } else {
            Vec::new()
        };
        let mut tables = Vec::with_capacity(listed.len());
        for [name, data] in listed {
            let found = geometries.iter().find(|[table, ..]| table.eq_ignore_ascii_case(&name));
            let geometry = found.map(|[_, column, kind, system]| GeometryColumn {
                name: column.clone(),
                kind: kind.clone(),
                system: system.parse().unwrap_or(-1),
            });
            if data == "features" && geometry.is_none() {
                let name = shown(&name);
                let message = format!("does not say which column of `{name}` has its geometries");
                return Err(ReadError::new(database.name(), message)
                    .hint("save it again with QGIS or ogr2ogr"));
            }
            tables.push(Entry { name, geometry: geometry.filter(|_| data == "features") });
        }
        Ok(GeoPackage { database, tables })
    }

    /// The table of incidents: the one asked for, the only one with geometries, the
    /// only one of points, or the only one at all.
    ///
    /// # Errors
    /// When there is none such or there are several, with their names; as [`Self::table`].
    pub(super) fn points(&self, asked: Option<&str>) -> Result<Table, ReadError> {
        if asked.is_some() {
            return self.table(self.named(asked)?);
        }
        let kinds = ["POINT", "MULTIPOINT"];
        let is_point = |g: &GeometryColumn| kinds.contains(&g.kind.as_str());
        let spatial: Vec<&Entry> = self.tables.iter().filter(|t| t.geometry.is_some()).collect();
        let points = spatial.iter().copied().filter(|t| t.geometry.as_ref().is_some_and(is_point));
        let points: Vec<&Entry> = points.collect();
        let all: Vec<&Entry> = self.tables.iter().collect();
        let meant = match (spatial.as_slice(), points.as_slice(), all.as_slice()) {
            ([one], ..) | ([_, _, ..], [one], _) | ([], _, [one]) => one,
            _ => return Err(self.several("name the one you want: --layer NAME")),
        };
        let mut table = self.table(meant)?;
        if self.tables.len() > 1 {
            table.notices.insert(
                0,
                format!(
                    "layer `{}` of {}; --layer names another",
                    shown(&meant.name),
                    self.listed()
                ),
            );
        }
        Ok(table)
    }

    /// The table of a layer: the one asked for, or the only one with geometries.
    ///
    /// # Errors
    /// As [`Self::points`].
    pub(super) fn layer(&self, asked: Option<&str>) -> Result<Table, ReadError> {
        if asked.is_some() {
            return self.table(self.named(asked)?);
        }
        let mut spatial = self.tables.iter().filter(|t| t.geometry.is_some());
        match (spatial.next(), spatial.next()) {
            (Some(one), None) => self.table(one),
            (None, _) if !self.tables.is_empty() => {
                let message = format!("has no layer with geometries, only {}", self.listed());
                Err(ReadError::new(self.database.name(), message)
                    .hint("borders are lines, areas are polygons"))
            }
            _ => Err(self.several("name the one you want after the file: 'FILE|layername=NAME'")),
        }
    }

    fn named(&self, asked: Option<&str>) -> Result<&Entry, ReadError> {
        let asked = asked.unwrap_or_default().trim();
        let exactly = self.tables.iter().find(|table| table.name == asked);
        let nearly = || self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(asked));
        exactly.or_else(nearly).ok_or_else(|| {
            ReadError::new(self.database.name(), format!("has no layer `{asked}`"))
                .hint(format!("its layers are {}", self.listed()))
        })
    }

    fn several(&self, hint: &str) -> ReadError {
        if self.tables.is_empty() {
            return ReadError::new(
                self.database.name(),
                "holds no table of features or attributes",
            );
        }
        let message = format!("has several layers: {}", self.listed());
        ReadError::new(self.database.name(), message).hint(hint)
    }

    fn listed(&self) -> String {
        let names: Vec<String> = self.tables.iter().map(|t| format!("`{}`", t.name)).collect();
        shown(&names.join(", "))
    }

    /// Understands a table's columns.
    ///
    /// # Errors
    /// When it is a view, in another coordinate system than WGS 84 or a zone of UTM
    /// on it, or damaged.
    fn table(&self, entry: &Entry) -> Result<Table, ReadError> {
        let (database, name) = (&self.database, &entry.name);
        if !database.has_table(name)? {
            let message = format!("lists a layer `{}` that it does not have", shown(name));
            return Err(torn(database.name(), &message));
        }
        let mut notices = Vec::new();
        let (mut columns, mut truths, mut placed) = (Vec::new(), Vec::new(), false);
        let query = "SELECT name, type FROM pragma_table_info(?1)";
        for [column, kind] in database.texts::<2>(query, [name])? {
            let own = |g: &GeometryColumn| g.name.eq_ignore_ascii_case(&column);
            if entry.geometry.as_ref().is_some_and(own) {
                placed = true;
            } else {
                columns.push(column);
                truths.push(kind.trim().eq_ignore_ascii_case("BOOLEAN"));
            }
        }
        if let Some(geometry) = entry.geometry.as_ref().filter(|_| !placed) {
            let (name, column) = (shown(name), shown(&geometry.name));
            let message = format!("its layer `{name}` has no column `{column}` of its own");
            return Err(torn(database.name(), &message));
        }
        let system = entry.geometry.as_ref().map(|geometry| geometry.system);
        let zone = system.map(|id| self.zone_of(id, &mut notices)).transpose()?.flatten();
        let (name, geometry) = (name.clone(), entry.geometry.clone());
        Ok(Table { name, columns, truths, geometry, zone, notices })
    }

    /// The zone whose metres coordinates are; `None` when they are degrees.
    fn zone_of(&self, id: i64, notices: &mut Vec<String>) -> Result<Option<Utm>, ReadError> {
        let name = self.database.name();
        let refused = |found: &str| {
            let message = format!(
                "its coordinate system is {}, neither geographic WGS 84 nor a zone of UTM on it",
                shown(found)
            );
            ReadError::new(name, message)
                .hint("reproject it to EPSG:4326: ogr2ogr -t_srs EPSG:4326 OUT.gpkg IN.gpkg")
        };
        let found = if self.database.has_table("gpkg_spatial_ref_sys")? {
            let query = "SELECT srs_name, upper(organization), organization_coordsys_id, \
                         definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?1";
            self.database.texts::<4>(query, [id])?.into_iter().next()
        } else {
            None
        };
        let (called, code, text) = match &found {
            Some([called, maker, code, text]) => (
                called.as_str(),
                (maker == "EPSG").then(|| code.parse().ok()).flatten(),
                text.as_str(),
            ),
            None => ("not described", Some(id), ""),
        };
        let known = match code {
            Some(4326) => Prj::Wgs84,
            Some(code @ (32601..=32660 | 32701..=32760)) => {
                // Two digits by the pattern.
                Prj::Utm { zone: (code % 100) as u8, northern: code < 32700 }
            }
            _ if id == 0 => Prj::Blank,
            _ => prj::parse(text.as_bytes()),
        };
        match known {
            Prj::Wgs84 => Ok(None),
            Prj::Utm { zone, northern } => {
                let zone = Utm::new(zone, northern);
                notices.extend(zone.as_ref().map(zone_metres::notice));
                Ok(zone)
            }
            Prj::Blank if id == 0 => {
                let what = "its coordinate system is not named: coordinates were taken as WGS 84";
                notices.push(what.to_owned());
                Ok(None)
            }
            Prj::Blank | Prj::Other(_) => Err(refused(called)),
        }
    }

    /// Hands over the rows of a table in their order, and returns how many cells
    /// held bytes, which are left out.
    ///
    /// # Errors
    /// When they are not as many as SQLite counts, or the file is damaged, and what
    /// `each` says.
    pub(super) fn rows(
        &self,
        table: &Table,
        mut each: impl FnMut(Row) -> Result<(), ReadError>,
    ) -> Result<u64, ReadError> {
        let from = quoted(&table.name);
        let geometry = table.geometry.iter().map(|geometry| &geometry.name);
        let columns: Vec<String> = geometry.chain(&table.columns).map(|c| quoted(c)).collect();
        let columns = if columns.is_empty() { "NULL".to_owned() } else { columns.join(", ") };
        // By the table and not an index of it, which may be damaged by itself.
        let query = format!("SELECT {columns} FROM {from} NOT INDEXED");
        let first = usize::from(table.geometry.is_some());
        let (mut number, mut bytes) = (0, 0);
        self.database.rows(&query, [], |row| {
            number += 1;
            let value = |i: usize| row.get_ref(i).unwrap_or(ValueRef::Null);
            let geometry = table.geometry.as_ref().map(|column| {
                let found = geometry_of(value(0), column.system)?;
                zone_metres::in_degrees(table.zone.as_ref(), found)
            });
            let cells = table.truths.iter().enumerate();
            let cells =
                cells.map(|(i, truth)| cell(value(first + i), *truth, &mut bytes)).collect();
            each(Row { number, geometry, cells })
        })?;
        let counted =
            self.database.texts::<1>(&format!("SELECT count(*) FROM {from} NOT INDEXED"), [])?;
        if counted.first().is_none_or(|[count]| *count != number.to_string()) {
            let [counted] = counted.into_iter().next().unwrap_or_default();
            let message = format!("its layer gives {number} rows and counts {counted}");
            return Err(torn(self.database.name(), &message));
        }
        Ok(bytes)
    }
}

/// A name of the file's in a message.
fn shown(name: &str) -> String {
    Reject::cut(&on_one_line(name))
}

/// What the user should know of cells that hold bytes.
pub(super) fn bytes_notice(count: u64) -> Option<String> {
    let s = if count == 1 { "" } else { "s" };
    (count > 0).then(|| format!("{count} cell{s} of binary data left out"))
}

fn cell(value: ValueRef<'_>, truth: bool, bytes: &mut u64) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number @ (0 | 1)) if truth => Value::Bool(number == 1),
        ValueRef::Integer(number) => Value::from(number),
        ValueRef::Real(number) => {
            Number::from_f64(number).map_or(Value::from(number.to_string()), Value::Number)
        }
        ValueRef::Text(_) => Value::from(sqlite::text_of(value)),
        ValueRef::Blob(_) => {
            *bytes += 1;
            Value::Null
        }
    }
}

/// The geometry in a cell: a header (clause 2.1.3) and well-known binary.
/// `system` is the table's coordinate system.
fn geometry_of(value: ValueRef<'_>, system: i64) -> Result<Foreign, Refusal> {
    let refuse = |reason: &str| Refusal::new("", reason);
    let bytes = match value {
        ValueRef::Blob(bytes) => bytes,
        ValueRef::Null => return Err(refuse("no geometry")),
        other => return Err(Refusal::new(sqlite::text_of(other), "is no geometry")),
    };
    let [b'G', b'P', 0, flags, a, b, c, d, rest @ ..] = bytes else {
        return Err(refuse("the geometry has no header of GeoPackage's"));
    };
    let own = [*a, *b, *c, *d];
    let own = if flags & 1 == 1 { i32::from_le_bytes(own) } else { i32::from_be_bytes(own) };
    let own = i64::from(own);
    if own != system && own > 0 {
        let reason = format!("its coordinate system is not that of its layer, {system}");
        return Err(Refusal::new(own.to_string(), reason));
    }
    let envelope = match flags >> 1 & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err(refuse("the header of the geometry is damaged")),
    };
    if flags & 0x20 != 0 {
        return Err(refuse("is a geometry of another program's making"));
    }
    let rest = rest.get(envelope..).ok_or_else(|| refuse("the geometry is cut off"))?;
    match wkb::decode(rest).map_err(refuse)? {
        Foreign::Points(points) if points.is_empty() => Err(refuse("an empty point")),
        found => Ok(found),
    }
}
