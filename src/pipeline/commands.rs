//! What each command writes: for every output its bytes.

use super::figures::{base, export_plate, facts, figure_targets, finish_words};
use super::outputs::{check_outputs, extension};
use super::{PipelineError, Study};
use crate::analysis::{
    Contributor, DensityGrid, DensitySettings, Profile, Spread, Strip, Window, ZoneShapes, Zones,
    density_spread, profile, strip, zone_areas, zone_shapes, zones,
};
use crate::atlas::{Plate, density_map, incident_map, profile_chart, zones_chart, zones_map};
use crate::geodesy::Extent;
use crate::io::{Cell, Output, csv, geojson_points};
use crate::model::{Incident, Precision};
use crate::project::{Plan, Weight, ZonesFigure};
use crate::report::{
    COLUMNS, Numbers, PRECISION_COLUMNS, Provenance, ascii_grid, density_csv, distance_table,
    geotiff, isolines, profile_csv, projection_file, sidecar, zones_csv, zones_geojson, zones_json,
    zones_latex, zones_markdown,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// `durand distance`: the input's columns and what was measured.
///
/// # Errors
/// When an output's format is one it does not write.
pub fn distance_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("distance", outputs)?;
    let known = study.incidents.iter().any(|i| i.precision.is_some());
    let regions = known.then(|| study.regions(plan));
    let index = &study.layers.index;
    let measured = |numbers| distance_table(&study.located, index, regions.as_ref(), numbers);
    let mut columns: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
    if known {
        columns.extend(PRECISION_COLUMNS.map(str::to_owned));
    }
    // The input may have a `country` of its own: it stays, under `input_country`.
    let own = input_names(&study.header, &columns);
    let header: Vec<String> = own.iter().chain(&columns).cloned().collect();
    let mut files = Vec::new();
    for path in outputs {
        let bytes = if extension(path) == "csv" {
            let rows = study.rows.iter().zip(measured(Numbers::Text));
            csv(&header, rows.map(|(row, cells)| row.iter().cloned().chain(cells).collect()))
        } else {
            let rows = study.incidents.iter().zip(&study.rows).zip(measured(Numbers::Json));
            let features = rows.map(|((incident, row), cells)| {
                let values = row.iter().cloned().chain(cells);
                (incident.at, header.iter().cloned().zip(values).collect::<Vec<(String, Cell)>>())
            });
            let provenance = study.provenance("distance", plan, &["regions"]).json();
            geojson_points(features, &[("provenance".to_owned(), provenance)])
        };
        files.push(Output { path: path.clone(), bytes });
    }
    Ok(files)
}

/// The input's column names, those that the result needs for itself prefixed.
pub(super) fn input_names(header: &[String], columns: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in header {
        let mut own = name.clone();
        while columns.contains(&own) || (own != *name && header.contains(&own)) {
            own = format!("input_{own}");
        }
        names.push(own);
    }
    names
}

/// The zones of a study.
pub(super) fn zones_of(plan: &Plan, study: &Study) -> Zones {
    let index = &study.layers.index;
    let areas = zone_areas(index, plan.breaks.metres(), plan.window);
    let regions = study.regions(plan);
    zones(&study.incidents, &study.located, &regions, &index.border, &plan.breaks, &areas)
}

/// The zones chart of a study.
pub(super) fn zones_plate(plan: &Plan, study: &Study, zones: &Zones, from: &Provenance) -> Plate {
    let words = finish_words(facts(study).zones_chart(zones), &plan.figures, from.line());
    zones_chart(zones, &words, &plan.figures.page)
}

/// The zones map of a study.
pub(super) fn zones_map_plate(
    plan: &Plan,
    study: &Study,
    zones: &Zones,
    shapes: &ZoneShapes,
    from: &Provenance,
) -> Plate {
    let words = facts(study).zones_map(plan.window == Window::Countries);
    let words = finish_words(words, &plan.figures, from.line());
    let base = base(study, plan);
    zones_map(&base, shapes, zones, plan.figures.extent, &words, &plan.figures.page)
}

