//! The options of `durand density`, and how they fill a [`ProjectFile`].

use super::framing_args::Drawing;
use super::shared_args::{Outputs, Source, four};
use crate::project::{Length, ProjectFile};
use clap::Args;

/// `durand density`
#[derive(Debug, Args)]
pub struct DensityArgs {
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub outputs: Outputs,
    /// Kernel: quartic, epanechnikov, triweight, uniform or gaussian [default: quartic].
    #[arg(long, help_heading = "Statistic", value_name = "KERNEL")]
    pub kernel: Option<String>,
    /// Bandwidth in kilometres, the radius of the kernel (gaussian: its standard deviation), or a
    /// rule: auto or diggle (least square error), ppl (likelihood), scott [default: 25].
    #[arg(long, help_heading = "Statistic", value_name = "X|auto", allow_negative_numbers = true)]
    pub bandwidth_km: Option<String>,
    /// Side of a cell in kilometres [default: 2].
    #[arg(long, help_heading = "Statistic", value_name = "X", allow_negative_numbers = true)]
    pub cell_km: Option<f64>,
    /// West, south, east, north in degrees; the line and a little beyond it when not given.
    #[arg(
        long,
        help_heading = "Statistic",
        value_name = "W,S,E,N",
        value_delimiter = ',',
        num_args = 1,
        allow_hyphen_values = true
    )]
    pub extent: Option<Vec<f64>>,
    /// What an incident adds: incidents (1 each), fatalities (its best estimate), fatalities_low or fatalities_high [default: incidents].
    #[arg(long, help_heading = "Statistic", value_name = "WEIGHT")]
    pub weight: Option<String>,
    /// Incidents known to 25 km, the district or the province: spread over that region, or ignore that and take the coordinate [default: spread].
    #[arg(long, help_heading = "Statistic", value_name = "spread|ignore")]
    pub precision: Option<String>,
    /// Widen the bandwidth where incidents are sparse and narrow it where they are dense (Abramson), at most five times the one given.
    #[arg(long, help_heading = "Statistic")]
    pub adaptive: bool,
    /// Correction at the edge of the extent, beyond which nothing is taken to be observed: none, uniform (each cell by its kernel's mass inside) or diggle (each incident by its own) [default: none].
    #[arg(long, help_heading = "Statistic", value_name = "EDGE")]
    pub edge: Option<String>,
    /// `border`: do not smooth across the line; each incident keeps its mass on its own side [default: none].
    #[arg(long, help_heading = "Statistic", value_name = "none|border")]
    pub barrier: Option<String>,
    /// The ratio of densities from this day on and before it, year-month-day, in place of the density.
    #[arg(long, help_heading = "Ratio", value_name = "DATE", group = "ratio")]
    pub at: Option<String>,
    /// The ratio of densities of this category, in whole or part, and of all incidents, in place of the density.
    #[arg(long, help_heading = "Ratio", value_name = "CATEGORY", group = "ratio")]
    pub case: Option<String>,
    /// Random draws that tell which ratios are more than chance [default: 199].
    #[arg(long, help_heading = "Ratio", value_name = "N", requires = "ratio")]
    pub simulations: Option<u16>,
    /// What the random draws begin with [default: 1].
    #[arg(long, help_heading = "Ratio", value_name = "N", requires = "ratio")]
    pub seed: Option<u64>,
    /// What .svg, .png and .pdf show: a map, or with --at a pair of maps, before and after on one scale, with their ratio [default: map].
    #[arg(long = "as", help_heading = "Output", value_name = "map|pair")]
    pub figure: Option<String>,
    #[command(flatten)]
    pub drawing: Drawing,
}

impl DensityArgs {
    /// The project file that means the same.
    ///
    /// # Errors
    /// When the extent is not four numbers.
    pub fn project(&self) -> Result<ProjectFile, String> {
        let mut file = ProjectFile::default();
        self.source.fill(&mut file);
        self.drawing.fill(&mut file);
        let section = &mut file.density;
        if let Some(figure) = &self.figure {
            section.figure.clone_from(figure);
        }
        if let Some(kernel) = &self.kernel {
            section.kernel.clone_from(kernel);
        }
        if let Some(text) = &self.bandwidth_km {
            section.bandwidth_km = match text.parse::<f64>() {
                Ok(km) => Length::Km(km),
                Err(_) => Length::Word(text.clone()),
            };
        }
        if let Some(cell) = self.cell_km {
            section.cell_km = cell;
        }
        if let Some(weight) = &self.weight {
            section.weight.clone_from(weight);
        }
        if let Some(precision) = &self.precision {
            section.precision.clone_from(precision);
        }
        section.adaptive = self.adaptive;
        if let Some(edge) = &self.edge {
            section.edge.clone_from(edge);
        }
        if let Some(barrier) = &self.barrier {
            section.barrier.clone_from(barrier);
        }
        section.at.clone_from(&self.at);
        section.case.clone_from(&self.case);
        section.simulations = self.simulations.unwrap_or(section.simulations);
        section.seed = self.seed.unwrap_or(section.seed);
        section.extent = four(self.extent.as_deref())?;
        Ok(file)
    }
}
