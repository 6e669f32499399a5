//! `durand density`: the surface, its ratio, rasters and maps.

use super::figures::{base, export_plate, facts, figure_targets, finish_words};
use super::outputs::{check_outputs, extension};
use super::{PipelineError, Study};
use crate::analysis::{
    Against, Contributor, DensityGrid, Filter, LikelyPlace, RelativeGrid, Sources, density,
    relative_risk,
};
use crate::atlas::{Groups, Plate, density_map, relative_map};
use crate::geodesy::{Extent, LonLat};
use crate::io::Output;
use crate::model::{Incident, Precision, Side};
use crate::project::{Comparison, Plan, Weight};
use crate::report::{
    Band, Provenance, ascii_grid, density_csv, density_isolines, geotiff, projection_file,
    relative_contours, relative_csv, relative_sidecar, sidecar,
};
use std::path::{Path, PathBuf};

/// What the density grid covers: what is asked for, else the line and a degree
/// beyond it.
fn extent_of(plan: &Plan, study: &Study) -> Result<Extent, PipelineError> {
    let line = || study.layers.index.border.parts().iter().flatten().copied();
    let asked = plan.density.extent.or(plan.figures.extent);
    asked
        .or_else(|| Extent::around(line()).map(|e| e.grown(0.8, 0.8)))
        .ok_or_else(|| PipelineError::asked("the line has no extent", "give one with --extent"))
}

/// The incidents that a surface is made from, and for each which of the
/// study's it is: those of unknown toll are left out when weighted by it.
fn sources<'a>(plan: &Plan, study: &'a Study) -> (Sources<'a>, Vec<usize>) {
    let weight = |i: &Incident| match plan.density.weight {
        Weight::Incidents => Some(1.0),
        Weight::Fatalities => i.fatalities.best.map(f64::from),
        Weight::FatalitiesLow => i.fatalities.low.map(f64::from),
        Weight::FatalitiesHigh => i.fatalities.high.map(f64::from),
    };
    let coarse = |i: &Incident| {
        matches!(i.precision, Some(Precision::Near | Precision::District | Precision::Province))
    };
    let spread = plan.density.spread && study.incidents.iter().any(coarse);
    let regions = spread.then(|| study.regions(plan));
    let mut sources = Sources {
        line: plan.density.barrier.then_some(&study.layers.index.line),
        ..Sources::default()
    };
    let mut which = Vec::new();
    // Incidents that share a region share its places.
    let mut numbers: Vec<Option<u32>> = Vec::new();
    for (i, (incident, located)) in study.incidents.iter().zip(&study.located).enumerate() {
        let Some(weight) = weight(incident) else { continue };
        let places = regions.as_ref().filter(|_| coarse(incident)).and_then(|r| {
            let number = r.number(i)?;
            Some((number, r.places(number))).filter(|(_, places)| !places.is_empty())
        });
        let region = places.map(|(number, places)| {
            if numbers.len() <= number {
                numbers.resize(number + 1, None);
            }
            *numbers[number].get_or_insert_with(|| {
                let spots = places.iter().map(|p| LikelyPlace { at: p.at, side: p.side });
                sources.regions.push(spots.collect());
                sources.regions.len() as u32 - 1
            })
        });
        which.push(i);
        let side = located.side;
        sources.incidents.push(Contributor { at: incident.at, weight, side, region });
    }
    (sources, which)
}

/// The surface of a study.
pub(super) fn density_of(plan: &Plan, study: &Study) -> Result<DensityGrid, PipelineError> {
    let settings = plan.density.settings(extent_of(plan, study)?);
    Ok(density(&sources(plan, study).0, &settings)?)
}

/// A ratio, and what its words need.
pub(super) struct Relative {
    grid: RelativeGrid,
    groups: Groups,
    /// Incidents that are in no group for want of a date.
    undated: usize,
}

/// The ratio of a study, when one is asked for.
pub(super) fn relative_of(plan: &Plan, study: &Study) -> Result<Option<Relative>, PipelineError> {
    let Some(comparison) = &plan.density.comparison else { return Ok(None) };
    let settings = plan.density.settings(extent_of(plan, study)?);
    let (mut sources, mut which) = sources(plan, study);
    let index = &study.layers.index;
    let (cases, groups, against): (Vec<bool>, _, _) = match comparison {
        Comparison::Since(day) => {
            let date = |i: usize| study.incidents[i].date;
            let mut dated = which.iter().map(|i| date(*i).is_some());
            sources.incidents.retain(|_| dated.next().unwrap_or(false));
            which.retain(|i| date(*i).is_some());
            let cases = which.iter().map(|i| date(*i).is_some_and(|d| d >= *day)).collect();
            (cases, Groups::Since(*day), Against::Rest)
        }
        Comparison::Category(name) => {
            let filter = Filter { categories: vec![name.clone()], ..Filter::default() };
            filter.check_categories(&filter.categories_of(&study.incidents))?;
            let is_case = |i: &usize| filter.keeps(&study.incidents[*i], &study.located[*i], index);
            let cases = which.iter().map(is_case).collect();
            (cases, Groups::Category(name.clone()), Against::All)
        }
    };
    let undated = study.incidents.len() - which.len();
    let grid = relative_risk(&sources, &cases, against, &settings, plan.density.tolerance)?;
    Ok(Some(Relative { grid, groups, undated }))
}

