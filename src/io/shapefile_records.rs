//! The records of an Esri shapefile (Esri white paper, July 1998) with their
//! attributes, one at a time, for layers and for incidents.
//!
//! The records are found by us, in the `.shx` or in file order, and every
//! count in a record is checked against its bytes; the crate `shapefile` then
//! decodes each record alone. Polygons are handed to it as lines, so that it
//! gives back the rings as they stand and the gate tells shells from holes.

use super::code_pages::CodePage;
use super::gate::{Foreign, Raw, Refusal};
use super::layer_dbf::{Row, Table};
use super::prj::{self, Prj};
use super::zone_metres::{self, in_degrees};
use super::{ReadError, Reject};
use crate::geodesy::Utm;
use shapefile::record::traits::HasXY;
use shapefile::{ShapeReader, ShapeType};
use std::io::Cursor;
use std::ops::Range;

/// The first bytes of a `.shp` and of a `.shx`: 9994.
pub(super) const FILE_CODE: [u8; 4] = [0, 0, 0x27, 0x0a];

const HEADER: usize = 100;
const RECORD_HEADER: usize = 8;

/// The files of one shapefile, as they were read.
pub(super) struct Files {
    pub(super) shp: Vec<u8>,
    pub(super) shx: Option<Vec<u8>>,
    pub(super) dbf: Option<Vec<u8>>,
    pub(super) prj: Option<Vec<u8>>,
    pub(super) cpg: Option<Vec<u8>>,
}

/// One record: what it covers, and its cells by column of the table.
pub(super) struct Record {
    /// Number from 1.
    pub(super) number: u64,
    pub(super) geometry: Result<Foreign, Refusal>,
    pub(super) cells: Vec<Option<String>>,
}

/// The records of a shapefile in their order.
pub(super) struct Records<'a> {
    shp: &'a [u8],
    kind: ShapeType,
    index: Index,
    /// `None` without a `.dbf`.
    pub(super) table: Option<Table<'a>>,
    zone: Option<Utm>,
    next: usize,
    deleted: u64,
    notices: Vec<String>,
}

impl<'a> Records<'a> {
    /// Understands the files; `asked` is the code page that the user names.
    ///
    /// # Errors
    /// When they are no shapefile, in another coordinate system than WGS 84 or
    /// a zone of UTM on it, or when the table contradicts itself.
    pub(super) fn open(
        name: &str,
        files: &'a Files,
        asked: Option<CodePage>,
    ) -> Result<Records<'a>, ReadError> {
        let Files { shp, shx, dbf, prj, cpg } = files;
        let mut notices = Vec::new();
        let zone = zone_of(name, prj.as_deref(), &mut notices)?;
        let kind = ShapeReader::new(Cursor::new(shp))
            .map_err(|e| ReadError::new(name, format!("is not a shapefile: {e}")))?
            .header()
            .shape_type;
        let table = match dbf {
            Some(bytes) => Some(Table::open(name, bytes, cpg.as_deref(), asked)?),
            None => {
                notices.push("there is no .dbf: features have no attributes".to_owned());
                None
            }
        };
        let rows = table.as_ref().map(Table::len);
        let index = Index::find(shp, shx.as_deref(), rows, &mut notices);
        if let Some(rows) = rows
            && rows != index.records.len()
        {
            notices.push(format!(
                "the .shp has {} records and the .dbf {rows}: they are paired by position",
                index.records.len()
            ));
        }
        Ok(Records { shp, kind, index, table, zone, next: 0, deleted: 0, notices })
    }

    /// The next record that is not deleted; `None` at the end. A record that
    /// runs past the end of the file is the last.
    pub(super) fn next(&mut self) -> Option<Record> {
        loop {
            let position = self.next;
            self.next += 1;
            let number = position as u64 + 1;
            let Some(content) = self.index.records.get(position).cloned() else {
                let (number, at) = self.index.broken.take()?;
                let reason = "its length runs past the end of the file; reading stopped here";
                let geometry = Err(Refusal::new(format!("byte {at}"), reason));
                return Some(Record { number, geometry, cells: Vec::new() });
            };
            let cells = match self.table.as_mut().and_then(|table| table.row(position)) {
                Some(Row::Deleted) => {
                    self.deleted += 1;
                    continue;
                }
                Some(Row::Cells(cells)) => cells,
                None => Vec::new(),
            };
            let geometry = foreign(self.kind, &self.shp[content])
                .and_then(|found| in_degrees(self.zone.as_ref(), found));
            return Some(Record { number, geometry, cells });
        }
    }

    /// What the user should know, once all records were read.
    pub(super) fn notices(&self) -> Vec<String> {
        let mut notices = self.notices.clone();
        notices.extend(self.table.iter().flat_map(Table::notices));
        if self.deleted > 0 {
            notices.push(format!(
                "{} records are marked as deleted in the .dbf and were left out",
                self.deleted
            ));
        }
        if self.kind.has_z() {
            notices.push("heights of the .shp are not used".to_owned());
        }
        notices
    }
}

