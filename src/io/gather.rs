//! Collects the records of a part of a file: used, or rejected with a reason,
//! and never neither. What only the whole file can tell adds up over its parts
//! ([`Findings`]).

use super::columns::{Header, Role};
use super::date::{Order, OrderVotes, Reading, Verdict};
use super::position::{Axis, position};
use super::rows::SourceRow;
use super::schema::{Fault, Row, Schema, Tally};
use super::{Format, ReadError, Reject};
use crate::geodesy::LonLat;
use crate::model::{Fatalities, Incident, Kind, RowId, text_key};
use smol_str::SmolStr;

/// What is needed to write a [`Reject`], all but its place.
pub(super) struct Refusal {
    pub(super) field: String,
    pub(super) value: String,
    pub(super) reason: String,
}

/// Where a record stands, counted from the start of its part.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) record: u64,
    pub(super) line: u64,
}

/// How dates with the year last are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateRule {
    /// Not known yet: they are counted, and left open.
    Open,
    /// In this order; without one they cannot be used.
    Settled(Option<Order>),
}

/// What every part of a file is read by.
pub(super) struct Rules<'a> {
    /// The file's name in messages.
    pub(super) file: &'a str,
    /// Its number among the inputs.
    pub(super) file_index: u32,
    pub(super) header: &'a Header,
    pub(super) schema: &'a dyn Schema,
    pub(super) dates: DateRule,
    pub(super) keep_rows: bool,
    /// Whether incidents get their identifier, category, place and source.
    pub(super) words: bool,
    /// Whether incidents get their identifier, place and source.
    pub(super) names: bool,
    /// Whether they get the names of their district and province.
    pub(super) areas: bool,
    /// Whether identifiers that repeat are counted.
    pub(super) repeats: bool,
}

/// The records of a part so far.
pub(super) struct Gather<'a> {
    rules: &'a Rules<'a>,
    gathered: Gathered,
    /// The first countries named: few are, and to copy a word costs less than to make one.
    countries: Vec<SmolStr>,
}

/// So many are kept.
const COUNTRIES: usize = 4;

/// The records of a part of a file.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) incidents: Vec<Incident>,
    /// Of each incident, when rows are kept.
    pub(super) rows: Vec<SourceRow>,
    pub(super) rejected: Vec<Reject>,
    /// Counted by the reader, to be held against used and rejected.
    pub(super) read: u64,
    /// Hashes of the identifiers.
    pub(super) ids: Vec<u64>,
    pub(super) findings: Findings,
}

/// The records of a block of a file, with what its neighbours need to know.
#[derive(Default)]
pub(super) struct Part {
    pub(super) gathered: Gathered,
    /// Line ends in it.
    pub(super) lines: u64,
    /// Lines without content.
    pub(super) blank_lines: u64,
    /// Characters that were damaged before or by decoding.
    pub(super) damaged: u64,
    /// Of a table: records with the header's number of cells.
    pub(super) shaped: u64,
    /// Line and number of cells of the first without.
    pub(super) misshapen: Option<(u64, usize)>,
    /// Line of the row of HXL tags.
    pub(super) tags: Option<u64>,
    /// Line of a quote amid text in the first record.
    pub(super) first_bare_quote: Option<u64>,
    /// Lines of the last record, when they are several.
    pub(super) last_span: Option<(u64, u64)>,
}

/// What was found in the records and may have to be said.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) votes: OrderVotes,
    tally: Tally,
    exchanged: u64,
}

