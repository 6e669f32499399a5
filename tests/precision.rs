//! Geocoding precision in the profile, in two periods and in hot spots: against counts made
//! one by one, against random draws, and what must hold whatever the numbers are.
#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

mod common;

#[allow(dead_code, unused_imports)]
#[path = "common/plain.rs"]
mod plain;

use common::{bundled_index, incident};
use durand::analysis::{
    Comparisons, Footing, Group, HotspotSettings, Hotspots, LineSpan, Located, Period, Profile,
    ProfileCounter, ProfileSettings, RegionSettings, Regions, SectorLength, StretchCount,
    ZoneBreaks, compare, district_sectors, district_stretches, equal_sectors, equal_stretches,
    footing, hotspots, locate, profile, rate_ratio, strip, sum_up,
};
use durand::geodesy::{LonLat, direct};
use durand::index::StudyIndex;
use durand::model::{Border, Incident, Precision, Side};
use plain::Random;

const WITHIN_M: f64 = 50_000.0;

/// Made-up incidents along the line, by day in two periods; a fifth each is known exactly, to 25 km,
/// to the district, to the province and not stated.
fn incidents(index: &StudyIndex, count: usize, seed: u64) -> Vec<Incident> {
    let mut random = Random(seed);
    (0..count)
        .map(|i| {
            let near = index.line.at(random.next() * index.line.length_m());
            let at = direct(near, random.between(0.0, 360.0), 70_000.0 * random.next());
            let precision = Precision::ALL.get(i % 5).copied().filter(|_| i % 5 < 4);
            let day = if i % 3 == 0 { "2012-05-06" } else { "2018-07-08" };
            let date = Some(day.parse().unwrap());
            Incident { precision, date, ..incident(at, Precision::Exact) }
        })
        .collect()
}

fn periods() -> [Period; 2] {
    let period =
        |from: &str, to: &str| Period { from: from.parse().unwrap(), to: to.parse().unwrap() };
    [period("2010-01-01", "2014-12-31"), period("2015-01-01", "2019-12-31")]
}

fn breaks() -> ZoneBreaks {
    ZoneBreaks::new(&[5.0, 10.0, 25.0, 50.0]).unwrap()
}

struct All {
    footing: Footing,
    changes: Comparisons,
}

/// Everything, by the regions of some settings or by coordinate.
fn all(incidents: &[Incident], index: &StudyIndex, regions: Option<RegionSettings>) -> All {
    let located = locate(incidents, index);
    let footing = footing(incidents, &located, index, regions.as_ref(), WITHIN_M, &[]);
    let regions = regions.map(|settings| Regions::new(incidents, &located, index, &settings));
    let regions = regions.as_ref();
    All { footing, changes: compare(incidents, &located, regions, index, &breaks(), periods()) }
}

/// The curve along the line.
fn curve(
    incidents: &[Incident],
    index: &StudyIndex,
    regions: Option<RegionSettings>,
    settings: &ProfileSettings,
) -> Profile {
    profile(incidents, &locate(incidents, index), index, regions.as_ref(), settings)
}

/// The numbers on stretches of the line.
fn counts(
    incidents: &[Incident],
    index: &StudyIndex,
    regions: Option<RegionSettings>,
    spans: &[(Option<Side>, f64, f64)],
) -> Vec<StretchCount> {
    let span = |&(side, from_m, to_m): &_| LineSpan { side, from_m, to_m };
    let spans: Vec<LineSpan> = spans.iter().map(span).collect();
    let located = locate(incidents, index);
    footing(incidents, &located, index, regions.as_ref(), WITHIN_M, &spans).counts
}

/// Hot spots, by the regions of some settings or by coordinate.
fn spots(incidents: &[Incident], index: &StudyIndex, regions: Option<RegionSettings>) -> Hotspots {
    let located = locate(incidents, index);
    let regions = regions.map(|settings| Regions::new(incidents, &located, index, &settings));
    let settings = HotspotSettings { permutations: 99, ..HotspotSettings::default() };
    hotspots(incidents, &located, regions.as_ref(), index, None, &settings)
}

fn near(a: f64, b: f64, by: f64) -> bool {
    (a - b).abs() <= by
}

