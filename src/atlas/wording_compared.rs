//! The words of the plates that compare: lines, periods, districts.

use super::Words;
use super::change_map::DistrictChange;
use super::wording::{Facts, day};
use crate::analysis::{Comparison, Comparisons, Group, Hotspots, Period, RateScale, Spot};
use crate::figure::scale;

impl Facts {
    /// For the map of hot spots.
    pub fn hotspot_map(&self, found: &Hotspots) -> Words {
        let hot = found.rows.iter().filter(|row| row.spot == Spot::Hot).count();
        let title = match hot {
            0 => {
                "No district and its neighbours have more incidents than chance explains".to_owned()
            }
            1 => "One district has, with its neighbours, more incidents than chance explains"
                .to_owned(),
            n => format!(
                "{} districts have, with their neighbours, more incidents than chance explains",
                scale::count(n)
            ),
        };
        let settings = &found.settings;
        self.words(
            true,
            title,
            format!(
                "Incidents per 1,000 km² of {} districts, and hot spots by Gi* · {}",
                scale::count(found.rows.len()),
                self.counted()
            ),
            &[
                format!(
                    "Getis–Ord Gi* and local Moran's I of {}, neighbours by a common edge or \
                     corner{}; up to {} conditional permutations; at most {} % of the districts outlined \
                     are expected to be chance (Benjamini–Hochberg).",
                    match settings.scale {
                        RateScale::Log => "the logarithm of one plus the rate",
                        RateScale::Rate => "the rates",
                    },
                    if settings.across_line && found.side.is_none() {
                        " or across the line"
                    } else {
                        ""
                    },
                    scale::count(settings.permutations as usize),
                    100.0 * settings.false_discovery
                ),
                match (found.spread, found.coarse) {
                    (true, _) => {
                        let changed = found.rows.iter().filter(|r| r.spot != r.plain_spot).count();
                        format!(
                            "Each incident may lie anywhere in the region that its geocoding \
                             precision stands for; by coordinate alone {} would be called \
                             otherwise.",
                            match changed {
                                0 => "no district".to_owned(),
                                1 => "1 district".to_owned(),
                                n => format!("{} districts", scale::count(n)),
                            }
                        )
                    }
                    (false, 0) => String::new(),
                    (false, coarse) => in_no_district(coarse),
                },
            ],
        )
    }

    /// For the districts' rates, per year where `years` can be told.
    pub fn rate_map(&self, found: &Hotspots, years: Option<f64>) -> Words {
        let unit = if years.is_some() { " per year" } else { "" };
        self.words(
            true,
            format!("Incidents by district along {}{}", self.the_line(), self.years()),
            format!(
                "Incidents per 1,000 km²{unit} in {} districts · {}",
                scale::count(found.rows.len()),
                self.counted()
            ),
            &[
                match years {
                    Some(years) => format!(
                        "Rates over {} years, from the first to the last incident.",
                        scale::number(years, 1)
                    ),
                    None => "Rates over the whole period.".to_owned(),
                },
                spread_words(found).to_owned(),
            ],
        )
    }

    /// For the districts' Gi*.
    pub fn gi_map(&self, found: &Hotspots) -> Words {
        let of = match found.settings.scale {
            RateScale::Log => "the logarithm of one plus the rate",
            RateScale::Rate => "the rates",
        };
        self.words(
            true,
            format!("Where districts and their neighbours have more, or fewer{}", self.years()),
            format!(
                "Gi* of {} districts, in standard deviations from no pattern · {}",
                scale::count(found.rows.len()),
                self.counted()
            ),
            &[
                format!(
                    "Getis–Ord Gi* of {of}, each district with its neighbours. What is beyond chance \
                     is told by the map of hot spots, not by a value alone."
                ),
                spread_words(found).to_owned(),
            ],
        )
    }

    /// For the chart of two periods.
    pub fn compare_chart(&self, found: &Comparisons) -> Words {
        let [before, after] = found.periods;
        let title = match parting_day(found) {
            Some(at) => format!("Incidents along {} before and after {at}", self.the_line()),
            None => {
                let [before, after] = [before, after].map(years_of);
                format!("Incidents along {}, {before} and {after}", self.the_line())
            }
        };
        self.words(
            false,
            title,
            format!(
                "Incidents per year, and the factor from before to after · before: {}, after: {}",
                period(before),
                period(after)
            ),
            &[
                format!(
                    "{} A finding: at most 5 % of the findings of its kind are expected to be \
                     chance (Benjamini–Hochberg).",
                    intervals(found)
                ),
                self.coverage_words().to_owned(),
            ],
        )
    }

