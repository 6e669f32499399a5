//! Plates to files: the same scene in every format asked for.

use super::outputs::extension;
use super::{Account, PipelineError};
use crate::atlas::{Base, Facts, Plate, Words};
use crate::figure::export;
use crate::io::{Format, Output};
use crate::project::{FigureFormat, FigurePlan, Plan};
use crate::report::caption;
use std::path::PathBuf;

/// The facts that every plate's words are made from.
pub(super) fn facts(study: &Account) -> Facts {
    let border = &study.layers.index.border;
    let mut credits: Vec<String> =
        study.formats.iter().zip(&study.labels).map(|(f, label)| credit(*f, label)).collect();
    credits.dedup();
    Facts {
        line: border.name.clone(),
        names: [border.left.clone(), border.right.clone()],
        bundled_line: study.layers.bundled_line,
        bundled_areas: study.layers.bundled_areas,
        full_resolution: study.layers.full_resolution,
        bundled_incidents: study.bundled_incidents,
        period: study.period,
        read: study.tally.read,
        used: study.tally.used,
        source: credits.join("; "),
        precision: study.precision,
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
        Format::Awsd => "Aid Worker Security Database, aidworkersecurity.org".to_owned(),
        Format::Generic | Format::GeoJson | Format::GeoJsonSeq | Format::Parquet => {
            format!("the user's {label}")
        }
    }
}

/// How a source's own coverage may change a comparison in time, a sentence for
/// each source.
pub(super) fn coverage(study: &Account) -> Vec<String> {
    let sentence = |format: &Format| match format {
        _ if study.bundled_incidents => {
            "The bundled incidents are a selection from press reports and no census: a change in \
             their number may be a change in what was reported or chosen."
        }
        Format::Acled => {
            "ACLED's coverage begins in 2010 for Pakistan and in 2017 for Afghanistan and its \
             sources have grown since: a change may be one of coverage."
        }
        Format::UcdpGed => {
            "UCDP GED counts events with at least one death, of conflicts that reached 25 deaths \
             in a year; what reaches it depends on reporting, which changes with time and place. A \
             file of one country says nothing of the other side."
        }
        Format::Gtd => {
            "The GTD changed how it collects in 1998, 2008 and 2011: a change across these years \
             may be one of method."
        }
        Format::Gdelt => {
            "GDELT reads more sources every year and repeats events: a change in its counts is \
             first a change in news."
        }
        Format::Awsd => {
            "The AWSD counts attacks on aid workers: their number follows where aid workers are \
             as well as how safe they are."
        }
        Format::Generic | Format::GeoJson | Format::GeoJsonSeq | Format::Parquet => {
            "Whether the source covered both periods alike the file does not say: a change may be \
             one of coverage."
        }
    };
    let mut sentences: Vec<String> = Vec::new();
    for format in &study.formats {
        let told = sentence(format).to_owned();
        if !sentences.contains(&told) {
            sentences.push(told);
        }
    }
    sentences
}

/// What maps are drawn on.
pub(super) fn base<'a>(study: &'a Account, plan: &Plan) -> Base<'a> {
    Base {
        border: &study.layers.index.border,
        provinces: &study.layers.index.provinces.areas,
        districts: &study.layers.index.districts.areas,
        places: &study.layers.places,
        names: &study.layers.local_names,
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

/// Writes a plate into every path, by its format, and its caption beside each:
/// `map.caption.md` for `map.svg` and `map.png`.
pub(super) fn export_plate(
    plate: &Plate,
    targets: &[(PathBuf, FigureFormat)],
    plan: &FigurePlan,
) -> Result<Vec<Output>, PipelineError> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let svg = export::svg(&plate.scene);
    let mut files = Vec::with_capacity(targets.len() + 1);
    for (path, format) in targets {
        let bytes = match format {
            FigureFormat::Svg if plan.outline_text => export::outlined(&svg)?.into_bytes(),
            FigureFormat::Svg => svg.clone().into_bytes(),
            FigureFormat::Png => export::png(&svg, plan.dpi)?,
            FigureFormat::Pdf => export::pdf(&svg)?,
        };
        files.push(Output { path: path.clone(), bytes });
    }
    let scene = &plate.scene;
    let provenance = serde_json::from_str(&scene.provenance).unwrap_or_default();
    let words = caption(&scene.title, &scene.description, &plate.remarks, &provenance);
    let mut beside: Vec<PathBuf> =
        targets.iter().map(|(path, _)| path.with_extension("caption.md")).collect();
    beside.sort();
    beside.dedup();
    files.extend(beside.into_iter().map(|path| Output { path, bytes: words.clone().into_bytes() }));
    Ok(files)
}
