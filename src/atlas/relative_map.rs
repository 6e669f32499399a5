//! The map of a ratio of two densities: diverging classes about one, and
//! contours where it is further off than chance would put it.

use super::basemap::{Basemap, fit};
use super::density_map::{DOTS_PER_INCH, OPACITY, lattice};
use super::furnish::{Data, finish};
use super::ratio_classes::{MIDDLE, RATIO_BREAKS, diverging_classes, ratio_class, ratio_swatches};
use super::surface::{Break, SideOf, Surface};
use super::{Base, Page, Plate, Words};
use crate::analysis::{LEAST_INCIDENTS, RelativeGrid, Tail, isolines};
use crate::figure::bands::bands;
use crate::figure::clip::thin;
use crate::figure::corner::Field;
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::map::lines_path;
use crate::figure::scene::{Group, Item, Path, Pt, Stroke, pt};
use crate::figure::style::Style;
use crate::geodesy::Extent;

/// Contours are drawn where fewer draws than this are as extreme.
const LEVEL: f64 = 0.05;

/// Draws the ratio on an extent; `side_of` tells where the line runs when the
/// ratio breaks there.
pub fn relative_map(
    base: &Base,
    grid: &RelativeGrid,
    extent: Extent,
    side_of: SideOf,
    words: &Words,
    page: &Page,
) -> Plate {
    let ground = Basemap::new(base, words, page, |at, width| fit(extent, at, width));
    let RatioLayers { below, above, blocked, field } = ratio_layers(&ground, grid, side_of);
    let legend = Legend { sections: ratio_key(&ground.style, blocked.is_empty()) };
    let data = Data::surface([below, above], blocked, Some(field), legend);
    finish(ground, data, words)
}

/// A ratio on a map.
pub(super) struct RatioLayers {
    /// Its bands.
    pub below: Group,
    /// Its contours.
    pub above: Group,
    /// Where the bands are, for furniture to keep off.
    pub blocked: Vec<(Pt, f64)>,
    /// How strong they are, for names.
    pub field: Field,
}

/// Draws a ratio in classes about one, with its contours.
pub(super) fn ratio_layers(ground: &Basemap, grid: &RelativeGrid, side_of: SideOf) -> RatioLayers {
    let rect = ground.map.rect;
    let broken = |across| {
        grid.across.as_ref().map(|all| {
            let (sides, ratio, here) = all;
            Break { sides, across: if across { here } else { ratio }, side_of }
        })
    };
    let ratio = Surface::new(&grid.frame, &grid.log_ratio, broken(false), &ground.map);
    let here = Surface::new(&grid.frame, &grid.incidents_here, broken(true), &ground.map);
    let value = |p: Pt| if here.at(p) < LEAST_INCIDENTS { f64::NAN } else { ratio.at(p).exp() };
    let colours = diverging_classes(&ground.style);
    let breaks: Vec<f64> = [0.0].into_iter().chain(RATIO_BREAKS.map(|b| b.0)).collect();
    let mut below = Group::named("ratio");
    below.items.push(bands(rect, DOTS_PER_INCH, &breaks, &colours, OPACITY, value));
    let mut field = Field::new(rect, 4.0);
    let class = |p: Pt| Some(value(p)).filter(|ratio| !ratio.is_nan()).map(ratio_class);
    // The middle class is the quietest.
    let strength = |p: Pt| class(p).map_or(0.0, |class| 0.2 + 0.25 * class.abs_diff(MIDDLE) as f64);
    field.add(strength);
    field.finish();
    let blocked: Vec<(Pt, f64)> =
        lattice(rect, 4.0).filter(|p| class(*p).is_some()).map(|p| (p, 2.0)).collect();
    let strokes = strokes(&ground.style);
    let mut above = Group::named("tolerance");
    for (tail, stroke) in [Tail::Higher, Tail::Lower].into_iter().zip(&strokes) {
        // Without lines there is nothing to draw, and the reader is told none is there.
        let lines = isolines(&grid.frame, &grid.p_values(tail), &[LEVEL]).unwrap_or_default();
        let lines: Vec<Vec<Pt>> = lines
            .into_iter()
            .flatten()
            .flat_map(|line| ground.map.line(line))
            .map(|line| thin(&line, 0.15))
            .collect();
        if !lines.is_empty() {
            above.path(lines_path(&lines), None, Some(stroke.clone()));
        }
    }
    RatioLayers { below, above, blocked, field }
}

