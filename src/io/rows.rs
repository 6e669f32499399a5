//! [`SourceRow`]: a row of the input as it came, kept to be written again.

use super::records::{Reader, Record};
use super::table_out::{Cell, guard_formula, is_printable, push_cell, push_text, separate};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// The text of many records, and how its cells are parted.
#[derive(Debug)]
pub(super) struct TextBlock {
    pub(super) text: String,
    pub(super) delimiter: u8,
    pub(super) quoting: bool,
    /// Whether all of the text is plain ASCII.
    pub(super) plain: bool,
}

/// A row of the input.
#[derive(Clone, Debug)]
pub struct SourceRow(Held);

#[derive(Clone, Debug)]
enum Held {
    /// A record in the text that it was read from.
    Text { block: Arc<TextBlock>, span: Range<u32>, as_is: bool },
    /// Its cells.
    Cells(Vec<Cell>),
}

impl SourceRow {
    /// The record at a place of a text; `as_is` says that it may be written as
    /// it stands ([`may_stand`]).
    pub(super) fn of_text(block: &Arc<TextBlock>, span: Range<usize>, as_is: bool) -> SourceRow {
        // Blocks are at most twice 64 MiB long.
        let span = span.start as u32..span.end as u32;
        SourceRow(Held::Text { block: Arc::clone(block), span, as_is })
    }

    /// A row of cells.
    pub fn of_cells(cells: Vec<Cell>) -> SourceRow {
        SourceRow(Held::Cells(cells))
    }

    /// Its cells, as many as there are columns: missing ones are null.
    pub fn cells(&self, columns: usize) -> Vec<Cell> {
        let mut cells = match &self.0 {
            Held::Cells(cells) => cells.clone(),
            Held::Text { block, span, .. } => {
                let mut cells = Vec::with_capacity(columns);
                each_cell(block, span, |text| cells.push(Cell::String(text.to_owned())));
                cells
            }
        };
        cells.resize(columns, Cell::Null);
        cells
    }

    /// The same row where each cell has moved to its place among others.
    pub fn moved(&self, places: &[usize], columns: usize) -> SourceRow {
        let mut moved = vec![Cell::Null; columns];
        for (cell, &place) in self.cells(places.len()).into_iter().zip(places) {
            moved[place] = cell;
        }
        SourceRow::of_cells(moved)
    }

    /// Writes the row as cells of a CSV line, without the line end.
    pub fn push_csv(&self, columns: usize, out: &mut String) {
        let mut written = 0;
        match &self.0 {
            Held::Text { block, span, as_is: true } => {
                let span = span.start as usize..span.end as usize;
                out.push_str(block.text.get(span).unwrap_or_default());
                return;
            }
            Held::Text { block, span, .. } => each_cell(block, span, |text| {
                if written < columns {
                    separate(out, written);
                    push_text(out, text);
                    written += 1;
                }
            }),
            Held::Cells(cells) => {
                for cell in cells.iter().take(columns) {
                    separate(out, written);
                    push_cell(out, cell);
                    written += 1;
                }
            }
        }
        for column in written..columns {
            separate(out, column);
        }
    }
}

/// Whether a record of a text may be written as it stands: it has all the cells and no other, quotes are where RFC 4180 wants
/// them, and no cell has to be guarded.
pub(super) fn may_stand(record: &Record<'_>, block: &TextBlock, columns: usize) -> bool {
    block.delimiter == b','
        && record.len() == columns
        && record.bare_quote.is_none()
        && (block.plain || is_printable(record.raw()))
        && (!record.odd_start
            || record.cells().all(|cell| matches!(guard_formula(cell), Cow::Borrowed(_))))
}

fn each_cell(block: &TextBlock, span: &Range<u32>, mut each: impl FnMut(&str)) {
    let text = block.text.get(span.start as usize..span.end as usize).unwrap_or_default();
    let mut reader = Reader::new(text, block.delimiter, block.quoting);
    let mut record = reader.record();
    // It was read before, so it can be read again.
    if matches!(reader.next(&mut record), Ok(true)) {
        record.cells().for_each(&mut each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(text: &str, delimiter: u8, columns: usize) -> (SourceRow, bool) {
        let text = text.to_owned();
        let block = Arc::new(TextBlock { text, delimiter, quoting: true, plain: false });
        let mut reader = Reader::new(&block.text, delimiter, true);
        let mut record = reader.record();
        assert!(reader.next(&mut record).unwrap());
        let as_is = may_stand(&record, &block, columns);
        (SourceRow::of_text(&block, record.span(), as_is), as_is)
    }

    fn line(row: &SourceRow, columns: usize) -> String {
        let mut out = String::new();
        row.push_csv(columns, &mut out);
        out
    }

    #[test]
    fn what_is_fine_is_written_as_it_stands() {
        for text in ["a,\"b\",-1.5, پشاور", "\"x,\n\"\"y\"\"\",,,2"] {
            let (row, as_is) = row(&format!("{text}\r\n"), b',', 4);
            assert!(as_is);
            assert_eq!(line(&row, 4), text);
        }
    }

    #[test]
    fn what_is_not_is_written_anew() {
        for (text, delimiter, written) in [
            ("a;b,c;=1+1", b';', "a,\"b,c\",'=1+1"),
            ("a,@x,\u{b}", b',', "a,'@x,\u{FFFD}"),
            ("6\" gun,b,c", b',', "\"6\"\" gun\",b,c"),
            ("a,b", b',', "a,b,"),
            ("a,b,c,,", b',', "a,b,c"),
        ] {
            let (row, as_is) = row(text, delimiter, 3);
            assert!(!as_is, "{text}");
            assert_eq!(line(&row, 3), written);
        }
    }

    #[test]
    fn cells_and_their_places() {
        let (row, _) = row("1,\"b\"\"\"", b',', 2);
        assert_eq!(row.cells(3), [json!("1"), json!("b\""), Cell::Null]);
        let moved = row.moved(&[2, 0], 3);
        assert_eq!(moved.cells(3), [json!("b\""), Cell::Null, json!("1")]);
        assert_eq!(line(&moved, 3), "\"b\"\"\",,1");
        assert_eq!(line(&SourceRow::of_cells(vec![json!(1.5), json!(true)]), 3), "1.5,true,");
    }
}
