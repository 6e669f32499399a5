//! The density surface on growing inputs: `cargo bench --bench density`.
//!
//! Seeded points, two thirds of them in 60 clusters, on a square of 1,500 km.
//! Times are processor seconds of all threads, read from Linux's
//! `/proc/self/stat`, or wall seconds where there is none. Beside each the
//! number of cells in reach that the plain double sum would visit. Then the
//! memory that a surface takes beside its points, where Linux tells.

// Each bench uses its own part of what they share.
#[allow(dead_code)]
#[path = "../tests/common/plain.rs"]
mod plain;

use durand::analysis::{
    Against, Bandwidth, Contributor, DensitySettings, Edge, Kernel, Lattice, Mass, Sources,
    Tolerance, density, kernel_sums, relative_risk,
};
use durand::geodesy::{Extent, LonLat};
use durand::index::BorderIndex;
use durand::model::Border;
use plain::Random;
use std::f64::consts::{PI, TAU};
use std::time::Instant;

fn normal(random: &mut Random) -> f64 {
    (-2.0 * (1.0 - random.next()).ln()).sqrt() * (TAU * random.next()).cos()
}

const SIDE_M: f64 = 1_500_000.0;

fn points(n: usize) -> Vec<Mass> {
    let mut random = Random(1);
    let clusters: Vec<[f64; 3]> = (0..60)
        .map(|_| {
            [random.next() * SIDE_M, random.next() * SIDE_M, 5_000.0 + 40_000.0 * random.next()]
        })
        .collect();
    (0..n)
        .map(|i| {
            let (x_m, y_m) = if i % 3 == 0 {
                (random.next() * SIDE_M, random.next() * SIDE_M)
            } else {
                let [x, y, spread] = clusters[(random.next() * 60.0) as usize];
                let (dx, dy) = (normal(&mut random), normal(&mut random));
                ((x + spread * dx).clamp(0.0, SIDE_M), (y + spread * dy).clamp(0.0, SIDE_M))
            };
            Mass { x_m, y_m: -y_m, weight: 1.0 }
        })
        .collect()
}

/// Processor seconds so far, in hundredths.
fn processor_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

fn timed<T>(work: impl Fn() -> T) -> (f64, T) {
    let (wall, before) = (Instant::now(), processor_s());
    let made = work();
    let spent = match (before, processor_s()) {
        (Some(a), Some(b)) => b - a,
        _ => wall.elapsed().as_secs_f64(),
    };
    (spent, made)
}

/// The plain double sum over every so many-th row, as the code before did it.
fn plain_rows(points: &[Mass], lattice: &Lattice, kernel: Kernel, h: f64, every: usize) -> f64 {
    let mut sum = 0.0;
    let reach = kernel.reach() * h;
    for row in (0..lattice.rows).step_by(every) {
        let y = lattice.centre(0, row).1;
        for p in points {
            let dy = p.y_m - y;
            if dy.abs() >= reach {
                continue;
            }
            let half = (reach * reach - dy * dy).sqrt();
            let first = ((p.x_m - half - lattice.west_m) / lattice.cell_m - 1.5).max(0.0) as usize;
            let last = ((p.x_m + half - lattice.west_m) / lattice.cell_m + 0.5).max(0.0) as usize;
            for column in first..(last + 1).min(lattice.columns) {
                let dx = lattice.centre(column, row).0 - p.x_m;
                sum += p.weight * kernel.value(dx * dx + dy * dy, h);
            }
        }
    }
    sum
}

/// Megabytes of a line of `/proc/self/status`.
fn memory_mb(line: &str) -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix(line))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

/// The most memory that `work` takes beyond what was taken before, megabytes.
fn peak_mb<T>(work: impl Fn() -> T) -> Option<(f64, T)> {
    // Forgets the peak so far.
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = memory_mb("VmRSS:")?;
    let made = work();
    Some((memory_mb("VmHWM:")? - before, made))
}

