//! The hot-spot map: districts coloured by their rate, and those that chance does
//! not explain outlined.

use super::basemap::{Basemap, fit};
use super::choropleth::{Choropleth, OPACITY, SWATCH_REACH, extent_of, outlined, outlined_swatch};
use super::furnish::{Data, finish};
use super::ratio_classes::diverging_classes;
use super::{Base, Page, Plate, Words};
use crate::analysis::{Hotspot, Hotspots, LEAST_EXPECTED, Spot};
use crate::figure::clip::thin;
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::map::rings_path;
use crate::figure::palette::sequential_classes;
use crate::figure::scale::{self, Classes};
use crate::figure::scene::{Colour, Stroke};
use crate::figure::style::Style;
use crate::geodesy::Extent;

/// What districts are coloured by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DistrictShade {
    /// Their rate, with what chance does not explain outlined.
    Spots,
    /// Their rate alone, per year over so many years where that can be told.
    Rate(Option<f64>),
    /// Gi*: how far a district and its neighbours are from the rest.
    GiStar,
}

/// Where classes of Gi* begin but for the first, standard deviations.
const GI_BREAKS: [f64; 6] = [-3.0, -2.0, -1.0, 1.0, 2.0, 3.0];

/// Draws every district with incidents in a class of rates with round breaks
/// (1–2–5 per decade); a district without any has no colour. What chance does not
/// explain is outlined: hot spots by a heavy line, busy districts among quiet
/// ones by a light one, quiet ones among busy ones dashed, cold spots dotted. Of
/// Gi* every district that has one is in a class about zero.
pub fn hotspot_map(
    base: &Base,
    found: &Hotspots,
    shade: DistrictShade,
    extent: Option<Extent>,
    words: &Words,
    page: &Page,
) -> Plate {
    let busy = found.rows.iter().filter(|row| is_coloured(row)).map(|row| row.district);
    let extent = extent_of(base, extent, busy);
    let mut ground = Basemap::new(base, words, page, |at, width| fit(extent, at, width));
    // Small districts along the line stay to be seen beside a thinner one.
    ground.style.line.width *= 0.8;
    ground.style.casing.width *= 0.6;
    let districts = Choropleth::new(&ground);
    let of = |district: usize| found.rows.iter().find(|row| row.district == district);
    let rows: Vec<Option<&Hotspot>> = (0..base.districts.len()).map(of).collect();
    let unit = match shade {
        DistrictShade::Rate(Some(years)) => 1.0 / years,
        _ => 1.0,
    };
    let classes = classes(found, unit);
    let count = classes.as_ref().map_or(0, Classes::count);
    let colours = match shade {
        DistrictShade::GiStar => diverging_classes(&ground.style),
        _ => sequential_classes(&ground.style, count),
    };
    let class = |i: usize| {
        if shade == DistrictShade::GiStar {
            let gi = rows[i]?.gi_star?;
            return Some(GI_BREAKS.iter().take_while(|b| **b <= gi).count());
        }
        let rate = unit * rows[i]?.per_1000km2;
        let classes = classes.as_ref().filter(|_| rows[i].is_some_and(is_coloured))?;
        Some(classes.class(rate).unwrap_or(0))
    };

    let (below, field) = districts.classes(&colours, class, |number| 0.12 * (number + 1) as f64);
    let mut above = ground.layer("spots");
    let mut blocked = Vec::new();
    let outlined: &[Spot] = match shade {
        // The surest last, on top.
        DistrictShade::Spots => {
            &[Spot::Cold, Spot::QuietAmongBusy, Spot::BusyAmongQuiet, Spot::Hot]
        }
        _ => &[],
    };
    for &spot in outlined {
        let rings = districts.outline(|i| rows[i].is_some_and(|r| r.spot == spot));
        let path = rings_path(&rings);
        let [casing, stroke] = outline_strokes(spot, &ground.style);
        above.path(path.clone(), None, Some(casing));
        above.path(path, None, Some(stroke));
        if spot == Spot::Hot {
            let points = rings.iter().flat_map(|ring| thin(ring, 2.0));
            blocked.extend(points.filter(|p| ground.map.rect.contains(*p)).map(|p| (p, 2.0)));
        }
    }
    let unseen = found.side.map(|side| base.border.country(side.other()));
    let sections = match shade {
        DistrictShade::GiStar => vec![gi_key(unseen, colours)],
        _ => key(found, shade, unseen, classes.as_ref(), &colours, &ground.style),
    };
    let legend = Legend { sections };
    let data = Data::surface([below, above], blocked, Some(field), legend);
    finish(ground, data, words)
}

