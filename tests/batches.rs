//! Results that add up batch by batch: how incidents are cut into batches, and the number of
//! threads, change nothing.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

mod common;

#[allow(dead_code, unused_imports)]
#[path = "common/plain.rs"]
mod plain;

use common::{bundled_index, incident};
use durand::analysis::{
    Bandwidth, Contributions, Contributor, DensitySettings, Edge, Kernel, LinesCounter, Located,
    ProfileCounter, ProfileSettings, RegionSettings, SectorLength, Share, Sources, Sums,
    SurfaceCounter, ZoneAreas, ZoneBreaks, ZoneCounter, equal_stretches, footing, locate,
};
use durand::geodesy::{Extent, LonLat, direct};
use durand::index::StudyIndex;
use durand::model::{Area, Fatalities, Incident, Precision};
use plain::Random;

/// Made-up incidents within 60 km of the line, of every precision; places repeat.
fn incidents(index: &StudyIndex, count: usize) -> Vec<Incident> {
    let mut random = Random(21);
    let places: Vec<_> = (0..count / 2)
        .map(|_| {
            let near = index.line.at(random.next() * index.line.length_m());
            direct(near, random.between(0.0, 360.0), 60_000.0 * random.next())
        })
        .collect();
    (0..count)
        .map(|i| {
            let precision = Precision::ALL.get(i % 7).copied();
            let best = (i % 3 > 0).then_some(i as u32 % 11);
            let fatalities = Fatalities { best, ..Fatalities::default() };
            let at = places[i * 7919 % places.len()];
            Incident { precision, fatalities, ..incident(at, Precision::Exact) }
        })
        .collect()
}

/// What incidents add up to in batches of a size.
fn in_batches<S: Sums>(
    sums: &S,
    incidents: &[Incident],
    located: &[Located],
    size: usize,
) -> S::Sum {
    let mut sum = sums.start();
    for (incidents, located) in incidents.chunks(size).zip(located.chunks(size)) {
        sums.add(&mut sum, sums.part(incidents, located));
    }
    sum
}

/// The same result from batches of one, of some and of all, on one thread and on two.
fn is_one<T: PartialEq + Send>(result: impl Fn(usize) -> T + Sync) {
    let on = |threads: usize, size: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| result(size))
    };
    let whole = on(2, usize::MAX);
    assert!(on(2, 1) == whole, "one by one");
    assert!(on(1, 17) == whole, "by seventeen, on one thread");
}

#[test]
fn zones_do_not_depend_on_batches() {
    let index = bundled_index();
    let incidents = incidents(&index, 400);
    let located = locate(&incidents, &index);
    let breaks = ZoneBreaks::new(&[5.0, 10.0, 25.0, 50.0]).unwrap();
    let areas = ZoneAreas { zones_km2: [vec![1e3; 4], vec![1e3; 4]], ..ZoneAreas::unknown() };
    let settings = RegionSettings::default();
    let counter = ZoneCounter::new(&index, &settings, &breaks);
    let others = [bundled_index()];
    let lines = LinesCounter::new(&index, &others, &settings, &breaks);
    is_one(|size| {
        let mut table =
            counter.finish(in_batches(&counter, &incidents, &located, size), &areas, Some(3.0));
        lines.finish(in_batches(&lines, &incidents, &located, size), &mut table);
        // The other line is the same.
        for row in &table.rows {
            let spread = row.lines.unwrap();
            assert_eq!(spread.incidents, [row.incidents; 2]);
            assert!((spread.expected[1] - spread.expected[0]).abs() < 1e-9);
        }
        table
    });
}

