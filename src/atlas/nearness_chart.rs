//! Whether incidents lie nearer to the line than evenly spread places: the share
//! within a distance against the share of the ground, with the band that chance
//! leaves, and below it how many more there are than chance would have.

use super::{Page, Plate, Words};
use crate::analysis::{NearLine, Within};
use crate::figure::chart::{Axis, Mark, Panel};
use crate::figure::furniture::Frame;
use crate::figure::palette::mix;
use crate::figure::scene::{Anchor, Colour, Fill, Group, Path, Stroke, pt};
use crate::figure::style::Style;
use crate::figure::{scale, text};

/// Draws the curve of shares and the curve of the surplus by distance; the
/// distance of the largest surplus is marked. Where people live is one curve
/// more, when that is known.
pub fn nearness_chart(
    near: &NearLine,
    people: Option<&NearLine>,
    words: &Words,
    page: &Page,
) -> Plate {
    let style = page.style();
    let frame = Frame::new(page.width_mm, &style, &words.title, &words.subtitle, &words.notes);
    let mut body = Group::named("chart");

    let reach = near.curve.last().map_or(1.0, |w| w.distance_m / 1000.0);
    let shared = Axis {
        rules: true,
        ticks: [0.0, 25.0, 50.0, 75.0, 100.0].map(|v| (v, format!("{v}{}%", scale::THIN))).to_vec(),
        ..Axis::plain([0.0, 100.0])
    };
    let surpluses = Surplus::of(near);
    let counted = surpluses.axis();
    let labels = Panel::label_width(&counted, &style).max(Panel::label_width(&shared, &style));
    let left = frame.left + labels;
    let right = frame.right - 0.5 * text::width("100", &style.label);
    let across = distances(reach, right - left);

    let mut y = frame.top + 6.0;
    y = heading(&mut body, "Share within a distance", [frame.left, y], right, &style);
    y = key(&mut body, people.is_some(), [left, y, right], &style) + 5.0;
    let mut panel = Panel {
        plot: [left, y, right, y + 132.0],
        x: Axis { ticks: Vec::new(), ..across.clone() },
        y: shared,
        marks: Vec::new(),
    };
    let percent = |of: fn(&Within) -> f64| curve(near, move |w| 100.0 * of(w), 0.0);
    band(&mut body, &panel, near, |w| [100.0 * w.low, 100.0 * w.high], &style);
    panel.marks.push(Mark::Line(percent(|w| w.ground), expected(&style)));
    if let Some(people) = people {
        let curve = curve(people, |w| 100.0 * w.ground, 0.0);
        panel.marks.push(Mark::Line(curve, of_people(&style)));
    }
    panel.marks.push(Mark::Line(percent(|w| w.incidents), Stroke::solid(style.ink, 1.4)));
    panel.marks.push(Mark::Line(vec![(0.0, 0.0), (reach, 0.0)], style.axis.clone()));
    mark_largest(&mut panel, near, |w| [100.0 * w.ground, 100.0 * w.incidents], &style);
    body.group(panel.draw("shares", &style));
    name_largest(&mut body, &panel, near, &style);

    y = panel.plot[3] + 9.0;
    let words_2 = "Incidents within a distance beyond what even spread would have";
    y = heading(&mut body, words_2, [frame.left, y + 6.0], right, &style);
    let mut panel =
        Panel { plot: [left, y, right, y + 84.0], x: across, y: counted, marks: Vec::new() };
    let n = near.count as f64;
    let chance = move |w: &Within| [n * (w.low - w.ground), n * (w.high - w.ground)];
    band(&mut body, &panel, near, chance, &style);
    panel.marks.push(Mark::Line(vec![(0.0, 0.0), (reach, 0.0)], expected(&style)));
    let surplus = curve(near, move |w| n * (w.incidents - w.ground), 0.0);
    panel.marks.push(Mark::Line(surplus, Stroke::solid(style.ink, 1.4)));
    mark_largest(&mut panel, near, move |w| [0.0, n * (w.incidents - w.ground)], &style);
    body.group(panel.draw("surplus", &style));

    let y = panel.plot[3] + Panel::label_height(&style) + 7.6;
    body.text("km from the line", pt(0.5 * (left + right), y), Anchor::Middle, style.label.clone());
    let scene = frame.close(body, y + 2.0, &words.description, &words.provenance);
    Plate { scene, remarks: Vec::new() }
}

