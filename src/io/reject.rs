//! [`Reject`]: a record that could not be used; [`ReadError`]: a file that could not.

use serde::Serialize;
use std::borrow::Cow;
use std::fmt;

/// A record that cannot be used, with its place in the file and the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// File name as given on the command line (no folder is added to it).
    pub file: String,
    /// Record number, the first after the header is 1.
    pub record: u64,
    /// Physical line on which the record starts, from 1; 0 where lines mean nothing.
    pub line: u64,
    /// The field at fault, by its name in the file; empty when it is the whole record.
    pub field: String,
    /// What stood there, cut to 80 characters.
    pub value: String,
    /// What is wrong with it, in words.
    pub reason: String,
}

impl Reject {
    /// Cuts a value for display at 80 characters.
    pub fn cut(value: &str) -> String {
        if value.chars().count() <= 80 {
            value.to_owned()
        } else {
            let mut text: String = value.chars().take(79).collect();
            text.push('…');
            text
        }
    }
}

/// A file that cannot be read at all: where, why, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// File name as given.
    pub file: String,
    /// Where in the file ("record 12 (line 14), field latitude", "byte 100");
    /// empty when it is the file as a whole.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do; empty when there is nothing to advise.
    pub hint: String,
}

impl ReadError {
    /// An error about the file as a whole. What decoders quote of the file may be the
    /// file: of a message beyond a thousand characters the middle is left out.
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> ReadError {
        let mut message = message.into();
        let count = message.chars().count();
        if count > 1_000 {
            let (start, end) = (message.chars().take(800), message.chars().skip(count - 199));
            message = start.chain(std::iter::once('…')).chain(end).collect();
        }
        ReadError { file: file.into(), place: String::new(), message, hint: String::new() }
    }

    /// Adds where in the file.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> ReadError {
        self.place = place.into();
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> ReadError {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for ReadError {
    /// On one line, whatever of the file stands in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", on_one_line(&self.file))?;
        if !self.place.is_empty() {
            write!(f, "{}: ", on_one_line(&self.place))?;
        }
        f.write_str(&on_one_line(&self.message))
    }
}

/// Text for a line of a terminal: line ends become spaces, and other control
/// characters, which could move the cursor or worse, U+FFFD.
pub fn on_one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let plain = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    Cow::Owned(text.chars().map(plain).collect())
}

impl std::error::Error for ReadError {}
