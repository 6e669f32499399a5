//! The program as its users run it: exit codes, messages, files and nothing else.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

#[path = "common/program.rs"]
mod program;

use program::{Folder, GOOD, rows, tally};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

#[test]
fn a_wrong_command_line_ends_with_two_and_a_hint() {
    let folder = Folder::new("two");
    for (arguments, words) in [
        ("distnce bundled -o o.csv", "'distance'"),
        ("density bundled --bandwith-km 3 -o o.csv", "'--bandwidth-km'"),
        ("distance bundled", "--output"),
        ("distance bundled -o o.xls", ".csv .geojson"),
        ("distance bundled -o o", "no extension"),
        ("map bundled -o -", "standard output"),
        ("map bundled -o o.svgz", "did you mean .svg?"),
        ("distance bundled -o o.csv -o ./o.csv", "named twice"),
        ("distance bundled -o - -o -", "named twice"),
        ("distance - - -o o.csv", "standard input (`-`) is named twice"),
        ("diff - -", "standard input (`-`) is named twice"),
        ("distance bundled -o o.csv -o o.rejected.csv", "lists rejected records"),
        ("zones bundled -o - -o o.svg -o ./o.rejected.csv", "lists rejected records"),
        ("distance bundled -o o.csv --format gltd", "did you mean `gtd`?"),
        ("density bundled -o o.svg --kernel quatric", "did you mean `quartic`?"),
        ("density bundled -o o.svg --bandwidth-km five", "nor auto"),
        ("density bundled -o o.svg --bandwidth-km -5", "above 0"),
        ("density bundled -o o.svg --cell-km 0", "above 0"),
        ("density bundled -o o.svg --weight fatality", "did you mean `fatalities`?"),
        ("density bundled -o o.svg --extent 73,31,68,36", "west must be less"),
        ("density bundled -o o.svg --extent 1,2,3", "expected four"),
        ("density bundled -o o.svg --edge digle", "did you mean `diggle`?"),
        ("density bundled -o o.svg --edge uniform --adaptive", "--edge"),
        ("density bundled -o o.svg --edge uniform --barrier border", "use `diggle`"),
        ("density bundled -o o.svg --barrier river", "`border`"),
        ("density bundled -o o.svg --at 2021", "year-month-day"),
        ("density bundled -o o.svg --at 2021-08-15 --case raid", "--case"),
        ("density bundled -o o.svg --case earthquake", "the input has"),
        ("density bundled -o o.svg --seed 2", "--at"),
        ("density bundled -o o.svg --at 2021-08-15 --weight fatalities", "not their toll"),
        ("density bundled -o o.svg --at 2021-08-15 --simulations 9", "19..65000"),
        ("zones bundled -o o.csv --breaks-km 10,5", "ascend"),
        ("zones bundled -o o.csv --breaks-km -5,10", "--breaks-km"),
        ("zones bundled -o o.csv --window contries", "did you mean `countries`?"),
        ("distance bundled -o o.csv --side Afganistan", "did you mean `Afghanistan`?"),
        ("distance bundled -o o.csv --province Kandhar", "did you mean `Kandahar`?"),
        ("distance bundled -o o.csv --category earthquake", "the input has"),
        ("distance bundled -o o.csv --from 2020-13-01", "year-month-day"),
        ("distance bundled -o o.csv --from 2022-01-02 --to 2022-01-01", "is before"),
        ("distance bundled -o o.csv --within-km -3", "above 0"),
        ("distance bundled -o o.csv --max-precision exct", "did you mean `exact`?"),
        ("distance bundled -o o.csv --encoding klingon", "windows-1252"),
        ("distance bundled -o o.csv --column foo=bar", "the roles are"),
        ("compare bundled -o o.csv", "--at DATE"),
        ("compare bundled -o o.csv --at 1999-01-01", "leaves nothing"),
        ("compare bundled -o o.csv --at 15.8.2021", "year-month-day"),
        ("compare bundled -o o.csv --before 2015-01-01..2016-01-01", "--after"),
        ("compare bundled -o o.csv --before 2015..2016 --after 2017..2018", "year-month-day"),
        ("hotspots bundled -o o.csv --permutations 3", "99..999999"),
        ("profile bundled -o o.csv --as line --step month", "--step is for `--as time`"),
        ("profile bundled -o o.csv --as time --bin-km 5", "--bin-km is for `--as line`"),
        ("hotspots bundled -o o.csv --false-discovery -1", "between 0 and 1"),
        ("hotspots bundled -o o.csv --scale ranks", "log or rate"),
        ("borders -o o.xls", ".csv .json .md .tex"),
        ("borders -o o.csv --breaks-km 10,5", "ascend"),
        ("map bundled -o o.svg --width-mm 1e9", "60..1000"),
        ("map bundled -o o.png --dpi -1", "36..1200"),
        ("check bundled --threads 70000", "--threads"),
    ] {
        folder.bad(arguments, 2, words);
    }
}

