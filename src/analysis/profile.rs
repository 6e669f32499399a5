//! Incidents along the line: counts per stretch and a smoothed curve, by side.

/// One side's incidents along the line.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileSide {
    /// Incidents in each stretch of [`Profile::bin_m`].
    pub counts: Vec<u32>,
    /// Smoothed intensity in incidents per [`Profile::bin_m`], at every
    /// [`Profile::step_m`] from 0 to the end of the line.
    pub curve: Vec<f64>,
    /// Incidents on this side within the limit.
    pub total: usize,
}

/// Intensity against chainage.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Name of the country on the left and on the right.
    pub names: [String; 2],
    /// Length of the line, metres.
    pub length_m: f64,
    /// Length of a stretch, metres; the last may be shorter.
    pub bin_m: f64,
    /// Spacing of the curve, metres.
    pub step_m: f64,
    /// Bandwidth of the quartic kernel along the line, metres.
    pub bandwidth_m: f64,
    /// Only incidents within this distance of the line count, metres.
    pub within_m: f64,
    /// Left and right.
    pub sides: [ProfileSide; 2],
}

/// A run of one province along the line.
#[derive(Clone, Debug, PartialEq)]
pub struct StripSegment {
    /// Start, metres of chainage.
    pub from_m: f64,
    /// End, metres of chainage.
    pub to_m: f64,
    /// Province.
    pub name: String,
}

/// What lies along the line, for the strip under the profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// Provinces left and right of the line, from its start to its end.
    pub sides: [Vec<StripSegment>; 2],
    /// Crossings: chainage in metres and name, ascending.
    pub crossings: Vec<(f64, String)>,
}
