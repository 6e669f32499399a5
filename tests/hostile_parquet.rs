//! Parquet files that claim what they do not hold end with a clear error in
//! little memory, and sound ones are read however they are packed.
#![cfg(all(unix, feature = "parquet"))]
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

#[path = "common/memory.rs"]
mod memory;
#[path = "common/parquet_files.rs"]
mod parquet_files;
// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use durand::io::{IncidentFile, Input, ReadOptions, read_incidents};
use flate2::write::GzEncoder;
use parquet::basic::{Compression, Encoding, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use parquet_files::{
    Column, DELTA_LENGTHS, DELTA_TEXTS, DOUBLE, FIXED, PLAIN, SPLIT, TEXT, dictionary, file,
    metadata_alone, page, page_with_statistics, places, second_page,
};
use program::Folder;
use std::io::Write;
use std::sync::Arc;

const SNAPPY: i32 = 1;
const GZIP: i32 = 2;
const LZ4: i32 = 5;
const LZ4_RAW: i32 = 7;

/// Two places and a column of texts with a codec and pages.
fn texts(codec: i32, pages: Vec<u8>) -> Vec<u8> {
    let [lon, lat] = places();
    let text = Column { name: "notes", kind: TEXT, width: 0, optional: false, codec, pages };
    file(2, &[lon, lat, text])
}

fn read(folder: &Folder, name: &str) -> IncidentFile {
    let options = ReadOptions { keep_rows: true, ..ReadOptions::default() };
    read_incidents(&Input::Path(folder.0.join(name)), ("", ""), &options, 0).unwrap()
}

/// A gzip page of 300 MiB in 300 KB: members of a megabyte each.
fn bomb() -> Vec<u8> {
    let mut member = GzEncoder::new(Vec::new(), flate2::Compression::best());
    member.write_all(&vec![0; 1 << 20]).unwrap();
    member.finish().unwrap().repeat(300)
}

#[test]
fn files_that_claim_what_they_do_not_hold() {
    // 2,147,483,647 lengths of texts; and a list of none.
    let billions = [128, 1, 4, 255, 255, 255, 255, 7, 0, 0, 0, 0, 0, 0];
    let none = [128, 1, 4, 0, 0];
    let behind = [&none[..], &billions].concat();
    // A thousand texts of 100,000 bytes each that are those of the text before.
    let folded = [&[128, 8, 1, 232, 7, 192, 154, 12, 0, 0][..], &none].concat();
    // A run of so many rows without a value.
    let run = [6, 0, 0, 0, 0x80, 0xd0, 0xac, 0xf3, 0x0e, 0];
    let nulls = ["lon", "lat", "notes"].map(|name| {
        let pages = page(10, 2_000_000_000, PLAIN, &run);
        Column { name, kind: TEXT, width: 0, optional: true, codec: 0, pages }
    });
    let wide = page(0, 2, SPLIT, &[]);
    let wide =
        Column { name: "n", kind: FIXED, width: i32::MAX, optional: false, codec: 0, pages: wide };
    let [lon, lat] = places();
    let claims = "claims to unpack to 200000000";
    let lengths = "has 2147483647 lengths";
    let cases: [(&str, Vec<u8>, &str); 17] = [
        ("snappy", texts(SNAPPY, page(i32::MAX, 2, PLAIN, &[0; 10])), "limit `page size`"),
        ("negative", texts(SNAPPY, page(-1, 2, PLAIN, &[0; 10])), "a negative size"),
        ("ratio", texts(SNAPPY, page(200_000_000, 2, PLAIN, &[0; 10])), claims),
        ("raw", texts(LZ4_RAW, page(200_000_000, 2, PLAIN, &[0; 10])), claims),
        ("lz4", texts(LZ4, page(2, 2, PLAIN, &[0; (1 << 20) + 1])), "1 MiB for LZ4"),
        ("gzip", texts(GZIP, page(1000, 2, PLAIN, &bomb())), "more than the 1000 bytes"),
        ("words", texts(0, dictionary(i32::MAX, &[0; 8])), "a dictionary of 8 bytes claims"),
        ("lengths", texts(0, page(14, 2, DELTA_LENGTHS, &billions)), lengths),
        ("second", texts(0, second_page(2, DELTA_LENGTHS, &billions)), lengths),
        ("starts", texts(0, page(14, 2, DELTA_TEXTS, &billions)), lengths),
        ("ends", texts(0, second_page(2, DELTA_TEXTS, &behind)), lengths),
        ("values", texts(0, page(14, i32::MAX, DELTA_LENGTHS, &billions)), "values in 2 rows"),
        (
            "header",
            texts(0, page_with_statistics(&"z".repeat(17 << 20), 2, &[])),
            "`page header` of 16",
        ),
        ("short", texts(0, page(14, 2, DELTA_TEXTS, &[128])), "too early"),
        ("folded", texts(0, second_page(2, DELTA_TEXTS, &folded)), "has 1000 lengths"),
        ("rows", file(2_000_000_000, &nulls), "limit `records`"),
        ("split", file(2, &[lon, lat, wide]), "values of 2147483647 bytes"),
    ];
    let mut folder = Folder::new("hostile-parquet");
    for (name, bytes, _) in &cases {
        folder = folder.with(&format!("{name}.parquet"), bytes);
    }
    for (name, _, words) in &cases {
        let (code, text) = memory::check(&folder.0, &format!("{name}.parquet"));
        assert!(code == 1 && text.contains(words), "{name}: {text}");
        // The limit on records is the file's.
        assert!(text.contains("column `n") || *name == "rows", "{name}: {text}");
    }
}

#[test]
fn metadata_that_claim_what_they_do_not_hold() {
    // Lists of 2,147,483,647 truth values; of row groups; and a number for a text.
    let truths = [0x99, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07];
    let groups = [0x09, 8, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07];
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("children", metadata_alone(1, i32::MAX, &[]), "more columns than it has"),
        ("deep", metadata_alone(100_000, 0, &[]), "limit `depth` of 128"),
        ("deepest", metadata_alone(127, 0, &[]), "no columns but nested ones"),
        ("truths", metadata_alone(1, 0, &truths), "a list beyond its size"),
        ("groups", metadata_alone(1, 0, &groups), "a list beyond its size"),
        ("type", metadata_alone(1, 0, &[0x25, 9]), "a field of the wrong type"),
    ];
    let mut folder = Folder::new("hostile-metadata");
    for (name, bytes, _) in &cases {
        folder = folder.with(&format!("{name}.parquet"), bytes);
    }
    for (name, _, words) in &cases {
        let (code, text) = memory::check(&folder.0, &format!("{name}.parquet"));
        assert!(code == 1 && text.contains(words), "{name}: {text}");
    }
}

