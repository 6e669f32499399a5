//! Layers from Esri shapefiles.

use super::ReadError;
use super::code_pages::CodePage;
use super::features::{Feature, Features, Intake};
use super::gate::Gate;
use super::shapefile_records::{Files, Records};
use std::collections::BTreeMap;

/// Reads a layer; `asked` is the code page that the user names. Its `sha256` is
/// left to the caller, who has the files.
pub(super) fn read(
    name: &str,
    files: &Files,
    asked: Option<CodePage>,
) -> Result<Features, ReadError> {
    let mut records = Records::open(name, files, asked)?;
    let columns: Vec<Option<String>> = records.table.as_ref().map_or_else(Vec::new, |table| {
        table.columns().map(|column| column.map(|(name, _)| name.to_owned())).collect()
    });
    let mut intake = Intake::new(name);
    let mut gate = Gate::default();
    while let Some(record) = records.next() {
        match record.geometry.and_then(|foreign| gate.admit(foreign)) {
            Ok(shape) => {
                let mut properties = BTreeMap::new();
                for (column, cell) in columns.iter().zip(record.cells) {
                    if let (Some(column), Some(cell)) = (column, cell) {
                        // Of several of one name the first counts.
                        properties.entry(column.clone()).or_insert(cell);
                    }
                }
                intake.features.push(Feature { record: record.number, properties, shape });
            }
            Err(refusal) => intake.reject(record.number, 0, "shape", refusal)?,
        }
    }
    let notices = records.notices();
    intake.finish(&gate, notices)
}

#[cfg(test)]
mod tests {
    use super::super::Shape;
    use super::super::layer_dbf::tests::table;
    use super::super::shapefile_records::FILE_CODE;
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
        let files = Files { shp, shx, dbf, prj: Some(WGS84.to_vec()), cpg: None };
        super::read("t.shp", &files, None)
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
            let files =
                Files { shp: shp.clone(), shx: Some(shx.clone()), dbf: None, prj, cpg: None };
            super::read("t.shp", &files, None)
        };
        let error = with(Some(br#"PROJCS["Kandawala_UTM_Zone_42N",GEOGCS["x"]]"#)).unwrap_err();
        assert!(error.message.contains("Kandawala_UTM_Zone_42N") && error.hint.contains("4326"));
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
