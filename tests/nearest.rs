//! The nearest place on the line for every kind of input, against the plain
//! way; and that the index never loses the nearest edge.

#[path = "common/plain.rs"]
mod plain;

use durand::geodesy::{LonLat, Segment, direct, inverse};
use durand::index::BorderIndex;
use durand::model::Border;
use plain::{CASES, Random, anywhere, line, walk, worst};

/// Micrometres everywhere, as documented at `BorderIndex::locate`.
fn holds(lines: usize, seed: u64) {
    for case in &CASES {
        let found = worst(case, lines, seed);
        println!("{:26} {found:?}", case.name);
        assert!(found.distance_m < 2e-5, "{}: distance {found:?}", case.name);
        assert!(found.foot_m < 1e-5, "{}: foot {found:?}", case.name);
        assert!(found.along_m < 1e-4, "{}: along {found:?}", case.name);
    }
}

#[test]
fn every_kind_of_input_agrees_with_the_plain_way() {
    holds(16, 1);
}

/// Two thousand lines of each kind, before a change of the search lands:
/// `cargo test --release --test nearest -- --ignored --nocapture`.
#[test]
#[ignore = "two minutes of computing"]
fn every_kind_of_input_agrees_many_times() {
    holds(2_000, 2);
}

fn edges(border: &Border) -> Vec<Segment> {
    let pairs = border.parts().iter().flat_map(|part| part.windows(2));
    pairs.map(|pair| Segment::new(pair[0], pair[1])).collect()
}

/// The least distance of all, each by Karney's solution.
fn scanned(edges: &[Segment], point: LonLat) -> f64 {
    edges.iter().map(|edge| edge.intercept(point).distance_m).fold(f64::INFINITY, f64::min)
}

/// A scan of every edge must find nothing nearer than the index does.
#[test]
fn the_index_never_loses_the_nearest_edge() {
    let mut random = Random(11);
    let mut tried = 0;
    for round in 0..60 {
        let from = anywhere(&mut random);
        // Long and short edges mixed, or all of one length; in one part or many.
        let longest = 10f64.powf(random.between(1.0, 5.0));
        let shortest = if round % 2 == 0 { longest / 3.0 } else { 0.1 };
        let parts: Vec<Vec<LonLat>> = (0..1 + round % 4)
            .map(|_| {
                let heading = random.between(-180.0, 180.0);
                let start = direct(from, heading, longest * random.between(0.0, 20.0));
                walk(&mut random, start, 150 / (1 + round % 4), shortest, longest)
            })
            .collect();
        let border = line(parts);
        let index = BorderIndex::new(&border);
        let segments = edges(&border);
        // In groups a few kilometres across: of those in a cell of the map the first
        // two are searched for from the top of the tree, the others from where the
        // cell lets its searches begin.
        let mut points: Vec<LonLat> = Vec::new();
        while points.len() < 50 {
            let near = segments[random.below(segments.len())].start;
            let reach = 10f64.powf(random.between(0.0, if round % 5 == 0 { 7.3 } else { 5.75 }));
            let middle = direct(near, random.between(-180.0, 180.0), reach);
            points.extend(
                (0..10).map(|_| direct(middle, random.between(-180.0, 180.0), 5e3 * random.next())),
            );
        }
        let first = index.locate_all(&points);
        assert_eq!(first, index.locate_all(&points), "round {round}");
        for (point, found) in points.iter().zip(first) {
            let scanned = scanned(&segments, *point);
            let off = (found.distance_m - scanned).abs();
            assert!(off < 2e-5, "round {round}: {} against {scanned}", found.distance_m);
            tried += 1;
        }
    }
    assert_eq!(tried, 3_000);
}

/// Lines half round the Earth: a capsule round many of their edges is thousands of
/// kilometres wide, and a place on one of them may be metres away.
#[test]
fn the_nearest_edge_of_a_very_long_line_is_not_lost() {
    let mut random = Random(29);
    for round in 0..40 {
        let parts: Vec<Vec<LonLat>> = (0..1 + round % 3)
            .map(|_| {
                let from = anywhere(&mut random);
                walk(&mut random, from, 12, 2e5, 1.2e6)
            })
            .collect();
        let border = line(parts);
        let index = BorderIndex::new(&border);
        let segments = edges(&border);
        for _ in 0..100 {
            let segment = &segments[random.below(segments.len())];
            // The cuts between pieces are where a search may take the wrong turn.
            let pieces = (segment.length_m / 16_000.0).ceil();
            let cut = random.below(pieces as usize) as f64 / pieces * segment.length_m;
            let reach_m = 10f64.powf(random.between(0.5, 4.0));
            let point = direct(segment.at(cut).0, random.between(-180.0, 180.0), reach_m);
            let scanned = scanned(&segments, point);
            let found = index.locate(point).distance_m;
            assert!((found - scanned).abs() < 1e-6, "round {round}: {found} against {scanned}");
        }
    }
}

