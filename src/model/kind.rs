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
        // Whole words: "died" holds no IED and "determined" no mine.
        let text: String =
            words.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let text = format!(" {} ", text.to_lowercase());
        let any = |list: &[&str]| list.iter().any(|word| text.contains(&format!(" {word} ")));
        if any(&[
            "airstrike",
            "airstrikes",
            "air strike",
            "air strikes",
            "drone",
            "air drone strike",
        ]) {
            Kind::Airstrike
        } else if any(&["fence", "fences", "fencing"]) {
            Kind::Fence
        } else if any(&["closure", "closures", "closed"]) {
            Kind::Closure
        } else if any(&[
            "suicide",
            "ied",
            "bomb",
            "bombing",
            "explosive",
            "explosion",
            "landmine",
            "mine",
        ]) {
            Kind::Bombing
        } else if any(&["clash", "clashes", "shelling", "artillery"]) {
            Kind::Clash
        } else if any(&["raid", "raids", "ambush", "assault", "attack", "attacks"]) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_words() {
        for (words, kind) in [
            ("airstrike/drone strike", Kind::Airstrike),
            ("Explosions/Remote violence: Air/drone strike", Kind::Airstrike),
            ("raid/armed attack", Kind::Raid),
            ("border clash/shelling", Kind::Clash),
            ("suicide/IED attack", Kind::Bombing),
            ("fence dispute", Kind::Fence),
            ("border closure", Kind::Closure),
            ("carried to a determined end; two died", Kind::Other),
            ("state-based violence", Kind::Other),
        ] {
            assert_eq!(Kind::from_words(words), kind, "{words}");
        }
    }
}
