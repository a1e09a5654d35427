//! The JSON of a definition, and its objects with a memory of which of their keys were looked at.

use std::cell::RefCell;

use serde_json::Value as Json;

use super::super::json::{Bounds, Fault, read, without_mark};
use super::super::report::Refusal;

/// 150,000 values in all, an object or a list being one.
const BOUNDS: Bounds = Bounds { bytes: 10_000_000, depth: 64, weight: 150_000, object: 1 };

/// What stands where nothing was written.
static NULL: Json = Json::Null;

/// The value under `key`, or `null`.
pub(super) fn under<'a>(json: &'a Json, key: &str) -> &'a Json {
    json.get(key).unwrap_or(&NULL)
}

/// The items of a list; none of anything else.
pub(super) fn listed(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

/// The number, also of a text that is one.
pub(super) fn number(json: &Json) -> Option<f64> {
    json.as_f64().or_else(|| written_number(json.as_str()?))
}

/// The number that a text such as ` 1.50 ` is.
pub(super) fn written_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    let holds = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
    if begins && holds { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

/// Reads a file.
///
/// # Errors
/// A file that is too large, is no JSON, or is nested too deep.
pub(super) fn parse(bytes: &[u8]) -> Result<Json, Refusal> {
    read(bytes, &BOUNDS).map_err(|fault| {
        let message = match fault {
            Fault::Bytes => format!(
                "The file is larger than {} MB; split the survey into several definitions.",
                BOUNDS.bytes / 1_000_000
            ),
            Fault::NotUtf8 => "The file is not text in UTF-8; export the definition again as JSON.".to_string(),
            Fault::Depth => {
                "The definition is nested more than 64 levels deep; no form needs that, so it was not read.".to_string()
            }
            Fault::Weight => {
                "The definition holds more than 150,000 values; split the survey into several definitions.".to_string()
            }
            Fault::NotJson(error) => format!("The file is not JSON: {error}. {}", advice(bytes)),
        };
        Refusal::of_file(message)
    })
}

/// What to do about a file that is no JSON, by how it begins.
fn advice(bytes: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(without_mark(bytes));
    let begins = text.trim_start();
    if begins.is_empty() {
        "It is empty; export the definition again."
    } else if begins.starts_with("PK") {
        "It looks like a spreadsheet or an archive; import a workbook as an XLSForm."
    } else if ["const ", "var ", "let ", "export ", "import ", "module.", "//", "/*"]
        .iter()
        .any(|js| begins.starts_with(js))
    {
        "It looks like JavaScript; save the definition alone, as the JSON that Survey Creator shows."
    } else if begins.starts_with('<') {
        "It looks like a web page; save the definition that it holds as JSON."
    } else {
        "Export the definition again as JSON, without comments, and with quotation marks around keys."
    }
}

/// An object of the definition: where it stands, and which of its keys were looked at.
#[derive(Debug)]
pub(super) struct Element<'a> {
    /// The object.
    pub json: &'a Json,
    /// Its JSON pointer.
    pub at: String,
    read: RefCell<Vec<&'static str>>,
}

impl<'a> Element<'a> {
    /// The object at a JSON pointer.
    pub(super) fn new(json: &'a Json, at: String) -> Self {
        Self { json, at, read: RefCell::new(Vec::new()) }
    }

    /// The value under a key, or `null`.
    pub(super) fn get(&self, key: &'static str) -> &'a Json {
        let mut read = self.read.borrow_mut();
        if !read.contains(&key) {
            read.push(key);
        }
        under(self.json, key)
    }

    /// The items of the list under a key; none of anything else.
    pub(super) fn list(&self, key: &'static str) -> &'a [Json] {
        listed(self.get(key))
    }

    /// The first value that is written under one of a key's names, the newest name first.
    pub(super) fn any(&self, keys: &[&'static str]) -> &'a Json {
        keys.iter().fold(&NULL, |found, key| {
            let value = self.get(key);
            if found.is_null() { value } else { found }
        })
    }

    /// The text under a key, if it is not empty.
    pub(super) fn text(&self, key: &'static str) -> Option<&'a str> {
        self.get(key).as_str().filter(|text| !text.trim().is_empty())
    }

    /// True if one of a key's names is `true`.
    pub(super) fn flag(&self, keys: &[&'static str]) -> bool {
        match self.any(keys) {
            Json::Bool(flag) => *flag,
            Json::String(text) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// True if a key is written as `false`.
    pub(super) fn denied(&self, key: &'static str) -> bool {
        match self.get(key) {
            Json::Bool(flag) => !flag,
            Json::String(text) => text.eq_ignore_ascii_case("false"),
            _ => false,
        }
    }

    /// The number under a key.
    pub(super) fn number(&self, key: &'static str) -> Option<f64> {
        number(self.get(key))
    }

    /// The JSON pointer of a key.
    pub(super) fn pointer(&self, key: &str) -> String {
        format!("{}/{}", self.at, escaped(key))
    }

    /// The keys that nothing looked at.
    pub(super) fn unread(&self) -> Vec<&'a str> {
        let read = self.read.borrow();
        let Json::Object(entries) = self.json else { return Vec::new() };
        let unread = entries.iter().take(200).filter(|(key, value)| !value.is_null() && !read.contains(&key.as_str()));
        unread.map(|(key, _)| key.as_str()).collect()
    }
}

/// A key as a part of a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        parse(text.as_bytes()).unwrap_err().message
    }

    #[test]
    fn depth_size_and_number_of_values_are_bounded() {
        assert!(refusal(&"[".repeat(5_000)).contains("64 levels"));
        assert!(parse(format!("{}{}", "[".repeat(64), "]".repeat(64)).as_bytes()).is_ok());
        assert!(refusal(&format!("[{}0]", "0,".repeat(150_000))).contains("150,000"));
        assert!(refusal(&" ".repeat(BOUNDS.bytes + 1)).contains("10 MB"));
    }

    #[test]
    fn what_is_no_json_is_refused_with_advice() {
        assert!(refusal("const json = {}").contains("JavaScript"));
        assert!(refusal("{elements: []}").contains("quotation marks"));
        assert!(parse(b"\xff\xfe{").unwrap_err().message.contains("UTF-8"));
        assert!(parse(b"\xef\xbb\xbf{}").is_ok());
        assert!(refusal("{} {}").contains("not JSON"));
    }

    #[test]
    fn of_keys_that_stand_twice_the_last_counts() {
        let json = parse(br#"{"a": 1, "a": "2"}"#).unwrap();
        assert_eq!(number(under(&json, "a")), Some(2.0));
        let element = Element::new(&json, "/x".to_string());
        assert_eq!(element.unread(), ["a"]);
        assert_eq!(element.any(&["b", "a"]).as_str(), Some("2"));
        assert!(element.unread().is_empty());
    }

    #[test]
    fn a_text_is_a_number_only_if_all_of_it_is() {
        assert_eq!(written_number(" -1.5 "), Some(-1.5));
        for text in ["", "inf", "nan", "1 2", "x1", "1e999"] {
            assert_eq!(written_number(text), None, "{text}");
        }
    }
}
