//! The areas that a record's own names mean.

use crate::analysis::Placement;
use crate::index::{SidedAreas, StudyIndex};
use crate::model::{Incident, Level, Side, name_key};
use std::collections::HashMap;

/// An area of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct AreaId {
    pub level: Level,
    pub number: u32,
}

impl AreaId {
    pub fn layer(self, index: &StudyIndex) -> &SidedAreas {
        match self.level {
            Level::Province => &index.provinces,
            Level::District => &index.districts,
        }
    }
}

/// What a record's names mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The district named, else the province.
    pub within: Option<AreaId>,
    /// The side of the country named.
    pub side: Option<Side>,
    /// A district or province is named that no layer has, or several have.
    pub unmatched: bool,
}

/// What three names mean before a coordinate decides between districts of one name.
#[derive(Clone, Debug, Default)]
struct Meaning {
    districts: Vec<u32>,
    province: Option<u32>,
    side: Option<Side>,
    named_district: bool,
    named_province: bool,
}

/// Looks names up, and remembers them.
pub(super) struct NamedAreas<'a> {
    index: &'a StudyIndex,
    /// Areas by [`name_key`].
    districts: HashMap<String, Vec<u32>>,
    provinces: HashMap<String, Vec<u32>>,
    known: HashMap<String, Meaning>,
    /// The three names of the record in hand, joined.
    joined: String,
}

/// Names are few in a file; a file made to have many must not fill the memory.
const MOST_KNOWN: usize = 100_000;

impl<'a> NamedAreas<'a> {
    pub fn new(index: &'a StudyIndex) -> NamedAreas<'a> {
        let by_key = |layer: &SidedAreas| {
            let mut areas: HashMap<String, Vec<u32>> = HashMap::new();
            for (number, area) in layer.areas.iter().enumerate() {
                areas.entry(name_key(area.name())).or_default().push(number as u32);
            }
            areas
        };
        NamedAreas {
            index,
            districts: by_key(&index.districts),
            provinces: by_key(&index.provinces),
            known: HashMap::new(),
            joined: String::new(),
        }
    }

    /// What the names of a record mean. Of several districts of one name the
    /// one that holds the coordinate is meant.
    pub fn of(&mut self, incident: &Incident, placement: &Placement) -> Named {
        self.joined.clear();
        for name in [&incident.district, &incident.province, &incident.country] {
            self.joined.push_str(name);
            self.joined.push('\u{1f}');
        }
        if !self.known.contains_key(&self.joined) {
            let meaning = self.meaning(incident);
            if self.known.len() >= MOST_KNOWN {
                self.known.clear();
            }
            self.known.insert(self.joined.clone(), meaning);
        }
        let Some(meaning) = self.known.get(&self.joined) else { return Named::default() };
        let district = match meaning.districts[..] {
            [only] => Some(only),
            _ => placement.district.map(|d| d as u32).filter(|d| meaning.districts.contains(d)),
        };
        let id = |level, number: u32| AreaId { level, number };
        let within = district
            .map(|d| id(Level::District, d))
            .or_else(|| meaning.province.map(|p| id(Level::Province, p)));
        let unmatched = if meaning.named_district {
            district.is_none()
        } else {
            meaning.named_province && meaning.province.is_none()
        };
        Named { within, side: meaning.side, unmatched }
    }

    fn meaning(&self, incident: &Incident) -> Meaning {
        let side = self.index.border.side_named(&incident.country);
        let fits = |layer: &SidedAreas, number: u32| {
            side.is_none() || layer.sides[number as usize].is_none_or(|own| Some(own) == side)
        };
        let find = |areas: &HashMap<String, Vec<u32>>, layer: &SidedAreas, name: &str| {
            let found = areas.get(&name_key(name)).map_or(&[][..], |found| found);
            found.iter().copied().filter(|&n| fits(layer, n)).collect::<Vec<u32>>()
        };
        let named = |name: &str| !name.trim().is_empty();
        let (layer, of_district) = (&self.index.provinces, &self.index.districts);
        let province = match find(&self.provinces, layer, &incident.province)[..] {
            [only] if named(&incident.province) => Some(only),
            _ => None,
        };
        let mut districts = Vec::new();
        if named(&incident.district) {
            districts = find(&self.districts, of_district, &incident.district);
            if let Some(province) = province {
                let province = name_key(&layer.areas[province as usize].province);
                let there =
                    |&d: &u32| name_key(&of_district.areas[d as usize].province) == province;
                districts.retain(there);
            }
        }
        Meaning {
            districts,
            province,
            side,
            named_district: named(&incident.district),
            named_province: named(&incident.province),
        }
    }
}
