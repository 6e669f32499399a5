//! Towns and crossings from the hand-kept table `geodata/places.csv`.

use super::BuildError;
use super::grid::GridPoint;
use super::write::Collection;
use geo::Coord;
use serde::Deserialize;

const FILE: &str = "places.csv";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    country: String,
    kind: String,
    rank: u8,
    lon: f64,
    lat: f64,
    source: String,
    note: String,
}

/// Turns the table into features, in its order.
///
/// # Errors
/// When a row is not of the table's shape, a kind or rank is unknown, or a
/// row does not say where its coordinate comes from.
pub(super) fn places(table: &str) -> Result<Collection, BuildError> {
    let bad =
        |line: u64, message: String| BuildError::original(FILE, format!("line {line}: {message}"));
    let mut collection = Collection::default();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    for (i, row) in reader.deserialize().enumerate() {
        let line = i as u64 + 2;
        let row: Row = row.map_err(|e| bad(line, e.to_string()))?;
        if !["capital", "crossing", "town"].contains(&row.kind.as_str()) {
            return Err(bad(line, format!("kind `{}` is not capital, crossing or town", row.kind)));
        }
        if !(1..=4).contains(&row.rank) {
            return Err(bad(line, format!("rank {} is not in 1..4", row.rank)));
        }
        if row.source.is_empty() {
            return Err(bad(line, "the source of the coordinate is missing".to_owned()));
        }
        let at = GridPoint::of(Coord { x: row.lon, y: row.lat }).rounded(6);
        let mut properties: Vec<(&str, serde_json::Value)> = vec![
            ("name", row.name.into()),
            ("country", row.country.into()),
            ("kind", row.kind.into()),
            ("rank", row.rank.into()),
            ("source", row.source.into()),
        ];
        if !row.note.is_empty() {
            properties.push(("note", row.note.into()));
        }
        collection.point(properties, at);
    }
    Ok(collection)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name,country,kind,rank,lon,lat,source,note\n";

    #[test]
    fn rows_become_features_and_bad_rows_stop_the_build() {
        let good =
            format!("{HEAD}Torkham,Afghanistan/Pakistan,crossing,1,71.0931,34.1217,set by hand,\n");
        let text = String::from_utf8(places(&good).unwrap().finish()).unwrap();
        assert!(text.contains("\"rank\":1") && text.contains("[71.0931,34.1217]"), "{text}");
        for bad in [
            "X,Y,village,1,71,34,set by hand,",
            "X,Y,town,5,71,34,set by hand,",
            "X,Y,town,1,71,34,,",
            "X,Y,town,1,east,34,set by hand,",
        ] {
            assert!(places(&format!("{HEAD}{bad}\n")).is_err(), "{bad}");
        }
    }
}
