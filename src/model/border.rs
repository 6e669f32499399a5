//! [`Border`]: the line, its direction, and who lies left and right of it.

use crate::geodesy::{LonLat, planar_edge};

/// A side of the border, looking along increasing chainage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Left of the direction of travel; offsets are positive.
    Left,
    /// Right of the direction of travel; offsets are negative.
    Right,
}

impl Side {
    /// Both sides, left first.
    pub const BOTH: [Side; 2] = [Side::Left, Side::Right];

    /// The other side.
    pub fn other(self) -> Side {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }
}

/// A border line of one or more parts. Edges are geodesics between consecutive
/// vertices; chainage runs on from one part to the next, gaps not counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Border {
    /// What the line is called on figures.
    pub name: String,
    /// Country on the left.
    pub left: String,
    /// Country on the right.
    pub right: String,
    parts: Vec<Vec<LonLat>>,
}

/// Why a list of parts is not a border.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBorder {
    /// No part has two different vertices.
    #[error("the border has no edge: every part has fewer than two different vertices")]
    NoEdge,
}

impl Border {
    /// A border from its parts. Repeated vertices are dropped, and parts that
    /// have fewer than two different ones.
    ///
    /// # Errors
    /// [`InvalidBorder::NoEdge`] when nothing is left.
    pub fn new(
        name: impl Into<String>,
        left: impl Into<String>,
        right: impl Into<String>,
        parts: Vec<Vec<LonLat>>,
    ) -> Result<Border, InvalidBorder> {
        let parts: Vec<Vec<LonLat>> = parts
            .into_iter()
            .map(|mut part| {
                part.dedup();
                part
            })
            .filter(|part| part.len() > 1)
            .collect();
        if parts.is_empty() {
            return Err(InvalidBorder::NoEdge);
        }
        Ok(Border { name: name.into(), left: left.into(), right: right.into(), parts })
    }

    /// The same border where edges were meant to be straight in longitude and
    /// latitude: vertices are added so that the geodesics between them keep to
    /// those lines within a millimetre.
    #[must_use]
    pub fn with_planar_edges(&self) -> Border {
        let cut = |part: &Vec<LonLat>| {
            let mut places = vec![part[0]];
            for pair in part.windows(2) {
                planar_edge(pair[0], pair[1], |place| places.push(place));
            }
            places
        };
        Border { parts: self.parts.iter().map(cut).collect(), ..self.clone() }
    }

    /// The parts, each with at least two vertices.
    pub fn parts(&self) -> &[Vec<LonLat>] {
        &self.parts
    }

    /// The country on a side.
    pub fn country(&self, side: Side) -> &str {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The side of a country, by name without regard to case, or by the words
    /// `left` and `right`.
    pub fn side_named(&self, name: &str) -> Option<Side> {
        let name = name.trim();
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is(&self.left) || is("left") {
            Some(Side::Left)
        } else if is(&self.right) || is("right") {
            Some(Side::Right)
        } else {
            None
        }
    }
}
