//! The originals of the layers: where they are kept, and how they are downloaded.
//!
//! Nothing else of this crate opens a connection. What is downloaded is pinned:
//! the manifest compiled into the program says the size and the SHA-256 of every
//! file, and no other bytes get the file's name, whoever sent them. The
//! transport (HTTPS, hosts of the manifest only) comes on top of that.

mod cache;
#[cfg(feature = "fetch")]
mod download;
#[cfg(feature = "fetch")]
mod transport;

pub use cache::Cache;
#[cfg(feature = "fetch")]
pub use download::{FetchError, Fetched, fetch};
#[cfg(feature = "fetch")]
pub use transport::Rules;
