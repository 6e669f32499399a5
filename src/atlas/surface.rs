//! A grid seen from the page: smooth between its cells, and broken at the line
//! where nothing is smoothed across it.

use crate::analysis::{GridFrame, Rim, Sides};
use crate::figure::clip::Rect;
use crate::figure::map::MapFrame;
use crate::figure::scene::{Pt, pt};
use crate::geodesy::LonLat;
use crate::model::Side;

/// Tells the side of a position; `None` on the line itself.
pub type SideOf<'a> = &'a (dyn Fn(LonLat) -> Option<Side> + Sync);

/// Values on a grid that break at the line: the sides of its cells and, what
/// those near the line would hold on the other side.
#[derive(Clone, Copy)]
pub(crate) struct Break<'a> {
    pub sides: &'a Sides,
    pub across: &'a Rim,
    pub side_of: SideOf<'a>,
}

/// The grid seen from the page.
pub(crate) struct Surface<'a> {
    frame: &'a GridFrame,
    values: &'a [f64],
    broken: Option<Break<'a>>,
    map: &'a MapFrame,
    rect: Rect,
    step: f64,
    columns: usize,
    /// Grid coordinates (columns and rows, cell centres at whole numbers) at
    /// nodes of a mesh on the page.
    nodes: Vec<Pt>,
}

impl<'a> Surface<'a> {
    /// Both projections are smooth, so positions between the nodes of a 6-point
    /// mesh are interpolated; on a map of 2,000 km that errs by under 30 m.
    pub fn new(
        frame: &'a GridFrame,
        values: &'a [f64],
        broken: Option<Break<'a>>,
        map: &'a MapFrame,
    ) -> Surface<'a> {
        let (rect, step) = (map.rect, 6.0);
        let columns = (rect.width() / step).ceil() as usize + 2;
        let rows = (rect.height() / step).ceil() as usize + 2;
        let nodes = (0..rows * columns)
            .map(|i| {
                let p = pt(
                    rect.x0 + step * (i % columns) as f64,
                    rect.y0 + step * (i / columns) as f64,
                );
                map.inverse(p).map_or(pt(f64::NAN, f64::NAN), |at| {
                    let (x, y) = frame.cell_of(at);
                    pt(x, y)
                })
            })
            .collect();
        Surface { frame, values, broken, map, rect, step, columns, nodes }
    }

    /// The value at a point of the page: cubic between the centres of sixteen
    /// cells, zero beyond the grid. Bilinear values would show the cells as
    /// corners in the edges of the bands. Where the surface breaks at the line,
    /// all sixteen are taken from the point's own side of it.
    pub fn at(&self, p: Pt) -> f64 {
        let (u, v) = ((p.x - self.rect.x0) / self.step, (p.y - self.rect.y0) / self.step);
        let (i, k) = (u.max(0.0) as usize, v.max(0.0) as usize);
        let node = |i: usize, k: usize| {
            self.nodes.get(k * self.columns + i).copied().unwrap_or(pt(f64::NAN, f64::NAN))
        };
        let (fu, fv) = (u - i as f64, v - k as f64);
        let (a, b, c, d) = (node(i, k), node(i + 1, k), node(i, k + 1), node(i + 1, k + 1));
        let mix = |a: f64, b: f64, c: f64, d: f64| {
            (1.0 - fv) * ((1.0 - fu) * a + fu * b) + fv * ((1.0 - fu) * c + fu * d)
        };
        let (x, y) = (mix(a.x, b.x, c.x, d.x), mix(a.y, b.y, c.y, d.y));
        if x.is_nan() || y.is_nan() {
            return 0.0;
        }
        let (column, row) = (x.floor(), y.floor());
        let (fx, fy) = (x - column, y - row);
        let side = self.broken.and_then(|b| self.side(&b, p, column, row).map(|side| (b, side)));
        let cell = |c: f64, r: f64| {
            let Some((column, row)) = self.inside(c, r) else { return 0.0 };
            let at = row * self.frame.lattice.columns + column;
            let value = match side {
                Some((b, side)) if b.sides.of(column, row) != side => b.across.at(column, row),
                _ => self.values.get(at).copied(),
            };
            value.filter(|v| v.is_finite()).unwrap_or(0.0)
        };
        let (wx, wy) = (catmull_rom(fx), catmull_rom(fy));
        if side.is_none()
            && let Some(rows) = self.sixteen(column, row)
        {
            return cubic(rows, wx, wy);
        }
        let rows = [0, 1, 2, 3].map(|r| {
            [0, 1, 2, 3].map(|c| cell(column + f64::from(c) - 1.0, row + f64::from(r) - 1.0))
        });
        cubic(rows, wx, wy)
    }

    /// The values of the sixteen cells round a place, row by row, where all are
    /// on the grid.
    fn sixteen(&self, column: f64, row: f64) -> Option<[[f64; 4]; 4]> {
        let (first, last) = (self.inside(column - 1.0, row - 1.0)?, (column + 2.0, row + 2.0));
        self.inside(last.0, last.1)?;
        let mut rows = [[0.0; 4]; 4];
        for (r, values) in rows.iter_mut().enumerate() {
            let at = (first.1 + r) * self.frame.lattice.columns + first.0;
            for (value, held) in values.iter_mut().zip(self.values.get(at..at + 4)?) {
                *value = if held.is_finite() { *held } else { 0.0 };
            }
        }
        Some(rows)
    }

    /// Column and row of a cell of the grid.
    fn inside(&self, column: f64, row: f64) -> Option<(usize, usize)> {
        let l = &self.frame.lattice;
        (column >= 0.0 && row >= 0.0 && column < l.columns as f64 && row < l.rows as f64)
            .then_some((column as usize, row as usize))
    }

    /// The side of a point of the page between cells; the line is asked only
    /// where the sixteen do not agree.
    fn side(&self, broken: &Break, p: Pt, column: f64, row: f64) -> Option<Side> {
        let of = |c: i32, r: i32| {
            let (column, row) = self.inside(column + f64::from(c), row + f64::from(r))?;
            Some(broken.sides.of(column, row))
        };
        let mut found = (-1..=2).flat_map(|r| (-1..=2).filter_map(move |c| of(c, r)));
        let first = found.next()?;
        if found.all(|side| side == first) {
            return Some(first);
        }
        self.map.inverse(p).and_then(broken.side_of).or(Some(first))
    }
}

