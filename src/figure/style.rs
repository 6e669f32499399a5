//! The house style: sizes, greys, line weights and the colours of the two sides,
//! for print and for a dark screen.

use super::scene::{Colour, Face, PT_PER_MM, Stroke, TextStyle};

/// Blank space round every figure, points.
pub const MARGIN: f64 = 2.0 * PT_PER_MM;

/// All looks of a theme.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Whether the page is dark.
    pub dark: bool,
    /// The page.
    pub page: Colour,
    /// Titles, axes, symbols' edges: nearly black on a white page.
    pub ink: Colour,
    /// Subtitles and axis labels.
    pub soft: Colour,
    /// Notes and credits.
    pub faint: Colour,
    /// Colour of each side of the line, left then right; the same in every figure.
    pub sides: [Colour; 2],
    /// A light tint of each side's colour.
    pub tints: [Colour; 2],
    /// The sides' colours for letters: darker (or lighter) for contrast with the page.
    pub side_inks: [Colour; 2],

    /// Outside of the two countries.
    pub outside: Colour,
    /// Land of the country on the left and on the right: told apart, barely.
    pub land: [Colour; 2],
    /// District edges.
    pub district: Stroke,
    /// Province edges.
    pub province: Stroke,
    /// Edges that are in dispute.
    pub disputed: Stroke,
    /// The line.
    pub line: Stroke,
    /// Beneath the line.
    pub casing: Stroke,
    /// Round maps and insets.
    pub frame: Stroke,
    /// Inside of a place's symbol.
    pub place_fill: Colour,
    /// Edge of a place's symbol.
    pub place_edge: Stroke,
    /// Width of a place's symbol, points.
    pub place_size: f64,

    /// Horizontal rules of charts.
    pub rule: Stroke,
    /// The zero line of charts.
    pub axis: Stroke,
    /// Ticks and leader lines.
    pub tick: Stroke,
    /// Whiskers of intervals.
    pub whisker: Stroke,

    /// Title of a figure.
    pub title: TextStyle,
    /// Subtitle of a figure.
    pub subtitle: TextStyle,
    /// Method and credits below a figure.
    pub notes: TextStyle,
    /// Title of a panel, of a legend.
    pub heading: TextStyle,
    /// Labels of axes and legends.
    pub label: TextStyle,
    /// Values written beside marks.
    pub value: TextStyle,
    /// Remarks in a chart.
    pub annotation: TextStyle,
    /// Name of a place.
    pub place: TextStyle,
    /// Name of a national capital.
    pub capital: TextStyle,
    /// Name of a province: capitals, spaced.
    pub province_name: TextStyle,
    /// Name of a country: capitals, widely spaced, faint.
    pub country_name: TextStyle,
    /// Name of the line: italic, spaced.
    pub line_name: TextStyle,
}

impl Style {
    /// For a page of that width in millimetres: a slide is read from afar, so
    /// above 240 mm letters and lines are larger.
    #[must_use]
    pub fn for_width(self, width_mm: f64) -> Style {
        let style = self;
        if width_mm < 240.0 {
            return style;
        }
        let k = 1.3;
        let text = |t: &TextStyle| TextStyle {
            size: k * t.size,
            letter_spacing: k * t.letter_spacing,
            halo: t.halo.map(|(c, w)| (c, k * w)),
            ..t.clone()
        };
        let line = |s: &Stroke| Stroke { width: k * s.width, ..s.clone() };
        Style {
            title: text(&style.title),
            subtitle: text(&style.subtitle),
            notes: text(&style.notes),
            heading: text(&style.heading),
            label: text(&style.label),
            value: text(&style.value),
            place: text(&style.place),
            capital: text(&style.capital),
            province_name: text(&style.province_name),
            country_name: text(&style.country_name),
            line_name: text(&style.line_name),
            province: line(&style.province),
            disputed: line(&style.disputed),
            line: line(&style.line),
            casing: line(&style.casing),
            place_edge: line(&style.place_edge),
            place_size: k * style.place_size,
            ..style
        }
    }
}

