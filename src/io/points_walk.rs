//! The walk over a GeoJSON text, one feature at a time, so that memory holds one.
//!
//! Only the top-level key `features` counts. What is no feature is handed over
//! with its fault, so that it is counted; a repeated key at the top is an error.

use super::{ReadError, Reject};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// What stands at the top besides the features.
#[derive(Default)]
pub(super) struct Top {
    kind: Option<Value>,
    crs: Option<Value>,
    has_features: bool,
    pub(super) features: u64,
}

impl Top {
    /// Checks that these are features, in longitude and latitude on WGS 84.
    ///
    /// # Errors
    /// When they are not.
    pub(super) fn check(&self, file: &str) -> Result<(), ReadError> {
        let kind = self.kind.as_ref().and_then(Value::as_str).unwrap_or("object without a type");
        if !(kind == "Feature" || (kind == "FeatureCollection" && self.has_features)) {
            return Err(ReadError::new(
                file,
                format!(
                    "a FeatureCollection of points is expected, this is a JSON {}",
                    Reject::cut(kind)
                ),
            ));
        }
        // GeoJSON of 2008 could name its coordinate system.
        let name = self.crs.as_ref().and_then(|crs| crs.pointer("/properties/name")?.as_str());
        match name {
            Some(name) if !["CRS84", "4326", "WGS84"].iter().any(|known| name.ends_with(known)) => {
                Err(ReadError::new(
                    file,
                    format!("its coordinate system is {}, not WGS 84", Reject::cut(name)),
                )
                .at("crs")
                .hint("reproject it first: ogr2ogr -t_srs EPSG:4326 out.geojson in.geojson"))
            }
            _ => Ok(()),
        }
    }
}

/// One element of `features`.
#[derive(Default)]
pub(super) struct Feature {
    /// Not an object, or not of type Feature, or with a repeated key: why.
    pub(super) fault: Option<(&'static str, String)>,
    pub(super) id: Option<Value>,
    pub(super) geometry: Option<Value>,
    pub(super) properties: Vec<(String, Value)>,
}

/// Walks the text and hands over each feature.
pub(super) fn walk(
    file: &str,
    text: &str,
    each: &mut dyn FnMut(Feature),
) -> Result<Top, ReadError> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let top = TopSeed { each }.deserialize(&mut parser);
    top.and_then(|top| parser.end().map(|()| top)).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        ReadError::new(file, format!("is not GeoJSON: {message}")).at(format!(
            "line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}

struct TopSeed<'f> {
    each: &'f mut dyn FnMut(Feature),
}

impl<'de> DeserializeSeed<'de> for TopSeed<'_> {
    type Value = Top;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Top, D::Error> {
        parser.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TopSeed<'_> {
    type Value = Top;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a FeatureCollection")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Top, A::Error> {
        let mut top = Top::default();
        // A single Feature has its parts at the top; they are gathered here.
        let mut alone = Feature::default();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => top.kind = Some(map.next_value()?),
                "crs" => top.crs = Some(map.next_value()?),
                "features" => {
                    top.has_features = true;
                    top.features = map.next_value_seed(FeaturesSeed { each: &mut *self.each })?;
                }
                "geometry" => alone.geometry = Some(map.next_value()?),
                "id" => alone.id = Some(map.next_value()?),
                "properties" => alone.set_properties(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if let Some(key) = seen.replace(key) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice")));
            }
        }
        if top.kind.as_ref().and_then(Value::as_str) == Some("Feature") && !top.has_features {
            top.features = 1;
            (self.each)(alone);
        }
        Ok(top)
    }
}

struct FeaturesSeed<'f> {
    each: &'f mut dyn FnMut(Feature),
}

impl<'de> DeserializeSeed<'de> for FeaturesSeed<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<u64, D::Error> {
        parser.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for FeaturesSeed<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<u64, A::Error> {
        let mut count = 0;
        while let Some(feature) = list.next_element::<Feature>()? {
            count += 1;
            (self.each)(feature);
        }
        Ok(count)
    }
}

/// The keys of an object in order, repeated ones too.
struct Pairs(Vec<(String, Value)>);

