//! Which of the bundled districts hold a million points.

// Each bench uses its own part of what they share.
#[allow(dead_code)]
mod common;

use common::plain::Random;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use durand::bundled;
use durand::geodesy::LonLat;
use durand::index::AreaIndex;
use durand::io::{read_areas, read_geojson};
use durand::model::{Area, Level};

fn main() {
    divan::main();
}

const COUNT: usize = 1_000_000;

fn districts() -> Vec<Area> {
    let text = bundled::DISTRICTS.as_bytes();
    let layer = read_geojson("districts", text).unwrap();
    read_areas(layer, Level::District).unwrap().items
}

/// Points in the box of the two countries, as they come.
fn points() -> Vec<LonLat> {
    let mut random = Random(4);
    let at = |_| LonLat::new(random.between(60.0, 80.0), random.between(23.0, 39.0)).unwrap();
    (0..COUNT).map(at).collect()
}

#[divan::bench(sample_count = 10)]
fn index_the_districts(bencher: Bencher) {
    let areas = districts();
    bencher.bench_local(|| AreaIndex::new(black_box(&areas)));
}

#[divan::bench(sample_count = 10)]
fn first_containing_on_all_cores(bencher: Bencher) {
    let (index, points) = (AreaIndex::new(&districts()), points());
    bencher
        .counter(ItemsCount::new(COUNT))
        .bench_local(|| index.first_containing(black_box(&points)));
}

#[divan::bench(sample_count = 10)]
fn containing_one_by_one(bencher: Bencher) {
    let (index, points) = (AreaIndex::new(&districts()), points());
    bencher
        .counter(ItemsCount::new(COUNT))
        .bench_local(|| points.iter().map(|p| index.containing(*p).len()).sum::<usize>());
}
