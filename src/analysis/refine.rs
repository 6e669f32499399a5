//! Cuts a region into triangles on which the distance to the line is as good
//! as linear.
//!
//! A quadtree over the region. A cell that the distances at its centre and the
//! way to its corners show to lie in one zone is not looked into (the distance
//! to the line changes by no more than the way moved); others are halved until
//! the signed distance at the middles of their sides and at their centre is
//! what its corners tell, or they are as small as matters. The region's outline
//! is cut with the cells, so areas are exact.

use super::cell::Cell;

/// The plane a region lies on, and the line seen from it.
pub(super) trait Ground {
    /// What makes looking at the places of one cell cheap.
    type Ready: Default;
    /// Gets ready for a cell within one that it is ready for.
    fn ready(&self, cell: &Cell, outer: &Self::Ready) -> Self::Ready;
    /// Distance to the line, negative on its right, metres.
    fn signed_m(&self, x: f64, y: f64, ready: &Self::Ready) -> f64;
    /// No place of a cell is farther from its centre, metres.
    fn radius_m(&self, cell: &Cell) -> f64;
    /// Area of a cell, m².
    fn area_m2(&self, cell: &Cell) -> f64;
}

/// A ring of an outline, open, its inside on the left.
pub(super) type Ring = Vec<[f64; 2]>;

/// How fine to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fineness<'a> {
    /// Only what lies around these distances matters, ascending, metres; all
    /// when there are none.
    pub edges_m: Option<&'a [f64]>,
    /// Error of a distance that does not matter, metres.
    pub tolerance_m: f64,
    /// Cells of this radius are not halved, metres.
    pub finest_m: f64,
}

/// A part of a region: signed distances at the corners of a triangle, metres,
/// and its area, m². Areas of pieces of an outline may be negative; they make
/// up for what others have too much.
pub(super) type Part = ([f64; 3], f64);

/// Cells larger than a quarter of the region are halved unless they lie in one
/// zone: the line might hide between the places looked at.
const LEAST_DEPTH: u32 = 2;
/// No region needs more.
const MOST_DEPTH: u32 = 24;

/// Cuts the region within some rings and hands on its parts. Returns an
/// estimate of the area that may be in the wrong zone, m²: along every edge of
/// a zone, its length in a cell times what the distance there is off.
pub(super) fn refine(
    ground: &impl Ground,
    rings: Vec<Ring>,
    fineness: &Fineness,
    take: &mut impl FnMut(Part),
) -> f64 {
    let Some(cell) = bounds(&rings) else { return 0.0 };
    let ready = ground.ready(&cell, &Default::default());
    let corner = |(x, y): (f64, f64)| ground.signed_m(x, y, &ready);
    let corners = [
        (cell.west, cell.south),
        (cell.east, cell.south),
        (cell.east, cell.north),
        (cell.west, cell.north),
    ]
    .map(corner);
    let mut work = Work { ground, fineness, take, doubtful_m2: 0.0 };
    work.cell(cell, Some(rings), corners, (0, &ready));
    work.doubtful_m2
}

fn bounds(rings: &[Ring]) -> Option<Cell> {
    let mut points = rings.iter().flatten();
    let &[x, y] = points.next()?;
    let mut cell = Cell { west: x, south: y, east: x, north: y };
    for &[x, y] in points {
        cell.west = cell.west.min(x);
        cell.east = cell.east.max(x);
        cell.south = cell.south.min(y);
        cell.north = cell.north.max(y);
    }
    Some(cell)
}

struct Work<'a, G, T> {
    ground: &'a G,
    fineness: &'a Fineness<'a>,
    take: &'a mut T,
    doubtful_m2: f64,
}