#[test]
fn what_cannot_be_done_ends_with_one_and_leaves_nothing() {
    let folder = Folder::new("one")
        .with("empty.csv", "")
        .with("header.csv", "lon,lat\n")
        .with("nowhere.csv", "a,b\n1,2\n")
        .with("swapped.csv", "lon,lat\n34.5,70.5\n33.5,69.5\n")
        .with("nan.csv", "lon,lat\nNaN,34\n70,inf\n")
        .with("quote.csv", "lon,lat,place\n70,34,\"a\n71,34,b\n")
        .with("book.xlsx", b"PK\x03\x04....")
        .with("good.csv", GOOD)
        .with("file/inside", "");
    for (input, words) in [
        ("missing.csv", "no such file"),
        ("file", "is a folder"),
        ("empty.csv", "is empty"),
        ("header.csv", "no incident is left"),
        ("nowhere.csv", "hint: "),
        ("swapped.csv", "--column lon=lat --column lat=lon"),
        ("nan.csv", "record 1 (line 2), field lon"),
        ("quote.csv", "line 2"),
        ("book.xlsx", "cannot be unpacked"),
    ] {
        for (command, output) in
            [("distance", "new/o.csv"), ("zones", "o.json"), ("map", "new/a/o.svg")]
        {
            folder.bad(&format!("{command} {input} -o {output}"), 1, words);
        }
        let check = folder.run(&format!("check {input}"));
        assert_eq!(check.code, 1, "{input}");
        assert!(check.err.contains(words), "{input}: {}", check.err);
    }
    folder.bad("distance good.csv -o good.csv/o.csv", 1, "good.csv");
    folder.bad("distance good.csv -o o.csv --within-km 0.001", 1, "widen them");
    folder.bad("distance good.csv -o o.csv --column lon=long", 1, "did you mean `lon`?");
    folder.bad("report missing.toml", 1, "--print-plan");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("rights").with("good.csv", GOOD).with("shut/old.csv", "old");
    let shut = folder.0.join("shut");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(shut.join("probe"), "").is_ok() {
        // The superuser writes anywhere.
        fs::remove_file(shut.join("probe")).unwrap();
    } else {
        folder.bad("distance good.csv -o shut/o.csv", 1, "permission denied");
    }
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).unwrap();
    let old = shut.join("old.csv");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o444)).unwrap();
    folder.bad("distance good.csv -o shut/old.csv", 1, "write-protected");
    assert_eq!(folder.read("shut/old.csv"), "old");
}

#[test]
fn strict_turns_a_rejection_into_three_and_no_file() {
    let folder = Folder::new("strict").with("some.csv", "lon,lat\n70.5,34.5\n34.5,70.5\n");
    for command in ["distance some.csv -o new/o.csv", "map some.csv -o o.svg"] {
        folder.bad(&format!("{command} --strict"), 3, "record 2 (line 3), field lat");
    }
    let check = folder.run("check some.csv --strict");
    assert_eq!((check.code, check.out.contains("1 rejected")), (3, true));
}

/// What is wrong whatever the incidents say is told before they are read: here they
/// end in an open quote, which the reading would find.
#[test]
fn what_incidents_cannot_mend_is_told_before_they_are_read() {
    let torn = format!("{GOOD}70.6,34.6,\"open\n");
    let folder = Folder::new("early")
        .with("in.csv", &torn)
        .with("a.rejected.csv", &torn)
        .with("nobody.asc", "ncols 1\nnrows 1\nxllcorner 0\nyllcorner 0\ncellsize 1\n5\n");
    folder.bad("zones in.csv -o z.csv", 1, "quote");
    for (arguments, code, words) in [
        ("zones in.csv --population in.csv -o z.csv", 1, "ASCII grid"),
        ("zones in.csv --population nobody.asc -o z.csv", 2, "nobody lives"),
        ("zones in.csv --areas-by country -o z.svg", 2, "stand beside a table"),
        ("density in.csv --cell-km 0.001 -o d.csv", 1, "over the limit"),
        ("density in.csv --cell-km 0.001 --at 2021-08-15 -o d.csv", 1, "over the limit"),
        ("distance a.rejected.csv -o a.csv", 2, "is an input of this run"),
        ("zones a.rejected.csv -o a.csv", 2, "is an input of this run"),
        ("hotspots a.rejected.csv -o a.csv", 2, "is an input of this run"),
    ] {
        folder.bad(arguments, code, words);
    }
}

