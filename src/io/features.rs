//! Features of a boundary layer, whatever file they come from.

use super::magic::{Use, refuse_foreign};
use super::open::{Limit, read_file};
use super::{ReadError, Reject, layer_geojson, layer_shapefile};
use crate::digest::sha256_hex;
use crate::geodesy::LonLat;
use geo::MultiPolygon;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The largest file of a layer.
const LIMIT: Limit = Limit {
    name: "layer size",
    bytes: 512 << 20,
    hint: "simplify the layer or cut it to the region",
};

/// Records that cannot be used, after which a layer is given up.
const MAX_REJECTS: usize = 100_000;

/// What a feature covers. Every coordinate has passed the gate: finite, in
/// range, on a grid of 1e-9 degree, without repeated points or empty parts.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// One point or several.
    Points(Vec<LonLat>),
    /// One line or several, each with at least two different points.
    Lines(Vec<Vec<LonLat>>),
    /// Polygons in degrees: rings closed, exteriors counter-clockwise, holes clockwise.
    Polygons(MultiPolygon<f64>),
}

impl Shape {
    /// The word for it in messages.
    pub fn word(&self) -> &'static str {
        match self {
            Shape::Points(_) => "point",
            Shape::Lines(_) => "line",
            Shape::Polygons(_) => "polygon",
        }
    }
}

/// One record of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Record number in the file, from 1.
    pub record: u64,
    /// Attributes as text: numbers printed plainly, nulls and empty cells absent.
    pub properties: BTreeMap<String, String>,
    /// What it covers.
    pub shape: Shape,
}

/// The features of a layer, and what became of the rest.
#[derive(Clone, Debug)]
pub struct Features {
    /// File name, without its folder.
    pub name: String,
    /// What can be used, in file order.
    pub features: Vec<Feature>,
    /// What cannot, with reasons.
    pub rejected: Vec<Reject>,
    /// What was mended, assumed or left out, one sentence each.
    pub notices: Vec<String>,
    /// Every file that was read: its name and SHA-256 in hexadecimal.
    pub sha256: Vec<(String, String)>,
}

/// Reads a layer from GeoJSON or Shapefile, told apart by their content. For a
/// shapefile any of its files may be named; `.shx`, `.dbf`, `.prj` and `.cpg`
/// are looked for beside it.
///
/// # Errors
/// When the file cannot be read, is of another kind, is not in WGS 84, or is
/// damaged so that its records cannot be told apart. A single bad record is a
/// [`Reject`].
pub fn read_features(path: &Path) -> Result<Features, ReadError> {
    let shown = path.display().to_string();
    let is = |ext: &str| extension(path).is_some_and(|e| e.eq_ignore_ascii_case(ext));
    if ["shp", "shx", "dbf", "prj", "cpg"].into_iter().any(is) {
        return read_shapefile(path, &shown);
    }
    let bytes = read_file(&shown, path, &LIMIT)?;
    if bytes.starts_with(&layer_shapefile::FILE_CODE) {
        return read_shapefile(path, &shown);
    }
    refuse_foreign(&shown, &bytes, Use::Layer)?;
    let mut features = layer_geojson::read(&shown, &bytes)?;
    rename(&mut features, path);
    features.sha256 = vec![(features.name.clone(), sha256_hex(&bytes))];
    Ok(features)
}

/// Reads a GeoJSON layer from memory; `name` stands for the file in messages.
///
/// # Errors
/// As [`read_features`].
pub fn read_geojson(name: &str, bytes: &[u8]) -> Result<Features, ReadError> {
    let mut features = layer_geojson::read(name, bytes)?;
    features.sha256 = vec![(name.to_owned(), sha256_hex(bytes))];
    Ok(features)
}

/// A file found beside another, whatever the case of its extension.
fn beside(path: &Path, ext: &str) -> Option<PathBuf> {
    let own = path.with_extension(ext);
    if own.is_file() {
        return Some(own);
    }
    let stem = path.file_stem()?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|p| p.file_stem() == Some(stem))
        .filter(|p| extension(p).is_some_and(|e| e.eq_ignore_ascii_case(ext)))
        .collect();
    found.sort();
    found.into_iter().next()
}

