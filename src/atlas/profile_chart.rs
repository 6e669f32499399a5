//! Incidents along the line: one side upwards, the other downwards, above a strip
//! of the provinces and crossings that lie there.

use super::profile_labels::label_sides;
use super::strip::{self, along};
use super::{Page, Plate, Words};
use crate::analysis::{Profile, Strip};
use crate::figure::chart::{Axis, Mark, Panel};
use crate::figure::furniture::Frame;
use crate::figure::scene::{Anchor, Fill, Group, Stroke, pt};
use crate::figure::style::Style;
use crate::figure::{scale, text};

/// Opacity of the band about a curve: the steps stay visible through it.
const BAND_OPACITY: f64 = 0.3;

/// Draws the numbers of each stretch as steps, and the smoothed curve in its
/// envelope above them, left side up and right side down on one scale.
pub fn profile_chart(profile: &Profile, strip: &Strip, words: &Words, page: &Page) -> Plate {
    let style = page.style();
    let frame = Frame::new(page.width_mm, &style, &words.title, &words.subtitle, &words.notes);
    let mut body = Group::named("chart");
    let mut remarks = Vec::new();

    let mut y = frame.top;
    for line in text::wrap(&measure(profile), &style.label, frame.body_width()) {
        y += 8.2;
        body.text(line, pt(frame.left, y - 1.5), Anchor::Start, style.label.clone());
    }
    let top = y + 3.0;
    let height = (0.33 * frame.body_width()).clamp(118.0, 176.0);

    let axis = counts_axis(profile, height, &style);
    let left = frame.left + Panel::label_width(&axis, &style);
    // The last label of the x axis may stick out by half its width.
    let right = frame.right - 0.5 * text::width("2,600", &style.label);
    let km = profile.length_m / 1000.0;
    let about = ((right - left) / 34.0) as usize;
    let mut panel = Panel {
        plot: [left, top, right, top + height],
        x: Axis { line: true, ..Axis::spanning([0.0, km], about.max(2)) },
        y: axis,
        marks: Vec::new(),
    };
    for side in 0..2 {
        panel.marks.push(Mark::Area(steps(profile, side), 0.0, Fill::solid(style.tints[side])));
    }
    for side in 0..2 {
        let fill = Fill { colour: style.sides[side], opacity: BAND_OPACITY };
        panel.marks.extend(bands(profile, side).into_iter().map(|b| Mark::Band(b, fill.clone())));
    }
    for side in 0..2 {
        let stroke = Stroke::solid(style.sides[side], 1.15);
        panel
            .marks
            .extend(curves(profile, side).into_iter().map(|run| Mark::Line(run, stroke.clone())));
    }
    panel.marks.push(Mark::Line(vec![(0.0, 0.0), (km, 0.0)], style.axis.clone()));
    body.group(panel.draw("profile", &style));
    label_sides(&mut body, profile, strip, &panel, &style);

    let mut y = top + height + Panel::label_height(&style);
    y += 7.6;
    body.text(
        format!("km along the line {}", along(&profile.names)),
        pt(left, y),
        Anchor::Start,
        style.label.clone(),
    );
    let bottom = strip::draw(
        &mut body,
        strip,
        profile.length_m,
        [left, y + 5.0, right],
        &frame,
        &style,
        &mut remarks,
    );

    let scene = frame.close(body, bottom, &words.description, &words.provenance);
    Plate { scene, remarks }
}

/// What the marks mean, with the settings that made them.
fn measure(profile: &Profile) -> String {
    let km = |m: f64| {
        let km = m / 1000.0;
        format!("{}{}km", scale::number(km, scale::decimals(km).min(1)), scale::THIN)
    };
    format!(
        "Incidents per {} of the line: {} (steps) and smoothed (curve, quartic kernel, bandwidth {}, with its 95 % band)",
        km(profile.settings.bin_m),
        if profile.spread { "expected" } else { "counted" },
        km(profile.settings.bandwidth_m)
    )
}

/// The sign of a side on the y axis.
pub(super) fn sign(side: usize) -> f64 {
    if side == 0 { 1.0 } else { -1.0 }
}

