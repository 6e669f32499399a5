//! Incidents by distance zone and side: counts with their interval beside rates.

use super::{Page, Plate, Words};
use crate::analysis::{Zone, Zones};
use crate::figure::chart::{Axis, Mark, Panel};
use crate::figure::furniture::Frame;
use crate::figure::scene::{Anchor, Fill, Group, Path, Stroke, TextStyle, pt};
use crate::figure::style::Style;
use crate::figure::{scale, text};
use crate::model::Side;

/// Height of a zone's row, of a bar and of the gap between a zone's two bars, points.
const ROW: f64 = 24.0;
const BAR: f64 = 8.0;
const BETWEEN: f64 = 1.2;

/// Draws the zones from the line outwards, both sides in each row: on the left
/// how many incidents, on the right how many per 1,000 km². Where the areas are
/// not known only counts are drawn.
pub fn zones_chart(zones: &Zones, words: &Words, page: &Page) -> Plate {
    let style = page.style();
    let frame = Frame::new(page.width_mm, &style, &words.title, &words.subtitle, &words.notes);
    let mut body = Group::named("chart");

    let rows = rows(zones);
    let labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
    let label_width = labels
        .iter()
        .map(|label| text::width(label, &style.value))
        .fold(text::width("from the line", &style.label), f64::max);
    let gutter = label_width + 7.0;

    let mut y = key(&mut body, zones, &rows, &style, &frame) + 10.0;

    let with_rates =
        rows.iter().flat_map(|row| row.sides).flatten().any(|zone| zone.per_1000km2.is_some());
    let columns: &[Measure] =
        if with_rates { &[Measure::Count, Measure::Rate] } else { &[Measure::Count] };
    let gap = 14.0;
    let room = frame.body_width() - gutter - gap * (columns.len() - 1) as f64;
    let wide = room / columns.len() as f64;

    let distance =
        vec![("Distance".to_owned(), &style.heading), ("from the line".to_owned(), &style.label)];
    let lines: Vec<(f64, Vec<(String, &TextStyle)>)> = std::iter::once((frame.left, distance))
        .chain(columns.iter().enumerate().map(|(i, measure)| {
            let mut lines = wrapped(measure.heading(), &style.heading, wide);
            if *measure == Measure::Count && has_interval(&rows) {
                lines.extend(wrapped(
                    "thin line: 95 % interval given geocoding precision",
                    &style.label,
                    wide,
                ));
            }
            (frame.left + gutter + i as f64 * (wide + gap), lines)
        }))
        .collect();
    y = headings(&mut body, &lines, y) + 5.0;

    let bottom = y + ROW * rows.len().max(1) as f64;
    for (i, label) in labels.iter().enumerate() {
        let middle = y + (i as f64 + 0.5) * ROW + 0.5 * text::metrics(&style.value).cap_height;
        body.text(
            label.clone(),
            pt(frame.left + label_width, middle),
            Anchor::End,
            style.value.clone(),
        );
    }
    for (i, &measure) in columns.iter().enumerate() {
        let left = frame.left + gutter + i as f64 * (wide + gap);
        body.group(column(&rows, measure, [left, y, left + wide, bottom], &style));
    }
    let bottom = bottom + Panel::label_height(&style);

    let scene = frame.close(body, bottom, &words.description, &words.provenance);
    Plate { scene, remarks: remarks(zones) }
}

/// A zone of the chart: its label and its record on each side.
struct Row<'a> {
    label: String,
    sides: [Option<&'a Zone>; 2],
}

/// What a column of bars measures.
#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Count,
    Rate,
}

impl Measure {
    fn heading(self) -> &'static str {
        match self {
            Measure::Count => "Incidents",
            Measure::Rate => "Incidents per 1,000\u{202f}km²",
        }
    }

    fn value(self, zone: &Zone) -> Option<f64> {
        match self {
            Measure::Count => Some(zone.incidents as f64),
            Measure::Rate => zone.per_1000km2,
        }
    }

    fn print(self, value: f64) -> String {
        match self {
            Measure::Count => scale::number(value, 0),
            Measure::Rate => scale::two_figures(value),
        }
    }

    /// The interval, where it is wider than a point.
    fn interval(self, zone: &Zone) -> Option<[f64; 2]> {
        (self == Measure::Count && zone.low != zone.high)
            .then_some([zone.low as f64, zone.high as f64])
    }
}

