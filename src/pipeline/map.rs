//! `durand map`: the incident map.

use super::figures::{base, export_plate, facts, figure_targets, finish_words};
use super::outputs::check_outputs;
use super::{PipelineError, Study};
use crate::atlas::{Plate, incident_map, multiples_by_category, multiples_by_year, multiples_map};
use crate::io::Output;
use crate::project::{MapsBy, Plan};
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

/// A small map for each year or category of a study, where it asks for them.
pub(super) fn multiples_plate(plan: &Plan, study: &Study, from: &Provenance) -> Option<Plate> {
    let by = plan.figures.maps_by?;
    let multiples = match by {
        MapsBy::Year => multiples_by_year(&study.incidents),
        MapsBy::Category => multiples_by_category(&study.incidents, plan.figures.page.theme),
    };
    let by = if by == MapsBy::Year { "year" } else { "category" };
    let words = finish_words(facts(study).multiples_map(by), &plan.figures, from.line());
    let (base, figures) = (base(study, plan), &plan.figures);
    let extent = figures.extent;
    Some(multiples_map(&base, &study.incidents, &multiples, extent, &words, &figures.page))
}

/// `durand map`: the incident map, or a small one for each year or category.
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
    let provenance = study.provenance("map", plan, &["figures"]);
    let plate = match multiples_plate(plan, study, &provenance) {
        Some(plate) => plate,
        None => map_plate(plan, study, &provenance),
    };
    export_plate(&plate, &figure_targets(outputs), &plan.figures)
}
