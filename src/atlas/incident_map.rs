//! The incident map: every incident as a symbol that tells its kind, its toll
//! and how well its place is known.

use super::basemap::Basemap;
use super::furnish::{Data, finish};
use super::marks::{Category, Sizes, categories, killed, mark, on_dark};
use super::{Base, Page, Plate, Words};
use crate::analysis::Located;
use crate::figure::legend::{Entry, Legend, Mark, Section};
use crate::figure::map::MapFrame;
use crate::figure::palette::CATEGORIES;
use crate::figure::scale;
use crate::figure::scene::{Anchor, Fill, Group, Item, PT_PER_MM, Path, Pt, Stroke, TextStyle, pt};
use crate::figure::spread::{Disc, pack, relax};
use crate::figure::style::Style;
use crate::figure::text;
use crate::geodesy::{Extent, LonLat};
use crate::model::{Area, Incident, Precision};
use std::collections::BTreeMap;

/// More incidents than this are drawn as one circle for each place.
const SYMBOLS_MOST: usize = 400;

/// More incidents than this at one place are one symbol with their number.
const TOGETHER_MOST: usize = 12;

/// Radius of the region that a place known as "near" stands for, metres: the
/// default of [`Precision::Near`].
const NEAR_M: f64 = 25_000.0;

/// Height over width of a map whose extent is found from the data.
const ASPECT: (f64, f64) = (0.75, 1.5);

/// Draws incidents on the ground. Without an extent, that of the line and the
/// incidents is taken. `located` goes with `incidents`, one for one: an
/// incident known to its district or province only is drawn at the pole of
/// inaccessibility of that area, in a dashed ring, not at its coordinate.
///
/// Above 400 incidents each place gets one circle whose area grows with their
/// number. What is not drawn is told in [`Plate::remarks`].
pub fn incident_map(
    base: &Base,
    incidents: &[Incident],
    located: &[Located],
    extent: Option<Extent>,
    words: &Words,
    page: &Page,
) -> Plate {
    let ground = Basemap::new(base, words, page, |at, width| match extent {
        Some(extent) => MapFrame::fit(extent, at, width),
        None => MapFrame::fit_within(own_extent(base, incidents), at, width, ASPECT.0, ASPECT.1),
    });
    let mut remarks = Vec::new();
    let is_located = |i: &usize| incidents[*i].precision != Some(Precision::Unlocated);
    let on_map = |i: &usize| ground.map.rect.contains(ground.map.forward(incidents[*i].at));
    let known: Vec<usize> = (0..incidents.len()).filter(is_located).collect();
    let drawn: Vec<usize> = known.iter().copied().filter(on_map).collect();
    if known.len() < incidents.len() {
        let n = incidents.len() - known.len();
        remarks.push(format!("{} known only to the country or worse: not drawn.", counted(n)));
    }
    if drawn.len() < known.len() {
        remarks.push(format!("{} outside of the map.", counted(known.len() - drawn.len())));
    }
    let data = if drawn.len() > SYMBOLS_MOST {
        graduated(&ground, incidents, &drawn, remarks)
    } else {
        symbols(&ground, incidents, located, &drawn, remarks)
    };
    finish(ground, data, words)
}

fn counted(n: usize) -> String {
    format!("{} incident{}", scale::count(n), if n == 1 { "" } else { "s" })
}

/// The extent of the line and of what can be drawn, with a margin.
fn own_extent(base: &Base, incidents: &[Incident]) -> Extent {
    let line = base.border.parts().iter().flatten().copied();
    let at = incidents.iter().filter(|i| i.precision != Some(Precision::Unlocated)).map(|i| i.at);
    let all = Extent::around(line.chain(at));
    let all = all.unwrap_or(Extent { west: 60.0, south: 29.0, east: 75.0, north: 38.0 });
    all.grown(0.04 * (all.east - all.west) + 0.05, 0.04 * (all.north - all.south) + 0.05)
}

/// What a group of symbols stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    /// A coordinate, by the bits of longitude and latitude.
    Point(u64, u64),
    /// A district or a province of the layers, or an area known by a coordinate.
    District(usize),
    /// See [`Spot::District`].
    Province(usize),
    /// An area that no layer has.
    Somewhere(u64, u64),
}

