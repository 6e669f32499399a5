//! The `.prj` beside a shapefile: is it WGS 84 in degrees?

/// What a `.prj` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Prj {
    /// Geographic, WGS 84, degrees from Greenwich.
    Wgs84,
    /// Nothing: the file is blank.
    Blank,
    /// Something else, by its name.
    Other(String),
}

/// WGS 84 as Esri, EPSG and GDAL call its datum, letters and digits only.
const WGS84_DATUMS: [&str; 7] = [
    "WGS1984",
    "DWGS1984",
    "WGS84",
    "WORLDGEODETICSYSTEM1984",
    "WORLDGEODETICSYSTEM1984ENSEMBLE",
    "WGS1984ENSEMBLE",
    "WGS1984G2139",
];

/// Reads well-known text (OGC 01-009 or ISO 19162) as far as the question goes.
pub(super) fn parse(bytes: &[u8]) -> Prj {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_matches(['\0', ' ', '\r', '\n', '\t']);
    if text.is_empty() {
        return Prj::Blank;
    }
    let root = text.split(['[', '(']).next().unwrap_or_default().trim().to_ascii_uppercase();
    let named = || match quoted(text) {
        Some(name) => format!("{root} \"{name}\""),
        None => "not well-known text".to_owned(),
    };
    let geographic = ["GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS", "GEODETICCRS"];
    if !geographic.contains(&root.as_str()) {
        return Prj::Other(named());
    }
    let datum = ["DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF"]
        .into_iter()
        .find_map(|keyword| after(text, keyword))
        .and_then(quoted);
    let is_wgs84 = datum.is_some_and(|d| {
        let letters: String =
            d.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        WGS84_DATUMS.contains(&letters.as_str())
    });
    let at_greenwich = ["PRIMEM", "PRIMEMERIDIAN"]
        .into_iter()
        .find_map(|keyword| after(text, keyword))
        .is_none_or(|part| number_after_name(part).is_none_or(|longitude| longitude == 0.0));
    let in_degrees = ["UNIT", "ANGLEUNIT"]
        .into_iter()
        .find_map(|keyword| after(text, keyword))
        .is_none_or(|part| {
            number_after_name(part).is_none_or(|factor| (factor - 1_f64.to_radians()).abs() < 1e-9)
        });
    if is_wgs84 && at_greenwich && in_degrees { Prj::Wgs84 } else { Prj::Other(named()) }
}

/// What follows `KEYWORD[`, wherever it stands as a whole word.
fn after<'a>(text: &'a str, keyword: &str) -> Option<&'a str> {
    // The ASCII part alone changes case, so places in both texts agree.
    let upper = text.to_ascii_uppercase();
    upper.match_indices(keyword).find_map(|(at, _)| {
        let whole = !upper[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let rest = text[at + keyword.len()..].trim_start();
        let rest = rest.strip_prefix('[').or_else(|| rest.strip_prefix('('))?;
        whole.then_some(rest)
    })
}

fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}

fn number_after_name(text: &str) -> Option<f64> {
    let rest = text.splitn(3, '"').nth(2)?.trim_start().strip_prefix(',')?;
    let end = rest.find([',', ']', ')']).unwrap_or(rest.len());
    rest[..end].trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEGREE: &str = r#"UNIT["Degree",0.0174532925199433]"#;

    fn geogcs(datum: &str, prime: &str) -> Prj {
        parse(
            format!(
                r#"GEOGCS["x",DATUM["{datum}",SPHEROID["WGS_1984",6378137.0,298.257223563]],{prime},{DEGREE}]"#
            )
            .as_bytes(),
        )
    }

    #[test]
    fn wgs_84_is_known_in_the_spellings_that_are_met() {
        let greenwich = r#"PRIMEM["Greenwich",0.0]"#;
        assert_eq!(geogcs("D_WGS_1984", greenwich), Prj::Wgs84);
        assert_eq!(geogcs("WGS_1984", greenwich), Prj::Wgs84);
        let wkt2 = r#"GEOGCRS["WGS 84",ENSEMBLE["World Geodetic System 1984 ensemble",
            MEMBER["World Geodetic System 1984 (Transit)"],ELLIPSOID["WGS 84",6378137,298.257223563,
            LENGTHUNIT["metre",1]],ENSEMBLEACCURACY[2.0]],PRIMEM["Greenwich",0,
            ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2]]"#;
        assert_eq!(parse(wkt2.as_bytes()), Prj::Wgs84);
        assert_eq!(parse(b"\xef\xbb\xbf \r\n"), Prj::Blank);
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        let greenwich = r#"PRIMEM["Greenwich",0.0]"#;
        for datum in
            ["North_American_1927", "WGS_1972", "Kandawala", "WGS_1984_Major_Auxiliary_Sphere"]
        {
            assert_eq!(geogcs(datum, greenwich), Prj::Other("GEOGCS \"x\"".into()), "{datum}");
        }
        assert!(matches!(geogcs("WGS_1984", r#"PRIMEM["Paris",2.337229]"#), Prj::Other(_)));
        let utm = format!(
            r#"PROJCS["WGS_1984_UTM_Zone_42N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984"],{DEGREE}]]"#
        );
        assert_eq!(parse(utm.as_bytes()), Prj::Other("PROJCS \"WGS_1984_UTM_Zone_42N\"".into()));
        assert_eq!(parse(b"<html>404"), Prj::Other("not well-known text".into()));
        let gon = r#"GEOGCS["g",DATUM["WGS_1984"],UNIT["grad",0.015707963]]"#;
        assert!(matches!(parse(gon.as_bytes()), Prj::Other(_)));
    }
}
