//! Borders and areas from the features of a layer.

use super::chain;
use super::features::{Feature, Features, Shape};
use super::{ReadError, Reject};
use crate::model::{Area, Border, Level};
use std::collections::{BTreeMap, BTreeSet};

/// What a layer holds, with what was mended and what could not be used.
#[derive(Clone, Debug)]
pub struct Layer<T> {
    /// The border, or the areas.
    pub items: T,
    /// What was mended, assumed or left out, one sentence each.
    pub notices: Vec<String>,
    /// Features that cannot be used, with reasons.
    pub rejected: Vec<Reject>,
    /// Every file that was read: its name and SHA-256 in hexadecimal.
    pub sha256: Vec<(String, String)>,
}

/// The border line of a layer. Parts whose ends meet (within a metre) become
/// one; the direction is the file's, and decides what left and right mean.
///
/// In a layer of many borders that names the countries on both sides (Natural
/// Earth's `adm0_left` and `adm0_right`), only the features between `left` and
/// `right` are taken.
///
/// # Errors
/// When the layer has no line.
pub fn read_border(
    features: Features,
    name: &str,
    left: &str,
    right: &str,
) -> Result<Layer<Border>, ReadError> {
    let Features { name: file, features, mut rejected, mut notices, sha256 } = features;
    let features = between(features, left, right, &mut notices);
    let polygons = features.iter().any(|f| matches!(f.shape, Shape::Polygons(_)));
    let mut parts = Vec::new();
    for feature in features {
        match feature.shape {
            Shape::Lines(lines) => parts.extend(lines),
            other => rejected.push(reject(
                &file,
                feature.record,
                "",
                other.word(),
                format!("is a {}; a border is made of lines", other.word()),
            )),
        }
    }
    if parts.is_empty() {
        let hint = if polygons {
            "a border wants lines: give the polygons to --provinces or --districts, \
             and the line between the countries as a LineString"
        } else {
            "a border wants a layer of LineString or MultiLineString features"
        };
        return Err(unusable(&file, "has no line", &rejected).hint(hint));
    }
    let before = parts.len();
    let chained = chain::chain(parts);
    if before > 1 {
        notices.push(format!("{before} parts of the line were joined to {}", chained.parts.len()));
    }
    if chained.turned > 0 {
        notices.push(format!(
            "{} parts ran against the rest of the line and were turned",
            chained.turned
        ));
    }
    if chained.forks > 0 {
        notices.push(format!(
            "at {} places more than two parts meet; nothing was joined there",
            chained.forks
        ));
    }
    let border = Border::new(name, left, right, chained.parts)
        .map_err(|e| ReadError::new(&file, e.to_string()))?;
    Ok(Layer { items: border, notices, rejected, sha256 })
}

/// The features between two countries, where a layer says what lies between what.
fn between(
    features: Vec<Feature>,
    left: &str,
    right: &str,
    notices: &mut Vec<String>,
) -> Vec<Feature> {
    let is = |feature: &Feature, field: &str, country: &str| {
        value(&feature.properties, field).is_some_and(|v| v.eq_ignore_ascii_case(country.trim()))
    };
    let here = |f: &Feature| {
        (is(f, "adm0_left", left) && is(f, "adm0_right", right))
            || (is(f, "adm0_left", right) && is(f, "adm0_right", left))
    };
    let all = features.len();
    let found = features.iter().filter(|f| here(f)).count();
    if found == 0 || found == all {
        return features;
    }
    notices.push(format!(
        "{found} of {all} features lie between {left} and {right}; the others were left out"
    ));
    features.into_iter().filter(here).collect()
}

/// Fields that may hold a name or a code, the surest first; letter case is of
/// no account. By edition: our own layers (`district`), OCHA's of 2022
/// (`ADM2_EN`), of the file geodatabase (`admin2Name_en`), of today
/// (`adm2_name`), geoBoundaries (`shapeName`), Natural Earth (`name`, `admin`).
struct Fields {
    district: &'static [&'static str],
    province: &'static [&'static str],
    /// Names that do not say their level.
    any: &'static [&'static str],
    country: &'static [&'static str],
    district_code: &'static [&'static str],
    province_code: &'static [&'static str],
}

const FIELDS: Fields = Fields {
    district: &["district", "adm2_en", "admin2name_en", "adm2_name"],
    province: &["province", "adm1_en", "admin1name_en", "adm1_name"],
    any: &["shapename", "name_en", "name"],
    country: &[
        "country",
        "adm0_en",
        "admin0name_en",
        "adm0_name",
        "admin",
        "shapegroup",
        "adm0_a3",
        "shapeiso",
    ],
    district_code: &["code", "adm2_pcode", "admin2pcode", "shapeiso"],
    province_code: &["code", "adm1_pcode", "admin1pcode", "shapeiso", "iso_3166_2"],
};

