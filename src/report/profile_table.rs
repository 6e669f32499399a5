//! The profile along the line as tables: short stretches with the curve,
//! sectors, border districts, and the hottest stretches with a sentence each.

use super::table::{numbers, words};
use super::{Datum, Document, Provenance, Table};
use crate::analysis::{
    Footing, HotStretch, Profile, Rate, Sector, StretchCount, Strip, StripSegment,
};
use crate::model::Side;

/// What the tables are made from.
pub struct ProfileResult<'a> {
    /// Who may lie where along the line.
    pub footing: &'a Footing,
    /// The curve.
    pub profile: &'a Profile,
    /// What lies along the line.
    pub strip: &'a Strip,
    /// Sectors of equal length.
    pub sectors: &'a [Sector],
    /// Sectors by border district.
    pub districts: &'a [Sector],
    /// The stretches with most incidents.
    pub hottest: &'a [HotStretch],
    /// Years that the incidents were collected over, where that is known.
    pub years: Option<f64>,
}

/// The tables `hottest`, `sectors`, `districts` and `stretches`.
pub fn profile_document(result: &ProfileResult<'_>, provenance: Provenance) -> Document {
    let tables = vec![
        hottest(result),
        sectors(result),
        districts(result),
        stretches(result.profile, result.strip),
    ];
    Document { findings: findings(result), tables, notes: notes(result), provenance }
}

fn km(metres: f64, decimals: usize) -> Datum {
    Datum::number(metres / 1000.0, decimals)
}

/// "km 1,780–1,830".
fn range(from_m: f64, to_m: f64) -> String {
    let km = |m: f64| Datum::number(m / 1000.0, 0).shown;
    format!("km {}–{}", km(from_m), km(to_m))
}

/// "km 1,780–1,830: Paktia–Khost / Kurram".
fn name(stretch: &HotStretch) -> String {
    let known: Vec<&str> =
        stretch.beside.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let range = range(stretch.from_m, stretch.to_m);
    if known.is_empty() { range } else { format!("{range}: {}", known.join(" / ")) }
}

fn incidents(count: usize) -> String {
    format!("{} {}", Datum::count(count).shown, if count == 1 { "incident" } else { "incidents" })
}

fn whole(result: &ProfileResult<'_>) -> [f64; 2] {
    let sides = &result.profile.sides;
    [
        sides.iter().map(|s| s.total.incidents as f64).sum(),
        sides.iter().map(|s| s.total.expected).sum(),
    ]
}

/// "12 (7 to 16; 11 by coordinate)".
fn number_words(count: &StretchCount, spread: bool, decimals: usize) -> String {
    if !spread {
        return Datum::count(count.incidents).shown;
    }
    let expected = Datum::number(count.expected, decimals).shown;
    let plain = Datum::count(count.incidents).shown;
    if is_certain(count) {
        return plain;
    }
    if count.low == count.high {
        return format!("{expected} ({plain} by coordinate)");
    }
    let [low, high] = [count.low, count.high].map(|n| Datum::count(n).shown);
    format!("{expected} ({low} to {high}; {plain} by coordinate)")
}

/// Whether precision leaves a number as its coordinates have it.
fn is_certain(count: &StretchCount) -> bool {
    count.low == count.high && (count.expected - count.incidents as f64).abs() < 0.05
}

/// What a stretch means, in a sentence.
fn sentence(stretch: &HotStretch, spread: bool, within_km: &str) -> String {
    let [percent, part] = [stretch.share, stretch.share / stretch.times_even.max(1e-9)]
        .map(|share| Datum::number(100.0 * share, usize::from(share < 0.0995)).shown);
    let about = if spread && !is_certain(&stretch.both) { "about " } else { "" };
    let many = number_words(&stretch.both, spread, 0);
    let times = Datum::number(stretch.times_even, 1).shown;
    format!(
        "{}: {about}{many}, {percent} % of those within {within_km} km on {part} % of the line, \
         {times} times an even spread.",
        name(stretch)
    )
}

