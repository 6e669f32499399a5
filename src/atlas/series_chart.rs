//! Incidents in time: stacked bars by week, month or year, with events marked
//! and what the source does not cover left blank.

use super::series_groups::{SeriesGroup, hatched, ring};
use super::{Page, Plate, Words};
use crate::analysis::{Series, Step, days};
use crate::figure::chart::{Axis, Mark, Panel};
use crate::figure::furniture::Frame;
use crate::figure::palette::mix;
use crate::figure::scene::{Anchor, Colour, Fill, Group, Path, Stroke, TextStyle, pt};
use crate::figure::style::Style;
use crate::figure::text;
use crate::model::Date;

/// Between rows of words above the bars, points.
const ROW: f64 = 9.0;
/// Rows of marked events, at most.
const MARK_ROWS: usize = 10;

/// Draws the counts; `marked` are events with their day. An event outside of the
/// time shown, or whose words find no room, is told in [`Plate::remarks`].
pub fn series_chart(
    series: &Series,
    groups: &[SeriesGroup],
    marked: &[(Date, String)],
    words: &Words,
    page: &Page,
) -> Plate {
    let style = page.style();
    let frame = Frame::new(page.width_mm, &style, &words.title, &words.subtitle, &words.notes);
    let mut body = Group::named("chart");
    let mut remarks = Vec::new();
    let top = key(&mut body, series, groups, &frame, &style);

    let most = series.bins.iter().map(|bin| bin.total()).max().unwrap_or(0);
    let counted = Axis { rules: true, ..Axis::counts(most, 4) };
    let left = frame.left + Panel::label_width(&counted, &style);
    let right = frame.right - 2.0;
    let time = Time::new(series);
    let across = |day: Date| left + (right - left) * time.at(day) / time.length;
    let (shown, missed): (Vec<_>, Vec<_>) = marked.iter().partition(|(day, _)| time.holds(*day));
    if !missed.is_empty() {
        let named: Vec<String> = missed.iter().map(|m| event(m)).collect();
        remarks.push(format!("Outside of the time shown: {}.", named.join("; ")));
    }
    let (events, rows, dropped) = set_events(&shown, across, [left, right], &style);
    if !dropped.is_empty() {
        remarks.push(format!("Marked without words for want of room: {}.", dropped.join("; ")));
    }
    let gaps = partial_gaps(series, groups);
    let marks_bottom = top + ROW * rows as f64;
    let plot_top = marks_bottom + ROW * gaps.len() as f64 + 5.0;
    let height = (0.27 * frame.body_width()).clamp(86.0, 150.0);
    let panel = Panel {
        plot: [left, plot_top, right, plot_top + height],
        x: Axis { ticks: time.ticks(right - left), line: true, ..Axis::plain([0.0, time.length]) },
        y: counted,
        marks: bars(series, groups, &time, (right - left) / time.length, &style),
    };
    blanks(&mut body, series, &time, &panel, &style);
    let bottom = panel.plot[3];
    let line = Stroke { round: false, ..Stroke::solid(style.ink, 0.6) };
    for event in &events {
        let y = marks_bottom - ROW * event.row as f64 + 1.0;
        let upper = if event.words.is_empty() { plot_top - 3.0 } else { y - 7.5 };
        body.path(Path::open([pt(event.x, upper), pt(event.x, bottom)]), None, Some(line.clone()));
        let anchor = if event.to_the_left { Anchor::End } else { Anchor::Start };
        let off = if event.to_the_left { -2.5 } else { 2.5 };
        body.text(
            event.words.clone(),
            pt(event.x + off, y - 2.0),
            anchor,
            style.annotation.clone(),
        );
    }
    body.group(panel.draw("bars", &style));
    let mut over = Group::named("hatching");
    for (group, mark) in groups.iter().zip(&panel.marks) {
        let Mark::Bars(bars, _) = mark else { continue };
        let rings = bars.iter().map(|[a, b]| ring(panel.at(a.0, a.1), panel.at(b.0, b.1)));
        hatched(&mut over, group.hatching, &rings.collect::<Vec<_>>(), &style);
    }
    if !over.items.is_empty() {
        body.group(over);
    }
    for (row, gap) in gaps.iter().enumerate() {
        let y = marks_bottom + ROW * (row as f64 + 1.0);
        bracket(&mut body, gap, y, across, &style);
    }
    let end = bottom + Panel::label_height(&style) + 1.0;
    let scene = frame.close(body, end, &words.description, &words.provenance);
    Plate { scene, remarks }
}

/// "15 August 2021: Taliban take Kabul".
fn event((day, words): &(Date, String)) -> String {
    format!("{}: {words}", super::wording::day(*day))
}

