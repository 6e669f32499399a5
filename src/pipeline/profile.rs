//! `durand profile`: incidents along the line.

use super::density::years;
use super::figures::{export_plate, facts, figure_targets, finish_words};
use super::outputs::{check_outputs, document_output, workbook_outputs};
use super::series::{asked_in_time, series_plate};
use super::stream::Incidents;
use super::{Account, PipelineError, Stream, Study};
use crate::analysis::{
    FootingCounter, Profile, ProfileCounter, Strip, district_sectors, district_stretches,
    equal_sectors, equal_stretches, strip,
};
use crate::atlas::{Plate, profile_chart};
use crate::io::Output;
use crate::project::Plan;
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
///
/// # Errors
/// When the incidents cannot be read.
pub(super) fn along_line(
    plan: &Plan,
    from: &mut impl Incidents,
) -> Result<AlongLine, PipelineError> {
    let layers = from.account().layers.clone();
    let index = &layers.index;
    let settings = &plan.profile;
    let regions = settings.spread.then_some(&plan.regions);
    let strip = strip(index, &layers.places);
    let sectors = equal_stretches(index.line.length_m(), settings.sectors);
    let districts = district_stretches(&strip);
    let asked = [sectors.clone(), districts.clone()].concat();
    let counter = ProfileCounter::new(index, regions, &settings.settings, &asked);
    let (profile, footing, kilometres) = counter.finish(from.sum(&counter)?);
    let hottest = kilometres.hottest(settings.hot_m, HOTTEST);
    let hot_counts = match kilometres.counts(&hottest) {
        Some(counts) => counts,
        // Which stretches are the hottest is known only now: those in too many
        // regions to keep are gone through once more.
        None => {
            let within_m = settings.settings.within_m;
            let hot = FootingCounter::new(index, regions, within_m, hottest.clone());
            hot.finish(from.sum(&hot)?).counts
        }
    };

    let (of_sectors, of_districts) = footing.counts.split_at(sectors.len());
    let account = from.account();
    let result = ProfileResult {
        footing: &footing,
        profile: &profile,
        strip: &strip,
        sectors: &equal_sectors(&strip, &sectors, of_sectors),
        districts: &district_sectors(&strip, &districts, of_districts),
        hottest: &kilometres.hot_stretches(&strip, &hottest, &hot_counts),
        years: years(account),
    };
    let provenance = account.provenance("profile", plan, &["regions", "profile"]);
    let document = profile_document(&result, provenance);
    Ok(AlongLine { profile, strip, document })
}

/// The profile chart of a study.
pub(super) fn profile_plate(plan: &Plan, study: &Account, along: &AlongLine) -> Plate {
    let words = facts(study).profile_chart(&along.profile);
    let words = finish_words(words, &plan.figures, along.document.provenance.line());
    profile_chart(&along.profile, &along.strip, &words, &plan.figures.page)
}

/// `durand profile`: the tables and the chart.
///
/// # Errors
/// When an output's format is one it does not write, the incidents cannot be read
/// or a figure cannot be exported.
pub fn profile_outputs(
    plan: &Plan,
    incidents: &mut Stream<'_>,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("profile", outputs)?;
    let along = along_line(plan, incidents)?;
    let table = plan.profile.table.word();
    let mut files: Vec<Output> =
        outputs.iter().filter_map(|path| document_output(&along.document, table, path)).collect();
    files.extend(workbook_outputs(&along.document, outputs)?);
    let targets = figure_targets(outputs);
    if !targets.is_empty() {
        let plate = profile_plate(plan, incidents.account(), &along);
        files.extend(export_plate(&plate, &targets, &plan.figures)?);
    }
    Ok(files)
}

/// `durand profile --as time`: the table and the chart.
///
/// # Errors
/// When an output's format is one it does not write, no incident has a date or a
/// figure cannot be exported.
pub fn time_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("profile", outputs)?;
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
