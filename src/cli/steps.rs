//! What `--verbose` tells: steps as they are done, on standard error.

use log::{Level, LevelFilter, Log, Metadata, Record};
use std::io::Write;
use std::sync::OnceLock;
use std::time::Instant;

/// Tells steps: none, those of this program, or those of its libraries too.
pub(super) fn tell(verbose: u8) {
    static STEPS: OnceLock<Steps> = OnceLock::new();
    if verbose == 0 {
        return;
    }
    let steps = STEPS.get_or_init(|| Steps { start: Instant::now(), all: verbose > 1 });
    // A second logger is refused; the first tells the same.
    if log::set_logger(steps).is_ok() {
        log::set_max_level(if verbose > 1 { LevelFilter::Debug } else { LevelFilter::Info });
    }
}

struct Steps {
    start: Instant,
    /// Whether libraries are heard, too.
    all: bool,
}

impl Log for Steps {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let ours = metadata.target().starts_with(env!("CARGO_PKG_NAME"));
        ours || self.all || metadata.level() <= Level::Warn
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let seconds = self.start.elapsed().as_secs_f64();
            // A closed error stream leaves nobody to tell.
            let _ = writeln!(std::io::stderr(), "{seconds:8.3} s  {}", record.args());
        }
    }

    fn flush(&self) {}
}
