//! The character encoding of an input: what it is, and its bytes as UTF-8,
//! piece by piece.
//!
//! By the byte-order mark, else by the encoding asked for, else UTF-8. What
//! turns out not to be UTF-8 is looked through once: a few stray bytes amid
//! UTF-8 are damage, else it is Windows-1252 (what the GTD and many
//! spreadsheets write). Either is said.

use super::ReadError;
use super::open::read_error;
use super::source::Source;
use encoding_rs::{Decoder, Encoding, UTF_8, WINDOWS_1252};
use std::io::Read;

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

/// How the bytes of an input become text.
#[derive(Clone, Debug)]
pub(super) struct Decoding {
    encoding: &'static Encoding,
    /// Length of the byte-order mark.
    mark: u64,
    /// Whether the encoding is known, or UTF-8 for want of a sign.
    certain: bool,
    /// Whether malformed sequences become U+FFFD.
    lossy: bool,
    /// For the user.
    pub(super) notices: Vec<String>,
}

impl Decoding {
    /// By the byte-order mark, else what is asked for, else UTF-8 until proved
    /// otherwise.
    ///
    /// # Errors
    /// When the encoding's name is unknown, or the input cannot be read.
    pub(super) fn of(source: &Source, asked: Option<&str>) -> Result<Decoding, ReadError> {
        let asked = match asked {
            None => None,
            Some(label) => Some(
                encoding_named(label)
                    .map_err(|(message, hint)| ReadError::new(&source.name, message).hint(hint))?,
            ),
        };
        let by_mark = Encoding::for_bom(&source.head(4)?);
        let known = by_mark.map(|(encoding, _)| encoding).or(asked);
        let encoding = known.unwrap_or(UTF_8);
        let mut notices = Vec::new();
        if encoding != UTF_8 && (encoding != WINDOWS_1252 || asked.is_none()) {
            notices.push(format!("read as {}", encoding.name()));
        }
        let mark = by_mark.map_or(0, |(_, length)| length as u64);
        Ok(Decoding { encoding, mark, certain: known.is_some(), lossy: encoding != UTF_8, notices })
    }

    /// Whether the encoding is UTF-8 for want of a sign, and may yet turn out to
    /// be another.
    pub(super) fn is_open(&self) -> bool {
        !self.certain && !self.lossy
    }

    /// Looks through an input that may not be UTF-8 and settles what it is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn mend(&mut self, source: &Source) -> Result<(), ReadError> {
        if std::mem::replace(&mut self.certain, true) {
            self.lossy = true;
            return Ok(());
        }
        let (mut good, mut bad, mut lines, mut first_bad) = (0_u64, 0_u64, 1_u64, None);
        each_piece(source, |piece| {
            for chunk in piece.utf8_chunks() {
                good += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
                lines += memchr::memchr_iter(b'\n', chunk.valid().as_bytes()).count() as u64;
                if !chunk.invalid().is_empty() {
                    bad += 1;
                    first_bad.get_or_insert(lines);
                }
            }
        })?;
        self.lossy = bad > 0;
        // One stray byte in a file full of UTF-8 is damage; a file without any
        // UTF-8 sequence is in another encoding.
        if self.lossy && good <= bad {
            self.encoding = WINDOWS_1252;
            self.notices.push(format!(
                "not UTF-8 (line {}): read as windows-1252; --encoding names another",
                first_bad.unwrap_or(1)
            ));
        }
        Ok(())
    }

    /// The text of an input as bytes, without the byte-order mark. They may
    /// turn out not to be UTF-8; [`Decoding::mend`] then finds out what they are.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub(super) fn reader<'a>(
        &self,
        source: &'a Source,
    ) -> Result<Box<dyn Read + Send + 'a>, ReadError> {
        let mut from = source.reader()?;
        std::io::copy(&mut (&mut from).take(self.mark), &mut std::io::sink())
            .map_err(|e| read_error(&source.name, &e))?;
        if self.encoding == UTF_8 && !self.lossy {
            return Ok(from);
        }
        Ok(decoded(from, self.encoding))
    }
}

/// Bytes of an encoding as UTF-8, piece by piece; malformed sequences as U+FFFD.
pub(super) fn decoded<'a>(
    from: Box<dyn Read + Send + 'a>,
    encoding: &'static Encoding,
) -> Box<dyn Read + Send + 'a> {
    let decoder = encoding.new_decoder_without_bom_handling();
    Box::new(Decoded { from, decoder, raw: vec![0; 1 << 16], text: String::new(), at: 0 })
}

