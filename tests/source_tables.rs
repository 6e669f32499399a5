//! Tables of public event data with their quirks, and tables of anybody.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/reading.rs"]
mod reading;

use durand::io::{Format, ReadOptions};
use durand::model::{Kind, Precision};
use jiff::civil::date;
use reading::{read, read_with, reasons, says, used};

const UCDP: &str = "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,\
conflict_new_id,conflict_name,dyad_dset_id,dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,\
side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,source_article,source_office,\
source_date,source_headline,source_original,where_prec,where_coordinates,where_description,adm_1,\
adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,iso3,country_id,region,event_clarity,\
date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,\
gwnoa,gwnob";

/// A row of the country file; the article and the counts are the caller's.
fn ucdp_row(id: u32, article: &str, prec: &str, best_high_low: &str) -> String {
    format!(
        "{id},PAK-1,1990,1,Clear,1,218,218,India - Pakistan,422,422,Dyad,141,141,Government of India,\
142,142,Government of Pakistan,-1,{article},Reuters News,1990-12-29,,,{prec},Kel village,Kel sector,\
Azad Jammu & Kashmir,Neelam district,34.821865,74.355544,POINT (74.355544 34.821865),179789,\
Pakistan,PAK,770,Asia,1,1,1990-10-04 00:00:00.000,1990-10-04 00:00:00.000,0,2,0,0,{best_high_low},\
750,770"
    )
}

/// Quirks 1 to 5: line breaks in cells, CRLF outside and LF inside, the row of
/// HXL tags, a time behind the date, counts out of order.
#[test]
fn ucdp_country_file() {
    let hxl = ",,#date+year,,,,,,,,,,,,#group+name+first,,,#group+name+second,,#meta+source,,,\
#description,,,#loc+name,,#adm1+name,#adm2+name,#geo+lat,#geo+lon,,,#country+name,#country+code,,\
#region+name,,,#date+start,#date+end,,,,,#affected+killed,,,,";
    let article = "\"\"\"Reuters News, 1990-12-29\"\"\nand, a, second\none\"";
    let text = [
        UCDP.to_owned(),
        hxl.to_owned(),
        ucdp_row(1, article, "1", "2,2,2"),
        ucdp_row(2, "x", "5", "2,1,3"),
        ucdp_row(3, "x", "9", "0,0,0"),
        String::new(),
    ]
    .join("\r\n");
    let file = used(&text);
    assert_eq!(
        (file.format, file.format_label.as_str()),
        (Format::UcdpGed, "UCDP GED country file")
    );
    assert!(says(&file, "HXL tag row skipped (line 2)"));
    assert!(says(&file, "1 record break low <= best <= high; kept as they are"));
    assert!(says(&file, "1 record with an unknown precision code"));
    let [first, second, third] = file.incidents.as_slice() else { panic!() };
    assert_eq!((first.row.record, first.row.line), (1, 3));
    // The cell of three lines moves the next record to line 6.
    assert_eq!((second.row.record, second.row.line), (2, 6));
    assert_eq!(first.id, "1");
    assert_eq!(first.date, Some(date(1990, 10, 4)));
    assert_eq!(first.category, "state-based violence");
    assert_eq!(first.kind, Kind::Clash);
    assert_eq!(first.precision, Some(Precision::Exact));
    assert_eq!((first.place.as_str(), first.district.as_str()), ("Kel village", "Neelam district"));
    assert_eq!(first.province, "Azad Jammu & Kashmir");
    assert_eq!(first.country, "Pakistan");
    assert_eq!(first.source, "UCDP GED: Reuters News, 1990-12-29");
    assert_eq!((first.at.lon(), first.at.lat()), (74.355544, 34.821865));
    assert_eq!(second.precision, Some(Precision::Unlocated));
    let f = second.fatalities;
    assert_eq!((f.low, f.best, f.high), (Some(3), Some(2), Some(1)));
    assert_eq!(third.precision, None);
    assert_eq!(file.rows[0].cells(19 + 1)[19], "\"Reuters News, 1990-12-29\"\nand, a, second\none");
}

/// Quirks 6 and 10: a column that turns from numbers to lists far down, and
/// spaces and quotes beyond ASCII. Types are never inferred.
#[test]
fn ucdp_late_surprises() {
    let mut text = UCDP.to_owned();
    for id in 0..2000 {
        let mut row = ucdp_row(id, "x", "1", "2,2,2");
        if id == 1999 {
            row = row
                .replace(",750,770", ",2;200;900,770")
                .replace("Kel village", "Kel\u{2002}“old”");
            row = row.replace(",34.821865,", ",\u{2002}34.821865\u{a0},");
        }
        text.push('\n');
        text.push_str(&row);
    }
    let file = used(&text);
    let last = file.incidents.last().unwrap();
    assert_eq!((last.at.lat(), last.place.as_str()), (34.821865, "Kel\u{2002}“old”"));
    assert_eq!(file.rows[1999].cells(48 + 1)[48], "2;200;900");
}

