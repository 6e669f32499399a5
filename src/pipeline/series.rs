//! Incidents in time: `durand profile --as time`, and a plate of the report.

use super::figures::{coverage, facts, finish_words};
use super::hotspots::side_alone;
use super::{PipelineError, Study};
use crate::analysis::{Hole, Series, Step, series};
use crate::atlas::{
    Plate, SeriesGroup, Theme, groups_by_category, groups_by_side, most_in_time, series_chart,
};
use crate::io::Format;
use crate::model::{Date, Side};
use crate::project::{Plan, StackedBy};
use crate::report::{Document, Provenance, series_document};

/// Counts in time with what they are of.
pub(super) struct InTime {
    series: Series,
    of: Vec<usize>,
    pub document: Document,
}

/// Counts a study's incidents in time; `None` when none has a date.
pub(super) fn in_time(plan: &Plan, study: &Study) -> Option<InTime> {
    let (first, last) = study.span?;
    let period = [plan.filter.from.unwrap_or(first), plan.filter.to.unwrap_or(last)];
    let step = plan.series.step.unwrap_or_else(|| Step::fitting(period[0], period[1]));
    let (groups, of) = groups(plan, study, Theme::Light);
    let dated: Vec<(Option<Date>, usize)> =
        study.incidents.iter().zip(&of).map(|(incident, group)| (incident.date, *group)).collect();
    let series = series(&dated, groups.len(), period, step, &holes(plan, study));
    let by = plan.series.by.word();
    let provenance = study.provenance("profile", plan, &["time"]);
    let labels: Vec<String> = groups.into_iter().map(|g| g.label).collect();
    let notes = vec![format!(
        "Each incident counts in the {} of its day. Empty: not covered by the data.",
        step.word()
    )];
    let notes = notes.into_iter().chain(coverage(study)).collect();
    let findings = most_in_time(&series).into_iter().collect();
    let document = series_document(&series, by, &labels, findings, notes, provenance);
    Some(InTime { series, of, document })
}

/// As [`in_time`], for a command that was asked for it.
///
/// # Errors
/// When no incident has a date.
pub(super) fn asked_in_time(plan: &Plan, study: &Study) -> Result<InTime, PipelineError> {
    in_time(plan, study).ok_or_else(|| {
        PipelineError::asked(
            "no incident has a date",
            "name the column of dates with --column date=COLUMN",
        )
    })
}

fn groups(plan: &Plan, study: &Study, theme: Theme) -> (Vec<SeriesGroup>, Vec<usize>) {
    match plan.series.by {
        StackedBy::Side => groups_by_side(&study.layers.index.border, &study.located, theme),
        StackedBy::Category => groups_by_category(&study.incidents, theme),
    }
}

/// The chart.
pub(super) fn series_plate(plan: &Plan, study: &Study, found: &InTime, from: &Provenance) -> Plate {
    let (groups, _) = groups(plan, study, plan.figures.page.theme);
    debug_assert_eq!(found.of.len(), study.incidents.len());
    // The credits of the bundled list say it already.
    let caveats = if study.bundled_incidents { Vec::new() } else { coverage(study) };
    let words = facts(study).series_chart(&found.series, plan.series.by.word(), &caveats);
    let words = finish_words(words, &plan.figures, from.line());
    series_chart(&found.series, &groups, &plan.series.marks, &words, &plan.figures.page)
}

/// What the sources are known not to cover: the time before the first and after
/// the last record of the files, and what their publishers say. Of several
/// sources each may fill another's gaps, so only the first holds.
fn holes(plan: &Plan, study: &Study) -> Vec<Hole> {
    let mut holes = Vec::new();
    let mut hole = |group, from: Option<Date>, to: Option<Date>| {
        holes.push(Hole { group, from, to });
    };
    if let Some((first, last)) = study.span {
        hole(None, None, first.yesterday().ok());
        hole(None, last.tomorrow().ok(), None);
    }
    let eve = |year: i16| Date::new(year - 1, 12, 31).ok();
    let one = study.formats.first().filter(|f| study.formats.iter().all(|g| g == *f));
    match one {
        Some(Format::Acled) if plan.series.by == StackedBy::Side => {
            for (country, year) in [("Pakistan", 2010), ("Afghanistan", 2017)] {
                if let Some(side) = study.layers.index.border.side_named(country) {
                    hole(Some(usize::from(side == Side::Right)), None, eve(year));
                }
            }
        }
        Some(Format::Acled) => hole(None, None, eve(2010)),
        Some(Format::UcdpGed) => hole(None, None, eve(1989)),
        // The records of 1993 were lost.
        Some(Format::Gtd) => hole(None, Date::new(1993, 1, 1).ok(), eve(1994)),
        _ => {}
    }
    // A file of one country says nothing of the other side.
    if let (StackedBy::Side, (Some(side), Some(_))) = (plan.series.by, side_alone(plan, study)) {
        hole(Some(usize::from(side == Side::Left)), None, None);
    }
    holes
}
