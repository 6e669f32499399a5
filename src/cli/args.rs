//! The commands and options, and how they fill a [`ProjectFile`].

use super::framing_args::{Framing, Labels};
use super::profile_args::ProfileArgs;
use super::statistics_args::{BordersArgs, CompareArgs, HotspotsArgs};
use crate::project::{Length, ProjectFile};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Map border incidents: distances, buffer zones, density, profile, figures.
#[derive(Debug, Parser)]
#[command(
    name = "durand",
    version,
    about = "Maps border incidents along the Durand Line: geodesic distances, buffer-zone \
             statistics, density maps and profiles, as tables and print-ready figures.",
    after_help = "Examples:\n  \
        durand report                            figures and tables of the bundled incidents\n  \
        durand check events.csv                  what is wrong or doubtful in a file\n  \
        durand distance events.csv -o near.csv   distance, side, chainage, district of each\n  \
        durand density events.csv -o heat.png    where they gather\n\n\
        Distances are geodesics on WGS 84, solved on the ellipsoid with an error below 1 mm; edges of\n\
        the line are geodesics between its vertices. The side of an incident is told by the line.\n\n\
        Exit codes: 0 done, 1 could not be done, 2 the command line is wrong,\n\
        3 --strict and something was rejected."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Threads to work on, at most 512; 0 for one per processor. Results do not depend on it.
    #[arg(long, global = true, value_name = "N", default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(0..=512))]
    pub threads: u16,
    /// Fail, and write nothing, when a record is rejected (exit code 3).
    #[arg(long, global = true)]
    pub strict: bool,
    /// Print nothing but errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Tell each step as it is done; twice: what the libraries tell too.
    #[arg(long, short, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write every figure and table of a study into output/.
    #[command(after_help = "Examples:\n  \
        durand report                  the bundled incidents\n  \
        durand report study.toml       a study of your own\n  \
        durand report --print-plan > study.toml\n                                 a project file with every default filled in, to start from\n\n\
        Writes tables (.csv .json .md .tex), figures with a caption beside each, index.html, one page\n\
        that shows them all and asks no network for anything, and report.json with the sha256 of each.")]
    Report(ReportArgs),
    /// Each incident: distance to the line, side, chainage, district.
    #[command(after_help = "Example:\n  durand distance events.csv -o distances.csv\n\n\
        Keeps the input's columns and adds border_distance_m, border_side, border_chainage_m,\n\
        border_lon, border_lat, country, province, district, district_how; with a known precision\n\
        also border_distance_low_m and border_distance_high_m (5 % and 95 % quantiles over the\n\
        region the incident may lie in, to 0.5 % of its radius), border_side_probability (that it\n\
        lies on border_side) and border_side_called (the side that has 95 %, else undetermined).\n\
        Distances: geodesic on WGS 84, error below 1 mm. Works batch by batch: files of any size\n\
        need little memory.\n\n\
        Outputs: .csv .geojson .geojsonl .ndjson (a feature a line) .geojsons (RFC 8142) .parquet\n\
        (GeoParquet) .shp (with .shx .dbf .prj .cpg; names of ten letters, texts of 254 bytes, what is\n\
        cut is said) .kml .xlsx (text that is a plain number or an ISO day becomes one; 007 stays\n\
        text; nothing becomes a formula), or - for CSV on standard output.")]
    Distance(DistanceArgs),
    /// Buffer-zone statistics: counts, areas and rates by side and distance.
    #[command(
        after_help = "Examples:\n  durand zones events.csv -o zones.csv -o zones.svg --breaks-km 5,10,25,50\n  \
        durand zones events.csv --as map -o zones.png -o zones.geojson\n\n\
        Outputs: .csv .json .md .tex .xlsx tables, .svg .png .pdf chart, map or test of nearness to the\n\
        line (--as chart|map|nearness), .geojson zone polygons with the table's columns, cut to the\n\
        window (their edges within 10 m of the true distance; incidents are counted by distance,\n\
        not by polygon), or - for CSV on standard output. area_error_km2 bounds what each area is\n\
        wrong by."
    )]
    Zones(ZonesArgs),
    /// Kernel density: a map or a raster.
    #[command(
        after_help = "Examples:\n  durand density events.csv -o heat.svg -o heat.tif --bandwidth-km 25 --extent 68,31,73,36\n  \
        durand density events.csv -o sides.png --barrier border --edge diggle\n  \
        durand density events.csv -o shift.png -o shift.csv --at 2021-08-15\n  \
        durand density events.csv -o pair.png --at 2021-08-15 --as pair\n\n\
        Outputs: .tif .asc .csv rasters (each with a .json beside it, .asc also with a .prj for its\n\
        coordinate system), .geojson isolines,\n\
        .svg .png .pdf map. With --at or --case: the logarithm of the ratio (.csv also the ratio and\n\
        the shares of random draws), .geojson tolerance contours at 5 %."
    )]
    Density(Box<DensityArgs>),
    /// Incidents along the line, or in time, by side: a chart or a table.
    #[command(
        after_help = "Examples:\n  durand profile events.csv -o profile.svg -o profile.csv\n  \
        durand profile events.csv -o months.svg -o months.csv --as time --mark 2021-08-15=Kabul\n\n\
        Each incident belongs to the place on the line nearest to it; one known only to 25 km, its\n\
        district or its province is spread over the places that it may lie nearest to. Tables: the line\n\
        in short stretches with the smoothed curve and its 95 % envelope, in sectors, by border\n\
        district, and the ten hottest stretches with a sentence each.\n\n\
        --as time: bars by week, month or year, stacked by side or category; time that the data are\n\
        known not to cover (before the first record, after the last one, what the source leaves out)\n\
        is blank in the chart and empty in the table, not zero.\n\n\
        Outputs: .svg .png .pdf chart; .json .md .tex .xlsx all tables, .csv the one of --table, or - for CSV\n\
        on standard output."
    )]
    Profile(ProfileArgs),
    /// Before and after a date, by zone, side, province and district.
    #[command(
        after_help = "Examples:\n  durand compare events.csv --at 2021-08-15 -o before-after.csv -o before-after.svg\n  \
        durand compare events.csv --before 2015-01-01..2018-12-31 --after 2020-01-01..2023-12-31 -o c.md\n\n\
        Counts, rates per year, the ratio of the rates with its exact 95 % interval (conditional on\n\
        the total, mid-p), p-values adjusted for all rows of a level (Benjamini-Hochberg), and a\n\
        sentence for each. With --at the periods run from the first to the last incident, or from\n\
        --from to --to. Outputs: .csv .json .md .tex .xlsx tables, .svg .png .pdf chart, or - for CSV on\n\
        standard output."
    )]
    Compare(CompareArgs),
    /// Districts with more incidents than chance explains: Gi*, local Moran's I.
    #[command(
        after_help = "Examples:\n  durand hotspots events.csv -o hotspots.png -o hotspots.csv -o hotspots.geojson\n  \
        durand hotspots events.csv -o rates.png --show rate\n\n\
        Rates per 1,000 km² by district; neighbours share an edge or a corner, or face each other\n\
        across the line. p-values by conditional permutation, adjusted for all districts\n\
        (Benjamini-Hochberg). Where all records name one country, its districts alone are looked\n\
        at. Outputs: .csv .json .md .tex .xlsx tables, .geojson districts, .svg .png .pdf map, or - for\n\
        CSV on standard output."
    )]
    Hotspots(HotspotsArgs),
    /// How far the sources of the line disagree, and what that moves.
    #[command(after_help = "Examples:\n  durand borders -o borders.svg -o borders.csv\n  \
        durand borders events.csv -o borders.md --against my-line.geojson\n\n\
        Holds the line against each other line: the deviation (mean, 95 %, largest and where, from\n\
        either one), the ground between them by side in km² with its error, and the incidents that\n\
        change side or zone (--breaks-km). A place whose nearest place is an end of the other line\n\
        is not compared. Outputs: .csv .json .md .tex .xlsx tables (beside b.csv stand b.along.csv and,\n\
        with incidents, b.moved.csv), .svg .png .pdf chart, or - for CSV on standard output.")]
    Borders(BordersArgs),
    /// The incident map.
    #[command(
        after_help = "Examples:\n  durand map events.csv -o map.pdf --extent 69,32,72,35\n  \
        durand map events.csv -o khost.png --around Khost,Kunar\n  \
        durand map events.csv -o stretch.svg --sector 1400..1700\n  \
        durand map events.csv -o years.png --by year\n\nOutputs: .svg .png .pdf."
    )]
    Map(MapArgs),
    /// What is wrong or doubtful in a file; writes nothing.
    #[command(
        after_help = "Examples:\n  durand check events.csv\n  durand check events.csv --json > check.json"
    )]
    Check(CheckArgs),
    /// What changed between two downloads of a data set.
    #[command(after_help = "Examples:\n  durand diff acled-may.csv acled-june.csv\n  \
        durand diff old.csv new.csv -o changes.csv -o changes.md --within-km 50\n\n\
        Incidents are the same by their id (--column id=NAME names the column). Tells what was\n\
        added, removed and changed (position, day, category, precision, toll, names), and the\n\
        counts by side and distance before and after. Outputs: .csv of the changes, .json .md .tex\n\
        .xlsx of both tables; without any a summary on standard output.")]
    Diff(DiffArgs),
    /// A commented project file to start from.
    #[command(after_help = "Example:\n  durand init study && durand report study/study.toml\n\n\
        Writes study.toml with every setting explained; never over a file that is there.")]
    Init(InitArgs),
    /// The boundary layers that ship with the tool, and their originals.
    #[command(subcommand)]
    Data(DataCommand),
    /// Completions of commands and options for a shell.
    #[command(after_help = "Examples:\n  \
        durand completions bash > ~/.local/share/bash-completion/completions/durand\n  \
        durand completions zsh  > \"${fpath[1]}/_durand\"\n  \
        durand completions fish > ~/.config/fish/completions/durand.fish")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// The manual page, for man(1).
    #[command(after_help = "Examples:\n  durand man | man -l -\n  \
        durand man --into ~/.local/share/man/man1      durand.1 and a page for each command")]
    Man {
        /// Write a page for every command into this folder.
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
    },
}

