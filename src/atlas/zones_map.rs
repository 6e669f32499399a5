//! The zones map: the buffer zones on the ground, coloured by their rates.

use super::basemap::{Basemap, fit};
use super::furnish::{Data, finish};
use super::{Base, Page, Plate, Words};
use crate::analysis::{Zone, ZoneShapes, Zones};
use crate::figure::clip::{inside, thin};
use crate::figure::corner::Field;
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::map::{THINNING_PT, rings_path};
use crate::figure::palette::{lightness, sequential_classes};
use crate::figure::scale::{self, Classes};
use crate::figure::scene::{Anchor, Colour, Fill, Item, Path, Pt, Stroke, TextStyle, pt};
use crate::figure::style::Style;
use crate::figure::text;
use crate::geodesy::{Extent, LonLat};
use crate::model::Side;

/// Opacity of the zones: edges and names of the ground stay to be seen.
const OPACITY: f64 = 0.88;

/// With more zones than this the key tells classes instead of every zone.
const MOST_ROWS: usize = 8;

/// Height of a row of the key, points.
const ROW: f64 = 8.6;

/// Air round the zones, degrees.
const AIR_DEG: f64 = 0.15;

/// Draws the zones of both sides, coloured by incidents per 1,000 km² in
/// classes with round breaks (1–2–5 per decade); a zone without incidents, or
/// of unknown area, has no colour. The key tells the rate of every zone.
pub fn zones_map(
    base: &Base,
    shapes: &ZoneShapes,
    zones: &Zones,
    extent: Option<Extent>,
    words: &Words,
    page: &Page,
) -> Plate {
    let extent = extent.or_else(|| reach(shapes)).or_else(|| {
        Extent::around(base.border.parts().iter().flatten().copied()).map(|e| e.grown(0.8, 0.8))
    });
    let extent = extent.unwrap_or(Extent { west: 0.0, south: 0.0, east: 1.0, north: 1.0 });
    let mut ground = Basemap::new(base, words, page, |at, width| fit(extent, at, width));
    // The first zone is a few kilometres wide: a thinner line leaves it to be seen.
    ground.style.line.width *= 0.65;
    ground.style.casing.width *= 0.5;
    let colours = Colours::new(zones, &ground.style);
    let mut below = ground.layer("zones");
    let mut edges = Vec::new();
    let mut field = Field::new(ground.map.rect, 4.0);
    for (number, side) in Side::BOTH.into_iter().enumerate() {
        for (shape, zone) in shapes.zones[number].iter().zip(of_side(zones, side)) {
            let rings: Vec<Vec<Pt>> = shape
                .iter()
                .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
                .map(|ring| {
                    let places = ring.coords().filter_map(|c| LonLat::new(c.x, c.y).ok());
                    let points: Vec<Pt> = places.map(|p| ground.map.forward(p)).collect();
                    ground.map.cut_ring(&thin(&points, THINNING_PT))
                })
                .filter(|ring| ring.len() > 2)
                .collect();
            if let Some((class, colour)) = colours.of(zone) {
                let fill = Fill { colour, opacity: OPACITY };
                below.path(rings_path(&rings), Some(fill), None);
                let coarse: Vec<Vec<Pt>> = rings.iter().map(|ring| thin(ring, 1.0)).collect();
                let weight = 0.15 * (class + 1) as f64;
                field.add(|p| if inside(&coarse, p) { weight } else { 0.0 });
            }
            edges.extend(rings);
        }
    }
    let edge = Stroke { opacity: 0.55, ..Stroke::solid(ground.style.soft, 0.35) };
    below.path(rings_path(&edges), None, Some(edge));
    field.finish();
    let legend = Legend { sections: vec![key(zones, &colours, &ground.style)] };
    let data =
        Data::surface([below, Default::default()], blocked(&ground, &edges), Some(field), legend);
    finish(ground, data, words)
}

fn of_side(zones: &Zones, side: Side) -> impl Iterator<Item = &Zone> {
    zones.rows.iter().filter(move |row| row.side == side && row.to_m.is_finite())
}

/// What holds all zones, with a little air.
fn reach(shapes: &ZoneShapes) -> Option<Extent> {
    let polygons = shapes.zones.iter().flatten().flat_map(|shape| shape.iter());
    let places = polygons.flat_map(|p| p.exterior().coords());
    let extent = Extent::around(places.filter_map(|c| LonLat::new(c.x, c.y).ok()))?;
    Some(extent.grown(AIR_DEG, AIR_DEG))
}

