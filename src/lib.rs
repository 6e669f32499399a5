//! Border incidents on the ellipsoid: distances, zones, densities, profiles, figures.
//!
//! # The way of a number
//!
//! From the input file to the figure, layer by layer; each uses those above it
//! in this list and nothing else (`tests/layering.rs`).
//!
//! | layer | what it does |
//! |---|---|
//! | [`geodesy`] | positions, geodesics, areas and projections on WGS 84 |
//! | [`model`] | the nouns: border, area, incident, precision |
//! | [`io`] | reads layers and incidents, each record used or rejected; writes files whole |
//! | [`bundled`], [`build`] | the layers inside the binary, and how they are made |
//! | [`fetch`] | downloads of the layers' originals; the only way to a network |
//! | [`index`] | the nearest place on the border; the areas that hold a position |
//! | [`analysis`] | locates every incident once, then counts, smooths, compares and tests those records |
//! | [`figure`] | the drawing grammar: a scene, and SVG, PNG and PDF from it |
//! | [`atlas`] | the plates: a result meets the drawing grammar |
//! | [`report`] | results as tables, rasters and one page of HTML, with provenance |
//! | [`project`] | a study on disk, resolved into a plan |
//! | [`pipeline`] | read, locate, analyse, draw, report, in that order |
//! | [`cli`] | from arguments to a plan, and from an error to words |
//!
//! # Example
//!
//! ```
//! use durand::geodesy::LonLat;
//! use durand::index::BorderIndex;
//! use durand::model::{Border, Side};
//!
//! let at = |lon, lat| LonLat::new(lon, lat).unwrap();
//! let part = vec![at(70.0, 33.0), at(70.5, 33.4), at(71.0, 34.2)];
//! let border = Border::new("line", "west", "east", vec![part])?;
//! let found = BorderIndex::new(&border).locate(at(70.4, 34.0));
//! assert_eq!(found.side, Some(Side::Left));
//! assert!((found.distance_m - 38_845.494).abs() < 0.001);
//! # Ok::<(), durand::model::InvalidBorder>(())
//! ```
//!
//! # Features
//!
//! `cli` (the program: [`cli`], [`pipeline`], [`project`]), `figures` ([`figure`],
//! [`atlas`]), `pdf`, `archives`, `parquet` and `fetch` (downloads by [`fetch`]) are
//! on by default. `gpkg` (GeoPackages in and out) is not: it compiles SQLite, which
//! needs a C compiler. Without any of them (`default-features = false`) the library reads, locates, counts, smooths and
//! writes tables and rasters.
//!
//! # Not done
//!
//! See the README: what is not there is refused with a sentence.

pub mod analysis;
#[cfg(feature = "figures")]
pub mod atlas;
pub mod build;
pub mod bundled;
mod caught;
#[cfg(feature = "cli")]
pub mod cli;
pub mod digest;
mod encoding;
pub mod fetch;
#[cfg(feature = "figures")]
pub mod figure;
pub mod geodesy;
pub mod index;
pub mod io;
pub mod model;
#[cfg(feature = "cli")]
pub mod pipeline;
#[cfg(feature = "cli")]
pub mod project;
pub mod report;
