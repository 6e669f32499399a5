//! Reading a file of incidents: the public entry, whatever the format.

use super::batches::{FileSummary, IncidentBatch, IncidentReader, Outcome};
use super::code_pages::code_page_named;
use super::columns::role_named;
use super::decoding::encoding_named;
use super::input::Input;
use super::rows::SourceRow;
use super::table_out::{self, Cell};
use super::{ReadError, Reject};
use crate::model::Incident;
use std::fmt;
use std::str::FromStr;

/// Formats of incident files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ACLED export or API table.
    Acled,
    /// UCDP GED, global, country file or extract.
    UcdpGed,
    /// Global Terrorism Database.
    Gtd,
    /// GDELT events, version 1 or 2.
    Gdelt,
    /// Aid Worker Security Database.
    Awsd,
    /// Any other delimited table.
    Generic,
    /// GeoJSON points.
    GeoJson,
    /// A GeoJSON point on every line.
    GeoJsonSeq,
    /// Parquet or GeoParquet.
    Parquet,
}

/// Words of `--format`; for [`Format::Generic`] there are two.
const WORDS: [(&str, Format); 10] = [
    ("acled", Format::Acled),
    ("ucdp", Format::UcdpGed),
    ("gtd", Format::Gtd),
    ("gdelt", Format::Gdelt),
    ("awsd", Format::Awsd),
    ("generic", Format::Generic),
    ("csv", Format::Generic),
    ("geojson", Format::GeoJson),
    ("geojsonseq", Format::GeoJsonSeq),
    ("parquet", Format::Parquet),
];

impl Format {
    /// The words of `--format`.
    pub fn words() -> [&'static str; 10] {
        WORDS.map(|(word, _)| word)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WORDS.iter().find(|(_, format)| format == self).map_or("", |(word, _)| word))
    }
}

/// The word names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a format; expected acled, ucdp, gtd, gdelt, awsd, generic (or csv), geojson, geojsonseq or parquet"
)]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Format, UnknownFormat> {
        let found = WORDS.iter().find(|(w, _)| word.trim().eq_ignore_ascii_case(w));
        found.map(|(_, format)| *format).ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

/// How to read a file of incidents.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The format; found from content and extension when not given.
    pub format: Option<Format>,
    /// Role and column, as in `--column lon=X`. Roles: lon, lat, id, date,
    /// category, precision, fatalities (or fatalities_best), fatalities_low,
    /// fatalities_high, place, district, province, country, source.
    pub columns: Vec<(String, String)>,
    /// Character encoding of a file without a byte-order mark, by its WHATWG
    /// label; found when not given.
    pub encoding: Option<String>,
    /// The sheet of a workbook; the first with columns of coordinates when not
    /// given.
    pub sheet: Option<String>,
    /// The layer of a GeoPackage, or the object of a TopoJSON file, that has several
    /// of points.
    pub layer: Option<String>,
    /// The code page of a shapefile's attributes, when its `.cpg` is missing or
    /// wrong.
    pub dbf_encoding: Option<String>,
    /// Whether to keep the cells of every record that is used.
    pub keep_rows: bool,
    /// Whether incidents go without identifier, category, place and source,
    /// for those who want none or have them from the rows.
    pub without_words: bool,
    /// Whether they go without identifier, place and source alone, for those who
    /// count them and hold them all.
    pub without_names: bool,
}

/// An option of reading that is wrong whatever the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadOption {
    /// `columns`, `encoding` or `dbf_encoding`.
    pub option: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl ReadOptions {
    /// Checks what can be checked without a file.
    ///
    /// # Errors
    /// When an encoding or the role of a column is not known.
    pub fn check(&self) -> Result<(), BadOption> {
        if let Some(label) = &self.encoding {
            encoding_named(label).map_err(|(message, hint)| BadOption {
                option: "encoding",
                message,
                hint,
            })?;
        }
        if let Some(label) = &self.dbf_encoding {
            code_page_named(label).map_err(|(message, hint)| BadOption {
                option: "dbf_encoding",
                message,
                hint,
            })?;
        }
        for (word, _) in &self.columns {
            role_named(word).map_err(|(message, hint)| BadOption {
                option: "columns",
                message,
                hint,
            })?;
        }
        Ok(())
    }
}

