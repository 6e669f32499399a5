//! A study on disk: the project file as written, and what it means.
//!
//! The command line fills the same [`ProjectFile`], so that a setting is
//! checked in one place whoever gives it.

mod density;
mod encodings;
mod figures;
mod file;
mod maps;
mod plan;
mod profile;
mod report;
mod series;
mod statistics;
mod template;
mod zones;

pub use density::{Comparison, DensityPlan, Weight};
pub use figures::{FigureFormat, FigurePlan};
pub use file::{
    DensitySection, FiguresSection, FilterSection, InputSection, LayersSection, Length,
    ProfileSection, ProjectFile, RegionsSection, ZonesSection,
};
pub use maps::MapsBy;
pub use plan::{LayerChoice, Plan, ProjectError, stdin_once};
pub use profile::{ProfileFigure, ProfilePlan, ProfileTable};
pub use report::{PLATES, PageIncidents, ReportPlan, ReportSection};
pub use series::{SeriesPlan, StackedBy, TimeSection};
pub use statistics::{
    BordersSection, CompareFigure, CompareSection, DistrictFigure, HotspotsSection, OtherLine,
    Periods,
};
pub use template::TEMPLATE;
pub use zones::{AreasBy, WindowChoice, ZonesFigure};
