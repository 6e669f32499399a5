//! Many tests at once: how many of those called findings may be chance.

/// Benjamini and Hochberg's adjusted p-values, in the order given: calling a
/// finding what has one of at most α keeps the expected share of false ones
/// among the findings at or below α, for tests that are independent or
/// positively dependent (Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57,
/// 289–300; Benjamini and Yekutieli 2001, Ann. Stat. 29, 1165–1188).
///
/// Equal to R's `p.adjust(p, "BH")` (tests/comparison.rs).
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
    let count = p.len() as f64;
    let mut adjusted = vec![1.0; p.len()];
    let mut least: f64 = 1.0;
    for (from_top, &i) in order.iter().enumerate() {
        least = least.min(p[i] * count / (count - from_top as f64));
        adjusted[i] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::benjamini_hochberg;

    #[test]
    fn the_order_stays_and_nothing_falls() {
        let p = [0.2, 0.01, 0.03, 0.9, 0.03];
        let q = benjamini_hochberg(&p);
        assert!(p.iter().zip(&q).all(|(p, q)| q >= p && *q <= 1.0));
        assert_eq!(q[2], q[4]);
        assert!(q[1] <= q[2] && q[2] <= q[0] && q[0] <= q[3]);
        assert_eq!(benjamini_hochberg(&[]), Vec::<f64>::new());
    }
}
