//! Broken and hostile tables, and the promise that every record is used or rejected.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/reading.rs"]
mod reading;

use durand::io::{
    Format, IncidentFile, Input, ReadError, ReadOptions, csv, read_incidents, reject_csv,
};
use durand::model::Precision;
use jiff::civil::date;
use reading::{read, read_with, reasons, says, used};
use std::path::{Path, PathBuf};

/// Quirk 19 and the delimiters.
#[test]
fn delimiters_and_decimal_commas() {
    for (delimiter, text) in [
        (',', "id,lon,lat\na,71.5,34.25\n"),
        (';', "id;lon;lat\na;71.5;34.25\n"),
        ('\t', "id\tlon\tlat\na\t71.5\t34.25\n"),
        ('|', "id|lon|lat\na|71.5|34.25\n"),
        (';', "sep=;\nid;lon;lat\na;71.5;34.25\n"),
    ] {
        let file = used(text);
        assert_eq!(file.incidents[0].at.lat(), 34.25, "{delimiter}");
    }
    let file =
        read("id;lon;lat;fatalities\na;71,5;34,25;3,0\nb;71,5;34.25;1\nc;71,5;34,5;\n").unwrap();
    assert!(says(&file, "semicolon as delimiter") && says(&file, "decimal comma"));
    assert_eq!(file.incidents[0].at.lat(), 34.25);
    assert_eq!(file.incidents[0].fatalities.best, Some(3));
    assert_eq!(reasons(&file), [(3, "has a decimal point in a file of decimal commas")]);
    // Where commas part the cells, a comma in a number is a mistake.
    let file = read("lon,lat\n\"71,5\",\"34,25\"\n71.5,34.25\n").unwrap();
    assert_eq!(reasons(&file), [(2, "has a decimal comma in a file that does not use them")]);
    // A comma in the text of a semicolon table is text.
    let file = used("lon;lat;place\n71.5;34.25;a, b, c\n");
    assert_eq!(file.incidents[0].place, "a, b, c");
}

#[test]
fn line_ends_blank_lines_and_marks() {
    let file = used("\u{FEFF}lon,lat,place\r\n71,34,a\r\r72,34,b\n\n   \n73,34,c");
    let lines: Vec<u64> = file.incidents.iter().map(|i| i.row.line).collect();
    assert_eq!(lines, [2, 4, 7]);
    assert_eq!((file.summary.read, file.summary.blank_lines), (3, 3));
    assert_eq!(file.incidents[2].place, "c");
}

#[test]
fn numbers_of_cells() {
    let file =
        read("id,lon,lat,place\na,71,34,x\nb,71,34\nc,71,34,x,y\nd,71,34,x,,\ne\n,,,\n\"\"\n")
            .unwrap();
    assert_eq!(file.incidents.iter().map(|i| i.id.as_str()).collect::<String>(), "ad");
    assert_eq!(
        reasons(&file),
        [
            (3, "has 3 cells where the header has 4"),
            (4, "has 5 cells where the header has 4"),
            (6, "has 1 cell where the header has 4"),
            (7, "no latitude"),
            (8, "has 1 cell where the header has 4"),
        ]
    );
    assert_eq!(file.rejected[0].value, "b,71,34");
    // A delimiter at the end of the header alone makes a column without a name.
    assert_eq!(used("lon,lat,\n71,34\n72,35,\n").summary.read, 2);
    let error = read("a;lat;lon\nx;34;1;71;5\n").unwrap_err();
    assert!(error.message.contains("no record has the 3 cells"), "{error}");
}

#[test]
fn the_limit_of_columns_is_named() {
    let commas = ",".repeat(20_000);
    let error = read(&format!("lon,lat{commas}\n71,34\n")).unwrap_err();
    assert!(error.message.contains("limit `columns`"), "{error}");
    let file = read(&format!("lon,lat\n71,34{commas}\n71,34\n")).unwrap();
    assert_eq!(reasons(&file), [(2, "has 20002 cells where the header has 2")]);
}

#[test]
fn names_that_stand_twice() {
    assert!(read("lon,lat,LON\n71,34,70\n").unwrap_err().message.contains("two columns"));
    assert_eq!(used("lon,lat,note,note\n71,34,a,b\n").rows[0].cells(4)[3], "b");
}

