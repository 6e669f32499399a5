//! A figure's caption as text beside it: what is shown, how, from what.

use serde_json::Value;

/// The caption as Markdown.
///
/// `description` is the figure's alternative text, which begins with its title;
/// `provenance` the JSON that the figure carries; `remarks` what it leaves out.
pub fn caption(title: &str, description: &str, remarks: &[String], provenance: &Value) -> String {
    let heading = if title.is_empty() { "Figure" } else { title };
    let body =
        description.strip_prefix(title).unwrap_or(description).trim_start_matches(['.', ' ']);
    let mut text = format!("# {}\n", line(heading));
    let mut paragraph = |words: String| {
        if !words.is_empty() {
            text.push_str(&format!("\n{words}\n"));
        }
    };
    paragraph(line(body));
    paragraph(remarks.iter().map(|r| line(r)).collect::<Vec<_>>().join(" "));
    let count = |key: &str| provenance["counts"][key].as_u64();
    if let (Some(read), Some(used), Some(rejected), Some(filtered)) =
        (count("read"), count("used"), count("rejected"), count("filtered"))
    {
        paragraph(format!(
            "Records: {read} read = {used} used + {rejected} rejected + {filtered} filtered."
        ));
    }
    let inputs = provenance["inputs"].as_array().map_or(&[][..], Vec::as_slice);
    let word = |input: &Value, key: &str| line(input[key].as_str().unwrap_or_default());
    let sources: Vec<String> = inputs
        .iter()
        .map(|i| {
            format!("- {}: {}, sha256 `{}`", word(i, "role"), word(i, "name"), word(i, "sha256"))
        })
        .collect();
    paragraph(format!("Sources:\n\n{}", sources.join("\n")));
    let tool = provenance["tool"].as_str().unwrap_or("durand");
    let command = provenance["command"].as_str().unwrap_or_default();
    paragraph(format!("Made by {tool}, `{command}`, with:"));
    paragraph(format!("```json\n{:#}\n```", provenance["settings"]));
    text
}

/// Words on one line, with what Markdown would take for markup told to stay.
fn line(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' => safe.extend(['\\', c]),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tells_what_how_from_what() {
        let provenance = json!({
            "tool": "durand 1", "command": "map", "settings": { "figures": { "dpi": 300 } },
            "counts": { "read": 5, "used": 3, "rejected": 1, "filtered": 1 },
            "inputs": [{ "name": "a_b.csv", "role": "incidents", "sha256": "00ff" }],
        });
        let remarks = ["2 incidents outside of the map.".to_owned()];
        let text = caption("Where <b>", "Where <b>. 3 of 5\nincidents.", &remarks, &provenance);
        for part in [
            "# Where \\<b>\n\n3 of 5 incidents.\n",
            "5 read = 3 used + 1 rejected + 1 filtered",
            "- incidents: a\\_b.csv, sha256 `00ff`",
            "2 incidents outside",
            "\"dpi\": 300",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(caption("", "A map", &[], &provenance).starts_with("# Figure\n\nA map\n"));
    }
}