/// `durand data …`
#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// List the bundled layers with source, licence and how they were made.
    List,
    /// Check the sha256 of every bundled layer against the manifest.
    Verify,
    /// Download the publishers' originals into a cache folder.
    #[cfg(feature = "fetch")]
    #[command(after_help = "Examples:\n  durand data fetch\n  \
        durand data fetch --cache originals && durand data build --from originals --into layers\n\n\
        The only command that uses the network: HTTPS, to the hosts that `durand data list` names.\n\
        A file is kept only with the size and the sha256 of the manifest. What was broken off is\n\
        continued by the next run. Then the layers for --full-resolution are made from them, which\n\
        looks for them in the platform's folder.\n\n\
        Cache: $XDG_CACHE_HOME/durand or ~/.cache/durand, on macOS ~/Library/Caches/durand, on\n\
        Windows %LOCALAPPDATA%\\durand\\cache. A proxy is taken from HTTPS_PROXY or ALL_PROXY.")]
    Fetch {
        /// Folder to keep them in, in place of the platform's.
        #[arg(long, value_name = "DIR")]
        cache: Option<PathBuf>,
    },
    /// Make the bundled layers from the publishers' originals.
    #[command(after_help = "Example:\n  durand data build --from originals --into geodata\n\n\
        The folder must hold the originals under the file names that `durand data list` gives;\n\
        each one's sha256 is checked first. The same originals give the same bytes.")]
    Build {
        /// Folder with the originals.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// Folder to write the layers to.
        #[arg(long, value_name = "DIR", default_value = "geodata")]
        into: PathBuf,
    },
}

