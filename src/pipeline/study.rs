//! [`Study`]: the incidents that a result rests on, located, and what became
//! of the others.

use super::layers::{describe, file_name};
use super::{Layers, PipelineError, load_layers};
use crate::analysis::{Filter, Located, Regions, locate};
use crate::bundled;
use crate::io::{Cell, Format, IncidentFile, Input, Reject, read_incidents};
use crate::model::{Date, Incident, nearest_name};
use crate::project::Plan;
use crate::report::{InputFile, Provenance, Tally};
use serde_json::{Map, Value, json};

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
    /// What to do when no record could be used, where a reader knows.
    pub advice: Option<String>,
    /// Lines without content, which are no records.
    pub blank_lines: u64,
    /// Whether all incidents are the bundled ones.
    pub bundled_incidents: bool,
    /// Input files, incidents first.
    pub inputs: Vec<InputFile>,
}

/// [`read_study`] for a result: with `strict`, a rejection is an error, and so
/// is having nothing left.
///
/// # Errors
/// As [`read_study`], and the two above.
pub fn load_study(plan: &Plan, keep_rows: bool, strict: bool) -> Result<Study, PipelineError> {
    let study = read_study(plan, keep_rows)?;
    // A command on the lines alone reads no incidents.
    if !plan.inputs.is_empty() {
        study.fit(strict)?;
    }
    Ok(study)
}

/// Reads the incidents and layers of a plan, locates every incident and keeps
/// those that the filter keeps, which may be none.
///
/// # Errors
/// When an input cannot be read or a filter names what does not exist.
pub fn read_study(plan: &Plan, keep_rows: bool) -> Result<Study, PipelineError> {
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
        advice: None,
        blank_lines: 0,
        bundled_incidents: plan.inputs.iter().all(|input| *input == Input::Bundled),
        inputs: Vec::new(),
        layers,
    };
    for (number, input) in plan.inputs.iter().enumerate() {
        let bundled = ("incidents.csv", bundled::INCIDENTS);
        let file = read_incidents(input, bundled, &options, number as u32)?;
        study.add(file);
    }
    // Rows of the first files do not have the columns that only later ones have.
    let columns = study.header.len();
    for row in &mut study.rows {
        row.resize(columns, Cell::Null);
    }
    study.inputs.append(&mut study.layers.inputs);
    study.located = locate(&study.incidents, &study.layers.index);
    // Without incidents, what is wrong is not that none has the category asked for.
    if !study.incidents.is_empty() {
        filter.check(&study.incidents, &study.layers.index)?;
    }
    study.keep(&filter);
    Ok(study)
}

impl Study {
    /// Whether a result can rest on it.
    ///
    /// # Errors
    /// When records were rejected and `strict` is set, and when no incident is left.
    pub fn fit(&self, strict: bool) -> Result<(), PipelineError> {
        if strict && self.tally.rejected > 0 {
            return Err(strict_error(self));
        }
        if self.incidents.is_empty() {
            return Err(nothing_left(self));
        }
        Ok(())
    }

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
        self.blank_lines += file.blank_lines;
        self.advice = self.advice.take().or(file.advice);
        let name = file_name(&file.name);
        self.notices.extend(file.notices.iter().map(|notice| format!("{name}: {notice}")));
        self.rejected.extend(file.rejected);
        self.incidents.extend(file.incidents);
        let places = places(&mut self.header, &file.header);
        let in_order = places.iter().enumerate().all(|(i, &place)| i == place);
        for row in file.rows {
            if in_order {
                self.rows.push(row);
                continue;
            }
            let mut cells = vec![Cell::Null; self.header.len()];
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
        let border = &self.layers.index.border;
        settings.insert(
            "line".to_owned(),
            json!({ "name": border.name, "left": border.left, "right": border.right }),
        );
        Provenance {
            command: command.to_owned(),
            settings,
            tally: self.tally,
            inputs: self.inputs.clone(),
        }
    }
}

/// Where the columns of a further file stand among those known so far: each
/// cell goes to its name, and the second column of a name is not the first.
fn places(known: &mut Vec<String>, header: &[String]) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::with_capacity(header.len());
    for name in header {
        let free = |i: &usize| known[*i] == *name && !places.contains(i);
        let place = (0..known.len()).find(free).unwrap_or(known.len());
        if place == known.len() {
            known.push(name.clone());
        }
        places.push(place);
    }
    places
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
                match nearest_name(name, [border.left.as_str(), border.right.as_str()]) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the sides are {} and {}", border.left, border.right),
                },
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
    let mut message = format!(
        "no incident is left: {} read, {} rejected, {} filtered",
        tally.read, tally.rejected, tally.filtered
    );
    if let Some(first) = study.rejected.first() {
        message.push_str(&format!("; the first rejected is {}", describe(first)));
    }
    let hint = match (&study.advice, study.rejected.is_empty()) {
        _ if tally.filtered > 0 => "the filters leave none; widen them".to_owned(),
        (Some(advice), _) => advice.clone(),
        (None, false) => "`durand check FILE` lists every reason".to_owned(),
        (None, true) => "the input holds no records".to_owned(),
    };
    PipelineError::Nothing { message, hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_several_files_find_their_names() {
        let names = |text: &str| -> Vec<String> { text.split(',').map(str::to_owned).collect() };
        let mut known = Vec::new();
        assert_eq!(places(&mut known, &names("lon,x,lat,x")), [0, 1, 2, 3]);
        assert_eq!(places(&mut known, &names("lat,x,y")), [2, 1, 4]);
        assert_eq!(places(&mut known, &names("x,x,x")), [1, 3, 5]);
        assert_eq!(known, names("lon,x,lat,x,y,x"));
    }
}
