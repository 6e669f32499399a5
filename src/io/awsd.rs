//! AWSD, the Aid Worker Security Database: 41 columns, matched by name. Its
//! `Location` is the kind of place (road, home, office) and no name of one.

use super::columns::{Columns, Header, Role};
use super::incidents::Format;
use super::schema::{Facts, Fault, Row, Schema, Tally, Words};
use crate::model::Kind;

/// A table with the AWSD's columns.
pub(super) struct Awsd {
    columns: Columns,
    date: [Option<usize>; 3],
    means: Option<usize>,
}

const NAMES: [(Role, &[&str]); 8] = [
    (Role::Lon, &["longitude"]),
    (Role::Lat, &["latitude"]),
    (Role::Id, &["incident_id"]),
    (Role::Best, &["total_killed"]),
    (Role::Place, &["city"]),
    (Role::District, &["district"]),
    (Role::Province, &["region"]),
    (Role::Country, &["country"]),
];

/// Recognises the AWSD by its identifier and what only it counts or tells.
pub(super) fn recognise(header: &Header) -> Option<Awsd> {
    let own = ["means_of_attack", "nationals_killed", "actor_type"];
    if !header.has("incident_id") || header.find_any(&own).is_none() {
        return None;
    }
    Some(Awsd {
        columns: Columns::matched(header, &NAMES),
        date: ["year", "month", "day"].map(|name| header.find(name)),
        means: header.find("means_of_attack"),
    })
}

impl Schema for Awsd {
    fn format(&self) -> Format {
        Format::Awsd
    }

    fn label(&self) -> String {
        "AWSD".into()
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn columns_mut(&mut self) -> &mut Columns {
        &mut self.columns
    }

    fn facts(&self, row: &Row<'_>, _: &mut Tally) -> Result<Facts, Fault> {
        let date = match self.columns.get(Role::Date) {
            Some(column) => row.date(Some(column))?,
            None => row.date_of_parts(self.date)?,
        };
        // It does not say how precisely places were found.
        Ok(Facts { date, fatalities: row.fatalities(&self.columns)?, precision: None })
    }

    fn words(&self, row: &Row<'_>) -> Words {
        let (category, kind) = row.category(&self.columns).unwrap_or_else(|| {
            let means = row.string(self.means);
            let kind = kind(&means);
            (means, kind)
        });
        let source = match row.text(self.columns.get(Role::Source)) {
            "" => "AWSD".into(),
            source => source.to_owned(),
        };
        Words { category, kind, source }
    }
}

/// The house kind of a means of attack.
fn kind(means: &str) -> Kind {
    let means = means.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| means.contains(word));
    if says(&["aerial"]) {
        Kind::Airstrike
    } else if says(&["ied", "landmine", "uxo", "explosive"]) {
        Kind::Bombing
    } else if says(&["shelling"]) {
        Kind::Clash
    } else if says(&["shooting", "assault", "complex", "kidnap"]) {
        Kind::Raid
    } else {
        Kind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_means() {
        for (means, expected) in [
            ("Aerial bombardment", Kind::Airstrike),
            ("Roadside IED", Kind::Bombing),
            ("Shelling", Kind::Clash),
            ("Shooting", Kind::Raid),
            ("Kidnapping", Kind::Raid),
            ("Unknown", Kind::Other),
        ] {
            assert_eq!(kind(means), expected, "{means}");
        }
    }
}