/// The same with the month in three letters, as it stands in the chart.
fn short((day, words): &(Date, String)) -> String {
    format!("{} {} {}: {words}", day.day(), &super::wording::month(*day)[..3], day.year())
}

/// Days from the first one shown.
struct Time {
    first: Date,
    length: f64,
    step: Step,
}

impl Time {
    fn new(series: &Series) -> Time {
        let first = series.bins.first().map_or(Date::ZERO, |bin| bin.from);
        let last = series.bins.last().map_or(first, |bin| bin.to);
        Time { first, length: (days(first, last) + 1) as f64, step: series.step }
    }

    fn at(&self, day: Date) -> f64 {
        days(self.first, day) as f64
    }

    fn holds(&self, day: Date) -> bool {
        (0.0..self.length).contains(&self.at(day))
    }

    /// Years, or months where there are few years; as many as there is room for.
    fn ticks(&self, wide: f64) -> Vec<(f64, String)> {
        let months = self.length / 30.44;
        let per_month = wide / months;
        let every: i32 = [1, 3, 6, 12, 24, 60, 120, 240, 600]
            .into_iter()
            .find(|every| {
                f64::from(*every) * per_month >= 26.0 && (self.step != Step::Year || *every >= 12)
            })
            .unwrap_or(1200);
        let mut ticks = Vec::new();
        let from = i32::from(self.first.year()) * 12;
        let until = from + months as i32 + 25;
        for month in (from..until).filter(|month| month % every == 0) {
            let (year, of_year) = (month.div_euclid(12), month.rem_euclid(12));
            let Ok(day) = Date::new(year as i16, of_year as i8 + 1, 1) else { continue };
            if self.holds(day) {
                let label = if of_year == 0 {
                    year.to_string()
                } else {
                    super::wording::month(day)[..3].to_owned()
                };
                ticks.push((self.at(day), label));
            }
        }
        ticks
    }
}

/// Colours and their words; returns the y below.
fn key(
    body: &mut Group,
    series: &Series,
    groups: &[SeriesGroup],
    frame: &Frame,
    style: &Style,
) -> f64 {
    let mut entries: Vec<(Colour, usize, String)> = groups
        .iter()
        .enumerate()
        .map(|(i, group)| {
            let count: usize = series.bins.iter().filter_map(|bin| bin.counts[i]).sum();
            let words = format!("{} ({})", group.label, super::wording::grouped(count as u64));
            (group.colour, group.hatching, words)
        })
        .collect();
    if series.bins.iter().any(|bin| bin.is_blank()) {
        entries.push((blank(style), 0, "not covered by the data".to_owned()));
    }
    let (mut x, mut y) = (frame.left, frame.top + 6.0);
    let cap = text::metrics(&style.label).cap_height;
    for (colour, hatching, words) in entries {
        let wide = 9.0 + text::width(&words, &style.label);
        if x > frame.left && x + wide > frame.right {
            (x, y) = (frame.left, y + ROW);
        }
        let swatch = Path::rect(x, y - cap - 0.5, 6.0, cap + 1.0);
        body.path(swatch, Some(Fill::solid(colour)), None);
        let corners = ring(pt(x, y - cap - 0.5), pt(x + 6.0, y + 0.5));
        hatched(body, hatching, &[corners], style);
        body.text(words, pt(x + 9.0, y), Anchor::Start, style.label.clone());
        x += wide + 12.0;
    }
    y + 6.0
}

/// The colour of time that is not covered.
fn blank(style: &Style) -> Colour {
    mix(style.page, style.faint, 0.2)
}

/// Bars on one another, the first group at the bottom.
fn bars(
    series: &Series,
    groups: &[SeriesGroup],
    time: &Time,
    points_per_day: f64,
    style: &Style,
) -> Vec<Mark> {
    let mut marks: Vec<Mark> = (0..groups.len())
        .map(|group| {
            let bars = series.bins.iter().filter(|bin| bin.counts[group].unwrap_or(0) > 0);
            let bars = bars.map(|bin| {
                let below: usize = bin.counts[..group].iter().flatten().sum();
                let (from, to) = (time.at(bin.from), time.at(bin.to) + 1.0);
                // Air between bars only where they are wide enough to have some.
                let wide = (to - from) * points_per_day;
                let air = if wide > 2.5 { 0.08 * (to - from) } else { 0.0 };
                let count = below + bin.counts[group].unwrap_or(0);
                [(from + air, below as f64), (to - air, count as f64)]
            });
            Mark::Bars(bars.collect(), Fill::solid(groups[group].colour))
        })
        .collect();
    marks.push(Mark::Line(vec![(0.0, 0.0), (time.length, 0.0)], style.axis.clone()));
    marks
}

