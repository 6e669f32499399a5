//! A guard between Parquet files and their decoder, which believes the sizes and
//! counts that a file claims and makes room for them: a page of a few bytes could
//! take gigabytes of memory. Each page is looked at before it is unpacked, and once
//! more, unpacked, before its values are read.

use super::chunk::Chunk;
use super::parquet_delta as delta;
use super::parquet_footer;
use super::parquet_header::PageHeader;
use super::parquet_thrift::Unread;
use flate2::read::MultiGzDecoder;
use parquet::basic::{Compression, Encoding, Type as Physical};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{
    ChunkReader, FileReader, Length, RowGroupReader, SerializedFileReader,
};
use parquet::record::reader::RowIter;
use parquet::schema::types::{ColumnDescPtr, Type};
use std::fmt;
use std::io::Read;
use std::sync::Arc;

/// Bytes of a page once it is unpacked; writers aim at one.
const MOST_PAGE: u64 = 256 << 20;
/// Bytes of a page of Hadoop's LZ4, which unpacks to at most 255 times as many
/// and does not stop at the size that the page claims.
const MOST_LZ4: u32 = 1 << 20;
/// What a byte can unpack to: of gzip 1,032, of the others less.
const RATIO: u64 = 1_100;
/// What a page may be larger than [`RATIO`] allows.
const SLACK: u64 = 64 << 10;
/// Records of a byte of the file.
const RECORDS_OF_A_BYTE: u64 = 10_000;
/// Values of a dictionary, each of which takes 32 bytes besides its own.
const MOST_WORDS: u32 = 1 << 23;
/// Bytes that a header is looked for in at first, and at last: statistics may
/// hold long texts.
const WINDOW: u64 = 1 << 10;
const MOST_HEADER: u64 = 16 << 20;

/// A file is beyond a limit, which the text names.
#[derive(Debug)]
pub(super) struct Beyond(pub(super) String);

impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is beyond the limit {}", self.0)
    }
}

impl std::error::Error for Beyond {}

pub(super) fn beyond(limit: String) -> ParquetError {
    ParquetError::External(Box::new(Beyond(limit)))
}

fn damaged(what: impl Into<String>) -> ParquetError {
    ParquetError::General(what.into())
}

/// A file whose pages are looked at.
pub(super) struct GuardedFile {
    inner: SerializedFileReader<Chunk>,
    bytes: Arc<Chunk>,
}

impl GuardedFile {
    /// Reads the metadata of a file, given twice: for the decoder and to look at.
    ///
    /// # Errors
    /// When the metadata are damaged or claim more records than such a file can
    /// be meant to hold.
    pub(super) fn open(decoded: Chunk, bytes: Chunk) -> Result<GuardedFile> {
        parquet_footer::check(&bytes)?;
        let inner = SerializedFileReader::new(decoded)?;
        let mut records = 0_u64;
        for group in inner.metadata().row_groups() {
            let rows = u64::try_from(group.num_rows())
                .map_err(|_| damaged("a row group has a negative number of rows"))?;
            records = records.saturating_add(rows);
        }
        if records > RECORDS_OF_A_BYTE.saturating_mul(bytes.len()) {
            let most = format!("`records` of {RECORDS_OF_A_BYTE} for each byte of the file");
            return Err(beyond(format!("{most}: it claims {records}")));
        }
        Ok(GuardedFile { inner, bytes: Arc::new(bytes) })
    }
}

impl FileReader for GuardedFile {
    fn metadata(&self) -> &ParquetMetaData {
        self.inner.metadata()
    }

    fn num_row_groups(&self) -> usize {
        self.inner.num_row_groups()
    }

    fn get_row_group(&self, i: usize) -> Result<Box<dyn RowGroupReader + '_>> {
        let (inner, bytes) = (self.inner.get_row_group(i)?, Arc::clone(&self.bytes));
        Ok(Box::new(GuardedGroup { inner, bytes }))
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_file(projection, self)
    }
}

/// A row group whose pages are looked at.
struct GuardedGroup<'a> {
    inner: Box<dyn RowGroupReader + 'a>,
    bytes: Arc<Chunk>,
}

