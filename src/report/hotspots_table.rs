//! Hot spots by district, as a table and as GeoJSON.

use super::table::{numbers, words};
use super::zone_polygons::coordinates;
use super::{Datum, Document, Provenance, Table, fixed};
use crate::analysis::{Hotspot, Hotspots, RateScale, Spot};
use crate::index::StudyIndex;
use serde_json::{Value, json};

/// Sentences above the table, at most, beside the first.
const MOST_SENTENCES: usize = 12;

/// The word of a spot in tables.
pub fn spot_word(spot: Spot) -> &'static str {
    match spot {
        Spot::Hot => "hot spot",
        Spot::QuietAmongBusy => "quiet among busy",
        Spot::BusyAmongQuiet => "busy among quiet",
        Spot::Cold => "cold spot",
        Spot::Neither => "",
    }
}

/// The table `districts`, the surest hot spots first.
pub fn hotspots_document(
    found: &Hotspots,
    index: &StudyIndex,
    notices: Vec<String>,
    provenance: Provenance,
) -> Document {
    let mut order: Vec<&Hotspot> = found.rows.iter().collect();
    let key = |row: &Hotspot| row.gi_star.unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|a, b| key(b).total_cmp(&key(a)).then(a.district.cmp(&b.district)));
    let mut notes = notes(found);
    notes.extend(notices);
    Document {
        findings: findings(found, index, &order),
        tables: vec![table(index, &order, found.spread)],
        notes,
        provenance,
    }
}

fn name(index: &StudyIndex, row: &Hotspot) -> String {
    let area = &index.districts.areas[row.district];
    match area.province.as_str() {
        "" => area.name().to_owned(),
        province => format!("{} ({province})", area.name()),
    }
}

fn number(index: usize, one: &str, many: &str) -> String {
    format!("{} {}", Datum::count(index).shown, if index == 1 { one } else { many })
}

/// What a district's statistics mean.
fn sentence(row: &Hotspot) -> String {
    let many = if (row.expected - row.incidents as f64).abs() < 0.05 {
        number(row.incidents, "incident", "incidents")
    } else {
        format!(
            "{} incidents expected ({} by coordinate)",
            fixed(row.expected, 1),
            Datum::count(row.incidents).shown
        )
    };
    let own = format!("{many}, {} per 1,000 km²", fixed(row.per_1000km2, 1));
    let around = number(row.neighbours, "neighbour", "neighbours");
    match row.spot {
        Spot::Hot => {
            format!("{own}; the rates of its {around} too are higher than chance explains.")
        }
        Spot::QuietAmongBusy => {
            format!("{own}, yet the rates of its {around} are higher than chance explains.")
        }
        Spot::BusyAmongQuiet => {
            format!("{own}, yet the rates of its {around} are lower than chance explains.")
        }
        Spot::Cold => {
            format!("{own}; the rates of its {around} too are lower than chance explains.")
        }
        Spot::Neither if row.p.is_none() => {
            format!("{own}; without neighbours nothing can be told.")
        }
        Spot::Neither => format!("{own}; no more and no fewer about it than chance explains."),
    }
}

fn findings(found: &Hotspots, index: &StudyIndex, order: &[&Hotspot]) -> Vec<String> {
    let count = |spot: Spot| found.rows.iter().filter(|r| r.spot == spot).count();
    let side = found
        .side
        .map_or_else(String::new, |s| format!(" on the {} side", index.border.country(s)));
    let mut findings = vec![format!(
        "{}{side}. Hot spots, which have with their neighbours more incidents per area than chance \
         explains: {}. Quiet among busy neighbours: {}; busy among quiet neighbours: {}; cold \
         spots: {}.",
        number(found.rows.len(), "district", "districts"),
        count(Spot::Hot),
        count(Spot::QuietAmongBusy),
        count(Spot::BusyAmongQuiet),
        count(Spot::Cold),
    )];
    findings.extend(precision_words(found, index));
    let told = order.iter().filter(|r| r.spot == Spot::Hot || r.spot == Spot::BusyAmongQuiet);
    findings
        .extend(told.take(MOST_SENTENCES).map(|r| format!("{}: {}", name(index, r), sentence(r))));
    findings
}

/// How much rests on incidents known to their province, and what would be
/// called otherwise if coordinates were taken at their word.
fn precision_words(found: &Hotspots, index: &StudyIndex) -> Option<String> {
    if !found.spread {
        return None;
    }
    let changed: Vec<&Hotspot> = found.rows.iter().filter(|r| r.spot != r.plain_spot).collect();
    let word = |spot: Spot| match spot_word(spot) {
        "" => "nothing",
        word => word,
    };
    let mut named: Vec<String> = changed
        .iter()
        .take(MOST_CHANGED)
        .map(|r| {
            let (now, plain) = (word(r.spot), word(r.plain_spot));
            format!("{} ({now}; by coordinate {plain})", index.districts.areas[r.district].name())
        })
        .collect();
    if changed.len() > MOST_CHANGED {
        named.push(format!("and {} more", changed.len() - MOST_CHANGED));
    }
    let share = 100.0 * found.of_provinces / found.expected.max(1e-9);
    Some(format!(
        "Incidents are spread over where they may lie: {} expected in these districts, {} of them \
         ({} %) known to their province alone and dealt out over it by area. Taking coordinates at \
         their word would call {} otherwise{}{}.",
        Datum::number(found.expected, 1).shown,
        Datum::number(found.of_provinces, 1).shown,
        Datum::number(share.min(100.0), 1).shown,
        number(changed.len(), "district", "districts"),
        if named.is_empty() { "" } else { ": " },
        named.join(", ")
    ))
}

