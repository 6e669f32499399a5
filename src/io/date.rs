//! Dates in the forms that event tables use, without guessing.
//!
//! A date with the year first, or with the month as a word, says by itself
//! what it is. `03/04/2022` does not: whether the day or the month comes first
//! is decided on the whole column ([`OrderVotes`]), or not at all.

use crate::model::Date;

/// What one cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The source gives no day.
    Unknown,
    /// A certain day.
    Day(Date),
    /// Two numbers and a year; which is the day is not said.
    Numeric { first: u8, second: u8, year: i16 },
}

/// Years outside of these are typing errors in any file of incidents.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2200;

/// Reads a cell that is not empty: `2023-02-16`, `2023/2/16`, either with a
/// time after it, `20230216`, `20230216113000`, `16 May 2025`, `16-May-2025`,
/// `May 16, 2025`, or three numbers with the year last.
///
/// # Errors
/// The reason in words when it is none of these, or no such day exists.
pub(super) fn read(text: &str) -> Result<Reading, String> {
    let text = super::number::trimmed(text);
    if let Some((year, month, number)) = usual(text) {
        return day(year, month, number).map(Reading::Day);
    }
    read_any(text)
}

fn read_any(text: &str) -> Result<Reading, String> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return read_compact(text);
    }
    read_numbers(text).or_else(|| read_month_name(text)).unwrap_or_else(|| {
        Err("is not a date that is read here (2023-02-16 is the safest form)".into())
    })
}

/// The year, month and day of `2023-02-16` and `16 February 2023`, the most usual
/// forms by far: what [`read_any`] finds, faster.
fn usual(text: &str) -> Option<(i16, u8, u8)> {
    let ([a, b, c, d], month, day) = match *text.as_bytes() {
        [a, b, c, d, b'-', e, f, b'-', g, h] => ([a, b, c, d], two(e, f)?, two(g, h)?),
        [a, b' ', ref name @ .., b' ', c, d, e, f] => ([c, d, e, f], month(name)?, two(b'0', a)?),
        [a, b, b' ', ref name @ .., b' ', c, d, e, f] => ([c, d, e, f], month(name)?, two(a, b)?),
        _ => return None,
    };
    Some((100 * i16::from(two(a, b)?) + i16::from(two(c, d)?), month, day))
}

/// The number of two digits.
fn two(tens: u8, ones: u8) -> Option<u8> {
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    digits.then(|| 10 * (tens - b'0') + (ones - b'0'))
}

/// The month of a whole name.
fn month(name: &[u8]) -> Option<u8> {
    let found = MONTHS.iter().position(|month| month.as_bytes().eq_ignore_ascii_case(name))?;
    Some(found as u8 + 1)
}

/// The day of a year, month and day given as numbers.
///
/// # Errors
/// When there is no such day, or the year is none of these centuries.
pub(super) fn day(year: i16, month: u8, day: u8) -> Result<Date, String> {
    if !YEARS.contains(&year) {
        return Err(format!("has the year {year}, outside {}..{}", YEARS.start(), YEARS.end()));
    }
    // Casts: both came from at most two digits.
    Date::new(year, month as i8, day as i8).map_err(|_| "is a day that does not exist".into())
}

/// `yyyymmdd`, with or without `hhmmss`.
fn read_compact(text: &str) -> Result<Reading, String> {
    let number = |range| text.get(range).and_then(|t: &str| t.parse::<u16>().ok());
    match (text.len(), number(0..4), number(4..6), number(6..8)) {
        (8 | 14, Some(year), Some(month), Some(d)) => {
            day(year as i16, month as u8, d as u8).map(Reading::Day)
        }
        (4, ..) => Err("is a year without month and day".into()),
        (5, ..) => Err("looks like a day number of Excel; export the dates as 2023-02-16".into()),
        _ => Err("is not a date that is read here (2023-02-16 is the safest form)".into()),
    }
}

