//! [`Filter`]: which incidents a statistic rests on. The same everywhere.

use crate::analysis::{Located, Sums};
use crate::index::StudyIndex;
use crate::model::{Date, Incident, Precision, Side, nearest_name, same_name};
use std::collections::BTreeSet;

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

/// The categories that incidents have, and which of those asked for are among
/// them; adds up over parts of a file.
#[derive(Clone, Debug, Default)]
pub struct Categories {
    known: BTreeSet<String>,
    found: Vec<bool>,
    incidents: bool,
}

impl Categories {
    /// Names beyond this are not listed in a message.
    const MOST: usize = 1000;

    /// Adds those of another part.
    pub fn add(&mut self, other: Categories) {
        self.known.extend(other.known);
        while self.known.len() > Categories::MOST {
            self.known.pop_last();
        }
        self.found.resize(self.found.len().max(other.found.len()), false);
        self.found.iter_mut().zip(other.found).for_each(|(here, there)| *here |= there);
        self.incidents |= other.incidents;
    }
}

impl Filter {
    /// Whether every province asked for exists.
    ///
    /// # Errors
    /// The first that does not, with what may have been meant.
    pub fn check_provinces(&self, index: &StudyIndex) -> Result<(), UnknownName> {
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
        Ok(())
    }

    /// The categories of incidents, for [`Filter::check_categories`].
    pub fn categories_of(&self, incidents: &[Incident]) -> Categories {
        let mut seen = Categories { incidents: !incidents.is_empty(), ..Categories::default() };
        if self.categories.is_empty() {
            return seen;
        }
        let occurs = |name: &String| incidents.iter().any(|i| is_of_category(i, name));
        seen.found = self.categories.iter().map(occurs).collect();
        for incident in incidents.iter().filter(|i| !i.category.is_empty()) {
            if !seen.known.contains(incident.category.as_str())
                && seen.known.len() < Categories::MOST
            {
                seen.known.insert(incident.category.to_string());
            }
        }
        seen
    }

    /// Whether every category asked for occurs. Without incidents, what is
    /// wrong is not that none has the category.
    ///
    /// # Errors
    /// The first that does not, with what may have been meant.
    pub fn check_categories(&self, seen: &Categories) -> Result<(), UnknownName> {
        for (name, found) in self.categories.iter().zip(&seen.found) {
            if *found || !seen.incidents {
                continue;
            }
            let known = || seen.known.iter().map(String::as_str);
            let hint = match nearest_name(name, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if seen.known.is_empty() => "the input names no categories".to_owned(),
                None => format!("the input has {}", list(known())),
            };
            return Err(UnknownName { what: "category", name: name.clone(), hint });
        }
        Ok(())
    }

    /// Whether it asks where an incident lies.
    pub fn asks_for_places(&self) -> bool {
        self.side.is_some() || self.within_m.is_some() || !self.provinces.is_empty()
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

/// The categories of incidents, batch by batch.
impl Sums for Filter {
    type Part = Categories;
    type Sum = Categories;

    fn part(&self, incidents: &[Incident], _: &[Located]) -> Categories {
        self.categories_of(incidents)
    }

    fn start(&self) -> Categories {
        Categories::default()
    }

    fn add(&self, sum: &mut Categories, part: Categories) {
        sum.add(part);
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
