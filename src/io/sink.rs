//! The only place that writes files: all of a run's outputs, or none.
//!
//! Each file is written to a hidden name beside its target, synced, and then
//! renamed over it, so that a reader sees the old file or the new one and never
//! half of one. A file that is replaced stays linked under a second hidden name
//! until every rename has succeeded, so that a failure can be undone.

use super::open::plain;
use super::staging::Staging;
use std::fs::{self, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::SpooledTempFile;

/// Bytes and where they go; the path `-` is standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Target.
    pub path: PathBuf,
    /// Content.
    pub bytes: Vec<u8>,
}

/// An output that could not be written; nothing was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct WriteError {
    /// The output at fault.
    pub path: PathBuf,
    /// What is wrong.
    pub message: String,
    /// What to do; empty when there is nothing to advise.
    pub hint: String,
}

impl WriteError {
    pub(super) fn new(path: &Path, message: impl Into<String>, hint: &str) -> WriteError {
        WriteError { path: path.to_owned(), message: message.into(), hint: hint.to_owned() }
    }

    pub(super) fn io(path: &Path, doing: &str, error: &io::Error) -> WriteError {
        let hint = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "free some space, or write to another disk with -o"
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "choose a folder that you may write to with -o"
            }
            _ => "",
        };
        WriteError::new(path, format!("{doing}: {}", plain(error)), hint)
    }
}

/// Writes all outputs or none, as [`Writing`] does.
///
/// # Errors
/// As [`Writing::open`], [`Writing::write`] and [`Writing::finish`].
pub fn write_all(outputs: &[Output]) -> Result<(), WriteError> {
    let mut writing = Writing::open(outputs.iter().map(|output| output.path.as_path()))?;
    for (which, output) in outputs.iter().enumerate() {
        writing.write(which, &output.bytes)?;
    }
    writing.finish()
}

/// Outputs on their way: all of them appear at the end, or none does.
///
/// Missing parent folders are made. One output may be `-`. Devices and pipes
/// (`/dev/stdout`) are written to directly, at the end. Symbolic links are
/// followed. Dropped before [`Writing::finish`], it leaves files as they were
/// and removes temporary files and folders made here.
#[derive(Default)]
pub struct Writing {
    staging: Staging,
    targets: Vec<Target>,
}

/// Where an output's bytes go until the end.
enum Target {
    /// A file of the staging, by its number.
    File(usize),
    /// A store for what goes to a stream.
    Stream(PathBuf, SpooledTempFile),
}

/// So much for a stream is held in memory; more goes to a temporary file.
const HELD_BYTES: usize = 64 << 20;

impl Writing {
    /// Opens outputs.
    ///
    /// # Errors
    /// When a path cannot be written, two outputs are the same file, a file is
    /// write-protected, or another run is writing it.
    pub fn open<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<Writing, WriteError> {
        let mut writing = Writing::default();
        for path in paths {
            writing.add(path)?;
        }
        Ok(writing)
    }

    /// Opens one more output and returns its number.
    ///
    /// # Errors
    /// As [`Writing::open`].
    pub fn add(&mut self, path: &Path) -> Result<usize, WriteError> {
        let standard = Path::new("-");
        let target = if path == standard || is_stream(path)? {
            let taken = |t: &Target| matches!(t, Target::Stream(other, _) if other == standard);
            if path == standard && self.targets.iter().any(taken) {
                let message = "standard output can take one output only";
                return Err(WriteError::new(path, message, "give the others a file name"));
            }
            Target::Stream(path.to_owned(), SpooledTempFile::new(HELD_BYTES))
        } else {
            Target::File(self.staging.open(path)?)
        };
        self.targets.push(target);
        Ok(self.targets.len() - 1)
    }

    /// Adds bytes to an output.
    ///
    /// # Errors
    /// When there is no room for them.
    pub fn write(&mut self, which: usize, bytes: &[u8]) -> Result<(), WriteError> {
        match &mut self.targets[which] {
            Target::File(number) => self.staging.write(*number, bytes),
            Target::Stream(path, spool) => spool
                .write_all(bytes)
                .map_err(|e| WriteError::io(path, "cannot be held until the end", &e)),
        }
    }

    /// Forgets what was written so far.
    ///
    /// # Errors
    /// When a temporary file cannot be emptied.
    pub fn restart(&mut self) -> Result<(), WriteError> {
        for target in &mut self.targets {
            match target {
                Target::File(number) => self.staging.empty(*number)?,
                Target::Stream(_, spool) => *spool = SpooledTempFile::new(HELD_BYTES),
            }
        }
        Ok(())
    }

    /// Lets all outputs appear.
    ///
    /// # Errors
    /// When one cannot; then none does, but for what went to a stream.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.staging.sync()?;
        for target in &mut self.targets {
            if let Target::Stream(path, spool) = target {
                write_stream(path, spool)?;
            }
        }
        self.staging.rename()
    }
}

/// Whether a path is a device or a pipe.
///
/// # Errors
/// When it is a folder.
fn is_stream(path: &Path) -> Result<bool, WriteError> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => {
            Err(WriteError::new(path, "is a folder", "add a file name to it"))
        }
        Ok(meta) => Ok(!meta.is_file()),
        Err(_) => Ok(false),
    }
}

