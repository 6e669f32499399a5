//! How many incidents of either period belong to each group: by coordinate,
//! and with the probability that the regions give.

use super::area_shares::{AreaShares, shares_at};
use super::footing::number;
use super::poisson_binomial::{Count, distribution};
use super::region::ZoneShares;
use crate::analysis::{Group, Located, RegionTally, Regions, ZoneBreaks};
use crate::model::{Incident, Side};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A group's incidents in both periods; without periods, in the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    /// By coordinate.
    pub plain: [usize; 2],
    /// With certainty.
    certain: [usize; 2],
    /// Probabilities, and how many incidents have each.
    likely: [Vec<(f64, usize)>; 2],
}

/// Shares that add up to 1 do so but for rounding.
const CERTAIN: f64 = 1.0 - 1e-9;

impl Members {
    /// Adds so many incidents that belong here with a probability.
    pub fn add(&mut self, period: usize, p: f64, incidents: usize) {
        if p >= CERTAIN {
            self.certain[period] += incidents;
        } else if p > 0.0 {
            self.likely[period].push((p, incidents));
        }
    }

    /// Expected numbers.
    pub fn expected(&self) -> [f64; 2] {
        [0, 1].map(|period| {
            let likely = self.likely[period].iter();
            self.certain[period] as f64 + likely.map(|&(p, n)| p * n as f64).sum::<f64>()
        })
    }

    /// The distributions of the numbers.
    pub fn numbers(&self) -> [Count; 2] {
        [0, 1].map(|period| {
            let likely = self.likely[period].iter();
            let mut count = distribution(likely.flat_map(|&(p, n)| std::iter::repeat_n(p, n)));
            count.first += self.certain[period];
            count
        })
    }
}

/// The members of every group.
pub(super) struct Grouped<'a> {
    breaks: &'a ZoneBreaks,
    regions: Option<&'a Regions<'a>>,
    zone_shares: ZoneShares,
    area_shares: Arc<Vec<AreaShares>>,
    /// How many incidents of either period a region stands for.
    of_region: Vec<[usize; 2]>,
    pub groups: BTreeMap<Group, Members>,
    pub tally: RegionTally,
}

impl<'a> Grouped<'a> {
    /// Every side and zone, without a member.
    pub fn new(breaks: &'a ZoneBreaks, regions: Option<&'a Regions<'a>>) -> Grouped<'a> {
        let mut groups = BTreeMap::from([(Group::Whole, Members::default())]);
        for side in Side::BOTH {
            groups.insert(Group::Side(side), Members::default());
            for zone in 0..=breaks.metres().len() {
                groups.insert(Group::Zone(side, zone), Members::default());
            }
        }
        let zone_shares = regions.map(|r| r.zone_shares(breaks.metres())).unwrap_or_default();
        let area_shares = regions.map(Regions::area_shares).unwrap_or_default();
        let of_region = vec![[0; 2]; zone_shares.len()];
        let tally = RegionTally::default();
        Grouped { breaks, regions, zone_shares, area_shares, of_region, groups, tally }
    }

    fn add(&mut self, group: Group, period: usize, p: f64, incidents: usize) {
        self.groups.entry(group).or_default().add(period, p, incidents);
    }

    fn plain(&mut self, group: Group, period: usize) {
        self.groups.entry(group).or_default().plain[period] += 1;
    }

    /// Counts an incident of a period in the whole alone.
    pub fn add_unlocated(&mut self, period: usize) {
        self.plain(Group::Whole, period);
        self.add(Group::Whole, period, 1.0, 1);
    }

    /// Counts an incident of a period; `i` is its number.
    pub fn add_incident(&mut self, i: usize, incident: &Incident, place: &Located, period: usize) {
        self.add_unlocated(period);
        let here = place.side.map(|side| (side, self.breaks.zone(place.distance_m)));
        let areas = shares_at(place, incident.precision);
        let groups = here
            .into_iter()
            .flat_map(|(side, zone)| [Group::Side(side), Group::Zone(side, zone)])
            .chain(areas.provinces.iter().map(|&(p, _)| Group::Province(p)))
            .chain(areas.districts.iter().map(|&(d, _)| Group::District(d)));
        let region = self.regions.and_then(|regions| Some((regions, regions.number(i)?)));
        for group in groups {
            self.plain(group.clone(), period);
            if region.is_none() {
                self.add(group, period, 1.0, 1);
            }
        }
        if let Some((regions, number)) = region {
            self.of_region[number][period] += 1;
            self.tally.count(self.zone_shares[number].1, regions.is_unmatched(i));
        }
    }

    /// Shares out the incidents of every region; none must come after.
    pub fn share_out(&mut self) {
        let of_region = std::mem::take(&mut self.of_region);
        let zone_shares = std::mem::take(&mut self.zone_shares);
        let area_shares = std::mem::take(&mut self.area_shares);
        for ((counts, (zones, _)), areas) in of_region.iter().zip(&*zone_shares).zip(&*area_shares)
        {
            for (period, &incidents) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
                for side in Side::BOTH {
                    let shares = &zones.m2[number(side)];
                    self.add(Group::Side(side), period, shares.iter().sum(), incidents);
                    for (zone, &p) in shares.iter().enumerate() {
                        self.add(Group::Zone(side, zone), period, p, incidents);
                    }
                }
                for &(province, p) in &areas.provinces {
                    self.add(Group::Province(province), period, p, incidents);
                }
                for &(district, p) in &areas.districts {
                    self.add(Group::District(district), period, p, incidents);
                }
            }
        }
    }
}
