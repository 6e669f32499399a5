//! Towns and crossings from a layer of points.

use super::{Features, ReadError, Shape};
use crate::model::{Place, PlaceKind};

/// Places from point features with `name`, `country`, `kind` (capital,
/// crossing or town) and `rank`.
///
/// # Errors
/// When a feature is not a point or its kind or rank cannot be read.
pub fn read_places(features: Features) -> Result<Vec<Place>, ReadError> {
    let file = features.name;
    features
        .features
        .into_iter()
        .map(|feature| {
            let wrong = |what: &str| {
                ReadError::new(file.as_str(), format!("a place needs {what}"))
                    .at(format!("feature {}", feature.record))
            };
            let property = |name: &str| feature.properties.get(name).map_or("", String::as_str);
            let at = match &feature.shape {
                Shape::Points(points) => *points.first().ok_or_else(|| wrong("a point"))?,
                _ => return Err(wrong("a point")),
            };
            let kind = match property("kind") {
                "capital" => PlaceKind::Capital,
                "crossing" => PlaceKind::Crossing,
                "town" => PlaceKind::Town,
                _ => return Err(wrong("kind: capital, crossing or town")),
            };
            let rank = property("rank").parse().map_err(|_| wrong("rank: a small number"))?;
            Ok(Place {
                name: property("name").to_owned(),
                country: property("country").to_owned(),
                kind,
                rank,
                at,
            })
        })
        .collect()
}
