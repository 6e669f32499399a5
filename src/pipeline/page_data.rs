//! What the script of the page is given: the map's layers, and the incidents
//! column by column.

use super::Study;
use super::figures::base;
use crate::analysis::Outlook;
use crate::atlas::{ScreenMap, screen_map};
use crate::figure::scene::Pt;
use crate::io::Format;
use crate::model::{Date, Fatalities, PlaceKind, Precision, Side};
use crate::project::{PageIncidents, Plan};
use crate::report::{clipped, fixed};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Kilometres of a step of the coordinates.
const UNIT_KM: f64 = 0.05;
/// Longer texts are cut: the page is for reading, the whole stands in the tables
/// beside it.
const LONGEST: usize = 300;

/// Whether incidents are given as numbers by month and district.
pub(super) fn is_grouped(plan: &Plan, study: &Study) -> bool {
    match plan.report.incidents {
        PageIncidents::Each => false,
        PageIncidents::Grouped => true,
        PageIncidents::Auto => study.formats.contains(&Format::Acled),
    }
}

/// The members `line`, `map`, `categories`, `texts`, `incidents` and `near_km`.
pub(super) fn page_data(
    plan: &Plan,
    study: &Study,
    outlooks: &[Option<Outlook>],
) -> Map<String, Value> {
    let base = base(study, plan);
    let map = screen_map(&base, &study.incidents);
    let mut texts = Texts::default();
    let rows = each(plan, study, outlooks, &map);
    let rows = if is_grouped(plan, study) { grouped(plan, study, &map, rows) } else { rows };
    let incidents = columns(&rows, &mut texts, is_grouped(plan, study));
    let categories: Vec<Value> = map
        .categories
        .iter()
        .map(|c| {
            let corner = |p: &Pt| json!([rounded(p.x, 3), rounded(p.y, 3)]);
            json!({
                "label": clipped(&c.label, LONGEST),
                "colours": c.colours,
                "outline": c.outline.iter().map(corner).collect::<Vec<Value>>(),
                "open": c.open,
            })
        })
        .collect();
    let mut data = Map::new();
    let sides = [base.border.left.as_str(), base.border.right.as_str()];
    data.insert("line".to_owned(), json!({ "name": base.border.name, "sides": sides }));
    data.insert("near_km".to_owned(), rounded(plan.regions.near_radius_m / 1000.0, 1));
    data.insert("map".to_owned(), layers(&map));
    data.insert("categories".to_owned(), Value::Array(categories));
    data.insert("incidents".to_owned(), incidents);
    data.insert("texts".to_owned(), json!(texts.list));
    data
}

/// Texts, each once; rows hold their numbers.
#[derive(Default)]
struct Texts {
    list: Vec<String>,
    numbers: BTreeMap<String, usize>,
}

impl Texts {
    fn number(&mut self, text: &str) -> Value {
        if text.is_empty() {
            return Value::Null;
        }
        let text = clipped(text, LONGEST);
        let next = self.list.len();
        let number = *self.numbers.entry(text.clone()).or_insert(next);
        if number == next {
            self.list.push(text);
        }
        json!(number)
    }
}

fn rounded(value: f64, decimals: usize) -> Value {
    let text = fixed(value, decimals);
    // Without a fraction it is written as a whole number, which is shorter.
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    serde_json::from_str(text).unwrap_or(Value::Null)
}

fn steps(km: f64) -> i64 {
    // A place off the projection is put at the corner.
    if km.is_finite() { (km / UNIT_KM).round() as i64 } else { 0 }
}

/// Lines as a first vertex and differences, in steps.
fn lines(lines: &[Vec<Pt>]) -> Value {
    let coded = lines.iter().map(|line| {
        let mut numbers: Vec<i64> = Vec::with_capacity(2 * line.len());
        let mut before = (0, 0);
        for p in line {
            let here = (steps(p.x), steps(p.y));
            if numbers.is_empty() || here != before {
                numbers.extend([here.0 - before.0, here.1 - before.1]);
                before = here;
            }
        }
        json!(numbers)
    });
    Value::Array(coded.collect())
}

