//! Geospatial border-incident mapping. (The crate page grows with the code.)

pub mod analysis;
pub mod atlas;
pub mod build;
pub mod bundled;
pub mod cli;
pub mod digest;
pub mod figure;
pub mod geodesy;
pub mod index;
pub mod io;
pub mod model;
pub mod pipeline;
pub mod project;
pub mod report;
