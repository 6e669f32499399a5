//! Two periods compared: rates before and after, and their ratio with its
//! interval on a scale of factors.

use super::{Page, Plate, Words};
use crate::figure::chart::{Axis, Mark, Panel};
use crate::figure::furniture::Frame;
use crate::figure::scene::{Anchor, Fill, Group, Path, Pt, Stroke, TextStyle, pt};
use crate::figure::style::Style;
use crate::figure::{scale, text};

/// A line of the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct RatioRow {
    /// What is counted.
    pub label: String,
    /// Side whose colour it takes: 0 left, 1 right; `None` for neither.
    pub side: Option<usize>,
    /// Incidents per year before and after.
    pub per_year: [f64; 2],
    /// The second rate over the first; `None` where both are zero.
    pub ratio: Option<f64>,
    /// Ends of its 95 % interval; the upper may be infinite.
    pub interval: [f64; 2],
    /// Whether the change is called a finding.
    pub finding: bool,
}

/// Lines under a heading.
#[derive(Clone, Debug, PartialEq)]
pub struct RatioSection {
    /// The heading; empty for none.
    pub heading: String,
    /// Its lines.
    pub rows: Vec<RatioRow>,
}

/// Height of a row and of a heading, points.
const ROW: f64 = 9.6;
const HEAD: f64 = 13.0;
/// The scale ends at these factors, at the farthest.
const FARTHEST: f64 = 100.0;
/// Radius of a dot, points.
const DOT: f64 = 2.1;

/// Draws a line for each row: the rates in figures and the ratio as a dot on its
/// interval, filled where it is a finding. An interval that goes on beyond the
/// scale ends in an arrow.
pub fn compare_chart(sections: &[RatioSection], words: &Words, page: &Page) -> Plate {
    let style = page.style();
    let frame = Frame::new(page.width_mm, &style, &words.title, &words.subtitle, &words.notes);
    let mut body = Group::named("chart");
    let rows = || sections.iter().flat_map(|s| &s.rows);
    let widest = |texts: &mut dyn Iterator<Item = String>, looks: &TextStyle| {
        texts.map(|t| text::width(&t, looks)).fold(0.0, f64::max)
    };
    let label_most = 0.42 * frame.body_width();
    let labels = widest(&mut rows().map(|r| r.label.clone()), &style.value).min(label_most);
    let figure = |i: usize| {
        let head = std::iter::once(["Before", "After"][i].to_owned());
        widest(&mut rows().map(|r| scale::two_figures(r.per_year[i])).chain(head), &style.value)
    };
    let before_x = frame.left + labels + 9.0 + figure(0);
    let after_x = before_x + 9.0 + figure(1);
    let (left, right) = (after_x + 14.0, frame.right - 8.0);

    let mut y = key(&mut body, &frame, &style);
    y += 10.0;
    let head = TextStyle { colour: style.ink, ..style.label.clone() };
    body.text("Before", pt(before_x, y), Anchor::End, head.clone());
    body.text("After", pt(after_x, y), Anchor::End, head.clone());
    y += 3.0;
    let top = y;
    let mut places: Vec<(f64, &RatioRow)> = Vec::new();
    for section in sections.iter().filter(|s| !s.rows.is_empty()) {
        if !section.heading.is_empty() {
            y += HEAD;
            let heading = text::fitted(&section.heading, &style.heading, left - frame.left - 6.0);
            body.text(heading, pt(frame.left, y - 4.0), Anchor::Start, style.heading.clone());
        }
        for row in &section.rows {
            places.push((y + 0.5 * ROW, row));
            y += ROW;
        }
    }
    let plot = [left, top, right, y + 2.0];
    let axis = factors(rows(), right - left);
    let (low, high) = (axis.domain[0], axis.domain[1]);
    let span = Axis::plain([0.0, 1.0]);
    let panel = Panel { plot, x: axis, y: span, marks: vec![unity(low, high, &style)] };
    body.group(panel.draw("ratios", &style));
    for (at, row) in places {
        let baseline = at + 0.5 * text::metrics(&style.value).cap_height;
        let looks = match row.side {
            Some(side) => TextStyle { colour: style.side_inks[side], ..style.value.clone() },
            None => style.value.clone(),
        };
        let label = text::fitted(&row.label, &looks, label_most);
        body.text(label, pt(frame.left, baseline), Anchor::Start, looks);
        for (x, rate) in [before_x, after_x].into_iter().zip(row.per_year) {
            let rate = scale::two_figures(rate);
            body.text(rate, pt(x, baseline), Anchor::End, style.value.clone());
        }
        interval(&mut body, row, at, [low, high], &panel, &style);
    }
    let mut bottom = plot[3] + Panel::label_height(&style) + 7.5;
    let ends = [["fewer after", "more after"], ["fewer", "more"]];
    let fits = |pair: &[&str; 2]| {
        pair.iter().map(|w| text::width(w, &style.label)).sum::<f64>() + 6.0 <= right - left
    };
    if let Some([fewer, more]) = ends.into_iter().find(fits) {
        body.text(fewer, pt(left, bottom), Anchor::Start, style.label.clone());
        body.text(more, pt(right, bottom), Anchor::End, style.label.clone());
    }
    bottom += 1.0;
    let scene = frame.close(body, bottom, &words.description, &words.provenance);
    Plate { scene, remarks: Vec::new() }
}

