//! Reading what users bring and writing what they get.
//!
//! One reader layer that counts and ends, one gate for foreign geometry, one
//! sink that writes files. Nothing is lost in silence: a record is used, or it
//! is a [`Reject`] with its place and reason.

mod reject;

pub use reject::{ReadError, Reject};
