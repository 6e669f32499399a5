//! Opening an input: a file, standard input or the bundled list; its checksum;
//! and its bytes as text.

use super::ReadError;
use super::magic::{Use, refuse_foreign};
use super::open::{Limit, read_file, read_stream};
use crate::digest::sha256_hex;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

/// Where incidents come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    Path(PathBuf),
    /// Standard input, written `-`.
    Stdin,
    /// The list that ships with the tool, written `bundled`.
    Bundled,
}

impl FromStr for Input {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Input, Infallible> {
        Ok(match word {
            "-" => Input::Stdin,
            "bundled" => Input::Bundled,
            path => Input::Path(path.into()),
        })
    }
}

/// The largest input.
const LIMIT: Limit = Limit {
    name: "input size",
    bytes: 4 << 30,
    hint: "split it, for example by year, and name the parts",
};

/// An input as it came: its name for messages, its checksum, its bytes.
pub(super) struct Source {
    /// As given; `standard input` for that.
    pub(super) name: String,
    /// SHA-256 of the bytes as they came, in hexadecimal.
    pub(super) sha256: String,
    /// Everything.
    pub(super) bytes: Vec<u8>,
}

impl Source {
    /// Reads an input wholly. `bundled` is the name and text of the list that
    /// ships with the tool.
    ///
    /// # Errors
    /// When it is missing, a folder, unreadable, too large, empty, changed
    /// while it was read, or of a kind that is no table (by its first bytes).
    pub(super) fn open(input: &Input, bundled: (&str, &str)) -> Result<Source, ReadError> {
        let (name, bytes) = match input {
            Input::Bundled => (bundled.0.to_owned(), bundled.1.as_bytes().to_vec()),
            Input::Stdin => {
                let name = "standard input".to_owned();
                let bytes = read_stream(&name, std::io::stdin().lock(), 0, &LIMIT)?;
                (name, bytes)
            }
            Input::Path(path) => {
                let name = path.display().to_string();
                let bytes = read_file(&name, path, &LIMIT)?;
                (name, bytes)
            }
        };
        refuse_foreign(&name, &bytes, Use::Incidents)?;
        let sha256 = sha256_hex(&bytes);
        Ok(Source { name, sha256, bytes })
    }
}

/// The bytes of an input as text, and what had to be said about them.
pub(super) struct Text {
    /// Without a byte-order mark.
    pub(super) text: String,
    /// For the user.
    pub(super) notices: Vec<String>,
}

/// The encoding that a word of `--encoding` names.
///
/// # Errors
/// What is wrong, and examples.
pub(super) fn encoding_named(label: &str) -> Result<&'static Encoding, (String, String)> {
    Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
        (
            format!("`{label}` is not an encoding that is known here"),
            "for example utf-8, windows-1252, windows-1256, utf-16le".to_owned(),
        )
    })
}

/// Decodes bytes: by their byte-order mark, else by the encoding asked for,
/// else as UTF-8, else as Windows-1252 (what the GTD and many spreadsheets
/// write), which is said. Damage is counted and said.
///
/// # Errors
/// When the encoding's name is unknown, or there are NUL bytes in what should
/// be text.
pub(super) fn decode(
    name: &str,
    mut bytes: Vec<u8>,
    encoding: Option<&str>,
) -> Result<Text, ReadError> {
    let asked = match encoding {
        None => None,
        Some(label) => Some(
            encoding_named(label)
                .map_err(|(message, hint)| ReadError::new(name, message).hint(hint))?,
        ),
    };
    let mut notices = Vec::new();
    let by_mark = Encoding::for_bom(&bytes);
    let chosen = by_mark.map(|(encoding, _)| encoding).or(asked).unwrap_or(UTF_8);
    if let Some((_, mark)) = by_mark {
        bytes.drain(..mark);
    }
    let text = if chosen == UTF_8 {
        match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                let line = 1 + bytes.iter().take(valid).filter(|b| **b == b'\n').count();
                // One stray byte in a file full of UTF-8 is damage; a file
                // without any UTF-8 sequence is in another encoding.
                if by_mark.is_some() || asked.is_some() || mostly_utf8(&bytes) {
                    String::from_utf8_lossy(&bytes).into_owned()
                } else {
                    notices.push(format!(
                        "not UTF-8 (line {line}): read as windows-1252; --encoding names another"
                    ));
                    WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned()
                }
            }
        }
    } else {
        if chosen != WINDOWS_1252 || asked.is_none() {
            notices.push(format!("read as {}", chosen.name()));
        }
        chosen.decode_without_bom_handling(&bytes).0.into_owned()
    };
    if let Some(at) = text.bytes().position(|b| b == 0) {
        let line = 1 + text.bytes().take(at).filter(|b| *b == b'\n').count();
        return Err(ReadError::new(name, "holds a NUL byte, so it is not a text file in UTF-8")
            .at(format!("line {line}"))
            .hint("if it is UTF-16 without a byte-order mark, pass --encoding utf-16le"));
    }
    notices.extend(damage(&text).map(|what| format!("{what}; --encoding may help")));
    Ok(Text { text, notices })
}