/// `durand zones`: the table, the chart or map, and the polygons.
///
/// # Errors
/// When an output's format is one it does not write, the polygons cannot be
/// made or a figure cannot be exported.
pub fn zones_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("zones", outputs)?;
    let table = zones_of(plan, study);
    let provenance = study.provenance("zones", plan, &["regions", "zones"]);
    let targets = figure_targets(outputs);
    let on_a_map = !targets.is_empty() && plan.zones_figure == ZonesFigure::Map;
    let shapes = if on_a_map || outputs.iter().any(|path| extension(path) == "geojson") {
        Some(zone_shapes(&study.layers.index, plan.breaks.metres(), plan.window)?)
    } else {
        None
    };
    let mut files = Vec::new();
    for path in outputs {
        let text = match extension(path).as_str() {
            "csv" => zones_csv(&table),
            "json" => zones_json(&table, &provenance),
            "md" => zones_markdown(&table, &provenance),
            "tex" => zones_latex(&table, &provenance),
            "geojson" => match &shapes {
                Some(shapes) => zones_geojson(&table, shapes, &provenance),
                None => continue,
            },
            _ => continue,
        };
        files.push(Output { path: path.clone(), bytes: text.into_bytes() });
    }
    if !targets.is_empty() {
        let plate = match &shapes {
            Some(shapes) if on_a_map => zones_map_plate(plan, study, &table, shapes, &provenance),
            _ => zones_plate(plan, study, &table, &provenance),
        };
        files.extend(export_plate(&plate, &targets, plan.figures.dpi)?);
    }
    Ok(files)
}

/// What the density grid covers when nothing is said: the line and a degree
/// beyond it.
fn default_extent(study: &Study) -> Option<Extent> {
    let line = study.layers.index.border.parts().iter().flatten().copied();
    Extent::around(line).map(|e| e.grown(0.8, 0.8))
}

/// The surface of a study.
pub(super) fn density_of(plan: &Plan, study: &Study) -> Result<DensityGrid, PipelineError> {
    let extent =
        plan.density_extent.or(plan.figures.extent).or_else(|| default_extent(study)).ok_or_else(
            || PipelineError::asked("the line has no extent", "give one with --extent"),
        )?;
    let weight = |i: &Incident| match plan.weight {
        Weight::Incidents => Some(1.0),
        Weight::Fatalities => i.fatalities.best.map(f64::from),
        Weight::FatalitiesLow => i.fatalities.low.map(f64::from),
        Weight::FatalitiesHigh => i.fatalities.high.map(f64::from),
    };
    let coarse = |i: &Incident| {
        matches!(i.precision, Some(Precision::Near | Precision::District | Precision::Province))
    };
    let regions = (plan.spread && study.incidents.iter().any(coarse)).then(|| study.regions(plan));
    let mut exact = Vec::new();
    let mut spread = Spread::default();
    // Incidents that share a region share its places.
    let mut shared: BTreeMap<usize, f64> = BTreeMap::new();
    for (i, incident) in study.incidents.iter().enumerate() {
        let Some(weight) = weight(incident) else { continue };
        let contributor = Contributor { at: incident.at, weight };
        let region = regions
            .as_ref()
            .filter(|_| coarse(incident))
            .and_then(|r| r.number(i).filter(|&number| !r.places(number).is_empty()));
        match region {
            Some(region) => {
                *shared.entry(region).or_default() += weight;
                spread.incidents.push(contributor);
            }
            None => exact.push(contributor),
        }
    }
    for (region, weight) in shared {
        let places = regions.as_ref().map_or(&[][..], |r| r.places(region));
        let weight = weight / places.len() as f64;
        spread.places.extend(places.iter().map(|p| Contributor { at: p.at, weight }));
    }
    let settings = DensitySettings {
        kernel: plan.kernel,
        bandwidth: plan.bandwidth,
        cell_m: plan.cell_m,
        extent,
        counted: match plan.weight {
            Weight::Incidents => "incidents",
            Weight::Fatalities => "people killed (best estimate)",
            Weight::FatalitiesLow => "people killed (low estimate)",
            Weight::FatalitiesHigh => "people killed (high estimate)",
        },
    };
    Ok(density_spread(&exact, &spread, &settings)?)
}

/// Years that the incidents span, when a rate per year can be told: all are
/// dated, over at least two years, and the list is a census and not a selection.
fn years(study: &Study) -> Option<f64> {
    if study.bundled_incidents || study.incidents.iter().any(|i| i.date.is_none()) {
        return None;
    }
    let (first, last) = study.period()?;
    let days = f64::from(first.until(last).ok()?.get_days()) + 1.0;
    (days >= 730.0).then_some(days / 365.25)
}

