//! What lies in a packed file: a gzip stream, or the one table of a zip archive.

use super::ReadError;
use super::open::{Limit, read_error};
use flate2::read::MultiGzDecoder;
use std::io::{self, BufReader, Read, Seek};
use zip::ZipArchive;
use zip::result::ZipError;

/// Most entries that an archive may have.
const MOST_ENTRIES: usize = 10_000;
/// Most bytes in all, unpacked.
const UNPACKED: Limit = Limit {
    name: "unpacked size",
    bytes: 4 << 30,
    hint: "unpack it yourself and give the file: a CSV of any size is read piece by piece",
};
/// How many times its packed size a file may have; real tables have 5 to 50.
const MOST_RATIO: u64 = 200;
/// Below so many bytes the ratio says nothing.
const SMALL_BYTES: u64 = 16 << 20;
/// Extensions of what is read from an archive as incidents.
pub(super) const TABLES: &[&str] = &[
    "kml",
    "csv",
    "tsv",
    "txt",
    "tab",
    "geojson",
    "json",
    "topojson",
    "geojsonl",
    "geojsons",
    "ndjson",
    "parquet",
    "shp",
    #[cfg(feature = "gpkg")]
    "gpkg",
];
/// Extensions of what is read from an archive as a layer.
pub(super) const LAYERS: &[&str] = &[
    "geojson",
    "json",
    "topojson",
    "shp",
    #[cfg(feature = "gpkg")]
    "gpkg",
];
/// Names listed in a message at most.
const LISTED: usize = 6;

/// What an archive is.
pub(super) enum Archive {
    /// It holds one table: its number and name.
    Table(usize, String),
    /// An Excel workbook.
    Workbook,
    /// An OpenDocument spreadsheet: the number of its content.
    OpenDocument(usize),
    /// The files of a shapefile: of each its extension, number and name.
    Shapefile(Vec<(&'static str, usize, String)>),
}

/// Whether a file's first bytes are those of gzip (RFC 1952).
pub(super) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(b"\x1F\x8B")
}

/// Whether they are those of a zip archive with something in it.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

/// The bytes in a gzip stream of so many bytes. Errors are of the kind that
/// [`read_error`] tells.
pub(super) fn gunzip<'a>(packed: impl Read + 'a, size: u64) -> Unpacking<impl Read + 'a> {
    Unpacking { from: MultiGzDecoder::new(BufReader::new(packed)), packed: size, given: 0 }
}

/// What a zip archive is, and which of its files, of those with one of the
/// extensions `wanted`, is the table or the layer.
///
/// # Errors
/// When the archive is damaged or has too many files, when no file in it is
/// wanted or several are.
pub(super) fn look_into(
    name: &str,
    file: impl Read + Seek,
    wanted: &[&str],
) -> Result<Archive, ReadError> {
    let archive = open(name, file)?;
    if archive.len() > MOST_ENTRIES {
        let message =
            format!("holds more files than the limit `archive entries` of {MOST_ENTRIES}");
        return Err(ReadError::new(name, message).hint("unpack it and name the table inside"));
    }
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(|name| name.into_owned()))
        .collect::<Result<_, _>>()
        .map_err(|e| damaged(name, &e))?;
    let holds = |wanted: &str| names.iter().any(|name| name == wanted);
    if holds("xl/workbook.xml") {
        return Ok(Archive::Workbook);
    }
    if let (Some(content), true) =
        (names.iter().position(|name| name == "content.xml"), holds("mimetype"))
    {
        return Ok(Archive::OpenDocument(content));
    }
    let is_table = |name: &str| {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        !name.starts_with("__MACOSX/")
            && !last.starts_with('.')
            && wanted.contains(&split_extension(last).1.as_str())
    };
    let tables: Vec<(usize, &String)> =
        names.iter().enumerate().filter(|(_, name)| is_table(name)).collect();
    match tables.as_slice() {
        [(number, one)] => match split_extension(one) {
            (stem, extension) if extension == "shp" => {
                Ok(Archive::Shapefile(parts_of(stem, &names)))
            }
            _ => Ok(Archive::Table(*number, (*one).clone())),
        },
        [] => {
            let message = format!("holds nothing that is read here: {}", listed(names.iter()));
            let hint = format!("read from an archive is one file .{}", wanted.join(" ."));
            Err(ReadError::new(name, message).hint(hint))
        }
        several => {
            let inside = listed(several.iter().map(|(_, name)| *name));
            let message = format!("holds {} files that could be meant: {inside}", several.len());
            Err(ReadError::new(name, message).hint("unpack it and name the one you want"))
        }
    }
}

