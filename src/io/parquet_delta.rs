//! Lengths inside Parquet pages of texts: `DELTA_LENGTH_BYTE_ARRAY` begins with the
//! lengths of its values, `DELTA_BYTE_ARRAY` with the lengths of the starts that they
//! share with the value before, then the lengths of what follows those; each list
//! packed as `DELTA_BINARY_PACKED` (github.com/apache/parquet-format, Encodings.md).
//!
//! How many there are is said once more in the data, and is looked at here before
//! the decoder makes room for them.

use parquet::errors::{ParquetError, Result};

/// Lengths that a page may hold: 256 MiB of them.
const MOST: u64 = 1 << 26;
/// Lengths of a byte of data; writers have blocks of 128 in five bytes or more.
const OF_A_BYTE: u64 = 10_000;
/// Values that the decoder holds at once.
pub(super) const HELD: usize = 1024;
/// Bytes that so many values may unfold to.
pub(super) const UNFOLDED: u64 = 64 << 20;

/// Looks at the lengths that the values of a page begin with; `shared` where the
/// first of two lists are those of shared starts.
///
/// # Errors
/// When there are more lengths than `values`, more than the data can mean, or the
/// values unfold to more than the decoder should hold.
pub(super) fn check(data: &[u8], values: u32, shared: bool) -> Result<()> {
    let mut list = List::begin(data, values)?;
    if shared {
        let end = list.sum_up()?;
        List::begin(data.get(end..).ok_or_else(ends_early)?, values)?;
    }
    Ok(())
}

/// A list of lengths that is being read.
struct List<'a> {
    data: &'a [u8],
    at: usize,
    /// Lengths of a miniblock, and miniblocks of a block.
    width: usize,
    blocks: usize,
    count: usize,
    first: i32,
}

