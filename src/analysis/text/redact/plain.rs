//! A text as it looks: digits and letters of other widths, spaces, hyphens and invisible characters in one plain form,
//! with the way back to the text as it was typed.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// The first digit of each script whose ten digits people type instead of 0 to 9.
const ZEROS: [char; 17] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}',
    '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{17e0}',
];

/// A text in plain form.
pub(super) enum Plain<'a> {
    /// It was plain already.
    Same(&'a str),
    /// The plain form, and for each of its bytes where the character it came from begins and ends.
    Folded(String, Vec<Range<usize>>),
}

impl<'a> Plain<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        if text.is_ascii() {
            return Self::Same(text);
        }
        let (mut plain, mut from) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
        for (start, c) in text.char_indices() {
            fold(c, &mut plain);
            from.resize(plain.len(), start..start + c.len_utf8());
        }
        Self::Folded(plain, from)
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Same(text) => text,
            Self::Folded(text, _) => text,
        }
    }

    /// Where a span of the plain form lies in the text as it was typed.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let Self::Folded(_, from) = self else { return span.clone() };
        let start = from.get(span.start).map_or(span.start, |first| first.start);
        let end = span.end.checked_sub(1).and_then(|last| from.get(last)).map_or(start, |last| last.end);
        start..end
    }
}

fn fold(c: char, plain: &mut String) {
    match c {
        '\n' => plain.push('\n'),
        // What has no width of its own: soft hyphens, joiners, marks of direction, variation selectors, key caps.
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{20e3}'
        | '\u{34f}' => {}
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{30fc}' => plain.push('-'),
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{2032}' | '`' | '\u{b4}' => plain.push('\''),
        '\u{2024}' | '\u{b7}' | '\u{2022}' | '\u{2027}' | '\u{3002}' => plain.push('.'),
        c if c.is_whitespace() => plain.push(' '),
        c => match digit(c) {
            Some(digit) => plain.push(digit),
            None if c.is_ascii() => plain.push(c),
            None => plain.extend(std::iter::once(c).nfkc()),
        },
    }
}

fn digit(c: char) -> Option<char> {
    let number = ZEROS.iter().find_map(|&zero| (c as u32).checked_sub(zero as u32).filter(|&above| above < 10))?;
    char::from_digit(number, 10)
}

#[cfg(test)]
mod tests {
    use super::Plain;
    use proptest::prelude::{any, proptest};

    #[test]
    fn a_text_reads_as_it_looks_and_leads_back_to_what_was_typed() {
        let typed = "No\u{a0}９４３\u{2013}4\u{200b}76 ٥\u{fe0f}";
        let plain = Plain::of(typed);
        assert_eq!(plain.text(), "No 943-476 5");
        let number = plain.text().find("943").unwrap()..plain.text().find(" 5").unwrap();
        assert_eq!(&typed[plain.original(&number)], "９４３\u{2013}4\u{200b}76");
    }

    proptest! {
        #[test]
        fn every_character_leads_back_to_whole_ones(text in any::<String>()) {
            let plain = Plain::of(&text);
            for (start, c) in plain.text().char_indices() {
                assert!(text.get(plain.original(&(start..start + c.len_utf8()))).is_some_and(|typed| !typed.is_empty()));
            }
        }
    }
}
