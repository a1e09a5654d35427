//! What the script of a page says: the words it needs, as one text for the markup to carry.

use serde::Serialize;

use crate::vocabulary::{Live, Phrase, Words};

#[derive(Serialize)]
struct Spoken {
    language: &'static str,
    /// The language again, where it is not the page's.
    lang: Option<&'static str>,
    #[serde(flatten)]
    live: &'static Live,
    points_left: Phrase,
    points_over: Phrase,
}

/// The words as JSON. `words_lang` is their language, where it is not the page's.
pub fn spoken(words: &'static Words, words_lang: Option<&'static str>) -> String {
    let spoken = Spoken {
        language: words.language,
        lang: words_lang,
        live: &words.live,
        points_left: words.form.points_left,
        points_over: words.form.points_over,
    };
    serde_json::to_string(&spoken).unwrap_or_default()
}
