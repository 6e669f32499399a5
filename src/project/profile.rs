//! [`ProfilePlan`]: the settings of the profile along the line, checked.

use super::ProjectError;
use super::file::ProfileSection;
use super::plan::metres;
use crate::analysis::{ProfileSettings, SectorLength};

/// Which of the profile's tables a CSV file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileTable {
    /// The line in short stretches, with the smoothed curve.
    Stretches,
    /// Sectors of equal length.
    Sectors,
    /// Sectors by the district beside the line.
    Districts,
    /// The stretches with most incidents.
    Hottest,
}

impl ProfileTable {
    /// All of them.
    pub const ALL: [ProfileTable; 4] = [
        ProfileTable::Stretches,
        ProfileTable::Sectors,
        ProfileTable::Districts,
        ProfileTable::Hottest,
    ];

    /// The word in options and files, and the table's name in JSON.
    pub fn word(self) -> &'static str {
        match self {
            ProfileTable::Stretches => "stretches",
            ProfileTable::Sectors => "sectors",
            ProfileTable::Districts => "districts",
            ProfileTable::Hottest => "hottest",
        }
    }
}

/// What `durand profile` counts incidents along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileFigure {
    /// The line.
    Line,
    /// Time.
    Time,
}

/// What `durand profile` computes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProfilePlan {
    /// The curve and its envelope.
    pub settings: ProfileSettings,
    /// Whether incidents are spread over the regions they may lie in.
    pub spread: bool,
    /// Sectors.
    pub sectors: SectorLength,
    /// Length of the hottest stretches, metres.
    pub hot_m: f64,
    /// What a CSV file holds.
    pub table: ProfileTable,
    /// What the command writes.
    pub figure: ProfileFigure,
}

/// Sectors and stretches are so many at most.
const MOST: f64 = 100_000.0;

/// Checks the section.
pub(super) fn profile(section: &ProfileSection) -> Result<ProfilePlan, ProjectError> {
    let wrong = |key: &str, message: String| ProjectError::new(format!("profile.{key}"), message);
    if !(39..=99_999).contains(&section.draws) {
        return Err(wrong("draws", format!("{} is outside 39..99999", section.draws))
            .hint("fewer than 39 have no 2.5 % on either side"));
    }
    let bandwidth_m = metres("profile.bandwidth_km", section.bandwidth_km)?;
    let settings = ProfileSettings {
        bin_m: metres("profile.bin_km", section.bin_km)?,
        within_m: metres("profile.within_km", section.within_km)?,
        draws: section.draws,
        seed: section.seed,
        ..ProfileSettings::default().with_bandwidth(bandwidth_m)
    };
    let sectors = match section.sectors {
        None => SectorLength::Metres(metres("profile.sector_km", section.sector_km)?),
        Some(count) if (1..=MOST as usize).contains(&count) => SectorLength::Count(count),
        Some(count) => return Err(wrong("sectors", format!("{count} is outside 1..{MOST}"))),
    };
    // No line is longer than the equator.
    for (key, length_m) in [("bin_km", settings.bin_m), ("sector_km", 1e3 * section.sector_km)] {
        if length_m < 40_075_000.0 / MOST {
            return Err(wrong(key, format!("{} km is too short", length_m / 1e3)));
        }
    }
    let table =
        ProfileTable::ALL.into_iter().find(|t| t.word() == section.table).ok_or_else(|| {
            wrong(
                "table",
                format!(
                    "`{}` is no table; expected stretches, sectors, districts or hottest",
                    section.table
                ),
            )
            .near(&section.table, ProfileTable::ALL.map(ProfileTable::word))
        })?;
    let figure = match section.figure.as_str() {
        "line" => ProfileFigure::Line,
        "time" => ProfileFigure::Time,
        other => {
            let message = format!("`{other}` is no profile; expected line or time");
            return Err(wrong("figure", message).near(other, ["line", "time"]));
        }
    };
    Ok(ProfilePlan {
        figure,
        settings,
        spread: spread("profile.precision", &section.precision)?,
        sectors,
        hot_m: metres("profile.hot_km", section.hot_km)?,
        table,
    })
}

/// Whether incidents are spread over the regions they may lie in.
pub(super) fn spread(key: &str, word: &str) -> Result<bool, ProjectError> {
    match word {
        "spread" => Ok(true),
        "ignore" => Ok(false),
        other => Err(ProjectError::new(key, format!("`{other}` is neither `spread` nor `ignore`"))
            .near(other, ["spread", "ignore"])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_setting_is_named_by_its_key() {
        type Change = fn(&mut ProfileSection);
        let changes: [(Change, &str); 8] = [
            (|s| s.draws = 5, "profile.draws"),
            (|s| s.sectors = Some(0), "profile.sectors"),
            (|s| s.sector_km = 0.0, "profile.sector_km"),
            (|s| s.sector_km = 1e-6, "profile.sector_km"),
            (|s| s.bin_km = 1e-6, "profile.bin_km"),
            (|s| s.hot_km = f64::NAN, "profile.hot_km"),
            (|s| s.table = "sector".to_owned(), "profile.table"),
            (|s| s.precision = "exact".to_owned(), "profile.precision"),
        ];
        for (change, key) in changes {
            let mut section = ProfileSection::default();
            change(&mut section);
            assert_eq!(profile(&section).unwrap_err().place, key);
        }
        assert!(profile(&ProfileSection::default()).is_ok());
    }
}
