//! The attribute table of a shapefile (dBase III and its kin), row by row in the
//! order of its shapes.
//!
//! The header is checked against its own size and the file's; cells are then
//! cut out by it. Dates of 00/00/00, stars in numbers, memo files and code
//! pages of DOS, over which readers stumble, are nothing special here.

use super::ReadError;
use super::code_pages::CodePage;

/// A table, its rows decoded one at a time.
pub(super) struct Table<'a> {
    layout: Layout,
    body: &'a [u8],
    names: Vec<String>,
    page: CodePage,
    notices: Vec<String>,
    damaged: u64,
    not_numbers: u64,
}

/// One row.
pub(super) enum Row {
    /// Marked as deleted.
    Deleted,
    /// Its cells by column as plain text; empty ones and those not read are `None`.
    Cells(Vec<Option<String>>),
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

impl<'a> Table<'a> {
    /// Understands a table; `cpg` is the content of the `.cpg` beside it, and
    /// `asked` the code page that the user names, which goes before it.
    ///
    /// # Errors
    /// When the header contradicts itself or the file.
    pub(super) fn open(
        name: &str,
        bytes: &'a [u8],
        cpg: Option<&[u8]>,
        asked: Option<CodePage>,
    ) -> Result<Table<'a>, ReadError> {
        let layout = Layout::read(name, bytes)?;
        let mut notices = Vec::new();
        if layout.claimed != layout.records as u64 {
            notices.push(format!(
                "the .dbf says that it has {} records and holds {}",
                layout.claimed, layout.records
            ));
        }
        let page = asked.unwrap_or_else(|| layout.code_page(bytes, cpg, &mut notices));
        let names = layout.fields.iter().map(|f| f.name(page)).collect();
        let body = layout.body(bytes);
        Ok(Table { layout, body, names, page, notices, damaged: 0, not_numbers: 0 })
    }

    /// Number of rows, deleted ones included.
    pub(super) fn len(&self) -> usize {
        self.layout.records
    }

    /// Names of the columns, and whether each holds numbers; `None` for one
    /// that is not read.
    pub(super) fn columns(&self) -> impl Iterator<Item = Option<(&str, bool)>> {
        let told = |(field, name): (&Field, _)| {
            field.is_read().then_some((name, matches!(field.kind, b'N' | b'F')))
        };
        self.layout.fields.iter().zip(self.names.iter().map(String::as_str)).map(told)
    }

    /// A row by its number from 0; `None` beyond the last.
    pub(super) fn row(&mut self, index: usize) -> Option<Row> {
        let record = self.body.chunks_exact(self.layout.record_length).nth(index)?;
        let (mark, mut rest) = record.split_first()?;
        if *mark == b'*' {
            return Some(Row::Deleted);
        }
        let mut cells = Vec::with_capacity(self.layout.fields.len());
        for field in &self.layout.fields {
            let (cell, after) = rest.split_at(usize::from(field.length).min(rest.len()));
            rest = after;
            if !field.is_read() {
                cells.push(None);
                continue;
            }
            let text = self.page.decode(cell);
            // Some writers end a cell with NUL and leave what was there before.
            let text = text.split('\0').next().unwrap_or_default().trim();
            self.damaged += u64::from(text.contains('\u{fffd}'));
            let value = if text.is_empty() { None } else { field.value(text) };
            let lost = value.is_none() && !text.is_empty() && matches!(field.kind, b'N' | b'F');
            self.not_numbers += u64::from(lost);
            cells.push(value);
        }
        Some(Row::Cells(cells))
    }

    /// What the user should know of the rows that were read.
    pub(super) fn notices(&self) -> Vec<String> {
        let mut notices = self.notices.clone();
        if self.damaged > 0 {
            notices.push(format!(
                "{} texts of the .dbf hold characters that {} does not have (shown as U+FFFD); \
                 --dbf-encoding or the right code page in the .cpg mends them",
                self.damaged,
                self.page.name()
            ));
        }
        if self.not_numbers > 0 {
            notices.push(format!(
                "{} number cells of the .dbf hold no number; taken as empty",
                self.not_numbers
            ));
        }
        let unread: Vec<&str> = self
            .layout
            .fields
            .iter()
            .zip(&self.names)
            .filter(|(f, _)| !f.is_read())
            .map(|(_, n)| n.as_str())
            .collect();
        if !unread.is_empty() {
            notices.push(format!("memo and binary fields are not read: {}", unread.join(", ")));
        }
        notices
    }
}

impl Field {
    fn name(&self, page: CodePage) -> String {
        let end = self.name.iter().position(|&b| b == 0).unwrap_or(self.name.len());
        page.decode(&self.name[..end]).trim().to_owned()
    }

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

    /// The `.cpg` decides, then whether the text is valid UTF-8, then the code
    /// page in the header, then Windows-1252.
    fn code_page(&self, bytes: &[u8], cpg: Option<&[u8]>, notices: &mut Vec<String>) -> CodePage {
        if let Some(cpg) = cpg {
            let label = String::from_utf8_lossy(cpg);
            let label = label.trim_matches(['\u{feff}', '\0', ' ', '\r', '\n', '\t']);
            if let Some(page) = CodePage::by_label(label) {
                return page;
            }
            notices.push(format!(
                "the .cpg names no code page that is known here ({}); guessed instead",
                super::Reject::cut(label)
            ));
        }
        if self.is_utf8(bytes) {
            return CodePage::UTF_8;
        }
        if let Some(page) = CodePage::by_language_driver(self.code_page) {
            return page;
        }
        notices.push(
            "the text of the .dbf is not UTF-8 and was read as windows-1252; \
             --dbf-encoding names another code page"
                .to_owned(),
        );
        CodePage::WINDOWS_1252
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

    fn open(bytes: &[u8]) -> Result<Table<'_>, ReadError> {
        Table::open("t", bytes, None, None)
    }

