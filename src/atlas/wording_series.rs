//! The words of the chart of incidents in time.

use super::Words;
use super::wording::{Facts, day, grouped, month};
use crate::analysis::{Bin, Series, Step};

/// What a bin is called: "August 2021", "2021", "the week of 9 August 2021".
pub fn bin_words(step: Step, bin: &Bin) -> String {
    match step {
        Step::Week => format!("the week of {}", day(bin.from)),
        Step::Month => format!("{} {}", month(bin.from), bin.from.year()),
        Step::Year => bin.from.year().to_string(),
    }
}

impl Facts {
    /// For the chart in time; `by` is what bars are stacked by, `caveats` what
    /// to beware of in the sources.
    pub fn series_chart(&self, series: &Series, by: &str, caveats: &[String]) -> Words {
        let step = series.step.word();
        let mut method = Vec::new();
        if step == "week" {
            method.push("Weeks run from Monday to Sunday.".to_owned());
        }
        let cut: Vec<String> = [("begins on", series.cut[0]), ("ends on", series.cut[1])]
            .into_iter()
            .filter_map(|(verb, day_cut)| Some(format!("{verb} {}", day(day_cut?))))
            .collect();
        if !cut.is_empty() {
            method.push(format!(
                "The time shown {}: a {step} that is cut there may be counted in part.",
                cut.join(" and ")
            ));
        }
        for (n, what) in [(series.undated, "without a date"), (series.outside, "outside of it")] {
            if n > 0 {
                let verb = if n == 1 { "incident is" } else { "incidents are" };
                method.push(format!("{} {verb} {what} and not shown.", grouped(n as u64)));
            }
        }
        method.extend_from_slice(caveats);
        let mut words = self.words(
            false,
            format!("Incidents by {step} along {}{}", self.the_line(), self.years()),
            format!("Incidents per {step}, by {by} · {}", self.counted()),
            &method,
        );
        if let Some(most) = most(series) {
            words.description = format!("{} {most}", words.description);
        }
        words
    }
}

/// When there were most, in a sentence.
pub fn most(series: &Series) -> Option<String> {
    let highest = series.bins.iter().map(Bin::total).max().filter(|n| *n > 0)?;
    let bins: Vec<&Bin> = series.bins.iter().filter(|bin| bin.total() == highest).collect();
    let first = bin_words(series.step, bins[0]);
    let others = match bins.len() - 1 {
        0 => String::new(),
        1 => ", and as many in another".to_owned(),
        n => format!(", and as many in {n} others"),
    };
    let step = series.step.word();
    Some(format!("Most in one {step}: {} in {first}{others}.", grouped(highest as u64)))
}
