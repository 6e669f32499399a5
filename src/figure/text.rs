//! Measuring text with the embedded fonts, breaking it into lines, and the boxes
//! that a scene's text covers. All lengths are points.

use super::font::{Measured, measured};
use super::joined;
use super::scene::{Anchor, Group, Item, Path, Pt, Scene, Step, TextStyle, pt};

/// Vertical measures of a style, points, all positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// From the baseline to the top of the line.
    pub ascent: f64,
    /// From the baseline to the bottom of the line.
    pub descent: f64,
    /// Height of a capital.
    pub cap_height: f64,
    /// Height of a small x.
    pub x_height: f64,
}

/// The vertical measures of a style.
pub fn metrics(style: &TextStyle) -> Metrics {
    let face = &measured(style.face).face;
    let em = style.size / f64::from(face.units_per_em());
    let of = |units: Option<i16>, otherwise: f64| {
        units.map_or(otherwise * style.size, |u| f64::from(u) * em)
    };
    Metrics {
        ascent: f64::from(face.ascender()) * em,
        descent: -f64::from(face.descender()) * em,
        cap_height: of(face.capital_height(), 0.714),
        x_height: of(face.x_height(), 0.536),
    }
}

/// Width of a line of text, kerned, with letter-spacing between the letters and
/// none after the last. A character that the font lacks counts as half an em.
/// Joined letters are as wide as the shaper sets them.
pub fn width(text: &str, style: &TextStyle) -> f64 {
    if joined::is_joined(text) {
        return joined::extent(text, style).width;
    }
    let mut end = 0.0;
    walk(text, style, |_, _, pen| end = pen);
    end
}

/// The box that the ink of a line of text covers, relative to its start on the
/// baseline, y down: left, top, right, bottom. `None` for blank text.
pub fn ink(text: &str, style: &TextStyle) -> Option<[f64; 4]> {
    if joined::is_joined(text) {
        return joined::extent(text, style).ink;
    }
    let face = &measured(style.face).face;
    let em = style.size / f64::from(face.units_per_em());
    let mut covered: Option<[f64; 4]> = None;
    walk(text, style, |glyph, start, _| {
        let Some(bounds) = glyph.and_then(|glyph| face.glyph_bounding_box(glyph)) else { return };
        let next = [
            start + f64::from(bounds.x_min) * em,
            -f64::from(bounds.y_max) * em,
            start + f64::from(bounds.x_max) * em,
            -f64::from(bounds.y_min) * em,
        ];
        covered = Some(match covered {
            None => next,
            Some(c) => [c[0].min(next[0]), c[1].min(next[1]), c[2].max(next[2]), c[3].max(next[3])],
        });
    });
    covered
}

/// Calls back with each glyph, where it starts and where its advance ends.
fn walk(
    text: &str,
    style: &TextStyle,
    mut each: impl FnMut(Option<ttf_parser::GlyphId>, f64, f64),
) {
    let font: &Measured = measured(style.face);
    let em = style.size / f64::from(font.face.units_per_em());
    let mut pen = 0.0;
    let mut before = None;
    for letter in text.chars() {
        let glyph = font.glyph(letter);
        if let Some(before) = before {
            pen += style.letter_spacing;
            if let (Some(before), Some(glyph)) = (before, glyph) {
                pen += f64::from(font.kerning(before, glyph)) * em;
            }
        }
        let advance = glyph.and_then(|glyph| font.face.glyph_hor_advance(glyph));
        let start = pen;
        pen += advance.map_or(0.5 * style.size, |units| f64::from(units) * em);
        each(glyph, start, pen);
        before = Some(glyph);
    }
}