    /// The filled cells of a row with the names of their columns.
    fn cells(table: &mut Table<'_>, row: usize) -> Vec<(String, String)> {
        let Some(Row::Cells(cells)) = table.row(row) else { panic!("no row {row}") };
        let names = table.names.iter().cloned();
        names.zip(cells).filter_map(|(name, cell)| Some((name, cell?))).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    fn only_text(bytes: &[u8], cpg: Option<&[u8]>) -> (String, Vec<String>) {
        let mut table = Table::open("t", bytes, cpg, None).unwrap();
        let text = cells(&mut table, 0).remove(0).1;
        (text, table.notices())
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
        let bytes = table(&fields, &rows);
        let mut table = open(&bytes).unwrap();
        assert_eq!(
            cells(&mut table, 0),
            pairs(&[("ID", "7"), ("X", "1500"), ("D", "2022-09-09"), ("L", "true"), ("S", "ab")])
        );
        assert!(matches!(table.row(1), Some(Row::Deleted)));
        assert_eq!(cells(&mut table, 2), []);
        assert_eq!(cells(&mut table, 3), pairs(&[("ID", "12"), ("X", "1.5"), ("L", "false")]));
        assert!(table.row(4).is_none());
        assert_eq!(table.notices(), ["1 number cells of the .dbf hold no number; taken as empty"]);
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
            open(&bytes).map(|table| (table.len(), table.notices())).map_err(|e| e.message)
        };
        let error = with(10, 6).err().unwrap();
        assert!(error.contains("records of 6 bytes, but its fields make 5"), "{error}");
        assert!(with(8, 20).is_err() && with(9, 0xff).is_err() && with(48, 9).is_err());
        for cut in 0..33 {
            assert!(open(&good[..cut]).is_err());
        }
        // More records claimed than there are: what is there is read.
        let (rows, notices) = with(7, 0xff).unwrap();
        assert_eq!(rows, 2);
        assert!(notices[0].contains("and holds 2"), "{notices:?}");
    }

    #[test]
    fn any_changed_byte_ends() {
        let good = table(&[("ID", b'N', 6), ("S", b'M', 10)], &[b"      7         1"]);
        for at in 0..good.len() {
            for byte in [0, 1, 0x0d, b' ', b'*', b'M', 0x80, 0xff] {
                let mut bytes = good.clone();
                bytes[at] = byte;
                if let Ok(mut table) = open(&bytes) {
                    (0..=table.len()).for_each(|row| drop(table.row(row)));
                }
            }
        }
    }

    #[test]
    fn memo_fields_are_left_out_and_named() {
        let mut bytes = table(&[("NOTE", b'M', 10), ("S", b'C', 1)], &[b"          1a"]);
        bytes[0] = 0xf5;
        let mut table = open(&bytes).unwrap();
        assert_eq!(cells(&mut table, 0), pairs(&[("S", "a")]));
        assert_eq!(table.notices(), ["memo and binary fields are not read: NOTE"]);
    }

    #[test]
    fn the_code_page_is_found_or_guessed_and_said() {
        let latin = table(&[("S", b'C', 6)], &[b" Caf\xe9  "]);
        assert_eq!(only_text(&latin, Some(b"1252")), ("Caf\u{e9}".into(), vec![]));
        assert_eq!(only_text(&latin, Some(b"ISO 8859-1\r\n")).0, "Caf\u{e9}");
        assert_eq!(only_text(&latin, Some(b"ANSI 1251")).0, "Caf\u{439}");
        let (text, notices) = only_text(&latin, None);
        assert_eq!(text, "Caf\u{e9}");
        assert!(notices[0].contains("read as windows-1252"), "{notices:?}");
        let (text, notices) = only_text(&latin, Some(b"UTF-8"));
        assert_eq!(text, "Caf\u{fffd}");
        assert!(notices[0].starts_with("1 texts"), "{notices:?}");
        let (_, notices) = only_text(&latin, Some(b"<html>404"));
        assert!(notices[0].contains("<html>404"), "{notices:?}");

        let mut cyrillic = latin.clone();
        cyrillic[29] = 0xc9;
        assert_eq!(only_text(&cyrillic, None), ("Caf\u{439}".into(), vec![]));
        // The same byte in a code page of DOS.
        cyrillic[29] = 0x02;
        assert_eq!(only_text(&cyrillic, None), ("Caf\u{da}".into(), vec![]));
        // What the user says goes before what the file says.
        let page = CodePage::by_label("1252");
        let mut named = Table::open("t", &cyrillic, Some(b"UTF-8"), page).unwrap();
        assert_eq!(cells(&mut named, 0), pairs(&[("S", "Caf\u{e9}")]));

        // Dari, cut in the middle of a letter by the end of the cell.
        let dari = table(&[("S", b'C', 5)], &[b" \xda\xa9\xd8\xa7\xd8"]);
        let (text, notices) = only_text(&dari, None);
        assert_eq!(text, "\u{6a9}\u{627}\u{fffd}");
        assert!(notices[0].contains("U+FFFD"), "{notices:?}");
    }
}