impl RowGroupReader for GuardedGroup<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.inner.metadata()
    }

    fn num_columns(&self) -> usize {
        self.inner.num_columns()
    }

    fn get_column_page_reader(&self, i: usize) -> Result<Box<dyn PageReader>> {
        let column = self.metadata().column(i);
        let (offset, left) = column.byte_range();
        if offset.checked_add(left).is_none_or(|end| end > self.bytes.len()) {
            let name = column.column_path().string();
            return Err(damaged(format!("column `{name}` ends beyond the file")));
        }
        Ok(Box::new(GuardedPages {
            inner: self.inner.get_column_page_reader(i)?,
            bytes: Arc::clone(&self.bytes),
            offset,
            left,
            codec: column.compression(),
            column: column.column_descr_ptr(),
            rows: u64::try_from(self.metadata().num_rows()).unwrap_or(0),
        }))
    }

    fn get_column_bloom_filter(&self, i: usize) -> Option<&Sbbf> {
        self.inner.get_column_bloom_filter(i)
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}

/// Pages of a column of a row group, each looked at.
struct GuardedPages {
    inner: Box<dyn PageReader>,
    bytes: Arc<Chunk>,
    /// Where the next page begins, and bytes of the column from there.
    offset: u64,
    left: u64,
    codec: Compression,
    column: ColumnDescPtr,
    /// Rows of the row group.
    rows: u64,
}

impl Iterator for GuardedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

impl PageReader for GuardedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.checked_page().map_err(|error| self.in_column(error))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        // Read as the guard reads it before the decoder does.
        if self.left > 0 {
            self.header()?;
        }
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        if self.left > 0 {
            let header = self.header()?;
            self.step_over(&header);
        }
        self.inner.skip_next_page()
    }
}

impl GuardedPages {
    fn checked_page(&mut self) -> Result<Option<Page>> {
        if self.left > 0 {
            let header = self.header()?;
            self.check_packed(&header)?;
            self.step_over(&header);
        }
        let page = self.inner.get_next_page()?;
        page.iter().try_for_each(|page| self.check_unpacked(page))?;
        Ok(page)
    }

    /// An error with the name of the column.
    fn in_column(&self, error: ParquetError) -> ParquetError {
        let name = self.column.path().string();
        match error {
            ParquetError::General(what) => damaged(format!("column `{name}`: {what}")),
            ParquetError::External(inner) => match inner.downcast::<Beyond>() {
                Ok(limit) => beyond(format!("{} in column `{name}`", limit.0)),
                Err(inner) => damaged(format!("column `{name}`: {inner}")),
            },
            other => damaged(format!("column `{name}`: {other}")),
        }
    }

    /// The header of the next page, which lies in the column with its page.
    fn header(&self) -> Result<PageHeader> {
        let mut window = WINDOW;
        let header = loop {
            let seen = window.min(self.left);
            let bytes = self.bytes.get_bytes(self.offset, seen as usize)?;
            match PageHeader::read(&bytes) {
                Err(Unread::Short) if seen < self.left => {
                    if window >= MOST_HEADER {
                        return Err(beyond("`page header` of 16 MiB".to_owned()));
                    }
                    window *= 4;
                }
                read => break read.map_err(|unread| unread.of("the header of a page"))?,
            }
        };
        if header.length as u64 + u64::from(header.compressed) > self.left {
            return Err(damaged("a page ends beyond its column"));
        }
        Ok(header)
    }

    fn step_over(&mut self, header: &PageHeader) {
        let length = header.length as u64 + u64::from(header.compressed);
        self.offset += length;
        self.left -= length;
    }

    /// Looks at what a page claims before it is unpacked.
    fn check_packed(&self, header: &PageHeader) -> Result<()> {
        let (packed, unpacked) = (u64::from(header.compressed), u64::from(header.uncompressed));
        if unpacked > MOST_PAGE {
            return Err(beyond(format!("`page size` of 256 MiB: a page claims {unpacked} bytes")));
        }
        if self.codec == Compression::UNCOMPRESSED || !header.packed {
            return Ok(());
        }
        if unpacked > packed * RATIO + SLACK {
            let message = format!("a page of {packed} bytes claims to unpack to {unpacked}");
            return Err(damaged(message));
        }
        match self.codec {
            Compression::LZ4 if header.compressed > MOST_LZ4 => {
                Err(beyond(format!("`page size` of 1 MiB for LZ4: a page has {packed} bytes")))
            }
            Compression::GZIP(_) if packed * RATIO > MOST_PAGE => self.check_gzip(header),
            _ => Ok(()),
        }
    }

