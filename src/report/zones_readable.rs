//! The buffer-zone table as people read it: Markdown and LaTeX.

use super::zones_table::{Cell, km, notes, yearly};
use super::{Provenance, fixed};
use crate::analysis::{Rate, Zone, Zones};
use crate::model::Side;

const HEADINGS: [&str; 9] = [
    "Side",
    "Distance (km)",
    "Area (km²)",
    "Incidents",
    "Expected",
    "95 % interval",
    "Share (%)",
    "Per 1,000 km²",
    "Fatalities (low–high)",
];

/// The headings of a table.
fn headings(zones: &Zones) -> Vec<&'static str> {
    let lines = ["By other lines", "Expected by them"];
    let lines = lines.into_iter().filter(|_| !zones.lines.is_empty());
    HEADINGS.into_iter().chain(lines).collect()
}

/// Fewest and most incidents, and expected ones, over several lines.
fn by_lines(zone: &Zone) -> [String; 2] {
    let range =
        |low: String, high: String| if low == high { low } else { format!("{low}–{high}") };
    zone.lines.map_or_else(
        || ["n/a".to_owned(), "n/a".to_owned()],
        |s| {
            let [low, high] = s.expected.map(|n| fixed(n, 1));
            [range(s.incidents[0].to_string(), s.incidents[1].to_string()), range(low, high)]
        },
    )
}

/// The rows as people read them.
fn readable(zones: &Zones) -> Vec<Vec<String>> {
    let unknown = || "n/a".to_owned();
    zones
        .rows
        .iter()
        .map(|zone| {
            let edge = |m: f64| match km(m) {
                Cell::Number(text) => text,
                _ => String::new(),
            };
            let range = if zone.to_m.is_finite() {
                format!("{}–{}", edge(zone.from_m), edge(zone.to_m))
            } else {
                "whole side".to_owned()
            };
            let toll = match (zone.fatalities_best, zone.fatalities_low, zone.fatalities_high) {
                (None, None, None) => unknown(),
                (best, low, high) => {
                    let or = |v: Option<u64>| v.map_or_else(unknown, |v| v.to_string());
                    format!("{} ({}–{})", or(best), or(low), or(high))
                }
            };
            let mut row = vec![
                zones.names[usize::from(zone.side == Side::Right)].clone(),
                range,
                zone.area_km2.map_or_else(unknown, grouped),
                zone.incidents.to_string(),
                fixed(zone.expected, 1),
                format!("{}–{}", zone.low, zone.high),
                fixed(zone.share * 100.0, 1),
                zone.per_1000km2.map_or_else(unknown, |r| fixed(r, 2)),
                toll,
            ];
            if !zones.lines.is_empty() {
                let [count, expected] = by_lines(zone);
                row.extend([count, expected]);
            }
            row
        })
        .collect()
}

/// Headings of the table of rates.
fn rate_headings(zones: &Zones) -> [&'static str; 5] {
    let rate = match zones.years {
        Some(_) => "Per 1,000 km² and year",
        None => "Expected per 1,000 km²",
    };
    ["Side", "Distance (km)", rate, "Times the next zone", "Times the other side"]
}

/// The rates as people read them: each with its 95 % interval. None where no
/// area is known.
fn readable_rates(zones: &Zones) -> Vec<Vec<String>> {
    let text = |rate: Option<Rate>| {
        rate.map_or_else(
            || "n/a".to_owned(),
            |r| {
                let high = if r.high.is_finite() { fixed(r.high, 2) } else { "∞".to_owned() };
                format!("{} ({}–{high})", fixed(r.rate, 2), fixed(r.low, 2))
            },
        )
    };
    let with_area = zones.rows.iter().zip(readable(zones)).filter(|(zone, _)| zone.rate.is_some());
    with_area
        .map(|(zone, row)| {
            let rate = if zones.years.is_some() { yearly(zones, zone) } else { zone.rate };
            let [side, range] = [row[0].clone(), row[1].clone()];
            vec![side, range, text(rate), text(zone.ratio_next), text(zone.ratio_across)]
        })
        .collect()
}

/// What the rates mean.
const RATES_NOTE: &str = "Rates and ratios: in brackets the 95 % interval, which carries chance and how \
     precisely incidents were geocoded. A ratio whose interval holds 1 may be chance.";

/// Whole number with thousands set apart by a comma.
pub(super) fn grouped(value: f64) -> String {
    let digits = fixed(value, 0);
    let mut text = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(c);
    }
    text
}

/// As a Markdown table, provenance in a comment.
pub fn zones_markdown(zones: &Zones, provenance: &Provenance) -> String {
    let escape = |text: &str| {
        text.replace('\\', "\\\\")
            .replace('|', "\\|")
            .replace('<', "&lt;")
            .replace(['\n', '\r'], " ")
    };
    let headings = headings(zones);
    let rules = " ---: |".repeat(headings.len() - 2);
    let mut text = format!("| {} |\n| --- | --- |{rules}\n", headings.join(" | "));
    for row in readable(zones) {
        let row: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text.push('\n');
    for note in notes(zones) {
        text.push_str(&note);
        text.push('\n');
    }
    let rates = readable_rates(zones);
    if !rates.is_empty() {
        text.push_str(&format!("\n| {} |\n", rate_headings(zones).join(" | ")));
        text.push_str("| --- | --- | ---: | ---: | ---: |\n");
        for row in rates {
            let row: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
            text.push_str(&format!("| {} |\n", row.join(" | ")));
        }
        text.push_str(&format!("\n{RATES_NOTE}\n"));
    }
    text.push_str(&format!("\n{}\n", provenance.comment()));
    text
}

/// As a LaTeX tabular in booktabs style, provenance in a comment line.
pub fn zones_latex(zones: &Zones, provenance: &Provenance) -> String {
    let mut text = format!("% provenance: {}\n", provenance.line());
    let headings = headings(zones);
    let right = "r".repeat(headings.len() - 2);
    text.push_str(&format!(
        "% needs \\usepackage{{booktabs}}\n\\begin{{tabular}}{{ll{right}}}\n\\toprule\n"
    ));
    let line = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
    text.push_str(&line(headings.iter().map(|h| latex(h)).collect()));
    text.push_str("\\midrule\n");
    let mut side = None;
    for (zone, row) in zones.rows.iter().zip(readable(zones)) {
        let group = (zone.side, zone.to_m.is_finite());
        if side.is_some_and(|s| s != group && (group.1 || group.0 == Side::Left)) {
            text.push_str("\\midrule\n");
        }
        side = Some(group);
        text.push_str(&line(row.iter().map(|cell| latex(cell)).collect()));
    }
    text.push_str("\\bottomrule\n\\end{tabular}\n");
    for note in notes(zones) {
        text.push_str(&format!("% {note}\n"));
    }
    let rates = readable_rates(zones);
    if !rates.is_empty() {
        text.push_str("\n\\begin{tabular}{llrrr}\n\\toprule\n");
        text.push_str(&line(rate_headings(zones).iter().map(|h| latex(h)).collect()));
        text.push_str("\\midrule\n");
        for row in rates {
            text.push_str(&line(row.iter().map(|cell| latex(cell)).collect()));
        }
        text.push_str(&format!("\\bottomrule\n\\end{{tabular}}\n% {RATES_NOTE}\n"));
    }
    text
}

pub(super) fn latex(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '–' => out.push_str("--"),
            '∞' => out.push_str("$\\infty$"),
            '²' => out.push_str("\\textsuperscript{2}"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
