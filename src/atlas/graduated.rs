//! Thousands of incidents: one circle for each place, its area growing with the
//! number of incidents there.

use super::basemap::Basemap;
use super::furnish::Data;
use super::marks::{counted, on_dark};
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::palette::CATEGORIES;
use crate::figure::scale;
use crate::figure::scene::{Colour, Fill, Group, Item, PT_PER_MM, Path, Pt, Stroke};
use crate::figure::style::Style;
use crate::geodesy::LonLat;
use crate::model::{Incident, Precision};
use std::collections::BTreeMap;

/// Radius of the largest circle on a map as wide as a page, points.
const LARGEST: f64 = 11.0;

/// Circles for places: how many incidents there are at the most, and how large
/// that circle is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Circles {
    /// The highest number at one place.
    pub most: usize,
    /// Its radius, points.
    pub largest: f64,
    /// Their colour.
    pub colour: Colour,
}

/// Incidents at one place: how many, and how many known to an area only.
pub(crate) struct AtPlace {
    at: LonLat,
    count: usize,
    loose: usize,
}

/// Incidents by place, the most first, equal numbers in the order of their
/// coordinates.
pub(crate) fn by_place(incidents: &[Incident], drawn: &[usize]) -> Vec<AtPlace> {
    let mut places: BTreeMap<(u64, u64), AtPlace> = BTreeMap::new();
    for &i in drawn {
        let at = incidents[i].at;
        let place = places.entry((at.lon().to_bits(), at.lat().to_bits())).or_insert(AtPlace {
            at,
            count: 0,
            loose: 0,
        });
        place.count += 1;
        place.loose += usize::from(incidents[i].precision >= Some(Precision::District));
    }
    let mut list: Vec<AtPlace> = places.into_values().collect();
    list.sort_by_key(|place| std::cmp::Reverse(place.count));
    list
}

impl AtPlace {
    /// Whether most of them are known to an area only.
    fn is_loose(&self) -> bool {
        2 * self.loose > self.count
    }

    /// How many incidents.
    pub fn count(&self) -> usize {
        self.count
    }
}

impl Circles {
    /// The colour of circles that stand for incidents of all kinds.
    pub fn colour(style: &Style) -> Colour {
        if style.dark { on_dark(CATEGORIES[0]) } else { CATEGORIES[0] }
    }

    fn radius(&self, count: usize) -> f64 {
        self.largest * (count as f64 / self.most.max(1) as f64).sqrt()
    }

    /// A circle for each place; also where they are and how large.
    pub fn draw(&self, ground: &Basemap, places: &[AtPlace]) -> (Group, Vec<(Pt, f64)>) {
        let mut above = Group::named("incidents");
        let mut discs = Vec::new();
        for place in places {
            let (at, radius) = (ground.map.forward(place.at), self.radius(place.count));
            above.items.extend(circle(at, radius, !place.is_loose(), self.colour, &ground.style));
            discs.push((at, radius));
        }
        (above, discs)
    }

    /// What their size means, and what a hollow one does where there is any.
    pub fn key<'a>(&self, mut places: impl Iterator<Item = &'a AtPlace>, style: &Style) -> Section {
        let scale_of = *self;
        let examples = [1, self.most.div_ceil(20), self.most].map(nice);
        let mut marks: Vec<(Mark, f64, String)> = Vec::new();
        for n in examples {
            if marks.iter().all(|m| m.2 != scale::count(n)) {
                let (looks, r) = (style.clone(), self.radius(n));
                let mark: Mark = Box::new(move |at| circle(at, r, true, scale_of.colour, &looks));
                marks.push((mark, r.max(1.0), scale::count(n)));
            }
        }
        let mut entries = vec![Entry::Sizes(marks)];
        if places.any(AtPlace::is_loose) {
            let looks = style.clone();
            entries.push(Entry::Mark {
                mark: Box::new(move |at| circle(at, 3.0, false, scale_of.colour, &looks)),
                reach: (4.0, 3.2),
                label: "known to the district or worse".into(),
            });
        }
        Section { heading: "incidents at a place".into(), entries }
    }
}

/// Draws the incidents at these indices.
pub(crate) fn graduated(
    ground: &Basemap,
    incidents: &[Incident],
    drawn: &[usize],
    mut remarks: Vec<String>,
) -> Data {
    let places = by_place(incidents, drawn);
    let grow = (ground.map.rect.width() / (176.0 * PT_PER_MM)).clamp(0.7, 1.3);
    let circles = Circles {
        most: places.first().map_or(1, AtPlace::count),
        largest: LARGEST * grow,
        colour: Circles::colour(&ground.style),
    };
    let (above, discs) = circles.draw(ground, &places);
    remarks.push(format!(
        "{} at {} places: one circle for each place, its area growing with their number.",
        counted(drawn.len()),
        scale::count(places.len())
    ));
    Data {
        below: Group::default(),
        above,
        blocked: discs.clone(),
        symbols: discs.iter().copied().filter(|(_, r)| *r > 3.0).collect(),
        discs: discs.into_iter().map(|(p, r)| (p, r, 0.25 + 0.35 * r)).collect(),
        field: None,
        legend: Legend { sections: vec![circles.key(places.iter(), &ground.style)] },
        remarks,
    }
}

/// The greatest of 1, 2, 5 × 10ⁿ that is not above a number.
fn nice(n: usize) -> usize {
    let mut best = 1;
    let mut decade = 1;
    while decade <= n {
        for step in [1, 2, 5] {
            if step * decade <= n {
                best = step * decade;
            }
        }
        decade *= 10;
    }
    best
}

fn circle(at: Pt, radius: f64, precise: bool, colour: Colour, style: &Style) -> Vec<Item> {
    let radius = radius.max(0.7);
    let (fill, stroke) = if precise {
        (0.55, Stroke { opacity: 0.9, ..Stroke::solid(style.page, 0.3) })
    } else {
        (0.08, Stroke { opacity: 0.8, ..Stroke::solid(colour, 0.5) })
    };
    let fill = Some(Fill { colour, opacity: fill });
    vec![Item::Path { path: Path::circle(at, radius), fill, stroke: Some(stroke) }]
}

#[cfg(test)]
mod tests {
    use super::nice;

    #[test]
    fn examples_are_round_and_not_above() {
        for (n, expected) in [(0, 1), (1, 1), (4, 2), (9, 5), (10, 10), (199, 100), (5_000, 5_000)]
        {
            assert_eq!(nice(n), expected);
        }
    }
}
