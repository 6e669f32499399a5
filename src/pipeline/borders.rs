//! `durand borders`: how far the sources of the line disagree, and what that moves.

use super::figures::{export_plate, facts, figure_targets, finish_words};
use super::layers::{describe, file_name};
use super::outputs::{check_outputs, document_output, extension, workbook_outputs};
use super::{Account, PipelineError, Study};
use crate::analysis::{Comparison, compare_lines, in_direction_of, moves, strip, whereabouts};
use crate::atlas::{Plate, borders_chart};
use crate::bundled;
use crate::io::{Features, Output, csv, read_border, read_features, read_geojson};
use crate::model::Border;
use crate::project::{OtherLine, Plan};
use crate::report::{BordersResult, Document, InputFile, LineResult, borders_document};
use std::path::{Path, PathBuf};

/// Length of a stretch of the line in table and chart, metres.
const STRETCH_M: f64 = 5_000.0;

/// The other lines of a plan, in the direction of the first, and their files.
#[derive(Default)]
pub(super) struct Others {
    pub lines: Vec<Border>,
    pub inputs: Vec<InputFile>,
    pub notices: Vec<String>,
}

/// Reads the other lines of a plan.
///
/// # Errors
/// When one cannot be read.
pub(super) fn read_others(plan: &Plan, study: &Account) -> Result<Others, PipelineError> {
    let index = &study.layers.index;
    let mut others = Others { lines: Vec::new(), inputs: Vec::new(), notices: Vec::new() };
    for other in &plan.against {
        let (features, stem) = open(other)?;
        let name = features.features.first().and_then(|f| f.properties.get("name"));
        let name = name.cloned().unwrap_or(stem);
        let layer = read_border(features, &name, &index.border.left, &index.border.right)?;
        let (line, turned) = in_direction_of(&index.line, layer.items);
        if turned {
            others
                .notices
                .push(format!("{name} runs against {} and was turned", index.border.name));
        }
        others.notices.extend(layer.notices.iter().map(|notice| format!("{name}: {notice}")));
        others.notices.extend(layer.rejected.iter().map(describe));
        others.inputs.extend(layer.sha256.into_iter().map(|(file, sha256)| InputFile {
            name: file_name(&file),
            role: "other line".to_owned(),
            sha256,
        }));
        others.lines.push(line);
    }
    Ok(others)
}

/// A line's features and a name for it where it has none of its own.
fn open(other: &OtherLine) -> Result<(Features, String), PipelineError> {
    Ok(match other {
        OtherLine::Bundled(file) => {
            let files = bundled::files();
            let bytes = files.iter().find(|(name, _)| name == file).map_or(&[][..], |(_, b)| *b);
            (read_geojson(file, bytes)?, (*file).to_owned())
        }
        OtherLine::File(path) => {
            let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into());
            (read_features(path)?, stem)
        }
    })
}

/// The other lines held against a study's, with their words.
pub(super) struct ComparedLines {
    results: Vec<LineResult>,
    pub document: Document,
}

/// Compares the lines, and the incidents by them.
///
/// # Errors
/// When a line cannot be read.
pub(super) fn compared_lines(plan: &Plan, study: &Study) -> Result<ComparedLines, PipelineError> {
    let index = &study.layers.index;
    let others = read_others(plan, study)?;
    let results: Vec<LineResult> = others
        .lines
        .iter()
        .map(|line| {
            let lines = compare_lines(&index.border, &index.line, line, STRETCH_M);
            let near = |at| whereabouts(index, &study.layers.places, at);
            let largest = [&lines.first, &lines.second].map(|d| d.found.map(|f| near(f.at)));
            let moves = (!plan.inputs.is_empty()).then(|| {
                moves(&study.incidents, &study.located, &index.border, line, &plan.breaks)
            });
            LineResult { lines, largest, moves }
        })
        .collect();
    let mut provenance = study.provenance("borders", plan, &["zones", "borders"]);
    provenance.inputs.extend(others.inputs);
    let result = BordersResult {
        index,
        incidents: &study.incidents,
        breaks: &plan.breaks,
        results: &results,
    };
    let mut document = borders_document(&result, provenance);
    document.notes.extend(others.notices);
    Ok(ComparedLines { results, document })
}

/// The chart along the line.
pub(super) fn borders_plate(plan: &Plan, study: &Study, compared: &ComparedLines) -> Plate {
    let index = &study.layers.index;
    let results = &compared.results;
    let drawn: Vec<_> = results.iter().map(|r| (&r.lines, r.largest[0].as_ref())).collect();
    let lines: Vec<&Comparison> = results.iter().map(|r| &r.lines).collect();
    let from = compared.document.provenance.line();
    let words = finish_words(facts(study).borders_chart(&lines), &plan.figures, from);
    let strip = strip(index, &study.layers.places);
    let names = [index.border.left.clone(), index.border.right.clone()];
    borders_chart(&drawn, &names, &strip, &words, &plan.figures.page)
}

/// The tables: beside a CSV of the lines (`b.csv`) stand `b.along.csv` and, with
/// incidents, `b.moved.csv`.
pub(super) fn borders_tables(compared: &ComparedLines, path: &Path) -> Vec<Output> {
    let mut files: Vec<Output> =
        document_output(&compared.document, "lines", path).into_iter().collect();
    if extension(path) == "csv" && path != Path::new("-") {
        files.extend(beside(&compared.document, path));
    }
    files
}

/// `durand borders`: tables and the chart along the line.
///
/// # Errors
/// When an output's format is one it does not write, a line cannot be read or a
/// figure cannot be exported.
pub fn borders_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("borders", outputs)?;
    let compared = compared_lines(plan, study)?;
    let mut files: Vec<Output> =
        outputs.iter().flat_map(|path| borders_tables(&compared, path)).collect();
    files.extend(workbook_outputs(&compared.document, outputs)?);
    let targets = figure_targets(outputs);
    if !targets.is_empty() {
        let plate = borders_plate(plan, study, &compared);
        files.extend(export_plate(&plate, &targets, &plan.figures)?);
    }
    Ok(files)
}

/// The other tables as CSV beside the first.
fn beside(document: &Document, path: &Path) -> Vec<Output> {
    let others = document.tables.iter().filter(|table| table.name != "lines");
    others
        .map(|table| Output {
            path: path.with_extension(format!("{}.csv", table.name)),
            bytes: csv(&table.header(), table.values()),
        })
        .collect()
}
