//! Incidents in time as a table: a row for each group in each bin.

use super::table::{numbers, words};
use super::{Datum, Document, Provenance, Table};
use crate::analysis::Series;

/// The table `periods`, with the columns `from`, `to`, the group and
/// `incidents`, which is empty where the source does not cover the time.
pub fn series_document(
    series: &Series,
    by: &'static str,
    groups: &[String],
    findings: Vec<String>,
    notes: Vec<String>,
    provenance: Provenance,
) -> Document {
    let heading = format!("{}{}", by[..1].to_uppercase(), &by[1..]);
    let columns = vec![
        words("from", "From"),
        words("to", "To"),
        words(by, heading),
        numbers("incidents", "Incidents"),
    ];
    let row = |bin: &crate::analysis::Bin, group: usize| {
        let count = bin.counts[group].map_or_else(Datum::unknown, Datum::count);
        let [from, to] = [bin.from, bin.to].map(|day| Datum::text(day.to_string()));
        vec![from, to, Datum::text(&groups[group]), count]
    };
    let rows = series.bins.iter().flat_map(|bin| (0..groups.len()).map(move |g| row(bin, g)));
    let table = Table {
        name: "periods",
        caption: format!("Incidents by {} and {by}", series.step.word()),
        columns,
        rows: rows.collect(),
    };
    Document { findings, tables: vec![table], notes, provenance }
}
