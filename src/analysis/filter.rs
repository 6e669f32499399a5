//! [`Filter`]: which incidents a statistic rests on. The same everywhere.

use crate::analysis::Located;
use crate::index::StudyIndex;
use crate::model::{Date, Incident, Precision, Side, nearest_name, same_name};

/// What an incident must meet; every part that is set must hold. An incident
/// whose record does not say (no date, no precision) does not meet a condition
/// on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// First day, included.
    pub from: Option<Date>,
    /// Last day, included.
    pub to: Option<Date>,
    /// Any of these: the source's words or the house's, in part or whole.
    pub categories: Vec<String>,
    /// Side of the border.
    pub side: Option<Side>,
    /// No farther from the border, metres.
    pub within_m: Option<f64>,
    /// In any of these provinces.
    pub provinces: Vec<String>,
    /// No worse than this class.
    pub max_precision: Option<Precision>,
}

/// A name that nothing in the layers or the data answers to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {what} is called `{name}`")]
pub struct UnknownName {
    /// "province" or "category".
    pub what: &'static str,
    /// As given.
    pub name: String,
    /// What may have been meant.
    pub hint: String,
}

impl Filter {
    /// Whether every name asked for exists.
    ///
    /// # Errors
    /// The first that does not, with what may have been meant.
    pub fn check(&self, incidents: &[Incident], index: &StudyIndex) -> Result<(), UnknownName> {
        let provinces = || index.provinces.areas.iter().map(|a| a.province.as_str());
        for name in &self.provinces {
            if !provinces().any(|p| same_name(p, name)) {
                let hint = match nearest_name(name, provinces()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the provinces are {}", list(provinces())),
                };
                return Err(UnknownName { what: "province", name: name.clone(), hint });
            }
        }
        for name in &self.categories {
            if !incidents.iter().any(|i| is_of_category(i, name)) {
                let mut known: Vec<&str> = incidents.iter().map(|i| i.category.as_str()).collect();
                known.sort_unstable();
                known.dedup();
                known.retain(|c| !c.is_empty());
                let hint = match nearest_name(name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if known.is_empty() => "the input names no categories".to_owned(),
                    None => format!("the input has {}", list(known.into_iter())),
                };
                return Err(UnknownName { what: "category", name: name.clone(), hint });
            }
        }
        Ok(())
    }

    /// Whether an incident meets all conditions.
    pub fn keeps(&self, incident: &Incident, place: &Located, index: &StudyIndex) -> bool {
        self.from.is_none_or(|from| incident.date.is_some_and(|d| d >= from))
            && self.to.is_none_or(|to| incident.date.is_some_and(|d| d <= to))
            && (self.categories.is_empty()
                || self.categories.iter().any(|name| is_of_category(incident, name)))
            && self.side.is_none_or(|side| place.side == Some(side))
            && self.within_m.is_none_or(|m| place.distance_m <= m)
            && (self.provinces.is_empty() || {
                let province = place.placement.names(index).province;
                self.provinces.iter().any(|name| same_name(name, province))
            })
            && self.max_precision.is_none_or(|max| incident.precision.is_some_and(|p| p <= max))
    }
}

fn is_of_category(incident: &Incident, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    incident.category.to_lowercase().contains(&name)
        || incident.kind.label().to_lowercase().contains(&name)
}

/// At most twelve names.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let mut text = names.iter().take(12).copied().collect::<Vec<_>>().join(", ");
    if names.len() > 12 {
        text.push_str(", …");
    }
    text
}
