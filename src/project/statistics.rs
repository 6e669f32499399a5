//! Settings of the statistics that compare: lines, periods, districts.

use super::ProjectError;
use super::profile::spread;
use crate::analysis::{HotspotSettings, Period, RateScale};
use crate::model::Date;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Other drawings of the line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BordersSection {
    /// Files, or names of bundled lines; every bundled line when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<String>,
}

/// Two periods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompareSection {
    /// First day of the second period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// First period, `FROM..TO`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Second period, `FROM..TO`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// What `durand compare` draws: `chart` or `map`; the report has both.
    pub figure: String,
    /// `spread`: an incident may lie anywhere in its region; `ignore`: it lies
    /// where its coordinate says.
    pub precision: String,
}

impl Default for CompareSection {
    fn default() -> CompareSection {
        CompareSection {
            at: None,
            before: None,
            after: None,
            figure: "chart".to_owned(),
            precision: "spread".to_owned(),
        }
    }
}

/// Hot spots by district.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HotspotsSection {
    /// What `durand hotspots` draws: `spots`, `rate` or `gi`.
    pub show: String,
    /// `log` or `rate`: what the statistics are made of.
    pub scale: String,
    /// Random permutations for each district, at most.
    pub permutations: u32,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Share of false discoveries that is put up with.
    pub false_discovery: f64,
    /// Whether districts that face each other across the line are neighbours.
    pub across_line: bool,
    /// `spread`: an incident may lie anywhere in its region; `ignore`: it lies
    /// where its coordinate says.
    pub precision: String,
}

impl Default for HotspotsSection {
    fn default() -> HotspotsSection {
        let settings = HotspotSettings::default();
        HotspotsSection {
            show: "spots".to_owned(),
            scale: settings.scale.word().to_owned(),
            permutations: settings.permutations,
            seed: settings.seed,
            false_discovery: settings.false_discovery,
            across_line: settings.across_line,
            precision: "spread".to_owned(),
        }
    }
}

/// A line to be held against the study's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OtherLine {
    /// One of the bundled files.
    Bundled(&'static str),
    /// A user's file.
    File(PathBuf),
}

/// The bundled lines, by file.
const LINES: [&str; 3] =
    ["durand_line.geojson", "border_cod_ab_pak.geojson", "border_natural_earth.geojson"];

/// Which lines are held against the study's: those given, else every bundled one
/// that is not the study's own.
pub(super) fn other_lines(section: &BordersSection, root: &Path, own_line: bool) -> Vec<OtherLine> {
    let bundled = |name: &str| {
        let is = |file: &&str| file.strip_suffix(".geojson") == Some(name);
        LINES.into_iter().find(is).map(OtherLine::Bundled)
    };
    if section.against.is_empty() {
        let first = usize::from(!own_line);
        return LINES[first..].iter().map(|file| OtherLine::Bundled(file)).collect();
    }
    let given = section.against.iter();
    given.map(|name| bundled(name).unwrap_or_else(|| OtherLine::File(root.join(name)))).collect()
}

/// Which periods are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Periods {
    /// The time of the incidents, parted: the day begins the second period.
    At(Date),
    /// The first and the second.
    Two([Period; 2]),
}

/// Whether a comparison and the hot spots spread incidents over the regions they may lie in.
pub(super) fn spreads(
    compare: &CompareSection,
    hotspots: &HotspotsSection,
) -> Result<[bool; 2], ProjectError> {
    Ok([
        spread("compare.precision", &compare.precision)?,
        spread("hotspots.precision", &hotspots.precision)?,
    ])
}

/// The periods that are given; `None` when none are.
pub(super) fn periods(section: &CompareSection) -> Result<Option<Periods>, ProjectError> {
    match (&section.at, &section.before, &section.after) {
        (None, None, None) => Ok(None),
        (Some(at), None, None) => Ok(Some(Periods::At(date("compare.at", at)?))),
        (None, Some(before), Some(after)) => {
            let before = period("compare.before", before)?;
            let after = period("compare.after", after)?;
            if after.from <= before.to {
                let message = format!("{} is not after {}", after.from, before.to);
                return Err(ProjectError::new("compare.after", message)
                    .hint("the second period begins after the first has ended"));
            }
            Ok(Some(Periods::Two([before, after])))
        }
        (Some(_), ..) => Err(ProjectError::new("compare.at", "given beside a period")
            .hint("give a date alone, or both periods")),
        (None, Some(_), None) => Err(ProjectError::new("compare.after", "no second period given")
            .hint("give both periods: --before FROM..TO --after FROM..TO")),
        (None, None, Some(_)) => Err(ProjectError::new("compare.before", "no first period given")
            .hint("give both periods: --before FROM..TO --after FROM..TO")),
    }
}

fn date(key: &str, text: &str) -> Result<Date, ProjectError> {
    text.trim().parse().map_err(|_| {
        ProjectError::new(key, format!("`{text}` is not a date"))
            .hint("write it as year-month-day, 2021-08-15")
    })
}

