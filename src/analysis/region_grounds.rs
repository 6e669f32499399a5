//! The grounds on which regions are cut into parts: how far a place of them lies from
//! the line.

use super::cell::Cell;
use super::refine::Ground;
use crate::analysis::Located;
use crate::geodesy::{LonLat, direct};
use crate::index::{LocalLine, Locator, Nearby, StudyIndex, signed_m};
use crate::model::Side;
use std::cell::RefCell;

/// Longitude and latitude, the line by [`BorderIndex::locate`](crate::index::BorderIndex::locate).
pub(super) struct Degrees<'a> {
    pub locator: RefCell<Locator<'a>>,
}

impl Ground for Degrees<'_> {
    type Ready = ();

    fn ready(&self, _: &Cell, (): &()) {}

    fn signed_m(&self, x: f64, y: f64, (): &()) -> f64 {
        let found = self.locator.borrow_mut().locate(LonLat::folded(x, y));
        signed_m(found.distance_m, found.side)
    }

    fn radius_m(&self, cell: &Cell) -> f64 {
        cell.radius_m()
    }

    fn area_m2(&self, cell: &Cell) -> f64 {
        cell.area_m2()
    }
}

/// The plane round a disc's centre, with the line on it.
pub(super) struct NearPlane<'a> {
    line: &'a LocalLine,
    /// The line is so much farther off than the plane tells, metres.
    off_m: f64,
    /// The side that the whole disc lies on, when it does: 1 left, −1 right.
    side: Option<f64>,
}

impl<'a> NearPlane<'a> {
    pub fn new(line: &'a LocalLine, place: &Located, side: Option<Side>) -> NearPlane<'a> {
        let off_m = place.distance_m - line.distance_m(0.0, 0.0);
        NearPlane { line, off_m, side: side.map(|side| signed_m(1.0, Some(side))) }
    }
}

impl Plane for NearPlane<'_> {
    fn prepare(&self, place: [f64; 2], radius_m: f64, wider: &Nearby, room: &mut Nearby) {
        self.line.gather(place, radius_m, wider, room);
    }

    fn signed_m(&self, x: f64, y: f64, room: &Nearby) -> f64 {
        if let Some(side) = self.side {
            return side * (room.distance_m(x, y) + self.off_m);
        }
        let signed = self.line.signed_among(x, y, room);
        (signed.abs() + self.off_m).max(0.0).copysign(signed)
    }
}

/// The plane round a disc's centre, the line searched on the ellipsoid: for
/// discs that are wide or far off.
pub(super) struct FarPlane<'a> {
    pub at: LonLat,
    pub index: &'a StudyIndex,
}

impl Plane for FarPlane<'_> {
    fn prepare(&self, _: [f64; 2], _: f64, _: &Nearby, _: &mut Nearby) {}

    fn signed_m(&self, x: f64, y: f64, _: &Nearby) -> f64 {
        let place = direct(self.at, x.atan2(y).to_degrees(), x.hypot(y));
        let found = self.index.line.locate(place);
        signed_m(found.distance_m, found.side)
    }
}

/// A plane with the line on it, metres east and north of a disc's centre.
pub(super) trait Plane {
    /// Gets ready for places within a radius of a place; `wider` is ready for a
    /// disc that holds them, or for none.
    fn prepare(&self, place: [f64; 2], radius_m: f64, wider: &Nearby, room: &mut Nearby);
    /// Distance to the line, negative on its right, metres, where it is ready.
    fn signed_m(&self, x: f64, y: f64, room: &Nearby) -> f64;
}

impl<P: Plane> Ground for P {
    type Ready = Nearby;

    fn ready(&self, cell: &Cell, outer: &Nearby) -> Nearby {
        let mut room = Nearby::default();
        let middle = [0.5 * (cell.west + cell.east), 0.5 * (cell.south + cell.north)];
        self.prepare(middle, self.radius_m(cell), outer, &mut room);
        room
    }

    fn signed_m(&self, x: f64, y: f64, room: &Nearby) -> f64 {
        Plane::signed_m(self, x, y, room)
    }

    fn radius_m(&self, cell: &Cell) -> f64 {
        // A thousandth more: the plane stretches.
        0.5005 * (cell.east - cell.west).hypot(cell.north - cell.south)
    }

    fn area_m2(&self, cell: &Cell) -> f64 {
        (cell.east - cell.west) * (cell.north - cell.south)
    }
}
