//! `durand check`: what is wrong or doubtful in a file. It writes nothing.

use super::Study;
use super::layers::describe;
use crate::analysis::{Double, Located, doubles, repairs};
use crate::geodesy::{LonLat, inverse};
use crate::index::StudyIndex;
use crate::model::{Date, Incident, PlaceKind, Precision, same_name};
use geo::Centroid;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

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

/// Looks through a study for what is wrong or doubtful; `today` tells which
/// days are still to come.
pub fn check(study: &Study, today: Date) -> Check {
    let index = &study.layers.index;
    let incidents = &study.incidents;
    let mut precision: Vec<Count> = Precision::ALL
        .iter()
        .map(|&p| count(p.word(), incidents.iter().filter(|i| i.precision == Some(p)).count()))
        .collect();
    precision.push(count("not stated", incidents.iter().filter(|i| i.precision.is_none()).count()));

    let mut by_place: BTreeMap<(u64, u64), Vec<&Incident>> = BTreeMap::new();
    for incident in incidents {
        let key = (incident.at.lon().to_bits(), incident.at.lat().to_bits());
        by_place.entry(key).or_default().push(incident);
    }
    let mut stacks: Vec<Stack> = by_place
        .values()
        .filter(|here| here.len() >= 5)
        .map(|here| Stack {
            lon: here[0].at.lon(),
            lat: here[0].at.lat(),
            incidents: here.len(),
            place: here[0].place.to_string(),
            stands_for: String::new(),
        })
        .collect();
    stacks.sort_by(|a, b| b.incidents.cmp(&a.incidents).then(a.lon.total_cmp(&b.lon)));
    stacks.truncate(10);
    for stack in &mut stacks {
        stack.stands_for = stands_for(stack, study);
    }

    let (mut wrong_country, mut wrong_province, mut outside) = (Vec::new(), Vec::new(), 0);
    for (incident, place) in incidents.iter().zip(&study.located) {
        let names = place.placement.names(index);
        if names.country.is_empty() {
            outside += 1;
        }
        let named = index.border.side_named(&incident.country);
        let found = index.border.side_named(names.country);
        if named.is_some() && found.is_some() && named != found {
            wrong_country.push(Elsewhere {
                id: incident.id.to_string(),
                line: incident.row.line,
                named: incident.country.to_string(),
                found: names.country.to_owned(),
                border_distance_km: in_km(place.distance_m),
            });
        }
        let known =
            index.provinces.areas.iter().any(|a| same_name(&a.province, &incident.province));
        if known && !same_name(&incident.province, names.province) {
            wrong_province.push(misplaced(incident, place, index));
        }
    }
    let wrong_country_count = wrong_country.len();
    wrong_country.truncate(LISTED);
    let wrong_province_count = wrong_province.len();
    wrong_province.sort_by(|a, b| b.away_km.total_cmp(&a.away_km));
    wrong_province.truncate(LISTED);
    let pairs = doubles(incidents, LISTED);
    let repairs = repairs(incidents, &study.located, index);
    Check {
        formats: study.labels.clone(),
        counts: study.tally,
        blank_lines: study.blank_lines,
        notices: study.notices.clone(),
        rejected: study.rejected.iter().map(describe).collect(),
        period: study.period.map(|(a, b)| [a.to_string(), b.to_string()]),
        undated: incidents.iter().filter(|i| i.date.is_none()).count(),
        categories: tally(incidents.iter().map(|i| match i.category.as_str() {
            "" => "not stated",
            category => category,
        })),
        precision: precision.into_iter().filter(|c| c.incidents > 0).collect(),
        unknown_toll: incidents.iter().filter(|i| unknown_toll(i)).count(),
        toll_out_of_order: incidents.iter().filter(|i| toll_out_of_order(i)).count(),
        repeated_ids: tally(incidents.iter().map(|i| i.id.as_str()).filter(|id| !id.is_empty()))
            .into_iter()
            .filter(|c| c.incidents > 1)
            .collect(),
        places: by_place.len(),
        stacks,
        outside,
        wrong_country,
        wrong_country_count,
        wrong_province_count,
        wrong_province,
        future: incidents.iter().filter(|i| i.date.is_some_and(|date| date > today)).count(),
        likely_doubles_count: [pairs.of_one_source, pairs.of_two],
        likely_doubles: pairs.first.iter().map(|d| likely_double(d, incidents)).collect(),
        not_compared_days: pairs.days_left_out,
        not_compared_incidents: pairs.records_left_out,
        likely_repairs_count: repairs.len(),
        likely_repairs: repairs
            .iter()
            .take(LISTED)
            .map(|repair| {
                let incident = &incidents[repair.incident];
                LikelyRepair {
                    id: incident.id.to_string(),
                    line: incident.row.line,
                    given: [incident.at.lon(), incident.at.lat()],
                    how: repair.how.to_owned(),
                    repaired: [repair.at.lon(), repair.at.lat()],
                    lands_in: repair.lands_in.clone(),
                }
            })
            .collect(),
    }
}

