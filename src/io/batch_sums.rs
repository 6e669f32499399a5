//! What the blocks of a file add up to: its records are numbered and counted here, whatever
//! the blocks.

use super::batches::IncidentBatch;
use super::gather::{Findings, Gathered, Part};
use super::repeats::Repeats;

/// Incidents in a batch of a format that is held in memory.
const BATCH: usize = 8192;

/// What adds up over the blocks.
pub(super) struct Sums {
    pub read: u64,
    pub used: u64,
    pub rejected: u64,
    pub lines: u64,
    pub blank_lines: u64,
    pub damaged: u64,
    pub shaped: u64,
    pub misshapen: Option<(u64, usize)>,
    pub tags: Option<u64>,
    pub last_span: Option<(u64, u64)>,
    pub findings: Findings,
    pub repeats: Repeats,
}

impl Sums {
    pub fn new() -> Sums {
        Sums {
            read: 0,
            used: 0,
            rejected: 0,
            lines: 0,
            blank_lines: 0,
            damaged: 0,
            shaped: 0,
            misshapen: None,
            tags: None,
            last_span: None,
            findings: Findings::default(),
            repeats: Repeats::new(),
        }
    }

    /// Adds a block and gives its records their numbers in the file.
    pub fn add(&mut self, part: Part) -> IncidentBatch {
        let mut gathered = part.gathered;
        gathered.number_from(self.read, self.lines);
        self.misshapen =
            self.misshapen.or(part.misshapen.map(|(line, cells)| (line + self.lines, cells)));
        self.tags = self.tags.or(part.tags.map(|line| line + self.lines));
        self.last_span = part.last_span.map(|(a, b)| (a + self.lines, b + self.lines));
        self.lines += part.lines;
        self.blank_lines += part.blank_lines;
        self.damaged += part.damaged;
        self.shaped += part.shaped;
        self.count(&mut gathered);
        let Gathered { incidents, rows, rejected, .. } = gathered;
        IncidentBatch { incidents, rows, rejected }
    }

    /// The records of a file that is held in memory, in batches.
    pub fn split(&mut self, mut gathered: Gathered) -> Vec<IncidentBatch> {
        self.count(&mut gathered);
        let Gathered { incidents, rows, rejected, .. } = gathered;
        let mut batches = vec![IncidentBatch { rejected, ..IncidentBatch::default() }];
        let mut rows = rows.into_iter();
        for incident in incidents {
            if batches.last().is_some_and(|batch| batch.incidents.len() == BATCH) {
                batches.push(IncidentBatch::default());
            }
            if let Some(batch) = batches.last_mut() {
                batch.incidents.push(incident);
                batch.rows.extend(rows.next());
            }
        }
        batches
    }

    fn count(&mut self, gathered: &mut Gathered) {
        self.read += gathered.read;
        self.used += gathered.incidents.len() as u64;
        self.rejected += gathered.rejected.len() as u64;
        self.repeats.add(&gathered.ids);
        self.findings.add(std::mem::take(&mut gathered.findings));
    }
}
