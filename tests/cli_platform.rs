//! What people expect of a program of their platform.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use program::{Folder, GOOD};
use std::process::Stdio;

#[test]
fn completions_and_manual_pages_know_every_command() {
    let folder = Folder::new("manual");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = folder.good(&format!("completions {shell}")).out;
        for word in ["distance", "hotspots", "within-km", "verbose"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let page = folder.good("man").out;
    assert!(page.contains(".TH durand 1") && page.contains("durand\\-zones(1)"), "{page}");
    folder.good("man --into pages --quiet");
    let names = folder.names();
    for name in ["durand.1", "durand-zones.1", "durand-data-verify.1"] {
        assert!(names.contains(&format!("pages/{name}")), "{names:?}");
    }
    assert!(folder.read("pages/durand-zones.1").contains("breaks\\-km"));
    folder.bad("completions tcsh", 2, "tcsh");
}

#[test]
fn steps_are_told_when_asked_for_and_change_nothing() {
    let folder = Folder::new("steps").with("in.csv", GOOD);
    let plain = folder.good("distance in.csv -o -");
    let told = folder.good("distance in.csv -o - --verbose");
    assert_eq!(plain.out, told.out);
    assert!(told.err.contains(" s  ") && !plain.err.contains(" s  "), "{}", told.err);
    let steps = folder.good("zones in.csv -o z.csv -vv").err;
    for words in ["border: durand_line.geojson", "in.csv: table, 2 records", "2 incidents located"]
    {
        assert!(steps.contains(words), "{words}: {steps}");
    }
    folder.bad("zones in.csv -o other.csv -q -v", 2, "cannot be used with");
}

/// Neither colour nor anything else that commands a terminal, where there is
/// none or none is wanted.
#[test]
fn no_escape_sequence_comes_out() {
    let hostile = "lon,lat,date,province\n70,34,\u{1b}[2Jx,a\n700,34,2020-01-01,\u{1b}]0;b\u{7}\n";
    let folder = Folder::new("escape").with("in.csv", hostile).with("\u{1b}[31m.csv", GOOD);
    for arguments in [
        "check in.csv",
        "check in.csv --strict",
        "distance in.csv -o d.csv --strict",
        "distance in.csv -o d.nothing",
        "check \u{1b}[31m.csv",
        "check \u{1b}[32m.csv",
        "zones",
        "--help",
    ] {
        let mut command = folder.command(arguments);
        command.env("NO_COLOR", "1").env("CLICOLOR_FORCE", "0").stdin(Stdio::null());
        let output = command.output().unwrap();
        for bytes in [output.stdout, output.stderr] {
            assert!(!bytes.contains(&0x1b) && !bytes.contains(&7), "{arguments}");
        }
    }
}

/// A decoder that panics is an error in one sentence, not a trace of the stack.
#[cfg(feature = "parquet")]
#[test]
fn a_decoder_that_gives_up_is_told_in_words() {
    let file = include_bytes!("corpus/parquet/negative_offset");
    let folder = Folder::new("gives-up").with("in.parquet", file);
    folder.bad("check in.parquet", 1, "in.parquet: cannot be read as Parquet");
    let lines = folder.run("check in.parquet").err;
    assert_eq!(lines.lines().count(), 2, "{lines}");
}

#[cfg(feature = "fetch")]
#[test]
fn a_cache_that_is_no_folder_is_named_before_anything_is_asked() {
    let folder = Folder::new("cache").with("plain", "");
    folder.bad("data fetch --cache plain", 1, "geoBoundaries-AFG-ADM0.geojson");
    let text = folder.good("data fetch --help").out;
    assert!(text.contains("sha256") && text.contains("XDG_CACHE_HOME"));
}
