//! Files that are neither text nor a shapefile, told by their first bytes.

use super::ReadError;

/// What such a file is for its user.
#[derive(Clone, Copy)]
enum Remedy {
    /// Something lies inside that may be read.
    Unpack,
    /// A table of another program.
    Table,
    /// A layer of another program.
    Layer,
    /// A GeoPackage, which is read where the program was built to.
    GeoPackage,
    /// Nothing that holds data.
    None,
}

const KINDS: [(&[u8], &str, Remedy); 15] = [
    (b"PK\x03\x04", "a zip archive (or an Excel workbook, .xlsx)", Remedy::Unpack),
    (b"PK\x05\x06", "an empty zip archive", Remedy::None),
    (b"\xD0\xCF\x11\xE0", "an old Excel workbook (.xls)", Remedy::Table),
    (b"PAR1", "a Parquet file", Remedy::Layer),
    (b"%PDF", "a PDF", Remedy::None),
    (b"\x1F\x8B", "a gzip archive", Remedy::Unpack),
    (b"BZh", "a bzip2 archive", Remedy::Unpack),
    (b"7z\xBC\xAF", "a 7-Zip archive", Remedy::Unpack),
    (b"\xFD7zXZ", "an xz archive", Remedy::Unpack),
    (b"SQLite format 3", "a GeoPackage or another SQLite database", Remedy::GeoPackage),
    (b"fgb\x03", "a FlatGeobuf file", Remedy::Layer),
    (b"\x89PNG", "a PNG picture", Remedy::None),
    (b"ARROW1", "an Arrow file", Remedy::Table),
    (b"RDX", "an R data file", Remedy::Table),
    (b"<?xml", "an XML file (KML?)", Remedy::Layer),
];

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A table of incidents.
    Incidents,
    /// A boundary layer.
    Layer,
}

/// Refuses a file of a kind that is not read.
///
/// # Errors
/// Names the kind and the way to one that is read.
pub(super) fn refuse_foreign(name: &str, bytes: &[u8], use_as: Use) -> Result<(), ReadError> {
    let known = KINDS.iter().find(|(magic, ..)| bytes.starts_with(magic));
    let (kind, remedy) = match known {
        Some((_, kind, remedy)) => (*kind, *remedy),
        None if bytes.starts_with(&super::shapefile_records::FILE_CODE)
            && use_as == Use::Incidents =>
        {
            ("a Shapefile without its other files", Remedy::Layer)
        }
        None if is_web_page(bytes) => {
            ("a web page (the server may have sent an error or a login page)", Remedy::None)
        }
        None => return Ok(()),
    };
    let convert = "convert it: ogr2ogr -t_srs EPSG:4326 OUT.geojson THIS_FILE";
    let convert_or_build = "convert it: ogr2ogr -t_srs EPSG:4326 OUT.geojson THIS_FILE, or build durand with \
                            --features gpkg, which needs a C compiler";
    let (what, hint) = match (use_as, remedy) {
        (Use::Incidents, Remedy::GeoPackage) => ("incidents", convert_or_build),
        (Use::Layer, Remedy::GeoPackage) => ("a layer", convert_or_build),
        (Use::Incidents, Remedy::Unpack) => {
            ("incidents", "unpack it and name the file inside, or pack it with zip or gzip")
        }
        (Use::Incidents, Remedy::Layer) => ("incidents", convert),
        (Use::Incidents, _) => {
            ("incidents", "export the table as CSV (UTF-8) or GeoJSON and give that file")
        }
        (Use::Layer, Remedy::Unpack) => {
            ("a layer", "unpack it and name the .shp or .geojson inside")
        }
        (Use::Layer, Remedy::Layer) => ("a layer", convert),
        (Use::Layer, _) => ("a layer", "a layer is a GeoJSON file or a Shapefile"),
    };
    Err(ReadError::new(name, format!("is {kind}, which is not read as {what}")).hint(hint))
}

fn is_web_page(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let start = String::from_utf8_lossy(start).trim_start().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head"].iter().any(|tag| start.starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_files_are_named_with_a_way_out() {
        for (bytes, word) in [
            (b"PK\x03\x04rest".as_slice(), "xlsx"),
            (b"PAR1", "Parquet"),
            (b"%PDF-1.7", "PDF"),
            (b"\n <!DOCTYPE html><html>", "web page"),
            (b"\x1F\x8B\x08", "gzip"),
            (b"SQLite format 3\0", "GeoPackage"),
            (b"<?xml version", "KML"),
        ] {
            for use_as in [Use::Incidents, Use::Layer] {
                let error = refuse_foreign("f", bytes, use_as).unwrap_err();
                assert!(error.message.contains(word) && !error.hint.is_empty(), "{error}");
            }
        }
        let error = refuse_foreign("f", b"SQLite format 3\0", Use::Layer).unwrap_err();
        assert!(error.hint.contains("ogr2ogr") && error.hint.contains("--features gpkg"));
        let shapefile = [0, 0, 0x27, 0x0a, 0];
        assert!(refuse_foreign("f", &shapefile, Use::Layer).is_ok());
        assert!(refuse_foreign("f", &shapefile, Use::Incidents).is_err());
        for text in ["lon,lat\n", "{", "<lon>,lat"] {
            assert!(refuse_foreign("f", text.as_bytes(), Use::Incidents).is_ok());
        }
    }
}
