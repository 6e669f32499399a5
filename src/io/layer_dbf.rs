//! The attribute table of a shapefile, row by row in the order of its shapes.
//!
//! The table is first checked against its own size and rewritten in its
//! plainest dialect, dBase III with text columns only: `dbase` then reads the
//! cells and the deletion marks, and dates of 00/00/00, stars in numbers, memo
//! files and code pages that it does not know cannot make it fail.

use super::ReadError;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use shapefile::dbase::{self, FieldIndex, FieldValue, encoding::EncodingRs};
use std::collections::BTreeMap;
use std::io::Cursor;

/// The rows of a table, deleted ones in their places.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) notices: Vec<String>,
}

/// One row.
pub(super) enum Row {
    /// Marked as deleted.
    Deleted,
    /// Its cells by field name; empty ones are absent.
    Cells(BTreeMap<String, String>),
}

/// A column as the header describes it.
struct Field {
    name: [u8; 11],
    kind: u8,
    length: u8,
}

/// The header, checked against the size of the file.
struct Layout {
    fields: Vec<Field>,
    start: usize,
    record_length: usize,
    records: usize,
    claimed: u64,
    code_page: u8,
}

/// Reads a table; `cpg` is the content of the `.cpg` beside it.
///
/// # Errors
/// When the header contradicts itself or the file.
pub(super) fn read(name: &str, bytes: &[u8], cpg: Option<&[u8]>) -> Result<Table, ReadError> {
    let layout = Layout::read(name, bytes)?;
    let mut notices = Vec::new();
    if layout.claimed != layout.records as u64 {
        notices.push(format!(
            "the .dbf says that it has {} records and holds {}",
            layout.claimed, layout.records
        ));
    }
    let encoding = layout.encoding(bytes, cpg, &mut notices);
    let failed = |e: dbase::Error| ReadError::new(name, format!("the .dbf cannot be read: {e}"));
    let plain = Cursor::new(layout.plain_table(bytes));
    let mut file =
        dbase::File::open_with_encoding(plain, EncodingRs::from(encoding)).map_err(failed)?;
    let names: Vec<String> = file.fields().iter().map(|f| f.name().trim().to_owned()).collect();

    let mut rows = Vec::with_capacity(layout.records);
    let (mut damaged, mut not_numbers) = (0_u64, 0_u64);
    for index in 0..layout.records {
        let Some(mut record) = file.record(index) else { break };
        if record.is_deleted().map_err(failed)? {
            rows.push(Row::Deleted);
            continue;
        }
        let mut cells = BTreeMap::new();
        for (column, field) in layout.fields.iter().enumerate() {
            if !field.is_read() {
                continue;
            }
            let FieldValue::Character(Some(text)) =
                record.read_field(FieldIndex(column)).map_err(failed)?
            else {
                continue;
            };
            // Some writers end a cell with NUL and leave what was there before.
            let text = text.split('\0').next().unwrap_or_default().trim();
            if text.is_empty() {
                continue;
            }
            damaged += u64::from(text.contains('\u{fffd}'));
            match field.value(text) {
                Some(value) => drop(cells.entry(names[column].clone()).or_insert(value)),
                None => not_numbers += u64::from(matches!(field.kind, b'N' | b'F')),
            }
        }
        rows.push(Row::Cells(cells));
    }
    if damaged > 0 {
        notices.push(format!(
            "{damaged} texts of the .dbf hold characters that {} does not have (shown as U+FFFD); \
             write the right code page into the .cpg",
            encoding.name()
        ));
    }
    if not_numbers > 0 {
        notices
            .push(format!("{not_numbers} number cells of the .dbf hold no number; taken as empty"));
    }
    let unread: Vec<&str> = layout
        .fields
        .iter()
        .zip(&names)
        .filter(|(f, _)| !f.is_read())
        .map(|(_, n)| n.as_str())
        .collect();
    if !unread.is_empty() {
        notices.push(format!("memo and binary fields are not read: {}", unread.join(", ")));
    }
    Ok(Table { rows, notices })
}

impl Field {
    fn is_read(&self) -> bool {
        matches!(self.kind, b'C' | b'N' | b'F' | b'D' | b'L')
    }

    /// The cell in plain text; `None` when it says that there is no value.
    fn value(&self, text: &str) -> Option<String> {
        match self.kind {
            b'N' | b'F' => plain_number(text),
            b'L' => match text {
                "T" | "t" | "Y" | "y" | "1" => Some("true".to_owned()),
                "F" | "f" | "N" | "n" | "0" => Some("false".to_owned()),
                _ => None,
            },
            b'D' => {
                if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
                    (text != "00000000")
                        .then(|| format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
                } else {
                    Some(text.to_owned())
                }
            }
            _ => Some(text.to_owned()),
        }
    }
}