/// An object, or anything else.
enum Element {
    Object(Pairs),
    Other,
}

impl<'de> serde::Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(parser: D) -> Result<Element, D::Error> {
        struct ElementVisitor;
        impl<'de> Visitor<'de> for ElementVisitor {
            type Value = Element;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Element, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Element::Object(Pairs(pairs)))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Element, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Element::Other)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Element, E> {
                Ok(Element::Other)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Element, E> {
                Ok(Element::Other)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Element, E> {
                Ok(Element::Other)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Element, E> {
                Ok(Element::Other)
            }
            fn visit_str<E>(self, _: &str) -> Result<Element, E> {
                Ok(Element::Other)
            }
            fn visit_unit<E>(self) -> Result<Element, E> {
                Ok(Element::Other)
            }
        }
        parser.deserialize_any(ElementVisitor)
    }
}

impl<'de> serde::Deserialize<'de> for Feature {
    fn deserialize<D: Deserializer<'de>>(parser: D) -> Result<Feature, D::Error> {
        let mut feature = Feature::default();
        let Element::Object(Pairs(pairs)) = Element::deserialize(parser)? else {
            feature.fault = Some(("", "is not a Feature".into()));
            return Ok(feature);
        };
        let mut kind = None;
        let mut seen = std::collections::BTreeSet::new();
        for (key, value) in pairs {
            match key.as_str() {
                "type" => kind = value.as_str().map(str::to_owned),
                "id" => feature.id = Some(value),
                "geometry" => feature.geometry = Some(value),
                "properties" => feature.set_properties(value),
                _ => {}
            }
            if let Some(key) = seen.replace(key) {
                let reason = format!("the key `{}` stands twice", Reject::cut(&key));
                feature.fault = Some(("", reason));
            }
        }
        if kind.as_deref() != Some("Feature") {
            feature.fault = Some(("type", "is not a Feature".into()));
        }
        Ok(feature)
    }
}

impl Feature {
    /// Takes the properties; anything but an object or null is a fault.
    fn set_properties(&mut self, value: Value) {
        match value {
            Value::Object(map) => self.properties = map.into_iter().collect(),
            Value::Null => {}
            _ => self.fault = Some(("properties", "are not an object".into())),
        }
    }
}

/// The line on which each element of the top-level `features` starts, for
/// messages; empty for a single Feature.
pub(super) fn feature_lines(text: &str) -> Vec<u64> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let (mut line, mut depth, mut at) = (1_u64, 0_usize, 0_usize);
    let mut latest_key: &[u8] = b"";
    let mut inside = false;
    let mut awaits = false;
    while let Some(byte) = bytes.get(at) {
        // Line ends of all three kinds; CRLF counts at its LF.
        if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
            line += 1;
        }
        let space = byte.is_ascii_whitespace();
        if inside && depth == 2 && awaits && !space && *byte != b']' {
            lines.push(line);
            awaits = false;
        }
        match byte {
            b'"' => {
                let start = at + 1;
                at = start;
                while let Some(byte) = bytes.get(at) {
                    match byte {
                        b'\\' => at += 1,
                        b'"' => break,
                        _ => {}
                    }
                    at += 1;
                }
                if depth == 1 {
                    latest_key = bytes.get(start..at).unwrap_or_default();
                }
            }
            b'[' | b'{' => {
                depth += 1;
                if depth == 2 && *byte == b'[' && latest_key == b"features" {
                    inside = true;
                    awaits = true;
                }
            }
            b']' | b'}' => {
                if depth == 2 {
                    inside = false;
                }
                depth = depth.saturating_sub(1);
            }
            b',' if inside && depth == 2 => awaits = true,
            _ => {}
        }
        at += 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_features() {
        let text =
            "{\"old\":[{},\n{}],\r\n\"features\": [ {\"a\":[1,2]},\r5 ,\n\n\"[\\\",\" ,[\n]]}";
        assert_eq!(feature_lines(text), [3, 4, 6, 6]);
        assert_eq!(feature_lines("{\"features\":[]}"), Vec::<u64>::new());
    }
}
