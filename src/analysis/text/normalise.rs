//! Normalisation: one spelling for texts that differ only in encoding, apostrophes, spaces, case or punctuation.

use unicode_normalization::UnicodeNormalization;

/// Named character references that survive copying out of web pages and spreadsheets.
const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("lsquo", "'"),
    ("rsquo", "'"),
    ("ldquo", "\""),
    ("rdquo", "\""),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("pound", "£"),
    ("euro", "€"),
    ("eacute", "é"),
];

/// The text in NFC, with character references decoded, straight quotation marks and single spaces.
///
/// Case and punctuation stay, because quotes and labels show them.
pub(in crate::analysis) fn normalise(text: &str) -> String {
    let decoded = decode_entities(text);
    let mut normal = String::with_capacity(decoded.len());
    // ASCII is in NFC already.
    let composed: &mut dyn Iterator<Item = char> =
        if decoded.is_ascii() { &mut decoded.chars() } else { &mut decoded.nfc() };
    for c in composed {
        match c {
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{2032}' | '\u{ff07}' | '`' | '\u{b4}' => {
                normal.push('\'');
            }
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => normal.push('"'),
            // Soft hyphens, zero-width spaces and byte order marks: nobody typed them.
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => {}
            c if c.is_whitespace() || c.is_control() => {
                if !normal.is_empty() && !normal.ends_with(' ') {
                    normal.push(' ');
                }
            }
            c => normal.push(c),
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// What two normalised texts must share to count as the same answer: their letters, digits and symbols in lower case.
///
/// Empty where the text holds nothing but punctuation. An emoji is an answer and stays.
pub(in crate::analysis) fn fold(normal: &str) -> String {
    let mut key = String::with_capacity(normal.len());
    for c in normal.chars() {
        if c == '\'' {
            continue;
        }
        if is_separator(c) {
            if !key.is_empty() && !key.ends_with(' ') {
                key.push(' ');
            }
        } else {
            key.extend(c.to_lowercase());
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// Decodes named and numeric character references once; what is not a known reference stays as it was typed.
fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let reference = after.split_once(';').and_then(|(name, tail)| Some((entity(name)?, tail)));
        if let Some((replacement, tail)) = reference {
            decoded.push_str(&replacement);
            rest = tail;
        } else {
            decoded.push('&');
            rest = after;
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|&c| c != '\0').map(String::from);
    }
    ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, replacement)| (*replacement).to_owned())
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3011}')
        || matches!(c, '¡' | '¿' | '«' | '»' | '·' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '।' | '،' | '؟' | '؛')
}

#[cfg(test)]
mod tests {
    use super::{fold, normalise};
    use proptest::prelude::{any, proptest};

    #[test]
    fn character_references_are_decoded_once() {
        assert_eq!(normalise("Q&amp;A &lt;b&gt; it&#39;s &#x201c;fine&quot;"), "Q&A <b> it's \"fine\"");
        assert_eq!(
            normalise("&amp;lt; R&D &nosuch; &#xffffffff; 50 & over"),
            "&lt; R&D &nosuch; &#xffffffff; 50 & over"
        );
    }

    #[test]
    fn composed_and_decomposed_letters_are_one() {
        assert_eq!(normalise("cafe\u{301}"), "café");
    }

    #[test]
    fn apostrophes_are_straight_and_spaces_single() {
        assert_eq!(normalise("\u{feff} don\u{2019}t\u{a0}\n\n wait\t"), "don't wait");
    }

    #[test]
    fn case_and_punctuation_do_not_make_another_answer() {
        assert_eq!(fold("Waiting - times!!"), fold("waiting times."));
        assert_eq!(fold("Don't know"), fold("dont know"));
        assert_eq!(fold(" … - ?!"), "");
        assert_eq!(fold("👍"), "👍");
    }

    proptest! {
        #[test]
        fn any_text_normalises_without_outer_or_double_spaces(text in any::<String>()) {
            let normal = normalise(&text);
            assert_eq!(normal.trim(), normal);
            assert!(!normal.contains("  "));
            fold(&normal);
        }
    }
}
