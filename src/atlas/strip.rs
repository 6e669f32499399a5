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
const ROWS: usize = 5;

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
        match short_form(&run.name, runs, wide - 0.8, &looks) {
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

/// A crossing's name and where it may stand.
struct Flag<'a> {
    /// Of the crossing, on the page.
    at: f64,
    name: &'a str,
    wide: f64,
}

/// A choice for a flag: the row of its name, and whether the name stands to the
/// right of its leader or to the left.
#[derive(Clone, Copy, PartialEq)]
struct Choice {
    row: usize,
    anchor: Anchor,
}

/// Where flags are put.
struct Rows {
    top: f64,
    capital: f64,
    left: f64,
    right: f64,
}

/// Length of the tick of a crossing without room for its name, points.
const TICK: f64 = 2.4;

impl Rows {
    fn baseline(&self, row: usize) -> f64 {
        self.top + TICK + self.capital + 1.8 + row as f64 * ROW
    }

    /// Left end of a flag's name.
    fn from(&self, flag: &Flag<'_>, choice: Choice) -> f64 {
        if choice.anchor == Anchor::Start { flag.at + 1.8 } else { flag.at - 1.8 - flag.wide }
    }

    /// What a flag takes: its leader, and its name if it has one.
    fn takes(&self, flag: &Flag<'_>, choice: Option<Choice>) -> Vec<Taken> {
        let leader = |end: f64| [flag.at - 0.8, self.top, flag.at + 0.8, end];
        let Some(choice) = choice else { return vec![leader(self.top + TICK)] };
        let (from, baseline) = (self.from(flag, choice), self.baseline(choice.row));
        let words =
            [from - 1.5, baseline - self.capital - 1.6, from + flag.wide + 1.5, baseline + 2.0];
        vec![words, leader(baseline)]
    }

    /// Rows and sides for all flags with the least sum of rows, where a dropped
    /// name costs more than any row. Depth first with a bound, from right to left;
    /// after a fixed number of steps the best so far is taken.
    fn arrange(&self, flags: &[Flag<'_>]) -> Vec<Option<Choice>> {
        let mut search = Search { rows: self, flags, steps: 0, best: None };
        search.deepen(&mut Vec::new(), &mut Vec::new(), 0.0);
        search.best.map(|(_, choices)| choices.into_iter().rev().collect()).unwrap_or_default()
    }
}

struct Search<'a> {
    rows: &'a Rows,
    flags: &'a [Flag<'a>],
    steps: usize,
    best: Option<(f64, Vec<Option<Choice>>)>,
}

impl Search<'_> {
    fn deepen(&mut self, choices: &mut Vec<Option<Choice>>, taken: &mut Vec<Taken>, cost: f64) {
        const MOST_STEPS: usize = 60_000;
        self.steps += 1;
        let known = self.best.as_ref().map(|(best, _)| *best);
        if known.is_some_and(|best| cost >= best - 1e-9 || self.steps > MOST_STEPS) {
            return;
        }
        let Some(next) = self.flags.len().checked_sub(choices.len() + 1) else {
            self.best = Some((cost, choices.clone()));
            return;
        };
        let flag = &self.flags[next];
        let sides = [(Anchor::Start, 0.0), (Anchor::End, 0.1)];
        let named = (0..ROWS).flat_map(|row| {
            sides.map(|(anchor, extra)| (Some(Choice { row, anchor }), row as f64 + extra))
        });
        for (choice, price) in named.chain([(None, 12.0)]) {
            let on_page = choice.is_none_or(|choice| {
                let from = self.rows.from(flag, choice);
                from >= self.rows.left && from + flag.wide <= self.rows.right
            });
            let takes = self.rows.takes(flag, choice);
            // Leaders of neighbours may touch; a name may touch nothing.
            let free = choice.is_none() || takes.iter().all(|a| taken.iter().all(|b| apart(a, b)));
            if on_page && free {
                let before = taken.len();
                taken.extend(takes);
                choices.push(choice);
                self.deepen(choices, taken, cost + price);
                choices.pop();
                taken.truncate(before);
            }
        }
    }
}

fn crossings(
    group: &mut Group,
    strip: &Strip,
    x: &scale::Linear,
    top: f64,
    frame: &Frame,
    style: &Style,
    dropped: &mut Vec<String>,
) -> f64 {
    let looks = TextStyle { size: 6.0, colour: style.ink, ..style.label.clone() };
    let capital = text::metrics(&looks).cap_height;
    let rows = Rows { top, capital, left: frame.left, right: frame.right };
    let known = strip.crossings.iter().filter(|(chainage, _)| chainage.is_finite());
    let flags: Vec<Flag<'_>> = known
        .map(|(chainage, name)| Flag { at: x.at(*chainage), name, wide: text::width(name, &looks) })
        .collect();
    let mut taken: Vec<Taken> = Vec::new();
    let mut bottom = top;
    for (flag, choice) in flags.iter().zip(rows.arrange(&flags)) {
        let end = choice.map_or(top + TICK, |choice| rows.baseline(choice.row));
        let leader = Path::open([pt(flag.at, top - SEAM), pt(flag.at, end)]);
        group.path(leader, None, Some(style.tick.clone()));
        match choice {
            Some(choice) => {
                let from = rows.from(flag, choice);
                let anchored = if choice.anchor == Anchor::Start { from } else { from + flag.wide };
                group.text(flag.name, pt(anchored, end), choice.anchor, looks.clone());
            }
            None => dropped.push(flag.name.to_owned()),
        }
        taken.extend(rows.takes(flag, choice));
        bottom = bottom.max(end + 2.0);
    }
    let title = if flags.len() == 1 { "Crossing" } else { "Crossings" };
    let wide = text::width(title, &style.label);
    let room = [x.range[0], top, x.range[0] + wide + 4.0, rows.baseline(0) + 2.0];
    if !flags.is_empty() && taken.iter().all(|b| apart(&room, b)) {
        group.text(title, pt(x.range[0], rows.baseline(0)), Anchor::Start, style.label.clone());
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
