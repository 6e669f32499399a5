//! How far other drawings of the line lie from it, along the chainage: a panel
//! for each, the left side upwards and the right side downwards.

use super::strip::{self, along};
use super::{Page, Plate, Words};
use crate::analysis::{Comparison, Stretch, Strip, Whereabouts};
use crate::figure::chart::{Axis, Mark, Panel};
use crate::figure::furniture::Frame;
use crate::figure::scene::{Anchor, Fill, Group, Path, Stroke, TextStyle, pt};
use crate::figure::style::Style;
use crate::figure::{scale, text};

/// Height of a panel and of the head above it, points.
const PANEL: f64 = 74.0;
const LEAD: f64 = 8.4;

/// Draws the largest deviation in every stretch. What could not be compared is
/// left white.
pub fn borders_chart(
    results: &[(&Comparison, Option<&Whereabouts>)],
    names: &[String; 2],
    strip: &Strip,
    words: &Words,
    page: &Page,
) -> Plate {
    let style = page.style();
    let frame = Frame::new(page.width_mm, &style, &words.title, &words.subtitle, &words.notes);
    let mut body = Group::named("chart");
    let mut remarks = Vec::new();
    let length_m = results.iter().map(|(lines, _)| lines.first.length_m).fold(1.0, f64::max);
    let axis = kilometres(results, &style);
    let left = frame.left + Panel::label_width(&axis, &style);
    // The last label of the x axis may stick out by half its width.
    let right = frame.right - 0.5 * text::width("2,600", &style.label);
    let about = (((right - left) / 34.0) as usize).max(2);
    let mut y = frame.top;
    for (number, (lines, largest)) in results.iter().enumerate() {
        y = head(&mut body, lines, y, &frame, &style);
        let last = number + 1 == results.len();
        let x = Axis { line: last, ..Axis::spanning([0.0, length_m / 1000.0], about) };
        let x = if last { x } else { Axis { ticks: Vec::new(), ..x } };
        let plot = [left, y, right, y + PANEL];
        let mut panel = Panel { plot, x, y: axis.clone(), marks: Vec::new() };
        for side in 0..2 {
            for run in runs(&lines.stretches) {
                let outline = steps(run, side);
                panel.marks.push(Mark::Area(outline.clone(), 0.0, Fill::solid(style.tints[side])));
                let stroke = Stroke::solid(style.sides[side], 0.6);
                panel.marks.push(Mark::Line(outline, stroke));
            }
        }
        panel
            .marks
            .push(Mark::Line(vec![(0.0, 0.0), (length_m / 1000.0, 0.0)], style.axis.clone()));
        body.group(panel.draw("deviation", &style));
        sides(&mut body, names, &panel, &style);
        if let Some(at) = largest {
            point_out(&mut body, lines, at, &panel, &style);
        }
        y += PANEL + 7.0;
    }
    y += Panel::label_height(&style) + 1.0;
    let caption = format!("km along the line {}", along(names));
    body.text(caption, pt(left, y), Anchor::Start, style.label.clone());
    let place = [left, y + 5.0, right];
    let bottom = strip::draw(&mut body, strip, length_m, place, &frame, &style, &mut remarks);
    let scene = frame.close(body, bottom, &words.description, &words.provenance);
    Plate { scene, remarks }
}

/// One scale for all panels: kilometres, labelled without signs.
fn kilometres(results: &[(&Comparison, Option<&Whereabouts>)], style: &Style) -> Axis {
    let highest = |side: usize| {
        let stretches = results.iter().flat_map(|(lines, _)| &lines.stretches);
        stretches.map(|s| s.largest_m[side] / 1000.0).fold(0.1, f64::max)
    };
    let (up, down) = (highest(0), highest(1));
    // Room for a line of words at the top and at the bottom.
    let room = (up + down) * (style.label.size + 3.0) / (PANEL - 2.0 * (style.label.size + 3.0));
    let step = scale::tick_step(-down, up, 4);
    let decimals = scale::decimals(step);
    let ticks = |high: f64, sign: f64| {
        let count = (high / step + 1e-9).floor() as usize;
        (1..=count).map(move |k| (sign * k as f64 * step, scale::number(k as f64 * step, decimals)))
    };
    let ticks =
        std::iter::once((0.0, "0".to_owned())).chain(ticks(up, 1.0)).chain(ticks(down, -1.0));
    Axis { domain: [-(down + room), up + room], ticks: ticks.collect(), rules: true, line: false }
}

