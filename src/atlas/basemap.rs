//! The ground every map stands on: lands, districts, provinces, the line and
//! the symbols of places.

use super::{Base, Page, Words};
use crate::figure::clip::{area, inside, thin};
use crate::figure::creases::without_creases;
use crate::figure::edges::{Arc, Coverage, Nearness, apart_from};
use crate::figure::furniture::Frame;
use crate::figure::inset::Locator;
use crate::figure::map::{MapFrame, THINNING_PT, lines_path, rings_path};
use crate::figure::palette::mix;
use crate::figure::scene::{Colour, Fill, Group, PT_PER_MM, Pt, Stroke, pt};
use crate::figure::style::Style;
use crate::figure::symbol::Shape;
use crate::geodesy::{Extent, LonLat};
use crate::model::{Area, PlaceKind, Side};

/// Two publishers' outlines of one border lie up to 4.4 km apart here; within
/// this distance the line stands for both, metres.
const SAME_BORDER_M: f64 = 6_000.0;

/// Districts narrower than this on average get no edges, points.
const DISTRICT_PT: f64 = 6.0 * PT_PER_MM;

/// Rings round less than this are not drawn, square points.
const SPECK_PT2: f64 = 1.0;

/// Banks of a creek nearer to each other than this are not drawn, points.
const CREASE_PT: f64 = 1.1;

/// The projected ground.
pub(crate) struct Basemap<'a> {
    pub base: &'a Base<'a>,
    pub style: Style,
    pub map: MapFrame,
    /// The line on the page, cut to the frame.
    pub line: Vec<Vec<Pt>>,
    /// Land left and right of the line as open rings, not cut.
    pub lands: [Vec<Vec<Pt>>; 2],
    /// The words round the map.
    pub frame: Frame,
    /// Province edges on the page, each once, not cut.
    pub provinces: Coverage,
    other_lands: Vec<Vec<Pt>>,
    lands_in_degrees: Vec<(Vec<Vec<LonLat>>, Colour)>,
    near: Nearness,
}

/// A frame for an extent that somebody chose: as it is, unless it is so long
/// that no page would hold it.
pub(crate) fn fit(extent: Extent, at: Pt, width: f64) -> MapFrame {
    MapFrame::fit_within(extent, at, width, 0.35, 2.0)
}

