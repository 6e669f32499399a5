//! What the benches measure with and on.

use durand::bundled;
use durand::geodesy::{LonLat, direct};
use durand::io::{read_areas, read_geojson};
use durand::model::{Area, Border, Level};
use geo::{LineString, Polygon};

pub mod table;

#[path = "../../tests/common/plain.rs"]
pub mod plain;

use plain::{Random, line};

/// A wiggly line of some 2,300 km.
pub fn wiggly(vertices: usize) -> Border {
    let part = (0..vertices)
        .map(|i| {
            let share = i as f64 / (vertices - 1) as f64;
            let turn = share * std::f64::consts::TAU;
            let lon = 61.0 + 13.5 * share + 0.25 * (7.0 * turn).cos() + 0.02 * (101.0 * turn).sin();
            let lat = 29.5 + 7.5 * share + 0.7 * (3.0 * turn).sin() + 0.12 * (23.0 * turn).sin();
            LonLat::new(lon, lat).unwrap()
        })
        .collect();
    line(vec![part])
}

/// Points within 300 km of a line, a third of them in fifty clusters.
pub fn points(border: &Border, count: usize, seed: u64) -> Vec<LonLat> {
    let mut random = Random(seed);
    let vertices = &border.parts()[0];
    let clusters: Vec<LonLat> = (0..50)
        .map(|_| {
            let near = vertices[random.below(vertices.len())];
            direct(near, random.between(-180.0, 180.0), random.between(0.0, 250e3))
        })
        .collect();
    (0..count)
        .map(|i| {
            let (near, reach) = if i % 3 == 0 {
                (clusters[random.below(50)], 20e3 * random.next() * random.next())
            } else {
                (vertices[random.below(vertices.len())], 300e3 * random.next())
            };
            direct(near, random.between(-180.0, 180.0), reach)
        })
        .collect()
}

/// The bundled districts.
pub fn districts() -> Vec<Area> {
    let layer = read_geojson("districts", bundled::DISTRICTS.as_bytes()).unwrap();
    read_areas(layer, Level::District).unwrap().items
}

/// The same areas with 2.2 times the vertices: every edge halved, and every
/// fifth cut in three.
pub fn with_more_vertices(mut areas: Vec<Area>) -> Vec<Area> {
    let cut = |ring: &LineString<f64>| -> LineString<f64> {
        let mut coords = vec![ring.0[0]];
        for (i, pair) in ring.0.windows(2).enumerate() {
            let pieces = if i % 5 == 0 { 3 } else { 2 };
            for piece in 1..pieces {
                let share = f64::from(piece) / f64::from(pieces);
                coords.push(pair[0] + (pair[1] - pair[0]) * share);
            }
            coords.push(pair[1]);
        }
        LineString(coords)
    };
    for area in &mut areas {
        for polygon in &mut area.shape.0 {
            let holes = polygon.interiors().iter().map(cut).collect();
            *polygon = Polygon::new(cut(polygon.exterior()), holes);
        }
    }
    areas
}

/// Points in the box of the two countries, as they come.
pub fn in_the_box(count: usize) -> Vec<LonLat> {
    let mut random = Random(4);
    (0..count)
        .map(|_| LonLat::new(random.between(60.0, 80.0), random.between(23.0, 39.0)).unwrap())
        .collect()
}

/// Processor seconds of all threads so far; on other systems than Linux,
/// seconds by the clock.
pub fn cpu_seconds(started: std::time::Instant) -> f64 {
    let ticks = std::fs::read_to_string("/proc/self/stat").ok().and_then(|stat| {
        let after_name = stat.rsplit_once(')')?.1;
        let mut fields = after_name.split_whitespace().skip(11);
        let user: f64 = fields.next()?.parse().ok()?;
        let system: f64 = fields.next()?.parse().ok()?;
        Some((user + system) / 100.0)
    });
    ticks.unwrap_or_else(|| started.elapsed().as_secs_f64())
}

/// Median of processor seconds that a task takes over some runs.
pub fn median_cpu(runs: usize, mut task: impl FnMut()) -> f64 {
    let started = std::time::Instant::now();
    let mut seconds: Vec<f64> = (0..runs)
        .map(|_| {
            let before = cpu_seconds(started);
            task();
            cpu_seconds(started) - before
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[runs / 2]
}

/// Largest memory held so far, megabytes, where Linux tells.
pub fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}
