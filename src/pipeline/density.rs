//! `durand density`: the surface, its ratio, rasters and maps.

use super::figures::{base, export_plate, facts, figure_targets, finish_words};
use super::outputs::{Files, check_outputs, extension};
use super::stream::Incidents;
use super::{Account, Layers, PipelineError, Stream};
use crate::analysis::{
    Against, Bandwidth, Contributions, DensityGrid, DensitySettings, Filter, HeldSources, Located,
    RelativeGrid, Share, ShareOf, SurfaceCounter, days, density, relative_risk,
};
use crate::atlas::{Groups, PeriodDensity, Plate, day_words, density_map, pair_map, relative_map};
use crate::geodesy::{Extent, LonLat};
use crate::io::{Output, Writing};
use crate::model::{Date, Incident, Side};
use crate::project::{Comparison, Plan, Weight};
use crate::report::{
    Band, Provenance, ascii_grid, density_csv, density_isolines, geotiff, projection_file,
    relative_contours, relative_csv, relative_sidecar, sidecar,
};
use std::path::{Path, PathBuf};

/// What the grid covers: what is asked for, else the line and a degree
/// beyond it.
fn extent_of(plan: &Plan, layers: &Layers) -> Result<Extent, PipelineError> {
    let line = || layers.index.border.parts().iter().flatten().copied();
    let asked = plan.density.extent.or(plan.figures.extent);
    asked
        .or_else(|| Extent::around(line()).map(|e| e.grown(0.8, 0.8)))
        .ok_or_else(|| PipelineError::asked("the line has no extent", "give one with --extent"))
}

/// The settings of a surface, which can be made whatever the incidents.
fn settings_of(plan: &Plan, layers: &Layers) -> Result<DensitySettings, PipelineError> {
    let settings = plan.density.settings(extent_of(plan, layers)?);
    settings.check(plan.density.barrier)?;
    Ok(settings)
}

/// What an incident weighs; `None` when it is weighted by a toll that is not known.
fn weight_of(plan: &Plan, incident: &Incident) -> Option<f64> {
    match plan.density.weight {
        Weight::Incidents => Some(1.0),
        Weight::Fatalities => incident.fatalities.best.map(f64::from),
        Weight::FatalitiesLow => incident.fatalities.low.map(f64::from),
        Weight::FatalitiesHigh => incident.fatalities.high.map(f64::from),
    }
}

fn contributions<'a>(plan: &Plan, layers: &'a Layers, share: ShareOf<'a>) -> Contributions<'a> {
    Contributions::new(&layers.index, plan.density.spread.then_some(&plan.regions), share)
}

/// The surface of incidents. Of a given bandwidth it is added up as they come;
/// a bandwidth that is found from them, or adapts to them, looks at all at once.
pub(super) fn density_of(
    plan: &Plan,
    from: &mut impl Incidents,
) -> Result<DensityGrid, PipelineError> {
    let layers = from.account().layers.clone();
    let settings = settings_of(plan, &layers)?;
    let share = |incident: &Incident, _: &Located| {
        weight_of(plan, incident).map(|weight| Share { weight, case: false })
    };
    let contributions = contributions(plan, &layers, &share);
    Ok(match SurfaceCounter::new(contributions, plan.density.barrier, &settings) {
        Ok(counter) => counter.finish(from.sum(&counter)?)?,
        Err(held) => density(&held.finish(from.sum(&held)?).0, &settings)?,
    })
}

/// A ratio, and what its words need.
pub(super) struct Relative {
    grid: RelativeGrid,
    groups: Groups,
    /// Incidents that are in no group for want of a date.
    undated: usize,
    /// Densities before and from the day on, where the groups are of time.
    periods: Option<[DensityGrid; 2]>,
}

