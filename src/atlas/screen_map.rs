//! The ground and the symbols of a map that is drawn on a screen: projected and
//! thinned once, so that whoever draws it only shifts and scales.

use super::basemap::{Basemap, is_disputed};
use super::labels::{pole, poles_of_all};
use super::marks::{categories, on_dark};
use super::{Base, Page, Words};
use crate::figure::clip::{area, thin};
use crate::figure::edges::Coverage;
use crate::figure::map::MapFrame;
use crate::figure::scene::{Colour, Path, Pt, Step, pt};
use crate::geodesy::{Extent, LonLat};
use crate::model::{Incident, Named, PlaceKind};

/// Vertices nearer than this to the drawn line are left out, kilometres.
const LINE_KM: f64 = 0.12;
const PROVINCES_KM: f64 = 0.35;
const DISTRICTS_KM: f64 = 0.6;

/// A layered map in kilometres of an equal-area projection, x to the east and y
/// to the south of its top left corner.
#[derive(Clone, Debug, PartialEq)]
pub struct ScreenMap {
    /// The projection as a PROJ string.
    pub projection: String,
    /// Width and height, kilometres.
    pub size: [f64; 2],
    /// The line.
    pub line: Vec<Vec<Pt>>,
    /// Land on the left, on the right and on neither side, as open rings for the
    /// even-odd rule.
    pub lands: [Vec<Vec<Pt>>; 3],
    /// So wide a strip along the line belongs to the land on the right where no
    /// polygon reaches it, kilometres.
    pub strip_km: f64,
    /// Edges of provinces.
    pub provinces: Vec<Vec<Pt>>,
    /// Outer edges.
    pub outer: Vec<Vec<Pt>>,
    /// Edges in dispute.
    pub disputed: Vec<Vec<Pt>>,
    /// Edges of districts within a province.
    pub districts: Vec<Vec<Pt>>,
    /// Names of provinces, where they stand, and the width there is, kilometres.
    pub names: Vec<(String, Pt, f64)>,
    /// Towns and crossings: name, kind, rank, place.
    pub places: Vec<(String, PlaceKind, u8, Pt)>,
    /// Area of each district, square kilometres.
    pub district_km2: Vec<f64>,
    /// Area of each province, square kilometres.
    pub province_km2: Vec<f64>,
    /// Middle of each district's largest part.
    pub district_at: Vec<Pt>,
    /// Middle of each province's largest part.
    pub province_at: Vec<Pt>,
    /// What incidents are told apart by.
    pub categories: Vec<ScreenCategory>,
    /// The category of each incident.
    pub category_of: Vec<usize>,
    /// Where each incident lies.
    pub at: Vec<Pt>,
}

/// A category of incidents with its symbol.
#[derive(Clone, Debug, PartialEq)]
pub struct ScreenCategory {
    /// The word in the legend.
    pub label: String,
    /// Colour on a light and on a dark page, `#rrggbb`.
    pub colours: [String; 2],
    /// Outline with the area of a circle of radius 1; empty for that circle.
    pub outline: Vec<Pt>,
    /// Drawn open whatever the toll.
    pub open: bool,
}

