//! `durand profile`: incidents along the line.

use super::density::years;
use super::figures::{export_plate, facts, figure_targets, finish_words};
use super::outputs::{check_outputs, document_output, workbook_outputs};
use super::series::{asked_in_time, series_plate};
use super::{PipelineError, Study};
use crate::analysis::{
    Profile, Regions, Strip, district_sectors, equal_sectors, footing, hottest_stretches, profile,
    strip,
};
use crate::atlas::{Plate, profile_chart};
use crate::io::Output;
use crate::project::{Plan, ProfileFigure};
use crate::report::{Document, ProfileResult, profile_document};
use std::path::PathBuf;

/// A study's profile, with its tables.
pub(super) struct AlongLine {
    pub profile: Profile,
    pub strip: Strip,
    pub document: Document,
}

/// The hottest stretches are so many.
const HOTTEST: usize = 10;

/// Counts, curve and words.
pub(super) fn along_line(plan: &Plan, study: &Study, regions: &Regions) -> AlongLine {
    let index = &study.layers.index;
    let settings = &plan.profile;
    let regions = settings.spread.then_some(regions);
    let within_m = settings.settings.within_m;
    let footing = footing(&study.incidents, &study.located, regions, index, within_m);
    let profile = profile(&footing, &settings.settings);
    let strip = strip(index, &study.layers.places);
    let result = ProfileResult {
        footing: &footing,
        profile: &profile,
        strip: &strip,
        sectors: &equal_sectors(&footing, &strip, settings.sectors),
        districts: &district_sectors(&footing, &strip),
        hottest: &hottest_stretches(&footing, &strip, settings.hot_m, HOTTEST),
        years: years(study),
    };
    let provenance = study.provenance("profile", plan, &["regions", "profile"]);
    let document = profile_document(&result, provenance);
    AlongLine { profile, strip, document }
}

/// The profile chart of a study.
pub(super) fn profile_plate(plan: &Plan, study: &Study, along: &AlongLine) -> Plate {
    let words = facts(study).profile_chart(&along.profile);
    let words = finish_words(words, &plan.figures, along.document.provenance.line());
    profile_chart(&along.profile, &along.strip, &words, &plan.figures.page)
}

/// `durand profile`: the tables and the chart.
///
/// # Errors
/// When an output's format is one it does not write or a figure
/// cannot be exported.
pub fn profile_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("profile", outputs)?;
    if plan.profile.figure == ProfileFigure::Time {
        return time_outputs(plan, study, outputs);
    }
    let along = along_line(plan, study, &study.regions(plan));
    let table = plan.profile.table.word();
    let mut files: Vec<Output> =
        outputs.iter().filter_map(|path| document_output(&along.document, table, path)).collect();
    files.extend(workbook_outputs(&along.document, outputs)?);
    let targets = figure_targets(outputs);
    if !targets.is_empty() {
        let plate = profile_plate(plan, study, &along);
        files.extend(export_plate(&plate, &targets, &plan.figures)?);
    }
    Ok(files)
}

/// `durand profile --as time`: the table and the chart.
fn time_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    let found = asked_in_time(plan, study)?;
    let mut files: Vec<Output> = outputs
        .iter()
        .filter_map(|path| document_output(&found.document, "periods", path))
        .collect();
    files.extend(workbook_outputs(&found.document, outputs)?);
    let targets = figure_targets(outputs);
    if !targets.is_empty() {
        let plate = series_plate(plan, study, &found, &found.document.provenance);
        files.extend(export_plate(&plate, &targets, &plan.figures)?);
    }
    Ok(files)
}
