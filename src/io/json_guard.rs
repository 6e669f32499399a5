//! A check on JSON before it is parsed: how deep it nests. Parsers recurse, and
//! a hundred thousand brackets overflow their stack.

/// Checks that arrays and objects nest no deeper than `limit`.
///
/// # Errors
/// The byte at which the limit is passed.
pub(crate) fn check_depth(bytes: &[u8], limit: usize) -> Result<(), usize> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return Err(at);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_brackets_outside_of_strings() {
        assert_eq!(check_depth(br#"{"a":[1,{"b":"[[[[[\"[["}]}"#, 3), Ok(()));
        assert_eq!(check_depth(b"[[[]]]", 2), Err(2));
        assert_eq!(check_depth(&b"[".repeat(100_000), 128), Err(128));
        // Side by side is not deep.
        assert_eq!(check_depth(&b"[]".repeat(1000), 1), Ok(()));
    }
}
