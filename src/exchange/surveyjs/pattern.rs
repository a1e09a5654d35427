//! Regular expressions of JavaScript as those of Canvass, which run in linear time and have no look-around.

/// Longest pattern, in characters.
const MAX_CHARS: usize = 500;
/// Largest compiled pattern, in bytes.
const MAX_COMPILED: usize = 100_000;

/// The same pattern for Canvass.
///
/// # Errors
/// Why there is none, as a clause.
pub(super) fn translate(written: &str, any_case: bool) -> Result<String, String> {
    if written.chars().count() > MAX_CHARS {
        return Err(format!("it is longer than {MAX_CHARS} characters"));
    }
    if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| written.contains(look)) {
        return Err("Canvass has no look-ahead and look-behind".to_string());
    }
    let mut out = if any_case { "(?i)".to_string() } else { String::new() };
    let mut in_class = false;
    let mut letters = written.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('d') => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
                Some('D') => out.push_str("[^0-9]"),
                Some('w') => out.push_str(if in_class { "A-Za-z0-9_" } else { "[A-Za-z0-9_]" }),
                Some('W') => out.push_str("[^A-Za-z0-9_]"),
                Some('1'..='9' | 'k') if !in_class => {
                    return Err("Canvass has no references back to what matched before".to_string());
                }
                Some('b') if in_class => out.push_str("\\x08"),
                Some('c') => return Err("`\\c` means nothing to Canvass".to_string()),
                Some('0') => out.push_str("\\x00"),
                // Of the letters only these mean the same; any other escaped letter stands for itself.
                Some(next) if next.is_ascii_alphabetic() && !"sSbBtnrfvuxpP".contains(next) => out.push(next),
                Some(next) if next.is_ascii_alphabetic() || next.is_ascii_punctuation() => out.extend(['\\', next]),
                Some(next) => out.push(next),
                None => return Err("it ends with a `\\`".to_string()),
            },
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                out.push('[');
                if letters.peek() == Some(&'^') {
                    out.extend(letters.next());
                }
                if letters.peek() == Some(&']') {
                    return Err("`[]` matches nothing".to_string());
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            ']' => out.push_str("\\]"),
            '&' | '~' if in_class => out.extend(['\\', letter]),
            '-' if in_class && (out.ends_with("0-9") || out.ends_with('_') || letters.peek() == Some(&'\\')) => {
                out.push_str("\\-");
            }
            '{' if !in_class && !begins_count(&letters.clone().take(12).collect::<String>()) => out.push_str("\\{"),
            '}' if !in_class && !ends_count(&out) => out.push_str("\\}"),
            _ => out.push(letter),
        }
    }
    let compiled = regex::RegexBuilder::new(&out).size_limit(MAX_COMPILED).dfa_size_limit(MAX_COMPILED).build();
    match compiled {
        Ok(_) => Ok(out),
        Err(_) => Err("Canvass cannot read it".to_string()),
    }
}

/// True after a `{` that says how often something is repeated.
fn begins_count(after: &str) -> bool {
    let Some((count, _)) = after.split_once('}') else { return false };
    count.starts_with(|c: char| c.is_ascii_digit()) && count.chars().all(|c| c.is_ascii_digit() || c == ',')
}

/// True before a `}` that ends a count, or the number of a character.
fn ends_count(out: &str) -> bool {
    out.rsplit_once('{').is_some_and(|(before, count)| {
        !before.ends_with('\\')
            && !count.is_empty()
            && count.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ',' | '_' | '='))
    })
}

/// A text as a pattern that matches it alone, in any case.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '\'' => out.push_str("\\x27"),
            letter if letter.is_ascii_punctuation() && letter != '_' => out.extend(['\\', letter]),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        regex::Regex::new(&translate(pattern, false).unwrap()).unwrap().is_match(text)
    }

    #[test]
    fn digits_and_letters_are_those_of_javascript() {
        assert_eq!(translate(r"^\d{3}$", false).unwrap(), "^[0-9]{3}$");
        assert!(!matches(r"^\d$", "٣") && matches(r"^\d$", "3"));
        assert!(matches(r"^[\w-.]+$", "a-b.c"));
        assert!(matches(r"^[+\d\s()-]+$", "+44 (0) 20-1"));
        assert!(matches(r"^[a&&b[]+$", "&[ab"));
        assert!(matches(r"^\/x{\}$", "/x{}"));
        assert!(matches(r"^\u0041\x42$", "AB"));
        assert!(matches(r"a{,2}", "a{,2}"));
    }

    #[test]
    fn what_cannot_run_in_linear_time_is_refused() {
        for pattern in [r"(?=.*\d).{8,}", r"(a)\1", "(", "[]", "a\\", "x{1000}{1000}"] {
            assert!(translate(pattern, false).is_err(), "{pattern}");
        }
        assert!(translate("x", true).unwrap().starts_with("(?i)"));
    }

    #[test]
    fn a_text_matches_itself_only() {
        let pattern = format!("^{}$", literal("it's (1.5*)"));
        assert!(!pattern.contains('\''));
        assert!(regex::Regex::new(&pattern).unwrap().is_match("it's (1.5*)"));
    }
}
