//! [`ProjectFile`]: the TOML as written. Plain numbers with their unit in the
//! name; unknown keys are errors.

use super::ProjectError;
use super::report::ReportSection;
use super::series::TimeSection;
use super::statistics::{BordersSection, CompareSection, HotspotsSection};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A project file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProjectFile {
    /// Incident files; `bundled` is the list that ships with the tool, `-` standard input.
    pub incidents: Vec<String>,
    /// Folder that the results go to, relative to the project file.
    pub output: String,
    /// How the incident files are read.
    pub input: InputSection,
    /// The line and the areas, when not the bundled ones.
    pub layers: LayersSection,
    /// Which incidents count.
    pub filter: FilterSection,
    /// What each precision class stands for.
    pub regions: RegionsSection,
    /// Buffer zones.
    pub zones: ZonesSection,
    /// Kernel density.
    pub density: DensitySection,
    /// Profile along the line.
    pub profile: ProfileSection,
    /// Incidents in time.
    pub time: TimeSection,
    /// Other drawings of the line.
    pub borders: BordersSection,
    /// Two periods.
    pub compare: CompareSection,
    /// Hot spots by district.
    pub hotspots: HotspotsSection,
    /// Pages and pixels.
    pub figures: FiguresSection,
    /// What the report holds.
    pub report: ReportSection,
}

impl Default for ProjectFile {
    fn default() -> ProjectFile {
        ProjectFile {
            incidents: vec!["bundled".to_owned()],
            output: "output".to_owned(),
            input: InputSection::default(),
            layers: LayersSection::default(),
            filter: FilterSection::default(),
            regions: RegionsSection::default(),
            zones: ZonesSection::default(),
            density: DensitySection::default(),
            profile: ProfileSection::default(),
            time: TimeSection::default(),
            borders: BordersSection::default(),
            compare: CompareSection::default(),
            hotspots: HotspotsSection::default(),
            figures: FiguresSection::default(),
            report: ReportSection::default(),
        }
    }
}

/// How incident files are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InputSection {
    /// Format, when it is not to be found from the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Encoding of text that is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Sheet of a workbook, when it is not the first with coordinates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Layer of a GeoPackage or TopoJSON file that has several of points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// Code page of a shapefile's attributes, when its `.cpg` is missing or wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dbf_encoding: Option<String>,
    /// What a column means: `lon = "long_wgs"`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

/// Layers in place of the bundled ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LayersSection {
    /// The line: GeoJSON or Shapefile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub border: Option<String>,
    /// Country on its left, looking along it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    /// Country on its right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
    /// Whether its edges are straight in longitude and latitude, not geodesics.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub planar_edges: bool,
    /// Whether the line and the areas are taken in full detail, from the originals.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub full_resolution: bool,
    /// First-level areas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provinces: Option<String>,
    /// Second-level areas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub districts: Option<String>,
    /// Code page of the attributes of shapefiles, when their `.cpg` is missing or wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dbf_encoding: Option<String>,
}

/// Which incidents count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilterSection {
    /// First day, `2021-08-15`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Any of these categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<String>,
    /// Country on whose side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// No farther from the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_km: Option<f64>,
    /// Any of these provinces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub province: Vec<String>,
    /// No worse than exact, near, district, province or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_precision: Option<String>,
}

/// What the discs of the precision classes measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegionsSection {
    /// Radius of an exact coordinate.
    pub exact_km: f64,
    /// Radius of a place known to be near.
    pub near_km: f64,
}

impl Default for RegionsSection {
    fn default() -> RegionsSection {
        RegionsSection { exact_km: 2.0, near_km: 25.0 }
    }
}

/// Buffer zones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ZonesSection {
    /// Outer edges.
    pub breaks_km: Vec<f64>,
    /// `countries`, `none`, or a file of polygons.
    pub window: String,
    /// What `durand zones` draws: `chart`, `map` or `nearness`.
    pub figure: String,
    /// `own`, or `all` for the lowest and highest counts over all lines.
    pub border_sources: String,
    /// `country` or `province`: areas of the zones by these as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub areas_by: Option<String>,
    /// A raster of people that nearness to the line is tested against as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<String>,
    /// Seed of the draws that nearness to the line is tested by.
    pub seed: u64,
}

impl Default for ZonesSection {
    fn default() -> ZonesSection {
        ZonesSection {
            breaks_km: vec![5.0, 10.0, 25.0, 50.0, 100.0],
            window: "countries".to_owned(),
            figure: "chart".to_owned(),
            border_sources: "own".to_owned(),
            areas_by: None,
            population: None,
            seed: 1,
        }
    }
}

/// A length in kilometres, or `auto`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Length {
    /// Given.
    Km(f64),
    /// A word.
    Word(String),
}

/// Kernel density.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DensitySection {
    /// What `durand density` draws: `map`, or with `at` a `pair` with its ratio.
    pub figure: String,
    /// quartic, epanechnikov, triweight, uniform or gaussian.
    pub kernel: String,
    /// Kilometres, or a rule: auto (Diggle's), diggle, ppl or scott.
    pub bandwidth_km: Length,
    /// Side of a cell.
    pub cell_km: f64,
    /// West, south, east, north in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extent: Option<[f64; 4]>,
    /// incidents, fatalities, fatalities_low or fatalities_high.
    pub weight: String,
    /// `spread`: an incident known to the district, say, is spread over it;
    /// `ignore`: it lies where its coordinate says.
    pub precision: String,
    /// Whether bandwidths grow where incidents are sparse.
    pub adaptive: bool,
    /// Correction at the edge of the extent: none, uniform or diggle.
    pub edge: String,
    /// `none`, or `border`: nothing is smoothed across the line.
    pub barrier: String,
    /// The ratio of the densities from this day on and before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The ratio of the densities of this category and of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// How often the groups of a ratio are drawn at random.
    pub simulations: u16,
    /// What the draws begin with.
    pub seed: u64,
}

