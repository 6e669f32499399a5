//! JSON values in which no object has a key twice.
//!
//! RFC 8259 §4 leaves open what a repeated key means and parsers differ, so a
//! file that has one does not say what its author thinks it says.

use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::error::Category;
use std::collections::BTreeSet;
use std::fmt;

/// Why a text is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// Not JSON; the byte and what is wrong there.
    Syntax { at: usize, message: String },
    /// An object has this key twice.
    Duplicate { key: String },
    /// JSON but for numbers that it does not know: `NaN`, `Infinity`, 1e999.
    NotANumber { literal: String },
    /// JSON, but not of the kind that was asked for.
    Unfit { message: String },
}

/// Parses one value after a look at all its keys and numbers.
///
/// # Errors
/// See [`Broken`].
pub(super) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Broken> {
    check(text)?;
    serde_json::from_slice(text).map_err(|error| Broken::Unfit { message: message(&error) })
}

fn check(text: &[u8]) -> Result<(), Broken> {
    let error = match serde_json::from_slice::<Strict>(text) {
        Ok(Strict) => return Ok(()),
        Err(error) => error,
    };
    let message = message(&error);
    if error.classify() == Category::Data {
        // `Strict` takes every value, so the only error of this kind is its own.
        return Err(Broken::Duplicate { key: message });
    }
    if message == "number out of range" {
        let at = byte_at(text, &error);
        let end = text.len().min(at + 1);
        let start = text[..end].iter().rposition(|&b| matches!(b, b',' | b'[' | b':' | b' '));
        let literal = &text[start.map_or(0, |s| s + 1)..end];
        return Err(Broken::NotANumber { literal: String::from_utf8_lossy(literal).into_owned() });
    }
    if let Some((literal, mended)) = without_not_a_number(text)
        && serde_json::from_slice::<Strict>(&mended).is_ok()
    {
        return Err(Broken::NotANumber { literal: literal.to_owned() });
    }
    Err(Broken::Syntax { at: byte_at(text, &error), message })
}

/// The error without its place, which counts from the start of the value.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

fn byte_at(text: &[u8], error: &serde_json::Error) -> usize {
    let mut start = 0;
    for _ in 1..error.line() {
        match text[start..].iter().position(|&b| b == b'\n') {
            Some(n) => start += n + 1,
            None => break,
        }
    }
    (start + error.column().saturating_sub(1)).min(text.len())
}

/// The text with `NaN` and `Infinity` outside strings replaced by zeros of the
/// same length, and the first of them; `None` when there is none.
fn without_not_a_number(text: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let mut mended = text.to_vec();
    let mut first = None;
    let mut in_string = false;
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            _ => {
                for literal in ["NaN", "Infinity"] {
                    if text[at..].starts_with(literal.as_bytes()) {
                        first.get_or_insert(literal);
                        mended[at..at + literal.len()].fill(b' ');
                        mended[at] = b'0';
                        at += literal.len() - 1;
                        break;
                    }
                }
            }
        }
        at += 1;
    }
    first.map(|literal| (literal, mended))
}

/// Any value without repeated keys; nothing of it is kept.
struct Strict;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Strict, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_str<E>(self, _: &str) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Strict, A::Error> {
        while seq.next_element::<Strict>()?.is_some() {}
        Ok(Strict)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Strict, A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = access.next_key::<String>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(key));
            }
            keys.insert(key);
            access.next_value::<Strict>()?;
        }
        Ok(Strict)
    }
}

#[cfg(test)]
mod tests {
    use super::super::json_text::line_and_column;
    use super::*;
    use serde_json::Value;

    fn parse(text: &[u8]) -> Result<Value, Broken> {
        super::parse(text)
    }

    #[test]
    fn a_repeated_key_at_any_level_is_named() {
        for text in
            [r#"{"a b":1,"a b":2}"#, r#"[{"x":{"a b":1,"a b":1}}]"#, "{\"a b\":1,\"a\\u0020b\":2}"]
        {
            assert_eq!(parse(text.as_bytes()), Err(Broken::Duplicate { key: "a b".into() }));
        }
        assert!(parse(br#"{"a":{"b":1},"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn what_does_not_fit_is_said_without_a_false_place() {
        let Err(Broken::Unfit { message }) = super::parse::<Vec<u8>>(b"\n[1,\n\"x\"]") else {
            panic!()
        };
        assert_eq!(message, "invalid type: string \"x\", expected u8");
    }

    #[test]
    fn values_are_those_of_serde_json() {
        let text = r#"{"a":[1,-2,3.5,1e3,true,null,"\u00e9"],"b":{}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn numbers_json_does_not_know_are_told_from_other_faults() {
        let named = |text: &str| match parse(text.as_bytes()) {
            Err(Broken::NotANumber { literal }) => literal,
            other => format!("{other:?}"),
        };
        assert_eq!(named(r#"{"x":NaN,"s":"NaN \" NaN"}"#), "NaN");
        assert_eq!(named("[1,-Infinity]"), "Infinity");
        assert_eq!(named("[1,1e999,2]"), "1e999");
        assert!(matches!(parse(b"[1,NaN"), Err(Broken::Syntax { .. })));
        assert!(matches!(parse(br#"["NaN" 1]"#), Err(Broken::Syntax { .. })));
    }

    #[test]
    fn a_fault_has_its_byte() {
        let Err(Broken::Syntax { at, .. }) = parse(b"{\n \"a\" 1}") else { panic!() };
        assert_eq!(line_and_column(b"{\n \"a\" 1}", at), (2, 6));
    }
}