/// The files above but for their one lie.
#[test]
fn sound_files_written_by_hand() {
    let plain = [&[1, 0, 0, 0, b'a', 1, 0, 0, 0][..], b"b"].concat();
    // Lengths 1 and 1; starts 0 and 0, then those lengths.
    let lengths = [128, 1, 4, 2, 2, 0, 0, 0, 0, 0, b'a', b'b'];
    let starts = [&[128, 1, 4, 2, 0, 0, 0, 0, 0, 0][..], &lengths].concat();
    for (name, pages) in [
        ("plain", page(10, 2, PLAIN, &plain)),
        ("second", second_page(2, PLAIN, &plain)),
        ("statistics", page_with_statistics(&"z".repeat(100_000), 2, &plain)),
        ("lengths", page(12, 2, DELTA_LENGTHS, &lengths)),
        ("starts", second_page(2, DELTA_TEXTS, &starts)),
        // The dictionary, then pages of its places: 8 the dictionary's encoding.
        ("words", [dictionary(2, &plain), page(3, 2, 8, &[1, 3, 2])].concat()),
    ] {
        let folder = Folder::new("sound-parquet").with("a.parquet", texts(0, pages));
        let notes: Vec<_> = read(&folder, "a.parquet").rows.iter().map(|r| r.cells(3)).collect();
        assert_eq!(notes.iter().map(|cells| &cells[2]).collect::<Vec<_>>(), ["a", "b"], "{name}");
    }
}