#[test]
fn regions_shrunk_to_nothing_give_the_plain_counts() {
    let index = bundled_index();
    let mut incidents = incidents(&index, 400, 3);
    incidents.retain(|i| i.precision < Some(Precision::District));
    let point = RegionSettings { exact_radius_m: 0.01, near_radius_m: 0.01 };
    let [shrunk, plain] = [Some(point), None].map(|regions| all(&incidents, &index, regions));
    assert!(shrunk.footing.spread && !plain.footing.spread);

    let [a, b] = [Some(point), None]
        .map(|regions| curve(&incidents, &index, regions, &ProfileSettings::default()));
    for (a, b) in a.sides.iter().zip(&b.sides) {
        assert_eq!(a.counts, b.counts);
        assert!(a.counts.iter().zip(&a.expected).all(|(n, e)| near(f64::from(*n), *e, 1e-9)));
        assert!(a.curve.iter().zip(&b.curve).all(|(x, y)| near(*x, *y, 1e-4)));
        assert_eq!((a.total.low, a.total.high), (b.total.incidents, b.total.incidents));
    }
    assert_eq!(shrunk.changes.changes.len(), plain.changes.changes.len());
    for (a, b) in shrunk.changes.changes.iter().zip(&plain.changes.changes) {
        assert_eq!((&a.group, a.counts, a.ratio), (&b.group, b.counts, b.ratio));
        assert!((0..2).all(|p| near(a.expected[p], a.counts[p] as f64, 1e-9)), "{a:?}");
    }
    let [shrunk, plain] = [Some(point), None].map(|regions| spots(&incidents, &index, regions));
    for (a, b) in shrunk.rows.iter().zip(&plain.rows) {
        assert!(near(a.expected, b.incidents as f64, 1e-9), "{a:?}");
        assert_eq!((a.spot, a.plain_spot), (b.spot, b.spot));
    }
}

/// What was there before precision was carried is there still.
#[test]
fn ignoring_precision_takes_coordinates_at_their_word() {
    let index = bundled_index();
    let incidents = incidents(&index, 300, 4);
    let located = locate(&incidents, &index);
    let found = all(&incidents, &index, None);
    let years = periods().map(|p| p.years());
    for change in &found.changes.changes {
        let [before, after] = change.counts;
        assert_eq!(change.ratio, rate_ratio(before as u64, years[0], after as u64, years[1]));
        assert_eq!((change.ratio, change.q), change.plain);
        assert_eq!(change.expected, [before as f64, after as f64]);
        assert_eq!(change.intervals, [(before, before), (after, after)]);
        let here = |place: &Located, i: &Incident| match change.group {
            Group::Whole => true,
            Group::Side(side) => place.side == Some(side),
            Group::Zone(side, zone) => {
                place.side == Some(side) && breaks().zone(place.distance_m) == zone
            }
            Group::Province(area) => place.placement.province == Some(area),
            Group::District(area) => {
                place.placement.district == Some(area) && i.precision != Some(Precision::Province)
            }
        };
        let counted = incidents.iter().zip(&located).filter(|(i, l)| here(l, i));
        let after_2015 = counted.clone().filter(|(i, _)| i.date.unwrap().year() > 2014).count();
        assert_eq!([counted.count() - after_2015, after_2015], change.counts);
    }
    for side in Side::BOTH {
        let on = |l: &&Located| l.side == Some(side) && l.distance_m <= WITHIN_M;
        for (from, to) in [(0.0, 4e5), (4e5, 1.1e6), (1.1e6, f64::INFINITY)] {
            let here = |l: &&Located| on(l) && from <= l.chainage_m && l.chainage_m < to;
            let count = &counts(&incidents, &index, None, &[(Some(side), from, to)])[0];
            assert_eq!(count.incidents, located.iter().filter(here).count());
            assert_eq!((count.low, count.high), (count.incidents, count.incidents));
        }
    }
}

