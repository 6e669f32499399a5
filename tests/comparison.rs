//! Two periods compared: against R, and against counts made one by one.
#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

mod common;

use common::bundled_index;
use durand::analysis::{
    Group, Period, ZoneBreaks, benjamini_hochberg, compare, locate, rate_ratio,
};
use durand::bundled;
use durand::io::{Input, ReadOptions, read_incidents};
use durand::model::{Precision, Side};

/// tests/reference/rate_ratio.R says how the values were made.
#[test]
fn ratios_intervals_and_p_values_are_those_of_r() {
    let text = include_str!("reference/rate_ratio.csv");
    let mut found = 0;
    for line in text.lines().skip(1) {
        let values: Vec<f64> = line.split(',').map(|v| v.parse().unwrap()).collect();
        let [before, before_time, after, after_time, low, high, p] = values[..] else {
            unreachable!("{line}")
        };
        let ratio = rate_ratio(before as u64, before_time, after as u64, after_time);
        let near = |a: f64, b: f64| a == b || (a / b - 1.0).abs() < 1e-8;
        assert!(near(ratio.low, low) && near(ratio.high, high), "{line}: {ratio:?}");
        assert!(near(ratio.p, p), "{line}: {ratio:?}");
        let expected = (after / after_time) / (before / before_time);
        assert!(near(ratio.estimate.unwrap(), expected), "{line}: {ratio:?}");
        found += 1;
    }
    assert_eq!(found, 14);
}

/// `p.adjust(p, "BH")` of R 4.2.2.
#[test]
fn adjusted_p_values_are_those_of_r() {
    let p = [
        0.041, 0.001, 0.008, 0.039, 0.942, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251,
        0.269, 0.275, 0.34, 0.341, 0.384, 0.569, 0.594, 0.696, 0.762, 0.94, 0.975, 0.986,
    ];
    let expected = [
        0.21,
        0.025,
        0.1,
        0.21,
        0.986,
        0.21,
        0.25,
        0.264285714285714,
        0.491071428571429,
        0.491071428571429,
        0.491071428571429,
        0.491071428571429,
        0.491071428571429,
        0.491071428571429,
        0.491071428571429,
        0.5328125,
        0.5328125,
        0.564705882352941,
        0.781578947368421,
        0.781578947368421,
        0.87,
        0.907142857142857,
        0.986,
        0.986,
        0.986,
    ];
    for (q, expected) in benjamini_hochberg(&p).into_iter().zip(expected) {
        assert!((q - expected).abs() < 1e-14, "{q} {expected}");
    }
}

#[test]
fn every_incident_is_in_one_place_or_counted_by_name() {
    let index = bundled_index();
    let bundled = ("incidents.csv", bundled::INCIDENTS);
    let incidents =
        read_incidents(&Input::Bundled, bundled, &ReadOptions::default(), 0).unwrap().incidents;
    let located = locate(&incidents, &index);
    let breaks = ZoneBreaks::new(&[5.0, 25.0]).unwrap();
    let period =
        |from: &str, to: &str| Period { from: from.parse().unwrap(), to: to.parse().unwrap() };
    let periods = [period("2015-01-01", "2021-08-14"), period("2021-08-15", "2024-06-30")];
    let found = compare(&incidents, &located, None, &index, &breaks, periods);

    let dated = |p: usize| {
        incidents
            .iter()
            .zip(&located)
            .filter(move |(i, _)| i.date.is_some_and(|d| periods[p].holds(d)))
    };
    let counts = |group: Group| found.changes.iter().find(|c| c.group == group).map(|c| c.counts);
    assert_eq!(counts(Group::Whole), Some([0, 1].map(|p| dated(p).count())));
    for side in Side::BOTH {
        let here = |p: usize| dated(p).filter(|(_, l)| l.side == Some(side)).count();
        assert_eq!(counts(Group::Side(side)), Some([0, 1].map(here)));
        for zone in 0..3 {
            let here = |p: usize| {
                let inside =
                    |d: f64| [0.0, 5e3, 25e3][zone] <= d && d < [5e3, 25e3, f64::INFINITY][zone];
                dated(p).filter(|(_, l)| l.side == Some(side) && inside(l.distance_m)).count()
            };
            assert_eq!(counts(Group::Zone(side, zone)), Some([0, 1].map(here)));
        }
    }
    for district in 0..index.districts.areas.len() {
        let here = |p: usize| {
            let in_it = dated(p).filter(|(_, l)| l.placement.district == Some(district));
            in_it.filter(|(i, _)| i.precision < Some(Precision::Province)).count()
        };
        let expected = [0, 1].map(here);
        assert_eq!(counts(Group::District(district)).unwrap_or([0; 2]), expected);
    }
    let total: usize = counts(Group::Whole).unwrap().iter().sum();
    assert_eq!(total + found.undated + found.outside, incidents.len());
    let sides: usize = Side::BOTH.iter().flat_map(|s| counts(Group::Side(*s)).unwrap()).sum();
    assert_eq!(sides + found.on_line + found.unlocated, total);
    for change in &found.changes {
        let years = periods.map(|p| p.years());
        assert!((change.per_year[0] * years[0] - change.counts[0] as f64).abs() < 1e-9);
        assert!(change.q >= change.ratio.p - 1e-15 || change.counts == [0; 2], "{change:?}");
    }
}
