//! The bundled layers hold what the maps and the statistics rely on, and the
//! build reproduces them from the originals, where those are at hand.
//!
//! `BLESS=1 cargo test --release --test bundled_layers -- reproduces` rewrites
//! `geodata/` from the originals; read the difference before committing it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use durand::bundled;
use durand::geodesy::{LonLat, direct, inverse, ring_area_m2};
use durand::io::{Feature, Shape, read_geojson, read_local_names};
use durand::model::{Language, Named};
use geo::{Contains, MultiPolygon, Point};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const ORIGINALS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/geodata-raw");

fn features(name: &str, text: &str) -> Vec<Feature> {
    let layer = read_geojson(name, text.as_bytes()).unwrap();
    assert!(layer.rejected.is_empty() && layer.notices.is_empty(), "{name}: {:?}", layer.notices);
    layer.features
}

fn areas(name: &str, text: &str) -> Vec<(BTreeMap<String, String>, MultiPolygon<f64>)> {
    features(name, text)
        .into_iter()
        .map(|feature| match feature.shape {
            Shape::Polygons(polygons) => (feature.properties, polygons),
            other => panic!("{name} holds a {}", other.word()),
        })
        .collect()
}

fn line(name: &str, text: &str) -> Vec<LonLat> {
    match features(name, text).remove(0).shape {
        Shape::Lines(mut parts) if parts.len() == 1 => parts.remove(0),
        other => panic!("{name} holds {other:?}"),
    }
}

fn of<'a>(
    areas: &'a [(BTreeMap<String, String>, MultiPolygon<f64>)],
    country: &'a str,
) -> impl Iterator<Item = &'a MultiPolygon<f64>> {
    areas.iter().filter(move |(names, _)| names["country"] == country).map(|(_, shape)| shape)
}

fn rings(shape: &MultiPolygon<f64>) -> impl Iterator<Item = &geo::LineString<f64>> {
    shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
}

/// A vertex as whole steps of 1e-9 degree.
type Step = (i64, i64);

fn step(lon: f64, lat: f64) -> Step {
    ((lon * 1e9).round() as i64, (lat * 1e9).round() as i64)
}

fn edges(shape: &MultiPolygon<f64>) -> impl Iterator<Item = (Step, Step)> {
    rings(shape).flat_map(|ring| {
        ring.0.windows(2).map(|pair| (step(pair[0].x, pair[0].y), step(pair[1].x, pair[1].y)))
    })
}

/// Edges that no other area of the country walks the other way.
fn outer_edges(
    areas: &[(BTreeMap<String, String>, MultiPolygon<f64>)],
    country: &str,
) -> BTreeSet<(Step, Step)> {
    let mut all = BTreeSet::new();
    for edge in of(areas, country).flat_map(edges) {
        assert!(all.insert(edge), "{edge:?} is walked twice in one direction");
    }
    all.iter().filter(|(a, b)| !all.contains(&(*b, *a))).copied().collect()
}

/// How many rings edges make that leave each vertex as often as they arrive.
fn count_rings(edges: &BTreeSet<(Step, Step)>) -> usize {
    let mut next: BTreeMap<Step, Step> = edges.iter().copied().collect();
    assert_eq!(next.len(), edges.len(), "rings touch");
    let mut rings = 0;
    while let Some((&start, _)) = next.first_key_value() {
        let mut at = start;
        while let Some(to) = next.remove(&at) {
            at = to;
        }
        assert_eq!(at, start, "an edge ends nowhere");
        rings += 1;
    }
    rings
}

fn districts() -> Vec<(BTreeMap<String, String>, MultiPolygon<f64>)> {
    areas("districts", bundled::DISTRICTS)
}

fn provinces() -> Vec<(BTreeMap<String, String>, MultiPolygon<f64>)> {
    areas("provinces", bundled::PROVINCES)
}

fn border() -> Vec<LonLat> {
    line("line", bundled::LINE)
}

#[test]
fn every_province_has_a_name_in_every_language() {
    for language in [Language::Pashto, Language::Dari, Language::Urdu] {
        let names = read_local_names("names.csv", bundled::LOCAL_NAMES, language).unwrap();
        for (of, _) in provinces() {
            assert!(!names.lacks(Named::Province, &of["province"]), "{language:?} {of:?}");
        }
        assert!(
            !names.lacks(Named::Country, "Pakistan") && !names.lacks(Named::Line, "Durand Line")
        );
    }
    // As the publisher has it, entered by the build.
    let dari = read_local_names("names.csv", bundled::LOCAL_NAMES, Language::Dari).unwrap();
    assert_eq!(dari.of(Named::Province, "Maidan Wardak"), "میدان وردک");
}

