//! Legends: sections of marks, swatches and sizes, stacked in a box on the map
//! or side by side below it.

use super::clip::Rect;
use super::scene::{Anchor, Colour, Fill, Group, Item, Path, Pt, Stroke, pt};
use super::style::Style;
use super::text;

/// Draws a mark around a point.
pub type Mark = Box<dyn Fn(Pt) -> Vec<Item>>;

/// A line of a legend.
pub enum Entry {
    /// A mark and what it means.
    Mark {
        /// Draws it.
        mark: Mark,
        /// Its half width and half height, points.
        reach: (f64, f64),
        /// What it means.
        label: String,
    },
    /// Marks in a row with a word under each.
    Sizes(Vec<(Mark, f64, String)>),
    /// Abutting swatches, the lower break under each one's left edge; the last
    /// is open above, and so below is one whose break is empty.
    Swatches {
        /// Colours, lowest class first.
        colours: Vec<Colour>,
        /// 0 to 1.
        opacity: f64,
        /// The lower break of each.
        breaks: Vec<String>,
        /// What the first and the last mean, in words below; empty for none.
        ends: [String; 2],
    },
    /// Words in small type.
    Note(String),
}

/// Entries under a heading.
pub struct Section {
    /// The first line: for numbers, their unit. Empty for none.
    pub heading: String,
    /// What follows.
    pub entries: Vec<Entry>,
}

/// How the sections stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrangement {
    /// One below the other in a box with a ground of its own.
    Boxed,
    /// Side by side in columns, wrapping at a width in points; no box.
    Strip(f64),
}

/// A legend.
pub struct Legend {
    /// Its parts, in order.
    pub sections: Vec<Section>,
}

const PADDING: f64 = 5.0;
/// Between the sections, points.
const BETWEEN: f64 = 6.0;
/// Between the columns of a strip, points.
const COLUMNS: f64 = 14.0;
const SWATCH: (f64, f64) = (19.0, 7.0);

impl Legend {
    /// Room needed, points: width and height.
    pub fn size(&self, arrangement: Arrangement, style: &Style) -> (f64, f64) {
        let all = Rect::of(
            self.places(arrangement, style)
                .into_iter()
                .zip(&self.sections)
                .map(|(at, section)| {
                    let (w, h) = section_size(section, style);
                    pt(at.x + w, at.y + h)
                })
                .chain([pt(0.0, 0.0)]),
        );
        let (w, h) = all.map_or((0.0, 0.0), |r| (r.width(), r.height()));
        match arrangement {
            Arrangement::Boxed => (w + PADDING, h + PADDING),
            Arrangement::Strip(_) => (w, h),
        }
    }

    /// Top left corners of the sections, for a legend at the origin.
    fn places(&self, arrangement: Arrangement, style: &Style) -> Vec<Pt> {
        let mut places = Vec::new();
        match arrangement {
            Arrangement::Boxed => {
                let mut y = PADDING;
                for section in &self.sections {
                    places.push(pt(PADDING, y));
                    y += section_size(section, style).1 + BETWEEN;
                }
            }
            Arrangement::Strip(width) => {
                let sizes: Vec<(f64, f64)> =
                    self.sections.iter().map(|s| section_size(s, style)).collect();
                return strip(&sizes, width);
            }
        }
        places
    }

    /// Draws it with its top left corner at a point.
    pub fn draw(&self, at: Pt, arrangement: Arrangement, style: &Style) -> Group {
        let mut group = Group::named("legend");
        if arrangement == Arrangement::Boxed {
            let (w, h) = self.size(arrangement, style);
            let ground = Fill { colour: style.page, opacity: 0.96 };
            group.path(Path::rect(at.x, at.y, w, h), Some(ground), None);
        }
        for (place, section) in self.places(arrangement, style).into_iter().zip(&self.sections) {
            draw_section(section, pt(at.x + place.x, at.y + place.y), style, &mut group);
        }
        group
    }
}