/// Time that no group is covered in, behind the bars.
fn blanks(body: &mut Group, series: &Series, time: &Time, panel: &Panel, style: &Style) {
    for [from, to] in spells(series, |bin| bin.is_blank()) {
        let corner = |day: f64, count: f64| panel.at(day, count);
        let (a, b) = (
            corner(time.at(from), panel.y.domain[1]),
            corner(time.at(to) + 1.0, panel.y.domain[0]),
        );
        let path = Path::rect(a.x, a.y, b.x - a.x, b.y - a.y);
        body.path(path, Some(Fill::solid(blank(style))), None);
    }
}

/// First and last days of runs of bins.
fn spells(series: &Series, is: impl Fn(&crate::analysis::Bin) -> bool) -> Vec<[Date; 2]> {
    let mut spells: Vec<[Date; 2]> = Vec::new();
    let mut running = false;
    for bin in &series.bins {
        match spells.last_mut() {
            Some(spell) if running && is(bin) => spell[1] = bin.to,
            _ if is(bin) => spells.push([bin.from, bin.to]),
            _ => {}
        }
        running = is(bin);
    }
    spells
}

/// Times in which one group is not covered though another is.
struct Gap {
    spells: Vec<[Date; 2]>,
    words: String,
    colour: Colour,
}

fn partial_gaps(series: &Series, groups: &[SeriesGroup]) -> Vec<Gap> {
    let of = |(i, group): (usize, &SeriesGroup)| {
        let spells = spells(series, |bin| bin.counts[i].is_none() && !bin.is_blank());
        let words = format!("{} not covered", group.label);
        (!spells.is_empty()).then_some(Gap { spells, words, colour: group.colour })
    };
    groups.iter().enumerate().filter_map(of).collect()
}

/// A dashed line over each of the times, with words on the first.
fn bracket(body: &mut Group, gap: &Gap, y: f64, across: impl Fn(Date) -> f64, style: &Style) {
    let stroke = Stroke { dashes: vec![2.0, 1.5], round: false, ..Stroke::solid(gap.colour, 0.8) };
    for [from, to] in &gap.spells {
        let after = to.tomorrow().unwrap_or(*to);
        let ends = [*from, after].map(|day| pt(across(day), y));
        body.path(Path::open(ends), None, Some(stroke.clone()));
    }
    let looks = TextStyle { colour: style.soft, ..style.annotation.clone() };
    let first = across(gap.spells[0][0]);
    body.text(gap.words.clone(), pt(first, y - 2.0), Anchor::Start, looks);
}

/// An event where it stands: its line, and the row of its words, the lowest 0.
struct Event {
    x: f64,
    row: usize,
    to_the_left: bool,
    words: String,
}

impl Event {
    /// From and to across the page.
    fn span(&self, style: &Style) -> [f64; 2] {
        let wide = text::width(&self.words, &style.annotation) + 5.0;
        if self.to_the_left { [self.x - wide, self.x] } else { [self.x, self.x + wide] }
    }

    /// Whether the words of both, and either's line, keep clear of each other.
    fn clear_of(&self, other: &Event, style: &Style) -> bool {
        if other.words.is_empty() {
            return true; // its line ends below the words
        }
        let (a, b) = (self.span(style), other.span(style));
        let cuts = |x: f64, span: [f64; 2]| x > span[0] - 1.0 && x < span[1] + 1.0;
        match self.row.cmp(&other.row) {
            std::cmp::Ordering::Equal => a[1] + 3.0 <= b[0] || b[1] + 3.0 <= a[0],
            std::cmp::Ordering::Greater => !cuts(self.x, b),
            std::cmp::Ordering::Less => !cuts(other.x, a),
        }
    }
}

/// Events set, the number of rows they take, and those whose words found none.
type Set = (Vec<Event>, usize, Vec<String>);

/// Sets events in the lowest rows that keep them apart: in the order of time or
/// against it, their words to the right or to the left of their line where both
/// are free, whichever of the four leaves out fewest and takes fewest rows.
fn set_events(
    marked: &[&(Date, String)],
    across: impl Fn(Date) -> f64,
    ends: [f64; 2],
    style: &Style,
) -> Set {
    let backwards: Vec<&(Date, String)> = marked.iter().rev().copied().collect();
    let ways = [(marked, false), (&backwards[..], false), (marked, true), (&backwards[..], true)];
    ways.into_iter()
        .map(|(order, left_first)| set_in_order(order, &across, ends, left_first, style))
        .min_by_key(|(_, rows, dropped)| (dropped.len(), *rows))
        .unwrap_or_default()
}