/// Breaks text into lines no wider than `max_width`: at spaces (not at no-break
/// or thin spaces) and at line feeds; inside a word only where the word alone is
/// too wide. A single letter wider than `max_width` stands alone.
pub fn wrap(text: &str, style: &TextStyle, max_width: f64) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split([' ', '\t', '\r']).filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width(&longer, style) <= max_width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = break_word(word, style, max_width, &mut lines);
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// As [`wrap`], with as many lines but lengths as even as can be: for titles.
pub fn wrap_even(text: &str, style: &TextStyle, max_width: f64) -> Vec<String> {
    let lines = wrap(text, style, max_width);
    if lines.len() < 2 {
        return lines;
    }
    let (mut narrow, mut wide) = (0.0, max_width);
    while wide - narrow > 0.5 {
        let middle = 0.5 * (narrow + wide);
        if wrap(text, style, middle).len() > lines.len() { narrow = middle } else { wide = middle }
    }
    wrap(text, style, wide)
}

/// As much of a line as is no wider than `most`, its end left out (…) where it
/// does not fit.
pub fn fitted(words: &str, looks: &TextStyle, most: f64) -> String {
    if width(words, looks) <= most {
        return words.to_owned();
    }
    let letters: Vec<char> = words.chars().collect();
    let short = |n: usize| format!("{}…", letters[..n].iter().collect::<String>().trim_end());
    let fits = (1..letters.len()).rev().map(short).find(|s| width(s, looks) <= most);
    fits.unwrap_or_default()
}

/// Pushes the full lines of an overlong word and returns its last piece.
fn break_word(word: &str, style: &TextStyle, max_width: f64, lines: &mut Vec<String>) -> String {
    let mut piece = String::new();
    for letter in word.chars() {
        piece.push(letter);
        if width(&piece, style) > max_width && piece.chars().nth(1).is_some() {
            piece.pop();
            lines.push(std::mem::replace(&mut piece, letter.to_string()));
        }
    }
    piece
}

/// What a text of a scene covers.
#[derive(Clone, Debug, PartialEq)]
pub struct TextBox {
    /// The words.
    pub text: String,
    /// Size of the letters, points.
    pub size: f64,
    /// Convex quadrilaterals that hold the ink: one for a straight line, several
    /// along a path.
    pub quads: Vec<[Pt; 4]>,
}

impl TextBox {
    /// Whether the inks' boxes share more than an edge.
    pub fn overlaps(&self, other: &TextBox) -> bool {
        self.quads.iter().any(|a| other.quads.iter().any(|b| quads_overlap(a, b)))
    }

    /// Whether the box lies wholly on a page of this size.
    pub fn is_inside(&self, width: f64, height: f64) -> bool {
        let on_page = |p: &Pt| p.x >= 0.0 && p.y >= 0.0 && p.x <= width && p.y <= height;
        self.quads.iter().flatten().all(on_page)
    }
}

/// The boxes of all text of a scene, in drawing order. Blank text has none.
pub fn boxes(scene: &Scene) -> Vec<TextBox> {
    let mut found = Vec::new();
    collect(&scene.root, &mut found);
    found
}

fn collect(group: &Group, found: &mut Vec<TextBox>) {
    for item in &group.items {
        let (text, style, quads) = match item {
            Item::Group(inner) => {
                collect(inner, found);
                continue;
            }
            Item::Text { text, at, anchor, rotation, style } => {
                let quads =
                    ink(text, style).map(|ink| straight(text, style, ink, *at, *anchor, *rotation));
                (text, style, quads.into_iter().collect())
            }
            Item::TextAlong { text, path, style } => (text, style, along(text, path, style)),
            Item::Path { .. } | Item::Image { .. } | Item::Copies { .. } => continue,
        };
        if !quads.is_empty() {
            found.push(TextBox { text: text.clone(), size: style.size, quads });
        }
    }
}

