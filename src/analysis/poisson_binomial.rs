//! The distribution of a number of events that happen independently, each with
//! its own probability.

/// The probabilities of a number of events.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    /// The smallest number that is not all but impossible.
    pub first: usize,
    /// Probabilities of that number and those after it.
    pub mass: Vec<f64>,
}

/// Ends of a distribution below this are left off, event after event.
const NOTHING: f64 = 1e-22;

/// Events that are added one after the other before they are put together with
/// those before them.
const TOGETHER: usize = 1024;

/// The distribution of the number of events; see [`Events`].
pub fn distribution(probabilities: impl IntoIterator<Item = f64>) -> Count {
    let mut events = Events::default();
    for p in probabilities {
        events.add(p, 1);
    }
    events.count()
}

/// Events that are added up to the distribution of their number: one after the
/// other (Y. Hong 2013, On computing the distribution function for the Poisson
/// binomial distribution, Comput. Stat. Data Anal. 59, 41–51, §2.2), and each 1,024
/// of them with as many before them, as the digits of a binary number carry.
///
/// The result depends on the events and their order and on nothing else.
///
/// # Accuracy
/// Exact but for rounding, which only adds terms of one sign, and for ends whose
/// probability is below 1e-22 for each event: below 1e-16 for a million.
///
/// # Complexity
/// Of n uncertain events, whose number has the standard deviation s: some
/// hundred operations an event, and 400 s² for each doubling of 1,024 up to n.
/// Memory: some fifty standard deviations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Events {
    /// Events that happen for certain.
    sure: usize,
    /// The latest, fewer than [`TOGETHER`]; empty without any.
    latest: Vec<f64>,
    /// Those before them, in sums of ever fewer.
    sums: Vec<Sum>,
}

/// The distribution of the number of some events.
#[derive(Clone, Debug, PartialEq)]
struct Sum {
    /// How often [`TOGETHER`] events these are: a power of two.
    times: usize,
    count: Count,
}

impl Events {
    /// Adds some events of one probability.
    pub fn add(&mut self, p: f64, times: usize) {
        if p >= 1.0 {
            self.sure += times;
        } else if p > 0.0 {
            for _ in 0..times {
                self.latest.push(p);
                if self.latest.len() == TOGETHER {
                    self.carry();
                }
            }
        }
    }

    /// Puts the latest events together with as many before them.
    fn carry(&mut self) {
        let mut sum = Sum { times: 1, count: one_after_the_other(&self.latest) };
        self.latest.clear();
        while let Some(before) = self.sums.pop_if(|before| before.times == sum.times) {
            sum = Sum { times: 2 * sum.times, count: before.count.and(&sum.count) };
        }
        self.sums.push(sum);
    }

    /// The distribution of their number.
    pub fn count(&self) -> Count {
        let mut count = one_after_the_other(&self.latest);
        for sum in self.sums.iter().rev() {
            count = sum.count.and(&count);
        }
        count.first += self.sure;
        count
    }
}

/// The distribution of a number of uncertain events.
fn one_after_the_other(probabilities: &[f64]) -> Count {
    let mut count = Count { first: 0, mass: vec![1.0] };
    for &p in probabilities {
        let q = 1.0 - p;
        let mut before = 0.0;
        for m in &mut count.mass {
            let here = *m;
            *m = here * q + before * p;
            before = here;
        }
        count.mass.push(before * p);
        count.trim();
    }
    count
}

impl Count {
    /// Leaves off the ends that are all but impossible.
    fn trim(&mut self) {
        let mass = &mut self.mass;
        while mass.len() > 1 && mass[mass.len() - 1] < NOTHING {
            mass.pop();
        }
        if mass[0] < NOTHING {
            let low = mass.iter().take_while(|m| **m < NOTHING).count().min(mass.len() - 1);
            mass.drain(..low);
            self.first += low;
        }
    }

