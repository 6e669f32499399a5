//! UCDP GED: global files (49 columns), country files of the Humanitarian Data
//! Exchange (50) and extracts with fewer.

use super::columns::{Columns, Header, Role};
use super::incidents::Format;
use super::records::Record;
use super::schema::{Facts, Fault, Row, Schema, Tally, Words};
use crate::model::{Kind, Precision};

/// A table with UCDP's columns.
pub(super) struct Ucdp {
    columns: Columns,
    violence: Option<usize>,
    sides: [Option<usize>; 2],
    office: Option<usize>,
    office_date: Option<usize>,
    country_file: bool,
}

/// Names of the roles; the second ones are those that a shapefile cuts to ten letters.
const NAMES: [(Role, &[&str]); 11] = [
    (Role::Lon, &["longitude"]),
    (Role::Lat, &["latitude"]),
    (Role::Id, &["id"]),
    (Role::Date, &["date_start", "date"]),
    (Role::Precision, &["where_prec"]),
    (Role::Low, &["low"]),
    (Role::Best, &["best"]),
    (Role::High, &["high"]),
    (Role::Place, &["where_coordinates", "where_coor"]),
    (Role::District, &["adm_2"]),
    (Role::Province, &["adm_1"]),
];

/// The columns of releases 23.1 to 26.1 in their order.
const IN_ORDER: &str = "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,\
    conflict_new_id,conflict_name,dyad_dset_id,dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,\
    side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,source_article,source_office,\
    source_date,source_headline,source_original,where_prec,where_coordinates,where_description,\
    adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,\
    date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,\
    gwnoa,gwnob";

/// The header that a file without one would have (a candidate release came so),
/// by its first record: the number of columns, and the geometry that repeats
/// the coordinates where it should.
pub(super) fn header_for(first: &Record<'_>) -> Option<Header> {
    let names: Vec<String> = IN_ORDER.split(',').map(|name| name.trim().to_owned()).collect();
    if first.len() != names.len() {
        return None;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let point = first.cell(31).trim().strip_prefix("POINT")?.trim();
    let mut pair = point.trim_start_matches('(').trim_end_matches(')').split_whitespace();
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let (lon, lat) = (number(pair.next()?)?, number(pair.next()?)?);
    let agree = number(first.cell(30)) == Some(lon) && number(first.cell(29)) == Some(lat);
    (agree && digits(first.cell(0)) && digits(first.cell(5))).then(|| Header::new(names))
}

/// Recognises UCDP GED by its type of violence and its best estimate.
pub(super) fn recognise(header: &Header) -> Option<Ucdp> {
    let violence = header.find_any(&["type_of_violence", "type_of_vi"]);
    if violence.is_none() || !header.has("best") {
        return None;
    }
    let mut columns = Columns::matched(header, &NAMES);
    columns.set(Role::Country, header.find("country"));
    Some(Ucdp {
        columns,
        violence,
        sides: ["side_a", "side_b"].map(|name| header.find(name)),
        office: header.find_any(&["source_office", "source_off"]),
        office_date: header.find_any(&["source_date", "source_dat"]),
        country_file: header.has("iso3"),
    })
}

impl Schema for Ucdp {
    fn format(&self) -> Format {
        Format::UcdpGed
    }

    fn label(&self) -> String {
        if self.country_file {
            "UCDP GED country file".into()
        } else if self.columns.get(Role::Precision).is_none() {
            "UCDP GED extract".into()
        } else {
            "UCDP GED".into()
        }
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
        let source = match self.columns.get(Role::Source) {
            None => self.source(row),
            column => row.string(column),
        };
        Words { category, kind, source }
    }
}

impl Ucdp {
    /// The type of violence in words. How it was done is not coded, so only
    /// fighting between two governments has a kind of its own.
    fn what(&self, row: &Row<'_>) -> (String, Kind) {
        let category = match row.text(self.violence) {
            "1" | "1.0" => "state-based violence",
            "2" | "2.0" => "non-state violence",
            "3" | "3.0" => "one-sided violence",
            other => other,
        };
        let states = self.sides.iter().all(|side| row.text(*side).starts_with("Government of "));
        let kind = if states { Kind::Clash } else { Kind::from_words(category) };
        (category.to_owned(), kind)
    }

    /// The office and day of the report, which are short; the article is not.
    fn source(&self, row: &Row<'_>) -> String {
        let (office, date) = (row.text(self.office), row.text(self.office_date));
        match (office.is_empty(), date.is_empty()) {
            (true, _) => "UCDP GED".into(),
            (false, true) => format!("UCDP GED: {office}"),
            (false, false) => format!("UCDP GED: {office}, {date}"),
        }
    }
}

/// `where_prec`: 1 the named point, 2 about 25 km around it, 3 and 4 centroids
/// of district and province, 5 to 7 an area or line larger than a province, a
/// country, water or airspace.
fn precision(code: &str) -> Option<Precision> {
    match super::number::whole(code, super::number::DecimalMark::Point)? {
        1 => Some(Precision::Exact),
        2 => Some(Precision::Near),
        3 => Some(Precision::District),
        4 => Some(Precision::Province),
        5..=7 => Some(Precision::Unlocated),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_codes() {
        let class = |code: &str| precision(code).map(Precision::word);
        assert_eq!(
            ["1", "2", "3", "4", "5", "6", "7", "8"].map(class),
            [
                Some("exact"),
                Some("near"),
                Some("district"),
                Some("province"),
                Some("none"),
                Some("none"),
                Some("none"),
                None,
            ]
        );
    }
}
