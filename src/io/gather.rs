//! Collects the records of one file: used, or rejected with a reason, and never
//! neither. Decides at the end what only the whole file can decide.

use super::columns::{Header, Role};
use super::date::{Order, Reading, Verdict};
use super::incidents::Cell;
use super::schema::{Fault, Row, Schema, Tally};
use super::{ReadError, Reject};
use crate::geodesy::LonLat;
use crate::model::{Fatalities, Incident, RowId};

/// What is needed to write a [`Reject`], all but its place.
pub(super) struct Refusal {
    pub(super) field: String,
    pub(super) value: String,
    pub(super) reason: String,
}

/// Where a record stands.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) record: u64,
    pub(super) line: u64,
}

/// A date whose order of day and month is decided at the end.
struct Pending {
    incident: usize,
    first: u8,
    second: u8,
    year: i16,
    text: String,
}

/// The records of one file so far.
pub(super) struct Gather<'a> {
    file: &'a str,
    file_index: u32,
    header: &'a Header,
    schema: &'a dyn Schema,
    keep_rows: bool,
    incidents: Vec<Incident>,
    rows: Vec<Vec<Cell>>,
    rejected: Vec<Reject>,
    /// Counted by the reader, to be held against used and rejected.
    read: u64,
    tally: Tally,
    pending: Vec<Pending>,
    certain_dates: u64,
    exchanged: u64,
    /// What to do when the two numbers are exchanged all through the file.
    exchange: String,
}

/// The records of one file, settled.
pub(super) struct Gathered {
    pub(super) incidents: Vec<Incident>,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) rejected: Vec<Reject>,
    pub(super) read: u64,
    pub(super) notices: Vec<String>,
    /// What to do about most of the rejected, where that can be told.
    pub(super) advice: Option<String>,
}

