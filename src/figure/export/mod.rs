//! The exporters. SVG is the master, written from the scene; PNG and PDF are made
//! from the parsed SVG, so that the three cannot disagree. No clock, no system
//! font and no file is read: the same scene gives the same bytes.

mod checked;
mod compact;
#[cfg(feature = "pdf")]
mod halo;
mod outlines;
mod pdf;
mod png;
mod svg;

pub use outlines::outlined;
pub use pdf::pdf;
pub use png::png;
pub use svg::{svg, svg_in_page};

/// Why a figure could not be exported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// The SVG cannot be read.
    #[error("the figure's SVG cannot be read: {0}")]
    Svg(String),
    /// A text would be missing from the figure.
    #[error("the figure's font cannot set the text “{0}”")]
    Text(String),
    /// The resolution is not a sensible number, or too many pixels follow from it.
    #[error(
        "{dots_per_inch} dots per inch cannot be drawn: give 10 to 2400, and at most 400 megapixels"
    )]
    Resolution {
        /// As asked for.
        dots_per_inch: String,
    },
    /// An encoder failed.
    #[error("the figure cannot be encoded as {format}: {reason}")]
    Encode {
        /// PNG or PDF.
        format: &'static str,
        /// What the encoder said.
        reason: String,
    },
    /// This binary was built without PDF.
    #[error("this build cannot write PDF: it was compiled without the feature `pdf`")]
    WithoutPdf,
}
