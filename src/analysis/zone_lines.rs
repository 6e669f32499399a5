//! The counts of zones by other drawings of the line: the lowest and the highest.

use super::moved::ends_at;
use super::{Located, RegionSettings, Regions, ZoneAreas, ZoneBreaks, Zones, locate, zones};
use crate::index::StudyIndex;
use crate::model::{Border, Incident};

/// A row's counts over several lines, the study's own among them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineSpread {
    /// Fewest and most incidents by coordinate.
    pub incidents: [usize; 2],
    /// Lowest and highest expected number.
    pub expected: [f64; 2],
}

/// Adds to every row of a table what its counts are by other lines, which must run
/// in the direction of the study's own.
///
/// An incident whose nearest place on a line is an end of it is counted by the
/// study's own line: what the other says there is where it ends, not where it
/// runs. Areas of the first and second level stay those of the study.
pub fn spread_over_lines(
    table: &mut Zones,
    (incidents, located): (&[Incident], &[Located]),
    index: &StudyIndex,
    others: &[Border],
    (settings, breaks): (&RegionSettings, &ZoneBreaks),
) {
    let start = table
        .rows
        .iter()
        .map(|row| LineSpread { incidents: [row.incidents; 2], expected: [row.expected; 2] });
    let mut spreads: Vec<LineSpread> = start.collect();
    let (provinces, districts) = (&index.provinces.areas, &index.districts.areas);
    for border in others {
        let other = StudyIndex::new(border.clone(), provinces.clone(), districts.clone());
        let by_other = locate(incidents, &other);
        let (mut near, mut ends) = (Vec::new(), Vec::new());
        for (number, place) in by_other.iter().enumerate() {
            let end = ends_at(border, place.foot);
            if end { &mut ends } else { &mut near }.push(number);
        }
        let count = |numbers: &[usize], by: &[Located], index: &StudyIndex| {
            let incidents: Vec<Incident> = numbers.iter().map(|&n| incidents[n].clone()).collect();
            let located: Vec<Located> = numbers.iter().map(|&n| by[n]).collect();
            let regions = Regions::new(&incidents, &located, index, settings);
            let areas = ZoneAreas::unknown();
            zones(&incidents, &located, &regions, &index.border, breaks, &areas, None)
        };
        let (near, ends) = (count(&near, &by_other, &other), count(&ends, located, index));
        for (spread, (near, end)) in spreads.iter_mut().zip(near.rows.iter().zip(&ends.rows)) {
            let (number, expected) = (near.incidents + end.incidents, near.expected + end.expected);
            let [low, high] = spread.incidents;
            spread.incidents = [low.min(number), high.max(number)];
            let [low, high] = spread.expected;
            spread.expected = [low.min(expected), high.max(expected)];
        }
    }
    for (row, spread) in table.rows.iter_mut().zip(spreads) {
        row.lines = Some(spread);
    }
    table.lines = others.iter().map(|border| border.name.clone()).collect();
}