/// Incidents that are drawn together.
struct Cluster {
    /// Where they belong on the page.
    home: Pt,
    /// Known to an area only.
    ringed: bool,
    /// Some are known as near the point.
    near: bool,
    /// Indices of incidents.
    members: Vec<usize>,
}

fn clusters(
    ground: &Basemap,
    incidents: &[Incident],
    located: &[Located],
    drawn: &[usize],
) -> Vec<Cluster> {
    let mut groups: BTreeMap<Spot, Cluster> = BTreeMap::new();
    for &i in drawn {
        let incident = &incidents[i];
        let placement = located.get(i).map(|l| l.placement);
        let bits = (incident.at.lon().to_bits(), incident.at.lat().to_bits());
        let spot = match incident.precision {
            Some(Precision::District) => placement
                .and_then(|p| p.district)
                .map_or(Spot::Somewhere(bits.0, bits.1), Spot::District),
            Some(Precision::Province) => placement
                .and_then(|p| p.province)
                .map_or(Spot::Somewhere(bits.0, bits.1), Spot::Province),
            _ => Spot::Point(bits.0, bits.1),
        };
        let pole = |area: Option<&Area>| area.and_then(pole_of).unwrap_or(incident.at);
        let near = incident.precision == Some(Precision::Near);
        let cluster = groups.entry(spot).or_insert_with(|| Cluster {
            home: ground.map.forward(match spot {
                Spot::District(d) => pole(ground.base.districts.get(d)),
                Spot::Province(p) => pole(ground.base.provinces.get(p)),
                Spot::Point(..) | Spot::Somewhere(..) => incident.at,
            }),
            ringed: !matches!(spot, Spot::Point(..)),
            near: false,
            members: Vec::new(),
        });
        cluster.near |= near;
        cluster.members.push(i);
    }
    groups.into_values().collect()
}

/// The pole of inaccessibility of an area's largest part, in degrees.
fn pole_of(area: &Area) -> Option<LonLat> {
    use geo::Area as _;
    let largest =
        area.shape.0.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
    let point = polylabel::polylabel(largest, &0.01).ok()?;
    LonLat::new(point.x(), point.y()).ok()
}

fn symbols(
    ground: &Basemap,
    incidents: &[Incident],
    located: &[Located],
    drawn: &[usize],
    mut remarks: Vec<String>,
) -> Data {
    let style = &ground.style;
    let shown: Vec<&Incident> = drawn.iter().map(|i| &incidents[*i]).collect();
    let (kinds, of) = categories(&shown, style.dark);
    let kind_of: BTreeMap<usize, usize> = drawn.iter().copied().zip(of).collect();
    let highest = shown.iter().filter_map(|i| killed(i)).max().unwrap_or(0);
    let grow = (ground.map.rect.width() / (176.0 * PT_PER_MM)).clamp(0.6, 1.4);
    let sizes = Sizes::new(highest, 2.1 * grow, 7.6 * grow);
    let clusters = clusters(ground, incidents, located, drawn);
    let packed: Vec<Packed> = clusters
        .iter()
        .map(|c| Packed::new(c, incidents, &kinds, &kind_of, &sizes, style))
        .collect();
    let discs: Vec<Disc> = clusters
        .iter()
        .zip(&packed)
        .map(|(c, p)| Disc { home: c.home, radius: p.radius })
        .collect();
    let at = relax(&discs, 0.5);

    let mut below = Group::named("nearness");
    let near_pt = NEAR_M * ground.map.points_per_metre();
    for cluster in clusters.iter().filter(|c| c.near) {
        below.items.extend(soft_disc(cluster.home, near_pt, style));
    }
    for ((cluster, packed), at) in clusters.iter().zip(&packed).zip(&at) {
        if cluster.ringed {
            below.items.push(white_disc(*at, packed.radius, style));
        }
    }
    let mut above = Group::named("incidents");
    for ((cluster, packed), at) in clusters.iter().zip(&packed).zip(&at) {
        ties(cluster, packed, *at, style, &mut above);
    }
    for ((cluster, packed), at) in clusters.iter().zip(&packed).zip(&at) {
        packed.draw(cluster, *at, incidents, &kinds, &kind_of, &sizes, style, &mut above);
    }
    let together = packed.iter().filter(|p| p.centres.is_empty()).count();
    if together > 0 {
        remarks.push(format!(
            "More than {TOGETHER_MOST} incidents at one place are one circle with their number."
        ));
    }
    let placed = at.iter().zip(&packed);
    let each: Vec<(Pt, f64)> = placed
        .clone()
        .flat_map(|(p, k)| k.centres.iter().map(|(i, o)| (pt(p.x + o.x, p.y + o.y), *i)))
        .map(|(p, i)| (p, sizes.radius(killed(&incidents[i])) + 0.5))
        .collect();
    let rings = placed.clone().map(|(p, k)| (*p, k.radius, 6.0));
    Data {
        below,
        above,
        blocked: placed.clone().map(|(p, k)| (*p, k.radius)).collect(),
        discs: each.iter().map(|(p, r)| (*p, *r, 80.0)).chain(rings).collect(),
        symbols: each,
        field: None,
        legend: legend(&kinds, &sizes, &clusters, &shown, together > 0, style),
        remarks,
    }
}

