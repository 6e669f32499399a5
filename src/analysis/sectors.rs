//! The line in sectors, of equal length or by the district beside it, and its
//! hottest stretches: numbers and rates by side.

use super::rates::{Rate, garwood};
use crate::analysis::{BorderDistrict, LineSpan, StretchCount, Strip};
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

/// Incidents per 100 km of line.
pub(super) fn rate_of(count: &StretchCount, length_m: f64) -> Rate {
    let (low, high) = garwood(&count.number.mass, count.number.first, 0.95);
    Rate { rate: count.expected, low, high }.times(100_000.0 / length_m)
}

/// The line in sectors of equal length, the left and then the right side of each.
pub fn equal_stretches(length_m: f64, of: SectorLength) -> Vec<LineSpan> {
    let (count, each) = match of {
        SectorLength::Metres(m) => ((length_m / m - 1e-9).ceil().max(1.0) as usize, m),
        SectorLength::Count(count) => (count.max(1), length_m / count.max(1) as f64),
    };
    let edge = |i: usize| if i == count { length_m } else { i as f64 * each };
    let stretch =
        |i: usize, side: Side| LineSpan { side: Some(side), from_m: edge(i), to_m: edge(i + 1) };
    (0..count).flat_map(|i| Side::BOTH.map(|side| stretch(i, side))).collect()
}

/// The districts along the line, those on the left first, each from where it
/// begins to where it ends; a district that comes back has several.
pub fn district_stretches(strip: &Strip) -> Vec<LineSpan> {
    let runs = |(side, runs): (Side, &Vec<BorderDistrict>)| {
        let stretch = |run: &BorderDistrict| LineSpan {
            side: Some(side),
            from_m: run.from_m,
            to_m: run.to_m,
        };
        runs.iter().map(stretch).collect::<Vec<_>>()
    };
    Side::BOTH.into_iter().zip(&strip.districts).flat_map(runs).collect()
}

fn sector(stretch: &LineSpan, count: &StretchCount) -> Sector {
    let LineSpan { side, from_m, to_m } = *stretch;
    Sector {
        // Every sector has one.
        side: side.unwrap_or(Side::Left),
        from_m,
        to_m,
        beside: String::new(),
        province: String::new(),
        count: count.clone(),
        per_100km: rate_of(count, to_m - from_m),
    }
}

/// [`equal_stretches`] with the number on each.
pub fn equal_sectors(
    strip: &Strip,
    stretches: &[LineSpan],
    counts: &[StretchCount],
) -> Vec<Sector> {
    let sectors = stretches.iter().zip(counts).map(|(stretch, count)| {
        let [left, right] = strip.beside(stretch.from_m, stretch.to_m);
        let beside = if stretch.side == Some(Side::Left) { left } else { right };
        Sector { beside, ..sector(stretch, count) }
    });
    sectors.collect()
}

/// [`district_stretches`] with the number on each.
pub fn district_sectors(
    strip: &Strip,
    stretches: &[LineSpan],
    counts: &[StretchCount],
) -> Vec<Sector> {
    let runs = strip.districts.iter().flatten();
    let sectors = runs.zip(stretches.iter().zip(counts)).map(|(run, (stretch, count))| Sector {
        beside: run.district.clone(),
        province: run.province.clone(),
        ..sector(stretch, count)
    });
    sectors.collect()
}
