//! [`LocalNames`]: what places are called in another language than English.

use super::names::name_key;
use std::collections::BTreeMap;

/// A language of place names on maps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// As the layers have them.
    #[default]
    English,
    /// Pashto.
    Pashto,
    /// Dari, the Persian of Afghanistan.
    Dari,
    /// Urdu.
    Urdu,
}

impl Language {
    /// All, English first.
    pub const ALL: [Language; 4] =
        [Language::English, Language::Pashto, Language::Dari, Language::Urdu];

    /// Its tag (ISO 639-1): `en`, `ps`, `fa` or `ur`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Pashto => "ps",
            Language::Dari => "fa",
            Language::Urdu => "ur",
        }
    }

    /// Its name in English.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Pashto => "Pashto",
            Language::Dari => "Dari",
            Language::Urdu => "Urdu",
        }
    }

    /// The language of a tag.
    pub fn of(tag: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

/// What bears a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A border line.
    Line,
    /// A country.
    Country,
    /// A first-level area.
    Province,
    /// A second-level area.
    District,
    /// A town or crossing.
    Place,
}

impl Named {
    /// Its word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Named::Line => "line",
            Named::Country => "country",
            Named::Province => "province",
            Named::District => "district",
            Named::Place => "place",
        }
    }

    /// What a word of a table means.
    pub fn of(word: &str) -> Option<Named> {
        let all = [Named::Line, Named::Country, Named::Province, Named::District, Named::Place];
        all.into_iter().find(|named| named.word() == word)
    }
}

/// Names in one language, found by the English one in any of its spellings
/// ([`name_key`]). In English there are none: each name is its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalNames {
    language: Language,
    names: BTreeMap<(Named, String), String>,
}

impl LocalNames {
    /// No names yet.
    pub fn new(language: Language) -> LocalNames {
        LocalNames { language, names: BTreeMap::new() }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Enters a name; an empty one is none.
    pub fn insert(&mut self, named: Named, english: &str, local: &str) {
        if !local.is_empty() {
            self.names.insert((named, name_key(english)), local.to_owned());
        }
    }

    /// The name in the language; `None` where it is not known.
    pub fn local(&self, named: Named, english: &str) -> Option<&str> {
        self.names.get(&(named, name_key(english))).map(String::as_str)
    }

    /// The name in the language, else in English.
    pub fn of<'a>(&'a self, named: Named, english: &'a str) -> &'a str {
        self.local(named, english).unwrap_or(english)
    }

    /// Whether a name has to stay English though another language was asked for.
    pub fn lacks(&self, named: Named, english: &str) -> bool {
        self.language != Language::English && self.local(named, english).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_any_spelling_and_missed_ones_stay_english() {
        let mut names = LocalNames::new(Language::Pashto);
        names.insert(Named::Province, "Hilmand", "هلمند");
        names.insert(Named::Place, "Dorah Pass", "");
        assert_eq!(names.of(Named::Province, "Helmand"), "هلمند");
        assert_eq!(names.of(Named::Place, "Hilmand"), "Hilmand");
        assert!(names.lacks(Named::Place, "Dorah Pass"));
        assert!(!LocalNames::default().lacks(Named::Place, "Dorah Pass"));
        assert_eq!(Language::of("ur"), Some(Language::Urdu));
        assert_eq!(Language::of("de"), None);
    }
}
