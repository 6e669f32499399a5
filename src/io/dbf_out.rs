//! The attribute table of a shapefile on its way out (dBase III, UTF-8): what
//! each column turns out to hold decides its type and width.

use super::number::plain_digits;
use super::table_out::{Cell, printable};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeSet;

/// Bytes of a name, of a text, and digits of a number.
const NAME: usize = 10;
const TEXT: usize = 254;
const NUMBER: usize = 20;
/// The largest table that all programs read.
pub(super) const MOST_BYTES: u64 = (1 << 31) - 1;
/// The longest record that the header can tell.
pub(super) const MOST_RECORD: usize = u16::MAX as usize;

/// A cell as the text that the table will hold; `None` when there is nothing.
pub(super) fn text_of(cell: &Cell) -> Option<String> {
    match cell {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(printable(text).into_owned()),
        Value::Bool(truth) => Some(if *truth { "T" } else { "F" }.to_owned()),
        // Never with an exponent.
        Value::Number(number) if number.is_f64() => number.as_f64().map(|value| value.to_string()),
        other => Some(other.to_string()),
    }
}

/// What the cells of a column have been so far.
#[derive(Clone)]
pub(super) struct Survey {
    numbers: bool,
    days: bool,
    truths: bool,
    any: bool,
    whole: usize,
    decimals: usize,
    longest: usize,
}

impl Survey {
    /// No cell yet.
    pub(super) fn new() -> Survey {
        let (numbers, days, truths) = (true, true, true);
        Survey { numbers, days, truths, any: false, whole: 0, decimals: 0, longest: 0 }
    }

    /// Takes note of a cell.
    pub(super) fn add(&mut self, cell: &Cell, text: &str) {
        self.any = true;
        self.longest = self.longest.max(text.len());
        self.truths &= cell.is_boolean();
        self.days &= cell.is_string() && is_day(text);
        let digits = match cell {
            Value::String(_) => plain_digits(text),
            Value::Number(_) => Some(match text.trim_start_matches('-').split_once('.') {
                Some((whole, fraction)) => (whole.len(), fraction.len()),
                None => (text.trim_start_matches('-').len(), 0),
            }),
            _ => None,
        };
        match digits {
            Some((whole, decimals)) => {
                let sign = usize::from(text.starts_with('-'));
                self.whole = self.whole.max(whole + sign);
                self.decimals = self.decimals.max(decimals);
            }
            None => self.numbers = false,
        }
    }

    /// The column's type.
    fn field(&self) -> Field {
        let decimals = self.decimals;
        let width = self.whole + if decimals > 0 { decimals + 1 } else { 0 };
        if self.any && self.truths {
            Field { kind: b'L', width: 1, decimals: 0 }
        } else if self.any && self.days {
            Field { kind: b'D', width: 8, decimals: 0 }
        } else if self.any && self.numbers && width <= NUMBER && decimals <= 15 {
            Field { kind: b'N', width, decimals }
        } else {
            Field { kind: b'C', width: self.longest.clamp(1, TEXT), decimals: 0 }
        }
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<Date>().is_ok_and(|date| date.to_string() == text)
}

/// A column.
struct Field {
    kind: u8,
    width: usize,
    decimals: usize,
}

/// A table whose columns are known.
pub(super) struct DbfOut {
    names: Vec<String>,
    fields: Vec<Field>,
    /// Texts that were cut.
    pub(super) cut: u64,
}

impl DbfOut {
    /// A table of columns with these names, which fit ([`short_names`]).
    pub(super) fn new(names: Vec<String>, surveys: &[Survey]) -> DbfOut {
        DbfOut { names, fields: surveys.iter().map(Survey::field).collect(), cut: 0 }
    }

    /// Bytes of a record.
    pub(super) fn record_length(&self) -> usize {
        1 + self.fields.iter().map(|field| field.width).sum::<usize>()
    }

    /// The header. It gives 1 January 2000 as the day of the last change: the
    /// same table must give the same bytes on every day.
    pub(super) fn header(&self, rows: u32) -> Vec<u8> {
        let length = 33 + 32 * self.fields.len();
        let mut bytes = vec![0x03, 100, 1, 1];
        bytes.extend(rows.to_le_bytes());
        bytes.extend((length as u16).to_le_bytes());
        bytes.extend((self.record_length() as u16).to_le_bytes());
        bytes.extend([0; 20]);
        for (name, field) in self.names.iter().zip(&self.fields) {
            let mut description = [0; 32];
            description[..name.len()].copy_from_slice(name.as_bytes());
            description[11] = field.kind;
            description[16] = field.width as u8;
            description[17] = field.decimals as u8;
            bytes.extend(description);
        }
        bytes.push(0x0d);
        bytes
    }

