//! Two periods compared on a map: each district by the ratio of its rates.

use super::basemap::{Basemap, fit};
use super::choropleth::{
    Choropleth, OPACITY, SWATCH_REACH, extent_of, outlined, outlined_swatch, swatch, weigh,
};
use super::furnish::{Data, finish};
use super::ratio_classes::{MIDDLE, diverging_classes, ratio_class, ratio_swatches};
use super::{Base, Page, Plate, Words};
use crate::figure::clip::thin;
use crate::figure::corner::Field;
use crate::figure::hatch::{Lean, hatch};
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::map::{lines_path, rings_path};
use crate::figure::scene::{Colour, Fill, Group, Item, Pt, Stroke, pt};
use crate::figure::style::Style;
use crate::geodesy::Extent;

/// A district's change from the first period to the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DistrictChange {
    /// Its number in the district layer.
    pub district: usize,
    /// The second rate over the first: zero, or infinite, where one of them is zero.
    pub ratio: f64,
    /// Whether the 95 % interval of the ratio leaves out one.
    pub certain: bool,
    /// Whether it is a finding among all districts.
    pub finding: bool,
}

/// What stands in the key besides the colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangeKey<'a> {
    /// Whether incidents are spread over where they may lie.
    pub spread: bool,
    /// The country that nothing is known of, if any.
    pub unseen: Option<&'a str>,
}

/// Opacity of a district whose change may be chance, beneath its hatching.
const PALE: f64 = 0.24;
/// Between two lines of the hatching, and their width, points.
const SPACING: f64 = 1.9;
const HATCHING: f64 = 0.4;
/// Width of the outline round findings, points.
const OUTLINE: f64 = 1.0;
/// Dashes of the outline where incidents became fewer.
const FEWER: [f64; 2] = [2.2, 1.4];

/// Draws every district that has a ratio in its class, full where the interval leaves
/// out no change and hatched where it does not: up to the right for more, down for
/// fewer, so that print in grey tells these apart. Findings among all districts are
/// outlined, those of fewer with dashes.
pub fn change_map(
    base: &Base,
    changes: &[DistrictChange],
    extent: Option<Extent>,
    of: ChangeKey,
    words: &Words,
    page: &Page,
) -> Plate {
    let extent = extent_of(base, extent, changes.iter().map(|c| c.district));
    let mut ground = Basemap::new(base, words, page, |at, width| fit(extent, at, width));
    // Small districts along the line stay to be seen beside a thinner one.
    ground.style.line.width *= 0.8;
    ground.style.casing.width *= 0.6;
    let districts = Choropleth::new(&ground);
    let mut rows: Vec<Option<DistrictChange>> = vec![None; base.districts.len()];
    for change in changes {
        rows[change.district] = Some(*change);
    }
    let is =
        |i: usize, wanted: &dyn Fn(&DistrictChange) -> bool| rows[i].as_ref().is_some_and(wanted);
    let mut below = ground.layer("districts");
    let mut field = Field::new(ground.map.rect, 4.0);
    let mut blocked = Vec::new();
    for (class, colour) in diverging_classes(&ground.style).into_iter().enumerate() {
        let weight = 0.12 * (1 + class.abs_diff(MIDDLE)) as f64;
        let sure = districts.outline(|i| is(i, &|c| c.certain && ratio_class(c.ratio) == class));
        below.path(rings_path(&sure), Some(Fill { colour, opacity: OPACITY }), None);
        weigh(&mut field, &sure, 2.0 * weight);
        let edge = sure.iter().flat_map(|ring| thin(ring, 2.0));
        blocked.extend(edge.filter(|p| ground.map.rect.contains(*p)).map(|p| (p, 2.0)));
        for lean in [None, Some(Lean::Back), Some(Lean::Forward)] {
            let unsure = districts.outline(|i| {
                is(i, &|c| !c.certain && ratio_class(c.ratio) == class && leaning(c.ratio) == lean)
            });
            hatched(&mut below, &unsure, colour, lean);
            weigh(&mut field, &unsure, weight);
        }
    }
    field.finish();
    districts.edges(&mut below, |i| rows[i].is_some());

    let mut above = ground.layer("findings");
    for lean in [Lean::Back, Lean::Forward] {
        let rings = districts.outline(|i| is(i, &|c| c.finding && leaning(c.ratio) == Some(lean)));
        let path = rings_path(&rings);
        for stroke in outline(lean, &ground.style) {
            above.path(path.clone(), None, Some(stroke));
        }
    }
    let legend = Legend { sections: key(changes, of, &ground.style) };
    let data = Data::surface([below, above], blocked, Some(field), legend);
    finish(ground, data, words)
}

/// Which way a change leans: fewer falls to the right, and as many as before is level.
fn leaning(ratio: f64) -> Option<Lean> {
    match ratio {
        ..1.0 => Some(Lean::Back),
        1.0 => None,
        _ => Some(Lean::Forward),
    }
}

fn outline(lean: Lean, style: &Style) -> [Stroke; 2] {
    match lean {
        Lean::Forward => outlined(style, OUTLINE, &[]),
        Lean::Back => outlined(style, OUTLINE, &FEWER),
    }
}

