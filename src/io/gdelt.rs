//! GDELT events: version 2 (61 columns) and version 1 (58, or 57 in early
//! files), tab separated and without a header.
//!
//! Its points are mostly capitals and country centroids; the precision says so.

use super::columns::{Columns, Header, Role};
use super::incidents::Format;
use super::schema::{Facts, Fault, Row, Schema, Tally, Words};
use crate::model::{Kind, Precision};

/// A table with GDELT's columns.
pub(super) struct Gdelt {
    columns: Columns,
    base_code: Option<usize>,
    root_code: Option<usize>,
    version: u8,
}

const NAMES: [(Role, &[&str]); 8] = [
    (Role::Lon, &["actiongeo_long"]),
    (Role::Lat, &["actiongeo_lat"]),
    (Role::Id, &["globaleventid"]),
    (Role::Date, &["sqldate", "day"]),
    (Role::Precision, &["actiongeo_type"]),
    (Role::Place, &["actiongeo_fullname"]),
    (Role::Country, &["actiongeo_countrycode"]),
    (Role::Source, &["sourceurl"]),
];

/// Recognises a table of GDELT events by the names of its columns.
pub(super) fn recognise(header: &Header) -> Option<Gdelt> {
    if !header.has("globaleventid") || !header.has("actiongeo_lat") {
        return None;
    }
    let mut columns = Columns::matched(header, &NAMES);
    columns.set(Role::Province, header.find("actiongeo_adm1code"));
    Some(Gdelt {
        columns,
        base_code: header.find("eventbasecode"),
        root_code: header.find("eventrootcode"),
        version: if header.has("actiongeo_adm2code") { 2 } else { 1 },
    })
}

/// The header that a file of GDELT events would have, by the look of its
/// first line: the number of columns, an identifier and a day.
pub(super) fn header_for(first_line: &str) -> Option<Header> {
    let mut cells = first_line.split('\t');
    let (id, day) = (cells.next()?, cells.next()?);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(id) || !digits(day) || day.len() != 8 {
        return None;
    }
    let count = 2 + cells.count();
    matches!(count, 57 | 58 | 61).then(|| Header::new(names(count)))
}

/// Column names of GDELT events with 57, 58 or 61 columns (codebook 2.0,
/// 19 February 2015; version 1 has no codes of second-level areas).
fn names(count: usize) -> Vec<String> {
    let mut names: Vec<String> =
        ["GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate"].map(Into::into).into();
    for actor in ["Actor1", "Actor2"] {
        for part in [
            "Code",
            "Name",
            "CountryCode",
            "KnownGroupCode",
            "EthnicCode",
            "Religion1Code",
            "Religion2Code",
            "Type1Code",
            "Type2Code",
            "Type3Code",
        ] {
            names.push(format!("{actor}{part}"));
        }
    }
    names.extend(
        [
            "IsRootEvent",
            "EventCode",
            "EventBaseCode",
            "EventRootCode",
            "QuadClass",
            "GoldsteinScale",
            "NumMentions",
            "NumSources",
            "NumArticles",
            "AvgTone",
        ]
        .map(Into::into),
    );
    for place in ["Actor1Geo", "Actor2Geo", "ActionGeo"] {
        for part in
            ["Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID"]
        {
            if count == 61 || part != "ADM2Code" {
                names.push(format!("{place}_{part}"));
            }
        }
    }
    names.extend(["DATEADDED", "SOURCEURL"].map(Into::into));
    names.truncate(count);
    names
}

impl Schema for Gdelt {
    fn format(&self) -> Format {
        Format::Gdelt
    }

    fn label(&self) -> String {
        format!("GDELT {} events", self.version)
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn columns_mut(&mut self) -> &mut Columns {
        &mut self.columns
    }

    fn facts(&self, row: &Row<'_>, tally: &mut Tally) -> Result<Facts, Fault> {
        Ok(Facts {
            date: row.date(self.columns.get(Role::Date))?,
            fatalities: row.fatalities(&self.columns)?,
            precision: row.precision(self.columns.get(Role::Precision), tally, precision),
        })
    }

    fn words(&self, row: &Row<'_>) -> Words {
        let (category, kind) = row.category(&self.columns).unwrap_or_else(|| self.what(row));
        let source = match row.text(self.columns.get(Role::Source)) {
            "" => "GDELT".into(),
            url => url.to_owned(),
        };
        Words { category, kind, source }
    }
}

impl Gdelt {
    /// The CAMEO root in words where it is violence, else its number.
    fn what(&self, row: &Row<'_>) -> (String, Kind) {
        let (root, base) = (row.text(self.root_code), row.text(self.base_code));
        let category = match root {
            "18" => "assault".into(),
            "19" => "fight".into(),
            "20" => "mass violence".into(),
            "" => String::new(),
            other => format!("CAMEO {other}"),
        };
        // 183: suicide, car or other non-military bombing; 195: aerial weapons.
        let kind = match (root, base) {
            (_, "195") => Kind::Airstrike,
            (_, "183") => Kind::Bombing,
            ("18", _) => Kind::Raid,
            ("19", _) => Kind::Clash,
            _ => Kind::Other,
        };
        (category, kind)
    }
}

/// `ActionGeo_Type`: 3 and 4 a town or landmark, 2 and 5 the centroid of a
/// state or province, 1 of a country, 0 no match.
fn precision(code: &str) -> Option<Precision> {
    match super::number::whole(code, super::number::DecimalMark::Point)? {
        3 | 4 => Some(Precision::Exact),
        2 | 5 => Some(Precision::Province),
        0 | 1 => Some(Precision::Unlocated),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_number_of_columns() {
        let two = names(61);
        assert_eq!(two.len(), 61);
        // Positions of the codebook, counted from 1.
        assert_eq!(
            [&two[25], &two[35], &two[51]],
            ["IsRootEvent", "Actor1Geo_Type", "ActionGeo_Type"]
        );
        assert_eq!(
            [&two[56], &two[57], &two[60]],
            ["ActionGeo_Lat", "ActionGeo_Long", "SOURCEURL"]
        );
        let one = names(58);
        assert_eq!(one.len(), 58);
        assert_eq!(
            [&one[53], &one[54], &one[57]],
            ["ActionGeo_Lat", "ActionGeo_Long", "SOURCEURL"]
        );
        assert_eq!(names(57).last().map(String::as_str), Some("DATEADDED"));
    }

    #[test]
    fn told_by_its_first_line() {
        let line = |n: usize| format!("719024875\t20171202{}", "\t".repeat(n - 2));
        assert!(header_for(&line(61)).is_some());
        assert!(header_for(&line(58)).is_some());
        assert!(header_for(&line(60)).is_none());
        assert!(header_for("GLOBALEVENTID\tSQLDATE").is_none());
    }

    #[test]
    fn precision_codes() {
        let class = |code: &str| precision(code).map(Precision::word);
        assert_eq!(
            ["0", "1", "2", "3", "4", "5"].map(class),
            ["none", "none", "province", "exact", "exact", "province"].map(Some)
        );
    }
}