impl<'a> Gather<'a> {
    /// An empty collection for a file.
    pub(super) fn new(
        file: &'a str,
        file_index: u32,
        header: &'a Header,
        schema: &'a dyn Schema,
        keep_rows: bool,
    ) -> Gather<'a> {
        Gather {
            file,
            file_index,
            header,
            schema,
            keep_rows,
            incidents: Vec::new(),
            rows: Vec::new(),
            rejected: Vec::new(),
            read: 0,
            tally: Tally::default(),
            pending: Vec::new(),
            certain_dates: 0,
            exchanged: 0,
            exchange: String::new(),
        }
    }

    /// Counts one record as read. Every call is followed by one of
    /// [`Gather::refuse`] and [`Gather::take`].
    pub(super) fn begin(&mut self, line: u64) -> Spot {
        self.read += 1;
        Spot { record: self.read, line }
    }

    /// What to do when the two numbers are exchanged all through the file.
    pub(super) fn advise_on_exchange(&mut self, advice: String) {
        self.exchange = advice;
    }

    /// Counts a record whose two numbers are exchanged.
    pub(super) fn count_exchanged(&mut self) {
        self.exchanged += 1;
    }

    /// Rejects a record.
    pub(super) fn refuse(&mut self, spot: Spot, refusal: Refusal) {
        self.rejected.push(Reject {
            file: self.file.to_owned(),
            record: spot.record,
            line: spot.line,
            field: refusal.field,
            value: Reject::cut(&refusal.value),
            reason: refusal.reason,
        });
    }

    /// Rejects a record for one of its cells.
    pub(super) fn refuse_cell(&mut self, spot: Spot, row: &Row<'_>, fault: Fault) {
        let field = fault.column.map_or("", |column| self.header.name(column).trim()).to_owned();
        let value = row.string(fault.column);
        self.refuse(spot, Refusal { field, value, reason: fault.reason });
    }

    /// Uses a record that has a position, or rejects it for another cell.
    /// `spare_id` is its identifier when the row has none; `cells` are kept
    /// when rows are asked for.
    pub(super) fn take(
        &mut self,
        spot: Spot,
        row: &Row<'_>,
        at: LonLat,
        spare_id: &str,
        cells: impl FnOnce() -> Vec<Cell>,
    ) {
        let event = match self.schema.event(row, &mut self.tally) {
            Ok(event) => event,
            Err(fault) => return self.refuse_cell(spot, row, fault),
        };
        let date = match event.date {
            Reading::Unknown => None,
            Reading::Day(date) => {
                self.certain_dates += 1;
                Some(date)
            }
            Reading::Numeric { first, second, year } => {
                let text = row.string(self.schema.columns().get(Role::Date));
                let incident = self.incidents.len();
                self.pending.push(Pending { incident, first, second, year, text });
                None
            }
        };
        if out_of_order(event.fatalities) {
            self.tally.add("break low <= best <= high; kept as they are", "");
        }
        let id = if event.id.is_empty() { spare_id.to_owned() } else { event.id };
        self.incidents.push(Incident {
            id,
            date,
            category: event.category,
            kind: event.kind,
            fatalities: event.fatalities,
            at,
            precision: event.precision,
            place: event.place,
            district: event.district,
            province: event.province,
            country: event.country,
            source: event.source,
            row: RowId { file: self.file_index, record: spot.record, line: spot.line },
        });
        if self.keep_rows {
            self.rows.push(cells());
        }
    }

    /// Settles what the whole file decides.
    ///
    /// # Errors
    /// When the order of day and month in its dates cannot be known.
    pub(super) fn finish(mut self) -> Result<Gathered, ReadError> {
        let mut notices = Vec::new();
        self.settle_dates(&mut notices)?;
        if self.read == 0 {
            notices.push("no records".into());
        }
        let mut advice = None;
        if self.exchanged * 2 > self.read {
            let what = format!(
                "longitude and latitude look exchanged in {} of {} records: {}",
                self.exchanged, self.read, self.exchange
            );
            notices.push(what.clone());
            advice = Some(what);
        }
        notices.append(&mut self.tally.notices());
        notices.extend(self.repeated_ids());
        // `begin` counted; this is the promise that nothing is lost.
        if self.read != (self.incidents.len() + self.rejected.len()) as u64 {
            return Err(ReadError::new(self.file, "a record was neither used nor rejected")
                .hint("this is a fault of the reader; please report it with the file"));
        }
        Ok(Gathered {
            incidents: self.incidents,
            rows: self.rows,
            rejected: self.rejected,
            read: self.read,
            notices,
            advice,
        })
    }

    /// Gives dates with the year last their day, by the order that the whole
    /// column shows; rejects those that do not fit.
    fn settle_dates(&mut self, notices: &mut Vec<String>) -> Result<(), ReadError> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        let field = self.schema.date_column().map_or("", |c| self.header.name(c).trim()).to_owned();
        let order = if (pending.len() as u64) < self.certain_dates {
            None
        } else {
            let unclear = |message: &str| {
                ReadError::new(self.file, message)
                    .at(format!("field {field}"))
                    .hint("write the dates as 2023-02-16 (ISO 8601) and export again")
            };
            match Order::decide(pending.iter().map(|p| (p.first, p.second))) {
                Verdict::Decided(order) => Some(order),
                Verdict::Ambiguous => {
                    let example = pending.first().map_or("", |p| p.text.as_str());
                    return Err(unclear(&format!(
                        "every date could be read day first and month first (`{example}`)"
                    )));
                }
                Verdict::Contradictory => {
                    return Err(unclear(
                        "some dates can only be read day first and others only month first",
                    ));
                }
            }
        };
        if let Some(order) = order {
            notices.push(match order {
                Order::DayFirst => format!("dates in {field} read as day, month, year"),
                Order::MonthFirst => format!("dates in {field} read as month, day, year"),
            });
        }
        let mut unfit = Vec::new();
        for date in pending {
            let found = match order {
                Some(order) => order.day(date.first, date.second, date.year),
                None => Err("does not say which is the day, and the other dates of the column \
                             have another form"
                    .into()),
            };
            match (found, self.incidents.get_mut(date.incident)) {
                (Ok(day), Some(incident)) => incident.date = Some(day),
                (Err(reason), Some(incident)) => {
                    let spot = Spot { record: incident.row.record, line: incident.row.line };
                    unfit.push(date.incident);
                    let field = field.clone();
                    self.refuse(spot, Refusal { field, value: date.text, reason });
                }
                (_, None) => {}
            }
        }
        if !unfit.is_empty() {
            remove(&mut self.incidents, &unfit);
            if self.keep_rows {
                remove(&mut self.rows, &unfit);
            }
            self.rejected.sort_by_key(|reject| reject.record);
        }
        Ok(())
    }

    /// How many records share an identifier with an earlier one, in words.
    fn repeated_ids(&self) -> Option<String> {
        let mut ids: Vec<&str> =
            self.incidents.iter().map(|i| i.id.as_str()).filter(|id| !id.is_empty()).collect();
        ids.sort_unstable();
        let (mut repeats, mut example) = (0_u64, "");
        for pair in ids.windows(2) {
            if let [a, b] = pair
                && a == b
            {
                repeats += 1;
                if example.is_empty() {
                    example = a;
                }
            }
        }
        if repeats == 0 {
            return None;
        }
        let (s, verb) = if repeats == 1 { ("", "repeats") } else { ("s", "repeat") };
        let why = if self.schema.format() == super::Format::Acled {
            "; a monadic export names an event once for each actor"
        } else {
            ""
        };
        Some(format!(
            "{repeats} record{s} {verb} the id of another (`{}`); all kept{why}",
            Reject::cut(example)
        ))
    }
}

/// Whether two counts that are both known stand in the wrong order.
fn out_of_order(f: Fatalities) -> bool {
    let wrong = |a: Option<u32>, b: Option<u32>| matches!((a, b), (Some(a), Some(b)) if a > b);
    wrong(f.low, f.best) || wrong(f.best, f.high) || wrong(f.low, f.high)
}

/// Removes the items at ascending places.
fn remove<T>(items: &mut Vec<T>, places: &[usize]) {
    let mut place = 0;
    let mut unfit = places.iter().peekable();
    items.retain(|_| {
        let out = unfit.next_if(|p| **p == place).is_some();
        place += 1;
        !out
    });
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

    #[test]
    fn removing_keeps_the_others_in_order() {
        let mut items = vec![0, 1, 2, 3, 4];
        remove(&mut items, &[0, 3]);
        assert_eq!(items, [1, 2, 4]);
    }
}
