//! Where incidents may lie: quantiles and shares of zones against a dense
//! brute force, names that cut, and the properties that must hold.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
#[allow(dead_code, unused_imports)]
#[path = "common/plain.rs"]
mod plain;

use durand::analysis::{Cut, Outlook, RegionCache, RegionSettings, locate};
use durand::geodesy::{LonLat, direct};
use durand::index::StudyIndex;
use durand::model::{Fatalities, Incident, Kind, Precision, RowId, Side};
use geo::BoundingRect;
use plain::Random;

fn incident(at: LonLat, precision: Precision) -> Incident {
    Incident {
        id: String::new(),
        date: None,
        category: String::new(),
        kind: Kind::Other,
        fatalities: Fatalities::default(),
        at,
        precision: Some(precision),
        place: String::new(),
        district: String::new(),
        province: String::new(),
        country: String::new(),
        source: String::new(),
        row: RowId::default(),
    }
}

fn outlooks(incidents: &[Incident], index: &StudyIndex) -> Vec<Outlook> {
    let located = locate(incidents, index);
    let mut cache = RegionCache::new(index, &RegionSettings::default());
    cache.outlooks(incidents, &located).into_iter().map(Option::unwrap).collect()
}

/// Distances over a disc by 10,000 places of a sunflower, each located exactly:
/// their sorted values and the share on the left.
fn brute(centre: LonLat, radius_m: f64, index: &StudyIndex) -> (Vec<f64>, f64) {
    const PLACES: usize = 10_000;
    let golden = 180.0 * (3.0 - 5f64.sqrt());
    let places: Vec<LonLat> = (0..PLACES)
        .map(|k| {
            let r = radius_m * ((k as f64 + 0.5) / PLACES as f64).sqrt();
            direct(centre, (k as f64 * golden).rem_euclid(360.0), r)
        })
        .collect();
    let found = index.line.locate_all(&places);
    let mut distances: Vec<f64> = found.iter().map(|f| f.distance_m).collect();
    distances.sort_by(f64::total_cmp);
    let left = found.iter().filter(|f| f.side == Some(Side::Left)).count();
    (distances, left as f64 / PLACES as f64)
}

/// Places near the line, farther off and anywhere in the two countries.
fn centres(index: &StudyIndex, count: usize, seed: u64) -> Vec<LonLat> {
    let mut random = Random(seed);
    (0..count)
        .map(|i| match i % 3 {
            0 => LonLat::new(random.between(60.0, 80.0), random.between(23.0, 39.0)).unwrap(),
            _ => {
                let reach = [3_000.0, 60_000.0][i % 2] * random.next();
                let near = index.line.at(random.next() * index.line.length_m());
                direct(near, random.between(0.0, 360.0), reach)
            }
        })
        .collect()
}

#[test]
fn quantiles_of_discs_agree_with_brute_force() {
    let index = common::bundled_index();
    for (precision, radius_m, count) in
        [(Precision::Exact, 2_000.0, 150), (Precision::Near, 25_000.0, 90)]
    {
        let centres = centres(&index, count, 11);
        let incidents: Vec<Incident> = centres.iter().map(|&c| incident(c, precision)).collect();
        let (mut worst, mut worst_side): (f64, f64) = (0.0, 0.0);
        for (centre, found) in centres.iter().zip(outlooks(&incidents, &index)) {
            let (distances, left) = brute(*centre, radius_m, &index);
            let at = |q: f64| distances[(q * distances.len() as f64) as usize];
            let low = (found.low_m - at(0.05)).abs() / radius_m;
            let high = (found.high_m - at(0.95)).abs() / radius_m;
            if low.max(high) > 0.004 {
                println!("{centre} {found:?} {} {}", at(0.05), at(0.95));
            }
            worst = worst.max(low).max(high);
            worst_side = worst_side.max((found.left - left).abs());
        }
        println!("{radius_m}: {worst} of the radius, side {worst_side}");
        assert!(worst < 0.005, "{radius_m} {worst}");
        assert!(worst_side < 0.005, "{radius_m} {worst_side}");
    }
}

