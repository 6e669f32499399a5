//! The plates that a command draws on request, as its users ask for them.
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use program::{Folder, rows};

/// Thirty incidents on both sides, one of them without a date.
fn folder(name: &str) -> Folder {
    let mut table = String::from("lon,lat,date,category,place\n");
    for i in 0..30 {
        let (x, y) = (69.2 + 0.09 * f64::from(i), 32.4 + 0.08 * f64::from(i * 7 % 30));
        let date =
            if i == 3 { String::new() } else { format!("20{:02}-0{}-11", 15 + i % 6, 1 + i % 9) };
        table.push_str(&format!("{x},{y},{date},{},تورخم\n", ["raid", "drone"][i as usize % 2]));
    }
    Folder::new(name).with("in.csv", &table)
}

#[test]
fn a_profile_in_time_counts_every_dated_incident_and_marks_events() {
    let folder = folder("plates-time");
    let run = "profile in.csv --as time --mark 2018-05-01=Begun --mark 1990-01-01=Long_before";
    folder.good(&format!("{run} -o t.csv -o t.json -o t.svg"));
    let table = rows(&folder.read("t.csv"));
    let counted: u32 = table.iter().map(|r| r["incidents"].parse().unwrap_or(0)).sum();
    assert_eq!(counted, 29);
    assert!(table.iter().all(|r| ["Afghanistan", "Pakistan"].contains(&r["side"].as_str())));
    let svg = folder.read("t.svg");
    assert!(svg.contains("1 May 2018: Begun") && svg.contains("1 incident is without a date"));
    assert!(folder.read("t.caption.md").contains("Outside of the time shown: 1 January 1990"));
    // Before the first record nothing is known: empty, not zero.
    folder.good("profile in.csv --as time --by category --step year --from 2013-01-01 -o y.csv");
    let table = rows(&folder.read("y.csv"));
    assert_eq!((table[0]["from"].as_str(), table[0]["incidents"].as_str()), ("2013-01-01", ""));
    assert!(table.iter().any(|r| r["category"] == "airstrike or drone strike"));
    folder.bad("profile in.csv --as time --mark 5.1.18=x -o u.svg", 2, "--mark: `5.1.18`");
    folder.bad("profile in.csv --as month -o u.svg", 2, "--as: `month`");
}

#[test]
fn small_maps_hold_every_incident_on_one_scale() {
    let folder = folder("plates-multiples");
    folder.good("map in.csv --by year --width-mm 85 -o y.svg -o y.png");
    let svg = folder.read("y.svg");
    let counted: u32 = (2015..=2020)
        .map(|year| {
            let (_, rest) = svg.split_once(&format!(">{year} (")).unwrap();
            rest.split_once(')').unwrap().0.parse::<u32>().unwrap()
        })
        .sum();
    assert_eq!(counted, 29);
    assert_eq!(svg.matches(">incidents at a place<").count(), 1);
    assert!(folder.read("y.caption.md").contains("1 incident without a date"));
    folder.good("map in.csv --by category --width-mm 85 -o c.svg");
    assert!(folder.read("c.svg").contains(">raid or armed attack (15)<"));
    folder.bad("map in.csv --by month -o m.svg", 2, "--by: `month`");
}

#[test]
fn a_pair_of_densities_shares_its_classes_and_districts_show_what_is_asked() {
    let folder = folder("plates-pair");
    let pair =
        "density in.csv --at 2018-01-01 --as pair --simulations 19 --cell-km 10 --width-mm 85";
    folder.good(&format!("{pair} -o p.svg"));
    let svg = folder.read("p.svg");
    for words in [
        ">Before 1 January 2018<",
        ">From 1 January 2018 on<",
        ">incidents per 1,000 km² per year<",
    ] {
        assert_eq!(svg.matches(words).count(), 1, "{words}");
    }
    folder.bad("density in.csv --as pair -o p.svg", 2, "--at DATE");
    let spots = "hotspots in.csv --permutations 99 --width-mm 85";
    folder.good(&format!("{spots} --show gi -o g.svg"));
    assert!(folder.read("g.svg").contains(">Gi*, standard deviations<"));
    folder.good(&format!("{spots} --show rate -o r.svg"));
    // One is without a date: no rate per year can be told.
    assert!(folder.read("r.svg").contains(">incidents per 1,000 km² of the district<"));
    folder.bad(&format!("{spots} --show rates -o r.svg"), 2, "did you mean `rate`");
}

#[test]
fn a_map_of_change_says_what_the_table_says() {
    let folder = folder("plates-change");
    // A place where it became worse, and one where it ended.
    let many = |lon: f64, year: u32| {
        let row = |i: u32| format!("{lon},33.33,{}-03-{:02},raid,\n", year + i % 2, 1 + i % 28);
        (0..40).map(row).collect::<String>()
    };
    let table = format!("{}{}{}", folder.read("in.csv"), many(69.95, 2018), many(71.44, 2016));
    let folder = folder.with("in.csv", table);
    folder.good(
        "compare in.csv --at 2018-01-01 --as map --width-mm 85 -o c.csv -o c.svg -o c.png -o c.pdf",
    );
    let table = rows(&folder.read("c.csv"));
    let districts =
        || table.iter().filter(|row| row["level"] == "district" && !row["p"].is_empty());
    let called = |word: &str| districts().filter(|row| row["called"] == word).count();
    assert_eq!((called("more"), called("fewer")), (1, 1));
    let svg = folder.read("c.svg");
    let said = "more incidents in one district and fewer in one since 1 January 2018";
    assert!(svg.contains(said) && svg.contains(&format!("in {} districts", districts().count())));
    for words in [">more, hardly by chance<", ">fewer, hardly by chance<"] {
        assert_eq!(svg.matches(words).count(), 1, "{words}");
    }
    folder.bad("compare in.csv --at 2018-01-01 --as maps -o c.svg", 2, "did you mean `map`");
    let idle = "compare in.csv --at 2018-01-01 --around Khost -o c.svg";
    folder.bad(idle, 2, "--around is for `--as map`");
}

#[test]
fn names_are_in_the_language_asked_for_and_the_rest_is_told() {
    let folder = folder("plates-labels");
    let run = folder.good("map in.csv --labels ps --width-mm 85 -o m.svg -o m.png -o m.pdf");
    assert!(run.err.contains("names on maps in Pashto: 4 of 100"), "{}", run.err);
    let svg = folder.read("m.svg");
    assert!(svg.contains(">پاکستان<") && svg.contains("'Noto Sans Arabic'"));
    // Joined letters are not torn apart.
    for element in svg.split("<text ").skip(1) {
        let (head, words) = element.split_once('>').unwrap();
        let joined = words.starts_with(|c: char| ('\u{600}'..='\u{6ff}').contains(&c));
        assert!(
            !joined || !(head.contains("letter-spacing") || head.contains("italic")),
            "{element}"
        );
    }
    assert!(folder.read("m.caption.md").contains("sha256"));
    folder.bad("map in.csv --labels de -o m.svg", 2, "--labels: `de`");
}
