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
        #[cfg(feature = "fetch")]
        DataCommand::Fetch { cache } => fetch_all(cache.as_deref(), say),
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

/// Downloads what is missing, one file after the other: they are few, and one
/// server's. Then makes the layers of `--full-resolution`.
#[cfg(feature = "fetch")]
fn fetch_all(folder: Option<&std::path::Path>, say: Say) -> Result<(), Failure> {
    use crate::build::build_full;
    use crate::fetch::{Cache, Fetched, Rules, fetch};
    let originals = manifest()?.original;
    let cache = match folder {
        Some(folder) => Cache::at(folder),
        None => Cache::standard().ok_or_else(|| {
            Failure::usage("no folder for caches is known here", "name one with --cache DIR")
        })?,
    };
    let rules = Rules::of(&originals);
    let bar = say.bar();
    bar.set_length(originals.iter().map(|original| original.bytes).sum());
    let (mut before, mut kept) = (0, 0);
    for original in &originals {
        log::info!("asking for {}", original.url);
        let tell = |done| bar.set_position(before + done);
        let fetched = fetch(original, &cache, &rules, &tell).map_err(|error| {
            bar.finish_and_clear();
            Failure { message: error.to_string(), hint: error.hint, code: 1 }
        })?;
        kept += usize::from(fetched == Fetched::Kept);
        before += original.bytes;
        bar.set_position(before);
    }
    bar.finish_and_clear();
    let names = ["durand_line.geojson", "provinces.geojson", "districts.geojson"];
    if kept < originals.len() || names.iter().any(|name| !cache.full(name).is_file()) {
        let made = build_full(cache.folder()).map_err(|error| Failure {
            message: format!("{}: {error}", cache.folder().display()),
            hint: String::new(),
            code: 1,
        })?;
        let outputs: Vec<Output> = made
            .into_iter()
            .map(|(name, bytes)| Output { path: cache.full(&name), bytes })
            .collect();
        write_all(&outputs).map_err(PipelineError::from)?;
    }
    say.line(&format!(
        "{} originals in {}: {} downloaded, {kept} were there",
        originals.len(),
        cache.folder().display(),
        originals.len() - kept
    ));
    Ok(())
}

fn manifest() -> Result<bundled::Manifest, Failure> {
    bundled::manifest().map_err(|error| Failure {
        message: error.to_string(),
        hint: "build the program again from a clean checkout".to_owned(),
        code: 1,
    })
}

fn list() -> Result<String, Failure> {
    let manifest = manifest()?;
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
    text.push_str("\nOriginals, for `durand data fetch` and `durand data build`\n");
    for file in &manifest.original {
        let _ =
            writeln!(text, "\n{}\n  {}: {}, {}", file.file, file.layer, file.source, file.version);
        let _ = writeln!(text, "  {}\n  licence: {}", file.url, file.licence);
        let _ = writeln!(text, "  sha256 {}, {} bytes", file.sha256, file.bytes);
    }
    Ok(text)
}
