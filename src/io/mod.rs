//! Reading what users bring and writing what they get.
//!
//! One reader layer that counts and ends, one gate for foreign geometry, one
//! sink that writes files. Nothing is lost in silence: a record is used, or it
//! is a [`Reject`] with its place and reason.
//!
//! Incidents: [`read_incidents`] opens an input (`source`), reads records from
//! delimited text (`records`, `delimited`) or GeoJSON (`points_geojson`), has
//! one schema for each source convert them (`acled`, `ucdp`, `gtd`, `gdelt`,
//! `generic`, all alike) and collects them (`gather`). [`csv()`],
//! [`geojson_points`] and [`write_all`] are the way out.

mod acled;
mod chain;
mod columns;
mod date;
mod delimited;
mod features;
mod gate;
mod gather;
mod gdelt;
mod generic;
mod geojson_document;
mod gtd;
mod incidents;
mod json_text;
mod layer_dbf;
mod layer_geojson;
mod layer_shapefile;
mod layers;
mod magic;
mod number;
mod open;
mod places;
mod points_geojson;
mod points_walk;
mod position;
mod prj;
mod records;
mod reject;
mod rings;
mod schema;
mod sink;
mod source;
mod strict_json;
mod table_out;
mod ucdp;

pub use features::{Feature, Features, Shape, read_features, read_geojson};
pub use incidents::{
    BadOption, Cell, Format, IncidentFile, ReadOptions, UnknownFormat, read_incidents, reject_csv,
};
pub use layers::{Layer, read_areas, read_border};
pub use open::read_project;
pub use places::read_places;
pub use reject::{ReadError, Reject};
pub use sink::{Output, WriteError, write_all};
pub use source::Input;
pub use table_out::{csv, geojson_points, guard_formula};
