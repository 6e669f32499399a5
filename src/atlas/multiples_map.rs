//! Small multiples: the incident map once for each year or category, all on one
//! scale.

use super::graduated::{AtPlace, Circles, by_place};
use super::incident_map::own_extent;
use super::marks::{categories, counted};
use super::sheet::{Cell, Sheet, bare};
use super::{Base, Page, Plate, Theme, Words};
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::scale;
use crate::figure::scene::{Colour, Group, Item, Path, Stroke, pt};
use crate::geodesy::Extent;
use crate::model::{Incident, Precision};

/// The maps and which one each incident is on.
#[derive(Clone, Debug, PartialEq)]
pub struct Multiples {
    /// What stands above each map, without its number, and its colour; none for
    /// the common one.
    maps: Vec<(String, Option<Colour>)>,
    /// The map of each incident; none without a date.
    of: Vec<Option<usize>>,
}

/// At most so many maps of years.
const MAPS_MOST: usize = 12;

/// A map for each year from the first to the last, or for as many years together
/// as leave twelve maps.
pub fn multiples_by_year(incidents: &[Incident]) -> Multiples {
    let years = || incidents.iter().filter_map(|i| i.date).map(|d| i32::from(d.year()));
    let (Some(first), Some(last)) = (years().min(), years().max()) else {
        return Multiples { maps: Vec::new(), of: vec![None; incidents.len()] };
    };
    let span = (last - first + 1) as usize;
    let together = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]
        .into_iter()
        .find(|n| span.div_ceil(*n) <= MAPS_MOST)
        .unwrap_or(span);
    let maps = (0..span.div_ceil(together))
        .map(|i| {
            let from = first + (i * together) as i32;
            let to = (from + together as i32 - 1).min(last);
            let label = if from == to { from.to_string() } else { format!("{from}–{to}") };
            (label, None)
        })
        .collect();
    let of = incidents.iter().map(|incident| {
        let year = i32::from(incident.date?.year());
        Some((year - first) as usize / together)
    });
    Multiples { maps, of: of.collect() }
}

/// A map for each category, in the colours of the incident map.
pub fn multiples_by_category(incidents: &[Incident], theme: Theme) -> Multiples {
    let all: Vec<&Incident> = incidents.iter().collect();
    let (found, of) = categories(&all, theme == Theme::Dark);
    Multiples {
        maps: found.into_iter().map(|c| (c.label, Some(c.colour))).collect(),
        of: of.into_iter().map(Some).collect(),
    }
}

/// Radius of the largest circle on a map 60 mm wide, points.
const LARGEST: f64 = 8.0;
/// Narrower maps are not drawn, mm.
const LEAST_MM: f64 = 34.0;

/// Draws the maps: one circle for each place, its area growing with the number of
/// incidents there, on one scale for all.
pub fn multiples_map(
    base: &Base,
    incidents: &[Incident],
    multiples: &Multiples,
    extent: Option<Extent>,
    words: &Words,
    page: &Page,
) -> Plate {
    let base = &bare(base);
    // Circles are larger on small maps: room for one at the edge.
    let roomy = |e: Extent| e.grown(0.04 * (e.east - e.west), 0.04 * (e.north - e.south));
    let extent = extent.unwrap_or_else(|| roomy(own_extent(base, incidents)));
    let sheet = Sheet::new(base, words, page, extent, multiples.maps.len(), LEAST_MM);
    let ground = &sheet.ground;
    let rect = ground.map.rect;
    let is_located = |i: &usize| incidents[*i].precision != Some(Precision::Unlocated);
    let on_map = |i: &usize| rect.contains(ground.map.forward(incidents[*i].at));
    let of_map = |map: usize| -> Vec<usize> {
        let all = 0..incidents.len();
        all.filter(|i| multiples.of[*i] == Some(map)).collect()
    };
    let drawn = |map: usize| -> Vec<usize> {
        of_map(map).into_iter().filter(|i| is_located(i) && on_map(i)).collect()
    };
    let places: Vec<Vec<AtPlace>> =
        (0..multiples.maps.len()).map(|map| by_place(incidents, &drawn(map))).collect();
    let most = places.iter().flatten().map(AtPlace::count).max().unwrap_or(1);
    let plain = Circles {
        most,
        largest: LARGEST
            * (rect.width() / 170.0).clamp(0.6, 1.6)
            * (most as f64 / 8.0).sqrt().min(1.0),
        colour: Circles::colour(&ground.style),
    };
    let cells = multiples.maps.iter().zip(&places).enumerate().map(|(i, ((label, colour), at))| {
        let circles = Circles { colour: colour.unwrap_or(plain.colour), ..plain };
        let heading = format!("{label} ({})", scale::count(of_map(i).len()));
        let (above, busy) = circles.draw(ground, at);
        Cell { heading, below: Group::default(), above, busy }
    });
    let cells = cells.collect();
    let mut remarks = Vec::new();
    let count = |is: &dyn Fn(usize) -> bool| (0..incidents.len()).filter(|i| is(*i)).count();
    for (n, why) in [
        (count(&|i| multiples.of[i].is_none()), "without a date: on no map"),
        (count(&|i| !is_located(&i)), "known only to the country or worse: not drawn"),
        (count(&|i| is_located(&i) && !on_map(&i)), "outside of the maps"),
    ] {
        if n > 0 {
            remarks.push(format!("{} {why}.", counted(n)));
        }
    }
    let grey = Circles { colour: ground.style.soft, ..plain };
    let circles = if multiples.maps.iter().any(|m| m.1.is_some()) { grey } else { plain };
    let stroke = ground.style.line.clone();
    let line: Mark = Box::new(move |at| {
        let path = Path::open([pt(at.x - 7.0, at.y), pt(at.x + 7.0, at.y)]);
        vec![Item::Path {
            path,
            fill: None,
            stroke: Some(Stroke { round: false, ..stroke.clone() }),
        }]
    });
    let name = base.names.of(crate::model::Named::Line, &base.border.name).to_owned();
    let line = Entry::Mark { mark: line, reach: (7.0, 2.0), label: name };
    let legend = Legend {
        sections: vec![
            circles.key(places.iter().flatten(), &ground.style),
            Section { heading: "on every map".into(), entries: vec![line] },
        ],
    };
    sheet.finish(cells, &legend, words, remarks)
}