fn is_coloured(row: &Hotspot) -> bool {
    row.expected >= LEAST_EXPECTED
}

fn gi_key(unseen: Option<&str>, colours: Vec<Colour>) -> Section {
    let minus = |b: f64| scale::number(b, 0);
    let breaks = std::iter::once(String::new()).chain(GI_BREAKS.map(minus)).collect();
    let ends = ["fewer than elsewhere", "more"].map(str::to_owned);
    let mut entries = vec![Entry::Swatches { colours, opacity: OPACITY, breaks, ends }];
    entries.extend(unseen.map(|country| Entry::Note(format!("{country} is not looked at"))));
    Section { heading: "Gi*, standard deviations".into(), entries }
}

/// Classes of the rates of districts with incidents, times `unit`.
fn classes(found: &Hotspots, unit: f64) -> Option<Classes> {
    let rates = || found.rows.iter().filter(|r| is_coloured(r)).map(|r| unit * r.per_1000km2);
    let highest = rates().fold(0.0, f64::max);
    let lowest = rates().fold(highest, f64::min);
    Classes::round(lowest.max(highest / 500.0), highest, 7)
}

/// Casing and stroke of a spot's outline.
fn outline_strokes(spot: Spot, style: &Style) -> [Stroke; 2] {
    let (width, dashes): (f64, &[f64]) = match spot {
        Spot::Hot => (1.1, &[]),
        Spot::BusyAmongQuiet => (0.55, &[]),
        Spot::QuietAmongBusy => (0.6, &[2.4, 1.5]),
        Spot::Cold | Spot::Neither => (0.7, &[0.7, 1.3]),
    };
    outlined(style, width, dashes)
}

/// Colours and outlines; only outlines that are on the map.
fn key(
    found: &Hotspots,
    shade: DistrictShade,
    unseen: Option<&str>,
    classes: Option<&Classes>,
    colours: &[Colour],
    style: &Style,
) -> Vec<Section> {
    let breaks = classes.map_or(&[][..], Classes::breaks).iter().take(colours.len());
    let swatches = Entry::Swatches {
        ends: Default::default(),
        colours: colours.to_vec(),
        opacity: OPACITY,
        // The first class holds every lower rate too.
        breaks: breaks
            .enumerate()
            .map(|(i, b)| if i == 0 { "> 0".to_owned() } else { scale::plain(*b) })
            .collect(),
    };
    let mut entries = Vec::new();
    let meanings = [
        (Spot::Hot, "hot spot: it and its neighbours have more"),
        (Spot::BusyAmongQuiet, "busy among quiet neighbours"),
        (Spot::QuietAmongBusy, "quiet among busy neighbours"),
        (Spot::Cold, "cold spot: it and its neighbours have fewer"),
    ];
    for (spot, words) in meanings {
        if found.rows.iter().any(|row| row.spot == spot) {
            let [_, stroke] = outline_strokes(spot, style);
            let mark: Mark = Box::new(move |at| outlined_swatch(at, &stroke));
            entries.push(Entry::Mark { mark, reach: SWATCH_REACH, label: words.to_owned() });
        }
    }
    let heading = match shade {
        DistrictShade::Rate(Some(_)) => "incidents per 1,000 km² per year",
        _ => "incidents per 1,000 km² of the district",
    };
    let heading = heading.to_owned();
    let none =
        if found.spread { "no colour: less than half an incident" } else { "no colour: none" };
    let mut rates = vec![swatches, Entry::Note(none.to_owned())];
    rates.extend(unseen.map(|country| Entry::Note(format!("{country} is not looked at"))));
    let mut sections = vec![Section { heading, entries: rates }];
    if shade != DistrictShade::Spots {
        return sections;
    }
    if entries.is_empty() {
        entries.push(Entry::Note("no district stands out".to_owned()));
    }
    sections.push(Section { heading: "beyond chance".to_owned(), entries });
    sections
}

