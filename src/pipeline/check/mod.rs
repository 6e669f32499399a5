//! `durand check`: what is wrong or doubtful in a file. It writes nothing.
//!
//! The file is gone through several times and not held: once for all that is told
//! of each record by itself, then for the records of some days at a time, which are
//! compared with each other, and at last for the names of what was found.

mod days;
mod names;
mod records;
mod text;

use super::layers::describe;
use super::rejects::Rejects;
use super::{Account, Layers, PipelineError, Progress, Stream};
use crate::analysis::{Double, Doubles, MOST_OF_A_DAY};
use crate::geodesy::{LonLat, inverse};
use crate::model::{Date, PlaceKind, Precision};
use crate::project::Plan;
use days::{Days, Round};
use geo::Centroid;
use names::{Names, Wanted};
use records::{Found, Part};
use serde::Serialize;
use std::collections::BTreeMap;

/// A number of incidents under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The name.
    pub name: String,
    /// How many.
    pub incidents: usize,
}

/// Incidents that share one coordinate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stack {
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// How many.
    pub incidents: usize,
    /// What the first of them calls the place.
    pub place: String,
    /// The town or the middle of an area that it may stand for; empty for none.
    pub stands_for: String,
}

/// An incident outside the province that it names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Misplaced {
    /// Its identifier.
    pub id: String,
    /// Line in its file.
    pub line: u64,
    /// The province that it names.
    pub named: String,
    /// The province that it lies in; empty for none.
    pub found: String,
    /// How far it lies from the province that it names, km.
    pub away_km: f64,
}

/// Two records that may tell of one event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LikelyDouble {
    /// Their identifiers.
    pub ids: [String; 2],
    /// Their lines.
    pub lines: [u64; 2],
    /// Whose records they are.
    pub sources: [String; 2],
    /// Their day.
    pub date: String,
    /// How far apart they lie, km.
    pub apart_km: f64,
}

/// A coordinate that a usual mistake would explain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LikelyRepair {
    /// The incident's identifier.
    pub id: String,
    /// Its line.
    pub line: u64,
    /// Longitude and latitude as given, degrees.
    pub given: [f64; 2],
    /// What may have gone wrong.
    pub how: String,
    /// Longitude and latitude then, degrees.
    pub repaired: [f64; 2],
    /// Where they lie.
    pub lands_in: String,
}

/// An incident that does not lie where its record says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Elsewhere {
    /// Its identifier.
    pub id: String,
    /// Line in its file.
    pub line: u64,
    /// What the record says.
    pub named: String,
    /// Where the coordinate lies.
    pub found: String,
    /// Distance to the line, km.
    pub border_distance_km: f64,
}

/// The findings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What the input was read as.
    pub formats: Vec<String>,
    /// What became of the records.
    pub counts: crate::report::Tally,
    /// Lines without content, which are no records.
    pub blank_lines: u64,
    /// Notices of the readers.
    pub notices: Vec<String>,
    /// Rejected records, in words.
    pub rejected: Vec<String>,
    /// First and last day.
    pub period: Option<[String; 2]>,
    /// Incidents without a date.
    pub undated: usize,
    /// By category, most first.
    pub categories: Vec<Count>,
    /// By precision, best first; last those that state none.
    pub precision: Vec<Count>,
    /// Incidents whose toll is not known at all.
    pub unknown_toll: usize,
    /// Incidents whose counts do not run low ≤ best ≤ high.
    pub toll_out_of_order: usize,
    /// Identifiers that occur more than once.
    pub repeated_ids: Vec<Count>,
    /// Distinct coordinates.
    pub places: usize,
    /// Coordinates shared by at least five incidents, most first, at most ten.
    pub stacks: Vec<Stack>,
    /// Incidents that lie in neither country.
    pub outside: usize,
    /// Incidents in the other of the two countries than the one they name, at most twenty.
    pub wrong_country: Vec<Elsewhere>,
    /// How many there are.
    pub wrong_country_count: usize,
    /// Incidents outside the province they name.
    pub wrong_province_count: usize,
    /// The farthest of them, at most twenty.
    pub wrong_province: Vec<Misplaced>,
    /// Incidents whose day is still to come.
    pub future: usize,
    /// Pairs of records that may tell of one event, at most twenty; none is merged.
    pub likely_doubles: Vec<LikelyDouble>,
    /// How many there are of one source, and of two.
    pub likely_doubles_count: [usize; 2],
    /// Days with so many incidents that they were not compared with each other.
    pub not_compared_days: usize,
    /// Incidents of those days.
    pub not_compared_incidents: usize,
    /// Coordinates in neither country that a usual mistake would explain, at
    /// most twenty; none is changed.
    pub likely_repairs: Vec<LikelyRepair>,
    /// How many there are.
    pub likely_repairs_count: usize,
}

/// Most of a kind that are listed one by one.
const LISTED: usize = 20;
/// Most of the coordinates shared by many.
const STACKS: usize = 10;
/// So many incidents at one coordinate are told.
const STACKED: usize = 5;

