//! Opening an input: a file, standard input or the bundled list. It can be read
//! several times from its start, and is never held in memory as a whole.

#[cfg(feature = "parquet")]
use super::chunk::Chunk;
use super::code_pages::code_page_named;
use super::input::Input;
#[cfg(feature = "archives")]
use super::kml::{is_kml, write_placemarks};
use super::layer_name::named;
use super::magic::{Use, refuse_foreign};
use super::open::{Limit, open_file, read_error, read_stream, stamp, unpacked};
use super::shapefile_files::{self, Found};
use super::shapefile_points::write_points;
use super::shapefile_records::FILE_CODE;
use super::table_out::ColumnKind;
#[cfg(feature = "archives")]
use super::workbook::{Kind, write_sheet};
use super::{ReadError, ReadOptions};
use crate::digest::sha256_of;
use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{BufWriter, Cursor, Read, Seek, Write};
use tempfile::SpooledTempFile;

/// The largest input of a format that is held in memory as a whole.
const WHOLE: Limit = Limit {
    name: "input size",
    bytes: 4 << 30,
    hint: "split it, for example by year, or export it as CSV, which is read piece by piece",
};

/// How much of a pipe is held in memory; more goes to a temporary file.
const HELD_BYTES: usize = 64 << 20;

/// An input that can be read from its start as often as needed.
pub(super) struct Source {
    /// As given; `standard input` for that.
    pub(super) name: String,
    /// Its extension in lower case; empty when it has none.
    pub(super) extension: String,
    /// What the user should know of how it was opened.
    pub(super) notices: Vec<String>,
    /// Whether it was a sheet of a workbook.
    from_workbook: bool,
    /// The layer that was read, of a file that may have several.
    pub(super) layer: Option<String>,
    /// What its columns hold, where the format that it was read from says so.
    pub(super) kinds: BTreeMap<String, ColumnKind>,
    /// Whether its lines mean something to the user.
    pub(super) has_lines: bool,
    /// What it is, where its lines were written from another format.
    pub(super) label: Option<&'static str>,
    /// The files that it was read from with their SHA-256, when they are several.
    files: Vec<(String, String)>,
    from: From,
    /// The packed file that `from` was unpacked from.
    outer: Option<From>,
}

/// Where the bytes are.
enum From {
    /// Bundled, or a pipe's that gave little.
    Memory(Vec<u8>),
    /// A file of the user's; it must not change while it is read.
    File(File, Metadata),
    /// A pipe's, in a file without a name that goes with its handle.
    Spool(File),
}

/// Bytes to read from any place.
pub(super) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

impl From {
    /// The bytes from the start; one reader at a time.
    fn reader(&self) -> std::io::Result<Box<dyn ReadSeek + Send + '_>> {
        match self {
            From::Memory(bytes) => Ok(Box::new(Cursor::new(bytes))),
            From::File(file, _) | From::Spool(file) => {
                let mut file = file;
                file.rewind()?;
                Ok(Box::new(file))
            }
        }
    }
}

impl Source {
    fn new(name: String, extension: String, from: From) -> Source {
        Source {
            name,
            extension,
            notices: Vec::new(),
            from_workbook: false,
            layer: None,
            kinds: BTreeMap::new(),
            has_lines: true,
            label: None,
            files: Vec::new(),
            from,
            outer: None,
        }
    }

