//! What each command writes: for every output its bytes.

use super::figures::{base, export_plate, facts, figure_targets, finish_words};
use super::outputs::{check_outputs, extension};
use super::{PipelineError, Study};
use crate::analysis::{Profile, Strip, profile, strip};
use crate::atlas::{Plate, incident_map, profile_chart};
use crate::io::Output;
use crate::project::Plan;
use crate::report::{Provenance, profile_csv};
use std::path::PathBuf;

/// The profile of a study, and what lies along the line.
pub(super) fn profile_of(plan: &Plan, study: &Study) -> (Profile, Strip) {
    let index = &study.layers.index;
    (profile(&study.located, index, &plan.profile), strip(index, &study.layers.places))
}

/// The profile chart of a study.
pub(super) fn profile_plate(
    plan: &Plan,
    study: &Study,
    profile: &Profile,
    strip: &Strip,
    from: &Provenance,
) -> Plate {
    let words = finish_words(facts(study).profile_chart(profile), &plan.figures, from.line());
    profile_chart(profile, strip, &words, &plan.figures.page)
}

/// `durand profile`: the table and the chart.
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
    let (profile, strip) = profile_of(plan, study);
    let mut files = Vec::new();
    for path in outputs.iter().filter(|path| extension(path) == "csv") {
        let bytes = profile_csv(&profile, &strip).into_bytes();
        files.push(Output { path: path.clone(), bytes });
    }
    let targets = figure_targets(outputs);
    if !targets.is_empty() {
        let provenance = study.provenance("profile", plan, &["profile"]);
        let plate = profile_plate(plan, study, &profile, &strip, &provenance);
        files.extend(export_plate(&plate, &targets, plan.figures.dpi)?);
    }
    Ok(files)
}

/// The incident map of a study.
pub(super) fn map_plate(plan: &Plan, study: &Study, from: &Provenance) -> Plate {
    let words = finish_words(facts(study).incident_map(), &plan.figures, from.line());
    incident_map(
        &base(study, plan),
        &study.incidents,
        &study.located,
        plan.figures.extent,
        &words,
        &plan.figures.page,
    )
}

/// `durand map`: the incident map.
///
/// # Errors
/// When an output's format is one it does not write or the figure cannot
/// be exported.
pub fn map_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("map", outputs)?;
    let plate = map_plate(plan, study, &study.provenance("map", plan, &["figures"]));
    export_plate(&plate, &figure_targets(outputs), plan.figures.dpi)
}
