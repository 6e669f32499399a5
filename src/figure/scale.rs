//! From values to lengths and classes: linear, logarithmic and classed scales,
//! round ticks, and numbers as they are printed.

/// Thin no-break space, between a number and its unit.
pub const THIN: char = '\u{202f}';

/// A linear scale: values of a domain to places on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    /// First and last value.
    pub domain: [f64; 2],
    /// Where they lie, points.
    pub range: [f64; 2],
}

impl Linear {
    /// The place of a value; values outside the domain lie outside the range. A
    /// domain of no length puts all at the start.
    pub fn at(&self, value: f64) -> f64 {
        let [low, high] = self.domain;
        let share = if high == low { 0.0 } else { (value - low) / (high - low) };
        self.range[0] + share * (self.range[1] - self.range[0])
    }
}

/// A logarithmic scale: positive values of a domain to places on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Log {
    /// First and last value, positive.
    pub domain: [f64; 2],
    /// Where they lie, points.
    pub range: [f64; 2],
}

impl Log {
    /// The place of a value; `None` for values that are not positive.
    pub fn at(&self, value: f64) -> Option<f64> {
        let domain = self.domain.map(f64::log10);
        (value > 0.0).then(|| Linear { domain, range: self.range }.at(value.log10()))
    }
}

/// Classes of values: class `i` holds `breaks[i] <= value < breaks[i + 1]`, the
/// last one also its upper break.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes {
    breaks: Vec<f64>,
}

impl Classes {
    /// Classes between breaks that ascend; `None` for fewer than two of them, or
    /// where one is not finite or not above the one before.
    pub fn new(breaks: Vec<f64>) -> Option<Classes> {
        let ascend = breaks.windows(2).all(|w| w[0] < w[1]) && breaks.iter().all(|b| b.is_finite());
        (ascend && breaks.len() >= 2).then_some(Classes { breaks })
    }

    /// At most `count` classes with breaks of 1, 2 or 5 times a power of ten: the
    /// uppermost reaches the highest value, the lowest starts where the values
    /// do, or `count` breaks below. `None` if no value is positive.
    pub fn round(lowest: f64, highest: f64, count: usize) -> Option<Classes> {
        if !(highest > 0.0 && highest.is_finite() && count > 0) {
            return None;
        }
        let mut breaks = vec![step_125(highest, true)];
        while breaks.len() <= count && breaks.last().is_some_and(|&b| b > lowest) {
            let below = step_125(breaks[breaks.len() - 1] * 0.9, false);
            if below <= 0.0 {
                break;
            }
            breaks.push(below);
        }
        breaks.reverse();
        Classes::new(breaks)
    }

    /// Classes of about equal numbers of values (quantiles of Hyndman and Fan's
    /// type 7; equal breaks are merged). `None` for fewer than two different values.
    pub fn quantiles(values: &[f64], count: usize) -> Option<Classes> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let quantile = |q: f64| {
            let place = q * last as f64;
            let below = place.floor() as usize;
            let above = (below + 1).min(last);
            sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
        };
        let mut breaks: Vec<f64> =
            (0..=count).map(|i| quantile(i as f64 / count.max(1) as f64)).collect();
        breaks.dedup();
        Classes::new(breaks)
    }

    /// The breaks, ascending; one more than there are classes.
    pub fn breaks(&self) -> &[f64] {
        &self.breaks
    }

    /// Number of classes.
    pub fn count(&self) -> usize {
        self.breaks.len() - 1
    }

    /// The class of a value; `None` below the first break or if it is not a
    /// number; above the last break it is the last class.
    pub fn class(&self, value: f64) -> Option<usize> {
        let below = self.breaks.iter().take_while(|&&b| b <= value).count();
        below.checked_sub(1).map(|class| class.min(self.count() - 1))
    }
}