/// A cluster's symbols round its centre.
struct Packed {
    /// Members in drawing order with their places relative to the centre;
    /// empty when they are one circle with their number.
    centres: Vec<(usize, Pt)>,
    /// What the cluster needs of room.
    radius: f64,
}

impl Packed {
    fn new(
        cluster: &Cluster,
        incidents: &[Incident],
        kinds: &[Category],
        kind_of: &BTreeMap<usize, usize>,
        sizes: &Sizes,
        style: &Style,
    ) -> Packed {
        let ring = if cluster.ringed { 1.8 } else { 0.0 };
        if cluster.members.len() > TOGETHER_MOST {
            let words = text::width(&cluster.members.len().to_string(), &number_style(style));
            return Packed { centres: Vec::new(), radius: (0.5 * words + 2.2).max(5.0) + ring };
        }
        let mut members = cluster.members.clone();
        let radius = |i: usize| sizes.radius(killed(&incidents[i]));
        members.sort_by(|a, b| {
            radius(*b)
                .total_cmp(&radius(*a))
                .then(kind_of.get(a).cmp(&kind_of.get(b)))
                .then(a.cmp(b))
        });
        let reach: Vec<f64> = members
            .iter()
            .map(|i| kind_of.get(i).map_or(0.0, |k| kinds[*k].shape.reach(radius(*i))))
            .collect();
        let (centres, outer) = pack(&reach, 0.35);
        Packed { centres: members.into_iter().zip(centres).collect(), radius: outer + ring }
    }

    #[allow(clippy::too_many_arguments)] // the parts of one drawing, each used once
    fn draw(
        &self,
        cluster: &Cluster,
        at: Pt,
        incidents: &[Incident],
        kinds: &[Category],
        kind_of: &BTreeMap<usize, usize>,
        sizes: &Sizes,
        style: &Style,
        group: &mut Group,
    ) {
        if cluster.ringed {
            group.items.push(dashed_ring(at, self.radius - 0.3, style));
        }
        if self.centres.is_empty() {
            let inner = self.radius - if cluster.ringed { 1.8 } else { 0.0 };
            group.items.extend(number_disc(at, inner, &cluster.members.len().to_string(), style));
        }
        for (i, offset) in &self.centres {
            let Some(kind) = kind_of.get(i) else { continue };
            let toll = killed(&incidents[*i]);
            let centre = pt(at.x + offset.x, at.y + offset.y);
            let radius = sizes.radius(toll);
            group.items.extend(mark(&kinds[*kind], centre, radius, toll.is_some(), style));
        }
    }
}