#[test]
fn every_file_is_what_the_manifest_says() {
    let verified = bundled::verify().unwrap();
    assert_eq!(verified.len() + 1, bundled::files().len());
    for entry in bundled::manifest().unwrap().bundled {
        assert!(!entry.licence.is_empty() && !entry.attribution.is_empty(), "{}", entry.file);
        assert!(entry.largest_deviation_m.is_none_or(|m| m <= 75.0), "{}", entry.file);
    }
    assert!(bundled::DISTRICTS.len() < 2_900_000);
}

#[test]
fn no_province_and_no_district_is_lost_and_names_are_tidy() {
    let (provinces, districts) = (provinces(), districts());
    assert_eq!(of(&provinces, "Afghanistan").count(), 34);
    assert_eq!(of(&provinces, "Pakistan").count(), 7);
    assert_eq!(of(&districts, "Afghanistan").count(), 398);
    assert_eq!(of(&districts, "Pakistan").count(), 160);
    let known: BTreeSet<_> =
        provinces.iter().map(|(names, _)| (&names["country"], &names["province"])).collect();
    let mut keys = BTreeSet::new();
    for (names, _) in provinces.iter().chain(&districts) {
        for name in names.values() {
            let tidy = name.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(*name == tidy && !name.is_empty(), "{name:?}");
        }
        assert!(known.contains(&(&names["country"], &names["province"])), "{names:?}");
        let key = (&names["country"], &names["province"], names.get("district"));
        assert!(keys.insert(key), "{names:?} occurs twice");
    }
    let mut codes = BTreeSet::new();
    for (names, _) in &provinces {
        assert!(codes.insert(&names["code"]), "{names:?}");
    }
}

/// 641,868 and 876,134 km² are the areas of the originals.
#[test]
fn areas_are_those_of_the_originals() {
    for layer in [provinces(), districts()] {
        for (country, expected_km2) in [("Afghanistan", 641_868.0), ("Pakistan", 876_134.0)] {
            let at = |c: &geo::Coord<f64>| LonLat::new(c.x, c.y).unwrap();
            let area_m2 =
                |shape| rings(shape).map(|r| ring_area_m2(r.0.iter().map(at))).sum::<f64>();
            let km2 = of(&layer, country).map(area_m2).sum::<f64>() / 1e6;
            assert!((km2 / expected_km2 - 1.0).abs() < 2e-5, "{country} {km2}");
        }
    }
}

/// Also that provinces are made of the districts' own edges.
#[test]
fn neighbours_meet_exactly_and_provinces_have_the_edges_of_districts() {
    let (provinces, districts) = (provinces(), districts());
    // Afghanistan has a hole of 0.0044 km² near 69.234 E 35.795 N in the
    // original as well; Pakistan has 41 islands.
    for (country, outlines) in [("Afghanistan", 2), ("Pakistan", 42)] {
        let of_districts = outer_edges(&districts, country);
        assert_eq!(of_districts, outer_edges(&provinces, country));
        // What only one district has closes to the rings of the originals: a
        // gap or an overlap between neighbours would be a ring more.
        assert_eq!(count_rings(&of_districts), outlines, "{country}");
        let all: BTreeSet<_> = of(&districts, country).flat_map(edges).collect();
        assert!(of(&provinces, country).flat_map(edges).all(|edge| all.contains(&edge)));
    }
}

#[test]
fn the_line_runs_between_the_tripoints_and_is_the_edge_of_the_districts() {
    let line = border();
    let near = |p: LonLat, lon, lat| inverse(p, LonLat::new(lon, lat).unwrap()).distance_m < 20.0;
    assert!(near(line[0], 60.8733, 29.8586) && near(line[line.len() - 1], 74.5642, 37.0310));
    let outer = outer_edges(&districts(), "Afghanistan");
    for pair in line.windows(2) {
        let [a, b] = [pair[0], pair[1]].map(|p| step(p.lon(), p.lat()));
        assert!(outer.contains(&(a, b)), "{} {}", pair[0], pair[1]);
    }
    let length_km =
        line.windows(2).map(|pair| inverse(pair[0], pair[1]).distance_m).sum::<f64>() / 1e3;
    // 2,678.8 km at full resolution, 2,660 by another simplifier at 50 m.
    assert!((2_655.0..2_670.0).contains(&length_km), "{length_km}");
}

