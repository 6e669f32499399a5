//! A text of records in blocks that end where a record ends, so that several
//! can be read at the same time.

use memchr::{memchr, memchr_iter, memrchr2};
use std::io::{self, Read};

/// A record longer than this is handed over unfinished; no table has one, and a
/// quote that is never closed must not fill the memory.
const LONGEST: usize = 64 << 20;

/// Cuts bytes into blocks of whole records.
///
/// Where records end is told by the rules of [`Reader`](super::records::Reader):
/// a quote at the start of a cell opens it, and only the quote that closes it
/// ends it, whatever stands between. The cut is therefore the same wherever
/// the blocks before it ended.
pub(super) struct Blocks<'a> {
    from: Box<dyn Read + Send + 'a>,
    /// Between cells, where a quote opens a cell; `None` where quotes mean nothing.
    delimiter: Option<u8>,
    size: usize,
    carry: Vec<u8>,
    ended: bool,
    /// Bytes handed over.
    pub(super) given: u64,
}

impl<'a> Blocks<'a> {
    /// Blocks of about `size` bytes; `delimiter` parts the cells where quoting
    /// is used, and is `None` where every line is a record.
    pub(super) fn new(
        from: Box<dyn Read + Send + 'a>,
        delimiter: Option<u8>,
        size: usize,
    ) -> Blocks<'a> {
        Blocks { from, delimiter, size, carry: Vec::new(), ended: false, given: 0 }
    }

    /// The next block; `None` at the end.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut block = Vec::with_capacity(self.size + self.carry.len());
        block.append(&mut self.carry);
        let mut wanted = self.size;
        loop {
            while !self.ended && block.len() < wanted {
                let missing = (wanted - block.len()) as u64;
                self.ended = (&mut self.from).take(missing).read_to_end(&mut block)? == 0;
            }
            if self.ended {
                self.given += block.len() as u64;
                return Ok((!block.is_empty()).then_some(block));
            }
            if let Some(end) = self.last_end(&block) {
                self.carry = block[end..].to_vec();
                block.truncate(end);
            } else if wanted < LONGEST {
                wanted *= 2;
                continue;
            }
            self.given += block.len() as u64;
            return Ok(Some(block));
        }
    }

    /// The place after the last record that ends in a block. A carriage return
    /// at the very end may be half of a line end.
    fn last_end(&self, block: &[u8]) -> Option<usize> {
        let ends = block.strip_suffix(b"\r").unwrap_or(block);
        let mut end = None;
        let mut gap = 0;
        if let Some(delimiter) = self.delimiter {
            let mut quotes = memchr_iter(b'"', ends);
            while let Some(quote) = quotes.next() {
                let before = quote.checked_sub(1).and_then(|i| ends.get(i));
                if quote < gap || before.is_some_and(|b| ![delimiter, b'\n', b'\r'].contains(b)) {
                    continue;
                }
                end = memrchr2(b'\n', b'\r', &ends[gap..quote]).map(|i| gap + i + 1).or(end);
                let Some(closed) = after_quoted(ends, quote + 1) else { return end };
                gap = closed;
            }
        }
        memrchr2(b'\n', b'\r', &ends[gap..]).map(|i| gap + i + 1).or(end)
    }
}

/// The place after the quote that closes a cell whose content begins at `at`;
/// a doubled quote is one of the content.
fn after_quoted(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(b'"', text.get(at..)?)? + 1;
        match text.get(at) {
            Some(b'"') => at += 1,
            // The next byte decides, and it has not been read yet.
            None => return None,
            Some(_) => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::Reader;
    use super::*;

    /// The blocks of a text under a size.
    fn blocks(text: &str, size: usize) -> Vec<String> {
        let from = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let mut blocks = Blocks::new(from, Some(b','), size);
        let mut all = Vec::new();
        while let Some(block) = blocks.next().unwrap() {
            all.push(String::from_utf8(block).unwrap());
        }
        assert_eq!(blocks.given, text.len() as u64);
        all
    }

    /// Line, cells of every record.
    fn records(text: &str, first_line: u64) -> (Vec<(u64, Vec<String>)>, u64) {
        let mut reader = Reader::new(text, b',', true);
        let mut record = reader.record();
        let mut all = Vec::new();
        while reader.next(&mut record).unwrap() {
            let cells = record.cells().map(str::to_owned).collect();
            all.push((first_line + record.line - 1, cells));
        }
        (all, reader.lines())
    }

    /// The records of the blocks are the records of the text, at any size.
    #[test]
    fn blocks_hold_whole_records() {
        for text in [
            "a,b\n1,2\n3,4\n",
            "a,\"x\ny\"\r\nb,\"\"\"q\"\"\r\n\",z\r\n\"\"\n\n  \nlast,\"no end\"",
            "6\" gun,b\nx\"y,\"z\"\nc\rd\r\n\r\n\"e\n\"\"\",f\r",
            "\"only\nquoted\ncells\",\"\n\n\n\"\n\"\",\"\"\"\"\n",
        ] {
            let whole = records(text, 1).0;
            for size in 1..=text.len() + 1 {
                let (mut found, mut lines) = (Vec::new(), 0);
                let blocks = blocks(text, size);
                assert_eq!(blocks.concat(), text);
                for block in blocks {
                    let (records, ended) = records(&block, 1 + lines);
                    found.extend(records);
                    lines += ended;
                }
                assert_eq!(found, whole, "{text:?} in {size}");
            }
        }
    }

    #[test]
    fn an_open_quote_ends_nowhere() {
        let text = format!("a,b\n1,\"x{}", "\n2,3".repeat(1000));
        let found = blocks(&text, 16);
        assert_eq!(found.len(), 2, "the record before, and the rest");
        assert!(found[1].starts_with("1,\"x\n2,3"));
    }

    #[test]
    fn lines_where_quotes_mean_nothing() {
        let from = Box::new(io::Cursor::new(b"\"a\nb\"\n".to_vec()));
        let mut blocks = Blocks::new(from, None, 4);
        assert_eq!(blocks.next().unwrap().unwrap(), b"\"a\n");
        assert_eq!(blocks.next().unwrap().unwrap(), b"b\"\n");
        assert!(blocks.next().unwrap().is_none());
    }
}
