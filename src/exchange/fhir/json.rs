//! Reading JSON from strangers: refused when it is too large, too deep or has too many parts; then taken apart.

use serde_json::{Map, Value};

use crate::exchange::report::Refusal;

/// Largest file, in bytes.
pub(super) const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Deepest nesting of objects and lists: items are nested at most half as deep.
const MAX_DEPTH: usize = 120;
/// What all the parts of a file may weigh; an object weighs more than a number, as it does in memory.
pub(super) const MAX_WEIGHT: usize = 200_000;
const OBJECT_WEIGHT: usize = 6;

/// A refusal of the whole file.
pub(super) fn refusal(message: impl Into<String>) -> Refusal {
    Refusal { source_pointer: String::new(), message: message.into() }
}

/// Reads JSON, or says why not. Time is linear in the length.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(refusal("the file is larger than 10 MB; split the Questionnaire into smaller ones"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    if start.is_empty() {
        return Err(refusal("the file is empty; choose the JSON file of a FHIR Questionnaire"));
    }
    if start.starts_with(b"PK\x03\x04") {
        return Err(refusal("the file is a zip archive or a workbook; choose the JSON file of a FHIR Questionnaire"));
    }
    if start.starts_with(b"<") {
        let help = "save the Questionnaire as FHIR JSON and choose that file";
        return Err(refusal(format!("the file is XML or HTML, which is not read here; {help}")));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(refusal("the file is not UTF-8 text; save the Questionnaire as FHIR JSON in UTF-8"));
    };
    match weigh(text) {
        Measure { depth, .. } if depth > MAX_DEPTH => {
            return Err(refusal(format!("the file nests more than {MAX_DEPTH} deep; flatten its groups")));
        }
        Measure { weight, .. } if weight > MAX_WEIGHT => {
            return Err(refusal("the file has too many parts; split the Questionnaire into smaller ones"));
        }
        Measure { .. } => {}
    }
    serde_json::from_str(text).map_err(|fault| {
        let (line, column) = (fault.line(), fault.column());
        refusal(format!("the file is not JSON: a mistake at line {line}, column {column}; save it again as FHIR JSON"))
    })
}

/// How deep a JSON text nests, and about how much memory it will take.
pub(super) struct Measure {
    depth: usize,
    pub(super) weight: usize,
}

/// Measures a JSON text without reading it into memory.
pub(super) fn weigh(text: &str) -> Measure {
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
                weight += if byte == b'{' { OBJECT_WEIGHT } else { 1 };
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => weight += 1,
            _ => {}
        }
    }
    Measure { depth: deepest, weight }
}

/// A JSON text found inside a file, if it is one and weighs no more than `left`, which is lowered.
pub(super) fn parse_inside(text: &str, left: &mut usize) -> Option<Value> {
    let measure = weigh(text);
    if measure.depth > MAX_DEPTH || measure.weight > *left {
        return None;
    }
    *left -= measure.weight;
    serde_json::from_str(text).ok()
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

/// The value of a choice of types, `value[x]` or `answer[x]`: what stands after the prefix, and the value.
pub(super) fn choice<'a>(value: &'a Value, prefix: &str) -> Option<(&'a str, &'a Value)> {
    let found = value.as_object()?.iter().find_map(|(key, found)| Some((key.strip_prefix(prefix)?, found)));
    found.filter(|(kind, _)| kind.starts_with(|c: char| c.is_ascii_uppercase()))
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
