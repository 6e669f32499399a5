//! [`IncidentReader`]: a file of incidents in batches, read piece by piece and
//! on all threads, in the order of the file.
//!
//! A reader may find out late what it should have known: that the text is not
//! UTF-8 after all, or that only the whole column can tell the day from the
//! month. It then looks through the file for that alone and has the caller
//! begin anew ([`Outcome::Again`]), so that what a file means never depends on
//! how it was cut.

use super::batch_sums::Sums;
use super::blocks::Blocks;
use super::columns::{Header, Role};
use super::content::{BLOCK_BYTES, Block, Content, Feed, Trouble, not_utf8, nul, round_bytes};
use super::decoding::{count_damaged, damage};
use super::delimited;
use super::gather::{DateRule, Gathered, Part, Rules};
use super::incidents::{Format, ReadOptions};
use super::input::Input;
use super::open::read_error;
use super::points_geojson::{self, ADVICE_ON_EXCHANGE};
use super::records::QuoteFault;
use super::rows::SourceRow;
use super::schema::Schema;
use super::source::Source;
use super::table_out::ColumnKind;
use super::{ReadError, Reject};
use crate::model::Incident;
use rayon::prelude::*;
use std::io::Read;

/// Some records of a file, in order: used or rejected.
#[derive(Default)]
pub struct IncidentBatch {
    /// Records that can be used.
    pub incidents: Vec<Incident>,
    /// The row of each, when rows are kept; else empty.
    pub rows: Vec<SourceRow>,
    /// Records that cannot be used.
    pub rejected: Vec<Reject>,
}

impl IncidentBatch {
    /// For what was no text with lines before it was read.
    fn forget_lines(&mut self) {
        self.incidents.iter_mut().for_each(|incident| incident.row.line = 0);
        self.rejected.iter_mut().for_each(|reject| reject.line = 0);
    }
}

/// What is known of a file of incidents when all of it was read.
#[derive(Clone, Debug)]
pub struct FileSummary {
    /// Number of records.
    pub read: u64,
    /// How many of them were rejected.
    pub rejected: u64,
    /// Lines without content, which are no records.
    pub blank_lines: u64,
    /// What was found and may surprise, for the user.
    pub notices: Vec<String>,
    /// What to do about most of the rejected records, where that can be told.
    pub advice: Option<String>,
}

/// How a reading ended.
pub enum Outcome {
    /// All records were handed over.
    Done(FileSummary),
    /// Something was learnt that changes what was handed over: forget it and
    /// read again.
    Again,
}

/// A file of incidents whose columns are known.
pub struct IncidentReader {
    source: Source,
    content: Content,
    dates: DateRule,
    file_index: u32,
    keep_rows: bool,
    words: bool,
    names: bool,
    areas: bool,
    repeats: bool,
}

/// How a pass over the blocks ended.
enum Pass {
    Done(Box<Sums>),
    NotUtf8,
    DatesOpen,
}

impl IncidentReader {
    /// Opens a file, standard input or the bundled list, whose name and text
    /// are `bundled`, and understands its columns. `file_index` becomes
    /// [`RowId::file`](crate::model::RowId).
    ///
    /// # Errors
    /// When the input cannot be read or is none of the formats, or when columns
    /// are missing.
    pub fn open(
        input: &Input,
        bundled: (&str, &str),
        options: &ReadOptions,
        file_index: u32,
    ) -> Result<IncidentReader, ReadError> {
        let source = Source::open(input, bundled, options)?;
        let content = Content::of(&source, options)?;
        let dates = DateRule::Open;
        let (keep_rows, words) = (options.keep_rows, !options.without_words);
        let (names, areas, repeats) = (words && !options.without_names, true, true);
        Ok(IncidentReader {
            source,
            content,
            dates,
            file_index,
            keep_rows,
            words,
            names,
            areas,
            repeats,
        })
    }

    /// Its name as given; `standard input` for `-`.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Column names as written, or the names of all properties.
    pub fn header(&self) -> &[String] {
        &self.header_of().names
    }

