//! The line and the areas: the bundled ones, or the user's.

use super::PipelineError;
use crate::analysis::{Window, WindowPolygons};
use crate::bundled;
use crate::digest::sha256_hex;
use crate::fetch::Cache;
use crate::index::StudyIndex;
use crate::io::{
    Features, Layer, ReadError, Reject, read_areas, read_border, read_features_with, read_geojson,
    read_local_names, read_places, read_window,
};
// Results must not tell where they were made.
pub(super) use crate::io::file_name;
use crate::model::{Border, Language, Level, LocalNames, Named, Place};
use crate::project::{LayerChoice, WindowChoice};
use crate::report::InputFile;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything incidents are measured against.
pub struct Layers {
    /// The line and the areas, indexed.
    pub index: StudyIndex,
    /// Towns and crossings for labels.
    pub places: Vec<Place>,
    /// What places are called in the language asked for.
    pub local_names: LocalNames,
    /// The files, for provenance.
    pub inputs: Vec<InputFile>,
    /// What a reader of the output should know.
    pub notices: Vec<String>,
    /// Whose ground counts in zones.
    pub window: Window,
    /// Whether the line's edges were taken as straight in longitude and latitude.
    pub planar_edges: bool,
    /// Whether the line is the bundled Durand Line.
    pub bundled_line: bool,
    /// Whether some of the areas are the bundled ones.
    pub bundled_areas: bool,
    /// Whether what would be bundled was taken in full detail.
    pub full_resolution: bool,
}

/// Reads and indexes the layers.
///
/// # Errors
/// When a file cannot be read as what it is meant for.
pub fn load_layers(choice: &LayerChoice) -> Result<Layers, PipelineError> {
    let mut inputs = Vec::new();
    let mut notices = Vec::new();

    let encoding = choice.dbf_encoding.as_deref();
    // Read side by side; what they say keeps its order.
    let areas = |path: &Option<PathBuf>, name, text, level| {
        Ok::<_, PipelineError>(read_areas(open(choice, path.as_deref(), name, text)?, level)?)
    };
    let (border, (provinces, districts)) = rayon::join(
        || border(choice),
        || {
            let (name, text) = ("provinces.geojson", bundled::PROVINCES);
            let provinces = || areas(&choice.provinces, name, text, Level::Province);
            let (name, text) = ("districts.geojson", bundled::DISTRICTS);
            let districts = || areas(&choice.districts, name, text, Level::District);
            rayon::join(provinces, districts)
        },
    );
    let border = take(border?, "border", &mut inputs, &mut notices);
    let border = if choice.planar_edges {
        let count = |border: &Border| border.parts().iter().map(Vec::len).sum::<usize>();
        let cut = border.with_planar_edges();
        notices.push(format!(
            "edges of the line taken as straight in longitude and latitude: {} vertices added",
            count(&cut) - count(&border)
        ));
        cut
    } else {
        border
    };
    let provinces = take(provinces?, "provinces", &mut inputs, &mut notices);
    let districts = take(districts?, "districts", &mut inputs, &mut notices);
    let window = match &choice.window {
        WindowChoice::Countries => Window::Countries,
        WindowChoice::Everywhere => Window::Everywhere,
        WindowChoice::File(path) => {
            let layer = read_window(read_features_with(path, encoding)?)?;
            let areas = take(layer, "window", &mut inputs, &mut notices);
            let name = file_name(&path.display().to_string());
            Window::Polygons(Arc::new(WindowPolygons::new(name, areas)))
        }
    };
    let places = read_places(read_geojson("places.geojson", bundled::PLACES.as_bytes())?)?;
    inputs.push(InputFile {
        name: "places.geojson".to_owned(),
        role: "places".to_owned(),
        sha256: sha256_hex(bundled::PLACES.as_bytes()),
    });

    let index = StudyIndex::new(border, provinces, districts);
    for input in &inputs {
        log::info!("{}: {}, sha256 {}", input.role, input.name, input.sha256);
    }
    for (layer, what) in [(&index.provinces, "province"), (&index.districts, "district")] {
        if layer.sides.iter().all(Option::is_none) {
            notices.push(format!(
                "no {what}'s country is called {} or {}: areas are found by their polygons alone; \
                 --left and --right name the sides of the line",
                index.border.left, index.border.right
            ));
        }
    }
    let local_names = local_names(choice.labels, &index, &places, &mut inputs, &mut notices)?;
    Ok(Layers {
        index,
        places,
        local_names,
        inputs,
        notices,
        window,
        planar_edges: choice.planar_edges,
        bundled_line: choice.border.is_none(),
        bundled_areas: choice.provinces.is_none() || choice.districts.is_none(),
        full_resolution: choice.full_resolution,
    })
}

