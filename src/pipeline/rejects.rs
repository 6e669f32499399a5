//! [`Rejects`]: where the records go that could not be used.

use super::PipelineError;
use crate::io::{REJECT_COLUMNS, Reject, Writing, csv_header, push_rejects};
use std::path::{Path, PathBuf};

/// Records that could not be used: held, or listed in a file as they come.
pub(super) enum Rejects {
    /// All of them.
    Held(Vec<Reject>),
    /// On their way to a file.
    Listed(List),
}

/// A list on its way.
#[derive(Default)]
pub(super) struct List {
    writing: Writing,
    /// Beside the first output; `None` when that is no file.
    path: Option<PathBuf>,
    /// Whether there is something to list.
    begun: bool,
}

impl Rejects {
    /// A list beside the first of the outputs that is a file: `d.rejected.csv`
    /// for `d.csv`.
    pub fn listed_beside(outputs: &[PathBuf]) -> Rejects {
        let first = outputs.iter().find(|path| path.as_path() != Path::new("-"));
        let path = first.map(|path| path.with_extension("rejected.csv"));
        Rejects::Listed(List { path, ..List::default() })
    }

    /// Forgets those that came so far.
    pub fn restart(&mut self) -> Result<(), PipelineError> {
        match self {
            Rejects::Held(rejected) => rejected.clear(),
            Rejects::Listed(list) if list.begun => {
                list.writing.restart()?;
                list.head()?;
            }
            Rejects::Listed(_) => {}
        }
        Ok(())
    }

    /// Adds some.
    pub fn push(&mut self, rejected: Vec<Reject>) -> Result<(), PipelineError> {
        match self {
            Rejects::Held(all) => all.extend(rejected),
            Rejects::Listed(list) if !rejected.is_empty() && list.path.is_some() => {
                list.begin()?;
                let mut lines = String::new();
                push_rejects(&mut lines, &rejected);
                list.writing.write(0, lines.as_bytes())?;
            }
            Rejects::Listed(_) => {}
        }
        Ok(())
    }

    /// The list and its path when there is one to be written: an older one is
    /// emptied, so that no list outlives its run.
    pub fn end(self) -> Result<(Writing, Option<PathBuf>), PipelineError> {
        let Rejects::Listed(mut list) = self else { return Ok((Writing::default(), None)) };
        if list.path.as_ref().is_some_and(|path| path.is_file()) {
            list.begin()?;
        }
        Ok((list.writing, list.path.filter(|_| list.begun)))
    }
}

impl List {
    fn begin(&mut self) -> Result<(), PipelineError> {
        if let (Some(path), false) = (&self.path, self.begun) {
            self.writing.add(path)?;
            self.begun = true;
            self.head()?;
        }
        Ok(())
    }

    fn head(&mut self) -> Result<(), PipelineError> {
        let head = csv_header(&REJECT_COLUMNS.map(str::to_owned));
        Ok(self.writing.write(0, head.as_bytes())?)
    }
}
