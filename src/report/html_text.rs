//! Text and data inside a page of HTML: whatever they hold, they stay text.

use serde_json::Value;

/// Text for the content of an element or a quoted attribute. Control characters
/// and non-characters, which HTML forbids, become U+FFFD.
pub fn html_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' => safe.push(c),
            c if c.is_control() || u32::from(c) & 0xfffe == 0xfffe => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// Text from an input: kept apart from the direction of the words round it.
pub fn html_data(text: &str) -> String {
    format!("<bdi>{}</bdi>", html_text(text))
}

/// JSON for the content of a `<script>` element: no `<`, `>` or `&` stands in
/// it, so neither `</script>` nor `<!--` can, and no line end that JavaScript
/// knows and JSON does not.
pub fn json_for_html(value: &Value) -> String {
    let text = value.to_string();
    let mut safe = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        match c {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            // These stand in strings only, where an escape means the same.
            '\u{7f}'..='\u{9f}' => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => safe.push(c),
        }
    }
    safe
}

/// At most so many characters, the last of them an ellipsis where some are left off.
pub fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_text_ends_its_element() {
        let hostile = "</script><!-- <b a='x'>\"&amp;\u{202e}\u{0}\u{2028}\u{85}";
        for coded in [html_text(hostile), json_for_html(&json!({ hostile: [hostile] }))] {
            assert!(!coded.contains(['<', '>']), "{coded}");
            assert!(!coded.contains(['\u{0}', '\u{85}']), "{coded:?}");
        }
        let back: Value = serde_json::from_str(&json_for_html(&json!([hostile]))).unwrap();
        assert_eq!(back, json!([hostile]));
    }

    #[test]
    fn long_names_end_in_an_ellipsis() {
        assert_eq!(clipped("Khost", 5), "Khost");
        assert_eq!(clipped("خوست ولایت", 5), "خوست…");
        assert_eq!(clipped(&"x".repeat(10_000), 400).chars().count(), 400);
    }
}
