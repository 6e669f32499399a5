//! Sums of people killed.

use crate::model::Fatalities;

/// Sums of what is known. An unknown toll adds nothing and is not a zero, so
/// nothing is known until one toll is. Where a source gives fewer than three
/// figures, the nearest it gives stands for the missing one, so that the sums
/// keep low ≤ best ≤ high where the records do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tolls {
    /// Lowest counts, best estimates, highest counts.
    sums: [u64; 3],
    known: bool,
}

impl Tolls {
    pub fn add(&mut self, toll: &Fatalities) {
        let Fatalities { low, best, high } = *toll;
        let figures = [low.or(best).or(high), best.or(low).or(high), high.or(best).or(low)];
        for (sum, figure) in self.sums.iter_mut().zip(figures) {
            if let Some(count) = figure {
                *sum += u64::from(count);
                self.known = true;
            }
        }
    }

    pub fn add_all(&mut self, other: &Tolls) {
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, more)| *sum += more);
        self.known |= other.known;
    }

    /// Lowest counts, best estimates, highest counts; `None` without any.
    pub fn sums(&self) -> Option<[u64; 3]> {
        self.known.then_some(self.sums)
    }
}

/// Sums of tolls by the probability that they belong here.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ExpectedTolls {
    sums: [f64; 3],
    known: bool,
}

impl ExpectedTolls {
    pub fn add(&mut self, tolls: &Tolls, p: f64) {
        for (sum, toll) in self.sums.iter_mut().zip(tolls.sums) {
            *sum += p * toll as f64;
        }
        self.known |= tolls.known;
    }

    /// As [`Tolls::sums`].
    pub fn sums(&self) -> Option<[f64; 3]> {
        self.known.then_some(self.sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_figure_is_taken_from_the_nearest_given() {
        let mut tolls = Tolls::default();
        let toll = |low, best, high| Fatalities { low, best, high };
        tolls.add(&Fatalities::default());
        assert_eq!(tolls.sums(), None);
        tolls.add(&toll(None, Some(150), None));
        tolls.add(&toll(Some(2), None, Some(5)));
        assert_eq!(tolls.sums(), Some([152, 152, 155]));
        let mut expected = ExpectedTolls::default();
        expected.add(&tolls, 0.5);
        assert_eq!(expected.sums(), Some([76.0, 76.0, 77.5]));
    }
}
