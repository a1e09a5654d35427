//! Texts of an element with their Markdown and translations: `text` and, beside it, `_text`.

use serde_json::{Map, Value, json};

use super::extensions::{kept_text, list_named, name, ours, part, standard, value};
use super::json::{list, shortened, text};
use super::markdown::{line, paragraphs, plain};
use crate::definition::language::is_tag;

/// A text as a definition has it, and the same in other languages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Text {
    pub(super) markdown: String,
    /// Language and text.
    pub(super) translations: Vec<(String, String)>,
    /// True if the file computes it from what it knows about a person.
    pub(super) is_computed: bool,
    /// True if it names answers in double braces, to be checked before it is used.
    pub(super) is_piped: bool,
}

/// Most characters of a line and of a text of several.
pub(super) const MAX_LINE: usize = 5_000;
const MAX_PARAGRAPHS: usize = 20_000;

/// How long a text may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Line,
    Paragraphs,
}

impl Shape {
    fn of_plain(self, plain: &str) -> String {
        let plain = &self.cut(plain);
        if self == Self::Line { line(plain) } else { paragraphs(plain) }
    }

    fn cut(self, text: &str) -> String {
        shortened(text, if self == Self::Line { MAX_LINE } else { MAX_PARAGRAPHS })
    }

    fn of_markdown(self, markdown: &str) -> String {
        // What stands in double braces is piped in, and only a file of ours may say so.
        let safe = self.cut(markdown).replace("{{", "{ {");
        if self == Self::Line { safe.split_whitespace().collect::<Vec<_>>().join(" ") } else { safe.trim().to_string() }
    }
}

/// Reads the text under `key`; none if there is none.
pub(super) fn read(element: &Value, key: &str, shape: Shape) -> Option<Text> {
    let written = text(element, key)?;
    let Some(aside) = element.get(format!("_{key}")) else {
        return Some(Text { markdown: shape.of_plain(written), ..Text::default() });
    };
    let formatted = value(aside, "rendering-markdown").and_then(Value::as_str).map(str::trim);
    let piped = kept_text(aside, "text");
    let markdown = match (piped, formatted.filter(|formatted| !formatted.is_empty())) {
        (Some(piped), _) => shape.cut(piped),
        (None, Some(formatted)) => shape.of_markdown(formatted),
        (None, None) => shape.of_plain(written),
    };
    let translations = list_named(aside, "translation").filter_map(|one| translation(one, shape)).collect();
    let is_computed = list_named(aside, "cqf-expression").next().is_some();
    Some(Text { markdown, translations, is_computed, is_piped: piped.is_some() })
}

/// The text without what is piped in, which is then shown in single braces.
pub(super) fn without_pipes(markdown: &str) -> String {
    markdown.replace("{{", "{ {")
}

fn translation(one: &Value, shape: Shape) -> Option<(String, String)> {
    let inside = |wanted: &str| list(one, "extension").iter().find(|part| text(part, "url") == Some(wanted));
    let language = inside("lang").and_then(|part| text(part, "valueCode").or_else(|| text(part, "valueString")))?;
    let content = inside("content")?;
    let content = ["valueString", "valueMarkdown"].into_iter().find_map(|kind| text(content, kind))?;
    is_tag(language).then(|| (language.to_string(), shape.of_plain(content)))
}

/// Names the parts of a text that a program for FHIR does not see, for the report.
pub(super) fn unknown_beside(element: &Value, key: &str) -> Vec<String> {
    const KNOWN: [&str; 3] = ["rendering-markdown", "translation", "cqf-expression"];
    let Some(aside) = element.get(format!("_{key}")) else { return Vec::new() };
    let urls = list(aside, "extension").iter().filter_map(|one| text(one, "url"));
    urls.filter(|url| !url.starts_with("urn:canvass:"))
        .map(|url| name(url).unwrap_or(url))
        .filter(|name| !KNOWN.contains(name))
        .map(str::to_string)
        .collect()
}

/// Writes a text under `key`: its words, and beside them its Markdown and translations.
pub(super) fn write(
    into: &mut Map<String, Value>,
    key: &str,
    markdown: &str,
    shape: Shape,
    translations: &[(String, String)],
) {
    let words = plain(markdown);
    let mut beside = Vec::new();
    if markdown.contains("{{") {
        beside.push(ours("text", &markdown.into()));
    } else if shape.of_plain(&words) != markdown {
        beside.push(standard("rendering-markdown", "valueMarkdown", markdown));
    }
    for (language, content) in translations {
        let content = plain(content);
        if !content.is_empty() {
            let parts = [part("lang", "valueCode", language.as_str()), part("content", "valueString", content)];
            beside.push(super::extensions::nested("translation", &parts));
        }
    }
    into.insert(key.to_string(), if words.is_empty() { "…".into() } else { words.into() });
    if !beside.is_empty() {
        into.insert(format!("_{key}"), json!({"extension": beside}));
    }
}
