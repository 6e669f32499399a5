//! What lies along the line: provinces and districts on both sides, crossings.

use crate::geodesy::{direct, inverse};
use crate::index::{SidedAreas, StudyIndex};
use crate::model::{Place, PlaceKind, Side};

/// A run of one province along the line.
#[derive(Clone, Debug, PartialEq)]
pub struct StripSegment {
    /// Start, metres of chainage.
    pub from_m: f64,
    /// End, metres of chainage.
    pub to_m: f64,
    /// Province.
    pub name: String,
}

/// A run of one district along the line.
#[derive(Clone, Debug, PartialEq)]
pub struct BorderDistrict {
    /// Start, metres of chainage.
    pub from_m: f64,
    /// End, metres of chainage.
    pub to_m: f64,
    /// Number in the district layer; `None` where no district is near.
    pub area: Option<usize>,
    /// Its name; empty where there is none.
    pub district: String,
    /// Its province.
    pub province: String,
}

/// What lies along the line, for the strip under the profile and its tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// Provinces left and right of the line, from its start to its end.
    pub sides: [Vec<StripSegment>; 2],
    /// Districts left and right, without gaps: where there is none, a run
    /// without a name.
    pub districts: [Vec<BorderDistrict>; 2],
    /// Crossings: chainage in metres and name, ascending.
    pub crossings: Vec<(f64, String)>,
}

/// Shorter runs of an area are taken for noise of the edges, metres.
const SHORTEST_RUN_M: f64 = 4_000.0;
/// How closely the line is walked, metres.
const WALK_M: f64 = 1_000.0;

/// The areas on both sides of the line and the crossings on it.
pub fn strip(index: &StudyIndex, places: &[Place]) -> Strip {
    let length_m = index.line.length_m();
    let along = |layer: &SidedAreas, side: Side| -> Vec<Option<usize>> {
        let steps = (length_m / WALK_M).ceil().max(1.0) as usize;
        let middle = |i: usize| ((i as f64 + 0.5) * WALK_M).min(length_m);
        (0..steps).map(|i| area_beside(index, layer, middle(i), side)).collect()
    };
    let provinces = Side::BOTH.map(|side| {
        let names: Vec<&str> = along(&index.provinces, side)
            .into_iter()
            .map(|area| area.map_or("", |a| index.provinces.areas[a].province.as_str()))
            .collect();
        let named = runs(&names, length_m).into_iter().filter(|run| !run.2.is_empty());
        named
            .map(|(from_m, to_m, name)| StripSegment { from_m, to_m, name: name.to_owned() })
            .collect()
    });
    let districts = Side::BOTH.map(|side| {
        let found = runs(&along(&index.districts, side), length_m);
        let named = found.into_iter().map(|(from_m, to_m, area)| {
            let of = area.map(|a| &index.districts.areas[a]);
            BorderDistrict {
                from_m,
                to_m,
                area,
                district: of.map_or_else(String::new, |a| a.name().to_owned()),
                province: of.map_or_else(String::new, |a| a.province.clone()),
            }
        });
        named.collect()
    });
    let mut crossings: Vec<(f64, String)> = places
        .iter()
        .filter(|p| p.kind == PlaceKind::Crossing)
        .map(|p| (index.line.locate(p.at), p))
        .filter(|(found, _)| found.distance_m < 10_000.0)
        .map(|(found, p)| (found.chainage_m, p.name.clone()))
        .collect();
    crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
    Strip { sides: provinces, districts, crossings }
}

/// The area of a layer 500 m off the line at a chainage.
pub(super) fn area_beside(
    index: &StudyIndex,
    layer: &SidedAreas,
    chainage_m: f64,
    side: Side,
) -> Option<usize> {
    let here = index.line.at(chainage_m);
    let ahead = index.line.at(chainage_m + 200.0);
    let turn = if side == Side::Left { -90.0 } else { 90.0 };
    let beside = direct(here, inverse(here, ahead).azimuth_start + turn, 500.0);
    let mut position = index.line.locate(beside);
    position.side = Some(side);
    index.held(layer, beside, &position, None).map(|held| held.area)
}

