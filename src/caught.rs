//! [`caught`]: decoders and overlays of others that may panic on damaged input,
//! which is then an error like any other.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// How many calls of [`caught`] this thread is in.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// The result of some work; `None` when it panicked. What it worked on must not
/// be used again then.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    DEPTH.set(DEPTH.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    done.ok()
}

/// Lets panics that [`caught`] catches end without a word on standard error;
/// for a program, whose own message follows.
#[cfg(feature = "cli")]
pub(crate) fn say_nothing_of_caught() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if DEPTH.get() == 0 {
            before(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_nothing() {
        assert_eq!(caught(|| 1), Some(1));
        assert_eq!(caught(|| -> u32 { panic!("inside") }), None);
        assert_eq!(caught(|| caught(|| -> u32 { panic!("deep") }).is_none()), Some(true));
        assert_eq!(DEPTH.get(), 0);
    }
}
