//! Hostile files of the formats that are not plain text: each ends with a clear
//! error or its records counted, in little memory.
#![cfg(all(unix, feature = "archives"))]
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

#[path = "common/memory.rs"]
mod memory;
// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use memory::check;
use program::Folder;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A `.shp` of one record with the given type and content.
fn shp(kind: i32, content: &[u8]) -> Vec<u8> {
    let words = |bytes: usize| ((bytes / 2) as u32).to_be_bytes();
    let mut file = vec![0, 0, 0x27, 0x0a];
    file.extend([0; 20]);
    file.extend(words(108 + content.len()));
    file.extend(1000_i32.to_le_bytes());
    file.extend(kind.to_le_bytes());
    file.extend([0; 64]);
    file.extend(1_u32.to_be_bytes());
    file.extend(words(content.len()));
    file.extend(content);
    file
}

fn point(lon: f64, lat: f64) -> Vec<u8> {
    [1_i32.to_le_bytes().to_vec(), lon.to_le_bytes().into(), lat.to_le_bytes().into()].concat()
}

#[test]
fn damaged_and_lying_files_end_with_a_sentence() {
    let good = shp(1, &point(70.5, 34.5));
    // Two thousand million points in forty bytes.
    let mut many = 8_i32.to_le_bytes().to_vec();
    many.extend([0; 32]);
    many.extend(i32::MAX.to_le_bytes());
    let mut lying_dbf = vec![3, 100, 1, 1, 0xff, 0xff, 0xff, 0xff, 33, 0, 1, 0];
    lying_dbf.resize(33, 0);
    let deep = format!("{{\"type\":\"Topology\",\"objects\":{}", "{\"a\":".repeat(100_000));
    let spaces = vec![b' '; 40 << 20];
    let compound = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("short.shp", good[..60].to_vec(), "not a shapefile"),
        ("many.shp", shp(8, &many), ""),
        ("cut.shp", good[..good.len() - 4].to_vec(), ""),
        ("null.shp", shp(0, &0_i32.to_le_bytes()), ""),
        ("magic.xls", compound.to_vec(), "cannot be read as a workbook"),
        ("noise.xls", [&compound[..], &[0x5a; 5000]].concat(), "cannot be read as a workbook"),
        ("deep.topojson", deep.into_bytes(), "JSON depth"),
        ("none.topojson", br#"{"type":"Topology"}"#.to_vec(), "no `objects`"),
        ("empty.zip", zipped(&[]), ""),
        ("prj.zip", zipped(&[("a.prj", b"x")]), "nothing that is read here"),
        ("two.zip", zipped(&[("a.shp", &good), ("b.shp", &good)]), "a.shp, b.shp"),
        (
            "nested.zip",
            zipped(&[("a.zip", &zipped(&[("a.csv", b"lon,lat\n")]))]),
            "nothing that is read",
        ),
        ("bomb.zip", zipped(&[("a.shp", &spaces)]), "`archive ratio`"),
        ("bomb.ods", zipped(&[("mimetype", b""), ("content.xml", &spaces)]), "`archive ratio`"),
        ("bomb.kmz", zipped(&[("doc.kml", &[b"<kml>", &spaces[..]].concat())]), "`archive ratio`"),
        ("text.ods", zipped(&[("mimetype", b""), ("content.xml", b"no XML")]), ""),
        ("cut.kml", b"\xFF\xFE<\0k\0m\0l\0>\0\x3c".to_vec(), "KML"),
    ];
    let mut folder =
        Folder::new("hostile-formats").with("lies.shp", &good).with("lies.dbf", lying_dbf);
    for (name, bytes, _) in &cases {
        folder = folder.with(name, bytes);
    }
    check(&folder.0, "lies.shp");
    for (name, _, words) in &cases {
        let (code, text) = check(&folder.0, name);
        assert!(words.is_empty() || (code == 1 && text.contains(words)), "{name}: {text}");
    }
}

/// Every cut of a zipped shapefile ends, and what is left counts its records.
#[test]
fn a_zipped_shapefile_cut_anywhere_ends() {
    let whole = zipped(&[("in/a.SHP", &shp(1, &point(70.5, 34.5)))]);
    let folder = Folder::new("hostile-zip").with("a.zip", &whole);
    let run = folder.good("distance a.zip -o d.csv");
    assert!(run.err.contains("in/a.SHP inside the archive"), "{}", run.err);
    assert!(run.err.contains("there is no .dbf"), "{}", run.err);
    for cut in (0..whole.len()).step_by(19) {
        let folder = Folder::new("hostile-zip-cut").with("a.zip", &whole[..cut]);
        assert_eq!(check(&folder.0, "a.zip").0, 1, "{cut}");
    }
}

/// A shapefile is written whole or not at all, its five files together.
#[test]
fn a_shapefile_is_written_whole_or_not_at_all() {
    let folder = Folder::new("whole").with("e.csv", program::GOOD);
    folder.good("distance e.csv -o d.shp");
    let before = folder.bytes(".");
    assert!(
        ["d.shp", "d.shx", "d.dbf", "d.prj", "d.cpg"].iter().all(|name| before.contains_key(*name))
    );
    // A folder stands in the way of the last of them.
    std::fs::remove_file(folder.0.join("d.cpg")).unwrap();
    std::fs::create_dir(folder.0.join("d.cpg")).unwrap();
    folder.bad("distance e.csv -o d.shp --within-km 1", 1, "is a folder");
    for name in ["d.shp", "d.shx", "d.dbf", "d.prj"] {
        assert_eq!(std::fs::read(folder.0.join(name)).unwrap(), before[name], "{name}");
    }
    // Its other files are never the inputs.
    let folder = Folder::new("own").with("e.csv", program::GOOD);
    folder.good("distance e.csv -o p.shp");
    folder.bad("distance p.shp -o p.shp", 2, "is an input");
    folder.bad("distance p.dbf -o p.shp", 2, "is an input");
}
