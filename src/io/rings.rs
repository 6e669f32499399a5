//! From a flat list of rings to polygons: which ring is a hole in which.
//!
//! Neither the winding nor the order of rings in a file is trusted. A ring
//! that lies within an even number of others is an exterior; within an odd
//! number, a hole of the smallest ring around it (the even-odd rule).

use geo::{
    Coord, LineString, Polygon,
    coordinate_position::{CoordPos, coord_pos_relative_to_ring},
};

/// Comparisons of numbers after which sorting rings is given up: about a second
/// of work. A mainland of 100,000 vertices with a thousand islands takes less.
const MAX_COMPARISONS: u64 = 500_000_000;

/// The rings are too many and too deeply nested; the limit that was passed.
#[derive(Debug)]
pub(super) struct TooManyRings(pub(super) u64);

/// Polygons made of rings.
#[derive(Debug)]
pub(super) struct Nested {
    /// In the order of their exteriors in the list given.
    pub(super) polygons: Vec<Polygon<f64>>,
    /// Rings that repeat another one, left out.
    pub(super) repeated: u64,
}

/// Twice the signed area in square degrees, counter-clockwise positive;
/// reckoned from the first vertex so that small rings keep their digits.
pub(super) fn signed_area(ring: &LineString<f64>) -> f64 {
    let Some(&origin) = ring.0.first() else { return 0.0 };
    ring.lines()
        .map(|l| {
            let (a, b) = (l.start - origin, l.end - origin);
            a.x * b.y - b.x * a.y
        })
        .sum()
}

/// A polygon whose exterior runs counter-clockwise and whose holes run clockwise.
pub(super) fn oriented(exterior: LineString<f64>, holes: Vec<LineString<f64>>) -> Polygon<f64> {
    let turn = |mut ring: LineString<f64>, counter_clockwise: bool| {
        if (signed_area(&ring) > 0.0) != counter_clockwise {
            ring.0.reverse();
        }
        ring
    };
    Polygon::new(turn(exterior, true), holes.into_iter().map(|h| turn(h, false)).collect())
}

/// Sorts closed rings with an area into polygons.
///
/// # Errors
/// When that takes more than [`MAX_COMPARISONS`].
pub(super) fn nest(rings: Vec<LineString<f64>>) -> Result<Nested, TooManyRings> {
    let outlines: Vec<Outline> = rings.iter().map(Outline::of).collect();
    let mut around: Vec<Around> = vec![Around::default(); rings.len()];
    let mut comparisons: u64 = 0;

    // A sweep from west to east keeps the rings that reach the present one.
    let mut by_west: Vec<usize> = (0..rings.len()).collect();
    by_west.sort_by(|&a, &b| outlines[a].west.total_cmp(&outlines[b].west).then(a.cmp(&b)));
    let mut reaching: Vec<usize> = Vec::new();
    for &i in &by_west {
        reaching.retain(|&j| outlines[j].east >= outlines[i].west);
        comparisons += reaching.len() as u64;
        for &j in &reaching {
            // Rings that start on one meridian may come in either order.
            for (outer, inner) in [(j, i), (i, j)] {
                if !outlines[outer].may_hold(&outlines[inner]) {
                    continue;
                }
                comparisons += cost(&rings[outer]);
                match lies_in(&rings[inner], &rings[outer], &mut comparisons) {
                    Lies::Outside => {}
                    Lies::Inside => around[inner].add(outer, &outlines),
                    Lies::OnIt if outlines[inner].area < outlines[outer].area => {
                        around[inner].add(outer, &outlines);
                    }
                    Lies::OnIt => around[inner.max(outer)].repeats = true,
                }
            }
            if comparisons > MAX_COMPARISONS {
                return Err(TooManyRings(MAX_COMPARISONS));
            }
        }
        reaching.push(i);
    }
    let repeated = around.iter().filter(|a| a.repeats).count() as u64;
    if repeated > 0 {
        // A repeat would count as one more ring around those inside it.
        let mut keep = around.iter().map(|a| !a.repeats);
        let mut rings = rings;
        rings.retain(|_| keep.next() == Some(true));
        let nested = nest(rings)?;
        return Ok(Nested { repeated: nested.repeated + repeated, ..nested });
    }
    Ok(Nested { polygons: assemble(rings, &around), repeated: 0 })
}

fn assemble(rings: Vec<LineString<f64>>, around: &[Around]) -> Vec<Polygon<f64>> {
    let mut holes: Vec<Vec<LineString<f64>>> = vec![Vec::new(); rings.len()];
    let mut exteriors = Vec::new();
    for (i, ring) in rings.into_iter().enumerate() {
        match around[i] {
            Around { count, smallest: Some(outer), .. } if count % 2 == 1 => {
                holes[outer].push(ring);
            }
            _ => exteriors.push((i, ring)),
        }
    }
    exteriors
        .into_iter()
        .map(|(i, exterior)| oriented(exterior, std::mem::take(&mut holes[i])))
        .collect()
}

/// What lies around a ring.
#[derive(Clone, Copy, Default)]
struct Around {
    count: usize,
    smallest: Option<usize>,
    repeats: bool,
}

