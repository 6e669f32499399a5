//! [`Stream`]: the incidents of a plan, gone through batch by batch and not held,
//! as often as a result asks for them.

use super::account::{Account, Counted};
use super::distance::{Progress, retain};
use super::layers::file_name;
use super::rejects::Rejects;
use super::study::{BUNDLED, in_order, named_notices, places, resolve_filter};
use super::{Layers, PipelineError, load_layers};
use crate::analysis::{Filter, Located, Sums, Window, locate};
use crate::io::{
    FileSummary, IncidentBatch, IncidentReader, Input, Outcome, ReadOptions, Reject, SourceRow,
    Writing,
};
use crate::model::Incident;
use crate::project::{Comparison, Plan};
use crate::report::InputFile;
use std::path::PathBuf;
use std::sync::Arc;

/// Incidents that results add up from.
pub(super) trait Incidents {
    /// What is to be said of them; what was counted is known when they have been
    /// gone through once.
    fn account(&self) -> &Account;

    /// What they add up to.
    ///
    /// # Errors
    /// When they cannot be read, or no result can rest on them.
    fn sum<S: Sums>(&mut self, sums: &S) -> Result<S::Sum, PipelineError>;
}

/// Incidents that are read each time they are gone through.
///
/// # Memory
/// As [`IncidentReader::read`] says, and what is made of them.
pub struct Stream<'a> {
    account: Account,
    filter: Filter,
    readers: Vec<IncidentReader>,
    /// Columns of all inputs, in order, and where those of each stand among them.
    header: Vec<String>,
    moves: Vec<Vec<usize>>,
    rejects: Rejects,
    strict: bool,
    /// Whether they have been gone through.
    known: bool,
    progress: Progress<'a>,
}

/// Incidents that count, located; the vectors run in parallel.
#[derive(Default)]
pub(super) struct Batch {
    pub incidents: Vec<Incident>,
    pub located: Vec<Located>,
    /// The input's row for each, when rows are kept; else empty.
    pub rows: Vec<SourceRow>,
}

impl Batch {
    /// Puts another behind it; the first is not copied.
    pub fn append(&mut self, mut next: Batch) {
        if self.incidents.is_empty() {
            *self = next;
            return;
        }
        self.incidents.append(&mut next.incidents);
        self.located.append(&mut next.located);
        self.rows.append(&mut next.rows);
    }
}

