//! The commented project file that `durand init` writes.

/// A project file with every key explained, which means what no file means.
pub const TEMPLATE: &str = include_str!("template.toml");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ProjectFile;

    #[test]
    fn it_means_what_no_file_means() {
        assert_eq!(ProjectFile::parse(TEMPLATE), Ok(ProjectFile::default()));
    }

    /// With every example set nothing is left unset: each key is explained.
    #[test]
    fn every_key_is_in_it() {
        let set = |line: &str| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
            _ => line.to_owned(),
        };
        let text: Vec<String> = TEMPLATE.lines().map(set).collect();
        let file = ProjectFile::parse(&text.join("\n")).unwrap();
        let told = format!("{file:?}");
        for unset in ["None", "[]", "{}"] {
            assert!(!told.contains(unset), "{unset} in {told}");
        }
        // Those that are left out of a print when they are false.
        for key in
            ["planar_edges", "full_resolution", "across_line", "adaptive", "page", "outline_text"]
        {
            assert!(TEMPLATE.contains(&format!("\n{key} = ")), "{key}");
        }
        // Every key that a print of it has stands in it.
        for line in file.print().lines() {
            let Some((key, _)) = line.split_once(" = ") else { continue };
            let (plain, example) = (format!("\n{key} = "), format!("\n#{key} = "));
            let (inside, quoted) = (format!(" {key} = "), format!("\"{key}\" = "));
            assert!(
                TEMPLATE.contains(&plain)
                    || TEMPLATE.contains(&example)
                    || TEMPLATE.contains(&inside)
                    || TEMPLATE.contains(&quoted),
                "{key}"
            );
        }
    }
}