fn straight(
    text: &str,
    style: &TextStyle,
    ink: [f64; 4],
    at: Pt,
    anchor: Anchor,
    rotation: f64,
) -> [Pt; 4] {
    let shift = match anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -0.5 * width(text, style),
        Anchor::End => -width(text, style),
    };
    let (sin, cos) = rotation.to_radians().sin_cos();
    let turn = |x: f64, y: f64| pt(at.x + x * cos - y * sin, at.y + x * sin + y * cos);
    let [left, top, right, bottom] = ink;
    let (left, right) = (left + shift, right + shift);
    [turn(left, top), turn(right, top), turn(right, bottom), turn(left, bottom)]
}

/// Quadrilaterals of about an em along the middle of a path.
fn along(text: &str, path: &Path, style: &TextStyle) -> Vec<[Pt; 4]> {
    let Some([_, top, _, bottom]) = ink(text, style) else { return Vec::new() };
    let line = flatten(path);
    let length: f64 = line.windows(2).map(|w| distance(w[0], w[1])).sum();
    let wide = width(text, style);
    let start = 0.5 * (length - wide);
    let pieces = (wide / style.size).ceil().max(1.0);
    let mut quads = Vec::new();
    let mut from = place_at(&line, start);
    for piece in 1..=(pieces as usize) {
        let to = place_at(&line, start + wide * piece as f64 / pieces);
        let span = distance(from, to);
        if span > 0.0 {
            // Up from the baseline is the normal to the left of the direction of reading.
            let (nx, ny) = (-(to.y - from.y) / span, (to.x - from.x) / span);
            let off = |p: Pt, d: f64| pt(p.x + nx * d, p.y + ny * d);
            quads.push([off(from, top), off(to, top), off(to, bottom), off(from, bottom)]);
        }
        from = to;
    }
    quads
}

fn distance(a: Pt, b: Pt) -> f64 {
    (b.x - a.x).hypot(b.y - a.y)
}

/// A place on a polyline, carried on straight beyond its ends.
fn place_at(line: &[Pt], distance_along: f64) -> Pt {
    let mut before = 0.0;
    for (i, w) in line.windows(2).enumerate() {
        let span = distance(w[0], w[1]);
        let last = i + 2 == line.len();
        if (distance_along <= before + span || last) && span > 0.0 {
            let t = (distance_along - before) / span;
            return pt(w[0].x + t * (w[1].x - w[0].x), w[0].y + t * (w[1].y - w[0].y));
        }
        before += span;
    }
    line.first().copied().unwrap_or_default()
}

/// The first subpath as a polyline; each Bézier curve becomes 16 chords.
fn flatten(path: &Path) -> Vec<Pt> {
    let mut line: Vec<Pt> = Vec::new();
    for step in &path.0 {
        match *step {
            Step::Move(_) if !line.is_empty() => break,
            Step::Move(p) | Step::Line(p) => line.push(p),
            Step::Cubic(b, c, d) => {
                let a = line.last().copied().unwrap_or(b);
                line.extend((1..=16).map(|i| {
                    let t = f64::from(i) / 16.0;
                    let s = 1.0 - t;
                    let mix = |a: f64, b: f64, c: f64, d: f64| {
                        s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
                    };
                    pt(mix(a.x, b.x, c.x, d.x), mix(a.y, b.y, c.y, d.y))
                }));
            }
            Step::Close => break,
        }
    }
    line.dedup();
    line
}