#[test]
fn parts_add_up_to_the_whole() {
    let index = bundled_index();
    let incidents = incidents(&index, 500, 5);
    let found = all(&incidents, &index, Some(RegionSettings::default()));
    let (footing, whole) = (&found.footing, found.footing.length_m);
    let along = strip(&index, &[]);
    let settings = ProfileSettings { bin_m: 7_300.0, draws: 39, ..ProfileSettings::default() };
    let [by_length, by_number] = [SectorLength::Metres(100_000.0), SectorLength::Count(7)]
        .map(|of| equal_stretches(whole, of));
    let by_district = district_stretches(&along);
    let regions = RegionSettings::default();
    let asked = [&by_length[..], &by_number, &by_district].concat();
    let counter = ProfileCounter::new(&index, Some(&regions), &settings, &asked);
    let sum = sum_up(&counter, &incidents, &locate(&incidents, &index));
    let (curve, counted, kilometres) = counter.finish(sum);
    let (of_lengths, rest) = counted.counts.split_at(by_length.len());
    let (of_numbers, of_districts) = rest.split_at(by_number.len());
    let cuts = [
        equal_sectors(&along, &by_length, of_lengths),
        equal_sectors(&along, &by_number, of_numbers),
        district_sectors(&along, &by_district, of_districts),
    ];
    for side in Side::BOTH {
        let total = footing.sides[usize::from(side == Side::Right)].clone();
        assert!(total.expected > 50.0 && total.low < total.high);
        let of_curve = &curve.sides[usize::from(side == Side::Right)];
        assert_eq!(of_curve.total, total);
        assert!(near(of_curve.expected.iter().sum(), total.expected, 1e-9));
        // The curve is per stretch, at every 2 km; its ends count half.
        let last = of_curve.curve.len() - 1;
        let ends = 0.5 * (of_curve.curve[0] + of_curve.curve[last]);
        let integral = (of_curve.curve.iter().sum::<f64>() - ends) * settings.step_m;
        let all = integral / settings.bin_m / total.expected;
        assert!(near(all, 1.0, 2e-3), "{all}");
        for sectors in &cuts {
            let own: Vec<_> = sectors.iter().filter(|s| s.side == side).collect();
            assert!(own.windows(2).all(|pair| pair[0].to_m == pair[1].from_m));
            assert_eq!((own[0].from_m, own[own.len() - 1].to_m), (0.0, whole));
            assert!(near(own.iter().map(|s| s.count.expected).sum(), total.expected, 1e-9));
            assert_eq!(own.iter().map(|s| s.count.incidents).sum::<usize>(), total.incidents);
            for s in own {
                let rate = 1e5 * s.count.expected / (s.to_m - s.from_m);
                assert!(near(s.per_100km.rate, rate, 1e-9));
                assert!(s.per_100km.low <= rate && rate <= s.per_100km.high);
            }
        }
    }
    let all_counts = |spans: &[_]| counts(&incidents, &index, Some(regions), spans);
    let hot = kilometres.hottest(50_000.0, 10);
    let spans: Vec<_> = hot.iter().map(|span| (span.side, span.from_m, span.to_m)).collect();
    let hottest = kilometres.hot_stretches(&along, &hot, &all_counts(&spans));
    assert_eq!(hottest.len(), 10);
    assert!(hottest.windows(2).all(|pair| pair[0].both.expected >= pair[1].both.expected));
    for (i, one) in hottest.iter().enumerate() {
        assert!(hottest[..i].iter().all(|o| o.to_m <= one.from_m || one.to_m <= o.from_m));
        let sides: f64 = one.sides.iter().map(|s| s.expected).sum();
        assert!(near(sides, one.both.expected, 1e-9));
    }
    // No stretch has more than the first.
    let starts = (0..((whole - 50_000.0) / 1_000.0) as usize).map(|start| 1_000.0 * start as f64);
    let spans: Vec<_> = starts.map(|from| (None, from, from + 50_000.0)).collect();
    for (count, span) in all_counts(&spans).iter().zip(&spans) {
        assert!(count.expected <= hottest[0].both.expected + 1e-9, "{span:?}");
    }

    let changes = &found.changes.changes;
    let expected = |group: &Group| changes.iter().find(|c| c.group == *group).unwrap().expected;
    for period in 0..2 {
        for side in Side::BOTH {
            let zones: f64 = (0..5).map(|z| expected(&Group::Zone(side, z))[period]).sum();
            assert!(near(zones, expected(&Group::Side(side))[period], 1e-9));
        }
        let sides: f64 = Side::BOTH.map(|s| expected(&Group::Side(s))[period]).iter().sum();
        assert!(near(sides, expected(&Group::Whole)[period], 1e-9));
        let of_level = |level: usize| -> f64 {
            changes.iter().filter(|c| c.group.level() == level).map(|c| c.expected[period]).sum()
        };
        // What lies in no area, and what is too little to be told.
        let whole = expected(&Group::Whole)[period];
        for level in [3, 4] {
            let sum = of_level(level);
            assert!(sum <= whole + 1e-9 && sum > 0.93 * whole, "{level} {sum} {whole}");
        }
    }
    // Of the incidents of the profile's side, zones within 50 km have as many.
    let within: f64 = (0..2)
        .flat_map(|p| (0..4).map(move |z| (p, z)))
        .map(|(p, z)| expected(&Group::Zone(Side::Left, z))[p])
        .sum();
    let profiled = footing.sides[0].expected;
    assert!(near(within, profiled, 2e-3 * profiled), "{within} {profiled}");
    let found = spots(&incidents, &index, Some(RegionSettings::default()));
    let sum: f64 = found.rows.iter().map(|r| r.expected).sum();
    assert!(near(sum, found.expected, 1e-9) && sum > 0.93 * 500.0);
}

