//! [`Failure`]: the one type that holds every error, its hint and its exit code.

use crate::pipeline::PipelineError;
use crate::project::ProjectError;

/// Why a run ended without its result.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong, and where.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
    /// 1 could not be done, 2 the command line is wrong, 3 rejected under `--strict`.
    pub code: u8,
}

impl Failure {
    /// The command line is wrong.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure { message: message.into(), hint: hint.into(), code: 2 }
    }

    /// A setting is wrong that came from an option: the key is told as the option.
    pub fn option(error: ProjectError) -> Failure {
        let option = error.place.rsplit('.').next().unwrap_or_default().replace('_', "-");
        let name = match option.as_str() {
            "incidents" => "INCIDENTS".to_owned(),
            "columns" => "--column".to_owned(),
            "figure" => "--as".to_owned(),
            "maps-by" => "--by".to_owned(),
            "marks" => "--mark".to_owned(),
            option => format!("--{option}"),
        };
        Failure::usage(format!("{name}: {}", error.message), error.hint)
    }

    /// What was asked for in a project file cannot be done: the command line is right.
    pub fn in_project(mut self, file: &str) -> Failure {
        if self.code == 2 && !file.is_empty() {
            self.code = 1;
            self.message = format!("{file}: {}", self.message);
        }
        self
    }

    /// A setting is wrong that stands in a project file.
    pub fn project(file: &str, error: &ProjectError) -> Failure {
        Failure { message: format!("{file}: {error}"), hint: error.hint.clone(), code: 1 }
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Failure {
        let code = match error {
            PipelineError::Strict { .. } => 3,
            PipelineError::Asked { .. } => 2,
            _ => 1,
        };
        Failure { message: error.to_string(), hint: error.hint(), code }
    }
}
