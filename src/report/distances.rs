//! The columns that `durand distance` adds to every incident.

use super::{fixed, push_fixed};
use crate::analysis::Located;
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

/// Two more when the input states the precision: the 5 % and 95 % quantiles of
/// the distance over the region that the incident may lie in.
pub const PRECISION_COLUMNS: [&str; 2] = ["border_distance_low_m", "border_distance_high_m"];

/// Writes the columns. Metres have 3 decimals, degrees 8. An incident within
/// half a millimetre of the line has an empty side; one whose precision is not
/// known has empty quantiles.
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
            let number = name.ends_with("_m") || name.ends_with("_lon") || name.ends_with("_lat");
            if number { ColumnKind::Number } else { ColumnKind::Text }
        };
        self.names().iter().map(kind).collect()
    }

    /// Writes the columns of a place as further cells of a CSV line. `interval`
    /// holds the two quantiles, metres.
    pub fn push_csv(&self, out: &mut String, place: &Located, interval: Option<(f64, f64)>) {
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
            match interval {
                Some((low, high)) => {
                    number(out, low, 3);
                    number(out, high, 3);
                }
                None => out.push_str(",,"),
            }
        }
    }

    /// The same as JSON values.
    pub fn cells(&self, place: &Located, interval: Option<(f64, f64)>) -> Vec<Cell> {
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
            cells.push(interval.map_or(Value::Null, |(low, _)| rounded(low, 3)));
            cells.push(interval.map_or(Value::Null, |(_, high)| rounded(high, 3)));
        }
        cells
    }
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