/// Quirks 17 and 18, and what geocoders and spreadsheets do to numbers.
#[test]
fn positions_that_are_none() {
    let cases = [
        ("NaN,34", "not a decimal number"),
        ("inf,34", "not a decimal number"),
        ("71,1e400", "not a decimal number"),
        ("71,", "no latitude"),
        (",34", "no longitude"),
        ("71,null", "not a decimal number"),
        ("71,0x22", "not a decimal number"),
        ("71,٣٤", "not a decimal number"),
        ("71,3_4", "not a decimal number"),
        ("71,34°10", "not a decimal number"),
        ("0,0", "null island"),
        ("0.0,-0", "null island"),
        ("34.1,71.2", "look exchanged"),
        ("34.1,171.2", "outside -90..90"),
        ("181,34", "outside -180..180"),
        ("7123456,34", "metres of a projection"),
    ];
    let mut text = "lon,lat\n".to_owned();
    for (pair, _) in cases {
        text.push_str(pair);
        text.push('\n');
    }
    let file = read(&text).unwrap();
    assert!(file.incidents.is_empty());
    for ((line, reason), (pair, words)) in reasons(&file).iter().zip(cases) {
        assert!(reason.contains(words), "line {line}, {pair}: {reason}");
    }
    assert_eq!(file.rejected[0].field, "lon");
    assert_eq!(file.rejected[0].value, "NaN");
}

#[test]
fn a_file_with_exchanged_columns_says_so() {
    let file = read("lon,lat\n34.1,71.2\n34.2,71.3\n71.1,34.1\n").unwrap();
    assert_eq!((file.summary.read, file.rejected.len()), (3, 2));
    assert!(says(&file, "exchanged in 2 of 3 records"));
}

#[test]
fn dates_and_counts_that_are_none() {
    let file = read(
        "lon,lat,date,fatalities\n71,34,2022-02-30,1\n71,34,yesterday,1\n71,34,2022-02-03,-1\n\
71,34,2022-02-03,a few\n71,34,2022-02-03,2.5\n71,34,,\n71,34,NA,unknown\n71,34,44927,1\n",
    )
    .unwrap();
    assert_eq!(file.rejected.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 9]);
    assert_eq!(file.rejected[0].field, "date");
    assert_eq!(file.rejected[2].field, "fatalities");
    assert_eq!((file.incidents[0].date, file.incidents[0].fatalities.best), (None, None));
    assert_eq!((file.incidents[1].date, file.incidents[1].fatalities.best), (None, None));
}

#[test]
fn the_order_of_day_and_month() {
    let table = |dates: &[&str]| {
        let rows: String = dates.iter().map(|d| format!("71,34,{d}\n")).collect();
        read(&format!("lon,lat,date\n{rows}"))
    };
    let file = table(&["03/04/2022", "16/02/2023"]).unwrap();
    assert_eq!(file.incidents[0].date, Some(date(2022, 4, 3)));
    assert!(says(&file, "day, month, year"));
    let file = table(&["03-04-2022", "02-16-2023"]).unwrap();
    assert_eq!(file.incidents[0].date, Some(date(2022, 3, 4)));
    let error = table(&["03/04/2022", "05/06/2022"]).unwrap_err();
    assert!(error.place == "field date" && error.hint.contains("2023-02-16"), "{error}");
    assert!(table(&["16/02/2022", "02/16/2022"]).is_err());
    // One slip in a column of ISO dates is rejected, not guessed at.
    let file = table(&["2022-04-03", "2022-04-04", "03/04/2022", "2022-04-05"]).unwrap();
    assert_eq!((file.rejected.len(), file.rejected[0].line), (1, 4));
    assert_eq!(file.rejected[0].value, "03/04/2022");
    assert_eq!(file.incidents[2].date, Some(date(2022, 4, 5)));
    assert_eq!(file.rows.len(), 3);
    // One slip among many of the other order, too.
    let mut dates = vec!["16/02/2023"; 30];
    dates[7] = "02/16/2023";
    let file = table(&dates).unwrap();
    assert_eq!((file.rejected.len(), file.rejected[0].line), (1, 9));
}

#[test]
fn headers_alone_and_nothing() {
    let file = used("lon,lat\n");
    assert_eq!(
        (file.summary.read, file.summary.notices.as_slice()),
        (0, ["no records".to_owned()].as_slice())
    );
    assert!(read("").is_err());
    assert!(read("\n\n \n").is_err());
    assert!(read("lon\n71\n").is_err());
    assert!(read("\"lon,lat\n71,34\n").unwrap_err().place.contains("line 1"));
    assert!(read("lon,lat\n71\0,34\n").unwrap_err().message.contains("NUL"));
}