#[test]
fn quantiles_of_areas_agree_with_brute_force() {
    let index = common::bundled_index();
    let mut incidents = Vec::new();
    let mut areas = Vec::new();
    for name in ["Kurram", "Khyber", "Chagai", "Spin Boldak", "Lahore", "Wakhan"] {
        let number = index.districts.areas.iter().position(|a| a.name() == name).unwrap();
        let mut named = incident(LonLat::new(70.0, 33.0).unwrap(), Precision::District);
        named.district = name.to_owned();
        incidents.push(named);
        areas.push((number, false));
    }
    for name in ["Balochistan", "Khost"] {
        let number = index.provinces.areas.iter().position(|a| a.name() == name).unwrap();
        let mut named = incident(LonLat::new(70.0, 33.0).unwrap(), Precision::Province);
        named.province = name.to_owned();
        incidents.push(named);
        areas.push((number, true));
    }
    for ((number, province), found) in areas.into_iter().zip(outlooks(&incidents, &index)) {
        let layer = if province { &index.provinces } else { &index.districts };
        let (mut places, mut random) = (Vec::new(), Random(3));
        let box_of = layer.areas[number].shape.bounding_rect().unwrap();
        let (low, high) = (box_of.min(), box_of.max());
        while places.len() < 60_000 {
            // Uniform on the sphere's band is uniform to 0.1 % here.
            let z = random.between(low.y.to_radians().sin(), high.y.to_radians().sin());
            let p = LonLat::new(random.between(low.x, high.x), z.asin().to_degrees()).unwrap();
            if layer.index.containing(p).contains(&number) {
                places.push(p);
            }
        }
        let own = layer.sides[number];
        let mut distances: Vec<f64> = index
            .line
            .locate_all(&places)
            .iter()
            .filter(|f| f.side == own)
            .map(|f| f.distance_m)
            .collect();
        distances.sort_by(f64::total_cmp);
        let at = |q: f64| distances[(q * distances.len() as f64) as usize];
        let spread = at(0.95) - at(0.05);
        println!("{} {found:?} {} {}", layer.areas[number].name(), at(0.05), at(0.95));
        // Three standard errors of a quantile of 60,000 places, and 0.5 %.
        assert!((found.low_m - at(0.05)).abs() < 0.01 * spread, "{found:?} {}", at(0.05));
        assert!((found.high_m - at(0.95)).abs() < 0.01 * spread, "{found:?} {}", at(0.95));
    }
}

#[test]
fn names_cut_a_disc_and_contradictions_do_not() {
    let index = common::bundled_index();
    // Near the line between North Waziristan and Khost.
    let at = LonLat::new(69.95, 33.05).unwrap();
    let mut named = incident(at, Precision::Near);
    let plain = outlooks(std::slice::from_ref(&named), &index)[0];
    assert!(plain.left > 0.05 && plain.left < 0.95 && plain.cut == Cut::Whole, "{plain:?}");
    named.country = "Pakistan".to_owned();
    named.district = "North Waziristan".to_owned();
    let cut = outlooks(std::slice::from_ref(&named), &index)[0];
    assert_eq!((cut.left, cut.cut), (0.0, Cut::Cut));
    named.district = "Lahore".to_owned();
    named.country = String::new();
    let against = outlooks(std::slice::from_ref(&named), &index)[0];
    assert_eq!((against.low_m, against.high_m), (plain.low_m, plain.high_m));
    assert_eq!(against.cut, Cut::Nothing);
    named.district = "Nowhere at all".to_owned();
    let located = locate(std::slice::from_ref(&named), &index);
    let mut cache = RegionCache::new(&index, &RegionSettings::default());
    let unknown = cache.outlooks(std::slice::from_ref(&named), &located)[0].unwrap();
    assert_eq!(unknown, plain);
    assert_eq!((cache.tally().unmatched, cache.tally().contradicted), (1, 0));
}

#[test]
fn batches_and_repeats_change_nothing() {
    let index = common::bundled_index();
    let mut incidents: Vec<Incident> = centres(&index, 300, 5)
        .into_iter()
        .enumerate()
        .map(|(i, c)| incident(c, Precision::ALL[i % 4]))
        .collect();
    incidents.extend(incidents.clone());
    let located = locate(&incidents, &index);
    let settings = RegionSettings::default();
    let whole = RegionCache::new(&index, &settings).quantiles(&incidents, &located);
    let mut cache = RegionCache::new(&index, &settings);
    let mut parts = Vec::new();
    for from in (0..incidents.len()).step_by(37) {
        let to = (from + 37).min(incidents.len());
        parts.extend(cache.quantiles(&incidents[from..to], &located[from..to]));
    }
    assert_eq!(whole, parts);
}

#[test]
fn coarser_precision_never_narrows_and_no_radius_is_the_coordinate() {
    let index = common::bundled_index();
    for at in centres(&index, 60, 8) {
        let incident = incident(at, Precision::Exact);
        let located = locate(std::slice::from_ref(&incident), &index);
        let spread = |exact_radius_m: f64| {
            let settings = RegionSettings { exact_radius_m, near_radius_m: 25_000.0 };
            let mut cache = RegionCache::new(&index, &settings);
            cache.quantiles(std::slice::from_ref(&incident), &located)[0].unwrap()
        };
        let mut before = 0.0;
        for radius_m in [1.0, 500.0, 2_000.0, 10_000.0, 40_000.0] {
            let (low, high) = spread(radius_m);
            assert!(high - low >= before, "{at} {radius_m} {low} {high} {before}");
            before = high - low;
        }
        let (low, high) = spread(1e-3);
        let distance_m = located[0].distance_m;
        let off = (low - distance_m).abs().max((high - distance_m).abs());
        assert!(off < 0.01, "{at} {distance_m} {low} {high}");
    }
}