/// The zone whose metres the coordinates are; `None` when they are degrees.
fn zone_of(
    name: &str,
    prj: Option<&[u8]>,
    notices: &mut Vec<String>,
) -> Result<Option<Utm>, ReadError> {
    match prj.map(prj::parse) {
        Some(Prj::Wgs84) => {}
        Some(Prj::Utm { zone, northern }) => {
            let zone = Utm::new(zone, northern);
            if let Some(zone) = &zone {
                notices.push(zone_metres::notice(zone));
            }
            return Ok(zone);
        }
        None => notices.push("there is no .prj: coordinates were taken as WGS 84".to_owned()),
        Some(Prj::Blank) => {
            notices.push("the .prj is blank: coordinates were taken as WGS 84".to_owned());
        }
        Some(Prj::Other(found)) => {
            let found = Reject::cut(&found);
            return Err(ReadError::new(
                name,
                format!("its .prj is {found}, neither geographic WGS 84 nor a zone of UTM on it"),
            )
            .hint("reproject it to EPSG:4326: ogr2ogr -t_srs EPSG:4326 OUT.shp IN.shp"));
        }
    }
    Ok(None)
}

/// Where the contents of the records lie in the `.shp`.
struct Index {
    records: Vec<Range<usize>>,
    /// A record whose length does not fit, and the byte of its header.
    broken: Option<(u64, usize)>,
}

impl Index {
    /// The `.shx` gives the order when every entry is a record of the `.shp` and
    /// none overlaps another; otherwise the `.shp` is read in its own order.
    fn find(
        shp: &[u8],
        shx: Option<&[u8]>,
        rows: Option<usize>,
        notices: &mut Vec<String>,
    ) -> Index {
        let in_order = Index::in_file_order(shp, notices);
        let Some(shx) = shx else {
            notices.push("there is no .shx: the .shp was read in file order".to_owned());
            return in_order;
        };
        let Some(records) = Index::listed(shp, shx) else {
            notices.push("the .shx does not fit the .shp, which was read in file order".to_owned());
            return in_order;
        };
        let (listed, there) = (records.len(), in_order.records.len());
        if listed != there && in_order.broken.is_none() {
            // A record without an entry is a leftover of editing, unless the
            // table knows it.
            if rows == Some(there) {
                notices.push(format!(
                    "the .shx lists {listed} records, the .shp and the .dbf have {there}: \
                     read in file order"
                ));
                return in_order;
            }
            notices.push(format!(
                "the .shx lists {listed} of the {there} records of the .shp; the others were left out"
            ));
        }
        Index { records, broken: None }
    }

    fn in_file_order(shp: &[u8], notices: &mut Vec<String>) -> Index {
        let claimed = usize::try_from(i32_be(shp, 24).unwrap_or(0)).unwrap_or(0) * 2;
        if claimed != shp.len() {
            notices.push(format!(
                "the header of the .shp gives {claimed} bytes, the file has {}",
                shp.len()
            ));
        }
        let mut records = Vec::new();
        let mut at = HEADER;
        while at < shp.len() {
            match content(shp, at) {
                Some(range) => {
                    at = range.end;
                    records.push(range);
                }
                None => {
                    let record = records.len() as u64 + 1;
                    return Index { records, broken: Some((record, at)) };
                }
            }
        }
        Index { records, broken: None }
    }

    fn listed(shp: &[u8], shx: &[u8]) -> Option<Vec<Range<usize>>> {
        if !shx.starts_with(&FILE_CODE) || shx.len() < HEADER {
            return None;
        }
        let mut records = Vec::with_capacity((shx.len() - HEADER) / 8);
        for entry in shx[HEADER..].chunks_exact(8) {
            let at = usize::try_from(i32_be(entry, 0)?).ok()?.checked_mul(2)?;
            let length = usize::try_from(i32_be(entry, 4)?).ok()?.checked_mul(2)?;
            let range = content(shp, at)?;
            if at < HEADER || range.len() != length {
                return None;
            }
            records.push(range);
        }
        let mut sorted: Vec<&Range<usize>> = records.iter().collect();
        sorted.sort_by_key(|r| r.start);
        let apart = sorted.windows(2).all(|w| w[0].end + RECORD_HEADER <= w[1].start);
        apart.then_some(records)
    }
}

fn i32_be(bytes: &[u8], at: usize) -> Option<i32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(i32::from_be_bytes(four.try_into().ok()?))
}

fn i32_le(bytes: &[u8], at: usize) -> Option<i32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(i32::from_le_bytes(four.try_into().ok()?))
}

/// The content of the record whose header stands at `at`; `None` when it does
/// not lie inside the file or cannot even hold a shape type.
fn content(shp: &[u8], at: usize) -> Option<Range<usize>> {
    let length = usize::try_from(i32_be(shp, at.checked_add(4)?)?).ok()?.checked_mul(2)?;
    let start = at.checked_add(RECORD_HEADER)?;
    let end = start.checked_add(length)?;
    (length >= 4 && end <= shp.len()).then_some(start..end)
}

