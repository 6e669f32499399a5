//! Structs of Thrift's compact protocol (github.com/apache/thrift,
//! doc/specs/thrift-compact-protocol.md), which hold what Parquet files say of
//! themselves: fields with a number and a type, read one after the other.

use parquet::errors::ParquetError;

/// Types of fields.
pub(super) const TRUE: u8 = 1;
pub(super) const FALSE: u8 = 2;
pub(super) const BYTE: u8 = 3;
pub(super) const I16: u8 = 4;
pub(super) const I32: u8 = 5;
pub(super) const I64: u8 = 6;
pub(super) const DOUBLE: u8 = 7;
pub(super) const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;
/// Structs and lists in each other, of those that are stepped over.
const DEEPEST: u8 = 8;

/// Why nothing was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// The bytes end within it.
    Short,
    /// It is damaged.
    Damaged(&'static str),
}

impl Unread {
    /// The error, of something with a name.
    pub(super) fn of(self, name: &str) -> ParquetError {
        ParquetError::General(match self {
            Unread::Short => format!("{name} ends too early"),
            Unread::Damaged(what) => format!("{name} {what}"),
        })
    }
}

/// Bytes of Thrift and the place in them.
pub(super) struct Walk<'a> {
    bytes: &'a [u8],
    /// Bytes that are read.
    pub(super) at: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Walk<'a> {
        Walk { bytes, at: 0 }
    }

    /// A struct whose fields 1 to `N` are whole numbers of 32 bits: those that
    /// there are, the last of each. `other` takes every other field.
    pub(super) fn numbers<const N: usize>(
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
    pub(super) fn field(&mut self, last: i16) -> Result<Option<(i16, u8)>, Unread> {
        let byte = self.byte()?;
        let (step, field) = (i16::from(byte >> 4), byte & 0x0f);
        let id = match (field, step) {
            (0, _) => return Ok(None),
            (_, 0) => self.whole()? as i16,
            _ => last.checked_add(step).ok_or(Unread::Damaged("has too many fields"))?,
        };
        Ok(Some((id, field)))
    }

    /// Steps over the value of a field.
    pub(super) fn skip_field(&mut self, _id: i16, field: u8) -> Result<(), Unread> {
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
            LIST if deepest > 0 => {
                let (element, length) = self.list()?;
                (0..length).try_for_each(|_| self.skip(element, deepest - 1))
            }
            _ => Err(Unread::Damaged("has a field of the wrong type")),
        }
    }

    /// The type of a list's elements and how many there are: not more than
    /// bytes, so none of truth values, over which decoders step in no bytes.
    pub(super) fn list(&mut self) -> Result<(u8, usize), Unread> {
        let byte = self.byte()?;
        let (element, length) = (byte & 0x0f, u64::from(byte >> 4));
        let length = if length == 15 { self.varint()? } else { length };
        let length = usize::try_from(length).ok();
        match length.filter(|&length| length <= self.bytes.len() - self.at) {
            Some(length) if length == 0 || !matches!(element, TRUE | FALSE) => {
                Ok((element, length))
            }
            _ => Err(Unread::Damaged("has a list beyond its size")),
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
    pub(super) fn whole(&mut self) -> Result<i64, Unread> {
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
