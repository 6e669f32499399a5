//! From arguments to a plan, and from an error to words.

mod args;
mod data;
mod density_args;
mod failure;
mod framing_args;
mod init;
mod manual;
mod profile_args;
mod shared_args;
mod statistics_args;
mod steps;
mod zones_args;

use crate::caught::say_nothing_of_caught;
use crate::io::{Writing, on_one_line, read_project};
use crate::pipeline::{
    Account, Files, PipelineError, Progress, Stream, Study, borders_outputs, check, check_outputs,
    compare_outputs, density_outputs, diff, diff_outputs, diff_text, frame, hotspots_outputs,
    in_order_of, load_study, map_outputs, measure, profile_outputs, rejected_output,
    report_outputs, spare_inputs, spare_inputs_beside, time_outputs, zones_outputs,
};
use crate::project::{Plan, ProjectFile, stdin_once};
use crate::report::Tally;
use args::{Cli, Command, DiffArgs, ReportArgs};
use clap::Parser;
use failure::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    // Prints help or usage and exits with 0 or 2 by itself.
    let cli = Cli::parse();
    say_nothing_of_caught();
    steps::tell(cli.verbose);
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let mut error = std::io::stderr().lock();
            // A closed error stream leaves nobody to tell.
            let _ = writeln!(error, "error: {}", for_terminal(&failure.message));
            if !failure.hint.is_empty() {
                let _ = writeln!(error, " hint: {}", for_terminal(&failure.hint));
            }
            ExitCode::from(failure.code)
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(cli.threads))
        .build_global()
        .map_err(|e| Failure::usage(format!("--threads: {e}"), ""))?;
    let say = Say { quiet: cli.quiet };
    match &cli.command {
        Command::Report(args) => run_report(args, cli.strict, say),
        Command::Distance(args) => {
            let mut file = ProjectFile::default();
            args.source.fill(&mut file);
            run_distance(file, &args.outputs.output, cli.strict, say)
        }
        Command::Zones(args) => run_streamed(
            "zones",
            args.project(),
            &args.outputs.output,
            cli.strict,
            say,
            zones_outputs,
        ),
        Command::Density(args) => run_streamed(
            "density",
            args.project().map_err(|e| Failure::usage(e, ""))?,
            &args.outputs.output,
            cli.strict,
            say,
            density_outputs,
        ),
        Command::Profile(args) => {
            let file = args.project().map_err(|e| Failure::usage(e, ""))?;
            let outputs = &args.outputs.output;
            if file.profile.figure == "time" {
                run_command("profile", file, outputs, cli.strict, say, time_outputs)
            } else {
                run_streamed("profile", file, outputs, cli.strict, say, profile_outputs)
            }
        }
        Command::Compare(args) => run_command(
            "compare",
            args.project().map_err(|e| Failure::usage(e, ""))?,
            &args.outputs.output,
            cli.strict,
            say,
            compare_outputs,
        ),
        Command::Hotspots(args) => run_command(
            "hotspots",
            args.project().map_err(|e| Failure::usage(e, ""))?,
            &args.outputs.output,
            cli.strict,
            say,
            hotspots_outputs,
        ),
        Command::Borders(args) => run_command(
            "borders",
            args.project(),
            &args.outputs.output,
            cli.strict,
            say,
            borders_outputs,
        ),
        Command::Map(args) => run_command(
            "map",
            args.project().map_err(|e| Failure::usage(e, ""))?,
            &args.outputs.output,
            cli.strict,
            say,
            map_outputs,
        ),
        Command::Check(args) => {
            let mut file = ProjectFile::default();
            args.source.fill(&mut file);
            let plan = Plan::resolve(file, Path::new("")).map_err(Failure::option)?;
            // By the clock, in Greenwich: what is still to come cannot have happened.
            let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
            let (found, account) = say.reading(|progress| check(&plan, today, progress))?;
            print(&if args.json { found.json() } else { for_terminal(&found.text()) })?;
            say.tally(&account.tally);
            Ok(account.fit(cli.strict)?)
        }
        Command::Diff(args) => run_diff(args, cli.strict, say),
        Command::Init(args) => init::run(&args.folder, say),
        Command::Data(command) => data::run(command, say),
        Command::Completions { shell } => print(&manual::completions(*shell)),
        Command::Man { into } => manual::run(into.as_deref(), say),
    }
}