    /// Counts what a page unpacks to, which the decoder does not stop at.
    fn check_gzip(&self, header: &PageHeader) -> Result<()> {
        let start = self.offset + header.length as u64 + u64::from(header.levels);
        let packed = self.bytes.get_bytes(start, (header.compressed - header.levels) as usize)?;
        let claimed = u64::from(header.uncompressed - header.levels);
        let mut unpacked = MultiGzDecoder::new(&packed[..]).take(claimed + 1);
        if std::io::copy(&mut unpacked, &mut std::io::sink())? > claimed {
            let message = format!("a page unpacks to more than the {claimed} bytes that it claims");
            return Err(damaged(message));
        }
        Ok(())
    }

    /// Looks at the counts of a page before its values are read.
    fn check_unpacked(&self, page: &Page) -> Result<()> {
        let (values, bytes) = (page.num_values(), page.buffer());
        if let Page::DictionaryPage { .. } = page {
            return self.check_words(values, bytes.len());
        }
        if self.column.max_rep_level() == 0 && u64::from(values) > self.rows {
            let message = format!("a page of {values} values in {} rows", self.rows);
            return Err(damaged(message));
        }
        match page.encoding() {
            Encoding::DELTA_LENGTH_BYTE_ARRAY => delta::check(self.values(page)?, values, false),
            Encoding::DELTA_BYTE_ARRAY => delta::check(self.values(page)?, values, true),
            Encoding::BYTE_STREAM_SPLIT => self.check_split(values),
            _ => Ok(()),
        }
    }

    /// A dictionary has the bytes that its values take at least.
    fn check_words(&self, words: u32, bytes: usize) -> Result<()> {
        let bits = match self.column.physical_type() {
            Physical::BOOLEAN => 1,
            Physical::INT32 | Physical::FLOAT | Physical::BYTE_ARRAY => 32,
            Physical::INT64 | Physical::DOUBLE => 64,
            Physical::INT96 => 96,
            Physical::FIXED_LEN_BYTE_ARRAY => 8 * self.width().max(1),
        };
        if u64::from(words).saturating_mul(bits) > bytes as u64 * 8 {
            return Err(damaged(format!("a dictionary of {bytes} bytes claims {words} values")));
        }
        if words > MOST_WORDS {
            let limit = format!("`dictionary values` of {MOST_WORDS}: it claims {words}");
            return Err(beyond(limit));
        }
        Ok(())
    }

    /// Values that are split by their bytes are put together in one place.
    fn check_split(&self, values: u32) -> Result<()> {
        let held = u64::from(values).min(delta::HELD as u64);
        if self.column.physical_type() == Physical::FIXED_LEN_BYTE_ARRAY
            && held.saturating_mul(self.width()) > delta::UNFOLDED
        {
            return Err(damaged(format!("{held} values of {} bytes", self.width())));
        }
        Ok(())
    }

    /// Bytes of a value of fixed length.
    fn width(&self) -> u64 {
        u64::try_from(self.column.type_length()).unwrap_or(0)
    }

    /// The values of a data page, which follow its levels.
    fn values<'a>(&self, page: &'a Page) -> Result<&'a [u8]> {
        let mut bytes: &[u8] = page.buffer();
        match page {
            Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
                let levels = def_levels_byte_len.saturating_add(*rep_levels_byte_len);
                bytes = bytes.get(levels as usize..).ok_or_else(levels_end)?;
            }
            Page::DataPage { num_values, def_level_encoding, rep_level_encoding, .. } => {
                for (most, encoding) in [
                    (self.column.max_rep_level(), rep_level_encoding),
                    (self.column.max_def_level(), def_level_encoding),
                ] {
                    bytes = after_levels(bytes, most, *encoding, *num_values)?;
                }
            }
            Page::DictionaryPage { .. } => {}
        }
        Ok(bytes)
    }
}

/// What follows the levels that a page of the first version begins with, of
/// which the highest is given.
fn after_levels(bytes: &[u8], most: i16, encoding: Encoding, values: u32) -> Result<&[u8]> {
    let length = match (most, encoding) {
        (..=0, _) => 0,
        (_, Encoding::RLE) => {
            let (length, _) = bytes.split_first_chunk::<4>().ok_or_else(levels_end)?;
            4 + u64::from(u32::from_le_bytes(*length))
        }
        // The old encoding, which has no length.
        _ => (u64::from(values) * u64::from(16 - most.leading_zeros())).div_ceil(8),
    };
    let length = usize::try_from(length).map_err(|_| levels_end())?;
    bytes.get(length..).ok_or_else(levels_end)
}

fn levels_end() -> ParquetError {
    damaged("the levels of a page end too early")
}
