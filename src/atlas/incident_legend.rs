//! The legend of the incident map.

use super::clusters::{Cluster, TOGETHER_MOST, dashed_ring, number_disc, soft_disc};
use super::marks::{Category, Sizes, killed, mark};
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::scale;
use crate::figure::style::Style;
use crate::figure::symbol::Shape;
use crate::model::{Incident, Precision};

/// Kinds, tolls and precisions, of each only what is on the map.
pub(crate) fn legend(
    kinds: &[Category],
    sizes: &Sizes,
    clusters: &[Cluster],
    shown: &[&Incident],
    together: bool,
    near_radius_m: f64,
    style: &Style,
) -> Legend {
    let of = |category: Category, radius: f64, known: bool| -> Mark {
        let style = style.clone();
        Box::new(move |at| mark(&category, at, radius, known, &style))
    };
    let mut entries: Vec<Entry> = kinds
        .iter()
        .map(|kind| Entry::Mark {
            mark: of(kind.clone(), 2.7, !kind.open),
            reach: (4.2, 3.2),
            label: format!("{} ({})", kind.label, scale::count(kind.count)),
        })
        .collect();
    if together {
        let looks = style.clone();
        entries.push(Entry::Mark {
            mark: Box::new(move |at| number_disc(at, 4.6, "n", &looks)),
            reach: (4.6, 4.6),
            label: format!("more than {TOGETHER_MOST} at one place"),
        });
    }
    let mut sections = vec![Section { heading: "incidents, by kind".into(), entries }];

    let grey = Category {
        label: String::new(),
        shape: Shape::Circle,
        colour: style.soft,
        open: false,
        count: 0,
    };
    let mut entries = Vec::new();
    if shown.iter().any(|i| killed(i).is_some_and(|n| n > 0)) {
        entries.push(Entry::Sizes(
            sizes
                .examples()
                .into_iter()
                .map(|n| {
                    let r = sizes.radius(Some(n));
                    (of(grey.clone(), r, true), r, scale::count(n as usize))
                })
                .collect(),
        ));
    }
    if shown.iter().any(|i| killed(i).is_none()) {
        entries.push(Entry::Mark {
            mark: of(grey.clone(), sizes.radius(None), false),
            reach: (4.2, 3.2),
            label: "number not known".into(),
        });
    }
    if !entries.is_empty() {
        sections.push(Section { heading: "people killed".into(), entries });
    }

    let mut entries = Vec::new();
    if clusters.iter().any(|c| c.near) {
        let (looks, grey) = (style.clone(), grey.clone());
        entries.push(Entry::Mark {
            mark: Box::new(move |at| {
                let mut items = soft_disc(at, 5.4, 1.0, &looks);
                items.extend(mark(&grey, at, 2.0, true, &looks));
                items
            }),
            reach: (5.4, 5.4),
            label: format!("about {} km", scale::number(near_radius_m / 1000.0, 0)),
        });
    }
    let is = |p: Precision| shown.iter().any(|i| i.precision == Some(p));
    if clusters.iter().any(|c| c.ringed) {
        let (looks, grey) = (style.clone(), grey);
        entries.push(Entry::Mark {
            mark: Box::new(move |at| {
                let mut items = vec![dashed_ring(at, 4.4, &looks)];
                items.extend(mark(&grey, at, 2.0, true, &looks));
                items
            }),
            reach: (5.4, 4.8),
            label: match (is(Precision::District), is(Precision::Province)) {
                (true, true) => "the district or province",
                (false, true) => "the province",
                _ => "the district",
            }
            .into(),
        });
    }
    if !entries.is_empty() {
        sections.push(Section { heading: "place known to".into(), entries });
    }
    Legend { sections }
}
