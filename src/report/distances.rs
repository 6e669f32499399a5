//! The columns that `durand distance` adds to every incident.

use super::fixed;
use crate::analysis::{Located, Regions};
use crate::index::StudyIndex;
use crate::model::Side;
use serde_json::{Number, Value};

/// Names of the columns, in order.
pub const COLUMNS: [&str; 9] = [
    "border_distance_m",
    "border_side",
    "border_chainage_m",
    "border_lon",
    "border_lat",
    "country",
    "province",
    "district",
    "district_how",
];

/// Two more when a precision is known: the 5 % and 95 % quantiles of the
/// distance over the region that the incident may lie in.
pub const PRECISION_COLUMNS: [&str; 2] = ["border_distance_low_m", "border_distance_high_m"];

/// The cells of every incident, in [`COLUMNS`] and, with `regions`,
/// [`PRECISION_COLUMNS`]. Metres have 3 decimals, degrees 8. An incident
/// within half a millimetre of the line has an empty side; one whose precision
/// is not known has empty quantiles.
pub fn distance_table(
    located: &[Located],
    index: &StudyIndex,
    regions: Option<&Regions>,
) -> Vec<Vec<Value>> {
    located
        .iter()
        .enumerate()
        .map(|(number, place)| {
            let names = place.placement.names(index);
            let side = place.side.map_or("", |side: Side| index.border.country(side));
            let mut cells = vec![
                metres(place.distance_m),
                text(side),
                metres(place.chainage_m),
                degrees(place.foot.lon()),
                degrees(place.foot.lat()),
                text(names.country),
                text(names.province),
                text(names.district),
                text(place.placement.how.word()),
            ];
            if let Some(regions) = regions {
                let interval = regions.distance_interval_m(number);
                cells.push(interval.map_or(text(""), |(low, _)| metres(low)));
                cells.push(interval.map_or(text(""), |(_, high)| metres(high)));
            }
            cells
        })
        .collect()
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn metres(value: f64) -> Value {
    number(value, 3)
}

fn degrees(value: f64) -> Value {
    number(value, 8)
}

/// A number rounded to so many decimals. CSV and GeoJSON print it alike.
fn number(value: f64, decimals: usize) -> Value {
    fixed(value, decimals)
        .parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}
