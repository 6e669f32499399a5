//! The nineteen quirks of public event data that an importer must survive, one
//! test each, in the order in which the facts list them. Longer tests of the
//! same readers are in `source_tables.rs` and `hostile_tables.rs`.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;
#[allow(dead_code)]
#[path = "common/reading.rs"]
mod reading;

use durand::io::{Format, ReadOptions};
use durand::model::Precision;
use jiff::civil::date;
use program::Folder;
use reading::{read, read_with, reasons, says, used};
use serde_json::Value;

/// A row of UCDP GED's 49 columns: number, article, date and precision are the
/// caller's, and best, high, low and both governments' numbers as they stand.
fn ucdp(id: u32, article: &str, day: &str, prec: &str, counts: &str) -> String {
    format!(
        "{id},PAK-1,2021,1,Clear,1,218,218,Conflict,422,422,Dyad,141,141,Side A,142,142,Side B,-1,\
{article},Reuters,2021-12-29,,,{prec},Torkham,Torkham crossing,Khyber Pakhtunkhwa,Khyber,34.12,71.09,\
POINT (71.09 34.12),179789,Pakistan,770,Asia,1,1,{day},{day},0,2,0,0,{counts}"
    )
}

const UCDP: &str = "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,\
conflict_new_id,conflict_name,dyad_dset_id,dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,\
side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,source_article,source_office,\
source_date,source_headline,source_original,where_prec,where_coordinates,where_description,adm_1,\
adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,date_prec,\
date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,gwnoa,gwnob";

const DAY: &str = "2021-12-29";
const COUNTS: &str = "2,3,1,700,770";

fn check(table: &str, case: &str) -> Value {
    let folder = Folder::new(case).with("e.csv", table);
    serde_json::from_str(&folder.good("check e.csv --json").out).unwrap()
}

#[test]
fn quirk_01_line_breaks_inside_quoted_cells() {
    let article = "\"one,\ntwo\n\"\"three\"\"\"";
    let file = used(&format!(
        "{UCDP}\n{}\n{}\n",
        ucdp(1, article, DAY, "1", COUNTS),
        ucdp(2, "x", DAY, "1", COUNTS)
    ));
    let lines: Vec<u64> = file.incidents.iter().map(|i| i.row.line).collect();
    assert_eq!(lines, [2, 5]);
    assert_eq!(file.rows[0].cells(20)[19], "one,\ntwo\n\"three\"");
}

#[test]
fn quirk_02_crlf_ends_with_lf_inside_cells() {
    let row = ucdp(1, "\"one\ntwo\"", DAY, "1", COUNTS);
    let file = used(&format!("{UCDP}\r\n{row}\r\n{}\r\n", ucdp(2, "x", DAY, "1", COUNTS)));
    assert_eq!((file.summary.read, file.incidents[1].row.line), (2, 4));
    assert_eq!(file.rows[0].cells(20)[19], "one\ntwo");
}

#[test]
fn quirk_03_a_row_of_hxl_tags_after_the_header() {
    let file = used("id,lon,lat\n,#geo+lon,#geo+lat\n1,71,34\n");
    assert!(says(&file, "HXL tag row skipped (line 2)"));
    assert_eq!((file.summary.read, file.incidents[0].row.line), (1, 3));
}

#[test]
fn quirk_04_three_forms_of_iso_dates() {
    for day in ["2021-12-29 00:00:00.000", "2021-12-29", "20211229"] {
        let file = used(&format!("{UCDP}\n{}\n", ucdp(1, "x", day, "1", COUNTS)));
        assert_eq!(file.incidents[0].date, Some(date(2021, 12, 29)), "{day}");
    }
}

#[test]
fn quirk_05_low_best_high_out_of_order_are_kept_and_said() {
    let file = used(&format!("{UCDP}\n{}\n", ucdp(1, "x", DAY, "1", "2,1,3,700,770")));
    assert!(says(&file, "1 record break low <= best <= high; kept as they are"));
    let f = file.incidents[0].fatalities;
    assert_eq!((f.low, f.best, f.high), (Some(3), Some(2), Some(1)));
}