impl<'a> Stream<'a> {
    /// Opens the inputs and layers of a plan. Rejected records will be listed
    /// beside the first of the outputs. With `strict` a rejection is an error.
    /// `progress` is told how far they have been read, each time that they are.
    ///
    /// # Errors
    /// When an input cannot be opened or a filter names what does not exist.
    pub fn open(
        plan: &Plan,
        outputs: &[PathBuf],
        strict: bool,
        progress: Progress<'a>,
    ) -> Result<Stream<'a>, PipelineError> {
        let mut options = plan.read.clone();
        let by_category = matches!(plan.density.comparison, Some(Comparison::Category(_)));
        options.without_words = plan.filter.categories.is_empty() && !by_category;
        let rejects = Rejects::listed_beside(outputs);
        let mut stream = Stream::of(plan, &options, rejects, strict, progress)?;
        if !stream.account.states_precision {
            // Only the region of an incident depends on what its record names.
            stream.readers.iter_mut().for_each(IncidentReader::leave_out_areas);
        }
        Ok(stream)
    }

    /// As [`Stream::open`], read by other options.
    pub(super) fn of(
        plan: &Plan,
        options: &ReadOptions,
        rejects: Rejects,
        strict: bool,
        progress: Progress<'a>,
    ) -> Result<Stream<'a>, PipelineError> {
        let layers = load_layers(&plan.layers)?;
        let filter = resolve_filter(plan, &layers)?;
        let bundled = plan.inputs.iter().all(|input| *input == Input::Bundled);
        let mut account = Account::new(layers, bundled);
        let (mut readers, mut header, mut moves) = (Vec::new(), Vec::new(), Vec::new());
        for (number, input) in plan.inputs.iter().enumerate() {
            let reader = IncidentReader::open(input, BUNDLED, options, number as u32)?;
            moves.push(places(&mut header, reader.header()));
            account.labels.push(reader.label());
            account.formats.push(reader.format());
            account.states_precision |= reader.states_precision();
            readers.push(reader);
        }
        let known = false;
        Ok(Stream { account, filter, readers, header, moves, rejects, strict, known, progress })
    }

    /// What they are measured against.
    pub fn layers(&self) -> &Arc<Layers> {
        &self.account.layers
    }

    /// What is to be said of the incidents, and the list of rejected records on
    /// its way with where it goes, when one is to be written.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub fn end(self) -> Result<(Account, Writing, Option<PathBuf>), PipelineError> {
        let mut writing = Writing::default();
        let listed = self.rejects.end(&mut writing)?;
        Ok((self.account, writing, listed))
    }

    /// For those who hold what was read: the account, the columns and the rejected.
    pub(super) fn held(self) -> (Account, Vec<String>, Rejects) {
        (self.account, self.header, self.rejects)
    }

    /// Goes through all incidents: `work` is done on every batch, on all threads,
    /// and its results are added in the order of the inputs to what `start`
    /// gives. Begins anew when a reader learns late what it should have known.
    ///
    /// # Errors
    /// When an input cannot be read, or the filter names a category that no
    /// incident has.
    pub(super) fn fold<A: Send, T: Send>(
        &mut self,
        start: impl Fn() -> A,
        work: impl Fn(Batch) -> T + Sync,
        add: impl Fn(&mut A, T) + Sync,
    ) -> Result<A, PipelineError> {
        self.gone_through(true, start, work, add)
    }

    /// The same for work that does not ask where incidents lie, so that they need
    /// not be located.
    pub(super) fn fold_records<A: Send, T: Send>(
        &mut self,
        start: impl Fn() -> A,
        work: impl Fn(&[Incident]) -> T + Sync,
        add: impl Fn(&mut A, T) + Sync,
    ) -> Result<A, PipelineError> {
        self.gone_through(false, start, |batch| work(&batch.incidents), add)
    }

    fn gone_through<A: Send, T: Send>(
        &mut self,
        located: bool,
        start: impl Fn() -> A,
        work: impl Fn(Batch) -> T + Sync,
        add: impl Fn(&mut A, T) + Sync,
    ) -> Result<A, PipelineError> {
        let located = located || self.filter.asks_for_places();
        loop {
            let (mut sum, mut found) = (start(), Found::default());
            if self.known {
                log::info!("incidents are gone through once more");
            } else {
                self.rejects.restart();
            }
            if self.once(located, &work, |part| add(&mut sum, part), &mut found)? {
                self.filter.check_categories(&found.counted.categories)?;
                if !self.known {
                    self.tell(found)?;
                }
                return Ok(sum);
            }
        }
    }

    /// Whether all was read and nothing learnt that makes it begin anew.
    fn once<T: Send>(
        &mut self,
        located: bool,
        work: &(impl Fn(Batch) -> T + Sync),
        mut add: impl FnMut(T) + Send,
        found: &mut Found,
    ) -> Result<bool, PipelineError> {
        let (filter, layers, known) = (&self.filter, &self.account.layers, self.known);
        let columns = self.header.len();
        let (progress, mut before) = (self.progress, 0);
        let size = self.readers.iter().map(IncidentReader::size).sum();
        for (reader, places) in self.readers.iter_mut().zip(&self.moves) {
            let rejects = &mut self.rejects;
            let looked_at = |batch: IncidentBatch| {
                let (mut batch, counted, rejected) = kept(batch, located, filter, layers);
                if !in_order(places) {
                    batch.rows = batch.rows.iter().map(|row| row.moved(places, columns)).collect();
                }
                (work(batch), counted, rejected)
            };
            let take = |(part, counted, rejected): (T, Counted, Vec<Reject>)| {
                add(part);
                found.counted.add(counted);
                // Another time they have been listed.
                if known { Ok(()) } else { rejects.push(rejected) }
            };
            let told = |bytes| progress(before + bytes, size);
            let Outcome::Done(summary) = reader.read(looked_at, take, &told)? else {
                return Ok(false);
            };
            before += reader.size();
            found.files.push(summary);
        }
        Ok(true)
    }

    /// Keeps account of what was found.
    fn tell(&mut self, found: Found) -> Result<(), PipelineError> {
        let account = &mut self.account;
        for (reader, summary) in self.readers.iter().zip(found.files) {
            let (name, label) = (reader.name(), reader.label());
            log::info!("{name}: {label}, {} records, {} rejected", summary.read, summary.rejected);
            account.tally.read += summary.read;
            account.tally.rejected += summary.rejected;
            account.blank_lines += summary.blank_lines;
            account.advice = account.advice.take().or(summary.advice);
            account.notices.extend(named_notices(reader.name(), &summary.notices));
            account.inputs.extend(reader.files()?.into_iter().map(|(name, sha256)| InputFile {
                name: file_name(&name),
                role: "incidents".to_owned(),
                sha256,
            }));
        }
        account.inputs.extend(account.layers.inputs.iter().cloned());
        account.take(found.counted);
        account.tally.filtered = account.tally.read - account.tally.rejected - account.tally.used;
        log::info!("{} incidents located", account.tally.read - account.tally.rejected);
        self.readers.iter_mut().for_each(IncidentReader::leave_out_repeats);
        self.known = true;
        Ok(())
    }
}

impl Incidents for Stream<'_> {
    fn account(&self) -> &Account {
        &self.account
    }

    fn sum<S: Sums>(&mut self, sums: &S) -> Result<S::Sum, PipelineError> {
        let sum = self.fold(
            || sums.start(),
            |batch| sums.part(&batch.incidents, &batch.located),
            |sum, part| sums.add(sum, part),
        )?;
        self.account.fit(self.strict)?;
        Ok(sum)
    }
}

/// What was found in the inputs.
#[derive(Default)]
struct Found {
    counted: Counted,
    /// Of each input.
    files: Vec<FileSummary>,
}

/// The incidents of a batch that count, what was counted, and the rejected.
fn kept(
    batch: IncidentBatch,
    located: bool,
    filter: &Filter,
    layers: &Layers,
) -> (Batch, Counted, Vec<Reject>) {
    let index = &layers.index;
    let IncidentBatch { mut incidents, mut rows, rejected } = batch;
    let mut located = match located {
        true => locate(&incidents, index),
        false => vec![Located::nowhere(index); incidents.len()],
    };
    let mut counted = Counted::of_all(&incidents, &rejected, filter);
    let mut counts = |incident: &Incident, place: &Located| {
        let inside = match &layers.window {
            _ if !filter.keeps(incident, place, index) => return false,
            Window::Polygons(polygons) => polygons.hold(incident.at),
            Window::Countries | Window::Everywhere => true,
        };
        counted.outside += u64::from(!inside);
        inside
    };
    let kept: Vec<bool> = incidents.iter().zip(&located).map(|(i, p)| counts(i, p)).collect();
    if kept.contains(&false) {
        retain(&mut incidents, &kept);
        retain(&mut located, &kept);
        retain(&mut rows, &kept);
    }
    counted.keep(&incidents);
    (Batch { incidents, located, rows }, counted, rejected)
}
