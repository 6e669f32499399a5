//! The compound files that hold old Excel workbooks (MS-CFB): the way to one
//! stream, every chain of sectors bounded by the size of the file.

/// The first bytes of a compound file.
const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Sector numbers from here on are marks.
const MARKS: u32 = 0xFFFF_FFFA;
const END: u32 = 0xFFFF_FFFE;
/// Streams shorter than this lie in the small sectors of 64 bytes.
const SHORT: usize = 4096;

/// Whether a file's first bytes are those of a compound file.
pub(super) fn is_compound(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

/// The stream of one of some names.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn stream(file: &[u8], names: &[&str]) -> Result<Vec<u8>, String> {
    let compound = Compound::open(file)?;
    let directory = compound.chain(compound.u32_at(48)?, usize::MAX)?;
    let entries: Vec<&[u8]> = directory.chunks_exact(128).collect();
    let entry = names
        .iter()
        .find_map(|name| entries.iter().find(|entry| name_of(entry).eq_ignore_ascii_case(name)))
        .ok_or("it holds no workbook")?;
    let (start, length) = (u32_of(entry, 116), u32_of(entry, 120) as usize);
    if length >= SHORT {
        return compound.chain(start, length);
    }
    let root = entries.first().ok_or("its folder is empty")?;
    let small = compound.chain(u32_of(root, 116), u32_of(root, 120) as usize)?;
    let table = compound.chain(compound.u32_at(60)?, usize::MAX)?;
    follow(start, &numbers(&table), length, |sector| part(&small, sector, 64))
}

struct Compound<'a> {
    file: &'a [u8],
    sector: usize,
    table: Vec<u32>,
}

impl<'a> Compound<'a> {
    fn open(file: &'a [u8]) -> Result<Compound<'a>, String> {
        let shift = file.get(30..32).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]));
        if !is_compound(file) || !matches!(shift, 9 | 12) {
            return Err("its header is damaged".to_owned());
        }
        let mut compound = Compound { file, sector: 1 << shift, table: Vec::new() };
        let mut listed = numbers(file.get(76..file.len().min(512)).unwrap_or_default());
        let mut more = compound.u32_at(68)?;
        let most = file.len() / compound.sector + 1;
        for _ in 0..most {
            if more >= MARKS {
                break;
            }
            let mut next = numbers(compound.sector_at(more)?);
            more = next.pop().unwrap_or(END);
            listed.extend(next);
        }
        for sector in listed.into_iter().filter(|sector| *sector < MARKS).take(most) {
            let part = numbers(compound.sector_at(sector)?);
            compound.table.extend(part);
        }
        Ok(compound)
    }

    fn u32_at(&self, at: usize) -> Result<u32, String> {
        let found = self.file.get(at..at + 4).map(|bytes| u32_of(bytes, 0));
        found.ok_or_else(|| "it is cut short".to_owned())
    }

    fn sector_at(&self, number: u32) -> Result<&'a [u8], String> {
        // The header fills a sector of its own.
        let sector = part(self.file, number.saturating_add(1), self.sector);
        sector.filter(|part| !part.is_empty()).ok_or_else(|| "it is cut short".to_owned())
    }

    fn chain(&self, start: u32, length: usize) -> Result<Vec<u8>, String> {
        let length = length.min(self.file.len());
        follow(start, &self.table, length, |sector| self.sector_at(sector).ok())
    }
}

/// The bytes of a chain of sectors, `length` of them at most.
fn follow<'a>(
    mut sector: u32,
    table: &[u32],
    length: usize,
    part: impl Fn(u32) -> Option<&'a [u8]>,
) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    // A chain longer than the table has a sector twice.
    for _ in 0..=table.len() {
        if sector >= MARKS || bytes.len() >= length {
            bytes.truncate(length);
            return Ok(bytes);
        }
        bytes.extend_from_slice(part(sector).ok_or("it is cut short")?);
        sector = table.get(sector as usize).copied().unwrap_or(END);
    }
    Err("its sectors run in a circle".to_owned())
}

/// A sector, the last of a file perhaps in part.
fn part(bytes: &[u8], number: u32, size: usize) -> Option<&[u8]> {
    let start = (number as usize).checked_mul(size)?;
    bytes.get(start..bytes.len().min(start.checked_add(size)?))
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|four| u32_of(four, 0)).collect()
}

fn u32_of(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_le_bytes)
}

