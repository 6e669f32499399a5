//! GTD, the Global Terrorism Database: 135 columns, matched by name.

use super::columns::{Columns, Header, Role};
use super::date::Reading;
use super::incidents::Format;
use super::schema::{Facts, Fault, Row, Schema, Tally, Words};
use crate::model::{Kind, Precision};

/// A table with the GTD's columns.
pub(super) struct Gtd {
    columns: Columns,
    date: [Option<usize>; 3],
    attack: Option<usize>,
    suicide: Option<usize>,
    vicinity: Option<usize>,
}

/// Names of the roles; second ones are those that a shapefile cuts to ten letters.
const NAMES: [(Role, &[&str]); 9] = [
    (Role::Lon, &["longitude"]),
    (Role::Lat, &["latitude"]),
    (Role::Id, &["eventid"]),
    (Role::Precision, &["specificity", "specificit"]),
    (Role::Best, &["nkill"]),
    (Role::Place, &["city"]),
    (Role::Province, &["provstate"]),
    (Role::Country, &["country_txt", "country_tx", "country"]),
    (Role::Source, &["dbsource"]),
];

/// Recognises the GTD by its identifier and its year.
pub(super) fn recognise(header: &Header) -> Option<Gtd> {
    if !header.has("eventid") || !header.has("iyear") {
        return None;
    }
    Some(Gtd {
        columns: Columns::matched(header, &NAMES),
        date: ["iyear", "imonth", "iday"].map(|name| header.find(name)),
        attack: header.find_any(&["attacktype1_txt", "attacktype"]),
        suicide: header.find("suicide"),
        vicinity: header.find("vicinity"),
    })
}

impl Schema for Gtd {
    fn format(&self) -> Format {
        Format::Gtd
    }

    fn label(&self) -> String {
        "GTD".into()
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn columns_mut(&mut self) -> &mut Columns {
        &mut self.columns
    }

    fn facts(&self, row: &Row<'_>, tally: &mut Tally) -> Result<Facts, Fault> {
        let id = row.text(self.columns.get(Role::Id));
        if id.contains(['E', 'e']) {
            tally.add("with an eventid that a spreadsheet has rounded", id);
        }
        let date = match self.columns.get(Role::Date) {
            Some(column) => row.date(Some(column))?,
            None => row.date_of_parts(self.date)?,
        };
        if date == Reading::Unknown {
            tally.add("with an unknown day or month; their date is left open", "");
        }
        let column = self.columns.get(Role::Precision);
        let near = row.code(self.vicinity) == Some(1);
        Ok(Facts {
            date,
            fatalities: row.fatalities(&self.columns)?,
            precision: row.precision(column, tally, |code| precision(code, near)),
        })
    }

    fn words(&self, row: &Row<'_>) -> Words {
        let (category, kind) = row.category(&self.columns).unwrap_or_else(|| self.what(row));
        let source = match row.text(self.columns.get(Role::Source)) {
            "" => "GTD".into(),
            office => format!("GTD: {office}"),
        };
        Words { category, kind, source }
    }
}

impl Gtd {
    /// The first attack type; a suicide attack is one whatever its type.
    fn what(&self, row: &Row<'_>) -> (String, Kind) {
        let category = row.text(self.attack);
        let kind = if row.code(self.suicide) == Some(1) {
            Kind::Bombing
        } else {
            match category {
                "Bombing/Explosion" => Kind::Bombing,
                "Armed Assault" | "Assassination" => Kind::Raid,
                _ => Kind::Other,
            }
        };
        (category.to_owned(), kind)
    }
}

/// `specificity`: 1 the town (near it when `vicinity` is 1), 2 and 3 the
/// centroid of the smallest unit, 4 the centre of the province, 5 none.
fn precision(code: &str, near: bool) -> Option<Precision> {
    match super::number::whole(code, super::number::DecimalMark::Point)? {
        1 if near => Some(Precision::Near),
        1 => Some(Precision::Exact),
        2 | 3 => Some(Precision::District),
        4 => Some(Precision::Province),
        5 => Some(Precision::Unlocated),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_codes() {
        assert_eq!(precision("1", false), Some(Precision::Exact));
        assert_eq!(precision("1", true), Some(Precision::Near));
        assert_eq!(precision("1.0", false), Some(Precision::Exact));
        assert_eq!(precision("3", true), Some(Precision::District));
        assert_eq!(precision("4", false), Some(Precision::Province));
        assert_eq!(precision("5", false), Some(Precision::Unlocated));
        assert_eq!(precision("-9", false), None);
    }
}