// --------------------------------------------------------- nothing gets lost

/// One hundred rows whose cells are plain, quoted, empty, over two lines and
/// full of delimiters, in a cycle.
fn hundred_rows() -> String {
    let mut text = "event_id_cnty,event_date,latitude,longitude,location,fatalities\n".to_owned();
    for i in 0..100 {
        let place = match i % 10 {
            3 => "\"Village, upper\"",
            5 => "\"The \"\"old\"\" fort\"",
            6 => "\"\"",
            7 => "\"two\nlines\"",
            8 => "",
            _ => "Village",
        };
        text.push_str(&format!(
            "UKR{i},2022-03-{:02},48.1,34.{i:02},{place},{}\n",
            i % 28 + 1,
            i % 4
        ));
    }
    text
}

/// R3b: a quote put in at any byte of the file makes no record vanish.
#[test]
fn one_stray_quote_anywhere() {
    let text = hundred_rows();
    let options = ReadOptions::default();
    assert_eq!(read_with(&text, &options).unwrap().incidents.len(), 100);
    let header = text.find('\n').unwrap();
    let (mut errors, mut whole) = (0, 0);
    for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
        let broken = format!("{}\"{}", &text[..at], &text[at..]);
        match read_with(&broken, &options) {
            Err(error) => {
                errors += 1;
                let names_line = error.place.starts_with("line ");
                assert!(names_line || at <= header, "byte {at}: {error} ({})", error.place);
            }
            Ok(file) => {
                whole += 1;
                assert_eq!(file.summary.read + file.summary.blank_lines, 100, "byte {at}");
            }
        }
    }
    assert!(errors > 500 && whole > 500, "{errors} errors, {whole} read");
}

/// Two stray quotes, at all pairs of a coarse grid of bytes.
#[test]
fn two_stray_quotes() {
    let text: String = hundred_rows().lines().take(25).map(|l| format!("{l}\n")).collect();
    let options = ReadOptions::default();
    let expected = read_with(&text, &options).unwrap().summary.read;
    let header = text.find('\n').unwrap() + 1;
    let places: Vec<usize> = (header..text.len()).collect();
    for (i, first) in places.iter().enumerate().step_by(3) {
        for second in places.iter().skip(i + 1).step_by(7) {
            let broken =
                format!("{}\"{}\"{}", &text[..*first], &text[*first..*second], &text[*second..]);
            if let Ok(file) = read_with(&broken, &options) {
                // Two quotes can cut a cell of two lines into two short records,
                // both rejected; but none may vanish.
                assert!(file.summary.read >= expected, "bytes {first} and {second}\n{broken}");
            }
        }
    }
}

/// R3: rows broken in many ways are rejected with exactly their lines.
#[test]
fn broken_rows_are_found_by_line() {
    let breakages: [&dyn Fn(&str) -> String; 12] = [
        &|row| row.replace("34.12", ""),
        &|row| row.replace("34.12", "NaN"),
        &|row| row.replace("34.12", "91.0"),
        &|row| row.replace("34.12", "34.1.2"),
        &|row| row.replace("71.09,34.12", "34.12,71.09"),
        &|row| row.replace("71.09,34.12", "0,0"),
        &|row| row.replace("2022-03-04", "2022-02-30"),
        &|row| row.replace("2022-03-04", "04/03/2022"),
        &|row| row.replace(",7", ",-7"),
        &|row| row.replace(",7", ",seven"),
        &|row| format!("{row},extra"),
        &|row| row.split_once(',').unwrap().1.to_owned(),
    ];
    let mut text = "id,lon,lat,date,place,fatalities\n".to_owned();
    let mut line = 2;
    let mut broken = Vec::new();
    for i in 0..20_000_usize {
        // Every row over two lines, so that lines and records differ.
        let row = format!("e{i},71.09,34.12,2022-03-04,\"a\nb\",7");
        if i % 17 == 3 {
            text.push_str(&breakages[i % breakages.len()](&row));
            broken.push(line);
        } else {
            text.push_str(&row);
        }
        text.push('\n');
        line += 2;
    }
    let file = read_with(&text, &ReadOptions::default()).unwrap();
    assert_eq!(file.summary.read, 20_000);
    let lines: Vec<u64> = file.rejected.iter().map(|r| r.line).collect();
    assert_eq!(lines, broken);
    let table = String::from_utf8(reject_csv(&file.rejected)).unwrap();
    assert!(table.starts_with("file,record,line,field,value,reason\nt.csv,4,8,"));
}

