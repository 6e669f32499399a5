//! Shares out areas to sides and zones by the signed distances at the corners
//! of triangles.

use super::refine::Part;

/// Areas by side and zone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ZoneSums {
    /// For left and right, m² in each zone and, last, beyond them.
    pub m2: [Vec<f64>; 2],
}

impl ZoneSums {
    /// Nothing yet, for so many zones.
    pub fn new(zones: usize) -> ZoneSums {
        ZoneSums { m2: [vec![0.0; zones + 1], vec![0.0; zones + 1]] }
    }

    /// Adds a triangle, the signed distance taken as linear on it.
    pub fn add_part(&mut self, (values, m2): Part, breaks_m: &[f64]) {
        if values[0] == values[1] && values[1] == values[2] {
            let zone = breaks_m.partition_point(|&b| b <= values[0].abs());
            self.m2[usize::from(values[0] < 0.0)][zone] += m2;
            return;
        }
        let mut before = share_below(values, 0.0);
        let right = before;
        for (zone, sum) in self.m2[0].iter_mut().enumerate() {
            let upper = breaks_m.get(zone).map_or(1.0, |&edge| share_below(values, edge));
            *sum += m2 * (upper - before);
            before = upper;
        }
        before = right;
        for (zone, sum) in self.m2[1].iter_mut().enumerate() {
            let lower = breaks_m.get(zone).map_or(0.0, |&edge| share_below(values, -edge));
            *sum += m2 * (before - lower);
            before = lower;
        }
    }
}

/// The share of a triangle where a function that is linear between its values
/// at the corners lies below `t`.
pub(super) fn share_below(mut values: [f64; 3], t: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let [low, middle, high] = values;
    if t <= low {
        0.0
    } else if t >= high {
        1.0
    } else if t <= middle {
        (t - low) * (t - low) / ((middle - low) * (high - low))
    } else {
        1.0 - (high - t) * (high - t) / ((high - low) * (high - middle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_triangle_is_that_of_its_area() {
        assert_eq!(share_below([0.0, 1.0, 2.0], 1.0), 0.5);
        assert_eq!(share_below([0.0, 0.0, 1.0], 0.5), 0.75);
        assert_eq!(share_below([3.0, 1.0, 2.0], 0.5), 0.0);
        assert_eq!(share_below([1.0, 1.0, 1.0], 1.0), 0.0);
        assert_eq!(share_below([1.0, 1.0, 1.0], 1.5), 1.0);
    }

    #[test]
    fn a_triangle_over_the_line_is_shared_out_whole() {
        let mut sums = ZoneSums::new(2);
        sums.add_part(([-3.0, 1.0, 8.0], 2.0), &[2.0, 5.0]);
        let all: f64 = sums.m2.iter().flatten().sum();
        assert!((all - 2.0).abs() < 1e-12);
        assert!(sums.m2[1][2] == 0.0 && sums.m2[0][2] > 0.0);
    }
}