#[cfg(test)]
mod tests {
    use super::super::check::clean;
    use super::super::looking::{Layers, made_up, somebody_looks};
    use super::*;
    use crate::figure::export;

    fn dated(layers: &Layers) -> Vec<Incident> {
        let mut incidents = made_up(&layers.border);
        for (i, incident) in incidents.iter_mut().enumerate().skip(1) {
            incident.date = crate::model::Date::new(2010 + (i % 9) as i16, 6, 1).ok();
        }
        incidents
    }

    #[test]
    fn every_incident_is_on_one_map_and_the_ground_is_there_once() {
        let layers = Layers::bundled();
        let incidents = dated(&layers);
        let by_year = multiples_by_year(&incidents);
        assert_eq!(by_year.maps.len(), 9);
        let by_category = multiples_by_category(&incidents, Theme::Light);
        let sizes = [(85.0, Theme::Light), (120.0, Theme::Dark), (180.0, Theme::Light)];
        for (width_mm, theme) in if somebody_looks() { &sizes[..] } else { &sizes[..1] } {
            let page = Page { width_mm: *width_mm, theme: *theme };
            for (name, multiples) in [("year", &by_year), ("category", &by_category)] {
                let words = Words { title: "Incidents by year".into(), ..Words::default() };
                let draw =
                    || multiples_map(&layers.base(), &incidents, multiples, None, &words, &page);
                let plate = draw();
                assert_eq!(plate, draw());
                clean(&format!("multiples-{name}-{width_mm}"), &plate);
                let svg = export::svg(&plate.scene);
                assert_eq!(svg.matches("<use ").count(), 3 * (multiples.maps.len() - 1));
            }
        }
        let page = Page { width_mm: 180.0, ..Page::default() };
        let plate =
            multiples_map(&layers.base(), &incidents, &by_year, None, &Words::default(), &page);
        assert!(plate.remarks[0].contains("1 incident without a date"), "{:?}", plate.remarks);
        let svg = export::svg(&plate.scene);
        let headed: usize = (2010..2019)
            .map(|year| {
                let (_, rest) = svg.split_once(&format!(">{year} (")).unwrap();
                rest.split_once(')').unwrap().0.parse::<usize>().unwrap()
            })
            .sum();
        assert_eq!(headed, incidents.len() - 1);
    }

    #[test]
    fn many_years_share_maps_and_none_is_a_map_too() {
        let incidents: Vec<Incident> = (0..33)
            .map(|i| Incident {
                date: crate::model::Date::new(1989 + i, 1, 1).ok(),
                ..Incident::at(70.0, 33.0)
            })
            .collect();
        let multiples = multiples_by_year(&incidents);
        assert_eq!(multiples.maps.len(), 11);
        assert_eq!(multiples.maps[10].0, "2019–2021");
        assert_eq!(multiples.of[3], Some(1));
        let layers = Layers::bundled();
        let none = multiples_by_year(&[]);
        let page = Page { width_mm: 85.0, ..Page::default() };
        clean(
            "multiples-none",
            &multiples_map(&layers.base(), &[], &none, None, &Words::default(), &page),
        );
    }
}