/// The provinces or districts of a layer, one [`Area`] for each feature.
///
/// # Errors
/// When no field of the layer is known to hold names, when the layer is of the
/// other level, or when it has no polygon.
pub fn read_areas(features: Features, level: Level) -> Result<Layer<Vec<Area>>, ReadError> {
    let Features { name: file, features, mut rejected, mut notices, sha256 } = features;
    if features.is_empty() {
        return Err(unusable(&file, "has no feature that can be used", &rejected)
            .hint("an area layer is made of Polygon or MultiPolygon features"));
    }
    let present: BTreeSet<String> =
        features.iter().flat_map(|f| f.properties.keys()).map(|k| k.to_lowercase()).collect();
    let first = |names: &[&'static str]| names.iter().copied().find(|n| present.contains(*n));

    // geoBoundaries says of every feature what level it is of.
    let (adm, option) = match level {
        Level::District => ("ADM2", "--districts"),
        Level::Province => ("ADM1", "--provinces"),
    };
    if let Some(said) = features.first().and_then(|f| value(&f.properties, "shapetype"))
        && said.len() == 4
        && said.starts_with("ADM")
        && said != adm
    {
        return Err(ReadError::new(&file, format!("is a layer of {said} (its field shapeType)"))
            .hint(format!("{option} wants a layer of {adm}")));
    }
    let (own, other_level, code_fields) = match level {
        Level::District => (FIELDS.district, None, FIELDS.district_code),
        Level::Province => (FIELDS.province, first(FIELDS.district), FIELDS.province_code),
    };
    if let Some(field) = other_level {
        return Err(ReadError::new(
            &file,
            format!("is a layer of districts (it has a field `{field}`), not of provinces"),
        )
        .hint("give it to --districts"));
    }
    let Some(name_field) = first(own).or_else(|| first(FIELDS.any)) else {
        let fields: BTreeSet<&str> =
            features.iter().flat_map(|f| f.properties.keys()).map(String::as_str).collect();
        let fields: Vec<&str> = fields.into_iter().collect();
        let found = if fields.is_empty() { "none".to_owned() } else { fields.join(", ") };
        return Err(ReadError::new(
            &file,
            format!("has no field that is known to hold names; its fields: {found}"),
        )
        .hint(format!(
            "name the field of the area's own name one of: {}, {}",
            own.join(", "),
            FIELDS.any.join(", ")
        )));
    };
    let province_field = match level {
        Level::District => first(FIELDS.province),
        Level::Province => Some(name_field),
    };
    let country_field = first(FIELDS.country).filter(|f| *f != name_field);

    let mut areas = Vec::with_capacity(features.len());
    let mut seen: BTreeMap<(String, String, Option<String>), u64> = BTreeMap::new();
    for feature in features {
        let Shape::Polygons(shape) = feature.shape else {
            let word = feature.shape.word();
            let reason = format!("is a {word}; an area is a polygon");
            rejected.push(reject(&file, feature.record, "", word, reason));
            continue;
        };
        let text = |field: Option<&str>| {
            field.and_then(|f| value(&feature.properties, f)).map(tidy).unwrap_or_default()
        };
        let code_of = |field: &&'static str| {
            let code = text(Some(field));
            // geoBoundaries has the country there for want of a code.
            (!code.is_empty() && country(&code).is_none()).then_some(code)
        };
        let code = code_fields.iter().find_map(code_of);
        let own_name = text(Some(name_field));
        let own_name = match (own_name.is_empty(), &code) {
            (false, _) => own_name,
            (true, Some(code)) => code.clone(),
            (true, None) => {
                let reason = "the area has no name";
                rejected.push(reject(&file, feature.record, name_field, "", reason.to_owned()));
                continue;
            }
        };
        let country_name = text(country_field);
        let country_name = country(&country_name).map_or(country_name, str::to_owned);
        let (province, district) = match level {
            Level::District => (text(province_field), Some(own_name)),
            Level::Province => (own_name, None),
        };
        *seen.entry((country_name.clone(), province.clone(), district.clone())).or_default() += 1;
        areas.push(Area { country: country_name, province, district, code, shape });
    }
    if areas.is_empty() {
        return Err(unusable(&file, "has no area with a name", &rejected)
            .hint("an area layer is made of Polygon or MultiPolygon features"));
    }
    let twice: Vec<String> = seen
        .iter()
        .filter(|(_, count)| **count > 1)
        .map(|((_, province, district), _)| match district {
            Some(district) if !province.is_empty() => format!("{district} ({province})"),
            Some(district) => district.clone(),
            None => province.clone(),
        })
        .collect();
    if !twice.is_empty() {
        notices.push(format!(
            "{} names stand for more than one area, all kept: {}",
            twice.len(),
            twice.join(", ")
        ));
    }
    Ok(Layer { items: areas, notices, rejected, sha256 })
}

