//! Files of many blocks: what is found late, and that nothing depends on how a
//! file is cut or on how many threads read it.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use program::{Folder, rows, tally};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

/// Rows that fill more than four blocks of the largest size.
const ROWS: usize = 50_000;

const HEADER: &str = "id,lon,lat,date,precision,note\n";

/// A row near the border; every hundredth has a quoted cell over two lines.
fn row(i: usize) -> String {
    let share = i as f64 / ROWS as f64;
    let (lon, lat) = (62.0 + 12.0 * share, 30.0 + 6.5 * share);
    let note = "security forces and an armed group exchanged fire ".repeat(4);
    let note =
        if i.is_multiple_of(100) { format!("\"{note},\n\"\"said\"\" line {i}\"") } else { note };
    format!("n{i},{lon:.5},{lat:.5},2023-02-{:02},,{note}\n", 1 + i % 28)
}

fn table(change: impl Fn(usize, String) -> String) -> String {
    (0..ROWS).fold(HEADER.to_owned(), |mut text, i| {
        text.push_str(&change(i, row(i)));
        text
    })
}

#[test]
fn a_broken_row_amid_many_is_named_and_the_rest_unharmed() {
    let broken = ROWS / 2 + 7;
    let whole = table(|_, row| row);
    let change = |i, row: String| if i == broken { row.replace(".", ",") } else { row };
    let folder = Folder::new("broken").with("in.csv", table(change)).with("whole.csv", &whole);
    let run = folder.good("distance in.csv -o out.csv -o out.geojsonl --threads 2");
    assert_eq!(tally(&run.err), [ROWS as u64, ROWS as u64 - 1, 1, 0]);
    let rejected = rows(&folder.read("out.rejected.csv"));
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0]["record"], (broken + 1).to_string());
    let line =
        1 + whole.split_inclusive(&format!("n{broken},")).next().unwrap().matches('\n').count();
    assert_eq!(rejected[0]["line"], line.to_string());

    // Every other row is what it is in a file without the broken one.
    folder.good("distance whole.csv -o whole-out.csv --threads 2");
    let expected = folder.read("whole-out.csv");
    let start = expected.find(&format!("\nn{broken},")).unwrap();
    let end = start + 1 + expected[start + 1..].find("\nn").unwrap();
    let without = format!("{}{}", &expected[..start], &expected[end..]);
    assert!(folder.read("out.csv") == without);
    assert_eq!(folder.read("out.geojsonl").lines().count(), ROWS - 1);

    // The same bytes on one thread, whose blocks are others.
    folder.good("distance in.csv -o one.csv -o one.geojsonl --threads 1");
    for (one, two) in [("one.csv", "out.csv"), ("one.geojsonl", "out.geojsonl")] {
        assert!(folder.read(one) == folder.read(two), "{one}");
    }

    // A pipe gives what a file gives.
    let mut child = folder
        .command("distance - -o -")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || pipe.write_all(whole.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.stdout == expected.as_bytes());
}

/// A quote that is opened late and never closed: no output, and the line.
#[test]
fn a_late_fault_leaves_no_output() {
    let at = ROWS - 10;
    let text = table(|i, row| if i == at { row.replace("security", "\"security") } else { row });
    let line = 1 + text.split_inclusive(&format!("\nn{at},")).next().unwrap().matches('\n').count();
    let folder = Folder::new("late-quote").with("in.csv", &text);
    let words = format!("line {line}: ");
    folder.bad("distance in.csv -o out.csv", 1, &words);
    // The last row decides nothing about what was written before it either.
    let text = table(|i, row| if i == ROWS - 1 { row.replace("2023-02", "2023-99") } else { row });
    fs::write(folder.0.join("in.csv"), text).unwrap();
    folder.bad("distance in.csv -o out.csv --strict", 3, "1 of 50000");
}

