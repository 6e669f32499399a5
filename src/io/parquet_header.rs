//! Headers of Parquet pages: structs of Thrift's compact protocol
//! (github.com/apache/thrift, doc/specs/thrift-compact-protocol.md), of which the
//! sizes are read and the rest is stepped over.
//!
//! The decoder of the pages reads the same bytes again. Where the two could
//! disagree on what a header says or where it ends, the header is refused:
//! fields of another type than the format's, and lists, which pages do not have.

use parquet::errors::ParquetError;

/// Types of fields.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const STRUCT: u8 = 12;
/// Structs in each other; statistics are the third.
const DEEPEST: u8 = 8;

/// What the header of a page says of sizes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes of the header.
    pub(super) length: usize,
    /// Bytes of the page that follow it.
    pub(super) compressed: u32,
    /// Bytes of the page once it is unpacked.
    pub(super) uncompressed: u32,
    /// Bytes at the start of a page of the second version that are never
    /// compressed: its levels.
    pub(super) levels: u32,
    /// Whether the rest is compressed as the column is.
    pub(super) packed: bool,
}

/// Why no header was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// The bytes end within it.
    Short,
    /// It is damaged.
    Damaged(&'static str),
}

impl From<Unread> for ParquetError {
    fn from(unread: Unread) -> ParquetError {
        ParquetError::General(match unread {
            Unread::Short => "the header of a page ends too early".to_owned(),
            Unread::Damaged(what) => format!("the header of a page {what}"),
        })
    }
}

impl PageHeader {
    /// Reads the header that the bytes begin with.
    ///
    /// # Errors
    /// When it is damaged or longer than the bytes.
    pub(super) fn read(bytes: &[u8]) -> Result<PageHeader, Unread> {
        let mut walk = Walk { bytes, at: 0 };
        let (mut levels, mut packed) = (0, true);
        let [kind, uncompressed, compressed, _checksum] =
            walk.numbers(|walk, id, field| match (id, field) {
                (5, STRUCT) => walk.numbers::<4>(Walk::skip_field).map(drop),
                (7, STRUCT) => walk.numbers::<2>(Walk::skip_field).map(drop),
                (8, STRUCT) => {
                    packed = true;
                    let [.., definition, repetition] = walk.numbers::<6>(|walk, id, field| {
                        if id == 7 {
                            packed = field != FALSE;
                        }
                        walk.skip_field(id, field)
                    })?;
                    levels = size(definition)?.saturating_add(size(repetition)?);
                    Ok(())
                }
                (5..=8, _) => Err(Unread::Damaged("has a field of the wrong type")),
                _ => walk.skip_field(id, field),
            })?;
        // 1 is an index page, which no program writes.
        if !matches!(kind, Some(0 | 2 | 3)) {
            return Err(Unread::Damaged("is of no data page and no dictionary"));
        }
        let (uncompressed, compressed) = (size(uncompressed)?, size(compressed)?);
        if levels > uncompressed.min(compressed) {
            return Err(Unread::Damaged("has levels beyond its size"));
        }
        Ok(PageHeader { length: walk.at, compressed, uncompressed, levels, packed })
    }
}

fn size(number: Option<i32>) -> Result<u32, Unread> {
    let number = number.ok_or(Unread::Damaged("lacks a size"))?;
    u32::try_from(number).map_err(|_| Unread::Damaged("has a negative size"))
}