/// Files are told in the order that they were asked for, each with what is its own.
#[test]
fn what_was_written_is_told_in_the_order_of_the_outputs() {
    let folder = Folder::new("order").with("in.csv", format!("{GOOD}1,NaN,c\n"));
    let told = |arguments: &str| -> String {
        let run = folder.good(arguments);
        run.err.lines().filter_map(|line| line.strip_prefix("wrote ")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        told("zones in.csv --areas-by country -o z.csv -o z.svg -o z.kml -o z.md"),
        "z.csv z.areas.csv z.svg z.caption.md z.kml z.md z.areas.md z.rejected.csv"
    );
    assert_eq!(
        told("distance in.csv -o d.shp -o - -o d.csv"),
        "d.shp d.shx d.dbf d.prj d.cpg d.csv d.rejected.csv"
    );
}

#[test]
fn records_add_up_and_the_rejected_are_listed_until_they_are_mended() {
    let folder = Folder::new("list").with(
        "in.csv",
        "id,lon,lat,date\n1,70.5,34.5,2021-01-01\n2,34.5,70.5,2021-01-01\n\
         3,NaN,34,2021-01-01\n4,70,34,2021-02-30\n5,70.6,34.6,2022-01-01\n",
    );
    let run = folder.good("distance in.csv -o d.csv --to 2021-12-31");
    assert_eq!(tally(&run.err), [5, 1, 3, 1]);
    assert!(run.out.is_empty());
    let list = folder.read("d.rejected.csv");
    assert!(list.starts_with("file,record,line,field,value,reason\n"), "{list}");
    let lines: Vec<String> = rows(&list).iter().map(|r| r["line"].clone()).collect();
    assert_eq!(lines, ["3", "4", "5"]);
    let json: serde_json::Value =
        serde_json::from_str(&folder.good("check in.csv --json").out).unwrap();
    assert_eq!(json["counts"]["rejected"], 3);
    assert_eq!(json["rejected"].as_array().unwrap().len(), 3);

    // The same name, nothing rejected: the list is emptied.
    fs::write(folder.0.join("in.csv"), GOOD).unwrap();
    assert_eq!(tally(&folder.good("distance in.csv -o d.csv").err), [2, 2, 0, 0]);
    assert_eq!(folder.read("d.rejected.csv"), "file,record,line,field,value,reason\n");
    // And none is made where there was none.
    folder.good("distance in.csv -o e.csv -o e.geojson");
    assert_eq!(folder.names(), ["d.csv", "d.rejected.csv", "e.csv", "e.geojson", "in.csv"]);
    let quiet = folder.good("distance in.csv -o d.csv --quiet");
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
}

#[test]
fn every_command_that_reads_says_what_became_of_the_records() {
    let folder = Folder::new("tallies").with("in.csv", format!("{GOOD}x,y,z\n"));
    for command in [
        "distance in.csv -o o.csv",
        "zones in.csv -o o.md",
        "profile in.csv -o p.csv",
        "borders in.csv -o b.md",
        "hotspots in.csv -o h.md --permutations 99",
        "density in.csv -o k.asc --cell-km 20",
        "map in.csv -o m.svg",
        "check in.csv",
    ] {
        assert_eq!(tally(&folder.good(command).err), [3, 2, 1, 0], "{command}");
    }
}

#[test]
fn standard_output_holds_the_table_and_nothing_else() {
    let folder = Folder::new("pipe").with("in.csv", GOOD);
    let run = folder.good("distance in.csv -o - -o d.csv");
    assert_eq!(run.out, folder.read("d.csv"));
    for command in ["zones", "profile", "borders", "hotspots"] {
        let run = folder.good(&format!("{command} in.csv -o -"));
        assert!(rows(&run.out).len() > 1, "{command}");
    }
    // From standard input the same.
    let mut child = folder
        .command("distance - -o -")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(GOOD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), folder.read("d.csv"));
}

