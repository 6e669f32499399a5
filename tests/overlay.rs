//! Overlays of polygons that came through the gate, held against GEOS
//! (tests/reference/overlay.py).
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

use durand::io::{Feature, Shape, read_features};
use geo::{Area, BooleanOps, MultiPolygon};
use std::path::Path;

fn polygons(feature: &Feature) -> &MultiPolygon<f64> {
    match &feature.shape {
        Shape::Polygons(polygons) => polygons,
        other => panic!("{}", other.word()),
    }
}

/// Of all its edges, degrees.
fn length(shape: &MultiPolygon<f64>) -> f64 {
    let rings = shape.iter().flat_map(|p| p.interiors().iter().chain([p.exterior()]));
    rings.flat_map(|ring| ring.lines()).map(|line| line.dx().hypot(line.dy())).sum()
}

/// The overlay rounds to a grid of its own, some 5e-10 of a degree (0.05 mm) where shapes are a few degrees
/// wide, so that an area may be off by as much along its edges.
#[test]
fn areas_of_overlays_are_those_of_geos() {
    let path = Path::new("tests/reference/overlay.geojson");
    let layer = read_features(path).unwrap();
    assert_eq!((layer.rejected.len(), layer.notices.len()), (0, 0), "{:?}", layer.notices);
    let (mut pairs, mut worst) = (0, [0.0_f64; 2]);
    for pair in layer.features.chunks(2) {
        let [first, second] = pair else { panic!("a shape without its fellow") };
        let (a, b) = (polygons(first), polygons(second));
        let both = a.unsigned_area() + b.unsigned_area();
        let edges = length(a) + length(b);
        let overlays = [
            ("intersection", a.intersection(b)),
            ("union", a.union(b)),
            ("difference", a.difference(b)),
        ];
        for (name, overlay) in overlays {
            let expected = first.properties[name].parse::<f64>().unwrap();
            let off = (overlay.unsigned_area() - expected).abs();
            worst = [worst[0].max(off / both), worst[1].max(off / edges)];
            assert!(off < 5e-10 * edges, "{} {name}: {off:e}", first.properties["name"]);
        }
        pairs += 1;
    }
    assert!(pairs > 50);
    println!(
        "{pairs} pairs, at worst {:e} of the area and {:e} along the edges",
        worst[0], worst[1]
    );
}