/// What the marks mean; returns the y below.
fn key(body: &mut Group, frame: &Frame, style: &Style) -> f64 {
    let mut y = frame.top + 6.0;
    let middle = 0.5 * text::metrics(&style.label).cap_height;
    let entries = [(true, "Ratio of the rates: hardly chance"), (false, "may be chance")];
    let mut x = frame.left;
    for (finding, words) in entries {
        let wide = 16.0 + text::width(words, &style.label) + 12.0;
        if x > frame.left && x + wide > frame.right {
            (x, y) = (frame.left, y + 9.0);
        }
        let ends = [pt(x, y - middle), pt(x + 12.0, y - middle)];
        body.path(Path::open(ends), None, Some(whisker(style.soft)));
        dot(body, pt(x + 6.0, y - middle), style.soft, finding, style);
        body.text(words, pt(x + 16.0, y), Anchor::Start, style.label.clone());
        x += wide;
    }
    let words = "Line: 95 % interval";
    if x + text::width(words, &style.label) > frame.right {
        (x, y) = (frame.left, y + 9.0);
    }
    body.text(words, pt(x, y), Anchor::Start, style.label.clone());
    y
}

fn whisker(colour: crate::figure::scene::Colour) -> Stroke {
    Stroke { round: false, ..Stroke::solid(colour, 0.8) }
}

/// An axis of factors, in powers of ten, for all dots and the intervals of
/// findings; what may be chance may go on beyond it.
fn factors<'a>(rows: impl Iterator<Item = &'a RatioRow>, wide: f64) -> Axis {
    let (mut low, mut high) = (0.4_f64, 2.5_f64);
    for row in rows {
        let dot = row.ratio.into_iter();
        let ends = row.interval.into_iter().filter(|_| row.finding);
        for end in dot.chain(ends).filter(|e| e.is_finite() && *e > 0.0) {
            (low, high) = (low.min(end / 1.1), high.max(end * 1.1));
        }
    }
    let (low, high) = (low.max(1.0 / FARTHEST), high.min(FARTHEST));
    let all = scale::log_ticks(low, high);
    // Ones and, where there is room, twos and fives.
    let most = (wide / 22.0).max(3.0) as usize;
    let powers = |t: &f64, every: i64| {
        let power = t.log10();
        (power - power.round()).abs() < 1e-9 && power.round() as i64 % every == 0
    };
    let sets = [1, 2].map(|every| all.iter().copied().filter(|t| powers(t, every)).collect());
    let sets = std::iter::once(all.clone()).chain::<[Vec<f64>; 2]>(sets);
    let kept = sets.into_iter().find(|set| set.len() <= most).unwrap_or_else(|| vec![1.0]);
    let ticks = kept.into_iter().map(|t| (t.log10(), label(t))).collect();
    let air = 0.03 * (high / low).log10();
    Axis { domain: [low.log10() - air, high.log10() + air], ticks, rules: true, line: true }
}