fn name_of(entry: &[u8]) -> String {
    let units = entry[..64].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
    char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|letter| letter.unwrap_or('\u{fffd}'))
        .collect()
}

/// A compound file of one stream.
pub(super) fn wrap(name: &str, stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    // Long enough not to lie in small sectors.
    let length = stream.len().max(SHORT);
    let data = length.div_ceil(SECTOR);
    // Sectors: the table, the folder, the stream; each sector of the table
    // tells of 128.
    let mut tables = 1;
    while tables * 128 < tables + 1 + data {
        tables += 1;
    }
    let lists = tables.saturating_sub(109).div_ceil(127);
    while tables * 128 < tables + lists + 1 + data {
        tables += 1;
    }
    let first_list = tables;
    let folder = tables + lists;
    let mut header = [0_u8; SECTOR];
    header[..8].copy_from_slice(&MAGIC);
    header[24..28].copy_from_slice(&[0x3E, 0, 3, 0]);
    header[28..34].copy_from_slice(&[0xFE, 0xFF, 9, 0, 6, 0]);
    let mut put = |at: usize, value: u32| header[at..at + 4].copy_from_slice(&value.to_le_bytes());
    put(44, tables as u32);
    put(48, folder as u32);
    put(56, SHORT as u32);
    put(60, END);
    put(68, if lists > 0 { first_list as u32 } else { END });
    put(72, lists as u32);
    let table_at = |i: usize| if i < tables { i as u32 } else { u32::MAX };
    (0..109).for_each(|i| put(76 + 4 * i, table_at(i)));
    let mut file = header.to_vec();
    let mut table = vec![0xFFFF_FFFD_u32; tables];
    table.resize(tables + lists, 0xFFFF_FFFC);
    table.push(END);
    for i in 1..=data {
        table.push(if i == data { END } else { (folder + i + 1) as u32 });
    }
    table.resize(tables * 128, u32::MAX);
    file.extend(table.iter().flat_map(|number| number.to_le_bytes()));
    for list in 0..lists {
        let from = 109 + 127 * list;
        let numbers = (from..from + 127).map(table_at);
        let next = if list + 1 < lists { (first_list + list + 1) as u32 } else { END };
        file.extend(numbers.chain([next]).flat_map(u32::to_le_bytes));
    }
    for (name, kind, start, length) in
        [("Root Entry", 5, END, 0), (name, 2, folder as u32 + 1, length as u32)]
    {
        let mut entry = [0_u8; 128];
        let units: Vec<u16> = name.encode_utf16().take(31).collect();
        for (i, unit) in units.iter().enumerate() {
            entry[2 * i..2 * i + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = 2 * (units.len() as u8 + 1);
        entry[66..68].copy_from_slice(&[kind, 1]);
        entry[68..80].copy_from_slice(&[0xFF; 12]);
        if kind == 5 {
            entry[76..80].copy_from_slice(&1_u32.to_le_bytes());
        }
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&length.to_le_bytes());
        file.extend(entry);
    }
    file.resize(file.len() + 256, 0);
    file.extend(stream);
    file.resize(SECTOR * (1 + folder + 1 + data), 0);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_is_found_again() {
        for length in [1, 5000, 70_000, 8 << 20] {
            let text: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            let file = wrap("Workbook", &text);
            let found = stream(&file, &["Book", "workbook"]).unwrap();
            assert_eq!(found[..length], text, "{length}");
            assert_eq!(found.len(), length.max(SHORT));
            assert!(stream(&file, &["Other"]).is_err());
        }
    }

    #[test]
    fn no_change_makes_it_run_for_ever() {
        let file = wrap("Workbook", &[7; 3000]);
        for at in (0..file.len()).filter(|at| *at < 1700) {
            for byte in [0, 1, 0x7f, 0xfe, 0xff] {
                let mut bytes = file.clone();
                bytes[at] = byte;
                if let Ok(found) = stream(&bytes, &["Workbook"]) {
                    assert!(found.len() <= bytes.len());
                }
            }
        }
        for cut in 0..file.len() {
            let _ = stream(&file[..cut], &["Workbook"]);
        }
        // A chain that comes back to its start.
        let circle = |length| follow(0, &[1, 0], length, |_| Some(&[7][..]));
        assert_eq!(circle(2), Ok(vec![7, 7]));
        assert!(circle(9).unwrap_err().contains("circle"));
    }
}