/// 1, 2 or 5 times a power of ten: the least that is not below a value, or the
/// greatest that is not above it. The value is positive and finite.
fn step_125(value: f64, up: bool) -> f64 {
    let power = value.log10().floor() as i32;
    let steps = (power - 1..=power + 1).flat_map(|p| [1.0, 2.0, 5.0].map(|m| round_power(m, p)));
    // A value that is a step up to rounding is that step.
    let slack = 1e-9 * value;
    let mut found = 0.0;
    for step in steps {
        if up && step >= value - slack {
            return step;
        }
        if !up && step <= value + slack {
            found = step;
        }
    }
    found
}

/// `m × 10^p`, exact where a double can be.
fn round_power(m: f64, p: i32) -> f64 {
    if p >= 0 { m * 10f64.powi(p) } else { m / 10f64.powi(-p) }
}

/// Round values within `[low, high]`: multiples of the finest step of 1, 2 or 5
/// times a power of ten that gives at most `about + 1` of them. Empty if the
/// bounds are not finite and ascending.
pub fn ticks(low: f64, high: f64, about: usize) -> Vec<f64> {
    let Some((first, last, step)) = tick_multiples(low, high, about) else { return Vec::new() };
    let power = step.log10().floor() as i32;
    let m = (step / round_power(1.0, power)).round();
    (first..=last).map(|k| round_power(m * k as f64, power)).collect()
}

/// The step of [`ticks`]; the whole span where there are none.
pub fn tick_step(low: f64, high: f64, about: usize) -> f64 {
    tick_multiples(low, high, about).map_or(high - low, |(_, _, step)| step)
}

fn tick_multiples(low: f64, high: f64, about: usize) -> Option<(i64, i64, f64)> {
    if !(low.is_finite() && high.is_finite() && low < high) || about == 0 {
        return None;
    }
    let mut step = step_125((high - low) / (about as f64 + 2.0), true);
    loop {
        let slack = 1e-9;
        let (first, last) =
            ((low / step - slack).ceil() as i64, (high / step + slack).floor() as i64);
        if last - first <= about as i64 {
            return (first <= last).then_some((first, last, step));
        }
        step = step_125(1.01 * step, true);
    }
}

/// 1, 2 and 5 times the powers of ten within `[low, high]`, both positive.
pub fn log_ticks(low: f64, high: f64) -> Vec<f64> {
    if !(low > 0.0 && high.is_finite() && low <= high) {
        return Vec::new();
    }
    let powers = low.log10().floor() as i32..=high.log10().ceil() as i32;
    powers
        .flat_map(|p| [1.0, 2.0, 5.0].map(|m| round_power(m, p)))
        .filter(|&t| t >= low * (1.0 - 1e-9) && t <= high * (1.0 + 1e-9))
        .collect()
}

/// Decimals that show a step of an axis: 0 for 5, 1 for 0.5, 2 for 0.25.
pub fn decimals(step: f64) -> usize {
    (0..9).find(|&d| (step * 10f64.powi(d as i32)).fract().abs() < 1e-6).unwrap_or(9)
}

/// A number as printed: a comma between thousands, a true minus sign, no minus
/// before zero. What is not a number is "n/a".
pub fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "n/a".to_owned();
    }
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) =
        plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    let mut text = String::new();
    if value < 0.0 && plain.contains(|c: char| ('1'..='9').contains(&c)) {
        text.push('\u{2212}');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A count as printed.
pub fn count(value: usize) -> String {
    number(value as f64, 0)
}

/// A positive quantity with two significant figures: 0.042, 0.42, 4.2, 42, 420.
/// Zero is "0".
pub fn two_figures(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return number(value, 0);
    }
    let power = value.abs().log10().floor() as i32;
    // 9.96 rounds up into the next power: count its decimals after rounding.
    let rounded = (value.abs() / 10f64.powi(power - 1)).round() * 10f64.powi(power - 1);
    let power = rounded.log10().floor() as i32;
    number(value, usize::try_from(1 - power).unwrap_or(0))
}

