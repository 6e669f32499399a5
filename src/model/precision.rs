//! [`Precision`]: what the geocoder knew of the place.

use std::fmt;
use std::str::FromStr;

/// How precisely an incident was geocoded, on the scale shared by all sources.
/// Ordered from best to worst.
///
/// A file without a precision column says nothing at all; that is
/// `Option::<Precision>::None`, not [`Precision::Unlocated`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// The site or town itself: a disc of 2 km by default.
    Exact,
    /// Near a named place or part of a district: a disc of 25 km by default.
    Near,
    /// Somewhere in the district.
    District,
    /// Somewhere in the province.
    Province,
    /// Worse than the province: left out of distance statistics, counted by name.
    Unlocated,
}

impl Precision {
    /// All classes, best first.
    pub const ALL: [Precision; 5] = [
        Precision::Exact,
        Precision::Near,
        Precision::District,
        Precision::Province,
        Precision::Unlocated,
    ];

    /// The word used in files, options and tables.
    pub fn word(self) -> &'static str {
        match self {
            Precision::Exact => "exact",
            Precision::Near => "near",
            Precision::District => "district",
            Precision::Province => "province",
            Precision::Unlocated => "none",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The word is none of `exact`, `near`, `district`, `province`, `none`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a precision; expected exact, near, district, province or none")]
pub struct UnknownPrecision(pub String);

impl FromStr for Precision {
    type Err = UnknownPrecision;

    fn from_str(text: &str) -> Result<Precision, UnknownPrecision> {
        Precision::ALL
            .into_iter()
            .find(|p| text.trim().eq_ignore_ascii_case(p.word()))
            .ok_or_else(|| UnknownPrecision(text.to_owned()))
    }
}
