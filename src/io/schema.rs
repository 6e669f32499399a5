//! What the readers of one column set have in common: they recognise a header
//! and say what a row states.

use super::columns::{Columns, Header, Role};
use super::date::{self, Reading};
use super::incidents::Format;
use super::number::{self, DecimalMark};
use super::position::Axis;
use crate::model::{Fatalities, Kind, Precision};

/// The cells of one record, from a delimited file or from GeoJSON properties.
pub(super) trait Cells {
    /// A cell's text; empty when there is none.
    fn cell(&self, column: usize) -> &str;
}

impl Cells for super::records::Record<'_> {
    fn cell(&self, column: usize) -> &str {
        super::records::Record::cell(self, column)
    }
}

impl Cells for Vec<String> {
    fn cell(&self, column: usize) -> &str {
        self.get(column).map_or("", String::as_str)
    }
}

/// Why a record cannot be used: the column, and what is wrong with its cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Column at fault; `None` when it is the record as a whole.
    pub(super) column: Option<usize>,
    /// In words.
    pub(super) reason: String,
}

/// One record with the questions a schema asks of it.
pub(super) struct Row<'a> {
    cells: &'a dyn Cells,
    mark: DecimalMark,
}

impl<'a> Row<'a> {
    /// A row of a file with this decimal mark.
    pub(super) fn new(cells: &'a dyn Cells, mark: DecimalMark) -> Row<'a> {
        Row { cells, mark }
    }

    /// A cell, trimmed; empty when there is no such column.
    pub(super) fn text(&self, column: Option<usize>) -> &'a str {
        number::trimmed(column.map_or("", |column| self.cells.cell(column)))
    }

    /// A cell as an owned string.
    pub(super) fn string(&self, column: Option<usize>) -> String {
        self.text(column).to_owned()
    }

    /// A cell as a code of its source; `None` when it is empty or no whole number.
    pub(super) fn code(&self, column: Option<usize>) -> Option<u32> {
        number::whole(self.text(column), self.mark)
    }

    /// A cell as a coordinate.
    pub(super) fn coordinate(&self, column: Option<usize>, word: &str) -> Result<f64, Fault> {
        let text = self.text(column);
        number::decimal(text, self.mark).ok_or_else(|| {
            let reason = if text.is_empty() {
                format!("no {word}")
            } else if self.mark == DecimalMark::Point
                && number::decimal(text, DecimalMark::Comma).is_some()
            {
                "has a decimal comma in a file that does not use them".into()
            } else if self.mark == DecimalMark::Comma && number::is_plain(text) {
                "has a decimal point in a file of decimal commas".into()
            } else {
                "is not a decimal number (34.5123 is expected)".into()
            };
            Fault { column, reason }
        })
    }

    /// Two cells as longitude and latitude; the latitude is looked at first.
    pub(super) fn numbers(&self, [lon, lat]: [Option<usize>; 2]) -> Result<[f64; 2], Fault> {
        let lat = self.coordinate(lat, Axis::Lat.word())?;
        Ok([self.coordinate(lon, Axis::Lon.word())?, lat])
    }

    /// A cell as a number of people; `None` when it is empty or says unknown,
    /// also by the negative codes (-9, -99) of the GTD.
    pub(super) fn count(&self, column: Option<usize>) -> Result<Option<u32>, Fault> {
        let text = self.text(column);
        if number::is_missing(text) || text == "-9" || text == "-99" {
            return Ok(None);
        }
        match number::whole(text, self.mark) {
            Some(count) => Ok(Some(count)),
            None => Err(Fault { column, reason: "is not a count of people".into() }),
        }
    }

    /// The three counts of the columns that there are.
    pub(super) fn fatalities(&self, columns: &Columns) -> Result<Fatalities, Fault> {
        Ok(Fatalities {
            low: self.count(columns.get(Role::Low))?,
            best: self.count(columns.get(Role::Best))?,
            high: self.count(columns.get(Role::High))?,
        })
    }

    /// A cell as a date; unknown when it is empty or says so.
    pub(super) fn date(&self, column: Option<usize>) -> Result<Reading, Fault> {
        let text = self.text(column);
        if number::is_missing(text) {
            return Ok(Reading::Unknown);
        }
        date::read(text).map_err(|reason| Fault { column, reason })
    }

    /// A date whose year, month and day stand in columns of their own. A month
    /// or day that is empty or 0 is unknown, and so the date is.
    pub(super) fn date_of_parts(&self, parts: [Option<usize>; 3]) -> Result<Reading, Fault> {
        let mut values = [0_u32; 3];
        for (value, column) in values.iter_mut().zip(parts) {
            let text = self.text(column);
            if !number::is_missing(text) {
                *value = number::whole(text, self.mark)
                    .ok_or_else(|| Fault { column, reason: "is not a part of a date".into() })?;
            }
        }
        let [year, month, day] = values;
        if values.contains(&0) {
            return Ok(Reading::Unknown);
        }
        let small = |value: u32| u8::try_from(value).unwrap_or(u8::MAX).min(99);
        date::day(i16::try_from(year).unwrap_or(i16::MAX), small(month), small(day))
            .map(Reading::Day)
            .map_err(|reason| Fault {
                column: parts[0],
                reason: format!("{reason} ({year}-{month}-{day})"),
            })
    }