/// Sections of these sizes in columns side by side: as low as the width allows.
fn strip(sizes: &[(f64, f64)], width: f64) -> Vec<Pt> {
    let set = |height: f64| -> (Vec<Pt>, bool) {
        let (mut x, mut y, mut column) = (0.0, 0.0, 0.0_f64);
        let places = sizes
            .iter()
            .map(|(w, h)| {
                if y > 0.0 && y + h > height + 1e-9 {
                    (x, y, column) = (x + column + COLUMNS, 0.0, 0.0);
                }
                let at = pt(x, y);
                y += h + BETWEEN;
                column = column.max(*w);
                at
            })
            .collect();
        (places, x + column <= width)
    };
    // The height of some run of sections is the least that sets them so.
    let mut heights: Vec<f64> = (0..sizes.len())
        .flat_map(|from| {
            sizes[from..].iter().scan(-BETWEEN, |sum, (_, h)| {
                *sum += h + BETWEEN;
                Some(*sum)
            })
        })
        .collect();
    heights.sort_by(f64::total_cmp);
    let tallest = sizes.iter().map(|s| s.1).fold(0.0, f64::max);
    let fitting = heights.iter().filter(|h| **h >= tallest - 1e-9).map(|h| set(*h));
    let found = fitting.into_iter().find(|(_, fits)| *fits);
    found.map_or_else(|| set(f64::INFINITY).0, |(places, _)| places)
}

fn heading_height(section: &Section, style: &Style) -> f64 {
    if section.heading.is_empty() { 0.0 } else { 1.45 * style.heading.size }
}

/// The width of the column of marks of a section.
fn gutter(section: &Section) -> f64 {
    section
        .entries
        .iter()
        .map(|e| if let Entry::Mark { reach, .. } = e { 2.0 * reach.0 } else { 0.0 })
        .fold(0.0, f64::max)
}

fn entry_size(entry: &Entry, gutter: f64, style: &Style) -> (f64, f64) {
    let line = 1.42 * style.label.size;
    match entry {
        Entry::Mark { reach, label, .. } => {
            (gutter + 4.0 + text::width(label, &style.label), line.max(2.0 * reach.1 + 1.2))
        }
        Entry::Sizes(marks) => {
            let tallest = marks.iter().map(|m| m.1).fold(0.0, f64::max);
            let width: f64 = marks.iter().map(|m| size_width(m, style)).sum();
            (width, 2.0 * tallest + 3.5 + style.label.size)
        }
        Entry::Swatches { colours, breaks, ends, .. } => {
            let wide = SWATCH.0 * colours.len() as f64;
            let lines = if ends.concat().is_empty() { 1.55 } else { 2.7 };
            (first_break(breaks, style) + wide, SWATCH.1 + lines * style.label.size)
        }
        Entry::Note(words) => (text::width(words, &style.label), line),
    }
}

/// How far the first break reaches out to the left of its swatch.
fn first_break(breaks: &[String], style: &Style) -> f64 {
    breaks.first().map_or(0.0, |b| 0.5 * text::width(b, &style.label))
}

fn size_width(mark: &(Mark, f64, String), style: &Style) -> f64 {
    (2.0 * mark.1).max(text::width(&mark.2, &style.label)) + 7.0
}

fn section_size(section: &Section, style: &Style) -> (f64, f64) {
    let gutter = gutter(section);
    let heading = text::width(&section.heading, &style.heading);
    section.entries.iter().fold((heading, heading_height(section, style)), |(w, h), entry| {
        let (ew, eh) = entry_size(entry, gutter, style);
        (w.max(ew), h + eh)
    })
}

