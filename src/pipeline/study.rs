//! [`Study`]: the incidents that a result rests on, located, and what became
//! of the others.

use super::layers::{describe, file_name};
use super::{Layers, PipelineError, load_layers};
use crate::analysis::{Filter, Located, Regions, locate};
use crate::bundled;
use crate::io::{Cell, Format, IncidentFile, Input, Reject, read_incidents};
use crate::model::{Date, Incident};
use crate::project::Plan;
use crate::report::{InputFile, Provenance, Tally};
use serde_json::{Map, Value};

/// Incidents read, located and filtered; the vectors run in parallel.
pub struct Study {
    /// What they are measured against.
    pub layers: Layers,
    /// Those that count.
    pub incidents: Vec<Incident>,
    /// Where each lies.
    pub located: Vec<Located>,
    /// Columns of the input, in order.
    pub header: Vec<String>,
    /// The input's cells for each incident, when asked for.
    pub rows: Vec<Vec<Cell>>,
    /// What became of the records.
    pub tally: Tally,
    /// Records that could not be used.
    pub rejected: Vec<Reject>,
    /// What a reader of the output should know.
    pub notices: Vec<String>,
    /// What the input was read as: "UCDP GED country file".
    pub labels: Vec<String>,
    /// The formats it was read in.
    pub formats: Vec<Format>,
    /// Whether all incidents are the bundled ones.
    pub bundled_incidents: bool,
    /// Input files, incidents first.
    pub inputs: Vec<InputFile>,
}

/// Reads the incidents and layers of a plan, locates every incident and keeps
/// those that the filter keeps. With `strict`, a rejection is an error.
///
/// # Errors
/// When an input cannot be read, a filter names what does not exist, or
/// nothing is left.
pub fn load_study(plan: &Plan, keep_rows: bool, strict: bool) -> Result<Study, PipelineError> {
    let layers = load_layers(&plan.layers)?;
    let filter = resolve_side(plan, &layers)?;
    let mut options = plan.read.clone();
    options.keep_rows = keep_rows;

    let mut study = Study {
        incidents: Vec::new(),
        located: Vec::new(),
        header: Vec::new(),
        rows: Vec::new(),
        tally: Tally::default(),
        rejected: Vec::new(),
        notices: layers.notices.clone(),
        labels: Vec::new(),
        formats: Vec::new(),
        bundled_incidents: plan.inputs.iter().all(|input| *input == Input::Bundled),
        inputs: Vec::new(),
        layers,
    };
    for (number, input) in plan.inputs.iter().enumerate() {
        let bundled = ("incidents.csv", bundled::INCIDENTS);
        let file = read_incidents(input, bundled, &options, number as u32)?;
        study.add(file);
    }
    if strict && study.tally.rejected > 0 {
        return Err(strict_error(&study));
    }
    study.inputs.append(&mut study.layers.inputs);
    study.located = locate(&study.incidents, &study.layers.index);
    filter.check(&study.incidents, &study.layers.index)?;
    study.keep(&filter);
    if study.incidents.is_empty() {
        return Err(nothing_left(&study));
    }
    Ok(study)
}

impl Study {
    fn add(&mut self, file: IncidentFile) {
        self.tally.read += file.read;
        self.tally.rejected += file.rejected.len() as u64;
        self.inputs.push(InputFile {
            name: file_name(&file.name),
            role: "incidents".to_owned(),
            sha256: file.sha256,
        });
        self.labels.push(file.format_label);
        self.formats.push(file.format);
        let name = file_name(&file.name);
        self.notices.extend(file.notices.iter().map(|notice| format!("{name}: {notice}")));
        self.rejected.extend(file.rejected);
        self.incidents.extend(file.incidents);
        // Files of different columns share one header: each cell goes to its name.
        let places: Vec<usize> = file
            .header
            .iter()
            .map(|name| match self.header.iter().position(|h| h == name) {
                Some(place) => place,
                None => {
                    self.header.push(name.clone());
                    self.header.len() - 1
                }
            })
            .collect();
        let in_order = places.iter().enumerate().all(|(i, &place)| i == place);
        for row in file.rows {
            if in_order {
                self.rows.push(row);
                continue;
            }
            let mut cells = vec![Cell::String(String::new()); self.header.len()];
            for (cell, &place) in row.into_iter().zip(&places) {
                cells[place] = cell;
            }
            self.rows.push(cells);
        }
    }

