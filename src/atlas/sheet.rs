//! Several maps of one ground side by side, with one legend and one scale bar.

use super::basemap::{Basemap, fit};
use super::country_names;
use super::{Base, Page, Plate, Words};
use crate::figure::legend::{Arrangement, Legend};
use crate::figure::scale_bar::ScaleBar;
use crate::figure::scene::{Anchor, Group, Item, PT_PER_MM, Pt, Stroke, TextStyle, pt};
use crate::figure::text;
use crate::geodesy::Extent;

/// One of the maps, drawn on the first one's ground.
pub(crate) struct Cell {
    /// What stands above it.
    pub heading: String,
    /// Beneath the edges of provinces.
    pub below: Group,
    /// Above the line.
    pub above: Group,
    /// Where names had better not stand: centre and radius.
    pub busy: Vec<(Pt, f64)>,
}

/// Maps beside each other, laid out.
pub(crate) struct Sheet<'a> {
    /// The ground of the first map.
    pub ground: Basemap<'a>,
    /// How far right and down of the first each map lies, points.
    offsets: Vec<Pt>,
}

/// Height of a heading, and air between maps, points.
const HEAD: f64 = 11.0;
const GAP: f64 = 7.0;

/// The layers without places, whose names small maps have no room for.
pub(crate) fn bare<'a>(base: &Base<'a>) -> Base<'a> {
    Base { places: &[], ..*base }
}

impl<'a> Sheet<'a> {
    /// Lays out `count` maps in as few rows as maps of at least `least_mm` allow,
    /// the rows alike full.
    pub fn new(
        base: &'a Base<'a>,
        words: &Words,
        page: &Page,
        extent: Extent,
        count: usize,
        least_mm: f64,
    ) -> Sheet<'a> {
        let count = count.max(1);
        let columns_of = |body: f64| {
            let most = ((body + GAP) / (least_mm * PT_PER_MM + GAP)).floor().max(1.0) as usize;
            count.div_ceil(count.div_ceil(most))
        };
        let width_of = |body: f64| {
            let columns = columns_of(body) as f64;
            (body - GAP * (columns - 1.0)) / columns
        };
        let place = |at: Pt, body: f64| fit(extent, pt(at.x, at.y + HEAD), width_of(body));
        let mut ground = Basemap::new(base, words, page, place);
        let style = &mut ground.style;
        let thinner = (ground.map.rect.width() / (120.0 * PT_PER_MM)).clamp(0.55, 1.0);
        style.line.width *= thinner;
        style.casing.width *= thinner;
        style.province.width *= thinner;
        style.disputed.width *= thinner;
        let columns = columns_of(ground.frame.body_width());
        let (across, down) = (ground.map.rect.width() + GAP, ground.map.rect.height() + HEAD + GAP);
        let offsets = (0..count)
            .map(|i| pt(across * (i % columns) as f64, down * (i / columns) as f64))
            .collect();
        Sheet { ground, offsets }
    }

    /// Draws the maps and closes the page.
    pub fn finish(
        self,
        cells: Vec<Cell>,
        legend: &Legend,
        words: &Words,
        remarks: Vec<String>,
    ) -> Plate {
        let Sheet { ground, offsets } = self;
        let (style, rect) = (&ground.style, ground.map.rect);
        let copies = |group: Group| Item::Copies { group, offsets: offsets[1..].to_vec() };
        let mut body = Group::named("maps");
        body.items.push(copies(ground.ground()));
        let busy = cells.iter().flat_map(|cell| cell.busy.iter().copied());
        let names = country_names::countries(&ground, busy);
        let cells: Vec<(Pt, Cell)> = offsets.iter().copied().zip(cells).collect();
        let mut above = Vec::new();
        let clip = || Some(rect.path());
        for (by, cell) in cells {
            let mut countries = ground.layer("countries");
            for line in names.iter().flat_map(|c| c.lines.iter().map(move |l| (l, &c.style))) {
                countries.text(line.0.text.clone(), line.0.at, line.0.anchor, line.1.clone());
            }
            body.group(countries.moved(by));
            body.group(Group { clip: clip(), ..cell.below }.moved(by));
            above.push((by, cell.heading, Group { clip: clip(), ..cell.above }));
        }
        body.items.push(copies(ground.edges()));
        body.items.push(copies(ground.line_layer()));
        let frame = Stroke { width: 0.4, round: false, ..style.frame.clone() };
        for (by, heading, group) in above {
            body.group(group.moved(by));
            let mut round = Group::default();
            round.path(rect.path(), None, Some(frame.clone()));
            let looks = TextStyle { colour: style.ink, ..style.heading.clone() };
            let words = text::fitted(&heading, &looks, rect.width());
            round.text(words, pt(rect.x0, rect.y0 - 3.2), Anchor::Start, looks);
            body.group(round.moved(by));
        }
        let last = offsets.iter().map(|by| by.y).fold(0.0, f64::max);
        let top = rect.y1 + last + 8.0;
        let (left, right) = (ground.frame.left, ground.frame.right);
        let bar = ScaleBar::new(&ground.map, (0.6 * rect.width()).min(120.0));
        let room = bar.as_ref().map_or(0.0, |bar| bar.size(style).0 + 14.0);
        // Beside the bar where there is room, else above it.
        let beside = Arrangement::Strip(right - left - room);
        let fits = legend.size(beside, style).0 <= right - left - room;
        let strip = if fits { beside } else { Arrangement::Strip(right - left) };
        body.group(legend.draw(pt(left, top), strip, style));
        let mut bottom = top + legend.size(strip, style).1;
        if let Some(bar) = bar {
            let (w, h) = bar.size(style);
            let at = if fits { pt(right - w, top + 2.0) } else { pt(left, bottom + 6.0) };
            body.group(bar.draw(at, style));
            bottom = bottom.max(at.y + h);
        }
        body.items.retain(|item| !matches!(item, Item::Group(g) if g.items.is_empty()));
        let scene = ground.frame.close(body, bottom, &words.description, &words.provenance);
        Plate { scene, remarks }
    }
}
