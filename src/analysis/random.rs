//! Seeded numbers: the same on every machine and at any number of threads.

use rand_core::TryRng;
use rand_distr::{Binomial, Distribution};
use std::convert::Infallible;

/// SplitMix64 (G. L. Steele, D. Lea and C. H. Flood 2014, Fast splittable
/// pseudorandom number generators, OOPSLA, 453–472, figure 16): 64 bits a
/// step, period 2⁶⁴.
pub struct Random(u64);

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Random {
    /// Numbers of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// One of many streams of a seed; each starts at a place of its own.
    pub fn stream(seed: u64, number: u64) -> Random {
        Random(mixed(mixed(seed.wrapping_add(STEP)) ^ mixed(number.wrapping_mul(STEP))))
    }

    /// The next 64 bits.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// A whole number below `count`, which is above zero. Of two numbers none is
    /// likelier than the other by more than `count` / 2⁶⁴.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    /// A number between 0 and 1, of 2⁵³ evenly spaced ones; never 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// How many of `count` items fall to each of several choices, of which the
    /// shares are given added up. Each choice in turn takes a binomial number of
    /// those that are left, so that the time does not grow with the count.
    pub fn spread(&mut self, count: u64, shares: &[f64]) -> Vec<u64> {
        let (mut left, mut below) = (count, 0.0);
        let of_each = shares.iter().enumerate().map(|(i, &share)| {
            let rest = 1.0 - below;
            let last = i + 1 == shares.len() || rest <= 0.0;
            let p = if last { 1.0 } else { ((share - below) / rest).clamp(0.0, 1.0) };
            below = share;
            // Refused is no share between 0 and 1.
            let taken = Binomial::new(left, p).map_or(0, |binomial| binomial.sample(self));
            left -= taken;
            taken
        });
        of_each.collect()
    }

    /// A Poisson number of a mean. Up to sixteen by adding probabilities until
    /// their sum passes a random one; of more, in parts: the sum of Poisson
    /// numbers is one.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        const PART: f64 = 16.0;
        let (mut left, mut count) = (mean, 0);
        while left > 0.0 {
            let part = left.min(PART);
            left -= part;
            let (mut k, mut p) = (0, (-part).exp());
            let (mut sum, wanted) = (p, self.share());
            // Beyond 200 nothing is left to add.
            while sum <= wanted && k < 200 {
                k += 1;
                p *= part / k as f64;
                sum += p;
            }
            count += k;
        }
        count
    }

    /// Puts `count` items, each choice as likely, at the front (R. Durstenfeld
    /// 1964, CACM algorithm 235).
    pub fn draw<T>(&mut self, items: &mut [T], count: usize) {
        for i in 0..count.min(items.len()) {
            items.swap(i, i + self.below(items.len() - i));
        }
    }
}

impl TryRng for Random {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&self.next().to_le_bytes()[..part.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the generator seeded with 1234567, as published with
    /// its reference code (Vigna, prng.di.unimi.it/splitmix64.c).
    #[test]
    fn the_numbers_are_the_published_ones() {
        let mut random = Random::new(1_234_567);
        let found: Vec<u64> = (0..3).map(|_| random.next()).collect();
        let published =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(found, published);
    }

    #[test]
    fn numbers_below_a_count_are_even() {
        let mut random = Random::stream(1, 2);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[random.below(7)] += 1;
        }
        assert!(counts.iter().all(|c| c.abs_diff(10_000) < 500), "{counts:?}");
    }

    #[test]
    fn poisson_numbers_have_their_mean_and_their_variance() {
        for (mean, draws) in [(0.3, 100_000), (7.0, 100_000), (43.0, 40_000)] {
            let mut random = Random::stream(5, 1);
            let (mut sum, mut squares, mut none) = (0.0, 0.0, 0.0);
            for _ in 0..draws {
                let x = random.poisson(mean) as f64;
                (sum, squares) = (sum + x, squares + (x - mean).powi(2));
                none += f64::from(u8::from(x == 0.0));
            }
            let n = f64::from(draws);
            assert!((sum / n - mean).abs() < 4.0 * (mean / n).sqrt(), "{mean} {}", sum / n);
            // The variance of a variance is (2 m² + m) / n.
            let error = ((2.0 * mean * mean + mean) / n).sqrt();
            assert!((squares / n - mean).abs() < 4.0 * error, "{mean} {}", squares / n);
            let p = (-mean).exp();
            assert!((none / n - p).abs() <= 4.0 * (p / n).sqrt() + 1e-12);
        }
        assert_eq!(Random::new(1).poisson(0.0), 0);
    }

    #[test]
    fn what_is_spread_has_its_means_and_its_variances() {
        let shares = [0.1, 0.1, 0.5, 1.0];
        let each = [0.1, 0.0, 0.4, 0.5];
        for (count, draws) in [(30, 20_000), (100_000, 4_000)] {
            let mut random = Random::stream(3, count);
            let (mut sums, mut squares) = ([0.0; 4], [0.0; 4]);
            for _ in 0..draws {
                let counts = random.spread(count, &shares);
                assert_eq!(counts.iter().sum::<u64>(), count);
                for (i, &found) in counts.iter().enumerate() {
                    let off = found as f64 - count as f64 * each[i];
                    sums[i] += off;
                    squares[i] += off * off;
                }
            }
            let draws = f64::from(draws);
            for (i, p) in each.into_iter().enumerate() {
                let variance = count as f64 * p * (1.0 - p);
                assert!((sums[i] / draws).abs() <= 4.0 * (variance / draws).sqrt());
                let found = squares[i] / draws;
                assert!((found - variance).abs() <= 4.0 * variance * (2.5 / draws).sqrt());
            }
        }
    }

    #[test]
    fn every_choice_is_as_likely() {
        let mut random = Random::new(1);
        let mut counts = [0; 10];
        let mut items: Vec<usize> = (0..10).collect();
        for _ in 0..10_000 {
            random.draw(&mut items, 3);
            for item in &items[..3] {
                counts[*item] += 1;
            }
        }
        assert!(counts.iter().all(|n| (2_800..3_200).contains(n)), "{counts:?}");
    }
}
