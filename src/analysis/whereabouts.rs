//! Where a place on the line is, in names.

use crate::geodesy::{LonLat, inverse};
use crate::index::{SidedAreas, StudyIndex};
use crate::model::{Place, Side};

/// Areas farther off than this are not named, metres: wider than every gap
/// between the layers and the lines of different sources.
const REACH_M: f64 = 10_000.0;

/// Names near a place on the line.
#[derive(Clone, Debug, PartialEq)]
pub struct Whereabouts {
    /// Chainage of the nearest place on the line, metres.
    pub chainage_m: f64,
    /// District on the left and on the right; empty where none is near.
    pub districts: [String; 2],
    /// The nearest town or crossing and its distance, metres.
    pub place: Option<(String, f64)>,
}

/// The names near a place.
pub fn whereabouts(index: &StudyIndex, places: &[Place], at: LonLat) -> Whereabouts {
    let districts = Side::BOTH.map(|side| {
        let found = beside(&index.districts, at, side, REACH_M);
        found.map_or_else(String::new, |i| index.districts.areas[i].name().to_owned())
    });
    let distances = places.iter().map(|p| (&p.name, inverse(at, p.at).distance_m));
    let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1));
    Whereabouts {
        chainage_m: index.line.locate(at).chainage_m,
        districts,
        place: nearest.map(|(name, m)| (name.clone(), m)),
    }
}

/// The area of a side that holds a place, else the nearest within reach.
pub(super) fn beside(layer: &SidedAreas, at: LonLat, side: Side, reach_m: f64) -> Option<usize> {
    let of_side = |area: usize| layer.sides[area] == Some(side);
    let inside = layer.index.containing(at).into_iter().find(|&area| of_side(area));
    inside.or_else(|| layer.index.nearest(at, reach_m, of_side).map(|found| found.area))
}
