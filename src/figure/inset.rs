//! A locator: a small map of the whole with the frame of the large one.

use super::clip::{Rect, thin};
use super::map::{MapFrame, lines_path, rings_path};
use super::scene::{Colour, Fill, Group, Pt, Stroke, pt};
use super::style::Style;
use crate::geodesy::{Extent, LonLat};

/// What a locator shows, in degrees.
#[derive(Clone, Copy, Debug)]
pub struct Locator<'a> {
    /// Lands as open rings, each with its colour, first at the bottom.
    pub lands: &'a [(Vec<Vec<LonLat>>, Colour)],
    /// The line.
    pub line: &'a [Vec<LonLat>],
}

/// Air between the lands and the locator's frame, points.
const AIR: f64 = 4.0;

impl Locator<'_> {
    /// The extent of all lands; `None` without any.
    pub fn extent(&self) -> Option<Extent> {
        Extent::around(self.lands.iter().flat_map(|(rings, _)| rings.iter().flatten().copied()))
    }

    /// Room needed for a width, points; `None` without lands.
    pub fn size(&self, width: f64) -> Option<(f64, f64)> {
        let map = MapFrame::fit(self.extent()?, pt(0.0, 0.0), width - 2.0 * AIR);
        Some((width, map.rect.height() + 2.0 * AIR))
    }

    /// Draws it in a rectangle of the size it asked for.
    pub fn draw(&self, rect: Rect, of: &MapFrame, style: &Style) -> Group {
        let mut group = Group::named("locator");
        let Some(extent) = self.extent() else { return group };
        let map = MapFrame::fit(extent, pt(rect.x0 + AIR, rect.y0 + AIR), rect.width() - 2.0 * AIR);
        let mut inner = Group { clip: Some(rect.path()), ..Group::named("locator-map") };
        inner.path(rect.path(), Some(Fill::solid(style.outside)), None);
        for (rings, colour) in self.lands {
            let rings: Vec<Vec<Pt>> = rings
                .iter()
                .map(|ring| {
                    let mut ring: Vec<Pt> = ring.iter().map(|p| map.forward(*p)).collect();
                    ring.extend(ring.first().copied());
                    thin(&ring, 0.15)
                })
                .filter(|ring| super::clip::area(ring) > 0.3)
                .collect();
            inner.path(rings_path(&rings), Some(Fill::solid(*colour)), None);
        }
        let line: Vec<Vec<Pt>> = self
            .line
            .iter()
            .map(|part| thin(&part.iter().map(|p| map.forward(*p)).collect::<Vec<_>>(), 0.15))
            .collect();
        let stroke = Stroke { width: 0.7, ..style.line.clone() };
        inner.path(lines_path(&line), None, Some(stroke));
        let outline: Vec<Pt> =
            edge(of.rect).filter_map(|p| of.inverse(p)).map(|p| map.forward(p)).collect();
        let red = Stroke { round: false, ..Stroke::solid(Colour::hex(0xb0_2a2a), 0.8) };
        inner.path(rings_path(&[thin(&outline, 0.02)]), None, Some(red));
        group.group(inner);
        let frame = Stroke { round: false, ..style.frame.clone() };
        group.path(rect.path(), None, Some(frame));
        group
    }
}

/// Points round a rectangle.
fn edge(rect: Rect) -> impl Iterator<Item = Pt> {
    const STEPS: usize = 24;
    let corners = [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)];
    (0..4 * STEPS).map(move |i| {
        let ((ax, ay), (bx, by)) = (corners[i / STEPS], corners[(i / STEPS + 1) % 4]);
        let t = (i % STEPS) as f64 / STEPS as f64;
        pt(ax + t * (bx - ax), ay + t * (by - ay))
    })
}