/// Names the line, with its numbers; returns the y below.
fn head(body: &mut Group, lines: &Comparison, top: f64, frame: &Frame, style: &Style) -> f64 {
    let y = top + LEAD;
    body.text(lines.name.clone(), pt(frame.left, y - 1.5), Anchor::Start, style.heading.clone());
    let km = |m: f64| format!("{:.1}{}km", m / 1000.0, scale::THIN);
    let numbers = match &lines.first.found {
        None => "nothing to compare".to_owned(),
        Some(found) => format!(
            "{} on average, 95{}% within {}, {} at most; {} of {}{}km compared",
            km(found.mean_m),
            scale::THIN,
            km(found.p95_m),
            km(found.largest_m),
            scale::number(lines.first.compared_m / 1000.0, 0),
            scale::number(lines.first.length_m / 1000.0, 0),
            scale::THIN
        ),
    };
    let at = text::width(&lines.name, &style.heading) + 5.0;
    if at + text::width(&numbers, &style.label) <= frame.body_width() {
        body.text(numbers, pt(frame.left + at, y - 1.5), Anchor::Start, style.label.clone());
        return y + 2.0;
    }
    let mut y = y;
    for line in text::wrap(&numbers, &style.label, frame.body_width()) {
        y += LEAD;
        body.text(line, pt(frame.left, y - 1.5), Anchor::Start, style.label.clone());
    }
    y + 2.0
}

/// Stretches that were compared, next to each other.
fn runs(stretches: &[Stretch]) -> impl Iterator<Item = &[Stretch]> {
    stretches.split(|s| s.mean_m.is_none()).filter(|run| !run.is_empty())
}

/// The outline of the largest deviations on a side, (km, signed km).
fn steps(run: &[Stretch], side: usize) -> Vec<(f64, f64)> {
    let sign = if side == 0 { 1.0 } else { -1.0 };
    let step = |s: &Stretch| {
        let value = sign * s.largest_m[side] / 1000.0;
        [(s.from_m / 1000.0, value), (s.to_m / 1000.0, value)]
    };
    run.iter().flat_map(step).collect()
}

/// Says which way is up.
fn sides(body: &mut Group, names: &[String; 2], panel: &Panel, style: &Style) {
    let [left, top, _, bottom] = panel.plot;
    for (side, name) in names.iter().enumerate() {
        let looks = TextStyle { colour: style.side_inks[side], ..style.label.clone() };
        let capital = text::metrics(&looks).cap_height;
        let y = if side == 0 { top + capital + 1.0 } else { bottom - 2.0 };
        body.text(format!("km into {name}"), pt(left + 2.0, y), Anchor::Start, looks);
    }
}

