//! The commands, and the options of those that have few.

use super::density_args::DensityArgs;
use super::framing_args::Drawing;
use super::profile_args::ProfileArgs;
use super::shared_args::{Breaks, Outputs, Selection, Source, four};
use super::statistics_args::{BordersArgs, CompareArgs, HotspotsArgs};
use super::zones_args::ZonesArgs;
use crate::project::ProjectFile;
use clap::{Args, Parser, Subcommand};
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
        text; nothing becomes a formula) .gpkg (GeoPackage, in a build with the feature gpkg), or -\n\
        for CSV on standard output.")]
    Distance(DistanceArgs),
    /// Buffer-zone statistics: counts, areas and rates by side and distance.
    #[command(
        after_help = "Examples:\n  durand zones events.csv -o zones.csv -o zones.svg --breaks-km 5,10,25,50\n  \
        durand zones events.csv --as map -o zones.png -o zones.geojson\n\n\
        Outputs: .csv .json .md .tex .xlsx tables, .svg .png .pdf chart, map or test of nearness to the\n\
        line (--as chart|map|nearness), .geojson .shp .kml zone polygons with the table's columns, cut\n\
        to the window (their edges within 10 m of the true distance; incidents are counted by\n\
        distance, not by polygon), .gpkg both polygons and table (GeoPackage, in a build with the\n\
        feature gpkg), or - for CSV on standard output. area_error_km2 bounds what each area is\n\
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
        durand compare events.csv --before 2015-01-01..2018-12-31 --after 2020-01-01..2023-12-31 -o c.md\n  \
        durand compare events.csv --at 2021-08-15 -o districts.png --as map\n\n\
        Counts, rates per year, the ratio of the rates with its exact 95 % interval (conditional on\n\
        the total, mid-p), p-values adjusted for all rows of a level (Benjamini-Hochberg), and a\n\
        sentence for each. With --at the periods run from the first to the last incident, or from\n\
        --from to --to. --as map colours the districts by their ratio: hatched where it may be\n\
        chance, outlined where that is hardly so.\n\n\
        Outputs: .csv .json .md .tex .xlsx tables, .svg .png .pdf chart or map, or - for CSV on\n\
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
    pub drawing: Drawing,
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
    pub selection: Selection,
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
            self.selection.fill(&mut file);
            self.breaks.fill(&mut file);
            file
        })
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
        self.drawing.fill(&mut file);
        file.figures.maps_by.clone_from(&self.by);
        file.figures.extent = four(self.extent.as_deref())?;
        Ok(file)
    }
}
