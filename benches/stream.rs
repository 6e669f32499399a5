//! `durand distance` and the commands whose results add up as whole processes: from
//! a large table to a table or a raster.
//!
//! `cargo bench --bench stream` writes benches/stream.md; with `-- --rows N`
//! it measures two tables of N rows and writes nothing.

// A bench may stop where it finds what cannot be.
#![allow(clippy::panic, clippy::unwrap_used)]

// Each bench uses its own part of what they share.
#[allow(dead_code)]
mod common;

#[path = "../tests/common/mod.rs"]
mod bundled_layers;

use bundled_layers::bundled_index;
use common::plain::Random;
use common::table::{self, Place};
use common::{median_cpu, points};
use durand::analysis::{locate, locate_one};
use durand::index::StudyIndex;
use durand::io::{IncidentBatch, IncidentReader, Input, Outcome, ReadError, ReadOptions};
use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let bench = Bench::new();
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|arg| arg == name)?;
        arguments.get(at + 1).cloned()
    };
    if let Some(path) = number("--write") {
        // A table to look at or to time by other means.
        let precise = arguments.iter().any(|arg| arg == "--precise");
        let kind = if precise { Kind::Precise } else { Kind::Distinct };
        bench.write(Path::new(&path), 1_000_000, kind);
        return;
    }
    if let Some(rows) = number("--rows") {
        for kind in [Kind::Distinct, Kind::Precise] {
            println!("{}", bench.measure(rows.parse().unwrap(), kind, "0"));
            for command in SUMS {
                println!("{}", bench.sum(command, rows.parse().unwrap(), kind));
            }
        }
        return;
    }
    // First, before the disk has much to write.
    let mut phases = PHASES.to_owned();
    bench.phases(&mut phases, 1_000_000);
    let mut page = ABOUT.to_owned();
    for (rows, kind, threads) in [
        (1_000_000, Kind::Distinct, "0"),
        (1_000_000, Kind::Distinct, "1"),
        (1_000_000, Kind::Precise, "0"),
        (10_000_000, Kind::Distinct, "0"),
        (10_000_000, Kind::Precise, "0"),
    ] {
        writeln!(page, "{}", bench.measure(rows, kind, threads)).unwrap();
    }
    page.push_str(&phases);
    page.push_str(ABOUT_SUMS);
    for rows in [100_000, 10_000_000] {
        for kind in [Kind::Distinct, Kind::Precise] {
            for command in SUMS {
                writeln!(page, "{}", bench.sum(command, rows, kind)).unwrap();
            }
        }
    }
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/stream.md"), page).unwrap();
}

const PHASES: &str = "
Where the time goes, for a million rows with places all different, on all threads: each line does what
the one before does and one thing more. The whole starts the program, which reads and indexes the
layers, and writes to a disk.

| | processor, s | ns a row more |
|---|---|---|
";

const ABOUT: &str = "# From a large table to a large table

Written by `cargo bench --bench stream`: `durand distance` as a process of its own, from a generated CSV
of 31 columns as ACLED exports it to a CSV with the columns added, district among them. Places lie
within 300 km of the Durand Line, a third of them in clusters. *All different*: every row at a place of its
own, no precision stated. *As in ACLED*: 20,000 places that repeat, seven in ten rows known to the town, a
quarter to its surroundings, one in twenty to the province, so that each gets the 5 % and 95 % quantiles of
its distance and the probability of its side; a region is worked out once. The system's part is that of
reading and writing files; on a virtual machine whose memory comes from the host as it is used, as here,
it is several times that of another.

| rows | places | input, MB | output, MB | threads | processor, s | of it the system's | by the clock, s | memory, MB |
|---|---|---|---|---|---|---|---|---|
";

/// Commands whose results add up, and what they write, if anything.
const SUMS: [(&str, &str); 4] =
    [("zones", "o.csv"), ("profile", "o.csv"), ("density", "o.tif"), ("check", "")];

const ABOUT_SUMS: &str = "
Commands whose results add up, on the same tables and on all threads, as they are without options:

| command | rows | places | processor, s | of it the system's | by the clock, s | memory, MB |
|---|---|---|---|---|---|---|
";

/// What a table is like.
#[derive(Clone, Copy)]
enum Kind {
    /// Every row at a place of its own, precision not stated.
    Distinct,
    /// Places repeat, precision stated.
    Precise,
}

/// What tables are made from.
struct Bench {
    folder: tempfile::TempDir,
    index: StudyIndex,
}

impl Bench {
    fn new() -> Bench {
        Bench { folder: tempfile::tempdir().unwrap(), index: bundled_index() }
    }

    fn write(&self, path: &Path, rows: usize, kind: Kind) {
        let count = match kind {
            Kind::Distinct => rows.min(1_000_000),
            Kind::Precise => 20_000,
        };
        let named = |at| {
            let found = locate_one(at, None, &self.index);
            let names = found.placement.names(&self.index);
            let [country, province, district] =
                [names.country, names.province, names.district].map(str::to_owned);
            Place { at, country, province, district }
        };
        let places: Vec<Place> =
            points(&self.index.border, count, 1).into_iter().map(named).collect();
        let mut random = Random(5);
        let every = (0..rows).map(|i| match kind {
            // Beyond a million they come again; nothing remembers so many.
            Kind::Distinct => &places[i % count],
            Kind::Precise => &places[random.below(count)],
        });
        table::write(path, every, matches!(kind, Kind::Precise)).unwrap();
    }

