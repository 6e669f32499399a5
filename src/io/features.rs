//! Features of a boundary layer, whatever file they come from.

use super::code_pages::code_page_named;
use super::magic::{Use, refuse_foreign};
use super::open::read_file;
use super::shapefile_files::{self, Found, LAYER_SIZE};
use super::{ReadError, Reject, layer_geojson, layer_name, layer_shapefile};
use crate::digest::sha256_hex;
use crate::geodesy::LonLat;
use geo::MultiPolygon;
use std::collections::BTreeMap;
use std::path::Path;

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
    /// Every file that was read: its name, with that of the layer where one was
    /// named, and its SHA-256 in hexadecimal.
    pub sha256: Vec<(String, String)>,
}

/// [`read_features_with`] no code page of its own.
///
/// # Errors
/// As there.
pub fn read_features(path: &Path) -> Result<Features, ReadError> {
    read_features_with(path, None)
}

/// Reads a layer from GeoJSON, TopoJSON, Shapefile or, with the feature `gpkg`,
/// GeoPackage, told apart by their content, or the one of these that a zip
/// archive holds. For a shapefile any of its files may be named; `.shx`, `.dbf`,
/// `.prj` and `.cpg` are looked for beside it, and `dbf_encoding` names the code
/// page of its attributes when nothing or the wrong thing does. Of a TopoJSON or
/// GeoPackage with several layers one is named as `FILE|layername=NAME`.
///
/// # Errors
/// When the file cannot be read, is of another kind, is neither in WGS 84 nor in
/// a zone of UTM on it, or is damaged so that its records cannot be told apart.
/// A single bad record is a [`Reject`].
pub fn read_features_with(path: &Path, dbf_encoding: Option<&str>) -> Result<Features, ReadError> {
    let (path, layer) = layer_name::parted(path);
    let (path, layer) = (path.as_path(), layer.as_deref());
    let shown = path.display().to_string();
    let shapefile = || {
        let found = shapefile_files::beside_each_other(path)?;
        read_shapefile(found, layer, dbf_encoding)
    };
    if shapefile_files::is_part(path) {
        return shapefile();
    }
    let bytes = read_file(&shown, path, &LAYER_SIZE)?;
    if bytes.starts_with(&super::shapefile_records::FILE_CODE) {
        return shapefile();
    }
    #[cfg(feature = "gpkg")]
    if bytes.starts_with(super::sqlite::MAGIC) {
        super::sqlite::refuse_waiting(&shown, path)?;
    }
    let mut features = from_bytes(&shown, &bytes, layer, dbf_encoding)?;
    rename(&mut features, &shown);
    let read =
        layer.map_or_else(|| features.name.clone(), |l| layer_name::named(&features.name, l));
    features.sha256 = vec![(read, sha256_hex(&bytes))];
    Ok(features)
}

/// The layer that a file's bytes are, or hold as a zip archive.
fn from_bytes(
    shown: &str,
    bytes: &[u8],
    layer: Option<&str>,
    dbf_encoding: Option<&str>,
) -> Result<Features, ReadError> {
    #[cfg(feature = "archives")]
    if super::unpack::is_zip(bytes) {
        use super::unpack::{Archive, LAYERS, look_into, unzip};
        use std::io::Cursor;
        return match look_into(shown, Cursor::new(bytes), LAYERS)? {
            Archive::Shapefile(parts) => {
                let found = shapefile_files::in_archive(shown, bytes, &parts)?;
                read_shapefile(found, layer, dbf_encoding)
            }
            Archive::Table(number, inner) => {
                let text = unzip(shown, Cursor::new(bytes), number, |from| {
                    super::open::read_stream(shown, from, 0, &LAYER_SIZE)
                })?;
                let mut features = from_plain(shown, &text, layer)?;
                features.notices.insert(0, format!("{inner} inside the archive"));
                Ok(features)
            }
            _ => Err(ReadError::new(shown, "is a spreadsheet, which is not read as a layer")
                .hint("a layer is GeoJSON, TopoJSON, a Shapefile or a GeoPackage")),
        };
    }
    // Only archives hold parts of shapefiles here.
    let _ = dbf_encoding;
    from_plain(shown, bytes, layer)
}

/// The layer that the bytes of a file, packed or not, are.
fn from_plain(shown: &str, bytes: &[u8], layer: Option<&str>) -> Result<Features, ReadError> {
    #[cfg(feature = "gpkg")]
    if bytes.starts_with(super::sqlite::MAGIC) {
        return super::layer_geopackage::read(shown, bytes, layer);
    }
    refuse_foreign(shown, bytes, Use::Layer)?;
    layer_geojson::read(shown, bytes, layer)
}

/// Reads a GeoJSON layer from memory; `name` stands for the file in messages.
///
/// # Errors
/// As [`read_features`].
pub fn read_geojson(name: &str, bytes: &[u8]) -> Result<Features, ReadError> {
    let mut features = layer_geojson::read(name, bytes, None)?;
    features.sha256 = vec![(name.to_owned(), sha256_hex(bytes))];
    Ok(features)
}

fn read_shapefile(
    found: Found,
    layer: Option<&str>,
    dbf_encoding: Option<&str>,
) -> Result<Features, ReadError> {
    let Found { name, files, sha256, notices } = found;
    if let Some(layer) = layer {
        return Err(layer_name::none_to_name(&name, layer).hint("leave out `|layername=`"));
    }
    let page = dbf_encoding.map(code_page_named).transpose();
    let page = page.map_err(|(message, hint)| ReadError::new(&name, message).hint(hint))?;
    let mut features = layer_shapefile::read(&name, &files, page)?;
    rename(&mut features, &name);
    features.sha256 = sha256;
    features.notices.splice(0..0, notices);
    Ok(features)
}

/// In what goes into reports a file has its name only: folders are nobody's business.
fn rename(features: &mut Features, shown: &str) {
    features.name = shapefile_files::file_name(Path::new(shown));
    for reject in &mut features.rejected {
        reject.file.clone_from(&features.name);
    }
}

/// What the user should know of texts with characters that are lost.
pub(super) fn damaged_texts(count: u64) -> Option<String> {
    let (s, hold) = if count == 1 { ("", "holds") } else { ("s", "hold") };
    (count > 0).then(|| {
        format!("{count} text{s} {hold} the replacement character U+FFFD for what was damaged before or is not UTF-8")
    })
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
