//! `durand diff`: what changed between two downloads of a data set.

use super::PipelineError;
use super::Study;
use super::layers::file_name;
use super::outputs::{document_output, workbook_outputs};
use crate::analysis::differences;
use crate::io::Output;
use crate::project::Plan;
use crate::report::{DiffResult, Document, Download, diff_document};
use std::path::PathBuf;

/// Rows of changes that are shown to people; files have all.
const SHOWN: usize = 20;

/// The tables of what changed from one study to a later one; `plan` is that of
/// the later one. Filters apply to both.
pub fn diff(plan: &Plan, old: &Study, new: &Study) -> Document {
    let difference = differences(&old.incidents, &new.incidents);
    let names = [old, new]
        .map(|study| study.inputs.first().map_or_else(String::new, |input| file_name(&input.name)));
    let [older, newer] = [(old, &names[0]), (new, &names[1])].map(|(study, name)| Download {
        name,
        incidents: &study.incidents,
        located: &study.located,
    });
    let result = DiffResult {
        downloads: [older, newer],
        difference: &difference,
        border: &new.layers.index.border,
        breaks: &plan.breaks,
    };
    let mut provenance = new.provenance("diff", plan, &["zones"]);
    let incidents = old.inputs.iter().filter(|input| input.role == "incidents").cloned();
    let older = incidents.map(|mut input| {
        input.role = "incidents before".to_owned();
        input
    });
    provenance.inputs.splice(0..0, older);
    diff_document(&result, provenance)
}

/// The document in the formats of the outputs.
///
/// # Errors
/// When a table is larger than a sheet of a workbook.
pub fn diff_outputs(
    document: &Document,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    let mut files: Vec<Output> =
        outputs.iter().filter_map(|path| document_output(document, "changes", path)).collect();
    files.extend(workbook_outputs(document, outputs)?);
    Ok(files)
}

/// The document for people at a terminal: of many changes the first.
pub fn diff_text(document: &Document) -> String {
    let mut short = document.clone();
    for table in &mut short.tables {
        let more = table.rows.len().saturating_sub(SHOWN);
        if table.name == "changes" && more > 0 {
            table.rows.truncate(SHOWN);
            short.notes.push(format!("{more} more changes; -o changes.csv lists all."));
        }
    }
    short.tables.retain(|table| !table.rows.is_empty());
    let text = short.markdown();
    // Where it came from stands in the files.
    let end = text.find("\n<!-- provenance").unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_owned()
}
