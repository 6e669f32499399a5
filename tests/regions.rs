//! Where incidents may lie: quantiles and shares of zones against a dense
//! brute force, names that cut, and the properties that must hold.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
#[allow(dead_code, unused_imports)]
#[path = "common/plain.rs"]
mod plain;

use common::incident;
use durand::analysis::{
    Cut, Outlook, RegionCache, RegionSettings, RegionTally, ZoneAreas, ZoneBreaks, locate, zones,
};
use durand::geodesy::{LonLat, direct};
use durand::index::StudyIndex;
use durand::model::{Border, Incident, Precision, Side};
use geo::BoundingRect;
use plain::Random;

fn outlooks(incidents: &[Incident], index: &StudyIndex) -> Vec<Outlook> {
    let located = locate(incidents, index);
    let cache = RegionCache::new(index, &RegionSettings::default());
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
        named.district = name.into();
        incidents.push(named);
        areas.push((number, false));
    }
    for name in ["Balochistan", "Khost"] {
        let number = index.provinces.areas.iter().position(|a| a.name() == name).unwrap();
        let mut named = incident(LonLat::new(70.0, 33.0).unwrap(), Precision::Province);
        named.province = name.into();
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
    named.country = "Pakistan".into();
    named.district = "North Waziristan".into();
    let cut = outlooks(std::slice::from_ref(&named), &index)[0];
    assert_eq!((cut.left, cut.cut), (0.0, Cut::Cut));
    named.district = "Lahore".into();
    named.country = Default::default();
    let against = outlooks(std::slice::from_ref(&named), &index)[0];
    assert_eq!((against.low_m, against.high_m), (plain.low_m, plain.high_m));
    assert_eq!(against.cut, Cut::Nothing);
    named.district = "Nowhere at all".into();
    let located = locate(std::slice::from_ref(&named), &index);
    let cache = RegionCache::new(&index, &RegionSettings::default());
    let told = cache.outlooks(std::slice::from_ref(&named), &located);
    let tally = RegionTally::of(&told);
    assert_eq!((tally.unmatched, tally.contradicted), (1, 0));
    assert_eq!(told[0], Some(Outlook { unmatched: true, ..plain }));
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
    let cache = RegionCache::new(&index, &settings);
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
            let cache = RegionCache::new(&index, &settings);
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

/// A table of one incident holds its probabilities.
fn shares(incident: &Incident, breaks: &ZoneBreaks, index: &StudyIndex) -> [Vec<f64>; 2] {
    let incidents = std::slice::from_ref(incident);
    let located = locate(incidents, index);
    let km2 = vec![1.0; breaks.metres().len()];
    let areas = ZoneAreas { zones_km2: [km2.clone(), km2], ..ZoneAreas::unknown() };
    let table = zones(incidents, &located, index, &RegionSettings::default(), breaks, &areas, None);
    let count = breaks.metres().len();
    let side = |number: usize| {
        let zones = &table.rows[number * count..(number + 1) * count];
        let mut shares: Vec<f64> = zones.iter().map(|zone| zone.expected).collect();
        shares.push(table.rows[2 * count + number].expected - shares.iter().sum::<f64>());
        shares
    };
    [side(0), side(1)]
}

#[test]
fn shares_of_zones_agree_with_brute_force_and_add_up() {
    let index = common::bundled_index();
    let breaks = ZoneBreaks::new(&[5.0, 10.0, 25.0, 50.0, 100.0]).unwrap();
    let mut worst: f64 = 0.0;
    for (precision, radius_m) in [(Precision::Exact, 2_000.0), (Precision::Near, 25_000.0)] {
        for centre in centres(&index, 45, 21) {
            let found = shares(&incident(centre, precision), &breaks, &index);
            let all: f64 = found.iter().flatten().sum();
            assert!((all - 1.0).abs() < 1e-9);
            const PLACES: usize = 40_000;
            let golden = 180.0 * (3.0 - 5f64.sqrt());
            let places: Vec<LonLat> = (0..PLACES)
                .map(|k| {
                    let r = radius_m * ((k as f64 + 0.5) / PLACES as f64).sqrt();
                    direct(centre, (k as f64 * golden).rem_euclid(360.0), r)
                })
                .collect();
            let mut counts = [vec![0.0; 6], vec![0.0; 6]];
            for place in index.line.locate_all(&places) {
                let side = usize::from(place.side == Some(Side::Right));
                counts[side][breaks.zone(place.distance_m)] += 1.0 / PLACES as f64;
            }
            for (share, count) in found.iter().flatten().zip(counts.iter().flatten()) {
                worst = worst.max((share - count).abs());
            }
        }
    }
    println!("{worst}");
    // 0.05 % is what 40,000 places of a sunflower tell an area by.
    assert!(worst < 0.0015, "{worst}");
}

#[test]
fn shares_of_a_district_are_those_of_areas() {
    let index = common::bundled_index();
    let breaks = ZoneBreaks::new(&[5.0, 10.0, 25.0, 50.0, 100.0]).unwrap();
    for name in ["Kurram", "Spin Boldak", "Chagai"] {
        let number = index.districts.areas.iter().position(|a| a.name() == name).unwrap();
        let mut named = incident(LonLat::new(70.0, 33.0).unwrap(), Precision::District);
        named.district = name.into();
        let found = shares(&named, &breaks, &index);
        let own = index.districts.sides[number];
        // A lattice of equal areas over the district.
        let bounds = index.districts.areas[number].shape.bounding_rect().unwrap();
        let z = |lat: f64| lat.to_radians().sin();
        let (low, high) = (z(bounds.min().y), z(bounds.max().y));
        let mut places = Vec::new();
        for row in 0..500 {
            let lat = (low + (high - low) * (f64::from(row) + 0.5) / 500.0).asin().to_degrees();
            for column in 0..500 {
                let lon = bounds.min().x + bounds.width() * (f64::from(column) + 0.5) / 500.0;
                let p = LonLat::new(lon, lat).unwrap();
                if index.districts.index.containing(p).contains(&number) {
                    places.push(p);
                }
            }
        }
        let mut counts = [vec![0.0; 6], vec![0.0; 6]];
        let found_there = index.line.locate_all(&places);
        let held: Vec<_> = found_there.iter().filter(|f| f.side == own).collect();
        for place in &held {
            let side = usize::from(place.side == Some(Side::Right));
            counts[side][breaks.zone(place.distance_m)] += 1.0 / held.len() as f64;
        }
        for (share, count) in found.iter().flatten().zip(counts.iter().flatten()) {
            assert!((share - count).abs() < 0.0015, "{name} {found:?} {counts:?}");
        }
    }
}

#[test]
fn reversing_the_line_swaps_the_sides_of_shares() {
    let index = common::bundled_index();
    let mut parts: Vec<Vec<LonLat>> = index.border.parts().to_vec();
    parts.reverse();
    parts.iter_mut().for_each(|part| part.reverse());
    let border = Border::new("back", "Pakistan", "Afghanistan", parts).unwrap();
    let (provinces, districts) = (index.provinces.areas.clone(), index.districts.areas.clone());
    let back = StudyIndex::new(border, provinces, districts);
    let breaks = ZoneBreaks::new(&[5.0, 20.0]).unwrap();
    for centre in centres(&index, 30, 4) {
        let incident = incident(centre, Precision::Near);
        let (a, b) = (shares(&incident, &breaks, &index), shares(&incident, &breaks, &back));
        for side in 0..2 {
            for (x, y) in a[side].iter().zip(&b[1 - side]) {
                assert!((x - y).abs() < 1e-6, "{centre} {a:?} {b:?}");
            }
        }
        let outlook = |index: &StudyIndex| outlooks(std::slice::from_ref(&incident), index)[0];
        let (a, b) = (outlook(&index), outlook(&back));
        assert!((a.left - (1.0 - b.left)).abs() < 1e-6);
        assert!((a.low_m - b.low_m).abs() < 1.0 && (a.high_m - b.high_m).abs() < 1.0);
    }
}

/// The counts of a whole table, each place drawn by chance: the mean is the
/// expected number and the interval holds what it should.
#[test]
fn monte_carlo_of_the_same_model_agrees() {
    let index = common::bundled_index();
    let incidents: Vec<Incident> =
        centres(&index, 60, 13).into_iter().map(|c| incident(c, Precision::Near)).collect();
    let located = locate(&incidents, &index);
    let breaks = ZoneBreaks::new(&[10.0, 50.0]).unwrap();
    let areas = ZoneAreas { zones_km2: [vec![1.0; 2], vec![1.0; 2]], ..ZoneAreas::unknown() };
    let table =
        zones(&incidents, &located, &index, &RegionSettings::default(), &breaks, &areas, None);
    const DRAWS: usize = 2_000;
    let mut random = Random(99);
    let mut sums = [0.0; 6];
    let mut held = [0usize; 6];
    for _ in 0..DRAWS {
        let mut counts = [0usize; 6];
        let places: Vec<LonLat> = incidents
            .iter()
            .map(|i| {
                let reach = 25_000.0 * random.next().sqrt();
                direct(i.at, random.between(0.0, 360.0), reach)
            })
            .collect();
        for place in index.line.locate_all(&places) {
            let side = usize::from(place.side == Some(Side::Right));
            let zone = breaks.zone(place.distance_m);
            if zone < 2 {
                counts[2 * side + zone] += 1;
            }
            counts[4 + side] += 1;
        }
        for (row, count) in counts.into_iter().enumerate() {
            sums[row] += count as f64 / DRAWS as f64;
            held[row] += usize::from((table.rows[row].low..=table.rows[row].high).contains(&count));
        }
    }
    for (row, zone) in table.rows.iter().enumerate() {
        // Four standard errors; the variance of a count is below its size.
        let error = 4.0 * (zone.expected.max(1.0) / DRAWS as f64).sqrt();
        assert!((sums[row] - zone.expected).abs() < error, "{row} {} {}", sums[row], zone.expected);
        assert!(held[row] as f64 > 0.94 * DRAWS as f64, "{row} {}", held[row]);
    }
}

#[test]
fn exact_points_are_plain_counts_and_intervals_grow_with_the_region() {
    let index = common::bundled_index();
    let places = centres(&index, 80, 17);
    let breaks = ZoneBreaks::new(&[5.0, 10.0, 25.0, 50.0]).unwrap();
    let areas = ZoneAreas { zones_km2: [vec![1e3; 4], vec![1e3; 4]], ..ZoneAreas::unknown() };
    let table = |radius_m: f64| {
        let incidents: Vec<Incident> =
            places.iter().map(|&c| incident(c, Precision::Exact)).collect();
        let located = locate(&incidents, &index);
        let settings = RegionSettings { exact_radius_m: radius_m, near_radius_m: 25_000.0 };
        zones(&incidents, &located, &index, &settings, &breaks, &areas, None)
    };
    let (points, discs) = (table(1e-3), table(15_000.0));
    for (point, disc) in points.rows.iter().zip(&discs.rows) {
        assert_eq!((point.low, point.high), (point.incidents, point.incidents));
        assert!((point.expected - point.incidents as f64).abs() < 1e-6);
        assert!(disc.high - disc.low >= point.high - point.low);
        if let Some(rate) = point.rate {
            let (low, high) = durand::analysis::garwood(&[1.0], point.incidents, 0.95);
            assert!((rate.low - low).abs() < 1e-6 && (rate.high - high).abs() < 1e-6);
        }
    }
    // Zones of a side and what is beyond them are the side.
    let beyond = |side: usize| {
        discs.rows[8 + side].expected
            - discs.rows[4 * side..4 * side + 4].iter().map(|zone| zone.expected).sum::<f64>()
    };
    assert!(beyond(0) > -1e-9 && beyond(1) > -1e-9);
    assert!((discs.rows[8].expected + discs.rows[9].expected - 80.0).abs() < 1e-9);
}
