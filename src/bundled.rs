//! The files of `geodata/`, inside the binary, and the manifest that says
//! where they come from.

use crate::digest::sha256_hex;
use serde::Deserialize;

/// The Durand Line, Afghanistan on its left.
pub const LINE: &str = include_str!("../geodata/durand_line.geojson");
/// Provinces of both countries.
pub const PROVINCES: &str = include_str!("../geodata/provinces.geojson");
/// Districts of both countries.
pub const DISTRICTS: &str = include_str!("../geodata/districts.geojson");
/// Towns and crossings.
pub const PLACES: &str = include_str!("../geodata/places.geojson");
/// The hand-kept table that the places are made from.
pub const PLACES_TABLE: &str = include_str!("../geodata/places.csv");
/// Names of places in Pashto, Dari and Urdu.
pub const LOCAL_NAMES: &str = include_str!("../geodata/names.csv");
/// The hand-kept table that they are made from.
pub const NAMES_BY_HAND: &str = include_str!("../geodata/names_by_hand.csv");
/// The border as the edge of COD-AB Pakistan.
pub const BORDER_COD_AB_PAK: &str = include_str!("../geodata/border_cod_ab_pak.geojson");
/// The border as Natural Earth draws it at 1:10 million.
pub const BORDER_NATURAL_EARTH: &str = include_str!("../geodata/border_natural_earth.geojson");
/// The hand-kept incidents.
pub const INCIDENTS: &str = include_str!("../geodata/incidents.csv");
/// Where all of these come from.
pub const MANIFEST: &str = include_str!("../geodata/manifest.toml");

/// File name of the manifest.
pub const MANIFEST_FILE: &str = "manifest.toml";

/// Every file with its bytes, in the order of the manifest, the manifest last.
pub fn files() -> [(&'static str, &'static [u8]); 11] {
    [
        ("durand_line.geojson", LINE.as_bytes()),
        ("provinces.geojson", PROVINCES.as_bytes()),
        ("districts.geojson", DISTRICTS.as_bytes()),
        ("places.geojson", PLACES.as_bytes()),
        ("border_cod_ab_pak.geojson", BORDER_COD_AB_PAK.as_bytes()),
        ("border_natural_earth.geojson", BORDER_NATURAL_EARTH.as_bytes()),
        ("incidents.csv", INCIDENTS.as_bytes()),
        ("places.csv", PLACES_TABLE.as_bytes()),
        ("names.csv", LOCAL_NAMES.as_bytes()),
        ("names_by_hand.csv", NAMES_BY_HAND.as_bytes()),
        (MANIFEST_FILE, MANIFEST.as_bytes()),
    ]
}

/// The manifest of `geodata/`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What the layers are made from.
    pub original: Vec<Original>,
    /// What was made.
    #[serde(default)]
    pub bundled: Vec<Bundled>,
}

/// A publisher's file that a layer is made from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Original {
    /// What it is used for.
    pub layer: String,
    /// Its place below the folder of originals, with `/`.
    pub file: String,
    /// Publisher and product.
    pub source: String,
    /// Version or date.
    pub version: String,
    /// The address that serves these very bytes.
    pub url: String,
    /// Where the publisher offers the layer today.
    pub publisher: String,
    /// Licence.
    pub licence: String,
    /// How it wants to be credited.
    pub attribution: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// A file of `geodata/`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundled {
    /// File name.
    pub file: String,
    /// The originals it is made from; empty for a file kept by hand.
    pub from: Vec<String>,
    /// How it was made, in words.
    pub derivation: String,
    /// Licence.
    pub licence: String,
    /// The credit line for figures that show it.
    pub attribution: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Features, or rows of a table.
    pub features: u64,
    /// Vertices; rings count their closing one. None for a table.
    pub vertices: Option<u64>,
    /// Largest distance of an original vertex from the line or edge that
    /// replaces it, metres. None where nothing was generalised.
    pub largest_deviation_m: Option<f64>,
}

/// The compiled-in manifest is damaged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the manifest of the bundled layers cannot be read: {0}")]
pub struct ManifestError(String);

/// The compiled-in manifest.
///
/// # Errors
/// [`ManifestError`] when it is not of the shape of [`Manifest`].
pub fn manifest() -> Result<Manifest, ManifestError> {
    toml::from_str(MANIFEST).map_err(|e| ManifestError(e.to_string()))
}

/// A file that is what the manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedFile {
    /// File name.
    pub file: &'static str,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// A file that is not what the manifest says.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VerifyError {
    /// The manifest itself is damaged.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Hash or size differ.
    #[error(
        "{file}: {found_bytes} bytes with sha256 {found}, but the manifest has {bytes} bytes with sha256 {expected}"
    )]
    Differs {
        /// File name.
        file: &'static str,
        /// Size found.
        found_bytes: u64,
        /// SHA-256 found.
        found: String,
        /// Size in the manifest.
        bytes: u64,
        /// SHA-256 in the manifest.
        expected: String,
    },
    /// The manifest does not know the file.
    #[error("{0} is not in the manifest")]
    Unknown(&'static str),
    /// The manifest names a file that is not there.
    #[error("{0} is in the manifest and not in the binary")]
    Missing(String),
}

/// Holds every compiled-in file against the compiled-in manifest. The manifest
/// itself has no entry: it cannot hold its own hash.
///
/// # Errors
/// [`VerifyError`] at the first difference.
pub fn verify() -> Result<Vec<VerifiedFile>, VerifyError> {
    let manifest = manifest()?;
    let mut verified = Vec::new();
    for (file, bytes) in files().into_iter().filter(|(file, _)| *file != MANIFEST_FILE) {
        let entry =
            manifest.bundled.iter().find(|b| b.file == file).ok_or(VerifyError::Unknown(file))?;
        let (found, found_bytes) = (sha256_hex(bytes), bytes.len() as u64);
        if found != entry.sha256 || found_bytes != entry.bytes {
            let (bytes, expected) = (entry.bytes, entry.sha256.clone());
            return Err(VerifyError::Differs { file, found_bytes, found, bytes, expected });
        }
        verified.push(VerifiedFile { file, bytes: found_bytes, sha256: found });
    }
    match manifest.bundled.iter().find(|b| !verified.iter().any(|v| v.file == b.file)) {
        Some(lost) => Err(VerifyError::Missing(lost.file.clone())),
        None => Ok(verified),
    }
}