/// What even spread would have.
fn expected(style: &Style) -> Stroke {
    Stroke::solid(style.soft, 0.9)
}

/// What a spread as people live would have.
fn of_people(style: &Style) -> Stroke {
    Stroke::solid(style.side_inks[0], 1.1)
}

/// The surplus over even spread, in incidents.
struct Surplus {
    low: f64,
    high: f64,
}

impl Surplus {
    /// The range that curve and band need.
    fn of(near: &NearLine) -> Surplus {
        let n = near.count as f64;
        let mut range = Surplus { low: 0.0, high: 0.0 };
        for w in &near.curve {
            for share in [w.incidents, w.low, w.high] {
                range.low = range.low.min(n * (share - w.ground));
                range.high = range.high.max(n * (share - w.ground));
            }
        }
        range
    }

    fn axis(&self) -> Axis {
        let high = if self.high > self.low { self.high } else { 1.0 };
        let (low, high) = (1.06 * self.low, 1.06 * high);
        let signed = |v: f64| match v {
            0.0 => "0".to_owned(),
            v if v > 0.0 => format!("+{}", scale::number(v, scale::decimals(v).min(1))),
            v => format!("−{}", scale::number(-v, scale::decimals(-v).min(1))),
        };
        let ticks = scale::ticks(low, high, 4).into_iter();
        let ticks = ticks.filter(|t| (low..=high).contains(t)).map(|t| (t, signed(t))).collect();
        Axis { rules: true, ticks, ..Axis::plain([low, high]) }
    }
}

fn distances(reach: f64, wide: f64) -> Axis {
    let ticks = scale::ticks(0.0, reach, if wide > 300.0 { 10 } else { 5 });
    let decimals = ticks.get(1).map_or(0, |&step| scale::decimals(step));
    let ticks = ticks.into_iter().filter(|&t| t <= reach);
    let ticks = ticks.map(|t| (t, scale::number(t, decimals))).collect();
    Axis { ticks, line: true, ..Axis::plain([0.0, reach]) }
}

/// A curve from its value on the line itself.
fn curve(near: &NearLine, of: impl Fn(&Within) -> f64, first: f64) -> Vec<(f64, f64)> {
    let points = near.curve.iter().map(|w| (w.distance_m / 1000.0, of(w)));
    std::iter::once((0.0, first)).chain(points).collect()
}

/// What 95 % of the simulations have, below a panel's rules.
fn band(
    body: &mut Group,
    panel: &Panel,
    near: &NearLine,
    of: impl Fn(&Within) -> [f64; 2],
    style: &Style,
) {
    let low = curve(near, |w| of(w)[0], 0.0);
    let high = curve(near, |w| of(w)[1], 0.0);
    let round = low.into_iter().chain(high.into_iter().rev()).map(|(x, y)| panel.at(x, y));
    body.path(Path::closed(round), Some(Fill::solid(band_colour(style))), None);
}

/// Between the page and the ink of small print.
fn band_colour(style: &Style) -> Colour {
    mix(style.page, style.soft, 0.28)
}

fn largest(near: &NearLine) -> Option<&Within> {
    near.curve.iter().find(|w| w.distance_m >= near.at_m).filter(|_| near.statistic > 0.0)
}

/// The largest surplus as a line from what is expected to what there is.
fn mark_largest(
    panel: &mut Panel,
    near: &NearLine,
    of: impl Fn(&Within) -> [f64; 2],
    style: &Style,
) {
    if let Some(w) = largest(near) {
        let (x, [from, to]) = (w.distance_m / 1000.0, of(w));
        let stroke = Stroke::solid(style.side_inks[1], 1.1);
        panel.marks.push(Mark::Segments(vec![[(x, from), (x, to)]], stroke));
    }
}

