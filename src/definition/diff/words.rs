//! Sentences that say what was and what is.

use std::collections::BTreeSet;

/// Most characters of a text that a sentence shows.
const MOST_SHOWN: usize = 120;
/// Characters before the first difference that are shown where a long text is cut.
const BEFORE: usize = 30;

/// "Its hint was “a” and is now “b”."; `None` if nothing changed.
pub(super) fn text(thing: &str, old: Option<&str>, new: Option<&str>) -> Option<String> {
    if old == new {
        return None;
    }
    Some(match (old, new) {
        (Some(old), Some(new)) => {
            let (old, new) = both(old, new);
            format!("{thing} was “{old}” and is now “{new}”.")
        }
        (None, new) => format!("{thing} is new: “{}”.", cut(new.unwrap_or_default(), 0)),
        (Some(old), None) => format!("{thing} is gone; it was “{}”.", cut(old, 0)),
    })
}

/// "Its `min` was 1 and is now 2."; `None` if nothing changed.
pub(super) fn number(thing: &str, old: Option<String>, new: Option<String>) -> Option<String> {
    if old == new {
        return None;
    }
    Some(match (old, new) {
        (Some(old), Some(new)) => format!("{thing} was {old} and is now {new}."),
        (None, new) => format!("{thing} is new: {}.", new.unwrap_or_default()),
        (Some(old), None) => format!("{thing} is gone; it was {old}."),
    })
}

/// What to add where hardly a word of a text is left.
pub(super) fn same_thing(old: &str, new: &str) -> &'static str {
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let (old, new) = (words(old), words(new));
    let kept = old.intersection(&new).count();
    if kept * 2 < old.len().max(new.len()) { " Check that it still asks the same." } else { "" }
}

/// Names as `a`, `b`.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if all.is_empty() { "none".to_string() } else { all.join(", ") }
}

/// Both texts cut around their first difference.
fn both(old: &str, new: &str) -> (String, String) {
    let common = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    (cut(old, common), cut(new, common))
}

fn cut(text: &str, difference: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = line.chars().count();
    if length <= MOST_SHOWN {
        return line;
    }
    let start = difference.saturating_sub(BEFORE).min(length - MOST_SHOWN);
    let shown: String = line.chars().skip(start).take(MOST_SHOWN).collect();
    let (before, after) = (if start > 0 { "…" } else { "" }, if start + MOST_SHOWN < length { "…" } else { "" });
    format!("{before}{}{after}", shown.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shown_around_their_first_difference() {
        let old = format!("{}old end {}", "same words ".repeat(20), "and so on ".repeat(30));
        let said = text("Its text", Some(&old), Some(&old.replace("old", "new"))).unwrap();
        assert!(said.contains("old end") && said.contains("new end") && said.chars().count() < 330, "{said}");
        assert_eq!(text("Its hint", Some("a"), Some("a")), None);
        assert_eq!(text("Its hint", None, Some("a")).unwrap(), "Its hint is new: “a”.");
    }

    #[test]
    fn a_text_that_is_quite_another_is_told_from_one_that_was_mended() {
        assert_eq!(same_thing("Where do you work?", "Where do you mainly work?"), "");
        assert_ne!(same_thing("Where do you work?", "Which pay band are you in?"), "");
        assert_ne!(same_thing("Yes", "No"), "");
    }
}
