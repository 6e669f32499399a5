//! Round the data: legend, locator, scale bar and names, set so that nothing
//! covers anything, and the layers put in the order of looking.

use super::basemap::Basemap;
use super::labels;
use super::{Plate, Words};
use crate::figure::clip::{Rect, thin};
use crate::figure::corner::{Field, Occupied, emptiest};
use crate::figure::label::{Candidate, Obstacles};
use crate::figure::legend::{Arrangement, Legend};
use crate::figure::scale_bar::ScaleBar;
use crate::figure::scene::{Group, Item, PT_PER_MM, Path, Pt, Stroke, pt};
use crate::figure::style::Style;
use crate::model::PlaceKind;

/// What a plate draws on the ground, and what that means for names and furniture.
pub(crate) struct Data {
    /// Beneath province edges: heat, discs.
    pub below: Group,
    /// Above the line: symbols.
    pub above: Group,
    /// Discs that furniture must not cover: centre and radius.
    pub blocked: Vec<(Pt, f64)>,
    /// Symbols that hide what lies under them: centre and radius.
    pub symbols: Vec<(Pt, f64)>,
    /// What names keep off: discs with the cost of covering them.
    pub discs: Vec<(Pt, f64, f64)>,
    /// Cost per cell of names, for surfaces.
    pub field: Option<Field>,
    /// What the marks mean.
    pub legend: Legend,
    /// For the caption.
    pub remarks: Vec<String>,
}

impl Data {
    /// Data without symbols.
    pub fn surface(
        [below, above]: [Group; 2],
        blocked: Vec<(Pt, f64)>,
        field: Option<Field>,
        legend: Legend,
    ) -> Data {
        let (symbols, discs, remarks) = (Vec::new(), Vec::new(), Vec::new());
        Data { below, above, blocked, symbols, discs, field, legend, remarks }
    }
}

/// Pages narrower than this have no room for a legend on the map, points.
const NARROW_PT: f64 = 110.0 * PT_PER_MM;

/// Air between furniture and the frame, points.
const MARGIN: f64 = 5.0;

/// A legend that would cover more than this weight goes below the map: land
/// alone weighs a half.
const COVERED_MOST: f64 = 0.2;

/// Where the furniture goes. What finds no room on the map goes below it.
struct Furniture {
    legend: Option<Rect>,
    locator: Option<Rect>,
    locator_size: Option<(f64, f64)>,
    bar: Option<(ScaleBar, Rect)>,
    taken: Vec<Rect>,
}

/// Sets furniture and names round the data and closes the page.
pub(crate) fn finish(ground: Basemap, data: Data, words: &Words) -> Plate {
    let furniture = furniture(&ground, &data);
    let edges: Vec<Vec<Pt>> = ground
        .provinces
        .arcs
        .iter()
        .filter(|arc| arc.owners.len() > 1)
        .flat_map(|arc| ground.map.cut_line(&thin(&arc.points, 0.4)))
        .collect();
    let line: Vec<Vec<Pt>> = ground.line.iter().map(|l| thin(l, 0.3)).collect();
    let obstacles = Obstacles {
        solid: furniture.taken.clone(),
        discs: data.discs,
        lines: vec![(line, 4.0), (edges, 0.12)],
        field: data.field,
    };
    // Under a symbol of the data a place's own would be half seen.
    let hidden = |i: usize| {
        let at = ground.map.forward(ground.base.places[i].at);
        let mut near = data.symbols.iter().filter(|(c, r)| (c.x - at.x).abs() < *r);
        near.any(|(c, r)| (c.x - at.x).hypot(c.y - at.y) < 0.8 * r)
    };
    let names = labels::set(&ground, hidden, obstacles);
    let mut remarks = data.remarks;
    remarks.extend(names.remark());
    remarks.extend(names.english());

    let mut body = Group::named("map");
    let clip = Some(ground.map.rect.path());
    body.group(ground.ground());
    body.group(written(ground.layer("countries"), &names.countries, &ground.style));
    body.group(Group { clip: clip.clone(), ..data.below });
    body.group(ground.edges());
    body.group(ground.line_layer());
    let shown = names.places.iter().map(|p| p.0).filter(|i| !hidden(*i));
    body.group(ground.places(shown));
    body.group(Group { clip, ..data.above });
    body.group(written(ground.layer("provinces"), &names.provinces, &ground.style));
    let of_places: Vec<Candidate> = names.places.iter().map(|p| p.1.clone()).collect();
    body.group(written(ground.layer("names"), &of_places, &ground.style));
    if let Some((name, along)) = &names.line {
        let mut group = ground.layer("line-name");
        group.items.push(along.text(name, &labels::legible(name, &ground.style.line_name)));
        body.group(group);
    }
    let bottom = draw(&ground, furniture, &data.legend, &mut body);
    body.items.retain(|item| !matches!(item, Item::Group(g) if g.items.is_empty()));
    let scene = ground.frame.close(body, bottom, &words.description, &words.provenance);
    Plate { scene, remarks }
}

