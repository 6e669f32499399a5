//! What must hold of any bytes, one function for each way in. The targets of
//! `fuzz/` call them on what the fuzzer makes up, `tests/fuzz_corpus.rs` on
//! what is kept in `tests/corpus/`.

// A broken promise ends the run, which is how a fuzzer is told.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)]

mod cores;
mod figures;
mod layers;
mod packing;
mod projects;
mod tables;

/// A name, and what is done with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target by its name, which is also that of its corpus.
pub const TARGETS: [Target; 14] = [
    ("delimited", tables::delimited),
    ("density", cores::density),
    ("geojson_layer", layers::geojson),
    ("geojson_points", tables::geojson_points),
    ("geojson_sequence", tables::geojson_sequence),
    ("geopackage", geopackage),
    ("kml", tables::kml),
    ("locate", cores::locate),
    ("packed", tables::packed),
    ("parquet", tables::parquet),
    ("project", projects::project),
    ("shapefile", layers::shapefile),
    ("svg", figures::svg),
    ("workbook", tables::workbook),
];

/// A GeoPackage, or what claims to be one, as incidents and as a layer; a build
/// without the feature refuses it.
fn geopackage(data: &[u8]) {
    tables::geopackage(data);
    layers::geopackage(data);
}

/// What parts the files of an input that is made of several.
const CUT: &[u8] = b"--8<--";

/// The files of an input; those that are not there are empty.
fn files<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut rest = data;
    let mut parts = [&data[..0]; N];
    for (i, part) in parts.iter_mut().enumerate() {
        let end = rest.windows(CUT.len()).position(|w| w == CUT).filter(|_| i + 1 < N);
        *part = &rest[..end.unwrap_or(rest.len())];
        rest = end.map_or(&rest[rest.len()..], |end| &rest[end + CUT.len()..]);
    }
    parts
}

/// A folder in memory where there is one: readers take files.
fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// Numbers made of bytes, until these end.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// In -1..1, in 65,536 steps.
    fn share(&mut self) -> Option<f64> {
        let bits = i16::from_le_bytes([self.byte()?, self.byte()?]);
        Some(f64::from(bits) / 32_768.0)
    }
}
