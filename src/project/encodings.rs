//! Whether an encoding of attributes has anything to be for.

use super::{ProjectError, ProjectFile};
use std::path::Path;

/// Refuses an encoding of attributes when nothing that is read could be a shapefile.
///
/// # Errors
/// When one is given for nothing.
pub(super) fn check_dbf_encoding(file: &ProjectFile) -> Result<(), ProjectError> {
    let key = match (&file.input.dbf_encoding, &file.layers.dbf_encoding) {
        (None, None) => return Ok(()),
        (Some(_), _) => "input.dbf_encoding",
        (None, Some(_)) => "layers.dbf_encoding",
    };
    let layers = [&file.layers.border, &file.layers.provinces, &file.layers.districts];
    let layers = layers.into_iter().flatten().chain([&file.zones.window]);
    // What has no extension tells by its content.
    let incidents = file.incidents.iter().any(|name| {
        name == "-" || is_shapefile(name) || (name != "bundled" && extension(name).is_empty())
    });
    if incidents || layers.into_iter().any(|name| is_shapefile(name)) {
        return Ok(());
    }
    Err(ProjectError::new(key, "no shapefile is read, whose attributes could be in an encoding")
        .hint("for the text of other files there is `encoding`"))
}

/// A shapefile, or an archive that may hold one.
fn is_shapefile(name: &str) -> bool {
    ["shp", "zip"].iter().any(|of| extension(name).eq_ignore_ascii_case(of))
}

fn extension(name: &str) -> &str {
    Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_for_nothing_is_refused() {
        let check = |incidents: &str, border: Option<&str>| {
            let mut file =
                ProjectFile { incidents: vec![incidents.to_owned()], ..ProjectFile::default() };
            file.input.dbf_encoding = Some("windows-1256".to_owned());
            file.layers.border = border.map(str::to_owned);
            check_dbf_encoding(&file)
        };
        for (incidents, border) in
            [("a.SHP", None), ("a.zip", None), ("-", None), ("a.csv", Some("line.shp"))]
        {
            assert_eq!(check(incidents, border), Ok(()), "{incidents}");
        }
        for (incidents, border) in [("a.csv", None), ("bundled", Some("line.geojson"))] {
            let refused = check(incidents, border).unwrap_err();
            assert_eq!(refused.place, "input.dbf_encoding", "{incidents}");
        }
    }
}