fn hatched(into: &mut Group, rings: &[Vec<Pt>], colour: Colour, lean: Option<Lean>) {
    into.path(rings_path(rings), Some(Fill { colour, opacity: PALE }), None);
    let Some(lean) = lean else { return };
    let stroke = Stroke { round: false, opacity: 0.7, ..Stroke::solid(colour, HATCHING) };
    into.path(lines_path(&hatch(rings, SPACING, lean)), None, Some(stroke));
}

fn key(changes: &[DistrictChange], of: ChangeKey, style: &Style) -> Vec<Section> {
    let none = if of.spread {
        "no colour: less than half an incident"
    } else {
        "no colour: none known to be there"
    };
    let mut ratio = vec![
        ratio_swatches(style, OPACITY, ["fewer after", "more after"]),
        Entry::Note(none.to_owned()),
    ];
    ratio.extend(of.unseen.map(|country| Entry::Note(format!("{country} is not looked at"))));
    let mut sure = Vec::new();
    for (lean, words) in
        [(Lean::Forward, "more, hardly by chance"), (Lean::Back, "fewer, hardly by chance")]
    {
        if changes.iter().any(|c| c.finding && leaning(c.ratio) == Some(lean)) {
            let [_, stroke] = outline(lean, style);
            let mark: Mark = Box::new(move |at| outlined_swatch(at, &stroke));
            sure.push(Entry::Mark { mark, reach: SWATCH_REACH, label: words.to_owned() });
        }
    }
    let [likely, unsure] =
        [true, false].map(|certain| changes.iter().any(|c| !c.finding && c.certain == certain));
    for (there, full, words) in [
        (likely, true, "may be chance among so many: the 95 % interval leaves out 1"),
        (unsure, false, "may be chance: the 95 % interval holds 1"),
    ] {
        let (mark, label) = (halved_swatch(style, full), words.to_owned());
        sure.extend(there.then_some(Entry::Mark { mark, reach: SWATCH_REACH, label }));
    }
    let mut sections =
        vec![Section { heading: "incidents per year: after over before".into(), entries: ratio }];
    if !sure.is_empty() {
        sections.push(Section { heading: "how sure that is".into(), entries: sure });
    }
    sections
}

/// Fewer and more side by side: in full colour, or hatched.
fn halved_swatch(style: &Style, full: bool) -> Mark {
    let colours = diverging_classes(style);
    let halves = [(MIDDLE - 2, Lean::Back, -6.0), (MIDDLE + 2, Lean::Forward, 0.0)];
    let halves = halves.map(|(class, lean, x)| (colours[class], lean, x));
    let edge = Stroke::solid(style.faint, 0.25);
    Box::new(move |at| {
        let mut group = Group::default();
        for (colour, lean, x) in halves {
            let corners = [(x, -2.6), (x + 6.0, -2.6), (x + 6.0, 2.6), (x, 2.6)];
            let ring: Vec<Pt> = corners.map(|(x, y)| pt(at.x + x, at.y + y)).into();
            if full {
                let fill = Fill { colour, opacity: OPACITY };
                group.path(rings_path(&[ring]), Some(fill), None);
            } else {
                hatched(&mut group, &[ring], colour, Some(lean));
            }
        }
        group.items.push(Item::Path { path: swatch(at), fill: None, stroke: Some(edge.clone()) });
        group.items
    })
}

#[cfg(test)]
mod tests {
    use super::super::Theme;
    use super::super::check::clean;
    use super::super::looking::Layers;
    use super::*;
    use crate::figure::export;

    #[test]
    fn is_clean_at_every_width_and_theme() {
        let layers = Layers::bundled();
        let change = |district: usize| DistrictChange {
            district,
            ratio: [0.0, 0.3, 0.7, 0.95, 1.1, 1.6, 3.0, f64::INFINITY][district % 8],
            certain: district.is_multiple_of(3),
            finding: district.is_multiple_of(9),
        };
        let some = (0..layers.districts.len()).filter(|i| i % 5 > 1);
        let changes: Vec<DistrictChange> = some.map(change).collect();
        let words = Words { title: "Before and after".into(), ..Words::default() };
        let near = Extent { west: 68.6, south: 31.8, east: 72.4, north: 35.2 };
        let key = ChangeKey { spread: true, unseen: Some("Afghanistan") };
        for (name, width_mm, theme, extent) in [
            ("change-85", 85.0, Theme::Light, None),
            ("change-near", 120.0, Theme::Dark, Some(near)),
            ("change-180", 180.0, Theme::Light, None),
        ] {
            let page = Page { width_mm, theme };
            let plate = change_map(&layers.base(), &changes, extent, key, &words, &page);
            clean(name, &plate);
            let svg = export::svg(&plate.scene);
            for said in ["more, hardly by chance", "the 95 % interval holds 1", "fewer after"] {
                assert!(svg.contains(said), "{name}: {said}");
            }
        }
        // Nothing to compare is still a map, and its key names no mark that is not there.
        let key = ChangeKey { spread: false, unseen: None };
        let page = Page { width_mm: 85.0, ..Page::default() };
        let plate = change_map(&layers.base(), &[], Some(near), key, &words, &page);
        clean("change-none", &plate);
        let svg = export::svg(&plate.scene);
        assert!(svg.contains("none known to be there") && !svg.contains("chance"));
    }
}
