//! What a map shows, by names or by chainage, and the language of its names.

use super::shared_args::Figures;
use crate::project::ProjectFile;
use clap::Args;

/// How a map is drawn: what it shows, how large, in which language.
#[derive(Debug, Args)]
pub struct Drawing {
    #[command(flatten)]
    pub framing: Framing,
    #[command(flatten)]
    pub figures: Figures,
    #[command(flatten)]
    pub labels: Labels,
}

impl Drawing {
    /// What is given of it.
    pub fn fill(&self, file: &mut ProjectFile) {
        self.framing.fill(file);
        self.figures.fill(file);
        self.labels.fill(file);
    }
}

/// What a map shows.
#[derive(Debug, Args)]
#[command(next_help_heading = "Figures")]
pub struct Framing {
    /// Show what lies around provinces or districts, by name: --around Khost,Kunar.
    #[arg(long, value_name = "NAME,NAME,…", value_delimiter = ',', conflicts_with = "extent")]
    pub around: Vec<String>,
    /// Show a stretch of the line, kilometres of chainage: --sector 1700..2000.
    #[arg(long, value_name = "KM..KM", value_parser = sector, conflicts_with_all = ["extent", "around"])]
    pub sector: Option<[f64; 2]>,
}

impl Framing {
    /// What the maps of a study show, where it is given.
    pub fn fill(&self, file: &mut ProjectFile) {
        file.figures.around = self.around.iter().map(|name| name.trim().to_owned()).collect();
        file.figures.sector_km = self.sector;
    }
}

/// The language of the names on maps.
#[derive(Debug, Args)]
#[command(next_help_heading = "Figures")]
pub struct Labels {
    /// Language of the names on maps: en, ps (Pashto), fa (Dari) or ur (Urdu); a name that is not known in it stays English, and the caption tells which.
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub labels: String,
}

impl Labels {
    /// The language, where one is given.
    pub fn fill(&self, file: &mut ProjectFile) {
        file.figures.labels.clone_from(&self.labels);
    }
}

fn sector(text: &str) -> Result<[f64; 2], String> {
    let wrong = || "expected two kilometres of chainage, as in 1700..2000".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    match (from.trim().parse::<f64>(), to.trim().parse::<f64>()) {
        (Ok(from), Ok(to)) if from.is_finite() && to.is_finite() && 0.0 <= from && from < to => {
            Ok([from, to])
        }
        _ => Err(wrong()),
    }
}
