//! What fuzzing starts from and what it found, as an ordinary test: the folders
//! of `tests/corpus/`, each file through the target of its name.

#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

mod fuzz;

use std::path::Path;

#[test]
fn every_file_of_the_corpus_keeps_the_promises() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    for (name, check) in fuzz::TARGETS {
        let mut files: Vec<_> = std::fs::read_dir(root.join(name))
            .unwrap_or_else(|e| panic!("{name}: {e}"))
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(files.len() >= 2, "{name} has a corpus");
        for path in files {
            println!("{}", path.display());
            check(&std::fs::read(path).unwrap());
        }
    }
}

/// Every target of `fuzz/` is one of these, and the other way round.
#[test]
fn every_target_is_fuzzed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    // Not in the packed crate.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut files: Vec<String> = entries
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, fuzz::TARGETS.map(|(name, _)| name));
}