/// One byte at the end shows that the text is Windows-1252.
#[test]
fn an_encoding_that_shows_late_holds_for_the_whole() {
    let text = |cafe: &[u8]| -> Vec<u8> {
        let mut bytes = table(|_, row| row).into_bytes();
        bytes.extend(b"last,70.5,34.5,2023-02-01,,");
        bytes.extend(cafe);
        bytes.push(b'\n');
        bytes
    };
    let folder = Folder::new("late-encoding")
        .with("ansi.csv", text(b"caf\xE9"))
        .with("utf8.csv", text("café".as_bytes()));
    let run = folder.good("distance ansi.csv -o a.csv");
    assert!(run.err.contains("read as windows-1252"), "{}", run.err);
    folder.good("distance utf8.csv -o u.csv");
    assert!(folder.read("a.csv") == folder.read("u.csv"));
    // Reading begins anew; steps are told once.
    let run = folder.good("zones utf8.csv ansi.csv -o z.csv --verbose");
    for name in ["utf8", "ansi"] {
        let told = format!("{name}.csv: table, {} records", ROWS + 1);
        assert_eq!(run.err.matches(&told).count(), 1, "{}", run.err);
    }
}

/// A column named in UTF-8 above rows in Windows-1252: the same whether what is not
/// UTF-8 stands near the header or far below, and no row begins in the header.
#[test]
fn a_header_is_read_in_the_encoding_that_shows_late() {
    let text = |near: &str, far: &str| -> Vec<u8> {
        let text = table(|i, row| match i {
            0 => row.replace("security", near),
            _ if i == ROWS - 1 => row.replace("security", far),
            _ => row,
        });
        let text = text.replacen("note", "côté", 1);
        text.bytes().map(|byte| if byte == b'@' { 0xE9 } else { byte }).collect()
    };
    let folder = Folder::new("late-header")
        .with("near.csv", text("s@@@curity", "security"))
        .with("far.csv", text("security", "s@@@curity"));
    let [near, far] = ["near", "far"].map(|name| {
        let run = folder.good(&format!("distance {name}.csv -o {name}-out.csv"));
        assert!(run.err.contains("read as windows-1252"), "{}", run.err);
        assert_eq!(tally(&run.err), [ROWS as u64, ROWS as u64, 0, 0]);
        folder.read(&format!("{name}-out.csv"))
    });
    assert_eq!(near.lines().next(), far.lines().next());
    assert_eq!(near.lines().nth(3), far.lines().nth(3));
}

/// The last row tells that the day comes first, and a filter needs to know.
#[test]
fn dates_are_read_by_the_whole_column() {
    let numeric = |i: usize, row: String| {
        let day = if i == ROWS - 1 { 28 } else { 1 + i % 12 };
        let at = row.find("2023-02-").unwrap();
        format!("{}{day:02}/02/2023{}", &row[..at], &row[at + 10..])
    };
    let iso = |i: usize, row: String| {
        let day = if i == ROWS - 1 { 28 } else { 1 + i % 12 };
        let at = row.find("2023-02-").unwrap();
        format!("{}2023-02-{day:02}{}", &row[..at], &row[at + 10..])
    };
    let folder = Folder::new("late-date").with("n.csv", table(numeric)).with("i.csv", table(iso));
    let run = folder.good("distance n.csv -o n-out.csv --from 2023-02-05 --to 2023-02-09");
    assert!(run.err.contains("read as day, month, year"), "{}", run.err);
    let same = folder.good("distance i.csv -o i-out.csv --from 2023-02-05 --to 2023-02-09");
    assert_eq!(tally(&run.err), tally(&same.err));
    let kept = |name: &str| -> Vec<String> {
        rows(&folder.read(name)).into_iter().map(|row| row["id"].clone()).collect()
    };
    assert!(kept("n-out.csv") == kept("i-out.csv"));
}

