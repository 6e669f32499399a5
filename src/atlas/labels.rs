//! The names on a map: the line's, places', provinces' and countries'.

use super::basemap::Basemap;
use super::country_names::of_countries;
use crate::figure::along::{AlongLine, along};
use crate::figure::clip::{Rect, area, clip_ring, clip_segment, distance_to_segment, inside, thin};
use crate::figure::joined::is_joined;
use crate::figure::label::{Candidate, Label, Obstacles, around, centred, place, spokes};
use crate::figure::scene::{PT_PER_MM, Pt, TextStyle, pt};
use crate::model::{Area, Language, Named, PlaceKind, Side};
use geo::{Coord, LineString, Polygon};

/// The seed of the search for places of names: fixed, so that the same map has
/// the same names.
pub(super) const SEED: u64 = 1;

/// Map area per named place, square millimetres.
const MM2_PER_PLACE: f64 = 800.0;

/// Symbols of places nearer than this to a more important one are left out, points.
const PLACES_APART: f64 = 9.0;

/// Names that found a place.
pub(crate) struct Names {
    /// Along the line: what it is called, and where.
    pub line: Option<(String, AlongLine)>,
    /// Index of the place and its name.
    pub places: Vec<(usize, Candidate)>,
    /// Provinces.
    pub provinces: Vec<Candidate>,
    /// Countries.
    pub countries: Vec<Candidate>,
    /// Places and lines that found no room.
    pub dropped: Vec<String>,
    /// Provinces that found no room.
    pub dropped_provinces: Vec<String>,
    /// Names that are English for want of one in the map's language.
    english: Vec<String>,
    language: Language,
}

impl Names {
    /// For the caption: what is not named.
    pub fn remark(&self) -> Option<String> {
        let mut missing = self.dropped.clone();
        match self.dropped_provinces.len() {
            0 => {}
            1 => missing.push(format!("the province {}", self.dropped_provinces[0])),
            n if n <= 8 => {
                missing.push(format!("the provinces {}", self.dropped_provinces.join(", ")));
            }
            n => missing.push(format!("{n} provinces")),
        }
        (!missing.is_empty())
            .then(|| format!("Not named for want of room: {}.", missing.join(", ")))
    }

    /// For the caption: the names that another language than the map's has to tell.
    pub fn english(&self) -> Option<String> {
        let told = match self.english.len() {
            0 => return None,
            1 => "1 name is".to_owned(),
            n => format!("{n} names are"),
        };
        let (language, names) = (self.language.name(), self.english.join(", "));
        Some(format!("{told} not known in {language} and in English: {names}."))
    }
}

/// What a label names.
#[derive(Clone, Copy)]
enum Of {
    Place(usize),
    Province,
    Country,
}