/// Names as text, leaders first.
fn written(mut layer: Group, names: &[Candidate], style: &Style) -> Group {
    for (a, b) in names.iter().filter_map(|c| c.leader) {
        let path = Path::open([a, b]);
        let casing = Stroke { opacity: 0.8, ..Stroke::solid(style.page, 1.3) };
        layer.path(path.clone(), None, Some(casing));
        layer.path(path, None, Some(Stroke::solid(style.ink, 0.4)));
    }
    for candidate in names {
        for line in &candidate.lines {
            layer.text(line.text.clone(), line.at, line.anchor, candidate.style.clone());
        }
    }
    layer
}

fn furniture(ground: &Basemap, data: &Data) -> Furniture {
    let rect = ground.map.rect;
    let occupied = occupied(ground, data);
    let mut taken = Vec::new();
    let size = data.legend.size(Arrangement::Boxed, &ground.style);
    let fits = rect.width() >= NARROW_PT && size.0 <= 0.4 * rect.width();
    let flat = |_: f64, _: f64| 0.0;
    let legend = fits
        .then(|| emptiest(size, rect, MARGIN, &occupied, &taken, flat))
        .flatten()
        .filter(|(_, covered)| *covered < COVERED_MOST)
        .map(|(at, _)| at);
    taken.extend(legend);
    let locator_size = locator_size(ground);
    let locator = locator_size
        .and_then(|size| emptiest(size, rect, MARGIN, &occupied, &taken, flat))
        .map(|(at, _)| at);
    taken.extend(locator);
    let bar = ScaleBar::new(&ground.map, (0.26 * rect.width()).max(60.0)).and_then(|bar| {
        // A scale bar is looked for at the bottom.
        let down = |_: f64, y: f64| 0.9 * (1.0 - y);
        let size = bar.size(&ground.style);
        let (at, _) = emptiest(size, rect, 1.4 * MARGIN, &occupied, &taken, down)?;
        Some((bar, at))
    });
    taken.extend(bar.as_ref().map(|b| b.1));
    Furniture { legend, locator, locator_size, bar, taken }
}

/// What lies on the map, seen from the furniture.
fn occupied(ground: &Basemap, data: &Data) -> Occupied {
    let rect = ground.map.rect;
    let mut occupied = Occupied { blocked: Field::new(rect, 3.0), weight: Field::new(rect, 3.0) };
    for line in &ground.line {
        occupied.blocked.add_line(line, 4.0, 1.0);
        occupied.weight.add_line(line, 24.0, 0.25);
    }
    for (centre, radius) in &data.blocked {
        occupied.blocked.add_disc(*centre, radius + 1.5, 1.0);
        occupied.weight.add_disc(*centre, radius + 12.0, 0.2);
    }
    for land in &ground.lands {
        occupied.weight.add_rings(land, 0.5);
    }
    for at in labels::poles(ground) {
        occupied.weight.add_disc(at, 16.0, 1.5);
    }
    for place in ground.base.places.iter().filter(|p| p.rank <= 2) {
        let weight = if place.kind == PlaceKind::Capital { 3.0 } else { 0.8 };
        occupied.weight.add_disc(ground.map.forward(place.at), 12.0, weight);
    }
    occupied.blocked.finish();
    occupied.weight.finish();
    occupied
}

