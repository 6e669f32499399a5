//! [`SeriesPlan`]: the settings of incidents in time, checked.

use super::ProjectError;
use super::plan::date;
use crate::analysis::Step;
use crate::model::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Incidents in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeSection {
    /// `week`, `month`, `year`, or `auto` by the length of the period.
    pub step: String,
    /// What bars are stacked by: `side` or `category`.
    pub by: String,
    /// Events to mark: their words by their day.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub marks: BTreeMap<String, String>,
}

impl Default for TimeSection {
    fn default() -> TimeSection {
        let [step, by] = ["auto", "side"].map(str::to_owned);
        TimeSection { step, by, marks: BTreeMap::new() }
    }
}

/// What bars in time are stacked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackedBy {
    /// The side of the line.
    Side,
    /// The category, as on the incident map.
    Category,
}

impl StackedBy {
    /// The word in options, and the table's column.
    pub fn word(self) -> &'static str {
        match self {
            StackedBy::Side => "side",
            StackedBy::Category => "category",
        }
    }
}

/// How incidents are counted in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesPlan {
    /// Length of the bins; `None` to fit the period.
    pub step: Option<Step>,
    /// What they are stacked by.
    pub by: StackedBy,
    /// Events to mark, by day.
    pub marks: Vec<(Date, String)>,
}

/// Checks the section.
pub(super) fn series(section: &TimeSection) -> Result<SeriesPlan, ProjectError> {
    let step = match section.step.as_str() {
        "auto" => None,
        "week" => Some(Step::Week),
        "month" => Some(Step::Month),
        "year" => Some(Step::Year),
        other => {
            let message = format!("`{other}` is not a step; expected auto, week, month or year");
            return Err(ProjectError::new("time.step", message)
                .near(other, ["auto", "week", "month", "year"]));
        }
    };
    let by = match section.by.as_str() {
        "side" => StackedBy::Side,
        "category" => StackedBy::Category,
        other => {
            let message = format!("`{other}` is nothing to stack by; expected side or category");
            return Err(ProjectError::new("time.by", message).near(other, ["side", "category"]));
        }
    };
    let mut marks = Vec::new();
    for (day, words) in &section.marks {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            return Err(ProjectError::new("time.marks", format!("no words for {day}")));
        }
        marks.extend(date("time.marks", &Some(day.clone()))?.map(|day| (day, words)));
    }
    marks.sort();
    Ok(SeriesPlan { step, by, marks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_setting_is_named_by_its_key() {
        let with = |change: fn(&mut TimeSection)| {
            let mut section = TimeSection::default();
            change(&mut section);
            series(&section)
        };
        let place = |change| with(change).unwrap_err().place;
        assert_eq!(place(|s| s.step = "day".to_owned()), "time.step");
        assert_eq!(place(|s| s.by = "sides".to_owned()), "time.by");
        assert_eq!(place(|s| s.marks = [("15.8.21".into(), "x".into())].into()), "time.marks");
        assert_eq!(place(|s| s.marks = [("2021-08-15".into(), " ".into())].into()), "time.marks");
        let good = with(|s| {
            s.marks = [("2021-08-15".into(), "Taliban  take Kabul".into())].into();
        });
        assert_eq!(good.unwrap().marks[0].1, "Taliban take Kabul");
    }
}