/// How many characters of a text were damaged before or by decoding it, in words.
pub(super) fn damage(text: &str) -> Option<String> {
    let damaged = text.matches('\u{FFFD}').count();
    let s = if damaged == 1 { "" } else { "s" };
    (damaged > 0).then(|| format!("{damaged} damaged character{s} in the text (shown as \u{FFFD})"))
}

/// Whether most of the bytes beyond ASCII are well-formed UTF-8.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_u64, 0_u64);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
        bad += u64::from(!chunk.invalid().is_empty());
    }
    good > bad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_inputs() {
        assert_eq!("-".parse(), Ok(Input::Stdin));
        assert_eq!("bundled".parse(), Ok(Input::Bundled));
        assert_eq!("a.csv".parse(), Ok(Input::Path("a.csv".into())));
    }

    #[test]
    fn checksum_of_the_bytes_as_they_came() {
        let source = Source::open(&Input::Bundled, ("b", "abc")).unwrap();
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            source.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(source.name, "b");
    }

    fn text(bytes: &[u8], encoding: Option<&str>) -> Text {
        decode("f", bytes.to_vec(), encoding).unwrap()
    }

    #[test]
    fn byte_order_marks() {
        assert_eq!(text(b"\xEF\xBB\xBFlon", None).text, "lon");
        assert_eq!(text(b"\xFF\xFEl\0o\0n\0", None).text, "lon");
        assert_eq!(text(b"\xFE\xFF\0l\0o\0n", None).text, "lon");
    }

    #[test]
    fn windows_1252_is_found_and_said() {
        let read = text(b"place\nJos\xE9 \x93quoted\x94\n", None);
        assert_eq!(read.text, "place\nJosé “quoted”\n");
        assert!(read.notices[0].contains("line 2") && read.notices[0].contains("windows-1252"));
    }

    #[test]
    fn a_stray_byte_in_utf8_is_damage_not_another_encoding() {
        let read =
            text("پشاور \u{2002}\n".bytes().chain([0xFF]).collect::<Vec<_>>().as_slice(), None);
        assert!(read.text.starts_with("پشاور"));
        assert!(read.notices[0].contains("1 damaged character in"));
    }

    #[test]
    fn an_encoding_can_be_asked_for() {
        // Peshawar in Windows-1256.
        assert_eq!(text(b"\x81\xD4\xC7\xE6\xD1", Some("windows-1256")).text, "پشاور");
        assert!(decode("f", vec![65], Some("klingon")).is_err());
    }

    #[test]
    fn nul_bytes_are_refused() {
        let error = decode("f", b"a\nb\0c".to_vec(), None).err().unwrap();
        assert_eq!(error.place, "line 2");
        assert!(error.hint.contains("utf-16le"));
        assert_eq!(text(b"a\0b\0", Some("utf-16le")).text, "ab");
    }
}