fn findings(result: &ProfileResult<'_>) -> Vec<String> {
    let profile = result.profile;
    let within = km(profile.settings.within_m, 0).shown;
    let [plain, expected] = whole(result);
    let of_side = |side: usize| {
        let number = number_words(&profile.sides[side].total, profile.spread, 1);
        format!("{} {number}", profile.names[side])
    };
    let looked = incidents(result.footing.counted);
    let mut findings = vec![if profile.spread {
        format!(
            "Of {looked}, {} are expected within {within} km of the line, given how precisely each \
             was geocoded: {}; {}.",
            Datum::number(expected, 1).shown,
            of_side(0),
            of_side(1)
        )
    } else {
        let plain = Datum::count(plain as usize).shown;
        format!(
            "Of {looked}, {plain} lie within {within} km of the line: {}; {}.",
            of_side(0),
            of_side(1)
        )
    }];
    findings.extend(result.hottest.iter().map(|s| sentence(s, profile.spread, &within)));
    findings
}

fn notes(result: &ProfileResult<'_>) -> Vec<String> {
    let (profile, footing) = (result.profile, result.footing);
    let settings = &profile.settings;
    let mut notes = Vec::new();
    if profile.spread {
        notes.push(
            "Incidents: by coordinate. Expected and 95 % interval of the number: each incident may \
             lie anywhere in the region that its precision stands for, and belongs to the place \
             on the line that is nearest to it there."
                .to_owned(),
        );
    } else {
        notes.push(
            "Each incident belongs to the place on the line nearest to its coordinate; \
                    how precisely it was geocoded is ignored."
                .to_owned(),
        );
    }
    notes.push(format!(
        "Rates: their 95 % intervals carry chance (Garwood){}. Sectors whose intervals overlap may \
         differ by chance alone.",
        if profile.spread { " and how precisely incidents were geocoded" } else { "" }
    ));
    notes.push(
        "The hottest stretches are picked because most incidents are there: part of what sets \
         them apart is chance. Incidents come in spells and repeat at places, so true intervals \
         are wider than those here."
            .to_owned(),
    );
    notes.push(format!(
        "Smoothed: quartic kernel along the line, bandwidth {} km; its 95 % envelope, place by \
         place, is of {} draws of the incidents with replacement (seed {}).",
        km(settings.bandwidth_m, usize::from(settings.bandwidth_m % 1000.0 > 0.0)).shown,
        Datum::count(settings.draws as usize).shown,
        settings.seed
    ));
    for (count, words) in [
        (footing.unlocated, "located worse than the province: in no number"),
        (footing.on_line, "on the line itself: on neither side by coordinate"),
        (footing.unstated, "without a stated precision: taken as exact points"),
    ] {
        if count > 0 {
            notes.push(format!("{} {words}.", Datum::count(count).shown));
        }
    }
    notes.extend(footing.tally.notices().into_iter().map(|notice| format!("{notice}.")));
    notes
}

/// The number of a stretch in four columns.
fn count_cells(count: &StretchCount) -> [Datum; 4] {
    let interval = if count.low == count.high {
        Datum::count(count.low).shown
    } else {
        format!("{}–{}", Datum::count(count.low).shown, Datum::count(count.high).shown)
    };
    [
        Datum::count(count.incidents),
        Datum::number(count.expected, 2).shown(Datum::number(count.expected, 1).shown),
        Datum::count(count.low),
        Datum::count(count.high).shown(interval),
    ]
}

/// Headings of [`rate_cells`].
fn rate_columns(yearly: bool) -> Vec<super::Column> {
    let (all, year) = if yearly { ("", "Per 100 km and year") } else { ("Per 100 km", "") };
    vec![
        numbers("per_100km", ""),
        numbers("per_100km_low", ""),
        numbers("per_100km_high", all),
        numbers("per_100km_year", ""),
        numbers("per_100km_year_low", ""),
        numbers("per_100km_year_high", year),
    ]
}

/// A rate and, where the years are known, the rate a year, each with its interval.
fn rate_cells(rate: &Rate, years: Option<f64>) -> Vec<Datum> {
    let of = |rate: Option<Rate>| {
        let numbers = rate.map(|r| [r.rate, r.low, r.high]);
        let shown =
            numbers.map(|n| n.map(|v| Datum::number(v, if v < 9.95 { 2 } else { 1 }).shown));
        let mut cells = [0, 1, 2].map(|i| Datum::number(numbers.map(|n| n[i]), 4));
        if let Some([rate, low, high]) = shown {
            cells[2].shown = format!("{rate} ({low}–{high})");
        }
        cells
    };
    let mut cells = of(Some(*rate)).to_vec();
    cells.extend(of(years.map(|years| rate.times(1.0 / years))));
    cells
}

fn known(text: &str) -> Datum {
    if text.is_empty() { Datum::unknown().shown("–") } else { Datum::text(text) }
}

