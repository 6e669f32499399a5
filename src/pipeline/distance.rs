//! `durand distance`: incidents in, the same with what was measured out, batch
//! by batch, so that a file of any size can be measured.

use super::distance_rows::{Form, Rows, Table};
use super::layers::file_name;
use super::outputs::{check_outputs, spare_inputs};
use super::study::{BUNDLED, fit, in_order, named_notices, places, provenance, resolve_filter};
use super::{PipelineError, load_layers};
use crate::analysis::{Categories, Filter, RegionTally, locate};
#[cfg(feature = "parquet")]
use crate::io::ParquetWriter;
use crate::io::{
    ColumnKind, IncidentBatch, IncidentReader, Outcome, REJECT_COLUMNS, Reject, Writing,
    csv_header, geojson_end, push_rejects,
};
use crate::project::Plan;
use crate::report::{InputFile, Provenance, Tally};
use std::path::{Path, PathBuf};

/// What a run of `durand distance` has to say.
pub struct Measured {
    /// What became of the records.
    pub tally: Tally,
    /// What a reader of the output should know.
    pub notices: Vec<String>,
    /// Files that were written.
    pub written: Vec<PathBuf>,
}

/// Who is told how far a run has come: bytes read, and bytes there are.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// The rows of a batch, written, and what became of its records.
struct Done {
    /// For each output.
    rows: Vec<Rows>,
    rejects: String,
    /// The first of the rejected.
    first_rejected: Vec<Reject>,
    used: u64,
    categories: Categories,
    regions: RegionTally,
}

/// So many rejected records are named in a message at most, and one more tells
/// that there are others.
const NAMED: usize = 11;

/// Measures every incident of a plan and writes the table to every output.
///
/// # Memory
/// As [`IncidentReader::read`] says, whatever the size of the input, and about
/// as much again for what is on its way out.
///
/// # Errors
/// When an input cannot be read, an output cannot be written, a filter names
/// what does not exist, or nothing is left; with `strict`, when a record is
/// rejected. Then nothing is written.
pub fn measure(
    plan: &Plan,
    outputs: &[PathBuf],
    strict: bool,
    progress: Progress<'_>,
) -> Result<Measured, PipelineError> {
    check_outputs("distance", outputs)?;
    spare_inputs(plan, outputs.iter().map(PathBuf::as_path))?;
    let layers = load_layers(&plan.layers)?;
    let filter = resolve_filter(plan, &layers)?;
    let mut options = plan.read.clone();
    options.keep_rows = true;
    // Rows hold the words; only a filter by category asks for them.
    options.without_words = filter.categories.is_empty();

    let mut readers = Vec::new();
    let (mut header, mut moves, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    for (number, input) in plan.inputs.iter().enumerate() {
        let reader = IncidentReader::open(input, BUNDLED, &options, number as u32)?;
        let places = places(&mut header, reader.header());
        kinds.resize(header.len(), None);
        for (kind, &place) in reader.kinds().into_iter().zip(&places) {
            kinds[place] = Some(kinds[place].map_or(kind, |k: ColumnKind| k.or(kind)));
        }
        moves.push(places);
        readers.push(reader);
    }
    let kinds = kinds.into_iter().map(|kind| kind.unwrap_or(ColumnKind::Text)).collect();
    let size = readers.iter().map(IncidentReader::size).sum();
    let precise = readers.iter().any(IncidentReader::states_precision);
    if !precise {
        // Only the region of an incident depends on what its record names.
        readers.iter_mut().for_each(IncidentReader::leave_out_areas);
    }
    let table = Table::new(plan, &layers, &header, precise);
    let forms: Vec<Form> = outputs.iter().map(|path| Form::of(path)).collect();
    let rejects = rejected_path(outputs);
    if let Some(path) = &rejects {
        spare_inputs(plan, [path.as_path()])?;
    }

    let mut run = Run {
        writing: Writing::open(outputs.iter().map(PathBuf::as_path))?,
        forms: &forms,
        rejects,
        reject_output: None,
        kinds,
        #[cfg(feature = "parquet")]
        encoders: Vec::new(),
        bytes_before: 0,
    };
    let said = run.all(&table, &filter, &mut readers, &moves, |bytes| progress(bytes, size))?;
    filter.check_categories(&said.categories)?;
    fit(&said.tally, &said.first_rejected, said.advice.as_deref(), strict)?;
    run.end(&table, &readers, &said)?;

    let mut written: Vec<PathBuf> = outputs.to_vec();
    written.extend(run.rejects.take().filter(|_| run.reject_output.is_some()));
    written.retain(|path| path != Path::new("-"));
    run.writing.finish()?;
    let notices = layers.notices.iter().cloned().chain(said.notices);
    let notices = notices.chain(said.regions.notices()).collect();
    Ok(Measured { tally: said.tally, notices, written })
}

/// The list of rejected records stands beside the first file.
fn rejected_path(outputs: &[PathBuf]) -> Option<PathBuf> {
    let first = outputs.iter().find(|path| path.as_path() != Path::new("-"))?;
    Some(first.with_extension("rejected.csv"))
}

/// Outputs on their way.
struct Run<'a> {
    writing: Writing,
    forms: &'a [Form],
    rejects: Option<PathBuf>,
    /// Its number, once there is something to list.
    reject_output: Option<usize>,
    /// What the columns of the input hold.
    #[cfg_attr(not(feature = "parquet"), allow(dead_code))]
    kinds: Vec<ColumnKind>,
    /// For each output that is no text.
    #[cfg(feature = "parquet")]
    encoders: Vec<Option<ParquetWriter>>,
    /// Bytes of the files that were read before the present one.
    bytes_before: u64,
}

