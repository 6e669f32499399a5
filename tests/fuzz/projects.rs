//! The project file.

use durand::project::{Plan, ProjectFile};
use std::path::Path;

/// What is understood is printed so that it is understood again, and resolving
/// it ends in a plan or in words.
pub fn project(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = match ProjectFile::parse(text) {
        Ok(file) => file,
        Err(error) => {
            assert!(!error.message.is_empty());
            return;
        }
    };
    let printed = file.print();
    let again = ProjectFile::parse(&printed).expect("what was printed is a project file");
    assert_eq!(again.print(), printed);
    if let Err(error) = Plan::resolve(file, Path::new("")) {
        assert!(!error.message.is_empty() && !error.place.is_empty(), "{error:?}");
    }
}
