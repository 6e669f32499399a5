//! Bundled drawings of the border held against each other, against slow ways.
#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

mod common;

use common::bundled_index;
use durand::analysis::{ZoneBreaks, compare_lines, in_direction_of, locate, moves};
use durand::bundled;
use durand::geodesy::{LonLat, Segment, cell_area_m2, inverse};
use durand::index::{BorderIndex, StudyIndex};
use durand::io::{Input, ReadOptions, read_border, read_geojson, read_incidents};
use durand::model::{Border, Side};
use std::collections::BTreeMap;

fn other(name: &str, text: &str) -> Border {
    let features = read_geojson(name, text.as_bytes()).unwrap();
    read_border(features, name, "Afghanistan", "Pakistan").unwrap().items
}

fn others() -> [Border; 2] {
    [
        other("COD-AB", bundled::BORDER_COD_AB_PAK),
        other("Natural Earth", bundled::BORDER_NATURAL_EARTH),
    ]
}

/// Distances from places every `step_m` of a line to another, ends of the other left out.
fn plain(line: &Border, to: &Border, step_m: f64) -> Vec<f64> {
    let index = BorderIndex::new(to);
    let ends: Vec<LonLat> = to.parts().iter().flat_map(|p| [p[0], p[p.len() - 1]]).collect();
    let mut places = Vec::new();
    for pair in line.parts().iter().flat_map(|part| part.windows(2)) {
        let segment = Segment::new(pair[0], pair[1]);
        let count = (segment.length_m / step_m).ceil() as usize;
        let middle = |i: usize| segment.length_m * (i as f64 + 0.5) / count as f64;
        places.extend((0..count).map(|i| segment.at(middle(i)).0));
    }
    let found = index.locate_all(&places).into_iter();
    found.filter(|p| !ends.contains(&p.foot)).map(|p| p.distance_m).collect()
}

#[test]
fn deviations_are_those_of_a_walk_in_short_steps() {
    let StudyIndex { border, line, .. } = bundled_index();
    for other in others() {
        let found = compare_lines(&border, &line, &other, 5_000.0);
        for (deviation, from, to) in
            [(found.first, &border, &other), (found.second, &other, &border)]
        {
            let mut distances = plain(from, to, 8.0);
            distances.sort_by(f64::total_cmp);
            let count = distances.len();
            let mean = distances.iter().sum::<f64>() / count as f64;
            let at = deviation.found.unwrap();
            assert!((at.mean_m - mean).abs() < 0.5, "{} {mean}", at.mean_m);
            let p95 = distances[(0.95 * count as f64) as usize];
            assert!((at.p95_m - p95).abs() < 5.0, "{} {p95}", at.p95_m);
            let largest = distances[count - 1];
            assert!(
                at.largest_m >= largest - 0.5 && at.largest_m < largest + 4.5,
                "{at:?} {largest}"
            );
            let there = inverse(at.at, at.foot).distance_m;
            assert!((there - at.largest_m).abs() < 1e-3, "{there}");
        }
    }
}