fn layers(map: &ScreenMap) -> Value {
    let names: Vec<Value> = map
        .names
        .iter()
        .map(|(name, at, room)| {
            json!([clipped(name, 40), steps(at.x), steps(at.y), rounded(*room, 0)])
        })
        .collect();
    let mut places: Vec<_> = map.places.iter().collect();
    places.sort_by_key(|(name, kind, rank, _)| (*rank, *kind, name));
    let places: Vec<Value> = places
        .into_iter()
        .map(|(name, kind, rank, at)| {
            let kind = match kind {
                PlaceKind::Capital => 0,
                PlaceKind::Crossing => 1,
                PlaceKind::Town => 2,
            };
            json!([clipped(name, 40), kind, rank, steps(at.x), steps(at.y)])
        })
        .collect();
    let vertices = || map.line.iter().flatten();
    let least = |of: fn(&Pt) -> f64| vertices().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&Pt) -> f64| vertices().map(of).fold(f64::NEG_INFINITY, f64::max);
    let home = [least(|p| p.x), least(|p| p.y), most(|p| p.x), most(|p| p.y)];
    json!({
        "unit": UNIT_KM,
        "projection": map.projection,
        "size": map.size.map(|km| rounded(km, 1)),
        "home": home.map(|km| rounded(km, 1)),
        "strip": rounded(map.strip_km, 1),
        "line": lines(&map.line),
        "lands": map.lands.iter().map(|l| lines(l)).collect::<Vec<Value>>(),
        "provinces": lines(&map.provinces),
        "outer": lines(&map.outer),
        "disputed": lines(&map.disputed),
        "districts": lines(&map.districts),
        "names": names,
        "places": places,
    })
}

/// An incident, or a number of them.
#[derive(Clone, Default)]
struct Row<'a> {
    at: (i64, i64),
    lon_lat: Option<[f64; 2]>,
    day: Option<i64>,
    category: usize,
    word: &'a str,
    distance_m: f64,
    range_m: Option<[f64; 2]>,
    side: usize,
    called: Option<usize>,
    chainage_m: Option<f64>,
    precision: Option<usize>,
    toll: Fatalities,
    names: [&'a str; 4],
    id: &'a str,
    radius_km: f64,
    district: Option<usize>,
    province: Option<usize>,
    count: usize,
    zone: String,
}

fn side_number(side: Option<Side>) -> usize {
    side.map_or(2, |side| usize::from(side == Side::Right))
}

/// Days since 1 January 1970.
fn day_number(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from(date.duration_since(epoch).as_hours() as i32) / 24
}

fn each<'a>(
    plan: &Plan,
    study: &'a Study,
    outlooks: &[Option<Outlook>],
    map: &ScreenMap,
) -> Vec<Row<'a>> {
    let index = &study.layers.index;
    let disc = |km2: Option<f64>| km2.map_or(0.0, |km2| (km2 / std::f64::consts::PI).sqrt());
    let places = study.incidents.iter().zip(&study.located).zip(outlooks).enumerate();
    places
        .map(|(i, ((incident, place), outlook))| {
            let names = place.placement.names(index);
            let (district, province) = (place.placement.district, place.placement.province);
            let category = map.category_of.get(i).copied().unwrap_or(0);
            let label = map.categories.get(category).map_or("", |c| c.label.as_str());
            let own_word = incident.category.trim();
            Row {
                at: map.at.get(i).map_or((0, 0), |p| (steps(p.x), steps(p.y))),
                lon_lat: Some([incident.at.lon(), incident.at.lat()]),
                day: incident.date.map(day_number),
                category,
                word: if own_word == label { "" } else { own_word },
                distance_m: place.distance_m,
                range_m: outlook.map(|o| [o.low_m, o.high_m]),
                side: side_number(place.side),
                called: outlook.map(|o| {
                    Side::BOTH.iter().position(|&side| o.probability(side) >= 0.95).unwrap_or(2)
                }),
                chainage_m: Some(place.chainage_m),
                precision: incident
                    .precision
                    .and_then(|p| Precision::ALL.iter().position(|&q| q == p)),
                toll: incident.fatalities,
                names: [&incident.place, names.district, names.province, &incident.source],
                id: &incident.id,
                radius_km: match incident.precision {
                    Some(Precision::Near) => plan.regions.near_radius_m / 1000.0,
                    Some(Precision::District) => {
                        disc(district.and_then(|d| map.district_km2.get(d).copied()))
                    }
                    Some(Precision::Province) => {
                        disc(province.and_then(|p| map.province_km2.get(p).copied()))
                    }
                    _ => 0.0,
                },
                district,
                province,
                count: 1,
                zone: String::new(),
            }
        })
        .collect()
}

