//! [`Study`]: the incidents that a result rests on, located, and what became
//! of the others.

use super::distance::retain;
use super::layers::{describe, file_name};
use super::{Layers, PipelineError, load_layers};
use crate::analysis::{Filter, Located, Regions, Window, locate};
use crate::bundled;
use crate::io::{Format, IncidentFile, Input, Reject, SourceRow, read_incidents};
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
    /// The input's row for each incident, when asked for.
    pub rows: Vec<SourceRow>,
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
    /// Whether a column says how precisely incidents were geocoded.
    pub states_precision: bool,
    /// What to do when no record could be used, where a reader knows.
    pub advice: Option<String>,
    /// Lines without content, which are no records.
    pub blank_lines: u64,
    /// Whether all incidents are the bundled ones.
    pub bundled_incidents: bool,
    /// First and last day of all incidents read, those filtered out too.
    pub span: Option<(Date, Date)>,
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
    let filter = resolve_filter(plan, &layers)?;
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
        states_precision: false,
        advice: None,
        blank_lines: 0,
        bundled_incidents: plan.inputs.iter().all(|input| *input == Input::Bundled),
        span: None,
        inputs: Vec::new(),
        layers,
    };
    for (number, input) in plan.inputs.iter().enumerate() {
        let file = read_incidents(input, BUNDLED, &options, number as u32)?;
        log::info!(
            "{}: {}, {} records, {} rejected",
            file.name,
            file.format_label,
            file.summary.read,
            file.summary.rejected
        );
        study.add(file);
    }
    study.inputs.append(&mut study.layers.inputs);
    study.located = locate(&study.incidents, &study.layers.index);
    log::info!("{} incidents located", study.located.len());
    filter.check_categories(&filter.categories_of(&study.incidents))?;
    study.span = study.period();
    study.keep(&filter);
    Ok(study)
}

impl Study {
    /// Whether a result can rest on it.
    ///
    /// # Errors
    /// When records were rejected and `strict` is set, and when no incident is left.
    pub fn fit(&self, strict: bool) -> Result<(), PipelineError> {
        fit(&self.tally, &self.rejected, self.advice.as_deref(), strict)
    }

    fn add(&mut self, file: IncidentFile) {
        self.tally.read += file.summary.read;
        self.tally.rejected += file.summary.rejected;
        self.inputs.extend(file.files.into_iter().map(|(name, sha256)| InputFile {
            name: file_name(&name),
            role: "incidents".to_owned(),
            sha256,
        }));
        self.labels.push(file.format_label);
        self.formats.push(file.format);
        self.states_precision |= file.states_precision;
        self.blank_lines += file.summary.blank_lines;
        self.advice = self.advice.take().or(file.summary.advice);
        self.notices.extend(named_notices(&file.name, &file.summary.notices));
        self.rejected.extend(file.rejected);
        append(&mut self.incidents, file.incidents);
        let places = places(&mut self.header, &file.header);
        if in_order(&places) {
            append(&mut self.rows, file.rows);
        } else {
            let columns = self.header.len();
            self.rows.extend(file.rows.iter().map(|row| row.moved(&places, columns)));
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
        let kept = self.within_window(kept);
        retain(&mut self.incidents, &kept);
        retain(&mut self.located, &kept);
        retain(&mut self.rows, &kept);
        self.tally.used = self.incidents.len() as u64;
        self.tally.filtered = self.tally.read - self.tally.rejected - self.tally.used;
    }

    /// Of those kept, the ones that lie in a window of somebody's polygons.
    fn within_window(&mut self, mut kept: Vec<bool>) -> Vec<bool> {
        let Window::Polygons(polygons) = &self.layers.window else { return kept };
        let mut outside = 0;
        for (kept, incident) in kept.iter_mut().zip(&self.incidents) {
            if *kept && !polygons.hold(incident.at) {
                *kept = false;
                outside += 1;
            }
        }
        if outside > 0 {
            let (lie, are) = if outside == 1 { (" lies", "is") } else { ("s lie", "are") };
            self.notices.push(format!(
                "{outside} incident{lie} outside the window {} and {are} filtered",
                polygons.name
            ));
        }
        kept
    }

    /// The regions the incidents may lie in.
    pub fn regions(&self, plan: &Plan) -> Regions<'_> {
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
        provenance(command, plan, sections, &self.layers, self.tally, self.inputs.clone())
    }
}