impl<'a> Basemap<'a> {
    /// Lays out the page and projects the ground. `fit` makes the map's frame
    /// from its top left corner and width.
    pub fn new(
        base: &'a Base<'a>,
        words: &Words,
        page: &Page,
        fit: impl Fn(Pt, f64) -> MapFrame,
    ) -> Basemap<'a> {
        let style = page.style();
        let frame = Frame::new(page.width_mm, &style, &words.title, &words.subtitle, &words.notes);
        let map = fit(pt(frame.left, frame.top), frame.body_width());
        let degrees = coverage(base.provinces);
        let provinces = projected(&degrees, &map);
        let side = |i: usize| side_of(base, &base.provinces[i]);
        let outline = |side_wanted: Option<Side>| provinces.outline(|i| side(i) == side_wanted);
        let lands = Side::BOTH.map(|s| outline(Some(s)));
        let other_lands = outline(None);
        let tones = if style.dark { [0x3a_3f48, 0x33_3d3c] } else { [0xdc_d5c3, 0xcd_d7ca] };
        // The right one first: the left one's edge is the line.
        let lands_in_degrees = [Side::Right, Side::Left]
            .map(|s| {
                let rings = degrees.outline(|i| side(i) == Some(s));
                let rings = rings
                    .into_iter()
                    .map(|ring| ring.into_iter().filter_map(lon_lat).collect())
                    .collect();
                (rings, Colour::hex(tones[usize::from(s == Side::Right)]))
            })
            .into();
        let line: Vec<Vec<Pt>> =
            base.border.parts().iter().flat_map(|part| map.line(part.iter().copied())).collect();
        let reach = (SAME_BORDER_M * map.points_per_metre()).max(0.5);
        let near = Nearness::new(&line, reach);
        Basemap {
            base,
            style,
            map,
            line,
            lands,
            frame,
            provinces,
            other_lands,
            lands_in_degrees,
            near,
        }
    }

    /// Outside and lands.
    pub fn ground(&self) -> Group {
        let mut group = self.layer("ground");
        let flat = |colour| Some(Fill::solid(colour));
        group.path(self.map.rect.path(), flat(self.style.outside), None);
        let cut = |rings: &[Vec<Pt>]| {
            rings_path(&rings.iter().map(|r| self.map.cut_ring(r)).collect::<Vec<_>>())
        };
        let [left, right] = self.style.land;
        if !self.other_lands.is_empty() {
            group.path(cut(&self.other_lands), flat(mix(left, right, 0.5)), None);
        }
        // The two layers' outlines do not meet: the gaps between the line and
        // the land on its right are closed by a strip under both, and the left
        // one, whose edge is the line itself, lies on top.
        if self.lands.iter().all(|l| !l.is_empty()) {
            let strip = Stroke { round: false, ..Stroke::solid(right, self.strip_points()) };
            group.path(lines_path(&self.line), None, Some(strip));
        }
        group.path(cut(&self.lands[1]), flat(right), None);
        group.path(cut(&self.lands[0]), flat(left), None);
        group
    }

    /// Width of the strip along the line that closes the gaps.
    pub fn strip_points(&self) -> f64 {
        1.8 * SAME_BORDER_M * self.map.points_per_metre()
    }

    /// Land of countries that the line does not part.
    pub fn other_lands(&self) -> &[Vec<Pt>] {
        &self.other_lands
    }

    /// District and province edges, each once.
    pub fn edges(&self) -> Group {
        let mut group = self.layer("edges");
        if self.districts_show() {
            let districts = self.districts();
            let inner = districts.arcs.iter().filter(|arc| self.is_within_a_province(arc));
            let lines: Vec<Vec<Pt>> =
                inner.flat_map(|arc| self.map.cut_line(&arc.points)).collect();
            group.path(lines_path(&lines), None, Some(self.style.district.clone()));
        }
        let (mut plain, mut disputed, mut outer) = (Vec::new(), Vec::new(), Vec::new());
        for arc in self.provinces.arcs.iter().filter(|arc| !is_speck(arc)) {
            let parts = self.visible_edge(arc);
            let parts = parts.iter().flat_map(|part| self.map.cut_line(part));
            if arc.owners.iter().any(|i| is_disputed(&self.base.provinces[*i])) {
                disputed.extend(parts);
            } else if arc.owners.len() > 1 {
                plain.extend(parts);
            } else {
                outer.extend(parts);
            }
        }
        let round = Stroke { width: 0.6, ..self.style.province.clone() };
        group.path(lines_path(&plain), None, Some(self.style.province.clone()));
        let outer = without_creases(&outer, CREASE_PT);
        group.path(lines_path(&outer), None, Some(round));
        group.path(lines_path(&disputed), None, Some(self.style.disputed.clone()));
        group
    }

    /// The parts of a province's edge that are drawn: not where the line stands
    /// for it, and on the right not beyond the line.
    pub fn visible_edge(&self, arc: &Arc) -> Vec<Vec<Pt>> {
        if arc.owners.len() == 1 {
            return apart_from(&arc.points, &self.near);
        }
        let right = arc
            .owners
            .iter()
            .all(|i| side_of(self.base, &self.base.provinces[*i]) == Some(Side::Right));
        let ends = [arc.points[0], arc.points[arc.points.len() - 1]];
        if !right || !ends.iter().any(|p| self.near.is_near(*p)) {
            return vec![arc.points.clone()];
        }
        let beyond = |p: Pt| self.near.is_near(p) && inside(&self.lands[0], p);
        let mut parts = vec![Vec::new()];
        for pair in arc.points.windows(2) {
            let middle = pt(0.5 * (pair[0].x + pair[1].x), 0.5 * (pair[0].y + pair[1].y));
            if beyond(middle) {
                parts.push(Vec::new());
            } else if let Some(part) = parts.last_mut() {
                if part.is_empty() {
                    part.push(pair[0]);
                }
                part.push(pair[1]);
            }
        }
        parts.retain(|part| part.len() > 1);
        parts
    }

    /// The districts on the page as edges that are there once, not cut.
    pub fn districts(&self) -> Coverage {
        projected(&coverage(self.base.districts), &self.map)
    }

    /// A small map of the whole.
    pub fn locator(&self) -> Locator<'_> {
        Locator { lands: &self.lands_in_degrees, line: self.base.border.parts() }
    }

    pub fn is_within_a_province(&self, arc: &Arc) -> bool {
        match arc.owners[..] {
            [a, b] => {
                let (a, b) = (&self.base.districts[a], &self.base.districts[b]);
                a.country == b.country && a.province == b.province
            }
            _ => false,
        }
    }

    /// Whether districts in the frame are wide enough for their edges.
    fn districts_show(&self) -> bool {
        let widths: Vec<f64> = self
            .base
            .districts
            .iter()
            .filter_map(|district| {
                let ring = district.shape.0.first()?.exterior();
                let first = ring.0.first()?;
                let at = self.map.forward(LonLat::new(first.x, first.y).ok()?);
                self.map.rect.contains(at).then(|| {
                    let points: Vec<Pt> = ring
                        .0
                        .iter()
                        .filter_map(|c| Some(self.map.forward(LonLat::new(c.x, c.y).ok()?)))
                        .collect();
                    area(&points).sqrt()
                })
            })
            .collect();
        !widths.is_empty() && widths.iter().sum::<f64>() / widths.len() as f64 >= DISTRICT_PT
    }

    /// The line on its casing.
    pub fn line_layer(&self) -> Group {
        let mut group = self.layer("line");
        let path = lines_path(&self.line);
        group.path(path.clone(), None, Some(self.style.casing.clone()));
        group.path(path, None, Some(self.style.line.clone()));
        group
    }

    /// An empty layer that ends at the frame.
    pub fn layer(&self, name: &str) -> Group {
        Group { clip: Some(self.map.rect.path()), ..Group::named(name) }
    }

    /// Provinces whose edge runs along the line.
    pub fn touching(&self) -> Vec<bool> {
        let mut touching = vec![false; self.base.provinces.len()];
        for arc in self.provinces.arcs.iter().filter(|arc| arc.owners.len() == 1) {
            if arc.points.iter().any(|p| self.near.is_near(*p)) {
                arc.owners.iter().for_each(|i| touching[*i] = true);
            }
        }
        touching
    }

    /// Symbols of places.
    pub fn places(&self, which: impl Iterator<Item = usize>) -> Group {
        let mut group = self.layer("places");
        for i in which {
            let place = &self.base.places[i];
            let shape = match place.kind {
                PlaceKind::Capital => Shape::Square,
                PlaceKind::Crossing => Shape::TriangleUp,
                PlaceKind::Town => Shape::Circle,
            };
            let path = shape.path(self.map.forward(place.at), 0.46 * self.style.place_size);
            let fill = Some(Fill::solid(self.style.place_fill));
            group.path(path, fill, Some(self.style.place_edge.clone()));
        }
        group
    }
}