/// Bytes of Thrift and the place in them.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    /// A struct whose fields 1 to `N` are whole numbers of 32 bits: those that
    /// there are, the last of each. `other` takes every other field.
    fn numbers<const N: usize>(
        &mut self,
        mut other: impl FnMut(&mut Self, i16, u8) -> Result<(), Unread>,
    ) -> Result<[Option<i32>; N], Unread> {
        let mut found = [None; N];
        let mut last = 0;
        while let Some((id, field)) = self.field(last)? {
            let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
            match place.and_then(|place| found.get_mut(place)) {
                // The decoder cuts to 32 bits too.
                Some(number) if field == I32 => *number = Some(self.whole()? as i32),
                Some(_) => return Err(Unread::Damaged("has a field of the wrong type")),
                None => other(self, id, field)?,
            }
            last = id;
        }
        Ok(found)
    }

    /// Number and type of the next field; `None` at the struct's end.
    fn field(&mut self, last: i16) -> Result<Option<(i16, u8)>, Unread> {
        let byte = self.byte()?;
        let (step, field) = (i16::from(byte >> 4), byte & 0x0f);
        let id = match (field, step) {
            (0, _) => return Ok(None),
            (_, 0) => self.whole()? as i16,
            _ => last.checked_add(step).ok_or(Unread::Damaged("has too many fields"))?,
        };
        Ok(Some((id, field)))
    }

    fn skip_field(&mut self, _id: i16, field: u8) -> Result<(), Unread> {
        self.skip(field, DEEPEST)
    }

    fn skip(&mut self, field: u8, deepest: u8) -> Result<(), Unread> {
        match field {
            TRUE | FALSE => Ok(()),
            BYTE => self.step(1),
            I16 | I32 | I64 => self.varint().map(drop),
            DOUBLE => self.step(8),
            BINARY => {
                let length = self.varint()?;
                self.step(length)
            }
            STRUCT if deepest > 0 => {
                while let Some((_, field)) = self.field(0)? {
                    self.skip(field, deepest - 1)?;
                }
                Ok(())
            }
            _ => Err(Unread::Damaged("has a field of the wrong type")),
        }
    }

    fn step(&mut self, length: u64) -> Result<(), Unread> {
        let left = self.bytes.len() - self.at;
        match usize::try_from(length) {
            Ok(length) if length <= left => self.at += length,
            _ => return Err(Unread::Short),
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, Unread> {
        let byte = *self.bytes.get(self.at).ok_or(Unread::Short)?;
        self.at += 1;
        Ok(byte)
    }

    /// A number, its sign in its lowest bit.
    fn whole(&mut self) -> Result<i64, Unread> {
        let coded = self.varint()?;
        Ok((coded >> 1) as i64 ^ -((coded & 1) as i64))
    }

    fn varint(&mut self) -> Result<u64, Unread> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Unread::Damaged("has a number of too many digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A data page, 12 bytes out of 10.
    const DATA: [u8; 18] =
        [0x15, 0, 0x15, 24, 0x15, 20, 0x2c, 0x15, 4, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0, 9];
    /// The second version, levels of 3 bytes and the rest not compressed.
    const SECOND: [u8; 23] = [
        0x15, 6, 0x15, 20, 0x15, 20, 0x5c, 0x15, 4, 0x15, 0, 0x15, 4, 0x15, 0, 0x15, 6, 0x15, 0,
        0x12, 0, 0, 9,
    ];

    #[test]
    fn sizes_of_headers() {
        let (levels, packed) = (0, true);
        let data = PageHeader { length: 17, compressed: 10, uncompressed: 12, levels, packed };
        assert_eq!(PageHeader::read(&DATA), Ok(data));
        let (levels, packed) = (3, false);
        let second = PageHeader { length: 22, compressed: 10, uncompressed: 10, levels, packed };
        assert_eq!(PageHeader::read(&SECOND), Ok(second));
        for cut in 0..DATA.len() - 1 {
            assert_eq!(PageHeader::read(&DATA[..cut]), Err(Unread::Short), "{cut}");
        }
    }

    #[test]
    fn what_two_readers_could_read_in_two_ways_is_refused() {
        let damaged = |place: usize, byte: u8| {
            let mut bytes = DATA;
            bytes[place] = byte;
            assert!(matches!(PageHeader::read(&bytes), Err(Unread::Damaged(_))), "{place} {byte}");
        };
        damaged(1, 2); // an index page
        damaged(3, 23); // a negative size
        damaged(5, 1);
        damaged(2, 0x16); // a size as a longer number
        damaged(6, 0x29); // a list
        damaged(6, 0x25);
        damaged(7, 0x18); // text for a number
        let (deep, list) = ([0x9c; 12], [0x99, 0xf2, 0xff, 0xff, 0xff, 0xff, 0x07]);
        let long = [&[0x95][..], &[0x85; 12]].concat();
        for more in [&deep[..], &list, &long] {
            let bytes = [&DATA[..16], more, &[0]].concat();
            assert!(matches!(PageHeader::read(&bytes), Err(Unread::Damaged(_))), "{bytes:?}");
        }
    }
}
