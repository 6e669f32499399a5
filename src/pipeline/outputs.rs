//! Where results go: refusals before any work, and the list of rejected records.

use super::rejects::list_beside;
use super::{PipelineError, Study};
use crate::io::{Input, Output, Sheet, Writing, csv, file_of_layer, reject_csv};
use crate::model::nearest_name;
use crate::project::{OtherLine, Plan, WindowChoice};
use crate::report::{Document, document_sheets};
use std::path::{Path, PathBuf};

/// Formats of `durand distance`.
pub const DISTANCE_FORMATS: &[&str] = &[
    "csv",
    "geojson",
    "geojsonl",
    "geojsons",
    "ndjson",
    "kml",
    "shp",
    #[cfg(feature = "gpkg")]
    "gpkg",
    #[cfg(feature = "parquet")]
    "parquet",
    #[cfg(feature = "archives")]
    "xlsx",
];
/// Formats of `durand zones`.
pub const ZONES_FORMATS: &[&str] = &[
    "csv",
    "json",
    "md",
    "tex",
    #[cfg(feature = "archives")]
    "xlsx",
    "geojson",
    "kml",
    "shp",
    #[cfg(feature = "gpkg")]
    "gpkg",
    "svg",
    "png",
    "pdf",
];
/// Formats of `durand hotspots`.
pub const HOTSPOTS_FORMATS: &[&str] = &[
    "csv",
    "json",
    "md",
    "tex",
    #[cfg(feature = "archives")]
    "xlsx",
    "geojson",
    "svg",
    "png",
    "pdf",
];
/// Formats of `durand density`.
pub const DENSITY_FORMATS: [&str; 7] = ["tif", "asc", "csv", "geojson", "svg", "png", "pdf"];
/// Formats of `durand profile`, `durand borders` and `durand compare`.
pub const TABLE_FORMATS: &[&str] = &[
    "csv",
    "json",
    "md",
    "tex",
    #[cfg(feature = "archives")]
    "xlsx",
    "svg",
    "png",
    "pdf",
];
/// Formats of `durand diff`.
pub const DIFF_FORMATS: &[&str] = &[
    "csv",
    "json",
    "md",
    "tex",
    #[cfg(feature = "archives")]
    "xlsx",
];
/// Formats of `durand map`.
pub const MAP_FORMATS: [&str; 3] = ["svg", "png", "pdf"];

/// What a run writes. It need not be held whole.
pub trait Files {
    /// Where it goes.
    fn paths(&self) -> Vec<&Path>;

    /// What the user should know of it.
    fn notices(&self) -> &[String] {
        &[]
    }

    /// Writes it, to appear when the writing is finished.
    ///
    /// # Errors
    /// When a file cannot be made or written.
    fn write(self, writing: &mut Writing) -> Result<(), PipelineError>;
}

impl Files for Vec<Output> {
    fn paths(&self) -> Vec<&Path> {
        self.iter().map(|file| file.path.as_path()).collect()
    }

    fn write(self, writing: &mut Writing) -> Result<(), PipelineError> {
        for file in &self {
            let number = writing.add(&file.path)?;
            writing.write(number, &file.bytes)?;
        }
        Ok(())
    }
}

/// Files with what the user should know of them.
#[derive(Default)]
pub struct ToldFiles {
    pub(super) files: Vec<Output>,
    pub(super) notices: Vec<String>,
}

impl Files for ToldFiles {
    fn paths(&self) -> Vec<&Path> {
        self.files.paths()
    }

    fn notices(&self) -> &[String] {
        &self.notices
    }

    fn write(self, writing: &mut Writing) -> Result<(), PipelineError> {
        self.files.write(writing)
    }
}

/// The extension of an output in lower case; `-` stands for CSV on standard output.
pub(super) fn extension(path: &Path) -> String {
    if path == Path::new("-") {
        return "csv".to_owned();
    }
    path.extension().map_or_else(String::new, |e| e.to_string_lossy().to_lowercase())
}