/// Thin ties from where incidents belong to where their symbols stand.
fn ties(cluster: &Cluster, packed: &Packed, at: Pt, style: &Style, group: &mut Group) {
    let tie = Stroke { opacity: 0.75, ..Stroke::solid(style.ink, 0.35) };
    let mut path = Path::default();
    if !cluster.ringed {
        for (_, offset) in packed.centres.iter().filter(|_| packed.centres.len() > 1) {
            path.extend_line([at, pt(at.x + offset.x, at.y + offset.y)]);
        }
    }
    let moved = (at.x - cluster.home.x).hypot(at.y - cluster.home.y);
    if moved > 1.5 {
        let stop = if cluster.ringed { packed.radius / moved } else { 0.0 };
        if stop < 1.0 {
            let t = 1.0 - stop;
            let to = pt(
                cluster.home.x + t * (at.x - cluster.home.x),
                cluster.home.y + t * (at.y - cluster.home.y),
            );
            path.extend_line([cluster.home, to]);
        }
        let dot = Path::circle(cluster.home, 0.75);
        group.path(dot, Some(Fill::solid(style.ink)), None);
    }
    if !path.0.is_empty() {
        group.path(path, None, Some(tie));
    }
}

fn soft_disc(at: Pt, radius: f64, style: &Style) -> Vec<Item> {
    let fill = Fill { colour: style.soft, opacity: 0.09 };
    let edge = Stroke { opacity: 0.28, ..Stroke::solid(style.soft, 0.3) };
    vec![Item::Path { path: Path::circle(at, radius), fill: Some(fill), stroke: Some(edge) }]
}

/// An area's ring has no fill: the line goes on inside.
fn dashed_ring(at: Pt, radius: f64, style: &Style) -> Item {
    let edge = Stroke { dashes: vec![1.5, 1.1], round: false, ..Stroke::solid(style.soft, 0.5) };
    Item::Path { path: Path::circle(at, radius), fill: None, stroke: Some(edge) }
}

fn white_disc(at: Pt, radius: f64, style: &Style) -> Item {
    let fill = Fill { colour: style.page, opacity: 0.55 };
    Item::Path { path: Path::circle(at, radius), fill: Some(fill), stroke: None }
}

fn number_style(style: &Style) -> TextStyle {
    TextStyle { colour: style.page, ..style.heading.clone() }
}

fn number_disc(at: Pt, radius: f64, number: &str, style: &Style) -> Vec<Item> {
    let words = number_style(style);
    let baseline = at.y + 0.5 * text::metrics(&words).cap_height;
    vec![
        Item::Path {
            path: Path::circle(at, radius),
            fill: Some(Fill { colour: style.ink, opacity: 0.85 }),
            stroke: Some(Stroke::solid(style.page, 0.4)),
        },
        Item::Text {
            text: number.to_owned(),
            at: pt(at.x, baseline),
            anchor: Anchor::Middle,
            rotation: 0.0,
            style: words,
        },
    ]
}

