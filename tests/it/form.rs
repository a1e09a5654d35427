//! Reads the forms of a page as a browser would send them, without JavaScript.

#![cfg(test)]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)<(input|select|option|textarea|a|form)\b([^>]*)>([^<]*)").unwrap());
static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"([a-z-]+)(?:="([^"]*)")?"#).unwrap());

/// A tag: its name, its attributes, and the text up to the next tag.
type Tag = (String, Vec<(String, String)>, String);

fn tags(html: &str) -> Vec<Tag> {
    TAG.captures_iter(html)
        .map(|found| {
            let attributes = ATTRIBUTE
                .captures_iter(&found[2])
                .map(|pair| (pair[1].to_string(), unescape(pair.get(2).map_or("", |value| value.as_str()))))
                .collect();
            (found[1].to_string(), attributes, found[3].to_string())
        })
        .collect()
}

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The part of the page with its own form; the sign-out form stands before it.
pub(crate) fn main(html: &str) -> &str {
    html.find("<main").map_or(html, |at| &html[at..])
}

/// What was typed and chosen, without what the page says of itself.
pub(crate) fn answers(form: &[(String, String)]) -> Vec<(String, String)> {
    form.iter().filter(|(name, _)| !name.starts_with('_')).cloned().collect()
}

/// What the form holds: hidden fields, what was typed, what is chosen.
pub(crate) fn fields(html: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut select: Option<(String, Option<String>)> = None;
    for (tag, attributes, text) in tags(main(html)) {
        let get = |name: &str| attribute(&attributes, name);
        if tag != "option"
            && let Some((name, chosen)) = select.take()
        {
            fields.push((name, chosen.unwrap_or_default()));
        }
        match tag.as_str() {
            "select" => select = Some((get("name").unwrap_or_default().to_string(), None)),
            "option" => {
                if let (Some((_, chosen)), Some(_)) = (&mut select, get("selected")) {
                    *chosen = get("value").map(str::to_string);
                }
            }
            "textarea" => {
                // The first line break after the tag is not part of the text.
                let typed = text.strip_prefix('\n').unwrap_or(&text);
                fields.push((
                    get("name").unwrap_or_default().to_string(),
                    unescape(typed).replace('\n', "\r\n").replace("\r\r\n", "\r\n"),
                ));
            }
            "input" => {
                let is_box = matches!(get("type"), Some("radio" | "checkbox"));
                if !is_box || get("checked").is_some() {
                    fields.push((
                        get("name").unwrap_or_default().to_string(),
                        get("value").unwrap_or_default().to_string(),
                    ));
                }
            }
            _ => {}
        }
    }
    if let Some((name, chosen)) = select {
        fields.push((name, chosen.unwrap_or_default()));
    }
    fields
}

/// The names of all fields.
pub(crate) fn names(html: &str) -> BTreeSet<String> {
    values(html, &["input", "select", "textarea"], "name")
}

/// Every id on the page.
pub(crate) fn ids(html: &str) -> BTreeSet<String> {
    static ID: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"\bid="([^"]*)""#).unwrap());
    ID.captures_iter(html).map(|found| found[1].to_string()).collect()
}

/// The ids of all fields.
pub(crate) fn field_ids(html: &str) -> BTreeSet<String> {
    values(html, &["input", "select", "textarea"], "id")
}

/// Where all links lead.
pub(crate) fn links(html: &str) -> BTreeSet<String> {
    values(html, &["a"], "href")
}

fn values(html: &str, kinds: &[&str], name: &str) -> BTreeSet<String> {
    tags(html)
        .iter()
        .filter(|(tag, ..)| kinds.contains(&tag.as_str()))
        .filter_map(|(_, attributes, _)| attribute(attributes, name).map(str::to_string))
        .collect()
}

/// The links of the error summary: where they lead and what they say.
pub(crate) fn summary(html: &str) -> Vec<(String, String)> {
    let Some(list) = between(html, "nhsuk-error-summary__list\">", "</ul>") else { return Vec::new() };
    tags(list)
        .into_iter()
        .filter_map(|(_, attributes, text)| Some((attribute(&attributes, "href")?.to_string(), unescape(&text))))
        .collect()
}

pub(crate) fn back_link(html: &str) -> Option<String> {
    let (_, attributes, _) = tags(html)
        .into_iter()
        .find(|(_, attributes, _)| attribute(attributes, "class").is_some_and(|class| class == "nhsuk-back-link"))?;
    attribute(&attributes, "href").map(str::to_string)
}

pub(crate) fn action(html: &str) -> Option<String> {
    let (_, attributes, _) = tags(main(html)).into_iter().find(|(tag, ..)| tag == "form")?;
    attribute(&attributes, "action").map(str::to_string)
}

pub(crate) fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let rest = text.split_once(from)?.1;
    rest.split_once(to).map(|(inside, _)| inside)
}

pub(crate) fn unescape(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x3D;", "="),
        ("&#x60;", "`"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_string(), |text, (from, to)| text.replace(from, to))
}

/// For a posted form.
pub(crate) fn encode(text: &str) -> String {
    let letter = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(letter).collect()
}
