//! The density map: intensity as classed bands over the ground.

use super::basemap::{Basemap, fit};
use super::furnish::{Data, finish};
use super::surface::{Break, SideOf, Surface};
use super::{Base, Page, Plate, Words};
use crate::analysis::DensityGrid;
use crate::figure::bands::bands;
use crate::figure::clip::Rect;
use crate::figure::corner::Field;
use crate::figure::legend::{Entry, Legend, Section};
use crate::figure::palette;
use crate::figure::scale::{self, Classes};
use crate::figure::scene::{Group, Pt, pt};
use crate::figure::style::Style;
use crate::geodesy::Extent;

/// Pixels of the surface, per inch of print.
pub(crate) const DOTS_PER_INCH: f64 = 300.0;

/// Opacity of the bands: edges and names of the ground stay to be seen.
pub(crate) const OPACITY: f64 = 0.88;

/// Draws the intensity of incidents on an extent. With `years`, the length of
/// the period, the unit is incidents per 1,000 km² per year; without it, over
/// the whole period.
///
/// Where the surface breaks at the line, `side_of` tells where that runs.
///
/// Classes have round breaks (1–2–5 per decade), chosen from the highest
/// intensity; less than the lowest break is not coloured.
pub fn density_map(
    base: &Base,
    grid: &DensityGrid,
    years: Option<f64>,
    extent: Extent,
    side_of: SideOf,
    words: &Words,
    page: &Page,
) -> Plate {
    let ground = Basemap::new(base, words, page, |at, width| fit(extent, at, width));
    let years = years.filter(|y| *y > 0.0 && y.is_finite());
    let unit = 1000.0 / years.unwrap_or(1.0);
    let highest = grid.per_km2.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max) * unit;
    let breaks = heat_breaks(highest);
    let heat = heat(&ground, grid, unit, &breaks, side_of);
    let per = if years.is_some() { " per year" } else { "" };
    let what = if grid.counted == "incidents" { "incidents" } else { "people killed" };
    let heading = format!("{what} per 1,000 km²{per}");
    let legend = Legend { sections: vec![heat_key(&heading, &breaks, &ground.style)] };
    let data =
        Data::surface([heat.layer, Group::default()], heat.blocked, Some(heat.field), legend);
    finish(ground, data, words)
}

/// A density on a map.
pub(super) struct Heat {
    /// Its bands.
    pub layer: Group,
    /// Where they are, for furniture to keep off.
    pub blocked: Vec<(Pt, f64)>,
    /// How strong they are, for names.
    pub field: Field,
}

/// Draws a density times `unit` in classes that begin at `breaks`.
pub(super) fn heat(
    ground: &Basemap,
    grid: &DensityGrid,
    unit: f64,
    breaks: &[f64],
    side_of: SideOf,
) -> Heat {
    let broken = grid.barrier.as_ref().map(|barrier| Break {
        sides: &barrier.sides,
        across: &barrier.across_per_km2,
        side_of,
    });
    let surface = Surface::new(&grid.frame, &grid.per_km2, broken, &ground.map);
    let rect = ground.map.rect;
    let mut layer = Group::named("density");
    let mut blocked = Vec::new();
    let mut field = Field::new(rect, 4.0);
    if !breaks.is_empty() {
        let colours = palette::sequential_classes(&ground.style, breaks.len());
        let value = |p: Pt| unit * surface.at(p);
        layer.items.push(bands(rect, DOTS_PER_INCH, breaks, &colours, OPACITY, value));
        let class = |p: Pt| breaks.iter().take_while(|b| **b <= unit * surface.at(p)).count();
        field.add(|p| 0.2 * class(p) as f64);
        field.finish();
        blocked = lattice(rect, 4.0).filter(|p| class(*p) > 0).map(|p| (p, 2.0)).collect();
    }
    Heat { layer, blocked, field }
}

/// What the bands mean.
pub(super) fn heat_key(heading: &str, breaks: &[f64], style: &Style) -> Section {
    let entry = if breaks.is_empty() {
        Entry::Note("none in this extent".into())
    } else {
        Entry::Swatches {
            ends: Default::default(),
            colours: palette::sequential_classes(style, breaks.len()),
            opacity: OPACITY,
            breaks: breaks.iter().map(|b| scale::plain(*b)).collect(),
        }
    };
    Section { heading: heading.to_owned(), entries: vec![entry] }
}

/// The lower breaks of five to seven classes: the highest begins below the
/// highest value, the lowest some two decades below that.
pub(super) fn heat_breaks(highest: f64) -> Vec<f64> {
    let Some(classes) = Classes::round(highest / 120.0, highest, 7) else { return Vec::new() };
    // The last break is where the uppermost class ends; it is open above.
    let all = classes.breaks();
    all[..all.len() - 1].to_vec()
}

/// Points on a lattice over a rectangle.
pub(crate) fn lattice(rect: Rect, step: f64) -> impl Iterator<Item = Pt> {
    let (columns, rows) = ((rect.width() / step) as u32, (rect.height() / step) as u32);
    (0..rows).flat_map(move |row| {
        (0..columns).map(move |column| {
            pt(rect.x0 + (f64::from(column) + 0.5) * step, rect.y0 + (f64::from(row) + 0.5) * step)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Kernel;
    use crate::geodesy::LonLat;

    #[test]
    fn breaks_are_round_few_and_reach_down() {
        for highest in [0.004, 0.37, 1.0, 42.0, 9_999.0] {
            let breaks = heat_breaks(highest);
            assert!((5..=7).contains(&breaks.len()), "{highest}: {breaks:?}");
            assert!(breaks[breaks.len() - 1] < highest && breaks[0] > 0.0);
        }
        assert!(heat_breaks(0.0).is_empty());
    }

    #[test]
    fn of_organised_violence() {
        use super::super::check::clean;
        use super::super::looking::{Layers, beside, somebody_looks};
        use crate::analysis::{Bandwidth, Contributor, DensitySettings, Edge, Sources, density};
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
                points.push(Contributor::at(at.unwrap(), 1.0));
            }
        }
        let settings = DensitySettings {
            kernel: Kernel::Quartic,
            bandwidth: Bandwidth::Fixed(25_000.0),
            adaptive: false,
            edge: Edge::None,
            cell_m: 4_000.0,
            extent: Extent { west: 60.0, south: 27.5, east: 76.5, north: 38.5 },
            counted: "incidents",
        };
        let grid = density(&Sources::of(points), &settings).unwrap();
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
            let plate =
                density_map(&layers.base(), &grid, Some(33.0), extent, &|_| None, &words, &page);
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
            adaptive: false,
            edge: crate::analysis::Edge::None,
            cell_m: 10_000.0,
            extent,
            counted: "incidents",
        };
        let page = Page { width_mm: 120.0, ..Page::default() };
        for points in [0, 3] {
            let at = |i: u32| LonLat::new(69.0 + 0.3 * f64::from(i), 33.0).unwrap();
            let points = (0..points).map(|i| crate::analysis::Contributor::at(at(i), 1.0));
            let points = crate::analysis::Sources::of(points);
            let grid = crate::analysis::density(&points, &settings).unwrap();
            let draw = || {
                density_map(
                    &layers.base(),
                    &grid,
                    None,
                    extent,
                    &|_| None,
                    &Words::default(),
                    &page,
                )
            };
            let (one, two) = (draw(), draw());
            assert_eq!(one, two);
            super::super::check::clean("density-of-little", &one);
        }
    }
}