/// The ratio of two groups of incidents, when one is asked for; with `pair`, the
/// densities of its two periods as well. Its draws look at all incidents at once.
pub(super) fn relative_of(
    plan: &Plan,
    from: &mut impl Incidents,
    pair: bool,
) -> Result<Option<Relative>, PipelineError> {
    let Some(comparison) = &plan.density.comparison else { return Ok(None) };
    let layers = from.account().layers.clone();
    let settings = settings_of(plan, &layers)?;
    let (groups, against, categories) = match comparison {
        Comparison::Since(day) => (Groups::Since(*day), Against::Rest, Vec::new()),
        Comparison::Category(name) => {
            (Groups::Category(name.clone()), Against::All, vec![name.clone()])
        }
    };
    let of_category = Filter { categories, ..Filter::default() };
    let share = |incident: &Incident, place: &Located| {
        let case = match comparison {
            Comparison::Since(day) => incident.date? >= *day,
            Comparison::Category(_) => of_category.keeps(incident, place, &layers.index),
        };
        weight_of(plan, incident).map(|weight| Share { weight, case })
    };
    let barrier = plan.density.barrier;
    let held = HeldSources { from: contributions(plan, &layers, &share), barrier };
    let (sum, seen) = from.sum(&(&held, &of_category))?;
    of_category.check_categories(&seen)?;
    let (sources, cases) = held.finish(sum);
    let undated = from.account().tally.used as usize - cases.len();
    let grid = relative_risk(&sources, &cases, against, &settings, plan.density.tolerance)?;
    let periods = match &groups {
        Groups::Since(_) if pair => {
            let settings =
                DensitySettings { bandwidth: Bandwidth::Fixed(grid.bandwidth_m), ..settings };
            let of = |after: bool| {
                let mut part = sources.clone();
                let mut here = cases.iter().map(|is_after| *is_after == after);
                part.incidents.retain(|_| here.next().unwrap_or(false));
                density(&part, &settings)
            };
            Some([of(false)?, of(true)?])
        }
        _ => None,
    };
    Ok(Some(Relative { grid, groups, undated, periods }))
}

/// The maps before and from a day on with their ratio; `None` for other groups.
pub(super) fn pair_plate(
    plan: &Plan,
    study: &Account,
    relative: &Relative,
    from: &Provenance,
) -> Option<Plate> {
    let (Groups::Since(day), Some([before, after])) = (&relative.groups, &relative.periods) else {
        return None;
    };
    let (first, last) = study.period?;
    let (first, last) = (plan.filter.from.unwrap_or(first), plan.filter.to.unwrap_or(last));
    let years = |from: Date, to: Date| (days(from, to).max(0) as f64 + 1.0) / 365.25;
    let eve = day.yesterday().ok()?;
    let words = facts(study).pair_map(&relative.grid, *day, relative.undated);
    let words = finish_words(words, &plan.figures, from.line());
    let periods = [
        PeriodDensity {
            heading: format!("Before {}", day_words(*day)),
            grid: before,
            years: years(first, eve),
        },
        PeriodDensity {
            heading: format!("From {} on", day_words(*day)),
            grid: after,
            years: years(*day, last),
        },
    ];
    let extent = extent_of(plan, &study.layers).ok()?;
    let (base, page) = (base(study, plan), &plan.figures.page);
    Some(pair_map(&base, periods, &relative.grid, extent, &side_of(study), &words, page))
}

/// Years that the incidents span, when a rate per year can be told: all are
/// dated, over at least two years, and the list is a census and not a selection.
pub(super) fn years(study: &Account) -> Option<f64> {
    if study.bundled_incidents || study.undated > 0 {
        return None;
    }
    let (first, last) = study.period?;
    let days = f64::from(first.until(last).ok()?.get_days()) + 1.0;
    (days >= 730.0).then_some(days / 365.25)
}

/// Tells sides for maps that break at the line.
fn side_of(study: &Account) -> impl Fn(LonLat) -> Option<Side> + Sync {
    |at| study.layers.index.line.locate(at).side
}

/// The density map of a study.
pub(super) fn density_plate(
    plan: &Plan,
    study: &Account,
    grid: &DensityGrid,
    from: &Provenance,
) -> Option<Plate> {
    let extent = extent_of(plan, &study.layers).ok()?;
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
    study: &Account,
    relative: &Relative,
    from: &Provenance,
) -> Option<Plate> {
    let extent = extent_of(plan, &study.layers).ok()?;
    let words = facts(study).relative_map(&relative.grid, &relative.groups, relative.undated);
    let words = finish_words(words, &plan.figures, from.line());
    let (base, page) = (base(study, plan), &plan.figures.page);
    Some(relative_map(&base, &relative.grid, extent, &side_of(study), &words, page))
}

/// What `durand density` writes: rasters, each with a JSON beside it, isolines
/// and map; of the ratio when one is asked for. Rasters are made as they are
/// written, since their text is several times as large as the grid.
pub struct DensityFiles {
    surface: Surface,
    provenance: Provenance,
    /// Outputs that are no figures, with what belongs beside them, and their
    /// formats.
    rasters: Vec<(PathBuf, String)>,
    figures: Vec<Output>,
}

enum Surface {
    Intensity(DensityGrid),
    Ratio(RelativeGrid),
}

