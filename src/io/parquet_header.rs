//! Headers of Parquet pages, of which the sizes are read and the rest is stepped over.
//!
//! The decoder of the pages reads the same bytes again. Where the two could
//! disagree on what a header says or where it ends, the header is refused: it has
//! fields of another type than the format's.

use super::parquet_thrift::{FALSE, STRUCT, Unread, Walk};

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

impl PageHeader {
    /// Reads the header that the bytes begin with.
    ///
    /// # Errors
    /// When it is damaged or longer than the bytes.
    pub(super) fn read(bytes: &[u8]) -> Result<PageHeader, Unread> {
        let mut walk = Walk::new(bytes);
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
        damaged(6, 0x29); // a list for a struct
        damaged(6, 0x25);
        damaged(7, 0x18); // text for a number
        let (deep, list) = ([0x9c; 12], [0x99, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07]);
        let long = [&[0x95][..], &[0x85; 12]].concat();
        for more in [&deep[..], &list, &long] {
            let bytes = [&DATA[..16], more, &[0]].concat();
            assert!(matches!(PageHeader::read(&bytes), Err(Unread::Damaged(_))), "{bytes:?}");
        }
    }
}