/// Where incidents and layers come from, and which count.
#[derive(Debug, Args)]
pub struct Source {
    /// Incident files: CSV, TSV, workbooks (.xlsx .xls .ods), KML, point Shapefiles, GeoJSON points (also one a line), TopoJSON or GeoParquet, gzip or zip round them too; `-` is standard input, `bundled` the list that ships with the tool.
    #[arg(required = true, value_name = "INCIDENTS")]
    pub incidents: Vec<String>,
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
    /// Layer of a TopoJSON file that has several of points.
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
    /// The border line: GeoJSON, TopoJSON or Shapefile (zipped too) with lines.
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
    /// First-level areas: GeoJSON, TopoJSON or Shapefile with polygons.
    #[arg(long, value_name = "FILE")]
    pub provinces: Option<String>,
    /// Second-level areas: GeoJSON, TopoJSON or Shapefile with polygons.
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

/// `durand report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Project file; without one, the bundled layers and incidents.
    #[arg(value_name = "PROJECT.toml")]
    pub project: Option<PathBuf>,
    /// Print the project file with every default filled in, and stop.
    #[arg(long)]
    pub print_plan: bool,
    /// Folder to write to in place of the project's.
    #[arg(short = 'o', long = "output", value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `durand distance`
#[derive(Debug, Args)]
pub struct DistanceArgs {
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub outputs: Outputs,
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

/// `durand zones`
#[derive(Debug, Args)]
pub struct ZonesArgs {
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub outputs: Outputs,
    #[command(flatten)]
    pub breaks: Breaks,
    /// Whose ground counts: `countries`, `none` for everywhere within the outermost break, or a file of polygons (incidents outside them are filtered) [default: countries].
    #[arg(long, help_heading = "Statistic", value_name = "WINDOW|FILE")]
    pub window: Option<String>,
    /// Write the areas of the zones by country or province too: o.areas.csv for o.csv.
    #[arg(long, help_heading = "Statistic", value_name = "LEVEL")]
    pub areas_by: Option<String>,
    /// `all`: give the lowest and the highest count over all bundled lines as well [default: own].
    #[arg(long, help_heading = "Statistic", value_name = "own|all")]
    pub border_sources: Option<String>,
    /// A raster of people, GeoTIFF or ASCII grid in degrees: test nearness to the line against where they live too.
    #[arg(long, help_heading = "Statistic", value_name = "FILE")]
    pub population: Option<String>,
    /// Seed of the draws that nearness to the line is tested by [default: 1].
    #[arg(long, help_heading = "Statistic", value_name = "N")]
    pub seed: Option<u64>,
    /// What .svg, .png and .pdf show: chart, map or nearness [default: chart].
    #[arg(long = "as", help_heading = "Output", value_name = "FIGURE")]
    pub figure: Option<String>,
    #[command(flatten)]
    pub figures: Figures,
    #[command(flatten)]
    pub labels: Labels,
}

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
    pub framing: Framing,
    #[command(flatten)]
    pub figures: Figures,
    #[command(flatten)]
    pub labels: Labels,
}

/// `durand map`
#[derive(Debug, Args)]
pub struct MapArgs {
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub outputs: Outputs,
    /// West, south, east, north in degrees; the incidents and the line when not given.
    #[arg(
        long,
        help_heading = "Figures",
        value_name = "W,S,E,N",
        value_delimiter = ',',
        num_args = 1,
        allow_hyphen_values = true
    )]
    pub extent: Option<Vec<f64>>,
    /// A small map for each year (or few years together) or category, on one scale, in place of one map.
    #[arg(long, help_heading = "Figures", value_name = "year|category")]
    pub by: Option<String>,
    #[command(flatten)]
    pub framing: Framing,
    #[command(flatten)]
    pub figures: Figures,
    #[command(flatten)]
    pub labels: Labels,
}