/// Sets all names on a map whose furniture stands.
/// A place whose symbol is `hidden` under one of the data has its name round that.
pub(crate) fn set(
    ground: &Basemap,
    hidden: impl Fn(usize) -> bool,
    mut obstacles: Obstacles,
) -> Names {
    let style = &ground.style;
    let chosen = places_shown(ground, &obstacles);
    for i in &chosen {
        let at = ground.map.forward(ground.base.places[*i].at);
        obstacles.solid.push(Rect::around(at, 2.2, 2.2));
    }
    let gap = 0.7 * style.line_name.size;
    let english_name = &ground.base.border.name;
    let name = ground.base.names.of(Named::Line, english_name);
    let line_style = legible(name, &style.line_name);
    let line = along(name, &line_style, &ground.line, gap, &obstacles, ground.map.rect);
    if let Some(along) = &line {
        obstacles.solid.extend(along.boxes.iter().map(|b| b.grown(0.5)));
    }
    let mut labels = Vec::new();
    let mut of = Vec::new();
    for i in &chosen {
        labels.push(of_place(ground, *i, hidden(*i), &obstacles));
        of.push(Of::Place(*i));
    }
    for label in of_provinces(ground, &obstacles.discs) {
        labels.push(label);
        of.push(Of::Province);
    }
    let edges = obstacles.lines.last().map_or(&[][..], |l| &l.0);
    for label in of_countries(ground, edges, obstacles.field.as_ref()) {
        labels.push(label);
        of.push(Of::Country);
    }
    let inside = ground.map.rect.grown(-1.5);
    let found = place(&labels, &obstacles, inside, SEED);
    let mut names = Names {
        line: line.map(|along| (name.to_owned(), along)),
        places: Vec::new(),
        provinces: Vec::new(),
        countries: Vec::new(),
        dropped: Vec::new(),
        dropped_provinces: Vec::new(),
        english: Vec::new(),
        language: ground.base.names.language(),
    };
    let mut check = |named: Named, english: &str| {
        if ground.base.names.lacks(named, english) {
            names.english.push(english.to_owned());
        }
    };
    match &names.line {
        None => names.dropped.push(english_name.clone()),
        Some(_) => check(Named::Line, english_name),
    }
    for ((label, of), which) in labels.iter().zip(of).zip(found) {
        let Some(candidate) = which.map(|c| label.candidates[c].clone()) else {
            match of {
                Of::Province => names.dropped_provinces.push(label.name.clone()),
                Of::Place(_) => names.dropped.push(label.name.clone()),
                // A country's name is an ornament: everybody knows which is which.
                Of::Country => {}
            }
            continue;
        };
        match of {
            Of::Place(i) => {
                check(Named::Place, &label.name);
                names.places.push((i, candidate));
            }
            Of::Province => {
                check(Named::Province, &label.name);
                names.provinces.push(candidate);
            }
            Of::Country => {
                check(Named::Country, &label.name);
                names.countries.push(candidate);
            }
        }
    }
    names
}

/// How much larger letters of the Arabic script are set: they have no capitals,
/// and most are as low as a small x.
const JOINED_LARGER: f64 = 1.25;

/// The looks of a name in its script.
pub(super) fn legible(name: &str, style: &TextStyle) -> TextStyle {
    let larger = if is_joined(name) { JOINED_LARGER } else { 1.0 };
    TextStyle { size: larger * style.size, ..style.clone() }
}

/// How much a place helps to read this map: its rank, and whether it lies by
/// the line or in the data.
fn importance(ground: &Basemap, i: usize, obstacles: &Obstacles) -> f64 {
    let place = &ground.base.places[i];
    let at = ground.map.forward(place.at);
    let base = match place.kind {
        PlaceKind::Capital => 96.0,
        PlaceKind::Crossing => 94.0 - 6.0 * f64::from(place.rank),
        PlaceKind::Town => 86.0 - 7.0 * f64::from(place.rank),
    };
    let line = ground
        .line
        .iter()
        .flat_map(|l| l.windows(2))
        .map(|w| distance_to_segment(at, w[0], w[1]))
        .fold(f64::INFINITY, f64::min);
    let by_the_line = if line < 60_000.0 * ground.map.points_per_metre() { 6.0 } else { 0.0 };
    let near = obstacles.discs.iter().any(|(c, r, _)| (c.x - at.x).hypot(c.y - at.y) < r + 12.0);
    base + by_the_line + if near { 4.0 } else { 0.0 }
}

/// The places that get a symbol, most important first.
fn places_shown(ground: &Basemap, obstacles: &Obstacles) -> Vec<usize> {
    let rect = ground.map.rect;
    let room = rect.width() * rect.height() / (PT_PER_MM * PT_PER_MM);
    let most = (room / MM2_PER_PLACE).round().max(3.0) as usize;
    let on_map =
        |i: &usize| rect.grown(-4.0).contains(ground.map.forward(ground.base.places[*i].at));
    let mut ranked: Vec<(f64, usize)> = (0..ground.base.places.len())
        .filter(on_map)
        .map(|i| (importance(ground, i, obstacles), i))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut shown: Vec<usize> = Vec::new();
    for (_, i) in ranked {
        let at = ground.map.forward(ground.base.places[i].at);
        let free = shown.iter().all(|k| {
            let other = ground.map.forward(ground.base.places[*k].at);
            (at.x - other.x).hypot(at.y - other.y) >= PLACES_APART
        });
        let covered = obstacles.solid.iter().any(|s| s.grown(2.0).contains(at));
        if free && !covered && shown.len() < most {
            shown.push(i);
        }
    }
    shown
}

