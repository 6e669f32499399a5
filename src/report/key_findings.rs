//! What a study finds, in sentences, each with how sure it is.

use super::nearness::near_notes;
use super::{Datum, fixed};
use crate::analysis::{Located, Outlook, Profile, Strip, Zones, ZonesWithin, busiest_stretch};
use crate::model::{Fatalities, Incident, Side};

/// How many incidents lie on either side, and for how many that cannot be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// Left and right with 95 % probability.
    pub sure: [usize; 2],
    /// On neither side with 95 %.
    pub undetermined: usize,
    /// Without a statement of how precise the place is, or known only to the
    /// country.
    pub unstated: usize,
    /// By coordinate: left, right, on the line.
    pub by_coordinate: [usize; 3],
}

/// A side is called from this probability on, as in the table of distances.
const CALLED: f64 = 0.95;

impl Sides {
    /// Counts incidents, each with the outlook over its region where it has one.
    pub fn count(located: &[Located], outlooks: &[Option<Outlook>]) -> Sides {
        let mut sides = Sides::default();
        for (place, outlook) in located.iter().zip(outlooks) {
            let side = place.side.map_or(2, |side| usize::from(side == Side::Right));
            sides.by_coordinate[side] += 1;
            match outlook {
                Some(outlook) => {
                    let called =
                        Side::BOTH.iter().position(|&side| outlook.probability(side) >= CALLED);
                    match called {
                        Some(side) => sides.sure[side] += 1,
                        None => sides.undetermined += 1,
                    }
                }
                None => sides.unstated += 1,
            }
        }
        sides
    }

    /// For how many something says how precise the place is.
    fn told(&self) -> usize {
        self.sure.iter().sum::<usize>() + self.undetermined
    }
}

/// The share of the line that the busiest stretch is looked for in.
const STRETCH_SHARE: f64 = 0.1;
/// The distance of the first sentence, metres, or the nearest break below it.
const NEAR_M: f64 = 25_000.0;

/// The findings of a study, and how many of them are the chief ones, which come
/// first.
pub fn key_findings(
    line: &str,
    incidents: &[Incident],
    located: &[Located],
    zones: &Zones,
    sides: &Sides,
    profile: &Profile,
    strip: &Strip,
) -> (Vec<String>, usize) {
    let mut findings = Vec::new();
    findings.extend(within(line, zones));
    findings.push(by_side(zones, sides));
    findings.extend(busiest(line, incidents.len(), located, profile, strip));
    let chief = findings.len();
    findings.extend(toll(incidents));
    findings.extend(near_notes(zones));
    (findings, chief)
}

fn count(n: usize) -> String {
    Datum::count(n).shown
}

fn share(n: f64, of: usize) -> String {
    let percent = 100.0 * n / of.max(1) as f64;
    fixed(percent, usize::from(percent < 9.95 && percent > 0.0))
}

