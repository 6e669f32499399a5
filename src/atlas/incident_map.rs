//! The incident map: every incident as a symbol that tells its kind, its toll
//! and how well its place is known.

use super::basemap::{Basemap, fit};
use super::clusters::{Looks, Packed, TOGETHER_MOST, clusters, soft_disc, ties, white_disc};
use super::furnish::{Data, finish};
use super::graduated::graduated;
use super::incident_legend::legend;
use super::marks::{Sizes, categories, counted, killed};
use super::{Base, Page, Plate, Words};
use crate::analysis::Located;
use crate::figure::clip::{cross, distance_to_segment};
use crate::figure::map::MapFrame;
use crate::figure::scene::{Group, PT_PER_MM, Pt, pt};
use crate::figure::spread::{Disc, relax};
use crate::geodesy::Extent;
use crate::model::{Incident, Precision};

/// More incidents than this are drawn as one circle for each place.
const SYMBOLS_MOST: usize = 400;

/// Height over width of a map whose extent is found from the data.
const ASPECT: (f64, f64) = (0.75, 1.5);

/// Draws incidents on the ground. Without an extent, that of the line and the
/// incidents is taken. `located` goes with `incidents`, one for one: an
/// incident known to its district or province only is drawn at the pole of
/// inaccessibility of that area, in a dashed ring, not at its coordinate.
///
/// Above 400 incidents each place gets one circle whose area grows with their
/// number. What is not drawn is told in the notes and in [`Plate::remarks`].
pub fn incident_map(
    base: &Base,
    incidents: &[Incident],
    located: &[Located],
    extent: Option<Extent>,
    words: &Words,
    page: &Page,
) -> Plate {
    let laid_out = |words: &Words| {
        Basemap::new(base, words, page, |at, width| match extent {
            Some(extent) => fit(extent, at, width),
            None => {
                MapFrame::fit_within(own_extent(base, incidents), at, width, ASPECT.0, ASPECT.1)
            }
        })
    };
    let mut ground = laid_out(words);
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
    // What is not drawn is told under the map, not only beside it.
    let mut words = words.clone();
    if !remarks.is_empty() {
        words.notes.insert(0, remarks.join(" "));
        ground = laid_out(&words);
    }
    let data = if drawn.len() > SYMBOLS_MOST {
        graduated(&ground, incidents, &drawn, remarks)
    } else {
        symbols(&ground, incidents, located, &drawn, remarks)
    };
    finish(ground, data, &words)
}

/// Whether a place is on the same side of the line as a disc's home: a symbol
/// that has to give way must not change countries. Homes on the line itself
/// have no side.
fn same_side(ground: &Basemap, discs: &[Disc]) -> impl Fn(usize, Pt) -> bool {
    let nearby: Vec<Vec<(Pt, Pt)>> = discs
        .iter()
        .map(|disc| {
            let pairs = ground.line.iter().flat_map(|l| l.windows(2)).map(|w| (w[0], w[1]));
            let near: Vec<(Pt, Pt)> =
                pairs.filter(|(a, b)| distance_to_segment(disc.home, *a, *b) < 60.0).collect();
            let on_it = near.iter().any(|(a, b)| distance_to_segment(disc.home, *a, *b) < 0.8);
            if on_it { Vec::new() } else { near }
        })
        .collect();
    let homes: Vec<Pt> = discs.iter().map(|d| d.home).collect();
    move |i, p| nearby[i].iter().filter(|(a, b)| cross(homes[i], p, *a, *b)).count() % 2 == 0
}

/// The extent of the line and of what can be drawn, with a margin.
pub(super) fn own_extent(base: &Base, incidents: &[Incident]) -> Extent {
    let line = base.border.parts().iter().flatten().copied();
    let at = incidents.iter().filter(|i| i.precision != Some(Precision::Unlocated)).map(|i| i.at);
    let all = Extent::around(line.chain(at));
    let all = all.unwrap_or(Extent { west: 60.0, south: 29.0, east: 75.0, north: 38.0 });
    all.grown(0.04 * (all.east - all.west) + 0.05, 0.04 * (all.north - all.south) + 0.05)
}

