//! What is done where kernels reach over the edge of what was observed.

use std::fmt;

/// What is done about the edge of the window of observation: the rectangle of
/// the grid. A kernel near it puts mass outside, where nothing was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Edge {
    /// Nothing; incidents beyond the edge that reach in are summed too.
    #[default]
    None,
    /// Each cell is divided by the mass that a kernel about its centre has
    /// inside (M. C. Jones 1993, Statistics and Computing 3, 135–146; spatstat's
    /// `edge = TRUE`). A constant intensity is found without bias.
    Uniform,
    /// Each incident is divided by the mass that its kernel has inside (P. J.
    /// Diggle 1985, Applied Statistics 34, 138–147; spatstat's `diggle = TRUE`).
    /// The surface holds exactly the incidents inside.
    Diggle,
}

impl Edge {
    /// All corrections.
    pub const ALL: [Edge; 3] = [Edge::None, Edge::Uniform, Edge::Diggle];

    /// The word in options and provenance.
    pub fn word(self) -> &'static str {
        match self {
            Edge::None => "none",
            Edge::Uniform => "uniform",
            Edge::Diggle => "diggle",
        }
    }

    /// What a word asks for.
    pub fn of_word(word: &str) -> Option<Edge> {
        Edge::ALL.into_iter().find(|edge| edge.word() == word)
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
