//! How an incident looks: shape and colour by kind, area by people killed.

use crate::figure::palette::{CATEGORIES, lightness, mix};
use crate::figure::scale;
use crate::figure::scene::{Colour, Fill, Item, Path, Pt, Stroke};
use crate::figure::style::Style;
use crate::figure::symbol::Shape;
use crate::model::{Incident, Kind};
use std::collections::BTreeMap;

/// At most so many categories are told apart.
const CATEGORIES_MOST: usize = 7;

/// A category of incidents with its symbol.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Category {
    /// The word in the legend.
    pub label: String,
    /// Its shape.
    pub shape: Shape,
    /// Its colour.
    pub colour: Colour,
    /// Drawn open whatever the toll.
    pub open: bool,
    /// How many incidents.
    pub count: usize,
}

/// The categories of incidents and the category of each: the house kinds, or,
/// where most incidents of a source are of none of these, its own words, most
/// frequent first.
pub(crate) fn categories(incidents: &[&Incident], dark: bool) -> (Vec<Category>, Vec<usize>) {
    let (mut found, of) = if 2 * incidents.iter().filter(|i| i.kind != Kind::Other).count()
        >= incidents.len().max(1)
    {
        house_kinds(incidents)
    } else {
        own_words(incidents)
    };
    if dark {
        for category in &mut found {
            category.colour = on_dark(category.colour);
        }
    }
    (found, of)
}

/// Lighter on a dark page; the dark grey most of all.
pub(crate) fn on_dark(colour: Colour) -> Colour {
    mix(colour, Colour::hex(0xff_ffff), if lightness(colour) < 40.0 { 0.62 } else { 0.22 })
}

fn own_words(incidents: &[&Incident]) -> (Vec<Category>, Vec<usize>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for incident in incidents {
        *counts.entry(incident.category.trim()).or_default() += 1;
    }
    let mut ranked: Vec<(&str, usize)> = counts.into_iter().filter(|c| !c.0.is_empty()).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    // When all fit, none is called other; else the last place is for the rest.
    let unnamed = incidents.iter().any(|i| i.category.trim().is_empty());
    let named = if ranked.len() + usize::from(unnamed) <= CATEGORIES_MOST {
        ranked.len()
    } else {
        CATEGORIES_MOST - 1
    };
    let shapes = [
        Shape::Circle,
        Shape::TriangleDown,
        Shape::Diamond,
        Shape::Star,
        Shape::Square,
        Shape::Cross,
        Shape::Pentagon,
    ];
    let mut out: Vec<Category> = ranked[..named]
        .iter()
        .enumerate()
        .map(|(i, (label, count))| Category {
            label: (*label).to_owned(),
            shape: shapes[i],
            colour: CATEGORIES[i],
            open: false,
            count: *count,
        })
        .collect();
    let of: Vec<usize> = incidents
        .iter()
        .map(|incident| {
            let found = ranked[..named].iter().position(|(l, _)| *l == incident.category.trim());
            found.unwrap_or(named)
        })
        .collect();
    let rest = of.iter().filter(|i| **i == named).count();
    if rest > 0 {
        out.push(Category {
            label: if named == 0 { "incident" } else { "other" }.into(),
            shape: shapes[named],
            colour: CATEGORIES[if named == 0 { 0 } else { CATEGORIES_MOST - 1 }],
            open: false,
            count: rest,
        });
    }
    (out, of)
}

fn house_kinds(incidents: &[&Incident]) -> (Vec<Category>, Vec<usize>) {
    let mut out = Vec::new();
    let mut index = BTreeMap::new();
    for kind in Kind::ALL {
        let count = incidents.iter().filter(|i| i.kind == kind).count();
        if count > 0 {
            let (shape, colour) = match kind {
                Kind::Airstrike => (Shape::TriangleDown, CATEGORIES[1]),
                Kind::Raid => (Shape::Circle, CATEGORIES[0]),
                Kind::Clash => (Shape::Diamond, CATEGORIES[4]),
                Kind::Bombing => (Shape::Star, CATEGORIES[3]),
                Kind::Fence => (Shape::Square, CATEGORIES[2]),
                Kind::Closure => (Shape::Bar, CATEGORIES[6]),
                Kind::Other => (Shape::Pentagon, CATEGORIES[5]),
            };
            index.insert(kind, out.len());
            let open = kind == Kind::Fence;
            out.push(Category { label: kind.label().into(), shape, colour, open, count });
        }
    }
    let of = incidents.iter().filter_map(|i| index.get(&i.kind).copied()).collect();
    (out, of)
}

/// From people killed to a symbol's radius: its area is that of the smallest
/// symbol plus a share for each person, so that nobody killed has a size too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sizes {
    smallest: f64,
    /// Square points per person, over π.
    each: f64,
    /// The highest toll.
    pub highest: u32,
}