/// `durand init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder to write it into; it is made when it is not there.
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

/// `durand check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub source: Source,
    /// As JSON on standard output.
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// `durand diff`
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The older file.
    #[arg(value_name = "OLD")]
    pub old: String,
    /// The newer file.
    #[arg(value_name = "NEW")]
    pub new: String,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub layers: Layers,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub breaks: Breaks,
    /// File to write, its format told by the extension; may be given several times.
    #[arg(short = 'o', long = "output", help_heading = "Output", value_name = "OUT")]
    pub output: Vec<PathBuf>,
    /// Both tables as JSON on standard output.
    #[arg(long, help_heading = "Output", conflicts_with = "output")]
    pub json: bool,
}

impl DiffArgs {
    /// The project files of the two.
    pub fn projects(&self) -> [ProjectFile; 2] {
        [&self.old, &self.new].map(|incidents| {
            let mut file =
                ProjectFile { incidents: vec![incidents.clone()], ..ProjectFile::default() };
            self.reading.fill(&mut file);
            self.layers.fill(&mut file);
            self.filter.fill(&mut file);
            self.breaks.fill(&mut file);
            file
        })
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

impl ZonesArgs {
    /// The project file that means the same.
    pub fn project(&self) -> ProjectFile {
        let mut file = ProjectFile::default();
        self.source.fill(&mut file);
        self.figures.fill(&mut file);
        self.labels.fill(&mut file);
        self.breaks.fill(&mut file);
        if let Some(window) = &self.window {
            file.zones.window.clone_from(window);
        }
        if let Some(figure) = &self.figure {
            file.zones.figure.clone_from(figure);
        }
        if let Some(lines) = &self.border_sources {
            file.zones.border_sources.clone_from(lines);
        }
        file.zones.areas_by.clone_from(&self.areas_by);
        file.zones.population.clone_from(&self.population);
        file.zones.seed = self.seed.unwrap_or(file.zones.seed);
        file
    }
}

impl DensityArgs {
    /// The project file that means the same.
    ///
    /// # Errors
    /// When the extent is not four numbers.
    pub fn project(&self) -> Result<ProjectFile, String> {
        let mut file = ProjectFile::default();
        self.source.fill(&mut file);
        self.figures.fill(&mut file);
        self.labels.fill(&mut file);
        self.framing.fill(&mut file);
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

impl MapArgs {
    /// The project file that means the same.
    ///
    /// # Errors
    /// When the extent is not four numbers.
    pub fn project(&self) -> Result<ProjectFile, String> {
        let mut file = ProjectFile::default();
        self.source.fill(&mut file);
        self.figures.fill(&mut file);
        self.labels.fill(&mut file);
        self.framing.fill(&mut file);
        file.figures.maps_by.clone_from(&self.by);
        file.figures.extent = four(self.extent.as_deref())?;
        Ok(file)
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
