//! Text with gaps: marks stand in them while a template is asked where its values go.

/// Characters for private use, which a template passes on as they are.
const OPEN: char = '\u{f8f0}';
const CLOSE: char = '\u{f8f1}';

/// What stands in for the value of this number. The `<` in it tells whether the template escapes it.
pub(super) fn mark(number: usize) -> String {
    format!("{OPEN}<{number}{CLOSE}")
}

/// True if there is a mark in the text, or something that looks like one.
pub(super) fn is_marked(text: &str) -> bool {
    text.contains([OPEN, CLOSE])
}

/// A piece of a text with gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// What is always there.
    Text(Box<str>),
    /// Where the value of a number goes, escaped or as it is.
    Gap { number: usize, escaped: bool },
}

impl Piece {
    /// How many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + size_of::<Self>(),
            Self::Gap { .. } => size_of::<Self>(),
        }
    }
}

/// What a template gave for marks, as pieces; `None` if something else in it looks like a mark.
pub(super) fn pieces(given: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = given;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (number, after) = after.split_once(CLOSE)?;
        let (escaped, number) = match number.strip_prefix("&lt;") {
            Some(number) => (true, number),
            None => (false, number.strip_prefix('<')?),
        };
        if !before.is_empty() {
            pieces.push(Piece::Text(before.into()));
        }
        pieces.push(Piece::Gap { number: number.parse().ok()?, escaped });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.into()));
    }
    (!rest.contains(CLOSE)).then_some(pieces)
}

/// Adds a value as templates do, escaped or as it is.
pub(super) fn push(out: &mut String, value: &str, escaped: bool) {
    if escaped { push_escaped(out, value) } else { out.push_str(value) }
}

/// Adds a text as handlebars escapes it.
fn push_escaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'<' | b'>' | b'"' | b'&' | b'\'' | b'`' | b'=')) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let mut letters = from.chars();
        out.push_str(before);
        out.push_str(match letters.next() {
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') => "&quot;",
            Some('&') => "&amp;",
            Some('\'') => "&#x27;",
            Some('`') => "&#x60;",
            Some('=') => "&#x3D;",
            _ => "",
        });
        rest = letters.as_str();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_found_where_they_were_put() {
        let given = format!("a{}b<i>{}</i>", mark(3).replace('<', "&lt;"), mark(12));
        let gap = |number, escaped| Piece::Gap { number, escaped };
        let text = |text: &str| Piece::Text(text.into());
        assert_eq!(pieces(&given), Some(vec![text("a"), gap(3, true), text("b<i>"), gap(12, false), text("</i>")]));
        for other in ["\u{f8f0}", "\u{f8f1}", "\u{f8f0}x\u{f8f1}", "\u{f8f0}<x\u{f8f1}", "\u{f8f0}<1"] {
            assert_eq!(pieces(other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn texts_are_escaped_as_handlebars_does(text in "([a-c<>\"&'`=é\u{0}\u{202e}]|\\PC){0,30}") {
            let mut out = String::from("so: ");
            push(&mut out, &text, true);
            prop_assert_eq!(out, format!("so: {}", handlebars::html_escape(&text)));
        }
    }
}
