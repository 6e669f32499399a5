//! Options that several commands have, and how they fill a [`ProjectFile`].

use crate::project::ProjectFile;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Where incidents and layers come from, and which count.
#[derive(Debug, Args)]
pub struct Source {
    /// Incident files: CSV, TSV, workbooks (.xlsx .xls .ods), KML, point Shapefiles, GeoJSON points (also one a line), TopoJSON, GeoParquet or (in a build with the feature gpkg) GeoPackage, gzip or zip round them too; `-` is standard input, `bundled` the list that ships with the tool.
    #[arg(required = true, value_name = "INCIDENTS")]
    pub incidents: Vec<String>,
    #[command(flatten)]
    pub selection: Selection,
}

/// How incidents are read, what they are measured against, and which count.
#[derive(Debug, Args)]
pub struct Selection {
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub layers: Layers,
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// How incident files are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub struct Reading {
    /// Format of the incidents: acled, ucdp, gtd, gdelt, awsd, generic, geojson, geojsonseq or parquet; found from the content when not given.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// What a column means: --column lon=long_wgs --column lat=lat_wgs. Names: lon lat id date category precision fatalities fatalities_low fatalities_best fatalities_high place district province country source.
    #[arg(long = "column", value_name = "NAME=COLUMN", value_parser = pair)]
    pub columns: Vec<(String, String)>,
    /// Encoding of text that is not UTF-8: windows-1252, windows-1256, …
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Sheet of a workbook; the first with columns of coordinates when not given.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Layer of a GeoPackage or TopoJSON file that has several of points.
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// Code page of the attributes of shapefiles, incidents and layers, whose .cpg is missing or wrong: windows-1256, 850, …
    #[arg(long, value_name = "NAME")]
    pub dbf_encoding: Option<String>,
}

/// The line and the areas.
#[derive(Debug, Args)]
#[command(next_help_heading = "Layers")]
pub struct Layers {
    /// The border line: GeoJSON, TopoJSON, Shapefile or GeoPackage (feature gpkg) with lines, zipped too. Of a file with several layers one is named as 'FILE|layername=NAME', here and below.
    #[arg(long, value_name = "FILE")]
    pub border: Option<String>,
    /// Name of the country on the left of the line.
    #[arg(long, value_name = "NAME")]
    pub left: Option<String>,
    /// Name of the country on the right of the line.
    #[arg(long, value_name = "NAME")]
    pub right: Option<String>,
    /// Take the line's edges as straight in longitude and latitude, as GeoJSON has them, not as geodesics: they part by up to 0.2 m on edges of 2 km and 30 m on edges of 30 km.
    #[arg(long)]
    pub planar_edges: bool,
    /// Take the line and the areas in full detail, from the originals that `durand data fetch` has downloaded, where no file is named.
    #[arg(long)]
    pub full_resolution: bool,
    /// First-level areas: GeoJSON, TopoJSON, Shapefile or GeoPackage with polygons.
    #[arg(long, value_name = "FILE")]
    pub provinces: Option<String>,
    /// Second-level areas: GeoJSON, TopoJSON, Shapefile or GeoPackage with polygons.
    #[arg(long, value_name = "FILE")]
    pub districts: Option<String>,
}

/// Which incidents count.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// First day, year-month-day.
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Last day, year-month-day.
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// Category, in whole or part; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub category: Vec<String>,
    /// Country on whose side of the line.
    #[arg(long, value_name = "NAME")]
    pub side: Option<String>,
    /// No farther from the line than this many kilometres.
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub within_km: Option<f64>,
    /// Province; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub province: Vec<String>,
    /// No worse geocoded than exact, near, district, province or none.
    #[arg(long, value_name = "CLASS")]
    pub max_precision: Option<String>,
}

/// Where results go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct Outputs {
    /// File to write, its format told by the extension; may be given several times.
    #[arg(short = 'o', long = "output", required = true, value_name = "OUT")]
    pub output: Vec<PathBuf>,
}

