//! What an input is, and how a part of it becomes records: the formats meet here.

use super::ReadError;
use super::blocks::Blocks;
use super::decoding::{Decoding, count_damaged};
use super::delimited::Table;
use super::gather::{Part, Rules};
use super::geojson_document;
use super::incidents::{Format, ReadOptions};
use super::layer_name::none_to_name;
use super::open::read_error;
#[cfg(feature = "parquet")]
use super::parquet_in::{ParquetRows, ParquetTable, RawRow};
use super::points_geojson::{self, Names, Points};
use super::points_sequence;
use super::records::QuoteFault;
use super::rows::TextBlock;
use super::source::Source;
use super::table_out::is_plain_ascii;
use super::topology::{Purpose, TOPOLOGY, to_geojson};
use std::io::Read;
use std::sync::Arc;

/// So much of the beginning of a table shows its delimiter, header and decimal
/// mark.
const HEAD_BYTES: u64 = 4 << 20;

/// A block's size: what is read, measured and written of it stays in a
/// processor's own memory.
pub(super) const BLOCK_BYTES: usize = 512 << 10;

/// Blocks of a round for each thread.
const BLOCKS_A_THREAD: usize = 4;

/// What is in it.
pub(super) enum Content {
    Table {
        decoding: Decoding,
        table: Table,
    },
    Sequence {
        decoding: Decoding,
        points: Points,
    },
    Collection {
        text: String,
        points: Points,
        /// Whether the lines of the text are the file's.
        has_lines: bool,
    },
    #[cfg(feature = "parquet")]
    Parquet(ParquetTable),
}

/// A part of a file on its way to be read.
pub(super) enum Block {
    Text(Vec<u8>),
    #[cfg(feature = "parquet")]
    Rows(Vec<RawRow>),
}

/// Where blocks come from.
pub(super) enum Feed<'a> {
    Text(Blocks<'a>),
    #[cfg(feature = "parquet")]
    Rows(Box<ParquetRows>),
}

/// Why a block cannot be read as it is.
pub(super) enum Trouble {
    NotUtf8,
    Nul { line: u64 },
    Quoting { text: Arc<TextBlock>, fault: QuoteFault },
}

impl Content {
    /// Finds out what an input is, and understands its columns.
    ///
    /// # Errors
    /// When it cannot be read, is none of the formats, or lacks columns.
    pub(super) fn of(source: &Source, options: &ReadOptions) -> Result<Content, ReadError> {
        let name = &source.name;
        let head = source.head(HEAD_BYTES)?;
        if !starts_with_brace(&head) {
            no_layers(source, options)?;
        }
        #[cfg(feature = "parquet")]
        if source.is_parquet(&head) {
            return Ok(Content::Parquet(ParquetTable::open(source, options)?));
        }
        if options.format == Some(Format::Parquet) {
            return Err(ReadError::new(name, "is not a Parquet file").hint("leave out --format"));
        }
        let asked = options.format;
        let json = matches!(asked, Some(Format::GeoJson | Format::GeoJsonSeq))
            || starts_with_brace(&head)
            || (asked.is_none() && matches!(source.extension.as_str(), "geojson" | "json"));
        let sequence = asked == Some(Format::GeoJsonSeq)
            || (asked.is_none_or(|f| f != Format::GeoJson)
                && points_sequence::is_sequence(
                    if asked.is_none() { &source.extension } else { "" },
                    &String::from_utf8_lossy(&head),
                ));
        if sequence {
            no_layers(source, options)?;
            let decoding = Decoding::of(source, None)?;
            let names = sequence_names(source, &decoding)?;
            let points = Points::of(name, names, options)?;
            return Ok(Content::Sequence { decoding, points });
        }
        if json {
            let bytes = source.bytes()?;
            let mut text = geojson_document::text_of(name, &bytes)?.into_owned();
            drop(bytes);
            let topology = {
                let document = geojson_document::Document::open(name, &text)?;
                let layer = Purpose::Points(options.layer.as_deref());
                (document.kind == TOPOLOGY).then(|| to_geojson(&document, layer)).transpose()?
            };
            let has_lines = topology.is_none();
            if has_lines {
                no_layers(source, options)?;
            }
            text = topology.unwrap_or(text);
            let points = points_geojson::open(name, &text, options)?;
            return Ok(Content::Collection { text, points, has_lines });
        }
        table_of(source, options)
    }

