//! The counts of buffer zones, batch by batch.

use super::footing::number;
use super::poisson_binomial::Events;
use super::rates::{Rate, garwood};
use super::region_shape::{Cut, RegionShape, Room};
use super::sums::{Gathered, InRegion, RegionFinders, Sums};
use super::tolls::{ExpectedTolls, Tolls};
use super::zone_sums::ZoneSums;
use super::{
    Located, RegionSettings, RegionTally, Zone, ZoneAreas, ZoneBreaks, Zones, ZonesWithin,
};
use crate::index::StudyIndex;
use crate::model::{Fatalities, Incident, Precision, Side};
use rayon::prelude::*;

/// How incidents are counted by side and zone.
///
/// # Memory
/// Of an incident nothing is kept but what it adds to the sums. Regions that
/// incidents may lie in are gathered, 131,072 at a time unless
/// [fewer are asked for](Self::with_regions_at_a_time).
pub struct ZoneCounter<'a> {
    index: &'a StudyIndex,
    breaks: &'a ZoneBreaks,
    finders: RegionFinders<'a>,
}

/// What a batch comes to.
#[derive(Default)]
pub struct ZonePart {
    plain: Plain,
    in_regions: Vec<Likely>,
}

/// An incident that may lie anywhere in a region.
struct Likely {
    shape: RegionShape,
    /// A name of it matches no area.
    unmatched: bool,
    place: Located,
    toll: Fatalities,
}

/// The incidents of a region.
#[derive(Default)]
struct Members {
    incidents: usize,
    unmatched: u64,
    tolls: Tolls,
}

/// Counts by side and zone.
pub struct ZoneCounts {
    plain: Plain,
    tally: RegionTally,
    regions: Gathered<Members>,
    /// Left zones, right zones, left whole, right whole.
    rows: Vec<Expected>,
    /// Both sides up to each outer edge.
    within: Vec<Expected>,
}

/// Counts by coordinate.
#[derive(Clone, Default)]
struct Plain {
    counted: usize,
    on_line: usize,
    unlocated: usize,
    unstated: usize,
    unknown_toll: usize,
    /// For left and right, in each zone and, last, beyond them; empty before the
    /// first incident.
    here: [Vec<Here>; 2],
    /// Of those, the incidents whose place is taken for certain.
    certain: [Vec<Here>; 2],
}

/// Incidents of a side and zone, and their toll.
#[derive(Clone, Copy, Default)]
struct Here {
    incidents: usize,
    tolls: Tolls,
}

/// Incidents by the probability that they lie here.
#[derive(Clone, Default)]
struct Expected {
    number: f64,
    tolls: ExpectedTolls,
    events: Events,
}

/// Shares that add up to 1 do so but for rounding.
const CERTAIN: f64 = 1.0 - 1e-9;

/// Regions that are worked out at a time.
const AT_ONCE: usize = 1 << 13;

