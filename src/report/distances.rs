//! The columns that `durand distance` adds to every incident.

use super::fixed;
use crate::analysis::{Located, Outlook};
use crate::index::StudyIndex;
use crate::model::{Border, Side};
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

/// More when a precision is known: the 5 % and 95 % quantiles of the distance
/// over the region that the incident may lie in, to 0.5 % of its radius; the
/// probability that the incident lies on `border_side`, and the side where one
/// has 95 %, else `undetermined`.
pub const PRECISION_COLUMNS: [&str; 4] = [
    "border_distance_low_m",
    "border_distance_high_m",
    "border_side_probability",
    "border_side_called",
];

/// A side is called from this probability on.
const CALLED: f64 = 0.95;

/// How cells hold numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// As text with all their decimals, for CSV: `40973.390`.
    Text,
    /// As JSON numbers, for GeoJSON.
    Json,
}

/// The cells of every incident, in [`COLUMNS`] and, with `outlooks`,
/// [`PRECISION_COLUMNS`]. Metres have 3 decimals, degrees 8, probabilities 4.
/// An incident within half a millimetre of the line has an empty side and no
/// probability of it; one whose precision is not known has empty quantiles,
/// probability and call.
pub fn distance_table(
    located: &[Located],
    index: &StudyIndex,
    outlooks: Option<&[Option<Outlook>]>,
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
        .map(|(row, place)| {
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
            if let Some(outlooks) = outlooks {
                let unknown = || match numbers {
                    Numbers::Text => text(""),
                    Numbers::Json => Value::Null,
                };
                let outlook = outlooks.get(row).copied().flatten();
                cells.push(outlook.map_or_else(unknown, |o| metres(o.low_m)));
                cells.push(outlook.map_or_else(unknown, |o| metres(o.high_m)));
                let probability = outlook.and_then(|o| Some(o.probability(place.side?)));
                cells.push(probability.map_or_else(unknown, |p| number(p, 4)));
                let called = outlook.map(|o| called(&o, &index.border));
                cells.push(called.map_or_else(unknown, text));
            }
            cells
        })
        .collect()
}

/// The country on whose side the incident lies with 95 % probability.
fn called<'a>(outlook: &Outlook, border: &'a Border) -> &'a str {
    let sure = |side: &Side| outlook.probability(*side) >= CALLED;
    Side::BOTH.into_iter().find(sure).map_or("undetermined", |side| border.country(side))
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