/// The memory of surfaces on a square of so many cells, as a table.
fn memory(across: usize) -> Option<()> {
    println!("\n| surface of 10,000 points | grid | one grid MB | peak MB | copies of the grid |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let half = 0.00125 * across as f64;
    let extent =
        Extent { west: 70.0 - half, south: 33.0 - half, east: 70.0 + half, north: 33.0 + half };
    let mut random = Random(1);
    let mut place = || {
        let (u, v) = (2.0 * random.next() - 1.0, 2.0 * random.next() - 1.0);
        LonLat::new(70.0 + half * u, 33.0 + half * v).ok()
    };
    let part: Option<Vec<LonLat>> = [-1.2, -0.3, 0.4, 1.2]
        .into_iter()
        .map(|t| LonLat::new(70.0 + half * t, 33.0 + half * t * t).ok())
        .collect();
    let border = Border::new("line", "L", "R", vec![part?]).ok()?;
    let line = BorderIndex::new(&border);
    let incidents: Option<Vec<Contributor>> = (0..10_000)
        .map(|_| {
            let at = place()?;
            Some(Contributor { side: line.locate(at).side, ..Contributor::at(at, 1.0) })
        })
        .collect();
    let incidents = incidents?;
    let asked = |edge, adaptive| DensitySettings {
        kernel: Kernel::Quartic,
        bandwidth: Bandwidth::Fixed(10_000.0),
        adaptive,
        edge,
        cell_m: 250.0,
        extent,
        counted: "incidents",
    };
    for (name, edge, adaptive, barrier) in [
        ("plain", Edge::None, false, false),
        ("uniform edge", Edge::Uniform, false, false),
        ("Diggle's edge", Edge::Diggle, false, false),
        ("adaptive", Edge::None, true, false),
        ("barrier", Edge::None, false, true),
    ] {
        let settings = asked(edge, adaptive);
        let sources = Sources {
            incidents: incidents.clone(),
            line: barrier.then_some(&line),
            ..Sources::default()
        };
        let (peak, made) = peak_mb(|| density(&sources, &settings))?;
        row(name, &made.ok()?.frame.lattice, peak);
    }
    // The ratio of two groups, with five draws: as many as one likes take no more.
    let cases: Vec<bool> = (0..10_000).map(|i| i % 3 == 0).collect();
    let tolerance = Tolerance { simulations: 5, seed: 1 };
    for (name, edge, barrier) in [
        ("ratio", Edge::None, false),
        ("ratio, uniform edge", Edge::Uniform, false),
        ("ratio, barrier", Edge::None, true),
    ] {
        let settings = asked(edge, false);
        let sources = Sources {
            incidents: incidents.clone(),
            line: barrier.then_some(&line),
            ..Sources::default()
        };
        let (peak, made) =
            peak_mb(|| relative_risk(&sources, &cases, Against::Rest, &settings, tolerance))?;
        row(name, &made.ok()?.frame.lattice, peak);
    }
    Some(())
}

fn row(name: &str, lattice: &Lattice, peak: f64) {
    let mb = (lattice.columns * lattice.rows * 8) as f64 / 1048576.0;
    let (columns, rows) = (lattice.columns, lattice.rows);
    println!("| {name} | {columns} × {rows} | {mb:.0} | {peak:.0} | {:.1} |", peak / mb);
}

fn main() {
    // `cargo test` runs benches too: then only a look whether it works.
    let quick = !std::env::args().any(|a| a == "--bench");
    println!(
        "| points | grid | kernel | bandwidth km | cells in reach | plain s | now s | ratio |"
    );
    println!("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    let cases: &[(usize, usize, Kernel, f64)] = &[
        (10_000, 1_000, Kernel::Quartic, 25.0),
        (100_000, 1_000, Kernel::Quartic, 25.0),
        (1_000_000, 1_000, Kernel::Quartic, 25.0),
        (10_000_000, 1_000, Kernel::Quartic, 25.0),
        (1_000_000, 2_000, Kernel::Quartic, 25.0),
        (1_000_000, 4_000, Kernel::Quartic, 25.0),
        (1_000_000, 1_000, Kernel::Quartic, 12.5),
        (1_000_000, 1_000, Kernel::Quartic, 50.0),
        (1_000_000, 1_000, Kernel::Quartic, 100.0),
        (1_000_000, 1_000, Kernel::Uniform, 25.0),
        (1_000_000, 1_000, Kernel::Epanechnikov, 25.0),
        (1_000_000, 1_000, Kernel::Triweight, 25.0),
        (1_000_000, 1_000, Kernel::Gaussian, 25.0),
        (100_000, 1_000, Kernel::Gaussian, 25.0),
    ];
    for &(n, across, kernel, h_km) in if quick { &cases[..1] } else { cases } {
        let n = if quick { n / 10 } else { n };
        let (points, h) = (points(n), h_km * 1000.0);
        let lattice = Lattice {
            west_m: 0.0,
            north_m: 0.0,
            cell_m: SIDE_M / across as f64,
            columns: across,
            rows: across,
        };
        let radius = kernel.reach() * h / lattice.cell_m;
        // Enough rows for half a second or so.
        let work = n as f64 * PI * radius * radius;
        let every = ((work / 1e8).ceil() as usize).clamp(1, across);
        let (plain, _) = timed(|| plain_rows(&points, &lattice, kernel, h, every));
        let plain = plain * every as f64;
        let best = (0..3)
            .map(|_| timed(|| kernel_sums(&points, &lattice, kernel, h)).0)
            .fold(f64::INFINITY, f64::min);
        println!(
            "| {n} | {across} | {kernel} | {h_km} | {:.0} | {plain:.1} | {best:.2} | {:.0} |",
            PI * radius * radius,
            plain / best.max(0.005)
        );
    }
    if memory(if quick { 200 } else { 4_000 }).is_none() {
        println!("| not told | | | | |");
    }
}