/// Numbers of incidents by month, district, category, side, zone and precision,
/// put in the middle of the district: no record can be read out of them.
fn grouped<'a>(plan: &Plan, study: &Study, map: &ScreenMap, rows: Vec<Row<'a>>) -> Vec<Row<'a>> {
    let breaks = plan.breaks.metres();
    let mut groups: BTreeMap<_, Row<'a>> = BTreeMap::new();
    for (row, incident) in rows.into_iter().zip(&study.incidents) {
        let month = incident.date.map(|d| day_number(d.first_of_month()));
        let zone = plan.breaks.zone(row.distance_m);
        let key = (month, row.district, row.province, row.category, row.side, zone, row.precision);
        let from_m = if zone == 0 { 0.0 } else { breaks[zone - 1] };
        let words =
            |m: f64| fixed(m / 1000.0, 1).trim_end_matches('0').trim_end_matches('.').to_owned();
        let middle = row
            .district
            .and_then(|d| map.district_at.get(d))
            .or_else(|| row.province.and_then(|p| map.province_at.get(p)));
        let group = groups.entry(key).or_insert_with(|| Row {
            // Where no area is known, to the nearest hundred kilometres.
            at: middle.map_or_else(
                || (row.at.0 / 2000 * 2000, row.at.1 / 2000 * 2000),
                |p| (steps(p.x), steps(p.y)),
            ),
            day: month,
            category: row.category,
            distance_m: from_m,
            side: row.side,
            precision: row.precision,
            names: ["", row.names[1], row.names[2], ""],
            district: row.district,
            province: row.province,
            zone: match breaks.get(zone) {
                Some(&to_m) => format!("{} to {} km", words(from_m), words(to_m)),
                None => format!("beyond {} km", words(from_m)),
            },
            ..Row::default()
        });
        group.count += 1;
        let add = |sum: &mut Option<u32>, one: Option<u32>| {
            if let Some(one) = one {
                *sum = Some(sum.unwrap_or(0).saturating_add(one));
            }
        };
        add(&mut group.toll.low, row.toll.low);
        add(&mut group.toll.best, row.toll.best);
        add(&mut group.toll.high, row.toll.high);
    }
    groups.into_values().collect()
}

/// A column of one value many times over as that value alone; the script knows
/// the number of rows from the column `x`.
fn once(name: &str, values: Value) -> Value {
    match &values {
        Value::Array(all) if name != "x" && all.len() > 1 && all.iter().all(|v| *v == all[0]) => {
            json!({ "all": all[0] })
        }
        _ => values,
    }
}

fn columns(rows: &[Row<'_>], texts: &mut Texts, grouped: bool) -> Value {
    let column =
        |of: &mut dyn FnMut(&Row<'_>) -> Value| Value::Array(rows.iter().map(of).collect());
    let number = |value: Option<f64>, decimals| value.map_or(Value::Null, |v| rounded(v, decimals));
    let mut columns = Map::new();
    let mut put = |name: &str, values: Value| {
        columns.insert(name.to_owned(), once(name, values));
    };
    put("x", column(&mut |r| json!(r.at.0)));
    put("y", column(&mut |r| json!(r.at.1)));
    put("lon", column(&mut |r| number(r.lon_lat.map(|p| p[0]), 5)));
    put("lat", column(&mut |r| number(r.lon_lat.map(|p| p[1]), 5)));
    put("day", column(&mut |r| json!(r.day)));
    put("category", column(&mut |r| json!(r.category)));
    put("word", column(&mut |r| texts.number(r.word)));
    put("distance", column(&mut |r| rounded(r.distance_m, 0)));
    put("low_m", column(&mut |r| number(r.range_m.map(|m| m[0]), 0)));
    put("high_m", column(&mut |r| number(r.range_m.map(|m| m[1]), 0)));
    put("side", column(&mut |r| json!(r.side)));
    put("called", column(&mut |r| json!(r.called)));
    put("chainage", column(&mut |r| number(r.chainage_m, 0)));
    put("precision", column(&mut |r| json!(r.precision)));
    put("low", column(&mut |r| json!(r.toll.low)));
    put("best", column(&mut |r| json!(r.toll.best)));
    put("high", column(&mut |r| json!(r.toll.high)));
    for (i, name) in ["place", "district", "province", "source"].into_iter().enumerate() {
        put(name, column(&mut |r| texts.number(r.names[i])));
    }
    put("id", column(&mut |r| json!(clipped(r.id, 100))));
    put("radius", column(&mut |r| rounded(r.radius_km, 1)));
    if grouped {
        put("count", column(&mut |r| json!(r.count)));
        put("zone", column(&mut |r| json!(r.zone)));
    }
    Value::Object(columns)
}
