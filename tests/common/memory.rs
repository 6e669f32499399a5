//! The program in little memory: what a file claims must not be believed.

use std::path::Path;
use std::process::Command;

/// Kilobytes of address space that a run may have.
const ROOM_KB: u32 = 1_000_000;

/// Checks a file of a folder: the exit code and what is said.
pub fn check(folder: &Path, name: &str) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_durand");
    let line = format!("ulimit -v {ROOM_KB}; exec '{program}' --threads 2 check '{name}'");
    let done = Command::new("sh").args(["-c", &line]).current_dir(folder).output().unwrap();
    let text = String::from_utf8(done.stderr).unwrap();
    let code = done.status.code().unwrap_or(-1);
    assert!((0..=1).contains(&code), "{name}: {code}: {text}");
    assert!(!text.contains("panicked") && !text.contains("memory allocation"), "{name}: {text}");
    (code, text)
}
