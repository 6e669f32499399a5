//! `durand init`, and maps that show what lies around names or along the line.

#![allow(clippy::unwrap_used)]

use durand::project::ProjectFile;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("durand-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("e.csv"), "lon,lat\n69.9,33.4\n71.2,34.9\n66.4,31.0\n").unwrap();
        Folder(path)
    }

    fn run(&self, line: &str) -> Output {
        let arguments = line.split(' ');
        let mut durand = Command::new(env!("CARGO_BIN_EXE_durand"));
        durand.args(arguments).current_dir(&self.0).output().unwrap()
    }

    fn bad(&self, line: &str, code: i32, words: &str) {
        let ran = self.run(line);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(code), "{line}: {said}");
        assert!(said.contains(words), "{line}: {said}");
    }

    /// The corners of the cells of a density table: west, south, east, north.
    fn cells(&self, line: &str) -> [f64; 4] {
        let ran = self.run(&format!("density e.csv -q -o d.csv --cell-km 4 {line}"));
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let text = fs::read_to_string(self.0.join("d.csv")).unwrap();
        let mut corners = [180.0, 90.0, -180.0, -90.0_f64];
        for row in text.lines().skip(1) {
            let at: Vec<f64> = row.split(',').map(|cell| cell.parse().unwrap()).collect();
            let (lon, lat) = (at[2], at[3]);
            corners[0] = corners[0].min(lon);
            corners[1] = corners[1].min(lat);
            corners[2] = corners[2].max(lon);
            corners[3] = corners[3].max(lat);
        }
        corners
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_project_file_to_start_from_is_written_once() {
    let folder = Folder::new("init");
    assert!(folder.run("init new/study").status.success());
    let file = folder.0.join("new/study/study.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(ProjectFile::parse(&text), Ok(ProjectFile::default()));
    fs::write(&file, "mine").unwrap();
    folder.bad("init new/study", 1, "is there already");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    folder.bad("init e.csv", 1, "e.csv");
}

#[test]
fn names_and_chainage_say_what_a_map_shows() {
    let folder = Folder::new("framing");
    // Khost lies between 69.3 and 70.3 east, 33.0 and 33.8 north.
    let [west, south, east, north] = folder.cells("--around Khost");
    assert!((69.0..69.6).contains(&west) && (70.1..70.7).contains(&east), "{west} {east}");
    assert!((32.6..33.3).contains(&south) && (33.6..34.2).contains(&north), "{south} {north}");
    let both = folder.cells("--around Khost,Konar");
    assert!(both[0] < west + 0.1 && both[2] > east + 0.5 && both[3] > north + 0.8, "{both:?}");
    // A stretch of the line: the chainage of the incident at Spin Boldak is km 731.
    let sector = folder.cells("--sector 700..760");
    assert!(sector[0] < 66.4 && 66.4 < sector[2] && sector[2] - sector[0] < 2.5, "{sector:?}");
    assert!(sector[1] < 31.0 && 31.0 < sector[3], "{sector:?}");
    let map = folder.run("map e.csv -q -o m.svg --sector 1400..1700");
    assert!(map.status.success(), "{}", String::from_utf8_lossy(&map.stderr));
    assert!(folder.0.join("m.caption.md").is_file());

    folder.bad("map e.csv -o m.svg --around Khots", 2, "did you mean `Khost`?");
    folder.bad("map e.csv -o m.svg --sector 2500..3500", 2, "the line ends at km 2660");
    folder.bad("map e.csv -o m.svg --sector 90..80", 2, "1700..2000");
    folder.bad("map e.csv -o m.svg --around Khost --extent 69,32,72,35", 2, "cannot be used with");
    fs::write(
        folder.0.join("s.toml"),
        "incidents = [\"e.csv\"]\n[figures]\naround = [\"Khost\"]\nsector_km = [1, 2]\n",
    )
    .unwrap();
    folder.bad("report s.toml", 1, "in two ways");
}
