//! What `durand report` writes.

use super::ProjectError;
use crate::model::nearest_name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the report holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReportSection {
    /// Title of the page in place of the one the tool words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether `index.html` is written.
    pub page: bool,
    /// Incidents on the page: `each`, `grouped` by month and district, or `auto`:
    /// grouped where the source's terms ask for it (ACLED).
    pub incidents: String,
    /// The figures, by name.
    pub plates: Vec<String>,
    /// Widths of figures in millimetres, where they differ from `figures.width_mm`;
    /// several give several files.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub widths_mm: BTreeMap<String, Vec<f64>>,
}

/// Every plate of a report, in its order.
pub const PLATES: [&str; 18] = [
    "incident-map",
    "incident-map-detail",
    "incident-maps",
    "density-map",
    "relative-map",
    "density-pair",
    "zones-chart",
    "zones-map",
    "nearness-chart",
    "profile-chart",
    "time-chart",
    "distance-chart",
    "borders-chart",
    "hotspot-map",
    "rate-map",
    "gi-map",
    "compare-chart",
    "compare-map",
];

/// Plates that are left out unless a study names them.
const ON_REQUEST: [&str; 2] = ["rate-map", "gi-map"];

impl Default for ReportSection {
    fn default() -> ReportSection {
        ReportSection {
            title: None,
            page: true,
            incidents: "auto".to_owned(),
            plates: PLATES
                .iter()
                .filter(|name| !ON_REQUEST.contains(name))
                .map(|name| (*name).to_owned())
                .collect(),
            widths_mm: BTreeMap::new(),
        }
    }
}

/// How incidents stand on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageIncidents {
    /// Each, or grouped where a source's terms ask for it.
    Auto,
    /// Each with its record.
    Each,
    /// Numbers by month and district.
    Grouped,
}

/// What `durand report` writes, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportPlan {
    /// Title of the page in place of the tool's.
    pub title: Option<String>,
    /// Whether the page is written.
    pub page: bool,
    /// How incidents stand on it.
    pub incidents: PageIncidents,
    /// Names of the figures wanted.
    pub plates: Vec<String>,
    /// Widths in millimetres of figures that are wanted in others than the
    /// common one; the first is that of the figure without a suffix.
    pub widths_mm: BTreeMap<String, Vec<f64>>,
}

impl ReportPlan {
    /// Whether a figure is wanted.
    pub fn wants(&self, plate: &str) -> bool {
        self.plates.iter().any(|name| name == plate)
    }

    /// The widths that a figure is wanted in, besides `common` where none is given.
    pub fn widths(&self, plate: &str, common: f64) -> Vec<f64> {
        self.widths_mm.get(plate).cloned().unwrap_or_else(|| vec![common])
    }
}

/// Checks the section.
pub(super) fn report(section: &ReportSection) -> Result<ReportPlan, ProjectError> {
    let incidents = match section.incidents.as_str() {
        "auto" => PageIncidents::Auto,
        "each" => PageIncidents::Each,
        "grouped" => PageIncidents::Grouped,
        other => {
            return Err(ProjectError::new(
                "report.incidents",
                format!("`{other}` is none of auto, each and grouped"),
            )
            .near(other, ["auto", "each", "grouped"]));
        }
    };
    let known = |key: &str, name: &String| {
        if PLATES.contains(&name.as_str()) {
            return Ok(());
        }
        let error = ProjectError::new(key, format!("`{name}` is not a figure of the report"));
        Err(match nearest_name(name, PLATES) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("the figures are {}", PLATES.join(", "))),
        })
    };
    for name in &section.plates {
        known("report.plates", name)?;
    }
    for (name, widths) in &section.widths_mm {
        let key = format!("report.widths_mm.{name}");
        known(&key, name)?;
        if widths.is_empty() {
            return Err(ProjectError::new(key, "no width given").hint("write [85, 180], say"));
        }
        for (i, width) in widths.iter().enumerate() {
            check_width(&key, *width)?;
            if widths[..i].contains(width) {
                return Err(ProjectError::new(key, format!("{width} mm is given twice")));
            }
        }
    }
    Ok(ReportPlan {
        title: section.title.clone(),
        page: section.page,
        incidents,
        plates: section.plates.clone(),
        widths_mm: section.widths_mm.clone(),
    })
}

/// A width that a page can have.
pub(super) fn check_width(key: &str, width_mm: f64) -> Result<(), ProjectError> {
    if (60.0..=1000.0).contains(&width_mm) {
        return Ok(());
    }
    Err(ProjectError::new(key, format!("{width_mm} mm is outside 60..1000")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Plan, ProjectFile};
    use std::path::Path;

    fn plan(toml: &str) -> Result<Plan, ProjectError> {
        Plan::resolve(ProjectFile::parse(toml)?, Path::new("."))
    }

    #[test]
    fn figures_are_chosen_by_name_and_size() {
        let whole = plan("").unwrap().report;
        assert!(PLATES.iter().all(|name| whole.wants(name) != ON_REQUEST.contains(name)));
        assert!(
            whole.page && plan("[report]\nplates = [\"gi-map\"]").unwrap().report.wants("gi-map")
        );
        let text =
            "[report]\nplates = [\"zones-map\"]\n[report.widths_mm]\nzones-map = [85, 180]\n";
        let some = plan(text).unwrap().report;
        assert!(some.wants("zones-map") && !some.wants("zones-chart"));
        assert_eq!(some.widths("zones-map", 120.0), [85.0, 180.0]);
        assert_eq!(some.widths("zones-chart", 120.0), [120.0]);
        for (toml, place) in [
            ("[report]\nplates = [\"zone-map\"]", "report.plates"),
            ("[report]\nincidents = \"all\"", "report.incidents"),
            ("[report.widths_mm]\nzones-map = []", "report.widths_mm.zones-map"),
            ("[report.widths_mm]\nzones-map = [5]", "report.widths_mm.zones-map"),
            ("[report.widths_mm]\nzones-map = [85, 85]", "report.widths_mm.zones-map"),
            ("[report.widths_mm]\nzones = [85]", "report.widths_mm.zones"),
        ] {
            assert_eq!(plan(toml).unwrap_err().place, place, "{toml}");
        }
        let misspelt = plan("[report]\nplates = [\"zone-map\"]").unwrap_err();
        assert!(misspelt.hint.contains("zones-map"));
    }
}