    /// The distribution of this number and another together.
    fn and(&self, other: &Count) -> Count {
        let (long, short) =
            if self.mass.len() >= other.mass.len() { (self, other) } else { (other, self) };
        let mut mass = vec![0.0; long.mass.len() + short.mass.len() - 1];
        for (i, p) in short.mass.iter().enumerate() {
            for (sum, q) in mass[i..].iter_mut().zip(&long.mass) {
                *sum += p * q;
            }
        }
        let mut count = Count { first: self.first + other.first, mass };
        count.trim();
        count
    }

    /// The smallest central interval of numbers that holds at least the share
    /// `level`: the quantiles at (1 ∓ level)/2.
    pub fn interval(&self, level: f64) -> (usize, usize) {
        let tail = 0.5 * (1.0 - level);
        let quantile = |q: f64| {
            let mut sum = 0.0;
            for (k, p) in self.mass.iter().enumerate() {
                sum += p;
                // 1e-12: the sum of all masses may end a rounding error below 1.
                if sum >= q - 1e-12 {
                    return self.first + k;
                }
            }
            self.first + self.mass.len() - 1
        };
        (quantile(tail), quantile(1.0 - tail))
    }

    /// The mean number.
    pub fn mean(&self) -> f64 {
        let numbers = self.mass.iter().enumerate();
        numbers.map(|(k, p)| (self.first + k) as f64 * p).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_probabilities_give_the_binomial() {
        let count = distribution([0.3; 5]);
        // R: dbinom(0:5, 5, 0.3)
        let want = [0.16807, 0.36015, 0.3087, 0.1323, 0.02835, 0.00243];
        for (got, want) in count.mass.iter().zip(want) {
            assert!((got - want).abs() < 1e-12);
        }
    }

    #[test]
    fn unequal_probabilities_agree_with_all_outcomes() {
        let p = [0.1, 0.5, 0.9, 0.25];
        let mut want = [0.0; 5];
        for outcome in 0..16u32 {
            let mut prob = 1.0;
            for (i, p) in p.iter().enumerate() {
                prob *= if outcome >> i & 1 == 1 { *p } else { 1.0 - p };
            }
            want[outcome.count_ones() as usize] += prob;
        }
        for (got, want) in distribution(p).mass.iter().zip(want) {
            assert!((got - want).abs() < 1e-15);
        }
    }

    #[test]
    fn certain_events_have_no_spread() {
        assert_eq!(distribution([1.0, 1.0, 0.0]).interval(0.95), (2, 2));
        // R: qbinom(c(.025, .975), 20, 0.5) is 6 and 14.
        assert_eq!(distribution([0.5; 20]).interval(0.95), (6, 14));
    }

    #[test]
    fn many_events_lose_nothing_that_counts() {
        // R: qbinom(c(.025, .975), 50000, 0.3) is 14799 and 15201.
        let count = distribution(vec![0.3; 50_000]);
        assert!((count.mass.iter().sum::<f64>() - 1.0).abs() < 1e-11);
        assert!((count.mean() - 15_000.0).abs() < 1e-6);
        assert_eq!(count.interval(0.95), (14_799, 15_201));
        assert!(count.mass.len() < 2_500, "{}", count.mass.len());
    }

    #[test]
    fn events_put_together_in_thousands_are_those_added_one_by_one() {
        let p: Vec<f64> = (0..5_003).map(|i| 0.02 + f64::from(i % 89) / 92.0).collect();
        let (all, one) = (distribution(p.iter().copied()), one_after_the_other(&p));
        for (k, want) in one.mass.iter().enumerate().filter(|(_, p)| **p > 1e-15) {
            let got = all.mass[one.first + k - all.first];
            // Ends below 1e-22 are left off, event after event.
            assert!((got - want).abs() < 1e-11 * want + 5e-19, "{k}: {got} {want}");
        }
        assert_eq!(all.interval(0.95), one.interval(0.95));
        // Some at once are as many one by one.
        let mut events = Events::default();
        events.add(0.25, 3_000);
        events.add(1.0, 7);
        assert_eq!(events.count(), distribution([0.25; 3_000].into_iter().chain([1.0; 7])));
    }
}
