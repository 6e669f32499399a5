//! Which of the bundled districts hold a million points.

// A bench may stop where it finds what cannot be.
#![allow(clippy::panic, clippy::unwrap_used)]

// Each bench uses its own part of what they share.
#[allow(dead_code)]
mod common;

use common::{districts, in_the_box};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use durand::index::AreaIndex;

fn main() {
    divan::main();
}

const COUNT: usize = 1_000_000;

#[divan::bench(sample_count = 10)]
fn index_the_districts(bencher: Bencher) {
    let areas = districts();
    bencher.bench_local(|| AreaIndex::new(black_box(&areas)));
}

#[divan::bench(sample_count = 10)]
fn first_containing_on_all_cores(bencher: Bencher) {
    let (index, points) = (AreaIndex::new(&districts()), in_the_box(COUNT));
    bencher
        .counter(ItemsCount::new(COUNT))
        .bench_local(|| index.first_containing(black_box(&points)));
}

#[divan::bench(sample_count = 10)]
fn containing_one_by_one(bencher: Bencher) {
    let (index, points) = (AreaIndex::new(&districts()), in_the_box(COUNT));
    bencher
        .counter(ItemsCount::new(COUNT))
        .bench_local(|| points.iter().map(|p| index.containing(*p).len()).sum::<usize>());
}
