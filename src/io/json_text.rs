//! JSON before it is parsed: depth, members and elements found in the bytes.
//!
//! Parsing a layer whole takes six times its size in memory, and a parser that
//! recurses can be made to overflow its stack. So the structure is scanned
//! first, aware of strings and nothing else, and each feature is parsed alone.

use std::ops::Range;

/// Levels of nesting at which a file is refused; `serde_json` has the same limit.
pub(super) const MAX_DEPTH: usize = 128;

/// Why a scan stopped, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

fn fault<T>(at: usize, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { at, message: message.into() })
}

/// Checks that brackets pair up and nest fewer than [`MAX_DEPTH`] levels.
///
/// # Errors
/// At the first bracket that does not pair or nests too deep.
pub(super) fn check_depth(text: &[u8]) -> Result<(), Fault> {
    let mut open: Vec<u8> = Vec::with_capacity(MAX_DEPTH);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                at = string_end(text, at)?;
                continue;
            }
            b'[' | b'{' => {
                open.push(byte);
                if open.len() >= MAX_DEPTH {
                    return fault(
                        at,
                        format!("nests to the limit `JSON depth` of {MAX_DEPTH} levels"),
                    );
                }
            }
            b']' if open.pop() != Some(b'[') => return fault(at, "`]` closes nothing"),
            b'}' if open.pop() != Some(b'{') => return fault(at, "`}` closes nothing"),
            _ => {}
        }
        at += 1;
    }
    match open.last() {
        None => Ok(()),
        Some(&bracket) => fault(
            text.len(),
            format!("the file ends inside a `{}`; is it cut short?", char::from(bracket)),
        ),
    }
}

/// One member of an object, as byte ranges.
pub(super) struct Member {
    /// The key as written, with its quotes.
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

/// The members of the object that is the whole of `text`.
///
/// # Errors
/// When `text` is no object or something stands before, between or after its
/// members. Expects [`check_depth`] to have passed.
pub(super) fn members(text: &[u8]) -> Result<Vec<Member>, Fault> {
    let mut at = space_end(text, 0);
    if text.get(at) != Some(&b'{') {
        return fault(at, "expected an object, `{`");
    }
    let mut found = Vec::new();
    at = space_end(text, at + 1);
    if text.get(at) != Some(&b'}') {
        loop {
            if text.get(at) != Some(&b'"') {
                return fault(at, "expected a key in quotes");
            }
            let key = at..string_end(text, at)?;
            at = space_end(text, key.end);
            if text.get(at) != Some(&b':') {
                return fault(at, "expected `:` after a key");
            }
            let value = value_range(text, at + 1)?;
            at = space_end(text, value.end);
            found.push(Member { key, value });
            match text.get(at) {
                Some(b',') => at = space_end(text, at + 1),
                Some(b'}') => break,
                _ => return fault(at, "expected `,` or `}` after a value"),
            }
        }
    }
    let end = space_end(text, at + 1);
    if end < text.len() {
        return fault(end, "expected the end of the file");
    }
    Ok(found)
}

/// The elements of the array that fills `range` of `text`, in order, as byte
/// ranges; ends after the first fault.
pub(super) struct Elements<'a> {
    text: &'a [u8],
    at: usize,
    end: usize,
    done: bool,
}

impl<'a> Elements<'a> {
    /// `None` when the value is no array.
    pub(super) fn of(text: &'a [u8], range: Range<usize>) -> Option<Elements<'a>> {
        if text.get(range.start) != Some(&b'[') {
            return None;
        }
        let at = space_end(text, range.start + 1);
        let done = text.get(at) == Some(&b']');
        Some(Elements { text, at, end: range.end, done })
    }
}

impl Iterator for Elements<'_> {
    type Item = Result<Range<usize>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done || self.at >= self.end {
            return None;
        }
        let item = value_range(self.text, self.at).and_then(|value| {
            let after = space_end(self.text, value.end);
            match self.text.get(after) {
                Some(b',') => self.at = after + 1,
                Some(b']') => self.done = true,
                _ => return fault(after, "expected `,` or `]` after an element"),
            }
            Ok(value)
        });
        self.done |= item.is_err();
        Some(item)
    }
}