/// A number without exponent; digits of long whole numbers are kept.
fn plain_number(text: &str) -> Option<String> {
    let known = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b',' | b'e' | b'E');
    if !text.bytes().all(known) {
        return None;
    }
    if let Ok(whole) = text.parse::<i128>() {
        return Some(whole.to_string());
    }
    let value: f64 = text.replacen(',', ".", 1).parse().ok()?;
    value.is_finite().then(|| value.to_string())
}

fn u16_at(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..at + 2).map_or(0, |b| usize::from(u16::from_le_bytes([b[0], b[1]])))
}

impl Layout {
    fn read(name: &str, bytes: &[u8]) -> Result<Layout, ReadError> {
        let refuse = |message: String| {
            Err(ReadError::new(name, format!("the .dbf is damaged: {message}"))
                .hint("rewrite the shapefile (ogr2ogr OUT.shp IN.shp), or remove the .dbf to read shapes only"))
        };
        if bytes.len() < 33 {
            return refuse(format!("{} bytes are no header", bytes.len()));
        }
        let claimed = u64::from(u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]));
        let (start, record_length) = (u16_at(bytes, 8), u16_at(bytes, 10));
        if start < 33 || start > bytes.len() {
            return refuse(format!("its header gives its own length as {start} bytes"));
        }
        let mut fields = Vec::new();
        for field in bytes[32..start].chunks_exact(32) {
            if field[0] == 0x0d {
                break;
            }
            let mut field_name = [0; 11];
            field_name.copy_from_slice(&field[..11]);
            fields.push(Field { name: field_name, kind: field[11], length: field[16] });
        }
        let sum = 1 + fields.iter().map(|f| usize::from(f.length)).sum::<usize>();
        if sum != record_length {
            return refuse(format!(
                "its header gives records of {record_length} bytes, but its fields make {sum}"
            ));
        }
        let held = (bytes.len() - start) / record_length;
        let records = held.min(usize::try_from(claimed).unwrap_or(usize::MAX));
        Ok(Layout { fields, start, record_length, records, claimed, code_page: bytes[29] })
    }

    fn body<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.start..self.start + self.records * self.record_length]
    }

    /// The same table as dBase III with text columns only.
    fn plain_table(&self, bytes: &[u8]) -> Vec<u8> {
        let body = self.body(bytes);
        // At most 2046 fields came out of a header of at most 65,535 bytes.
        let start = 33 + 32 * self.fields.len();
        let mut table = Vec::with_capacity(start + body.len());
        table.extend([0x03, 100, 1, 1]);
        table.extend((self.records as u32).to_le_bytes());
        table.extend((start as u16).to_le_bytes());
        table.extend((self.record_length as u16).to_le_bytes());
        table.extend([0; 20]);
        for field in &self.fields {
            table.extend(field.name);
            table.extend([b'C', 0, 0, 0, 0, field.length]);
            table.extend([0; 15]);
        }
        table.push(0x0d);
        table.extend(body);
        table
    }

    /// The `.cpg` decides, then whether the text is valid UTF-8, then the code
    /// page in the header, then Windows-1252.
    fn encoding(
        &self,
        bytes: &[u8],
        cpg: Option<&[u8]>,
        notices: &mut Vec<String>,
    ) -> &'static Encoding {
        if let Some(cpg) = cpg {
            let label = String::from_utf8_lossy(cpg);
            let label = label.trim_matches(['\u{feff}', '\0', ' ', '\r', '\n', '\t']);
            if let Some(encoding) = by_label(label) {
                return encoding;
            }
            notices.push(format!(
                "the .cpg names no code page that is known here ({}); guessed instead",
                super::Reject::cut(label)
            ));
        }
        if self.is_utf8(bytes) {
            return UTF_8;
        }
        if let Some(encoding) = by_language_driver(self.code_page) {
            return encoding;
        }
        let page = match self.code_page {
            0x01 => " (its header says code page 437, which is not known here)",
            0x02 => " (its header says code page 850, which is not known here)",
            0x64 => " (its header says code page 852, which is not known here)",
            _ => "",
        };
        notices.push(format!(
            "the text of the .dbf is not UTF-8 and was read as Windows-1252{page}; \
             check accented letters or add a .cpg"
        ));
        WINDOWS_1252
    }

    fn is_utf8(&self, bytes: &[u8]) -> bool {
        self.body(bytes).chunks_exact(self.record_length).all(|record| {
            let mut rest = &record[1..];
            self.fields.iter().all(|field| {
                let (cell, after) = rest.split_at(usize::from(field.length));
                rest = after;
                // A letter cut in two by the end of a full cell is no sign of another encoding.
                field.kind != b'C'
                    || std::str::from_utf8(cell).map_or_else(|e| e.error_len().is_none(), |_| true)
            })
        })
    }
}

