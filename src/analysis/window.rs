//! [`Window`]: the ground whose area counts.

use super::Located;
use super::locate::DistrictHow;
use crate::geodesy::LonLat;
use crate::index::{AreaIndex, BorderPosition, StudyIndex};
use crate::model::Area;
use std::sync::Arc;

/// Which ground counts.
#[derive(Clone, Default)]
pub enum Window {
    /// The districts of the two countries and the gaps between their layers.
    #[default]
    Countries,
    /// Everywhere within the outermost break.
    Everywhere,
    /// Polygons of somebody's.
    Polygons(Arc<WindowPolygons>),
}

/// Polygons that ground must lie in to count.
pub struct WindowPolygons {
    /// What they are called: the name of their file.
    pub name: String,
    /// The polygons; what lies in several counts once.
    pub areas: Vec<Area>,
    index: AreaIndex,
}

impl WindowPolygons {
    /// Indexes them.
    pub fn new(name: String, areas: Vec<Area>) -> WindowPolygons {
        WindowPolygons { index: AreaIndex::new(&areas), name, areas }
    }

    /// Whether one holds a position; one on an edge lies outside.
    pub fn hold(&self, p: LonLat) -> bool {
        let mut held = false;
        self.index.each_containing(p, |_| held = true);
        held
    }
}

impl Window {
    /// The word in provenance: the file's name for polygons.
    pub fn word(&self) -> &str {
        match self {
            Window::Countries => "countries",
            Window::Everywhere => "none",
            Window::Polygons(polygons) => &polygons.name,
        }
    }

    /// Whether it is the two countries.
    pub fn is_countries(&self) -> bool {
        matches!(self, Window::Countries)
    }

    /// Whether the window has no end.
    pub fn is_everywhere(&self) -> bool {
        matches!(self, Window::Everywhere)
    }

    /// Whether a position belongs to the window.
    pub fn holds(&self, index: &StudyIndex, p: LonLat, position: &BorderPosition) -> bool {
        match self {
            Window::Countries => index.held(&index.districts, p, position, None).is_some(),
            Window::Everywhere => true,
            Window::Polygons(polygons) => polygons.hold(p),
        }
    }

    /// As [`holds`](Window::holds), for an incident that has been located.
    pub fn holds_located(&self, p: LonLat, located: &Located) -> bool {
        match self {
            Window::Countries => located.placement.how != DistrictHow::None,
            Window::Everywhere => true,
            Window::Polygons(polygons) => polygons.hold(p),
        }
    }
}