fn of_place(ground: &Basemap, i: usize, hidden: bool, obstacles: &Obstacles) -> Label {
    let place = &ground.base.places[i];
    let at = ground.map.forward(place.at);
    let capital = place.kind == PlaceKind::Capital;
    let name = ground.base.names.of(Named::Place, &place.name);
    let style = &legible(name, if capital { &ground.style.capital } else { &ground.style.place });
    let radius = 0.5 * ground.style.place_size + 0.3;
    let off: &[f64] =
        if place.kind == PlaceKind::Crossing { &[0.0, 6.0, 11.0, 17.0] } else { &[0.0] };
    let mut candidates = around(name, style, at, radius, off);
    // A symbol of the data on top of the place: round that, too.
    let covering = obstacles
        .discs
        .iter()
        .filter(|(c, r, _)| (c.x - at.x).hypot(c.y - at.y) < r + radius)
        .map(|(c, r, _)| (c.x - at.x).hypot(c.y - at.y) + r)
        .fold(0.0, f64::max);
    if covering > radius && covering < 14.0 {
        let mut beyond = around(name, style, at, radius, &[covering - radius]);
        if hidden {
            beyond.iter_mut().for_each(|c| c.leader = None);
        }
        candidates.extend(beyond);
    }
    Label { name: place.name.clone(), importance: importance(ground, i, obstacles), candidates }
}

fn of_provinces(ground: &Basemap, discs: &[(Pt, f64, f64)]) -> Vec<Label> {
    let touching = ground.touching();
    let rect = ground.map.rect;
    let mut labels = Vec::new();
    for (i, province) in ground.base.provinces.iter().enumerate() {
        let rings = visible(&ground.provinces.outline(|k| k == i), rect);
        let shown: f64 = rings.iter().map(|r| area(r)).sum();
        if shown < 120.0 {
            continue;
        }
        let name = ground.base.names.of(Named::Province, &province.province).to_uppercase();
        let looks = legible(&name, &ground.style.province_name);
        let mut candidates = Vec::new();
        for (lines, extra) in broken(&name) {
            for (share, cost) in [(1.08, 0.0), (1.0, 0.8)] {
                let style = TextStyle {
                    size: share * looks.size,
                    letter_spacing: share * looks.letter_spacing,
                    ..looks.clone()
                };
                candidates.extend(within(&rings, &lines, &style, cost + extra, 0.12));
            }
        }
        if shown < SMALL_PT2 {
            candidates.extend(tight(ground, province, &rings, (&name, &looks), discs));
        }
        let importance = if touching[i] { 60.0 } else { 44.0 } + (shown / 20_000.0).min(1.0);
        labels.push(Label { name: province.province.clone(), importance, candidates });
    }
    labels
}

/// A province that covers less of the page is small, square points.
const SMALL_PT2: f64 = 2_000.0;

/// Narrower maps have no room for leader lines to provinces, points.
const LEADERS_FROM_PT: f64 = 140.0 * PT_PER_MM;

/// Ways to name a small province: with its letters set closer, a little over its
/// edge, or, on a wide map, beside it in its own country with a leader line from
/// its middle.
fn tight(
    ground: &Basemap,
    province: &Area,
    rings: &[Vec<Pt>],
    (name, looks): (&str, &TextStyle),
    discs: &[(Pt, f64, f64)],
) -> Vec<Candidate> {
    let closer = TextStyle { letter_spacing: 0.3 * looks.letter_spacing, ..looks.clone() };
    let mut candidates = within(rings, &[name.to_owned()], &closer, 2.0, 0.3);
    let largest = rings.iter().max_by(|a, b| area(a).total_cmp(&area(b)));
    let Some(largest) = largest.filter(|_| ground.map.rect.width() >= LEADERS_FROM_PT) else {
        return candidates;
    };
    let side = ground.base.border.side_named(&province.country);
    let foreign = side.map(|side| &ground.lands[usize::from(side == Side::Left)]);
    let abroad = |candidate: &Candidate| {
        let mut boxes = candidate.boxes.iter();
        foreign.is_some_and(|land| boxes.any(|b| inside(land, b.centre())))
    };
    let middle = clear_middle(largest, discs);
    for mut beside in spokes(name, &closer, middle, &[11.0, 16.0, 23.0, 32.0, 44.0]) {
        beside.cost += 14.0;
        if !abroad(&beside) {
            candidates.push(beside);
        }
    }
    candidates
}