/// What adds up batch by batch is the same on any number of threads and from a
/// pipe, whatever is learnt late; the rejected are listed as they come.
#[test]
fn sums_over_many_blocks() {
    let broken = ROWS / 2 + 7;
    let change = |i: usize, row: String| {
        // A region takes longer than a row.
        let precision = ["exact", "near", "district", "province"].get(i % 200).unwrap_or(&"");
        let row = row.replace(",,", &format!(",{precision},"));
        if i == broken { row.replace(".", ",") } else { row }
    };
    let iso = table(change);
    // The last row tells that the day comes first, and a byte that the text is no UTF-8.
    let mut late = iso.clone().into_bytes();
    let mut at = 0;
    while let Some(next) = late[at..].windows(8).position(|w| w == b"2023-02-") {
        at += next;
        let day = [late[at + 8], late[at + 9]];
        late[at..at + 10]
            .copy_from_slice(&[day[0], day[1], b'/', b'0', b'2', b'/', b'2', b'0', b'2', b'3']);
    }
    late.extend(b"last,70.5,34.5,28/02/2023,exact,caf\xE9\n");
    let iso = format!("{iso}last,70.5,34.5,2023-02-28,exact,caf\u{e9}\n");
    let folder = Folder::new("sums").with("iso.csv", &iso).with("late.csv", late);
    for (command, output) in
        [("zones", "o.csv"), ("profile --draws 39", "o.csv"), ("density --cell-km 20", "o.asc")]
    {
        let run = |input: &str, threads: usize| {
            let run = folder.good(&format!("{command} {input} -o {output} --threads {threads}"));
            assert_eq!(tally(&run.err), [ROWS as u64 + 1, ROWS as u64, 1, 0], "{command}");
            let rejected = rows(&folder.read("o.rejected.csv"));
            assert_eq!(rejected.len(), 1);
            assert_eq!(rejected[0]["record"], (broken + 1).to_string());
            folder.read(output)
        };
        let whole = run("iso.csv", 1);
        assert!(run("late.csv", 2) == whole, "{command}");
        folder.bad(&format!("{command} iso.csv -o s{output} --strict"), 3, "1 of 50001");
        assert!(!folder.0.join(format!("s{output}")).exists());
        // A list of rejected records does not outlive its run.
        folder.good(&format!("{command} bundled -o {output}"));
        assert_eq!(folder.read("o.rejected.csv").lines().count(), 1);
    }
}

/// A sequence of features is read and written line by line, and a line that is
/// none is rejected alone.
#[test]
fn sequences_of_features() {
    let mut text = String::new();
    for i in 0..3_000 {
        let lat = 30.0 + 0.002 * f64::from(i);
        writeln!(
            text,
            "{{\"type\":\"Feature\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":[66.5,{lat:.3}]}},\"properties\":{{\"id\":{i},\"n\":{}}}}}",
            i % 7
        )
        .unwrap();
        if i == 1_500 {
            text.push_str("{\"type\":\"Feature\",\n\n");
        }
    }
    let folder = Folder::new("sequence").with("in.ndjson", &text).with(
        "rs.txt",
        text.replace("{\"type\":\"Feature\",\"g", "\u{1e}{\"type\":\"Feature\",\"g"),
    );
    let run = folder.good("distance in.ndjson -o out.geojsonl -o out.geojson -o out.geojsons");
    assert_eq!(tally(&run.err), [3_001, 3_000, 1, 0]);
    let rejected = rows(&folder.read("out.rejected.csv"));
    assert_eq!((rejected[0]["line"].as_str(), rejected[0]["record"].as_str()), ("1502", "1502"));
    assert!(rejected[0]["reason"].contains("is not JSON"));

    let lines = folder.read("out.geojsonl");
    assert_eq!(
        lines.replace("{\"type\":\"Feature\"", "\u{1e}{\"type\":\"Feature\""),
        folder.read("out.geojsons")
    );
    let whole: serde_json::Value = serde_json::from_str(&folder.read("out.geojson")).unwrap();
    assert_eq!(whole["provenance"]["counts"]["used"], 3_000);
    for (line, feature) in lines.lines().zip(whole["features"].as_array().unwrap()) {
        assert_eq!(&serde_json::from_str::<serde_json::Value>(line).unwrap(), feature);
    }
    // Written again from what was written, and known by its separators alone.
    let run = folder.good("distance out.geojsons -o again.geojsonl");
    assert_eq!(tally(&run.err), [3_000, 3_000, 0, 0]);
    assert!(folder.read("again.geojsonl").contains("\"input_border_distance_m\""));
    let run = folder.good("distance rs.txt -o rs.csv");
    assert_eq!(tally(&run.err)[1], 3_000);
}
