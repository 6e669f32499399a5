//! The settings of buffer zones.

use super::file::ZonesSection;
use super::plan::ProjectError;
use std::path::{Path, PathBuf};

/// Whose ground counts in zones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WindowChoice {
    /// That of the two countries.
    #[default]
    Countries,
    /// All within the outermost break.
    Everywhere,
    /// That within the polygons of a file.
    File(PathBuf),
}

/// What `durand zones` draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZonesFigure {
    /// Bars by distance.
    Chart,
    /// The zones on the ground.
    Map,
    /// Nearness to the line against that of the ground.
    Nearness,
}

/// What areas of zones are told apart by, besides their side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreasBy {
    /// The country that a place is put into.
    Country,
    /// Its province.
    Province,
}

/// Whose ground counts.
pub(super) fn window(zones: &ZonesSection, root: &Path) -> Result<WindowChoice, ProjectError> {
    match zones.window.as_str() {
        "countries" => Ok(WindowChoice::Countries),
        "none" => Ok(WindowChoice::Everywhere),
        // A file has an extension or lies in a folder.
        file if file.contains(['.', '/', '\\']) => Ok(WindowChoice::File(root.join(file))),
        other => Err(ProjectError::new(
            "zones.window",
            format!("`{other}` is not a window; expected countries, none or a file of polygons"),
        )
        .near(other, ["countries", "none"])),
    }
}

/// What is drawn.
pub(super) fn zones_figure(zones: &ZonesSection) -> Result<ZonesFigure, ProjectError> {
    match zones.figure.as_str() {
        "chart" => Ok(ZonesFigure::Chart),
        "map" => Ok(ZonesFigure::Map),
        "nearness" => Ok(ZonesFigure::Nearness),
        other => Err(ProjectError::new(
            "zones.figure",
            format!("`{other}` is not a figure of zones; expected chart, map or nearness"),
        )
        .near(other, ["chart", "map", "nearness"])),
    }
}

/// Whether zones are counted by all lines.
pub(super) fn by_lines(word: &str) -> Result<bool, ProjectError> {
    match word {
        "own" => Ok(false),
        "all" => Ok(true),
        other => {
            let message = format!("`{other}` is not a choice of lines; expected own or all");
            Err(ProjectError::new("zones.border_sources", message).near(other, ["own", "all"]))
        }
    }
}

/// What areas of zones are told apart by.
pub(super) fn areas_by(zones: &ZonesSection) -> Result<Option<AreasBy>, ProjectError> {
    let wrong = |message| ProjectError::new("zones.areas_by", message);
    let level = match zones.areas_by.as_deref() {
        None => return Ok(None),
        Some("country") => AreasBy::Country,
        Some("province") => AreasBy::Province,
        Some(other) => {
            let message = format!("`{other}` is not a level; expected country or province");
            return Err(wrong(message).near(other, ["country", "province"]));
        }
    };
    if zones.window != "countries" {
        return Err(wrong("is for the window of the two countries".to_owned())
            .hint("leave the window out: countries and provinces are those of the layers"));
    }
    Ok(Some(level))
}
