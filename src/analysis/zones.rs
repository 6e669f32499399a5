//! Buffer-zone statistics: counts, areas and rates by distance and side.

use super::rates::{Rate, garwood};
use super::region_shape::Cut;
use super::zone_sums::ZoneSums;
use crate::analysis::poisson_binomial::distribution;
use crate::analysis::{LineSpread, Located, NearLine, RegionTally, Regions, ZoneAreas};
use crate::model::{Border, Fatalities, Incident, Precision, Side};
use rayon::prelude::*;

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
    /// chance ([`garwood`]) and the geocoding precision.
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

/// Counts incidents by side and zone.
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
    regions: &Regions,
    border: &Border,
    breaks: &ZoneBreaks,
    areas: &ZoneAreas,
    years: Option<f64>,
) -> Zones {
    let count = breaks.metres().len();
    let shares = regions.zone_shares(breaks.metres());
    let mut tally = RegionTally::default();
    for number in 0..incidents.len() {
        if let Some(region) = regions.number(number) {
            tally.count(shares[region].1, regions.is_unmatched(number));
        }
    }
    let counted = Counted { incidents, located, regions, shares: &shares, breaks, areas };
    let asked: Vec<(Side, Option<usize>)> = Side::BOTH
        .into_iter()
        .flat_map(|side| (0..count).map(move |zone| (side, Some(zone))))
        .chain(Side::BOTH.map(|side| (side, None)))
        .collect();
    let mut rows: Vec<Zone> =
        asked.par_iter().map(|&(side, zone)| counted.row(side, zone)).collect();
    compare(&mut rows, count);
    let within = (0..count).map(|last| counted.within(last)).collect();
    Zones {
        names: [border.left.clone(), border.right.clone()],
        breaks_m: breaks.metres().to_vec(),
        rows,
        within,
        years,
        counted: incidents.len(),
        on_line: located.iter().filter(|l| l.side.is_none()).count(),
        unlocated: with_precision(incidents, Some(Precision::Unlocated)),
        unstated: with_precision(incidents, None),
        unknown_toll: incidents.iter().filter(|i| i.fatalities == Fatalities::default()).count(),
        tally,
        near: None,
        near_people: None,
        lines: Vec::new(),
    }
}

fn with_precision(incidents: &[Incident], precision: Option<Precision>) -> usize {
    incidents.iter().filter(|i| i.precision == precision).count()
}

/// Shares that add up to 1 do so but for rounding.
const CERTAIN: f64 = 1.0 - 1e-9;

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

/// What rows are counted from.
struct Counted<'a> {
    incidents: &'a [Incident],
    located: &'a [Located],
    regions: &'a Regions<'a>,
    /// For each region its part in every zone.
    shares: &'a [(ZoneSums, Cut)],
    breaks: &'a ZoneBreaks,
    areas: &'a ZoneAreas,
}

