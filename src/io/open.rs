//! Reading a file wholly, with everything that can be wrong about that.

use super::ReadError;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

/// How large an input may be: it is held in memory while it is read.
pub(super) struct Limit {
    /// The word for it in messages.
    pub(super) name: &'static str,
    /// Bytes.
    pub(super) bytes: u64,
    /// What to do about a larger one.
    pub(super) hint: &'static str,
}

impl Limit {
    /// The error about an input beyond it.
    pub(super) fn passed(&self, name: &str) -> ReadError {
        let size = match self.bytes {
            n if n >= 1 << 30 => format!("{} GiB", n >> 30),
            n => format!("{} MiB", n >> 20),
        };
        ReadError::new(name, format!("is larger than the limit `{}` of {size}", self.name))
            .hint(self.hint)
    }
}

/// Opens a file; `name` stands for it in messages.
///
/// # Errors
/// When it is missing, a folder, or must not be read.
pub(super) fn open_file(name: &str, path: &Path) -> Result<(File, Metadata), ReadError> {
    let file = File::open(path).map_err(|e| read_error(name, &e))?;
    let meta = file.metadata().map_err(|e| read_error(name, &e))?;
    if meta.is_dir() {
        return Err(ReadError::new(name, "is a folder").hint("name the file inside it"));
    }
    Ok((file, meta))
}

/// What the operating system says against reading a file.
pub(super) fn read_error(name: &str, error: &std::io::Error) -> ReadError {
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound => {
            "check the name; `-` reads incidents from standard input, and `bundled` is the list \
             that ships with the tool"
        }
        std::io::ErrorKind::PermissionDenied => "check that you may read it (ls -l)",
        _ => "",
    };
    ReadError::new(name, format!("cannot be read: {}", plain(error))).hint(hint)
}

/// The bytes of a file; `name` stands for it in messages.
///
/// # Errors
/// When it is missing, a folder, unreadable, empty, larger than the limit, or
/// changed while it was read.
pub(super) fn read_file(name: &str, path: &Path, limit: &Limit) -> Result<Vec<u8>, ReadError> {
    let (mut file, before) = open_file(name, path)?;
    if before.len() > limit.bytes {
        return Err(limit.passed(name));
    }
    let bytes = read_stream(name, &mut file, before.len(), limit)?;
    let after = file.metadata().map_err(|e| read_error(name, &e))?;
    if before.is_file() && stamp(&before) != stamp(&after) {
        return Err(ReadError::new(name, "changed while it was read")
            .hint("wait until the program that writes it has finished"));
    }
    Ok(bytes)
}

/// What tells that a file has changed.
pub(super) fn stamp(meta: &Metadata) -> (u64, Option<std::time::SystemTime>) {
    (meta.len(), meta.modified().ok())
}

/// All that a stream gives. `size` is what the file system says to expect,
/// never a number from a file's content.
///
/// # Errors
/// When it cannot be read, is empty, or gives more than the limit.
pub(super) fn read_stream(
    name: &str,
    from: impl Read,
    size: u64,
    limit: &Limit,
) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(limit.bytes)).unwrap_or(0));
    from.take(limit.bytes + 1).read_to_end(&mut bytes).map_err(|error| read_error(name, &error))?;
    if bytes.len() as u64 > limit.bytes {
        return Err(limit.passed(name));
    }
    if bytes.is_empty() {
        return Err(ReadError::new(name, "is empty").hint("was the download cut off?"));
    }
    Ok(bytes)
}

/// The text of a project file.
///
/// # Errors
/// When it cannot be read or is not text in UTF-8.
pub fn read_project(path: &Path) -> Result<String, ReadError> {
    let name = path.display().to_string();
    let limit = Limit { name: "project size", bytes: 1 << 20, hint: "is this a project file?" };
    let bytes = match read_file(&name, path, &limit) {
        // A project without a line is one with every default.
        Err(error) if error.message == "is empty" => Vec::new(),
        other => other?,
    };
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(valid).filter(|b| **b == b'\n').count();
        ReadError::new(name, "is not text in UTF-8").at(format!("line {line}"))
    })
}

/// What is unpacked or written out finds no room.
pub(super) fn unpacked(name: &str, error: &std::io::Error) -> ReadError {
    ReadError::new(name, format!("no room for its unpacked text: {}", plain(error)))
        .hint("set TMPDIR to a folder with space")
}

/// An error of the operating system without "(os error 2)".
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Limit = Limit { name: "small", bytes: 4, hint: "less" };

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let open = |p: &str| read_file(p, Path::new(p), &SMALL).err().unwrap();
        let error = open("no/such/file.csv");
        assert_eq!(
            error.to_string(),
            "no/such/file.csv: cannot be read: no such file or directory"
        );
        assert!(error.hint.contains("bundled"));
        assert!(open("src").to_string().contains("is a folder"));
        assert_eq!(open("Cargo.toml").message, "is larger than the limit `small` of 0 MiB");
    }

    #[test]
    fn a_stream_ends_at_the_limit() {
        let read = |bytes: &[u8]| read_stream("s", bytes, 0, &SMALL);
        assert_eq!(read(b"1234").unwrap(), b"1234");
        assert!(read(b"12345").unwrap_err().message.contains("limit `small`"));
        assert!(read_stream("s", std::io::repeat(0), u64::MAX, &SMALL).is_err());
        assert!(read(b"").unwrap_err().message.contains("empty"));
    }
}
