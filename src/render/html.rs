//! HTML that is safe to place as it is, kept apart by its type from text that must be escaped.

use std::fmt;

use serde::Serialize;

/// A piece of HTML made by this program: the only thing a template may place unescaped.
///
/// Outside `render` it comes from [`crate::render::markdown`] or from [`Html::text`], so nothing that a person
/// typed can become a tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Plain text, with the characters that mean something to HTML escaped.
    ///
    /// ```
    /// assert_eq!(canvass::render::html::Html::text("a < b").as_str(), "a &lt; b");
    /// ```
    pub fn text(text: &str) -> Self {
        Self(escape(text))
    }

    /// Plain text in another language than the page's, where one is given.
    pub fn text_in(text: &str, lang: Option<&str>) -> Self {
        match lang {
            // Of its own direction, whatever the page's.
            Some(lang) => Self(format!("<bdi lang=\"{}\">{}</bdi>", escape(lang), escape(text))),
            None => Self::text(text),
        }
    }

    /// HTML that this layer wrote and vouches for.
    pub(in crate::render) fn made_here(html: String) -> Self {
        Self(html)
    }

    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True where there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Escapes text for an element's content or a quoted attribute, in HTML and in SVG.
///
/// Control characters that XML forbids become U+FFFD.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(character),
            control if control < ' ' => out.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// The HTML id of a field: its name with `-` for `.`, so that a link's fragment and a CSS selector both take it.
pub fn id_of(name: &str) -> String {
    name.replace('.', "-")
}
