//! The corpus in numbers: every distinct text as the identifiers of its words.

use std::collections::HashMap;

use super::phrase::{self, Role};
use super::tokens::{self, Word};

/// Distinct texts as term identifiers, and what each term is.
pub(super) struct Corpus {
    /// One entry a distinct text.
    pub(super) texts: Vec<Vec<Token>>,
    /// The words of each term identifier.
    pub(super) terms: Vec<Term>,
    /// Written forms, by form identifier.
    pub(super) forms: Vec<String>,
}

/// One word of one text.
#[derive(Clone, Copy)]
pub(super) struct Token {
    /// Index into [`Corpus::terms`].
    pub(super) term: usize,
    /// Index into [`Corpus::forms`].
    pub(super) form: usize,
    /// Whether only a space or hyphen stands before it.
    pub(super) linked: bool,
}

/// A word of the vocabulary.
pub(super) struct Term {
    /// In lower case.
    pub(super) text: String,
    /// The first term that differs from it at most in number: what labels count as one.
    pub(super) lemma: usize,
    /// The first term that has the same stem: what texts are compared by.
    pub(super) stem: usize,
    /// Whether it only holds sentences together.
    pub(super) glue: bool,
    /// What it may be in a phrase.
    pub(super) role: Role,
    /// Whether it is a piece of a script without spaces.
    pub(super) unspaced: bool,
}

/// Numbers the words of all texts in order of first appearance, so that equal input gives equal identifiers.
pub(super) fn corpus(texts: Vec<Vec<Word>>) -> Corpus {
    let mut terms = Vec::new();
    let mut forms = Vec::new();
    let mut term_ids: HashMap<String, usize> = HashMap::new();
    let mut lemmas: HashMap<String, usize> = HashMap::new();
    let mut stems: HashMap<String, usize> = HashMap::new();
    let mut form_ids: HashMap<String, usize> = HashMap::new();
    let texts = texts
        .into_iter()
        .map(|words| {
            words
                .into_iter()
                .map(|word| {
                    let term = *term_ids.entry(word.term).or_insert_with_key(|text| {
                        let id = terms.len();
                        terms.push(Term {
                            text: text.clone(),
                            lemma: *lemmas.entry(tokens::singular(text)).or_insert(id),
                            stem: *stems.entry(tokens::stem(text)).or_insert(id),
                            glue: tokens::is_glue(text),
                            role: phrase::role(text, word.unspaced),
                            unspaced: word.unspaced,
                        });
                        id
                    });
                    let form = *form_ids.entry(word.form).or_insert_with_key(|text| {
                        forms.push(text.clone());
                        forms.len() - 1
                    });
                    Token { term, form, linked: word.linked }
                })
                .collect()
        })
        .collect();
    Corpus { texts, terms, forms }
}
