//! Which column of a table plays which role.

use super::ReadError;
use crate::model::nearest_name;
use std::fmt;
use std::str::FromStr;

/// What a column can stand for in an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Lon,
    Lat,
    Id,
    Date,
    Category,
    Precision,
    Low,
    Best,
    High,
    Place,
    District,
    Province,
    Country,
    Source,
}

/// Roles by the words of `--column`; the second word for the best count is
/// the one of tables with a single count.
const WORDS: [(&str, Role); 15] = [
    ("lon", Role::Lon),
    ("lat", Role::Lat),
    ("id", Role::Id),
    ("date", Role::Date),
    ("category", Role::Category),
    ("precision", Role::Precision),
    ("fatalities", Role::Best),
    ("fatalities_low", Role::Low),
    ("fatalities_best", Role::Best),
    ("fatalities_high", Role::High),
    ("place", Role::Place),
    ("district", Role::District),
    ("province", Role::Province),
    ("country", Role::Country),
    ("source", Role::Source),
];

impl FromStr for Role {
    type Err = ();

    fn from_str(word: &str) -> Result<Role, ()> {
        let word = word.trim().to_ascii_lowercase();
        WORDS.iter().find(|(w, _)| *w == word).map(|(_, role)| *role).ok_or(())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WORDS.iter().find(|(_, role)| role == self).map_or("", |(word, _)| word))
    }
}

/// The column names of a file, and the keys they are matched by.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// As written.
    pub(super) names: Vec<String>,
    keys: Vec<String>,
}

/// A name for matching: trimmed, lower case, spaces as underscores, without
/// what programs make of a byte-order mark (`ï..eventid` in published copies
/// of the GTD).
fn key(name: &str) -> String {
    let name = name.trim().trim_start_matches(['\u{FEFF}', '\u{200B}']);
    let name = name.strip_prefix("ï..").or_else(|| name.strip_prefix("ï»¿")).unwrap_or(name);
    name.trim_matches(['"', ' ']).to_lowercase().replace([' ', '-'], "_")
}

impl Header {
    /// A header from names as written.
    pub(super) fn new(names: Vec<String>) -> Header {
        let keys = names.iter().map(|name| key(name)).collect();
        Header { names, keys }
    }

    /// The first column whose name matches, without regard to case.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.keys.iter().position(|k| k == name)
    }

    /// The first column that one of several names fits; earlier names first.
    pub(super) fn find_any(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.find(name))
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Number of columns.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The name of a column as written; empty when there is none.
    pub(super) fn name(&self, column: usize) -> &str {
        self.names.get(column).map_or("", String::as_str)
    }

    /// How many columns at the end have no name: a trailing delimiter in the
    /// header makes one.
    pub(super) fn unnamed_at_end(&self) -> usize {
        self.keys.iter().rev().take_while(|k| k.is_empty()).count()
    }

    /// The names in a sentence, cut when there are many.
    pub(super) fn listed(&self) -> String {
        const SHOWN: usize = 24;
        let mut text: Vec<String> =
            self.names.iter().take(SHOWN).map(|n| super::Reject::cut(n.trim())).collect();
        if self.len() > SHOWN {
            text.push(format!("and {} more", self.len() - SHOWN));
        }
        text.join(", ")
    }
}

/// The column of each role.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    of: [Option<usize>; 14],
}

impl Columns {
    /// Roles by name: for each role the names it goes by, best first.
    pub(super) fn matched(header: &Header, names: &[(Role, &[&str])]) -> Columns {
        let mut columns = Columns::default();
        for (role, names) in names {
            columns.set(*role, header.find_any(names));
        }
        columns
    }

    /// The column of a role.
    pub(super) fn get(&self, role: Role) -> Option<usize> {
        self.of.get(role as usize).copied().flatten()
    }

    /// Gives a role its column.
    pub(super) fn set(&mut self, role: Role, column: Option<usize>) {
        if let Some(slot) = self.of.get_mut(role as usize) {
            *slot = column;
        }
    }
}