    /// What it is read as: the source whose columns it has, whatever holds
    /// them, else the format that does.
    pub fn format(&self) -> Format {
        match (self.schema().format(), &self.content) {
            (Format::Generic, Content::Sequence { .. }) => Format::GeoJsonSeq,
            (Format::Generic, Content::Collection { .. }) => Format::GeoJson,
            #[cfg(feature = "parquet")]
            (Format::Generic, Content::Parquet(_)) => Format::Parquet,
            (known, _) => known,
        }
    }

    /// The same for a sentence: `UCDP GED country file`.
    pub fn label(&self) -> String {
        match &self.content {
            Content::Table { table, .. } => table.schema.label(),
            Content::Sequence { points, .. } | Content::Collection { points, .. } => {
                points.label(match &self.content {
                    Content::Collection { has_lines: false, .. } => "TopoJSON points",
                    _ => self.source.label.unwrap_or("GeoJSON points"),
                })
            }
            #[cfg(feature = "parquet")]
            Content::Parquet(table) => table.label(),
        }
    }

    /// What its columns hold: text, where the format does not say.
    pub fn kinds(&self) -> Vec<ColumnKind> {
        match &self.content {
            #[cfg(feature = "parquet")]
            Content::Parquet(table) => table.kinds.clone(),
            _ => {
                let kind = |name| self.source.kinds.get(name).copied().unwrap_or(ColumnKind::Text);
                self.header().iter().map(kind).collect()
            }
        }
    }

    /// Whether a column says how precisely incidents were geocoded.
    pub fn states_precision(&self) -> bool {
        self.schema().columns().get(Role::Precision).is_some()
    }

    /// Leaves out the districts and provinces that records name, for those who
    /// do not ask where an incident may lie.
    pub fn leave_out_areas(&mut self) {
        self.areas = false;
    }

    /// Counts no more how many identifiers repeat, for those who have been told.
    pub fn leave_out_repeats(&mut self) {
        self.repeats = false;
    }