fn side_of(base: &Base, area: &Area) -> Option<Side> {
    base.border.side_named(&area.country)
}

/// Whether an edge is a ring round less ground than can be seen as such: layers have
/// holes of some hectares where districts do not quite meet.
fn is_speck(arc: &Arc) -> bool {
    arc.points.first() == arc.points.last() && area(&arc.points) < SPECK_PT2
}

/// Areas whose outline is in dispute: the parts of Kashmir that the province
/// layer counts to Pakistan. Its edge towards India is the Line of Control.
pub(super) fn is_disputed(area: &Area) -> bool {
    let name = area.province.to_lowercase();
    name.contains("kashmir") || name.contains("gilgit")
}

/// The rings of areas in degrees, cut into edges that are there once.
fn coverage(areas: &[Area]) -> Coverage {
    let rings: Vec<(usize, Vec<Pt>)> = areas
        .iter()
        .enumerate()
        .flat_map(|(i, area)| {
            area.shape.0.iter().flat_map(move |polygon| {
                std::iter::once(polygon.exterior())
                    .chain(polygon.interiors())
                    .map(move |ring| (i, ring.0.iter().map(|c| pt(c.x, c.y)).collect()))
            })
        })
        .collect();
    Coverage::new(&rings)
}

/// Edges in degrees put on the page and thinned, each once.
fn projected(degrees: &Coverage, map: &MapFrame) -> Coverage {
    let arcs = degrees
        .arcs
        .iter()
        .map(|arc| {
            let points: Vec<Pt> =
                arc.points.iter().filter_map(|p| Some(map.forward(lon_lat(*p)?))).collect();
            Arc { points: thin(&points, THINNING_PT), owners: arc.owners.clone() }
        })
        .filter(|arc| arc.points.len() > 1)
        .collect();
    Coverage { arcs }
}

