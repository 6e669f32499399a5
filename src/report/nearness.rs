//! The test of nearness to the line, as JSON and in words.

use super::{Datum, fixed};
use crate::analysis::{NearLine, Within, Zones};
use serde_json::{Value, json};

/// Incidents by distance against the ground: the test, the surplus within each
/// zone's outer edge, and the curve with its envelope.
pub(super) fn near_json(near: &NearLine, breaks_m: &[f64]) -> Value {
    let round = |value: f64, decimals: i32| {
        let scale = 10f64.powi(decimals);
        (value * scale).round() / scale
    };
    let n = near.count as f64;
    let point = |w: &Within| {
        json!({
            "within_km": round(w.distance_m / 1000.0, 3),
            "ground_share": round(w.ground, 5),
            "incidents_share": round(w.incidents, 5),
            "envelope_low": round(w.low, 5),
            "envelope_high": round(w.high, 5),
        })
    };
    let surplus = |w: &Within| {
        json!({
            "within_km": round(w.distance_m / 1000.0, 3),
            "incidents": (n * w.incidents).round(),
            "by_chance": round(n * w.ground, 2),
            "surplus": round(n * (w.incidents - w.ground), 2),
            "surplus_low": round(n * (w.incidents - w.high), 2),
            "surplus_high": round(n * (w.incidents - w.low), 2),
        })
    };
    let at_edge = |w: &&Within| breaks_m.iter().any(|b| (b - w.distance_m).abs() < 1.0);
    json!({
        "incidents": near.count,
        "statistic": round(near.statistic, 5),
        "reached_km": round(near.at_m / 1000.0, 3),
        "p_value": round(near.p_value, 5),
        "simulations": near.simulations,
        "seed": near.seed,
        "surplus": near.curve.iter().filter(at_edge).map(surplus).collect::<Vec<Value>>(),
        "curve": near.curve.iter().map(point).collect::<Vec<Value>>(),
    })
}

/// The tests in words: against the ground, and against people where that was asked.
pub(super) fn near_notes(zones: &Zones) -> Vec<String> {
    let ground = zones
        .near
        .as_ref()
        .and_then(|near| near_note(near, "of the ground lies", "evenly spread places"));
    let people = zones.near_people.as_ref();
    let people = people.and_then(|(_, near)| near_note(near, "of the people live", "people are"));
    ground.into_iter().chain(people).collect()
}

fn near_note(near: &NearLine, share_of: &str, spread: &str) -> Option<String> {
    let last = near.curve.last()?;
    let at = near.curve.iter().find(|w| w.distance_m >= near.at_m)?;
    let percent = |share: f64| fixed(100.0 * share, 0);
    let km = |m: f64| fixed(m / 1000.0, 0);
    let told = if near.p_value <= 0.05 { "" } else { "not shown to be " };
    Some(format!(
        "Of {} incidents within {} km {} % lie within {} km, where {} % {share_of}: {told}nearer to \
         the line than {spread} (p = {}, {} simulations).",
        Datum::count(near.count).shown,
        km(last.distance_m),
        percent(at.incidents),
        km(at.distance_m),
        percent(at.ground),
        fixed(near.p_value, 3),
        near.simulations,
    ))
}