    /// The files that it was read from, as a shapefile is from several, with the
    /// SHA-256 of their bytes as they came, in hexadecimal; reads them once more.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn files(&self) -> Result<Vec<(String, String)>, ReadError> {
        self.source.files()
    }

    /// Its size in bytes, by which progress is told.
    pub fn size(&self) -> u64 {
        self.source.size()
    }

    /// Hands over all records. `work` is done on every batch, on all threads;
    /// `take` gets its results in the order of the file, on one thread at a
    /// time. `progress` is told how many bytes have been taken.
    ///
    /// # Memory
    /// A hundred megabytes at most for tables and sequences, whatever their
    /// size, besides what `take` keeps and eight bytes for each identifier. A
    /// GeoJSON collection is held as a whole.
    ///
    /// # Errors
    /// When the file cannot be read, when the number of records or the order
    /// of day and month cannot be known, and what `take` returns.
    pub fn read<T: Send, E: From<ReadError> + Send>(
        &mut self,
        work: impl Fn(IncidentBatch) -> T + Sync,
        take: impl FnMut(T) -> Result<(), E> + Send,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Outcome, E> {
        match self.pass(self.keep_rows, true, work, take, progress)? {
            Pass::Done(sums) => {
                self.source.unchanged()?;
                Ok(Outcome::Done(self.summary(*sums)?))
            }
            Pass::NotUtf8 => {
                self.mend()?;
                Ok(Outcome::Again)
            }
            Pass::DatesOpen => {
                self.survey_dates()?;
                Ok(Outcome::Again)
            }
        }
    }

    /// Looks through the whole column of dates.
    fn survey_dates(&mut self) -> Result<(), ReadError> {
        loop {
            let nothing = |_: IncidentBatch| ();
            match self.pass(false, false, nothing, |()| Ok::<(), ReadError>(()), &|_| {})? {
                Pass::Done(sums) => {
                    let column = self.schema().date_column();
                    let field = column.map_or("", |c| self.header_of().name(c).trim());
                    self.dates = sums.findings.date_rule(&self.source.name, field)?;
                    return Ok(());
                }
                Pass::NotUtf8 => self.mend()?,
                Pass::DatesOpen => return Ok(()),
            }
        }
    }

    fn mend(&mut self) -> Result<(), ReadError> {
        match &mut self.content {
            Content::Table { decoding, .. } => decoding.mend(&self.source),
            _ => Err(not_utf8(&self.source.name)),
        }
    }

    fn header_of(&self) -> &Header {
        match &self.content {
            Content::Table { table, .. } => &table.header,
            Content::Sequence { points, .. } | Content::Collection { points, .. } => &points.header,
            #[cfg(feature = "parquet")]
            Content::Parquet(table) => &table.header,
        }
    }

    fn schema(&self) -> &dyn Schema {
        match &self.content {
            Content::Table { table, .. } => table.schema.as_ref(),
            Content::Sequence { points, .. } | Content::Collection { points, .. } => {
                points.schema.as_ref()
            }
            #[cfg(feature = "parquet")]
            Content::Parquet(table) => table.schema.as_ref(),
        }
    }

    fn rules(&self, keep_rows: bool) -> Rules<'_> {
        Rules {
            file: &self.source.name,
            file_index: self.file_index,
            header: self.header_of(),
            schema: self.schema(),
            dates: self.dates,
            keep_rows,
            words: self.words,
            names: self.names,
            areas: self.areas,
            repeats: self.repeats,
        }
    }

    /// One pass over the file. With `decide` it ends when dates turn up whose
    /// order is open.
    fn pass<T: Send, E: From<ReadError> + Send>(
        &self,
        keep_rows: bool,
        decide: bool,
        work: impl Fn(IncidentBatch) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E> + Send,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Pass, E> {
        let rules = self.rules(keep_rows);
        let mut sums = Sums::new();
        let (mut feed, lines_before) = match &self.content {
            Content::Collection { text, points, has_lines } => {
                let gathered = points_geojson::read(text, points, &rules)?;
                if decide && dates_open(&rules, &gathered) {
                    return Ok(Pass::DatesOpen);
                }
                sums.damaged = count_damaged(text);
                let mut batches = sums.split(gathered);
                if !has_lines {
                    batches.iter_mut().for_each(IncidentBatch::forget_lines);
                }
                let results: Vec<T> = batches.into_par_iter().map(&work).collect();
                results.into_iter().try_for_each(&mut take)?;
                progress(text.len() as u64);
                return Ok(Pass::Done(Box::new(sums)));
            }
            Content::Sequence { decoding, .. } => {
                let from = decoding.reader(&self.source)?;
                (Feed::Text(Blocks::new(from, None, BLOCK_BYTES)), 0)
            }
            #[cfg(feature = "parquet")]
            Content::Parquet(table) => (Feed::Rows(Box::new(table.rows(&self.source)?)), 0),
            Content::Table { decoding, table } => {
                let mut from = decoding.reader(&self.source)?;
                let (bytes, lines) = table.body;
                sums.blank_lines = table.blank_lines;
                std::io::copy(&mut (&mut from).take(bytes as u64), &mut std::io::sink())
                    .map_err(|e| read_error(&self.source.name, &e))?;
                let delimiter = table.quoting.then_some(table.delimiter);
                (Feed::Text(Blocks::new(from, delimiter, BLOCK_BYTES)), lines)
            }
        };
        sums.lines = lines_before;
        let mut first = true;
        let mut now = self.round(&mut feed)?;
        let mut done: Vec<T> = Vec::new();
        while !now.is_empty() || !done.is_empty() {
            // While all threads work on one round, the one before is taken and
            // the next is fetched.
            let (worked, fetched) = rayon::join(
                || self.work_on(now, &rules, &mut sums, first, decide, &work),
                || {
                    done.drain(..).try_for_each(&mut take)?;
                    progress(feed.given(self.source.size()));
                    Ok::<_, E>(self.round(&mut feed)?)
                },
            );
            match worked? {
                Ok(results) => done = results,
                Err(pass) => return Ok(pass),
            }
            now = fetched?;
            first = false;
        }
        Ok(Pass::Done(Box::new(sums)))
    }

    /// The next blocks; none at the end.
    fn round(&self, feed: &mut Feed<'_>) -> Result<Vec<Block>, ReadError> {
        let mut round = Vec::new();
        match feed {
            Feed::Text(blocks) => {
                let mut bytes = 0;
                while bytes < round_bytes()
                    && let Some(block) =
                        blocks.next().map_err(|e| read_error(&self.source.name, &e))?
                {
                    bytes += block.len();
                    round.push(Block::Text(block));
                }
            }
            #[cfg(feature = "parquet")]
            Feed::Rows(rows) => {
                while round.len() < 2 * rayon::current_num_threads()
                    && let Some(some) = rows.next()?
                {
                    round.push(Block::Rows(some));
                }
            }
        }
        Ok(round)
    }

    /// Reads the records of some blocks and works on them.
    fn work_on<T: Send>(
        &self,
        blocks: Vec<Block>,
        rules: &Rules<'_>,
        sums: &mut Sums,
        first: bool,
        decide: bool,
        work: &(impl Fn(IncidentBatch) -> T + Sync),
    ) -> Result<Result<Vec<T>, Pass>, ReadError> {
        let parts: Vec<Result<Part, Trouble>> = blocks
            .into_par_iter()
            .enumerate()
            .map(|(i, block)| self.content.read_block(block, rules, first && i == 0))
            .collect();
        let mut batches = Vec::with_capacity(parts.len());
        for part in parts {
            let part = match part {
                Ok(part) => part,
                Err(Trouble::NotUtf8) => return Ok(Err(Pass::NotUtf8)),
                Err(Trouble::Nul { line }) => return Err(nul(rules.file, sums.lines + line)),
                Err(Trouble::Quoting { text, fault }) => {
                    return Err(match &self.content {
                        Content::Table { table, .. } => {
                            table.fault(rules.file, &text.text, sums.lines)
                        }
                        _ => delimited::uncertain(rules.file, &fault),
                    });
                }
            };
            if let (Some(line), Some(span)) = (part.first_bare_quote, sums.last_span) {
                let fault = QuoteFault::amid_text(sums.lines + line, span);
                return Err(delimited::uncertain(rules.file, &fault));
            }
            if decide && dates_open(rules, &part.gathered) {
                return Ok(Err(Pass::DatesOpen));
            }
            let mut batch = sums.add(part);
            if !self.source.has_lines {
                batch.forget_lines();
            }
            batches.push(batch);
        }
        Ok(Ok(batches.into_par_iter().map(work).collect()))
    }

    /// What the whole file tells.
    fn summary(&self, sums: Sums) -> Result<FileSummary, ReadError> {
        let name = &self.source.name;
        // Every record was counted when it was read; this is the promise that
        // nothing is lost.
        if sums.read != sums.used + sums.rejected {
            return Err(ReadError::new(name, "a record was neither used nor rejected")
                .hint("this is a fault of the reader; please report it with the file"));
        }
        let mut notices = self.source.notices.clone();
        let mut exchange = ADVICE_ON_EXCHANGE.to_owned();
        let features =
            matches!(self.content, Content::Sequence { .. } | Content::Collection { .. });
        match &self.content {
            Content::Table { decoding, table } => {
                if let (0, Some((line, cells))) = (sums.shaped, sums.misshapen) {
                    return Err(table.misshapen(name, line, cells));
                }
                notices.extend(decoding.notices.iter().cloned());
                // The text of a layer was written from its rows, in UTF-8.
                let may_help =
                    if self.source.layer.is_none() { "; --encoding may help" } else { "" };
                notices.extend(damage(sums.damaged).map(|what| format!("{what}{may_help}")));
                notices.extend(table.notices.iter().cloned());
                exchange = table.advice_on_exchange();
            }
            #[cfg(feature = "parquet")]
            Content::Parquet(table) => {
                notices.extend(table.notices.iter().cloned());
                exchange = table.advice_on_exchange();
            }
            Content::Sequence { .. } | Content::Collection { .. } => {
                notices.extend(damage(sums.damaged));
            }
        }
        if let Some(line) = sums.tags {
            notices.push(format!("HXL tag row skipped (line {line})"));
        }
        let rules = self.rules(self.keep_rows);
        let repeated = sums.repeats.count();
        let (found, advice) = sums.findings.notices(&rules, sums.read, repeated, &exchange);
        if features && sums.read == 0 {
            notices = vec!["no features".into()];
        } else {
            notices.extend(found);
        }
        Ok(FileSummary {
            read: sums.read,
            rejected: sums.rejected,
            blank_lines: sums.blank_lines,
            notices,
            advice,
        })
    }
}

/// Whether there are dates of which the whole column has to say how to read them.
fn dates_open(rules: &Rules<'_>, gathered: &Gathered) -> bool {
    rules.dates == DateRule::Open && gathered.findings.votes.numeric > 0
}