/// What people and programs write into a `.cpg`.
fn by_label(label: &str) -> Option<&'static Encoding> {
    let upper = label.to_ascii_uppercase();
    let digits: String = upper.chars().filter(char::is_ascii_digit).collect();
    let words: String = upper.chars().filter(char::is_ascii_alphabetic).collect();
    let is_number =
        matches!(words.as_str(), "" | "CP" | "ANSI" | "WINDOWS" | "OEM" | "LDID" | "IBM");
    if is_number && words != "LDID" {
        let known = match digits.as_str() {
            "65001" => "utf-8",
            "866" => "ibm866",
            "874" => "windows-874",
            "932" => "shift_jis",
            "936" => "gbk",
            "949" => "euc-kr",
            "950" => "big5",
            "1250" | "1251" | "1252" | "1253" | "1254" | "1255" | "1256" | "1257" | "1258" => {
                return Encoding::for_label(format!("windows-{digits}").as_bytes());
            }
            _ => "",
        };
        if let Some(encoding) = Encoding::for_label(known.as_bytes()) {
            return Some(encoding);
        }
    }
    if let Some(part) = digits.strip_prefix("8859").filter(|p| !p.is_empty())
        && matches!(words.as_str(), "" | "ISO")
    {
        return Encoding::for_label(format!("iso-8859-{part}").as_bytes());
    }
    Encoding::for_label(upper.as_bytes()).filter(|e| e.is_ascii_compatible())
}