fn set_in_order(
    marked: &[&(Date, String)],
    across: impl Fn(Date) -> f64,
    [left, right]: [f64; 2],
    left_first: bool,
    style: &Style,
) -> Set {
    let (mut set, mut dropped): (Vec<Event>, Vec<String>) = (Vec::new(), Vec::new());
    for &marked in marked {
        let x = across(marked.0);
        let ways = (0..MARK_ROWS).flat_map(|row| [(row, left_first), (row, !left_first)]);
        let found = ways
            .map(|(row, to_the_left)| Event { x, row, to_the_left, words: short(marked) })
            .find(|event| {
                let span = event.span(style);
                span[0] >= left - 20.0
                    && span[1] <= right + 2.0
                    && set.iter().all(|other| event.clear_of(other, style))
            });
        set.push(found.unwrap_or_else(|| {
            dropped.push(event(marked));
            Event { x, row: 0, to_the_left: false, words: String::new() }
        }));
    }
    let worded = set.iter().filter(|event| !event.words.is_empty());
    let rows = worded.map(|event| event.row + 1).max().unwrap_or(0);
    (set, rows, dropped)
}

#[cfg(test)]
mod tests {
    use super::super::Theme;
    use super::super::check::clean;
    use super::super::looking::somebody_looks;
    use super::*;
    use crate::analysis::{Hole, series};
    use crate::figure::export;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn sides() -> Vec<SeriesGroup> {
        let style = Theme::Light.style();
        ["Afghanistan", "Pakistan"]
            .into_iter()
            .zip(style.sides)
            .map(|(label, colour)| SeriesGroup { label: label.to_owned(), colour, hatching: 0 })
            .collect()
    }

    fn made_up() -> Series {
        let incidents: Vec<(Option<Date>, usize)> = (0..300_i32)
            .map(|i| {
                let day = day("2014-01-15").checked_add(jiff::ToSpan::days(i * i / 22)).unwrap();
                (Some(day), usize::from(i % 3 == 0))
            })
            .collect();
        let holes = [
            Hole { group: Some(0), from: None, to: Some(day("2015-12-31")) },
            Hole { group: None, from: Some(day("2026-01-01")), to: None },
        ];
        series(&incidents, 2, [day("2012-06-01"), day("2026-08-31")], Step::Month, &holes)
    }

    #[test]
    fn bars_add_up_and_gaps_are_told() {
        let series = made_up();
        let marked = [
            ("2010-01-01", "before all"),
            ("2017-03-20", "The fence is begun"),
            ("2021-08-15", "Taliban take Kabul"),
            ("2021-12-22", "A fence is torn down"),
            ("2024-03-18", "Airstrikes on Khost and Paktika"),
            ("2025-10-11", "Clashes along the line"),
        ]
        .map(|(date, words)| (day(date), words.to_owned()));
        let words = Words {
            title: "Incidents by month along the Durand Line, 2014–2025".into(),
            subtitle: "Incidents per month, by side · 300 of 300 incidents".into(),
            notes: vec!["Made up for a test.".into()],
            ..Words::default()
        };
        let sizes = [(85.0, Theme::Light), (180.0, Theme::Light), (120.0, Theme::Dark)];
        for (width_mm, theme) in if somebody_looks() { &sizes[..] } else { &sizes[..2] } {
            let page = Page { width_mm: *width_mm, theme: *theme };
            let plate = series_chart(&series, &sides(), &marked, &words, &page);
            clean(&format!("series-{width_mm}"), &plate);
            assert!(plate.remarks[0].contains("1 January 2010: before all"), "{:?}", plate.remarks);
            let svg = export::svg(&plate.scene);
            assert!(svg.contains("not covered by the data") && svg.contains(">2020<"));
            // Words that find no room on a narrow page are told below it.
            let told = plate.remarks.join(" ");
            assert!(
                svg.contains("15 Aug 2021: Taliban") || told.contains("15 August 2021: Taliban")
            );
        }
        let marks = bars(&series, &sides(), &Time::new(&series), 0.1, &Theme::Light.style());
        let height = |mark: &Mark| match mark {
            Mark::Bars(bars, _) => bars.iter().map(|[a, b]| b.1 - a.1).sum::<f64>(),
            _ => 0.0,
        };
        assert_eq!(marks.iter().map(height).sum::<f64>(), 300.0);
    }

    #[test]
    fn a_week_and_nothing_are_charts_too() {
        let one = [(Some(day("2021-08-15")), 0)];
        let short = series(&one, 2, [day("2021-08-01"), day("2021-10-31")], Step::Week, &[]);
        let page = Page { width_mm: 85.0, ..Page::default() };
        clean("series-weeks", &series_chart(&short, &sides(), &[], &Words::default(), &page));
        let none = series(&[], 2, [day("2021-08-01"), day("2021-08-01")], Step::Year, &[]);
        clean("series-none", &series_chart(&none, &sides(), &[], &Words::default(), &page));
    }
}