/// A scale for both sides with room for a line of text beyond the highest value
/// of each, labelled without signs.
fn counts_axis(profile: &Profile, height: f64, style: &Style) -> Axis {
    let highest = |side: usize| highest_within(profile, side, [0.0, profile.length_m]).max(1.0);
    let (up, down) = (highest(0), highest(1));
    let line = 2.0 * (style.heading.size + 3.0);
    let room = (up + down) * line / (height - 2.0 * line);
    let domain = [-(down + room), up + room];
    let step = scale::tick_step(-down, up, 7).max(1.0);
    let ticks = |high: f64, sign: f64| {
        let count = (high / step + 1e-9).floor() as usize;
        (1..=count).map(move |k| (sign * k as f64 * step, scale::number(k as f64 * step, 0)))
    };
    let ticks = std::iter::once((0.0, "0".to_owned()))
        .chain(ticks(up, 1.0))
        .chain(ticks(down, -1.0))
        .collect();
    Axis { domain, ticks, rules: true, line: false }
}

/// The highest number or value of the curve and its band within a range of chainages.
pub(super) fn highest_within(profile: &Profile, side: usize, [from, to]: [f64; 2]) -> f64 {
    let data = &profile.sides[side];
    let bins = numbers(profile, side).into_iter().enumerate().filter(|(i, _)| {
        let start = *i as f64 * profile.settings.bin_m;
        start <= to && start + profile.settings.bin_m >= from
    });
    let points =
        data.curve.iter().enumerate().chain(data.high.iter().enumerate()).filter(|(i, value)| {
            let at = *i as f64 * profile.settings.step_m;
            value.is_finite()
                && at >= from - profile.settings.step_m
                && at <= to + profile.settings.step_m
        });
    let counted = bins.map(|(_, count)| count).fold(0.0, f64::max);
    points.map(|(_, &value)| value).fold(counted, f64::max)
}

/// What the steps show: what is expected where incidents are spread, else counts.
fn numbers(profile: &Profile, side: usize) -> Vec<f64> {
    let data = &profile.sides[side];
    if profile.spread {
        data.expected.clone()
    } else {
        data.counts.iter().map(|&count| f64::from(count)).collect()
    }
}

/// The outline of the steps, (km, signed number).
fn steps(profile: &Profile, side: usize) -> Vec<(f64, f64)> {
    let counts = numbers(profile, side).into_iter().enumerate();
    counts
        .flat_map(|(i, count)| {
            let edge =
                |i: usize| (i as f64 * profile.settings.bin_m).min(profile.length_m) / 1000.0;
            let value = sign(side) * count;
            [(edge(i), value), (edge(i + 1), value)]
        })
        .collect()
}

