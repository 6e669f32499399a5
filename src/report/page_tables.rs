//! Tables that only the page has, made from results that are files of another
//! form elsewhere.

use super::fixed;
use super::table::{Column, Datum, Table, numbers, words};
use crate::analysis::Zones;
use crate::io::Reject;
use crate::model::Side;

/// The zones by side and distance, then the whole sides.
pub fn zones_rows(zones: &Zones) -> Table {
    let columns = vec![
        words("side", "Side"),
        numbers("from_km", "From (km)"),
        numbers("to_km", "To (km)"),
        numbers("area_km2", "Area (km²)"),
        numbers("incidents", "Incidents"),
        numbers("incidents_expected", "Expected"),
        numbers("incidents_low", "95 % from"),
        numbers("incidents_high", "to"),
        numbers("share", "Share"),
        numbers("per_1000km2", "Per 1,000 km²"),
        numbers("fatalities_best", "Killed (best)"),
        numbers("fatalities_low", "Killed (low)"),
        numbers("fatalities_high", "Killed (high)"),
    ];
    let km = |m: f64| Datum::number(m / 1000.0, if m % 1000.0 == 0.0 { 0 } else { 1 });
    let rows = zones.rows.iter().map(|zone| {
        let toll = |sum: Option<u64>| {
            sum.map_or_else(Datum::unknown, |sum| Datum::count(usize::try_from(sum).unwrap_or(0)))
        };
        let share = Datum::number(zone.share, 4);
        vec![
            Datum::text(&zones.names[usize::from(zone.side == Side::Right)]),
            km(zone.from_m),
            if zone.to_m.is_finite() { km(zone.to_m) } else { Datum::unknown().shown("any") },
            Datum::number(zone.area_km2, 0),
            Datum::count(zone.incidents),
            Datum::number(zone.expected, 1),
            Datum::count(zone.low),
            Datum::count(zone.high),
            share.shown(format!("{} %", fixed(100.0 * zone.share, 1))),
            Datum::number(zone.per_1000km2, 2),
            toll(zone.fatalities_best),
            toll(zone.fatalities_low),
            toll(zone.fatalities_high),
        ]
    });
    table("zones", "Zones by distance", columns, rows.collect())
}

/// Records that could not be used, the first `most` of them.
pub fn rejected_rows(rejected: &[Reject], most: usize) -> Table {
    let columns = vec![
        words("file", "File"),
        numbers("record", "Record"),
        numbers("line", "Line"),
        words("field", "Field"),
        words("value", "Value"),
        words("reason", "Reason"),
    ];
    let whole = |n: u64| Datum::count(usize::try_from(n).unwrap_or(usize::MAX));
    let rows = rejected.iter().take(most).map(|r| {
        vec![
            Datum::text(&r.file),
            whole(r.record),
            whole(r.line),
            Datum::text(&r.field),
            Datum::text(&r.value),
            Datum::text(&r.reason),
        ]
    });
    table("rejected", "Records that could not be used", columns, rows.collect())
}

fn table(name: &'static str, caption: &str, columns: Vec<Column>, rows: Vec<Vec<Datum>>) -> Table {
    Table { name, caption: caption.to_owned(), columns, rows }
}
