//! Hot spots

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HotspotSettings {
    /// Random permutations for each district.
    pub permutations: u32,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Share of false discoveries that is put up with.
    pub false_discovery: f64,
    /// Whether districts that face each other across the line are neighbours.
    pub across_line: bool,
}

impl Default for HotspotSettings {
    fn default() -> HotspotSettings {
        HotspotSettings { permutations: 9_999, seed: 1, false_discovery: 0.05, across_line: true }
    }
}
