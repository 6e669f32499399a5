//! The settings of figures.

use super::file::{FiguresSection, ProjectFile};
use super::maps::{MapsBy, maps_by};
use super::plan::{ProjectError, extent};
use super::report::check_width;
use crate::atlas::{Page, Theme};
use crate::geodesy::Extent;

/// A file format of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureFormat {
    /// The master.
    Svg,
    /// Pixels.
    Png,
    /// A page.
    Pdf,
}

impl FigureFormat {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            FigureFormat::Svg => "svg",
            FigureFormat::Png => "png",
            FigureFormat::Pdf => "pdf",
        }
    }

    /// The format of an extension.
    pub fn of(extension: &str) -> Option<FigureFormat> {
        [FigureFormat::Svg, FigureFormat::Png, FigureFormat::Pdf]
            .into_iter()
            .find(|f| f.extension() == extension)
    }
}

/// Pages and pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct FigurePlan {
    /// Page.
    pub page: Page,
    /// Pixels per inch.
    pub dpi: f64,
    /// Formats of `report`.
    pub formats: Vec<FigureFormat>,
    /// Whether an SVG holds its letters as outlines.
    pub outline_text: bool,
    /// Title in place of the tool's.
    pub title: Option<String>,
    /// Subtitle in place of the tool's.
    pub subtitle: Option<String>,
    /// What there is a small map for each of, where there is.
    pub maps_by: Option<MapsBy>,
    /// What the maps show.
    pub extent: Option<Extent>,
    /// Provinces or districts that they show, where no extent is given.
    pub around: Vec<String>,
    /// Stretch of the line that they show, metres of chainage.
    pub sector_m: Option<[f64; 2]>,
}

/// Checks the section.
pub(super) fn figures(file: &ProjectFile) -> Result<FigurePlan, ProjectError> {
    let section = &file.figures;
    check_width("figures.width_mm", section.width_mm)?;
    if !(36.0..=1200.0).contains(&section.dpi) {
        return Err(ProjectError::new(
            "figures.dpi",
            format!("{} is outside 36..1200", section.dpi),
        ));
    }
    let theme = match section.theme.as_str() {
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        other => {
            return Err(ProjectError::new(
                "figures.theme",
                format!("`{other}` is not a theme; expected light or dark"),
            )
            .near(other, ["light", "dark"]));
        }
    };
    let mut formats = Vec::new();
    for word in &section.formats {
        let format = FigureFormat::of(word).ok_or_else(|| {
            ProjectError::new(
                "figures.formats",
                format!("`{word}` is not a figure format; expected svg, png or pdf"),
            )
            .near(word, ["svg", "png", "pdf"])
        })?;
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    Ok(FigurePlan {
        page: Page { width_mm: section.width_mm, theme },
        dpi: section.dpi,
        formats,
        outline_text: section.outline_text,
        title: section.title.clone(),
        subtitle: section.subtitle.clone(),
        maps_by: maps_by(section)?,
        extent: extent("figures.extent", section.extent)?,
        around: section.around.clone(),
        sector_m: sector(section)?,
    })
}

/// The stretch of the line that maps show, and that it is the only thing that says so.
fn sector(section: &FiguresSection) -> Result<Option<[f64; 2]>, ProjectError> {
    let given = [section.extent.is_some(), !section.around.is_empty(), section.sector_km.is_some()];
    if given.iter().filter(|given| **given).count() > 1 {
        let message = "what the maps show is given in two ways";
        return Err(ProjectError::new("figures.extent", message)
            .hint("give an extent, or the names it lies around, or a sector of the line"));
    }
    let Some([from, to]) = section.sector_km else { return Ok(None) };
    if from.is_finite() && to.is_finite() && 0.0 <= from && from < to {
        return Ok(Some([from * 1000.0, to * 1000.0]));
    }
    Err(ProjectError::new(
        "figures.sector_km",
        format!("{from}..{to} is not a stretch of the line"),
    )
    .hint("give two kilometres of chainage, the lesser first: 1700..2000"))
}
