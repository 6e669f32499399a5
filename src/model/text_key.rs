//! What stands for a word where many are to be told apart.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A number that stands for a word, the same on every run. Among ten million
/// different words the chance that any two have the same is 3 in a million.
pub fn text_key(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