/// The smoothed curve, (km, signed intensity), in pieces: where it runs along
/// zero it would only cover the axis and the other side's curve.
fn curves(profile: &Profile, side: usize) -> Vec<Vec<(f64, f64)>> {
    let values = &profile.sides[side].curve;
    let least = 0.004 * values.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max);
    let km = |i: usize| (i as f64 * profile.settings.step_m).min(profile.length_m) / 1000.0;
    let mut pieces = vec![Vec::new()];
    for (i, &value) in values.iter().enumerate() {
        match pieces.last_mut() {
            Some(piece) if value > least => piece.push((km(i), sign(side) * value)),
            Some(piece) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

/// The envelope of the curve, (km, signed lower edge, signed upper edge), in
/// pieces: without width it is not drawn.
fn bands(profile: &Profile, side: usize) -> Vec<Vec<(f64, f64, f64)>> {
    let data = &profile.sides[side];
    let km = |i: usize| (i as f64 * profile.settings.step_m).min(profile.length_m) / 1000.0;
    let mut pieces = vec![Vec::new()];
    for (i, (&low, &high)) in data.low.iter().zip(&data.high).enumerate() {
        match pieces.last_mut() {
            Some(piece) if high > low && high.is_finite() => {
                piece.push((km(i), sign(side) * low, sign(side) * high));
            }
            Some(piece) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::profile_labels::peaks;
    use super::*;
    use crate::analysis::poisson_binomial::distribution;
    use crate::analysis::{ProfileSettings, ProfileSide, StretchCount, StripSegment};
    use crate::atlas::{Theme, check};

    fn count(incidents: usize) -> StretchCount {
        StretchCount {
            incidents,
            expected: incidents as f64,
            low: incidents,
            high: incidents,
            number: distribution([]),
        }
    }

    fn side_of(counts: Vec<u32>, curve: Vec<f64>) -> ProfileSide {
        ProfileSide {
            total: count(counts.iter().sum::<u32>() as usize),
            expected: counts.iter().map(|&n| 0.9 * f64::from(n)).collect(),
            low: curve.iter().map(|v| 0.8 * v - 0.2).map(|v| v.max(0.0)).collect(),
            high: curve.iter().map(|v| 1.2 * v + 0.2).collect(),
            counts,
            curve,
        }
    }

    /// A profile of 268 stretches with humps, from a fixed generator.
    fn profile() -> Profile {
        let mut state = 12_345u64;
        let mut random = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1u32 << 31)
        };
        let humps: [&[(f64, f64, f64)]; 2] = [
            &[(900.0, 5.0, 60.0), (1500.0, 4.0, 90.0), (1890.0, 9.0, 60.0), (2100.0, 5.0, 50.0)],
            &[
                (880.0, 7.0, 40.0),
                (1430.0, 9.0, 90.0),
                (1600.0, 11.0, 70.0),
                (1900.0, 14.0, 50.0),
                (2060.0, 8.0, 60.0),
            ],
        ];
        let rate = |side: usize, km: f64| -> f64 {
            humps[side]
                .iter()
                .map(|(at, tall, wide)| tall * (-((km - at) / wide).powi(2)).exp())
                .sum()
        };
        let sides = [0, 1].map(|side| {
            let counts: Vec<u32> = (0..268)
                .map(|i| {
                    (rate(side, i as f64 * 10.0 + 5.0) * (0.3 + 1.4 * random())).round() as u32
                })
                .collect();
            let curve = (0..=1072).map(|i| rate(side, i as f64 * 2.5)).collect();
            side_of(counts, curve)
        });
        Profile {
            names: ["Afghanistan".into(), "Pakistan".into()],
            length_m: 2_679_500.0,
            settings: ProfileSettings {
                step_m: 2_500.0,
                bandwidth_m: 50_000.0,
                ..ProfileSettings::default()
            },
            spread: true,
            sides,
        }
    }

    fn strip() -> Strip {
        let run = |lengths: &[(&str, f64)]| {
            let mut at = 0.0;
            let scale = 2_679_500.0 / lengths.iter().map(|l| l.1).sum::<f64>();
            lengths
                .iter()
                .map(|(name, length)| {
                    let from_m = at;
                    at += length * scale;
                    StripSegment { from_m, to_m: at, name: (*name).to_owned() }
                })
                .collect::<Vec<_>>()
        };
        let afghan = [
            ("Nimroz", 172.0),
            ("Helmand", 224.0),
            ("Kandahar", 584.0),
            ("Zabul", 80.0),
            ("Paktika", 407.0),
            ("Khost", 198.0),
            ("Paktya", 48.0),
            ("Nangarhar", 216.0),
            ("Kunar", 166.0),
            ("Nuristan", 108.0),
            ("Badakhshan", 477.0),
        ];
        let pakistani =
            [("Balochistan", 1156.0), ("Khyber Pakhtunkhwa", 1415.0), ("Gilgit-Baltistan", 108.0)];
        let crossings = [
            (640e3, "Chaman"),
            (1380e3, "Angoor Adda"),
            (1500e3, "Ghulam Khan"),
            (1640e3, "Kharlachi"),
            (1890e3, "Torkham"),
            (1925e3, "Shalman"),
            (2010e3, "Nawa Pass"),
            (2190e3, "Arandu"),
            (2420e3, "Dorah Pass"),
        ];
        Strip {
            sides: [run(&afghan), run(&pakistani)],
            districts: [Vec::new(), Vec::new()],
            crossings: crossings.map(|(at, name)| (at, name.to_owned())).to_vec(),
        }
    }

    fn words() -> Words {
        Words {
            title: "Incidents gather at three stretches of the Durand Line".into(),
            subtitle: "Incidents within 50 km of the line, January 1989 to October 2025 · 1,204 of 6,416 read".into(),
            notes: vec![
                "Each incident counts at its foot, the nearest place on the line; chainage in geodesic metres along the line as in geoBoundaries.".into(),
                "Events: UCDP GED 25.1 (CC BY 4.0). Boundaries: geoBoundaries (CC BY 4.0).".into(),
            ],
            ..Words::default()
        }
    }

    #[test]
    fn is_clean_at_every_width_and_theme() {
        for (name, mm, theme) in [
            ("profile-180", 180.0, Theme::Light),
            ("profile-120", 120.0, Theme::Light),
            ("profile-85", 85.0, Theme::Light),
            ("profile-260-dark", 260.0, Theme::Dark),
        ] {
            check::clean(
                name,
                &profile_chart(&profile(), &strip(), &words(), &Page { width_mm: mm, theme }),
            );
        }
    }

    #[test]
    fn is_clean_for_any_heights_and_any_crossings() {
        let mut state = 7u64;
        let mut random = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for turn in 0..24 {
            let mut profile = profile();
            profile.names =
                ["Islamic Emirate of Afghanistan".into(), "Islamic Republic of Pakistan".into()];
            for side in &mut profile.sides {
                side.expected.iter_mut().for_each(|count| *count = random(1 << (turn % 9)) as f64);
                let at = random(1_000) as f64;
                for (i, value) in side.curve.iter_mut().enumerate() {
                    *value = 40.0 * (-((i as f64 - at) / 60.0).powi(2)).exp()
                        + (i as f64 / 20.0).sin().abs();
                }
            }
            let mut strip = strip();
            let mut places: Vec<f64> = (0..turn).map(|_| random(2_680) as f64 * 1000.0).collect();
            places.sort_by(f64::total_cmp);
            strip.crossings = places.into_iter().map(|at| (at, "Ghulam Khan".to_owned())).collect();
            let page = Page { width_mm: [85.0, 120.0, 180.0][turn % 3], ..Page::default() };
            check::clean("profile-random", &profile_chart(&profile, &strip, &words(), &page));
        }
    }

    #[test]
    fn what_has_no_room_is_remarked() {
        let page = Page { width_mm: 85.0, ..Page::default() };
        let plate = profile_chart(&profile(), &strip(), &words(), &page);
        let all = plate.remarks.join(" ");
        let texts: Vec<String> = text::boxes(&plate.scene).into_iter().map(|b| b.text).collect();
        for run in strip().sides.concat() {
            assert!(texts.contains(&run.name) || all.contains(&run.name), "{} is lost", run.name);
        }
        for (_, name) in strip().crossings {
            assert!(texts.contains(&name) || all.contains(&name), "{name} is lost");
        }
    }

    #[test]
    fn an_empty_profile_is_still_a_figure() {
        let mut empty = profile();
        for side in &mut empty.sides {
            *side = side_of(vec![0; side.counts.len()], vec![0.0; side.curve.len()]);
            side.high.fill(0.0);
        }
        let nothing = Strip {
            sides: [Vec::new(), Vec::new()],
            districts: [Vec::new(), Vec::new()],
            crossings: Vec::new(),
        };
        check::clean("profile-empty", &profile_chart(&empty, &nothing, &words(), &Page::default()));
        empty.sides = [0, 1].map(|_| side_of(Vec::new(), Vec::new()));
        empty.length_m = 0.0;
        check::clean(
            "profile-none",
            &profile_chart(&empty, &nothing, &Words::default(), &Page::default()),
        );
    }

    #[test]
    fn peaks_are_named_after_what_lies_there() {
        let found = peaks(&profile(), &strip(), 1);
        let names: Vec<_> = found.iter().map(|p| p.1.as_str()).collect();
        assert_eq!(names, ["near Torkham", "km\u{202f}1,600", "km\u{202f}880"]);
        assert_eq!(found[0].0, 1_900_000.0);
    }
}
