//! [`Account`]: all that is to be said of a result's incidents but the incidents
//! themselves.

use super::{Layers, PipelineError};
use crate::analysis::{Categories, Filter, Window};
use crate::atlas::count_precision;
use crate::io::{Format, Reject};
use crate::model::{Date, Incident};
use crate::project::Plan;
use crate::report::{InputFile, Provenance, Tally};
use std::sync::Arc;

/// What became of the records, and what is known of those that count.
pub struct Account {
    /// What they are measured against.
    pub layers: Arc<Layers>,
    /// What became of the records.
    pub tally: Tally,
    /// What a reader of the output should know.
    pub notices: Vec<String>,
    /// What the input was read as: "UCDP GED country file".
    pub labels: Vec<String>,
    /// The formats it was read in.
    pub formats: Vec<Format>,
    /// Whether a column says how precisely incidents were geocoded.
    pub states_precision: bool,
    /// What to do when no record could be used, where a reader knows.
    pub advice: Option<String>,
    /// Lines without content, which are no records.
    pub blank_lines: u64,
    /// Whether all incidents are the bundled ones.
    pub bundled_incidents: bool,
    /// First and last day of all incidents read, those filtered out too.
    pub span: Option<(Date, Date)>,
    /// First and last day of the incidents that count; `None` without a date.
    pub period: Option<(Date, Date)>,
    /// Incidents that count and have no date.
    pub undated: usize,
    /// Incidents that count by precision: exact, near, district, province, none,
    /// not stated.
    pub precision: [usize; 6],
    /// Input files, incidents first.
    pub inputs: Vec<InputFile>,
    /// The first of the records that could not be used.
    pub(super) first_rejected: Vec<Reject>,
}

/// So many rejected records are named in a message at most, and one more tells
/// that there are others.
pub(super) const NAMED: usize = 11;

impl Account {
    /// Of nothing read so far.
    pub(super) fn new(layers: Layers, bundled_incidents: bool) -> Account {
        Account {
            tally: Tally::default(),
            notices: layers.notices.clone(),
            labels: Vec::new(),
            formats: Vec::new(),
            states_precision: false,
            advice: None,
            blank_lines: 0,
            bundled_incidents,
            span: None,
            period: None,
            undated: 0,
            precision: [0; 6],
            inputs: Vec::new(),
            first_rejected: Vec::new(),
            layers: Arc::new(layers),
        }
    }

    /// Whether a result can rest on it.
    ///
    /// # Errors
    /// When records were rejected and `strict` is set, and when no incident is left.
    pub fn fit(&self, strict: bool) -> Result<(), PipelineError> {
        super::study::fit(&self.tally, &self.first_rejected, self.advice.as_deref(), strict)
    }

    /// Where a result came from. `sections` names the parts of the project
    /// file that bear on it.
    pub fn provenance(&self, command: &str, plan: &Plan, sections: &[&str]) -> Provenance {
        let inputs = self.inputs.clone();
        super::study::provenance(command, plan, sections, &self.layers, self.tally, inputs)
    }

    /// Takes over what was counted of all incidents.
    pub(super) fn take(&mut self, counted: Counted) {
        self.tally.used = counted.used;
        self.span = counted.span;
        self.period = counted.period;
        self.undated = counted.undated;
        self.precision = counted.precision;
        self.first_rejected = counted.first_rejected;
        self.note_outside(counted.outside);
    }

    /// Says how many incidents lie outside a window of somebody's polygons.
    fn note_outside(&mut self, outside: u64) {
        if let (Window::Polygons(polygons), 1..) = (&self.layers.window, outside) {
            let (lie, are) = if outside == 1 { (" lies", "is") } else { ("s lie", "are") };
            self.notices.push(format!(
                "{outside} incident{lie} outside the window {} and {are} filtered",
                polygons.name
            ));
        }
    }
}

/// What was counted of some incidents.
#[derive(Default)]
pub(super) struct Counted {
    /// Those that count.
    used: u64,
    /// Of those that the filter keeps, the ones outside the window's polygons.
    pub outside: u64,
    /// First and last day of all.
    span: Option<(Date, Date)>,
    period: Option<(Date, Date)>,
    undated: usize,
    precision: [usize; 6],
    pub categories: Categories,
    first_rejected: Vec<Reject>,
}

impl Counted {
    /// Of some records, before it is known which of them count.
    pub fn of_all(incidents: &[Incident], rejected: &[Reject], filter: &Filter) -> Counted {
        let mut counted = Counted {
            span: period(incidents),
            categories: filter.categories_of(incidents),
            ..Counted::default()
        };
        counted.reject(rejected);
        counted
    }

    /// Adds those that count.
    pub fn keep(&mut self, incidents: &[Incident]) {
        self.used += incidents.len() as u64;
        self.period = joined(self.period, period(incidents));
        self.undated += incidents.iter().filter(|i| i.date.is_none()).count();
        add_up(&mut self.precision, count_precision(incidents));
    }

    fn reject(&mut self, rejected: &[Reject]) {
        let room = NAMED.saturating_sub(self.first_rejected.len());
        self.first_rejected.extend(rejected.iter().take(room).cloned());
    }

    /// Adds what was counted of those that come next.
    pub fn add(&mut self, next: Counted) {
        self.used += next.used;
        self.outside += next.outside;
        self.span = joined(self.span, next.span);
        self.period = joined(self.period, next.period);
        self.undated += next.undated;
        add_up(&mut self.precision, next.precision);
        self.categories.add(next.categories);
        self.reject(&next.first_rejected);
    }
}

fn add_up(sums: &mut [usize; 6], more: [usize; 6]) {
    sums.iter_mut().zip(more).for_each(|(sum, n)| *sum += n);
}

/// First and last day; `None` without a date.
fn period(incidents: &[Incident]) -> Option<(Date, Date)> {
    let dates = || incidents.iter().filter_map(|i| i.date);
    Some((dates().min()?, dates().max()?))
}

fn joined(one: Option<(Date, Date)>, other: Option<(Date, Date)>) -> Option<(Date, Date)> {
    match (one, other) {
        (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
        (one, other) => one.or(other),
    }
}
