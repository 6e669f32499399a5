//! ACLED: exports and API tables, matched by name since their columns changed
//! over the years (31 in 2023–2025).

use super::columns::{Columns, Header, Role};
use super::incidents::Format;
use super::schema::{Facts, Fault, Row, Schema, Tally, Words};
use crate::model::{Kind, Precision};

/// A table with ACLED's columns.
pub(super) struct Acled {
    columns: Columns,
    event_type: Option<usize>,
    sub_event_type: Option<usize>,
    sides: [Option<usize>; 2],
}

/// Names of the roles; the second ones are those that a shapefile cuts to ten letters.
const NAMES: [(Role, &[&str]); 10] = [
    (Role::Lon, &["longitude"]),
    (Role::Lat, &["latitude"]),
    (Role::Id, &["event_id_cnty", "event_id_c", "data_id"]),
    (Role::Date, &["event_date"]),
    (Role::Precision, &["geo_precision", "geo_precis"]),
    (Role::Best, &["fatalities"]),
    (Role::Place, &["location"]),
    (Role::District, &["admin2"]),
    (Role::Province, &["admin1"]),
    (Role::Country, &["country"]),
];

/// Recognises ACLED by its event identifier or its two levels of event type.
pub(super) fn recognise(header: &Header) -> Option<Acled> {
    let event_type = header.find("event_type");
    let sub_event_type = header.find_any(&["sub_event_type", "sub_event_"]);
    let known = header.find_any(&["event_id_cnty", "event_id_c"]).is_some()
        || (event_type.is_some() && sub_event_type.is_some());
    if !known {
        return None;
    }
    let mut columns = Columns::matched(header, &NAMES);
    columns.set(Role::Source, header.find("source"));
    let sides = ["inter1", "inter2"].map(|name| header.find(name));
    Some(Acled { columns, event_type, sub_event_type, sides })
}

impl Schema for Acled {
    fn format(&self) -> Format {
        Format::Acled
    }

    fn label(&self) -> String {
        "ACLED".into()
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
        Words { category, kind, source: row.string(self.columns.get(Role::Source)) }
    }
}

impl Acled {
    /// `Battles: Armed clash`, and its kind.
    fn what(&self, row: &Row<'_>) -> (String, Kind) {
        let (event, sub) = (row.text(self.event_type), row.text(self.sub_event_type));
        let category = match (event.is_empty(), sub.is_empty()) {
            (false, false) => format!("{event}: {sub}"),
            _ => format!("{event}{sub}"),
        };
        let states = self.sides.iter().all(|side| is_state(row.text(*side)));
        (category, kind(event, sub, states))
    }
}

/// `geo_precision`: 1 the town, 2 near it or part of a region, 3 a larger
/// region, for which a landmark or the provincial capital stands.
fn precision(code: &str) -> Option<Precision> {
    match super::number::whole(code, super::number::DecimalMark::Point)? {
        1 => Some(Precision::Exact),
        2 => Some(Precision::Near),
        3 => Some(Precision::Province),
        _ => None,
    }
}

/// Whether an actor is a state's force: its own (1) or another's (8), by number
/// or, in newer exports, by word.
fn is_state(inter: &str) -> bool {
    ["1", "8", "state forces", "external/other forces"]
        .iter()
        .any(|word| inter.eq_ignore_ascii_case(word))
}

/// The house kind of a sub-event. A battle is a border clash between two
/// states' forces and a raid otherwise.
fn kind(event: &str, sub: &str, states: bool) -> Kind {
    match sub.to_lowercase().as_str() {
        "air/drone strike" => Kind::Airstrike,
        "shelling/artillery/missile attack" => Kind::Clash,
        "suicide bomb" | "remote explosive/landmine/ied" | "grenade" => Kind::Bombing,
        "attack" => Kind::Raid,
        _ if event.eq_ignore_ascii_case("battles") => {
            if states {
                Kind::Clash
            } else {
                Kind::Raid
            }
        }
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_sub_events() {
        assert_eq!(kind("Explosions/Remote violence", "Air/drone strike", false), Kind::Airstrike);
        assert_eq!(kind("Battles", "Armed clash", true), Kind::Clash);
        assert_eq!(kind("Battles", "Armed clash", false), Kind::Raid);
        assert_eq!(kind("Violence against civilians", "Attack", false), Kind::Raid);
        assert_eq!(kind("Explosions/Remote violence", "Suicide bomb", false), Kind::Bombing);
        assert_eq!(kind("Protests", "Peaceful protest", false), Kind::Other);
        assert!(is_state("8") && is_state("State forces") && !is_state("Rebel group"));
    }

    #[test]
    fn precision_codes() {
        assert_eq!(
            ["1", "2", "3", "4", "x"].map(precision),
            [Some(Precision::Exact), Some(Precision::Near), Some(Precision::Province), None, None]
        );
    }
}