fn country(result: &ProfileResult<'_>, side: Side) -> Datum {
    Datum::text(result.profile.names[usize::from(side == Side::Right)].as_str())
}

fn hottest(result: &ProfileResult<'_>) -> Table {
    let names = &result.profile.names;
    let within = km(result.profile.settings.within_m, 0).shown;
    let mut columns = vec![
        numbers("rank", "No."),
        numbers("from_km", ""),
        numbers("to_km", ""),
        words("stretch", "Stretch"),
        words("left", ""),
        words("right", ""),
        words("left_beside", ""),
        words("right_beside", ""),
        numbers("incidents", "Incidents"),
        numbers("incidents_expected", "Expected"),
        numbers("incidents_low", ""),
        numbers("incidents_high", "95 % interval"),
        numbers("left_incidents", ""),
        numbers("left_incidents_expected", format!("{} side", names[0])),
        numbers("left_incidents_low", ""),
        numbers("left_incidents_high", ""),
        numbers("right_incidents", ""),
        numbers("right_incidents_expected", format!("{} side", names[1])),
        numbers("right_incidents_low", ""),
        numbers("right_incidents_high", ""),
        numbers("share", "Share (%)"),
        numbers("times_even", "Times an even spread"),
    ];
    columns.extend(rate_columns(result.years.is_some()));
    columns.push(words("finding", ""));
    let rows = result.hottest.iter().enumerate().map(|(i, stretch)| {
        let mut row = vec![
            Datum::count(i + 1),
            km(stretch.from_m, 1),
            km(stretch.to_m, 1),
            Datum::text(name(stretch)),
            Datum::text(names[0].as_str()),
            Datum::text(names[1].as_str()),
            known(&stretch.beside[0]),
            known(&stretch.beside[1]),
        ];
        row.extend(count_cells(&stretch.both));
        row.extend(stretch.sides.iter().flat_map(count_cells));
        row.push(
            Datum::number(stretch.share, 4).shown(Datum::number(100.0 * stretch.share, 1).shown),
        );
        row.push(
            Datum::number(stretch.times_even, 2).shown(Datum::number(stretch.times_even, 1).shown),
        );
        row.extend(rate_cells(&stretch.per_100km, result.years));
        row.push(Datum::text(sentence(stretch, result.profile.spread, &within)));
        row
    });
    Table {
        name: "hottest",
        caption: format!(
            "The stretches of the line with most incidents within {within} km, most first: where \
             incidents gather"
        ),
        rows: rows.collect(),
        columns,
    }
}

fn sector_columns(beside: &'static str, heading: &str, yearly: bool) -> Vec<super::Column> {
    let mut columns = vec![
        numbers("from_km", ""),
        numbers("to_km", "km of the line"),
        words("side", "Side"),
        words(beside, heading),
        numbers("incidents", "Incidents"),
        numbers("incidents_expected", "Expected"),
        numbers("incidents_low", ""),
        numbers("incidents_high", "95 % interval"),
    ];
    columns.extend(rate_columns(yearly));
    columns
}

fn sector_cells(result: &ProfileResult<'_>, sector: &Sector) -> Vec<Datum> {
    let mut row = vec![
        km(sector.from_m, 1),
        km(sector.to_m, 1).shown(range(sector.from_m, sector.to_m).replacen("km ", "", 1)),
        country(result, sector.side),
        known(&sector.beside),
    ];
    row.extend(count_cells(&sector.count));
    row.extend(rate_cells(&sector.per_100km, result.years));
    row
}

fn sectors(result: &ProfileResult<'_>) -> Table {
    let length = result.sectors.first().map_or(0.0, |s| (s.to_m - s.from_m) / 1000.0);
    let within = km(result.profile.settings.within_m, 0).shown;
    Table {
        name: "sectors",
        caption: format!(
            "Sectors of {} km, from the start of the line: incidents within {within} km whose \
             nearest place on the line lies in each, by side",
            Datum::number(length, usize::from(length.fract().abs() > 0.05)).shown
        ),
        columns: sector_columns("beside", "Along it", result.years.is_some()),
        rows: result.sectors.iter().map(|s| sector_cells(result, s)).collect(),
    }
}

fn districts(result: &ProfileResult<'_>) -> Table {
    let within = km(result.profile.settings.within_m, 0).shown;
    let mut columns = sector_columns("district", "District", result.years.is_some());
    columns.insert(4, words("province", "Province"));
    let rows = result.districts.iter().map(|sector| {
        let mut row = sector_cells(result, sector);
        row.insert(4, known(&sector.province));
        row
    });
    Table {
        name: "districts",
        caption: format!(
            "Districts along the line, from where each begins to where it ends: incidents on its \
             side within {within} km whose nearest place on the line lies there, in that district \
             or behind it"
        ),
        rows: rows.collect(),
        columns,
    }
}

