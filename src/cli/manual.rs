//! Completions for shells and pages for man(1), made from the commands themselves.

use super::args::Cli;
use super::failure::Failure;
use super::{Say, print};
use crate::io::{Output, write_all};
use crate::pipeline::PipelineError;
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;

/// A script that completes commands and options.
pub(super) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "durand", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Prints the page of the program, or writes the pages of all commands.
pub(super) fn run(into: Option<&Path>, say: Say) -> Result<(), Failure> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = into else {
        return print(&String::from_utf8_lossy(&page(&command, "durand")?));
    };
    let mut outputs = Vec::new();
    pages(&command, "durand", folder, &mut outputs)?;
    write_all(&outputs).map_err(PipelineError::from)?;
    say.written(outputs.iter().map(|output| output.path.as_path()));
    Ok(())
}

/// The pages of a command and of those below it, as `git-commit.1` is named.
fn pages(
    command: &clap::Command,
    name: &str,
    folder: &Path,
    outputs: &mut Vec<Output>,
) -> Result<(), Failure> {
    let path = folder.join(format!("{name}.1"));
    outputs.push(Output { path, bytes: page(command, name)? });
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        pages(below, &format!("{name}-{}", below.get_name()), folder, outputs)?;
    }
    Ok(())
}

fn page(command: &clap::Command, name: &str) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    let version = concat!("durand ", env!("CARGO_PKG_VERSION"));
    // No date: the same program gives the same page.
    let man = clap_mangen::Man::new(command.clone()).title(name).date("").source(version);
    man.render(&mut text).map_err(|error| Failure {
        message: format!("the page of {name} cannot be made: {error}"),
        hint: String::new(),
        code: 1,
    })?;
    Ok(text)
}
