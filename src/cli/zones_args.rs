//! The options of `durand zones`, and how they fill a [`ProjectFile`].

use super::framing_args::Labels;
use super::shared_args::{Breaks, Figures, Outputs, Source};
use crate::project::ProjectFile;
use clap::Args;

/// `durand zones`
#[derive(Debug, Args)]
pub struct ZonesArgs {
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub outputs: Outputs,
    #[command(flatten)]
    pub breaks: Breaks,
    /// Whose ground counts: `countries`, `none` for everywhere within the outermost break, or a file of polygons (incidents outside them are filtered) [default: countries].
    #[arg(long, help_heading = "Statistic", value_name = "WINDOW|FILE")]
    pub window: Option<String>,
    /// Write the areas of the zones by country or province too: o.areas.csv for o.csv.
    #[arg(long, help_heading = "Statistic", value_name = "LEVEL")]
    pub areas_by: Option<String>,
    /// `all`: give the lowest and the highest count over all bundled lines as well [default: own].
    #[arg(long, help_heading = "Statistic", value_name = "own|all")]
    pub border_sources: Option<String>,
    /// A raster of people, GeoTIFF or ASCII grid in degrees: test nearness to the line against where they live too.
    #[arg(long, help_heading = "Statistic", value_name = "FILE")]
    pub population: Option<String>,
    /// Seed of the draws that nearness to the line is tested by [default: 1].
    #[arg(long, help_heading = "Statistic", value_name = "N")]
    pub seed: Option<u64>,
    /// What .svg, .png and .pdf show: chart, map or nearness [default: chart].
    #[arg(long = "as", help_heading = "Output", value_name = "FIGURE")]
    pub figure: Option<String>,
    #[command(flatten)]
    pub figures: Figures,
    #[command(flatten)]
    pub labels: Labels,
}

impl ZonesArgs {
    /// The project file that means the same.
    pub fn project(&self) -> ProjectFile {
        let mut file = ProjectFile::default();
        self.source.fill(&mut file);
        self.figures.fill(&mut file);
        self.labels.fill(&mut file);
        self.breaks.fill(&mut file);
        if let Some(window) = &self.window {
            file.zones.window.clone_from(window);
        }
        if let Some(figure) = &self.figure {
            file.zones.figure.clone_from(figure);
        }
        if let Some(lines) = &self.border_sources {
            file.zones.border_sources.clone_from(lines);
        }
        file.zones.areas_by.clone_from(&self.areas_by);
        file.zones.population.clone_from(&self.population);
        file.zones.seed = self.seed.unwrap_or(file.zones.seed);
        file
    }
}