fn likely_double(double: &Double, incidents: &[Incident]) -> LikelyDouble {
    let both = [&incidents[double.first], &incidents[double.second]];
    LikelyDouble {
        ids: both.map(|i| i.id.to_string()),
        lines: both.map(|i| i.row.line),
        sources: both.map(|i| i.source.to_string()),
        date: both[0].date.map_or_else(String::new, |date| date.to_string()),
        apart_km: in_km(double.apart_m),
    }
}

/// An incident outside the province it names, and how far.
fn misplaced(incident: &Incident, place: &Located, index: &StudyIndex) -> Misplaced {
    let provinces = &index.provinces;
    let named = |area: usize| same_name(&provinces.areas[area].province, &incident.province);
    // Most lie just outside, and looking far takes long.
    let reaches_m = [3e3, 3e4, 3e5, 3e6, 2e7];
    let away_m = reaches_m
        .into_iter()
        .find_map(|reach_m| provinces.index.nearest(incident.at, reach_m, named))
        .map_or(f64::NAN, |found| found.distance_m);
    Misplaced {
        id: incident.id.to_string(),
        line: incident.row.line,
        named: incident.province.to_string(),
        found: place.placement.names(index).province.to_owned(),
        away_km: in_km(away_m),
    }
}

/// So near to a town or the middle of an area a coordinate shared by many
/// may stand for it, metres.
const STANDS_FOR_M: f64 = 3_000.0;