    /// For the map of two periods by district.
    pub fn change_map(&self, found: &Comparisons, changes: &[DistrictChange]) -> Words {
        let of =
            |more: bool| changes.iter().filter(|c| c.finding && (c.ratio > 1.0) == more).count();
        let (more, fewer) = (of(true), of(false));
        let few = |n: usize| if n == 1 { "one".to_owned() } else { scale::count(n) };
        let districts = |n: usize| match n {
            0 => "no district".to_owned(),
            n => format!("{} district{}", few(n), if n == 1 { "" } else { "s" }),
        };
        let when = match parting_day(found) {
            Some(at) => format!("since {at}"),
            None => {
                let [before, after] = found.periods.map(years_of);
                format!("in {after} against {before}")
            }
        };
        let title = match (more, fewer) {
            (0, 0) => {
                format!("No district has more or fewer incidents {when} than chance explains")
            }
            (more, 0) => {
                format!("More incidents than chance explains in {} {when}", districts(more))
            }
            (0, fewer) => {
                format!("Fewer incidents than chance explains in {} {when}", districts(fewer))
            }
            (more, fewer) => format!(
                "Beyond chance, more incidents in {} and fewer in {} {when}",
                districts(more),
                few(fewer)
            ),
        };
        let counted = |i: usize| {
            let whole = found.changes.iter().find(|c| c.group == Group::Whole);
            let n = whole.map_or(0, |c| c.counts[i]);
            format!("{}, {}", scale::count(n), period(found.periods[i]))
        };
        let all = changes.len();
        let beyond = match (all, more + fewer) {
            (0, _) => String::new(),
            (_, 0) => format!(
                " No district is a finding at a share of false ones of 5 % (Benjamini–Hochberg \
                 over {}).",
                districts(all)
            ),
            _ => format!(
                " Outlined: at most 5 % of the districts outlined are expected to be chance \
                 (Benjamini–Hochberg over {}).",
                districts(all)
            ),
        };
        self.words(
            true,
            title,
            format!(
                "Incidents per year, after over before, in {} · before: {} · after: {}",
                districts(all),
                counted(0),
                counted(1)
            ),
            &[
                format!("{}{beyond}", intervals(found)),
                match found.to_province + found.unlocated {
                    coarse @ 1.. if !found.spread => in_no_district(coarse),
                    _ => String::new(),
                },
                self.coverage_words().to_owned(),
            ],
        )
    }

    /// What a change may be besides one of incidents.
    fn coverage_words(&self) -> &'static str {
        if self.bundled_incidents {
            "The list is a selection: what changes may be the reporting."
        } else {
            "What changes may be the source's coverage."
        }
    }

    /// For the chart of other drawings of the line.
    pub fn borders_chart(&self, lines: &[&Comparison]) -> Words {
        let one = lines.len() == 1;
        let drawings = if one { "Another drawing" } else { "Other drawings" };
        let found = lines.iter().filter_map(|l| l.first.found).map(|f| f.largest_m);
        let title = match found.fold(0.0, f64::max) / 1000.0 {
            0.0 => format!("{drawings} of {}", self.the_line()),
            km => format!(
                "{drawings} of {} {} up to {}{}km from it",
                self.the_line(),
                if one { "lies" } else { "lie" },
                scale::two_figures(km),
                scale::THIN
            ),
        };
        let mut words = self.words(
            false,
            title,
            "Largest distance in every 5 km of the line, by the side it lies on".to_owned(),
            &["Distances are geodesics on WGS 84 from each place of the line to the nearest place \
               of the other. Where that is the other's end, nothing is compared; such stretches \
               stay empty."
                .to_owned()],
        );
        // The chart shows no incidents: there are none to credit.
        words.notes.retain(|note| !note.starts_with("Incidents:"));
        if self.bundled_line {
            let own = if self.full_resolution { ", in full detail" } else { "" };
            let generalised = if self.full_resolution { "the others" } else { "all" };
            words.notes.push(format!(
                "Lines: geoBoundaries (public domain){own}; OCHA/WFP COD-AB Pakistan (CC BY 3.0 \
                 IGO); Natural Earth; {generalised} generalised."
            ));
        }
        words
    }
}

/// What is in the total and in no district, where coordinates are taken at their word.
fn in_no_district(coarse: usize) -> String {
    let (s, are) = if coarse == 1 { ("", "is") } else { ("s", "are") };
    format!(
        "{} incident{s} known to the province or worse {are} in no district.",
        scale::count(coarse)
    )
}

/// The day that parts two periods which adjoin.
fn parting_day(found: &Comparisons) -> Option<String> {
    let [before, after] = found.periods;
    before.to.tomorrow().is_ok_and(|day| day == after.from).then(|| day(after.from))
}

/// "15 August 2021 to 5 December 2025"; a line does not break within a day.
fn period(of: Period) -> String {
    let whole = |date| day(date).replace(' ', "\u{a0}");
    format!("{} to {}", whole(of.from), whole(of.to))
}

/// "2014–2017", or one year.
fn years_of(of: Period) -> String {
    match (of.from.year(), of.to.year()) {
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from}–{to}"),
    }
}

/// How the intervals of ratios were made.
fn intervals(found: &Comparisons) -> String {
    let how = if found.spread {
        ", averaged over where incidents may lie given how precisely they were geocoded"
    } else {
        "; by coordinate"
    };
    format!("Intervals: conditional on the total (mid-p){how}.")
}

/// What became of incidents that are not known to a district.
fn spread_words(found: &Hotspots) -> &'static str {
    if found.spread {
        "Each incident may lie anywhere in the region that its geocoding precision stands for."
    } else {
        "Each coordinate is taken at its word."
    }
}