#[test]
fn ucdp_extract_without_precision() {
    let text = "id,conflict_id,latitude,longitude,date,type_of_violence,best,civilian_deaths,\
combatant_deaths,country,region\n132140,333,34.33333,70.41667,1989-01-10,3,6,0,6,Afghanistan,Asia\n";
    let file = used(text);
    assert_eq!(file.format_label, "UCDP GED extract");
    let incident = &file.incidents[0];
    assert_eq!(incident.precision, None);
    assert_eq!(incident.category, "one-sided violence");
    let f = incident.fatalities;
    assert_eq!((f.low, f.best, f.high), (None, Some(6), None));
    assert_eq!(incident.date, Some(date(1989, 1, 10)));
}

/// Without a header and with other columns than a known release, nothing is guessed.
#[test]
fn a_file_without_header_is_refused_with_advice() {
    let error = read(&ucdp_row(1, "x", "1", "1,1,1")).unwrap_err();
    assert!(error.message.contains("looks like data"), "{error}");
    assert!(error.hint.contains("column names"));
}

const ACLED: &str = "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,\
sub_event_type,actor1,assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,\
civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,longitude,\
geo_precision,source,source_scale,notes,fatalities,tags,timestamp";

#[test]
fn acled_export() {
    let row = |id: &str, date: &str, event: &str, sub: &str, inter: (&str, &str), prec: &str| {
        format!(
            "{id},{date},2025,1,Political violence,{event},{sub},A,,{},B,,{},11,,586,South Asia,\
Pakistan,Khyber Pakhtunkhwa,Kurram,,Teri Mangal,33.95,69.97,{prec},Dawn,National,\"Notes, long\",3,,17",
            inter.0, inter.1
        )
    };
    let state = ("State forces", "State forces");
    let text = [
        ACLED.to_owned(),
        row("PAK1", "16 May 2025", "Battles", "Armed clash", state, "1"),
        row(
            "PAK2",
            "2023-02-16",
            "Explosions/Remote violence",
            "Air/drone strike",
            ("1", "2"),
            "2",
        ),
        row(
            "PAK2",
            "2023-02-16",
            "Explosions/Remote violence",
            "Air/drone strike",
            ("1", "2"),
            "3",
        ),
    ]
    .join("\n");
    let file = used(&text);
    assert_eq!(file.format, Format::Acled);
    assert!(says(&file, "1 record repeats the id of another; all kept; a monadic"));
    let first = &file.incidents[0];
    assert_eq!(first.date, Some(date(2025, 5, 16)));
    assert_eq!(first.category, "Battles: Armed clash");
    assert_eq!(first.kind, Kind::Clash);
    // One number: low and high are not known.
    let f = first.fatalities;
    assert_eq!((f.low, f.best, f.high), (None, Some(3), None));
    assert_eq!((first.place.as_str(), first.district.as_str()), ("Teri Mangal", "Kurram"));
    assert_eq!((first.province.as_str(), first.source.as_str()), ("Khyber Pakhtunkhwa", "Dawn"));
    assert_eq!(file.incidents[1].kind, Kind::Airstrike);
    let classes: Vec<_> = file.incidents.iter().map(|i| i.precision).collect();
    assert_eq!(classes, [Precision::Exact, Precision::Near, Precision::Province].map(Some));
}