impl Sizes {
    /// For tolls up to `highest`, drawn with radii from `smallest` to `largest` points.
    pub fn new(highest: u32, smallest: f64, largest: f64) -> Sizes {
        let each = (largest.powi(2) - smallest.powi(2)) / f64::from(highest.max(1));
        // A single death must not look like a massacre where few were killed.
        Sizes { smallest, each: each.min(0.9), highest }
    }

    /// The radius for a toll; the smallest when it is unknown.
    pub fn radius(&self, killed: Option<u32>) -> f64 {
        (self.smallest.powi(2) + self.each * f64::from(killed.unwrap_or(0))).sqrt()
    }

    /// Three tolls for the legend, the last about the highest.
    pub fn examples(&self) -> Vec<u32> {
        let round = |value: f64| {
            let decade = 10f64.powf(value.max(1.0).log10().floor());
            let lead = value.max(1.0) / decade;
            let step = if lead >= 5.0 {
                5.0
            } else if lead >= 2.0 {
                2.0
            } else {
                1.0
            };
            (step * decade) as u32
        };
        let high = f64::from(self.highest.max(1));
        let mut three = vec![1, round(high / 6.0), round(high)];
        three.dedup();
        three
    }
}

/// The toll that a symbol shows: the best estimate, else the lowest count.
pub(crate) fn killed(incident: &Incident) -> Option<u32> {
    incident.fatalities.best.or(incident.fatalities.low)
}

/// Draws a symbol: solid, or hollow where the toll is unknown.
pub(crate) fn mark(
    category: &Category,
    at: Pt,
    radius: f64,
    known: bool,
    style: &Style,
) -> Vec<Item> {
    let colour = category.colour;
    let path = |r: f64| category.shape.path(at, r);
    let item =
        |path: Path, fill: Option<Fill>, stroke: Option<Stroke>| Item::Path { path, fill, stroke };
    let mitred =
        |colour: Colour, width: f64| Stroke { round: false, ..Stroke::solid(colour, width) };
    let ground = Fill { colour: style.page, opacity: 0.9 };
    if category.open || !known {
        // The stroke lies half outside: the same outer size as a solid symbol.
        let width = if category.open { 1.1 } else { 0.8 };
        let mut items = vec![item(path(radius - 0.3), Some(ground), Some(mitred(colour, width)))];
        if category.open && known {
            items.push(item(path(0.4 * radius), Some(Fill::solid(colour)), None));
        }
        return items;
    }
    vec![item(path(radius), Some(Fill::solid(colour)), Some(mitred(style.page, 0.35)))]
}

/// "1 incident", "1,234 incidents".
pub(super) fn counted(n: usize) -> String {
    format!("{} incident{}", scale::count(n), if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(category: &str, kind: Kind) -> Incident {
        Incident { category: category.into(), kind, ..Incident::at(70.0, 33.0) }
    }

    #[test]
    fn foreign_categories_are_ranked_and_the_rest_is_other() {
        let mut all = Vec::new();
        for (i, word) in ["a", "b", "c", "d", "e", "f", "g", "h", ""].iter().enumerate() {
            all.extend((0..10 - i).map(|_| incident(word, Kind::Other)));
        }
        let refs: Vec<&Incident> = all.iter().collect();
        let (found, of) = categories(&refs, false);
        assert_eq!(found.len(), 7);
        assert_eq!((found[0].label.as_str(), found[0].count), ("a", 10));
        assert_eq!((found[6].label.as_str(), found[6].count), ("other", 4 + 3 + 2));
        assert_eq!(of.len(), all.len());
        for (i, a) in found.iter().enumerate() {
            assert!(found[..i].iter().all(|b| a.shape != b.shape && a.colour != b.colour));
        }
        assert_eq!(found.iter().map(|c| c.count).sum::<usize>(), all.len());
    }

    #[test]
    fn house_kinds_win_where_half_of_the_incidents_have_one() {
        let all = [incident("x", Kind::Other), incident("drone", Kind::Airstrike)];
        let refs: Vec<&Incident> = all.iter().collect();
        let (found, of) = categories(&refs, false);
        assert_eq!(found[0].label, "airstrike or drone strike");
        assert_eq!(of, vec![1, 0]);
        // UCDP's types of violence would all be "other" but for clashes of armies.
        let all = [incident("x", Kind::Other), incident("x", Kind::Other), all[1].clone()];
        let (found, of) = categories(&all.iter().collect::<Vec<_>>(), false);
        assert_eq!(found[0].label, "x");
        assert_eq!(of, vec![0, 0, 1]);
    }

    #[test]
    fn area_grows_with_the_toll() {
        let sizes = Sizes::new(150, 2.0, 8.0);
        let area = |n| sizes.radius(Some(n)).powi(2);
        assert!((sizes.radius(Some(150)) - 8.0).abs() < 1e-12);
        assert_eq!(sizes.radius(None), sizes.radius(Some(0)));
        assert!(((area(100) - area(50)) - (area(150) - area(100))).abs() < 1e-9);
        assert_eq!(sizes.examples(), vec![1, 20, 100]);
    }
}