/// The way of every command that reads incidents and writes files.
fn run_command<F: Files>(
    name: &str,
    file: ProjectFile,
    outputs: &[PathBuf],
    strict: bool,
    say: Say,
    work: fn(&Plan, &Study, &[PathBuf]) -> Result<F, PipelineError>,
) -> Result<(), Failure> {
    check_outputs(name, outputs)?;
    let root = Path::new("");
    // The lines can be compared without an incident; other commands ask for a file.
    let mut plan = match file.incidents.is_empty() {
        true => Plan::without_incidents(file, root),
        false => Plan::resolve(file, root),
    }
    .map_err(Failure::option)?;
    spare_inputs_beside(&plan, outputs)?;
    // What moves between lines is listed by name; all else is counted.
    plan.read.without_names = name != "borders";
    let study = say.reading(|progress| load_study(&plan, false, strict, progress))?;
    frame(&mut plan, &study.layers)?;
    let files = work(&plan, &study, outputs)?;
    let (mut writing, mut beside) = (Writing::default(), Vec::new());
    if let Some(rejected) = rejected_output(&study, outputs) {
        let number = writing.add(&rejected.path).map_err(PipelineError::from)?;
        writing.write(number, &rejected.bytes).map_err(PipelineError::from)?;
        beside.push(rejected.path);
    }
    finish(&plan, &study, outputs, files, (writing, beside), say)
}

