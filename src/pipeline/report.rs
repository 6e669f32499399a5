//! `durand report`: every figure and table of a study.

use super::borders::{borders_plate, borders_tables, compared_lines};
use super::commands::{map_plate, profile_of, profile_plate};
use super::compare::{compare_plate, compared};
use super::density::{density_of, density_plate, relative_of, relative_plate};
use super::distance_rows::distance_csv;
use super::figures::{base, export_plate, facts, finish_words};
use super::hotspots::{found_spots, hotspots_plate};
use super::outputs::{document_output, rejected_list};
use super::zones::{areas_by, beside, nearness_plate, zones_map_plate, zones_of, zones_plate};
use super::{PipelineError, Study};
use crate::analysis::{busiest_stretch, zone_shapes};
use crate::atlas::{Plate, Words, distance_chart, incident_map};
use crate::digest::sha256_hex;
use crate::geodesy::Extent;
use crate::io::Output;
use crate::project::{FigureFormat, Plan};
use crate::report::{profile_csv, zones_csv, zones_json, zones_latex, zones_markdown};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Every file of the report, `report.json` last: it lists the others with
/// their sha256.
///
/// # Errors
/// When a surface or a figure cannot be made.
pub fn report_outputs(plan: &Plan, study: &Study) -> Result<Vec<Output>, PipelineError> {
    let at = |name: &str| plan.output.join(name);
    let mut provenance =
        study.provenance("report", plan, &["regions", "zones", "density", "profile", "figures"]);

    let (table, other_lines) = zones_of(plan, study)?;
    provenance.inputs.extend(other_lines);
    let grid = density_of(plan, study)?;
    let (profile, strip) = profile_of(plan, study);

    let mut plates: Vec<(&str, Plate)> =
        vec![("incident-map", map_plate(plan, study, &provenance))];
    plates
        .extend(stretch_plate(plan, study, provenance.line()).map(|p| ("incident-map-detail", p)));
    plates.extend(density_plate(plan, study, &grid, &provenance).map(|p| ("density-map", p)));
    if let Some(relative) = relative_of(plan, study)? {
        let plate = relative_plate(plan, study, &relative, &provenance);
        plates.extend(plate.map(|p| ("relative-map", p)));
    }
    plates.push(("zones-chart", zones_plate(plan, study, &table, &provenance)));
    let mut remarks = serde_json::Map::new();
    match zone_shapes(&study.layers.index, plan.breaks.metres(), &study.layers.window) {
        Ok(shapes) => {
            let plate = zones_map_plate(plan, study, &table, &shapes, &provenance);
            plates.push(("zones-map", plate));
        }
        // The report is whole without it: the table and the chart tell the same.
        Err(error) => {
            remarks.insert("zones-map".to_owned(), json!([format!("left out: {error}")]));
        }
    }
    let near = nearness_plate(plan, study, &table, &provenance);
    plates.extend(near.map(|plate| ("nearness-chart", plate)));
    plates.push(("profile-chart", profile_plate(plan, study, &profile, &strip, &provenance)));
    plates.push(("distance-chart", distance_plate(plan, study, provenance.line())));
    let lines = compared_lines(plan, study)?;
    plates.push(("borders-chart", borders_plate(plan, study, &lines)));
    let spots = found_spots(plan, study);
    plates.push(("hotspot-map", hotspots_plate(plan, study, &spots)));
    let periods = match &plan.compare {
        Some(asked) => Some(compared(plan, study, asked)?),
        None => None,
    };
    plates.extend(periods.as_ref().map(|c| ("compare-chart", compare_plate(plan, study, c))));

    let distances = distance_csv(plan, study);
    let mut files = vec![Output { path: at("distances.csv"), bytes: distances }];
    for (name, text) in [
        ("zones.csv", zones_csv(&table)),
        ("zones.json", zones_json(&table, &provenance)),
        ("zones.md", zones_markdown(&table, &provenance)),
        ("zones.tex", zones_latex(&table, &provenance)),
        ("profile.csv", profile_csv(&profile, &strip)),
    ] {
        files.push(Output { path: at(name), bytes: text.into_bytes() });
    }
    let by = areas_by(plan, study, &provenance);
    for format in ["csv", "json", "md", "tex"] {
        let named = |name: &str| at(&format!("{name}.{format}"));
        if let (Some(document), Some(path)) = (&by, beside(&named("zones"))) {
            files.extend(document_output(document, "areas", &path));
        }
        files.extend(borders_tables(&lines, &named("borders")));
        files.extend(document_output(&spots.document, "districts", &named("hotspots")));
        if let Some(periods) = &periods {
            files.extend(document_output(&periods.document, "changes", &named("compare")));
        }
    }
    let rejected = rejected_list(study, at("rejected.csv"));
    if !study.rejected.is_empty() {
        files.extend(rejected.clone());
    }
    // Side by side, and collected in their order.
    let exported = plates.par_iter().map(|(name, plate)| {
        let named =
            |&format: &FigureFormat| (at(&format!("{name}.{}", format.extension())), format);
        let targets: Vec<_> = plan.figures.formats.iter().map(named).collect();
        export_plate(plate, &targets, plan.figures.dpi)
    });
    for outputs in exported.collect::<Result<Vec<_>, _>>()? {
        files.extend(outputs);
    }
    for (name, plate) in plates.iter().filter(|(_, plate)| !plate.remarks.is_empty()) {
        remarks.insert((*name).to_owned(), json!(plate.remarks));
    }
    let listed: Vec<Value> = files.iter().map(listing).collect();
    let summary = json!({
        "provenance": provenance.json(),
        "notices": study.notices,
        "remarks": remarks,
        "outputs": listed,
    });
    files.push(Output { path: at("report.json"), bytes: format!("{summary:#}\n").into_bytes() });
    if study.rejected.is_empty() {
        // An older list is emptied; what this run says does not depend on it.
        files.extend(rejected);
    }
    Ok(files)
}