    /// Writes a record.
    pub(super) fn push(&mut self, out: &mut Vec<u8>, cells: &[Option<String>]) {
        out.push(b' ');
        for (field, cell) in self.fields.iter().zip(cells) {
            let text = cell.as_deref().unwrap_or_default();
            let written = match field.kind {
                b'D' => text.replace('-', ""),
                b'N' if !text.is_empty() => {
                    let missing = match text.split_once('.') {
                        Some((_, fraction)) => {
                            "0".repeat(field.decimals - fraction.len().min(field.decimals))
                        }
                        None if field.decimals > 0 => format!(".{}", "0".repeat(field.decimals)),
                        None => String::new(),
                    };
                    format!("{:>width$}", format!("{text}{missing}"), width = field.width)
                }
                b'L' if text.is_empty() => "?".to_owned(),
                _ => {
                    let end = text.floor_char_boundary(field.width);
                    self.cut += u64::from(end < text.len());
                    text[..end].to_owned()
                }
            };
            out.extend(written.as_bytes());
            out.extend(std::iter::repeat_n(b' ', field.width.saturating_sub(written.len())));
        }
    }
}

/// Names of ten bytes at most, no two of them the same whatever their case; one
/// that is taken ends in `_2`, `_3`, …
pub(super) fn short_names(names: &[String]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let cut = |name: &str, length: usize| name[..name.floor_char_boundary(length)].to_owned();
    names
        .iter()
        .map(|name| {
            // A NUL or a line end would end the name.
            let name = name.replace(|c: char| c.is_control(), "_");
            let name = if name.trim().is_empty() { "field".to_owned() } else { name };
            let mut free = cut(&name, NAME);
            let mut number = 2_u32;
            while !taken.insert(free.to_lowercase()) {
                let end = format!("_{number}");
                free = format!("{}{end}", cut(&name, NAME - end.len()));
                number += 1;
            }
            free
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::layer_dbf::{Row, Table};
    use super::*;
    use serde_json::json;

    fn table(names: &[&str], rows: &[Vec<Cell>]) -> (Vec<u8>, u64) {
        let names = short_names(&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        let mut surveys = vec![Survey::new(); names.len()];
        for (survey, cell) in rows.iter().flat_map(|row| surveys_of(row)) {
            if let Some(text) = text_of(cell) {
                surveys[survey].add(cell, &text);
            }
        }
        let mut out = DbfOut::new(names, &surveys);
        let mut bytes = out.header(rows.len() as u32);
        for row in rows {
            out.push(&mut bytes, &row.iter().map(text_of).collect::<Vec<_>>());
        }
        bytes.push(0x1a);
        (bytes, out.cut)
    }

    fn surveys_of(row: &[Cell]) -> impl Iterator<Item = (usize, &Cell)> {
        row.iter().enumerate()
    }

    #[test]
    fn columns_are_what_all_of_their_cells_are() {
        let long = "پ".repeat(200);
        let rows = [
            vec![
                json!("1.50"),
                json!("2023-05-01"),
                json!(true),
                json!("007"),
                json!(1.5),
                json!(long),
            ],
            vec![json!("-20"), json!(""), Value::Null, json!("8"), json!(-1e-3), Value::Null],
        ];
        let (bytes, cut) = table(&["n", "d", "l", "code", "f", "t"], &rows);
        let kinds: Vec<u8> = bytes[32..].chunks(32).take(6).map(|f| f[11]).collect();
        assert_eq!(kinds, *b"NDLCNC");
        let mut read = Table::open("t", &bytes, Some(b"UTF-8"), None).unwrap();
        let Some(Row::Cells(first)) = read.row(0) else { panic!() };
        let text = |i: usize| first[i].clone().unwrap();
        assert_eq!([text(0), text(1), text(2)], ["1.5", "2023-05-01", "true"]);
        assert_eq!([text(3), text(4), text(5)], ["007", "1.5", &"پ".repeat(127)]);
        let Some(Row::Cells(second)) = read.row(1) else { panic!() };
        assert_eq!(second[..3], [Some("-20".to_owned()), None, None]);
        assert_eq!(second[4].as_deref(), Some("-0.001"));
        assert_eq!((cut, read.notices().len()), (1, 0));
    }

    #[test]
    fn names_fit_and_differ() {
        let names = ["fatalities_low", "fatalities_high", "Fatalities", "ولسوالی نوم", "", "a\0b"];
        let short = short_names(&names.map(str::to_owned));
        assert_eq!(short[..3], ["fatalities", "fataliti_2", "Fataliti_3"]);
        assert!(short.iter().all(|name| name.len() <= NAME && !name.is_empty()));
        let keys: BTreeSet<String> = short.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(keys.len(), names.len());
    }
}
