//! The map of a ratio of two densities: diverging classes about one, and
//! contours where it is further off than chance would put it.

use super::basemap::{Basemap, fit};
use super::density_map::{DOTS_PER_INCH, OPACITY, lattice};
use super::furnish::{Data, finish};
use super::surface::{Break, SideOf, Surface};
use super::{Base, Page, Plate, Words};
use crate::analysis::{LEAST_INCIDENTS, RelativeGrid, isolines};
use crate::figure::bands::bands;
use crate::figure::clip::thin;
use crate::figure::corner::Field;
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::map::lines_path;
use crate::figure::palette;
use crate::figure::scene::{Colour, Group, Item, Path, Pt, Stroke, pt};
use crate::figure::style::Style;
use crate::geodesy::Extent;

/// Where classes of the ratio begin, but for the first; alike on both sides of one.
const BREAKS: [(f64, &str); 6] =
    [(0.25, "1/4"), (0.5, "1/2"), (0.8, "4/5"), (1.25, "5/4"), (2.0, "2"), (4.0, "4")];

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
    let rect = ground.map.rect;
    let broken = |across| {
        grid.across.as_ref().map(|all| {
            let (sides, ratio, here) = all;
            Break { sides, across: if across { here.as_slice() } else { ratio }, side_of }
        })
    };
    let ratio = Surface::new(&grid.frame, &grid.log_ratio, broken(false), &ground.map);
    let here = Surface::new(&grid.frame, &grid.incidents_here, broken(true), &ground.map);
    let value = |p: Pt| if here.at(p) < LEAST_INCIDENTS { f64::NAN } else { ratio.at(p).exp() };
    let colours = colours(&ground.style);
    let breaks: Vec<f64> = [0.0].into_iter().chain(BREAKS.map(|b| b.0)).collect();
    let mut below = Group::named("ratio");
    below.items.push(bands(rect, DOTS_PER_INCH, &breaks, &colours, OPACITY, value));
    let mut field = Field::new(rect, 4.0);
    let class = |p: Pt| breaks.iter().take_while(|b| **b <= value(p)).count();
    // The middle class is the quietest.
    let strength = |p: Pt| match class(p) {
        0 => 0.0,
        class => 0.2 + 0.25 * (class as f64 - 4.0).abs(),
    };
    field.add(strength);
    field.finish();
    let blocked = lattice(rect, 4.0).filter(|p| class(*p) > 0).map(|p| (p, 2.0)).collect();
    let strokes = strokes(&ground.style);
    let mut above = Group::named("tolerance");
    for (p, stroke) in [&grid.p_higher, &grid.p_lower].into_iter().zip(&strokes) {
        // Without lines there is nothing to draw, and the reader is told none is there.
        let lines = isolines(&grid.frame, p, &[LEVEL]).unwrap_or_default();
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
    let data = Data {
        below,
        above,
        blocked,
        symbols: Vec::new(),
        discs: Vec::new(),
        field: Some(field),
        legend: legend(&colours, &strokes),
        remarks: Vec::new(),
    };
    finish(ground, data, words)
}

fn legend(colours: &[Colour], strokes: &[Stroke; 2]) -> Legend {
    let line = |stroke: &Stroke, label: &str| {
        let stroke = stroke.clone();
        let mark: Mark = Box::new(move |at| {
            let path = Path::open([pt(at.x - 7.0, at.y), pt(at.x + 7.0, at.y)]);
            vec![Item::Path { path, fill: None, stroke: Some(stroke.clone()) }]
        });
        Entry::Mark { mark, reach: (7.0, 2.0), label: label.into() }
    };
    let breaks = [""].into_iter().chain(BREAKS.map(|b| b.1)).map(str::to_owned).collect();
    Legend {
        sections: vec![
            Section {
                heading: "ratio of densities".into(),
                entries: vec![Entry::Swatches {
                    colours: colours.to_vec(),
                    opacity: OPACITY,
                    breaks,
                }],
            },
            Section {
                heading: "against random draws".into(),
                entries: vec![
                    line(&strokes[0], "higher than 95 %"),
                    line(&strokes[1], "lower than 95 %"),
                ],
            },
        ],
    }
}

/// Seven classes, the middle one grey so that it shows on the land.
fn colours(style: &Style) -> Vec<Colour> {
    (-3..=3)
        .map(|i| match i {
            0 => palette::mix(style.land[0], style.soft, 0.22),
            i => palette::diverging(style, f64::from(i) / 3.0),
        })
        .collect()
}

/// Of a ratio higher and lower than chance would put it.
fn strokes(style: &Style) -> [Stroke; 2] {
    let solid = Stroke::solid(style.ink, 0.6);
    let dashed = Stroke { dashes: vec![2.2, 1.4], round: false, ..solid.clone() };
    [solid, dashed]
}
