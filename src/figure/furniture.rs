//! What stands round every figure: title, subtitle, notes and credits, wrapped to
//! the width. Maps and charts share it.

use super::scene::{Anchor, Group, PT_PER_MM, Scene, TextStyle, pt};
use super::style::{MARGIN, Style};
use super::text;

/// A page with its words laid out: the body goes between [`Frame::top`] and
/// wherever it ends, from [`Frame::left`] to [`Frame::right`].
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Width of the page, points.
    pub width: f64,
    /// Left edge of the body.
    pub left: f64,
    /// Right edge of the body.
    pub right: f64,
    /// Top edge of the body, below title and subtitle.
    pub top: f64,
    title: String,
    header: Group,
    notes: Vec<String>,
    style: Style,
}

impl Frame {
    /// Lays out the words for a page of `width_mm`. Empty words take no room.
    pub fn new(
        width_mm: f64,
        style: &Style,
        title: &str,
        subtitle: &str,
        notes: &[String],
    ) -> Frame {
        let width = width_mm * PT_PER_MM;
        let (left, right) = (MARGIN, width - MARGIN);
        let mut header = Group::named("header");
        let top = self::header(&mut header, style, width, title, subtitle);
        let notes = note_lines(style, width, notes);
        Frame {
            width,
            left,
            right,
            top,
            title: title.to_owned(),
            header,
            notes,
            style: style.clone(),
        }
    }

    /// Width of the body, points.
    pub fn body_width(&self) -> f64 {
        self.right - self.left
    }

    /// Height that notes and the lower margin take below the body, points.
    pub fn footer_height(&self) -> f64 {
        lines_height(&self.style, self.notes.len())
    }

    /// The finished page for a body that ends at `bottom`.
    pub fn close(self, body: Group, bottom: f64, description: &str, provenance: &str) -> Scene {
        let height = bottom + self.footer_height();
        let mut footer = Group::named("notes");
        put_lines(&mut footer, &self.style, bottom, &self.notes);
        let mut root = Group::default();
        let groups = [body, self.header, footer];
        groups
            .into_iter()
            .filter(|group| !group.items.is_empty())
            .for_each(|group| root.group(group));
        Scene {
            width: self.width,
            height,
            background: self.style.page,
            title: self.title,
            description: description.to_owned(),
            provenance: provenance.to_owned(),
            root,
        }
    }
}

/// Draws title and subtitle at the top of a page of a width in points, and
/// returns the y where the body may begin.
pub fn header(group: &mut Group, style: &Style, width: f64, title: &str, subtitle: &str) -> f64 {
    let room = width - 2.0 * MARGIN;
    let mut y = MARGIN;
    let title_style = title_style(style, width);
    for (words, looks, lead, gap) in
        [(title, &title_style, 1.22, 3.4), (subtitle, &style.subtitle, 1.36, 5.5)]
    {
        for (i, line) in text::wrap_even(words, looks, room).into_iter().enumerate() {
            y += if i == 0 { text::metrics(looks).cap_height } else { lead * looks.size };
            group.text(line, pt(MARGIN, y), Anchor::Start, looks.clone());
        }
        if !words.trim().is_empty() {
            y += 0.24 * looks.size + gap; // descenders, then air
        }
    }
    y
}

/// A title on a narrow page is a little smaller.
fn title_style(style: &Style, width: f64) -> TextStyle {
    let size = if width < 110.0 * PT_PER_MM { style.title.size - 1.0 } else { style.title.size };
    TextStyle { size, ..style.title.clone() }
}

/// Height in points that notes take below a body, with the lower margin.
pub fn footer_height(style: &Style, width: f64, notes: &[String]) -> f64 {
    lines_height(style, note_lines(style, width, notes).len())
}

/// Draws notes below a body that ends at `bottom`, on a page of a width in points.
pub fn footer(group: &mut Group, style: &Style, width: f64, bottom: f64, notes: &[String]) {
    put_lines(group, style, bottom, &note_lines(style, width, notes));
}

const NOTE_LEAD: f64 = 1.38;
const NOTE_GAP: f64 = 6.0;

fn note_lines(style: &Style, width: f64, notes: &[String]) -> Vec<String> {
    notes.iter().flat_map(|note| text::wrap(note, &style.notes, width - 2.0 * MARGIN)).collect()
}

fn lines_height(style: &Style, lines: usize) -> f64 {
    if lines == 0 {
        return MARGIN;
    }
    let measure = text::metrics(&style.notes);
    let between = (lines - 1) as f64 * NOTE_LEAD * style.notes.size;
    NOTE_GAP + measure.cap_height + between + 0.24 * style.notes.size + MARGIN
}

fn put_lines(group: &mut Group, style: &Style, bottom: f64, lines: &[String]) {
    let first = bottom + NOTE_GAP + text::metrics(&style.notes).cap_height;
    for (i, line) in lines.iter().enumerate() {
        let y = first + i as f64 * NOTE_LEAD * style.notes.size;
        group.text(line.clone(), pt(MARGIN, y), Anchor::Start, style.notes.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::style;

    #[test]
    fn words_stay_on_the_page_at_every_width() {
        let title = "Where organised violence in Pakistan met the Durand Line, 1989–2021";
        let subtitle =
            "Events with at least one death, per 1,000 km² and year · 6,102 of 6,416 events";
        let notes =
            ["Kernel density on an equal-area projection. ".repeat(4), "UCDP GED 22.1".to_owned()];
        for mm in [60.0, 85.0, 120.0, 180.0, 260.0] {
            let frame = Frame::new(mm, &style::light(), title, subtitle, &notes);
            let bottom = frame.top + 50.0;
            let height = bottom + frame.footer_height();
            let scene = frame.close(Group::default(), bottom, "", "");
            assert_eq!(scene.height, height);
            let boxes = text::boxes(&scene);
            assert!(
                boxes
                    .iter()
                    .all(|b| b.is_inside(scene.width - MARGIN + 0.01, scene.height - MARGIN + 1.0))
            );
            for (i, a) in boxes.iter().enumerate() {
                assert!(boxes[..i].iter().all(|b| !a.overlaps(b)), "{} at {mm} mm", a.text);
                assert!(a.quads[0].iter().all(|p| p.y < bottom - 50.0 || p.y > bottom));
            }
        }
    }

    #[test]
    fn no_words_take_no_room() {
        let frame = Frame::new(85.0, &style::light(), "", "", &[]);
        assert_eq!((frame.top, frame.footer_height()), (MARGIN, MARGIN));
    }
}
