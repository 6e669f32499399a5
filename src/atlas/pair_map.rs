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

#[cfg(test)]
mod tests {
    use super::super::Theme;
    use super::super::check::clean;
    use super::super::looking::{Layers, made_up};
    use super::*;
    use crate::analysis::{
        Against, Bandwidth, Contributor, DensitySettings, Edge, Kernel, Sources, Tolerance,
        density, relative_risk,
    };
    use crate::figure::export;

    #[test]
    fn two_periods_share_one_scale_at_every_width() {
        let layers = Layers::bundled();
        let places = made_up(&layers.border);
        let incidents: Vec<Contributor> =
            places.iter().flat_map(|i| [Contributor::at(i.at, 1.0); 4]).collect();
        let cases: Vec<bool> = (0..incidents.len()).map(|i| i % 3 == 0).collect();
        let settings = DensitySettings {
            kernel: Kernel::Quartic,
            bandwidth: Bandwidth::Fixed(40_000.0),
            adaptive: false,
            edge: Edge::None,
            cell_m: 15_000.0,
            extent: Extent { west: 60.5, south: 29.0, east: 75.0, north: 37.6 },
            counted: "incidents",
        };
        let part = |after: bool| {
            let kept = incidents.iter().zip(&cases).filter(|(_, case)| **case == after);
            density(&Sources::of(kept.map(|(i, _)| *i)), &settings).unwrap()
        };
        let (before, after) = (part(false), part(true));
        let sources = Sources::of(incidents.iter().copied());
        let tolerance = Tolerance { simulations: 19, seed: 1 };
        let ratio = relative_risk(&sources, &cases, Against::Rest, &settings, tolerance).unwrap();
        let words = Words { title: "Before and after".into(), ..Words::default() };
        for (width_mm, theme) in [(85.0, Theme::Dark), (180.0, Theme::Light)] {
            let page = Page { width_mm, theme };
            let period = |heading: &str, grid, years| PeriodDensity {
                heading: heading.to_owned(),
                grid,
                years,
            };
            let periods = [period("Before", &before, 6.0), period("After", &after, 3.0)];
            let extent = settings.extent;
            let base = layers.base();
            let plate = pair_map(&base, periods, &ratio, extent, &|_| None, &words, &page);
            clean(&format!("pair-{width_mm}"), &plate);
            let svg = export::svg(&plate.scene);
            assert_eq!(svg.matches("incidents per 1,000 km² per year").count(), 1);
            assert!(svg.contains(">Before<") && svg.contains("ratio of densities"));
        }
    }
}