#[test]
fn a_reversed_line_swaps_the_sides_and_mirrors_the_profile() {
    let index = bundled_index();
    let incidents = incidents(&index, 200, 6);
    let mut parts: Vec<Vec<LonLat>> = index.border.parts().to_vec();
    parts.reverse();
    parts.iter_mut().for_each(|part| part.reverse());
    let (left, right) = (index.border.right.clone(), index.border.left.clone());
    let border = Border::new("line", left, right, parts).unwrap();
    let (provinces, districts) = (index.provinces.areas.clone(), index.districts.areas.clone());
    let turned = StudyIndex::new(border, provinces, districts);
    let [there, back] =
        [&index, &turned].map(|i| all(&incidents, i, Some(RegionSettings::default())));
    let whole = there.footing.length_m;
    assert!(near(whole, back.footing.length_m, 1e-3));
    for (side, other) in [(Side::Left, Side::Right), (Side::Right, Side::Left)] {
        // Not at a vertex, where many feet are.
        let edge = |i: u32| whole / 40.0 * f64::from(i) + 1.7;
        let spans = (0..40).map(|i| (Some(side), edge(i), edge(i + 1).min(whole)));
        let mirrored =
            (0..40).map(|i| (Some(other), (whole - edge(i + 1)).max(0.0), whole - edge(i)));
        let regions = Some(RegionSettings::default());
        let a = counts(&incidents, &index, regions, &spans.collect::<Vec<_>>());
        let b = counts(&incidents, &turned, regions, &mirrored.collect::<Vec<_>>());
        for (i, (a, b)) in a.iter().zip(&b).enumerate() {
            assert_eq!(a.incidents, b.incidents, "{i}");
            // A place of a region may have two feet that are as near.
            assert!(near(a.expected, b.expected, 0.02), "{i} {} {}", a.expected, b.expected);
        }
    }
    let settings = ProfileSettings { step_m: whole / 1_000.0, ..ProfileSettings::default() };
    let [a, b] =
        [&index, &turned].map(|i| curve(&incidents, i, Some(RegionSettings::default()), &settings));
    for (a, b) in [(&a.sides[0], &b.sides[1]), (&a.sides[1], &b.sides[0])] {
        let top = a.curve.iter().copied().fold(0.0, f64::max);
        for (x, y) in a.curve.iter().take(1_001).zip(b.curve.iter().take(1_001).rev()) {
            assert!(near(*x, *y, 5e-3 * top), "{x} {y} {top}");
        }
    }
    for (a, b) in there
        .changes
        .changes
        .iter()
        .filter(|c| c.group.level() > 2)
        .map(|a| (a, back.changes.changes.iter().find(|b| b.group == a.group).unwrap()))
    {
        assert!((0..2).all(|p| near(a.expected[p], b.expected[p], 0.01)), "{a:?} {b:?}");
    }
}