    /// The precision that a code stands for in a source's table. An unknown
    /// code leaves the precision open and is counted.
    pub(super) fn precision(
        &self,
        column: Option<usize>,
        tally: &mut Tally,
        of: impl Fn(&str) -> Option<Precision>,
    ) -> Option<Precision> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let found = of(text);
        if found.is_none() {
            tally.add("with an unknown precision code; their precision is left open", text);
        }
        found
    }

    /// The user's own column of categories, when one was named.
    pub(super) fn category(&self, columns: &Columns) -> Option<(String, Kind)> {
        let column = columns.get(Role::Category)?;
        let text = self.string(Some(column));
        let kind = Kind::from_words(&text);
        Some((text, kind))
    }
}

/// What a schema reads from a row and may refuse.
pub(super) struct Facts {
    pub(super) date: Reading,
    pub(super) fatalities: Fatalities,
    pub(super) precision: Option<Precision>,
}

/// What the event is and who says so.
pub(super) struct Words {
    pub(super) category: String,
    pub(super) kind: Kind,
    pub(super) source: String,
}

/// A known set of columns.
pub(super) trait Schema: Send + Sync {
    /// Which one.
    fn format(&self) -> Format;
    /// Its name in sentences.
    fn label(&self) -> String;
    /// The columns of the roles.
    fn columns(&self) -> &Columns;
    /// The same, to change them on request.
    fn columns_mut(&mut self) -> &mut Columns;
    /// The columns whose cells hold the date, for messages.
    fn date_column(&self) -> Option<usize> {
        self.columns().get(Role::Date)
    }
    /// What a row states.
    ///
    /// # Errors
    /// The first cell that cannot be used.
    fn facts(&self, row: &Row<'_>, tally: &mut Tally) -> Result<Facts, Fault>;
    /// What the event of a row is, and its source.
    fn words(&self, row: &Row<'_>) -> Words;
}

/// The schema of a header: the one asked for, or the first that recognises it.
/// `None` when the one asked for does not.
pub(super) fn recognise(header: &Header, asked: Option<Format>) -> Option<Box<dyn Schema>> {
    use super::{acled, awsd, gdelt, generic, gtd, ucdp};
    let holder = [Format::GeoJson, Format::GeoJsonSeq, Format::Parquet];
    let any = |format| asked.is_none_or(|a| a == format || holder.contains(&a));
    if any(Format::Acled)
        && let Some(schema) = acled::recognise(header)
    {
        return Some(Box::new(schema));
    }
    if any(Format::UcdpGed)
        && let Some(schema) = ucdp::recognise(header)
    {
        return Some(Box::new(schema));
    }
    if any(Format::Gtd)
        && let Some(schema) = gtd::recognise(header)
    {
        return Some(Box::new(schema));
    }
    if any(Format::Gdelt)
        && let Some(schema) = gdelt::recognise(header)
    {
        return Some(Box::new(schema));
    }
    if any(Format::Awsd)
        && let Some(schema) = awsd::recognise(header)
    {
        return Some(Box::new(schema));
    }
    if any(Format::Generic) {
        return Some(Box::new(generic::recognise(header)));
    }
    None
}

/// Counts what is worth a word though nothing was rejected for it.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: Vec<(&'static str, u64, String)>,
}

impl Tally {
    /// Counts one record; `example` is kept of the first (empty for none).
    pub(super) fn add(&mut self, what: &'static str, example: &str) {
        match self.counts.iter_mut().find(|(words, ..)| *words == what) {
            Some((_, count, _)) => *count += 1,
            None => self.counts.push((what, 1, super::Reject::cut(example))),
        }
    }

    /// Adds the counts of a later part of the file.
    pub(super) fn merge(&mut self, later: Tally) {
        for (words, count, example) in later.counts {
            match self.counts.iter_mut().find(|(what, ..)| *what == words) {
                Some((_, so_far, _)) => *so_far += count,
                None => self.counts.push((words, count, example)),
            }
        }
    }

    /// Sentences, in the order of first occurrence.
    pub(super) fn notices(&self) -> Vec<String> {
        self.counts
            .iter()
            .map(|(what, count, example)| {
                let s = if *count == 1 { "" } else { "s" };
                let example = if example.is_empty() {
                    String::new()
                } else {
                    format!(" (first: `{example}`)")
                };
                format!("{count} record{s} {what}{example}")
            })
            .collect()
    }
}