/// Years that the incidents span, when a rate per year can be told: all are
/// dated, over at least two years, and the list is a census and not a selection.
pub(super) fn years(study: &Study) -> Option<f64> {
    if study.bundled_incidents || study.incidents.iter().any(|i| i.date.is_none()) {
        return None;
    }
    let (first, last) = study.period()?;
    let days = f64::from(first.until(last).ok()?.get_days()) + 1.0;
    (days >= 730.0).then_some(days / 365.25)
}

/// Tells sides for maps that break at the line.
fn side_of(study: &Study) -> impl Fn(LonLat) -> Option<Side> + Sync {
    |at| study.layers.index.line.locate(at).side
}

/// The density map of a study.
pub(super) fn density_plate(
    plan: &Plan,
    study: &Study,
    grid: &DensityGrid,
    from: &Provenance,
) -> Option<Plate> {
    let extent = extent_of(plan, study).ok()?;
    let years = years(study);
    let unit = match years {
        Some(_) => format!("{} per 1,000 km² per year", grid.counted),
        None => format!("{} per 1,000 km²", grid.counted),
    };
    let words = finish_words(facts(study).density_map(grid, &unit), &plan.figures, from.line());
    let (base, page) = (base(study, plan), &plan.figures.page);
    Some(density_map(&base, grid, years, extent, &side_of(study), &words, page))
}

/// The map of the ratio of a study.
pub(super) fn relative_plate(
    plan: &Plan,
    study: &Study,
    relative: &Relative,
    from: &Provenance,
) -> Option<Plate> {
    let extent = extent_of(plan, study).ok()?;
    let words = facts(study).relative_map(&relative.grid, &relative.groups, relative.undated);
    let words = finish_words(words, &plan.figures, from.line());
    let (base, page) = (base(study, plan), &plan.figures.page);
    Some(relative_map(&base, &relative.grid, extent, &side_of(study), &words, page))
}

/// `durand density`: rasters, each with a JSON beside it, isolines and map; of
/// the ratio when one is asked for.
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
    let provenance = study.provenance("density", plan, &["regions", "density"]);
    let targets = figure_targets(outputs);
    let drawn = |plate: Option<Plate>| match plate {
        Some(plate) => export_plate(&plate, &targets, &plan.figures),
        None => Ok(Vec::new()),
    };
    let mut files;
    if let Some(relative) = relative_of(plan, study)? {
        let grid = &relative.grid;
        let band = Band {
            description: "logarithm of the ratio of densities",
            unit: "natural logarithm",
            gaps: true,
        };
        files = rasters(outputs, &|format| {
            Ok(match format {
                "tif" => geotiff(&grid.frame, &grid.masked(), &band, &provenance)?,
                "asc" => ascii_grid(&grid.frame, &grid.masked()).into_bytes(),
                "prj" => projection_file(&grid.frame).into_bytes(),
                "csv" => relative_csv(grid).into_bytes(),
                "geojson" => relative_contours(grid, &provenance)?.into_bytes(),
                _ => relative_sidecar(grid, &provenance).into_bytes(),
            })
        })?;
        if !targets.is_empty() {
            files.extend(drawn(relative_plate(plan, study, &relative, &provenance))?);
        }
        return Ok(files);
    }
    let grid = &density_of(plan, study)?;
    let unit = format!("{} per km2", grid.counted);
    let band = Band { description: "intensity", unit: &unit, gaps: false };
    files = rasters(outputs, &|format| {
        Ok(match format {
            "tif" => geotiff(&grid.frame, &grid.per_km2, &band, &provenance)?,
            "asc" => ascii_grid(&grid.frame, &grid.per_km2).into_bytes(),
            "prj" => projection_file(&grid.frame).into_bytes(),
            "csv" => density_csv(grid).into_bytes(),
            "geojson" => density_isolines(grid, &provenance)?.into_bytes(),
            _ => sidecar(grid, &provenance).into_bytes(),
        })
    })?;
    if !targets.is_empty() {
        files.extend(drawn(density_plate(plan, study, grid, &provenance))?);
    }
    Ok(files)
}

/// The outputs that are no figures, with what belongs beside them; `made` gives
/// the bytes of a format.
fn rasters(
    outputs: &[PathBuf],
    made: &dyn Fn(&str) -> Result<Vec<u8>, PipelineError>,
) -> Result<Vec<Output>, PipelineError> {
    let mut files: Vec<Output> = Vec::new();
    for path in outputs {
        let format = extension(path);
        if !["tif", "asc", "csv", "geojson"].contains(&format.as_str()) {
            continue;
        }
        files.push(Output { path: path.clone(), bytes: made(&format)? });
        if format == "asc" {
            files.push(Output { path: path.with_extension("prj"), bytes: made("prj")? });
        }
        let beside = path.with_extension("json");
        let raster = format != "geojson" && path != Path::new("-");
        if raster && files.iter().all(|f| f.path != beside) {
            files.push(Output { path: beside, bytes: made("json")? });
        }
    }
    Ok(files)
}
