//! Districts filled by class: what the maps that tell something of each have in
//! common.

use super::Base;
use super::basemap::Basemap;
use crate::figure::clip::{inside, thin};
use crate::figure::corner::Field;
use crate::figure::edges::Coverage;
use crate::figure::map::{lines_path, rings_path};
use crate::figure::scene::{Colour, Fill, Group, Item, Path, Pt, Stroke, pt};
use crate::figure::style::Style;
use crate::geodesy::{Extent, LonLat};

/// Opacity of the colours: edges and names of the ground stay to be seen.
pub(super) const OPACITY: f64 = 0.88;

/// Air round the districts, degrees.
const AIR_DEG: f64 = 0.2;

/// What a map of districts shows: the extent given, else what holds those that are
/// coloured, else the line.
pub(super) fn extent_of(
    base: &Base,
    extent: Option<Extent>,
    coloured: impl Iterator<Item = usize>,
) -> Extent {
    let reach = || {
        let rings = coloured.flat_map(|district| base.districts[district].shape.iter());
        let places = rings.flat_map(|p| p.exterior().coords());
        let extent = Extent::around(places.filter_map(|c| LonLat::new(c.x, c.y).ok()))?;
        Some(extent.grown(AIR_DEG, AIR_DEG))
    };
    let line = || {
        let line = base.border.parts().iter().flatten().copied();
        Extent::around(line).map(|extent| extent.grown(0.8, 0.8))
    };
    let found = extent.or_else(reach).or_else(line);
    found.unwrap_or(Extent { west: 0.0, south: 0.0, east: 1.0, north: 1.0 })
}

/// The districts on a map.
pub(super) struct Choropleth<'a, 'b> {
    ground: &'a Basemap<'b>,
    districts: Coverage,
}

impl<'a, 'b> Choropleth<'a, 'b> {
    /// The districts of a ground.
    pub fn new(ground: &'a Basemap<'b>) -> Choropleth<'a, 'b> {
        Choropleth { ground, districts: ground.districts() }
    }

    /// The outline of some districts, cut to the map.
    pub fn outline(&self, of: impl Fn(usize) -> bool) -> Vec<Vec<Pt>> {
        let rings = self.districts.outline(of).into_iter();
        let rings = rings.map(|ring| self.ground.map.cut_ring(&ring));
        rings.filter(|ring| ring.len() > 2).collect()
    }

    /// Edges of which one or both districts are among some, in the colour of the page.
    pub fn edges(&self, into: &mut Group, of: impl Fn(usize) -> bool) {
        let arcs = self.districts.arcs.iter().filter(|arc| arc.owners.iter().any(|&i| of(i)));
        let lines: Vec<Vec<Pt>> =
            arcs.flat_map(|arc| self.ground.map.cut_line(&arc.points)).collect();
        let stroke = Stroke { opacity: 0.6, ..Stroke::solid(self.ground.style.page, 0.25) };
        into.path(lines_path(&lines), None, Some(stroke));
    }

    /// Every class in its colour; `weight` is the cost for names to cover one.
    pub fn classes(
        &self,
        colours: &[Colour],
        class: impl Fn(usize) -> Option<usize>,
        weight: impl Fn(usize) -> f64,
    ) -> (Group, Field) {
        let mut layer = self.ground.layer("districts");
        let mut field = Field::new(self.ground.map.rect, 4.0);
        for (number, &colour) in colours.iter().enumerate() {
            let rings = self.outline(|i| class(i) == Some(number));
            layer.path(rings_path(&rings), Some(Fill { colour, opacity: OPACITY }), None);
            weigh(&mut field, &rings, weight(number));
        }
        field.finish();
        self.edges(&mut layer, |i| class(i).is_some());
        (layer, field)
    }
}

/// Makes it cost so much for a name to cover an area.
pub(super) fn weigh(field: &mut Field, rings: &[Vec<Pt>], weight: f64) {
    let coarse: Vec<Vec<Pt>> = rings.iter().map(|ring| thin(ring, 1.0)).collect();
    field.add(|p| if inside(&coarse, p) { weight } else { 0.0 });
}

/// Casing and stroke of an outline that stands for what is found.
pub(super) fn outlined(style: &Style, width: f64, dashes: &[f64]) -> [Stroke; 2] {
    let casing = Stroke { opacity: 0.85, ..Stroke::solid(style.page, width + 1.0) };
    let stroke = Stroke {
        dashes: dashes.to_vec(),
        round: dashes.is_empty(),
        ..Stroke::solid(style.ink, width)
    };
    [casing, stroke]
}

/// A district as it stands in a key.
pub(super) fn swatch(at: Pt) -> Path {
    let corner = |x: f64, y: f64| pt(at.x + x, at.y + y);
    Path::closed([corner(-6.0, -2.6), corner(6.0, -2.6), corner(6.0, 2.6), corner(-6.0, 2.6)])
}

/// Half width and half height of a swatch with its outline, points.
pub(super) const SWATCH_REACH: (f64, f64) = (7.0, 3.6);

/// An outline in a key.
pub(super) fn outlined_swatch(at: Pt, stroke: &Stroke) -> Vec<Item> {
    vec![Item::Path { path: swatch(at), fill: None, stroke: Some(stroke.clone()) }]
}