/// `durand distance bundled -o - -o kept.csv | head -c 0`
#[test]
fn a_reader_that_leaves_is_no_error_and_costs_no_other_output() {
    let folder = Folder::new("head");
    let mut child = folder
        .command("distance bundled -o - -o kept.csv --quiet")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(rows(&folder.read("kept.csv")).len(), 70);
}

#[test]
fn an_input_is_never_an_output() {
    let folder = Folder::new("spare")
        .with("in.csv", GOOD)
        .with("k.json", GOOD)
        .with("output/distances.csv", GOOD)
        .with("p.toml", "incidents = [\"output/distances.csv\"]");
    folder.bad("distance in.csv -o ./in.csv", 2, "is an input");
    // The JSON beside a raster would fall on it.
    folder.bad("density k.json --format generic -o k.asc --cell-km 20", 2, "is an input");
    folder.bad("report p.toml", 1, "is an input");
    assert_eq!(folder.read("in.csv"), GOOD);
}

/// Each filter, and all together, against a count in the unfiltered table.
#[test]
fn filters_agree_with_a_count_by_hand() {
    let folder = Folder::new("filters");
    let all = rows(&folder.good("distance bundled -o - --quiet").out);
    let class = |row: &BTreeMap<String, String>| {
        ["exact", "near", "district", "province", "none"]
            .iter()
            .position(|c| *c == row["precision"])
    };
    type Test<'a> = (&'a str, Box<dyn Fn(&BTreeMap<String, String>) -> bool>);
    let tests: [Test<'_>; 7] = [
        ("--from 2022-01-01", Box::new(|r| *r["date"] >= *"2022-01-01" && !r["date"].is_empty())),
        ("--to 2024-12-31", Box::new(|r| *r["date"] <= *"2024-12-31" && !r["date"].is_empty())),
        ("--category clash", Box::new(|r| r["category"].contains("clash"))),
        ("--side pakistan", Box::new(|r| r["border_side"] == "Pakistan")),
        ("--within-km 20", Box::new(|r| r["border_distance_m"].parse::<f64>().unwrap() <= 2e4)),
        ("--province Khyber-Pakhtunkhwa", Box::new(|r| r["province"] == "Khyber Pakhtunkhwa")),
        ("--max-precision near", Box::new(move |r| class(r).is_some_and(|c| c <= 1))),
    ];
    let count = |keep: &dyn Fn(&BTreeMap<String, String>) -> bool| {
        all.iter().filter(|row| keep(row)).count() as u64
    };
    let mut together = String::new();
    for (option, keep) in &tests {
        let expected = count(keep);
        assert!(expected > 0 && expected < 70, "{option}: {expected}");
        let run = folder.good(&format!("distance bundled -o - {option}"));
        assert_eq!(tally(&run.err), [70, expected, 0, 70 - expected], "{option}");
        together.push(' ');
        together.push_str(option);
    }
    let expected = count(&|row| tests.iter().all(|(_, keep)| keep(row)));
    assert!(expected > 0);
    assert_eq!(tally(&folder.good(&format!("distance bundled -o -{together}")).err)[1], expected);
    assert_eq!(tally(&folder.good(&format!("zones bundled -o -{together}")).err)[1], expected);
}

const LINE: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},
"geometry":{"type":"LineString","coordinates":[[10,50],[10,52]]}}]}"#;
const AREAS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"country":"West","province":"Wp","district":"Wd"},
"geometry":{"type":"Polygon","coordinates":[[[9,50],[10,50],[10,52],[9,52],[9,50]]]}},
{"type":"Feature","properties":{"country":"East","province":"Ep","district":"Ed"},
"geometry":{"type":"Polygon","coordinates":[[[10,50],[11,50],[11,52],[10,52],[10,50]]]}}]}"#;