fn legend(
    kinds: &[Category],
    sizes: &Sizes,
    clusters: &[Cluster],
    shown: &[&Incident],
    together: bool,
    style: &Style,
) -> Legend {
    let of = |category: Category, radius: f64, known: bool| -> Mark {
        let style = style.clone();
        Box::new(move |at| mark(&category, at, radius, known, &style))
    };
    let mut entries: Vec<Entry> = kinds
        .iter()
        .map(|kind| Entry::Mark {
            mark: of(kind.clone(), 2.7, !kind.open),
            reach: (4.2, 3.2),
            label: format!("{} ({})", kind.label, scale::count(kind.count)),
        })
        .collect();
    if together {
        let looks = style.clone();
        entries.push(Entry::Mark {
            mark: Box::new(move |at| number_disc(at, 4.6, "n", &looks)),
            reach: (4.6, 4.6),
            label: format!("more than {TOGETHER_MOST} at one place"),
        });
    }
    let mut sections = vec![Section { heading: "incidents, by kind".into(), entries }];

    let grey = Category {
        label: String::new(),
        shape: crate::figure::symbol::Shape::Circle,
        colour: style.soft,
        open: false,
        count: 0,
    };
    let mut entries = Vec::new();
    if shown.iter().any(|i| killed(i).is_some_and(|n| n > 0)) {
        entries.push(Entry::Sizes(
            sizes
                .examples()
                .into_iter()
                .map(|n| {
                    let r = sizes.radius(Some(n));
                    (of(grey.clone(), r, true), r, scale::count(n as usize))
                })
                .collect(),
        ));
    }
    if shown.iter().any(|i| killed(i).is_none()) {
        entries.push(Entry::Mark {
            mark: of(grey.clone(), sizes.radius(None), false),
            reach: (4.2, 3.2),
            label: "number not known".into(),
        });
    }
    if !entries.is_empty() {
        sections.push(Section { heading: "people killed".into(), entries });
    }

    let mut entries = Vec::new();
    if clusters.iter().any(|c| c.near) {
        let (looks, grey) = (style.clone(), grey.clone());
        entries.push(Entry::Mark {
            mark: Box::new(move |at| {
                let mut items = soft_disc(at, 5.4, &looks);
                items.extend(mark(&grey, at, 2.0, true, &looks));
                items
            }),
            reach: (5.4, 5.4),
            label: "known to about 25 km".into(),
        });
    }
    if clusters.iter().any(|c| c.ringed) {
        let (looks, grey) = (style.clone(), grey);
        entries.push(Entry::Mark {
            mark: Box::new(move |at| {
                let mut items = vec![dashed_ring(at, 4.4, &looks)];
                items.extend(mark(&grey, at, 2.0, true, &looks));
                items
            }),
            reach: (5.4, 4.8),
            label: "somewhere in the district".into(),
        });
    }
    if !entries.is_empty() {
        sections.push(Section { heading: "place".into(), entries });
    }
    Legend { sections }
}

/// One circle for each place, its area growing with the number of incidents.
fn graduated(
    ground: &Basemap,
    incidents: &[Incident],
    drawn: &[usize],
    mut remarks: Vec<String>,
) -> Data {
    let style = &ground.style;
    // Number, and number known to an area only.
    let mut places: BTreeMap<(u64, u64), (LonLat, usize, usize)> = BTreeMap::new();
    for &i in drawn {
        let at = incidents[i].at;
        let place = places.entry((at.lon().to_bits(), at.lat().to_bits())).or_insert((at, 0, 0));
        place.1 += 1;
        place.2 += usize::from(incidents[i].precision >= Some(Precision::District));
    }
    let most = places.values().map(|p| p.1).max().unwrap_or(1);
    let grow = (ground.map.rect.width() / (176.0 * PT_PER_MM)).clamp(0.7, 1.3);
    let radius = move |n: usize| 11.0 * grow * (n as f64 / most as f64).sqrt();
    let mut list: Vec<(LonLat, usize, usize)> = places.into_values().collect();
    // Stable, so that equal numbers keep the order of their coordinates.
    list.sort_by(|a, b| b.1.cmp(&a.1));
    let mut above = Group::named("incidents");
    let mut discs = Vec::new();
    for (at, n, loose) in &list {
        let at = ground.map.forward(*at);
        above.items.extend(circle(at, radius(*n), 2 * loose <= *n, style));
        discs.push((at, radius(*n)));
    }
    remarks.push(format!(
        "{} at {} places: one circle for each place, its area growing with their number.",
        counted(drawn.len()),
        scale::count(list.len())
    ));
    let examples = [1, most.div_ceil(20), most].map(nice);
    let mut marks: Vec<(Mark, f64, String)> = Vec::new();
    for n in examples {
        if marks.iter().all(|m| m.2 != scale::count(n)) {
            let (looks, r) = (style.clone(), radius(n));
            let mark: Mark = Box::new(move |at| circle(at, r, true, &looks));
            marks.push((mark, r.max(1.0), scale::count(n)));
        }
    }
    let mut entries = vec![Entry::Sizes(marks)];
    if list.iter().any(|p| 2 * p.2 > p.1) {
        let looks = style.clone();
        entries.push(Entry::Mark {
            mark: Box::new(move |at| circle(at, 3.0, false, &looks)),
            reach: (4.0, 3.2),
            label: "known to the district or worse".into(),
        });
    }
    Data {
        below: Group::default(),
        above,
        blocked: discs.clone(),
        symbols: discs.iter().copied().filter(|(_, r)| *r > 3.0).collect(),
        discs: discs.into_iter().map(|(p, r)| (p, r, 0.25 + 0.35 * r)).collect(),
        field: None,
        legend: Legend {
            sections: vec![Section { heading: "incidents at a place".into(), entries }],
        },
        remarks,
    }
}