/// The polygons of a layer, whatever their fields: the window whose ground
/// counts. An area is named by its record.
///
/// # Errors
/// When the layer has no polygon.
pub fn read_window(features: Features) -> Result<Layer<Vec<Area>>, ReadError> {
    let Features { name: file, features, mut rejected, notices, sha256 } = features;
    let mut areas = Vec::with_capacity(features.len());
    for feature in features {
        let Shape::Polygons(shape) = feature.shape else {
            let word = feature.shape.word();
            let reason = format!("is a {word}; a window is made of polygons");
            rejected.push(reject(&file, feature.record, "", word, reason));
            continue;
        };
        let (country, province) = (String::new(), format!("record {}", feature.record));
        areas.push(Area { country, province, district: None, code: None, shape });
    }
    if areas.is_empty() {
        return Err(unusable(&file, "has no polygon", &rejected)
            .hint("a window is made of Polygon or MultiPolygon features"));
    }
    Ok(Layer { items: areas, notices, rejected, sha256 })
}

/// The value of a field, whatever the case of its name.
fn value<'a>(properties: &'a BTreeMap<String, String>, field: &str) -> Option<&'a str> {
    properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(field)).map(|(_, v)| v.trim())
}

/// A name without the blanks and line ends that slip into attribute tables.
fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The two countries of the line by their ISO 3166-1 codes.
fn country(code: &str) -> Option<&'static str> {
    match code.to_ascii_uppercase().as_str() {
        "AFG" | "AF" => Some("Afghanistan"),
        "PAK" | "PK" => Some("Pakistan"),
        _ => None,
    }
}

fn reject(file: &str, record: u64, field: &str, value: &str, reason: String) -> Reject {
    Reject {
        file: file.to_owned(),
        record,
        line: 0,
        field: field.to_owned(),
        value: Reject::cut(value),
        reason,
    }
}