/// Where more regions come than are gathered at a time, too.
#[test]
fn zones_of_many_regions_do_not_depend_on_batches() {
    let index = bundled_index();
    let incidents = incidents(&index, 300);
    let located = locate(&incidents, &index);
    let breaks = ZoneBreaks::new(&[5.0, 10.0, 25.0, 50.0]).unwrap();
    let areas = ZoneAreas { zones_km2: [vec![1e3; 4], vec![1e3; 4]], ..ZoneAreas::unknown() };
    let counter = || ZoneCounter::new(&index, &RegionSettings::default(), &breaks);
    let table = |counter: &ZoneCounter, size| {
        counter.finish(in_batches(counter, &incidents, &located, size), &areas, None)
    };
    let few = counter().with_regions_at_a_time(5);
    is_one(|size| table(&few, size));
    let (few, all) = (table(&few, 40), table(&counter(), 40));
    for (few, all) in few.rows.iter().zip(&all.rows) {
        assert_eq!((few.incidents, few.low, few.high), (all.incidents, all.low, all.high));
        assert!((few.expected - all.expected).abs() < 1e-9);
    }
}

#[test]
fn profiles_do_not_depend_on_batches() {
    let index = bundled_index();
    let incidents = incidents(&index, 300);
    let located = locate(&incidents, &index);
    let regions = RegionSettings::default();
    let settings = ProfileSettings { draws: 39, ..ProfileSettings::default() };
    let sectors = equal_stretches(index.line.length_m(), SectorLength::Count(9));
    for regions in [Some(&regions), None] {
        let counter = ProfileCounter::new(&index, regions, &settings, &sectors);
        is_one(|size| {
            let sum = in_batches(&counter, &incidents, &located, size);
            let (profile, counted, kilometres) = counter.finish(sum);
            // What was kept of regions and going through the incidents once more tell
            // the same.
            let hottest = kilometres.hottest(40_000.0, 5);
            let kept = kilometres.counts(&hottest).unwrap();
            let within_m = settings.within_m;
            let again = footing(&incidents, &located, &index, regions, within_m, &hottest);
            assert!(!hottest.is_empty() && kept == again.counts);
            (profile, counted, kept)
        });
    }
}

/// As above; what lies at its coordinate and what lies in regions come in turns, and
/// sums must not know where batches end between them.
#[test]
fn profiles_of_many_regions_do_not_depend_on_batches() {
    let index = bundled_index();
    let incidents = incidents(&index, 300);
    let located = locate(&incidents, &index);
    let regions = RegionSettings::default();
    let settings = ProfileSettings { draws: 39, ..ProfileSettings::default() };
    let counter = || ProfileCounter::new(&index, Some(&regions), &settings, &[]);
    let result = |counter: &ProfileCounter, size| {
        let (profile, counted, kilometres) =
            counter.finish(in_batches(counter, &incidents, &located, size));
        let hottest = kilometres.hottest(40_000.0, 5);
        let counts = kilometres.counts(&hottest).unwrap();
        (profile, counted, hottest, counts)
    };
    let few = counter().with_regions_at_a_time(7);
    is_one(|size| result(&few, size));
    let (few, all) = (result(&few, 40), result(&counter(), 40));
    assert_eq!(few.2, all.2);
    for (few, all) in few.0.sides.iter().zip(&all.0.sides) {
        assert_eq!((&few.counts, few.total.low), (&all.counts, all.total.low));
        for (few, all) in few.curve.iter().zip(&all.curve) {
            assert!((few - all).abs() <= 1e-12 * all, "{few} {all}");
        }
    }
}