/// A break of classes with no more decimals than it has: 0.05, 0.5, 5, 5,000.
pub fn plain(value: f64) -> String {
    if value >= 1000.0 {
        return number(value, 0);
    }
    let text = format!("{value:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_one_two_five() {
        let mut span = 3.7e-4;
        while span < 1e7 {
            for about in [3, 5, 8] {
                for low in [0.0, -span, 0.37 * span] {
                    let t = ticks(low, low + span, about);
                    assert!(t.len() >= 2 && t.len() <= about + 1, "{span} {about}: {t:?}");
                    let step = t[1] - t[0];
                    let m = step / 10f64.powf(step.log10().floor());
                    let near = |n: f64| (m - n).abs() < 1e-6 || (m - 10.0 * n).abs() < 1e-6;
                    assert!(near(1.0) || near(2.0) || near(5.0), "{m}");
                    assert!(
                        t[0] >= low - 1e-9 * span && t[t.len() - 1] <= low + span * (1.0 + 1e-9)
                    );
                    let k = t[0] / step;
                    assert!((k - k.round()).abs() < 1e-6, "multiples of the step");
                }
            }
            span *= 1.31;
        }
        assert_eq!(ticks(0.0, 100.0, 5), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(0.0, 0.3, 3), [0.0, 0.1, 0.2, 0.3]);
        assert!(ticks(0.0, f64::INFINITY, 5).is_empty() && ticks(1.0, 1.0, 5).is_empty());
        assert!(ticks(f64::NAN, 1.0, 5).is_empty());
        assert_eq!(log_ticks(0.2, 10.0), [0.2, 0.5, 1.0, 2.0, 5.0, 10.0]);
    }

    #[test]
    fn classes_hold_their_values() {
        let classes = Classes::round(0.03, 14.0, 6).unwrap();
        assert_eq!(classes.breaks(), [0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0]);
        assert_eq!(
            (classes.class(0.1), classes.class(0.2), classes.class(20.0)),
            (None, Some(0), Some(5))
        );
        assert_eq!(
            (classes.class(4.999), classes.class(5.0), classes.class(99.0)),
            (Some(3), Some(4), Some(5))
        );
        assert_eq!(classes.class(f64::NAN), None);
        assert_eq!(Classes::round(3.0, 20.0, 6).unwrap().breaks(), [2.0, 5.0, 10.0, 20.0]);
        assert!(Classes::round(0.0, 0.0, 5).is_none() && Classes::new(vec![1.0, 1.0]).is_none());
        let fours = Classes::quantiles(&[1.0, 2.0, 3.0, 4.0, 5.0], 4).unwrap();
        assert_eq!(fours.breaks(), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert!(Classes::quantiles(&[7.0, 7.0], 4).is_none());
    }

    #[test]
    fn scales_meet_their_ends() {
        let linear = Linear { domain: [0.0, 200.0], range: [10.0, 110.0] };
        assert_eq!((linear.at(0.0), linear.at(100.0), linear.at(200.0)), (10.0, 60.0, 110.0));
        assert_eq!(Linear { domain: [1.0, 1.0], range: [3.0, 9.0] }.at(1.0), 3.0);
        let log = Log { domain: [0.1, 10.0], range: [0.0, 100.0] };
        assert!((log.at(1.0).unwrap() - 50.0).abs() < 1e-9);
        assert_eq!(log.at(0.0), None);
    }

    #[test]
    fn numbers_as_printed() {
        assert_eq!(number(1_234_567.0, 0), "1,234,567");
        assert_eq!(number(-1234.5, 1), "\u{2212}1,234.5");
        assert_eq!(number(-0.04, 1), "0.0");
        assert_eq!(number(f64::NAN, 1), "n/a");
        assert_eq!(number(100.0, 0), "100");
        assert_eq!([0.05, 0.5, 5.0, 20.0, 5e3].map(plain), ["0.05", "0.5", "5", "20", "5,000"]);
        let figures = [0.042, 0.4249, 4.24, 42.4, 424.0, 9.96, 0.0].map(two_figures);
        assert_eq!(figures, ["0.042", "0.42", "4.2", "42", "424", "10", "0"]);
        assert_eq!([5.0, 0.5, 0.25, 200.0].map(decimals), [0, 1, 2, 0]);
    }
}
