//! Plates to files: the same scene in every format asked for.

use super::outputs::extension;
use super::{PipelineError, Study};
use crate::atlas::{Base, Facts, Plate, Words, count_precision};
use crate::figure::export;
use crate::io::{Format, Output};
use crate::project::{FigureFormat, FigurePlan, Plan};
use std::path::PathBuf;

/// The facts that every plate's words are made from.
pub(super) fn facts(study: &Study) -> Facts {
    let border = &study.layers.index.border;
    let mut credits: Vec<String> =
        study.formats.iter().zip(&study.labels).map(|(f, label)| credit(*f, label)).collect();
    credits.dedup();
    Facts {
        line: border.name.clone(),
        names: [border.left.clone(), border.right.clone()],
        bundled_line: study.layers.bundled_line,
        bundled_areas: study.layers.bundled_areas,
        bundled_incidents: study.bundled_incidents,
        period: study.period(),
        read: study.tally.read,
        used: study.tally.used,
        source: credits.join("; "),
        precision: count_precision(&study.incidents),
    }
}

/// How a source asks to be credited, in short.
fn credit(format: Format, label: &str) -> String {
    match format {
        Format::Acled => "ACLED, acleddata.com".to_owned(),
        Format::UcdpGed => format!(
            "{label}, Uppsala Conflict Data Program (Sundberg and Melander 2013), CC BY 4.0"
        ),
        Format::Gtd => "Global Terrorism Database, START, University of Maryland".to_owned(),
        Format::Gdelt => "The GDELT Project, gdeltproject.org".to_owned(),
        Format::Generic | Format::GeoJson => format!("the user's {label}"),
    }
}

/// What maps are drawn on.
pub(super) fn base<'a>(study: &'a Study, plan: &Plan) -> Base<'a> {
    Base {
        border: &study.layers.index.border,
        provinces: &study.layers.index.provinces.areas,
        districts: &study.layers.index.districts.areas,
        places: &study.layers.places,
        near_radius_m: plan.regions.near_radius_m,
    }
}

/// The tool's words, or the user's where given; with the provenance.
pub(super) fn finish_words(mut words: Words, plan: &FigurePlan, provenance: String) -> Words {
    if let Some(title) = &plan.title {
        words.title.clone_from(title);
    }
    if let Some(subtitle) = &plan.subtitle {
        words.subtitle.clone_from(subtitle);
    }
    words.provenance = provenance;
    words
}

/// Outputs that are figures, with their formats.
pub(super) fn figure_targets(outputs: &[PathBuf]) -> Vec<(PathBuf, FigureFormat)> {
    outputs
        .iter()
        .filter_map(|path| Some((path.clone(), FigureFormat::of(&extension(path))?)))
        .collect()
}

/// Writes a plate into every path, by its format.
pub(super) fn export_plate(
    plate: &Plate,
    targets: &[(PathBuf, FigureFormat)],
    dpi: f64,
) -> Result<Vec<Output>, PipelineError> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let svg = export::svg(&plate.scene);
    targets
        .iter()
        .map(|(path, format)| {
            let bytes = match format {
                FigureFormat::Svg => svg.clone().into_bytes(),
                FigureFormat::Png => export::png(&svg, dpi)?,
                FigureFormat::Pdf => export::pdf(&svg)?,
            };
            Ok(Output { path: path.clone(), bytes })
        })
        .collect()
}
