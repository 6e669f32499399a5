//! Where a result came from: tool, settings, counts, and the sha256 of every input.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// What became of the records: `read = used + rejected + filtered`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Records found in the input.
    pub read: u64,
    /// Records that the result rests on.
    pub used: u64,
    /// Records that could not be used, each listed with its reason.
    pub rejected: u64,
    /// Records that a filter left out.
    pub filtered: u64,
}

impl Tally {
    /// Whether the sum holds.
    pub fn adds_up(&self) -> bool {
        self.read == self.used + self.rejected + self.filtered
    }
}

/// An input file by name and content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputFile {
    /// File name without its folder: results must not tell where they were made.
    pub name: String,
    /// What it was read as.
    pub role: String,
    /// Hexadecimal sha256 of its bytes.
    pub sha256: String,
}

/// Everything a reader needs to make the result again.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// The command that made it.
    pub command: String,
    /// Settings with their defaults filled in.
    pub settings: Map<String, Value>,
    /// Counts.
    pub tally: Tally,
    /// Inputs in the order read.
    pub inputs: Vec<InputFile>,
}

impl Provenance {
    /// As JSON; keys in a fixed order.
    pub fn json(&self) -> Value {
        json!({
            "tool": concat!("durand ", env!("CARGO_PKG_VERSION")),
            "command": self.command,
            "settings": self.settings,
            "counts": self.tally,
            "inputs": self.inputs,
            "method": {
                "distance": "geodesic on WGS 84, edges of the line taken as geodesics, error below 1 mm",
                "side": "told by the line",
            },
        })
    }

    /// As one line of JSON text.
    pub fn line(&self) -> String {
        self.json().to_string()
    }

    /// As a comment of HTML, which Markdown has too.
    ///
    /// "--" may not stand in a comment; JSON means the same with both escaped.
    pub(super) fn comment(&self) -> String {
        format!("<!-- provenance: {} -->", self.line().replace("--", "\\u002d\\u002d"))
    }
}