    fn keep(&mut self, filter: &Filter) {
        let index = &self.layers.index;
        let kept: Vec<bool> = self
            .incidents
            .iter()
            .zip(&self.located)
            .map(|(incident, place)| filter.keeps(incident, place, index))
            .collect();
        retain(&mut self.incidents, &kept);
        retain(&mut self.located, &kept);
        retain(&mut self.rows, &kept);
        self.tally.used = self.incidents.len() as u64;
        self.tally.filtered = self.tally.read - self.tally.rejected - self.tally.used;
    }

    /// The regions the incidents may lie in.
    pub fn regions(&self, plan: &Plan) -> Regions {
        Regions::new(&self.incidents, &self.located, &self.layers.index, &plan.regions)
    }

    /// First and last day; `None` without a date.
    pub fn period(&self) -> Option<(Date, Date)> {
        let dates = || self.incidents.iter().filter_map(|i| i.date);
        Some((dates().min()?, dates().max()?))
    }

    /// Where a result came from. `sections` names the parts of the project
    /// file that bear on it.
    pub fn provenance(&self, command: &str, plan: &Plan, sections: &[&str]) -> Provenance {
        let all = serde_json::to_value(&plan.file).unwrap_or(Value::Null);
        let mut settings = Map::new();
        for name in ["input", "filter"].iter().chain(sections) {
            match all.get(*name) {
                Some(Value::Object(section)) if section.is_empty() => {}
                Some(section) => {
                    settings.insert((*name).to_owned(), section.clone());
                }
                None => {}
            }
        }
        Provenance {
            command: command.to_owned(),
            settings,
            tally: self.tally,
            inputs: self.inputs.clone(),
        }
    }
}

/// Keeps the items of a vector whose flag is set; a vector that was not filled stays empty.
fn retain<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut flags = kept.iter();
    items.retain(|_| flags.next().copied().unwrap_or(true));
}

fn resolve_side(plan: &Plan, layers: &Layers) -> Result<Filter, PipelineError> {
    let mut filter = plan.filter.clone();
    if let Some(name) = &plan.side {
        let border = &layers.index.border;
        filter.side = Some(border.side_named(name).ok_or_else(|| {
            PipelineError::asked(
                format!("`{name}` is neither side of the line"),
                format!("the sides are {} and {}", border.left, border.right),
            )
        })?);
    }
    Ok(filter)
}

fn strict_error(study: &Study) -> PipelineError {
    let shown = study.rejected.iter().take(10).map(|r| format!("  {}", describe(r)));
    let mut reasons: Vec<String> = shown.collect();
    if study.rejected.len() > 10 {
        reasons.push(format!("  … and {} more", study.rejected.len() - 10));
    }
    PipelineError::Strict {
        rejected: study.tally.rejected,
        read: study.tally.read,
        reasons: reasons.join("\n"),
    }
}

fn nothing_left(study: &Study) -> PipelineError {
    let tally = &study.tally;
    let message = format!(
        "no incident is left: {} read, {} rejected, {} filtered",
        tally.read, tally.rejected, tally.filtered
    );
    let hint = match study.rejected.first() {
        _ if tally.filtered > 0 => "the filters leave none; widen them".to_owned(),
        Some(first) => format!("the first rejected: {}", describe(first)),
        None => "the input holds no records".to_owned(),
    };
    PipelineError::Nothing { message, hint }
}