/// "×2", "÷5", "=" where nothing changes.
fn label(factor: f64) -> String {
    if (factor - 1.0).abs() < 1e-9 {
        "same".to_owned()
    } else if factor > 1.0 {
        format!("×{}", scale::number(factor, 0))
    } else {
        format!("÷{}", scale::number(1.0 / factor, 0))
    }
}

/// The line of no change.
fn unity(low: f64, high: f64, style: &Style) -> Mark {
    let ends = if low < 0.0 && high > 0.0 { vec![[(0.0, 0.0), (0.0, 1.0)]] } else { Vec::new() };
    Mark::Segments(ends, style.axis.clone())
}

fn dot(
    body: &mut Group,
    at: Pt,
    colour: crate::figure::scene::Colour,
    filled: bool,
    style: &Style,
) {
    let fill = Fill::solid(if filled { colour } else { style.page });
    body.path(Path::circle(at, DOT), Some(fill), Some(Stroke::solid(colour, 0.8)));
}

/// A row's dot on its interval; an arrow where the interval goes on.
fn interval(
    body: &mut Group,
    row: &RatioRow,
    y: f64,
    domain: [f64; 2],
    panel: &Panel,
    style: &Style,
) {
    let Some(ratio) = row.ratio else { return };
    let colour = row.side.map_or(style.ink, |side| style.sides[side]);
    let at = |factor: f64| {
        let power = if factor > 0.0 { factor.log10() } else { f64::NEG_INFINITY };
        (panel.at(power.clamp(domain[0], domain[1]), 0.0).x, power < domain[0], power > domain[1])
    };
    let ((from, below, _), (to, _, above)) = (at(row.interval[0]), at(row.interval[1]));
    body.path(Path::open([pt(from, y), pt(to, y)]), None, Some(whisker(colour)));
    for (open, x, off) in [(below, from, 3.2), (above, to, -3.2)] {
        if open {
            let tip = [pt(x - off, y), pt(x, y - 1.8), pt(x, y + 1.8)];
            body.path(Path::closed(tip), Some(Fill::solid(colour)), None);
        }
    }
    let (x, below, above) = at(ratio);
    if !below && !above {
        dot(body, pt(x, y), colour, row.finding, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::{Theme, check};

    fn row(label: &str, side: Option<usize>, ratio: Option<f64>, interval: [f64; 2]) -> RatioRow {
        let finding = interval[0] > 1.0 || interval[1] < 1.0;
        let per_year = [12.0, 12.0 * ratio.unwrap_or(0.0).min(1e4)];
        RatioRow { label: label.into(), side, per_year, ratio, interval, finding }
    }

    #[test]
    fn is_clean_at_every_width_and_theme() {
        let inf = f64::INFINITY;
        let sections = [
            RatioSection {
                heading: String::new(),
                rows: vec![
                    row("All incidents", None, Some(2.4), [2.1, 2.7]),
                    row("Afghanistan side", Some(0), Some(0.2), [0.01, 0.9]),
                ],
            },
            RatioSection {
                heading: "By district: those that changed most surely".into(),
                rows: vec![
                    row(
                        "North Waziristan Agency and its Frontier Regions (Khyber Pakhtunkhwa)",
                        Some(1),
                        Some(0.0),
                        [0.0, 0.4],
                    ),
                    row("Khost", Some(0), Some(inf), [3.0, inf]),
                    row("Kunar", Some(0), None, [0.0, inf]),
                    row("Chitral", Some(1), Some(900.0), [90.0, 4e3]),
                ],
            },
        ];
        let words = Words {
            title: "Incidents a year before and after 15 August 2021".into(),
            subtitle: "Incidents per year, and their ratio".into(),
            notes: vec!["Exact intervals.".into()],
            ..Words::default()
        };
        for (name, width_mm, theme) in [
            ("compare-180", 180.0, Theme::Light),
            ("compare-85", 85.0, Theme::Light),
            ("compare-dark", 120.0, Theme::Dark),
        ] {
            let page = Page { width_mm, theme };
            check::clean(name, &compare_chart(&sections, &words, &page));
        }
        check::clean("compare-none", &compare_chart(&[], &words, &Page::default()));
    }
}
