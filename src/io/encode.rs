//! What the writers of tables that are no text have in common.

use super::WriteError;
use super::table_out::Cell;
use crate::geodesy::LonLat;

/// Why a table cannot be written in a format.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The format cannot hold it, or its encoder gives up.
    #[error("{message}")]
    Unfit {
        /// What is wrong.
        message: String,
        /// What to do; empty when there is nothing to advise.
        hint: String,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl EncodeError {
    pub(super) fn new(message: impl Into<String>, hint: &str) -> EncodeError {
        EncodeError::Unfit { message: message.into(), hint: hint.to_owned() }
    }

    /// A temporary file has no room.
    pub(super) fn spool(error: &std::io::Error) -> EncodeError {
        let message = format!("no temporary file for the table: {}", super::open::plain(error));
        EncodeError::new(message, "set TMPDIR to a folder with space")
    }
}

/// Bounds (west, south, east, north) that hold one more position.
pub(super) fn holding(bounds: Option<[f64; 4]>, [x, y]: [f64; 2]) -> [f64; 4] {
    let [w, s, e, n] = bounds.unwrap_or([x, y, x, y]);
    [w.min(x), s.min(y), e.max(x), n.max(y)]
}

/// Takes bytes of one of the files that a format is made of.
pub type Parts<'p> = dyn FnMut(usize, &[u8]) -> Result<(), WriteError> + 'p;

/// Writes a table of points, rows in batches.
pub trait PointEncoder: Send {
    /// Adds rows and returns the bytes of the first file that are ready.
    ///
    /// # Errors
    /// When the format cannot hold a row.
    fn push(&mut self, rows: Vec<(LonLat, Vec<Cell>)>) -> Result<Vec<u8>, EncodeError>;

    /// Ends the table, with metadata of its own (provenance) where the format
    /// has a place for them: hands over the rest of the bytes of each file, and
    /// returns what the user should know.
    ///
    /// # Errors
    /// When the format cannot hold the table, or it cannot be written.
    fn finish(
        self: Box<Self>,
        metadata: &[(String, String)],
        parts: &mut Parts<'_>,
    ) -> Result<Vec<String>, EncodeError>;
}