/// The place in a ring nearest to its pole that no disc covers, for a leader line to
/// begin at.
fn clear_middle(ring: &[Pt], discs: &[(Pt, f64, f64)]) -> Pt {
    const STEP: f64 = 3.0;
    let pole = pole(ring, 2.0);
    let is_free = |p: &Pt| discs.iter().all(|(c, r, _)| (c.x - p.x).hypot(c.y - p.y) > r + 1.0);
    let Some(bounds) = Rect::of(ring.iter().copied()).filter(|_| !is_free(&pole)) else {
        return pole;
    };
    let whole = [ring.to_vec()];
    let edges = || ring.iter().zip(ring.iter().cycle().skip(1));
    let (columns, rows) = ((bounds.width() / STEP) as u32, (bounds.height() / STEP) as u32);
    let lattice = (0..=rows).flat_map(|row| (0..=columns).map(move |column| (column, row)));
    lattice
        .map(|(x, y)| pt(bounds.x0 + STEP * f64::from(x), bounds.y0 + STEP * f64::from(y)))
        .filter(|p| is_free(p) && inside(&whole, *p))
        .filter(|p| edges().all(|(a, b)| distance_to_segment(*p, *a, *b) > 1.5))
        .min_by(|a, b| {
            let off = |p: &Pt| (p.x - pole.x).hypot(p.y - pole.y);
            off(a).total_cmp(&off(b))
        })
        .unwrap_or(pole)
}

/// What is seen of rings, coarse enough to be asked often.
pub(super) fn visible(rings: &[Vec<Pt>], frame: Rect) -> Vec<Vec<Pt>> {
    rings
        .iter()
        .map(|ring| clip_ring(&thin(ring, 0.6), frame))
        .filter(|ring| ring.len() > 2)
        .collect()
}

/// Where the provinces' names would stand, for furniture to keep off.
pub(crate) fn poles(ground: &Basemap) -> Vec<Pt> {
    (0..ground.base.provinces.len())
        .filter_map(|i| {
            let rings = visible(&ground.provinces.outline(|k| k == i), ground.map.rect);
            let largest = rings.into_iter().max_by(|a, b| area(a).total_cmp(&area(b)))?;
            (area(&largest) > 300.0).then(|| pole(&largest, 4.0))
        })
        .collect()
}

/// For each province the pole of its largest part, and the width there is for a
/// name there.
pub(super) fn poles_of_all(ground: &Basemap) -> Vec<(usize, Pt, f64)> {
    (0..ground.base.provinces.len())
        .filter_map(|i| {
            let rings = ground.provinces.outline(|k| k == i);
            let largest = rings.into_iter().max_by(|a, b| area(a).total_cmp(&area(b)))?;
            let at = pole(&largest, 4.0);
            let edges = || largest.iter().zip(largest.iter().cycle().skip(1));
            let off = edges().map(|(a, b)| distance_to_segment(at, *a, *b));
            let clear = off.fold(f64::INFINITY, f64::min);
            Some((i, at, 4.0 * clear))
        })
        .collect()
}

/// Length of lines inside a rectangle.
pub(super) fn length_inside(lines: &[Vec<Pt>], rect: Rect) -> f64 {
    lines
        .iter()
        .flat_map(|l| l.windows(2))
        .filter_map(|w| clip_segment(w[0], w[1], rect))
        .map(|(a, b)| (b.x - a.x).hypot(b.y - a.y))
        .sum()
}