/// What bands and contours mean.
pub(super) fn ratio_key(style: &Style, nothing: bool) -> Vec<Section> {
    let strokes = strokes(style);
    let line = |stroke: &Stroke, label: &str| {
        let stroke = stroke.clone();
        let mark: Mark = Box::new(move |at| {
            let path = Path::open([pt(at.x - 7.0, at.y), pt(at.x + 7.0, at.y)]);
            vec![Item::Path { path, fill: None, stroke: Some(stroke.clone()) }]
        });
        Entry::Mark { mark, reach: (7.0, 2.0), label: label.into() }
    };
    let mut ratio = vec![ratio_swatches(style, OPACITY, ["lower", "higher"])];
    if nothing {
        ratio.push(Entry::Note("too few incidents everywhere".into()));
    }
    vec![
        Section { heading: "ratio of densities".into(), entries: ratio },
        Section {
            heading: "against random draws".into(),
            entries: vec![
                line(&strokes[0], "higher than 95 %"),
                line(&strokes[1], "lower than 95 %"),
            ],
        },
    ]
}

/// Of a ratio higher and lower than chance would put it.
fn strokes(style: &Style) -> [Stroke; 2] {
    let solid = Stroke::solid(style.ink, 0.6);
    let dashed = Stroke { dashes: vec![2.2, 1.4], round: false, ..solid.clone() };
    [solid, dashed]
}

#[cfg(test)]
mod tests {
    use super::super::check::clean;
    use super::super::looking::{Layers, made_up, somebody_looks};
    use super::super::{Theme, Words};
    use super::*;
    use crate::analysis::{
        Against, Bandwidth, Contributor, DensitySettings, Edge, Kernel, Sources, Tolerance,
        relative_risk,
    };
    use crate::index::BorderIndex;

    #[test]
    fn is_clean_at_every_width_and_theme_with_and_without_a_barrier() {
        let layers = Layers::bundled();
        let line = BorderIndex::new(&layers.border);
        // Eight at each place: enough to be seen, the first group in the north.
        let made = made_up(&layers.border);
        let places = made.iter().flat_map(|i| [i.at; 8]);
        let incidents: Vec<Contributor> = places
            .map(|at| Contributor { side: line.locate(at).side, ..Contributor::at(at, 1.0) })
            .collect();
        let cases: Vec<bool> =
            incidents.iter().enumerate().map(|(i, c)| c.at.lat() > 33.0 && i % 8 < 6).collect();
        let settings = DensitySettings {
            kernel: Kernel::Quartic,
            bandwidth: Bandwidth::Fixed(40_000.0),
            adaptive: false,
            edge: Edge::None,
            cell_m: 8_000.0,
            extent: Extent { west: 60.5, south: 29.0, east: 75.0, north: 37.6 },
            counted: "incidents",
        };
        let words = Words { title: "Where incidents shifted".into(), ..Words::default() };
        let widths: &[f64] = if somebody_looks() { &[85.0, 120.0, 180.0] } else { &[85.0, 180.0] };
        for barrier in [false, true] {
            let sources = Sources {
                incidents: incidents.clone(),
                line: barrier.then_some(&line),
                ..Sources::default()
            };
            let tolerance = Tolerance { simulations: 19, seed: 1 };
            let grid =
                relative_risk(&sources, &cases, Against::Rest, &settings, tolerance).unwrap();
            let side_of = |at| line.locate(at).side;
            for (width_mm, theme) in widths.iter().zip([Theme::Dark, Theme::Light].iter().cycle()) {
                let page = Page { width_mm: *width_mm, theme: *theme };
                let draw = || {
                    let base = layers.base();
                    relative_map(&base, &grid, settings.extent, &side_of, &words, &page)
                };
                let plate = draw();
                assert_eq!(plate, draw());
                clean(&format!("relative-{width_mm}-{barrier}"), &plate);
            }
        }
    }
}