impl<G: Ground, T: FnMut(Part)> Work<'_, G, T> {
    /// A cell, the region's outline in it (none when it holds the cell whole),
    /// and the signed distances at its corners, counter-clockwise from the
    /// south-west.
    fn cell(
        &mut self,
        cell: Cell,
        rings: Option<Vec<Ring>>,
        [a, b, c, d]: [f64; 4],
        (depth, outer): (u32, &G::Ready),
    ) {
        let ready = &self.ground.ready(&cell, outer);
        let (x, y) = (0.5 * (cell.west + cell.east), 0.5 * (cell.south + cell.north));
        let centre = self.ground.signed_m(x, y, ready);
        let radius_m = self.ground.radius_m(&cell);
        if let Some(edges_m) = self.fineness.edges_m {
            let (near, far) = (centre.abs() - radius_m, centre.abs() + radius_m);
            let one_side = [a, b, c, d].iter().all(|s| (*s < 0.0) == (centre < 0.0));
            if near > 0.0 && one_side && !edges_m.iter().any(|e| (near..=far).contains(e)) {
                let m2 = self.held_m2(&cell, rings.as_deref());
                (self.take)(([centre; 3], m2));
                return;
            }
        }
        let at = |x, y| self.ground.signed_m(x, y, ready);
        let (south, east) = (at(x, cell.south), at(cell.east, y));
        let (north, west) = (at(x, cell.north), at(cell.west, y));
        let off_m = [
            centre - 0.25 * (a + b + c + d),
            south - 0.5 * (a + b),
            east - 0.5 * (b + c),
            north - 0.5 * (c + d),
            west - 0.5 * (d + a),
        ]
        .iter()
        .fold(0.0, |worst: f64, off| worst.max(off.abs()));
        // The nine values leave a quarter of that.
        let settled = depth >= LEAST_DEPTH && off_m <= 4.0 * self.fineness.tolerance_m;
        if settled || radius_m <= self.fineness.finest_m || depth >= MOST_DEPTH {
            let grid = [[a, south, b], [west, centre, east], [d, north, c]];
            self.doubtful_m2 += 0.5 * radius_m * off_m.min(2.0 * radius_m);
            self.hand_on(&cell, rings.as_deref(), &grid, radius_m);
            return;
        }
        let corners = [
            [a, south, centre, west],
            [south, b, east, centre],
            [centre, east, c, north],
            [west, centre, north, d],
        ];
        let quarters = [
            Cell { east: x, north: y, ..cell },
            Cell { west: x, north: y, ..cell },
            Cell { west: x, south: y, ..cell },
            Cell { east: x, south: y, ..cell },
        ];
        let Some(rings) = rings else {
            for (quarter, corners) in quarters.into_iter().zip(corners) {
                self.cell(quarter, None, corners, (depth + 1, ready));
            }
            return;
        };
        let halves = [cut(&rings, 1, y, true), cut(&rings, 1, y, false)];
        for (number, (quarter, corners)) in quarters.into_iter().zip(corners).enumerate() {
            let half = &halves[number / 2];
            let rings = cut(half, 0, x, number == 0 || number == 3);
            let share = shoelace(&rings) / plane_area(&quarter);
            if share >= 1.0 - 1e-9 {
                self.cell(quarter, None, corners, (depth + 1, ready));
            } else if share > 1e-12 {
                self.cell(quarter, Some(rings), corners, (depth + 1, ready));
            }
        }
    }

    /// The part of a cell within the region, m².
    fn held_m2(&self, cell: &Cell, rings: Option<&[Ring]>) -> f64 {
        let share = rings.map_or(1.0, |rings| shoelace(rings) / plane_area(cell));
        share * self.ground.area_m2(cell)
    }

    /// Hands on a cell as triangles between nine places, three by three from
    /// the south-west; of a cell that the outline crosses, the pieces.
    fn hand_on(
        &mut self,
        cell: &Cell,
        rings: Option<&[Ring]>,
        grid: &[[f64; 3]; 3],
        radius_m: f64,
    ) {
        let m2 = self.ground.area_m2(cell);
        let Some(rings) = rings else {
            for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let [a, b] = [grid[i][j], grid[i][j + 1]];
                let [d, c] = [grid[i + 1][j], grid[i + 1][j + 1]];
                // The diagonals all meet in the centre.
                let halves = if i == j { [[a, b, c], [a, c, d]] } else { [[a, b, d], [b, c, d]] };
                for values in halves {
                    self.give(values, 0.125 * m2, radius_m);
                }
            }
            return;
        };
        let per_unit = m2 / plane_area(cell);
        let value = |p: &[f64; 2]| {
            let x = 2.0 * (p[0] - cell.west) / (cell.east - cell.west);
            let y = 2.0 * (p[1] - cell.south) / (cell.north - cell.south);
            let (i, j) = (usize::from(y > 1.0), usize::from(x > 1.0));
            let (x, y) = (x - j as f64, y - i as f64);
            let row = |i: usize| grid[i][j] * (1.0 - x) + grid[i][j + 1] * x;
            row(i) * (1.0 - y) + row(i + 1) * y
        };
        for ring in rings {
            let Some(first) = ring.first() else { continue };
            let at_first = value(first);
            for pair in ring.windows(2).skip(1) {
                let units = 0.5 * wedge(first, &pair[0], &pair[1]);
                if units != 0.0 {
                    let values = [at_first, value(&pair[0]), value(&pair[1])];
                    self.give(values, units * per_unit, radius_m);
                }
            }
        }
    }

    /// Hands on a triangle. Where the sides meet off the line (beyond its ends)
    /// the signed distance jumps; the triangle is then shared out between its
    /// corners.
    fn give(&mut self, values: [f64; 3], m2: f64, radius_m: f64) {
        let [low, high] = [f64::min, f64::max].map(|f| f(f(values[0], values[1]), values[2]));
        if low < 0.0 && high > 0.0 && high - low > 2.1 * radius_m {
            for value in values {
                (self.take)(([value; 3], m2 / 3.0));
            }
        } else {
            (self.take)((values, m2));
        }
    }
}