/// The weighted sum of sixteen values. A cubic swings beyond its values at a sharp
/// edge; a density does not.
fn cubic(rows: [[f64; 4]; 4], wx: [f64; 4], wy: [f64; 4]) -> f64 {
    let (mut sum, mut low, mut high) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
    for (values, wy) in rows.iter().zip(wy) {
        for (&value, wx) in values.iter().zip(wx) {
            sum += wx * wy * value;
            (low, high) = (low.min(value), high.max(value));
        }
    }
    sum.clamp(low, high)
}

/// Weights of four values in a row for a place `t` of the way from the second to
/// the third (Catmull and Rom 1974; Keys 1981, IEEE ASSP 29, 1153–1160, a = −1/2).
fn catmull_rom(t: f64) -> [f64; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        0.5 * (-t3 + 2.0 * t2 - t),
        0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
        0.5 * (-3.0 * t3 + 4.0 * t2 + t),
        0.5 * (t3 - t2),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Lattice;
    use crate::geodesy::{EqualArea, Extent};

    /// A plane over the grid is met everywhere, also between cells and nodes.
    #[test]
    fn the_surface_is_the_grid_seen_from_the_page() {
        let extent = Extent { west: 62.0, south: 29.0, east: 74.0, north: 37.0 };
        let (columns, rows, cell_m) = (300, 240, 5_000.0);
        let (west_m, north_m) = (-750_000.0, 600_000.0);
        let value = |x: f64, y: f64| 5.0 + x / 1e6 + 2.0 * y / 1e6;
        let values: Vec<f64> = (0..columns * rows)
            .map(|i| {
                let x = west_m + ((i % columns) as f64 + 0.5) * cell_m;
                let y = north_m - ((i / columns) as f64 + 0.5) * cell_m;
                value(x, y)
            })
            .collect();
        let lattice = Lattice { west_m, north_m, cell_m, columns, rows };
        let frame = GridFrame { projection: EqualArea::fit(extent), lattice, distortion: 0.0 };
        let map = MapFrame::fit(
            Extent { west: 66.0, south: 31.0, east: 73.0, north: 36.0 },
            pt(6.0, 30.0),
            400.0,
        );
        let surface = Surface::new(&frame, &values, None, &map);
        for (lon, lat) in [(66.5, 31.5), (69.123, 33.456), (72.9, 35.9), (70.0, 31.02)] {
            let at = LonLat::new(lon, lat).unwrap();
            let (x, y) = frame.projection.forward(at);
            let seen = surface.at(map.forward(at));
            assert!((seen - value(x, y)).abs() < 1e-4, "{seen} {}", value(x, y));
        }
    }
}