    /// What the steps of a run take.
    fn phases(&self, page: &mut String, rows: usize) {
        let (input, output) = (self.folder.path().join("in.csv"), self.folder.path().join("o.csv"));
        self.write(&input, rows, Kind::Distinct);
        let options =
            |keep_rows| ReadOptions { keep_rows, without_words: true, ..ReadOptions::default() };
        let read = |keep_rows, work: &(dyn Fn(IncidentBatch) -> usize + Sync)| {
            let from = Input::Path(input.clone());
            let mut reader = IncidentReader::open(&from, ("", ""), &options(keep_rows), 0).unwrap();
            let mut count = 0;
            let take = |n: usize| {
                count += n;
                Ok::<_, ReadError>(())
            };
            assert!(matches!(reader.read(work, take, &|_| {}), Ok(Outcome::Done(_))));
            assert_eq!(count, rows);
        };
        let mut before = 0.0;
        let mut line = |what: &str, seconds: f64| {
            let more = ((seconds - before) * 1e9 / rows as f64).round() as i64;
            before = seconds;
            writeln!(page, "| {what} | {seconds:.2} | {more} |").unwrap();
        };
        page_head(&mut line, &input);
        line(
            "records found, numbers, dates and names read",
            median_cpu(3, || read(false, &|batch| batch.incidents.len())),
        );
        line(
            "rows kept to be written again",
            median_cpu(3, || read(true, &|batch| batch.rows.len())),
        );
        line(
            "distance, side, chainage, district",
            median_cpu(3, || read(true, &|batch| locate(&batch.incidents, &self.index).len())),
        );
        let mut whole: Vec<f64> =
            (0..3).map(|_| run("distance", &input, Some(&output), "0").cpu).collect();
        whole.sort_by(f64::total_cmp);
        line("the whole: columns formatted and written", whole[1]);
    }

    /// A row of the page.
    fn measure(&self, rows: usize, kind: Kind, threads: &str) -> String {
        let (input, output) = (self.folder.path().join("in.csv"), self.folder.path().join("o.csv"));
        self.write(&input, rows, kind);
        let Run { cpu, system, wall, peak_mb } = run("distance", &input, Some(&output), threads);
        let mb = |path: &Path| std::fs::metadata(path).unwrap().len() as f64 / 1e6;
        let places = kind.words();
        let threads = if threads == "0" { "all" } else { threads };
        format!(
            "| {rows} | {places} | {:.0} | {:.0} | {threads} | {cpu:.2} | {system:.2} | {wall:.2} | {peak_mb:.0} |",
            mb(&input),
            mb(&output)
        )
    }

    /// A row of the page, for a command whose result adds up.
    fn sum(&self, (command, output): (&str, &str), rows: usize, kind: Kind) -> String {
        let (input, output) = (self.folder.path().join("in.csv"), self.folder.path().join(output));
        self.write(&input, rows, kind);
        let output = (command != "check").then_some(output);
        let Run { cpu, system, wall, peak_mb } = run(command, &input, output.as_deref(), "0");
        let places = kind.words();
        format!(
            "| {command} | {rows} | {places} | {cpu:.2} | {system:.2} | {wall:.2} | {peak_mb:.0} |"
        )
    }
}

impl Kind {
    /// The word of the page.
    fn words(self) -> &'static str {
        match self {
            Kind::Distinct => "all different",
            Kind::Precise => "as in ACLED",
        }
    }
}

/// The first of the phases: the bytes alone.
fn page_head(line: &mut impl FnMut(&str, f64), input: &Path) {
    let bytes = || {
        let mut file = std::fs::File::open(input).unwrap();
        let mut buffer = vec![0; 2 << 20];
        while file.read(&mut buffer).unwrap() > 0 {}
    };
    line("bytes read", median_cpu(3, bytes));
}

/// What a process took.
struct Run {
    cpu: f64,
    system: f64,
    wall: f64,
    peak_mb: f64,
}

fn run(command: &str, input: &Path, output: Option<&Path>, threads: &str) -> Run {
    let started = Instant::now();
    let before = children_cpu();
    let mut child = Command::new(env!("CARGO_BIN_EXE_durand"))
        .args(["--threads", threads, command])
        .arg(input)
        .args(output.into_iter().flat_map(|output| [Path::new("-o"), output]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak_mb = 0.0;
    let status = loop {
        peak_mb = peak_of(child.id()).unwrap_or(peak_mb);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success());
    let [user, system] = [0, 1].map(|i| children_cpu()[i] - before[i]);
    Run { cpu: user + system, system, wall: started.elapsed().as_secs_f64(), peak_mb }
}

/// Processor seconds of the processes that have ended, their own and the system's
/// for them, where Linux tells.
fn children_cpu() -> [f64; 2] {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut ticks = after_name.split_whitespace().skip(13).map(|t| t.parse::<f64>().unwrap_or(0.0));
    [0, 1].map(|_| ticks.next().unwrap_or(0.0) / 100.0)
}

/// Largest memory a process has held, megabytes, where Linux tells.
fn peak_of(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}
