//! A GeoJSON text (RFC 7946) before its features are looked at: encoding,
//! depth, the members at the top and the coordinate system. Borders, areas and
//! incidents come through here alike.

use super::json_text::{self, Elements, Fault, Member};
use super::strict_json::{self, Broken};
use super::{ReadError, Reject};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// The text of a GeoJSON file: UTF-8 (RFC 8259 §8.1), or UTF-16 that says so
/// by its byte-order mark.
///
/// # Errors
/// When it is not valid in its encoding; nothing is replaced.
pub(super) fn text_of<'a>(name: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, ReadError> {
    let utf8 = |bytes: &'a [u8]| {
        std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
            let (line, column) = json_text::line_and_column(bytes, error.valid_up_to());
            ReadError::new(name, "is not UTF-8, as GeoJSON must be")
                .at(format!("line {line}, column {column}"))
                .hint("convert it first: iconv -f WINDOWS-1252 -t UTF-8")
        })
    };
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding != encoding_rs::UTF_8 => {
            let (text, lossy) = encoding.decode_without_bom_handling(&bytes[mark..]);
            if lossy {
                return Err(ReadError::new(name, format!("is not valid {}", encoding.name())));
            }
            Ok(Cow::Owned(text.into_owned()))
        }
        Some((_, mark)) => utf8(&bytes[mark..]),
        None => utf8(bytes),
    }
}

/// One GeoJSON object, its members found and none of them parsed but `type`.
pub(super) struct Document<'a> {
    name: &'a str,
    text: &'a [u8],
    /// Key and place of every member at the top.
    pub(super) members: BTreeMap<String, Range<usize>>,
    /// Its `type`.
    pub(super) kind: String,
}

/// One element of `features`, not parsed yet.
pub(super) struct Element<'a> {
    /// Number, from 1.
    pub(super) record: u64,
    /// Line on which it starts.
    pub(super) line: u64,
    /// Byte at which it starts.
    pub(super) start: usize,
    /// Its text.
    pub(super) text: &'a [u8],
}

impl<'a> Document<'a> {
    /// Finds the members.
    ///
    /// # Errors
    /// When it is no JSON object, nests too deep, has a key twice at the top,
    /// or has no `type`.
    pub(super) fn open(name: &'a str, text: &'a str) -> Result<Document<'a>, ReadError> {
        let text = text.as_bytes();
        let mut document = Document { name, text, members: BTreeMap::new(), kind: String::new() };
        if text.trim_ascii_start().first() != Some(&b'{') {
            return Err(document.not_geojson("it does not begin with `{`"));
        }
        json_text::check_depth(text).map_err(|f| document.fault(f))?;
        for Member { key, value } in json_text::members(text).map_err(|f| document.fault(f))? {
            let start = key.start;
            let Value::String(key) = document.value(&key)? else { continue };
            if document.members.insert(key.clone(), value).is_some() {
                return Err(document.broken(start, Broken::Duplicate { key }));
            }
        }
        let kind = document.members.get("type").cloned();
        document.kind = match kind.map(|range| document.value(&range)).transpose()? {
            Some(Value::String(kind)) => kind,
            _ => return Err(document.not_geojson("it has no member `type`")),
        };
        Ok(document)
    }

    /// Whether positions are longitude and latitude on WGS 84.
    ///
    /// # Errors
    /// When its `crs` (GeoJSON 2008 §3) names another system.
    pub(super) fn crs(&self) -> Result<Crs, ReadError> {
        let Some(range) = self.members.get("crs") else { return Ok(Crs::Wgs84) };
        match wgs84(&self.value(range)?) {
            Crs::Other(other) => {
                Err(ReadError::new(self.name, format!("its `crs` is {other}, not WGS 84"))
                    .hint("reproject it to EPSG:4326: ogr2ogr -t_srs EPSG:4326 OUT IN"))
            }
            known => Ok(known),
        }
    }

    /// The elements of the top-level `features`; what stands under other keys
    /// are foreign members, checked to be JSON and left alone.
    ///
    /// # Errors
    /// When there is no such array.
    pub(super) fn features(
        &self,
    ) -> Result<impl Iterator<Item = Result<Element<'a>, ReadError>> + use<'_, 'a>, ReadError> {
        let elements = self
            .members
            .get("features")
            .and_then(|range| Elements::of(self.text, range.clone()))
            .ok_or_else(|| self.not_geojson("it has no array of features, `features`"))?;
        // The other members hold no geometry but must be JSON all the same.
        for (_, range) in self.members.iter().filter(|(key, _)| *key != "features") {
            self.value(range)?;
        }
        let (mut line, mut counted, mut record) = (1, 0, 0);
        Ok(elements.map(move |range| {
            let range = range.map_err(|f| self.fault(f))?;
            line += json_text::line_ends(&self.text[counted..range.start]);
            counted = range.start;
            record += 1;
            Ok(Element { record, line, start: range.start, text: &self.text[range] })
        }))
    }

    /// The whole as one element.
    pub(super) fn alone(&self) -> Element<'a> {
        Element { record: 1, line: 1, start: 0, text: self.text }
    }

    /// An error at a byte.
    fn at(&self, at: usize, message: impl Into<String>) -> ReadError {
        let (line, column) = json_text::line_and_column(self.text, at);
        ReadError::new(self.name, message).at(format!("line {line}, column {column}"))
    }

    /// An error about the whole.
    pub(super) fn error(&self, message: impl Into<String>) -> ReadError {
        ReadError::new(self.name, message)
    }

    /// Its text.
    pub(super) fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The value of a member at the top.
    ///
    /// # Errors
    /// When it is not JSON.
    pub(super) fn member(&self, key: &str) -> Result<Option<Value>, ReadError> {
        self.members.get(key).map(|range| self.value(range)).transpose()
    }

    /// The error of a fault in the text.
    pub(super) fn fault(&self, fault: Fault) -> ReadError {
        self.at(fault.at, format!("is not JSON: {}", fault.message))
    }

    /// It is JSON and something else than was looked for.
    pub(super) fn not_geojson(&self, why: &str) -> ReadError {
        ReadError::new(self.name, format!("is not GeoJSON: {why}"))
            .hint("expected is a FeatureCollection, a Feature or a geometry (RFC 7946)")
    }

    /// A value that starts at a byte is none.
    pub(super) fn broken(&self, start: usize, broken: Broken) -> ReadError {
        match broken {
            Broken::Syntax { at, message } => {
                self.at(start + at, format!("is not JSON: {message}"))
            }
            Broken::Duplicate { key } => self
                .at(start, format!("the key \"{key}\" stands twice in one object"))
                .hint("which of the two is meant cannot be told; keep one"),
            Broken::NotANumber { literal } => {
                self.at(start, format!("is not JSON: {literal} is not a number in JSON"))
            }
            Broken::Unfit { message } => self.at(start, message),
        }
    }

    fn value(&self, range: &Range<usize>) -> Result<Value, ReadError> {
        strict_json::parse(&self.text[range.clone()])
            .map_err(|broken| self.broken(range.start, broken))
    }
}

