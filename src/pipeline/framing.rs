//! What the maps show, where that is given by names or by chainage.

use super::{Layers, PipelineError};
use crate::geodesy::{Extent, LonLat};
use crate::model::{nearest_name, same_name};
use crate::project::Plan;
use geo::{BoundingRect, Rect};

/// Places on a stretch of the line are this far apart, metres.
const STEP_M: f64 = 2_000.0;
/// Room round a stretch of the line, degrees.
const ROUND_SECTOR: (f64, f64) = (0.3, 0.25);
/// Room round areas, as a share of their size.
const ROUND_AREAS: f64 = 0.06;

/// Turns `figures.around` and `figures.sector_km` of a plan into the extent of
/// its maps, and of its density where that has none of its own.
///
/// # Errors
/// When a name is no province or district, or the line ends before the stretch
/// does.
pub fn frame(plan: &mut Plan, layers: &Layers) -> Result<(), PipelineError> {
    let figures = &plan.figures;
    let extent = match figures.sector_m {
        Some(sector_m) => Some(along(layers, sector_m)?),
        None if figures.around.is_empty() => None,
        None => Some(around(layers, &figures.around)?),
    };
    let Some(extent) = extent else { return Ok(()) };
    // Rounded before anything rests on it, so that what is told is what was used.
    let round = |degrees: f64| (degrees * 1e4).round() / 1e4;
    let [west, south, east, north] =
        [extent.west, extent.south, extent.east, extent.north].map(round);
    let extent = Extent { west, south, east, north };
    plan.figures.extent = Some(extent);
    if plan.density.extent.is_none() {
        plan.density.extent = Some(extent);
        plan.file.density.extent = Some([west, south, east, north]);
    }
    Ok(())
}

/// The stretch of the line between two chainages, with room round it.
fn along(layers: &Layers, [from_m, to_m]: [f64; 2]) -> Result<Extent, PipelineError> {
    let line = &layers.index.line;
    let length_m = line.length_m();
    let ended = || {
        PipelineError::asked(
            format!("the line ends at km {:.0}, before km {:.0}", length_m / 1000.0, to_m / 1000.0),
            "chainage runs from the first vertex of the line; `durand profile` shows it",
        )
    };
    // The last kilometre may have been rounded up.
    if to_m > length_m + 1_000.0 {
        return Err(ended());
    }
    let to_m = to_m.min(length_m);
    let steps = ((to_m - from_m) / STEP_M).ceil().max(1.0) as usize;
    let places = (0..=steps).map(|i| line.at(from_m + (to_m - from_m) * i as f64 / steps as f64));
    let whole = Extent::around(places).ok_or_else(ended)?;
    Ok(whole.grown(ROUND_SECTOR.0, ROUND_SECTOR.1))
}

/// What holds areas of these names; a province goes before a district.
fn around(layers: &Layers, names: &[String]) -> Result<Extent, PipelineError> {
    let provinces = &layers.index.provinces.areas;
    let districts = &layers.index.districts.areas;
    let mut corners: Vec<LonLat> = Vec::new();
    for name in names {
        let of = |areas: &[crate::model::Area]| -> Vec<Rect<f64>> {
            let named = areas.iter().filter(|area| same_name(area.name(), name));
            named.filter_map(|area| area.shape.bounding_rect()).collect()
        };
        let mut found = of(provinces);
        if found.is_empty() {
            found = of(districts);
        }
        if found.is_empty() {
            let known = provinces.iter().chain(districts).map(|area| area.name());
            let hint = match nearest_name(name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "provinces and districts are named as in the layers".to_owned(),
            };
            let message = format!("`{name}` is no province and no district");
            return Err(PipelineError::asked(message, hint));
        }
        corners.extend(found.iter().flat_map(|r| {
            [LonLat::folded(r.min().x, r.min().y), LonLat::folded(r.max().x, r.max().y)]
        }));
    }
    let whole = Extent::around(corners).ok_or_else(|| {
        PipelineError::asked("no province and no district is named", "name a province")
    })?;
    Ok(whole
        .grown(ROUND_AREAS * (whole.east - whole.west), ROUND_AREAS * (whole.north - whole.south)))
}