    /// Opens an input. `bundled` is the name and text of the list that ships
    /// with the tool. A pipe is read to its end. Of a packed file the table in
    /// it is opened, of a workbook the sheet asked for or the likely one, of a
    /// shapefile all of its files.
    ///
    /// # Errors
    /// When it is missing, a folder, unreadable, empty, or of a kind that is
    /// no table (by its first bytes), or when it cannot be unpacked.
    pub(super) fn open(
        input: &Input,
        bundled: (&str, &str),
        options: &ReadOptions,
    ) -> Result<Source, ReadError> {
        let mut extension = String::new();
        let (name, from) = match input {
            Input::Bundled => (bundled.0.to_owned(), From::Memory(bundled.1.as_bytes().to_vec())),
            Input::Stdin => {
                let name = "standard input".to_owned();
                let from = spool(&name, &mut std::io::stdin().lock())?;
                (name, from)
            }
            Input::Path(path) => {
                let name = path.display().to_string();
                extension =
                    path.extension().map_or(String::new(), |e| e.to_string_lossy().to_lowercase());
                let (mut file, meta) = open_file(&name, path)?;
                let from =
                    if meta.is_file() { From::File(file, meta) } else { spool(&name, &mut file)? };
                (name, from)
            }
        };
        let mut source = Source::new(name, extension, from);
        let mut head = source.head(4096)?;
        if let Input::Path(path) = input
            && (shapefile_files::is_part(path) || head.starts_with(&FILE_CODE))
        {
            source.write_shapefile(&shapefile_files::beside_each_other(path)?, options)?;
            head = source.head(4096)?;
        }
        #[cfg(feature = "archives")]
        {
            if source.unpack(&head, options)? {
                head = source.head(4096)?;
            }
            if is_kml(&head) {
                source.tabulate("csv", |source, out| {
                    write_placemarks(&source.name, || source.reader(), out)
                })?;
                source.has_lines = false;
                head = source.head(4096)?;
            }
        }
        #[cfg(feature = "gpkg")]
        if head.starts_with(super::sqlite::MAGIC) {
            source.write_geopackage(input, options)?;
            head = source.head(4096)?;
        }
        if let Some(sheet) = options.sheet.as_deref().filter(|_| !source.from_workbook) {
            let message = format!("is no workbook, so it has no sheet `{sheet}`");
            return Err(ReadError::new(source.name, message).hint("leave out --sheet"));
        }
        if head.is_empty() && source.label.is_none() {
            return Err(ReadError::new(source.name, "is empty").hint("was the download cut off?"));
        }
        if !source.is_parquet(&head) {
            refuse_foreign(&source.name, &head, Use::Incidents)?;
        }
        Ok(source)
    }

    /// Puts what lies in a packed file or a workbook in its place; `false` when
    /// it is none.
    #[cfg(feature = "archives")]
    fn unpack(&mut self, head: &[u8], options: &ReadOptions) -> Result<bool, ReadError> {
        use super::unpack::{
            Archive, TABLES, check_sizes, gunzip, is_gzip, is_zip, look_into, unzip,
        };
        let name = self.name.as_str();
        let extension = |inner: &str| {
            let end = inner.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
            end.unwrap_or_default()
        };
        if super::compound::is_compound(head) {
            self.write_sheet(Kind::Xls, options)?;
            return Ok(true);
        }
        let (from, extension) = if is_gzip(head) {
            let from = spool(name, &mut gunzip(self.reader()?, self.size()))?;
            let inner = name.get(..name.len().saturating_sub(3)).unwrap_or_default();
            (from, extension(inner))
        } else if is_zip(head) {
            let archive = look_into(name, self.seekable()?, TABLES)?;
            match archive {
                Archive::Table(number, inner) => {
                    let from = unzip(name, self.seekable()?, number, |from| spool(name, from))?;
                    self.notices.push(format!("{inner} inside the archive"));
                    (from, extension(&inner))
                }
                Archive::Workbook => {
                    check_sizes(name, self.seekable()?)?;
                    self.write_sheet(Kind::Xlsx, options)?;
                    return Ok(true);
                }
                Archive::OpenDocument(content) => {
                    self.write_sheet(Kind::Ods { content }, options)?;
                    return Ok(true);
                }
                Archive::Shapefile(parts) => {
                    let found = shapefile_files::in_archive(name, &self.bytes()?, &parts)?;
                    self.write_shapefile(&found, options)?;
                    return Ok(true);
                }
            }
        } else {
            return Ok(false);
        };
        self.put(from, extension);
        Ok(true)
    }

    /// Puts a sheet's rows in the place of its workbook.
    #[cfg(feature = "archives")]
    fn write_sheet(&mut self, kind: Kind, options: &ReadOptions) -> Result<(), ReadError> {
        let asked = options.sheet.as_deref();
        let sheet = self.tabulate("csv", |source, out| {
            write_sheet(&source.name, kind, || source.seekable(), asked, out)
        })?;
        self.notices.extend(sheet.notices);
        self.from_workbook = true;
        Ok(())
    }

    /// Puts the points of a shapefile in its place.
    fn write_shapefile(&mut self, found: &Found, options: &ReadOptions) -> Result<(), ReadError> {
        let page = options.dbf_encoding.as_deref().map(code_page_named).transpose();
        let page = page.map_err(|(what, hint)| ReadError::new(&found.name, what).hint(hint))?;
        let notices = self.tabulate("geojsonl", |_, out| write_points(found, page, out))?;
        self.notices.extend(found.notices.iter().cloned().chain(notices));
        self.files.clone_from(&found.sha256);
        self.has_lines = false;
        self.label = Some("Shapefile points");
        Ok(())
    }