impl<'a> Gather<'a> {
    /// An empty collection.
    pub(super) fn new(rules: &'a Rules<'a>) -> Gather<'a> {
        Gather { rules, gathered: Gathered::default(), countries: Vec::new() }
    }

    /// Counts one record as read. Every call is followed by one of
    /// [`Gather::refuse`] and [`Gather::take`].
    pub(super) fn begin(&mut self, line: u64) -> Spot {
        self.gathered.read += 1;
        Spot { record: self.gathered.read, line }
    }

    /// Counts a record whose two numbers are exchanged.
    pub(super) fn count_exchanged(&mut self) {
        self.gathered.findings.exchanged += 1;
    }

    /// The position that two numbers are, or the fault of one of the columns
    /// they come from; exchanged ones are counted.
    pub(super) fn place(
        &mut self,
        [x, y]: [f64; 2],
        [lon, lat]: [Option<usize>; 2],
    ) -> Result<LonLat, Fault> {
        position(x, y).map_err(|bad| {
            if bad.exchanged {
                self.count_exchanged();
            }
            Fault { column: if bad.axis == Axis::Lon { lon } else { lat }, reason: bad.reason }
        })
    }

    /// Rejects a record.
    pub(super) fn refuse(&mut self, spot: Spot, refusal: Refusal) {
        self.gathered.rejected.push(Reject {
            file: self.rules.file.to_owned(),
            record: spot.record,
            line: spot.line,
            field: refusal.field,
            value: Reject::cut(&refusal.value),
            reason: refusal.reason,
        });
    }

    /// Rejects a record for one of its cells.
    pub(super) fn refuse_cell(&mut self, spot: Spot, row: &Row<'_>, fault: Fault) {
        let name = |column| self.rules.header.name(column).trim();
        let field = fault.column.map_or("", name).to_owned();
        let value = row.string(fault.column);
        self.refuse(spot, Refusal { field, value, reason: fault.reason });
    }

    /// Uses a record that has a position, or rejects it for another cell.
    /// `spare_id` is its identifier when the row has none; `kept` is the row,
    /// for when rows are asked for.
    pub(super) fn take(
        &mut self,
        spot: Spot,
        row: &Row<'_>,
        at: LonLat,
        spare_id: &str,
        kept: impl FnOnce() -> SourceRow,
    ) {
        let findings = &mut self.gathered.findings;
        let schema = self.rules.schema;
        let facts = match schema.facts(row, &mut findings.tally) {
            Ok(facts) => facts,
            Err(fault) => return self.refuse_cell(spot, row, fault),
        };
        let date = match facts.date {
            Reading::Unknown => None,
            Reading::Day(date) => {
                findings.votes.certain += 1;
                Some(date)
            }
            Reading::Numeric { first, second, year } => {
                let column = schema.columns().get(Role::Date);
                findings.votes.count(first, second, row.text(column));
                match self.rules.dates {
                    DateRule::Open => None,
                    DateRule::Settled(order) => match day_of(order, first, second, year) {
                        Ok(date) => Some(date),
                        Err(reason) => {
                            return self.refuse_cell(spot, row, Fault { column, reason });
                        }
                    },
                }
            }
        };
        if out_of_order(facts.fatalities) {
            findings.tally.add("break low <= best <= high; kept as they are", "");
        }
        let of = |role| row.text(schema.columns().get(role));
        let id = match of(Role::Id) {
            "" => spare_id,
            id => id,
        };
        if self.rules.repeats && !id.is_empty() {
            self.gathered.ids.push(text_key(id));
        }
        let names = self.rules.names;
        let (mut category, mut kind, mut source) = (SmolStr::default(), Kind::Other, None);
        if self.rules.words {
            let words = schema.words(row);
            (category, kind, source) = (words.category.into(), words.kind, Some(words.source));
        }
        let source = source.filter(|_| names).map_or_else(SmolStr::default, SmolStr::from);
        let kept_if = |wanted, text: &str| if wanted { text.into() } else { SmolStr::default() };
        let area = |role| kept_if(self.rules.areas, of(role));
        let country = self.country(of(Role::Country));
        self.gathered.incidents.push(Incident {
            id: kept_if(names, id),
            date,
            category,
            kind,
            fatalities: facts.fatalities,
            at,
            precision: facts.precision,
            place: kept_if(names, of(Role::Place)),
            district: area(Role::District),
            province: area(Role::Province),
            country,
            source,
            row: RowId { file: self.rules.file_index, record: spot.record, line: spot.line },
        });
        if self.rules.keep_rows {
            self.gathered.rows.push(kept());
        }
    }

    fn country(&mut self, name: &str) -> SmolStr {
        if let Some(known) = self.countries.iter().find(|known| *known == name) {
            return known.clone();
        }
        let name = SmolStr::from(name);
        if self.countries.len() < COUNTRIES {
            self.countries.push(name.clone());
        }
        name
    }

    /// What was collected.
    pub(super) fn finish(self) -> Gathered {
        self.gathered
    }
}

