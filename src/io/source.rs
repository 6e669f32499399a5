//! Opening an input: a file, standard input or the bundled list. It can be read
//! several times from its start, and is never held in memory as a whole.

use super::ReadError;
use super::magic::{Use, refuse_foreign};
use super::open::{Limit, open_file, read_error, read_stream, stamp};
use crate::digest::sha256_of;
use std::convert::Infallible;
use std::fs::{File, Metadata};
use std::io::{Cursor, Read, Seek, Write};
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

/// The largest input of a format that is held in memory as a whole.
const WHOLE: Limit = Limit {
    name: "input size",
    bytes: 4 << 30,
    hint: "split it, for example by year, or export it as CSV, which is read piece by piece",
};

/// How much of a pipe is held in memory; more goes to a temporary file.
const HELD_BYTES: usize = 64 << 20;

/// An input that can be read from its start as often as needed.
pub(super) struct Source {
    /// As given; `standard input` for that.
    pub(super) name: String,
    /// Its extension in lower case; empty when it has none.
    pub(super) extension: String,
    from: From,
}

/// Where the bytes are.
enum From {
    /// Bundled, or a pipe's that gave little.
    Memory(Vec<u8>),
    /// A file of the user's; it must not change while it is read.
    File(File, Metadata),
    /// A pipe's, in a file without a name that goes with its handle.
    Spool(File),
}

impl Source {
    /// Opens an input. `bundled` is the name and text of the list that ships
    /// with the tool. A pipe is read to its end.
    ///
    /// # Errors
    /// When it is missing, a folder, unreadable, empty, or of a kind that is
    /// no table (by its first bytes).
    pub(super) fn open(input: &Input, bundled: (&str, &str)) -> Result<Source, ReadError> {
        let mut extension = String::new();
        let (name, from) = match input {
            Input::Bundled => (bundled.0.to_owned(), From::Memory(bundled.1.as_bytes().to_vec())),
            Input::Stdin => {
                let name = "standard input".to_owned();
                let from = spool(&name, &mut std::io::stdin().lock())?;
                (name, from)
            }
            Input::Path(path) => {
                let name = path.display().to_string();
                extension =
                    path.extension().map_or(String::new(), |e| e.to_string_lossy().to_lowercase());
                let (mut file, meta) = open_file(&name, path)?;
                let from =
                    if meta.is_file() { From::File(file, meta) } else { spool(&name, &mut file)? };
                (name, from)
            }
        };
        let source = Source { name, extension, from };
        let head = source.head(4096)?;
        if head.is_empty() {
            return Err(ReadError::new(source.name, "is empty").hint("was the download cut off?"));
        }
        refuse_foreign(&source.name, &head, Use::Incidents)?;
        Ok(source)
    }

    /// Its bytes from the start; one reader at a time.
    ///
    /// # Errors
    /// When the file cannot be wound back.
    pub(super) fn reader(&self) -> Result<Box<dyn Read + Send + '_>, ReadError> {
        match &self.from {
            From::Memory(bytes) => Ok(Box::new(Cursor::new(bytes))),
            From::File(file, _) | From::Spool(file) => {
                let mut file = file;
                file.rewind().map_err(|e| read_error(&self.name, &e))?;
                Ok(Box::new(file))
            }
        }
    }

    /// Its first bytes, `length` of them or all that there are.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn head(&self, length: u64) -> Result<Vec<u8>, ReadError> {
        let mut head = Vec::new();
        let read = self.reader()?.take(length).read_to_end(&mut head);
        read.map_err(|e| read_error(&self.name, &e))?;
        Ok(head)
    }

    /// All of its bytes, for a format that has to be held in memory.
    ///
    /// # Errors
    /// When it cannot be read or is larger than 4 GiB.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, ReadError> {
        let size = self.size();
        if size > WHOLE.bytes {
            return Err(WHOLE.passed(&self.name));
        }
        let bytes = read_stream(&self.name, self.reader()?, size, &WHOLE)?;
        self.unchanged()?;
        Ok(bytes)
    }

    /// Its size in bytes.
    pub(super) fn size(&self) -> u64 {
        match &self.from {
            From::Memory(bytes) => bytes.len() as u64,
            From::File(_, meta) => meta.len(),
            From::Spool(file) => file.metadata().map_or(0, |meta| meta.len()),
        }
    }

    /// SHA-256 of its bytes as they came, in hexadecimal.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn sha256(&self) -> Result<String, ReadError> {
        sha256_of(&mut self.reader()?).map_err(|e| read_error(&self.name, &e))
    }

    /// Makes sure that a file is the one that was opened, at the end of reading it.
    ///
    /// # Errors
    /// When it has changed.
    pub(super) fn unchanged(&self) -> Result<(), ReadError> {
        let From::File(file, before) = &self.from else { return Ok(()) };
        let after = file.metadata().map_err(|e| read_error(&self.name, &e))?;
        if stamp(before) == stamp(&after) {
            return Ok(());
        }
        Err(ReadError::new(&self.name, "changed while it was read")
            .hint("wait until the program that writes it has finished"))
    }
}

/// Reads a pipe to its end.
fn spool(name: &str, from: &mut dyn Read) -> Result<From, ReadError> {
    let failed = |e: std::io::Error| read_error(name, &e);
    let mut held = Vec::new();
    from.take(HELD_BYTES as u64).read_to_end(&mut held).map_err(failed)?;
    if held.len() < HELD_BYTES {
        return Ok(From::Memory(held));
    }
    let mut file = tempfile::tempfile().map_err(|e| {
        ReadError::new(name, format!("no temporary file can be made for it: {e}"))
            .hint("save it to a file first, or set TMPDIR to a folder with space")
    })?;
    file.write_all(&held).map_err(failed)?;
    std::io::copy(from, &mut file).map_err(failed)?;
    Ok(From::Spool(file))
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
    fn a_source_can_be_read_again() {
        let source = Source::open(&Input::Bundled, ("b", "abc")).unwrap();
        // FIPS 180-2, appendix B.1.
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(source.sha256().unwrap(), sum);
        assert_eq!(source.head(2).unwrap(), b"ab");
        assert_eq!(source.bytes().unwrap(), b"abc");
        assert_eq!((source.name.as_str(), source.size()), ("b", 3));
    }

    /// What a pipe gives beyond what is held goes to a file and comes back whole.
    #[test]
    fn a_long_pipe_is_spooled() {
        let length = HELD_BYTES as u64 + 12_345;
        let pipe = std::io::repeat(b'x').take(length);
        let from = spool("pipe", &mut { pipe }).unwrap();
        assert!(matches!(from, From::Spool(_)));
        let source = Source { name: "pipe".into(), extension: String::new(), from };
        assert_eq!(source.size(), length);
        for _ in 0..2 {
            let mut count = 0;
            let mut reader = source.reader().unwrap();
            let mut buffer = vec![0; 1 << 20];
            loop {
                let read = reader.read(&mut buffer).unwrap();
                if read == 0 {
                    break;
                }
                assert!(buffer[..read].iter().all(|&b| b == b'x'));
                count += read as u64;
            }
            assert_eq!(count, length);
        }
    }
}