/// Hands over an input in pieces that end between lines wherever there are any.
fn each_piece(source: &Source, mut each: impl FnMut(&[u8])) -> Result<(), ReadError> {
    let mut from = source.reader()?;
    let mut piece = Vec::new();
    loop {
        let read = (&mut from).take(1 << 20).read_to_end(&mut piece);
        if read.map_err(|e| read_error(&source.name, &e))? == 0 {
            each(&piece);
            return Ok(());
        }
        if let Some(end) = memchr::memrchr(b'\n', &piece) {
            each(&piece[..=end]);
            piece.drain(..=end);
        }
    }
}

/// Bytes of another encoding as UTF-8; malformed sequences as U+FFFD.
struct Decoded<'a> {
    from: Box<dyn Read + Send + 'a>,
    decoder: Decoder,
    raw: Vec<u8>,
    text: String,
    /// How much of the text was handed over.
    at: usize,
}

impl Read for Decoded<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.text.len() {
            if self.raw.is_empty() {
                return Ok(0);
            }
            let read = self.from.read(&mut self.raw)?;
            self.at = 0;
            self.text.clear();
            let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(4 * read + 16);
            self.text.reserve(room);
            // With room for the longest result all of the bytes are taken.
            let _ = self.decoder.decode_to_string(&self.raw[..read], &mut self.text, read == 0);
            if read == 0 {
                self.raw.clear();
            }
        }
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.len().min(out.len());
        out[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}

/// How many characters were damaged before or by decoding, in words.
pub(super) fn damage(damaged: u64) -> Option<String> {
    let s = if damaged == 1 { "" } else { "s" };
    (damaged > 0).then(|| format!("{damaged} damaged character{s} in the text (shown as \u{FFFD})"))
}

/// The number of U+FFFD in a text.
pub(super) fn count_damaged(text: &str) -> u64 {
    if text.is_ascii() {
        return 0;
    }
    memchr::memmem::find_iter(text.as_bytes(), "\u{FFFD}".as_bytes()).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// The text of some bytes and the notices.
    fn text(bytes: &[u8], asked: Option<&str>) -> (String, Vec<String>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let input = super::super::Input::Path(file.path().to_owned());
        let source = Source::open(&input, ("", ""), &super::super::ReadOptions::default()).unwrap();
        let mut decoding = Decoding::of(&source, asked).unwrap();
        loop {
            let mut read = Vec::new();
            decoding.reader(&source).unwrap().read_to_end(&mut read).unwrap();
            match String::from_utf8(read) {
                Ok(text) => return (text, decoding.notices),
                Err(_) => {
                    assert!(!decoding.lossy);
                    decoding.mend(&source).unwrap();
                }
            }
        }
    }

    #[test]
    fn byte_order_marks() {
        assert_eq!(text(b"\xEF\xBB\xBFlon", None).0, "lon");
        assert_eq!(text(b"\xFF\xFEl\0o\0n\0", None).0, "lon");
        assert_eq!(text(b"\xFE\xFF\0l\0o\0n", None).0, "lon");
    }

    #[test]
    fn windows_1252_is_found_and_said() {
        let (read, notices) = text(b"place\nJos\xE9 \x93quoted\x94\n", None);
        assert_eq!(read, "place\nJosé “quoted”\n");
        assert!(notices[0].contains("line 2") && notices[0].contains("windows-1252"));
    }

    #[test]
    fn a_stray_byte_in_utf8_is_damage_not_another_encoding() {
        let bytes: Vec<u8> = "پشاور \u{2002}\n".bytes().chain([0xFF]).collect();
        let (read, notices) = text(&bytes, None);
        assert!(read.starts_with("پشاور") && notices.is_empty());
        assert_eq!(count_damaged(&read), 1);
        assert!(damage(1).unwrap().contains("1 damaged character in"));
        assert_eq!(damage(0), None);
        // A byte-order mark says UTF-8 whatever follows.
        assert_eq!(text(b"\xEF\xBB\xBFa\xE9b", None).0, "a\u{FFFD}b");
    }

    #[test]
    fn an_encoding_can_be_asked_for() {
        // Peshawar in Windows-1256.
        assert_eq!(text(b"\x81\xD4\xC7\xE6\xD1", Some("windows-1256")).0, "پشاور");
        assert!(encoding_named("klingon").is_err());
        assert_eq!(text(b"a\0b\0", Some("utf-16le")).0, "ab");
    }

    /// What straddles the pieces that a reader gives is decoded whole.
    #[test]
    fn long_texts_in_two_byte_encodings() {
        let long: String = "Kunar کنړ, ".repeat(40_000);
        let bytes: Vec<u8> = long.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&bytes, Some("utf-16le")).0, long);
    }
}
