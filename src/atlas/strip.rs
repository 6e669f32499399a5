//! The strip under a profile: the provinces of both sides as bands, crossings as
//! flags below them.

use crate::analysis::{Strip, StripSegment};
use crate::figure::furniture::Frame;
use crate::figure::palette;
use crate::figure::scene::{Anchor, Fill, Group, Path, TextStyle, pt};
use crate::figure::style::Style;
use crate::figure::{scale, text};

/// Height of a band, points.
const BAND: f64 = 9.6;
/// Between two provinces and between the bands, points.
const SEAM: f64 = 0.7;
/// From one row of crossings' names to the next, points.
const ROW: f64 = 8.0;
/// Rows of crossings' names, at most.
const ROWS: usize = 4;

/// Where the chainage of a line between these countries begins. With Afghanistan
/// on its left the line can only run from Iran to the Wakhan.
pub fn along(names: &[String; 2]) -> &'static str {
    if names[0] == "Afghanistan" && names[1] == "Pakistan" {
        "from its Iranian end"
    } else {
        "from its start"
    }
}

/// Draws the strip from `left` to `right` below `top`; returns its bottom. What
/// finds no room is added to the remarks.
pub fn draw(
    body: &mut Group,
    strip: &Strip,
    length_m: f64,
    [left, top, right]: [f64; 3],
    frame: &Frame,
    style: &Style,
    remarks: &mut Vec<String>,
) -> f64 {
    let x = scale::Linear { domain: [0.0, length_m], range: [left, right] };
    let mut group = Group::named("strip");
    let mut bottom = top;
    let mut shortened = Vec::new();
    let mut dropped = Vec::new();
    for side in 0..2 {
        let runs = merged(&strip.sides[side]);
        if runs.is_empty() {
            continue;
        }
        band(&mut group, &runs, &x, bottom, side, style, &mut shortened, &mut dropped);
        bottom += BAND + SEAM;
    }
    bottom = crossings(&mut group, strip, &x, bottom, frame, style, &mut dropped);
    if !shortened.is_empty() {
        remarks.push(format!("In the strip: {}.", shortened.join(", ")));
    }
    if !dropped.is_empty() {
        remarks.push(format!("Without room for a name in the strip: {}.", dropped.join(", ")));
    }
    body.group(group);
    bottom
}

/// Runs of one province that follow each other become one.
fn merged(runs: &[StripSegment]) -> Vec<StripSegment> {
    let mut merged: Vec<StripSegment> = Vec::new();
    for run in runs.iter().filter(|run| run.from_m.is_finite() && run.to_m > run.from_m) {
        match merged.last_mut() {
            Some(last) if last.name == run.name => last.to_m = run.to_m,
            _ => merged.push(run.clone()),
        }
    }
    merged
}

#[allow(clippy::too_many_arguments)] // two lists to fill, and nothing else shares them
fn band(
    group: &mut Group,
    runs: &[StripSegment],
    x: &scale::Linear,
    top: f64,
    side: usize,
    style: &Style,
    shortened: &mut Vec<String>,
    dropped: &mut Vec<String>,
) {
    let looks = TextStyle { size: 6.0, colour: style.side_inks[side], ..style.label.clone() };
    let baseline = top + 0.5 * (BAND + text::metrics(&looks).cap_height);
    let mut labelled: Vec<&str> = Vec::new();
    let mut waiting: Vec<(&StripSegment, f64)> = Vec::new();
    for (i, run) in runs.iter().enumerate() {
        let (from, to) = (x.at(run.from_m), x.at(run.to_m));
        // Neighbours differ a little, as on a chessboard.
        let tint = palette::mix(style.tints[side], style.page, if i % 2 == 0 { 0.1 } else { 0.45 });
        let wide = (to - from - SEAM).max(0.15);
        group.path(Path::rect(from, top, wide, BAND), Some(Fill::solid(tint)), None);
        if text::width(&run.name, &looks) + 3.0 <= wide {
            let middle = pt(0.5 * (from + to - SEAM), baseline);
            group.text(run.name.clone(), middle, Anchor::Middle, looks.clone());
            labelled.push(&run.name);
        } else {
            waiting.push((run, wide));
        }
    }
    // The widest run of a name first, so that a short stray run is not the one that is named.
    waiting.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (run, wide) in waiting {
        if labelled.contains(&run.name.as_str()) {
            continue;
        }
        labelled.push(&run.name);
        match short_form(&run.name, runs, wide - 2.0, &looks) {
            Some(short) => {
                let middle = 0.5 * (x.at(run.from_m) + x.at(run.to_m) - SEAM);
                group.text(short.clone(), pt(middle, baseline), Anchor::Middle, looks.clone());
                shortened.push(format!("{short} is {}", run.name));
            }
            None => dropped.push(run.name.clone()),
        }
    }
}