/// The language driver byte of the header.
fn by_language_driver(byte: u8) -> Option<&'static Encoding> {
    let label = match byte {
        0x03 | 0x57 | 0x58 | 0x59 => "windows-1252",
        0x13 | 0x7b => "shift_jis",
        0x4d | 0x7a => "gbk",
        0x4e | 0x79 => "euc-kr",
        0x4f | 0x78 => "big5",
        0x65 => "ibm866",
        0x7c => "windows-874",
        0x7d => "windows-1255",
        0x7e => "windows-1256",
        0xc8 => "windows-1250",
        0xc9 => "windows-1251",
        0xca => "windows-1254",
        0xcb => "windows-1253",
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A table of the given fields (name, type, length) and rows; a row that
    /// starts with `*` is deleted.
    pub(in super::super) fn table(fields: &[(&str, u8, u8)], rows: &[&[u8]]) -> Vec<u8> {
        let length: usize = 1 + fields.iter().map(|f| usize::from(f.2)).sum::<usize>();
        let mut bytes = vec![0x03, 0, 0, 0];
        bytes.extend((rows.len() as u32).to_le_bytes());
        bytes.extend((33 + 32 * fields.len() as u16).to_le_bytes());
        bytes.extend((length as u16).to_le_bytes());
        bytes.extend([0; 20]);
        for (name, kind, length) in fields {
            let mut field = [0; 32];
            field[..name.len()].copy_from_slice(name.as_bytes());
            field[11] = *kind;
            field[16] = *length;
            bytes.extend(field);
        }
        bytes.push(0x0d);
        for row in rows {
            assert_eq!(row.len(), length);
            bytes.extend(*row);
        }
        bytes.push(0x1a);
        bytes
    }

    fn cells(row: &Row) -> Vec<(&str, &str)> {
        match row {
            Row::Deleted => panic!("deleted"),
            Row::Cells(cells) => cells.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
        }
    }

    fn only_text(bytes: &[u8], cpg: Option<&[u8]>) -> (String, Vec<String>) {
        let table = read("t", bytes, cpg).unwrap();
        (cells(&table.rows[0])[0].1.to_owned(), table.notices)
    }

    #[test]
    fn cells_are_plain_text_and_deleted_rows_keep_their_places() {
        let fields =
            [("ID", b'N', 6), ("X", b'F', 12), ("D", b'D', 8), ("L", b'L', 1), ("S", b'C', 4)];
        let rows: [&[u8]; 4] = [
            b"      7 1.50000e+0320220909Tab  ",
            b"*     8            20220909Tgone",
            b"       ************00000000?    ",
            b" 000012         1,5        N\0xyz",
        ];
        let table = read("t", &table(&fields, &rows), None).unwrap();
        assert_eq!(
            cells(&table.rows[0]),
            [("D", "2022-09-09"), ("ID", "7"), ("L", "true"), ("S", "ab"), ("X", "1500")]
        );
        assert!(matches!(table.rows[1], Row::Deleted));
        assert_eq!(cells(&table.rows[2]), []);
        assert_eq!(cells(&table.rows[3]), [("ID", "12"), ("L", "false"), ("X", "1.5")]);
        assert_eq!(table.notices, ["1 number cells of the .dbf hold no number; taken as empty"]);
    }

    #[test]
    fn long_whole_numbers_keep_their_digits() {
        assert_eq!(plain_number("9007199254740993").as_deref(), Some("9007199254740993"));
        assert_eq!(plain_number("6.77580001076e-02").as_deref(), Some("0.0677580001076"));
        for text in ["nan", "inf", "1e999", "0x10", "1_0", "1.2.3", "1,2,3", "-"] {
            assert_eq!(plain_number(text), None, "{text}");
        }
    }

    #[test]
    fn a_header_that_contradicts_itself_is_refused() {
        let good = table(&[("S", b'C', 4)], &[b" abcd", b" efgh"]);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            read("t", &bytes, None)
        };
        let error = with(10, 6).err().unwrap();
        assert!(error.message.contains("records of 6 bytes, but its fields make 5"), "{error}");
        assert!(with(8, 20).is_err() && with(9, 0xff).is_err() && with(48, 9).is_err());
        for cut in 0..33 {
            assert!(read("t", &good[..cut], None).is_err());
        }
        // More records claimed than there are: what is there is read.
        let table = with(7, 0xff).unwrap();
        assert_eq!(table.rows.len(), 2);
        assert!(table.notices[0].contains("and holds 2"), "{:?}", table.notices);
    }

    #[test]
    fn any_changed_byte_ends() {
        let good = table(&[("ID", b'N', 6), ("S", b'M', 10)], &[b"      7         1"]);
        for at in 0..good.len() {
            for byte in [0, 1, 0x0d, b' ', b'*', b'M', 0x80, 0xff] {
                let mut bytes = good.clone();
                bytes[at] = byte;
                let _ = read("t", &bytes, None);
            }
        }
    }

    #[test]
    fn memo_fields_are_left_out_and_named() {
        let mut bytes = table(&[("NOTE", b'M', 10), ("S", b'C', 1)], &[b"          1a"]);
        bytes[0] = 0xf5;
        let table = read("t", &bytes, None).unwrap();
        assert_eq!(cells(&table.rows[0]), [("S", "a")]);
        assert_eq!(table.notices, ["memo and binary fields are not read: NOTE"]);
    }

    #[test]
    fn the_code_page_is_found_or_guessed_and_said() {
        let latin = table(&[("S", b'C', 6)], &[b" Caf\xe9  "]);
        assert_eq!(only_text(&latin, Some(b"1252")), ("Caf\u{e9}".into(), vec![]));
        assert_eq!(only_text(&latin, Some(b"ISO 8859-1\r\n")).0, "Caf\u{e9}");
        assert_eq!(only_text(&latin, Some(b"ANSI 1251")).0, "Caf\u{439}");
        let (text, notices) = only_text(&latin, None);
        assert_eq!(text, "Caf\u{e9}");
        assert!(notices[0].contains("read as Windows-1252"), "{notices:?}");
        let (text, notices) = only_text(&latin, Some(b"UTF-8"));
        assert_eq!(text, "Caf\u{fffd}");
        assert!(notices[0].starts_with("1 texts"), "{notices:?}");
        let (_, notices) = only_text(&latin, Some(b"<html>404"));
        assert!(notices[0].contains("<html>404"), "{notices:?}");

        let mut cyrillic = latin.clone();
        cyrillic[29] = 0xc9;
        assert_eq!(only_text(&cyrillic, None), ("Caf\u{439}".into(), vec![]));
        cyrillic[29] = 0x02;
        assert!(only_text(&cyrillic, None).1[0].contains("code page 850"));

        // Dari, cut in the middle of a letter by the end of the cell.
        let dari = table(&[("S", b'C', 5)], &[b" \xda\xa9\xd8\xa7\xd8"]);
        let (text, notices) = only_text(&dari, None);
        assert_eq!(text, "\u{6a9}\u{627}\u{fffd}");
        assert!(notices[0].contains("U+FFFD"), "{notices:?}");
    }
}