#[test]
fn quirk_06_a_column_that_turns_from_numbers_to_lists() {
    let mut text = format!("{UCDP}\n");
    for id in 0..3000 {
        text += &ucdp(id, "x", DAY, "1", if id < 2999 { COUNTS } else { "2,3,1,2;200;900,770" });
        text.push('\n');
    }
    let file = used(&text);
    assert_eq!(file.rows[2999].cells(49)[47], "2;200;900");
}

#[test]
fn quirk_07_points_on_the_wrong_side_of_the_line_are_told() {
    let found = check(
        "id,lon,lat,country,province\n7,71.05,34.14,Pakistan,Khyber Pakhtunkhwa\n",
        "quirk07",
    );
    assert_eq!(found["wrong_country"][0]["found"], "Afghanistan");
    assert_eq!((&found["counts"]["used"], &found["wrong_country_count"]), (&1.into(), &1.into()));
}

#[test]
fn quirk_08_stacked_points_are_told() {
    let rows: String = (0..40).map(|id| format!("{id},67.01,24.87,Pakistan\n")).collect();
    let found = check(&format!("id,lon,lat,country\n{rows}"), "quirk08");
    assert_eq!((&found["places"], &found["stacks"][0]["incidents"]), (&1.into(), &40.into()));
}

#[test]
fn quirk_09_misspelt_and_old_names_are_no_join_keys() {
    let found = check(
        "id,lon,lat,country,province,precision\n\
         a,71.5361,34.0151,Pakistan,Khyber Pakhtunkwa province,exact\n\
         b,70.1,33.9,Pakistan,Federally Administered Tribal Areas,district\n",
        "quirk09",
    );
    // Places are found by their coordinates; no record is lost for its names.
    assert_eq!((&found["counts"]["used"], &found["counts"]["rejected"]), (&2.into(), &0.into()));
    assert_eq!(found["wrong_country_count"], 0);
}

#[test]
fn quirk_10_spaces_and_quotes_beyond_ascii() {
    let file = used("lon,lat,place\n71,34,\u{2002}Shahi\u{2002}Kot \u{201c}camp\u{201d}\n");
    assert_eq!(file.incidents[0].place, "Shahi\u{2002}Kot \u{201c}camp\u{201d}");
}

#[test]
fn quirk_11_names_cut_to_ten_letters_and_numbers_as_strings() {
    let file = used(
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"59553",
"type_of_vi":1,"where_prec":"3","where_coor":"Kurram agency","best":"2","high":3,"low":2,
"date_start":"2021-12-29"},"geometry":{"type":"Point","coordinates":[70.1,33.7]}}]}"#,
    );
    let incident = &file.incidents[0];
    assert_eq!((file.format, incident.place.as_str()), (Format::UcdpGed, "Kurram agency"));
    assert_eq!(
        (incident.precision, incident.fatalities.best),
        (Some(Precision::District), Some(2))
    );
}

#[test]
fn quirk_12_gdelt_without_header_and_with_empty_fields() {
    let blank = |n: usize| "\t".repeat(n);
    for (columns, adm2, version) in [(61, 1, "GDELT 2 events"), (58, 0, "GDELT 1 events")] {
        let row = format!(
            "719024875\t20171202\t201712\t2017\t2017.9{}\t1\t190\t190\t19\t4\t-10\t1\t1\t1\t-2.5{}\t4\tTorkham\tAF\tAF18{}\t34.12\t71.09\t-1\t20180101000000\thttp://a",
            blank(20),
            blank(2 * (7 + adm2)),
            blank(adm2),
        );
        assert_eq!(row.split('\t').count(), columns);
        let file = used(&row);
        assert_eq!((file.format_label.as_str(), file.header.len()), (version, columns));
        // A month before the day of the file.
        assert_eq!(file.incidents[0].date, Some(date(2017, 12, 2)));
        assert_eq!(file.incidents[0].at.lat(), 34.12);
    }
}

