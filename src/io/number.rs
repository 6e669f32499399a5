//! Numbers as people type them into tables, read strictly.
//!
//! Digits, a sign, one decimal mark and an exponent; nothing else. Rust's own
//! parser would take `NaN`, `inf` and `infinity`, other readers take `0x10`,
//! `1_0` or the first half of `48,1`; in a column of coordinates each of those
//! is a mistake to be shown, not a value.

/// The sign between the whole part and the fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum DecimalMark {
    /// 34.5
    #[default]
    Point,
    /// 34,5
    Comma,
}

impl DecimalMark {
    fn byte(self) -> u8 {
        match self {
            DecimalMark::Point => b'.',
            DecimalMark::Comma => b',',
        }
    }
}

/// A text without spaces round it.
pub(super) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        // Nothing to trim, which is told faster than by trimming.
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// The number that a trimmed text is, or `None` when it is anything but a
/// finite decimal number.
pub(super) fn decimal(text: &str, mark: DecimalMark) -> Option<f64> {
    let text = trimmed(text);
    if !is_decimal(text, mark) {
        return None;
    }
    let value: f64 = match mark {
        DecimalMark::Point => text.parse().ok()?,
        DecimalMark::Comma => text.replacen(',', ".", 1).parse().ok()?,
    };
    // 1e400 follows the grammar and is still no number.
    value.is_finite().then_some(value)
}

/// Whether a text follows `[+-] digits [mark digits] [e [+-] digits]`, with a
/// digit before or after the mark.
fn is_decimal(text: &str, mark: DecimalMark) -> bool {
    let mut rest = text.as_bytes();
    if let [b'+' | b'-', tail @ ..] = rest {
        rest = tail;
    }
    let (whole, tail) = digits(rest);
    rest = tail;
    let mut fraction = 0;
    if let [first, tail @ ..] = rest
        && *first == mark.byte()
    {
        (fraction, rest) = digits(tail);
    }
    if whole + fraction == 0 {
        return false;
    }
    if let [b'e' | b'E', tail @ ..] = rest {
        let tail = match tail {
            [b'+' | b'-', tail @ ..] => tail,
            _ => tail,
        };
        let (exponent, tail) = digits(tail);
        return exponent > 0 && tail.is_empty();
    }
    rest.is_empty()
}

/// How many ASCII digits a text starts with, and what follows them.
fn digits(bytes: &[u8]) -> (usize, &[u8]) {
    let count = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    (count, bytes.get(count..).unwrap_or_default())
}

/// Whether a text is a plain number with either decimal mark: what a
/// spreadsheet shows as a number and never takes for a formula.
pub(super) fn is_plain(text: &str) -> bool {
    is_decimal(text, DecimalMark::Point) || is_decimal(text, DecimalMark::Comma)
}

/// The digits before and after the point of a text that is a number and nothing
/// else: no plus sign, no exponent, no zero that a code or a telephone begins
/// with, no more digits than a double keeps.
pub(super) fn plain_digits(text: &str) -> Option<(usize, usize)> {
    let (whole, tail) = digits(text.strip_prefix('-').unwrap_or(text).as_bytes());
    let fraction = match tail {
        [] => 0,
        [b'.', tail @ ..] => match digits(tail) {
            (count, []) if count > 0 => count,
            _ => return None,
        },
        _ => return None,
    };
    let zero = text.trim_start_matches('-').starts_with('0');
    let sound = whole > 0 && !(zero && whole > 1) && whole + fraction <= 15;
    sound.then_some((whole, fraction))
}

/// The number that such a text is.
#[cfg(feature = "archives")]
pub(super) fn plain_number(text: &str) -> Option<f64> {
    plain_digits(text)?;
    text.parse().ok()
}

/// A count of people or a code: a whole number, also when a program wrote it
/// as `3.0`. `None` when it is negative, broken or beyond `u32`.
pub(super) fn whole(text: &str, mark: DecimalMark) -> Option<u32> {
    let text = trimmed(text);
    if let Ok(value) = text.parse::<u32>()
        && text.starts_with(|c: char| c.is_ascii_digit())
    {
        return Some(value);
    }
    let value = decimal(text, mark)?;
    (value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value)).then_some(value as u32)
}

/// Whether a cell says that there is nothing: empty, or one of the words that
/// R, pandas, MySQL and people write for it.
pub(super) fn is_missing(text: &str) -> bool {
    let text = trimmed(text);
    // Most cells are numbers, and no word begins like one.
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    text.is_empty()
        || ["na", "n/a", "nan", "null", "none", "unknown", "\\n", "-", "?"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_a_number() {
        for (text, value) in
            [("34.5", 34.5), (" -71 ", -71.0), ("+.5", 0.5), ("7.", 7.0), ("1.5e+1", 15.0)]
        {
            assert_eq!(decimal(text, DecimalMark::Point), Some(value), "{text}");
        }
        assert_eq!(decimal("48,1", DecimalMark::Comma), Some(48.1));
    }

    #[test]
    fn refuses_what_only_looks_like_one() {
        for text in [
            "",
            " ",
            "NaN",
            "inf",
            "-Infinity",
            "1e400",
            "null",
            "0x10",
            "٤٨",
            "1_0",
            "48,1",
            "48.1.2",
            "1e",
            "+",
            ".",
            "34.5N",
            "34°30",
            "1 234",
            "--1",
            "1e5.5",
            "−71",
        ] {
            assert_eq!(decimal(text, DecimalMark::Point), None, "{text}");
        }
        // A file of decimal commas does not use points.
        assert_eq!(decimal("48.1", DecimalMark::Comma), None);
        assert_eq!(decimal("1,234,5", DecimalMark::Comma), None);
    }

    #[test]
    fn counts_are_whole_and_not_negative() {
        assert_eq!(whole("12", DecimalMark::Point), Some(12));
        assert_eq!(whole("3.0", DecimalMark::Point), Some(3));
        assert_eq!(whole("3,0", DecimalMark::Comma), Some(3));
        assert_eq!(whole("4294967295", DecimalMark::Point), Some(u32::MAX));
        for text in ["-1", "2.5", "4294967296", "12+", "", "a few"] {
            assert_eq!(whole(text, DecimalMark::Point), None, "{text}");
        }
    }

    #[test]
    fn missing_is_a_word_of_its_own() {
        assert!(is_missing("  ") && is_missing("NA") && is_missing("Unknown") && is_missing("\\N"));
        assert!(!is_missing("0") && !is_missing("nap"));
    }

    #[test]
    fn plain_numbers_are_told_from_formulas() {
        assert!(is_plain("-4.4") && is_plain("+1") && is_plain("-4,4") && is_plain("1e-3"));
        assert!(!is_plain("-1+1") && !is_plain("=1") && !is_plain("+92 300 1234567"));
    }
}
