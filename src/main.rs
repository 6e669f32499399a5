//! The `durand` program: parse, run, print error and hint, set the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    durand::cli::main()
}
