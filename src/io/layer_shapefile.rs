//! Layers from Esri shapefiles (Esri white paper, July 1998).
//!
//! The records are found by us, in the `.shx` or in file order, and every
//! count in a record is checked against its bytes; the crate `shapefile` then
//! decodes each record alone. Polygons are handed to it as lines, so that it
//! gives back the rings as they stand and the gate tells shells from holes.

use super::features::{Feature, Features, Intake};
use super::gate::{Foreign, Gate, Raw, Refusal};
use super::layer_dbf::{self, Row, Table};
use super::prj::{self, Prj};
use super::{ReadError, Reject};
use shapefile::record::traits::HasXY;
use shapefile::{ShapeReader, ShapeType};
use std::collections::BTreeMap;
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

/// Reads a layer. Its `sha256` is left to the caller, who has the files.
pub(super) fn read(name: &str, files: Files) -> Result<Features, ReadError> {
    let Files { shp, shx, dbf, prj, cpg } = files;
    let mut notices = Vec::new();
    check_prj(name, prj.as_deref(), &mut notices)?;
    let kind = ShapeReader::new(Cursor::new(&shp))
        .map_err(|e| ReadError::new(name, format!("is not a shapefile: {e}")))?
        .header()
        .shape_type;
    let table = match &dbf {
        Some(bytes) => layer_dbf::read(name, bytes, cpg.as_deref())?,
        None => {
            notices.push("there is no .dbf: features have no attributes".to_owned());
            Table { rows: Vec::new(), notices: Vec::new() }
        }
    };
    let rows = dbf.is_some().then_some(table.rows.len());
    let index = Index::find(&shp, shx.as_deref(), rows, &mut notices);
    notices.extend(table.notices);
    if let Some(rows) = rows
        && rows != index.records.len()
    {
        notices.push(format!(
            "the .shp has {} records and the .dbf {rows}: they are paired by position",
            index.records.len()
        ));
    }

    let mut intake = Intake::new(name);
    let mut gate = Gate::default();
    let mut deleted = 0_u64;
    let mut rows = table.rows.into_iter();
    for (position, content) in index.records.into_iter().enumerate() {
        let record = position as u64 + 1;
        let properties = match rows.next() {
            Some(Row::Deleted) => {
                deleted += 1;
                continue;
            }
            Some(Row::Cells(cells)) => cells,
            None => BTreeMap::new(),
        };
        let shape = foreign(kind, &shp[content]).and_then(|foreign| gate.admit(foreign));
        match shape {
            Ok(shape) => intake.features.push(Feature { record, properties, shape }),
            Err(refusal) => intake.reject(record, 0, "shape", refusal)?,
        }
    }
    if let Some((record, at)) = index.broken {
        let reason = "its length runs past the end of the file; reading stopped here";
        intake.reject(record, 0, "shape", Refusal::new(format!("byte {at}"), reason))?;
    }
    if deleted > 0 {
        notices
            .push(format!("{deleted} records are marked as deleted in the .dbf and were left out"));
    }
    if kind.has_z() {
        notices.push("heights of the .shp are not used".to_owned());
    }
    intake.finish(&gate, notices)
}

