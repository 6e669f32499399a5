//! What the bars of a chart in time are stacked of, told apart by colour and, for print
//! in grey, by hatching.

use super::Theme;
use super::marks::categories;
use crate::analysis::Located;
use crate::figure::hatch::{Lean, hatch};
use crate::figure::map::lines_path;
use crate::figure::scene::{Colour, Group, Pt, Stroke, pt};
use crate::figure::style::Style;
use crate::model::{Border, Incident, Side};

/// What bars are stacked of.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesGroup {
    /// The word for it.
    pub label: String,
    /// Its colour.
    pub colour: Colour,
    /// Which of the hatchings its bars have, that print in grey may tell it apart; 0 for none.
    pub hatching: usize,
}

/// The sides of the line, "on the line" where an incident is, and the group of
/// each incident.
pub fn groups_by_side(
    border: &Border,
    located: &[Located],
    theme: Theme,
) -> (Vec<SeriesGroup>, Vec<usize>) {
    let style = theme.style();
    let of: Vec<usize> = located
        .iter()
        .map(|place| place.side.map_or(2, |side| usize::from(side == Side::Right)))
        .collect();
    let mut groups: Vec<SeriesGroup> = Side::BOTH
        .into_iter()
        .zip(style.sides)
        .map(|(side, colour)| SeriesGroup {
            label: border.country(side).to_owned(),
            colour,
            hatching: 0,
        })
        .collect();
    if of.contains(&2) {
        let label = "on the line".to_owned();
        groups.push(SeriesGroup { label, colour: style.soft, hatching: 0 });
    }
    (groups, of)
}

/// The categories of the incident map, in its colours, and that of each incident.
pub fn groups_by_category(incidents: &[Incident], theme: Theme) -> (Vec<SeriesGroup>, Vec<usize>) {
    let all: Vec<&Incident> = incidents.iter().collect();
    let (found, of) = categories(&all, theme == Theme::Dark);
    let group = |(hatching, c): (usize, super::marks::Category)| SeriesGroup {
        label: c.label,
        colour: c.colour,
        hatching,
    };
    (found.into_iter().enumerate().map(group).collect(), of)
}

/// The hatching of a number on rectangles: none, up, down, both; then wider apart.
pub(super) fn hatched(into: &mut Group, number: usize, rings: &[Vec<Pt>], style: &Style) {
    let (leans, spacing): (&[Lean], f64) = match number {
        0 => (&[], 1.0),
        1 => (&[Lean::Forward], 2.4),
        2 => (&[Lean::Back], 2.4),
        3 => (&[Lean::Forward, Lean::Back], 2.4),
        4 => (&[Lean::Forward], 3.8),
        5 => (&[Lean::Back], 3.8),
        _ => (&[Lean::Forward, Lean::Back], 3.8),
    };
    let stroke = Stroke { round: false, opacity: 0.65, ..Stroke::solid(style.page, 0.4) };
    for lean in leans {
        into.path(lines_path(&hatch(rings, spacing, *lean)), None, Some(stroke.clone()));
    }
}

/// A rectangle between two corners.
pub(super) fn ring(a: Pt, b: Pt) -> Vec<Pt> {
    vec![a, pt(b.x, a.y), b, pt(a.x, b.y)]
}