/// The ground of the layers and the symbols of the incidents.
pub fn screen_map(base: &Base, incidents: &[Incident]) -> ScreenMap {
    let provinces = base.provinces.iter().flat_map(|a| a.shape.0.iter());
    let corners = provinces.flat_map(|p| p.exterior().0.iter());
    let whole = corners.filter_map(|c| LonLat::new(c.x, c.y).ok());
    let line = base.border.parts().iter().flatten().copied();
    // Not that of the incidents: one far off would leave no room for the others.
    let extent = Extent::around(whole.chain(line)).unwrap_or(Extent {
        west: 60.0,
        south: 23.0,
        east: 78.0,
        north: 39.0,
    });
    // A page on which a point is a kilometre, more or less; then exactly that.
    let fit = |_: Pt, _: f64| MapFrame::fit(extent.grown(0.5, 0.5), pt(0.0, 0.0), 2000.0);
    let ground = Basemap::new(base, &Words::default(), &Page::default(), fit);
    let per_km = 1000.0 * ground.map.points_per_metre();
    let km = |p: &Pt| pt(p.x / per_km, p.y / per_km);
    let lines = |lines: Vec<Vec<Pt>>, tolerance_km: f64| -> Vec<Vec<Pt>> {
        let thinned = lines.iter().map(|l| thin(l, tolerance_km * per_km));
        thinned.map(|l| l.iter().map(km).collect()).collect()
    };
    let rings = |rings: &[Vec<Pt>]| -> Vec<Vec<Pt>> {
        let kept = rings.iter().filter(|r| area(r) > 4.0 * per_km * per_km);
        lines(kept.map(|r| closed(r)).collect(), PROVINCES_KM)
    };
    let [left, right] = &ground.lands;
    let (mut plain, mut outer, mut disputed) = (Vec::new(), Vec::new(), Vec::new());
    for arc in &ground.provinces.arcs {
        let parts = ground.visible_edge(arc);
        match arc.owners.len() {
            _ if arc.owners.iter().any(|i| is_disputed(&base.provinces[*i])) => &mut disputed,
            1 => &mut outer,
            _ => &mut plain,
        }
        .extend(parts);
    }
    let districts = ground.districts();
    let areas = |coverage: &Coverage, count: usize| -> Vec<f64> {
        let km2 = |i: usize| coverage.outline(|k| k == i).iter().map(|r| area(r)).sum::<f64>();
        (0..count).map(|i| km2(i) / (per_km * per_km)).collect()
    };
    let middles = |coverage: &Coverage, count: usize| -> Vec<Pt> {
        let largest = |i: usize| {
            let rings = coverage.outline(|k| k == i).into_iter();
            rings.max_by(|a, b| area(a).total_cmp(&area(b)))
        };
        (0..count).map(|i| largest(i).map_or(pt(0.0, 0.0), |r| km(&pole(&r, 1.0)))).collect()
    };
    let inner = districts.arcs.iter().filter(|arc| ground.is_within_a_province(arc));
    let (found, category_of) = categories(&incidents.iter().collect::<Vec<_>>(), false);
    ScreenMap {
        projection: ground.map.projection().definition().to_owned(),
        size: [ground.map.rect.width() / per_km, ground.map.rect.height() / per_km],
        line: lines(ground.line.clone(), LINE_KM),
        lands: [rings(left), rings(right), rings(ground.other_lands())],
        strip_km: ground.strip_points() / per_km,
        provinces: lines(plain, PROVINCES_KM),
        outer: lines(outer, PROVINCES_KM),
        disputed: lines(disputed, PROVINCES_KM),
        districts: lines(inner.map(|arc| arc.points.clone()).collect(), DISTRICTS_KM),
        names: poles_of_all(&ground)
            .into_iter()
            .map(|(i, at, wide)| {
                let name = base.names.of(Named::Province, &base.provinces[i].province);
                (name.to_owned(), km(&at), wide / per_km)
            })
            .collect(),
        places: base
            .places
            .iter()
            .map(|p| {
                let name = base.names.of(Named::Place, &p.name).to_owned();
                (name, p.kind, p.rank, km(&ground.map.forward(p.at)))
            })
            .collect(),
        district_km2: areas(&districts, base.districts.len()),
        province_km2: areas(&ground.provinces, base.provinces.len()),
        district_at: middles(&districts, base.districts.len()),
        province_at: middles(&ground.provinces, base.provinces.len()),
        categories: found
            .into_iter()
            .map(|c| ScreenCategory {
                label: c.label,
                colours: [hex(c.colour), hex(on_dark(c.colour))],
                outline: corners_of(&c.shape.path(pt(0.0, 0.0), 1.0)),
                open: c.open,
            })
            .collect(),
        category_of,
        at: incidents.iter().map(|i| km(&ground.map.forward(i.at))).collect(),
    }
}

fn closed(ring: &[Pt]) -> Vec<Pt> {
    ring.iter().chain(ring.first()).copied().collect()
}

fn hex(colour: Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

/// The corners of a symbol with straight edges; none for a circle.
fn corners_of(path: &Path) -> Vec<Pt> {
    if path.0.iter().any(|step| matches!(step, Step::Cubic(..))) {
        return Vec::new();
    }
    let corner = |step: &Step| match step {
        Step::Move(p) | Step::Line(p) => Some(*p),
        _ => None,
    };
    path.0.iter().filter_map(corner).collect()
}

#[cfg(test)]
mod tests {
    use super::super::looking::Layers;
    use super::*;
    use crate::geodesy::inverse;

    #[test]
    fn kilometres_are_kilometres_and_the_ground_is_light() {
        let layers = Layers::bundled();
        let map = screen_map(&layers.base(), &[]);
        let town = |name: &str| map.places.iter().find(|p| p.0 == name).unwrap().3;
        let place = |name: &str| layers.places.iter().find(|p| p.name == name).unwrap().at;
        for (a, b) in [("Kabul", "Islamabad"), ("Peshawar", "Quetta")] {
            let (p, q) = (town(a), town(b));
            let drawn = (p.x - q.x).hypot(p.y - q.y);
            let true_km = inverse(place(a), place(b)).distance_m / 1000.0;
            assert!((drawn / true_km - 1.0).abs() < 0.015, "{a}–{b}: {drawn} {true_km}");
        }
        // Areas are true: the sum of Afghanistan's provinces is its published 652,000 km².
        let afghan = layers.base().provinces.iter().zip(&map.province_km2);
        let sum: f64 = afghan.filter(|(a, _)| a.country == "Afghanistan").map(|(_, km2)| km2).sum();
        assert!((sum / 643_000.0 - 1.0).abs() < 0.02, "{sum}");
        let vertices = |lines: &[Vec<Pt>]| lines.iter().map(Vec::len).sum::<usize>();
        assert!(vertices(&map.districts) < 40_000, "{}", vertices(&map.districts));
        assert!(vertices(&map.line) > 800, "{}", vertices(&map.line));
    }
}
