//! Who may use whom: each layer uses those below it, and nothing else.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A layer and what it may use, from the bottom to the top.
const MAY_USE: [(&str, &[&str]); 19] = [
    ("encoding", &[]),
    ("caught", &[]),
    ("digest", &["encoding"]),
    ("geodesy", &[]),
    ("model", &["geodesy"]),
    ("io", &["caught", "digest", "geodesy", "model"]),
    ("index", &["geodesy", "model"]),
    ("bundled", &["digest"]),
    ("fetch", &["bundled", "digest", "io"]),
    ("build", &["bundled", "digest", "geodesy", "io", "model"]),
    ("analysis", &["caught", "geodesy", "index", "model"]),
    ("figure", &["encoding", "geodesy"]),
    ("atlas", &["analysis", "figure", "geodesy", "model"]),
    ("report", &["analysis", "digest", "geodesy", "index", "io", "model"]),
    ("project", &["analysis", "atlas", "geodesy", "io", "model"]),
    (
        "pipeline",
        &[
            "analysis", "atlas", "bundled", "digest", "fetch", "figure", "geodesy", "index", "io",
            "model", "project", "report",
        ],
    ),
    ("cli", &["build", "bundled", "caught", "fetch", "io", "pipeline", "project", "report"]),
    ("main", &["cli"]),
    ("lib", &[]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, found);
        } else if only_for_tests(folder, &name) {
            continue;
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The text of a file up to its tests.
fn before_tests(text: &str) -> &str {
    let start = ["#[cfg(test)]", "#[cfg(all(test"].iter().filter_map(|mark| text.find(mark)).min();
    &text[..start.unwrap_or(text.len())]
}

/// Whether a folder's `mod.rs` declares a module for tests alone.
fn only_for_tests(folder: &Path, name: &str) -> bool {
    std::fs::read_to_string(folder.join("mod.rs"))
        .is_ok_and(|text| text.contains(&format!("#[cfg(test)]\nmod {name};")))
}

/// The modules named after `crate::` or, in main.rs, `durand::`; lists in
/// braces are not used at the top level of a path here.
fn used(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    // Tests may reach anywhere: they check layers against each other.
    for line in before_tests(text).lines().filter(|line| !line.trim_start().starts_with("//")) {
        for root in ["crate::", "durand::"] {
            for (at, _) in line.match_indices(root) {
                let rest = &line[at + root.len()..];
                let name: String =
                    rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if !name.is_empty() {
                    names.push(name);
                }
            }
        }
    }
    names
}

#[test]
fn each_layer_uses_only_those_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 40, "only {} source files found", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let relative = path.strip_prefix(&root).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy();
        let layer = first.trim_end_matches(".rs");
        let Some(may) = allowed.get(layer) else {
            wrong.push(format!("{}: `{layer}` is no known layer", relative.display()));
            continue;
        };
        for name in used(&std::fs::read_to_string(&path).unwrap()) {
            if name != layer && !may.contains(&name.as_str()) {
                wrong.push(format!("{}: {layer} may not use {name}", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Crates that one place only may know.
#[test]
fn some_crates_stay_where_they_belong() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let rules: [(&str, &[&str]); 5] = [
        ("ureq", &["fetch"]),
        ("plotters", &["figure/chart.rs", "figure/chart"]),
        ("rstar::", &["index", "build"]),
        ("fs::write", &[]),
        ("catch_unwind", &["caught.rs"]),
    ];
    for path in files {
        let relative = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&path).unwrap();
        let code = before_tests(&text);
        for (word, homes) in rules {
            let uses = code
                .lines()
                .any(|line| !line.trim_start().starts_with("//") && line.contains(word));
            let at_home = homes.iter().any(|home| relative.starts_with(home));
            assert!(!uses || at_home, "{relative} uses {word}");
        }
    }
}
