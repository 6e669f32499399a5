//! What searches: the nearest place on the border, and the areas that hold a
//! position. All is built once and only read after: trees and a grid of our
//! own for the many questions that are easy, `rstar` trees for the doubtful.
//!
//! The border's trees hold Earth-centred coordinates and not degrees: a degree
//! of longitude shrinks towards the pole, so the nearest edge in degrees is
//! not the nearest edge, and the antimeridian is a seam.

mod areas;
mod border;
mod cells;
mod study;

pub use areas::{AreaIndex, Found};
pub use border::{
    BorderIndex, BorderPosition, LocalLine, Locator, Look, Nearby, Parting, Regime, turns,
};
pub(crate) use border::{is_same, side_of, signed_m};
pub use study::{Claims, Held, SNAP_REACH_M, SidedAreas, StudyIndex};