/// The files of `durand density`.
///
/// # Errors
/// When an output's format is one it does not write, the incidents cannot be
/// read, or the surface or a figure cannot be made.
pub fn density_outputs(
    plan: &Plan,
    incidents: &mut Stream<'_>,
    outputs: &[PathBuf],
) -> Result<DensityFiles, PipelineError> {
    check_outputs("density", outputs)?;
    let targets = figure_targets(outputs);
    let drawn = |plate: &dyn Fn() -> Option<Plate>| {
        let plate = if targets.is_empty() { None } else { plate() };
        plate.map_or(Ok(Vec::new()), |plate| export_plate(&plate, &targets, &plan.figures))
    };
    let provenance = |study: &Account| study.provenance("density", plan, &["regions", "density"]);
    let (surface, provenance, figures) = match relative_of(plan, incidents, plan.density.pair)? {
        Some(relative) => {
            let study = incidents.account();
            let from = provenance(study);
            let figures = drawn(&|| match plan.density.pair {
                true => pair_plate(plan, study, &relative, &from),
                false => relative_plate(plan, study, &relative, &from),
            })?;
            (Surface::Ratio(relative.grid), from, figures)
        }
        None => {
            let grid = density_of(plan, incidents)?;
            let study = incidents.account();
            let from = provenance(study);
            let figures = drawn(&|| density_plate(plan, study, &grid, &from))?;
            (Surface::Intensity(grid), from, figures)
        }
    };
    Ok(DensityFiles { surface, provenance, rasters: rasters(outputs), figures })
}

impl Files for DensityFiles {
    fn paths(&self) -> Vec<&Path> {
        let rasters = self.rasters.iter().map(|(path, _)| path.as_path());
        rasters.chain(self.figures.iter().map(|file| file.path.as_path())).collect()
    }

    fn write(self, writing: &mut Writing) -> Result<(), PipelineError> {
        let DensityFiles { surface, provenance, rasters, figures } = self;
        let from = &provenance;
        let mut ratio_tifs = Vec::new();
        for (path, format) in &rasters {
            let number = writing.add(path)?;
            let mut text = |text: &str| writing.write(number, text.as_bytes());
            match (&surface, format.as_str()) {
                (Surface::Intensity(grid), "csv") => density_csv(grid, text)?,
                (Surface::Ratio(grid), "csv") => relative_csv(grid, text)?,
                (Surface::Intensity(grid), "asc") => {
                    ascii_grid(&grid.frame, |cell| grid.per_km2[cell], text)?
                }
                (Surface::Ratio(grid), "asc") => {
                    ascii_grid(&grid.frame, |cell| grid.shown(cell), text)?
                }
                (Surface::Intensity(grid), "tif") => {
                    let unit = format!("{} per km2", grid.counted);
                    let band = Band { description: "intensity", unit: &unit, gaps: false };
                    writing.write(number, &geotiff(&grid.frame, &grid.per_km2, &band, from)?)?;
                }
                (Surface::Ratio(_), "tif") => ratio_tifs.push(number),
                (Surface::Intensity(grid), "geojson") => text(&density_isolines(grid, from)?)?,
                (Surface::Ratio(grid), "geojson") => text(&relative_contours(grid, from)?)?,
                (Surface::Intensity(grid), "prj") => text(&projection_file(&grid.frame))?,
                (Surface::Ratio(grid), "prj") => text(&projection_file(&grid.frame))?,
                (Surface::Intensity(grid), _) => text(&sidecar(grid, from))?,
                (Surface::Ratio(grid), _) => text(&relative_sidecar(grid, from))?,
            }
        }
        figures.write(writing)?;
        // Last, in the place of the surface: the encoder asks for all cells at
        // once, and they need no copy of their own.
        if let (Surface::Ratio(grid), false) = (surface, ratio_tifs.is_empty()) {
            let band = Band {
                description: "logarithm of the ratio of densities",
                unit: "natural logarithm",
                gaps: true,
            };
            let (frame, shown) = grid.into_shown();
            let bytes = geotiff(&frame, &shown, &band, from)?;
            for number in ratio_tifs {
                writing.write(number, &bytes)?;
            }
        }
        Ok(())
    }
}

/// The outputs that are no figures, with what belongs beside them, and their
/// formats.
fn rasters(outputs: &[PathBuf]) -> Vec<(PathBuf, String)> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for path in outputs {
        let format = extension(path);
        if !["tif", "asc", "csv", "geojson"].contains(&format.as_str()) {
            continue;
        }
        let raster = format != "geojson" && path != Path::new("-");
        files.push((path.clone(), format.clone()));
        if format == "asc" {
            files.push((path.with_extension("prj"), "prj".to_owned()));
        }
        let beside = path.with_extension("json");
        if raster && files.iter().all(|(path, _)| *path != beside) {
            files.push((beside, "json".to_owned()));
        }
    }
    files
}
