//! What is written into the chart along the line: the names of its sides, and those of
//! their highest peaks.

use super::profile_chart::{highest_within, sign};
use super::strip;
use crate::analysis::{Profile, Strip};
use crate::figure::chart::Panel;
use crate::figure::scene::{Anchor, Group, Path, Stroke, TextStyle, pt};
use crate::figure::style::Style;
use crate::figure::{scale, text};

/// Words farther than this off their peak get a tie to it, points.
const TIED_PT: f64 = 4.0;

/// Writes each side's name and number where nothing is drawn, then names its
/// highest peaks where there is still room.
pub(super) fn label_sides(
    body: &mut Group,
    profile: &Profile,
    strip: &Strip,
    panel: &Panel,
    style: &Style,
) {
    let [left, top, right, bottom] = panel.plot;
    let per_point = profile.length_m / (right - left);
    for side in 0..2 {
        let bold = TextStyle { colour: style.side_inks[side], ..style.heading.clone() };
        let name = &profile.names[side];
        let counted = &profile.sides[side].total;
        let (about, number) = match profile.spread {
            true => ("about ", counted.expected.round() as usize),
            false => ("", counted.incidents),
        };
        let total = format!(
            "{about}{} {} within {}{}km",
            scale::count(number),
            if number == 1 { "incident" } else { "incidents" },
            scale::number(profile.settings.within_m / 1000.0, 0),
            scale::THIN
        );
        let total_at = text::width(name, &bold) + 4.0;
        let wide = total_at + text::width(&total, &style.label);
        let capital = text::metrics(&bold).cap_height;
        let baseline = if side == 0 { top + capital + 1.0 } else { bottom - 2.5 };

        // The axis leaves room for a line beyond the highest value, so the first
        // place is free unless the words are wider than the panel.
        body.text(name.clone(), pt(left + 3.0, baseline), Anchor::Start, bold);
        if wide + 3.0 <= right - left {
            body.text(
                total,
                pt(left + 3.0 + total_at, baseline),
                Anchor::Start,
                style.label.clone(),
            );
        }

        let looks = TextStyle { colour: style.side_inks[side], ..style.annotation.clone() };
        let line = |from: f64, wide: f64, baseline: f64| {
            [from - 3.0, baseline - looks.size, from + wide + 3.0, baseline + 2.0]
        };
        let mut taken = vec![line(left + 3.0, wide, baseline)];
        for (chainage, words) in peaks(profile, strip, side) {
            let half = 0.5 * text::width(&words, &looks);
            let x = (left + chainage / per_point).clamp(left + half, right - half);
            let under = [x - half - 3.5, x + half + 3.5].map(|edge| (edge - left) * per_point);
            let edge = panel.at(0.0, sign(side) * highest_within(profile, side, under)).y;
            let baseline = if side == 0 { edge - 3.0 } else { edge + 3.0 + capital };
            let place = line(x - half, 2.0 * half, baseline);
            let inside = place[1] >= top - 2.0 && place[3] <= bottom + 2.0;
            if inside && taken.iter().all(|other| strip::apart(&place, other)) {
                body.text(words, pt(x, baseline), Anchor::Middle, looks.clone());
                taken.push(place);
                // Words that a taller neighbour lifts off their own peak are tied to it.
                let own = [chainage - profile.settings.bin_m, chainage + profile.settings.bin_m];
                let peak = panel.at(0.0, sign(side) * highest_within(profile, side, own)).y;
                if (peak - edge).abs() > TIED_PT {
                    let (at, off) = (left + chainage / per_point, sign(side));
                    let tie = Path::open([pt(at, edge - off), pt(at, peak - 1.5 * off)]);
                    body.path(tie, None, Some(Stroke::solid(style.side_inks[side], 0.4)));
                }
            }
        }
    }
}

/// Up to three peaks of a side's curve, the highest first: where, and what lies
/// there: a crossing, a province that is not too long to say so, or the chainage.
pub(super) fn peaks(profile: &Profile, strip: &Strip, side: usize) -> Vec<(f64, String)> {
    const APART_M: f64 = 250_000.0;
    const NEAR_M: f64 = 30_000.0;
    const SHORT_M: f64 = 250_000.0;
    let curve = &profile.sides[side].curve;
    let top = |curve: &[f64]| curve.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max);
    let highest = top(curve);
    // A ripple that can hardly be seen needs no name.
    if highest < 0.02 * top(&profile.sides[1 - side].curve) {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..curve.len())
        .filter(|&i| {
            let before = i.checked_sub(1).map_or(f64::NEG_INFINITY, |j| curve[j]);
            let after = curve.get(i + 1).copied().unwrap_or(f64::NEG_INFINITY);
            curve[i] > 0.0 && curve[i] >= 0.4 * highest && curve[i] >= before && curve[i] > after
        })
        .collect();
    order.sort_by(|&a, &b| curve[b].total_cmp(&curve[a]).then(a.cmp(&b)));
    let mut found: Vec<(f64, String)> = Vec::new();
    for i in order {
        let at = (i as f64 * profile.settings.step_m).min(profile.length_m);
        if found.len() == 3 || found.iter().any(|(other, _)| (other - at).abs() < APART_M) {
            continue;
        }
        let crossings =
            strip.crossings.iter().map(|(chainage, name)| ((chainage - at).abs(), name));
        let crossing =
            crossings.min_by(|a, b| a.0.total_cmp(&b.0)).filter(|(away, _)| *away <= NEAR_M);
        let province = strip.sides[side].iter().find(|run| run.from_m <= at && at <= run.to_m);
        let words = match (crossing, province) {
            (Some((_, name)), _) => format!("near {name}"),
            (None, Some(run)) if run.to_m - run.from_m <= SHORT_M => run.name.clone(),
            _ => format!("km{}{}", scale::THIN, scale::number((at / 10_000.0).round() * 10.0, 0)),
        };
        if found.iter().all(|(_, other)| *other != words) {
            found.push((at, words));
        }
    }
    found
}