/// Names the place of the largest deviation beside it.
fn point_out(body: &mut Group, lines: &Comparison, at: &Whereabouts, panel: &Panel, style: &Style) {
    let Some(found) = &lines.first.found else { return };
    let km = at.chainage_m / 1000.0;
    // The stretch that holds it tells on which side it is.
    let stretch = lines.stretches.iter().rev().find(|s| s.from_m <= at.chainage_m);
    let Some(stretch) = stretch else { return };
    let side = usize::from(stretch.largest_m[1] > stretch.largest_m[0]);
    let signed = if side == 0 { found.largest_m } else { -found.largest_m } / 1000.0;
    let tip = panel.at(km, signed);
    let near = at.place.as_ref().map_or_else(String::new, |(name, m)| {
        format!(", {:.0}{}km from {name}", m / 1000.0, scale::THIN)
    });
    let words = format!("{:.1}{}km{near}", found.largest_m / 1000.0, scale::THIN);
    let [left, top, right, bottom] = panel.plot;
    let wide = text::width(&words, &style.annotation);
    let capital = text::metrics(&style.annotation).cap_height;
    // To the right of the tip if there is room, else to its left; off the words in the corner.
    let corner = left + 4.0 + text::width("km into Afghanistan", &style.label);
    let (x, anchor) = if tip.x + 7.0 + wide <= right {
        (tip.x + 7.0, Anchor::Start)
    } else {
        (tip.x - 7.0, Anchor::End)
    };
    let from = if anchor == Anchor::Start { x } else { x - wide };
    let y = (tip.y + 0.5 * capital).clamp(top + capital + 1.0, bottom - 2.0);
    let beside_words = y < top + 2.0 * capital + 5.0 || y > bottom - 2.0 * capital - 5.0;
    if from < left || (beside_words && from < corner + 4.0) {
        return;
    }
    let off = if anchor == Anchor::Start { -1.5 } else { 1.5 };
    let tie = Path::open([pt(tip.x - off, tip.y), pt(x + off, tip.y)]);
    body.path(tie, None, Some(Stroke::solid(style.ink, 0.4)));
    let looks =
        TextStyle { halo: Some((style.page, 0.9)), colour: style.ink, ..style.annotation.clone() };
    body.text(words, pt(x, y), anchor, looks);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Deviation, Found, StripSegment};
    use crate::atlas::{Theme, check};
    use crate::geodesy::LonLat;

    fn comparison(name: &str, gap: bool) -> Comparison {
        let stretches: Vec<Stretch> = (0..532)
            .map(|i| {
                let t = f64::from(i);
                let known = !gap || !(200..230).contains(&i);
                Stretch {
                    from_m: t * 5e3,
                    to_m: (t + 1.0) * 5e3,
                    compared_m: if known { 5e3 } else { 0.0 },
                    mean_m: known.then_some(300.0),
                    largest_m: if known {
                        [
                            900.0 * (0.1 * t).sin().abs() + f64::from(u8::from(i == 300)) * 4_000.0,
                            700.0 * (0.13 * t).cos().abs(),
                        ]
                    } else {
                        [0.0; 2]
                    },
                }
            })
            .collect();
        let at = LonLat::new(69.0, 33.0).unwrap();
        let found = Found { mean_m: 620.0, p95_m: 1_900.0, largest_m: 4_886.0, at, foot: at };
        let deviation = Deviation { length_m: 2.66e6, compared_m: 2.655e6, found: Some(found) };
        Comparison {
            name: name.into(),
            first: deviation.clone(),
            second: deviation,
            stretches,
            area: Default::default(),
        }
    }

    #[test]
    fn is_clean_at_every_width_and_theme() {
        let (one, two) =
            (comparison("COD-AB Pakistan", false), comparison("Natural Earth 1:10m", true));
        let run =
            |from_m: f64, to_m: f64, name: &str| StripSegment { from_m, to_m, name: name.into() };
        let strip = Strip {
            districts: [Vec::new(), Vec::new()],
            sides: [
                vec![run(0.0, 1.2e6, "Kandahar"), run(1.2e6, 2.66e6, "Kunar")],
                vec![run(0.0, 1.0e6, "Balochistan"), run(1.0e6, 2.66e6, "Khyber Pakhtunkhwa")],
            ],
            crossings: vec![(0.9e6, "Chaman – Spin Boldak".into()), (1.95e6, "Torkham".into())],
        };
        let at = |chainage_m: f64| Whereabouts {
            chainage_m,
            districts: ["A".into(), "B".into()],
            place: Some(("Ghulam Khan".into(), 23_000.0)),
        };
        let words = Words {
            title: "How far other drawings lie from the Durand Line".into(),
            subtitle: "Kilometres".into(),
            notes: vec!["Every 50 m.".into()],
            ..Words::default()
        };
        let names = ["Afghanistan".to_owned(), "Pakistan".to_owned()];
        for (name, width_mm, theme) in [
            ("borders-180", 180.0, Theme::Light),
            ("borders-85", 85.0, Theme::Light),
            ("borders-dark", 120.0, Theme::Dark),
        ] {
            for end in [1.5025e6, 1e4, 2.655e6] {
                let place = at(end);
                let results = [(&one, Some(&place)), (&two, None)];
                let page = Page { width_mm, theme };
                check::clean(name, &borders_chart(&results, &names, &strip, &words, &page));
            }
        }
    }
}
