//! How far drawings of one border lie apart, as tables.

use super::table::{numbers, words};
use super::{Datum, Document, Provenance, Table, fixed};
use crate::analysis::{Comparison, Move, Moves, Whereabouts, ZoneBreaks};
use crate::index::StudyIndex;
use crate::model::{Incident, Precision, Side};

/// Another drawing held against the line.
#[derive(Clone, Debug, PartialEq)]
pub struct LineResult {
    /// The two lines.
    pub lines: Comparison,
    /// Where the line lies farthest from the other, and the other from the line.
    pub largest: [Option<Whereabouts>; 2],
    /// What it does to the incidents; `None` without incidents.
    pub moves: Option<Moves>,
}

/// What the tables are made from.
pub struct BordersResult<'a> {
    /// The line and the areas.
    pub index: &'a StudyIndex,
    /// The incidents, which [`Move::incident`] counts.
    pub incidents: &'a [Incident],
    /// Zones by distance.
    pub breaks: &'a ZoneBreaks,
    /// Every other drawing.
    pub results: &'a [LineResult],
}

/// The tables: `lines`, `along` and, with incidents, `moved`.
pub fn borders_document(result: &BordersResult<'_>, provenance: Provenance) -> Document {
    let mut tables = vec![lines(result)];
    if result.results.iter().any(|r| r.moves.is_some()) {
        tables.push(moved(result));
    }
    tables.push(along(result));
    Document {
        findings: result.results.iter().map(|r| finding(result, r)).collect(),
        tables,
        notes: notes(result),
        provenance,
    }
}

fn km(metres: f64) -> f64 {
    metres / 1000.0
}

/// "km 1,234 (Nawa / Chaman, 12 km from Chaman)".
fn place_words(at: &Whereabouts) -> String {
    let mut names: Vec<String> = Vec::new();
    let districts: Vec<&str> =
        at.districts.iter().map(String::as_str).filter(|d| !d.is_empty()).collect();
    if !districts.is_empty() {
        names.push(districts.join(" / "));
    }
    if let Some((name, m)) = &at.place {
        names.push(format!("{} km from {name}", fixed(km(*m), 0)));
    }
    let chainage = Datum::number(km(at.chainage_m), 0).shown;
    if names.is_empty() {
        format!("km {chainage}")
    } else {
        format!("km {chainage} ({})", names.join(", "))
    }
}

/// What a line's comparison means, in a sentence or two.
fn finding(result: &BordersResult<'_>, one: &LineResult) -> String {
    let (border, lines) = (&result.index.border, &one.lines);
    let count = |n: usize| Datum::count(n).shown;
    let Some(found) = &lines.first.found else {
        return format!("{}: no part of it lies beside {}.", lines.name, border.name);
    };
    let at =
        one.largest[0].as_ref().map_or_else(String::new, |at| format!(" at {}", place_words(at)));
    let mut text = format!(
        "{}: {} km from the line on average over the {} of {} km that can be compared, within {} km \
         on 95 % of them, {} km{at}. It puts {} km² of the line's {} side on {}'s, and {} km² of \
         {}'s on {}'s.",
        lines.name,
        fixed(km(found.mean_m), 2),
        Datum::number(km(lines.first.compared_m), 0).shown,
        Datum::number(km(lines.first.length_m), 0).shown,
        fixed(km(found.p95_m), 1),
        fixed(km(found.largest_m), 1),
        Datum::number(lines.area.left_only_km2, 0).shown,
        border.left,
        border.right,
        Datum::number(lines.area.right_only_km2, 0).shown,
        border.right,
        border.left,
    );
    if let Some(moves) = &one.moves {
        text.push_str(&match moves.change_m {
            None => " No incident could be compared.".to_owned(),
            Some([mean, _, largest]) => format!(
                " By it {} of {} incidents change side and {} their zone; distances change by \
                 {} km on average, {} km at most.",
                count(moves.sides),
                count(moves.compared),
                count(moves.zones),
                fixed(km(mean), 2),
                fixed(km(largest), 1)
            ),
        });
    }
    text
}