/// Against every pair of edges, not by the tree that the build searches.
#[test]
fn lines_do_not_cross_themselves() {
    let files = [
        ("line", bundled::LINE),
        ("COD-AB", bundled::BORDER_COD_AB_PAK),
        ("Natural Earth", bundled::BORDER_NATURAL_EARTH),
    ];
    for (name, text) in files {
        let line: Vec<(i128, i128)> = line(name, text)
            .iter()
            .map(|p| step(p.lon(), p.lat()))
            .map(|(x, y)| (i128::from(x), i128::from(y)))
            .collect();
        let turn = |a: (i128, i128), b: (i128, i128), c: (i128, i128)| {
            ((b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)).signum()
        };
        let apart = |a: i128, b: i128, c: i128, d: i128| a.max(b) < c.min(d) || c.max(d) < a.min(b);
        for (i, e) in line.windows(2).enumerate() {
            for f in line[i + 1..].windows(2).skip(1) {
                if apart(e[0].0, e[1].0, f[0].0, f[1].0) || apart(e[0].1, e[1].1, f[0].1, f[1].1) {
                    continue;
                }
                let crosses = turn(e[0], e[1], f[0]) * turn(e[0], e[1], f[1]) <= 0
                    && turn(f[0], f[1], e[0]) * turn(f[0], f[1], e[1]) <= 0;
                assert!(!crosses, "{name}: {e:?} {f:?}");
            }
        }
    }
}

#[test]
fn afghanistan_is_left_of_the_line() {
    let afghan: Vec<MultiPolygon<f64>> = of(&districts(), "Afghanistan").cloned().collect();
    let inside = |p: LonLat| {
        let point = Point::new(p.lon(), p.lat());
        afghan.iter().any(|shape| shape.contains(&point))
    };
    let line = border();
    let mut probed = 0;
    for pair in line.windows(2).step_by(40) {
        let course = inverse(pair[0], pair[1]);
        let middle = direct(pair[0], course.azimuth_start, course.distance_m / 2.0);
        let (left, right) = (
            direct(middle, course.azimuth_start - 90.0, 3.0),
            direct(middle, course.azimuth_start + 90.0, 3.0),
        );
        assert!(inside(left) && !inside(right), "{middle}");
        probed += 1;
    }
    assert!(probed > 80);
}

#[test]
fn the_other_borders_run_the_same_way() {
    let ends = |line: &[LonLat]| (line[0], line[line.len() - 1]);
    let (start, end) = ends(&border());
    for (name, text) in
        [("COD-AB", bundled::BORDER_COD_AB_PAK), ("Natural Earth", bundled::BORDER_NATURAL_EARTH)]
    {
        let (a, b) = ends(&line(name, text));
        assert!(inverse(a, start).distance_m < 4_000.0, "{name}");
        assert!(inverse(b, end).distance_m < 4_000.0, "{name}");
    }
}

#[test]
fn places_are_named_ranked_and_crossings_lie_near_the_line() {
    let line = border();
    let places = features("places", bundled::PLACES);
    let mut names = BTreeSet::new();
    for place in &places {
        let Shape::Points(points) = &place.shape else { panic!("{place:?}") };
        let names_of = &place.properties;
        assert!(names.insert(&names_of["name"]), "{names_of:?}");
        assert!(["1", "2", "3", "4"].contains(&names_of["rank"].as_str()));
        let nearest =
            line.iter().map(|&p| inverse(p, points[0]).distance_m).fold(f64::INFINITY, f64::min);
        if names_of["kind"] == "crossing" {
            assert!(nearest < 4_000.0, "{names_of:?} {nearest}");
        }
    }
    for name in ["Kabul", "Peshawar", "Torkham", "Miranshah", "Wana", "Parachinar"] {
        assert!(names.contains(&name.to_owned()), "{name}");
    }
}

/// The parents found by an independent overlay, worst case 99.9987 % of area.
#[test]
fn afghan_districts_lie_in_the_provinces_an_overlay_gives() {
    let path = Path::new(ORIGINALS).join("derived/afg-adm2-parents.csv");
    let Ok(mut reader) = csv::Reader::from_path(&path) else {
        println!("skipped: {} is not at hand", path.display());
        return;
    };
    let expected: BTreeSet<(String, String)> = reader
        .deserialize::<BTreeMap<String, String>>()
        .map(|row| row.unwrap())
        .map(|row| {
            let name = row["adm2_name"].split_whitespace().collect::<Vec<_>>().join(" ");
            (row["adm1_name"].clone(), name)
        })
        .collect();
    let found: BTreeSet<(String, String)> = districts()
        .into_iter()
        .filter(|(names, _)| names["country"] == "Afghanistan")
        .map(|(names, _)| (names["province"].clone(), names["district"].clone()))
        .collect();
    assert_eq!(found, expected);
}