/// A place drawn at random from where an incident may lie.
fn drawn(i: &Incident, place: &Located, index: &StudyIndex, random: &mut Random) -> LonLat {
    let area = match i.precision {
        Some(Precision::District) => place.placement.district.map(|d| (&index.districts, d)),
        Some(Precision::Province) => place.placement.province.map(|p| (&index.provinces, p)),
        _ => None,
    };
    if let Some((layer, number)) = area {
        use geo::BoundingRect;
        let bounds = layer.areas[number].shape.bounding_rect().unwrap();
        let (low, high) = (bounds.min(), bounds.max());
        loop {
            let z = random.between(low.y.to_radians().sin(), high.y.to_radians().sin());
            let p = LonLat::new(random.between(low.x, high.x), z.asin().to_degrees()).unwrap();
            let held = layer.index.containing(p).contains(&number);
            // A region is cut to the side of its country.
            if held && index.line.locate(p).side == layer.sides[number] {
                return p;
            }
        }
    }
    let radius = match i.precision {
        None => return i.at,
        Some(Precision::Exact) => 2_000.0,
        Some(_) => 25_000.0,
    };
    direct(i.at, random.between(0.0, 360.0), radius * random.next().sqrt())
}

/// The same model drawn at random: means of numbers agree within their error, and so do their
/// spreads.
#[test]
fn random_draws_of_the_same_model_agree() {
    const DRAWS: usize = 300;
    let index = bundled_index();
    let incidents = incidents(&index, 60, 7);
    let located = locate(&incidents, &index);
    let found = all(&incidents, &index, Some(RegionSettings::default()));
    let whole = found.footing.length_m;
    let cuts: Vec<(Side, f64, f64)> = Side::BOTH
        .into_iter()
        .flat_map(|side| {
            (0..8).map(move |i| (side, whole / 8.0 * f64::from(i), whole / 8.0 * f64::from(i + 1)))
        })
        .collect();
    let mut random = Random(8);
    let mut sums = vec![[0.0; 2]; cuts.len()];
    let mut districts = vec![0.0; index.districts.areas.len()];
    for _ in 0..DRAWS {
        let moved: Vec<Incident> = incidents
            .iter()
            .zip(&located)
            .map(|(i, l)| Incident { at: drawn(i, l, &index, &mut random), ..i.clone() })
            .collect();
        let placed = locate(&moved, &index);
        for (sum, &(side, from, to)) in sums.iter_mut().zip(&cuts) {
            let here = |l: &&Located| {
                let on = l.side == Some(side) && l.distance_m <= WITHIN_M;
                on && from <= l.chainage_m && l.chainage_m < to
            };
            let count = placed.iter().filter(here).count() as f64;
            *sum = [sum[0] + count, sum[1] + count * count];
        }
        for district in placed.iter().filter_map(|l| l.placement.district) {
            districts[district] += 1.0;
        }
    }
    let n = DRAWS as f64;
    let spans: Vec<_> = cuts.iter().map(|&(side, from, to)| (Some(side), from, to)).collect();
    let counted = counts(&incidents, &index, Some(RegionSettings::default()), &spans);
    for (([sum, squares], (side, from, _)), count) in sums.into_iter().zip(cuts).zip(&counted) {
        let (mean, variance) = (sum / n, squares / n - (sum / n).powi(2));
        // Four standard errors, and what the places of a region are off.
        let error = 4.0 * (variance / n).sqrt() + 0.03;
        assert!(near(mean, count.expected, error), "{side:?} {from} {mean} {}", count.expected);
        let number = &count.number;
        let squares: f64 = number
            .mass
            .iter()
            .enumerate()
            .map(|(k, m)| m * ((number.first + k) as f64 - count.expected).powi(2))
            .sum();
        assert!(near(variance, squares, 0.25 * squares + 0.05), "{variance} {squares}");
    }
    for row in &spots(&incidents, &index, Some(RegionSettings::default())).rows {
        let mean = districts[row.district] / n;
        // Each of the incidents is there or not: the variance is no more than the mean.
        let error = 4.5 * (row.expected.max(mean) / n).sqrt() + 0.02;
        assert!(near(mean, row.expected, error), "{} {mean} {}", row.district, row.expected);
    }
}

