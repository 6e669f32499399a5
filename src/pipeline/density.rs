//! `durand density`: the surface, its ratio, rasters and maps.

use super::figures::{base, export_plate, facts, figure_targets, finish_words};
use super::outputs::{Files, check_outputs, extension};
use super::{Account, PipelineError, Study};
use crate::analysis::{
    Against, Bandwidth, Contributor, DensityGrid, DensitySettings, Filter, Likely, LikelyPlace,
    Regions, RelativeGrid, Sources, days, density, relative_risk,
};
use crate::atlas::{Groups, PeriodDensity, Plate, density_map, pair_map, relative_map};
use crate::geodesy::{Extent, LonLat};
use crate::io::{Output, Writing};
use crate::model::{Date, Incident, Precision, Side};
use crate::project::{Comparison, Plan, Weight};
use crate::report::{
    Band, Provenance, ascii_grid, density_csv, density_isolines, geotiff, projection_file,
    relative_contours, relative_csv, relative_sidecar, sidecar,
};
use std::collections::BTreeMap;
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
fn sources<'a>(plan: &Plan, study: &'a Study, regions: &Regions) -> (Sources<'a>, Vec<usize>) {
    let weight = |i: &Incident| match plan.density.weight {
        Weight::Incidents => Some(1.0),
        Weight::Fatalities => i.fatalities.best.map(f64::from),
        Weight::FatalitiesLow => i.fatalities.low.map(f64::from),
        Weight::FatalitiesHigh => i.fatalities.high.map(f64::from),
    };
    let coarse = |i: &Incident| {
        matches!(i.precision, Some(Precision::Near | Precision::District | Precision::Province))
    };
    let mut sources = Sources {
        line: plan.density.barrier.then_some(&study.layers.index.line),
        ..Sources::default()
    };
    let mut which = Vec::new();
    // Incidents that share a region share its places.
    let mut numbers: Vec<usize> = Vec::new();
    let mut known: BTreeMap<usize, u32> = BTreeMap::new();
    for (i, (incident, located)) in study.incidents.iter().zip(&study.located).enumerate() {
        let Some(weight) = weight(incident) else { continue };
        let number = regions.number(i).filter(|_| plan.density.spread && coarse(incident));
        let region = number.map(|number| {
            *known.entry(number).or_insert_with(|| {
                numbers.push(number);
                numbers.len() as u32 - 1
            })
        });
        which.push(i);
        let side = located.side;
        sources.incidents.push(Contributor { at: incident.at, weight, side, region });
    }
    let spot = |place: Likely| LikelyPlace { at: place.at, side: place.side };
    let places = regions.places(&numbers).into_iter();
    sources.regions = places.map(|of_region| of_region.into_iter().map(spot).collect()).collect();
    // A region too odd to hold any: its incidents stay where they are.
    for incident in &mut sources.incidents {
        let places = |region: &u32| !sources.regions[*region as usize].is_empty();
        incident.region = incident.region.filter(places);
    }
    (sources, which)
}

/// The surface of a study.
pub(super) fn density_of(
    plan: &Plan,
    study: &Study,
    regions: &Regions,
) -> Result<DensityGrid, PipelineError> {
    let settings = plan.density.settings(extent_of(plan, study)?);
    Ok(density(&sources(plan, study, regions).0, &settings)?)
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

/// The ratio of a study, when one is asked for; with `pair`, the densities of
/// its two periods as well.
pub(super) fn relative_of(
    plan: &Plan,
    study: &Study,
    regions: &Regions,
    pair: bool,
) -> Result<Option<Relative>, PipelineError> {
    let Some(comparison) = &plan.density.comparison else { return Ok(None) };
    let settings = plan.density.settings(extent_of(plan, study)?);
    let (mut sources, mut which) = sources(plan, study, regions);
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
    study: &Study,
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
        PeriodDensity { heading: format!("Before {day}"), grid: before, years: years(first, eve) },
        PeriodDensity { heading: format!("From {day} on"), grid: after, years: years(*day, last) },
    ];
    let extent = extent_of(plan, study).ok()?;
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
/// When an output's format is one it does not write, or the surface or a figure
/// cannot be made.
pub fn density_outputs(
    plan: &Plan,
    study: &Study,
    outputs: &[PathBuf],
) -> Result<DensityFiles, PipelineError> {
    check_outputs("density", outputs)?;
    let provenance = study.provenance("density", plan, &["regions", "density"]);
    let targets = figure_targets(outputs);
    let drawn = |plate: &dyn Fn() -> Option<Plate>| {
        let plate = if targets.is_empty() { None } else { plate() };
        plate.map_or(Ok(Vec::new()), |plate| export_plate(&plate, &targets, &plan.figures))
    };
    let regions = study.regions(plan);
    let (surface, figures) = match relative_of(plan, study, &regions, plan.density.pair)? {
        Some(relative) => {
            let figures = drawn(&|| match plan.density.pair {
                true => pair_plate(plan, study, &relative, &provenance),
                false => relative_plate(plan, study, &relative, &provenance),
            })?;
            (Surface::Ratio(relative.grid), figures)
        }
        None => {
            let grid = density_of(plan, study, &regions)?;
            let figures = drawn(&|| density_plate(plan, study, &grid, &provenance))?;
            (Surface::Intensity(grid), figures)
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
