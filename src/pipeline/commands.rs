//! What each command writes: for every output its bytes.

use super::density::years;
use super::figures::{base, export_plate, facts, figure_targets, finish_words};
use super::outputs::{check_outputs, extension};
use super::{PipelineError, Study};
use crate::analysis::{
    Profile, Strip, ZoneShapes, Zones, ground_by_distance, near_line,
    profile, strip, zone_areas, zone_shapes, zones,
};
use crate::atlas::{Plate, incident_map, profile_chart, zones_chart, zones_map};
use crate::io::Output;
use crate::project::{Plan, ZonesFigure};
use crate::report::{
    Provenance, profile_csv, zones_csv, zones_geojson, zones_json, zones_latex, zones_markdown,
};
use std::path::PathBuf;

/// The zones of a study.
pub(super) fn zones_of(plan: &Plan, study: &Study) -> Zones {
    let index = &study.layers.index;
    let areas = zone_areas(index, plan.breaks.metres(), &study.layers.window);
    let regions = study.regions(plan);
    let (incidents, located) = (&study.incidents, &study.located);
    let years = years(study);
    let mut table = zones(incidents, located, &regions, &index.border, &plan.breaks, &areas, years);
    // A list that was chosen for the line says nothing about nearness to it.
    if let (Some(&within_m), false) = (plan.breaks.metres().last(), study.bundled_incidents) {
        let ground = ground_by_distance(index, within_m, &study.layers.window);
        let window = &study.layers.window;
        let here = incidents.iter().zip(located);
        let inside = here.filter(|(incident, place)| window.holds_located(incident.at, place));
        let distances = inside.map(|(_, place)| place.distance_m);
        table.near = near_line(distances, &ground, SIMULATIONS, SEED);
    }
    table
}

/// Simulations of evenly spread incidents, and what they are drawn from.
const SIMULATIONS: usize = 999;
const SEED: u64 = 1;

/// The zones chart of a study.
pub(super) fn zones_plate(plan: &Plan, study: &Study, zones: &Zones, from: &Provenance) -> Plate {
    let words = finish_words(facts(study).zones_chart(zones), &plan.figures, from.line());
    zones_chart(zones, &words, &plan.figures.page)
}

/// The zones map of a study.
pub(super) fn zones_map_plate(
    plan: &Plan,
    study: &Study,
    zones: &Zones,
    shapes: &ZoneShapes,
    from: &Provenance,
) -> Plate {
    let words = facts(study).zones_map(study.layers.window.is_countries());
    let words = finish_words(words, &plan.figures, from.line());
    let base = base(study, plan);
    zones_map(&base, shapes, zones, plan.figures.extent, &words, &plan.figures.page)
}

/// `durand zones`: the table, the chart or map, and the polygons.
///
/// # Errors
/// When an output's format is one it does not write, the polygons cannot be
/// made or a figure cannot be exported.
pub fn zones_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("zones", outputs)?;
    let table = zones_of(plan, study);
    let provenance = study.provenance("zones", plan, &["regions", "zones"]);
    let targets = figure_targets(outputs);
    let on_a_map = !targets.is_empty() && plan.zones_figure == ZonesFigure::Map;
    let shapes = if on_a_map || outputs.iter().any(|path| extension(path) == "geojson") {
        Some(zone_shapes(&study.layers.index, plan.breaks.metres(), &study.layers.window)?)
    } else {
        None
    };
    let mut files = Vec::new();
    for path in outputs {
        let text = match extension(path).as_str() {
            "csv" => zones_csv(&table),
            "json" => zones_json(&table, &provenance),
            "md" => zones_markdown(&table, &provenance),
            "tex" => zones_latex(&table, &provenance),
            "geojson" => match &shapes {
                Some(shapes) => zones_geojson(&table, shapes, &provenance),
                None => continue,
            },
            _ => continue,
        };
        files.push(Output { path: path.clone(), bytes: text.into_bytes() });
    }
    if !targets.is_empty() {
        let plate = match &shapes {
            Some(shapes) if on_a_map => zones_map_plate(plan, study, &table, shapes, &provenance),
            _ => zones_plate(plan, study, &table, &provenance),
        };
        files.extend(export_plate(&plate, &targets, plan.figures.dpi)?);
    }
    Ok(files)
}

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
