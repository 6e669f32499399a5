//! What changed between two downloads, as tables.

use super::table::{numbers, words};
use super::{Datum, Document, Provenance, Table, fixed};
use crate::analysis::{Changed, Difference, Located, ZoneBreaks};
use crate::model::{Border, Incident, Side};

/// One of the two downloads.
#[derive(Clone, Copy)]
pub struct Download<'a> {
    /// Its file.
    pub name: &'a str,
    /// Its incidents.
    pub incidents: &'a [Incident],
    /// Where each lies.
    pub located: &'a [Located],
}

/// What the tables are made from.
pub struct DiffResult<'a> {
    /// The downloads, the older one first.
    pub downloads: [Download<'a>; 2],
    /// How they differ.
    pub difference: &'a Difference,
    /// The line.
    pub border: &'a Border,
    /// Zones by distance.
    pub breaks: &'a ZoneBreaks,
}

/// The tables: `changes`, a row for each incident that is not the same in both,
/// and `zones`, the counts by side and distance before and after.
pub fn diff_document(result: &DiffResult<'_>, provenance: Provenance) -> Document {
    Document {
        findings: findings(result),
        tables: vec![changes(result), zones(result)],
        notes: notes(result),
        provenance,
    }
}

fn s(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn findings(result: &DiffResult<'_>) -> Vec<String> {
    let [old, new] = result.downloads;
    let found = result.difference;
    let mut sentences = vec![format!(
        "{} has {} incidents and {} has {}: {} added, {} removed, {} changed, {} the same.",
        old.name,
        Datum::count(old.incidents.len()).shown,
        new.name,
        Datum::count(new.incidents.len()).shown,
        Datum::count(found.added.len()).shown,
        Datum::count(found.removed.len()).shown,
        Datum::count(found.changed.len()).shown,
        Datum::count(found.unchanged).shown,
    )];
    let count = |of: fn(&Changed) -> bool| found.changed.iter().filter(|c| of(c)).count();
    let mut parts = Vec::new();
    let moved = count(|c| c.moved_m > 0.0);
    if moved > 0 {
        let farthest = found.changed.iter().map(|c| c.moved_m).fold(0.0, f64::max);
        parts.push(format!("{moved} moved, by {} km at most", fixed(farthest / 1000.0, 1)));
    }
    for (what, number) in [
        ("another day", count(|c| c.date)),
        ("another category", count(|c| c.category)),
        ("another precision", count(|c| c.precision)),
        ("another toll", count(|c| c.toll)),
        ("another name of place or area", count(|c| c.names)),
    ] {
        if number > 0 {
            parts.push(format!("{number} with {what}"));
        }
    }
    if !parts.is_empty() {
        sentences.push(format!("Of the changed, {}.", parts.join("; ")));
    }
    let side_or_zone = found.changed.iter().filter(|c| {
        let (a, b) = (&old.located[c.old], &new.located[c.new]);
        let zone = |d: f64| result.breaks.zone(d);
        a.side != b.side || zone(a.distance_m) != zone(b.distance_m)
    });
    let number = side_or_zone.count();
    if number > 0 {
        let verb = if number == 1 { "changes" } else { "change" };
        sentences.push(format!("{number} incident{} {verb} side or zone.", s(number)));
    }
    sentences
}

fn notes(result: &DiffResult<'_>) -> Vec<String> {
    let [old, new] = result.downloads;
    let found = result.difference;
    let mut notes = vec![
        "Incidents are the same by their id; those without one when day, coordinates, category \
         and place agree. Counts take each coordinate at its word; the command zones tells how \
         geocoding precision widens them."
            .to_owned(),
    ];
    if found.without_id > 0 {
        notes.push(format!(
            "{} incident{} without an id can only be the same or added and removed.",
            found.without_id,
            s(found.without_id)
        ));
    }
    let unknown = result
        .downloads
        .map(|d| d.incidents.iter().filter(|i| i.fatalities.best.is_none()).count());
    if unknown != [0; 2] {
        notes.push(format!(
            "Without a best estimate of people killed, and in no sum of them: {} before, {} after.",
            unknown[0], unknown[1]
        ));
    }
    let paired = found.changed.len() + found.unchanged;
    if paired == 0 && !old.incidents.is_empty() && !new.incidents.is_empty() {
        notes.push(
            "No incident of one file is in the other. Were the ids renumbered, or are these \
             different data sets? --column id=NAME names another column."
                .to_owned(),
        );
    }
    notes
}

fn changes(result: &DiffResult<'_>) -> Table {
    let columns = vec![
        words("change", "Change"),
        words("id", "Id"),
        words("what", "What"),
        numbers("line_old", ""),
        numbers("line_new", ""),
        words("date_old", "Day before"),
        words("date_new", "Day after"),
        numbers("moved_m", "Moved (km)"),
        numbers("lon_old", ""),
        numbers("lat_old", ""),
        numbers("lon_new", ""),
        numbers("lat_new", ""),
        words("border_side_old", "Side before"),
        words("border_side_new", "Side after"),
        numbers("border_distance_m_old", "Distance before (km)"),
        numbers("border_distance_m_new", "Distance after (km)"),
        words("category_old", ""),
        words("category_new", ""),
        words("precision_old", ""),
        words("precision_new", ""),
        numbers("fatalities_best_old", "Toll before"),
        numbers("fatalities_best_new", "Toll after"),
        words("place", "Place"),
    ];
    let [old, new] = result.downloads;
    let found = result.difference;
    let removed = found.removed.iter().map(|&i| row(result, "removed", Some(i), None, None));
    let changed =
        found.changed.iter().map(|c| row(result, "changed", Some(c.old), Some(c.new), Some(c)));
    let added = found.added.iter().map(|&i| row(result, "added", None, Some(i), None));
    Table {
        name: "changes",
        caption: format!("What {} has that {} has not, and the other way", new.name, old.name),
        columns,
        rows: removed.chain(changed).chain(added).collect(),
    }
}

fn row(
    result: &DiffResult<'_>,
    change: &str,
    before: Option<usize>,
    after: Option<usize>,
    pair: Option<&Changed>,
) -> Vec<Datum> {
    let [old, new] = result.downloads;
    let incidents = [before.map(|i| &old.incidents[i]), after.map(|i| &new.incidents[i])];
    let places = [before.map(|i| &old.located[i]), after.map(|i| &new.located[i])];
    let either = incidents[1].or(incidents[0]);
    let text = |of: &dyn Fn(&Incident) -> String| {
        incidents.map(|i| i.map_or_else(Datum::unknown, |i| Datum::text(of(i))))
    };
    let number = |of: &dyn Fn(&Incident) -> Option<f64>, decimals| {
        incidents.map(|i| Datum::number(i.and_then(of), decimals))
    };
    let [line_old, line_new] = number(&|i| Some(i.row.line as f64), 0);
    let [date_old, date_new] = text(&|i| i.date.map_or_else(String::new, |d| d.to_string()));
    let [lon_old, lon_new] = number(&|i| Some(i.at.lon()), 6);
    let [lat_old, lat_new] = number(&|i| Some(i.at.lat()), 6);
    let [category_old, category_new] = text(&|i| i.category.to_string());
    let [precision_old, precision_new] = text(&|i| i.precision.map_or("", |p| p.word()).to_owned());
    let [toll_old, toll_new] = number(&|i| i.fatalities.best.map(f64::from), 0);
    let side = |side: Option<Side>| side.map_or("", |side| result.border.country(side));
    let [side_old, side_new] =
        places.map(|p| p.map_or_else(Datum::unknown, |p| Datum::text(side(p.side))));
    let [far_old, far_new] = places.map(|p| match p.map(|p| p.distance_m) {
        Some(m) => Datum::number(m, 3).shown(fixed(m / 1000.0, 1)),
        None => Datum::unknown(),
    });
    vec![
        Datum::text(change),
        Datum::text(either.map_or("", |i| &i.id)),
        Datum::text(pair.map_or_else(String::new, what)),
        line_old,
        line_new,
        date_old,
        date_new,
        match pair.map(|c| c.moved_m) {
            Some(m) => Datum::number(m, 1).shown(fixed(m / 1000.0, 1)),
            None => Datum::unknown(),
        },
        lon_old,
        lat_old,
        lon_new,
        lat_new,
        side_old,
        side_new,
        far_old,
        far_new,
        category_old,
        category_new,
        precision_old,
        precision_new,
        toll_old,
        toll_new,
        Datum::text(either.map_or("", |i| &i.place)),
    ]
}

/// "position, toll".
fn what(pair: &Changed) -> String {
    let parts = [
        (pair.moved_m > 0.0, "position"),
        (pair.date, "day"),
        (pair.category, "category"),
        (pair.precision, "precision"),
        (pair.toll, "toll"),
        (pair.names, "names"),
    ];
    parts.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
}

/// Counts of a side and zone.
#[derive(Clone, Copy, Default)]
struct Count {
    incidents: usize,
    killed: u64,
}

fn zones(result: &DiffResult<'_>) -> Table {
    let breaks = result.breaks.metres();
    let mut rows = Vec::new();
    for side in Side::BOTH {
        let counts = result.downloads.map(|download| count(download, side, result.breaks));
        for zone in 0..=breaks.len() {
            let from_km = if zone == 0 { 0.0 } else { breaks[zone - 1] / 1000.0 };
            let to_km = breaks.get(zone).map(|b| b / 1000.0);
            let [old, new] = [&counts[0][zone], &counts[1][zone]];
            let difference = |old: f64, new: f64| {
                let text = format!("{:+}", new - old);
                Datum::number(new - old, 0).shown(text)
            };
            rows.push(vec![
                Datum::text(result.border.country(side)),
                Datum::number(from_km, 0),
                Datum::number(to_km, 0).shown(to_km.map_or("beyond".to_owned(), |k| fixed(k, 0))),
                Datum::count(old.incidents),
                Datum::count(new.incidents),
                difference(old.incidents as f64, new.incidents as f64),
                Datum::count(old.killed as usize),
                Datum::count(new.killed as usize),
                difference(old.killed as f64, new.killed as f64),
            ]);
        }
    }
    Table {
        name: "zones",
        caption: "Incidents and people killed (best estimates) by side and distance".to_owned(),
        columns: vec![
            words("side", "Side"),
            numbers("from_km", "From (km)"),
            numbers("to_km", "To (km)"),
            numbers("incidents_old", "Incidents before"),
            numbers("incidents_new", "After"),
            numbers("incidents_change", "Change"),
            numbers("fatalities_best_old", "Killed before"),
            numbers("fatalities_best_new", "After"),
            numbers("fatalities_best_change", "Change"),
        ],
        rows,
    }
}

fn count(download: Download<'_>, side: Side, breaks: &ZoneBreaks) -> Vec<Count> {
    let mut counts = vec![Count::default(); breaks.metres().len() + 1];
    for (incident, place) in download.incidents.iter().zip(download.located) {
        if place.side == Some(side) {
            let count = &mut counts[breaks.zone(place.distance_m)];
            count.incidents += 1;
            count.killed += u64::from(incident.fatalities.best.unwrap_or(0));
        }
    }
    counts
}
