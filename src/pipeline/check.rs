//! `durand check`: what is wrong or doubtful in a file. It writes nothing.

use super::Study;
use super::layers::describe;
use crate::model::{Incident, Precision, same_name};
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
}

/// Looks through a study for what is wrong or doubtful.
pub fn check(study: &Study) -> Check {
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
            place: here[0].place.clone(),
        })
        .collect();
    stacks.sort_by(|a, b| b.incidents.cmp(&a.incidents).then(a.lon.total_cmp(&b.lon)));
    stacks.truncate(10);

    let (mut wrong_country, mut wrong_province_count, mut outside) = (Vec::new(), 0, 0);
    for (incident, place) in incidents.iter().zip(&study.located) {
        let names = place.placement.names(index);
        if names.country.is_empty() {
            outside += 1;
        }
        let named = index.border.side_named(&incident.country);
        let found = index.border.side_named(names.country);
        if named.is_some() && found.is_some() && named != found {
            wrong_country.push(Elsewhere {
                id: incident.id.clone(),
                line: incident.row.line,
                named: incident.country.clone(),
                found: names.country.to_owned(),
                border_distance_km: (place.distance_m / 10.0).round() / 100.0,
            });
        }
        let known =
            index.provinces.areas.iter().any(|a| same_name(&a.province, &incident.province));
        if known && !same_name(&incident.province, names.province) {
            wrong_province_count += 1;
        }
    }
    let wrong_country_count = wrong_country.len();
    wrong_country.truncate(20);
    Check {
        formats: study.labels.clone(),
        counts: study.tally,
        blank_lines: study.blank_lines,
        notices: study.notices.clone(),
        rejected: study.rejected.iter().map(describe).collect(),
        period: study.period().map(|(a, b)| [a.to_string(), b.to_string()]),
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
    }
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
            let name =
                if stack.place.is_empty() { String::new() } else { format!("  {}", stack.place) };
            line("  shared by", format!("{}: {}, {}{name}", stack.incidents, stack.lon, stack.lat));
        }
        line("in neither country", self.outside.to_string());
        line("in the other country", self.wrong_country_count.to_string());
        for one in &self.wrong_country {
            line(
                "  ",
                format!(
                    "{} (line {}): says {}, lies in {}, {:.2} km from the line",
                    if one.id.is_empty() { "no id" } else { &one.id },
                    one.line,
                    one.named,
                    one.found,
                    one.border_distance_km
                ),
            );
        }
        line("not in named province", self.wrong_province_count.to_string());
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
