//! The words of a text, without its Markdown.

use pulldown_cmark::{Event, Parser, TagEnd};

/// The words of a text on one line: no emphasis, links as their words, HTML as the characters that it is.
///
/// ```
/// assert_eq!(canvass::definition::plain("See [the **plan**](https://example.org)."), "See the plan.");
/// ```
pub fn plain(markdown: &str) -> String {
    let mut words = String::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => words += &text,
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => {
                words.push(' ');
            }
            _ => {}
        }
    }
    words.trim().to_string()
}