fn check_prj(name: &str, prj: Option<&[u8]>, notices: &mut Vec<String>) -> Result<(), ReadError> {
    match prj.map(prj::parse) {
        Some(Prj::Wgs84) => Ok(()),
        None => {
            notices.push("there is no .prj: coordinates were taken as WGS 84".to_owned());
            Ok(())
        }
        Some(Prj::Blank) => {
            notices.push("the .prj is blank: coordinates were taken as WGS 84".to_owned());
            Ok(())
        }
        Some(Prj::Other(found)) => Err(ReadError::new(
            name,
            format!("its .prj is {}, not geographic WGS 84", Reject::cut(&found)),
        )
        .hint("reproject it to EPSG:4326: ogr2ogr -t_srs EPSG:4326 OUT.shp IN.shp")),
    }
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

/// One record's geometry.
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

#[cfg(test)]
mod tests {
    use super::super::Shape;
    use super::super::layer_dbf::tests::table;
    use super::*;

    fn header(kind: i32, length: usize) -> Vec<u8> {
        let mut bytes = FILE_CODE.to_vec();
        bytes.extend([0; 20]);
        bytes.extend((length as u32 / 2).to_be_bytes());
        bytes.extend(1000_i32.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend([0; 64]);
        bytes
    }

    /// A `.shp` and its `.shx`, listing the records in `order`.
    fn shp(kind: i32, contents: &[Vec<u8>], order: &[usize]) -> (Vec<u8>, Vec<u8>) {
        let size = 100 + contents.iter().map(|c| 8 + c.len()).sum::<usize>();
        let mut shp = header(kind, size);
        let mut entries = Vec::new();
        for (i, content) in contents.iter().enumerate() {
            let words = (content.len() as u32 / 2).to_be_bytes();
            entries.push([((shp.len() / 2) as u32).to_be_bytes(), words].concat());
            shp.extend((i as u32 + 1).to_be_bytes());
            shp.extend(words);
            shp.extend(content);
        }
        let mut shx = header(kind, 100 + 8 * order.len());
        shx.extend(order.iter().flat_map(|&i| entries[i].clone()));
        (shp, shx)
    }

    fn point(lon: f64) -> Vec<u8> {
        let mut content = 1_i32.to_le_bytes().to_vec();
        content.extend(lon.to_le_bytes());
        content.extend(34_f64.to_le_bytes());
        content
    }

    /// A polyline or polygon, with zero heights when `z`.
    fn parts(kind: i32, rings: &[&[[f64; 2]]], z: bool) -> Vec<u8> {
        let points: usize = rings.iter().map(|r| r.len()).sum();
        let mut content = kind.to_le_bytes().to_vec();
        content.extend([0; 32]);
        content.extend((rings.len() as u32).to_le_bytes());
        content.extend((points as u32).to_le_bytes());
        let mut start = 0_u32;
        for ring in rings {
            content.extend(start.to_le_bytes());
            start += ring.len() as u32;
        }
        content.extend(rings.iter().flat_map(|r| r.iter().flatten()).flat_map(|v| v.to_le_bytes()));
        if z {
            content.extend(vec![0; 16 + 8 * points]);
        }
        content
    }

    const WGS84: &[u8] = br#"GEOGCS["WGS 84",DATUM["WGS_1984"],UNIT["degree",0.0174532925199433]]"#;
    const SHELL: &[[f64; 2]] =
        &[[60.0, 30.0], [60.0, 34.0], [64.0, 34.0], [64.0, 30.0], [60.0, 30.0]];
    const OTHER: &[[f64; 2]] = &[[70.0, 30.0], [70.0, 31.0], [71.0, 31.0], [70.0, 30.0]];
    const HOLE: &[[f64; 2]] = &[[61.0, 31.0], [62.0, 31.0], [62.0, 32.0], [61.0, 31.0]];

    fn read(
        shp: Vec<u8>,
        shx: Option<Vec<u8>>,
        dbf: Option<Vec<u8>>,
    ) -> Result<Features, ReadError> {
        super::read("t.shp", Files { shp, shx, dbf, prj: Some(WGS84.to_vec()), cpg: None })
    }

    fn lon(feature: &Feature) -> f64 {
        match &feature.shape {
            Shape::Points(points) => points[0].lon(),
            other => panic!("{other:?}"),
        }
    }

    fn six_points(order: &[usize]) -> (Vec<u8>, Vec<u8>) {
        shp(1, &(0..6).map(|i| point(60.0 + f64::from(i))).collect::<Vec<_>>(), order)
    }

    const SIX: [usize; 6] = [0, 1, 2, 3, 4, 5];

    #[test]
    fn attributes_never_shift_past_a_deleted_row() {
        let rows: Vec<Vec<u8>> =
            (0..6).map(|i| format!("{}{i}", if i == 1 { "*" } else { " " }).into_bytes()).collect();
        let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let (shp, shx) = six_points(&SIX);
        let layer = read(shp, Some(shx), Some(table(&[("ID", b'N', 1)], &rows))).unwrap();
        let found: Vec<(f64, &str)> =
            layer.features.iter().map(|f| (lon(f), f.properties["ID"].as_str())).collect();
        assert_eq!(found, [(60.0, "0"), (62.0, "2"), (63.0, "3"), (64.0, "4"), (65.0, "5")]);
        assert_eq!(
            layer.notices,
            ["1 records are marked as deleted in the .dbf and were left out"]
        );
    }

    #[test]
    fn the_index_gives_the_order_when_it_fits() {
        let order = [5, 0, 1, 2, 3, 4];
        let (shp, shx) = six_points(&order);
        let layer = read(shp.clone(), Some(shx.clone()), None).unwrap();
        let lons: Vec<f64> = layer.features.iter().map(lon).collect();
        assert_eq!(lons, [65.0, 60.0, 61.0, 62.0, 63.0, 64.0]);

        let in_file_order = |shx: Option<Vec<u8>>, said: &str| {
            let layer = read(shp.clone(), shx, None).unwrap();
            assert_eq!(layer.features.len(), 6);
            assert_eq!(lon(&layer.features[0]), 60.0);
            assert!(layer.notices.iter().any(|n| n.contains(said)), "{:?}", layer.notices);
        };
        in_file_order(None, "there is no .shx");
        let changed = |at: usize, byte: u8| {
            let mut shx = shx.clone();
            shx[at] = byte;
            Some(shx)
        };
        in_file_order(changed(100, 0x7f), "does not fit");
        in_file_order(changed(107, 11), "does not fit");
        in_file_order(changed(2, 0), "does not fit");
        in_file_order(Some(six_points(&[0, 1, 1, 2]).1), "does not fit");
    }

    #[test]
    fn a_stale_index_is_said_and_the_table_decides() {
        let (shp, shx) = six_points(&SIX[..4]);
        let layer = read(shp.clone(), Some(shx.clone()), None).unwrap();
        assert_eq!(layer.features.len(), 4);
        assert!(layer.notices.iter().any(|n| n.contains("4 of the 6")), "{:?}", layer.notices);
        let rows: [&[u8]; 6] = [b" a"; 6];
        let layer = read(shp, Some(shx), Some(table(&[("S", b'C', 1)], &rows))).unwrap();
        assert_eq!(layer.features.len(), 6);
    }

    #[test]
    fn rings_find_their_shells_whatever_their_order_and_winding() {
        for (code, z) in [(5, false), (15, true), (25, false)] {
            let reversed: Vec<[f64; 2]> = SHELL.iter().rev().copied().collect();
            let contents = [parts(code, &[SHELL, OTHER, HOLE], z), parts(code, &[&reversed], z)];
            let (shp, shx) = shp(code, &contents, &[0, 1]);
            let layer = read(shp, Some(shx), None).unwrap();
            assert!(layer.rejected.is_empty(), "{:?}", layer.rejected);
            let Shape::Polygons(first) = &layer.features[0].shape else { panic!() };
            assert_eq!(first.0.len(), 2);
            assert_eq!(first.0[0].interiors().len(), 1);
            let Shape::Polygons(second) = &layer.features[1].shape else { panic!() };
            assert_eq!(second.0.len(), 1);
        }
    }

    #[test]
    fn lines_keep_their_parts() {
        let (shp, shx) = shp(3, &[parts(3, &[SHELL, OTHER], false)], &[0]);
        let layer = read(shp, Some(shx), None).unwrap();
        let Shape::Lines(lines) = &layer.features[0].shape else { panic!() };
        assert_eq!((lines.len(), lines[0].len(), lines[1].len()), (2, 5, 4));
    }

    #[test]
    fn counts_that_do_not_fit_reject_the_record_only() {
        let good = parts(5, &[SHELL], false);
        let with = |at: usize, value: i32| {
            let mut content = good.clone();
            content[at..at + 4].copy_from_slice(&value.to_le_bytes());
            content
        };
        let contents = [
            good.clone(),
            with(36, i32::MAX),
            with(40, i32::MAX),
            with(40, -1),
            with(44, 3),
            with(0, 0),
            with(0, 3),
            with(0, 77),
            vec![5, 0, 0, 0],
            good.clone(),
        ];
        let order: Vec<usize> = (0..contents.len()).collect();
        let (shp, shx) = shp(5, &contents, &order);
        let layer = read(shp, Some(shx), None).unwrap();
        assert_eq!(layer.features.iter().map(|f| f.record).collect::<Vec<_>>(), [1, 10]);
        let reasons: Vec<&str> = layer.rejected.iter().map(|r| r.reason.as_str()).collect();
        assert_eq!(
            layer.rejected.iter().map(|r| r.record).collect::<Vec<_>>(),
            (2..10).collect::<Vec<_>>()
        );
        assert!(
            reasons[0].contains("too short") && reasons[3].contains("out of order"),
            "{reasons:?}"
        );
        assert!(reasons[4].contains("null shape") && reasons[6].contains("unknown"), "{reasons:?}");
    }

    #[test]
    fn a_file_cut_short_keeps_what_is_whole() {
        let (shp, shx) = six_points(&SIX);
        for cut in 0..shp.len() {
            match read(shp[..cut].to_vec(), Some(shx.clone()), None) {
                Ok(layer) => {
                    assert_eq!(layer.features.len(), (cut - 100) / 28, "{cut}");
                    assert_eq!(layer.rejected.len(), usize::from(!(cut - 100).is_multiple_of(28)));
                    assert!(layer.notices.iter().any(|n| n.contains("the file has")));
                }
                Err(_) => assert!(cut < 100),
            }
        }
    }

    #[test]
    fn any_changed_byte_ends() {
        let (shp, shx) = shp(15, &[parts(15, &[SHELL, HOLE], true)], &[0]);
        for at in 0..shp.len().max(shx.len()) {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let change = |bytes: &[u8]| {
                    let mut bytes = bytes.to_vec();
                    if let Some(b) = bytes.get_mut(at) {
                        *b = byte;
                    }
                    bytes
                };
                let _ = read(change(&shp), Some(shx.clone()), None);
                let _ = read(shp.clone(), Some(change(&shx)), None);
            }
        }
    }

    #[test]
    fn another_coordinate_system_is_refused_by_name() {
        let (shp, shx) = six_points(&SIX);
        let with = |prj: Option<&[u8]>| {
            let prj = prj.map(<[u8]>::to_vec);
            super::read(
                "t.shp",
                Files { shp: shp.clone(), shx: Some(shx.clone()), dbf: None, prj, cpg: None },
            )
        };
        let error = with(Some(br#"PROJCS["WGS_1984_UTM_Zone_42N",GEOGCS["x"]]"#)).unwrap_err();
        assert!(error.message.contains("WGS_1984_UTM_Zone_42N") && error.hint.contains("4326"));
        assert!(with(None).unwrap().notices[0].contains("taken as WGS 84"));
        let (metres, _) = super::tests::shp(1, &[point(512_345.0), point(512_400.0)], &[]);
        let error = read(metres, None, None).unwrap_err();
        assert!(error.message.contains("looks projected"), "{error}");
    }

    #[test]
    fn rows_and_shapes_that_differ_in_number_are_said() {
        let (shp, shx) = six_points(&SIX);
        let layer = read(shp, Some(shx), Some(table(&[("S", b'C', 1)], &[b" a", b" b"]))).unwrap();
        assert_eq!(layer.features.len(), 6);
        assert!(layer.features[2].properties.is_empty());
        assert!(layer.notices[0].contains("6 records and the .dbf 2"), "{:?}", layer.notices);
    }
}