/// One record's geometry as it is written.
fn foreign(kind: ShapeType, content: &[u8]) -> Result<Foreign, Refusal> {
    let code = i32_le(content, 0).unwrap_or(-1);
    let own = ShapeType::from(code)
        .ok_or_else(|| Refusal::new(code.to_string(), "its shape type is unknown"))?;
    if own == ShapeType::NullShape {
        return Err(Refusal::new("", "it has no geometry (null shape)"));
    }
    if own != kind {
        return Err(Refusal::new(
            own.to_string(),
            format!("its shape type is not the file's, {kind}"),
        ));
    }
    check_counts(own, content)?;
    // A polygon's record is laid out as a line's is.
    let (as_type, rings) = match own {
        ShapeType::Polygon => (ShapeType::Polyline, true),
        ShapeType::PolygonZ => (ShapeType::PolylineZ, true),
        ShapeType::PolygonM => (ShapeType::PolylineM, true),
        other => (other, false),
    };
    match decode(as_type, content)? {
        Foreign::Lines(parts) if rings => Ok(Foreign::Rings(parts)),
        geometry => Ok(geometry),
    }
}

/// Whether the counts in a record fit into it, before anything is allocated by
/// them, and its parts follow each other.
fn check_counts(kind: ShapeType, content: &[u8]) -> Result<(), Refusal> {
    use ShapeType as S;
    let short = || {
        Refusal::new(format!("{} bytes", content.len()), "the record is too short for its shape")
    };
    let count = |at| i32_le(content, at).and_then(|n| usize::try_from(n).ok()).ok_or_else(short);
    let (parts, points, fixed) = match kind {
        S::Point => (0, 0, 20),
        S::PointZ | S::PointM => (0, 0, 28),
        S::Multipoint | S::MultipointM | S::MultipointZ => (0, count(36)?, 40),
        S::Multipatch | S::NullShape => {
            return Err(Refusal::new(kind.to_string(), "this shape type is not read"));
        }
        _ => (count(36)?, count(40)?, 44),
    };
    // Heights are required by the Z types, measures may be left out.
    let per_point = if kind.has_z() && fixed > 28 { 24 } else { 16 };
    let range = if kind.has_z() && fixed > 28 { 16 } else { 0 };
    let needed = parts
        .checked_mul(4)
        .zip(points.checked_mul(per_point))
        .and_then(|(a, b)| a.checked_add(b)?.checked_add(fixed + range));
    if needed.is_none_or(|needed| needed > content.len()) {
        return Err(short());
    }
    let mut previous = 0;
    for part in 0..parts {
        let start = count(44 + 4 * part)?;
        if (part == 0 && start != 0) || start < previous || start > points {
            return Err(Refusal::new(
                start.to_string(),
                "the parts of the record are out of order",
            ));
        }
        previous = start;
    }
    Ok(())
}

/// Decodes one record as a file of its own.
fn decode(kind: ShapeType, content: &[u8]) -> Result<Foreign, Refusal> {
    let length = (HEADER + RECORD_HEADER + content.len()) / 2;
    let mut file = Vec::with_capacity(length * 2);
    file.extend(FILE_CODE);
    file.extend([0; 20]);
    file.extend((length as u32).to_be_bytes());
    file.extend(1000_i32.to_le_bytes());
    file.extend((kind as i32).to_le_bytes());
    file.extend([0; 64]);
    file.extend(1_i32.to_be_bytes());
    file.extend(((content.len() / 2) as u32).to_be_bytes());
    file.extend((kind as i32).to_le_bytes());
    file.extend(&content[4..]);
    let failed = |e: shapefile::Error| Refusal::new("", format!("the record cannot be read: {e}"));
    let shape = ShapeReader::new(Cursor::new(file))
        .map_err(failed)?
        .iter_shapes()
        .next()
        .ok_or_else(|| Refusal::new("", "the record is empty"))?
        .map_err(failed)?;
    Ok(match shape {
        shapefile::Shape::Point(p) => Foreign::Points(raw(&[p])),
        shapefile::Shape::PointM(p) => Foreign::Points(raw(&[p])),
        shapefile::Shape::PointZ(p) => Foreign::Points(raw(&[p])),
        shapefile::Shape::Multipoint(m) => Foreign::Points(raw(m.points())),
        shapefile::Shape::MultipointM(m) => Foreign::Points(raw(m.points())),
        shapefile::Shape::MultipointZ(m) => Foreign::Points(raw(m.points())),
        shapefile::Shape::Polyline(l) => Foreign::Lines(raw_parts(l.parts())),
        shapefile::Shape::PolylineM(l) => Foreign::Lines(raw_parts(l.parts())),
        shapefile::Shape::PolylineZ(l) => Foreign::Lines(raw_parts(l.parts())),
        other => {
            return Err(Refusal::new(other.shapetype().to_string(), "this shape type is not read"));
        }
    })
}

fn raw<P: HasXY>(points: &[P]) -> Vec<Raw> {
    points.iter().map(|p| [p.x(), p.y()]).collect()
}

fn raw_parts<P: HasXY>(parts: &[Vec<P>]) -> Vec<Vec<Raw>> {
    parts.iter().map(|p| raw(p)).collect()
}