/// The files of a shapefile among those of an archive, by their common name.
fn parts_of(stem: &str, names: &[String]) -> Vec<(&'static str, usize, String)> {
    let numbered = || names.iter().enumerate().map(|(n, name)| (n, name, split_extension(name)));
    let part = |part: &'static str| {
        let mut found = numbered().filter(|(_, _, (_, extension))| extension == part);
        let same = found.find(|(_, _, (other, _))| other.eq_ignore_ascii_case(stem));
        same.map(|(number, name, _)| (part, number, name.clone()))
    };
    super::shapefile_files::PARTS.iter().filter_map(|name| part(name)).collect()
}

/// A name before its last dot, and what follows that in lower case.
fn split_extension(name: &str) -> (&str, String) {
    name.rsplit_once('.')
        .map_or((name, String::new()), |(stem, extension)| (stem, extension.to_ascii_lowercase()))
}

/// Hands over the unpacked bytes of a file in an archive.
///
/// # Errors
/// When it is encrypted, a link, damaged or grows beyond what is sound, and
/// what `take` says.
pub(super) fn unzip<T>(
    name: &str,
    file: impl Read + Seek,
    number: usize,
    take: impl FnOnce(&mut dyn Read) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let mut archive = open(name, file)?;
    let entry = archive.by_index(number).map_err(|e| damaged(name, &e))?;
    if entry.is_symlink() {
        return Err(ReadError::new(name, "holds a link in place of a table")
            .hint("unpack it and name the table"));
    }
    let packed = entry.compressed_size();
    take(&mut Unpacking { from: entry, packed, given: 0 })
}

/// Makes sure that what a workbook says of its size is sound before it is opened.
///
/// # Errors
/// When it is larger than the limits.
pub(super) fn check_sizes(name: &str, file: impl Read + Seek) -> Result<(), ReadError> {
    let mut archive = open(name, file)?;
    let (mut packed, mut whole) = (0_u64, 0_u64);
    for number in 0..archive.len() {
        let entry = archive.by_index_raw(number).map_err(|e| damaged(name, &e))?;
        packed += entry.compressed_size();
        whole = whole.saturating_add(entry.size());
    }
    within(packed, whole).map_err(|e| read_error(name, &e))
}

fn open<F: Read + Seek>(name: &str, file: F) -> Result<ZipArchive<F>, ReadError> {
    ZipArchive::new(file).map_err(|e| damaged(name, &e))
}

fn damaged(name: &str, error: &ZipError) -> ReadError {
    if let ZipError::UnsupportedArchive(what) = error {
        let hint = "unpack it with another program and name the file inside";
        return ReadError::new(name, format!("cannot be unpacked here: {what}")).hint(hint);
    }
    ReadError::new(name, format!("cannot be unpacked: {error}")).hint("was the download cut off?")
}

fn listed<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> String {
    let count = names.len();
    let mut shown: Vec<String> = names.take(LISTED).map(|name| super::Reject::cut(name)).collect();
    if count > LISTED {
        shown.push(format!("and {} more", count - LISTED));
    }
    if shown.is_empty() { "nothing at all".to_owned() } else { shown.join(", ") }
}

