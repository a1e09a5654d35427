//! Patterns: ours are found anywhere in a text, and those of other tools are all of it.

/// True for a pattern that is all of a text by its own words.
fn is_whole(pattern: &str) -> bool {
    pattern.starts_with('^') && pattern.ends_with('$') && !pattern.ends_with("\\$") && !pattern.contains('|')
}

/// The pattern of another tool as one of ours: all of a text.
pub(super) fn whole(pattern: &str) -> String {
    if is_whole(pattern) { pattern.to_string() } else { format!("^(?:{pattern})$") }
}

/// A pattern of ours for another tool, in which `any` stands for any characters.
pub(super) fn anywhere(pattern: &str, any: &str) -> String {
    if is_whole(pattern) { pattern.to_string() } else { format!("{any}(?:{pattern}){any}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_all_of_a_text_or_anywhere_in_it() {
        assert_eq!(whole("[0-9]+"), "^(?:[0-9]+)$");
        assert_eq!(whole("^a$"), "^a$");
        assert_eq!(whole("^a|b$"), "^(?:^a|b$)$");
        assert_eq!(whole("^5\\$"), "^(?:^5\\$)$");
        assert_eq!((anywhere("a", ".*"), anywhere("^a$", ".*")), (".*(?:a).*".into(), "^a$".into()));
    }
}
