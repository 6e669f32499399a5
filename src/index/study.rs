//! [`StudyIndex`]: the border and the areas on both its sides, searched together.

use super::{AreaIndex, BorderIndex, BorderPosition};
use crate::geodesy::LonLat;
use crate::model::{Area, Border, Side};

/// How far off a district may lie that a point in no district is put into,
/// metres. Every gap between the two countries' layers along the Durand Line
/// is narrower (4.0 km at most).
pub const SNAP_REACH_M: f64 = 5_000.0;

/// A layer, its tree, and the side of the border each area belongs to.
pub struct SidedAreas {
    /// The areas.
    pub areas: Vec<Area>,
    /// Searches them.
    pub index: AreaIndex,
    /// Side of each area's country; `None` for countries the border does not name.
    pub sides: Vec<Option<Side>>,
}

impl SidedAreas {
    fn new(areas: Vec<Area>, border: &Border) -> SidedAreas {
        let index = AreaIndex::new(&areas);
        let sides = areas.iter().map(|a| border.side_named(&a.country)).collect();
        SidedAreas { areas, index, sides }
    }

    /// The areas that hold a point.
    #[inline]
    pub fn claims(&self, p: LonLat) -> Claims {
        let mut first = [NO_AREA; 3];
        self.index.each_containing(p, |area| {
            let of = self.sides[area].map_or(2, |side| usize::from(side != Side::BOTH[0]));
            first[of] = first[of].min(area as u32);
        });
        Claims(first)
    }

    /// Whether an area may hold a point on a side.
    fn fits(&self, area: usize, side: Option<Side>) -> bool {
        match (self.sides[area], side) {
            (Some(own), Some(asked)) => own == asked,
            _ => true,
        }
    }
}

/// Which areas of a layer hold a point: the first on each side, left and right,
/// and the first on neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims([u32; 3]);

/// No area.
const NO_AREA: u32 = u32::MAX;

/// Everything that is built once for a border and its areas.
pub struct StudyIndex {
    /// The line.
    pub border: Border,
    /// Searches the line.
    pub line: BorderIndex,
    /// First level.
    pub provinces: SidedAreas,
    /// Second level.
    pub districts: SidedAreas,
    /// The province that each district names: the two layers must not
    /// contradict each other where their edges differ.
    pub province_of: Vec<Option<usize>>,
}

/// An area that a point was put into, and whether it holds the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Index in the layer.
    pub area: usize,
    /// The point lies outside and the nearest area within reach was taken.
    pub snapped: bool,
}

impl StudyIndex {
    /// Indexes a border and its areas.
    pub fn new(border: Border, provinces: Vec<Area>, districts: Vec<Area>) -> StudyIndex {
        let named = |district: &Area| {
            let same = |p: &Area| p.province == district.province && p.country == district.country;
            provinces.iter().position(same)
        };
        let province_of = districts.iter().map(named).collect();
        let (districts, (provinces, line)) = rayon::join(
            || SidedAreas::new(districts, &border),
            || (SidedAreas::new(provinces, &border), BorderIndex::new(&border)),
        );
        StudyIndex { province_of, provinces, districts, line, border }
    }

    /// Whether the foot is an end of the line: beside it there is a third
    /// country, and the line tells no side.
    pub fn beyond_an_end(&self, position: &BorderPosition) -> bool {
        position.chainage_m <= 0.0 || position.chainage_m >= self.line.length_m()
    }

    /// The area of a layer that a point belongs to; `named` is the side of the
    /// country that its record names, if any.
    ///
    /// The side is told by the line and never by the first polygon hit: the
    /// two countries' layers overlap in places and leave gaps in others. On
    /// that side the area that holds the point is taken, else the nearest
    /// within [`SNAP_REACH_M`] if the line is as near. Farther off, where no
    /// gap can be, only an area that holds the point counts, whosever it is.
    ///
    /// Where both countries' layers claim the point, the line in truth runs
    /// somewhere between their edges, and the country that the record names
    /// decides.
    pub fn held(
        &self,
        layer: &SidedAreas,
        p: LonLat,
        position: &BorderPosition,
        named: Option<Side>,
    ) -> Option<Held> {
        self.held_of(layer, p, layer.claims(p), position, named)
    }

    /// As [`held`](Self::held), where the areas that hold the point are known.
    pub fn held_of(
        &self,
        layer: &SidedAreas,
        p: LonLat,
        Claims(first): Claims,
        position: &BorderPosition,
        named: Option<Side>,
    ) -> Option<Held> {
        let first = first.map(|area| (area != NO_AREA).then_some(area as usize));
        let inside = |area: usize| Held { area, snapped: false };
        let claimed_by_both = first[0].is_some() && first[1].is_some();
        let side = if claimed_by_both { named.or(position.side) } else { position.side };
        let of_any = first.into_iter().flatten().min();
        let fitting = match side {
            Some(side) => {
                [first[usize::from(side != Side::BOTH[0])], first[2]].into_iter().flatten().min()
            }
            None => of_any,
        };
        if let Some(area) = fitting {
            return Some(inside(area));
        }
        if position.distance_m <= SNAP_REACH_M && !self.beyond_an_end(position) {
            return layer
                .index
                .nearest(p, SNAP_REACH_M, |a| layer.fits(a, side))
                .map(|found| Held { area: found.area, snapped: true })
                .or_else(|| of_any.map(inside));
        }
        of_any.map(inside)
    }
}
