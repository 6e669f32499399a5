//! Incidents at one place drawn together: where they stand, how their symbols
//! are packed, and what shows how well the place is known.

use super::basemap::Basemap;
use super::marks::{Category, Sizes, killed, mark};
use crate::analysis::Located;
use crate::figure::scene::{Anchor, Fill, Group, Item, Path, Pt, Stroke, TextStyle, pt};
use crate::figure::spread::pack;
use crate::figure::style::Style;
use crate::figure::text;
use crate::geodesy::LonLat;
use crate::model::{Area, Incident, Precision};
use std::collections::BTreeMap;

/// More incidents than this at one place are one symbol with their number.
pub(crate) const TOGETHER_MOST: usize = 12;

/// Room between the symbols of an area and the ring round them, points.
const RING: f64 = 1.8;

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
pub(crate) struct Cluster {
    /// Where they belong on the page.
    pub home: Pt,
    /// Known to an area only.
    pub ringed: bool,
    /// Some are known as near the point.
    pub near: bool,
    /// Indices of incidents.
    pub members: Vec<usize>,
}

/// Groups incidents by coordinate, or by the area that is all that is known.
pub(crate) fn clusters(
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

/// What symbols look like on one map.
pub(crate) struct Looks<'a> {
    pub incidents: &'a [Incident],
    pub kinds: &'a [Category],
    /// The kind of each incident that is drawn.
    pub kind_of: BTreeMap<usize, usize>,
    pub sizes: Sizes,
    pub style: &'a Style,
}

/// A cluster's symbols round its centre.
pub(crate) struct Packed {
    /// Members in drawing order with their places relative to the centre;
    /// empty when they are one circle with their number.
    pub centres: Vec<(usize, Pt)>,
    /// What the cluster needs of room.
    pub radius: f64,
}

impl Packed {
    /// Packs a cluster's symbols, the largest first.
    pub fn new(cluster: &Cluster, looks: &Looks) -> Packed {
        let ring = if cluster.ringed { RING } else { 0.0 };
        if cluster.members.len() > TOGETHER_MOST {
            let number = cluster.members.len().to_string();
            let words = text::width(&number, &number_style(looks.style));
            return Packed { centres: Vec::new(), radius: (0.5 * words + 2.2).max(5.0) + ring };
        }
        let mut members = cluster.members.clone();
        let radius = |i: usize| looks.sizes.radius(killed(&looks.incidents[i]));
        members.sort_by(|a, b| {
            radius(*b)
                .total_cmp(&radius(*a))
                .then(looks.kind_of.get(a).cmp(&looks.kind_of.get(b)))
                .then(a.cmp(b))
        });
        let reach: Vec<f64> = members
            .iter()
            .map(|i| looks.kind_of.get(i).map_or(0.0, |k| looks.kinds[*k].shape.reach(radius(*i))))
            .collect();
        let (centres, outer) = pack(&reach, 0.35);
        Packed { centres: members.into_iter().zip(centres).collect(), radius: outer + ring }
    }

    /// Draws the cluster round a point.
    pub fn draw(&self, cluster: &Cluster, at: Pt, looks: &Looks, group: &mut Group) {
        let style = looks.style;
        if cluster.ringed {
            group.items.push(dashed_ring(at, self.radius - 0.3, style));
        }
        if self.centres.is_empty() {
            let inner = self.radius - if cluster.ringed { RING } else { 0.0 };
            group.items.extend(number_disc(at, inner, &cluster.members.len().to_string(), style));
        }
        for (i, offset) in &self.centres {
            let Some(kind) = looks.kind_of.get(i) else { continue };
            let toll = killed(&looks.incidents[*i]);
            let centre = pt(at.x + offset.x, at.y + offset.y);
            let radius = looks.sizes.radius(toll);
            group.items.extend(mark(&looks.kinds[*kind], centre, radius, toll.is_some(), style));
        }
    }
}

/// Thin ties from where incidents belong to where their symbols stand.
pub(crate) fn ties(cluster: &Cluster, packed: &Packed, at: Pt, style: &Style, group: &mut Group) {
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

/// The region that a place known as near stands for.
pub(crate) fn soft_disc(at: Pt, radius: f64, crowd: f64, style: &Style) -> Vec<Item> {
    let fill = Fill { colour: style.soft, opacity: 0.09 / crowd };
    let edge = Stroke { opacity: 0.28 / crowd.sqrt(), ..Stroke::solid(style.soft, 0.3) };
    vec![Item::Path { path: Path::circle(at, radius), fill: Some(fill), stroke: Some(edge) }]
}

/// An area's ring has no fill: the line goes on inside.
pub(crate) fn dashed_ring(at: Pt, radius: f64, style: &Style) -> Item {
    let edge = Stroke { dashes: vec![1.5, 1.1], round: false, ..Stroke::solid(style.soft, 0.5) };
    Item::Path { path: Path::circle(at, radius), fill: None, stroke: Some(edge) }
}

/// Lifts an area's symbols off the ground.
pub(crate) fn white_disc(at: Pt, radius: f64, style: &Style) -> Item {
    let fill = Fill { colour: style.page, opacity: 0.55 };
    Item::Path { path: Path::circle(at, radius), fill: Some(fill), stroke: None }
}

fn number_style(style: &Style) -> TextStyle {
    TextStyle { colour: style.page, ..style.heading.clone() }
}

/// A number in a disc.
pub(crate) fn number_disc(at: Pt, radius: f64, number: &str, style: &Style) -> Vec<Item> {
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