/// What a `crs` says.
pub(super) enum Crs {
    /// Longitude and latitude on WGS 84.
    Wgs84,
    /// Null, which GeoJSON 2008 reads as "not known".
    Unsaid,
    /// Another system, by its name.
    Other(String),
}

/// The `crs` member of GeoJSON 2008 (§3), which RFC 7946 dropped but GDAL and
/// others still write. Longitude comes first whatever the authority says.
pub(super) fn wgs84(crs: &Value) -> Crs {
    if crs.is_null() {
        return Crs::Unsaid;
    }
    let properties = &crs["properties"];
    let name = match (&properties["name"], &properties["code"], crs) {
        (Value::String(name), _, _) | (_, _, Value::String(name)) => name.clone(),
        (_, Value::Number(code), _) => format!("EPSG:{code}"),
        (_, Value::String(code), _) => format!("EPSG:{code}"),
        _ => crs.to_string(),
    };
    // "urn:ogc:def:crs:OGC:1.3:CRS84", ".../crs/OGC/1.3/CRS84", "EPSG:4326", "WGS 84"
    let upper = name.to_ascii_uppercase();
    let words: Vec<&str> = upper.split([':', '/', '#']).map(str::trim).collect();
    let last = words.last().copied().unwrap_or_default();
    let known = match last {
        "CRS84" | "CRS84H" => words.len() == 1 || words.contains(&"OGC"),
        "4326" | "4979" => words.iter().any(|w| *w == "EPSG" || *w == "EPSG.XML"),
        "WGS84" | "WGS 84" => words.len() == 1,
        _ => false,
    };
    if known { Crs::Wgs84 } else { Crs::Other(Reject::cut(&name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_top_level_features_count_and_lines_are_of_all_kinds() {
        let text = "{\"type\":\"FeatureCollection\",\"old\":[{},\n{}],\r\n\"features\": \
                    [ {\"a\":[1,2]},\r5 ,\n\n\"[\\\",\" ,[\n]]}";
        let document = Document::open("f", text).unwrap();
        let lines: Vec<u64> =
            document.features().unwrap().map(|element| element.unwrap().line).collect();
        assert_eq!(lines, [3, 4, 6, 6]);
    }

    #[test]
    fn what_is_no_document_says_why() {
        for (text, words) in [
            ("[]", "begin with `{`"),
            ("{}", "no member `type`"),
            (r#"{"type":"x"} x"#, "expected the end of the file"),
            (r#"{"type":"x","a":1,"a":2}"#, "stands twice"),
            (r#"{"type":"x""#, "cut short"),
        ] {
            let error = Document::open("f", text).err().unwrap().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
        let deep = format!("{{\"type\":\"x\",\"a\":{}", "[".repeat(100_000));
        assert!(Document::open("f", &deep).err().unwrap().message.contains("`JSON depth`"));
        let bad_member = r#"{"type":"FeatureCollection","features":[],"x":01}"#;
        assert!(Document::open("f", bad_member).unwrap().features().is_err());
    }

    #[test]
    fn text_is_decoded_strictly() {
        assert_eq!(text_of("f", b"\xEF\xBB\xBF{}").unwrap(), "{}");
        assert_eq!(text_of("f", b"\xFF\xFE{\0}\0").unwrap(), "{}");
        assert!(text_of("f", b"\xFF\xFE{\0}").is_err());
        let error = text_of("f", b"{\n\"\xE9\"}").unwrap_err();
        assert!(error.place == "line 2, column 2" && error.hint.contains("iconv"));
    }
}