/// For programs: where each stretch starts and ends (km of chainage), how many
/// incidents on either side, the smoothed value at its middle (incidents per
/// stretch) with its envelope, and the province on either side there.
fn stretches(profile: &Profile, strip: &Strip) -> Table {
    let columns = vec![
        numbers("from_km", ""),
        numbers("to_km", ""),
        words("left", ""),
        words("right", ""),
        numbers("left_incidents", ""),
        numbers("right_incidents", ""),
        numbers("left_incidents_expected", ""),
        numbers("right_incidents_expected", ""),
        numbers("left_smoothed", ""),
        numbers("left_smoothed_low", ""),
        numbers("left_smoothed_high", ""),
        numbers("right_smoothed", ""),
        numbers("right_smoothed_low", ""),
        numbers("right_smoothed_high", ""),
        words("left_province", ""),
        words("right_province", ""),
    ];
    let [left, right] = &profile.sides;
    let step_m = profile.settings.step_m;
    let rows = (0..left.counts.len()).map(|i| {
        let from_m = i as f64 * profile.settings.bin_m;
        let to_m = (from_m + profile.settings.bin_m).min(profile.length_m);
        let middle = 0.5 * (from_m + to_m);
        let mut row = vec![
            km(from_m, 1),
            km(to_m, 1),
            Datum::text(profile.names[0].as_str()),
            Datum::text(profile.names[1].as_str()),
            Datum::count(left.counts[i] as usize),
            Datum::count(right.counts[i] as usize),
            Datum::number(left.expected[i], 4),
            Datum::number(right.expected[i], 4),
        ];
        for side in &profile.sides {
            let values = [&side.curve, &side.low, &side.high];
            row.extend(values.map(|curve| Datum::number(at(curve, middle / step_m), 4)));
        }
        row.extend([0, 1].map(|side| known(province(&strip.sides[side], middle))));
        row
    });
    Table {
        name: "stretches",
        caption: "Short stretches, with the smoothed curve".to_owned(),
        rows: rows.collect(),
        columns,
    }
}

/// Value of a curve between its points.
fn at(curve: &[f64], position: f64) -> f64 {
    let i = position.floor() as usize;
    let (a, b) = (curve.get(i), curve.get(i + 1));
    match (a, b) {
        (Some(a), Some(b)) => a + (b - a) * position.fract(),
        (Some(a), None) => *a,
        _ => 0.0,
    }
}

fn province(segments: &[StripSegment], chainage_m: f64) -> &str {
    segments
        .iter()
        .find(|s| (s.from_m..s.to_m).contains(&chainage_m))
        .map_or("", |s| s.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::poisson_binomial::distribution;

    #[test]
    fn a_stretch_is_told_in_a_sentence() {
        let count = |incidents, expected, low, high| StretchCount {
            incidents,
            expected,
            low,
            high,
            number: distribution([]),
        };
        let stretch = HotStretch {
            from_m: 1_780_000.0,
            to_m: 1_830_000.0,
            beside: ["Paktia–Khost".into(), "Kurram".into()],
            sides: [count(1, 2.0, 1, 3), count(5, 4.5, 3, 6)],
            both: count(6, 6.5, 5, 8),
            per_100km: Rate { rate: 13.0, low: 5.0, high: 28.0 },
            share: 0.12,
            times_even: 6.4,
        };
        assert_eq!(
            sentence(&stretch, true, "50"),
            "km 1,780–1,830: Paktia–Khost / Kurram: about 6 (5 to 8; 6 by coordinate), 12 % of \
             those within 50 km on 1.9 % of the line, 6.4 times an even spread."
        );
        assert!(sentence(&stretch, false, "50").contains("Kurram: 6, 12 %"));
        let nowhere = HotStretch { beside: [String::new(), String::new()], ..stretch };
        assert!(sentence(&nowhere, false, "50").starts_with("km 1,780–1,830: 6, "));
    }

    #[test]
    fn a_curve_is_read_between_its_points() {
        assert_eq!([0.0, 0.5, 1.0, 1.5].map(|x| at(&[2.0, 4.0], x)), [2.0, 3.0, 4.0, 4.0]);
    }
}
