//! What a Parquet file says of itself at its end, looked at before it is decoded:
//! the decoder makes room for as many columns and row groups as are claimed, and
//! goes as deep as columns are nested.
//!
//! It reads fields by their numbers whatever their types, so each must be of
//! the type that the format gives it (parquet.thrift).

use super::chunk::Chunk;
use super::parquet_guard::beyond;
use super::parquet_thrift::{
    BINARY, BYTE, DOUBLE, FALSE, I16, I32, I64, LIST, STRUCT, TRUE, Unread, Walk,
};
use parquet::errors::Result;
use parquet::file::reader::{ChunkReader, Length};

/// Levels of columns in each other, and the file's own.
const DEEPEST: usize = 128;
/// The length of the footer and four letters.
const END: u64 = 8;

/// What a field holds.
enum Kind {
    Flag,
    Plain(u8),
    /// A struct, or a union, by the kinds of its fields 1, 2, ….
    Struct(&'static [Kind]),
    List(&'static Kind),
}

use Kind::{Flag, List, Plain, Struct};

const NUMBER: Kind = Plain(I32);
const LONG: Kind = Plain(I64);
const TEXT: Kind = Plain(BINARY);
const EMPTY: Kind = Struct(&[]);

const FILE: &[Kind] = &[
    NUMBER,
    List(&Struct(ELEMENT)),
    LONG,
    List(&Struct(GROUP)),
    PAIRS,
    TEXT,
    List(&Struct(&[EMPTY, EMPTY])),
];
/// A column, or a group of the columns that follow.
const ELEMENT: &[Kind] =
    &[NUMBER, NUMBER, NUMBER, TEXT, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, Struct(MEANING)];
/// The place of the number of columns of a group.
const CHILDREN: i16 = 5;
const MEANING: &[Kind] = &[
    EMPTY,
    EMPTY,
    EMPTY,
    EMPTY,
    Struct(&[NUMBER, NUMBER]),
    EMPTY,
    TIME,
    TIME,
    EMPTY,
    Struct(&[Plain(BYTE), Flag]),
    EMPTY,
    EMPTY,
    EMPTY,
    EMPTY,
    EMPTY,
    Struct(&[Plain(BYTE)]),
    Struct(&[TEXT]),
    Struct(&[TEXT, NUMBER]),
];
const TIME: Kind = Struct(&[Flag, Struct(&[EMPTY, EMPTY, EMPTY])]);
const PAIRS: Kind = List(&Struct(&[TEXT, TEXT]));
const GROUP: &[Kind] = &[
    List(&Struct(CHUNK)),
    LONG,
    LONG,
    List(&Struct(&[NUMBER, Flag, Flag])),
    LONG,
    LONG,
    Plain(I16),
];
const CHUNK: &[Kind] = &[TEXT, LONG, Struct(COLUMN), LONG, NUMBER, LONG, NUMBER];
const COLUMN: &[Kind] = &[
    NUMBER,
    List(&NUMBER),
    List(&TEXT),
    NUMBER,
    LONG,
    LONG,
    LONG,
    PAIRS,
    LONG,
    LONG,
    LONG,
    Struct(&[TEXT, TEXT, LONG, LONG, TEXT, TEXT, Flag, Flag, LONG]),
    List(&Struct(&[NUMBER, NUMBER, NUMBER])),
    LONG,
    NUMBER,
    Struct(&[LONG, List(&LONG), List(&LONG)]),
    Struct(&[Struct(&[REAL, REAL, REAL, REAL, REAL, REAL, REAL, REAL]), List(&NUMBER)]),
];
const REAL: Kind = Plain(DOUBLE);

/// Looks at the footer of a file; where there is none, the decoder says so.
///
/// # Errors
/// When it is not what the format says, claims more than its bytes can hold, or
/// its columns are nested too deep.
pub(super) fn check(file: &Chunk) -> Result<()> {
    let Some(start) = file.len().checked_sub(END) else { return Ok(()) };
    let end = file.get_bytes(start, END as usize)?;
    let Some((length, _)) = end.split_first_chunk::<4>() else { return Ok(()) };
    let length = u32::from_le_bytes(*length);
    let Some(start) = start.checked_sub(length.into()) else { return Ok(()) };
    let depth = depth_of(&file.get_bytes(start, length as usize)?)
        .map_err(|unread| unread.of("the description of the columns"))?;
    if depth > DEEPEST {
        return Err(beyond(format!("`depth` of {DEEPEST}: columns are nested {depth} deep")));
    }
    Ok(())
}

/// How deep columns are nested, of a footer that is as it should be.
fn depth_of(footer: &[u8]) -> std::result::Result<usize, Unread> {
    let mut walk = Walk::new(footer);
    let mut deepest = 0;
    fields(&mut walk, FILE, &mut |walk, id, field| {
        let columns = id == 2 && field == LIST;
        if columns {
            deepest = deepest.max(depth(walk)?);
        }
        Ok(columns)
    })?;
    Ok(deepest)
}

/// Reads the columns, each group before its own: how deep they go.
fn depth(walk: &mut Walk<'_>) -> std::result::Result<usize, Unread> {
    let (element, length) = walk.list()?;
    if element != STRUCT {
        return Err(Unread::Damaged("has a list of the wrong type"));
    }
    // Columns still to come of each group that has begun.
    let (mut open, mut deepest): (Vec<usize>, usize) = (Vec::new(), 0);
    for _ in 0..length {
        let mut children = 0;
        fields(walk, ELEMENT, &mut |walk, id, field| {
            let counts = id == CHILDREN && field == I32;
            if counts {
                // The decoder refuses negative numbers.
                children = usize::try_from(walk.whole()? as i32).unwrap_or(0);
            }
            Ok(counts)
        })?;
        if children > length {
            return Err(Unread::Damaged("claims more columns than it has"));
        }
        if let Some(last) = open.last_mut() {
            *last -= 1;
        }
        open.push(children);
        deepest = deepest.max(open.len());
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    Ok(deepest)
}

/// Reads a struct; `take` may read a field itself.
fn fields(
    walk: &mut Walk<'_>,
    kinds: &[Kind],
    take: &mut dyn FnMut(&mut Walk<'_>, i16, u8) -> std::result::Result<bool, Unread>,
) -> std::result::Result<(), Unread> {
    let mut last = 0;
    while let Some((id, field)) = walk.field(last)? {
        last = id;
        if take(walk, id, field)? {
            continue;
        }
        let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        match place.and_then(|place| kinds.get(place)) {
            Some(kind) => value(walk, kind, field)?,
            None => walk.skip_field(id, field)?,
        }
    }
    Ok(())
}

/// Reads a value, which must be of a kind.
fn value(walk: &mut Walk<'_>, kind: &Kind, field: u8) -> std::result::Result<(), Unread> {
    match (kind, field) {
        (Flag, TRUE | FALSE) => Ok(()),
        (Plain(kind), field) if *kind == field => walk.skip_field(0, field),
        (Struct(kinds), STRUCT) => fields(walk, kinds, &mut |_, _, _| Ok(false)),
        (List(kind), LIST) => {
            let (element, length) = walk.list()?;
            (0..length).try_for_each(|_| value(walk, kind, element))
        }
        _ => Err(Unread::Damaged("has a field of the wrong type")),
    }
}
