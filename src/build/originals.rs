//! Reading the originals: first that they are the pinned files, then their features.

use super::{BuildError, names::tidy};
use crate::bundled::Original;
use crate::digest::sha256_hex;
use crate::io::{Feature, Shape, read_features};
use geo::MultiPolygon;
use std::path::{Path, PathBuf};

/// A folder whose files have been held against the manifest.
pub(super) struct Originals {
    folder: PathBuf,
}

/// The features of one file.
pub(super) struct Layer {
    file: &'static str,
    pub(super) features: Vec<Feature>,
}

impl Originals {
    /// Holds every pinned file below `folder` against its hash.
    pub(super) fn check(folder: &Path, pins: &[Original]) -> Result<Originals, BuildError> {
        for pin in pins {
            let bytes = std::fs::read(folder.join(&pin.file))
                .map_err(|e| BuildError::original(&pin.file, format!("cannot be read: {e}")))?;
            let found = sha256_hex(&bytes);
            if found != pin.sha256 {
                return Err(BuildError::NotPinned {
                    file: pin.file.clone(),
                    found,
                    expected: pin.sha256.clone(),
                });
            }
        }
        Ok(Originals { folder: folder.to_owned() })
    }

    /// Reads one of them; a record that cannot be used is an error here.
    pub(super) fn read(&self, file: &'static str) -> Result<Layer, BuildError> {
        let features = read_features(&self.folder.join(file))
            .map_err(|e| BuildError::original(file, e.to_string()))?;
        match features.rejected.first() {
            Some(reject) => Err(BuildError::original(
                file,
                format!("record {}: {}", reject.record, reject.reason),
            )),
            None => Ok(Layer { file, features: features.features }),
        }
    }
}

impl Layer {
    /// The polygons of every feature.
    pub(super) fn areas(&self) -> Result<Vec<MultiPolygon<f64>>, BuildError> {
        let polygons = |feature: &Feature| match &feature.shape {
            Shape::Polygons(polygons) => Ok(polygons.clone()),
            other => Err(BuildError::original(
                self.file,
                format!("record {} is a {} and not a polygon", feature.record, other.word()),
            )),
        };
        self.features.iter().map(polygons).collect()
    }

    /// A property of every feature, tidied.
    pub(super) fn names(&self, property: &str) -> Result<Vec<String>, BuildError> {
        let value = |feature: &Feature| {
            feature.properties.get(property).map(|value| tidy(value)).ok_or_else(|| {
                BuildError::original(
                    self.file,
                    format!("record {} has no property {property}", feature.record),
                )
            })
        };
        self.features.iter().map(value).collect()
    }
}
