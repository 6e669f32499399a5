//! Distances to a line: how fast, and how wrong at worst.
//!
//! `cargo bench --bench distance` times single parts with divan.
//! `cargo bench --bench distance -- --table` writes benches/distance.md.

// A bench may stop where it finds what cannot be.
#![allow(clippy::panic, clippy::unwrap_used)]

// Each bench uses its own part of what they share.
#[allow(dead_code)]
mod common;

use common::plain::{CASES, worst};
use common::{districts, in_the_box, median_cpu, peak_mb, points, wiggly, with_more_vertices};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use durand::geodesy::{LonLat, inverse};
use durand::index::{AreaIndex, BorderIndex};
use durand::model::Area;
use geo::CoordsIter;
use std::fmt::Write;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    if std::env::args().any(|arg| arg == "--table") {
        let mut page = ABOUT.to_owned();
        speed(&mut page).unwrap();
        holding(&mut page).unwrap();
        errors(&mut page).unwrap();
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/distance.md"), page).unwrap();
    } else {
        divan::main();
    }
}

fn inverses(points: &[LonLat]) -> f64 {
    points.windows(2).map(|pair| inverse(pair[0], pair[1]).distance_m).sum()
}

const ABOUT: &str = "# How fast, and how wrong at worst

Written by `cargo bench --bench distance -- --table`. Seconds are processor seconds of all threads
together, medians of some runs; they depend on the machine and on who else uses it. The last column
does so less: how many times Karney's inverse problem could have been solved instead, as measured in
the same run. `cargo bench` times the single parts by the clock, on one core and on all.

The line is 2,300 km long and wiggles; points lie within 300 km of it, a
third of them in fifty clusters (benches/common/mod.rs).

";

/// Processor time for a million points, and for ten in batches of one.
fn speed(page: &mut String) -> std::fmt::Result {
    let million = points(&wiggly(1_000), 1_000_000, 1);
    let unit = median_cpu(3, || {
        black_box(inverses(&million));
    });
    writeln!(
        page,
        "| line | points | index, s | points, s | ns a point | Karney inverses a point |"
    )?;
    writeln!(page, "|---|---|---|---|---|---|")?;
    for vertices in SIZES {
        let border = wiggly(vertices);
        let index = BorderIndex::new(&border);
        let built = median_cpu(3, || {
            black_box(BorderIndex::new(&border));
        });
        let points = points(&border, 1_000_000, 1);
        let seconds = median_cpu(5, || {
            black_box(index.locate_all(&points));
        });
        writeln!(
            page,
            "| {vertices} vertices, {:.0} km | 1,000,000 | {built:.2} | {seconds:.2} | {:.0} | {:.2} |",
            index.length_m() / 1e3,
            seconds * 1e3,
            seconds / unit
        )?;
    }
    let border = wiggly(10_000);
    let index = BorderIndex::new(&border);
    let points = points(&border, 1_000_000, 2);
    let seconds = median_cpu(1, || {
        for _ in 0..10 {
            black_box(index.locate_all(&points));
        }
    });
    writeln!(
        page,
        "| 10000 vertices | 10,000,000 in batches of a million | | {seconds:.2} | {:.0} | {:.2} |",
        seconds * 1e2,
        seconds / unit / 10.0
    )?;
    writeln!(page, "\nOne Karney inverse: {:.0} ns.", unit * 1e3)?;
    if let Some(peak) = peak_mb() {
        writeln!(page, "Largest memory held, points and results: {peak:.0} MB.")?;
    }
    Ok(())
}

/// Processor time for the bundled districts to take a million points.
fn holding(page: &mut String) -> std::fmt::Result {
    writeln!(
        page,
        "\n| areas | vertices | index, s | first that holds each of 1 M points, s | all that hold them, one by one, s |"
    )?;
    writeln!(page, "|---|---|---|---|---|")?;
    for areas in [districts(), with_more_vertices(districts())] {
        holding_of(page, &areas)?;
    }
    Ok(())
}

fn holding_of(page: &mut String, areas: &[Area]) -> std::fmt::Result {
    let vertices: usize = areas.iter().map(|area| area.shape.coords_count()).sum();
    let index = AreaIndex::new(areas);
    let built = median_cpu(5, || {
        black_box(AreaIndex::new(areas));
    });
    let points = in_the_box(1_000_000);
    let first = median_cpu(9, || {
        black_box(index.first_containing(&points));
    });
    let all = median_cpu(9, || {
        black_box(points.iter().map(|p| index.containing(*p).len()).sum::<usize>());
    });
    writeln!(
        page,
        "| {} districts | {vertices} | {built:.2} | {first:.2} | {all:.2} |",
        areas.len()
    )
}

/// The largest errors of every kind of input.
fn errors(page: &mut String) -> std::fmt::Result {
    writeln!(
        page,
        "\n| input | points | distance, µm | foot to its chainage, µm | foot along the line, µm |"
    )?;
    writeln!(page, "|---|---|---|---|---|")?;
    for case in &CASES {
        let found = worst(case, 100, 3);
        writeln!(
            page,
            "| {} | {} | {:.3} | {:.3} | {:.3} |",
            case.name,
            found.points,
            found.distance_m * 1e6,
            found.foot_m * 1e6,
            found.along_m * 1e6
        )?;
    }
    Ok(())
}

const COUNT: usize = 200_000;

fn on_threads(bencher: Bencher, vertices: usize, threads: usize) {
    let border = wiggly(vertices);
    let index = BorderIndex::new(&border);
    let points = points(&border, COUNT, 1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    bencher
        .counter(ItemsCount::new(COUNT))
        .bench_local(|| pool.install(|| index.locate_all(black_box(&points))));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn locate_all_on_one_core(bencher: Bencher, vertices: usize) {
    on_threads(bencher, vertices, 1);
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn locate_all_on_all_cores(bencher: Bencher, vertices: usize) {
    on_threads(bencher, vertices, 0);
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn locate_one_by_one(bencher: Bencher, vertices: usize) {
    let border = wiggly(vertices);
    let index = BorderIndex::new(&border);
    let points = points(&border, COUNT / 10, 1);
    bencher
        .counter(ItemsCount::new(points.len()))
        .bench_local(|| points.iter().map(|p| index.locate(*p).distance_m).sum::<f64>());
}

#[divan::bench(sample_count = 10)]
fn one_karney_inverse_a_point(bencher: Bencher) {
    let points = points(&wiggly(1_000), COUNT, 1);
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| inverses(black_box(&points)));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn index_a_line(bencher: Bencher, vertices: usize) {
    let border = wiggly(vertices);
    bencher.bench_local(|| BorderIndex::new(black_box(&border)));
}
