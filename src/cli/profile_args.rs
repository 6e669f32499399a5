//! `durand profile`.

use super::args::{Figures, Outputs, Source};
use crate::project::ProjectFile;
use clap::Args;

/// `durand profile`
#[derive(Debug, Args)]
pub struct ProfileArgs {
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub outputs: Outputs,
    /// Length of a stretch in kilometres [default: 10].
    #[arg(long, help_heading = "Statistic", value_name = "X", allow_negative_numbers = true)]
    pub bin_km: Option<f64>,
    /// Bandwidth of the smoothed curve in kilometres [default: 25].
    #[arg(long, help_heading = "Statistic", value_name = "X", allow_negative_numbers = true)]
    pub bandwidth_km: Option<f64>,
    /// Incidents: spread over the region that each may lie in, given its precision, or ignore that and take the coordinate [default: spread].
    #[arg(long, help_heading = "Statistic", value_name = "spread|ignore")]
    pub precision: Option<String>,
    /// Random draws that the curve's 95 % envelope is made of [default: 999].
    #[arg(long, help_heading = "Statistic", value_name = "N")]
    pub draws: Option<u32>,
    /// What the random draws begin with [default: 1].
    #[arg(long, help_heading = "Statistic", value_name = "N")]
    pub seed: Option<u64>,
    /// Length of a sector in kilometres [default: 100].
    #[arg(long, help_heading = "Statistic", value_name = "X", allow_negative_numbers = true)]
    pub sector_km: Option<f64>,
    /// So many sectors of the same length, in place of a length.
    #[arg(long, help_heading = "Statistic", value_name = "N", conflicts_with = "sector_km")]
    pub sectors: Option<usize>,
    /// Length of the hottest stretches in kilometres [default: 50].
    #[arg(long, help_heading = "Statistic", value_name = "X", allow_negative_numbers = true)]
    pub hot_km: Option<f64>,
    /// The table that a .csv holds: stretches, sectors, districts or hottest [default: stretches].
    #[arg(long, help_heading = "Output", value_name = "TABLE")]
    pub table: Option<String>,
    #[command(flatten)]
    pub figures: Figures,
}

impl ProfileArgs {
    /// The project file that means the same.
    pub fn project(&self) -> ProjectFile {
        let mut file = ProjectFile::default();
        self.source.fill(&mut file);
        self.figures.fill(&mut file);
        let section = &mut file.profile;
        for (given, kept) in [
            (self.bin_km, &mut section.bin_km),
            (self.bandwidth_km, &mut section.bandwidth_km),
            (self.sector_km, &mut section.sector_km),
            (self.hot_km, &mut section.hot_km),
            // The limit is the profile's own: by its coordinate an incident may lie beyond
            // it, and by its region still partly within.
            (file.filter.within_km.take(), &mut section.within_km),
        ] {
            *kept = given.unwrap_or(*kept);
        }
        for (given, kept) in
            [(&self.precision, &mut section.precision), (&self.table, &mut section.table)]
        {
            if let Some(word) = given {
                kept.clone_from(word);
            }
        }
        section.draws = self.draws.unwrap_or(section.draws);
        section.seed = self.seed.unwrap_or(section.seed);
        section.sectors = self.sectors;
        file
    }
}
