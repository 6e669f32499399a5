//! The buffer zones as a layer of polygons, for the formats of layers.

use super::sheets::zones_sheet;
use super::zone_polygons::coordinates;
use crate::analysis::{ZoneShapes, Zones};
use crate::io::{ColumnKind, PolygonRow, PolygonTable};
use crate::model::Side;

/// Columns that hold counts.
const WHOLE: [&str; 8] = [
    "incidents",
    "incidents_low",
    "incidents_high",
    "fatalities_best",
    "fatalities_low",
    "fatalities_high",
    "incidents_lines_low",
    "incidents_lines_high",
];

/// Columns whose names have more than ten letters, and what is left of them.
const SHORT: [(&str, &str); 27] = [
    ("incidents_expected", "inc_exp"),
    ("incidents_low", "inc_low"),
    ("incidents_high", "inc_high"),
    ("per_1000km2", "per1000km2"),
    ("fatalities_best", "fat_best"),
    ("fatalities_low", "fat_low"),
    ("fatalities_high", "fat_high"),
    ("fatalities_expected_best", "fate_best"),
    ("fatalities_expected_low", "fate_low"),
    ("fatalities_expected_high", "fate_high"),
    ("expected_per_1000km2", "exp1000"),
    ("expected_per_1000km2_low", "exp1000_lo"),
    ("expected_per_1000km2_high", "exp1000_hi"),
    ("per_1000km2_year", "year1000"),
    ("per_1000km2_year_low", "year1000lo"),
    ("per_1000km2_year_high", "year1000hi"),
    ("ratio_next_zone", "ratio_next"),
    ("ratio_next_zone_low", "r_next_lo"),
    ("ratio_next_zone_high", "r_next_hi"),
    ("ratio_other_side", "ratio_side"),
    ("ratio_other_side_low", "r_side_lo"),
    ("ratio_other_side_high", "r_side_hi"),
    ("area_error_km2", "area_error"),
    ("incidents_lines_low", "lines_low"),
    ("incidents_lines_high", "lines_high"),
    ("incidents_expected_lines_low", "lines_e_lo"),
    ("incidents_expected_lines_high", "lines_e_hi"),
];

/// One row a side and zone, in the table's order and with its columns, as
/// [`zones_geojson`](super::zones_geojson) has them; a zone that the window leaves
/// nothing of covers nothing.
pub fn zone_layer(zones: &Zones, shapes: &ZoneShapes) -> PolygonTable {
    let (name, columns, cells) = zones_sheet(zones);
    let kind = |column: &String| match column.as_str() {
        "side" => ColumnKind::Text,
        column if WHOLE.contains(&column) => ColumnKind::Whole,
        _ => ColumnKind::Number,
    };
    let short = |column: &String| {
        let found = SHORT.iter().find(|(long, _)| long == column);
        found.map_or(column.clone(), |(_, short)| (*short).to_owned())
    };
    let mut rows = Vec::new();
    for (side, polygons) in Side::BOTH.iter().zip(&shapes.zones) {
        let here = zones.rows.iter().zip(&cells);
        let here = here.filter(|(row, _)| row.side == *side && row.to_m.is_finite());
        for ((row, cells), shape) in here.zip(polygons) {
            let country = &zones.names[usize::from(*side == Side::Right)];
            let [from, to] = [row.from_m, row.to_m].map(|metres| metres / 1000.0);
            rows.push(PolygonRow {
                title: format!("{country}, {from}\u{2013}{to} km"),
                polygons: coordinates(shape),
                cells: cells.clone(),
            });
        }
    }
    let (kinds, short) = (columns.iter().map(kind).collect(), columns.iter().map(short).collect());
    PolygonTable { name, columns, short, kinds, rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn short_names_are_short_and_differ() {
        let short: BTreeSet<&str> = SHORT.iter().map(|(_, short)| *short).collect();
        assert_eq!(short.len(), SHORT.len());
        assert!(short.iter().all(|name| name.len() <= 10));
        assert!(SHORT.iter().all(|(long, _)| long.len() > 10));
    }
}