#[test]
fn the_users_own_layers_replace_the_bundled_ones() {
    let folder = Folder::new("layers")
        .with("line.geojson", LINE)
        .with("areas.geojson", AREAS)
        .with(
            "provinces.geojson",
            AREAS.replace(",\"district\":\"Wd\"", "").replace(",\"district\":\"Ed\"", ""),
        )
        .with("in.csv", "lon,lat\n9.5,51\n10.5,51\n10.0,51.5\n");
    let layers = "--border line.geojson --provinces provinces.geojson --districts areas.geojson";
    let named = format!("{layers} --left West --right East");
    let table = rows(&folder.good(&format!("distance in.csv -o - {named}")).out);
    assert_eq!((table[0]["border_side"].as_str(), table[0]["district"].as_str()), ("West", "Wd"));
    assert_eq!((table[1]["border_side"].as_str(), table[1]["province"].as_str()), ("East", "Ep"));
    assert_eq!(table[2]["border_distance_m"], "0.000");
    // Half a degree of longitude at 51 degrees: 35 km.
    let metres: f64 = table[0]["border_distance_m"].parse().unwrap();
    assert!((metres - 35_100.0).abs() < 200.0, "{metres}");
    let sideless = rows(&folder.good(&format!("distance in.csv -o - {layers}")).out);
    assert_eq!(sideless[0]["border_side"], "left");
    for output in ["m.svg", "z.json", "z.svg", "p.svg", "k.svg --cell-km 5", "d.geojson"] {
        let command = match output.as_bytes()[0] {
            b'm' => "map",
            b'z' => "zones",
            b'p' => "profile",
            b'k' => "density",
            _ => "distance",
        };
        folder.good(&format!("{command} in.csv -o {output} {named}"));
    }
    folder.bad("distance in.csv -o o.csv --border areas.geojson", 1, "has no line");
    folder.bad("distance in.csv -o o.csv --districts line.geojson", 1, "hint: ");
    folder.bad("distance in.csv -o o.csv --border in.csv", 1, "is not GeoJSON");
    folder.bad("distance in.csv -o o.csv --border none.shp", 1, "no such file");
}

#[test]
fn real_layers_are_taken_as_published() {
    let raw = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/geodata-raw");
    if !raw.is_dir() {
        println!("skipped: no originals here");
        return;
    }
    let folder = Folder::new("raw");
    let mut found = 0;
    for entry in fs::read_dir(raw.join("natural-earth")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if name.contains("boundary_lines_land") && name.ends_with(".geojson") {
            let all = rows(
                &folder
                    .good(&format!(
                        "distance bundled -o - --border {name} --left Afghanistan --right Pakistan"
                    ))
                    .out,
            );
            assert_eq!(all.len(), 70);
            found += 1;
        }
    }
    println!("{found} lines of Natural Earth");
}

#[test]
fn the_report_is_the_same_bytes_anywhere_and_tells_nothing_of_its_maker() {
    let folder = Folder::new("same").with("elsewhere/x", "");
    folder.good("report -o one --threads 1");
    let run = folder
        .command("report -o ../two --threads 2 --quiet")
        .current_dir(folder.0.join("elsewhere"))
        .env("HOME", "/nonexistent-home")
        .env("TZ", "Asia/Kabul")
        .env("LANG", "ps_AF.UTF-8")
        .env("LC_ALL", "de_DE.UTF-8")
        .output()
        .unwrap();
    assert!(run.status.success() && run.stderr.is_empty());
    let (one, two) = (folder.bytes("one"), folder.bytes("two"));
    assert!(one.len() > 10);
    assert!(one.keys().eq(two.keys()));
    let here = folder.0.display().to_string();
    for (name, bytes) in &one {
        assert!(bytes == &two[name], "{name} differs");
        let text = String::from_utf8_lossy(bytes);
        for secret in [here.as_str(), env!("CARGO_MANIFEST_DIR"), "/home/", "/root/", "/tmp/"] {
            assert!(!text.contains(secret), "{name} holds {secret}");
        }
    }
}

#[test]
fn a_project_file_is_checked_and_its_paths_are_its_own() {
    let folder = Folder::new("project")
        .with("study/in.csv", GOOD)
        .with(
            "study/p.toml",
            "incidents = [\"in.csv\"]\noutput = \"out\"\n[figures]\nformats = []\n",
        )
        .with("study/key.toml", "[zones]\nbreak_km = [5]\n")
        .with("study/up.toml", "output = \"../x\"\n")
        .with("study/root.toml", "output = \"/tmp/x\"\n")
        .with("study/side.toml", "[filter]\nside = \"Iran\"\n")
        .with("study/kernel.toml", "[density]\nkernel = \"quatric\"\n");
    folder.bad("report study/key.toml", 1, "study/key.toml: line 2, key zones.break_km");
    folder.bad("report study/up.toml", 1, "does not lie below");
    folder.bad("report study/root.toml", 1, "-o");
    folder.bad("report study/side.toml", 1, "study/side.toml: `Iran`");
    folder.bad("report study/kernel.toml --print-plan", 1, "quartic");
    folder.good("report study/p.toml --quiet");
    assert!(folder.names().contains(&"study/out/report.json".to_owned()));
    folder.good("report study/p.toml --quiet -o here");
    assert_eq!(folder.read("here/distances.csv"), folder.read("study/out/distances.csv"));

    let plan = folder.good("report study/p.toml --print-plan").out;
    fs::write(folder.0.join("study/again.toml"), &plan).unwrap();
    assert_eq!(folder.good("report study/again.toml --print-plan").out, plan);
}