/// The greatest of 1, 2, 5 × 10ⁿ that is not above a number.
fn nice(n: usize) -> usize {
    let mut best = 1;
    let mut decade = 1;
    while decade <= n {
        for step in [1, 2, 5] {
            if step * decade <= n {
                best = step * decade;
            }
        }
        decade *= 10;
    }
    best
}

fn circle(at: Pt, radius: f64, precise: bool, style: &Style) -> Vec<Item> {
    let colour = if style.dark { on_dark(CATEGORIES[0]) } else { CATEGORIES[0] };
    let radius = radius.max(0.7);
    let (fill, stroke) = if precise {
        (0.55, Stroke { opacity: 0.9, ..Stroke::solid(style.page, 0.3) })
    } else {
        (0.08, Stroke { opacity: 0.8, ..Stroke::solid(colour, 0.5) })
    };
    let fill = Some(Fill { colour, opacity: fill });
    vec![Item::Path { path: Path::circle(at, radius), fill, stroke: Some(stroke) }]
}

#[cfg(test)]
mod tests {
    use super::super::check::clean;
    use super::super::looking::{Layers, beside, made_up, somebody_looks};
    use super::super::{Page, Theme};
    use super::*;
    use crate::analysis::{DistrictHow, Placement};
    use crate::model::{Fatalities, Kind, RowId};
    use geo::Contains;

    fn read(path: &std::path::Path, columns: [&str; 6]) -> Vec<Incident> {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let headers = reader.headers().unwrap().clone();
        let at = columns.map(|name| headers.iter().position(|h| h == name).unwrap());
        let mut out = Vec::new();
        for (i, row) in reader.records().enumerate() {
            let row = row.unwrap();
            let (Ok(lon), Ok(lat)) = (row[at[0]].parse(), row[at[1]].parse()) else { continue };
            out.push(Incident {
                id: String::new(),
                date: None,
                category: row[at[2]].into(),
                kind: Kind::from_words(&row[at[2]]),
                fatalities: Fatalities { best: row[at[3]].parse().ok(), ..Fatalities::default() },
                at: LonLat::new(lon, lat).unwrap(),
                precision: Some(match &row[at[4]] {
                    "1" => Precision::Exact,
                    "2" => Precision::Near,
                    "3" => Precision::District,
                    "4" => Precision::Province,
                    _ => Precision::Unlocated,
                }),
                place: row[at[5]].into(),
                district: String::new(),
                province: String::new(),
                country: String::new(),
                source: String::new(),
                row: RowId { record: i as u64 + 1, ..RowId::default() },
            });
        }
        out
    }

    /// A naive location: the first polygon that holds the point.
    fn locate(layers: &Layers, incidents: &[Incident]) -> Vec<Located> {
        incidents
            .iter()
            .map(|incident| {
                let p = geo::Point::new(incident.at.lon(), incident.at.lat());
                let of = |areas: &[Area]| areas.iter().position(|a| a.shape.contains(&p));
                Located {
                    distance_m: 0.0,
                    side: None,
                    chainage_m: 0.0,
                    foot: incident.at,
                    placement: Placement {
                        district: of(&layers.districts),
                        province: of(&layers.provinces),
                        how: DistrictHow::Inside,
                    },
                }
            })
            .collect()
    }

