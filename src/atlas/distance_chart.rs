//! How far from the line: a histogram with the line in the middle, one side on its
//! left and the other on its right, above the share that lies within a distance.

use super::{Page, Plate, Words};
use crate::figure::chart::{Axis, Mark, Panel};
use crate::figure::furniture::Frame;
use crate::figure::scene::{Anchor, Fill, Group, Path, Stroke, TextStyle, pt};
use crate::figure::style::Style;
use crate::figure::{scale, text};
use crate::model::Side;

/// Bars on each side.
const BINS: usize = 20;

/// Draws the distances, in metres, by side: in bars of 5 km as far as 100 km, or
/// in finer ones where all lie nearer. What lies farther is said in words.
pub fn distance_chart(
    distances: &[(Side, f64)],
    names: &[String; 2],
    words: &Words,
    page: &Page,
) -> Plate {
    let style = page.style();
    let frame = Frame::new(page.width_mm, &style, &words.title, &words.subtitle, &words.notes);
    let mut body = Group::named("chart");

    let sides = Side::BOTH.map(|side| sorted_km(distances, side));
    let limit = limit(&sides);
    let counts = sides.each_ref().map(|side| histogram(side, limit));
    let most = counts.iter().flatten().copied().max().unwrap_or(0);

    let counted = Axis { rules: true, ..Axis::counts(most, 4) };
    let shared = Axis {
        rules: true,
        ticks: [0.0, 25.0, 50.0, 75.0, 100.0].map(|v| (v, format!("{v}{}%", scale::THIN))).to_vec(),
        ..Axis::plain([0.0, 100.0])
    };
    let labels = Panel::label_width(&counted, &style).max(Panel::label_width(&shared, &style));
    let left = frame.left + labels;
    let right = frame.right - 0.5 * text::width("100", &style.label);
    let across = signed_axis(limit, right - left);

    let y = sides_header(&mut body, &sides, names, limit, [left, frame.top, right], &style) + 5.0;
    let bin = limit / BINS as f64;
    let heading = format!("Incidents per {}", km(bin));
    let y = panel_heading(&mut body, &heading, [frame.left, y], right, &style);
    let mut panel = Panel {
        plot: [left, y, right, y + 104.0],
        x: Axis { ticks: Vec::new(), ..across.clone() },
        y: counted,
        marks: bars(&counts, bin, &style),
    };
    panel.marks.push(Mark::Line(vec![(-limit, 0.0), (limit, 0.0)], style.axis.clone()));
    body.group(panel.draw("histogram", &style));
    the_line(&mut body, &panel, &style);

    let y = panel.plot[3] + 9.0;
    let heading = "Share of a side's incidents within a distance";
    let y = panel_heading(&mut body, heading, [frame.left, y], right, &style);
    let mut panel =
        Panel { plot: [left, y, right, y + 66.0], x: across, y: shared, marks: Vec::new() };
    for (side, distances) in sides.iter().enumerate() {
        let stroke = Stroke::solid(style.sides[side], 1.3);
        panel.marks.push(Mark::Line(cumulative(distances, side, limit), stroke));
    }
    panel.marks.push(Mark::Line(vec![(-limit, 0.0), (limit, 0.0)], style.axis.clone()));
    body.group(panel.draw("shares", &style));
    the_line(&mut body, &panel, &style);
    for (side, distances) in sides.iter().enumerate() {
        half_within(&mut body, distances, side, limit, &panel, &style);
    }

    let y = panel.plot[3] + Panel::label_height(&style) + 7.6;
    body.text("km from the line", pt(0.5 * (left + right), y), Anchor::Middle, style.label.clone());

    let scene = frame.close(body, y + 2.0, &words.description, &words.provenance);
    let mut remarks = Vec::new();
    for (name, distances) in names.iter().zip(&sides) {
        let beyond = beyond(distances, limit);
        if beyond > 0 {
            let verb = if beyond == 1 { "incident lies" } else { "incidents lie" };
            let far = km(limit);
            remarks.push(format!(
                "{} {verb} {far} or farther on the side of {name}.",
                scale::count(beyond)
            ));
        }
    }
    Plate { scene, remarks }
}

