//! Names of places that sources spell in different ways.

/// Spellings of one province or district along this border, after
/// [`plain`]; the first is the one the bundled layers use.
const SPELLINGS: [&[&str]; 14] = [
    &["hilmand", "helmand"],
    &["hirat", "herat"],
    &["paktya", "paktia"],
    &["sarepul", "saripul", "sarepol"],
    &["maidanwardak", "maydanwardak", "wardak"],
    &["urozgan", "uruzgan", "oruzgan"],
    &["jawzjan", "jowzjan"],
    &["daykundi", "daikundi", "dykundi"],
    &["nimroz", "nimruz"],
    &["nuristan", "nooristan"],
    &["kunar", "konar"],
    &["khyberpakhtunkhwa", "khyberpakhtunkwa", "kpk", "kp", "nwfp"],
    &["balochistan", "baluchistan"],
    &["sindh", "sind"],
];

/// Lower-case letters and digits only.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Words for the kind of an area that some sources put after its name.
const KINDS: [&str; 5] = ["district", "distrcit", "agency", "province", "territory"];

/// A name as it is compared: up to case, punctuation, the word for its kind
/// ("Orakzai agency") and the known variants of spelling, equal names have
/// equal keys.
pub fn name_key(name: &str) -> String {
    let mut plain = plain(name);
    for kind in KINDS {
        if plain.len() > kind.len() && plain.ends_with(kind) {
            plain.truncate(plain.len() - kind.len());
        }
    }
    SPELLINGS
        .iter()
        .find(|group| group.contains(&plain.as_str()))
        .map_or(plain, |group| group[0].to_owned())
}

/// Whether two names mean one place; see [`name_key`].
pub fn same_name(a: &str, b: &str) -> bool {
    name_key(a) == name_key(b)
}

/// The candidate most like a misspelt word; `None` when none is near.
pub fn nearest_name<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = plain(word);
    candidates
        .into_iter()
        .map(|candidate| (edits(&word, &plain(candidate)), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 1 + word.chars().count() / 4)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, one row at a time.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (row[j + 1] + 1).min(row[j] + 1).min(diagonal + usize::from(x != *y));
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_one_place() {
        assert!(same_name("Helmand", "Hilmand"));
        assert!(same_name("Sar-e-Pul", "Sari Pul"));
        assert!(same_name("khyber  pakhtunkhwa", "Khyber Pakhtunkhwa"));
        assert!(!same_name("Paktya", "Paktika"));
        assert!(same_name("Orakzai agency", "Orakzai") && same_name("Sindh province", "Sind"));
        assert!(!same_name("District", ""));
    }

    #[test]
    fn a_slip_finds_its_word_and_nonsense_does_not() {
        let provinces = ["Kunar", "Khost", "Nangarhar"];
        assert_eq!(nearest_name("Nangahar", provinces), Some("Nangarhar"));
        assert_eq!(nearest_name("Lombardy", provinces), None);
    }

    #[test]
    fn edits_are_levenshteins() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("lat", "lat"), 0);
    }
}
