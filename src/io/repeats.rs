//! How many identifiers occur more than once, in eight bytes for each.

use rayon::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Number of buckets; a bucket is sorted by itself.
const BUCKETS: usize = 256;

/// The identifiers seen so far, as hashes of 64 bits. Among ten million
/// different ones the chance that any two are taken for the same is 3 in a
/// million.
pub(super) struct Repeats {
    buckets: Vec<Vec<u64>>,
}

impl Repeats {
    /// None seen.
    pub(super) fn new() -> Repeats {
        Repeats { buckets: vec![Vec::new(); BUCKETS] }
    }

    /// What stands for an identifier, the same on every run.
    pub(super) fn key(id: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        hasher.finish()
    }

    /// Takes note of identifiers.
    pub(super) fn add(&mut self, keys: &[u64]) {
        for key in keys {
            let bucket = &mut self.buckets[(key >> 56) as usize];
            // By an eighth: twice the room would be most of a run's memory.
            if bucket.len() == bucket.capacity() {
                bucket.reserve_exact(bucket.len() / 8 + 16);
            }
            bucket.push(*key);
        }
    }

    /// How many records have the identifier of an earlier one.
    pub(super) fn count(mut self) -> u64 {
        let in_bucket = |bucket: &mut Vec<u64>| {
            bucket.sort_unstable();
            bucket.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64
        };
        self.buckets.par_iter_mut().map(in_bucket).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_further_one_counts() {
        let mut repeats = Repeats::new();
        let keys = |ids: &[&str]| ids.iter().map(|id| Repeats::key(id)).collect::<Vec<_>>();
        repeats.add(&keys(&["a", "b", "c"]));
        repeats.add(&keys(&["b", "d", "b", "A", "a "]));
        assert_eq!(repeats.count(), 2);
        assert_eq!(Repeats::new().count(), 0);
    }
}