fn draw_section(section: &Section, at: Pt, style: &Style, group: &mut Group) {
    let gutter = gutter(section);
    if !section.heading.is_empty() {
        let baseline = at.y + 0.86 * style.heading.size;
        group.text(
            section.heading.clone(),
            pt(at.x, baseline),
            Anchor::Start,
            style.heading.clone(),
        );
    }
    let label = super::scene::TextStyle { colour: style.ink, ..style.label.clone() };
    let mut y = at.y + heading_height(section, style);
    for entry in &section.entries {
        let height = entry_size(entry, gutter, style).1;
        let middle = y + 0.5 * height;
        let baseline = middle + 0.5 * text::metrics(&label).x_height + 0.05 * label.size;
        match entry {
            Entry::Mark { mark, label: words, .. } => {
                group.items.extend(mark(pt(at.x + 0.5 * gutter, middle)));
                let x = at.x + gutter + 4.0;
                group.text(words.clone(), pt(x, baseline), Anchor::Start, label.clone());
            }
            Entry::Sizes(marks) => {
                let tallest = marks.iter().map(|m| m.1).fold(0.0, f64::max);
                let mut x = at.x;
                for entry in marks {
                    let (mark, radius, words) = entry;
                    let w = size_width(entry, style);
                    let centre = x + 0.5 * (w - 7.0);
                    // All stand on one line.
                    group.items.extend(mark(pt(centre, y + 2.0 * tallest - radius)));
                    let below = pt(centre, y + height - 2.0 - 0.1 * label.size);
                    group.text(words.clone(), below, Anchor::Middle, label.clone());
                    x += w;
                }
            }
            Entry::Swatches { colours, opacity, breaks, ends } => {
                let x0 = at.x + first_break(breaks, style);
                for (i, colour) in colours.iter().enumerate() {
                    let x = x0 + SWATCH.0 * i as f64;
                    let fill = Fill { colour: *colour, opacity: *opacity };
                    group.path(Path::rect(x, y, SWATCH.0, SWATCH.1), Some(fill), None);
                }
                let tick = Stroke { round: false, ..Stroke::solid(style.soft, 0.35) };
                for (i, value) in breaks.iter().enumerate().filter(|(_, b)| !b.is_empty()) {
                    let x = x0 + SWATCH.0 * i as f64;
                    group.path(
                        Path::open([pt(x, y), pt(x, y + SWATCH.1 + 1.4)]),
                        None,
                        Some(tick.clone()),
                    );
                    let below = pt(x, y + SWATCH.1 + 1.4 + label.size);
                    group.text(value.clone(), below, Anchor::Middle, label.clone());
                }
                let below = y + SWATCH.1 + 1.4 + 2.15 * label.size;
                let x1 = x0 + SWATCH.0 * colours.len() as f64;
                for (words, x, anchor) in
                    [(&ends[0], x0, Anchor::Start), (&ends[1], x1, Anchor::End)]
                {
                    if !words.is_empty() {
                        group.text(words.clone(), pt(x, below), anchor, style.label.clone());
                    }
                }
            }
            Entry::Note(words) => {
                let soft = style.label.clone();
                group.text(words.clone(), pt(at.x, baseline), Anchor::Start, soft);
            }
        }
        y += height;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::scene::Scene;
    use crate::figure::style;

    #[test]
    fn the_room_it_asks_for_holds_all_its_text() {
        let style = style::light();
        let dot = |r: f64| -> Mark {
            Box::new(move |at| {
                vec![Item::Path {
                    path: Path::circle(at, r),
                    fill: Some(Fill::solid(Colour::hex(0))),
                    stroke: None,
                }]
            })
        };
        let legend = Legend {
            sections: vec![
                Section {
                    heading: "incidents per 1,000 km² per year".into(),
                    entries: vec![Entry::Swatches {
                        colours: vec![Colour::hex(0xff_0000); 6],
                        opacity: 0.9,
                        breaks: ["0.02", "0.05", "0.1", "0.2", "0.5", "1"].map(String::from).into(),
                        ends: ["few", "many"].map(String::from),
                    }],
                },
                Section {
                    heading: "people killed".into(),
                    entries: vec![
                        Entry::Sizes(vec![
                            (dot(2.0), 2.0, "1".into()),
                            (dot(6.0), 6.0, "100".into()),
                        ]),
                        Entry::Mark {
                            mark: dot(2.0),
                            reach: (2.0, 2.0),
                            label: "toll unknown".into(),
                        },
                        Entry::Note("one symbol for each incident".into()),
                    ],
                },
            ],
        };
        for arrangement in
            [Arrangement::Boxed, Arrangement::Strip(400.0), Arrangement::Strip(150.0)]
        {
            let (w, h) = legend.size(arrangement, &style);
            let scene = Scene {
                width: w,
                height: h,
                background: style.page,
                title: String::new(),
                description: String::new(),
                provenance: String::new(),
                root: legend.draw(pt(0.0, 0.0), arrangement, &style),
            };
            let boxes = text::boxes(&scene);
            assert_eq!(boxes.len(), 14);
            for (i, b) in boxes.iter().enumerate() {
                assert!(b.is_inside(w, h), "{arrangement:?}: {} leaves {w} × {h}", b.text);
                assert!(boxes[..i].iter().all(|other| !other.overlaps(b)), "{}", b.text);
            }
        }
    }
}