/// One text of a megabyte for each of a thousand rows takes no gigabyte.
#[test]
fn a_long_text_of_many_rows() {
    let long = [&(1_u32 << 20).to_le_bytes()[..], &[b'x'; 1 << 20]].concat();
    // A run of 2,000 times the first value: of the dictionary, and of its length.
    let run = [1, 0xa0, 0x1f, 0];
    let words = [dictionary(1, &long), page(4, 2000, 8, &run)].concat();
    let column =
        |name, kind, pages| Column { name, kind, width: 0, optional: false, codec: 0, pages };
    let number = |x: f64| [dictionary(1, &x.to_le_bytes()), page(4, 2000, 8, &run)].concat();
    let columns = [
        column("lon", DOUBLE, number(70.5)),
        column("lat", DOUBLE, number(34.0)),
        column("notes", TEXT, words),
    ];
    let folder = Folder::new("long-parquet").with("a.parquet", file(2000, &columns));
    let (code, text) = memory::check(&folder.0, "a.parquet");
    assert!(code == 0, "{text}");
}

/// Rows of the sound files; every third has no text.
const ROWS: usize = 300;

fn text_of(row: usize) -> Option<String> {
    (!row.is_multiple_of(3))
        .then(|| format!("{}: near the road {}", row % 50, "x".repeat(row % 40)))
}

/// A file of three row groups with small pages, as the decoder's own crate writes it.
fn written(properties: WriterPropertiesBuilder) -> Vec<u8> {
    let field = |name, kind, repetition| {
        let builder = Type::primitive_type_builder(name, kind).with_repetition(repetition);
        Arc::new(builder.build().unwrap())
    };
    let fields = vec![
        field("lon", Physical::DOUBLE, Repetition::REQUIRED),
        field("lat", Physical::DOUBLE, Repetition::REQUIRED),
        field("notes", Physical::BYTE_ARRAY, Repetition::OPTIONAL),
    ];
    let schema = Type::group_type_builder("schema").with_fields(fields).build().unwrap();
    let properties = properties.set_data_page_size_limit(1500).set_write_batch_size(64).build();
    let mut file =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).unwrap();
    for _ in 0..3 {
        let mut group = file.next_row_group().unwrap();
        for start in [70.5, 34.0] {
            let numbers: Vec<f64> = (0..ROWS).map(|row| start + row as f64 / 1000.0).collect();
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<DoubleType>().write_batch(&numbers, None, None).unwrap();
            column.close().unwrap();
        }
        let levels: Vec<i16> = (0..ROWS).map(|row| text_of(row).is_some().into()).collect();
        let texts: Vec<ByteArray> =
            (0..ROWS).filter_map(text_of).map(|text| ByteArray::from(text.as_str())).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    file.into_inner().unwrap()
}

#[test]
fn sound_files_are_read_however_they_are_packed() {
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ];
    let encodings =
        [Encoding::PLAIN, Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY];
    let expected: Vec<Option<String>> = (0..3 * ROWS).map(|row| text_of(row % ROWS)).collect();
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for codec in codecs {
            for encoding in encodings.map(Some).into_iter().chain([None]) {
                let mut properties =
                    WriterProperties::builder().set_writer_version(version).set_compression(codec);
                if let Some(encoding) = encoding {
                    properties = properties
                        .set_dictionary_enabled(false)
                        .set_column_encoding("lon".into(), Encoding::BYTE_STREAM_SPLIT)
                        .set_column_encoding("notes".into(), encoding);
                }
                let folder = Folder::new("packed-parquet").with("a.parquet", written(properties));
                let file = read(&folder, "a.parquet");
                let case = format!("{version:?} {codec} {encoding:?}");
                let texts: Vec<Option<String>> =
                    file.rows.iter().map(|r| r.cells(3)[2].as_str().map(str::to_owned)).collect();
                assert_eq!(texts, expected, "{case}");
                assert_eq!(file.incidents[ROWS + 99].at.lat(), 34.099, "{case}");
            }
        }
    }
}