/// So many discs may lie on one another before they are drawn fainter.
const DISCS_PLAIN: f64 = 4.0;

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
    let highest = shown.iter().filter_map(|i| killed(i)).max().unwrap_or(0);
    let grow = (ground.map.rect.width() / (176.0 * PT_PER_MM)).clamp(0.6, 1.4);
    let looks = Looks {
        incidents,
        kinds: &kinds,
        kind_of: drawn.iter().copied().zip(of).collect(),
        sizes: Sizes::new(highest, 2.1 * grow, 7.6 * grow),
        style,
    };
    let clusters = clusters(ground, incidents, located, drawn);
    let packed: Vec<Packed> = clusters.iter().map(|c| Packed::new(c, &looks)).collect();
    let discs: Vec<Disc> = clusters
        .iter()
        .zip(&packed)
        .map(|(c, p)| Disc { home: c.home, radius: p.radius })
        .collect();
    let same_side = same_side(ground, &discs);
    let at = relax(&discs, 0.5, same_side);

    let mut below = Group::named("nearness");
    let near_pt = ground.base.near_radius_m * ground.map.points_per_metre();
    let near = || clusters.iter().filter(|c| c.near).map(|c| c.home);
    for home in near() {
        // Where more than a few lie on one another each is fainter, lest they hide the ground.
        let over = near().filter(|at| (at.x - home.x).hypot(at.y - home.y) < near_pt).count();
        let crowd = (over as f64 / DISCS_PLAIN).max(1.0);
        below.items.extend(soft_disc(home, near_pt, crowd, style));
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
        packed.draw(cluster, *at, &looks, &mut above);
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
        .map(|(p, i)| (p, looks.sizes.radius(killed(&incidents[i])) + 0.5))
        .collect();
    let rings = placed.clone().map(|(p, k)| (*p, k.radius, 16.0));
    Data {
        below,
        above,
        blocked: placed.clone().map(|(p, k)| (*p, k.radius)).collect(),
        discs: each.iter().map(|(p, r)| (*p, *r, 80.0)).chain(rings).collect(),
        symbols: each,
        field: None,
        legend: legend(
            &kinds,
            &looks.sizes,
            &clusters,
            &shown,
            together > 0,
            ground.base.near_radius_m,
            style,
        ),
        remarks,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::clean;
    use super::super::looking::{Layers, beside, made_up, somebody_looks};
    use super::super::{Page, Theme};
    use super::*;
    use crate::analysis::{DistrictHow, Placement};
    use crate::geodesy::LonLat;
    use crate::model::{Area, Fatalities, Kind, Language, RowId};
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
                id: Default::default(),
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
                district: Default::default(),
                province: Default::default(),
                country: Default::default(),
                source: Default::default(),
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
    fn names_in_three_languages_keep_apart_and_those_missing_are_told() {
        let mut layers = Layers::bundled();
        let incidents = made_up(&layers.border);
        let located = locate(&layers, &incidents);
        for language in [Language::Pashto, Language::Dari, Language::Urdu] {
            layers.names =
                crate::io::read_local_names("names.csv", crate::bundled::LOCAL_NAMES, language)
                    .unwrap();
            for width_mm in [85.0, 180.0] {
                let page = Page { width_mm, theme: Theme::Light };
                let extent = Extent { west: 66.0, south: 31.0, east: 73.0, north: 36.5 };
                let (base, words) = (layers.base(), Words::default());
                let plate = incident_map(&base, &incidents, &located, Some(extent), &words, &page);
                clean(&format!("names-{}-{width_mm}", language.tag()), &plate);
                let svg = crate::figure::export::svg(&plate.scene);
                assert!(svg.contains("'Noto Sans Arabic'"));
                let english = ["Wana", "Arandu", "Kharlachi", "Dorah Pass"];
                let english: Vec<_> =
                    english.iter().filter(|name| svg.contains(&format!(">{name}<"))).collect();
                let told = plate.remarks.iter().find(|r| r.contains("in English"));
                assert_eq!(told.is_some(), !english.is_empty());
                assert!(english.iter().all(|name| told.unwrap().contains(**name)), "{told:?}");
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
        // A line of one's own, without areas or places.
        let bare = Base { provinces: &[], districts: &[], places: &[], ..layers.base() };
        let incidents = made_up(&layers.border);
        let plate = incident_map(&bare, &incidents, &[], None, &Words::default(), &page);
        clean("incidents-bare", &plate);
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
