//! Densities before and after a day on one scale, and their ratio beside them.

use super::basemap::Basemap;
use super::density_map::{heat, heat_breaks, heat_key};
use super::relative_map::{ratio_key, ratio_layers};
use super::sheet::{Cell, Sheet, bare};
use super::surface::SideOf;
use super::{Base, Page, Plate, Words};
use crate::analysis::{DensityGrid, RelativeGrid};
use crate::figure::legend::Legend;
use crate::figure::scene::Group;
use crate::geodesy::Extent;

/// One of two periods.
pub struct PeriodDensity<'a> {
    /// What stands above its map.
    pub heading: String,
    /// Its density.
    pub grid: &'a DensityGrid,
    /// Its length, years.
    pub years: f64,
}

/// Narrower maps are not drawn, mm.
const LEAST_MM: f64 = 52.0;

/// Draws the two densities, in incidents per 1,000 km² and year so that periods
/// of different lengths compare, and the ratio with its contours.
pub fn pair_map(
    base: &Base,
    periods: [PeriodDensity; 2],
    ratio: &RelativeGrid,
    extent: Extent,
    side_of: SideOf,
    words: &Words,
    page: &Page,
) -> Plate {
    let base = &bare(base);
    let sheet = Sheet::new(base, words, page, extent, 3, LEAST_MM);
    let ground: &Basemap = &sheet.ground;
    let unit = |period: &PeriodDensity| 1000.0 / period.years;
    let highest = |period: &PeriodDensity| {
        let values = period.grid.per_km2.iter().copied().filter(|v| v.is_finite());
        values.fold(0.0, f64::max) * unit(period)
    };
    let breaks = heat_breaks(periods.iter().map(highest).fold(0.0, f64::max));
    let mut cells: Vec<Cell> = periods
        .iter()
        .map(|period| {
            let heat = heat(ground, period.grid, unit(period), &breaks, side_of);
            let heading = period.heading.clone();
            Cell { heading, below: heat.layer, above: Group::default(), busy: heat.blocked }
        })
        .collect();
    let layers = ratio_layers(ground, ratio, side_of);
    let nothing = layers.blocked.is_empty();
    cells.push(Cell {
        heading: "Share after over share before".to_owned(),
        below: layers.below,
        above: layers.above,
        busy: layers.blocked,
    });
    let mut sections = vec![heat_key("incidents per 1,000 km² per year", &breaks, &ground.style)];
    sections.extend(ratio_key(&ground.style, nothing));
    sheet.finish(cells, &Legend { sections }, words, Vec::new())
}
