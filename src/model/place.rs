//! [`Place`]: a town or crossing that helps to read a map.

use crate::geodesy::LonLat;

/// What a place is, and so which symbol it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceKind {
    /// National capital.
    Capital,
    /// Border crossing.
    Crossing,
    /// Town.
    Town,
}

/// A named point for labelling.
#[derive(Clone, Debug)]
pub struct Place {
    /// Name in English.
    pub name: String,
    /// Country whose side it lies on; for a crossing the two, joined by a slash.
    pub country: String,
    /// Capital, crossing or town.
    pub kind: PlaceKind,
    /// 1 is labelled first.
    pub rank: u8,
    /// Where.
    pub at: LonLat,
}