fn km(metres: f64) -> String {
    let text = fixed(metres / 1000.0, 1);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The share within a distance of the line, by coordinate and with the interval
/// that the precision of the places leaves.
fn within(line: &str, zones: &Zones) -> Option<String> {
    let near = |w: &&ZonesWithin| w.to_m <= NEAR_M;
    let chosen = zones.within.iter().rfind(near).or_else(|| zones.within.first())?;
    let of = zones.counted;
    let mut text = format!(
        "{} of {} incidents ({} %) lie within {} km of {line} by their coordinates",
        count(chosen.incidents),
        count(of),
        share(chosen.incidents as f64, of),
        km(chosen.to_m),
    );
    let apart =
        chosen.low != chosen.high || (chosen.expected - chosen.incidents as f64).abs() > 0.5;
    if apart {
        text.push_str(&format!(
            "; given how precisely the places are known, {} % (95 % interval {} to {} %)",
            share(chosen.expected, of),
            share(chosen.low as f64, of),
            share(chosen.high as f64, of),
        ));
    }
    let last = zones.within.last().filter(|last| last.to_m > chosen.to_m);
    if let Some(last) = last {
        text.push_str(&format!(
            "; within {} km, {} %",
            km(last.to_m),
            share(if apart { last.expected } else { last.incidents as f64 }, of)
        ));
        if apart {
            text.push_str(&format!(
                " ({} to {} %)",
                share(last.low as f64, of),
                share(last.high as f64, of)
            ));
        }
    }
    text.push('.');
    Some(text)
}

fn by_side(zones: &Zones, sides: &Sides) -> String {
    let [left, right] = &zones.names;
    let [on_left, on_right, on_line] = sides.by_coordinate;
    let mut text = format!(
        "By their coordinates {} lie on the {left} side and {} on the {right} side",
        count(on_left),
        count(on_right)
    );
    if on_line > 0 {
        text.push_str(&format!(", {} on the line itself", count(on_line)));
    }
    if sides.told() == 0 {
        text.push_str("; how precise they are is not stated.");
        return text;
    }
    text.push_str(&format!(
        "; by all that is known of each place {} and {} do with at least 95 % probability",
        count(sides.sure[0]),
        count(sides.sure[1]),
    ));
    if sides.undetermined > 0 {
        let rest = count(sides.undetermined);
        text.push_str(&format!(", and for {rest} the side cannot be told"));
    }
    text.push('.');
    if sides.unstated > 0 {
        text.push_str(&format!(
            " For {} nothing says how precise the place is.",
            count(sides.unstated)
        ));
    }
    text
}

fn busiest(
    line: &str,
    of: usize,
    located: &[Located],
    profile: &Profile,
    strip: &Strip,
) -> Option<String> {
    let stretch_m = STRETCH_SHARE * profile.length_m;
    let (from_m, to_m, there) = busiest_stretch(located, stretch_m, profile.settings.within_m)?;
    let provinces = |side: usize| -> Vec<&str> {
        let mut names: Vec<&str> = strip.sides[side]
            .iter()
            .filter(|run| run.to_m > from_m && run.from_m < to_m)
            .map(|run| run.name.as_str())
            .collect();
        names.dedup();
        names
    };
    let beside = |side: usize| {
        let names = provinces(side);
        (!names.is_empty()).then(|| format!("{} ({})", profile.names[side], names.join(", ")))
    };
    let places: Vec<String> = [beside(0), beside(1)].into_iter().flatten().collect();
    let places = if places.is_empty() {
        String::new()
    } else {
        format!(", between {}", places.join(" and "))
    };
    Some(format!(
        "The busiest tenth of {line} runs from km {} to km {}{places}: {} incidents, {} % of all, have \
         their nearest place there and lie within {} km.",
        Datum::number(from_m / 1000.0, 0).shown,
        Datum::number(to_m / 1000.0, 0).shown,
        count(there),
        share(there as f64, of),
        km(profile.settings.within_m)
    ))
}

fn toll(incidents: &[Incident]) -> Option<String> {
    let known = incidents.iter().filter(|i| i.fatalities != Fatalities::default());
    let sum = |of: fn(&Fatalities) -> Option<u32>| -> usize {
        known.clone().filter_map(|i| of(&i.fatalities)).map(|n| n as usize).sum()
    };
    let told = known.clone().count();
    if told == 0 {
        return None;
    }
    let [low, best, high] = [
        sum(|f| f.low.or(f.best).or(f.high)),
        sum(|f| f.best.or(f.low).or(f.high)),
        sum(|f| f.high.or(f.best).or(f.low)),
    ];
    let unknown = incidents.len() - told;
    let besides = match unknown {
        0 => String::new(),
        1 => "; of 1 incident the toll is not known".to_owned(),
        n => format!("; of {} incidents the toll is not known", count(n)),
    };
    Some(format!(
        "{} people were reported killed (best estimates; lowest {}, highest {}){besides}.",
        count(best),
        count(low),
        count(high)
    ))
}
