//! The files of one shapefile: beside each other, or in a zip archive.

use super::ReadError;
use super::open::{Limit, read_file};
use super::shapefile_records::Files;
use crate::digest::sha256_hex;
use std::path::{Path, PathBuf};

/// The largest file of a layer.
pub(super) const LAYER_SIZE: Limit = Limit {
    name: "layer size",
    bytes: 512 << 20,
    hint: "simplify the layer or cut it to the region",
};

/// Extensions of the files that are read.
pub(super) const PARTS: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

/// What was found of a shapefile.
pub(super) struct Found {
    /// Path of the `.shp`, or of the archive that holds it.
    pub(super) name: String,
    pub(super) files: Files,
    /// Every file that was read: its name and SHA-256 in hexadecimal.
    pub(super) sha256: Vec<(String, String)>,
    /// For the user.
    pub(super) notices: Vec<String>,
}

/// Whether a file's extension is one of a shapefile's parts.
pub(super) fn is_part(path: &Path) -> bool {
    PARTS.iter().any(|part| has_extension(path, part))
}

/// Reads the files beside one of them, or beside a `.shp` without extension.
///
/// # Errors
/// When there is no `.shp`, or a file cannot be read or is larger than the limit.
pub(super) fn beside_each_other(path: &Path) -> Result<Found, ReadError> {
    let is_main = !is_part(path) || has_extension(path, "shp");
    let main = if is_main { Some(path.to_owned()) } else { beside(path, "shp") };
    let Some(main) = main else {
        let message = "there is no .shp beside it, so it has no geometry";
        return Err(ReadError::new(path.display().to_string(), message).hint(
            "name the .shp of the shapefile, with its .shx, .dbf and .prj in the same folder",
        ));
    };
    let mut sha256 = Vec::new();
    let mut load = |path: &Path| -> Result<Vec<u8>, ReadError> {
        let bytes = read_file(&path.display().to_string(), path, &LAYER_SIZE)?;
        sha256.push((file_name(path), sha256_hex(&bytes)));
        Ok(bytes)
    };
    let shp = load(&main)?;
    let mut sidecar = |ext: &str| beside(&main, ext).map(|p| load(&p)).transpose();
    let files = Files {
        shp,
        shx: sidecar("shx")?,
        dbf: sidecar("dbf")?,
        prj: sidecar("prj")?,
        cpg: sidecar("cpg")?,
    };
    Ok(Found { name: main.display().to_string(), files, sha256, notices: Vec::new() })
}

/// Reads the files that an archive holds: of each its extension, and its number
/// and name in the archive.
///
/// # Errors
/// When one cannot be unpacked or is larger than the limits.
#[cfg(feature = "archives")]
pub(super) fn in_archive(
    name: &str,
    archive: &[u8],
    parts: &[(&'static str, usize, String)],
) -> Result<Found, ReadError> {
    let part = |wanted: &str| {
        let found = parts.iter().find(|(extension, ..)| *extension == wanted);
        let unpack = |(_, number, _): &(&str, usize, String)| {
            let cursor = std::io::Cursor::new(archive);
            super::unpack::unzip(name, cursor, *number, |from| {
                super::open::read_stream(name, from, 0, &LAYER_SIZE)
            })
        };
        found.map(unpack).transpose()
    };
    let files = Files {
        shp: part("shp")?.unwrap_or_default(),
        shx: part("shx")?,
        dbf: part("dbf")?,
        prj: part("prj")?,
        cpg: part("cpg")?,
    };
    let sha256 = vec![(file_name(Path::new(name)), sha256_hex(archive))];
    let inner = parts.iter().find(|(extension, ..)| *extension == "shp");
    let notices = inner.map(|(_, _, inner)| format!("{inner} inside the archive"));
    Ok(Found { name: name.to_owned(), files, sha256, notices: notices.into_iter().collect() })
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
        .filter(|p| p.file_stem() == Some(stem) && has_extension(p, ext))
        .collect();
    found.sort();
    found.into_iter().next()
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case(wanted))
}

/// The last part of a path.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}
