//! Languages: `English (en)`, `Français` or `cy` as the tag that a definition has.

use crate::definition::language;

/// Names of languages, in English and their own, in small letters, with their tags.
const NAMES: &[(&str, &str)] = &[
    ("english", "en"),
    ("welsh", "cy"),
    ("cymraeg", "cy"),
    ("french", "fr"),
    ("français", "fr"),
    ("francais", "fr"),
    ("german", "de"),
    ("deutsch", "de"),
    ("spanish", "es"),
    ("español", "es"),
    ("espanol", "es"),
    ("portuguese", "pt"),
    ("português", "pt"),
    ("portugues", "pt"),
    ("italian", "it"),
    ("italiano", "it"),
    ("dutch", "nl"),
    ("nederlands", "nl"),
    ("polish", "pl"),
    ("polski", "pl"),
    ("russian", "ru"),
    ("русский", "ru"),
    ("ukrainian", "uk"),
    ("українська", "uk"),
    ("arabic", "ar"),
    ("العربية", "ar"),
    ("chinese", "zh"),
    ("中文", "zh"),
    ("japanese", "ja"),
    ("日本語", "ja"),
    ("korean", "ko"),
    ("hindi", "hi"),
    ("हिन्दी", "hi"),
    ("bengali", "bn"),
    ("bangla", "bn"),
    ("বাংলা", "bn"),
    ("punjabi", "pa"),
    ("gujarati", "gu"),
    ("urdu", "ur"),
    ("اردو", "ur"),
    ("nepali", "ne"),
    ("नेपाली", "ne"),
    ("swahili", "sw"),
    ("kiswahili", "sw"),
    ("somali", "so"),
    ("amharic", "am"),
    ("hausa", "ha"),
    ("yoruba", "yo"),
    ("igbo", "ig"),
    ("turkish", "tr"),
    ("türkçe", "tr"),
    ("persian", "fa"),
    ("farsi", "fa"),
    ("dari", "prs"),
    ("pashto", "ps"),
    ("kurdish", "ku"),
    ("romanian", "ro"),
    ("română", "ro"),
    ("bulgarian", "bg"),
    ("greek", "el"),
    ("czech", "cs"),
    ("slovak", "sk"),
    ("hungarian", "hu"),
    ("lithuanian", "lt"),
    ("latvian", "lv"),
    ("estonian", "et"),
    ("finnish", "fi"),
    ("swedish", "sv"),
    ("norwegian", "no"),
    ("danish", "da"),
    ("irish", "ga"),
    ("gaelic", "gd"),
    ("cornish", "kw"),
    ("vietnamese", "vi"),
    ("thai", "th"),
    ("indonesian", "id"),
    ("malay", "ms"),
    ("tamil", "ta"),
];

/// A tag, and whether the name says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) tag: String,
    pub(super) sure: bool,
}

/// The tag of a language as a form names it.
pub(super) fn tag(name: &str) -> Tag {
    let name = name.trim();
    if let Some((_, code)) = name.strip_suffix(')').and_then(|name| name.rsplit_once('('))
        && is_tag(code.trim())
    {
        return Tag { tag: code.trim().to_string(), sure: true };
    }
    let lower = name.to_lowercase();
    if let Some((_, tag)) = NAMES.iter().find(|(known, _)| *known == lower) {
        return Tag { tag: (*tag).to_string(), sure: false };
    }
    if is_tag(name) && name.len() <= 3 || name.contains('-') && is_tag(name) {
        return Tag { tag: if name.len() <= 3 { lower } else { name.to_string() }, sure: name.len() <= 3 };
    }
    // A tag for private use: x- and parts of at most eight letters.
    let letters: Vec<char> = lower.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    let parts: Vec<String> = letters.chunks(8).map(|part| part.iter().collect()).collect();
    let tag = if parts.is_empty() { "und".to_string() } else { format!("x-{}", parts.join("-")) };
    Tag { tag, sure: false }
}

/// The name under which a language stands in a header: `Welsh (cy)`.
pub(super) fn header(tag: &str) -> String {
    let base = tag.split('-').next().unwrap_or(tag);
    let Some((name, _)) = NAMES.iter().find(|(_, known)| *known == base) else { return format!("{tag} ({tag})") };
    let mut name = (*name).to_string();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{name} ({tag})")
}

/// True for the tag of a language, or for one of private use.
fn is_tag(text: &str) -> bool {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    language::is_tag(text) || text.strip_prefix("x-").is_some_and(|rest| rest.split('-').all(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_become_tags_and_headers_tags_again() {
        let sure = |tag: &str| Tag { tag: tag.into(), sure: true };
        let guess = |tag: &str| Tag { tag: tag.into(), sure: false };
        assert_eq!(tag("English (en)"), sure("en"));
        assert_eq!(tag("Français"), guess("fr"));
        assert_eq!(tag("EN"), sure("en"));
        assert_eq!(tag("Local language"), guess("x-locallan-guage"));
        for known in ["cy", "en-GB", "x-foo", "zh-Hant"] {
            assert_eq!(tag(&header(known)).tag, known);
        }
    }
}
