//! The features of a GeoJSON text of points, one at a time, so that memory
//! holds one. What is no feature is handed over with its fault, so that it is
//! counted.

use super::geojson_document::{Crs, Document, Element, wgs84};
use super::strict_json::{self, Broken};
use super::{ReadError, Reject};
use serde_json::{Map, Value};

/// One element of `features`.
#[derive(Default)]
pub(super) struct Feature {
    /// Line on which it starts.
    pub(super) line: u64,
    /// Why it is no feature: the field and the reason.
    pub(super) fault: Option<(&'static str, String)>,
    pub(super) id: Option<Value>,
    pub(super) geometry: Option<Value>,
    pub(super) properties: Vec<(String, Value)>,
}

/// The type of a geometry that a reader of another format could not read.
pub(super) const REFUSED: &str = "Refused";

/// In place of a geometry: the value at fault, and why it cannot be read.
pub(super) fn refused(value: &str, reason: &str) -> Value {
    serde_json::json!({ "type": REFUSED, "coordinates": [value, reason] })
}

/// Walks the text and hands over each feature.
///
/// # Errors
/// When it is no collection of features and no feature, or not on WGS 84.
pub(super) fn walk(
    file: &str,
    document: &Document<'_>,
    each: &mut dyn FnMut(Feature),
) -> Result<(), ReadError> {
    document.crs()?;
    match document.kind.as_str() {
        "FeatureCollection" => {
            for element in document.features()? {
                each(feature(document, &element?)?);
            }
        }
        "Feature" => each(feature(document, &document.alone())?),
        other => {
            let what = Reject::cut(other);
            let message = format!("a FeatureCollection of points is expected, this is a {what}");
            return Err(ReadError::new(file, message)
                .hint("incidents are a table (CSV) or a FeatureCollection of points"));
        }
    }
    Ok(())
}

/// Parses one element. Where brackets and commas are wrong, what follows
/// cannot be trusted either.
fn feature(document: &Document<'_>, element: &Element<'_>) -> Result<Feature, ReadError> {
    Feature::parse(element.text, element.line)
        .map_err(|broken| document.broken(element.start, broken))
}

impl Feature {
    /// The feature that a text is. A repeated key or a `NaN` (Python writes it
    /// for a missing number) spoils its feature only.
    ///
    /// # Errors
    /// When the text is not JSON.
    pub(super) fn parse(text: &[u8], line: u64) -> Result<Feature, Broken> {
        let mut feature = Feature { line, ..Feature::default() };
        match strict_json::parse(text) {
            Ok(Value::Object(members)) => feature.fill(members),
            Ok(_) => feature.fault = Some(("", "is not a Feature".into())),
            Err(Broken::Duplicate { key }) => {
                feature.fault = Some(("", format!("the key `{}` stands twice", Reject::cut(&key))));
            }
            Err(Broken::NotANumber { literal }) => {
                let reason = format!("{literal} is not a number in JSON; write null instead");
                feature.fault = Some(("", reason));
            }
            Err(broken) => return Err(broken),
        }
        Ok(feature)
    }

    fn fill(&mut self, mut members: Map<String, Value>) {
        if members.get("type").and_then(Value::as_str) != Some("Feature") {
            self.fault = Some(("type", "is not a Feature".into()));
        }
        self.id = members.remove("id");
        self.geometry = members.remove("geometry");
        match members.remove("properties") {
            Some(Value::Object(map)) => self.properties = map.into_iter().collect(),
            None | Some(Value::Null) => {}
            Some(_) => self.fault = Some(("properties", "are not an object".into())),
        }
        // GeoJSON 2008 lets a feature or a geometry have a `crs` of its own.
        let geometry = self.geometry.as_ref().and_then(|geometry| geometry.get("crs"));
        if let Some(Crs::Other(name)) = members.get("crs").or(geometry).map(wgs84) {
            self.fault = Some(("crs", format!("its own `crs` is {name}, not WGS 84")));
        }
    }
}