#[test]
fn surfaces_do_not_depend_on_batches() {
    let index = bundled_index();
    let incidents = incidents(&index, 300);
    let located = locate(&incidents, &index);
    let regions = RegionSettings::default();
    let share = |incident: &Incident, _: &Located| {
        incident.fatalities.best.map(|n| Share { weight: f64::from(n), case: false })
    };
    let settings = |edge| DensitySettings {
        kernel: Kernel::Quartic,
        bandwidth: Bandwidth::Fixed(30_000.0),
        adaptive: false,
        edge,
        cell_m: 10_000.0,
        extent: Extent { west: 66.0, south: 31.0, east: 72.0, north: 35.0 },
        counted: "people killed",
    };
    let counter = |edge, bandwidth| {
        let from = Contributions::new(&index, Some(&regions), &share);
        let barrier = edge == Edge::Diggle;
        SurfaceCounter::new(from, barrier, &DensitySettings { bandwidth, ..settings(edge) })
    };
    for edge in [Edge::None, Edge::Diggle] {
        let Ok(summed) = counter(edge, Bandwidth::Fixed(30_000.0)) else { panic!() };
        let Ok(in_parts) = counter(edge, Bandwidth::Fixed(30_000.0)) else { panic!() };
        let in_parts = in_parts.with_at_a_time(40, 6);
        for counter in [&summed, &in_parts] {
            is_one(|size| {
                let sum = in_batches(counter, &incidents, &located, size);
                let grid = counter.finish(sum).ok().unwrap();
                let numbers = [grid.weight, grid.spread_share, grid.share_inside, grid.error_bound];
                (grid.per_km2, grid.n, grid.n_outside, numbers)
            });
        }
        // A bandwidth that is found from the incidents needs them all; of the same width
        // the surface is the same.
        let Err(held) = counter(edge, Bandwidth::Scott) else { panic!() };
        let (sources, _) = held.finish(in_batches(&held, &incidents, &located, 50));
        let whole = durand::analysis::density(&sources, &settings(edge)).ok().unwrap();
        for counter in [&summed, &in_parts] {
            let sum = in_batches(counter, &incidents, &located, 50);
            let grid = counter.finish(sum).ok().unwrap();
            let bound = (grid.error_bound + whole.error_bound) * whole.peak();
            for (got, want) in grid.per_km2.iter().zip(&whole.per_km2) {
                assert!((got - want).abs() < bound, "{got} {want}");
            }
            assert!(bound < 1e-8 * whole.peak(), "{bound}");
            assert_eq!((grid.n, grid.n_outside), (whole.n, whole.n_outside));
            assert!((grid.spread_share - whole.spread_share).abs() < 1e-12);
            assert!((grid.share_inside - whole.share_inside).abs() < 1e-9);
        }
    }
}

/// A district so thin that no place of a lattice falls into it: its incidents stay
/// where they are, each at its own coordinate.
#[test]
fn incidents_of_a_region_without_places_are_not_piled_on_the_first() {
    let index = bundled_index();
    let ring = vec![(70.0, 33.0), (71.0, 34.01), (71.0, 34.010_000_1), (70.0, 33.0)];
    let thin = geo::Polygon::new(geo::LineString::from(ring), Vec::new());
    let district = Area {
        country: "Afghanistan".into(),
        province: "Thin".into(),
        district: Some("Thin".into()),
        code: None,
        shape: geo::MultiPolygon(vec![thin]),
    };
    let provinces = index.provinces.areas.clone();
    let index = StudyIndex::new(index.border.clone(), provinces, vec![district]);
    let incidents: Vec<Incident> = [(70.2, 33.5), (70.9, 33.4), (70.2, 34.4)]
        .map(|(lon, lat)| Incident {
            district: "Thin".into(),
            ..incident(LonLat::new(lon, lat).unwrap(), Precision::District)
        })
        .into();
    let located = locate(&incidents, &index);
    let settings = DensitySettings {
        kernel: Kernel::Quartic,
        bandwidth: Bandwidth::Fixed(15_000.0),
        adaptive: false,
        edge: Edge::None,
        cell_m: 5_000.0,
        extent: Extent { west: 69.5, south: 33.0, east: 71.5, north: 35.0 },
        counted: "incidents",
    };
    let share = |_: &Incident, _: &Located| Some(Share { weight: 1.0, case: false });
    let regions = RegionSettings::default();
    let from = Contributions::new(&index, Some(&regions), &share);
    let Ok(counter) = SurfaceCounter::new(from, false, &settings) else { panic!() };
    let grid = counter.finish(in_batches(&counter, &incidents, &located, 2)).ok().unwrap();
    let alone = Sources::of(incidents.iter().map(|i| Contributor::at(i.at, 1.0)));
    let wanted = durand::analysis::density(&alone, &settings).ok().unwrap();
    assert_eq!((grid.per_km2, grid.n, grid.spread_share), (wanted.per_km2, 3, 0.0));
}