/// Places within the zones, which furniture keeps off.
fn blocked(ground: &Basemap, rings: &[Vec<Pt>]) -> Vec<(Pt, f64)> {
    const STEP: f64 = 6.0;
    let rect = ground.map.rect;
    // Where zones of both sides and all distances lie on one another's edges,
    // a place is inside if it is inside any.
    let coarse: Vec<Vec<Vec<Pt>>> = rings.iter().map(|ring| vec![thin(ring, 1.5)]).collect();
    let (columns, rows) = ((rect.width() / STEP) as u32, (rect.height() / STEP) as u32);
    let lattice = (0..rows).flat_map(|row| {
        (0..columns).map(move |column| {
            let (x, y) = (f64::from(column) + 0.5, f64::from(row) + 0.5);
            pt(rect.x0 + x * STEP, rect.y0 + y * STEP)
        })
    });
    lattice.filter(|p| coarse.iter().any(|ring| inside(ring, *p))).map(|p| (p, 3.0)).collect()
}

/// Classes of rates and their colours.
struct Colours {
    classes: Option<Classes>,
    colours: Vec<Colour>,
}

impl Colours {
    fn new(zones: &Zones, style: &Style) -> Colours {
        let rates = || {
            let zones = zones.rows.iter().filter(|zone| zone.to_m.is_finite());
            zones.filter_map(|zone| zone.per_1000km2).filter(|rate| *rate > 0.0)
        };
        let highest = rates().fold(0.0, f64::max);
        let lowest = rates().fold(highest, f64::min);
        let classes = Classes::round(lowest.max(highest / 500.0), highest, 7);
        let count = classes.as_ref().map_or(0, Classes::count);
        Colours { classes, colours: sequential_classes(style, count) }
    }

    /// The class of a zone and its colour; none where there is no rate or it is zero.
    fn of(&self, zone: &Zone) -> Option<(usize, Colour)> {
        let rate = zone.per_1000km2.filter(|rate| *rate > 0.0)?;
        let class = self.classes.as_ref()?.class(rate).unwrap_or(0);
        Some((class, *self.colours.get(class)?))
    }
}

/// A table of colours: a row a zone, a column a side, the rate in each cell.
fn key(zones: &Zones, colours: &Colours, style: &Style) -> Section {
    let heading = "incidents per 1,000 km²".to_owned();
    if zones.breaks_m.len() > MOST_ROWS {
        let breaks = colours.classes.as_ref().map_or(&[][..], Classes::breaks);
        let breaks = breaks.iter().take(colours.colours.len());
        let swatches = Entry::Swatches {
            ends: Default::default(),
            colours: colours.colours.clone(),
            opacity: OPACITY,
            breaks: breaks.map(|b| scale::plain(*b)).collect(),
        };
        return Section { heading, entries: vec![swatches] };
    }
    let names = zones.names.clone();
    let name_styles: Vec<TextStyle> =
        style.side_inks.iter().map(|&colour| TextStyle { colour, ..style.label.clone() }).collect();
    let width = names
        .iter()
        .zip(&name_styles)
        .map(|(name, style)| text::width(name, style))
        .fold(30.0, f64::max)
        + 6.0;
    let reach = (width, 0.5 * ROW - 0.6);
    let head: Mark = Box::new(move |at| {
        let item = |i: usize| Item::Text {
            text: names[i].clone(),
            at: pt(at.x + (i as f64 - 0.5) * width, at.y + 2.0),
            anchor: Anchor::Middle,
            rotation: 0.0,
            style: name_styles[i].clone(),
        };
        vec![item(0), item(1)]
    });
    let mut entries = vec![Entry::Mark { mark: head, reach, label: "from the line".into() }];
    let (left, right): (Vec<&Zone>, Vec<&Zone>) =
        (of_side(zones, Side::Left).collect(), of_side(zones, Side::Right).collect());
    for (left, right) in left.into_iter().zip(right) {
        let cells = [left, right].map(|zone| cell(zone, colours, style));
        let mark: Mark = Box::new(move |at| {
            let of = |i: usize| {
                let (fill, words, looks) = &cells[i];
                let x = at.x + (i as f64 - 1.0) * width;
                let swatch = Path::rect(x, at.y - 0.5 * ROW, width, ROW);
                let edge = Stroke { round: false, ..Stroke::solid(looks.colour, 0.15) };
                let middle = pt(x + 0.5 * width, at.y + 0.36 * looks.size);
                [
                    Item::Path { path: swatch, fill: fill.clone(), stroke: Some(edge) },
                    Item::Text {
                        text: words.clone(),
                        at: middle,
                        anchor: Anchor::Middle,
                        rotation: 0.0,
                        style: looks.clone(),
                    },
                ]
            };
            of(0).into_iter().chain(of(1)).collect()
        });
        let label = range(left.from_m, left.to_m);
        entries.push(Entry::Mark { mark, reach, label });
    }
    Section { heading, entries }
}

