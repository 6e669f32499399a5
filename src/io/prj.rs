//! The `.prj` beside a shapefile: WGS 84 in degrees, or a zone of UTM on it?

/// What a `.prj` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Prj {
    /// Geographic, WGS 84, degrees from Greenwich.
    Wgs84,
    /// A zone of UTM on WGS 84, in metres.
    Utm { zone: u8, northern: bool },
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
    // Real ones have a few kilobytes.
    if text.len() > 1 << 16 {
        return Prj::Other("not well-known text".to_owned());
    }
    let root = text.split(['[', '(']).next().unwrap_or_default().trim().to_ascii_uppercase();
    let named = || match quoted(text) {
        Some(name) => format!("{root} \"{name}\""),
        None => "not well-known text".to_owned(),
    };
    if ["PROJCS", "PROJCRS", "PROJECTEDCRS"].contains(&root.as_str()) {
        return utm(text).unwrap_or_else(|| Prj::Other(named()));
    }
    let geographic = ["GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS", "GEODETICCRS"];
    if !geographic.contains(&root.as_str()) {
        return Prj::Other(named());
    }
    if is_wgs84_in_degrees(text) { Prj::Wgs84 } else { Prj::Other(named()) }
}

/// Whether the geographic system of a text is WGS 84, in degrees from Greenwich.
fn is_wgs84_in_degrees(text: &str) -> bool {
    let datum = ["DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF"]
        .into_iter()
        .find_map(|keyword| after(text, keyword))
        .and_then(quoted);
    let is_wgs84 = datum.is_some_and(|d| WGS84_DATUMS.contains(&letters(d).as_str()));
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
    is_wgs84 && at_greenwich && in_degrees
}

/// The zone of UTM that a projected system is, by its parameters: its name may
/// be anything.
fn utm(text: &str) -> Option<Prj> {
    let projection = ["PROJECTION", "METHOD"].into_iter().find_map(|k| after(text, k))?;
    if !matches!(letters(quoted(projection)?).as_str(), "TRANSVERSEMERCATOR" | "GAUSSKRUGER") {
        return None;
    }
    // The angles of the geographic system come first, the metres of the whole last.
    let unit = ["LENGTHUNIT", "UNIT"].into_iter().find_map(|k| after_last(text, k));
    let in_metres = unit.is_none_or(|part| number_after_name(part).is_none_or(|n| n == 1.0));
    let of = |names: [&str; 2]| {
        parameters(text).find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value)
    };
    let central = of(["CENTRALMERIDIAN", "LONGITUDEOFNATURALORIGIN"])?;
    let scale = of(["SCALEFACTOR", "SCALEFACTORATNATURALORIGIN"])?;
    let origin = of(["LATITUDEOFORIGIN", "LATITUDEOFNATURALORIGIN"]).unwrap_or(0.0);
    let [east, north] = [of(["FALSEEASTING"; 2])?, of(["FALSENORTHING"; 2])?];
    let zone = (central + 183.0) / 6.0;
    let sound = in_metres
        && is_wgs84_in_degrees(text)
        && scale == 0.9996
        && origin == 0.0
        && east == 500_000.0
        && (north == 0.0 || north == 10_000_000.0)
        && zone.fract() == 0.0
        && (1.0..=60.0).contains(&zone);
    // Between 1 and 60 by the test above.
    sound.then_some(Prj::Utm { zone: zone as u8, northern: north == 0.0 })
}

/// Names of the parameters, letters only, and their values.
fn parameters(text: &str) -> impl Iterator<Item = (String, f64)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let part = after(rest, "PARAMETER")?;
        rest = part;
        Some((letters(quoted(part)?), number_after_name(part)?))
    })
}

/// Letters and digits alone, in upper case.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

/// What follows the last `KEYWORD[` that stands as a whole word.
fn after_last<'a>(text: &'a str, keyword: &str) -> Option<&'a str> {
    let (mut found, mut rest) = (None, text);
    while let Some(part) = after(rest, keyword) {
        (found, rest) = (Some(part), part);
    }
    found
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
        let mercator = format!(
            r#"PROJCS["WGS_1984_World_Mercator",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984"],{DEGREE}],PROJECTION["Mercator"],UNIT["Meter",1.0]]"#
        );
        let name = "PROJCS \"WGS_1984_World_Mercator\"";
        assert_eq!(parse(mercator.as_bytes()), Prj::Other(name.into()));
        assert_eq!(parse(b"<html>404"), Prj::Other("not well-known text".into()));
        let gon = r#"GEOGCS["g",DATUM["WGS_1984"],UNIT["grad",0.015707963]]"#;
        assert!(matches!(parse(gon.as_bytes()), Prj::Other(_)));
    }

    /// As Esri writes it and as GDAL 3.6.2 writes it in WKT 2.
    #[test]
    fn zones_of_utm_are_known_by_their_parameters() {
        let esri = |meridian: &str, scale: &str, north: &str, datum: &str| {
            format!(
                r#"PROJCS["any",GEOGCS["GCS",DATUM["{datum}",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",{north}],PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",{scale}],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#
            )
        };
        let zone = |zone, northern| Prj::Utm { zone, northern };
        let read = |text: String| parse(text.as_bytes());
        assert_eq!(read(esri("69.0", "0.9996", "0.0", "D_WGS_1984")), zone(42, true));
        assert_eq!(read(esri("63", "0.9996", "10000000", "WGS_1984")), zone(41, false));
        for other in [
            esri("70.0", "0.9996", "0.0", "D_WGS_1984"),
            esri("69.0", "1.0", "0.0", "D_WGS_1984"),
            esri("69.0", "0.9996", "0.0", "Kandawala"),
            esri("69.0", "0.9996", "0.0", "D_WGS_1984").replace("\"Meter\",1.0", "\"Foot\",0.3048"),
        ] {
            assert_eq!(read(other), Prj::Other("PROJCS \"any\"".into()));
        }
        let wkt2 = r#"PROJCRS["WGS 84 / UTM zone 42N",BASEGEOGCRS["WGS 84",ENSEMBLE["World Geodetic System 1984 ensemble",ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]]],CONVERSION["UTM zone 42N",METHOD["Transverse Mercator"],PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Longitude of natural origin",69,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Scale factor at natural origin",0.9996,SCALEUNIT["unity",1]],PARAMETER["False easting",500000,LENGTHUNIT["metre",1]],PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],CS[Cartesian,2],AXIS["(E)",east,ORDER[1],LENGTHUNIT["metre",1]]]"#;
        assert_eq!(parse(wkt2.as_bytes()), zone(42, true));
    }
}