/// Refuses, before anything is read, what `command` does not write.
///
/// # Errors
/// [`PipelineError::Asked`] names an output of a format that the command does
/// not write, with the formats there are, or one that is named twice or takes the
/// place of the list of rejected records.
pub fn check_outputs(command: &str, outputs: &[PathBuf]) -> Result<(), PipelineError> {
    let known: &[&str] = match command {
        "distance" => DISTANCE_FORMATS,
        "zones" => ZONES_FORMATS,
        "density" => &DENSITY_FORMATS,
        "profile" | "borders" | "compare" => TABLE_FORMATS,
        "diff" => DIFF_FORMATS,
        "hotspots" => HOTSPOTS_FORMATS,
        _ => &MAP_FORMATS,
    };
    for (i, path) in outputs.iter().enumerate() {
        check_format(path, command, known)?;
        if outputs[..i].iter().any(|earlier| same(earlier, path)) {
            return Err(PipelineError::asked(
                format!("output {} is named twice", path.display()),
                "give each output its own name",
            ));
        }
    }
    // Two downloads are compared without such a list.
    let list = list_beside(outputs).filter(|_| command != "diff");
    match list.and_then(|list| outputs.iter().find(|path| same(&list, path))) {
        Some(path) => Err(PipelineError::asked(
            format!("output {} is where this run lists rejected records", path.display()),
            "give it another name: the list stands beside the first output",
        )),
        None => Ok(()),
    }
}

/// Files in the order of the outputs as they were named: after each what belongs
/// beside it, which is what follows it in `paths` up to the next.
pub fn in_order_of(outputs: &[PathBuf], paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut place = 0;
    let mut placed: Vec<(usize, PathBuf)> = Vec::with_capacity(paths.len());
    for path in paths {
        place = outputs.iter().position(|output| *output == path).unwrap_or(place);
        placed.push((place, path));
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, path)| path).collect()
}

fn check_format(path: &Path, command: &str, known: &[&str]) -> Result<(), PipelineError> {
    let extension = extension(path);
    if known.contains(&extension.as_str()) {
        return Ok(());
    }
    let mut hint = format!("`{command}` writes .{}", known.join(" ."));
    let what = if path == Path::new("-") {
        hint.push_str(", each to a file");
        "cannot go to standard output"
    } else if extension.is_empty() {
        "has no extension to tell its format"
    } else {
        if let Some(near) = nearest_name(&extension, known.iter().copied()) {
            hint.push_str(&format!("; did you mean .{near}?"));
        }
        if extension == "gpkg" && ["distance", "zones"].contains(&command) {
            hint.push_str("; .gpkg in a build with `--features gpkg`, which needs a C compiler");
        }
        "is of a format that the command does not write"
    };
    Err(PipelineError::asked(format!("output {} {what}", path.display()), hint))
}

/// A document in the format of a path; of its tables a CSV holds the one named.
/// `None` for a path of another format.
pub(super) fn document_output(document: &Document, table: &str, path: &Path) -> Option<Output> {
    let bytes = match extension(path).as_str() {
        "csv" => {
            let table = document.tables.iter().find(|t| t.name == table)?;
            csv(&table.header(), table.values())
        }
        "json" => document.json().into_bytes(),
        "md" => document.markdown().into_bytes(),
        "tex" => document.latex().into_bytes(),
        _ => return None,
    };
    Some(Output { path: path.to_owned(), bytes })
}

/// The workbooks among the outputs: a sheet for each table of a document.
///
/// # Errors
/// When a table is larger than a sheet.
pub(super) fn workbook_outputs(
    document: &Document,
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    let (sheets, about) = document_sheets(document);
    workbooks(&sheets, &about, outputs)
}

/// The workbooks among the outputs, of such sheets.
///
/// # Errors
/// As [`workbook_outputs`].
#[cfg(feature = "archives")]
pub(super) fn workbooks(
    sheets: &[Sheet],
    about: &[(String, String)],
    outputs: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    let wanted = outputs.iter().filter(|path| extension(path) == "xlsx");
    let written = wanted.map(|path| {
        let bytes = crate::io::xlsx_tables(sheets, about)?;
        Ok(Output { path: path.clone(), bytes })
    });
    written.collect()
}