impl<'a> ZoneCounter<'a> {
    /// Counts by the zones between breaks.
    pub fn new(
        index: &'a StudyIndex,
        settings: &RegionSettings,
        breaks: &'a ZoneBreaks,
    ) -> ZoneCounter<'a> {
        ZoneCounter { index, breaks, finders: RegionFinders::new(index, settings) }
    }

    /// Works regions out as soon as so many are gathered, for less memory.
    #[must_use]
    pub fn with_regions_at_a_time(mut self, most: usize) -> ZoneCounter<'a> {
        self.finders.most = most;
        self
    }

    /// The table of what was counted, given the areas of its zones and, where
    /// known, the years that the incidents were collected over.
    pub fn finish(&self, mut sum: ZoneCounts, areas: &ZoneAreas, years: Option<f64>) -> Zones {
        let rest = sum.regions.take();
        self.share_out(&mut sum, &rest);
        let breaks_m = self.breaks.metres();
        sum.add_certain(breaks_m.len());
        let asked = asked_rows(breaks_m.len());
        let mut rows: Vec<Zone> = asked
            .into_par_iter()
            .zip(&sum.rows)
            .map(|((side, zone), expected)| {
                row(&sum.plain, expected, (side, zone), breaks_m, areas)
            })
            .collect();
        super::zones::compare(&mut rows, breaks_m.len());
        let within = sum.within.iter().enumerate();
        let border = &self.index.border;
        Zones {
            names: [border.left.clone(), border.right.clone()],
            breaks_m: breaks_m.to_vec(),
            rows,
            within: within.map(|(last, e)| sum.plain.within(last, breaks_m[last], e)).collect(),
            years,
            counted: sum.plain.counted,
            on_line: sum.plain.on_line,
            unlocated: sum.plain.unlocated,
            unstated: sum.plain.unstated,
            unknown_toll: sum.plain.unknown_toll,
            tally: sum.tally,
            near: None,
            near_people: None,
            lines: Vec::new(),
        }
    }

    /// Shares out the incidents of regions to the rows.
    fn share_out(&self, sum: &mut ZoneCounts, regions: &[InRegion<Members>]) {
        let zones = self.breaks.metres().len();
        for regions in regions.chunks(AT_ONCE) {
            let shares: Vec<(ZoneSums, Cut)> = regions
                .par_iter()
                .map_init(Room::default, |room, region| {
                    let breaks_m = self.breaks.metres();
                    region.shape.zone_shares(&region.place, breaks_m, self.index, room)
                })
                .collect();
            for ((_, cut), region) in shares.iter().zip(regions) {
                let Members { incidents, unmatched, .. } = region.members;
                sum.tally.unmatched += unmatched;
                if *cut == Cut::Nothing {
                    sum.tally.contradicted += incidents as u64;
                }
            }
            let add = |expected: &mut Expected, p: &dyn Fn(&ZoneSums) -> f64| {
                for ((shares, _), region) in shares.iter().zip(regions) {
                    let Members { incidents, tolls, .. } = &region.members;
                    expected.add(p(shares), *incidents, tolls);
                }
            };
            let of_row = |(side, zone): (Side, Option<usize>), shares: &ZoneSums| -> f64 {
                let zones = &shares.m2[number(side)];
                zone.map_or_else(|| zones.iter().sum(), |z| zones[z])
            };
            let rows = sum.rows.par_iter_mut().zip(asked_rows(zones));
            let within = sum.within.par_iter_mut().enumerate();
            rayon::join(
                || rows.for_each(|(row, which)| add(row, &|shares| of_row(which, shares))),
                || {
                    within.for_each(|(last, row)| {
                        add(row, &|shares| {
                            shares.m2.iter().flat_map(|zones| &zones[..=last]).sum()
                        });
                    });
                },
            );
        }
    }
}

impl Sums for ZoneCounter<'_> {
    type Part = ZonePart;
    type Sum = ZoneCounts;

    fn part(&self, incidents: &[Incident], located: &[Located]) -> ZonePart {
        let mut part = ZonePart::default();
        let found = self.finders.of(incidents, located);
        for ((incident, place), region) in incidents.iter().zip(located).zip(found) {
            part.plain.add(incident, place, self.breaks, region.is_none());
            if let Some((shape, unmatched)) = region {
                let (place, toll) = (*place, incident.fatalities);
                part.in_regions.push(Likely { shape, unmatched, place, toll });
            }
        }
        part
    }

    fn start(&self) -> ZoneCounts {
        let zones = self.breaks.metres().len();
        ZoneCounts {
            plain: Plain::default(),
            tally: RegionTally::default(),
            regions: Gathered::new(Some(&self.finders)),
            rows: vec![Expected::default(); asked_rows(zones).len()],
            within: vec![Expected::default(); zones],
        }
    }

    fn add(&self, sum: &mut ZoneCounts, part: ZonePart) {
        sum.plain.add_all(&part.plain);
        for Likely { shape, unmatched, place, toll } in part.in_regions {
            let members = loop {
                match sum.regions.of(shape, &place) {
                    Ok(members) => break members,
                    Err(full) => self.share_out(sum, &full),
                }
            };
            members.incidents += 1;
            members.unmatched += u64::from(unmatched);
            members.tolls.add(&toll);
        }
    }
}

/// Sides and zones in the order of the table; without a zone a whole side.
fn asked_rows(zones: usize) -> Vec<(Side, Option<usize>)> {
    let each =
        Side::BOTH.into_iter().flat_map(|side| (0..zones).map(move |zone| (side, Some(zone))));
    each.chain(Side::BOTH.map(|side| (side, None))).collect()
}

impl Plain {
    /// Adds an incident, whose place is taken for `certain` when it has no region.
    fn add(&mut self, incident: &Incident, place: &Located, breaks: &ZoneBreaks, certain: bool) {
        self.counted += 1;
        self.on_line += usize::from(place.side.is_none());
        self.unlocated += usize::from(incident.precision == Some(Precision::Unlocated));
        self.unstated += usize::from(incident.precision.is_none());
        self.unknown_toll += usize::from(incident.fatalities == Fatalities::default());
        let Some(side) = place.side else { return };
        let zone = breaks.zone(place.distance_m);
        let certain = certain && incident.precision != Some(Precision::Unlocated);
        for counts in std::iter::once(&mut self.here).chain(certain.then_some(&mut self.certain)) {
            let counts = &mut counts[number(side)];
            counts.resize(breaks.metres().len() + 1, Here::default());
            counts[zone].incidents += 1;
            counts[zone].tolls.add(&incident.fatalities);
        }
    }