/// Puts items behind others; the first ones are not copied, which would take
/// twice their memory for a while.
fn append<T>(to: &mut Vec<T>, items: Vec<T>) {
    if to.is_empty() {
        *to = items;
    } else {
        to.extend(items);
    }
}

/// Name and text of the list that ships with the tool.
pub(super) const BUNDLED: (&str, &str) = ("incidents.csv", bundled::INCIDENTS);

/// Where a result came from.
pub(super) fn provenance(
    command: &str,
    plan: &Plan,
    sections: &[&str],
    layers: &Layers,
    tally: Tally,
    inputs: Vec<InputFile>,
) -> Provenance {
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
    // Results must not tell where they were made.
    if let (Window::Polygons(polygons), Some(zones)) = (&layers.window, settings.get_mut("zones")) {
        zones["window"] = json!(polygons.name);
    }
    let border = &layers.index.border;
    let mut line = json!({ "name": border.name, "left": border.left, "right": border.right });
    if layers.planar_edges {
        line["edges"] = json!("straight in longitude and latitude, kept to within 1 mm");
    }
    settings.insert("line".to_owned(), line);
    Provenance { command: command.to_owned(), settings, tally, inputs }
}

/// Notices of a reader, with the file they are about.
pub(super) fn named_notices(file: &str, notices: &[String]) -> Vec<String> {
    let name = file_name(file);
    notices.iter().map(|notice| format!("{name}: {notice}")).collect()
}

/// Whether a result can rest on what became of the records; `rejected` are the
/// first of the rejected ones, at least eleven if there are so many.
///
/// # Errors
/// When records were rejected and `strict` is set, and when no incident is left.
pub(super) fn fit(
    tally: &Tally,
    rejected: &[Reject],
    advice: Option<&str>,
    strict: bool,
) -> Result<(), PipelineError> {
    if strict && tally.rejected > 0 {
        return Err(strict_error(tally, rejected));
    }
    if tally.used == 0 {
        return Err(nothing_left(tally, rejected, advice));
    }
    Ok(())
}

/// Whether cells stand where they stood in their file.
pub(super) fn in_order(places: &[usize]) -> bool {
    places.iter().enumerate().all(|(i, &place)| i == place)
}

/// Where the columns of a further file stand among those known so far: each
/// cell goes to its name, and the second column of a name is not the first.
pub(super) fn places(known: &mut Vec<String>, header: &[String]) -> Vec<usize> {
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

/// The filter of a plan, its names checked against the layers.
///
/// # Errors
/// When it names a side or a province that does not exist.
pub(super) fn resolve_filter(plan: &Plan, layers: &Layers) -> Result<Filter, PipelineError> {
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
    filter.check_provinces(&layers.index)?;
    Ok(filter)
}

fn strict_error(tally: &Tally, rejected: &[Reject]) -> PipelineError {
    let shown = rejected.iter().take(10).map(|r| format!("  {}", describe(r)));
    let mut reasons: Vec<String> = shown.collect();
    if tally.rejected > 10 {
        reasons.push(format!("  … and {} more", tally.rejected - 10));
    }
    PipelineError::Strict {
        rejected: tally.rejected,
        read: tally.read,
        reasons: reasons.join("\n"),
    }
}

fn nothing_left(tally: &Tally, rejected: &[Reject], advice: Option<&str>) -> PipelineError {
    let mut message = format!(
        "no incident is left: {} read, {} rejected, {} filtered",
        tally.read, tally.rejected, tally.filtered
    );
    if let Some(first) = rejected.first() {
        message.push_str(&format!("; the first rejected is {}", describe(first)));
    }
    let hint = match (advice, rejected.is_empty()) {
        _ if tally.filtered > 0 => "the filters leave none; widen them".to_owned(),
        (Some(advice), _) => advice.to_owned(),
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
