//! `durand map`: the incident map.

use super::figures::{base, export_plate, facts, figure_targets, finish_words};
use super::outputs::check_outputs;
use super::{PipelineError, Study};
use crate::atlas::{Plate, incident_map};
use crate::io::Output;
use crate::project::Plan;
use crate::report::Provenance;
use std::path::PathBuf;

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
    export_plate(&plate, &figure_targets(outputs), &plan.figures)
}
