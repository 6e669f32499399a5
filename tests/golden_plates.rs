//! Every kind of plate as SVG text, against what it was when somebody last looked at
//! it. `BLESS=1 cargo test --release --test golden_plates` writes the files of
//! `tests/golden` anew; look at each that changed before it is committed.
//!
//! Their last digits rest on the mathematical functions of the system, so that they
//! are held to on one only.
#![cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use program::Folder;
use std::fs;
use std::path::{Path, PathBuf};

const INCIDENTS: &str = include_str!("golden/incidents.csv");

/// A test for each plate: its name, and the command that draws it.
macro_rules! plates {
    ($($name:ident: $arguments:literal;)*) => {
        $(
            #[test]
            fn $name() {
                let name = stringify!($name);
                let folder = Folder::new(&format!("golden-{name}")).with("incidents.csv", INCIDENTS);
                folder.good(&format!("{} -o {name}.svg", $arguments));
                compare(name, &folder.read(&format!("{name}.svg")));
            }
        )*

        /// Plates that have a file, but for those of the report.
        const DRAWN: &[&str] = &[$(stringify!($name)),*];
    };
}

plates! {
    incident_map: "map incidents.csv --width-mm 85 --around Khost";
    incident_map_dark: "map incidents.csv --width-mm 85 --around Khost --theme dark";
    incident_map_pashto: "map incidents.csv --width-mm 85 --around Khost --labels ps";
    incident_map_dari: "map incidents.csv --width-mm 85 --around Khost --labels fa";
    incident_map_urdu: "map incidents.csv --width-mm 85 --around Khost --labels ur";
    incident_maps_by_year: "map incidents.csv --width-mm 85 --around Khost --by year";
    incident_maps_by_category: "map incidents.csv --width-mm 85 --around Khost --by category";
    density_map: "density incidents.csv --width-mm 85 --around Khost";
    density_map_with_barrier: "density incidents.csv --width-mm 60 --around Khost --barrier border --adaptive";
    density_pair: "density incidents.csv --width-mm 60 --around Khost --at 2021-08-15 --as pair --simulations 19";
    relative_map: "density incidents.csv --width-mm 85 --around Khost --at 2021-08-15 --simulations 99";
    zones_chart: "zones incidents.csv --width-mm 85";
    zones_map: "zones incidents.csv --width-mm 60 --as map --breaks-km 50 --theme dark";
    nearness_chart: "zones incidents.csv --width-mm 85 --as nearness";
    profile_chart: "profile incidents.csv --width-mm 85 --draws 99";
    time_chart: "profile incidents.csv --width-mm 85 --as time --mark 2021-08-15=Kabul";
    time_chart_by_category: "profile incidents.csv --width-mm 85 --as time --by category --step year";
    compare_chart: "compare incidents.csv --width-mm 85 --at 2021-08-15";
    compare_map: "compare incidents.csv --width-mm 60 --at 2021-08-15 --as map --around Khost";
    compare_map_by_coordinate: "compare incidents.csv --width-mm 85 --before 2019-04-01..2019-10-31 --after 2020-01-01..2024-12-31 --precision ignore --as map --around Nangarhar --theme dark";
    hotspot_map: "hotspots incidents.csv --width-mm 60 --permutations 999 --around Khost";
    rate_map: "hotspots incidents.csv --width-mm 85 --permutations 99 --show rate --around Khost";
    gi_map: "hotspots incidents.csv --width-mm 85 --permutations 99 --show gi --around Khost";
    borders_chart: "borders --width-mm 85 --against border_natural_earth";
}

/// Plates that the report alone draws.
const OF_REPORT: [&str; 2] = ["distance-chart", "incident-map-detail"];

#[test]
fn plates_of_the_report() {
    let study = format!(
        "incidents = [\"incidents.csv\"]\n[profile]\ndraws = 99\n[hotspots]\npermutations = 99\n\
         [figures]\nwidth_mm = 85\nformats = [\"svg\"]\n[report]\npage = false\nplates = {OF_REPORT:?}\n"
    );
    let folder = Folder::new("golden-report").with("incidents.csv", INCIDENTS);
    let folder = folder.with("study.toml", study);
    folder.good("report study.toml");
    for name in OF_REPORT {
        compare(&name.replace('-', "_"), &folder.read(&format!("output/{name}.svg")));
    }
}

#[test]
fn no_file_is_left_of_a_plate_that_is_no_more() {
    let known = DRAWN.iter().map(|name| (*name).to_owned());
    let mut known: Vec<String> =
        known.chain(OF_REPORT.map(|name| name.replace('-', "_"))).collect();
    known.sort();
    if std::env::var_os("BLESS").is_some() {
        return; // The others are writing them.
    }
    let files = fs::read_dir(golden("")).unwrap().map(|entry| entry.unwrap().path());
    let plates = files.filter(|path| path.extension().is_some_and(|e| e == "svg"));
    let mut found: Vec<String> =
        plates.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    found.sort();
    assert_eq!(found, known);
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Holds a plate against its file, or writes the file if `BLESS` is set. The line of
/// its provenance, which names the version, is left out.
fn compare(name: &str, svg: &str) {
    let lines = || svg.lines().filter(|line| !line.starts_with("<metadata"));
    let path = golden(&format!("{name}.svg"));
    if std::env::var_os("BLESS").is_some() {
        let text: String = lines().flat_map(|line| [line, "\n"]).collect();
        fs::write(path, text).unwrap();
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let mut pairs =
        (1..).zip(lines().map(Some).chain([None]).zip(known.lines().map(Some).chain([None])));
    if let Some((number, (drawn, known))) = pairs.find(|(_, (drawn, known))| drawn != known) {
        let [drawn, known] = [drawn, known].map(|line| line.unwrap_or("(no more lines)"));
        let same = drawn.chars().zip(known.chars()).take_while(|(a, b)| a == b).count();
        let [drawn, known] = [drawn, known].map(|line| part(line, same));
        panic!(
            "{name}.svg, line {number}\n  drawn: {drawn}\n  known: {known}\nif that is meant: \
             BLESS=1 cargo test --release --test golden_plates, and look at tests/golden/{name}.svg"
        );
    }
}

/// A line from a little before a place on.
fn part(line: &str, at: usize) -> String {
    let from = at.saturating_sub(40);
    let start = if from > 0 { "…" } else { "" };
    start.chars().chain(line.chars().skip(from).take(160)).collect()
}
