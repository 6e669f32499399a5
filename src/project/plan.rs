//! [`Plan`]: a project file resolved and checked.

use super::density::{DensityPlan, density};
use super::figures::{FigurePlan, figures};
use super::file::ProjectFile;
use super::maps::labels;
use super::profile::{ProfilePlan, profile};
use super::report::{ReportPlan, report};
use super::series::{SeriesPlan, series};
use super::statistics::{
    CompareFigure, DistrictFigure, OtherLine, Periods, compared_as, hotspots, other_lines, periods,
    shown, spreads,
};
use super::zones::{AreasBy, WindowChoice, ZonesFigure, areas_by, by_lines, window, zones_figure};
use crate::analysis::{Filter, HotspotSettings, RegionSettings, ZoneBreaks};
use crate::geodesy::Extent;
use crate::io::{Format, Input, ReadOptions};
use crate::model::{Date, Language, Precision, nearest_name};
use std::path::{Component, Path, PathBuf};

/// What is wrong with a setting, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{message}", place, if place.is_empty() { "" } else { ": " })]
pub struct ProjectError {
    /// Line and key path, `line 3, key zones.breaks_km`, or the key alone.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl ProjectError {
    pub(super) fn new(place: impl Into<String>, message: impl Into<String>) -> ProjectError {
        ProjectError { place: place.into(), message: message.into(), hint: String::new() }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> ProjectError {
        self.hint = hint.into();
        self
    }

    /// Asks whether the known word most like a misspelt one was meant.
    pub(super) fn near<'a>(
        self,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> ProjectError {
        match nearest_name(word, known) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// Layers in place of the bundled ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerChoice {
    /// The line.
    pub border: Option<PathBuf>,
    /// Country on its left.
    pub left: Option<String>,
    /// Country on its right.
    pub right: Option<String>,
    /// Whether its edges are straight in longitude and latitude.
    pub planar_edges: bool,
    /// Whether layers without a file of their own are taken in full detail.
    pub full_resolution: bool,
    /// First-level areas.
    pub provinces: Option<PathBuf>,
    /// Second-level areas.
    pub districts: Option<PathBuf>,
    /// Code page of the attributes of shapefiles.
    pub dbf_encoding: Option<String>,
    /// Whose ground counts in zones.
    pub window: WindowChoice,
    /// Language of the names on maps.
    pub labels: Language,
}

/// Everything a run needs, checked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Incident files.
    pub inputs: Vec<Input>,
    /// How they are read.
    pub read: ReadOptions,
    /// Layers.
    pub layers: LayerChoice,
    /// Which incidents count; the side is resolved once the border is known.
    pub filter: Filter,
    /// Name of the side asked for.
    pub side: Option<String>,
    /// What precision classes stand for.
    pub regions: RegionSettings,
    /// Zones.
    pub breaks: ZoneBreaks,
    /// What the zones are drawn as.
    pub zones_figure: ZonesFigure,
    /// Whether zones are counted by the other lines too.
    pub zones_by_lines: bool,
    /// What their areas are told apart by.
    pub areas_by: Option<AreasBy>,
    /// A raster of people that nearness is tested against.
    pub population: Option<PathBuf>,
    /// Seed of the test of nearness.
    pub zones_seed: u64,
    /// Kernel density.
    pub density: DensityPlan,
    /// Profile.
    pub profile: ProfilePlan,
    /// Incidents in time.
    pub series: SeriesPlan,
    /// Periods to compare, when any are given.
    pub compare: Option<Periods>,
    /// What a comparison is drawn as.
    pub compare_figure: CompareFigure,
    /// Whether a comparison spreads incidents over the regions they may lie in.
    pub compare_spread: bool,
    /// Hot spots.
    pub hotspots: HotspotSettings,
    /// What their map shows.
    pub hotspots_show: DistrictFigure,
    /// Whether hot spots spread incidents over the regions they may lie in.
    pub hotspots_spread: bool,
    /// Lines held against the study's.
    pub against: Vec<OtherLine>,
    /// Figures.
    pub figures: FigurePlan,
    /// What `report` writes.
    pub report: ReportPlan,
    /// Where `report` writes.
    pub output: PathBuf,
    /// The file that this was resolved from, for provenance.
    pub file: ProjectFile,
}

impl Plan {
    /// Checks every setting. Paths are taken relative to `root`, the project
    /// file's folder.
    ///
    /// # Errors
    /// The first setting that is wrong, by its key.
    pub fn resolve(file: ProjectFile, root: &Path) -> Result<Plan, ProjectError> {
        let path = |name: &String| root.join(name);
        if file.incidents.is_empty() {
            return Err(ProjectError::new("incidents", "no incident file given")
                .hint("name a file, or `bundled` for the list that ships with the tool"));
        }
        stdin_once(&file.incidents)?;
        let inputs = file
            .incidents
            .iter()
            .map(|name| match name.as_str() {
                "-" => Input::Stdin,
                "bundled" => Input::Bundled,
                _ => Input::Path(path(name)),
            })
            .collect();
        let format = match &file.input.format {
            None => None,
            Some(word) => Some(
                word.parse::<Format>()
                    .map_err(|error| ProjectError::new("input.format", error.to_string()))
                    .map_err(|error| error.near(word, Format::words()))?,
            ),
        };
        let read = ReadOptions {
            format,
            columns: file.input.columns.iter().map(|(a, b)| (a.clone(), b.clone())).collect(),
            encoding: file.input.encoding.clone(),
            sheet: file.input.sheet.clone(),
            layer: file.input.layer.clone(),
            dbf_encoding: file.input.dbf_encoding.clone(),
            keep_rows: false,
            without_words: false,
            without_names: false,
        };
        read.check().map_err(|error| {
            ProjectError::new(format!("input.{}", error.option), error.message).hint(error.hint)
        })?;
        super::encodings::check_dbf_encoding(&file)?;
        let breaks = ZoneBreaks::new(&file.zones.breaks_km)
            .map_err(|error| ProjectError::new("zones.breaks_km", error.to_string()))?;
        let regions = RegionSettings {
            exact_radius_m: metres("regions.exact_km", file.regions.exact_km)?,
            near_radius_m: metres("regions.near_km", file.regions.near_km)?,
        };
        let [compare_spread, hotspots_spread] = spreads(&file.compare, &file.hotspots)?;
        Ok(Plan {
            inputs,
            read,
            layers: LayerChoice {
                border: file.layers.border.as_ref().map(path),
                left: file.layers.left.clone(),
                right: file.layers.right.clone(),
                planar_edges: file.layers.planar_edges,
                full_resolution: file.layers.full_resolution,
                provinces: file.layers.provinces.as_ref().map(path),
                districts: file.layers.districts.as_ref().map(path),
                dbf_encoding: file.layers.dbf_encoding.clone(),
                window: window(&file.zones, root)?,
                labels: labels(&file.figures.labels)?,
            },
            filter: filter(&file)?,
            side: file.filter.side.clone(),
            regions,
            breaks,
            zones_figure: zones_figure(&file.zones)?,
            zones_by_lines: by_lines(&file.zones.border_sources)?,
            areas_by: areas_by(&file.zones)?,
            population: file.zones.population.as_ref().map(|file| root.join(file)),
            zones_seed: file.zones.seed,
            density: density(&file.density)?,
            profile: profile(&file.profile)?,
            series: series(&file.time)?,
            compare: periods(&file.compare)?,
            compare_figure: compared_as(&file.compare)?,
            compare_spread,
            hotspots: hotspots(&file.hotspots)?,
            hotspots_show: shown(&file.hotspots)?,
            hotspots_spread,
            against: other_lines(&file.borders, root, file.layers.border.is_some()),
            figures: figures(&file)?,
            report: report(&file.report)?,
            output: root.join(inside(&file.output)?),
            file,
        })
    }
}

impl Plan {
    /// As [`Plan::resolve`], for a command on the layers alone: no incident is read.
    ///
    /// # Errors
    /// As [`Plan::resolve`].
    pub fn without_incidents(mut file: ProjectFile, root: &Path) -> Result<Plan, ProjectError> {
        file.incidents = ProjectFile::default().incidents;
        let mut plan = Plan::resolve(file, root)?;
        plan.inputs.clear();
        plan.file.incidents.clear();
        Ok(plan)
    }
}

/// Makes sure that standard input is named once among inputs: a second time it has
/// nothing left to give.
///
/// # Errors
/// When it is named more often.
pub fn stdin_once<'a>(incidents: impl IntoIterator<Item = &'a String>) -> Result<(), ProjectError> {
    if incidents.into_iter().filter(|name| *name == "-").count() > 1 {
        return Err(ProjectError::new("incidents", "standard input (`-`) is named twice")
            .hint("it is read once; save what it gives to a file and name that"));
    }
    Ok(())
}