/// What the records added up to.
#[derive(Default)]
struct Said {
    tally: Tally,
    first_rejected: Vec<Reject>,
    categories: Categories,
    notices: Vec<String>,
    advice: Option<String>,
    regions: RegionTally,
}

impl Run<'_> {
    /// Writes the rows of all inputs; begins anew when a reader learns late
    /// what it should have known.
    fn all(
        &mut self,
        table: &Table<'_>,
        filter: &Filter,
        readers: &mut [IncidentReader],
        moves: &[Vec<usize>],
        progress: impl Fn(u64) + Sync,
    ) -> Result<Said, PipelineError> {
        loop {
            self.writing.restart()?;
            self.bytes_before = 0;
            for (which, form) in self.forms.iter().enumerate() {
                self.writing.write(which, table.head(*form).as_bytes())?;
            }
            #[cfg(feature = "parquet")]
            {
                self.encoders.clear();
                for form in self.forms {
                    let wanted = *form == Form::Parquet;
                    self.encoders.push(wanted.then(|| table.parquet(&self.kinds)).transpose()?);
                }
            }
            if let Some(which) = self.reject_output {
                self.writing.write(which, reject_head().as_bytes())?;
            }
            let mut said = Said::default();
            let again =
                readers.iter_mut().zip(moves).try_fold(false, |again, (reader, places)| {
                    if again {
                        return Ok::<_, PipelineError>(true);
                    }
                    self.one(table, filter, reader, places, &mut said, &progress)
                })?;
            if !again {
                said.tally.filtered = said.tally.read - said.tally.rejected - said.tally.used;
                return Ok(said);
            }
        }
    }

    /// Writes the rows of an input; whether to begin anew.
    fn one(
        &mut self,
        table: &Table<'_>,
        filter: &Filter,
        reader: &mut IncidentReader,
        places: &[usize],
        said: &mut Said,
        progress: &(impl Fn(u64) + Sync),
    ) -> Result<bool, PipelineError> {
        let forms = self.forms;
        let before = self.bytes_before;
        let work = |batch: IncidentBatch| done(batch, table, filter, forms, places);
        let take = |done: Done| self.take(done, said);
        let outcome = reader.read(work, take, &|bytes| progress(before + bytes))?;
        let Outcome::Done(summary) = outcome else { return Ok(true) };
        self.bytes_before += reader.size();
        said.tally.read += summary.read;
        said.tally.rejected += summary.rejected;
        said.advice = said.advice.take().or(summary.advice);
        said.notices.extend(named_notices(reader.name(), &summary.notices));
        Ok(false)
    }

    /// Writes the rows of a batch.
    fn take(&mut self, done: Done, said: &mut Said) -> Result<(), PipelineError> {
        for (which, rows) in done.rows.into_iter().enumerate() {
            match rows {
                Rows::Text(text) => {
                    // The first feature of all has no comma before it.
                    let first = said.tally.used == 0 && self.forms[which] == Form::GeoJson;
                    let text = if first { text.trim_start_matches(",\n") } else { &text };
                    self.writing.write(which, text.as_bytes())?;
                }
                #[cfg(feature = "parquet")]
                Rows::Cells(rows) => {
                    if let Some(encoder) = &mut self.encoders[which] {
                        let bytes = encoder.push(rows)?;
                        self.writing.write(which, &bytes)?;
                    }
                }
            }
        }
        if !done.rejects.is_empty()
            && let Some(path) = &self.rejects
        {
            let which = match self.reject_output {
                Some(which) => which,
                None => {
                    let which = self.writing.add(path)?;
                    self.writing.write(which, reject_head().as_bytes())?;
                    self.reject_output = Some(which);
                    which
                }
            };
            self.writing.write(which, done.rejects.as_bytes())?;
        }
        said.tally.used += done.used;
        said.categories.add(done.categories);
        said.regions.add(done.regions);
        let room = NAMED.saturating_sub(said.first_rejected.len());
        said.first_rejected.extend(done.first_rejected.into_iter().take(room));
        Ok(())
    }

    /// Where the result came from.
    fn provenance(
        &self,
        table: &Table<'_>,
        readers: &[IncidentReader],
        said: &Said,
    ) -> Result<Provenance, PipelineError> {
        let mut inputs = Vec::new();
        for reader in readers {
            inputs.extend(reader.files()?.into_iter().map(|(name, sha256)| InputFile {
                name: file_name(&name),
                role: "incidents".to_owned(),
                sha256,
            }));
        }
        inputs.extend(table.layers.inputs.iter().cloned());
        Ok(provenance("distance", table.plan, &["regions"], table.layers, said.tally, inputs))
    }

    /// Writes what stands after the rows, and empties an older list of rejected
    /// records so that no list outlives its run.
    fn end(
        &mut self,
        table: &Table<'_>,
        readers: &[IncidentReader],
        said: &Said,
    ) -> Result<(), PipelineError> {
        if self.forms.iter().any(|form| form.tells_provenance()) {
            let from = self.provenance(table, readers, said)?;
            let end = geojson_end(&[("provenance".to_owned(), from.json())]);
            for (which, form) in self.forms.iter().enumerate() {
                match form {
                    Form::GeoJson => self.writing.write(which, end.as_bytes())?,
                    #[cfg(feature = "parquet")]
                    Form::Parquet => {
                        if let Some(encoder) = self.encoders[which].take() {
                            let bytes = encoder.finish(&[("durand".to_owned(), from.line())])?;
                            self.writing.write(which, &bytes)?;
                        }
                    }
                    _ => {}
                }
            }
        }
        match (&self.rejects, self.reject_output) {
            (Some(path), None) if path.is_file() => {
                let which = self.writing.add(path)?;
                self.writing.write(which, reject_head().as_bytes())?;
                self.reject_output = Some(which);
            }
            _ => {}
        }
        Ok(())
    }
}