/// Quirks 15, 16 and 17: a byte-order mark that became part of a name,
/// Windows-1252, unknown days, rounded identifiers, a lost decimal point.
#[test]
fn gtd() {
    let header = "ï..eventid,iyear,imonth,iday,country_txt,provstate,city,latitude,longitude,\
specificity,vicinity,attacktype1_txt,suicide,nkill,dbsource";
    let rows = [
        "201201010001,2012,1,1,Pakistan,Kunar,Asmār,35.03,71.36,1,1,Armed Assault,0,2,START",
        "201200000002,2012,0,0,Pakistan,Kunar,x,35.03,71.36,2,0,Bombing/Explosion,0,,START",
        "1.97E+11,2012,3,0,Pakistan,Kunar,x,35.03,71.36,5,-9,Unknown,1,3.0,",
        "201201010004,2012,1,1,Pakistan,Kunar,x,35.03,-86185896,1,0,Unknown,0,,",
        "201202300005,2012,2,30,Pakistan,Kunar,x,35.03,71.36,1,0,Unknown,0,,",
        "201201010006,2012,1,1,Pakistan,Kunar,x,,,5,0,Unknown,0,-99,",
    ];
    let file = read(&format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    assert_eq!(file.format, Format::Gtd);
    assert!(says(&file, "2 records with an unknown day or month"));
    assert!(says(
        &file,
        "1 record with an eventid that a spreadsheet has rounded (first: `1.97E+11`)"
    ));
    let found = reasons(&file);
    assert_eq!(found.iter().map(|r| r.0).collect::<Vec<_>>(), [5, 6, 7]);
    assert!(found[0].1.contains("lost decimal point"));
    assert!(found[1].1.contains("does not exist (2012-2-30)"));
    assert_eq!(found[2].1, "no latitude");
    let [near, centroid, suicide] = file.incidents.as_slice() else { panic!() };
    assert_eq!(near.id, "201201010001");
    assert_eq!(near.date, Some(date(2012, 1, 1)));
    assert_eq!((near.precision, near.kind), (Some(Precision::Near), Kind::Raid));
    assert_eq!((centroid.precision, centroid.kind), (Some(Precision::District), Kind::Bombing));
    assert_eq!((centroid.date, centroid.fatalities.best), (None, None));
    assert_eq!((suicide.kind, suicide.fatalities.best), (Kind::Bombing, Some(3)));
    assert_eq!(suicide.source, "GTD");
}

/// Quirk 12: no header, tabs, empty fields; quotes mean nothing.
#[test]
fn gdelt_without_header() {
    let row = |url: &str, geo: &str| {
        let actors = "\t".repeat(19);
        format!(
            "719024875\t20171202\t201712\t2017\t2017.9\t{actors}\t1\t195\t195\t19\t4\t-10\t1\t1\t1\t-2.5\
{}{geo}\t20180101000000\t{url}",
            "\t".repeat(16)
        )
    };
    let text = [
        row(
            "http://a/\"x",
            "\t4\tKabul, Kabol, Afghanistan\tAF\tAF13\t3580\t34.5167\t69.1833\t-3378435",
        ),
        row("", "\t1\tAfghanistan\tAF\tAF\t\t33\t66\tAF"),
        row("", "\t0\t\t\t\t\t\t\t"),
    ]
    .join("\n");
    let file = read(&text).unwrap();
    assert_eq!((file.format, file.format_label.as_str()), (Format::Gdelt, "GDELT 2 events"));
    assert_eq!(file.header.len(), 61);
    assert_eq!(reasons(&file), [(3, "no latitude")]);
    let [town, country] = file.incidents.as_slice() else { panic!() };
    assert_eq!(
        (town.precision, country.precision),
        (Some(Precision::Exact), Some(Precision::Unlocated))
    );
    assert_eq!((town.kind, town.category.as_str()), (Kind::Airstrike, "fight"));
    assert_eq!((town.row.record, town.row.line), (1, 1));
    assert_eq!(town.date, Some(date(2017, 12, 2)));
    assert_eq!((town.source.as_str(), country.source.as_str()), ("http://a/\"x", "GDELT"));
    assert!(says(&file, "2 records") || says(&file, "1 record repeats the id"));
}

#[test]
fn generic_table_and_mapped_columns() {
    let file = used(
        "ID,Longitude,LATITUDE,Date,category,precision,fatalities_low,fatalities_best,\
fatalities_high,place,district,province,country,source\n\
a1,71.09,34.12,2023-09-06,fence dispute,near,1,2,4,Torkham,Landi Kotal,KP,Pakistan,Dawn\n",
    );
    let i = &file.incidents[0];
    assert_eq!((file.format, i.id.as_str(), i.kind), (Format::Generic, "a1", Kind::Fence));
    assert_eq!(i.precision, Some(Precision::Near));
    assert_eq!((i.fatalities.low, i.fatalities.high), (Some(1), Some(4)));

    // AWSD (quirk 13's source): year, month and day apart, blank when unknown.
    let file = used(
        "Incident ID,Year,Month,Day,Country Code,Country,District,City,Latitude,Longitude\n\
7,2021,12,29,PK,Pakistan,Kurram,Parachinar,33.9,70.1\n8,2021,,,PK,Pakistan,Kurram,x,33.9,70.1\n",
    );
    assert_eq!(file.incidents[0].date, Some(date(2021, 12, 29)));
    assert_eq!((file.incidents[1].date, file.incidents[0].id.as_str()), (None, "7"));

    let text = "A,B,C,D\n34.12,71.09,Torkham,12\n";
    let map = |pairs: &[(&str, &str)]| ReadOptions {
        columns: pairs.iter().map(|(r, c)| ((*r).to_owned(), (*c).to_owned())).collect(),
        ..ReadOptions::default()
    };
    let error = read(text).unwrap_err();
    assert!(error.message.contains("the columns are A, B, C, D"), "{error}");
    assert!(error.hint.contains("--column lon=NAME --column lat=NAME"));
    let options = map(&[("lon", "B"), ("lat", "a"), ("place", "C"), ("fatalities", "D")]);
    let file = read_with(text, &options).unwrap();
    let i = &file.incidents[0];
    assert_eq!((i.at.lon(), i.place.as_str(), i.fatalities.best), (71.09, "Torkham", Some(12)));
    assert!(read_with(text, &map(&[("lon", "B"), ("lat", "E")])).is_err());
    assert!(read_with(text, &map(&[("lone", "B")])).unwrap_err().hint.contains("`lon`"));
}

#[test]
fn a_format_that_is_asked_for_must_fit() {
    let options = ReadOptions { format: Some(Format::Acled), ..ReadOptions::default() };
    let error = read_with("lon,lat\n71,34\n", &options).unwrap_err();
    assert!(error.message.contains("acled") && error.hint.contains("lon, lat"));
    let options = ReadOptions { format: Some(Format::Generic), ..ReadOptions::default() };
    let text = "event_id_cnty,longitude,latitude\nA1,71,34\n";
    assert_eq!(read_with(text, &options).unwrap().format, Format::Generic);
    assert_eq!(used(text).format, Format::Acled);
}
