//! Which layer of a file is meant: `admin.gpkg|layername=adm2`, as QGIS writes it.

use super::ReadError;
use std::path::{Path, PathBuf};

/// What stands between a file and the name of a layer in it.
const MARK: &str = "|layername=";

/// A file, and the layer of it that is named.
pub(super) fn parted(path: &Path) -> (PathBuf, Option<String>) {
    match path.to_str().and_then(|text| text.split_once(MARK)) {
        Some((file, layer)) => (PathBuf::from(file), Some(layer.to_owned())),
        None => (path.to_owned(), None),
    }
}

/// The file of a layer, whether the path names one in it or not.
pub fn file_of_layer(path: &Path) -> PathBuf {
    parted(path).0
}

/// A file's name with that of the layer that was read from it.
pub(super) fn named(file: &str, layer: &str) -> String {
    format!("{file}{MARK}{layer}")
}

/// The name of a file without its folder, with the layer of it that is named.
pub fn file_name(path: &str) -> String {
    let (file, layer) = path.split_once(MARK).map_or((path, None), |(f, l)| (f, Some(l)));
    let name = Path::new(file).file_name();
    let name = name.map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned());
    layer.map_or_else(|| name.clone(), |layer| named(&name, layer))
}

/// The error about a layer of a file that has none to choose from.
pub(super) fn none_to_name(name: &str, layer: &str) -> ReadError {
    ReadError::new(name, format!("has no layers, so it has no layer `{layer}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_stands_after_its_file() {
        let of = |text: &str| parted(Path::new(text));
        assert_eq!(of("a/b.gpkg|layername=x y"), ("a/b.gpkg".into(), Some("x y".into())));
        assert_eq!(of("a|b.geojson"), ("a|b.geojson".into(), None));
        assert_eq!(file_name("a/b.gpkg|layername=x/y"), "b.gpkg|layername=x/y");
        assert_eq!(file_name("a/b.csv"), "b.csv");
    }
}
