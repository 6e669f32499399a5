//! The ground that two drawings of a border give to different sides.

use super::line_walk::{self, Node};
use crate::geodesy::{LonLat, inverse, ring_area_m2};
use crate::index::BorderIndex;
use geo::algorithm::bool_ops::FillRule;
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon};

/// A stretch of the first line whose nearest places lie in one part of the
/// second.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// Places of the first line in its direction.
    pub places: Vec<LonLat>,
    /// Part of the second line.
    pub part: usize,
    /// Chainage of the feet of the first and the last place, metres.
    pub feet_m: [f64; 2],
}

/// Ground between two lines, km².
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AreaBetween {
    /// Left of the first line and right of the second.
    pub left_only_km2: f64,
    /// Right of the first line and left of the second.
    pub right_only_km2: f64,
    /// Neither is wrong by more than this.
    pub error_km2: f64,
}

/// Coordinates are put on a grid of the overlay; a step of it is below 2 mm
/// for rings as wide as the line, and edges of 50 m that are straight in
/// longitude and latitude lie within 0.1 mm of the geodesic. Half a millimetre
/// more for the feet.
const OFF_M: f64 = 0.0025;

/// The areas between runs of the first line and the second line.
///
/// # Method
/// A run forth and the second line back make a ring. It goes round ground left
/// of the first line and right of the second counter-clockwise, and clockwise
/// round ground right of the first and left of the second; the overlay tells
/// the two apart by their winding numbers, so rings may cross themselves as
/// often as the lines cross. Areas are of geodesic polygons on the ellipsoid.
///
/// # Accuracy
/// [`AreaBetween::error_km2`]: what the edges may be off, times their length.
pub(super) fn area_between(runs: &[Run], other: &[Vec<Node>], index: &BorderIndex) -> AreaBetween {
    let mut sum = AreaBetween::default();
    for run in runs {
        let ring = ring(run, other, index);
        let edges = ring.iter().zip(ring.iter().cycle().skip(1));
        let length_m: f64 = edges.map(|(a, b)| inverse(*a, *b).distance_m).sum();
        let shape = polygon(&ring);
        sum.left_only_km2 += wound(&shape, FillRule::Positive);
        sum.right_only_km2 += wound(&shape, FillRule::Negative);
        sum.error_km2 += OFF_M * length_m / 1e6;
    }
    sum
}

/// A run forth and the second line back.
fn ring(run: &Run, other: &[Vec<Node>], index: &BorderIndex) -> Vec<LonLat> {
    let [first_m, last_m] = run.feet_m;
    let mut ring = run.places.clone();
    ring.push(index.at(last_m));
    ring.extend(line_walk::between(&other[run.part], last_m, first_m));
    ring.push(index.at(first_m));
    ring.dedup();
    ring
}

fn polygon(ring: &[LonLat]) -> Polygon<f64> {
    let ring = ring.iter().map(|p| Coord { x: p.lon(), y: p.lat() }).collect();
    Polygon::new(LineString::new(ring), Vec::new())
}

/// The area of what a ring goes round in one direction, km².
fn wound(shape: &Polygon<f64>, direction: FillRule) -> f64 {
    let nothing = MultiPolygon::<f64>::new(Vec::new());
    let parts = shape.union_with_fill_rule(&nothing, direction);
    let rings = parts.iter().flat_map(|p| {
        let holes = p.interiors().iter().map(|ring| -area_km2(ring));
        std::iter::once(area_km2(p.exterior())).chain(holes)
    });
    rings.sum()
}

/// The area of a ring whichever way it runs, km².
fn area_km2(ring: &LineString<f64>) -> f64 {
    ring_area_m2(ring.coords().map(|c| LonLat::folded(c.x, c.y))).abs() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::BorderIndex;
    use crate::model::Border;

    fn border(places: &[(f64, f64)]) -> Border {
        let part = places.iter().map(|&(lon, lat)| LonLat::new(lon, lat).unwrap()).collect();
        Border::new("b", "L", "R", vec![part]).unwrap()
    }

    /// The run of all of `one` along `two`.
    fn whole(one: &Border, two: &Border) -> (Run, Vec<Vec<Node>>, BorderIndex) {
        let index = BorderIndex::new(two);
        let places: Vec<LonLat> = line_walk::walk(one)[0].iter().map(|n| n.at).collect();
        let foot = |p: LonLat| index.locate(p).chainage_m;
        let feet_m = [foot(places[0]), foot(places[places.len() - 1])];
        (Run { places, part: 0, feet_m }, line_walk::walk(two), index)
    }

    #[test]
    fn sides_are_told_apart_and_add_up_to_the_signed_area() {
        // Towards the east; the second lies north of it, then south, then north.
        let one = border(&[(70.0, 34.0), (71.0, 34.0)]);
        let two = border(&[(69.9, 34.1), (70.3, 34.05), (70.6, 33.9), (71.1, 34.1)]);
        let (run, nodes, index) = whole(&one, &two);
        let found = area_between(std::slice::from_ref(&run), &nodes, &index);
        assert!(found.left_only_km2 > 100.0 && found.right_only_km2 > 100.0, "{found:?}");
        let signed = ring_area_m2(ring(&run, &nodes, &index)) / 1e6;
        let difference = found.left_only_km2 - found.right_only_km2 - signed;
        assert!(difference.abs() < found.error_km2, "{difference} {found:?}");
        assert!(found.error_km2 < 0.001);
        // North is left: a line that lies north of the first gives it to the left alone.
        let north = border(&[(69.9, 34.1), (71.1, 34.1)]);
        let (run, nodes, index) = whole(&one, &north);
        let found = area_between(&[run], &nodes, &index);
        assert!((found.left_only_km2 - 1025.0).abs() < 5.0, "{found:?}");
        assert!(found.right_only_km2 < 1e-6);
    }
}