/// What is known to the province is in its districts by area, and in nothing else.
#[test]
fn a_province_is_shared_out_by_area() {
    let index = bundled_index();
    let at = LonLat::new(66.99, 30.2).unwrap();
    let province = locate(&[incident(at, Precision::Exact)], &index)[0].placement.province.unwrap();
    assert_eq!(index.provinces.areas[province].name(), "Balochistan");
    let mut coarse = incident(at, Precision::Province);
    coarse.date = Some("2012-05-06".parse().unwrap());
    let found = all(std::slice::from_ref(&coarse), &index, Some(RegionSettings::default()));
    let spots = spots(&[coarse], &index, Some(RegionSettings::default()));
    let own = |row: &&durand::analysis::Hotspot| index.province_of[row.district] == Some(province);
    let area: f64 = spots.rows.iter().filter(own).map(|r| r.area_km2).sum();
    for row in &spots.rows {
        let share = if own(&row) { row.area_km2 / area } else { 0.0 };
        assert!(near(row.expected, share, 1e-12), "{row:?}");
        assert_eq!((row.incidents, row.interval.0), (0, 0));
    }
    assert!(near(spots.of_provinces, 1.0, 1e-12) && spots.counted == 0);
    let change = |group: Group| found.changes.changes.iter().find(|c| c.group == group);
    let of_province = change(Group::Province(province)).unwrap();
    assert_eq!((of_province.expected, of_province.counts), ([1.0, 0.0], [1, 0]));
    assert_eq!(change(Group::Side(Side::Right)).unwrap().expected, [1.0, 0.0]);
    assert_eq!(found.changes.to_province, 1);
}

#[test]
fn a_wider_region_never_makes_a_count_surer() {
    let index = bundled_index();
    let incidents: Vec<Incident> = incidents(&index, 150, 9)
        .into_iter()
        .map(|i| Incident { precision: Some(Precision::Near), ..i })
        .collect();
    let located = locate(&incidents, &index);
    let variance = |radius: f64| {
        let settings = RegionSettings { near_radius_m: radius, ..RegionSettings::default() };
        let footing = footing(&incidents, &located, &index, Some(&settings), WITHIN_M, &[]);
        footing.sides[0].high - footing.sides[0].low
    };
    let widths = [1.0, 2_000.0, 8_000.0, 25_000.0].map(variance);
    assert!(widths[0] == 0 && widths.windows(2).all(|w| w[0] <= w[1]), "{widths:?}");
    assert!(widths[3] > 5, "{widths:?}");
}

#[test]
fn what_is_worse_than_the_province_is_counted_by_name() {
    let index = bundled_index();
    let at = index.line.at(1.0e6);
    let mut nowhere = incident(at, Precision::Unlocated);
    nowhere.date = Some("2012-05-06".parse().unwrap());
    for regions in [Some(RegionSettings::default()), None] {
        let found = all(std::slice::from_ref(&nowhere), &index, regions);
        assert_eq!((found.footing.counted, found.footing.unlocated), (1, 1));
        assert!(found.footing.sides.iter().all(|side| side.expected == 0.0));
        assert_eq!(found.changes.unlocated, 1);
        let whole = &found.changes.changes[0];
        assert_eq!((&whole.group, whole.expected), (&Group::Whole, [1.0, 0.0]));
        assert!(found.changes.changes[1..].iter().all(|c| c.expected == [0.0; 2]));
        let found = spots(std::slice::from_ref(&nowhere), &index, regions);
        assert_eq!((found.unlocated, found.expected), (1, 0.0));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let index = bundled_index();
    let incidents = incidents(&index, 120, 10);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let found = all(&incidents, &index, Some(RegionSettings::default()));
            let curve = curve(
                &incidents,
                &index,
                Some(RegionSettings::default()),
                &ProfileSettings::default(),
            );
            let spots = spots(&incidents, &index, Some(RegionSettings::default()));
            (found.footing, curve, found.changes, spots)
        })
    };
    assert_eq!(on(1), on(2));
}
