//! Thousands of incidents: one circle for each place, its area growing with the
//! number of incidents there.

use super::basemap::Basemap;
use super::furnish::Data;
use super::marks::{counted, on_dark};
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::palette::CATEGORIES;
use crate::figure::scale;
use crate::figure::scene::{Fill, Group, Item, PT_PER_MM, Path, Pt, Stroke};
use crate::figure::style::Style;
use crate::geodesy::LonLat;
use crate::model::{Incident, Precision};
use std::collections::BTreeMap;

/// Draws the incidents at these indices.
pub(crate) fn graduated(
    ground: &Basemap,
    incidents: &[Incident],
    drawn: &[usize],
    mut remarks: Vec<String>,
) -> Data {
    let style = &ground.style;
    // Number, and number known to an area only.
    let mut places: BTreeMap<(u64, u64), (LonLat, usize, usize)> = BTreeMap::new();
    for &i in drawn {
        let at = incidents[i].at;
        let place = places.entry((at.lon().to_bits(), at.lat().to_bits())).or_insert((at, 0, 0));
        place.1 += 1;
        place.2 += usize::from(incidents[i].precision >= Some(Precision::District));
    }
    let most = places.values().map(|p| p.1).max().unwrap_or(1);
    let grow = (ground.map.rect.width() / (176.0 * PT_PER_MM)).clamp(0.7, 1.3);
    let radius = move |n: usize| 11.0 * grow * (n as f64 / most as f64).sqrt();
    let mut list: Vec<(LonLat, usize, usize)> = places.into_values().collect();
    // Stable, so that equal numbers keep the order of their coordinates.
    list.sort_by_key(|place| std::cmp::Reverse(place.1));
    let mut above = Group::named("incidents");
    let mut discs = Vec::new();
    for (at, n, loose) in &list {
        let at = ground.map.forward(*at);
        above.items.extend(circle(at, radius(*n), 2 * loose <= *n, style));
        discs.push((at, radius(*n)));
    }
    remarks.push(format!(
        "{} at {} places: one circle for each place, its area growing with their number.",
        counted(drawn.len()),
        scale::count(list.len())
    ));
    let examples = [1, most.div_ceil(20), most].map(nice);
    let mut marks: Vec<(Mark, f64, String)> = Vec::new();
    for n in examples {
        if marks.iter().all(|m| m.2 != scale::count(n)) {
            let (looks, r) = (style.clone(), radius(n));
            let mark: Mark = Box::new(move |at| circle(at, r, true, &looks));
            marks.push((mark, r.max(1.0), scale::count(n)));
        }
    }
    let mut entries = vec![Entry::Sizes(marks)];
    if list.iter().any(|p| 2 * p.2 > p.1) {
        let looks = style.clone();
        entries.push(Entry::Mark {
            mark: Box::new(move |at| circle(at, 3.0, false, &looks)),
            reach: (4.0, 3.2),
            label: "known to the district or worse".into(),
        });
    }
    Data {
        below: Group::default(),
        above,
        blocked: discs.clone(),
        symbols: discs.iter().copied().filter(|(_, r)| *r > 3.0).collect(),
        discs: discs.into_iter().map(|(p, r)| (p, r, 0.25 + 0.35 * r)).collect(),
        field: None,
        legend: Legend {
            sections: vec![Section { heading: "incidents at a place".into(), entries }],
        },
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

fn circle(at: Pt, radius: f64, precise: bool, style: &Style) -> Vec<Item> {
    let colour = if style.dark { on_dark(CATEGORIES[0]) } else { CATEGORIES[0] };
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
