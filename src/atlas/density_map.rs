//! The density map: intensity as classed bands over the ground.

use super::basemap::{Basemap, fit};
use super::furnish::{Data, finish};
use super::{Base, Page, Plate, Words};
use crate::analysis::DensityGrid;
use crate::figure::bands::bands;
use crate::figure::clip::Rect;
use crate::figure::corner::Field;
use crate::figure::legend::{Entry, Legend, Section};
use crate::figure::map::MapFrame;
use crate::figure::palette;
use crate::figure::scale::Classes;
use crate::figure::scene::{Group, Pt, pt};
use crate::geodesy::Extent;

/// Pixels of the surface, per inch of print.
const DOTS_PER_INCH: f64 = 300.0;

/// Opacity of the bands: edges and names of the ground stay to be seen.
const OPACITY: f64 = 0.88;

/// Draws the intensity of incidents on an extent. With `years`, the length of
/// the period, the unit is incidents per 1,000 km² per year; without it, over
/// the whole period.
///
/// Classes have round breaks (1–2–5 per decade), chosen from the highest
/// intensity; less than the lowest break is not coloured.
pub fn density_map(
    base: &Base,
    grid: &DensityGrid,
    years: Option<f64>,
    extent: Extent,
    words: &Words,
    page: &Page,
) -> Plate {
    let ground = Basemap::new(base, words, page, |at, width| fit(extent, at, width));
    let years = years.filter(|y| *y > 0.0 && y.is_finite());
    let unit = 1000.0 / years.unwrap_or(1.0);
    let surface = Surface::new(grid, &ground.map, unit);
    let highest = grid.per_km2.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max) * unit;
    let breaks = breaks(highest);
    let colours = palette::sequential_classes(&ground.style, breaks.len());
    let mut below = Group::named("density");
    let mut blocked = Vec::new();
    let mut field = Field::new(ground.map.rect, 4.0);
    if !breaks.is_empty() {
        let value = |p: Pt| surface.at(p);
        below.items.push(bands(ground.map.rect, DOTS_PER_INCH, &breaks, &colours, OPACITY, value));
        let class = |p: Pt| breaks.iter().take_while(|b| **b <= surface.at(p)).count();
        field.add(|p| 0.2 * class(p) as f64);
        field.finish();
        blocked =
            lattice(ground.map.rect, 4.0).filter(|p| class(*p) > 0).map(|p| (p, 2.0)).collect();
    }
    let per = if years.is_some() { " per year" } else { "" };
    let what = if grid.counted == "incidents" { "incidents" } else { "people killed" };
    let legend = Legend {
        sections: vec![Section {
            heading: format!("{what} per 1,000 km²{per}"),
            entries: if breaks.is_empty() {
                vec![Entry::Note("none in this extent".into())]
            } else {
                vec![Entry::Swatches {
                    colours,
                    opacity: OPACITY,
                    breaks: breaks.iter().map(|b| written(*b)).collect(),
                }]
            },
        }],
    };
    let data = Data {
        below,
        above: Group::default(),
        blocked,
        symbols: Vec::new(),
        discs: Vec::new(),
        field: Some(field),
        legend,
        remarks: Vec::new(),
    };
    finish(ground, data, words)
}

/// The lower breaks of five to seven classes: the highest begins below the
/// highest value, the lowest some two decades below that.
fn breaks(highest: f64) -> Vec<f64> {
    let Some(classes) = Classes::round(highest / 120.0, highest, 7) else { return Vec::new() };
    // The last break is where the uppermost class ends; it is open above.
    let all = classes.breaks();
    all[..all.len() - 1].to_vec()
}