/// Settings of the hot spots, checked.
pub(super) fn hotspots(section: &HotspotsSection) -> Result<HotspotSettings, ProjectError> {
    let wrong = |key: &str, message: String| ProjectError::new(format!("hotspots.{key}"), message);
    if !(99..=999_999).contains(&section.permutations) {
        let message = format!("{} is outside 99..999999", section.permutations);
        return Err(wrong("permutations", message));
    }
    if !(section.false_discovery > 0.0 && section.false_discovery < 1.0) {
        let message = format!("{} is not between 0 and 1", section.false_discovery);
        return Err(wrong("false_discovery", message));
    }
    let known = [RateScale::Log, RateScale::Rate];
    let scale = known.into_iter().find(|s| s.word() == section.scale).ok_or_else(|| {
        wrong("scale", format!("`{}` is no scale; expected log or rate", section.scale))
    })?;
    Ok(HotspotSettings {
        scale,
        permutations: section.permutations,
        seed: section.seed,
        false_discovery: section.false_discovery,
        across_line: section.across_line,
    })
}

/// What `durand compare` draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareFigure {
    /// The ratios on a scale of factors, with their intervals.
    Chart,
    /// The districts by their ratio.
    Map,
}

/// What a comparison is drawn as.
pub(super) fn compared_as(section: &CompareSection) -> Result<CompareFigure, ProjectError> {
    match section.figure.as_str() {
        "chart" => Ok(CompareFigure::Chart),
        "map" => Ok(CompareFigure::Map),
        other => Err(ProjectError::new(
            "compare.figure",
            format!("`{other}` is not a figure of a comparison; expected chart or map"),
        )
        .near(other, ["chart", "map"])),
    }
}

/// What districts are coloured by on the map of `durand hotspots`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistrictFigure {
    /// Their rate, with what is beyond chance outlined.
    Spots,
    /// Their rate, per year where that can be told.
    Rate,
    /// Gi*.
    Gi,
}

/// What the map shows.
pub(super) fn shown(section: &HotspotsSection) -> Result<DistrictFigure, ProjectError> {
    match section.show.as_str() {
        "spots" => Ok(DistrictFigure::Spots),
        "rate" => Ok(DistrictFigure::Rate),
        "gi" => Ok(DistrictFigure::Gi),
        other => Err(ProjectError::new(
            "hotspots.show",
            format!("`{other}` is nothing to show; expected spots, rate or gi"),
        )
        .near(other, ["spots", "rate", "gi"])),
    }
}

/// `FROM..TO`, both days included.
fn period(key: &str, text: &str) -> Result<Period, ProjectError> {
    let Some((from, to)) = text.split_once("..") else {
        return Err(ProjectError::new(key, format!("`{text}` is not a period"))
            .hint("write it as FROM..TO, 2014-01-01..2018-12-31"));
    };
    let period = Period { from: date(key, from)?, to: date(key, to)? };
    if period.days() == 0 {
        return Err(ProjectError::new(key, format!("{} is before {}", period.to, period.from)));
    }
    Ok(period)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(at: &str, before: &str, after: &str) -> CompareSection {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        CompareSection {
            at: given(at),
            before: given(before),
            after: given(after),
            ..CompareSection::default()
        }
    }

    #[test]
    fn periods_are_a_date_or_two_runs_of_days() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(periods(&section("", "", "")), Ok(None));
        assert_eq!(
            periods(&section("2021-08-15", "", "")),
            Ok(Some(Periods::At(day("2021-08-15"))))
        );
        let two = periods(&section("", "2014-01-01..2014-12-31", "2016-01-01..2016-12-31"));
        let Ok(Some(Periods::Two([before, after]))) = two else { unreachable!("{two:?}") };
        assert_eq!((before.days(), after.days()), (365, 366));
        for (at, before, after, place) in [
            ("15/08/2021", "", "", "compare.at"),
            ("2021-08-15", "2014-01-01..2014-12-31", "", "compare.at"),
            ("", "2014-01-01..2014-12-31", "", "compare.after"),
            ("", "", "2014-01-01..2014-12-31", "compare.before"),
            ("", "2014-01-01", "2016-01-01..2016-12-31", "compare.before"),
            ("", "2014-12-31..2014-01-01", "2016-01-01..2016-12-31", "compare.before"),
            ("", "2014-01-01..2015-12-31", "2015-12-31..2016-12-31", "compare.after"),
        ] {
            assert_eq!(
                periods(&section(at, before, after)).unwrap_err().place,
                place,
                "{at} {before} {after}"
            );
        }
    }

    #[test]
    fn bundled_lines_are_known_by_name_and_the_studys_own_is_left_out() {
        let section = |names: &[&str]| BordersSection {
            against: names.iter().map(|n| (*n).to_owned()).collect(),
        };
        let root = Path::new("study");
        assert_eq!(other_lines(&section(&[]), root, false).len(), 2);
        assert_eq!(
            other_lines(&section(&[]), root, true)[0],
            OtherLine::Bundled("durand_line.geojson")
        );
        let given = other_lines(&section(&["border_natural_earth", "a.shp"]), root, false);
        assert_eq!(given[0], OtherLine::Bundled("border_natural_earth.geojson"));
        assert_eq!(given[1], OtherLine::File(root.join("a.shp")));
    }
}