/// The columns are those of the Aid Worker Security Database.
#[test]
fn quirk_13_a_centroid_stands_in_for_a_camp_far_away() {
    let table = "Incident ID,Year,Month,Day,Country Code,Country,Region,District,City,Total killed,\
        Means of attack,Location,Latitude,Longitude,Actor type\n\
        3,2021,12,,PK,Pakistan,Balochistan,Chaman,\"Chaman, Roghani Camp\",,Shooting,Road,34.45993,72.50237,Unknown\n\
        4,2021,12,29,PK,Pakistan,Balochistan,Chaman,Chaman,2,Roadside IED,Road,30.92,66.45,Unknown\n";
    let file = used(table);
    assert_eq!((file.format, file.format_label.as_str()), (Format::Awsd, "AWSD"));
    assert_eq!(
        (file.incidents[0].date, file.incidents[0].place.as_str()),
        (None, "Chaman, Roghani Camp")
    );
    assert_eq!(
        (file.incidents[1].fatalities.best, file.incidents[0].fatalities.best),
        (Some(2), None)
    );
    let found = check(table, "quirk13");
    assert_eq!(found["wrong_province_count"], 1);
    let away = found["wrong_province"][0]["away_km"].as_f64().unwrap();
    assert!((300.0..800.0).contains(&away), "{away}");
}

#[test]
fn quirk_14_a_candidate_file_without_its_header() {
    let file = used(&format!(
        "{}\n{}\n",
        ucdp(1, "\"a\nb\"", DAY, "1", COUNTS),
        ucdp(2, "x", DAY, "3", COUNTS)
    ));
    assert!(says(&file, "no header: read as UCDP GED by its 49 columns"));
    assert_eq!((file.format, file.summary.read, file.header.len()), (Format::UcdpGed, 2, 49));
    let first = &file.incidents[0];
    assert_eq!((first.id.as_str(), first.row.line, first.fatalities.high), ("1", 1, Some(3)));
    assert_eq!(file.incidents[1].precision, Some(Precision::District));
    // Of other columns nothing is guessed.
    let shorter = ucdp(1, "x", DAY, "1", "2,3,1,700");
    assert!(read(&format!("{shorter}\n")).unwrap_err().message.contains("looks like data"));
}

#[test]
fn quirk_15_a_byte_order_mark_that_became_part_of_a_name() {
    for mark in ["\u{feff}", "ï..", "ï»¿"] {
        let file = used(&format!(
            "{mark}eventid,iyear,imonth,iday,latitude,longitude\n7,2012,1,1,34,71\n"
        ));
        assert_eq!((file.format, file.incidents[0].id.as_str()), (Format::Gtd, "7"), "{mark}");
    }
}

#[test]
fn quirk_16_windows_1252_without_a_word() {
    let folder = Folder::new("quirk16")
        .with("g.csv", b"lon,lat,place\n71,34,Asm\xe1r\n71,34,na\xefve \xff\n");
    let run = folder.good("distance g.csv -o d.csv");
    assert!(run.err.contains("read as windows-1252"), "{}", run.err);
    let text = folder.read("d.csv");
    assert!(text.contains("Asmár") && text.contains("naïve ÿ"), "{text}");
}

#[test]
fn quirk_17_day_nought_rounded_ids_and_a_lost_decimal_point() {
    let file = read(
        "eventid,iyear,imonth,iday,latitude,longitude\n201200000002,2012,0,0,34,71\n\
         1.97E+11,2012,3,0,34,71\n201201010004,2012,1,1,34,-86185896\n",
    )
    .unwrap();
    assert_eq!(file.incidents.iter().map(|i| i.date).collect::<Vec<_>>(), [None, None]);
    assert!(says(&file, "an eventid that a spreadsheet has rounded"));
    let found = reasons(&file);
    assert!(
        found.len() == 1 && found[0].0 == 4 && found[0].1.contains("lost decimal point"),
        "{found:?}"
    );
}

#[test]
fn quirk_18_exchanged_coordinates_are_always_recognised() {
    let file = read("id,lon,lat\na,34.12,71.09\nb,71.09,34.12\n").unwrap();
    assert_eq!(reasons(&file), [(2, "latitude and longitude look exchanged")]);
}

#[test]
fn quirk_19_decimal_commas_and_semicolons() {
    let file = used("id;lon;lat\na;71,09;34,12\n");
    assert_eq!((file.incidents[0].at.lon(), file.incidents[0].at.lat()), (71.09, 34.12));
    assert!(says(&file, "semicolon as delimiter") && says(&file, "decimal comma"));
    let options = ReadOptions { keep_rows: true, ..ReadOptions::default() };
    let mixed = read_with("id;lon;lat\na;71,09;34,12\nb;71.09;34,12\n", &options).unwrap();
    assert_eq!(mixed.rejected.len(), 1);
}