/// A reader that has gone away (`| head`) has what it wanted: no error, and
/// the other outputs of the run are still due.
fn write_stream(path: &Path, from: &mut SpooledTempFile) -> Result<(), WriteError> {
    let failed = |e: io::Error| WriteError::io(path, "cannot be written", &e);
    from.rewind().map_err(failed)?;
    let written = if path.as_os_str() == "-" {
        let mut out = io::stdout().lock();
        io::copy(from, &mut out).and_then(|_| out.flush())
    } else {
        let mut out = OpenOptions::new().write(true).open(path).map_err(failed)?;
        io::copy(from, &mut out).and_then(|_| out.flush())
    };
    match written {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(failed(e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty folder of the test's own, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path =
                std::env::temp_dir().join(format!("durand-sink-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }

        fn file(&self, name: &str, text: &str) -> Output {
            Output { path: self.0.join(name), bytes: text.into() }
        }

        fn names(&self) -> Vec<String> {
            let mut names: Vec<String> = fs::read_dir(&self.0)
                .unwrap()
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.0.join(name)).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn writes_replaces_and_leaves_nothing_else() {
        let folder = Folder::new("good");
        write_all(&[folder.file("a.csv", "1"), folder.file("sub/deep/b.csv", "2")]).unwrap();
        write_all(&[folder.file("a.csv", "3")]).unwrap();
        assert_eq!(folder.read("a.csv"), "3");
        assert_eq!(folder.read("sub/deep/b.csv"), "2");
        assert_eq!(folder.names(), ["a.csv", "sub"]);
    }

    #[test]
    fn all_or_none() {
        let folder = Folder::new("none");
        write_all(&[folder.file("a.csv", "old")]).unwrap();
        fs::create_dir(folder.0.join("c.csv")).unwrap();
        let error = write_all(&[
            folder.file("a.csv", "new"),
            folder.file("new/b.csv", "new"),
            folder.file("c.csv", "new"),
        ])
        .unwrap_err();
        assert_eq!(error.path, folder.0.join("c.csv"));
        assert!(error.to_string().contains("is a folder"));
        assert_eq!(folder.read("a.csv"), "old");
        assert_eq!(folder.names(), ["a.csv", "c.csv"]);
    }

    /// A rename that fails after others have succeeded is undone.
    #[test]
    fn a_late_failure_is_undone() {
        let folder = Folder::new("late");
        write_all(&[folder.file("a.csv", "old")]).unwrap();
        let outputs =
            [folder.file("a.csv", "new"), folder.file("b.csv", "new"), folder.file("c.csv", "new")];
        let mut writing = Writing::open(outputs.iter().map(|o| o.path.as_path())).unwrap();
        for (which, output) in outputs.iter().enumerate() {
            writing.write(which, &output.bytes).unwrap();
        }
        // What stands in the way appears only now.
        fs::create_dir(folder.0.join("c.csv")).unwrap();
        fs::write(folder.0.join("c.csv/x"), "").unwrap();
        let failed = writing.finish().unwrap_err();
        assert_eq!(failed.path.file_name().unwrap(), "c.csv");
        assert_eq!(folder.read("a.csv"), "old");
        assert_eq!(folder.names(), ["a.csv", "c.csv"]);
    }

    #[test]
    fn what_a_killed_run_left_is_taken_over() {
        let folder = Folder::new("killed");
        fs::write(folder.0.join("a.csv"), "old").unwrap();
        fs::write(folder.0.join(".a.csv.durand-tmp"), "half of a much longer text").unwrap();
        fs::write(folder.0.join(".a.csv.durand-old"), "older").unwrap();
        write_all(&[folder.file("a.csv", "new")]).unwrap();
        assert_eq!(folder.read("a.csv"), "new");
        assert_eq!(folder.names(), ["a.csv"]);
    }

    #[test]
    fn a_second_run_is_refused() {
        let folder = Folder::new("two");
        let first = folder.file("a.csv", "first");
        let mut writing = Writing::open([first.path.as_path()]).unwrap();
        let error = write_all(&[folder.file("a.csv", "second")]).unwrap_err();
        assert!(error.message.contains("another run"), "{error}");
        // What was written before a restart is forgotten.
        writing.write(0, b"a longer attempt").unwrap();
        writing.restart().unwrap();
        writing.write(0, &first.bytes).unwrap();
        assert_eq!(folder.names(), [".a.csv.durand-tmp"]);
        writing.finish().unwrap();
        assert_eq!(folder.read("a.csv"), "first");
    }

    #[test]
    fn refusals_say_what_to_do() {
        let folder = Folder::new("refused");
        let twice = [folder.file("a.csv", "1"), folder.file("a.csv", "2")];
        assert!(write_all(&twice).unwrap_err().message.contains("twice"));
        fs::write(folder.0.join("r.csv"), "old").unwrap();
        let mut rights = fs::metadata(folder.0.join("r.csv")).unwrap().permissions();
        rights.set_readonly(true);
        fs::set_permissions(folder.0.join("r.csv"), rights).unwrap();
        let error = write_all(&[folder.file("r.csv", "new")]).unwrap_err();
        assert!(error.message.contains("write-protected") && !error.hint.is_empty());
        fs::write(folder.0.join("plain"), "").unwrap();
        assert!(write_all(&[folder.file("plain/x.csv", "1")]).is_err());
        assert_eq!(folder.names(), ["plain", "r.csv"]);
        let dash = Output { path: "-".into(), bytes: vec![] };
        assert!(write_all(&[dash.clone(), dash]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_written_and_links_followed() {
        write_all(&[Output { path: "/dev/null".into(), bytes: b"x".to_vec() }]).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let folder = Folder::new("link");
        fs::write(folder.0.join("real.csv"), "old").unwrap();
        std::os::unix::fs::symlink(folder.0.join("real.csv"), folder.0.join("link.csv")).unwrap();
        write_all(&[folder.file("link.csv", "new")]).unwrap();
        assert_eq!(folder.read("real.csv"), "new");
        assert!(fs::symlink_metadata(folder.0.join("link.csv")).unwrap().is_symlink());
    }
}