fn filter(file: &ProjectFile) -> Result<Filter, ProjectError> {
    let section = &file.filter;
    let (from, to) = (date("filter.from", &section.from)?, date("filter.to", &section.to)?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(ProjectError::new("filter.to", format!("{to} is before {from}")));
    }
    let within_m = match section.within_km {
        None => None,
        Some(km) => Some(metres("filter.within_km", km)?),
    };
    let max_precision = match &section.max_precision {
        None => None,
        Some(word) => Some(word.parse::<Precision>().map_err(|error| {
            ProjectError::new("filter.max_precision", error.to_string())
                .near(word, Precision::ALL.map(Precision::word))
        })?),
    };
    Ok(Filter {
        from,
        to,
        categories: section.category.clone(),
        side: None,
        within_m,
        provinces: section.province.clone(),
        max_precision,
    })
}

/// A day, when one is given.
pub(super) fn date(key: &str, text: &Option<String>) -> Result<Option<Date>, ProjectError> {
    match text {
        None => Ok(None),
        Some(text) => text.trim().parse::<Date>().map(Some).map_err(|_| {
            ProjectError::new(key, format!("`{text}` is not a date"))
                .hint("write it as year-month-day, 2021-08-15")
        }),
    }
}

/// The folder of the results, below the project file's: a file that came from
/// somebody else does not choose where on the disk it writes.
fn inside(output: &str) -> Result<&Path, ProjectError> {
    let path = Path::new(output);
    let below = path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
    if below && !output.trim().is_empty() {
        return Ok(path);
    }
    Err(ProjectError::new(
        "output",
        format!("`{output}` does not lie below the folder of the project file"),
    )
    .hint("name a folder below it here, or give any folder on the command line with -o"))
}

