//! `durand profile`.

use super::shared_args::{Figures, Outputs, Source};
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
    /// What is counted along: the line, or time (incidents by week, month or year) [default: line].
    #[arg(long = "as", help_heading = "Output", value_name = "line|time")]
    pub figure: Option<String>,
    /// With --as time: week, month or year [default: by the length of the period].
    #[arg(long, help_heading = "Time", value_name = "STEP", requires = "figure")]
    pub step: Option<String>,
    /// With --as time, what bars are stacked by: side or category [default: side].
    #[arg(long, help_heading = "Time", value_name = "side|category", requires = "figure")]
    pub by: Option<String>,
    /// With --as time, an event to mark: --mark "2021-08-15=Taliban take Kabul"; may be given several times.
    #[arg(long, help_heading = "Time", value_name = "DATE=WORDS", value_parser = mark, requires = "figure")]
    pub mark: Vec<(String, String)>,
    #[command(flatten)]
    pub figures: Figures,
}

fn mark(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((day, words)) if !words.trim().is_empty() => {
            Ok((day.trim().to_owned(), words.trim().to_owned()))
        }
        _ => Err("expected DATE=WORDS, as in 2021-08-15=Taliban take Kabul".to_owned()),
    }
}

impl ProfileArgs {
    /// An option that would do nothing beside `--as`, and what it is for.
    fn idle(&self, in_time: bool) -> Option<String> {
        let of_time = [
            ("step", self.step.is_some()),
            ("by", self.by.is_some()),
            ("mark", !self.mark.is_empty()),
        ];
        let of_line = [
            ("bin-km", self.bin_km.is_some()),
            ("bandwidth-km", self.bandwidth_km.is_some()),
            ("precision", self.precision.is_some()),
            ("draws", self.draws.is_some()),
            ("seed", self.seed.is_some()),
            ("sector-km", self.sector_km.is_some()),
            ("sectors", self.sectors.is_some()),
            ("hot-km", self.hot_km.is_some()),
            ("table", self.table.is_some()),
        ];
        let (others, wanted) =
            if in_time { (&of_line[..], "line") } else { (&of_time[..], "time") };
        let (name, _) = others.iter().find(|(_, given)| *given)?;
        Some(format!("--{name} is for `--as {wanted}`"))
    }

    /// The project file that means the same.
    ///
    /// # Errors
    /// When an option is for the other figure.
    pub fn project(&self) -> Result<ProjectFile, String> {
        let mut file = ProjectFile::default();
        self.source.fill(&mut file);
        self.figures.fill(&mut file);
        let in_time = self.figure.as_deref() == Some("time");
        if let Some(idle) = self.idle(in_time) {
            return Err(idle);
        }
        for (given, kept) in [(&self.step, &mut file.time.step), (&self.by, &mut file.time.by)] {
            if let Some(word) = given {
                kept.clone_from(word);
            }
        }
        file.time.marks = self.mark.iter().cloned().collect();
        let section = &mut file.profile;
        for (given, kept) in [
            (self.bin_km, &mut section.bin_km),
            (self.bandwidth_km, &mut section.bandwidth_km),
            (self.sector_km, &mut section.sector_km),
            (self.hot_km, &mut section.hot_km),
            // The limit is the profile's own: by its coordinate an incident may lie beyond
            // it, and by its region still partly within.
            (file.filter.within_km.take_if(|_| !in_time), &mut section.within_km),
        ] {
            *kept = given.unwrap_or(*kept);
        }
        for (given, kept) in [
            (&self.precision, &mut section.precision),
            (&self.table, &mut section.table),
            (&self.figure, &mut section.figure),
        ] {
            if let Some(word) = given {
                kept.clone_from(word);
            }
        }
        section.draws = self.draws.unwrap_or(section.draws);
        section.seed = self.seed.unwrap_or(section.seed);
        section.sectors = self.sectors;
        Ok(file)
    }
}