fn notes(result: &BordersResult<'_>) -> Vec<String> {
    let mut notes = vec![
        "A side that is read from a point nearer to the line than the lines lie apart there is \
         the choice of a source."
            .to_owned(),
        "Deviations: geodesic distance from each place of a line to the nearest place of the \
         other, every 50 m and at every vertex. A place whose nearest place is an end of the \
         other line is not compared. Largest back: of the other line from this one, which is a \
         different number."
            .to_owned(),
        "Ground: polygons between the lines on the ellipsoid, with the error told.".to_owned(),
    ];
    for one in result.results {
        let Some(moves) = &one.moves else { continue };
        if moves.beyond_ends > 0 {
            notes.push(format!(
                "{}: {} incidents lie beyond an end of a line and are not compared.",
                one.lines.name, moves.beyond_ends
            ));
        }
    }
    if let Some(moves) = result.results.iter().find_map(|r| r.moves.as_ref())
        && moves.unlocated > 0
    {
        notes.push(format!(
            "{} incidents located worse than the province are left out.",
            moves.unlocated
        ));
    }
    notes
}

fn lines(result: &BordersResult<'_>) -> Table {
    let border = &result.index.border;
    let columns = vec![
        words("line", "Line"),
        numbers("length_km", ""),
        numbers("compared_km", "Compared (km)"),
        numbers("mean_m", "Mean (m)"),
        numbers("p95_m", "95 % (m)"),
        numbers("largest_m", "Largest (m)"),
        numbers("largest_at_km", ""),
        numbers("largest_lon", ""),
        numbers("largest_lat", ""),
        words("largest_left_district", "Where"),
        words("largest_right_district", ""),
        words("largest_near_place", ""),
        numbers("largest_near_place_km", ""),
        numbers("other_length_km", ""),
        numbers("other_compared_km", ""),
        numbers("other_mean_m", ""),
        numbers("other_p95_m", ""),
        numbers("other_largest_m", "Largest back (m)"),
        numbers("other_largest_at_km", ""),
        numbers("left_only_km2", format!("{}’s by this line alone (km²)", border.left)),
        numbers("right_only_km2", format!("{}’s by this line alone (km²)", border.right)),
        numbers("area_error_km2", "± (km²)"),
        numbers("incidents_compared", "Incidents"),
        numbers("incidents_beyond_ends", ""),
        numbers("incidents_change_side", "change side"),
        numbers("incidents_change_zone", "change zone"),
        numbers("distance_change_mean_m", ""),
        numbers("distance_change_p95_m", ""),
        numbers("distance_change_largest_m", "Largest change (m)"),
    ];
    let rows = result.results.iter().map(|one| {
        let lines = &one.lines;
        let metres = |m: Option<f64>| Datum::number(m, 0);
        let chainage =
            |at: &Option<Whereabouts>| Datum::number(at.as_ref().map(|a| km(a.chainage_m)), 1);
        let (found, back) = (lines.first.found, lines.second.found);
        let name = |name: Option<&String>| {
            name.filter(|n| !n.is_empty()).map_or_else(Datum::unknown, Datum::text)
        };
        let at = one.largest[0].as_ref();
        let place = at.and_then(|a| a.place.as_ref());
        let count = |n: fn(&Moves) -> usize| {
            one.moves.as_ref().map_or_else(Datum::unknown, |m| Datum::count(n(m)))
        };
        let change = |i: usize| metres(one.moves.as_ref().and_then(|m| m.change_m).map(|c| c[i]));
        vec![
            Datum::text(&lines.name),
            Datum::number(km(lines.first.length_m), 1),
            Datum::number(km(lines.first.compared_m), 1),
            metres(found.map(|f| f.mean_m)),
            metres(found.map(|f| f.p95_m)),
            metres(found.map(|f| f.largest_m)),
            chainage(&one.largest[0]),
            Datum::number(found.map(|f| f.at.lon()), 5),
            Datum::number(found.map(|f| f.at.lat()), 5),
            name(at.map(|a| &a.districts[0])).shown(at.map_or_else(String::new, place_words)),
            name(at.map(|a| &a.districts[1])),
            name(place.map(|p| &p.0)),
            Datum::number(place.map(|p| km(p.1)), 1),
            Datum::number(km(lines.second.length_m), 1),
            Datum::number(km(lines.second.compared_m), 1),
            metres(back.map(|f| f.mean_m)),
            metres(back.map(|f| f.p95_m)),
            metres(back.map(|f| f.largest_m)),
            chainage(&one.largest[1]),
            Datum::number(lines.area.left_only_km2, 2),
            Datum::number(lines.area.right_only_km2, 2),
            Datum::number(lines.area.error_km2, 3),
            count(|m| m.compared),
            count(|m| m.beyond_ends),
            count(|m| m.sides),
            count(|m| m.zones),
            change(0),
            change(1),
            change(2),
        ]
    });
    Table {
        name: "lines",
        caption: format!("How far other drawings lie from the line ({})", border.name),
        rows: rows.collect(),
        columns,
    }
}