/// Three numbers with `-`, `/` or `.` between them, and perhaps a time.
/// `None` when it is not of this form.
fn read_numbers(text: &str) -> Option<Result<Reading, String>> {
    let separator = text.bytes().position(|b| matches!(b, b'-' | b'/' | b'.'))?;
    let mark = text.get(separator..=separator)?;
    let (first, rest) = text.split_once(mark)?;
    let (second, rest) = rest.split_once(mark)?;
    let third_len = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (third, time) = rest.split_at_checked(third_len)?;
    if !is_time(time) {
        return None;
    }
    let number = |t: &str| {
        (t.len() <= 4 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<i16>().ok())?
    };
    let (a, b, c) = (number(first)?, number(second)?, number(third)?);
    let short = |t: &str| t.len() <= 2;
    if first.len() == 4 && short(second) && short(third) {
        Some(day(a, b as u8, c as u8).map(Reading::Day))
    } else if short(first) && short(second) && third.len() == 4 {
        let (first, second) = (a as u8, b as u8);
        let possible = |d: u8, m: u8| (1..=31).contains(&d) && (1..=12).contains(&m);
        Some(if possible(first, second) || possible(second, first) {
            Ok(Reading::Numeric { first, second, year: c })
        } else {
            Err("is a day that does not exist".into())
        })
    } else if short(first) && short(second) && short(third) {
        Some(Err("has a year of two digits".into()))
    } else {
        None
    }
}

/// Whether what follows a date is nothing, or a time of day.
fn is_time(text: &str) -> bool {
    let rest = text.trim_end();
    rest.is_empty()
        || (rest.starts_with([' ', 'T'])
            && rest.contains(':')
            && rest.bytes().skip(1).all(|b| b.is_ascii_digit() || b" :.+-ZAPMapm".contains(&b)))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// `16 May 2025` or `May 16, 2025`. `None` when it is not of this form.
fn read_month_name(text: &str) -> Option<Result<Reading, String>> {
    let mut parts = text.split([' ', '-', ',', '/']).filter(|t| !t.is_empty());
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let month = |t: &str| {
        let t = t.strip_suffix('.').unwrap_or(t);
        let named = |m: &&str| m.get(..t.len()).is_some_and(|m| m.eq_ignore_ascii_case(t));
        (t.len() >= 3).then(|| MONTHS.iter().position(named))?.map(|i| i as u8 + 1)
    };
    let (d, m) = match (month(a), month(b)) {
        (None, Some(m)) => (a, m),
        (Some(m), None) => (b, m),
        _ => return None,
    };
    let d = (d.len() <= 2).then(|| d.parse::<u8>().ok())??;
    if c.len() == 2 && c.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Err("has a year of two digits".into()));
    }
    let year = (c.len() == 4).then(|| c.parse::<i16>().ok())??;
    Some(day(year, m, d).map(Reading::Day))
}

/// Whether the day or the month comes first in dates with the year last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// 16/02/2023
    DayFirst,
    /// 02/16/2023
    MonthFirst,
}

/// What a whole column of numeric dates says about their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Dates that can be read only one way decide it.
    Decided(Order),
    /// Every date could be read both ways.
    Ambiguous,
    /// Some can only be read day first, others only month first.
    Contradictory,
}

/// What the dates of a column say of the order of day and month; adds up over
/// parts of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OrderVotes {
    /// Dates that say by themselves which day they are.
    pub(super) certain: u64,
    /// Dates with the year last.
    pub(super) numeric: u64,
    day_first: u64,
    month_first: u64,
    either: u64,
    /// The first date with the year last, as written.
    pub(super) example: String,
}

impl OrderVotes {
    /// Counts a date with the year last.
    pub(super) fn count(&mut self, first: u8, second: u8, text: &str) {
        if self.numeric == 0 {
            self.example = text.to_owned();
        }
        self.numeric += 1;
        match (first > 12, second > 12) {
            (true, false) => self.day_first += 1,
            (false, true) => self.month_first += 1,
            // 05/05 is the fifth of May in both orders.
            _ => self.either += u64::from(first != second),
        }
    }

    /// Adds the votes of a later part.
    pub(super) fn add(&mut self, later: &OrderVotes) {
        if self.numeric == 0 {
            self.example.clone_from(&later.example);
        }
        self.certain += later.certain;
        self.numeric += later.numeric;
        self.day_first += later.day_first;
        self.month_first += later.month_first;
        self.either += later.either;
    }

    /// The order of the column. A few dates (under one in twenty) against all
    /// others are taken for slips and do not fit the order found.
    pub(super) fn verdict(&self) -> Verdict {
        if self.day_first > 20 * self.month_first {
            Verdict::Decided(Order::DayFirst)
        } else if self.month_first > 20 * self.day_first {
            Verdict::Decided(Order::MonthFirst)
        } else if self.day_first + self.month_first > 0 {
            Verdict::Contradictory
        } else if self.either == 0 {
            Verdict::Decided(Order::DayFirst)
        } else {
            Verdict::Ambiguous
        }
    }
}

