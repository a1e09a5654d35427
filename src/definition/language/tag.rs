//! Language tags by BCP 47 (RFC 5646, 2.1), as far as tags are in use: `cy`, `en-GB`, `zh-Hant-TW`.

/// Languages that are written from right to left unless their tag names another script.
const RIGHT_TO_LEFT: [&str; 13] = ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "nqo", "ps", "sd", "ug", "ur", "yi"];

/// Scripts that are written from right to left.
const RIGHT_TO_LEFT_SCRIPTS: [&str; 9] = ["adlm", "arab", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"];

/// True if text in the language of a tag is read from right to left. A script in the tag decides; otherwise the
/// language does, by the script it is usually written in (Unicode CLDR, likely subtags).
///
/// ```
/// use canvass::definition::language::is_right_to_left;
/// assert!(["ar", "AR-EG", "fa", "ur", "he", "ku-Arab", "pa-arab-PK"].into_iter().all(is_right_to_left));
/// assert!(!["en", "ku", "ar-Latn", "uz-Cyrl", "arn", ""].into_iter().any(is_right_to_left));
/// ```
pub fn is_right_to_left(tag: &str) -> bool {
    let mut parts = tag.split(['-', '_']).map(str::to_ascii_lowercase);
    let language = parts.next().unwrap_or_default();
    let script = parts.next().filter(|part| part.len() == 4 && part.bytes().all(|letter| letter.is_ascii_alphabetic()));
    match script {
        Some(script) => RIGHT_TO_LEFT_SCRIPTS.contains(&script.as_str()),
        None => RIGHT_TO_LEFT.contains(&language.as_str()),
    }
}

/// True if a text is a tag whose language has two or three letters. Longer languages are reserved and registered by
/// nobody, so `welsh` is a mistake for `cy`; of tags registered before RFC 4646, such as `i-klingon`, none is taken.
///
/// ```
/// use canvass::definition::language::is_tag;
/// assert!(["cy", "en-GB", "zh-Hant-TW", "de-CH-1996", "en-x-plain"].into_iter().all(is_tag));
/// assert!(!["", "welsh", "en_GB", "en-", "c", "cy-Cymru-x"].into_iter().any(is_tag));
/// ```
pub fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-').peekable();
    let letters = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_alphabetic())
    };
    let either = |part: &str, from: usize| {
        (from..=8).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_alphanumeric())
    };
    let begins_with_digit = |part: &str| part.starts_with(|letter: char| letter.is_ascii_digit());
    if !parts.next().is_some_and(|language| letters(language, &[2, 3])) {
        return false;
    }
    parts.next_if(|script| letters(script, &[4]));
    parts.next_if(|region| letters(region, &[2]) || (region.len() == 3 && region.bytes().all(|c| c.is_ascii_digit())));
    while parts.next_if(|variant| either(variant, 5) || (variant.len() == 4 && begins_with_digit(variant))).is_some() {}
    // Extensions, each with a letter or digit of its own; what follows `x` is private.
    while let Some(singleton) = parts.next_if(|part| either(part, 1) && part.len() == 1) {
        let shortest = if singleton.eq_ignore_ascii_case("x") { 1 } else { 2 };
        let mut any = false;
        while parts.next_if(|part| either(part, shortest)).is_some() {
            any = true;
        }
        if !any {
            return false;
        }
    }
    parts.next().is_none()
}
