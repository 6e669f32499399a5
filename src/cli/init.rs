//! `durand init`: a project file to start from.

use super::Say;
use super::failure::Failure;
use crate::io::{Output, write_all};
use crate::pipeline::PipelineError;
use crate::project::TEMPLATE;
use std::path::Path;

/// The name of the file.
const NAME: &str = "study.toml";

/// Writes the commented project file into a folder, never over another.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub(super) fn run(folder: &Path, say: Say) -> Result<(), Failure> {
    let path = folder.join(NAME);
    if path.symlink_metadata().is_ok() {
        return Err(Failure {
            message: format!("{} is there already and is left as it is", path.display()),
            hint: "name another folder, or move the file away".to_owned(),
            code: 1,
        });
    }
    let file = Output { path: path.clone(), bytes: TEMPLATE.as_bytes().to_vec() };
    write_all(&[file]).map_err(PipelineError::from)?;
    say.written([path.as_path()].into_iter());
    Ok(())
}