/// The line, with the names of its sides as given, else as the file has them.
fn border(choice: &LayerChoice) -> Result<Layer<Border>, PipelineError> {
    let features = open(choice, choice.border.as_deref(), "durand_line.geojson", bundled::LINE)?;
    let named = |key: &str| features.features.first().and_then(|f| f.properties.get(key)).cloned();
    let side = |given: &Option<String>, key: &str| {
        given.clone().or_else(|| named(key)).unwrap_or_else(|| key.to_owned())
    };
    let (left, right) = (side(&choice.left, "left"), side(&choice.right, "right"));
    let name = named("name").unwrap_or_else(|| "border".to_owned());
    Ok(read_border(features, &name, &left, &right)?)
}

/// The names on maps in a language, and a notice that tells how many there are.
fn local_names(
    language: Language,
    index: &StudyIndex,
    places: &[Place],
    inputs: &mut Vec<InputFile>,
    notices: &mut Vec<String>,
) -> Result<LocalNames, PipelineError> {
    const FILE: &str = "names.csv";
    let names = read_local_names(FILE, bundled::LOCAL_NAMES, language)?;
    if language == Language::English {
        return Ok(names);
    }
    inputs.push(InputFile {
        name: FILE.to_owned(),
        role: "names".to_owned(),
        sha256: sha256_hex(bundled::LOCAL_NAMES.as_bytes()),
    });
    let provinces = index.provinces.areas.iter().map(|a| (Named::Province, a.province.as_str()));
    let wanted: Vec<(Named, &str)> =
        provinces.chain(places.iter().map(|p| (Named::Place, p.name.as_str()))).collect();
    let lacking = wanted.iter().filter(|(named, name)| names.lacks(*named, name)).count();
    notices.push(format!(
        "names on maps in {}: {lacking} of {} provinces and places have none and stay English",
        language.name(),
        wanted.len()
    ));
    Ok(names)
}

/// A layer of the user's, else the one in full detail if that is asked for, else
/// the bundled one.
fn open(
    choice: &LayerChoice,
    path: Option<&Path>,
    name: &str,
    text: &str,
) -> Result<Features, PipelineError> {
    if let Some(path) = path {
        return Ok(read_features_with(path, choice.dbf_encoding.as_deref())?);
    }
    if !choice.full_resolution {
        return Ok(read_geojson(name, text.as_bytes())?);
    }
    let cached = Cache::standard().map(|cache| cache.full(name)).filter(|path| path.is_file());
    match cached {
        Some(path) => Ok(read_features_with(&path, None)?),
        None => Err(ReadError::new(name, "is not there in full resolution")
            .hint("`durand data fetch` downloads the originals and makes it")
            .into()),
    }
}

/// Takes what a layer holds and notes what became of the rest.
fn take<T>(
    layer: Layer<T>,
    role: &str,
    inputs: &mut Vec<InputFile>,
    notices: &mut Vec<String>,
) -> T {
    for (name, sha256) in layer.sha256 {
        inputs.push(InputFile { name: file_name(&name), role: role.to_owned(), sha256 });
    }
    notices.extend(layer.notices);
    notices.extend(layer.rejected.iter().map(describe));
    layer.items
}

/// A rejected record in a line.
pub(super) fn describe(reject: &Reject) -> String {
    let mut text = format!("{}: record {}", reject.file, reject.record);
    if reject.line > 0 {
        text.push_str(&format!(" (line {})", reject.line));
    }
    if !reject.field.is_empty() {
        text.push_str(&format!(", field {}", reject.field));
    }
    if !reject.value.is_empty() {
        text.push_str(&format!(", `{}`", reject.value));
    }
    format!("{text}: {}", reject.reason)
}