/// A list of an earlier report does not outlive it.
#[test]
fn a_report_empties_the_older_list_of_rejected_records() {
    let folder = Folder::new("stale")
        .with("in.csv", format!("{GOOD}x,y,z\n"))
        .with("p.toml", "incidents = [\"in.csv\"]\n[figures]\nformats = []\n");
    folder.good("report p.toml");
    assert_eq!(rows(&folder.read("output/rejected.csv")).len(), 1);
    fs::write(folder.0.join("in.csv"), GOOD).unwrap();
    folder.good("report p.toml");
    assert_eq!(rows(&folder.read("output/rejected.csv")).len(), 0);
}

#[test]
fn hostile_text_stays_text() {
    let hostile = [
        "<script>alert(1)</script>",
        "]]><svg onload=alert(1)>",
        "=cmd|' /C calc'!A0",
        "\u{202e}gnp.exe\u{2066}",
        "a\u{0b}\u{1b}[31m\u{fffe}",
        "\\input{/etc/passwd} $x_1$ & 5 % # ~ ^ {",
        "| --- | `x` [l](javascript:alert(1))",
        "\"quoted\", 'single' & \"\"",
    ];
    let mut text = String::from("id,lon,lat,date,category,place,precision\n");
    for (i, word) in hostile.iter().chain([&"x".repeat(100_000).as_str()]).enumerate() {
        let cell = format!("\"{}\"", word.replace('"', "\"\""));
        text.push_str(&format!("{i},70.{i},34.5,2021-01-0{},{cell},{cell},near\n", i + 1));
    }
    let folder = Folder::new("hostile").with("in.csv", text);
    folder.good("distance in.csv -o d.csv -o d.geojson");
    folder.good("zones in.csv -o z.json -o z.md -o z.tex -o z.csv -o z.svg");
    let title = "</title><script>alert(1)</script>\u{202e}\u{1}&\"";
    for arguments in ["map in.csv -o m.svg -o m.png --dpi 50", "profile in.csv -o p.svg"] {
        let output = folder
            .command(arguments)
            .args(["--title", title, "--subtitle", title])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for name in ["m.svg", "z.svg", "p.svg"] {
        let svg = folder.read(name);
        let tree = roxmltree::Document::parse(&svg).unwrap();
        assert!(tree.descendants().all(|n| !n.has_tag_name("script")), "{name}");
        for node in tree.descendants() {
            assert!(node.attributes().all(|a| !a.name().starts_with("on")), "{name}");
        }
        assert!(!svg.contains("<script"), "{name}");
    }
    for name in ["d.geojson", "z.json"] {
        let value: serde_json::Value = serde_json::from_str(&folder.read(name)).unwrap();
        assert!(value.is_object());
    }
    let table = rows(&folder.read("d.csv"));
    assert_eq!(table.len(), 9);
    assert_eq!(table[2]["place"], format!("'{}", hostile[2]));
    assert_eq!(table[0]["place"], hostile[0]);
    assert_eq!(table[8]["place"].len(), 100_000);
    assert!(!folder.read("z.tex").contains("\\input"));
    assert!(!folder.read("z.md").contains("<script"));
}

#[test]
fn tables_as_they_come_are_read_or_refused_in_words() {
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(GOOD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let folder = Folder::new("tables")
        .with("bom.csv", format!("\u{feff}{GOOD}"))
        .with("crlf.csv", GOOD.replace('\n', "\r\n"))
        .with("semicolon.csv", "lon;lat;place\n70,5;34,5;a\n69,5;33,5;b\n")
        .with("latin.csv", b"lon,lat,place\n70.5,34.5,Jos\xE9\n69.5,33.5,b\n")
        .with("utf16.csv", utf16)
        .with("tabs.tsv", GOOD.replace(',', "\t"))
        .with("hxl.csv", "lon,lat,place\n#geo+lon,#geo+lat,#loc\n70.5,34.5,a\n69.5,33.5,b\n")
        .with("names.csv", "long_wgs,lat_wgs,n\n70.5,34.5,a\n69.5,33.5,b\n")
        .with(
            "p.geojson",
            r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"n":1},"geometry":{"type":"Point","coordinates":[70.5,34.5]}},
{"type":"Feature","properties":{"n":2},"geometry":{"type":"Point","coordinates":[69.5,33.5]}}]}"#,
        );
    let distances = |input: &str| -> Vec<String> {
        let run = folder.good(&format!("distance {input} -o -"));
        assert_eq!(tally(&run.err), [2, 2, 0, 0], "{input}");
        rows(&run.out).iter().map(|row| row["border_distance_m"].clone()).collect()
    };
    let expected = distances("bom.csv");
    for input in [
        "crlf.csv",
        "semicolon.csv",
        "latin.csv",
        "utf16.csv",
        "tabs.tsv",
        "hxl.csv",
        "names.csv --column lon=long_wgs --column lat=lat_wgs",
        "p.geojson",
    ] {
        assert_eq!(distances(input), expected, "{input}");
    }
}