/// What a shared coordinate may stand for: the nearest of the towns and the
/// middles of districts and provinces within 3 km.
fn stands_for(stack: &Stack, study: &Study) -> String {
    let Ok(at) = LonLat::new(stack.lon, stack.lat) else { return String::new() };
    let index = &study.layers.index;
    let towns = study.layers.places.iter().filter_map(|place| match place.kind {
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

/// How often each name occurs, most first, then by name.
fn tally<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Count> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<Count> = counts.into_iter().map(|(name, n)| count(name, n)).collect();
    counts.sort_by(|a, b| b.incidents.cmp(&a.incidents).then(a.name.cmp(&b.name)));
    counts
}

fn unknown_toll(incident: &Incident) -> bool {
    let f = &incident.fatalities;
    f.low.is_none() && f.best.is_none() && f.high.is_none()
}

fn toll_out_of_order(incident: &Incident) -> bool {
    let f = &incident.fatalities;
    let known: Vec<u32> = [f.low, f.best, f.high].into_iter().flatten().collect();
    !known.is_sorted()
}

impl Check {
    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut line = |label: &str, value: String| {
            let _ = writeln!(text, "{label:<22}{value}");
        };
        let c = &self.counts;
        line("read as", self.formats.join("; "));
        line(
            "records",
            format!(
                "{} read = {} used + {} rejected + {} filtered",
                c.read, c.used, c.rejected, c.filtered
            ),
        );
        if self.blank_lines > 0 {
            line("blank lines", self.blank_lines.to_string());
        }
        match &self.period {
            Some([first, last]) => line("period", format!("{first} to {last}")),
            None => line("period", "no dates".to_owned()),
        }
        if self.undated > 0 {
            line("without a date", self.undated.to_string());
        }
        line("categories", join(&self.categories, 8));
        line("precision", join(&self.precision, 8));
        line("toll unknown", self.unknown_toll.to_string());
        line("low ≤ best ≤ high", format!("{} broken", self.toll_out_of_order));
        line(
            "repeated ids",
            format!("{}{}", self.repeated_ids.len(), examples(&self.repeated_ids)),
        );
        line("distinct places", self.places.to_string());
        for stack in &self.stacks {
            let mut name =
                if stack.place.is_empty() { String::new() } else { format!("  {}", stack.place) };
            if !stack.stands_for.is_empty() {
                name.push_str(&format!(" ({})", stack.stands_for));
            }
            line("  shared by", format!("{}: {}, {}{name}", stack.incidents, stack.lon, stack.lat));
        }
        line("in neither country", self.outside.to_string());
        line("in the other country", self.wrong_country_count.to_string());
        for one in &self.wrong_country {
            line(
                "  ",
                format!(
                    "{}: says {}, lies in {}, {:.2} km from the line",
                    record(&one.id, one.line),
                    one.named,
                    one.found,
                    one.border_distance_km
                ),
            );
        }
        line("not in named province", self.wrong_province_count.to_string());
        for one in &self.wrong_province {
            let found = if one.found.is_empty() { "none" } else { &one.found };
            let what = format!(
                "{}: says {}, lies in {found}, {:.1} km away",
                record(&one.id, one.line),
                one.named,
                one.away_km
            );
            line("  ", what);
        }
        if self.future > 0 {
            line("days still to come", self.future.to_string());
        }
        let [within, across] = self.likely_doubles_count;
        line("may be one event", format!("{within} pairs of one source, {across} of two"));
        if self.not_compared_days > 0 {
            let (days, incidents) = (self.not_compared_days, self.not_compared_incidents);
            let s = if days == 1 { "" } else { "s" };
            line("  ", format!("{incidents} incidents of {days} day{s} are too many to compare"));
        }
        for one in &self.likely_doubles {
            let what = format!(
                "{} and {}: {}, {:.1} km apart",
                record(&one.ids[0], one.lines[0]),
                record(&one.ids[1], one.lines[1]),
                one.date,
                one.apart_km
            );
            line("  ", what);
        }
        if self.likely_repairs_count > 0 {
            line("may be mistyped", self.likely_repairs_count.to_string());
        }
        for one in &self.likely_repairs {
            let what = format!(
                "{}: {}, {}: {}? Then {}, {} in {}",
                record(&one.id, one.line),
                one.given[0],
                one.given[1],
                one.how,
                one.repaired[0],
                one.repaired[1],
                one.lands_in
            );
            line("  ", what);
        }
        for notice in &self.notices {
            line("note", notice.clone());
        }
        for reject in self.rejected.iter().take(20) {
            line("rejected", reject.clone());
        }
        if self.rejected.len() > 20 {
            line("rejected", format!("… and {} more", self.rejected.len() - 20));
        }
        text
    }

    /// For machines.
    pub fn json(&self) -> String {
        // Plain strings, numbers and lists.
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }
}

/// "123 (line 45)".
fn record(id: &str, line: u64) -> String {
    let id = if id.is_empty() { "no id" } else { id };
    if line == 0 { id.to_owned() } else { format!("{id} (line {line})") }
}

fn join(counts: &[Count], most: usize) -> String {
    let mut parts: Vec<String> =
        counts.iter().take(most).map(|c| format!("{} {}", c.incidents, c.name)).collect();
    if counts.len() > most {
        parts.push(format!("… {} more", counts.len() - most));
    }
    parts.join(", ")
}

fn examples(counts: &[Count]) -> String {
    if counts.is_empty() { String::new() } else { format!(": {}", join(counts, 5)) }
}
