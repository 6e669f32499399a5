//! The counts of zones by other drawings of the line: the lowest and the highest.

use super::moved::ends_at;
use super::sums::Sums;
use super::{
    Located, RegionSettings, ZoneAreas, ZoneBreaks, ZoneCounter, ZoneCounts, ZonePart, Zones,
    locate,
};
use crate::index::StudyIndex;
use crate::model::Incident;

/// A row's counts over several lines, the study's own among them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineSpread {
    /// Fewest and most incidents by coordinate.
    pub incidents: [usize; 2],
    /// Lowest and highest expected number.
    pub expected: [f64; 2],
}

/// Counts zones by other lines, which must run in the direction of the study's own.
///
/// An incident whose nearest place on a line is an end of it is counted by the
/// study's own line: what the other says there is where it ends, not where it
/// runs. Areas of the first and second level stay those of the study.
pub struct LinesCounter<'a> {
    of_line: Vec<ByLine<'a>>,
}

/// How incidents are counted by one line.
struct ByLine<'a> {
    index: &'a StudyIndex,
    /// What lies beside it.
    near: ZoneCounter<'a>,
    /// What lies beyond its ends, by the study's own line.
    ends: ZoneCounter<'a>,
}

impl<'a> LinesCounter<'a> {
    /// Counts by the lines of other indexes in place of a study's.
    pub fn new(
        own: &'a StudyIndex,
        others: &'a [StudyIndex],
        settings: &RegionSettings,
        breaks: &'a ZoneBreaks,
    ) -> LinesCounter<'a> {
        let by_line = |index: &'a StudyIndex| ByLine {
            index,
            near: ZoneCounter::new(index, settings, breaks),
            ends: ZoneCounter::new(own, settings, breaks),
        };
        LinesCounter { of_line: others.iter().map(by_line).collect() }
    }

    /// Adds to every row of a table what its counts are by the other lines.
    pub fn finish(&self, sums: Vec<[ZoneCounts; 2]>, table: &mut Zones) {
        let start = table
            .rows
            .iter()
            .map(|row| LineSpread { incidents: [row.incidents; 2], expected: [row.expected; 2] });
        let mut spreads: Vec<LineSpread> = start.collect();
        for (line, [near, ends]) in self.of_line.iter().zip(sums) {
            let areas = ZoneAreas::unknown();
            let near = line.near.finish(near, &areas, None);
            let ends = line.ends.finish(ends, &areas, None);
            for (spread, (near, end)) in spreads.iter_mut().zip(near.rows.iter().zip(&ends.rows)) {
                let number = near.incidents + end.incidents;
                let expected = near.expected + end.expected;
                let [low, high] = spread.incidents;
                spread.incidents = [low.min(number), high.max(number)];
                let [low, high] = spread.expected;
                spread.expected = [low.min(expected), high.max(expected)];
            }
        }
        for (row, spread) in table.rows.iter_mut().zip(spreads) {
            row.lines = Some(spread);
        }
        table.lines = self.of_line.iter().map(|line| line.index.border.name.clone()).collect();
    }
}

impl Sums for LinesCounter<'_> {
    type Part = Vec<[ZonePart; 2]>;
    type Sum = Vec<[ZoneCounts; 2]>;

    fn part(&self, incidents: &[Incident], located: &[Located]) -> Vec<[ZonePart; 2]> {
        let of_line = self.of_line.iter().map(|line| {
            let by_line = locate(incidents, line.index);
            let (mut near, mut ends) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
            for ((incident, by_line), own) in incidents.iter().zip(by_line).zip(located) {
                let end = ends_at(&line.index.border, by_line.foot);
                let ((incidents, located), place) =
                    if end { (&mut ends, *own) } else { (&mut near, by_line) };
                incidents.push(incident.clone());
                located.push(place);
            }
            [line.near.part(&near.0, &near.1), line.ends.part(&ends.0, &ends.1)]
        });
        of_line.collect()
    }

    fn start(&self) -> Vec<[ZoneCounts; 2]> {
        self.of_line.iter().map(|line| [line.near.start(), line.ends.start()]).collect()
    }

    fn add(&self, sums: &mut Vec<[ZoneCounts; 2]>, parts: Vec<[ZonePart; 2]>) {
        for ((line, [near, ends]), [more_near, more_ends]) in
            self.of_line.iter().zip(sums).zip(parts)
        {
            line.near.add(near, more_near);
            line.ends.add(ends, more_ends);
        }
    }
}
