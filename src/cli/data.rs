//! `durand data`: the layers that ship with the tool.

use super::args::DataCommand;
use super::failure::Failure;
use super::{Say, print};
use crate::build::build;
use crate::bundled;
use crate::io::{Output, write_all};
use crate::pipeline::PipelineError;
use std::fmt::Write;

pub(super) fn run(command: &DataCommand, say: Say) -> Result<(), Failure> {
    match command {
        DataCommand::List => print(&list()?),
        DataCommand::Verify => {
            let files = bundled::verify().map_err(|error| Failure {
                message: error.to_string(),
                hint:
                    "the program is damaged or was built from a changed geodata/: build it again \
                       from a clean checkout"
                        .to_owned(),
                code: 1,
            })?;
            let mut text = String::new();
            for file in &files {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "ok  {}  {:>9}  {}", file.sha256, file.bytes, file.file);
            }
            print(&text)
        }
        DataCommand::Build { from, into } => {
            let (files, report) = build(from).map_err(|error| Failure {
                message: format!("{}: {error}", from.display()),
                hint: "`durand data list` names the originals with their addresses".to_owned(),
                code: 1,
            })?;
            let outputs: Vec<Output> = files
                .into_iter()
                .map(|(name, bytes)| Output { path: into.join(name), bytes })
                .collect();
            write_all(&outputs).map_err(PipelineError::from)?;
            for line in &report.lines {
                say.line(line);
            }
            say.line(&format!("wrote {} files into {}", outputs.len(), into.display()));
            Ok(())
        }
    }
}

fn list() -> Result<String, Failure> {
    let manifest = bundled::manifest().map_err(|error| Failure {
        message: error.to_string(),
        hint: "build the program again from a clean checkout".to_owned(),
        code: 1,
    })?;
    let mut text = String::from("Bundled layers\n");
    // Writing to a string cannot fail.
    for file in &manifest.bundled {
        let _ = writeln!(text, "\n{}", file.file);
        let vertices = file.vertices.map_or_else(String::new, |v| format!(", {v} vertices"));
        let _ = writeln!(text, "  {} features{vertices}, {} bytes", file.features, file.bytes);
        if let Some(metres) = file.largest_deviation_m {
            let _ = writeln!(text, "  at most {metres:.1} m from the original");
        }
        let _ = writeln!(text, "  {}", file.derivation);
        let _ = writeln!(text, "  licence: {}", file.licence);
        let _ = writeln!(text, "  credit:  {}", file.attribution);
    }
    text.push_str("\nOriginals, for `durand data build`\n");
    for file in &manifest.original {
        let _ =
            writeln!(text, "\n{}\n  {}: {}, {}", file.file, file.layer, file.source, file.version);
        let _ = writeln!(text, "  {}\n  licence: {}", file.url, file.licence);
        let _ = writeln!(text, "  sha256 {}, {} bytes", file.sha256, file.bytes);
    }
    Ok(text)
}
