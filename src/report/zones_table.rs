//! The buffer-zone table as CSV and JSON.

use super::nearness::{near_json, near_notes};
use super::{Provenance, fixed};
use crate::analysis::{Rate, Zone, Zones};
use crate::model::Side;
use serde_json::{Map, Value, json};

const COLUMNS: [&str; 29] = [
    "side",
    "from_km",
    "to_km",
    "area_km2",
    "incidents",
    "incidents_expected",
    "incidents_low",
    "incidents_high",
    "share",
    "per_1000km2",
    "fatalities_best",
    "fatalities_low",
    "fatalities_high",
    "fatalities_expected_best",
    "fatalities_expected_low",
    "fatalities_expected_high",
    "expected_per_1000km2",
    "expected_per_1000km2_low",
    "expected_per_1000km2_high",
    "per_1000km2_year",
    "per_1000km2_year_low",
    "per_1000km2_year_high",
    "ratio_next_zone",
    "ratio_next_zone_low",
    "ratio_next_zone_high",
    "ratio_other_side",
    "ratio_other_side_low",
    "ratio_other_side_high",
    "area_error_km2",
];

/// Columns that stand there when other lines were asked for.
const LINE_COLUMNS: [&str; 4] = [
    "incidents_lines_low",
    "incidents_lines_high",
    "incidents_expected_lines_low",
    "incidents_expected_lines_high",
];

/// The columns of a table.
fn columns(zones: &Zones) -> Vec<&'static str> {
    let lines = LINE_COLUMNS.iter().filter(|_| !zones.lines.is_empty());
    COLUMNS.iter().chain(lines).copied().collect()
}

/// What a cell holds, so that each format writes it in its own way.
pub(super) enum Cell {
    Text(String),
    Number(String),
    Unknown,
}

pub(super) fn km(metres: f64) -> Cell {
    if metres.is_finite() {
        let text = fixed(metres / 1000.0, 3);
        Cell::Number(text.trim_end_matches('0').trim_end_matches('.').to_owned())
    } else {
        Cell::Unknown
    }
}

fn cells(zones: &Zones, zone: &Zone) -> Vec<Cell> {
    let name = &zones.names[usize::from(zone.side == Side::Right)];
    let float = |value: Option<f64>, decimals| {
        value.map_or(Cell::Unknown, |v| Cell::Number(fixed(v, decimals)))
    };
    let count = |value: Option<u64>| value.map_or(Cell::Unknown, |v| Cell::Number(v.to_string()));
    let mut cells = vec![
        Cell::Text(name.clone()),
        km(zone.from_m),
        km(zone.to_m),
        float(zone.area_km2, 1),
        Cell::Number(zone.incidents.to_string()),
        float(Some(zone.expected), 2),
        Cell::Number(zone.low.to_string()),
        Cell::Number(zone.high.to_string()),
        float(Some(zone.share), 4),
        float(zone.per_1000km2, 4),
        count(zone.fatalities_best),
        count(zone.fatalities_low),
        count(zone.fatalities_high),
    ];
    let deaths = zone.fatalities_expected;
    cells.extend([1, 0, 2].map(|which| float(deaths.map(|deaths| deaths[which]), 1)));
    for rate in [zone.rate, yearly(zones, zone), zone.ratio_next, zone.ratio_across] {
        // An interval without an end has an empty one.
        let parts = rate.map(|r| [r.rate, r.low, r.high]);
        cells.extend([0, 1, 2].map(|which| {
            float(parts.map(|parts| parts[which]).filter(|value| value.is_finite()), 4)
        }));
    }
    cells.push(float(zone.area_error_km2, 4));
    if !zones.lines.is_empty() {
        let spread = zone.lines;
        let number = |which: usize| spread.map(|s| s.incidents[which] as u64);
        cells.extend([count(number(0)), count(number(1))]);
        cells.extend([0, 1].map(|which| float(spread.map(|s| s.expected[which]), 2)));
    }
    cells
}

/// The rate a year, where the years are known.
pub(super) fn yearly(zones: &Zones, zone: &Zone) -> Option<Rate> {
    Some(zone.rate?.times(1.0 / zones.years?))
}

/// As CSV. The row of a whole side has an empty `to_km`; what is not known is
/// empty, never zero.
pub fn zones_csv(zones: &Zones) -> String {
    let mut text = columns(zones).join(",");
    text.push('\n');
    for zone in &zones.rows {
        let line: Vec<String> = cells(zones, zone)
            .into_iter()
            .map(|cell| match cell {
                Cell::Text(name) if name.contains([',', '"', '\n', '\r']) => {
                    format!("\"{}\"", name.replace('"', "\"\""))
                }
                Cell::Text(value) | Cell::Number(value) => value,
                Cell::Unknown => String::new(),
            })
            .collect();
        text.push_str(&line.join(","));
        text.push('\n');
    }
    text
}

/// A row as an object of its columns.
pub(super) fn zone_json(zones: &Zones, zone: &Zone) -> Value {
    let mut row = Map::new();
    for (column, cell) in columns(zones).into_iter().zip(cells(zones, zone)) {
        let value = match cell {
            Cell::Text(text) => Value::String(text),
            Cell::Number(text) => serde_json::from_str(&text).unwrap_or(Value::Null),
            Cell::Unknown => Value::Null,
        };
        row.insert(column.to_owned(), value);
    }
    Value::Object(row)
}