fn km(value: f64) -> String {
    format!("{}{}km", scale::number(value, scale::decimals(value).min(2)), scale::THIN)
}

fn sign(side: usize) -> f64 {
    if side == 0 { -1.0 } else { 1.0 }
}

fn sorted_km(distances: &[(Side, f64)], side: Side) -> Vec<f64> {
    let mut km: Vec<f64> = distances
        .iter()
        .filter(|(of, metres)| *of == side && metres.is_finite())
        .map(|(_, metres)| metres.abs() / 1000.0)
        .collect();
    km.sort_by(f64::total_cmp);
    km
}

/// The reach of the chart, km: 100, or less if every incident lies nearer.
fn limit(sides: &[Vec<f64>; 2]) -> f64 {
    let farthest = sides.iter().filter_map(|side| side.last().copied()).fold(0.0, f64::max);
    [5.0, 10.0, 20.0, 50.0]
        .into_iter()
        .find(|&reach| farthest > 0.0 && farthest < reach)
        .unwrap_or(100.0)
}

fn beyond(distances: &[f64], limit: f64) -> usize {
    distances.iter().filter(|&&d| d >= limit).count()
}

fn histogram(distances: &[f64], limit: f64) -> [usize; BINS] {
    let mut counts = [0; BINS];
    for distance in distances.iter().filter(|&&d| d < limit) {
        let bin = (distance / limit * BINS as f64) as usize;
        counts[bin.min(BINS - 1)] += 1;
    }
    counts
}

/// Distances without signs on both sides of zero.
fn signed_axis(limit: f64, wide: f64) -> Axis {
    let ticks = scale::ticks(0.0, limit, if wide > 300.0 { 5 } else { 2 });
    let decimals = ticks.get(1).map_or(0, |&step| scale::decimals(step));
    let ticks = ticks
        .iter()
        .flat_map(|&t| if t == 0.0 { vec![0.0] } else { vec![-t, t] })
        .map(|t| (t, scale::number(t.abs(), decimals)))
        .collect();
    Axis { ticks, line: true, ..Axis::plain([-limit, limit]) }
}

/// Names and numbers of the sides, each above its half; returns the y below.
fn sides_header(
    body: &mut Group,
    sides: &[Vec<f64>; 2],
    names: &[String; 2],
    limit: f64,
    [left, top, right]: [f64; 3],
    style: &Style,
) -> f64 {
    let half = 0.5 * (right - left) - 6.0;
    let mut lowest = top;
    for side in 0..2 {
        let (x, anchor) = if side == 0 { (left, Anchor::Start) } else { (right, Anchor::End) };
        let bold = TextStyle { colour: style.side_inks[side], ..style.heading.clone() };
        let mut y = top + 6.0;
        for line in text::wrap(&names[side], &bold, half) {
            body.text(line, pt(x, y), anchor, bold.clone());
            y += 8.6;
        }
        let all = sides[side].len();
        let noun = if all == 1 { "incident" } else { "incidents" };
        let mut total = format!("{} {noun}", scale::count(all));
        let far = beyond(&sides[side], limit);
        if far > 0 {
            total.push_str(&format!(", {} of them {} or farther", scale::count(far), km(limit)));
        }
        for line in text::wrap(&total, &style.label, half) {
            body.text(line, pt(x, y), anchor, style.label.clone());
            y += 8.2;
        }
        lowest = lowest.max(y - 6.0);
    }
    lowest
}

fn panel_heading(
    body: &mut Group,
    words: &str,
    [left, top]: [f64; 2],
    right: f64,
    style: &Style,
) -> f64 {
    let mut y = top;
    for line in text::wrap(words, &style.label, right - left) {
        y += 8.2;
        body.text(line, pt(left, y - 1.5), Anchor::Start, style.label.clone());
    }
    y + 5.0
}

