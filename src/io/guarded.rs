//! Decoders of other authors that may give up with a panic: it is caught, and
//! becomes the error of the file that they were given.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

thread_local! {
    /// Whether this thread is inside such a decoder.
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// What `decode` returns; `None` when it panicked.
#[cfg_attr(not(any(feature = "archives", feature = "parquet")), allow(dead_code))]
pub(super) fn guarded<T>(decode: impl FnOnce() -> T) -> Option<T> {
    let before = DECODING.replace(true);
    let done = catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(before);
    done.ok()
}

/// Keeps panics that are caught and told as errors from being told on standard
/// error as well. For programs, once at their start.
pub fn silence_decoders() {
    let tell = take_hook();
    set_hook(Box::new(move |panic| {
        if !DECODING.get() {
            tell(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_end() {
        assert_eq!(guarded(|| 7), Some(7));
        let none: Vec<u8> = Vec::new();
        assert_eq!(guarded(|| none[0]), None);
        assert!(!DECODING.get());
    }
}
