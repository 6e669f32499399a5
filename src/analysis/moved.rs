//! Which incidents lie elsewhere by another drawing of the border: on the other
//! side, in another zone, or at another distance.

use crate::analysis::{Located, ZoneBreaks};
use crate::geodesy::LonLat;
use crate::index::{BorderIndex, BorderPosition};
use crate::model::{Border, Incident, Precision, Side};

/// An incident that changes side or zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// Number of the incident in the list.
    pub incident: usize,
    /// Distance from the first line, metres.
    pub distance_m: f64,
    /// Its side by the first line; `None` on the line.
    pub side: Option<Side>,
    /// Zone by the first line: number of the range of distances.
    pub zone: usize,
    /// Position by the second line.
    pub other: BorderPosition,
    /// Zone by the second line.
    pub other_zone: usize,
}

impl Move {
    /// Whether the side changes.
    pub fn changes_side(&self) -> bool {
        self.side != self.other.side
    }

    /// Whether the range of distances changes.
    pub fn changes_zone(&self) -> bool {
        self.zone != self.other_zone
    }
}

/// What another line does to the incidents.
#[derive(Clone, Debug, PartialEq)]
pub struct Moves {
    /// Incidents held against both lines.
    pub compared: usize,
    /// Left out: their nearest place on either line is an end of it.
    pub beyond_ends: usize,
    /// Left out: located worse than the province.
    pub unlocated: usize,
    /// How many change side.
    pub sides: usize,
    /// How many change the range of distances.
    pub zones: usize,
    /// Change of the distance without regard to its sign, metres: mean, 95 %
    /// quantile, largest; `None` when nothing was compared.
    pub change_m: Option<[f64; 3]>,
    /// Those that change side or zone, in the order of the incidents.
    pub moved: Vec<Move>,
}

/// Whether a place is an end of a part of a line.
pub(super) fn ends_at(border: &Border, foot: LonLat) -> bool {
    border.parts().iter().any(|part| part.first() == Some(&foot) || part.last() == Some(&foot))
}

/// Holds every incident, located by the first line, against a second one. Sides
/// mean the same on both: the second line must run in the first one's direction.
pub fn moves(
    incidents: &[Incident],
    located: &[Located],
    first: &Border,
    second: &Border,
    breaks: &ZoneBreaks,
) -> Moves {
    let index = BorderIndex::new(second);
    let points: Vec<LonLat> = incidents.iter().map(|i| i.at).collect();
    let (mut beyond_ends, mut unlocated, mut moved) = (0, 0, Vec::new());
    let mut changes = Vec::new();
    let others = index.locate_all(&points);
    for (number, (incident, (place, other))) in
        incidents.iter().zip(located.iter().zip(others)).enumerate()
    {
        if incident.precision == Some(Precision::Unlocated) {
            unlocated += 1;
        } else if ends_at(first, place.foot) || ends_at(second, other.foot) {
            beyond_ends += 1;
        } else {
            changes.push((other.distance_m - place.distance_m).abs());
            moved.push(Move {
                incident: number,
                distance_m: place.distance_m,
                side: place.side,
                zone: breaks.zone(place.distance_m),
                other,
                other_zone: breaks.zone(other.distance_m),
            });
        }
    }
    let (sides, zones) = (
        moved.iter().filter(|m| m.changes_side()).count(),
        moved.iter().filter(|m| m.changes_zone()).count(),
    );
    moved.retain(|m| m.changes_side() || m.changes_zone());
    changes.sort_by(f64::total_cmp);
    let compared = changes.len();
    let change_m = changes.last().map(|&largest| {
        let p95 = changes[(0.95 * compared as f64).ceil() as usize - 1];
        [changes.iter().sum::<f64>() / compared as f64, p95, largest]
    });
    Moves { compared, beyond_ends, unlocated, sides, zones, change_m, moved }
}
