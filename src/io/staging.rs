//! [`Staging`]: files under hidden names until all of them can be put in place.

use super::sink::WriteError;
use super::writeback::Writeback;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

/// What has been done so far and can be undone.
#[derive(Default)]
pub(super) struct Staging {
    made_folders: Vec<PathBuf>,
    files: Vec<Staged>,
    finished: bool,
}

/// One file on its way.
struct Staged {
    /// As given.
    path: PathBuf,
    /// Where that leads.
    target: PathBuf,
    temporary: PathBuf,
    /// Held open for its lock until the rename.
    file: File,
    writeback: Writeback,
    backup: Option<PathBuf>,
    renamed: bool,
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.finished {
            self.undo();
        }
    }
}

impl Staging {
    /// Adds bytes to a file.
    pub(super) fn write(&mut self, number: usize, bytes: &[u8]) -> Result<(), WriteError> {
        let staged = &mut self.files[number];
        let written = staged.file.write_all(bytes);
        written.map_err(|e| WriteError::io(&staged.path, "cannot be written", &e))?;
        staged.writeback.wrote(&staged.file, bytes.len());
        Ok(())
    }

    /// Makes a file empty again.
    pub(super) fn empty(&mut self, number: usize) -> Result<(), WriteError> {
        self.files[number].empty()
    }

    /// Waits until the disk has all files.
    pub(super) fn sync(&mut self) -> Result<(), WriteError> {
        for staged in &mut self.files {
            let synced = staged.writeback.end().and_then(|()| staged.file.sync_all());
            synced.map_err(|e| WriteError::io(&staged.path, "cannot be written", &e))?;
        }
        Ok(())
    }

    /// Puts all files in place.
    pub(super) fn rename(&mut self) -> Result<(), WriteError> {
        for staged in &mut self.files {
            staged.keep_old()?;
            fs::rename(&staged.temporary, &staged.target)
                .map_err(|e| WriteError::io(&staged.target, "cannot be put in place", &e))?;
            staged.renamed = true;
        }
        for staged in &self.files {
            if let Some(backup) = &staged.backup {
                // The new file is in place; a leftover link is all that can remain.
                let _ = fs::remove_file(backup);
            }
            if let Some(folder) = staged.target.parent() {
                // Not all file systems can sync a folder; the rename stands anyway.
                let _ = File::open(folder_of(folder)).and_then(|f| f.sync_all());
            }
        }
        self.finished = true;
        Ok(())
    }

    /// Opens the temporary file of an output and returns its number.
    pub(super) fn open(&mut self, path: &Path) -> Result<usize, WriteError> {
        if path.file_name().is_none() {
            return Err(WriteError::new(path, "is not the name of a file", ""));
        }
        if let Some(folder) = path.parent() {
            self.make_folder(path, folder)?;
        }
        // Through a symbolic link to what it names, as other programs write.
        let target = place_of(path);
        if self.files.iter().any(|f| f.target == target) {
            let message = "is named twice as an output";
            return Err(WriteError::new(path, message, "give each output its own name"));
        }
        let old = fs::metadata(&target).ok();
        if old.as_ref().is_some_and(|m| m.permissions().readonly()) {
            let hint = "allow writing (chmod u+w) or choose another name";
            return Err(WriteError::new(path, "is write-protected", hint));
        }
        let temporary = beside(&target, "tmp");
        let file = lock(path, &temporary)?;
        let path = path.to_owned();
        let writeback = Writeback::default();
        let (backup, renamed) = (None, false);
        self.files.push(Staged { path, target, temporary, file, writeback, backup, renamed });
        let number = self.files.len() - 1;
        let staged = &mut self.files[number];
        staged.empty()?;
        if let Some(old) = old {
            // Best effort: the rights of a file that is replaced.
            let _ = staged.file.set_permissions(old.permissions());
        }
        Ok(number)
    }

    /// Makes a folder and those above it, remembering which are new.
    fn make_folder(&mut self, path: &Path, folder: &Path) -> Result<(), WriteError> {
        let missing: Vec<&Path> =
            folder.ancestors().take_while(|f| !f.as_os_str().is_empty() && !f.exists()).collect();
        for folder in missing.into_iter().rev() {
            match fs::create_dir(folder) {
                Ok(()) => self.made_folders.push(folder.to_owned()),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => {
                    let doing = format!("the folder {} cannot be made", folder.display());
                    return Err(WriteError::io(path, &doing, &e));
                }
            }
        }
        Ok(())
    }

    /// Puts everything back. Errors here have no better place to go than the
    /// one that led here.
    fn undo(&mut self) {
        for staged in self.files.iter().rev() {
            match (staged.renamed, &staged.backup) {
                (true, Some(backup)) => drop(fs::rename(backup, &staged.target)),
                (true, None) => drop(fs::remove_file(&staged.target)),
                (false, Some(backup)) => drop(fs::remove_file(backup)),
                (false, None) => {}
            }
            if !staged.renamed {
                let _ = fs::remove_file(&staged.temporary);
            }
        }
        for folder in self.made_folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Staged {
    /// Makes the temporary file empty: a killed run may have left one.
    fn empty(&mut self) -> Result<(), WriteError> {
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        emptied.map_err(|e| WriteError::io(&self.path, "cannot be written", &e))
    }

    /// Links the old file, if there is one, under a second name.
    fn keep_old(&mut self) -> Result<(), WriteError> {
        if !self.target.exists() {
            return Ok(());
        }
        let backup = beside(&self.target, "old");
        // Left by a run that was killed.
        let _ = fs::remove_file(&backup);
        // Where there are no hard links, copy.
        fs::hard_link(&self.target, &backup)
            .or_else(|_| fs::copy(&self.target, &backup).map(drop))
            .map_err(|e| WriteError::io(&self.target, "the old file cannot be kept", &e))?;
        self.backup = Some(backup);
        Ok(())
    }
}

/// A hidden name beside a target. It is the same on every run, so that what a
/// killed run leaves is taken over by the next.
fn beside(target: &Path, what: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".durand-{what}"));
    target.with_file_name(name)
}

/// A path through links and `./`, whether the file is there or not yet; its
/// folder is.
fn place_of(path: &Path) -> PathBuf {
    let new = || {
        let folder = fs::canonicalize(folder_of(path.parent()?)).ok()?;
        Some(folder.join(path.file_name()?))
    };
    fs::canonicalize(path).ok().or_else(new).unwrap_or_else(|| path.to_owned())
}

/// Opens a temporary file and locks it against other runs.
fn lock(path: &Path, temporary: &Path) -> Result<File, WriteError> {
    let busy = || {
        let hint = "wait for it to end, or give this run another name with -o";
        WriteError::new(path, "another run is writing this file", hint)
    };
    let failed = |e: io::Error| WriteError::io(path, "cannot be written", &e);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(temporary)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(busy()),
        // A file system without locks: do without.
        Err(TryLockError::Error(_)) => {}
    }
    // Between opening and locking the other run may have renamed the file, and
    // then this handle is its output.
    if same_file(&file, temporary) { Ok(file) } else { Err(busy()) }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |m: fs::Metadata| (m.dev(), m.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => id(a) == id(b),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &File, path: &Path) -> bool {
    path.exists()
}

/// The folder of a path, which is the current one when it names none.
fn folder_of(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}
