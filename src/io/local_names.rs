//! Names of places in other languages from a table with the columns `kind`,
//! `name`, `ps`, `fa` and `ur`.

use super::ReadError;
use crate::model::{Language, LocalNames, Named};

/// The names in one language.
///
/// # Errors
/// When a column is missing or a row is not of the table's shape.
pub fn read_local_names(
    file: &str,
    table: &str,
    language: Language,
) -> Result<LocalNames, ReadError> {
    let mut names = LocalNames::new(language);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head = reader.headers().map_err(|e| ReadError::new(file, e.to_string()))?.clone();
    let column = |name: &str| {
        let at = head.iter().position(|column| column == name);
        at.ok_or_else(|| ReadError::new(file, format!("names need a column {name}")))
    };
    if language == Language::English {
        return Ok(names);
    }
    let [kind, name, local] = [column("kind")?, column("name")?, column(language.tag())?];
    for row in reader.records() {
        let row = row.map_err(|e| ReadError::new(file, e.to_string()))?;
        let named = Named::of(&row[kind])
            .ok_or_else(|| ReadError::new(file, format!("`{}` bears no name", &row[kind])))?;
        names.insert(named, &row[name], &row[local]);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_its_column() {
        let table = "kind,name,ps,fa,ur,source\nplace,Quetta,کوټه,کویته,کوئٹہ,by hand\n";
        let read = |language| read_local_names("names.csv", table, language).unwrap();
        assert_eq!(read(Language::Urdu).of(Named::Place, "Quetta"), "کوئٹہ");
        assert_eq!(read(Language::English).of(Named::Place, "Quetta"), "Quetta");
        assert!(read_local_names("x", "kind,name\n", Language::Dari).is_err());
        assert!(read_local_names("x", "kind,name,fa\nhill,A,B\n", Language::Dari).is_err());
    }
}
