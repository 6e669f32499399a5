//! The words round each plate, from what was counted: titles, subtitles,
//! method lines, credits and alternative text. Neutral by rule.

use super::Words;
use crate::analysis::{NearLine, Profile, Window, Zones};
use crate::figure::scale;
use crate::model::{Date, Incident, Precision};

/// What the words are made from.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Name of the line: "Durand Line".
    pub line: String,
    /// Countries on the left and right.
    pub names: [String; 2],
    /// Whether the line is the bundled Durand Line.
    pub bundled_line: bool,
    /// Whether some of the areas are the bundled ones.
    pub bundled_areas: bool,
    /// Whether the bundled layers were taken in full detail.
    pub full_resolution: bool,
    /// Whether the incidents are the bundled list.
    pub bundled_incidents: bool,
    /// First and last day.
    pub period: Option<(Date, Date)>,
    /// Records read.
    pub read: u64,
    /// Records that count.
    pub used: u64,
    /// Whom to credit for the incidents.
    pub source: String,
    /// Incidents by precision: exact, near, district, province, none, not stated.
    pub precision: [usize; 6],
}

/// Numbers of incidents by precision: exact, near, district, province, none,
/// not stated.
pub fn count_precision(incidents: &[Incident]) -> [usize; 6] {
    let mut counts = [0; 6];
    for incident in incidents {
        let place = incident
            .precision
            .and_then(|p| Precision::ALL.iter().position(|&q| q == p))
            .unwrap_or(5);
        counts[place] += 1;
    }
    counts
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "15 August 2021".
pub fn day(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

/// "August".
pub(super) fn month(date: Date) -> &'static str {
    MONTHS[usize::from(date.month().unsigned_abs()).clamp(1, 12) - 1]
}

pub(super) fn grouped(n: u64) -> String {
    scale::count(n as usize)
}

impl Facts {
    /// "the Durand Line", or "the border" where it has no name.
    pub fn the_line(&self) -> String {
        if self.line.is_empty() || self.line == "border" {
            "the border".to_owned()
        } else {
            format!("the {}", self.line)
        }
    }

    /// ", 2014–2025", or nothing without dates.
    pub(super) fn years(&self) -> String {
        match self.period {
            None => String::new(),
            Some((a, b)) if a.year() == b.year() => format!(", {}", a.year()),
            Some((a, b)) => format!(", {}–{}", a.year(), b.year()),
        }
    }

    /// "70 of 70 incidents, 16 December 2014 to 5 December 2025".
    pub(super) fn counted(&self) -> String {
        let noun = if self.read == 1 { "incident" } else { "incidents" };
        let count = format!("{} of {} {noun}", grouped(self.used), grouped(self.read));
        match self.period {
            None => count,
            Some((a, b)) if a == b => format!("{count}, {}", day(a)),
            Some((a, b)) => format!("{count}, {} to {}", day(a), day(b)),
        }
    }

    /// "70 incidents, …" where a part of them is told beside it.
    fn counted_read(&self) -> String {
        let counted = self.counted();
        let head = format!("{} of {} ", grouped(self.used), grouped(self.read));
        match counted.strip_prefix(&head) {
            Some(rest) if self.used == self.read => format!("{} {rest}", grouped(self.read)),
            _ => counted,
        }
    }

    fn coarse(&self) -> usize {
        self.precision[2] + self.precision[3] + self.precision[4]
    }

    /// How well the places are known, in a sentence; nothing to say when all are exact.
    pub(super) fn precision_note(&self) -> Option<String> {
        let total: usize = self.precision.iter().sum();
        if self.precision[5] == total {
            return Some("The source does not state how precisely incidents are located.".into());
        }
        (self.coarse() > 0).then(|| {
            format!(
                "{} of {} incidents are located to the district or worse.",
                grouped(self.coarse() as u64),
                grouped(total as u64)
            )
        })
    }

    /// Credits, and the sentences that every map of this line must carry.
    fn credits(&self, map: bool) -> Vec<String> {
        let mut credits = Vec::new();
        let incidents = if self.bundled_incidents {
            "Incidents: a sourced selection from press reports that ships with durand, not a census."
                .to_owned()
        } else {
            format!("Incidents: {}.", self.source.trim_end_matches('.'))
        };
        let mut text = incidents;
        if self.bundled_line || self.bundled_areas {
            text.push_str(
                " Boundaries: geoBoundaries (public domain); OCHA/WFP COD-AB (CC BY 3.0 IGO), ",
            );
            text.push_str(if self.full_resolution { "in full detail." } else { "generalised." });
        }
        if map {
            text.push_str(" Places: Natural Earth and durand.");
        }
        credits.push(text);
        if self.bundled_line {
            let line = "The Durand Line is taken from geoBoundaries; Afghanistan does not \
                        recognise it as a border.";
            let kashmir = if map { " The status of Kashmir is disputed." } else { "" };
            credits.push(format!("{line}{kashmir}"));
        }
        credits
    }

    pub(super) fn words(
        &self,
        map: bool,
        title: String,
        subtitle: String,
        method: &[String],
    ) -> Words {
        // A line may break after a dot and not before it.
        let subtitle = subtitle.replace(" · ", "\u{a0}· ");
        let mut notes: Vec<String> = Vec::new();
        let method: Vec<&str> =
            method.iter().map(String::as_str).filter(|m| !m.is_empty()).collect();
        if !method.is_empty() {
            notes.push(method.join(" "));
        }
        notes.extend(self.credits(map));
        let description = format!("{title}. {subtitle}. {}", notes.join(" "));
        Words { title, subtitle, notes, description, provenance: String::new() }
    }

    /// For a page about the whole: its title, and what it rests on.
    pub fn page(&self) -> (String, String) {
        let title = format!("Incidents along {}{}", self.the_line(), self.years());
        let note = self.precision_note().map_or_else(String::new, |note| format!(" {note}"));
        let [left, right] = &self.names;
        (title, format!("{left} and {right}: {}.{note}", self.counted()))
    }

    /// Credits for the page, with the sentences that every map must carry.
    pub fn page_credits(&self) -> Vec<String> {
        self.credits(true)
    }

    /// For the incident map.
    pub fn incident_map(&self) -> Words {
        self.words(
            true,
            format!("Incidents along {}{}", self.the_line(), self.years()),
            self.counted(),
            &[self.precision_note().unwrap_or_default()],
        )
    }

    /// For the small maps by year or category.
    pub fn multiples_map(&self, by: &str) -> Words {
        Facts::without_places(self.words(
            true,
            format!("Incidents by {by} along {}{}", self.the_line(), self.years()),
            format!("Circles: incidents at a place, on one scale · {}", self.counted()),
            &[self.precision_note().unwrap_or_default()],
        ))
    }

    /// Words for maps that show no places: their source is not named.
    pub(super) fn without_places(mut words: Words) -> Words {
        let drop =
            |text: &mut String| *text = text.replace(" Places: Natural Earth and durand.", "");
        words.notes.iter_mut().for_each(drop);
        drop(&mut words.description);
        words
    }

    /// For the map of the busiest stretch: from and to in metres of chainage.
    pub fn stretch_map(&self, from_m: f64, to_m: f64, there: usize) -> Words {
        let km = |m: f64| grouped((m / 1000.0).round() as u64);
        self.words(
            true,
            format!(
                "Incidents between km {} and {} of {}{}",
                km(from_m),
                km(to_m),
                self.the_line(),
                self.years()
            ),
            format!(
                "{} of {} incidents have their nearest place on the line there; others on the map \
                 are shown too",
                grouped(there as u64),
                grouped(self.used)
            ),
            &[self.precision_note().unwrap_or_default()],
        )
    }

    /// For the zones chart.
    pub fn zones_chart(&self, zones: &Zones) -> Words {
        let interval = zones.rows.iter().any(|z| z.low != z.high);
        let left_out = if zones.unlocated > 0 {
            format!(
                " {} located worse than the province are in the bars and not in the intervals.",
                grouped(zones.unlocated as u64)
            )
        } else {
            String::new()
        };
        self.words(
            false,
            format!("How far from {} incidents lie{}", self.the_line(), self.years()),
            format!(
                "Incidents, and incidents per 1,000 km², by side and distance · {}",
                self.counted()
            ),
            &[
                "Distances are geodesics on WGS 84 to the nearest place on the line; bars take \
                 each coordinate at its word."
                    .to_owned(),
                if interval {
                    format!(
                        "Whiskers: 95 % interval of the number, given how precisely each incident \
                         was located.{left_out}"
                    )
                } else {
                    String::new()
                },
            ],
        )
    }

    /// For the nearness chart.
    pub fn nearness_chart(&self, near: &NearLine, people: Option<&(String, NearLine)>) -> Words {
        let reach = near.curve.last().map_or(0.0, |w| w.distance_m / 1000.0);
        let reach = crate::figure::scale::number(reach, 0);
        let title = if near.p_value <= 0.05 {
            format!(
                "Incidents lie nearer to {} than evenly spread places{}",
                self.the_line(),
                self.years()
            )
        } else {
            format!(
                "Incidents are not shown to lie nearer to {} than evenly spread places{}",
                self.the_line(),
                self.years()
            )
        };
        self.words(
            false,
            title,
            format!(
                "{} incidents within {reach} km of the line against the ground there · {}",
                grouped(near.count as u64),
                self.counted()
            ),
            &[format!(
                "Each coordinate is taken at its word. Band: 95 % of {} draws of as many places, \
                 spread evenly over the ground within {reach} km (seed {}), at each distance on its \
                 own. p: share of draws whose largest surplus is as large, at whatever distance. {}",
                grouped(near.simulations as u64),
                near.seed,
                match people {
                    None => "Even spread over the ground is not spread by where people live.".to_owned(),
                    Some((name, near)) => format!(
                        "People: {name}; against them p = {}.",
                        scale::number(near.p_value, if near.p_value < 0.1 { 3 } else { 2 })
                    ),
                }
            )],
        )
    }

    /// For the zones map.
    pub fn zones_map(&self, window: &Window) -> Words {
        let ground = match window {
            Window::Countries => "Areas: on the ellipsoid, within the two countries.".to_owned(),
            Window::Everywhere => "Areas: on the ellipsoid, whosever ground it is.".to_owned(),
            Window::Polygons(polygons) => {
                format!("Areas: on the ellipsoid, within {}.", polygons.name)
            }
        };
        self.words(
            true,
            format!(
                "How densely incidents lie by distance from {}{}",
                self.the_line(),
                self.years()
            ),
            format!("Incidents per 1,000 km² of each zone · {}", self.counted()),
            &[
                format!(
                    "Zones: by geodesic distance on WGS 84 to the nearest place on the line, which \
                     also parts the sides. {ground}"
                ),
                self.precision_note().map_or_else(String::new, |note| {
                    format!("Each coordinate is taken at its word: {}", lower_first(&note))
                }),
            ],
        )
    }

    /// For the profile chart.
    pub fn profile_chart(&self, profile: &Profile) -> Words {
        let settings = &profile.settings;
        let within = trimmed(settings.within_m / 1000.0);
        let totals = profile.sides.iter().map(|s| &s.total);
        let near = if profile.spread {
            format!("about {}", grouped(totals.map(|t| t.expected).sum::<f64>().round() as u64))
        } else {
            grouped(totals.map(|t| t.incidents as u64).sum())
        };
        self.words(
            false,
            format!("Incidents along {}, from end to end{}", self.the_line(), self.years()),
            format!(
                "Incidents per {} km of line · {near} within {within} km of it, of {}",
                trimmed(settings.bin_m / 1000.0),
                self.counted_read()
            ),
            &[
                format!(
                    "{} Curves: smoothed along the line, quartic kernel, bandwidth {} km; bands: \
                     95 %, place by place, by {} bootstrap draws.",
                    if profile.spread {
                        "Each incident may lie anywhere in the region that its geocoding precision \
                         stands for, and counts at the nearest places on the line."
                    } else {
                        "Bars: counts by the coordinate's nearest place on the line."
                    },
                    trimmed(settings.bandwidth_m / 1000.0),
                    grouped(u64::from(settings.draws))
                ),
                self.precision_note().unwrap_or_default(),
            ],
        )
    }

    /// For the histogram of distances.
    pub fn distance_chart(&self) -> Words {
        self.words(
            false,
            format!("Incidents by distance from {}{}", self.the_line(), self.years()),
            format!("Number of incidents on either side · {}", self.counted()),
            &[
                "Distances are geodesics on WGS 84 to the nearest place on the line; each \
                 coordinate is taken at its word."
                    .to_owned(),
                self.precision_note().unwrap_or_default(),
            ],
        )
    }
}

/// A share in whole per cent, in tenths where it would be nothing.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 1.0 { format!("{percent:.1}") } else { format!("{percent:.0}") }
}

pub(super) fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}