/// Kilometres above zero, in metres.
pub(super) fn metres(key: &str, km: f64) -> Result<f64, ProjectError> {
    if km.is_finite() && km > 0.0 {
        Ok(km * 1000.0)
    } else {
        Err(ProjectError::new(key, format!("{km} km is not a length above 0")))
    }
}

pub(super) fn extent(key: &str, corners: Option<[f64; 4]>) -> Result<Option<Extent>, ProjectError> {
    let Some([west, south, east, north]) = corners else { return Ok(None) };
    let valid = [west, east].iter().all(|x| (-180.0..=180.0).contains(x))
        && [south, north].iter().all(|y| (-90.0..=90.0).contains(y))
        && west < east
        && south < north;
    if valid {
        return Ok(Some(Extent { west, south, east, north }));
    }
    Err(ProjectError::new(
        key,
        format!("{west},{south},{east},{north} is not west,south,east,north in degrees"),
    )
    .hint("west must be less than east and south less than north: 69,32,72,35"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(toml: &str) -> ProjectError {
        Plan::resolve(ProjectFile::parse(toml).unwrap(), Path::new(".")).unwrap_err()
    }

    #[test]
    fn defaults_are_a_plan() {
        let plan = Plan::resolve(ProjectFile::default(), Path::new("study")).unwrap();
        assert_eq!(plan.output, Path::new("study/output"));
        assert_eq!(plan.breaks.metres(), [5e3, 1e4, 2.5e4, 5e4, 1e5]);
    }

    #[test]
    fn a_wrong_setting_is_named_by_its_key() {
        assert_eq!(error("[zones]\nbreaks_km = [10, 5]").place, "zones.breaks_km");
        assert_eq!(error("[zones]\nfigure = \"plot\"").place, "zones.figure");
        assert_eq!(error("[density]\nkernel = \"cubic\"").place, "density.kernel");
        assert_eq!(error("[filter]\nfrom = \"15/08/2021\"").place, "filter.from");
        assert_eq!(
            error("[filter]\nfrom = \"2022-01-02\"\nto = \"2022-01-01\"").place,
            "filter.to"
        );
        assert_eq!(error("[figures]\nextent = [72, 32, 69, 35]").place, "figures.extent");
        assert_eq!(error("[density]\ncell_km = 0").place, "density.cell_km");
        let precision = error("[filter]\nmax_precision = \"distict\"");
        assert!(precision.hint.contains("district"), "{precision:?}");
        assert!(error("[density]\nkernel = \"quatric\"").hint.contains("quartic"));
        assert_eq!(error("[input]\nencoding = \"klingon\"").place, "input.encoding");
        assert_eq!(error("[input.columns]\nfoo = \"x\"").place, "input.columns");
    }

    #[test]
    fn results_stay_below_the_project() {
        for output in ["../x", "/elsewhere/x", "a/../../x", "", ".."] {
            let text = format!("output = \"{output}\"");
            assert_eq!(error(&text).place, "output", "{output}");
        }
        let file = ProjectFile::parse("output = \"./a/b\"").unwrap();
        assert_eq!(Plan::resolve(file, Path::new("s")).unwrap().output, Path::new("s/./a/b"));
    }
}
