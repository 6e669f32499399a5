//! Reading what users bring and writing what they get.
//!
//! One reader layer that counts and ends, one gate for foreign geometry, one
//! sink that writes files. Nothing is lost in silence: a record is used, or it
//! is a [`Reject`] with its place and reason.
//!
//! Incidents: an [`IncidentReader`] opens an input (`source`, `content`, `decoding`), cuts
//! it into blocks (`blocks`; what is packed, a workbook, KML, a shapefile, a
//! GeoPackage or TopoJSON is made a table or features first: `unpack`, `workbook`,
//! `kml`, `shapefile_points`, `geopackage_points`, `topology`) and reads records from them, delimited (`records`,
//! `delimited`) or GeoJSON (`points_geojson`, `points_sequence`); one schema for
//! each source converts them (`acled`, `ucdp`, `gtd`, `gdelt`, `generic`, all
//! alike) and `gather` collects them. The decoder of Parquet (`parquet_in`) gets its pages
//! by way of a guard (`parquet_guard`). [`csv()`], [`push_feature`] and
//! [`write_all`] are the way out.

mod acled;
mod awsd;
mod batch_sums;
mod batches;
mod blocks;
mod chain;
#[cfg(feature = "parquet")]
mod chunk;
mod code_pages;
mod columns;
#[cfg(feature = "archives")]
mod compound;
mod content;
mod date;
mod dbf_out;
mod decoding;
mod degree_grid;
mod delimited;
mod encode;
mod features;
mod gate;
mod gather;
mod gdelt;
mod generic;
mod geojson_document;
#[cfg(feature = "gpkg")]
mod geopackage;
#[cfg(feature = "gpkg")]
mod geopackage_out;
#[cfg(feature = "gpkg")]
mod geopackage_points;
mod gtd;
mod incidents;
mod input;
mod json_text;
#[cfg(feature = "archives")]
mod kml;
mod kml_out;
mod layer_dbf;
mod layer_geojson;
#[cfg(feature = "gpkg")]
mod layer_geopackage;
mod layer_name;
mod layer_shapefile;
mod layers;
mod local_names;
mod magic;
mod number;
mod open;
#[cfg(feature = "parquet")]
mod parquet_delta;
#[cfg(feature = "parquet")]
mod parquet_footer;
#[cfg(feature = "parquet")]
mod parquet_guard;
#[cfg(feature = "parquet")]
mod parquet_header;
#[cfg(feature = "parquet")]
mod parquet_in;
#[cfg(feature = "parquet")]
mod parquet_out;
#[cfg(feature = "parquet")]
mod parquet_thrift;
mod places;
mod points_geojson;
mod points_sequence;
mod points_walk;
mod polygon_table;
mod position;
mod prj;
mod records;
mod reject;
mod repeats;
mod rings;
mod rows;
mod schema;
mod shapefile_files;
mod shapefile_out;
mod shapefile_points;
mod shapefile_polygons;
mod shapefile_records;
mod sink;
mod source;
#[cfg(feature = "gpkg")]
mod sqlite;
mod staging;
mod stops;
mod strict_json;
mod table_out;
mod topology;
mod ucdp;
#[cfg(feature = "archives")]
mod unpack;
#[cfg(any(feature = "gpkg", feature = "parquet"))]
mod wkb;
#[cfg(feature = "archives")]
mod workbook;
#[cfg(feature = "archives")]
mod workbook_ods;
#[cfg(feature = "archives")]
mod workbook_xls;
#[cfg(feature = "archives")]
mod workbook_xlsx;
mod writeback;
#[cfg(feature = "archives")]
mod xlsx_out;
#[cfg(feature = "archives")]
mod xml_pieces;
mod zone_metres;

pub use batches::{FileSummary, IncidentBatch, IncidentReader, Outcome};
pub use degree_grid::read_degree_grid;
pub use encode::{EncodeError, Parts, PointEncoder};
pub use features::{Feature, Features, Shape, read_features, read_features_with, read_geojson};
#[cfg(feature = "gpkg")]
pub use geopackage_out::{GeoPackageWriter, geopackage_polygons};
pub use incidents::{
    BadOption, Format, IncidentFile, REJECT_COLUMNS, ReadOptions, UnknownFormat, push_rejects,
    read_incidents, reject_csv,
};
pub use input::Input;
pub use kml_out::{KML_END, kml_polygons, kml_start, push_placemark};
pub use layer_name::{file_name, file_of_layer};
pub use layers::{Layer, read_areas, read_border, read_window};
pub use local_names::read_local_names;
pub use open::{plain as plain_error, read_project};
#[cfg(feature = "parquet")]
pub use parquet_out::ParquetWriter;
pub use places::read_places;
pub use polygon_table::{PolygonRow, PolygonTable, Polygons};
pub use reject::{ReadError, Reject, on_one_line};
pub(crate) use repeats::Repeats;
pub use rows::SourceRow;
pub use shapefile_out::{SHAPEFILE_PARTS, ShapefileWriter};
pub use shapefile_polygons::shapefile_polygons;
pub use sink::{Output, WriteError, Writing, write_all};
pub use table_out::{
    Cell, ColumnKind, GEOJSON_START, Sheet, csv, csv_header, free_names, geojson_end,
    guard_formula, push_csv_line, push_feature, push_text,
};
#[cfg(feature = "archives")]
pub use xlsx_out::{XlsxWriter, xlsx_tables};
