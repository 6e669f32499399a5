//! Names in Pashto, Dari and Urdu: the hand-kept table `geodata/names_by_hand.csv`
//! with the Dari names of the Afghan provinces from their publisher.

use super::BuildError;
use super::originals::Layer;
use crate::model::{Named, name_key};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const FILE: &str = "names_by_hand.csv";
/// Who the Dari names come from.
const PUBLISHER: &str = "Dari: WFP";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Row {
    kind: String,
    name: String,
    ps: String,
    fa: String,
    ur: String,
    source: String,
}

/// The table with the publisher's names entered, in its order.
///
/// # Errors
/// When a row is not of the table's shape, two have one name, a letter is not
/// of the Arabic script, the table has a Dari name where the publisher gives
/// one, or does not have the province of one.
pub(super) fn local_names(table: &str, provinces: &Layer) -> Result<String, BuildError> {
    let english = provinces.names("admin1Name_en")?;
    let dari = provinces.names("admin1Name_da")?;
    let published = english.iter().map(|name| name_key(name)).zip(dari).collect();
    filled(table, published)
}

fn filled(table: &str, mut published: BTreeMap<String, String>) -> Result<String, BuildError> {
    let bad =
        |line: u64, message: String| BuildError::original(FILE, format!("line {line}: {message}"));
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut seen = BTreeSet::new();
    for (i, row) in csv::Reader::from_reader(table.as_bytes()).deserialize().enumerate() {
        let line = i as u64 + 2;
        let mut row: Row = row.map_err(|e| bad(line, e.to_string()))?;
        let kind = Named::of(&row.kind)
            .ok_or_else(|| bad(line, format!("`{}` is not a kind of name", row.kind)))?;
        let key = name_key(&row.name);
        if let Some(name) = (kind == Named::Province).then(|| published.remove(&key)).flatten() {
            if !row.fa.is_empty() {
                return Err(bad(line, format!("the publisher has a Dari name: {name}")));
            }
            row.fa = name;
            row.source = format!("{}; {PUBLISHER}", row.source);
        }
        if !seen.insert((kind, key)) {
            return Err(bad(line, format!("the {} {} stands twice", row.kind, row.name)));
        }
        for name in [&row.ps, &row.fa, &row.ur] {
            if let Some(odd) = name.chars().find(|c| c.is_ascii_alphanumeric()) {
                return Err(bad(line, format!("`{odd}` in {name} is not of the Arabic script")));
            }
        }
        out.serialize(row).map_err(|e| bad(line, e.to_string()))?;
    }
    if let Some((_, name)) = published.first_key_value() {
        return Err(BuildError::original(FILE, format!("no row for the province {name}")));
    }
    let bytes = out.into_inner().map_err(|e| BuildError::original(FILE, e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| BuildError::original(FILE, e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_names_are_entered_and_bad_rows_stop_the_build() {
        let published = || BTreeMap::from([(name_key("Hilmand"), "هلمند".to_owned())]);
        let head = "kind,name,ps,fa,ur,source\n";
        let good = format!("{head}province,Helmand,هلمند,,ہلمند,CLDR\nplace,Wana,,وانا,,by hand\n");
        assert_eq!(
            filled(&good, published()).unwrap(),
            format!(
                "{head}province,Helmand,هلمند,هلمند,ہلمند,CLDR; Dari: WFP\nplace,Wana,,وانا,,by hand\n"
            )
        );
        for bad in [
            "place,Hilmand,,,,",
            "province,Hilmand,,هلمند,,",
            "province,Hilmand,,,,\nprovince,Helmand,,,,",
            "province,Hilmand,Helmand,,,",
            "village,Hilmand,,,,",
        ] {
            assert!(filled(&format!("{head}{bad}\n"), published()).is_err(), "{bad}");
        }
    }
}