/// Distance of p to the segment a b in metres, in a plane that is true to
/// scale at p; good to 0.1 % over the lengths met here.
fn to_segment_m(p: geo::Coord, a: geo::Coord, b: geo::Coord) -> f64 {
    let (east, north) = (111_320.0 * p.y.to_radians().cos(), 110_900.0);
    let flat = |q: geo::Coord| ((q.x - p.x) * east, (q.y - p.y) * north);
    let ((ax, ay), (bx, by)) = (flat(a), flat(b));
    let (dx, dy) = (bx - ax, by - ay);
    let along = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (ax + along * dx).hypot(ay + along * dy)
}

/// The largest distance of a vertex of the first from the edges of the second.
fn farthest_m(original: &MultiPolygon<f64>, bundled: &MultiPolygon<f64>) -> f64 {
    let edges: Vec<_> = rings(bundled).flat_map(|r| r.0.windows(2)).collect();
    let nearest = |p: geo::Coord| {
        // A box of 0.002 degree, over 160 m, holds whatever is near enough.
        let close = |a: f64, b: f64, at: f64| a.min(b) - 0.002 < at && at < a.max(b) + 0.002;
        edges
            .iter()
            .filter(|e| close(e[0].x, e[1].x, p.x) && close(e[0].y, e[1].y, p.y))
            .map(|e| to_segment_m(p, e[0], e[1]))
            .fold(f64::INFINITY, f64::min)
    };
    rings(original).flat_map(|ring| &ring.0).map(|&p| nearest(p)).fold(0.0, f64::max)
}

/// Measured again by brute force, from the districts themselves and not from
/// the arcs they were cut into.
#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimisation; run with --release")]
fn no_vertex_of_an_original_district_is_farther_than_75_m_from_the_bundled_one() {
    let districts = districts();
    let files = [
        ("Afghanistan", "geoboundaries-afg/geoBoundaries-AFG-ADM2.geojson", "shapeName"),
        ("Pakistan", "cod-ab-pak/pak_admbnda_adm2_wfp_20220909.shp", "ADM2_EN"),
    ];
    for (country, file, field) in files {
        let Ok(originals) = durand::io::read_features(&Path::new(ORIGINALS).join(file)) else {
            println!("skipped: {file} is not at hand");
            return;
        };
        let mut largest = 0.0_f64;
        for original in originals.features {
            let name = original.properties[field].split_whitespace().collect::<Vec<_>>().join(" ");
            let Shape::Polygons(shape) = &original.shape else { panic!("{name}") };
            // Seven names occur twice; the other one is far off.
            let distance_m = districts
                .iter()
                .filter(|(names, _)| names["country"] == country && names["district"] == name)
                .map(|(_, bundled)| farthest_m(shape, bundled))
                .fold(f64::INFINITY, f64::min);
            largest = largest.max(distance_m);
        }
        println!("{country}: {largest:.2} m");
        assert!((60.0..75.1).contains(&largest), "{country}: {largest}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimisation; run with --release")]
fn the_build_reproduces_the_bundled_files() {
    if !Path::new(ORIGINALS).is_dir() {
        println!("skipped: the originals are not at {ORIGINALS}");
        return;
    }
    let (files, report) = durand::build::build(Path::new(ORIGINALS)).unwrap();
    for line in report.lines {
        println!("{line}");
    }
    if std::env::var_os("BLESS").is_some() {
        for (name, bytes) in files {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("geodata").join(name);
            std::fs::write(path, bytes).unwrap();
        }
        return;
    }
    let (again, _) = durand::build::build(Path::new(ORIGINALS)).unwrap();
    assert!(files == again, "two builds differ");
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, bundled::files().map(|(name, _)| name));
    for ((name, bytes), (_, bundled)) in files.iter().zip(bundled::files()) {
        assert!(bytes == bundled, "{name} differs from what the build makes");
    }
}

/// Full detail: every vertex, and the same names.
#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimisation; run with --release")]
fn the_layers_in_full_detail_hold_every_vertex() {
    if !Path::new(ORIGINALS).is_dir() {
        println!("skipped: the originals are not at {ORIGINALS}");
        return;
    }
    let files = durand::build::build_full(Path::new(ORIGINALS)).unwrap();
    for ((name, bytes), (bundled, text)) in files.iter().zip(bundled::files()) {
        assert_eq!(name, bundled);
        let (full, small) = (read_geojson(name, bytes).unwrap(), read_geojson(name, text).unwrap());
        assert_eq!(full.rejected, []);
        let named = |layer: &durand::io::Features| -> Vec<_> {
            layer.features.iter().map(|f| f.properties.clone()).collect()
        };
        assert_eq!(named(&full), named(&small), "{name}");
        println!("{name}: {} bytes, {} of the bundled", bytes.len(), bytes.len() / text.len());
        assert!(bytes.len() > 3 * text.len(), "{name}");
    }
    assert_eq!(files.len(), 3);
}
