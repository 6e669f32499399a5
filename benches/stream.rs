//! `durand distance` as a whole process: from a large table to a table.
//!
//! `cargo bench --bench stream` writes benches/stream.md; with `-- --rows N`
//! it measures one table of N rows and writes nothing.

// A bench may stop where it finds what cannot be.
#![allow(clippy::panic, clippy::unwrap_used)]

// Each bench uses its own part of what they share.
#[allow(dead_code)]
mod common;

use common::{points, table};
use durand::bundled;
use durand::io::{read_border, read_geojson};
use durand::model::Border;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let mut args = std::env::args();
    let folder = tempfile::tempdir().unwrap();
    if let Some(path) = args.by_ref().skip_while(|arg| arg != "--write").nth(1) {
        // A table to look at or to time by other means.
        table::write(Path::new(&path), &points(&border(), 1_000_000, 1), true).unwrap();
        return;
    }
    let mut args = std::env::args();
    if args.any(|arg| arg == "--rows") {
        let rows = args.next().and_then(|n| n.parse().ok()).unwrap();
        for precise in [false, true] {
            let run = measure(folder.path(), rows, precise, "csv", "0");
            println!("{}", run.row(rows, precise, "all"));
        }
        return;
    }
    let mut page = ABOUT.to_owned();
    for (rows, precise, threads) in [
        (1_000_000, false, "0"),
        (1_000_000, false, "1"),
        (1_000_000, true, "0"),
        (10_000_000, false, "0"),
        (10_000_000, true, "0"),
    ] {
        let run = measure(folder.path(), rows, precise, "csv", threads);
        let threads = if threads == "0" { "all" } else { threads };
        writeln!(page, "{}", run.row(rows, precise, threads)).unwrap();
    }
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/stream.md"), page).unwrap();
}

const ABOUT: &str = "# From a large table to a large table

Written by `cargo bench --bench stream`: `durand distance` as a process of its own, on a generated
table of 31 columns as ACLED exports it, every row at another place within 300 km of the Durand Line;
the district of each is among the columns. Where the table states the precision, the 5 % and 95 %
quantiles of every distance are too.

| rows | input, MB | output, MB | precision | threads | processor, s | by the clock, s | memory, MB |
|---|---|---|---|---|---|---|---|
";

/// What a process took.
struct Run {
    cpu: f64,
    wall: f64,
    peak_mb: f64,
    input_mb: f64,
    output_mb: f64,
}

impl Run {
    fn row(&self, rows: usize, precise: bool, threads: &str) -> String {
        let Run { cpu, wall, peak_mb, input_mb, output_mb } = self;
        let stated = if precise { "stated" } else { "not stated" };
        format!(
            "| {rows} | {input_mb:.0} | {output_mb:.0} | {stated} | {threads} | {cpu:.2} | \
             {wall:.2} | {peak_mb:.0} |"
        )
    }
}

fn border() -> Border {
    let layer = read_geojson("line", bundled::LINE.as_bytes()).unwrap();
    read_border(layer, "Durand Line", "Afghanistan", "Pakistan").unwrap().items
}

fn measure(folder: &Path, rows: usize, precise: bool, form: &str, threads: &str) -> Run {
    let (input, output) = (folder.join("in.csv"), folder.join(format!("out.{form}")));
    table::write(&input, &points(&border(), rows, 1), precise).unwrap();
    let mb = |path: &Path| std::fs::metadata(path).unwrap().len() as f64 / 1e6;
    let started = Instant::now();
    let before = children_cpu();
    let mut child = Command::new(env!("CARGO_BIN_EXE_durand"))
        .args(["--threads", threads, "distance"])
        .arg(&input)
        .arg("-o")
        .arg(&output)
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
    let run = Run {
        cpu: children_cpu() - before,
        wall: started.elapsed().as_secs_f64(),
        peak_mb,
        input_mb: mb(&input),
        output_mb: mb(&output),
    };
    std::fs::remove_file(&input).unwrap();
    std::fs::remove_file(&output).unwrap();
    run
}

/// Processor seconds of the processes that have ended, where Linux tells.
fn children_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name
        .split_whitespace()
        .skip(13)
        .take(2)
        .filter_map(|t| t.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// Largest memory a process has held, megabytes, where Linux tells.
fn peak_of(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}