fn rows(zones: &Zones) -> Vec<Row<'_>> {
    let of = |side: Side| {
        zones.rows.iter().filter(move |zone| zone.side == side && zone.to_m.is_finite())
    };
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut from = 0.0;
    for &to in &zones.breaks_m {
        let at = |side: Side| of(side).find(|zone| zone.to_m == to);
        rows.push(Row { label: range_label(from, to), sides: [at(Side::Left), at(Side::Right)] });
        from = to;
    }
    rows
}

/// "5–10 km".
fn range_label(from_m: f64, to_m: f64) -> String {
    let km = |m: f64| scale::number(m / 1000.0, scale::decimals(m / 1000.0).min(2));
    format!("{}–{}{}km", km(from_m), km(to_m), scale::THIN)
}

fn has_interval(rows: &[Row<'_>]) -> bool {
    rows.iter()
        .flat_map(|row| row.sides)
        .flatten()
        .any(|zone| Measure::Count.interval(zone).is_some())
}

fn wrapped<'s>(words: &str, style: &'s TextStyle, wide: f64) -> Vec<(String, &'s TextStyle)> {
    text::wrap(words, style, wide).into_iter().map(|line| (line, style)).collect()
}

/// Draws the columns' headings, bottoms aligned, and returns the y below them.
fn headings(body: &mut Group, columns: &[(f64, Vec<(String, &TextStyle)>)], top: f64) -> f64 {
    const LEAD: f64 = 8.4;
    let most = columns.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
    for (x, lines) in columns {
        for (i, (line, style)) in lines.iter().enumerate() {
            let y = top + (most - lines.len() + i + 1) as f64 * LEAD - 2.0;
            body.text(line.clone(), pt(*x, y), Anchor::Start, (*style).clone());
        }
    }
    top + most as f64 * LEAD
}