    /// The records of a block.
    pub(super) fn read_block(
        &self,
        block: Block,
        rules: &Rules<'_>,
        first: bool,
    ) -> Result<Part, Trouble> {
        let block = match (self, block) {
            #[cfg(feature = "parquet")]
            (Content::Parquet(table), Block::Rows(rows)) => {
                return Ok(Part { gathered: table.gather(rows, rules), ..Part::default() });
            }
            #[cfg(feature = "parquet")]
            (_, Block::Rows(_)) => return Ok(Part::default()),
            (_, Block::Text(bytes)) => bytes,
        };
        let text = String::from_utf8(block).map_err(|_| Trouble::NotUtf8)?;
        // Plain text has neither NUL bytes nor damaged characters.
        let plain = is_plain_ascii(text.as_bytes());
        if !plain && let Some(at) = memchr::memchr(0, text.as_bytes()) {
            return Err(Trouble::Nul { line: line_at(text.as_bytes(), at) });
        }
        let damaged = if plain { 0 } else { count_damaged(&text) };
        let mut part = match self {
            Content::Sequence { points, .. } => points_sequence::read(&text, points, rules),
            Content::Table { table, .. } => {
                let (delimiter, quoting) = (table.delimiter, table.quoting);
                let block = Arc::new(TextBlock { text, delimiter, quoting, plain });
                table
                    .read(&block, rules, first)
                    .map_err(|fault| Trouble::Quoting { text: block, fault })?
            }
            _ => Part::default(),
        };
        part.damaged = damaged;
        Ok(part)
    }
}

impl Feed<'_> {
    /// How many of the file's bytes were taken, of so many.
    #[cfg_attr(not(feature = "parquet"), allow(unused_variables))]
    pub(super) fn given(&self, size: u64) -> u64 {
        match self {
            Feed::Text(blocks) => blocks.given,
            #[cfg(feature = "parquet")]
            Feed::Rows(rows) => (rows.share() * size as f64) as u64,
        }
    }
}

/// Bytes that are in work at a time, over all threads.
pub(super) fn round_bytes() -> usize {
    BLOCKS_A_THREAD * BLOCK_BYTES * rayon::current_num_threads()
}

/// The names of all properties of a sequence, in their order.
fn sequence_names(source: &Source, decoding: &Decoding) -> Result<Names, ReadError> {
    let mut blocks = Blocks::new(decoding.reader(source)?, None, BLOCK_BYTES);
    let mut names = Names::default();
    while let Some(block) = blocks.next().map_err(|e| read_error(&source.name, &e))? {
        let text = std::str::from_utf8(&block).map_err(|_| not_utf8(&source.name))?;
        points_sequence::names(text).in_order.iter().for_each(|name| names.add(name));
    }
    Ok(names)
}

/// The table that an input is, its encoding settled as far as its columns depend on it.
fn table_of(source: &Source, options: &ReadOptions) -> Result<Content, ReadError> {
    let mut decoding = Decoding::of(source, options.encoding.as_deref())?;
    loop {
        let head = table_head(source, &mut decoding)?;
        if let Some(at) = memchr::memchr(0, head.as_bytes()) {
            return Err(nul(&source.name, line_at(head.as_bytes(), at)));
        }
        let table = Table::open(&source.name, &head, options)?;
        // Columns named in other letters than ASCII would be read otherwise if a
        // byte far below showed that the file is not UTF-8: look now.
        if !decoding.is_open() || head[..table.body.0].is_ascii() {
            return Ok(Content::Table { decoding, table });
        }
        decoding.mend(source)?;
    }
}

/// The beginning of a table as text.
fn table_head(source: &Source, decoding: &mut Decoding) -> Result<String, ReadError> {
    loop {
        let mut head = Vec::new();
        let read = decoding.reader(source)?.take(HEAD_BYTES).read_to_end(&mut head);
        read.map_err(|e| read_error(&source.name, &e))?;
        match String::from_utf8(head) {
            Ok(head) => return Ok(head),
            Err(fault) => {
                let (error, mut head) = (fault.utf8_error(), fault.into_bytes());
                // The last character was cut.
                if error.error_len().is_none() && head.len() as u64 == HEAD_BYTES {
                    head.truncate(error.valid_up_to());
                    return Ok(String::from_utf8_lossy(&head).into_owned());
                }
                decoding.mend(source)?;
            }
        }
    }
}

/// Refuses to look for a layer in what has none.
fn no_layers(source: &Source, options: &ReadOptions) -> Result<(), ReadError> {
    match options.layer.as_deref() {
        Some(layer) if source.layer.is_none() => {
            Err(none_to_name(&source.name, layer).hint("leave out --layer"))
        }
        _ => Ok(()),
    }
}

fn starts_with_brace(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    matches!(text.trim_ascii_start(), [b'{' | b'[', ..])
}

fn line_at(text: &[u8], at: usize) -> u64 {
    1 + memchr::memchr_iter(b'\n', &text[..at]).count() as u64
}

/// The error about a NUL byte.
pub(super) fn nul(file: &str, line: u64) -> ReadError {
    ReadError::new(file, "holds a NUL byte, so it is not a text file in UTF-8")
        .at(format!("line {line}"))
        .hint("if it is UTF-16 without a byte-order mark, pass --encoding utf-16le")
}

/// The error about JSON in another encoding.
pub(super) fn not_utf8(file: &str) -> ReadError {
    ReadError::new(file, "is not UTF-8, as GeoJSON must be")
        .hint("convert it first: iconv -f WINDOWS-1252 -t UTF-8")
}