/// What `--column ROLE=COLUMN` asks for, checked against a header.
///
/// # Errors
/// When a role or a column is not known, with the nearest word; when longitude
/// and latitude are the same column.
pub(super) fn overrides(
    file: &str,
    header: &Header,
    asked: &[(String, String)],
) -> Result<Vec<(Role, usize)>, ReadError> {
    let mut found = Vec::with_capacity(asked.len());
    for (word, name) in asked {
        let refuse = |message: String, hint: String| {
            ReadError::new(file, message).at(format!("--column {word}={name}")).hint(hint)
        };
        let role = role_named(word).map_err(|(message, hint)| refuse(message, hint))?;
        let exact = header.names.iter().position(|n| n == name);
        let column = exact.or_else(|| header.find(&key(name))).ok_or_else(|| {
            let hint = nearest(name, header.names.iter().map(String::as_str))
                .unwrap_or_else(|| format!("the columns are {}", header.listed()));
            refuse(format!("there is no column `{name}`"), hint)
        })?;
        found.push((role, column));
    }
    let of = |wanted| found.iter().rev().find(|(role, _)| *role == wanted).map(|(_, c)| *c);
    if let (Some(lon), Some(lat)) = (of(Role::Lon), of(Role::Lat))
        && lon == lat
    {
        return Err(ReadError::new(file, "--column names one column as lon and as lat"));
    }
    Ok(found)
}

/// The role that a word of `--column` names.
///
/// # Errors
/// What is wrong, and what may have been meant.
pub(super) fn role_named(word: &str) -> Result<Role, (String, String)> {
    word.parse().map_err(|()| {
        let words = WORDS.map(|(w, _)| w);
        let hint = nearest(word, words.iter().copied())
            .unwrap_or_else(|| format!("the roles are {}", words.join(", ")));
        (format!("`{word}` is not a role"), hint)
    })
}

/// "did you mean", when a word is near enough.
fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest_name(word, words).map(|best| format!("did you mean `{}`?", best.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header::new(names.iter().map(|n| (*n).to_owned()).collect())
    }

    #[test]
    fn names_match_without_case_spaces_and_marks() {
        let header = header(&["\u{FEFF}Event ID", " LATITUDE ", "ï..eventid", "Lon"]);
        assert_eq!(header.find("event_id"), Some(0));
        assert_eq!(header.find("latitude"), Some(1));
        assert_eq!(header.find("eventid"), Some(2));
        assert_eq!(header.find_any(&["longitude", "lon"]), Some(3));
        assert_eq!(header.find("lo"), None);
    }

    #[test]
    fn every_role_has_its_own_slot() {
        let mut columns = Columns::default();
        for (i, (_, role)) in WORDS.iter().enumerate() {
            columns.set(*role, Some(i));
        }
        let taken: std::collections::BTreeSet<_> =
            WORDS.iter().filter_map(|(_, role)| columns.get(*role)).collect();
        assert_eq!(taken.len(), 14);
    }

    #[test]
    fn overrides_are_checked() {
        let header = header(&["X coord", "Y coord", "When"]);
        let ask = |role: &str, name: &str| {
            overrides("f.csv", &header, &[(role.to_owned(), name.to_owned())])
        };
        assert_eq!(ask("lon", "x coord").unwrap(), [(Role::Lon, 0)]);
        assert_eq!(
            ask("longitud", "X coord").unwrap_err().hint,
            "the roles are lon, lat, id, date, category, precision, fatalities, fatalities_low, fatalities_best, fatalities_high, place, district, province, country, source"
        );
        assert_eq!(ask("fatalites", "When").unwrap_err().hint, "did you mean `fatalities`?");
        let error = ask("lat", "Y cord").unwrap_err();
        assert_eq!(error.hint, "did you mean `Y coord`?");
        assert_eq!(error.to_string(), "f.csv: --column lat=Y cord: there is no column `Y cord`");
        assert!(ask("lat", "q").unwrap_err().hint.contains("X coord, Y coord, When"));
        let both = [("lon".to_owned(), "When".to_owned()), ("lat".to_owned(), "When".to_owned())];
        assert!(overrides("f", &header, &both).is_err());
    }

    #[test]
    fn unnamed_columns_at_the_end_are_counted() {
        assert_eq!(header(&["a", "", "b", "", " "]).unnamed_at_end(), 2);
    }
}