fn day_of(
    order: Option<Order>,
    first: u8,
    second: u8,
    year: i16,
) -> Result<crate::model::Date, String> {
    match order {
        Some(order) => order.day(first, second, year),
        None => Err("does not say which is the day, and the other dates of the column have \
                     another form"
            .into()),
    }
}

impl Gathered {
    /// Numbers records and lines from the start of the file, given how many
    /// stand before this part.
    pub(super) fn number_from(&mut self, records: u64, lines: u64) {
        for incident in &mut self.incidents {
            incident.row.record += records;
            incident.row.line += lines;
        }
        for reject in &mut self.rejected {
            reject.record += records;
            reject.line += lines;
        }
    }
}

impl Findings {
    /// Adds those of the part that follows.
    pub(super) fn add(&mut self, later: Findings) {
        self.votes.add(&later.votes);
        self.tally.merge(later.tally);
        self.exchanged += later.exchanged;
    }

    /// How the dates with the year last are read, by what the whole column
    /// shows; `field` is its name.
    ///
    /// # Errors
    /// When the order of day and month cannot be known.
    pub(super) fn date_rule(&self, file: &str, field: &str) -> Result<DateRule, ReadError> {
        let votes = &self.votes;
        if votes.numeric < votes.certain {
            return Ok(DateRule::Settled(None));
        }
        let unclear = |message: &str| {
            ReadError::new(file, message)
                .at(format!("field {field}"))
                .hint("write the dates as 2023-02-16 (ISO 8601) and export again")
        };
        match votes.verdict() {
            Verdict::Decided(order) => Ok(DateRule::Settled(Some(order))),
            Verdict::Ambiguous => Err(unclear(&format!(
                "every date could be read day first and month first (`{}`)",
                votes.example
            ))),
            Verdict::Contradictory => {
                Err(unclear("some dates can only be read day first and others only month first"))
            }
        }
    }

    /// What to tell of a file of so many records, in sentences, and what to do
    /// about most of the rejected, where that can be told. `exchange` is what
    /// to do when the two numbers are exchanged all through the file.
    pub(super) fn notices(
        &self,
        rules: &Rules<'_>,
        read: u64,
        repeated_ids: u64,
        exchange: &str,
    ) -> (Vec<String>, Option<String>) {
        let mut notices = Vec::new();
        if let DateRule::Settled(Some(order)) = rules.dates {
            let field = rules.schema.date_column().map_or("", |c| rules.header.name(c).trim());
            notices.push(match order {
                Order::DayFirst => format!("dates in {field} read as day, month, year"),
                Order::MonthFirst => format!("dates in {field} read as month, day, year"),
            });
        }
        if read == 0 {
            notices.push("no records".into());
        }
        let mut advice = None;
        if self.exchanged * 2 > read {
            let what = format!(
                "longitude and latitude look exchanged in {} of {read} records: {exchange}",
                self.exchanged
            );
            notices.push(what.clone());
            advice = Some(what);
        }
        notices.append(&mut self.tally.notices());
        if repeated_ids > 0 {
            let (s, verb) = if repeated_ids == 1 { ("", "repeats") } else { ("s", "repeat") };
            let why = if rules.schema.format() == Format::Acled {
                "; a monadic export names an event once for each actor"
            } else {
                ""
            };
            notices
                .push(format!("{repeated_ids} record{s} {verb} the id of another; all kept{why}"));
        }
        (notices, advice)
    }
}

/// Whether two counts that are both known stand in the wrong order.
fn out_of_order(f: Fatalities) -> bool {
    let wrong = |a: Option<u32>, b: Option<u32>| matches!((a, b), (Some(a), Some(b)) if a > b);
    wrong(f.low, f.best) || wrong(f.best, f.high) || wrong(f.low, f.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_out_of_order() {
        let f = |low, best, high| Fatalities { low, best, high };
        assert!(!out_of_order(f(Some(1), Some(1), Some(2))));
        assert!(!out_of_order(f(None, Some(1), None)));
        assert!(out_of_order(f(Some(2), Some(1), None)));
        assert!(out_of_order(f(Some(2), None, Some(1))));
        assert!(out_of_order(f(None, Some(3), Some(2))));
    }
}