/// For a white page.
pub fn light() -> Style {
    let (page, ink, soft) = (Colour::hex(0xffffff), Colour::hex(0x26282b), Colour::hex(0x5c6066));
    let halo = Some((page, 0.8));
    Style {
        dark: false,
        page,
        ink,
        soft,
        faint: Colour::hex(0x6b6f75),
        sides: [Colour::hex(0x1f6f78), Colour::hex(0xc8743a)],
        tints: [Colour::hex(0xbcd8da), Colour::hex(0xf1d5c0)],
        side_inks: [Colour::hex(0x185b63), Colour::hex(0x9c4f1c)],
        outside: Colour::hex(0xe9ebee),
        land: [Colour::hex(0xf7f4ec), Colour::hex(0xf1f4ef)],
        district: Stroke::solid(Colour::hex(0xdcd8cd), 0.18),
        province: Stroke::solid(Colour::hex(0x8f8a7c), 0.45),
        disputed: dashed(Colour::hex(0x8f8a7c), 0.45, [2.0, 1.5]),
        line: Stroke::solid(Colour::hex(0x1b1b1b), 1.25),
        casing: Stroke { opacity: 0.9, ..Stroke::solid(page, 2.6) },
        frame: Stroke { round: false, ..Stroke::solid(Colour::hex(0x8f8f8f), 0.5) },
        place_fill: page,
        place_edge: Stroke::solid(Colour::hex(0x26282b), 0.6),
        place_size: 1.3 * PT_PER_MM,
        rule: flat(Colour::hex(0xdfe1e4), 0.4),
        axis: flat(Colour::hex(0x3b3e42), 0.6),
        tick: flat(Colour::hex(0x8b8f95), 0.4),
        whisker: flat(Colour::hex(0x26282b), 0.6),
        title: text(10.5, BOLD, ink),
        subtitle: text(7.2, PLAIN, soft),
        notes: text(6.0, PLAIN, Colour::hex(0x6b6f75)),
        heading: text(6.6, BOLD, ink),
        label: text(6.2, PLAIN, soft),
        value: text(6.4, PLAIN, ink),
        annotation: text(6.2, PLAIN, soft),
        place: TextStyle { halo, ..text(5.8, PLAIN, ink) },
        capital: TextStyle { halo, ..text(5.8, BOLD, ink) },
        province_name: TextStyle {
            halo,
            letter_spacing: 0.6,
            ..text(5.0, PLAIN, Colour::hex(0x6f6a5e))
        },
        country_name: TextStyle {
            letter_spacing: 3.2,
            opacity: 0.75,
            ..text(9.0, BOLD, Colour::hex(0xa9a493))
        },
        line_name: TextStyle {
            halo: Some((page, 0.9)),
            letter_spacing: 1.0,
            ..text(7.0, ITALIC, Colour::hex(0x1b1b1b))
        },
    }
}

