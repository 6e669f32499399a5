//! XML that is read piece by piece: no piece, a tag or a text, may fill the
//! memory before anybody can look at it.

use std::io::{self, BufRead, Read};

/// Longest piece, bytes.
pub(super) const LONGEST: usize = 16 << 20;

/// Bytes of XML that are counted between pieces.
pub(super) struct Pieces<R> {
    from: R,
    since: usize,
}

impl<R> Pieces<R> {
    /// Counts from here on.
    pub(super) fn new(from: R) -> Pieces<R> {
        Pieces { from, since: 0 }
    }

    /// A piece begins.
    pub(super) fn begin(&mut self) {
        self.since = 0;
    }
}

impl<R: BufRead> Read for Pieces<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(out)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Pieces<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > LONGEST {
            let limit = "it holds a text beyond the limit `field length` of 16 MiB";
            return Err(io::Error::other(limit));
        }
        self.from.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.since += length;
        self.from.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_ends_at_the_limit() {
        let endless = || io::BufReader::new(io::repeat(b'x'));
        let mut bytes = Vec::new();
        let error = Pieces::new(endless()).read_to_end(&mut bytes).unwrap_err();
        assert!(error.to_string().contains("`field length`"), "{error}");
        assert!(bytes.len() < LONGEST + (1 << 20));
        let mut pieces = Pieces::new(endless());
        for _ in 0..40 {
            pieces.begin();
            (&mut pieces).take(1 << 20).read_to_end(&mut bytes).unwrap();
        }
    }
}
