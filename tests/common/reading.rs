//! Tables given as text, read with everything checked that holds of any.

use durand::io::{IncidentFile, Input, ReadError, ReadOptions, read_incidents};

pub fn read_with(text: &str, options: &ReadOptions) -> Result<IncidentFile, ReadError> {
    let file = read_incidents(&Input::Bundled, ("t.csv", text), options, 0)?;
    assert_eq!(file.summary.read, (file.incidents.len() + file.rejected.len()) as u64, "{text}");
    if options.keep_rows {
        assert_eq!(file.rows.len(), file.incidents.len());
    }
    Ok(file)
}

pub fn read(text: &str) -> Result<IncidentFile, ReadError> {
    read_with(text, &ReadOptions { keep_rows: true, ..ReadOptions::default() })
}

pub fn used(text: &str) -> IncidentFile {
    let file = read(text).unwrap();
    assert_eq!(file.rejected, [], "{text}");
    file
}

/// The reasons of rejection with their lines.
pub fn reasons(file: &IncidentFile) -> Vec<(u64, &str)> {
    file.rejected.iter().map(|r| (r.line, r.reason.as_str())).collect()
}

pub fn says(file: &IncidentFile, words: &str) -> bool {
    file.summary.notices.iter().any(|n| n.contains(words))
}
