//! The columns that `durand distance` adds to every incident.

use super::{fixed, push_fixed};
use crate::analysis::{Located, Outlook};
use crate::index::{SidedAreas, StudyIndex};
use crate::io::{Cell, ColumnKind, push_text};
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

/// More when the input states the precision: the 5 % and 95 % quantiles of the
/// distance over the region that the incident may lie in, to 0.5 % of its
/// radius; the probability that the incident lies on `border_side`, and the side
/// that has 95 %, else `undetermined`.
pub const PRECISION_COLUMNS: [&str; 4] = [
    "border_distance_low_m",
    "border_distance_high_m",
    "border_side_probability",
    "border_side_called",
];

/// Names of these columns, and of the counts that would be cut alike, for a
/// format in which they have ten letters.
const SHORT: [(&str, &str); 13] = [
    ("fatalities_low", "fatal_low"),
    ("fatalities_best", "fatal_best"),
    ("fatalities_high", "fatal_high"),
    ("border_distance_m", "dist_m"),
    ("border_side", "side"),
    ("border_chainage_m", "chainage_m"),
    ("border_lon", "foot_lon"),
    ("border_lat", "foot_lat"),
    ("district_how", "dist_how"),
    ("border_distance_low_m", "dist_low_m"),
    ("border_distance_high_m", "dist_hi_m"),
    ("border_side_probability", "side_prob"),
    ("border_side_called", "side_call"),
];

/// The name of a column where names have ten letters: of those above their own
/// short one, of others the whole.
pub fn short_name(name: &str) -> &str {
    SHORT.iter().find(|(long, _)| *long == name).map_or(name, |(_, short)| short)
}

/// A side is called from this probability on.
const CALLED: f64 = 0.95;
/// What is called where neither side is.
const UNDETERMINED: &str = "undetermined";

/// Writes the columns. Metres have 3 decimals, degrees 8, probabilities 4. An
/// incident within half a millimetre of the line has an empty side and no
/// probability of it; one whose precision is not known has empty quantiles,
/// probability and call.
pub struct DistanceColumns<'a> {
    index: &'a StudyIndex,
    /// Whether the columns of the precision are there.
    precise: bool,
    /// Names as they stand in CSV: of the sides, and of each area its country,
    /// province and own name.
    sides: [String; 2],
    districts: Vec<[String; 3]>,
    provinces: Vec<[String; 3]>,
}

impl<'a> DistanceColumns<'a> {
    /// Columns for places among these layers.
    pub fn new(index: &'a StudyIndex, precise: bool) -> DistanceColumns<'a> {
        let names = |layer: &SidedAreas| {
            let of = |area: &crate::model::Area| {
                [area.country.as_str(), area.province.as_str(), area.name()].map(csv_text)
            };
            layer.areas.iter().map(of).collect()
        };
        DistanceColumns {
            index,
            precise,
            sides: Side::BOTH.map(|side| csv_text(index.border.country(side))),
            districts: names(&index.districts),
            provinces: names(&index.provinces),
        }
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<String> {
        let further: &[&str] = if self.precise { &PRECISION_COLUMNS } else { &[] };
        COLUMNS.iter().chain(further).map(|&name| name.to_owned()).collect()
    }

    /// What the columns hold.
    pub fn kinds(&self) -> Vec<ColumnKind> {
        let kind = |name: &String| {
            let number = name.ends_with("_m")
                || name.ends_with("_lon")
                || name.ends_with("_lat")
                || name.ends_with("_probability");
            if number { ColumnKind::Number } else { ColumnKind::Text }
        };
        self.names().iter().map(kind).collect()
    }

    /// Writes the columns of a place as further cells of a CSV line. `outlook`
    /// tells where it may lie.
    pub fn push_csv(&self, out: &mut String, place: &Located, outlook: Option<Outlook>) {
        let number = |out: &mut String, value: f64, decimals: usize| {
            out.push(',');
            push_fixed(out, value, decimals);
        };
        number(out, place.distance_m, 3);
        out.push(',');
        if let Some(side) = place.side {
            out.push_str(&self.sides[usize::from(side != Side::BOTH[0])]);
        }
        number(out, place.chainage_m, 3);
        number(out, place.foot.lon(), 8);
        number(out, place.foot.lat(), 8);
        let none = [const { String::new() }; 3];
        let district = place.placement.district.map_or(&none, |i| &self.districts[i]);
        let province = place.placement.province.map_or(&none, |i| &self.provinces[i]);
        for level in 0..2 {
            out.push(',');
            let name = if district[level].is_empty() { &province[level] } else { &district[level] };
            out.push_str(name);
        }
        out.push(',');
        out.push_str(&district[2]);
        out.push(',');
        out.push_str(place.placement.how.word());
        if self.precise {
            match outlook {
                Some(outlook) => {
                    number(out, outlook.low_m, 3);
                    number(out, outlook.high_m, 3);
                    match place.side {
                        Some(side) => number(out, outlook.probability(side), 4),
                        None => out.push(','),
                    }
                    out.push(',');
                    let called = called(&outlook).map(|side| usize::from(side != Side::BOTH[0]));
                    out.push_str(called.map_or(UNDETERMINED, |side| &self.sides[side]));
                }
                None => out.push_str(",,,,"),
            }
        }
    }

    /// The same as JSON values.
    pub fn cells(&self, place: &Located, outlook: Option<Outlook>) -> Vec<Cell> {
        let names = place.placement.names(self.index);
        let side = place.side.map_or("", |side: Side| self.index.border.country(side));
        let text = |value: &str| Value::String(value.to_owned());
        let mut cells = vec![
            rounded(place.distance_m, 3),
            text(side),
            rounded(place.chainage_m, 3),
            rounded(place.foot.lon(), 8),
            rounded(place.foot.lat(), 8),
            text(names.country),
            text(names.province),
            text(names.district),
            text(place.placement.how.word()),
        ];
        if self.precise {
            let number = |value: Option<f64>, decimals| {
                value.map_or(Value::Null, |value| rounded(value, decimals))
            };
            cells.push(number(outlook.map(|o| o.low_m), 3));
            cells.push(number(outlook.map(|o| o.high_m), 3));
            cells.push(number(outlook.zip(place.side).map(|(o, side)| o.probability(side)), 4));
            let name = |side| self.index.border.country(side);
            cells
                .push(outlook.map_or(Value::Null, |o| text(called(&o).map_or(UNDETERMINED, name))));
        }
        cells
    }
}

/// The side that the incident lies on with enough probability.
fn called(outlook: &Outlook) -> Option<Side> {
    Side::BOTH.into_iter().find(|&side| outlook.probability(side) >= CALLED)
}

fn csv_text(text: &str) -> String {
    let mut out = String::new();
    push_text(&mut out, text);
    out
}

fn rounded(value: f64, decimals: usize) -> Value {
    fixed(value, decimals)
        .parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}
