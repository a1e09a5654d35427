//! The JSON of a definition, read within bounds of size, depth and number of values.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::super::report::Refusal;

/// Largest file, in bytes.
const MAX_BYTES: usize = 10_000_000;
/// Most values in a file.
const MAX_VALUES: usize = 150_000;
/// Deepest nesting of lists and objects.
const MAX_DEPTH: usize = 64;

/// A value of the file.
#[derive(Debug)]
pub(super) enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number, as JavaScript holds it.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Json<'a>>),
    /// An object; of keys that stand twice the last counts.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// The value under a key that was never written.
static NULL: Json<'static> = Json::Null;

impl<'a> Json<'a> {
    /// The value under `key`, or `null`.
    pub(super) fn get<'s>(&'s self, key: &str) -> &'s Json<'a> {
        let Self::Object(entries) = self else { return &NULL };
        entries.iter().rev().find(|(known, _)| known == key).map_or(&NULL, |(_, value)| value)
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, also of a text that is one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => written_number(text),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    pub(super) fn list(&self) -> &[Json<'a>] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// True if nothing is there.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
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
pub(super) fn parse(bytes: &[u8]) -> Result<Json<'_>, Refusal> {
    let refuse = |message: String| Refusal { source_pointer: String::new(), message };
    if bytes.len() > MAX_BYTES {
        return Err(refuse(format!(
            "The file is larger than {} MB; split the survey into several definitions.",
            MAX_BYTES / 1_000_000
        )));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(refuse("The file is not text in UTF-8; export the definition again as JSON.".to_string()));
    };
    let count = Count { left: Cell::new(MAX_VALUES), trouble: Cell::new(None) };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Seed { count: &count, depth: 0 }.deserialize(&mut reader).and_then(|json| reader.end().map(|()| json));
    read.map_err(|error| {
        refuse(match count.trouble.get() {
            Some(trouble) => trouble.to_string(),
            None => format!("The file is not JSON: {error}. {}", advice(text)),
        })
    })
}

/// What to do about a file that is no JSON, by how it begins.
fn advice(text: &str) -> &'static str {
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

struct Count {
    left: Cell<usize>,
    trouble: Cell<Option<&'static str>>,
}

#[derive(Clone, Copy)]
struct Seed<'c> {
    count: &'c Count,
    depth: usize,
}

impl Seed<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            self.count.trouble.set(Some(
                "The definition is nested more than 64 levels deep; no form needs that, so it was not read.",
            ));
            return Err(E::custom("too deep"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        let left = self.count.left.get();
        if left == 0 {
            self.count
                .trouble
                .set(Some("The definition holds more than 150,000 values; split the survey into several definitions."));
            return Err(D::Error::custom("too many values"));
        }
        self.count.left.set(left - 1);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json<'de>, E> {
        Ok(Json::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let seed = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(seed)? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let seed = self.deeper()?;
        let mut object = Vec::new();
        while let Some(Key(key)) = entries.next_key()? {
            object.push((key, entries.next_value_seed(seed)?));
        }
        Ok(Json::Object(object))
    }
}

struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Letters;
        impl<'de> Visitor<'de> for Letters {
            type Value = Key<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_string())))
            }
        }
        deserializer.deserialize_str(Letters)
    }
}

/// An object of the definition: where it stands, and which of its keys were looked at.
#[derive(Debug)]
pub(super) struct Element<'a> {
    /// The object.
    pub json: &'a Json<'a>,
    /// Its JSON pointer.
    pub at: String,
    read: RefCell<Vec<&'static str>>,
}

impl<'a> Element<'a> {
    /// The object at a JSON pointer.
    pub(super) fn new(json: &'a Json<'a>, at: String) -> Self {
        Self { json, at, read: RefCell::new(Vec::new()) }
    }

    /// The value under a key, or `null`.
    pub(super) fn get(&self, key: &'static str) -> &'a Json<'a> {
        let mut read = self.read.borrow_mut();
        if !read.contains(&key) {
            read.push(key);
        }
        self.json.get(key)
    }

    /// The first value that is written under one of a key's names, the newest name first.
    pub(super) fn any(&self, keys: &[&'static str]) -> &'a Json<'a> {
        keys.iter().fold(&NULL, |found, key| {
            let value = self.get(key);
            if found.is_null() { value } else { found }
        })
    }

    /// The text under a key, if it is not empty.
    pub(super) fn text(&self, key: &'static str) -> Option<&'a str> {
        self.get(key).text().filter(|text| !text.trim().is_empty())
    }

    /// True if one of a key's names is `true`.
    pub(super) fn flag(&self, keys: &[&'static str]) -> bool {
        match self.any(keys) {
            Json::Flag(flag) => *flag,
            Json::Text(text) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// True if a key is written as `false`.
    pub(super) fn denied(&self, key: &'static str) -> bool {
        match self.get(key) {
            Json::Flag(flag) => !flag,
            Json::Text(text) => text.eq_ignore_ascii_case("false"),
            _ => false,
        }
    }

    /// The number under a key.
    pub(super) fn number(&self, key: &'static str) -> Option<f64> {
        self.get(key).number()
    }

    /// The JSON pointer of a key.
    pub(super) fn pointer(&self, key: &str) -> String {
        format!("{}/{}", self.at, escaped(key))
    }

    /// The keys that nothing looked at, each once.
    pub(super) fn unread(&self) -> Vec<&'a str> {
        let read = self.read.borrow();
        let Json::Object(entries) = self.json else { return Vec::new() };
        let mut keys: Vec<&str> = Vec::new();
        for (key, value) in entries.iter().take(200) {
            if !value.is_null() && !read.contains(&key.as_ref()) && !keys.contains(&key.as_ref()) {
                keys.push(key);
            }
        }
        keys
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
        assert!(refusal(&" ".repeat(MAX_BYTES + 1)).contains("10 MB"));
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
        assert_eq!(json.get("a").number(), Some(2.0));
        let element = Element::new(&json, "/x".to_string());
        assert_eq!(element.unread(), ["a"]);
        assert_eq!(element.any(&["b", "a"]).text(), Some("2"));
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
