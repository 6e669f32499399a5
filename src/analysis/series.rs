//! Incidents in time: how many in each week, month or year.

use crate::model::Date;
use jiff::ToSpan;

/// Length of the bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// From Monday to Sunday (ISO 8601).
    Week,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
}

/// A shorter period is counted by week, days.
const BY_WEEK_DAYS: i64 = 200;
/// A longer one by year, days.
const BY_YEAR_DAYS: i64 = 20 * 366;

impl Step {
    /// The step that a period from one day to another reads well in: weeks up to
    /// half a year, months up to twenty years, then years.
    pub fn fitting(from: Date, to: Date) -> Step {
        match days(from, to) {
            n if n <= BY_WEEK_DAYS => Step::Week,
            n if n <= BY_YEAR_DAYS => Step::Month,
            _ => Step::Year,
        }
    }

    /// "week", "month", "year".
    pub fn word(self) -> &'static str {
        match self {
            Step::Week => "week",
            Step::Month => "month",
            Step::Year => "year",
        }
    }

    /// The first day of the bin that holds a day.
    fn start(self, day: Date) -> Option<Date> {
        match self {
            Step::Week => {
                let back = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(back.days()).ok()
            }
            Step::Month => Some(day.first_of_month()),
            Step::Year => Some(day.first_of_year()),
        }
    }

    /// The first day of the bin after one.
    fn after(self, start: Date) -> Option<Date> {
        let span = match self {
            Step::Week => 1.week(),
            Step::Month => 1.month(),
            Step::Year => 1.year(),
        };
        start.checked_add(span).ok()
    }
}

/// Days from one day to another; negative when the second is earlier.
pub fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// A time that the source is known not to cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// The group that it is about; `None` for all.
    pub group: Option<usize>,
    /// First day; `None` for since ever.
    pub from: Option<Date>,
    /// Last day; `None` for from then on.
    pub to: Option<Date>,
}

/// The incidents of a week, month or year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bin {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// How many of each group; `None` where the source does not cover any of it.
    pub counts: Vec<Option<usize>>,
}

impl Bin {
    /// All groups together, those that are not covered left out.
    pub fn total(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// Whether the source covers no group in it.
    pub fn is_blank(&self) -> bool {
        self.counts.iter().all(Option::is_none)
    }
}

/// Counts in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Length of the bins.
    pub step: Step,
    /// In order, without a gap.
    pub bins: Vec<Bin>,
    /// Days that the first and the last bin are cut to, where they are.
    pub cut: [Option<Date>; 2],
    /// Incidents without a date.
    pub undated: usize,
    /// Incidents before the first or after the last bin.
    pub outside: usize,
}

/// Counts incidents, each with its day and its group, from the bin that holds
/// the first day of a period to that of its last one.
///
/// A bin counts as covered unless a hole holds all of it, or all of it that lies
/// in the period. A bin that holds an incident is covered in any case.
pub fn series(
    incidents: &[(Option<Date>, usize)],
    groups: usize,
    [from, to]: [Date; 2],
    step: Step,
    holes: &[Hole],
) -> Series {
    let mut bins: Vec<Bin> = Vec::new();
    let mut start = step.start(from);
    while let Some(first) = start.filter(|first| *first <= to) {
        start = step.after(first);
        let last = start.and_then(|next| next.yesterday().ok()).unwrap_or(to);
        bins.push(Bin { from: first, to: last, counts: vec![Some(0); groups] });
    }
    for bin in &mut bins {
        let (first, last) = (bin.from.max(from), bin.to.min(to));
        for hole in holes {
            if hole.from.is_none_or(|day| day <= first) && hole.to.is_none_or(|day| last <= day) {
                let all = 0..groups;
                for group in all.filter(|g| hole.group.is_none_or(|of| of == *g)) {
                    bin.counts[group] = None;
                }
            }
        }
    }
    let (mut undated, mut outside) = (0, 0);
    for (day, group) in incidents {
        let Some(day) = day else {
            undated += 1;
            continue;
        };
        let at = bins.partition_point(|bin| bin.to < *day);
        match bins.get_mut(at).filter(|bin| bin.from <= *day) {
            Some(bin) => bin.counts[*group] = Some(bin.counts[*group].unwrap_or(0) + 1),
            None => outside += 1,
        }
    }
    let cut = [
        bins.first().filter(|bin| bin.from < from).map(|_| from),
        bins.last().filter(|bin| to < bin.to).map(|_| to),
    ];
    Series { step, bins, cut, undated, outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn bins_follow_the_calendar_and_lose_nothing() {
        let period = [day("2019-12-20"), day("2020-03-01")];
        let incidents: Vec<(Option<Date>, usize)> =
            ["2019-12-20", "2019-12-31", "2020-01-01", "2020-02-29", "2020-03-01", "2020-03-09"]
                .iter()
                .enumerate()
                .map(|(i, text)| (Some(day(text)), i % 2))
                .chain([(None, 0)])
                .collect();
        for step in [Step::Week, Step::Month, Step::Year] {
            let found = series(&incidents, 2, period, step, &[]);
            let counted: usize = found.bins.iter().map(Bin::total).sum();
            assert_eq!(counted + found.undated + found.outside, incidents.len(), "{step:?}");
            for pair in found.bins.windows(2) {
                assert_eq!(pair[0].to.tomorrow().unwrap(), pair[1].from, "{step:?}");
            }
            assert!(found.bins[0].from <= period[0] && period[1] <= found.bins.last().unwrap().to);
        }
        let months = series(&incidents, 2, period, Step::Month, &[]);
        let totals: Vec<usize> = months.bins.iter().map(Bin::total).collect();
        assert_eq!(totals, [2, 1, 1, 2]);
        assert_eq!(months.cut, [Some(period[0]), Some(period[1])]);
        let weeks = series(&incidents, 2, period, Step::Week, &[]);
        assert!(weeks.bins.iter().all(|b| b.from.weekday() == jiff::civil::Weekday::Monday));
    }

    #[test]
    fn what_the_source_does_not_cover_is_no_zero() {
        let period = [day("2016-01-01"), day("2018-12-31")];
        let holes = [
            Hole { group: Some(0), from: None, to: Some(day("2016-12-31")) },
            Hole { group: None, from: Some(day("2018-06-01")), to: None },
        ];
        let found = series(&[(Some(day("2016-05-05")), 0)], 2, period, Step::Month, &holes);
        // An incident is there all the same.
        assert_eq!(found.bins[4].counts, [Some(1), Some(0)]);
        assert_eq!(found.bins[3].counts, [None, Some(0)]);
        assert_eq!(found.bins[12].counts, [Some(0), Some(0)]);
        assert!(found.bins[29].is_blank() && !found.bins[28].is_blank());
        // A year that is partly covered counts.
        let years = series(&[], 2, period, Step::Year, &holes);
        assert_eq!(years.bins[2].counts, [Some(0), Some(0)]);
    }

    #[test]
    fn the_step_follows_the_length_of_the_period() {
        let from = day("2014-12-16");
        assert_eq!(Step::fitting(from, day("2015-03-01")), Step::Week);
        assert_eq!(Step::fitting(from, day("2025-12-05")), Step::Month);
        assert_eq!(Step::fitting(day("1989-01-01"), day("2021-12-31")), Step::Year);
    }
}