/// A break of 1, 2 or 5 times a power of ten, without trailing zeros.
fn written(value: f64) -> String {
    let text = format!("{value:.9}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if value >= 1000.0 { crate::figure::scale::number(value, 0) } else { text.to_owned() }
}

/// Points on a lattice over a rectangle.
fn lattice(rect: Rect, step: f64) -> impl Iterator<Item = Pt> {
    let (columns, rows) = ((rect.width() / step) as u32, (rect.height() / step) as u32);
    (0..rows).flat_map(move |row| {
        (0..columns).map(move |column| {
            pt(rect.x0 + (f64::from(column) + 0.5) * step, rect.y0 + (f64::from(row) + 0.5) * step)
        })
    })
}

/// The grid seen from the page.
struct Surface<'a> {
    grid: &'a DensityGrid,
    unit: f64,
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
    fn new(grid: &'a DensityGrid, map: &MapFrame, unit: f64) -> Surface<'a> {
        let (rect, step) = (map.rect, 6.0);
        let columns = (rect.width() / step).ceil() as usize + 2;
        let rows = (rect.height() / step).ceil() as usize + 2;
        let nodes = (0..rows * columns)
            .map(|i| {
                let p = pt(
                    rect.x0 + step * (i % columns) as f64,
                    rect.y0 + step * (i / columns) as f64,
                );
                let metres = map.inverse(p).map(|at| grid.projection.forward(at));
                metres.map_or(pt(f64::NAN, f64::NAN), |(x, y)| {
                    pt(
                        (x - grid.west_m) / grid.cell_m - 0.5,
                        (grid.north_m - y) / grid.cell_m - 0.5,
                    )
                })
            })
            .collect();
        Surface { grid, unit, rect, step, columns, nodes }
    }

    /// The intensity at a point of the page: cubic between the centres of
    /// sixteen cells, zero beyond the grid. Bilinear values would show the
    /// cells as corners in the edges of the bands.
    fn at(&self, p: Pt) -> f64 {
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
        let cell = |c: f64, r: f64| {
            if c < 0.0 || r < 0.0 || c >= self.grid.columns as f64 || r >= self.grid.rows as f64 {
                return 0.0;
            }
            let value = self.grid.per_km2.get(r as usize * self.grid.columns + c as usize);
            value.copied().filter(|v| v.is_finite()).unwrap_or(0.0)
        };
        let (wx, wy) = (catmull_rom(fx), catmull_rom(fy));
        let (mut sum, mut low, mut high) = (0.0, f64::INFINITY, 0.0_f64);
        for (r, wy) in wy.iter().enumerate() {
            for (c, wx) in wx.iter().enumerate() {
                let value = cell(column + c as f64 - 1.0, row + r as f64 - 1.0);
                sum += wx * wy * value;
                (low, high) = (low.min(value), high.max(value));
            }
        }
        // A cubic swings beyond its values at a sharp edge; a density does not.
        self.unit * sum.clamp(low, high)
    }
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
    use crate::analysis::Kernel;
    use crate::geodesy::{EqualArea, LonLat};

    #[test]
    fn breaks_are_round_few_and_reach_down() {
        for highest in [0.004, 0.37, 1.0, 42.0, 9_999.0] {
            let breaks = breaks(highest);
            assert!((5..=7).contains(&breaks.len()), "{highest}: {breaks:?}");
            assert!(breaks[breaks.len() - 1] < highest && breaks[0] > 0.0);
        }
        assert!(breaks(0.0).is_empty());
        assert_eq!(written(0.005), "0.005");
        assert_eq!(written(20.0), "20");
        assert_eq!(written(2000.0), "2,000");
    }

    /// A plane over the grid is met everywhere, also between cells and nodes.
    #[test]
    fn the_surface_is_the_grid_seen_from_the_page() {
        let extent = Extent { west: 62.0, south: 29.0, east: 74.0, north: 37.0 };
        let (columns, rows, cell_m) = (300, 240, 5_000.0);
        let (west_m, north_m) = (-750_000.0, 600_000.0);
        let value = |x: f64, y: f64| 5.0 + x / 1e6 + 2.0 * y / 1e6;
        let per_km2 = (0..columns * rows)
            .map(|i| {
                let x = west_m + ((i % columns) as f64 + 0.5) * cell_m;
                let y = north_m - ((i / columns) as f64 + 0.5) * cell_m;
                value(x, y)
            })
            .collect();
        let grid = DensityGrid {
            projection: EqualArea::fit(extent),
            west_m,
            north_m,
            cell_m,
            columns,
            rows,
            counted: "incidents",
            per_km2,
            kernel: Kernel::Quartic,
            bandwidth_m: 25_000.0,
            bandwidth_rule: "given".into(),
            n: 1,
            weight: 1.0,
            share_inside: 1.0,
            distortion: 0.0,
            method: "set by hand",
            spread_share: 0.0,
            error_bound: 0.0,
        };
        let map = MapFrame::fit(
            Extent { west: 66.0, south: 31.0, east: 73.0, north: 36.0 },
            pt(6.0, 30.0),
            400.0,
        );
        let surface = Surface::new(&grid, &map, 1000.0);
        for (lon, lat) in [(66.5, 31.5), (69.123, 33.456), (72.9, 35.9), (70.0, 31.02)] {
            let at = LonLat::new(lon, lat).unwrap();
            let (x, y) = grid.projection.forward(at);
            let seen = surface.at(map.forward(at));
            assert!((seen - 1000.0 * value(x, y)).abs() < 0.1, "{seen} {}", 1000.0 * value(x, y));
        }
    }

    #[test]
    fn of_organised_violence() {
        use super::super::check::clean;
        use super::super::looking::{Layers, beside, somebody_looks};
        use crate::analysis::{Bandwidth, Contributor, DensitySettings, density};
        let layers = Layers::bundled();
        let Some(path) = beside("events/ucdp_ged_v22_1_pakistan_hdx.csv") else { return };
        let mut points = Vec::new();
        let mut reader = csv::Reader::from_path(path).unwrap();
        let headers = reader.headers().unwrap().clone();
        let column = |name: &str| headers.iter().position(|h| h == name).unwrap();
        let (lat, lon, precision) = (column("latitude"), column("longitude"), column("where_prec"));
        for row in reader.records() {
            let row = row.unwrap();
            if row[precision].parse::<u32>().is_ok_and(|p| p <= 3) {
                let at = LonLat::new(row[lon].parse().unwrap(), row[lat].parse().unwrap());
                points.push(Contributor { at: at.unwrap(), weight: 1.0 });
            }
        }
        let settings = DensitySettings {
            kernel: Kernel::Quartic,
            bandwidth: Bandwidth::Fixed(25_000.0),
            cell_m: 4_000.0,
            extent: Extent { west: 60.0, south: 27.5, east: 76.5, north: 38.5 },
            counted: "incidents",
        };
        let grid = density(&points, &settings).unwrap();
        let words = Words {
            title: "Where organised violence in Pakistan met the Durand Line, 1989–2021".into(),
            subtitle: "Events with at least one death, per 1,000 km² and year · 6,102 of 6,416 \
                       events (known to the district or better)"
                .into(),
            notes: vec![
                "Kernel density (quartic, bandwidth 25 km, exact) on an equal-area projection. \
                 The line as in geoBoundaries; Afghanistan does not recognise it. Kashmir is \
                 disputed."
                    .into(),
                "Events: UCDP GED 22.1 (CC BY 4.0). Boundaries: geoBoundaries; OCHA/WFP COD-AB \
                 (CC BY 3.0 IGO)."
                    .into(),
            ],
            ..Words::default()
        };
        let extent = Extent { west: 60.7, south: 28.3, east: 75.8, north: 37.6 };
        let border = Extent { west: 68.4, south: 31.6, east: 72.6, north: 35.4 };
        let dark = super::super::Theme::Dark;
        let light = super::super::Theme::Light;
        let all = [
            ("density-85", 85.0, light, extent),
            ("density-120", 120.0, light, border),
            ("density-180", 180.0, light, extent),
            ("density-260-dark", 260.0, dark, extent),
        ];
        let few = if somebody_looks() { all.len() } else { 2 };
        for (name, width_mm, theme, extent) in all.into_iter().take(few) {
            let page = Page { width_mm, theme };
            let plate = density_map(&layers.base(), &grid, Some(33.0), extent, &words, &page);
            clean(name, &plate);
        }
    }

    #[test]
    fn nothing_at_all_is_still_a_map_and_twice_the_same() {
        let layers = super::super::looking::Layers::bundled();
        let extent = Extent { west: 65.0, south: 30.0, east: 73.0, north: 35.5 };
        let settings = crate::analysis::DensitySettings {
            kernel: Kernel::Quartic,
            bandwidth: crate::analysis::Bandwidth::Fixed(30_000.0),
            cell_m: 10_000.0,
            extent,
            counted: "incidents",
        };
        let page = Page { width_mm: 120.0, ..Page::default() };
        for points in [0, 3] {
            let at = |i: u32| LonLat::new(69.0 + 0.3 * f64::from(i), 33.0).unwrap();
            let points: Vec<_> = (0..points)
                .map(|i| crate::analysis::Contributor { at: at(i), weight: 1.0 })
                .collect();
            let grid = crate::analysis::density(&points, &settings).unwrap();
            let draw =
                || density_map(&layers.base(), &grid, None, extent, &Words::default(), &page);
            let (one, two) = (draw(), draw());
            assert_eq!(one, two);
            super::super::check::clean("density-of-little", &one);
        }
    }
}