fn reject_head() -> String {
    csv_header(&REJECT_COLUMNS.map(str::to_owned))
}

/// The rows of a batch, and what became of its records.
fn done(
    batch: IncidentBatch,
    table: &Table<'_>,
    filter: &Filter,
    forms: &[Form],
    places: &[usize],
) -> Done {
    let index = &table.layers.index;
    let IncidentBatch { mut incidents, mut rows, rejected } = batch;
    let categories = filter.categories_of(&incidents);
    let mut located = locate(&incidents, index);
    let kept: Vec<bool> =
        incidents.iter().zip(&located).map(|(i, place)| filter.keeps(i, place, index)).collect();
    if kept.contains(&false) {
        retain(&mut incidents, &kept);
        retain(&mut located, &kept);
        retain(&mut rows, &kept);
    }
    if !in_order(places) {
        rows = rows.iter().map(|row| row.moved(places, table.own)).collect();
    }
    let (rows, regions) = table.rows(forms, &incidents, &located, &rows);
    let mut rejects = String::new();
    push_rejects(&mut rejects, &rejected);
    let used = incidents.len() as u64;
    Done {
        rows,
        rejects,
        first_rejected: rejected.into_iter().take(NAMED).collect(),
        used,
        categories,
        regions,
    }
}

/// Keeps the items of a vector whose flag is set; a vector that was not filled
/// stays empty.
pub(super) fn retain<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut flags = kept.iter();
    items.retain(|_| flags.next().copied().unwrap_or(true));
}