impl Default for DensitySection {
    fn default() -> DensitySection {
        DensitySection {
            figure: "map".to_owned(),
            kernel: "quartic".to_owned(),
            bandwidth_km: Length::Km(25.0),
            cell_km: 2.0,
            extent: None,
            weight: "incidents".to_owned(),
            precision: "spread".to_owned(),
            adaptive: false,
            edge: "none".to_owned(),
            barrier: "none".to_owned(),
            at: None,
            case: None,
            simulations: 199,
            seed: 1,
        }
    }
}

/// Profile along the line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileSection {
    /// What `durand profile` counts along: the `line` or `time`; the report has both.
    pub figure: String,
    /// Length of a stretch.
    pub bin_km: f64,
    /// Bandwidth of the smoothed curve.
    pub bandwidth_km: f64,
    /// How near the line an incident must lie.
    pub within_km: f64,
    /// `spread`: an incident may lie anywhere in its region; `ignore`: it lies
    /// where its coordinate says.
    pub precision: String,
    /// Draws of the bootstrap that the curve's envelope is made of.
    pub draws: u32,
    /// What the draws begin with.
    pub seed: u64,
    /// Length of a sector.
    pub sector_km: f64,
    /// So many sectors of the same length, in place of a length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sectors: Option<usize>,
    /// Length of the hottest stretches.
    pub hot_km: f64,
    /// The table of a CSV file: `stretches`, `sectors`, `districts` or `hottest`.
    pub table: String,
}

impl Default for ProfileSection {
    fn default() -> ProfileSection {
        ProfileSection {
            figure: "line".to_owned(),
            bin_km: 10.0,
            bandwidth_km: 25.0,
            within_km: 50.0,
            precision: "spread".to_owned(),
            draws: 999,
            seed: 1,
            sector_km: 100.0,
            sectors: None,
            hot_km: 50.0,
            table: "stretches".to_owned(),
        }
    }
}

/// Pages and pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FiguresSection {
    /// Page width.
    pub width_mm: f64,
    /// Pixels per inch of a PNG.
    pub dpi: f64,
    /// `light` or `dark`.
    pub theme: String,
    /// Language of the names on maps: `en`, `ps`, `fa` or `ur`.
    #[serde(skip_serializing_if = "is_english")]
    pub labels: String,
    /// Any of svg, png, pdf.
    pub formats: Vec<String>,
    /// Whether an SVG holds its letters as outlines, for editors without the font.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub outline_text: bool,
    /// Title in place of the one the tool words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Subtitle in place of the one the tool words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// What `durand map` draws a map for each of: `year` or `category`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maps_by: Option<String>,
    /// West, south, east, north of the maps in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extent: Option<[f64; 4]>,
    /// Provinces or districts that the maps show, in place of an extent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub around: Vec<String>,
    /// Stretch of the line that the maps show, kilometres of chainage, in place of
    /// an extent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_km: Option<[f64; 2]>,
}

fn is_english(tag: &str) -> bool {
    tag == "en"
}

impl Default for FiguresSection {
    fn default() -> FiguresSection {
        FiguresSection {
            width_mm: 180.0,
            dpi: 300.0,
            theme: "light".to_owned(),
            labels: "en".to_owned(),
            formats: vec!["svg".to_owned(), "png".to_owned()],
            outline_text: false,
            title: None,
            subtitle: None,
            maps_by: None,
            extent: None,
            around: Vec::new(),
            sector_km: None,
        }
    }
}

impl ProjectFile {
    /// Reads a project file.
    ///
    /// # Errors
    /// When the text is not TOML, or a key is unknown or of the wrong type; the
    /// error names the key's path.
    pub fn parse(text: &str) -> Result<ProjectFile, ProjectError> {
        let syntax = |error: toml::de::Error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let place = line.map_or_else(String::new, |line| format!("line {line}"));
            ProjectError::new(place, error.message().trim().to_owned())
        };
        let document = toml::Deserializer::parse(text).map_err(syntax)?;
        serde_path_to_error::deserialize(document).map_err(|error| {
            let path = error.path().to_string();
            let inner = error.into_inner();
            let line = inner.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let place = match line {
                Some(line) => format!("line {line}, key {path}"),
                None => format!("key {path}"),
            };
            ProjectError::new(place, inner.message().trim().to_owned())
        })
    }

    /// The file with every default filled in, as TOML that reads back as itself.
    pub fn print(&self) -> String {
        // Plain strings, numbers and lists: TOML can hold all of them.
        toml::to_string_pretty(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_plan_is_itself_a_project_file() {
        let file = ProjectFile::default();
        assert_eq!(ProjectFile::parse(&file.print()), Ok(file));
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_path() {
        let error = ProjectFile::parse("output = \"o\"\n[zones]\nbreak_km = [5]\n").unwrap_err();
        assert!(error.place.contains("line 3") && error.place.contains("zones"), "{error:?}");
        assert!(error.message.contains("break_km"), "{error:?}");
        assert!(ProjectFile::parse("zones = [").unwrap_err().place.contains("line 1"));
    }

    #[test]
    fn a_wrong_type_is_named_with_its_path() {
        let error = ProjectFile::parse("[density]\ncell_km = \"two\"\n").unwrap_err();
        assert!(error.place.contains("density.cell_km"), "{error:?}");
    }
}