/// A file of incidents, read as a whole. `read == incidents.len() + rejected.len()`.
#[derive(Clone, Debug)]
pub struct IncidentFile {
    /// As given; `standard input` for `-`.
    pub name: String,
    /// The files that it was read from, as a shapefile is from several, with the
    /// SHA-256 of their bytes, hexadecimal.
    pub files: Vec<(String, String)>,
    /// What it was read as.
    pub format: Format,
    /// The same for a sentence: `UCDP GED country file`.
    pub format_label: String,
    /// Whether a column says how precisely incidents were geocoded.
    pub states_precision: bool,
    /// Column names as written, or the names of all properties.
    pub header: Vec<String>,
    /// Records that can be used, in the order of the file.
    pub incidents: Vec<Incident>,
    /// The row of each of [`IncidentFile::incidents`] when rows are kept, else empty.
    pub rows: Vec<SourceRow>,
    /// Records that cannot be used, in the order of the file.
    pub rejected: Vec<Reject>,
    /// Counts and notices.
    pub summary: FileSummary,
}

/// Reads incidents from a file, standard input or the bundled list, whose name
/// and text are `bundled`, and holds them all; [`IncidentReader`] does not.
/// `file_index` becomes [`RowId::file`](crate::model::RowId).
///
/// Dates with the year last (16/02/2023) are read when the whole column shows
/// whether the day or the month comes first. Precision codes are mapped by one
/// table for each source; a generic table has words or 1 to 5.
///
/// # Errors
/// When the file cannot be opened or is none of the formats, when columns are
/// missing, or when the number of records or the order of day and month cannot
/// be known. A record that cannot be used is no error but a [`Reject`].
///
/// ```
/// use durand::io::{Input, ReadOptions, read_incidents};
/// let list = ("bundled", "id,lon,lat,date\na,71.09,34.12,2023-09-06\nb,71.09,,2023-09-06\n");
/// let file = read_incidents(&Input::Bundled, list, &ReadOptions::default(), 0)?;
/// assert_eq!((file.summary.read, file.incidents.len()), (2, 1));
/// assert_eq!((file.rejected[0].line, file.rejected[0].reason.as_str()), (3, "no latitude"));
/// # Ok::<(), durand::io::ReadError>(())
/// ```
pub fn read_incidents(
    input: &Input,
    bundled: (&str, &str),
    options: &ReadOptions,
    file_index: u32,
) -> Result<IncidentFile, ReadError> {
    let mut reader = IncidentReader::open(input, bundled, options, file_index)?;
    loop {
        let mut all = IncidentBatch::default();
        let keep = |batch: IncidentBatch| {
            all.incidents.extend(batch.incidents);
            all.rows.extend(batch.rows);
            all.rejected.extend(batch.rejected);
            Ok::<(), ReadError>(())
        };
        let Outcome::Done(summary) = reader.read(|batch| batch, keep, &|_| {})? else { continue };
        return Ok(IncidentFile {
            name: reader.name().to_owned(),
            files: reader.files()?,
            format: reader.format(),
            format_label: reader.label(),
            states_precision: reader.states_precision(),
            header: reader.header().to_vec(),
            incidents: all.incidents,
            rows: all.rows,
            rejected: all.rejected,
            summary,
        });
    }
}

/// Rejected records as CSV with the columns file, record, line, field, value,
/// reason.
pub fn reject_csv(rejected: &[Reject]) -> Vec<u8> {
    let mut out = table_out::csv_header(&REJECT_COLUMNS.map(str::to_owned));
    push_rejects(&mut out, rejected);
    out.into_bytes()
}

/// Columns of the list of rejected records.
pub const REJECT_COLUMNS: [&str; 6] = ["file", "record", "line", "field", "value", "reason"];

/// The lines of rejected records, without the header.
pub fn push_rejects(out: &mut String, rejected: &[Reject]) {
    for r in rejected {
        let cells = [
            Cell::from(r.file.as_str()),
            Cell::from(r.record),
            Cell::from(r.line),
            Cell::from(r.field.as_str()),
            Cell::from(r.value.as_str()),
            Cell::from(r.reason.as_str()),
        ];
        table_out::push_csv_line(out, &cells);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_formats() {
        for (word, format) in WORDS {
            assert_eq!(word.to_uppercase().parse(), Ok(format));
        }
        assert_eq!(Format::Generic.to_string(), "generic");
        assert!("xlsx".parse::<Format>().unwrap_err().to_string().contains("ucdp"));
    }

    #[test]
    fn rejects_as_csv() {
        let reject = Reject {
            file: "a,b.csv".into(),
            record: 2,
            line: 3,
            field: "latitude".into(),
            value: "-Infinity".into(),
            reason: "is not a number".into(),
        };
        assert_eq!(
            String::from_utf8(reject_csv(&[reject])).unwrap(),
            "file,record,line,field,value,reason\n\"a,b.csv\",2,3,latitude,'-Infinity,is not a number\n"
        );
    }
}