/// The longest beginning of a name that fits, ends in a consonant and begins no
/// other name: "Nur." for Nuristan. Names of several words become initials.
fn short_form(name: &str, runs: &[StripSegment], wide: f64, looks: &TextStyle) -> Option<String> {
    let fits = |short: &str| text::width(short, looks) <= wide;
    let words: Vec<&str> = name.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 {
        let initials: String = words.iter().filter_map(|word| word.chars().next()).collect();
        return fits(&initials).then_some(initials);
    }
    let letters: Vec<char> = name.chars().collect();
    (3..letters.len().saturating_sub(1)).rev().find_map(|count| {
        let stem: String = letters[..count].iter().collect();
        let vowel = matches!(letters[count - 1], 'a' | 'e' | 'i' | 'o' | 'u');
        let shared = runs.iter().any(|run| run.name != name && run.name.starts_with(&stem));
        let short = format!("{stem}.");
        (!vowel && !shared && fits(&short)).then_some(short)
    })
}

/// A placed name or leader: left, top, right, bottom.
pub type Taken = [f64; 4];

fn crossings(
    group: &mut Group,
    strip: &Strip,
    x: &scale::Linear,
    top: f64,
    frame: &Frame,
    style: &Style,
    dropped: &mut Vec<String>,
) -> f64 {
    const TICK: f64 = 3.2;
    let looks = TextStyle { size: 6.0, colour: style.ink, ..style.label.clone() };
    let capital = text::metrics(&looks).cap_height;
    let mut taken: Vec<Taken> = Vec::new();
    let mut bottom = top;
    let known: Vec<(f64, &String)> = strip
        .crossings
        .iter()
        .filter(|c| c.0.is_finite())
        .map(|(at, name)| (x.at(*at), name))
        .collect();
    // From right to left: a name flies to the right of its leader, and those that it
    // would cover are already there, in rows above.
    for &(at, name) in known.iter().rev() {
        let wide = text::width(name, &looks);
        let anchor = if at + 1.8 + wide <= frame.right { Anchor::Start } else { Anchor::End };
        let from = if anchor == Anchor::Start { at + 1.8 } else { at - 1.8 - wide };
        // A name on the left leaves the rows above it to those that it covers.
        let covered = |c: &&(f64, &String)| anchor == Anchor::End && c.0 < at && c.0 >= from - 2.0;
        let first = known.iter().filter(covered).count();
        let place = (first..ROWS).find_map(|row| {
            let baseline = top + TICK + capital + 1.0 + row as f64 * ROW;
            let words = [from - 1.5, baseline - capital - 1.6, from + wide + 1.5, baseline + 2.0];
            let leader = [at - 0.8, top, at + 0.8, baseline];
            let free = [words, leader].iter().all(|a| taken.iter().all(|b| apart(a, b)));
            (from >= frame.left && free).then_some((baseline, anchor, from, words, leader))
        });
        let end = place.map_or(top + TICK, |(baseline, ..)| baseline);
        group.path(Path::open([pt(at, top - SEAM), pt(at, end)]), None, Some(style.tick.clone()));
        if let Some((baseline, anchor, from, words, leader)) = place {
            let anchored = if anchor == Anchor::Start { from } else { from + wide };
            group.text(name.clone(), pt(anchored, baseline), anchor, looks.clone());
            taken.extend([words, leader]);
        } else {
            taken.push([at - 0.8, top, at + 0.8, end]);
            dropped.push(name.clone());
        }
        bottom = bottom.max(end + 2.0);
    }
    let title = if known.len() == 1 { "Crossing" } else { "Crossings" };
    let baseline = top + TICK + capital + 1.0;
    let room =
        [x.range[0], top, x.range[0] + text::width(title, &style.label) + 4.0, baseline + 2.0];
    if !known.is_empty() && taken.iter().all(|b| apart(&room, b)) {
        group.text(title, pt(x.range[0], baseline), Anchor::Start, style.label.clone());
    }
    bottom
}

/// Whether two places share no more than an edge.
pub fn apart(a: &Taken, b: &Taken) -> bool {
    a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::style;

    #[test]
    fn short_forms_are_unique_and_fit() {
        let run = |name: &str| StripSegment { from_m: 0.0, to_m: 1.0, name: name.into() };
        let runs = [run("Paktya"), run("Paktika"), run("Nuristan"), run("Khyber Pakhtunkhwa")];
        let looks = TextStyle { size: 6.0, ..style::light().label };
        assert_eq!(short_form("Nuristan", &runs, 16.0, &looks).as_deref(), Some("Nur."));
        assert_eq!(short_form("Paktya", &runs, 18.0, &looks), None);
        assert_eq!(short_form("Khyber Pakhtunkhwa", &runs, 18.0, &looks).as_deref(), Some("KP"));
        assert_eq!(short_form("Khyber Pakhtunkhwa", &runs, 3.0, &looks), None);
    }

    #[test]
    fn neighbouring_runs_of_a_name_are_one() {
        let run =
            |from_m: f64, to_m: f64, name: &str| StripSegment { from_m, to_m, name: name.into() };
        let runs = [
            run(0.0, 5.0, "A"),
            run(5.0, 7.0, "A"),
            run(7.0, 9.0, "B"),
            run(9.0, 9.0, "C"),
            run(9.0, 12.0, "A"),
        ];
        let merged = merged(&runs);
        assert_eq!(merged, [run(0.0, 7.0, "A"), run(7.0, 9.0, "B"), run(9.0, 12.0, "A")]);
    }
}
