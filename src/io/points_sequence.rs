//! Incidents from a sequence of GeoJSON features: one feature a line
//! (newline-delimited GeoJSON), with or without the record separator before it
//! that RFC 8142 asks for. Unlike a collection it is read piece by piece.

use super::gather::{Gather, Part, Refusal, Rules};
use super::points_geojson::{Names, Points};
use super::points_walk::Feature;
use super::strict_json::Broken;

/// The record separator of RFC 8142.
const SEPARATOR: char = '\u{1e}';

/// Extensions by which a sequence is known.
const EXTENSIONS: [&str; 5] = ["geojsonl", "geojsons", "geojsonseq", "ndjson", "jsonl"];

/// Whether a file is a sequence of features, by its extension or by what its
/// first bytes hold: a separator, or two lines that are both whole objects.
pub(super) fn is_sequence(extension: &str, head: &str) -> bool {
    if EXTENSIONS.contains(&extension) {
        return true;
    }
    let text = head.trim_start_matches('\u{FEFF}').trim_start();
    if text.starts_with(SEPARATOR) {
        return true;
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let whole = |line: &str| {
        line.trim_start().starts_with('{')
            && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok()
    };
    match (lines.next(), lines.next()) {
        (Some(first), Some(second)) => whole(first) && second.trim_start().starts_with('{'),
        _ => false,
    }
}

/// Reads the records of a block of lines. A line that is no feature is a
/// rejected record.
pub(super) fn read(text: &str, points: &Points, rules: &Rules<'_>) -> Part {
    let mut gather = Gather::new(rules);
    let mut blank_lines = 0;
    let lines = each_line(text, |line, text| {
        if text.is_empty() {
            blank_lines += 1;
            return;
        }
        match Feature::parse(text.as_bytes(), line) {
            Ok(feature) => points.gather(&mut gather, feature),
            Err(broken) => {
                let spot = gather.begin(line);
                let reason = match broken {
                    Broken::Syntax { message, .. } => {
                        format!("is not JSON: {message} (one feature stands on one line)")
                    }
                    Broken::Unfit { message } => message,
                    Broken::Duplicate { key } => format!("the key `{key}` stands twice"),
                    Broken::NotANumber { literal } => format!("{literal} is not a number in JSON"),
                };
                let (field, value) = (String::new(), text.to_owned());
                gather.refuse(spot, Refusal { field, value, reason });
            }
        }
    });
    Part { gathered: gather.finish(), lines, blank_lines, ..Part::default() }
}

/// Takes note of the names of the properties in a block of lines.
pub(super) fn names(text: &str) -> Names {
    let mut names = Names::default();
    each_line(text, |line, text| {
        if let Ok(feature) = Feature::parse(text.as_bytes(), line) {
            feature.properties.iter().for_each(|(name, _)| names.add(name));
        }
    });
    names
}

/// Hands over every line with its number, without separator and spaces;
/// returns the number of line ends.
fn each_line(text: &str, mut each: impl FnMut(u64, &str)) -> u64 {
    let mut lines = 0;
    for line in text.split_inclusive('\n') {
        each(lines + 1, line.trim().trim_start_matches(SEPARATOR).trim());
        lines += u64::from(line.ends_with('\n'));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_told_from_collections() {
        let feature = r#"{"type":"Feature"}"#;
        assert!(is_sequence("ndjson", ""));
        assert!(is_sequence("", &format!("\u{1e}{feature}\n")));
        assert!(is_sequence("json", &format!("{feature}\n\n{feature}\n")));
        assert!(!is_sequence("json", feature));
        assert!(!is_sequence("geojson", "{\"type\":\"FeatureCollection\",\n\"features\":[\n"));
        assert!(!is_sequence("", "{\n{"));
    }

    #[test]
    fn names_come_in_their_order() {
        let text = "{\"type\":\"Feature\",\"properties\":{\"b\":1,\"a\":2}}\n\nx\n\u{1e}{\"type\":\"Feature\",\"properties\":{\"c\":1,\"a\":2}}";
        assert_eq!(names(text).in_order, ["b", "a", "c"]);
    }
}