/// The share of the line that the map of the busiest stretch shows.
const STRETCH_SHARE: f64 = 0.3;

/// A map of the busiest stretch, when more than half of the incidents lie
/// there and the whole is too wide to tell them apart.
fn stretch_plate(plan: &Plan, study: &Study, provenance: String) -> Option<Plate> {
    if plan.figures.extent.is_some() {
        return None;
    }
    let index = &study.layers.index;
    let (from_m, to_m, there) = busiest_stretch(
        &study.located,
        STRETCH_SHARE * index.line.length_m(),
        plan.profile.within_m,
    )?;
    if 2 * there < study.incidents.len() || to_m <= from_m {
        return None;
    }
    let shown = study.incidents.iter().zip(&study.located).filter(|(_, place)| {
        (from_m..=to_m).contains(&place.chainage_m) && place.distance_m <= plan.profile.within_m
    });
    let extent = Extent::around(shown.map(|(incident, _)| incident.at))?.grown(0.25, 0.2);
    let words = facts(study).stretch_map(from_m, to_m, there);
    let words = Words { provenance, ..words };
    Some(incident_map(
        &base(study, plan),
        &study.incidents,
        &study.located,
        Some(extent.at_least_as_wide(STRETCH_ASPECT)),
        &words,
        &plan.figures.page,
    ))
}

/// The map of the stretch is at most so many times as high as wide.
const STRETCH_ASPECT: f64 = 1.15;

fn distance_plate(plan: &Plan, study: &Study, provenance: String) -> Plate {
    let border = &study.layers.index.border;
    let distances: Vec<_> =
        study.located.iter().filter_map(|l| Some((l.side?, l.distance_m))).collect();
    let words = finish_words(facts(study).distance_chart(), &plan.figures, provenance);
    let names = [border.left.clone(), border.right.clone()];
    distance_chart(&distances, &names, &words, &plan.figures.page)
}

fn listing(file: &Output) -> Value {
    let name = PathBuf::from(file.path.file_name().unwrap_or_default());
    json!({
        "name": name.to_string_lossy(),
        "bytes": file.bytes.len(),
        "sha256": sha256_hex(&file.bytes),
    })
}
