//! [`Ground`]: the polygons of a window, and which sum each counts for.

use super::claims::{Claim, rings_of};
use super::window::Window;
use crate::index::StudyIndex;
use crate::model::Area;

/// The window as polygons with the sums that they count for.
pub(super) struct Ground<'a> {
    pub window: Window,
    pub claims: Vec<Claim>,
    /// The sum of every area.
    pub labels: Option<&'a [usize]>,
    /// How many sums.
    pub count: usize,
}

impl<'a> Ground<'a> {
    pub fn new(
        index: &'a StudyIndex,
        window: &Window,
        labels: Option<(&'a [usize], usize)>,
    ) -> Ground<'a> {
        let claim = |number: usize, area: &Area| Claim {
            label: labels.map_or(0, |(labels, _)| labels[number]),
            side: match window {
                Window::Countries => index.districts.sides[number],
                _ => None,
            },
            rings: rings_of(&area.shape),
        };
        let areas = match window {
            Window::Countries => &index.districts.areas[..],
            Window::Everywhere => &[],
            Window::Polygons(polygons) => &polygons.areas,
        };
        Ground {
            window: window.clone(),
            claims: areas.iter().enumerate().map(|(i, area)| claim(i, area)).collect(),
            labels: labels.map(|(labels, _)| labels),
            count: labels.map_or(1, |(_, count)| count),
        }
    }

    /// Whether gaps along the line count.
    pub fn closes_gaps(&self) -> bool {
        matches!(self.window, Window::Countries)
    }
}