fn bars(counts: &[[usize; BINS]; 2], bin: f64, style: &Style) -> Vec<Mark> {
    let seam = 0.06 * bin;
    let side_bars = |(side, counts): (usize, &[usize; BINS])| {
        let bars = counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(i, &count)| {
            let near = sign(side) * (i as f64 * bin + seam);
            let far = sign(side) * ((i + 1) as f64 * bin - seam);
            [(near, 0.0), (far, count as f64)]
        });
        Mark::Bars(bars.collect(), Fill::solid(style.sides[side]))
    };
    counts.iter().enumerate().map(side_bars).collect()
}

/// The line itself, at zero, on its casing as on the maps.
fn the_line(body: &mut Group, panel: &Panel, style: &Style) {
    let (top, bottom) = (panel.at(0.0, panel.y.domain[1]), panel.at(0.0, panel.y.domain[0]));
    let path = Path::open([pt(top.x, top.y - 3.0), bottom]);
    body.path(path.clone(), None, Some(Stroke { round: false, ..style.casing.clone() }));
    body.path(path, None, Some(Stroke { round: false, ..style.line.clone() }));
}

/// Share of the side's incidents within each distance, (signed km, per cent).
fn cumulative(distances: &[f64], side: usize, limit: f64) -> Vec<(f64, f64)> {
    const SAMPLES: usize = 400;
    if distances.is_empty() {
        return Vec::new();
    }
    let share = |count: usize| 100.0 * count as f64 / distances.len() as f64;
    let within = |reach: f64| distances.partition_point(|&d| d <= reach);
    let curve: Vec<(f64, f64)> = if distances.len() <= SAMPLES {
        // Few enough for every step to be drawn upright.
        let steps = distances[..within(limit)].iter().enumerate();
        let steps = steps.flat_map(|(i, &d)| [(d, share(i)), (d, share(i + 1))]);
        [(0.0, 0.0)].into_iter().chain(steps).chain([(limit, share(within(limit)))]).collect()
    } else {
        let reaches = (0..=SAMPLES).map(|i| limit * i as f64 / SAMPLES as f64);
        reaches.map(|reach| (reach, share(within(reach)))).collect()
    };
    curve.into_iter().map(|(d, share)| (sign(side) * d, share)).collect()
}