#[test]
fn real_event_files_add_up() {
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/events");
    if !events.is_dir() {
        println!("skipped: no event files here");
        return;
    }
    let folder = Folder::new("events");
    let ucdp = events.join("ucdp_ged_v22_1_pakistan_hdx.csv").display().to_string();
    let [read, used, rejected, _] = tally(&folder.good(&format!("check {ucdp}")).err);
    assert_eq!((read, used + rejected), (6416, 6416));
    let near = format!("distance {ucdp} -o d.csv --within-km 1 --from 2015-01-01");
    let [read, used, ..] = tally(&folder.good(&near).err);
    assert_eq!((read, used), (6416, rows(&folder.read("d.csv")).len() as u64));
    // The first of the 2,414 events, which lie all over the world.
    let gdelt = fs::read_to_string(events.join("gdelt_v2_20180101000000.export.CSV")).unwrap();
    let first: String = gdelt.split_inclusive('\n').take(60).collect();
    fs::write(folder.0.join("g.CSV"), first).unwrap();
    assert_eq!(tally(&folder.good("check g.CSV").err)[0], 60);
}

/// Every example of every `--help` works when pasted, with the bundled list
/// where a file is named.
#[test]
fn examples_of_the_help_work_when_pasted() {
    let line = durand::bundled::BORDER_NATURAL_EARTH;
    let folder = Folder::new("help").with("my-line.geojson", line);
    let mut found = 0;
    for command in [
        "", "report", "distance", "zones", "density", "profile", "compare", "borders", "hotspots",
        "map", "check",
    ] {
        let help = folder.good(&format!("{command} --help")).out;
        for line in help.lines().filter_map(|line| line.trim().strip_prefix("durand ")) {
            let example = line.split("   ").next().unwrap().split(" each ").next().unwrap();
            let example = example.split('>').next().unwrap();
            if example.contains("study.toml") && !example.contains("--print-plan") {
                continue;
            }
            let example =
                example.replace("incidents.csv", "bundled").replace("events.csv", "bundled");
            folder.good(&example);
            found += 1;
        }
    }
    assert!(found >= 9, "{found}");
}

/// Two runs at once: each ends well or is refused, and what stands is whole.
#[test]
fn two_runs_at_once_do_not_tear() {
    let folder = Folder::new("race");
    let spawn = |o: &str| {
        folder
            .command(&format!("distance bundled -q -o {o}"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    folder.good("distance bundled -q -o whole.csv");
    for _ in 0..5 {
        let runs = [spawn("out.csv"), spawn("out.csv")].map(|c| c.wait_with_output().unwrap());
        for run in &runs {
            let refused = String::from_utf8_lossy(&run.stderr).contains("another run");
            assert!(run.status.success() || (run.status.code() == Some(1) && refused));
        }
        assert!(runs.iter().any(|run| run.status.success()));
        assert_eq!(folder.read("out.csv"), folder.read("whole.csv"));
        assert_eq!(folder.names(), ["out.csv", "whole.csv"]);
    }
}