/// Line and column of a byte, both from 1.
pub(super) fn line_and_column(text: &[u8], at: usize) -> (u64, u64) {
    let before = &text[..at.min(text.len())];
    let start = before.iter().rposition(|&b| is_line_end(b)).map_or(0, |n| n + 1);
    (1 + line_ends(before), (before.len() - start) as u64 + 1)
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Line ends of all three kinds; CR with LF is one.
pub(super) fn line_ends(text: &[u8]) -> u64 {
    let ends = text.iter().filter(|&&b| is_line_end(b)).count();
    let pairs = text.windows(2).filter(|pair| *pair == b"\r\n").count();
    (ends - pairs) as u64
}

/// The value that starts at or after `at`.
fn value_range(text: &[u8], at: usize) -> Result<Range<usize>, Fault> {
    let start = space_end(text, at);
    let end = match text.get(start) {
        Some(b'"') => string_end(text, start)?,
        Some(b'[' | b'{') => brackets_end(text, start)?,
        _ => {
            let plain = |b: &u8| !matches!(b, b',' | b']' | b'}' | b':' | b'"') && !is_space(*b);
            start + text.iter().skip(start).take_while(|b| plain(b)).count()
        }
    };
    if end == start { fault(start, "expected a value") } else { Ok(start..end) }
}

fn brackets_end(text: &[u8], start: usize) -> Result<usize, Fault> {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                at = string_end(text, at)?;
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    fault(text.len(), "the file ends inside a bracket")
}

/// The byte after the string that starts at `start`.
fn string_end(text: &[u8], start: usize) -> Result<usize, Fault> {
    let mut at = start + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return Ok(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    fault(start, "a string starts here and does not end")
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn space_end(text: &[u8], at: usize) -> usize {
    at + text.iter().skip(at).take_while(|b| is_space(**b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<&str> {
        members(text.as_bytes()).unwrap().into_iter().map(|m| &text[m.key]).collect()
    }

    #[test]
    fn members_are_of_the_top_level_only_and_strings_hide_brackets() {
        let text = r#" {"a]": {"features": [1]}, "b" : "}\"[", "features":[ ]} "#;
        check_depth(text.as_bytes()).unwrap();
        assert_eq!(keys(text), [r#""a]""#, r#""b""#, r#""features""#]);
        assert_eq!(keys("{}"), Vec::<&str>::new());
    }

    #[test]
    fn elements_keep_their_places() {
        let text = b"[1, {\"a\":[2,3]} ,\"x,y\" ]";
        let found: Vec<_> = Elements::of(text, 0..text.len())
            .unwrap()
            .map(|r| std::str::from_utf8(&text[r.unwrap()]).unwrap())
            .collect();
        assert_eq!(found, ["1", "{\"a\":[2,3]}", "\"x,y\""]);
    }

    #[test]
    fn what_is_not_json_ends_with_a_place() {
        for text in
            ["{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":,}", "{,}", "{\"a\":1}x", "{\"a\":1,}"]
        {
            assert!(members(text.as_bytes()).is_err(), "{text}");
        }
        for text in ["[1,]", "[1 2]", "[,1]"] {
            let found: Vec<_> = Elements::of(text.as_bytes(), 0..text.len()).unwrap().collect();
            assert!(found.last().unwrap().is_err(), "{text}");
            assert!(found.len() < 4);
        }
        for text in ["[[[", "{\"a", "]", "[}", "{\"a\":\"\\\""] {
            assert!(check_depth(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn depth_is_counted_before_anything_recurses() {
        let nested = |n: usize| [vec![b'['; n], vec![b']'; n]].concat();
        assert!(check_depth(&nested(MAX_DEPTH - 1)).is_ok());
        assert_eq!(check_depth(&nested(MAX_DEPTH)).unwrap_err().at, MAX_DEPTH - 1);
        assert!(check_depth(&vec![b'['; 100_000]).is_err());
    }

    #[test]
    fn lines_and_columns_start_at_one() {
        assert_eq!(line_and_column(b"ab\ncd", 0), (1, 1));
        assert_eq!(line_and_column(b"ab\ncd", 4), (2, 2));
        assert_eq!(line_and_column(b"a\r\nb\rc", 6), (3, 2));
    }
}