impl<'a> List<'a> {
    fn begin(data: &'a [u8], values: u32) -> Result<List<'a>> {
        let mut list = List { data, at: 0, width: 0, blocks: 0, count: 0, first: 0 };
        let (block, blocks, count) = (list.varint()?, list.varint()?, list.varint()?);
        list.first = list.signed()?;
        let room = OF_A_BYTE.saturating_mul(data.len() as u64).min(MOST);
        if count > u64::from(values).min(room) {
            let message = format!("a page of {values} values has {count} lengths of texts");
            return Err(ParquetError::General(message));
        }
        // The decoder refuses other blocks in its own words.
        let whole = |n: u64| usize::try_from(n).map_err(|_| damaged());
        (list.blocks, list.count) = (whole(blocks)?, whole(count)?);
        list.width = whole(block)?.checked_div(list.blocks).ok_or_else(damaged)?;
        if list.width == 0 || !list.width.is_multiple_of(32) {
            return Err(damaged());
        }
        Ok(list)
    }

    /// Goes through the lengths as the decoder will, adds up those of values
    /// that it holds together, and returns where the list ends.
    fn sum_up(&mut self) -> Result<usize> {
        let mut sums = Sums { left: HELD, sum: 0 };
        if self.count == 0 {
            return Ok(self.at);
        }
        let mut last = self.first;
        sums.add(last)?;
        let mut left = self.count - 1;
        while left > 0 {
            let least = self.signed()?;
            let end = self.at.checked_add(self.blocks).ok_or_else(damaged)?;
            let bits = self.data.get(self.at..end).ok_or_else(ends_early)?;
            self.at = end;
            for &bits in bits {
                if left == 0 {
                    break; // bits of miniblocks without lengths mean nothing
                }
                if bits > 32 {
                    return Err(damaged());
                }
                let here = left.min(self.width);
                for i in 0..here {
                    let delta = self.bits(i, usize::from(bits))?.wrapping_add(least);
                    last = last.wrapping_add(delta);
                    sums.add(last)?;
                }
                left -= here;
                let bytes = usize::from(bits).saturating_mul(self.width) / 8;
                self.at = self.at.saturating_add(bytes);
            }
        }
        Ok(self.at)
    }

    /// The number `i` of those of so many bits each that begin here.
    fn bits(&self, i: usize, bits: usize) -> Result<i32> {
        let start = i * bits;
        let bytes = self.data.get(self.at.saturating_add(start / 8)..).unwrap_or_default();
        if bits > 0 && bytes.len() < (start % 8 + bits).div_ceil(8) {
            return Err(ends_early());
        }
        let mut eight = [0; 8];
        eight.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Ok((u64::from_le_bytes(eight) >> (start % 8) & ((1 << bits) - 1)) as i32)
    }

    fn varint(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = *self.data.get(self.at).ok_or_else(ends_early)?;
            self.at += 1;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(damaged())
    }

    /// A number, its sign in its lowest bit.
    fn signed(&mut self) -> Result<i32> {
        let coded = self.varint()?;
        i32::try_from((coded >> 1) as i64 ^ -((coded & 1) as i64)).map_err(|_| damaged())
    }
}

/// Sums of lengths, begun anew after so many as the decoder holds.
struct Sums {
    left: usize,
    sum: u64,
}

impl Sums {
    fn add(&mut self, length: i32) -> Result<()> {
        if self.left == 0 {
            *self = Sums { left: HELD, sum: 0 };
        }
        self.left -= 1;
        // The decoder refuses negative lengths itself.
        self.sum += u64::try_from(length).unwrap_or(0);
        if self.sum > UNFOLDED {
            let message = format!("{HELD} values of a page unfold to more than 64 MiB");
            return Err(ParquetError::General(message));
        }
        Ok(())
    }
}

fn ends_early() -> ParquetError {
    ParquetError::General("the lengths of texts end too early".to_owned())
}

fn damaged() -> ParquetError {
    ParquetError::General("the lengths of texts are damaged".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that the format's specification gives: 1 to 5, then 7 5 3 1 2 3 4 5.
    #[test]
    fn lists_of_the_specification() {
        let even = [128, 1, 4, 5, 2, 2, 0, 0, 0, 0];
        let mut list = List::begin(&even, 5).unwrap();
        assert_eq!((list.count, list.first, list.width), (5, 1, 32));
        assert_eq!(list.sum_up().unwrap(), even.len());
        // Differences -2 -2 -2 1 1 1 1, the least -2, in two bits each.
        let uneven = [128, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0b1100_0000, 0b0011_1111, 0, 0, 0, 0, 0, 0];
        let list = List::begin(&uneven, 8).unwrap();
        let deltas: Vec<i32> =
            (0..7).map(|i| List { at: 10, ..list }.bits(i, 2).unwrap() - 2).collect();
        assert_eq!(deltas, [-2, -2, -2, 1, 1, 1, 1]);
        let mut list = List::begin(&uneven, 8).unwrap();
        assert_eq!(list.sum_up().unwrap(), uneven.len());
        for cut in 0..12 {
            assert!(check(&uneven[..cut], 8, true).is_err(), "{cut}");
        }
    }

    #[test]
    fn counts_that_the_data_cannot_mean() {
        let says = |bytes: &[u8], values, shared| match check(bytes, values, shared) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        };
        let billions = [128, 1, 4, 255, 255, 255, 255, 7, 0];
        assert!(says(&billions, 2, false).contains("2147483647 lengths"));
        assert!(says(&billions, u32::MAX, false).contains("2147483647 lengths"));
        assert_eq!(says(&[128, 1, 4, 0, 0], 2, false), "");
        assert!(says(&[128, 1, 0, 0, 0], 2, false).contains("damaged"));
        // The second list is looked at too.
        let none = [128, 1, 4, 0, 0];
        assert!(says(&[&none[..], &billions].concat(), 2, true).contains("2147483647 lengths"));
        assert!(says(&none, 2, true).contains("too early"));
        // A thousand values that share 100 KB each with the one before.
        let folded = [&[128, 8, 1, 232, 7, 192, 154, 12][..], &[0; 2], &none].concat();
        assert!(says(&folded, 1000, true).contains("64 MiB"));
    }
}