/// Marks the distance within which half of a side's incidents lie, or says how
/// many do within the chart.
fn half_within(
    body: &mut Group,
    distances: &[f64],
    side: usize,
    limit: f64,
    panel: &Panel,
    style: &Style,
) {
    let Some(&median) = distances.get(distances.len().saturating_sub(1) / 2) else { return };
    let looks = TextStyle { colour: style.side_inks[side], ..style.annotation.clone() };
    let capital = text::metrics(&looks).cap_height;
    if median < limit {
        let at = panel.at(sign(side) * median, 50.0);
        body.path(
            Path::circle(at, 1.7),
            Some(Fill::solid(style.page)),
            Some(Stroke::solid(style.sides[side], 0.9)),
        );
        let near = if median < 10.0 { scale::number(median, 1) } else { scale::number(median, 0) };
        let words = format!("half within {near}{}km", scale::THIN);
        // Outwards of the marker and below it the curve never passes: it only rises.
        let x = at.x + sign(side) * 4.5;
        let wide = text::width(&words, &looks);
        let outer = x + sign(side) * wide;
        if outer >= panel.plot[0] && outer <= panel.plot[2] {
            let anchor = if side == 0 { Anchor::End } else { Anchor::Start };
            body.text(words, pt(x, at.y + capital + 2.5), anchor, looks);
            return;
        }
        // Towards the line there is room above the curve.
        let anchor = if side == 0 { Anchor::Start } else { Anchor::End };
        body.text(words, pt(at.x - sign(side) * 4.5, at.y - 2.5), anchor, looks);
    } else {
        let within = distances.len() - beyond(distances, limit);
        let share = 100.0 * within as f64 / distances.len() as f64;
        let words = format!("{}{}% within {}", scale::number(share, 0), scale::THIN, km(limit));
        let at = panel.at(sign(side) * limit, share);
        let anchor = if side == 0 { Anchor::Start } else { Anchor::End };
        body.text(words, pt(at.x, at.y - 3.5), anchor, looks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::{Theme, check};

    /// Distances whose density falls with the distance, by quantile.
    fn distances(scales_km: [f64; 2], counts: [usize; 2]) -> Vec<(Side, f64)> {
        let mut all = Vec::new();
        for side in 0..2 {
            for i in 0..counts[side] {
                let q = (i as f64 + 0.5) / counts[side] as f64;
                all.push((Side::BOTH[side], -scales_km[side] * (1.0 - q).ln() * 1000.0));
            }
        }
        all
    }

    fn names() -> [String; 2] {
        ["Afghanistan".into(), "Pakistan".into()]
    }

    fn words() -> Words {
        Words {
            title: "Half of the incidents on the Pakistani side lie within 30 km of the line".into(),
            subtitle: "Incidents by geodesic distance from the Durand Line, 1989–2025 · 1,740 of 6,416 read".into(),
            notes: vec!["Events: UCDP GED 25.1 (CC BY 4.0). Boundaries: geoBoundaries (CC BY 4.0).".into()],
            ..Words::default()
        }
    }

    #[test]
    fn is_clean_at_every_width_and_theme() {
        let far = distances([95.0, 42.0], [620, 1_120]);
        let near = distances([1.5, 3.0], [12, 30]);
        for (name, mm, theme, data) in [
            ("distance-180", 180.0, Theme::Light, &far),
            ("distance-85", 85.0, Theme::Light, &far),
            ("distance-dark", 120.0, Theme::Dark, &far),
            ("distance-near", 85.0, Theme::Light, &near),
            ("distance-beyond", 120.0, Theme::Light, &distances([400.0, 180.0], [900, 40])),
            ("distance-none", 85.0, Theme::Light, &Vec::new()),
        ] {
            check::clean(
                name,
                &distance_chart(data, &names(), &words(), &Page { width_mm: mm, theme }),
            );
        }
    }

    #[test]
    fn labels_stay_apart_wherever_the_medians_lie() {
        let long = [
            "Islamic Emirate of Afghanistan".to_owned(),
            "Islamic Republic of Pakistan".to_owned(),
        ];
        for left in [0.3, 4.0, 40.0, 90.0, 135.0, 150.0, 900.0] {
            for right in [0.1, 10.0, 60.0, 130.0, 600.0] {
                let data = distances([left, right], [15_000, 77]);
                let page = Page { width_mm: 85.0, ..Page::default() };
                check::clean("distance-any", &distance_chart(&data, &long, &words(), &page));
            }
        }
    }

    #[test]
    fn what_is_drawn_and_what_is_said_add_up() {
        let sides = Side::BOTH.map(|side| sorted_km(&distances([95.0, 42.0], [620, 1_120]), side));
        for side in &sides {
            let drawn: usize = histogram(side, 100.0).iter().sum();
            assert_eq!(drawn + beyond(side, 100.0), side.len());
        }
        let shares = cumulative(&sides[1], 1, 100.0);
        assert!(shares.windows(2).all(|w| w[1].1 >= w[0].1 && w[1].0 > w[0].0));
        // An exponential with scale 42 km has 1 − exp(−100/42) within 100 km.
        assert!((shares[400].1 - 100.0 * (1.0 - (-100.0f64 / 42.0).exp())).abs() < 0.1);
        let plate = distance_chart(
            &distances([95.0, 42.0], [620, 1_120]),
            &names(),
            &words(),
            &Page::default(),
        );
        let texts: Vec<String> = text::boxes(&plate.scene).into_iter().map(|b| b.text).collect();
        assert!(texts.iter().any(|t| t == "half within 29\u{202f}km"), "{texts:?}");
        assert_eq!(plate.remarks.len(), 2);
    }

    #[test]
    fn the_reach_shrinks_with_the_data() {
        assert_eq!(limit(&[vec![1.0], vec![4.0]]), 5.0);
        assert_eq!(limit(&[vec![1.0], vec![50.0]]), 100.0);
        assert_eq!(limit(&[vec![], vec![]]), 100.0);
        assert_eq!(histogram(&[0.0, 4.9999, 5.0, 99.99, 100.0], 100.0).iter().sum::<usize>(), 4);
    }
}