/// None: this program was built without them.
#[cfg(not(feature = "archives"))]
pub(super) fn workbooks(
    _: &[Sheet],
    _: &[(String, String)],
    _: &[PathBuf],
) -> Result<Vec<Output>, PipelineError> {
    Ok(Vec::new())
}

/// As [`spare_inputs`], for outputs and the list of rejected records beside them,
/// before anything is read.
///
/// # Errors
/// As there.
pub fn spare_inputs_beside(plan: &Plan, outputs: &[PathBuf]) -> Result<(), PipelineError> {
    spare_inputs(plan, outputs.iter().chain(&list_beside(outputs)).map(PathBuf::as_path))
}

/// Refuses to write over what is read: an input is somebody's original, and
/// the second run would read the results of the first.
///
/// # Errors
/// [`PipelineError::Asked`] names the file.
pub fn spare_inputs<'a>(
    plan: &Plan,
    outputs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), PipelineError> {
    let layers = [&plan.layers.border, &plan.layers.provinces, &plan.layers.districts];
    let incidents = plan.inputs.iter().filter_map(|input| match input {
        Input::Path(path) => Some(path),
        Input::Stdin | Input::Bundled => None,
    });
    let lines = plan.against.iter().filter_map(|line| match line {
        OtherLine::File(path) => Some(path),
        OtherLine::Bundled(_) => None,
    });
    let window = match &plan.layers.window {
        WindowChoice::File(path) => Some(path),
        WindowChoice::Countries | WindowChoice::Everywhere => None,
    };
    let layers = layers.into_iter().flatten().chain(lines).chain(window).chain(&plan.population);
    let layers = layers.map(|path| file_of_layer(path));
    let inputs: Vec<PathBuf> = incidents.cloned().chain(layers).collect();
    for output in outputs.into_iter().filter(|path| *path != Path::new("-")) {
        if inputs.iter().any(|input| same(input, output)) {
            return Err(PipelineError::asked(
                format!("output {} is an input of this run", output.display()),
                "give the output another name with -o",
            ));
        }
    }
    Ok(())
}

/// Whether two paths name one file, through links and `./` where it exists.
fn same(one: &Path, other: &Path) -> bool {
    if one == other {
        return true;
    }
    let place = |path: &Path| {
        std::fs::canonicalize(path).ok().or_else(|| {
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            Some(std::fs::canonicalize(folder).ok()?.join(path.file_name()?))
        })
    };
    // A device such as /dev/null may take several outputs.
    let device = std::fs::metadata(other).is_ok_and(|meta| !meta.is_file() && !meta.is_dir());
    !device && place(one).is_some_and(|place_one| place(other) == Some(place_one))
}

/// The list of rejected records beside the outputs. Written when there are any, and
/// over an older list when there are none, so that no list outlives its run.
pub fn rejected_output(study: &Study, outputs: &[PathBuf]) -> Option<Output> {
    rejected_list(study, list_beside(outputs)?)
}

/// The list of rejected records at `path`; `None` when there is nothing to say
/// and no older list to replace.
pub(super) fn rejected_list(study: &Study, path: PathBuf) -> Option<Output> {
    (!study.rejected.is_empty() || path.is_file())
        .then(|| Output { path, bytes: reject_csv(&study.rejected) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_the_order_of_the_outputs_each_with_its_own() {
        let paths = |text: &str| text.split(' ').map(PathBuf::from).collect::<Vec<_>>();
        let found = in_order_of(
            &paths("z.csv z.shp z.svg z.md"),
            paths("z.shp z.dbf z.csv z.areas.csv z.md z.areas.md z.svg z.caption.md"),
        );
        let wanted = "z.csv z.areas.csv z.shp z.dbf z.svg z.caption.md z.md z.areas.md";
        assert_eq!(found, paths(wanted));
    }

    /// What a build without the feature says.
    #[test]
    fn a_geopackage_needs_a_build_of_its_own() {
        let said = |command| match check_format(Path::new("o.gpkg"), command, &["csv"]) {
            Err(PipelineError::Asked { hint, .. }) => hint,
            other => panic!("{other:?}"),
        };
        assert!(said("distance").contains("--features gpkg"));
        assert!(!said("profile").contains("gpkg"));
    }
}
