//! JSON from strangers: measured before it is read, so that neither its length, nor its depth, nor the number of its
//! parts costs more than a form needs; and what every import asks of JSON or puts into it.

use serde_json::{Map, Value};

/// What a file may be at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Its length.
    pub(super) bytes: usize,
    /// How deep objects and lists nest in it.
    pub(super) depth: usize,
    /// What its parts weigh together.
    pub(super) weight: usize,
    /// What an object weighs beside what is in it: it takes more memory than a number.
    pub(super) object: usize,
}

/// Why a file is not read.
#[derive(Debug)]
pub(super) enum Fault {
    Bytes,
    NotUtf8,
    Depth,
    Weight,
    NotJson(serde_json::Error),
}

/// Reads JSON in UTF-8. Time is linear in the length.
pub(super) fn read(bytes: &[u8], bounds: &Bounds) -> Result<Value, Fault> {
    if bytes.len() > bounds.bytes {
        return Err(Fault::Bytes);
    }
    let text = std::str::from_utf8(without_mark(bytes)).map_err(|_| Fault::NotUtf8)?;
    let (depth, weight) = measure(text, bounds.object);
    if depth > bounds.depth {
        return Err(Fault::Depth);
    }
    if weight > bounds.weight {
        return Err(Fault::Weight);
    }
    serde_json::from_str(text).map_err(Fault::NotJson)
}

/// A file without the mark that some programs put before UTF-8.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// How deep a JSON text nests, and what its parts weigh, told without reading it into memory.
pub(super) fn measure(text: &str, object: usize) -> (usize, usize) {
    let (mut depth, mut deepest, mut weight) = (0_usize, 0, 1_usize);
    let (mut inside_text, mut escaped) = (false, false);
    for byte in text.bytes() {
        if inside_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => inside_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => inside_text = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
                weight += if byte == b'{' { object } else { 1 };
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => weight += 1,
            _ => {}
        }
    }
    (deepest, weight)
}

/// The list under `key`; empty if there is none, and a lone value counts as a list of one.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    match value.get(key) {
        Some(Value::Array(values)) => values,
        None | Some(Value::Null) => &[],
        Some(lone) => std::slice::from_ref(lone),
    }
}

/// The text under `key`, trimmed; none if it is empty.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// True if `true` stands under `key`.
pub(super) fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// Adds to an object what is there.
pub(super) fn put(map: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(key.to_string(), value.into());
    }
}

/// At most `most` characters of a text, with an ellipsis where it was cut.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_string(),
    }
}