    /// Puts the rows of a layer in the place of the GeoPackage that it is, or that
    /// was packed in it.
    #[cfg(feature = "gpkg")]
    fn write_geopackage(&mut self, input: &Input, options: &ReadOptions) -> Result<(), ReadError> {
        use super::sqlite::Database;
        let database = match (input, &self.from) {
            (Input::Path(path), From::File(..)) => Database::of_file(&self.name, path)?,
            _ => Database::of_bytes(&self.name, self.reader()?)?,
        };
        if let (Input::Path(path), From::File(_, opened)) = (input, &self.from) {
            // The file that was opened and not another that took its name since.
            let now = std::fs::metadata(path).map_err(|e| read_error(&self.name, &e))?;
            if stamp(opened) != stamp(&now) {
                return Err(changed(&self.name));
            }
        }
        let asked = options.layer.as_deref();
        let written = self.tabulate("geojsonl", |_, out| {
            super::geopackage_points::write_rows(database, asked, out)
        })?;
        if written.features {
            self.kinds = written.kinds;
        } else {
            self.extension = "csv".to_owned();
        }
        self.notices.extend(written.notices);
        self.has_lines = false;
        self.layer = Some(written.layer);
        self.label = Some("GeoPackage points");
        self.unchanged()
    }

    /// Puts a table that is written out in the place of what it is written from.
    fn tabulate<T>(
        &mut self,
        extension: &str,
        write: impl FnOnce(&Source, &mut dyn Write) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        // Features are written in crumbs, each of which would be a call of the
        // system once the text is in a file.
        let mut text = BufWriter::new(SpooledTempFile::new(HELD_BYTES));
        let done = write(self, &mut text)?;
        text.flush().map_err(|e| unpacked(&self.name, &e))?;
        let text = text.get_mut();
        text.rewind().map_err(|e| read_error(&self.name, &e))?;
        self.put(spool(&self.name, text)?, extension.to_owned());
        Ok(done)
    }

    /// Reads other bytes from now on; what came first is kept for its sum.
    fn put(&mut self, from: From, extension: String) {
        let before = std::mem::replace(&mut self.from, from);
        self.outer.get_or_insert(before);
        self.extension = extension;
    }

    /// Its bytes from the start, for a format that reads here and there.
    #[cfg(feature = "archives")]
    fn seekable(&self) -> Result<Box<dyn ReadSeek + Send + '_>, ReadError> {
        self.from.reader().map_err(|e| read_error(&self.name, &e))
    }

    /// Whether its first bytes are those of a Parquet file, which is read where
    /// the program was built to.
    pub(super) fn is_parquet(&self, head: &[u8]) -> bool {
        cfg!(feature = "parquet") && head.starts_with(b"PAR1")
    }

    /// Its bytes from the start; one reader at a time.
    ///
    /// # Errors
    /// When the file cannot be wound back.
    pub(super) fn reader(&self) -> Result<Box<dyn Read + Send + '_>, ReadError> {
        Ok(self.from.reader().map_err(|e| read_error(&self.name, &e))?)
    }

    /// Its first bytes, `length` of them or all that there are.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn head(&self, length: u64) -> Result<Vec<u8>, ReadError> {
        let mut head = Vec::new();
        let read = self.reader()?.take(length).read_to_end(&mut head);
        read.map_err(|e| read_error(&self.name, &e))?;
        Ok(head)
    }

    /// Its bytes for a format that reads here and there.
    ///
    /// # Errors
    /// When the file cannot be opened a second time.
    #[cfg(feature = "parquet")]
    pub(super) fn chunk(&self) -> Result<Chunk, ReadError> {
        Ok(match &self.from {
            From::Memory(bytes) => Chunk::Memory(bytes.clone().into()),
            From::File(file, _) | From::Spool(file) => {
                Chunk::File(file.try_clone().map_err(|e| read_error(&self.name, &e))?)
            }
        })
    }

    /// All of its bytes, for a format that has to be held in memory.
    ///
    /// # Errors
    /// When it cannot be read or is larger than 4 GiB.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, ReadError> {
        let size = self.size();
        if size > WHOLE.bytes {
            return Err(WHOLE.passed(&self.name));
        }
        let bytes = read_stream(&self.name, self.reader()?, size, &WHOLE)?;
        self.unchanged()?;
        Ok(bytes)
    }

    /// Its size in bytes.
    pub(super) fn size(&self) -> u64 {
        match &self.from {
            From::Memory(bytes) => bytes.len() as u64,
            From::File(_, meta) => meta.len(),
            From::Spool(file) => file.metadata().map_or(0, |meta| meta.len()),
        }
    }

    /// The files that it was read from, with the layer of it that was, and the
    /// SHA-256 of each, packed if it was, in hexadecimal; the one that was named
    /// comes first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn files(&self) -> Result<Vec<(String, String)>, ReadError> {
        if !self.files.is_empty() {
            return Ok(self.files.clone());
        }
        let came = self.outer.as_ref().unwrap_or(&self.from);
        let sum = came.reader().and_then(|mut from| sha256_of(&mut from));
        let sum = sum.map_err(|e| read_error(&self.name, &e))?;
        let layer = self.layer.as_deref();
        Ok(vec![(layer.map_or_else(|| self.name.clone(), |layer| named(&self.name, layer)), sum)])
    }

    /// Makes sure that a file is the one that was opened, at the end of reading it.
    ///
    /// # Errors
    /// When it has changed.
    pub(super) fn unchanged(&self) -> Result<(), ReadError> {
        let came = self.outer.as_ref().unwrap_or(&self.from);
        let From::File(file, before) = came else { return Ok(()) };
        let after = file.metadata().map_err(|e| read_error(&self.name, &e))?;
        if stamp(before) == stamp(&after) {
            return Ok(());
        }
        Err(changed(&self.name))
    }
}