/// R11: hostile text comes out as text, and reads back as it went in.
#[test]
fn hostile_text_survives_a_round_trip() {
    let hostile = [
        "<script>alert(1)</script>",
        "]]>\" onload=\"x",
        "=HYPERLINK(\"http://x\")",
        "@SUM(1)",
        "-2+3",
        "\u{202E}gnp.exe",
        "a\tb",
        "\\input{x} $ & %",
        "|x|",
        "\"\"\"",
    ];
    let header = ["lon", "lat", "place"].map(str::to_owned);
    let rows = hostile.map(|t| vec![71.into(), 34.into(), t.into()]);
    let text = String::from_utf8(csv(&header, rows.into_iter())).unwrap();
    let file = used(&text);
    for (incident, expected) in file.incidents.iter().zip(hostile) {
        let guarded = incident.place.strip_prefix('\'').unwrap_or(&incident.place);
        assert_eq!(guarded, expected);
        assert!(!incident.place.starts_with(['=', '+', '-', '@']));
    }
    let again = csv(&header, file.rows.iter().map(|row| row.cells(header.len())));
    assert_eq!(String::from_utf8(again).unwrap(), text);
}

// ------------------------------------------------------------- files that are

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    let there = path.exists();
    if !there {
        eprintln!("skipped: {name} is not here");
    }
    there.then_some(path)
}

fn read_path(path: PathBuf) -> Result<IncidentFile, ReadError> {
    let name = path.display().to_string();
    let file = read_incidents(&Input::Path(path), ("", ""), &ReadOptions::default(), 0)?;
    assert_eq!(file.summary.read, (file.incidents.len() + file.rejected.len()) as u64, "{name}");
    Ok(file)
}

/// Used and rejected, or `None` for an error.
fn counts(path: PathBuf) -> Option<(usize, usize)> {
    read_path(path).ok().map(|f| (f.incidents.len(), f.rejected.len()))
}

#[test]
fn verdicts_of_the_corpus_of_bad_files() {
    let Some(folder) = shared("badinput") else { return };
    let cases: [(&str, Option<(usize, usize)>); 26] = [
        ("csv/gdal/unbalanced_double_quotes.csv", None),
        ("csv/own/csv_bom.csv", Some((1, 0))),
        ("csv/own/csv_nan_inf.csv", Some((0, 9))),
        ("csv/own/csv_semicolon.csv", None),
        ("csv/own/csv_two_open_quotes.csv", None),
        ("geojson/geojsonhint/bad-featurelist.geojson", None),
        ("geojson/geojsonhint/bad-json.geojson", None),
        ("geojson/geojsonhint/badcoord.geojson", None),
        ("geojson/geojsonhint/bad-polygonloop.geojson", Some((0, 1))),
        ("geojson/own/gj_bad_middle.geojson", Some((4, 1))),
        ("geojson/own/gj_bbox_first.geojson", Some((5, 0))),
        ("geojson/own/gj_empty_features.geojson", Some((0, 0))),
        ("geojson/own/gj_foreign_features_lookalike.geojson", Some((5, 0))),
        ("geojson/own/gj_poly_empty_hole.geojson", Some((0, 1))),
        ("json/jsontestsuite/i_number_double_huge_neg_exp.json", None),
        ("json/jsontestsuite/i_structure_UTF-8_BOM_empty_object.json", None),
        ("json/jsontestsuite/n_number_NaN.json", None),
        ("json/jsontestsuite/n_string_invalid_utf8_after_escape.json", None),
        ("json/jsontestsuite/n_structure_100000_opening_arrays.json", None),
        ("json/jsontestsuite/n_structure_open_array_object.json", None),
        ("xlsx/own/xlsx_far_cell.xlsx", None),
        ("parquet/parquet-testing/ARROW-GH-45185.parquet", None),
        ("shp/gdal/buggypoint.shp", Some((0, 1))),
        ("shp/own/deleted_dbf_record.shp", Some((5, 0))),
        ("shp/own/poly_ccw_exterior.shp", Some((0, 1))),
        ("shp/own/shx_out_of_order.shp", Some((6, 0))),
    ];
    for (name, expected) in cases {
        assert_eq!(counts(folder.join(name)), expected, "{name}");
    }
    let error = read_path(folder.join("csv/gdal/unbalanced_double_quotes.csv")).unwrap_err();
    assert_eq!(error.place, "line 2");
    let error = read_path(folder.join("csv/own/csv_two_open_quotes.csv")).unwrap_err();
    assert_eq!(error.place, "line 62");
    assert!(error.message.contains("line 5"), "{error}");
    let file = read_path(folder.join("geojson/own/gj_bad_middle.geojson")).unwrap();
    assert_eq!(file.rejected[0].record, 3);
    let file = read_path(folder.join("csv/own/csv_nan_inf.csv")).unwrap();
    assert_eq!(
        file.rejected.iter().map(|r| r.line).collect::<Vec<_>>(),
        (2..=10).collect::<Vec<_>>()
    );
}

