//! [`Rejects`]: where the records go that could not be used.

use super::PipelineError;
use crate::io::{REJECT_COLUMNS, Reject, Writing, csv_header, push_rejects};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::SpooledTempFile;

/// Records that could not be used: held, or listed in a file as they come.
pub(super) enum Rejects {
    /// All of them.
    Held(Vec<Reject>),
    /// On their way to a file.
    Listed(List),
}

/// A list on its way. Its file is opened at the end, so that other runs beside it
/// need not wait for a list that they do not ask for.
pub(super) struct List {
    /// Beside the first output; `None` when that is no file.
    path: Option<PathBuf>,
    rows: SpooledTempFile,
    /// Whether there is something to list.
    begun: bool,
}

/// So much of a list is held in memory; more goes to a temporary file.
const HELD_BYTES: usize = 4 << 20;

/// Where rejected records are listed: beside the first of the outputs that is a
/// file, `d.rejected.csv` for `d.csv`.
pub(super) fn list_beside(outputs: &[PathBuf]) -> Option<PathBuf> {
    let first = outputs.iter().find(|path| path.as_path() != Path::new("-"))?;
    Some(first.with_extension("rejected.csv"))
}

impl Rejects {
    /// A list beside the outputs, as [`list_beside`] says.
    pub fn listed_beside(outputs: &[PathBuf]) -> Rejects {
        let (path, rows) = (list_beside(outputs), SpooledTempFile::new(HELD_BYTES));
        Rejects::Listed(List { path, rows, begun: false })
    }

    /// Forgets those that came so far.
    pub fn restart(&mut self) {
        match self {
            Rejects::Held(rejected) => rejected.clear(),
            Rejects::Listed(list) => {
                list.rows = SpooledTempFile::new(HELD_BYTES);
                list.begun = false;
            }
        }
    }

    /// Adds some.
    pub fn push(&mut self, rejected: Vec<Reject>) -> Result<(), PipelineError> {
        match self {
            Rejects::Held(all) => all.extend(rejected),
            Rejects::Listed(list) if !rejected.is_empty() && list.path.is_some() => {
                let mut lines = String::new();
                push_rejects(&mut lines, &rejected);
                list.begun = true;
                list.rows.write_all(lines.as_bytes()).map_err(|e| no_room(&e))?;
            }
            Rejects::Listed(_) => {}
        }
        Ok(())
    }

    /// Adds the list to what is written when there is one, and tells its path: an
    /// older one is emptied, so that no list outlives its run.
    pub fn end(self, writing: &mut Writing) -> Result<Option<PathBuf>, PipelineError> {
        let Rejects::Listed(mut list) = self else { return Ok(None) };
        let Some(path) = list.path.filter(|path| list.begun || path.is_file()) else {
            return Ok(None);
        };
        let number = writing.add(&path)?;
        writing.write(number, csv_header(&REJECT_COLUMNS.map(str::to_owned)).as_bytes())?;
        list.rows.rewind().map_err(|e| no_room(&e))?;
        let mut piece = vec![0; 1 << 16];
        loop {
            match list.rows.read(&mut piece).map_err(|e| no_room(&e))? {
                0 => return Ok(Some(path)),
                read => writing.write(number, &piece[..read])?,
            }
        }
    }
}

fn no_room(error: &io::Error) -> PipelineError {
    PipelineError::asked(
        format!("the list of rejected records cannot be held until the end: {error}"),
        "set TMPDIR to a folder with space",
    )
}
