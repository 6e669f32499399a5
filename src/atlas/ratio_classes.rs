//! Classes of a ratio about one, alike on both sides of it, for every map that
//! shows one.

use crate::figure::legend::Entry;
use crate::figure::palette::{diverging, mix};
use crate::figure::scene::Colour;
use crate::figure::style::Style;

/// Where classes begin, but for the first, and how that is written.
pub(super) const RATIO_BREAKS: [(f64, &str); 6] =
    [(0.25, "1/4"), (0.5, "1/2"), (0.8, "4/5"), (1.25, "5/4"), (2.0, "2"), (4.0, "4")];

/// The class in the middle: about no change.
pub(super) const MIDDLE: usize = 3;

/// The class of a ratio, 0 to 6.
pub(super) fn ratio_class(ratio: f64) -> usize {
    RATIO_BREAKS.iter().take_while(|b| b.0 <= ratio).count()
}

/// Seven classes, the middle one grey so that it shows on the land.
pub(super) fn diverging_classes(style: &Style) -> Vec<Colour> {
    let class = |i: i32| match i {
        0 => mix(style.land[0], style.soft, 0.22),
        i => diverging(style, f64::from(i) / 3.0),
    };
    (-3..=3).map(class).collect()
}

/// The classes of a ratio in a key, with what its ends mean.
pub(super) fn ratio_swatches(style: &Style, opacity: f64, ends: [&str; 2]) -> Entry {
    let breaks = std::iter::once("").chain(RATIO_BREAKS.map(|b| b.1)).map(str::to_owned).collect();
    let ends = ends.map(str::to_owned);
    Entry::Swatches { colours: diverging_classes(style), opacity, breaks, ends }
}
