//! Text in Arabic script (Pashto, Dari, Urdu, Arabic), whose letters join: it is
//! set by a shaper, from right to left, upright and without letter-spacing, and
//! on a straight baseline, since anything else would tear the letters apart.
//! Letters that its font lacks (Latin, digits) come from Noto Sans.

use super::font::{ARABIC_FAMILY, FAMILIES, arabic_data};
use super::scene::{Face, TextStyle};
use std::sync::OnceLock;

/// Whether a text holds a letter of the Arabic script.
pub fn is_joined(text: &str) -> bool {
    text.chars().any(is_arabic)
}

fn is_arabic(letter: char) -> bool {
    matches!(letter, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{870}'..='\u{8ff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// The looks that a text can have: those of joined letters are upright and not spaced.
pub fn looks(text: &str, style: &TextStyle) -> TextStyle {
    let mut style = style.clone();
    if is_joined(text) {
        style.letter_spacing = 0.0;
        style.face.italic = false;
    }
    style
}

/// Families for an SVG's text in joined letters.
pub fn families() -> String {
    format!("'{ARABIC_FAMILY}', {FAMILIES}")
}

/// What a text measures, points.
pub(crate) struct Extent {
    /// From its start to its end.
    pub width: f64,
    /// The box of its ink relative to its start on the baseline, y down: left,
    /// top, right, bottom. Where scripts are mixed its sides are those of the text.
    pub ink: Option<[f64; 4]>,
}

/// Measures a text in joined letters as the shaper sets it.
///
/// # Accuracy
/// Of a text in one script that of the shaper (0.05 points, tested); where Latin
/// letters stand between, some hundredths of the width too much.
pub(crate) fn extent(text: &str, style: &TextStyle) -> Extent {
    let style = looks(text, style);
    let face = arabic(style.face);
    let mut extent = Extent { width: 0.0, ink: None };
    for (run, is_arabic) in runs(text, face) {
        let part = if is_arabic { shaped(run, face, style.size) } else { latin(run, &style) };
        if let Some([left, top, right, bottom]) = part.ink {
            let [left, right] = [left, right].map(|x| x + extent.width);
            extent.ink = Some(extent.ink.map_or([left, top, right, bottom], |ink| {
                [ink[0].min(left), ink[1].min(top), ink[2].max(right), ink[3].max(bottom)]
            }));
        }
        extent.width += part.width;
    }
    extent
}

/// A text cut where its font changes.
fn runs<'a>(text: &'a str, face: &rustybuzz::Face) -> Vec<(&'a str, bool)> {
    let has = |letter| is_arabic(letter) || face.glyph_index(letter).is_some();
    let mut runs: Vec<(&str, bool)> = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        match runs.last_mut() {
            Some((run, arabic)) if *arabic == has(letter) => *run = &text[start..end],
            _ => {
                start = at;
                runs.push((&text[at..end], has(letter)));
            }
        }
    }
    runs
}

fn latin(run: &str, style: &TextStyle) -> Extent {
    Extent { width: super::text::width(run, style), ink: super::text::ink(run, style) }
}

fn shaped(run: &str, face: &rustybuzz::Face, size: f64) -> Extent {
    let em = size / f64::from(face.units_per_em());
    let mut buffer = rustybuzz::UnicodeBuffer::new();
    buffer.push_str(run);
    buffer.guess_segment_properties();
    let glyphs = rustybuzz::shape(face, &[], buffer);
    let mut extent = Extent { width: 0.0, ink: None };
    for (info, position) in glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()) {
        let glyph = ttf_parser::GlyphId(u16::try_from(info.glyph_id).unwrap_or(0));
        if let Some(b) = face.glyph_bounding_box(glyph) {
            let x = extent.width + f64::from(position.x_offset) * em;
            let y = f64::from(position.y_offset) * em;
            let [left, right] = [b.x_min, b.x_max].map(|units| x + f64::from(units) * em);
            let [top, bottom] = [b.y_max, b.y_min].map(|units| -y - f64::from(units) * em);
            extent.ink = Some(extent.ink.map_or([left, top, right, bottom], |ink| {
                [ink[0].min(left), ink[1].min(top), ink[2].max(right), ink[3].max(bottom)]
            }));
        }
        extent.width += f64::from(position.x_advance) * em;
    }
    extent
}

/// A face of the Arabic font, parsed once.
fn arabic(face: Face) -> &'static rustybuzz::Face<'static> {
    static PARSED: OnceLock<[rustybuzz::Face<'static>; 2]> = OnceLock::new();
    let all = PARSED.get_or_init(|| {
        [false, true].map(|bold| {
            #[allow(clippy::expect_used)] // compiled in; a test loads both
            rustybuzz::Face::from_slice(arabic_data(bold), 0).expect("an embedded font is whole")
        })
    });
    &all[usize::from(face.bold)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::style;

    #[test]
    fn the_letters_of_the_three_languages_are_there() {
        for bold in [false, true] {
            let face = arabic(Face { bold, italic: false });
            // Letters that Arabic does not have: Pashto's, Persian's, Urdu's.
            for letter in "ټځڅډړږښګڼېۍئپچژگکیےںہھڈڑٹۂءآ".chars() {
                assert!(face.glyph_index(letter).is_some(), "{letter}, bold {bold}");
            }
        }
    }

    #[test]
    fn joined_letters_are_narrower_than_single_ones_and_are_not_spaced() {
        let plain = style::light().place;
        let word = extent("ننګرهار", &plain).width;
        let single: f64 = "ننګرهار".chars().map(|c| extent(&c.to_string(), &plain).width).sum();
        assert!(word < 0.8 * single, "{word} {single}");
        let spaced = TextStyle { letter_spacing: 3.0, ..plain.clone() };
        assert_eq!(extent("ننګرهار", &spaced).width, word);
        assert!(!is_joined("Nangarhar – ½") && is_joined("Spin تورخم"));
        let [_, top, _, bottom] = extent("چمن", &plain).ink.unwrap();
        assert!(top < 0.0 && bottom > 0.2 * plain.size, "{top} {bottom}");
    }
}