impl Around {
    fn add(&mut self, outer: usize, outlines: &[Outline]) {
        self.count += 1;
        if self.smallest.is_none_or(|s| outlines[outer].area < outlines[s].area) {
            self.smallest = Some(outer);
        }
    }
}

/// Bounding box and area of a ring.
struct Outline {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    area: f64,
}

impl Outline {
    fn of(ring: &LineString<f64>) -> Outline {
        let mut outline = Outline {
            west: f64::INFINITY,
            south: f64::INFINITY,
            east: f64::NEG_INFINITY,
            north: f64::NEG_INFINITY,
            area: signed_area(ring).abs(),
        };
        for c in &ring.0 {
            outline.west = outline.west.min(c.x);
            outline.south = outline.south.min(c.y);
            outline.east = outline.east.max(c.x);
            outline.north = outline.north.max(c.y);
        }
        outline
    }

    fn may_hold(&self, other: &Outline) -> bool {
        self.west <= other.west
            && self.south <= other.south
            && self.east >= other.east
            && self.north >= other.north
            && self.area >= other.area
    }
}

/// Comparisons that locating one place in a ring takes: four for each edge.
fn cost(ring: &LineString<f64>) -> u64 {
    4 * ring.0.len() as u64
}

enum Lies {
    Inside,
    Outside,
    OnIt,
}

/// Where `inner` lies: told by its first vertex, else first edge middle, that
/// is not on `outer` itself.
fn lies_in(inner: &LineString<f64>, outer: &LineString<f64>, comparisons: &mut u64) -> Lies {
    let middles = inner.lines().map(|l| (l.start + l.end) / 2.0);
    let places: &mut dyn Iterator<Item = Coord<f64>> = &mut inner.0.iter().copied().chain(middles);
    for place in places {
        match coord_pos_relative_to_ring(place, outer) {
            CoordPos::Inside => return Lies::Inside,
            CoordPos::Outside => return Lies::Outside,
            CoordPos::OnBoundary => *comparisons += cost(outer),
        }
        if *comparisons > MAX_COMPARISONS {
            break;
        }
    }
    Lies::OnIt
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(west: f64, south: f64, size: f64) -> LineString<f64> {
        let (e, n) = (west + size, south + size);
        LineString::from(vec![(west, south), (e, south), (e, n), (west, n), (west, south)])
    }

    #[test]
    fn a_hole_stored_after_another_shell_goes_to_its_own() {
        let mut hole = square(1.0, 1.0, 1.0);
        hole.0.reverse();
        let nested = nest(vec![square(0.0, 0.0, 4.0), square(10.0, 0.0, 4.0), hole]).unwrap();
        assert_eq!(nested.polygons.len(), 2);
        assert_eq!(nested.polygons[0].interiors().len(), 1);
        assert_eq!(nested.polygons[1].interiors().len(), 0);
    }

    #[test]
    fn an_island_in_a_lake_is_a_polygon_whatever_the_order() {
        let rings = [square(0.0, 0.0, 9.0), square(1.0, 1.0, 7.0), square(2.0, 2.0, 5.0)];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let nested = nest(order.iter().map(|&i| rings[i].clone()).collect()).unwrap();
            assert_eq!(nested.polygons.len(), 2);
            let area: f64 = nested
                .polygons
                .iter()
                .map(|p| {
                    assert!(signed_area(p.exterior()) > 0.0);
                    assert!(p.interiors().iter().all(|h| signed_area(h) < 0.0));
                    signed_area(p.exterior()) / 2.0
                        + p.interiors().iter().map(signed_area).sum::<f64>() / 2.0
                })
                .sum();
            assert_eq!(area, 81.0 - 49.0 + 25.0);
        }
    }

    #[test]
    fn neighbours_that_share_a_corner_or_an_edge_stay_apart() {
        let nested =
            nest(vec![square(0.0, 0.0, 1.0), square(1.0, 1.0, 1.0), square(1.0, 0.0, 1.0)])
                .unwrap();
        assert_eq!(nested.polygons.len(), 3);
    }

    #[test]
    fn a_hole_that_touches_its_shell_is_still_a_hole() {
        let nested = nest(vec![square(0.0, 0.0, 4.0), square(0.0, 0.0, 1.0)]).unwrap();
        assert_eq!(nested.polygons.len(), 1);
        assert_eq!(nested.polygons[0].interiors().len(), 1);
    }

    #[test]
    fn a_ring_given_twice_counts_once() {
        let shell = || square(0.0, 0.0, 4.0);
        let nested = nest(vec![shell(), square(1.0, 1.0, 1.0), shell()]).unwrap();
        assert_eq!((nested.polygons.len(), nested.repeated), (1, 1));
        assert_eq!(nested.polygons[0].interiors().len(), 1);
    }

    #[test]
    fn ten_thousand_islands_take_no_time() {
        let rings: Vec<_> =
            (0..10_000).map(|i| square(f64::from(i % 100), f64::from(i / 100), 0.5)).collect();
        assert_eq!(nest(rings).unwrap().polygons.len(), 10_000);
    }
}
