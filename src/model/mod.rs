//! The nouns and how they hang together: a [`Border`] has two sides; each side
//! belongs to a country whose provinces and districts are [`Area`]s; an
//! [`Incident`] happened at a place known to some [`Precision`].

mod area;
mod border;
mod degree_grid;
mod incident;
mod kind;
mod local_names;
mod names;
mod place;
mod precision;
mod text_key;

pub use area::{Area, Level};
pub use border::{Border, InvalidBorder, Side};
pub use degree_grid::DegreeGrid;
pub use incident::{Fatalities, Incident, RowId};
pub use kind::Kind;
pub use local_names::{Language, LocalNames, Named};
pub use names::{name_key, nearest_name, same_name};
pub use place::{Place, PlaceKind};
pub use precision::{Precision, UnknownPrecision};
pub use text_key::text_key;

pub use jiff::civil::Date;
