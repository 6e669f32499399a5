//! Getis–Ord Gi* and local Moran's I, with p-values by conditional permutation.
//!
//! Values and neighbours run in parallel: `neighbours[i]` lists those of unit
//! `i`, without itself. A unit without neighbours has no statistic, and none has
//! where all values are equal.

use super::random::Random;
use rayon::prelude::*;

/// Standardised Gi* of every unit with binary weights, itself among them: above
/// zero where it and its neighbours have more than the mean of all.
///
/// # Method
/// J. K. Ord and A. Getis 1995, Local spatial autocorrelation statistics,
/// Geogr. Anal. 27, 286–306, Gi* (their p. 289). Equal to 1e-9 to esda's
/// `G_Local(transform="B", star=True).Zs` (tests/hotspots.rs).
pub fn gi_star(values: &[f64], neighbours: &[Vec<usize>]) -> Vec<Option<f64>> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    let of = |(own, list): (&f64, &Vec<usize>)| {
        let weights = list.len() as f64 + 1.0;
        let sum = own + list.iter().map(|&j| values[j]).sum::<f64>();
        let spread = deviation * (weights * (n - weights) / (n - 1.0)).sqrt();
        (!list.is_empty() && spread > 0.0).then(|| (sum - weights * mean) / spread)
    };
    values.iter().zip(neighbours).map(of).collect()
}

/// Local Moran's I of every unit with row-standardised weights: above zero where
/// it is like its neighbours, below where it is unlike them.
///
/// # Method
/// L. Anselin 1995, Local indicators of spatial association, Geogr. Anal. 27,
/// 93–115, eq. 12, divided by the sum of squares over n − 1 as in esda's
/// `Moran_Local(transformation="r").Is`, to which it is equal to 1e-9
/// (tests/hotspots.rs).
pub fn local_moran(values: &[f64], neighbours: &[Vec<usize>]) -> Vec<Option<f64>> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let of = |(own, list): (&f64, &Vec<usize>)| {
        let lag = list.iter().map(|&j| values[j] - mean).sum::<f64>() / list.len() as f64;
        (!list.is_empty() && squares > 0.0).then(|| (n - 1.0) * (own - mean) * lag / squares)
    };
    values.iter().zip(neighbours).map(of).collect()
}

/// A tail that was met so often is known well enough.
const ENOUGH: u32 = 100;

/// How often chance gives a unit's neighbours as much and as little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permuted {
    /// Permutations with a sum over the neighbours no smaller than the true one.
    pub no_smaller: u32,
    /// Permutations with a sum no larger.
    pub no_larger: u32,
    /// Permutations made: all that were asked for where the answer is in doubt.
    pub permutations: u32,
}

impl Permuted {
    /// The two-sided pseudo p-value: twice the rarer of the two tails, the true
    /// arrangement counted among the permutations, at most 1.
    pub fn p(&self) -> f64 {
        let rarer = f64::from(self.no_smaller.min(self.no_larger)) + 1.0;
        (2.0 * rarer / (f64::from(self.permutations) + 1.0)).min(1.0)
    }
}

