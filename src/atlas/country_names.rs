//! The countries' names: faint, widely spaced, and the first to give way.

use super::basemap::Basemap;
use super::labels::{SEED, legible, length_inside, visible, within};
use crate::figure::clip::area;
use crate::figure::corner::Field;
use crate::figure::label::{Candidate, Label, Obstacles, place};
use crate::figure::scene::{PT_PER_MM, Pt, TextStyle};
use crate::model::{Named, Side};

/// What it costs to leave out a country's name: more than another way to set a
/// few provinces', less than most provinces' own.
const COUNTRY: f64 = 56.0;

/// What it costs a name on a small map to stand beneath a disc of the data.
const COVERED: f64 = 2.0;

/// The countries' names alone, for maps with no room for more.
pub(crate) fn countries(ground: &Basemap, busy: impl Iterator<Item = (Pt, f64)>) -> Vec<Candidate> {
    let line = ground.line.clone();
    let discs = busy.map(|(at, radius)| (at, radius, COVERED)).collect();
    let obstacles = Obstacles { lines: vec![(line, 4.0)], discs, ..Obstacles::default() };
    let labels = of_countries(ground, &[], None);
    let found = place(&labels, &obstacles, ground.map.rect.grown(-1.5), SEED);
    let chosen = labels.iter().zip(found);
    chosen.filter_map(|(label, which)| which.map(|c| label.candidates[c].clone())).collect()
}

/// How much more it costs a country's name than another to stand on a surface: it is
/// beneath, and would be half seen.
const BENEATH: f64 = 10.0;

/// Ways to set the countries' names, where there is room for one.
pub(super) fn of_countries(
    ground: &Basemap,
    edges: &[Vec<Pt>],
    field: Option<&Field>,
) -> Vec<Label> {
    let wide_mm = ground.map.rect.width() / PT_PER_MM;
    Side::BOTH
        .into_iter()
        .filter_map(|side| {
            let rings = visible(&ground.lands[usize::from(side == Side::Right)], ground.map.rect);
            if rings.iter().map(|r| area(r)).sum::<f64>() < 2500.0 {
                return None;
            }
            let name = ground.base.border.country(side);
            let shown = ground.base.names.of(Named::Country, name).to_uppercase();
            let looks = legible(&shown, &ground.style.country_name);
            let sizes: &[f64] = match wide_mm {
                mm if mm < 50.0 => &[0.64],
                mm if mm < 106.0 => &[0.78],
                _ => &[1.0, 0.88],
            };
            // On small maps letters may stand closer.
            let closer: &[f64] = if wide_mm < 106.0 { &[1.0, 0.45] } else { &[1.0] };
            let candidates = sizes
                .iter()
                .flat_map(|size| closer.iter().map(move |closer| (size, closer)))
                .flat_map(|(size, closer)| {
                    let style = TextStyle {
                        size: size * looks.size,
                        letter_spacing: size * closer * looks.letter_spacing,
                        ..looks.clone()
                    };
                    let cost = 18.0 * (1.0 - size) + 8.0 * (1.0 - closer);
                    within(&rings, std::slice::from_ref(&shown), &style, cost, 0.0)
                })
                .map(|mut candidate| {
                    for b in &mut candidate.boxes {
                        // Wide letters want more air, and fewer edges through them.
                        *b = b.grown(1.8);
                        candidate.cost += 0.45 * length_inside(edges, *b);
                        candidate.cost += BENEATH * field.map_or(0.0, |field| field.sum(*b));
                    }
                    candidate
                })
                .collect();
            Some(Label { name: name.to_owned(), importance: COUNTRY, candidates })
        })
        .collect()
}
