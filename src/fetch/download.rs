//! [`fetch`]: each original by way of a partial file, which a later run continues.

use super::Cache;
use super::transport::{Fault, Rules, agent, ask, in_words};
use crate::bundled::Original;
use crate::digest::sha256_of;
use crate::io::plain_error;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use ureq::Body;
use ureq::http::{Response, StatusCode, header};

/// What became of an original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// It was there.
    Kept,
    /// It was downloaded, all of it or what was missing.
    Downloaded,
}

/// Why an original could not be downloaded. The cache is as it was, but for
/// what was received so far.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub struct FetchError {
    /// Its name in the manifest.
    pub file: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Downloads an original into the cache unless it is there. `tell` is told how
/// many of its bytes have come.
///
/// # Errors
/// [`FetchError`] when the server cannot be asked, is not to be asked, sends
/// other bytes than the manifest names, falls silent or ends early, and when
/// the cache cannot be written.
pub fn fetch(
    original: &Original,
    cache: &Cache,
    rules: &Rules,
    tell: &dyn Fn(u64),
) -> Result<Fetched, FetchError> {
    let failed = |message: String, hint: &str| FetchError {
        file: original.file.clone(),
        message,
        hint: hint.to_owned(),
    };
    if cache.holds(original) {
        return Ok(Fetched::Kept);
    }
    let path = cache.path_of(original);
    let part = Part::open(&path)
        .map_err(|e| failed(e, "choose a folder that you may write to with --cache"))?;
    let filled = part.fill(original, rules, tell).and_then(|()| part.settle(&path));
    if filled.is_err() && part.file.metadata().is_ok_and(|meta| meta.len() == 0) {
        // Nothing has come.
        let _ = fs::remove_file(&part.path);
    }
    match filled {
        Ok(()) => Ok(Fetched::Downloaded),
        Err(Fault::Pause(why)) => {
            let hint = "check the network and run it again: what has come so far is kept";
            Err(failed(why, hint))
        }
        Err(Fault::Wrong(why)) => {
            // Nothing of it can be used.
            let _ = fs::remove_file(&part.path);
            let hint = format!(
                "try again later, or get the file from {} and put it at {}",
                original.publisher,
                path.display()
            );
            Err(failed(why, &hint))
        }
        Err(Fault::Stop(why)) => Err(failed(why, "")),
    }
}

/// A partial file beside its target, locked against other runs.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    fn open(target: &Path) -> Result<Part, String> {
        let mut path = target.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        let folder = target.parent().unwrap_or(Path::new("."));
        let said = |e: io::Error| format!("{}: {}", path.display(), plain_error(&e));
        fs::create_dir_all(folder).map_err(said)?;
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(said)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err("another run is downloading this file".to_owned()),
            // Not every file system can lock; the sum is checked at the end anyway.
            Err(TryLockError::Error(_)) | Ok(()) => Ok(Part { path, file }),
        }
    }

    /// Receives what is missing. What a resumed file makes that is not right is
    /// received once more from the start.
    fn fill(&self, original: &Original, rules: &Rules, tell: &dyn Fn(u64)) -> Result<(), Fault> {
        let length = self.file.metadata().map_err(disk)?.len();
        let resumed = 0 < length && length <= original.bytes;
        if resumed {
            match self.receive(original, rules, tell, length) {
                Ok(()) if self.sum()? == original.sha256 => return Ok(()),
                Ok(()) | Err(Fault::Wrong(_)) => {}
                Err(other) => return Err(other),
            }
        }
        self.receive(original, rules, tell, 0)?;
        let found = self.sum()?;
        if found != original.sha256 {
            let message =
                format!("sha256 is {found}, but the manifest asks for {}", original.sha256);
            return Err(Fault::Wrong(message));
        }
        Ok(())
    }

    /// Asks for the bytes from `from` on and writes them behind those.
    fn receive(
        &self,
        original: &Original,
        rules: &Rules,
        tell: &dyn Fn(u64),
        from: u64,
    ) -> Result<(), Fault> {
        if from == original.bytes {
            return Ok(());
        }
        let agent = agent(rules, original.bytes)?;
        let response = ask(&agent, rules, &original.url, from)?;
        let start = beginning(&response, from)?;
        let announced = response.headers().get(header::CONTENT_LENGTH);
        let announced = announced.and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
        if let Some(length) = announced.filter(|length| start + length != original.bytes) {
            let (whole, bytes) = (start.saturating_add(length), original.bytes);
            let message =
                format!("the server has {whole} bytes, but the manifest asks for {bytes}");
            return Err(Fault::Wrong(message));
        }
        let mut file = &self.file;
        file.set_len(start).and_then(|()| file.seek(SeekFrom::Start(start))).map_err(disk)?;
        let mut body = response.into_body().into_reader();
        let mut buffer = vec![0; 64 << 10];
        let mut length = start;
        loop {
            let read = body.read(&mut buffer).map_err(|e| {
                let why = in_words(&ureq::Error::from(e));
                Fault::Pause(format!("after {length} of {} bytes: {why}", original.bytes))
            })?;
            if read == 0 {
                break;
            }
            length += read as u64;
            if length > original.bytes {
                let message = format!(
                    "the server sends more than the {} bytes of the manifest",
                    original.bytes
                );
                return Err(Fault::Wrong(message));
            }
            file.write_all(&buffer[..read]).map_err(disk)?;
            tell(length);
        }
        if length < original.bytes {
            let message = format!("the server ended after {length} of {} bytes", original.bytes);
            return Err(Fault::Pause(message));
        }
        Ok(())
    }

    fn sum(&self) -> Result<String, Fault> {
        let mut file = &self.file;
        file.rewind().map_err(disk)?;
        sha256_of(&mut file).map_err(disk)
    }

    /// Gives the file its name.
    fn settle(&self, target: &Path) -> Result<(), Fault> {
        self.file.sync_all().map_err(disk)?;
        fs::rename(&self.path, target).map_err(disk)?;
        if let Some(folder) = target.parent() {
            // Not all file systems can sync a folder; the rename stands anyway.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

/// At which byte an answer begins.
fn beginning(response: &Response<Body>, from: u64) -> Result<u64, Fault> {
    match response.status() {
        // The whole file, asked for or not.
        StatusCode::OK => Ok(0),
        StatusCode::PARTIAL_CONTENT => {
            let range = response.headers().get(header::CONTENT_RANGE);
            let range = range.and_then(|v| v.to_str().ok()).unwrap_or_default();
            let start = range.strip_prefix("bytes ").and_then(|range| range.split('-').next());
            match start.and_then(|start| start.parse::<u64>().ok()) {
                Some(start) if start == from => Ok(from),
                _ => {
                    let range = crate::io::Reject::cut(range);
                    Err(Fault::Wrong(format!("the server sends `{range}`, not what was asked for")))
                }
            }
        }
        StatusCode::RANGE_NOT_SATISFIABLE => {
            Err(Fault::Wrong("the server does not continue the file".to_owned()))
        }
        status if status.is_client_error() => {
            Err(Fault::Wrong(format!("the server answers {status}")))
        }
        status => Err(Fault::Pause(format!("the server answers {status}"))),
    }
}

fn disk(error: io::Error) -> Fault {
    Fault::Stop(format!("cannot be kept: {}", plain_error(&error)))
}
