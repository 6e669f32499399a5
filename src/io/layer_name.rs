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
    }
}
