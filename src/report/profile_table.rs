//! The profile along the line as CSV.

use super::fixed;
use crate::analysis::{Profile, Strip, StripSegment};
use std::fmt::Write;

/// One row for each stretch: where it starts and ends (km of chainage), how
/// many incidents on either side, the smoothed value at its middle (incidents
/// per stretch), and the province on either side there.
pub fn profile_csv(profile: &Profile, strip: &Strip) -> String {
    let mut text = String::from(
        "from_km,to_km,left,right,left_incidents,right_incidents,left_smoothed,right_smoothed,\
         left_province,right_province\n",
    );
    let [left, right] = &profile.sides;
    for (i, (l, r)) in left.counts.iter().zip(&right.counts).enumerate() {
        let from_m = i as f64 * profile.bin_m;
        let to_m = (from_m + profile.bin_m).min(profile.length_m);
        let middle = 0.5 * (from_m + to_m);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{},{},{},{},{l},{r},{},{},{},{}",
            fixed(from_m / 1000.0, 1),
            fixed(to_m / 1000.0, 1),
            quoted(&profile.names[0]),
            quoted(&profile.names[1]),
            fixed(at(&left.curve, middle / profile.step_m), 4),
            fixed(at(&right.curve, middle / profile.step_m), 4),
            quoted(province(&strip.sides[0], middle)),
            quoted(province(&strip.sides[1], middle)),
        );
    }
    text
}

/// Value of a curve between its points.
fn at(curve: &[f64], position: f64) -> f64 {
    let i = position.floor() as usize;
    let (a, b) = (curve.get(i), curve.get(i + 1));
    match (a, b) {
        (Some(a), Some(b)) => a + (b - a) * position.fract(),
        (Some(a), None) => *a,
        _ => 0.0,
    }
}

pub(super) fn province(segments: &[StripSegment], chainage_m: f64) -> &str {
    segments
        .iter()
        .find(|s| (s.from_m..s.to_m).contains(&chainage_m))
        .map_or("", |s| s.name.as_str())
}

fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
