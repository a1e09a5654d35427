//! Answers inside texts: `{{ q }}`, `{{ q | else 'your job' }}` and `{{ label('id') }}`.

use super::Survey;
use super::rule::{self, Name};
use crate::document::Place;
use crate::item::Item;

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<'a> {
    /// As written.
    Text(&'a str),
    /// The answer to a question or a part of it, or a calculated value.
    Answer {
        /// What is named.
        name: Name,
        /// What stands there for who gave no answer.
        otherwise: Option<&'a str>,
    },
    /// The label of an intervention, a row or an option.
    Label(&'a str),
}

/// What is wrong with a text: the characters before it, and the message.
pub type Fault = (usize, String);

/// True if a text has answers in it.
pub fn is_piped(text: &str) -> bool {
    text.contains("{{")
}

/// Splits a text into its parts. Time is linear in its length.
///
/// # Errors
/// The first place between `{{` and `}}` that cannot be read.
pub fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let at = text.len() - after.len() - 2;
        let fault = |message: String| (text.get(..at).map_or(0, |before| before.chars().count()), message);
        let (inside, following) =
            after.split_once("}}").ok_or_else(|| fault("`{{` is not closed: end it with `}}`".to_string()))?;
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(piece(inside.trim()).map_err(fault)?);
        rest = following;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Ok(pieces)
}

/// Calls `with` for the texts of an item that may have answers in them.
pub fn each_piped_text(item: &mut Item, with: &mut dyn FnMut(&mut String)) {
    with(&mut item.head.text);
    item.head.hint.iter_mut().for_each(&mut *with);
    for option in item.options_mut().into_iter().flatten() {
        with(&mut option.label);
    }
    for field in item.fields_mut() {
        each_piped_text(field, with);
    }
}

/// The label of an intervention, else of the first row or option with this id.
pub fn label<'a>(survey: &'a Survey, id: &str) -> Option<&'a str> {
    let intervention = survey.interventions.iter().find(|known| known.id == id).map(|known| known.label.as_str());
    intervention.or_else(|| survey.questions().find_map(|(_, question)| question.item.label(id)))
}

/// Text as Markdown that shows it as it is, on one line.
///
/// ```
/// use canvass::definition::pipe::literal;
/// use canvass::render::markdown::inline;
/// assert_eq!(inline(&literal("[2] *now*")).as_str(), "[2] *now*");
/// ```
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if letter.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(if letter.is_control() { ' ' } else { letter });
    }
    out
}

fn piece(inside: &str) -> Result<Piece<'_>, String> {
    let quoted = |text: &'_ str| -> Option<usize> {
        let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
        (!inner.contains('\'')).then_some(inner.len())
    };
    if let Some(argument) = inside.strip_prefix("label(").and_then(|rest| rest.strip_suffix(')')) {
        let argument = argument.trim();
        let id = quoted(argument).and_then(|length| argument.get(1..=length));
        return id.map(Piece::Label).ok_or_else(|| format!("write {{{{ label('id') }}}}, not {{{{ {inside} }}}}"));
    }
    let (written, otherwise) = match inside.split_once('|') {
        None => (inside, None),
        Some((written, alternative)) => {
            let text = alternative.trim().strip_prefix("else").map(str::trim);
            let text = text.and_then(|text| quoted(text).and_then(|length| text.get(1..=length)));
            let text = text.ok_or_else(|| format!("write | else 'text' after `{}`", written.trim()))?;
            (written.trim(), Some(text))
        }
    };
    let name = rule::parse(written, Place::default()).ok().and_then(|rule| rule.as_name().cloned());
    let name = name.ok_or_else(|| format!("`{inside}` is neither a question's id nor label('id')"))?;
    Ok(Piece::Answer { name, otherwise })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_into_words_answers_and_labels() {
        let text = "You are {{ role | else 'new' }}; “{{ label('lit_all') }}” got {{support.lit_all}}.";
        let pieces = pieces(text).unwrap();
        let Piece::Answer { name, otherwise } = &pieces[1] else { panic!("an answer") };
        assert_eq!((name.to_string().as_str(), *otherwise), ("role", Some("new")));
        assert_eq!(pieces[3], Piece::Label("lit_all"));
        assert!(matches!(&pieces[5], Piece::Answer { name, .. } if name.to_string() == "support.lit_all"));
        assert_eq!(pieces.len(), 7);
    }

    #[test]
    fn what_cannot_be_read_is_found_at_its_place() {
        for text in ["ab {{ role", "ab {{ role + 1 }}", "ab {{ role | or 'x' }}", "ab {{ label(lit) }}", "ab {{ }}"] {
            assert_eq!(pieces(text).unwrap_err().0, 3, "{text}");
        }
    }
}
