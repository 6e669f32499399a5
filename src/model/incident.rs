//! [`Incident`]: what happened, when, where, and how well the place is known.

use super::{Date, Kind, Precision};
use crate::geodesy::LonLat;
use smol_str::SmolStr;

/// People reported killed. Unknown is `None`, never zero; the order
/// low ≤ best ≤ high is what sources intend and not what all of them keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fatalities {
    /// Lowest count reported.
    pub low: Option<u32>,
    /// Best estimate.
    pub best: Option<u32>,
    /// Highest count reported.
    pub high: Option<u32>,
}

/// Where in the input a record stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    /// Index of the input file in the order given.
    pub file: u32,
    /// Record number, the first after the header is 1.
    pub record: u64,
    /// Physical line where the record starts, from 1; 0 where lines mean nothing.
    pub line: u64,
}

/// One event at one place.
#[derive(Clone, Debug)]
pub struct Incident {
    /// The source's own identifier; empty when it has none.
    pub id: SmolStr,
    /// Day, or the first of several; `None` when unknown.
    pub date: Option<Date>,
    /// The source's words for what happened; empty when it has none.
    pub category: SmolStr,
    /// The house category.
    pub kind: Kind,
    /// People killed.
    pub fatalities: Fatalities,
    /// The coordinate as given.
    pub at: LonLat,
    /// How well the place is known; `None` when the source does not say.
    pub precision: Option<Precision>,
    /// Names as the source writes them; empty when it has none.
    pub place: SmolStr,
    /// District as the source names it.
    pub district: SmolStr,
    /// Province as the source names it.
    pub province: SmolStr,
    /// Country as the source names it.
    pub country: SmolStr,
    /// Whose record it is (a report, a data set).
    pub source: SmolStr,
    /// Where it stood in the input.
    pub row: RowId,
}

#[cfg(test)]
impl Incident {
    /// One of which nothing is known but where it was, for tests.
    pub(crate) fn at(lon: f64, lat: f64) -> Incident {
        Incident {
            id: SmolStr::default(),
            date: None,
            category: SmolStr::default(),
            kind: Kind::Other,
            fatalities: Fatalities::default(),
            at: LonLat::new(lon, lat).unwrap(),
            precision: None,
            place: SmolStr::default(),
            district: SmolStr::default(),
            province: SmolStr::default(),
            country: SmolStr::default(),
            source: SmolStr::default(),
            row: RowId::default(),
        }
    }
}
