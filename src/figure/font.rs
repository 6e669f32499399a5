//! The fonts that travel with the tool: four faces of Noto Sans (SIL Open Font
//! Licence 1.1, from the crate `notosans`) and two of Noto Sans Arabic (the same
//! licence, `fonts/`). No other font is ever used, so a figure looks the same on a
//! machine without fonts.

use super::scene::Face;
use std::sync::OnceLock;
use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::{GlyphId, Tag};

/// Families for the SVG: ours, then what a viewer without it may take instead.
pub const FAMILIES: &str = "'Noto Sans', 'DejaVu Sans', Arial, sans-serif";

/// The name of our family.
pub const FAMILY: &str = "Noto Sans";

/// The name of the family for Arabic script.
pub const ARABIC_FAMILY: &str = "Noto Sans Arabic";

/// The bytes of a face for Arabic script, which has no italics.
pub fn arabic_data(bold: bool) -> &'static [u8] {
    if bold {
        include_bytes!("fonts/NotoSansArabic-Bold.ttf")
    } else {
        include_bytes!("fonts/NotoSansArabic-Regular.ttf")
    }
}

/// The bytes of a face.
pub fn data(face: Face) -> &'static [u8] {
    match (face.bold, face.italic) {
        (false, false) => notosans::REGULAR_TTF,
        (true, false) => notosans::BOLD_TTF,
        (false, true) => notosans::ITALIC_TTF,
        (true, true) => notosans::BOLD_ITALIC_TTF,
    }
}

/// The four faces.
pub const FACES: [Face; 4] = [
    Face { bold: false, italic: false },
    Face { bold: true, italic: false },
    Face { bold: false, italic: true },
    Face { bold: true, italic: true },
];

/// A face ready for measuring, with its pair kerning.
pub(crate) struct Measured {
    pub face: ttf_parser::Face<'static>,
    /// Lookups of the Latin `kern` feature, in lookup order.
    kern: Vec<u16>,
}

/// A face, parsed once.
pub(crate) fn measured(face: Face) -> &'static Measured {
    static PARSED: OnceLock<[Measured; 4]> = OnceLock::new();
    let all = PARSED.get_or_init(|| FACES.map(Measured::parse));
    &all[usize::from(face.bold) + 2 * usize::from(face.italic)]
}

impl Measured {
    fn parse(face: Face) -> Measured {
        #[allow(clippy::expect_used)] // compiled in; `every_face_parses` loads all four
        let parsed = ttf_parser::Face::parse(data(face), 0).expect("an embedded font is whole");
        let kern = kern_lookups(&parsed).unwrap_or_default();
        Measured { face: parsed, kern }
    }

    /// The glyph of a character, `None` where the face has none.
    pub fn glyph(&self, letter: char) -> Option<GlyphId> {
        self.face.glyph_index(letter).filter(|glyph| glyph.0 != 0)
    }

    /// What the pair moves the second glyph by, font units: the first subtable
    /// of each `kern` lookup that covers the pair (OpenType 1.9, GPOS type 2).
    pub fn kerning(&self, first: GlyphId, second: GlyphId) -> i32 {
        let Some(table) = self.face.tables().gpos else { return 0 };
        let mut sum = 0;
        for lookup in self.kern.iter().filter_map(|&index| table.lookups.get(index)) {
            let pairs = lookup.subtables.into_iter::<PositioningSubtable>();
            sum += pairs.filter_map(|subtable| pair(subtable, first, second)).next().unwrap_or(0);
        }
        sum
    }
}

fn kern_lookups(face: &ttf_parser::Face<'static>) -> Option<Vec<u16>> {
    let table = face.tables().gpos?;
    let script = table
        .scripts
        .find(Tag::from_bytes(b"latn"))
        .or_else(|| table.scripts.find(Tag::from_bytes(b"DFLT")))?;
    let mut lookups: Vec<u16> = script
        .default_language?
        .feature_indices
        .into_iter()
        .filter_map(|index| table.features.get(index))
        .filter(|feature| feature.tag == Tag::from_bytes(b"kern"))
        .flat_map(|feature| feature.lookup_indices)
        .collect();
    lookups.sort_unstable();
    lookups.dedup();
    Some(lookups)
}

fn pair(subtable: PositioningSubtable<'_>, first: GlyphId, second: GlyphId) -> Option<i32> {
    let PositioningSubtable::Pair(pairs) = subtable else { return None };
    let covered = pairs.coverage().get(first)?;
    let (value, _) = match pairs {
        PairAdjustment::Format1 { sets, .. } => sets.get(covered)?.get(second)?,
        PairAdjustment::Format2 { classes, matrix, .. } => {
            matrix.get((classes.0.get(first), classes.1.get(second)))?
        }
    };
    Some(i32::from(value.x_advance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_parses_and_has_the_letters_figures_need() {
        for face in FACES {
            let measured = measured(face);
            assert_eq!(measured.face.is_bold(), face.bold);
            assert_eq!(measured.face.is_italic(), face.italic);
            for letter in "AĀāĪīŪūśžÄé09²·–—−×±≤≥‘’“”…\u{2009}\u{202f}\u{a0}°€\u{fffd}".chars()
            {
                assert!(measured.glyph(letter).is_some(), "{letter:?} in {face:?}");
            }
        }
    }

    #[test]
    fn pairs_are_kerned() {
        let regular = measured(FACES[0]);
        let of = |letter| regular.glyph(letter).unwrap();
        assert!(regular.kerning(of('A'), of('V')) < 0);
        assert_eq!(regular.kerning(of('n'), of('n')), 0);
    }
}
