//! Any other table with a longitude and a latitude, by the names of its columns.
//!
//! `precision` holds the words `exact`, `near`, `district`, `province`, `none`
//! or the numbers 1 to 5 for them.

use super::columns::{Columns, Header, Role};
use super::incidents::Format;
use super::schema::{Facts, Fault, Row, Schema, Tally, Words};
use crate::model::{Kind, Precision};

/// A table of our own column names, or of names mapped to them.
pub(super) struct Generic {
    columns: Columns,
    date_parts: Option<[Option<usize>; 3]>,
}

/// Names of the roles, best first.
const NAMES: [(Role, &[&str]); 14] = [
    (Role::Lon, &["lon", "longitude", "lng", "long", "x"]),
    (Role::Lat, &["lat", "latitude", "y"]),
    (Role::Id, &["id", "event_id", "incident_id"]),
    (Role::Date, &["date", "event_date", "date_start"]),
    (Role::Category, &["category", "event_type", "type"]),
    (Role::Precision, &["precision"]),
    (Role::Low, &["fatalities_low"]),
    (Role::Best, &["fatalities_best", "fatalities"]),
    (Role::High, &["fatalities_high"]),
    (Role::Place, &["place", "location", "city", "name"]),
    (Role::District, &["district", "admin2", "adm_2"]),
    (Role::Province, &["province", "admin1", "adm_1"]),
    (Role::Country, &["country"]),
    (Role::Source, &["source"]),
];

/// Every header is a generic one; whether it has coordinates is seen later.
pub(super) fn recognise(header: &Header) -> Generic {
    let columns = Columns::matched(header, &NAMES);
    let parts = ["year", "month", "day"].map(|name| header.find(name));
    let date_parts = parts.iter().all(Option::is_some).then_some(parts);
    Generic { columns, date_parts }
}

impl Schema for Generic {
    fn format(&self) -> Format {
        Format::Generic
    }

    fn label(&self) -> String {
        "table".into()
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn columns_mut(&mut self) -> &mut Columns {
        &mut self.columns
    }

    fn facts(&self, row: &Row<'_>, tally: &mut Tally) -> Result<Facts, Fault> {
        let date = match (self.columns.get(Role::Date), self.date_parts) {
            (None, Some(parts)) => row.date_of_parts(parts)?,
            (column, _) => row.date(column)?,
        };
        Ok(Facts {
            date,
            fatalities: row.fatalities(&self.columns)?,
            precision: row.precision(self.columns.get(Role::Precision), tally, precision),
        })
    }

    fn words(&self, row: &Row<'_>) -> Words {
        let (category, kind) =
            row.category(&self.columns).unwrap_or_else(|| (String::new(), Kind::Other));
        Words { category, kind, source: row.string(self.columns.get(Role::Source)) }
    }
}

/// The house words, or 1 to 5 for them in the same order.
fn precision(text: &str) -> Option<Precision> {
    if let Ok(class) = text.parse() {
        return Some(class);
    }
    let code = super::number::whole(text, super::number::DecimalMark::Point)?;
    Precision::ALL.get(usize::try_from(code.checked_sub(1)?).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_words_and_numbers() {
        assert_eq!(precision("Near"), Some(Precision::Near));
        assert_eq!(precision("1"), Some(Precision::Exact));
        assert_eq!(precision("4"), Some(Precision::Province));
        assert_eq!(precision("none"), Some(Precision::Unlocated));
        assert_eq!(["0", "6", "good"].map(precision), [None; 3]);
    }
}
