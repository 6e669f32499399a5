//! Settings of the statistics that compare: lines, periods, districts.

use crate::analysis::HotspotSettings;
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
}

/// Hot spots by district.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HotspotsSection {
    /// Random permutations for each district.
    pub permutations: u32,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Share of false discoveries that is put up with.
    pub false_discovery: f64,
    /// Whether districts that face each other across the line are neighbours.
    pub across_line: bool,
}

impl Default for HotspotsSection {
    fn default() -> HotspotsSection {
        let settings = HotspotSettings::default();
        HotspotsSection {
            permutations: settings.permutations,
            seed: settings.seed,
            false_discovery: settings.false_discovery,
            across_line: settings.across_line,
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
