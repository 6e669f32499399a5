//! Seeded numbers: the same on every machine and at any number of threads.

/// The generator splitmix64 (G. L. Steele, D. Lea, C. H. Flood 2014, Fast
/// splittable pseudorandom number generators, OOPSLA, figure 16).
pub struct Random(u64);

impl Random {
    /// Numbers of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number below `n`, each as likely to within n/2⁶⁴.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// Puts `count` items, each choice as likely, at the front (R. Durstenfeld
    /// 1964, CACM algorithm 235).
    pub fn draw<T>(&mut self, items: &mut [T], count: usize) {
        for i in 0..count.min(items.len()) {
            items.swap(i, i + self.below(items.len() - i));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_of_splitmix64() {
        // Of seed 1234567, as published with the reference implementation.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
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