fn plane_area(cell: &Cell) -> f64 {
    (cell.east - cell.west) * (cell.north - cell.south)
}

fn wedge(o: &[f64; 2], a: &[f64; 2], b: &[f64; 2]) -> f64 {
    (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])
}

/// Area within rings in squares of their own units; holes are negative.
pub(super) fn shoelace(rings: &[Ring]) -> f64 {
    let of = |ring: &Ring| -> f64 {
        let Some(first) = ring.first() else { return 0.0 };
        ring.windows(2).skip(1).map(|pair| 0.5 * wedge(first, &pair[0], &pair[1])).sum()
    };
    rings.iter().map(of).sum()
}

/// What of the rings lies below (or above) a coordinate along an axis.
fn cut(rings: &[Ring], axis: usize, at: f64, below: bool) -> Vec<Ring> {
    let mut normal = [0.0; 2];
    normal[axis] = if below { -1.0 } else { 1.0 };
    cut_by(rings, normal, if below { -at } else { at })
}

/// What of the rings lies where `normal`·p ≥ `least` (I. E. Sutherland and
/// G. W. Hodgman 1974, Reentrant polygon clipping, Commun. ACM 17, 32–42).
/// Pieces of one ring stay joined along the cut, to and fro, which adds no area.
pub(super) fn cut_by(rings: &[Ring], normal: [f64; 2], least: f64) -> Vec<Ring> {
    let mut kept = Vec::with_capacity(rings.len());
    for ring in rings {
        let over = |p: &[f64; 2]| normal[0] * p[0] + normal[1] * p[1] - least;
        let mut part: Ring = Vec::with_capacity(ring.len() + 4);
        let Some(mut before) = ring.last() else { continue };
        let mut over_before = over(before);
        for p in ring {
            let here = over(p);
            if (here >= 0.0) != (over_before >= 0.0) {
                let t = over_before / (over_before - here);
                part.push([before[0] + t * (p[0] - before[0]), before[1] + t * (p[1] - before[1])]);
            }
            if here >= 0.0 {
                part.push(*p);
            }
            (before, over_before) = (p, here);
        }
        if part.len() > 2 {
            kept.push(part);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plane with a straight line through it, x = 0, left in the west.
    struct Plane;

    impl Ground for Plane {
        type Ready = ();

        fn ready(&self, _: &Cell, (): &()) {}

        fn signed_m(&self, x: f64, _: f64, (): &()) -> f64 {
            -x
        }

        fn radius_m(&self, cell: &Cell) -> f64 {
            0.5 * (cell.east - cell.west).hypot(cell.north - cell.south)
        }

        fn area_m2(&self, cell: &Cell) -> f64 {
            plane_area(cell)
        }
    }

    #[test]
    fn cutting_keeps_the_area() {
        // An L with a hole.
        let rings = vec![
            vec![[0.0, 0.0], [4.0, 0.0], [4.0, 1.0], [1.0, 1.0], [1.0, 4.0], [0.0, 4.0]],
            vec![[0.2, 0.2], [0.2, 0.4], [0.4, 0.4], [0.4, 0.2]],
        ];
        let whole = shoelace(&rings);
        assert!((whole - 6.96).abs() < 1e-12);
        for at in [0.1, 0.3, 1.0, 2.5] {
            for axis in [0, 1] {
                let parts = [true, false].map(|below| shoelace(&cut(&rings, axis, at, below)));
                assert!((parts[0] + parts[1] - whole).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn parts_add_up_and_lie_where_they_are() {
        let rings = vec![vec![[-3.0, 0.0], [5.0, -2.0], [4.0, 6.0], [0.0, 2.0]]];
        let whole = shoelace(&rings);
        let (mut sum, mut west) = (0.0, 0.0);
        let fineness = Fineness { edges_m: None, tolerance_m: 1e-6, finest_m: 1e-3 };
        refine(&Plane, rings.clone(), &fineness, &mut |(values, m2)| {
            sum += m2;
            west += m2 * (1.0 - super::super::zone_sums::share_below(values, 0.0));
        });
        assert!((sum - whole).abs() < 1e-9);
        assert!((west - shoelace(&cut(&rings, 0, 0.0, true))).abs() < 1e-6, "{west}");
    }
}