    #[test]
    fn of_seventy_incidents() {
        let layers = Layers::bundled();
        let Some(path) = beside("facts/incidents.csv") else { return };
        let columns = ["lon", "lat", "category", "fat_best", "geo_prec", "place"];
        let incidents = read(&path, columns);
        let located = locate(&layers, &incidents);
        let words = Words {
            title: "Seventy incidents along the Durand Line, 2007–2025".into(),
            subtitle: "Each incident by kind, people killed and how well its place is known · 70 \
                       of 70 incidents"
                .into(),
            notes: vec![
                "The line as in geoBoundaries; Afghanistan does not recognise it. Kashmir is \
                 disputed. Boundaries: geoBoundaries; OCHA/WFP COD-AB (CC BY 3.0 IGO)."
                    .into(),
            ],
            ..Words::default()
        };
        let near = Extent { west: 68.6, south: 31.8, east: 72.4, north: 35.2 };
        let all = [
            ("incidents-180", 180.0, Theme::Light, None),
            ("incidents-85", 85.0, Theme::Light, None),
            ("incidents-120", 120.0, Theme::Light, Some(near)),
            ("incidents-260-dark", 260.0, Theme::Dark, None),
        ];
        let few = if somebody_looks() { all.len() } else { 2 };
        for (name, width_mm, theme, extent) in all.into_iter().take(few) {
            let page = Page { width_mm, theme };
            let plate = incident_map(&layers.base(), &incidents, &located, extent, &words, &page);
            clean(name, &plate);
        }
    }

    #[test]
    fn symbols_do_not_overlap_and_the_map_is_the_same_twice() {
        let layers = Layers::bundled();
        let base = layers.base();
        let mut incidents = made_up(&layers.border);
        incidents[5].precision = Some(Precision::Unlocated);
        incidents[8].at = LonLat::new(100.0, 10.0).unwrap();
        let located = locate(&layers, &incidents);
        let extent = Extent { west: 60.0, south: 28.5, east: 75.5, north: 37.8 };
        for width_mm in [85.0, 180.0] {
            let page = Page { width_mm, theme: Theme::Light };
            let words = Words::default();
            let draw = || incident_map(&base, &incidents, &located, Some(extent), &words, &page);
            let (one, two) = (draw(), draw());
            assert_eq!(one, two);
            clean("incidents-made-up", &one);
            for said in ["1 incident known only", "1 incident outside", "More than 12"] {
                assert!(one.remarks.iter().any(|r| r.contains(said)), "{said}: {:?}", one.remarks);
            }
            let ground = Basemap::new(&base, &words, &page, |at, w| MapFrame::fit(extent, at, w));
            let drawn: Vec<usize> = (0..incidents.len()).filter(|i| ![5, 8].contains(i)).collect();
            let data = symbols(&ground, &incidents, &located, &drawn, Vec::new());
            for (i, (p, r)) in data.blocked.iter().enumerate() {
                for (q, s) in &data.blocked[..i] {
                    let apart = (p.x - q.x).hypot(p.y - q.y);
                    assert!(apart >= r + s - 0.02, "{p:?} {r} {q:?} {s}");
                }
            }
            for (i, (p, r)) in data.symbols.iter().enumerate() {
                for (q, s) in &data.symbols[..i] {
                    // Each symbol's disc here has half a point of air.
                    assert!((p.x - q.x).hypot(p.y - q.y) >= r + s - 1.0, "{p:?} {q:?}");
                }
            }
        }
    }

    #[test]
    fn no_incident_is_still_a_map() {
        let layers = Layers::bundled();
        let page = Page { width_mm: 120.0, ..Page::default() };
        let plate = incident_map(&layers.base(), &[], &[], None, &Words::default(), &page);
        clean("incidents-none", &plate);
        let aspect = plate.scene.height / plate.scene.width;
        assert!((0.7..1.6).contains(&aspect), "{aspect}");
    }

    #[test]
    fn of_thousands_of_events() {
        let layers = Layers::bundled();
        let Some(path) = beside("events/ucdp_ged_v22_1_pakistan_hdx.csv") else { return };
        let columns = [
            "longitude",
            "latitude",
            "type_of_violence",
            "best",
            "where_prec",
            "where_coordinates",
        ];
        let incidents = read(&path, columns);
        let words =
            Words { title: "Where people were killed in Pakistan".into(), ..Words::default() };
        let plate = incident_map(&layers.base(), &incidents, &[], None, &words, &Page::default());
        clean("events-180", &plate);
        assert!(plate.remarks.iter().any(|r| r.contains("one circle for each place")));
    }
}
