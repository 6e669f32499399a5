//! [`Kind`]: the house categories that have symbols of their own.

use std::fmt;

/// Kinds of incident that the figures tell apart by shape. The source's own
/// words stay beside it in [`Incident::category`](super::Incident::category).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Airstrike or drone strike.
    Airstrike,
    /// Raid or armed attack.
    Raid,
    /// Border clash or shelling.
    Clash,
    /// Suicide or IED attack.
    Bombing,
    /// Fence dismantled or disputed.
    Fence,
    /// Border crossing closed.
    Closure,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds in the order of legends.
    pub const ALL: [Kind; 7] = [
        Kind::Airstrike,
        Kind::Raid,
        Kind::Clash,
        Kind::Bombing,
        Kind::Fence,
        Kind::Closure,
        Kind::Other,
    ];

    /// The word used in legends and tables.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Airstrike => "airstrike or drone strike",
            Kind::Raid => "raid or armed attack",
            Kind::Clash => "border clash or shelling",
            Kind::Bombing => "suicide or IED attack",
            Kind::Fence => "fence dispute",
            Kind::Closure => "border closure",
            Kind::Other => "other",
        }
    }

    /// The kind that a source's category most plainly means; `Other` when none.
    pub fn from_words(words: &str) -> Kind {
        let text = words.to_lowercase();
        let any = |list: &[&str]| list.iter().any(|word| text.contains(word));
        if any(&["airstrike", "air strike", "drone"]) {
            Kind::Airstrike
        } else if any(&["fence", "fencing"]) {
            Kind::Fence
        } else if any(&["closure", "closed"]) {
            Kind::Closure
        } else if any(&["suicide", "ied", "bomb", "explosive", "landmine", "mine"]) {
            Kind::Bombing
        } else if any(&["clash", "shelling", "artillery"]) {
            Kind::Clash
        } else if any(&["raid", "armed attack", "assault", "attack"]) {
            Kind::Raid
        } else {
            Kind::Other
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}