/// Looks through the incidents of a plan for what is wrong or doubtful; `today`
/// tells which days are still to come. What became of the records comes with it.
///
/// # Memory
/// As [`Stream`] says, eight bytes for each incident, and the records of some days:
/// 56 bytes for each, a hundred megabytes at most. The identifiers that repeat, which
/// are told by name, and the rejected records.
///
/// # Errors
/// When an input cannot be read or a filter names what does not exist.
pub fn check(
    plan: &Plan,
    today: Date,
    progress: Progress<'_>,
) -> Result<(Check, Account), PipelineError> {
    check_in_rounds(plan, today, progress, MOST_OF_A_DAY)
}

/// The same, where the records that are compared are held so many at a time.
fn check_in_rounds(
    plan: &Plan,
    today: Date,
    progress: Progress<'_>,
    most: usize,
) -> Result<(Check, Account), PipelineError> {
    let held = Rejects::Held(Vec::new());
    let mut stream = Stream::of(plan, &plan.read, held, false, progress)?;
    let layers = stream.layers().clone();
    let found = stream.fold(
        Found::default,
        |batch| Part::of(&batch, &layers.index, today),
        |found, part| found.add(part),
    )?;
    let Found { all, places, days } = found;
    let (places, crowded) = places.seen_often(STACKED);

    let mut doubles = Doubles::new(LISTED);
    let mut rounds = Round::plan(&days, most, |records| doubles.leave_out(records));
    rounds[0].with_identifiers(crowded);
    let (mut stacks, mut repeated) = (Vec::new(), Vec::new());
    for round in rounds {
        let days = stream.fold_records(
            || Days::of(&round),
            |incidents| round.part(incidents),
            |days, part| days.add(part),
        )?;
        days.by_day.into_values().for_each(|day| doubles.take_day(day));
        if round.has_identifiers() {
            stacks = days.stacks;
            repeated = days.ids.seen_often(2).1;
        }
    }
    for stack in &mut stacks {
        stack.stands_for = stands_for(stack, &layers);
    }

    let first = doubles.first();
    let wanted = Wanted::of(&repeated, &first);
    let names = if wanted.is_nothing() {
        Names::default()
    } else {
        stream.fold_records(
            Names::default,
            |incidents| wanted.part(incidents),
            |names, part| names.add(part),
        )?
    };

    let likely_doubles = first.iter().filter_map(|double| likely_double(double, &names)).collect();
    let (account, _, rejects) = stream.held();
    let rejected = if let Rejects::Held(rejected) = rejects { rejected } else { Vec::new() };
    let words = Precision::ALL.iter().map(|p| p.word()).chain(["not stated"]);
    let precision = words.zip(account.precision).map(|(word, n)| count(word, n));
    let check = Check {
        formats: account.labels.clone(),
        counts: account.tally,
        blank_lines: account.blank_lines,
        notices: account.notices.clone(),
        rejected: rejected.iter().map(describe).collect(),
        period: account.period.map(|(a, b)| [a.to_string(), b.to_string()]),
        undated: account.undated,
        categories: most_first(all.categories),
        precision: precision.filter(|c| c.incidents > 0).collect(),
        unknown_toll: all.unknown_toll,
        toll_out_of_order: all.toll_out_of_order,
        repeated_ids: most_first(names.ids).into_iter().filter(|c| c.incidents > 1).collect(),
        places,
        stacks,
        outside: all.outside,
        wrong_country: all.wrong_country.first,
        wrong_country_count: all.wrong_country.count,
        wrong_province: all.wrong_province.first,
        wrong_province_count: all.wrong_province.count,
        future: all.future,
        likely_doubles_count: [doubles.of_one_source, doubles.of_two],
        likely_doubles,
        not_compared_days: doubles.days_left_out,
        not_compared_incidents: doubles.records_left_out,
        likely_repairs: all.repairs.first,
        likely_repairs_count: all.repairs.count,
    };
    Ok((check, account))
}

fn likely_double(double: &Double, names: &Names) -> Option<LikelyDouble> {
    let [a, b] = [double.first, double.second].map(|number| names.records.get(&number));
    let both = [a?, b?];
    Some(LikelyDouble {
        ids: both.map(|record| record.id.to_string()),
        lines: both.map(|record| record.line),
        sources: both.map(|record| record.source.to_string()),
        date: both[0].date.map_or_else(String::new, |date| date.to_string()),
        apart_km: in_km(double.apart_m),
    })
}

/// So near to a town or the middle of an area a coordinate shared by many
/// may stand for it, metres.
const STANDS_FOR_M: f64 = 3_000.0;