/// The way of the commands whose incidents add up: they are read batch by batch
/// and not held.
fn run_streamed<F: Files>(
    name: &str,
    file: ProjectFile,
    outputs: &[PathBuf],
    strict: bool,
    say: Say,
    work: fn(&Plan, &mut Stream<'_>, &[PathBuf]) -> Result<F, PipelineError>,
) -> Result<(), Failure> {
    check_outputs(name, outputs)?;
    let mut plan = Plan::resolve(file, Path::new("")).map_err(Failure::option)?;
    spare_inputs_beside(&plan, outputs)?;
    let (files, (account, writing, rejected)) = say.reading(|progress| {
        let mut incidents = Stream::open(&plan, outputs, strict, progress)?;
        frame(&mut plan, incidents.layers())?;
        let files = work(&plan, &mut incidents, outputs)?;
        Ok((files, incidents.end()?))
    })?;
    finish(&plan, &account, outputs, files, (writing, rejected.into_iter().collect()), say)
}

/// Measures batch by batch; long work shows how far it is.
fn run_distance(
    file: ProjectFile,
    outputs: &[PathBuf],
    strict: bool,
    say: Say,
) -> Result<(), Failure> {
    let plan = Plan::resolve(file, Path::new("")).map_err(Failure::option)?;
    let measured = say.reading(|progress| measure(&plan, outputs, strict, progress))?;
    say.notices(&measured.notices);
    say.tally(&measured.tally);
    say.written(measured.written.iter().map(PathBuf::as_path));
    Ok(())
}

/// Compares two downloads, and tells at the terminal what is not written to a file.
fn run_diff(args: &DiffArgs, strict: bool, say: Say) -> Result<(), Failure> {
    check_outputs("diff", &args.output)?;
    let files = args.projects();
    stdin_once(files.iter().flat_map(|file| &file.incidents)).map_err(Failure::option)?;
    let [old, new] = files.map(|file| Plan::resolve(file, Path::new("")));
    let (old_plan, plan) = (old.map_err(Failure::option)?, new.map_err(Failure::option)?);
    spare_inputs(&old_plan, args.output.iter().map(PathBuf::as_path))?;
    let load = |plan: &Plan| say.reading(|progress| load_study(plan, false, strict, progress));
    let (old, new) = (load(&old_plan)?, load(&plan)?);
    let document = diff(&plan, &old, &new);
    say.notices(&old.notices);
    say.tally(&old.tally);
    if args.output.is_empty() {
        print(&if args.json { document.json() } else { for_terminal(&diff_text(&document)) })?;
        say.notices(&new.notices);
        say.tally(&new.tally);
        return Ok(());
    }
    let files = diff_outputs(&document, &args.output)?;
    finish(&plan, &new, &args.output, files, Default::default(), say)
}

fn run_report(args: &ReportArgs, strict: bool, say: Say) -> Result<(), Failure> {
    let (file, root, name) = match &args.project {
        None => (ProjectFile::default(), PathBuf::new(), String::new()),
        Some(path) => {
            let name = path.display().to_string();
            let text = read_project(path).map_err(|error| Failure {
                message: error.to_string(),
                hint: "`durand init` writes a project file to start from, `durand report \
                       --print-plan` prints one"
                    .to_owned(),
                code: 1,
            })?;
            let file = ProjectFile::parse(&text).map_err(|e| Failure::project(&name, &e))?;
            let root = path.parent().unwrap_or(Path::new("")).to_owned();
            (file, root, name)
        }
    };
    let mut plan = Plan::resolve(file, &root).map_err(|e| Failure::project(&name, &e))?;
    if args.print_plan {
        return print(&plan.file.print());
    }
    if let Some(output) = &args.output {
        plan.output.clone_from(output);
    }
    let work = || -> Result<(), Failure> {
        let study = say.reading(|progress| load_study(&plan, true, strict, progress))?;
        let mut plan = plan.clone();
        frame(&mut plan, &study.layers)?;
        let files = report_outputs(&plan, &study)?;
        finish(&plan, &study, &[], files, Default::default(), say)
    };
    work().map_err(|failure| failure.in_project(&name))
}

/// Writes everything or nothing, and says what was done in the order of the outputs;
/// beside the files stand those that have been written already and where they go.
fn finish(
    plan: &Plan,
    study: &Account,
    outputs: &[PathBuf],
    files: impl Files,
    (mut writing, beside): (Writing, Vec<PathBuf>),
    say: Say,
) -> Result<(), Failure> {
    let paths = files.paths().into_iter().map(Path::to_owned).collect();
    let mut paths = in_order_of(outputs, paths);
    paths.extend(beside);
    spare_inputs(plan, paths.iter().map(PathBuf::as_path))?;
    let notices = files.notices().to_vec();
    files.write(&mut writing)?;
    writing.finish().map_err(PipelineError::from)?;
    say.notices(&study.notices);
    say.notices(&notices);
    if !plan.inputs.is_empty() {
        say.tally(&study.tally);
    }
    say.written(paths.iter().map(PathBuf::as_path).filter(|path| *path != Path::new("-")));
    Ok(())
}

/// What is said on standard error, unless told to be quiet.
#[derive(Clone, Copy)]
struct Say {
    quiet: bool,
}

impl Say {
    /// Shows how far some reading is, in bytes, while it lasts.
    fn reading<T>(
        self,
        read: impl FnOnce(Progress<'_>) -> Result<T, PipelineError>,
    ) -> Result<T, PipelineError> {
        let bar = self.bar();
        let done = read(&|done, of| {
            bar.set_length(of);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        done
    }

    /// How far long work is: on a terminal, after half a second.
    fn bar(self) -> ProgressBar {
        // Steps that are told line by line would run through a bar.
        if self.quiet || log::max_level() != log::LevelFilter::Off {
            return ProgressBar::hidden();
        }
        // Draws nothing where standard error is no terminal.
        let bar = ProgressBar::new(0);
        let form = "{bar:30} {percent:>3} %  {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar
    }

    fn notices(self, notices: &[String]) {
        for notice in notices {
            self.line(&format!(" note: {notice}"));
        }
    }

    fn written<'a>(self, paths: impl Iterator<Item = &'a Path>) {
        for path in paths {
            self.line(&format!("wrote {}", path.display()));
        }
    }

    /// What became of the records.
    fn tally(self, tally: &Tally) {
        self.line(&format!(
            "read {} = {} used + {} rejected + {} filtered",
            tally.read, tally.used, tally.rejected, tally.filtered
        ));
    }

    fn line(self, text: &str) {
        if !self.quiet {
            // A closed error stream leaves nobody to tell.
            let _ = writeln!(std::io::stderr(), "{}", on_one_line(text));
        }
    }
}

/// Lines of text in which names of a file or its data stand: they must not
/// command the terminal.
fn for_terminal(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(on_one_line).collect();
    lines.join("\n")
}

/// Prints a result on standard output; a reader that has gone away is no error.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure {
            message: format!("standard output: {error}"),
            hint: String::new(),
            code: 1,
        }),
        _ => Ok(()),
    }
}
