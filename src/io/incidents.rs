//! Reading a file of incidents: the public entry, whatever the format.

use super::columns::role_named;
use super::gather::Gathered;
use super::geojson_document::text_of;
use super::source::{Input, Source, damage, decode, encoding_named};
use super::{ReadError, Reject, delimited, points_geojson, table_out};
use crate::model::Incident;
use serde_json::Value;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// A cell of a row that is kept: cells of a delimited file are strings,
/// properties of GeoJSON keep their types, a property that a feature does not
/// have is null.
pub type Cell = Value;

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
    /// Any other delimited table.
    Generic,
    /// GeoJSON points.
    GeoJson,
}

/// Words of `--format`; for [`Format::Generic`] there are two.
const WORDS: [(&str, Format); 7] = [
    ("acled", Format::Acled),
    ("ucdp", Format::UcdpGed),
    ("gtd", Format::Gtd),
    ("gdelt", Format::Gdelt),
    ("generic", Format::Generic),
    ("csv", Format::Generic),
    ("geojson", Format::GeoJson),
];

impl Format {
    /// The words of `--format`.
    pub fn words() -> [&'static str; 7] {
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
#[error("`{0}` is not a format; expected acled, ucdp, gtd, gdelt, generic (or csv) or geojson")]
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
    /// Whether to keep the cells of every record that is used.
    pub keep_rows: bool,
}

/// An option of reading that is wrong whatever the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadOption {
    /// `columns` or `encoding`.
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

/// A file of incidents, read. `read == incidents.len() + rejected.len()`.
#[derive(Clone, Debug)]
pub struct IncidentFile {
    /// As given; `standard input` for `-`.
    pub name: String,
    /// SHA-256 of the file's bytes, hexadecimal.
    pub sha256: String,
    /// What it was read as.
    pub format: Format,
    /// The same for a sentence: `UCDP GED country file`.
    pub format_label: String,
    /// Column names as written, or the names of all properties.
    pub header: Vec<String>,
    /// Records that can be used, in the order of the file.
    pub incidents: Vec<Incident>,
    /// Cells of each of [`IncidentFile::incidents`] when rows are kept, else empty.
    pub rows: Vec<Vec<Cell>>,
    /// Number of records.
    pub read: u64,
    /// Records that cannot be used, in the order of the file.
    pub rejected: Vec<Reject>,
    /// Lines without content, which are no records.
    pub blank_lines: u64,
    /// What was found and may surprise, for the user.
    pub notices: Vec<String>,
    /// What to do about most of the rejected records, where that can be told.
    pub advice: Option<String>,
}

/// Reads incidents from a file, standard input or the bundled list, whose name
/// and text are `bundled`. `file_index` becomes [`RowId::file`](crate::model::RowId).
///
/// Dates with the year last (16/02/2023) are read when the whole column shows
/// whether the day or the month comes first. Precision codes are mapped by one
/// table for each source; a generic table has words or 1 to 5. Files are held
/// in memory while they are read.
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
/// assert_eq!((file.read, file.incidents.len()), (2, 1));
/// assert_eq!((file.rejected[0].line, file.rejected[0].reason.as_str()), (3, "no latitude"));
/// # Ok::<(), durand::io::ReadError>(())
/// ```
pub fn read_incidents(
    input: &Input,
    bundled: (&str, &str),
    options: &ReadOptions,
    file_index: u32,
) -> Result<IncidentFile, ReadError> {
    let Source { name, sha256, bytes } = Source::open(input, bundled)?;
    let path = match input {
        Input::Path(path) => Some(path.as_path()),
        Input::Stdin | Input::Bundled => None,
    };
    let json = is_json(path, &bytes, options);
    let mut notices = Vec::new();
    let read: Read = if json {
        let text = text_of(&name, &bytes)?;
        notices.extend(damage(&text));
        let points = points_geojson::read(&name, &text, options, file_index)?;
        let label = match points.schema.format() {
            Format::Generic => "GeoJSON points".to_owned(),
            _ => format!("GeoJSON points ({})", points.schema.label()),
        };
        Read {
            header: points.header.names,
            format: Format::GeoJson,
            label,
            gathered: points.gathered,
            blank_lines: 0,
        }
    } else {
        let text = decode(&name, bytes, options.encoding.as_deref())?;
        notices.extend(text.notices);
        let table = delimited::read(&name, &text.text, options, file_index)?;
        Read {
            format: table.schema.format(),
            label: table.schema.label(),
            header: table.header.names,
            gathered: table.gathered,
            blank_lines: table.blank_lines,
        }
    };
    let mut gathered = read.gathered;
    notices.append(&mut gathered.notices);
    Ok(IncidentFile {
        name,
        sha256,
        format: read.format,
        format_label: read.label,
        header: read.header,
        incidents: gathered.incidents,
        rows: gathered.rows,
        read: gathered.read,
        rejected: gathered.rejected,
        blank_lines: read.blank_lines,
        notices,
        advice: gathered.advice,
    })
}

/// A file read by one of the two readers.
struct Read {
    header: Vec<String>,
    format: Format,
    label: String,
    gathered: Gathered,
    blank_lines: u64,
}

/// Whether a file is JSON: asked for, by its extension, or by its first sign.
fn is_json(path: Option<&Path>, bytes: &[u8], options: &ReadOptions) -> bool {
    if let Some(format) = options.format {
        return format == Format::GeoJson || starts_with_brace(bytes);
    }
    let extension = path.and_then(Path::extension).map(|e| e.to_string_lossy().to_lowercase());
    matches!(extension.as_deref(), Some("geojson" | "json")) || starts_with_brace(bytes)
}

fn starts_with_brace(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    matches!(text.trim_ascii_start(), [b'{' | b'[', ..])
}

/// Rejected records as CSV with the columns file, record, line, field, value,
/// reason.
pub fn reject_csv(rejected: &[Reject]) -> Vec<u8> {
    let header = ["file", "record", "line", "field", "value", "reason"].map(str::to_owned);
    let rows = rejected.iter().map(|r| {
        vec![
            Cell::from(r.file.as_str()),
            Cell::from(r.record),
            Cell::from(r.line),
            Cell::from(r.field.as_str()),
            Cell::from(r.value.as_str()),
            Cell::from(r.reason.as_str()),
        ]
    });
    table_out::csv(&header, rows)
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
