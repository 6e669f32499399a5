//! Colours that carry values: a sequential ramp, a diverging ramp, categories.
//! The ramps are ColorBrewer's and matplotlib's, from the crate `colorous`.

use super::scene::Colour;
use super::style::Style;

/// A colour of the sequential ramp, from little (0) to much (1). On a white page
/// light yellow to dark red; on a dark page dark violet to light yellow, so that
/// more always stands out more. The ends that would melt into the land are left out.
pub fn sequential(style: &Style, share: f64) -> Colour {
    let share = share.clamp(0.0, 1.0);
    if style.dark {
        colour(colorous::INFERNO.eval_continuous(0.22 + 0.74 * share))
    } else {
        colour(colorous::ORANGE_RED.eval_continuous(0.16 + 0.84 * share))
    }
}

/// Colours of `count` classes, from little to much.
pub fn sequential_classes(style: &Style, count: usize) -> Vec<Colour> {
    spread(count).map(|share| sequential(style, share)).collect()
}

/// A colour of the diverging ramp, from less (−1) over no change (0) to more (1):
/// purple to orange, which are told apart without green or red.
pub fn diverging(style: &Style, change: f64) -> Colour {
    let change = change.clamp(-1.0, 1.0);
    if style.dark {
        // The light middle of the ramp would shine on a dark page: mix from the land.
        let land = style.land[0];
        let end = colorous::PURPLE_ORANGE.eval_continuous(if change < 0.0 { 0.15 } else { 0.85 });
        mix(land, colour(end), change.abs())
    } else {
        colour(colorous::PURPLE_ORANGE.eval_continuous(0.5 + 0.45 * change))
    }
}

/// Colours for categories, to be told apart by shape as well (Okabe and Ito 2008,
/// safe for deuteranopia and protanopia; without their yellow, too light for a
/// white page).
pub const CATEGORIES: [Colour; 7] = [
    Colour::hex(0xd55e00),
    Colour::hex(0x0072b2),
    Colour::hex(0x009e73),
    Colour::hex(0xcc79a7),
    Colour::hex(0xe69f00),
    Colour::hex(0x56b4e9),
    Colour::hex(0x4d4d4d),
];

/// A mixture: `share` of `b` in `a`, in sRGB.
pub fn mix(a: Colour, b: Colour, share: f64) -> Colour {
    let share = share.clamp(0.0, 1.0);
    let channel =
        |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    Colour(channel(a.0, b.0), channel(a.1, b.1), channel(a.2, b.2))
}

/// Perceived lightness L* of CIE 1976, 0 to 100 (sRGB, D65).
pub fn lightness(c: Colour) -> f64 {
    let channel = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    let y = 0.212_6 * channel(c.0) + 0.715_2 * channel(c.1) + 0.072_2 * channel(c.2);
    if y <= 216.0 / 24_389.0 { y * 24_389.0 / 27.0 } else { 116.0 * y.cbrt() - 16.0 }
}

fn spread(count: usize) -> impl Iterator<Item = f64> {
    let last = count.saturating_sub(1).max(1) as f64;
    (0..count).map(move |i| i as f64 / last)
}

fn colour(c: colorous::Color) -> Colour {
    Colour(c.r, c.g, c.b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::style;

    #[test]
    fn more_stands_out_more_also_in_grey() {
        for (style, sign) in [(style::light(), -1.0), (style::dark(), 1.0)] {
            let ramp = sequential_classes(&style, 7);
            let grey: Vec<f64> = ramp.iter().map(|&c| lightness(c)).collect();
            assert!(grey.windows(2).all(|w| sign * (w[1] - w[0]) > 4.0), "{grey:?}");
            let land = lightness(style.land[0]);
            assert!((grey[0] - land).abs() > 3.0, "the first class shows on the land");
        }
    }

    #[test]
    fn no_change_is_the_quietest() {
        for style in [style::light(), style::dark()] {
            let land = style.land[0];
            let far = |c: Colour| (lightness(c) - lightness(land)).abs();
            assert!(far(diverging(&style, 0.0)) < far(diverging(&style, 1.0)));
            assert!(far(diverging(&style, 0.0)) < far(diverging(&style, -1.0)));
            // Purple for less has more blue than red, orange for more the reverse.
            let (less, more) = (diverging(&style, -1.0), diverging(&style, 1.0));
            assert!(less.2 > less.0 && more.0 > more.2, "{less:?} {more:?}");
        }
    }

    #[test]
    fn lightness_of_known_colours() {
        assert!((lightness(Colour(255, 255, 255)) - 100.0).abs() < 1e-6);
        assert!((lightness(Colour(119, 119, 119)) - 50.03).abs() < 0.05);
        assert_eq!(mix(Colour(0, 0, 0), Colour(255, 255, 255), 0.5), Colour(128, 128, 128));
    }
}