/// A name in one line, and in two where it has two words.
fn broken(name: &str) -> Vec<(Vec<String>, f64)> {
    let mut ways = vec![(vec![name.to_owned()], 0.0)];
    let spaces: Vec<usize> = name.match_indices(' ').map(|(i, _)| i).collect();
    let middle = name.len() as f64 / 2.0;
    let nearest = spaces
        .into_iter()
        .min_by(|a, b| (*a as f64 - middle).abs().total_cmp(&(*b as f64 - middle).abs()));
    if let Some(i) = nearest {
        ways.push((vec![name[..i].to_owned(), name[i + 1..].to_owned()], 0.6));
    }
    ways
}

/// Places for a name inside an area: the pole of inaccessibility and a lattice
/// round it, where no more than a share of the letters' boxes leaves the area.
pub(super) fn within(
    rings: &[Vec<Pt>],
    lines: &[String],
    style: &TextStyle,
    cost: f64,
    overhang: f64,
) -> Vec<Candidate> {
    let Some(largest) = rings.iter().max_by(|a, b| area(a).total_cmp(&area(b))) else {
        return Vec::new();
    };
    let Some(bounds) = Rect::of(largest.iter().copied()) else { return Vec::new() };
    let probe = centred(lines, style, pt(0.0, 0.0), 0.0);
    let corners = probe.boxes.iter().flat_map(|b| [pt(b.x0, b.y0), pt(b.x1, b.y1)]);
    let Some(size) = Rect::of(corners) else { return Vec::new() };
    if size.width() > bounds.width() * 1.1 || size.height() > bounds.height() {
        return Vec::new();
    }
    let pole = pole(largest, size.width() / size.height());
    let mut at = vec![pole];
    let step = (bounds.width().max(bounds.height()) / 26.0).max(3.0);
    let (nx, ny) = ((bounds.width() / step) as i32, (bounds.height() / step) as i32);
    for row in 0..=ny {
        for column in 0..=nx {
            at.push(pt(bounds.x0 + step * f64::from(column), bounds.y0 + step * f64::from(row)));
        }
    }
    at.into_iter()
        .filter_map(|centre| {
            let boxes: Vec<Rect> = probe.boxes.iter().map(|b| b.moved(centre)).collect();
            let out = share_outside(&boxes, rings, overhang)?;
            let candidate = centred(lines, style, centre, 0.0);
            let away = (centre.x - pole.x).hypot(1.6 * (centre.y - pole.y));
            Some(Candidate { cost: cost + 0.14 * away + 60.0 * out, ..candidate })
        })
        .collect()
}

/// Share of the boxes' sample points that lie outside the rings; `None` as soon
/// as it is more than `most`.
fn share_outside(boxes: &[Rect], rings: &[Vec<Pt>], most: f64) -> Option<f64> {
    let all = f64::max((boxes.len() * 9 * 3) as f64, 1.0);
    let mut out = 0.0;
    for b in boxes {
        for i in 0..=8 {
            for k in 0..=2 {
                let p = pt(
                    b.x0 + b.width() * f64::from(i) / 8.0,
                    b.y0 + b.height() * f64::from(k) / 2.0,
                );
                out += if inside(rings, p) { 0.0 } else { 1.0 };
                if out / all > most {
                    return None;
                }
            }
        }
    }
    Some(out / all)
}

/// The pole of inaccessibility of a ring for a box that is `aspect` times as
/// wide as high: the ring is squeezed until the box is square.
pub(super) fn pole(ring: &[Pt], aspect: f64) -> Pt {
    let squeeze = aspect.clamp(1.0, 6.0).sqrt();
    let coords: Vec<Coord<f64>> = ring.iter().map(|p| Coord { x: p.x / squeeze, y: p.y }).collect();
    let polygon = Polygon::new(LineString::new(coords), Vec::new());
    match polylabel::polylabel(&polygon, &0.5) {
        Ok(point) => pt(point.x() * squeeze, point.y()),
        Err(_) => Rect::of(ring.iter().copied()).map_or(pt(0.0, 0.0), Rect::centre),
    }
}