/// What the largest surplus is, beside its mark where there is room.
fn name_largest(body: &mut Group, panel: &Panel, near: &NearLine, style: &Style) {
    let Some(w) = largest(near) else { return };
    let n = near.count as f64;
    let km = w.distance_m / 1000.0;
    let lines = [
        format!(
            "within {}{}km: {} incidents, {} expected",
            scale::number(km, scale::decimals(km).min(1)),
            scale::THIN,
            scale::count((n * w.incidents).round() as usize),
            scale::number(n * w.ground, usize::from(n * w.ground < 99.95)),
        ),
        format!("p = {}", p_value(near.p_value)),
    ];
    let at = panel.at(km, 100.0 * w.ground);
    let looks = &style.annotation;
    let wide = lines.iter().map(|line| text::width(line, looks)).fold(0.0, f64::max);
    let right = at.x + 5.0 + wide <= panel.plot[2];
    // Below the curve of the ground; without room there, in the corner that
    // shares which rise to all of them leave free.
    let (x, anchor, top) = if right {
        (at.x + 5.0, Anchor::Start, (at.y + 12.0).min(panel.plot[3] - 12.0))
    } else {
        (panel.plot[2] - 2.0, Anchor::End, panel.plot[3] - 14.0)
    };
    for (i, line) in lines.into_iter().enumerate() {
        body.text(line, pt(x, top + 8.6 * i as f64), anchor, looks.clone());
    }
}

/// "0.001", or "0.23".
pub(super) fn p_value(p: f64) -> String {
    scale::number(p, if p < 0.1 { 3 } else { 2 })
}

fn heading(body: &mut Group, words: &str, [x, y]: [f64; 2], right: f64, style: &Style) -> f64 {
    let mut y = y;
    for line in text::wrap(words, &style.heading, right - x) {
        body.text(line, pt(x, y), Anchor::Start, style.heading.clone());
        y += 8.6;
    }
    y
}

/// What the two lines and the band are.
fn key(body: &mut Group, people: bool, [left, y, right]: [f64; 3], style: &Style) -> f64 {
    const SWATCH: f64 = 14.0;
    let (mut x, mut y) = (left, y);
    let all = ["incidents", "the ground", "95 % of evenly spread draws", "people"];
    for (number, words) in all.into_iter().enumerate().filter(|(number, _)| *number < 3 || people) {
        let wide = SWATCH + 4.0 + text::width(words, &style.label);
        if x > left && x + wide > right {
            (x, y) = (left, y + 9.0);
        }
        let middle = y - 0.5 * text::metrics(&style.label).cap_height;
        let line = Path::open([pt(x, middle), pt(x + SWATCH, middle)]);
        match number {
            0 => body.path(line, None, Some(Stroke::solid(style.ink, 1.4))),
            1 => body.path(line, None, Some(expected(style))),
            3 => body.path(line, None, Some(of_people(style))),
            _ => {
                let slab = Path::rect(x, middle - 3.0, SWATCH, 6.0);
                body.path(slab, Some(Fill::solid(band_colour(style))), None);
            }
        }
        body.text(words, pt(x + SWATCH + 4.0, y), Anchor::Start, style.label.clone());
        x += wide + 14.0;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{GroundByDistance, NearCounts, near_line};
    use crate::atlas::{Theme, check};

    fn near(power: f64) -> NearLine {
        let distances_m: Vec<f64> = (1..=100).map(|i| f64::from(i) * 1000.0).collect();
        let shares = distances_m.iter().map(|d| d / 100_000.0).collect();
        let ground = GroundByDistance { distances_m, shares };
        let at = |i: u32| 100_000.0 * (f64::from(i) / 200.0).powf(power);
        near_line(&NearCounts::of(100_000.0, (1..200).map(at)), &ground, 199, 1).unwrap()
    }

    fn words() -> Words {
        Words {
            title: "Do incidents lie nearer to the Durand Line than evenly spread places?".into(),
            subtitle: "Incidents and ground by distance · 199 incidents".into(),
            notes: vec!["Band: what 95 % of 199 draws of as many places have.".into()],
            ..Words::default()
        }
    }

    #[test]
    fn it_fits_every_page_and_theme() {
        for power in [2.0, 1.0, 0.7] {
            for (width_mm, theme) in
                [(85.0, Theme::Light), (180.0, Theme::Dark), (260.0, Theme::Light)]
            {
                let people = (power == 2.0).then(|| near(1.5));
                let page = Page { width_mm, theme };
                let plate = nearness_chart(&near(power), people.as_ref(), &words(), &page);
                check::clean("nearness", &plate);
            }
        }
    }
}