/// Names the sides' colours, with their totals; returns the y below.
fn key(body: &mut Group, zones: &Zones, rows: &[Row<'_>], style: &Style, frame: &Frame) -> f64 {
    const SWATCH: f64 = 5.6;
    const LEAD: f64 = 9.6;
    let mut place = pt(frame.left, frame.top + SWATCH);
    for (i, name) in zones.names.iter().enumerate() {
        let bold = TextStyle { colour: style.side_inks[i], ..style.heading.clone() };
        let totals = totals(zones, rows, i);
        let name_at = SWATCH + 3.0;
        let totals_at = name_at + text::width(name, &bold) + 4.0;
        let wide = totals_at + text::width(&totals, &style.label);
        if i > 0 && place.x + wide > frame.right {
            place = pt(frame.left, place.y + LEAD);
        }
        let swatch = Path::rect(place.x, place.y - SWATCH + 0.5, SWATCH, SWATCH);
        body.path(swatch, Some(Fill::solid(style.sides[i])), None);
        body.text(name.clone(), pt(place.x + name_at, place.y), Anchor::Start, bold);
        let (mut x, mut room) = (place.x + totals_at, frame.right - place.x - totals_at);
        if text::width(&totals, &style.label) > room {
            // Too long to stand beside the name: below it, on lines of their own.
            (x, room) = (frame.left + name_at, frame.body_width() - name_at);
            place = pt(frame.right, place.y + LEAD);
        }
        for (i, line) in text::wrap(&totals, &style.label, room).into_iter().enumerate() {
            place.y += if i > 0 { LEAD } else { 0.0 };
            body.text(line, pt(x, place.y), Anchor::Start, style.label.clone());
        }
        place.x += wide + 18.0;
    }
    place.y
}

/// "210 within 100 km, 371 on the whole side".
fn totals(zones: &Zones, rows: &[Row<'_>], side: usize) -> String {
    let within: usize =
        rows.iter().filter_map(|row| row.sides[side]).map(|zone| zone.incidents).sum();
    let outermost = zones.breaks_m.last().copied().unwrap_or(0.0);
    let reach = scale::number(outermost / 1000.0, scale::decimals(outermost / 1000.0).min(2));
    let within = format!("{} within {reach}{}km", scale::count(within), scale::THIN);
    let whole =
        zones.rows.iter().find(|zone| zone.side == Side::BOTH[side] && !zone.to_m.is_finite());
    match whole {
        Some(whole) => format!("{within}, {} on the whole side", scale::count(whole.incidents)),
        None => within,
    }
}

/// One measure's bars with their labels.
fn column(rows: &[Row<'_>], measure: Measure, plot: [f64; 4], style: &Style) -> Group {
    let zones = || rows.iter().flat_map(|row| row.sides).flatten();
    let end = |zone: &Zone| {
        let high = measure.interval(zone).map_or(0.0, |interval| interval[1]);
        measure.value(zone).unwrap_or(0.0).max(high)
    };
    let highest = zones().map(end).fold(0.0, f64::max);
    // The longest bar leaves room for the longest label.
    let printed = zones().filter_map(|zone| measure.value(zone)).map(|value| measure.print(value));
    let bold = TextStyle { face: style.heading.face, ..style.value.clone() };
    let longest =
        printed.map(|label| text::width(&label, &bold)).fold(text::width("n/a", &bold), f64::max);
    let wide = plot[2] - plot[0];
    let about = if wide > 130.0 { 4 } else { 3 };
    let top = if highest > 0.0 { highest } else { 1.0 };
    let ticks = match measure {
        Measure::Count => Axis::counts(top as usize, about).ticks,
        Measure::Rate => Axis::spanning([0.0, top], about).ticks,
    };
    let ticks = ticks.into_iter().filter(|(tick, _)| *tick <= top).collect();
    let last = top * wide / (wide - longest - 5.0);
    let count = rows.len().max(1) as f64;

    let mut panel = Panel {
        plot,
        x: Axis { domain: [0.0, last], ticks, rules: true, line: false },
        y: Axis::plain([0.0, count * ROW]),
        marks: Vec::new(),
    };
    let mut labels = Vec::new();
    let mut whiskers = Vec::new();
    for side in 0..2 {
        let mut bars = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let pad = 0.5 * (ROW - 2.0 * BAR - BETWEEN);
            let upper = (count - i as f64) * ROW - pad - side as f64 * (BAR + BETWEEN);
            let middle = upper - 0.5 * BAR;
            let Some(zone) = row.sides[side] else { continue };
            let value = measure.value(zone);
            if let Some(value) = value {
                bars.push([(0.0, upper), (value, upper - BAR)]);
            }
            whiskers
                .extend(measure.interval(zone).map(|[low, high]| [(low, middle), (high, middle)]));
            let label = value.map_or_else(|| "n/a".to_owned(), |value| measure.print(value));
            labels.push((side, label, end(zone), middle));
        }
        panel.marks.push(Mark::Bars(bars, Fill::solid(style.sides[side])));
    }
    let casing =
        Stroke { colour: style.page, width: style.whisker.width + 0.8, ..style.whisker.clone() };
    panel.marks.push(Mark::Segments(whiskers.clone(), casing));
    panel.marks.push(Mark::Segments(whiskers, style.whisker.clone()));
    panel.marks.push(Mark::Line(vec![(0.0, 0.0), (0.0, count * ROW)], style.axis.clone()));

    let name = if measure == Measure::Count { "counts" } else { "rates" };
    let mut group = panel.draw(name, style);
    let capital = text::metrics(&bold).cap_height;
    for (side, label, end, middle) in labels {
        let at = panel.at(end, middle);
        let looks = TextStyle { colour: style.side_inks[side], ..bold.clone() };
        group.text(label, pt(at.x + 3.0, at.y + 0.5 * capital), Anchor::Start, looks);
    }
    group
}

fn remarks(zones: &Zones) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut remark = |count: usize, one: &str, many: &str| {
        if count > 0 {
            let words = if count == 1 { one } else { many };
            remarks.push(format!("{} {words}", scale::count(count)));
        }
    };
    remark(
        zones.on_line,
        "incident lies exactly on the line and belongs to no side.",
        "incidents lie exactly on the line and belong to no side.",
    );
    remark(
        zones.unlocated,
        "incident is located worse than the province: it is counted, but not in the intervals.",
        "incidents are located worse than the province: they are counted, but not in the intervals.",
    );
    remark(
        zones.unstated,
        "incident comes without a stated precision and is taken as an exact point.",
        "incidents come without a stated precision and are taken as exact points.",
    );
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::{Theme, check};

    fn zones(spread: usize, areas: bool) -> Zones {
        let counts = [[29, 21, 30, 25, 18], [57, 40, 61, 35, 22]];
        let areas_km2 = [7_100.0, 7_000.0, 20_600.0, 33_000.0, 62_000.0];
        let breaks = [5e3, 10e3, 25e3, 50e3, 100e3];
        let zone = |side: usize, from_m: f64, to_m: f64, incidents: usize, area: f64| Zone {
            side: Side::BOTH[side],
            from_m,
            to_m,
            area_km2: areas.then_some(area),
            incidents,
            expected: incidents as f64 * 0.95,
            low: incidents.saturating_sub(spread),
            high: incidents + spread / 2,
            share: 0.1,
            per_1000km2: areas.then_some(incidents as f64 / area * 1000.0),
            fatalities_best: None,
            fatalities_low: None,
            fatalities_high: None,
            fatalities_expected: None,
            rate: None,
            ratio_next: None,
            ratio_across: None,
            area_error_km2: None,
            lines: None,
        };
        let mut rows = Vec::new();
        for (side, counts) in counts.iter().enumerate() {
            for (i, &to) in breaks.iter().enumerate() {
                let from = if i == 0 { 0.0 } else { breaks[i - 1] };
                rows.push(zone(side, from, to, counts[i], areas_km2[i]));
            }
        }
        for (side, counts) in counts.iter().enumerate() {
            let all = counts.iter().sum::<usize>() * 2;
            rows.push(zone(side, 0.0, f64::INFINITY, all, 400_000.0));
        }
        Zones {
            names: ["Afghanistan".into(), "Pakistan".into()],
            breaks_m: breaks.to_vec(),
            rows,
            within: Vec::new(),
            years: None,
            counted: 676,
            on_line: 1,
            unlocated: 12,
            unknown_toll: 0,
            tally: crate::analysis::RegionTally::default(),
            near: None,
            near_people: None,
            lines: Vec::new(),
            unstated: 0,
        }
    }

    fn words() -> Words {
        Words {
            title: "Incidents crowd the first 25 km, and the Pakistani side more than the Afghan".into(),
            subtitle: "Incidents by distance from the Durand Line, August 2021 to October 2025 · 338 of 676 read".into(),
            notes: vec![
                "Geodesic distances on WGS 84 to the line as in geoBoundaries; areas on the ellipsoid. Intervals from 1,000 draws of each incident's place given its geocoding precision (seed 1).".into(),
                "Events: UCDP GED 25.1 (CC BY 4.0). Boundaries: geoBoundaries (CC BY 4.0).".into(),
            ],
            description: "Bars.".into(),
            provenance: "{}".into(),
        }
    }

    #[test]
    fn is_clean_at_every_width_and_theme() {
        for (name, mm, theme, zones) in [
            ("zones-180", 180.0, Theme::Light, zones(6, true)),
            ("zones-85", 85.0, Theme::Light, zones(6, true)),
            ("zones-dark", 180.0, Theme::Dark, zones(6, true)),
            ("zones-counts", 120.0, Theme::Light, zones(0, false)),
        ] {
            check::clean(name, &zones_chart(&zones, &words(), &Page { width_mm: mm, theme }));
        }
    }

    #[test]
    fn long_names_and_large_numbers_fit() {
        let mut zones = zones(40, true);
        zones.names =
            ["Islamic Emirate of Afghanistan".into(), "Islamic Republic of Pakistan".into()];
        for (i, zone) in zones.rows.iter_mut().enumerate() {
            (zone.incidents, zone.high) = (zone.incidents * 1_000, zone.incidents * 1_003);
            zone.per_1000km2 = (i % 3 > 0).then_some(12_345.6 / (i * i) as f64);
        }
        for width_mm in [85.0, 120.0, 260.0] {
            let page = Page { width_mm, ..Page::default() };
            check::clean("zones-long", &zones_chart(&zones, &words(), &page));
        }
    }

    #[test]
    fn says_every_number_and_only_true_ones() {
        let plate = zones_chart(&zones(6, true), &words(), &Page::default());
        let texts: Vec<String> = text::boxes(&plate.scene).into_iter().map(|b| b.text).collect();
        for want in ["29", "57", "22", "0–5\u{202f}km", "50–100\u{202f}km", "8.0", "0.35"] {
            assert!(texts.iter().any(|t| t == want), "{want} in {texts:?}");
        }
        assert!(texts.iter().any(|t| t == "123 within 100\u{202f}km, 246 on the whole side"));
        assert!(texts.iter().any(|t| t.contains("95 % interval")));
        assert_eq!(plate.remarks.len(), 2);
        let exact = zones_chart(&zones(0, false), &words(), &Page::default());
        let texts: Vec<String> = text::boxes(&exact.scene).into_iter().map(|b| b.text).collect();
        assert!(!texts.iter().any(|t| t.contains("interval given") || t.contains("per 1,000")));
    }

    #[test]
    fn nothing_at_all_is_still_a_figure() {
        let mut none = zones(0, true);
        none.rows.iter_mut().for_each(|zone| {
            (zone.incidents, zone.low, zone.high, zone.per_1000km2) = (0, 0, 0, Some(0.0));
        });
        check::clean("zones-zero", &zones_chart(&none, &words(), &Page::default()));
        none.rows.clear();
        none.breaks_m.clear();
        check::clean("zones-empty", &zones_chart(&none, &words(), &Page::default()));
    }
}