/// Unpacked bytes, counted: a few kilobytes must not become a disk full.
pub(super) struct Unpacking<R> {
    from: R,
    packed: u64,
    given: u64,
}

impl<R: Read> Read for Unpacking<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(out).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => {
                io::Error::other("the packed data end too early; was the download cut off?")
            }
            _ => io::Error::other(format!("the packed data are damaged: {e}")),
        })?;
        self.given += read as u64;
        within(self.packed, self.given)?;
        Ok(read)
    }
}

/// Whether so many packed bytes may become so many.
fn within(packed: u64, whole: u64) -> io::Result<()> {
    let passed = if whole > UNPACKED.bytes {
        "`unpacked size` of 4 GiB"
    } else if whole > SMALL_BYTES && whole / MOST_RATIO > packed {
        "`archive ratio` of 200"
    } else {
        return Ok(());
    };
    Err(io::Error::other(format!("grows beyond the limit {passed} when it is unpacked")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn zipped(files: &[(&str, &str)]) -> Cursor<Vec<u8>> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap()
    }

    fn unpacked(packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        gunzip(packed, packed.len() as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn gzip_is_unpacked_wholly_or_refused() {
        let text = b"lon,lat\n70,34\n".repeat(1000);
        let packed = gzip(&text);
        assert!(is_gzip(&packed));
        assert_eq!(unpacked(&packed).unwrap(), text);
        // Members after one another are one stream (RFC 1952, 2.2).
        assert_eq!(unpacked(&[packed.clone(), packed.clone()].concat()).unwrap(), text.repeat(2));
        let cut = unpacked(&packed[..packed.len() - 9]).unwrap_err().to_string();
        assert!(cut.contains("end too early"), "{cut}");
        let mut bent = packed.clone();
        let sum = bent.len() - 6;
        bent[sum] ^= 1;
        assert!(unpacked(&bent).unwrap_err().to_string().contains("damaged"));
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let packed = gzip(&vec![b' '; 40 << 20]);
        let error = unpacked(&packed).unwrap_err().to_string();
        assert!(error.contains("limit `archive ratio`"), "{error}");
    }

    #[test]
    fn the_one_table_of_an_archive_is_found() {
        let archive = zipped(&[
            ("README.pdf", "%PDF"),
            ("__MACOSX/._events.csv", "x"),
            ("data/.events.csv", "x"),
            ("data/EVENTS.CSV", "lon,lat\n"),
        ]);
        let Archive::Table(number, name) = look_into("a.zip", archive.clone(), TABLES).unwrap()
        else {
            panic!("no table")
        };
        assert_eq!((number, name.as_str()), (3, "data/EVENTS.CSV"));
        let text = unzip("a.zip", archive, number, |from| {
            let mut text = String::new();
            from.read_to_string(&mut text).unwrap();
            Ok(text)
        });
        assert_eq!(text.unwrap(), "lon,lat\n");
    }

    #[test]
    fn an_archive_that_leaves_a_choice_is_refused_with_its_names() {
        let refused = |files: &[(&str, &str)]| {
            look_into("a.zip", zipped(files), TABLES).err().expect("refused").to_string()
        };
        let two = refused(&[("a.csv", ""), ("b.csv", "")]);
        assert!(two.contains("2 files that could be meant: a.csv, b.csv"), "{two}");
        assert!(refused(&[("a.docx", "")]).contains("nothing that is read here: a.docx"));
        assert!(refused(&[]).contains("nothing at all"));
        let shapefile = zipped(&[("x/a.SHP", ""), ("x/A.dbf", ""), ("x/b.prj", ""), ("a.prj", "")]);
        let Archive::Shapefile(parts) = look_into("a.zip", shapefile, TABLES).unwrap() else {
            panic!("no shapefile")
        };
        assert_eq!(
            parts.iter().map(|part| (part.0, part.1)).collect::<Vec<_>>(),
            [("shp", 0), ("dbf", 1)]
        );
    }
}