/// A cell of the key: its colour, the rate in words, and letters to be read on it.
fn cell(zone: &Zone, colours: &Colours, style: &Style) -> (Option<Fill>, String, TextStyle) {
    let fill = colours.of(zone).map(|(_, colour)| Fill { colour, opacity: OPACITY });
    let words = match zone.per_1000km2 {
        Some(rate) if rate > 0.0 => scale::two_figures(rate),
        Some(_) => "0".to_owned(),
        None => "n/a".to_owned(),
    };
    let ground = fill.as_ref().map_or(style.page, |fill| fill.colour);
    let colour =
        if lightness(ground) > 55.0 { Colour::hex(0x1b_1b1b) } else { Colour::hex(0xff_ffff) };
    (fill, words, TextStyle { colour, ..style.value.clone() })
}

/// "5–10 km".
fn range(from_m: f64, to_m: f64) -> String {
    let km = |m: f64| scale::number(m / 1000.0, scale::decimals(m / 1000.0).min(2));
    format!("{}–{}{}km", km(from_m), km(to_m), scale::THIN)
}

#[cfg(test)]
mod tests {
    use super::super::check::clean;
    use super::super::looking::{Layers, somebody_looks};
    use super::super::{Theme, Words};
    use super::*;
    use crate::analysis::{Window, zone_shapes};
    use crate::figure::export;
    use crate::index::StudyIndex;

    fn zones(breaks_m: &[f64], names: [&str; 2]) -> Zones {
        let mut rows = Vec::new();
        for side in Side::BOTH {
            let mut from_m = 0.0;
            for (i, &to_m) in breaks_m.iter().enumerate() {
                let rate = 1.7 / (1.0 + i as f64 * i as f64) - 0.1 * i as f64;
                rows.push(Zone {
                    side,
                    from_m,
                    to_m,
                    area_km2: Some(10_000.0),
                    incidents: 3,
                    expected: 3.0,
                    low: 1,
                    high: 4,
                    share: 0.1,
                    // One without a rate, some without incidents.
                    per_1000km2: (side == Side::Left || i > 0).then_some(rate.max(0.0)),
                    fatalities_best: None,
                    fatalities_low: None,
                    fatalities_high: None,
                    fatalities_expected: None,
                    rate: None,
                    ratio_next: None,
                    ratio_across: None,
                    area_error_km2: None,
                    lines: None,
                });
                from_m = to_m;
            }
        }
        Zones {
            names: names.map(str::to_owned),
            breaks_m: breaks_m.to_vec(),
            rows,
            within: Vec::new(),
            years: None,
            counted: 30,
            on_line: 0,
            unlocated: 0,
            unstated: 0,
            unknown_toll: 0,
            tally: crate::analysis::RegionTally::default(),
            near: None,
            near_people: None,
            lines: Vec::new(),
        }
    }

    #[test]
    fn is_clean_at_every_width_and_theme_and_tells_every_rate() {
        let layers = Layers::bundled();
        let index = StudyIndex::new(layers.border.clone(), Vec::new(), Vec::new());
        let words = Words {
            title: "How densely incidents lie by distance from the Durand Line".into(),
            subtitle: "Incidents per 1,000 km² of each zone".into(),
            notes: vec!["Zones by distance from the line.".into()],
            ..Words::default()
        };
        let breaks = [30_000.0, 70_000.0];
        let shapes = zone_shapes(&index, &breaks, &Window::Everywhere).unwrap();
        let zones = zones(&breaks, ["Afghanistan", "Pakistan"]);
        let all = [
            ("zones-map-85", 85.0, Theme::Light),
            ("zones-map-180", 180.0, Theme::Light),
            ("zones-map-dark", 180.0, Theme::Dark),
        ];
        let few = if somebody_looks() { 3 } else { 2 };
        for (name, width_mm, theme) in all.into_iter().take(few) {
            let page = Page { width_mm, theme };
            let plate = zones_map(&layers.base(), &shapes, &zones, None, &words, &page);
            clean(name, &plate);
            let svg = export::svg(&plate.scene);
            for words in ["1.7", "0.75", "n/a", "0–30", "30–70"] {
                assert!(svg.contains(words), "{name}: {words}");
            }
        }
    }

    #[test]
    fn a_zone_without_incidents_has_no_colour() {
        let style = Page::default().style();
        let mut zones = zones(&[5e3, 10e3], ["L", "R"]);
        let colours = Colours::new(&zones, &style);
        assert!(colours.of(&zones.rows[0]).is_some());
        assert!(colours.of(&zones.rows[2]).is_none());
        zones.rows.iter_mut().for_each(|zone| zone.per_1000km2 = Some(0.0));
        let colours = Colours::new(&zones, &style);
        assert!(zones.rows.iter().all(|zone| colours.of(zone).is_none()));
        assert_eq!(cell(&zones.rows[0], &colours, &style).1, "0");
    }
}
