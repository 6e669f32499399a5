//! Read, locate, analyse, draw, report, in that order: every step is named
//! here and computed elsewhere.

mod account;
mod borders;
mod check;
mod compare;
mod density;
mod diff;
mod distance;
mod distance_rows;
mod figures;
mod framing;
mod hotspots;
mod layers;
mod map;
mod outputs;
mod page;
mod page_data;
mod profile;
mod rejects;
mod report;
mod series;
mod stream;
mod study;
mod zone_layers;
mod zones;

pub use account::Account;
pub use borders::borders_outputs;
pub use check::{Check, check};
pub use compare::compare_outputs;
pub use density::{DensityFiles, density_outputs};
pub use diff::{diff, diff_outputs, diff_text};
pub use distance::{Measured, Progress, measure};
pub use framing::frame;
pub use hotspots::hotspots_outputs;
pub use layers::{Layers, load_layers};
pub use map::map_outputs;
pub use outputs::{
    Files, ToldFiles, check_outputs, in_order_of, rejected_output, spare_inputs,
    spare_inputs_beside,
};
pub use profile::{profile_outputs, time_outputs};
pub use report::report_outputs;
pub use stream::Stream;
pub use study::{Study, load_study, read_study};
pub use zones::zones_outputs;

use crate::analysis::{DensityError, UnknownName, ZoneShapeError};
use crate::figure::export::ExportError;
use crate::io::{EncodeError, ReadError, WriteError};
use crate::report::RasterError;

/// Why a run could not give its result.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// An input could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A result could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A surface could not be made.
    #[error(transparent)]
    Density(#[from] DensityError),
    /// A raster could not be encoded.
    #[error(transparent)]
    Raster(#[from] RasterError),
    /// A table could not be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A figure could not be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The zones could not be made into polygons.
    #[error(transparent)]
    ZoneShape(#[from] ZoneShapeError),
    /// What was asked for does not exist or cannot be done.
    #[error("{message}")]
    Asked {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Nothing is left to work on.
    #[error("{message}")]
    Nothing {
        /// What became of the records.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Records were rejected and `--strict` was given.
    #[error("{rejected} of {read} records were rejected and --strict was given\n{reasons}")]
    Strict {
        /// How many.
        rejected: u64,
        /// Of how many.
        read: u64,
        /// The first of them, a line each.
        reasons: String,
    },
}

impl PipelineError {
    pub(crate) fn asked(message: impl Into<String>, hint: impl Into<String>) -> PipelineError {
        PipelineError::Asked { message: message.into(), hint: hint.into() }
    }

    /// What to do about it; empty when there is nothing to advise.
    pub fn hint(&self) -> String {
        match self {
            PipelineError::Read(error) => error.hint.clone(),
            PipelineError::Write(error) | PipelineError::Encode(EncodeError::Write(error)) => {
                error.hint.clone()
            }
            PipelineError::Encode(EncodeError::Unfit { hint, .. }) => hint.clone(),
            PipelineError::Asked { hint, .. } | PipelineError::Nothing { hint, .. } => hint.clone(),
            PipelineError::Strict { .. } => {
                "mend the records, or leave --strict out to work without them".to_owned()
            }
            PipelineError::ZoneShape(_) => {
                "the tables and the chart of zones need no polygons".to_owned()
            }
            _ => String::new(),
        }
    }
}

impl From<UnknownName> for PipelineError {
    fn from(error: UnknownName) -> PipelineError {
        PipelineError::asked(error.to_string(), error.hint)
    }
}