/// The density map of a study.
pub(super) fn density_plate(
    plan: &Plan,
    study: &Study,
    grid: &DensityGrid,
    from: &Provenance,
) -> Option<Plate> {
    let extent = plan.density_extent.or(plan.figures.extent).or_else(|| default_extent(study))?;
    let years = years(study);
    let unit = match years {
        Some(_) => format!("{} per 1,000 km² per year", grid.counted),
        None => format!("{} per 1,000 km²", grid.counted),
    };
    let words = finish_words(facts(study).density_map(grid, &unit), &plan.figures, from.line());
    Some(density_map(&base(study, plan), grid, years, extent, &words, &plan.figures.page))
}

/// `durand density`: rasters, each with a JSON beside it, isolines and map.
///
/// # Errors
/// When an output's format is one it does not write, or the surface
/// or a file cannot be made.
pub fn density_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("density", outputs)?;
    let grid = density_of(plan, study)?;
    let provenance = study.provenance("density", plan, &["regions", "density"]);
    let mut files: Vec<Output> = Vec::new();
    for path in outputs {
        let (bytes, raster) = match extension(path).as_str() {
            "tif" => (geotiff(&grid, &provenance)?, true),
            "asc" => (ascii_grid(&grid).into_bytes(), true),
            "csv" => (density_csv(&grid).into_bytes(), true),
            "geojson" => (isolines(&grid, &provenance)?.into_bytes(), false),
            _ => continue,
        };
        files.push(Output { path: path.clone(), bytes });
        if extension(path) == "asc" {
            let bytes = projection_file(&grid).into_bytes();
            files.push(Output { path: path.with_extension("prj"), bytes });
        }
        let beside = path.with_extension("json");
        if raster && path != Path::new("-") && files.iter().all(|f| f.path != beside) {
            let bytes = sidecar(&grid, &provenance).into_bytes();
            files.push(Output { path: beside, bytes });
        }
    }
    let targets = figure_targets(outputs);
    if let Some(plate) = density_plate(plan, study, &grid, &provenance) {
        files.extend(export_plate(&plate, &targets, plan.figures.dpi)?);
    }
    Ok(files)
}

/// The profile of a study, and what lies along the line.
pub(super) fn profile_of(plan: &Plan, study: &Study) -> (Profile, Strip) {
    let index = &study.layers.index;
    (profile(&study.located, index, &plan.profile), strip(index, &study.layers.places))
}

/// The profile chart of a study.
pub(super) fn profile_plate(
    plan: &Plan,
    study: &Study,
    profile: &Profile,
    strip: &Strip,
    from: &Provenance,
) -> Plate {
    let words = finish_words(facts(study).profile_chart(profile), &plan.figures, from.line());
    profile_chart(profile, strip, &words, &plan.figures.page)
}

/// `durand profile`: the table and the chart.
///
/// # Errors
/// When an output's format is one it does not write or a figure
/// cannot be exported.
pub fn profile_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("profile", outputs)?;
    let (profile, strip) = profile_of(plan, study);
    let mut files = Vec::new();
    for path in outputs.iter().filter(|path| extension(path) == "csv") {
        let bytes = profile_csv(&profile, &strip).into_bytes();
        files.push(Output { path: path.clone(), bytes });
    }
    let targets = figure_targets(outputs);
    if !targets.is_empty() {
        let provenance = study.provenance("profile", plan, &["profile"]);
        let plate = profile_plate(plan, study, &profile, &strip, &provenance);
        files.extend(export_plate(&plate, &targets, plan.figures.dpi)?);
    }
    Ok(files)
}

/// The incident map of a study.
pub(super) fn map_plate(plan: &Plan, study: &Study, from: &Provenance) -> Plate {
    let words = finish_words(facts(study).incident_map(), &plan.figures, from.line());
    incident_map(
        &base(study, plan),
        &study.incidents,
        &study.located,
        plan.figures.extent,
        &words,
        &plan.figures.page,
    )
}

/// `durand map`: the incident map.
///
/// # Errors
/// When an output's format is one it does not write or the figure cannot
/// be exported.
pub fn map_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    check_outputs("map", outputs)?;
    let plate = map_plate(plan, study, &study.provenance("map", plan, &["figures"]));
    export_plate(&plate, &figure_targets(outputs), plan.figures.dpi)
}