/// Room for the locator; `None` where the map shows nearly all of it anyway.
fn locator_size(ground: &Basemap) -> Option<(f64, f64)> {
    let locator = ground.locator();
    let whole = locator.extent()?;
    let shown = ground.map.extent()?;
    let common = |a: (f64, f64), b: (f64, f64)| (a.1.min(b.1) - a.0.max(b.0)).max(0.0);
    let overlap = common((whole.west, whole.east), (shown.west, shown.east))
        * common((whole.south, whole.north), (shown.south, shown.north));
    let all = (whole.east - whole.west) * (whole.north - whole.south);
    let width = 0.155 * ground.map.rect.width();
    (overlap < 0.8 * all)
        .then(|| locator.size(width.clamp(17.0 * PT_PER_MM, 34.0 * PT_PER_MM)))
        .flatten()
}

/// Draws furniture and frame, and returns where the body ends.
fn draw(ground: &Basemap, furniture: Furniture, legend: &Legend, body: &mut Group) -> f64 {
    let (style, rect) = (&ground.style, ground.map.rect);
    if let Some((bar, at)) = &furniture.bar {
        body.group(bar.draw(pt(at.x0, at.y0), style));
    }
    if let Some(at) = furniture.locator {
        body.group(ground.locator().draw(at, &ground.map, style));
    }
    if let Some(at) = furniture.legend {
        body.group(legend.draw(pt(at.x0, at.y0), Arrangement::Boxed, style));
    }
    let frame = Stroke { width: 0.4, round: false, ..style.frame.clone() };
    body.path(rect.path(), None, Some(frame));
    // What found no room on the map stands below it: the legend on the left,
    // the locator on the right.
    let mut bottom = rect.y1;
    let mut room = rect.width();
    let top = rect.y1 + 6.0;
    if let (None, Some((w, h))) = (furniture.locator, furniture.locator_size) {
        let at = Rect::new(rect.x1 - w, top, w, h);
        body.group(ground.locator().draw(at, &ground.map, style));
        room -= w + 10.0;
        bottom = bottom.max(at.y1);
    }
    if furniture.legend.is_none() {
        let strip = Arrangement::Strip(room);
        let beside = legend.size(strip, style).0 <= room || room >= rect.width();
        let (strip, top) = match beside {
            true => (strip, top),
            // On a narrow page there is no room for both in one row.
            false => (Arrangement::Strip(rect.width()), bottom + 6.0),
        };
        body.group(legend.draw(pt(rect.x0, top), strip, style));
        bottom = bottom.max(top + legend.size(strip, style).1);
    }
    bottom
}

#[cfg(test)]
mod tests {
    use super::super::looking::Layers;
    use super::super::{Page, Words};
    use super::*;
    use crate::figure::legend::{Entry, Section};
    use crate::figure::map::MapFrame;
    use crate::geodesy::Extent;

    #[test]
    fn furniture_covers_neither_line_nor_data_nor_itself() {
        let layers = Layers::bundled();
        let base = layers.base();
        for (width_mm, west, south, east, north) in [
            (180.0, 60.0, 28.5, 75.5, 37.8),
            (120.0, 68.5, 31.5, 72.5, 35.5),
            (85.0, 60.0, 23.5, 77.0, 38.0),
        ] {
            let extent = Extent { west, south, east, north };
            let page = Page { width_mm, ..Page::default() };
            let fit = |at, width| MapFrame::fit(extent, at, width);
            let ground = Basemap::new(&base, &Words::default(), &page, fit);
            let r = ground.map.rect;
            let blocked: Vec<(Pt, f64)> = (0..20)
                .map(|i| {
                    let t = f64::from(i);
                    let x = 0.5 + 0.4 * (1.9 * t).sin();
                    let y = 0.5 + 0.35 * (2.7 * t).cos();
                    (pt(r.x0 + x * r.width(), r.y0 + y * r.height()), 4.0)
                })
                .collect();
            let legend = Legend {
                sections: vec![Section {
                    heading: "a heading".into(),
                    entries: vec![Entry::Note("words".into())],
                }],
            };
            let data = Data::surface([Group::default(), Group::default()], blocked, None, legend);
            let furniture = furniture(&ground, &data);
            assert!(furniture.bar.is_some());
            for (i, rect) in furniture.taken.iter().enumerate() {
                assert!(r.holds(*rect));
                assert!(furniture.taken[..i].iter().all(|other| !other.overlaps(*rect)));
                assert!(data.blocked.iter().all(|(p, radius)| rect.distance(*p) >= *radius));
                for line in &ground.line {
                    assert!(crate::figure::clip::clip_line(line, *rect).is_empty());
                }
            }
        }
    }
}