fn read_shapefile(path: &Path, shown: &str) -> Result<Features, ReadError> {
    let is_shp_or_nameless = !["shx", "dbf", "prj", "cpg"]
        .into_iter()
        .any(|ext| extension(path).is_some_and(|e| e.eq_ignore_ascii_case(ext)));
    let main = if is_shp_or_nameless { Some(path.to_owned()) } else { beside(path, "shp") };
    let Some(main) = main else {
        return Err(ReadError::new(shown, "there is no .shp beside it, so it has no geometry")
            .hint(
                "name the .shp of the shapefile, with its .shx, .dbf and .prj in the same folder",
            ));
    };
    let mut sha256 = Vec::new();
    let mut load = |path: &Path| -> Result<Vec<u8>, ReadError> {
        let bytes = read_file(&path.display().to_string(), path, &LIMIT)?;
        sha256.push((file_name(path), sha256_hex(&bytes)));
        Ok(bytes)
    };
    let shp = load(&main)?;
    let mut sidecar = |ext: &str| beside(&main, ext).map(|p| load(&p)).transpose();
    let files = layer_shapefile::Files {
        shp,
        shx: sidecar("shx")?,
        dbf: sidecar("dbf")?,
        prj: sidecar("prj")?,
        cpg: sidecar("cpg")?,
    };
    let mut features = layer_shapefile::read(&main.display().to_string(), files)?;
    rename(&mut features, &main);
    features.sha256 = sha256;
    Ok(features)
}

/// In what goes into reports a file has its name only: folders are nobody's business.
fn rename(features: &mut Features, path: &Path) {
    features.name = file_name(path);
    for reject in &mut features.rejected {
        reject.file.clone_from(&features.name);
    }
}

fn extension(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

/// Features and rejects as they come in, with the limit on rejects.
pub(super) struct Intake<'a> {
    pub(super) name: &'a str,
    pub(super) features: Vec<Feature>,
    pub(super) rejected: Vec<Reject>,
}

impl<'a> Intake<'a> {
    pub(super) fn new(name: &'a str) -> Intake<'a> {
        Intake { name, features: Vec::new(), rejected: Vec::new() }
    }

    pub(super) fn reject(
        &mut self,
        record: u64,
        line: u64,
        field: &str,
        refusal: super::gate::Refusal,
    ) -> Result<(), ReadError> {
        if self.rejected.len() >= MAX_REJECTS {
            return Err(ReadError::new(
                self.name,
                format!("more records cannot be used than the limit of {MAX_REJECTS}"),
            )
            .at(format!("record {record}"))
            .hint(format!("the last reason was: {}", refusal.reason)));
        }
        self.rejected.push(Reject {
            file: self.name.to_owned(),
            record,
            line,
            field: field.to_owned(),
            value: Reject::cut(&refusal.value),
            reason: refusal.reason,
        });
        Ok(())
    }

    /// Ends the reading of a layer: the gate's notices come after the reader's.
    ///
    /// # Errors
    /// When no feature is left because the coordinates are not degrees.
    pub(super) fn finish(
        self,
        gate: &super::gate::Gate,
        mut notices: Vec<String>,
    ) -> Result<Features, ReadError> {
        if self.features.is_empty() {
            if let Some([x, y]) = gate.looks_projected() {
                return Err(ReadError::new(
                    self.name,
                    format!(
                        "coordinates such as {x}, {y} are no degrees: the layer looks projected"
                    ),
                )
                .hint("reproject it to EPSG:4326: ogr2ogr -t_srs EPSG:4326 OUT IN"));
            }
            notices.push("the layer has no feature that can be used".to_owned());
        }
        notices.extend(gate.notices());
        Ok(Features {
            name: self.name.to_owned(),
            features: self.features,
            rejected: self.rejected,
            notices,
            sha256: Vec::new(),
        })
    }
}