impl Counted<'_> {
    /// The probability that an incident lies on a side, in a zone if one is given.
    fn probability(&self, number: usize, side: Side, zone: Option<usize>) -> f64 {
        let (incident, place) = (&self.incidents[number], &self.located[number]);
        match (incident.precision, self.regions.number(number)) {
            (Some(Precision::Unlocated), _) => 0.0,
            (_, Some(region)) => {
                let zones = &self.shares[region].0.m2[usize::from(side == Side::Right)];
                zone.map_or_else(|| zones.iter().sum(), |z| zones[z])
            }
            (_, None) => f64::from(u8::from(self.is_in(place, side, zone))),
        }
    }

    /// Whether a coordinate lies on a side, in a zone if one is given.
    fn is_in(&self, place: &Located, side: Side, zone: Option<usize>) -> bool {
        place.side == Some(side) && zone.is_none_or(|z| self.breaks.zone(place.distance_m) == z)
    }

    /// Both sides together, up to the outer edge of a zone.
    fn within(&self, last: usize) -> ZonesWithin {
        let of = |number: usize| -> f64 {
            let zones = Side::BOTH.into_iter().flat_map(|s| (0..=last).map(move |z| (s, z)));
            zones.map(|(side, zone)| self.probability(number, side, Some(zone))).sum()
        };
        let probabilities: Vec<f64> = (0..self.incidents.len()).map(of).collect();
        let expected = probabilities.iter().sum();
        let certain = |p: f64| if p >= CERTAIN { 1.0 } else { p };
        let (low, high) = distribution(probabilities.into_iter().map(certain)).interval(0.95);
        let near =
            |place: &&Located| place.side.is_some() && self.breaks.zone(place.distance_m) <= last;
        let incidents = self.located.iter().filter(near).count();
        ZonesWithin { to_m: self.breaks.metres()[last], incidents, expected, low, high }
    }

    /// One row; `zone` is `None` for a whole side.
    fn row(&self, side: Side, zone: Option<usize>) -> Zone {
        let Counted { incidents, located, breaks, areas, .. } = *self;
        let mut inside = 0;
        let mut deaths = Deaths::default();
        let mut expected_deaths = ExpectedDeaths::default();
        let mut probabilities = Vec::with_capacity(incidents.len());
        for (number, (incident, place)) in incidents.iter().zip(located).enumerate() {
            if self.is_in(place, side, zone) {
                inside += 1;
                deaths.add(&incident.fatalities);
            }
            let p = self.probability(number, side, zone);
            if p > 0.0 {
                expected_deaths.add(&incident.fatalities, p);
                probabilities.push(p);
            }
        }
        let expected: f64 = probabilities.iter().sum();
        let number =
            distribution(probabilities.into_iter().map(|p| if p >= CERTAIN { 1.0 } else { p }));
        let (low, high) = number.interval(0.95);
        let side_number = usize::from(side == Side::Right);
        let area_km2 = match zone {
            Some(z) => areas.zones_km2[side_number].get(z).copied(),
            None => areas.whole_km2.map(|whole| whole[side_number]),
        };
        let area_error_km2 = match zone {
            Some(z) => areas.zone_errors_km2[side_number].get(z).copied(),
            None => areas.whole_errors_km2.map(|whole| whole[side_number]),
        };
        let edge = |z: usize| breaks.metres()[z];
        Zone {
            side,
            from_m: zone.filter(|&z| z > 0).map_or(0.0, |z| edge(z - 1)),
            to_m: zone.map_or(f64::INFINITY, edge),
            area_km2,
            incidents: inside,
            expected,
            low,
            high,
            share: if incidents.is_empty() { 0.0 } else { inside as f64 / incidents.len() as f64 },
            per_1000km2: area_km2.filter(|&a| a > 0.0).map(|a| inside as f64 / a * 1000.0),
            fatalities_best: deaths.best,
            fatalities_low: deaths.low,
            fatalities_high: deaths.high,
            fatalities_expected: expected_deaths.sums(),
            rate: area_km2.filter(|&a| a > 0.0).map(|km2| {
                let (low, high) = garwood(&number.mass, number.first, 0.95);
                Rate { rate: expected, low, high }.times(1000.0 / km2)
            }),
            ratio_next: None,
            ratio_across: None,
            area_error_km2,
            lines: None,
        }
    }
}

/// Puts the rates of neighbours into ratios: `count` zones on the left, as many
/// on the right, then the two sides.
fn compare(rows: &mut [Zone], count: usize) {
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

/// The three figures of a toll, the nearest given standing for a missing one.
fn low_best_high(toll: &Fatalities) -> [Option<u32>; 3] {
    [
        toll.low.or(toll.best).or(toll.high),
        toll.best.or(toll.low).or(toll.high),
        toll.high.or(toll.best).or(toll.low),
    ]
}

/// Sums of tolls by the probability that they belong here.
#[derive(Default)]
struct ExpectedDeaths {
    sums: [f64; 3],
    known: bool,
}

impl ExpectedDeaths {
    fn add(&mut self, toll: &Fatalities, p: f64) {
        for (sum, count) in self.sums.iter_mut().zip(low_best_high(toll)) {
            if let Some(count) = count {
                *sum += p * f64::from(count);
                self.known = true;
            }
        }
    }

    fn sums(&self) -> Option<[f64; 3]> {
        self.known.then_some(self.sums)
    }
}

/// Sums of what is known. An unknown toll adds nothing and is not a zero, so a
/// sum stays `None` until one toll is known. Where a source gives fewer than
/// three figures, the nearest it gives stands for the missing one, so that the
/// sums keep low ≤ best ≤ high where the records do.
#[derive(Default)]
struct Deaths {
    best: Option<u64>,
    low: Option<u64>,
    high: Option<u64>,
}

impl Deaths {
    fn add(&mut self, toll: &Fatalities) {
        let sums = [&mut self.low, &mut self.best, &mut self.high];
        for (sum, count) in sums.into_iter().zip(low_best_high(toll)) {
            if let Some(count) = count {
                *sum = Some(sum.unwrap_or(0) + u64::from(count));
            }
        }
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
    fn a_missing_figure_is_taken_from_the_nearest_given() {
        let mut deaths = Deaths::default();
        let toll = |low, best, high| Fatalities { low, best, high };
        deaths.add(&Fatalities::default());
        assert_eq!(deaths.best, None);
        deaths.add(&toll(None, Some(150), None));
        deaths.add(&toll(Some(2), None, Some(5)));
        assert_eq!((deaths.low, deaths.best, deaths.high), (Some(152), Some(152), Some(155)));
    }

    #[test]
    fn a_zone_holds_its_nearer_edge() {
        let breaks = ZoneBreaks::new(&[5.0, 10.0]).unwrap();
        assert_eq!([0.0, 4999.9, 5000.0, 10_000.0].map(|d| breaks.zone(d)), [0, 0, 1, 2]);
    }
}
