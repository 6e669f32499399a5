//! Ground near the line that nothing claims: whether it counts, and for whom.

use super::{Node, Task, fits};
use crate::analysis::onto_plane::OntoPlane;
use crate::geodesy::{LonLat, Vector, dot, minus, spot};
use crate::index::{BorderPosition, LocalLine, Regime, SNAP_REACH_M, is_same};

/// What gaps do in a cell.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Gaps {
    /// All ground near the line that nothing claims counts.
    Count,
    /// None does.
    Stay,
    /// That depends on the place.
    Unsure,
}

impl Task<'_> {
    /// Whether ground on a side near the line counts that nothing claims.
    pub(super) fn gaps(&self, node: &Node, position: &BorderPosition, side: usize) -> Gaps {
        let radius_m = node.cell.radius_m();
        let centre = node.cell.point(0.5, 0.5);
        let place = spot(centre).place;
        // A straight line is no longer than the geodesic.
        let may_be_nearest = |end: &Vector| {
            let off = minus(end, &place);
            dot(&off, &off).sqrt() <= position.distance_m + 2.0 * radius_m + 1.0
        };
        if self.ends.iter().any(may_be_nearest) {
            match self.beyond(centre, position, radius_m) {
                Some(true) => return Gaps::Stay,
                Some(false) => {}
                None => return Gaps::Unsure,
            }
        }
        let districts = &self.index.districts;
        let fitting = |area: usize| fits(districts.sides[area], side);
        if 2.0 * radius_m <= SNAP_REACH_M && node.claims.iter().any(|c| fits(c.side, side)) {
            return Gaps::Count;
        }
        let nearest = |reach_m| districts.index.nearest(centre, reach_m, fitting);
        if nearest(SNAP_REACH_M - radius_m).is_some() {
            Gaps::Count
        } else if nearest(SNAP_REACH_M + radius_m).is_none() {
            Gaps::Stay
        } else {
            Gaps::Unsure
        }
    }

    /// Whether all places of a disc have an end of the line as their nearest
    /// place, or none; `None` where that is not clear.
    fn beyond(&self, centre: LonLat, position: &BorderPosition, radius_m: f64) -> Option<bool> {
        let (mut line, mut looks) = (LocalLine::default(), Vec::new());
        if !self.index.line.around(
            centre,
            (position.foot, position.distance_m),
            radius_m,
            &mut line,
        ) {
            return None;
        }
        line.looks([0.0; 2], radius_m, line.all(), &mut looks);
        let beyond = self.index.beyond_an_end(position);
        let first = looks.first()?.regime;
        let from = OntoPlane::new(centre);
        // On the two planes a place 10 km off lies a centimetre apart at most.
        let is_end = |tip: [f64; 2]| {
            self.ends.iter().any(|end| {
                let [x, y] = from.flat(end);
                (x - tip[0]).abs() < 0.1 && (y - tip[1]).abs() < 0.1
            })
        };
        let clear = looks.iter().all(|look| match (look.regime, first) {
            (Regime::Tip(a), Regime::Tip(b)) if beyond => is_same(a, b),
            (Regime::Tip(tip), _) => !beyond && !is_end(tip),
            (regime, _) => !beyond && regime == Regime::Inside,
        });
        clear.then_some(beyond)
    }

    /// The sum that all unclaimed ground of a cell counts for; `None` where there
    /// may be several.
    pub(super) fn nearest_label(&self, node: &Node, side: usize) -> Option<usize> {
        let Some(labels) = self.ground.labels else { return Some(0) };
        let districts = &self.index.districts;
        let centre = node.cell.point(0.5, 0.5);
        let fitting = |area: usize| fits(districts.sides[area], side);
        let first = districts.index.nearest(centre, SNAP_REACH_M, fitting)?;
        let label = labels[first.area];
        let other = |area: usize| fitting(area) && labels[area] != label;
        let reach_m = first.distance_m + 2.0 * node.cell.radius_m();
        let rival = districts.index.nearest(centre, reach_m, other);
        (rival.is_none() || node.splits_left == 0).then_some(label)
    }
}
