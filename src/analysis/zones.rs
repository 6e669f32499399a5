//! Buffer-zone statistics: counts, areas and rates by distance and side.

use super::rates::Rate;
use crate::analysis::{
    LineSpread, Located, NearLine, RegionSettings, RegionTally, ZoneAreas, ZoneCounter, sum_up,
};
use crate::index::StudyIndex;
use crate::model::{Incident, Side};

/// Outer edges of zones.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneBreaks(Vec<f64>);

/// Why a list of numbers is not a list of breaks.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidBreaks {
    /// Nothing given.
    #[error("no zone breaks given")]
    Empty,
    /// A break is not a finite number above zero.
    #[error("zone break {0} km is not above 0")]
    NotPositive(f64),
    /// A break does not exceed the one before it.
    #[error("zone break {1} km follows {0} km; breaks must ascend")]
    NotAscending(f64, f64),
    /// More zones than a table is for.
    #[error("{0} zone breaks; at most 100")]
    TooMany(usize),
}

impl ZoneBreaks {
    /// Breaks in kilometres, ascending and above zero.
    ///
    /// # Errors
    /// [`InvalidBreaks`] says which number is wrong.
    pub fn new(breaks_km: &[f64]) -> Result<ZoneBreaks, InvalidBreaks> {
        if breaks_km.is_empty() {
            return Err(InvalidBreaks::Empty);
        }
        if breaks_km.len() > 100 {
            return Err(InvalidBreaks::TooMany(breaks_km.len()));
        }
        if let Some(&b) = breaks_km.iter().find(|b| !(b.is_finite() && **b > 0.0)) {
            return Err(InvalidBreaks::NotPositive(b));
        }
        if let Some(pair) = breaks_km.windows(2).find(|pair| pair[1] <= pair[0]) {
            return Err(InvalidBreaks::NotAscending(pair[0], pair[1]));
        }
        Ok(ZoneBreaks(breaks_km.iter().map(|km| km * 1000.0).collect()))
    }

    /// The breaks in metres.
    pub fn metres(&self) -> &[f64] {
        &self.0
    }

    /// Number of the zone that holds a distance; the number of breaks beyond
    /// all. A zone holds its nearer edge and not its farther one.
    pub fn zone(&self, distance_m: f64) -> usize {
        self.0.partition_point(|&b| b <= distance_m)
    }
}

/// One side × one range of distances.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Which side.
    pub side: Side,
    /// Nearer edge, metres, included.
    pub from_m: f64,
    /// Farther edge, metres, excluded; infinite for a whole side.
    pub to_m: f64,
    /// Area inside the window, km²; `None` where the window has no end.
    pub area_km2: Option<f64>,
    /// Incidents whose coordinate lies here.
    pub incidents: usize,
    /// Expected number given the geocoding precision.
    pub expected: f64,
    /// Lower end of the 95 % interval of the number.
    pub low: usize,
    /// Upper end of the 95 % interval of the number.
    pub high: usize,
    /// Share of all counted incidents whose coordinate lies here.
    pub share: f64,
    /// Incidents (by coordinate) per 1,000 km².
    pub per_1000km2: Option<f64>,
    /// Sum of best estimates of people killed; `None` when no toll is known. A
    /// figure that a source does not give is taken from the nearest it gives.
    pub fatalities_best: Option<u64>,
    /// Sum of lowest counts.
    pub fatalities_low: Option<u64>,
    /// Sum of highest counts.
    pub fatalities_high: Option<u64>,
    /// Expected sums given the geocoding precision: lowest counts, best
    /// estimates, highest counts. `None` when no toll is known.
    pub fatalities_expected: Option<[f64; 3]>,
    /// Expected incidents per 1,000 km², with a 95 % interval that carries both
    /// chance ([`garwood`](super::garwood)) and the geocoding precision.
    pub rate: Option<Rate>,
    /// That rate over the rate of the next zone outwards on this side.
    pub ratio_next: Option<Rate>,
    /// That rate over the rate of the same zone on the other side.
    pub ratio_across: Option<Rate>,
    /// What the area may be wrong by, km².
    pub area_error_km2: Option<f64>,
    /// What the counts are by other lines, where that was asked.
    pub lines: Option<LineSpread>,
}

