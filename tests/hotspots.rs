//! Hot spots against PySAL; tests/reference/hotspots.py says how its values were made.
#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

mod common;

use common::bundled_index;
use durand::analysis::contiguity::{join_across, queen};
use durand::analysis::local_statistics::{gi_star, local_moran, permuted};
use durand::analysis::{HotspotSettings, hotspots, locate};
use durand::bundled;
use durand::io::{Input, ReadOptions, read_incidents};

/// A line of the reference.
struct Known {
    value: f64,
    neighbours: Vec<usize>,
    gi_star: f64,
    moran: f64,
    tails: [f64; 2],
}

fn reference() -> Vec<Known> {
    let text = include_str!("reference/hotspots.csv");
    let number = |text: &str| text.parse::<f64>().unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            Known {
                value: number(cells[1]),
                neighbours: cells[2].split_whitespace().map(|n| n.parse().unwrap()).collect(),
                gi_star: number(cells[3]),
                moran: number(cells[4]),
                tails: [number(cells[5]), number(cells[6])],
            }
        })
        .collect()
}

#[test]
fn neighbours_and_statistics_are_those_of_pysal() {
    let (index, known) = (bundled_index(), reference());
    let neighbours = queen(&index.districts.areas);
    assert_eq!(neighbours.len(), known.len());
    for (i, (mine, known)) in neighbours.iter().zip(&known).enumerate() {
        assert_eq!(*mine, known.neighbours, "{i}");
    }
    let values: Vec<f64> = known.iter().map(|k| k.value).collect();
    let (gi, moran) = (gi_star(&values, &neighbours), local_moran(&values, &neighbours));
    for (i, known) in known.iter().enumerate().filter(|(_, k)| !k.neighbours.is_empty()) {
        assert!((gi[i].unwrap() - known.gi_star).abs() < 1e-9, "{i}");
        assert!((moran[i].unwrap() - known.moran).abs() < 1e-9, "{i}");
    }
}

#[test]
fn permutations_agree_with_pysal_within_their_error() {
    let known = reference();
    let values: Vec<f64> = known.iter().map(|k| k.value).collect();
    let neighbours: Vec<Vec<usize>> = known.iter().map(|k| k.neighbours.clone()).collect();
    let found = permuted(&values, &neighbours, 19_999, 1);
    let mut squares = 0.0;
    let mut compared = 0;
    for (i, known) in known.iter().enumerate().filter(|(_, k)| !k.neighbours.is_empty()) {
        let found = found[i].unwrap();
        for (count, theirs) in [found.no_smaller, found.no_larger].into_iter().zip(known.tails) {
            let made = f64::from(found.permutations);
            let ours = f64::from(count) / made;
            let p = (0.5 * (ours + theirs)).clamp(1e-4, 1.0 - 1e-4);
            // Both are drawn: the variances add.
            let error = (p * (1.0 - p) * (1.0 / made + 1.0 / 19_999.0)).sqrt();
            assert!((ours - theirs).abs() < 5.0 * error + 1.0 / made, "{i}: {ours} {theirs}");
            squares += ((ours - theirs) / error).powi(2);
            compared += 1;
        }
    }
    // On average as far apart as chance has it, and not systematically.
    let mean = squares / f64::from(compared);
    assert!(compared > 1_000 && mean < 1.3, "{compared} {mean}");
}

#[test]
fn incidents_are_all_accounted_for_and_the_sides_are_joined() {
    let index = bundled_index();
    let bundled = ("incidents.csv", bundled::INCIDENTS);
    let incidents =
        read_incidents(&Input::Bundled, bundled, &ReadOptions::default(), 0).unwrap().incidents;
    let located = locate(&incidents, &index);
    let settings = HotspotSettings { permutations: 999, ..HotspotSettings::default() };
    let found = hotspots(&incidents, &located, None, &index, None, &settings);
    assert_eq!(found.counted + found.coarse + found.elsewhere, incidents.len());
    assert_eq!(found.rows.iter().map(|r| r.incidents).sum::<usize>(), found.counted);
    assert_eq!(found, hotspots(&incidents, &located, None, &index, None, &settings));
    // The areas add up to those of the two countries: 642,000 and 873,000 km² or so.
    let whole: f64 = found.rows.iter().map(|r| r.area_km2).sum();
    assert!((1.49e6..1.55e6).contains(&whole), "{whole}");

    let mut neighbours = queen(&index.districts.areas);
    let sides = &index.districts.sides;
    let across = |lists: &[Vec<usize>]| {
        let pairs = lists.iter().enumerate();
        pairs.map(|(i, list)| list.iter().filter(|&&j| sides[i] != sides[j]).count()).sum::<usize>()
    };
    assert_eq!(across(&neighbours), 0);
    join_across(&mut neighbours, &index.districts, &index);
    // About 75 districts on the left face about 20 on the right, each pair counted twice.
    assert!((100..400).contains(&across(&neighbours)), "{}", across(&neighbours));
    for (i, list) in neighbours.iter().enumerate() {
        assert!(list.iter().all(|&j| j != i && neighbours[j].contains(&i)), "{i}");
    }
}
