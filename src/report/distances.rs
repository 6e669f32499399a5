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

/// How cells hold numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// As text with all their decimals, for CSV: `40973.390`.
    Text,
    /// As JSON numbers, for GeoJSON.
    Json,
}

/// The cells of every incident, in [`COLUMNS`] and, with `regions`,
/// [`PRECISION_COLUMNS`]. Metres have 3 decimals, degrees 8. An incident
/// within half a millimetre of the line has an empty side; one whose precision
/// is not known has empty quantiles.
pub fn distance_table(
    located: &[Located],
    index: &StudyIndex,
    regions: Option<&Regions>,
    numbers: Numbers,
) -> Vec<Vec<Value>> {
    let number = |value: f64, decimals: usize| match numbers {
        Numbers::Text => Value::String(fixed(value, decimals)),
        Numbers::Json => rounded(value, decimals),
    };
    let metres = |value: f64| number(value, 3);
    let degrees = |value: f64| number(value, 8);
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
                let unknown = || match numbers {
                    Numbers::Text => text(""),
                    Numbers::Json => Value::Null,
                };
                let interval = regions.distance_interval_m(number);
                cells.push(interval.map_or_else(unknown, |(low, _)| metres(low)));
                cells.push(interval.map_or_else(unknown, |(_, high)| metres(high)));
            }
            cells
        })
        .collect()
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn rounded(value: f64, decimals: usize) -> Value {
    fixed(value, decimals)
        .parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}
