//! [`DensityPlan`]: the settings of kernel density, checked.

use super::ProjectError;
use super::file::{DensitySection, Length};
use super::plan::{date, extent, metres};
use super::profile::spread;
use crate::analysis::{Bandwidth, DensitySettings, Edge, Kernel, Tolerance, UnknownKernel};
use crate::geodesy::Extent;
use crate::model::Date;

/// What an incident adds to the density.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// One each.
    Incidents,
    /// Its best estimate of people killed; incidents of unknown toll are left
    /// out and counted by name.
    Fatalities,
    /// The same with the low estimate.
    FatalitiesLow,
    /// The same with the high estimate.
    FatalitiesHigh,
}

/// Two groups of incidents whose densities are divided.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// From a day on, by before it.
    Since(Date),
    /// Of a category, by all.
    Category(String),
}

/// What `durand density` computes.
#[derive(Clone, Debug, PartialEq)]
pub struct DensityPlan {
    /// Kernel.
    pub kernel: Kernel,
    /// Bandwidth.
    pub bandwidth: Bandwidth,
    /// Whether bandwidths grow where incidents are sparse.
    pub adaptive: bool,
    /// Correction at the edge of the extent.
    pub edge: Edge,
    /// Whether nothing is smoothed across the line.
    pub barrier: bool,
    /// Cell, metres.
    pub cell_m: f64,
    /// What the grid covers.
    pub extent: Option<Extent>,
    /// What an incident adds.
    pub weight: Weight,
    /// Whether incidents known to 25 km, the district or the province are
    /// spread over that region.
    pub spread: bool,
    /// Whether the two densities are drawn beside their ratio.
    pub pair: bool,
    /// The groups of a ratio, when one is asked for.
    pub comparison: Option<Comparison>,
    /// How chance is told for a ratio.
    pub tolerance: Tolerance,
}

impl DensityPlan {
    /// The settings on an extent.
    pub fn settings(&self, extent: Extent) -> DensitySettings {
        DensitySettings {
            kernel: self.kernel,
            bandwidth: self.bandwidth,
            adaptive: self.adaptive,
            edge: self.edge,
            cell_m: self.cell_m,
            extent,
            counted: match self.weight {
                Weight::Incidents => "incidents",
                Weight::Fatalities => "people killed (best estimate)",
                Weight::FatalitiesLow => "people killed (low estimate)",
                Weight::FatalitiesHigh => "people killed (high estimate)",
            },
        }
    }
}

/// Checks the section.
pub(super) fn density(section: &DensitySection) -> Result<DensityPlan, ProjectError> {
    let kernel = section.kernel.parse().map_err(|e: UnknownKernel| {
        ProjectError::new("density.kernel", e.to_string())
            .near(&section.kernel, Kernel::ALL.map(Kernel::word))
    })?;
    let bandwidth = match &section.bandwidth_km {
        Length::Km(km) => Bandwidth::Fixed(metres("density.bandwidth_km", *km)?),
        Length::Word(word) => Bandwidth::of_word(word).ok_or_else(|| {
            ProjectError::new(
                "density.bandwidth_km",
                format!(
                    "`{word}` is neither a number of kilometres nor auto, diggle, ppl or scott"
                ),
            )
        })?,
    };
    let weight = match section.weight.as_str() {
        "incidents" => Weight::Incidents,
        "fatalities" => Weight::Fatalities,
        "fatalities_low" => Weight::FatalitiesLow,
        "fatalities_high" => Weight::FatalitiesHigh,
        other => {
            return Err(ProjectError::new(
                "density.weight",
                format!(
                    "`{other}` is not a weight; expected incidents, fatalities, \
                     fatalities_low or fatalities_high"
                ),
            )
            .near(other, ["incidents", "fatalities", "fatalities_low", "fatalities_high"]));
        }
    };
    let spread = spread("density.precision", &section.precision)?;
    let edge = Edge::of_word(&section.edge).ok_or_else(|| {
        ProjectError::new(
            "density.edge",
            format!("`{}` is not a correction; expected none, uniform or diggle", section.edge),
        )
        .near(&section.edge, Edge::ALL.map(Edge::word))
    })?;
    let barrier = match section.barrier.as_str() {
        "none" => false,
        "border" => true,
        other => {
            return Err(ProjectError::new(
                "density.barrier",
                format!("`{other}` is neither `none` nor `border`"),
            )
            .near(other, ["none", "border"]));
        }
    };
    let plan = DensityPlan {
        kernel,
        bandwidth,
        adaptive: section.adaptive,
        edge,
        barrier,
        cell_m: metres("density.cell_km", section.cell_km)?,
        extent: extent("density.extent", section.extent)?,
        weight,
        spread,
        pair: pair(section)?,
        comparison: comparison(section)?,
        tolerance: Tolerance { simulations: section.simulations, seed: section.seed },
    };
    let anywhere = Extent { west: 0.0, south: 0.0, east: 1.0, north: 1.0 };
    if let Some(why) = plan.settings(anywhere).refused(barrier) {
        return Err(ProjectError::new("density.edge", why).hint("use `diggle` or `none`"));
    }
    Ok(plan)
}

fn pair(section: &DensitySection) -> Result<bool, ProjectError> {
    match section.figure.as_str() {
        "map" => Ok(false),
        "pair" if section.at.is_some() => Ok(true),
        "pair" => {
            Err(ProjectError::new("density.figure", "a pair of maps needs a day between them")
                .hint("give it as `at`, on the command line --at DATE"))
        }
        other => Err(ProjectError::new(
            "density.figure",
            format!("`{other}` is not a figure of density; expected map or pair"),
        )
        .near(other, ["map", "pair"])),
    }
}

fn comparison(section: &DensitySection) -> Result<Option<Comparison>, ProjectError> {
    let since = date("density.at", &section.at)?.map(Comparison::Since);
    let category = section.case.clone().map(Comparison::Category);
    if since.is_some() && category.is_some() {
        return Err(ProjectError::new(
            "density.case",
            "a ratio has two groups: by day or category",
        )
        .hint("give either `at` or `case`; --category limits a comparison by day to one"));
    }
    if category == Some(Comparison::Category(String::new())) {
        return Err(ProjectError::new("density.case", "the name of the category is empty"));
    }
    let comparison = since.or(category);
    if comparison.is_some() && section.weight != "incidents" {
        return Err(ProjectError::new(
            "density.weight",
            "a ratio counts incidents, not their toll",
        )
        .hint("random draws of a few heavy tolls tell nothing; leave the weight out"));
    }
    if comparison.is_some() && !(19..=65_000).contains(&section.simulations) {
        return Err(ProjectError::new(
            "density.simulations",
            format!("{} is outside 19..65000", section.simulations),
        )
        .hint("fewer than 19 cannot tell what is rarer than 5 %"));
    }
    Ok(comparison)
}
