//! Regions and zones of made-up incidents with mixed precision: what it costs.
//! `cargo bench --bench zones` prints the table of benches/zones.md.

// A bench may stop where it finds what cannot be.
#![allow(clippy::panic, clippy::unwrap_used)]

// Each bench uses its own part of what they share.
#[allow(dead_code)]
mod common;

#[path = "../tests/common/mod.rs"]
mod fixtures;

use common::plain::Random;
use durand::analysis::{
    HotspotSettings, Period, ProfileCounter, ProfileSettings, RegionCache, RegionSettings, Regions,
    SectorLength, Window, ZoneBreaks, compare, district_stretches, equal_stretches, footing,
    hotspots, locate, strip, sum_up, zone_areas, zones,
};
use durand::geodesy::{LonLat, direct};
use durand::model::{Fatalities, Incident, Precision};
use std::time::Instant;

fn incident(at: LonLat, precision: Precision) -> Incident {
    let fatalities = Fatalities { low: Some(1), best: Some(2), high: Some(4) };
    Incident { fatalities, ..fixtures::incident(at, precision) }
}

fn main() {
    let started = Instant::now();
    let cpu = || common::cpu_seconds(started);
    let index = fixtures::bundled_index();
    let mut random = Random(1);
    let mut off = |reach_m: f64| {
        let near = index.line.at(random.next() * index.line.length_m());
        let reach_m = reach_m * random.next();
        direct(near, random.between(0.0, 360.0), reach_m)
    };
    println!("| incidents | discs | rows | locating, µs a row | region, µs a row |");
    println!("|---|---|---|---|---|");
    for (name, reach_m, count) in [
        ("within 400 km of a place on the line", 400e3, 200_000),
        ("within 50 km", 50e3, 50_000),
        ("within 8 km", 8e3, 20_000),
    ] {
        let places: Vec<LonLat> = (0..count).map(|_| off(reach_m)).collect();
        for (precision, radius, share) in
            [(Precision::Exact, "2 km", 1), (Precision::Near, "25 km", 5)]
        {
            let incidents: Vec<Incident> =
                places[..count / share].iter().map(|&at| incident(at, precision)).collect();
            let before = cpu();
            let located = locate(&incidents, &index);
            let between = cpu();
            let cache = RegionCache::new(&index, &RegionSettings::default());
            for from in (0..incidents.len()).step_by(20_000) {
                let to = (from + 20_000).min(incidents.len());
                let batch = cache.quantiles(&incidents[from..to], &located[from..to]);
                assert!(batch.iter().all(Option::is_some));
            }
            let a_row = |seconds: f64| seconds / incidents.len() as f64 * 1e6;
            println!(
                "| {name} | {radius} | {} | {:.2} | {:.2} |",
                incidents.len(),
                a_row(between - before),
                a_row(cpu() - between)
            );
        }
    }

    // As in UCDP's file for Pakistan: two fifths exact, two fifths near, the
    // rest known to the district or the province; places come back.
    let places: Vec<LonLat> = (0..20_000).map(|_| off(250e3)).collect();
    let incidents: Vec<Incident> = (0..100_000)
        .map(|i| {
            let precision = match i % 20 {
                0..=7 => Precision::Exact,
                8..=15 => Precision::Near,
                16..=18 => Precision::District,
                _ => Precision::Province,
            };
            let day = format!("{}-{:02}-15", 1990 + i % 30, 1 + i % 12);
            let date = Some(day.parse().unwrap());
            Incident { date, ..incident(places[(i * 7919) % places.len()], precision) }
        })
        .collect();
    let breaks = ZoneBreaks::new(&[5.0, 10.0, 25.0, 50.0, 100.0]).unwrap();
    println!("\n| step | processor seconds |\n|---|---|");
    let step = |name: &str, before: f64| println!("| {name} | {:.2} |", cpu() - before);
    let before = cpu();
    let areas = zone_areas(&index, breaks.metres(), &Window::Countries);
    let bound = areas.relative_error_max();
    step(
        &format!("areas of five zones on two sides, none wrong by more than {bound:.1e} of it"),
        before,
    );
    let before = cpu();
    let endless = zone_areas(&index, breaks.metres(), &Window::Everywhere).relative_error_max();
    step(&format!("the same everywhere, {endless:.1e}"), before);
    let before = cpu();
    let located = locate(&incidents, &index);
    step("100,000 incidents located", before);
    let before = cpu();
    let discs = RegionSettings::default();
    let table = zones(&incidents, &located, &index, &discs, &breaks, &areas, Some(30.0));
    step("their regions, and the table of zones", before);
    assert_eq!(table.counted, 100_000);

    let before = cpu();
    let strip = strip(&index, &[]);
    let along = |regions: &RegionSettings| {
        let settings = ProfileSettings::default();
        let sectors = equal_stretches(index.line.length_m(), SectorLength::Metres(100_000.0));
        let asked = [sectors, district_stretches(&strip)].concat();
        let counter = ProfileCounter::new(&index, Some(regions), &settings, &asked);
        let sum = sum_up(&counter, &incidents, &located);
        let (curve, counted, kilometres) = counter.finish(sum);
        let hottest = kilometres.hottest(50_000.0, 10);
        let hot = footing(&incidents, &located, &index, Some(regions), 50_000.0, &hottest);
        (curve, counted.counts.len(), hot.counts.len())
    };
    let (curve, sectors, hottest) = along(&discs);
    step("the profile with its envelope, sectors, border districts and hottest stretches", before);
    assert!(curve.sides[0].total.expected > 1_000.0 && hottest == 30 && sectors > 100);

    let before = cpu();
    let day = |text: &str| text.parse().unwrap();
    let periods = [
        Period { from: day("1990-01-01"), to: day("2009-12-31") },
        Period { from: day("2010-01-01"), to: day("2019-12-31") },
    ];
    let regions = Regions::new(&incidents, &located, &index, &RegionSettings::default());
    let changes = compare(&incidents, &located, Some(&regions), &index, &breaks, periods);
    step("two periods compared", before);
    assert!(changes.changes.len() > 300);
    let before = cpu();
    let regions = Regions::new(&incidents, &located, &index, &RegionSettings::default());
    let settings = HotspotSettings::default();
    let spots = hotspots(&incidents, &located, Some(&regions), &index, None, &settings);
    step("hot spots, by regions and by coordinate", before);
    assert!(spots.expected > 50_000.0);

    // As a report does, in which they share what they ask of regions.
    let (before, clock) = (cpu(), Instant::now());
    let areas = zone_areas(&index, breaks.metres(), &Window::Countries);
    let regions = Regions::new(&incidents, &located, &index, &RegionSettings::default());
    regions.work_out(Some(breaks.metres()));
    let statistics = || along(&discs);
    let others = || {
        (
            zones(&incidents, &located, &index, &discs, &breaks, &areas, Some(30.0)),
            compare(&incidents, &located, Some(&regions), &index, &breaks, periods),
            hotspots(&incidents, &located, Some(&regions), &index, None, &settings),
        )
    };
    let (along, (table, ..)) = rayon::join(statistics, others);
    assert_eq!((along.2, table.counted), (30, 100_000));
    step("all of these together", before);
    println!("\nAll together {:.1} s by the clock.", clock.elapsed().as_secs_f64());
}