/// The ground on different sides of two lines, counted on a grid of cells of
/// about 150 m whose centres are located by both.
#[test]
fn the_ground_between_is_that_of_a_grid_of_sides() {
    let StudyIndex { border, line, .. } = bundled_index();
    for other in others() {
        let found = compare_lines(&border, &line, &other, 5_000.0).area;
        let second = BorderIndex::new(&other);
        let (mut left_only, mut right_only) = (0.0, 0.0);
        let parts = border.parts().iter().chain(other.parts());
        let ends: Vec<LonLat> = parts.flat_map(|p| [p[0], p[p.len() - 1]]).collect();
        let cell = 0.0016;
        let mut near: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        // Cells within 8 km of a place on the line, column by column.
        for part in border.parts() {
            for pair in part.windows(2) {
                let segment = Segment::new(pair[0], pair[1]);
                let steps = (segment.length_m / 4_000.0).ceil() as usize;
                for step in 0..=steps {
                    let at = segment.at(segment.length_m * step as f64 / steps as f64).0;
                    let (column, row) = ((at.lon() / 0.1) as i64, (at.lat() / 0.1) as i64);
                    for c in column - 1..=column + 1 {
                        near.entry(c).or_default().extend(row - 1..=row + 1);
                    }
                }
            }
        }
        for (column, mut rows) in near {
            rows.sort_unstable();
            rows.dedup();
            let count = (0.1 / cell) as i64;
            let mut places = Vec::new();
            for row in rows {
                for i in 0..count * count {
                    let lon = column as f64 * 0.1 + ((i % count) as f64 + 0.5) * 0.1 / count as f64;
                    let lat = row as f64 * 0.1 + ((i / count) as f64 + 0.5) * 0.1 / count as f64;
                    places.push(LonLat::new(lon, lat).unwrap());
                }
            }
            let half = 0.05 / count as f64;
            let (one, two) = (line.locate_all(&places), second.locate_all(&places));
            for (p, (a, b)) in places.iter().zip(one.iter().zip(&two)) {
                if a.side == b.side || ends.contains(&a.foot) || ends.contains(&b.foot) {
                    continue;
                }
                let (lon, lat) = (p.lon(), p.lat());
                let km2 = cell_area_m2(lon - half, lat - half, lon + half, lat + half) / 1e6;
                if a.side == Some(Side::Left) { left_only += km2 } else { right_only += km2 }
            }
        }
        // The grid's own error is about 1 km²; at the ends the ground is cut in two ways.
        assert!((found.left_only_km2 - left_only).abs() < 3.0, "{found:?} {left_only}");
        assert!((found.right_only_km2 - right_only).abs() < 3.0, "{found:?} {right_only}");
    }
}

#[test]
fn exchanging_the_lines_exchanges_the_ground_and_turning_one_changes_nothing() {
    let StudyIndex { border, line, .. } = bundled_index();
    let [other, _] = others();
    let index = BorderIndex::new(&other);
    let there = compare_lines(&border, &line, &other, 5_000.0);
    let back = compare_lines(&other, &index, &border, 5_000.0);
    assert!((there.area.left_only_km2 - back.area.right_only_km2).abs() < 3.0);
    assert!((there.area.right_only_km2 - back.area.left_only_km2).abs() < 3.0);
    let largest = [there.second.found.unwrap(), back.first.found.unwrap()].map(|f| f.largest_m);
    assert!((largest[0] - largest[1]).abs() < 0.6, "{largest:?}");

    let parts = other.parts().iter().rev().map(|p| p.iter().rev().copied().collect()).collect();
    let turned = Border::new(other.name.clone(), "Afghanistan", "Pakistan", parts).unwrap();
    let (again, was_turned) = in_direction_of(&line, turned);
    assert!(was_turned && again == other);
    assert!(!in_direction_of(&line, other).1);
}

#[test]
fn moves_are_those_found_one_by_one() {
    let index = bundled_index();
    let bundled = ("incidents.csv", bundled::INCIDENTS);
    let incidents =
        read_incidents(&Input::Bundled, bundled, &ReadOptions::default(), 0).unwrap().incidents;
    let located = locate(&incidents, &index);
    let breaks = ZoneBreaks::new(&[5.0, 10.0, 25.0]).unwrap();
    for other in others() {
        let found = moves(&incidents, &located, &index.border, &other, &breaks);
        let second = BorderIndex::new(&other);
        let mut expected = Vec::new();
        for (i, incident) in incidents.iter().enumerate() {
            let (a, b) = (index.line.locate(incident.at), second.locate(incident.at));
            let zones = [a, b].map(|p| breaks.zone(p.distance_m));
            if a.side != b.side || zones[0] != zones[1] {
                expected.push(i);
            }
        }
        assert_eq!(found.moved.iter().map(|m| m.incident).collect::<Vec<_>>(), expected);
        assert_eq!(found.compared + found.beyond_ends + found.unlocated, incidents.len());
        assert!(found.sides > 0 && found.sides + found.zones >= found.moved.len());
        let [mean, p95, largest] = found.change_m.unwrap();
        assert!(mean < p95 && p95 <= largest, "{mean} {p95} {largest}");
    }
    let same = moves(&incidents, &located, &index.border, &index.border, &breaks);
    assert_eq!((same.moved.len(), same.sides, same.zones), (0, 0, 0));
}
