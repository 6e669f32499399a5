//! Areas of the buffer zones, by side, inside the window, on the ellipsoid, with
//! a bound on what they are wrong by.
//!
//! A quadtree over longitude and latitude. A cell whose distances to the line
//! all lie in one zone, on one side, counts with the exact ellipsoidal area of
//! what the window has of it. A small cell that a contour or the line runs
//! through is shared out on a plane ([`Plane`]). No buffer polygon is involved.

mod gaps;

use super::areas_by_zone::ZoneAreas;
use super::cell::Cell;
use super::claims::{Claim, each_once, halved, is_whole};
use super::onto_plane::{OntoPlane, STEP_M, slack_m};
use super::ring_clip::Ring;
use super::window::Window;
use super::window_claims::Ground;
use super::zone_plane::{Levels, Plane, Shares, Square};
use crate::geodesy::{Extent, LonLat, Vector, spot};
use crate::index::{BorderPosition, LocalLine, Locator, Nearby, SNAP_REACH_M, StudyIndex, side_of};
use crate::model::Side;
use gaps::Gaps;
use rayon::prelude::*;

/// How finely a quadtree works.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fineness {
    /// How often a root cell of half a degree may be halved.
    pub depth: u32,
    /// Ground in doubt, metres along a contour, that is put up with, as a share
    /// of the narrowest zone.
    pub tolerance: f64,
    /// Half the side of the smallest squares, metres.
    pub least_m: f64,
}

/// 0.5°/2⁵ is about 1.7 km.
const FINE: Fineness = Fineness { depth: 5, tolerance: 3e-6, least_m: 1.0 };
/// Side of the root cells, degrees.
const ROOT_DEG: f64 = 0.5;
/// How often a leaf is halved where it is unsure what the window has of it.
const DOUBTFUL: u32 = 9;

/// The areas of the zones between the breaks (metres, ascending, above zero).
///
/// # Accuracy
/// [`ZoneAreas`] says what each area may be wrong by: the ground that could not
/// be told to belong to it, and the contour's length times what the plane's
/// distances are off. Below 10⁻⁵ for zones of 5 km (tests/zones.rs).
pub fn zone_areas(index: &StudyIndex, breaks_m: &[f64], window: &Window) -> ZoneAreas {
    let shares = zone_shares(index, breaks_m, &Ground::new(index, window, None), FINE);
    ZoneAreas::new(&shares[0], window.is_everywhere())
}

/// As [`zone_areas`] by the areas of the second level, each of which counts for
/// the sum of its number in `labels` (one of `count`).
///
/// A place counts for the area that an incident there would be put into
/// ([`StudyIndex::held`]): on its side of the line, the polygon that holds it;
/// in a gap along the line the nearest within [`SNAP_REACH_M`]; where layers
/// overlap, one of them. So the sums add up to the areas of the zones.
pub fn zone_areas_by(
    index: &StudyIndex,
    breaks_m: &[f64],
    labels: &[usize],
    count: usize,
) -> Vec<ZoneAreas> {
    let ground = Ground::new(index, &Window::Countries, Some((labels, count)));
    let shares = zone_shares(index, breaks_m, &ground, FINE);
    shares.iter().map(|shares| ZoneAreas::new(shares, false)).collect()
}

/// The shares of every label; the zones between the breaks and what is beyond.
pub(super) fn zone_shares(
    index: &StudyIndex,
    breaks_m: &[f64],
    ground: &Ground,
    fineness: Fineness,
) -> Vec<Shares> {
    let levels = Levels::new(breaks_m);
    let from = |i: usize| if i == 0 { 0.0 } else { breaks_m[i - 1] };
    let widths = (0..breaks_m.len()).map(|i| breaks_m[i] - from(i));
    let task = Task {
        index,
        ground,
        fineness,
        near: levels.parted(SNAP_REACH_M, true),
        far: levels.parted(SNAP_REACH_M, false),
        tolerance_m: fineness.tolerance * widths.fold(f64::INFINITY, f64::min),
        levels,
        last_m: breaks_m.last().copied().unwrap_or(0.0),
        ends: [0.0, index.line.length_m()].map(|m| spot(index.line.at(m)).place),
    };
    let nothing = || vec![Shares::new(breaks_m.len() + 1); ground.count];
    let roots = task.roots();
    let sums: Vec<Vec<Shares>> = roots
        .into_par_iter()
        .map(|node| {
            let (mut sums, mut tools) = (nothing(), Tools::new(index));
            task.add(node, &mut tools, &mut sums);
            sums
        })
        .collect();
    // One after the other in the order of the cells: the same on any number of threads.
    let mut total = nothing();
    for sums in &sums {
        for (total, more) in total.iter_mut().zip(sums) {
            total.add_all(more, 1.0);
        }
    }
    total
}