/// Runs of equals, metre by metre; short ones are given to the run before them.
fn runs<T: Copy + PartialEq>(found: &[T], length_m: f64) -> Vec<(f64, f64, T)> {
    let mut runs: Vec<(f64, f64, T)> = Vec::new();
    for (i, &value) in found.iter().enumerate() {
        let to_m = if i + 1 == found.len() { length_m } else { (i + 1) as f64 * WALK_M };
        match runs.last_mut() {
            Some(run) if run.2 == value => run.1 = to_m,
            _ => runs.push((i as f64 * WALK_M, to_m, value)),
        }
    }
    let mut kept: Vec<(f64, f64, T)> = Vec::new();
    for run in runs {
        let short = run.1 - run.0 < SHORTEST_RUN_M;
        match kept.last_mut() {
            Some(last) if short || last.2 == run.2 => last.1 = run.1,
            _ => kept.push(run),
        }
    }
    kept
}

/// Names that a stretch goes by, at most: districts, and provinces.
const MOST_DISTRICTS: usize = 2;
const MOST_PROVINCES: usize = 3;
/// What lies along less of a stretch than this does not name it.
const LEAST_PART: f64 = 0.1;

impl Strip {
    /// What lies along a stretch on the left and on the right: one district or
    /// two, else its provinces; empty where nothing is known.
    pub fn beside(&self, from_m: f64, to_m: f64) -> [String; 2] {
        [0, 1].map(|side| {
            let of_district = |d: &BorderDistrict| (d.from_m, d.to_m, d.district.clone());
            let districts: Vec<_> = self.districts[side].iter().map(of_district).collect();
            let of_province = |s: &StripSegment| (s.from_m, s.to_m, s.name.clone());
            let provinces: Vec<_> = self.sides[side].iter().map(of_province).collect();
            let within = |runs: &[(f64, f64, String)]| names_within(runs, from_m, to_m);
            let (of_districts, of_provinces) = (within(&districts), within(&provinces));
            if (1..=MOST_DISTRICTS).contains(&of_districts.len()) || of_provinces.is_empty() {
                return shortened(&of_districts, MOST_DISTRICTS);
            }
            shortened(&of_provinces, MOST_PROVINCES)
        })
    }
}

/// The names along a stretch, in the order of the line, each once.
fn names_within(runs: &[(f64, f64, String)], from_m: f64, to_m: f64) -> Vec<String> {
    let mut lengths: Vec<(&str, f64)> = Vec::new();
    for (from, to, name) in runs.iter().filter(|run| !run.2.is_empty()) {
        let common = to.min(to_m) - from.max(from_m);
        if common <= 0.0 {
            continue;
        }
        match lengths.iter_mut().find(|(known, _)| known == name) {
            Some((_, length)) => *length += common,
            None => lengths.push((name, common)),
        }
    }
    let least = LEAST_PART * (to_m - from_m);
    lengths.into_iter().filter(|(_, l)| *l >= least).map(|(name, _)| name.to_owned()).collect()
}

/// "Kurram", "Kurram–Khyber"; of too many the first and the last.
fn shortened(names: &[String], most: usize) -> String {
    match names {
        [first, .., last] if names.len() > most => format!("{first} to {last}"),
        _ => names.join("–"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_runs_go_to_their_neighbour() {
        let names = ["a", "a", "a", "a", "a", "b", "a", "a", "c", "c", "c", "c", "c"];
        assert_eq!(runs(&names, 12_500.0), [(0.0, 8_000.0, "a"), (8_000.0, 12_500.0, "c")]);
    }

    #[test]
    fn a_stretch_is_named_after_what_lies_along_most_of_it() {
        let district = |from: f64, to: f64, district: &str| BorderDistrict {
            from_m: from * 1e3,
            to_m: to * 1e3,
            area: None,
            district: district.into(),
            province: String::new(),
        };
        let province = |from: f64, to: f64, name: &str| StripSegment {
            from_m: from * 1e3,
            to_m: to * 1e3,
            name: name.into(),
        };
        let strip = Strip {
            sides: [vec![province(0.0, 60.0, "Paktia"), province(60.0, 200.0, "Khost")], vec![]],
            districts: [
                vec![
                    district(0.0, 20.0, "A"),
                    district(20.0, 40.0, "B"),
                    district(40.0, 60.0, "C"),
                    district(60.0, 200.0, "D"),
                ],
                vec![district(0.0, 97.0, "Kurram"), district(97.0, 200.0, "")],
            ],
            crossings: vec![],
        };
        assert_eq!(strip.beside(10e3, 70e3), ["Paktia–Khost", "Kurram"]);
        assert_eq!(strip.beside(58e3, 108e3), ["D", "Kurram"]);
        assert_eq!(strip.beside(95e3, 145e3), ["D", ""]);
    }
}