fn along(result: &BordersResult<'_>) -> Table {
    let columns = vec![
        words("line", ""),
        numbers("from_km", ""),
        numbers("to_km", ""),
        numbers("compared_km", ""),
        numbers("mean_m", ""),
        numbers("largest_left_m", ""),
        numbers("largest_right_m", ""),
    ];
    let rows = result.results.iter().flat_map(|one| {
        one.lines.stretches.iter().map(|s| {
            let known = |m: f64| Datum::number(s.mean_m.map(|_| m), 0);
            vec![
                Datum::text(&one.lines.name),
                Datum::number(km(s.from_m), 1),
                Datum::number(km(s.to_m), 1),
                Datum::number(km(s.compared_m), 2),
                Datum::number(s.mean_m, 0),
                known(s.largest_m[0]),
                known(s.largest_m[1]),
            ]
        })
    });
    Table { name: "along", caption: "Along the line".to_owned(), rows: rows.collect(), columns }
}

fn moved(result: &BordersResult<'_>) -> Table {
    let columns = vec![
        words("line", "Line"),
        words("id", "Incident"),
        words("date", "Date"),
        words("place", "Place"),
        words("precision", "Known to"),
        numbers("lon", ""),
        numbers("lat", ""),
        words("changes", "Changes"),
        numbers("distance_m", "Distance (m)"),
        words("side", "Side"),
        words("zone_km", "Zone (km)"),
        numbers("other_distance_m", "By the other (m)"),
        words("other_side", "Side by the other"),
        words("other_zone_km", "Zone by the other (km)"),
        numbers("distance_change_m", ""),
    ];
    let of = |one: &LineResult, m: &Move| {
        let incident = &result.incidents[m.incident];
        let name = |text: &str| {
            if text.is_empty() { Datum::unknown().shown("") } else { Datum::text(text) }
        };
        let side = |side: Option<Side>| match side {
            Some(side) => Datum::text(result.index.border.country(side)),
            None => Datum::text("on the line"),
        };
        let changes = match (m.changes_side(), m.changes_zone()) {
            (true, true) => "side and zone",
            (true, false) => "side",
            _ => "zone",
        };
        vec![
            Datum::text(&one.lines.name),
            name(&incident.id),
            incident.date.map_or_else(|| name(""), |d| Datum::text(d.to_string())),
            name(&incident.place),
            incident.precision.map_or_else(|| name(""), |p: Precision| Datum::text(p.word())),
            Datum::number(incident.at.lon(), 5),
            Datum::number(incident.at.lat(), 5),
            Datum::text(changes),
            Datum::number(m.distance_m, 0),
            side(m.side),
            Datum::text(zone_words(result.breaks, m.zone)),
            Datum::number(m.other.distance_m, 0),
            side(m.other.side),
            Datum::text(zone_words(result.breaks, m.other_zone)),
            Datum::number(m.other.distance_m - m.distance_m, 0),
        ]
    };
    let rows = result.results.iter().flat_map(|one| {
        one.moves.iter().flat_map(|moves| moves.moved.iter()).map(move |m| of(one, m))
    });
    let caption = "Incidents that change side or zone".to_owned();
    Table { name: "moved", caption, rows: rows.collect(), columns }
}

/// "5–10", "beyond 100".
pub(super) fn zone_words(breaks: &ZoneBreaks, zone: usize) -> String {
    let edge = |m: f64| {
        let text = fixed(km(m), 3);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let breaks = breaks.metres();
    let from = if zone == 0 { 0.0 } else { breaks[zone - 1] };
    match breaks.get(zone) {
        Some(&to) => format!("{}–{}", edge(from), edge(to)),
        None => format!("beyond {}", edge(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_named_by_their_edges() {
        let breaks = ZoneBreaks::new(&[2.5, 10.0]).unwrap();
        let names = [0, 1, 2].map(|z| zone_words(&breaks, z));
        assert_eq!(names, ["0–2.5", "2.5–10", "beyond 10"]);
    }

    #[test]
    fn a_place_is_told_by_what_is_known() {
        let mut at =
            Whereabouts { chainage_m: 1_234_400.0, districts: Default::default(), place: None };
        assert_eq!(place_words(&at), "km 1,234");
        at.districts[1] = "Chaman".into();
        at.place = Some(("Chaman".into(), 12_300.0));
        assert_eq!(place_words(&at), "km 1,234 (Chaman, 12 km from Chaman)");
    }
}
