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
    for words in
        [">Before 2018-01-01<", ">From 2018-01-01 on<", ">incidents per 1,000 km² per year<"]
    {
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