/// Any file at all ends in a table or a clear error.
#[test]
fn every_file_of_the_corpus_ends() {
    let Some(folder) = shared("badinput") else { return };
    let mut folders = vec![folder];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            seen += 1;
            if let Err(error) = read_path(path) {
                assert!(!error.message.is_empty());
            }
        }
    }
    assert!(seen >= 40, "{seen} files");
}

/// The counts of shared/events/README.md.
#[test]
fn ucdp_country_file_of_pakistan() {
    let Some(path) = shared("events/ucdp_ged_v22_1_pakistan_hdx.csv") else { return };
    let file = read_path(path).unwrap();
    assert_eq!((file.summary.read, file.incidents.len()), (6416, 6416));
    assert_eq!(file.files[0].1, "6ef828898fbb443e234bc723a35984a4e5446f987c0c6fa7ee66ee0207493d38");
    assert_eq!(file.format_label, "UCDP GED country file");
    let count = |class| file.incidents.iter().filter(|i| i.precision == Some(class)).count();
    assert_eq!(Precision::ALL.map(count), [2345, 2633, 1124, 60, 254]);
    assert!(says(&file, "200 records break low <= best <= high; kept as they are"));
    assert!(says(&file, "HXL tag row skipped (line 2)"));
    let karachi = file.incidents.iter().map(|i| (i.at.lon().to_bits(), i.at.lat().to_bits()));
    let points: std::collections::HashSet<_> = karachi.collect();
    assert_eq!(points.len(), 1154);
    let dates = file.incidents.iter().filter_map(|i| i.date);
    assert_eq!(
        (dates.clone().min(), dates.max()),
        (Some(date(1989, 1, 25)), Some(date(2021, 12, 31)))
    );
    assert!(file.incidents.iter().all(|i| i.date.is_some()));
    // 10,689 physical lines: the last record starts near the end.
    assert!(file.incidents.last().unwrap().row.line > 10_600);
}

#[test]
fn ucdp_sample_and_gdelt_file() {
    let Some(path) = shared("events/ucdp_ged_v25_1_afg_pak_sample.csv") else { return };
    let file = read_path(path).unwrap();
    assert_eq!((file.summary.read, file.incidents.len()), (1227, 1227));
    let afghan = file.incidents.iter().filter(|i| i.country == "Afghanistan").count();
    assert_eq!(afghan, 1009);
    assert!(file.incidents.iter().all(|i| i.precision.is_none()));

    let Some(path) = shared("events/gdelt_v2_20180101000000.export.CSV") else { return };
    let file = read_path(path).unwrap();
    assert_eq!((file.summary.read, file.rejected.len()), (2414, 58));
    let here = |i: &&durand::model::Incident| i.country == "AF" || i.country == "PK";
    assert_eq!(file.incidents.iter().filter(here).count(), 13);
    let count = |class| file.incidents.iter().filter(|i| i.precision == Some(class)).count();
    // Types 3 and 4, 2 and 5, 1.
    assert_eq!(
        [Precision::Exact, Precision::Province, Precision::Unlocated].map(count),
        [1415, 305, 636]
    );
}

/// The published header lines are recognised.
#[test]
fn headers_as_published() {
    let Some(folder) = shared("events/headers") else { return };
    for (name, format) in [
        ("acled_export_header.csv", Format::Acled),
        ("gtd_header.csv", Format::Gtd),
        ("gdelt_v2_events_header.tsv", Format::Gdelt),
        ("ucdp_ged_hdx_country_header.csv", Format::UcdpGed),
        ("ucdp_ged_v23_to_v26_header.csv", Format::UcdpGed),
    ] {
        assert_eq!(read_path(folder.join(name)).unwrap().format, format, "{name}");
    }
}
