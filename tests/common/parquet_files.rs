//! Parquet files written by hand, so that they may claim what they do not hold.

/// Codes of the format (parquet.thrift).
pub const DOUBLE: i32 = 5;
pub const TEXT: i32 = 6;
pub const FIXED: i32 = 7;
pub const PLAIN: i32 = 0;
pub const DELTA_LENGTHS: i32 = 6;
pub const DELTA_TEXTS: i32 = 7;
pub const SPLIT: i32 = 9;

/// A column of one page or more, with what the metadata say of it.
pub struct Column {
    pub name: &'static str,
    pub kind: i32,
    /// Bytes of a value of fixed length.
    pub width: i32,
    pub optional: bool,
    pub codec: i32,
    pub pages: Vec<u8>,
}

/// A struct of Thrift's compact protocol: fields of numbers (32 and 64 bits),
/// texts, lists and structs.
#[derive(Default)]
struct Fields {
    bytes: Vec<u8>,
    last: u8,
}

impl Fields {
    fn field(mut self, id: u8, kind: u8, value: &[u8]) -> Fields {
        self.bytes.push((id - self.last) << 4 | kind);
        self.bytes.extend(value);
        self.last = id;
        self
    }

    fn i32(self, id: u8, number: i32) -> Fields {
        self.field(id, 5, &zigzag(number.into()))
    }

    fn i64(self, id: u8, number: i64) -> Fields {
        self.field(id, 6, &zigzag(number))
    }

    /// A list of at most 14 elements.
    fn list(self, id: u8, kind: u8, elements: &[Vec<u8>]) -> Fields {
        let length = (elements.len() as u8) << 4 | kind;
        self.field(id, 9, &[&[length][..], &elements.concat()].concat())
    }

    fn end(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn zigzag(number: i64) -> Vec<u8> {
    varint((number << 1 ^ number >> 63) as u64)
}

fn text(text: &str) -> Vec<u8> {
    [varint(text.len() as u64), text.as_bytes().to_vec()].concat()
}

/// A data page of the first version.
pub fn page(unpacked: i32, values: i32, encoding: i32, data: &[u8]) -> Vec<u8> {
    let about = Fields::default().i32(1, values).i32(2, encoding).i32(3, 3).i32(4, 3).end();
    whole_page(0, unpacked, 5, &about, data)
}

/// The same with a greatest text in its header.
pub fn page_with_statistics(greatest: &str, values: i32, data: &[u8]) -> Vec<u8> {
    let statistics = Fields::default().field(1, 8, &text(greatest)).end();
    let about = Fields::default().i32(1, values).i32(2, PLAIN).i32(3, 3).i32(4, 3);
    let about = about.field(5, 12, &statistics).end();
    whole_page(0, data.len() as i32, 5, &about, data)
}

/// A data page of the second version, without levels and not compressed.
pub fn second_page(values: i32, encoding: i32, data: &[u8]) -> Vec<u8> {
    let about = Fields::default().i32(1, values).i32(2, 0).i32(3, values).i32(4, encoding);
    let about = about.i32(5, 0).i32(6, 0).field(7, 2, &[]).end();
    whole_page(3, data.len() as i32, 8, &about, data)
}

/// A dictionary.
pub fn dictionary(values: i32, data: &[u8]) -> Vec<u8> {
    let about = Fields::default().i32(1, values).i32(2, PLAIN).end();
    whole_page(2, data.len() as i32, 7, &about, data)
}

fn whole_page(kind: i32, unpacked: i32, id: u8, about: &[u8], data: &[u8]) -> Vec<u8> {
    let header = Fields::default().i32(1, kind).i32(2, unpacked).i32(3, data.len() as i32);
    [header.field(id, 12, about).end(), data.to_vec()].concat()
}

/// Two places of the border's country, as longitude and latitude.
pub fn places() -> [Column; 2] {
    let column = |name, values: [f64; 2]| {
        let pages = page(16, 2, PLAIN, &values.map(f64::to_le_bytes).concat());
        Column { name, kind: DOUBLE, width: 0, optional: false, codec: 0, pages }
    };
    [column("lon", [70.5, 71.0]), column("lat", [34.0, 34.5])]
}

/// A file of metadata alone: its columns, each in the one before where they are
/// `nested`, a last that claims to have others in it, and what more the metadata have.
pub fn metadata_alone(nested: usize, claimed: i32, more: &[u8]) -> Vec<u8> {
    let group = |children| {
        let named = Fields::default().i32(3, 0).field(4, 8, &text("g"));
        named.i32(5, children).end()
    };
    let mut schema = vec![0xfc];
    schema.extend(varint(nested as u64 + 1));
    schema.extend(group(1).repeat(nested));
    schema.extend(group(claimed));
    let footer = Fields::default().i32(1, 1).field(2, 9, &schema).i64(3, 0);
    finished(b"PAR1".to_vec(), [footer.list(4, 12, &[]).bytes, more.to_vec(), vec![0]].concat())
}

fn finished(mut bytes: Vec<u8>, footer: Vec<u8>) -> Vec<u8> {
    bytes.extend(&footer);
    bytes.extend((footer.len() as u32).to_le_bytes());
    bytes.extend(b"PAR1");
    bytes
}

/// A file of one row group that claims so many rows.
pub fn file(rows: i64, columns: &[Column]) -> Vec<u8> {
    let mut bytes = b"PAR1".to_vec();
    let root = Fields::default().field(4, 8, &text("schema")).i32(5, columns.len() as i32).end();
    let (mut schema, mut chunks) = (vec![root], Vec::new());
    for column in columns {
        let element = Fields::default().i32(1, column.kind).i32(2, column.width);
        let element = element.i32(3, column.optional.into()).field(4, 8, &text(column.name));
        schema.push(element.end());
        let (start, length) = (bytes.len() as i64, column.pages.len() as i64);
        let about = Fields::default().i32(1, column.kind).list(2, 5, &[zigzag(0)]);
        let about = about.list(3, 8, &[text(column.name)]).i32(4, column.codec).i64(5, rows);
        let about = about.i64(6, length).i64(7, length).i64(9, start).end();
        chunks.push(Fields::default().i64(2, start).field(3, 12, &about).end());
        bytes.extend(&column.pages);
    }
    let group = Fields::default().list(1, 12, &chunks).i64(2, 0).i64(3, rows).end();
    let footer = Fields::default().i32(1, 1).list(2, 12, &schema).i64(3, rows);
    finished(bytes, footer.list(4, 12, &[group]).end())
}