/// Vertices that differ in the last digits alone, as copies of one place do.
#[test]
fn edges_as_short_as_rounding_are_places() {
    let mut random = Random(31);
    for round in 0..1_000 {
        // Where longitudes are small their last digits are picometres.
        let from = LonLat::new(random.between(0.0, 0.4), random.between(-60.0, 60.0)).unwrap();
        let lon = (0..1 + round % 7).fold(from.lon(), |lon, _| lon.next_up());
        let lat = if round % 2 == 0 { from.lat().next_down() } else { from.lat() };
        let copy = LonLat::new(lon, lat).unwrap();
        let on =
            direct(copy, random.between(-180.0, 180.0), 10f64.powf(random.between(-12.0, 3.0)));
        let border = line(vec![vec![from, copy, on]]);
        let point = direct(from, random.between(-180.0, 180.0), 4e5 * random.next());
        let found = BorderIndex::new(&border).locate(point).distance_m;
        let off = found - scanned(&edges(&border), point);
        assert!(off.abs() < 2e-5, "round {round}: {found} {off}");
    }
}

#[test]
fn many_at_once_are_the_same_as_one_by_one() {
    let mut random = Random(5);
    let from = anywhere(&mut random);
    let part = walk(&mut random, from, 300, 100.0, 20_000.0);
    let points: Vec<LonLat> = (0..2_000)
        .map(|i| {
            let reach = if i % 50 == 0 { 2e6 } else { 3e5 };
            let near = part[random.below(part.len())];
            direct(near, random.between(-180.0, 180.0), reach * random.next())
        })
        .collect();
    let index = BorderIndex::new(&line(vec![part]));
    let all = index.locate_all(&points);
    for (point, found) in points.iter().zip(&all) {
        assert_eq!(*found, index.locate(*point));
    }
    assert!(index.locate_all(&[]).is_empty());
}

/// The sign of the turn at the foot, from Karney's azimuths alone.
#[test]
fn the_side_is_that_of_the_turn_at_the_foot() {
    let mut random = Random(9);
    let mut tried = 0;
    for _ in 0..150 {
        let from = anywhere(&mut random);
        let part = walk(&mut random, from, 12, 100.0, 30_000.0);
        let index = BorderIndex::new(&line(vec![part.clone()]));
        let points: Vec<LonLat> = (0..20)
            .map(|_| {
                let near = part[random.below(part.len())];
                let reach = 10f64.powf(random.between(-2.0, 5.5));
                direct(near, random.between(-180.0, 180.0), reach)
            })
            .collect();
        for (point, found) in points.iter().zip(index.locate_all(&points)) {
            let (before, after) =
                (index.at(found.chainage_m - 1.0), index.at(found.chainage_m + 1.0));
            let back = inverse(found.foot, before);
            let out = inverse(found.foot, after);
            if back.distance_m < 0.99 || out.distance_m < 0.99 || found.distance_m < 0.001 {
                continue; // an end of the line, a vertex within a metre, or on the line
            }
            let to = inverse(found.foot, *point).azimuth_start;
            let clockwise = |to: f64| (to - out.azimuth_start).rem_euclid(360.0);
            let right = clockwise(to) < clockwise(back.azimuth_start);
            let side = if right { durand::model::Side::Right } else { durand::model::Side::Left };
            assert_eq!(found.side, Some(side), "{point} at {}", found.chainage_m);
            tried += 1;
        }
    }
    assert!(tried > 1_500, "{tried}");
}

/// The published example of a foot, to the last decimal given (3 mm).
#[test]
fn the_foot_is_the_published_one() {
    let rows = include_str!("reference/point_to_line.csv");
    let degrees = |text: &str| -> f64 {
        text.split(':').rev().fold(0.0, |rest, part| part.parse::<f64>().unwrap() + rest / 60.0)
    };
    let mut tried = 0;
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        let v: Vec<f64> = row.split(',').map(degrees).collect();
        let at = |k: usize| LonLat::new(v[k + 1], v[k]).unwrap();
        let index = BorderIndex::new(&line(vec![vec![at(0), at(2)]]));
        let found = index.locate(at(4));
        let exact = Segment::new(at(0), at(2)).intercept(at(4));
        for (foot, how) in [(found.foot, "by the index"), (exact.foot, "by the segment")] {
            let half_a_decimal = 0.5e-4 / 3600.0 + 1e-12;
            assert!((foot.lat() - v[6]).abs() < half_a_decimal, "{how}: {}", foot.lat());
            assert!((foot.lon() - v[7]).abs() < half_a_decimal, "{how}: {}", foot.lon());
        }
        tried += 1;
    }
    assert!(tried > 0);
}
