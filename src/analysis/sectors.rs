//! The line in sectors, of equal length or by the district beside it, and its
//! hottest stretches: numbers and rates by side.

use super::rates::{Rate, garwood};
use crate::analysis::{Footing, StretchCount, Strip};
use crate::model::Side;

/// How the line is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SectorLength {
    /// Sectors of a length in metres, the last being what is left.
    Metres(f64),
    /// So many of the same length.
    Count(usize),
}

/// One side of a sector.
#[derive(Clone, Debug, PartialEq)]
pub struct Sector {
    /// Which side.
    pub side: Side,
    /// Start, metres of chainage.
    pub from_m: f64,
    /// End, metres of chainage.
    pub to_m: f64,
    /// What lies along it on this side; empty where nothing is known.
    pub beside: String,
    /// The province, where the sector is a district's.
    pub province: String,
    /// Incidents whose nearest place on the line lies in it.
    pub count: StretchCount,
    /// Expected incidents per 100 km of line, with a 95 % interval that carries
    /// both chance ([`garwood`]) and the geocoding precision.
    pub per_100km: Rate,
}

/// A stretch with more incidents than elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct HotStretch {
    /// Start, metres of chainage.
    pub from_m: f64,
    /// End, metres of chainage.
    pub to_m: f64,
    /// What lies along it on the left and on the right.
    pub beside: [String; 2],
    /// Incidents on the left and on the right.
    pub sides: [StretchCount; 2],
    /// Incidents on both.
    pub both: StretchCount,
    /// Expected incidents per 100 km of line on both sides, with its interval.
    pub per_100km: Rate,
    /// Its part of all incidents within the limit, by expected numbers.
    pub share: f64,
    /// That part over its part of the length of the line: 1 on an even spread.
    pub times_even: f64,
}

fn rate_of(count: &StretchCount, length_m: f64) -> Rate {
    let (low, high) = garwood(&count.number.mass, count.number.first, 0.95);
    Rate { rate: count.expected, low, high }.times(100_000.0 / length_m)
}

fn sector(footing: &Footing, side: Side, (from_m, to_m): (f64, f64)) -> Sector {
    let count = footing.count(Some(side), from_m, to_m);
    let per_100km = rate_of(&count, to_m - from_m);
    let (beside, province) = (String::new(), String::new());
    Sector { side, from_m, to_m, beside, province, count, per_100km }
}

/// Sectors of equal length, the left and then the right side of each.
pub fn equal_sectors(footing: &Footing, strip: &Strip, length: SectorLength) -> Vec<Sector> {
    let whole = footing.length_m;
    let (count, each) = match length {
        SectorLength::Metres(m) => ((whole / m - 1e-9).ceil().max(1.0) as usize, m),
        SectorLength::Count(count) => (count.max(1), whole / count.max(1) as f64),
    };
    let edge = |i: usize| if i == count { whole } else { i as f64 * each };
    let cut = (0..count).flat_map(|i| Side::BOTH.map(|side| (side, edge(i), edge(i + 1))));
    cut.map(|(side, from_m, to_m)| {
        let [left, right] = strip.beside(from_m, to_m);
        let beside = if side == Side::Left { left } else { right };
        Sector { beside, ..sector(footing, side, (from_m, to_m)) }
    })
    .collect()
}

/// The districts along the line, those on the left first, each from where it
/// begins to where it ends; a district that comes back has several rows.
pub fn district_sectors(footing: &Footing, strip: &Strip) -> Vec<Sector> {
    let sides = Side::BOTH.into_iter().zip(&strip.districts);
    sides
        .flat_map(|(side, runs)| runs.iter().map(move |run| (side, run)))
        .map(|(side, run)| Sector {
            beside: run.district.clone(),
            province: run.province.clone(),
            ..sector(footing, side, (run.from_m, run.to_m))
        })
        .collect()
}

/// Starts of stretches that are looked at lie so far apart, metres.
const START_M: f64 = 1_000.0;
/// A stretch where fewer are expected is not called hot.
const LEAST_EXPECTED: f64 = 0.5;

/// Up to `most` stretches of one length that do not overlap, the one with most
/// expected incidents on both sides first, then the one with most among those
/// left. Of several, the first along the line. They start at whole kilometres.
pub fn hottest_stretches(
    footing: &Footing,
    strip: &Strip,
    length_m: f64,
    most: usize,
) -> Vec<HotStretch> {
    let whole = footing.length_m;
    let cells = (whole / START_M).ceil().max(1.0) as usize;
    let mut mass = vec![0.0; cells];
    for side in Side::BOTH {
        for (feet, each) in footing.masses(side) {
            for c in feet {
                mass[((c / START_M) as usize).min(cells - 1)] += each;
            }
        }
    }
    let total: f64 = mass.iter().sum();
    let wide = ((length_m / START_M).round().max(1.0) as usize).min(cells);
    let mut sums: Vec<f64> = mass.windows(wide).map(|cells| cells.iter().sum()).collect();
    let mut found = Vec::new();
    while found.len() < most {
        let first_best = |best: (usize, f64), (i, &sum): (usize, &f64)| {
            // A rounding error makes no difference between two.
            if sum > best.1 * (1.0 + 1e-12) { (i, sum) } else { best }
        };
        let (start, sum) = sums.iter().enumerate().fold((0, 0.0), first_best);
        if sum < LEAST_EXPECTED {
            break;
        }
        for (i, sum) in sums.iter_mut().enumerate() {
            if i + wide > start && i < start + wide {
                *sum = 0.0;
            }
        }
        let (from_m, to_m) = (start as f64 * START_M, ((start + wide) as f64 * START_M).min(whole));
        let both = footing.count(None, from_m, to_m);
        let share = if total > 0.0 { both.expected / total } else { 0.0 };
        found.push(HotStretch {
            from_m,
            to_m,
            beside: strip.beside(from_m, to_m),
            sides: Side::BOTH.map(|side| footing.count(Some(side), from_m, to_m)),
            per_100km: rate_of(&both, to_m - from_m),
            both,
            share,
            times_even: share * whole / (to_m - from_m),
        });
    }
    found
}
