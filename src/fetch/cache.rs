//! [`Cache`]: the folder that downloads are kept in.

use crate::bundled::Original;
use crate::digest::sha256_of;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A folder laid out as the file names of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// A folder of the user's choice; it need not be there yet.
    pub fn at(folder: impl Into<PathBuf>) -> Cache {
        Cache { folder: folder.into() }
    }

    /// The folder by the platform's convention: `$XDG_CACHE_HOME/durand`, else
    /// `~/.cache/durand`; on macOS `~/Library/Caches/durand`; on Windows
    /// `%LOCALAPPDATA%\durand\cache`. None where no such place is known.
    pub fn standard() -> Option<Cache> {
        let variable = |name: &str| std::env::var_os(name);
        let folder = if cfg!(windows) {
            windows(variable)
        } else if cfg!(target_os = "macos") {
            macos(variable)
        } else {
            unix(variable)
        };
        folder.map(Cache::at)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where an original lies, or would lie. The manifest's names have `/`
    /// between folders, whatever the platform.
    pub fn path_of(&self, original: &Original) -> PathBuf {
        original.file.split('/').fold(self.folder.clone(), |path, part| path.join(part))
    }

    /// Where a layer in full detail lies, or would lie: made from the originals.
    pub fn full(&self, layer: &str) -> PathBuf {
        self.folder.join("full").join(layer)
    }

    /// Whether an original is there, byte for byte.
    pub fn holds(&self, original: &Original) -> bool {
        let Ok(mut file) = File::open(self.path_of(original)) else { return false };
        let size = file.metadata().map_or(0, |meta| meta.len());
        size == original.bytes && sha256_of(&mut file).is_ok_and(|found| found == original.sha256)
    }
}

/// A path from a variable; the XDG specification has relative ones ignored.
fn absolute(value: Option<OsString>) -> Option<PathBuf> {
    value.map(PathBuf::from).filter(|path| path.is_absolute())
}

fn unix(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let home = || Some(absolute(variable("HOME"))?.join(".cache"));
    Some(absolute(variable("XDG_CACHE_HOME")).or_else(home)?.join("durand"))
}

fn macos(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    Some(absolute(variable("HOME"))?.join("Library").join("Caches").join("durand"))
}

fn windows(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    Some(absolute(variable("LOCALAPPDATA"))?.join("durand").join("cache"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn folders_by_the_platforms_convention() {
        let home = |name: &str| (name == "HOME").then(|| OsString::from("/home/a"));
        assert_eq!(unix(home).unwrap(), Path::new("/home/a/.cache/durand"));
        assert_eq!(macos(home).unwrap(), Path::new("/home/a/Library/Caches/durand"));
        let set = |name: &str| (name == "XDG_CACHE_HOME").then(|| OsString::from("/c"));
        assert_eq!(unix(set).unwrap(), Path::new("/c/durand"));
        // A relative one would be another folder in every folder.
        let relative = |name: &str| Some(OsString::from(if name == "HOME" { "/h" } else { "c" }));
        assert_eq!(unix(relative).unwrap(), Path::new("/h/.cache/durand"));
        assert_eq!(windows(|_| None), None);
        assert_eq!(unix(|_| None), None);
    }
}