/// What a shared coordinate may stand for: the nearest of the towns and the
/// middles of districts and provinces within 3 km.
fn stands_for(stack: &Stack, layers: &Layers) -> String {
    let Ok(at) = LonLat::new(stack.lon, stack.lat) else { return String::new() };
    let index = &layers.index;
    let towns = layers.places.iter().filter_map(|place| match place.kind {
        PlaceKind::Capital => Some((place.at, format!("the capital {}", place.name))),
        PlaceKind::Town => Some((place.at, format!("the town {}", place.name))),
        PlaceKind::Crossing => None,
    });
    let areas = index.provinces.areas.iter().chain(&index.districts.areas);
    let middles = areas.filter_map(|area| {
        let middle = area.shape.centroid()?;
        let at = LonLat::new(middle.x(), middle.y()).ok()?;
        Some((at, format!("the middle of {}", area.name())))
    });
    let near = |p: LonLat| (p.lat() - at.lat()).abs() < 0.05;
    towns
        .chain(middles)
        .filter(|(p, _)| near(*p))
        .map(|(p, what)| (inverse(at, p).distance_m, what))
        .filter(|(m, _)| *m <= STANDS_FOR_M)
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(m, what)| format!("{:.1} km from {what}", m / 1000.0))
}

/// To a hundredth of a kilometre.
fn in_km(metres: f64) -> f64 {
    (metres / 10.0).round() / 100.0
}

fn count(name: &str, incidents: usize) -> Count {
    Count { name: name.to_owned(), incidents }
}

/// Counts under their names, most first, then by name.
fn most_first(counts: BTreeMap<impl AsRef<str>, usize>) -> Vec<Count> {
    let counts = counts.into_iter().map(|(name, n)| count(name.as_ref(), n));
    let mut counts: Vec<Count> = counts.collect();
    counts.sort_by(|a, b| b.incidents.cmp(&a.incidents).then(a.name.cmp(&b.name)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ProjectFile;
    use std::collections::{BTreeSet, HashMap};
    use std::fmt::Write;

    /// A table of records that repeat identifiers and places, some of them one event.
    fn table() -> String {
        let mut text = "id,lon,lat,date,fatalities_best,source,province\n".to_owned();
        for i in 0..600 {
            let (day, place) = (1 + i * 13 % 28, i * 7 % 41);
            let (lon, lat) = (69.0 + 0.005 * f64::from(place), 33.0 + 0.004 * f64::from(place));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "e{},{lon},{lat},2021-03-{day:02},{},{},Khost",
                i % 550,
                i % 3,
                ["A", "B"][i as usize / 300],
            );
        }
        text
    }

    fn checked(path: &std::path::Path, most: usize) -> Check {
        let file = ProjectFile {
            incidents: vec![path.to_string_lossy().into_owned()],
            ..ProjectFile::default()
        };
        let plan = Plan::resolve(file, std::path::Path::new("")).unwrap();
        let today = jiff::civil::date(2021, 3, 14);
        check_in_rounds(&plan, today, &|_, _| {}, most).unwrap().0
    }

    /// How many records are held at a time changes nothing, and what is found is what
    /// is found by looking at all of them at once.
    #[test]
    fn rounds_find_what_one_look_finds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.csv");
        std::fs::write(&path, table()).unwrap();
        let whole = checked(&path, MOST_OF_A_DAY);
        for most in [1, 30, 250] {
            assert_eq!(checked(&path, most), whole, "{most} at a time");
        }

        let text = table();
        let rows: Vec<Vec<&str>> =
            text.lines().skip(1).map(|line| line.split(',').collect()).collect();
        let mut ids: HashMap<&str, usize> = HashMap::new();
        let mut places: BTreeSet<(&str, &str)> = BTreeSet::new();
        for row in &rows {
            *ids.entry(row[0]).or_default() += 1;
            places.insert((row[1], row[2]));
        }
        let twice = ids.values().filter(|n| **n == 2).count();
        assert_eq!((whole.repeated_ids.len(), twice), (50, 50));
        assert_eq!((whole.places, whole.stacks.len()), (places.len(), STACKS));
        assert_eq!(whole.future, rows.iter().filter(|r| r[3] > "2021-03-14").count());
        let [one, two] = whole.likely_doubles_count;
        assert!(one > 20 && two > 20 && whole.likely_doubles.len() == LISTED);
        let lines: Vec<u64> = whole.likely_doubles.iter().map(|double| double.lines[0]).collect();
        assert!(lines.is_sorted() && lines[0] == 3, "{lines:?}");
        for double in &whole.likely_doubles {
            let [a, b] = double.lines.map(|line| &rows[line as usize - 2]);
            assert_eq!(double.ids, [a[0], b[0]]);
            assert_eq!(double.sources, [a[5], b[5]]);
            assert_eq!([a[3], b[3]], [&double.date; 2]);
        }
    }

    #[test]
    fn a_day_with_too_many_records_is_in_no_round() {
        let day = |n: i8| jiff::civil::date(2021, 3, n);
        let days = BTreeMap::from([(day(1), 3), (day(2), MOST_OF_A_DAY + 1), (day(3), 9)]);
        let mut left_out = Vec::new();
        assert_eq!(Round::plan(&days, 20, |records| left_out.push(records)).len(), 1);
        assert_eq!(Round::plan(&days, 5, |_| {}).len(), 2);
        assert_eq!(Round::plan(&BTreeMap::new(), 5, |_| {}).len(), 1);
        assert_eq!(left_out, [MOST_OF_A_DAY + 1]);
    }
}
