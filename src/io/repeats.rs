//! [`Repeats`]: what occurs more than once, in eight bytes for each.

use rayon::prelude::*;

/// Number of buckets; a bucket is sorted by itself.
const BUCKETS: usize = 256;

/// The keys seen so far: of identifiers as [`text_key`](crate::model::text_key) makes
/// them, or of anything else whose keys are as evenly spread.
pub(crate) struct Repeats {
    buckets: Vec<Vec<u64>>,
}

impl Repeats {
    /// None seen.
    pub(crate) fn new() -> Repeats {
        Repeats { buckets: vec![Vec::new(); BUCKETS] }
    }

    /// Takes note of some.
    pub(crate) fn add(&mut self, keys: &[u64]) {
        for key in keys {
            let bucket = &mut self.buckets[(key >> 56) as usize];
            // By an eighth: twice the room would be most of a run's memory.
            if bucket.len() == bucket.capacity() {
                bucket.reserve_exact(bucket.len() / 8 + 16);
            }
            bucket.push(*key);
        }
    }

    /// How many were seen before.
    pub(super) fn count(self) -> u64 {
        let seen: usize = self.buckets.iter().map(Vec::len).sum();
        (seen - self.seen_often(usize::MAX).0) as u64
    }

    /// How many different ones there are, and those seen so many times, with how often.
    pub(crate) fn seen_often(mut self, times: usize) -> (usize, Vec<(u64, usize)>) {
        let in_bucket = |bucket: &mut Vec<u64>| {
            bucket.sort_unstable();
            let (mut different, mut often) = (0, Vec::new());
            for same in bucket.chunk_by(|a, b| a == b) {
                different += 1;
                if same.len() >= times {
                    often.push((same[0], same.len()));
                }
            }
            (different, often)
        };
        let each: Vec<_> = self.buckets.par_iter_mut().map(in_bucket).collect();
        let different = each.iter().map(|(different, _)| different).sum();
        (different, each.into_iter().flat_map(|(_, often)| often).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text_key;

    #[test]
    fn every_further_one_counts() {
        let keys = |ids: &[&str]| ids.iter().map(|id| text_key(id)).collect::<Vec<_>>();
        let all = || {
            let mut repeats = Repeats::new();
            repeats.add(&keys(&["a", "b", "c"]));
            repeats.add(&keys(&["b", "d", "b", "A", "a "]));
            repeats
        };
        assert_eq!(all().count(), 2);
        assert_eq!(all().seen_often(2), (6, vec![(text_key("b"), 3)]));
        assert_eq!(Repeats::new().count(), 0);
    }
}