fn lon_lat(degrees: Pt) -> Option<LonLat> {
    LonLat::new(degrees.x, degrees.y).ok()
}

#[cfg(test)]
mod tests {
    use super::super::looking::Layers;
    use super::*;
    use crate::figure::clip::distance_to_segment;
    use crate::figure::export;
    use crate::figure::scene::Scene;
    use crate::geodesy::{direct, inverse};

    const REGION: Extent = Extent { west: 60.0, south: 28.5, east: 75.5, north: 37.8 };

    fn region(at: Pt, width: f64) -> MapFrame {
        MapFrame::fit(REGION, at, width)
    }

    #[test]
    fn no_outer_edge_is_drawn_beside_the_line() {
        let layers = Layers::bundled();
        let base = layers.base();
        let ground = Basemap::new(&base, &Words::default(), &Page::default(), region);
        let reach = SAME_BORDER_M * ground.map.points_per_metre();
        let (mut drawn, mut all) = (0.0, 0.0);
        for arc in ground.provinces.arcs.iter().filter(|arc| arc.owners.len() == 1) {
            let length = |l: &[Pt]| -> f64 {
                l.windows(2).map(|w| (w[1].x - w[0].x).hypot(w[1].y - w[0].y)).sum()
            };
            all += length(&arc.points);
            for part in ground.visible_edge(arc) {
                drawn += length(&part);
                for w in part.windows(2) {
                    let m = pt(0.5 * (w[0].x + w[1].x), 0.5 * (w[0].y + w[1].y));
                    let near = ground
                        .line
                        .iter()
                        .flat_map(|l| l.windows(2))
                        .any(|s| distance_to_segment(m, s[0], s[1]) <= reach);
                    assert!(!near, "{m:?}");
                }
            }
        }
        // Both sides' edges along the line are gone, the others are there.
        let line: f64 = ground
            .line
            .iter()
            .flat_map(|l| l.windows(2))
            .map(|w| (w[1].x - w[0].x).hypot(w[1].y - w[0].y))
            .sum();
        assert!(all - drawn > 1.5 * line && drawn > line, "{all} {drawn} {line}");
    }

    /// The two publishers' lands leave gaps of up to 4 km at the line; on the
    /// map there is land on both sides of it, each in its colour.
    #[test]
    fn the_lands_meet_at_the_line() {
        let layers = Layers::bundled();
        let base = layers.base();
        let ground = Basemap::new(&base, &Words::default(), &Page::default(), region);
        let mut root = Group::default();
        root.group(ground.ground());
        let scene = Scene {
            width: ground.map.rect.x1 + 6.0,
            height: ground.map.rect.y1 + 6.0,
            background: ground.style.page,
            title: String::new(),
            description: String::new(),
            provenance: String::new(),
            root,
        };
        let dpi = 300.0;
        let file = export::png(&export::svg(&scene), dpi).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let channels = info.line_size / info.width as usize;
        let colour = |p: Pt| {
            let (x, y) = ((p.x * dpi / 72.0) as usize, (p.y * dpi / 72.0) as usize);
            let i = y * info.line_size + x * channels;
            Colour(pixels[i], pixels[i + 1], pixels[i + 2])
        };
        let line = &layers.border.parts()[0];
        let mut asked = 0;
        for pair in line.windows(2).skip(40).step_by(9).take(line.len() / 9 - 12) {
            let along = inverse(pair[0], pair[1]).azimuth_start;
            for (turn, land) in [(-90.0, ground.style.land[0]), (90.0, ground.style.land[1])] {
                let p = direct(pair[0], along + turn, 2_000.0);
                // Only where 2 km off is on that side: the line winds.
                let q = ground.map.forward(p);
                let off = ground
                    .line
                    .iter()
                    .flat_map(|l| l.windows(2))
                    .map(|s| distance_to_segment(q, s[0], s[1]))
                    .fold(f64::INFINITY, f64::min);
                if off > 1_900.0 * ground.map.points_per_metre() && ground.map.rect.contains(q) {
                    asked += 1;
                    assert_eq!(colour(q), land, "at {p}");
                }
            }
        }
        assert!(asked > 100, "{asked}");
    }
}
