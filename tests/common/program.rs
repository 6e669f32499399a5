//! The program in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An empty folder of the test's own, removed at the end; programs run in it.
pub struct Folder(pub PathBuf);

/// How a run ended.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Folder {
    pub fn new(case: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("durand-cli-{case}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Folder {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_durand"));
        command.args(arguments.split_whitespace()).current_dir(&self.0);
        command
    }

    /// Runs; a word of the arguments has no space in it.
    pub fn run(&self, arguments: &str) -> Run {
        let output = self.command(arguments).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap_or(-1);
        assert!((0..=3).contains(&code), "{arguments}: {code}");
        Run { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs what must go well.
    pub fn good(&self, arguments: &str) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments}: {}", run.err);
        run
    }

    /// Runs what must fail with a code and words, and must leave nothing new.
    pub fn bad(&self, arguments: &str, code: i32, words: &str) {
        let before = self.names();
        let run = self.run(arguments);
        assert_eq!(run.code, code, "{arguments}: {}", run.err);
        assert!(run.err.contains(words), "{arguments}: {}", run.err);
        assert!(run.err.starts_with("error: "), "{arguments}: {}", run.err);
        assert!(!run.err.contains("os error"), "{arguments}: {}", run.err);
        assert_eq!(self.names(), before, "{arguments}");
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// Every file and folder below, with folders before what is in them.
    pub fn names(&self) -> Vec<String> {
        fn walk(folder: &Path, root: &Path, names: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                names.push(path.strip_prefix(root).unwrap().display().to_string());
                if path.is_dir() {
                    walk(&path, root, names);
                }
            }
        }
        let mut names = Vec::new();
        walk(&self.0, &self.0, &mut names);
        names.sort();
        names
    }

    pub fn bytes(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        fs::read_dir(self.0.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), fs::read(p).unwrap()))
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The rows of a CSV by column name.
pub fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// `read R = U used + J rejected + F filtered`, checked to add up.
pub fn tally(text: &str) -> [u64; 4] {
    let line = text.lines().find(|l| l.starts_with("read ") && l.contains(" = ")).unwrap();
    let numbers: Vec<u64> = line.split_whitespace().filter_map(|w| w.parse().ok()).collect();
    let [read, used, rejected, filtered] = numbers[..] else { panic!("{line}") };
    assert_eq!(read, used + rejected + filtered, "{line}");
    [read, used, rejected, filtered]
}

/// Two incidents near the line.
pub const GOOD: &str = "lon,lat,place\n70.5,34.5,a\n69.5,33.5,b\n";
