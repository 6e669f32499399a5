//! The commands that compare and test: periods, districts, lines.

use super::framing_args::Drawing;
use super::shared_args::{Breaks, Figures, Outputs, Selection, Source, four};
use crate::project::ProjectFile;
use clap::Args;

/// `durand compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub outputs: Outputs,
    /// First day of the second period.
    #[arg(long, help_heading = "Statistic", value_name = "DATE")]
    pub at: Option<String>,
    /// First period, both days included.
    #[arg(long, help_heading = "Statistic", value_name = "FROM..TO")]
    pub before: Option<String>,
    /// Second period, both days included.
    #[arg(long, help_heading = "Statistic", value_name = "FROM..TO")]
    pub after: Option<String>,
    #[command(flatten)]
    pub breaks: Breaks,
    /// Incidents: spread over the region that each may lie in, given its precision, or ignore that
    /// and take the coordinate [default: spread].
    #[arg(long, help_heading = "Statistic", value_name = "spread|ignore")]
    pub precision: Option<String>,
    /// What .svg, .png and .pdf show: chart, or map (districts by the ratio of their rates) [default: chart].
    #[arg(long = "as", help_heading = "Output", value_name = "chart|map")]
    pub figure: Option<String>,
    /// With --as map: west, south, east, north in degrees; the districts with incidents when not given.
    #[arg(
        long,
        help_heading = "Figures",
        value_name = "W,S,E,N",
        value_delimiter = ',',
        num_args = 1,
        allow_hyphen_values = true,
        requires = "figure"
    )]
    pub extent: Option<Vec<f64>>,
    #[command(flatten)]
    pub drawing: Drawing,
}

/// `durand hotspots`
#[derive(Debug, Args)]
pub struct HotspotsArgs {
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub outputs: Outputs,
    /// What the statistics are made of: the rate, or log, the logarithm of one plus it, so that a
    /// few cities do not decide what is much [default: log].
    #[arg(long, help_heading = "Statistic", value_name = "log|rate")]
    pub scale: Option<String>,
    /// Random permutations for each district, at most [default: 99999].
    #[arg(long, help_heading = "Statistic", value_name = "N")]
    pub permutations: Option<u32>,
    /// Seed of the random numbers [default: 1].
    #[arg(long, help_heading = "Statistic", value_name = "N")]
    pub seed: Option<u64>,
    /// Share of the findings that may be chance [default: 0.05].
    #[arg(long, help_heading = "Statistic", value_name = "SHARE", allow_negative_numbers = true)]
    pub false_discovery: Option<f64>,
    /// Districts that face each other across the line are no neighbours.
    #[arg(long, help_heading = "Statistic")]
    pub not_across_line: bool,
    /// Incidents: spread over the region that each may lie in, given its precision, or ignore that
    /// and take the coordinate [default: spread].
    #[arg(long, help_heading = "Statistic", value_name = "spread|ignore")]
    pub precision: Option<String>,
    /// What the map shows: spots (rates, and what is beyond chance outlined), rate (rates alone, per year where that can be told) or gi (Gi*) [default: spots].
    #[arg(long, help_heading = "Figures", value_name = "spots|rate|gi")]
    pub show: Option<String>,
    /// West, south, east, north in degrees; the districts with incidents when not given.
    #[arg(
        long,
        help_heading = "Figures",
        value_name = "W,S,E,N",
        value_delimiter = ',',
        num_args = 1,
        allow_hyphen_values = true
    )]
    pub extent: Option<Vec<f64>>,
    #[command(flatten)]
    pub drawing: Drawing,
}

/// `durand borders`
#[derive(Debug, Args)]
pub struct BordersArgs {
    /// Incident files, to tell which of them change side or zone; none for the lines alone.
    #[arg(value_name = "INCIDENTS")]
    pub incidents: Vec<String>,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub outputs: Outputs,
    /// Another line: GeoJSON or Shapefile, or durand_line, border_cod_ab_pak or
    /// border_natural_earth; may be given several times [default: every bundled line].
    #[arg(long, help_heading = "Statistic", value_name = "LINE")]
    pub against: Vec<String>,
    #[command(flatten)]
    pub breaks: Breaks,
    #[command(flatten)]
    pub figures: Figures,
}

impl CompareArgs {
    /// The project file that means the same.
    ///
    /// # Errors
    /// When neither a date nor periods are given, the extent is not four numbers, or an
    /// option is for the map and the chart is asked for.
    pub fn project(&self) -> Result<ProjectFile, String> {
        if self.at.is_none() && self.before.is_none() && self.after.is_none() {
            return Err("no date and no periods to compare: give --at DATE, or --before FROM..TO \
                        and --after FROM..TO"
                .to_owned());
        }
        let of_map = [
            ("extent", self.extent.is_some()),
            ("around", !self.drawing.framing.around.is_empty()),
            ("sector", self.drawing.framing.sector.is_some()),
            ("labels", self.drawing.labels.labels != "en"),
        ];
        let map = self.figure.as_deref() == Some("map");
        if let Some((name, _)) = of_map.iter().find(|(_, given)| *given && !map) {
            return Err(format!("--{name} is for `--as map`"));
        }
        let mut file = ProjectFile::default();
        self.source.fill(&mut file);
        self.drawing.fill(&mut file);
        file.figures.extent = four(self.extent.as_deref())?;
        if let Some(figure) = &self.figure {
            file.compare.figure.clone_from(figure);
        }
        file.compare.at.clone_from(&self.at);
        file.compare.before.clone_from(&self.before);
        file.compare.after.clone_from(&self.after);
        if let Some(precision) = &self.precision {
            file.compare.precision.clone_from(precision);
        }
        self.breaks.fill(&mut file);
        Ok(file)
    }
}

impl HotspotsArgs {
    /// The project file that means the same.
    ///
    /// # Errors
    /// When the extent is not four numbers.
    pub fn project(&self) -> Result<ProjectFile, String> {
        let mut file = ProjectFile::default();
        self.source.fill(&mut file);
        self.drawing.fill(&mut file);
        let section = &mut file.hotspots;
        if let Some(scale) = &self.scale {
            section.scale.clone_from(scale);
        }
        if let Some(show) = &self.show {
            section.show.clone_from(show);
        }
        section.permutations = self.permutations.unwrap_or(section.permutations);
        section.seed = self.seed.unwrap_or(section.seed);
        section.false_discovery = self.false_discovery.unwrap_or(section.false_discovery);
        section.across_line = !self.not_across_line;
        if let Some(precision) = &self.precision {
            section.precision.clone_from(precision);
        }
        file.figures.extent = four(self.extent.as_deref())?;
        Ok(file)
    }
}

impl BordersArgs {
    /// The project file that means the same; without incidents its list is empty.
    pub fn project(&self) -> ProjectFile {
        let mut file = ProjectFile { incidents: self.incidents.clone(), ..ProjectFile::default() };
        self.selection.fill(&mut file);
        self.figures.fill(&mut file);
        file.borders.against.clone_from(&self.against);
        self.breaks.fill(&mut file);
        file
    }
}