/// As JSON with provenance. What is not known is `null`.
pub fn zones_json(zones: &Zones, provenance: &Provenance) -> String {
    let rows: Vec<Value> = zones.rows.iter().map(|zone| zone_json(zones, zone)).collect();
    let document = json!({
        "zones": rows,
        "area_relative_error_max": zones.area_relative_error().map(rounded),
        "other_lines": zones.lines,
        "counted": zones.counted,
        "on_line": zones.on_line,
        "location_worse_than_province": zones.unlocated,
        "precision_not_stated": zones.unstated,
        "toll_unknown": zones.unknown_toll,
        "years": zones.years.map(|years| (years * 1e4).round() / 1e4),
        "names_contradict_coordinate": zones.tally.contradicted,
        "names_unmatched": zones.tally.unmatched,
        "near_the_line": zones.near.as_ref().map(|near| near_json(near, &zones.breaks_m)),
        "near_the_line_by_people": zones.near_people.as_ref().map(|(people, near)| {
            let mut found = near_json(near, &zones.breaks_m);
            found["people"] = json!(people);
            found
        }),
        "provenance": provenance.json(),
    });
    format!("{document:#}\n")
}

/// To two figures, upwards: a bound stays one.
fn rounded(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let scale = 10f64.powi(1 - value.log10().floor() as i32);
    (value * scale).ceil() / scale
}

/// What the table's rows mean, under the table.
pub(super) fn notes(zones: &Zones) -> Vec<String> {
    let mut notes = vec![
        "Incidents: by coordinate. Expected and 95 % interval: given how precisely each was \
         geocoded."
            .to_owned(),
    ];
    for (count, words) in [
        (zones.on_line, "on the line itself, on neither side"),
        (zones.unlocated, "located worse than the province: not in the expected numbers"),
        (zones.unstated, "without a stated precision: taken as exact points"),
        (zones.unknown_toll, "of unknown toll: in no sum of fatalities"),
        (
            zones.tally.contradicted as usize,
            "may lie nowhere in the country, district or province named: the coordinate was believed",
        ),
        (
            zones.tally.unmatched as usize,
            "name a district or province that the layers do not have: not cut to it",
        ),
    ] {
        if count > 0 {
            notes.push(format!("{count} {words}."));
        }
    }
    notes.extend(near_notes(zones));
    if let Some(error) = zones.area_relative_error() {
        let share = rounded(1e6 * error);
        notes.push(format!(
            "Areas: on the ellipsoid; no zone's is wrong by more than {} millionths of it.",
            if share < 10.0 { fixed(share, 1) } else { fixed(share, 0) }
        ));
    }
    if !zones.lines.is_empty() {
        notes.push(format!(
            "By other lines: the lowest and the highest number over this line and {}. Where they \
             differ, the number depends on who drew the line.",
            zones.lines.join(", ")
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::zones_readable::{zones_latex, zones_markdown};
    use super::*;
    use crate::analysis::RegionTally;
    use crate::report::Tally;

    fn zones() -> Zones {
        let zone = |side, to_m: f64, area_km2, best| Zone {
            side,
            from_m: 0.0,
            to_m,
            area_km2,
            incidents: 3,
            expected: 2.5,
            low: 1,
            high: 4,
            share: 0.75,
            per_1000km2: area_km2.map(|a| 3000.0 / a),
            fatalities_best: best,
            fatalities_low: None,
            fatalities_high: best,
            fatalities_expected: best.map(|b| [b as f64; 3]),
            rate: area_km2.map(|a| Rate { rate: 2.5, low: 0.5, high: 8.0 }.times(1000.0 / a)),
            ratio_next: None,
            ratio_across: None,
            area_error_km2: None,
            lines: None,
        };
        Zones {
            names: ["A, \"left\"".into(), "R_1 & Co".into()],
            breaks_m: vec![2_500.0],
            rows: vec![
                zone(Side::Left, 2_500.0, Some(12_345.67), Some(7)),
                zone(Side::Right, 2_500.0, None, None),
            ],
            within: Vec::new(),
            years: Some(2.0),
            counted: 4,
            on_line: 1,
            unlocated: 0,
            unstated: 2,
            unknown_toll: 0,
            tally: RegionTally::default(),
            near: None,
            near_people: None,
            lines: Vec::new(),
        }
    }

    fn provenance() -> Provenance {
        Provenance {
            command: "zones --x".into(),
            settings: Map::new(),
            tally: Tally::default(),
            inputs: Vec::new(),
        }
    }

    #[test]
    fn csv_quotes_names_and_leaves_the_unknown_empty() {
        let text = zones_csv(&zones());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], COLUMNS.join(","));
        let first = "\"A, \"\"left\"\"\",0,2.5,12345.7,3,2.50,1,4,0.7500,0.2430,7,,7,7.0,7.0,7.0,\
                     0.2025,0.0405,0.6480,0.1013,0.0203,0.3240,,,,,,,";
        assert_eq!(lines[1], first);
        assert_eq!(lines[2], "R_1 & Co,0,2.5,,3,2.50,1,4,0.7500,,,,,,,,,,,,,,,,,,,,");
    }

    #[test]
    fn json_says_null_and_carries_its_provenance() {
        let value: Value = serde_json::from_str(&zones_json(&zones(), &provenance())).unwrap();
        assert_eq!(value["zones"][1]["area_km2"], Value::Null);
        assert_eq!(value["zones"][0]["to_km"], json!(2.5));
        assert_eq!(value["provenance"]["command"], "zones --x");
    }

    #[test]
    fn markdown_and_latex_escape_their_own_signs() {
        let markdown = zones_markdown(&zones(), &provenance());
        assert!(markdown.contains("| 12,346 |") && markdown.contains("n/a"));
        let comment = &markdown[markdown.find("<!--").unwrap() + 4..];
        assert!(!comment[..comment.find("-->").unwrap()].contains("--"));
        let latex = zones_latex(&zones(), &provenance());
        assert!(latex.contains("R\\_1 \\& Co") && latex.contains("0--2.5"));
    }
}
