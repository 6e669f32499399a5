//! Reading what users bring and writing what they get.
//!
//! One reader layer that counts and ends, one gate for foreign geometry, one
//! sink that writes files. Nothing is lost in silence: a record is used, or it
//! is a [`Reject`] with its place and reason.

mod chain;
mod features;
mod gate;
mod json_text;
mod layer_dbf;
mod layer_geojson;
mod layer_shapefile;
mod layers;
mod prj;
mod reject;
mod rings;
mod strict_json;

pub use features::{Feature, Features, Shape, read_features, read_geojson};
pub use layers::{Layer, read_areas, read_border};
pub use reject::{ReadError, Reject};