/// Pages and pixels.
#[derive(Debug, Args)]
#[command(next_help_heading = "Figures")]
pub struct Figures {
    /// Page width: 85 for a column, 120, 180 for a page, 260 for a slide.
    #[arg(long, value_name = "MM", allow_negative_numbers = true, default_value_t = 180.0)]
    pub width_mm: f64,
    /// Pixels per inch of a PNG.
    #[arg(long, value_name = "N", allow_negative_numbers = true, default_value_t = 300.0)]
    pub dpi: f64,
    /// Colours for print or for a screen.
    #[arg(long, value_enum, default_value_t = ThemeArg::Light)]
    pub theme: ThemeArg,
    /// Write the letters of an SVG as outlines, for editors that do not have the font.
    #[arg(long)]
    pub outline_text: bool,
    /// Title in place of the tool's; empty for none.
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Subtitle in place of the tool's; empty for none.
    #[arg(long, value_name = "TEXT")]
    pub subtitle: Option<String>,
}

/// Themes by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ThemeArg {
    /// White page.
    Light,
    /// Dark page.
    Dark,
}

/// The zones.
#[derive(Debug, Args)]
pub struct Breaks {
    /// Outer edges of the zones in kilometres [default: 5,10,25,50,100].
    #[arg(
        long,
        help_heading = "Statistic",
        value_name = "KM,KM,…",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub breaks_km: Option<Vec<f64>>,
}

impl Breaks {
    /// The zones of a study, where they are given.
    pub fn fill(&self, file: &mut ProjectFile) {
        if let Some(breaks) = &self.breaks_km {
            file.zones.breaks_km.clone_from(breaks);
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, column)) if !name.trim().is_empty() && !column.trim().is_empty() => {
            Ok((name.trim().to_owned(), column.trim().to_owned()))
        }
        _ => Err("expected NAME=COLUMN, as in lon=long_wgs".to_owned()),
    }
}

impl Source {
    /// What is common to the commands that read incidents.
    pub fn fill(&self, file: &mut ProjectFile) {
        file.incidents.clone_from(&self.incidents);
        self.selection.fill(file);
    }
}

impl Selection {
    /// All but the incidents themselves.
    pub fn fill(&self, file: &mut ProjectFile) {
        self.reading.fill(file);
        self.layers.fill(file);
        self.filter.fill(file);
    }
}

impl Reading {
    /// How incident files are read.
    pub fn fill(&self, file: &mut ProjectFile) {
        file.input.format.clone_from(&self.format);
        file.input.encoding.clone_from(&self.encoding);
        file.input.sheet.clone_from(&self.sheet);
        file.input.layer.clone_from(&self.layer);
        file.input.dbf_encoding.clone_from(&self.dbf_encoding);
        file.layers.dbf_encoding.clone_from(&self.dbf_encoding);
        file.input.columns = self.columns.iter().cloned().collect();
    }
}

impl Layers {
    /// The line and the areas.
    pub fn fill(&self, file: &mut ProjectFile) {
        let layers = &mut file.layers;
        layers.border.clone_from(&self.border);
        layers.left.clone_from(&self.left);
        layers.right.clone_from(&self.right);
        layers.planar_edges = self.planar_edges;
        layers.full_resolution = self.full_resolution;
        layers.provinces.clone_from(&self.provinces);
        layers.districts.clone_from(&self.districts);
    }
}

impl FilterArgs {
    /// Which incidents count.
    pub fn fill(&self, file: &mut ProjectFile) {
        let filter = &mut file.filter;
        filter.from.clone_from(&self.from);
        filter.to.clone_from(&self.to);
        filter.category.clone_from(&self.category);
        filter.side.clone_from(&self.side);
        filter.within_km = self.within_km;
        filter.province.clone_from(&self.province);
        filter.max_precision.clone_from(&self.max_precision);
    }
}

impl Figures {
    /// Pages and pixels.
    pub fn fill(&self, file: &mut ProjectFile) {
        file.figures.width_mm = self.width_mm;
        file.figures.dpi = self.dpi;
        file.figures.theme = match self.theme {
            ThemeArg::Light => "light".to_owned(),
            ThemeArg::Dark => "dark".to_owned(),
        };
        file.figures.outline_text = self.outline_text;
        file.figures.title.clone_from(&self.title);
        file.figures.subtitle.clone_from(&self.subtitle);
    }
}

/// Four numbers of an extent.
pub fn four(numbers: Option<&[f64]>) -> Result<Option<[f64; 4]>, String> {
    match numbers {
        None => Ok(None),
        Some(numbers) => <[f64; 4]>::try_from(numbers).map(Some).map_err(|_| {
            format!("--extent has {} numbers; expected four: west,south,east,north", numbers.len())
        }),
    }
}