/// A cell of the quadtree.
struct Node {
    cell: Cell,
    /// How often it may be halved to be a leaf, and a leaf in doubt after that.
    splits_left: u32,
    claims: Vec<Claim>,
    /// The side of all its places, once that is known.
    side: Option<usize>,
}

/// Ground to be shared out by distance: for which sum, how often, between which
/// levels.
struct Errand<'a> {
    label: usize,
    times: f64,
    rings: Vec<Ring>,
    levels: &'a Levels,
}

/// What a thread works with.
struct Tools<'a> {
    line: LocalLine,
    locator: Locator<'a>,
}

impl<'a> Tools<'a> {
    fn new(index: &'a StudyIndex) -> Tools<'a> {
        Tools { line: LocalLine::default(), locator: index.line.locator() }
    }
}

struct Task<'a> {
    index: &'a StudyIndex,
    ground: &'a Ground<'a>,
    fineness: Fineness,
    levels: Levels,
    /// The levels nearer than gaps are wide, and the others.
    near: Levels,
    far: Levels,
    tolerance_m: f64,
    last_m: f64,
    /// The two ends of the whole line.
    ends: [Vector; 2],
}

impl Task<'_> {
    /// Root cells over the window, or over the line and the outermost break.
    fn roots(&self) -> Vec<Node> {
        let reach_m = if self.ground.closes_gaps() { SNAP_REACH_M } else { self.last_m };
        let reach_deg = reach_m / 110_500.0;
        let line = self.index.border.parts().iter().flatten().copied();
        let mut bounds = Extent::around(line).map(|e| {
            let cos = (e.north.abs().max(e.south.abs()) + reach_deg).to_radians().cos().max(0.05);
            e.grown(reach_deg / cos + ROOT_DEG, reach_deg + ROOT_DEG)
        });
        if !self.ground.window.is_everywhere() {
            let corners = self.ground.claims.iter().flat_map(|c| c.rings.iter().flatten());
            let claimed = Extent::around(corners.map(|p| LonLat::folded(p[0], p[1])));
            bounds = match (bounds.filter(|_| self.ground.closes_gaps()), claimed) {
                (Some(a), Some(b)) => Some(Extent {
                    west: a.west.min(b.west),
                    south: a.south.min(b.south),
                    east: a.east.max(b.east),
                    north: a.north.max(b.north),
                }),
                (_, claimed) => claimed,
            };
        }
        let Some(bounds) = bounds else { return Vec::new() };
        let first = |x: f64| (x / ROOT_DEG).floor() as i64;
        let last = |x: f64| (x / ROOT_DEG).ceil() as i64;
        let columns = [first(bounds.west), last(bounds.east)];
        let rows = [first(bounds.south), last(bounds.north)];
        let mut nodes = Vec::new();
        self.plant(columns, rows, self.ground.claims.clone(), &mut nodes);
        nodes
    }

    /// Root cells of some columns and rows with their claims.
    fn plant(&self, columns: [i64; 2], rows: [i64; 2], claims: Vec<Claim>, nodes: &mut Vec<Node>) {
        let (wide, high) = (columns[1] - columns[0], rows[1] - rows[0]);
        if wide < 1 || high < 1 {
            return;
        }
        if wide == 1 && high == 1 {
            let (west, south) = (columns[0] as f64 * ROOT_DEG, rows[0] as f64 * ROOT_DEG);
            let cell = Cell { west, south, east: west + ROOT_DEG, north: south + ROOT_DEG };
            let claims = match &self.ground.window {
                Window::Everywhere => {
                    vec![Claim { label: 0, side: None, rings: vec![cell.ring()] }]
                }
                _ => claims,
            };
            let splits_left = self.fineness.depth + DOUBTFUL;
            nodes.push(Node { cell, splits_left, claims, side: None });
        } else if wide >= high {
            let middle = columns[0] + wide / 2;
            let [west, east] = halved(&claims, 0, middle as f64 * ROOT_DEG);
            self.plant([columns[0], middle], rows, west, nodes);
            self.plant([middle, columns[1]], rows, east, nodes);
        } else {
            let middle = rows[0] + high / 2;
            let [south, north] = halved(&claims, 1, middle as f64 * ROOT_DEG);
            self.plant(columns, [rows[0], middle], south, nodes);
            self.plant(columns, [middle, rows[1]], north, nodes);
        }
    }

    fn add(&self, mut node: Node, tools: &mut Tools, sums: &mut [Shares]) {
        let centre = node.cell.point(0.5, 0.5);
        let position = tools.locator.locate(centre);
        let radius_m = node.cell.radius_m();
        let (near, far) = (position.distance_m - radius_m, position.distance_m + radius_m);
        let endless = self.ground.window.is_everywhere();
        let gaps_may_count = self.ground.closes_gaps() && near <= SNAP_REACH_M;
        if (endless && near > self.last_m) || (node.claims.is_empty() && !gaps_may_count) {
            return;
        }
        if node.side.is_none() && near > 0.0 {
            node.side = self.side_of(centre, &position, radius_m, &mut tools.line);
        }
        let one_zone = !self.levels.edges_m.iter().any(|edge| (near..=far).contains(edge));
        if let (true, Some(side)) = (one_zone, node.side)
            && let Some(zone) = self.levels.zone(position.distance_m)
            && let Some(parts) = self.whole(&node, &position, side)
        {
            for (label, m2) in parts {
                sums[label].add(side, zone, m2, 0.0);
            }
            return;
        }
        if node.splits_left <= DOUBTFUL {
            if self.leaf(&node, &position, &mut tools.line, sums) {
                return;
            }
            if node.splits_left == 0 {
                self.guess(&node, &position, sums);
                return;
            }
        }
        self.split(node, |quarter| self.add(quarter, tools, sums));
    }

    fn split(&self, node: Node, mut each: impl FnMut(Node)) {
        let cell = node.cell;
        let (x, y) = (0.5 * (cell.west + cell.east), 0.5 * (cell.south + cell.north));
        let [south, north] = halved(&node.claims, 1, y);
        let [south_west, south_east] = halved(&south, 0, x);
        let [north_west, north_east] = halved(&north, 0, x);
        let claims = [south_west, south_east, north_west, north_east];
        for (cell, mut claims) in cell.quarters().into_iter().zip(claims) {
            // Claims that fill a cell for one sum are one.
            if claims.len() > 1 && self.ground.count == 1 {
                let all: Vec<&Claim> = claims.iter().collect();
                let side = claims[0].side;
                if claims.iter().all(|c| c.side == side) && is_whole(&all, cell.area_m2()) {
                    claims = vec![Claim { label: 0, side, rings: vec![cell.ring()] }];
                }
            }
            each(Node { cell, claims, splits_left: node.splits_left - 1, side: node.side });
        }
    }

    /// The side of all places of a disc, where they have one.
    fn side_of(
        &self,
        centre: LonLat,
        position: &BorderPosition,
        radius_m: f64,
        line: &mut LocalLine,
    ) -> Option<usize> {
        let found = (position.foot, position.distance_m);
        if !self.index.line.around(centre, found, radius_m, line) {
            // Too far off for a plane; no seam is looked for there.
            return Some(usize::from(position.side == Some(Side::Right)));
        }
        let mut looks = Vec::new();
        line.looks([0.0; 2], radius_m, line.all(), &mut looks);
        side_of(&looks).map(|side| usize::from(side < 0.0))
    }

    /// What a cell that lies in one zone on one side has for every sum, m²;
    /// `None` where that is not plain.
    fn whole(
        &self,
        node: &Node,
        position: &BorderPosition,
        side: usize,
    ) -> Option<Vec<(usize, f64)>> {
        let radius_m = node.cell.radius_m();
        let cell_m2 = node.cell.area_m2();
        let by_label =
            || Some(node.claims.iter().map(|c| (c.label, c.area_m2())).collect::<Vec<_>>());
        let all: Vec<&Claim> = node.claims.iter().collect();
        let near_line = self.ground.closes_gaps() && position.distance_m - radius_m <= SNAP_REACH_M;
        if near_line {
            let fit = all.iter().all(|c| fits(c.side, side));
            if (fit || self.ground.count == 1) && is_whole(&all, cell_m2) {
                return by_label();
            }
            let all_near = position.distance_m + radius_m <= SNAP_REACH_M;
            let counts = all_near
                && self.ground.count == 1
                && self.gaps(node, position, side) == Gaps::Count;
            return counts.then(|| vec![(0, cell_m2)]);
        }
        if all.len() < 2 || is_whole(&all, cell_m2) {
            return by_label();
        }
        None
    }

    /// Shares out a leaf on a plane; `false` when it has to be cut.
    fn leaf(
        &self,
        node: &Node,
        position: &BorderPosition,
        line: &mut LocalLine,
        sums: &mut [Shares],
    ) -> bool {
        let sides = node.side.map_or(vec![0, 1], |side| vec![side]);
        let mut errands = Vec::new();
        for side in sides {
            match self.errands(node, position, side) {
                Some(found) => errands.extend(found.into_iter().map(|errand| (side, errand))),
                None => return false,
            }
        }
        let centre = node.cell.point(0.5, 0.5);
        let radius_m = node.cell.radius_m() + 1.0;
        if !self.index.line.around(centre, (position.foot, position.distance_m), radius_m, line) {
            return false;
        }
        let onto = OntoPlane::new(centre);
        let slack_m = slack_m(position.distance_m + 2.0 * radius_m, radius_m, line.longest_m())
            + onto.bulge_m;
        let zones = self.levels.zones.len();
        for (side, errand) in errands {
            let rings: Vec<Ring> = errand.rings.iter().map(|ring| onto.ring(ring)).collect();
            let square = Square::round(&rings);
            let plane = Plane {
                line,
                levels: errand.levels,
                slack_m,
                tolerance_m: self.tolerance_m,
                least_m: self.fineness.least_m,
                only: node.side.is_none().then_some(side),
            };
            let edge_m2 = onto.bulge_m * rings.iter().map(|ring| ring.len() as f64).sum::<f64>();
            let mut shares = Shares::new(zones);
            plane.share_out(rings, square, &Nearby::default(), &mut shares);
            for (m2, error_m2) in shares.m2[side].iter().zip(&mut shares.error_m2[side]) {
                if *m2 != 0.0 {
                    *error_m2 += edge_m2 * STEP_M;
                }
            }
            sums[errand.label].add_all(&shares, errand.times);
        }
        true
    }

    /// What is to be shared out in a leaf on a side; `None` where that depends
    /// on the place.
    fn errands(
        &self,
        node: &Node,
        position: &BorderPosition,
        side: usize,
    ) -> Option<Vec<Errand<'_>>> {
        let radius_m = node.cell.radius_m();
        let cell_m2 = node.cell.area_m2();
        let all: Vec<&Claim> = node.claims.iter().collect();
        let of = |parts: Vec<(usize, Vec<Ring>)>, levels| {
            let errand = move |(label, rings)| Errand { label, times: 1.0, rings, levels };
            parts.into_iter().map(errand).collect::<Vec<_>>()
        };
        let (near, far) = (position.distance_m - radius_m, position.distance_m + radius_m);
        if !self.ground.closes_gaps() || near > SNAP_REACH_M {
            return Some(of(each_once(&all, cell_m2)?, &self.levels));
        }
        if self.ground.count == 1 && is_whole(&all, cell_m2) {
            return Some(of(vec![(0, vec![node.cell.ring()])], &self.levels));
        }
        let fitting: Vec<&Claim> = node.claims.iter().filter(|c| fits(c.side, side)).collect();
        let mut errands = Vec::new();
        if far > SNAP_REACH_M {
            // No gap counts there, and what either country claims does.
            errands.extend(of(each_once(&all, cell_m2)?, &self.far));
        }
        let own = each_once(&fitting, cell_m2)?;
        if is_whole(&fitting, cell_m2) {
            errands.extend(of(own, &self.near));
            return Some(errands);
        }
        match self.gaps(node, position, side) {
            Gaps::Unsure => None,
            Gaps::Stay => {
                errands.extend(of(each_once(&all, cell_m2)?, &self.near));
                Some(errands)
            }
            Gaps::Count => {
                let label = self.nearest_label(node, side)?;
                let whole =
                    Errand { label, times: 1.0, rings: vec![node.cell.ring()], levels: &self.near };
                for (other, rings) in own.into_iter().filter(|(other, _)| *other != label) {
                    let levels = &self.near;
                    errands.push(Errand { label, times: -1.0, rings: rings.clone(), levels });
                    errands.push(Errand { label: other, times: 1.0, rings, levels });
                }
                errands.push(whole);
                Some(errands)
            }
        }
    }

    /// The middle stands for a cell that is too small to matter.
    fn guess(&self, node: &Node, position: &BorderPosition, sums: &mut [Shares]) {
        let centre = node.cell.point(0.5, 0.5);
        let m2 = node.cell.area_m2();
        let radius_m = node.cell.radius_m();
        let held = match &self.ground.window {
            Window::Countries => {
                let held = self.index.held(&self.index.districts, centre, position, None);
                held.map(|held| self.ground.labels.map_or(0, |labels| labels[held.area]))
            }
            window => window.holds(self.index, centre, position).then_some(0),
        };
        let sides = node.side.map_or(vec![0, 1], |side| vec![side]);
        let own = usize::from(position.side == Some(Side::Right));
        let edges = &self.levels.edges_m;
        let from = edges.partition_point(|&e| e < position.distance_m - radius_m);
        let to = edges.partition_point(|&e| e <= position.distance_m + radius_m);
        for (label, shares) in sums.iter_mut().enumerate() {
            let claimed = self.ground.count == 1
                || held == Some(label)
                || node.claims.iter().any(|c| c.label == label);
            for &side in sides.iter().filter(|_| claimed) {
                for zone in from..=to {
                    shares.error_m2[side][zone] += m2;
                }
            }
        }
        if let (Some(label), Some(zone)) = (held, self.levels.zone(position.distance_m)) {
            sums[label].add(own, zone, m2, 0.0);
        }
    }
}

/// Whether an area of a country may hold places of a side.
fn fits(own: Option<Side>, side: usize) -> bool {
    own.is_none_or(|own| own == Side::BOTH[side])
}
