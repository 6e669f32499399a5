//! Settings of maps alone, checked: the language of their names, and what there
//! is a small map for each of.

use super::ProjectError;
use super::file::FiguresSection;
use crate::model::Language;

/// What there is a small map for each of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapsBy {
    /// The year, or a few together.
    Year,
    /// The category, as on the incident map.
    Category,
}

/// The language of names on maps.
pub(super) fn labels(tag: &str) -> Result<Language, ProjectError> {
    Language::of(tag).ok_or_else(|| {
        let all = Language::ALL.map(|language| format!("{} ({})", language.tag(), language.name()));
        let message = format!("`{tag}` is not a language of names; expected {}", all.join(", "));
        ProjectError::new("figures.labels", message)
    })
}

/// What there is a small map for each of.
pub(super) fn maps_by(section: &FiguresSection) -> Result<Option<MapsBy>, ProjectError> {
    match section.maps_by.as_deref() {
        None => Ok(None),
        Some("year") => Ok(Some(MapsBy::Year)),
        Some("category") => Ok(Some(MapsBy::Category)),
        Some(other) => Err(ProjectError::new(
            "figures.maps_by",
            format!("`{other}` is nothing to draw maps by; expected year or category"),
        )
        .near(other, ["year", "category"])),
    }
}