/// For a dark screen: the same sizes and weights in other colours.
pub fn dark() -> Style {
    let (page, ink, soft) = (Colour::hex(0x14171c), Colour::hex(0xeceef0), Colour::hex(0xb3b8bf));
    let base = light();
    let halo = |wide| Some((page, wide));
    let tone = |style: TextStyle, colour| TextStyle { colour, ..style };
    let line = |stroke: Stroke, colour| Stroke { colour, ..stroke };
    Style {
        dark: true,
        page,
        ink,
        soft,
        faint: Colour::hex(0x9aa0a8),
        sides: [Colour::hex(0x3a9aa6), Colour::hex(0xf0ad7c)],
        tints: [Colour::hex(0x24484d), Colour::hex(0x5b402d)],
        side_inks: [Colour::hex(0x63bcc7), Colour::hex(0xf3b98f)],
        outside: Colour::hex(0x14171c),
        land: [Colour::hex(0x20242b), Colour::hex(0x1d2427)],
        district: line(base.district, Colour::hex(0x2e333b)),
        province: line(base.province, Colour::hex(0x6b7280)),
        disputed: line(base.disputed, Colour::hex(0x6b7280)),
        line: line(base.line, Colour::hex(0xffffff)),
        casing: line(base.casing, Colour::hex(0x000000)),
        frame: line(base.frame, Colour::hex(0x4b515b)),
        place_fill: page,
        place_edge: line(base.place_edge, ink),
        place_size: base.place_size,
        rule: line(base.rule, Colour::hex(0x2f353d)),
        axis: line(base.axis, Colour::hex(0xb3b8bf)),
        tick: line(base.tick, Colour::hex(0x767d87)),
        whisker: line(base.whisker, ink),
        title: tone(base.title, ink),
        subtitle: tone(base.subtitle, soft),
        notes: tone(base.notes, Colour::hex(0x9aa0a8)),
        heading: tone(base.heading, ink),
        label: tone(base.label, soft),
        value: tone(base.value, ink),
        annotation: tone(base.annotation, soft),
        place: TextStyle { halo: halo(0.8), ..tone(base.place, ink) },
        capital: TextStyle { halo: halo(0.8), ..tone(base.capital, ink) },
        province_name: TextStyle {
            halo: halo(0.8),
            ..tone(base.province_name, Colour::hex(0xa3a9b2))
        },
        country_name: tone(base.country_name, Colour::hex(0x5d6470)),
        line_name: TextStyle { halo: halo(0.9), ..tone(base.line_name, Colour::hex(0xffffff)) },
    }
}

const PLAIN: Face = Face { bold: false, italic: false };
const BOLD: Face = Face { bold: true, italic: false };
const ITALIC: Face = Face { bold: false, italic: true };

fn text(size: f64, face: Face, colour: Colour) -> TextStyle {
    TextStyle { size, face, colour, letter_spacing: 0.0, halo: None, opacity: 1.0 }
}

/// With mitred joins and butt caps: rules end where they are told to.
fn flat(colour: Colour, width: f64) -> Stroke {
    Stroke { round: false, ..Stroke::solid(colour, width) }
}

fn dashed(colour: Colour, width: f64, dashes: [f64; 2]) -> Stroke {
    Stroke { dashes: dashes.to_vec(), round: false, ..Stroke::solid(colour, width) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of WCAG 2.
    fn luminance(c: Colour) -> f64 {
        let channel = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(c.0) + 0.7152 * channel(c.1) + 0.0722 * channel(c.2)
    }

    fn contrast(a: Colour, b: Colour) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// As a deuteranope sees it (Machado, Oliveira and Fernandes 2009, severity 1).
    fn deuteranope(c: Colour) -> [f64; 3] {
        let [r, g, b] = [c.0, c.1, c.2].map(|v| (f64::from(v) / 255.0).powf(2.2));
        [
            0.367_322 * r + 0.860_646 * g - 0.227_968 * b,
            0.280_085 * r + 0.672_501 * g + 0.047_413 * b,
            -0.011_820 * r + 0.042_940 * g + 0.968_881 * b,
        ]
    }

    #[test]
    fn letters_can_be_read_on_their_page() {
        for style in [light(), dark()] {
            for colour in
                [style.ink, style.soft, style.faint, style.side_inks[0], style.side_inks[1]]
            {
                assert!(contrast(colour, style.page) >= 4.5, "{colour:?} on {:?}", style.page);
            }
        }
    }

    #[test]
    fn the_sides_differ_in_grey_and_without_green() {
        for style in [light(), dark()] {
            let [left, right] = style.sides;
            assert!(contrast(left, right) > 1.5, "{}", contrast(left, right));
            let (a, b) = (deuteranope(left), deuteranope(right));
            let apart: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
            assert!(apart.sqrt() > 0.2, "{apart}");
        }
    }
}