    fn add_all(&mut self, other: &Plain) {
        self.counted += other.counted;
        self.on_line += other.on_line;
        self.unlocated += other.unlocated;
        self.unstated += other.unstated;
        self.unknown_toll += other.unknown_toll;
        let both = [(&mut self.here, &other.here), (&mut self.certain, &other.certain)];
        for (counts, more) in both.into_iter().flat_map(|(to, from)| to.iter_mut().zip(from)) {
            counts.resize(counts.len().max(more.len()), Here::default());
            counts.iter_mut().zip(more).for_each(|(here, more)| here.add_all(more));
        }
    }

    /// Both sides together, up to the outer edge of a zone.
    fn within(&self, last: usize, to_m: f64, expected: &Expected) -> ZonesWithin {
        let incidents = Side::BOTH.map(|s| all(&self.here[number(s)], |z| z <= last).incidents);
        let (low, high) = expected.events.count().interval(0.95);
        let incidents = incidents.iter().sum();
        ZonesWithin { to_m, incidents, expected: expected.number, low, high }
    }
}

impl Here {
    fn add_all(&mut self, other: &Here) {
        self.incidents += other.incidents;
        self.tolls.add_all(&other.tolls);
    }
}

/// The sum over some zones of a side.
fn all(zones: &[Here], which: impl Fn(usize) -> bool) -> Here {
    let mut sum = Here::default();
    zones.iter().enumerate().filter(|(z, _)| which(*z)).for_each(|(_, here)| sum.add_all(here));
    sum
}

impl Expected {
    /// Adds some incidents that lie here with a probability.
    fn add(&mut self, p: f64, incidents: usize, tolls: &Tolls) {
        if p > 0.0 {
            self.number += p * incidents as f64;
            self.tolls.add(tolls, p);
            self.events.add(if p >= CERTAIN { 1.0 } else { p }, incidents);
        }
    }
}

impl ZoneCounts {
    /// Adds those whose place is taken for certain.
    fn add_certain(&mut self, zones: usize) {
        let certain = &self.plain.certain;
        for (row, (side, zone)) in self.rows.iter_mut().zip(asked_rows(zones)) {
            let Here { incidents, tolls } =
                all(&certain[number(side)], |z| zone.is_none_or(|zone| z == zone));
            row.add(1.0, incidents, &tolls);
        }
        for (last, row) in self.within.iter_mut().enumerate() {
            for zones in certain {
                let Here { incidents, tolls } = all(zones, |z| z <= last);
                row.add(1.0, incidents, &tolls);
            }
        }
    }
}

/// One row; `zone` is `None` for a whole side.
fn row(
    plain: &Plain,
    expected: &Expected,
    (side, zone): (Side, Option<usize>),
    breaks_m: &[f64],
    areas: &ZoneAreas,
) -> Zone {
    let here = all(&plain.here[number(side)], |z| zone.is_none_or(|zone| z == zone));
    let law = expected.events.count();
    let (low, high) = law.interval(0.95);
    let of_side = |whole: Option<[f64; 2]>, zones: &[Vec<f64>; 2]| match zone {
        Some(z) => zones[number(side)].get(z).copied(),
        None => whole.map(|whole| whole[number(side)]),
    };
    let area_km2 = of_side(areas.whole_km2, &areas.zones_km2);
    let positive_km2 = area_km2.filter(|&a| a > 0.0);
    let inside = here.incidents as f64;
    let tolls = here.tolls.sums();
    Zone {
        side,
        from_m: zone.filter(|&z| z > 0).map_or(0.0, |z| breaks_m[z - 1]),
        to_m: zone.map_or(f64::INFINITY, |z| breaks_m[z]),
        area_km2,
        incidents: here.incidents,
        expected: expected.number,
        low,
        high,
        share: if plain.counted == 0 { 0.0 } else { inside / plain.counted as f64 },
        per_1000km2: positive_km2.map(|a| inside / a * 1000.0),
        fatalities_best: tolls.map(|sums| sums[1]),
        fatalities_low: tolls.map(|sums| sums[0]),
        fatalities_high: tolls.map(|sums| sums[2]),
        fatalities_expected: expected.tolls.sums(),
        rate: positive_km2.map(|km2| {
            let (low, high) = garwood(&law.mass, law.first, 0.95);
            Rate { rate: expected.number, low, high }.times(1000.0 / km2)
        }),
        ratio_next: None,
        ratio_across: None,
        area_error_km2: of_side(areas.whole_errors_km2, &areas.zone_errors_km2),
        lines: None,
    }
}