#[cfg(test)]
mod tests {
    use super::super::check::clean;
    use super::super::looking::{Layers, somebody_looks};
    use super::super::{Theme, Words};
    use super::*;
    use crate::analysis::HotspotSettings;

    fn made_up(districts: usize) -> Hotspots {
        let row = |i: usize| Hotspot {
            district: i,
            incidents: if i.is_multiple_of(3) { i % 40 } else { 0 },
            expected: if i.is_multiple_of(3) { (i % 40) as f64 } else { 0.1 },
            interval: (0, i % 50),
            area_km2: 1_000.0,
            per_1000km2: if i.is_multiple_of(3) { (i % 40) as f64 } else { 0.0 },
            neighbours: 5,
            gi_star: Some((i % 9) as f64 - 4.0),
            moran: Some(0.0),
            p: Some(0.5),
            q: Some(0.5),
            spot: match i % 29 {
                0 | 1 => Spot::Hot,
                2 => Spot::QuietAmongBusy,
                3 => Spot::Cold,
                _ => Spot::Neither,
            },
            plain_spot: Spot::Neither,
        };
        Hotspots {
            settings: HotspotSettings::default(),
            spread: true,
            rows: (0..districts).map(row).collect(),
            side: None,
            mean: 2.0,
            counted: 100,
            expected: 110.0,
            of_provinces: 10.0,
            coarse: 0,
            unlocated: 0,
            elsewhere: 0,
        }
    }

    #[test]
    fn is_clean_at_every_width_and_theme() {
        let layers = Layers::bundled();
        let mut found = made_up(layers.districts.len());
        let words = Words {
            title: "Where districts have more incidents than chance explains".into(),
            subtitle: "Incidents per 1,000 km²".into(),
            notes: vec!["Gi* by district.".into()],
            ..Words::default()
        };
        let near = Extent { west: 68.6, south: 31.8, east: 72.4, north: 35.2 };
        let all = [
            ("hotspots-85", 85.0, Theme::Light, None),
            ("hotspots-near", 120.0, Theme::Dark, Some(near)),
            ("hotspots-180", 180.0, Theme::Light, None),
        ];
        let few = if somebody_looks() { 3 } else { 2 };
        for (name, width_mm, theme, extent) in all.into_iter().take(few) {
            let page = Page { width_mm, theme };
            clean(
                name,
                &hotspot_map(&layers.base(), &found, DistrictShade::Spots, extent, &words, &page),
            );
        }
        for (name, shade, said) in [
            ("rate", DistrictShade::Rate(Some(11.0)), "incidents per 1,000 km² per year"),
            ("gi", DistrictShade::GiStar, "Gi*, standard deviations"),
        ] {
            for (width_mm, theme) in [(85.0, Theme::Dark), (180.0, Theme::Light)] {
                let page = Page { width_mm, theme };
                let plate = hotspot_map(&layers.base(), &found, shade, None, &words, &page);
                clean(&format!("districts-{name}-{width_mm}"), &plate);
                let svg = crate::figure::export::svg(&plate.scene);
                assert!(svg.contains(said) && !svg.contains("beyond chance"), "{name}");
            }
        }
        // Nothing found is still a map.
        for row in &mut found.rows {
            (row.spot, row.expected, row.per_1000km2) = (Spot::Neither, 0.0, 0.0);
        }
        let page = Page { width_mm: 85.0, ..Page::default() };
        clean(
            "hotspots-none",
            &hotspot_map(&layers.base(), &found, DistrictShade::Spots, Some(near), &words, &page),
        );
    }
}
