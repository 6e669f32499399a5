//! `durand hotspots`: districts with more incidents than chance explains.

use super::density::years;
use super::figures::{base, coverage, export_plate, facts, figure_targets, finish_words};
use super::outputs::{check_outputs, document_output, extension, workbook_outputs};
use super::{PipelineError, Study};
use crate::analysis::{Hotspots, Regions, hotspots};
use crate::atlas::{DistrictShade, Plate, hotspot_map};
use crate::io::Output;
use crate::model::Side;
use crate::project::{DistrictFigure, Plan};
use crate::report::{Document, hotspots_document, hotspots_geojson};
use std::path::PathBuf;

/// A study's hot spots, with their words.
pub(super) struct FoundSpots {
    pub found: Hotspots,
    pub document: Document,
}

/// The side whose districts alone are looked at: the one asked for, or the one
/// that all records name as their country: a source of one country says nothing
/// of the other.
pub(super) fn side_alone(plan: &Plan, study: &Study) -> (Option<Side>, Option<String>) {
    let border = &study.layers.index.border;
    if let Some(side) = plan.side.as_deref().and_then(|name| border.side_named(name)) {
        return (Some(side), None);
    }
    let mut named = study.incidents.iter().map(|i| border.side_named(&i.country));
    let first = named.next().flatten();
    match first {
        Some(side) if named.all(|other| other == first) => {
            let country = border.country(side);
            let words = format!(
                "All records are of {country}: its districts alone were looked at, the other side \
                 being unknown and not empty."
            );
            (Some(side), Some(words))
        }
        _ => (None, None),
    }
}

/// Counts, tests and words.
pub(super) fn found_spots(plan: &Plan, study: &Study, regions: &Regions) -> FoundSpots {
    let index = &study.layers.index;
    let (side, notice) = side_alone(plan, study);
    let regions = plan.hotspots_spread.then_some(regions);
    let (incidents, located) = (&study.incidents, &study.located);
    let found = hotspots(incidents, located, regions, index, side, &plan.hotspots);
    let mut notices: Vec<String> = notice.into_iter().collect();
    if study.bundled_incidents {
        notices.extend(coverage(study));
    }
    let provenance = study.provenance("hotspots", plan, &["regions", "hotspots"]);
    let document = hotspots_document(&found, index, notices, provenance);
    FoundSpots { found, document }
}

/// The map, of what is shown.
pub(super) fn hotspots_plate(
    plan: &Plan,
    study: &Study,
    spots: &FoundSpots,
    show: DistrictFigure,
) -> Plate {
    let facts = facts(study);
    let (words, shade) = match show {
        DistrictFigure::Spots => (facts.hotspot_map(&spots.found), DistrictShade::Spots),
        DistrictFigure::Gi => (facts.gi_map(&spots.found), DistrictShade::GiStar),
        DistrictFigure::Rate => {
            let years = years(study);
            (facts.rate_map(&spots.found, years), DistrictShade::Rate(years))
        }
    };
    let words = finish_words(words, &plan.figures, spots.document.provenance.line());
    let (base, figures) = (base(study, plan), &plan.figures);
    hotspot_map(&base, &spots.found, shade, figures.extent, &words, &figures.page)
}

/// `durand hotspots`: the table, the map and the districts as GeoJSON.
///
/// # Errors
/// When an output's format is one it does not write or a figure cannot be exported.
pub fn hotspots_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("hotspots", outputs)?;
    let spots = found_spots(plan, study, &study.regions(plan));
    let mut files = Vec::new();
    for path in outputs {
        if extension(path) == "geojson" {
            let text = hotspots_geojson(&spots.found, &study.layers.index, &spots.document);
            files.push(Output { path: path.clone(), bytes: text.into_bytes() });
        }
        files.extend(document_output(&spots.document, "districts", path));
    }
    files.extend(workbook_outputs(&spots.document, outputs)?);
    let targets = figure_targets(outputs);
    if !targets.is_empty() {
        let plate = hotspots_plate(plan, study, &spots, plan.hotspots_show);
        files.extend(export_plate(&plate, &targets, &plan.figures)?);
    }
    Ok(files)
}