/// Districts that are named for what coordinates would make of them, at most.
const MOST_CHANGED: usize = 8;

fn notes(found: &Hotspots) -> Vec<String> {
    let settings = &found.settings;
    let across = match (settings.across_line, found.side) {
        (true, None) => ", or face each other across the line",
        _ => "",
    };
    let mut notes = vec![
        format!(
            "Rates: {}incidents per 1,000 km² of the district. Neighbours: districts that share an \
             edge or a corner{across}. Gi*: standardised, of the district with its neighbours \
             (Getis and Ord); I: local Moran's; both of {}. p: up to {} random arrangements of \
             the other districts (seed {}), two-sided, the same for both; q: adjusted for all \
             districts (Benjamini–Hochberg), at most {} is called a finding.",
            if found.spread { "expected " } else { "" },
            match settings.scale {
                RateScale::Log => "the logarithm of one plus the rate",
                RateScale::Rate => "the rate",
            },
            Datum::count(settings.permutations as usize).shown,
            settings.seed,
            settings.false_discovery
        ),
        "Chance means: the same rates, dealt out among the districts at random. By area, not by \
         people: a city is a hot spot because people live there."
            .to_owned(),
    ];
    if found.spread {
        notes.push(
            "Incidents: by coordinate. Expected, and all that follows from it: each incident may \
             lie anywhere in the region that its precision stands for."
                .to_owned(),
        );
    }
    let (province, none) = match found.spread {
        true => (
            "known to the province: by coordinate in no district's count",
            "located worse than the province: in no number",
        ),
        false => (
            "known to the province: in no district's count",
            "located worse than the province: in no district's count",
        ),
    };
    for (count, words) in [
        (found.coarse - found.unlocated, province),
        (found.unlocated, none),
        (found.elsewhere, "by coordinate in no district that was looked at"),
    ] {
        if count > 0 {
            notes.push(format!("{} {words}.", number(count, "incident is", "incidents are")));
        }
    }
    notes
}

fn table(index: &StudyIndex, order: &[&Hotspot], spread: bool) -> Table {
    let columns = vec![
        words("country", ""),
        words("province", "Province"),
        words("district", "District"),
        words("code", ""),
        numbers("incidents", "Incidents"),
        numbers("incidents_expected", if spread { "Expected" } else { "" }),
        numbers("incidents_low", ""),
        numbers("incidents_high", if spread { "95 % interval" } else { "" }),
        numbers("area_km2", "Area (km²)"),
        numbers("per_1000km2", "Per 1,000 km²"),
        numbers("neighbours", "Neighbours"),
        numbers("gi_star", "Gi*"),
        numbers("moran_i", "I"),
        numbers("p", "p"),
        numbers("q", "q"),
        words("spot", "Spot"),
        words("called_ignoring_precision", if spread { "By coordinate" } else { "" }),
        words("finding", ""),
    ];
    let rows = order.iter().map(|row| {
        let area = &index.districts.areas[row.district];
        let known = |text: &str| {
            if text.is_empty() { Datum::unknown().shown("") } else { Datum::text(text) }
        };
        let q = |p: Option<f64>| {
            let datum = Datum::number(p, 4);
            if p.is_some_and(|p| p < 0.001) { datum.shown("< 0.001") } else { datum }
        };
        let (low, high) = row.interval;
        vec![
            known(&area.country),
            known(&area.province),
            Datum::text(area.name()),
            known(area.code.as_deref().unwrap_or_default()),
            Datum::count(row.incidents),
            Datum::number(row.expected, 2).shown(fixed(row.expected, 1)),
            Datum::count(low),
            Datum::count(high).shown(if low == high {
                low.to_string()
            } else {
                format!("{low}–{high}")
            }),
            Datum::number(row.area_km2, 1),
            Datum::number(row.per_1000km2, 3),
            Datum::count(row.neighbours),
            Datum::number(row.gi_star, 4),
            Datum::number(row.moran, 4),
            q(row.p),
            q(row.q),
            known(spot_word(row.spot)),
            known(spot_word(row.plain_spot)),
            Datum::text(sentence(row)),
        ]
    });
    Table {
        name: "districts",
        caption: "Hot spots by district: where incidents gather more than chance puts them there"
            .to_owned(),
        rows: rows.collect(),
        columns,
    }
}

/// The districts as GeoJSON, the table's columns as properties, in its order.
pub fn hotspots_geojson(found: &Hotspots, index: &StudyIndex, document: &Document) -> String {
    let mut order: Vec<&Hotspot> = found.rows.iter().collect();
    let key = |row: &Hotspot| row.gi_star.unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|a, b| key(b).total_cmp(&key(a)).then(a.district.cmp(&b.district)));
    let properties = document.tables.first().map(Table::objects).unwrap_or_default();
    let features: Vec<String> = order
        .iter()
        .zip(properties)
        .map(|(row, properties)| {
            let coordinates = coordinates(&index.districts.areas[row.district].shape);
            json!({
                "type": "Feature",
                "properties": Value::Object(properties),
                "geometry": { "type": "MultiPolygon", "coordinates": coordinates },
            })
            .to_string()
        })
        .collect();
    format!(
        "{{\"type\":\"FeatureCollection\",\"provenance\":{},\"features\":[\n{}\n]}}\n",
        document.provenance.line(),
        features.join(",\n")
    )
}
