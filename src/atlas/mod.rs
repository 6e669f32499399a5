//! The plates: a result meets the drawing grammar.

mod basemap;
mod borders_chart;
mod change_map;
#[cfg(test)]
mod check;
mod choropleth;
mod clusters;
mod compare_chart;
mod country_names;
mod density_map;
mod density_words;
mod distance_chart;
mod furnish;
mod graduated;
mod hotspot_map;
mod incident_legend;
mod incident_map;
mod labels;
#[cfg(test)]
mod looking;
mod marks;
mod multiples_map;
mod nearness_chart;
mod pair_map;
mod profile_chart;
mod profile_labels;
mod ratio_classes;
mod relative_map;
mod screen_map;
mod series_chart;
mod series_groups;
mod sheet;
mod strip;
mod surface;
mod wording;
mod wording_compared;
mod wording_series;
mod zones_chart;
mod zones_map;

pub use borders_chart::borders_chart;
pub use change_map::{ChangeKey, DistrictChange, change_map};
pub use compare_chart::{RatioRow, RatioSection, compare_chart};
pub use density_map::density_map;
pub use density_words::Groups;
pub use distance_chart::distance_chart;
pub use hotspot_map::{DistrictShade, hotspot_map};
pub use incident_map::incident_map;
pub use multiples_map::{Multiples, multiples_by_category, multiples_by_year, multiples_map};
pub use nearness_chart::nearness_chart;
pub use pair_map::{PeriodDensity, pair_map};
pub use profile_chart::profile_chart;
pub use relative_map::relative_map;
pub use screen_map::{ScreenCategory, ScreenMap, screen_map};
pub use series_chart::series_chart;
pub use series_groups::{SeriesGroup, groups_by_category, groups_by_side};
pub use surface::SideOf;
pub use wording::{Facts, count_precision, day as day_words};
pub use wording_series::most as most_in_time;
pub use zones_chart::zones_chart;
pub use zones_map::zones_map;

use crate::figure::scene::Scene;
use crate::figure::style::{self, Style};
use crate::model::{Area, Border, LocalNames, Place};

/// What every map is drawn on.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    /// The line.
    pub border: &'a Border,
    /// First-level areas.
    pub provinces: &'a [Area],
    /// Second-level areas.
    pub districts: &'a [Area],
    /// Towns and crossings.
    pub places: &'a [Place],
    /// What they are called in the language of the map.
    pub names: &'a LocalNames,
    /// Radius of the disc that a place known to be near stands for, metres.
    pub near_radius_m: f64,
}

/// The words round a figure. Plates wrap and place them; they do not invent any.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// What is to be learnt; empty for none.
    pub title: String,
    /// Measure, unit, period, n used of n read; empty for none.
    pub subtitle: String,
    /// Method, then credits, each wrapped to the width below the figure.
    pub notes: Vec<String>,
    /// Alternative text.
    pub description: String,
    /// Provenance as JSON.
    pub provenance: String,
}

/// Colours for print or for a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// White page.
    #[default]
    Light,
    /// Dark page.
    Dark,
}

impl Theme {
    fn style(self) -> Style {
        match self {
            Theme::Light => style::light(),
            Theme::Dark => style::dark(),
        }
    }
}

/// The page a figure is made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Page {
    /// Width in millimetres.
    pub width_mm: f64,
    /// Colours.
    pub theme: Theme,
}

impl Page {
    /// The looks of its theme at its size.
    pub fn style(&self) -> Style {
        self.theme.style().for_width(self.width_mm)
    }
}

impl Default for Page {
    fn default() -> Page {
        Page { width_mm: 180.0, theme: Theme::Light }
    }
}

/// A finished figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Plate {
    /// The drawing.
    pub scene: Scene,
    /// What a caption must mention: labels dropped for want of room, incidents
    /// outside the extent.
    pub remarks: Vec<String>,
}
