//! What searches: the nearest place on the border, and the areas that hold a
//! position. Both are built once over `rstar` trees and only read after.
//!
//! The border's tree holds boxes in Earth-centred coordinates and not in
//! degrees: a degree of longitude shrinks towards the pole, so the nearest
//! edge in degrees is not the nearest edge, and the antimeridian is a seam.

mod areas;
mod border;
mod cells;
mod study;

pub use areas::{AreaIndex, Found};
pub use border::{BorderIndex, BorderPosition};
pub use study::{Held, SNAP_REACH_M, SidedAreas, StudyIndex};