/// Separating axes: two convex shapes are apart if an edge's normal says so.
fn quads_overlap(a: &[Pt; 4], b: &[Pt; 4]) -> bool {
    const TOUCH: f64 = 1e-6;
    let apart = |shape: &[Pt; 4]| {
        (0..4).any(|i| {
            let (p, q) = (shape[i], shape[(i + 1) % 4]);
            let (nx, ny) = (q.y - p.y, p.x - q.x);
            let span = |quad: &[Pt; 4]| {
                quad.iter()
                    .map(|v| v.x * nx + v.y * ny)
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), d| (lo.min(d), hi.max(d)))
            };
            let ((a_low, a_high), (b_low, b_high)) = (span(a), span(b));
            let slack = TOUCH * nx.hypot(ny);
            a_high <= b_low + slack || b_high <= a_low + slack
        })
    };
    !apart(a) && !apart(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::scene::{Colour, Face};

    fn style(size: f64) -> TextStyle {
        TextStyle {
            size,
            face: Face { bold: false, italic: false },
            colour: Colour(0, 0, 0),
            letter_spacing: 0.0,
            halo: None,
            opacity: 1.0,
        }
    }

    #[test]
    fn width_adds_advances_kerning_and_spacing() {
        // Advances of Noto Sans Regular per 1,000 units: n 618, o 605.
        assert!((width("no", &style(10.0)) - 12.23).abs() < 0.02, "{}", width("no", &style(10.0)));
        assert!(
            width("AV", &style(10.0)) < width("A", &style(10.0)) + width("V", &style(10.0)) - 0.1
        );
        let spaced = TextStyle { letter_spacing: 2.0, ..style(10.0) };
        assert!((width("nnn", &spaced) - width("nnn", &style(10.0)) - 4.0).abs() < 1e-9);
        assert_eq!(width("", &spaced), 0.0);
    }

    #[test]
    fn wrapped_lines_keep_the_words_and_the_width() {
        let style = style(7.0);
        let text = "Kernel density on an equal-area projection;\nUnbelievablylongwordthatdoesnotfit 10\u{2009}km";
        for max in [12.0, 30.0, 55.5, 90.0, 400.0] {
            let lines = wrap(text, &style, max);
            assert!(lines.iter().all(|line| width(line, &style) <= max), "{max}: {lines:?}");
            let glued =
                |s: &str| s.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
            assert_eq!(glued(&lines.concat()), glued(text));
        }
        let title = "Where organised violence met the Durand Line, 1989 to 2021";
        let (greedy, even) = (wrap(title, &style, 180.0), wrap_even(title, &style, 180.0));
        assert_eq!((greedy.len(), even.len()), (2, 2));
        let longest = |lines: &[String]| lines.iter().map(|l| width(l, &style)).fold(0.0, f64::max);
        assert!(longest(&even) < longest(&greedy));
        assert_eq!(wrap("a b", &style, 400.0), ["a b"]);
        assert!(wrap("", &style, 400.0).is_empty());
        assert_eq!(wrap("ab", &style, 0.1), ["a", "b"]);
    }

    #[test]
    fn boxes_know_rotation_and_overlap() {
        let mut root = Group::default();
        root.text("Chaman", pt(50.0, 50.0), Anchor::Middle, style(10.0));
        root.items.push(Item::Text {
            text: "Torkham".into(),
            at: pt(100.0, 60.0),
            anchor: Anchor::Start,
            rotation: -90.0,
            style: style(10.0),
        });
        root.items.push(Item::TextAlong {
            text: "Durand Line".into(),
            path: Path::open([pt(0.0, 120.0), pt(200.0, 120.0)]),
            style: style(10.0),
        });
        root.text("x", pt(100.0, 122.0), Anchor::Middle, style(10.0));
        let scene = Scene {
            width: 200.0,
            height: 200.0,
            background: Colour(255, 255, 255),
            title: String::new(),
            description: String::new(),
            provenance: String::new(),
            root,
        };
        let boxes = boxes(&scene);
        assert_eq!(boxes.len(), 4);
        assert!(!boxes[0].overlaps(&boxes[1]));
        assert!(boxes[2].overlaps(&boxes[3]) && boxes[3].overlaps(&boxes[2]));
        assert!(boxes.iter().all(|b| b.is_inside(200.0, 200.0)));
        // Turned by −90° the text rises: it is as tall as it was long.
        let ys: Vec<f64> = boxes[1].quads[0].iter().map(|p| p.y).collect();
        let tall = ys.iter().cloned().fold(f64::MIN, f64::max)
            - ys.iter().cloned().fold(f64::MAX, f64::min);
        assert!((tall - width("Torkham", &style(10.0))).abs() < 1.5, "{tall}");
    }
}
