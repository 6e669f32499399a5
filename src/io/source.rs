//! Opening an input: a file, standard input or the bundled list; its checksum;
//! and its bytes as text.

use super::ReadError;
use crate::digest::sha256_hex;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::convert::Infallible;
use std::fs::{File, Metadata};
use std::io::Read;
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

/// Limit `input size`: an input is held in memory while it is read.
const MAX_INPUT_BYTES: u64 = 4 << 30;

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
                let bytes = read_limited(&name, std::io::stdin().lock(), 0)?;
                (name, bytes)
            }
            Input::Path(path) => {
                let name = path.display().to_string();
                let bytes = read_file(&name, path)?;
                (name, bytes)
            }
        };
        if bytes.is_empty() {
            return Err(ReadError::new(name, "is empty").hint("was the download cut off?"));
        }
        if let Some(kind) = foreign_kind(&bytes) {
            return Err(ReadError::new(name, format!("is {kind}, which is not read as incidents"))
                .hint("export the table as CSV (UTF-8) or GeoJSON and give that file"));
        }
        let sha256 = sha256_hex(&bytes);
        Ok(Source { name, sha256, bytes })
    }
}

fn read_file(name: &str, path: &PathBuf) -> Result<Vec<u8>, ReadError> {
    let refused = |error: std::io::Error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "check the name; `-` reads standard input and `bundled` the list that ships with the tool"
            }
            std::io::ErrorKind::PermissionDenied => "check that you may read it (ls -l)",
            _ => "",
        };
        ReadError::new(name, format!("cannot be read: {}", plain(&error))).hint(hint)
    };
    let mut file = File::open(path).map_err(refused)?;
    let before = file.metadata().map_err(refused)?;
    if before.is_dir() {
        return Err(ReadError::new(name, "is a folder").hint("name the file inside it"));
    }
    let bytes = read_limited(name, &mut file, before.len())?;
    let after = file.metadata().map_err(refused)?;
    if before.is_file() && stamp(&before) != stamp(&after) {
        return Err(ReadError::new(name, "changed while it was read")
            .hint("wait until the program that writes it has finished"));
    }
    Ok(bytes)
}

fn stamp(meta: &Metadata) -> (u64, Option<std::time::SystemTime>) {
    (meta.len(), meta.modified().ok())
}

fn read_limited(name: &str, from: impl Read, size: u64) -> Result<Vec<u8>, ReadError> {
    let too_large = || {
        ReadError::new(
            name,
            format!("is larger than the limit `input size` of {} GiB", MAX_INPUT_BYTES >> 30),
        )
        .hint("split it, for example by year, and name the parts")
    };
    if size > MAX_INPUT_BYTES {
        return Err(too_large());
    }
    // The size comes from the file system, not from the file's content.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    from.take(MAX_INPUT_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| ReadError::new(name, format!("cannot be read: {}", plain(&error))))?;
    if bytes.len() as u64 > MAX_INPUT_BYTES { Err(too_large()) } else { Ok(bytes) }
}

/// An error of the operating system without "(os error 2)".
pub(super) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

/// What a file is that starts with these bytes, if that is neither text nor JSON.
fn foreign_kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 16] = [
        (b"PK\x03\x04", "an Excel workbook (.xlsx) or another zip archive"),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook (.xls)"),
        (b"PAR1", "a Parquet file"),
        (b"%PDF", "a PDF"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"BZh", "a bzip2 archive"),
        (b"7z\xBC\xAF", "a 7-Zip archive"),
        (b"\xFD7zXZ", "an xz archive"),
        (b"SQLite format 3", "a GeoPackage or another SQLite database"),
        (b"fgb\x03", "a FlatGeobuf file"),
        (b"\x00\x00\x27\x0A", "a Shapefile"),
        (b"\x89PNG", "a PNG picture"),
        (b"ARROW1", "an Arrow file"),
        (b"RDX", "an R data file"),
        (b"<?xml", "an XML file (KML?)"),
    ];
    if let Some((_, kind)) = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(kind);
    }
    let start = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let start = String::from_utf8_lossy(start).trim_start().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head"]
        .iter()
        .any(|tag| start.starts_with(tag))
        .then_some("a web page (the server may have sent an error or a login page)")
}

/// The bytes of an input as text, and what had to be said about them.
pub(super) struct Text {
    /// Without a byte-order mark.
    pub(super) text: String,
    /// For the user.
    pub(super) notices: Vec<String>,
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
        Some(label) => Some(Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
            ReadError::new(name, format!("`{label}` is not an encoding that is known here"))
                .hint("for example utf-8, windows-1252, windows-1256, utf-16le")
        })?),
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
    let damaged = text.matches('\u{FFFD}').count();
    if damaged > 0 {
        let s = if damaged == 1 { "" } else { "s" };
        notices.push(format!(
            "{damaged} damaged character{s} in the text (shown as \u{FFFD}); --encoding may help"
        ));
    }
    Ok(Text { text, notices })
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

    const BUNDLED: (&str, &str) = ("bundled", "lon,lat\n71,34\n");

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

    #[test]
    fn missing_files_and_folders_say_so() {
        let open = |p: &str| Source::open(&Input::Path(p.into()), BUNDLED).err().unwrap();
        let error = open("no/such/file.csv");
        assert_eq!(
            error.to_string(),
            "no/such/file.csv: cannot be read: no such file or directory"
        );
        assert!(error.hint.contains("bundled"));
        assert!(open("src").to_string().contains("is a folder"));
        assert!(Source::open(&Input::Bundled, ("b", "")).err().unwrap().message.contains("empty"));
    }

    #[test]
    fn binaries_are_named() {
        for (bytes, word) in [
            (b"PK\x03\x04rest".as_slice(), "xlsx"),
            (b"PAR1", "Parquet"),
            (b"%PDF-1.7", "PDF"),
            (b"\n <!DOCTYPE html><html>", "web page"),
            (b"\x1F\x8B\x08", "gzip"),
        ] {
            assert!(foreign_kind(bytes).unwrap().contains(word));
        }
        assert_eq!(foreign_kind(b"lon,lat\n"), None);
        assert_eq!(foreign_kind(b"{"), None);
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