/// The table: for each side its zones from the line outwards, then one row
/// for each whole side.
#[derive(Clone, Debug, PartialEq)]
pub struct Zones {
    /// Name of the country on the left and on the right.
    pub names: [String; 2],
    /// Outer edges of the zones, metres, ascending.
    pub breaks_m: Vec<f64>,
    /// Rows: left zones, right zones, left whole, right whole.
    pub rows: Vec<Zone>,
    /// Both sides together within each outer edge.
    pub within: Vec<ZonesWithin>,
    /// Years that the incidents were collected over, where that is known: what
    /// rates are divided by to be rates per year.
    pub years: Option<f64>,
    /// Incidents counted.
    pub counted: usize,
    /// Incidents exactly on the line, which belong to no side.
    pub on_line: usize,
    /// Incidents located worse than the province: in `incidents`, not in `expected`.
    pub unlocated: usize,
    /// Incidents whose source does not state a precision: taken as exact points.
    pub unstated: usize,
    /// Incidents whose toll is not known at all: in no sum of fatalities.
    pub unknown_toll: usize,
    /// Incidents whose names could not be used as they stand.
    pub tally: RegionTally,
    /// Whether incidents lie nearer to the line than the ground does, where
    /// that was asked.
    pub near: Option<NearLine>,
    /// The same against people, and the file that tells where they live.
    pub near_people: Option<(String, NearLine)>,
    /// The other lines of [`Zone::lines`], by name.
    pub lines: Vec<String>,
}

impl Zones {
    /// The largest share of its area that the area of a zone may be wrong by;
    /// `None` where no area is known.
    pub fn area_relative_error(&self) -> Option<f64> {
        let zones = self.rows.iter().filter(|row| row.to_m.is_finite());
        let share = |row: &Zone| Some(row.area_error_km2? / row.area_km2.filter(|&a| a > 0.0)?);
        zones.filter_map(share).reduce(f64::max)
    }
}

/// Counts incidents by side and zone; [`ZoneCounter`] does so batch by batch.
///
/// `incidents` of a row takes each coordinate at its word. `expected`, `low`
/// and `high` let each incident lie anywhere in its region with the same
/// probability: the number in a zone is then a sum of independent events whose
/// distribution is the Poisson-binomial. The interval of a rate is Garwood's,
/// averaged over that distribution; ratios put two of them together as if they
/// were independent, which an incident that may lie in either zone is not.
pub fn zones(
    incidents: &[Incident],
    located: &[Located],
    index: &StudyIndex,
    settings: &RegionSettings,
    breaks: &ZoneBreaks,
    areas: &ZoneAreas,
    years: Option<f64>,
) -> Zones {
    let counter = ZoneCounter::new(index, settings, breaks);
    counter.finish(sum_up(&counter, incidents, located), areas, years)
}

/// Incidents within a distance of the line, on both sides together.
#[derive(Clone, Debug, PartialEq)]
pub struct ZonesWithin {
    /// The distance, metres.
    pub to_m: f64,
    /// Incidents whose coordinate lies there.
    pub incidents: usize,
    /// Expected number given the geocoding precision.
    pub expected: f64,
    /// Lower end of the 95 % interval of the number.
    pub low: usize,
    /// Upper end of the 95 % interval of the number.
    pub high: usize,
}

/// Puts the rates of neighbours into ratios: `count` zones on the left, as many
/// on the right, then the two sides.
pub(super) fn compare(rows: &mut [Zone], count: usize) {
    let rates: Vec<Option<Rate>> = rows.iter().map(|row| row.rate).collect();
    let over = |a: usize, b: usize| rates[a]?.over(rates[b].as_ref()?);
    for (number, row) in rows.iter_mut().enumerate() {
        let whole = number >= 2 * count;
        if !whole && number % count + 1 < count {
            row.ratio_next = over(number, number + 1);
        }
        let other = match (whole, number < count) {
            (true, _) => 4 * count + 1 - number,
            (false, true) => number + count,
            (false, false) => number - count,
        };
        row.ratio_across = over(number, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_must_ascend_from_above_zero() {
        assert_eq!(ZoneBreaks::new(&[]), Err(InvalidBreaks::Empty));
        assert_eq!(ZoneBreaks::new(&[0.0]), Err(InvalidBreaks::NotPositive(0.0)));
        assert_eq!(ZoneBreaks::new(&[5.0, 5.0]), Err(InvalidBreaks::NotAscending(5.0, 5.0)));
        assert!(ZoneBreaks::new(&[f64::NAN]).is_err());
    }

    #[test]
    fn a_zone_holds_its_nearer_edge() {
        let breaks = ZoneBreaks::new(&[5.0, 10.0]).unwrap();
        assert_eq!([0.0, 4999.9, 5000.0, 10_000.0].map(|d| breaks.zone(d)), [0, 0, 1, 2]);
    }
}