/// The error about a file that is not the same at the end.
fn changed(name: &str) -> ReadError {
    ReadError::new(name, "changed while it was read")
        .hint("wait until the program that writes it has finished")
}

/// Reads a pipe to its end.
fn spool(name: &str, from: &mut dyn Read) -> Result<From, ReadError> {
    let failed = |e: std::io::Error| read_error(name, &e);
    let mut held = Vec::new();
    from.take(HELD_BYTES as u64).read_to_end(&mut held).map_err(failed)?;
    if held.len() < HELD_BYTES {
        return Ok(From::Memory(held));
    }
    let mut file = tempfile::tempfile().map_err(|e| {
        ReadError::new(name, format!("no temporary file can be made for it: {e}"))
            .hint("save it to a file first, or set TMPDIR to a folder with space")
    })?;
    file.write_all(&held).map_err(failed)?;
    std::io::copy(from, &mut file).map_err(failed)?;
    Ok(From::Spool(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_can_be_read_again() {
        let source = Source::open(&Input::Bundled, ("b", "abc"), &ReadOptions::default()).unwrap();
        // FIPS 180-2, appendix B.1.
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(source.files().unwrap(), [("b".to_owned(), sum.to_owned())]);
        assert_eq!(source.head(2).unwrap(), b"ab");
        assert_eq!(source.bytes().unwrap(), b"abc");
        assert_eq!((source.name.as_str(), source.size()), ("b", 3));
    }

    /// What a pipe gives beyond what is held goes to a file and comes back whole.
    #[test]
    fn a_long_pipe_is_spooled() {
        let length = HELD_BYTES as u64 + 12_345;
        let pipe = std::io::repeat(b'x').take(length);
        let from = spool("pipe", &mut { pipe }).unwrap();
        assert!(matches!(from, From::Spool(_)));
        let source = Source::new("pipe".into(), String::new(), from);
        assert_eq!(source.size(), length);
        for _ in 0..2 {
            let mut count = 0;
            let mut reader = source.reader().unwrap();
            let mut buffer = vec![0; 1 << 20];
            loop {
                let read = reader.read(&mut buffer).unwrap();
                if read == 0 {
                    break;
                }
                assert!(buffer[..read].iter().all(|&b| b == b'x'));
                count += read as u64;
            }
            assert_eq!(count, length);
        }
    }

    /// A packed table is the table, and its sum that of the packed file.
    #[cfg(feature = "archives")]
    #[test]
    fn what_is_packed_is_opened() {
        use crate::digest::sha256_hex;
        let text = b"lon,lat\n70,34\n";
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("in/Events.CSV", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text).unwrap();
        let zip = zip.finish().unwrap().into_inner();
        let folder = tempfile::tempdir().unwrap();
        for (name, packed, notices) in [("events.csv.gz", gzip, 0), ("events.zip", zip, 1)] {
            let path = folder.path().join(name);
            std::fs::write(&path, &packed).unwrap();
            let none = ReadOptions::default();
            let source = Source::open(&Input::Path(path.clone()), ("", ""), &none).unwrap();
            assert_eq!(source.bytes().unwrap(), text);
            assert_eq!(source.extension, "csv");
            assert_eq!(source.notices.len(), notices);
            assert_eq!(source.files().unwrap()[0].1, sha256_hex(&packed));
            let sheet = ReadOptions { sheet: Some("a".into()), ..ReadOptions::default() };
            let sheet = Source::open(&Input::Path(path), ("", ""), &sheet).err().unwrap();
            assert!(sheet.message.contains("no workbook"), "{sheet}");
        }
    }
}