/// A layer of which nothing is left; says how the first record failed.
fn unusable(file: &str, message: &str, rejected: &[Reject]) -> ReadError {
    match rejected.first() {
        Some(first) => ReadError::new(
            file,
            format!(
                "{message}; {} records were rejected, the first because: {}",
                rejected.len(),
                first.reason
            ),
        )
        .at(format!("record {}", first.record)),
        None => ReadError::new(file, message),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_geojson;
    use super::*;

    fn layer(features: &[(&str, &str)]) -> Features {
        let features: Vec<String> = features
            .iter()
            .map(|(properties, geometry)| {
                format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
            })
            .collect();
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        read_geojson("t.geojson", text.as_bytes()).unwrap()
    }

    const SQUARE: &str =
        r#"{"type":"Polygon","coordinates":[[[60,30],[61,30],[61,31],[60,31],[60,30]]]}"#;
    const LINE: &str = r#"{"type":"LineString","coordinates":[[60,30],[61,31],[62,31]]}"#;

    fn area(properties: &str, level: Level) -> Area {
        read_areas(layer(&[(properties, SQUARE)]), level).unwrap().items.remove(0)
    }

    #[test]
    fn every_edition_of_names_is_known() {
        let districts = [
            r#"{"ADM0_EN":"Pakistan","ADM1_EN":"Balochistan","ADM2_EN":"Chagai","ADM2_PCODE":"PK203"}"#,
            r#"{"admin0Name_en":"Pakistan","admin1Name_en":"Balochistan","admin2Name_en":"Chagai","admin2Pcode":"PK203"}"#,
            r#"{"adm0_name":"Pakistan","adm1_name":"Balochistan","adm2_name":"Chagai","adm2_pcode":"PK203"}"#,
            r#"{"country":"PAK","province":"Balochistan","district":" Chagai\n","code":"PK203"}"#,
        ];
        for properties in districts {
            let found = area(properties, Level::District);
            assert_eq!(found.country, "Pakistan", "{properties}");
            assert_eq!(found.province, "Balochistan");
            assert_eq!(found.district.as_deref(), Some("Chagai"));
            assert_eq!(found.code.as_deref(), Some("PK203"));
        }
        let found = area(
            r#"{"shapeName":"Shekh  Ali","shapeISO":"","shapeGroup":"AFG","shapeType":"ADM2"}"#,
            Level::District,
        );
        assert_eq!((found.country.as_str(), found.province.as_str()), ("Afghanistan", ""));
        assert_eq!((found.name(), &found.code), ("Shekh Ali", &None));
    }

    #[test]
    fn provinces_of_natural_earth_and_geoboundaries_are_known() {
        let found = area(
            r#"{"NAME":"Zabul","Admin":"Afghanistan","iso_3166_2":"AF-ZAB"}"#,
            Level::Province,
        );
        assert_eq!((found.country.as_str(), found.name()), ("Afghanistan", "Zabul"));
        assert_eq!((found.code.as_deref(), found.district), (Some("AF-ZAB"), None));
        let found = area(
            r#"{"shapeISO":"AFG","shapeGroup":"AFG","admin1Name_en":"Hirat","admin1Pcode":"AF32","shapeName":"x"}"#,
            Level::Province,
        );
        assert_eq!((found.name(), found.code.as_deref()), ("Hirat", Some("AF32")));
    }

    #[test]
    fn a_layer_without_names_lists_its_fields() {
        let error =
            read_areas(layer(&[(r#"{"FID":1,"len":2}"#, SQUARE)]), Level::District).unwrap_err();
        assert!(error.message.ends_with("its fields: FID, len"), "{error}");
        assert!(error.hint.contains("adm2_en"));
        let districts = layer(&[(r#"{"ADM1_EN":"a","ADM2_EN":"b"}"#, SQUARE)]);
        assert!(read_areas(districts, Level::Province).unwrap_err().hint.contains("--districts"));
        let provinces = layer(&[(r#"{"shapeName":"Zabul","shapeType":"ADM1"}"#, SQUARE)]);
        let error = read_areas(provinces, Level::District).unwrap_err();
        assert!(error.message.contains("ADM1") && error.hint.contains("ADM2"));
    }

    #[test]
    fn namesakes_are_kept_and_nameless_areas_rejected() {
        let named = r#"{"country":"AFG","province":"Zabul","district":"Qalat"}"#;
        let nameless = r#"{"country":"AFG","province":"Zabul"}"#;
        let coded = r#"{"country":"AFG","province":"Zabul","code":"AF2601"}"#;
        let found = read_areas(
            layer(&[
                (named, SQUARE),
                (nameless, SQUARE),
                (named, SQUARE),
                (coded, SQUARE),
                (named, LINE),
            ]),
            Level::District,
        )
        .unwrap();
        let names: Vec<&str> = found.items.iter().map(Area::name).collect();
        assert_eq!(names, ["Qalat", "Qalat", "AF2601"]);
        let rejected: Vec<(u64, &str)> =
            found.rejected.iter().map(|r| (r.record, r.reason.as_str())).collect();
        assert_eq!(rejected, [(2, "the area has no name"), (5, "is a line; an area is a polygon")]);
        assert!(found.notices[0].ends_with("Qalat (Zabul)"), "{:?}", found.notices);
    }

    #[test]
    fn a_border_is_one_line_in_the_direction_of_the_file() {
        let second =
            r#"{"type":"MultiLineString","coordinates":[[[63,32],[64,32]],[[62,31],[63,32]]]}"#;
        let found = read_border(layer(&[("{}", second), ("{}", LINE)]), "Line", "A", "B").unwrap();
        let lons: Vec<f64> = found.items.parts()[0].iter().map(|p| p.lon()).collect();
        assert_eq!(lons, [60.0, 61.0, 62.0, 63.0, 64.0]);
        assert_eq!(found.notices, ["3 parts of the line were joined to 1"]);
        assert_eq!((found.items.left.as_str(), found.items.right.as_str()), ("A", "B"));
    }

    #[test]
    fn polygons_and_nothing_are_no_border() {
        let error = read_border(layer(&[("{}", SQUARE)]), "n", "l", "r").unwrap_err();
        assert!(error.message.contains("has no line") && error.hint.contains("LineString"));
        assert!(read_border(layer(&[]), "n", "l", "r").is_err());
        assert!(read_areas(layer(&[]), Level::Province).is_err());
        let mixed = read_border(layer(&[("{}", SQUARE), ("{}", LINE)]), "n", "l", "r").unwrap();
        assert_eq!(mixed.rejected.len(), 1);
    }

    #[test]
    fn of_many_borders_the_one_asked_for_is_taken() {
        let here = r#"{"ADM0_LEFT":"Pakistan","ADM0_RIGHT":"Afghanistan"}"#;
        let there = r#"{"ADM0_LEFT":"Iran","ADM0_RIGHT":"Pakistan"}"#;
        let far = r#"{"type":"LineString","coordinates":[[60,30],[60,25]]}"#;
        let found =
            read_border(layer(&[(there, far), (here, LINE)]), "n", "Afghanistan", "Pakistan")
                .unwrap();
        assert_eq!(found.items.parts().len(), 1);
        assert_eq!(found.items.parts()[0].len(), 3);
        assert!(found.notices[0].starts_with("1 of 2 features"));
    }
}