impl Order {
    /// The day that two numbers and a year mean in this order.
    ///
    /// # Errors
    /// When there is no such day.
    pub(super) fn day(self, first: u8, second: u8, year: i16) -> Result<Date, String> {
        match self {
            Order::DayFirst => day(year, second, first),
            Order::MonthFirst => day(year, first, second),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn forms_that_say_what_they_are() {
        for text in [
            "2023-02-16",
            " 2023-2-16 ",
            "2023/02/16",
            "2023.02.16",
            "2023-02-16 00:00:00.000",
            "2023-02-16T11:30:00Z",
            "2023-02-16T11:30:00+04:30",
            "20230216",
            "20230216113000",
            "16 February 2023",
            "16 Feb 2023",
            "16-Feb-2023",
            "February 16, 2023",
        ] {
            assert_eq!(read(text), Ok(Reading::Day(date(2023, 2, 16))), "{text}");
        }
        assert_eq!(read("16 May 2025"), Ok(Reading::Day(date(2025, 5, 16))));
    }

    #[test]
    fn days_that_do_not_exist() {
        for text in [
            "2022-02-30",
            "0000-00-00",
            "20221301",
            "31 April 2022",
            "13/13/2022",
            "00/00/2022",
            "2022-00-10",
            "0202-03-04",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_usual_forms_are_read_as_any_other() {
        let mut usual_ones = 0;
        for year in [0, 999, 1799, 1800, 2023, 2200, 2201, 9999] {
            for month in 0..14 {
                for number in [0, 1, 9, 10, 28, 29, 30, 31, 32, 99] {
                    let name = MONTHS.get(month).unwrap_or(&"Mai");
                    for text in [
                        format!("{year:04}-{month:02}-{number:02}"),
                        format!("{number} {name} {year:04}"),
                        format!("{number:02} {} {year:04}", name.to_uppercase()),
                        format!("{number} {name} {year}"),
                        format!("{year}-{month}-{number}"),
                        format!("{number} {name}  {year:04}"),
                        format!("{number}, {name} {year:04}"),
                    ] {
                        usual_ones += usize::from(usual(&text).is_some());
                        assert_eq!(read(&text), read_any(&text), "{text}");
                    }
                }
            }
        }
        assert!(usual_ones > 2_000, "{usual_ones}");
    }

    #[test]
    fn other_forms_are_not_guessed() {
        for (text, word) in [
            ("16 May 25", "two digits"),
            ("16/02/23", "two digits"),
            ("44927", "Excel"),
            ("2023", "year without"),
            ("yesterday", "not a date"),
            ("2023-02-16 or later", "not a date"),
            ("2023-02", "not a date"),
            ("16 Ma 2025", "not a date"),
        ] {
            let reason = read(text).unwrap_err();
            assert!(reason.contains(word), "{text}: {reason}");
        }
        let numeric = Reading::Numeric { first: 16, second: 2, year: 2023 };
        assert_eq!(read("16/02/2023"), Ok(numeric));
        assert_eq!(read("16-2-2023 10:00"), Ok(numeric));
        assert_eq!(read("16.02.2023"), Ok(numeric));
    }

    #[test]
    fn a_column_decides_its_order_or_does_not() {
        let decide = |pairs: &[(u8, u8)]| {
            let mut votes = OrderVotes::default();
            pairs.iter().for_each(|&(first, second)| votes.count(first, second, ""));
            votes.verdict()
        };
        assert_eq!(decide(&[(3, 4), (16, 2)]), Verdict::Decided(Order::DayFirst));
        assert_eq!(decide(&[(3, 4), (2, 16)]), Verdict::Decided(Order::MonthFirst));
        assert_eq!(decide(&[(3, 4), (5, 6)]), Verdict::Ambiguous);
        assert_eq!(decide(&[(5, 5)]), Verdict::Decided(Order::DayFirst));
        assert_eq!(decide(&[(16, 2), (2, 16)]), Verdict::Contradictory);
        let mut many = vec![(16, 2); 30];
        many.push((2, 16));
        assert_eq!(decide(&many), Verdict::Decided(Order::DayFirst));
        assert!(Order::DayFirst.day(2, 16, 2023).is_err());
        assert_eq!(Order::MonthFirst.day(2, 16, 2023), Ok(date(2023, 2, 16)));
    }
}
