//! `durand distance`: incidents in, the same with what was measured out, batch
//! by batch, so that a file of any size can be measured.

use super::account::NAMED;
use super::distance_rows::{Form, Rows, Table};
use super::layers::file_name;
use super::outputs::{check_outputs, spare_inputs};
use super::rejects::{Rejects, list_beside};
use super::study::{BUNDLED, fit, in_order, named_notices, places, provenance, resolve_filter};
use super::{PipelineError, load_layers};
use crate::analysis::{Categories, Filter, RegionTally, locate};
use crate::io::{
    ColumnKind, IncidentBatch, IncidentReader, Outcome, PointEncoder, Reject, SHAPEFILE_PARTS,
    Writing,
};
use crate::project::Plan;
use crate::report::{InputFile, Provenance, Tally};
use serde_json::Value;
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
    rejected: Vec<Reject>,
    used: u64,
    categories: Categories,
    regions: RegionTally,
}

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
    let forms: Vec<Form> = outputs.iter().map(|path| Form::of(path)).collect();
    let parts: Vec<PathBuf> =
        outputs.iter().zip(&forms).flat_map(|(path, form)| beside(path, *form)).collect();
    let list = list_beside(outputs);
    let named = outputs.iter().chain(&parts).chain(&list);
    spare_inputs(plan, named.map(PathBuf::as_path))?;
    let layers = load_layers(&plan.layers)?;
    let filter = resolve_filter(plan, &layers)?;
    let mut options = plan.read.clone();
    options.keep_rows = true;
    // Rows hold the words; a filter by category and the names of placemarks ask
    // for them.
    options.without_words = filter.categories.is_empty() && !forms.contains(&Form::Kml);

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

    let mut writing = Writing::open(outputs.iter().map(PathBuf::as_path))?;
    let mut places = Vec::with_capacity(forms.len());
    for (which, (path, form)) in outputs.iter().zip(&forms).enumerate() {
        let mut numbers = vec![which];
        for part in beside(path, *form) {
            numbers.push(writing.add(&part)?);
        }
        places.push(numbers);
    }
    let mut run = Run {
        writing,
        forms: &forms,
        places,
        rejects: Rejects::listed_beside(outputs),
        kinds,
        encoders: Vec::new(),
        bytes_before: 0,
    };
    let said = run.all(&table, &filter, &mut readers, &moves, |bytes| progress(bytes, size))?;
    filter.check_categories(&said.categories)?;
    fit(&said.tally, &said.first_rejected, said.advice.as_deref(), strict)?;
    let of_forms = run.end(&table, &readers, &said)?;

    let mut written: Vec<PathBuf> = Vec::new();
    for (path, form) in outputs.iter().zip(&forms).filter(|(path, _)| *path != Path::new("-")) {
        written.push(path.clone());
        written.extend(beside(path, *form));
    }
    written.extend(run.rejects.end(&mut run.writing)?);
    run.writing.finish()?;
    let notices = layers.notices.iter().cloned().chain(said.notices);
    let notices = notices.chain(said.regions.notices()).chain(of_forms).collect();
    Ok(Measured { tally: said.tally, notices, written })
}

/// The other files of an output.
fn beside(path: &Path, form: Form) -> Vec<PathBuf> {
    match form {
        Form::Shapefile => SHAPEFILE_PARTS[1..].iter().map(|e| path.with_extension(e)).collect(),
        _ => Vec::new(),
    }
}

/// Outputs on their way.
struct Run<'a> {
    writing: Writing,
    forms: &'a [Form],
    /// The numbers of each output's files in the writing.
    places: Vec<Vec<usize>>,
    rejects: Rejects,
    /// What the columns of the input hold.
    kinds: Vec<ColumnKind>,
    /// For each output that is no text.
    encoders: Vec<Option<Box<dyn PointEncoder>>>,
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
            self.rejects.restart();
            self.bytes_before = 0;
            for (which, form) in self.forms.iter().enumerate() {
                self.writing.write(which, table.head(*form, &self.kinds).as_bytes())?;
            }
            self.encoders.clear();
            for form in self.forms {
                self.encoders.push(table.encoder(*form, &self.kinds)?);
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
                Rows::Cells(rows) => {
                    if let Some(encoder) = &mut self.encoders[which] {
                        let bytes = encoder.push(rows)?;
                        self.writing.write(which, &bytes)?;
                    }
                }
            }
        }
        said.tally.used += done.used;
        said.categories.add(done.categories);
        said.regions.add(done.regions);
        let room = NAMED.saturating_sub(said.first_rejected.len());
        said.first_rejected.extend(done.rejected.iter().take(room).cloned());
        self.rejects.push(done.rejected)
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

    /// Writes what stands after the rows; returns what the user should know.
    fn end(
        &mut self,
        table: &Table<'_>,
        readers: &[IncidentReader],
        said: &Said,
    ) -> Result<Vec<String>, PipelineError> {
        let mut notices = Vec::new();
        let told = self.forms.iter().any(|form| form.tells_provenance());
        let from = told.then(|| self.provenance(table, readers, said)).transpose()?;
        let json = from.as_ref().map_or(Value::Null, Provenance::json);
        for (which, form) in self.forms.iter().enumerate() {
            self.writing.write(which, Table::end(*form, &json).as_bytes())?;
            let Some(encoder) = self.encoders[which].take() else { continue };
            let metadata: Vec<(String, String)> =
                from.iter().map(|from| ("durand".to_owned(), from.line())).collect();
            let (writing, places) = (&mut self.writing, &self.places[which]);
            let mut part = |part: usize, bytes: &[u8]| writing.write(places[part], bytes);
            notices.extend(encoder.finish(&metadata, &mut part)?);
        }
        Ok(notices)
    }
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
    Done { rows, rejected, used: incidents.len() as u64, categories, regions }
}

/// Keeps the items of a vector whose flag is set; a vector that was not filled
/// stays empty.
pub(super) fn retain<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut flags = kept.iter();
    items.retain(|_| flags.next().copied().unwrap_or(true));
}
