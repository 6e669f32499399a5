//! [`Study`]: the incidents that a result rests on, located, and what became
//! of the others.

use super::account::Account;
use super::distance::Progress;
use super::layers::{describe, file_name};
use super::rejects::Rejects;
use super::stream::{Batch, Incidents, Stream};
use super::{Layers, PipelineError};
use crate::analysis::{Filter, Located, Regions, Sums, Window, sum_up};
use crate::bundled;
use crate::io::{Reject, SourceRow};
use crate::model::{Incident, nearest_name};
use crate::project::Plan;
use crate::report::{InputFile, Provenance, Tally};
use serde_json::{Map, Value, json};
use std::ops::Deref;

/// Incidents read, located and filtered, and the account of them; the vectors run
/// in parallel.
pub struct Study {
    /// All that is to be said of them.
    pub account: Account,
    /// Those that count.
    pub incidents: Vec<Incident>,
    /// Where each lies.
    pub located: Vec<Located>,
    /// Columns of the input, in order.
    pub header: Vec<String>,
    /// The input's row for each incident, when asked for.
    pub rows: Vec<SourceRow>,
    /// Records that could not be used.
    pub rejected: Vec<Reject>,
}

/// What is said of incidents is said of a study: words and figures need not know
/// whether the incidents are held.
impl Deref for Study {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.account
    }
}

/// [`read_study`] for a result: with `strict`, a rejection is an error, and so
/// is having nothing left. `progress` is told how far the incidents have been read.
///
/// # Errors
/// As [`read_study`], and the two above.
pub fn load_study(
    plan: &Plan,
    keep_rows: bool,
    strict: bool,
    progress: Progress<'_>,
) -> Result<Study, PipelineError> {
    let study = read_study(plan, keep_rows, progress)?;
    // A command on the lines alone reads no incidents.
    if !plan.inputs.is_empty() {
        study.fit(strict)?;
    }
    Ok(study)
}

/// Reads the incidents and layers of a plan, locates every incident and holds
/// those that the filter keeps, which may be none.
///
/// # Errors
/// When an input cannot be read or a filter names what does not exist.
pub fn read_study(
    plan: &Plan,
    keep_rows: bool,
    progress: Progress<'_>,
) -> Result<Study, PipelineError> {
    let mut options = plan.read.clone();
    options.keep_rows = keep_rows;
    let mut stream = Stream::of(plan, &options, Rejects::Held(Vec::new()), false, progress)?;
    let all = stream.fold(Batch::default, |batch| batch, Batch::append)?;
    let (account, header, rejects) = stream.held();
    let rejected = if let Rejects::Held(rejected) = rejects { rejected } else { Vec::new() };
    let Batch { incidents, located, rows } = all;
    Ok(Study { account, incidents, located, header, rows, rejected })
}

impl Study {
    /// The regions the incidents may lie in.
    pub fn regions(&self, plan: &Plan) -> Regions<'_> {
        Regions::new(&self.incidents, &self.located, &self.layers.index, &plan.regions)
    }
}

impl Incidents for &Study {
    fn account(&self) -> &Account {
        &self.account
    }

    fn sum<S: Sums>(&mut self, sums: &S) -> Result<S::Sum, PipelineError> {
        Ok(sum_up(sums, &self.incidents, &self.located))
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
    for (section, key) in [("zones", "population"), ("borders", "against")] {
        if let Some(setting) = settings.get_mut(section).and_then(|s| s.get_mut(key)) {
            name_alone(setting);
        }
    }
    let border = &layers.index.border;
    let mut line = json!({ "name": border.name, "left": border.left, "right": border.right });
    if layers.planar_edges {
        line["edges"] = json!("straight in longitude and latitude, kept to within 1 mm");
    }
    settings.insert("line".to_owned(), line);
    Provenance { command: command.to_owned(), settings, tally, inputs }
}

/// Leaves of paths the names of their files.
fn name_alone(setting: &mut Value) {
    match setting {
        Value::String(path) => *path = file_name(path),
        Value::Array(paths) => paths.iter_mut().for_each(name_alone),
        _ => {}
    }
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
