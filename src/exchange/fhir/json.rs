//! The JSON of a FHIR file: its bounds, why it is refused, and what FHIR alone writes in JSON.

use serde_json::Value;

use crate::exchange::json::{Bounds, Fault, measure, read, without_mark};
pub(super) use crate::exchange::json::{flag, list, put, shortened, text};
use crate::exchange::report::Refusal;

/// Items are nested at most half as deep as objects and lists.
const BOUNDS: Bounds = Bounds { bytes: 10 * 1024 * 1024, depth: 120, weight: MAX_WEIGHT, object: 6 };
/// What all the parts of a file may weigh.
pub(super) const MAX_WEIGHT: usize = 200_000;

/// Reads JSON, or says why not. Time is linear in the length.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Refusal> {
    read(bytes, &BOUNDS).map_err(|fault| {
        let start = without_mark(bytes).trim_ascii_start();
        let message = match fault {
            Fault::Bytes => "the file is larger than 10 MB; split the Questionnaire into smaller ones",
            _ if start.is_empty() => "the file is empty; choose the JSON file of a FHIR Questionnaire",
            _ if start.starts_with(b"PK\x03\x04") => {
                "the file is a zip archive or a workbook; choose the JSON file of a FHIR Questionnaire"
            }
            _ if start.starts_with(b"<") => {
                "the file is XML or HTML, which is not read here; save the Questionnaire as FHIR JSON and choose that file"
            }
            Fault::NotUtf8 => "the file is not UTF-8 text; save the Questionnaire as FHIR JSON in UTF-8",
            Fault::Depth => "the file nests more than 120 deep; flatten its groups",
            Fault::Weight => "the file has too many parts; split the Questionnaire into smaller ones",
            Fault::NotJson(fault) => {
                let (line, column) = (fault.line(), fault.column());
                let help = "save it again as FHIR JSON";
                return Refusal::of_file(format!(
                    "the file is not JSON: a mistake at line {line}, column {column}; {help}"
                ));
            }
        };
        Refusal::of_file(message)
    })
}

/// A JSON text found inside a file, if it is one and weighs no more than `left`, which is lowered.
pub(super) fn parse_inside(text: &str, left: &mut usize) -> Option<Value> {
    let (depth, weight) = measure(text, BOUNDS.object);
    if depth > BOUNDS.depth || weight > *left {
        return None;
    }
    *left -= weight;
    serde_json::from_str(text).ok()
}

/// The value of a choice of types, `value[x]` or `answer[x]`: what stands after the prefix, and the value.
pub(super) fn choice<'a>(value: &'a Value, prefix: &str) -> Option<(&'a str, &'a Value)> {
    let found = value.as_object()?.iter().find_map(|(key, found)| Some((key.strip_prefix(prefix)?, found)));
    found.filter(|(kind, _)| kind.starts_with(|c: char| c.is_ascii_uppercase()))
}