/// Holds each unit's own value fixed and draws its neighbours' from all others
/// without replacement (Anselin 1995, p. 96; esda's conditional permutation).
///
/// Given its own value, Gi* and local Moran's I of a unit both rise or fall with
/// the sum over its neighbours alone, so one p-value serves both. Ties count in
/// both tails: where many values are zero, a sum of zero is not called rare.
///
/// A unit whose rarer tail has been met a hundred times is left at that (a
/// sequential p-value: Besag and Clifford 1991, Biometrika 78, 301–304): it is
/// known to a tenth, and no small one is cut short.
///
/// # Accuracy
/// A p-value p has a standard error of √(p(1−p)/permutations), of the
/// permutations made. Each unit has its
/// own stream of random numbers, told by the seed and its number: the result is
/// the same on any number of threads.
pub fn permuted(
    values: &[f64],
    neighbours: &[Vec<usize>],
    permutations: u32,
    seed: u64,
) -> Vec<Option<Permuted>> {
    let scale: f64 = values.iter().map(|v| v.abs()).sum();
    // Sums of the same values in another order are ties.
    let slack = 1e-12 * scale;
    let unlike = values.iter().any(|v| (v - values[0]).abs() > slack);
    let of = |(unit, list): (usize, &Vec<usize>)| {
        if list.is_empty() || !unlike {
            return None;
        }
        let observed: f64 = list.iter().map(|&j| values[j]).sum();
        let mut others: Vec<f64> = values.to_vec();
        others.swap_remove(unit);
        let mut random = Random::stream(seed, unit as u64);
        let mut found = Permuted { no_smaller: 0, no_larger: 0, permutations: 0 };
        for _ in 0..permutations {
            let mut sum = 0.0;
            for place in 0..list.len() {
                let drawn = place + random.below(others.len() - place);
                others.swap(place, drawn);
                sum += others[place];
            }
            found.no_smaller += u32::from(sum >= observed - slack);
            found.no_larger += u32::from(sum <= observed + slack);
            found.permutations += 1;
            if found.no_smaller.min(found.no_larger) >= ENOUGH {
                break;
            }
        }
        Some(found)
    };
    neighbours.par_iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring of units with a bump.
    fn ring(n: usize) -> (Vec<f64>, Vec<Vec<usize>>) {
        let values = (0..n).map(|i| if i < 5 { 10.0 + i as f64 } else { (i * 7 % 5) as f64 });
        let neighbours = (0..n).map(|i| vec![(i + n - 1) % n, (i + 1) % n]);
        (values.collect(), neighbours.collect())
    }

    #[test]
    fn a_bump_is_hot_and_like_its_neighbours() {
        let (values, neighbours) = ring(40);
        let (gi, moran) = (gi_star(&values, &neighbours), local_moran(&values, &neighbours));
        assert!(gi[2].unwrap() > 3.0 && moran[2].unwrap() > 3.0, "{gi:?} {moran:?}");
        let p = permuted(&values, &neighbours, 4_999, 1);
        assert!(p[2].unwrap().p() < 0.03 && p[20].unwrap().p() > 0.05);
    }

    #[test]
    fn without_neighbours_or_differences_there_is_no_statistic() {
        let (values, mut neighbours) = ring(12);
        neighbours[3].clear();
        for none in [gi_star(&values, &neighbours)[3], local_moran(&values, &neighbours)[3]] {
            assert_eq!(none, None);
        }
        assert_eq!(permuted(&values, &neighbours, 99, 1)[3], None);
        let flat = vec![2.0; 12];
        assert!(gi_star(&flat, &neighbours).iter().all(Option::is_none));
        assert!(permuted(&flat, &neighbours, 99, 1).iter().all(Option::is_none));
    }

    /// Every choice of two others, counted, against the permutations.
    #[test]
    fn permutations_agree_with_all_arrangements() {
        let (values, neighbours) = ring(12);
        let permutations = 200_000;
        let found = permuted(&values, &neighbours, permutations, 7);
        for (unit, list) in neighbours.iter().enumerate() {
            let observed: f64 = list.iter().map(|&j| values[j]).sum();
            let others: Vec<usize> = (0..12).filter(|&j| j != unit).collect();
            let (mut all, mut more, mut less) = (0.0, 0.0, 0.0);
            for (a, &i) in others.iter().enumerate() {
                for &j in &others[a + 1..] {
                    let sum = values[i] + values[j];
                    all += 1.0;
                    more += f64::from(u8::from(sum >= observed));
                    less += f64::from(u8::from(sum <= observed));
                }
            }
            let found = found[unit].unwrap();
            for (count, exact) in [(found.no_smaller, more / all), (found.no_larger, less / all)] {
                let made = f64::from(found.permutations);
                let share = f64::from(count) / made;
                let error = (exact * (1.0 - exact) / made).sqrt();
                assert!(
                    (share - exact).abs() <= 5.0 * error + 1.0 / made,
                    "{unit}: {share} {exact}"
                );
            }
        }
    }

    #[test]
    fn the_seed_decides_and_nothing_else() {
        let (values, neighbours) = ring(30);
        let one = permuted(&values, &neighbours, 999, 1);
        assert_eq!(one, permuted(&values, &neighbours, 999, 1));
        assert_ne!(one, permuted(&values, &neighbours, 999, 2));
    }
}
